"""MGRS references and UTM coordinates of many points at once.

Assumption: the letters of the 100 km squares are those used with WGS 84 and GRS 80 (the "AA" scheme); old maps on the Bessel or
Clarke ellipsoids use others and are not read here. A reference names a square, never a point: writing cuts digits off and reading
gives the middle of the square. Limit: latitudes from 80° S to 84° N; the polar grid (UPS) is refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.exchange.angles import first_faults
from geo.exchange.patterns import extracted, replaced, texts_of

BANDS = "CDEFGHJKLMNPQRSTUVWX"
COLUMNS = ("ABCDEFGH", "JKLMNPQR", "STUVWXYZ")  # from 100 km east on, by (zone - 1) % 3
ROWS = "ABCDEFGHJKLMNPQRSTUV"
SQUARE_M = 100_000
CYCLE_M = SQUARE_M * len(ROWS)
SOUTH, NORTH = -80.0, 84.0
BAND_DEG = 8.0
EQUATOR_M = 10_000_000  # northing of the equator in the south
SNAP_M = 1e-6  # what going to degrees and back may cost; less than any digit
MOST_DIGITS = 10
EXAMPLE = "52S CG 12345 67890"
FORM = r"^(?P<prefix>[0-9]{0,2}[A-Z]{3})(?P<digits>[0-9]*)$"
PREFIX = r"^(?P<zone>[0-9]{0,2})(?P<band>[A-Z])(?P<square>[A-Z]{2})$"
SVALBARD = ((9.0, 31), (21.0, 33), (33.0, 35), (42.0, 37))  # east of 0°, up to here: this zone
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.str_]


class Squares(NamedTuple):
    """The squares that MGRS references name.

    Attributes
    ----------
    lon, lat : ndarray, shape (n,)
        Middle of each square [degrees]; NaN where the reference cannot be read.
    precision_m : ndarray, shape (n,)
        Side of each square [m].
    faults : ndarray of str, shape (n,)
        What is wrong, "" if nothing.
    """

    lon: Floats
    lat: Floats
    precision_m: Floats
    faults: NDArray[np.object_]


def utm(lon: ArrayLike, lat: ArrayLike, *, ellps: str = "WGS84") -> tuple[Ints, Texts, Floats, Floats]:
    """Return the UTM zone, latitude band, easting and northing [m] of points.

    Parameters
    ----------
    lon, lat : array, shape (n,)
        Degrees in the datum whose ellipsoid is named.
    ellps : str
        Ellipsoid as PROJ calls it: "WGS84", "GRS80", "bessel".

    Returns
    -------
    zone : ndarray of int, shape (n,)
        1 to 60, with the exceptions of Norway and Svalbard; 0 where there is none (polar regions, no coordinate).
    band : ndarray of str, shape (n,)
        "C" to "X" without I and O; "" where there is none.
    easting, northing : ndarray, shape (n,)
        South of the equator the northing counts from 10,000 km; NaN where there is none.

    Examples
    --------
    >>> zone, band, easting, northing = utm([127.03], [38.2])
    >>> int(zone[0]), str(band[0]), round(float(easting[0])), round(float(northing[0]))
    (52, 'S', 327502, 4229840)
    """
    east, north = np.broadcast_arrays(np.asarray(lon, dtype=float), np.asarray(lat, dtype=float))
    east, north = np.atleast_1d(east), np.atleast_1d(north)
    known = np.isfinite(east) & (np.abs(east) <= 360) & (north >= SOUTH) & (north <= NORTH)
    east = (np.where(known, east, 0.0) + 180) % 360 - 180
    zone = np.where(known, _zones(east, np.where(known, north, 0.0)), 0)
    letters = np.array([*BANDS, ""])
    step = np.clip(np.where(known, (north - SOUTH) // BAND_DEG, 0), 0, len(BANDS) - 1).astype(int)
    x, y = np.full(len(east), np.nan), np.full(len(east), np.nan)
    for one in np.unique(zone[known]):
        rows = np.flatnonzero(zone == one)
        x[rows], y[rows] = _grid(int(one), ellps).transform(east[rows], north[rows])
    band = letters[np.where(known, step, -1)]
    return zone, band, x, y + np.where(band < "N", float(EQUATOR_M), 0.0)  # as the band says: -1e-20° counts to N


def from_utm(
    zone: ArrayLike, band: ArrayLike, easting: ArrayLike, northing: ArrayLike, *, ellps: str = "WGS84"
) -> tuple[Floats, Floats]:
    """Return longitude and latitude [degrees] of UTM coordinates; NaN where zone, band or numbers are none.

    Parameters
    ----------
    zone, band, easting, northing : array, shape (n,)
        As `utm` gives them; the band says on which side of the equator.
    ellps : str
        Ellipsoid of the datum they are in, which is the datum of the degrees.

    Examples
    --------
    >>> lon, lat = from_utm([52], ["S"], [327502.0], [4229840.0])
    >>> round(float(lon[0]), 5), round(float(lat[0]), 5)
    (127.03, 38.2)
    """
    zones, letters, x, y = np.broadcast_arrays(
        np.asarray(zone, dtype=float), np.asarray(band, dtype=str), np.asarray(easting, float), np.asarray(northing, float)
    )
    zones, letters, x, y = (np.atleast_1d(array) for array in (zones, letters, x, y))
    known = (zones >= 1) & (zones <= 60) & (zones % 1 == 0) & np.isin(letters, list(BANDS)) & np.isfinite(x) & np.isfinite(y)
    lon, lat = np.full(len(x), np.nan), np.full(len(x), np.nan)
    y = y - np.where(letters < "N", float(EQUATOR_M), 0.0)
    for one in np.unique(zones[known]):
        rows = np.flatnonzero(known & (zones == one))
        lon[rows], lat[rows] = _grid(int(one), ellps).transform(x[rows], y[rows], direction="INVERSE")
    reached = np.isfinite(lon) & np.isfinite(lat)
    return np.where(reached, (lon + 180) % 360 - 180, np.nan), np.where(reached, lat, np.nan)


def band_bounds(band: ArrayLike) -> tuple[Floats, Floats]:
    """Return the southern and northern edge [degrees] of latitude bands; NaN where the letter is none.

    Examples
    --------
    >>> south, north = band_bounds(["S", "X"])
    >>> south.tolist(), north.tolist()
    ([32.0, 72.0], [40.0, 84.0])
    """
    step = _places(BANDS, np.asarray(band, dtype=str)).astype(float)
    south = np.where(step < 0, np.nan, SOUTH + BAND_DEG * step)
    return south, np.where(step == len(BANDS) - 1, NORTH, south + BAND_DEG)


def mgrs(lon: ArrayLike, lat: ArrayLike, digits: int = 5) -> Texts:
    """Return the MGRS references of points: zone, band, 100 km square, then easting and northing inside it.

    Parameters
    ----------
    lon, lat : array, shape (n,)
        Degrees in WGS 84 (or KGD2002).
    digits : int
        0 to 5 for each of easting and northing: 5 for 1 m, 3 for 100 m. Cut off, never rounded.

    Returns
    -------
    ndarray of str, shape (n,)
        "" in the polar regions and where there is no coordinate.

    Examples
    --------
    >>> mgrs([127.03, 124.7], [38.2, 37.97]).tolist()
    ['52S CH 27501 29840', '51S XC 49321 03849']
    >>> mgrs([127.03], [38.2], digits=2).tolist()
    ['52S CH 27 29']
    """
    if digits not in range(6):
        raise ValueError(f"digits: {digits}: expected 0 to 5")
    zone, band, easting, northing = utm(lon, lat)
    known = zone > 0
    x = np.floor(np.where(known, easting, 0.0) + SNAP_M).astype(np.int64)
    y = np.floor(np.where(known, northing, 0.0) + SNAP_M).astype(np.int64)
    y = np.where(band < "N", np.minimum(y, EQUATOR_M - 1), y)  # a hair south of the equator is still the southern square
    width = 6 + (2 * digits + 2 if digits else 0)
    signs = np.full((len(zone), width), ord(" "), dtype=np.uint32)
    signs[:, 0], signs[:, 1] = zone // 10 + ord("0"), zone % 10 + ord("0")
    signs[:, 2] = np.where(known, band, " ").astype("<U1").view(np.uint32)
    column = _codes("".join(COLUMNS))[np.clip((zone - 1) % 3 * 8 + x // SQUARE_M - 1, 0, 23)]
    signs[:, 4], signs[:, 5] = column, _codes(ROWS)[(y // SQUARE_M + 5 * (zone % 2 == 0)) % len(ROWS)]
    for place in range(digits):
        divisor = 10 ** (4 - place)
        signs[:, 7 + place] = x // divisor % 10 + ord("0")
        signs[:, 8 + digits + place] = y // divisor % 10 + ord("0")
    signs[~known] = 0
    return signs.view(f"<U{width}").ravel()


def from_mgrs(texts: ArrayLike | pd.Series) -> Squares:
    """Read MGRS references in any case, with or without blanks, of 0 to 10 digits.

    Parameters
    ----------
    texts : array or Series of str, shape (n,)
        As they were typed.

    Returns
    -------
    Squares
        The middle of each named square, its side, and what is wrong with a reference that cannot be read. A reference a little
        beyond its zone or band is read: its place is not in doubt as long as the 100 km square reaches into both.

    Examples
    --------
    >>> squares = from_mgrs(["52s cg 12345 67890", "52SCG123", "51S CG 12345 67890"])
    >>> squares.precision_m[0], squares.lon[0].round(5), squares.lat[0].round(5)
    (np.float64(1.0), np.float64(126.87315), np.float64(37.639))
    >>> squares.faults[1]
    'an odd number of digits (3): easting and northing need equally many'
    >>> squares.faults[2]
    'square letters CG: zone 51 has columns S to Z'
    """
    plain = replaced(texts_of(texts), [(r"\s+", "")]).str.upper()
    parts, _ = extracted(plain, FORM)
    code, prefixes = pd.factorize(parts["prefix"])
    zone, band, corner, prefix_faults = _squares_named(pd.Series(prefixes, dtype=str))
    n_digits: Ints = np.asarray(parts["digits"].str.len(), dtype=np.int64)
    faults = prefix_faults[code]
    faults[(plain == "").to_numpy()] = "empty"
    for wrong, told in (
        (n_digits > MOST_DIGITS, "{} digits: expected at most " + str(MOST_DIGITS)),
        (n_digits % 2 == 1, "an odd number of digits ({}): easting and northing need equally many"),
    ):
        rows = np.flatnonzero(wrong & (faults == ""))
        faults[rows] = [told.format(number) for number in n_digits[rows]]
    sound = faults == ""
    side = np.where(sound, 10.0 ** (5 - np.where(sound, n_digits // 2, 0)), np.nan)
    place: Floats = np.add(corner[code], _inside(parts["digits"], n_digits, side, sound))
    return Squares(*from_utm(np.where(sound, zone[code], 0), band[code], place[:, 0], place[:, 1]), side, faults)


def _zones(lon: Floats, lat: Floats) -> Ints:
    """Return the zone of longitudes in [-180, 180), with the exceptions of Norway and Svalbard."""
    zone = np.floor((lon + 180) / 6).astype(np.int64) + 1
    zone = np.where((lat >= 56) & (lat < 64) & (lon >= 3) & (lon < 12), 32, zone)
    svalbard = (lat >= 72) & (lon >= 0) & (lon < SVALBARD[-1][0])
    edges, zones = np.array([edge for edge, _ in SVALBARD]), np.array([number for _, number in SVALBARD])
    return np.where(svalbard, zones[np.minimum(np.searchsorted(edges, lon, side="right"), len(zones) - 1)], zone)


@lru_cache(maxsize=256)
def _grid(zone: int, ellps: str) -> pyproj.Transformer:
    """Return what turns degrees into metres of a zone; unlike a Proj, threads may share it."""
    return pyproj.Transformer.from_pipeline(f"+proj=utm +zone={zone} +ellps={ellps}")


@lru_cache(maxsize=8)
def _codes(letters: str) -> NDArray[np.uint32]:
    return np.array([ord(letter) for letter in letters], dtype=np.uint32)


def _places(letters: str, signs: NDArray[np.str_]) -> Ints:
    """Return the place of each sign in a sorted text of letters, -1 where it is none of them."""
    known = np.array(list(letters))
    place = np.minimum(np.searchsorted(known, signs), len(known) - 1)
    return np.where(known[place] == signs, place, -1)


def _squares_named(prefixes: pd.Series) -> tuple[Ints, Texts, Floats, NDArray[np.object_]]:
    """Return zone, band, south-west corner [m] (m, 2) and fault of 100 km squares, each named once."""
    parts, _ = extracted(prefixes, PREFIX)
    zone = pd.to_numeric(parts.zone.where(parts.zone != "", "0")).to_numpy(dtype=np.int64)
    faults = _prefix_faults(parts, zone)
    band, corner = parts.band.to_numpy(dtype="U1"), np.full((len(parts), 2), np.nan)
    sound = np.flatnonzero(faults == "")
    if sound.size:
        corner[sound], reaches = _corners(zone[sound], band[sound], parts.square.to_numpy(dtype="U2")[sound])
        for row in sound[~reaches]:
            faults[row] = f"square {parts.square[row]} does not reach into {zone[row]}{band[row]}"
    return zone, band, corner, faults


def _prefix_faults(parts: pd.DataFrame, zone: Ints) -> NDArray[np.object_]:
    """Return what is wrong with the parts of each square's name by themselves, "" if nothing; the first fault is told."""
    band, square = parts.band, parts.square
    in_zone = [COLUMNS[(number - 1) % 3] for number in zone]
    elsewhere = [name[:1] not in letters for name, letters in zip(square, in_zone, strict=True)]
    return first_faults(
        len(parts),
        (band == "", lambda row: f"no MGRS reference: expected the form {EXAMPLE}"),
        (band.isin(list("ABYZ")), lambda row: f"band {band[row]}: the polar regions have another grid (UPS)"),
        (parts.zone == "", lambda row: f"no zone number before {band[row]}"),
        ((zone < 1) | (zone > 60), lambda row: f"zone {zone[row]}: expected 1 to 60"),
        (~band.isin(list(BANDS)), lambda row: f"band {band[row]}: expected C to X without I and O"),
        (square.str.contains("[IO]"), lambda row: f"square letters {square[row]}: I and O are not used"),
        (
            elsewhere,
            lambda row: f"square letters {square[row]}: zone {zone[row]} has columns {in_zone[row][0]} to {in_zone[row][-1]}",
        ),
        (~square.str[1:].isin(list(ROWS)), lambda row: f"square letters {square[row]}: rows go from A to V"),
    )


