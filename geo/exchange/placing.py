"""Typed rows of a table as places: which cells tell the place, in which datum, and what is wrong with them.

Assumption: a row tells its place once; where several columns do, latitude and longitude count first, then metres, UTM, MGRS and a
cell with both. Each row's datum is the one typed beside it, else the one the caller states; where neither says anything the
numbers stay without a datum, which is a fault. Rows in several datums are brought to WGS 84.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import NDArray

from geo.errors import ConfigError
from geo.exchange.coordinates import EXPECTED, degrees_of, parsed, projected
from geo.exchange.datum import LONLAT, crs_named, datum_of, ellipsoid_of

COORDINATES = ("lat", "lon", "x", "y", "utm_zone", "utm", "mgrs", "place")
EQUAL_DATUMS = (4326, 4737)  # WGS 84 and KGD2002
SOURCES = MappingProxyType(
    {
        "degrees": ("lat", "lon"),
        "zoned": ("x", "y", "utm_zone"),
        "metres": ("x", "y"),
        "utm": ("utm",),
        "mgrs": ("mgrs",),
        "place": ("place",),
    }
)
CODE, CODE_DATUM = "C07", "C01"
EXPECTED_DATUM = "one datum, such as EPSG:4326 or EPSG:5186"
EXPECTED_METRES = "easting 200000.0 and northing 600000.0"
EXPECTED_AXES = "the columns' names: easting and northing"
BEYOND_DEG = 0.5  # how far a system is used beyond its area of use: a belt, to the end of the field that it cuts
Floats = NDArray[np.float64]
Objects = NDArray[np.object_]


@dataclass(slots=True)
class Placed:
    """Where n rows lie.

    Attributes
    ----------
    x, y, lon, lat : ndarray
        In `crs`, and degrees of its datum; NaN where unknown.
    crs : pyproj.CRS or None
    precision_m : ndarray
        Of the digits.
    entered_as, entered_x, entered_y, entered_mgrs : ndarray of str
        As typed; a reference in one cell stands in ``entered_mgrs``.
    fault, expected, code : ndarray of str
        "" where nothing is wrong.
    source : ndarray of str
        Which of `SOURCES` told the place.
    without_datum : ndarray of bool
        Rows with a place and no datum.
    doubt : str
        Why nobody can say which column is the easting, "" where it is clear; rows told by these columns are then not placed.
    """

    x: Floats
    y: Floats
    lon: Floats
    lat: Floats
    precision_m: Floats
    entered_as: Objects
    entered_x: Objects
    entered_y: Objects
    entered_mgrs: Objects
    fault: Objects
    expected: Objects
    code: Objects
    source: Objects
    without_datum: NDArray[np.bool_]
    crs: pyproj.CRS | None = None
    doubt: str = ""


def column(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as text without blanks around it, "" where it is absent.

    Examples
    --------
    >>> column(pd.DataFrame({"lat": [" 38 "]}), "lat").tolist(), column(pd.DataFrame({"lat": [" 38 "]}), "lon").tolist()
    (['38'], [''])
    """
    return table[name].str.strip() if name in table else pd.Series("", index=table.index, dtype=str)


