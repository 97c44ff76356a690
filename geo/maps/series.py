"""The series control of the page: which reported series there are, what each shows, and what must not stand beside it.

Assumption: a map shows one series at a time. Another series that can be drawn brings its own fields, figures and dates; what was
computed from the fields of the build (screening zones, expected density, raster) stands beside no other. A series for the table
only leaves no simulated field on the map. Its limit: supplied fields belong to no series, so they stay.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pandas as pd

from geo import reported
from geo.layer import Atlas
from geo.maps.content import MINEFIELDS, described, simulated_told, subtitle
from geo.maps.series_words import SERIES_VALUES, SERIES_WORDS, missing
from geo.maps.tables import areas_table
from geo.maps.words import SCOPES, VALUES, Pair, filled, pair
from geo.statistics import COLUMNS, layer_table

COMPUTED = ("flood_displacement", "hillslope_displacement", "mined_density")  # from the fields of the build
ONLY_TABLE = "table only"
TOGETHER = "planned and unconfirmed fields together"
PARTS: Mapping[str, tuple[str, str]] = {  # of an assumed value
    "planned_area": ("planned area {n:g} km²", "계획지뢰지대 면적 {n:g} km²"),
    "planned_count": ("{n:,.0f} planned fields", "계획지뢰지대 {n:,.0f}곳"),
    "unconfirmed_area": ("unconfirmed area {n:g} km²", "미확인지뢰지대 면적 {n:g} km²"),
    "unconfirmed_count": ("{n:,.0f} unconfirmed fields", "미확인지뢰지대 {n:,.0f}곳"),
}


def simulated_fields(atlas: Atlas) -> list[str]:
    """Return the minefield layers that are drawn from a series."""
    return [name for name in MINEFIELDS if name in atlas.layers and atlas[name].basis == "allocated"]


def choices(atlas: Atlas) -> list[tuple[str, str]]:
    """Return the series that the page can show by year, each with what it is: ``built``, ``drawn`` or ``table``."""
    entries = atlas.area.settings["series"]
    kinds = {atlas.series: "built"} | dict.fromkeys(atlas.alternatives, "drawn")
    kinds |= {name: "table" for name in entries if name not in kinds and is_table_only(atlas, name)}
    order = {name: i for i, name in enumerate(entries)}
    return sorted(kinds.items(), key=lambda one: (str(entries[one[0]]["as_of"]), order[one[0]]))


def is_table_only(atlas: Atlas, name: str) -> bool:
    """Return whether a series states too little to be drawn."""
    return bool(atlas.area.settings["series"][name].get("table_only", False) or reported.series(atlas.area, name).lacks)


def series_data(atlas: Atlas) -> tuple[dict[str, Any] | None, dict[str, dict[str, Any]]]:
    """Return what the page needs for the control, and the layers of every other series that is drawn.

    Returns
    -------
    dict or None
        ``fields`` and ``computed`` (layers that follow it), ``values``, ``choices``:
        ``key, year, kind, block, source, note, title, status, areas``. None where there is nothing to choose.
    dict
        Layers as `geo.maps.content.described` gives them, by the id of their block; the page decodes one when it is asked for.
    """
    offered = choices(atlas)
    if len(offered) < 2:
        return None, {}
    seen = {name: atlas if kind == "built" else seen_under(atlas, name) for name, kind in offered}
    drawn = simulated_fields(atlas)
    config = {
        "fields": drawn,
        "computed": [name for name in COMPUTED if name in atlas.layers] if drawn else [],
        "values": {**SERIES_VALUES, **scope_values(atlas)},
        "choices": [choice(atlas, seen[name], kind, i) for i, (name, kind) in enumerate(offered)],
    }
    blocks = {
        f"series-{i}-{layer}": described(seen[name], seen[name][layer])
        for i, (name, kind) in enumerate(offered)
        for layer in (drawn if kind == "drawn" else ())
    }
    return config, blocks


def choice(atlas: Atlas, seen: Atlas, kind: str, i: int) -> dict[str, Any]:
    """Return one entry of the control; ``seen`` is the atlas under its series."""
    name = seen.series
    return {
        "key": name,
        "year": str(atlas.area.settings["series"][name]["as_of"]),
        "kind": kind,
        "block": f"series-{i}" if kind == "drawn" else "",
        "source": source_titles(atlas, name),
        "note": [*note(atlas, name, kind), *assumed(atlas, name)],
        "title": table_told(atlas, name) if kind == "table" else subtitle(seen),
        "status": simulated_told(seen),
        "areas": None if kind == "built" else shown_areas(seen),
    }


def seen_under(atlas: Atlas, name: str) -> Atlas:
    """Return an atlas whose fields and area table are those of another series; nothing computed from the build's is told."""
    own = atlas.alternatives.get(name, {})
    layers = {key: own.get(key, layer) for key, layer in atlas.layers.items()}
    return replace(atlas, series=name, layers=layers, areas=areas_under(atlas, name))


def areas_under(atlas: Atlas, name: str) -> pd.DataFrame:
    """Return the area table under another series: the zones as they are, and of the fields that series alone.

    Parameters
    ----------
    atlas : Atlas
        As its tier shows it.
    name : str
        One of ``atlas.alternatives``, or a series for the table only.

    Returns
    -------
    DataFrame
        With the columns of ``areas.csv``; the fields first, for they are what was asked for.
    """
    computed = COMPUTED if simulated_fields(atlas) else ()
    kept = atlas.areas[~atlas.areas["layer"].isin([*MINEFIELDS, *computed])]
    if name in atlas.alternatives:
        measured = layer_table(atlas.area, atlas.alternatives[name], name)
        own = measured[~measured["verdict"].str.startswith("other published value")]
    else:
        own = stated_areas(atlas, name)
    return pd.concat([own, kept], ignore_index=True)


