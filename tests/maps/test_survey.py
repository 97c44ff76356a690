"""A user's own records on the map: finds, accidents, signs, statuses, what is told of them, and nothing of it as markup."""

import re
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from maps.country import HOSTILE, survey_atlas_of
from maps.hands import opened, until

from geo.errors import ConfigError
from geo.generalise import as_shown
from geo.maps.content import described, reach
from geo.maps.offline import left_over
from geo.maps.payload import COLUMNS, COMMON, TAIL, layer_block
from geo.maps.symbols import DECIDING, SYMBOLS, symbol_keys
from geo.maps.web import draw_map
from geo.maps.words import COLUMN_VALUES, WORDS
from geo.survey.fields import RECORD_FIELDS
from geo.terms import LAND_STATUSES, RECORD_LAYERS, SIGN_TEXTS, SURVEY_LAYERS

EXTRA = {"symbol", "symbol_then", "soft_m", "max_zoom", "m2", "hazard_layer"}


def popup(page, name, row):
    """Return the visible text of the popup of one feature."""
    page.evaluate(
        f"{{ atlas.openFeature(atlas.map, atlas.layers.find((one) => one.name === '{name}'), {row}, L.latLng(38, 127)); 0 }}"
    )
    return page.locator(".popup").last.inner_text()


@pytest.fixture(scope="module")
def own(area):
    return survey_atlas_of(area)


def statuses(land_class):
    rows = pd.DataFrame({"land_status": list(LAND_STATUSES), "land_class": land_class, "simulated": False})
    return dict(zip(LAND_STATUSES, symbol_keys("planned_minefields", rows), strict=True))


@pytest.mark.parametrize("land_class", ["CHA", "SHA", "indication"])
def test_the_outline_tells_the_status(land_class):
    drawn = {status: SYMBOLS[key] for status, key in statuses(land_class).items()}
    outlines = [(one.outline, one.dash_px) for one in drawn.values()]
    assert all(a != b for a, b in combinations(outlines, 2))
    assert (drawn["open"].outline, drawn["open"].dash_px) == ("#FF0000", ())
    assert drawn["worked_on"].outline == "#F4A718" and drawn["worked_on"].dash_px
    assert (drawn["closed"].outline, drawn["closed"].opacity) == ("#4D4D4D", 0) and max(drawn["closed"].dash_px) <= 3
    assert drawn["searched_not_released"].opacity == 0.25 and drawn["searched_not_released"].colour == drawn["open"].colour
    assert len({one.dash_px for one in drawn.values()}) >= 5, "told apart without colour, but for open and unknown"


def test_a_status_that_is_not_told_and_an_unheard_class_are_drawn():
    rows = pd.DataFrame({"land_class": ["SHA", "zone"], "simulated": False, "land_status": ["", None]})
    assert symbol_keys("planned_minefields", rows).tolist() == ["sha", "indication"]
    assert symbol_keys("past_hazards", rows).tolist() == ["past_sha", "past_indication"]


def test_signs_finds_and_accidents_differ_without_colour():
    keys = [f"sign_{text}" for text in SIGN_TEXTS] + ["finds", "accidents", "incidents", "cleared_areas", "places"]
    shapes = [(SYMBOLS[key].shape, bool(SYMBOLS[key].dash_px), SYMBOLS[key].radius_px) for key in keys]
    assert all(a != b for a, b in combinations(shapes, 2))
    hatches = [(SYMBOLS[f"{name}_cells"].hatch, SYMBOLS[f"{name}_cells"].hatch_px) for name in RECORD_LAYERS]
    assert all(a != b for a, b in combinations(hatches, 2))
    signs = pd.DataFrame({"sign_text": ["past_mine_zone", "", "never heard of"]})
    assert symbol_keys("signs", signs).tolist() == ["sign_past_mine_zone", "sign_other", "sign_other"]
    assert symbol_keys("signs", signs.assign(told="<5")).tolist() == ["signs_cells"] * 3


