"""Names on the map: which, where, from which zoom, in which order of importance.

Assumption: the page puts names in this order and leaves out any that would lie over an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
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
OTHER_PLACE = (11.0, "site", 90)
PIECES = {"mdl": 8, "dmz": 12}  # of the front line, one name on the straightest place of each; the page leaves out what crowds
REACH = 0.04  # of a line's length: how far to each side a name follows it
NAMED_EACH_DEG = 0.08  # of a river's line: about a screen's width at the closest zoom
MOST_NAMES = 16
LONG_DEG = 0.5
LARGE = ("very wide", "estuary", "wide")  # classes of a river's width, see `geo.maps.payload.WIDTHS_PX`


def map_labels(atlas: Atlas) -> list[dict[str, Any]]:
    """Return every name with its place, style, first zoom and angle [degrees clockwise], the most important first."""
    found = [*_zone_labels(atlas), *_place_labels(atlas["places"]), *_river_labels(atlas["rivers"])]
    return [{key: value for key, value in one.items() if key != "rank"} for one in sorted(found, key=lambda one: one["rank"])]


LIFTED_PX = {"mdl": -9, "dmz": -17, "rivers": -8}  # above the line that a name follows


def _label(
    layer: str,
    names: tuple[str, str],
    point: shapely.Point,
    style: str,
    zoom: float,
    rank: float,
    angle: float = 0.0,
    dot: bool = False,
) -> dict[str, Any]:
    en, ko = names
    place = {"lon": round(point.x, 5), "lat": round(point.y, 5), "angle": round(angle, 1), "lift": LIFTED_PX.get(layer, 0)}
    return {"layer": layer, "en": en, "ko": ko or en, "style": style, "zoom": zoom, "rank": rank, "dot": dot} | place


def _place_labels(layer: Layer) -> list[dict[str, Any]]:
    """Return the names of places, larger towns before smaller ones."""
    frame = layer.frame
    kinds, people = _kinds(frame), _people(frame)
    found = []
    for en, ko, kind, n, zoom, shape in zip(
        frame.name_en, frame.name_ko, kinds, people, place_zooms(frame), frame.geometry, strict=True
    ):
        _, style, rank = PLACE_KINDS.get(kind, OTHER_PLACE)
        found.append(_label("places", (en, ko), shape.representative_point(), style, zoom, rank + 1 / (1 + n / 1e5), dot=True))
    return found


def place_zooms(frame: pd.DataFrame) -> pd.Series:
    """Return the zoom from which each place is shown: cities of 200,000 first."""
    kinds = _kinds(frame)
    zooms = kinds.map(lambda kind: PLACE_KINDS.get(kind, OTHER_PLACE)[0]).astype(float)
    return zooms.mask((kinds == "city") & (_people(frame) < 200_000), 8.5)


def _kinds(frame: pd.DataFrame) -> pd.Series:
    return frame.get("kind", pd.Series("", index=frame.index)).astype(str).str.split("_").str[0]


def _people(frame: pd.DataFrame) -> pd.Series:
    return pd.to_numeric(frame.get("population", pd.Series(0.0, index=frame.index)), errors="coerce").fillna(0.0)


def _zone_labels(atlas: Atlas) -> list[dict[str, Any]]:
    """Return the names of the front line and of the zones: along the line, and inside the widest parts."""
    front = max(shapely.get_parts(atlas["mdl"].frame.geometry.values), key=lambda line: line.length)
    found = []
    for name, pieces in PIECES.items():
        style, zoom, rank = ("line", 10.5, 15) if name == "mdl" else ("zone", 8.0, 5)
        for fraction in straightest(front, pieces):
            point = front.interpolate(fraction, normalized=True)
            found.append(_label(name, short_names(name), point, style, zoom, rank, angle_deg(front, fraction)))
    for point in widest_places(atlas["mcz"]):
        nearest = front.project(point) / front.length
        found.append(_label("mcz", short_names("mcz"), point, "zone", 9.25, 8, angle_deg(front, nearest)))
    return found


def short_names(layer: str) -> tuple[str, str]:
    """Return a layer's names short enough for the map.

    Examples
    --------
    >>> short_names("mcz")
    ('MCZ', '민간인통제구역')
    """
    term = LAYERS[layer]
    return term.en.partition("(")[2].rstrip(")") or term.en, term.ko.partition("(")[0]


def straightest(line: shapely.LineString, pieces: int, reach: float = REACH) -> list[float]:
    """Return for each of some equal pieces of a line the fraction around which the line bends least."""
    tried = np.linspace(reach, 1 - reach, 16 * pieces)
    ends = shapely.line_interpolate_point(line, np.stack([tried - reach, tried + reach]), normalized=True)
    chord = shapely.distance(ends[0], ends[1])
    return [float(group[np.argmax(best)]) for group, best in zip(np.split(tried, pieces), np.split(chord, pieces), strict=True)]


def _river_labels(layer: Layer) -> list[dict[str, Any]]:
    """Return the names of rivers on the straightest place of every `NAMED_EACH_DEG`, larger rivers before smaller ones."""
    frame = layer.frame
    widths = frame.get("width_class", pd.Series("", index=frame.index)).astype(str)
    found = []
    for en, ko, width, shape in zip(frame.name_en, frame.name_ko, widths, frame.geometry, strict=True):
        line = max(shapely.get_parts([shape]), key=lambda part: part.length)
        pieces = int(np.clip(round(line.length / NAMED_EACH_DEG), 1, MOST_NAMES))
        zoom = 8.5 if width in LARGE else 9.0 if line.length > LONG_DEG else 9.75
        rank = 55 - min(line.length, 2) - 5 * (width in LARGE)
        reach = min(REACH, 0.5 * NAMED_EACH_DEG / max(line.length, NAMED_EACH_DEG))
        for place, fraction in enumerate(middle_first(straightest(line, pieces, reach))):
            point = line.interpolate(fraction, normalized=True)
            angle = angle_deg(line, fraction, reach)
            found.append(_label("rivers", (en, ko), point, "river", zoom, rank + place / MOST_NAMES, angle))
    return found


def middle_first(fractions: list[float]) -> list[float]:
    """Return the places of a line, those near its middle first.

    Examples
    --------
    >>> middle_first([0.1, 0.4, 0.9])
    [0.4, 0.1, 0.9]
    """
    return sorted(fractions, key=lambda fraction: (abs(fraction - 0.5), fraction))


def angle_deg(line: shapely.LineString, fraction: float, reach: float = REACH) -> float:
    """Return the angle of a line on screen [degrees clockwise, -90 to 90] near a fraction of its length.

    Examples
    --------
    >>> round(angle_deg(shapely.LineString([(0, 0), (1, 1)]), 0.5), 2)
    -45.0
    """
    start = line.interpolate(max(fraction - reach, 0), normalized=True)
    end = line.interpolate(min(fraction + reach, 1), normalized=True)
    east, north = (end.x - start.x) * np.cos(np.radians((start.y + end.y) / 2)), end.y - start.y
    angle = -float(np.degrees(np.arctan2(north, east)))
    return angle - 180 if angle > 90 else angle + 180 if angle < -90 else angle


def widest_places(layer: Layer, strips: int = 3) -> list[shapely.Point]:
    """Return a point inside a zone for each of some vertical strips of it."""
    shape = shapely.union_all(layer.frame.geometry.values)
    west, south, east, north = shape.bounds
    edges = np.linspace(west, east, strips + 1)
    pieces = [shape.intersection(shapely.box(left, south, right, north)) for left, right in pairwise(edges)]
    return [
        max(shapely.get_parts([piece]), key=lambda part: part.area).representative_point() for piece in pieces if piece.area > 0
    ]
