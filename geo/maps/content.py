"""What the page is told besides the shapes: titles, words, fixed texts, sources, dates, tables, names, background and view.

Assumption: every text comes from `geo.terms`, the area's data or `geo.maps.words`, in both languages at once; none is made here.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from itertools import pairwise
from typing import Any

import numpy as np
import shapely

from geo.land import land_lonlat
from geo.layer import Atlas, Layer
from geo.maps.labels import map_labels
from geo.maps.payload import COARSE, EXACT_BASES, geometry_set, layer_block, precision_m, thinned
from geo.maps.symbols import DENSITY_BREAKS, GROUPS, START_HIDDEN, SYMBOLS
from geo.maps.tables import all_tables
from geo.maps.words import VALUES, WORDS, Pair, pair
from geo.terms import LAYERS, TEXTS

GROUND_KINDS = {"coast": ("coast", "island"), "border": ("border",)}


def fixed_texts(atlas: Atlas) -> dict[str, Pair]:
    """Return the fixed texts of the atlas with their blanks filled."""
    contacts = atlas.area.settings["contacts"]
    series = atlas.area.settings["series"][atlas.series]
    blanks = {
        "contacts_en": contacts["en"],
        "contacts_ko": contacts["ko"],
        "series": atlas.series,
        "year": series["as_of"],
        "km": f"{atlas.area.settings.get('tier_cell_km', 1):g}",
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
    )
    return {key: pair(TEXTS[key].en.format(**blanks), TEXTS[key].ko.format(**blanks)) for key in wanted}


def marks(atlas: Atlas) -> list[str]:
    """Return the keys of the texts that stand over the map, the gravest first."""
    found = ["synthetic"] if atlas.area.settings.get("synthetic") else []
    found += ["tier_restricted"] if atlas.tier == "restricted" else []
    simulated = any(layer.frame.simulated.any() for layer in atlas.layers.values())
    return found + (["simulated"] if simulated or not found else [])


def generalised(atlas: Atlas) -> bool:
    """Return whether supplied hazards were moved to cells for the public."""
    return atlas.tier == "public" and any(atlas[name].basis in EXACT_BASES for name in GROUPS["hazards"])


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
        "words": WORDS,
        "values": VALUES,
        "texts": texts,
        "sources": sources,
        "tables": all_tables(atlas),
        "labels": map_labels(atlas),
        "marked": marks(atlas) != ["simulated"],
        "bounds": [[south, west], [north, east]],
        "view": [list(start_view(atlas)[1::-1]), list(start_view(atlas)[:1:-1])],
    }


def described(atlas: Atlas, layer: Layer) -> dict[str, Any]:
    """Return a layer's block with its title, figures, paragraph, date and warnings."""
    rows = atlas.areas[(atlas.areas.layer == layer.name) & (atlas.areas.part == "all")]
    counted = len(rows) > 0 and layer.name != "mined_density"  # the area of its cells is not the area of anything mined
    km2 = float(rows.net_km2.iloc[0]) if counted and np.isfinite(rows.net_km2.iloc[0]) else None
    texts = {"as_of": dated(layer.as_of)}
    metres = f"{precision_m(layer):g}"
    texts["declared"] = pair(TEXTS["declared"].en.format(m=metres), TEXTS["declared"].ko.format(m=metres))
    fixed = fixed_texts(atlas)
    warnings = {
        "allocated": ["allocated"],
        "modelled": ["screening"],
        "declared": ["declared"] if layer.land_class == "zone" else [],
    }.get(layer.basis, [])
    title = LAYERS[layer.name]
    block = layer_block(layer) | {
        "title": pair(title.en, title.ko),
        "km2": km2,
        "about": pair(layer.about_en, layer.about_ko),
        "warnings": warnings,
        "texts": {key: texts.get(key) or fixed[key] for key in ("as_of", *warnings)},
    }
    return block | {"classes": density_classes()} if layer.name == "mined_density" else block


def dated(as_of: str) -> Pair:
    """Return the line that tells a layer's date; a word instead of a date is said in both languages."""
    if not as_of[:4].isdigit():
        words = VALUES.get(as_of, pair(as_of, as_of))
        return pair(f"{words['en'].capitalize()}.", f"{words['ko']}.")
    return pair(TEXTS["as_of"].en.format(date=as_of), TEXTS["as_of"].ko.format(date=as_of))


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
    """Return the bounds the page opens on: the zones along the front; west, south, east, north [degrees]."""
    bounds = np.array([atlas[name].frame.total_bounds for name in ("dmz", "mcz")])
    west, south = bounds[:, :2].min(axis=0)
    east, north = bounds[:, 2:].max(axis=0)
    return round(float(west), 5), round(float(south), 5), round(float(east), 5), round(float(north), 5)


def zoom_cap(atlas: Atlas) -> int:
    """Return the closest zoom: an uncertainty is never shown wider than 20 px of 123,357 m / 2^zoom (38° N), 8 to 16.

    The hazard layers decide; a 500 m sketch ends at zoom 12.
    """
    finest = min(precision_m(atlas[name]) for name in GROUPS["hazards"])
    return int(np.clip(math.floor(math.log2(123_357 * 20 / max(finest, 1.0))), 8, 16))
