"""What a sheet tells of its atlas: titles, texts, legend notes, figures, dates and sources, as the atlas may be shown.

Assumption: every text comes from `geo.terms`, the area's data or the web map's words, so that page and sheet say the same.
Limit: a date is told as the layer states it; no date of the printing is on a sheet, because the same build gives the same sheet.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import metadata

import numpy as np
import shapely

from geo.exchange.content import combined_sha256, content_sha256
from geo.generalise import exact_rows, mapped_layers
from geo.land import land_lonlat
from geo.layer import Atlas, Layer
from geo.maps.columns import km
from geo.maps.content import brief, fixed_texts, marks, subtitle, warnings
from geo.maps.payload import precision_m
from geo.maps.symbols import GROUPS, SYMBOLS, Symbol, symbol_keys
from geo.maps.words import VALUES, Pair, filled, pair
from geo.sheets.draw import CRISP_MM, Drawn, Look
from geo.sheets.fonts import Lettering, writable_pair
from geo.sheets.grid import Grid
from geo.sheets.ground import BEYOND, BORDER, COAST, DISTRICT, SEA, ground_seen
from geo.sheets.lettering import unbroken
from geo.sheets.marginalia import About, Index, legend_entries
from geo.sheets.norths import Declination
from geo.sheets.view import View
from geo.terms import BASES, LAYERS

HASH_DIGITS = 16
OUTLINE_DEG = 0.02  # the index map is some centimetres wide
STANDING = ("no_data", "not_official", "verify")
PLAIN_BASES = frozenset({"allocated", "modelled"})  # the symbol's own name says so
OFF = (
    "Edges known to ± {m} m only, ± {mm} mm on this sheet, are drawn as soft bands ({layers}).",
    "경계 위치는 ±{m} m까지만 알려져(이 도엽에서 ±{mm} mm) 흐린 띠로 표시함({layers}).",
)
SKETCH = (
    "This scale is larger than the data are exact: simulated and schematic shapes are no positions.",
    "축척이 자료의 정확도보다 큽니다. 모의 배치와 개략 도형은 실제 위치가 아닙니다.",
)
SOFT = ("soft band, no exact line", "흐린 띠, 정확한 선 아님")
PARTLY_SOFT = ("soft band where less exact", "부정확한 곳은 흐린 띠")
IN_CELLS = ("hatch: the 1 km cell itself, not a field's limit", "빗금: 1 km 격자 자체이며 실제 경계가 아님")
SCHEMATIC = (
    "Coasts and provincial borders are schematic: lines through a few control points.",
    "해안선과 도 경계는 개략적입니다. 몇 개의 기준점을 이은 선입니다.",
)
CIRCLED = ("anywhere in its circle", "원 안 어딘가")
SKETCH_SCALE = 100_000  # of ± 500 m: 5 mm on paper
REPORTED = (
    "{layer}: mapped {mapped} km², reported {reported} km² ({series}); {verdict}.",
    "{layer}: 지도 {mapped} km², 공표 {reported} km²({series}); {verdict}.",
)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sheet stands among the sheets of an atlas.

    Attributes
    ----------
    name : Pair
        Of the sheet.
    page, n_pages : int
    index : Index or None
        Where the sheets lie.
    counts : tuple of Pair
        What lies within the frame, see `geo.sheets.counts`.
    counted_in : str
        ``frame``, or ``district`` where only that part of the frame is counted.
    """

    name: Mapping[str, str]
    page: int = 1
    n_pages: int = 1
    index: Index | None = None
    counts: tuple[Pair, ...] = ()
    counted_in: str = "frame"


def about(
    atlas: Atlas,
    view: View,
    place: Place,
    *,
    drawn: Drawn,
    grid: Grid | None,
    lettering: Lettering,
    declination: Declination | None = None,
    dataset_hash: str = "",
) -> About:
    """Return what stands around a sheet's map.

    Parameters
    ----------
    atlas : Atlas
        As its tier may be shown.
    view : View
    place : Place
    drawn : Drawn
        What the map shows.
    grid : Grid or None
    lettering : Lettering
        Where it has no Hangul, Korean words are left out.
    declination : Declination or None
    dataset_hash : str
        See `dataset_sha256`.

    Returns
    -------
    About
    """
    texts, area, told = fixed_texts(atlas), atlas.area, {*drawn.layers, "places"}
    sources, n_of_hazards = _sources(atlas, told)
    ground = ground_seen(atlas, view)

    def said(*found: Mapping[str, str]) -> tuple[dict[str, str], ...]:
        told = (writable_pair(one, lettering.hangul) for one in found)
        return tuple(one for one in told if one[view.language])

    return About(
        title=said(pair(area.title_en, area.title_ko))[0],
        subtitle=writable_pair(subtitle(atlas), lettering.hangul),
        sheet_name=writable_pair(place.name, lettering.hangul),
        contacts=writable_pair(_unbroken(texts["found_one"], area.settings["contacts"]), lettering.hangul),
        texts=said(*_texts(atlas, view, drawn.layers), *([pair(*SCHEMATIC)] if {COAST, BORDER} & {*ground} else [])),
        legend=tuple((symbol, writable_pair(text, lettering.hangul)) for symbol, text in _legend(atlas, place, drawn, ground)),
        marks=said(*(texts[key] for key in marks_on(atlas, drawn))),
        series=said(*_figures(atlas, told)),
        sources=said(*sources),
        n_sources_kept=n_of_hazards,
        as_of=said(*_dated(atlas, told)),
        version=f"minemap {_version()}",
        dataset_hash=dataset_hash[:HASH_DIGITS],
        page=place.page,
        n_pages=place.n_pages,
        grid=grid,
        declination=declination,
        index=place.index,
        soft_mm={key: look.soft_mm[0] for key, look in drawn.looks.items() if look.soft_mm[0] > 0},
        counts=said(*place.counts),
        counted_in=place.counted_in,
    )


