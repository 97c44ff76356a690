"""The margin of a sheet: every text stands inside the paper, clear of the map and of all others, at a size that can be read."""

import dataclasses

import numpy as np
import pytest
import shapely

from geo.errors import ConfigError
from geo.maps.symbols import SYMBOLS
from geo.sheets.blocks import IndexMap, Legend, ScaleBar, Words, bar_parts, draw_swatch, hatch_text
from geo.sheets.grid import MARGIN_MM, draw_grid
from geo.sheets.lettering import width_mm, wrapped
from geo.sheets.marginalia import (
    EDGE_MM,
    LEAST_PT,
    About,
    Index,
    blocks_of,
    datum_text,
    draw_margins,
    frame_of,
    laid_out,
    legend_entries,
    paper_name,
)
from geo.sheets.norths import Declination
from geo.sheets.view import view_at
from geo.terms import TEXTS

PAPERS = {
    "A4": (210.0, 297.0),
    "A4 landscape": (297.0, 210.0),
    "A3": (420.0, 297.0),
    "A3 portrait": (297.0, 420.0),
    "A1": (841.0, 594.0),
}
HANGUL = ("Noto Sans CJK KR", "Noto Sans CJK JP", "NanumGothic", "Malgun Gothic", "Apple SD Gothic Neo")
KEYS = (
    "rivers cha sha sha_worked_on searched closed planned_simulated unconfirmed_simulated flood_high flood_middle flood_lower"
    " flood_undetermined mdl dmz mcz incidents cleared_areas density_0 sign_other"
).split()


def pair(en, ko):
    return {"en": en, "ko": ko}


def text_of(key, **blanks):
    return pair(TEXTS[key].en.format(**blanks), TEXTS[key].ko.format(**blanks))


CALL = {"contacts_en": "military 1338, police 112", "contacts_ko": "군 1338, 경찰 112"}
ABOUT = About(
    title=pair("Minefield atlas", "지뢰 지도"),
    subtitle=pair("Simulated under the series of 2010", "2010년 계열에 따른 모의 배치"),
    sheet_name=pair("Cheorwon 04", "철원 04"),
    contacts=text_of("found_one", **CALL),
    texts=(
        text_of("no_data"),
        text_of("not_official"),
        text_of("verify"),
        text_of("allocated", series="2010", year="2010"),
        text_of("screening"),
        text_of("declared", m="500"),
    ),
    legend=legend_entries(KEYS, {"mdl": pair("declared", "개략 설정")}),
    marks=(text_of("simulated"),),
    series=(pair("Planned: reported 21.8 km², mapped 21.8 km²", "계획: 공표 21.8 km², 지도 21.8 km²"),) * 2,
    sources=tuple(pair(f"Ministry of National Defense ({year})", f"국방부 ({year})") for year in range(2003, 2009)),
    as_of=(pair("DMZ 1953-07-27", "비무장지대 1953-07-27"),) * 4,
    version="minemap 0.1.0",
    dataset_hash="sha256 9f790307f02d3921",
    page=4,
    n_pages=12,
    declination=Declination(-9.0, 2026.5, "WMM-2025", "computed", -0.04),
    index=Index(
        shapely.box(126.5, 37.7, 128.4, 38.6), tuple(shapely.box(a, 38, a + 0.2, 38.2) for a in (126.8, 127.0, 127.2)), 1
    ),
)


@pytest.fixture(scope="module")
def hangul():
    """Write with a font that has Korean letters, or skip."""
    from matplotlib import font_manager, rc_context

    known = {font.name for font in font_manager.fontManager.ttflist}
    found = [name for name in HANGUL if name in known]
    if not found:
        pytest.skip("no font with Korean letters")
    with rc_context({"font.family": [found[0], "DejaVu Sans"], "axes.unicode_minus": False, "text.hinting": "none"}):
        yield


def sheet(paper, language="en", about=ABOUT, scale=50_000):
    """Return the view, figure and blocks of a sheet with an empty map."""
    from matplotlib.figure import Figure

    paper_mm = PAPERS[paper]
    view = view_at((127.03, 38.2), scale, paper_mm, frame_of(paper_mm), language=language)
    figure = Figure(figsize=(paper_mm[0] / 25.4, paper_mm[1] / 25.4))
    left, bottom, width, height = view.frame_mm
    axes = figure.add_axes((left / paper_mm[0], bottom / paper_mm[1], width / paper_mm[0], height / paper_mm[1]))
    axes.set_xlim(view.bounds_m[0], view.bounds_m[2])
    axes.set_ylim(view.bounds_m[1], view.bounds_m[3])
    axes.set_xticks([])
    axes.set_yticks([])
    about = dataclasses.replace(about, grid=draw_grid(axes, view))
    return view, figure, draw_margins(figure, view, about)