def stated_areas(atlas: Atlas, name: str) -> pd.DataFrame:
    """Return the rows of a series for the table only: its figures, and supplied fields beside them."""
    told = reported.series(atlas.area, name)
    lacking = ", ".join(told.lacks)
    rows = []
    for kind, layer in (("planned", MINEFIELDS[0]), ("unconfirmed", MINEFIELDS[1])):
        figure, number = getattr(told, f"{kind}_km2"), getattr(told, f"{kind}_n")
        row: dict[str, Any] = {"layer": layer, "part": "all", "series": name, "as_of": told.as_of, "basis": atlas[layer].basis}
        if atlas[layer].basis != "allocated":
            rows.append(row | beside(atlas, layer, figure))
        elif figure is not None or number is not None:
            stated = {"n_features": number and int(number.value), "reported_km2": figure.value if figure else None}
            rows.append(row | stated | {"verdict": f"{ONLY_TABLE}: lacks {lacking}", "basis": ""})
    for one in counted(atlas, name):
        row = {"layer": f"sites_{one.scope}", "part": "all", "n_features": int(one.value), "series": name}
        rows.append(row | {"as_of": one.as_of, "verdict": f"{ONLY_TABLE}: {TOGETHER}", "basis": ""})
    kinds = {name: "float" for name in COLUMNS if name.endswith(("_km2", "_percent"))} | {"n_features": "Int64"}
    return pd.DataFrame(rows, columns=list(COLUMNS)).astype(kinds)


def beside(atlas: Atlas, layer: str, figure: reported.ReportedFigure | None) -> dict[str, Any]:
    """Return a supplied layer's measured values, as its tier tells them, beside another figure."""
    own = atlas.areas[(atlas.areas["layer"] == layer) & (atlas.areas["part"] == "all") & atlas.areas["net_km2"].notna()]
    if own.empty:
        return {"verdict": ONLY_TABLE}
    row = own.iloc[0]
    answer = reported.reconcile(float(row["net_km2"]), figure, basis=atlas[layer].basis)
    return {
        **{key: row[key] for key in ("n_features", "gross_km2", "overlap_km2", "net_km2")},
        "reported_km2": answer.reported_km2,
        "difference_km2": answer.difference_km2,
        "difference_percent": answer.difference_percent,
        "verdict": f"{answer.verdict}: {answer.reason}" if answer.reason else answer.verdict,
    }


def counted(atlas: Atlas, name: str) -> list[reported.ReportedFigure]:
    """Return the numbers of mined areas by zone that a series states instead of km²."""
    return [reported.figure(atlas.area, key) for key in atlas.area.settings["series"][name].get("counts", ())]


def scope_values(atlas: Atlas) -> dict[str, Pair]:
    """Return the names of those zones, as the area table tells them."""
    found = {one.scope for name in atlas.area.settings["series"] for one in counted(atlas, name)}
    named = {scope: pair(*SCOPES[scope]) if scope in SCOPES else VALUES.get(scope, pair(scope, scope)) for scope in sorted(found)}
    return {f"sites_{scope}": pair(f"Mined areas: {one['en']}", f"지뢰 지역: {one['ko']}") for scope, one in named.items()}


def shown_areas(seen: Atlas) -> dict[str, Any]:
    """Return the panel's area table, with the series in its title."""
    table = areas_table(seen)
    told = f"{seen.series} ({seen.area.settings['series'][seen.series]['as_of']})"
    return table | {"title": {language: f"{text}: {told}" for language, text in table["title"].items()}}


def source_titles(atlas: Atlas, name: str) -> str:
    """Return the titles of what a series rests on."""
    told = reported.series(atlas.area, name)
    stated = [told.planned_km2, told.unconfirmed_km2, told.planned_n, told.unconfirmed_n, *counted(atlas, name)]
    keys = dict.fromkeys(atlas.area.source_key(one.source) for one in stated if one is not None)
    return "; ".join(atlas.area.sources[key].title for key in keys)


def note(atlas: Atlas, name: str, kind: str) -> list[Pair]:
    """Return what must be said of a choice: where it comes from, or why it is not drawn."""
    if kind == "table":
        stay = [SERIES_WORDS["series_supplied"]] if len(simulated_fields(atlas)) < len(MINEFIELDS) else []
        return [table_told(atlas, name), *stay]
    if kind == "built":
        return [] if simulated_fields(atlas) else [SERIES_WORDS["series_supplied"]]
    return [filled(SERIES_WORDS["series_drawn"], name=name)]


def table_told(atlas: Atlas, name: str) -> Pair:
    """Return the line that says of a series that it is not drawn, and what it lacks."""
    told = reported.series(atlas.area, name)
    lacks = [missing(one) for one in told.lacks]
    lacking = pair(*("; ".join(one[language] for one in lacks) for language in ("en", "ko")))
    return filled(SERIES_WORDS["series_table_told"], name=name, year=told.as_of, lacks=lacking)


def assumed(atlas: Atlas, name: str) -> list[Pair]:
    """Return what no source states of a series, where anything is assumed."""
    values = reported.series(atlas.area, name).assumed
    if not values:
        return []
    texts = [tuple(text.format(n=value) for text in PARTS[part]) for part, value in values.items()]
    what = pair(*("; ".join(text[i] for text in texts) for i in (0, 1)))
    return [filled(SERIES_WORDS["series_assumed"], what=what)]
