"""The battery: every check once, over all records at once, and everything that was found in one table.

Assumption: a check never raises over what the data says and never changes it. What the reader met is told beside what the checks
find, each fault once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from importlib import import_module

import numpy as np
import pandas as pd

from geo.check import coordinates, duplicates, overlays, shapes, vertices
from geo.check.codes import CODES
from geo.check.context import Context
from geo.check.findings import joined
from geo.check.wording import severities
from geo.errors import ConfigError, nearest

Check = Callable[[Context], pd.DataFrame]
CHECKS: tuple[Check, ...] = (
    shapes.invalid_polygons,
    vertices.too_few_vertices,
    duplicates.repeated_polygons,
    duplicates.repeated_shape_ids,
    vertices.repeated_vertices,
    vertices.repeated_points,
    vertices.repeated_point_ids,
    duplicates.repeated_ids,
    duplicates.repeated_devices,
    vertices.long_steps,
    overlays.overlapping_parts,
    coordinates.missing_crs,
    coordinates.unfit_crs,
    coordinates.outside_area,
    coordinates.typed_elsewhere,
    coordinates.idle_decimals,
    shapes.missing_shapes,
    shapes.wrong_kinds,
    shapes.cut_short,
    shapes.slivers,
    shapes.senseless_areas,
    shapes.other_areas,
    overlays.overlapping_records,
    overlays.hazards_in_water,
)
LATER = ("words", "lifecycle", "persons")  # modules of this package with one check of their own name each
ONCE = ["code", "file", "layer", "row", "part", "point"]
SEVERAL = "V02"  # of which a record may have one from the reader and others from the checks: a number, a word


def check(context: Context, *, ignore: Collection[str] = frozenset(), strict: bool = False) -> pd.DataFrame:
    """Return everything that is wrong with a survey.

    Parameters
    ----------
    context : Context
        The survey and what is known around it.
    ignore : collection of str
        Codes not to be told.
    strict : bool
        Warnings count as errors.

    Returns
    -------
    DataFrame
        `geo.check.findings.FINDING_COLUMNS` and ``severity``, sorted by file, record and code.

    Raises
    ------
    ConfigError
        If a code to be ignored is unknown.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> from datetime import date
    >>> from geo.survey.records import Survey
    >>> field = gpd.GeoDataFrame({"id": ["YC-014"]}, geometry=[shapely.LineString([(127, 38), (127, 38.1)])], crs=4326)
    >>> told = check(Context(Survey("hazards", "north.gpkg", "", field), date(2025, 1, 1)))
    >>> told.loc[told.code == "S02", ["severity", "hazard_id", "value", "expected"]].values.tolist()
    [['E', 'YC-014', 'line', 'polygon']]
    """
    if unknown := sorted(set(ignore) - set(CODES)):
        raise ConfigError("unknown code", where=unknown[0], mend=nearest(unknown[0], CODES))
    read = context.survey.findings
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers are a finding
        own = joined(each(context) for each in _checks())
    if len(read) and len(own):
        own = own[~_told(own, read)]
    table = joined([read, own])
    table = table[~table["code"].isin(ignore)].reset_index(drop=True)
    return table.assign(severity=severities(table, tier=context.tier, strict=strict))


def _checks() -> Iterator[Check]:
    yield from CHECKS
    for name in LATER:
        yield getattr(import_module(f"geo.check.{name}"), name)


def _told(own: pd.DataFrame, read: pd.DataFrame) -> np.ndarray:
    """Return which findings the reader has told already; shape (m,)."""
    known = pd.MultiIndex.from_frame(read[ONCE].astype(str))
    again = pd.MultiIndex.from_frame(own[ONCE].astype(str)).isin(known)
    return np.asarray(again & (own["code"] != SEVERAL).to_numpy(), dtype=bool)
