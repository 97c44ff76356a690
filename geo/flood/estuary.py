"""What comes to rest in an estuary, beside the reach forest.

Assumption: a fixed share of what a tidal river brings is lost to sea, the rest thins out along the estuary's axis,
both ways, from where it came in. Its limit: tides and currents are not modelled, and no skill is claimed here.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import DataError
from geo.flood.network import SEA, RiverNetwork
from geo.flood.parameters import Draw
from geo.flood.route import Routed

Floats = NDArray[np.float64]


def estuary_weights(root_km: Floats, segment_km: Floats, shore: Floats, ell_km: Floats) -> Floats:
    """Return the share (roots, segments, M) of a root's estuary items that each segment holds; they add up to 1.

    Parameters
    ----------
    root_km : (k,) float
        Where each root meets the axis.
    segment_km, shore : (E,) float
        Middle of each segment along the axis, and its shore.
    ell_km : (M,) float
        Decay length.
    """
    apart = np.abs(segment_km[None, :, None] - root_km[:, None, None])
    decay = np.exp(-apart / ell_km) * shore[None, :, None]
    return np.asarray(decay / decay.sum(axis=1, keepdims=True))


def estuary_shares(network: RiverNetwork, draw: Draw) -> tuple[NDArray[np.intp], Floats]:
    """Return the roots that end in an estuary or the tide, and the share of what they bring that each segment holds.

    The shares are (roots + E, E, M): after the roots come the segments themselves, for items that enter there. The rest of
    each row goes to sea.
    """
    into_axis = ~np.isin(network.outlet.astype(str), ("", SEA))
    roots = np.flatnonzero((network.down < 0) & (into_axis | (network.tidal & (network.outlet == SEA))))
    estuary = network.estuary
    river = estuary["river"].to_numpy(object) if len(estuary) else np.zeros(0, object)
    missing = sorted(set(network.outlet[roots].astype(str)) - set(river) - {SEA})
    if missing:
        raise DataError(
            "river network",
            where=", ".join(missing),
            expected="segments of this estuary axis",
            found="none",
            mend="add its line, or let the rivers flow into the sea",
        )
    axis = np.concatenate([network.outlet[roots], river])
    at_km = np.concatenate([column(network.frame, "axis_km")[roots], column(estuary, "axis_km")])
    weights = np.zeros((len(axis), len(estuary), len(draw["p_sea"])))
    for name in sorted(set(river)):
        rows, columns = np.flatnonzero(axis == name), np.flatnonzero(river == name)
        share = estuary_weights(
            at_km[rows],
            column(estuary, "axis_km")[columns],
            column(estuary, "length_km")[columns],
            draw["ell_e_km"],
        )
        weights[np.ix_(rows, columns)] = (1 - draw["p_sea"]) * share
    return roots, weights


def beyond(network: RiverNetwork, routed: Routed, at_estuary: Floats, draw: Draw) -> tuple[Floats, Floats, Floats]:
    """Return what the estuary segments hold (E, 4, M), what reaches the sea and what leaves the map (4, M)."""
    roots, weights = estuary_shares(network, draw)
    brought = np.concatenate([routed.outflow[roots], at_estuary])
    held = np.einsum("kem,kim->eim", weights, brought)
    sea = np.einsum("km,kim->im", 1 - weights.sum(axis=1), brought)
    plain = np.setdiff1d(np.flatnonzero(network.down < 0), roots)
    at_sea = network.outlet[plain] == SEA
    return held, sea + routed.outflow[plain[at_sea]].sum(axis=0), routed.outflow[plain[~at_sea]].sum(axis=0)


def column(frame: pd.DataFrame, name: str) -> Floats:
    """Return a column as floats; NaN where the table has none (rivers without an estuary need no axis_km)."""
    return frame[name].to_numpy(float) if name in frame else np.full(len(frame), np.nan)
