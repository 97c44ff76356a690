"""Layers of thousands: one canvas, every feature drawn, the right one found under the pointer, days and switches obeyed."""

import numpy as np
import pytest
import shapely
from maps.country import frame_of, survey_atlas_of
from maps.test_survey import opened

from geo.maps.web import draw_map

N = 6000
LAYER = "atlas.layers.find((one) => one.name === 'unconfirmed_minefields')"
DRAWN = f"(({{ shapes, fills, specks }}) => shapes + fills + specks)({LAYER}.crowd.drawn)"


def squares(atlas, n):
    """Return n squares of about 90 m, 100 in a row, the even ones held until 2009, the odd ones since 2011."""
    west, _, east, north = atlas["mcz"].frame.total_bounds
    column, row = np.arange(n) % 100, np.arange(n) // 100
    x, y = (west + east) / 2 + 0.002 * column, north - 0.15 + 0.002 * row
    odd = np.arange(n) % 2 == 1
    return frame_of(
        shapely.box(x, y, x + 0.001, y + 0.001), land_class=np.where(odd, "CHA", "SHA"), precision_m=2.0, area_m2=1e4,
        basis="supplied", valid_from=np.where(odd, "2011", ""), valid_to=np.where(odd, "", "2009"),
    )  # fmt: skip


def page_of(area, folder, n):
    own = survey_atlas_of(area)
    made = survey_atlas_of(area, changed={"unconfirmed_minefields": lambda _: squares(own, n)})
    return draw_map(made).save(folder / "atlas.html")


@pytest.fixture(scope="module")
def large_path(area, tmp_path_factory):
    return page_of(area, tmp_path_factory.mktemp("large"), N)


def centre(page, number, zoom):
    """Move to the feature of this number, whatever its row, and return where it is on the page [px]."""
    return page.evaluate(
        f"""() => {{
          const layer = {LAYER};
          const row = [...Array(layer.n).keys()].find((one) => layer.value("name_en", one) === "Feature {number}");
          const middle = layer.crowd.geometry.bounds(new Set([row])).getCenter();
          atlas.map.closePopup();
          atlas.map.setView(middle, {zoom}, {{ animate: false }});
          const at = atlas.map.latLngToContainerPoint(middle);
          const frame = atlas.map.getContainer().getBoundingClientRect();
          return [at.x + frame.left, at.y + frame.top];
        }}"""
    )


def colours(page, x, y):
    """Return the colours of the canvas along 25 pixels through a place of the page, read at once: red, green, blue, alpha."""
    row = page.evaluate(
        f"""([x, y]) => {{
          const canvas = {LAYER}.crowd._container;
          const frame = canvas.getBoundingClientRect();
          const pen = Object.assign(document.createElement("canvas"), {{ width: 25, height: 1 }}).getContext("2d");
          pen.drawImage(canvas, 12 - Math.round(x - frame.left), -Math.round(y - frame.top));
          return [...pen.getImageData(0, 0, 25, 1).data];
        }}""",
        [x, y],
    )
    return {tuple(pixel) for pixel in np.array(row).reshape(25, 4).tolist()}


def test_three_features_need_no_canvas(quiet_page, area, tmp_path):
    page = opened(quiet_page, page_of(area, tmp_path, 3))
    assert page.evaluate(f"[{LAYER}.crowd === undefined, {LAYER}.features.length]") == [True, 3]
    assert page.locator(".leaflet-hazards-pane canvas").count() == 0


def test_thousands_are_one_canvas_and_all_are_drawn(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    assert page.locator(".leaflet-hazards-pane canvas:not(.soft)").count() == 1
    assert page.evaluate(f"{LAYER}.features.length") == 0
    page.evaluate(f"{{ atlas.map.fitBounds({LAYER}.crowd.getBounds(), {{ animate: false }}); 0 }}")
    assert page.evaluate(DRAWN) == N


def test_close_up_every_feature_in_view_is_a_shape(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    centre(page, 3050, 16)
    in_view, drawn = page.evaluate(
        f"""(() => {{
          const {{ geometry: g, _bounds: b, drawn }} = {LAYER}.crowd;
          const edge = (point) => atlas.map.layerPointToLatLng(point);
          const view = L.latLngBounds(edge(b.min), edge(b.max));
          const n = [...g.row.keys()].filter((i) => g.bounds(new Set([g.row[i]])).intersects(view)).length;
          return [n, drawn];
        }})()"""
    )
    assert in_view > 20
    assert (drawn["shapes"], drawn["fills"], drawn["specks"]) == (in_view, 0, 0)
    assert not page.locator("#simplified").is_visible()


@pytest.mark.parametrize(("language", "text"), [("English", "zoom in for shapes"), ("한국어", "확대하면 모양이 보임")])
def test_far_off_it_says_that_it_is_simplified(quiet_page, large_path, language, text):
    page = opened(quiet_page, large_path, language)
    page.evaluate("{ atlas.map.setZoom(9, { animate: false }); 0 }")
    assert page.evaluate(f"{LAYER}.crowd.drawn.specks") > 0
    assert text in page.locator("#simplified").inner_text()
    page.locator("#show-unconfirmed_minefields").uncheck()
    assert not page.locator("#simplified").is_visible()


@pytest.mark.parametrize(("number", "zoom"), [(0, 15), (3050, 15), (3051, 13), (N - 1, 16)])
def test_a_click_finds_the_right_one(quiet_page, large_path, number, zoom):
    page = opened(quiet_page, large_path)
    page.mouse.click(*centre(page, number, zoom))
    assert page.get_by_role("heading", name=f"Feature {number}", exact=True).is_visible()


def test_a_click_beside_them_reads_the_place(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    x, y = centre(page, 3050, 16)
    page.mouse.click(x + 46, y)  # squares are 46 pixels wide, and as far apart
    page.locator(".popup").wait_for()
    assert page.locator(".popup h3").filter(has_text="Feature 30").count() == 0


def test_the_pointer_names_what_is_under_it(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    page.mouse.move(*centre(page, 3050, 15))
    page.locator(".tip").get_by_text("Feature 3050", exact=True).wait_for()
    page.mouse.move(5, 5)
    page.locator(".tip").wait_for(state="detached")


def test_days_and_switches_are_obeyed(quiet_page, large_path):
    page = opened(quiet_page, large_path)
    page.evaluate(f"{{ atlas.map.fitBounds({LAYER}.crowd.getBounds(), {{ animate: false }}); 0 }}")
    for day, n in (("2005", N // 2), ("2010", 0), ("2012", N // 2)):
        page.evaluate("(day) => atlas.setDay(atlas.lastDay(day), day)", day)
        assert page.evaluate(DRAWN) == n
    page.mouse.click(*centre(page, 3050, 15))  # an even one: it no longer holds
    assert page.get_by_role("heading", name="Feature 3050", exact=True).count() == 0
    page.evaluate("atlas.setDay(null, '')")
    page.locator("#show-unconfirmed_minefields").uncheck()
    assert page.locator(".leaflet-hazards-pane canvas").count() == 0
    assert page.evaluate(f"{LAYER}.crowd._container === undefined")


def test_class_and_hatch_are_kept(quiet_page, large_path):
    """A confirmed area is red, a suspected one orange; the hatch crosses both, so that their colours vary within a square."""
    page = opened(quiet_page, large_path)
    found = {}
    for number, name in ((3050, "sha"), (3051, "cha")):
        found[name] = colours(page, *centre(page, number, 16))
    assert all(len(one) > 3 for one in found.values())
    assert max(c[1] for c in found["sha"] if c[3] > 50) > max(c[1] for c in found["cha"] if c[3] > 50) + 40
