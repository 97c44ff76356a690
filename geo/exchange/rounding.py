"""Coordinates rounded to so many decimals, and to more where a shape would break.

Assumption: a shape that was valid must be valid after rounding; a needle thinner than the last decimal is not, so it alone keeps
more decimals, as few as make it valid. Limit: with 15 decimals numbers stand as they are.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

MOST_DECIMALS = 15
Ints = NDArray[np.int64]
Objects = NDArray[np.object_]


def decimals_kept(shapes: Any, decimals: int) -> Ints:
    """Return how many decimals each shape keeps: `decimals`, or more where it is valid and would not be so any more.

    Parameters
    ----------
    shapes : array of Geometry, shape (n,)
        None where missing.
    decimals : int
        Wanted.

    Examples
    --------
    >>> needle = shapely.Polygon([(0, 0), (1, 0.00000002), (2, 0)])
    >>> decimals_kept([shapely.box(0, 0, 1, 1), needle, None], 6).tolist()
    [6, 8, 6]
    """
    own: Objects = np.array(shapes, dtype=object)
    kept = np.full(len(own), decimals, dtype=np.int64)
    broken = np.flatnonzero(~shapely.is_valid(_rounded(own, decimals)) & ~shapely.is_missing(own))
    broken = broken[shapely.is_valid(own[broken])]
    for more in range(decimals + 1, MOST_DECIMALS + 1):
        if not broken.size:
            break
        kept[broken] = more
        broken = broken[~shapely.is_valid(_rounded(own[broken], more))]
    return kept


def rounded(shapes: Any, decimals: Ints) -> Objects:
    """Return shapes with so many decimals each, as `decimals_kept` tells them.

    Examples
    --------
    >>> [shape.wkt for shape in rounded(np.array([shapely.Point(1 / 3, 2 / 3)] * 2, dtype=object), np.array([2, 4]))]
    ['POINT (0.33 0.67)', 'POINT (0.3333 0.6667)']
    """
    made: Objects = np.array(shapes, dtype=object)
    for number in np.unique(decimals):
        there = np.flatnonzero(decimals == number)
        made[there] = _rounded(made[there], int(number))
    return made


def _rounded(shapes: Objects, decimals: int) -> Objects:
    if decimals >= MOST_DECIMALS:
        return shapes
    return np.asarray(shapely.transform(shapes, lambda points: np.round(points, decimals) + 0.0), dtype=object)
