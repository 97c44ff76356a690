"""Which sheets an atlas has: one overview, one place, or an overview and a sheet for each river or district.

Assumption: without a scale a sheet shows all of its ground at the largest round scale that fits; with one, the ground is covered
by as many sheets as it takes, edge to edge in the UTM zone of its middle. Limit: `MOST_PAGES` sheets.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import ConfigError
from geo.layer import Atlas
from geo.maps.content import start_view
from geo.maps.exactness import finest_m
from geo.maps.symbols import GROUPS
from geo.maps.words import Pair, pair
from geo.sheets.marginalia import frame_of
from geo.sheets.paper import fitting_scale
from geo.sheets.view import Bounds, View, footprint, ground_m, moved, on_sheet, turned_bounds, utm_crs, utm_zone, view_at

MOST_PAGES = 300
SCHEMATIC_FINEST = 25_000  # of an atlas in which nobody's survey is drawn
EXACT_MM = 5.0  # an uncertainty is never wider on paper
ATLASES = ("river", "district")
ROOM = 1.04  # around what a sheet is to show
LEAST_SHARE = 0.01  # of a district: smaller islands without a hazard do not make its sheet a map of the sea
OVERVIEW = pair("Overview", "개관")
WGS84 = pyproj.CRS.from_epsg(4326)


@dataclass(frozen=True, slots=True)
class Page:
    """One sheet.

    Attributes
    ----------
    view : View
    name : Pair
    counted : bool
        Whether it tells how much lies within its frame: a sheet of a river or district does.
    within : shapely geometry or None
        Longitude and latitude: the district of which it tells that.
    """

    view: View
    name: Pair
    counted: bool = False
    within: shapely.Geometry | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was asked for.

    Attributes
    ----------
    paper_mm : tuple of float
        Width and height [mm].
    scale : int or None
        Denominator; None takes what fits.
    bbox : tuple of float or None
        West, south, east, north [degrees]; None takes the zones along the front.
    language : str
        ``en`` or ``ko``.
    """

    paper_mm: tuple[float, float]
    scale: int | None = None
    bbox: Bounds | None = None
    language: str = "en"


def pages_of(atlas: Atlas, wanted: Wanted, by: str | None = None, districts: gpd.GeoDataFrame | None = None) -> list[Page]:
    """Return the sheets of an atlas in their order.

    Parameters
    ----------
    atlas : Atlas
    wanted : Wanted
    by : {"river", "district"}, optional
        An overview, and a sheet or more for each.
    districts : GeoDataFrame, optional
        With ``name_en`` and ``name_ko``; needed for sheets by district.

    Raises
    ------
    ConfigError
        For bounds that do not touch the area, a scale larger than the data are exact, or more than `MOST_PAGES` sheets.
    """
    bounds = checked_bounds(atlas, wanted.bbox) if wanted.bbox else start_view(atlas)
    if wanted.scale:
        _check_scale(atlas, wanted.scale)
    if by is None:
        return _covering(shapely.box(*bounds), wanted, wanted.scale, pair("", "")) if wanted.scale else [_whole(bounds, wanted)]
    pages = [_whole(bounds, wanted)]
    region = shapely.box(*(wanted.bbox or atlas.area.bounds))
    for shape, name in _members(atlas, by, districts):
        if shape.intersects(region):
            found = _covering(shape.intersection(region) if wanted.bbox else shape, wanted, wanted.scale, name)
            pages += [replace(page, counted=True, within=shape if by == "district" else None) for page in found]
    _check_number(len(pages))
    return pages


