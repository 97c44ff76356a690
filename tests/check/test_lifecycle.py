"""The lifecycle's codes: each has histories that break it, and near misses that pass."""

import geopandas as gpd
import pytest
import shapely
from check.hazard_rows import TODAY, survey, told

from geo.check.context import Context
from geo.check.lifecycle import lifecycle
from geo.check.told import lines
from geo.check.wording import severities


def only(code, *rows, **options):
    """The values of a code's findings; every other code is silent."""
    found = told(lifecycle, *rows, **options)
    assert {row[0] for row in found} <= {code}
    return [row[2] for row in found]


def version(since, **fields):
    return {"valid_from": since, "as_of": since} | fields


def report(n, date, kind, **said):
    return {"hazard_id": "YC-014", "report_id": f"R{n}", "date": date, "kind": kind} | said


CLOSED = {"status_reason": "drawn twice", "source": "unit 3"}


def test_a_good_history_says_nothing():
    assert told(lifecycle, {}) == []
    assert told(lifecycle, version("2020", valid_to="2022-03-01"), version("2022-03-01", land_status="closed")) == []
    assert told(lifecycle, {}, kind="finds") == []


# --- L01


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        ([version("2020", valid_to="2019", **CLOSED)], "valid_to 2019 before 2020"),
        ([version("2020", valid_to="2023"), version("2022")], "valid_to 2023 overlaps the version from 2022"),
        ([version("2020", valid_to="2021"), version("2022-03")], "gap from 2021 to 2022-03"),
        ([version("2020", valid_to="2021", source="unit 3")], "closed on 2021 without a reason"),
        ([version("2020", valid_to="2021", status_reason="drawn twice", source="")], "closed on 2021 without a source"),
        ([version("2020"), {"as_of": ""}], "version without a date"),
        ([version("2020", as_of="2023"), version("2022", as_of="2021")], "as_of 2021 goes back behind 2023"),
    ],
)
def test_l01_history_out_of_order(rows, value):
    assert only("L01", *rows) == [value]


@pytest.mark.parametrize(
    "rows",
    [
        [version("2020", valid_to="2021", **CLOSED)],
        [version("2020"), version("2022")],
        [version("2022"), version("2020", valid_to="2021-12-31")],
        [version("2020", valid_to="2022"), version("2022-03")],
        [version("2020", valid_to="9999-12-31")],
        [version("2020", shape_id="1"), version("2020", shape_id="2")],
        [version("2020", valid_to="2021", **CLOSED), version("2022", id="other")],
    ],
)
def test_l01_near_misses(rows):
    assert only("L01", *rows) == []


# --- L02


@pytest.mark.parametrize("later", ["2020-05", "2020-05-31", "2020"])
def test_l02_a_version_of_no_later_information_says_another_state(later):
    rows = [version("2021", as_of="2020-05"), version("2022", as_of=later, land_status="closed")]
    assert only("L02", *rows) == [f"as_of {later} is not later than 2020-05"]
    assert only("L02", rows[0], rows[1] | {"land_status": "open"}) == []
    assert only("L02", rows[0], rows[1] | {"as_of": "2020-06"}) == []


def test_l02_reports_of_one_date_say_two_things():
    clash = [report(1, "2026-01-05", "clearance"), report(2, "2026-01-05", "completion")]
    assert only("L02", reports=clash) == ["report R2 of 2026-01-05"]
    assert only("L02", reports=[clash[0], report(2, "2026-01-06", "completion")]) == []
    assert only("L02", reports=[clash[0], report(2, "2026-01-05", "ts")]) == []
    assert only("L02", reports=[clash[0], report(2, "2026-01-05", "inspection", fence_condition="intact")]) == []
    assert only("L02", reports=[report(1, "2026-01-05", "clearance", cleared_m2=5.0), clash[1] | {"cleared_m2": 7.0}]) == [
        "report R2 of 2026-01-05"
    ]  # its area counts, its status does not


@pytest.mark.parametrize(
    ("date", "known"), [("2020", "2025-11-30"), ("2025-11", "2025-11-30"), ("2025-11-17", "2025-11-30"), ("2025", "2025-11-30")]
)
def test_l02_a_report_that_is_not_later_than_the_record_is_told(date, known):
    late = report(1, date, "completion", cleared_m2=5.0)
    assert only("L02", reports=[late]) == [f"not counted: report R1 of {date}, not later than {known}"]
    assert only("L02", {"valid_from": "2018"}, reports=[late]) == [f"not counted: report R1 of {date}, not later than {known}"]
    assert only("L02", reports=[late | {"date": "2025-12-01", "cleared_m2": 0.0}]) == []


def test_l02_a_report_told_twice_and_one_that_agrees():
    one = report(1, "2026-01-05", "clearance", cleared_m2=5.0)
    assert only("L02", reports=[one, one | {"report_id": "R2"}]) == [
        "not counted: report R2 of 2026-01-05, its figures were told before"
    ]
    assert only("L02", reports=[one, report(2, "2026-01-05", "ts")]) == []


def test_l02_a_report_that_did_not_count_is_a_warning_of_its_own_table():
    made = survey(reports=[report(1, "2026-01", "ts"), report(2, "2020", "completion")])
    table = lifecycle(Context(made, TODAY))
    assert table[["file", "row", "hazard_id"]].values.tolist() == [["reports", 2, "YC-014"]]
    assert severities(table).tolist() == ["W"]
    line = lines(table)[0]
    assert line.startswith(
        'W L02 reports row 2: hazard "YC-014": not counted: report R2 of 2020, not later than 2025-11-30: it stays'
    )
    assert "반영되지 않음: 보고 R2(2020), 2025-11-30 이후가 아님: 이력에는" in lines(table, language="ko")[0]
    clash = [report(1, "2026-01-05", "clearance"), report(2, "2026-01-05", "completion")]
    assert severities(lifecycle(Context(survey(reports=clash), TODAY))).tolist() == ["E"]


