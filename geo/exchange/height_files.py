"""Raster files of heights: which they are, what their headers say, and their cells brought onto another grid.

Assumption: a file states its own CRS, place and nodata, and its heights are metres. Its limit: feet cannot be told from
metres, and a raster resampled before it is handed in no longer shows its vertical step.
"""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError

if TYPE_CHECKING:
    from affine import Affine

Floats = NDArray[np.float32]
Box = tuple[float, float, float, float]

HEIGHTS_M = (-500.0, 9000.0)
BLOCK_ROWS = 2048
PLACED = 0.01  # of a cell: how exactly GDAL places cells; its own 1/8 moves heights by metres on steep slopes
SAMPLE = 256  # cells a side of the nine windows that tell the vertical step
CONTINUOUS_M = 1e-3  # smaller steps are rounding
FEW = 10  # fewer distinct heights, as at sea, do not tell the step
ROUND = (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10.0)
SUFFIXES = tuple(".asc .bil .dem .dt0 .dt1 .dt2 .flt .hgt .img .jp2 .nc .tif .tiff .vrt".split())


@dataclass(frozen=True, slots=True)
class HeightFile:
    """One raster of heights by its header.

    Attributes
    ----------
    path : str
    band : int
        The band that holds the heights.
    crs : rasterio.crs.CRS
    transform : affine.Affine
    own_box, box : tuple of float
        The part that is wanted, in the file's CRS and in the grid's.
    step_m : float
        Vertical step [m]: 0 if continuous, NaN if the heights are too few to tell.
    note : str
    """

    path: str
    band: int
    crs: Any
    transform: Affine
    own_box: Box
    box: Box
    step_m: float
    note: str


def raster_paths(path: str | Path | Sequence[str | Path]) -> list[str]:
    """Return the rasters named; of a folder those in it, by name.

    Raises
    ------
    ConfigError
        If a path does not exist or is an address in a network.
    DataError
        If a folder holds no raster.
    """
    found: list[str] = []
    for one in [path] if isinstance(path, (str, Path)) else path:
        file = Path(one)
        if "://" in str(one):
            raise ConfigError("terrain", where=str(one), expected="a file", found="an address", mend="download it first")
        if not file.exists() and not str(one).startswith("/vsi"):
            raise ConfigError("no such terrain", where=str(one), mend="check the path")
        whole = not file.is_dir() or (file / "hdr.adf").exists()  # an Esri grid is a folder
        tiles = [str(one)] if whole else sorted(str(tile) for tile in file.iterdir() if tile.suffix.lower() in SUFFIXES)
        if not tiles:
            raise DataError("no terrain in the folder", where=str(one), expected=f"files {' '.join(SUFFIXES)}")
        found += tiles
    if not found:
        raise ConfigError("terrain", expected="one raster or more", found="none", mend="name the file or folder")
    return found


def read_header(path: str, crs: pyproj.CRS, bounds_deg: Box | None, band: int | None) -> HeightFile | None:
    """Return what a raster's header and a sample of its heights say; None if it lies outside the bounds.

    Raises
    ------
    ConfigError
        If the band is not named where there are several.
    DataError
        If the file cannot be read, states no CRS or place, or is rotated.
    """
    from rasterio.warp import transform_bounds

    with opened(path) as file:
        number = _checked_band(file, path, band)
        own_box: Box = tuple(file.bounds)
        if bounds_deg is not None:
            own_box = common(own_box, transform_bounds("EPSG:4326", file.crs, *bounds_deg))
        if own_box[0] >= own_box[2] or own_box[1] >= own_box[3]:
            return None
        picture = file.dtypes[number - 1] == "uint8" and file.scales[number - 1] == 1
        return HeightFile(
            path,
            number,
            file.crs,
            file.transform,
            own_box,
            transform_bounds(file.crs, crs.to_wkt(), *own_box),
            _step_m(file, number, own_box),
            f"terrain {Path(path).name}: its 8-bit values are taken for metres" if picture else "",
        )


@contextmanager
def opened(path: str) -> Iterator[Any]:
    """Open a raster; whatever GDAL finds wrong with it is one line."""
    import rasterio
    from rasterio.errors import NotGeoreferencedWarning, RasterioError

    try:
        with warnings.catch_warnings(), rasterio.open(path) as file:
            warnings.simplefilter("ignore", NotGeoreferencedWarning)  # read_header says it
            yield file
    except RasterioError as error:
        told = " ".join(str(error).split())
        raise DataError("unreadable raster", where=path, found=told, mend="see what gdalinfo says of it") from error


def common(a: Box, b: Box) -> Box:
    """Return the box common to two; its sides are reversed if there is none."""
    return max(a[0], b[0]), max(a[1], b[1]), min(a[2], b[2]), min(a[3], b[3])


def _checked_band(file: Any, path: str, band: int | None) -> int:
    """Return the number of the band with the heights; refuse a raster that cannot be placed."""
    from rasterio.enums import ColorInterp

    if file.crs is None and file.count:
        mend = "state the one of the coordinates (gdal_edit.py -a_srs EPSG:4326); it is never guessed"
        raise DataError("no CRS", where=path, mend=mend)
    if file.transform.is_identity and file.count:
        raise DataError("no place on the ground", where=path, mend="georeference the raster, or add its world file")
    if file.transform.b or file.transform.d:
        raise DataError("rotated raster", where=path, expected="rows that run east", mend="turn it with gdalwarp")
    choice = [n for n, kind in enumerate(file.colorinterp, start=1) if kind != ColorInterp.alpha]
    if band is None and len(choice) == 1:
        return choice[0]
    if band in choice:
        return int(band)
    found = file.subdatasets or [f"{n} {file.descriptions[n - 1] or ''}".strip() for n in choice]
    raise ConfigError(
        "which band holds the heights?",
        where=path,
        expected="one of " + ", ".join(found),
        found="no choice" if band is None else f"band {band}",
        mend="name the band, or hand in a raster with one",
    )


