"""Three norths of a sheet: grid, true and magnetic, with the declination, its year and where it comes from.

Assumption: a supplied declination is what stands on the user's official map and wins; otherwise the World Magnetic Model is
evaluated at the middle of the sheet, on the ellipsoid, for the year that the caller names. Limit: the model knows the field of
the earth's core only; rocks and iron nearby may turn a needle by degrees, and a model says nothing about years it was not made
for, so such years are refused.
"""

from __future__ import annotations

import calendar
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from numpy.typing import ArrayLike, NDArray

from geo.errors import ConfigError
from geo.maps.symbols import INK
from geo.sheets.grid import zone_regions
from geo.sheets.lettering import line_mm, wrapped

if TYPE_CHECKING:
    from geo.sheets.view import View

FIRST_YEAR, END_YEAR = 2010.0, 2030.0  # of the models that pygeomag carries
LEAST_GAP_DEG, NO_GAP_DEG, MOST_DEG = 15.0, 0.005, 60.0  # of the drawing
LONGEST = {"true": 1.0, "grid": 0.86, "magnetic": 0.86}
WORDS: Mapping[str, tuple[str, str]] = {
    "true": ("TN", "진북"),
    "grid": ("GN", "도북"),
    "magnetic": ("MN", "자북"),
    "west": ("west", "서쪽"),
    "east": ("east", "동쪽"),
    "convergence": ("Grid north is {angle} {side} of true north.", "도편각: 도북은 진북의 {side} {angle}."),
    "declination": ("Magnetic declination {angle} {side}, {year} ({model}).", "자편각: {side} {angle}, {year} ({model})."),
    "grid_magnetic": ("Magnetic north is {angle} {side} of grid north.", "도자각: 자북은 도북의 {side} {angle}."),
    "convergence_of": (
        "Grid north of UTM zone {zone} is {angle} {side} of true north.",
        "도편각(UTM {zone}대): 도북은 진북의 {side} {angle}.",
    ),
    "grid_magnetic_of": (
        "Magnetic north is {angle} {side} of grid north of UTM zone {zone}.",
        "도자각(UTM {zone}대): 자북은 도북의 {side} {angle}.",
    ),
    "drawn_of": ("The drawing is for the grid of UTM zone {zone}.", "그림은 UTM {zone}대 격자 기준입니다."),
    "annual": ("Annual change {minutes}′ to the {side}.", "연간 변화: {side} {minutes}′."),
    "middle": (
        "For the middle of the sheet. Drawing schematic, angles not to scale.",
        "도엽 중앙의 값입니다. 그림은 개략도이며 각도는 실제와 다릅니다.",
    ),
    "computed": ("computed", "계산값"),
    "supplied": ("supplied", "제공값"),
    "none": (
        "Magnetic north not shown: no declination was supplied or computed. Do not use a compass with this sheet.",
        "자북 표시 없음: 자편각이 제공되거나 계산되지 않았습니다. 이 도엽에 나침반을 사용하지 마십시오.",
    ),
}


@dataclass(frozen=True, slots=True)
class Declination:
    """The angle between true and magnetic north, and whose it is.

    Attributes
    ----------
    value_deg : float
        Degrees, east positive.
    year : float
        Year that it holds for, with decimals.
    model : str
        Model or map it was taken from; may be "" for a supplied value.
    basis : str
        ``supplied`` or ``computed``.
    annual_change_deg : float or None
        Change in a year [degrees], east positive; None where it is not known.
    """

    value_deg: float
    year: float
    model: str
    basis: str
    annual_change_deg: float | None = None


