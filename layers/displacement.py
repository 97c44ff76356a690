"""Flood-displacement zones: where mines that a flood moved may lie, for ordering survey and risk education.

Two origins stand apart and are never added: the expected mined land of the south, and an assumed unit source over the
northern corridors. Without known densities both are an index for ranking within their own origin. Documented finds
never enter this layer, so that they can test it.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.area import StudyArea
from geo.errors import DataError
from geo.flood import FloodParameters, FloodScenario, Result, RiverNetwork, displace, top_sources
from geo.flood.ensemble import draw
from geo.flood.result import BAND
from geo.flood.valley import Valley
from geo.layer import Layer, make_layer
from layers.rivers import cited, flood_parameters

DEEP = (
    ("deepest third", "가장 깊은 곳"),
    ("middle third", "중간 깊이"),
    ("shallow third", "얕은 곳"),
    ("in some members only", "일부 계산에서만"),
)


@dataclass(frozen=True, slots=True)
class ItemLevel:
    """How many items a km² of southern mined land holds, and the share ``psi`` (M,) of the model's losses that are real."""

    psi: NDArray[np.float64]
    items_per_km2: float


def flood_displacement(
    area: StudyArea,
    network: RiverNetwork,
    south_sources: gpd.GeoDataFrame,
    north_zone: gpd.GeoDataFrame | gpd.GeoSeries,
    land: shapely.Geometry,
    fed_by: tuple[str, ...] = (),
    as_of: str = "undated",
    *,
    terrain: Valley | None = None,
    scenario: FloodScenario | None = None,
    members: int = 1,
    rng: np.random.Generator | None = None,
    layouts: NDArray[np.float64] | None = None,
    level: ItemLevel | None = None,
) -> tuple[Layer, Result]:
    """Return the layer ``flood_displacement`` and the run of the model behind it.

    Parameters
    ----------
    area : StudyArea
        Its ``[flood]`` may set model parameters by name, and ``return_period_yr``.
    network : RiverNetwork
        From `layers.rivers.rivers`.
    south_sources : GeoDataFrame, J rows
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
    terrain : Valley, optional
        A terrain model drained to the network.
    scenario : FloodScenario, optional
        By default the return period that the area sets, or 100 years.
    members, rng
        Of the ensemble, see `geo.flood.displace`.
    layouts : (J, M) float, optional
        Mined land of each southern source in each member, over its expectation.
    level : ItemLevel, optional
        How many items the south holds and loses; it is then told in items, the north as ever in an index.

    Returns
    -------
    layer : Layer
        One row a zone and origin that can receive anything. ``index`` is the density over the largest of its origin; on
        the same scale ``q05, q50, q95`` are its quantiles over the members.
    result : Result

    Raises
    ------
    DataError
        If sources lack a CRS or area, or mined land is negative.
    """
    params = flood_parameters(area.settings)
    scenario = scenario or FloodScenario(area.settings.get("flood", {}).get("return_period_yr", 100.0))
    drawn = draw(params, members, rng)
    sources, given = flood_sources(area, south_sources, north_zone, None if level is None else level.items_per_km2)
    held = None if layouts is None else np.concatenate([layouts[given], np.ones((len(sources) - len(given), members))])
    if level is not None:
        drawn = {**drawn, "psi": np.ones(members)}
        held = _levelled(sources["mined_km2"].to_numpy(float), len(given), held, level)
    result = displace(
        network,
        sources,
        terrain=terrain,
        land=land,
        scenario=scenario,
        params=params,
        draw=drawn,
        layouts=held,
    )
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
    return layer, result


def _levelled(
    mined_km2: NDArray[np.float64], n_south: int, held: NDArray[np.float64] | None, level: ItemLevel
) -> NDArray[np.float64]:
    """Return the factor on every source in each member: southern items of one total whatever the layout, times psi."""
    factor = np.ones((len(mined_km2), len(level.psi))) if held is None else held
    south = mined_km2[:n_south]
    laid_km2 = south @ factor[:n_south]
    factor[:n_south] *= level.psi * (south.sum() / np.where(laid_km2 > 0, laid_km2, 1.0))
    return factor


def flood_sources(
    area: StudyArea,
    south_sources: gpd.GeoDataFrame,
    north_zone: gpd.GeoDataFrame | gpd.GeoSeries,
    items_per_km2: float | None = None,
) -> tuple[gpd.GeoDataFrame, NDArray[np.intp]]:
    """Return the sources of both origins in the model's form, the southern first, and the row each of these came from."""
    south, north = _south(south_sources, area), _north(north_zone, area)
    density = flood_parameters(area.settings).unit_density_km2.value
    counted = density if items_per_km2 is None else items_per_km2
    told = [
        south.assign(n=counted * south["mined_km2"], units="index" if items_per_km2 is None else "items"),
        north.assign(n=density * north["mined_km2"], units="index"),
    ]
    return gpd.GeoDataFrame(pd.concat(told, ignore_index=True), crs=area.crs), south.index.to_numpy()


def _sources(area: StudyArea, network: RiverNetwork) -> tuple[str, ...]:
    """Return the keys of what rivers, estuary and the dams on them rest on."""
    dams = area.tables["dams"]
    standing = dams["source"][dams["dam_id"].isin(network.frame["dam_id"])]
    keys = standing[standing != ""].map(area.source_key)
    rivers = pd.concat([network.frame, network.estuary])["sources"]
    return cited(pd.concat([rivers, keys]))


