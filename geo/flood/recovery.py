"""What share of displaced mines a search finds again, how many are lost a year, how far they go: from counts alone.

Assumption: each event has its own share, all shares come from one Beta law, and a count is binomial in it. Its limit:
only the product of finding, staying in reach and not being buried shows in the counts, so they say nothing of
distance, and with three events the band is wide and leans on the prior of the spread.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from geo.errors import ConfigError, DataError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

KAPPA_LN = (math.log(20.0), 1.0)  # assumed: median 20 and ln-sd 1 of kappa, the number of mines one event is worth
LEFT_OUT = 1e-13  # weight of grid points left out of the mixture
PRECISION = 1e-14  # of a root, as a share or as a probability
STEPS = 100  # bisection alone needs half of them


@dataclass(frozen=True, slots=True)
class Posterior:
    """What the events say of the mean share ``mu`` and of ``kappa``, which is large where events are alike.

    Attributes
    ----------
    found, displaced : (K,) int
    kappa_ln : (float, float)
        Centre and spread of the normal prior of ln kappa.
    mu : (197,) float
    kappa : (200,) float
    weight : (197, 200) float
        Probability of each grid point; adds up to 1.
    """

    found: Ints
    displaced: Ints
    kappa_ln: tuple[float, float]
    mu: Floats
    kappa: Floats
    weight: Floats

    @property
    def mu_mean(self) -> float:
        """The expected mean share."""
        return float(self.weight.sum(axis=1) @ self.mu)

    def mu_quantile(self, q: ArrayLike) -> Floats:
        """Return quantiles of the mean share, by linear interpolation of the cumulated grid."""
        return np.asarray(np.interp(np.asarray(q, dtype=float), np.cumsum(self.weight.sum(axis=1)), self.mu))

    def kappa_quantile(self, q: ArrayLike) -> Floats:
        """Return quantiles of kappa, in the same way."""
        return np.asarray(np.interp(np.asarray(q, dtype=float), np.cumsum(self.weight.sum(axis=0)), self.kappa))

    def new_event(self, q: ArrayLike) -> Floats:
        """Return quantiles of the share found after an event not seen yet, without sampling.

        Examples
        --------
        >>> recovery([600, 170, 52], [1200, 329, 84]).new_event([0.05, 0.5, 0.95]).round(4).tolist()
        [0.3488, 0.5352, 0.7234]
        """
        from scipy.special import betainc, betaln

        a, b, weight = self._mixture()
        target = _probabilities(q)
        scale = np.log(weight) - betaln(a, b)
        x, low, high = np.full_like(target, self.mu_mean), np.zeros_like(target), np.ones_like(target)
        for _ in range(STEPS):  # Newton's step where it stays in the bracket, else its middle
            excess = betainc(a, b, x[:, None]) @ weight - target
            low, high = np.where(excess < 0, x, low), np.where(excess < 0, high, x)
            density = np.exp(scale + (a - 1) * np.log(x)[:, None] + (b - 1) * np.log1p(-x)[:, None]).sum(axis=1)
            newton = x - excess / np.maximum(density, 1e-100)
            fresh = np.where((newton > low) & (newton < high), newton, (low + high) / 2)
            done = (np.abs(excess) < PRECISION) | (np.abs(fresh - x) < PRECISION)
            if done.all():
                break
            x = np.where(done, x, fresh)
        return x.reshape(np.shape(q))

    def draw_share(self, u: ArrayLike) -> Floats:
        """Return the share of a new event (M,) from two uniform numbers a member, ``u`` (2, M)."""
        from scipy.special import betaincinv

        a, b, weight = self._mixture()
        first, second = _probabilities(u).reshape(np.shape(u))
        point = np.minimum(np.searchsorted(np.cumsum(weight), first), len(weight) - 1)
        return np.asarray(betaincinv(a[point], b[point], second))

    def moments(self) -> tuple[float, float]:
        """Return (a, b) of the Beta law with the mean and the variance of a new event's share."""
        a, b, weight = self._mixture()
        mean = float(weight @ (a / (a + b)))
        square = float(weight @ (a * (a + 1) / ((a + b) * (a + b + 1))))
        size = mean * (1 - mean) / (square - mean**2) - 1
        return mean * size, (1 - mean) * size

    def displaced_given_found(self, found: float, q: ArrayLike) -> Floats:
        """Return quantiles of how many were displaced in a new event that ``found`` were found of.

        Examples
        --------
        >>> recovery([600, 170, 52], [1200, 329, 84]).displaced_given_found(243, [0.05, 0.5, 0.95]).round().tolist()
        [336.0, 454.0, 697.0]
        """
        if not found >= 0:
            raise DataError("recovery", where="found", expected="at least 0", found=f"{found}")
        return np.asarray(found / self.new_event(1 - np.asarray(q, dtype=float)))

    def found_probability(self, displaced: int) -> Floats:
        """Return the probability of finding 0, 1, ... ``displaced`` mines of a new event, (displaced + 1,)."""
        from scipy.special import betaln

        if displaced < 0:
            raise DataError("recovery", where="displaced", expected="at least 0", found=f"{displaced}")
        k, mixed = np.arange(displaced), np.zeros(displaced + 1)
        for a, b, weight in zip(*(np.array_split(part, 64) for part in self._mixture()), strict=True):  # fits a cache
            none = betaln(a, displaced + b) - betaln(a, b)
            ratio = (displaced - k) * (a[:, None] + k) / ((k + 1) * (b[:, None] + (displaced - 1 - k)))
            logged = np.concatenate([none[:, None], none[:, None] + np.cumsum(np.log(ratio), axis=1)], axis=1)
            mixed += weight @ np.exp(logged)
        return mixed

    def found_quantile(self, displaced: int, q: ArrayLike) -> Ints:
        """Return quantiles of the number found in a new event: the smallest count that reaches the probability."""
        cumulated = np.cumsum(self.found_probability(displaced))
        return np.asarray(np.searchsorted(cumulated, _probabilities(q)).reshape(np.shape(q)), dtype=np.int64)

    def _mixture(self) -> tuple[Floats, Floats, Floats]:
        """Return the Beta laws (a, b) that a new event mixes and their weights, without the negligible ones."""
        order = np.sort(self.weight, axis=None)
        least = order[np.searchsorted(np.cumsum(order), LEFT_OUT)]
        keep = (self.weight >= least) & (self.weight > 0)
        a, b = self.mu[:, None] * self.kappa, (1 - self.mu[:, None]) * self.kappa
        return a[keep], b[keep], self.weight[keep] / self.weight[keep].sum()


