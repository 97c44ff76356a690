"""The flood-displacement model: sources in, items per reach and band out, with an account of every item.

This is the rivers-only level: corridors stand for flood zones and nothing is known of depth. Every array has the item
class on its second and the ensemble member on its last axis, of length 1 here. Results are an index for ranking
unless the number of items is known and the level is calibrated; they are never a probability of harm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import ConfigError, DataError
from geo.flood.corridor import band_kernel, corridor_bands, exposure, half_width_m
from geo.flood.estuary import beyond, column, estuary_shares
from geo.flood.mobilise import deliver, p_mobilise
from geo.flood.network import RiverNetwork
from geo.flood.parameters import CLASS_KEYS, FloodParameters, FloodScenario
from geo.flood.route import Ledger, Routed, attribute, route, spread, travel_scale_km

Floats = NDArray[np.float64]

ITEM_COLUMNS = tuple(f"n_{key}" for key in CLASS_KEYS)
TARGETS_AT_ONCE = 256


@dataclass(frozen=True, slots=True)
class Result:
    """What a run of `displace` leaves.

    Attributes
    ----------
    reaches : DataFrame
        One row an origin and reach: ``origin, reach, local_in, inflow, deposited_B .. deposited_D, deposited, trapped,
        outflow`` [items].
    zones : GeoDataFrame
        One row an origin and band that holds a deposit: ``origin, line, reach, estuary, band, inner_m, outer_m,
        area_m2, items_B .. items_D, items, items_km2``; ``line`` counts reaches, then estuary segments.
    ledgers : tuple of Ledger
        One an origin; origins are never added.
    mobilised : mapping of str to (R + E, 4, M) float
        Items entering each reach and estuary segment, by origin.
    bands : GeoDataFrame
        The corridors, whether or not anything lies in them.
    exposed : DataFrame
        ``origin, unit, share``: the share of each source unit that lies in a corridor.
    network : RiverNetwork
    params : FloodParameters
    meta : mapping
        Scenario, level, units, basis, and every parameter with its tag.
    """

    reaches: pd.DataFrame
    zones: gpd.GeoDataFrame
    ledgers: tuple[Ledger, ...]
    mobilised: Mapping[str, Floats]
    bands: gpd.GeoDataFrame
    exposed: pd.DataFrame
    network: RiverNetwork
    params: FloodParameters
    meta: Mapping[str, Any]

    def ledger_frame(self) -> pd.DataFrame:
        """Return the ledgers as one table, origins apart."""
        frames = [ledger.to_frame() for ledger in self.ledgers]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()


def displace(
    network: RiverNetwork,
    sources: gpd.GeoDataFrame,
    *,
    terrain: object | None = None,
    land: shapely.Geometry | None = None,
    scenario: FloodScenario | None = None,
    params: FloodParameters | None = None,
    members: int = 1,
    rng: np.random.Generator | None = None,
) -> Result:
    """Move items from source land down the rivers.

    Parameters
    ----------
    network : RiverNetwork
        Made from a GeoDataFrame of reaches in a projected CRS.
    sources : GeoDataFrame
        Polygons with a CRS; ``origin`` (text) and the expected items of each class ``n_B, n_N, n_H, n_D``, evenly
        spread over the polygon; ``units`` (text, optional; default ``index``).
    terrain, members, rng
        Must be None, 1 and any: this version computes the rivers-only level; one member needs no random numbers.
    land : polygon, optional
        In the CRS of the network; corridors are cut to it, the estuary's are not.
    scenario : FloodScenario, optional
        Default a 100-year flood.
    params : FloodParameters, optional

    Raises
    ------
    ConfigError
        If terrain or an ensemble is asked for.
    DataError
        If sources lack a CRS, columns or area, or have negative or missing items.
    """
    if terrain is not None or members != 1:
        raise ConfigError(
            "flood model",
            expected="terrain=None and members=1",
            found=f"terrain={terrain!r}, members={members}",
            mend="this version computes the rivers-only level",
        )
    scenario, params = scenario or FloodScenario(), params or FloodParameters()
    units = _units(network, sources)
    bands, b_m = _corridors(network, scenario, params, land)
    pairs = exposure(units, bands)
    wet = _band_weights(bands, b_m, params.exposure_kernel.value, params)
    n_lines, n_reaches = len(b_m), len(network.down)
    p = p_mobilise(wet, params.psi.value, params.p_ref.value)
    lam = travel_scale_km(network.width_m, params)
    items = units[list(ITEM_COLUMNS)].to_numpy(float)[:, :, None]
    mobilised: dict[str, Floats] = {}
    reaches, ledgers = [], []
    zones = [_zone_rows(network, "", bands, b_m, np.zeros((n_lines, 4, 1)), params)]
    for origin in sorted(units["origin"].unique()):
        own = pairs[(units["origin"] == origin).to_numpy()[pairs["unit"]]]
        unit, cell, share = (own[name].to_numpy() for name in ("unit", "cell", "share"))
        mobilised[origin] = at_line = deliver(items, p, unit, cell, share, bands["line"].to_numpy(), n_lines)
        routed = route(network, at_line[:n_reaches], lam)
        held, sea, exported = beyond(network, routed, at_line[n_reaches:], params)
        ledgers.append(_ledger(origin, _unit_of(units, origin), at_line, routed, held, sea, exported))
        reaches.append(_reach_rows(network, origin, at_line[:n_reaches], routed))
        zones.append(_zone_rows(network, origin, bands, b_m, np.concatenate([routed.deposited, held]), params))
    return Result(
        reaches=pd.concat(reaches, ignore_index=True) if reaches else pd.DataFrame(columns=["origin", "reach"]),
        zones=gpd.GeoDataFrame(pd.concat(zones, ignore_index=True), crs=bands.crs),
        ledgers=tuple(ledgers),
        mobilised=mobilised,
        bands=bands,
        exposed=_exposed(units, pairs),
        network=network,
        params=params,
        meta=_meta(scenario, params, units),
    )


def _ledger(origin: str, units: str, at_line: Floats, routed: Routed, held: Floats, sea: Floats, exported: Floats) -> Ledger:
    """Return the checked account of one origin."""
    moved, left, trapped, estuary = (each.sum(axis=0) for each in (at_line, routed.deposited, routed.trapped, held))
    ledger = Ledger(origin, units, moved, left, trapped, estuary, sea, exported)
    ledger.check()
    return ledger


def top_sources(result: Result, origin: str, top: int = 3) -> pd.DataFrame:
    """Return what feeds each reach and estuary segment most: ``target, rank, source, share`` (target, source: rows).

    The share is of what one origin leaves there, by the reach where it entered the river; by reach, never by single
    field.
    """
    network, params = result.network, result.params
    moved = result.mobilised[origin][:, :, 0]
    n, segments = len(network.down), len(network.estuary)
    lam = travel_scale_km(network.width_m, params)
    roots, weights = estuary_shares(network, params)
    told = []
    for low in range(0, n + segments, TARGETS_AT_ONCE):
        targets = np.arange(low, min(low + TARGETS_AT_ONCE, n + segments))
        here, there = np.flatnonzero(targets < n), np.flatnonzero(targets >= n)
        deposit, leave = np.zeros((n, 1, len(targets))), np.zeros((n, 1, len(targets)))
        deposit[targets[here], 0, here] = 1.0
        arrives = weights[:, targets[there] - n]
        leave[roots[:, None], 0, there[None, :]] = arrives[: len(roots)]
        _, m = attribute(network, lam, deposit, np.zeros((1, 1, 1)), leave)
        fed = np.zeros((len(targets), n + segments))
        fed[:, :n] = np.einsum("rik,ri->kr", m, moved[:n])
        fed[there, n:] = (arrives[len(roots) :] * moved[n:].sum(axis=1)[:, None]).T
        told.append(_largest(fed, targets, top))
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=["target", "rank", "source", "share"])


def _largest(fed: Floats, targets: NDArray[np.intp], top: int) -> pd.DataFrame:
    """Return the ``top`` largest columns of each row with their share of the row."""
    order = np.argsort(-fed, axis=1, kind="stable")[:, :top]
    value = np.take_along_axis(fed, order, axis=1)
    total = fed.sum(axis=1, keepdims=True)
    share = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    rank = np.broadcast_to(np.arange(1, order.shape[1] + 1), order.shape)
    frame = pd.DataFrame(
        {
            "target": np.repeat(targets, order.shape[1]),
            "rank": rank.ravel(),
            "source": order.ravel(),
            "share": share.ravel(),
        }
    )
    return frame[frame["share"] > 0].reset_index(drop=True)


def _units(network: RiverNetwork, sources: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the sources in the network's CRS with their columns checked."""
    absent = [name for name in ("origin", *ITEM_COLUMNS) if name not in sources]
    if absent or sources.crs is None:
        raise DataError(
            "sources",
            expected="a CRS and the columns origin, " + ", ".join(ITEM_COLUMNS),
            found=f"no {', '.join(absent) or 'CRS'}",
        )
    if not isinstance(network.frame, gpd.GeoDataFrame):
        raise DataError(
            "river network",
            expected="reaches with geometry",
            found="a table without lines",
            mend="make the network from a GeoDataFrame",
        )
    return measure.project(sources.reset_index(drop=True), network.frame.crs)


