"""A4 from the browser: the whole sheet is used, nothing is cut, and what is measured on it is true."""

import re
import subprocess
from itertools import pairwise
from shutil import which

import numpy as np
import pytest
from maps.country import MARK, atlas_of, terrain_atlas_of
from maps.hands import opened, until

from geo.maps.web import draw_map

SHEETS_MM = {"wide": (297, 210), "tall": (210, 297)}
MARGIN_MM, PX_MM = 8, 25.4 / 96
ENTER = "window.dispatchEvent(new Event('beforeprint'))"
LEAVE = "window.dispatchEvent(new Event('afterprint'))"
POPPLER = pytest.mark.skipif(which("pdftotext") is None, reason="no poppler on this machine")


def asked(page, kind):
    """Press a print button as a reader does; the browser's own dialog is left out."""
    page.evaluate("() => { window.print = () => window.dispatchEvent(new Event('beforeprint')); }")
    name = {"wide": "Print, A4 landscape", "tall": "Print, A4 portrait"}[kind]
    page.get_by_role("button", name=name).click()


def box_of(page, selector):
    return page.locator(selector).bounding_box()


def text_of(pdf, tmp_path):
    (tmp_path / "page.pdf").write_bytes(pdf)
    told = subprocess.run(["pdftotext", "-layout", tmp_path / "page.pdf", "-"], capture_output=True, check=True).stdout.decode()
    return re.sub(r"\s+", " ", told)


def sizes_pt(pdf):
    return {
        tuple(round(float(part)) for part in found[1].split()[2:]) for found in re.finditer(rb"/MediaBox\s*\[([^\]]*)\]", pdf)
    }


@pytest.mark.parametrize("kind", ["wide", "tall"])
def test_the_sheet_is_filled_and_nothing_is_cut(quiet_page, page_path, kind):
    page = opened(quiet_page, page_path)
    asked(page, kind)
    width_px, height_px = ((side - 2 * MARGIN_MM) / PX_MM for side in SHEETS_MM[kind])
    body = box_of(page, "body")
    assert width_px - 1 <= body["width"] <= width_px + 1
    parts = [box_of(page, name) for name in ("#bar", ".folium-map", "#strip", "#print-foot", "#legend")]
    for above, below in pairwise(parts):
        assert above["y"] + above["height"] <= below["y"] + 0.6
        assert below["width"] == pytest.approx(body["width"], abs=1)
    foot = parts[-1]
    assert height_px - 12 < foot["y"] + foot["height"] <= height_px
    assert parts[1]["height"] > 0.4 * height_px
    for hidden in ("#panel", ".controls", ".leaflet-control-zoom", ".leaflet-bar.print"):
        assert not page.locator(hidden).first.is_visible()
    for shown in ("#strip .report", "#strip .verify", "#mark", ".leaflet-control-scale", "#watermark"):
        assert page.locator(shown).first.is_visible()


@pytest.mark.parametrize(("kind", "size_pt"), [("wide", (842, 595)), ("tall", (595, 842))])
def test_one_sheet_of_the_asked_kind(quiet_page, page_path, kind, size_pt):
    page = opened(quiet_page, page_path)
    asked(page, kind)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert {tuple(round(side) for side in size) for size in sizes_pt(pdf)} == {size_pt}
    assert len(pdf) < 4_000_000


@pytest.mark.parametrize(("viewport", "size_pt"), [((1280, 860), (842, 595)), ((375, 812), (595, 842))])
def test_the_browsers_own_command_takes_the_sheet_that_fits_the_view(quiet_page, page_path, viewport, size_pt):
    quiet_page.set_viewport_size({"width": viewport[0], "height": viewport[1]})
    page = opened(quiet_page, page_path)
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert {tuple(round(side) for side in size) for size in sizes_pt(pdf)} == {size_pt}
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1


@POPPLER
@pytest.mark.parametrize("language", ["English", "한국어"])
def test_the_sheet_tells_title_warnings_dates_and_scale(quiet_page, page_path, tmp_path, language):
    page = opened(quiet_page, page_path)
    page.get_by_role("button", name=language).click()
    told = text_of(page.pdf(prefer_css_page_size=True, print_background=True), tmp_path)
    words = {
        "English": (
            "does not mean no mines",
            "military 1338, police 112",
            "Information as of 2006",
            "About 1 : ",
            "Planned fields",
        ),
        "한국어": ("지뢰가 없다는 뜻이 아닙니다", "군 1338, 경찰 112", "정보 기준일 2006", "축척 약 1 : ", "계획지뢰지대"),
    }
    for word in (*words[language], MARK, page.title(), "km"):
        assert word in told
    assert re.search(r"\b20\d\d-\d\d-\d\d\b", told)  # the day of printing


