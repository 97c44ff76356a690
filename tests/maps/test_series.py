"""The series control: one reported series at a time, with its own fields, figures and dates, and nothing of another beside it."""

import re
from dataclasses import replace
from pathlib import Path

import pytest
from maps.country import atlas_of, survey_atlas_of
from maps.hands import opened

from geo import reported
from geo.maps.series import areas_under, series_data
from geo.maps.web import draw_map
from geo.maps.words import WORDS

PICTURES = Path(__file__).parents[2] / "build" / "pictures"  # for a person to look at
FIELDS = ("planned_minefields", "unconfirmed_minefields")
BUILT, OTHER, TABLE = "demo-2020", "demo-2010", "demo-1990"
LANGUAGES = ("English", "한국어")
APART = {
    "English": "Computed for demo-2020 (2020); not shown beside another series.",
    "한국어": "demo-2020(2020) 기준으로 계산됨. 다른 계열과 함께 표시하지 않습니다.",
}


@pytest.fixture(scope="module")
def demo_path(demo, drawn):
    return drawn("demo", lambda: demo)


@pytest.fixture(scope="module")
def dated_path(demo, drawn):
    """The page of simulated planned fields beside supplied ones that hold from a day on."""

    def made():
        planned, supplied = FIELDS
        frame = demo[supplied].frame.assign(basis="supplied", simulated=False, valid_from="2003")
        layers = {**demo.layers, supplied: replace(demo[supplied], frame=frame, basis="supplied")}
        others = {name: {planned: own[planned]} for name, own in demo.alternatives.items()}
        return replace(demo, layers=layers, alternatives=others, tier="restricted")

    return drawn("dated-series", made)


def choose(page, name):
    page.get_by_role("radio", name=re.compile(name)).check()
    page.wait_for_selector(f"html[data-series='{name}']", state="attached")


def row(page, name):
    return page.locator(f"li:has(> #show-{name})")


def figures(page, name):
    return row(page, name).locator(".figures").first.inner_text()


def on_map(page, name):
    """Return how many features of a layer are on the map."""
    return page.evaluate("(name) => atlas.countOf(atlas.layers.find((one) => one.name === name))", name)


def listed(page):
    """Return the cells of the area table by row."""
    rows = "[...document.querySelectorAll('#table-areas tbody tr')]"
    return page.evaluate(f"{rows}.map((row) => [...row.querySelectorAll('th, td')].map((cell) => cell.textContent))")


def stated(area, name):
    """Return {layer: (number, km²)} as the series reports them."""
    told = reported.series(area, name)
    return {f"{kind}_minefields": (told.count(kind), told.area_km2(kind)) for kind in ("planned", "unconfirmed")}


def test_the_control_offers_every_series_with_year_and_source(quiet_page, demo_path):
    page = opened(quiet_page, demo_path)
    group = page.get_by_role("group", name="Reported series")
    radios = group.get_by_role("radio")
    assert [one.get_attribute("value") for one in radios.all()] == [TABLE, OTHER, BUILT], "by year"
    assert group.get_by_role("radio", name=re.compile(r"2020.*demo-2020.*Source")).is_checked()
    assert group.get_by_role("radio", name=re.compile(r"1990.*demo-1990.*table only")).count() == 1
    assert not page.locator("#series-mark").is_visible()


@pytest.mark.parametrize("language", LANGUAGES)
def test_another_series_brings_its_own_fields_and_figures(quiet_page, demo, demo_path, language):
    page = opened(quiet_page, demo_path, language)
    for name in (OTHER, BUILT, OTHER):
        choose(page, name)
        for layer, (count, km2) in stated(demo.area, name).items():
            assert figures(page, layer) == f"{count:,} · {km2:.{1 if km2 >= 1 else 2}f} km²"
            assert on_map(page, layer) == count
            assert name[-4:] in row(page, layer).locator(".dated").first.inner_text()
            ids = f"atlas.layers.find((one) => one.name === '{layer}').value('series', 0)"
            assert page.evaluate(ids) == name
        assert name in page.locator("#bar .titles p").inner_text()
        assert name in page.locator(f"#about-layers [data-layer={FIELDS[0]}]").text_content()
    assert OTHER in page.locator("#series-mark").inner_text()


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_was_computed_for_the_build_stands_beside_no_other_series(quiet_page, demo_path, language):
    page = opened(quiet_page, demo_path, language)
    page.locator("#show-mined_density").check()
    before = {name: on_map(page, name) for name in ("flood_displacement", "mined_density", *FIELDS)}
    assert all(before.values())
    for other in (OTHER, TABLE):
        choose(page, other)
        for name in ("flood_displacement", "mined_density"):
            assert on_map(page, name) == 0
            assert row(page, name).locator(".series-remark").inner_text() == APART[language]
            assert page.locator(f"#show-{name}").is_disabled()
            assert not row(page, name).locator(".figures").first.is_visible(), "its km² would stand beside those of another"
        assert page.evaluate("document.querySelectorAll('.leaflet-screening-pane path').length") == 0
        legend = page.locator("#legend-list").inner_text()
        assert not re.search("Flood screening|유실지뢰", legend)
        assert page.locator("#table-districts .series-remark").text_content().count(BUILT), "fields of the build by district"
        assert page.evaluate("getComputedStyle(document.querySelector('#table-districts .scroll')).display") == "none"
    choose(page, BUILT)
    assert {name: on_map(page, name) for name in before} == before, "what was on is on again"
    assert page.locator("#show-mined_density").is_checked()
    assert page.locator(".series-remark").count() == 0


