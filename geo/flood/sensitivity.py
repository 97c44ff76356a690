"""Which parameters a result hangs on: one at a time, and as shares of its variance.

Assumption: parameters vary independently within their priors; the values of one parameter move together. Its limit: the
shares describe the spread that the priors cause, so they move when a prior does, and switches of structure have none.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError
from geo.flood.ensemble import draw
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.priors import together, uncertain

Floats = NDArray[np.float64]
Run = Callable[[Draw], Floats]

RESAMPLES = 200  # of the bootstrap
NO_SPREAD = 1e-14  # of the largest value, squared below: rounding is no variance


def one_at_a_time(params: FloodParameters, run: Run, names: Sequence[str], low: float = 0.05, high: float = 0.95) -> pd.DataFrame:
    """Move one parameter at a time to two quantiles of its prior, the others at their central values.

    Parameters
    ----------
    params : FloodParameters
        Every parameter with a prior is moved, all its components together (`geo.flood.priors.together`).
    run : callable
        Maps a draw of M members to the (Q, M) values of interest; called once, with 2 d + 1 members.
    names : sequence of str
        The Q quantities.
    low, high : float
        Probabilities.

    Returns
    -------
    DataFrame
        ``parameter, tag, quantity, central, at_low, at_high, swing``; the swing is the range of the three values over the
        central one (infinite if that is 0 and the range is not), the largest first for each quantity.

    Raises
    ------
    ConfigError
        If the probabilities do not rise.
    DataError
        If ``run`` returns gaps or another shape.

    Examples
    --------
    >>> table = one_at_a_time(FloodParameters(), lambda drawn: drawn["p_ref"][None] * 2, ["twice"])
    >>> table.loc[0, "parameter"], float(table.loc[0, "central"])
    ('p_ref', 1.0)
    """
    if not 0 < low < high < 1:
        raise ConfigError("sensitivity", where="low, high", expected="0 < low < high < 1", found=f"{low}, {high}")
    moved = uncertain(params)
    members = 2 * len(moved) + 1
    batch = {name: np.repeat(value, members, axis=-1) for name, value in params.central().items()}
    for i, (name, parameter) in enumerate(moved.items()):
        batch[name][..., 2 * i + 1] = together(parameter, low, name)
        batch[name][..., 2 * i + 2] = together(parameter, high, name)
    values = _evaluated(run, batch, names)
    rows = [
        (name, parameter.tag, quantity, *_swing(values[q, 0], values[q, 2 * i + 1], values[q, 2 * i + 2]))
        for q, quantity in enumerate(names)
        for i, (name, parameter) in enumerate(moved.items())
    ]
    frame = pd.DataFrame(rows, columns=["parameter", "tag", "quantity", "central", "at_low", "at_high", "swing"])
    return _ranked(frame, names, ["swing"])


def sobol(
    params: FloodParameters, run: Run, names: Sequence[str], base: int, rng: np.random.Generator, resamples: int = RESAMPLES
) -> pd.DataFrame:
    """Estimate the share of variance that each parameter causes, alone (``first``) and with all others (``total``).

    Two ensembles A and B of ``base`` members, and for each parameter A with its values from B: the design and the
    first-order estimator of Saltelli et al. (2010), Jansen's for the total. ``run`` is called d + 2 times with ``base`` members.

    Parameters
    ----------
    params, run, names
        As in `one_at_a_time`; the components of a parameter form one group.
    base : int
        At least 2; the cost is ``base (d + 2)`` members, the error falls with its root.
    rng : Generator
    resamples : int
        Bootstrap resamples for the standard errors.

    Returns
    -------
    DataFrame
        ``parameter, tag, quantity, first, first_se, total, total_se``, the largest total first for each quantity. A
        quantity that does not vary has 0 everywhere.

    Raises
    ------
    ConfigError
        If ``base`` or ``resamples`` is below 2.
    DataError
        If ``run`` returns gaps or another shape.
    """
    if base < 2 or resamples < 2:
        raise ConfigError("sensitivity", where="base, resamples", expected="at least 2", found=f"{base}, {resamples}")
    moved = uncertain(params)
    a, b = draw(params, base, rng), draw(params, base, rng)
    at_a, at_b = _evaluated(run, a, names), _evaluated(run, b, names)
    weights = np.concatenate([np.ones((1, base)), rng.multinomial(base, np.full(base, 1 / base), size=resamples)]).T / base
    rows = []
    for name, parameter in moved.items():
        mixed = _evaluated(run, {**a, name: b[name]}, names)
        shares = [_indices(at_a[q], at_b[q], mixed[q], weights) for q in range(len(names))]
        rows += [(name, parameter.tag, quantity, *share) for quantity, share in zip(names, shares, strict=True)]
    frame = pd.DataFrame(rows, columns=["parameter", "tag", "quantity", *_Indices._fields])
    return _ranked(frame, names, ["total"])


def first_order_given_data(drawn: Draw, values: Floats, names: Sequence[str]) -> pd.DataFrame:
    """Estimate first-order shares from an ensemble at hand, without further runs: by ranks (Gamboa et al. 2022).

    Parameters
    ----------
    drawn : mapping of str to (M,) or (k, M) float
    values : (Q, M) float
    names : sequence of str
        The Q quantities.

    Returns
    -------
    DataFrame
        ``parameter, component, quantity, first, noise``, the largest first for each quantity; parameters that do not vary
        are left out. ``noise`` is the standard error at a share of 0, ``1 / sqrt(M)``: what lies within twice of it says
        nothing.

    Raises
    ------
    DataError
        If values have gaps or another shape.
    """
    rows = [(name, k, row) for name in sorted(drawn) for k, row in enumerate(np.atleast_2d(drawn[name])) if np.ptp(row) > 0]
    members = next(iter(drawn.values())).shape[-1]
    _check(values, names, members)
    spread = _centred(values)
    variance = (spread**2).mean(axis=1)
    told = []
    for name, k, row in rows:
        ordered = spread[:, np.argsort(row, kind="stable")]
        beside = (ordered * np.roll(ordered, -1, axis=1)).mean(axis=1)
        first = np.divide(beside, variance, out=np.zeros_like(beside), where=variance > 0)
        told += [(name, k, quantity, share, members**-0.5) for quantity, share in zip(names, first.tolist(), strict=True)]
    frame = pd.DataFrame(told, columns=["parameter", "component", "quantity", "first", "noise"])
    return _ranked(frame, names, ["first"])


def ranking(indices: pd.DataFrame, swings: pd.DataFrame) -> pd.DataFrame:
    """Join `sobol` and `one_at_a_time` for print: for each quantity by the total share, then by the swing."""
    both = indices.merge(swings, on=["parameter", "tag", "quantity"], how="outer", validate="one_to_one")
    return _ranked(both, indices["quantity"].unique().tolist(), ["total", "swing"])


class _Indices(NamedTuple):
    """Shares of the variance of one quantity and their standard errors."""

    first: float
    first_se: float
    total: float
    total_se: float


def _indices(at_a: Floats, at_b: Floats, mixed: Floats, weights: Floats) -> _Indices:
    """Return the shares of one parameter from all rows, and their spread over resampled rows; weights are (base, 1 + B)."""
    middle = (at_a.mean() + at_b.mean()) / 2
    a, b = at_a - middle, at_b - middle
    scale = max(np.abs(at_a).max(), np.abs(at_b).max())
    if max(np.abs(a).max(), np.abs(b).max()) <= NO_SPREAD * scale:
        return _Indices(0.0, 0.0, 0.0, 0.0)
    variance = ((a**2 + b**2) / 2) @ weights - (((a + b) / 2) @ weights) ** 2
    total = ((at_a - mixed) ** 2 / 2) @ weights / variance
    first = (b * (mixed - at_a)) @ weights / variance
    return _Indices(float(first[0]), float(first[1:].std(ddof=1)), float(total[0]), float(total[1:].std(ddof=1)))


def _swing(central: float, at_low: float, at_high: float) -> tuple[float, float, float, float]:
    """Return the three values and their range over the central one."""
    reach = max(central, at_low, at_high) - min(central, at_low, at_high)
    relative = reach / abs(central) if central else (np.inf if reach else 0.0)
    return float(central), float(at_low), float(at_high), float(relative)


def _centred(values: Floats) -> Floats:
    """Return values less their mean; exactly 0 where they differ by rounding only."""
    spread = values - values.mean(axis=1, keepdims=True)
    real = np.abs(spread).max(axis=1, keepdims=True) > NO_SPREAD * np.abs(values).max(axis=1, keepdims=True)
    return np.asarray(np.where(real, spread, 0.0))


def _evaluated(run: Run, batch: Draw, names: Sequence[str]) -> Floats:
    """Run one batch of members and check what comes back."""
    values = np.asarray(run(batch), dtype=float)
    _check(values, names, next(iter(batch.values())).shape[-1])
    return values


def _check(values: Floats, names: Sequence[str], members: int) -> None:
    """Refuse values that are not one finite number for each quantity and member."""
    if np.shape(values) != (len(names), members) or not members or not np.isfinite(values).all():
        expected = f"finite values of {len(names)} quantities for {members} members"
        raise DataError("sensitivity", where=", ".join(names), expected=expected, found=f"shape {np.shape(values)}, or gaps")


def _ranked(frame: pd.DataFrame, names: Sequence[str], by: list[str]) -> pd.DataFrame:
    """Return the rows by quantity, as named, then by falling value, then by name."""
    place = frame["quantity"].map({name: i for i, name in enumerate(names)})
    order = frame.assign(place=place).sort_values(
        ["place", *by, "parameter"], ascending=[True, *[False] * len(by), True], kind="stable"
    )
    return order.drop(columns="place").reset_index(drop=True)
