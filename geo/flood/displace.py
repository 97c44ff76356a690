"""The flood-displacement model: sources in, items per reach and zone out, with an account of every item.

One pipeline, whatever is supplied: corridors stand for flood zones where no terrain is known, one member stands for the
ensemble where none is asked for. Every array has the item class on its second and the ensemble member on its last axis.
Results are an index for ranking unless the number of items is known and the level is calibrated; they are never a
probability of harm.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import ConfigError, DataError
from geo.flood.cells import FloodCells, band_cells, corridor, joined
from geo.flood.ensemble import draw as draw_members
from geo.flood.estuary import beyond
from geo.flood.network import DAMS, RiverNetwork
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.rated import rated
from geo.flood.result import Origin, Result, summarised
from geo.flood.route import Ledger, route, travel_scale_km
from geo.flood.run import ITEM_COLUMNS, Run, usual_flood
from geo.flood.scenario import FloodScenario
from geo.flood.valley import Valley
from geo.flood.water import Water, waters

Floats = NDArray[np.float64]


def displace(
    network: RiverNetwork,
    sources: gpd.GeoDataFrame,
    *,
    terrain: Valley | None = None,
    land: shapely.Geometry | None = None,
    scenario: FloodScenario | None = None,
    params: FloodParameters | None = None,
    members: int = 1,
    rng: np.random.Generator | None = None,
    draw: Draw | None = None,
    layouts: Floats | None = None,
) -> Result:
    """Move items from source land down the rivers.

    Parameters
    ----------
    network : RiverNetwork
        Made from a GeoDataFrame of reaches in a projected CRS.
    sources : GeoDataFrame, J rows
        Polygons with a CRS; ``origin`` (text) and the expected items evenly spread over each: of every class ``n_B, n_N,
        n_H, n_D``, or in all ``n``, parted by the parameter ``mix_south`` or ``mix_north`` that bears the origin's name;
        ``units`` (text, optional; default ``index``).
    terrain : Valley, optional
        A terrain model drained to this network; without it corridors stand for flood zones.
    land : polygon, optional
        In the CRS of the network; cells are cut to it, the estuary's are not.
    scenario : FloodScenario, optional
        Default a 100-year flood.
    params : FloodParameters, optional
    members : int
        Of the ensemble; 1 takes the central value of every parameter.
    rng : Generator, optional
        Needed for more than one member.
    draw : mapping, optional
        Drawn parameters, instead of ``members`` and ``rng``.
    layouts : (J, M) float, optional
        Factor on the items of each source in each member.

    Raises
    ------
    ConfigError
        For an ensemble without random numbers.
    DataError
        If sources lack a CRS, columns or area, or have negative or missing items.
    """
    params = params or FloodParameters()
    drawn = draw_members(params, members, rng) if draw is None else draw
    return carry(prepare(network, sources, drawn, terrain=terrain, land=land, scenario=scenario, params=params), drawn, layouts)


@dataclass(frozen=True, slots=True)
class Prepared:
    """What does not change from draw to draw: network, sources, scenario, parameters, and the cells of the widest draw."""

    network: RiverNetwork
    units: gpd.GeoDataFrame
    scenario: FloodScenario
    params: FloodParameters
    cells: FloodCells
    terrain: Valley | None = None
    notes: tuple[str, ...] = ()


def prepare(
    network: RiverNetwork,
    sources: gpd.GeoDataFrame,
    draw: Draw,
    *,
    terrain: Valley | None = None,
    land: shapely.Geometry | None = None,
    scenario: FloodScenario | None = None,
    params: FloodParameters | None = None,
) -> Prepared:
    """Return the cells for the corridors of a draw, to run the model several times; the arguments are those of `displace`."""
    scenario, params = scenario or FloodScenario(), params or FloodParameters()
    if params.rating.value == "synthetic":
        scenario = rated(scenario, network, terrain, params, len(draw["psi"]))
    units = _units(network, sources)
    floods, middles = waters(network, scenario, draw), waters(network, scenario, params.central())
    usual = usual_flood(floods, scenario.return_period_yr)
    if terrain is None:
        cells = band_cells(corridor(network, floods, middles, usual, params, land=land), network, units, floods[usual])
    else:
        on_grid = terrain.cells(units, floods[-1], middles[usual], draw, params, land)
        covered = None if network.estuary.empty else terrain.outline(on_grid.raster)
        beside = corridor(network, floods, middles, usual, params, land=terrain.beside(land), covered=covered)
        cells = joined(band_cells(beside, network, units, floods[usual]), on_grid)
    return Prepared(network, units, scenario, params, cells, terrain, _left_out(floods[usual], cells, land))


def _left_out(water: Water, cells: FloodCells, land: shapely.Geometry | None) -> tuple[str, ...]:
    """Say how much of a supplied flood lies too far from every river to be one's."""
    if water.extent is None:
        return ()
    whole = water.extent if land is None else water.extent.intersection(land)
    held = float(cells.zones["area_m2"].sum())
    asked = float(measure.areas_m2(gpd.GeoSeries([whole], crs=cells.zones.crs)).sum())
    if held > 0.99 * asked:
        return ()
    return (f"of the supplied flood {(asked - held) / 1e6:,.1f} km2 lie beyond every mapped river's reach and are left out",)


