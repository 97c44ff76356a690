"""Parts, rings and vertices of all polygons as flat arrays, so that a check is one pass of numpy over all records.

Assumption: polygons count wherever they stand, also inside collections; lines and points have no rings. Heights are ignored.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

Ints = NDArray[np.intp]
Floats = NDArray[np.float64]
Objects = NDArray[np.object_]
POINT_TYPES, POLYGON_TYPES = (0, 4), (3, 6)  # GEOS: point, multipoint; polygon, multipolygon
POLYGON, FIRST_MULTI = 3, 4
FEWEST_VERTICES = 3  # of a ring
M_PER_DEG = 111_700.0  # the longest degree on the ellipsoid: nothing is longer than its degrees times this


@dataclass(frozen=True, slots=True)
class Rings:
    """All polygons of a list of shapes, taken apart.

    Attributes
    ----------
    parts : array of Polygon, shape (p,)
        In the order of the shapes.
    part_row, part_number : array of int, shape (p,)
        The shape a part belongs to, and its number in it, from 1.
    rings : array of LinearRing, shape (r,)
    ring_part : array of int, shape (r,)
    xy : array of float, shape (v, 2)
        Vertices without each ring's closing one.
    vertex_ring, vertex_number : array of int, shape (v,)
        The ring of a vertex, and its number in its part, from 1.
    """

    parts: Objects
    part_row: Ints
    part_number: Ints
    rings: Objects
    ring_part: Ints
    xy: Floats
    vertex_ring: Ints
    vertex_number: Ints


def rings_of(shapes: Objects) -> Rings:
    """Return the parts, rings and vertices of the polygons among some shapes, shape (n,); None is passed over.

    Examples
    --------
    >>> two = rings_of(np.array([None, shapely.box(0, 0, 1, 1), shapely.MultiPolygon([shapely.box(2, 0, 3, 1)])], dtype=object))
    >>> two.part_row.tolist(), len(two.xy), two.vertex_number.tolist()
    ([1, 2], 8, [1, 2, 3, 4, 1, 2, 3, 4])
    """
    parts, row = simple_parts(shapes)
    polygons = (shapely.get_type_id(parts) == POLYGON) & ~shapely.is_empty(parts)
    parts, row = shapely.force_2d(parts[polygons]), row[polygons]
    rings, ring_part = shapely.get_rings(parts, return_index=True)
    points, ring = shapely.get_coordinates(rings, return_index=True)
    closing = np.append(ring[1:] != ring[:-1], True)[: len(ring)]
    xy, ring = points[~closing], ring[~closing]
    part = ring_part[ring]
    return Rings(parts, row, counted(row), rings, ring_part, xy, ring, counted(part))


def finite(shapes: Objects) -> NDArray[np.bool_]:
    """Return which shapes have no coordinate that is no number or endless; an empty or missing one has none; shape (n,).

    Examples
    --------
    >>> finite(np.array([shapely.Point(0, 0), shapely.Point(0, np.inf), None], dtype=object)).tolist()
    [True, False, True]
    """
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    sound = np.ones(len(shapes), dtype=bool)
    sound[index[~np.isfinite(xy).all(axis=1)]] = False
    return sound


def simple_parts(shapes: Objects) -> tuple[Objects, Ints]:
    """Return the single points, lines and polygons of all shapes, however nested, and the shape each belongs to, in order."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    while (nested := shapely.get_type_id(parts) >= FIRST_MULTI).any():
        deeper, inner = shapely.get_parts(parts[nested], return_index=True)
        owner = np.concatenate([owner[~nested], owner[nested][inner]])
        parts = np.concatenate([parts[~nested], deeper])
        order = np.argsort(owner, kind="stable")
        parts, owner = parts[order], owner[order]
    return parts, owner


