"""What a run of the flood model leaves: reaches, zones, raster, accounts, each with its band over the members.

Assumption: items are told as expected values; the band of a value is that of the uncertain parameters, from 5 to 95 %.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.flood.ensemble import summarise
from geo.flood.items import CLASS_KEYS
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.route import Ledger, Routed
from geo.flood.run import Laid, Run
from geo.flood.scenario import FloodScenario
from geo.flood.valley import Valley
from geo.raster import HazardRaster

Floats = NDArray[np.float64]

BAND = ("q05", "q50", "q95")


class Origin(NamedTuple):
    """One origin's way through the network: account, items entering and left on each line (lines, 4, M)."""

    name: str
    ledger: Ledger
    entering: Floats
    routed: Routed
    left: Floats


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of `displace` leaves.

    Attributes
    ----------
    reaches : DataFrame
        One row an origin and reach: ``origin, reach, local_in, inflow, deposited_B .. deposited_D, deposited, trapped,
        outflow`` [items], means over the members, ``q05, q50, q95`` of what is deposited, and ``in_channel``: what of it lies
        in no zone, because no land of the reach is wet.
    zones : GeoDataFrame
        One row an origin and zone that holds a deposit: ``origin, line, reach, estuary, band, inner_m, outer_m,
        area_m2, items_B .. items_D, items, items_km2`` and ``q05, q50, q95`` of ``items_km2``; ``line`` counts reaches,
        then estuary segments.
    density : mapping of str to (rows, M) float
        The items per km2 of the zones of an origin by member.
    ledgers : tuple of Ledger
        One an origin; origins are never added.
    mobilised : mapping of str to (R + E, 4, M) float
        Items entering each reach and estuary segment, by origin.
    bands : GeoDataFrame
        The zones, whether or not anything lies in them.
    exposed : DataFrame
        ``origin, unit, share``: the share of each source unit that lies in cells.
    raster : HazardRaster or None
        Where terrain was given: wet share of members, depth, and items per km2 of each origin with their band.
    terrain : Valley or None
    network : RiverNetwork
    params : FloodParameters
    draw : Draw
        The members' parameters.
    meta : mapping
        Scenario, level, members, units, basis, and every parameter with its tag.
    """

    reaches: pd.DataFrame
    zones: gpd.GeoDataFrame
    density: Mapping[str, Floats]
    ledgers: tuple[Ledger, ...]
    mobilised: Mapping[str, Floats]
    bands: gpd.GeoDataFrame
    exposed: pd.DataFrame
    raster: HazardRaster | None
    terrain: Valley | None
    network: RiverNetwork
    params: FloodParameters
    draw: Draw
    meta: Mapping[str, Any]

    @property
    def members(self) -> int:
        """How many members, M."""
        return int(self.meta["members"])

    def ledger_frame(self) -> pd.DataFrame:
        """Return the ledgers as one table, origins apart."""
        frames = [ledger.to_frame() for ledger in self.ledgers]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def summarised(run: Run, origins: Sequence[Origin], weights: Floats, scenario: FloodScenario) -> Result:
    """Lay every origin's deposit out on the cells and sum up over zones and members."""
    n_zones, cells = len(run.cells.zones), run.cells
    by_class = np.zeros((len(origins), n_zones, 4))
    by_member = np.zeros((len(origins), n_zones, run.members))
    pieces: list[dict[str, Floats]] = []
    for laid in run.second_pass([origin.left for origin in origins], weights):
        zone = cells.zone[laid.part]
        for k, items in enumerate(laid.items):
            np.add.at(by_class[k], zone, items.mean(axis=2))
            np.add.at(by_member[k], zone, items.sum(axis=1))
        if run.terrain is not None:
            pieces.append(_raster_piece(run, laid, [origin.name for origin in origins]))
    none = np.zeros((n_zones, 4)), np.zeros((n_zones, 1))
    told = [_zone_rows(run, "", *none), *(_zone_rows(run, o.name, by_class[k], by_member[k]) for k, o in enumerate(origins))]
    reaches = [_reach_rows(run.network, origin, weights) for origin in origins]
    return Result(
        reaches=pd.concat(reaches, ignore_index=True) if reaches else pd.DataFrame(columns=["origin", "reach"]),
        zones=gpd.GeoDataFrame(pd.concat([rows for rows, _ in told], ignore_index=True), crs=cells.zones.crs),
        density={origin.name: density for origin, (_, density) in zip(origins, told[1:], strict=True)},
        ledgers=tuple(origin.ledger for origin in origins),
        mobilised={origin.name: origin.entering for origin in origins},
        bands=cells.zones,
        exposed=_exposed(run),
        raster=_raster(run, pieces),
        terrain=run.terrain,
        network=run.network,
        params=run.params,
        draw=run.draw,
        meta=_meta(run, scenario, pd.concat(reaches) if reaches else pd.DataFrame()),
    )


