"""Names on the map: over no mark, button or other name, as large as the screen asks, and without laying the page out anew."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from maps.country import atlas_of
from maps.hands import opened

from geo.maps.web import draw_map

BOXES = """(selector) => [...document.querySelectorAll(selector)].map((one) => one.getBoundingClientRect())
  .filter((one) => one.width > 0).map((one) => [one.left, one.right, one.top, one.bottom])"""
ZOOM = "(zoom) => void atlas.map.setView(atlas.map.getCenter(), zoom, { animate: false })"


def overlaps(a, b, px=1.0):
    return a[0] < b[1] - px and b[0] < a[1] - px and a[2] < b[3] - px and b[2] < a[3] - px


@pytest.mark.parametrize("size", [(1280, 860), (3840, 2160)], ids=["desktop", "4K"])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_name_stands_over_another_or_under_a_button(quiet_page, page_path, size, language):
    quiet_page.set_viewport_size({"width": size[0], "height": size[1]})
    page = opened(quiet_page, page_path, language)
    page.locator("#show-grid").check()
    for zoom in (8, 9, 10, 11, 12):
        page.evaluate(ZOOM, zoom)
        level = page.evaluate(BOXES, ".label:not([style*='rotate(-']):not([style*='rotate(1']), .grid-labels > span")
        kept = page.evaluate(BOXES, ".leaflet-control, #marks > p")
        names = page.evaluate(BOXES, ".label-city, .label-town, .label-site")
        assert len(level) >= 2, zoom
        assert [(a, b) for i, a in enumerate(level) for b in level[:i] if overlaps(a, b, 3)] == [], zoom
        assert [(a, b) for a in names for b in kept if overlaps(a, b)] == [], zoom


def test_words_grow_on_a_screen_of_many_pixels(quiet_page, page_path):
    """Names, panel, legend, buttons, badge, card: all by one factor, and on paper by none."""
    parts = (
        ".label-city",
        "#shown",
        "#legend-list li span",
        "#strip strong",
        "#mark",
        "#tools button",
        ".popup h3",
        ".grid-tick",
    )
    high = {}
    for width, height in ((1280, 860), (1920, 1080), (3840, 2160)):
        quiet_page.set_viewport_size({"width": width, "height": height})
        page = opened(quiet_page, page_path)
        page.locator("#show-grid").check()
        page.evaluate("void atlas.map.fire('click', { latlng: atlas.map.getCenter() })")
        page.evaluate(ZOOM, 10)
        high[width] = [page.locator(part).first.bounding_box()["height"] for part in parts]
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    assert high[1920] == pytest.approx(high[1280], abs=0.5)
    for part, plain, large in zip(parts, high[1280], high[3840], strict=True):
        assert large >= 1.55 * plain, part
    page.evaluate("window.dispatchEvent(new Event('beforeprint'))")
    assert page.locator("#mark").bounding_box()["height"] == pytest.approx(high[1280][4], abs=1)


def test_a_phone_and_a_page_zoomed_to_200_percent_keep_everything_in_reach(quiet_page, page_path):
    """A browser's zoom of 200 % makes 1280 pixels 640 wide."""
    for width, height in ((375, 740), (640, 430)):
        quiet_page.set_viewport_size({"width": width, "height": height})
        page = opened(quiet_page, page_path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        for part in ("#panel-toggle", "#legend-toggle", "#strip .report", "#mark", "#tool-goto"):
            box = page.locator(part).bounding_box()
            assert box["x"] >= 0 and box["x"] + box["width"] <= width and box["y"] + box["height"] <= height, part


def test_a_move_does_not_lay_the_page_out_for_what_stays_where_it_is(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate(
        """() => { window.asked = 0; const own = Element.prototype.getBoundingClientRect;
          Element.prototype.getBoundingClientRect = function () {
            if (this.matches('.leaflet-control, #marks > p, .grid-labels > span')) window.asked += 1;
            return own.call(this); }; }"""
    )
    shift = "void atlas.map.panBy([40, 25], { animate: false })"
    for grid in (False, True):
        if grid:
            page.locator("#show-grid").check()
        page.evaluate("window.asked = 0")
        page.evaluate(shift)
        page.evaluate(shift)
        assert page.evaluate("window.asked") == 0, grid
    page.evaluate(ZOOM, 10)
    assert page.evaluate("window.asked") > 0


def crowded(frame):
    """More finds than stand on the page as elements, in a row at the south, and one right beside the first place."""
    west, south, east, _ = frame.total_bounds
    row = [shapely.Point(west + (east - west) * i / 320, south - 1.0) for i in range(320)]
    rows = pd.concat([frame.iloc[[0]]] * 321, ignore_index=True).assign(id=[f"m{i:03d}" for i in range(321)])
    return gpd.GeoDataFrame(rows.drop(columns="geometry"), geometry=[shapely.Point(127.02, 38.0), *row], crs=4326)


def alone(frame):
    return frame.iloc[[0]].assign(geometry=[shapely.Point(127.0, 38.0)])


def test_a_name_keeps_clear_of_marks_painted_on_a_canvas(quiet_page, area, tmp_path):
    """The mark stands 29 px to the right of the dot, where the name would go first."""
    page = opened(quiet_page, draw_map(atlas_of(area, {"places": alone, "incidents": crowded})).save(tmp_path / "atlas.html"))
    page.evaluate("void atlas.map.setView([38.0, 127.0], 11, { animate: false })")
    assert page.evaluate("Boolean(atlas.layers.find((one) => one.name === 'incidents').crowd)")
    frame = page.locator(".folium-map").bounding_box()
    mark = page.evaluate("atlas.map.latLngToContainerPoint([38.0, 127.02])")
    x, y = frame["x"] + mark["x"], frame["y"] + mark["y"]
    name = page.locator(".label-city").bounding_box()
    assert not (name["x"] < x < name["x"] + name["width"] and name["y"] < y < name["y"] + name["height"])
