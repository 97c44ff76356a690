"""Heights in from any raster that GDAL reads, results out as cloud optimised GeoTIFF.

Assumption: plane work needs square cells in metres, so whatever else is handed in is resampled once, here. Its limit:
the whole grid is held in memory as float32, 0.4 GB for 100 million cells.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError
from geo.exchange.height_files import (
    Box,
    Floats,
    HeightFile,
    common,
    fill,
    on_grid,
    opened,
    raster_paths,
    read_header,
    resolution_m,
)

if TYPE_CHECKING:
    from affine import Affine

NODATA_NOTED = 0.5
SLACK = 1e-6  # of a cell: rounding of a box that ends on the grid
COG_OPTIONS = {"compress": "deflate", "predictor": "yes", "blocksize": 256, "overview_resampling": "average"}


@dataclass(frozen=True, slots=True)
class Dem:
    """A height grid on square cells of a projected CRS in metres, north up.

    Attributes
    ----------
    z_m : (ny, nx) float32
        Heights [m], NaN where unknown.
    transform : affine.Affine
        From column and row to x and y; the corner (0, 0) is the north-western one.
    crs : pyproj.CRS
    step_m : float
        Vertical step [m] of the source before resampling; 0 if continuous.
    name : str
        For messages.
    notes : tuple of str
        What a reader of the result should know.

    Raises
    ------
    DataError
        If the CRS is not projected in metres, or cells are not square or not north up.
    """

    z_m: Floats
    transform: Affine
    crs: pyproj.CRS
    step_m: float
    name: str
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        t, found = self.transform, ""
        if not _in_metres(self.crs):
            found = f"the CRS {self.crs.name}"
        elif (t.b, t.d) != (0, 0) or t.a <= 0 or t.e >= 0:
            found = "a rotated or mirrored one"
        elif abs(t.a + t.e) > 1e-6 * t.a:
            found = f"cells of {t.a:g} x {-t.e:g}"
        elif self.z_m.ndim != 2 or self.z_m.dtype != np.float32:
            found = f"{self.z_m.dtype} {self.z_m.shape}"
        if found:
            expected = "a float32 grid of square cells, north up, in a projected CRS in metres"
            raise DataError("terrain", where=self.name, expected=expected, found=found, mend="read it with read_dem")

    @property
    def cell_m(self) -> float:
        """Side of a cell [m]."""
        return float(self.transform.a)

    def at(self, x_m: NDArray[np.float64], y_m: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the value of the cell around each place of ``crs``, (n,); NaN beyond the grid."""
        grid, (ny, nx) = self.transform, self.z_m.shape
        column = np.floor((x_m - grid.c) / grid.a).astype(np.intp)
        row = np.floor((y_m - grid.f) / grid.e).astype(np.intp)
        there = (row >= 0) & (row < ny) & (column >= 0) & (column < nx)
        return np.where(there, self.z_m[np.where(there, row, 0), np.where(there, column, 0)], np.nan).astype(float)

    def outline(self, chosen: NDArray[np.bool_]) -> shapely.Geometry:
        """Return the outline of chosen cells (ny, nx) in ``crs``."""
        from rasterio.features import shapes

        parts = [shapely.geometry.shape(shape) for shape, _ in shapes(chosen.astype(np.uint8), chosen, transform=self.transform)]
        return shapely.union_all(parts)


def read_dem(
    path: str | Path | Sequence[str | Path],
    *,
    crs: pyproj.CRS,
    bounds_deg: Box | None = None,
    cell_m: float | None = None,
    band: int | None = None,
) -> Dem:
    """Read heights onto a square grid, window by window.

    A raster that is already in `crs` with square cells keeps its own grid and values. Any other is resampled (bilinear) onto
    cells whose edges are multiples of `cell_m`. Of overlapping tiles the first, by name, is taken.

    Parameters
    ----------
    path : str, Path or several
        Raster or VRT in any CRS, several of them, or a folder of tiles.
    crs : pyproj.CRS
        Projected, in metres.
    bounds_deg : tuple of float, optional
        West, south, east, north [degrees] beyond which nothing is read.
    cell_m : float, optional
        When absent, the source's own resolution in the middle of the area, the coarser of its two sides, rounded.
    band : int, optional
        Needed where a raster has several, counted from 1.

    Returns
    -------
    Dem
        Nodata, masked and transparent cells are NaN.

    Raises
    ------
    ConfigError
        If there is no such file, the band is not named, or `crs` is not projected in metres.
    DataError
        If a raster cannot be read, is rotated, states no CRS or place, misses the area, holds no data, or heights lie
        outside -500 to 9,000 m.
    """
    if not _in_metres(crs):
        raise ConfigError("terrain", where="crs", expected="a projected CRS in metres", found=crs.name, mend="try EPSG:5186")
    paths = raster_paths(path)
    name = Path(paths[0]).name + (f" and {len(paths) - 1} more" if len(paths) > 1 else "")
    files = [file for one in paths if (file := read_header(one, crs, bounds_deg, band)) is not None]
    if not files:
        raise DataError(
            "terrain outside the area",
            where=name,
            expected=f"overlap with west, south, east, north {bounds_deg}",
            mend="supply the terrain of this area",
        )
    grid, shape = _grid(files, crs, bounds_deg, cell_m, name)
    z_m = np.full(shape, np.nan, np.float32)
    for file in files:
        fill(z_m, grid, crs, file)
    missing = float(np.isnan(z_m).mean())
    if missing == 1:
        raise DataError("terrain without data", where=name, expected="heights in the area", found="nodata", mend="supply others")
    notes = [file.note for file in files if file.note]
    if missing > NODATA_NOTED:
        notes.append(f"terrain {name}: {missing:.0%} of the cells hold no height")
    step_m = max((file.step_m for file in files if not math.isnan(file.step_m)), default=0.0)  # the worst tile decides
    return Dem(z_m, grid, crs, step_m, name, tuple(notes))


