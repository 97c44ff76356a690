"""Stage by a synthetic rating: how high a reach must stand to carry a flow, from the shape of its own valley.

Assumption: flow is uniform along a reach (Manning), its section is the valley's mean (after Zheng et al. 2018), and the flow
of a return period follows the drainage area. Its limit: the channel below the water line of the terrain model is not seen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError
from geo.flood.corridor import flood_over_mean
from geo.flood.network import RiverNetwork
from geo.flood.parameters import FloodParameters
from geo.flood.scenario import FloodScenario
from geo.flood.stage import rating, stage_of_flow
from geo.flood.terrain import cell_areas_m2, hand_m, needs_depth, slope_deg
from geo.flood.valley import Valley

Floats = NDArray[np.float64]

HEIGHTS_M = np.arange(0.0, 40.25, 0.25)


def rated(
    scenario: FloodScenario, network: RiverNetwork, terrain: Valley | None, params: FloodParameters, members: int = 1
) -> FloodScenario:
    """Return the scenario with the rated stage of every mapped reach on the terrain; stages that it gives itself stay.

    Raises
    ------
    ConfigError
        Without terrain, for annual values, or for more than one member.
    """
    if terrain is None or scenario.annual:
        raise ConfigError(
            'rating = "synthetic"',
            expected="one flood on a terrain model",
            found="annual values" if scenario.annual else "no terrain",
            mend='give a terrain model, or set rating = "growth"',
        )
    if members > 1:
        raise ConfigError(
            'rating = "synthetic"',
            expected="one run: a rated stage has no band",
            found=f"{members} members",
            mend='leave out --members, or set rating = "growth"',
        )
    stages = rated_stages(network, terrain, scenario.return_period_yr, params)
    return replace(scenario, stage_m=stages | dict(scenario.stage_m))


def rated_stages(network: RiverNetwork, terrain: Valley, return_period_yr: float, params: FloodParameters) -> dict[str, float]:
    """Return the stage [m] by reach id at the central parameters; reaches off the terrain are left out.

    Only land that drains straight to a reach's own channel counts, and of the channel the part on the terrain.

    Raises
    ------
    DataError
        If heights come in steps above 1 m, or a flow stands higher than `HEIGHTS_M` tells.
    """
    needs_depth(terrain.dem)
    channel = terrain.drainage.channel[0]
    own = (channel >= 0) & (terrain.mapped[np.maximum(channel, 0)] >= 0)
    hand = hand_m(terrain.dem.z_m, terrain.drainage)[0]
    low = np.flatnonzero(own & (hand < HEIGHTS_M[-1]))
    reach_of = terrain.mapped[channel[low]]
    order = np.argsort(reach_of, kind="stable")
    reaches, first = np.unique(reach_of[order], return_index=True)
    area, steep = cell_areas_m2(terrain.dem).ravel(), slope_deg(terrain.dem.z_m, terrain.dem.cell_m).ravel()
    flow, length_m = flow_m3s(network.area_km2, return_period_yr, params), _lengths_m(network, terrain)
    stages, too_high = {}, []
    for reach, cells in zip(reaches, np.split(low[order], first[1:]), strict=True):
        table = rating(
            hand[cells],
            area[cells],
            float(terrain.slope[reach]),
            length_m[reach],
            HEIGHTS_M,
            params.n_flood.value,
            side_slope=np.tan(np.radians(np.nan_to_num(steep[cells]))),
        )
        if flow[reach] > table[-1]:
            too_high.append(str(network.ids[reach]))
        else:
            stages[str(network.ids[reach])] = float(stage_of_flow(np.array(flow[reach]), table, HEIGHTS_M))
    if too_high:
        raise DataError(
            "synthetic rating", where=", ".join(too_high), expected=f"stages below {HEIGHTS_M[-1]:g} m", found="higher ones",
            mend='look at the terrain there, or set rating = "growth"',
        )  # fmt: skip
    return stages


def _lengths_m(network: RiverNetwork, terrain: Valley) -> Floats:
    """Return the length [m] of each reach on the terrain, (R,)."""
    height, width = terrain.dem.z_m.shape
    grid = terrain.dem.transform
    frame = shapely.box(grid.c, grid.f + grid.e * height, grid.c + grid.a * width, grid.f)
    return np.asarray(shapely.length(shapely.intersection(np.array(network.frame.geometry.values, dtype=object), frame)))


def flow_m3s(area_km2: Floats, return_period_yr: float, params: FloodParameters) -> Floats:
    """Return the flood flow [m3/s] of drainage areas: the 2-year flow, grown by the law of annual floods.

    Examples
    --------
    >>> flow_m3s(np.array([100.0]), 2.0, FloodParameters()).tolist()
    [100.0]
    """
    cv = np.array(params.cv_gumbel.value)
    grown = flood_over_mean(np.array(return_period_yr), cv) / flood_over_mean(np.array(2.0), cv)
    return np.asarray(params.q2_m3s_km2.value * area_km2 * grown)
