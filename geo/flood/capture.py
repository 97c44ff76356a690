"""How much of what was found lies in how little of the area: capture, its exact interval, and what few finds can show.

Assumption: units are ranked once and finds fall into units; a tie counts against the ranking. Its limit: finds of one
event lie together, so intervals and power take clusters, not finds, as their number, and with ten clusters two
rankings that differ by less than about 0.45 cannot be told apart.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import DataError

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]


def clopper_pearson(found: float, n: int, level: float = 0.95) -> tuple[float, float]:
    """Return the exact binomial interval of a share.

    An expected count need not be whole: the lower end is then that of the whole number below, the upper end that of
    the one above, so that the interval can only widen.

    Parameters
    ----------
    found : float
        Expected number found, 0 to n.
    n : int
        Number of independent clusters.
    level : float
        Coverage.

    Raises
    ------
    DataError
        If ``found`` lies outside 0 to n or n is below 1.

    Examples
    --------
    >>> [round(end, 6) for end in clopper_pearson(7, 8)]
    [0.47349, 0.99684]
    """
    from scipy.special import betaincinv

    if n < 1 or not -1e-9 <= found <= n + 1e-9:
        raise DataError("exact interval", expected=f"0 to {n} found of at least 1", found=f"{found:g} of {n}")
    low, high = np.floor(found + 1e-9), np.ceil(found - 1e-9)
    tail = (1 - level) / 2
    lower = 0.0 if low == 0 else float(betaincinv(low, n - low + 1, tail))
    return lower, 1.0 if high == n else float(betaincinv(high + 1, n - high, 1 - tail))


def rejection_count(n: int, share: float, alpha: float = 0.05) -> int:
    """Return how many of n clusters must be captured to reject a capture of ``share``; n + 1 if none does.

    Examples
    --------
    >>> rejection_count(10, 0.10), rejection_count(10, 0.35)
    (4, 7)
    """
    counts = np.arange(1, n + 2)
    return int(counts[np.argmax(_at_least(counts, n, share) <= alpha)])


def power(n: int, share: float, truth: float, alpha: float = 0.05) -> float:
    """Return the probability that n clusters reject a capture of ``share`` when ``truth`` is the true one.

    Examples
    --------
    >>> [round(power(10, 0.35, truth), 2) for truth in (0.50, 0.65, 0.80)]
    [0.17, 0.51, 0.88]
    """
    return float(_at_least(np.array([rejection_count(n, share, alpha)]), n, truth)[0])


def told_apart(n: int, share: float, wanted: float = 0.80, alpha: float = 0.05) -> float:
    """Return the smallest true capture, to 0.01, that n clusters tell from ``share`` with the wanted power; NaN if none.

    Examples
    --------
    >>> told_apart(10, 0.35)
    0.77
    """
    truths = np.arange(np.floor(100 * share) + 1, 101) / 100
    enough = _at_least(np.full(len(truths), rejection_count(n, share, alpha)), n, truths) >= wanted
    return float(truths[np.argmax(enough)]) if enough.any() else float("nan")


def _at_least(count: NDArray[np.intp], n: int, share: float | Floats) -> Floats:
    """Return P(X >= count) of a binomial with n trials, 1 <= count <= n + 1."""
    from scipy.special import betainc

    inside = np.minimum(count, n)
    return np.where(count > n, 0.0, betainc(inside, n - inside + 1, share))


def captured(score: ArrayLike, found: ArrayLike, share: float) -> float:
    """Return the share of the finds in the top units that make up at most ``share`` of all units.

    Parameters
    ----------
    score : (n,) float
        Of each unit, the highest first.
    found : (n,) bool
        Which units hold a find.
    share : float
        0 to 1.

    Examples
    --------
    >>> captured([0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, False, False], 0.4)
    0.5
    """
    ranked = _ranked(score, found)
    return float(ranked[: int(np.floor(share * len(ranked) + 1e-9))].sum() / ranked.sum())


def ausrc(score: ArrayLike, found: ArrayLike) -> float:
    """Return the area under the success-rate curve: finds captured over share of units, by the trapezoid rule.

    Examples
    --------
    >>> round(ausrc([0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, False, False]), 12)
    0.7
    """
    ranked = _ranked(score, found)
    curve = np.cumsum(ranked) / ranked.sum()
    return float((curve.sum() - 0.5) / len(curve))


def auc(score: ArrayLike, found: ArrayLike) -> float:
    """Return the probability that a unit with a find scores above one without; a tie counts as below.

    It equals ``(AUSRC - p / 2) / (1 - p)``, p the share of units with a find; ``n_empty (1 - AUC)`` is the mean number
    of empty units at or above a find.

    Examples
    --------
    >>> round(auc([0.9, 0.8, 0.7, 0.6, 0.5], [True, False, True, False, False]), 12)
    0.833333333333
    """
    ranked = _ranked(score, found)
    if ranked.all():
        raise DataError("ranking", expected="units without a find", found="none")
    empty_above = np.cumsum(~ranked)[ranked]
    return float(1 - empty_above.mean() / (~ranked).sum())


def _ranked(score: ArrayLike, found: ArrayLike) -> Flags:
    """Return which units hold a find, from the highest score down; in a tie those without come first."""
    values, held = np.asarray(score, dtype=float), np.asarray(found, dtype=bool)
    if values.shape != held.shape or values.ndim != 1 or not held.any():
        raise DataError(
            "ranking",
            expected="one score and one flag a unit, and a find",
            found=f"{values.shape} scores, {held.shape} flags, {int(held.sum())} finds",
        )
    if (bad := np.flatnonzero(np.isnan(values))).size:
        raise DataError("ranking", where="rows " + ", ".join(map(str, bad)), expected="a score", found="NaN")
    return np.asarray(held[np.lexsort((held, -values))])


def flood_scores(modelled: ArrayLike, observed: ArrayLike, area_m2: ArrayLike) -> dict[str, float]:
    """Compare a modelled with an observed flood extent; this says nothing about mines.

    Parameters
    ----------
    modelled, observed : (n,) bool
        Whether each cell is wet.
    area_m2 : float or (n,) float

    Returns
    -------
    dict
        ``csi`` (wet in both over wet in either), ``hit_rate`` (of the observed, modelled), ``false_alarm_ratio`` (of the
        modelled, not observed; NaN if nothing is modelled wet) and ``bias`` (modelled over observed area).

    Raises
    ------
    DataError
        If shapes differ, an area is negative or not a number, or nothing was observed wet.

    Examples
    --------
    >>> flood_scores([True, True, False, False], [True, False, True, False], 1.0)["bias"]
    1.0
    """
    wet, seen = np.asarray(modelled, dtype=bool), np.asarray(observed, dtype=bool)
    if wet.shape != seen.shape:
        raise DataError("flood extent", expected=f"{seen.shape} cells, as observed", found=f"{wet.shape} modelled")
    size = np.broadcast_to(np.asarray(area_m2, dtype=float), wet.shape)
    if not (size >= 0).all():
        raise DataError("flood extent", where="area_m2", expected="at least 0", found="negative or NaN")
    both, only_wet, only_seen = (float(size[cells].sum()) for cells in (wet & seen, wet & ~seen, ~wet & seen))
    if both + only_seen == 0:
        raise DataError("flood extent", expected="observed wet area", found="none", mend="give a flood that was observed")
    return {
        "csi": both / (both + only_wet + only_seen),
        "hit_rate": both / (both + only_seen),
        "false_alarm_ratio": only_wet / (both + only_wet) if both + only_wet > 0 else float("nan"),
        "bias": (both + only_wet) / (both + only_seen),
    }
