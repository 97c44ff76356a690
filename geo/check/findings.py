"""Findings: rows of one table, made by the checks, worded once by `geo.check.codes`.

Assumption: a check looks at all records at once and hands back plain arrays; words are put together only for the lines that are
printed or written.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from geo.survey.records import Survey

FINDING_COLUMNS = ("code", "file", "layer", "row", "hazard_id", "part", "point", "value", "expected", "place")


def found(
    code: str,
    survey: Survey,
    rows: ArrayLike,
    *,
    value: Any = "",
    expected: Any = "",
    part: Any = "",
    point: Any = "",
    place: Sequence[Any] | None = None,
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
    """
    chosen = np.atleast_1d(np.asarray(rows))
    chosen = np.flatnonzero(chosen) if chosen.dtype == bool else chosen.astype(int)
    names = survey.names().to_numpy(dtype=object)
    table = pd.DataFrame({"code": code, "file": survey.file, "layer": survey.layer, "row": chosen + 1})
    known = chosen >= 0
    table["hazard_id"] = np.where(known, names[np.where(known, chosen, 0)], "") if len(names) else ""
    for name, cells in (("part", part), ("point", point), ("value", value), ("expected", expected)):
        table[name] = cells if isinstance(cells, str) else np.asarray(cells, dtype=object)
    shapes = np.full(len(chosen), None, dtype=object)
    if place is not None:
        shapes[:] = np.asarray(place, dtype=object)
    elif "geometry" in survey.frame and len(names):
        shapes[known] = np.asarray(survey.frame.geometry.values, dtype=object)[chosen[known]]
    table["place"] = shapes
    return table[list(FINDING_COLUMNS)]


def joined(tables: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return findings as one table, sorted by file, record and code, in the order they were found where these are equal."""
    kept = [table for table in tables if len(table)]
    if not kept:
        return pd.DataFrame({name: np.zeros(0, dtype=object) for name in FINDING_COLUMNS})
    table = pd.concat(kept, ignore_index=True)
    return table.sort_values(["file", "layer", "row", "code"], kind="stable", ignore_index=True)
