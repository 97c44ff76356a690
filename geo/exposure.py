"""How many people live within 100, 200 and 500 m of hazards, and of screening zones apart.

Assumption: people stand where `geo.population` puts them. Nobody is counted twice: distances are taken from all hazards of a
layer together, never one by one. Points are measured in the area's projected CRS, where distances in Korea are true to a part in
1,000; areas and rasters are cut by buffers. The limit: living near a hazard is not being at risk, and near a simulated one it
says nothing of anybody.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.article7 import unreleased
from geo.districts import Layers, cut
from geo.errors import ConfigError, DataError
from geo.generalise import HAZARD_LAYERS, exact_rows
from geo.layer import Layer
from geo.measure import areas_m2, buffer, project
from geo.points import FEW, FEWEST
from geo.population import Population
from geo.terms import LAYERS, TEXTS

DISTANCES_M = (100.0, 200.0, 500.0)
SCREENING_LAYERS = ("flood_displacement", "hillslope_displacement")
STEP_M = 50.0  # between the marks along a hazard's outline that a quick search measures to
QUAD_SEGS = 16  # 0.12 m off at 100 m, far below any population file's own error
SMOOTHED_M = 0.25
HAZARD = "hazards as supplied; closed and handed over ones left out"
CELL = "1 km cells that hold supplied hazards: more people than live near the hazards themselves"
SIMULATED = "simulated: not people at risk"
SCREENING = "screening zone: indirect evidence, not people at risk"

Flags = NDArray[np.bool_]
Shapes = NDArray[np.object_]


def exposure(
    layers: Layers,
    people: Population,
    crs: pyproj.CRS,
    *,
    distances_m: Sequence[float] = DISTANCES_M,
    cells: bool = False,
) -> pd.DataFrame:
    """Count people within distances of every hazard and screening layer.

    Parameters
    ----------
    layers : mapping of str to Layer or GeoDataFrame
        Only `HAZARD_LAYERS` and `SCREENING_LAYERS` count.
    people : Population
    crs : pyproj.CRS
        Projected, in metres; that of the study area.
    distances_m : sequence of float
        Ascending; each counts all people up to it.
    cells : bool
        Whether supplied hazards are given as the 1 km cells of the public tier: counts from 1 to 4 are withheld then.

    Returns
    -------
    DataFrame
        ``layer, label, simulated, n_features, people_100m, …, told_100m, …, population, population_as_of, population_error``;
        people at full precision, and told as `population_rounding` and the tier have it. Rows share people: they are not added.

    Raises
    ------
    ConfigError
        If the distances do not ascend from above 0.

    Examples
    --------
    A field at the origin and people 50, 150 and 600 m east of it:

    >>> fields = gpd.GeoDataFrame({"id": ["a"], "basis": ["surveyed"]}, geometry=[shapely.box(-10, -10, 0, 10)], crs=5186)
    >>> towns = gpd.GeoDataFrame({"people": [7.0, 20, 400]}, geometry=gpd.points_from_xy([50, 150, 600], [0, 0, 0]), crs=5186)
    >>> towns = Population("points", "towns.gpkg", "2018", math.nan, frame=towns)
    >>> exposure({"planned_minefields": fields}, towns, fields.crs).filter(like="people_").values.tolist()
    [[7.0, 27.0, 27.0]]
    """
    distances = [float(distance) for distance in distances_m]
    if not distances or not all(low < high for low, high in zip([0.0, *distances], distances, strict=False)):
        raise ConfigError("bad distances", expected="metres, ascending from above 0", found=str(distances_m))
    rows = []
    for name, frame, label, mapped in _groups(layers, cells):
        counts = people_near(frame, people, crs, distances)
        told = [tell(count, few=cells and mapped) for count in counts]
        hidden = [math.nan if text == FEW else count for text, count in zip(told, counts, strict=True)]
        rows.append((name, label, label in (SIMULATED, SCREENING), len(frame), *hidden, *told))
    columns = ["layer", "label", "simulated", "n_features"]
    columns += [f"{what}_{distance:g}m" for what in ("people", "told") for distance in distances]
    table = pd.DataFrame(rows, columns=columns)
    if cells:
        table["n_features"] = table["n_features"].astype("Int64").mask(table["label"] == CELL)
    return table.assign(population=people.name, population_as_of=people.as_of, population_error=people.error)


def exposure_notes(people: Population) -> tuple[str, ...]:
    """Return what stands under every table of exposure."""
    return (
        f"population: {people.name}, as of {people.as_of}; {people.error}",
        "Each distance counts everybody up to it. Layers share people: their counts are not to be added.",
        TEXTS["rounding"].en,
    )


def population_rounding(people: float) -> int:
    """Return a number of people rounded up: below 1,000 to 10, below 100,000 to 100, above to 1,000 (InaSAFE's rule).

    Rounded up, so that somebody never becomes nobody.

    Examples
    --------
    >>> [population_rounding(n) for n in (0, 0.2, 41, 990, 1203, 99_950, 250_001)]
    [0, 10, 50, 990, 1300, 100000, 251000]
    """
    step = 10 if people < 1_000 else 100 if people < 100_000 else 1_000
    return step * math.ceil(round(people, 6) / step)


def tell(people: float, *, few: bool = False) -> str:
    """Return people as tables for people show them; from 1 to 4 as "<5" where few are not to be told.

    Examples
    --------
    >>> tell(3, few=True), tell(3), tell(0, few=True), tell(123_456)
    ('<5', '10', '0', '124,000')
    """
    return FEW if few and 0 < people < FEWEST else f"{population_rounding(people):,}"


def _groups(layers: Layers, cells: bool) -> Iterator[tuple[str, gpd.GeoDataFrame, str, bool]]:
    """Yield each layer's supplied and simulated features apart: name, features, label, whether somebody mapped them."""
    for name in LAYERS:
        if name not in layers or name not in (*HAZARD_LAYERS, *SCREENING_LAYERS):
            continue
        layer: Any = layers[name]
        frame = layer.frame if isinstance(layer, Layer) else layer
        if name in SCREENING_LAYERS:
            yield name, frame, SCREENING, False
            continue
        mapped = exact_rows(frame, name)
        groups: Mapping[str, Flags] = {CELL if cells else HAZARD: mapped, SIMULATED: ~mapped}
        for label, rows in groups.items():
            if rows.any():
                yield name, frame[rows] if label == SIMULATED else unreleased(frame[rows]), label, label != SIMULATED


def people_near(frame: gpd.GeoDataFrame, people: Population, crs: pyproj.CRS, distances_m: Sequence[float]) -> list[float]:
    """Return how many people live within each distance [m] of any feature; the distances ascend."""
    if frame.empty:
        return [0.0] * len(distances_m)
    if people.kind == "points" and people.frame is not None:
        counts = people.frame["people"].to_numpy(float)
        spots = np.array(project(people.frame, crs).geometry.values, dtype=object)
        shapes = np.array(project(frame, crs).geometry.values, dtype=object)
        return [float(counts[near].sum()) for near in within(shapes, spots, distances_m)]
    reached = reach(frame, crs, distances_m)
    if people.kind == "polygons" and people.frame is not None:
        return [_of_areas(parts, people.frame) for parts in reached]
    return [_of_raster(parts, people) for parts in reached]


def within(shapes: Shapes, spots: Shapes, distances_m: Sequence[float]) -> Iterator[Flags]:
    """Yield which points lie within each distance [m] of any shape; shape (n,).

    Marks along the outlines, at most `STEP_M` apart, bound every distance from above and below; the few points between the two
    bounds are measured to the shapes themselves.
    """
    from scipy.spatial import cKDTree

    inside = np.zeros(len(spots), dtype=bool)
    flat = shapely.get_dimensions(shapes) < 2
    inside[np.unique(shapely.STRtree(spots).query(shapes[~flat], predicate="intersects")[1])] = True
    marks = shapely.get_coordinates(shapely.segmentize(shapes, STEP_M))
    widest = math.hypot(max(distances_m), STEP_M / 2)
    to_mark_m = cKDTree(marks).query(shapely.get_coordinates(spots), distance_upper_bound=widest * (1 + 1e-9))[0]
    tree = shapely.STRtree(shapes)
    for distance in distances_m:
        near = inside | (to_mark_m <= distance)
        unsure = np.flatnonzero(~near & (to_mark_m <= math.hypot(distance, STEP_M / 2)))
        near[unsure[np.unique(tree.query(spots[unsure], predicate="dwithin", distance=distance)[0])]] = True
        yield near


def reach(frame: gpd.GeoDataFrame, crs: pyproj.CRS, distances_m: Sequence[float]) -> Iterator[gpd.GeoDataFrame]:
    """Yield the land within each distance [m] of any feature, in polygons apart; each grows out of the one before."""
    shapes, done_m = project(frame, crs).geometry, 0.0
    for distance in distances_m:
        grown = buffer(shapes, distance - done_m, quad_segs=QUAD_SEGS)
        parts = shapely.get_parts(shapely.union_all(np.array(grown.values, dtype=object)))
        yield gpd.GeoDataFrame(geometry=gpd.GeoSeries(parts, crs=crs))
        smoothed = shapely.simplify(parts, SMOOTHED_M, preserve_topology=False)  # fifteen times as fast; what grows next mends it
        shapes, done_m = gpd.GeoSeries(smoothed, crs=crs), distance


def _of_areas(parts: gpd.GeoDataFrame, areas: gpd.GeoDataFrame) -> float:
    """Return the people of the share of each area that the parts cover."""
    pieces = cut(parts, areas, outside=False)
    covered_m2 = np.bincount(pieces.district, weights=pieces.m2, minlength=len(areas))
    return float((areas["people"].to_numpy(float) * np.minimum(covered_m2 / areas_m2(areas), 1.0)).sum())


def _of_raster(parts: gpd.GeoDataFrame, people: Population) -> float:
    """Return the people of the share of each cell that the parts cover."""
    from exactextract import exact_extract
    from exactextract.raster import RasterioRasterSource

    from geo.exchange.height_files import opened

    with opened(str(people.path)) as grid:
        there = parts.to_crs(grid.crs.to_wkt())
        told = exact_extract(RasterioRasterSource(grid), there, ["sum", "min"], output="pandas")
    least = told["min"].min()
    if least < 0:
        raise DataError("negative people", where=f"population: {people.name}", found=f"{least:g}", mend="declare it as nodata")
    return float(told["sum"].sum())
