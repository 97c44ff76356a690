"""Flood-displacement zones: where mines that a flood moved may lie, for ordering survey and risk education.

Two origins stand apart and are never added: the expected mined land of the south, and an assumed unit source over the
northern corridors. Without known densities both are an index for ranking within their own origin. Documented finds
never enter this layer, so that they can test it.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.area import StudyArea
from geo.errors import DataError
from geo.flood import FloodParameters, FloodScenario, Result, RiverNetwork, displace, top_sources
from geo.layer import Layer, make_layer
from layers.rivers import cited, flood_parameters

ITEM_COLUMNS = ("n_B", "n_N", "n_H", "n_D")


def flood_displacement(
    area: StudyArea,
    network: RiverNetwork,
    south_sources: gpd.GeoDataFrame,
    north_zone: gpd.GeoDataFrame | gpd.GeoSeries,
    land: shapely.Geometry,
    fed_by: tuple[str, ...] = (),
    as_of: str = "undated",
) -> tuple[Layer, pd.DataFrame]:
    """Return the layer ``flood_displacement`` and the ledger of both origins.

    Parameters
    ----------
    area : StudyArea
        Its ``[flood]`` may set model parameters by name, and ``return_period_yr``.
    network : RiverNetwork
        From `layers.rivers.rivers`.
    south_sources : GeoDataFrame
        Polygons of the southern sources; ``mined_km2`` is the expected mined land in each, without it a polygon is
        mined throughout.
    north_zone : GeoDataFrame or GeoSeries
        Land north of the front line; only what lies in river corridors is a source.
    land : polygon
        In the area's projected CRS; corridors are cut to it, the estuary's are not.
    fed_by : tuple of str
        Keys of what the southern sources rest on, besides the rivers and dams.
    as_of : str
        Date of the southern sources.

    Returns
    -------
    layer : Layer
        One row a reach, band and origin that can receive anything.
    ledger : DataFrame
        One row an origin and item class; what moved is somewhere.

    Raises
    ------
    DataError
        If sources lack a CRS or area, or mined land is negative.
    """
    params = flood_parameters(area.settings)
    scenario = FloodScenario(area.settings.get("flood", {}).get("return_period_yr", 100.0))
    sources = pd.concat([_south(south_sources, params, area), _north(north_zone, params, area)], ignore_index=True)
    result = displace(network, gpd.GeoDataFrame(sources, crs=area.crs), land=land, scenario=scenario, params=params)
    layer = make_layer(
        "flood_displacement",
        _rows(result, network),
        area=area,
        land_class="screening",
        basis="modelled",
        sources=tuple(dict.fromkeys((*fed_by, *_sources(area, network)))),
        as_of=as_of,
        overlap=True,
    )
    return layer, result.ledger_frame()


def _sources(area: StudyArea, network: RiverNetwork) -> tuple[str, ...]:
    """Return the keys of what rivers, estuary and the dams on them rest on."""
    dams = area.tables["dams"]
    standing = dams["source"][dams["dam_id"].isin(network.frame["dam_id"])]
    keys = standing[standing != ""].map(area.source_key)
    rivers = pd.concat([network.frame, network.estuary])["sources"]
    return cited(pd.concat([rivers, keys]))


def _south(frame: gpd.GeoDataFrame, params: FloodParameters, area: StudyArea) -> gpd.GeoDataFrame:
    """Return the southern sources as units of the model: items in proportion to the expected mined land."""
    if frame.crs is None:
        raise DataError("southern sources", expected="a CRS", found="none", mend="state the CRS")
    placed = measure.project(frame[["geometry"]], area.crs)
    mined = frame["mined_km2"].to_numpy(float) if "mined_km2" in frame else measure.areas_m2(frame) / 1e6
    keep = ~(mined == 0)
    return _with_items(placed[keep], "south", mined[keep], params.mix_south.value, params)


def _north(zone: gpd.GeoDataFrame | gpd.GeoSeries, params: FloodParameters, area: StudyArea) -> gpd.GeoDataFrame:
    """Return the northern unit source: the same density everywhere."""
    frame = gpd.GeoDataFrame(geometry=zone.geometry.values, crs=zone.crs)
    frame = frame[~frame.geometry.is_empty]
    return _with_items(measure.project(frame, area.crs), "north", measure.areas_m2(frame) / 1e6, params.mix_north.value, params)


def _with_items(
    frame: gpd.GeoDataFrame, origin: str, km2: NDArray[np.float64], mix: tuple[float, ...], params: FloodParameters
) -> gpd.GeoDataFrame:
    items = params.unit_density_km2.value * km2
    columns = {name: items * share for name, share in zip(ITEM_COLUMNS, mix, strict=True)}
    return gpd.GeoDataFrame({"origin": origin, "units": "index", **columns}, geometry=frame.geometry.values, crs=frame.crs)


def _rows(result: Result, network: RiverNetwork) -> gpd.GeoDataFrame:
    """Return the layer's own columns."""
    zones = result.zones
    lines = pd.concat([network.frame, network.estuary], ignore_index=True)
    about = lines.iloc[zones["line"].to_numpy().astype(int)].reset_index(drop=True)
    peak = zones.groupby("origin")["items_km2"].transform("max")
    index = (zones["items_km2"] / peak).to_numpy()
    inner, outer, band = (zones[name].to_numpy() for name in ("inner_m", "outer_m", "band"))
    place = pd.Series([f"{low:.0f}-{high:.0f} m" for low, high in zip(inner, outer, strict=True)])
    number = about["id"].str.rsplit("-", n=1).str[-1]
    return gpd.GeoDataFrame(
        {
            "id": [f"{origin}-{reach}-{k}" for origin, reach, k in zip(zones["origin"], zones["reach"], band, strict=True)],
            "name_en": about["name_en"] + " " + number + ", " + place,
            "name_ko": about["name_ko"] + " " + number + ", " + place,
            "river": about["river"],
            "reach": zones["reach"],
            "origin": zones["origin"],
            "band": band,
            "inner_m": inner,
            "outer_m": outer,
            "index": index,
            "drivers": _drivers(result),
            "area_m2": zones["area_m2"],
            "q05": index,
            "q50": index,
            "q95": index,
            "class": _classes(zones, result.params.class_shares.value),
            "sources": about["sources"],
        },
        geometry=zones.geometry.values,
        crs=zones.crs,
    )


