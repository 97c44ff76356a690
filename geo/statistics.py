"""The area table: gross, overlap and net km² of every polygon layer, set beside the reported figures.

Every km² is measured from the layer's geometry at the moment of asking, so a changed polygon changes its figure and its verdict.
Gross is the sum over features, net the area of their union, overlap the difference. Figures of different series are never added.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import StudyArea
from geo.districts import Layers, by_district
from geo.errors import ConfigError, nearest
from geo.layer import Atlas, Layer
from geo.measure import areas_m2, net_km2, overlap_km2, total_km2
from geo.reported import ReportedFigure, Series, figure, reconcile, series
from geo.terms import CLOSED_STATUSES, SURVEY_LAYERS

COLUMNS = (
    "layer",
    "part",
    "n_features",
    "gross_km2",
    "overlap_km2",
    "net_km2",
    "reported_km2",
    "series",
    "as_of",
    "difference_km2",
    "difference_percent",
    "verdict",
    "basis",
)
PAIRS = (
    ("dmz", "mcz"),
    ("planned_minefields", "unconfirmed_minefields"),
    ("planned_minefields", "dmz"),
    ("planned_minefields", "mcz"),
    ("unconfirmed_minefields", "dmz"),
    ("unconfirmed_minefields", "mcz"),
    ("flood_displacement", "dmz"),
    ("flood_displacement", "mcz"),
)
CLOSED_PART = "closed_on_record"
CLOSED_REASON = "counted in the whole; closed or handed over on record, which is no release"
CLASS_PRIORITY = ("CHA", "SHA", "indication", "screening")  # a place that lies in two classes counts in the first


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the area table before it is measured: which features, beside which figure."""

    layer: Layer
    part: str
    frame: gpd.GeoDataFrame | None
    reported: ReportedFigure | None = None
    reason: str = ""
    series: str = ""

    def measured(self) -> tuple[Any, ...]:
        """Return the values of `COLUMNS`."""
        solved = self.layer.basis == "declared"
        gross = math.nan if self.frame is None else total_km2(self.frame)
        overlap = math.nan if self.frame is None else overlap_km2(self.frame)
        net = gross - overlap
        answer = reconcile(
            None if self.frame is None else net,
            self.reported,
            basis=self.layer.basis,
            solved=solved,
            reason=self.reason,
        )
        said = f"{answer.verdict}: {answer.reason}" if answer.reason else answer.verdict
        count = None if self.frame is None else len(self.frame)
        about = (self.reported.series, self.reported.as_of) if self.reported else (self.series, self.layer.as_of)
        return (
            self.layer.name,
            self.part,
            count,
            gross,
            overlap,
            net,
            answer.reported_km2,
            *about,
            answer.difference_km2,
            answer.difference_percent,
            said,
            self.layer.basis,
        )


def area_table(atlas: Atlas) -> pd.DataFrame:
    """Return the table ``areas.csv`` of an atlas, measured anew from its layers."""
    return layer_table(atlas.area, atlas.layers, atlas.series)


def layer_table(area: StudyArea, layers: Mapping[str, Layer], series_name: str) -> pd.DataFrame:
    """Return the area table: every polygon layer, whole and by part, reconciled.

    Parameters
    ----------
    area : StudyArea
    layers : mapping of str to Layer
    series_name : str
        The series that the minefields follow or are compared with; all others stand below as published values.

    Returns
    -------
    DataFrame
        With `COLUMNS`; the first row of each layer has ``part`` = "all".
    """
    rows = [row for layer in layers.values() for row in layer_rows(area, layer, series_name)]
    table = pd.DataFrame([row.measured() for row in rows], columns=list(COLUMNS))
    return table.astype({"n_features": "Int64"})


def layer_rows(area: StudyArea, layer: Layer, series_name: str) -> Iterator[Row]:
    """Yield the rows of one layer: whole, parts and other published values."""
    flat = len(layer.frame) and (shapely.get_dimensions(layer.frame.geometry.values) < 2).all()
    if flat or layer.name in SURVEY_LAYERS:  # records, and land that stands in the hazard layers already
        return
    if layer.name in ("dmz", "mcz"):
        yield from zone_rows(area, layer)
    elif layer.name in ("planned_minefields", "unconfirmed_minefields"):
        yield from field_rows(area, layer, series(area, series_name))
    elif layer.name == "flood_displacement":
        yield Row(layer, "all", layer.frame, reason="no area of such zones is published")
        for origin, frame in layer.frame.groupby("origin", sort=True):
            yield Row(layer, str(origin), frame, reason="no area of such zones is published")
    else:
        yield Row(layer, "all", layer.frame, reason="area of the grid cells, not of mined land")