def test_the_scale_is_true_on_paper(quiet_page, page_path):
    """The bar, the number beneath and the ground agree, at 96 px an inch."""
    page = opened(quiet_page, page_path)
    for zoom in (9, 11):
        page.evaluate(f"void atlas.map.setView([38, 127.2], {zoom}, {{animate: false}})")
        page.evaluate(ENTER)
        bar = page.locator(".leaflet-control-scale-line")
        number, unit = bar.inner_text().split()
        metres = float(number) * {"km": 1000, "m": 1}[unit]
        paper_m = bar.evaluate("(one) => one.offsetWidth") * PX_MM / 1000
        told = int(re.search(r"1 : ([\d,]+)", page.locator("#print-foot").inner_text())[1].replace(",", ""))
        assert metres / paper_m == pytest.approx(told, rel=0.07)  # the bar is of whole pixels, the number of two digits
        size = page.evaluate("[atlas.map.getSize().x, atlas.map.getSize().y]")
        west, east = (
            page.evaluate(
                f"(() => {{ const p = atlas.map.containerPointToLatLng([{x}, {size[1] / 2}]); return [p.lng, p.lat]; }})()"
            )
            for x in (0, size[0])
        )
        ground_m = np.radians(east[0] - west[0]) * 6_378_137 * np.cos(np.radians(west[1]))
        assert ground_m / (size[0] * PX_MM / 1000) == pytest.approx(told, rel=0.06)
        page.evaluate(LEAVE)


