"""The page in a real browser with the network off. `quiet_page` fails on any request, console error, dialog or breach."""

import re
from dataclasses import replace

import pandas as pd
import pytest
from maps.country import HOSTILE, MARK, atlas_of
from maps.hands import clicked, opened, until

from geo.maps.web import draw_map

READY = 'html[data-ready="11"]'


def page_scripts(path):
    return len(re.findall(r"<script>", path.read_text(encoding="utf-8")))


def shown(page):
    return int(page.evaluate("document.documentElement.dataset.shown"))


def test_opens_offline_from_a_file(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    assert shown(page) > 0
    assert page.locator(".leaflet-hazards-pane path").count() == 24
    assert page.locator("#mark").inner_text() == MARK
    assert page.locator("#strip").get_by_text("does not mean no mines").is_visible()
    assert page.locator("#strip").get_by_text("military 1338, police 112").is_visible()


def test_a_switch_drops_and_restores_the_features(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    paths = page.locator(".leaflet-hazards-pane path")
    before, box = shown(page), page.get_by_label("Planned minefields")
    box.uncheck()
    assert (shown(page), paths.count()) == (before - 12, 12)
    box.check()
    assert (shown(page), paths.count()) == (before, 24)


def test_the_watermark_follows_what_is_simulated(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    mark = page.locator("#mark")
    for name in ("Planned minefields", "Unconfirmed minefields", "Flood-displacement screening zones"):
        assert mark.is_visible()
        page.get_by_label(name).uncheck()
    assert not mark.is_visible()


def test_both_languages_turn_everything(quiet_page, page_path):
    page = opened(quiet_page, page_path, "ko")
    assert page.title().startswith("한국")
    assert page.get_by_label("계획지뢰지대").is_checked()
    assert page.get_by_role("region", name="범례").is_visible()
    assert page.locator("#strip").get_by_text("도형이 없다고 해서").is_visible()
    assert not page.locator("#strip").get_by_text("does not mean no mines").is_visible()
    assert page.locator(".label-zone").first.inner_text() == "비무장지대"
    english = page.evaluate("[...document.querySelectorAll('[lang=en]')].filter((one) => one.offsetParent).length")
    assert english == 0
    page.get_by_role("button", name="English").click()
    assert page.get_by_label("Planned minefields").is_checked()
    assert page.get_by_role("region", name="Legend").is_visible()


def test_the_legend_follows_and_always_names_unassessed_land(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    legend = page.get_by_role("region", name="Legend")
    assert legend.get_by_text("Planned fields (simulated)").is_visible()
    for box in page.locator("#tree > fieldset > ul > li > input").all():
        box.uncheck()
    assert not legend.get_by_text("Planned fields (simulated)").is_visible()
    assert legend.locator("li").all_inner_texts() == ["Thin grey dash-dot line: provincial border", "Not assessed / no data"]


def test_a_click_reads_the_place_and_what_lies_there(quiet_page, page_path, atlas):
    page = opened(quiet_page, page_path)
    lat, lon = page.evaluate("atlas.layers.find((one) => one.name === 'dmz').groups[0].getBounds().getCenter()").values()
    page.evaluate(f"void atlas.map.fire('click', {{ latlng: L.latLng({lat}, {lon}) }})")
    popup = page.locator(".popup")
    assert popup.locator(".decimal").inner_text() == f"{lat:.5f}, {lon:.5f}"
    assert re.fullmatch(r"\d+°\d\d′\d\d\.\d″N \d+°\d\d′\d\d\.\d″E", popup.locator(".dms").inner_text())
    assert popup.get_by_text("Demilitarized Zone").first.is_visible()
    assert popup.get_by_text("does not mean no mines").is_visible()


def test_degrees_minutes_seconds(read_page):
    told = {38.25069: "38°15′02.5″N", -0.5: "0°30′00.0″S", 37.99999999: "38°00′00.0″N"}
    assert {degrees: read_page.evaluate(f"atlas.dms({degrees}, 'NS')") for degrees in told} == told


def test_a_feature_tells_its_class_and_that_it_is_simulated(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate(
        "{ const layer = atlas.layers.find((one) => one.name === 'planned_minefields'); const one = layer.features[3];"
        " void one.fire('click', { latlng: one.getBounds().getCenter() }, true); }"
    )
    popup = page.locator(".popup")
    assert popup.get_by_role("heading", name="Feature 3").is_visible()
    assert popup.get_by_text("places and shapes are not real").is_visible()
    assert popup.get_by_text("Allocated (simulated)").is_visible()


def popup_of(page, name, row):
    page.evaluate(f"atlas.openFeature(atlas.map, atlas.layers.find((one) => one.name === '{name}'), {row}, L.latLng(38, 127))")
    return page.locator(".popup").last


CLEARED = {
    "en": [
        r"Recorded as cleared on 2002-12 \(.+\)\. Later floods or landslides may have brought mines in\.",
        r"Searched, not released: about 1,190 recorded mines not recovered\.",
        r"Searched, not released",
    ],
    "ko": [
        r"2002-12 제거 완료로 기록됨\(.+\)\. 그 뒤의 홍수나 산사태로 지뢰가 들어왔을 수 있습니다\.",
        r"탐지했으나 해제되지 않음: 기록된 지뢰 약 1,190발 미회수\.",
    ],
}


@pytest.mark.parametrize("language", CLEARED)
def test_a_record_of_clearance_is_no_release(quiet_page, page_path, language):
    page = opened(quiet_page, page_path, language)
    for row, text in enumerate(CLEARED[language]):
        told = popup_of(page, "cleared_areas", row).locator(".warning p").first.inner_text()
        assert re.fullmatch(text, told), row


def test_a_point_tells_how_far_off_it_may_be_itself(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    for row, km in ((0, "4"), (1, "15")):
        told = popup_of(page, "cleared_areas", row).locator(".warning p").last.inner_text()
        assert told == f"Placed at the named place; may be off by about {km} km."
    assert popup_of(page, "places", 0).get_by_text("may be off by about 3 km").is_visible()
    assert not popup_of(page, "dmz", 0).get_by_text("Placed at").is_visible()


def test_an_index_only_ranks(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    assert "0.51 (rank only)" in popup_of(page, "flood_displacement", 1).inner_text()
    page.get_by_role("button", name="한국어").click()
    assert "0.51 (순위용)" in popup_of(page, "flood_displacement", 1).inner_text()


@pytest.mark.parametrize(("now", "n"), [("2007-12-30", 0), ("2008-01-02", 11)])
def test_old_information_is_told_to_be_old_by_the_readers_clock(quiet_page, page_path, now, n):
    """Every layer of this country is of 2006."""
    quiet_page.clock.set_fixed_time(now)
    page = opened(quiet_page, page_path)
    badges = page.get_by_text("More than two years old.")
    assert badges.count() == 2 * n  # in the list and in the About tab
    assert page.locator("#tree").get_by_text("More than two years old.").count() == n


def test_two_years_are_counted_from_what_the_date_tells(quiet_page, page_path):
    quiet_page.clock.set_fixed_time("2020-06-15")
    page = opened(quiet_page, page_path)
    old = {
        "2018-07": False,
        "2018-06": True,
        "2018-06-20": False,
        "2018-06-10": True,
        "2018": True,
        "2019": False,
        "not stated": False,
        "at designation, year not stated": False,
    }
    assert {as_of: page.evaluate(f"atlas.age({{ as_of: '{as_of}' }}).length > 0") for as_of in old} == old


@pytest.mark.parametrize(
    ("language", "names"), [("English", ("Zoom in", "No closer")), ("한국어", ("확대", "더 확대할 수 없음"))]
)
def test_the_button_says_why_it_goes_no_closer(quiet_page, page_path, language, names):
    page = opened(quiet_page, page_path)
    page.get_by_role("button", name=language).click()
    button = page.locator(".leaflet-control-zoom-in")
    for zoom, name in zip((9, 12, 9), (*names, names[0]), strict=True):
        page.evaluate(f"void atlas.map.setZoom({zoom}, {{ animate: false }})")
        assert button.get_attribute("title").startswith(name) and button.get_attribute("aria-label").startswith(name)


def test_a_zone_that_is_not_drawn_so_close_is_told_of_a_place(quiet_page, page_path, atlas):
    """A coordinate that is gone to lies at the closest zoom, where the MCZ has no edge: the place lies in it all the same."""
    page = opened(quiet_page, page_path)
    at = atlas["mcz"].frame.geometry.iloc[0].representative_point()
    card = None
    for zoom, told in ((10, "Military Control Zone (MCZ)"), (12, "(MCZ) (hidden at this zoom: not precise enough)")):
        page.evaluate(f"void atlas.map.setView([{at.y}, {at.x}], {zoom}, {{ animate: false }})")
        card = clicked(page, at.y, at.x)
        assert [head for head in card.get_by_role("heading", level=4).all_inner_texts() if head.endswith(told)], zoom
    page.evaluate("void atlas.map.closePopup()")
    page.get_by_label("Military Control Zone (MCZ)").uncheck()
    assert "MCZ" not in clicked(page, at.y, at.x).inner_text(), "switched off, it is not told"


def test_a_layer_is_not_drawn_closer_than_it_is_known(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    remark = page.locator("#tree").get_by_text("hidden at this zoom: not precise enough")
    drawn = "atlas.map.hasLayer(atlas.layers.find((one) => one.name === '{}').group)"
    before = shown(page)
    assert remark.filter(visible=True).count() == 0
    page.evaluate("void atlas.map.setZoom(10.25, { animate: false })")
    assert [page.evaluate(drawn.format(name)) for name in ("mcz", "dmz")] == [False, True]
    assert remark.filter(visible=True).count() == 1
    assert shown(page) == before - 1
    page.get_by_label("Military Control Zone (MCZ)").uncheck()
    assert remark.filter(visible=True).count() == 0
    page.get_by_label("Military Control Zone (MCZ)").check()
    assert not page.evaluate(drawn.format("mcz"))
    page.evaluate("void atlas.map.setZoom(10, { animate: false })")
    assert page.evaluate(drawn.format("mcz"))
    assert remark.filter(visible=True).count() == 0


def test_close_up_only_what_was_supplied_is_left(quiet_page, area, tmp_path):
    def surveyed(frame):
        return frame.assign(basis="surveyed", precision_m=2.0)

    atlas = replace(atlas_of(area, {"planned_minefields": surveyed}), tier="restricted")
    page = opened(quiet_page, draw_map(atlas).save(tmp_path / "atlas.html"))
    page.evaluate("void atlas.map.setZoom(18, { animate: false })")
    assert page.evaluate("atlas.map.getZoom()") == 16
    left = page.evaluate("atlas.layers.filter(atlas.isDrawn).map((one) => one.name)")
    assert left == ["planned_minefields", "incidents", "places", "cleared_areas"]
    assert page.locator("#legend").get_by_text("(simulated)").count() == 0


def test_a_front_of_unknown_precision_has_no_soft_band(quiet_page, area, tmp_path):
    atlas = atlas_of(area, {"mdl": lambda frame: frame.drop(columns="precision_m")})
    page = opened(quiet_page, draw_map(atlas).save(tmp_path / "atlas.html"))
    assert page.locator(".leaflet-soft-pane path").count() == 0
    assert page.locator(".leaflet-front-pane path").count() == 2


def test_the_parameters_stand_in_the_about_tab(quiet_page, area, tmp_path):
    rows = {"name": ["front_km"], "value": [5.0], "unit": ["km"], "tag": ["assumed"], "source": [""]}
    atlas = replace(atlas_of(area), assumed=pd.DataFrame(rows))
    page = opened(quiet_page, draw_map(atlas).save(tmp_path / "atlas.html"))
    page.get_by_role("tab", name="About").click()
    table = page.get_by_role("region", name="Assumed and other parameters")
    assert table.get_by_role("row", name="front_km 5 km assumed").is_visible()


def test_hostile_names_are_text(quiet_page, hostile_path, page_path):
    page = opened(quiet_page, hostile_path)
    assert page.locator("h1").inner_text() == HOSTILE[0] + HOSTILE[1]
    for name in ("planned_minefields", "unconfirmed_minefields", "flood_displacement", "incidents", "dmz"):
        for row in range(page.evaluate(f"atlas.layers.find((one) => one.name === '{name}').n")):
            heading = page.evaluate(
                f"{{ const layer = atlas.layers.find((one) => one.name === '{name}');"
                f" atlas.openFeature(atlas.map, layer, {row}, L.latLng(38, 127));"
                " [...document.querySelectorAll('.popup h3')].at(-1).innerText; }"
            )
            assert heading == HOSTILE[row % len(HOSTILE)]
            tip = page.evaluate(f"atlas.tooltip(atlas.layers.find((one) => one.name === '{name}'), {row}).textContent")
            assert HOSTILE[row % len(HOSTILE)] in tip
    assert page.locator("img").count() == 0
    assert page.evaluate("document.querySelectorAll('script:not([type])').length") == page_scripts(page_path)
    labels = page.locator(".label").all_inner_texts()
    assert set(labels) & set(HOSTILE)


def test_the_tables_are_in_the_page(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.get_by_role("tab", name="Areas").click()
    table = page.get_by_role("region", name="Areas and reported totals")
    assert table.get_by_role("rowheader", name="Demilitarized Zone (DMZ)").is_visible()
    assert table.get_by_text("−20.0").first.is_visible()
    page.get_by_role("tab", name="Record").click()
    assert page.get_by_role("img", name=re.compile("Bar chart of mines cleared by year.*2003: 13,000")).is_visible()
    page.get_by_role("tab", name="About").click()
    assert page.get_by_role("heading", name="Sources").is_visible()


def test_hovering_names_a_feature(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate("document.body.classList.add('unmarked')")
    path = page.locator(".leaflet-hazards-pane path").nth(15)
    path.dispatch_event("mouseover")
    assert page.locator(".tip").get_by_text("Unconfirmed minefields").is_visible()
    assert page.locator(".tip").bounding_box()["width"] > 100, "a tip of one letter a line cannot be read"
    path.dispatch_event("mouseout")
    page.locator(".tip").wait_for(state="detached")


def test_the_keyboard_reaches_tabs_switches_and_map(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.get_by_role("tab", name="Layers").focus()
    page.keyboard.press("ArrowRight")
    assert page.get_by_role("tab", name="Areas").get_attribute("aria-selected") == "true"
    page.keyboard.press("ArrowLeft")
    page.get_by_label("Rivers").focus()
    page.keyboard.press("Space")
    assert not page.get_by_label("Rivers").is_checked()
    reached = set()
    for _ in range(60):
        page.keyboard.press("Tab")
        reached |= set(page.evaluate("[document.activeElement].map((one) => [one.classList[0], one.id, one.tagName])[0]"))
    assert "path" not in reached
    assert {"folium-map", "leaflet-control-zoom-in", "legend-toggle"} <= reached


def test_zoom_ends_where_the_precision_ends(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate("void atlas.map.setZoom(18, { animate: false })")
    assert page.evaluate("atlas.map.getZoom()") == 12


def test_a_group_can_fade_and_a_part_be_hidden(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.get_by_label("Opacity: Hazards").fill("0.5")
    assert page.evaluate("getComputedStyle(document.querySelector('.leaflet-hazards-pane')).opacity") == "0.5"


def test_the_grid_is_drawn_when_asked_for(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    before = shown(page)
    page.get_by_label("Expected density, 1 km grid").check()
    assert shown(page) == before + 40
    pen = "document.querySelector('.leaflet-density-pane canvas').getContext('2d')"
    until(page, f"{pen}.getImageData(0, 0, 1500, 1200).data.some((one) => one > 0)")


def test_a_phone_starts_with_the_map_and_opens_the_panel(quiet_page, page_path):
    quiet_page.set_viewport_size({"width": 375, "height": 812})
    page = opened(quiet_page, page_path, "ko")
    assert page.evaluate("document.documentElement.scrollWidth") <= 375
    assert not page.get_by_label("계획지뢰지대").is_visible()
    page.get_by_role("button", name="정보").click()
    assert page.get_by_label("계획지뢰지대").is_visible()
    page.get_by_role("button", name="닫기").click()
    assert not page.get_by_label("계획지뢰지대").is_visible()
    assert page.locator("#strip").get_by_text("도형이 없다고 해서").is_visible()


def test_a_popup_fits_a_phone_and_the_page_never_scrolls(quiet_page, page_path):
    quiet_page.set_viewport_size({"width": 375, "height": 812})
    page = opened(quiet_page, page_path)
    popup_of(page, "cleared_areas", 1)
    page.wait_for_timeout(600)  # the map moves to make room
    box = page.locator(".leaflet-popup").bounding_box()
    assert box["x"] + box["width"] <= 375
    page.evaluate("void atlas.map.closePopup()")
    page.get_by_role("button", name="Information").click()
    for tab in ("Areas", "Record", "About"):
        page.get_by_role("tab", name=tab).click()
        assert page.evaluate("document.documentElement.scrollHeight") <= 812


def test_prints(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.emulate_media(media="print")
    assert not page.locator("#panel").is_visible()
    assert page.get_by_role("region", name="Legend").is_visible()
    assert page.locator("#strip").get_by_text("does not mean no mines").is_visible()
    pdf = page.pdf(format="A4", landscape=True)
    assert pdf.startswith(b"%PDF")
    assert len(re.findall(rb"/Type\s*/Page\b", pdf)) == 1
    assert len(pdf) < 3_000_000
    assert page.locator(".leaflet-hazards-pane svg").evaluate("(one) => getComputedStyle(one).filter") != "none"


def test_text_has_contrast(quiet_page, page_path):
    """WCAG 2: 4.5 to 1 for every text of the page against the background painted behind it (labels on the map have a halo)."""
    page = opened(quiet_page, page_path)
    pairs = page.evaluate(
        """[...document.querySelectorAll('#bar *, #panel *, #strip *, #legend *, #mark')]
          .filter((one) => one.offsetParent && one.children.length === 0 && one.textContent.trim() && !one.closest('svg'))
          .map((one) => {
            const paint = (element) => getComputedStyle(element).backgroundColor;
            let behind = one;
            while (/rgba\\(0, 0, 0, 0\\)|transparent/.test(paint(behind))) behind = behind.parentElement;
            return [one.textContent.slice(0, 30), getComputedStyle(one).color, paint(behind)];
          })"""
    )
    assert len(pairs) > 40
    assert [pair for pair in pairs if contrast(*(numbers(text) for text in pair[1:])) < 4.5] == []


def numbers(text):
    return [float(number) for number in re.findall(r"[\d.]+", text)[:3]]


def contrast(front, back):
    def luminance(colour):
        linear = [c / 3294.6 if c <= 10.3 else ((c / 255 + 0.055) / 1.055) ** 2.4 for c in colour]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    light, dark = sorted((luminance(front), luminance(back)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


class TestBroken:
    """Pages broken on purpose: the notice stays, and the watcher of `quiet_page` would speak."""

    def test_without_scripts_the_notice_stands(self, browser, page_path):
        context = browser.new_context(java_script_enabled=False, offline=True)
        page = context.new_page()
        page.goto(page_path.as_uri())
        assert page.get_by_text("The layers are not loaded").is_visible()
        assert page.locator("#strip").get_by_text("does not mean no mines").is_visible()
        context.close()

    def test_with_a_broken_layer_the_notice_stands(self, page, page_path, tmp_path):
        broken = tmp_path / "broken.html"
        text = page_path.read_text(encoding="utf-8")
        broken.write_text(re.sub(r'(id="data-planned_minefields">)[^<]{60}', r"\1", text), encoding="utf-8")
        faults = []
        page.on("pageerror", lambda error: faults.append(str(error)))
        with page.expect_event("pageerror"):
            page.goto(broken.as_uri())
        assert page.get_by_text("The layers are not loaded").is_visible()
        assert faults

    @pytest.mark.parametrize(
        "planted", ["<script>window.planted = 1</script>", '<img src="https://example.org/x.png" onerror="window.planted = 1">']
    )
    def test_a_planted_script_or_picture_does_not_run(self, page, page_path, tmp_path, planted):
        broken = tmp_path / "planted.html"
        broken.write_text(
            page_path.read_text(encoding="utf-8").replace('<footer id="strip">', f'{planted}<footer id="strip">'),
            encoding="utf-8",
        )
        heard = []
        page.on("console", lambda message: heard.append(message.text))
        page.goto(broken.as_uri())
        page.wait_for_selector(READY, state="attached")
        assert page.evaluate("window.planted") is None
        assert any("Content Security Policy" in text for text in heard)