def marks_on(atlas: Atlas, drawn: Drawn) -> list[str]:
    """Return the keys of the marks of a sheet, the gravest first: "simulated" only where something simulated is seen."""
    return [key for key in marks(atlas) if key != "simulated" or drawn.simulated]


def watermarks(atlas: Atlas, drawn: Drawn, hangul: bool) -> list[tuple[str, str]]:
    """Return the marks that lie over the map with their text in both languages, the gravest first."""
    texts = fixed_texts(atlas)
    found = []
    for key in marks_on(atlas, drawn):
        short = brief(writable_pair(texts[key], hangul))
        found.append((key, " / ".join(filter(None, (short["en"], short["ko"])))))
    return found


def dataset_sha256(atlas: Atlas) -> str:
    """Return the SHA-256 of all features of an atlas as they are shown: that of its layers' content, combined."""
    return combined_sha256({name: content_sha256(layer.frame) for name, layer in atlas.layers.items()})


def outline(atlas: Atlas) -> shapely.Geometry:
    """Return the land of the study area, thin enough for an index map; longitude and latitude."""
    return shapely.intersection(shapely.simplify(land_lonlat(atlas.area), OUTLINE_DEG), shapely.box(*atlas.area.bounds))


def _texts(atlas: Atlas, view: View, seen: tuple[str, ...]) -> list[Mapping[str, str]]:
    """Return the standing texts, the gravest first; those of layers only where the layer is on the sheet."""
    texts = fixed_texts(atlas)
    found: list[Mapping[str, str]] = [texts[key] for key in STANDING]
    drawn = [name for name in atlas.layers if name in seen]
    for name in drawn:
        found += [text for key, text in warnings(atlas, atlas[name]).items() if key not in ("declared", "placed")]
    found += _off(atlas, view, drawn)
    if view.scale < SKETCH_SCALE and any(atlas[name].simulated or precision_m(atlas[name]) for name in drawn):
        found.append(pair(*SKETCH))
    tier = "tier_restricted" if atlas.tier == "restricted" else "tier_public"
    if tier == "tier_restricted" or mapped_layers(atlas):
        found.append(texts[tier])
    unique = {one["en"]: one for one in [*found, texts["rounding"]]}
    return list(unique.values())


def _off(atlas: Atlas, view: View, drawn: list[str]) -> list[Pair]:
    """Return how far off zones may be in metres and on this paper; layers of one precision are told together."""
    by_metres: dict[float, list[str]] = {}
    for name in drawn:
        metres = precision_m(atlas[name])
        if metres is not None and name in ("mdl", "dmz", "mcz") and view.mm(metres) >= CRISP_MM:
            by_metres.setdefault(metres, []).append(name)
    return [
        filled(
            pair(*OFF),
            m=f"{metres:,.0f}",
            mm=f"{view.mm(metres):.1f}".removesuffix(".0"),
            layers=", ".join(name.upper() for name in names),
        )
        for metres, names in sorted(by_metres.items())
    ]


def _note(layer: Layer) -> Pair:
    """Return what a legend says behind a symbol: how the layer came about, where its name does not say so."""
    told = sorted({basis for basis in layer.frame.basis.unique() if basis not in PLAIN_BASES and basis in BASES})
    if not told or layer.name in ("rivers", "places", "incidents", "cleared_areas", "finds", "accidents", "signs"):
        return pair("", "")
    metres = precision_m(layer)
    exact = f", ± {metres:,.0f} m" if metres is not None and metres > 0 else ""
    return pair(
        ", ".join(BASES[basis].en.lower() for basis in told) + exact, ", ".join(BASES[basis].ko for basis in told) + exact
    )


def _legend(atlas: Atlas, place: Place, drawn: Drawn, ground: tuple[Symbol, ...]) -> list[tuple[Symbol, Mapping[str, str]]]:
    """Return the legend of what is drawn, and below it of the ground that is seen."""
    cells = _as_cells(atlas, drawn.layers)
    notes = {
        key: _looks_note([_note(atlas[name]) for name in look.layers], look, key in cells) for key, look in drawn.looks.items()
    }
    there = {*ground, *([DISTRICT] if place.counted_in == "district" else []), *([BEYOND] if drawn.beyond else [])}
    around: list[tuple[Symbol, Mapping[str, str]]] = [
        (symbol, pair(symbol.en, symbol.ko)) for symbol in (BORDER, DISTRICT, SEA, BEYOND) if symbol in there
    ]
    return [*legend_entries(drawn.looks, {key: note for key, note in notes.items() if note["en"]}), *around]


