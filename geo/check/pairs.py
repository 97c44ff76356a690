"""Which polygons share ground, and how much of it.

Assumption: neighbours that share a border to within rounding (`geo.measure.CONTACT_M2`) do not overlap.
"""

from __future__ import annotations

from typing import NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from shapely import STRtree

from geo.check.rings import Floats, Ints, Objects
from geo.measure import CONTACT_M2, areas_m2


class Pairs(NamedTuple):
    """Parts of polygons that share ground: their indices, the piece they share [EPSG:4326] and its area [m²]; each shape (k,)."""

    left: Ints
    right: Ints
    piece: Objects
    shared_m2: Floats


def pairs_of(shapes: Objects, others: Objects | None = None) -> Pairs:
    """Return the pairs of valid polygons in EPSG:4326 that share more than 1 m².

    Parameters
    ----------
    shapes : array of Geometry, shape (n,)
    others : array of Geometry, optional
        Without them each pair of `shapes` is taken once.

    Examples
    --------
    >>> west, east = shapely.box(127, 38, 127.002, 38.001), shapely.box(127.001, 38, 128, 39)
    >>> left, right, piece, shared_m2 = pairs_of(np.array([west, east]))
    >>> left.tolist(), right.tolist(), round(float(shared_m2[0]))
    ([0], [1], 9749)
    """
    left, right = STRtree(shapes if others is None else others).query(shapes, predicate="intersects")
    if others is None:
        left, right = left[left < right], right[left < right]
    beside = shapes if others is None else others
    piece = np.asarray(shapely.intersection(shapes[left], beside[right]), dtype=object)
    shared_m2 = areas_m2(gpd.GeoSeries(piece, crs=4326))
    real = shared_m2 > CONTACT_M2
    return Pairs(left[real], right[real], piece[real], shared_m2[real])