def checked_bounds(atlas: Atlas, bbox: Sequence[float]) -> Bounds:
    """Return bounds that touch the study area.

    Raises
    ------
    ConfigError
        If they are no bounds, or lie outside.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> checked_bounds(SimpleNamespace(area=SimpleNamespace(bounds=(124.5, 36.8, 129.5, 39.2))), (127, 38, 126, 39))
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: no bounds: --bbox: expected west < east, found 127,38,126,39: write west,south,east,north
    """
    found = ",".join(f"{side:g}" for side in bbox)
    order = "write west,south,east,north"
    if len(bbox) != 4 or not np.isfinite(bbox).all():
        mend = f"{order} in degrees, such as 127.0,38.0,127.2,38.2"
        raise ConfigError("no bounds", where="--bbox", expected="four numbers", found=found, mend=mend)
    for names, low, high in (("west < east", bbox[0], bbox[2]), ("south < north", bbox[1], bbox[3])):
        if low >= high:
            raise ConfigError("no bounds", where="--bbox", expected=names, found=found, mend=order)
    west, south, east, north = (float(side) for side in bbox)
    area = atlas.area.bounds
    if west >= area[2] or east <= area[0] or south >= area[3] or north <= area[1]:
        expected = "within " + ",".join(f"{side:g}" for side in area)
        mend = "longitude before latitude: west, south, east, north"
        raise ConfigError("bounds outside the study area", where="--bbox", expected=expected, found=found, mend=mend)
    return west, south, east, north


def finest_scale(atlas: Atlas) -> int:
    """Return the largest scale that an atlas may be drawn at: ± the most exact supplied place is `EXACT_MM` at most."""
    metres = [found for layer in atlas.layers.values() if (found := finest_m(layer)) is not None]
    return min([SCHEMATIC_FINEST, *(max(1000, round(one * 1000 / EXACT_MM)) for one in metres)])


def _check_scale(atlas: Atlas, scale: int) -> None:
    finest = finest_scale(atlas)
    if scale < finest:
        raise ConfigError(
            "scale larger than the data are exact",
            where="--scale",
            expected=f"1:{finest} or smaller",
            found=f"1:{scale}",
            mend="schematic and simulated shapes are no positions; surveyed hazards allow more where precision_m states it",
        )


def _check_number(n_pages: int) -> None:
    if n_pages > MOST_PAGES:
        mend = "take a smaller scale, a larger paper or a smaller --bbox"
        raise ConfigError("too many sheets", where="--scale", expected=f"{MOST_PAGES} at most", found=str(n_pages), mend=mend)


def _whole(bounds: Bounds, wanted: Wanted) -> Page:
    """Return the one sheet that shows all within bounds, in the middle of its frame."""
    return Page(_fitted(shapely.box(*bounds), wanted, frame_of(wanted.paper_mm)), OVERVIEW)


def _fitted(shape: shapely.Geometry, wanted: Wanted, frame: Bounds) -> View:
    """Return the view at the largest round scale that shows a shape given in longitude and latitude."""
    zone, (left, bottom, right, top) = _plane(shape)
    scale = fitting_scale((right - left) * ROOM, (top - bottom) * ROOM, frame)
    view = view_at(_middle(shape), scale, wanted.paper_mm, frame, language=wanted.language, zone=zone)
    width, height = ground_m(frame, scale)
    return moved(view, (left + right - width) / 2, (bottom + top - height) / 2)


def _plane(shape: shapely.Geometry) -> tuple[int, Bounds]:
    """Return the UTM zone of a shape's middle, and the shape's bounds there [m]."""
    lon, lat = _middle(shape)
    zone = utm_zone(lon, lat)
    if not zone:
        raise ConfigError("no UTM zone", where="sheet", expected="between 80° S and 84° N", found=f"{lon:g}, {lat:g}")
    return zone, turned_bounds(shape.bounds, WGS84, utm_crs(zone, lat))


def _middle(shape: shapely.Geometry) -> tuple[float, float]:
    west, south, east, north = shape.bounds
    return (west + east) / 2, (south + north) / 2


def _covering(shape: shapely.Geometry, wanted: Wanted, scale: int | None, name: Pair) -> list[Page]:
    """Return the sheets that a shape touches: one at the scale that fits, or at a scale as many as it takes."""
    frame = frame_of(wanted.paper_mm)
    if scale is None:
        return [Page(_fitted(shape, wanted, frame), name)]
    zone, (left, bottom, right, top) = _plane(shape)
    view = view_at(_middle(shape), scale, wanted.paper_mm, frame, language=wanted.language, zone=zone)
    width, height = ground_m(frame, scale)
    n_columns, n_rows = math.ceil((right - left) / width), math.ceil((top - bottom) / height)
    _check_number(_least_pages(n_columns, n_rows, shape))
    corners = [
        (
            (left + right - n_columns * width) / 2 + column * width,
            (bottom + top - n_rows * height) / 2 + (n_rows - 1 - row) * height,
        )
        for row in range(n_rows)
        for column in range(n_columns)
    ]
    here = on_sheet(np.array([shapely.segmentize(shape, 0.05)], dtype=object), view)[0]
    boxes = shapely.box(*np.array([(x, y, x + width, y + height) for x, y in corners]).T)
    kept = [corner for corner, meets in zip(corners, _meets(boxes, here), strict=True) if meets]
    return [Page(moved(view, *corner), _numbered(name, place, len(kept))) for place, corner in enumerate(kept, 1)]


