"""Many members instead of one: draws of the parameters, their summary, weights from data, fields of height error.

Assumption: what is not known is described by the priors of the parameters. Its limit: a band tells the spread of expected
values under those priors, so it is conditional on each of them and leaves out what the model does not have.
"""

from __future__ import annotations

import zlib
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import CheckFailed, ConfigError, DataError
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.priors import TAIL, quantile, uncertain

Floats = NDArray[np.float64]

BAND = (0.05, 0.5, 0.95)
BLOCK_MEMBERS = 50
ESS_MIN = 50.0  # assumed
ROUNDING = 1e-12  # of cumulated weights: no quantile hangs on it


class EffectiveSampleTooSmall(CheckFailed):
    """The data leave weight to so few members that no band can be told."""


def draw(params: FloodParameters, members: int = 1, rng: np.random.Generator | None = None) -> Draw:
    """Draw the parameters of an ensemble by Latin hypercube.

    Each parameter has a stream of its own, made from one number of ``rng`` and its name: it is drawn alike whatever other
    parameters exist. Parameters without a prior keep their value in every member.

    Parameters
    ----------
    params : FloodParameters
    members : int
        M; 1 gives the central value of every parameter.
    rng : Generator, optional
        Needed for more than one member.

    Returns
    -------
    mapping of str to (M,) or (k, M) float

    Raises
    ------
    ConfigError
        If ``members`` is below 1 or above 1 without ``rng``, or a prior does not fit its parameter.

    Examples
    --------
    >>> float(draw(FloodParameters())["p_ref"][0])
    0.5
    >>> drawn = draw(FloodParameters(), 10, np.random.default_rng(1))["cv_gumbel"]
    >>> sorted(((drawn - 0.4) / 0.04).astype(int).tolist())
    [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]
    """
    if members < 1 or (members > 1 and rng is None):
        found = f"{members} members, {'no' if rng is None else 'a'} generator"
        raise ConfigError("ensemble", expected="one member, or more with a generator of random numbers", found=found)
    central = params.central()
    if members == 1 or rng is None:
        return central
    seed = int(rng.integers(2**63))
    drawn = {name: np.repeat(value, members, axis=-1) for name, value in central.items()}
    for name, parameter in uncertain(params).items():
        stream = np.random.default_rng(np.random.SeedSequence([seed, zlib.crc32(name.encode())]))
        drawn[name] = quantile(parameter, _hypercube(drawn[name].shape, stream), name)
    return drawn


def part_of(drawn: Draw, members: slice) -> Draw:
    """Return some members of a draw."""
    return {name: value[..., members] for name, value in drawn.items()}


class Block(NamedTuple):
    """Members that one worker takes together, and their stream."""

    members: slice
    rng: np.random.Generator


def member_blocks(members: int, rng: np.random.Generator, size: int = BLOCK_MEMBERS) -> tuple[Block, ...]:
    """Split an ensemble into blocks, each with a spawned stream.

    Whoever computes a block, and when, gets the same numbers; put together along the member axis, the result does not
    depend on the workers. It does depend on ``size``, which therefore is no matter of how many workers there are.

    Examples
    --------
    >>> [block.members for block in member_blocks(120, np.random.default_rng(1))]
    [slice(0, 50, None), slice(50, 100, None), slice(100, 120, None)]
    """
    if members < 1 or size < 1:
        raise ConfigError("ensemble", expected="at least 1 member a block", found=f"{members} members, {size} a block")
    starts = range(0, members, size)
    slices = (slice(start, min(start + size, members)) for start in starts)
    return tuple(Block(part, stream) for part, stream in zip(slices, rng.spawn(len(starts)), strict=True))


class Summary(NamedTuple):
    """Mean and quantiles over the members."""

    mean: Floats
    q05: Floats
    q50: Floats
    q95: Floats


def summarise(x: NDArray[Any], weights: Floats | None = None) -> Summary:
    """Return the mean and the 5, 50 and 95 % quantiles over the last axis.

    A quantile is the smallest value that at least this share of the weight does not exceed: always a member's own value,
    and untouched by members without weight.

    Parameters
    ----------
    x : (..., M) float or int
    weights : (M,) float, optional
        At least 0; their sum does not matter. Default: all alike.

    Raises
    ------
    DataError
        If a value is not finite, or weights do not fit, are negative or all 0.

    Examples
    --------
    >>> [float(each) for each in summarise(np.arange(1.0, 101.0))]
    [50.5, 5.0, 50.0, 95.0]
    """
    x = np.asarray(x)
    if not x.ndim or not x.shape[-1] or not np.isfinite(x).all():
        raise DataError(
            "ensemble", where="values", expected="finite numbers of at least 1 member", found=f"shape {x.shape}, or gaps"
        )
    members = x.shape[-1]
    if weights is None:
        ranks = np.ceil(np.array(BAND) * members - ROUNDING * members).astype(int) - 1
        low, middle, high = np.moveaxis(np.partition(x, ranks, axis=-1)[..., ranks], -1, 0).astype(float)
        return Summary(np.asarray(x.mean(axis=-1, dtype=float)), low, middle, high)
    if weights.shape != (members,) or not np.isfinite(weights).all() or weights.min() < 0 or not weights.sum() > 0:
        raise DataError("ensemble", where="weights", expected=f"{members} numbers, at least 0", found="others, or only 0")
    share = weights / weights.sum()
    order = np.argsort(x, axis=-1, kind="stable")
    cumulated = np.cumsum(share[order], axis=-1)
    ranks = np.stack([(cumulated < q - ROUNDING).sum(axis=-1) for q in BAND], axis=-1)
    chosen = np.take_along_axis(order, np.minimum(ranks, members - 1), axis=-1)
    low, middle, high = np.moveaxis(np.take_along_axis(x, chosen, axis=-1), -1, 0).astype(float)
    return Summary(np.asarray(x @ share, dtype=float), low, middle, high)


