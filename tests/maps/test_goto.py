"""Going to a place by coordinates in any notation, or by name."""

import pyproj
import pytest
from maps.country import HOSTILE, atlas_of
from maps.hands import LANGUAGES, centre, gone_to, open_goto, opened

from geo.maps.web import draw_map

GEOD = pyproj.Geod(ellps="WGS84")

PLACES = [
    ("52SCH2750129840", "Read as MGRS."),
    (" 52s ch 27501 29840 ", "Read as MGRS."),
    ("CH 27501 29840", "No zone was given; read as 52S CH 27501 29840."),
    ("52S 327502 4229840", "Read as UTM, zone 52, northern half."),
    ("UTM 52N 327,502 mE 4,229,840 mN", "Read as UTM, zone 52, northern half."),
    ("38.2, 127.03", "Read as latitude, longitude."),
    ("127.03 38.2", "Read as longitude, latitude."),
    ("38°12′00.0″N 127°01′48.0″E", "Read as latitude, longitude."),
    ("E127 01 48 N38 12 00", "Read as longitude, latitude."),
    ("38-12-00N, 127-01-48E", "Read as latitude, longitude."),
    ("38 12.0 127 1.8", "Read as latitude, longitude."),
    ("북위 38도 12분 0초 동경 127도 1분 48초", "Read as latitude, longitude."),
]


