"""V-shaped valleys on the worlds' plane: a river eastwards along y = 0, its sides rising by a constant slope."""

from dataclasses import fields, replace

import geopandas as gpd
import numpy as np
import pyproj
from affine import Affine
from flood.worlds import CRS, X0, Y0, line

from geo.exchange.raster import Dem
from geo.flood import RiverNetwork
from geo.flood.valley import Valley

SIDE, FALL = 0.05, 0.002


def v_valley(columns=60, rows=41, cell_m=90.0, x_m=0.0, *, side=SIDE, step_m=0.0):
    """Heights over ``columns`` cells from x = ``x_m``; the river runs through the middle row."""
    i, j = np.arange(columns), np.arange(rows) - rows // 2
    z = (FALL * (columns - 1 - i)[None, :] + side * np.abs(j)[:, None]) * cell_m
    return dem(z, cell_m, x_m, step_m=step_m)


def dem(z, cell_m, x_m=0.0, *, step_m=0.0):
    """A grid whose middle row has its centres on y = 0."""
    corner = Affine(cell_m, 0.0, X0 + x_m, 0.0, -cell_m, Y0 + cell_m * len(z) / 2)
    return Dem(np.asarray(z, dtype=np.float32), corner, pyproj.CRS(CRS), step_m, "valley")


def straight_river(reaches=3, reach_m=1800.0, x_m=0.0, **columns):
    """Reaches in line along y = 0, W = 20 m, A = 500 km²."""
    shapes = [line((x_m + reach_m * k, 0), (x_m + reach_m * (k + 1), 0)) for k in range(reaches)]
    ids = [f"r{k + 1}" for k in range(reaches)]
    table = {"id": ids, "down": [*ids[1:], ""], "length_km": reach_m / 1e3, "area_km2": 500.0, "width_m": 20.0}
    return RiverNetwork.from_table(gpd.GeoDataFrame({**table, **columns}, geometry=shapes, crs=CRS))


def drained(heights, network, params):
    return Valley.of(heights, network, params)


def certain(params):
    """The same parameters without any prior."""
    return replace(params, **{field.name: replace(getattr(params, field.name), prior="") for field in fields(params)})


def wet_cells(result):
    """The wet share of each cell of the grid, 0 beyond the cells."""
    return np.nan_to_num(result.raster.grid("share_of_members_wet"))