def zone_rows(area: StudyArea, layer: Layer) -> Iterator[Row]:
    """Yield the rows of the DMZ or the MCZ."""
    spec = area.settings[layer.name]
    chosen = spec["figures"][spec["figure"]] if layer.name == "mcz" else spec
    supplied = layer.basis != "declared"
    note = "" if supplied else chosen.get("note", "")
    yield Row(layer, "all", layer.frame, figure(area, chosen["whole"]), reason=note)
    parts = layer.frame.part.astype(str)
    if layer.name == "dmz" and parts.str.startswith("south").any():
        yield Row(layer, "south", layer.frame[parts.str.startswith("south")], figure(area, spec["south"]))
    names = area.settings["provinces"]
    keys = {f"south_{names['west']}": "south_west", f"south_{names['east']}": "south_east", "north": "north"}
    keys |= {names["west"]: "west", names["east"]: "east"}
    for part in sorted(parts[parts != "south"].unique(), key=lambda part: [*keys, part].index(part)):
        key = chosen.get(keys.get(part, ""), "")
        if key or part != "whole":
            said = note if part == names["west"] else ""
            yield Row(
                layer,
                part,
                layer.frame[parts == part],
                figure(area, key) if key else None,
                reason=said or ("" if key else "no figure for this part"),
            )
    for key in spec["other"]:
        if key != chosen["whole"]:
            yield Row(layer, "all", None, figure(area, key))


def field_rows(area: StudyArea, layer: Layer, chosen: Series) -> Iterator[Row]:
    """Yield the rows of planned or unconfirmed minefields, with every other series below."""
    kind = layer.name.removesuffix("_minefields")
    yield Row(layer, "all", layer.frame, getattr(chosen, f"{kind}_km2"))
    closed = layer.frame["land_status"].isin(CLOSED_STATUSES) if "land_status" in layer.frame else pd.Series(dtype=bool)
    if closed.any():
        yield Row(layer, CLOSED_PART, layer.frame[closed], reason=CLOSED_REASON, series=chosen.name)
    zones = layer.frame["zone"].astype(str)
    for zone in zones[zones != ""].drop_duplicates():
        yield Row(layer, str(zone), layer.frame[zones == zone], reason="no source splits km² by zone", series=chosen.name)
    for name in area.settings["series"]:
        other = getattr(series(area, name), f"{kind}_km2")
        if name != chosen.name and other is not None:
            yield Row(layer, "all", None, other)


def shared_with(frame: gpd.GeoDataFrame, other: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the pieces of one layer's features that lie in another's, in whole polygons of more than 1 m²."""
    left, right = shapely.STRtree(other.geometry.values).query(frame.geometry.values, predicate="intersects")
    pieces = shapely.intersection(np.array(frame.geometry.values)[left], np.array(other.geometry.values)[right])
    shared = gpd.GeoDataFrame(geometry=gpd.GeoSeries(pieces, crs=frame.crs))
    return shared[areas_m2(shared) > 1.0]


def overlap_table(layers: Mapping[str, Layer]) -> pd.DataFrame:
    """Return the km² that pairs of layers share: ``layer, other, shared_km2`` (net)."""
    rows = []
    for one, other in PAIRS:
        shared = shared_with(layers[one].frame, layers[other].frame)
        rows.append((one, other, total_km2(shared) - overlap_km2(shared)))
    return pd.DataFrame(rows, columns=["layer", "other", "shared_km2"])


def by_class(layers: Layers) -> pd.DataFrame:
    """Return km² by land class, each place counted once in the first class of `CLASS_PRIORITY` that it lies in.

    Parameters
    ----------
    layers : mapping of str to Layer or GeoDataFrame
        Minefields and displacement zones count, others do not.

    Returns
    -------
    DataFrame
        ``land_class, simulated, n_features, gross_km2, overlap_km2, net_km2``: overlap is what also lies in the row itself or
        in a higher one, of a class what was mapped before what is simulated; the nets add up to the union of all.
    """
    hazards = [
        (layer.frame if isinstance(layer, Layer) else layer)[["land_class", "simulated", "geometry"]]
        for name, layer in layers.items()
        if name.endswith(("_minefields", "_displacement"))
    ]
    frame = gpd.GeoDataFrame(pd.concat(hazards, ignore_index=True), crs=hazards[0].crs)
    rank = 2 * frame.land_class.map(CLASS_PRIORITY.index) + frame["simulated"].astype(int)
    rows, higher_km2 = [], 0.0
    empty = [2 * place for place in range(len(CLASS_PRIORITY)) if not (rank // 2 == place).any()]
    for place in sorted({*rank, *empty}):
        members, union_km2 = frame[rank == place], net_km2(frame[rank <= place])
        gross, net = total_km2(members), union_km2 - higher_km2 if len(members) else 0.0
        rows.append((CLASS_PRIORITY[place // 2], bool(place % 2), len(members), gross, gross - net, net))
        higher_km2 = union_km2
    return pd.DataFrame(rows, columns=["land_class", "simulated", "n_features", "gross_km2", "overlap_km2", "net_km2"])


def grouped(atlas: Atlas, by: str, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the area table by layer, class or district.

    Parameters
    ----------
    atlas : Atlas
    by : {"layer", "class", "district"}
    districts : GeoDataFrame
        With ``code``, ``name_en`` and ``name_ko``, see `geo.districts.by_district`.

    Raises
    ------
    ConfigError
        If ``by`` is none of these.
    """
    tables = {
        "layer": lambda: area_table(atlas),
        "class": lambda: by_class(atlas.layers),
        "district": lambda: by_district(atlas.layers, districts),
    }
    if by not in tables:
        raise ConfigError("unknown grouping", where=by, mend=nearest(by, tables))
    return tables[by]()
