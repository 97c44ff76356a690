"""Measuring lengths and areas on the map, against GeographicLib."""

import numpy as np
import pyproj
import pytest
from maps.hands import LANGUAGES, centre, clicked, on_screen, open_goto, opened

GEOD = pyproj.Geod(ellps="WGS84")


CORNERS = [(38.15, 127.2), (38.1, 127.7), (37.9, 127.5)]


def measured(page):
    return page.evaluate("atlas.measured()")


def draw(page, corners):
    for lat, lon in corners:
        page.mouse.click(*on_screen(page, lat, lon))
        page.wait_for_timeout(350)  # else two clicks near each other in time are a double click


def taken(page):
    """Return the points that were taken, as the pointer could set them."""
    places = page.evaluate(
        "Object.values(atlas.map._layers).filter((one) => one instanceof L.CircleMarker && one.options.pane === 'measure')"
        ".map((one) => one.getLatLng())"
    )
    return np.array([[one["lng"], one["lat"]] for one in places])


def test_a_length_is_measured_by_clicks_and_ended_by_a_double_click(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-measure").click()
    draw(page, CORNERS[:2])
    page.mouse.dblclick(*on_screen(page, *CORNERS[2]))
    found, at = measured(page), taken(page)
    assert (found["n"], found["done"], len(at)) == (3, True, 3)
    assert np.abs(at - np.array(CORNERS)[:, ::-1]).max() < 0.005
    assert found["m"] == pytest.approx(GEOD.line_length(*at.T), rel=1e-6)
    bearing, back, far = GEOD.inv(*at[1], *at[2])
    assert [found["leg"][key] for key in ("m", "bearing", "back")] == pytest.approx([far, bearing % 360, back % 360], rel=1e-6)
    told = page.locator("#measure-told").inner_text()
    assert f"{far / 1000:.2f} km" in told and f"{bearing % 360:05.1f}°, back {back % 360:05.1f}°" in told
    assert page.locator(".measure-label").inner_text() == f"{found['m'] / 1000:.2f} km"
    assert page.locator(".popup").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_area_is_measured_and_its_outline(quiet_page, page_path, language):
    page = opened(quiet_page, page_path, language)
    page.locator("#tool-measure").click()
    page.locator("#measure").get_by_label({"en": "Area", "ko": "면적"}[language]).check()
    draw(page, CORNERS)
    at = taken(page)
    area_m2, outline_m = GEOD.polygon_area_perimeter(*at.T)
    found = measured(page)
    assert (found["m2"], found["m"]) == (pytest.approx(abs(area_m2), rel=1e-6), pytest.approx(outline_m, rel=1e-6))
    told = page.locator("#measure-told").inner_text()
    assert f"{abs(area_m2) / 1e6:.1f} km²" in told and " ha" in told
    assert {"en": "Outline", "ko": "둘레"}[language] in told


def test_an_outline_that_crosses_itself_has_no_area(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-measure").click()
    page.locator("#measure").get_by_label("Area").check()
    draw(page, [(38.0, 127.2), (37.8, 127.6), (38.0, 127.6), (37.8, 127.2)])
    assert measured(page)["m2"] is None
    assert "crosses itself: no area" in page.locator("#measure-told").inner_text()


def test_the_whole_measurement_by_keyboard(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-measure").focus()
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.classList.contains('folium-map')")
    assert page.locator("#middle").is_visible()
    start = centre(page)
    page.keyboard.press("Space")
    for _ in range(2):
        page.evaluate("void atlas.map.panBy([80, 0], { animate: false })")
        page.keyboard.press("Space")
    page.keyboard.press("Backspace")
    page.keyboard.press("Enter")
    found = measured(page)
    assert (found["n"], found["done"]) == (2, True)
    assert taken(page)[0].tolist() == pytest.approx([start[1], start[0]], abs=1e-6)
    page.keyboard.press("Escape")
    assert measured(page)["n"] == 0
    assert page.locator("#measure").is_hidden()
    assert page.evaluate("document.activeElement.id") == "tool-measure"


def test_the_buttons_of_the_panel_do_the_same(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-measure").click()
    panel = page.locator("#measure")
    for name in ("Undo last", "Finish", "Clear"):
        assert panel.get_by_role("button", name=name).is_disabled()
    panel.get_by_role("button", name="Point at centre").click()
    page.evaluate("void atlas.map.panBy([80, 0], { animate: false })")
    panel.get_by_role("button", name="Point at centre").click()
    assert measured(page)["n"] == 2
    panel.get_by_role("button", name="Undo last").click()
    assert measured(page)["n"] == 1
    panel.get_by_role("button", name="Point at centre").click()
    panel.get_by_role("button", name="Finish").click()
    assert measured(page)["done"]
    panel.get_by_role("button", name="Clear").click()
    assert measured(page)["n"] == 0 and page.locator(".measure-label").count() == 0


def test_measuring_and_reading_take_turns(quiet_page, page_path, atlas):
    page = opened(quiet_page, page_path)
    feature = (
        "{ const layer = atlas.layers.find((one) => one.name === 'planned_minefields'); const one = layer.features[3];"
        " void one.fire('click', { latlng: one.getBounds().getCenter() }, true); }"
    )
    page.locator("#tool-measure").click()
    page.evaluate(feature)
    assert measured(page)["n"] == 1 and page.locator(".popup").count() == 0
    page.locator("#measure").get_by_role("button", name="Point at centre").click()
    page.locator("#measure").get_by_role("button", name="Finish").click()
    page.locator("#tool-measure").click()
    assert page.locator(".measure-label").count() == 1  # the finished one stays until it is cleared
    page.evaluate(feature)
    assert page.get_by_role("heading", name="Feature 3").is_visible()
    assert clicked(page, 38.2, 127.03).locator(".mgrs").count() == 1
    page.locator("#tool-measure").click()
    page.wait_for_selector(".popup", state="detached")  # it fades for a moment
    assert measured(page)["n"] == 2
    open_goto(page)
    assert not page.evaluate("atlas.measuring()") and page.locator("#measure").is_hidden()


def test_an_unfinished_measurement_does_not_stay(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-measure").click()
    draw(page, CORNERS[:2])
    page.locator("#tool-measure").click()
    assert measured(page)["n"] == 0


def test_a_finished_measurement_prints_and_the_tools_do_not(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-measure").click()
    draw(page, CORNERS[:1])
    page.mouse.dblclick(*on_screen(page, *CORNERS[1]))
    page.emulate_media(media="print")
    assert page.locator(".measure-label").is_visible()
    assert not page.locator("#tools").is_visible() and not page.locator("#tool-panel").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_phone_has_all_buttons_in_one_row_and_large_enough_for_a_finger(quiet_page, page_path, language):
    quiet_page.set_viewport_size({"width": 375, "height": 740})
    page = opened(quiet_page, page_path, language)
    page.locator("#tool-measure").click()
    boxes = [one.bounding_box() for one in page.locator("#measure .tool-row.wrap button").all()]
    assert len(boxes) == 4 and len({round(box["y"]) for box in boxes}) == 1
    assert all(box["height"] >= 44 and box["width"] >= 44 for box in boxes)
    assert max(box["x"] + box["width"] for box in boxes) <= 375 - 12
