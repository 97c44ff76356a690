"""What a walker may meet where displaced items lie.

Assumption: items lie evenly and independently over a cell, and whoever passes within half the swath of one meets it. Its
limit: paths are not random and items jam, so this is an upper bound for the mean walker and no statement on any one path.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import DataError

SWATH_M = 0.3  # assumed


def p_encounter(
    items_km2: ArrayLike, length_m: ArrayLike, *, live_share: ArrayLike = 1.0, swath_m: float = SWATH_M, q: float = 1.0
) -> NDArray[np.float64]:
    """Return the probability of meeting a live item on a walk: ``1 - exp(-density live w l q)``.

    Parameters
    ----------
    items_km2 : (...) float
        Displaced items per km2.
    length_m : (...) float
        Length of the walk there.
    live_share : (...) float
        Share that still works; 1 unless told, and never used to rank places.
    swath_m : float
        Width of ground that a walker touches.
    q : float
        Chance that contact sets a live item off; 1 makes the result an upper bound.

    Raises
    ------
    DataError
        If a density, length or width is negative or missing, or a share lies outside 0 to 1.

    Examples
    --------
    >>> round(float(p_encounter(10.0, 1000.0)), 12)
    0.002995504497
    """
    density, length, live = (np.asarray(value, dtype=float) for value in (items_km2, length_m, live_share))
    sound = (density >= 0).all() and (length >= 0).all() and swath_m >= 0
    if not (sound and ((live >= 0) & (live <= 1)).all() and 0 <= q <= 1):
        raise DataError("encounter", expected="numbers of at least 0 and shares up to 1", found="others")
    return np.asarray(-np.expm1(-density / 1e6 * live * swath_m * length * q))
