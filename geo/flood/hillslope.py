"""Items that slides carry down slopes: how many a year, where they stop, and how many reach a channel.

Assumption: a steady share of the items on steep ground slides each year, alike everywhere but at hill-top bases; of what
slides, ``exp(-step / lambda_h)`` goes on at every step down the steepest path, and walls and terraces keep all. Its limit:
rain, soil, cut slopes and the size of a slide are not in it, and the rates are press counts over assumed years. Slides are a
layer and a ledger of their own; no river result holds them.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from geo.errors import CheckFailed, DataError
from geo.flood.parameters import Draw

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Cells = NDArray[np.integer]

IC_LARGEST, IC_MIDDLE, IC_WIDTH = 0.8, 0.5, 2.0  # published defaults of InVEST, after Vigiak et al. 2012
IC_SLOPE_LIMITS = (0.005, 1.0)
_NO_LOSS_M = np.inf


@dataclass(frozen=True, slots=True)
class Hillside:
    """n cells of a terrain model, flat, and their way down.

    Attributes
    ----------
    slope_deg : (n,) float
    base : (n,) bool
        Hill-top bases.
    receiver : (n,) int
        Next cell downstream, -1 at an outlet.
    order : (valid cells,) int
        Upstream before downstream.
    step_m : (n,) float
        Way to the receiver, see `steps_m`.
    drains, stops : (n,) bool
        Channel cells, and cells that keep whatever comes (walls, terraces).
    """

    slope_deg: Floats
    base: Flags
    receiver: Cells
    order: Cells
    step_m: Floats
    drains: Flags
    stops: Flags


@dataclass(frozen=True, slots=True)
class Slides:
    """Items that slide in a year, by cell and member: released = deposited + delivered.

    Attributes
    ----------
    released : (M,) float
    deposited : (n, M) float
        Left on the slope; what leaves the terrain without meeting a channel stays on its last cell.
    delivered : (n, M) float
        What reached drainage, at the drainage cell.
    """

    released: Floats
    deposited: Floats
    delivered: Floats

    @property
    def residual(self) -> Floats:
        """What is left unexplained, (M,)."""
        return np.asarray(self.released - self.deposited.sum(axis=0) - self.delivered.sum(axis=0))

    def check(self) -> None:
        """Raise `CheckFailed` when the residual exceeds 1e-9 of what was released."""
        if (np.abs(self.residual) > 1e-9 * np.maximum(1.0, self.released)).any():
            raise CheckFailed("slides", where="ledger", expected="no residual", found=f"{np.abs(self.residual).max():.3g}")


def steps_m(receiver: Cells, nx: int, dx_m: float) -> Floats:
    """Return the way (n,) from each cell of a grid with nx columns to its receiver; 0 at outlets.

    Examples
    --------
    >>> steps_m(np.array([1, 2, -1, 1, 2, 2]), 3, 30.0).round(3).tolist()
    [30.0, 30.0, 0.0, 42.426, 42.426, 30.0]
    """
    away = np.abs(np.arange(len(receiver)) - receiver)
    step = np.where(np.isin(away, (1, nx)), dx_m, dx_m * math.sqrt(2))
    return np.where(receiver < 0, 0.0, step)


def slide_rate_per_yr(slope_deg: Floats, base: Flags, draw: Draw) -> Floats:
    """Return the share of a cell's items that slides in a year, (n, M); 0 up to ``slide_slope_deg`` and without a slope.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> slide_rate_per_yr(np.array([10.0, 20.0, 20.0]), np.array([True, False, True]), FloodParameters().central())[:, 0].tolist()
    [0.0, 0.0003, 0.001]
    """
    rate = np.where(base[:, None], np.minimum(draw["p_slide_base"], 1.0), np.minimum(draw["p_slide"], 1.0))
    rate *= slope_deg[:, None] > draw["slide_slope_deg"]
    return np.asarray(rate)


def delivered_share(path_m: Floats, draw: Draw) -> Floats:
    """Return the share of slides that reaches a channel ``path_m`` (n,) away, (n, M): ``exp(-l / lambda_h)``; 0 without one."""
    return np.nan_to_num(np.exp(-path_m[:, None] / draw["lambda_h_m"]), nan=0.0)


def slides(items: Floats, hillside: Hillside, draw: Draw, *, reaching: Floats | None = None) -> Slides:
    """Move a year's slides down their paths.

    Parameters
    ----------
    items : (n,) or (n, M) float
        Items in each cell.
    hillside : Hillside
    draw : mapping
        ``slide_slope_deg``, ``p_slide``, ``p_slide_base`` and ``lambda_h_m`` are used.
    reaching : (n,) float, optional
        Share of a cell's slides that reaches a channel unless a wall stops it, for example `share_by_connectivity`; the rest
        deposits by the kernel, at the foot of the slope at the latest. By default the kernel decides both.

    Raises
    ------
    DataError
        If a number of items is negative or missing, or a share lies outside 0 to 1.
    """
    if not (np.isfinite(items).all() and (items >= 0).all()):
        raise DataError("slides", where="items", expected="finite numbers, at least 0", found="negative or missing numbers")
    if reaching is not None and not ((reaching >= 0) & (reaching <= 1)).all():
        raise DataError("slides", where="reaching", expected="shares from 0 to 1", found="others")
    stock = items if items.ndim == 2 else items[:, None]
    released = slide_rate_per_yr(hillside.slope_deg, hillside.base, draw)
    released *= stock
    total = released.sum(axis=0)
    scale_m = np.asarray(draw["lambda_h_m"], dtype=float)
    if reaching is None:
        deposited, delivered = _down(released, hillside, scale_m)
    else:
        onward = np.where(hillside.drains, 1.0, reaching)[:, None]
        stopped, delivered = _down(released * onward, hillside, np.full_like(scale_m, _NO_LOSS_M))
        deposited, foot = _down(released * (1 - onward), hillside, scale_m)
        deposited += stopped + foot
    return Slides(total, deposited, delivered)


def _down(moving: Floats, hillside: Hillside, scale_m: Floats) -> tuple[Floats, Floats]:
    """Return what stays on the slope and what arrives in drainage, (n, M); ``moving`` becomes the latter."""
    from geo.flood.kernels import run_out

    side = hillside
    kept = run_out(moving, side.receiver, side.order, side.drains, side.stops, np.asarray(side.step_m, float), scale_m)
    return kept, moving


def slides_in_blocks(
    items: Floats, hillside: Hillside, draw: Draw, *, block: int = 8, reaching: Floats | None = None
) -> Iterator[Slides]:
    """Yield `slides` for some members at a time: all members of a large terrain would not fit in memory.

    A block holds about 24 bytes for each cell and member.
    """
    for start in range(0, len(draw["p_slide"]), block):
        part = slice(start, start + block)
        stock = items[:, part] if items.ndim == 2 and items.shape[1] > 1 else items
        yield slides(stock, hillside, {name: value[..., part] for name, value in draw.items()}, reaching=reaching)


def connectivity(hillside: Hillside, cell_area_m2: float) -> Floats:
    """Return the index of connectivity (n,) ``log10(D_up / D_dn)``, infinite in drainage, NaN where no drainage follows.

    ``D_up`` is the mean slope above a cell times the root of the area there, ``D_dn`` the way to drainage, each step over its
    slope. Slopes are limited to 0.005 to 1; land cover is not weighed.
    """
    from geo.flood.kernels import mean_above, sum_below

    known = np.nan_to_num(hillside.slope_deg, nan=0.0)
    slope = np.clip(np.tan(np.radians(known)), *IC_SLOPE_LIMITS).astype(float)
    mean, count = mean_above(slope, hillside.receiver, hillside.order)
    down = sum_below(hillside.step_m / slope, hillside.receiver, hillside.order, hillside.drains)
    index = np.log10(mean * np.sqrt(count * cell_area_m2) / np.where(down > 0, down, 1.0))
    return np.asarray(np.where(down > 0, index, np.where(np.isnan(down), np.nan, np.inf)))


def share_by_connectivity(index: Floats) -> Floats:
    """Return the share of slides that reaches a channel by the index of connectivity; 0 where it is NaN.

    Examples
    --------
    >>> share_by_connectivity(np.array([0.5, np.inf, np.nan])).tolist()
    [0.4, 0.8, 0.0]
    """
    return np.nan_to_num(IC_LARGEST / (1 + np.exp((IC_MIDDLE - index) / IC_WIDTH)), nan=0.0)
