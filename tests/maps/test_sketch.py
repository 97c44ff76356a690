"""A sketch is drawn as wide as it is unsure, and never with a crisp line where a street could be read from it."""

from pathlib import Path

import numpy as np
import pytest
from maps.country import survey_atlas_of
from maps.hands import opened
from maps.test_survey import popup

from geo.maps.content import described, map_zoom
from geo.maps.exactness import closest_zoom, closest_zooms, soft_m

PICTURES = Path(__file__).parents[2] / "build" / "pictures"  # for a person to look at
CRISP, SKETCH, CIRCLE = 0, 6, 7  # rows of the supplied hazards: 2 m, 200 m, a circle for 0.6 km²
LAYER = "atlas.layers.find((one) => one.name === 'unconfirmed_minefields')"


def look(page, row, zoom):
    """Move to a hazard and return how it is drawn: crisp path and soft path with their strokes and blur, None where missing."""
    return page.evaluate(
        f"""() => {{
          const one = {LAYER}.features.find((feature) => feature.row === {row});
          atlas.map.setView(one.getBounds().getCenter(), {zoom}, {{ animate: false }});
          const drawn = (shape) => shape && shape._map && shape._path.isConnected ? {{
            stroke: shape._path.getAttribute("stroke"),
            width: Number(shape._path.getAttribute("stroke-width")),
            dash: shape._path.getAttribute("stroke-dasharray"),
            blur: Number((/blur\\(([\\d.]+)px\\)/.exec(shape._path.closest("svg").style.filter) || [0, 0])[1]),
            asked: shape._path.classList.contains("leaflet-interactive"),
          }} : null;
          return {{ crisp: drawn(one), soft: drawn(one.glow) }};
        }}"""
    )


def pixels(metres, zoom, lat=38.19):
    return metres / (40075016.7 * np.cos(np.radians(lat)) / 2 ** (zoom + 8))


def test_limits_in_numbers(area):
    atlas = survey_atlas_of(area)
    columns = described(atlas, atlas["unconfirmed_minefields"])["columns"]
    assert closest_zoom(200) == 13
    assert closest_zooms(np.array([2.0, 500.0, np.nan])).tolist() == [16, 12, 12]
    radius_m = np.sqrt(600_000 / np.pi)
    assert soft_m(atlas["unconfirmed_minefields"])[CIRCLE] == pytest.approx(radius_m / 2)
    assert columns["soft_m"]["values"][SKETCH] == 200
    assert columns["max_zoom"]["values"] == [16] * 6 + [13, closest_zoom(radius_m / 2)]
    assert map_zoom(atlas) == 16, "of the most exact feature, whatever the coarsest"


def test_a_sketch_is_never_crisp_at_street_zoom(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    for zoom in (14, 15, 16):
        drawn = look(page, SKETCH, zoom)
        assert drawn["crisp"] is None
        assert drawn["soft"]["width"] == pytest.approx(2 * pixels(200, zoom), rel=0.01)
        assert drawn["soft"]["blur"] >= 10
        assert drawn["soft"]["asked"]
    sharp = look(page, CRISP, 16)
    assert sharp["crisp"]["stroke"] == "#FF0000" and sharp["crisp"]["blur"] == 0 and sharp["soft"] is None


def test_its_edge_is_soft_before_and_plain_where_the_width_is_less_than_a_line(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    near, far = look(page, SKETCH, 13), look(page, SKETCH, 9)
    assert near["crisp"]["stroke"] == "none", "the hatch stays, its line goes"
    assert near["soft"]["width"] == pytest.approx(2 * pixels(200, 13), rel=0.01)
    assert near["soft"]["blur"] > 3 and not near["soft"]["asked"]
    assert far["crisp"]["stroke"] == "#FF0000" and far["soft"] is None


def test_a_circle_for_a_size_is_dotted_and_soft(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    for zoom in (10, 12, 13):
        assert look(page, CIRCLE, zoom)["crisp"]["dash"] == "1 8"
    assert look(page, CIRCLE, 13)["soft"]["blur"] > 2
    close = look(page, CIRCLE, 16)
    assert close["crisp"] is None and close["soft"]["blur"] >= 10


SKETCHED = {
    "English": ("Position known to ±200 m only: zoom out.", "soft areas: less exact than this zoom"),
    "한국어": ("위치는 ±200 m까지만 알려져 있습니다. 축소하십시오.", "흐린 도형: 이 배율만큼 정확하지 않음"),
}


@pytest.mark.parametrize("language", SKETCHED)
def test_too_close_it_says_so(quiet_page, survey_path, language):
    page = opened(quiet_page, survey_path, language)
    note, remark = SKETCHED[language]
    tip = f"atlas.tooltip({LAYER}, {SKETCH}).textContent"
    look(page, SKETCH, 13)
    assert note not in page.evaluate(tip) and note not in popup(page, "unconfirmed_minefields", SKETCH)
    assert page.locator("#tree").get_by_text(remark).filter(visible=True).count() == 0
    look(page, SKETCH, 16)
    assert note in page.evaluate(tip) and note in popup(page, "unconfirmed_minefields", SKETCH)
    assert note not in popup(page, "unconfirmed_minefields", CRISP)
    assert page.locator("#tree").get_by_text(remark).filter(visible=True).count() >= 1
    page.evaluate("{ atlas.map.closePopup(); 0 }")
    look(page, SKETCH, 16)  # the popup moved the map
    page.evaluate(
        f"{{ const {{ glow }} = {LAYER}.features.find((one) => one.row === {SKETCH});"
        " const at = { bubbles: true, clientX: 400, clientY: 300 };"
        " glow._path.dispatchEvent(new MouseEvent('mouseover', at)); 0 }"
    )
    assert page.locator(".tip .sketch").inner_text() == note


def test_a_point_becomes_a_disc_and_what_is_hidden_has_no_glow(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    disc = (
        "(() => { const layer = atlas.layers.find((one) => one.name === 'finds'); const one = layer.features[3];"
        " atlas.map.setView(one.getLatLng(), 16, { animate: false });"
        " return [Boolean(one._map), one.glow ? one.glow.getRadius() : null, layer.features[0].glow || null]; })()"
    )
    assert page.evaluate(disc) == [False, 100, None], "known to 100 m; 5 m is a point at any zoom"
    look(page, SKETCH, 14)
    assert page.locator(".leaflet-hazards-pane svg.soft path").count() >= 1
    page.get_by_label("Unconfirmed minefields").uncheck()
    assert page.locator(".leaflet-hazards-pane svg.soft path").count() == 0


def test_unknown_precision_is_a_sketch_beside_an_exact_field(quiet_page, area, tmp_path):
    from geo.maps.web import draw_map

    def untold(frame):
        return frame.assign(precision_m=[2.0] + [np.nan] * (len(frame) - 1), shape_kind="")

    path = draw_map(survey_atlas_of(area, changed={"unconfirmed_minefields": untold})).save(tmp_path / "atlas.html")
    page = opened(quiet_page, path)
    assert look(page, 1, 12)["crisp"] is not None
    close = look(page, 1, 15)
    assert close["crisp"] is None and close["soft"]["width"] == 40 and close["soft"]["blur"] == 10
    assert "How exact the position is was not stated: zoom out." in popup(page, "unconfirmed_minefields", 1)


@pytest.mark.parametrize(("row", "zoom"), [(4, 11), (SKETCH, 13), (SKETCH, 15)])
def test_pictures_for_a_person(quiet_page, survey_path, row, zoom):
    page = opened(quiet_page, survey_path, "한국어" if zoom == 11 else "English")
    look(page, row, zoom)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"survey-z{zoom}.png")
