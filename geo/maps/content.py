"""What the page is told besides the shapes: titles, words, fixed texts, sources, dates, tables, names, background and view.

Assumption: every text comes from `geo.terms`, the area's data or `geo.maps.words`, in both languages at once; none is made here.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import pandas as pd
import shapely

from geo.generalise import PAST_LAYER, is_exact
from geo.grid import SMALLEST_CELL_KM
from geo.land import land_lonlat
from geo.layer import Atlas, Layer
from geo.maps.exactness import SKETCH_ZOOM, closest_zoom, exactness_columns, finest_m, version_columns
from geo.maps.finds import year_labels
from geo.maps.glossary import glossary
from geo.maps.labels import map_labels
from geo.maps.panel_words import river_values
from geo.maps.payload import COARSE, OFF_KM, geometry_set, has_band, layer_block, precision_m, supplied_rows, thinned
from geo.maps.presets import presets
from geo.maps.readout import readout
from geo.maps.symbols import CELLS, DENSITY_BREAKS, GROUPS, RANKED, START_HIDDEN, SYMBOLS
from geo.maps.tables import all_tables
from geo.maps.words import COLUMN_VALUES, VALUES, WORDS, Pair, evidence_values, filled, pair, province_values
from geo.statistics import CLOSED_PART
from geo.terms import LAYERS, RECORD_LAYERS, TEXTS

MINEFIELDS = ("planned_minefields", "unconfirmed_minefields")
TEMPLATES = {
    "cleared_hazard": "cleared",
    "searched_hazard": "searched",
    "marking": "marking",
    "fed_by": "fed_by",
}  # filled by the page

MODELLED = {"hillslope_displacement": "slides", "mined_density": "expected"}  # the others are told to be screening zones
GROUND_KINDS = {"coast": ("coast", "island"), "border": ("border",)}
FRONT_ZOOM = 10  # the whole front is seen


def fixed_texts(atlas: Atlas) -> dict[str, Pair]:
    """Return the fixed texts of the atlas with their blanks filled."""
    contacts = atlas.area.settings["contacts"]
    series = atlas.area.settings["series"][atlas.series]
    blanks = {
        "contacts_en": contacts["en"],
        "contacts_ko": contacts["ko"],
        "series": atlas.series,
        "year": series["as_of"],
        "km": f"{SMALLEST_CELL_KM:g}",
    }
    wanted = (
        "no_data",
        "not_official",
        "found_one",
        "allocated",
        "screening",
        "verify",
        "rounding",
        "synthetic",
        "loading",
        "simulated",
        "tier_public",
        "tier_restricted",
        "expected",
        "slides",
        "slides_apart",
        "cells",
        "depth",
    )
    return {key: pair(TEXTS[key].en.format(**blanks), TEXTS[key].ko.format(**blanks)) for key in wanted}


def marks(atlas: Atlas) -> list[str]:
    """Return the keys of the texts that stand over the map, the gravest first."""
    found = ["synthetic"] if atlas.area.settings.get("synthetic") else []
    found += ["tier_restricted"] if atlas.tier == "restricted" else []
    simulated = any(layer.frame.simulated.any() for layer in atlas.layers.values())
    return found + (["simulated"] if simulated or not found else [])


def brief(text: Pair) -> Pair:
    """Return what stands before the dash of a mark: what is read across a map; cut off, the rest could say the reverse."""
    return pair(*(text[language].partition(" – ")[0] for language in ("en", "ko")))


def generalised(atlas: Atlas) -> bool:
    """Return whether supplied hazards were moved to cells for the public."""
    return atlas.tier == "public" and any(is_exact(layer).any() for layer in atlas.layers.values())


def hazards(atlas: Atlas, *, simulated: bool) -> list[Layer]:
    """Return the minefield layers that hold simulated features, or those that hold supplied ones."""
    return [atlas[name] for name in MINEFIELDS if (atlas[name].frame.simulated == simulated).any()]


def subtitle(atlas: Atlas) -> Pair:
    """Return which minefields are supplied and which are simulated, and what the simulated ones follow."""
    given, drawn = hazards(atlas, simulated=False), hazards(atlas, simulated=True)
    told = WORDS["supplied_cells" if generalised(atlas) else "supplied_layers"]
    parts = [filled(told, layers=titles(given))] if given else []
    if drawn:
        what = filled(WORDS["status_whose"], layers=titles(drawn)) if given else WORDS["status_simulated"]
        parts.append(filled(simulated_told(atlas), what=what))
    return pair(*(" ".join(part[lang] for part in parts) for lang in ("en", "ko")))


def simulated_told(atlas: Atlas) -> Pair:
    """Return what simulated minefields follow, with a blank ``{what}`` for what they are called; the page fills it."""
    year = atlas.area.settings["series"][atlas.series]["as_of"]
    return filled(WORDS["status_follow"], what="{what}", series=atlas.series, year=year)


def titles(layers: list[Layer]) -> Pair:
    """Return the titles of layers as one text."""
    return pair(", ".join(LAYERS[layer.name].en for layer in layers), ", ".join(LAYERS[layer.name].ko for layer in layers))


def fed_by(atlas: Atlas) -> Pair:
    """Return the words for what the southern screening zones were calculated from."""
    given, drawn = hazards(atlas, simulated=False), hazards(atlas, simulated=True)
    return WORDS["fed_both" if given and drawn else "fed_supplied" if given else "fed_simulated"]


def config(atlas: Atlas, texts: dict[str, Pair]) -> dict[str, Any]:
    """Return everything the page needs besides the layers."""
    used = {key for layer in atlas.layers.values() for keys in layer.frame.sources.unique() for key in keys.split(";")}
    used |= {key for layer in atlas.layers.values() for key in layer.sources}
    sources = {key: asdict(source) for key, source in sorted(atlas.area.sources.items()) if key in used or source.publisher}
    west, south, east, north = atlas.area.bounds
    return {
        "title": pair(atlas.area.title_en, atlas.area.title_ko),
        "layers": list(atlas.layers),
        "groups": {group: [name for name in members if name in atlas.layers] for group, members in GROUPS.items()},
        "start_hidden": START_HIDDEN,
        "symbols": {key: asdict(symbol) for key, symbol in SYMBOLS.items()},
        "words": {**WORDS, "origin_south": fed_by(atlas)} | {key: pair(*TEXTS[name][1:3]) for key, name in TEMPLATES.items()},
        "values": {**VALUES, **province_values(atlas.area)},
        "column_values": {**COLUMN_VALUES, **evidence_values(atlas.area), **river_values(atlas)},
        "texts": texts,
        "sources": sources,
        "tables": all_tables(atlas),
        "glossary": glossary(),
        "presets": presets(atlas, start_view(atlas)),
        "labels": [*map_labels(atlas), *year_labels(atlas)],
        "readout": readout(atlas.area),
        "marked": marks(atlas) != ["simulated"],
        "status": simulated_told(atlas),
        "bounds": [[south, west], [north, east]],
        "reach": reach(atlas),
        "view": [list(start_view(atlas)[1::-1]), list(start_view(atlas)[:1:-1])],
        "view_zoom": min([SKETCH_ZOOM, *filter(None, map(zoom_cap, atlas.layers.values()))]),
    }


def described(atlas: Atlas, layer: Layer) -> dict[str, Any]:
    """Return a layer's block with its title, figures, paragraph, date and warnings."""
    told = layer.name != "mined_density"  # the area of its cells is not the area of anything mined
    whole, closed = (figures(atlas.areas, layer.name, part) if told else None for part in ("all", CLOSED_PART))
    warned = warnings(atlas, layer)
    title = LAYERS[layer.name]
    block = layer_block(layer) | {
        "title": pair(title.en, title.ko),
        "km2": whole and whole["km2"],
        "closed": closed,
        "about": pair(layer.about_en, layer.about_ko),
        "zoom_cap": zoom_cap(layer),
        "cells": n_cells(atlas, layer),
        "warnings": list(warned),
        "texts": {"as_of": dated(layer.as_of, oldest(layer)), **warned},
    }
    public = atlas.tier == "public"
    block["columns"] |= version_columns(layer, years_only=public) | ({} if public else exactness_columns(layer))
    if layer.name in RANKED:
        block["band"] = told_band(atlas, layer)
    return block | {"classes": density_classes()} if layer.name == "mined_density" else block


