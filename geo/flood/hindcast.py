"""Does the flood model find what was found, and does it beat simple rules? Scores that do not flatter it.

Every ranking is scored on the same ground and the same finds. A find is not a spot: it counts by the share of its
positional error that lies in the top of a ranking. Ties count against the model, and are broken at random, in
expectation, for the rules it must beat. Southern and northern finds are scored on their own ranking; the two are never
added. Its limit: some twenty clusters tell large differences apart and no small ones.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import CheckFailed, DataError
from geo.flood.finds import NODES, Finds, Grid, nodes

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Reweight = Callable[[Floats], tuple[Floats, float]]

SHARES = (0.01, 0.02, 0.05, 0.10, 0.20)
SHIFT_NODES = 16  # an axis of the quadrature of shifted finds; the observed ones are scored with the same
RESAMPLES = 2000
SHIFTS = 999


@dataclass(frozen=True, slots=True)
class Standing:
    """Where the possible places of each find stand in a ranking of an area.

    Attributes
    ----------
    lower, upper : (O, k, q) int
        How many cells of the area score lower, and lower or equal, in the ranking of each origin.
    inside : (k, q) bool
        Which places lie in the area; the others do not count.
    n_cells : int
        Cells of the area.
    """

    lower: NDArray[np.int32]
    upper: NDArray[np.int32]
    inside: Flags
    n_cells: int


def standing(hazard: Sequence[Floats], cells: NDArray[np.int32], area: Flags, ids: NDArray[np.object_]) -> Standing:
    """Rank the cells of an area and look up where finds may lie.

    Parameters
    ----------
    hazard : O arrays, shape (n,)
        Score of every cell, by origin.
    cells : (k, q) int
        Cell of each possible place of each find; -1 is none.
    area : (n,) bool
        Cells that belong to the area.
    ids : (k,) str
        Finds, for messages.

    Raises
    ------
    DataError
        If a score is NaN where a find may lie, with the finds' ids, or elsewhere in the area; or if a find has no
        place in the area.
    """
    inside = (cells >= 0) & area[cells]
    if (lost := ~inside.any(axis=1)).any():
        raise DataError("finds outside the area", where=", ".join(ids[lost]), mend="leave them out")
    for score in hazard:
        if (bad := (inside & np.isnan(score[cells])).any(axis=1)).any():
            raise DataError("hazard scores", where="finds " + ", ".join(ids[bad]), expected="numbers", found="NaN")
        if np.isnan(score[area]).any():
            raise DataError("hazard scores", expected="numbers", found=f"{int(np.isnan(score[area]).sum())} cells of NaN")
    lower, upper = (np.empty((len(hazard), *cells.shape), np.int32) for _ in range(2))
    for o, score in enumerate(hazard):
        if o and score is hazard[o - 1]:  # a rule that knows no origin is ranked once
            lower[o], upper[o] = lower[o - 1], upper[o - 1]
            continue
        ranked, values = np.sort(score[area]), score[cells]
        lower[o], upper[o] = (np.searchsorted(ranked, values, side) for side in ("left", "right"))
    return Standing(lower, upper, inside, int(area.sum()))


def score(place: Standing, origin: Floats, *, ties: str = "against") -> Floats:
    """Return the hazard percentile of each find averaged over where it may lie, (k,): its mean is the AUSRC.

    Parameters
    ----------
    place : Standing
    origin : (k, O) float
        Weight of each find on each ranking.
    ties : {"against", "random"}
        Whether a tie has the place of its lowest or of its middle cell.
    """
    middle = place.lower + 0.5 if ties == "against" else (place.lower + place.upper) / 2
    return _mean(middle / place.n_cells, place.inside, origin)


def capture(place: Standing, origin: Floats, share: float, *, ties: str = "against") -> Floats:
    """Return the expected part of each find in the top ``share`` of the area, (k,).

    A tie that crosses the limit is outside it (``against``), or inside with the part that fits (``random``).
    """
    limit = (1 - share) * place.n_cells
    if ties == "against":
        part = (place.lower >= limit - 1e-6).astype(float)
    else:
        part = np.clip((place.upper - limit) / np.maximum(place.upper - place.lower, 1), 0.0, 1.0)
    return _mean(part, place.inside, origin)


def _mean(value: Floats, inside: Flags, origin: Floats) -> Floats:
    by_origin = np.where(inside, value, 0.0).sum(axis=2) / inside.sum(axis=1)
    return np.asarray(np.einsum("ko,ok->k", origin, by_origin))


def by_cluster(value: Floats, finds: Finds) -> Floats:
    """Return the mean of each cluster's finds, (C,)."""
    return np.bincount(finds.cluster, weights=value * finds.weight, minlength=finds.n_clusters).astype(float)


