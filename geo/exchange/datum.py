"""The coordinate system that people mean when they name a datum, a belt or a code.

Assumption: a name is taken only if it leaves one choice. 중부원점 alone may be any of four systems up to 100 km apart, and
UTM 52N says nothing of the datum: both are refused with the choices, nothing is guessed. GRS80 and 세계측지계 are read as
KGD2002, as in Korean use; it agrees with WGS 84 to better than a metre.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from types import MappingProxyType
from typing import Any, NamedTuple

import pyproj
import pyproj.exceptions

from geo.errors import ConfigError, nearest
from geo.exchange.columns import plain

LONLAT = pyproj.CRS.from_epsg(4326)
NAMES = MappingProxyType(
    {
        "WGS84": 4326,
        "WGS 1984": 4326,
        "World Geodetic System 1984": 4326,
        "KGD2002": 4737,
        "Korea 2000": 4737,
        "Korean Geodetic Datum 2002": 4737,
        "GRS80": 4737,
        "GRS 1980": 4737,
        "세계측지계": 4737,
        "Korean 1985": 4162,
        "Korean Datum 1985": 4162,
        "Tokyo": 4301,
        "Tokyo Datum": 4301,
        "동경측지계": 4301,
        "UTM-K": 5179,
        "UTM-K (GRS80)": 5179,
        "Korea Unified": 5179,
        "UTM-K (Bessel)": 5178,
    }
)
UNCLEAR = MappingProxyType(
    {
        "Bessel": (4301, 4162),
        "Bessel 1841": (4301, 4162),
        "베셀": (4301, 4162),
        "지역측지계": (4301, 4162),
    }
)
SIDES = MappingProxyType(
    {
        "east sea": r"동해|울릉|east\s*sea",
        "jeju": r"제주|jeju",
        "west": r"서부|west",
        "central": r"중부|central",
        "east": r"동부|east",
    }
)
ELLIPSOIDS = MappingProxyType({"WGS 84": "WGS84", "GRS 1980": "GRS80", "Bessel 1841": "bessel"})  # EPSG's name: PROJ's
MODERN = ("WGS84", "GRS80")  # whose MGRS squares are lettered alike


class Belt(NamedTuple):
    """One of the belts of the Korean plane coordinates."""

    side: str
    false_northing_m: int
    datum: str
    is_modified: bool
    epsg: int


BELTS = (
    *(Belt(side, 600_000, "new", False, code) for side, code in (("west", 5185), ("central", 5186), ("east", 5187))),
    Belt("east sea", 600_000, "new", False, 5188),
    *(Belt(side, 500_000, "new", False, code) for side, code in (("west", 5180), ("central", 5181), ("east", 5183))),
    Belt("east sea", 500_000, "new", False, 5184),
    Belt("jeju", 550_000, "new", False, 5182),
    *(Belt(side, 500_000, "old", False, code) for side, code in (("east", 2096), ("central", 2097), ("west", 2098))),
    *(Belt(side, 500_000, "old", True, code) for side, code in (("west", 5173), ("central", 5174), ("east", 5176))),
    Belt("east sea", 500_000, "old", True, 5177),
    Belt("jeju", 550_000, "old", True, 5175),
)


def crs_named(name: Any, *, where: str = "") -> pyproj.CRS:
    """Return the coordinate system that a name leaves no doubt about.

    Parameters
    ----------
    name : str, int or pyproj.CRS
        "EPSG:5186", 5186, "WGS84", "Korean 1985", "UTM-K", "WGS 84 / UTM zone 52N", "중부원점 (600,000)", a PROJ string or WKT.
    where : str
        File and column, for the message.

    Raises
    ------
    ConfigError
        If the name is unknown, or fits several systems, which are named, or one that is neither geographic nor projected.

    Examples
    --------
    >>> crs_named("kgd 2002").to_epsg(), crs_named("epsg 5186").to_epsg(), crs_named("중부원점(60만)").to_epsg()
    (4737, 5186, 5186)
    >>> crs_named("Bessel 중부원점")  # doctest: +NORMALIZE_WHITESPACE
    Traceback (most recent call last):
    geo.errors.ConfigError: several coordinate systems bear the name Bessel 중부원점: name one of EPSG:2097 (Korean 1985 / Central
    Belt), EPSG:5174 (Korean 1985 / Modified Central Belt)
    """
    if isinstance(name, pyproj.CRS):
        return _horizontal(name, name.name, where)
    text = " ".join(str(name).split())
    if not text:
        raise ConfigError("no coordinate system named", where=where, mend="state one, such as EPSG:4326; it is never guessed")
    if code := re.fullmatch(r"(?:epsg)?\s*[:：]*\s*(\d{4,6})", text, re.IGNORECASE):
        return _horizontal(_from_code(int(code[1]), text, where), text, where)
    if re.match(r"\+proj=|\w+\[|urn:|ESRI:|OGC:|EPSG:", text, re.IGNORECASE):
        return _horizontal(_parsed(text, where), text, where)
    short = _short(text)
    for known, epsg in NAMES.items():
        if _short(known) == short:
            return pyproj.CRS.from_epsg(epsg)
    choices = _choices(text)
    if choices is None and (exact := _exactly(text)) is not None:
        return _horizontal(exact, text, where)
    if choices is None:
        raise ConfigError(
            f"unknown coordinate system {text}", where=where, mend=f"{nearest(text, NAMES)}, or EPSG:5186 and the like"
        )
    if not choices:
        raise ConfigError(f"no coordinate system fits {text}", where=where, mend="give its EPSG code")
    if len(choices) > 1:
        raise ConfigError(f"several coordinate systems bear the name {text}", where=where, mend=f"name one of {_told(choices)}")
    return pyproj.CRS.from_epsg(choices[0])


def datum_of(crs: pyproj.CRS) -> pyproj.CRS:
    """Return the degrees, longitude and latitude, of a system's datum; of degrees the system itself.

    Examples
    --------
    >>> datum_of(pyproj.CRS.from_epsg(5186)).to_epsg(), datum_of(pyproj.CRS.from_epsg(32652)).to_epsg()
    (4737, 4326)
    """
    return _datum_of(crs)


def ellipsoid_of(crs: pyproj.CRS) -> str:
    """Return PROJ's name of a system's ellipsoid, "" for one that UTM coordinates are not read in.

    Examples
    --------
    >>> ellipsoid_of(pyproj.CRS.from_epsg(4162)), ellipsoid_of(pyproj.CRS.from_epsg(5186))
    ('bessel', 'GRS80')
    """
    return ELLIPSOIDS.get(crs.ellipsoid.name, "") if crs.ellipsoid is not None else ""


@lru_cache(maxsize=64)
def _datum_of(crs: pyproj.CRS) -> pyproj.CRS:
    degrees = crs if crs.is_geographic and not crs.is_bound else crs.geodetic_crs
    flat = degrees.to_2d() if degrees is not None and len(degrees.axis_info) > 2 else degrees
    if flat is None:
        raise ConfigError(f"no datum in {crs.name}", mend="give the EPSG code of the system the coordinates were recorded in")
    code = flat.to_epsg()
    return pyproj.CRS.from_epsg(code) if code else flat


def _short(text: str) -> str:
    return re.sub(r"[()/:,.]", "", plain(text))


def _from_code(code: int, text: str, where: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_epsg(code)
    except pyproj.exceptions.CRSError as fault:
        raise ConfigError(f"unknown EPSG code {text}", where=where, mend="look the code up in the EPSG register") from fault


def _parsed(text: str, where: str) -> pyproj.CRS:
    try:
        return pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as fault:
        raise ConfigError("coordinate system cannot be read", where=where, found=text[:60], mend="give its EPSG code") from fault


def _exactly(text: str) -> pyproj.CRS | None:
    """Return the system that PROJ knows by exactly this name; PROJ by itself takes Bessel for Amersfoort."""
    try:
        found = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError:
        return None

    def spelt(name: str) -> str:  # EPSG renamed Korea 2000 to KGD2002
        return _short(name).replace("korea2000", "kgd2002")

    return found if spelt(found.name) == spelt(text) else None


def _horizontal(crs: pyproj.CRS, text: str, where: str) -> pyproj.CRS:
    if crs.is_geographic or (crs.is_projected and not crs.is_compound):
        return crs
    kind = crs.type_name
    raise ConfigError(f"{text} has no place on the map", where=where, expected="a geographic or projected system", found=kind)


def _choices(text: str) -> list[int] | None:
    """Return the codes that a name may stand for, [] if what it says contradicts itself, None if it is no such name."""
    short = _short(text)
    for unclear, codes in UNCLEAR.items():
        if _short(unclear) == short:
            return list(codes)
    if (zone := re.search(r"utm(?:zone)?(\d{1,2})([a-z]?)$", short)) and not short.startswith("utmk"):
        return _utm_choices(short[: zone.start()], int(zone[1]), zone[2])
    side = next((side for side, pattern in SIDES.items() if re.search(pattern, text, re.IGNORECASE)), None)
    if side is None or not re.search(r"원점|좌표|belt|tm|[서중동]부$|동해$", short) or _exactly(text) is not None:
        return None
    return _belt_choices(short, side)


def _utm_choices(before: str, zone: int, letter: str) -> list[int] | None:
    """Return UTM zones by datum; "S" is a hemisphere to some and a latitude band to others, and so is "N"."""
    if not 1 <= zone <= 60:
        return []
    north, south = 32600 + zone, 32700 + zone
    if before in ("wgs84", "wgs1984"):
        return [north] if letter == "n" else [south, north] if letter in ("s", "") else []
    if before:
        return None
    tokyo = [3092 + zone - 51] if 51 <= zone <= 55 else []
    return [north, *([south] if letter != "n" else []), *tokyo]


def _belt_choices(short: str, side: str) -> list[int]:
    northing = {600_000: "60만|600000|2010", 500_000: "50만|500000", 550_000: "55만|550000"}
    stated_m = next((metres for metres, pattern in northing.items() if re.search(pattern, short)), None)
    datums = {"new": "grs80|kgd2002|korea2000|세계", "old": "bessel|베셀|korean1985|지역측지", "tokyo": "tokyo|동경|wgs"}
    stated = {name for name, pattern in datums.items() if re.search(pattern, short)}
    is_modified = bool(re.search(r"modified|보정|수정|10405", short))
    return [
        belt.epsg
        for belt in BELTS
        if belt.side == side
        and stated_m in (None, belt.false_northing_m)
        and stated <= {belt.datum}
        and (belt.is_modified or not is_modified)
    ]


def _told(codes: Iterable[int]) -> str:
    return ", ".join(f"EPSG:{code} ({pyproj.CRS.from_epsg(code).name})" for code in codes)
