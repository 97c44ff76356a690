"""Findings: rows of one table, made by the checks, worded once by `geo.check.told`.

Assumption: a check looks at all records at once and hands back plain arrays; words are put together only for the lines that are
printed or written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.survey.records import Survey

FINDING_COLUMNS = ("code", "kind", "file", "layer", "row", "hazard_id", "part", "point", "value", "expected", "place")
FILE = -1  # the row of a finding that concerns the file as a whole
BESIDE = ("reports", "points", "devices")  # tables beside the records, which may be files of their own


def found(
    code: str,
    survey: Survey,
    rows: ArrayLike,
    *,
    value: Any = "",
    expected: Any = "",
    part: Any = "",
    point: Any = "",
    place: Sequence[Any] | NDArray[np.object_] | None = None,
) -> pd.DataFrame:
    """Return one finding a row, with `FINDING_COLUMNS`.

    Parameters
    ----------
    code : str
        One of `geo.check.codes.CODES`.
    survey : Survey
        Names the file, its layer and the records.
    rows : array of int or bool, shape (m,) or (n,)
        Which records; an integer may stand several times. -1 stands for the file as a whole.
    value, expected, part, point : str or array, shape (m,)
        What was found and what was expected, as text; the number of the part and the point, counted from 1.
    place : sequence of Geometry or None, shape (m,)
        Where, in the survey's CRS; by default the record's own shape.

    Examples
    --------
    >>> import geopandas as gpd, shapely
    >>> frame = gpd.GeoDataFrame({"id": ["YC-014", ""]}, geometry=[shapely.Point(127, 38), None], crs=4326)
    >>> table = found("S01", Survey("hazards", "north.gpkg", "", frame), [False, True], value="missing")
    >>> table[["code", "row", "hazard_id", "value"]].values.tolist()
    [['S01', 2, 'row 2', 'missing']]
    """
    chosen = np.atleast_1d(np.asarray(rows))
    chosen = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(int)
    if len(chosen) == 0:
        return nothing(code, survey)
    names = survey.names().to_numpy(dtype=object)
    known = chosen >= 0
    shapes = np.full(len(chosen), None, dtype=object)
    if place is not None:
        shapes[:] = np.asarray(place, dtype=object)
    elif "geometry" in survey.frame and len(names):
        shapes[known] = np.asarray(survey.frame.geometry.values, dtype=object)[chosen[known]]
    cells = {"part": part, "point": point, "value": value, "expected": expected}
    table = {
        "code": code,
        "kind": survey.kind,
        "file": survey.file,
        "layer": survey.layer,
        "row": chosen + 1,
        "hazard_id": np.where(known, names[np.where(known, chosen, 0)], "") if len(names) else "",
        **{name: text if isinstance(text, str) else np.asarray(text, dtype=object) for name, text in cells.items()},
        "place": shapes,
    }
    return pd.DataFrame(table, columns=list(FINDING_COLUMNS))


def beside(findings: pd.DataFrame, table: str, rows: ArrayLike) -> pd.DataFrame:
    """Return findings as those of rows of a table of `BESIDE`, the record they belong to still named; -1 is the whole table.

    Examples
    --------
    >>> import geopandas as gpd
    >>> survey = Survey("hazards", "north.gpkg", "", gpd.GeoDataFrame({"id": ["YC-014"]}, geometry=[None], crs=4326))
    >>> beside(found("V02", survey, [0]), "reports", [2])[["file", "row", "hazard_id"]].values.tolist()
    [['reports', 3, 'YC-014']]
    """
    return findings.assign(file=table, layer="", row=np.asarray(rows, dtype=int) + 1) if len(findings) else findings


def nothing(code: str, survey: Survey) -> pd.DataFrame:
    """Return no finding of a code, for a check that has nothing to look at."""
    return _empty()


def _empty() -> pd.DataFrame:
    return pd.DataFrame({name: np.zeros(0, dtype=object) for name in FINDING_COLUMNS})


def joined(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return findings as one table, sorted by file, record and code, in the order they were found where these are equal."""
    kept = [table for table in tables if len(table)]
    if not kept:
        return _empty()
    table = pd.concat(kept, ignore_index=True)
    return table.sort_values(["file", "layer", "row", "code"], kind="stable", ignore_index=True)


def quoted(names: Iterable[str]) -> NDArray[np.object_]:
    """Return names as messages print them: in quotation marks, but "row 5" as it is; shape (m,).

    Examples
    --------
    >>> quoted(["YC-014", "row 5"]).tolist()
    ['"YC-014"', 'row 5']
    """
    return np.array([name if name.startswith("row ") else f'"{name}"' for name in names], dtype=object)


def figures(numbers: ArrayLike, form: str = ",.0f") -> NDArray[np.object_]:
    """Return numbers as text in one form, shape (m,).

    Examples
    --------
    >>> figures([5234.4]).tolist()
    ['5,234']
    """
    return np.array([format(number, form) for number in np.asarray(numbers, dtype=float).ravel()], dtype=object)


def at(survey: Survey, xy: NDArray[np.float64]) -> NDArray[np.object_]:
    """Return coordinates as text, longitude or easting first: 7 decimals of a degree, centimetres else; shape (m,)."""
    crs = survey.frame.crs
    form = ".2f" if crs is not None and crs.is_projected else ".7f"
    return np.array([f"{format(x, form)}, {format(y, form)}" for x, y in xy.tolist()], dtype=object)
