"""How high a flood stands above its drainage: by drainage area and return period, by a synthetic rating, by an extent.

Assumption: the 100-year stage grows with the drainage area (km2) as ``a100 A^a_exp``, and the stage of other floods with the
flow of a Gumbel law, everywhere alike. A rating assumes uniform flow along the reach. Its limit: reading the published law as
the 100-year stage is itself assumed; dams, levees, backwater and tides are not in it, so give a gauge's stage where there is one.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import DataError
from geo.flood.corridor import EULER_GAMMA, growth
from geo.flood.parameters import Draw

Floats = NDArray[np.float64]

_GUMBEL_SD = math.pi / math.sqrt(6)
_VARIATE_100 = (-math.log(-math.log1p(-1 / 100)) - EULER_GAMMA) / _GUMBEL_SD  # of 100 years: mean 0, sd 1


def stage_m(area_km2: ArrayLike, return_period_yr: float, draw: Draw) -> Floats:
    """Return the stage above the drainage [m] (..., M): ``a100 A^a_exp g(T)``.

    Parameters
    ----------
    area_km2 : (...) float
        Drainage area in km2, where ``a100`` is 0.631 m. The published law, 0.01 m, takes m2; to put 1 for ``a100`` with km2,
        as some codes do, floods 1.585 times too deep.
    return_period_yr : float
        Above 1.
    draw : mapping
        ``a100``, ``a_exp``, ``cv_gumbel`` and ``f_stage`` are used.

    Raises
    ------
    DataError
        If an area is negative or missing.
    ConfigError
        If the return period is not above 1.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> stage_m([1.0, 1000.0], 100, FloodParameters().central())[:, 0].round(6).tolist()
    [0.630957, 5.011872]
    """
    return _stage_100_m(area_km2, draw) * growth(return_period_yr, draw["cv_gumbel"], draw["f_stage"])


def growth_of_stage(stage_m: ArrayLike, area_km2: ArrayLike, draw: Draw) -> Floats:
    """Return a given stage over that of 100 years (..., M), so that corridors widen as the water rises.

    Parameters
    ----------
    stage_m : (..., 1) or (..., M) float
    area_km2 : (...) float
    draw : mapping

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> growth_of_stage([10.023745], 1000.0, FloodParameters().central()).round(6).tolist()
    [2.0]
    """
    return np.asarray(stage_m, dtype=float) / _stage_100_m(area_km2, draw)


def exceedance_per_yr(hand_m: ArrayLike, area_km2: ArrayLike, draw: Draw) -> Floats:
    """Return the probability that a year's flood reaches a height above the drainage (..., M): `stage_m` inverted.

    Parameters
    ----------
    hand_m, area_km2 : (...) float
        Height above the drainage and the area it drains; broadcast.
    draw : mapping

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> exceedance_per_yr([0.0, 5.0118723], 1000.0, FloodParameters().central())[:, 0].round(6).tolist()
    [1.0, 0.01]
    """
    hand = np.asarray(hand_m, dtype=float)[..., None]
    cv = draw["cv_gumbel"]
    flow = (np.maximum(hand, 0.0) / _stage_100_m(area_km2, draw)) ** (1 / draw["f_stage"]) * (1 + cv * _VARIATE_100)
    variate = _GUMBEL_SD * (flow - 1) / cv + EULER_GAMMA
    return np.where(hand <= 0, 1.0, -np.expm1(-np.exp(np.minimum(-variate, 700.0))))


def _stage_100_m(area_km2: ArrayLike, draw: Draw) -> Floats:
    area = np.asarray(area_km2, dtype=float)[..., None]
    if not (area >= 0).all():
        raise DataError("stage", where="area_km2", expected="drainage areas of at least 0 km2", found="negative or missing")
    return np.asarray(draw["a100"] * area ** draw["a_exp"])


def manning_m3s(area_m2: Floats, perimeter_m: Floats, slope: float, n_manning: float) -> Floats:
    """Return the uniform flow [m3/s] through cross-sections: ``A (A / P)^(2/3) S^(1/2) / n``, 0 where dry.

    Examples
    --------
    >>> float(manning_m3s(np.array(200.0), np.array(200.0), 0.01, 0.1))
    200.0
    """
    radius = area_m2 / np.where(perimeter_m > 0, perimeter_m, 1.0)
    return np.asarray(area_m2 * radius ** (2 / 3) * math.sqrt(slope) / n_manning)


def rating(
    hand_m: ArrayLike,
    area_m2: ArrayLike,
    slope: float,
    length_m: float,
    heights_m: ArrayLike,
    n_manning: float,
    *,
    side_slope: ArrayLike = 0.0,
) -> Floats:
    """Return the flow [m3/s] of a reach at each stage, from the cells that drain to it (Zheng et al. 2018).

    Where the ground widens suddenly the formula's flow falls as the stage rises; the largest so far is kept, so the table
    never falls.

    Parameters
    ----------
    hand_m, area_m2 : (n,) float
        Height above the drainage and plan area of the reach's cells.
    slope, length_m : float
        Of the reach.
    heights_m : (K,) float
        Stages, rising.
    n_manning : float
        Roughness.
    side_slope : (n,) float
        Slope of the ground in each cell, rise over run, which lengthens the wetted perimeter.

    Returns
    -------
    (K,) float

    Examples
    --------
    >>> rating([0.0], [1000.0], 0.01, 100.0, [0.0, 1.0, 8.0], 0.1).round(9).tolist()
    [0.0, 10.0, 320.0]
    """
    hand, area, heights = (np.asarray(values, dtype=float) for values in (hand_m, area_m2, heights_m))
    if not (np.isfinite(hand).all() and (area > 0).all() and slope > 0 and length_m > 0 and n_manning > 0):
        raise DataError("rating", expected="known heights, areas, slope, length and roughness above 0", found="others")
    if not (np.diff(heights) > 0).all():
        raise DataError("rating", where="heights_m", expected="rising stages", found="others")
    rank = np.argsort(hand, kind="stable")
    wet = np.searchsorted(hand[rank], heights, side="left")  # cells lower than the stage
    ground = area * np.hypot(1.0, np.asarray(side_slope, dtype=float))
    plan, volume, bed = (np.append(0.0, np.cumsum(each[rank]))[wet] for each in (area, area * hand, ground))
    section = np.maximum(heights * plan - volume, 0.0) / length_m
    flow = manning_m3s(section, bed / length_m, slope, n_manning)
    return np.asarray(np.maximum.accumulate(flow))


def stage_of_flow(flow_m3s: ArrayLike, table_m3s: Floats, heights_m: Floats) -> Floats:
    """Return the stage [m] of flows (...) by a reach's `rating`; between rows ``Q^(3/8)`` is linear, as in a valley.

    Raises
    ------
    DataError
        If a flow is negative or exceeds the table, or the table falls.

    Examples
    --------
    >>> stage_of_flow([0.0, 2.0**(8 / 3)], np.array([0.0, 4.0**(8 / 3)]), np.array([0.0, 4.0])).round(9).tolist()
    [0.0, 2.0]
    """
    flow = np.asarray(flow_m3s, dtype=float)
    if (np.diff(table_m3s) < 0).any():
        raise DataError("rating", where="table_m3s", expected="flows that never fall", found="a fall")
    if not ((flow >= table_m3s[0]) & (flow <= table_m3s[-1])).all():
        bounds = f"{table_m3s[0]:g} to {table_m3s[-1]:g} m3/s"
        raise DataError("rating", where="flow", expected=bounds, found="beyond it", mend="tabulate more stages")
    rising, first = np.unique(table_m3s, return_index=True)
    return np.asarray(np.interp(flow**0.375, rising**0.375, heights_m[first]))


def flood_depth_m(z_m: Floats, inside: NDArray[np.bool_]) -> Floats:
    """Return the depth [m] (ny, nx) of a flood known by its extent, 0 outside (FwDET, Cohen et al. 2019).

    The water stands as high as the ground at the nearest cell of the extent's edge. Cells at the edge of the grid are no edge
    of the flood.

    Parameters
    ----------
    z_m : (ny, nx) float
        Ground on a square grid, NaN where unknown; the depth is NaN there, inside.
    inside : (ny, nx) bool
        Cells whose centre lies in the flood.

    Raises
    ------
    DataError
        If the flood has no edge with a known height.

    Examples
    --------
    >>> flood_depth_m(np.array([[3.0, 2.0, 0.0, 2.0, 3.0]]), np.array([[False, True, True, True, False]])).tolist()
    [[0.0, 0.0, 2.0, 0.0, 0.0]]
    """
    from scipy.ndimage import binary_erosion, distance_transform_edt

    edge = inside & ~binary_erosion(inside, border_value=1) & ~np.isnan(z_m)
    if inside.any() and not edge.any():
        raise DataError("flood extent", where="edge", expected="dry ground within the terrain", found="none")
    if not inside.any():
        return np.zeros(z_m.shape)
    row, col = distance_transform_edt(~edge, return_distances=False, return_indices=True)
    return np.where(inside, np.maximum(z_m[row, col] - z_m, 0.0), 0.0)
