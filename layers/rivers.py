"""The rivers: one feature a named river, and the reaches that the flood model routes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo import measure
from geo.area import StudyArea
from geo.flood import FloodParameters, RiverNetwork, river_courses, split_reaches, supplied_courses
from geo.layer import Layer, make_layer

SCENARIO_KEYS = ("return_period_yr",)


def flood_parameters(settings: Mapping[str, Any]) -> FloodParameters:
    """Return the model's parameters with what ``[flood]`` of ``area.toml`` sets."""
    flood = {name: value for name, value in settings.get("flood", {}).items() if name not in SCENARIO_KEYS}
    return FloodParameters().override(flood)


def rivers(area: StudyArea, supplied: gpd.GeoDataFrame | None = None) -> tuple[Layer, RiverNetwork]:
    """Return the layer ``rivers`` and the reach network.

    Parameters
    ----------
    area : StudyArea
    supplied : GeoDataFrame, optional
        The user's river lines instead of the area's; see `geo.flood.courses.supplied_courses`.

    Returns
    -------
    layer : Layer
        One row a named river: ``flows_into, drainage_area_km2, area_basis, length_km, mean_width_m, width_class,
        width_basis, tidal, accuracy_km``.
    network : RiverNetwork
        Its reaches; ``warnings`` say what was inferred and what looks wrong.
    """
    params = flood_parameters(area.settings)
    courses = river_courses(area.lines, area.tables["rivers"], area.crs, params)
    notes: tuple[str, ...] = ()
    if supplied is not None:
        axes = courses[courses["estuary"].to_numpy(bool)]
        courses, notes = supplied_courses(supplied, area.crs, params, axes)
    front = gpd.GeoSeries([area.line(area.settings["front"]["line"])], crs=area.lines.crs).to_crs(area.crs).iloc[0]
    reaches = split_reaches(courses, dams=area.tables["dams"], front=front, params=params)
    network = RiverNetwork.from_table(reaches, params)
    return _layer(area, courses, network, supplied is not None), replace(network, warnings=(*notes, *network.warnings))


def _layer(area: StudyArea, courses: gpd.GeoDataFrame, network: RiverNetwork, own: bool) -> Layer:
    tidal = set(network.frame["river"][network.tidal]) | set(courses["line_id"][courses["estuary"].to_numpy(bool)])
    frame = gpd.GeoDataFrame(
        {
            "id": courses["line_id"],
            "name_en": courses["name_en"],
            "name_ko": courses["name_ko"],
            "flows_into": courses["flows_into"],
            "drainage_area_km2": courses["area_km2"],
            "area_basis": courses["area_basis"],
            "length_km": measure.lengths_m(courses.geometry) / 1e3,
            "mean_width_m": courses["width_m"],
            "width_class": courses["width_class"],
            "width_basis": courses["width_basis"],
            "tidal": courses["line_id"].isin(tidal),
            "accuracy_km": courses["accuracy_km"],
        },
        geometry=courses.geometry.values,
        crs=courses.crs,
    )
    return make_layer(
        "rivers",
        frame,
        area=area,
        land_class="zone",
        basis="supplied" if own else "digitised",
        sources=river_sources(area),
        as_of=area.settings.get("rivers", {}).get("as_of", "undated"),
    )


def river_sources(area: StudyArea) -> tuple[str, ...]:
    """Return the keys of every source that the rivers and dams of an area rest on."""
    cited = [
        area.tables[table].get(column, pd.Series(dtype=str))
        for table, column in (("rivers", "source"), ("rivers", "published_source"), ("dams", "source"))
    ]
    lines = area.lines[area.lines["kind"].isin(["river", "estuary"])]
    texts = pd.concat([*cited, lines.get("source", pd.Series(dtype=str))], ignore_index=True)
    return tuple(sorted({area.source_key(str(text)) for text in np.unique(texts[texts != ""].astype(str))}))
