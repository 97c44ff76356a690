"""Simple rules that a flood model must beat, as scores on a regular grid of cells.

Assumption: roads and levees are not in the shipped data, so where people go and search is told by the distance to
mapped rivers, the shore and named places. Its limit: that is a guess at effort, not a record of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.flood.items import Parameter

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

BASELINES = {
    "B0": "uniform in the provinces with mined land",
    "B1": "fixed buffer around every mapped river",
    "B2": "decay with distance from the nearest mapped river",
    "B3": "height above nearest drainage below a limit, uniform",
    "B4": "every corridor downstream of source land, uniform",
    "B5": "search effort alone",
}


@dataclass(frozen=True, slots=True)
class HindcastParameters:
    """What the hindcast takes for granted; fixed before any result was seen.

    Examples
    --------
    >>> HindcastParameters().buffer_km.value, HindcastParameters().buffer_km.tag
    (1.0, 'assumed')
    """

    cell_m: Parameter[float] = Parameter(250.0, "m", "assumed", "side of a cell")
    place_share: Parameter[float] = Parameter(0.9, "1", "assumed", "uncertainty_km holds the place nine times in ten")
    most_uncertain_km: Parameter[float] = Parameter(10.0, "km", "assumed", "finds known worse than this are not scored")
    least_inside: Parameter[float] = Parameter(0.1, "1", "assumed", "finds with less of their mass in the area are not scored")
    cluster_km: Parameter[float] = Parameter(20.0, "km", "assumed", "finds of one flood nearer than this count as one")
    buffer_km: Parameter[float] = Parameter(1.0, "km", "assumed", "B1: width of the buffer on each bank")
    far_km: Parameter[float] = Parameter(10.0, "km", "assumed", "B2, B5: all that is farther counts as equally far")
    hand_m: Parameter[float] = Parameter(5.0, "m", "assumed", "B3: limit of the height above nearest drainage")
    effort_river_km: Parameter[float] = Parameter(1.0, "km", "assumed", "B5: decay of effort from a mapped river")
    effort_shore_km: Parameter[float] = Parameter(1.0, "km", "assumed", "B5: decay of effort from the shore")
    effort_place_km: Parameter[float] = Parameter(2.0, "km", "assumed", "B5: decay of effort from a named place")
    reach_river_km: Parameter[float] = Parameter(2.0, "km", "assumed", "effort-matched area: this near to a mapped river")
    reach_shore_km: Parameter[float] = Parameter(2.0, "km", "assumed", "effort-matched area: or to the shore")
    reach_place_km: Parameter[float] = Parameter(5.0, "km", "assumed", "effort-matched area: or to a named place")
    floor: Parameter[float] = Parameter(0.05, "1", "assumed", "uniform part of the likelihood that weighs members")

    def table(self) -> list[dict[str, str]]:
        """Return one row a parameter, as text: name, value, unit, tag, source."""
        held = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return [
            {"name": f"hindcast.{name}", "value": f"{p.value}", "unit": p.unit, "tag": p.tag, "source": p.source}
            for name, p in held
        ]


def distance_km(spots: NDArray[np.object_], shapes: Sequence[shapely.Geometry] | NDArray[np.object_], far_km: float) -> Floats:
    """Return the distance of each spot to the nearest of the points and lines, at most ``far_km``.

    Parameters
    ----------
    spots : (n,) Point
    shapes : (k,) points or lines
        In the same projected CRS.
    far_km : float

    Examples
    --------
    >>> distance_km(shapely.points([(0, 3e3), (0, 9e4)]), [shapely.LineString([(-9e3, 0), (9e3, 0)])], 10.0).tolist()
    [3.0, 10.0]
    """
    distance = np.full(len(spots), far_km)
    if len(shapes) and len(spots):
        tree = shapely.STRtree(_segments(np.asarray(shapes, dtype=object)))
        (spot, _), near_m = tree.query_nearest(spots, max_distance=1e3 * far_km, return_distance=True, all_matches=False)
        distance[spot] = near_m / 1e3
    return distance


def _segments(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return points as they are and lines cut at every vertex: short pieces make a quick index."""
    parts = shapely.get_parts(shapes)
    lines = shapely.get_dimensions(parts) == 1
    points, line = shapely.get_coordinates(parts[lines], return_index=True)
    step = line[1:] == line[:-1]
    pieces = shapely.linestrings(np.stack([points[:-1][step], points[1:][step]], axis=1)) if step.any() else []
    return np.concatenate([parts[~lines], np.asarray(pieces, dtype=object)])


def in_mined_units(unit: NDArray[np.int32], mined: Floats) -> Floats:
    """Return B0: 1 in every administrative unit with mined land, else 0; inside a unit nothing is known.

    Parameters
    ----------
    unit : (n,) int
        The unit of each cell; -1 is none.
    mined : (U,) float
        Mined land of each unit, in any measure.

    Examples
    --------
    >>> in_mined_units(np.array([0, 0, 1, -1], np.int32), np.array([4.0, 0.0])).tolist()
    [1.0, 1.0, 0.0, 0.0]
    """
    return np.append(mined > 0, False)[unit].astype(float)


def effort(river_km: Floats, shore_km: Floats, place_km: Floats, params: HindcastParameters) -> Floats:
    """Return B5: assumed search effort, ``1 - prod(1 - exp(-d / l))`` over river, shore and place.

    Examples
    --------
    >>> effort(np.zeros(1), np.ones(1), np.ones(1), HindcastParameters()).tolist()
    [1.0]
    """
    scales = (params.effort_river_km.value, params.effort_shore_km.value, params.effort_place_km.value)
    miss = [-np.expm1(-d / scale) for d, scale in zip((river_km, shore_km, place_km), scales, strict=True)]
    return np.asarray(1 - np.prod(miss, axis=0))


def searched(river_km: Floats, shore_km: Floats, place_km: Floats, params: HindcastParameters) -> Flags:
    """Return the effort-matched area: what is near enough to a river, the shore or a place."""
    return np.asarray(
        (river_km <= params.reach_river_km.value)
        | (shore_km <= params.reach_shore_km.value)
        | (place_km <= params.reach_place_km.value)
    )


def low_ground(hand_m: Floats, params: HindcastParameters) -> Floats:
    """Return B3: 1 below the limit of height above nearest drainage, else 0.

    Raises
    ------
    DataError
        If no cell has a height.
    """
    if np.isnan(hand_m).all():
        raise DataError("height above nearest drainage", expected="a height in some cell", found="none")
    return np.where(hand_m <= params.hand_m.value, 1.0, 0.0)
