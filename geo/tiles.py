"""Cut work into tiles and run a pure kernel over them, on any executor, with one result for any number of workers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import TypeVar

import numpy as np
import shapely
from numpy.typing import NDArray

Item = TypeVar("Item")
Result = TypeVar("Result")
MOST_VERTICES = 200  # of a piece; overlays cost by vertex, so small pieces keep them linear


def map_kernel(kernel: Callable[[Item], Result], items: Iterable[Item], executor: Executor | None = None) -> list[Result]:
    """Apply a kernel to every item and return the results in the items' order.

    Parameters
    ----------
    kernel : callable
        A module-level function without side effects, so that a process pool or a cluster can carry it.
    items : iterable
        The pieces of work.
    executor : concurrent.futures.Executor, optional
        In-process when absent.

    Examples
    --------
    >>> map_kernel(abs, [-1, 2])
    [1, 2]
    """
    return list(map(kernel, items) if executor is None else executor.map(kernel, items))


def subdivide(shape: shapely.Geometry, most_vertices: int = MOST_VERTICES) -> NDArray[np.object_]:
    """Return polygons that tile a polygon, each with few vertices, by halving its box again and again.

    Parameters
    ----------
    shape : Polygon or MultiPolygon
    most_vertices : int
        A piece with more is halved, up to 30 times.

    Examples
    --------
    >>> disc = shapely.Point(0, 0).buffer(1.0, quad_segs=500)
    >>> pieces = subdivide(disc)
    >>> len(pieces) > 8, bool(abs(shapely.area(pieces).sum() / disc.area - 1) < 1e-12)
    (True, True)
    """
    done: list[shapely.Geometry] = []
    todo = [(shape, 0)]
    while todo:
        piece, depth = todo.pop()
        if piece.is_empty or shapely.get_dimensions(piece) < 2:
            continue
        if shapely.get_num_coordinates(piece) <= most_vertices or depth == 30:
            parts = shapely.get_parts(piece)
            done.extend(parts[shapely.get_dimensions(parts) == 2])
            continue
        west, south, east, north = piece.bounds
        middle = ((west + east) / 2, (south + north) / 2)
        wide = east - west > north - south
        first = shapely.box(west, south, middle[0] if wide else east, north if wide else middle[1])
        second = shapely.box(middle[0] if wide else west, south if wide else middle[1], east, north)
        todo += [(piece.intersection(first), depth + 1), (piece.intersection(second), depth + 1)]
    return np.array(done, dtype=object)


def grid_cells(bounds: tuple[float, float, float, float], size_m: float) -> NDArray[np.object_]:
    """Return the square cells of a fixed grid (origin 0, 0) that meet a box, row by row from the south-west.

    Examples
    --------
    >>> [cell.bounds for cell in grid_cells((900, 0, 1100, 1000), 1000.0)]
    [(0.0, 0.0, 1000.0, 1000.0), (1000.0, 0.0, 2000.0, 1000.0)]
    """
    west, south, east, north = bounds
    columns = np.arange(np.floor(west / size_m), np.ceil(east / size_m)) * size_m
    rows = np.arange(np.floor(south / size_m), np.ceil(north / size_m)) * size_m
    x, y = (axis.ravel() for axis in np.meshgrid(columns, rows))
    return np.asarray(shapely.box(x, y, x + size_m, y + size_m), dtype=object)
