"""The recipe: a straight line from a study area, and the user's own data, to an atlas."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pandas as pd

from geo.errors import ConfigError, DataError
from geo.flood import Result
from geo.layer import Atlas, Layer
from geo.lengths import length_table
from geo.maps.hillshade import hillshade
from geo.statistics import layer_table, overlap_table
from geo.terms import LAYERS
from layers.assumed import assumed_table
from layers.layouts import drawable
from layers.minefields import KINDS, redrawn_fields
from layers.records import cleared_areas, filled, incidents, places
from layers.request import FloodOptions, request
from layers.scene import SIMULATED, Scene, flooded, kind_layer, notes_of, released_raster, scene
from layers.sensitivity import shares_of_variance
from layers.slides import hillslope_displacement
from layers.standing import joined_past, told_of
from layers.survey_layers import survey_layers
from layers.survey_tables import survey_tables
from layers.upstream import fed_by

log = logging.getLogger(__name__)


def build(
    area: str | Path = "korea",
    *,
    series: str | None = None,
    planned: str | Path | None = None,
    unconfirmed: str | Path | None = None,
    boundary: str | Path | None = None,
    rivers: str | Path | None = None,
    districts: str | Path | None = None,
    seed: int | None = None,
    tier: str = "public",
    config: Mapping[str, Any] | None = None,
    workers: int = 1,
    scheduler: str | None = None,
    dem: str | Path | Sequence[str | Path] | None = None,
    members: int = 1,
    scenario: str | None = None,
    return_period: float | None = None,
    flood: str | Path | None = None,
    finds: str | Path | None = None,
    accidents: str | Path | None = None,
    signs: str | Path | None = None,
    reports: str | Path | None = None,
    extents: str | Path | None = None,
    population: str | Path | None = None,
    columns: str | Path | None = None,
    crs: str | None = None,
    as_of: str | None = None,
) -> Atlas:
    """Build an atlas: every layer, the area table and the lengths.

    Parameters
    ----------
    area : str or Path
        A shipped study area or a folder of one's own.
    series : str, optional
        The reported series to follow; by default that of the area.
    planned, unconfirmed, boundary, rivers, districts : path, optional
        The user's own data, in any format `geo.exchange.records.read_survey` reads, with a CRS; it replaces the schematic data
        and is never rescaled. ``FILE::LAYER`` names a layer of a file.
    seed : int, optional
        Of the simulated layout.
    tier : {"public", "restricted"}
        In the public tier the written files show supplied hazards as 1 km cells.
    config : mapping, optional
        Settings that replace those of ``area.toml``.
    workers : int
        Processes; the result does not depend on it.
    scheduler : str, optional
        Address of a Dask scheduler, instead of processes.
    dem : path or paths, optional
        Terrain heights for the flood model: any raster GDAL reads, a folder of tiles, or several.
    members : int
        Of the flood model's ensemble; 1 takes central values and gives no band.
    scenario : str, optional
        A named flood of the area, or ``annual``.
    return_period : float, optional
        Of the flood [years]; by default that of the area, or 100.
    flood : path, optional
        Polygons of a flood's extent, instead of a modelled one.
    finds, accidents, signs : path, optional
        Points of the user's own; accidents are linked to hazards.
    reports : path, optional
        Table of reports that change what is known of the user's hazards.
    extents : path, optional
        Floods and slides that happened, with dates: they reopen closed land and leave marking unverified.
    population : path, optional
        Points, polygons or a raster of people: the table ``exposure`` counts those near hazards.
    columns : str or path, optional
        Column map of the user's hazards and points: a shipped one or a TOML file.
    crs : str, optional
        CRS or datum of those files where they state none.
    as_of : str, optional
        The day to show the user's hazards as of; by default the latest that they speak of.

    Raises
    ------
    ConfigError
        Unknown area, series, tier or setting.
    DataError
        Invalid data, with file, feature and mend.

    Examples
    --------
    >>> atlas = build("demo")
    >>> round(float(atlas.areas.query("layer == 'planned_minefields'").gross_km2.iloc[0]), 6)
    2.0
    """
    asked = request(
        area,
        series=series,
        planned=planned,
        unconfirmed=unconfirmed,
        boundary=boundary,
        rivers=rivers,
        districts=districts,
        seed=seed,
        tier=tier,
        config=config,
        dem=dem,
        members=members,
        scenario=scenario,
        return_period=return_period,
        flood=flood,
        finds=finds,
        accidents=accidents,
        signs=signs,
        reports=reports,
        extents=extents,
        population=population,
        columns=columns,
        crs=crs,
        as_of=as_of,
    )
    with executor(workers, scheduler) as pool:
        here = scene(asked, pool)
        otherwise = alternatives(here, asked.series.name, pool)
    made, result, ledger = finished(here, asked.flood)
    surveyed, told = survey_layers(here.area, asked.own.surveys, joined_past(asked.own.hazards), made, tier=tier)
    made |= surveyed
    layers = MappingProxyType({name: made[name] for name in LAYERS if name in made})
    atlas = Atlas(
        area=here.area,
        layers=layers,
        series=asked.series.name,
        areas=layer_table(here.area, layers, asked.series.name),
        lengths=length_table(here.area, layers),
        ledger=ledger,
        overlaps=overlap_table(layers),
        parameters=asked.parameters,
        inputs=asked.inputs,
        tier=tier,
        notes=(*notes_of(asked, result), *told_of(asked.own.hazards, tier), *told),
        assumed=assumed_table(here.area, asked.seed),
        raster=released_raster(asked, result),
        sensitivity=shares_of_variance(result) if result.members > 1 else pd.DataFrame(),
        relief=None if result.terrain is None else hillshade(result.terrain.dem),
        alternatives=otherwise,
    )
    return replace(atlas, tables=survey_tables(atlas, asked.own))


def finished(here: Scene, options: FloodOptions) -> tuple[dict[str, Layer], Result, pd.DataFrame]:
    """Return all layers by name, the run of the flood model, and the account of its items."""
    zones, result = flooded(here, options)
    fed = fed_by(here.area, result, filled(here.area, "places"))
    made = dict(here.layers) | {"flood_displacement": zones}
    slides, account = hillslope_displacement(here, result)
    made |= {} if slides is None else {slides.name: slides}
    made |= {"incidents": incidents(here.area), "places": places(here.area, fed), "cleared_areas": cleared_areas(here.area)}
    return made, result, pd.concat([result.ledger_frame(), account], ignore_index=True)


def alternatives(here: Scene, chosen: str, pool: Executor | None = None) -> Mapping[str, Mapping[str, Layer]]:
    """Return the minefields under the totals of every other series that can be drawn, by series and layer.

    They are the fields that a build with that series holds: same seed, same method. Empty where the user supplied fields of
    either kind, for then the others keep away from them and a build of its own must be made. A series whose totals find no room
    is left out.
    """
    drawn: dict[str, Mapping[str, Layer]] = {}
    for other in drawable(here.area) if set(here.kinds) == set(KINDS) else ():
        if other.name == chosen:
            continue
        try:
            fields = redrawn_fields(here.area, here.ground, here.room, here.grids, other, seed=here.seed, executor=pool)
        except DataError as fault:
            log.warning("series %s is not on the map: %s", other.name, fault)
            continue
        layers = {kind_layer(kind): SIMULATED[kind](here.area, other, fields[kind]) for kind in KINDS}
        drawn[other.name] = MappingProxyType({name: layers[name] for name in LAYERS if name in layers})
    return MappingProxyType(drawn)


@contextmanager
def executor(workers: int, scheduler: str | None) -> Iterator[Executor | None]:
    """Give an executor: none for one worker, processes for more, a Dask cluster for a scheduler.

    Raises
    ------
    ConfigError
        If ``workers`` is below 1, or Dask is not installed.
    """
    if workers < 1:
        raise ConfigError("too few workers", expected="1 or more", found=str(workers))
    if scheduler:
        try:
            from distributed import Client
        except ImportError as fault:
            raise ConfigError(
                "Dask is not installed", where="--scheduler", mend="install it with: pip install 'minemap[cluster]'"
            ) from fault
        with Client(scheduler) as client:
            yield client.get_executor()
    elif workers == 1:
        yield None
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            yield pool
