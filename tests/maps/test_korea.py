"""The real Korean page in a browser: complete, small, quiet, and its two origins of displaced mines apart."""

from pathlib import Path

import pytest
from maps.hands import opened

PICTURES = Path(__file__).parents[2] / "build" / "pictures"  # for a person to look at


@pytest.fixture(scope="module")
def korea_path(korea, drawn):
    return drawn("korea", lambda: korea)


def shown(page):
    return int(page.evaluate("document.documentElement.dataset.shown"))


def test_the_page_is_small(korea_path):
    assert korea_path.stat().st_size <= 3_000_000


def test_every_simulated_field_is_drawn(quiet_page, korea_path):
    page = opened(quiet_page, korea_path)
    crowd = "atlas.layers.find((one) => one.name === 'planned_minefields').crowd"
    page.evaluate(f"{{ atlas.map.fitBounds({crowd}.getBounds(), {{ animate: false }}); 0 }}")
    assert page.evaluate(f"(({{ shapes, specks }}) => shapes + specks)({crowd}.drawn)") == 1100
    assert page.locator(".leaflet-hazards-pane path").count() == 202
    assert page.locator("#mark").is_visible()


def test_the_two_origins_have_a_switch_each(quiet_page, korea, korea_path):
    page = opened(quiet_page, korea_path)
    page.get_by_role("button", name="English").click()
    origins = korea["flood_displacement"].frame.origin.value_counts()
    before = shown(page)
    page.get_by_label("from an assumed source, north").uncheck()
    assert shown(page) == before - origins["north"]
    page.get_by_label("from expected (simulated) fields, south").uncheck()
    assert shown(page) == before - origins.sum()


@pytest.mark.parametrize(("width", "height", "language"), [(1280, 860, "English"), (375, 812, "한국어")])
def test_a_picture_for_a_person(quiet_page, korea_path, width, height, language):
    quiet_page.set_viewport_size({"width": width, "height": height})
    page = opened(quiet_page, korea_path)
    page.get_by_role("button", name=language).click()
    PICTURES.mkdir(parents=True, exist_ok=True)
    picture = PICTURES / f"korea-{width}.png"
    page.screenshot(path=picture)
    assert picture.stat().st_size > 50_000
    overflow = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert overflow <= 0, "nothing is wider than the screen"


def test_an_origin_that_is_off_has_no_entry_in_the_legend(quiet_page, korea_path):
    page = opened(quiet_page, korea_path)
    legend = page.locator("#legend-list")
    assert "Flood screening: higher" in legend.inner_text() and "// south source" in legend.inner_text()
    boxes = page.locator("li:has(> #show-flood_displacement) .parts input")
    boxes.first.uncheck()
    assert "Flood screening: higher" in legend.inner_text() and "// south source" not in legend.inner_text()
    boxes.last.uncheck()
    assert "Flood screening: higher" not in legend.inner_text()