# --- L03


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"original_m2": 10_000, "cleared_m2": 4_000, "remaining_m2": 5_980}, "9,980"),
        ({"original_m2": 500, "cancelled_m2": 100, "reduced_m2": 100, "cleared_m2": 100, "remaining_m2": 201.5}, "502"),
        ({"original_m2": 10_000, "cleared_m2": 10_020}, "10,020"),
        ({"original_m2": 10_000, "remaining_m2": 20_000}, "20,000"),
    ],
)
def test_l03_land_does_not_add_up(fields, value):
    assert only("L03", fields) == [value]


@pytest.mark.parametrize(
    "fields",
    [
        {"original_m2": 10_000, "cleared_m2": 4_000, "remaining_m2": 5_991},
        {"original_m2": 500, "cleared_m2": 100, "remaining_m2": 400.9},
        {"original_m2": 10_000, "cleared_m2": 4_000},
        {"cleared_m2": 4_000, "remaining_m2": 20_000},
        {"original_m2": 10_000},
    ],
)
def test_l03_near_misses(fields):
    assert only("L03", fields) == []


def test_l03_reports_release_more_than_there_was():
    reports = [report(1, "2026-01", "clearance", cleared_m2=6_000.0), report(2, "2026-02", "clearance", cleared_m2=6_000.0)]
    assert told(lifecycle, {"original_m2": 10_000}, reports=reports) == [("L03", "YC-014", "12,000", "10,000")]
    assert only("L03", {"original_m2": 12_000}, reports=reports) == []


# --- L04


def flood(date, west=127.005, kind="flood"):
    return gpd.GeoDataFrame(
        {"name": ["Imjin"], "kind": [kind], "date": [date]}, geometry=[shapely.box(west, 38, west + 0.01, 38.1)], crs=4326
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"land_status": "closed", "as_of": "2019"},
        {"land_status": "handed_over", "as_of": "2019"},
        {"land_status": "worked_on", "as_of": "2019", "cleared_m2": 50.0},
        {"land_status": "closed", "status_since": "2019", "as_of": "2023"},
        {"land_status": "closed", "as_of": "2020"},
    ],
)
def test_l04_closed_then_flooded(fields):
    assert only("L04", fields, extents=flood("2020-08-05")) == ["Imjin (flood), 2020-08-05"]


@pytest.mark.parametrize(
    ("fields", "extents"),
    [
        ({"land_status": "closed", "as_of": "2019"}, flood("2018-08")),
        ({"land_status": "closed", "as_of": "2020-08-05"}, flood("2020-08-05")),
        ({"land_status": "closed", "as_of": "2019"}, flood("2020", west=127.02)),
        ({"land_status": "closed", "as_of": "2019"}, flood("2027")),
        ({"land_status": "open", "as_of": "2019"}, flood("2020")),
        ({"land_status": "closed", "as_of": "2019"}, None),
    ],
)
def test_l04_near_misses(fields, extents):
    assert only("L04", fields, extents=extents) == []


def test_l04_a_report_may_have_closed_it_or_reopened_it():
    reports = [report(1, "2026-01-01", "completion")]
    assert only("L04", reports=reports, extents=flood("2026-02")) == ["Imjin (flood), 2026-02"]
    assert only("L04", reports=reports, extents=flood("2025-12-31")) == []
    assert only("L04", reports=[*reports, report(2, "2026-02", "flood")], extents=flood("2026-02")) == []


# --- L05


@pytest.mark.parametrize(
    ("fields", "value"),
    [
        ({"emplaced_n": 100, "recovered_n": 60, "unaccounted_n": 30}, "100 emplaced, 60 recovered, 30 unaccounted"),
        ({"emplaced_n": 10, "recovered_n": 12}, "12 recovered of 10 emplaced"),
        ({"emplaced_n": 10, "recovered_n": 9, "land_status": "closed"}, "closed with 1 mine unaccounted for"),
        ({"unaccounted_n": 3, "land_status": "handed_over"}, "closed with 3 mines unaccounted for"),
    ],
)
def test_l05_mines_do_not_add_up(fields, value):
    assert only("L05", fields) == [value]


@pytest.mark.parametrize(
    "fields",
    [
        {"emplaced_n": 100, "recovered_n": 60, "unaccounted_n": 40},
        {"emplaced_n": 10, "recovered_n": 9, "land_status": "searched_not_released"},
        {"emplaced_n": 10, "recovered_n": 10, "land_status": "closed"},
        {"emplaced_n": 10, "land_status": "closed"},
    ],
)
def test_l05_near_misses(fields):
    assert only("L05", fields) == []


def test_l05_closed_with_land_left():
    clearance = report(1, "2026-01", "clearance", cleared_m2=4_000.0)
    reports = [clearance, report(2, "2026-02", "completion")]
    assert only("L05", {"original_m2": 10_000.0}, reports=reports) == ["closed with 6,000 m² remaining"]
    assert only("L05", {"original_m2": 4_001.0}, reports=reports) == []
    assert only("L05", {"original_m2": 10_000.0}, reports=[clearance]) == []
    assert only("L05", {"original_m2": 10_000.0}, reports=reports[1:]) == []  # nobody keeps an account
    assert only("L05", {"land_status": "handed_over", "remaining_m2": 50.0}) == ["closed with 50 m² remaining"]
