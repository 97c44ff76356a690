"""The corners of hazard areas as a table: the classic minefield record with MGRS, UTM, bearing and distance to the next point.

Assumption: corners stand in the order the file has them, for the first is the start point of the record; a point given twice
in a row counts once. Bearings are true (from geographic north) and distances geodesic on WGS 84, both from the full coordinates;
longitude, latitude, MGRS and UTM speak of the corner rounded to 1e-6° (0.1 m), so that one can be converted to the other.
Limit: bearings are not magnetic; the declination is the user's.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.exchange.mgrs import mgrs, utm
from geo.measure import LONLAT, WGS84

DECIMALS = 6  # of a degree: 0.1 m
MGRS_DIGITS = 5  # 1 m
NAMES = ("id", "name_en", "name_ko")
Ints = NDArray[np.intp]
Floats = NDArray[np.float64]


class Paths(NamedTuple):
    """The rings or lines of many features, one after the other.

    Attributes
    ----------
    points : ndarray, shape (m, 2)
        Longitude and latitude [degrees] of all vertices; a ring's closing vertex is left out.
    n_points : ndarray, shape (k,)
        Vertices of each path.
    owner : ndarray, shape (k,)
        The feature each belongs to.
    part, ring : ndarray, shape (k,)
        Part of the feature, from 1, and ring of the part: 0 the shell, then its holes. Of a line, ring is 0.
    """

    points: Floats
    n_points: Ints
    owner: Ints
    part: Ints
    ring: Ints

    @property
    def of_point(self) -> Ints:
        """The path of each vertex; shape (m,)."""
        return np.repeat(np.arange(len(self.n_points)), self.n_points)

    @property
    def number(self) -> Ints:
        """The place of each vertex in its path, from 1; shape (m,)."""
        return np.arange(len(self.points)) - (np.cumsum(self.n_points) - self.n_points)[self.of_point] + 1


def rings_of(shapes: NDArray[np.object_]) -> Paths:
    """Return every ring of the polygons among lon/lat shapes; points and lines have none.

    Examples
    --------
    >>> hole = shapely.box(0, 0, 3, 3).difference(shapely.box(1, 1, 2, 2))
    >>> found = rings_of(np.array([shapely.Point(0, 0), shapely.MultiPolygon([hole, shapely.box(5, 5, 6, 6)])]))
    >>> found.owner.tolist(), found.part.tolist(), found.ring.tolist(), found.n_points.tolist()
    ([1, 1, 1], [1, 1, 2], [0, 1, 0], [4, 4, 4])
    """
    parts, owner, part = _single_parts(shapes, 3)
    rings, of_part = shapely.get_rings(parts, return_index=True)
    return _paths(rings, owner[of_part], part[of_part], _place_in_group(of_part), closed=True)


def lines_of(shapes: NDArray[np.object_]) -> Paths:
    """Return every line among lon/lat shapes; points and polygons have none."""
    parts, owner, part = _single_parts(shapes, 1)
    return _paths(parts, owner, part, np.zeros(len(parts), dtype=np.intp), closed=False)


def points_of(shapes: NDArray[np.object_]) -> Paths:
    """Return every single point among lon/lat shapes, each as a path of one vertex."""
    parts, owner, part = _single_parts(shapes, 0)
    return _paths(parts, owner, part, np.zeros(len(parts), dtype=np.intp), closed=False)


def _single_parts(shapes: NDArray[np.object_], dimension: int) -> tuple[NDArray[np.object_], Ints, Ints]:
    """Return the single parts of one kind (0 points, 1 lines, 3 polygons), the feature of each and its number from 1."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (shapely.get_type_id(parts) >= 4).any():  # a collection may hold multipolygons and collections
        parts, of_part = shapely.get_parts(parts, return_index=True)
        owner = owner[of_part]
    kinds = shapely.get_type_id(parts)
    wanted = ((kinds == dimension) | ((kinds == 2) & (dimension == 1))) & ~shapely.is_empty(parts)
    parts, owner = parts[wanted], owner[wanted]
    return parts, owner, _place_in_group(owner) + 1


def _place_in_group(group: Ints) -> Ints:
    """Return each row's place, from 0, among the consecutive rows of its group."""
    if len(group) == 0:
        return np.zeros(0, dtype=np.intp)
    first = np.concatenate([[True], group[1:] != group[:-1]])
    start = np.flatnonzero(first)
    return np.asarray(np.arange(len(group)) - start[np.cumsum(first) - 1])


def _paths(lines: NDArray[np.object_], owner: Ints, part: Ints, ring: Ints, *, closed: bool) -> Paths:
    points, of_line = shapely.get_coordinates(lines, return_index=True)
    keep = np.ones(len(points), dtype=bool)
    if len(points):
        same = of_line[1:] == of_line[:-1]
        keep[1:] = ~(same & (points[1:] == points[:-1]).all(axis=1))  # a point given twice in a row has no bearing
        if closed:
            keep[np.concatenate([~same, [True]])] = False  # last of each ring: its first again
    points, of_line = points[keep], of_line[keep]
    n_points = np.bincount(of_line, minlength=len(lines)).astype(np.intp)
    return Paths(points, n_points, owner, part, ring)