def _classes(zones: gpd.GeoDataFrame, shares: tuple[float, ...]) -> NDArray[np.object_]:
    """Return high for the densest bands holding the first share of an origin's deposit, middle up to the second, lower.

    The band that crosses a share still belongs to the higher class. Estuary bands are undetermined: no skill is
    claimed.
    """
    told = np.full(len(zones), "undetermined", dtype=object)
    river = zones[~zones["estuary"]].sort_values(["origin", "items_km2", "reach", "band"], ascending=[True, False, True, True])
    before = river.groupby("origin")["items"].cumsum() - river["items"]
    part = (before / river.groupby("origin")["items"].transform("sum")).to_numpy()
    told[river.index] = np.array(["high", "middle", "lower"], dtype=object)[np.digitize(part, shares)]
    return told


def _drivers(result: Result) -> NDArray[np.object_]:
    """Return, for each zone, the reaches that feed it most, as text."""
    network, zones = result.network, result.zones
    ids = np.concatenate([network.ids, network.estuary["id"].to_numpy(object) if len(network.estuary) else []])
    told = np.full(len(zones), "", dtype=object)
    for origin in sorted(result.mobilised):
        top = top_sources(result, origin)
        share = top["share"].to_numpy()
        percent = np.where(share >= 0.01, np.char.add(np.char.mod("%.0f", 100 * share), " %"), "under 1 %")
        parts = pd.Series(np.char.add(np.char.add(ids[top["source"]].astype(str), " "), percent), dtype=str)
        text = parts.groupby(top["target"].to_numpy()).agg(", ".join)
        mine = (zones["origin"] == origin).to_numpy()
        told[mine] = ("source reaches: " + text).reindex(zones["line"][mine]).fillna("").to_numpy(object)
    return told
