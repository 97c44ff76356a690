"""Transport down the reach forest, exact, linear and mass-conserving; and backwards, to ask where items came from.

Assumption: an item settles with a constant rate per km, so a reach keeps an exponential share of what passes. Its
limit: jams, the order of floods and moves after the flood are not in it, and class B passes wide rivers nearly
unhindered (the travel scale is capped above 422 m of width), which nobody has tested.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import CheckFailed, DataError
from geo.flood.items import CLASS_KEYS
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw

Floats = NDArray[np.float64]


MEMBERS_AT_ONCE = 64  # routed in one piece
Step = tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.intp]]


class Routed(NamedTuple):
    """What happened to the items of an event; every array is (R, 4, M), ``exported`` (4, M)."""

    deposited: Floats
    trapped: Floats
    exported: Floats
    inflow: Floats
    outflow: Floats


def phi1(x: Floats) -> Floats:
    """Return ``(1 - e^-x) / x``, the share of items entering along a reach that reaches its end.

    Examples
    --------
    >>> phi1(np.array([0.0, 1.0])).tolist()
    [1.0, 0.6321205588285577]
    """
    x = np.asarray(x, dtype=float)
    small = x < 1e-8
    if not small.any():
        return np.asarray(-np.expm1(-x) / x)
    near, safe = np.where(small, x, 0.0), np.where(small, 1.0, x)
    return np.where(small, 1 - near / 2 + near * near / 6, -np.expm1(-safe) / safe)


def travel_scale_km(width_m: Floats, draw: Draw) -> Floats:
    """Return the travel scale [km] (R, 4, M) of each class: ``Lambda_ref (W / w_ref)^gamma`` within its bounds.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> travel_scale_km(np.array([100.0, 1000.0]), FloodParameters().central())[:, 0, 0].tolist()
    [13.3, 100.0]
    """
    ratio = (np.asarray(width_m, dtype=float)[:, None] / draw["w_ref_m"]) ** draw["gamma_w"]
    return np.clip(draw["lambda_ref_km"][None] * ratio[:, None, :], draw["lambda_min_km"], draw["lambda_max_km"])


def route(network: RiverNetwork, items: Floats, lam_km: Floats, eta: Floats | None = None) -> Routed:
    """Move items down the forest in one sweep.

    Parameters
    ----------
    network : RiverNetwork
    items : (R, 4, M) float
        Items entering each reach, evenly along it.
    lam_km : (R, 4, M) float
        Travel scale; broadcast.
    eta : (R, 4) or (R, 4, M) float, optional
        Trap efficiency at the lower ends; default the network's.

    Raises
    ------
    DataError
        If items are missing, or a travel scale or trap efficiency is out of bounds.
    """
    if items.shape[0] != len(network.down) or np.isnan(items).any():
        raise DataError(
            "routing",
            where="items",
            expected=f"{len(network.down)} rows without gaps",
            found=f"shape {items.shape}, or gaps",
        )
    trap = _trap(network, eta)
    shape = np.broadcast_shapes(items.shape, lam_km.shape, trap.shape)
    routed = Routed(*(np.empty(each) for each in (shape, shape, shape[1:], shape, shape)))
    steps = _steps(network)
    for low in range(0, shape[-1], MEMBERS_AT_ONCE):
        part = slice(low, low + MEMBERS_AT_ONCE)
        some = (each if each.shape[-1] == 1 else each[..., part] for each in (items, lam_km, trap))
        _route_some(network, steps, Routed(*(each[..., part] for each in routed)), *some)
    return routed


def _route_some(network: RiverNetwork, steps: Sequence[Step], out: Routed, items: Floats, lam_km: Floats, trap: Floats) -> None:
    """Route some members into the arrays of ``out``; so few that they stay in the cache."""
    passing, entering = _passing(network, lam_km)
    keep, own = passing * (1 - trap), items * entering * (1 - trap)
    out.inflow[...] = 0.0
    for level, below, starts in steps:
        out.outflow[level] = out.inflow[level] * keep[level] + own[level]
        if len(below):
            out.inflow[below] = np.add.reduceat(out.outflow[level], starts, axis=0)
    out.trapped[...] = trap * (out.inflow * passing + items * entering)
    out.deposited[...] = out.inflow * (1 - passing) + items * (1 - entering)
    out.exported[...] = out.outflow[network.down < 0].sum(axis=0)


def _steps(network: RiverNetwork) -> list[Step]:
    """Return for each level its reaches, sorted by the reach below; those reaches; and where each one's begin.

    All that flows into a reach lies in one level, so its inflow is a sum over one run of them.
    """
    found = []
    for level in network.levels:
        ordered = level[np.argsort(network.down[level], kind="stable")]
        below, starts = np.unique(network.down[ordered], return_index=True)
        found.append((ordered, below, starts) if below.size and below[0] >= 0 else (ordered, below[:0], starts[:0]))
    return found


def attribute(
    network: RiverNetwork,
    lam_km: Floats,
    t_deposit: Floats,
    t_trap: Floats,
    t_export: Floats,
    eta: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Return how much of one item ends in a target, by where it starts: the adjoint of `route`, one sweep upstream.

    Parameters
    ----------
    network, lam_km, eta
        As in `route`.
    t_deposit, t_trap : (R, 4, K) float
        Target weights of each reach's deposit and trap; broadcast; K targets at once.
    t_export : (R, 4, K) float
        Target weight of what leaves at each root; only roots' rows are read; broadcast.

    Returns
    -------
    u, m : (R, 4, K) float
        For an item passing the upper end of the reach, and for one entering along it. Then
        ``<t_deposit, D> + <t_trap, Q> + <t_export, X> = <m, items>``.
        Never multiply ``m`` by the contents of real fields.
    """
    passing, entering, trap = reach_law(network, lam_km, eta)
    n = len(network.down)
    for name, target in (("t_deposit", t_deposit), ("t_trap", t_trap), ("t_export", t_export)):
        if target.ndim and target.shape[0] not in (1, n):
            raise DataError("attribution", where=name, expected=f"{n} rows", found=str(target.shape[0]))
    shape = np.broadcast_shapes(passing.shape, (n, 4, 1), t_deposit.shape, t_trap.shape, t_export.shape)
    t_deposit, t_trap, t_export = (np.broadcast_to(t, shape) for t in (t_deposit, t_trap, t_export))
    u, m = np.zeros(shape), np.zeros(shape)
    for level in reversed(network.levels):
        below = network.down[level]
        onward = t_export[level] if below[0] < 0 else u[below]
        at_end = trap[level] * t_trap[level] + (1 - trap[level]) * onward
        u[level] = (1 - passing[level]) * t_deposit[level] + passing[level] * at_end
        m[level] = (1 - entering[level]) * t_deposit[level] + entering[level] * at_end
    return u, m