def quantile_error(members: float, q: float = 0.05) -> float:
    """Return the Monte Carlo standard error of a quantile, in standard deviations of a normal value.

    ``members`` is their number, or the effective sample size of weighted ones.

    Examples
    --------
    >>> [round(quantile_error(m), 4) for m in (100, 200, 1000)]
    [0.2113, 0.1494, 0.0668]
    """
    from scipy.special import ndtri

    if not (members > 0 and 0 < q < 1):
        raise ConfigError("ensemble", where="quantile error", expected="members above 0, q in (0, 1)", found=f"{members}, {q}")
    density = np.exp(-(float(ndtri(q)) ** 2) / 2) / np.sqrt(2 * np.pi)
    return float(np.sqrt(q * (1 - q) / members) / density)


def reweight(log_likelihood: Floats, ess_min: float = ESS_MIN) -> tuple[Floats, float]:
    """Return importance weights of prior members, and the effective sample size.

    Parameters
    ----------
    log_likelihood : (M,) float
        ``-inf`` where the data are impossible.
    ess_min : float
        Least effective sample size.

    Returns
    -------
    weights : (M,) float
        Relative to the likeliest member, which has 1.
    ess : float
        ``(sum w)^2 / sum w^2``: M where all are alike, 1 where one has all the weight.

    Raises
    ------
    DataError
        If a likelihood is missing or infinite, or all are impossible.
    EffectiveSampleTooSmall
        If fewer than ``ess_min`` members are left in effect.

    Examples
    --------
    >>> weights, ess = reweight(np.repeat([0.0, -np.inf], 60))
    >>> float(weights.sum()), round(ess, 9)
    (60.0, 60.0)
    """
    top = log_likelihood.max(initial=-np.inf)
    if not np.isfinite(top):
        raise DataError("calibration", where="log likelihood", expected="a finite maximum", found=f"{top}")
    weights = np.exp(log_likelihood - top)
    ess = float(weights.sum() ** 2 / (weights**2).sum())
    if ess < ess_min:
        raise EffectiveSampleTooSmall(
            "calibration",
            where=f"{len(weights)} members",
            expected=f"an effective sample of at least {ess_min:g}",
            found=f"{ess:.1f}",
            mend="draw more members, or check the data against the priors",
        )
    return weights, ess


def error_field(
    shape: tuple[int, int], cell_m: float, rng: np.random.Generator, sd_m: float = 2.5, range_m: float = 300.0
) -> Floats:
    """Return one field of correlated height error [m], (rows, columns); add it to heights above drainage, then clip at 0.

    Gaussian with the covariance ``sd^2 exp(-3 d / range)``: at ``range_m`` a twentieth of the correlation is left. Made by
    Fourier transform on a torus that is larger by two ranges, so that opposite edges know nothing of each other.

    Raises
    ------
    ConfigError
        If the shape, the cell or the range is not positive, or the standard deviation negative.
    """
    if min(shape) < 1 or not (cell_m > 0 and range_m > 0 and sd_m >= 0):
        found = f"shape {shape}, cell {cell_m}, sd {sd_m}, range {range_m}"
        raise ConfigError("height error", expected="a shape, cell and range above 0, an sd of at least 0", found=found)
    pad = int(np.ceil(2 * range_m / cell_m))
    rows, columns = (_even(n + pad) for n in shape)
    away = [np.minimum(np.arange(n), n - np.arange(n)) * cell_m for n in (rows, columns)]
    correlation = np.exp(-3 / range_m * np.hypot(away[0][:, None], away[1][None, :]))
    power = np.maximum(np.fft.rfft2(correlation).real, 0.0)
    noise = np.fft.rfft2(rng.standard_normal((rows, columns)))
    field = np.fft.irfft2(np.sqrt(power) * noise, s=(rows, columns))
    return np.asarray(sd_m * field[: shape[0], : shape[1]])


def _even(n: int) -> int:
    """Return the next multiple of a power of two about a sixteenth of n, which Fourier transforms like."""
    step = 1 << max(1, n.bit_length() - 4)
    return -(-n // step) * step


def _hypercube(shape: tuple[int, ...], rng: np.random.Generator) -> Floats:
    """Return uniform numbers with exactly one member in each of the M equal parts of (0, 1), in every row."""
    part = rng.permuted(np.broadcast_to(np.arange(shape[-1]), shape), axis=-1)
    return np.clip((part + rng.random(shape)) / shape[-1], TAIL, 1 - TAIL)