def test_a_switch_made_under_another_series_holds(quiet_page, demo, demo_path):
    page = opened(quiet_page, demo_path)
    choose(page, OTHER)
    page.locator(f"#show-{FIELDS[0]}").uncheck()
    choose(page, BUILT)
    assert on_map(page, FIELDS[0]) == 0
    page.locator(f"#show-{FIELDS[0]}").check()
    assert on_map(page, FIELDS[0]) == len(demo[FIELDS[0]].frame)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_series_for_the_table_only_takes_the_fields_from_the_map(quiet_page, demo_path, language):
    page = opened(quiet_page, demo_path, language)
    choose(page, TABLE)
    for name in FIELDS:
        assert on_map(page, name) == 0
        assert TABLE in row(page, name).locator(".series-remark").inner_text()
    told = page.locator("#bar .titles p").inner_text()
    said = {"English": "No simulated minefield is on the map.", "한국어": "모의 지뢰지대는 지도에 없습니다."}[language]
    assert TABLE in told and said in told
    assert page.locator("#series-mark").is_visible()
    page.locator("#series-rows").click()
    assert page.locator("#tab-areas").is_visible()


def test_the_table_holds_rows_of_that_series_only(quiet_page, demo, demo_path):
    page = opened(quiet_page, demo_path)
    others = {BUILT: (OTHER, TABLE), OTHER: (BUILT, TABLE), TABLE: (BUILT, OTHER)}
    for name in (OTHER, TABLE):
        choose(page, name)
        rows = listed(page)
        text = " ".join(cell for one in rows for cell in one)
        assert not any(other in text for other in others[name]), "a row of another series"
        assert name in text
        assert "Flood" not in text and "density" not in text
        assert name in page.locator("#table-areas h3").inner_text()
    choose(page, OTHER)
    km2 = stated(demo.area, OTHER)["planned_minefields"][1]
    assert any("Planned minefields" in one[0] and f"{km2:.1f}" in one[2] for one in listed(page))
    choose(page, BUILT)
    assert len(listed(page)) == len(demo.areas), "the table of the build is back"


def test_the_last_series_asked_for_wins(quiet_page, demo, demo_path):
    page = opened(quiet_page, demo_path)
    page.evaluate(f"Promise.all([atlas.chooseSeries('{OTHER}'), atlas.chooseSeries('{TABLE}'), atlas.chooseSeries('{BUILT}')])")
    page.wait_for_selector(f"html[data-series='{BUILT}']", state="attached")
    assert figures(page, FIELDS[0]).startswith(f"{stated(demo.area, BUILT)[FIELDS[0]][0]:,} ·")
    assert not page.locator("#series-mark").is_visible()


def test_a_series_that_cannot_be_read_changes_nothing(quiet_page, demo_path):
    page = opened(quiet_page, demo_path)
    before = figures(page, FIELDS[0])
    page.evaluate("document.querySelectorAll('[id^=data-series-]').forEach((one) => { one.textContent = 'AAAA'; })")
    page.get_by_role("radio", name=re.compile(OTHER)).click()
    page.get_by_text("This series could not be read; the map is unchanged.").first.wait_for()
    assert figures(page, FIELDS[0]) == before
    assert page.get_by_role("radio", name=re.compile(BUILT)).is_checked()


def test_the_keyboard_chooses_a_series(quiet_page, demo_path):
    page = opened(quiet_page, demo_path)
    page.get_by_role("radio", name=re.compile(BUILT)).focus()
    page.keyboard.press("ArrowUp")
    page.wait_for_selector(f"html[data-series='{OTHER}']", state="attached")
    assert page.get_by_role("radio", name=re.compile(OTHER)).is_checked()


