"""Whether features lie in the study area, and which slip would explain it if they do not.

Limit: only slips that bring a stray feature back are named (latitude and longitude swapped, a wrong sign, the neighbouring UTM
zone, another Korean belt, false northing or datum); nothing is moved.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.area import StudyArea

Floats = NDArray[np.float64]
# what is often mistaken for what: code of the file's CRS -> codes that its numbers may really be in
CONFUSED = {
    32651: (32652,),
    32652: (32651,),
    5181: (5186, 5174, 2097),
    5186: (5181, 5185, 5187, 5188),
    5174: (5186, 2097),
    2097: (5186, 5174),
    5185: (5186, 5187),
    5187: (5186, 5185, 5188),
    5188: (5187, 5186),
    5179: (5178, 5186),
}

SYSTEMS = {  # what numbers may really be in, as a message names it
    32651: "UTM zone 51 (EPSG:32651)",
    32652: "UTM zone 52 (EPSG:32652)",
    2097: "the Korean 1985 central belt (EPSG:2097)",
    5174: "the Korean 1985 modified central belt (EPSG:5174)",
    5178: "UTM-K on Bessel (EPSG:5178)",
    5179: "UTM-K (EPSG:5179)",
    5181: "the central belt with false northing 500,000 (EPSG:5181)",
    5185: "the west belt (EPSG:5185)",
    5186: "the central belt with false northing 600,000 (EPSG:5186)",
    5187: "the east belt (EPSG:5187)",
    5188: "the east sea belt (EPSG:5188)",
    4162: "datum Korean 1985 (EPSG:4162)",
    4301: "datum Tokyo (EPSG:4301)",
}
DATUMS = {4326: (4301, 4162), 4737: (4301, 4162)}

SWAPPED = "latitude and longitude are swapped"
METRES = "the numbers are metres, not degrees: state the projected CRS they were recorded in"


def outside(shapes: gpd.GeoSeries, area: StudyArea) -> NDArray[np.bool_]:
    """Return which features do not touch the area's bounds; shape (n,)."""
    return ~touching(np.asarray(shapes.to_crs("EPSG:4326").bounds, dtype=float), area.bounds)


def explain_outside(shapes: gpd.GeoSeries, area: StudyArea) -> str:
    """Return the slip that would bring these features inside, or how many of them it would, or "" when none is known to.

    Examples
    --------
    >>> from geo.area import read_area
    >>> demo = read_area("demo")
    >>> west, south, east, north = demo.bounds
    >>> explain_outside(gpd.GeoSeries([shapely.Point(south, west)], crs=4326), demo)
    'inside if latitude and longitude are swapped'
    """
    told = slips(shapes, area)
    names, counts = np.unique(told[told != ""].astype(str), return_counts=True)
    if not len(names):
        return ""
    most = int(np.argmax(counts))
    slip = METRES if names[most] == METRES else f"inside if {names[most]}"
    return slip if counts[most] == len(told) else f"of {counts[most]} of the {len(told)}: {slip}"


def slips(shapes: gpd.GeoSeries, area: StudyArea) -> NDArray[np.object_]:
    """Return for each feature the slip that would bring it inside the area's bounds, "" when none is known to; shape (n,).

    Examples
    --------
    >>> from geo.area import read_area
    >>> demo = read_area("demo")
    >>> west, south, east, north = demo.bounds
    >>> slips(gpd.GeoSeries([shapely.Point(south, west), shapely.Point(0, 0)], crs=4326), demo).tolist()
    ['latitude and longitude are swapped', '']
    """
    told = box_slips(shapely.bounds(np.asarray(shapes.values, dtype=object)), shapes.crs, area.bounds)
    if shapes.crs.is_geographic:
        far = np.nan_to_num(np.abs(np.asarray(shapes.bounds, dtype=float)), posinf=0.0).max(axis=1) > 360
        told[far & (told == "")] = METRES
    return told


