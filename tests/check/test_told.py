"""Findings as lines, summary, JSON and places."""

import json
import stat

import geopandas as gpd
import pyogrio
import pytest
import shapely
from check.worlds import TODAY, X, Y, polygon, square, survey

from geo.check import battery
from geo.check.codes import CODES
from geo.check.context import Context
from geo.check.findings import FILE, found, joined
from geo.check.phrases import PHRASES
from geo.check.told import JSON_KEYS, as_json, json_pieces, lines, n_errors, summary, text, write_places
from geo.check.wording import korean, messages, severities
from geo.errors import ConfigError

LINE = (
    'E G02 north.gpkg: hazard "YC-014" part 2: 2 distinct vertices, at least 3 needed:'
    " add the missing turning points or record it as a line"
)
FLAT = polygon((300, 0), (400, 0), (300, 0))
BOW = polygon((0, 0), (100, 100), (100, 0), (0, 100))


@pytest.fixture
def checked(monkeypatch):
    """Check a survey by the checks of this room alone."""
    monkeypatch.setattr(battery, "LATER", ())
    return lambda made, **options: battery.check(Context(made, TODAY), **options)


def test_the_line_reads_as_it_should(checked):
    findings = checked(survey([shapely.MultiPolygon([square(), FLAT])], id=["YC-014"]))
    assert lines(findings) == [LINE]


def test_the_korean_line_says_the_same(checked):
    findings = checked(survey([shapely.MultiPolygon([square(), FLAT])], id=["YC-014"]))
    assert lines(findings, language="ko") == [
        'E G02 north.gpkg: 위험 지역 "YC-014" 부분 2: 서로 다른 꼭짓점 2개, 최소 3개 필요: '
        "빠진 전환점을 넣거나 선으로 기록하십시오"
    ]


def test_the_file_and_records_without_an_id_are_named():
    bare = survey([None], id=[""], crs=None)
    table = joined([found("C01", bare, [FILE]), found("S01", bare, [0], value="missing")])
    assert [line.partition(": ")[2].partition(":")[0] for line in lines(table)] == ["no CRS or datum", "hazard row 1"]


def test_a_layer_is_named_where_it_is_not_the_file():
    made = survey([None])
    other = type(made)("signs", "north.gpkg", "posts", made.frame)
    assert lines(found("S01", other, [0], value="missing"))[0].startswith('E S01 north.gpkg "posts": sign "A": ')


def test_the_first_of_each_code_are_shown_and_the_rest_counted():
    made = survey([None] * 4 + [square()])
    table = joined(
        [found("S01", made, [0, 1, 2, 3], value="missing"), found("S04", made, [4], value="0", expected="more than 0")]
    )
    told = lines(table, first=2)
    assert [line.split(": ")[0] for line in told] == [
        "E S01 north.gpkg",
        "E S01 north.gpkg",
        "  and 2 more S01",
        "W S04 north.gpkg",
    ]
    assert len(lines(table, first=None)) == 5 and len(lines(table, first=4)) == 5


def test_the_summary_counts_by_severity_and_code():
    made = survey([None, square()])
    table = joined([found("O01", made, [1], value="B", expected="2"), found("S01", made, [0, 1]), found("C06", made, [FILE])])
    assert summary(table)[["severity", "code", "n", "title_en"]].values.tolist() == [
        ["E", "S01", 2, "no geometry"],
        ["W", "O01", 1, "records overlap"],
        ["I", "C06", 1, "more decimals than the precision"],
    ]
    assert text(table, made).splitlines()[-1] == "north.gpkg: 2 hazards read: 2 errors, 1 warning, 1 information"
    assert text(table, made, language="ko").splitlines()[-1] == "north.gpkg: 기록 2건 읽음: 오류 2건, 경고 1건, 정보 1건"
    assert n_errors(table) == 2 and n_errors(table, strict=True) == 3


def test_no_findings_leave_the_last_line(checked):
    clean = survey([square()], precision_m=[1.0])
    assert text(checked(clean), clean) == "north.gpkg: 1 hazard read: 0 errors, 0 warnings, 0 information\n"
    assert json.loads(as_json(checked(clean))) == []


def test_personal_data_is_a_warning_in_the_restricted_tier():
    table = found("P01", survey([None]), [0], value="phone number in description")
    assert severities(table).tolist() == ["E"] and severities(table, tier="restricted").tolist() == ["W"]


def test_json_has_its_keys_one_object_a_line(checked):
    findings = checked(survey([shapely.MultiPolygon([square(), FLAT]), None], id=["YC-014", "YC-015"]))
    rows = json.loads(as_json(findings))
    assert [tuple(row) for row in rows] == [JSON_KEYS, JSON_KEYS]
    assert {"code", "severity", "file", "layer", "hazard_id", "part", "point", "value", "expected", "message"} <= set(JSON_KEYS)
    first = rows[0]
    assert (first["code"], first["severity"], first["hazard_id"], first["row"]) == ("G02", "E", "YC-014", 1)
    assert (first["part"], first["point"], first["value"]) == (2, None, "2")
    assert LINE.endswith(first["message"]["en"]) and "꼭짓점 2개" in first["message"]["ko"]
    pieces = list(json_pieces(findings))
    assert pieces[0] == "[" and json.loads(pieces[1]) == first and pieces[-1] == "\n]\n"


def test_a_finding_of_the_file_has_no_row():
    row = json.loads(as_json(found("C01", survey([None]), [FILE])))[0]
    assert row["row"] is None and row["hazard_id"] == ""


