"""Everything a flood acts on: the ground, the rivers, the zones, the fields and what is expected to be mined; and the flood.

The atlas, the verb ``displace`` and the hindcast all start here, so that they speak of the same model.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.area import StudyArea
from geo.exchange.raster import read_dem
from geo.flood import FloodScenario, Result, RiverNetwork
from geo.flood.valley import Valley
from geo.generalise import generalise
from geo.land import Ground, ground
from geo.layer import Layer
from geo.measure import project, total_km2
from geo.raster import HazardRaster
from geo.reported import Kind
from layers.displacement import ItemLevel, flood_displacement
from layers.layouts import drawable, layouts
from layers.minefields import (
    KINDS,
    draw_fields,
    mined_density,
    planned_minefields,
    supplied_fields,
    unconfirmed_minefields,
)
from layers.request import FloodOptions, Request, Supplied
from layers.rivers import flood_parameters
from layers.rivers import rivers as rivers_layer
from layers.room import Grid, zone_shapes
from layers.scenarios import scenario_of
from layers.zones import dmz, mcz, mdl, supplied_zone

log = logging.getLogger(__name__)

SIMULATED = {"planned": planned_minefields, "unconfirmed": unconfirmed_minefields}
FLOOD_STREAM = (2**31, 1)  # the ensemble's own branch of the seed, which no spawning of the layout's streams gives


@dataclass(frozen=True, slots=True)
class Scene:
    """What a flood acts on.

    Attributes
    ----------
    area : StudyArea
    layers : mapping of str to Layer
        ``mdl, rivers, dmz, mcz``, the minefields and ``mined_density``.
    ground : Ground
    network : RiverNetwork
    sources : GeoDataFrame, J rows
        Southern sources in ``area.crs`` with ``mined_km2``: the pieces of the expectation grid, then supplied fields as released.
    n_pieces : int
        How many of them are pieces.
    kinds : tuple of {"planned", "unconfirmed"}
        The simulated ones.
    as_of : str
    seed : int
    room : mapping of str to Geometry
        Where fields may lie, by zone, in ``area.crs``.
    grids : mapping of str to Grid
        The expectation grids of those zones that hold simulated fields.
    """

    area: StudyArea
    layers: Mapping[str, Layer]
    ground: Ground
    network: RiverNetwork
    sources: gpd.GeoDataFrame
    n_pieces: int
    kinds: tuple[Kind, ...]
    as_of: str
    seed: int
    room: Mapping[str, shapely.Geometry]
    grids: Mapping[str, Grid]

    @property
    def north(self) -> gpd.GeoSeries:
        """The land north of the front."""
        return gpd.GeoSeries([self.ground.north.intersection(self.ground.land)], crs=self.area.crs)


def scene(asked: Request, pool: Executor | None = None) -> Scene:
    """Return the layers that a flood acts on, and its sources."""
    area, own, chosen = asked.area, asked.own, asked.series
    made = {"mdl": mdl(area, own.boundary.get("mdl"))}
    front = project(made["mdl"].frame, area.crs).geometry.iloc[0]
    made["rivers"], network = rivers_layer(area, own.rivers, front)
    base = ground(area, project(made["rivers"].frame, area.crs), front)
    made |= zones(area, base, own)
    made |= {kind_layer(kind): supplied_layer(kind, area, own) for kind in own.hazards}
    given = [as_released(area, made[kind_layer(kind)], asked.tier) for kind in own.hazards]
    kinds = tuple(kind for kind in KINDS if kind not in own.hazards)
    taken = np.concatenate([np.array([], dtype=object), *(np.array(frame.geometry.values, dtype=object) for frame in given)])
    room = zone_shapes(area, base, made["dmz"], made["mcz"])
    drawn = draw_fields(area, base, room, chosen, kinds=kinds, seed=asked.seed, taken=taken, executor=pool)
    made |= {kind_layer(kind): SIMULATED[kind](area, chosen, drawn.fields[kind]) for kind in kinds}
    made["mined_density"] = mined_density(area, chosen, drawn.cells, kinds)
    sources = gpd.GeoDataFrame(pd.concat([drawn.pieces, *given], ignore_index=True), crs=area.crs)
    return Scene(area, made, base, network, sources, len(drawn.pieces), kinds, chosen.as_of, asked.seed, room, drawn.grids)


def flooded(
    here: Scene,
    options: FloodOptions,
    *,
    level: ItemLevel | None = None,
) -> tuple[Layer, Result]:
    """Return the layer ``flood_displacement`` of a scene, and the run of the model behind it.

    ``level`` is that of `layers.level`; every run of a scene has the same draws and layouts.
    """
    area, network = here.area, here.network
    chance = np.random.default_rng(np.random.SeedSequence(here.seed, spawn_key=FLOOD_STREAM))
    return flood_displacement(
        area,
        network,
        here.sources,
        here.north,
        here.ground.land,
        tuple(key for kind in KINDS for key in here.layers[kind_layer(kind)].sources),
        here.as_of,
        terrain=valley(area, network, options.dem) if options.dem else None,
        scenario=scenario_asked(here, options),
        members=options.members,
        rng=chance if options.members > 1 else None,
        layouts=_layouts(here, options.members, chance) if options.members > 1 else None,
        level=level,
    )


def scenario_asked(here: Scene, options: FloodOptions) -> FloodScenario:
    """Return the flood that is asked for."""
    return scenario_of(
        here.area, here.network, name=options.scenario, return_period_yr=options.return_period_yr, flood=options.flood
    )


def notes_of(asked: Request, result: Result) -> tuple[str, ...]:
    """Return what a reader must know of a run of the flood model."""
    terrain = () if result.terrain is None else result.terrain.dem.notes
    drawn = ", ".join(each.name for each in drawable(asked.area))
    told = [*result.network.warnings, *terrain, *result.meta["notes"]]
    if asked.flood.members > 1:
        told.append(f"the members draw the reported totals of {drawn} alike")
    if result.raster is not None and released_raster(asked, result) is None:
        told.append("the flood raster is withheld: finer than 1 km, it would follow from supplied hazards")
    return tuple(told)


def released_raster(asked: Request, result: Result) -> HazardRaster | None:
    """Return the hazard raster as the tier may show it: cells finer than 1 km never follow from supplied hazards in public."""
    withheld = asked.tier == "public" and bool(asked.own.hazards)
    return None if withheld else result.raster


def valley(area: StudyArea, network: RiverNetwork, dem: tuple[Path, ...]) -> Valley:
    """Return a terrain model, drained to the rivers."""
    log.info("terrain: reading %s", ", ".join(path.name for path in dem))
    return Valley.of(read_dem(dem, crs=area.crs, bounds_deg=area.bounds), network, flood_parameters(area.settings))


def _layouts(here: Scene, members: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """Return the factor on every source in each member; supplied fields lie where they lie."""
    pieces = here.sources.iloc[: here.n_pieces]
    drawn = layouts(here.area, pieces, here.kinds, members, rng)
    return np.concatenate([drawn, np.ones((len(here.sources) - here.n_pieces, members))])


def zones(area: StudyArea, base: Ground, own: Supplied) -> dict[str, Layer]:
    """Return the DMZ and the MCZ: the user's where supplied, else solved for their published areas."""
    given = {name: supplied_zone(name, area, own.boundary[name]) for name in ("dmz", "mcz") if name in own.boundary}
    inner = given.get("dmz") or dmz(area, base)[0]
    return {"dmz": inner, "mcz": given.get("mcz") or mcz(area, base, inner)[0]}


