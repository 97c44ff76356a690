"""River corridors without terrain: how wide a flood reaches, and what lies within.

Assumption: around every reach the wet half-width is half the channel plus a margin that grows with the drainage area
and the return period, the same on both banks; every place belongs to one reach, the nearest that holds it. Its limit:
a single buffer around a river overlaps a true flood zone by half to four fifths (CSI 0.45-0.82 for a log-normal error
of 1.0-0.25 in the width); levees, valley shape and backwater are not in it.
"""

from __future__ import annotations

import itertools
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import ArrayLike, NDArray

from geo import measure
from geo.errors import ConfigError, DataError
from geo.flood.parameters import KERNELS, Draw
from geo.flood.territory import territories

Floats = NDArray[np.float64]

EULER_GAMMA = 0.5772156649015329
AREA_LIMITS_KM2 = (10.0, 100.0, 1e3, 1e4)
BANDS = 3
GRID_M = 1e-3
SPECK_M2 = 1.0  # smaller pieces come from rounding and are left out
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(16)


def growth(return_period_yr: ArrayLike, cv: ArrayLike, f: ArrayLike) -> Floats:
    """Return the stage of a return period over that of 100 years: ``(x_T / x_100)^f``, x Gumbel with variation ``cv``.

    The three broadcast against each other: one period with ``cv`` and ``f`` of M members gives (M,).

    Examples
    --------
    >>> growth([2, 100], 0.6, 0.4).tolist()
    [0.6281958195607982, 1.0]
    """
    period, cv, f = (np.asarray(value, dtype=float) for value in (return_period_yr, cv, f))
    if not (period > 1).all():
        raise ConfigError("return period", expected="years above 1", found=f"{return_period_yr!r}", mend="give, for example, 100")
    return np.asarray((flood_over_mean(period, cv) / flood_over_mean(np.array(100.0), cv)) ** f)


def flood_over_mean(period_yr: Floats, cv: Floats) -> Floats:
    """Return the flood of a return period over the mean annual flood (Gumbel), at least 0."""
    k = -(math.sqrt(6) / math.pi) * (EULER_GAMMA + np.log(-np.log1p(-1 / period_yr)))
    return np.asarray(np.maximum(0.0, 1 + cv * k))


def margin_m(area_km2: ArrayLike, draw: Draw) -> Floats:
    """Return the 100-year flood margin [m] beyond the channel, by class of drainage area [km2], (..., M).

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> margin_m([5, 10, 500, 5000, 20000], FloodParameters().central())[:, 0].tolist()
    [50.0, 150.0, 300.0, 700.0, 1500.0]
    """
    rank = np.digitize(np.asarray(area_km2, dtype=float), AREA_LIMITS_KM2)
    return np.asarray(draw["b0_m"][rank] * draw["b0_scale"])


def half_width_m(area_km2: Floats, width_m: Floats, growth_of_stage: ArrayLike, draw: Draw) -> Floats:
    """Return the corridor half-width [m] (R, M): ``W / 2 + b0 g``, g the stage over that of 100 years.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> half_width_m(np.array([500.0]), np.array([100.0]), 1.0, FloodParameters().central()).tolist()
    [[350.0]]
    """
    if not (np.asarray(width_m) >= 0).all():
        raise DataError("corridor", where="width_m", expected="at least 0", found="negative or missing")
    return np.asarray(np.asarray(width_m)[:, None] / 2 + margin_m(area_km2, draw) * np.asarray(growth_of_stage, dtype=float))


def kernel(x_m: ArrayLike, b_m: ArrayLike, kind: str = "hard", scale: ArrayLike = 0.5) -> Floats:
    """Return the weight of a place at distance ``x_m`` from a river of half-width ``b_m``.

    ``hard`` is 1 up to b; ``exp`` is ``e^(-x/l)`` up to 3 l; ``gauss`` is ``e^(-x^2 / 2 l^2)``; ``l = scale b``.

    Examples
    --------
    >>> kernel([0.0, 100.0, 301.0], 200.0, "exp").round(6).tolist()
    [1.0, 0.367879, 0.0]
    """
    x, b = np.asarray(x_m, dtype=float), np.asarray(b_m, dtype=float)
    if kind not in KERNELS:
        raise ConfigError("unknown kernel", expected=", ".join(KERNELS), found=kind)
    if kind == "hard":
        return np.asarray(np.where(x <= b, 1.0, 0.0))
    length = np.asarray(scale, dtype=float) * b
    if kind == "exp":
        return np.asarray(np.where(x <= 3 * length, np.exp(-x / length), 0.0))
    return np.asarray(np.exp(-(x**2) / (2 * length**2)))


