"""The side panel in a real browser: presets, groups, sorting, CSV, plots, sources, glossary, both languages, phone to 4K."""

import csv
import io
import re
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest
from maps.country import HOSTILE
from maps.hands import opened
from maps.test_page import contrast, numbers, page_scripts

from geo.maps.glossary import glossary
from geo.maps.panel_words import PANEL_VALUES, PANEL_WORDS
from geo.maps.plots import casualties_by_year, clearance_chart
from geo.maps.presets import presets
from geo.maps.symbols import START_HIDDEN
from geo.maps.tables import MOST_ROWS, further
from geo.maps.web import draw_map

TABS = {"en": ["Layers", "Areas", "Record", "About", "Glossary"], "ko": ["레이어", "면적", "기록", "설명", "용어"]}


def tab(page, name):
    page.get_by_role("tab", name=name).click()


def column(page, name, j):
    """The shown texts of a column of a table in their order."""
    cells = page.get_by_role("region", name=name, exact=True).locator(f"tbody tr > :nth-child({j})")
    return [text.strip() for text in cells.all_inner_texts()]


def downloaded(page, name):
    with page.expect_download() as caught:
        page.get_by_role("button", name=name, exact=True).click()
    content = Path(caught.value.path()).read_bytes()
    return caught.value.suggested_filename, content


def rows_of(content):
    assert content.startswith(b"\xef\xbb\xbf")
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def switched_on(page):
    return set(page.evaluate("atlas.layers.filter((one) => one.shown).map((one) => one.name)"))


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_preset_sets_layers_tab_and_view(quiet_page, page_path, atlas, language):
    page = opened(quiet_page, page_path, language)
    made = presets(atlas, (126.0, 37.5, 128.0, 38.5))
    names = [PANEL_WORDS[f"preset_{one['key']}"][language] for one in made]
    before = page.evaluate("atlas.map.getBounds().toBBoxString()")
    for preset, name in list(zip(made, names, strict=True))[1:]:
        page.get_by_role("button", name=name, exact=True).click()
        assert switched_on(page) == set(preset["layers"])
        assert page.locator(f"#choose-{preset['tab']}").get_attribute("aria-selected") == "true"
        pressed = page.locator("#presets button[aria-pressed=true]").all_inner_texts()
        assert pressed == [name]
        assert name in page.locator("#announced").inner_text()
        if preset["key"] == "evidence":
            assert page.evaluate("atlas.map.getBounds().toBBoxString()") != before
    page.get_by_role("button", name=names[0], exact=True).click()
    assert switched_on(page) == {name for name in atlas.layers if name not in START_HIDDEN}
    page.locator("#show-rivers").uncheck()
    assert page.locator("#presets button[aria-pressed=true]").count() == 0


