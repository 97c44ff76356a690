"""The only room that turns geometry into square kilometres, kilometres or a buffer.

Areas are geodesic on the WGS 84 ellipsoid: edges are the shortest lines between vertices. They are summed on the authalic
sphere, where each edge's share is closed-form and vectorised; polygons with an edge above `LONG_EDGE_M` go to GeographicLib, so
every polygon agrees with it to 1e-6. Buffers are drawn in an equal-area projection centred near each feature, where distances are
true to about 1e-5. Degrees are never taken for metres, and EPSG:3857, which inflates areas by 61 % in Korea, is refused.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, TypeAlias

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import ArrayLike, NDArray
from shapely import STRtree

from geo.errors import DataError

WGS84 = pyproj.Geod(ellps="WGS84")
LONLAT = pyproj.CRS.from_epsg(4326)
WEB_MERCATOR = pyproj.CRS.from_epsg(3857)
ECCENTRICITY_2 = WGS84.es
LONG_EDGE_M = 3_000.0
LINE_TYPES = (1, 2)  # GEOS: line string, linear ring
CONTACT_M2 = 1.0
CENTRE_STEP_DEG = 0.5  # features whose centres round to one node share a local projection
Frame: TypeAlias = gpd.GeoDataFrame | gpd.GeoSeries
Floats = NDArray[np.float64]


def areas_m2(frame: Frame) -> Floats:
    """Return the geodesic area [m²] of each feature; 0 for points, lines and empty geometry.

    Parameters
    ----------
    frame : GeoDataFrame or GeoSeries, shape (n,)
        With a CRS, geographic or projected, but not EPSG:3857.

    Raises
    ------
    DataError
        If the CRS is missing or EPSG:3857.

    Examples
    --------
    One degree by one degree at 38° N, between geodesics (Karney's algorithm gives 9683192846.44):

    >>> square = gpd.GeoSeries([shapely.box(127, 38, 128, 39)], crs=4326)
    >>> round(float(areas_m2(square)[0]), 1)
    9683192846.4
    """
    shapes = _lonlat(frame)
    rings, part, sign = _rings(shapes)
    if len(rings) == 0:
        return np.zeros(len(shapes))
    area, longest_m = _ring_areas_m2(rings)
    total = _sums(part, sign * np.abs(area), len(shapes))
    long = np.zeros(len(shapes), dtype=bool)
    np.logical_or.at(long, part, longest_m > LONG_EDGE_M)
    for index in np.flatnonzero(long):
        total[index] = abs(WGS84.geometry_area_perimeter(shapely.orient_polygons(shapes[index]))[0])
    return total


def lengths_m(frame: Frame) -> Floats:
    """Return the geodesic length [m] of each feature; of a polygon its perimeter, of a point 0.

    Examples
    --------
    >>> line = gpd.GeoSeries([shapely.LineString([(127, 38), (127, 39)])], crs=4326)
    >>> round(float(lengths_m(line)[0]), 1)
    111006.0
    """
    shapes = _lonlat(frame)
    parts, owner = _parts(shapes)
    lines = np.isin(shapely.get_type_id(parts), LINE_TYPES)
    rings, of_feature, _ = _rings(shapes)
    paths, of_path = np.concatenate([parts[lines], rings]), np.concatenate([owner[lines], of_feature])
    points, index = shapely.get_coordinates(paths, return_index=True)
    step = index[1:] == index[:-1]
    start, end = points[:-1][step], points[1:][step]
    step_m = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])[2] if len(start) else np.zeros(0)
    return _sums(of_path[index[1:][step]], step_m, len(shapes))


def total_km2(frame: Frame) -> float:
    """Return the summed geodesic area [km²] of all features: the gross area.

    Examples
    --------
    >>> total_km2(gpd.GeoSeries([shapely.box(127, 38, 127.1, 38.1)] * 2, crs=4326)) > 190
    True
    """
    return float(areas_m2(frame).sum() / 1e6)


def net_km2(frame: Frame) -> float:
    """Return the geodesic area [km²] of the features' union.

    Examples
    --------
    >>> twice = gpd.GeoSeries([shapely.box(127, 38, 127.1, 38.1)] * 2, crs=4326)
    >>> round(total_km2(twice) / net_km2(twice), 9)
    2.0
    """
    return total_km2(frame) - overlap_km2(frame)


def overlap_km2(frame: Frame) -> float:
    """Return gross minus union [km²], from the overlapping features alone, so that features apart stay untouched.

    Neighbours that share a border to within rounding (`CONTACT_M2`) do not count as overlapping.

    Examples
    --------
    >>> apart = gpd.GeoSeries([shapely.box(127, 38, 127.1, 38.1), shapely.box(128, 38, 128.1, 38.1)], crs=4326)
    >>> overlap_km2(apart)
    0.0
    """
    shapes = _lonlat(frame)
    first = np.unique(shapely.to_wkb(shapes), return_index=True)[1]
    single = shapes[np.sort(first)]  # features drawn twice, such as one corridor for two origins, need no overlay
    twice_km2 = total_km2(_series_of(shapes)) - total_km2(_series_of(single)) if len(single) < len(shapes) else 0.0
    if shapely.coverage_is_valid(single):  # a grid or a clean partition: ten times faster than asking every pair
        return twice_km2
    left, right, shared = overlapping_pairs(single)
    if len(overlapping_pairs(shared)[0]) == 0:  # nowhere do three features meet, so the shared pieces are the overlap
        return twice_km2 + total_km2(_series_of(shared))
    touched = np.unique(np.concatenate([left, right]))
    clash = _series_of(single[touched])
    return twice_km2 + total_km2(clash) - total_km2(_series_of(np.array([shapely.union_all(single[touched])], dtype=object)))


def overlapping_pairs(shapes: NDArray[np.object_]) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.object_]]:
    """Return the index pairs (i < j) of lon/lat polygons that share more than `CONTACT_M2`, and the pieces they share."""
    left, right = STRtree(shapes).query(shapes, predicate="intersects")
    left, right = left[left < right], right[left < right]
    shared = np.asarray(shapely.intersection(shapes[left], shapes[right]), dtype=object)
    real = areas_m2(_series_of(shared)) > CONTACT_M2
    return left[real], right[real], shared[real]


def buffer(frame: Frame, distance_m: float | ArrayLike, *, cap: str = "round", quad_segs: int = 64) -> gpd.GeoSeries:
    """Return each feature widened by a distance [m], in the CRS it came in.

    Parameters
    ----------
    frame : GeoDataFrame or GeoSeries, shape (n,)
        In a projected CRS in metres other than EPSG:3857; `project` brings it there.
    distance_m : float or array, shape (n,)
        At least 0.
    cap : {"round", "flat", "square"}
        How lines end.
    quad_segs : int
        Arcs a quarter circle; 64 keep the area within 1e-5.

    Raises
    ------
    DataError
        If the CRS is missing, in degrees or EPSG:3857, or a distance is negative or not a number.

    Examples
    --------
    >>> line = gpd.GeoSeries([shapely.LineString([(200000, 500000), (210000, 500000)])], crs=5186)
    >>> round(total_km2(buffer(line, 500.0)), 3)
    10.785
    """
    crs = _plane(frame)
    series = _series(frame)
    distance = np.broadcast_to(np.asarray(distance_m, dtype=float), len(series))
    if not (np.isfinite(distance).all() and (distance >= 0).all()):
        raise DataError("bad buffer distance", expected="metres, at least 0", found=str(distance_m)[:60])
    shapes = np.array(series.values, dtype=object)
    there = _moved(shapes, crs, LONLAT)
    node, group = np.unique(np.round(_centres(there) / CENTRE_STEP_DEG), axis=0, return_inverse=True)
    wide = np.empty(len(shapes), dtype=object)
    for index, (east, north) in enumerate(node * CENTRE_STEP_DEG):
        rows = np.flatnonzero(group.ravel() == index)
        local = pyproj.Proj(proj="laea", lon_0=east, lat_0=north, ellps="WGS84")  # a hundred times faster than a Transformer
        near = shapely.transform(there[rows], local, interleaved=False)
        grown = shapely.buffer(near, distance[rows], quad_segs=quad_segs, cap_style=cap)
        wide[rows] = shapely.transform(grown, lambda x, y, back=local: back(x, y, inverse=True), interleaved=False)
    return gpd.GeoSeries(_moved(wide, LONLAT, crs), index=series.index, crs=crs)


def project(frame: Frame, crs: Any) -> Any:
    """Return the frame in a projected CRS; refuse a missing CRS, and degrees or EPSG:3857 as the target.

    Examples
    --------
    >>> project(gpd.GeoSeries([shapely.Point(127, 38)], crs=4326), 5186).crs.to_epsg()
    5186
    """
    _crs(frame)
    _refuse_plane(pyproj.CRS.from_user_input(crs))
    return frame.to_crs(crs)


def _crs(frame: Frame) -> pyproj.CRS:
    if frame.crs is None:
        raise DataError(
            "no CRS", where=f"{len(frame)} features", mend="state the CRS the coordinates were recorded in; it is never guessed"
        )
    if frame.crs == WEB_MERCATOR:
        raise DataError("EPSG:3857 is not for measuring", mend="it inflates areas by 61 % at 38° N: hand in the original CRS")
    return pyproj.CRS.from_user_input(frame.crs)


def _refuse_plane(crs: pyproj.CRS) -> None:
    if not crs.is_projected:
        raise DataError(
            "degrees are not metres", found=crs.name, mend="project the frame first, for example with geo.measure.project"
        )
    if crs == WEB_MERCATOR:
        raise DataError("EPSG:3857 is not for measuring", mend="choose a projected CRS of the area, such as EPSG:5186")


def _plane(frame: Frame) -> pyproj.CRS:
    crs = _crs(frame)
    _refuse_plane(crs)
    return crs


def _series(frame: Frame) -> gpd.GeoSeries:
    return frame.geometry if isinstance(frame, gpd.GeoDataFrame) else frame


def _series_of(shapes: NDArray[np.object_]) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapes, crs=LONLAT)


def _lonlat(frame: Frame) -> NDArray[np.object_]:
    """Return the shapes in WGS 84 longitude and latitude."""
    crs = _crs(frame)
    shapes = np.array(_series(frame).values, dtype=object)
    return shapes if crs == LONLAT else _moved(shapes, crs, LONLAT)


def _moved(shapes: NDArray[np.object_], origin: pyproj.CRS, target: pyproj.CRS) -> NDArray[np.object_]:
    return np.asarray(shapely.transform(shapes, _transformer(origin, target).transform, interleaved=False), dtype=object)


@lru_cache(maxsize=512)
def _transformer(origin: pyproj.CRS, target: pyproj.CRS) -> pyproj.Transformer:
    """Return a transformer; making one takes 15 ms, so each pair of CRS is made once."""
    return pyproj.Transformer.from_crs(origin, target, always_xy=True)


def _centres(shapes: NDArray[np.object_]) -> Floats:
    """Return the middle of each shape's box, shape (n, 2)."""
    west, south, east, north = np.nan_to_num(shapely.bounds(shapes)).T
    return np.stack([(west + east) / 2, (south + north) / 2], axis=1)


def _parts(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return the single points, lines and polygons of all shapes, however nested, and the feature each belongs to."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (nested := shapely.get_type_id(parts) >= 4).any():  # a collection may hold multipolygons and collections
        deeper, inner = shapely.get_parts(parts[nested], return_index=True)
        owner = np.concatenate([owner[~nested], owner[nested][inner]])
        parts = np.concatenate([parts[~nested], deeper])
    return parts, owner


def _rings(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp], Floats]:
    """Return all rings, the feature each belongs to, and +1 for shells, -1 for holes."""
    parts, owner = _parts(shapes)
    polygons = (shapely.get_type_id(parts) == 3) & ~shapely.is_empty(parts)
    parts, owner = parts[polygons], owner[polygons]
    rings, of_part = shapely.get_rings(parts, return_index=True)
    first = np.concatenate([[True], of_part[1:] != of_part[:-1]]) if len(rings) else np.zeros(0, dtype=bool)
    return rings, owner[of_part], np.where(first, 1.0, -1.0)


def _ring_areas_m2(rings: NDArray[np.object_]) -> tuple[Floats, Floats]:
    """Return the signed area and the longest edge of each ring, on the authalic sphere."""
    points, ring = shapely.get_coordinates(rings, return_index=True)
    edge = ring[1:] == ring[:-1]
    lon, half = np.radians(points[:, 0]), np.tan(_authalic_rad(np.radians(points[:, 1])) / 2)
    turn = np.diff(lon)[edge]
    turn -= 2 * np.pi * np.round(turn / (2 * np.pi))  # the short way round; adding and taking away pi would cost 0.006 m² an edge
    low, high = half[:-1][edge], half[1:][edge]
    share = 2 * np.arctan2(np.tan(turn / 2) * (low + high), 1 + low * high)
    edge_m = WGS84.a * np.hypot(turn * np.cos(np.radians(points[:-1, 1][edge])), np.diff(np.radians(points[:, 1]))[edge])
    owner = ring[1:][edge]
    longest = np.zeros(len(rings))
    np.maximum.at(longest, owner, edge_m)
    return _AUTHALIC_RADIUS_M**2 * _sums(owner, share, len(rings)), longest


def _sums(group: NDArray[np.intp], values: Floats, n_groups: int) -> Floats:
    """Return the sum of the values of each group, shape (n_groups,)."""
    return np.bincount(group, weights=values, minlength=n_groups).astype(float)


def _authalic_q(sine: Floats | float) -> Any:
    e = np.sqrt(ECCENTRICITY_2)
    return (1 - ECCENTRICITY_2) * (sine / (1 - ECCENTRICITY_2 * sine**2) + np.arctanh(e * sine) / e)


def _authalic_rad(latitude_rad: Floats) -> Floats:
    """Return the latitude on the sphere of equal area (Snyder 1987, eq. 3-11)."""
    return np.asarray(np.arcsin(np.clip(_authalic_q(np.sin(latitude_rad)) / _authalic_q(1.0), -1, 1)))


_AUTHALIC_RADIUS_M = WGS84.a * np.sqrt(_authalic_q(1.0) / 2)
