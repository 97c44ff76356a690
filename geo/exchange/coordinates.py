"""Coordinates as people type them: degrees in any form, UTM, MGRS, and metres of a projected system.

Assumption: what is typed says how it is meant. Latitude and longitude are told apart by hemisphere letters or by their columns,
never by the size of the numbers; two plain numbers in one cell are read only if their order is stated. The result stays in the
datum the text was typed in, which has to be told. Limit: the precision is that of the last digit, not of the survey, and of the
number with more digits, since spreadsheets drop zeros at the end; it is never finer than a centimetre, and what a computer adds
behind the ninth decimal of a degree tells nothing of it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.exchange.angles import (
    FORM_WORDS,
    FORMS,
    LAT_SIGNS,
    LON_SIGNS,
    UNREAD,
    Angles,
    angles,
    first_faults,
    n_decimals,
    plain_text,
    sides,
)
from geo.exchange.datum import MODERN, datum_of
from geo.exchange.mgrs import BANDS, band_bounds, from_mgrs, from_utm
from geo.exchange.patterns import extracted, matches, replaced
from geo.exchange.texts import fixed

FINEST_M = 0.01  # no survey in the field is finer, however many digits were typed
MOST_DECIMALS, MOST_DECIMALS_M = 9, 4  # of a degree and of a metre that anybody means
DEGREE_M = 111_320.0  # of latitude, and of longitude at the equator
KINDS = (*FORMS, "utm", "mgrs", "projected")
ORDERS = ("lat,lon", "lon,lat")
RESULT = ("lon", "lat", "precision_m", "entered_as", "fault")
EXPECTED = "37.5N 127.1E, 37°30′15″N 127°6′0″E, 52S 327000 4230000 or 52S CG 12345 67890"
OUT_OF_BAND_DEG = 0.05  # a point near the edge may bear its neighbour's letter
_HALVES = (  # of one cell: parted by a sign, by letters, by marks, or evenly
    r"^(?P<first>[^,;/]+)[,;/](?P<second>[^,;/]+)$",
    r"^(?P<first>[NSEWΦΛ][^NSEWΦΛ]+)(?P<second>[NSEWΦΛ][^NSEWΦΛ]+)$",
    r"^(?P<first>[^NSEWΦΛ]+[NSEW]) ?(?P<second>[^NSEWΦΛ]+[NSEW])$",
    r"^(?P<first>Φ[^Λ]+)(?P<second>Λ.+)$",
    r"^(?P<first>Λ[^Φ]+)(?P<second>Φ.+)$",
    r"^(?P<first>[^°]+°[^°]*['\"])(?P<second>[+-]?[0-9.]+°[^°]*)$",
    r"^(?P<first>[^°]+°)(?P<second>[^°]+°)$",
    r"^(?P<first>[^ ]+) (?P<second>[^ ]+)$",
    r"^(?P<first>[^ ]+ [^ ]+) (?P<second>[^ ]+ [^ ]+)$",
    r"^(?P<first>[^ ]+ [^ ]+ [^ ]+) (?P<second>[^ ]+ [^ ]+ [^ ]+)$",
)
_UTM = (
    r"^(?P<zone>[0-9]{1,2}) ?(?P<band>[A-Z]?)[ ,]?E? ?"
    r"(?P<easting>[0-9]{5,7}(?:\.[0-9]*)?) ?M?E?[ ,]+N? ?(?P<northing>[0-9]{4,8}(?:\.[0-9]*)?) ?M?N?$"
)
_MGRS = r"^[0-9]{0,2} ?[A-Z] ?[A-Z]{2}[0-9 ]*$|^[0-9]{1,2} ?[C-HJ-NP-X] ?[A-Z]{2} ?[0-9]"
_LEAD = r"^(?:UTM|MGRS|ZONE)[ :]*(?:ZONE[ :]*)?"
_METRES = r"^-?[0-9]+(?:\.[0-9]*)?$"
_GROUPED = r"^-?[0-9]{1,3}(?:,[0-9]{3}){2,}(?:\.[0-9]*)?$|^-?[0-9]{1,3}(?:,[0-9]{3})+\.[0-9]*$"  # but not 327,000
Floats = NDArray[np.float64]


def parsed(
    place: Any = None,
    *,
    lon: Any = None,
    lat: Any = None,
    order: str | None = None,
    ellps: str = "WGS84",
) -> pd.DataFrame:
    """Read typed places, one cell each, or a longitude and a latitude column.

    Parameters
    ----------
    place : array of str, shape (n,)
        Degrees with hemisphere letters, UTM or MGRS, in any mixture of rows.
    lon, lat : array of str, shape (n,)
        Instead of `place`.
    order : {"lat,lon", "lon,lat"}, optional
        Of two angles without letters in one cell; without it they are a fault.
    ellps : str
        Ellipsoid of the datum they were typed in, as PROJ calls it. It matters for UTM; MGRS is refused on an old one.

    Returns
    -------
    DataFrame, n rows
        ``lon`` and ``lat`` [degrees, in the datum they were typed in], ``precision_m`` of the last digit, ``entered_as`` (one of
        `KINDS`, "" where nothing was recognised) and ``fault`` (what is wrong, "" if nothing; "empty" for an empty place).

    Examples
    --------
    >>> parsed(["N 37°30′15″, E 127°06′00″", "52s 327502 4229840", "37.5 127.1"])[["lon", "lat", "entered_as"]].round(4)
          lon      lat entered_as
    0  127.10  37.5042        dms
    1  127.03  38.2000        utm
    2     NaN      NaN    decimal
    >>> parsed(["37.5 127.1"]).fault[0]
    'no hemisphere: which number is the latitude? add N and E, or state the order'
    >>> parsed(lon=["127.61 E"], lat=["37° 61′"]).fault[0]
    'latitude: minutes 61: expected below 60'
    """
    if place is None:
        return _columns(plain_text(lon), plain_text(lat))
    if order is not None and order not in ORDERS:
        raise ValueError(f"order: {order}: expected one of {', '.join(ORDERS)}")
    cells = replaced(plain_text(place), [(_LEAD, "")])
    is_utm = matches(cells, _UTM)
    is_mgrs = matches(cells, _MGRS) & ~is_utm
    result: dict[str, NDArray[Any]] = {name: np.full(len(cells), np.nan) for name in RESULT[:3]}
    result |= {name: np.full(len(cells), "", dtype=object) for name in RESULT[3:]}
    readers: tuple[tuple[NDArray[np.bool_], Callable[[pd.Series], pd.DataFrame]], ...] = (
        (is_mgrs, lambda texts: _squares(texts, ellps)),
        (is_utm, lambda texts: _zoned(texts, ellps)),
        (~is_mgrs & ~is_utm, lambda texts: _pairs(texts, order)),
    )
    for rows, read in readers:
        there = np.flatnonzero(rows)
        if there.size:
            part = read(cells.iloc[there].reset_index(drop=True))
            for name in RESULT:
                result[name][there] = part[name].to_numpy()
    return pd.DataFrame(result)


def projected(x: Any, y: Any) -> pd.DataFrame:
    """Read typed metres of a projected system: easting and northing, each in its column.

    Parameters
    ----------
    x, y : array of str, shape (n,)
        Easting and northing; thousands may be grouped by commas where they cannot be taken for decimals.

    Returns
    -------
    DataFrame, n rows
        ``x``, ``y`` [m], ``precision_m``, ``entered_as`` and ``fault``, as `parsed` gives them.

    Examples
    --------
    >>> table = projected(["200,000.5", "200,000"], ["600000", "600000"])
    >>> table.x.tolist(), table.fault[1]
    ([200000.5, nan], 'easting: 200,000: thousands or decimals? write it without the comma')
    """
    cells = [plain_text(side) for side in (x, y)]
    grouped = [matches(side, _GROUPED) for side in cells]
    plain = [side.where(~group, side.str.replace(",", "")) for side, group in zip(cells, grouped, strict=True)]
    good = [matches(side, _METRES) for side in plain]
    blank = [(side == "").to_numpy() for side in cells]
    fault = first_faults(
        len(cells[0]),
        (blank[0] & blank[1], lambda row: "empty"),
        (~good[0], lambda row: f"easting: {_no_metres(cells[0][row])}"),
        (~good[1], lambda row: f"northing: {_no_metres(cells[1][row])}"),
    )
    sound = fault == ""
    numbers = [np.where(sound, side.where(sound, "0").astype(float), np.nan) for side in plain]
    meant = (_meant(number, n_decimals(side), MOST_DECIMALS_M) for number, side in zip(numbers, plain, strict=True))
    precision_m = np.where(sound, np.maximum(10.0 ** -np.maximum(*meant), FINEST_M), np.nan)
    kind = np.where(blank[0] & blank[1], "", "projected")
    return pd.DataFrame({"x": numbers[0], "y": numbers[1], "precision_m": precision_m, "entered_as": kind, "fault": fault})


def degrees_of(x: ArrayLike, y: ArrayLike, crs: pyproj.CRS) -> tuple[Floats, Floats]:
    """Return longitude and latitude [degrees] of metres of a projected system, in its own datum; NaN where it cannot hold them.

    Examples
    --------
    >>> lon, lat = degrees_of([200_000.0], [600_000.0], pyproj.CRS.from_epsg(5186))
    >>> round(float(lon[0]), 9), round(float(lat[0]), 9)
    (127.0, 38.0)
    """
    transformer = pyproj.Transformer.from_crs(crs, datum_of(crs), always_xy=True)
    lon, lat = transformer.transform(np.asarray(x, dtype=float), np.asarray(y, dtype=float))
    known = np.isfinite(lon) & np.isfinite(lat)
    return np.where(known, lon, np.nan), np.where(known, lat, np.nan)


def _meant(numbers: NDArray[Any], places: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """Return how many decimals somebody meant: where there are more than `most`, those of the number rounded to that many.

    Examples
    --------
    >>> _meant(np.array([127.12345600000001, 127.5]), np.array([14, 3]), 9).tolist()
    [6, 3]
    """
    noisy = np.flatnonzero((places > most) & np.isfinite(numbers))
    if not noisy.size:
        return places
    meant = places.copy()
    meant[noisy] = n_decimals(pd.Series(fixed(numbers[noisy], most).to_pylist(), dtype=str).str.rstrip("0"))
    return meant


def _no_metres(text: str) -> str:
    if text == "":
        return "empty"
    if "," in text:
        return f"{text}: thousands or decimals? write it without the comma"
    return f"{text}: no number of metres"


def _squares(texts: pd.Series, ellps: str) -> pd.DataFrame:
    squares = from_mgrs(texts)
    if ellps in MODERN:
        return pd.DataFrame(dict(zip(RESULT, (*squares[:3], "mgrs", squares.faults), strict=True)))
    fault = f"MGRS squares bear other letters on the ellipsoid {ellps}: give UTM or degrees"
    return pd.DataFrame(dict(zip(RESULT, (np.nan, np.nan, np.nan, "mgrs", fault), strict=True)), index=texts.index)


def _zoned(texts: pd.Series, ellps: str) -> pd.DataFrame:
    """Read UTM: zone, band, easting, northing."""
    parts, _ = extracted(texts, _UTM)
    zone, band = parts.zone.astype(int).to_numpy(), parts.band.to_numpy(dtype="U1")
    easting, northing = parts.easting.astype(float).to_numpy(), parts.northing.astype(float).to_numpy()
    lon, lat = from_utm(zone, band, easting, northing, ellps=ellps)
    south, north = band_bounds(band)
    fault = first_faults(
        len(texts),
        ((zone < 1) | (zone > 60), lambda row: f"zone {zone[row]}: expected 1 to 60"),
        (band == "", lambda row: f"no latitude band after zone {zone[row]}: expected its letter, as in 52S"),
        (~np.isin(band, list(BANDS)), lambda row: f"band {band[row]}: expected C to X without I and O"),
        ((easting < 100_000) | (easting > 900_000), lambda row: f"easting {parts.easting[row]}: expected 100,000 to 900,000 m"),
        (~np.isfinite(lat), lambda row: f"northing {parts.northing[row]}: no place on the earth"),
        (
            (lat < south - OUT_OF_BAND_DEG) | (lat > north + OUT_OF_BAND_DEG),
            lambda row: (
                f"band {band[row]} reaches from {south[row]:g} to {north[row]:g}°, the northing lies at {lat[row]:.2f}°: "
                "the letter is the latitude band, not the hemisphere"
            ),
        ),
    )
    sound = fault == ""
    typed = ((easting, parts.easting), (northing, parts.northing))
    meant = (_meant(number, n_decimals(text), MOST_DECIMALS_M) for number, text in typed)
    side = np.maximum(10.0 ** -np.maximum(*meant), FINEST_M)
    values = (*(np.where(sound, numbers, np.nan) for numbers in (lon, lat, side)), "utm", fault)
    return pd.DataFrame(dict(zip(RESULT, values, strict=True)))


def _pairs(cells: pd.Series, order: str | None) -> pd.DataFrame:
    """Read two angles in one cell."""
    first, second = (angles(half) for half in _halves(cells))
    is_lat, is_lon = sides((first, second))
    unnamed = ~is_lat & ~is_lon
    clash = is_lat & is_lon
    swap = is_lon | (unnamed & (order == "lon,lat"))
    unread = (first.fault == UNREAD) | (second.fault == UNREAD) | (first.fault == "empty") | (second.fault == "empty")
    empty = (cells == "").to_numpy()
    wrong = first_faults(
        len(cells),
        (empty, lambda row: "empty"),
        (unread, lambda row: "no coordinate"),
        (clash, lambda row: f"hemispheres {first.sign[row]} and {second.sign[row]}: expected one of N or S and one of E or W"),
        (
            unnamed & (order is None),
            lambda row: "no hemisphere: which number is the latitude? add N and E, or state the order",
        ),
    )
    table = _joined(second.where(~swap, first), first.where(~swap, second), wrong)
    table.loc[unread, "entered_as"] = ""
    return table


def _halves(cells: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the two angles of each cell, "" where it does not hold two."""
    halves = pd.DataFrame({"first": "", "second": ""}, index=cells.index, dtype=str)
    todo = np.arange(len(cells))
    for pattern in _HALVES:
        if todo.size:
            parts, matched = extracted(cells.iloc[todo], pattern)
            halves = parts if matched.all() and todo.size == len(cells) else _filled(halves, parts, todo)
            todo = todo[~matched]
    return halves["first"].str.strip(), halves["second"].str.strip()