def test_the_deciding_columns_decide(own):
    for name, columns in DECIDING.items():
        frame = own[name].frame if name in own.layers else pd.DataFrame()
        kept = [frame[column].to_numpy() for column in columns if column in frame]
        if kept:
            n_keys = pd.Series(symbol_keys(name, frame)).groupby(kept, dropna=False).agg(lambda keys: len(set(keys)))
            assert set(n_keys) == {1}


def test_only_chosen_columns_leave_and_never_a_person(own):
    for name in (*SURVEY_LAYERS, "unconfirmed_minefields"):
        layer = own[name]
        full = replace(layer, frame=layer.frame.assign(person="Hong Gildong", age="41", sex="f", description="x", entered_x="1"))
        assert set(described(own, full)["columns"]) <= {*COMMON, *COLUMNS[name], *TAIL, *EXTRA}
        assert not {"person", "age", "sex", "description", "entered_x"} & set(described(own, full)["columns"])


def test_every_column_that_is_sent_is_a_field_with_a_word():
    for kind, names in {
        "hazards": ("unconfirmed_minefields", "past_hazards"),
        **{name: (name,) for name in RECORD_LAYERS},
    }.items():
        ours = {"area_m2", "series", "told", "years", "year_first", "year_last", "link", "distance_m", "sign_words"}
        for name in names:
            assert set(COLUMNS[name]) <= {*RECORD_FIELDS[kind], *ours}
            assert all(f"field_{column}" in WORDS or f"field_{name}_{column}" in WORDS for column in COLUMNS[name])


@pytest.mark.parametrize("column", COLUMN_VALUES)
def test_words_of_columns_stand_in_both_languages(column):
    assert all(pair["en"].strip() and pair["ko"].strip() for pair in COLUMN_VALUES[column].values())


def test_a_public_page_knows_years_and_no_edge_is_soft(area):
    shown = as_shown(survey_atlas_of(area, "public"))
    for name in ("unconfirmed_minefields", *SURVEY_LAYERS):
        columns = described(shown, shown[name])["columns"]
        assert not {"soft_m", "max_zoom", "date", "mine_types", "emplaced_n", "link", "hazard_id"} & set(columns)
        for date in {"valid_from", "valid_to"} & set(columns):
            assert all(re.fullmatch(r"(\d{4})?", text) for text in columns[date]["values"])
    assert {key for name in RECORD_LAYERS for key in layer_block(shown[name])["symbols"]} == {
        f"{name}_cells" for name in RECORD_LAYERS
    }


def test_the_map_reaches_every_point_that_is_drawn(own):
    far = own["incidents"].frame.copy()
    far.loc[0, "geometry"] = far.geometry[0].__class__(127.6, 35.39)
    moved = replace(own, layers={**own.layers, "incidents": replace(own["incidents"], frame=far)})
    west, south, east, north = own.area.bounds
    assert reach(own) == [[south, west], [north, east]]
    assert reach(moved) == [[35.39, west], [north, east]]


HISTORY = {
    "English": {
        0: ["Flooded since the last inspection: fences and signs not verified.", "Not marked", "Not verified", "2018-05"],
        1: ["Worked on", "12,000 m²", "Held from", "2005-03-10"],
        2: ["to 20 cm. Later floods or landslides may have brought mines in.", "Recorded as cleared on 2019-04-02"],
        3: ["Handed over", "A record, not a release.", "No evidence"],
        4: ["Searched 3 times, not released: 810 of 1,000 mines recovered.", "Unaccounted for", "190"],
        7: ["Only a size is known", "Circle of equal area"],
    },
    "한국어": {
        0: ["철조망과 표지판을 확인하지 못했습니다.", "표시 없음", "미확인", "직접 증거"],
        2: ["2019-04-02 제거 완료로 기록됨", "깊이 20 cm"],
        3: ["인계", "해제를 뜻하지 않습니다", "증거 없음"],
        4: ["3차례 탐지했으나 해제되지 않음: 매설 1,000발 중 810발 회수."],
        7: ["경계가 아닙니다", "같은 면적의 원"],
    },
}


@pytest.mark.parametrize("language", HISTORY)
def test_a_hazard_tells_its_history(quiet_page, survey_path, language):
    page = opened(quiet_page, survey_path, language)
    for row, texts in HISTORY[language].items():
        told = popup(page, "unconfirmed_minefields", row)
        assert [text for text in texts if text not in told] == [], told
    assert "Searched" not in popup(page, "unconfirmed_minefields", 0)