def test_the_sheet_shows_what_the_screen_showed_and_gives_it_back(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    bounds = "(() => { const b = atlas.map.getBounds(); return [b.getWest(), b.getSouth(), b.getEast(), b.getNorth()]; })()"
    page.evaluate("void atlas.map.setView([38.05, 127.3], 10.5, {animate: false})")
    page.wait_for_timeout(400)  # another scale, another legend: the map takes what it leaves
    before, view = page.evaluate(bounds), page.evaluate("[atlas.map.getZoom(), atlas.map.getSize().x]")
    for kind in ("wide", "tall"):
        asked(page, kind)
        sheet = page.evaluate(bounds)
        assert sheet[0] <= before[0] + 1e-3 and sheet[1] <= before[1] + 1e-3
        assert sheet[2] >= before[2] - 1e-3 and sheet[3] >= before[3] - 1e-3
        page.evaluate(LEAVE)
        until(page, f"String([atlas.map.getZoom(), atlas.map.getSize().x]) === '{view[0]:g},{view[1]:g}'")
        assert page.evaluate(bounds) == pytest.approx(before, abs=2e-3)
    assert page.evaluate("document.body.classList.contains('printing')") is False
    assert page.locator("#panel").is_visible()


@POPPLER
def test_a_long_legend_runs_on_and_is_not_cut(quiet_page, page_path, tmp_path):
    page = opened(quiet_page, page_path)
    page.evaluate(
        """(() => {
            const list = document.getElementById('legend-list');
            for (let i = 0; i < 150; i += 1) list.append(atlas.make('li', {}, `Entry-${String(i).padStart(3, '0')}-end`));
        })()"""
    )
    asked(page, "wide")
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    told = text_of(pdf, tmp_path)
    assert [i for i in range(150) if f"Entry-{i:03d}-end" not in told] == []
    assert "military 1338, police 112" in told
    assert box_of(page, ".folium-map")["height"] > 0.4 * 733


def test_raster_grid_and_popup_print(quiet_page, area, tmp_path):
    page = opened(quiet_page, draw_map(terrain_atlas_of(area)).save(tmp_path / "atlas.html"))
    page.locator("input[name=raster][value=south]").check()
    page.get_by_label("MGRS grid").check()
    page.evaluate("void atlas.map.setView([38.05, 127.3], 10.5, {animate: false})")
    asked(page, "tall")
    assert page.locator(".leaflet-raster-pane img").is_visible()
    assert page.get_by_role("region", name="Legend").get_by_text("Screening index").is_visible()
    map_box = box_of(page, ".folium-map")
    ticks = page.evaluate("[...document.querySelectorAll('.grid-tick')].map((one) => one.getBoundingClientRect().toJSON())")
    assert len(ticks) > 4
    assert all(map_box["x"] <= one["left"] and one["bottom"] <= map_box["y"] + map_box["height"] for one in ticks)
    assert len(re.findall(rb"/Type\s*/Page\b", page.pdf(prefer_css_page_size=True, print_background=True))) == 1


def test_the_buttons_are_named_in_both_languages(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    assert page.get_by_role("button", name="Print, A4 landscape").count() == 1
    page.get_by_role("button", name="한국어").click()
    assert page.get_by_role("button", name="인쇄, A4 세로").count() == 1


TAB_WORDS = {
    "areas": ("Areas and reported totals", "Lengths", "Reported series side by side"),
    "record": ("Mines cleared by year", "hatched, *", "Casualties by year", "Law and policy"),
    "about": ("Read this first", "Used by", "Publisher"),
    "glossary": ("Suspected hazardous area (SHA)", "Reference"),
}


@POPPLER
@pytest.mark.parametrize("tab", TAB_WORDS)
def test_the_open_tab_prints_behind_the_map(quiet_page, page_path, tmp_path, tab):
    page = opened(quiet_page, page_path)
    page.locator(f"#choose-{tab}").click()
    rows = [re.findall(r"\w+", text)[0] for text in page.locator(f"#tab-{tab} tbody th:visible").all_inner_texts()]
    asked(page, "wide")
    ids = page.evaluate("[...document.querySelectorAll('[id]')].map((one) => one.id)")
    assert len(ids) == len(set(ids))
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) >= 2
    assert {tuple(round(side) for side in size) for size in sizes_pt(pdf)} == {(842, 595)}
    told = text_of(pdf, tmp_path)
    for word in (*TAB_WORDS[tab], *rows):
        assert word in told
    assert told.count("does not mean no mines") >= 2  # on the map's sheet and on that of the tab
    assert "Press a column head" not in told and "CSV" not in told
    page.evaluate(LEAVE)
    assert page.locator("#paper").count() == 0


def test_the_layers_tab_and_a_closed_panel_print_the_map_alone(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate(ENTER)
    assert page.locator("#paper").count() == 0
    page.evaluate(LEAVE)
    page.locator("#choose-areas").click()
    page.locator("#panel-toggle").click()
    page.evaluate(ENTER)
    assert page.locator("#paper").count() == 0


@pytest.mark.parametrize("kind", ["wide", "tall"])
@pytest.mark.parametrize("language", ["English", "한국어"])
def test_tables_fit_the_sheet_and_need_no_colour(quiet_page, atlas, tmp_path, kind, language):
    from maps.test_panel import survey_tables_of

    page = opened(quiet_page, draw_map(survey_tables_of(atlas)).save(tmp_path / "atlas.html"))
    page.evaluate("() => { window.print = () => window.dispatchEvent(new Event('beforeprint')); }")
    page.get_by_role("button", name=language).click()
    page.locator("#choose-record").click()
    page.locator(f"button.print-{kind}").click()
    wide = page.evaluate(
        """[...document.querySelectorAll('#paper table')].map((one) => [one.getBoundingClientRect().right,
          document.body.getBoundingClientRect().right])"""
    )
    assert len(wide) >= 5
    assert all(table <= body + 1 for table, body in wide)
    colours = page.evaluate(
        """[...document.querySelectorAll('#paper *')].filter((one) => !one.closest('svg'))
          .map((one) => getComputedStyle(one).color)"""
    )
    assert all(len(set(re.findall(r"\d+", colour)[:3])) == 1 for colour in set(colours)), set(colours)
    hatches = page.locator("#paper svg.chart rect[fill^='url(']").evaluate_all(
        "(all) => all.map((one) => one.getAttribute('fill'))"
    )
    assert hatches
    assert all("-paper)" in hatch for hatch in hatches)  # those of the hidden panel would print as nothing


def test_a_sorted_table_prints_as_it_stands(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#choose-areas").click()
    page.locator("#table-areas thead button").nth(1).click()
    shown = page.locator("#table-areas tbody tr > :nth-child(2)").all_text_contents()
    page.evaluate(ENTER)
    assert page.locator("#paper table").first.locator("tbody tr > :nth-child(2)").all_text_contents() == shown


def parts_of(pdf, tmp_path):
    """Return the colours of the first sheet at 40 dots an inch, shape (n, 3)."""
    (tmp_path / "page.pdf").write_bytes(pdf)
    done = subprocess.run(["pdftoppm", "-r", "40", "-f", "1", "-l", "1", tmp_path / "page.pdf"], capture_output=True, check=True)
    head = re.match(rb"P6\s+(\d+)\s+(\d+)\s+255\s", done.stdout)
    return np.frombuffer(done.stdout[head.end() :], dtype=np.uint8).reshape(-1, 3).astype(int)


@POPPLER
def test_many_fields_hide_no_land_and_no_zone_on_paper(quiet_page, area, tmp_path):
    """Layers of many features are canvases: each must print as a picture that shows what lies below it."""

    def many(frame):
        again = frame.iloc[np.arange(400) % len(frame)]
        return again.assign(id=[f"m{i:03d}" for i in range(400)])

    page = opened(quiet_page, draw_map(atlas_of(area, {"planned_minefields": many})).save(tmp_path / "atlas.html"))
    assert page.locator(".leaflet-hazards-pane canvas").count() > 0
    asked(page, "wide")
    pixels = parts_of(page.pdf(prefer_css_page_size=True, print_background=True), tmp_path)
    for colour in ((0xDF, 0xE7, 0xEF), (0xF3, 0xF1, 0xEC)):  # sea, land
        assert (np.abs(pixels - colour).max(axis=1) <= 4).mean() > 0.05


@POPPLER
def test_a_sheet_of_supplied_fields_alone_does_not_say_simulated(quiet_page, survey_path, tmp_path):
    page = opened(quiet_page, survey_path)
    for name in ("planned_minefields", "flood_displacement"):
        page.locator(f"#show-{name}").uncheck()
    told = text_of(page.pdf(prefer_css_page_size=True, print_background=True), tmp_path)
    assert "RESTRICTED" in told and "supplied, taken as it stands" in told
    assert not re.search("simulated|모의", told, re.IGNORECASE)
    page.locator("#show-planned_minefields").check()
    told = text_of(page.pdf(prefer_css_page_size=True, print_background=True), tmp_path)
    assert "SIMULATED" in told and "Planned minefields (simulated)" in told
