"""Records as of a day: the slider, the field, what follows them, and the rule that a partial date counts as its last day."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from maps.country import atlas_of, fed, survey_atlas_of, terrain_atlas_of
from maps.hands import LANGUAGES, opened

from geo.maps.exactness import version_columns
from geo.maps.web import draw_map
from geo.survey.dates import spans

PICTURES = Path(__file__).parents[2] / "build" / "pictures"  # for a person to look at
DAYS = ["1999", "2001", "2003", "2005-03", "2005-03-10", "2011", "2015-06-30", "2020-01-01"]
SORTED = ["1999", "2001", "2003", "2005-03-10", "2005-03", "2011", "2015-06-30", "2020-01-01"]  # March counts as its last day


def undated(frame):
    """Take the day away from finds, accidents, signs and documented finds: hazards alone follow the day then."""
    return frame.drop(columns=[name for name in ("date", "date_start") if name in frame])


UNDATED = dict.fromkeys(("finds", "accidents", "signs"), undated)


def hazards_alone(area, tier="restricted", changed=None):
    atlas = survey_atlas_of(area, tier, UNDATED | (changed or {}))
    told = replace(atlas["incidents"], frame=undated(atlas["incidents"].frame))
    return replace(atlas, layers={**atlas.layers, "incidents": told})


@pytest.fixture(scope="module")
def survey_path(area, drawn):
    """The restricted page of a user's own hazards with days, and records without."""
    return drawn("dated", lambda: hazards_alone(area))


@pytest.fixture(scope="module")
def public_survey_path(area, drawn):
    return drawn("dated-public", lambda: hazards_alone(area, "public"))


def held(page, name):
    """Return ids of the features of a layer that are on the map now."""
    return page.evaluate(
        "(name) => { const layer = atlas.layers.find((one) => one.name === name);"
        " return layer.features.filter((one) => one._map).map((one) => layer.value('id', one.row)).sort(); }",
        name,
    )


def figures(page, name):
    return page.locator(f"li:has(> #show-{name}) > .figures").inner_text()


def dated(page, name):
    return page.locator(f"li:has(> #show-{name}) > .dated").first.inner_text()


def choose(page, text):
    page.locator("#day-field").fill(text)
    page.keyboard.press("Enter")


def test_no_dates_no_control(quiet_page, area, tmp_path):
    path = draw_map(atlas_of(area, {"incidents": undated})).save(tmp_path / "atlas.html")
    quiet_page.goto(path.as_uri())
    quiet_page.wait_for_selector("#notice", state="hidden")
    assert not quiet_page.locator("#days").is_visible()
    assert quiet_page.locator("#day-range").count() == 0