def placed(table: pd.DataFrame, *, crs: Any = None, order: str | None = None, axes: tuple[str, str] | None = None) -> Placed:
    """Return where the rows of a table lie.

    Parameters
    ----------
    table : DataFrame of str, n rows
        With some of `COORDINATES` and ``crs_entered``; ``x`` is the easting.
    crs : str or pyproj.CRS, optional
        Of rows that state none.
    order : str, optional
        Of two plain angles in one cell, see `geo.exchange.coordinates.parsed`.
    axes : (str, str), optional
        Headings of ``x`` and ``y`` where they do not say which is the easting: in Korea X is often the northing. Then they are
        only taken where the other order falls outside the system's area of use.

    Raises
    ------
    ConfigError
        If `crs` is unknown or not clear.

    Examples
    --------
    >>> rows = placed(pd.DataFrame({"mgrs": ["52S CG 12345 67890", "52S CG 123"], "crs_entered": ["WGS84", "WGS84"]}))
    >>> rows.x.round(5).tolist(), rows.crs.to_epsg(), rows.fault[1]
    ([126.87315, nan], 4326, '52S CG 123: an odd number of digits (3): easting and northing need equally many')
    """
    stated = crs_named(crs) if crs is not None and str(crs).strip() else None
    n_rows = len(table)
    rows = _blank(n_rows)
    typed = column(table, "crs_entered")
    metric = np.zeros(n_rows, dtype=bool)
    systems: list[pyproj.CRS | None] = []
    system = np.zeros(n_rows, dtype=np.int64)
    doubtful = np.zeros(n_rows, dtype=bool)
    for name in typed.unique():
        there = np.flatnonzero((typed == name).to_numpy())
        own, fault = system_of(name, stated)
        _place(rows, table.iloc[there].reset_index(drop=True), there, own, order, metric)
        if fault:
            _tell(rows, there[rows.entered_as[there] != ""], f"{name}: {fault}", EXPECTED_DATUM)
        system[there] = len(systems)
        systems.append(own)
        plane = there[metric[there]]
        if axes is not None and own is not None and (doubt := axes_in_doubt(rows.x[plane], rows.y[plane], own, axes)):
            rows.doubt, doubtful[plane] = doubt, True
    _brought_together(rows, systems, system, metric)
    for numbers in (rows.x, rows.y, rows.lon, rows.lat):
        numbers[doubtful] = np.nan
    return rows


def axes_in_doubt(x: Floats, y: Floats, crs: pyproj.CRS, axes: tuple[str, str]) -> str:
    """Return why `x` cannot be taken for the easting, "" where it can: by which order lies in the system's area of use.

    Parameters
    ----------
    x, y : array, shape (n,)
        Metres; NaN where unknown.
    crs : pyproj.CRS
        Projected.
    axes : (str, str)
        What the two columns are called, for the message.

    Examples
    --------
    >>> belt = pyproj.CRS(5186)
    >>> axes_in_doubt(np.array([200_000.0]), np.array([600_000.0]), belt, ("X", "Y"))
    ''
    >>> axes_in_doubt(np.array([600_000.0]), np.array([200_000.0]), belt, ("X", "Y"))
    'columns X and Y: X can only be the northing'
    >>> axes_in_doubt(np.array([180_000.0]), np.array([200_000.0]), belt, ("X", "Y"))
    'columns X and Y: either may be the easting'
    """
    told = np.isfinite(x) & np.isfinite(y)
    if not told.any() or crs.area_of_use is None:
        return ""
    as_named, swapped = _in_use(x[told], y[told], crs), _in_use(y[told], x[told], crs)
    n_named, n_swapped = int((as_named & ~swapped).sum()), int((swapped & ~as_named).sum())
    if n_swapped > n_named:
        return f"columns {axes[0]} and {axes[1]}: {axes[0]} can only be the northing"
    if n_swapped == n_named and (as_named | swapped).any():
        return f"columns {axes[0]} and {axes[1]}: either may be the easting"
    return ""


def _in_use(easting: Floats, northing: Floats, crs: pyproj.CRS) -> NDArray[np.bool_]:
    """Return which places lie where their system is used; shape (n,)."""
    assert crs.area_of_use is not None
    west, south, east, north = crs.area_of_use.bounds
    lon, lat = degrees_of(easting, northing, crs)
    width_deg = ((east - west) % 360 or 360) + 2 * BEYOND_DEG
    with np.errstate(invalid="ignore"):
        inside = (np.mod(lon - west + BEYOND_DEG, 360) <= width_deg) & (lat >= south - BEYOND_DEG) & (lat <= north + BEYOND_DEG)
    return np.asarray(inside & np.isfinite(lon) & np.isfinite(lat), dtype=bool)


