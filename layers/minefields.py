"""Minefields: the user's own, or simulated ones under a named reported total, and the expected density behind them.

Assumption: no official geometry is public. Numbers by zone follow assumed shares, places follow an assumed preference, shapes are
made up: one draw of many, and labelled so. Supplied fields are taken as they stand and never rescaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import Executor
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.allocate import Fields, Manner, Zone, place, scaled_to, sizes_m2, surface
from geo.area import StudyArea
from geo.errors import ConfigError, nearest
from geo.exchange.parts import dissolved
from geo.land import Ground
from geo.layer import Layer, make_layer
from geo.measure import Floats, areas_m2
from geo.reported import Kind, Series
from geo.terms import LAYERS, NATIONAL_TERMS
from geo.tiles import map_kernel
from layers.room import Grid, zone_grid

KINDS: tuple[Kind, ...] = ("unconfirmed", "planned")  # in the order they are placed: the larger fields first
SHAPES = {"planned": "strip", "unconfirmed": "patch"}
LAND_CLASS = {"planned": "indication", "unconfirmed": "SHA"}


@dataclass(frozen=True, slots=True)
class Task:
    """All that one zone needs to be filled, without looking at any other zone."""

    zone: Zone
    shares: Mapping[Kind, Floats]
    fields: Mapping[Kind, Fields]
    seed: np.random.SeedSequence
    taken: NDArray[np.object_]
    tries: int


def planned_minefields(area: StudyArea, series: Series, drawn: gpd.GeoDataFrame) -> Layer:
    """Return the layer of simulated planned minefields: strips along the front."""
    return field_layer("planned", area, series, drawn)


def unconfirmed_minefields(area: StudyArea, series: Series, drawn: gpd.GeoDataFrame) -> Layer:
    """Return the layer of simulated unconfirmed minefields: irregular patches."""
    return field_layer("unconfirmed", area, series, drawn)


def field_layer(kind: Kind, area: StudyArea, series: Series, drawn: gpd.GeoDataFrame) -> Layer:
    """Return drawn fields of one kind as a layer of basis ``allocated``."""
    name = f"{kind}_minefields"
    mark = kind[0].upper()
    number = [f"{n:04d}" for n in range(1, len(drawn) + 1)]
    frame = drawn.assign(
        id=[f"{mark}-{n}" for n in number],
        name_en=[f"Simulated {kind} field {n}" for n in number],
        name_ko=[f"모의 {LAYERS[name].ko} {n}" for n in number],
        series=series.name,
        member=1,
        area_m2=areas_m2(drawn),
        national_term=NATIONAL_TERMS[name],
        precision_m=np.nan,
    )
    return make_layer(
        name,
        frame,
        area=area,
        land_class=LAND_CLASS[kind],
        basis="allocated",
        sources=series_sources(area, series, (kind,)),
        as_of=series.as_of,
    )


def supplied_fields(kind: Kind, area: StudyArea, frame: gpd.GeoDataFrame, source: str, as_of: str) -> Layer:
    """Return the user's own fields as a layer of basis ``supplied``; nothing is moved or rescaled.

    The file's own class, basis and date of a feature stand, where it says any; parts of one id, told apart by ``shape_id``,
    become one feature of several polygons. Every other column is carried.
    """
    name = f"{kind}_minefields"
    defaults = {"national_term": NATIONAL_TERMS[name], "zone": "", "series": "", "member": 0}
    full = supplied_frame(frame, defaults, land_class=LAND_CLASS[kind], as_of=as_of)
    return make_layer(
        name, full, area=area, land_class=LAND_CLASS[kind], basis="supplied", sources=(source,), as_of=as_of, overlap=True
    )


def supplied_frame(frame: gpd.GeoDataFrame, defaults: Mapping[str, object], *, land_class: str, as_of: str) -> gpd.GeoDataFrame:
    """Return supplied hazards with what every hazard has: names, class, basis, date, ``precision_m`` and ``area_m2``.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        With ``id`` and a CRS.
    defaults : mapping
        Columns and the value they take where the file has none.
    land_class, as_of : str
        Of features that say nothing.
    """
    whole = dissolved(frame) if "shape_id" in frame else frame  # rows of one id that no shape_id tells apart stay a fault
    ids = whole["id"].astype(str)
    full = whole.assign(**{name: value for name, value in defaults.items() if name not in whole})
    full = full if "precision_m" in full else full.assign(precision_m=np.nan)
    blanks = {"name_en": ids, "name_ko": ids, "land_class": land_class, "basis": "supplied", "as_of": as_of}
    for name, value in blanks.items():
        cells = full[name].astype(object) if name in full else pd.Series("", index=full.index, dtype=object)
        full[name] = cells.where(cells.notna() & (cells != ""), value)
    return full.assign(area_m2=areas_m2(full))


@dataclass(frozen=True, slots=True)
class Drawing:
    """One member of the simulated fields, and the expectation it was drawn from.

    Attributes
    ----------
    fields : dict of str to GeoDataFrame
        By kind, with ``zone`` and geometry in ``area.crs``; the geodesic total is that of the series.
    cells : GeoDataFrame
        The grid cells with ``planned_km2``, ``unconfirmed_km2``, ``mined_km2`` and ``pi``.
    pieces : GeoDataFrame
        The cells cut to the zones, see `cut_expectation`: what the flood model takes as southern sources.
    grids : mapping of str to Grid
        Of the zones that hold fields; they do not depend on the series.
    """

    fields: dict[Kind, gpd.GeoDataFrame]
    cells: gpd.GeoDataFrame
    pieces: gpd.GeoDataFrame
    grids: Mapping[str, Grid]


def draw_fields(
    area: StudyArea,
    ground: Ground,
    zones: Mapping[str, shapely.Geometry],
    series: Series,
    *,
    kinds: tuple[Kind, ...] = KINDS,
    seed: int = 0,
    taken: NDArray[np.object_] | None = None,
    executor: Executor | None = None,
) -> Drawing:
    """Draw one member of the simulated fields.

    Parameters
    ----------
    area, ground, zones
        The study area, its ground and the zones of `layers.room.zone_shapes`.
    series : Series
        The reported numbers and areas to be met.
    kinds : tuple of {"planned", "unconfirmed"}
        Which kinds to simulate; a kind the user supplies is left out.
    seed : int
    taken : ndarray of Polygon, optional
        Places [m] that simulated fields must not meet.
    executor : concurrent.futures.Executor, optional
        Zones are filled side by side; the result is the same for any number of workers.
    """
    grids = {name: zone_grid(area, ground, name, zones[name]) for name in used_zones(area, series, kinds, tuple(zones))}
    tasks = zone_tasks(area, grids, tuple(zones), series, kinds=kinds, seed=seed, taken=taken)
    fields = filled_fields(area, series, tasks, kinds, executor)
    return Drawing(fields, expectation(area, tasks), cut_expectation(area, list(grids.values()), tasks), grids)


def redrawn_fields(
    area: StudyArea,
    ground: Ground,
    zones: Mapping[str, shapely.Geometry],
    grids: Mapping[str, Grid],
    series: Series,
    *,
    seed: int = 0,
    executor: Executor | None = None,
) -> dict[Kind, gpd.GeoDataFrame]:
    """Draw the fields of both kinds under another series' totals: the very fields that `draw_fields` gives for that series.

    Parameters
    ----------
    grids : mapping of str to Grid
        Of an earlier `draw_fields` over the same zones: nearly all of its work.

    Returns
    -------
    dict of str to GeoDataFrame
        As in `Drawing`.
    """
    used = used_zones(area, series, KINDS, tuple(zones))
    full = {name: grids[name] if name in grids else zone_grid(area, ground, name, zones[name]) for name in used}
    return filled_fields(area, series, zone_tasks(area, full, tuple(zones), series, seed=seed), KINDS, executor)


def used_zones(area: StudyArea, series: Series, kinds: tuple[Kind, ...], zones: tuple[str, ...]) -> list[str]:
    """Return the zones that hold any field of a series, in their order."""
    counts = [field_counts(area, kind, series.count(kind), zones) for kind in kinds]
    return [name for name in zones if any(count[name] for count in counts)]


def zone_tasks(
    area: StudyArea,
    grids: Mapping[str, Grid],
    zones: tuple[str, ...],
    series: Series,
    *,
    kinds: tuple[Kind, ...] = KINDS,
    seed: int = 0,
    taken: NDArray[np.object_] | None = None,
) -> list[Task]:
    """Return what is needed to fill each zone of ``grids``; every zone of the area has a stream of its own."""
    first, *streams = np.random.SeedSequence(seed).spawn(1 + len(zones))
    stream = dict(zip(zones, streams, strict=True))
    counts = {kind: field_counts(area, kind, series.count(kind), zones) for kind in kinds}
    sizes = drawn_sizes(area, series, kinds, first)
    near = np.array([], dtype=object) if taken is None else taken
    return [zone_task(area, series, grid, counts, sizes, stream[name], near) for name, grid in grids.items()]


def filled_fields(
    area: StudyArea, series: Series, tasks: list[Task], kinds: tuple[Kind, ...], executor: Executor | None
) -> dict[Kind, gpd.GeoDataFrame]:
    """Return the fields of all zones by kind, scaled to the exact totals of the series."""
    filled = map_kernel(fill_zone, tasks, executor)
    return {kind: joined(kind, tasks, filled, series.area_km2(kind), area) for kind in kinds}


def drawn_sizes(area: StudyArea, series: Series, kinds: tuple[Kind, ...], seed: np.random.SeedSequence) -> dict[Kind, Floats]:
    """Return the sizes of all fields of each kind [m²]; a kind's draw does not depend on which others are drawn."""
    ln_sd = area.settings["allocation"]["size_ln_sd"]
    streams = dict(zip(KINDS, seed.spawn(len(KINDS)), strict=True))
    return {
        kind: sizes_m2(series.count(kind), 1e6 * series.area_km2(kind), ln_sd, np.random.default_rng(streams[kind]))
        for kind in kinds
    }


