"""What one sheet shows and where: a piece of a UTM zone at a true scale in a frame of a paper.

Assumption: WGS 84; a sheet lies in the UTM zone of its middle, and a sheet that reaches over a meridian between zones stays in
it. Limit: a sheet is small beside a zone, so that the zone's own scale error (0.04 %) is below what a ruler finds.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyproj
import shapely

from geo.errors import ConfigError

Bounds = tuple[float, float, float, float]
A4_SHORT_MM, GROWTH = 210.0, 0.25  # how letters and symbols grow with the paper
LANGUAGES = ("en", "ko")
N_EDGE = 33  # points of an edge that is turned into another CRS


@dataclass(frozen=True, slots=True)
class View:
    """A sheet's map on its paper.

    Attributes
    ----------
    crs : pyproj.CRS
        Of the UTM zone.
    zone : int
        1 to 60.
    bounds_m : tuple of float
        Left, bottom, right and top of the map in `crs` [m].
    scale : int
        Denominator of the scale.
    frame_mm : tuple of float
        Left, bottom, width and height of the map on the paper [mm].
    paper_mm : tuple of float
        Width and height [mm].
    language : str
        ``en`` or ``ko``.
    """

    crs: pyproj.CRS
    zone: int
    bounds_m: Bounds
    scale: int
    frame_mm: Bounds
    paper_mm: tuple[float, float]
    language: str = "en"

    @property
    def growth(self) -> float:
        """How much larger than on A4 symbols and figures are: larger papers are read from farther off."""
        return float((min(self.paper_mm) / A4_SHORT_MM) ** GROWTH)

    def m(self, mm: float) -> float:
        """Return millimetres on the paper as metres on the ground."""
        return mm * self.scale / 1000

    def mm(self, metres: float) -> float:
        """Return metres on the ground as millimetres on the paper."""
        return metres * 1000 / self.scale


def view_at(
    middle: tuple[float, float],
    scale: int,
    paper_mm: tuple[float, float],
    frame_mm: Bounds,
    *,
    language: str = "en",
    zone: int | None = None,
) -> View:
    """Return the view whose middle is a place.

    Parameters
    ----------
    middle : tuple of float
        Longitude and latitude [degrees].
    scale : int
        Denominator.
    paper_mm, frame_mm : tuple of float
        As in `View`.
    language : str
        ``en`` or ``ko``.
    zone : int, optional
        UTM zone; by default that of the middle.

    Returns
    -------
    View
        As wide as the frame at the scale, its corners on whole metres.

    Raises
    ------
    ConfigError
        If there is no such language.

    Examples
    --------
    >>> view = view_at((127.1, 38.1), 50_000, (210, 297), (20, 120, 170, 150))
    >>> view.zone, view.bounds_m[2] - view.bounds_m[0], view.bounds_m[3] - view.bounds_m[1]
    (52, 8500.0, 7500.0)
    """
    if language not in LANGUAGES:
        raise ConfigError("no such language", where="sheet", expected=" or ".join(LANGUAGES), found=language)
    lon, lat = middle
    number = utm_zone(lon, lat) if zone is None else zone
    crs = utm_crs(number, lat)
    x, y = _from_lonlat(crs).transform(lon, lat)
    width, height = ground_m(frame_mm, scale)
    return View(crs, number, _bounds(x - width / 2, y - height / 2, width, height), int(scale), frame_mm, paper_mm, language)


def _bounds(left: float, bottom: float, width: float, height: float) -> Bounds:
    """Return the bounds of a map [m], its lower left corner on whole metres."""
    return float(round(left)), float(round(bottom)), round(left) + width, round(bottom) + height


def ground_m(frame_mm: Bounds, scale: int) -> tuple[float, float]:
    """Return width and height of what a frame shows at a scale [m].

    Examples
    --------
    >>> ground_m((20, 120, 170, 150), 50_000)
    (8500.0, 7500.0)
    """
    return frame_mm[2] * scale / 1000, frame_mm[3] * scale / 1000


def moved(view: View, left: float, bottom: float) -> View:
    """Return the view of the same size whose lower left corner lies elsewhere in the same CRS [m].

    Examples
    --------
    >>> view = view_at((127.1, 38.1), 50_000, (210, 297), (20, 120, 170, 150))
    >>> moved(view, 300_000, 4_200_000).bounds_m
    (300000.0, 4200000.0, 308500.0, 4207500.0)
    """
    return replace(view, bounds_m=_bounds(left, bottom, *ground_m(view.frame_mm, view.scale)))


def utm_zone(lon: float, lat: float) -> int:
    """Return the UTM zone of a place, those of Norway and Svalbard as they are.

    Examples
    --------
    >>> utm_zone(125.9, 37.9), utm_zone(126.0, 37.9), utm_zone(5.3, 60.4)
    (51, 52, 32)
    """
    from geo.exchange.mgrs import utm

    zones, _, _, _ = utm(np.array([lon]), np.array([lat]))
    return int(zones[0])


@lru_cache(maxsize=16)
def _zone_crs(code: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(code)


def utm_crs(zone: int, lat: float) -> pyproj.CRS:
    """Return the CRS of a UTM zone on the side of the equator where a latitude lies.

    Examples
    --------
    >>> utm_crs(52, 38.0).to_epsg(), utm_crs(52, -1.0).to_epsg()
    (32652, 32752)
    """
    return _zone_crs((32600 if lat >= 0 else 32700) + zone)


def turned_bounds(bounds: Bounds, crs: pyproj.CRS, other: pyproj.CRS) -> Bounds:
    """Return the bounds in another CRS of all that lies within bounds.

    Examples
    --------
    >>> utm, degrees = pyproj.CRS.from_epsg(32652), pyproj.CRS.from_epsg(4326)
    >>> [round(one, 3) for one in turned_bounds((500000, 4200000, 501000, 4201000), utm, degrees)]
    [129.0, 37.948, 129.011, 37.957]
    """
    found = pyproj.Transformer.from_crs(crs, other, always_xy=True).transform_bounds(*bounds, densify_pts=N_EDGE)
    return tuple(float(side) for side in found)  # type: ignore[return-value]


@lru_cache(maxsize=16)
def _from_lonlat(crs: pyproj.CRS) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs("EPSG:4326", crs, always_xy=True)


@lru_cache(maxsize=16)
def to_lonlat(crs: pyproj.CRS) -> pyproj.Transformer:
    """Return what turns places of a sheet's CRS into longitude and latitude."""
    return pyproj.Transformer.from_crs(crs, "EPSG:4326", always_xy=True)


def on_sheet(shapes: np.ndarray, view: View) -> np.ndarray:
    """Return shapes in longitude and latitude as shapes in the sheet's CRS, shape (n,)."""
    turned = _from_lonlat(view.crs)
    return np.asarray(shapely.transform(shapes, lambda at: np.column_stack(turned.transform(at[:, 0], at[:, 1]))), dtype=object)


def footprint(view: View) -> shapely.Polygon:
    """Return the map's outline in longitude and latitude."""
    ring = shapely.segmentize(shapely.box(*view.bounds_m), (view.bounds_m[2] - view.bounds_m[0]) / 8)
    turned = _from_lonlat(view.crs)
    return shapely.transform(ring, lambda at: np.column_stack(turned.transform(at[:, 0], at[:, 1], direction="INVERSE")))
