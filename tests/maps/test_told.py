"""What is told of a place or a layer keeps to what is shown and known: cards, copies, legend, counts and tables."""

from dataclasses import replace

import numpy as np
import pandas as pd
from maps.country import survey_atlas_of
from maps.hands import clicked, opened, until

from geo.maps.columns import POLICY
from geo.maps.content import dated
from geo.maps.tables import further
from geo.maps.web import draw_map

LAYER = "atlas.layers.find((one) => one.name === '{}')"


def middle_of(page, name, row):
    """Return latitude and longitude in the middle of a feature."""
    at = page.evaluate(f"{LAYER.format(name)}.features.find((one) => one.row === {row}).getBounds().getCenter()")
    return at["lat"], at["lng"]


def test_a_card_closes_when_what_it_tells_of_changes(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    for change in (
        lambda: page.locator("#show-unconfirmed_minefields").uncheck(),
        lambda: page.locator("#show-unconfirmed_minefields").check(),
        lambda: page.get_by_role("button", name="Evidence").click(),
    ):
        assert clicked(page, 38.0, 127.0).is_visible()
        change()
        page.wait_for_selector(".popup", state="detached")


def test_closed_land_is_told_as_such_on_the_card_and_in_its_copy(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    quiet_page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    card = clicked(page, *middle_of(page, "unconfirmed_minefields", 2))
    assert "Closed on record, no release · supplied" in card.inner_text()
    page.locator("#day-field").fill("2012")
    page.keyboard.press("Enter")
    card = clicked(page, *middle_of(page, "unconfirmed_minefields", 2))
    card.get_by_role("button", name="Copy all").click()
    until(page, "document.getElementById('tool-status').textContent !== ''")
    text = page.evaluate("navigator.clipboard.readText()")
    for told in ("RESTRICTED – do not publish", "State of 2012, not the latest", "Closed on record, no release", "military 1338"):
        assert told in text, told


def test_a_copy_holds_only_the_marks_that_are_seen(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    for preset, told in (("Overview", True), ("Evidence", False)):
        page.get_by_role("button", name=preset).click()
        clicked(page, 38.0, 127.0).get_by_role("button", name="Copy all").click()
        until(page, f"(async () => (await navigator.clipboard.readText()).includes('SIMULATED') === {str(told).lower()})()")


def test_today_is_that_of_the_reader(browser, survey_path):
    """On a day that has begun east of Greenwich and not there."""
    context = browser.new_context(offline=True, timezone_id="Asia/Seoul", locale="en-US")
    page = context.new_page()
    page.clock.set_fixed_time("2026-01-01T20:00:00Z")
    opened(page, survey_path)
    for text, told in (("2026-01-02", "As of 2026-01-02"), ("2026-01-03", "2026-01-03 has not come yet")):
        page.locator("#day-field").fill(text)
        page.keyboard.press("Enter")
        assert page.locator("#day-told").inner_text().startswith(told)
    context.close()


def test_the_legend_tells_of_shapes_without_a_stated_precision_too(quiet_page, area, tmp_path):
    unstated = survey_atlas_of(area, changed={"unconfirmed_minefields": lambda rows: rows.assign(precision_m=np.nan)})
    page = opened(quiet_page, draw_map(unstated).save(tmp_path / "atlas.html"))
    told = page.locator("#legend-list").inner_text()
    assert "position only known to ±" in told and "how exact the position is was not stated" in told


def test_screening_zones_are_modelled_not_simulated_positions(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    told = "Modelled: it orders places, nobody surveyed them"
    assert page.evaluate(f"{LAYER.format('flood_displacement')}.simulatedWord(0).en") == told
    assert page.evaluate(f"{LAYER.format('planned_minefields')}.simulatedWord(0).en") == "Simulated, not a real position"


def test_the_cross_leaves_its_middle_free(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    clicked(page, 38.0, 127.0)
    mask = page.locator(".cross").evaluate("(one) => getComputedStyle(one).maskImage")
    assert mask.startswith("radial-gradient") and "rgba(0, 0, 0, 0) 8px" in mask


def test_the_head_of_a_group_counts_what_may_be_shown(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    head = page.locator(".group-screening > legend")
    assert not head.locator("input").is_disabled()
    page.locator("#day-field").fill("2012")
    page.keyboard.press("Enter")
    assert head.locator("input").is_disabled() and head.locator(".on").inner_text().startswith("0 of")


def test_a_typed_place_is_as_exact_as_it_was_written(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.locator("#tool-goto").click()
    page.locator("#goto-field").fill("52S CH 27 29")
    page.keyboard.press("Enter")
    told = page.locator(".popup.here").inner_text()
    assert "as written or named" in told and "Read at this zoom" not in told


def test_dates_of_many_years_are_a_span():
    assert dated("2020-11-27", "1999-01-16") == {
        "en": "Information as of 1999-01-16 to 2020-11-27.",
        "ko": dated("1999-01-16~2020-11-27")["ko"],
    }
    assert dated("2006", "2006") == dated("2006") and dated("2006", "") == dated("2006")


def test_withheld_counts_are_told_and_laws_keep_their_notes(area):
    rows = {
        "name_en": ["A"],
        "name_ko": ["가"],
        "n_features": [None],
        "n_features_told": ["<5"],
        "net_km2": [1.0],
        "measured_on": ["1 km cells"],
    }
    forms = {"part": ["C.1 Areas that contain mines"], "n_areas": [None], "n_areas_told": ["<5"]}
    atlas = replace(survey_atlas_of(area, "public"), tables={"districts": pd.DataFrame(rows), "article7": pd.DataFrame(forms)})
    found = {one["id"]: one for one in further(atlas)}
    heads = [head["name"] for head in found["districts"]["columns"]]
    assert found["districts"]["rows"][0][heads.index("n_features_told")] == "<5" and "measured_on" in heads
    assert found["article7"]["rows"][0][-1] == "<5" and "Land closed or handed over" in found["article7"]["notes"][0]["en"]
    assert {"districts", "article7"} == set(found) and "note" in [name for name, *_ in POLICY]
