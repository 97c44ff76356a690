"""What stands around the map of a sheet: title, legend, scale, norths, datum, sources, dates and the texts that must be read.

Assumption: the paper is measured in millimetres and the frame of the map is given; blocks of text fill what it leaves, in the
largest size at which all of them fit, never smaller than 5.5 pt. Limit: where the sources are too many, their list is cut and
says how many are left out; before it loses those of hazards, the count of what lies in the frame and then the index of the sheets
are left out; nothing else is, and a sheet that still does not fit is refused.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import shapely

from geo.errors import ConfigError
from geo.maps.symbols import SYMBOLS, Symbol
from geo.sheets.blocks import Block, IndexMap, Legend, Norths, ScaleBar, Words
from geo.sheets.grid import MARGIN_MM, Grid, grid_sentence
from geo.sheets.head import EDGE_MM, LEAST_PT, draw_head, head_mm, head_told, language_of
from geo.sheets.lettering import line_mm
from geo.sheets.norths import Declination
from geo.sheets.view import A4_SHORT_MM, View

Pair = Mapping[str, str]
MOST_PT, STEP_PT = 7.0, 0.25  # of the margin's text on A4
EASY, FEWEST_SOURCES = 0.86, 6  # of the largest size: read with ease; sources that stand for a cut list
GAP_MM = 3.5  # between columns
BETWEEN = 0.55  # between blocks, in lines
LEGEND_RUN = 16  # most entries that stay together in a column
COLUMN = 8.4  # width of a column in font sizes [mm / pt]
TEXT_MM2 = 19_500.0  # what the margin of an A4 sheet needs
_WORDS: Mapping[str, tuple[str, str]] = {
    "legend": ("Legend, highest class first", "범례 (높은 등급부터)"),
    "legend_on": ("Legend, continued", "범례 (계속)"),
    "index": ("Sheets of this area", "도엽 색인"),
    "series": ("Reported and mapped", "공표 면적과 지도 면적"),
    "sources": ("Sources", "출처"),
    "more": ("and {n} more, listed in atlas.html", "그 밖에 {n}건: atlas.html 참조"),
    "as_of": ("Information as of", "정보 기준일"),
    "read": ("Read this first", "먼저 읽으십시오"),
    "datum": ("Datum and grid", "기준계와 격자"),
    "heights": ("heights not shown", "높이는 표시하지 않음"),
    "made": ("Made with", "작성"),
    "hash": ("Data set", "자료 해시"),
    "scale": ("Scale", "축척"),
    "print": (
        "True on paper {paper} printed at 100 %: one kilometre is {mm} mm.",
        "{paper} 용지에 100 %로 인쇄하면 1 km는 {mm} mm입니다.",
    ),
    "frame": ("Within the frame", "도곽 안의 수량"),
    "district": ("Of this district, within the frame", "이 행정구역 중 도곽 안의 수량"),
}


@dataclass(frozen=True, slots=True)
class Index:
    """Where the sheets of an area lie.

    Attributes
    ----------
    outline : shapely geometry
        Of the area, longitude and latitude: polygons or lines.
    boxes : tuple of Polygon
        Of the sheets, longitude and latitude.
    current : int
        Place of this sheet among the boxes.
    """

    outline: shapely.Geometry
    boxes: tuple[shapely.Geometry, ...]
    current: int


@dataclass(frozen=True, slots=True)
class About:
    """What a sheet tells besides its map; every text is a pair ``{"en": …, "ko": …}``.

    Attributes
    ----------
    title, subtitle, sheet_name : Pair
        Head of the sheet.
    contacts : Pair
        What to do on finding a mine: always told in both languages.
    texts : tuple of Pair
        The standing texts, the gravest first.
    legend : tuple of (Symbol, Pair)
        From the highest class to the lowest, see `legend_entries`.
    marks : tuple of Pair
        Words over the map such as SIMULATED; the tier.
    series, sources, as_of : tuple of Pair
        Reported beside mapped km²; sources with their dates; the date of each layer.
    n_sources_kept : int
        So many of the first sources, those of hazards, are told before anything that may be left out.
    version, dataset_hash : str
        Of the tool and of the data; "" leaves one out.
    page, n_pages : int
        Of the atlas of sheets.
    grid : Grid or None
        What `draw_grid` drew.
    declination : Declination or None
        None: the sheet says that magnetic north is not known.
    index : Index or None
        Left out where there is one sheet only.
    soft_mm : mapping of str to float
        Half the width of soft bands, by the keys of the symbols whose edges are nowhere crisp on this sheet.
    counts : tuple of Pair
        How much of what lies within the frame; left out where the sheet has no room for it.
    counted_in : str
        ``frame`` or ``district``: of which they tell it.
    """

    title: Pair
    subtitle: Pair
    sheet_name: Pair
    contacts: Pair
    texts: tuple[Pair, ...]
    legend: tuple[tuple[Symbol, Pair], ...]
    marks: tuple[Pair, ...] = ()
    series: tuple[Pair, ...] = ()
    sources: tuple[Pair, ...] = ()
    n_sources_kept: int = 0
    as_of: tuple[Pair, ...] = ()
    version: str = ""
    dataset_hash: str = ""
    page: int = 1
    n_pages: int = 1
    grid: Grid | None = None
    declination: Declination | None = None
    index: Index | None = None
    soft_mm: Mapping[str, float] = field(default_factory=dict)
    counts: tuple[Pair, ...] = ()
    counted_in: str = "frame"


@dataclass(frozen=True, slots=True)
class Placed:
    """A block and the place it has on paper [mm], from the lower left corner."""

    block: Block = field(repr=False)
    key: str
    x: float
    y: float
    width: float
    height: float


def frame_of(paper_mm: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return the frame of the map on a paper [mm]: left, bottom, width, height; the rest has room for the texts.

    Examples
    --------
    >>> frame_of((210.0, 297.0))
    (17.5, 113, 175, 160)
    """
    wide, high = paper_mm
    size = min(wide, high) / A4_SHORT_MM
    need = TEXT_MM2 * size
    left, top = EDGE_MM + MARGIN_MM["left"], EDGE_MM + head_mm(paper_mm) + MARGIN_MM["top"] + 0.5
    if high >= wide:
        below = EDGE_MM + MARGIN_MM["bottom"] + math.ceil(need / (wide - 2 * EDGE_MM))
        return left, math.ceil(below), math.floor(wide - 2 * left), math.floor(high - top - math.ceil(below))
    beside = EDGE_MM + MARGIN_MM["right"] + GAP_MM + math.ceil(need / (high - top - EDGE_MM))
    below = EDGE_MM + MARGIN_MM["bottom"]
    return left, math.ceil(below), math.floor(wide - left - beside), math.floor(high - top - math.ceil(below))


