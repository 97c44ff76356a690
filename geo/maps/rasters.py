"""What the page is told of the hazard raster: one picture an origin, and the depth where the terrain model allows it.

Assumption: an index only ranks, so its cells are told in the classes of the zones, each origin by itself; origins are never
laid over each other, for the page shows one picture at a time. A class needs as many runs to agree on it as in the zones, so a
cell that fewer runs reach at all is undetermined. Its limit: in the public tier a raster that rests on supplied
hazards is shown in cells of at least 1 km, as those hazards are.
"""

from __future__ import annotations

from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.area import StudyArea
from geo.exchange.raster_style import raster_qml
from geo.flood import FloodParameters
from geo.grid import SMALLEST_CELL_KM
from geo.layer import Atlas
from geo.maps.content import fed_by, fixed_texts, generalised, zoom_cap
from geo.maps.overlay import (
    DEPTH_EDGES_M,
    SHARE_EDGES,
    Codes,
    depth_codes,
    index_codes,
    overlay,
    share_codes,
    undetermined_first,
)
from geo.maps.symbols import DEPTH_COLOURS, SCREENING_HIGH, SCREENING_LOWER, SCREENING_MIDDLE, Symbol
from geo.maps.words import WORDS, Pair, filled, pair
from geo.raster import HazardRaster

ORIGINS = ("south", "north")
INDEX_BAND = "{origin}_items_km2_mean"
WET = "share_of_members_wet"
UNDETERMINED = "#EAD9A0"
SHARE_COLOURS = ("#DADAEB", *DEPTH_COLOURS)


def raster_block(atlas: Atlas) -> dict[str, Any] | None:
    """Return the pictures of an atlas's raster with titles, texts and classes; None where nothing can be shown."""
    raster = atlas.raster
    if raster is None:
        return None
    origins = [origin for origin in ORIGINS if INDEX_BAND.format(origin=origin) in raster.bands]
    choices = [_index(atlas, raster, origin) for origin in origins]
    choices += [_depth(atlas, raster)] if "depth_m" in raster.bands else []
    choices += [_share(raster)] if _told_by_runs(atlas, raster) else []
    shown = [one for one in choices if one is not None]
    return {"zoom_cap": zoom_cap(atlas["flood_displacement"]), "choices": shown} if shown else None


def class_shares(area: StudyArea) -> tuple[float, ...]:
    """Return the shares of the deposit that class high, and high and middle, hold: those of the zones."""
    usual = FloodParameters().class_shares.value
    return tuple(area.settings.get("flood", {}).get("class_shares", usual))


def doubtful_cells(atlas: Atlas, raster: HazardRaster) -> NDArray[np.bool_]:
    """Return which cells fewer runs reach than must agree on a class; none of a single run."""
    if not _told_by_runs(atlas, raster):
        return np.zeros(len(raster.cell), dtype=bool)
    return np.asarray(raster.bands[WET] < class_agreement(atlas))


def raster_style(raster: HazardRaster | None, area: StudyArea) -> str | None:
    """Return the QGIS style of a hazard raster: the index of the first origin in its classes; None without such a band.

    Each class begins at the least value that it holds. Which cells are undetermined is told by another band, so not here.
    """
    origin = next((one for one in ORIGINS if raster is not None and INDEX_BAND.format(origin=one) in raster.bands), None)
    if raster is None or origin is None:
        return None
    parts = class_shares(area)
    band = INDEX_BAND.format(origin=origin)
    values, codes = raster.bands[band], index_codes(raster.bands[band], parts)
    words = ("raster_lower", "raster_middle", "raster_high")
    shares = ("", *(f"{100 * share:g}" for share in reversed(parts)))
    colours = (SCREENING_LOWER, SCREENING_MIDDLE, SCREENING_HIGH)
    classes = []
    for code, (word, share, colour) in enumerate(zip(words, shares, colours, strict=True), start=1):
        above = values[codes > code]
        edge = float(np.nextafter(above.min(), np.float32(0))) if above.size else np.inf
        told = filled(WORDS[word], share=share)
        classes.append((edge, colour, f"{told['en']} · {told['ko']}"))
    return raster_qml(list(raster.bands).index(band) + 1, classes)


