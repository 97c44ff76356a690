"""Words and dates: each code of the battery has records that break it, and near misses that pass."""

import pandas as pd
import pytest
from check.hazard_rows import GOOD, TODAY, survey, told

from geo.area import read_area
from geo.check.context import Context, Limits
from geo.check.told import lines
from geo.check.words import words
from geo.terms import LAND_STATUSES

KOREA, DEMO = read_area("korea"), read_area("demo")


def only(code, *rows, **options):
    """The values of a code's findings; every other code is silent."""
    found = told(words, *rows, **options)
    assert {row[0] for row in found} <= {code}
    return [row[2] for row in found]


@pytest.mark.parametrize("kind", list(GOOD))
def test_a_good_record_says_nothing_wrong(kind):
    assert told(words, {}, kind=kind) == []
    assert told(words, kind=kind, area=KOREA) == []


# --- V01


@pytest.mark.parametrize(
    ("row", "kind", "value"),
    [
        ({"id": " "}, "hazards", "id"),
        ({"land_class": ""}, "hazards", "land_class or national_term"),
        ({"id": None}, "finds", "id"),
        ({"sign_text": ""}, "signs", "sign_text"),
    ],
)
def test_v01_a_required_field_is_missing(row, kind, value):
    assert only("V01", row, {"id": "other"}, kind=kind) == [value]


def test_v01_near_miss_a_national_term_stands_for_the_class():
    assert only("V01", {"land_class": "", "national_term": "미확인지뢰지대"}, {"id": "B"}, area=KOREA) == []
    assert only("V01", {"land_class": ""}, kind="finds") == []


def test_v01_a_field_that_no_record_fills_is_told_once():
    found = told(words, *({"id": f"{n}", "land_class": ""} for n in range(3)))
    assert found == [("V01", "", "land_class or national_term (in all 3 records)", "")]


# --- V02


@pytest.mark.parametrize(
    ("row", "value", "expected"),
    [
        ({"land_class": "CHa"}, '"CHa" of land_class', "did you mean CHA? known: CHA, SHA, indication, zone, screening"),
        ({"land_class": "확인위험지역(CHA)"}, '"확인위험지역(CHA)" of land_class', "did you mean CHA? known: CHA, SHA,"),
        ({"land_status": "close"}, '"close" of land_status', "did you mean closed? known: "),
        ({"fence_condition": "xyz"}, '"xyz" of fence_condition', "known: damaged, intact, missing, unverified"),
        ({"valid_from": "2020-13"}, '"2020-13" of valid_from', "YYYY, YYYY-MM or YYYY-MM-DD"),
        ({"cleared_m2": -5.0}, '"-5" of cleared_m2', "at least 0"),
    ],
)
def test_v02_a_word_outside_its_list(row, value, expected):
    found = told(words, row, code="V02")
    assert [cells[:3] for cells in found] == [("V02", "YC-014", value)]
    assert found[0][3].startswith(expected)


@pytest.mark.parametrize(
    "row",
    [
        {"land_class": " CHA "}, {"land_status": ""}, {"land_status": None}, {"marking_type": "unverified"}, {"cleared_m2": 0.0},
        {"valid_from": "2020-02-29"}, {"zone": "anything"}, {"depth_cm": float("nan")},
    ],
)  # fmt: skip
def test_v02_near_misses(row):
    assert only("V02", row) == []


def test_v02_reports_are_read_too():
    reports = [
        {"hazard_id": "YC-014", "report_id": "R1", "kind": "tss", "date": "2025-12"},
        {"hazard_id": "YC-14", "report_id": "R2", "kind": "ts", "date": "2025-12"},
        {"hazard_id": " YC-014 ", "report_id": "R3", "kind": "ts", "date": "2025-12"},
    ]
    found = told(words, reports=reports)
    assert [row[:3] for row in found] == [("V02", "YC-014", '"tss" of kind'), ("V02", "", '"YC-14" of hazard_id')]
    assert [row[3].split("?")[0] for row in found] == ["did you mean ts", "did you mean YC-014"]
    table = words(Context(survey(reports=reports), TODAY))
    starts = [line.partition(" is not")[0] for line in lines(table)]
    assert starts == ['E V02 reports row 1: hazard "YC-014": "tss" of kind', 'E V02 reports row 2: "YC-14" of hazard_id']