def turning_points(frame: gpd.GeoDataFrame, *, digits: int = MGRS_DIGITS) -> pd.DataFrame:
    """Return every corner of every polygon ring, with the way to the next one.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        With a CRS and, if it has them, ``id``, ``name_en`` and ``name_ko``; points and lines give no rows.
    digits : int
        Of MGRS easting and northing, 0 to 5: 5 name a square of 1 m.

    Returns
    -------
    DataFrame, one row a corner
        ``id, name_en, name_ko``; ``part`` from 1; ``ring``, 0 the outer, then the holes; ``n`` from 1; ``point``, ``A-01`` with
        a letter a part, ``A.1-01`` in its first hole; ``next``; ``lon, lat`` [degrees, 6 decimals]; ``mgrs``; ``utm_zone`` with
        its latitude band, ``utm_east_m, utm_north_m`` [0.1 m]; ``bearing_deg`` (true, 0 to 360) and ``distance_m`` to the next
        point, of the last to the first.

    Raises
    ------
    DataError
        If the frame has no CRS.

    Examples
    --------
    The first edge of this triangle runs east along 38° N for 0.01°, which is 878 m:

    >>> corners = shapely.Polygon([(127, 38), (127.01, 38), (127.01, 38.01)])
    >>> table = turning_points(gpd.GeoDataFrame({"id": ["YC-014"]}, geometry=[corners], crs=4326))
    >>> table[["point", "next", "mgrs", "bearing_deg", "distance_m"]].values.tolist()[0]
    ['A-01', 'A-02', '52S CH 24396 07702', 90.0, 878.32]
    """
    return corner_table(rings_of(lonlat(frame)), frame, digits=digits)


def lonlat(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return the frame's shapes as two-dimensional WGS 84 longitude and latitude.

    Raises
    ------
    DataError
        If the frame has no CRS.
    """
    if frame.crs is None:
        raise DataError("no CRS", where=f"{len(frame)} features", mend="set the frame's CRS first; it is never guessed")
    plain = frame if frame.crs == LONLAT else frame.to_crs(LONLAT)
    return np.asarray(shapely.force_2d(np.array(plain.geometry.values, dtype=object)))


def corner_table(paths: Paths, frame: pd.DataFrame, *, digits: int = MGRS_DIGITS, with_utm: bool = True) -> pd.DataFrame:
    """Return the table of `turning_points` for rings already taken from the frame's shapes, on demand without UTM."""
    of_path, row = paths.of_point, paths.owner[paths.of_point]
    near = np.round(paths.points, DECIMALS) + 0.0
    following = _following(paths)
    bearing_deg, distance_m = _way(paths.points, paths.points[following])
    names = corner_names(paths)
    table: dict[str, Any] = {name: frame[name].astype(str).array.take(row) for name in NAMES if name in frame}
    table |= {"part": paths.part[of_path], "ring": paths.ring[of_path], "n": paths.number}
    table |= {"point": names, "next": names.take(following), "lon": near[:, 0], "lat": near[:, 1]}
    table["mgrs"] = pd.array(mgrs(near[:, 0], near[:, 1], digits), dtype="str")
    if with_utm:
        zone, band, east_m, north_m = utm(near[:, 0], near[:, 1])
        table |= {"utm_zone": _zones(zone, band), "utm_east_m": np.round(east_m, 1), "utm_north_m": np.round(north_m, 1)}
    return pd.DataFrame(table | {"bearing_deg": bearing_deg, "distance_m": distance_m})


def _zones(zone: NDArray[np.integer[Any]], band: NDArray[np.str_]) -> Any:
    """Return UTM zones with their latitude band, ``52S``; "" where there is none."""
    pairs, index = np.unique(zone * 256 + band.astype("<U1").view(np.uint32).astype(int), return_inverse=True)
    return pd.array([f"{pair // 256}{chr(pair % 256)}" if pair >= 256 else "" for pair in pairs.tolist()], dtype="str").take(
        index
    )


def corner_names(paths: Paths) -> Any:
    """Return the name of every corner, ``A-01``; an array of str, shape (m,).

    Examples
    --------
    >>> corner_names(rings_of(np.array([shapely.box(0, 0, 1, 1)]))).tolist()
    ['A-01', 'A-02', 'A-03', 'A-04']
    """
    of_path, number = paths.of_point, paths.number
    kinds = np.stack([paths.part[of_path], paths.ring[of_path], number], axis=1)
    # few kinds name many corners: each name is spelt once
    spans = kinds.max(axis=0, initial=0) + 1
    code = (kinds[:, 0] * spans[1] + kinds[:, 1]) * spans[2] + kinds[:, 2]
    found, index = np.unique(code, return_inverse=True)
    part, ring, n = found // (spans[1] * spans[2]), found // spans[2] % spans[1], found % spans[2]
    spelt = [_corner(*map(int, each)) for each in zip(part, ring, n, strict=True)]
    return pd.array(spelt, dtype="str").take(index)


def _corner(part: int, ring: int, number: int) -> str:
    return f"{letters(part)}{f'.{ring}' if ring else ''}-{number:02d}"


def letters(number: int) -> str:
    """Return A, B … Z, AA, AB … of a number from 1.

    Examples
    --------
    >>> letters(1), letters(26), letters(27), letters(703)
    ('A', 'Z', 'AA', 'AAA')
    """
    text = ""
    while number > 0:
        number, digit = divmod(number - 1, 26)
        text = chr(65 + digit) + text
    return text


def _following(paths: Paths) -> Ints:
    """Return the index of the vertex after each, of a path's last the first; shape (m,)."""
    following = np.arange(len(paths.points)) + 1
    end = np.cumsum(paths.n_points)
    filled = paths.n_points > 0
    following[end[filled] - 1] = (end - paths.n_points)[filled]
    return following


def _way(start: Floats, end: Floats) -> tuple[Floats, Floats]:
    """Return true bearing [degrees, 0 to 360] and geodesic distance [m], both to 0.01."""
    if len(start) == 0:
        return np.zeros(0), np.zeros(0)
    forward, _, distance_m = WGS84.inv(start[:, 0], start[:, 1], end[:, 0], end[:, 1])
    return np.round(forward, 2) % 360.0, np.round(distance_m, 2)
