"""Records and names as points: ``incidents``, ``places`` and ``cleared_areas``.

Assumption: every point stands for a named place and may be off by the stated kilometres. A record of clearance releases nothing,
and the absence of a record says nothing.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.area import StudyArea
from geo.errors import ConfigError, DataError
from geo.layer import Layer, make_layer

INCIDENT_COLUMNS = (
    "record_kind",
    "date_start",
    "date_end",
    "event",
    "flood_id",
    "river",
    "mine_type",
    "origin",
    "n_lost",
    "n_found",
    "n_live",
    "n_exploded",
    "killed",
    "injured",
    "uncertainty_km",
    "confidence",
    "url",
    "note",
)


def incidents(area: StudyArea) -> Layer:
    """Return documented finds, accidents and warnings; no other layer reads them."""
    rows = filled(area, "incidents")
    frame = points(rows, rows.id, rows.place_en, rows.place_ko.where(rows.place_ko != "", rows.place_en)).join(
        rows[list(INCIDENT_COLUMNS)]
    )
    frame["sources"] = [area.source_key(text) for text in rows.source]
    frame["as_of"] = rows.date_start.where(rows.date_start != "", "undated")
    frame["precision_m"] = 1000 * rows.uncertainty_km
    last = rows.date_start.max()
    return make_layer(
        "incidents",
        frame,
        area=area,
        land_class="indication",
        basis="declared",
        sources=tuple(sorted(set(frame.sources))),
        as_of=last,
        overlap=True,
    )


def places(area: StudyArea, fed_by: Sequence[str] | None = None) -> Layer:
    """Return named places for orientation; ``fed_by`` tells which upstream reaches feed each, see `layers.upstream`."""
    rows = filled(area, "places")
    ids = [f"place-{n:03d}" for n in range(1, len(rows) + 1)]
    frame = points(rows, pd.Series(ids, index=rows.index), rows.name_en, rows.name_ko).join(
        rows[["kind", "population", "population_year", "accuracy_km"]]
    )
    frame["fed_by"] = "" if fed_by is None else list(fed_by)
    frame["sources"] = [area.source_key(text) for text in rows.source]
    keys = tuple(sorted(set(frame.sources)))
    return make_layer(
        "places",
        frame,
        area=area,
        land_class="zone",
        basis="declared",
        sources=keys,
        as_of=area.settings["places"]["as_of"],
        overlap=True,
    )


def cleared_areas(area: StudyArea) -> Layer:
    """Return places recorded as cleared or searched, as points with their uncertainty; none is released by this record."""
    if not area.settings["cleared"]:
        raise ConfigError(
            "no record of clearance", where=f"{area.folder / 'area.toml'}: [[cleared]]", mend="an area needs at least one"
        )
    rows = pd.DataFrame([cleared_row(area, entry) for entry in area.settings["cleared"]])
    frame = points(rows, rows.id, rows.name_en, rows.name_ko).join(rows.drop(columns=["id", "name_en", "name_ko", "lon", "lat"]))
    keys = tuple(sorted({key for text in frame.sources for key in text.split(";")}))
    return make_layer(
        "cleared_areas",
        frame,
        area=area,
        land_class="zone",
        basis="declared",
        sources=keys,
        as_of=str(rows.as_of.max()),
        overlap=True,
    )


def filled(area: StudyArea, table: str) -> pd.DataFrame:
    """Return a table that must not be empty.

    Raises
    ------
    DataError
        If it has no row.
    """
    if area.tables[table].empty:
        raise DataError("empty table", where=str(area.folder / f"{table}.csv"), mend="an area needs at least one row")
    return area.tables[table]


def cleared_row(area: StudyArea, entry: dict[str, Any]) -> dict[str, Any]:
    """Return one record of ``[[cleared]]`` with its figure and its point: its own, its figure's, or that of a named place."""
    if lacking := [key for key in ("id", "name_en", "name_ko", "figure", "date") if key not in entry]:
        raise ConfigError(
            "incomplete record", where=f"{area.folder / 'area.toml'}: [[cleared]]", found=f"no {', '.join(lacking)}"
        )
    figure, figures = area.figure(entry["figure"]), (entry["figure"], *entry.get("also", ()))
    spot: dict[str, Any] = dict(entry)
    if "place" in entry:
        named = area.tables["places"].set_index("name_en").loc[entry["place"]]
        spot |= {"lon": named.lon, "lat": named.lat}
    elif "lon" not in entry:
        spot |= {"lon": figure.lon, "lat": figure.lat, "uncertainty_km": figure.uncertainty_km}
    is_area = figure.unit == "km2"
    return {
        "id": entry["id"],
        "name_en": entry["name_en"],
        "name_ko": entry["name_ko"],
        "lon": spot["lon"],
        "lat": spot["lat"],
        "land_status": entry.get("status", "closed"),
        "reported_km2": figure.value if is_area else math.nan,
        "mines_remaining": math.nan if is_area else figure.value,
        "figure": entry["figure"],
        "uncertainty_km": float(spot["uncertainty_km"]),
        "precision_m": 1000.0 * float(spot["uncertainty_km"]),
        "sources": ";".join(dict.fromkeys(area.source_key(area.figure(key).source) for key in figures)),
        "as_of": entry["date"],
        "note": figure.note,
    }


def points(rows: pd.DataFrame, ids: Any, en: Any, ko: Any) -> gpd.GeoDataFrame:
    """Return a frame of points from ``lon`` and ``lat`` with id and names."""
    geometry = gpd.points_from_xy(rows.lon, rows.lat, crs="EPSG:4326")
    return gpd.GeoDataFrame({"id": ids, "name_en": en, "name_ko": ko}, index=rows.index, geometry=geometry)
