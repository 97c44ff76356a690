"""The public form of supplied finds, accidents and signs: how many each cell of the fixed grid holds, and from which years.

Assumption: a place, a person or a small number can each be traced, so all three go: a point becomes its cell of at least 1 km,
a date its year, a count below `FEWEST` the text "<5". Where a total is told beside the parts, one more part is withheld whenever
the total would give a small one away. The limit: whoever knows a record from elsewhere may still find the cell it lies in.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import measure
from geo.errors import CheckFailed
from geo.grid import squares, years
from geo.layer import COMMON_COLUMNS, listed
from geo.terms import EVIDENCE, SIGN_TEXTS

FEWEST = 5  # a smaller count is not told
FEW = f"<{FEWEST}"
WITHHELD = "withheld"
POINT_COLUMNS = (*COMMON_COLUMNS, "evidence", "sign_text", "told", "year_first", "year_last", "precision_m", "geometry")
TOLD = rf"<{FEWEST}|[1-9]\d+|[{FEWEST}-9]"  # what the column `told` may say


def point_cells(frame: gpd.GeoDataFrame, crs: pyproj.CRS, cell_km: float) -> gpd.GeoDataFrame:
    """Return one row for each cell that records lie in, and of signs for each wording.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Points with `geo.layer.COMMON_COLUMNS`, and ``date``, ``evidence`` and ``sign_text`` where they have them.
    crs : pyproj.CRS
        Of the grid.
    cell_km : float

    Returns
    -------
    GeoDataFrame
        `POINT_COLUMNS`, in `crs`: ``told`` is the number of records, "<5" below `FEWEST`; ``year_first`` and ``year_last`` are
        those of the dated ones; ``evidence`` is the strongest; ``as_of`` is the oldest year.
    """
    at = np.floor(shapely.get_coordinates(measure.project(frame, crs).geometry.values) / (1000.0 * cell_km)).astype(int)
    dated = years(frame["date"]) if "date" in frame else pd.Series("", index=frame.index)
    rows = pd.DataFrame(
        {
            "east": at[:, 0],
            "north": at[:, 1],
            "sign_text": _known(frame, "sign_text", tuple(SIGN_TEXTS), "other") if "sign_text" in frame else "",
            "land_class": frame["land_class"].to_numpy(),
            "basis": frame["basis"].to_numpy(),
            "sources": frame["sources"].to_numpy(),
            "as_of": years(frame["as_of"]).to_numpy(),
            "evidence": _known(frame, "evidence", tuple(EVIDENCE), "not_specified"),
            "year": dated.to_numpy(),
        }
    )
    rows["rank"] = rows["evidence"].map({word: n for n, word in enumerate(("direct", "indirect", "not_specified", "none"))})
    table = _counted(rows.sort_values(["rank", "basis"], kind="stable"))
    cells = squares(table, table["sign_text"], crs, cell_km)
    return cells if "sign_text" in frame else cells.drop(columns="sign_text")


def _known(frame: pd.DataFrame, name: str, words: tuple[str, ...], blank: str) -> NDArray[np.object_]:
    """Return a column's controlled words; free text is nobody's business."""
    cells = frame[name] if name in frame else pd.Series("", index=frame.index)
    return np.asarray(cells.where(cells.isin(words), blank), dtype=object)


def _counted(rows: pd.DataFrame) -> pd.DataFrame:
    """Return one row a cell and wording, with the number of records told."""
    dated = rows["year"].where(rows["year"] != "")
    by = rows.assign(first=dated, last=dated, told_of=rows["as_of"].where(rows["as_of"] != "")).groupby(
        ["east", "north", "sign_text"], sort=True, as_index=False
    )
    table = by.agg(
        land_class=("land_class", "first"), basis=("basis", "last"), sources=("sources", _joined), as_of=("told_of", "min"),
        evidence=("evidence", "first"), year_first=("first", "min"), year_last=("last", "max"), n=("year", "size"),
    )  # fmt: skip
    blank = {name: table[name].fillna("") for name in ("year_first", "year_last")}
    counts = pd.Series(told_counts(table["n"]), index=table.index)
    return table.drop(columns="n").assign(told=counts, as_of=table["as_of"].fillna("undated"), **blank)


def _joined(keys: pd.Series) -> str:
    return ";".join(sorted({key for text in keys for key in str(text).split(";")}))


def told_counts(counts: ArrayLike, totals: ArrayLike | None = None) -> list[str]:
    """Return counts as the public may read them.

    Parameters
    ----------
    counts : array of int, shape (n,)
    totals : array, shape (n,), optional
        The label of the total that each count is a part of, where that total is told too. Of one total's parts as many are
        withheld as it takes that no small one follows from it.

    Returns
    -------
    list of str
        The count, "<5", or "withheld"; 0 is told as "0", for it is nobody.

    Examples
    --------
    Told together with their total of 22, the 3 would follow from the other two:

    >>> told_counts([3, 7, 12])
    ['<5', '7', '12']
    >>> told_counts([3, 7, 12], totals=["all", "all", "all"])
    ['<5', 'withheld', '12']
    """
    numbers = np.asarray(counts, dtype=int)
    told = np.where((numbers > 0) & (numbers < FEWEST), FEW, numbers.astype(str)).astype(object)
    if totals is not None:
        for rows in pd.Series(np.arange(len(numbers))).groupby(np.asarray(totals, dtype=object)).indices.values():
            hidden = secondary(numbers[rows])
            told[rows[hidden]] = WITHHELD
    return [str(text) for text in told]


def secondary(counts: NDArray[np.int_]) -> NDArray[np.bool_]:
    """Return which parts of a told total must be withheld beside the small ones; shape (n,).

    The reader knows what the hidden parts sum up to, that each small one is 1 to 4, and that each withheld one is 5 or more. The
    smallest withheld parts are chosen until no small one can have a single value only. Where even all parts do not do,
    all are withheld, and the total must be too: see `tellable`.

    Examples
    --------
    Two small ones hide each other, unless their sum of 8 says that both are 4:

    >>> secondary(np.array([2, 3, 9])).tolist(), secondary(np.array([4, 4, 9])).tolist()
    ([False, False, False], [False, False, True])

    A part of 5 hides nothing beside a part of 1: 6 can only be 1 and 5.

    >>> secondary(np.array([1, 5, 8])).tolist()
    [False, True, True]
    """
    small = (counts > 0) & (counts < FEWEST)
    chosen = np.zeros(len(counts), dtype=bool)
    order = np.argsort(counts, kind="stable")
    for row in order[counts[order] >= FEWEST]:
        if _hides(counts, small, chosen):
            break
        chosen[row] = True
    return chosen


def tellable(counts: ArrayLike) -> bool:
    """Return whether a total may stand beside its parts, once `secondary` withheld what it could.

    Examples
    --------
    >>> tellable([3, 7]), tellable([3]), tellable([1, 1])
    (True, False, False)
    """
    numbers = np.asarray(counts, dtype=int)
    return _hides(numbers, (numbers > 0) & (numbers < FEWEST), secondary(numbers))


def _hides(counts: NDArray[np.int_], small: NDArray[np.bool_], chosen: NDArray[np.bool_]) -> bool:
    """Whether no small part follows from the sum of all hidden ones."""
    n_small, n_more, known = int(small.sum()), int(chosen.sum()), int(counts[small | chosen].sum())
    if n_small == 0:
        return True
    if n_more:  # a withheld part has no upper end, so only the lower end can give one away
        return known > n_small + FEWEST * n_more
    return n_small > 1 and n_small < known < n_small * (FEWEST - 1)


def public_counts(table: pd.DataFrame, counts: Sequence[str], *, within: Sequence[str] | None = None) -> pd.DataFrame:
    """Return a table whose counts are told as the public may read them: small ones are gone.

    Parameters
    ----------
    table : DataFrame, n rows
    counts : sequence of str
        Columns of whole numbers; each becomes nullable, <NA> where hidden, with its text beside it in ``NAME_told``.
    within : sequence of str, optional
        The columns that say which told total a row is a part of; [] for one total over all rows.

    Examples
    --------
    >>> table = pd.DataFrame({"code": ["a", "b", "c"], "n_accidents": [3, 7, 12]})
    >>> public_counts(table, ["n_accidents"], within=[]).n_accidents_told.tolist()
    ['<5', 'withheld', '12']
    """
    made = table.copy()
    label = None
    if within is not None:
        label = table.groupby(list(within), sort=False, dropna=False).ngroup() if within else np.zeros(len(table), dtype=int)
    for name in counts:
        numbers = pd.to_numeric(table[name], errors="coerce")
        told = pd.Series(told_counts(numbers.fillna(0), label), index=table.index).where(numbers.notna(), "")
        hidden = told.isin([FEW, WITHHELD])
        made[name] = numbers.round().astype("Int64").mask(hidden)
        made[f"{name}_told"] = told
    return made


def check_points(frame: gpd.GeoDataFrame, where: str) -> None:
    """Check that cells of finds, accidents or signs say no more than `point_cells` lets them.

    Raises
    ------
    CheckFailed
        If a column, a date finer than a year, or a small count stands in the frame.
    """
    extra = [name for name in frame.columns if name not in POINT_COLUMNS]
    if filled := [name for name in extra if (frame[name].notna() & (frame[name].astype(str) != "")).any()]:
        raise CheckFailed("value not for the public", where=where, found=f"records with {', '.join(map(str, filled))}")
    for name in ("as_of", "year_first", "year_last"):
        finer = ~frame[name].fillna("").astype(str).str.fullmatch(r"(\d{4}|undated)?")
        if finer.any():
            raise CheckFailed("date finer than a year", where=f"{where}: {listed(frame['id'][finer])}", found=name)
    small = ~frame["told"].astype(str).str.fullmatch(TOLD)
    if small.any():
        found = ", ".join(map(str, frame["told"][small][:5]))
        raise CheckFailed("small count in a public file", where=f"{where}: {listed(frame['id'][small])}",
                          expected=f'"{FEW}" or {FEWEST} and more', found=found)  # fmt: skip