def kind_layer(kind: str) -> str:
    """Return the layer that holds a kind of minefield."""
    return f"{kind}_minefields"


def supplied_layer(kind: Kind, area: StudyArea, own: Supplied) -> Layer:
    """Return the user's fields of one kind as a layer."""
    now = own.hazards[kind]
    dates = now.current["as_of"].astype(str) if "as_of" in now.current else pd.Series([""])
    newest = now.day or max(dates[dates != ""], default="not stated")
    told = now.current.assign(as_of=dates.where(dates != "", "not stated")) if "as_of" in now.current else now.current
    return supplied_fields(kind, area, told, "supplied", newest)


def as_released(area: StudyArea, layer: Layer, tier: str) -> gpd.GeoDataFrame:
    """Return what other layers may know of supplied fields: ``mined_km2`` and geometry in ``area.crs``.

    In the public tier that is the released cells and the released total, spread evenly: whatever is derived from them then tells
    no more than the cells do.
    """
    if tier != "public":
        return project(layer.frame, area.crs).assign(mined_km2=lambda frame: frame.area_m2 / 1e6)[["mined_km2", "geometry"]]
    cells = project(generalise(layer, area=area).frame, area.crs)
    told_km2 = max(round(total_km2(layer.frame), 1), 0.1)
    return cells.assign(mined_km2=told_km2 / len(cells))[["mined_km2", "geometry"]]