def band_kernel(inner_m: Floats, outer_m: Floats, b_m: Floats, kind: str, scale: ArrayLike) -> Floats:
    """Return the mean kernel (n, M) over bands between two distances (n,) for half-widths (n, M).

    The hard kernel's mean is exact; the others take 16-point Gauss quadrature. A band of no width is a point.

    Examples
    --------
    >>> band_kernel(np.array([100.0]), np.array([200.0]), np.array([[150.0]]), "hard", 0.5).tolist()
    [[0.5]]
    """
    inner, outer = inner_m[:, None], outer_m[:, None]
    if kind == "hard":
        width = np.where(outer > inner, outer - inner, 1.0)
        return np.asarray(np.where(outer > inner, np.clip((b_m - inner) / width, 0.0, 1.0), kernel(inner, b_m)))
    total = np.zeros(b_m.shape)
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        total += weight / 2 * kernel(((outer - inner) * node + (outer + inner)) / 2, b_m, kind, scale)
    return total


def hazard_index(
    place: NDArray[np.intp], feature: NDArray[np.object_], weight: Floats, n_places: int, q: float | Floats = 1.0
) -> Floats:
    """Return ``1 - prod(1 - q K)`` over the features near each place, each feature counted once.

    Parameters
    ----------
    place, feature, weight : (k,)
        Pairs of a place (row) and a feature (id) with the kernel value K; the largest K of repeated pairs counts.
    n_places : int
    q : float or (k,)
        Weight of the feature, 0 to 1.

    Examples
    --------
    >>> hazard_index(np.array([0, 0, 0]), np.array(["a", "b", "a"]), np.array([0.5, 0.5, 0.5]), 1).tolist()
    [0.75]
    """
    if not ((np.asarray(q) >= 0) & (np.asarray(q) <= 1)).all():
        raise DataError("hazard index", where="q", expected="0 to 1", found="outside it")
    pairs = pd.DataFrame({"place": place, "feature": feature, "miss": 1 - np.asarray(q) * weight})
    once = pairs.groupby(["place", "feature"], sort=True)["miss"].min()
    miss = np.ones(n_places)
    np.multiply.at(miss, once.index.get_level_values(0).to_numpy(), once.to_numpy())
    return np.asarray(np.clip(1 - miss, 0.0, 1.0))


def corridor_bands(
    lines: gpd.GeoSeries,
    edges_m: Floats,
    *,
    land: shapely.Geometry | None = None,
    open_water: NDArray[np.bool_] | None = None,
    thin_m: float = 1.0,
) -> gpd.GeoDataFrame:
    """Return the bands between distances around every line; no two overlap.

    Every place belongs to the nearest of the lines whose buffers hold it (`geo.flood.territory`). Buffers have 64 arcs
    a quarter circle and are then thinned; bands lie on a grid of 1 mm, so that they stay valid when rounded.

    Parameters
    ----------
    lines : GeoSeries, shape (n,)
        Projected.
    edges_m : (n, k) float
        Outer distances of the k bands, never falling; a band of no width is left out.
    land : polygon, optional
        In the same CRS; bands are cut to it.
    open_water : (n,) bool, optional
        Lines whose bands are not cut: an estuary is water.
    thin_m : float
        Buffers lose vertices that move their outline by less than this; 0 keeps all.

    Returns
    -------
    GeoDataFrame
        ``line`` (row of the line), ``band`` (1 to k), ``inner_m``, ``outer_m``, ``area_m2`` (geodesic) and geometry.
    """
    columns = ["line", "band", "inner_m", "outer_m", "area_m2"]
    if len(lines) == 0:
        empty = {name: np.zeros(0, np.intp if name in ("line", "band") else float) for name in columns}
        return gpd.GeoDataFrame(empty, geometry=[], crs=lines.crs)
    n, k = edges_m.shape
    discs = np.split(_discs(lines, edges_m.T, thin_m), k)
    region = territories(np.array(lines.values, dtype=object), edges_m[:, -1], discs[-1])
    rings = [discs[0], *(shapely.difference(outer, inner) for inner, outer in itertools.pairwise(discs))]
    shapes = np.concatenate([shapely.intersection(ring, region) for ring in rings])
    line, band = np.tile(np.arange(n), k), np.repeat(np.arange(1, k + 1), n)
    if land is not None:
        water = np.zeros(n, dtype=bool) if open_water is None else open_water
        shapes = _on_land(shapes, land, ~water[line])
    inner = np.concatenate([np.zeros((n, 1)), edges_m[:, :-1]], axis=1)
    frame = gpd.GeoDataFrame(
        {"line": line, "band": band, "inner_m": inner.T.ravel(), "outer_m": edges_m.T.ravel()},
        geometry=_areal(shapely.set_precision(shapes, GRID_M)),
        crs=lines.crs,
    )
    frame["area_m2"] = measure.areas_m2(frame)
    real = (frame["area_m2"] > SPECK_M2) & (frame["outer_m"] > frame["inner_m"])
    return frame[real].sort_values(["line", "band"], kind="stable").reset_index(drop=True)[[*columns, "geometry"]]