def carry(prepared: Prepared, draw: Draw, layouts: Floats | None = None) -> Result:
    """Run the model on prepared cells with a draw of its parameters; ``layouts`` as in `displace`."""
    run = run_of(prepared, draw, layouts)
    moved, weights = run.first_pass()
    origins = tuple(_routed(run, name, moved[name]) for name in run.origins)
    return summarised(run, origins, weights, prepared.scenario)


def run_of(prepared: Prepared, draw: Draw, layouts: Floats | None = None) -> Run:
    """Return the run of prepared cells with a draw."""
    floods = waters(prepared.network, prepared.scenario, draw)
    return Run(
        network=prepared.network,
        cells=prepared.cells,
        floods=floods,
        draw=draw,
        params=prepared.params,
        units=prepared.units,
        layouts=layouts,
        terrain=prepared.terrain,
        return_period_yr=prepared.scenario.return_period_yr,
        notes=prepared.notes,
    )


def _routed(run: Run, name: str, entering: Floats) -> Origin:
    """Send the items of one origin down the rivers and balance the account."""
    network, draw = run.network, run.draw
    n = len(network.down)
    routed = route(network, entering[:n], travel_scale_km(network.width_m, draw), traps(network, draw))
    held, sea, exported = beyond(network, routed, entering[n:], draw)
    moved, left, trapped, estuary = (each.sum(axis=0) for each in (entering, routed.deposited, routed.trapped, held))
    ledger = Ledger(name, run.unit_of(name), moved, left, trapped, estuary, sea, exported)
    ledger.check()
    return Origin(name, ledger, entering, routed, np.concatenate([routed.deposited, held]))


def traps(network: RiverNetwork, draw: Draw) -> Floats:
    """Return the trap efficiency (R, 4, M): drawn at dams whose own is not given, else the network's."""
    frame = network.frame
    given = frame["eta"].notna().to_numpy() if "eta" in frame else np.zeros(len(frame), dtype=bool)
    closed = frame["dam"].isin(DAMS).to_numpy() if "dam" in frame else np.zeros(len(frame), dtype=bool)
    drawn = np.stack([draw["eta_b"], *[draw["eta_other"]] * 3])
    eta = np.repeat(network.eta[:, :, None], drawn.shape[1], axis=2)
    eta[closed & ~given] = drawn
    return eta


def _units(network: RiverNetwork, sources: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sources in the network's CRS with their columns checked."""
    counted = ["n"] if "n" in sources else list(ITEM_COLUMNS)
    absent = [name for name in ("origin", *counted) if name not in sources]
    if absent or sources.crs is None:
        raise DataError(
            "sources",
            expected="a CRS and the columns origin, " + ", ".join(ITEM_COLUMNS),
            found=f"no {', '.join(absent) or 'CRS'}",
        )
    counts = sources[counted].to_numpy(float)
    if not (np.isfinite(counts).all() and (counts >= 0).all()):
        raise DataError("sources", where="items", expected="finite numbers, at least 0", found="negative or missing numbers")
    strange = sorted(set(sources["origin"]) - {"south", "north"}) if "n" in sources else []
    if strange:
        raise ConfigError(
            "sources", where="origin", expected="south or north, whose mix of classes is known", found=", ".join(strange),
            mend="give n_B, n_N, n_H, n_D",
        )  # fmt: skip
    if not isinstance(network.frame, gpd.GeoDataFrame):
        raise DataError(
            "river network",
            expected="reaches with geometry",
            found="a table without lines",
            mend="make the network from a GeoDataFrame",
        )
    return measure.project(sources.reset_index(drop=True), network.frame.crs)