def is_raster(path: str | Path) -> bool:
    """Whether GDAL reads a file as a raster and not as features."""
    try:
        with opened(str(path)) as file:
            return bool(file.count)
    except DataError:
        return False


def _grid(
    files: Sequence[HeightFile], crs: pyproj.CRS, bounds_deg: Box | None, cell_m: float | None, name: str
) -> tuple[Affine, tuple[int, int]]:
    """Return transform and shape: the files' own grid where they share one that serves, else multiples of the cell."""
    from affine import Affine
    from rasterio.warp import transform_bounds

    boxes = np.array([file.box for file in files])
    box: Box = (*boxes[:, :2].min(axis=0), *boxes[:, 2:].max(axis=0))
    if bounds_deg is not None:
        box = common(box, transform_bounds("EPSG:4326", crs.to_wkt(), *bounds_deg))
    own = files[0].transform
    shared = cell_m in (None, own.a) and all(on_grid(file, crs, own) for file in files)
    cell = own.a if shared else cell_m if cell_m is not None else min(map(resolution_m, files))
    if not (np.isfinite(box).all() and math.isfinite(cell) and cell > 0):
        raise ConfigError("terrain", where=name, expected="an area inside the CRS and cell_m above 0", found=f"{box}, {cell!r}")
    x0, y0 = (own.c, own.f) if shared else (0.0, 0.0)
    west, south = (math.floor((low - at) / cell + SLACK) for low, at in zip(box[:2], (x0, y0), strict=True))
    east, north = (math.ceil((high - at) / cell - SLACK) for high, at in zip(box[2:], (x0, y0), strict=True))
    ny, nx = north - south, east - west
    if not 0 < ny * nx < 2**31:
        raise ConfigError("terrain grid", where=name, expected="1 to 2^31 cells", found=f"{ny} x {nx}", mend="change cell_m")
    return Affine(cell, 0.0, x0 + west * cell, 0.0, -cell, y0 + north * cell), (ny, nx)


def write_cog(
    path: Path, bands: Mapping[str, Floats], transform: Affine, crs: pyproj.CRS, *, tags: Mapping[str, str] | None = None
) -> None:
    """Write named bands as a cloud optimised GeoTIFF with overviews; the bytes repeat for one version of GDAL.

    Parameters
    ----------
    path : Path
        Replaced if it exists.
    bands : mapping of str to (ny, nx) float32
        In this order; the names become band descriptions. NaN is declared as nodata.
    transform : affine.Affine
    crs : pyproj.CRS
    tags : mapping of str to str, optional
        Of the file.

    Raises
    ------
    ConfigError
        If there is no band, or bands differ in shape.
    """
    import rasterio

    shapes = {array.shape for array in bands.values()}
    if len(shapes) != 1 or len(next(iter(shapes))) != 2:
        raise ConfigError("raster", where=path.name, expected="bands of one shape (ny, nx)", found=str(sorted(shapes)))
    (ny, nx) = shapes.pop()
    layout = {"width": nx, "height": ny, "count": len(bands), "dtype": "float32", "nodata": np.nan}
    place = {"transform": transform, "crs": crs.to_wkt()}
    with rasterio.open(path, "w", driver="COG", **layout, **place, **COG_OPTIONS) as file:
        file.update_tags(**dict(sorted((tags or {}).items())))
        for number, (title, array) in enumerate(bands.items(), start=1):
            file.write(array.astype(np.float32, copy=False), number)
            file.set_band_description(number, title)


def read_bands(path: Path) -> tuple[dict[str, NDArray[Any]], dict[str, Any]]:
    """Return a GeoTIFF's bands by name and what else it says: place, CRS, nodata and tags."""
    with opened(str(path)) as file:
        bands = {str(title): file.read(number) for number, title in enumerate(file.descriptions, start=1)}
        place = {"transform": list(file.transform)[:6], "crs": file.crs.to_wkt(), "nodata": str(file.nodata), "tags": file.tags()}
    return bands, place


def _in_metres(crs: pyproj.CRS) -> bool:
    return bool(crs.is_projected and all(axis.unit_conversion_factor == 1 for axis in crs.axis_info[:2]))
