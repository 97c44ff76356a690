"""What the hindcast scores finds on: the ground and the rules to beat, cell by cell, for one run of the flood model.

Assumption: the zones are those of the atlas, made by the same recipe; documented finds do not enter them.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.flood import Result
from geo.flood.baselines import HindcastParameters, distance_km, effort, in_mined_units, low_ground
from geo.flood.finds import ORIGINS, Grid, Ints
from geo.flood.valley import Valley
from geo.measure import project
from layers.request import Request
from layers.scene import Scene, flooded, scene

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

MODEL = "model"
FAIR = "model_ties_random"  # the model under the rules' own tie rule: what its ties cost it


@dataclass(frozen=True, slots=True)
class Run:
    """One run of the flood model on the scene of the atlas."""

    scene: Scene
    result: Result


def run_model(asked: Request) -> Run:
    """Run the recipe of the atlas up to the flood model."""
    here = scene(asked)
    return Run(here, flooded(here, asked.flood)[1])


def ground_shapes(run: Run) -> list[shapely.Geometry]:
    """Return own land and the estuary's bands on the southern side."""
    bands = run.result.zones
    water = shapely.intersection(bands.geometry[bands["estuary"].to_numpy(bool)].values, run.scene.ground.south)
    return [run.scene.ground.land.intersection(run.scene.ground.south), *water]


def nearness(run: Run, grid: Grid, params: HindcastParameters) -> tuple[Floats, Floats, Floats]:
    """Return the distances of every cell to river, shore and named place [km]."""
    lines, places = run.scene.area.lines, run.scene.area.tables["places"]
    shore = project(lines[lines["kind"].isin(["coast", "island"])], run.scene.area.crs)
    named = project(gpd.GeoSeries(gpd.points_from_xy(places["lon"], places["lat"]), crs="EPSG:4326"), run.scene.area.crs)
    river = project(run.scene.layers["rivers"].frame, run.scene.area.crs)
    cells, far_km = shapely.points(grid.centres_m), params.far_km.value
    of_river, of_shore, of_place = (np.array(each.geometry.values, dtype=object) for each in (river, shore, named))
    return distance_km(cells, of_river, far_km), distance_km(cells, of_shore, far_km), distance_km(cells, of_place, far_km)


def _hand_m(terrain: Valley, xy_m: Floats) -> Floats:
    """Return the height above nearest drainage at places (n, 2); NaN beyond the terrain."""
    from geo.flood.terrain import hand_m

    hand = hand_m(terrain.dem.z_m, terrain.drainage)[0].reshape(terrain.dem.z_m.shape)
    column, row = (np.floor(each).astype(int) for each in ~terrain.dem.transform @ (xy_m[:, 0], xy_m[:, 1]))
    there = (row >= 0) & (row < hand.shape[0]) & (column >= 0) & (column < hand.shape[1])
    return np.where(there, hand[np.where(there, row, 0), np.where(there, column, 0)], np.nan).astype(float)


def zone_rows(run: Run, grid: Grid) -> list[Ints]:
    """Return for each origin the zone of every cell, numbered within the origin; -1 is none."""
    kept = [run.result.zones[run.result.zones["origin"] == origin] for origin in ORIGINS]
    return [grid.burn(np.array(rows.geometry.values, dtype=object), np.arange(len(rows), dtype=np.int32)) for rows in kept]


def densities(run: Run) -> list[Floats]:
    """Return the items per km2 of each origin's zones by member, (rows, M)."""
    return [run.result.density.get(origin, np.zeros((0, 1))) for origin in ORIGINS]


def rules(
    run: Run, grid: Grid, rows: list[Ints], near: tuple[Floats, Floats, Floats], params: HindcastParameters
) -> dict[str, list[Floats]]:
    """Return the score of every cell by ranking and origin; ``rows`` is the zone of every cell."""
    model = [np.append(each.mean(axis=1), 0.0)[row] for each, row in zip(densities(run), rows, strict=True)]
    provinces = np.array([run.scene.ground.west, run.scene.ground.east], dtype=object)
    unit = grid.burn(provinces, np.arange(2, dtype=np.int32))
    home = [shapely.contains(province, run.scene.sources.geometry.representative_point().values) for province in provinces]
    mined = np.array([run.scene.sources["mined_km2"].to_numpy(float)[inside].sum() for inside in home])
    river_km = near[0]
    valley = run.result.terrain
    terrain = {} if valley is None else {"B3": [low_ground(_hand_m(valley, grid.centres_m), params)] * 2}
    return {
        MODEL: model,
        FAIR: model,
        "B0": [in_mined_units(unit, mined)] * 2,
        "B1": [(river_km <= params.buffer_km.value).astype(float)] * 2,
        "B2": [-river_km] * 2,
        **terrain,
        "B4": [(each > 0).astype(float) for each in model],
        "B5": [effort(*near, params)] * 2,
    }


def level_paths(run: Run, grid: Grid, part: Flags) -> NDArray[np.object_]:
    """Return the reaches of the area, level path after level path, each downstream; then the estuary's segments."""
    network = run.result.network
    rank = np.empty(len(network.order), dtype=np.intp)
    rank[network.order] = np.arange(len(rank))
    chain = np.lexsort((rank, network.ids[network.path].astype(str)))
    lines = np.concatenate(
        [np.array(frame.geometry.values, dtype=object) for frame in (network.frame.iloc[chain], network.estuary) if len(frame)]
    )
    middle = grid.cell_at(shapely.get_coordinates(shapely.line_interpolate_point(lines, 0.5, normalized=True)))
    return lines[(middle >= 0) & part[middle]]