def class_agreement(atlas: Atlas) -> float:
    """Return the share of the runs that must agree on a class: that of the zones."""
    return float(atlas.area.settings.get("flood", {}).get("class_agreement", FloodParameters().class_agreement.value))


def _told_by_runs(atlas: Atlas, raster: HazardRaster) -> bool:
    """Whether an ensemble tells how many of its runs reach each cell, and they differ."""
    several = int(atlas.parameters.get("members", 1)) > 1 and WET in raster.bands
    return several and bool((raster.bands[WET] < 1).any())


def _index(atlas: Atlas, raster: HazardRaster, origin: str) -> dict[str, Any] | None:
    shares = class_shares(atlas.area)
    codes = index_codes(raster.bands[INDEX_BAND.format(origin=origin)], shares)
    high, middle = (f"{100 * share:g}" for share in shares)
    classes = [
        _class("lower", SCREENING_LOWER, WORDS["raster_lower"]),
        _class("middle", SCREENING_MIDDLE, filled(WORDS["raster_middle"], share=middle)),
        _class("high", SCREENING_HIGH, filled(WORDS["raster_high"], share=high)),
    ]
    if (doubtful := doubtful_cells(atlas, raster)).any():
        codes = undetermined_first(codes, doubtful)
        told = filled(WORDS["raster_undetermined"], share=f"{100 * class_agreement(atlas):.0f}")
        classes.insert(0, _class("undetermined", UNDETERMINED, told))
    whose = fed_by(atlas) if origin == "south" else WORDS["origin_north"]
    title = filled(WORDS["raster_index"], origin=whose)
    smallest_m = 1000 * SMALLEST_CELL_KM if generalised(atlas) else 0.0
    return _choice(origin, title, fixed_texts(atlas)["cells"], raster, codes, classes, smallest_m)


def _depth(atlas: Atlas, raster: HazardRaster) -> dict[str, Any] | None:
    edges = [f"{edge:g}" for edge in (0, *DEPTH_EDGES_M)]
    spans = [*(f"{low}–{high} m" for low, high in pairwise(edges)), f"> {edges[-1]} m"]
    classes = [_class("depth", colour, pair(span, span)) for colour, span in zip(DEPTH_COLOURS, spans, strict=True)]
    return _choice(
        "depth", WORDS["raster_depth"], fixed_texts(atlas)["depth"], raster, depth_codes(raster.bands["depth_m"]), classes, 0.0
    )


def _share(raster: HazardRaster) -> dict[str, Any] | None:
    edges = [f"{100 * edge:g}" for edge in (0, *SHARE_EDGES, 1)]
    spans = [f"{low}–{high} %" for low, high in pairwise(edges)]
    classes = [_class("share", colour, pair(span, span)) for colour, span in zip(SHARE_COLOURS, spans, strict=True)]
    return _choice(
        "share", WORDS["raster_share"], WORDS["raster_share_about"], raster, share_codes(raster.bands[WET]), classes, 0.0
    )


def _class(key: str, colour: str, text: Pair) -> Symbol:
    return Symbol(key, text["en"], text["ko"], kind="cell", colour=colour, opacity=1.0)


def _choice(
    key: str, title: Pair, text: Pair, raster: HazardRaster, codes: Codes, classes: list[Symbol], smallest_m: float
) -> dict[str, Any] | None:
    picture = overlay(raster, codes, [one.colour for one in classes], smallest_m=smallest_m)
    if picture is None:
        return None
    west, south, east, north = picture.bounds
    merged = picture.shown_m > abs(raster.transform.a)
    return {
        "key": key,
        "title": pair(title["en"], title["ko"]),
        "text": text,
        "basis": filled(WORDS["raster_merged" if merged else "raster_basis"], m=f"{picture.shown_m:,.0f}"),
        "image": picture.data_uri,
        "bounds": [[south, west], [north, east]],
        "classes": [asdict(one) for one in reversed(classes)],
    }