def legend_entries(keys: Iterable[str], notes: Mapping[str, Pair] | None = None) -> tuple[tuple[Symbol, Pair], ...]:
    """Return the legend of the symbols on a sheet, from the highest class to the lowest; "no data" is always in it.

    Parameters
    ----------
    keys : iterable of str
        Keys of `geo.maps.symbols.SYMBOLS` that are drawn.
    notes : mapping of key to Pair
        Basis and status, told behind the name.

    Examples
    --------
    >>> entries = legend_entries(["rivers", "sha", "cha"], {"sha": {"en": "supplied", "ko": "제공 자료"}})
    >>> [text["en"] for _, text in entries][:2], entries[-1][0].key
    (['CHA, confirmed hazardous area', 'SHA, suspected hazardous area – supplied'], 'no_data')
    """
    from geo.maps.content import density_classes
    from geo.terms import LAYERS

    density = {row_key: row for row_key, row in zip((f"density_{n}" for n in range(5)), density_classes(), strict=True)}
    chosen, told = {*keys, "no_data"}, notes or {}
    entries = []
    for key, symbol in SYMBOLS.items():
        if key not in chosen:
            continue
        name = {"en": symbol.en, "ko": symbol.ko}
        if key in density:
            layer = LAYERS["mined_density"]
            name = {"en": f"{layer.en}: {density[key]['en']}", "ko": f"{layer.ko}: {density[key]['ko']}"}
        note = told.get(key)
        entries.append((symbol, {word: f"{name[word]} – {note[word]}" if note else name[word] for word in ("en", "ko")}))
    return tuple(entries)


