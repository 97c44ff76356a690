"""Names on the map: which, where, from which zoom, in which order of importance.

Assumption: the page puts names in this order and leaves out any that would lie over an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.layer import Atlas, Layer
from geo.terms import LAYERS

# kind of place -> (first zoom, style, rank); a kind's word before "_" decides, so that another country may add its own
PLACE_KINDS: Mapping[str, tuple[float, str, int]] = {
    "city": (7.5, "city", 10),
    "county": (8.5, "town", 20),
    "island": (9.5, "site", 40),
    "town": (9.75, "town", 30),
    "lake": (10.5, "river", 60),
    "border": (10.25, "site", 50),
    "dam": (10.5, "site", 60),
    "village": (11.0, "site", 70),
    "hill": (11.0, "site", 70),
    "weir": (11.5, "site", 80),
    "bridge": (11.5, "site", 80),
}
FRACTIONS = {"mdl": (0.3, 0.68), "dmz": (0.16, 0.5, 0.86)}  # of the front line


def map_labels(atlas: Atlas) -> list[dict[str, Any]]:
    """Return every name with its place, style, first zoom and angle [degrees clockwise], the most important first."""
    found = [*_zone_labels(atlas), *_place_labels(atlas["places"]), *_river_labels(atlas["rivers"])]
    return [{key: value for key, value in one.items() if key != "rank"} for one in sorted(found, key=lambda one: one["rank"])]


def _label(layer: str, names: tuple[str, str], point: shapely.Point, style: str, zoom: float, rank: float, angle: float = 0.0, dot: bool = False) -> dict[str, Any]:
    en, ko = names
    place = {"lon": round(point.x, 5), "lat": round(point.y, 5), "angle": round(angle, 1)}
    return {"layer": layer, "en": en, "ko": ko or en, "style": style, "zoom": zoom, "rank": rank, "dot": dot} | place


def _place_labels(layer: Layer) -> list[dict[str, Any]]:
    """Return the names of places, larger towns before smaller ones."""
    frame = layer.frame
    blank = pd.Series("", index=frame.index)
    kinds = frame.get("kind", blank).astype(str).str.split("_").str[0]
    people = pd.to_numeric(frame.get("population", blank), errors="coerce").fillna(0.0)
    found = []
    for en, ko, kind, n, shape in zip(frame.name_en, frame.name_ko, kinds, people, frame.geometry, strict=True):
        zoom, style, rank = PLACE_KINDS.get(kind, (11.0, "site", 90))
        if kind == "city" and n < 200_000:
            zoom, rank = 8.5, 18
        point = shape.representative_point()
        found.append(_label("places", (en, ko), point, style, zoom, rank + 1 / (1 + n / 1e5), dot=True))
    return found


def _zone_labels(atlas: Atlas) -> list[dict[str, Any]]:
    """Return the names of the front line and of the zones: along the line, and inside the widest parts."""
    front = max(shapely.get_parts(atlas["mdl"].frame.geometry.values), key=lambda line: line.length)
    found = []
    for name, fractions in FRACTIONS.items():
        term = LAYERS[name]
        style, zoom, rank = ("line", 10.5, 15) if name == "mdl" else ("zone", 8.5, 5)
        for fraction in fractions:
            point = front.interpolate(fraction, normalized=True)
            found.append(_label(name, (term.en, term.ko), point, style, zoom, rank, angle_deg(front, fraction)))
    for point in widest_places(atlas["mcz"]):
        nearest = front.project(point) / front.length
        found.append(_label("mcz", (LAYERS["mcz"].en, LAYERS["mcz"].ko), point, "zone", 9.25, 8, angle_deg(front, nearest)))
    return found


def _river_labels(layer: Layer) -> list[dict[str, Any]]:
    """Return the names of rivers at a third and two thirds of their length, longer rivers first."""
    found = []
    for en, ko, shape in zip(layer.frame.name_en, layer.frame.name_ko, layer.frame.geometry, strict=True):
        line = max(shapely.get_parts([shape]), key=lambda part: part.length)
        zoom = 9.0 if line.length > 0.5 else 10.25
        for fraction in (0.35, 0.7) if line.length > 0.5 else (0.5,):
            point = line.interpolate(fraction, normalized=True)
            found.append(_label("rivers", (en, ko), point, "river", zoom, 55 - min(line.length, 2), angle_deg(line, fraction)))
    return found


def angle_deg(line: shapely.LineString, fraction: float, reach: float = 0.03) -> float:
    """Return the angle of a line on screen [degrees clockwise, -90 to 90] near a fraction of its length.

    Examples
    --------
    >>> angle_deg(shapely.LineString([(0, 0), (1, 0)]), 0.5)
    0.0
    """
    start = line.interpolate(max(fraction - reach, 0), normalized=True)
    end = line.interpolate(min(fraction + reach, 1), normalized=True)
    east, north = (end.x - start.x) * np.cos(np.radians((start.y + end.y) / 2)), end.y - start.y
    angle = float(np.degrees(np.arctan2(-north, east)))
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle


def widest_places(layer: Layer, strips: int = 3) -> list[shapely.Point]:
    """Return a point inside a zone for each of some vertical strips of it."""
    shape = shapely.union_all(layer.frame.geometry.values)
    west, south, east, north = shape.bounds
    edges = np.linspace(west, east, strips + 1)
    pieces = [shape.intersection(shapely.box(left, south, right, north)) for left, right in zip(edges[:-1], edges[1:], strict=True)]
    return [max(shapely.get_parts([piece]), key=lambda part: part.area).representative_point() for piece in pieces if piece.area > 0]