def zone_task(
    area: StudyArea,
    series: Series,
    grid: Grid,
    counts: Mapping[Kind, Mapping[str, int]],
    sizes: Mapping[Kind, Floats],
    seed: np.random.SeedSequence,
    taken: NDArray[np.object_],
) -> Task:
    """Return what is needed to fill one zone: its part of each kind's total, and the fields dealt to it."""
    spec, zone = area.settings["allocation"], grid.zone
    here = [kind for kind in counts if counts[kind][zone.name]]
    part_m2 = {kind: 1e6 * series.area_km2(kind) * counts[kind][zone.name] / series.count(kind) for kind in here}
    shares = {
        kind: surface(zone.area_m2, grid.preference, part_m2[kind], where=f"{kind} fields, zone {zone.name}") for kind in here
    }
    manner = Manner(**{name: spec[name] for name in Manner.__dataclass_fields__ if name in spec})
    fields = {kind: Fields(dealt(sizes[kind], counts[kind], zone.name), SHAPES[kind], manner) for kind in here}
    return Task(zone, shares, fields, seed, taken, spec["tries"])


def fill_zone(task: Task) -> dict[Kind, NDArray[np.object_]]:
    """Place the fields of one zone, the kinds one after the other; a pure kernel."""
    placed: dict[Kind, NDArray[np.object_]] = {}
    taken = task.taken
    rngs = map(np.random.default_rng, task.seed.spawn(len(KINDS)))
    for kind, rng in zip(KINDS, rngs, strict=True):
        if kind in task.fields:
            placed[kind] = place(task.zone, task.shares[kind], task.fields[kind], rng, taken, task.tries)
            taken = np.concatenate([taken, placed[kind]])
    return placed