RECORDS = {
    "English": {
        "finds": ["Supplied finds", "M14", "2020-07-31", "±5 m", "Direct evidence", "washed out"],
        "accidents": ["Supplied accidents", "farming", "Distance to it", "0 m", "Killed", "f01"],
        "signs": ["Mine Field Danger", "Damaged", "Signs", "2021-03"],
    },
    "한국어": {
        "finds": ["제공된 발견 기록", "직접 증거", "수량"],
        "accidents": ["제공된 사고 기록", "그곳까지 거리", "사망"],
        "signs": ["지뢰 위험", "파손", "표지판", "마지막 점검"],
    },
}


@pytest.mark.parametrize("language", RECORDS)
def test_records_tell_what_they_are(quiet_page, survey_path, language):
    page = opened(quiet_page, survey_path, language)
    for name, texts in RECORDS[language].items():
        told = popup(page, name, 0)
        assert [text for text in texts if text not in told] == [], told
    assert "1,300 m" in popup(page, "accidents", 3)
    assert page.locator("#tree").get_by_label("제공된 표지판 기록" if language == "한국어" else "Supplied signs").is_checked()


def test_points_have_shapes_of_their_own(quiet_page, survey_path):
    """Corners of the paths: a diamond has 4, a cross 12, triangles 3, a square 4; Leaflet's circles are arcs."""
    page = opened(quiet_page, survey_path)
    corners = (
        "(name) => atlas.layers.find((one) => one.name === name).features.map((one) => "
        "one._path.getAttribute('d')).map((d) => (/[aA]/.test(d) ? 0 : (d.match(/[ML]/g) || []).length))"
    )
    assert page.evaluate(corners, "finds") == [4] * 4
    assert page.evaluate(corners, "accidents") == [12] * 4
    assert page.evaluate(corners, "signs") == [3, 3, 3, 4]
    assert page.evaluate(corners, "incidents") == [0] * 3
    legend = page.get_by_role("region", name="Legend")
    for text in ("Find, supplied", "Accident, supplied", "Sign: Past Mine Zone", "Closed on record, no release"):
        assert legend.get_by_text(text, exact=True).is_visible()
    assert legend.get_by_text("Dotted circle: recorded size, no boundary").is_visible()
    page.get_by_label("Supplied signs").uncheck()
    assert not legend.get_by_text("Sign: Past Mine Zone").is_visible()


def test_the_public_page_shows_cells_and_small_counts_as_text(quiet_page, public_survey_path):
    page = opened(quiet_page, public_survey_path)
    told = popup(page, "finds", 0)
    assert "Number in the cell" in told and "<5" in told and "2020" in told
    assert "Counts below five are not told exactly" in told
    assert "M14" not in told
    assert page.locator("svg.soft path").count() == 0
    assert page.get_by_role("region", name="Legend").get_by_text("Finds by 1 km cell").is_visible()
    tip = page.evaluate("atlas.tooltip(atlas.layers.find((one) => one.name === 'signs'), 0).textContent")
    assert tip.endswith("격자 안 건수: <5")


def bad(column, n):
    """Return hostile texts, and words that every JavaScript object answers to."""
    texts = (*HOSTILE, "constructor", "__proto__")
    return [texts[(i + len(column)) % len(texts)] for i in range(n)]


def poisoned(frame):
    """Put hostile text into every new attribute that is text and not a controlled word; and into the words as well."""
    texts = {name for fields in RECORD_FIELDS.values() for name, field in fields.items() if field.kind not in ("number", "count")}
    texts = (texts | {"link", "told_by", "name_en", "name_ko"}) - {"id", "land_class", "basis", "source", "shape_kind"}
    dates = {"valid_from", "valid_to"}
    return frame.assign(
        **{name: bad(name, len(frame)) for name in sorted(texts - dates)}, **{one: bad(one, len(frame)) for one in dates}
    )