def thirds(half_m: Floats) -> Floats:
    """Return the outer distances of the bands of a half-width, (n, 3)."""
    return np.outer(half_m, np.arange(1, BANDS + 1) / BANDS)


def _discs(lines: gpd.GeoSeries, distance_m: Floats, thin_m: float) -> NDArray[np.object_]:
    """Return the thinned buffers of all lines for each row of distances (k, n), one row after the other."""
    repeated = gpd.GeoSeries(np.tile(np.array(lines.values, dtype=object), len(distance_m)), crs=lines.crs)
    wide = np.array(measure.buffer(repeated, distance_m.ravel()).values, dtype=object)
    return wide if thin_m == 0 else np.asarray(shapely.simplify(wide, thin_m, preserve_topology=True))


def _on_land(shapes: NDArray[np.object_], land: shapely.Geometry, cut: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Cut the shapes to land where asked; those wholly on land stay as they are."""
    shapely.prepare(land)
    cut = cut & ~shapely.covers(land, shapes)
    dry = shapes.copy()
    dry[cut] = shapely.intersection(shapes[cut], land)
    return dry


def _areal(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Keep the polygons of each shape, and of those no specks."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    areal = (shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > SPECK_M2)
    whole = np.full(len(shapes), shapely.MultiPolygon(), dtype=object)
    parts, owner = parts[areal], owner[areal]
    one = np.isin(owner, np.flatnonzero(np.bincount(owner, minlength=len(shapes)) == 1))
    whole[owner[one]] = parts[one]
    if (~one).any():
        many, index = np.unique(owner[~one], return_inverse=True)
        whole[many] = shapely.multipolygons(parts[~one], indices=index)
    return whole


def exposure(units: gpd.GeoDataFrame, cells: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return which unit lies in which cell with which share of its geodesic area.

    Parameters
    ----------
    units, cells : GeoDataFrame
        Polygons in one projected CRS.

    Returns
    -------
    DataFrame
        ``unit``, ``cell`` (row numbers), ``share``; pairs without common area are left out.

    Raises
    ------
    DataError
        If a unit has no area.
    """
    shapes, parts = np.array(units.geometry.values, dtype=object), np.array(cells.geometry.values, dtype=object)
    whole = measure.areas_m2(units) if len(units) else np.zeros(0)
    if not (whole > 0).all():
        raise DataError("sources", where="geometry", expected="polygons", found=f"{int((whole <= 0).sum())} without area")
    cell, unit = shapely.STRtree(shapes).query(parts, predicate="intersects") if len(shapes) else np.zeros((2, 0), dtype=int)
    shapely.prepare(shapes)
    inside = shapely.contains_properly(shapes[unit], parts[cell])
    common = parts[cell]
    common[~inside] = shapely.intersection(shapes[unit[~inside]], parts[cell[~inside]])
    shared = measure.areas_m2(gpd.GeoSeries(_areal(common), crs=units.crs)) if len(common) else np.zeros(0)
    pairs = pd.DataFrame({"unit": unit, "cell": cell, "share": np.minimum(1.0, shared / whole[unit])})
    return pairs[pairs["share"] > 0].sort_values(["unit", "cell"], kind="stable").reset_index(drop=True)
