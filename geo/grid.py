"""The one grid of the public tier: square cells, at least 1 km wide, that start at (0, 0) of the area's projected CRS.

Assumption: the grid is never shifted and never finer, so that two releases cannot be crossed to a smaller shape. Its limit: a
node is told to 2 cm, which is what the seven decimals of GeoJSON keep.
"""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import CheckFailed, ConfigError

SMALLEST_CELL_KM = 1.0
NODE_TOLERANCE_M = 0.02  # GeoJSON's 7 decimals move a vertex by up to 8 mm
DATE = r"^(\d{4}).*$"


def check_cell(cell_km: float) -> None:
    """Refuse a cell narrower than `SMALLEST_CELL_KM`.

    Raises
    ------
    ConfigError
        Also if the width is no number.

    Examples
    --------
    >>> check_cell(5)
    """
    if not cell_km >= SMALLEST_CELL_KM:
        raise ConfigError("cell too small", where="cell_km", expected="at least 1", found=f"{cell_km:g}",
                          mend="the public tier never shows less")  # fmt: skip


def squares(table: pd.DataFrame, key: pd.Series, crs: pyproj.CRS, cell_km: float) -> gpd.GeoDataFrame:
    """Return a table of cells with ids, names, precision and shapes.

    Parameters
    ----------
    table : DataFrame, n rows
        With whole numbers ``east`` and ``north``, counted in cells from the CRS's origin; both are left out of the result.
    key : Series of str, n rows
        What tells rows of one cell apart, "" where there is nothing to tell.
    crs : pyproj.CRS
        Projected, in metres.
    cell_km : float

    Examples
    --------
    >>> cells = squares(pd.DataFrame({"east": [205], "north": [605]}), pd.Series(["SHA"]), pyproj.CRS.from_epsg(5186), 1.0)
    >>> cells.id[0], cells.name_en[0], cells.geometry[0].bounds
    ('cell1km-205-605-SHA', '1 km cell 205-605', (205000.0, 605000.0, 206000.0, 606000.0))
    """
    place = table["east"].astype(str) + "-" + table["north"].astype(str)
    made = table.drop(columns=["east", "north"])
    made["id"] = f"cell{cell_km:g}km-" + place + ("-" + key).where(key != "", "")
    made["name_en"] = f"{cell_km:g} km cell " + place
    made["name_ko"] = f"{cell_km:g} km 격자 " + place
    made["precision_m"] = 1000.0 * cell_km
    corner = table[["east", "north"]].to_numpy(float) * 1000.0 * cell_km
    shapes = shapely.box(*corner.T, *(corner + 1000.0 * cell_km).T)
    return gpd.GeoDataFrame(made, geometry=shapes, crs=crs)


def off_grid_m(points_m: NDArray[np.float64], cell_km: float = SMALLEST_CELL_KM) -> NDArray[np.float64]:
    """Return how far [m] each point [m], shape (n, 2), lies from its node along the worse axis; shape (n,).

    Examples
    --------
    >>> off_grid_m(np.array([[205000.0, 605000.0], [205000.0, 605300.0]])).tolist()
    [0.0, 300.0]
    """
    cell_m = 1000.0 * cell_km
    return np.asarray(np.abs(points_m - cell_m * np.round(points_m / cell_m)).max(axis=1, initial=0.0))


def check_nodes(shapes: Any, ids: pd.Series, where: str, cell_km: float, tolerance_m: float) -> None:
    """Check that every vertex of shapes in a projected CRS is a node of the grid.

    Raises
    ------
    CheckFailed
        Naming the features and the farthest vertex.
    """
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    off_m = off_grid_m(points, cell_km)
    if (off_m > tolerance_m).any():
        bad = ids.iloc[np.unique(owner[off_m > tolerance_m])]
        raise CheckFailed("vertex is no node of the grid", where=f"{where}: {', '.join(map(str, bad[:20]))}",
                          expected=f"within {tolerance_m:g} m", found=f"{off_m.max():.2f} m")  # fmt: skip


def years(dates: pd.Series) -> pd.Series:
    """Return the year of each ISO date as text, "" where there is none.

    Examples
    --------
    >>> years(pd.Series(["2025-05-01", "2019", "", None, "undated"])).tolist()
    ['2025', '2019', '', '', '']
    """
    told = dates.astype(object).where(dates.notna(), "").astype(str).str.strip()
    return told.str.replace(DATE, r"\1", regex=True).where(told.str.match(r"\d{4}"), "")