def counted(group: Ints) -> Ints:
    """Return the number of each member in its run of equal neighbours, from 1.

    Examples
    --------
    >>> counted(np.array([0, 0, 2, 2, 2])).tolist()
    [1, 2, 1, 2, 3]
    """
    place = np.arange(len(group))
    begins = np.append(True, group[1:] != group[:-1])[: len(group)]
    return np.asarray(place - np.maximum.accumulate(np.where(begins, place, 0)) + 1, dtype=np.intp)


def repeated(group: Ints, xy: Floats) -> NDArray[np.bool_]:
    """Return which points stand earlier in the same group already, at the very same coordinates; shape (v,).

    Examples
    --------
    >>> repeated(np.array([0, 0, 0, 1]), np.array([[1.0, 2.0], [3.0, 2.0], [1.0, 2.0], [1.0, 2.0]])).tolist()
    [False, False, True, False]
    """
    order = np.lexsort((xy[:, 1], xy[:, 0], group))
    ordered, owner = xy[order], group[order]
    again = np.zeros(len(xy), dtype=bool)
    again[order[1:]] = (ordered[1:] == ordered[:-1]).all(axis=1) & (owner[1:] == owner[:-1])
    return again


def merged(parts: Objects, row: Ints, n: int) -> Objects:
    """Return one polygon or multipolygon for each of `n` rows from its parts, in ascending rows; None where there is none.

    Examples
    --------
    >>> merged(np.array([shapely.box(0, 0, 1, 1)], dtype=object), np.array([1]), 2).tolist()
    [None, <POLYGON ((1 0, 1 1, 0 1, 0 0, 1 0))>]
    """
    shapes = np.full(n, None, dtype=object)
    if len(parts):
        rows, first, count = np.unique(row, return_index=True, return_counts=True)
        multi = shapely.multipolygons(parts, indices=np.repeat(np.arange(len(rows)), count))
        shapes[rows] = np.where(count == 1, parts[first], multi)
    return shapes


def enclosed(parts: Objects) -> Objects:
    """Return the land inside the rings of polygons: what either way of reading a ring that crosses itself encloses; shape (p,).

    One way leaves out what a ring runs round twice, the other drops a piece now and then; together they lose nothing.

    Examples
    --------
    >>> bow = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    >>> enclosed(np.array([bow], dtype=object))[0].area
    2.0
    """
    made = polygonal(shapely.make_valid(parts, method="structure", keep_collapsed=False))
    rings, of_part = shapely.get_rings(shapely.force_2d(parts), return_index=True)
    is_shell = np.append(True, of_part[1:] != of_part[:-1])[: len(rings)]
    shells = polygonal(shapely.make_valid(shapely.polygons(rings[is_shell])))
    if (~is_shell).any():
        drawn = shapely.make_valid(shapely.polygons(rings[~is_shell]), method="structure", keep_collapsed=False)
        holes = united(np.asarray(drawn, dtype=object), of_part[~is_shell], len(parts))
        pierced = ~shapely.is_missing(holes)
        shells[pierced] = shapely.difference(shells[pierced], holes[pierced])
    return np.asarray(shapely.union_all(np.stack([made, shells], axis=1), axis=1), dtype=object)


def polygonal(shapes: Objects) -> Objects:
    """Return the polygons of some shapes, None where there are none; shape (n,)."""
    parts, owner = simple_parts(np.asarray(shapes, dtype=object))
    polygons: NDArray[np.bool_] = (shapely.get_type_id(parts) == POLYGON) & ~shapely.is_empty(parts)
    return merged(parts[polygons], owner[polygons], len(shapes))


def united(parts: Objects, owner: Ints, n: int) -> Objects:
    """Return the union of the parts of each of `n` shapes, in ascending owners; None where there is none."""
    shapes = np.full(n, None, dtype=object)
    if len(parts):
        rows, index = np.unique(owner, return_inverse=True)
        shapes[rows] = shapely.union_all(shapely.geometrycollections(parts, indices=index)[:, None], axis=1)
    return shapes
