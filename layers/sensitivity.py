"""Which of the assumed numbers matter: the flood model run again and again with other draws.

Assumption: the cells are those of the widest draw, and the sources stay at their expectation; layouts are not among the
parameters told here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.flood import Result
from geo.flood.displace import carry, prepare
from geo.flood.ensemble import draw
from geo.flood.parameters import Draw
from geo.flood.priors import uncertain
from geo.flood.sensitivity import one_at_a_time, ranking, sobol
from layers.displacement import classes, flood_sources
from layers.request import FloodOptions
from layers.rivers import flood_parameters
from layers.scene import Scene, scenario_asked, valley

Floats = NDArray[np.float64]

WIDTHS = 200  # members from which the widths of the corridors are taken
QUANTITIES = ("mobilised", "share_to_estuary_or_sea", "share_in_high_zones")


def sensitivity(here: Scene, options: FloodOptions, base: int, seed: int) -> pd.DataFrame:
    """Return how much each uncertain parameter moves the answers, most first.

    Parameters
    ----------
    here : Scene
    options : FloodOptions
        Terrain and flood; the members play no part.
    base : int
        Runs a parameter of the Sobol design.
    seed : int

    Returns
    -------
    DataFrame
        For each origin and quantity (what is mobilised; its share that reaches the estuary or the sea; the share of the
        deposit in the zones that the central run ranks high) and parameter: first-order and total Sobol index with their
        standard errors, and the swing from its 5 to its 95 % value alone.
    """
    params = flood_parameters(here.area.settings)
    rng = np.random.default_rng(seed)
    sources, _ = flood_sources(here.area, here.sources, here.north)
    prepared = prepare(
        here.network,
        sources,
        draw(params, WIDTHS, rng),
        terrain=valley(here.area, here.network, options.dem) if options.dem else None,
        land=here.ground.land,
        scenario=scenario_asked(here, options),
        params=params,
    )
    central = carry(prepared, params.central())
    high = central.zones[classes(central) == "high"].set_index(["origin", "line", "band"]).index
    origins = [ledger.origin for ledger in central.ledgers]
    names = [f"{origin} {quantity}" for origin in origins for quantity in QUANTITIES]

    def run(drawn: Draw) -> Floats:
        return quantities(carry(prepared, drawn), high)

    return ranking(sobol(params, run, names, base, rng), one_at_a_time(params, run, names))


def quantities(result: Result, high: pd.MultiIndex) -> Floats:
    """Return the quantities of each origin by member, (3 origins, M)."""
    told = []
    for ledger in result.ledgers:
        moved = ledger.mobilised.sum(axis=0)
        away = (ledger.estuary + ledger.sea).sum(axis=0)
        own = result.zones[result.zones["origin"] == ledger.origin]
        items = result.density[ledger.origin] * own["area_m2"].to_numpy(float)[:, None]
        chosen = own.set_index(["origin", "line", "band"]).index.isin(high)
        told += [moved, _share(away, moved), _share(items[chosen].sum(axis=0), items.sum(axis=0))]
    return np.array(told)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)


def uncertain_names(here: Scene) -> list[str]:
    """Return the parameters that have a prior."""
    return list(uncertain(flood_parameters(here.area.settings)))
