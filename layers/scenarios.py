"""Named floods of a study area: documented ones by their gauge readings, warning levels, and releases of dams.

Assumption: a reading above the zero of a gauge is the stage above the drainage, and holds along the same river, not across
a dam, within 30 km. Its limit: gauge zeros lie near low water but are not surveyed against the terrain.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import measure
from geo.area import StudyArea
from geo.errors import ConfigError, DataError, nearest
from geo.exchange.raster import Dem, is_raster, read_dem
from geo.exchange.vector import read_vector
from geo.flood import FloodScenario, RiverNetwork
from layers.rivers import flood_parameters

LEVELS = ("stage_1_m", "stage_2_m", "stage_3_m", "stage_4_m")
RIVER_M = 2000.0  # how far the drawn rivers may be off


def scenario_of(
    area: StudyArea,
    network: RiverNetwork,
    *,
    name: str | None = None,
    return_period_yr: float | None = None,
    flood: str | Path | None = None,
) -> FloodScenario:
    """Return the flood to model.

    Parameters
    ----------
    area : StudyArea
        Its ``[scenarios.NAME]`` and tables ``gauges``, ``floods`` and ``dams``.
    network : RiverNetwork
    name : str, optional
        A scenario of the area; ``annual`` averages over all return periods.
    return_period_yr : float, optional
        Where nothing else is given; by default that of ``[flood]``, or 100.
    flood : path, optional
        The extent of a flood: a file of polygons, or a raster of its depth [m].

    Raises
    ------
    ConfigError
        For an unknown scenario, gauge, reading or dam.
    DataError
        If the file holds no polygons.
    """
    usual = area.settings.get("flood", {}).get("return_period_yr", 100.0)
    period = usual if return_period_yr is None else return_period_yr
    if name == "annual":
        return FloodScenario(period, flood=None if flood is None else _extent(area, flood)[0], annual=True, name=name)
    stages = {} if name is None else _stages(area, network, name)
    if flood is None:
        return FloodScenario(period, stage_m=stages, name=name or "")
    extent, depth = _extent(area, flood)
    return FloodScenario(period, stage_m=stages, flood=extent, depth=depth, name=name or Path(flood).stem)


def _extent(area: StudyArea, path: str | Path) -> tuple[gpd.GeoDataFrame, Dem | None]:
    """Return the extent of a supplied flood: its polygons, or where a raster of depths is above 0, with the depths."""
    if not is_raster(path):
        return read_vector(path, what="flood extent"), None
    depth = read_dem(path, crs=area.crs, bounds_deg=area.bounds)
    wet = depth.outline(np.nan_to_num(depth.z_m) > 0)
    return gpd.GeoDataFrame(geometry=[wet], crs=area.crs), depth


def scenario_names(area: StudyArea) -> tuple[str, ...]:
    """Return the scenarios that an area knows."""
    return ("annual", *area.settings.get("scenarios", {}))


def _stages(area: StudyArea, network: RiverNetwork, name: str) -> dict[str, float]:
    """Return the stage [m] by reach of a named scenario."""
    known = area.settings.get("scenarios", {})
    if name not in known:
        raise ConfigError("unknown scenario", where=name, mend=nearest(name, scenario_names(area)))
    entry = known[name]
    stages: dict[str, float] = {}
    if entry.get("gauges"):
        readings = {gauge: _reading_m(area, name, gauge, str(key)) for gauge, key in entry["gauges"].items()}
        reach_km = flood_parameters(area.settings).gauge_reach_km.value
        stages |= _along(network, _gauge_reaches(area, network, readings), readings, reach_km)
    if "below" in entry:
        stages |= dict.fromkeys(_below(network, name, entry["below"]), _release_m(area, name, entry))
    if not stages:
        raise ConfigError(
            "scenario without effect", where=f"[scenarios.{name}]", expected="gauges or below", mend="name a gauge or a dam"
        )
    return stages


def _reading_m(area: StudyArea, name: str, gauge: str, key: str) -> float:
    """Return a reading [m]: a warning level of the gauge, or a row of ``floods.csv``."""
    own = _row(area, "gauges", "gauge_id", gauge, name)
    if key in LEVELS:
        value = float(own[key])
    else:
        row = _row(area, "floods", "key", key, name)
        value = float(row["value"]) if row["unit"] == "m" else np.nan
    if not np.isfinite(value):
        raise ConfigError(
            "no reading", where=f"[scenarios.{name}] {gauge} = {key}", expected="a stage in metres", mend="name another row"
        )
    return value


def _row(area: StudyArea, table: str, column: str, key: str, name: str) -> pd.Series:
    rows = area.tables[table].set_index(column)
    if key not in rows.index:
        raise ConfigError(f"unknown {column}", where=f"[scenarios.{name}] {key}", mend=nearest(key, rows.index))
    return rows.loc[[key]].iloc[0]


def _gauge_reaches(area: StudyArea, network: RiverNetwork, readings: Mapping[str, float]) -> dict[str, int]:
    """Return the row of the reach each gauge stands on."""
    gauges = area.tables["gauges"].set_index("gauge_id").loc[list(readings)]
    spots = gpd.GeoSeries(gpd.points_from_xy(gauges["lon"], gauges["lat"]), crs="EPSG:4326")
    points = measure.project(spots, network.frame.crs)
    found = {}
    for gauge, line, point, accuracy_km in zip(readings, gauges["line_id"], points, gauges["accuracy_km"], strict=True):
        own = np.flatnonzero((network.frame["river"] == line).to_numpy())
        apart = shapely.distance(network.frame.geometry.values[own], point) if len(own) else np.array([np.inf])
        if apart.min() > 1000 * float(accuracy_km) + RIVER_M:
            raise DataError("gauge without its river", where=str(gauge), expected=f"reaches of {line}", found="none near")
        found[str(gauge)] = int(own[apart.argmin()])
    return found


def _along(network: RiverNetwork, at: Mapping[str, int], readings: Mapping[str, float], reach_km: float) -> dict[str, float]:
    """Give every reach the reading of the nearest gauge on its river, dams part rivers."""
    frame = network.frame
    river, dam = frame["river"].to_numpy(object), (frame["dam"] != "").to_numpy()
    order = np.lexsort((frame["seq"].to_numpy(), river))
    first = np.append(True, river[order][1:] != river[order][:-1])
    part = np.empty(len(frame), dtype=np.intp)
    part[order] = np.cumsum(first | np.append(False, dam[order][:-1]))
    run_km = np.empty(len(frame))
    run_km[order] = np.cumsum(network.length_km[order]) - network.length_km[order] / 2
    rows, stage = np.array(list(at.values())), np.array([readings[gauge] for gauge in at])
    apart = np.abs(run_km[:, None] - run_km[rows][None, :])
    apart[part[:, None] != part[rows][None, :]] = np.inf
    near = np.flatnonzero(apart.min(axis=1) <= reach_km)
    return {str(network.ids[reach]): float(stage[apart[reach].argmin()]) for reach in near}


def _below(network: RiverNetwork, name: str, dam: str) -> list[str]:
    """Return the reaches from below a dam to the next one."""
    at = np.flatnonzero((network.frame["dam_id"] == dam).to_numpy())
    if len(at) == 0:
        known = [known for known in network.frame["dam_id"] if known]
        raise ConfigError("unknown dam", where=f"[scenarios.{name}] below = {dam}", mend=nearest(dam, known))
    found: list[str] = []
    reach = int(network.down[at[0]])
    while reach >= 0:
        found.append(str(network.ids[reach]))
        reach = -1 if network.frame["dam"].iloc[reach] else int(network.down[reach])
    return found


def _release_m(area: StudyArea, name: str, entry: Mapping[str, Any]) -> float:
    if "stage_m" in entry:
        return float(entry["stage_m"])
    gauge, _, level = str(entry.get("level", "")).partition(".")
    return _reading_m(area, name, gauge, level)