def _least_pages(n_columns: int, n_rows: int, shape: shapely.Geometry) -> int:
    """Return how many sheets a shape takes at least: of a line no more than rows and columns together are sure."""
    return n_columns * n_rows if shapely.get_dimensions(shape) == 2 and n_columns * n_rows < 10**6 else n_columns + n_rows


def _meets(boxes: NDArray[np.object_], shape: shapely.Geometry) -> NDArray[np.bool_]:
    shapely.prepare(shape)
    return np.asarray(shapely.intersects(boxes, shape), dtype=bool)


def _numbered(name: Pair, place: int, n: int) -> Pair:
    """Return a sheet's name with its number among those of the same name.

    Examples
    --------
    >>> _numbered(pair("Imjin River", "임진강"), 2, 5)["en"], _numbered(pair("", ""), 1, 1)["ko"]
    ('Imjin River 2/5', '상세')
    """
    if not name["en"]:
        name = pair("Detail", "상세")
    return {language: f"{text} {place}/{n}" if n > 1 else text for language, text in name.items()}


def _members(atlas: Atlas, by: str, districts: gpd.GeoDataFrame | None) -> list[tuple[shapely.Geometry, Pair]]:
    """Return the rivers or districts that get sheets of their own, with their names."""
    if by not in ATLASES:
        raise ConfigError("unknown kind of atlas", where="--atlas", expected=" or ".join(ATLASES), found=by)
    rivers = atlas["rivers"].frame if "rivers" in atlas.layers else None
    frame = rivers if by == "river" else districts
    if frame is None or not len(frame):
        mend = "leave --atlas out" if by == "river" else "name a file with --districts"
        raise ConfigError(f"no {by}s", where=f"--atlas {by}", mend=mend)
    frame = frame.to_crs("EPSG:4326")
    hazards = _hazards(atlas)
    return [
        (_main_parts(shape, hazards) if by == "district" else shape, pair(str(en), str(ko or en)))
        for shape, en, ko in zip(frame.geometry, frame.name_en, frame.name_ko, strict=True)
        if shape is not None and not shape.is_empty
    ]


def _main_parts(shape: shapely.Geometry, hazards: shapely.STRtree) -> shapely.Geometry:
    """Return a district without its far small islands, as long as no hazard is drawn on them.

    Examples
    --------
    >>> islands = shapely.union_all(shapely.box([0, 50, 70], 0, [10, 50.5, 70.5], [10, 0.5, 0.5]))
    >>> _main_parts(islands, shapely.STRtree([shapely.box(50, 0, 50.1, 0.1)])).bounds
    (0.0, 0.0, 50.5, 10.0)
    """
    parts = shapely.get_parts(shape)
    sizes = shapely.area(parts)
    kept = sizes >= LEAST_SHARE * sizes.sum()
    small = np.flatnonzero(~kept)
    touched, _ = hazards.query(parts[small], predicate="intersects")
    kept[small[np.unique(touched)]] = True
    return shapely.multipolygons(parts[kept]) if kept.any() else shape


def _hazards(atlas: Atlas) -> shapely.STRtree:
    """Return the shapes of all hazards and records of an atlas, to be looked up by place."""
    frames = [atlas[name].frame for name in (*GROUPS["hazards"], *GROUPS["evidence"]) if name in atlas.layers]
    return shapely.STRtree(np.concatenate([np.array(frame.geometry.values, dtype=object) for frame in frames]))


def footprints(pages: Sequence[Page]) -> tuple[shapely.Polygon, ...]:
    """Return the outlines of sheets in longitude and latitude."""
    return tuple(footprint(page.view) for page in pages)