def grid_convergence_deg(lon: ArrayLike, lat: ArrayLike, zone: int) -> NDArray[np.float64]:
    """Return the angle from true north to the grid north of a UTM zone [degrees], positive where grid north is east of it.

    Parameters
    ----------
    lon, lat : array, shape (n,)
        Degrees in WGS 84.
    zone : int
        UTM zone, 1 to 60.

    Returns
    -------
    ndarray, shape (n,)
        North of the equator positive east of the central meridian.

    Examples
    --------
    >>> grid_convergence_deg([127.3, 129.0, 130.7], [38.0] * 3, 52).round(3).tolist()
    [-1.047, 0.0, 1.047]
    """
    east, north = np.broadcast_arrays(np.atleast_1d(np.asarray(lon, float)), np.atleast_1d(np.asarray(lat, float)))
    factors = pyproj.Proj(proj="utm", zone=zone, ellps="WGS84").get_factors(east, north)
    return np.asarray(factors.meridian_convergence, dtype=float) + 0.0


def decimal_year(date: str) -> float:
    """Return a date as a year with decimals; the middle of the year or month where the date tells no more.

    Parameters
    ----------
    date : str
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``.

    Raises
    ------
    ConfigError
        Where it is none of these.

    Examples
    --------
    >>> decimal_year("2026"), decimal_year("2026-01-01"), round(decimal_year("2026-07"), 2)
    (2026.5, 2026.0, 2026.54)
    """
    parts = date.split("-")
    wrong = ConfigError("no date", where="declination", expected="YYYY, YYYY-MM or YYYY-MM-DD", found=date or "nothing")
    if not all(part.isascii() and part.isdigit() for part in parts) or len(parts) > 3 or len(parts[0]) != 4:
        raise wrong
    year, *rest = (int(part) for part in parts)
    if not rest:
        return year + 0.5
    n_days = 366 if calendar.isleap(year) else 365
    if year < 1 or not 1 <= rest[0] <= 12 or (len(rest) == 2 and not 1 <= rest[1] <= calendar.monthrange(year, rest[0])[1]):
        raise wrong
    before = sum(calendar.monthrange(year, month)[1] for month in range(1, rest[0]))
    within = rest[1] - 1 if len(rest) == 2 else calendar.monthrange(year, rest[0])[1] / 2
    return float(year + (before + within) / n_days)


