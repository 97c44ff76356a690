"""Compiled sweeps over the cells of a height grid: flood, accumulation, drainage, level paths, slope.

Assumption: cells are numbered row by row in 32 bits, -1 is no cell, and heights are float32 (a quarter of a millimetre up
to 4 km). Its limit: one direction of flow a cell (D8), so water never divides. Import this module inside functions only:
it loads numba.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import ParamSpec, TypeVar, cast

import numba
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Doubles = NDArray[np.float64]
Ints = NDArray[np.int32]
Flags = NDArray[np.bool_]
Heights = NDArray[np.floating]
P = ParamSpec("P")
R = TypeVar("R")

ROOT_HALF = math.sqrt(0.5)
SIGN = np.uint64(0x80000000)
ONES = np.uint64(0xFFFFFFFF)
WORD = np.uint64(32)


def compiled(function: Callable[P, R]) -> Callable[P, R]:
    """Return the function compiled at its first call, and kept on disk for the next process."""
    return cast("Callable[P, R]", numba.njit(cache=True)(function))


@compiled
def _key(bits: np.uint32, cell: int) -> np.uint64:
    """Return a number that sorts by height, then by cell; `bits` is the height's float32 pattern."""
    word = np.uint64(bits)
    word = word ^ ONES if word & SIGN else word | SIGN
    return (word << WORD) | np.uint64(cell)


@compiled
def _push(heap: NDArray[np.uint64], size: int, key: np.uint64) -> NDArray[np.uint64]:
    """Add a key to a 4-ary heap of `size` keys; the heap doubles when full."""
    if size == len(heap):
        larger = np.empty(2 * size, np.uint64)
        larger[:size] = heap
        heap = larger
    place = size
    while place > 0:
        above = (place - 1) >> 2
        if heap[above] <= key:
            break
        heap[place] = heap[above]
        place = above
    heap[place] = key
    return heap


@compiled
def _settle(heap: NDArray[np.uint64], size: int) -> None:
    """Put the key behind the last one in place of the lowest, which was taken; `size` keys remain."""
    key, place = heap[size], 0
    while True:
        first = 4 * place + 1
        if first >= size:
            break
        least, at = heap[first], first
        for child in range(first + 1, min(first + 4, size)):
            if heap[child] < least:
                least, at = heap[child], child
        if least >= key:
            break
        heap[place] = least
        place = at
    heap[place] = key


@compiled
def rim(seen: Flags) -> Flags:
    """Flag the valid cells on the edge of the grid or beside a cell without height; `seen` (ny, nx) flags the latter."""
    ny, nx = seen.shape
    edge = np.zeros((ny, nx), np.bool_)
    edge[0], edge[ny - 1], edge[:, 0], edge[:, nx - 1] = True, True, True, True
    for row in range(ny):
        for col in range(nx):
            if seen[row, col]:
                edge[max(row - 1, 0) : row + 2, max(col - 1, 0) : col + 2] = True
    for row in range(ny):
        for col in range(nx):
            edge[row, col] &= not seen[row, col]
    return edge


@compiled
def flood(surface: Floats, bits: NDArray[np.uint32], seen: Flags, edge: Flags) -> tuple[Ints, Ints]:
    """Fill depressions and direct every cell down the filled surface (priority flood: Barnes et al. 2014).

    Cells leave the flood in rising order, so the strictly lower neighbours of a cell are known when it leaves and its
    direction is found in the same pass. Cells of a depression or a flat are taken first come, first served.

    Parameters
    ----------
    surface : (ny, nx) float32
        Heights [m], NaN where unknown; filled in place.
    bits : (n,) uint32
        The same memory as bit patterns.
    seen : (ny, nx) bool
        True where there is no height; all True afterwards.
    edge : (ny, nx) bool
        Cells from which the flood starts, see `rim`.

    Returns
    -------
    receiver : (n,) int32
        The steepest strictly lower neighbour (lowest number of equals), else the cell whence the flood came, -1 at outlets
        and where there is no height.
    order : (valid cells,) int32
        Upstream before downstream.
    """
    ny, nx = surface.shape
    flat = surface.reshape(-1)
    receiver = np.full(ny * nx, -1, np.int32)
    heap, waiting, valid = np.empty(1 << 16, np.uint64), 0, 0
    for row in range(ny):
        for col in range(nx):
            valid += not seen[row, col]
            if edge[row, col]:
                cell = row * nx + col
                heap = _push(heap, waiting, _key(bits[cell], cell))
                waiting += 1
                seen[row, col] = True
    order = np.empty(valid, np.int32)
    done = queued = valid  # filled from the back: order[queued:done] waits at the present level
    while done > 0:
        if queued < done:
            done -= 1
            cell = np.int64(order[done])
        else:
            cell = np.int64(heap[0] & ONES)
            waiting -= 1
            _settle(heap, waiting)
            done -= 1
            queued -= 1
            order[done] = cell
        row, col, level, best = cell // nx, cell % nx, flat[cell], 0.0
        for north in range(max(row - 1, 0), min(row + 2, ny)):
            for east in range(max(col - 1, 0), min(col + 2, nx)):
                height, near = surface[north, east], north * nx + east
                if seen[north, east]:
                    if height < level:
                        fall = float(level - height) * (ROOT_HALF if north != row and east != col else 1.0)
                        if fall > best:
                            best = fall
                            receiver[cell] = near
                    continue
                seen[north, east] = True
                receiver[near] = cell
                if height <= level:
                    surface[north, east] = level
                    queued -= 1
                    order[queued] = near
                else:
                    heap = _push(heap, waiting, _key(bits[near], near))
                    waiting += 1
    return receiver, order


