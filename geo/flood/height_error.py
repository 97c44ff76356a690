"""Means over the error of terrain heights, tabulated by slope and margin.

Assumption: heights err normally and alike everywhere, and the value in question never falls with depth. 128 mid-quantiles
of equal weight stand for the normal law: they keep the order of depths and err by about 0.001, by 0.004 at most where the
function jumps; Gauss quadrature errs by up to 0.11 there. Its limit: neighbouring cells err independently here; a sampled
error field goes with ``sigma_z_m`` = 0.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError

Floats = NDArray[np.float64]
Share = Callable[[Floats, Floats], Floats]  # depth (k, M), slope () -> (k, 4, M)

N_QUANTILES = 128
MARGIN_STEP = 0.125  # standard deviations; lines between nodes err by 0.0005 at most
MOST_VALUES = 2_000_000  # margins times classes times members of a table for one slope
SLOPE_STEP = 0.1  # of ln slope
SHALLOWEST, RATIO, DEPTH_STEP = 0.004, 1.1, 0.25  # standard deviations: depths grow by a ratio, then by steps


@dataclass(frozen=True, slots=True)
class HeightErrorTable:
    """Values at slope nodes and margin nodes.

    Attributes
    ----------
    values : (S, J, 4, M) float32
    nodes : (S,) int
        Slope nodes, ``exp(node * SLOPE_STEP)``.
    lowest, highest : float
        First and last node of the margin above the starting depth, in standard deviations; below the first the value is 0.
    sigma_m, start_m : (M,) float
        As in `tabulate`.
    """

    values: NDArray[np.float32]
    nodes: NDArray[np.intp]
    lowest: float
    highest: float
    sigma_m: Floats
    start_m: Floats

    def at(self, margin_m: Floats, slope: Floats) -> Floats:
        """Return the values (n, 4, M) at margins (n, M) and slopes (n,): NaN at an unknown margin, 0 at ``sigma_m`` 0.

        Raises
        ------
        ConfigError
            If a slope or margin lies outside the table.
        """
        from geo.flood.kernels import look_up

        erring = self.sigma_m > 0
        deepest = np.fmax.reduce(margin_m, axis=0, initial=-np.inf)[erring] / self.sigma_m[erring]
        known = ~np.isnan(margin_m).all(axis=1)
        node, up = slope_nodes(np.where(known, slope, np.exp((self.nodes[0] + 0.5) * SLOPE_STEP)))
        row = np.minimum(np.searchsorted(self.nodes, node), len(self.nodes) - 2)
        if (deepest > self.highest).any() or (self.nodes[row] != node).any() or (self.nodes[row + 1] != node + 1).any():
            raise ConfigError(
                "height error",
                where="table",
                expected="the slopes and the largest margin it was made for",
                found="others",
                mend="tabulate them too",
            )
        step = (self.highest - self.lowest) / (self.values.shape[1] - 1)
        margin_m = np.ascontiguousarray(margin_m)
        return look_up(self.values, self.lowest, step, margin_m, slope, self.start_m, self.sigma_m, row, up)


def tabulate(share: Share, slope: Floats, deepest_m: float, sigma_m: Floats, start_m: Floats) -> HeightErrorTable:
    """Tabulate the mean of a share over the error of depth, once for all cells, stages and return periods.

    Parameters
    ----------
    share : callable
        Depth (k, M) [m] and one slope to (k, 4, M); never falling.
    slope : float array
        All slopes to come; NaN are left out.
    deepest_m : float
        Largest margin to come.
    sigma_m : (M,) float
        Standard deviation of each member.
    start_m : (M,) float
        The share is 0 down to the depth ``start_m / slope``. Margins count from there, so that the kink is met exactly.
    """
    if not np.isfinite(deepest_m):
        raise DataError("height error", where="margin", expected="a finite largest value", found=f"{deepest_m}")
    erring = sigma_m[sigma_m > 0]
    z = normal_quantiles()
    finest = erring.min() if len(erring) else 1.0
    n_margins = 2 + int(np.ceil((max(deepest_m, 0.0) / finest - z[0]) / MARGIN_STEP))
    if 4 * n_margins * len(sigma_m) > MOST_VALUES:
        raise ConfigError(
            "height error",
            where="sigma_z_m",
            expected="an error that matters beside the depth",
            found=f"{finest:g} m beside {deepest_m:.1f} m",
            mend="take the heights for exact: sigma_z_m = 0",
        )
    margins = z[0] + MARGIN_STEP * np.arange(n_margins)
    depths = _depth_nodes(margins[-1] + z[-1])
    mean = _weights(margins, depths, z)
    below = slope_nodes(slope[~np.isnan(slope)])[0]
    nodes = np.unique(np.append(below, below + 1)) if len(below) else np.array([0, 1])
    values = np.empty((len(nodes), n_margins, 4, len(sigma_m)), np.float32)
    for k, gradient in enumerate(np.exp(nodes * SLOPE_STEP)):
        exact = share(start_m / gradient + depths[:, None] * sigma_m, gradient)
        values[k] = (mean @ exact.reshape(len(depths), -1)).reshape(values.shape[1:])
    return HeightErrorTable(values, nodes, float(margins[0]), float(margins[-1]), sigma_m, start_m)


def normal_quantiles(n: int = N_QUANTILES) -> Floats:
    """Return n mid-quantiles of equal weight of the normal law.

    Examples
    --------
    >>> normal_quantiles(2).round(6).tolist()
    [-0.67449, 0.67449]
    """
    from scipy.special import ndtri

    return np.asarray(ndtri((np.arange(n) + 0.5) / n))


def slope_nodes(slope: Floats) -> tuple[NDArray[np.intp], Floats]:
    """Return the slope node below each slope, and how far the slope is on its way to the next, 0 to 1."""
    place = np.log(slope) / SLOPE_STEP
    node = np.floor(place).astype(np.intp)
    return node, np.asarray(place - node)


def _depth_nodes(deepest: float) -> Floats:
    """Return depths from 0 to beyond the deepest, growing by a ratio and then by equal steps [standard deviations]."""
    turn = DEPTH_STEP / (RATIO - 1)
    fine = np.geomspace(SHALLOWEST, turn, 2 + int(np.log(turn / SHALLOWEST) / np.log(RATIO)))
    coarse = np.arange(turn + DEPTH_STEP, max(deepest, turn) + 2 * DEPTH_STEP, DEPTH_STEP)
    return np.concatenate([[0.0], fine, coarse])


def _weights(margins: Floats, depths: Floats, z: Floats) -> Floats:
    """Return the weight (J, K) of each depth node in the mean at each margin, linear between depth nodes."""
    depth = np.maximum(margins[:, None] + z, 0.0)
    k = np.clip(np.searchsorted(depths, depth, side="right") - 1, 0, len(depths) - 2)
    right = (depth - depths[k]) / np.diff(depths)[k]
    flat = np.arange(len(margins))[:, None] * len(depths) + k
    size = len(margins) * len(depths)
    weight = np.bincount(flat.ravel(), (1 - right).ravel(), size) + np.bincount((flat + 1).ravel(), right.ravel(), size)
    return weight.reshape(len(margins), len(depths)) / len(z)