def bootstrap(values: Floats, flood: NDArray[np.object_], rng: np.random.Generator, level: float = 0.95) -> Floats:
    """Return the interval of the mean over clusters when whole events are drawn again.

    Parameters
    ----------
    values : (C, v) float
        One row a cluster.
    flood : (C,) str
        The event of each cluster.
    rng : Generator

    Returns
    -------
    (2, v) float
        Lower and upper end; events drawn with replacement `RESAMPLES` times.
    """
    names, event = np.unique(flood.astype(str), return_inverse=True)
    sums = np.stack([np.bincount(event, weights=column, minlength=len(names)) for column in values.T], axis=1)
    drawn = rng.multinomial(len(names), np.full(len(names), 1 / len(names)), size=RESAMPLES)
    means = drawn @ sums / (drawn @ np.bincount(event, minlength=len(names)))[:, None]
    return np.asarray(np.quantile(means, [(1 - level) / 2, (1 + level) / 2], axis=0))


def shift_test(
    axis: NDArray[np.object_],
    finds: Finds,
    percentile: Sequence[Floats],
    grid: Grid,
    *,
    rng: np.random.Generator,
    shifts: int = SHIFTS,
) -> tuple[float, Floats]:
    """Ask whether finds lie where the model ranks high along the rivers, or just near rivers.

    The level paths are laid end to end. All finds of one event move by one common random distance modulo the total
    length and keep their distance to the river, on their side of it, else on the other; a find that leaves the ground
    on both sides stands on the river.

    Parameters
    ----------
    axis : (R,) LineString
        Reaches in the order of the level paths, in the CRS of the grid.
    finds : Finds
    percentile : O arrays, shape (n,)
        Share of the area that scores lower, by origin.
        By cell of the whole grid: a shifted find may leave the ground on which the share is taken.
    grid : Grid
    rng : Generator
    shifts : int
        Random draws B.

    Returns
    -------
    p : float
        ``(1 + #{shifted >= observed}) / (1 + B)``.
    statistic : (B + 1,) float
        Mean percentile over clusters, the observed one first.

    Raises
    ------
    DataError
        If there is no reach in the area.
    """
    if len(axis) == 0:
        raise DataError("shift test", expected="a river in the area", found="none")
    names, event = np.unique(finds.flood.astype(str), return_inverse=True)
    length_m = shapely.length(axis)
    start_m = np.concatenate([[0.0], np.cumsum(length_m)])
    nearest = shapely.STRtree(axis).nearest(shapely.points(finds.xy_m))
    along_m = shapely.line_locate_point(axis[nearest], shapely.points(finds.xy_m))
    foot, normal = _frame_at(axis[nearest], along_m)
    aside_m = ((finds.xy_m - foot) * normal).sum(axis=-1)
    aside_m = np.where(aside_m < 0, -1.0, 1.0) * np.hypot(*(finds.xy_m - foot).T)
    draws = rng.uniform(0.0, start_m[-1], size=(shifts, len(names)))[:, event]
    chainage = (start_m[nearest] + along_m + draws) % start_m[-1]
    reach = np.clip(np.searchsorted(start_m, chainage, side="right") - 1, 0, len(axis) - 1)
    foot, normal = _frame_at(axis[reach], chainage - start_m[reach])
    moved = foot
    for side_m in (-aside_m, aside_m):
        beside = foot + side_m[:, None] * normal
        moved = np.where((grid.cell_at(beside) >= 0)[..., None], beside, moved)
    places = np.concatenate([finds.xy_m[None], moved])
    told = np.array([_mean_percentile(xy_m, finds, percentile, grid) for xy_m in places])  # one by one: all at once is gigabytes
    return float((1 + (told[1:] >= told[0] - 1e-12).sum()) / (1 + shifts)), told


def _frame_at(line: NDArray[np.object_], along_m: Floats) -> tuple[Floats, Floats]:
    """Return the place at a distance along each line and the unit vector to its left."""
    length = shapely.length(line)
    foot = shapely.get_coordinates(shapely.line_interpolate_point(line, along_m)).reshape(*along_m.shape, 2)
    ends = [np.clip(along_m + step, 0, length) for step in (-1.0, 1.0)]
    back, ahead = (shapely.get_coordinates(shapely.line_interpolate_point(line, at)).reshape(foot.shape) for at in ends)
    chord = ahead - back
    return foot, np.stack([-chord[..., 1], chord[..., 0]], axis=-1) / np.hypot(*np.moveaxis(chord, -1, 0))[..., None]