def margin_texts(figure):
    """Return the texts of the margin, those of the diagram of norths among them."""
    return [text for axes in figure.axes[1:] for text in axes.texts if text.get_text()]


def boxes_mm(figure, texts):
    """Return what each text covers on paper [mm]."""
    figure.draw_without_rendering()
    return [shapely.box(*(np.asarray(text.get_window_extent().extents) / figure.dpi * 25.4)) for text in texts]


SHEETS = [
    *(("A4", language) for language in ("en", "ko")),
    *(("A4 landscape", language) for language in ("en", "ko")),
    *(("A3", "ko"), ("A3 portrait", "en"), ("A1", "en")),
]


@pytest.fixture(scope="module", params=SHEETS, ids=" ".join)
def drawn(request, hangul):
    return sheet(*request.param)


def test_blocks_stand_apart_on_the_paper_and_off_the_map(drawn):
    view, _, placed = drawn
    wide, high = view.paper_mm
    places = [shapely.box(one.x, one.y, one.x + one.width, one.y + one.height).buffer(-1e-6) for one in placed]
    paper = shapely.box(EDGE_MM, EDGE_MM, wide - EDGE_MM, high - EDGE_MM)
    left, bottom, width, height = view.frame_mm
    taken = shapely.box(
        left - MARGIN_MM["left"], bottom - MARGIN_MM["bottom"],
        left + width + MARGIN_MM["right"], bottom + height + MARGIN_MM["top"],
    )  # fmt: skip
    for place, one in zip(places, placed, strict=True):
        assert paper.covers(place), one.key
        assert not taken.intersects(place), one.key
    one, other = shapely.STRtree(places).query(places, predicate="intersects")
    assert [(placed[a].key, placed[b].key) for a, b in zip(one, other, strict=True) if a < b] == []


def test_texts_stay_in_their_blocks_and_clear_of_each_other(drawn):
    _, figure, placed = drawn
    texts = margin_texts(figure)
    boxes = boxes_mm(figure, texts)
    blocks = shapely.union_all([shapely.box(one.x, one.y, one.x + one.width, one.y + one.height) for one in placed]).buffer(0.5)
    assert [text.get_text() for text, box in zip(texts, boxes, strict=True) if not blocks.covers(box)] == []
    inner = [shapely.box(*box.bounds).buffer(-0.25) for box in boxes]
    one, other = shapely.STRtree(inner).query(inner, predicate="intersects")
    assert [(texts[a].get_text(), texts[b].get_text()) for a, b in zip(one, other, strict=True) if a < b] == []


def test_no_text_is_smaller_than_can_be_read(drawn):
    _, figure, _ = drawn
    assert min(text.get_size() for axes in figure.axes for text in axes.texts) >= LEAST_PT


def test_everything_is_told(drawn):
    view, figure, placed = drawn
    told = " ".join(" ".join(text.get_text() for text in margin_texts(figure)).split())
    language = view.language
    for wanted in (
        *ABOUT.texts,
        *ABOUT.series,
        *ABOUT.sources,
        *ABOUT.as_of,
        *ABOUT.marks,
        ABOUT.title,
        ABOUT.subtitle,
        ABOUT.sheet_name,
    ):
        assert wanted[language] in told
    for entry in ABOUT.legend:
        assert entry[1][language] in told
    for both in ("en", "ko"):
        assert ABOUT.contacts[both] in told  # whom to call, in both languages always
    assert "1 : 50,000" in told
    assert "EPSG:32652" in told
    assert "WMM-2025" in told
    assert "2026.5" in told
    assert {one.key.rstrip("0123456789") for one in placed} == {  # a long legend goes on in runs
        "head", "contacts", "texts", "legend", "scale", "norths", "index", "datum", "series", "as_of", "sources", "made",
    }  # fmt: skip


def test_only_one_language_but_for_the_call(drawn):
    view, figure, _ = drawn
    other = "en" if view.language == "ko" else "ko"
    told = " ".join(" ".join(text.get_text() for text in margin_texts(figure)).split())
    assert TEXTS["no_data"].en[:20] not in told or view.language == "en"
    assert ABOUT.texts[0][other] not in told


