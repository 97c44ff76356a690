"""Compiled loops over flood cells and hillslope cells, members in the innermost loop.

Assumption: arrays are C-contiguous, with members on the last axis; cells are numbered in 32 bits and -1 is no cell. Its
limit: nothing is checked here, the callers do. Import this module inside functions only: it loads numba.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from geo.flood.sweeps import compiled

Floats = NDArray[np.float64]
Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]


@compiled
def look_up(
    table: NDArray[np.float32],
    lowest: float,
    step: float,
    margin_m: Floats,
    slope: Floats,
    start_m: Floats,
    sigma_m: Floats,
    row: Ints,
    weight: Floats,
) -> Floats:
    """Read a table by slope and by margin over the height error, linear in both.

    Parameters
    ----------
    table : (S, J, 4, M) float32
        Values at slope node s and margin node j, 0 at the first margin node.
    lowest, step : float
        The first margin node and the distance of nodes, in standard deviations.
    margin_m : (n, M) float
        At most the last node; NaN gives NaN.
    slope : (n,) float
    start_m, sigma_m : (M,) float
        Margins count from ``start_m / slope``, in standard deviations; members of ``sigma_m`` 0 are left at 0.
    row : (n,) int
        Slope node below each cell; the next row is the node above.
    weight : (n,) float
        Share of the upper node.

    Returns
    -------
    (n, 4, M) float
    """
    n, members = margin_m.shape
    last = table.shape[1] - 2
    found = np.zeros((n, 4, members))
    for cell in range(n):
        below, above, up = table[row[cell]], table[row[cell] + 1], weight[cell]
        for m in range(members):
            if sigma_m[m] == 0.0:
                continue
            place = ((margin_m[cell, m] - start_m[m] / slope[cell]) / sigma_m[m] - lowest) / step
            if math.isnan(place):
                found[cell, :, m] = np.nan
            elif place > 0:
                j = min(int(place), last)
                right = place - j
                for i in range(4):
                    low = below[j, i, m] + right * (below[j + 1, i, m] - below[j, i, m])
                    high = above[j, i, m] + right * (above[j + 1, i, m] - above[j, i, m])
                    found[cell, i, m] = low + up * (high - low)
    return found


@compiled
def run_out(moving: Floats, receiver: Ints, order: Ints, drains: Flags, stops: Flags, step_m: Floats, scale_m: Floats) -> Floats:
    """Carry items down D8 paths; each step of length d lets ``exp(-d / scale)`` of them go on.

    Parameters
    ----------
    moving : (n, K) float
        Items released in each cell; afterwards what reached drainage, at the drainage cell, and 0 elsewhere.
    receiver : (n,) int
        The next cell downstream, -1 at an outlet.
    order : (valid cells,) int
        Upstream before downstream.
    drains, stops : (n,) bool
        Channel cells, where the way ends, and cells that keep all (walls, terraces).
    step_m : (n,) float
        Way from a cell to its receiver.
    scale_m : (K,) float
        Travel scale of each column; infinity loses nothing on the way.

    Returns
    -------
    (n, K) float
        Deposit of each cell: with ``moving`` it adds up to what was released.
    """
    n, columns = moving.shape
    kept = np.zeros((n, columns))
    for cell in order:
        if drains[cell]:
            continue
        below = receiver[cell]
        for k in range(columns):
            here = moving[cell, k]
            if here == 0.0:
                continue
            on = 0.0 if stops[cell] or below < 0 else here * math.exp(-step_m[cell] / scale_m[k])
            kept[cell, k] = here - on
            moving[cell, k] = 0.0
            if on > 0.0:
                moving[below, k] += on
    return kept


@compiled
def mean_above(value: Floats, receiver: Ints, order: Ints) -> tuple[Floats, Floats]:
    """Return the mean of a cell's value (n,) over itself and all cells above it, and their number."""
    total, count = value.copy(), np.ones(len(value))
    for cell in order:
        below = receiver[cell]
        if below >= 0:
            total[below] += total[cell]
            count[below] += count[cell]
    return total / count, count


@compiled
def sum_below(value: Floats, receiver: Ints, order: Ints, drains: Flags) -> Floats:
    """Return the sum of a cell's value (n,) along its way to drainage, 0 in drainage, NaN without any."""
    total = np.full(len(value), np.nan)
    for k in range(len(order) - 1, -1, -1):
        cell = order[k]
        if drains[cell]:
            total[cell] = 0.0
        elif receiver[cell] >= 0:
            total[cell] = value[cell] + total[receiver[cell]]
    return total
