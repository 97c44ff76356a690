"""Room for fields of unknown place: the zones they may lie in, and the expectation grid over each.

Assumption: the zones follow from the schematic DMZ and MCZ, and inside a zone density falls with distance from the front alone;
roads and known fields are not in the shipped data, so those terms of the preference (model, eq. 6) are left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.allocate import Zone
from geo.area import StudyArea
from geo.land import Ground
from geo.layer import Layer
from geo.measure import Floats, areas_m2, buffer, project
from geo.tiles import grid_cells, subdivide

CRUMB_M2 = 1.0  # pieces below this are left over from cutting
TANGENT_M = 1000.0  # the front's bearing is that of the chord this far to either side of the nearest point


def zone_shapes(area: StudyArea, ground: Ground, dmz: Layer, mcz: Layer) -> dict[str, shapely.Geometry]:
    """Return where fields may lie, by zone, in ``area.crs``: own land outside river channels.

    The zones are ``dmz`` (its southern half), ``ccz`` (the MCZ), ``south_of_ccl`` and ``rear``; none meets another.
    """
    spec = area.settings["allocation"]
    plane = {layer.name: shapely.union_all(project(layer.frame, area.crs).geometry.values) for layer in (dmz, mcz)}
    free = ground.south.intersection(ground.land).difference(ground.channels)
    beyond = buffer(gpd.GeoSeries([plane["mcz"]], crs=area.crs), 1000 * spec["beyond_mcz_km"], quad_segs=8)[0]
    west, _, east, north = area.bounds
    parallel = shapely.box(west, spec["rear_south_lat"], east, north).segmentize(0.1)
    rear = project(gpd.GeoSeries([parallel], crs="EPSG:4326"), area.crs)[0]
    rooms = {"dmz": plane["dmz"], "ccz": plane["mcz"], "south_of_ccl": beyond, "rear": rear}
    shapes: dict[str, shapely.Geometry] = {}
    for name, room in rooms.items():
        shapes[name] = free.intersection(room)
        free = free.difference(room)
    return shapes


@dataclass(frozen=True, slots=True)
class Grid:
    """A zone with its expectation grid.

    Attributes
    ----------
    zone : Zone
        With n cells.
    preference : ndarray, shape (n,)
        Of each cell; assumed, overridable in ``[allocation.preference]``.
    pieces : ndarray of Polygon, shape (m,)
        The cells cut to the zone; a cell may fall into several.
    of_cell : ndarray of int, shape (m,)
        The cell of each piece.
    piece_m2 : ndarray, shape (m,)
        Geodesic area of each piece.
    """

    zone: Zone
    preference: Floats
    pieces: NDArray[np.object_]
    of_cell: NDArray[np.intp]
    piece_m2: Floats


def zone_grid(area: StudyArea, ground: Ground, name: str, shape: shapely.Geometry) -> Grid:
    """Return a zone with its grid."""
    cell_m = 1000 * float(area.settings["allocation"]["cell_km"])
    cells = grid_cells(shape.bounds, cell_m)
    pieces, of_cell = cell_pieces(shape, cells)
    piece_m2 = areas_m2(gpd.GeoSeries(pieces, crs=area.crs))
    used, number = np.unique(of_cell, return_inverse=True)
    area_m2 = np.bincount(number, weights=piece_m2, minlength=len(used)).astype(float)
    corners = shapely.bounds(cells[used])[:, :2]
    distance_m, bearing_rad = beside_front(ground.front, corners + cell_m / 2)
    wanted = area.settings["allocation"]["preference"]
    falls = np.exp(-distance_m / (1000 * wanted["front_km"])) if name in wanted["front_zones"] else np.ones(len(used))
    return Grid(Zone(name, shape, corners, cell_m, area_m2, bearing_rad), falls, pieces, number, piece_m2)


def cell_pieces(shape: shapely.Geometry, cells: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    """Return the cells cut to a shape and the cell of each piece; only cells on its edge are cut, crumbs are dropped."""
    shapely.prepare(shape)
    inside = np.flatnonzero(shapely.contains(shape, cells))
    rest = np.setdiff1d(np.arange(len(cells)), inside)
    edge = rest[shapely.intersects(shape, cells[rest])]
    parts = subdivide(shape)
    of_part, of_edge = shapely.STRtree(cells[edge]).query(parts, predicate="intersects")
    cut = np.asarray(shapely.intersection(parts[of_part], cells[edge][of_edge]), dtype=object)
    real = shapely.area(cut) > CRUMB_M2
    return np.concatenate([cells[inside], cut[real]]), np.concatenate([inside, edge[of_edge[real]]])


def beside_front(front: shapely.LineString, points: Floats) -> tuple[Floats, Floats]:
    """Return the distance [m] from the front and its bearing [rad from east] at the nearest place, each shape (n,).

    Examples
    --------
    >>> distance, bearing = beside_front(shapely.LineString([(0, 0), (9000, 0)]), np.array([[4000.0, -50.0]]))
    >>> distance.tolist(), bearing.tolist()
    ([50.0], [0.0])
    """
    spots = shapely.points(points)
    along_m = shapely.line_locate_point(front, spots)
    low, high = np.maximum(along_m - TANGENT_M, 0), np.minimum(along_m + TANGENT_M, front.length)
    ends = [shapely.get_coordinates(shapely.line_interpolate_point(front, at_m)) for at_m in (low, high)]
    chord = ends[1] - ends[0]
    return shapely.distance(front, spots), np.arctan2(chord[:, 1], chord[:, 0])