def _unit_of(units: pd.DataFrame, origin: str) -> str:
    return str(units.loc[units["origin"] == origin, "units"].iloc[0]) if "units" in units else "index"


def _corridors(
    network: RiverNetwork, scenario: FloodScenario, params: FloodParameters, land: shapely.Geometry | None
) -> tuple[gpd.GeoDataFrame, Floats]:
    """Return the bands around reaches, then estuary segments, and the half-width of each line."""
    frame, estuary = network.frame, network.estuary
    area = np.concatenate([network.area_km2, column(estuary, "area_km2")])
    width = np.concatenate([network.width_m, column(estuary, "width_m")])
    b_m = half_width_m(area, width, scenario.return_period_yr, params)[:, 0]
    shapes = [*frame.geometry.values, *(estuary.geometry.values if len(estuary) else [])]
    water = np.repeat([False, True], [len(frame), len(estuary)])
    return corridor_bands(gpd.GeoSeries(shapes, crs=frame.crs), b_m, land=land, open_water=water, thin_m=params.thin_m.value), b_m


def _band_weights(bands: gpd.GeoDataFrame, b_m: Floats, kind: str, params: FloodParameters) -> Floats:
    """Return the mean kernel of each band, (n, M)."""
    inner, outer, line = (bands[name].to_numpy() for name in ("inner_m", "outer_m", "line"))
    return band_kernel(inner, outer, b_m[line.astype(int)], kind, params.kernel_scale.value)[:, None]