def _corners(zone: Ints, band: Texts, square: Texts) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the south-west corner [m] of squares, and whether they reach into their zone and band.

    Of the rows that repeat every 2,000 km, the one nearest the band's middle is meant.
    """
    letters = square.view("<U1").reshape(-1, 2)
    x = np.array([COLUMNS[(number - 1) % 3].index(letter) + 1 for number, letter in zip(zone, letters[:, 0], strict=True)])
    row = (_places(ROWS, letters[:, 1]) - 5 * (zone % 2 == 0)) % len(ROWS)
    south, north = band_bounds(band)
    meridian = zone * 6.0 - 183
    middle = np.array([_grid(31, "WGS84").transform(3.0, lat)[1] for lat in (south + north) / 2]) + np.where(
        south < 0, float(EQUATOR_M), 0.0
    )
    y = row * SQUARE_M + np.round((middle - row * SQUARE_M - SQUARE_M / 2) / CYCLE_M) * CYCLE_M
    step = np.linspace(0, SQUARE_M, 5)
    east, up = (grid.ravel() for grid in np.meshgrid(step, step))
    of_square = np.repeat(np.arange(len(zone)), len(east))
    grid_e, grid_n = (x[:, None] * SQUARE_M + east).ravel(), (y[:, None] + up).ravel()
    lon, lat = from_utm(zone[of_square], band[of_square], grid_e, grid_n)
    lon, lat = lon.reshape(len(zone), -1), lat.reshape(len(zone), -1)
    near = np.abs((lon - meridian[:, None] + 180) % 360 - 180).min(axis=1)
    widest = np.where((south >= 56) & (zone >= 31) & (zone <= 37), 9.0, 3.0)  # 32V and the zones of Svalbard are wider
    reaches = (near < widest) & (lat.min(axis=1) < north) & (lat.max(axis=1) > south)
    return np.stack([x * float(SQUARE_M), y], axis=1), reaches


def _inside(digits: pd.Series, n_digits: Ints, side: Floats, sound: NDArray[np.bool_]) -> Floats:
    """Return the middle of each named square, counted from the corner of its 100 km square [m]; shape (n, 2)."""
    told = sound & (n_digits > 0)
    number = digits.where(told, "0").astype(np.int64).to_numpy()
    unit = 10 ** np.where(told, n_digits // 2, 0)
    return (np.stack([number // unit, number % unit], axis=1) + 0.5) * side[:, None]
