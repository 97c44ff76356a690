"""The rivers: one feature a named river, and the reaches that the flood model routes on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo import measure
from geo.area import StudyArea
from geo.errors import DataError
from geo.flood import FloodParameters, RiverNetwork, river_courses, split_reaches, supplied_courses
from geo.layer import Layer, make_layer

SCENARIO_KEYS = ("return_period_yr",)


def flood_parameters(settings: Mapping[str, Any]) -> FloodParameters:
    """Return the model's parameters with what ``[flood]`` of ``area.toml`` sets."""
    flood = {name: value for name, value in settings.get("flood", {}).items() if name not in SCENARIO_KEYS}
    return FloodParameters().override(flood)


def rivers(
    area: StudyArea, supplied: gpd.GeoDataFrame | None = None, front: shapely.LineString | None = None
) -> tuple[Layer, RiverNetwork]:
    """Return the layer ``rivers`` and the reach network.

    Parameters
    ----------
    area : StudyArea
    supplied : GeoDataFrame, optional
        The user's river lines instead of the area's; see `geo.flood.courses.supplied_courses`. ``area.sources`` must
        then hold the key ``supplied``.
    front : LineString, optional
        The front line in ``area.crs``; by default the control line that ``[front]`` names.

    Returns
    -------
    layer : Layer
        One row a named river: ``flows_into, drainage_area_km2, area_basis, length_km, mean_width_m, width_class,
        width_basis, tidal, accuracy_km``.
    network : RiverNetwork
        Its reaches; ``warnings`` say what was inferred and what looks wrong.
    """
    params = flood_parameters(area.settings)
    if area.tables["rivers"].empty:
        raise DataError("no river", where=str(area.folder / "rivers.csv"), mend="an area needs at least one")
    courses = river_courses(area.lines, area.tables["rivers"], area.crs, params)
    courses["sources"] = courses["line_id"].map(sources_by_river(area))
    notes: tuple[str, ...] = ()
    if supplied is not None:
        axes = courses[courses["estuary"].to_numpy(bool)]
        courses, notes = supplied_courses(supplied, area.crs, params, axes)
        listed = courses["line_id"].map(axes.set_index("line_id")["sources"])
        courses["sources"] = listed.where(courses["estuary"].astype(bool), "supplied")
        notes = (*notes, *_lost_works(area.tables["dams"], courses))
    if front is None:
        drawn = gpd.GeoSeries([area.line(area.settings["front"]["line"])], crs=area.lines.crs)
        front = measure.project(drawn, area.crs).iloc[0]
    reaches = split_reaches(courses, dams=area.tables["dams"], front=front, params=params)
    network = RiverNetwork.from_table(reaches, params)
    return _layer(area, courses, network), replace(network, warnings=(*notes, *network.warnings))


def _lost_works(dams: pd.DataFrame, courses: gpd.GeoDataFrame) -> tuple[str, ...]:
    """Say which dams and tidal limits stand on rivers that are no longer there."""
    lost = dams["dam_id"][~dams["line_id"].isin(courses["line_id"])]
    told = f"dams and tidal limits on rivers that were not supplied are left out: {', '.join(lost)}"
    return (told,) if len(lost) else ()


def _layer(area: StudyArea, courses: gpd.GeoDataFrame, network: RiverNetwork) -> Layer:
    own = (courses["sources"] == "supplied").to_numpy()
    given, by_river = courses["width_m"], pd.Series(network.width_m).groupby(network.frame["river"]).mean()
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
            "mean_width_m": given.fillna(courses["line_id"].map(by_river)),
            "width_class": courses["width_class"],
            "width_basis": courses["width_basis"].where(given.notna(), "derived"),
            "tidal": courses["line_id"].isin(tidal),
            "accuracy_km": courses["accuracy_km"],
            "sources": courses["sources"],
            "basis": np.where(own, "supplied", "digitised"),
        },
        geometry=courses.geometry.values,
        crs=courses.crs,
    )
    return make_layer(
        "rivers",
        frame,
        area=area,
        land_class="zone",
        basis="supplied" if own.any() else "digitised",
        sources=cited(courses["sources"]),
        as_of=area.settings.get("rivers", {}).get("as_of", "undated"),
    )


def cited(sources: pd.Series) -> tuple[str, ...]:
    """Return the distinct keys of a column ``sources``."""
    return tuple(sorted({key for text in sources.unique() for key in str(text).split(";")}))


def sources_by_river(area: StudyArea) -> dict[str, str]:
    """Return, by river, the keys of what its line and its published figures rest on."""
    lines = area.lines[area.lines["kind"].isin(["river", "estuary"])]
    tables = ((lines, "source"), (area.tables["rivers"], "source"), (area.tables["rivers"], "published_source"))
    found: dict[str, set[str]] = {}
    for table, column in tables:
        cited = table.get(column, pd.Series("", index=table.index))
        for river, text in zip(table["line_id"], cited, strict=True):
            found.setdefault(str(river), set()).update({area.source_key(str(text))} if text else set())
    return {river: ";".join(sorted(keys)) for river, keys in found.items()}