def reach_law(network: RiverNetwork, lam_km: Floats, eta: Floats | None) -> tuple[Floats, Floats, Floats]:
    """Return the shares that pass a reach from its upper end and from along it, and the trap efficiency, (R, 4, M)."""
    return *_passing(network, lam_km), _trap(network, eta)


def _passing(network: RiverNetwork, lam_km: Floats) -> tuple[Floats, Floats]:
    if not (lam_km > 0).all():
        raise DataError("routing", where="travel scale", expected="above 0 km", found="0, negative or missing")
    x = network.length_km[:, None, None] / lam_km
    return np.exp(-x), phi1(x)


def _trap(network: RiverNetwork, eta: Floats | None) -> Floats:
    trap = np.asarray(network.eta if eta is None else eta, dtype=float)
    if not ((trap >= 0) & (trap <= 1)).all():
        raise DataError("routing", where="trap efficiency", expected="0 to 1", found="outside it")
    return trap if trap.ndim == 3 else trap[:, :, None]


def gathered(values: Floats, line: NDArray[np.intp], n_lines: int) -> Floats:
    """Return the sums of cell values (n, 4, M) by line (n,) or (n, M): (lines, 4, M)."""
    n, k, m = values.shape
    member = np.broadcast_to(line[:, None] if line.ndim == 1 else line, (n, m)) * m + np.arange(m)
    sums = [np.bincount(member.ravel(), values[:, i].ravel(), minlength=n_lines * m) for i in range(k)]
    return np.stack([each.reshape(n_lines, m) for each in sums], axis=1)


def at_cell(values: Floats, line: NDArray[np.intp]) -> Floats:
    """Return the value of each cell's line: (lines, 4, M) at (n,) or (n, M) gives (n, 4, M)."""
    if line.ndim == 1:
        return values[line]
    return np.asarray(values[line, :, np.arange(line.shape[1])].transpose(0, 2, 1))


def p_any(mean_items: Floats, k_nb: float) -> Floats:
    """Return the probability of at least one item where ``mean_items`` are expected; clustered, Poisson as k_nb grows.

    Examples
    --------
    >>> round(float(p_any(np.array(0.7), 0.5)), 6)
    0.354503
    """
    return np.asarray(-np.expm1(-k_nb * np.log1p(np.asarray(mean_items) / k_nb)))


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of one origin's items by class and member, all (4, M): what moved is somewhere.

    ``mobilised = deposited + trapped + estuary + sea + exported + residual``.
    """

    origin: str
    units: str
    mobilised: Floats
    deposited: Floats
    trapped: Floats
    estuary: Floats
    sea: Floats
    exported: Floats

    @property
    def residual(self) -> Floats:
        """What is left unexplained."""
        return self.mobilised - self.deposited - self.trapped - self.estuary - self.sea - self.exported

    def check(self) -> None:
        """Raise `CheckFailed` when the residual exceeds 1e-9 of what moved."""
        worst = np.abs(self.residual) - 1e-9 * np.maximum(1.0, self.mobilised)
        if (worst > 0).any():
            raise CheckFailed("ledger", where=self.origin, expected="no residual", found=f"{np.abs(self.residual).max():.3g}")

    def to_frame(self) -> pd.DataFrame:
        """Return one row a class (mean over members): origin, item_class, units and every account."""
        accounts = ("mobilised", "deposited", "trapped", "estuary", "sea", "exported", "residual")
        rows = {name: getattr(self, name).mean(axis=1) for name in accounts}
        return pd.DataFrame({"origin": self.origin, "item_class": list(CLASS_KEYS), "units": self.units, **rows})