def test_the_map_takes_half_of_the_paper():
    for paper in PAPERS.values():
        _, _, width, height = frame_of(paper)
        assert width * height > 0.4 * paper[0] * paper[1]


def test_larger_papers_get_larger_letters_and_no_clock_changes_them(hangul):
    sizes = []
    for paper in ("A4", "A3", "A1"):
        view, _, _ = sheet(paper)
        sizes.append(laid_out(view, ABOUT)[0])
    assert sizes == sorted(sizes)
    assert sizes[0] < sizes[-1]


def test_many_sources_are_cut_and_counted_before_the_letters_get_smaller(hangul):
    view, _, _ = sheet("A4")
    many = dataclasses.replace(ABOUT, sources=tuple(pair(f"Source {n:03d}", f"출처 {n:03d}") for n in range(400)))
    size_pt, placed = laid_out(view, many)
    assert size_pt == 6.0
    (told,) = next(one.block for one in placed if one.key == "sources").paragraphs
    *named, last = told.split("; ")
    assert named == [f"Source {n:03d}" for n in range(len(named))]
    assert last == f"and {400 - len(named)} more, listed in atlas.html"
    more = dataclasses.replace(many, sources=many.sources[: len(named) + 1])
    assert laid_out(view, more)[0] <= size_pt  # one source more and the last line would not fit


def test_what_does_not_fit_is_refused(hangul):
    view, _, _ = sheet("A4")
    with pytest.raises(ConfigError, match="the texts of the sheet do not fit: paper 210 × 297 mm"):
        laid_out(view, dataclasses.replace(ABOUT, as_of=ABOUT.as_of * 60))
    high = dataclasses.replace(view, frame_mm=(17.5, 113.0, 175.0, 175.0))
    with pytest.raises(ConfigError, match="no room for the title"):
        draw_margins(sheet("A4")[1], high, ABOUT)


def test_long_names_are_cut_with_a_mark(hangul):
    long = dataclasses.replace(ABOUT, title=pair("Long title " * 30, "긴 제목 " * 60), subtitle=pair("a" * 400, "가" * 200))
    for language in ("en", "ko"):
        _, figure, _ = sheet("A4", language, long)
        head = [text for text in figure.axes[1].texts if text.get_text().endswith("…")]
        assert len(head) == 2
        assert max(box.bounds[2] for box in boxes_mm(figure, head)) < 210 - EDGE_MM


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_subtitle_without_room_is_told_whole_before_all_other_texts(hangul, language):
    """The sentence about what is not real must not be the one that is cut."""
    first, last = pair("Fields: supplied.", "지대: 제공 자료."), pair("Others: not real.", "그 밖: 실제 아님.")
    whole = {word: " ".join([first[word], *["x" * 40] * 4, last[word]]) for word in ("en", "ko")}
    for marks, cut in (((), False), ((pair("RESTRICTED – not for release", "제한본 – 공개·전달 금지"),), True)):
        _, figure, placed = sheet("A4", language, dataclasses.replace(ABOUT, subtitle=whole, marks=marks))
        texts = next(one.block for one in placed if one.key == "texts").paragraphs
        head = [text.get_text() for text in figure.axes[1].texts]
        assert (first[language] in head, whole[language] in head) == (cut, not cut)
        assert texts == ((whole[language],) if cut else ()) + tuple(text[language] for text in ABOUT.texts)


def test_counts_and_index_are_left_out_before_the_sources_of_hazards(hangul):
    view, _, _ = sheet("A4")
    sources = tuple(pair(f"Source {n:03d}, " + "x" * 30, f"출처 {n:03d}") for n in range(60))
    full = dataclasses.replace(ABOUT, sources=sources, n_sources_kept=4, counts=(pair("CHA: 3", "CHA: 3건"),) * 3)
    seen = set()
    for n_lines in range(4, 60, 2):
        about = dataclasses.replace(full, series=ABOUT.series[:1] * 28, as_of=ABOUT.as_of[:1] * n_lines)
        try:
            blocks = {one.key: one.block for one in laid_out(view, about)[1]}
        except ConfigError:
            break
        told = "".join(blocks["sources"].paragraphs).count("Source ")
        left = "counts" in blocks, "index" in blocks
        assert told >= 4 or left == (False, False)
        seen.add((*left, told >= 4))
    assert seen >= {(True, True, True), (False, True, True), (False, False, True), (False, False, False)}