def test_the_latest_state_is_shown_first(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    slider = page.get_by_role("slider", name="Day of the state shown")
    assert slider.get_attribute("aria-valuetext") == "Latest state"
    assert int(slider.get_attribute("max")) == len(DAYS)
    assert page.locator("#day-field").get_attribute("placeholder") == "YYYY-MM-DD", (
        "a date there would read as the day that is set"
    )
    assert held(page, "unconfirmed_minefields") == [f"f{i:02d}" for i in range(8)]
    assert not page.locator("#show-past_hazards").is_checked()
    assert not page.locator("#day-mark").is_visible()
    assert figures(page, "unconfirmed_minefields") == "8 · 2.0 km²"


STATES = {  # day: (current hazards, earlier states)
    "1998": (["f03", "f07"], []),
    "2000": (["f03", "f07"], ["f01@1999"]),
    "2001-12-30": (["f03", "f07"], ["f01@1999"]),  # 2001 counts from its last day
    "2001": (["f00", "f03", "f05", "f07"], ["f01@1999"]),
    "2005-03-09": (["f00", "f03", "f05", "f07"], ["f01@1999", "f02@2003"]),
    "2005-03-10": (["f00", "f01", "f03", "f05", "f07"], ["f02@2003"]),  # one state ends on the day the next begins
    "2005-03": (["f00", "f01", "f03", "f04", "f05", "f07"], ["f02@2003"]),
    "2012": (["f00", "f01", "f02", "f03", "f04", "f05", "f07"], []),
    "2016": (["f00", "f01", "f02", "f03", "f04", "f07"], []),  # f05 ended in June 2015, nothing followed
}


def test_any_day_shows_what_held_then(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    shown = page.evaluate("Number(document.documentElement.dataset.shown)")
    for day, (current, earlier) in STATES.items():
        choose(page, day)
        assert (held(page, "unconfirmed_minefields"), held(page, "past_hazards")) == (current, earlier), day
        km2 = 0.6 * len(current) + 1.2 * len(earlier)
        assert figures(page, "unconfirmed_minefields") == f"{len(current) + len(earlier)} · {km2:.1f} km² gross"
        assert figures(page, "past_hazards") == ("counted above" if earlier else "0 · 0.00 km² gross")
        n_closed = len({"f02", "f03"} & set(current))
        km2 = f"{0.6 * n_closed:.1f}" if n_closed > 1 else "0.60"
        told = f"State of {day}. Of it closed on record: {n_closed} · {km2} km²."
        assert (dated(page, "unconfirmed_minefields"), dated(page, "past_hazards")) == (told, f"State of {day}.")
        now = page.evaluate("Number(document.documentElement.dataset.shown)")
        assert now == shown - 8 - 4 + len(current) + len(earlier), "the four screening zones are of the latest fields"
        assert page.locator("#day-mark").inner_text() == f"State of {day}, not the latest"
        n = len(current) - 2 + len(earlier)
        assert page.locator("#day-told").inner_text() == (
            f"As of {day}: {n} of 8 dated records held. Always shown, because undated: 2."
            " A year or month counts from its last day; what was recorded later is not drawn and may have been there."
        )
    assert figures(page, "planned_minefields") == "12 · 2.0 km²", "what has no days is as it was"
    assert dated(page, "planned_minefields").startswith("Information as of ")
    page.get_by_role("button", name="Latest state").click()
    assert figures(page, "unconfirmed_minefields") == "8 · 2.0 km²" and figures(page, "past_hazards") == "2 · 2.0 km²"
    assert dated(page, "unconfirmed_minefields").startswith("Information as of 2021-06")
    assert dated(page, "unconfirmed_minefields").endswith("Of it closed on record: 2 · 1.2 km².")
    assert "closed" not in dated(page, "past_hazards")


def test_earlier_states_are_drawn_as_they_stood(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    symbols = "atlas.layers.find((one) => one.name === 'past_hazards').features.map((one) => one.symbol.key)"
    page.get_by_label("Earlier states of supplied hazards").check()
    assert page.evaluate(symbols) == ["past_sha", "past_cha"]
    choose(page, "2004")
    assert page.evaluate(symbols) == ["sha", "cha_worked_on"]
    legend = page.get_by_role("region", name="Legend")
    assert legend.get_by_text("CHA, confirmed hazardous area: worked on").is_visible()
    assert not legend.get_by_text("Closed on record, no release").is_visible(), "it was closed later"
    page.get_by_role("button", name="Latest state").click()
    assert page.evaluate(symbols) == ["past_sha", "past_cha"]
    assert page.locator("#show-past_hazards").is_checked(), "it was on before"


def test_the_keyboard_moves_the_day_and_the_latest_state_returns(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    slider = page.get_by_role("slider", name="Day of the state shown")
    slider.focus()
    told = []
    for _ in DAYS:
        page.keyboard.press("ArrowLeft")
        told.append(slider.get_attribute("aria-valuetext"))
    assert told == SORTED[::-1]
    assert page.locator("#day-field").input_value() == "1999"
    assert page.locator("#show-past_hazards").is_checked()
    page.keyboard.press("End")
    assert slider.get_attribute("aria-valuetext") == "Latest state"
    assert not page.locator("#show-past_hazards").is_checked()
    assert held(page, "unconfirmed_minefields") == [f"f{i:02d}" for i in range(8)]
    assert not page.locator("#day-mark").is_visible()


@pytest.mark.parametrize("text", ["yesterday", "2011-13", "2011-02-30", "<img src=x>"])
def test_what_is_no_date_is_told_and_changes_nothing(quiet_page, survey_path, text):
    page = opened(quiet_page, survey_path)
    page.locator("#day-field").evaluate(
        "(one, text) => { one.maxLength = 40; one.value = text; one.dispatchEvent(new Event('change')); }", text
    )
    assert page.get_by_role("status").get_by_text(f"Not a date: {text}.").is_visible()
    assert page.locator("#day-field").get_attribute("aria-invalid") == "true"
    assert len(held(page, "unconfirmed_minefields")) == 8
    choose(page, "2012")
    assert page.locator("#day-field").get_attribute("aria-invalid") == "false"


@pytest.mark.parametrize("text", ["2100", "2100-02", "2100-02-03"])
def test_a_day_to_come_is_told_and_changes_nothing(quiet_page, survey_path, text):
    page = opened(quiet_page, survey_path)
    choose(page, text)
    assert page.get_by_role("status").get_by_text(f"{text} has not come yet").is_visible()
    assert page.locator("#day-field").get_attribute("aria-invalid") == "true" and not page.locator("#day-mark").is_visible()


def test_korean(quiet_page, survey_path):
    page = opened(quiet_page, survey_path, "한국어")
    slider = page.get_by_role("slider", name="표시할 상태의 기준일")
    assert slider.get_attribute("aria-valuetext") == "최신 상태"
    assert page.locator("#day-field").get_attribute("placeholder") == "연-월-일"
    page.get_by_label("기준일 (YYYY, YYYY-MM, YYYY-MM-DD)").fill("2012")
    page.keyboard.press("Enter")
    assert page.locator("#day-mark").inner_text() == "2012 당시 상태(최신 아님)"
    told = "2012 기준: 날짜가 있는 기록 8건 중 5건 유효. 날짜가 없어 항상 표시: 2건. 연도나 월만 있으면 그 마지막 날부터 셉니다."
    assert page.locator("#day-told").inner_text().startswith(told)
    page.get_by_role("button", name="최신 상태").click()
    assert page.locator("#day-told").inner_text() == "기록된 최신 상태."
    PICTURES.mkdir(parents=True, exist_ok=True)
    choose(page, "2004")
    page.screenshot(path=PICTURES / "survey-day.png")


def test_days_are_counted_as_the_records_count_them(quiet_page, survey_path):
    texts = [
        "2020",
        "2020-02",
        "2019-02",
        "2020-02-29",
        "2020-02-30",
        "2020-00",
        "",
        " 2011 ",
        "11",
        "2020-05-05T10:00",
        "2020-4",
    ]
    last = spans(pd.Series(texts))[1]
    expected = [None if np.isnat(day) else str(day) for day in last]
    page = opened(quiet_page, survey_path)
    assert page.evaluate("(texts) => texts.map((text) => atlas.lastDay(text))", texts) == expected


def test_the_slider_says_the_day_that_is_set(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    slider = page.get_by_role("slider", name="Day of the state shown")
    for day in ("1990", "2012", "2025-01-01"):  # before all stops, between two, after all
        choose(page, day)
        assert slider.get_attribute("aria-valuetext") == day
    page.get_by_role("button", name="Latest state").click()
    assert slider.get_attribute("aria-valuetext") == "Latest state"


def test_earlier_states_of_no_known_layer_are_counted_by_themselves(quiet_page, area, tmp_path):
    unowned = {"past_hazards": lambda past: past.assign(hazard_layer="")}
    path = draw_map(hazards_alone(area, changed=unowned)).save(tmp_path / "a.html")
    page = opened(quiet_page, path)
    choose(page, "2004")
    assert (figures(page, "unconfirmed_minefields"), figures(page, "past_hazards")) == ("4 · 2.4 km² gross", "2 · 2.4 km² gross")


def test_databases_close_what_still_holds_with_the_year_9999(quiet_page, area, tmp_path):
    def endless(frame):
        return frame.assign(valid_to="9999-12-31")

    path = draw_map(hazards_alone(area, changed={"unconfirmed_minefields": endless})).save(tmp_path / "atlas.html")
    page = opened(quiet_page, path)
    choose(page, "2025")
    assert len(held(page, "unconfirmed_minefields")) == 8
    assert int(page.locator("#day-range").get_attribute("max")) == len(DAYS) - 1, "2015-06-30 is gone, 9999 is no day"


def test_the_public_page_knows_years(quiet_page, public_survey_path):
    page = opened(quiet_page, public_survey_path)
    choose(page, "2004")
    assert page.locator("#day-mark").inner_text() == "State of 2004, not the latest"
    assert re.fullmatch(r"\d+ cells", figures(page, "unconfirmed_minefields")), "the area of cells is that of no hazard"
    stops = page.evaluate("[...Array(Number(document.getElementById('day-range').max)).keys()]")
    slider = page.locator("#day-range")
    for at in stops:
        slider.evaluate("(one, at) => { one.value = at; one.dispatchEvent(new Event('input')); }", at)
        assert len(slider.get_attribute("aria-valuetext")) == 4


def test_years_alone_leave_where_years_alone_may(area):
    layer = survey_atlas_of(area)["unconfirmed_minefields"]
    whole, years = (version_columns(layer, years_only=only) for only in (False, True))
    assert "2005-03-10" in whole["valid_from"]["values"]
    assert set(years["valid_from"]["values"]) == {"2001", "2005", "2011", "2020", ""}
    assert years["m2"]["values"] == [600_000] * 8
    undated = replace(layer, frame=layer.frame.drop(columns=["valid_from", "valid_to"]))
    assert version_columns(undated, years_only=False) == {}


@pytest.fixture(scope="module")
def records_path(area, tmp_path_factory):
    """Finds and documented finds with days, one of each without; hazards without days."""
    changed = {
        "finds": lambda frame: frame.assign(date=["1998-03-01", "2004", "2020-07-31", ""]),
        "accidents": undated,
        "signs": undated,
        "unconfirmed_minefields": lambda frame: frame.drop(columns=["valid_from", "valid_to"]),
        "past_hazards": lambda frame: frame.drop(columns=["valid_from", "valid_to"]),
    }
    atlas = survey_atlas_of(area, changed=changed)
    dates = atlas["incidents"].frame.assign(date_start=["1999-08", "2003", ""])
    told = replace(atlas["incidents"], frame=dates)
    return draw_map(replace(atlas, layers={**atlas.layers, "incidents": told})).save(
        tmp_path_factory.mktemp("records") / "a.html"
    )


RINGS = (
    "(() => { let n = 0; atlas.map.eachLayer((one) => { n += one instanceof L.Circle && one.options.dashArray ? 1 : 0; });"
    " return n; })()"
)


def near_finds(page):
    """Look at the documented finds from where their years are told."""
    page.evaluate(
        "(() => { const { features } = atlas.layers.find((one) => one.name === 'incidents');"
        " atlas.map.setView(features[0].getLatLng(), 10.5, { animate: false }); })()"
    )


RECORDED = {  # day: (finds, documented finds)
    "1997": (["f03"], ["f02"]),
    "1998-03-01": (["f00", "f03"], ["f02"]),
    "1999-08-30": (["f00", "f03"], ["f02"]),  # August counts from its last day
    "1999-08": (["f00", "f03"], ["f00", "f02"]),
    "2004": (["f00", "f01", "f03"], ["f00", "f01", "f02"]),
    "2021": (["f00", "f01", "f02", "f03"], ["f00", "f01", "f02"]),
}


@pytest.mark.parametrize("language", ["English", "한국어"])
def test_records_follow_the_day_by_their_date(quiet_page, records_path, language):
    page = opened(quiet_page, records_path, language)
    page.locator("#days summary").click()  # folded where no hazard has a day
    near_finds(page)
    for day, (finds, documented) in RECORDED.items():
        choose(page, day)
        assert (held(page, "finds"), held(page, "incidents")) == (finds, documented), day
        assert figures(page, "finds") == str(len(finds)) and figures(page, "incidents") == str(len(documented))
        assert dated(page, "finds") == ({"English": f"Dated to {day}.", "한국어": f"{day}까지의 기록."})[language]
        assert page.evaluate(RINGS) == len(documented), "each find brings its circle"
        years = {int(text) for text in page.locator(".label-year").all_inner_texts()}
        assert years <= {year for year in (1999, 2003) if year <= int(day[:4])}
    assert len(held(page, "unconfirmed_minefields")) == 8, "hazards without days stay"
    mark = {
        "English": "Finds dated to 2021 only; fields and clearance records are not of that day",
        "한국어": "2021까지의 발견 기록만 표시, 지뢰지대와 제거 기록은 그 날짜의 것이 아님",
    }
    assert page.locator("#day-mark").inner_text() == mark[language]


def test_a_find_that_is_switched_off_has_no_circle_and_no_year(quiet_page, records_path):
    page = opened(quiet_page, records_path)
    legend = page.get_by_role("region", name="Legend")
    told = legend.get_by_text("Dashed circle: how far off a documented find may be")
    near_finds(page)
    assert told.is_visible()
    assert page.locator(".label-year").count() > 0
    page.locator("#show-incidents").uncheck()
    assert not told.is_visible()
    assert page.locator(".label-year").count() == 0


def test_cells_of_records_follow_their_first_year(quiet_page, area, tmp_path):
    public = survey_atlas_of(area, "public", {"finds": lambda frame: frame.assign(date=["1998", "1998", "2004", "2004"])})
    page = opened(quiet_page, draw_map(public).save(tmp_path / "atlas.html"))
    first = page.evaluate(
        "(() => { const layer = atlas.layers.find((one) => one.name === 'finds');"
        " return Array.from({ length: layer.n }, (_, row) => String(layer.value('year_first', row))).sort(); })()"
    )
    choose(page, "1997")
    assert len(held(page, "finds")) == first.count("")
    choose(page, "1999")
    assert len(held(page, "finds")) == sum(year <= "1999" for year in first)
    choose(page, "2005")
    assert len(held(page, "finds")) == len(first)


APART = {
    "English": "Computed from the latest fields; not shown for an earlier day.",
    "한국어": "최신 지뢰지대로 계산됨. 이전 날짜에는 표시하지 않습니다.",
}
STANDING = {"English": "Figures of the latest state, not of 2004.", "한국어": "최신 상태의 수치이며 2004 당시의 수치가 아닙니다."}


@pytest.fixture(scope="module")
def computed_path(area, tmp_path_factory):
    """A page with everything that is computed from dated fields: zones, cells, pictures, tables, what a place is fed by."""
    rows = pd.DataFrame({"layer": ["unconfirmed_minefields"], "location": ["A"], "n_features": [12], "gross_km2": [2.0]})
    tables = dict.fromkeys(("districts", "exposure", "article7"), rows)
    made = terrain_atlas_of(area, {"places": fed})
    name = "unconfirmed_minefields"
    layers = {**made.layers, name: survey_atlas_of(area)[name]}
    atlas = replace(made, layers=layers, tables=tables, tier="restricted")
    return draw_map(atlas).save(tmp_path_factory.mktemp("computed") / "atlas.html")


def shown_of(page):
    """Return whether zones, density and picture are on the map, and whether a place tells what it is fed by."""
    return page.evaluate(
        "[...['flood_displacement', 'mined_density'].map((name) => atlas.layers.find((one) => one.name === name)), atlas.raster]"
        ".map((one) => atlas.map.hasLayer(one.group))"
        ".concat(atlas.layers.find((one) => one.name === 'places').value('fed_by', 0) !== null)"
    )


@pytest.mark.parametrize(("code", "language"), LANGUAGES.items())
def test_what_the_latest_fields_gave_is_not_shown_for_an_earlier_day(quiet_page, computed_path, code, language):
    page = opened(quiet_page, computed_path, code)
    page.locator("#show-mined_density").check()
    page.locator("input[name=raster][value=south]").check()
    assert shown_of(page) == [True] * 4
    choose(page, "2004")
    assert shown_of(page) == [False] * 4
    for selector in ("li:has(> #show-flood_displacement)", "li:has(> #show-mined_density)", "#tree li.raster"):
        row = page.locator(selector)
        assert row.locator(".day-remark").inner_text() == APART[language]
        assert all(one.is_disabled() for one in row.locator("input").all())
        assert not row.locator(".figures").filter(visible=True).count(), "numbers and km² of the latest fields"
    assert not re.search("Flood screening|홍수 선별|Screening index|선별 지수", page.locator("#legend-list").inner_text())
    page.locator("#choose-areas").click()
    for key in ("districts", "exposure"):
        table = page.locator(f"#table-{key}")
        assert table.locator(".day-remark").inner_text() == APART[language] and not table.locator(".scroll").is_visible()
    for key in ("areas", "article7"):
        table = page.locator(f"#table-{key}")
        assert table.locator(".day-table").inner_text() == STANDING[language] and table.locator(".scroll").is_visible()
    assert page.locator("#table-lengths .day-table").count() == 0, "lengths are of no field"
    page.locator("#choose-layers").click()
    page.locator("#day-latest").click()
    assert shown_of(page) == [True] * 4, "what was on is on again"
    assert page.locator(".day-remark, .day-table").count() == 0
    assert page.locator("#show-mined_density").is_enabled()


def test_fields_without_a_date_are_the_same_on_every_day(quiet_page, page_path):
    page = opened(quiet_page, page_path, "en")
    page.locator("#days summary").click()
    choose(page, "2004")
    assert page.locator(".day-remark, .day-table").count() == 0
    assert page.evaluate("atlas.isDrawn(atlas.layers.find((one) => one.name === 'flood_displacement'))")
