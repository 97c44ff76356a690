"""Stage by a synthetic rating: how high a reach must stand to carry a flow, from the shape of its own valley.

Assumption: flow is uniform along a reach (Manning), its section is the valley's mean (after Zheng et al. 2018), and the flow
of a return period follows the drainage area. Its limit: the channel below the water line of the terrain model is not seen.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConfigError
from geo.flood.corridor import flood_over_mean
from geo.flood.network import RiverNetwork
from geo.flood.parameters import FloodParameters
from geo.flood.scenario import FloodScenario
from geo.flood.stage import rating, stage_of_flow
from geo.flood.terrain import cell_areas_m2, hand_m
from geo.flood.valley import Valley

Floats = NDArray[np.float64]

HEIGHTS_M = np.arange(0.0, 40.25, 0.25)


def rated(scenario: FloodScenario, network: RiverNetwork, terrain: Valley | None, params: FloodParameters) -> FloodScenario:
    """Return the scenario with the rated stage of every mapped reach on the terrain; stages that it gives itself stay.

    Raises
    ------
    ConfigError
        Without terrain, or for annual values.
    """
    if terrain is None or scenario.annual:
        raise ConfigError(
            'rating = "synthetic"',
            expected="one flood on a terrain model",
            found="annual values" if scenario.annual else "no terrain",
            mend='give a terrain model, or set rating = "growth"',
        )
    stages = rated_stages(network, terrain, scenario.return_period_yr, params)
    return replace(scenario, stage_m=stages | dict(scenario.stage_m))


def rated_stages(network: RiverNetwork, terrain: Valley, return_period_yr: float, params: FloodParameters) -> dict[str, float]:
    """Return the stage [m] by reach id at the central parameters; reaches without cells are left out."""
    hand = hand_m(terrain.dem.z_m, terrain.drainage)[0]
    area = cell_areas_m2(terrain.dem).ravel()
    low = np.flatnonzero((terrain.drainage.reach >= 0) & (hand < HEIGHTS_M[-1]))
    order = low[np.argsort(terrain.drainage.reach[low], kind="stable")]
    reaches, first = np.unique(terrain.drainage.reach[order], return_index=True)
    flow = flow_m3s(network.area_km2, return_period_yr, params)
    stages = {}
    for reach, cells in zip(reaches, np.split(order, first[1:]), strict=True):
        table = rating(
            hand[cells].astype(float),
            area[cells].astype(float),
            float(terrain.slope[reach]),
            1000 * float(network.length_km[reach]),
            HEIGHTS_M,
            params.n_flood.value,
        )
        stages[str(network.ids[reach])] = float(stage_of_flow(np.array(min(flow[reach], table[-1])), table, HEIGHTS_M))
    return stages


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