def _mean_percentile(xy_m: Floats, finds: Finds, percentile: Sequence[Floats], grid: Grid) -> float:
    """Return the mean percentile over clusters; a find without any ground counts 1, against the observed."""
    cells = grid.cell_at(nodes(xy_m, finds.sigma_m, SHIFT_NODES))
    inside = cells >= 0
    met = inside.sum(axis=1)
    by_origin = [np.where(inside, share[cells], 0.0).sum(axis=1) / np.maximum(met, 1) for share in percentile]
    told = np.where(met > 0, np.einsum("ko,ok->k", finds.origin, np.stack(by_origin)), 1.0)
    return float(by_cluster(told, finds).mean())


def leave_one_flood_out(
    density: Sequence[Floats],
    row: Sequence[NDArray[np.int32]],
    finds: Finds,
    grid: Grid,
    area: Flags,
    *,
    floor: float,
    reweight: Reweight | None,
) -> pd.DataFrame:
    """Score the finds of each flood with members weighed by the finds of all other floods.

    Finds of unknown flood might belong to the flood left out: they neither train nor are they scored here. Inside a
    cluster finds share one vote. The likelihood of a member is its density where finds may lie over its mean density
    in the area, mixed with a uniform part.

    Parameters
    ----------
    density : O arrays, shape (rows, M)
        Items per km2 of every zone, by origin.
    row : O arrays, shape (n,)
        The zone of every cell; -1 is none.
    finds, grid, area
        As in `standing`.
    floor : float
        The uniform part, 0 to 1.
    reweight : callable or None
        Log-likelihoods (M,) to weights and effective sample size, `geo.flood.ensemble.reweight`; None for one member,
        when nothing is calibrated.

    Returns
    -------
    DataFrame
        ``flood_id, n_finds, percentile, capture_10, ess, calibration`` of each flood; where the effective sample is too
        small the members keep equal weight and ``calibration`` says so.
    """
    cells = grid.cell_at(nodes(finds.xy_m, finds.sigma_m, NODES))
    held = [np.concatenate([each, np.zeros((1, each.shape[1]))]) for each in density]  # row -1 holds nothing
    members = held[0].shape[1]
    log_likelihood = _log_likelihood(held, row, cells, finds, area, floor)
    told = []
    for flood in sorted(set(finds.flood[finds.known_flood])):
        out = (finds.flood == flood) & finds.known_flood
        train = finds.known_flood & ~out
        weight, ess, note = np.ones(members), np.nan, "nothing is calibrated with one member"
        if reweight is not None and train.any():
            try:
                weight, ess = reweight((finds.weight[train, None] * log_likelihood[train]).sum(axis=0))
                note = "members weighed by the other floods"
            except CheckFailed as fault:
                note = f"equal weights: {fault}"
        hazard = [(each @ (weight / weight.sum()))[zone] for each, zone in zip(held, row, strict=True)]
        place, origin = standing(hazard, cells[out], area, finds.id[out]), finds.origin[out]
        percentile, top = score(place, origin).mean(), capture(place, origin, 0.10).mean()
        told.append((flood, int(out.sum()), float(percentile), float(top), float(ess), note))
    return pd.DataFrame(told, columns=["flood_id", "n_finds", "percentile", "capture_10", "ess", "calibration"])


def _log_likelihood(
    held: list[Floats], row: Sequence[NDArray[np.int32]], cells: NDArray[np.int32], finds: Finds, area: Flags, floor: float
) -> Floats:
    """Return the log-likelihood of each find under each member, (k, M)."""
    inside = (cells >= 0) & area[cells]
    dense = np.zeros((len(cells), held[0].shape[1]))
    for o, (each, zone) in enumerate(zip(held, row, strict=True)):
        mean = np.bincount(zone[area] % len(each), minlength=len(each)) @ each / area.sum()
        find, node = np.nonzero(inside)
        flat = find * len(each) + zone[cells[find, node]] % len(each)
        share = np.bincount(flat, minlength=len(cells) * len(each)).reshape(len(cells), -1) / inside.sum(axis=1)[:, None]
        dense += finds.origin[:, [o]] * np.divide(share @ each, mean, out=np.zeros_like(dense), where=mean > 0)
    return np.asarray(np.log(floor + (1 - floor) * dense))
