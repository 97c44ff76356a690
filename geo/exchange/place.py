"""Whether features lie in the study area, and which slip would explain it if they do not.

Limit: only slips that bring every stray feature back are named (latitude and longitude swapped, the neighbouring
UTM zone, another Korean belt or false northing); nothing is moved.
"""

from __future__ import annotations

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


def outside(shapes: gpd.GeoSeries, area: StudyArea) -> NDArray[np.bool_]:
    """Return which features do not touch the area's bounds; shape (n,)."""
    return ~_touches(_lonlat_bounds(shapes), area)


def explain_outside(shapes: gpd.GeoSeries, area: StudyArea) -> str:
    """Return the slip that would bring all these features inside, or "" when none is known to.

    Examples
    --------
    >>> from geo.area import read_area
    >>> demo = read_area("demo")
    >>> west, south, east, north = demo.bounds
    >>> explain_outside(gpd.GeoSeries([shapely.Point(south, west)], crs=4326), demo)
    'latitude and longitude look swapped'
    """
    swapped = shapely.transform(shapes.values, lambda xy: xy[:, ::-1])
    if shapes.crs.is_geographic and _touches(_lonlat_bounds(gpd.GeoSeries(swapped, crs=shapes.crs)), area).all():
        return "latitude and longitude look swapped"
    if shapes.crs.is_projected and _touches(_lonlat_bounds(gpd.GeoSeries(swapped, crs=shapes.crs)), area).all():
        return "easting and northing look swapped"
    if shapes.crs.is_geographic and np.abs(shapes.total_bounds).max() > 360:
        return "the numbers are metres, not degrees: state the projected CRS they were recorded in"
    for code in CONFUSED.get(shapes.crs.to_epsg() or 0, ()):
        other = shapes.set_crs(pyproj.CRS.from_epsg(code), allow_override=True)
        if _touches(_lonlat_bounds(other), area).all():
            return f"read as EPSG:{code} they would lie inside: check the zone, belt or datum"
    return ""


def _lonlat_bounds(shapes: gpd.GeoSeries) -> NDArray[np.float64]:
    """Return west, south, east, north [degrees] of each feature; not finite where the CRS cannot hold the numbers."""
    return np.asarray(shapes.to_crs("EPSG:4326").bounds, dtype=float)


def _touches(bounds: NDArray[np.float64], area: StudyArea) -> NDArray[np.bool_]:
    west, south, east, north = area.bounds
    inside = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return np.asarray(inside & np.isfinite(bounds).all(axis=1))