def test_v02_points_of_no_record_are_rows_of_their_table():
    points = pd.DataFrame({"row": [0, -1, -1], "hazard_id": ["YC-014", "X", "X"]})
    table = words(Context(survey(points=points), TODAY))
    assert table[["file", "row", "value"]].values.tolist() == [["points", 2, '"X" of hazard_id']]


def test_v02_near_miss_a_sign_may_say_anything():
    assert only("V02", {"sign_text": "지뢰 조심"}, kind="signs") == []
    assert only("V02", {"fence_condition": "rusty"}, kind="signs") == ['"rusty" of fence_condition']


# --- V07


def test_v07_a_word_that_a_column_map_changed_is_told_once():
    rows = [
        {"id": str(n), "land_status": "open", "Status": typed} for n, typed in enumerate(["Active", "Active", "OPEN", "미착수"])
    ]
    table = words(Context(survey(*rows, headings={"Status": "land_status"}, carried=("Status",)), TODAY))
    label = LAND_STATUSES["open"].ko
    rows[3]["Status"] = label
    table = words(Context(survey(*rows, headings={"Status": "land_status"}, carried=("Status",)), TODAY))
    assert table[["code", "row", "value", "expected"]].values.tolist() == [["V07", 0, '"Active"', "open"]]
    assert only("V07", *rows, carried=("Status",)) == []  # a column of their own


def test_v07_a_heading_that_is_ours_and_a_class_kept_as_the_national_term():
    mapped = survey({"land_status_": "Active"}, headings={"land_status": "land_status"}, carried=("land_status_",))
    assert words(Context(mapped, TODAY))["value"].tolist() == ['"Active"']
    term = survey({"national_term": "Hot"}, headings={"Type": "land_class"})
    assert words(Context(term, TODAY))[["value", "expected"]].values.tolist() == [['"Hot"', "CHA"]]
    own = survey({"national_term": "Hot"}, headings={"Type": "land_class", "Term": "national_term"})
    assert words(Context(own, TODAY)).empty


def test_v02_a_national_term_that_says_no_class():
    row = {"land_class": "", "national_term": "미확인지뢰지데"}
    found = told(words, row, area=KOREA, code="V02")
    assert found[0][2:] == ('"미확인지뢰지데" of national_term', found[0][3])
    assert found[0][3].startswith("did you mean 미확인지뢰지대?")
    assert only("V02", row) == []  # without an area nobody knows its terms
    assert only("V02", row | {"land_class": "SHA", "direct_evidence": ""}, area=KOREA) == []


# --- V03


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"direct_evidence": ""}, "CHA without an item of direct evidence"),
        ({"direct_evidence": "old survey"}, "CHA without an item of direct evidence"),
        ({"direct_evidence": "", "evidence": "indirect"}, "CHA without an item of direct evidence"),
        ({"direct_evidence": "sightng"}, "CHA, but on no list of evidence: sightng (did you mean sighting?)"),
        ({"land_class": "SHA"}, "SHA with an item of direct evidence"),
        ({"land_class": "SHA", "direct_evidence": "", "indirect_evidence": "mine seen"}, "SHA with an item of direct evidence"),
        ({"land_class": "SHA", "direct_evidence": "", "evidence": "direct"}, "SHA with an item of direct evidence"),
    ],
)
def test_v03_class_and_evidence_disagree(row, value):
    assert only("V03", row) == [value]


@pytest.mark.parametrize(
    "row",
    [
        {"direct_evidence": "sighting; old survey"},
        {"direct_evidence": "", "evidence": "direct"},
        {"land_class": "SHA", "direct_evidence": "", "indirect_evidence": "구두 진술"},
        {"land_class": "SHA", "direct_evidence": ""},
        {"land_class": "indication", "direct_evidence": "sighting"},
    ],
)
def test_v03_near_misses(row):
    assert only("V03", row) == []


