"""What the page says of that which is shown: the line below the title, the mark over the map, soft bands, and the survey view."""

import numpy as np
import pytest
from maps.country import MARK, atlas_of, survey_atlas_of
from maps.hands import opened

from geo.maps.presets import presets
from geo.maps.web import draw_map

RESTRICTED = "RESTRICTED – do not publish or pass on. / 제한본 – 공개·전달 금지"
FOLLOW = "number and total area follow the reported series icbl-2007 (2006); places and shapes are not real."


def marks(page):
    """Return what the badge says, as far as it can be seen; the watermark says it in brief."""
    badge, over = ({one.inner_text() for one in page.locator(at).filter(visible=True).all()} for at in ("#mark", "#watermark p"))
    assert over == {one.replace(RESTRICTED, "RESTRICTED / 제한본") for one in badge}
    return badge


def test_supplied_fields_alone_are_not_called_simulated(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    status = page.locator("#status")
    given = "Unconfirmed minefields: supplied, taken as it stands."
    assert marks(page) == {f"{RESTRICTED} · {MARK}"}
    assert status.inner_text() == f"{given} Planned minefields (simulated): {FOLLOW}"
    page.locator("#show-planned_minefields").uncheck()
    assert marks(page) == {f"{RESTRICTED} · {MARK}"}, "the screening zones are modelled"
    assert status.inner_text() == given
    page.locator("#show-flood_displacement").uncheck()
    assert marks(page) == {RESTRICTED}, "the other parts stay"
    page.locator("#show-unconfirmed_minefields").uncheck()
    assert (marks(page), status.inner_text()) == ({RESTRICTED}, "No minefield layer is shown now.")
    page.get_by_role("button", name="한국어").click()
    assert status.inner_text() == "지금 표시된 지뢰지대 레이어가 없습니다."
    page.locator("#show-planned_minefields").check()
    assert marks(page) == {f"{RESTRICTED} · {MARK}"}
    told = "모의 지뢰지대: 개수와 총면적은 icbl-2007(2006) 공표 계열을 따르며, 위치와 모양은 실제가 아닙니다."
    assert status.inner_text() == told


def test_a_layer_with_one_simulated_feature_counts_as_simulated(quiet_page, area, tmp_path):
    mixed = {"planned_minefields": lambda frame: frame.assign(basis=["supplied"] * (len(frame) - 1) + ["allocated"])}
    page = opened(quiet_page, draw_map(atlas_of(area, mixed)).save(tmp_path / "atlas.html"))
    for name in ("unconfirmed_minefields", "flood_displacement"):
        page.locator(f"#show-{name}").uncheck()
    assert marks(page) == {MARK}
    told = page.locator("#status").inner_text()
    assert told.startswith("Planned minefields: supplied") and "Planned minefields (simulated): number" in told


def test_the_evidence_view_speaks_of_no_simulated_position(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    assert page.locator("#status").inner_text() == f"Simulated minefields: {FOLLOW}"
    page.get_by_role("button", name="Evidence").click()
    assert page.locator("#status").inner_text() == "No minefield layer is shown now."
    assert marks(page) == set()


def test_without_scripts_the_mark_stays(browser, survey_path):
    context = browser.new_context(java_script_enabled=False, offline=True)
    page = context.new_page()
    page.goto(survey_path.as_uri())
    assert marks(page) == {f"{RESTRICTED} · {MARK}"}
    context.close()


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_band_along_the_line_is_told_in_the_legend_while_it_can_be_seen(quiet_page, page_path, language):
    page = opened(quiet_page, page_path, language)
    told = {"en": "Grey band: line only known to about ±500 m", "ko": "회색 띠: 선의 위치는 약 ±500 m까지만 알려짐"}[language]
    band = page.locator("#legend-list .band")
    for zoom, n in ((8, 0), (11, 1), (8, 0), (10, 1)):  # 1,000 m are 2, 17, 2 and 8 px wide; the line itself takes 4.5
        page.evaluate(f"void atlas.map.setZoom({zoom}, {{ animate: false }})")
        assert band.count() == n
    assert band.inner_text() == told
    page.locator("#show-mdl").uncheck()
    assert band.count() == 0


def test_a_line_of_unknown_precision_has_no_band(quiet_page, area, tmp_path):
    untold = {"mdl": lambda frame: frame.drop(columns="precision_m")}
    page = opened(quiet_page, draw_map(atlas_of(area, untold)).save(tmp_path / "atlas.html"))
    page.evaluate("void atlas.map.setZoom(11, { animate: false })")
    assert page.locator("#legend-list .band").count() == 0


def test_soft_edges_are_told_with_their_metres(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    assert page.locator("#legend-list").get_by_text("Soft edge: position only known to ±2–220 m").is_visible()


def test_the_survey_view_is_that_of_the_supplied_fields(area):
    atlas = survey_atlas_of(area)
    west, south, east, north = atlas["unconfirmed_minefields"].frame.total_bounds
    start = (124.0, 33.0, 131.0, 43.0)
    views = {one["key"]: one["view"] for one in presets(atlas, start)}
    assert np.allclose(views["survey"], [[south, west], [north, east]], atol=1e-5)
    drawn = {one["key"]: one["view"] for one in presets(atlas_of(area), start)}
    west, south, east, north = atlas["mcz"].frame.total_bounds
    assert np.allclose(drawn["survey"], [[south, west], [north, east]], atol=1e-5), "simulated fields are no place to survey"
