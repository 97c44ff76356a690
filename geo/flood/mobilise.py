"""From exposed items to items in the river, where depth is not known.

Assumption: of the items on wetted land a share ``psi p_ref`` moves in the flood, whatever their class. Its limit:
without depth nothing is said about scour, and ``psi`` stands uncalibrated unless it is fitted for this very
configuration.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.errors import DataError

Floats = NDArray[np.float64]

T_LIST_YR = (1.05, 1.25, 1.5, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 1e4)


def p_mobilise(wet: Floats, psi: float, p_ref: float) -> Floats:
    """Return the probability that an item of a cell moves in the event.

    Parameters
    ----------
    wet : (n, M) float
        Wetness in [0, 1].
    psi, p_ref : float
        Level multiplier, and the share of wetted items that moves at ``psi = 1``.

    Returns
    -------
    (n, 4, M) float

    Examples
    --------
    >>> p_mobilise(np.array([[1.0]]), 0.1, 0.5)[0, :, 0].tolist()
    [0.05, 0.05, 0.05, 0.05]
    """
    if not (0 < psi <= 1):
        raise DataError("mobilisation", where="psi", expected="above 0 and at most 1", found=f"{psi}")
    return np.repeat((psi * p_ref * wet)[:, None, :], 4, axis=1)


def deliver(
    items: Floats,
    p: Floats,
    unit: NDArray[np.intp],
    cell: NDArray[np.intp],
    share: Floats,
    reach: NDArray[np.intp],
    n_reaches: int,
) -> Floats:
    """Return the items delivered to each reach: the sum over its cells of items there times p.

    Parameters
    ----------
    items : (J, 4, M) float
        Items of each source unit.
    p : (n, 4, M) float
        Mobilisation probability of each cell.
    unit, cell, share : (k,)
        Sparse pairs: which unit lies in which cell with which share of its area.
    reach : (n,) int
        The reach of each cell.
    n_reaches : int
        R.

    Returns
    -------
    (R, 4, M) float

    Raises
    ------
    DataError
        If a number of items is negative or not finite.
    """
    if not (np.isfinite(items).all() and (items >= 0).all()):
        raise DataError("sources", where="items", expected="finite numbers, at least 0", found="negative or missing numbers")
    moved = items[unit] * p[cell] * share[:, None, None]
    delivered = np.zeros((n_reaches, *moved.shape[1:]))
    np.add.at(delivered, reach[cell], moved)
    return delivered


def annualise(values: Floats, p_max: float | Floats, periods_yr: tuple[float, ...] = T_LIST_YR) -> tuple[Floats, Floats]:
    """Return lower and upper bounds of the yearly mean of a value that never falls with the return period.

    Parameters
    ----------
    values : (K, ...) float
        The value at each return period.
    p_max : float or array
        Its supremum beyond the largest period.
    periods_yr : tuple of float
        The K return periods, rising.

    Examples
    --------
    >>> lower, upper = annualise(np.ones(13), 1.0)
    >>> round(float(lower), 6), round(float(upper), 6)
    (0.952381, 1.0)
    """
    rate = 1 / np.asarray(periods_yr, dtype=float)
    values = np.asarray(values, dtype=float)
    step = (rate[:-1] - rate[1:]).reshape(-1, *[1] * (values.ndim - 1))
    lower = (step * values[:-1]).sum(axis=0) + rate[-1] * values[-1]
    upper = (step * values[1:]).sum(axis=0) + (1 - rate[0]) * values[0] + rate[-1] * p_max
    return lower, upper