def system_of(name: str, stated: pyproj.CRS | None) -> tuple[pyproj.CRS | None, str]:
    """Return the system of rows beside which a name is typed, and what is wrong with the name."""
    if not name:
        return stated, ""
    try:
        own = crs_named(name)
    except ConfigError as fault:
        return None, str(fault)
    if stated is not None and not _agree(own, stated):
        return own, f"the datum typed beside the coordinates; {stated.name} was stated for the file"
    return own, ""


def is_same_place(one: str, other: str) -> bool:
    """Return whether two names leave no doubt where numbers lie: one datum, and not two projections of it.

    Examples
    --------
    >>> is_same_place("EPSG:5186", "KGD2002"), is_same_place("EPSG:4301", "WGS84"), is_same_place("EPSG:4326", "the old one")
    (True, False, False)
    """
    try:
        return _agree(crs_named(one), crs_named(other))
    except ConfigError:
        return False


def _agree(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    datums = [datum_of(crs) for crs in (one, other)]
    if datums[0] != datums[1] and not all(datum.to_epsg() in EQUAL_DATUMS for datum in datums):
        return False
    return not (one.is_projected and other.is_projected) or one == other


def _tell(rows: Placed, there: NDArray[np.intp], fault: Any, expected: str, code: str = CODE) -> None:
    own = there[rows.fault[there] == ""]
    rows.fault[own], rows.expected[own], rows.code[own] = fault, expected, code


def _blank(n_rows: int) -> Placed:
    numbers = [np.full(n_rows, np.nan) for _ in range(5)]
    texts = [np.full(n_rows, "", dtype=object) for _ in range(8)]
    return Placed(*numbers, *texts, np.zeros(n_rows, dtype=bool))  # type: ignore[arg-type, call-arg]


def unused(table: pd.DataFrame, rows: Placed) -> list[str]:
    """Return the coordinate columns that say something in a row whose place another column tells.

    Examples
    --------
    >>> table = pd.DataFrame({"lat": ["38"], "lon": ["127"], "utm": ["52S 324000 4207000"], "place": [""]})
    >>> unused(table, placed(table, crs="WGS84"))
    ['utm']
    """
    said = {name: (column(table, name) != "").to_numpy() for name in COORDINATES if name in table}
    taken = {name: np.isin(rows.source, [source for source, own in SOURCES.items() if name in own]) for name in said}
    return [name for name, told in said.items() if (told & ~taken[name]).any()]


def _place(
    rows: Placed,
    table: pd.DataFrame,
    there: NDArray[np.intp],
    crs: pyproj.CRS | None,
    order: str | None,
    metric: NDArray[np.bool_],
) -> None:
    """Fill in the rows of one system: each from the first of its columns that says anything."""
    cells = {name: column(table, name) for name in COORDINATES}
    told = {name: (side != "").to_numpy() for name, side in cells.items()}
    ellps = "WGS84" if crs is None else ellipsoid_of(crs)
    taken = np.zeros(len(table), dtype=bool)
    zoned = cells["utm_zone"] + " " + cells["x"] + " " + cells["y"]
    for name, own in (
        ("degrees", told["lat"] | told["lon"]),
        ("zoned", told["utm_zone"] & (told["x"] | told["y"])),
        ("metres", told["x"] | told["y"]),
        ("utm", told["utm"]),
        ("mgrs", told["mgrs"]),
        ("place", told["place"]),
    ):
        chosen = np.flatnonzero(own & ~taken)
        taken |= own
        if not chosen.size:
            continue
        rows.source[there[chosen]] = name
        pair = ("lon", "lat") if name == "degrees" else ("x", "y")
        one, other = cells[pair[0]].iloc[chosen], cells[pair[1]].iloc[chosen]
        single = None if name in ("degrees", "metres") else (zoned if name == "zoned" else cells[name]).iloc[chosen]
        if name == "metres" and (crs is None or crs.is_projected):
            made = projected(one, other)
            metric[there[chosen]] = True
        else:
            made = parsed(single, order=order, ellps=ellps or "WGS84") if single is not None else parsed(lon=one, lat=other)
        _fill(rows, there[chosen], made, (one, other), single, needs_ellipsoid=not ellps)


def _fill(
    rows: Placed,
    there: NDArray[np.intp],
    made: pd.DataFrame,
    pair: tuple[pd.Series, pd.Series],
    single: pd.Series | None,
    *,
    needs_ellipsoid: bool,
) -> None:
    metres = "x" in made
    rows.x[there], rows.y[there] = made["x" if metres else "lon"], made["y" if metres else "lat"]
    rows.precision_m[there] = made.precision_m
    rows.entered_as[there] = made.entered_as.where(made.entered_as != "", "unread")
    if single is None or (pair[0] != "").any():
        rows.entered_x[there], rows.entered_y[there] = pair[0], pair[1]
    whole = pd.Series("", index=made.index) if single is None else single.reset_index(drop=True)
    reference = made.entered_as.isin(["mgrs", "utm"]).to_numpy() | (made.entered_as == "").to_numpy()
    if single is not None:
        rows.entered_mgrs[there] = np.where(reference, whole, "")
        rows.entered_x[there] = np.where(reference, rows.entered_x[there], whole)
    fault = made.fault.to_numpy(dtype=object)
    if needs_ellipsoid:
        grid = made.entered_as.isin(["mgrs", "utm"]).to_numpy()
        fault = np.where(grid, "grid coordinates are not read in this datum: give degrees, or metres with their EPSG code", fault)
        rows.x[there[grid]] = rows.y[there[grid]] = np.nan
    bad = np.flatnonzero(fault != "")
    text = ((pair[0] + " " + pair[1]).reset_index(drop=True) if single is None else whole).str.strip()
    for row in bad:
        fault[row] = f"{text[row]}: {fault[row]}"
    _tell(rows, there[bad], fault[bad], EXPECTED_METRES if metres else EXPECTED)


def _brought_together(
    rows: Placed, systems: list[pyproj.CRS | None], system: NDArray[np.int64], metric: NDArray[np.bool_]
) -> None:
    """Give all rows one system: the only one there is, else WGS 84."""
    has_place = np.isfinite(rows.x) & np.isfinite(rows.y)
    used = sorted({(int(number), bool(flag)) for number, flag in zip(system[has_place], metric[has_place], strict=True)})
    known = [(systems[number], flag) for number, flag in used]
    own = [(crs if flag else datum_of(crs)) for crs, flag in known if crs is not None]
    one = own[0] if own and all(crs == own[0] for crs in own) else None
    rows.without_datum = has_place & np.array([crs is None for crs in systems], dtype=bool)[system] if systems else has_place
    if not own:
        plain = has_place & ~metric
        rows.lon[plain], rows.lat[plain] = rows.x[plain], rows.y[plain]
        return
    rows.crs = one or LONLAT
    for number, flag in used:
        crs = systems[number]
        there = np.flatnonzero(has_place & (system == number) & (metric == flag))
        if crs is None:
            rows.x[there] = rows.y[there] = np.nan
            _tell(rows, there, "no datum, though other rows state one", EXPECTED_DATUM, CODE_DATUM)
            continue
        x, y = rows.x[there], rows.y[there]
        lon, lat = degrees_of(x, y, crs) if flag else (x, y)
        if one is None and datum_of(crs) != LONLAT:
            lon, lat = pyproj.Transformer.from_crs(datum_of(crs), LONLAT, always_xy=True).transform(lon, lat)
        rows.lon[there], rows.lat[there] = lon, lat
        if one is None:
            rows.x[there], rows.y[there] = lon, lat
    lost = has_place & ~rows.without_datum & ~(np.isfinite(rows.lon) & np.isfinite(rows.lat))
    rows.x[lost] = rows.y[lost] = np.nan
    _tell(rows, np.flatnonzero(lost), "the numbers lie outside what their system can hold", EXPECTED_METRES)