def draw_margins(figure: Any, view: View, about: About) -> list[Placed]:
    """Draw all that stands around the map.

    Parameters
    ----------
    figure : matplotlib Figure
        As large as the paper.
    view : View
        Of the sheet: paper and frame [mm], scale, zone, language.
    about : About
        What is told.

    Returns
    -------
    list of Placed
        The blocks and their places [mm], the head first.

    Raises
    ------
    ConfigError
        Where the frame leaves too little room for texts of 5.5 pt.
    """
    wide, high = view.paper_mm
    axes = figure.add_axes((0, 0, 1, 1), label="margins")
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    axes.set_axis_off()
    about = head_told(view, about)
    draw_head(axes, view, about)
    size_pt, placed = laid_out(view, about)
    for one in placed:
        one.block.draw(axes, one.x, one.y + one.height, one.width, size_pt)
    axes.set_xlim(0, wide)
    axes.set_ylim(0, high)
    head = Words("head", about.title[language_of(view)], (about.subtitle[language_of(view)],))
    strip_mm = head_mm(view.paper_mm)
    return [Placed(head, "head", EDGE_MM, high - EDGE_MM - strip_mm, wide - 2 * EDGE_MM, strip_mm), *placed]


def laid_out(view: View, about: About) -> tuple[float, list[Placed]]:
    """Return the font size [pt] and the places of all blocks of the margin: the largest size at which they fit.

    Where a size that reads with ease is too large for all sources, the list of sources is cut before the letters get smaller;
    counts and index are left out before the sources of hazards are.

    Raises
    ------
    ConfigError
        Where they do not fit at 5.5 pt.
    """
    without = (about, replace(about, counts=()), replace(about, counts=(), index=None))
    for left, n_least in (*((one, max(about.n_sources_kept, 1)) for one in without), (without[-1], 0)):
        found = _sized(view, left, n_least)
        if found is not None:
            return found
    raise ConfigError(
        "the texts of the sheet do not fit",
        where=f"paper {view.paper_mm[0]:g} × {view.paper_mm[1]:g} mm, frame {view.frame_mm[2]:g} × {view.frame_mm[3]:g} mm",
        expected=f"room for all texts at {LEAST_PT} pt",
        mend="take a larger paper or fewer layers",
    )


def _sized(view: View, about: About, n_least: int) -> tuple[float, list[Placed]] | None:
    """Return the largest font size at which all fits with so many sources at least, and the blocks' places; None if none does."""
    most = math.floor(MOST_PT * math.sqrt(min(view.paper_mm) / A4_SHORT_MM) / STEP_PT) * STEP_PT
    sizes = [most - STEP_PT * step for step in range(int((most - LEAST_PT) / STEP_PT) + 1)]
    for size_pt in sizes:
        placed = _flowed(blocks_of(view, about), view, size_pt)
        if placed is None and size_pt <= EASY * most:
            n_told = max(n_least, FEWEST_SOURCES) if size_pt > sizes[-1] else n_least
            placed = _with_fewer_sources(view, about, size_pt, n_told)
        if placed is not None:
            return size_pt, placed
    return None


def _with_fewer_sources(view: View, about: About, size_pt: float, n_least: int) -> list[Placed] | None:
    """Return the places of all blocks with as many sources as fit; None where fewer than the least do."""
    n_told, n_over = min(n_least, len(about.sources)), len(about.sources)
    found = _flowed(blocks_of(view, about, n_told), view, size_pt)
    while found is not None and n_over - n_told > 1:
        middle = (n_told + n_over) // 2
        placed = _flowed(blocks_of(view, about, middle), view, size_pt)
        found, n_told, n_over = (found, n_told, middle) if placed is None else (placed, middle, n_over)
    return found