@pytest.mark.parametrize(("language", "word"), [("en", "Legend, continued"), ("ko", "범례 (계속)")])
def test_a_legend_that_goes_on_says_so(language, word):
    view = view_at((127.03, 38.2), 50_000, PAPERS["A4"], frame_of(PAPERS["A4"]), language=language)
    legends = [block for block in blocks_of(view, ABOUT) if isinstance(block, Legend)]
    assert len(legends) == 2 and [block.heading == word for block in legends] == [False, True]


def test_text_is_never_markup(hangul):
    hostile = dataclasses.replace(ABOUT, title=pair("$\\frac{1}{0}$ {x} %s", "$x$"), version="$^$ <b>")
    _, figure, _ = sheet("A4", about=hostile)
    assert "$\\frac{1}{0}$ {x} %s" in [text.get_text() for text in figure.axes[1].texts]
    figure.canvas.draw()


def test_the_legend_goes_from_high_to_low_and_always_holds_no_data():
    keys = [
        symbol.key for symbol, _ in legend_entries(["places", "flood_lower", "flood_high", "sha", "cha", "planned_simulated"])
    ]
    assert keys == ["cha", "sha", "planned_simulated", "flood_high", "flood_lower", "places", "no_data"]
    assert [symbol.key for symbol, _ in legend_entries([])] == ["no_data"]
    assert all(text["en"] and text["ko"] for _, text in legend_entries(SYMBOLS))


@pytest.mark.parametrize("scale", [10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000])
@pytest.mark.parametrize("width", [45.0, 60.0, 100.0])
def test_the_scale_bar_is_true_and_fits(scale, width):
    from matplotlib.figure import Figure

    major_km, n_major, _ = bar_parts(scale, width)
    axes = Figure().add_axes((0, 0, 1, 1))
    ScaleBar("scale", scale, "", "").draw(axes, 0.0, 100.0, width, 6.0)
    edges = sorted({round(patch.get_x() + side, 6) for patch in axes.patches for side in (0, patch.get_width())})
    assert edges[-1] - edges[0] == pytest.approx((n_major + 1) * major_km * 1e6 / scale, abs=1e-5)
    assert edges[0] > 0
    assert edges[-1] < width
    figures = [text.get_text() for text in axes.texts if text.get_text()]
    assert figures[0] == f"{major_km:g}"
    assert figures[-1] == f"{n_major * major_km:g} km"
    assert len({patch.get_y() for patch in axes.patches}) == 2


def test_the_index_fills_the_current_sheet_only():
    from matplotlib.figure import Figure

    axes = Figure().add_axes((0, 0, 1, 1))
    index = ABOUT.index
    block = IndexMap("index", "Sheets", index.outline, index.boxes, index.current)
    block.draw(axes, 0.0, 50.0, 60.0, 6.0)
    filled = [patch.get_facecolor()[3] > 0 for patch in axes.patches[1:]]
    assert filled == [False, True, False]
    all_x = np.concatenate([patch.get_xy()[:, 0] for patch in axes.patches])
    assert all_x.min() >= -1e-9
    assert all_x.max() <= 60 + 1e-9


@pytest.mark.parametrize("key", SYMBOLS)
def test_every_symbol_has_a_swatch_inside_its_box(key):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(2, 1))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set_xlim(0, 50.8)
    axes.set_ylim(0, 25.4)
    draw_swatch(axes, SYMBOLS[key], 10.0, 10.0, 8.0, 3.0)
    drawn = [*axes.patches, *axes.lines, *axes.collections]
    assert drawn
    hatched = [patch for patch in axes.patches if patch.get_hatch()]
    assert bool(hatched) == (bool(SYMBOLS[key].hatch) and SYMBOLS[key].kind in ("fill", "cell"))
    for patch in axes.patches:
        assert patch.get_x() >= 10 and patch.get_x() + patch.get_width() <= 18
        assert patch.get_y() >= 10 and patch.get_y() + patch.get_height() <= 13
    figure.canvas.draw()


@pytest.mark.parametrize("key", ["mdl", "dmz", "mcz", "sha"])
def test_the_swatch_of_a_soft_band_fades_and_has_no_line_where_the_map_has_none(key):
    from matplotlib.figure import Figure

    def strokes(soft_mm):
        axes = Figure().add_axes((0, 0, 1, 1))
        draw_swatch(axes, SYMBOLS[key], 10.0, 10.0, 8.0, 3.0, soft_mm=soft_mm)
        drawn = [*axes.lines, *(one for one in axes.patches if one.get_edgecolor()[3] > 0 and not one.get_hatch())]
        return sorted(((one.get_linewidth(), one.get_alpha()) for one in drawn), reverse=True)

    crisp, narrow, wide = strokes(0.0), strokes(1.0), strokes(8.0)
    assert len(crisp) == 1 and crisp[0][1] is None
    assert len(narrow) == len(wide) + 1 > 4
    assert all(alpha < 0.2 for _, alpha in wide) and narrow[-1][1] > 0.5
    assert wide[0][0] > 2 * SYMBOLS[key].width_px * 0.75 > narrow[-1][0]