def _zone_rows(run: Run, origin: str, by_class: Floats, by_member: Floats) -> tuple[gpd.GeoDataFrame, Floats]:
    """Return the zones that hold items of one origin, and their items per km2 by member (rows, M).

    What a reach without land keeps in its channel has no zone.
    """
    network, zones = run.network, run.cells.zones
    line = zones["line"].to_numpy().astype(np.intp)
    names = network.line_ids
    density = by_member / (zones["area_m2"].to_numpy(float) / 1e6)[:, None]
    rows = zones.copy()
    rows.insert(0, "origin", origin)
    rows.insert(2, "reach", names[line])
    rows.insert(3, "estuary", line >= len(network.down))
    for i, key in enumerate(CLASS_KEYS):
        rows[f"items_{key}"] = by_class[:, i]
    rows["items"] = by_class.sum(axis=1)
    rows[["items_km2", *BAND]] = np.column_stack(summarise(density))
    held = rows["items"].to_numpy() > 0
    return rows[held].reset_index(drop=True), density[held]


def _reach_rows(network: RiverNetwork, origin: Origin, weights: Floats) -> pd.DataFrame:
    routed = origin.routed
    in_channel = np.where(weights[: len(network.down)] > 0, 0.0, routed.deposited).sum(axis=1).mean(axis=1)
    by_class = routed.deposited.mean(axis=2)
    deposited = summarise(routed.deposited.sum(axis=1))
    return pd.DataFrame(
        {
            "origin": origin.name,
            "reach": network.ids,
            "local_in": origin.entering[: len(network.down)].sum(axis=1).mean(axis=1),
            "inflow": routed.inflow.sum(axis=1).mean(axis=1),
            **{f"deposited_{key}": by_class[:, i] for i, key in enumerate(CLASS_KEYS)},
            "deposited": deposited.mean,
            "trapped": routed.trapped.sum(axis=1).mean(axis=1),
            "outflow": routed.outflow.sum(axis=1).mean(axis=1),
            **dict(zip(BAND, deposited[1:], strict=True)),
            "in_channel": in_channel,
        }
    )


def _exposed(run: Run) -> pd.DataFrame:
    share = np.asarray(run.cells.units.sum(axis=0)).ravel()
    return pd.DataFrame(
        {"origin": run.units["origin"].to_numpy(object), "unit": np.arange(len(run.units)), "share": np.minimum(share, 1.0)}
    )


def _raster_piece(run: Run, laid: Laid, names: Sequence[str]) -> dict[str, Floats]:
    """Return the raster's values for the terrain cells of one piece."""
    on_grid = run.cells.raster[laid.part] >= 0
    per_km2 = 1e6 / run.cells.area_m2[laid.part][on_grid]
    values = {"share_of_members_wet": laid.wet.wet[on_grid].mean(axis=1)}
    if run.params.p_model.value == "depth":
        values["depth_m"] = np.maximum(laid.wet.margin_m[on_grid], 0.0).mean(axis=1)
    for name, items in zip(names, laid.items, strict=True):
        told = summarise(items[on_grid].sum(axis=1) * per_km2[:, None])
        some = told.mean > 0  # where nothing is laid the raster says nothing, not 0
        for kind, value in zip(("mean", *BAND), told, strict=True):
            values[f"{name}_items_km2_{kind}"] = np.where(some, value, np.nan)
    return values


def _raster(run: Run, pieces: Sequence[Mapping[str, Floats]]) -> HazardRaster | None:
    if run.terrain is None:
        return None
    dem, cell = run.terrain.dem, run.cells.raster
    bands = {name: np.concatenate([piece[name] for piece in pieces]).astype(np.float32) for name in pieces[0]} if pieces else {}
    tags = {f"{origin}_items_km2": f"{run.unit_of(origin)} per km2" for origin in run.origins}
    tags |= {"depth_m": "m, mean over the members", "level": _level(run)}
    return HazardRaster(cell[cell >= 0], dem.z_m.shape, dem.transform, dem.crs, bands, tags)


def _notes(run: Run, reaches: pd.DataFrame) -> tuple[str, ...]:
    """Say what of the deposit lies in no zone, and what of a supplied flood is in none."""
    told = list(run.notes)
    if len(reaches):
        sums = reaches.groupby("origin")[["in_channel", "deposited"]].sum()
        percent = 100 * sums["in_channel"] / sums["deposited"]
        share = ", ".join(f"{origin} {value:.2g} %" for origin, value in percent[percent > 0].items())
        if share:
            told.append(f"left in channels, in no zone, for no land of their reaches is wet: {share} of what is deposited")
    return tuple(told)


def _meta(run: Run, scenario: FloodScenario, reaches: pd.DataFrame) -> dict[str, Any]:
    return {
        "return_period_yr": scenario.return_period_yr,
        "annual": scenario.annual,
        "scenario": scenario.name,
        "level": _level(run),
        "members": run.members,
        "basis": "modelled",
        "simulated": True,
        "units": {origin: run.unit_of(origin) for origin in run.origins},
        "notes": _notes(run, reaches),
        "parameters": run.params.table(),
    }


def _level(run: Run) -> str:
    """Say what the run rests on."""
    depth = "rivers only" if run.terrain is None else f"terrain, {run.params.p_model.value}"
    return depth if run.members == 1 else f"{depth}, ensemble"
