"""Where water goes over the ground: directions, drainage areas, height above the nearest drainage, reaches.

Assumption: all water runs down the surface, one way a cell (D8), and a closed depression fills until it spills. Mapped
rivers are lowered for the directions only; heights above drainage are taken from the surface as supplied. Its limit:
lakes, levees, culverts and underground ways are unknown to a surface model, flats drain along arbitrary straight lines,
and steps of more than 1 m between neighbouring heights (pictures of a terrain) say nothing about depth.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pyproj
from numpy.typing import NDArray

from geo import measure
from geo.errors import ConfigError, DataError
from geo.exchange.raster import Dem

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]

COARSE_STEP_M = 1.0  # larger vertical steps hide the depth of a flood
LEAST_CELLS = 3  # rows and columns with heights
LATTICE = 65  # nodes a side between which the areal scale of a projection is linear to 1e-7


@dataclass(frozen=True, slots=True)
class Drainage:
    """How a height grid drains; n = ny nx cells numbered row by row from the north-west, -1 is no cell.

    Attributes
    ----------
    shape : (ny, nx)
    receiver : (n,) int32
        The cell into which each cell drains; -1 at an outlet and where there is no height.
    order : (valid cells,) int32
        All cells with a height, upstream before downstream.
    area_km2 : (n,) float32
        Drainage area, the cell itself included; NaN where there is no height.
    channel : (K + 1, n) int32
        ``channel[0]``: first drainage cell downstream, perhaps the cell itself; ``channel[k + 1]``: the confluence
        through which the level path of ``channel[k]`` goes on; -1 where there is none.
    path_m : (n,) float32
        Way along the directions to ``channel[0]``; NaN without one.
    reach : (n,) int32
        Row of the first mapped reach downstream, perhaps at the cell itself; -1 without one.
    """

    shape: tuple[int, int]
    receiver: Ints
    order: Ints
    area_km2: Floats
    channel: Ints
    path_m: Floats
    reach: Ints


def drain(
    z: NDArray[np.floating],
    dx: float,
    *,
    burn: Flags | None = None,
    mapped: Ints | None = None,
    burn_m: float = 20.0,
    drain_km2: float = 1.0,
    level_paths: int = 2,
    cell_km2: float | Floats | None = None,
) -> Drainage:
    """Return directions, drainage areas and level paths of a height grid.

    The flood starts from every cell on the edge of the grid or beside a cell without height. A cell drains to the
    steepest strictly lower of its eight neighbours on the filled surface (of equals the lowest number), else to the cell
    from which the flood reached it (Barnes et al. 2014). Drainage are the cells of `drain_km2` and more, and the burned.

    Parameters
    ----------
    z : (ny, nx) float
        Heights [m] on a projected square grid, NaN where unknown; directions see them as float32.
    dx : float
        Side of a cell [m].
    burn : (ny, nx) bool, optional
        Cells lowered for the directions and taken for drainage; the mapped cells when absent.
    mapped : (ny, nx) int32, optional
        Row of the reach in each cell, -1 without one, see `reach_cells`.
    burn_m : float
        By how much [m].
    drain_km2 : float
        Drainage area from which a cell counts as drainage.
    level_paths : int
        K, the number of confluences kept beyond the nearest drainage.
    cell_km2 : float or array that fits (ny, nx), optional
        True area of the cells, see `cell_areas_m2`; dx² when absent.

    Raises
    ------
    DataError
        If fewer than 3 x 3 cells have a height, a height is infinite, or no cell is drainage.
    ConfigError
        If arrays differ in shape or a number is out of range.

    Examples
    --------
    >>> valley = 0.1 * np.arange(5)[::-1] + np.abs(np.arange(-2, 3))[:, None] * 2.0
    >>> drainage = drain(valley, 10.0, drain_km2=0.001)
    >>> hand_m(valley, drainage)[0].reshape(5, 5)[:, 3].round(2).tolist()
    [4.0, 2.0, 0.0, 2.0, 4.0]
    """
    from geo.flood import sweeps

    _check_numbers(z, dx, burn, mapped, burn_m, drain_km2, level_paths)
    lowered = burn if burn is not None else (mapped >= 0 if mapped is not None else None)
    surface = z.astype(np.float32)
    surface += np.float32(0)  # -0.0 becomes 0.0, so equal heights have equal bits
    if lowered is not None:
        surface[lowered] -= np.float32(burn_m)
    seen = np.isnan(surface)
    _check_heights(surface, seen)
    shape, nx = (int(z.shape[0]), int(z.shape[1])), int(z.shape[1])
    receiver, order = sweeps.flood(surface, surface.reshape(-1).view(np.uint32), seen, sweeps.rim(seen))
    del surface, seen
    load = np.empty(shape)
    load[:] = dx * dx / 1e6 if cell_km2 is None else cell_km2
    sweeps.accumulate(receiver, order, load.reshape(-1))
    area = load.reshape(-1).astype(np.float32)
    del load
    area[np.isnan(z).reshape(-1)] = np.nan
    drains = area >= drain_km2
    if lowered is not None:
        drains |= lowered.reshape(-1) & ~np.isnan(area)
    _check_drainage(drains, area, drain_km2)
    rows = np.zeros(0, np.int32) if mapped is None else np.ascontiguousarray(mapped, dtype=np.int32).reshape(-1)
    channel = np.full((level_paths + 1, z.size), -1, np.int32)
    streams, path_m, reach = sweeps.descend(receiver, order, drains, rows, nx, float(dx), channel[0])
    if level_paths:
        sweeps.level_paths(receiver, streams, area, channel)
    return Drainage(shape, receiver, order, area, channel, path_m, reach)


def hand_m(z: NDArray[np.floating], drainage: Drainage) -> Floats:
    """Return the height above the nearest drainage and above the K confluences beyond it.

    Parameters
    ----------
    z : (ny, nx) float
        The heights [m] as supplied, not burned.
    drainage : Drainage

    Returns
    -------
    (K + 1, n) float32
        ``max(z - z[channel[k]], 0)`` [m]; NaN where there is no height or no such cell. (Renno et al. 2008; Nobre et al.
        2011; level paths after Aristizabal et al. 2023.)
    """
    from geo.flood import sweeps

    if z.shape != drainage.shape:
        raise ConfigError("heights", expected=f"shape {drainage.shape}", found=f"{z.shape}", mend="pass the grid that drained")
    hand = np.empty(drainage.channel.shape, np.float32)
    sweeps.rise(np.ascontiguousarray(z).reshape(-1), drainage.channel, hand)
    return hand


def slope_deg(z: NDArray[np.floating], dx: float) -> Floats:
    """Return the slope [deg] of a height grid, (ny, nx), by Horn's (1981) weights.

    A neighbour off the grid or without height counts as level with the cell, so slopes there are low by up to a half.

    Examples
    --------
    >>> slope_deg(np.arange(5.0) * np.ones((4, 1)), 1.0)[1, 1:4].tolist()
    [45.0, 45.0, 45.0]
    """
    from geo.flood import sweeps

    return sweeps.horn_deg(np.ascontiguousarray(z, dtype=np.float32), float(dx))


def needs_depth(dem: Dem) -> None:
    """Refuse a terrain whose vertical steps hide the depth of a flood.

    Raises
    ------
    DataError
        If the heights come in steps of more than 1 m.
    """
    if dem.step_m > COARSE_STEP_M:
        raise DataError(
            "terrain too coarse for flood depth",
            where=dem.name,
            expected=f"heights in steps of {COARSE_STEP_M:g} m or less",
            found=f"steps of {dem.step_m:g} m, as in an 8-bit picture, which serve drainage, HAND and reach ids only",
            mend='supply a finer terrain, or set p_model = "constant" for a result without depth',
        )


def reach_cells(lines: gpd.GeoDataFrame, dem: Dem) -> Ints:
    """Return the row of the reach that touches each cell, (ny, nx) int32, -1 without one.

    A cell that several reaches touch belongs to the one with the largest `area_km2`, so a confluence is part of the reach
    below it; of equals, and without that column, to the first row.

    Parameters
    ----------
    lines : GeoDataFrame, R rows
        Reach lines in any CRS; optional ``area_km2``.
    dem : Dem

    Raises
    ------
    DataError
        If the lines state no CRS.
    """
    from rasterio.features import rasterize

    placed = measure.project(lines, dem.crs)
    area = lines["area_km2"].to_numpy(float) if "area_km2" in lines else np.zeros(len(lines))
    order = np.lexsort((-np.arange(len(lines)), np.nan_to_num(area)))  # what is drawn last stays
    shapes = np.asarray(placed.geometry.values, dtype=object)
    drawn = [(shapes[row], int(row)) for row in order if shapes[row] is not None and not shapes[row].is_empty]
    if not drawn:
        return np.full(dem.z_m.shape, -1, np.int32)
    cells = rasterize(drawn, dem.z_m.shape, fill=-1, transform=dem.transform, all_touched=True, dtype="int32")
    return np.asarray(cells, dtype=np.int32)


def cell_areas_m2(dem: Dem) -> Floats:
    """Return the geodesic area [m²] of every cell, (ny, nx) float32.

    The areal scale of the projection is taken on a lattice and is linear between its nodes.
    """
    ny, nx = dem.z_m.shape
    rows, cols = (np.linspace(0, count, min(count, LATTICE - 1) + 1) for count in (ny, nx))
    x, y = np.meshgrid(dem.transform.c + cols * dem.cell_m, dem.transform.f - rows * dem.cell_m)
    lon, lat = pyproj.Transformer.from_crs(dem.crs, measure.LONLAT, always_xy=True).transform(x, y)
    scale = pyproj.Proj(dem.crs).get_factors(lon, lat).areal_scale
    down, across = _between(rows, ny), _between(cols, nx)
    return np.asarray(down @ (dem.cell_m**2 / scale) @ across.T, dtype=np.float32)


def _between(nodes: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Return the linear weights (count, nodes) that take values at the nodes to the middles of cells."""
    middle = np.arange(count) + 0.5
    left = np.clip(np.searchsorted(nodes, middle) - 1, 0, len(nodes) - 2)
    share = (middle - nodes[left]) / (nodes[left + 1] - nodes[left])
    weights = np.zeros((count, len(nodes)))
    weights[np.arange(count), left], weights[np.arange(count), left + 1] = 1 - share, share
    return weights


