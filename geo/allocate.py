"""Where fields of unknown place may lie, under a reported total: a probability surface and members of exact area.

Assumption: inside each zone nothing is known but a preference, so the surface is the one of greatest entropy that meets the
total. Limit: a matched total validates no place. Every member is one draw of many, and any statement about a place must use the
surface.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import geopandas as gpd
import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray
from shapely import STRtree

from geo.errors import ConfigError, DataError
from geo.measure import Floats, areas_m2
from geo.solve import increasing_root

REACH = 1.05  # candidates keep room to grow by this factor, so that the last scaling cannot make them meet


@dataclass(frozen=True, slots=True)
class Manner:
    """How simulated fields are shaped; every value is assumed and can be set in ``[allocation]``.

    Attributes
    ----------
    aspect, aspect_ln_sd : float
        Length over width of a strip, and its log-normal scatter.
    bearing_sd_deg : float
        Scatter of strips about the front [degrees].
    compactness : tuple of float
        Least and greatest 4 pi area / perimeter² of a patch.
    patch_vertices : int
        Of a patch.
    """

    aspect: float = 5.0
    aspect_ln_sd: float = 0.15
    bearing_sd_deg: float = 8.0
    compactness: tuple[float, float] = (0.35, 0.75)
    patch_vertices: int = 24


@dataclass(frozen=True, slots=True)
class Fields:
    """Fields to be placed in one zone.

    Attributes
    ----------
    area_m2 : ndarray, shape (n,)
        Target sizes.
    kind : {"strip", "patch"}
    manner : Manner
    """

    area_m2: Floats
    kind: str
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True, slots=True)
class Zone:
    """A zone with its expectation grid.

    Attributes
    ----------
    name : str
    shape : Polygon or MultiPolygon
        Where fields may lie: land outside river channels [m].
    corners : ndarray, shape (n, 2)
        South-west corners of the grid cells that meet the zone [m].
    cell_m : float
    area_m2 : ndarray, shape (n,)
        Of each cell inside the zone.
    bearing_rad : ndarray, shape (n,)
        Direction of the front at each cell, counter-clockwise from east.
    """

    name: str
    shape: shapely.Geometry
    corners: Floats
    cell_m: float
    area_m2: Floats
    bearing_rad: Floats


def surface(
    area_m2: Floats,
    preference: Floats,
    total_m2: float,
    known: NDArray[np.bool_] | None = None,
    excluded: NDArray[np.bool_] | None = None,
    where: str = "",
) -> Floats:
    """Return the mined share of each cell, of greatest entropy under a total (model, eq. 1).

    Parameters
    ----------
    area_m2 : ndarray, shape (n,)
        Above 0.
    preference : ndarray, shape (n,)
        At least 0; a cell with 0 holds nothing.
    total_m2 : float
        What ``(area_m2 * share).sum()`` must be.
    known, excluded : ndarray of bool, shape (n,), optional
        Cells that are mined for certain, and cells that are not to be used.
    where : str
        Names the zone in errors.

    Raises
    ------
    DataError
        If the total is not positive, exceeds the room, or falls below the known cells; if a preference is not a number or is
        negative.

    Examples
    --------
    >>> share = surface(np.ones(4), np.array([1.0, 2, 3, 4]), 2.0)
    >>> np.round(share, 4).tolist()
    [0.31, 0.4733, 0.5741, 0.6425]
    """
    area_m2, preference = np.asarray(area_m2, dtype=float), np.asarray(preference, dtype=float)
    known = np.zeros(len(area_m2), dtype=bool) if known is None else known
    free = (preference > 0) & ~known & (~excluded if excluded is not None else True)
    if not np.isfinite(preference).all() or (preference < 0).any() or not (free.any() or known.any()):
        raise DataError(
            "bad preference",
            where=where,
            expected="numbers of at least 0, not all 0",
            found=f"{np.nanmin(preference, initial=np.inf):g} at least",
        )
    left_m2 = total_m2 - float(area_m2[known].sum())
    room_m2 = float(area_m2[free].sum())
    if total_m2 <= 0 or left_m2 < 0 or left_m2 > room_m2:
        raise DataError(
            "the total does not fit the room",
            where=where,
            expected=f"0 to {room_m2 / 1e6:.3f} km² besides known cells",
            found=f"{left_m2 / 1e6:.3f} km²",
        )
    log_q = np.log(preference[free])

    def placed_m2(alpha: float) -> float:
        return float((area_m2[free] / (1 + np.exp(-(alpha + log_q)))).sum())

    share = np.where(known, 1.0, 0.0)
    if left_m2 == room_m2:
        share[free] = 1.0
    elif left_m2 > 0:
        low, high = -60.0 - log_q.max(), 60.0 - log_q.min()
        share[free] = 1 / (1 + np.exp(-(increasing_root(placed_m2, left_m2, low, high, rtol=1e-12, what="odds") + log_q)))
    return share


def raster_member(share: Floats, start: float) -> NDArray[np.bool_]:
    """Return one systematic draw of cells, each taken with its share as probability (model, eq. 2).

    Parameters
    ----------
    share : ndarray, shape (n,)
        Of cells of *equal* area, in an order that keeps neighbours together.
    start : float
        Uniform in (0, 1).

    Examples
    --------
    >>> share = np.array([0.31003569765201366, 0.47332404484502655, 0.5741148789195766, 0.6425253785833839])
    >>> raster_member(share, 0.25).tolist(), raster_member(share, 0.5).tolist()
    ([True, False, True, False], [False, True, False, True])
    """
    steps = np.floor(np.concatenate([[0.0], np.cumsum(share)]) - start)
    return np.diff(steps) > 0


def sizes_m2(count: int, total_m2: float, ln_sd: float, rng: np.random.Generator) -> Floats:
    """Return log-normal field sizes that add up to a total [m²], shape (count,).

    Raises
    ------
    ConfigError
        If there are no fields for a total.

    Examples
    --------
    >>> sizes = sizes_m2(100, 2e6, 1.0, np.random.default_rng(1))
    >>> round(float(sizes.sum()), 3)
    2000000.0
    """
    if count < 1:
        raise ConfigError("a total needs at least one field", expected="1 or more", found=str(count))
    size = np.exp(rng.normal(0.0, ln_sd, count))
    return np.asarray(total_m2 * size / size.sum())


def place(
    zone: Zone,
    share: Floats,
    fields: Fields,
    rng: np.random.Generator,
    taken: NDArray[np.object_] | None = None,
    tries: int = 500,
) -> NDArray[np.object_]:
    """Place fields in a zone so that none meets another, the zone's edge or what is taken (model, eq. 3).

    Parameters
    ----------
    zone : Zone
    share : ndarray, shape (n,)
        Mined share of the zone's cells; centres follow it.
    fields : Fields
    rng : numpy.random.Generator
    taken : ndarray of Polygon, optional
        Fields already there.
    tries : int
        Rounds before giving up.

    Returns
    -------
    ndarray of Polygon, shape (len(fields.area_m2),)
        In the order of the fields, each with room to grow by `REACH`.

    Raises
    ------
    DataError
        If a field finds no place.
    """
    count = len(fields.area_m2)
    placed = np.full(count, None, dtype=object)
    others = np.array([], dtype=object) if taken is None else grown(taken)
    weight = np.cumsum(share)  # a point drawn in the whole cell and kept inside the zone falls with share times area
    waiting = np.argsort(-fields.area_m2, kind="stable")
    shapely.prepare(zone.shape)
    for _ in range(tries):
        if len(waiting) == 0:
            return placed
        drawn = candidates(zone, weight / weight[-1], fields, waiting, rng)
        wide = grown(drawn)
        fits = shapely.contains_properly(zone.shape, wide)
        if len(others):
            fits[np.unique(STRtree(others).query(wide, predicate="intersects")[0])] = False
        kept = apart(wide, fits)
        placed[waiting[kept]] = drawn[kept]
        others = np.concatenate([others, wide[kept]])
        waiting = waiting[~kept]
    if len(waiting) == 0:
        return placed
    raise DataError(
        "no place found for a field",
        where=f"zone {zone.name}, {len(waiting)} of {count} fields",
        expected=f"a place within {tries} tries",
        found=f"the largest left over has {fields.area_m2[waiting[0]] / 1e6:.3f} km²",
        mend="change the shares by zone, the number of fields or the seed",
    )


def candidates(
    zone: Zone, cumulated: Floats, fields: Fields, which: NDArray[np.intp], rng: np.random.Generator
) -> NDArray[np.object_]:
    """Return one candidate polygon for each waiting field."""
    cell = np.searchsorted(cumulated, rng.random(len(which)), side="right")
    centre = zone.corners[cell] + rng.random((len(which), 2)) * zone.cell_m
    outline = strips if fields.kind == "strip" else patches
    points = outline(fields.area_m2[which], fields.manner, zone.bearing_rad[cell], rng)
    return np.asarray(shapely.polygons(points + centre[:, None, :]), dtype=object)


def strips(area_m2: Floats, manner: Manner, bearing_rad: Floats, rng: np.random.Generator) -> Floats:
    """Return rectangles about the origin along a bearing, shape (n, 4, 2) [m]."""
    ratio = manner.aspect * np.exp(rng.normal(0, manner.aspect_ln_sd, len(area_m2)))
    length, width = np.sqrt(area_m2 * ratio), np.sqrt(area_m2 / ratio)
    corner = np.array([[-0.5, -0.5], [0.5, -0.5], [0.5, 0.5], [-0.5, 0.5]])
    points = corner * np.stack([length, width], axis=1)[:, None, :]
    return turned(points, bearing_rad + np.radians(rng.normal(0, manner.bearing_sd_deg, len(area_m2))))


def patches(area_m2: Floats, manner: Manner, bearing_rad: Floats, rng: np.random.Generator) -> Floats:
    """Return irregular rings about the origin inside the given compactness, shape (n, manner.patch_vertices, 2) [m]."""
    angle = np.linspace(0, 2 * np.pi, manner.patch_vertices, endpoint=False)
    points = np.empty((len(area_m2), manner.patch_vertices, 2))
    waiting = np.arange(len(area_m2))
    waves = np.arange(2, 6)[:, None]
    while len(waiting):
        height = rng.uniform(0, 0.9, (len(waiting), 4, 1)) / waves
        phase = rng.uniform(0, 2 * np.pi, (len(waiting), 4, 1))
        radius = np.exp((height * np.cos(waves * angle + phase)).sum(axis=1))
        points[waiting] = radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
        shape = shapely.polygons(points[waiting])
        compact = compactness(shape)
        points[waiting] *= np.sqrt(area_m2[waiting] / shapely.area(shape))[:, None, None]
        waiting = waiting[(compact < manner.compactness[0]) | (compact > manner.compactness[1])]
    return turned(points, bearing_rad + rng.uniform(0, 2 * np.pi, len(area_m2)))


def compactness(shapes: NDArray[np.object_]) -> Floats:
    """Return 4 pi area / perimeter² of plane polygons: 1 for a disc.

    Examples
    --------
    >>> round(float(compactness(np.array([shapely.box(0, 0, 1, 1)]))[0]), 6)
    0.785398
    """
    return np.asarray(4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2)


def turned(points: Floats, angle_rad: Floats) -> Floats:
    """Return rings turned about the origin, shape (n, k, 2)."""
    cosine, sine = np.cos(angle_rad)[:, None], np.sin(angle_rad)[:, None]
    return np.stack([points[..., 0] * cosine - points[..., 1] * sine, points[..., 0] * sine + points[..., 1] * cosine], axis=-1)


def apart(wide: NDArray[np.object_], fits: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which candidates stay, the earlier (larger) of two that meet winning."""
    kept = fits.copy()
    rows = np.flatnonzero(fits)
    left, right = STRtree(wide[rows]).query(wide[rows], predicate="intersects")
    # A candidate that itself loses may knock out a later one; that one simply draws again.
    kept[rows[np.unique(right[left < right])]] = False
    return kept