def explain_degrees(shapes: gpd.GeoSeries) -> str:
    """Return what is wrong with longitudes and latitudes beyond 180° and 90°, "" where there are none.

    Examples
    --------
    >>> explain_degrees(gpd.GeoSeries([shapely.Point(38, 127)], crs=4326))
    'latitude 127: it fits if latitude and longitude are swapped'
    >>> explain_degrees(gpd.GeoSeries([shapely.Point(127, 38)], crs=4326))
    ''
    """
    bounds = np.asarray(shapes.bounds, dtype=float)
    lon, lat = (np.nan_to_num(np.abs(bounds[:, sides]), posinf=0.0).max(axis=1) for sides in ([0, 2], [1, 3]))
    bad = (lat > 90) | (lon > 360)
    if not bad.any():
        return ""
    row = int(np.argmax(bad))
    number = f"latitude {lat[row]:.10g}" if lat[row] > 90 else f"longitude {lon[row]:.10g}"
    if max(lon[row], lat[row]) > 360:
        return f"{number}: {METRES}"
    return f"{number}: it fits if {SWAPPED}" if lon[row] <= 90 else number


def box_slips(boxes: Floats, crs: pyproj.CRS, bounds: tuple[float, ...]) -> NDArray[np.object_]:
    """Return the first slip that would bring each box inside some bounds, "" where none is known to; shape (m,).

    Parameters
    ----------
    boxes : array, shape (m, 4)
        Least x, least y, greatest x and greatest y in `crs`.
    crs : pyproj.CRS
        Geographic or projected.
    bounds : tuple of float
        West, south, east, north [degrees].

    Examples
    --------
    >>> box_slips(np.array([[38.0, 127.0, 38.1, 127.1]]), pyproj.CRS(4326), (126.0, 37.0, 128.0, 39.0)).tolist()
    ['latitude and longitude are swapped']
    """
    names = np.full(len(boxes), "", dtype=object)
    for name, moved, system in _candidates(boxes, crs):
        left = np.flatnonzero(names == "")
        if not len(left):
            break
        names[left[touching(_lonlat_boxes(moved[left], system), bounds)]] = name
    return names


def _candidates(boxes: Floats, crs: pyproj.CRS) -> Iterator[tuple[str, Floats, pyproj.CRS]]:
    """Yield each slip that is looked for, and the boxes and their system as they would be without it."""
    swapped = boxes[:, [1, 0, 3, 2]]
    if crs.is_geographic:
        yield SWAPPED, swapped, crs
        yield "the sign of the longitude is wrong", boxes[:, [2, 1, 0, 3]] * [-1, 1, -1, 1], crs
    else:
        yield "easting and northing are swapped", swapped, crs
    code = crs.to_epsg() or 0
    for other in (*CONFUSED.get(code, ()), *DATUMS.get(code, ())):
        yield f"the coordinates are in {SYSTEMS[other]}", boxes, pyproj.CRS.from_epsg(other)


def _lonlat_boxes(boxes: Floats, crs: pyproj.CRS) -> Floats:
    """Return boxes in some CRS as west, south, east, north, by their corners; shape (m, 4)."""
    corners = boxes[:, [[0, 1], [0, 3], [2, 1], [2, 3]]].reshape(-1, 2)
    with np.errstate(invalid="ignore"):
        moved = shapely.get_coordinates(gpd.GeoSeries(shapely.points(corners), crs=crs).to_crs(4326).values).reshape(-1, 4, 2)
        return np.concatenate([moved.min(axis=1), moved.max(axis=1)], axis=1)


def touching(boxes: Floats, bounds: tuple[float, ...]) -> NDArray[np.bool_]:
    """Return which boxes, shape (m, 4), meet the bounds; one that is not finite does not; shape (m,)."""
    west, south, east, north = bounds
    with np.errstate(invalid="ignore"):
        inside = (boxes[:, 0] <= east) & (boxes[:, 2] >= west) & (boxes[:, 1] <= north) & (boxes[:, 3] >= south)
    return np.asarray(inside & np.isfinite(boxes).all(axis=1), dtype=bool)