def test_hostile_attributes_are_text(quiet_page, area, tmp_path):
    names = ("unconfirmed_minefields", *SURVEY_LAYERS)
    path = draw_map(survey_atlas_of(area, changed=dict.fromkeys(names, poisoned))).save(tmp_path / "atlas.html")
    page = opened(quiet_page, path)
    for name in names:
        for row in (0, 1):
            told = popup(page, name, row)
            assert sum(text in told for text in (*HOSTILE, "constructor", "__proto__")) >= 4, told
            assert "undefined" not in told and "[object" not in told
    assert page.locator("img").count() == 0
    assert page.evaluate("Object.keys(window).filter((key) => key.startsWith('planted')).length") == 0
    for stop in range(int(page.locator("#day-range").get_attribute("max"))):  # the days of documented finds alone
        page.locator("#day-range").evaluate(f"(range) => {{ range.value = {stop}; range.dispatchEvent(new Event('input')); }}")
        told = page.locator("#days").inner_text()
        assert not any(text in told for text in (*HOSTILE, "constructor", "__proto__")), "what is no date is no day of the slider"


def test_a_phone_says_that_nothing_is_official(quiet_page, survey_path):
    quiet_page.set_viewport_size({"width": 375, "height": 812})
    page = opened(quiet_page, survey_path)
    text = page.locator("#strip").get_by_text("Not an official product.")
    assert text.is_visible()
    box = text.bounding_box()
    assert box["y"] >= 0 and box["y"] + box["height"] <= 812 and box["x"] + box["width"] <= 375
    assert page.locator(".folium-map").bounding_box()["height"] > 480
    page.evaluate("atlas.setDay('2004-12-31', '2004')")
    upper, lower = (page.locator(one).bounding_box() for one in ("#mark", "#day-mark"))
    assert lower["y"] >= upper["y"] + upper["height"]


def test_looking_for_addresses_is_linear():
    """Base64 is full of "//": a long word of it is no address, and is not searched again and again."""
    block = "<script>" + "//ab" * 300_000 + "</script>"
    assert left_over(block) == []
    assert left_over(block + "<script>L.tileLayer('//t/{z}')</script>") == ["//t/{z}"]


def test_thousands_are_painted_on_a_canvas_and_can_be_asked(quiet_page, area, tmp_path):
    def many(frame):
        n = 5001
        big = frame.iloc[np.arange(n) % 6].reset_index(drop=True)
        return big.assign(id=[f"m{i:05d}" for i in range(n)], name_en=[f"Many {i}" for i in range(n)], as_of="2021")

    path = draw_map(survey_atlas_of(area, changed={"unconfirmed_minefields": many})).save(tmp_path / "atlas.html")
    page = opened(quiet_page, path)
    assert page.locator(".leaflet-hazards-pane canvas").count() == 1
    assert page.locator(".leaflet-hazards-pane path").count() == 12, "those of the simulated layer"
    painted = (
        "(() => { const one = document.querySelector('.leaflet-hazards-pane canvas');"
        " return [...one.getContext('2d').getImageData(0, 0, one.width, one.height).data].some((value) => value > 0); })()"
    )
    until(page, painted)
    page.evaluate(
        "{ const layer = atlas.layers.find((one) => one.name === 'unconfirmed_minefields');"
        " const row = [...Array(layer.n).keys()].find((one) => layer.value('name_en', one) === 'Many 17');"
        " layer.group.fire('click', { layer: { row }, latlng: layer.crowd.geometry.bounds(new Set([row])).getCenter() }); 0 }"
    )
    assert page.get_by_role("heading", name="Many 17").is_visible()