def test_what_a_place_is_fed_by_is_not_told_beside_another_series(quiet_page, demo, demo_path):
    fed = "atlas.layers.find((one) => one.name === 'places')"
    rows = f"Array.from({{ length: {fed}.n }}, (_, row) => {fed}.value('fed_by', row)).filter(Boolean).length"
    page = opened(quiet_page, demo_path)
    before = page.evaluate(rows)
    assert before > 0
    choose(page, OTHER)
    assert page.evaluate(rows) == 0
    choose(page, BUILT)
    assert page.evaluate(rows) == before


def test_supplied_fields_stay_whatever_the_series(quiet_page, area, tmp_path):
    atlas = survey_atlas_of(area)
    supplied = {"planned_minefields": lambda frame: frame.assign(basis="supplied")}
    atlas = replace(atlas, layers={**atlas.layers, FIELDS[0]: replace(atlas_of(area, supplied)[FIELDS[0]], basis="supplied")})
    page = opened(quiet_page, draw_map(atlas).save(tmp_path / "atlas.html"))
    names = [one.get_attribute("value") for one in page.locator("#series input").all()]
    assert names == ["icbl-2007", "jcs-2018", "krimc-2018"], "no other series is drawn beside supplied fields"
    choose(page, "krimc-2018")
    assert [on_map(page, name) for name in FIELDS] == [12, 8]
    assert on_map(page, "flood_displacement") > 0, "nothing here follows a series"
    assert page.get_by_text("Supplied fields stay on the map").is_visible()
    assert "31.6" in " ".join(cell for one in listed(page) for cell in one)


def test_numbers_of_areas_stand_in_the_table(area):
    told = areas_under(atlas_of(area), "jcs-2018")
    first = told[told["layer"].str.startswith("sites_")]
    assert dict(zip(first["layer"], first["n_features"], strict=True)) == {
        "sites_dmz": 786, "sites_ccz": 433, "sites_south_of_ccl": 22, "sites_rear": 67,
    }  # fmt: skip
    assert first["net_km2"].isna().all() and first["verdict"].str.startswith("table only").all()
    assert not told["layer"].isin(["flood_displacement", "mined_density", *FIELDS]).any()


def test_one_series_needs_no_control(area):
    alone = replace(area, settings={**area.settings, "series": {"icbl-2007": area.settings["series"]["icbl-2007"]}})
    assert series_data(replace(atlas_of(area), area=alone)) == (None, {})


def test_assumed_numbers_are_told(area):
    atlas = atlas_of(area)
    fields = {name: atlas[name] for name in FIELDS}
    config, blocks = series_data(replace(atlas, alternatives={"mnd-2003": fields}))
    told = next(one for one in config["choices"] if one["key"] == "mnd-2003")
    assert "1,100 planned fields" in told["note"][-1]["en"] and "계획지뢰지대 1,100곳" in told["note"][-1]["ko"]
    assert sorted(blocks) == [f"series-0-{name}" for name in FIELDS]


def test_words_stand_in_both_languages():
    for key, text in WORDS.items():
        assert text["en"] and text["ko"], key
        blanks = [sorted(set(re.findall(r"\{\w+\}", text[language]))) for language in ("en", "ko")]
        assert blanks[0] == blanks[1], key


def test_pictures(quiet_page, demo_path):
    page = opened(quiet_page, demo_path, "한국어")
    PICTURES.mkdir(parents=True, exist_ok=True)
    choose(page, OTHER)
    page.screenshot(path=PICTURES / "series-other.png")
    choose(page, TABLE)
    page.screenshot(path=PICTURES / "series-table.png")
    assert (PICTURES / "series-table.png").stat().st_size > 10_000


def test_a_layer_returns_only_when_both_day_and_series_allow_it(quiet_page, dated_path):
    """Each cause keeps its own reason; whichever ends first, the other still holds."""
    page = opened(quiet_page, dated_path)
    before = on_map(page, "flood_displacement")
    shown = "document.querySelector('#table-districts .scroll').checkVisibility()"
    for first_back in ("day", "series"):
        page.locator("#day-field").fill("2005")
        page.keyboard.press("Enter")
        choose(page, OTHER)
        assert row(page, "flood_displacement").locator(".apart").count() == 2
        if first_back == "day":
            page.locator("#day-latest").click()
        else:
            choose(page, BUILT)
        left = {"day": "series", "series": "day"}[first_back]
        assert row(page, "flood_displacement").locator(".apart").get_attribute("class").endswith(f"{left}-remark")
        assert on_map(page, "flood_displacement") == 0 and page.locator("#show-flood_displacement").is_disabled()
        assert page.locator("#table-districts .apart").count() == 1
        page.locator("#day-latest").click()
        choose(page, BUILT)
        assert on_map(page, "flood_displacement") == before and page.locator(".apart").count() == 0
        page.locator("#choose-areas").click()
        assert page.evaluate(shown)
        page.locator("#choose-layers").click()
