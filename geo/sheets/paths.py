"""Shapes as paths of a drawing: many features in one path, so that a symbol is one artist however many features it has.

Assumption: features of one symbol may lie over each other and are then one area of one tint, because a path is filled once.
Limit: a feature narrower than a printer's dot is seen by its outline alone.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.sheets.view import View, footprint, on_sheet

BEYOND_MM = 12.0  # how far outside the frame shapes are kept, so that no cut edge is seen
THINNED_MM = 0.03  # on paper; finer bends are no ink
Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]


def drawn_shapes(shapes: Shapes, view: View, reach_m: float = 0.0) -> tuple[Shapes, NDArray[np.intp]]:
    """Return the shapes of a sheet in its CRS, cut a little outside its frame and thinned, and which ones they are.

    Parameters
    ----------
    shapes : ndarray of geometry, shape (n,)
        Longitude and latitude.
    view : View
    reach_m : float
        How far outside the frame a shape may lie and still be seen [m].

    Returns
    -------
    shapes : ndarray of geometry, shape (m,)
    rows : ndarray of int, shape (m,)
    """
    outer = max(view.m(BEYOND_MM), reach_m)
    left, bottom, right, top = view.bounds_m
    frame = shapely.box(left - outer, bottom - outer, right + outer, top + outer)
    west, south, east, north = footprint(view).bounds
    beyond = 1.5 * outer / 111_000 / max(np.cos(np.radians(max(abs(south), abs(north)))), 0.1)
    bounds = shapely.bounds(shapes)
    near = (bounds[:, 0] <= east + beyond) & (bounds[:, 2] >= west - beyond)
    rows = np.flatnonzero(near & (bounds[:, 1] <= north + beyond) & (bounds[:, 3] >= south - beyond))
    turned = on_sheet(shapes[rows], view)
    turned = shapely.make_valid(turned) if len(rows) and not shapely.is_valid(turned).all() else turned
    turned = shapely.simplify(turned, view.m(THINNED_MM)) if len(rows) else turned
    inside = shapely.intersects(turned, frame)
    kept = turned[inside]
    cut = ~shapely.within(kept, frame)
    kept[cut] = shapely.intersection(kept[cut], frame)
    return kept, rows[inside]


def path_of(shapes: Shapes) -> Any:
    """Return polygons or lines as one matplotlib path; None where there is nothing of either.

    Examples
    --------
    >>> path_of(np.array([shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1)])).codes.tolist()
    [1, 2, 2, 2, 79, 1, 2, 2, 2, 79]
    >>> path_of(np.array([shapely.Point(0, 0)])) is None
    True
    """
    from matplotlib.path import Path

    parts = shapely.get_parts(shapely.get_parts(np.asarray(shapes, dtype=object)))
    parts = parts[~shapely.is_empty(parts)]
    polygons = shapely.orient_polygons(parts[shapely.get_dimensions(parts) == 2])
    lines = parts[shapely.get_dimensions(parts) == 1]
    points, codes = [], []
    for pieces, end in ((shapely.get_rings(polygons), Path.CLOSEPOLY), (lines, Path.LINETO)):
        if len(pieces):
            found, code = _coded(pieces, end, Path)
            points.append(found)
            codes.append(code)
    return Path(np.concatenate(points), np.concatenate(codes)) if points else None


def _coded(pieces: Shapes, end: Any, path: Any) -> tuple[Floats, NDArray[np.uint8]]:
    """Return the points of rings or lines and what a pen does at each."""
    points, of_piece = shapely.get_coordinates(pieces, return_index=True)
    starts = np.flatnonzero(np.r_[True, np.diff(of_piece) > 0])
    codes = np.full(len(points), path.LINETO, dtype=np.uint8)
    codes[np.r_[starts[1:] - 1, len(points) - 1]] = end
    codes[starts] = path.MOVETO
    return points, codes


def draw_path(axes: Any, path: Any, **look: Any) -> None:
    """Draw a path as one patch of that look; None draws nothing."""
    from matplotlib.patches import PathPatch

    if path is not None:
        axes.add_artist(PathPatch(path, **look))  # not add_patch, which measures every bend for limits that are set already
