"""The card of a place and the page round the tools; with mouse and keyboard, in both languages."""

import re

import pyproj
import pytest
from maps.hands import LANGUAGES, centre, clicked, on_screen, opened

from geo.exchange.mgrs import mgrs

GEOD = pyproj.Geod(ellps="WGS84")
PHONE = {"width": 375, "height": 740}


def test_a_click_tells_the_place_in_every_notation(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    lat, lon = 38.2, 127.03
    card = clicked(page, lat, lon)
    assert card.locator(".mgrs").inner_text() == mgrs([lon], [lat])[0] == "52S CH 27501 29840"
    assert card.locator(".utm").inner_text() == "52S 327502 mE 4229840 mN"
    assert card.locator(".dms").inner_text() == "38°12′00.0″N 127°01′48.0″E"
    assert card.locator(".decimal").inner_text() == "38.20000, 127.03000"
    for line, crs in zip(card.locator(".notations .grid").all(), ("EPSG:5186", "EPSG:5179"), strict=True):
        x, y = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(lon, lat)
        assert line.inner_text() == f"E {x:.0f} N {y:.0f}"
    assert card.get_by_text("EPSG:5179 · KGD2002 / Unified CS").is_visible()
    assert card.get_by_text("does not mean no mines").count() == 1


def test_zone_51_is_told_as_such(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    assert clicked(page, 37.97, 124.7).locator(".mgrs").inner_text() == "51S XC 49321 03849"


def test_how_finely_a_place_was_read_follows_the_zoom(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate("void atlas.map.setView([38.2, 127], 8, { animate: false })")
    assert "±500 m" in clicked(page, 38.2, 127.03).inner_text()  # a pixel is 481 m wide
    page.evaluate("void atlas.map.setView([38.2, 127], 12, { animate: false })")
    assert "±30 m" in clicked(page, 38.2, 127.03).inner_text()  # 30 m


def test_the_nearest_are_told_to_their_precision(quiet_page, page_path, atlas):
    """A zone of ±500 m is told to 500 m, a simulated field to a kilometre, and which it is."""
    page = opened(quiet_page, page_path)
    west, _, east, north = atlas["dmz"].frame.total_bounds
    lat, lon = north + 0.0722, (west + east) / 2
    far = GEOD.inv(lon, lat, lon, north)[2]
    card = clicked(page, lat, lon)
    told = dict(
        zip(card.locator(".nearest dt").all_inner_texts(), card.locator(".nearest strong").all_inner_texts(), strict=True)
    )
    assert told["Demilitarized Zone (DMZ)"] == f"about {500 * round(far / 500) / 1000:.1f} km (±500 m)"
    assert re.fullmatch(r"about \d+ km \(Simulated, not a real position\)", told["Planned minefields"])
    assert re.fullmatch(r"about \d+ km \(±5 km\)", told["Military Control Zone (MCZ)"])
    assert told["Rivers"].endswith("(precision not stated)")
    assert card.get_by_text("something nearer may be unknown").count() == 1
    page.get_by_label("Rivers").uncheck()
    assert "Rivers" not in clicked(page, lat, lon).locator(".nearest dt").all_inner_texts()


def test_inside_and_nearer_than_can_be_told(quiet_page, page_path, atlas):
    page = opened(quiet_page, page_path)
    west, south, east, north = atlas["dmz"].frame.total_bounds
    told = clicked(page, (south + north) / 2 + 0.001, (west + east) / 2).locator(".nearest").inner_text()
    assert "inside (±500 m)" in told
    near = clicked(page, north + 0.002, (west + east) / 2).locator(".nearest").inner_text()
    assert "under 500 m (±500 m)" in near


def test_the_nearest_distance_is_that_of_the_edge_and_not_of_a_corner(quiet_page, page_path, atlas):
    page = opened(quiet_page, page_path)
    west, south, east, _ = atlas["mcz"].frame.total_bounds
    lat, lon = south - 0.3, (west + east) / 2
    m = page.evaluate(
        "([lat, lon]) => atlas.nearestIn(atlas.layers.find((one) => one.name === 'mcz'), { lat, lng: lon }, () => true).m",
        [lat, lon],
    )
    assert m == pytest.approx(GEOD.inv(lon, lat, lon, south)[2], rel=1e-3)


def test_what_lies_here_tells_class_basis_date_and_source(quiet_page, page_path, atlas):
    page = opened(quiet_page, page_path)
    shape = atlas["unconfirmed_minefields"].frame.geometry.iloc[2].centroid
    card = clicked(page, shape.y, shape.x)
    facts = card.locator(".lying li", has_text="Feature 2").locator(".facts").inner_text()
    title = atlas.area.sources[next(iter(atlas.area.sources))].title
    assert facts.startswith("Suspected hazardous area (SHA) · Allocated (simulated) · 2006 · ")
    assert title in facts and facts.endswith("Simulated, not a real position")
    heads = card.locator("h4").all_inner_texts()
    assert "Unconfirmed minefields" in heads and "Military Control Zone (MCZ)" in heads
    page.get_by_label("Unconfirmed minefields").uncheck()
    assert "Unconfirmed minefields" not in clicked(page, shape.y, shape.x).locator("h4").all_inner_texts()


def test_a_feature_opens_from_the_card_and_the_card_from_a_feature(quiet_page, page_path, atlas):
    page = opened(quiet_page, page_path)
    shape = atlas["unconfirmed_minefields"].frame.geometry.iloc[2].centroid
    clicked(page, shape.y, shape.x).locator("button.called", has_text="Feature 2").click()
    assert page.get_by_role("heading", name="Feature 2").is_visible()
    page.get_by_role("button", name="Coordinates and all that lies here").click()
    assert page.locator(".popup.here .mgrs").inner_text() == mgrs([shape.x], [shape.y])[0]


def test_evidence_that_may_be_off_as_far_as_here_lies_here(quiet_page, page_path, atlas):
    """The finds of this country are known to 2 km."""
    page = opened(quiet_page, page_path)
    point = atlas["incidents"].frame.geometry.iloc[0]
    for km, n in ((1.9, 1), (2.1, 0)):
        lon, lat, _ = GEOD.fwd(point.x, point.y, 180.0, km * 1000)
        page.evaluate("void atlas.map.setZoom(12, { animate: false })")
        rows = page.evaluate(
            "([lat, lng]) => atlas.rowsAt(atlas.layers.find((one) => one.name === 'incidents'), { lat, lng })", [lat, lon]
        )
        assert len(rows) == n, km


def test_every_line_is_copied_and_all_of_them(quiet_page, page_path):
    quiet_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(quiet_page, page_path)
    card = clicked(page, 38.2, 127.03)
    card.get_by_role("button", name="Copy: MGRS").click()
    page.get_by_role("status").get_by_text("Copied: 52S CH 27501 29840").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == "52S CH 27501 29840"
    card.get_by_role("button", name="Copy all").click()
    page.get_by_role("status").get_by_text("Copied: all lines").wait_for(state="attached")
    text = page.evaluate("navigator.clipboard.readText()")
    for part in ("MGRS: 52S CH 27501 29840", "EPSG:5186", "Nearest drawn:", "does not mean no mines", "Not an official product"):
        assert part in text, part


@pytest.mark.parametrize(("language", "told"), [("en", "Copied: 38.20000, 127.03000"), ("ko", "복사됨: 38.20000, 127.03000")])
def test_without_a_clipboard_the_line_is_copied_from_a_field(quiet_page, page_path, language, told):
    quiet_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = opened(quiet_page, page_path, language)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined, configurable: true })")
    card = clicked(page, 38.2, 127.03)
    page.evaluate("document.addEventListener('copy', () => (window.heard = String(document.getSelection())), { once: true })")
    card.locator(".notations li", has=page.locator(".decimal")).get_by_role("button").click()
    page.get_by_role("status").get_by_text(told).wait_for(state="attached")
    assert page.locator("textarea").count() == 0
    assert page.evaluate("window.heard") is not None


def test_where_nothing_may_copy_the_text_stands_selected(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate("Object.defineProperty(navigator, 'clipboard', { value: undefined }); document.execCommand = () => false;")
    clicked(page, 38.2, 127.03).get_by_role("button", name="Copy: MGRS").click()
    page.get_by_role("status").get_by_text("did not allow copying").wait_for(state="attached")
    assert page.evaluate("document.activeElement.value") == "52S CH 27501 29840"
    assert page.evaluate("[document.activeElement.selectionStart, document.activeElement.selectionEnd]") == [0, 18]


@pytest.mark.parametrize("how", ["button", "Enter"])
def test_the_centre_is_read_by_keyboard_and_closed_again(quiet_page, page_path, how):
    page = opened(quiet_page, page_path)
    if how == "button":
        page.locator("#tool-here").focus()
    else:
        page.locator(".folium-map").focus()
    page.keyboard.press("Enter")
    card = page.locator(".popup.here")
    lat, lon = centre(page)
    told = [float(one) for one in card.locator(".decimal").inner_text().split(", ")]
    assert told == pytest.approx([lat, lon], abs=0.02)  # the map may have moved from under the card
    assert page.evaluate("document.activeElement.classList.contains('here')")
    assert page.locator(".cross").count() == 1
    page.keyboard.press("Escape")
    assert card.count() == 0
    assert page.evaluate("document.activeElement.classList.contains('folium-map')")


def overlap(one, other):
    across = min(one["x"] + one["width"], other["x"] + other["width"]) - max(one["x"], other["x"])
    down = min(one["y"] + one["height"], other["y"] + other["height"]) - max(one["y"], other["y"])
    return across > 0.5 and down > 0.5


@pytest.mark.parametrize("size", [{"width": 1280, "height": 860}, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_target_is_large_enough_and_covers_no_title_or_mark(quiet_page, page_path, size, language):
    quiet_page.set_viewport_size(size)
    page = opened(quiet_page, page_path, language)
    kept = [page.locator(name).bounding_box() for name in ("#bar", "#mark", "#strip")]

    def check(*selectors):
        for selector in selectors:
            for node in page.locator(selector).filter(visible=True).all():
                box = node.bounding_box()
                assert box["width"] >= 40 and box["height"] >= 40, (selector, box)
                assert box["x"] >= 0 and box["x"] + box["width"] <= size["width"], selector

    check("#tools button", ".leaflet-control-zoom a")
    page.locator("#tool-goto").click()
    page.locator("#goto-field").fill("feature")
    check("#tool-panel button", "#goto-field", "[role=option]")
    for tool in ("goto", "measure"):
        if tool == "measure":
            page.locator("#tool-measure").click()
            check("#tool-panel button")
        assert not any(overlap(page.locator("#tool-panel").bounding_box(), one) for one in kept), tool
    page.locator("#tool-here").click()
    check(".popup button", ".leaflet-popup-close-button")
    card = page.locator(".leaflet-popup").bounding_box()
    assert not any(overlap(card, one) for one in kept)
    assert card["x"] >= 0 and card["x"] + card["width"] <= size["width"]
    cross = page.locator(".cross").bounding_box()
    assert not overlap(card, cross)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tools_speak_one_language_at_a_time(quiet_page, page_path, language):
    page = opened(quiet_page, page_path, language)
    clicked(page, 38.2, 127.03)
    other = {"en": "ko", "ko": "en"}[language]
    for tool in ("goto", "measure"):
        page.locator(f"#tool-{tool}").click()
        texts = page.locator(f"#tool-panel [lang={other}], .popup [lang={other}]")
        assert texts.count() > 0
        assert texts.filter(visible=True).count() == 0
    names = [node.get_attribute("aria-label") for node in page.locator("#tools button").all()]
    assert [bool(re.search("[가-힣]", name)) for name in names] == [language == "ko"] * 3


def test_a_ring_shows_where_the_keyboard_is(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator(".folium-map").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Shift+Tab")
    ring = "getComputedStyle(document.querySelector('.folium-map'), '::after').borderTopWidth"
    assert page.evaluate(ring) == "3px"
    assert page.locator("#middle").is_visible()
    page.mouse.click(*on_screen(page, 38.3, 127.0))
    assert not page.locator("#middle").is_visible()
    page.locator("#tool-measure").focus()
    page.keyboard.press("Shift+Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