def test_a_place_is_gone_to_in_any_notation_and_told_how_it_was_read(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    for text, told in PLACES:
        card = gone_to(page, text)
        lat, lon = map(float, card.locator(".decimal").inner_text().split(", "))
        assert GEOD.inv(lon, lat, 127.03, 38.2)[2] < 2, text
        assert told in card.inner_text(), text
        assert page.locator(".cross").count() == 1
        assert page.locator("#goto").is_hidden()
        assert page.evaluate("atlas.map.getBounds().contains([38.2, 127.03])")
        page.keyboard.press("Escape")


def test_a_short_reference_is_a_square(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    card = gone_to(page, "52S CH 27 29")
    assert "A square of 1 km; its middle is marked." in card.inner_text()
    assert card.locator(".mgrs").inner_text() == "52S CH 27500 29500"


def test_zone_51_is_gone_to(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    lat, lon = map(float, gone_to(page, "51SXC4932103849").locator(".decimal").inner_text().split(", "))
    assert GEOD.inv(lon, lat, 124.7, 37.97)[2] < 2


WRONG = {
    "52S CH 2750 29840": ("equally many digits", "자릿수"),
    "52S JA 27501 29840": ("no such MGRS square", "없는 MGRS"),
    "38 72 127 10": ("Not a place", "위치가 아님"),
    "38N 127N": ("Not a place", "위치가 아님"),
    "381502N 1270304E": ("Not a place", "위치가 아님"),
    "95.0 200.0": ("Not a place", "위치가 아님"),
    "61N 327502 4229840": ("Not a UTM place", "UTM 위치가 아님"),
    "48.85, 2.35": ("Outside this map", "범위 밖"),
    "32S CH 27501 29840": ("no such MGRS square", "없는 MGRS"),
    "31U DQ 48251 11932": ("Outside this map", "범위 밖"),
    "52S 99 zz": ("Not understood", "알 수 없는 입력"),
    "Atlantis": ("No such name", "없는 지명"),
    "": ("Write a place first", "먼저 위치"),
}


GRIDLESS = {
    "E 200000 N 600000": ("Which grid?", "어느 좌표계"),
    "200000 600000": ("Which grid?", "어느 좌표계"),
    "5174 200000 600000": ("does not read EPSG:5174", "읽지 않는 좌표계 EPSG:5174"),
    "EPSG:5186 X 600000 Y 200000": ("X and Y mean", "X와 Y"),
    "EPSG:5186 200000": ("Write easting and northing", "미터로 쓰십시오"),
    "5186 E 200000 E 600000": ("Write easting and northing", "미터로 쓰십시오"),
    "5186 200000 99999999": ("Not a place in EPSG:5186", "EPSG:5186 좌표가 아님"),
    "5186 200000 100000": ("Outside this map", "범위 밖"),
}


@pytest.mark.parametrize("refused", [WRONG, GRIDLESS], ids=["places", "grids"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_cannot_be_gone_to_is_told_in_the_pages_language(quiet_page, page_path, language, refused):
    page = opened(quiet_page, page_path, language)
    before = centre(page)
    for text, told in refused.items():
        gone_to(page, text)
        said = page.locator("#goto-told").inner_text()
        assert told[language == "ko"] in said, text
        assert page.locator("#goto-field").get_attribute("aria-invalid") == "true"
    assert centre(page) == before and page.locator(".cross").count() == 0


def test_either_order_is_said_where_both_are_possible(quiet_page, page_path):
    """A country at 50° N, 50° E: nobody can tell the two numbers apart."""
    page = opened(quiet_page, page_path)
    page.evaluate("Object.assign(atlas.config, { bounds: [[48, 48], [52, 52]], reach: [[48, 48], [52, 52]] })")
    told = page.evaluate("['49, 51', '49N 51E', '51E 49N', '49 80'].map((text) => atlas.readPlace(text, atlas.onMap))")
    assert [(one["lat"], one["lng"]) for one in told] == [(49, 51), (49, 51), (49, 51), (49, 80)]
    assert [one["told"][0][0] for one in told] == [
        "goto_read_either",
        "goto_read_latlon",
        "goto_read_lonlat",
        "goto_read_either",
    ]


def test_names_are_listed_and_walked_by_keyboard(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    field = open_goto(page)
    assert page.evaluate("document.activeElement.id") == "goto-field"
    field.press_sequentially("feature 1")
    options = page.get_by_role("option")
    assert options.count() == 3  # of places 1, 10 and 11
    assert page.locator("#goto-told").inner_text() == "Names found: 3."
    box = page.get_by_role("combobox", name="MGRS, UTM, grid numbers, degrees or a name")
    assert box.get_attribute("aria-expanded") == "true"
    field.press("ArrowDown")
    field.press("ArrowDown")
    chosen = page.locator("[role=option][aria-selected=true]")
    assert chosen.count() == 1 and box.get_attribute("aria-activedescendant") == chosen.get_attribute("id")
    name = chosen.locator(".name").inner_text()
    field.press("ArrowUp")
    field.press("ArrowUp")
    assert box.get_attribute("aria-activedescendant") is None
    field.press("ArrowDown")
    field.press("ArrowDown")
    field.press("Enter")
    card = page.locator(".popup.here")
    assert card.get_by_role("heading", level=3).inner_text() == name
    assert "may be off by about 3 km" in card.inner_text()


@pytest.mark.parametrize(("language", "text"), [("en", "객체 7"), ("ko", "feature7"), ("ko", "객체7")])
def test_a_name_is_found_in_either_language(quiet_page, page_path, atlas, language, text):
    page = opened(quiet_page, page_path, language)
    card = gone_to(page, text)
    place = atlas["places"].frame.geometry.iloc[7]
    lat, lon = map(float, card.locator(".decimal").inner_text().split(", "))
    assert (lat, lon) == pytest.approx((place.y, place.x), abs=2e-5)
    assert card.get_by_role("heading", level=3).inner_text() == {"en": "Feature 7", "ko": "객체 7"}[language]


def test_hangul_matches_while_it_is_typed(read_page):
    assert read_page.evaluate("['ㄱ', '객ㅊ', '객체 1', 'X'].map((text) => atlas.namesLike(text).length)") == [13, 13, 3, 0]


def test_escape_closes_the_list_then_the_box(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    field = open_goto(page)
    field.press_sequentially("fea")
    assert page.locator("#goto-told").inner_text() == "The first 8 of 13 names; type more letters."
    field.press("Escape")
    assert page.locator("#goto-names").is_hidden() and page.locator("#goto").is_visible()
    field.press("Escape")
    assert page.locator("#goto").is_hidden()
    assert page.evaluate("document.activeElement.id") == "tool-goto"


def test_hostile_names_are_text_in_the_list_and_on_the_card(quiet_page, area, tmp_path):
    long = "א" + "x" * 9_999
    names = [*HOSTILE, long] * 2
    changed = {"places": lambda frame: frame.assign(name_en=names, name_ko=[name[::-1] for name in names])}
    page = opened(quiet_page, draw_map(atlas_of(area, changed)).save(tmp_path / "atlas.html"))
    for name in HOSTILE:
        field = open_goto(page)
        field.fill(name)
        assert page.locator("#goto-names .name").first.inner_text() == name
        page.get_by_role("option").first.click()
        assert page.locator(".popup.here h3").inner_text() == name
        page.keyboard.press("Escape")
    field = open_goto(page)
    field.fill("xxxx")
    box = page.get_by_role("option").first.bounding_box()
    assert box["height"] < 80
    page.get_by_role("option").first.click()
    assert page.locator(".popup.here").bounding_box()["width"] < 400
    assert page.locator("img").count() == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_hostile_input_is_text(quiet_page, page_path, language):
    page = opened(quiet_page, page_path, language)
    for text in HOSTILE:
        gone_to(page, text)
        assert text in page.locator("#goto-told").inner_text()


def plane(code, lon=127.03, lat=38.2):
    x, y = pyproj.Transformer.from_crs(4326, code, always_xy=True).transform(lon, lat)
    return f"{x:.0f}", f"{y:.0f}"


def test_grid_numbers_are_gone_to_in_either_order_and_told_how_they_were_read(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    (e, n), (east, north) = plane(5186), plane(5179)
    forms = [
        (f"5186 {e} {n}", "Read as EPSG:5186, easting, northing."),
        (f"EPSG:5186 E {e} N {n}", "Read as EPSG:5186."),
        (f"epsg 5186, N{n} E{e}", "Read as EPSG:5186."),
        (f"{e}mE {n}mN (EPSG:5186)", "Read as EPSG:5186."),
        (f"5186 동 {e} 북 {n}", "Read as EPSG:5186."),
        (f"EPSG:5179 {east} {north}", "Read as EPSG:5179, easting, northing."),
        (f"5179 {float(east):,.0f} {float(north):,.0f}", "Read as EPSG:5179, easting, northing."),
        (f"5179 {north} {east}", "Read as EPSG:5179, northing, easting."),
    ]
    for text, told in forms:
        card = gone_to(page, text)
        lat, lon = map(float, card.locator(".decimal").inner_text().split(", "))
        assert GEOD.inv(lon, lat, 127.03, 38.2)[2] < 2, text
        assert told in card.inner_text(), text
        page.keyboard.press("Escape")


def test_what_the_card_copies_is_read_back(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    lines = gone_to(page, "38.2, 127.03").locator(".notations .grid").all_inner_texts()
    for line, code in zip(lines, ("EPSG:5186", "EPSG:5179"), strict=True):
        lat, lon = map(float, gone_to(page, f"{code} {line}").locator(".decimal").inner_text().split(", "))
        assert GEOD.inv(lon, lat, 127.03, 38.2)[2] < 2


def test_no_grid_is_guessed_but_those_that_fit_are_offered(quiet_page, page_path):
    """38° N 127° E in EPSG:5186; in EPSG:5179 off this map, in EPSG:5187 on it, 175 km farther east."""
    page = opened(quiet_page, page_path)
    gone_to(page, "E 200000 N 600000")
    said = page.locator("#goto-told").inner_text()
    assert "EPSG:5186, EPSG:5179" in said and "for example: EPSG:5186 E " in said
    options = page.get_by_role("option")
    assert [one.locator(".name").inner_text() for one in options.all()] == ["EPSG:5186 E 200000 N 600000"]
    page.locator("#goto-field").press("ArrowDown")
    page.locator("#goto-field").press("Enter")
    card = page.locator(".popup.here")
    assert card.locator(".decimal").inner_text() == "38.00000, 127.00000"
    assert "Read as EPSG:5186." in card.inner_text()


def test_a_country_without_grids_reads_none(quiet_page, page_path):
    page = opened(quiet_page, page_path)
    page.evaluate("atlas.config.readout.grids = []")
    gone_to(page, "E 200000 N 600000")
    assert "Not a place" in page.locator("#goto-told").inner_text()
    gone_to(page, "x 1")
    assert "undefined" not in page.locator("#goto-told").inner_text()