def _as_cells(atlas: Atlas, drawn: tuple[str, ...]) -> set[str]:
    """Return the keys of hatched symbols that the public tier draws as cells, whose hatch ends where a cell does."""
    if atlas.tier != "public":
        return set()
    layers = [atlas[name] for name in GROUPS["hazards"] if name in drawn]
    keys = {key for one in layers for key in symbol_keys(one.name, one.frame)[exact_rows(one.frame, one.name)].tolist()}
    return {key for key in keys if SYMBOLS[key].hatch}


def _looks_note(notes: list[Pair], look: Look, in_cells: bool) -> Pair:
    """Return the notes of a symbol's layers, those that say the same once, with what its look on this sheet means."""
    least, most = look.soft_mm
    soft = SOFT if least > 0 else PARTLY_SOFT if most > 0 else CIRCLED if look.circled else ("", "")
    told = [*notes, pair(*soft), pair(*IN_CELLS) if in_cells else pair("", ""), look.beyond_note]
    return pair(*("; ".join(dict.fromkeys(filter(None, (one[language] for one in told)))) for language in ("en", "ko")))


def _unbroken(text: Mapping[str, str], contacts: Mapping[str, str]) -> Pair:
    """Return a text in both languages that no line breaks within a contact with a number, such as ``police 112``."""
    numbered = {word: [one for one in text.split(", ") if any(map(str.isdigit, one))] for word, text in contacts.items()}
    return pair(*(unbroken(text[language], numbered[language]) for language in ("en", "ko")))


def _figures(atlas: Atlas, told: set[str]) -> list[Pair]:
    """Return mapped beside reported km² of the sheet's layers that have both; series are named and never added."""
    areas = atlas.areas
    rows = areas[
        (areas.part == "all") & areas.layer.isin(told - {"mined_density"}) & areas.net_km2.notna() & areas.reported_km2.notna()
    ]
    found = []
    for row in rows.to_dict("records"):
        title = LAYERS[str(row["layer"])]
        word = str(row["verdict"]).partition(":")[0]
        verdict = VALUES.get(word, pair(word, word))
        series = " ".join(str(row[name]) for name in ("series", "as_of") if row[name] and row[name] == row[name])
        blanks = {"mapped": km(row["net_km2"]), "reported": km(row["reported_km2"]), "series": series}
        found.append(
            pair(
                REPORTED[0].format(layer=title.en, verdict=verdict["en"], **blanks),
                REPORTED[1].format(layer=title.ko, verdict=verdict["ko"], **blanks),
            )
        )
    return found


def _dated(atlas: Atlas, told: set[str]) -> list[Pair]:
    """Return the dates that the sheet's layers speak of, the newest first, each with its layers."""
    layers: dict[str, list[str]] = {}
    for name, layer in atlas.layers.items():
        if name in told:
            layers.setdefault(layer.as_of, []).append(name)
    found = []
    for as_of in sorted(layers, key=lambda date: (date[:4].isdigit(), date), reverse=True):
        word, titles = VALUES.get(as_of, pair(as_of, as_of)), [LAYERS[name] for name in layers[as_of]]
        en, ko = ", ".join(title.en for title in titles), ", ".join(title.ko for title in titles)
        found.append(pair(f"{word['en']}: {en}", f"{word['ko']}: {ko}"))
    return found


def _sources(atlas: Atlas, told: set[str]) -> tuple[list[Pair], int]:
    """Return title, publisher and date of every source that the sheet's layers name, and how many are of hazards: the first."""
    names = [name for group in GROUPS.values() for name in group if name in told and name in atlas.layers]
    used: dict[str, bool] = {}
    for name in sorted(names, key=lambda one: one not in GROUPS["hazards"]):
        layer = atlas[name]
        own = {key for keys in layer.frame.sources.unique() for key in str(keys).split(";")} | {*layer.sources}
        new = sorted((own & atlas.area.sources.keys()) - used.keys())
        used |= dict.fromkeys(new, name in GROUPS["hazards"])
    sources = [atlas.area.sources[key] for key in used]
    texts = [", ".join(filter(None, (source.title, source.publisher, source.published))) for source in sources]
    return [pair(text, text) for text in texts], sum(used.values())


def latest_year(atlas: Atlas) -> float:
    """Return the year of the newest information in an atlas, as the middle of it; NaN where no layer tells one."""
    years = [text[:4] for layer in atlas.layers.values() for text in layer.frame.as_of.astype(str).unique()]
    known = [int(year) for year in years if year.isdigit()]
    return max(known) + 0.5 if known else float(np.nan)


def _version() -> str:
    try:
        return metadata.version("minemap")
    except metadata.PackageNotFoundError:
        return "not installed"
