"""The recipe: a straight line from a study area, and the user's own data, to an atlas."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from multiprocessing import get_context
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area import TABLES, StudyArea, read_area
from geo.errors import ConfigError, nearest
from geo.exchange.read import read_boundary, read_districts, read_hazards, read_rivers
from geo.generalise import generalise
from geo.land import Ground, ground
from geo.layer import Atlas, Layer
from geo.lengths import length_table
from geo.measure import project, total_km2
from geo.reported import Kind, Series, buildable
from geo.source import Source
from geo.statistics import layer_table, overlap_table
from geo.terms import LAYER_NAMES
from layers.assumed import assumed_table
from layers.displacement import flood_displacement
from layers.minefields import (
    KINDS,
    LAND_CLASS,
    draw_fields,
    mined_density,
    planned_minefields,
    supplied_fields,
    unconfirmed_minefields,
)
from layers.records import cleared_areas, incidents, places
from layers.rivers import rivers as rivers_layer
from layers.room import zone_shapes
from layers.zones import boundary_parts, dmz, mcz, mdl, supplied_zone

TIERS = ("public", "restricted")
OWN_SOURCE = Source(  # the files' names may say too much; they stand in the manifest alone
    key="supplied",
    title="Supplied by the user",
    confidence="unverified",
    note="Taken as it stands; minemap did not check its truth.",
)
SIMULATED: Mapping[Kind, Any] = {"planned": planned_minefields, "unconfirmed": unconfirmed_minefields}


@dataclass(frozen=True, slots=True)
class Supplied:
    """The user's own data, read and checked; None or empty where the schematic data stands.

    Attributes
    ----------
    hazards : mapping of str to GeoDataFrame
        By kind, ``planned`` or ``unconfirmed``.
    boundary : mapping of str to GeoDataFrame
        By layer, ``mdl``, ``dmz`` or ``mcz``.
    rivers, districts : GeoDataFrame or None
    files : mapping of str to Path
        Every file by its name.
    """

    hazards: Mapping[Kind, gpd.GeoDataFrame] = field(default_factory=dict)
    boundary: Mapping[str, gpd.GeoDataFrame] = field(default_factory=dict)
    rivers: gpd.GeoDataFrame | None = None
    districts: gpd.GeoDataFrame | None = None
    files: Mapping[str, Path] = field(default_factory=dict)


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
) -> Atlas:
    """Build an atlas: every layer, the area table and the lengths.

    Parameters
    ----------
    area : str or Path
        A shipped study area or a folder of one's own.
    series : str, optional
        The reported series to follow; by default that of the area.
    planned, unconfirmed, boundary, rivers, districts : path, optional
        The user's own data, in any format GDAL reads, with a CRS; it replaces the schematic data and is never rescaled.
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
    if tier not in TIERS:
        raise ConfigError("unknown tier", where=tier, mend=nearest(tier, TIERS))
    here = read_area(area, config)
    chosen = buildable(here, series or here.settings["default_series"])
    roles = {"planned": planned, "unconfirmed": unconfirmed, "boundary": boundary, "rivers": rivers, "districts": districts}
    files = {role: Path(path) for role, path in roles.items() if path is not None}
    own = supplied(here, files)
    here = with_sources(here, own)
    start = int(here.settings["seed"] if seed is None else seed)
    with executor(workers, scheduler) as pool:
        made, ledger, notes = make_layers(here, chosen, own, start, tier, pool)
    layers = MappingProxyType({name: made[name] for name in LAYER_NAMES})
    parameters = {"series": chosen.name, "seed": start, "tier": tier, "config": plain(config or {})}
    return Atlas(
        area=here,
        layers=layers,
        series=chosen.name,
        areas=layer_table(here, layers, chosen.name),
        lengths=length_table(here, layers),
        ledger=ledger,
        overlaps=overlap_table(layers),
        parameters=parameters | {role: path.name for role, path in files.items()},
        inputs=table_files(here) | dict(own.files),
        tier=tier,
        notes=notes,
        assumed=assumed_table(here, start),
    )