def recovery(found: ArrayLike, displaced: ArrayLike, kappa_ln: tuple[float, float] = KAPPA_LN) -> Posterior:
    """Fit the share found again to events: ``found ~ BetaBinomial(displaced, mu kappa, (1 - mu) kappa)`` on a grid.

    Parameters
    ----------
    found, displaced : (K,) int
        Mines found of the mines displaced, an event each; none at all leaves the prior.
    kappa_ln : (float, float)
        Centre and spread of the normal prior of ln kappa, on 1 to 2,000; mu is uniform on 0.01 to 0.99.

    Raises
    ------
    DataError
        If more were found than displaced, or a count is negative, broken or missing.
    ConfigError
        If the spread of the prior is not positive.

    Examples
    --------
    >>> fit = recovery([600, 170, 52], [1200, 329, 84])
    >>> round(fit.mu_mean, 6), fit.mu_quantile([0.05, 0.95]).round(4).tolist()
    (0.535687, [0.4393, 0.6299])
    """
    from scipy.special import betaln

    seen, lost = _counts("found", found), _counts("displaced", displaced)
    if seen.shape != lost.shape or seen.ndim != 1 or (seen > lost).any():
        raise DataError(
            "recovery", where="events", expected="at most as many found as displaced", found=f"{seen.tolist()} of {lost.tolist()}"
        )
    if not (kappa_ln[1] > 0 and math.isfinite(kappa_ln[0])):
        raise ConfigError("recovery", where="kappa_ln", expected="a centre and a spread above 0", found=f"{kappa_ln}")
    mu, ln_kappa = np.linspace(0.01, 0.99, 197), np.linspace(0.0, math.log(2000.0), 200)
    kappa = np.exp(ln_kappa)
    a, b = mu[:, None] * kappa, (1 - mu[:, None]) * kappa
    logged = np.broadcast_to(-0.5 * ((ln_kappa - kappa_ln[0]) / kappa_ln[1]) ** 2, a.shape).copy()
    for k, n in zip(seen.tolist(), lost.tolist(), strict=True):
        logged += betaln(k + a, n - k + b) - betaln(a, b)
    weight = np.exp(logged - logged.max())
    return Posterior(seen, lost, kappa_ln, mu, kappa, weight / weight.sum())