def figures(areas: pd.DataFrame, name: str, part: str) -> dict[str, Any] | None:
    """Return number, None where the tier does not tell it, and net km² of a part of a layer; None if nothing was measured."""
    rows = zip(areas.layer, areas.part, areas.n_features, areas.net_km2, strict=True)
    measured = [(n, km2) for layer, own, n, km2 in rows if (layer, own) == (name, part) and np.isfinite(km2)]
    return {"n": None if pd.isna(measured[0][0]) else int(measured[0][0]), "km2": float(measured[0][1])} if measured else None


def n_cells(atlas: Atlas, layer: Layer) -> int:
    """Return how many features of a layer are cells of the public tier: their number is not that of hazards."""
    if layer.name in RECORD_LAYERS:
        return len(layer.frame) if CELLS in layer.frame else 0
    hazard = layer.name in (*MINEFIELDS, PAST_LAYER)
    return int(is_exact(layer).sum()) if hazard and atlas.tier == "public" else 0


def told_band(atlas: Atlas, layer: Layer) -> Pair:
    """Return what the band of an index is: that of the ensemble, or that one run has none."""
    if not has_band(layer.frame):
        return pair(TEXTS["one_run"].en, TEXTS["one_run"].ko)
    return filled(pair(TEXTS["ensemble"].en, TEXTS["ensemble"].ko), n=f"{atlas.parameters['members']:,}")


