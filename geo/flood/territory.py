"""Which reach a place belongs to: the nearest of those whose corridor holds it.

Assumption: nearness to a line is nearness to points set along it, at most a quarter of its half-width or 250 m apart.
Its limit: the border between two reaches is off by a few metres close to their channels.
"""

from __future__ import annotations

import itertools

import numpy as np
import shapely
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Shapes = NDArray[np.object_]

WIDER = 1.05  # a corridor this much wider than its neighbour's reaches beyond it


def territories(lines: Shapes, half_m: Floats, buffers: Shapes) -> Shapes:
    """Return a partition of the buffers' places, one shape a line.

    First every place goes to its nearest line. Where that one's own buffer does not reach, near the mouth of a small
    river, the place goes on to the nearest of the wider corridors that do.

    Parameters
    ----------
    lines, buffers : (n,) shapes
        Lines in a projected CRS and their buffers.
    half_m : (n,) float
        Half-widths of the buffers.
    """
    region = _nearest(lines, half_m)
    wide, narrow = shapely.STRtree(region).query(buffers, predicate="intersects")
    pairs = half_m[wide] > WIDER * half_m[narrow]
    wide, narrow = wide[pairs], narrow[pairs]
    rest = shapely.difference(shapely.intersection(buffers[wide], region[narrow]), buffers[narrow])
    wide, rest = wide[shapely.area(rest) > 0], rest[shapely.area(rest) > 0]
    takers = np.unique(wide)
    if len(takers) == 0:
        return region
    among = territories(lines[takers], half_m[takers], buffers[takers])  # fewer lines: the narrowest never takes
    gained = shapely.intersection(rest, among[np.searchsorted(takers, wide)])
    for taker in takers:
        region[taker] = shapely.union_all([region[taker], *gained[wide == taker]])
    return region


def _nearest(lines: Shapes, half_m: Floats) -> Shapes:
    """Return, for each line, the places nearer to it than to any other: its points' Voronoi cells joined."""
    step_m = np.clip(half_m / 4, 25.0, 250.0)
    count = np.maximum(2, np.ceil(shapely.length(lines) / step_m)).astype(int)
    owner = np.repeat(np.arange(len(lines)), count)
    k = np.arange(len(owner)) - np.repeat(np.cumsum(count) - count, count)
    points = shapely.line_interpolate_point(lines[owner], (k + 0.5) / count[owner], normalized=True)
    place = np.round(shapely.get_coordinates(points), 3)
    _, first = np.unique(place, axis=0, return_index=True)
    keep = np.sort(first)
    frame = shapely.box(*(shapely.total_bounds(lines) + np.array([-1, -1, 1, 1]) * 2 * half_m.max()))
    cells = shapely.voronoi_polygons(shapely.multipoints(place[keep]), extend_to=frame, ordered=True)
    parts = np.array(shapely.get_parts(cells), dtype=object)
    starts = np.searchsorted(owner[keep], np.arange(len(lines) + 1))
    return np.array([shapely.coverage_union_all(parts[low:high]) for low, high in itertools.pairwise(starts)])
