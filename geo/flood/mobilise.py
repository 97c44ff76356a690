"""From items in the ground to items in the river, to where they settle, and to what remains for the next flood.

Assumption: where depth is known an item moves as `geo.flood.scour` says, averaged over the error of heights; elsewhere a
share ``psi p_ref`` of the items on wetted land moves, whatever their class. Its limit: ``psi`` stands uncalibrated unless it
is fitted for this very configuration; jams and the order of floods are not in it.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError
from geo.flood.height_error import HeightErrorTable, tabulate
from geo.flood.parameters import CHOICES, Draw
from geo.flood.scour import p_entrained, p_moved, start_m

Floats = NDArray[np.float64]

T_LIST_YR = (1.05, 1.25, 1.5, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0, 200.0, 500.0, 1000.0, 1e4)
REBURIED_M = 0.02  # assumed: items that a flood left lie at most this deep
LEAST_WEIGHT = 1e-6  # a dense item stays even where it would surely move, rather than nowhere
TILE = 1 << 17  # values at a time: they stay in the processor's cache
_POSITIVE = ("item_density", "item_height_m", "burial_max_m", "tau_c_pa", "t_f_s", "k_d", "k_bed_m", "n_flood", "entrain_sd")


def depth_table(slope: Floats, deepest_m: float, draw: Draw) -> HeightErrorTable:
    """Tabulate `p_moved` over the height error for `p_mobilise`: one table serves all floods and cells of a draw.

    Parameters
    ----------
    slope : float array
        Slopes of all cells to come, NaN where depth is never known.
    deepest_m : float
        Largest margin to come, for example the highest stage.
    draw : mapping
    """
    _check(draw)
    known = slope[~np.isnan(slope)]
    if not (known > 0).all():
        raise DataError("mobilisation", where="slope", expected="above 0", found=f"{known.min()}")
    start = start_m(draw)
    return tabulate(lambda depth, gradient: p_moved(depth, gradient, draw), known, deepest_m, draw["sigma_z_m"], start)


def p_mobilise(
    margin_m: Floats, slope: Floats, wet: Floats, draw: Draw, *, p_model: str, table: HeightErrorTable | None = None
) -> Floats:
    """Return the probability that an item of a cell moves in the event.

    Where depth is known: ``psi`` times the mean of `p_moved` over the height error; wetness is inside that mean. Elsewhere,
    and everywhere for ``p_model="constant"``: ``psi p_ref wet``.

    Parameters
    ----------
    margin_m : (n, M) float
        Stage less height above the drainage; ``-inf`` is dry for sure, NaN unknown.
    slope : (n,) float
        Of the channel; read only where the margin is known.
    wet : (n, M) float
        Wetness in [0, 1].
    draw : mapping
        Parameters by name, members last.
    p_model : {"depth", "constant"}
    table : HeightErrorTable, optional
        Of `depth_table`, where many calls share one draw; by default one is made. Split large work by members rather
        than by cells: a table grows with the members only.

    Returns
    -------
    (n, 4, M) float

    Raises
    ------
    DataError
        If a parameter is out of bounds, or a slope is missing where the margin is known.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> draw = FloodParameters().override({"psi": 0.1, "sigma_z_m": 0.0}).central()
    >>> unknown, wet = np.array([[np.nan]]), np.array([[1.0]])
    >>> p_mobilise(unknown, np.array([0.002]), wet, draw, p_model="depth")[0, :, 0].tolist()
    [0.05, 0.05, 0.05, 0.05]
    >>> p_mobilise(np.array([[2.0]]), np.array([0.002]), wet, draw, p_model="depth")[0, :, 0].round(4).tolist()
    [0.0653, 0.0653, 0.0336, 0.0152]
    """
    _check(draw)
    if p_model not in CHOICES["p_model"]:
        raise ConfigError("mobilisation", where="p_model", expected=" or ".join(CHOICES["p_model"]), found=repr(p_model))
    shape = (len(margin_m), len(draw["psi"]))
    by_wetness = np.broadcast_to(draw["psi"] * draw["p_ref"] * wet, shape)[:, None, :]
    known = ~np.isnan(margin_m)
    if p_model == "constant" or not known.any():
        return np.repeat(by_wetness, 4, axis=1)
    told = known.any(axis=1)
    if not (slope[told] > 0).all():
        raise DataError("mobilisation", where="slope", expected="above 0 where depth is known", found="0, negative or missing")
    margin = np.ascontiguousarray(np.broadcast_to(margin_m, shape))
    if table is None:
        table = depth_table(slope[told], float(np.fmax.reduce(margin_m, axis=None)), draw)
    p = table.at(margin, slope)
    _put_exact(p, margin, slope, draw)
    p *= draw["psi"]
    if not known.all():
        np.copyto(p, by_wetness, where=~known[:, None, :])
    return p


def _put_exact(p: Floats, margin_m: Floats, slope: Floats, draw: Draw) -> None:
    """Fill the members without height error, a tile of cells at a time."""
    exact = draw["sigma_z_m"] == 0
    if not exact.any():
        return
    sure = {name: value[..., exact] for name, value in draw.items()}
    depth = depth_from_margin_m(margin_m[:, exact])
    for part in _tiles(len(depth), 4 * depth.shape[1]):
        p[part, :, exact] = p_moved(depth[part], slope[part], sure)


def _tiles(n_cells: int, width: int) -> Iterator[slice]:
    """Yield the cells in parts of about `TILE` values, ``width`` a cell."""
    rows = max(1, TILE // width)
    return (slice(start, start + rows) for start in range(0, n_cells, rows))


def _check(draw: Draw) -> None:
    """Raise where a parameter of mobilisation is out of bounds."""
    faults = [name for name in _POSITIVE if not (draw[name] > 0).all()]
    if faults:
        raise DataError("mobilisation", where=", ".join(faults), expected="above 0", found="0, negative or missing")
    for name, sound in (("psi", (draw["psi"] > 0) & (draw["psi"] <= 1)), ("p_ref", (draw["p_ref"] >= 0) & (draw["p_ref"] <= 1))):
        if not sound.all():
            found = f"{draw[name][~sound][0]}"
            raise DataError("mobilisation", where=name, expected="above 0 and at most 1", found=found)
    if not (draw["sigma_z_m"] >= 0).all():
        raise DataError("mobilisation", where="sigma_z_m", expected="at least 0", found="negative or missing")


def depth_from_margin_m(margin_m: Floats) -> Floats:
    """Return the depth [m]: the margin where it is positive, else 0; NaN stays unknown.

    Examples
    --------
    >>> depth_from_margin_m(np.array([2.0, -1.0, np.nan])).tolist()
    [2.0, 0.0, nan]
    """
    return np.maximum(margin_m, 0.0)


def p_largest(margin_m: Floats, draw: Draw, *, p_model: str) -> Floats:
    """Return what no flood exceeds (n, 1, M): ``psi`` where depth is known, else ``psi p_ref``; the p_max of `annualise`."""
    known = ~np.isnan(margin_m) & (p_model == "depth")
    return np.where(known, draw["psi"], draw["psi"] * draw["p_ref"])[:, None, :]


def p_again(
    margin_m: Floats, slope: Floats, wet: Floats, draw: Draw, *, p_model: str, table: HeightErrorTable | None = None
) -> Floats:
    """Return the probability (n, 4, M) that an item left by an earlier flood moves: `p_mobilise` at 2 cm of cover.

    A ``table`` must be made from ``reburied(draw)``.
    """
    return p_mobilise(margin_m, slope, wet, reburied(draw), p_model=p_model, table=table)


def reburied(draw: Draw) -> Draw:
    """Return the draw with the cover of items that a flood left."""
    return {**draw, "burial_max_m": np.full_like(draw["burial_max_m"], REBURIED_M)}


def spread_weight(depth_m: Floats, wet: Floats, slope: Floats, area_m2: Floats, trap_v: Floats, draw: Draw) -> Floats:
    """Return how much of a reach's deposit each cell draws (n, 4, M); only ratios within a reach count.

    Classes B and N settle where the water is about ``y0_m`` deep (after Braudrick and Grant 2001), H and D where the flow
    would not move them; where depth is unknown everything settles by wetness.

    Parameters
    ----------
    depth_m, wet : (n, M) float
        NaN where depth is unknown.
    slope, area_m2 : (n,) float
    trap_v : (n,) or (n, M) float
        How well the land cover catches items; open land 1.
    draw : mapping
    """
    dense = {**draw, **{name: draw[name][2:] for name in ("item_density", "item_height_m")}}
    depth_m, wet = (np.broadcast_to(each, (len(area_m2), len(draw["psi"])))[:, None, :] for each in (depth_m, wet))
    catch = area_m2[:, None] * (trap_v if trap_v.ndim == 2 else trap_v[:, None])
    weight = np.empty((len(depth_m), 4, depth_m.shape[2]))
    for part in _tiles(len(weight), 4 * weight.shape[2]):
        depth = depth_m[part]
        ratio = depth / draw["y0_m"]
        weight[part, :2] = ratio * np.exp(1 - ratio)
        stays = np.maximum(1 - p_entrained(depth[:, 0], slope[part], dense), LEAST_WEIGHT)
        weight[part, 2:] = stays * (depth > 0)
        weight[part] = np.where(np.isnan(depth), wet[part], weight[part]) * catch[part, None, :]
    return weight


def remain(items: Floats, p: Floats) -> Floats:
    """Return the items still in the ground after a flood that moves a share p of them."""
    return items * (1 - p)


def with_memory(deposit: Floats, p_again: Floats, recovered: Floats | float, fresh: Floats) -> Floats:
    """Return what lies on the land after a further flood: what neither moved again nor was found, and what it brought.

    Parameters
    ----------
    deposit, fresh : (n, 4, M) float
        Items on the land before the flood, and those it leaves.
    p_again : (n, 4, M) float
        Share that moves again, see `p_again`.
    recovered : float or array
        Share found in between.

    Raises
    ------
    DataError
        If the shares that move and that are found add up to more than 1.

    Examples
    --------
    >>> with_memory(np.array(10.0), np.array(0.2), 0.5, np.array(1.0)).item()
    4.0
    """
    gone = p_again + recovered
    if not ((gone <= 1).all() and (p_again >= 0).all() and np.all(np.asarray(recovered) >= 0)):
        raise DataError(
            "memory", where="p_again + recovered", expected="shares of together at most 1", found=f"{np.max(gone):.6g}"
        )
    return np.asarray(deposit * (1 - gone) + fresh)


def annualise(values: Floats, p_max: float | Floats, periods_yr: tuple[float, ...] = T_LIST_YR) -> tuple[Floats, Floats]:
    """Return lower and upper bounds of the yearly mean of a value that never falls with the return period.

    Parameters
    ----------
    values : (K, ...) float
        The value at each return period.
    p_max : float or array
        Its supremum beyond the largest period.
    periods_yr : tuple of float
        The K return periods, rising.

    Examples
    --------
    >>> lower, upper = annualise(np.ones(13), 1.0)
    >>> round(float(lower), 6), round(float(upper), 6)
    (0.952381, 1.0)
    """
    rate = 1 / np.asarray(periods_yr, dtype=float)
    values = np.asarray(values, dtype=float)
    step = (rate[:-1] - rate[1:]).reshape(-1, *[1] * (values.ndim - 1))
    lower = (step * values[:-1]).sum(axis=0) + rate[-1] * values[-1]
    upper = (step * values[1:]).sum(axis=0) + (1 - rate[0]) * values[0] + rate[-1] * p_max
    return lower, upper
