"""The cells of a terrain model that a flood of the network may wet.

Assumption: a cell belongs to the first mapped reach its water meets, and a channel that is not mapped floods by its own
drainage area. Its limit: heights are those of the terrain model, forest and bridges included where it has them.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import DataError
from geo.exchange.raster import Dem
from geo.flood.cells import FloodCells
from geo.flood.corridor import BANDS
from geo.flood.fall import reach_slopes
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.stage import flood_depth_m
from geo.flood.terrain import Drainage, cell_areas_m2, drain, needs_depth, reach_cells
from geo.flood.water import Water

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Floats = NDArray[np.float64]
Ints = NDArray[np.intp]

log = logging.getLogger(__name__)

SIGMAS = 3.0  # how far below the stage, in height errors, a cell may still be wet
DRY_M = -1e3  # how far below the stage land outside a supplied flood is taken to lie
BLOCK = 4_000_000  # cells looked at in one piece


@dataclass(frozen=True, slots=True)
class Valley:
    """A terrain model and how its water drains to the reaches of a network.

    Attributes
    ----------
    dem : Dem
    drainage : Drainage
    area_km2 : (ny nx,) float32
        Drainage area of each cell: under a mapped reach the network's, for the terrain may end short of the sources.
    slope : (R,) float
        Of the channel of each reach, see `geo.flood.fall`.
    mapped : (n,) int32
        Reach whose line touches each cell, -1 without one.
    """

    dem: Dem
    drainage: Drainage
    area_km2: NDArray[np.float32]
    slope: Floats
    mapped: NDArray[np.int32]

    @classmethod
    def of(cls, dem: Dem, network: RiverNetwork, params: FloodParameters) -> Valley:
        """Drain a terrain model to a network; mapped rivers are cut into it, for directions only.

        Raises
        ------
        DataError
            If depth is asked of heights in steps above 1 m, no mapped river lies on the terrain, or their CRS differ.
        """
        lines = gpd.GeoDataFrame(network.frame)
        if dem.crs != lines.crs:
            found = f"{dem.crs.name}, rivers in {'no CRS' if lines.crs is None else lines.crs.name}"
            raise DataError("terrain", where=dem.name, expected="the CRS of the rivers", found=found, mend="read it in theirs")
        if params.p_model.value == "depth":
            needs_depth(dem)
        mapped = reach_cells(lines, dem)
        if (mapped < 0).all():
            raise DataError(
                "terrain", where=dem.name, expected="a mapped river on it", found="none", mend="give terrain of this area"
            )
        log.info("terrain: draining %d cells of %g m", dem.z_m.size, dem.cell_m)
        drainage = drain(
            dem.z_m,
            dem.cell_m,
            mapped=mapped,
            burn_m=params.burn_m.value,
            drain_km2=params.drain_km2.value,
            level_paths=params.level_paths.value,
            cell_km2=cell_areas_m2(dem) / 1e6,
        )
        on_river = mapped.ravel() >= 0
        area_km2 = drainage.area_km2.copy()
        area_km2[on_river] = network.area_km2[mapped.ravel()[on_river]]
        return cls(dem, drainage, area_km2, reach_slopes(network, dem, mapped, params.slope_floor.value), mapped.ravel())

    def beside(self, land: shapely.Geometry | None) -> shapely.Geometry:
        """Return the land that the terrain model does not cover."""
        whole = land if land is not None else shapely.box(-1e8, -1e8, 1e8, 1e8)
        return whole.difference(self.dem.outline(np.isfinite(self.dem.z_m)))

    def outline(self, at: Ints) -> shapely.Geometry:
        """Return the outline of some cells."""
        chosen = np.zeros(self.dem.z_m.shape, dtype=bool)
        chosen.ravel()[at] = True
        return self.dem.outline(chosen)

    def cells(
        self,
        units: gpd.GeoDataFrame,
        water: Water,
        middle: Water,
        draw: Draw,
        params: FloodParameters,
        land: shapely.Geometry | None = None,
    ) -> FloodCells:
        """Return the cells that some member may wet, with the share of each source unit (J rows) in them.

        Parameters
        ----------
        units, draw, params, land
            As in `geo.flood.displace`.
        water, middle : Water
            With the members' parameters, and with the central ones.
        """
        at = self._near(water, draw, params, land)
        line, hand, drain_km2 = self._levels(at)
        area_m2 = cell_areas_m2(self.dem).ravel()[at].astype(float)
        flooded, flooded_m = self._flooded(at, water)
        below = self._below(line, hand, drain_km2, flooded_m, middle, params.central())
        zone, zones = self._zones(at, *below, area_m2)
        nowhere = np.full(len(at), np.nan)
        return FloodCells(
            line=line,
            hand_m=hand,
            drain_km2=drain_km2,
            area_m2=area_m2,
            slope=self.slope[line[0]],
            trap=np.ones(len(at)),
            inner_m=nowhere,
            outer_m=nowhere,
            flooded=flooded,
            flooded_m=flooded_m,
            zone=zone,
            zones=zones,
            units=self.shares(units, at),
            raster=at,
        )

    def _levels(self, at: Ints) -> tuple[Ints, Floats, Floats]:
        """Return line, height above drainage and drained area (K+1, n) of some cells."""
        channel = self.drainage.channel[:, at]
        there = np.maximum(channel, 0)
        line = np.where(channel >= 0, self.drainage.reach[there], -1).astype(np.intp)
        z = self.dem.z_m.ravel()
        hand = np.where(line >= 0, np.maximum(z[at] - z[there], 0.0), np.nan).astype(float)
        area = np.where(line >= 0, self.area_km2[there], np.nan).astype(float)
        return line, hand, area

    def _near(self, water: Water, draw: Draw, params: FloodParameters, land: shapely.Geometry | None) -> Ints:
        """Return the cells on land, drained to the network, that some member's stage comes near."""
        from rasterio.features import geometry_mask

        open_ = np.ones(self.dem.z_m.shape, dtype=bool)
        if land is not None:
            open_ = geometry_mask([land], self.dem.z_m.shape, self.dem.transform, invert=True)
        open_ &= np.isfinite(self.dem.z_m)
        extent = None if water.extent is None else self._inside(water.extent).ravel()
        reserve_m = SIGMAS * params.sigma_z_m.value if params.p_model.value == "depth" else 0.0
        kept = []
        for low in range(0, open_.size, BLOCK):
            at = low + np.flatnonzero(open_.ravel()[low : low + BLOCK] & (self.drainage.reach[low : low + BLOCK] >= 0))
            line, hand, area = self._levels(at)
            near = np.any([self._reached(water, draw, *level, reserve_m) for level in zip(line, hand, area, strict=True)], axis=0)
            kept.append(at[near if extent is None else extent[at]])
        return np.concatenate(kept).astype(np.intp)

    @staticmethod
    def _reached(water: Water, draw: Draw, line: Ints, hand_m: Floats, area_km2: Floats, reserve_m: float) -> NDArray[np.bool_]:
        """Flag the cells that the highest stage of all members comes near; a bound on it is read off a table by area."""
        key, place = np.unique(np.round(np.log10(np.nan_to_num(area_km2, nan=1.0)), 2), return_inverse=True)
        by_area = (draw["a100"] * (10.0 ** (key + 0.005))[:, None] ** draw["a_exp"]).max(axis=1)
        highest = by_area[place] * water.growth.max(axis=1)[line]
        return np.asarray(hand_m <= highest + reserve_m)

    @staticmethod
    def _below(
        line: Ints, hand_m: Floats, drain_km2: Floats, flooded_m: Floats, middle: Water, central: Draw
    ) -> tuple[Ints, Floats, Floats]:
        """Return of each cell the line that floods it deepest, how deep [m], and the depth of its channel or of the flood."""
        whose, margin, stage = line[0].copy(), np.full(line.shape[1], -np.inf), np.ones(line.shape[1])
        for level in range(len(line)):
            there = middle.stage_at(drain_km2[level], line[level], central)[:, 0]
            deeper = (there - hand_m[level] > margin) & (line[level] >= 0)
            whose, stage = np.where(deeper, line[level], whose), np.where(deeper, there, stage)
            margin = np.where(deeper, there - hand_m[level], margin)
        supplied = ~np.isnan(flooded_m)
        deepest = np.zeros(int(whose.max(initial=0)) + 1)
        np.maximum.at(deepest, whose[supplied], flooded_m[supplied])
        return whose, np.where(supplied, flooded_m, margin), np.where(supplied, deepest[whose], stage)

    def _zones(self, at: Ints, whose: Ints, margin: Floats, stage: Floats, area_m2: Floats) -> tuple[Ints, gpd.GeoDataFrame]:
        """Return the zone of each cell, and the zones: by line and by how deep they lie below the stage, in thirds."""
        band = np.where(margin < 0, BANDS + 1, BANDS - np.clip(np.floor(BANDS * margin / np.maximum(stage, 1e-9)), 0, BANDS - 1))
        key = whose * (BANDS + 1) + band.astype(np.intp) - 1
        keys, zone = np.unique(key, return_inverse=True)
        geometry = self._polygons(at, zone, len(keys))
        columns = {
            "line": keys // (BANDS + 1),
            "band": keys % (BANDS + 1) + 1,
            "inner_m": np.nan,
            "outer_m": np.nan,
            "area_m2": np.bincount(zone, weights=area_m2, minlength=len(keys)),
        }
        return zone, gpd.GeoDataFrame(columns, geometry=geometry, crs=self.dem.crs)

    def _polygons(self, at: Ints, zone: Ints, n_zones: int) -> list[shapely.Geometry]:
        """Return the outline of the cells of each zone."""
        from rasterio.features import shapes

        grid = np.full(self.dem.z_m.shape, -1, np.int32)
        grid.ravel()[at] = zone
        found = [
            (shapely.geometry.shape(shape), int(value)) for shape, value in shapes(grid, grid >= 0, transform=self.dem.transform)
        ]
        parts, owner = (np.array(each) for each in zip(*found, strict=True)) if found else (np.zeros(0, object), np.zeros(0, int))
        order = np.argsort(owner, kind="stable")
        return list(shapely.multipolygons(parts[order], indices=owner[order])) if n_zones else []

    def _inside(self, shape: shapely.Geometry) -> NDArray[np.bool_]:
        from rasterio.features import geometry_mask

        return np.asarray(geometry_mask([shape], self.dem.z_m.shape, self.dem.transform, invert=True))

    def _flooded(self, at: Ints, water: Water) -> tuple[Floats, Floats]:
        """Return the wet share of each cell in a supplied flood, and its depth [m]: supplied, or from heights along its edge."""
        if water.extent is None:
            return np.full(len(at), np.nan), np.full(len(at), np.nan)
        inside = self._inside(water.extent)
        wet = inside.ravel()[at]
        if water.depth is None:
            depth = flood_depth_m(self.dem.z_m.astype(float), inside).ravel()[at]
        else:
            depth = water.depth.at(*self._centres(at))
        return wet.astype(float), np.where(wet, depth, DRY_M)

    def _centres(self, at: Ints) -> tuple[Floats, Floats]:
        """Return the coordinates of the middles of some cells."""
        row, column = np.divmod(at, self.dem.z_m.shape[1])
        grid = self.dem.transform
        return grid.c + grid.a * (column + 0.5), grid.f + grid.e * (row + 0.5)

    def shares(self, units: gpd.GeoDataFrame, at: Ints) -> csr_array:
        """Return the share of each unit's area in some cells (rising flat indices), (n, J), by exact coverage."""
        from exactextract import exact_extract
        from exactextract.raster import NumPyRasterSource
        from scipy.sparse import csr_array

        ny, nx = self.dem.z_m.shape
        west, north = self.dem.transform @ (0, 0)
        east, south = self.dem.transform @ (nx, ny)
        grid = NumPyRasterSource(self.dem.z_m, west, south, east, north, srs_wkt=self.dem.crs.to_wkt())
        near = np.flatnonzero(shapely.intersects(units.geometry.values, shapely.box(west, south, east, north)))
        if len(near) == 0 or len(at) == 0:
            return csr_array((len(at), len(units)))
        told = exact_extract(grid, units.iloc[near][["geometry"]], ["cell_id", "coverage"], output="pandas")
        count = told["cell_id"].map(len).to_numpy()
        cell, cover = np.concatenate(told["cell_id"].to_list()), np.concatenate(told["coverage"].to_list())
        row = np.searchsorted(at, cell)
        kept = (row < len(at)) & (at[np.minimum(row, len(at) - 1)] == cell)
        unit = np.repeat(near, count)
        whole = measure.areas_m2(units)
        share = cover * cell_areas_m2(self.dem).ravel()[cell] / whole[unit]
        return csr_array((share[kept], (row[kept], unit[kept])), shape=(len(at), len(units)))
