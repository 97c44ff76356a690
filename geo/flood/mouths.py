"""Drainage areas of a terrain model beside published ones: a check of the terrain, never a way to tune it.

Assumption: a published area is that of the whole river, to where it ends or joins a larger one. Its limit: texts give
areas without saying for which point, and a terrain model that ends inside a basin drains too little.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.exchange.raster import Dem
from geo.flood.terrain import Drainage

Floats = NDArray[np.float32]

CLEARANCE = 2.0  # snapping distances from a river's end at which the larger river it joins is not caught (assumed)
JOINED = 1.1  # a step down that adds a tenth of the area is taken for the larger river, or the sea (assumed)
VERTICES = 20  # in one clearance


def areas_at_mouths(dem: Dem, drainage: Drainage, courses: gpd.GeoDataFrame, *, snap_m: float = 1000.0) -> pd.DataFrame:
    """Compare a terrain's drainage areas with published ones.

    A river is looked for at the lowest point of its line that is two `snap_m` or more from where it ends and from the
    river it joins: there it is the cell with the largest area within `snap_m`. From that cell the water is followed down,
    at most as far again, to just above the first step that adds a tenth of the area or more.

    Parameters
    ----------
    dem : Dem
    drainage : Drainage
    courses : GeoDataFrame
        Lines that run downstream: ``line_id, name_en, flows_into, area_km2, area_basis``, see `geo.flood.river_courses`.
        Rows whose basis is ``published`` are compared.
    snap_m : float

    Returns
    -------
    DataFrame
        ``river, name_en, published_km2, terrain_km2, difference_percent, cut, lon, lat``, one row a river that is found
        on the terrain. ``cut``: the terrain ends inside its basin, so its area is too small.
    """
    lines = measure.project(courses, dem.crs).set_index("line_id")
    area, from_edge = drainage.area_km2.reshape(drainage.shape), _from_edge(dem, drainage)
    met = []
    for river, line in lines[lines["area_basis"] == "published"].iterrows():
        point = _near_end(line.geometry, lines.geometry.get(line["flows_into"]), CLEARANCE * snap_m)
        found = _largest_near(point, area, dem, snap_m)
        if found is not None:
            cell = _followed(found, drainage, CLEARANCE * snap_m / dem.cell_m)
            met.append(
                (river, line["name_en"], line["area_km2"], float(area[cell]), bool(from_edge[cell] > 0), *_lonlat(dem, cell))
            )
    table = pd.DataFrame(met, columns=["river", "name_en", "published_km2", "terrain_km2", "cut", "lon", "lat"])
    table.insert(4, "difference_percent", 100 * (table["terrain_km2"] / table["published_km2"] - 1))
    return table


def _from_edge(dem: Dem, drainage: Drainage) -> NDArray[np.float64]:
    """Return how many cells on the edge of the known heights drain through each cell, (ny, nx)."""
    from geo.flood import sweeps

    load = sweeps.rim(np.isnan(dem.z_m)).astype(float)
    sweeps.accumulate(drainage.receiver, drainage.order, load.reshape(-1))
    return load


def _near_end(line: shapely.LineString, onto: shapely.LineString | None, clear_m: float) -> shapely.Point:
    """Return the lowest point of a river at `clear_m` or more from its end and from the river it joins."""
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(line, clear_m / VERTICES)))
    apart = np.minimum(shapely.distance(points, points[-1]), np.inf if onto is None else shapely.distance(points, onto))
    clear = np.flatnonzero(apart >= clear_m)
    return points[clear[-1]] if len(clear) else points[0]


def _largest_near(point: shapely.Point, area_km2: Floats, dem: Dem, snap_m: float) -> tuple[int, int] | None:
    """Return row and column of the largest area within `snap_m`; None if the point lies off the terrain."""
    away = snap_m / dem.cell_m
    place = (dem.transform.f - point.y) / dem.cell_m - 0.5, (point.x - dem.transform.c) / dem.cell_m - 0.5
    rows, cols = (
        np.arange(max(int(at - away), 0), min(int(at + away) + 2, count)) for at, count in zip(place, area_km2.shape, strict=True)
    )
    if not (len(rows) and len(cols)):
        return None
    apart = np.hypot((rows - place[0])[:, None], cols - place[1])
    near = np.where(apart <= away, np.nan_to_num(area_km2[np.ix_(rows, cols)]), 0.0)
    row, col = np.unravel_index(int(near.argmax()), near.shape)
    return (int(rows[row]), int(cols[col])) if near[row, col] > 0 else None


def _followed(cell: tuple[int, int], drainage: Drainage, cells: float) -> tuple[int, int]:
    """Return the cell reached by following the water down some cell sides, to just above a much larger stream."""
    nx, area, receiver = drainage.shape[1], drainage.area_km2, drainage.receiver
    here, way = cell[0] * nx + cell[1], 0.0
    while (below := int(receiver[here])) >= 0 and area[below] < JOINED * area[here]:
        way += 1.0 if abs(below - here) in (1, nx) else 2**0.5
        if way > cells:
            break
        here = below
    return divmod(here, nx)


def _lonlat(dem: Dem, cell: tuple[int, int]) -> tuple[float, float]:
    x, y = dem.transform.c + (cell[1] + 0.5) * dem.cell_m, dem.transform.f - (cell[0] + 0.5) * dem.cell_m
    lon, lat = pyproj.Transformer.from_crs(dem.crs, measure.LONLAT, always_xy=True).transform(x, y)
    return float(lon), float(lat)
