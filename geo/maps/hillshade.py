"""Light and shade of a terrain model, as a picture below the layers of the web map.

Assumption: the eye takes relief for lit from the upper left; light comes from four directions around the north-west, each
counting the more, the more it falls along the slope, so that no ridge vanishes for lying along the light. Level ground is left
transparent: what the map shows there is not tinted. The limit: heights are exaggerated `EXAGGERATED` times and averaged to the
picture's pixels; slopes are not to be read off it.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.exchange.raster import Dem
from geo.raster import Picture

AZIMUTHS_DEG = (225.0, 270.0, 315.0, 360.0)
ALTITUDE_DEG = 45.0
EXAGGERATED = 2.0
LONGEST_PX = (1600, 1200, 900, 600)  # of the picture's sides; the first that is small enough is taken
MOST_BYTES = 740_000  # of the PNG: as text in the page it is a third more
N_SHADES = 15  # classes from darkest to brightest, the middle one level ground
DARK, BRIGHT = (52, 44, 40), (255, 255, 255)
MOST_ALPHA = {DARK: 110, BRIGHT: 80}

Floats = NDArray[np.float64]
Codes = NDArray[np.uint8]


def hillshade(dem: Dem) -> Picture | None:
    """Return the shaded relief of a terrain model in Web Mercator; None where it is level throughout.

    Parameters
    ----------
    dem : Dem

    Returns
    -------
    Picture or None
        A palette PNG of 4 bits, at most `MOST_BYTES` unless the smallest is larger; index 0 is transparent: level or unknown.
    """
    for side in LONGEST_PX:
        z_m, bounds, pixel_m = mercator_heights(dem, side)
        codes = shade_codes(lit(z_m, pixel_m))
        if not codes.any():
            return None
        png = shade_png(codes)
        if len(png) <= MOST_BYTES:
            break
    return Picture(png, bounds)


def lit(z_m: Floats, cell_m: float | Floats) -> Floats:
    """Return how light falls on a surface, from -1 over 0 for level ground to 1.

    Parameters
    ----------
    z_m : (ny, nx) float
        Heights [m], north up; NaN where unknown.
    cell_m : float or (ny, 1) float
        Side of a cell on the ground [m], of each row.

    Returns
    -------
    (ny, nx) float
        NaN where a height around the cell is unknown.

    Examples
    --------
    >>> east, north = np.meshgrid(np.arange(5.0), -np.arange(5.0))
    >>> light = lit(10 * (east - north), 10.0)  # falls to the north-west, towards the light
    >>> bool(light[2, 2] > 0.1), float(lit(np.ones((3, 3)), 10.0)[1, 1])
    (True, 0.0)
    """
    down, east = np.gradient(EXAGGERATED * np.asarray(z_m, dtype=float))
    p, q = east / cell_m, -down / cell_m
    azimuths = np.radians(np.array(AZIMUTHS_DEG))
    sine, cosine = np.sin(azimuths)[:, None, None], np.cos(azimuths)[:, None, None]
    steep2 = p * p + q * q
    altitude = np.radians(ALTITUDE_DEG)
    falls = -(sine * p + cosine * q) * np.cos(altitude) + np.sin(altitude)
    along2 = (cosine * p - sine * q) ** 2  # of the slope across this light, which tells least of it
    weight = 1 - np.divide(along2, steep2, out=np.full_like(along2, 0.5), where=steep2 > 0)
    mean = (weight * falls).sum(axis=0) / weight.sum(axis=0) / np.sqrt(1 + steep2)
    level = np.sin(altitude)
    return np.asarray(np.clip(np.where(mean > level, (mean - level) / (1 - level), (mean - level) / level), -1, 1))


def shade_codes(light: Floats) -> Codes:
    """Return the class of each cell: 1 darkest to `N_SHADES` brightest, 0 for level and unknown ones.

    Examples
    --------
    >>> shade_codes(np.array([-1.0, -0.01, 0.0, np.nan, 0.5, 1.0])).tolist()
    [1, 0, 0, 0, 12, 15]
    """
    middle = (N_SHADES + 1) // 2
    codes = np.rint(middle + np.nan_to_num(light) * (middle - 1))
    return np.where(codes == middle, 0, codes).astype(np.uint8)


def shade_png(codes: Codes) -> bytes:
    """Return classes as a PNG in which dark and bright cover the map the more, the further they are from level."""
    from geo.maps.overlay import coded_png

    middle = (N_SHADES + 1) // 2
    palette = {0: (0, 0, 0, 0)}
    for code in range(1, N_SHADES + 1):
        colour = DARK if code < middle else BRIGHT
        palette[code] = (*colour, round(MOST_ALPHA[colour] * abs(code - middle) / (middle - 1)))
    return coded_png(codes, palette, nbits=4)


def mercator_heights(dem: Dem, longest_px: int) -> tuple[Floats, tuple[float, float, float, float], Any]:
    """Return heights in Web Mercator, the bounds [degrees], and the side of a pixel on the ground [m] of each row, (ny, 1)."""
    import pyproj
    from affine import Affine
    from rasterio.warp import Resampling, reproject

    from geo.maps.overlay import LONLAT, MERCATOR

    ny, nx = dem.z_m.shape
    t, cell_m = dem.transform, dem.cell_m
    box = (t.c, t.f - ny * cell_m, t.c + nx * cell_m, t.f)
    west, south, east, north = pyproj.Transformer.from_crs(dem.crs, MERCATOR, always_xy=True).transform_bounds(*box)
    lonlat = pyproj.Transformer.from_crs(MERCATOR, LONLAT, always_xy=True)
    shrink = np.cos(np.radians(lonlat.transform(west, (south + north) / 2)[1]))
    pixel_m = max(cell_m / shrink, max(east - west, north - south) / longest_px)
    width, height = (max(2, int(np.ceil(side / pixel_m - 1e-6))) for side in (east - west, north - south))
    z_m = np.full((height, width), np.nan, np.float32)
    reproject(
        dem.z_m,
        z_m,
        src_transform=t,
        src_crs=dem.crs.to_wkt(),
        src_nodata=np.nan,
        dst_transform=Affine(pixel_m, 0.0, west, 0.0, -pixel_m, north),
        dst_crs=MERCATOR,
        dst_nodata=np.nan,
        resampling=Resampling.average if pixel_m * shrink > 1.5 * cell_m else Resampling.bilinear,
    )
    rows = north - pixel_m * (np.arange(height) + 0.5)
    latitudes = lonlat.transform(np.full(height, west), rows)[1]
    (west, east), (south, north) = lonlat.transform([west, west + width * pixel_m], [north - height * pixel_m, north])
    return z_m.astype(float), (west, south, east, north), pixel_m * np.cos(np.radians(np.asarray(latitudes)))[:, None]