@compiled
def accumulate(receiver: Ints, order: Ints, load: Doubles) -> None:
    """Add to each cell the load of all cells above it, in place."""
    for cell in order:
        below = receiver[cell]
        if below >= 0:
            load[below] += load[cell]


@compiled
def descend(
    receiver: Ints, order: Ints, drains: Flags, mapped: Ints, nx: int, dx_m: float, nearest: Ints
) -> tuple[Ints, Floats, Ints]:
    """Find each cell's first drainage cell downstream, perhaps itself.

    Parameters
    ----------
    receiver, order : see `flood`
    drains : (n,) bool
    mapped : (n,) int32
        Row of the reach in each cell, -1 without one; empty if nothing is mapped.
    nx : int
    dx_m : float
    nearest : (n,) int32
        All -1; filled with the drainage cells.

    Returns
    -------
    streams : (drainage cells,) int32
        Downstream before upstream.
    path_m : (n,) float32
        Way to the drainage cell [m]; NaN without one.
    reach : (n,) int32
        First mapped reach downstream, perhaps in the cell itself; -1 without one.
    """
    n, found = len(receiver), 0
    streams, reach = np.empty(drains.sum(), np.int32), np.full(n, -1, np.int32)
    path = np.full(n, np.nan, np.float32)
    for k in range(len(order) - 1, -1, -1):
        cell = order[k]
        below = receiver[cell]
        if len(mapped):
            reach[cell] = mapped[cell] if mapped[cell] >= 0 or below < 0 else reach[below]
        if drains[cell]:
            nearest[cell], path[cell], streams[found] = cell, 0.0, cell
            found += 1
        elif below >= 0 and nearest[below] >= 0:
            nearest[cell] = nearest[below]
            path[cell] = path[below] + (dx_m if abs(cell - below) in (1, nx) else dx_m / ROOT_HALF)
    return streams, path, reach


@compiled
def level_paths(receiver: Ints, streams: Ints, area_km2: Floats, channel: Ints) -> None:
    """Fill ``channel[1:]`` from ``channel[0]``: the confluences through which each drainage cell's water goes on.

    At a confluence of drainage the branch with the largest area goes on, of equals the one of the lowest number; every
    other path ends there, and the confluence cell, which lies on the path that goes on, is the next one for all its cells.

    Parameters
    ----------
    receiver : (n,) int32
    streams : (drainage cells,) int32
        Downstream before upstream, see `descend`.
    area_km2 : (n,) float32
    channel : (K + 1, n) int32
        K at least 1; rows from 1 on are -1.
    """
    nearest, place, n = channel[0], channel[1], len(receiver)
    below, main = np.full(len(streams), -1, np.int32), np.full(len(streams), -1, np.int32)
    for k in range(len(streams)):
        cell = streams[k]
        place[cell] = k
        if receiver[cell] >= 0 and nearest[receiver[cell]] >= 0:
            below[k] = place[nearest[receiver[cell]]]
            rival = streams[main[below[k]]]
            first = main[below[k]] < 0 or area_km2[cell] > area_km2[rival]
            if first or (area_km2[cell] == area_km2[rival] and cell < rival):
                main[below[k]] = k
    for k in range(len(streams)):
        goes_on = below[k] >= 0 and main[below[k]] == k
        place[streams[k]] = -1
        if below[k] >= 0:
            place[streams[k]] = place[streams[below[k]]] if goes_on else streams[below[k]]
    for cell in range(n):
        if nearest[cell] >= 0 and nearest[cell] != cell:
            channel[1, cell] = channel[1, nearest[cell]]
    for level in range(2, len(channel)):
        for cell in range(n):
            if channel[level - 1, cell] >= 0:
                channel[level, cell] = channel[1, channel[level - 1, cell]]


@compiled
def rise(z_m: Heights, channel: Ints, hand: Floats) -> None:
    """Fill `hand` (K + 1, n) with the heights [m] of cells above those in `channel`, at least 0; NaN without one."""
    for level in range(len(channel)):
        for cell in range(len(z_m)):
            there = channel[level, cell]
            if there < 0 or np.isnan(z_m[cell]):
                hand[level, cell] = np.nan
            else:
                hand[level, cell] = max(z_m[cell] - z_m[there], 0.0)


@compiled
def horn_deg(z_m: Floats, dx_m: float) -> Floats:
    """Return the slope [deg] by Horn's (1981) weights; a missing neighbour stands at the height of the cell itself."""
    ny, nx = z_m.shape
    slope = np.full((ny, nx), np.nan, np.float32)
    for row in range(ny):
        for col in range(nx):
            here = z_m[row, col]
            if np.isnan(here):
                continue
            east, south = 0.0, 0.0
            for down in range(-1, 2):
                for right in range(-1, 2):
                    r, c = row + down, col + right
                    inside = 0 <= r < ny and 0 <= c < nx
                    there = z_m[r, c] if inside and not np.isnan(z_m[r, c]) else here
                    east += right * (2 - abs(down)) * there
                    south += down * (2 - abs(right)) * there
            slope[row, col] = math.degrees(math.atan(math.hypot(east, south) / (8 * dx_m)))
    return slope