def _south(frame: gpd.GeoDataFrame, area: StudyArea) -> gpd.GeoDataFrame:
    """Return the southern sources with their expected mined land; those without any are left out."""
    if frame.crs is None:
        raise DataError("southern sources", expected="a CRS", found="none", mend="state the CRS")
    placed = measure.project(frame[["geometry"]].reset_index(drop=True), area.crs)
    mined = frame["mined_km2"].to_numpy(float) if "mined_km2" in frame else measure.areas_m2(frame) / 1e6
    return placed.assign(origin="south", mined_km2=mined)[~(mined == 0)]


def _north(zone: gpd.GeoDataFrame | gpd.GeoSeries, area: StudyArea) -> gpd.GeoDataFrame:
    """Return the northern unit source: the same density everywhere."""
    frame = gpd.GeoDataFrame(geometry=zone.geometry.values, crs=zone.crs)
    frame = frame[~frame.geometry.is_empty]
    return measure.project(frame, area.crs).assign(origin="north", mined_km2=measure.areas_m2(frame) / 1e6)


def _rows(result: Result, network: RiverNetwork) -> gpd.GeoDataFrame:
    """Return the layer's own columns."""
    zones = result.zones
    lines = pd.concat([network.frame, network.estuary], ignore_index=True)
    about = lines.iloc[zones["line"].to_numpy().astype(int)].reset_index(drop=True)
    peak = zones.groupby("origin")["items_km2"].transform("max").to_numpy(float)
    number = about["id"].str.rsplit("-", n=1).str[-1]
    place_en, place_ko = _places(zones)
    deep = zones["inner_m"].isna().to_numpy()
    ids = zip(zones["origin"], zones["reach"], np.where(deep, "d", ""), zones["band"], strict=True)
    return gpd.GeoDataFrame(
        {
            "id": [f"{origin}-{reach}-{mark}{k}" for origin, reach, mark, k in ids],
            "name_en": about["name_en"] + " " + number + ", " + place_en,
            "name_ko": about["name_ko"] + " " + number + ", " + place_ko,
            "river": about["river"],
            "reach": zones["reach"],
            "origin": zones["origin"],
            "band": zones["band"],
            "inner_m": zones["inner_m"],
            "outer_m": zones["outer_m"],
            "index": zones["items_km2"] / peak,
            "drivers": _drivers(result),
            "area_m2": zones["area_m2"],
            **{name: zones[name] / peak for name in BAND},
            "class": classes(result),
            "sources": about["sources"],
        },
        geometry=zones.geometry.values,
        crs=zones.crs,
    )


def _places(zones: gpd.GeoDataFrame) -> tuple[pd.Series, pd.Series]:
    """Return in English and Korean where a zone lies: by distance from the river, or by depth on a terrain model."""
    inner, outer, band = (zones[name].to_numpy() for name in ("inner_m", "outer_m", "band"))
    apart = [f"{low:.0f}-{high:.0f} m" for low, high in zip(inner, outer, strict=True)]
    told = [np.array([pair[tongue] for pair in DEEP], dtype=object)[band.astype(int) - 1] for tongue in (0, 1)]
    en, ko = (pd.Series(np.where(np.isnan(inner), words, apart), dtype=object) for words in told)
    return en, ko


def classes(result: Result) -> NDArray[np.object_]:
    """Return the class of each zone; those of the estuary are undetermined: no skill is claimed."""
    zones, params = result.zones, result.params
    told = np.full(len(zones), "undetermined", dtype=object)
    for origin, density in result.density.items():
        mine = np.flatnonzero((zones["origin"] == origin).to_numpy())
        river = ~zones["estuary"].to_numpy(bool)[mine]
        km2 = zones["area_m2"].to_numpy(float)[mine[river]] / 1e6
        told[mine[river]] = agreed_classes(density[river], km2, params)
    return told


def agreed_classes(density: NDArray[np.float64], km2: NDArray[np.float64], params: FloodParameters) -> NDArray[np.object_]:
    """Return high for the densest rows that hold the first share of all items on average, middle, lower.

    The row that crosses a share still belongs to the higher class. A row whose class fewer than ``class_agreement`` of the
    members share is undetermined.

    Parameters
    ----------
    density : (rows, M) float
        Items per km2 by member.
    km2 : (rows,) float
    params : FloodParameters
    """
    words = np.array(["high", "middle", "lower"], dtype=object)
    usual = ranked(density.mean(axis=1, keepdims=True), km2, params.class_shares.value)
    agree = (ranked(density, km2, params.class_shares.value) == usual).mean(axis=1)
    return np.where(agree >= params.class_agreement.value, words[usual[:, 0]], "undetermined")


def ranked(density: NDArray[np.float64], km2: NDArray[np.float64], shares: tuple[float, ...]) -> NDArray[np.intp]:
    """Return 0, 1, 2 for the densest rows that hold the first, the second and the last share of the items, (rows, M)."""
    order = np.argsort(-density, axis=0, kind="stable")
    items = np.take_along_axis(density * km2[:, None], order, axis=0)
    whole = items.sum(axis=0)
    part = np.divide(items.cumsum(axis=0) - items, whole, out=np.ones_like(items), where=whole > 0)
    rank = np.empty(density.shape, dtype=np.intp)
    np.put_along_axis(rank, order, np.digitize(part, shares), axis=0)
    return rank


def _drivers(result: Result) -> NDArray[np.object_]:
    """Return, for each zone, the reaches that feed it most, as text."""
    network, zones = result.network, result.zones
    ids = network.line_ids
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