def test_v03_the_area_says_what_counts():
    row = {"direct_evidence": "signs_or_fence"}
    assert only("V03", row) == only("V03", row, area=KOREA) == []
    assert only("V03", row, area=DEMO) == ["CHA without an item of direct evidence"]


def test_v03_the_national_term_says_otherwise():
    planned = {"national_term": "계획지뢰지대", "direct_evidence": ""}
    assert only("V03", planned, area=KOREA) == []
    assert only("V03", planned | {"basis": ""}, area=KOREA) == []
    told_of = only("V03", planned | {"basis": "digitised", "direct_evidence": "sighting"}, area=KOREA)
    assert told_of == ["계획지뢰지대 on basis digitised is no CHA"]
    past = {"national_term": "과거지뢰지대", "land_class": "", "direct_evidence": "", "land_status": "closed"}
    assert only("V03", past, area=KOREA) == ["과거지뢰지대 was searched, not released; status closed"]
    assert only("V03", past | {"land_status": "searched_not_released"}, area=KOREA) == []


# --- V04


@pytest.mark.parametrize("basis", ["modelled", "allocated"])
def test_v04_a_simulated_cha(basis):
    assert only("V04", {"basis": basis}) == [basis]
    assert only("V04", {"basis": basis, "land_class": "indication"}) == []


def test_v04_near_miss_a_supplied_cha():
    assert only("V04", {"basis": "supplied"}) == []


# --- V05


@pytest.mark.parametrize(
    ("row", "value"),
    [
        ({"source": ""}, "no source"),
        ({"as_of": None}, "no as_of"),
        ({"as_of": "2026-05-04"}, "as_of 2026-05-04 lies in the future"),
        ({"as_of": "2027"}, "as_of 2027 lies in the future"),
        ({"last_inspected": "2026-06"}, "last_inspected 2026-06 lies in the future"),
    ],
)
def test_v05_source_and_date(row, value):
    assert only("V05", row, {"id": "other"}) == [value]


@pytest.mark.parametrize(
    "row", [{"as_of": "2026-05-03"}, {"as_of": "2026"}, {"as_of": "2026-05"}, {"source": None, "sources": "unit-3"}]
)
def test_v05_near_misses(row):
    assert only("V05", row) == []


def test_v05_a_find_may_have_a_date_instead():
    assert only("V05", {"date": ""}, {"id": "other"}, kind="finds") == ["no as_of or date"]
    assert only("V05", {"date": "", "as_of": "2025"}, kind="finds") == []


# --- V06


@pytest.mark.parametrize(
    ("as_of", "old"), [("2024-05-02", True), ("2024-05-03", False), ("2024-04", True), ("2024", False), ("2023", True)]
)
def test_v06_old_information(as_of, old):
    assert only("V06", {"as_of": as_of}) == [as_of] * old


def test_v06_only_what_still_holds_is_asked_for():
    rows = ({"as_of": "2015", "valid_from": "2015"}, {"as_of": "2025", "valid_from": "2025"})
    assert only("V06", *rows) == []
    assert only("V06", {"as_of": "2015", "valid_to": "2020"}) == []


def test_v06_looks_at_the_latest_report():
    old = {"as_of": "2015"}
    inspected = {"hazard_id": " YC-014", "report_id": "R1", "kind": "inspection", "date": "2025-03"}
    assert only("V06", old, reports=[inspected]) == []
    assert len(told(words, old, reports=[inspected | {"hazard_id": "YC-01"}], code="V06")) == 1
    assert only("V06", old, reports=[inspected | {"date": "2017"}, inspected | {"date": "2014"}]) == ["2017"]
    assert only("V06", old, reports=[inspected | {"kind": "flood"}]) == ["2015"]
    assert only("V06", old, reports=[inspected | {"date": ""}]) == ["2015"]


def test_the_limit_of_age_is_an_option():
    context = Context(survey({"as_of": "2015"}), TODAY, limits=Limits(age_yr=20))
    assert words(context).empty
