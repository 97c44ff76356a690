"""How steeply the mapped reaches fall on a terrain model.

Assumption: the heights under a mapped line fall evenly along a reach, so one line is fitted to them. Its limit: a river drawn
beside its valley takes the heights of the slopes, and a surface model the tops of trees and bridges.
"""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.exchange.raster import Dem
from geo.flood.network import RiverNetwork

Floats = NDArray[np.float64]


def reach_slopes(network: RiverNetwork, dem: Dem, mapped: NDArray[np.int32], floor: float) -> Floats:
    """Return the channel slope of each reach, (R,): its table's where given, else its fall on the terrain, at least ``floor``.

    Parameters
    ----------
    network : RiverNetwork
        Made from a GeoDataFrame; reaches that the terrain does not cover keep the slope they have.
    dem : Dem
    mapped : (ny, nx) int32
        Of `geo.flood.terrain.reach_cells`.
    floor : float
    """
    frame = network.frame
    given = frame["slope"].notna().to_numpy() if "slope" in frame else np.zeros(len(frame), dtype=bool)
    row, column = np.nonzero((mapped >= 0) & np.isfinite(dem.z_m))
    reach = mapped[row, column]
    x, y = dem.transform.c + dem.cell_m * (column + 0.5), dem.transform.f - dem.cell_m * (row + 0.5)
    lines = np.array(measure.project(frame, dem.crs).geometry.values, dtype=object)
    along = shapely.line_locate_point(lines[reach], shapely.points(x, y))
    fitted = -_steepness(along, dem.z_m[row, column].astype(float), reach, len(frame))
    return np.where(given | np.isnan(fitted), network.slope, np.maximum(fitted, floor))


def _steepness(x: Floats, y: Floats, group: NDArray[np.int32], n_groups: int) -> Floats:
    """Return the slope of the least-squares line of each group, NaN where it has no extent."""
    count = np.maximum(np.bincount(group, minlength=n_groups), 1)
    x, y = (each - (np.bincount(group, each, n_groups) / count)[group] for each in (x, y))
    spread, common = np.bincount(group, x * x, n_groups), np.bincount(group, x * y, n_groups)
    return np.asarray(np.divide(common, spread, out=np.full(n_groups, np.nan), where=spread > 0))
