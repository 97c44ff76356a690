"""Whether features lie in the study area, and which slip would explain it if they do not.

Limit: only slips that bring a stray feature back are named (latitude and longitude swapped, the neighbouring UTM zone,
another Korean belt or false northing); nothing is moved.
"""

from __future__ import annotations

from collections.abc import Iterator

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.area import StudyArea

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

SWAPPED = "latitude and longitude look swapped"
METRES = "the numbers are metres, not degrees: state the projected CRS they were recorded in"


def outside(shapes: gpd.GeoSeries, area: StudyArea) -> NDArray[np.bool_]:
    """Return which features do not touch the area's bounds; shape (n,)."""
    return ~_touches(_lonlat_bounds(shapes), area)


def explain_outside(shapes: gpd.GeoSeries, area: StudyArea) -> str:
    """Return the slip that would bring these features inside, or how many of them it would, or "" when none is known to.

    Examples
    --------
    >>> from geo.area import read_area
    >>> demo = read_area("demo")
    >>> west, south, east, north = demo.bounds
    >>> explain_outside(gpd.GeoSeries([shapely.Point(south, west)], crs=4326), demo)
    'latitude and longitude look swapped'
    """
    told = slips(shapes, area)
    names, counts = np.unique(told[told != ""].astype(str), return_counts=True)
    if not len(names):
        return ""
    most = int(np.argmax(counts))
    return str(names[most]) if counts[most] == len(told) else f"of {counts[most]} of the {len(told)}: {names[most]}"


def slips(shapes: gpd.GeoSeries, area: StudyArea) -> NDArray[np.object_]:
    """Return for each feature the slip that would bring it inside the area's bounds, "" when none is known to; shape (n,).

    Examples
    --------
    >>> from geo.area import read_area
    >>> demo = read_area("demo")
    >>> west, south, east, north = demo.bounds
    >>> slips(gpd.GeoSeries([shapely.Point(south, west), shapely.Point(0, 0)], crs=4326), demo).tolist()
    ['latitude and longitude look swapped', '']
    """
    told = np.full(len(shapes), "", dtype=object)
    for slip, moved in _guesses(shapes):
        left = np.flatnonzero(told == "")
        if not len(left):
            break
        told[left[_touches(_lonlat_bounds(moved.iloc[left]), area)]] = slip
    if shapes.crs.is_geographic:
        far = np.nan_to_num(np.abs(np.asarray(shapes.bounds, dtype=float)), posinf=0.0).max(axis=1) > 360
        told[far & (told == "")] = METRES
    return told


def explain_degrees(shapes: gpd.GeoSeries) -> str:
    """Return what is wrong with longitudes and latitudes beyond 180° and 90°, "" where there are none.

    Examples
    --------
    >>> explain_degrees(gpd.GeoSeries([shapely.Point(38, 127)], crs=4326))
    'latitude 127: latitude and longitude look swapped'
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
    return f"{number}: {SWAPPED}" if lon[row] <= 90 else number


def _guesses(shapes: gpd.GeoSeries) -> Iterator[tuple[str, gpd.GeoSeries]]:
    """Yield each slip that is looked for, and the features as they would be without it."""
    swapped = gpd.GeoSeries(shapely.transform(shapes.values, lambda xy: xy[:, ::-1]), crs=shapes.crs)
    yield (SWAPPED if shapes.crs.is_geographic else "easting and northing look swapped"), swapped
    for code in CONFUSED.get(shapes.crs.to_epsg() or 0, ()):
        other = shapes.set_crs(pyproj.CRS.from_epsg(code), allow_override=True)
        yield f"read as EPSG:{code} they would lie inside: check the zone, belt or datum", other


def _lonlat_bounds(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return west, south, east, north [degrees] of each feature; not finite where the CRS cannot hold the numbers."""
    return np.asarray(shapes.to_crs("EPSG:4326").bounds, dtype=float)


def _touches(bounds: NDArray[np.float64], area: StudyArea) -> NDArray[np.bool_]:
    west, south, east, north = area.bounds
    inside = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return np.asarray(inside & np.isfinite(bounds).all(axis=1))
