"""Whole items instead of expected ones: chance in what moves, where it goes and what is found, with an exact account.

Assumption: given the parameters, items move independently of each other. Its limit: pieces travel in jams, so counts of
real events scatter more than these.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import DataError
from geo.flood.network import SEA, RiverNetwork
from geo.flood.route import gathered, reach_law

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
Rows = NDArray[np.intp]

ALL = 1 - 1e-12  # chances that add up to this mean that no item is left over


class RoutedCounts(NamedTuple):
    """What happened to the items of an event, in whole items; every array is (R, 4, M), ``exported`` (4, M)."""

    deposited: Counts
    trapped: Counts
    exported: Counts
    inflow: Counts
    outflow: Counts


def deal(counts: Counts, group: Rows, chance: Floats, rng: np.random.Generator) -> tuple[Counts, Counts]:
    """Deal whole items out to places, multinomially, by halving: each half of a group's places gets a binomial share.

    Parameters
    ----------
    counts : (G, 4, M) int
        Items of each group.
    group : (k,) int
        The group whose items may come to each place.
    chance : (k, 4, M) float
        Probability that an item of the group comes there; adds up to at most 1 in a group. Broadcast.
    rng : Generator

    Returns
    -------
    dealt : (k, 4, M) int
    left : (G, 4, M) int
        Items that came to no place; ``counts`` is ``left`` plus what each group dealt, exactly.

    Raises
    ------
    DataError
        If counts are negative or no integers, or chances are missing, negative or add up to more than 1.
    """
    _check(counts)
    left = counts.copy()
    if not group.size:
        return np.zeros((0, *counts.shape[1:]), np.int64), left
    order = np.argsort(group, kind="stable")
    chance = np.broadcast_to(chance, (len(group), *counts.shape[1:]))[order]
    owners, start = np.unique(group[order], return_index=True)
    whole = np.add.reduceat(chance, start, axis=0)
    if not (chance.min(initial=0) >= 0 and whole.max(initial=0) <= 1 + 1e-9):
        raise DataError("whole items", where="chances", expected="from 0, adding up to at most 1", found="others")
    held = rng.binomial(counts[owners], np.where(whole > ALL, 1.0, whole))
    left[owners] -= held
    while len(start) < len(group):
        start, held = _halved(start, held, chance, rng)
    dealt = np.empty_like(held)
    dealt[order] = held
    return dealt, left


def _halved(start: Rows, held: Counts, chance: Floats, rng: np.random.Generator) -> tuple[Rows, Counts]:
    """Cut each run of places in two and share its items out between the halves; single places stay."""
    size = np.diff(start, append=len(chance))
    cut = size > 1
    first = np.arange(len(start)) + np.cumsum(cut) - cut
    edges = np.repeat(start, 1 + cut)
    edges[first[cut] + 1] += size[cut] // 2
    mass = np.add.reduceat(chance, edges, axis=0)
    lower, upper = mass[first[cut]], mass[first[cut] + 1]
    both = lower + upper
    below = rng.binomial(held[cut], np.divide(lower, both, out=np.zeros_like(both), where=both > 0))
    halves = np.repeat(held, 1 + cut, axis=0)
    halves[first[cut]] = below
    halves[first[cut] + 1] -= below
    return edges, halves


def mobilise_counts(
    items: Counts,
    p: Floats,
    unit: Rows,
    cell: Rows,
    share: Floats,
    line: Rows,
    n_lines: int,
    rng: np.random.Generator,
) -> tuple[Counts, Counts]:
    """Return whole items that a flood moves into each line (lines, 4, M), and those that stay in each unit (J, 4, M).

    An item of a unit lies in one of its cells with the probability of the cell's share, and moves from there with ``p``.

    Parameters
    ----------
    items : (J, 4, M) int
    p : (n, 4, M) float
        Mobilisation probability of each cell.
    unit, cell, share : (k,)
        Sparse pairs: which unit lies in which cell with which share of its area.
    line : (n,) or (n, M) int
        The line that each cell drains to.
    n_lines : int
    rng : Generator
    """
    moved, stayed = deal(items, unit, p[cell] * share[:, None, None], rng)
    return np.rint(gathered(moved.astype(float), line[cell], n_lines)).astype(np.int64), stayed


def route_integer(
    network: RiverNetwork, items: Counts, lam_km: Floats, rng: np.random.Generator, eta: Floats | None = None
) -> RoutedCounts:
    """Move whole items down the forest in one sweep: each passes a reach, and its trap, by chance.

    Parameters
    ----------
    network : RiverNetwork
    items : (R, 4, M) int
        Items entering each reach, evenly along it.
    lam_km : (R, 4, M) float
        Travel scale; broadcast.
    rng : Generator
        Split members with `geo.flood.ensemble.member_blocks`, so that the result does not depend on the workers.
    eta : (R, 4) or (R, 4, M) float, optional
        Trap efficiency at the lower ends; default the network's.

    Returns
    -------
    RoutedCounts
        ``items`` is what is deposited, trapped and exported, exactly.

    Raises
    ------
    DataError
        If items are negative, no integers or of another number of reaches, or a travel scale or trap is out of bounds.
    """
    passing, entering, trap = reach_law(network, lam_km, eta)
    _check(items)
    if len(items) != len(network.down):
        raise DataError("routing", where="items", expected=f"{len(network.down)} rows", found=f"{len(items)}")
    inflow, deposited, trapped, outflow = (np.zeros(np.broadcast_shapes(items.shape, passing.shape), np.int64) for _ in range(4))
    for level in network.levels:
        inside = inflow[level]
        lateral = np.broadcast_to(items[level], inside.shape)
        at_end = rng.binomial(inside, passing[level]) + rng.binomial(lateral, entering[level])
        deposited[level] = inside + lateral - at_end
        trapped[level] = rng.binomial(at_end, trap[level])
        outflow[level] = at_end - trapped[level]
        below = network.down[level]
        if below.size and below[0] >= 0:
            np.add.at(inflow, below, outflow[level])
    return RoutedCounts(deposited, trapped, outflow[network.down < 0].sum(axis=0), inflow, outflow)


def beyond_counts(
    network: RiverNetwork,
    outflow: Counts,
    at_estuary: Counts,
    roots: Rows,
    shares: Floats,
    rng: np.random.Generator,
) -> tuple[Counts, Counts, Counts]:
    """Return the whole items that estuary segments hold (E, 4, M), that reach the sea and that leave the map (4, M).

    Parameters
    ----------
    network : RiverNetwork
    outflow : (R, 4, M) int
    at_estuary : (E, 4, M) int
        Items that enter there.
    roots, shares
        Of `geo.flood.estuary.estuary_shares`.
    rng : Generator
    """
    brought = np.concatenate([outflow[roots], at_estuary])
    n, segments, members = shares.shape
    source = np.repeat(np.arange(n), segments)
    dealt, to_sea = deal(brought, source, shares.reshape(n * segments, 1, members), rng)
    held = dealt.reshape(n, segments, *brought.shape[1:]).sum(axis=0)
    plain = np.setdiff1d(np.flatnonzero(network.down < 0), roots)
    at_sea = network.outlet[plain] == SEA
    return held, to_sea.sum(axis=0) + outflow[plain[at_sea]].sum(axis=0), outflow[plain[~at_sea]].sum(axis=0)


def recover_counts(displaced: Counts, share: Floats, rng: np.random.Generator) -> tuple[Counts, Counts]:
    """Return how many of the displaced items are found and how many are not.

    Parameters
    ----------
    displaced : (..., M) int
    share : (M,) float
        Share found after this event, for example `geo.flood.recovery.Posterior.draw_share`.
    rng : Generator
    """
    _check(displaced)
    if not ((share >= 0) & (share <= 1)).all():
        raise DataError("recovery", where="share", expected="0 to 1", found="outside it, or missing")
    found = rng.binomial(displaced, share)
    return found, displaced - found


def _check(counts: Counts) -> None:
    """Refuse what is no count."""
    if not np.issubdtype(counts.dtype, np.integer) or counts.min(initial=0) < 0:
        raise DataError("whole items", expected="integers, at least 0", found=f"{counts.dtype}, least {counts.min(initial=0)}")