def declination(lon: float, lat: float, year: float, value_deg: float | None = None, model: str = "") -> Declination:
    """Return the magnetic declination of a place: the supplied one if there is one, else that of the World Magnetic Model.

    Parameters
    ----------
    lon, lat : float
        Degrees in WGS 84.
    year : float
        Year with decimals, never the clock's: of the information on the sheet, or as the user says.
    value_deg : float or None
        What the user supplies [degrees], east positive.
    model : str
        Where the supplied value comes from.

    Returns
    -------
    Declination
        A computed one has its annual change.

    Raises
    ------
    ConfigError
        Where the year lies outside the models, the library is missing, or a supplied value is no angle.

    Examples
    --------
    >>> declination(127.0, 38.0, 2026.5, value_deg=-9.0, model="NGII sheet")
    Declination(value_deg=-9.0, year=2026.5, model='NGII sheet', basis='supplied', annual_change_deg=None)
    """
    if value_deg is not None:
        if not (math.isfinite(value_deg) and -180 <= value_deg <= 180):
            raise ConfigError(
                "not an angle",
                where="declination",
                expected="degrees from -180 to 180, east positive",
                found=f"{value_deg}",
                mend="take it from your official map, west of north negative",
            )
        return Declination(float(value_deg), float(year), model, "supplied")
    if not FIRST_YEAR <= year < END_YEAR:
        raise ConfigError(
            "no magnetic model for this year",
            where="declination",
            expected=f"{FIRST_YEAR:.0f} to before {END_YEAR:.0f}",
            found=f"{year:g}",
            mend="name a year inside, or supply the declination of your official map with its year",
        )
    field = _model(int(year // 5 * 5))
    now, start = (field.calculate(glat=lat, glon=lon, alt=0.0, time=time).d for time in (year, field.life_span[0]))
    end = field.calculate(glat=lat, glon=lon, alt=0.0, time=field.life_span[1]).d
    change = _turned(end - start) / (field.life_span[1] - field.life_span[0])
    return Declination(float(now), float(year), str(field.model), "computed", float(change))


@lru_cache(maxsize=4)
def _model(epoch: int) -> Any:
    """Return the World Magnetic Model of the five years from an epoch on."""
    try:
        from pygeomag import GeoMag
    except ImportError:
        raise ConfigError(
            "pygeomag is not installed",
            where="declination",
            mend="pip install pygeomag, or supply the declination of your official map with its year",
        ) from None
    return GeoMag(base_year=epoch)


def _turned(angle_deg: float) -> float:
    """Return an angle brought to -180 to 180."""
    return (angle_deg + 180) % 360 - 180


def angle_text(angle_deg: float) -> str:
    """Return the size of an angle in degrees and minutes.

    Examples
    --------
    >>> angle_text(-9.137), angle_text(0.999)
    ('9°08′', '1°00′')
    """
    minutes = round(abs(angle_deg) * 60)
    return f"{minutes // 60}°{minutes % 60:02d}′"


def norths_lines(convergence_deg: Mapping[int, float], declined: Declination | None, language: str) -> list[str]:
    """Return what is told of the three norths, a sentence each; where the sheet has grids of several zones, of each of them.

    Parameters
    ----------
    convergence_deg : mapping of int to float
        From true to grid north, east positive [degrees], of each UTM zone on the sheet, that of the drawing first.
    declined : Declination or None
        None: magnetic north is not known, and that is told.
    language : str
        ``en`` or ``ko``.

    Examples
    --------
    >>> norths_lines({52: -1.05}, Declination(-9.14, 2026.5, "WMM-2025", "computed", -0.04), "en")[2]
    'Magnetic north is 8°05′ west of grid north.'
    """
    said = {key: pair[language == "ko"] for key, pair in WORDS.items()}

    def told(key: str, angle_deg: float, **blanks: str) -> str:
        side = said["west" if angle_deg < 0 else "east"]
        return said[key].format(angle=angle_text(angle_deg), side=side, **blanks)

    several = "_of" if len(convergence_deg) > 1 else ""
    lines = [told(f"convergence{several}", angle, zone=str(zone)) for zone, angle in convergence_deg.items()]
    last = [*([said["drawn_of"].format(zone=next(iter(convergence_deg)))] if several else []), said["middle"]]
    if declined is None:
        return [*lines, said["none"], *last]
    whose = ", ".join(word for word in (declined.model, said[declined.basis]) if word)
    lines.append(told("declination", declined.value_deg, year=f"{round(declined.year, 1):g}", model=whose))
    for zone, angle in convergence_deg.items():
        lines.append(told(f"grid_magnetic{several}", _turned(declined.value_deg - angle), zone=str(zone)))
    if declined.annual_change_deg is not None:
        minutes = f"{abs(declined.annual_change_deg) * 60:.1f}"
        lines.append(told("annual", declined.annual_change_deg, minutes=minutes))
    return [*lines, *last]


def drawn_angles_deg(convergence_deg: float, declined: Declination | None) -> dict[str, float]:
    """Return the angles of the drawing, clockwise from grid north [degrees]: in the true order, but never too close to tell.

    Examples
    --------
    >>> drawn_angles_deg(-1.05, Declination(-9.14, 2026.5, "WMM-2025", "computed"))
    {'grid': 0.0, 'true': 15.0, 'magnetic': -15.0}
    """
    angles = {"grid": 0.0, "true": -convergence_deg}
    if declined is not None:
        angles["magnetic"] = _turned(declined.value_deg - convergence_deg)
    order = sorted(angles, key=lambda key: angles[key])
    gaps = np.diff([angles[key] for key in order])
    wide = np.where(gaps < NO_GAP_DEG, 0.0, np.clip(gaps, LEAST_GAP_DEG, MOST_DEG))
    places = np.concatenate([[0.0], np.cumsum(wide)])
    places -= places[order.index("grid")]
    return {key: float(places[order.index(key)]) for key in angles}


def middle_lonlat(view: View) -> tuple[float, float]:
    """Return longitude and latitude of the middle of a sheet [degrees]."""
    west, south, east, north = view.bounds_m
    turned = pyproj.Transformer.from_crs(view.crs, "EPSG:4326", always_xy=True)
    lon, lat = turned.transform((west + east) / 2, (south + north) / 2)
    return float(lon), float(lat)


@lru_cache(maxsize=16)
def convergences_deg(view: View) -> Mapping[int, float]:
    """Return the grid convergence at the middle of a sheet for each UTM zone whose grid it has, its own first [degrees].

    Examples
    --------
    >>> from geo.sheets.view import view_at
    >>> view = view_at((126.0, 37.8), 25_000, (210, 297), (20, 120, 170, 150))
    >>> {zone: round(angle, 2) for zone, angle in convergences_deg(view).items()}
    {52: -1.84, 51: 1.84}
    """
    middle = middle_lonlat(view)
    return {zone: float(grid_convergence_deg(*middle, zone)[0]) for zone in zone_regions(view)}


def sheet_lines(view: View, declined: Declination | None, language: str) -> list[str]:
    """Return the sentences on the three norths of a sheet."""
    return norths_lines(convergences_deg(view), declined, language)


def draw_norths(axes: Any, view: View, declination: Declination | None, size_pt: float = 6.0) -> None:
    """Draw the diagram of the three norths with its text into axes of their own.

    Parameters
    ----------
    axes : matplotlib Axes
        Empty axes of the size the diagram may take; the text stands under the drawing.
    view : View
        Of the sheet: its zone and its middle.
    declination : Declination or None
        None draws no magnetic north and says why.
    size_pt : float
        Font size [pt].
    """
    figure = axes.get_figure()
    box = axes.get_position()
    width, height = (float(side) * 25.4 for side in figure.get_size_inches() * (box.width, box.height))
    axes.set_axis_off()
    axes.set_xlim(0, width)
    axes.set_ylim(0, height)
    language = "ko" if view.language == "ko" else "en"
    text = [row for line in sheet_lines(view, declination, language) for row in wrapped(line, width, size_pt)]
    for place, row in enumerate(text):
        axes.text(
            0, (len(text) - place - 1) * line_mm(size_pt) + 0.3 * line_mm(size_pt), row, size=size_pt, color=INK, parse_math=False
        )
    foot = len(text) * line_mm(size_pt) + 1.0
    angles = drawn_angles_deg(convergences_deg(view)[int(view.zone)], declination)
    _draw_arrows(axes, angles, (width / 2, foot), height - foot - 1.6 * line_mm(size_pt), language, size_pt)


def _draw_arrows(
    axes: Any, angles: dict[str, float], foot: tuple[float, float], length: float, language: str, size_pt: float
) -> None:
    """Draw one line a north from a common foot: a star on true north, a whole arrow on grid, half an arrow on magnetic."""
    for key, angle in angles.items():
        along = np.array([math.sin(math.radians(angle)), math.cos(math.radians(angle))])
        across = np.array([along[1], -along[0]])
        tip = np.array(foot) + along * length * LONGEST[key]
        axes.plot(*zip(foot, tip, strict=True), color=INK, lw=0.8, solid_capstyle="butt")
        barb = min(2.6, length / 5)
        if key == "grid":
            axes.plot(
                *np.stack([tip - along * barb + across * barb / 3, tip, tip - along * barb - across * barb / 3]).T,
                color=INK,
                lw=0.8,
            )
        if key == "magnetic":
            side = -1 if angle < 0 else 1
            axes.plot(*np.stack([tip, tip - along * barb + side * across * barb / 2]).T, color=INK, lw=0.8)
        if key == "true":
            axes.plot(*tip, marker="*", ms=size_pt, color=INK, mec=INK)
        place = tip + along * (0.75 * line_mm(size_pt) + (0.6 if key == "true" else 0))
        word = WORDS[key][language == "ko"]
        align = "center" if min(angles.values()) < angle < max(angles.values()) else ("right" if angle < 0 else "left")
        axes.text(*place, word, size=size_pt, ha=align, va="center", color=INK, parse_math=False)