def joined(
    kind: Kind, tasks: list[Task], filled: list[dict[Kind, NDArray[np.object_]]], total_km2: float, area: StudyArea
) -> gpd.GeoDataFrame:
    """Join the zones' fields of one kind and scale them to the exact geodesic total."""
    zone = np.repeat([task.zone.name for task in tasks], [len(shapes.get(kind, ())) for shapes in filled])
    shapes = np.concatenate([shapes.get(kind, np.array([], dtype=object)) for shapes in filled])
    exact = scaled_to(shapes, 1e6 * total_km2, area.crs)
    return gpd.GeoDataFrame({"zone": zone}, geometry=gpd.GeoSeries(exact, crs=area.crs))


def expectation(area: StudyArea, tasks: list[Task]) -> gpd.GeoDataFrame:
    """Return the expected mined land by grid cell, summed over zones."""
    rows = []
    for task in tasks:
        share = {f"{kind}_km2": task.shares.get(kind, np.zeros(1)) * task.zone.area_m2 / 1e6 for kind in KINDS}
        place_of = {"x": task.zone.corners[:, 0], "y": task.zone.corners[:, 1], "land_km2": task.zone.area_m2 / 1e6}
        rows.append(pd.DataFrame(place_of | share))
    numbers = ["planned_km2", "unconfirmed_km2", "land_km2"]
    cells = pd.concat(rows or [pd.DataFrame(columns=["x", "y", *numbers], dtype=float)])
    cells = cells.groupby(["x", "y"], as_index=False, sort=True)[numbers].sum()
    cells["mined_km2"] = cells.planned_km2 + cells.unconfirmed_km2
    cells["pi"] = cells.mined_km2 / cells.land_km2
    cells = cells[cells.mined_km2 > 0].reset_index(drop=True).round(dict.fromkeys([*numbers, "mined_km2", "pi"], 9))
    cell_m = 1000 * area.settings["allocation"]["cell_km"]
    x, y = cells.x.to_numpy(float), cells.y.to_numpy(float)
    return gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries(shapely.box(x, y, x + cell_m, y + cell_m), crs=area.crs))


