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
from geo.flood.sensitivity import first_order_given_data, one_at_a_time, ranking, sobol
from layers.displacement import flood_sources, ranked
from layers.request import FloodOptions
from layers.rivers import flood_parameters
from layers.scene import Scene, scenario_asked, valley

Floats = NDArray[np.float64]

WIDTHS = 200  # members from which the widths of the corridors are taken
CLEAR = 3.0  # standard errors of a share that is none
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
    high = top_zones(carry(prepared, params.central()))
    names = quantity_names(sources["origin"])

    def run(drawn: Draw) -> Floats:
        return quantities(carry(prepared, drawn), high)

    return ranking(sobol(params, run, names, base, rng), one_at_a_time(params, run, names))


def shares_of_variance(result: Result) -> pd.DataFrame:
    """Return the first-order share of the drawn parameters in the variance of the answers, from an ensemble at hand.

    Only shares that stand out of the estimate's noise are told. Columns as in
    `geo.flood.sensitivity.first_order_given_data`, plus ``tag`` and ``prior`` of the parameter.
    """
    names = quantity_names(pd.Series(sorted(result.mobilised)))
    table = first_order_given_data(result.draw, quantities(result, top_zones(result)), names)
    table = table[table["first"] > CLEAR * table["noise"]].reset_index(drop=True)
    about = pd.DataFrame(result.params.table()).set_index("name")
    return table.assign(tag=table["parameter"].map(about["tag"]), prior=table["parameter"].map(about["prior"]))


def quantity_names(origins: pd.Series) -> list[str]:
    """Return the names of the quantities of each origin, in their order."""
    return [f"{origin} {quantity}" for origin in sorted(origins.unique()) for quantity in QUANTITIES]


def top_zones(result: Result) -> pd.MultiIndex:
    """Return the densest zones that hold the first share of each origin's deposit, see `zone_keys`."""
    zones, shares = result.zones, result.params.class_shares.value
    first = np.zeros(len(zones), dtype=bool)
    for origin in result.density:
        mine = np.flatnonzero((zones["origin"] == origin).to_numpy() & ~zones["estuary"].to_numpy(bool))
        density, km2 = zones["items_km2"].to_numpy(float)[mine, None], zones["area_m2"].to_numpy(float)[mine] / 1e6
        first[mine] = ranked(density, km2, shares)[:, 0] == 0
    return zone_keys(zones[first])


def zone_keys(zones: pd.DataFrame) -> pd.MultiIndex:
    """Return what tells zones apart: origin, line, band, and whether they lie on terrain, which may cover half a reach."""
    return pd.MultiIndex.from_frame(zones[["origin", "line", "band"]].assign(terrain=zones["inner_m"].isna()))


def quantities(result: Result, high: pd.MultiIndex) -> Floats:
    """Return the quantities of each origin by member, (3 origins, M)."""
    told = []
    for ledger in result.ledgers:
        moved = ledger.mobilised.sum(axis=0)
        away = (ledger.estuary + ledger.sea).sum(axis=0)
        own = result.zones[result.zones["origin"] == ledger.origin]
        items = result.density[ledger.origin] * own["area_m2"].to_numpy(float)[:, None]
        chosen = zone_keys(own).isin(high)
        told += [moved, _share(away, moved), _share(items[chosen].sum(axis=0), items.sum(axis=0))]
    return np.array(told)


def _share(part: Floats, whole: Floats) -> Floats:
    return np.divide(part, whole, out=np.zeros_like(whole), where=whole > 0)
