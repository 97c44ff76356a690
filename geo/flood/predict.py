"""One possible outcome in each member, in whole items: chance on top of what is not known.

Assumption: as in `geo.flood.predictive`. The expected values of `geo.flood.displace` tell what is not known; the outcomes
here scatter about them, and the two must be told apart.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError
from geo.flood.displace import Prepared, run_of, traps
from geo.flood.estuary import estuary_shares
from geo.flood.parameters import Draw
from geo.flood.predictive import Counts, RoutedCounts, beyond_counts, mobilise_counts, route_integer
from geo.flood.route import Ledger, travel_scale_km
from geo.flood.run import ITEM_COLUMNS

Floats = NDArray[np.float64]

MOST_VALUES = 200_000_000  # cells times classes times members held at once


class Outcome(NamedTuple):
    """What whole items of one origin did: account, items left on each reach (R, 4, M) and estuary segment (E, 4, M)."""

    ledger: Ledger
    routed: RoutedCounts
    held: Counts


def predict(prepared: Prepared, draw: Draw, rng: np.random.Generator) -> dict[str, Outcome]:
    """Return an outcome by origin; its ledger is exact.

    Parameters
    ----------
    prepared : Prepared
        Of `geo.flood.displace.prepare`; the sources hold whole items of each class, ``n_B, n_N, n_H, n_D``.
    draw : mapping
        Parameters of M members.
    rng : Generator

    Raises
    ------
    ConfigError
        If there are too many cells for the members.
    DataError
        If the sources hold no whole items.
    """
    run = run_of(prepared, draw)
    if 4 * len(run.cells) * run.members > MOST_VALUES:
        raise ConfigError("outcomes", expected="fewer cells or members", found=f"{len(run.cells)} cells, {run.members} members")
    network, n = run.network, len(run.network.down)
    line, p = run.all_cells()
    pairs = run.cells.units.tocoo()
    roots, shares = estuary_shares(network, draw)
    outcomes = {}
    for name in run.origins:
        items = _items(prepared, name, run.members)
        own = np.isin(pairs.col, np.flatnonzero((run.units["origin"] == name).to_numpy()))
        entering, _ = mobilise_counts(items, p, pairs.col[own], pairs.row[own], pairs.data[own], line, run.n_lines, rng)
        routed = route_integer(network, entering[:n], travel_scale_km(network.width_m, draw), rng, traps(network, draw))
        held, sea, exported = beyond_counts(network, routed.outflow, entering[n:], roots, shares, rng)
        sums = [each.sum(axis=0).astype(float) for each in (entering, routed.deposited, routed.trapped, held)]
        ledger = Ledger(name, "items", sums[0], sums[1], sums[2], sums[3], sea.astype(float), exported.astype(float))
        ledger.check()
        outcomes[name] = Outcome(ledger, routed, held)
    return outcomes


def _items(prepared: Prepared, origin: str, members: int) -> Counts:
    """Return the items of every unit (J, 4, M), none in those of other origins."""
    absent = [name for name in ITEM_COLUMNS if name not in prepared.units]
    counts = np.zeros((len(prepared.units), 4)) if absent else prepared.units[list(ITEM_COLUMNS)].to_numpy(float)
    if absent or (counts != np.rint(counts)).any():
        raise DataError(
            "sources", where=", ".join(ITEM_COLUMNS), expected="whole items of each class", found="no columns or fractions"
        )
    own = (prepared.units["origin"] == origin).to_numpy()[:, None]
    return np.repeat(np.where(own, counts, 0).astype(np.int64)[:, :, None], members, axis=2)