def _step_m(file: Any, band: int, box: Box) -> float:
    """Return the smallest difference [m] of the heights in nine windows spread over a box."""
    from rasterio.windows import Window

    top, bottom, left, right = part_of_grid(file.transform, (file.height, file.width), box)
    high, wide = min(SAMPLE, bottom - top), min(SAMPLE, right - left)
    heights = [
        np.unique(file.read(band, window=Window(col, row, wide, high), masked=True).compressed())
        for row in np.linspace(top, bottom - high, 3).astype(int)
        for col in np.linspace(left, right - wide, 3).astype(int)
    ]
    distinct = np.unique(np.concatenate(heights).astype(float))
    distinct = distinct[~np.isnan(distinct)]
    if len(distinct) < FEW:
        return math.nan
    step = float(np.diff(distinct).min()) * abs(file.scales[band - 1])
    return step if step >= CONTINUOUS_M else 0.0


def part_of_grid(transform: Affine, shape: tuple[int, int], box: Box) -> tuple[int, int, int, int]:
    """Return first row, row behind the last, first column and column behind the last of the cells that a box touches."""
    north, south = sorted((y - transform.f) / transform.e for y in (box[1], box[3]))
    west, east = sorted((x - transform.c) / transform.a for x in (box[0], box[2]))
    top, bottom = max(math.floor(north), 0), min(math.ceil(south), shape[0])
    left, right = max(math.floor(west), 0), min(math.ceil(east), shape[1])
    return top, bottom, left, right


def resolution_m(file: HeightFile) -> float:
    """Return the coarser side of a file's cells [m] in the middle of its box; a round figure if they are not in metres."""
    t, own = file.transform, pyproj.CRS.from_user_input(file.crs)
    if own.is_projected and own.axis_info[0].unit_conversion_factor == 1:
        return float(f"{max(abs(t.a), abs(t.e)):.3g}")
    x, y = (file.own_box[0] + file.own_box[2]) / 2, (file.own_box[1] + file.own_box[3]) / 2
    lon, lat = pyproj.Transformer.from_crs(own, "EPSG:4326", always_xy=True).transform([x, x + t.a, x], [y, y, y + t.e])
    step = max(pyproj.Geod(ellps="WGS84").inv([lon[0]] * 2, [lat[0]] * 2, lon[1:], lat[1:])[2])
    power = 10.0 ** math.floor(math.log10(step))
    return power * min(ROUND, key=lambda figure: abs(figure - step / power))


def on_grid(file: HeightFile, crs: pyproj.CRS, grid: Affine) -> bool:
    """Say whether a file's cells are cells of a grid."""
    from rasterio.crs import CRS

    t = file.transform
    shift = np.array([t.c - grid.c, t.f - grid.f]) / grid.a
    same = np.allclose([t.a, -t.e], grid.a, rtol=1e-9, atol=0) and np.allclose(shift, np.round(shift), rtol=0, atol=1e-3)
    return bool(same and file.crs == CRS.from_user_input(crs))


def fill(z_m: Floats, grid: Affine, crs: pyproj.CRS, source: HeightFile) -> None:
    """Put a file's heights where a grid (ny, nx) has none yet, block by block; nodata stays NaN.

    Raises
    ------
    DataError
        If the file cannot be read or heights are out of range.
    """
    from rasterio.enums import Resampling
    from rasterio.vrt import WarpedVRT
    from rasterio.windows import Window

    (ny, nx), how = z_m.shape, Resampling.nearest if on_grid(source, crs, grid) else Resampling.bilinear
    top, bottom, left, right = part_of_grid(grid, (ny, nx), source.box)
    scales = {"XSCALE": _scale(grid.a, source, 0), "YSCALE": _scale(grid.a, source, 1)}  # one for all blocks
    like = {"crs": crs.to_wkt(), "transform": grid, "width": nx, "height": ny, "dtype": "float32", "nodata": math.nan}
    with opened(source.path) as file, WarpedVRT(file, resampling=how, tolerance=PLACED, **like, **scales) as warped:
        scale, offset = file.scales[source.band - 1], file.offsets[source.band - 1]
        for row in range(top, bottom, BLOCK_ROWS):
            below = min(row + BLOCK_ROWS, bottom)
            heights = warped.read(source.band, window=Window(left, row, right - left, below - row))
            heights = heights if (scale, offset) == (1, 0) else heights * np.float32(scale) + np.float32(offset)
            _check_range(heights, source.path)
            block = z_m[row:below, left:right]
            np.copyto(block, heights, where=np.isnan(block))


def _scale(cell_m: float, source: HeightFile, side: int) -> float:
    """Return how many cells of the grid, at most 1, stand for one of the file, along x or y: it smooths where they are larger."""
    own, box, step = source.own_box, source.box, (source.transform.a, source.transform.e)[side]
    return min(1.0, (box[side + 2] - box[side]) / cell_m / ((own[side + 2] - own[side]) / abs(step)))


def _check_range(heights: Floats, path: str) -> None:
    known = heights[~np.isnan(heights)]
    if known.size and not (known.min() >= HEIGHTS_M[0] and known.max() <= HEIGHTS_M[1]):
        raise DataError(
            "heights out of range",
            where=path,
            expected=f"{HEIGHTS_M[0]:g} to {HEIGHTS_M[1]:g} m",
            found=f"{known.min():g} to {known.max():g}",
            mend="declare its nodata value (gdal_edit.py -a_nodata -32768), or its scale",
        )
