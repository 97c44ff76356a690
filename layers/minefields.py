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

from geo.allocate import Fields, Zone, place, scaled_to, sizes_m2, surface
from geo.area import StudyArea
from geo.errors import ConfigError, nearest
from geo.land import Ground
from geo.layer import Layer, make_layer
from geo.measure import Floats, areas_m2, project
from geo.reported import Kind, Series
from geo.terms import LAYERS, NATIONAL_TERMS
from geo.tiles import map_kernel
from layers.room import zone_grid

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


def field_layer(kind: str, area: StudyArea, series: Series, drawn: gpd.GeoDataFrame) -> Layer:
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
    sources = (
        area.source_key(getattr(series, f"{kind}_km2").source),
        area.settings["zone_shares"][shares_name(area)][f"source_{kind}"],
    )
    return make_layer(
        name,
        frame,
        area=area,
        land_class=LAND_CLASS[kind],
        basis="allocated",
        sources=tuple(dict.fromkeys(sources)),
        as_of=series.as_of,
    )


def supplied_fields(kind: str, area: StudyArea, frame: gpd.GeoDataFrame, source: str, as_of: str) -> Layer:
    """Return the user's own fields as a layer of basis ``supplied``; nothing is moved or rescaled."""
    name = f"{kind}_minefields"
    defaults = {
        "name_en": frame.id.astype(str),
        "name_ko": frame.id.astype(str),
        "zone": "",
        "series": "",
        "member": 0,
        "national_term": NATIONAL_TERMS[name],
        "precision_m": np.nan,
    }
    full = frame.assign(**{column: value for column, value in defaults.items() if column not in frame}, area_m2=areas_m2(frame))
    return make_layer(
        name, full, area=area, land_class=LAND_CLASS[kind], basis="supplied", sources=(source,), as_of=as_of, overlap=True
    )


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
) -> tuple[dict[Kind, gpd.GeoDataFrame], gpd.GeoDataFrame]:
    """Draw one member of the simulated fields, and the expectation it is drawn from.

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
        Supplied fields [m] that simulated ones must not meet.
    executor : concurrent.futures.Executor, optional
        Zones are filled side by side; the result is the same for any number of workers.

    Returns
    -------
    drawn : dict of str to GeoDataFrame
        By kind, with ``zone`` and geometry in ``area.crs``; the geodesic total is that of the series.
    cells : GeoDataFrame
        The 1 km cells with ``planned_km2``, ``unconfirmed_km2``, ``mined_km2`` and ``pi``.
    """
    streams = np.random.SeedSequence(seed).spawn(1 + len(zones))
    counts = {kind: field_counts(area, kind, series.count(kind), tuple(zones)) for kind in kinds}
    sizes = drawn_sizes(area, series, kinds, streams[0])
    near = np.array([], dtype=object) if taken is None else taken
    tasks = [
        zone_task(area, series, zone_grid(area, ground, name, shape), counts, sizes, stream, near)
        for (name, shape), stream in zip(zones.items(), streams[1:], strict=True)
        if any(counts[kind][name] for kind in kinds)
    ]
    filled = map_kernel(fill_zone, tasks, executor)
    drawn = {kind: joined(kind, tasks, filled, series.area_km2(kind), area) for kind in kinds}
    return drawn, expectation(area, tasks)


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
    grid: tuple[Zone, Floats],
    counts: Mapping[Kind, Mapping[str, int]],
    sizes: Mapping[Kind, Floats],
    seed: np.random.SeedSequence,
    taken: NDArray[np.object_],
) -> Task:
    """Return what is needed to fill one zone: its part of each kind's total, and the fields dealt to it."""
    spec = area.settings["allocation"]
    zone, preference = grid
    here = [kind for kind in counts if counts[kind][zone.name]]
    part_m2 = {kind: 1e6 * series.area_km2(kind) * counts[kind][zone.name] / series.count(kind) for kind in here}
    shares = {kind: surface(zone.area_m2, preference, part_m2[kind], where=f"{kind} fields, zone {zone.name}") for kind in here}
    fields = {kind: Fields(dealt(sizes[kind], counts[kind], zone.name), SHAPES[kind], spec["aspect"]) for kind in here}
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
        place_of = {
            "x": task.zone.corners[:, 0],
            "y": task.zone.corners[:, 1],
            "zone": task.zone.name,
            "land_km2": task.zone.area_m2 / 1e6,
        }
        rows.append(pd.DataFrame(place_of | share))
    columns = {"planned_km2": "sum", "unconfirmed_km2": "sum", "land_km2": "sum", "zone": "first"}
    cells = (
        pd.concat(rows or [pd.DataFrame(columns=["x", "y", *columns])])
        .groupby(["x", "y"], as_index=False, sort=True)
        .agg(columns)
    )
    cells["mined_km2"] = cells.planned_km2 + cells.unconfirmed_km2
    cells["pi"] = cells.mined_km2 / cells.land_km2
    cells = (
        cells[cells.mined_km2 > 0]
        .reset_index(drop=True)
        .round(dict.fromkeys(("planned_km2", "unconfirmed_km2", "land_km2", "mined_km2", "pi"), 9))
    )
    cell_m = 1000 * area.settings["allocation"]["cell_km"]
    x, y = cells.x.to_numpy(float), cells.y.to_numpy(float)
    return gpd.GeoDataFrame(cells, geometry=gpd.GeoSeries(shapely.box(x, y, x + cell_m, y + cell_m), crs=area.crs))


def mined_density(area: StudyArea, series: Series, cells: gpd.GeoDataFrame) -> Layer:
    """Return the expectation grid as a layer: what all simulated layouts have in common."""
    km = (cells[["x", "y"]].to_numpy(float) / 1000).round().astype(int)
    frame = cells.assign(
        id=[f"cell-{x:04d}-{y:04d}" for x, y in km],
        name_en="Expected mined land, 1 km cell",
        name_ko="기대 매설 면적, 1 km 격자",
        series=series.name,
    ).drop(columns=["x", "y"])
    stated = [figure for figure in (series.planned_km2, series.unconfirmed_km2) if figure is not None]
    sources = [area.source_key(figure.source) for figure in stated]
    return make_layer(
        "mined_density",
        frame,
        area=area,
        land_class="indication",
        basis="modelled",
        sources=tuple(dict.fromkeys(sources)),
        as_of=series.as_of,
    )


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


def plane_shapes(layer: Layer, area: StudyArea) -> NDArray[np.object_]:
    """Return a layer's shapes in ``area.crs``."""
    return np.array(project(layer.frame, area.crs).geometry.values, dtype=object)
