"""The fields that survey records may have, each with its kind, its controlled words and who may see it.

Assumption: four kinds of record come out of the field: hazards (areas), finds, accidents and signs (points), and beside them
reports, which change what is known of a hazard. Names are ours; `geo.exchange.columns` knows what others call them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import NamedTuple

from geo.terms import (
    BASES,
    EVIDENCE,
    FENCE_CONDITIONS,
    LAND_CLASSES,
    LAND_STATUSES,
    MARKING_TYPES,
    POINT_KINDS,
    REPORT_KINDS,
    SHAPE_KINDS,
    SIGN_TEXTS,
)

TYPED = ("entered_as", "entered_x", "entered_y", "entered_mgrs")  # a place as somebody typed it, and in which form
UNVERIFIED = "unverified"  # marking and fence alike, after a flood or slide


class Field(NamedTuple):
    """One column of a record.

    Attributes
    ----------
    name : str
        Ours.
    kind : {"text", "word", "words", "date", "number", "count", "flag"}
        ``word`` is one of `words`; ``words`` a list of them parted by ``;``; numbers are float64, all else text, "" where empty.
    words : tuple of str
        The controlled words, () for any.
    public : bool
        Whether the public tier may hold the column (of cells, not of exact places).
    open : bool
        Whether other words than the controlled ones are kept as they are.
    """

    name: str
    kind: str = "text"
    words: tuple[str, ...] = ()
    public: bool = False
    open: bool = False


def _fields(*entries: Field) -> Mapping[str, Field]:
    return MappingProxyType({entry.name: entry for entry in entries})


def _texts(names: str, kind: str = "text", *, public: bool = False) -> Iterable[Field]:
    return (Field(name, kind, public=public) for name in names.split())


HAZARD_FIELDS = _fields(
    *_texts("id name name_en name_ko description priority zone national_term source source_reliability", public=False),
    Field("land_class", "word", tuple(name for name in LAND_CLASSES), public=True),
    Field("land_status", "word", tuple(LAND_STATUSES), public=True),
    Field("basis", "word", tuple(BASES), public=True),
    Field("evidence", "word", tuple(EVIDENCE)),
    *_texts("direct_evidence indirect_evidence contamination mine_types emplaced_period links"),
    *_texts("area_reported_m2 original_m2 cancelled_m2 reduced_m2 cleared_m2 remaining_m2 precision_m depth_cm", "number"),
    *_texts("emplaced_n recovered_n unaccounted_n searched_n", "count"),
    *_texts("as_of status_since valid_from valid_to last_inspected", "date"),
    *_texts("status_reason criteria_for_cancellation criteria_for_reduction report_id"),
    Field("marking_type", "word", tuple(MARKING_TYPES)),
    Field("fence_condition", "word", tuple(FENCE_CONDITIONS)),
    *_texts("shape_id"),
    Field("shape_kind", "word", tuple(SHAPE_KINDS)),
    *_texts("crs_entered fixed_by entered_as entered_x entered_y entered_mgrs"),
)
POINT_FIELDS = _fields(  # of a polygon's corners, as they were typed
    *_texts("hazard_id shape_id point_id"),
    Field("kind", "word", tuple(POINT_KINDS)),
    *_texts(
        "order lat lon elevation precision_m bearing_deg distance_m declination_deg declination_year closing_error_m", "number"
    ),
    *_texts("crs_entered fixed_by entered_as entered_x entered_y entered_mgrs from_point north"),
)
REPORT_FIELDS = _fields(
    *_texts("hazard_id report_id source reason links"),
    Field("kind", "word", tuple(REPORT_KINDS)),
    *_texts("date entered last_inspected", "date"),  # `date` is the date of the information
    Field("land_class", "word", tuple(LAND_CLASSES)),
    Field("land_status", "word", tuple(LAND_STATUSES)),
    *_texts("cancelled_m2 reduced_m2 cleared_m2 depth_cm", "number"),
    *_texts("recovered_n", "count"),
    *_texts("direct_evidence indirect_evidence"),
    Field("marking_type", "word", tuple(MARKING_TYPES)),
    Field("fence_condition", "word", tuple(FENCE_CONDITIONS)),
)
DEVICE_FIELDS = _fields(*_texts("hazard_id category model"), *_texts("quantity", "count"))
_POINT_RECORD = (
    *_texts("id name name_en name_ko description source source_reliability hazard_id links"),
    *_texts("date as_of", "date"),
    Field("basis", "word", tuple(BASES), public=True),
    Field("evidence", "word", tuple(EVIDENCE), public=True),
    *_texts("precision_m", "number"),
    *_texts("crs_entered fixed_by entered_as entered_x entered_y entered_mgrs"),
)
FIND_FIELDS = _fields(*_POINT_RECORD, *_texts("mine_types condition moved depth_cm"), *_texts("quantity", "count"))
ACCIDENT_FIELDS = _fields(
    *_POINT_RECORD,
    *_texts("cause activity mine_types moved marked location_class age sex person"),
    *_texts("killed injured", "count"),
)
SIGN_FIELDS = _fields(
    *_POINT_RECORD,
    Field("sign_text", "word", tuple(SIGN_TEXTS), public=True, open=True),
    Field("marking_type", "word", tuple(MARKING_TYPES)),
    Field("fence_condition", "word", tuple(FENCE_CONDITIONS)),
    *_texts("last_inspected", "date"),
)
RECORD_FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {"hazards": HAZARD_FIELDS, "finds": FIND_FIELDS, "accidents": ACCIDENT_FIELDS, "signs": SIGN_FIELDS}
)