def test_every_code_is_worded_in_korean_without_english_left_over():
    table = found("G01", survey([BOW]), [0], value="Self-intersection at 200050.00, 600050.00")
    assert messages(table, "ko")[0].startswith("잘못된 다각형: 경계가 서로 교차함(200050.00, 600050.00): ")
    assert all(code.ko and code.mend_ko for code in CODES.values())


@pytest.mark.parametrize(("form", "ko"), PHRASES)
def test_every_form_has_its_korean(form, ko):
    blanks = [f"¤{n}¤" for n in range(form.count("{}"))]
    filled, told = form.format(*blanks), ko.format(*blanks)
    assert korean(filled) == told
    assert all(blank in told for blank in blanks) or form.startswith("its unit")


def test_words_of_the_user_stay():
    assert korean("cleared_m2 about 5 in reports") == "보고 표의 cleared_m2 about 5"
    assert korean('"A-9" of hazard_id in points') == '점 표의 hazard_id의 "A-9"'
    assert korean("area in devices") == "폭발물 표의 area" and korean("phone number in note") == "note 열의 전화번호"
    assert korean('"point" of land_class') == 'land_class의 "point"'
    assert korean("고성군 point at sea") == "고성군 point at sea"


def test_places_read_back(checked, tmp_path):
    made = survey([BOW, None, square(x=300), square(x=350)])
    findings = checked(made)
    path = tmp_path / "places.gpkg"
    write_places(findings, made, path)
    layers = dict(pyogrio.list_layers(path))
    assert set(layers) == {"areas", "points", "without_place", "layer_styles"} and layers["without_place"] is None
    points, areas = gpd.read_file(path, layer="points"), gpd.read_file(path, layer="areas")
    table = pyogrio.read_dataframe(path, layer="without_place")
    assert points.crs.to_epsg() == 5186 and points[["code", "severity", "hazard_id"]].values.tolist() == [["G01", "E", "A"]]
    assert points.geometry[0].equals(shapely.Point(X + 50, Y + 50))
    assert areas["code"].tolist() == ["O01"] and areas.geometry[0].area == pytest.approx(5_000, rel=1e-6)
    assert table["hazard_id"].tolist() == ["B"] and table["message_ko"][0].startswith("도형 없음(빠짐)")
    assert len(points) + len(areas) + len(table) == len(findings)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert 'attr="&quot;severity&quot;"' in pyogrio.read_dataframe(path, layer="layer_styles")["styleQML"][0]


def test_places_have_the_same_bytes_and_are_not_overwritten(checked, tmp_path):
    made = survey([BOW, None, shapely.GeometryCollection([square(), shapely.Point(X, Y)])])
    findings = checked(made)
    first, second = tmp_path / "one.gpkg", tmp_path / "two.gpkg"
    for path in (first, second):
        write_places(findings, made, path)
    assert first.read_bytes() == second.read_bytes()
    with pytest.raises(ConfigError, match="target exists"):
        write_places(findings, made, first)
    write_places(findings, made, first, overwrite=True)


def test_places_of_a_file_without_a_crs_and_without_places(checked, tmp_path):
    bare = survey([square(), None], crs=None)
    write_places(checked(bare), bare, tmp_path / "bare.gpkg")
    assert pyogrio.read_dataframe(tmp_path / "bare.gpkg", layer="without_place")["code"].tolist() == ["C01", "S01"]
    clean = survey([square()])
    write_places(checked(clean), clean, tmp_path / "clean.gpkg")
    assert len(pyogrio.read_dataframe(tmp_path / "clean.gpkg", layer="without_place")) == 0


def test_control_characters_stay_on_their_line_and_json_is_exact():
    name = "YC\n014\x1b[31m\u202e 고성군"
    made = survey([None], id=[name])
    told = lines(found("S01", made, [0], value="missing"))
    assert told == [
        'E S01 north.gpkg: hazard "YC\\n014\\x1b[31m\\u202e 고성군": no geometry (missing): '
        "draw it, or record it in a table without shapes"
    ]
    assert json.loads(as_json(found("S01", made, [0], value="missing")))[0]["hazard_id"] == name


@pytest.mark.parametrize(
    ("code", "value", "expected", "en", "ko"),
    [
        (
            "V02",
            '"2020-13" of as_of',
            "YYYY, YYYY-MM or YYYY-MM-DD",
            '"2020-13" of as_of is no date: write it as YYYY, YYYY-MM or YYYY-MM-DD',
            '날짜가 아닌 값 as_of의 "2020-13": 다음과 같이 쓰십시오: YYYY, YYYY-MM, YYYY-MM-DD 중 하나',
        ),
        ("V02", "depth_cm deep", "a number", "depth_cm deep is no number: write it as a number", None),
        ("V02", '"-5" of depth_cm', "at least 0", '"-5" of depth_cm is below 0: write an amount of at least 0', None),
        (
            "V02",
            '"x" of basis',
            "known: a",
            '"x" of basis is not known; known: a: use a listed word, or map yours in [values] of a column map',
            None,
        ),
        ("P02", "1", "5", "1 victim in one cell, fewer than 5: tell larger cells or no counts", None),
        ("P02", "11", "50", "11 victims in one cell, fewer than 50: tell larger cells or no counts", None),
        (
            "V07",
            '"Active"',
            "open",
            'a word was mapped: "Active" is read as open: correct the column map if it means something else',
            '낱말 대응: "Active" → open: 뜻이 다르면 열 대응표를 고치십시오',
        ),
    ],
)
def test_the_mend_fits_what_was_found(code, value, expected, en, ko):
    table = found(code, survey([None]), [0], value=value, expected=expected)
    assert messages(table).tolist() == [en]
    assert ko is None or messages(table, "ko").tolist() == [ko]