def leave_one_out(fit: Posterior) -> tuple[Floats, Ints]:
    """Predict each event from the others.

    Returns
    -------
    pit : (K,) float
        Probability of fewer found than were, plus half that of as many: uniform where the model holds.
    band : (K, 3) int
        The 5, 50 and 95 % quantiles of the number found.
    """
    k = len(fit.found)
    pit, band = np.zeros(k), np.zeros((k, 3), dtype=np.int64)
    for i in range(k):
        others = recovery(np.delete(fit.found, i), np.delete(fit.displaced, i), fit.kappa_ln)
        chance = others.found_probability(int(fit.displaced[i]))
        cumulated = np.cumsum(chance)
        pit[i] = cumulated[fit.found[i]] - chance[fit.found[i]] / 2
        band[i] = np.searchsorted(cumulated, (0.05, 0.5, 0.95))
    return pit, band


def compare(fits: Mapping[str, Posterior]) -> pd.DataFrame:
    """Return what each of several fits says, a row each: how far the answer hangs on disputed data and on the prior.

    Columns: ``fit, events, mean, new_q05, new_q50, new_q95, beta_a, beta_b``.
    """
    rows = [
        (name, len(fit.found), fit.mu_mean, *fit.new_event([0.05, 0.5, 0.95]).tolist(), *fit.moments())
        for name, fit in fits.items()
    ]
    return pd.DataFrame(rows, columns=["fit", "events", "mean", "new_q05", "new_q50", "new_q95", "beta_a", "beta_b"])


def count_log_likelihood(expected: Floats, counts: ArrayLike, k_nb: float, more_than: ArrayLike = False) -> Floats:
    """Return the log likelihood (M,) of yearly counts of lost mines, negative binomial around ``expected``.

    Parameters
    ----------
    expected : (Y, M) float
        Expected mines a year, such as loss rate times stock times severity of the year; above 0.
    counts : (Y,) int
    k_nb : float
        Clustering; the variance is ``expected + expected^2 / k_nb``.
    more_than : (Y,) bool
        Where the source says "more than": the count is then the lower end, and the tail above it is the likelihood.

    Raises
    ------
    DataError
        If counts are negative, broken or missing, or an expectation or ``k_nb`` is not positive.

    Examples
    --------
    >>> count_log_likelihood(np.array([[3.0]]), [2], 1.0).round(6).tolist()
    [-1.961659]
    """
    from scipy.special import betainc, gammaln

    n = _counts("counts", counts)[:, None]
    if not ((expected > 0).all() and np.isfinite(expected).all() and k_nb > 0):
        raise DataError("yearly counts", where="expected, k_nb", expected="above 0", found="others")
    share = expected / (expected + k_nb)
    exact = gammaln(n + k_nb) - gammaln(k_nb) - gammaln(n + 1.0) + k_nb * np.log1p(-share) + n * np.log(share)
    beyond = np.maximum(betainc(n + 1.0, k_nb, share), np.finfo(float).tiny)
    open_ended = np.broadcast_to(np.asarray(more_than, dtype=bool), n.shape[:1])[:, None]
    return np.asarray(np.where(open_ended, np.log(beyond), exact).sum(axis=0))


def travel_quantile_km(q: ArrayLike, distances: int = 54, mean_km: float = 13.3) -> Floats:
    """Return quantiles of the travel scale [km] that exponential distances of a given number and mean leave possible.

    It is inverse gamma with the shape ``distances``. 54 logs say how far logs go; for mines the prior is wider (assumed).

    Examples
    --------
    >>> travel_quantile_km([0.05, 0.95]).round(2).tolist()
    [10.78, 16.9]
    """
    from scipy.special import gammaincinv

    if distances < 1 or not mean_km > 0:
        raise DataError("travel scale", expected="a distance and a mean above 0", found=f"{distances} of mean {mean_km} km")
    return np.asarray(distances * mean_km / gammaincinv(distances, 1 - np.asarray(q, dtype=float)))


def _counts(name: str, values: ArrayLike) -> Ints:
    """Return counts as integers, refusing what is none."""
    given = np.asarray(values, dtype=float)
    if not (np.isfinite(given).all() and (given >= 0).all() and (given == np.round(given)).all()):
        raise DataError("counts", where=name, expected="whole numbers, at least 0", found=f"{given.tolist()}")
    return given.astype(np.int64)


def _probabilities(q: ArrayLike) -> Floats:
    """Return probabilities inside (0, 1) in a row."""
    given = np.asarray(q, dtype=float).ravel()
    if not ((given > 0) & (given < 1)).all():
        raise ConfigError("recovery", where="probability", expected="above 0 and below 1", found=f"{given.tolist()}")
    return given
