"""Raster hazard values as pictures that lie on the web map where they belong.

Assumption: the map is in Web Mercator, so a raster in any other projection is warped to it once, here: handed over with the
bounds of its own projection it would lie up to 2.5 km off. Values become a few classes first, since an index only ranks; the
classes are then moved as they are, by the nearest cell, and where the picture is coarser than the raster each pixel shows
the highest class below it, so that no hazard is averaged away. Its limit: the picture shows the mean of the runs, without
its band.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyproj
from numpy.typing import NDArray

from geo.raster import HazardRaster

if TYPE_CHECKING:
    from affine import Affine

MERCATOR, LONLAT = "EPSG:3857", "EPSG:4326"
LONGEST_PX = (2000, 1400, 1000, 700, 500)  # of a picture's sides; the first that is small enough is taken
MOST_BYTES = 250_000  # of one picture
PIXEL_CELLS = 0.8  # width of a pixel: no cell falls between two pixels, though the grids are turned by up to 13 degrees
DEPTH_EDGES_M = (0.5, 1.0, 2.0, 4.0)
SHARE_EDGES = (0.05, 0.25, 0.5, 0.75, 0.95)

Codes = NDArray[np.uint8]
Bounds = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class Overlay:
    """A picture of classes in Web Mercator.

    Attributes
    ----------
    png : bytes
        Palette PNG; pixels without a class are transparent.
    bounds : tuple of float
        West, south, east, north of the picture's edges [degrees].
    size_px : tuple of int
        Width and height.
    shown_m : float
        Width on the ground [m] of what is shown apart: a cell of the raster, or more where several are merged to their highest
        class.
    """

    png: bytes
    bounds: Bounds
    size_px: tuple[int, int]
    shown_m: float

    @property
    def data_uri(self) -> str:
        """The picture as an address that needs no network."""
        return f"data:image/png;base64,{base64.b64encode(self.png).decode()}"


def overlay(
    raster: HazardRaster, codes: Codes, colours: Sequence[str], *, smallest_m: float = 0.0, longest_px: Sequence[int] = LONGEST_PX
) -> Overlay | None:
    """Lay classes of a raster's cells on the web map.

    Parameters
    ----------
    raster : HazardRaster
    codes : (n,) uint8
        Class of each cell, rising with what it stands for; 0 is not drawn.
    colours : sequence of str
        ``#RRGGBB`` of the classes 1, 2, ...
    smallest_m : float
        Least width [m] of what is shown: finer cells are merged, by their highest class, on a grid that starts at (0, 0).
    longest_px : sequence of int
        Sides to try until the picture has no more than `MOST_BYTES`; the last is taken in any case.

    Returns
    -------
    Overlay or None
        None where no cell has a class.
    """
    if not codes.any():
        return None
    grid, transform = painted(raster, codes, smallest_m)
    for side in longest_px:
        pixels, bounds, shown_m = warped(grid, transform, raster.crs, side)
        png = palette_png(pixels, colours)
        if len(png) <= MOST_BYTES:
            break
    return Overlay(png, bounds, (pixels.shape[1], pixels.shape[0]), shown_m)


def index_codes(items_km2: NDArray[np.float32], shares: Sequence[float]) -> Codes:
    """Return the class of cells of one size: 3 for the densest that hold the first share of all, 2 up to the second, else 1.

    As in the zones, the cell that crosses a share belongs to the higher class; cells without anything have none.

    Examples
    --------
    >>> index_codes(np.array([6, 0, 3, 1, np.nan], np.float32), (0.5, 0.9)).tolist()
    [3, 0, 2, 1, 0]
    """
    items = np.nan_to_num(np.asarray(items_km2, dtype=float))
    order = np.argsort(-items, kind="stable")
    held = items[order].cumsum()
    before = (held - items[order]) / max(float(held[-1]) if len(held) else 0.0, np.finfo(float).tiny)
    codes = np.zeros(len(items), np.uint8)
    codes[order] = len(shares) + 1 - np.digitize(before, shares)
    return np.where(items > 0, codes, 0).astype(np.uint8)


def depth_codes(depth_m: NDArray[np.float32]) -> Codes:
    """Return the class of depths [m] between `DEPTH_EDGES_M`, from 1; dry cells have none.

    Examples
    --------
    >>> depth_codes(np.array([0, 0.2, 1, 9, np.nan], np.float32)).tolist()
    [0, 1, 3, 5, 0]
    """
    depth = np.nan_to_num(np.asarray(depth_m, dtype=float))
    return np.where(depth > 0, np.digitize(depth, DEPTH_EDGES_M) + 1, 0).astype(np.uint8)


def share_codes(share: NDArray[np.float32]) -> Codes:
    """Return the class of shares between `SHARE_EDGES`, from 1; what no run reaches has none.

    Examples
    --------
    >>> share_codes(np.array([0, 0.01, 0.25, 1, np.nan], np.float32)).tolist()
    [0, 1, 3, 6, 0]
    """
    told = np.nan_to_num(np.asarray(share, dtype=float))
    return np.where(told > 0, np.digitize(told, SHARE_EDGES) + 1, 0).astype(np.uint8)


def undetermined_first(codes: Codes, doubtful: NDArray[np.bool_]) -> Codes:
    """Return classes raised by one, with 1 for those cells whose class is in doubt; cells without a class keep none.

    Examples
    --------
    >>> undetermined_first(np.array([0, 1, 3], np.uint8), np.array([True, False, True])).tolist()
    [0, 2, 1]
    """
    return np.where(codes > 0, np.where(doubtful, 1, codes + 1), 0).astype(np.uint8)


def painted(raster: HazardRaster, codes: Codes, smallest_m: float = 0.0) -> tuple[Codes, Affine]:
    """Return the smallest grid that holds every classed cell, and its transform; finer cells than `smallest_m` are merged."""
    from affine import Affine

    kept = codes > 0
    row, column = np.divmod(raster.cell[kept], raster.shape[1])
    cell_m, x0, y0 = abs(raster.transform.a), raster.transform.c, raster.transform.f
    if cell_m < smallest_m:
        x, y = x0 + (column + 0.5) * cell_m, y0 - (row + 0.5) * cell_m
        column, row = np.floor(x / smallest_m).astype(np.intp), -np.ceil(y / smallest_m).astype(np.intp)
        cell_m, x0, y0 = smallest_m, 0.0, 0.0
    top, left = row.min(), column.min()
    grid = np.zeros((row.max() - top + 1, column.max() - left + 1), np.uint8)
    np.maximum.at(grid, (row - top, column - left), codes[kept])
    return grid, Affine(cell_m, 0.0, x0 + left * cell_m, 0.0, -cell_m, y0 - top * cell_m)


def warped(grid: Codes, transform: Affine, crs: pyproj.CRS, longest_px: int) -> tuple[Codes, Bounds, float]:
    """Return classes in Web Mercator, 0 outside the grid, the picture's bounds [degrees], and what width [m] is shown apart."""
    from affine import Affine
    from rasterio.warp import Resampling, reproject

    cell_m, left, top = transform.a, transform.c, transform.f
    box = (left, top - cell_m * grid.shape[0], left + cell_m * grid.shape[1], top)
    west, south, east, north = pyproj.Transformer.from_crs(crs, MERCATOR, always_xy=True).transform_bounds(*box)
    lonlat = pyproj.Transformer.from_crs(MERCATOR, LONLAT, always_xy=True)
    latitudes = lonlat.transform([west, west], [south, north])[1]
    stretch = 1 / np.cos(np.radians(np.abs(latitudes).min()))  # of Web Mercator, where it is least
    fine_m, coarse_m = PIXEL_CELLS * cell_m * stretch, max(east - west, north - south) / longest_px
    pixel_m = max(fine_m, coarse_m)
    width, height = (max(1, int(np.ceil(side / pixel_m - 1e-6))) for side in (east - west, north - south))
    pixels = np.zeros((height, width), np.uint8)
    reproject(
        grid,
        pixels,
        src_transform=transform,
        src_crs=crs.to_wkt(),
        src_nodata=0,
        dst_transform=Affine(pixel_m, 0.0, west, 0.0, -pixel_m, north),
        dst_crs=MERCATOR,
        dst_nodata=0,
        resampling=Resampling.max if coarse_m > fine_m else Resampling.nearest,
    )
    (west, east), (south, north) = lonlat.transform([west, west + width * pixel_m], [north - height * pixel_m, north])
    return pixels, (west, south, east, north), float(max(cell_m, coarse_m / stretch))


def palette_png(pixels: Codes, colours: Sequence[str]) -> bytes:
    """Return classes as a PNG of 2 or 4 bits a pixel; class 0 is transparent, and the same classes give the same bytes."""
    palette = {0: (0, 0, 0, 0)}
    palette |= {code: (*bytes.fromhex(colour[1:]), 255) for code, colour in enumerate(colours, start=1)}
    return coded_png(pixels, palette, nbits=2 if len(palette) <= 4 else 4)


def coded_png(pixels: Codes, palette: Mapping[int, tuple[int, ...]], *, nbits: int) -> bytes:
    """Return codes as a PNG of some bits a pixel with a palette of red, green, blue and opacity, each 0 to 255."""
    from affine import Affine
    from rasterio.io import MemoryFile

    height, width = pixels.shape
    place = Affine(1, 0, 0, 0, -1, height)  # the file keeps none, but without one rasterio warns
    layout = {"width": width, "height": height, "count": 1, "dtype": "uint8", "transform": place}
    with MemoryFile() as memory:
        with memory.open(driver="PNG", zlevel=9, nbits=nbits, **layout) as file:
            file.write(pixels, 1)
            file.write_colormap(1, dict(palette))
        return bytes(memory.read())
