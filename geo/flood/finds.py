"""Documented finds on a grid of cells: which can be scored, which not and why, and where each may lie.

Assumption: coordinates name a place, not a spot. ``uncertainty_km`` holds the place nine times in ten, the error is
normal and alike in both axes, and a find lies on the ground of the area. Its limit: finds are made where people
search, so a find tells of searching as much as of mines.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import measure
from geo.errors import DataError
from geo.flood.baselines import HindcastParameters

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Ints = NDArray[np.int32]

NEEDED = ("id", "record_kind", "flood_id", "lon", "lat", "uncertainty_km", "origin")
SCORED_KIND = "event"
UNKNOWN_FLOOD = ("", "unknown")
ORIGINS = ("south", "north")
WEIGHTS: Mapping[str, tuple[float, float]] = {"rok": (1, 0), "south": (1, 0), "dprk": (0, 1), "north": (0, 1)}
EITHER = (0.5, 0.5)  # origin not known: half a find on each ranking; the rankings themselves are never added
NODES = 64  # an axis of the quadrature that scores finds


@dataclass(frozen=True, slots=True)
class Grid:
    """Square cells of an area, numbered row by row from the north-west.

    Attributes
    ----------
    west_m, north_m, cell_m : float
        Corner and side, in a projected CRS.
    number : (ny, nx) int32
        The number of each cell, -1 outside the area.
    """

    west_m: float
    north_m: float
    cell_m: float
    number: Ints

    @property
    def centres_m(self) -> Floats:
        """The middle of every cell of the area, (n, 2)."""
        row, column = np.nonzero(self.number >= 0)
        return np.stack([self.west_m + (column + 0.5) * self.cell_m, self.north_m - (row + 0.5) * self.cell_m], axis=1)

    def cell_at(self, xy_m: Floats) -> Ints:
        """Return the number of the cell at each place (..., 2); -1 outside the area.

        Examples
        --------
        >>> grid = study_grid([shapely.box(0, 0, 2000, 1000)], 1000.0)
        >>> grid.cell_at(np.array([[1500.0, 500.0], [-1.0, 500.0]])).tolist()
        [1, -1]
        """
        ny, nx = self.number.shape
        column = np.floor((xy_m[..., 0] - self.west_m) / self.cell_m)
        row = np.floor((self.north_m - xy_m[..., 1]) / self.cell_m)
        there = (column >= 0) & (column < nx) & (row >= 0) & (row < ny)
        index = np.where(there, row * nx + column, 0).astype(np.int64)
        return np.where(there, self.number.ravel()[index], np.int32(-1)).astype(np.int32)

    def burn(self, shapes: NDArray[np.object_], values: NDArray[np.int32]) -> Ints:
        """Return for every cell the value of the shape its middle lies in, -1 for none; later shapes win, (n,)."""
        burnt = _burnt(shapes, values, self.west_m, self.north_m, self.cell_m, self.number.shape)
        return burnt[self.number >= 0]


def study_grid(shapes: NDArray[np.object_] | list[shapely.Geometry], cell_m: float) -> Grid:
    """Return the cells whose middle lies in one of the shapes.

    Parameters
    ----------
    shapes : polygons
        In a projected CRS.
    cell_m : float

    Raises
    ------
    DataError
        If no cell's middle lies in the shapes.
    """
    whole = np.asarray(shapes, dtype=object)
    west, south, east, north = shapely.total_bounds(whole)
    if not np.isfinite(west):
        raise DataError("hindcast area", expected="polygons with area", found="none")
    west, north = np.floor(west / cell_m) * cell_m, np.ceil(north / cell_m) * cell_m
    ny, nx = int(np.ceil((north - south) / cell_m)), int(np.ceil((east - west) / cell_m))
    inside = _burnt(whole, np.zeros(len(whole), np.int32), west, north, cell_m, (ny, nx)) >= 0
    if not inside.any():
        raise DataError("hindcast area", expected="at least one cell", found=f"none of {cell_m:g} m", mend="take smaller cells")
    number = np.full((ny, nx), -1, np.int32)
    number[inside] = np.arange(int(inside.sum()), dtype=np.int32)
    return Grid(float(west), float(north), float(cell_m), number)


def _burnt(
    shapes: NDArray[np.object_], values: Ints, west_m: float, north_m: float, cell_m: float, shape: tuple[int, ...]
) -> Ints:
    from affine import Affine
    from rasterio.features import rasterize

    real = ~shapely.is_empty(shapes)
    pairs = zip(shapes[real], values[real].tolist(), strict=True)
    if not real.any():
        return np.full(shape, -1, np.int32)
    told = rasterize(pairs, out_shape=shape, fill=-1, transform=Affine(cell_m, 0, west_m, 0, -cell_m, north_m), dtype="int32")
    return np.asarray(told, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class Finds:
    """Finds that can be scored.

    Attributes
    ----------
    id, flood : (k,) str
        A find of unknown flood is an event of its own, ``unknown ID``.
    known_flood : (k,) bool
    cluster : (k,) int
        Finds of one flood and neighbourhood, 0 to C - 1.
    origin : (k, 2) float
        Weight on the southern and on the northern ranking.
    xy_m : (k, 2) float
    sigma_m : (k,) float
        Standard deviation in each axis.
    """

    id: NDArray[np.object_]
    flood: NDArray[np.object_]
    known_flood: Flags
    cluster: NDArray[np.intp]
    origin: Floats
    xy_m: Floats
    sigma_m: Floats

    @property
    def n_clusters(self) -> int:
        """How many clusters there are."""
        return int(self.cluster.max()) + 1

    @property
    def weight(self) -> Floats:
        """Weight of each find: every cluster counts as one, (k,)."""
        return 1.0 / np.bincount(self.cluster)[self.cluster]

    def only(self, keep: Flags) -> Finds:
        """Return some of the finds, clusters numbered anew."""
        cluster = np.unique(self.cluster[keep], return_inverse=True)[1]
        rest = (self.origin[keep], self.xy_m[keep], self.sigma_m[keep])
        return Finds(self.id[keep], self.flood[keep], self.known_flood[keep], cluster, *rest)


def check_incidents(rows: pd.DataFrame, where: str) -> pd.DataFrame:
    """Return the records with numbers as numbers, or say everything that is wrong with them at once.

    Parameters
    ----------
    rows : DataFrame
        With the columns `NEEDED`; text or numbers. ``event``, if there, must not lie in two floods.
    where : str
        File or table, for the message.

    Raises
    ------
    DataError
        If columns are missing, ids repeat, a scored record lacks place or uncertainty, or one event has two floods.
    """
    if lacking := [name for name in NEEDED if name not in rows]:
        raise DataError("missing columns", where=where, expected=", ".join(lacking), found=", ".join(map(str, rows.columns)))
    told = rows.reset_index(drop=True).copy()
    text = [name for name in ("id", "record_kind", "flood_id", "origin", "event") if name in told]
    told[text] = told[text].fillna("").astype(str).apply(lambda column: column.str.strip())
    for name in ("lon", "lat", "uncertainty_km"):
        told[name] = pd.to_numeric(told[name], errors="coerce").astype(float)
    scored = told["record_kind"] == SCORED_KIND
    faults = {
        "id empty or twice": (told["id"] == "") | told["id"].duplicated(keep=False),
        "no place in degrees": scored & ~(told["lon"].between(-180, 180) & told["lat"].between(-90, 90)),
        "no uncertainty above 0 km": scored & ~((told["uncertainty_km"] > 0) & np.isfinite(told["uncertainty_km"])),
        "one event in two floods, so in both folds": scored & _astride(told, scored),
    }
    found = "; ".join(f"{what}: {', '.join(told['id'][bad])}" for what, bad in faults.items() if bad.any())
    if found:
        raise DataError("incidents", where=where, found=found, mend="correct these rows")
    return told


def _astride(rows: pd.DataFrame, scored: pd.Series) -> pd.Series:
    """Tell which rows belong to an event whose rows name several floods."""
    if "event" not in rows:
        return pd.Series(False, index=rows.index)
    named = scored & (rows["event"] != "") & ~rows["flood_id"].isin(UNKNOWN_FLOOD)
    floods = rows["flood_id"][named].groupby(rows["event"][named]).nunique()
    return named & rows["event"].isin(floods.index[floods > 1])


def select_finds(rows: pd.DataFrame, grid: Grid, crs: CRS, params: HindcastParameters) -> tuple[Finds, list[dict[str, str]]]:
    """Return the finds that can be scored on a grid, and the id and reason of every record left out.

    Parameters
    ----------
    rows : DataFrame
        From `check_incidents`.
    grid : Grid
    crs : CRS
        Of the grid.
    params : HindcastParameters

    Raises
    ------
    DataError
        If fewer than two events are left.
    """
    reason = pd.Series("", index=rows.index)
    reason[rows["uncertainty_km"] > params.most_uncertain_km.value] = f"known to more than {params.most_uncertain_km.value:g} km"
    other = rows["record_kind"] != SCORED_KIND
    reason[other] = "record kind " + rows["record_kind"][other]
    kept = rows[reason == ""]
    spots = gpd.GeoSeries(gpd.points_from_xy(kept["lon"], kept["lat"]), crs="EPSG:4326")
    xy_m = shapely.get_coordinates(measure.project(spots, crs))
    sigma_m = 1e3 * kept["uncertainty_km"].to_numpy() / np.sqrt(-2 * np.log(1 - params.place_share.value))
    inside = (grid.cell_at(nodes(xy_m, sigma_m, NODES)) >= 0).mean(axis=1)
    outside = kept.index[inside < params.least_inside.value]
    reason[outside] = "outside the area"
    skipped = [{"id": str(rows["id"][row]), "reason": reason[row]} for row in rows.index[reason != ""]]
    near = inside >= params.least_inside.value
    return _finds(kept[near], xy_m[near], sigma_m[near], params), skipped


def _finds(rows: pd.DataFrame, xy_m: Floats, sigma_m: Floats, params: HindcastParameters) -> Finds:
    ids = rows["id"].to_numpy(object)
    known = (~rows["flood_id"].isin(UNKNOWN_FLOOD)).to_numpy(bool)
    flood = np.where(known, rows["flood_id"].to_numpy(object), "unknown " + ids)
    if len(set(flood)) < 2:
        raise DataError("incidents", expected="finds of at least 2 events inside the area", found=f"{len(set(flood))}")
    origin = np.array([WEIGHTS.get(text.rstrip("? ").lower(), EITHER) for text in rows["origin"]], dtype=float)
    return Finds(ids, flood, known, clusters(xy_m, flood, 1e3 * params.cluster_km.value), origin, xy_m, sigma_m)


def clusters(xy_m: Floats, flood: NDArray[np.object_], link_m: float) -> NDArray[np.intp]:
    """Return the cluster of each find: finds of one flood that a chain of steps up to ``link_m`` joins.

    Examples
    --------
    >>> clusters(np.array([[0.0, 0], [900, 0], [1800, 0], [0, 0]]), np.array(["a", "a", "a", "b"], object), 1000.0).tolist()
    [0, 0, 0, 1]
    """
    apart = np.hypot(*(xy_m[:, None] - xy_m[None, :]).transpose(2, 0, 1))
    linked = (apart <= link_m) & (flood[:, None] == flood[None, :])
    while not np.array_equal(wider := (linked.astype(float) @ linked > 0), linked):
        linked = wider
    return np.asarray(np.unique(np.argmax(linked, axis=1), return_inverse=True)[1], dtype=np.intp)


def nodes(xy_m: Floats, sigma_m: Floats, n: int) -> Floats:
    """Return n x n places of equal weight that stand for a normal error around each find.

    Parameters
    ----------
    xy_m : (..., k, 2) float
    sigma_m : (k,) float
    n : int
        Mid-quantiles in each axis.

    Returns
    -------
    (..., k, n * n, 2) float

    Examples
    --------
    >>> nodes(np.array([[0.0, 0.0]]), np.array([1000.0]), 2).round()[0].tolist()
    [[-674.0, -674.0], [-674.0, 674.0], [674.0, -674.0], [674.0, 674.0]]
    """
    from scipy.special import ndtri

    z = ndtri((np.arange(n) + 0.5) / n)
    steps = np.stack(np.meshgrid(z, z, indexing="ij"), axis=-1).reshape(-1, 2)
    return np.asarray(xy_m[..., None, :] + sigma_m[:, None, None] * steps)