def _reach_rows(network: RiverNetwork, origin: str, moved: Floats, routed: Routed) -> pd.DataFrame:
    by_class = routed.deposited.mean(axis=2)
    return pd.DataFrame(
        {
            "origin": origin,
            "reach": network.ids,
            "local_in": moved.sum(axis=1).mean(axis=1),
            "inflow": routed.inflow.sum(axis=1).mean(axis=1),
            **{f"deposited_{key}": by_class[:, i] for i, key in enumerate(CLASS_KEYS)},
            "deposited": by_class.sum(axis=1),
            "trapped": routed.trapped.sum(axis=1).mean(axis=1),
            "outflow": routed.outflow.sum(axis=1).mean(axis=1),
        }
    )


def _zone_rows(
    network: RiverNetwork, origin: str, bands: gpd.GeoDataFrame, b_m: Floats, held: Floats, params: FloodParameters
) -> gpd.GeoDataFrame:
    """Return the bands that hold items of one origin; what a reach without land keeps in its channel has no band."""
    line = bands["line"].to_numpy().astype(np.intp)
    weight = bands["area_m2"].to_numpy()[:, None] * _band_weights(bands, b_m, params.spread_kernel.value, params)
    laid = spread(held, line, weight)[0].mean(axis=2)
    names = np.concatenate([network.ids, network.estuary["id"].to_numpy(object) if len(network.estuary) else []])
    rows = bands.copy()
    rows.insert(0, "origin", origin)
    rows.insert(2, "reach", names[line])
    rows.insert(3, "estuary", line >= len(network.down))
    for i, key in enumerate(CLASS_KEYS):
        rows[f"items_{key}"] = laid[:, i]
    rows["items"] = laid.sum(axis=1)
    rows["items_km2"] = rows["items"] / (rows["area_m2"] / 1e6)
    return rows[rows["items"] > 0].reset_index(drop=True)


def _exposed(units: gpd.GeoDataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    share = np.bincount(pairs["unit"], weights=pairs["share"], minlength=len(units))
    return pd.DataFrame(
        {"origin": units["origin"].to_numpy(object), "unit": np.arange(len(units)), "share": np.minimum(share, 1.0)}
    )


def _meta(scenario: FloodScenario, params: FloodParameters, units: pd.DataFrame) -> dict[str, Any]:
    origins = sorted(units["origin"].unique())
    return {
        "return_period_yr": scenario.return_period_yr,
        "level": "rivers only",
        "members": 1,
        "basis": "modelled",
        "simulated": True,
        "units": {origin: _unit_of(units, origin) for origin in origins},
        "parameters": params.table(),
    }
