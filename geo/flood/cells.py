"""The cells a flood may wet, and which source lies in which: bands of a corridor, or cells of a terrain model.

Assumption: where a terrain model tells the height above drainage a cell is wet when the stage reaches it, elsewhere when
the corridor does; both are rows of one table. Its limit: flow between cells is not modelled.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.flood.corridor import BANDS, SPECK_M2, band_kernel, corridor_bands, exposure, thirds
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.water import Water

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

STEP_M = 250.0  # between the points at which the reach of a supplied extent is looked up
WIDEST = 0.95  # of the members' half-widths: corridors are drawn out to this quantile, not to their last outlier


@dataclass(frozen=True, slots=True)
class FloodCells:
    """n cells; level k of the first axis is the k-th receiving river, k = 0 the nearest downstream.

    Attributes
    ----------
    line : (K+1, n) int
        Reach, or reach count plus estuary segment; -1 where there is none.
    hand_m, drain_km2 : (K+1, n) float
        Height above that drainage and the area it drains; NaN where unknown.
    area_m2, slope, trap : (n,) float
        Geodesic area, channel slope, and how well the land cover catches items (1 is open land).
    inner_m, outer_m : (n,) float
        Distances from the line; NaN for cells of a terrain model.
    flooded, flooded_m : (n,) float
        Share of the cell in a supplied flood, and its depth there (negative where dry); NaN where not known.
    zone : (n,) int
        Row of ``zones`` a cell belongs to.
    zones : GeoDataFrame
        ``line, band, inner_m, outer_m, area_m2`` and geometry: what is told of many cells at once.
    units : (n, J) sparse
        Share of unit j that lies in cell c.
    raster : (n,) int
        Flat index into the terrain's grid, -1 for bands.
    """

    line: Ints
    hand_m: Floats
    drain_km2: Floats
    area_m2: Floats
    slope: Floats
    trap: Floats
    inner_m: Floats
    outer_m: Floats
    flooded: Floats
    flooded_m: Floats
    zone: Ints
    zones: gpd.GeoDataFrame
    units: csr_array
    raster: Ints

    def __len__(self) -> int:
        return len(self.area_m2)


class Wet(NamedTuple):
    """How a flood lies on some cells.

    Attributes
    ----------
    line : (n,) or (n, M) int
        The line whose water it is.
    wet : (n, M) float
        Wet share of the cell.
    stays : (n, M) float
        Where depth is unknown: how readily items stay.
    margin_m : (n, M) float
        Stage less height above the drainage, negative where dry; NaN where depth is unknown.
    """

    line: Ints
    wet: Floats
    stays: Floats
    margin_m: Floats


class Corridor(NamedTuple):
    """Bands around the lines, ``line, band, inner_m, outer_m, area_m2``; the zone of each; and the zones, in the same form."""

    bands: gpd.GeoDataFrame
    zone: Ints
    zones: gpd.GeoDataFrame


def corridor(
    network: RiverNetwork,
    floods: Sequence[Water],
    middles: Sequence[Water],
    usual: int,
    params: FloodParameters,
    *,
    land: shapely.Geometry | None = None,
    covered: shapely.Geometry | None = None,
) -> Corridor:
    """Return the corridors around reaches, then estuary segments.

    Zones are the thirds of the usual half-width, and a fourth for what only wider members, rarer floods or a supplied extent
    reach. Bands are cut finer where several floods are asked for.

    Parameters
    ----------
    network : RiverNetwork
    floods, middles : sequence of Water
        With the members' parameters, and with the central ones.
    usual : int
        Which flood the thirds are of.
    params : FloodParameters
    land : polygon, optional
        Bands of reaches are cut to it, those of the estuary are not.
    covered : polygon, optional
        What cells of a terrain model hold already; the estuary's bands leave it out.
    """
    frame, estuary = network.frame, network.estuary
    shapes = np.array([*frame.geometry.values, *(estuary.geometry.values if len(estuary) else [])], dtype=object)
    extent = floods[usual].extent
    half = middles[usual].half_width_m[:, 0]
    edges = [thirds(half)]
    if len(middles) > 1:
        edges += [flood.half_width_m for flood in middles]
    widest = np.quantile(floods[-1].half_width_m, WIDEST, axis=1)
    if (widest > half * (1 + 1e-9)).any():
        edges.append(np.maximum(widest, half)[:, None])
    if extent is not None:
        land = extent if land is None else extent.intersection(land)
        edges.append(np.minimum(_farthest_m(extent, shapes), params.beyond_half_widths.value * np.maximum(widest, half))[:, None])
    outer = np.sort(np.concatenate(edges, axis=1), axis=1)
    open_water = np.repeat([False, True], [len(frame), len(estuary)])
    bands = corridor_bands(
        gpd.GeoSeries(shapes, crs=frame.crs), outer, land=land, open_water=open_water, thin_m=params.thin_m.value
    )
    bands = _recut(bands, open_water[bands["line"].to_numpy().astype(np.intp)], extent, covered)
    bands["band"] = np.clip(np.ceil(BANDS * bands["outer_m"] / half[bands["line"]] - 1e-6), 1, BANDS + 1).astype(np.intp)
    return _zoned(bands)


def _farthest_m(extent: shapely.Geometry, lines: NDArray[np.object_]) -> float:
    """Return how far from its nearest line an extent reaches [m]."""
    points = shapely.points(shapely.get_coordinates(shapely.segmentize(extent, STEP_M)))
    _, away = shapely.STRtree(lines).query_nearest(points, return_distance=True, all_matches=False)
    return float(away.max()) + STEP_M


def _recut(
    bands: gpd.GeoDataFrame, water: NDArray[np.bool_], extent: shapely.Geometry | None, covered: shapely.Geometry | None
) -> gpd.GeoDataFrame:
    """Cut the bands of open water to an extent, and to what is not covered."""
    if not water.any() or (extent is None and covered is None):
        return bands
    shapes = np.array(bands.geometry.values, dtype=object)
    if extent is not None:
        shapes[water] = shapely.intersection(shapes[water], extent)
    if covered is not None:
        shapes[water] = shapely.difference(shapes[water], covered)
    cut = bands.set_geometry(gpd.GeoSeries(shapes, crs=bands.crs))
    cut["area_m2"] = measure.areas_m2(cut)
    return cut[cut["area_m2"] > SPECK_M2].reset_index(drop=True)


def _zoned(bands: gpd.GeoDataFrame) -> Corridor:
    """Join the bands of each line and number to zones."""
    key = bands["line"].to_numpy().astype(np.int64) * (BANDS + 2) + bands["band"].to_numpy()
    keys, zone = np.unique(key, return_inverse=True)
    if len(keys) == len(bands):
        return Corridor(bands, np.arange(len(bands)), bands)
    groups = bands.groupby(zone)
    zones = groups.agg({"line": "first", "band": "first", "inner_m": "min", "outer_m": "max", "area_m2": "sum"})
    shapes = groups["geometry"].agg(lambda parts: shapely.union_all(parts.values))
    return Corridor(bands, zone, gpd.GeoDataFrame(zones, geometry=gpd.GeoSeries(shapes, crs=bands.crs)))


def band_cells(corridors: Corridor, network: RiverNetwork, units: gpd.GeoDataFrame, water: Water) -> FloodCells:
    """Return one cell a band, whose height nobody knows, with the share of each source unit (J rows) in it."""
    from scipy.sparse import csr_array

    bands = corridors.bands
    n = len(bands)
    pairs = exposure(units, bands)
    line = bands["line"].to_numpy().astype(np.intp)
    slope = np.append(network.slope, np.full(len(network.estuary), np.nan))
    unknown = np.full((1, n), np.nan)
    return FloodCells(
        line=line[None, :],
        hand_m=unknown,
        drain_km2=unknown,
        area_m2=bands["area_m2"].to_numpy(float),
        slope=slope[line],
        trap=np.ones(n),
        inner_m=bands["inner_m"].to_numpy(float),
        outer_m=bands["outer_m"].to_numpy(float),
        flooded=np.full(n, np.nan if water.extent is None else 1.0),
        flooded_m=np.full(n, np.nan),
        zone=corridors.zone,
        zones=corridors.zones,
        units=csr_array((pairs["share"], (pairs["cell"], pairs["unit"])), shape=(n, len(units))),
        raster=np.full(n, -1),
    )


def joined(one: FloodCells, other: FloodCells) -> FloodCells:
    """Return the cells of both, one after the other; the first may know fewer receiving rivers."""
    from scipy.sparse import vstack

    levels = max(len(one.line), len(other.line))
    zones = pd.concat([one.zones, other.zones], ignore_index=True)
    side = {
        name: np.concatenate([getattr(one, name), getattr(other, name)])
        for name in ("area_m2", "slope", "trap", "inner_m", "outer_m", "flooded", "flooded_m", "raster")
    }
    return FloodCells(
        line=np.hstack([_deeper(each.line, levels, -1) for each in (one, other)]),
        hand_m=np.hstack([_deeper(each.hand_m, levels, np.nan) for each in (one, other)]),
        drain_km2=np.hstack([_deeper(each.drain_km2, levels, np.nan) for each in (one, other)]),
        zone=np.concatenate([one.zone, other.zone + len(one.zones)]),
        zones=gpd.GeoDataFrame(zones, crs=one.zones.crs),
        units=vstack([one.units, other.units], format="csr"),
        **side,
    )


def _deeper(values: NDArray[Any], levels: int, fill: float) -> NDArray[Any]:
    """Pad the first axis with a value that stands for none."""
    return np.pad(values, ((0, levels - len(values)), (0, 0)), constant_values=fill)


def wetness(cells: FloodCells, part: slice, water: Water, draw: Draw, params: FloodParameters) -> Wet:
    """Return how a flood lies on some of the cells: by height above the drainage where known, else by distance."""
    line, hand = cells.line[:, part], cells.hand_m[:, part]
    members = water.half_width_m.shape[1]
    known = np.asarray(~np.isnan(hand).all(axis=0))
    inner, outer = cells.inner_m[part], cells.outer_m[part]
    by_distance = [
        band_kernel(inner, outer, water.half_width_m[line[0]], kind, draw["kernel_scale"])
        for kind in (params.exposure_kernel.value, params.spread_kernel.value)
    ]
    margin = np.full((line.shape[1], members), np.nan)
    whose = line[0]
    if known.any():
        whose, margin = _deepest(line, hand, cells.drain_km2[:, part], water, draw)
    soaked = (margin >= 0).astype(float)
    wet, stays = (np.where(known[:, None], soaked, np.nan_to_num(each)) for each in by_distance)
    inside = cells.flooded[part][:, None]
    wet, stays = (np.where(np.isnan(inside), each, inside) for each in (wet, stays))
    margin = np.where(np.isnan(inside), margin, cells.flooded_m[part][:, None])
    return Wet(whose, wet, stays, margin)


def _deepest(line: Ints, hand_m: Floats, drain_km2: Floats, water: Water, draw: Draw) -> tuple[Ints, Floats]:
    """Return the receiving river that floods each cell deepest, (n, M), and its stage less the cell's height [m]."""
    margin = np.full((line.shape[1], water.half_width_m.shape[1]), np.nan)
    whose = np.repeat(line[0][:, None], margin.shape[1], axis=1)
    for level in range(len(line)):
        here = water.stage_at(drain_km2[level], line[level], draw) - hand_m[level][:, None]
        deeper = ~(here <= margin) & ~np.isnan(here) & (line[level] >= 0)[:, None]
        margin = np.where(deeper, here, margin)
        whose = np.where(deeper, line[level][:, None], whose)
    return whose, margin