def grown(shapes: NDArray[np.object_], factor: float = REACH) -> NDArray[np.object_]:
    """Return polygons enlarged about their centroids by a linear factor.

    Examples
    --------
    >>> grown(np.array([shapely.box(0, 0, 2, 2)]), 2.0)[0].bounds
    (-1.0, -1.0, 3.0, 3.0)
    """
    centre = shapely.get_coordinates(shapely.centroid(shapes))
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    return np.asarray(shapely.set_coordinates(shapes.copy(), centre[owner] + factor * (points - centre[owner])), dtype=object)


def scaled_to(shapes: NDArray[np.object_], total_m2: float, crs: pyproj.CRS) -> NDArray[np.object_]:
    """Return the polygons scaled by one factor so that their geodesic area meets the total to 1e-10.

    Raises
    ------
    DataError
        If that needs a factor outside 1 / `REACH` to `REACH`.
    """

    def area(factor: float) -> float:
        return float(areas_m2(gpd.GeoSeries(grown(shapes, factor), crs=crs)).sum())

    return grown(shapes, increasing_root(area, total_m2, 1 / REACH, REACH, rtol=1e-10, what="scale of the fields"))


def mines(area_m2: Floats, per_km2: float, mix: Floats, rng: np.random.Generator) -> NDArray[np.int64]:
    """Return mines by field and class: Poisson numbers split by the mix, shape (n, len(mix)) (model, eq. 4).

    Examples
    --------
    >>> mines(np.array([1e6]), 0.0, np.array([0.5, 0.5]), np.random.default_rng(1)).tolist()
    [[0, 0]]
    """
    counts = rng.poisson(per_km2 * np.asarray(area_m2) / 1e6)
    return np.asarray(rng.multinomial(counts, np.asarray(mix) / np.sum(mix)), dtype=np.int64)
