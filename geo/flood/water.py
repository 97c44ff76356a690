"""How high and how wide the water stands at every reach and estuary segment, by scenario and member.

Assumption: stage follows the drainage area and the return period by one law, unless a gauge, a dam's release or a supplied
extent says more. Its limit: levees, back water from the sea and the shape of the flood wave are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import DataError, nearest
from geo.exchange.raster import Dem
from geo.flood.corridor import growth, half_width_m
from geo.flood.estuary import column
from geo.flood.mobilise import T_LIST_YR
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw
from geo.flood.scenario import FloodScenario
from geo.flood.stage import growth_of_stage

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Water:
    """One flood on L lines, reaches first, then estuary segments.

    Attributes
    ----------
    growth : (L + 1, M) float
        Stage over that of 100 years; the last row is that of a channel outside the network.
    half_width_m : (L, M) float
        Of the corridors.
    extent : polygon or None
        Land inside is wet, other land is not.
    depth : Dem or None
        Its depth [m], where that was supplied.
    """

    growth: Floats
    half_width_m: Floats
    extent: shapely.Geometry | None = None
    depth: Dem | None = None

    def stage_at(self, area_km2: Floats, line: NDArray[np.intp], draw: Draw) -> Floats:
        """Return the stage [m] (n, M) above channels of drainage area (n,) on lines (n,), -1 off the network.

        A stage given for a line holds on it; its side streams rise as it does, each by its own drainage area.
        """
        return np.asarray(draw["a100"] * area_km2[:, None] ** draw["a_exp"] * self.growth[line])


def waters(network: RiverNetwork, scenario: FloodScenario, draw: Draw) -> tuple[Water, ...]:
    """Return the flood of a scenario, or one for each return period of `T_LIST_YR` where it asks for annual values."""
    periods = T_LIST_YR if scenario.annual else (scenario.return_period_yr,)
    return tuple(_water(network, scenario, period, draw) for period in periods)


def _water(network: RiverNetwork, scenario: FloodScenario, period_yr: float, draw: Draw) -> Water:
    area = np.concatenate([network.area_km2, column(network.estuary, "area_km2")])
    width = np.concatenate([network.width_m, column(network.estuary, "width_m")])
    given = _given_m(network, scenario, len(area))
    rises = _growth(area, given, period_yr, draw)
    return Water(
        growth=rises,
        half_width_m=half_width_m(area, width, rises[:-1], draw),
        extent=_extent(network, scenario.flood),
        depth=scenario.depth,
    )


def _growth(area_km2: Floats, given_m: Floats, period_yr: float, draw: Draw) -> Floats:
    """Return the stage over that of 100 years, (L + 1, M)."""
    plain = np.asarray(growth(period_yr, draw["cv_gumbel"], draw["f_stage"]))
    rises = np.repeat(plain[None, :], len(area_km2) + 1, axis=0)
    known = np.flatnonzero(~np.isnan(given_m))
    rises[known] = growth_of_stage(given_m[known, None], area_km2[known], draw)
    return rises


def _given_m(network: RiverNetwork, scenario: FloodScenario, n_lines: int) -> Floats:
    """Return the stage given for each line, NaN elsewhere."""
    row = {str(name): k for k, name in enumerate(network.ids)}
    unknown = [name for name in scenario.stage_m if name not in row]
    if unknown:
        raise DataError(
            "flood scenario",
            where="stage_m",
            expected="reaches of the network",
            found=", ".join(unknown),
            mend=nearest(unknown[0], row),
        )
    given = np.full(n_lines, np.nan)
    for name, stage in scenario.stage_m.items():
        given[row[name]] = stage
    return given


def _extent(network: RiverNetwork, flood: gpd.GeoDataFrame | None) -> shapely.Geometry | None:
    """Return a supplied flood as one shape in the network's CRS."""
    if flood is None:
        return None
    if flood.crs is None:
        raise DataError("flood extent", expected="a CRS", found="none", mend="state the CRS")
    shape = shapely.union_all(shapely.make_valid(np.array(measure.project(flood, network.frame.crs).geometry.values)))
    if shape.area == 0:
        raise DataError("flood extent", expected="polygons", found="nothing with area")
    return shape
