"""A4 from the browser: the whole sheet is used, nothing is cut, and what is measured on it is true."""

import re
import subprocess
from itertools import pairwise
from shutil import which

import numpy as np
import pytest
from maps.country import MARK, terrain_atlas_of

from geo.maps.web import draw_map

SHEETS_MM = {"wide": (297, 210), "tall": (210, 297)}
MARGIN_MM, PX_MM = 8, 25.4 / 96
ENTER = "window.dispatchEvent(new Event('beforeprint'))"
LEAVE = "window.dispatchEvent(new Event('afterprint'))"
POPPLER = pytest.mark.skipif(which("pdftotext") is None, reason="no poppler on this machine")


def opened(page, path):
    page.set_default_timeout(8000)
    page.goto(path.as_uri())
    page.locator("#notice").wait_for(state="hidden")
    return page


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
    parts = [box_of(page, name) for name in ("#bar", ".folium-map", "#legend", "#strip", "#print-foot")]
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
        page.evaluate(f"atlas.map.setView([38, 127.2], {zoom}, {{animate: false}})")
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
    page.evaluate("atlas.map.setView([38.05, 127.3], 10.5, {animate: false})")
    page.wait_for_timeout(400)  # another scale, another legend: the map takes what it leaves
    before = page.evaluate(bounds)
    view = page.evaluate("[atlas.map.getZoom(), atlas.map.getSize().x]")
    for kind in ("wide", "tall"):
        asked(page, kind)
        sheet = page.evaluate(bounds)
        assert sheet[0] <= before[0] + 1e-3 and sheet[1] <= before[1] + 1e-3
        assert sheet[2] >= before[2] - 1e-3 and sheet[3] >= before[3] - 1e-3
        page.evaluate(LEAVE)
        page.wait_for_timeout(400)
        assert page.evaluate("[atlas.map.getZoom(), atlas.map.getSize().x]") == view
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
    page.evaluate("atlas.map.setView([38.05, 127.3], 10.5, {animate: false})")
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
