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


def column(table: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as text without blanks around it, "" where it is absent.

    Examples
    --------
    >>> column(pd.DataFrame({"lat": [" 38 "]}), "lat").tolist(), column(pd.DataFrame({"lat": [" 38 "]}), "lon").tolist()
    (['38'], [''])
    """
    return table[name].str.strip() if name in table else pd.Series("", index=table.index, dtype=str)


def placed(table: pd.DataFrame, *, crs: Any = None, order: str | None = None) -> Placed:
    """Return where the rows of a table lie.

    Parameters
    ----------
    table : DataFrame of str, n rows
        With some of `COORDINATES` and ``crs_entered``; ``x`` is the easting.
    crs : str or pyproj.CRS, optional
        Of rows that state none.
    order : str, optional
        Of two plain angles in one cell, see `geo.exchange.coordinates.parsed`.

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
    for name in typed.unique():
        there = np.flatnonzero((typed == name).to_numpy())
        own, fault = system_of(name, stated)
        _place(rows, table.iloc[there].reset_index(drop=True), there, own, order, metric)
        if fault:
            _tell(rows, there[rows.entered_as[there] != ""], f"{name}: {fault}", EXPECTED_DATUM)
        system[there] = len(systems)
        systems.append(own)
    _brought_together(rows, systems, system, metric)
    return rows


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