def test_the_page_opens_as_the_overview(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    assert page.locator("#presets button[aria-pressed=true]").all_inner_texts() == ["Overview"]


def test_a_group_has_one_box_for_all_its_layers(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    whole = page.get_by_label("All layers of the group: Screening")
    state = "(one) => [one.checked, one.indeterminate]"
    assert whole.evaluate(state) == [False, True]  # the density grid is off at first
    whole.check()
    assert whole.evaluate(state) == [True, False]
    assert page.get_by_label("Expected density, 1 km grid").is_checked()
    whole.uncheck()
    assert not {"flood_displacement", "mined_density"} & switched_on(page)
    assert page.locator(".group-screening .on").inner_text() == "0 of 2 on"
    page.get_by_label("Flood-displacement screening zones").check()
    assert whole.evaluate(state) == [False, True]
    assert not page.locator("#legend").get_by_text("0.1 %").first.is_visible()


def test_opacity_is_told_in_percent(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    fader = page.get_by_label("Opacity: Zones")
    assert fader.get_attribute("aria-valuetext") == "100 %"
    fader.fill("0.6")
    assert fader.get_attribute("aria-valuetext") == "60 %"
    assert page.evaluate("getComputedStyle(document.querySelector('.leaflet-zones-pane')).opacity") == "0.6"


def test_every_layer_of_areas_stands_with_number_and_km2(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    told = page.locator(".group-hazards .figures").all_inner_texts()
    assert told == ["12 · 2.0 km²", "12 · 2.0 km²"]


def test_a_column_of_numbers_sorts_up_down_and_back(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    tab(page, "Areas")
    region = page.get_by_role("region", name="Areas and reported totals")
    head = region.get_by_role("columnheader", name="Number")
    original = column(page, "Areas and reported totals", 2)
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "ascending"
    up = [int(text) for text in column(page, "Areas and reported totals", 2)]
    assert up == sorted(up)
    assert up != [int(text) for text in original]
    assert "sorted by Number, ascending" in page.locator("#announced").inner_text()
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") == "descending"
    assert [int(text) for text in column(page, "Areas and reported totals", 2)] == up[::-1]
    head.get_by_role("button").click()
    assert head.get_attribute("aria-sort") is None
    assert column(page, "Areas and reported totals", 2) == original


def test_numbers_are_no_texts_and_what_is_missing_stands_last(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    tab(page, "Record")
    head = page.get_by_role("region", name="Mines cleared by year").get_by_role("columnheader", name="Mines, rear", exact=True)
    for sign in (1, -1):
        head.get_by_role("button").click()
        shown = column(page, "Mines cleared by year", 3)
        found = [int(text.replace(",", "")) for text in shown if text[0].isdigit()]
        assert found == sorted(found, key=lambda n: sign * n)
        assert [text for text in shown if not text[0].isdigit()] == shown[len(found) :]
        assert len(found) < len(shown)


def test_texts_sort_in_the_language_of_the_page(quiet_page, page_path):
    page = opened(quiet_page, page_path, "ko")
    tab(page, "면적")
    page.get_by_role("region", name="면적과 공표 총계").get_by_role("columnheader").first.get_by_role("button").click()
    korean = column(page, "면적과 공표 총계", 1)
    assert korean[0].startswith("1 km")
    assert korean[1:] == sorted(korean[1:])
    page.get_by_role("button", name="English").click()
    english = column(page, "Areas and reported totals", 1)
    assert english == sorted(english, key=str.lower)


def test_every_table_can_be_read_aloud(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    faults = page.evaluate(
        """[...document.querySelectorAll('#panel table')].filter((table) => !table.caption || !table.caption.textContent.trim()
          || [...table.tHead.rows[0].cells].some((head) => head.scope !== 'col' || !head.querySelector('button'))
          || [...table.tBodies[0].rows].some((row) => row.cells[0].scope !== 'row')).map((one) => one.closest('section').id)"""
    )
    assert faults == []
    assert page.locator("#panel table").count() >= 6


@pytest.mark.parametrize(("language", "name"), [("en", "Download as CSV: Lengths"), ("ko", "CSV 내려받기: 길이")])
def test_a_table_is_written_as_csv(quiet_page, page_path, language, name):
    page = opened(quiet_page, page_path, language)
    tab(page, TABS[language][1])
    file, content = downloaded(page, name)
    assert file == f"lengths-{language}.csv"
    rows = rows_of(content)
    assert len(rows) == 2
    assert {len(row) for row in rows} == {len(rows[0])}
    assert ("-15.0" in rows[1], "−15.0" in rows[1]) == (True, False)  # a number that a spreadsheet reads
    assert rows[0][0] == {"en": "Line", "ko": "선"}[language]
    assert rows[1][0] == {"en": "Military Demarcation Line", "ko": "군사분계선"}[language]
    assert file in page.locator("#announced").inner_text()


def test_a_formula_is_written_as_text(read_page):
    cells = ["=1+1", "+A1", "-2+3", "@SUM(A1)", "\tx", "−15.0", "1,234", 'say "a, b"', HOSTILE[0]]
    table = {
        "columns": [{"en": "Name", "ko": "이름", "number": False, "name": "x"}],
        "rows": [[cell] for cell in cells],
    }
    text = read_page.evaluate("(table) => atlas.csv(table)", table)
    told = [row[0] for row in csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""))]
    assert told == ["Name", "'=1+1", "'+A1", "'-2+3", "'@SUM(A1)", "'\tx", "-15.0", "1234", 'say "a, b"', HOSTILE[0]]


def test_sources_and_glossary_are_written_too(quiet_page, page_path, area):
    page = opened(quiet_page, page_path)
    tab(page, "About")
    _, content = downloaded(page, "Download as CSV: Sources of this map")
    rows = rows_of(content)
    assert rows[0][:2] == ["Key", "Title"]
    first = next(iter(area.sources))
    assert next(row for row in rows if row[0] == first)[1] == area.sources[first].title
    tab(page, "Glossary")
    _, content = downloaded(page, "Download as CSV: Glossary")
    assert len(rows_of(content)) == 1 + sum(len(group["terms"]) for group in glossary())


def test_plots_mark_what_is_incomplete_and_name_their_source(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    tab(page, "Record")
    cleared = page.locator("#table-clearance figure")
    texts = cleared.locator("svg.chart text").all_text_contents()
    assert {"13,000*", "8,800", "–"} <= set(texts)
    assert cleared.locator("svg.chart rect[fill^='url(']").count() == 4
    assert cleared.get_by_text("hatched, *").is_visible()
    assert cleared.get_by_text("Source: KCBL").is_visible()
    harmed = page.locator("#table-casualties_by_year")
    assert harmed.get_by_role("img", name=re.compile("casualties by year.*2000: 19, 2001: n.a.")).is_visible()
    assert harmed.locator("tbody tr").count() == 16
    assert harmed.get_by_role("row", name="2001 none in this series").count() == 1


@pytest.mark.parametrize("size", [(375, 740), (1280, 860)])
def test_plots_are_legible(quiet_page, page_path, size):
    quiet_page.set_viewport_size({"width": size[0], "height": size[1]})
    page = opened(quiet_page, page_path, "ko")
    if size[0] < 700:
        page.get_by_role("button", name="정보").click()
    tab(page, "기록")
    heights = page.evaluate("[...document.querySelectorAll('svg.chart text')].map((one) => one.getBoundingClientRect().height)")
    assert min(heights) >= 9
    boxes = page.evaluate(
        """[...document.querySelectorAll('svg.chart')].map((chart) => [...chart.querySelectorAll('text')].map((one) => {
          const box = one.getBoundingClientRect(); return [box.left, box.right, box.top, box.bottom]; }))"""
    )
    for chart in boxes:
        assert [(a, b) for i, a in enumerate(chart) for b in chart[:i] if overlap(a, b)] == []


def overlap(a, b):
    return a[0] < b[1] - 0.5 and b[0] < a[1] - 0.5 and a[2] < b[3] - 3 and b[2] < a[3] - 3


def test_years_without_a_figure_are_no_zeros():
    frame = pd.DataFrame(
        {"years": ["1", "2", "1-2"], "mines_cleared_a": ["n.a.", "7", "7"], "footnote": ["", "one figure for 1-2, footnote", ""]}
    )
    chart = clearance_chart(frame.assign(source="s"))
    assert (chart["labels"], chart["values"], chart["partial"]) == (["1", "2"], [None, 7], [False, True])
    assert clearance_chart(frame.iloc[:1].assign(source="s")) is None


def test_casualties_of_one_speaker_are_plotted(area):
    rows, _, chart = casualties_by_year(area)
    assert chart["labels"] == [str(year) for year in range(2000, 2016)]
    assert chart["values"][-1] == 2
    assert rows.told.tolist().count("none in this series") == chart["values"].count(None) == 5


def test_each_source_tells_all_it_has_and_who_uses_it(quiet_page, page_path, area):
    page = opened(quiet_page, page_path)
    tab(page, "About")
    one = area.sources[next(iter(area.sources))]
    entry = page.locator(f"[id='source-{one.key}']")
    for text in filter(None, (one.title, one.publisher, one.published, one.licence, one.locator, one.note)):
        assert text in entry.inner_text()
    assert "Demilitarized Zone (DMZ)" in entry.inner_text()
    page.get_by_label("Find a source").fill(one.title)
    assert entry.is_visible()
    assert page.locator("#sources > li:visible").count() < page.locator("#sources > li").count()


def test_a_term_is_found_in_either_language(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    tab(page, "Glossary")
    field = page.get_by_label("Find a term")
    field.fill("민통선")
    assert page.locator("#tab-glossary .term:visible dt").first.inner_text().startswith("CCL, civilian control line")
    field.fill(HOSTILE[0])
    assert page.locator("#tab-glossary .term:visible").count() == 0
    assert page.locator("#tab-glossary .found").inner_text().startswith("0 of ")
    field.fill("")
    assert page.locator("#tab-glossary .term:visible").count() == sum(len(group["terms"]) for group in glossary())


def test_the_glossary_holds_both_languages_and_a_reference():
    terms = [term for group in glossary() for term in group["terms"]]
    assert len(terms) > 50
    for term in terms:
        for part in term.values():
            assert part["en"].strip()
            assert part["ko"].strip()
        assert re.search("[가-힣]", term["definition"]["ko"]), term
    names = " ".join(term["term"]["en"] for term in terms)
    assert all(word in names for word in ("CHA", "SHA", "MCZ", "CCZ", "CCL", "MDL", "DMZ", "NTS", "Allocated", "Direct evidence"))


def test_every_word_of_the_panel_stands_in_both_languages():
    for words in (*PANEL_WORDS.values(), *PANEL_VALUES.values()):
        assert words["en"].strip()
        assert words["ko"].strip()


def test_english_of_a_source_is_marked_in_korean(quiet_page, page_path):
    page = opened(quiet_page, page_path, "ko")
    tab(page, "기록")
    head = page.get_by_role("region", name="인명 피해", exact=True).get_by_role("columnheader", name="비고")
    assert "(영문)" in head.inner_text()
    page.get_by_role("button", name="English").click()
    assert "영문" not in page.get_by_role("region", name="Casualties", exact=True).inner_text()
    assert page.evaluate("atlas.make('p', {}, atlas.value('heavy rain Aug 1995')).querySelector('[lang=en-x-own]').textContent")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_control_has_a_name_in_the_language(quiet_page, page_path, language):
    page = opened(quiet_page, page_path, language)
    for name in TABS[language]:
        tab(page, name)
        nameless = page.evaluate(
            """[...document.querySelectorAll('#panel button, #panel input, #panel a')].filter((one) => one.offsetParent)
              .filter((one) => !(one.textContent.trim() || one.getAttribute('aria-label') || (one.labels && one.labels.length)))
              .map((one) => one.outerHTML.slice(0, 80))"""
        )
        assert nameless == []
        other = "ko" if language == "en" else "en"
        left = page.evaluate(f"[...document.querySelectorAll('[lang={other}]')].filter((one) => one.offsetParent).length")
        assert left == 0
    labels = page.evaluate(f"[...document.querySelectorAll('[data-label-{language}]')].map((one) => one.ariaLabel)")
    assert all(labels)
    assert any(re.search("[가-힣]", label) for label in labels) is (language == "ko")


@pytest.mark.parametrize("language", ["en", "ko"])
def test_every_tab_has_contrast(quiet_page, page_path, language):
    """WCAG 2: 4.5 to 1 for each text against what is painted behind it, also of pressed buttons and sorted heads."""
    page = opened(quiet_page, page_path, language)
    for name in TABS[language]:
        tab(page, name)
        pairs = page.evaluate(
            """[...document.querySelectorAll('#panel *')].filter((one) => one.offsetParent && !one.closest('svg')
                && [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim()))
              .map((one) => {
                const paint = (element) => getComputedStyle(element).backgroundColor;
                let behind = one;
                while (/rgba\\(0, 0, 0, 0\\)|transparent/.test(paint(behind))) behind = behind.parentElement;
                return [one.textContent.slice(0, 30), getComputedStyle(one).color, paint(behind)];
              })"""
        )
        assert len(pairs) > 10
        assert [pair for pair in pairs if contrast(*(numbers(text) for text in pair[1:])) < 4.5] == []


def test_the_keyboard_goes_skip_bar_panel_map(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate("document.activeElement.blur(); document.body.focus()")
    order = []
    page.locator(".skip").focus()
    for _ in range(400):
        place = page.evaluate(
            "['.skip', '#bar', '#panel', '.folium-map'].find((one) => document.activeElement.closest(one)) || ''"
        )
        if place and place not in order:
            order.append(place)
        if ".folium-map" in order:
            break
        page.keyboard.press("Tab")
    assert order == [".skip", "#bar", "#panel", ".folium-map"]


def test_arrows_home_and_end_move_through_the_tabs(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.get_by_role("tab", name="Layers").focus()
    for key, name in (("ArrowLeft", "Glossary"), ("ArrowRight", "Layers"), ("End", "Glossary"), ("Home", "Layers")):
        page.keyboard.press(key)
        assert page.locator("[role=tab]:focus").inner_text() == name
        assert page.get_by_role("tab", name=name).get_attribute("aria-selected") == "true"
    assert page.get_by_role("tablist").get_attribute("aria-label") == "Parts of the information panel"


def test_hostile_names_stay_text_in_tables_and_glossary(quiet_page, hostile_path, page_path):
    page = opened(quiet_page, hostile_path)
    page.evaluate(
        """(names) => { const column = { en: names[0], ko: names[1], name: 'x', kind: 'long', number: false };
          const table = { id: 'made', title: { en: names[2], ko: names[3] }, columns: [column], rows: names.map((one) => [one]) };
          document.getElementById('tab-layers').append(atlas.table(table), atlas.csvButton(table)); }""",
        [*HOSTILE, "x" * 10_000, "\u202eright to left"],
    )
    cells = page.locator("#tab-layers tbody th").all_text_contents()
    assert cells[: len(HOSTILE)] == list(HOSTILE)
    page.locator("#tab-layers thead button").click()
    assert page.locator("#tab-layers tbody th").count() == len(HOSTILE) + 2
    assert page.locator("img").count() == 0
    assert page.evaluate("document.querySelectorAll('script:not([type])').length") == page_scripts(page_path)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_a_phone_shows_every_tab_without_scrolling_sideways(quiet_page, page_path, language):
    quiet_page.set_viewport_size({"width": 375, "height": 740})
    page = opened(quiet_page, page_path, language)
    page.locator("#panel-toggle").click()
    for name in TABS[language]:
        tab(page, name)
        assert page.evaluate("document.documentElement.scrollWidth") <= 375
        panel = page.locator("[role=tabpanel]:visible")
        assert panel.evaluate("(one) => one.scrollWidth <= one.clientWidth + 1"), name
    cut = page.evaluate(
        "[...document.querySelectorAll('#tabs button')].filter((one) => one.scrollWidth > one.clientWidth + 1).length"
    )
    assert cut == 0


def test_a_large_screen_has_large_words(quiet_page, page_path):
    sizes = {}
    for width, height in ((1280, 860), (3840, 2160)):
        quiet_page.set_viewport_size({"width": width, "height": height})
        page = opened(quiet_page, page_path)
        sizes[width] = page.locator("label[for=show-rivers] .name").bounding_box()["height"]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert sizes[3840] > 1.5 * sizes[1280]


def test_a_table_too_long_for_the_page_is_told(atlas):
    rows = pd.DataFrame({"code": ["a", "b"], "name_en": "X", "name_ko": "엑스", "layer": "dmz", "net_km2": [1.0, 0.5]})
    short = further(replace(atlas, tables={"districts": rows}))
    assert [row[0] for row in short[0]["rows"]] == [{"en": "X", "ko": "엑스"}] * 2
    long = further(replace(atlas, tables={"districts": pd.concat([rows] * MOST_ROWS)}))
    assert long[0]["rows"] == []
    assert long[0]["notes"][0]["en"] == "1,200 rows: too many for this page. They are in districts.csv."


def survey_tables_of(atlas):
    """Return the atlas with people near its hazards and with the history of two of them."""
    people = pd.DataFrame(
        {"layer": ["planned_minefields", "flood_displacement"], "n_features": [12, 4], "simulated": True,
         "label": ["simulated: not people at risk", "screening zone: indirect evidence, not people at risk"],
         "people_100m": [3.2, 1003.0], "people_2500m": [9.0, 2000.5], "told_100m": ["10", "1,100"], "told_2500m": ["10", "2,100"],
         "population": "towns.gpkg", "population_as_of": "2018", "population_error": "people spread evenly over cells of 100 m"}
    )  # fmt: skip
    past = pd.DataFrame(
        {"hazard_id": ["A", "A"], "version": [0, 1], "valid_from": ["2010", "2020-05"], "valid_to": ["2020-05", ""],
         "applied": [True, False], "kind": ["version", "ts"], "report_id": ["", "r-7"], "land_class": "SHA",
         "land_status": ["open", "worked_on"], "remaining_m2": [26550.5, 12000.0], "marking_type": "none", "tier": "restricted"}
    )  # fmt: skip
    return replace(atlas, tables={"exposure": people, "history": past})


@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_raw_column_name_stands_on_the_page(quiet_page, atlas, tmp_path, language):
    """Words for people; the names of the build's files only in what is taken away as a file."""
    page = opened(quiet_page, draw_map(survey_tables_of(atlas)).save(tmp_path / "atlas.html"), language)
    words = {
        "en": ("People within 100 m", "People within 2,500 m", "Kind of entry", "Remaining, m²", "Technical survey"),
        "ko": ("100 m 이내 인구", "2,500 m 이내 인구", "기재 종류", "잔여, m²", "기술조사"),
    }[language]
    told = " ".join(page.locator("#table-exposure, #table-history").all_text_contents())
    heads = page.locator("#panel thead").all_text_contents()
    assert all(word in told for word in words)
    assert not [head for head in heads if re.search(r"[a-z]_[a-z0-9]", head)]
    tab(page, TABS[language][1])
    _, content = downloaded(
        page, {"en": "Download as CSV: People near hazards", "ko": "CSV 내려받기: 위험지역 주변 인구"}[language]
    )
    rows = rows_of(content)
    assert rows[0] == ["layer", "told_100m", "told_2500m", "n_features", "label", "population", "population_as_of"]
    assert rows[2][1] == "1100"
    notes = page.locator("#table-exposure .note").all_inner_texts()
    assert {"en": "people spread evenly over cells of 100 m", "ko": "100 m 격자 안에 고르게 사는 것으로 가정"}[language] in notes


def test_counts_that_are_withheld_stay_withheld(atlas):
    """The history of the public tier tells few versions as "<5" and no number."""
    rows = {"year": ["2020"], "hazard_layer": "planned_minefields", "land_class": "SHA", "land_status": "open"}
    public = pd.DataFrame(rows | {"n_versions": [float("nan")], "n_versions_told": ["<5"], "gross_km2": [0.1]})
    found = further(replace(atlas, tables={"history": public}))[0]
    assert [head["name"] for head in found["columns"]][-2:] == ["n_versions_told", "gross_km2"]
    assert found["rows"][0][-2:] == ["<5", "0.10"]