def _check_numbers(
    z: NDArray[np.floating],
    dx: float,
    burn: Flags | None,
    mapped: Ints | None,
    burn_m: float,
    drain_km2: float,
    level_paths: int,
) -> None:
    shapes = {"z": z.shape, **{name: a.shape for name, a in (("burn", burn), ("mapped", mapped)) if a is not None}}
    sound = {
        f"two dimensions and one shape, not {shapes}": z.ndim == 2 and len(set(shapes.values())) == 1,
        f"fewer than 2^31 cells, not {z.size}": z.size < 2**31,
        f"dx above 0 m, not {dx!r}": np.isfinite(dx) and dx > 0,
        f"burn_m 0 m or more, not {burn_m!r}": np.isfinite(burn_m) and burn_m >= 0,
        f"drain_km2 above 0 km2, not {drain_km2!r}": drain_km2 > 0,
        f"level_paths 0 or more, not {level_paths!r}": level_paths >= 0,
    }
    if not all(sound.values()):
        wrong = "; ".join(text for text, holds in sound.items() if not holds)
        raise ConfigError("terrain", expected=wrong, mend="correct the call")


def _check_heights(surface: Floats, unknown: Flags) -> None:
    if np.isinf(surface).any():
        raise DataError("terrain", expected="finite heights or nodata", found="infinite ones", mend="declare them as nodata")
    rows, cols = (int((~unknown).any(axis=axis).sum()) for axis in (1, 0))
    if min(rows, cols) < LEAST_CELLS or int((~unknown).sum()) < LEAST_CELLS**2:
        raise DataError(
            "terrain too small",
            expected="at least 3 x 3 cells with heights",
            found=f"{rows} rows and {cols} columns with any",
            mend="supply a larger or finer terrain",
        )


def _check_drainage(drains: Flags, area_km2: Floats, drain_km2: float) -> None:
    if not drains.any():
        raise DataError(
            "no drainage on the terrain",
            expected=f"a drainage area of {drain_km2:g} km2 or a mapped river",
            found=f"at most {np.nanmax(area_km2):.3g} km2",
            mend="lower drain_km2, pass mapped rivers or supply a larger terrain",
        )
