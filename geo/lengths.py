"""The table of lengths: the front line and the rivers beside published lengths, and the widths that were solved.

Every km is measured from the layer's geometry. A thinned line is shorter than the ground line, so its gap to a published length
is printed and never judged.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import astuple, dataclass, fields

import pandas as pd

from geo.area import StudyArea
from geo.layer import Layer
from geo.measure import lengths_m
from geo.reported import ReportedFigure, figure, verdict


@dataclass(frozen=True, slots=True)
class Length:
    """One line of ``lengths.csv``; see `LENGTH_COLUMNS`."""

    line: str
    part: str
    metric: str
    value_km: float
    reported_km: float
    series: str
    as_of: str
    difference_km: float
    difference_percent: float
    verdict: str
    basis: str


LENGTH_COLUMNS = tuple(field.name for field in fields(Length))


def length_table(area: StudyArea, layers: Mapping[str, Layer]) -> pd.DataFrame:
    """Return the table ``lengths.csv``: front line and rivers beside published lengths, and the solved widths.

    Returns
    -------
    DataFrame
        With `LENGTH_COLUMNS`.
    """
    rows = [*front_lengths(area, layers["mdl"]), *river_lengths(area, layers["rivers"])]
    for name, metric in (("dmz", "half_width"), ("mcz", "outer_distance")):
        if layers[name].basis == "declared":
            rows += list(width_rows(area, layers[name], metric))
    return pd.DataFrame([astuple(row) for row in rows], columns=list(LENGTH_COLUMNS))


def length_row(layer: Layer, part: str, metric: str, value_km: float, reported: ReportedFigure | None, said: str = "") -> Length:
    """Return a length beside a published one; miles are converted."""
    km = math.nan if reported is None else reported.value * (1.609344 if reported.unit == "miles" else 1.0)
    about = (reported.series, reported.as_of) if reported else ("", layer.as_of)
    gap = value_km - km
    return Length(
        layer.name,
        part,
        metric,
        value_km,
        km,
        *about,
        gap,
        100 * gap / km,
        said or length_verdict(gap, reported, layer),
        layer.basis,
    )


def length_verdict(gap_km: float, reported: ReportedFigure | None, layer: Layer) -> str:
    """Return how a measured length answers to a published one."""
    if reported is None:
        return "not comparable: no published length"
    if layer.basis == "declared":
        near = abs(gap_km) <= 0.001 * reported.value
        return "as published" if near else "not comparable: a thinned control line is shorter than the ground line"
    return (
        "match"
        if reported.unit == "km" and verdict(reported.value + gap_km, reported, basis=layer.basis) == "match"
        else ("over" if gap_km > 0 else "under")
    )


def front_lengths(area: StudyArea, layer: Layer) -> Iterator[Length]:
    """Yield the front line's length beside each published one."""
    value_km = float(lengths_m(layer.frame).sum() / 1000)
    for key in area.settings["lengths"][layer.name]:
        yield length_row(layer, "all", "length", value_km, figure(area, key))


def river_lengths(area: StudyArea, layer: Layer) -> Iterator[Length]:
    """Yield each river's mapped length beside its published one; most mapped lines do not start at the source."""
    published = (
        area.tables["rivers"].set_index("line_id").length_km_published if layer.basis == "digitised" else pd.Series(dtype=float)
    )
    for name, value_m in zip(layer.frame.id, lengths_m(layer.frame), strict=True):
        km = float(published.get(name, math.nan))
        value_km, known = float(value_m / 1000), not math.isnan(km)
        gap = value_km - km
        differs = (
            "the mapped line does not start at the source"
            if gap < 0
            else "the published length covers another part of the course"
        )
        said = f"not comparable: {differs}" if known else "not comparable: no published length"
        yield Length(
            "rivers",
            str(name),
            "length",
            value_km,
            km,
            "published" if known else "",
            layer.as_of,
            gap,
            100 * gap / km,
            said,
            layer.basis,
        )


def width_rows(area: StudyArea, layer: Layer, metric: str) -> Iterator[Length]:
    """Yield the solved half-widths or outer distances beside the nominal width or the limits of their time."""
    spec = area.settings[layer.name]
    keys = [spec["nominal_half_width"]] if layer.name == "dmz" else spec["limits"]
    for part, distance_m in zip(layer.frame.part, layer.frame.distance_m, strict=True):
        for key in keys:
            reported = figure(area, key)
            beyond = reported.qualifier == "at most" and distance_m / 1000 > reported.value
            said = (
                "solved: beyond this limit"
                if beyond
                else "solved: within this limit"
                if reported.qualifier == "at most"
                else "solved"
            )
            yield length_row(layer, str(part), metric, float(distance_m / 1000), reported, said)