def test_counts_are_left_out_where_there_is_no_room(hangul):
    view, _, _ = sheet("A4")
    few = dataclasses.replace(ABOUT, counts=(pair("CHA: 3, 1.2 km²", "CHA: 3건, 1.2 km²"),) * 2)
    assert "counts" in [one.key for one in laid_out(view, few)[1]]
    many = dataclasses.replace(ABOUT, counts=few.counts * 60)
    assert "counts" not in [one.key for one in laid_out(view, many)[1]]


def test_figures_of_the_grid_grow_with_the_paper_and_stay_in_their_band(hangul):
    sizes, units = [], []
    for paper in ("A4", "A1"):
        view, figure, _ = sheet(paper)
        texts = [text for text in figure.axes[0].texts if text.get_text().isdigit() or text.get_text().startswith("000m")]
        sizes.append(max(text.get_size() for text in texts))
        units.append({text.get_size() for text in texts if text.get_text().startswith("000m")})
        left, bottom, width, height = view.frame_mm
        outer = shapely.box(left - 7.8, bottom - 3.6, left + width + 7.8, bottom + height + 3.6).buffer(
            0.2
        )  # a dot of the screen
        assert [text.get_text() for text, box in zip(texts, boxes_mm(figure, texts), strict=True) if not outer.covers(box)] == []
    assert sizes[1] / sizes[0] == pytest.approx((594 / 210) ** 0.25)
    (small,), (large,) = units
    assert large / small == pytest.approx(sizes[1] / sizes[0])


def test_closer_hatches_stay_closer():
    assert [len(hatch_text(SYMBOLS[f"flood_{name}"])) for name in ("high", "middle", "lower")] == [4, 2, 1]
    assert set(hatch_text(SYMBOLS["cha"])) == {"\\"}


def test_lines_are_broken_by_measure_and_units_stay_with_their_numbers():
    text = "mapped 21.8 km² and ± 500 m or 5 % of iiiiiiiiii WWWWWWWWWW"
    for most in (12.0, 20.0, 35.0):
        lines = wrapped(text, most, 7.0)
        assert all(width_mm(line, 7.0) <= most for line in lines)
        assert " ".join(lines).replace(" ", "") == text.replace(" ", "")
        assert not [line for line in lines if line.startswith(("km²", "m ", "%")) or line.endswith("±")]
    assert len(wrapped("W" * 50, 20.0, 7.0)) > 1
    squares = "MGRS 52S BG, 52S CG, 52S DH"
    assert not [line for most in range(14, 40) for line in wrapped(squares, most, 7.0) if line.endswith("52S")]
    assert wrapped("a\nb", 100.0, 7.0) == ["a", "b"]
    assert wrapped("", 10.0, 7.0) == [""]


def test_heights_are_what_is_drawn():
    words = Words("w", "Head", ("one", "two"))
    assert Words("w", "Head", ("one", "two", "three")).height_mm(50, 6) > words.height_mm(50, 6)
    assert dataclasses.replace(words, boxed=True).height_mm(50, 6) == pytest.approx(words.height_mm(50, 6) + 2.4)
    legend = Legend("l", "Legend", ((SYMBOLS["cha"], "CHA"),))
    assert legend.height_mm(50, 6) > 0


def test_datum_paper_and_blocks():
    view = view_at((127.03, 38.2), 50_000, PAPERS["A4"], frame_of(PAPERS["A4"]))
    assert datum_text(view, "en") == "WGS 84 / UTM zone 52N, EPSG:32652; heights not shown."
    assert datum_text(view, "ko") == "WGS 84 / UTM zone 52N, EPSG:32652; 높이는 표시하지 않음."
    assert paper_name((841, 594)) == "A1 (841 × 594 mm)"
    bare = dataclasses.replace(ABOUT, index=None, series=(), version="", dataset_hash="")
    assert not {"index", "series", "made"} & {block.key for block in blocks_of(view, bare)}
