"""Points told by bearing and distance from another point.

Assumption: distances are measured on the ground and bearings at the point they start from, so a leg is a geodesic on the
ellipsoid of the datum; a magnetic bearing needs the declination and its year, a grid bearing the system whose grid it was read
from. Limit: slope, height above the ellipsoid and the scale of a grid are not taken off a distance.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

from geo.exchange.angles import angles, first_faults, plain_text
from geo.exchange.patterns import replaced, texts_of

NORTHS = MappingProxyType({"true": ("true", "진북"), "grid": ("grid", "도북"), "magnetic": ("magnetic", "자북", "compass")})
YEARS = (1900, 2100)  # of a declination
LONGEST_M = 100_000.0
MOST_DECLINATION_DEG = 90.0
NEEDS = "bearing_deg 0 to 360, distance_m, north (true, grid, magnetic) and from_point"
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


class Traverse(NamedTuple):
    """Where the points of a traverse lie.

    Attributes
    ----------
    lon, lat : ndarray, shape (n,)
        Degrees in the datum of the start; NaN where a point cannot be placed.
    faults : ndarray of str, shape (n,)
        Why not, "" if it can.
    closing_m : ndarray, shape (n,)
        Distance from where a leg arrives to the earlier point whose name it bears, the closing error; NaN where there is none.
    """

    lon: Floats
    lat: Floats
    faults: NDArray[np.object_]
    closing_m: Floats


def traverse(table: pd.DataFrame, *, crs: pyproj.CRS | None = None, ellps: str = "WGS84") -> Traverse:
    """Return where all points of many traverses lie.

    Parameters
    ----------
    table : DataFrame, n rows
        In the order of the points: ``lon`` and ``lat`` [degrees] of points already placed, NaN of others; and as typed text
        ``bearing_deg``, ``distance_m``, ``north``, ``declination_deg``, ``declination_year``, ``point_id``, ``from_point``
        (another point of the record; where blank, the one before on the same ``path``), ``record`` and ``path``. Absent columns
        count as blank.
    crs : pyproj.CRS, optional
        The projected system of grid bearings.
    ellps : str
        Ellipsoid of the datum.

    Examples
    --------
    >>> table = pd.DataFrame({"lon": [127.0, np.nan], "lat": [38.0, np.nan], "bearing_deg": ["", "90°00′"]})
    >>> table["distance_m"], table["north"] = ["", "50"], "true"
    >>> traverse(table).lon.round(5).tolist()
    [127.0, 127.00057]
    """
    geod = pyproj.Geod(ellps=ellps)
    lon, lat = table["lon"].to_numpy(dtype=float).copy(), table["lat"].to_numpy(dtype=float).copy()
    fixed = np.isfinite(lon) & np.isfinite(lat)
    azimuth_deg, distance_m, is_grid, faults = _legs(table, fixed, crs)
    parent, named = _parents(table, fixed)
    depth, is_circle = _depths(parent, fixed)
    rows = first_faults(
        len(table),
        (faults != "", lambda row: faults[row]),
        (fixed, lambda row: ""),
        (
            parent < 0,
            lambda row: f"from_point {named[row]}: no such point in this record" if named[row] else "no point to start from",
        ),
        (is_circle, lambda row: f"from_point {named[row]}: the points lead back to themselves"),
    )
    faults = np.where(fixed, "", rows)
    last = _last_of_names(table)
    for level in np.split(np.argsort(depth, kind="stable"), np.cumsum(np.bincount(depth))[:-1])[1:] if len(table) else []:
        going = level[faults[level] == ""]
        start = parent[going]
        lost = ~np.isfinite(lon[start])
        faults[going[lost]] = "the point it starts from cannot be placed"
        going, start = going[~lost], start[~lost]
        turn = np.where(is_grid[going], _convergence_deg(lon[start], lat[start], crs), 0.0) if is_grid[going].any() else 0.0
        lon[going], lat[going], _ = geod.fwd(lon[start], lat[start], azimuth_deg[going] + turn, distance_m[going])
    closing_m = np.full(len(table), np.nan)
    back = np.flatnonzero((last >= 0) & ~fixed & np.isfinite(lon))
    back = back[np.isfinite(lon[last[back]])]
    closing_m[back] = geod.inv(lon[back], lat[back], lon[last[back]], lat[last[back]])[2]
    return Traverse(lon, lat, faults, closing_m)


def north_of(cells: pd.Series) -> NDArray[np.object_]:
    """Return which north each word names: "true", "grid", "magnetic", or "" for none of them.

    Examples
    --------
    >>> north_of(pd.Series(["True north", "자북", ""])).tolist()
    ['true', 'magnetic', '']
    """
    words = texts_of(cells).str.strip().str.casefold()
    said = {word: next((north for north, known in NORTHS.items() if word.startswith(known)), "") for word in words.unique()}
    return words.map(said).to_numpy(dtype=object)


def _column(table: pd.DataFrame, name: str) -> pd.Series:
    cells = table[name] if name in table else pd.Series("", index=table.index, dtype=str)
    return texts_of(cells).str.strip()


def _numbers(cells: pd.Series, unit: str = "") -> Floats:
    plain = replaced(plain_text(cells), [(rf" ?{unit}$", "")]) if unit else plain_text(cells)
    return pd.to_numeric(plain.where(plain != ""), errors="coerce").to_numpy(dtype=float)


def _legs(
    table: pd.DataFrame, fixed: NDArray[np.bool_], crs: pyproj.CRS | None
) -> tuple[Floats, Floats, NDArray[np.bool_], NDArray[np.object_]]:
    """Return azimuth (true, but for the convergence of grid bearings), distance, which bearings are of a grid, and faults."""
    typed = _column(table, "bearing_deg")
    bearing = angles(plain_text(typed))
    distance_typed = _column(table, "distance_m")
    distance_m = _numbers(distance_typed, "M")
    north_typed = _column(table, "north")
    north = north_of(north_typed)
    declination_deg = angles(plain_text(_column(table, "declination_deg"))).degrees
    year = _numbers(_column(table, "declination_year"))
    magnetic = north == "magnetic"
    faults = first_faults(
        len(table),
        (fixed, lambda row: " "),
        ((typed == "") & np.isnan(distance_m), lambda row: "empty"),
        (
            ~((bearing.degrees >= 0) & (bearing.degrees <= 360)),
            lambda row: f"bearing {typed[row]}: {bearing.fault[row] or 'expected 0 to 360°'}",
        ),
        (
            ~((distance_m > 0) & (distance_m <= LONGEST_M)),
            lambda row: f"distance {distance_typed[row] or 'empty'}: expected metres, above 0 and at most 100,000",
        ),
        (north == "", lambda row: f"north {north_typed[row] or 'not stated'}: expected true, grid or magnetic"),
        (magnetic & np.isnan(declination_deg), lambda row: "magnetic bearing without its declination"),
        (magnetic & (np.abs(declination_deg) > MOST_DECLINATION_DEG), lambda row: f"declination {declination_deg[row]:g}°"),
        (
            magnetic & ~((year >= YEARS[0]) & (year <= YEARS[1])),
            lambda row: "declination without its year: it moves by about 0.1° a year",
        ),
        (
            (north == "grid") & (crs is None or not crs.is_projected),
            lambda row: "grid bearing without the projected system of its grid",
        ),
    )
    azimuth_deg = bearing.degrees + np.where(magnetic, np.nan_to_num(declination_deg), 0.0)
    return azimuth_deg, distance_m, north == "grid", np.where(fixed, "", faults)


def _parents(table: pd.DataFrame, fixed: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.object_]]:
    """Return the row that each leg starts from, -1 where there is none, and the name it was given."""
    n_rows = len(table)
    record = pd.factorize(_column(table, "record"))[0]
    names = _column(table, "from_point").to_numpy(dtype=object)
    path = pd.factorize(_column(table, "record") + "\0" + _column(table, "path"))[0]
    order = np.argsort(path, kind="stable")
    before = np.full(n_rows, -1)
    same = path[order][1:] == path[order][:-1]
    before[order[1:][same]] = order[:-1][same]
    code = pd.factorize(np.concatenate([_column(table, "point_id").to_numpy(dtype=object), names]))[0]
    own, asked = record * (len(code) + 1) + code[:n_rows], record * (len(code) + 1) + code[n_rows:]
    best = np.lexsort((np.arange(n_rows), ~fixed, own))  # of several points of one name the one placed first counts
    first = best[np.concatenate([[True], own[best][1:] != own[best][:-1]])] if n_rows else best
    place = np.minimum(np.searchsorted(own[first], asked), max(len(first) - 1, 0))
    known = own[first][place] == asked if n_rows else np.zeros(0, dtype=bool)
    by_name = np.where(known, first[place] if n_rows else -1, -1)
    return np.where(names == "", before, by_name), names


def _depths(parent: Ints, fixed: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.bool_]]:
    """Return how many legs lie between each point and the start, by doubling the step, and which points never reach one."""
    own = np.arange(len(parent))
    jump = np.where(fixed | (parent < 0), own, parent)
    depth = (jump != own).astype(np.int64)
    for _ in range(max(len(parent), 1).bit_length()):
        depth = depth + depth[jump]
        jump = jump[jump]
    ends = fixed | (parent < 0)
    is_circle = ~ends[jump] if len(parent) else np.zeros(0, dtype=bool)
    return np.where(is_circle, 0, depth), is_circle


def _last_of_names(table: pd.DataFrame) -> Ints:
    """Return, for a point that bears the name of an earlier one of its record, the row of that one, else -1."""
    names = _column(table, "point_id")
    keys = pd.factorize(_column(table, "record") + "\0" + names)[0]
    first = pd.Series(np.arange(len(table))).groupby(keys).transform("first").to_numpy(dtype=np.int64)
    return np.where((first < np.arange(len(table))) & (names != "").to_numpy(), first, -1)


def _convergence_deg(lon: Floats, lat: Floats, crs: pyproj.CRS | None) -> Floats:
    """Return how far grid north lies east of true north."""
    assert crs is not None
    return np.asarray(pyproj.Proj(crs).get_factors(lon, lat).meridian_convergence, dtype=float)