def _legends(about: About, headings: tuple[str, str], language: str) -> list[Block]:
    """Return a legend in runs that a column can hold, with the headings of the first and of those that go on from it."""
    told = tuple((symbol, pair[language]) for symbol, pair in about.legend)
    size = -(-len(told) // -(-len(told) // LEGEND_RUN)) if told else 1  # runs of nearly the same length
    runs = range(0, max(len(told), 1), size)
    return [Legend(f"legend{start or ''}", headings[start > 0], told[start : start + size], about.soft_mm) for start in runs]


def blocks_of(view: View, about: About, n_sources: int | None = None) -> list[Block]:
    """Return the blocks of a margin in the order in which they are to be read.

    Parameters
    ----------
    view : View
        Of the sheet.
    about : About
        What is told.
    n_sources : int or None
        How many sources are named; None names all, a smaller number says how many more there are.
    """
    language = language_of(view)

    def said(pairs: Sequence[Pair]) -> tuple[str, ...]:
        return tuple(pair[language] for pair in pairs)

    def word(key: str, **blanks: Any) -> str:
        return _WORDS[key][language == "ko"].format(**blanks)

    other = "en" if language == "ko" else "ko"
    sources = said(about.sources)
    if n_sources is not None and n_sources < len(sources):
        sources = (*sources[:n_sources], word("more", n=len(sources) - n_sources))
    km_mm = f"{1e6 / view.scale:.2f}".rstrip("0").rstrip(".")
    note = word("print", paper=paper_name(view.paper_mm), mm=km_mm)
    found: list[Block] = [
        Words("contacts", "", tuple(filter(None, (about.contacts[language], about.contacts[other]))), boxed=True),
        Words("texts", word("read"), said(about.texts)),
        *_legends(about, (word("legend"), word("legend_on")), language),
        ScaleBar("scale", view.scale, f"{word('scale')} 1 : {view.scale:,}", note),
        Norths("norths", view, about.declination),
    ]
    if about.index is not None:
        found.append(IndexMap("index", word("index"), about.index.outline, about.index.boxes, about.index.current))
    found += [
        Words(
            "datum", word("datum"), (datum_text(view, language), *([grid_sentence(about.grid, language)] if about.grid else []))
        ),
        Words("counts", word(about.counted_in), said(about.counts), gap=0.0),
        Words("series", word("series"), said(about.series), gap=0.15),
        Words("as_of", word("as_of"), said(about.as_of), gap=0.0),
        Words("sources", word("sources"), ("; ".join(sources),) if sources else ()),
    ]
    made = [(word("made"), about.version), (word("hash"), about.dataset_hash)]
    found.append(Words("made", "", tuple(f"{name}: {text}" for name, text in made if text), gap=0.0))
    return [block for block in found if not isinstance(block, Words) or block.paragraphs]


def datum_text(view: View, language: str) -> str:
    """Return the CRS of a sheet by name and number, and that it shows no heights."""
    authority = view.crs.to_authority()
    code = f", {authority[0]}:{authority[1]}" if authority else ""
    return f"{view.crs.name}{code}; {_WORDS['heights'][language == 'ko']}."


def paper_name(paper_mm: tuple[float, float]) -> str:
    """Return the name and the size of a paper.

    Examples
    --------
    >>> paper_name((297, 210)), paper_name((100, 90))
    ('A4 (297 × 210 mm)', '100 × 90 mm')
    """
    sizes = {(841, 1189): "A0", (594, 841): "A1", (420, 594): "A2", (297, 420): "A3", (210, 297): "A4"}
    size = f"{paper_mm[0]:g} × {paper_mm[1]:g} mm"
    name = sizes.get((round(min(paper_mm)), round(max(paper_mm))))
    return f"{name} ({size})" if name else size


def regions_mm(view: View) -> list[tuple[float, float, float, float]]:
    """Return the parts of the paper that the map and its figures leave [mm]: left, bottom, width, height."""
    wide, high = view.paper_mm
    left, bottom, width, height = view.frame_mm
    right, top = left + width + MARGIN_MM["right"], bottom + height + MARGIN_MM["top"]
    left, bottom = left - MARGIN_MM["left"], bottom - MARGIN_MM["bottom"]
    upper = min(top, high - EDGE_MM - head_mm(view.paper_mm))
    found = [
        (right + GAP_MM, EDGE_MM, wide - EDGE_MM - right - GAP_MM, upper - EDGE_MM),
        (EDGE_MM, EDGE_MM, left - GAP_MM - EDGE_MM, upper - EDGE_MM),
        (max(left, EDGE_MM), EDGE_MM, min(right, wide - EDGE_MM) - max(left, EDGE_MM), bottom - EDGE_MM - 1.0),
    ]
    return [region for region in found if region[2] >= 35 and region[3] >= 20]


def _flowed(blocks: list[Block], view: View, size_pt: float) -> list[Placed] | None:
    """Return each block's place, in the first column that has room for it; None where one finds none."""
    columns = []
    for left, bottom, width, height in regions_mm(view):
        n_columns = max(1, round((width + GAP_MM) / (COLUMN * size_pt + GAP_MM)))
        each = (width - GAP_MM * (n_columns - 1)) / n_columns
        columns += [[left + place * (each + GAP_MM), bottom + height, bottom, each] for place in range(n_columns)]
    placed = []
    for block in blocks:
        for column in columns:
            x, top, bottom, width = column
            height = block.height_mm(width, size_pt)
            if top - height >= bottom - 1e-6:
                placed.append(Placed(block, block.key, x, top - height, width, height))
                column[1] = top - height - BETWEEN * line_mm(size_pt)
                break
        else:
            return None
    return placed