def warnings(atlas: Atlas, layer: Layer) -> dict[str, Pair]:
    """Return what must be said of a layer as a whole: how it came about, and how far off it may be where that is stated."""
    told = {"allocated": "allocated", "modelled": MODELLED.get(layer.name, "screening")}.get(layer.basis)
    found = {told: fixed_texts(atlas)[told]} if told else {}
    metres = precision_m(layer)
    if layer.name in GROUPS["zones"] and layer.basis == "declared" and metres is not None:
        text = TEXTS["declared"]
        found["declared"] = filled(pair(text.en, text.ko), m=f"{metres:,.0f}")
    if layer.name in OFF_KM and (km := kilometres(layer)):
        found["placed"] = filled(WORDS["placed"], km=km)
    if layer.name in RECORD_LAYERS and CELLS in layer.frame:
        found["few_told"] = WORDS["few_told"]
    return found


def kilometres(layer: Layer) -> str:
    """Return how far off the points of a layer may be [km], from the least to the most; "" where it is not stated."""
    if OFF_KM[layer.name] not in layer.frame:
        return ""
    stated = pd.to_numeric(layer.frame[OFF_KM[layer.name]], errors="coerce").dropna()
    return "–".join(f"{km:g}" for km in sorted({stated.min(), stated.max()})) if len(stated) else ""


def oldest(layer: Layer) -> str:
    """Return the earliest date of what somebody recorded in a layer; "" where none is stated."""
    stated = layer.frame["as_of"][is_exact(layer)].astype(str)
    stated = stated[stated.str[:4].str.isdigit()]
    return str(stated.min()) if len(stated) else ""


def dated(as_of: str, since: str = "") -> Pair:
    """Return the line that tells a layer's date, or its span; a word instead of a date is said in both languages."""
    if not as_of[:4].isdigit():
        words = VALUES.get(as_of, pair(as_of, as_of))
        return pair(f"{words['en'].capitalize()}.", f"{words['ko']}.")
    first = since if since and since < as_of else ""
    en, ko = (f"{first} to {as_of}", f"{first}~{as_of}") if first else (as_of, as_of)
    return pair(TEXTS["as_of"].en.format(date=en), TEXTS["as_of"].ko.format(date=ko))


def density_classes() -> list[dict[str, str]]:
    """Return the classes of the expectation grid with their edges as text."""
    edges = [0.0, *DENSITY_BREAKS, math.inf]
    texts = [f"{100 * low:g}–{100 * high:g} %" if math.isfinite(high) else f"> {100 * low:g} %" for low, high in pairwise(edges)]
    return [{"key": f"density_{i}", "en": text, "ko": text} for i, text in enumerate(texts)]


def ground(atlas: Atlas) -> dict[str, list[dict[str, Any]]]:
    """Return land, coast and borders as geometry sets of the background."""
    land = shapely.get_parts(thinned(np.array([land_lonlat(atlas.area)], dtype=object)))
    sea = np.array([shapely.box(*atlas.area.bounds)], dtype=object)
    found = {"sea": [geometry_set("polygon", sea, np.zeros(1, dtype=int), COARSE)]}
    found["land"] = [geometry_set("polygon", land, np.arange(len(land)), COARSE)]
    for name, kinds in GROUND_KINDS.items():
        lines = atlas.area.lines.geometry[atlas.area.lines.kind.isin(kinds)].values
        if len(lines):
            found[name] = [geometry_set("line", np.array(lines, dtype=object), np.arange(len(lines)), COARSE)]
    return found


def start_view(atlas: Atlas) -> tuple[float, float, float, float]:
    """Return the bounds the page opens on: the front's zones and what was supplied; west, south, east, north [degrees]."""
    given = [layer.frame[~layer.frame["simulated"]] for layer in hazards(atlas, simulated=False)]
    shown = [atlas["dmz"].frame, atlas["mcz"].frame, *(frame for frame in given if len(frame))]
    bounds = np.array([frame.total_bounds for frame in shown])
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    return round(float(west), 5), round(float(south), 5), round(float(east), 5), round(float(north), 5)


def reach(atlas: Atlas) -> list[list[float]]:
    """Return the bounds of everything that is drawn, as far as it lies beyond the study area: [[south, west], [north, east]]."""
    drawn = [layer.frame.total_bounds for layer in atlas.layers.values() if len(layer.frame)]
    bounds = np.array([atlas.area.bounds, *drawn])
    (west, south), (east, north) = bounds[:, :2].min(axis=0), bounds[:, 2:].max(axis=0)
    return [[round(float(south), 3), round(float(west), 3)], [round(float(north), 3), round(float(east), 3)]]


def zoom_cap(layer: Layer) -> int | None:
    """Return the closest zoom a layer is drawn at; None for supplied features and for points that tell how far off they may be.

    Simulated and traced shapes end at `SKETCH_ZOOM`, zones of coarser precision before, but none before `FRONT_ZOOM`.
    """
    if layer.name in OFF_KM or supplied_rows(layer).any():
        return None
    metres = precision_m(layer)
    return SKETCH_ZOOM if metres is None else int(np.clip(closest_zoom(metres), FRONT_ZOOM, SKETCH_ZOOM))


def map_zoom(atlas: Atlas) -> int:
    """Return the closest zoom of the map: that of the most exact supplied feature that states its precision, 12 to 16."""
    given = [layer for layer in atlas.layers.values() if supplied_rows(layer).any()]
    return max([SKETCH_ZOOM, *(closest_zoom(metres) for layer in given if (metres := finest_m(layer)) is not None)])
