"""Hazard, boundary, district and river data of the user's own, checked as a whole and handed over as it stands.

Assumption: nothing is repaired, moved or rescaled here. Every fault of a file is collected and told at once, with
the feature's id and the place, so that one round of mending is enough.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import StudyArea
from geo.errors import ConfigError, DataError, nearest
from geo.exchange.column_maps import Columns
from geo.exchange.columns import DISTRICT_ALIASES, LINE_ALIASES, match_columns
from geo.exchange.parts import Supplied, dissolved, parted_by_time
from geo.exchange.records import read_survey
from geo.exchange.strict import check_crs, check_place, check_shapes, controlled, feature_ids, named, texts
from geo.exchange.values import as_plain
from geo.exchange.vector import read_vector, stated_crs
from geo.layer import listed
from geo.source import Source
from geo.survey.evidence import classed
from geo.survey.records import Survey
from geo.terms import LAND_STATUSES

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
HAZARD_CLASSES = ("CHA", "SHA", "indication")
TEXT_COLUMNS = ("as_of", "zone", "land_status", "national_term")
FIRST = ["id", "name_en", "name_ko", "land_class", "basis", "sources"]
APART = ("shape_id", "valid_from")  # by which rows of one id may differ
MEND = "mend the features in the source file; nothing is repaired silently"


def read_hazards(
    path: str | Path,
    *,
    land_class: str,
    source: Source | str,
    area: StudyArea | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    columns: Columns = None,
) -> gpd.GeoDataFrame:
    """Read hazard polygons of one's own; the latest version of each.

    Parameters
    ----------
    path : str or Path
        Any format that `geo.exchange.records.read_survey` reads.
    land_class : str
        ``CHA``, ``SHA`` or ``indication``: the class of features whose own column says nothing.
    source : Source or str
        Where the data comes from; its key fills the column ``sources``.
    area : StudyArea, optional
        Features that do not touch its bounds are an error.
    layer : str, optional
        Needed where the file has several.
    encoding : str, optional
        Of a Shapefile's table.
    crs : str, optional
        For a file that states none.
    columns : str, Path or mapping, optional
        Column map.

    Returns
    -------
    GeoDataFrame, n rows
        In the file's CRS and order, one row a hazard: ``id, name_en, name_ko, land_class, basis, sources``, what else of
        `geo.survey.fields.HAZARD_FIELDS` was recognised, and every other column as it stands, but dates in ISO form and lists
        spelt out. Texts are "" where empty, numbers float64.

    Raises
    ------
    ConfigError
        If the file, layer, column map or CRS is unknown.
    DataError
        Listing every feature without geometry, not a polygon, invalid, of no area, outside the area, with a repeated id, an
        unknown ``land_class`` or ``land_status``, or a number that is none.

    Examples
    --------
    >>> import tempfile
    >>> field = gpd.GeoDataFrame({"LandID": ["YC-014"]}, geometry=[shapely.box(127, 38, 127.001, 38.001)], crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     field.to_file(f"{folder}/survey.gpkg")
    ...     read_hazards(f"{folder}/survey.gpkg", land_class="SHA", source="unit-3").iloc[0, :6].tolist()
    ['YC-014', 'YC-014', 'YC-014', 'SHA', 'supplied', 'unit-3']
    """
    return read_supplied(
        path, land_class=land_class, source=source, area=area, layer=layer, encoding=encoding, crs=crs, columns=columns
    ).current


def read_supplied(
    path: str | Path,
    *,
    land_class: str,
    source: Source | str,
    area: StudyArea | None = None,
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    columns: Columns = None,
    reports: str | Path | None = None,
) -> Supplied:
    """Read hazards with their earlier versions and the reports on them; parameters and errors as `read_hazards`.

    Parameters
    ----------
    reports : str or Path, optional
        A table of reports; those in the file itself are read without being named.

    Returns
    -------
    Supplied
        ``current``, ``past``, ``reports``. Folding the reports in is the work of `geo.survey.lifecycle`.
    """
    if land_class not in HAZARD_CLASSES:
        raise ConfigError("unknown land_class", where=land_class, mend=nearest(land_class, HAZARD_CLASSES))
    survey = read_survey(path, layer=layer, encoding=encoding, crs=crs, columns=columns, reports=reports)
    where, key = f"hazards: {path}", source.key if isinstance(source, Source) else source
    frame = stated_crs(survey.frame, where)
    check_crs(frame, where)
    frame["id"] = feature_ids(frame, "id", "hazards", where, apart=[name for name in APART if name in frame])
    frame = named(frame)
    check_shapes(frame, POLYGONS, where, MEND, _unread(survey))
    check_place(frame, area, where)
    frame["geometry"] = shapely.force_2d(frame.geometry.values)
    frame = _worded(termed(frame, area), survey, land_class, where).assign(basis="supplied", sources=key)
    return Supplied(*parted_by_time(dissolved(_in_order(frame, FIRST))), survey.reports)


def read_boundary(path: str | Path, *, area: StudyArea | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read boundaries of one's own: polygons or lines, with ``id, name_en, name_ko, kind``.

    The kind is "" where the file says nothing.

    Raises
    ------
    ConfigError, DataError
        As `read_hazards`.
    """
    frame = _read_named(path, "boundary", LINE_ALIASES, (*POLYGONS, *LINES), area=area, layer=layer)
    frame["kind"] = texts(frame, "kind").str.strip().str.casefold()
    return _in_order(frame, ["id", "name_en", "name_ko", "kind"])


def read_rivers(path: str | Path, *, area: StudyArea | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read river lines of one's own, with ``id, name_en, name_ko``.

    Raises
    ------
    ConfigError, DataError
        As `read_hazards`.
    """
    frame = _read_named(path, "rivers", LINE_ALIASES, LINES, area=area, layer=layer)
    return _in_order(frame, ["id", "name_en", "name_ko"])


def read_districts(path: str | Path, *, area: StudyArea | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read administrative districts, with ``id, name_en, name_ko, code``; they are joined by code, never by name.

    Raises
    ------
    ConfigError, DataError
        As `read_hazards`; also if no column holds a name or a code.
    """
    frame = _read_named(path, "districts", {**DISTRICT_ALIASES, "id": ()}, POLYGONS, area=area, layer=layer, id_from="code")
    return _in_order(frame, ["id", "name_en", "name_ko", "code"])


def _read_named(
    path: str | Path,
    what: str,
    aliases: Mapping[str, tuple[str, ...]],
    kinds: tuple[str, ...],
    *,
    area: StudyArea | None,
    layer: str | None,
    id_from: str = "id",
) -> gpd.GeoDataFrame:
    """Read, rename, name and check lines, boundaries and districts."""
    where = f"{what}: {path}"
    frame = read_vector(path, what=what, layer=layer)
    check_crs(frame, where)
    frame = frame.rename(columns=_renames(frame, aliases, cut=Path(path).suffix.lower() in (".shp", ".zip")))
    if id_from == "code" and not {"code"} < set(frame.columns) & {"code", "name", "name_en", "name_ko"}:
        raise DataError(
            "districts need a code and a name",
            where=where,
            found=", ".join(map(str, frame.columns)),
            mend="rename the columns to code and name",
        )
    frame = frame.assign(**{str(name): as_plain(frame[name]) for name in frame.columns if name != "geometry"})
    frame["id"] = feature_ids(frame, id_from, what, where)
    frame = named(frame)
    check_shapes(frame, kinds, where, MEND)
    check_place(frame, area, where)
    frame["geometry"] = shapely.force_2d(frame.geometry.values)
    return frame


def _renames(frame: gpd.GeoDataFrame, aliases: Mapping[str, tuple[str, ...]], *, cut: bool) -> dict[str, str]:
    """Return {file's column: ours}; a carried column that bears one of our names gets a trailing underscore."""
    found = match_columns([name for name in frame.columns if name != "geometry"], aliases, cut=cut)
    clashes = {name: f"{name}_" for name in frame.columns if name in found.values() and name not in found}
    return {**clashes, **found}


def _unread(survey: Survey) -> pd.Series:
    """Return why coordinates of a row could not be read, by row."""
    told = survey.findings[survey.findings["code"] == "C07"] if len(survey.findings) else survey.findings
    if not len(told):
        return pd.Series(dtype=object)
    of_file = told.loc[told["row"] <= 0, "value"].astype(str).tolist()
    reasons = pd.Series([of_file[0]] * len(survey.frame), dtype=object) if of_file else pd.Series(dtype=object)
    rows = told[told["row"] > 0].drop_duplicates("row")
    own = pd.Series(rows["value"].astype(str).to_numpy(dtype=object), index=rows["row"].to_numpy(int) - 1, dtype=object)
    return "coordinate cannot be read: " + own.combine_first(reasons)


def termed(frame: gpd.GeoDataFrame, area: StudyArea | None) -> gpd.GeoDataFrame:
    """Fill class and status that the file leaves blank from what the area says of its national terms.

    Parameters
    ----------
    frame : GeoDataFrame
        Hazards as read.
    area : StudyArea, optional
        Whose national terms apply; without one nothing is filled.

    Examples
    --------
    >>> from geo.area import read_area
    >>> field = gpd.GeoDataFrame({"national_term": ["계획지뢰지대"]}, geometry=[shapely.box(127, 38, 127.01, 38.01)], crs=4326)
    >>> termed(field, read_area("korea")).land_class.tolist()
    ['CHA']
    """
    if "national_term" not in frame:
        return frame
    meant = classed(texts(frame, "national_term"), texts(frame, "basis"), area)
    filled = {}
    for name in ("land_class", "land_status"):
        own = texts(frame, name)
        told = own.where(own.str.strip() != "", meant[name])
        if name in frame or told.ne("").any():
            filled[name] = told
    return frame.assign(**filled)


def _worded(frame: gpd.GeoDataFrame, survey: Survey, land_class: str, where: str) -> gpd.GeoDataFrame:
    """Return the frame with its class and status as controlled words; refuse numbers that are none."""
    frame["land_class"] = controlled(frame, "land_class", HAZARD_CLASSES, land_class, where)
    if "land_status" in frame:
        frame["land_status"] = controlled(frame, "land_status", LAND_STATUSES, "", where)
    _refuse_numbers(frame, survey, where)
    _refuse_reports(survey, where)
    return frame.assign(**{name: texts(frame, name).str.strip() for name in TEXT_COLUMNS if name in frame})


def _refuse_numbers(frame: gpd.GeoDataFrame, survey: Survey, where: str) -> None:
    """Refuse cells of number fields that are no number, and a precision below 0; one field at a time."""
    told = survey.findings
    unread = told[(told["code"] == "V02") & (told["row"] > 0)] if len(told) else pd.DataFrame(columns=["row", "value"])
    parts = unread["value"].astype(str).str.split(" ", n=1)
    bad = pd.DataFrame({"row": unread["row"].astype(int) - 1, "field": parts.str[0], "typed": parts.str[1]})
    if "precision_m" in frame:
        below = np.flatnonzero(frame["precision_m"].to_numpy() < 0)
        typed = [f"{frame['precision_m'].iloc[row]:g}" for row in below]
        bad = pd.concat([bad, pd.DataFrame({"row": below, "field": "precision_m", "typed": typed})])
    for name, rows in bad.sort_values("row").groupby("field", sort=True):
        expected = "metres, 0 or more" if name == "precision_m" else "a number"
        ids, cells = listed(frame.id.iloc[rows["row"]]), listed(rows["typed"].unique())
        raise DataError(f"{name} is no number", where=f"{where}: {ids}", expected=expected, found=cells)


def _refuse_reports(survey: Survey, where: str) -> None:
    """Refuse cells of reports that are no number: what was cleared or recovered must not fall out without a word."""
    told = survey.findings
    if not len(told):
        return
    bad = told[(told["code"] == "V02") & (told["row"] <= 0) & told["value"].astype(str).str.endswith(" in reports")]
    if len(bad):
        first = bad["expected"].iloc[0]
        raise DataError("reports cannot be read", where=where, expected=first, found=listed(bad["value"]))


def _in_order(frame: gpd.GeoDataFrame, first: list[str]) -> gpd.GeoDataFrame:
    return frame[[*first, *(name for name in frame.columns if name not in (*first, "geometry")), "geometry"]]
