"""Where people live, as the user's file tells it: points with counts, areas with counts or densities, or a raster of counts.

Assumption: people of an area are spread evenly over it, those of a raster evenly over each cell, those of a point stand at it.
The limit is the file's own: its date, and a resolution that may be far coarser than the distances asked for; both are told with
every figure.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely

from geo.errors import ConfigError, DataError, nearest
from geo.exchange.columns import match_columns
from geo.exchange.height_files import opened
from geo.exchange.raster import is_raster
from geo.exchange.vector import read_vector
from geo.layer import listed
from geo.measure import areas_m2

ALIASES = {
    "people": (
        *("people", "population", "pop", "n_people", "persons", "inhabitants", "인구", "총인구", "인구수", "거주인구"),
        *("TOT_PPLTN", "TOTPOP", "POP_TOTAL", "tot_pop", "to_in_001"),
    ),
    "density": ("density", "population_density", "pop_density", "popdens", "people_per_km2", "인구밀도"),
    "as_of": ("as_of", "population_year", "base_year", "year", "기준일", "기준연도", "기준년도"),
}
RASTERS = tuple(".tif .tiff .vrt .asc .img .nc .grd .bil .flt".split())
UNDATED = "not stated"
ERRORS = {
    "points": "each point stands for all its people; places as exact as the file",
    "polygons": "people spread evenly over areas of {m} m (median side): far coarser than who lives where",
    "raster": "people spread evenly over cells of {m} m",
}


@dataclass(frozen=True, slots=True)
class Population:
    """Where people live.

    Attributes
    ----------
    kind : {"points", "polygons", "raster"}
    name : str
        Of the file; no path.
    as_of : str
        The year or day the numbers speak of, "not stated" where nobody says.
    resolution_m : float
        Median side of the areas, or side of a cell [m]; NaN for points.
    frame : GeoDataFrame, optional
        With ``people``; None for a raster.
    path : Path, optional
        Of a raster.
    """

    kind: str
    name: str
    as_of: str
    resolution_m: float
    frame: gpd.GeoDataFrame | None = None
    path: Path | None = None

    @property
    def error(self) -> str:
        """What the numbers cannot tell."""
        return ERRORS[self.kind].format(m="" if math.isnan(self.resolution_m) else f"{self.resolution_m:,.0f}")


def read_population(
    path: str | Path, *, column: str | None = None, as_of: str | None = None, layer: str | None = None
) -> Population:
    """Read where people live.

    Parameters
    ----------
    path : str or Path
        Points or polygons in any format GDAL reads, or a raster of people a cell, with a CRS.
    column : str, optional
        That holds people, or people a km² where its name is one of a density; else found by its heading (`ALIASES`).
    as_of : str, optional
        Date of the numbers; else that of the file's own column.
    layer : str, optional
        Needed where the file has several.

    Raises
    ------
    ConfigError
        If the file or column is unknown.
    DataError
        If no column tells people, a number is none or negative, or geometries are mixed, missing or invalid.

    Examples
    --------
    >>> import tempfile
    >>> towns = gpd.GeoDataFrame({"총인구": [120, 30]}, geometry=gpd.points_from_xy([127, 127.1], [38, 38]), crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     towns.to_file(f"{folder}/towns.gpkg")
    ...     found = read_population(f"{folder}/towns.gpkg", as_of="2018")
    >>> found.kind, found.frame.people.tolist(), found.as_of
    ('points', [120.0, 30.0], '2018')
    """
    file = Path(path)
    if file.suffix.lower() in RASTERS and file.exists() and is_raster(file):
        return Population("raster", file.name, as_of or UNDATED, _cell_m(file), path=file)
    frame = read_vector(file, what="population", layer=layer)
    where = f"population: {file.name}"
    kind = _kind(frame, where)
    frame["people"] = _people(frame, kind, column, where)
    side_m = float(np.sqrt(np.median(areas_m2(frame)))) if kind == "polygons" else math.nan
    return Population(kind, file.name, as_of or _dated(frame), side_m, frame=frame[["people", "geometry"]])


def _kind(frame: gpd.GeoDataFrame, where: str) -> str:
    shapes = np.array(frame.geometry.values, dtype=object)
    bad = shapely.is_missing(shapes) | shapely.is_empty(shapes) | ~shapely.is_valid(shapes)
    if bad.any():
        rows = listed(pd.Series([f"row {row + 1}" for row in np.flatnonzero(bad)]))
        raise DataError("missing or invalid geometry", where=where, found=rows, mend="mend it in the source file")
    kinds = {"Point": "points", "Polygon": "polygons", "MultiPolygon": "polygons"}
    found = {kinds.get(name, name) for name in frame.geom_type}
    if len(found) != 1 or not found <= {"points", "polygons"}:
        raise DataError("population geometry", where=where, expected="points, or polygons", found=", ".join(sorted(found)))
    return str(found.pop())


def _people(frame: gpd.GeoDataFrame, kind: str, column: str | None, where: str) -> pd.Series:
    headings = [str(name) for name in frame.columns if name != "geometry"]
    if column is not None and column not in headings:
        raise ConfigError("unknown population column", where=f"{where}: {column}", mend=nearest(column, headings))
    meaning = match_columns(headings if column is None else [column], ALIASES)
    chosen = {ours: theirs for theirs, ours in meaning.items()}
    name = column or chosen.get("people") or chosen.get("density")
    if name is None:
        raise DataError("no column of people", where=where, found=", ".join(headings), mend="name it with --people-column")
    is_density = meaning.get(name) == "density"
    if is_density and kind == "points":
        raise DataError("a density needs areas", where=f"{where}: {name}", expected="polygons", found=kind)
    numbers: pd.Series = pd.to_numeric(frame[name], errors="coerce").astype(float)
    bad = ~(np.isfinite(numbers) & (numbers >= 0))
    if bad.any():
        rows = listed(pd.Series([f"row {row + 1}" for row in np.flatnonzero(bad)]))
        raise DataError(
            "people is no number", where=f"{where}: {name}", expected="0 or more", found=rows, mend="fill or drop them"
        )
    return numbers * areas_m2(frame) / 1e6 if is_density else numbers


def _dated(frame: gpd.GeoDataFrame) -> str:
    found = {ours: theirs for theirs, ours in match_columns(map(str, frame.columns), {"as_of": ALIASES["as_of"]}).items()}
    if "as_of" not in found:
        return UNDATED
    texts: list[str] = sorted({_text(value) for value in frame[found["as_of"]].dropna()} - {""})
    return f"{texts[0]} to {texts[-1]}" if len(texts) > 1 else "".join(texts) or UNDATED


def _text(value: Any) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).strip()


def _cell_m(file: Path) -> float:
    """Return the side of a raster's cell in its middle [m]; the raster must state its CRS and hold one band."""
    with opened(str(file)) as grid:
        if grid.crs is None:
            raise DataError(
                "no CRS", where=f"population: {file.name}", mend="state the one of the coordinates; it is never guessed"
            )
        if grid.count != 1:
            raise DataError("population raster", where=file.name, expected="one band", found=str(grid.count))
        column, row = grid.width // 2, grid.height // 2
        corners = [grid.xy(row + south, column + east, offset="ul") for east, south in ((0, 0), (1, 0), (1, 1), (0, 1))]
        crs = pyproj.CRS.from_wkt(grid.crs.to_wkt())
    return float(np.sqrt(areas_m2(gpd.GeoSeries([shapely.Polygon(corners)], crs=crs))[0]))
