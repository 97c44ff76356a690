"""Where what lies at a place came from: the routing run backwards.

Assumption: as in `geo.flood.route`. Answers name reaches, never single fields.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import DataError
from geo.flood.displace import traps
from geo.flood.ensemble import summarise
from geo.flood.estuary import estuary_shares
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw
from geo.flood.result import Result
from geo.flood.route import attribute, travel_scale_km

Floats = NDArray[np.float64]

TARGETS_AT_ONCE = 256
SOURCE_COLUMNS = ["origin", "source", "share", "q05", "q95"]


def top_sources(result: Result, origin: str, top: int = 3) -> pd.DataFrame:
    """Return what feeds each reach and estuary segment most: ``target, rank, source, share`` (target, source: rows).

    The share is of what one origin leaves there, by the reach where it entered the river, at the central parameters.
    """
    network, draw = result.network, result.params.central()
    moved = result.mobilised[origin].mean(axis=2)
    n, segments = len(network.down), len(network.estuary)
    told = []
    for low in range(0, n + segments, TARGETS_AT_ONCE):
        targets = np.arange(low, min(low + TARGETS_AT_ONCE, n + segments))
        aims = np.zeros((n + segments, len(targets)))
        aims[targets, np.arange(len(targets))] = 1.0
        m, beside = _fed(network, draw, aims)
        fed = np.concatenate([np.einsum("rik,ri->kr", m, moved[:n]), (beside * moved[n:].sum(axis=1)[:, None]).T], axis=1)
        told.append(_largest(fed, targets, top))
    return pd.concat(told, ignore_index=True) if told else pd.DataFrame(columns=["target", "rank", "source", "share"])


def sources_of(result: Result, place: gpd.GeoSeries, top: int = 5) -> pd.DataFrame:
    """Return which reaches feed a place, largest first, with the band over the members.

    Parameters
    ----------
    result : Result
    place : GeoSeries of one shape, with a CRS
        A polygon; a point is taken as it is, so widen it by what is not known of it (`geo.measure.buffer`).
    top : int
        How many sources of each origin.

    Returns
    -------
    DataFrame
        ``origin``, ``source`` (id of a reach or estuary segment), ``share`` of what the origin leaves there (mean over the
        members that leave anything), ``q05``, ``q95``; no row where nothing can arrive.

    Raises
    ------
    DataError
        If the place states no CRS.
    """
    if place.crs is None:
        raise DataError("place", expected="a CRS", found="none", mend="state the CRS")
    spot = measure.project(place, result.zones.crs).iloc[0]
    network, draw = result.network, result.draw
    n = len(network.down)
    names = network.line_ids
    told = [pd.DataFrame(columns=SOURCE_COLUMNS)]
    for origin, moved in result.mobilised.items():
        aims = _held_there(result, origin, spot, len(names))
        if not aims.any():
            continue
        m, beside = _fed(network, draw, aims[:, None])
        fed = np.concatenate([(m * moved[:n]).sum(axis=1), beside * moved[n:].sum(axis=1)])
        told.append(_ranked(origin, names, fed, top))
    return pd.concat([frame for frame in told if len(frame)] or told, ignore_index=True)


def _ranked(origin: str, names: NDArray[np.object_], fed: Floats, top: int) -> pd.DataFrame:
    """Return the largest sources of a place from what each member brings there, (sources, M)."""
    whole = fed.sum(axis=0)
    told = summarise(fed[:, whole > 0] / whole[whole > 0])
    first = np.argsort(-told.mean, kind="stable")[:top]
    first = first[told.mean[first] > 0]
    values = {"share": told.mean[first], "q05": told.q05[first], "q95": told.q95[first]}
    return pd.DataFrame({"origin": origin, "source": names[first], **values})


def _held_there(result: Result, origin: str, spot: shapely.Geometry, n_lines: int) -> Floats:
    """Return the share of each line's deposit that lies at a place, (lines,)."""
    rows = result.zones[result.zones["origin"] == origin]
    shapes = np.array(rows.geometry.values, dtype=object)
    part = shapely.area(shapely.intersection(shapes, spot)) / shapely.area(shapes)
    if shapely.area(spot) == 0:
        part = shapely.intersects(shapes, spot).astype(float)
    line, items = rows["line"].to_numpy().astype(np.intp), rows["items"].to_numpy(float)
    whole = np.bincount(line, weights=items, minlength=n_lines)
    here = np.bincount(line, weights=items * part, minlength=n_lines)
    return np.divide(here, whole, out=np.zeros(n_lines), where=whole > 0)


def _fed(network: RiverNetwork, draw: Draw, aims: Floats) -> tuple[Floats, Floats]:
    """Return the share of an item that ends in a target, by where it enters: reaches (R, 4, K), segments (E, K).

    ``aims`` (lines, targets) is the share of each line's deposit that counts; K stands for many targets of one member, or
    for one target of many members.
    """
    n = len(network.down)
    roots, weights = estuary_shares(network, draw)
    columns = aims.shape[1] * weights.shape[2]
    arrives = np.einsum("jem,ek->jkm", weights, aims[n:]).reshape(len(weights), columns)
    leave = np.zeros((n, 1, arrives.shape[1]))
    leave[roots, 0] = arrives[: len(roots)]
    lam = travel_scale_km(network.width_m, draw)
    _, m = attribute(network, lam, aims[:n, None, :], np.zeros((1, 1, 1)), leave, traps(network, draw))
    return m, arrives[len(roots) :]


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