def cut_expectation(area: StudyArea, grids: list[Grid], tasks: list[Task]) -> gpd.GeoDataFrame:
    """Return the expected mined land by piece of cell inside its zone.

    Columns are ``zone``, ``planned_km2``, ``unconfirmed_km2``, their sum ``mined_km2`` and geometry.
    """
    parts = []
    for grid, task in zip(grids, tasks, strict=True):
        none = np.zeros(len(grid.zone.area_m2))
        mined = {f"{kind}_km2": task.shares.get(kind, none)[grid.of_cell] * grid.piece_m2 / 1e6 for kind in KINDS}
        parts.append(gpd.GeoDataFrame({"zone": task.zone.name, **mined}, geometry=gpd.GeoSeries(grid.pieces, crs=area.crs)))
    columns = {"zone": np.zeros(0, object), "planned_km2": np.zeros(0), "unconfirmed_km2": np.zeros(0)}
    none_placed = gpd.GeoDataFrame(columns, geometry=[], crs=area.crs)
    pieces = gpd.GeoDataFrame(pd.concat(parts or [none_placed], ignore_index=True), crs=area.crs)
    return pieces.assign(mined_km2=pieces["planned_km2"] + pieces["unconfirmed_km2"])


def mined_density(area: StudyArea, series: Series, cells: gpd.GeoDataFrame, kinds: tuple[Kind, ...] = KINDS) -> Layer:
    """Return the expectation grid as a layer: what the simulated layouts of the given kinds have in common."""
    km = area.settings["allocation"]["cell_km"]
    place_of = (cells[["x", "y"]].to_numpy(float) / (1000 * km)).round().astype(int)
    what = " and ".join(sorted(kinds))
    frame = cells.assign(
        id=[f"cell-{x:04d}-{y:04d}" for x, y in place_of],
        name_en=f"Expected {what} mined land (simulated), {km:g} km cell",
        name_ko=f"기대 매설 면적(모의), {km:g} km 격자",
        series=series.name,
    ).drop(columns=["x", "y"])
    return make_layer(
        "mined_density",
        frame,
        area=area,
        land_class="indication",
        basis="modelled",
        sources=series_sources(area, series, kinds or KINDS),
        as_of=series.as_of,
    )


def series_sources(area: StudyArea, series: Series, kinds: tuple[Kind, ...]) -> tuple[str, ...]:
    """Return the keys of what simulated fields rest on: the reported totals and the shares by zone."""
    stated = [getattr(series, f"{kind}_km2") for kind in kinds]
    shares = area.settings["zone_shares"][shares_name(area)]
    totals = [area.source_key(figure.source) for figure in stated if figure is not None]
    return tuple(dict.fromkeys([*totals, *(shares[f"source_{kind}"] for kind in kinds)]))


def field_counts(area: StudyArea, kind: str, count: int, zones: tuple[str, ...]) -> dict[str, int]:
    """Return how many fields of a kind lie in each zone: assumed shares, rounded by largest remainder."""
    name = shares_name(area)
    shares = area.settings["zone_shares"][name][kind]
    unknown = sorted(set(shares) - set(zones))
    if unknown:
        raise ConfigError("unknown zone", where=f"[zone_shares.{name}] {kind}: {unknown[0]}", mend=nearest(unknown[0], zones))
    weight = np.array([float(shares.get(zone, 0)) for zone in zones])
    exact = count * weight / weight.sum()
    whole = np.floor(exact).astype(int)
    extra = np.argsort(-(exact - whole), kind="stable")[: count - int(whole.sum())]
    whole[extra] += 1
    return dict(zip(zones, whole.tolist(), strict=True))


def shares_name(area: StudyArea) -> str:
    """Return the chosen scenario of numbers by zone.

    Raises
    ------
    ConfigError
        If ``[zone_shares]`` does not hold it.
    """
    chosen = str(area.settings["allocation"]["zone_shares"])
    if chosen not in area.settings["zone_shares"]:
        raise ConfigError("unknown zone shares", where=chosen, mend=nearest(chosen, area.settings["zone_shares"]))
    return chosen


def dealt(sizes: Floats, counts: Mapping[str, int], zone: str) -> Floats:
    """Return the sizes that fall to a zone when the drawn sizes are dealt out in the zones' order.

    Examples
    --------
    >>> dealt(np.array([1.0, 2.0, 3.0]), {"dmz": 1, "ccz": 2}, "ccz").tolist()
    [2.0, 3.0]
    """
    order = list(counts)
    start = sum(counts[name] for name in order[: order.index(zone)])
    return sizes[start : start + counts[zone]]