def test_a_popup_shows_words_whole_and_no_keys(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    told = popup(page, "unconfirmed_minefields", 1)
    assert "accident at a known place; seen by a shepherd" in told and "accident_known_place" not in told
    page.wait_for_timeout(500)  # the map moves to make room
    ribbon, box = (page.locator(one).bounding_box() for one in ("#marks", ".leaflet-popup"))
    assert box["y"] >= ribbon["y"] + ribbon["height"], "its head is not below the ribbon"
    widths = page.evaluate(
        "[...document.querySelectorAll('.popup dt, .popup dd')].map((one) => one.getBoundingClientRect().width)"
    )
    assert set(widths[::2]) == {96.0} and min(widths[1::2]) > 120
    page.get_by_role("button", name="한국어").click()
    assert "위치가 확인된 사고; seen by a shepherd" in popup(page, "unconfirmed_minefields", 1)


def test_a_name_of_ten_thousand_letters_stays_in_the_popup(quiet_page, area, tmp_path):
    changed = {"unconfirmed_minefields": lambda rows: rows.assign(name_en="x" * 10_000, national_term="y" * 10_000)}
    page = opened(quiet_page, draw_map(survey_atlas_of(area, changed=changed)).save(tmp_path / "atlas.html"))
    popup(page, "unconfirmed_minefields", 0)
    assert page.locator(".leaflet-popup-content").evaluate("(one) => one.scrollWidth <= one.clientWidth")


def test_the_whole_legend_can_be_reached(quiet_page, survey_path):
    page = opened(quiet_page, survey_path)
    for box in page.locator("#tree input[type=checkbox]").all():
        box.check()
    page.locator("#legend-list").focus()
    page.keyboard.press("End")
    until(page, "((one) => one.scrollTop + one.clientHeight > one.scrollHeight - 2)(document.getElementById('legend-list'))")
    last, strip = page.locator("#legend-list li").last.bounding_box(), page.locator("#strip").bounding_box()
    assert last["y"] + last["height"] <= strip["y"]
    assert page.locator("#legend-list").evaluate("(one) => one.scrollHeight > one.clientHeight + 20"), "it was not too long"


@pytest.mark.parametrize("wide", [False, True])
def test_the_verdict_is_seen(quiet_page, survey_path, wide):
    page = opened(quiet_page, survey_path)
    page.get_by_role("tab", name="Areas").click()
    if wide:
        page.get_by_role("button", name="Widen the panel").click()
    head, frame = (
        page.locator("#table-areas").get_by_role("columnheader", name="Verdict").bounding_box(),
        page.locator("#table-areas .scroll").bounding_box(),
    )
    assert head["x"] + head["width"] <= frame["x"] + frame["width"]


@pytest.mark.parametrize(
    ("locale", "asked", "opens"), [("ko-KR", None, "ko"), ("ko", None, "ko"), ("en-US", None, "en"), ("kok-IN", None, "en"),
                                   ("ko-KR", "en", "en"), ("en-US", "ko", "ko")]
)  # fmt: skip
def test_the_page_opens_in_the_readers_language(browser, own, survey_path, tmp_path, locale, asked, opens):
    path = draw_map(own, language=asked).save(tmp_path / "atlas.html") if asked else survey_path
    context = browser.new_context(offline=True, locale=locale)
    page = context.new_page()
    page.goto(path.as_uri())
    page.wait_for_selector("#notice", state="hidden")
    assert page.evaluate("document.documentElement.lang") == opens
    assert page.locator(f"[data-language={opens}]").get_attribute("aria-pressed") == "true"
    assert page.get_by_role("tab").first.inner_text() == {"ko": "레이어", "en": "Layers"}[opens]
    context.close()


def test_a_language_the_page_lacks_is_refused(own):
    with pytest.raises(ConfigError, match="no such language: language: expected en, ko, found fr"):
        draw_map(own, language="fr")


def test_the_public_page_counts_cells_as_cells(quiet_page, public_survey_path):
    page = opened(quiet_page, public_survey_path)

    def told(name):
        return page.locator(f"li:has(> #show-{name}) > .figures").inner_text()

    n = page.evaluate("atlas.layers.find((one) => one.name === 'unconfirmed_minefields').n")
    assert told("unconfirmed_minefields") == f"{n} cells · 2.0 km²"
    assert told("planned_minefields") == "12 · 2.0 km²", "the simulated are fields"
    assert re.fullmatch(r"\d+ cells", told("finds"))
    assert "closed" not in page.locator("#tree").inner_text(), "of single hazards the public page tells no state"
    page.get_by_role("button", name="한국어").click()
    assert told("unconfirmed_minefields") == f"격자 {n}개 · 2.0 km²"