def _filled(table: pd.DataFrame, parts: pd.DataFrame, rows: NDArray[np.intp]) -> pd.DataFrame:
    cells = {name: table[name].to_numpy(dtype=object) for name in table}
    for name in parts:
        cells[name][rows] = parts[name].to_numpy(dtype=object)
    return pd.DataFrame(cells).astype(str)


def _columns(lon: pd.Series, lat: pd.Series) -> pd.DataFrame:
    """Read a longitude and a latitude column, in which a comma can only be a decimal mark."""
    comma = r"^([^,.]*[0-9]),([0-9][^,.]*)$"
    east, north = (angles(replaced(cells, [(comma, r"\1.\2")])) for cells in (lon, lat))
    return _joined(
        east,
        north,
        first_faults(
            len(lon),
            (((lon == "") & (lat == "")).to_numpy(), lambda row: "empty"),
            (_astray(north, LAT_SIGNS), lambda row: f"latitude: hemisphere {north.sign[row]}: expected N or S"),
            (_astray(east, LON_SIGNS), lambda row: f"longitude: hemisphere {east.sign[row]}: expected E or W"),
        ),
    )


def _astray(read: Angles, signs: str) -> NDArray[np.bool_]:
    return ~np.isin(read.sign, ["", *signs])


def _joined(lon: Angles, lat: Angles, wrong: NDArray[np.object_]) -> pd.DataFrame:
    """Return places of a longitude and a latitude each, with what was wrong before, with either, or with both together."""
    coarse = np.where(lon.form < lat.form, lon.n_decimals, lat.n_decimals)
    mixed = (lon.form != lat.form) & (coarse > 0)  # 37°N 127°30′E is whole degrees, not a mixture
    fault = first_faults(
        len(wrong),
        (wrong != "", lambda row: wrong[row]),
        (lat.fault != "", lambda row: f"latitude: {lat.fault[row]}"),
        (lon.fault != "", lambda row: f"longitude: {lon.fault[row]}"),
        (np.abs(lat.degrees) > 90, lambda row: f"latitude {lat.degrees[row]:g}: expected -90 to 90"),
        (np.abs(lon.degrees) > 180, lambda row: f"longitude {lon.degrees[row]:g}: expected -180 to 180"),
        (
            mixed,
            lambda row: f"latitude in {FORM_WORDS[lat.form[row]]}, longitude in {FORM_WORDS[lon.form[row]]}: write both alike",
        ),
    )
    sound = fault == ""
    decimal = [_meant(side.degrees, side.n_decimals, MOST_DECIMALS) for side in (lon, lat)]
    meant = [np.where(side.form == 0, own, side.n_decimals) for side, own in zip((lon, lat), decimal, strict=True)]
    places = [np.where(lon.form == lat.form, np.maximum(*meant), own) for own in meant]
    unit = [DEGREE_M / 60.0**side.form / 10.0**place for side, place in zip((lon, lat), places, strict=True)]
    degrees = [np.where(sound, side.degrees, np.nan) for side in (lon, lat)]
    precision_m = np.maximum(np.maximum(unit[0] * np.cos(np.radians(degrees[1])), unit[1]), FINEST_M)
    kind = np.where(wrong == "empty", "", np.array(FORMS, dtype=object)[np.maximum(lon.form, lat.form)])
    return pd.DataFrame(dict(zip(RESULT, (*degrees, precision_m, kind, fault), strict=True)))