def make_layers(
    area: StudyArea, series: Series, own: Supplied, seed: int, tier: str, pool: Executor | None
) -> tuple[dict[str, Layer], pd.DataFrame, tuple[str, ...]]:
    """Return all layers by name, the ledger of the flood model, and notes for the reader."""
    made = {"mdl": mdl(area, own.boundary.get("mdl"))}
    front = project(made["mdl"].frame, area.crs).geometry.iloc[0]
    made["rivers"], network = rivers_layer(area, own.rivers, front)
    base = ground(area, project(made["rivers"].frame, area.crs), front)
    made |= zones(area, base, own)
    made |= {kind_layer(kind): supplied_layer(kind, area, own) for kind in own.hazards}
    given = [as_released(area, made[kind_layer(kind)], tier) for kind in own.hazards]
    kinds = tuple(kind for kind in KINDS if kind not in own.hazards)
    taken = np.concatenate([np.array([], dtype=object), *(np.array(frame.geometry.values, dtype=object) for frame in given)])
    room = zone_shapes(area, base, made["dmz"], made["mcz"])
    drawn = draw_fields(area, base, room, series, kinds=kinds, seed=seed, taken=taken, executor=pool)
    made |= {kind_layer(kind): SIMULATED[kind](area, series, drawn.fields[kind]) for kind in kinds}
    made["mined_density"] = mined_density(area, series, drawn.cells, kinds)
    sources = gpd.GeoDataFrame(pd.concat([drawn.pieces, *given], ignore_index=True), crs=area.crs)
    north = gpd.GeoSeries([base.north.intersection(base.land)], crs=area.crs)
    fed_by = tuple(key for kind in KINDS for key in made[kind_layer(kind)].sources)
    made["flood_displacement"], ledger = flood_displacement(area, network, sources, north, base.land, fed_by, series.as_of)
    made |= {"incidents": incidents(area), "places": places(area), "cleared_areas": cleared_areas(area)}
    return made, ledger, tuple(network.warnings)


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
    frame = own.hazards[kind]
    dates = frame["as_of"].astype(str) if "as_of" in frame else pd.Series([""])
    newest = max(dates[dates != ""], default="not stated")
    frame = frame.assign(as_of=dates.where(dates != "", "not stated")) if "as_of" in frame else frame
    return supplied_fields(kind, area, frame, "supplied", newest)


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


def supplied(area: StudyArea, given: Mapping[str, Path]) -> Supplied:
    """Read the user's files, each by its role."""
    names = [path.name for path in given.values()]
    if twice := [name for name in names if names.count(name) > 1]:
        raise ConfigError("two inputs share a name", where=twice[0], mend="rename one: inputs are recorded by name")
    hazards = {
        kind: read_hazards(given[kind], land_class=LAND_CLASS[kind], source=OWN_SOURCE, area=area)
        for kind in KINDS
        if kind in given
    }
    lines = boundary_parts(read_boundary(given["boundary"], area=area), str(given["boundary"])) if "boundary" in given else {}
    return Supplied(
        hazards=hazards,
        boundary=lines,
        rivers=read_rivers(given["rivers"], area=area) if "rivers" in given else None,
        districts=read_districts(given["districts"], area=area) if "districts" in given else None,
        files={path.name: path for path in given.values()},
    )


def with_sources(area: StudyArea, own: Supplied) -> StudyArea:
    """Return the area with the user's files among its sources."""
    if not own.files:
        return area
    return replace(area, sources=MappingProxyType({**area.sources, "supplied": OWN_SOURCE}))


def table_files(area: StudyArea) -> dict[str, Path]:
    """Return the area's own files by relative name."""
    names = ["area.toml", "sources.toml", "lines.csv", *(f"{table}.csv" for table in TABLES)]
    return {f"{area.name}/{name}": area.folder / name for name in names}


def plain(settings: Any) -> Any:
    """Return settings as plain JSON values."""
    if isinstance(settings, Mapping):
        return {str(key): plain(value) for key, value in settings.items()}
    return [plain(value) for value in settings] if isinstance(settings, (list, tuple)) else settings


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
