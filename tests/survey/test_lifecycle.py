"""What a hazard is on a day follows from its dated information, in whatever order that came in."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.errors import DataError
from geo.survey.fields import HAZARD_FIELDS
from geo.survey.lifecycle import (
    HISTORY_COLUMNS,
    STATE_COLUMNS,
    flooded,
    history_table,
    latest_day,
    state_at,
    versions,
)
from geo.survey.records import Survey
from geo.survey.timeline import KINDS, RELEASED
from geo.terms import REPORT_KINDS

NONE = pd.DataFrame()


def hazard(**fields):
    return pd.DataFrame(
        [{"id": "A", "land_class": "SHA", "land_status": "open", "as_of": "2019-06-01", "original_m2": 10_000.0} | fields]
    )


def reports(*rows):
    return pd.DataFrame([{"hazard_id": "A", "report_id": f"R{n}"} | row for n, row in enumerate(rows, 1)])


def report(date, kind, **said):
    return {"date": date, "kind": kind} | said


def state(frame, told=NONE, day="2030", **options):
    found = state_at(frame, told, day, **options)
    assert tuple(found.columns) == STATE_COLUMNS
    assert len(found) == 1
    return found.iloc[0]


def words(row):
    return row["land_class"], row["land_status"]


# --- the machine of class and status


@pytest.mark.parametrize(
    ("before", "kind", "after"),
    [
        (("SHA", "open"), "ts", ("CHA", "worked_on")),
        (("SHA", "open"), "clearance", ("CHA", "worked_on")),
        (("SHA", "unknown"), "ts", ("CHA", "worked_on")),
        (("SHA", ""), "ts", ("CHA", "worked_on")),
        (("SHA", "worked_on"), "ts", ("SHA", "worked_on")),
        (("CHA", "open"), "clearance", ("CHA", "worked_on")),
        (("indication", "open"), "ts", ("indication", "worked_on")),
        (("SHA", "open"), "nts", ("SHA", "open")),
        (("CHA", "worked_on"), "completion", ("CHA", "closed")),
        (("CHA", "closed"), "handover", ("CHA", "handed_over")),
        (("CHA", "worked_on"), "search", ("CHA", "searched_not_released")),
        (("CHA", "closed"), "clearance", ("CHA", "worked_on")),
        (("CHA", "closed"), "inspection", ("CHA", "closed")),
        (("CHA", "closed"), "flood", ("indication", "open")),
        (("CHA", "handed_over"), "flood", ("indication", "open")),
        (("CHA", "searched_not_released"), "flood", ("CHA", "searched_not_released")),
        (("CHA", "worked_on"), "flood", ("CHA", "worked_on")),
        (("SHA", "open"), "correction", ("SHA", "open")),
        (("SHA", "open"), "a new kind", ("SHA", "open")),
    ],
)
def test_a_later_report_moves_class_and_status(before, kind, after):
    frame = hazard(land_class=before[0], land_status=before[1])
    found = state(frame, reports(report("2020-01-01", kind)))
    assert words(found) == after
    moved = after != before
    assert (found.kind, found.report_id, found.valid_from) == (
        (kind, "R1", "2020-01-01") if moved else ("version", "", "2019-06-01")
    )


def test_every_kind_of_report_is_known():
    assert set(KINDS) == {"version", "", *REPORT_KINDS}


def test_what_a_report_states_wins_over_what_its_kind_implies():
    told = reports(report("2020", "nts", land_class="CHA", land_status="closed"))
    assert words(state(hazard(), told)) == ("CHA", "closed")
    corrected = reports(
        report("2020", "completion"), report("2021", "correction", land_status="worked_on", reason="wrong hazard")
    )
    assert words(state(hazard(), corrected)) == ("SHA", "worked_on")


def test_a_simulated_feature_is_never_made_a_cha():
    told = reports(report("2020", "ts"), report("2021", "nts", land_class="CHA"))
    assert words(state(hazard(basis="modelled"), told)) == ("SHA", "worked_on")
    assert words(state(hazard(basis="supplied"), told)) == ("CHA", "worked_on")


@pytest.mark.parametrize("date", ["2019-06-01", "2019-06", "2019", "2018-01-01", "2019-05-31", ""])
def test_an_older_or_same_dated_report_never_changes_a_state(date):
    told = reports(report(date, "completion", cleared_m2=5_000.0, recovered_n=3))
    assert_frame_equal(state_at(hazard(), told, "2030"), state_at(hazard(), told.iloc[:0], "2030"))


@pytest.mark.parametrize("date", ["2019-06-02", "2019-07", "2020"])
def test_a_report_of_the_next_day_does(date):
    found = state(hazard(), reports(report(date, "completion", cleared_m2=5_000.0)))
    assert (found.land_status, found.cleared_m2) == ("closed", 5_000.0)


def test_of_one_date_the_first_entered_counts_then_the_most_cautious():
    same = [report("2020-05", "completion", entered="2020-07-02"), report("2020-05-03", "clearance", entered="2020-07-01")]
    assert words(state(hazard(), reports(*same))) == ("CHA", "worked_on")
    undated = [report("2020-05-03", "completion"), report("2020-05-03", "clearance")]
    assert words(state(hazard(), reports(*undated))) == ("CHA", "worked_on")
    entered = [report("2020-05-03", "completion", entered="2020-06-01"), report("2020-05-03", "clearance", entered="2020-06-02")]
    assert words(state(hazard(), reports(*entered))) == ("SHA", "closed")


def test_a_partial_date_is_known_on_its_last_day():
    told = reports(report("2020-05", "completion"))
    assert state(hazard(), told, "2020-05-30").land_status == "open"
    assert state(hazard(), told, "2020-05-31").land_status == "closed"
    assert state(hazard(), told, "2020-05").land_status == "closed"
    assert state_at(hazard(as_of="2019"), told, "2019-12-30").empty
    assert len(state_at(hazard(as_of="2019"), told, "2019-12-31")) == 1


def test_a_year_beside_a_day_in_it_counts_as_the_same_date():
    told = reports(report("2020-05-03", "clearance"), report("2020", "completion"))
    assert words(state(hazard(), told)) == ("CHA", "worked_on")
    assert state(hazard(), reports(report("2020-05-03", "clearance"), report("2021", "completion"))).land_status == "closed"


# --- amounts


def test_the_account_of_land():
    told = reports(
        report("2020-01", "nts", cancelled_m2=1_000.0),
        report("2020-02", "ts", reduced_m2=2_000.0),
        report("2020-03", "clearance", cleared_m2=3_000.0),
        report("2020-04", "clearance", cleared_m2=500.0),
    )
    found = state(hazard(), told)
    assert found[["cancelled_m2", "reduced_m2", "cleared_m2", "remaining_m2"]].tolist() == [1_000, 2_000, 3_500, 3_500]
    assert state(hazard(), told, "2020-02-29").remaining_m2 == 7_000


def test_amounts_start_from_what_the_record_states():
    frame = hazard(original_m2=None, cleared_m2=4_000.0, remaining_m2=6_000.0)
    found = state(frame, reports(report("2020", "clearance", cleared_m2=1_000.0)))
    assert (found.original_m2, found.cleared_m2, found.remaining_m2) == (10_000, 5_000, 5_000)
    assert state(hazard(original_m2=None, area_reported_m2=700.0)).remaining_m2 == 700
    assert np.isnan(state(hazard(original_m2=None)).remaining_m2)


def test_two_teams_of_one_day_both_count_but_a_report_entered_twice_counts_once():
    day = report("2020-05-03", "clearance", cleared_m2=1_000.0)
    assert state(hazard(), reports(day, day | {"cleared_m2": 1_200.0})).cleared_m2 == 2_200
    assert state(hazard(), reports(day, day)).cleared_m2 == 1_000


def test_a_report_that_repeats_figures_stays_in_the_history_and_counts_once():
    day = report("2020-05-03", "clearance", cleared_m2=1_000.0, recovered_n=2) | {"report_id": "R1"}
    told = reports(day, day | {"report_id": "R2"}, day | {"report_id": "R3", "cleared_m2": 10.0})
    found = history_table(hazard(emplaced_n=9), told).set_index("report_id").loc[["R1", "R2", "R3"]]
    assert found["applied"].tolist() == [True, False, True]
    assert found["valid_to"].tolist() == ["2020-05-03", "2020-05-03", ""]
    last = state(hazard(emplaced_n=9), told)
    assert (last.cleared_m2, last.remaining_m2, last.unaccounted_n) == (1_010, 8_990, 5)


def redrawn(**later):
    return pd.DataFrame(
        {
            "id": "A",
            "land_class": "CHA",
            "land_status": "open",
            "valid_from": ["2018", "2020"],
            "area_m2": [360_288.0, 160_128.0],
            **{name: [np.nan, value] for name, value in later.items()},
        }
    )


ACCOUNT = ["original_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "remaining_m2", "redrawn_m2"]


def test_a_version_drawn_anew_restarts_the_account():
    told = reports(
        report("2019", "nts", cancelled_m2=60_000.0),
        report("2021", "ts", reduced_m2=20_000.0),
        report("2022", "clearance", cleared_m2=140_128.0),
        report("2023", "completion"),
    )
    assert state(redrawn(), told, "2019")[ACCOUNT].tolist() == [360_288, 60_000, 0, 0, 300_288, 0]
    assert state(redrawn(), told, "2020")[ACCOUNT].tolist() == [220_128, 60_000, 0, 0, 160_128, -200_160]
    assert state(redrawn(), told)[ACCOUNT].tolist() == [220_128, 60_000, 20_000, 140_128, 0, -200_160]
    table = history_table(redrawn(), told)
    assert table["redrawn_m2"].tolist() == [0, 0, -200_160, -200_160, -200_160, -200_160]


def test_what_a_version_drawn_anew_states_holds():
    cancelled = reports(report("2019", "nts", cancelled_m2=60_000.0))
    assert state(redrawn(original_m2=300_000.0), cancelled)[ACCOUNT].tolist() == [300_000, 60_000, 0, 0, 240_000, -200_160]
    assert state(redrawn(remaining_m2=150_000.0), cancelled)[ACCOUNT].tolist() == [210_000, 60_000, 0, 0, 150_000, -200_160]
    assert state(redrawn(cleared_m2=5_000.0))[ACCOUNT].tolist() == [165_128, 0, 0, 5_000, 160_128, -200_160]


def test_a_version_of_the_same_size_goes_on_with_the_account():
    cancelled = reports(report("2019", "nts", cancelled_m2=60_000.0))
    for area in (360_288.0, 360_288.9, np.nan):
        frame = redrawn().assign(area_m2=[360_288.0, area])
        assert state(frame, cancelled)[ACCOUNT].tolist() == [360_288, 60_000, 0, 0, 300_288, 0]
    frame = redrawn().assign(area_m2=[360_288.0, 360_290.0])
    assert state(frame, cancelled)[ACCOUNT].tolist() == [420_290, 60_000, 0, 0, 360_290, 2]


def test_a_correction_replaces_amounts():
    told = reports(report("2020", "clearance", cleared_m2=9_000.0), report("2021", "correction", cleared_m2=900.0))
    found = state(hazard(), told)
    assert (found.cleared_m2, found.remaining_m2) == (900, 9_100)
    stale = reports(report("2020", "clearance", cleared_m2=9_000.0), report("2019", "correction", cleared_m2=900.0))
    assert state(hazard(), stale).cleared_m2 == 9_000


def test_mines_found_again_are_counted():
    frame = hazard(emplaced_n=100, recovered_n=60)
    assert state(frame).unaccounted_n == 40
    found = state(frame, reports(report("2020", "clearance", recovered_n=15)))
    assert (found.recovered_n, found.unaccounted_n) == (75, 25)
    assert state(hazard(emplaced_n=100, unaccounted_n=7), reports(report("2020", "search", recovered_n=2))).unaccounted_n == 5


# --- marking


def test_marking_has_a_date_of_its_own():
    frame = hazard(marking_type="sign", fence_condition="intact", last_inspected="2018-03")
    told = reports(
        report("2020-05-03", "inspection", fence_condition="damaged", last_inspected="2020-05-01"), report("2020-05-03", "ts")
    )
    found = state(frame, told)
    assert words(found) == ("CHA", "worked_on")
    assert (found.marking_type, found.fence_condition, found.last_inspected) == ("sign", "damaged", "2020-05-01")
    undated = reports(report("2020-05-03", "inspection", fence_condition="damaged"))
    assert state(frame, undated)[["fence_condition", "last_inspected"]].tolist() == ["damaged", "2020-05-03"]
    silent = reports(report("2020-05-03", "inspection"))
    assert state(frame, silent)[["fence_condition", "last_inspected"]].tolist() == ["intact", "2020-05-03"]
    assert state(frame, reports(report("2020-05-03", "ts", fence_condition="damaged"))).last_inspected == "2018-03"
    assert state(frame, reports(report("2018-03", "inspection"))).last_inspected == "2018-03"
    older = reports(report("2020-05-03", "inspection", fence_condition="damaged", last_inspected="2018-03"))
    assert state(frame, older).fence_condition == "intact"


def test_a_flood_leaves_marking_unverified_until_somebody_looks():
    frame = hazard(marking_type="sign", fence_condition="intact", last_inspected="2018-03")
    flood = report("2020-08-05", "flood")
    found = state(frame, reports(flood))
    assert (found.marking_type, found.fence_condition, found.last_inspected) == ("unverified", "unverified", "2018-03")
    looked = report("2020-08-06", "inspection", marking_type="sign", fence_condition="missing")
    assert state(frame, reports(flood, looked)).fence_condition == "missing"
    same_day = looked | {"date": "2020-08-05"}
    assert state(frame, reports(flood, same_day)).fence_condition == "unverified"
    assert state(frame, reports(flood | {"date": "2018-03-15"})).fence_condition == "intact"


def test_all_words_of_a_state_are_controlled():
    flood = reports(report("2020-08-05", "flood"), report("2021", "search"))
    found = state(hazard(land_status="closed"), flood)
    for name in ("land_class", "land_status", "marking_type", "fence_condition"):
        assert found[name] in HAZARD_FIELDS[name].words


def test_reopened_land_is_told_beside_the_account():
    told = reports(report("2020", "completion", cleared_m2=10_000.0), report("2021-07-01", "flood"))
    found = state(hazard(), told)
    assert words(found) == ("indication", "open")
    assert (found.remaining_m2, found.reopened_m2) == (0, 10_000)
    again = pd.concat([told, reports(report("2022", "completion"))])
    assert (state(hazard(), again).land_status, state(hazard(), again).reopened_m2) == ("closed", 0)


# --- versions


def two_versions(**later):
    first = {"id": "A", "land_class": "SHA", "land_status": "open", "valid_from": "2018-05", "original_m2": 10_000.0}
    second = {"id": "A", "valid_from": "2021-03-01", "land_status": "worked_on", "land_class": "CHA"} | later
    return pd.DataFrame([second, first])


def test_a_version_is_closed_by_the_next():
    found = versions(two_versions())
    assert found.index.tolist() == [1, 0]
    assert found[["version", "n_versions", "valid_from", "valid_to", "current"]].to_numpy().tolist() == [
        [0, 2, "2018-05", "2021-03-01", False],
        [1, 2, "2021-03-01", "", True],
    ]
    ended = versions(two_versions(valid_to="2023"))
    assert ended[["valid_to", "current"]].to_numpy().tolist() == [["2021-03-01", False], ["2023", False]]
    assert versions(two_versions(valid_to="9999-12-31"))["current"].tolist() == [False, True]


def test_parts_are_one_version():
    frame = pd.DataFrame(
        {"id": ["A", "A", "B"], "shape_id": ["1", "2", "1"], "valid_from": "2020", "area_m2": [100.0, 50.0, 7.0]}
    )
    assert versions(frame)["version"].tolist() == [0, 0, 0]
    found = state_at(frame, NONE, "2020")
    assert found["hazard_id"].tolist() == ["A", "B"]
    assert found["original_m2"].tolist() == [150.0, 7.0]


def test_records_without_an_id_stand_alone():
    frame = pd.DataFrame({"id": ["", None, " A ", "A"], "valid_from": ["2020"] * 4})
    assert state_at(frame, NONE, "2020")["hazard_id"].tolist() == ["row 1", "row 2", "A"]


def test_the_state_of_any_day():
    told = reports(report("2020", "nts", cancelled_m2=400.0), report("2021-02-28", "ts"), report("2022", "completion"))
    frame = two_versions()
    expected = {
        "2018-05-30": None,
        "2018-05": ("SHA", "open", 10_000.0),
        "2020": ("SHA", "open", 9_600.0),
        "2021-02-28": ("CHA", "worked_on", 9_600.0),
        "2021-03-01": ("CHA", "worked_on", 9_600.0),
        "2022": ("CHA", "closed", 9_600.0),
    }
    for day, held in expected.items():
        found = state_at(frame, told, day)
        assert held == (None if found.empty else (*words(found.iloc[0]), found["remaining_m2"].iloc[0]))


def test_a_closed_record_holds_until_its_last_day():
    frame = hazard(valid_to="2022-03-31", status_reason="drawn twice", source="S")
    assert len(state_at(frame, NONE, "2022-03-30")) == 1
    assert state_at(frame, NONE, "2022-03-31").empty
    late = reports(report("2023", "completion"))
    assert "completion" not in history_table(frame, late)["kind"].tolist()
    assert history_table(frame, late)["valid_to"].tolist() == ["2022-03-31"]


def test_a_record_without_a_date_always_holds():
    frame = hazard(as_of="")
    assert state(frame, day="1990").land_class == "SHA"
    assert state(frame, reports(report("1990", "ts")), "1990").land_class == "CHA"


def test_history_tells_everything_in_order_and_what_changed_nothing():
    told = reports(
        report("2022", "completion", reason="done", source="S2"),
        report("2018", "ts", source="S1"),
        report("2021", "ts", reduced_m2=100.0),
    )
    table = history_table(hazard(source="S0", status_reason="survey"), told)
    assert tuple(table.columns) == HISTORY_COLUMNS
    columns = ["valid_from", "valid_to", "applied", "kind", "report_id", "land_status", "reduced_m2", "reason", "source"]
    assert table[columns].to_numpy().tolist() == [
        ["2018", "2018", False, "ts", "R2", "", 0, "", "S1"],
        ["2019-06-01", "2021", True, "version", "", "open", 0, "survey", "S0"],
        ["2021", "2022", True, "ts", "R3", "worked_on", 100, "", ""],
        ["2022", "", True, "completion", "R1", "closed", 100, "done", "S2"],
    ]


def test_a_report_from_before_the_record_keeps_its_amounts_and_belongs_to_the_first_version():
    told = reports(report("2018", "clearance", cleared_m2=500.0, recovered_n=3), report("2020", "ts", reduced_m2=100.0))
    table = history_table(hazard(), told)
    columns = [
        "version",
        "applied",
        "cleared_m2",
        "reduced_m2",
        "reported_cleared_m2",
        "reported_reduced_m2",
        "reported_recovered_n",
    ]
    assert table[columns].fillna(-1).to_numpy().tolist() == [
        [0, False, 0, 0, 500, -1, 3],
        [0, True, 0, 0, -1, -1, -1],
        [0, True, 0, 100, -1, 100, -1],
    ]


def test_history_has_the_records_in_the_order_of_the_file():
    frame = pd.concat([hazard(id="Z"), hazard(id="B"), hazard(id="Z", valid_from="2021")], ignore_index=True)
    told = reports(report("2018", "ts") | {"hazard_id": "B"})
    assert history_table(frame, told)["hazard_id"].tolist() == ["Z", "Z", "B", "B"]


# --- floods


def places(**fields):
    shapes = [shapely.box(127 + k / 10, 38, 127.05 + k / 10, 38.05) for k in range(3)]
    said = {"id": ["A", "B", "C"], "land_class": "CHA", "land_status": "closed", "as_of": "2019"} | fields
    return gpd.GeoDataFrame(said, geometry=shapes, crs=4326)


def extents(date="2020-08-05", kind="flood"):
    shape = shapely.box(127.04, 38.01, 127.12, 38.02)
    return gpd.GeoDataFrame({"name": ["Imjin"], "kind": [kind], "date": [date]}, geometry=[shape], crs=4326)


def test_a_flood_reopens_what_it_meets():
    found = flooded(places(), extents())
    assert found[["hazard_id", "date", "kind", "reason", "row"]].to_numpy().tolist() == [
        ["A", "2020-08-05", "flood", "Imjin (flood)", 0],
        ["B", "2020-08-05", "flood", "Imjin (flood)", 1],
    ]
    after = state_at(places(), None, "2020-08-05", extents=extents())
    assert after["land_class"].tolist() == ["indication", "indication", "CHA"]
    assert after["fence_condition"].tolist() == ["unverified", "unverified", ""]
    assert state_at(places(), None, "2020-08-04", extents=extents())["land_status"].tolist() == ["closed"] * 3
    assert flooded(places(), extents(), "2020-08-04").empty
    assert flooded(places(), extents(""), "2020-08-04").empty


@pytest.mark.parametrize("date", ["2019-08-05", "2019", "2018-08-05"])
def test_a_flood_before_the_closing_reopens_nothing(date):
    found = state_at(places(), None, "2021", extents=extents(date))
    assert found["land_status"].tolist() == ["closed"] * 3


def test_a_flood_is_measured_against_the_closing_not_the_date_of_the_table():
    frame = places(as_of="2023", status_since="2015", valid_from="2015")
    assert state_at(frame, None, "2024", extents=extents())["land_status"].tolist() == ["open", "open", "closed"]


def test_shapes_in_another_crs_bow_ties_and_missing_ones():
    frame = places().to_crs(5186)
    assert flooded(frame, extents())["hazard_id"].tolist() == ["A", "B"]
    bow = shapely.Polygon([(127.1, 38), (127.2, 38.05), (127.2, 38), (127.1, 38.05)])
    odd = gpd.GeoDataFrame({"id": ["A", "B"]}, geometry=[bow, None], crs=4326)
    assert flooded(odd, extents())["hazard_id"].tolist() == ["A"]
    with pytest.raises(DataError, match="no CRS"):
        flooded(odd.set_crs(None, allow_override=True), extents())


# --- tables


def test_a_survey_brings_its_own_reports():
    frame = gpd.GeoDataFrame(hazard(), geometry=[shapely.Point(127, 38)], crs=4326)
    survey = Survey("hazards", "a.gpkg", "", frame, reports=reports(report("2020", "completion")))
    assert state_at(survey, None, "2020")["land_status"].tolist() == ["closed"]
    assert state_at(survey, NONE, "2020")["land_status"].tolist() == ["open"]
    assert latest_day(survey.frame, survey.reports) == "2020-12-31"
    assert latest_day(NONE, None) == ""


def test_nothing_at_all():
    empty = pd.DataFrame({"id": pd.Series(dtype=str)})
    assert state_at(empty, NONE, "2020").empty
    assert history_table(empty, NONE).empty
    assert versions(empty).empty


# --- properties

MANY = pd.concat(
    [two_versions().assign(id=f"V{n}") for n in range(3)]
    + [
        hazard(id=f"H{n}", emplaced_n=40, marking_type="sign", as_of=day)
        for n, day in enumerate(["2019-06-01", "2019", "2020-05", ""])
    ],
    ignore_index=True,
)

DATES = st.sampled_from(
    ["2018", "2019-06-01", "2019-06-02", "2020", "2020-05", "2020-05-03", "2020-05-04", "2021", "2021-07", "oops", ""]
)
AMOUNT = st.sampled_from([np.nan, 0.0, 1.5, 300.0, 1_000.0])
REPORT = st.fixed_dictionaries(
    {
        "hazard_id": st.sampled_from([*MANY["id"].unique(), "nobody"]),
        "report_id": st.sampled_from(["R1", "R2", "R3", ""]),
        "date": DATES,
        "kind": st.sampled_from([*KINDS[1:]]),
        "entered": st.sampled_from(["", "2020-06", "2020-06-05"]),
        "land_class": st.sampled_from(["", "", "SHA", "CHA"]),
        "land_status": st.sampled_from(["", "", "", "closed", "open"]),
        "fence_condition": st.sampled_from(["", "damaged", "intact"]),
        "cancelled_m2": AMOUNT,
        "reduced_m2": AMOUNT,
        "cleared_m2": AMOUNT,
        "recovered_n": st.sampled_from([np.nan, 0, 3]),
    }
)


@given(st.lists(REPORT, min_size=1, max_size=40), st.randoms(use_true_random=False), st.sampled_from(["2020-05-03", "2022"]))
@settings(max_examples=8, deadline=None)
def test_the_order_in_which_reports_come_in_does_not_matter(rows, random, day):
    told = pd.DataFrame(rows)
    mixed = told.sample(frac=1, random_state=random.randrange(2**31))
    assert_frame_equal(state_at(MANY, told, day), state_at(MANY, mixed, day), check_exact=True)
    assert_frame_equal(history_table(MANY, told), history_table(MANY, mixed), check_exact=True)


@given(st.lists(REPORT, max_size=30), REPORT)
@settings(max_examples=8, deadline=None)
def test_one_more_report_never_touches_what_was_known_before_it(rows, extra):
    before, after = pd.DataFrame(rows, columns=list(extra)), pd.DataFrame([*rows, extra])
    days = ("2018-12-30", "2020-05-02", "2020-12-30")
    for day in [day for day in days if day < extra["date"]][-1:]:
        assert_frame_equal(state_at(MANY, before, day), state_at(MANY, after, day), check_dtype=False)


@given(st.lists(REPORT, max_size=40))
@settings(max_examples=8, deadline=None)
def test_the_account_of_land_always_adds_up_and_nothing_is_lost(rows):
    told = pd.DataFrame(rows, columns=["hazard_id", "report_id", "date", "kind", *RELEASED])
    history = history_table(MANY, told)
    for table in (state_at(MANY, told, "2030"), history.query("land_class != ''")):
        total = table[[*RELEASED, "remaining_m2"]].sum(axis=1)
        assert total.to_numpy() == pytest.approx(table["original_m2"].to_numpy(), abs=1e-6)
    linked = told["hazard_id"].isin(MANY["id"]) & ~told["date"].isin(["", "oops"])
    assert len(history) == len(MANY) + linked.sum()


@pytest.mark.parametrize("n_reports", [300])
def test_a_record_of_many_reports(n_reports):
    dates = pd.date_range("2020-01-01", periods=n_reports).strftime("%Y-%m-%d")
    told = pd.DataFrame({"hazard_id": "A", "date": dates, "kind": "clearance", "cleared_m2": 1.0})
    assert state(hazard(), told).cleared_m2 == n_reports


def test_parts_told_on_different_days_are_one_version_from_the_earliest():
    frame = pd.DataFrame({"id": "A", "shape_id": ["1", "2"], "as_of": ["2021", "2019"], "area_m2": [100.0, 50.0]})
    assert versions(frame)[["version", "valid_from", "current"]].to_numpy().tolist() == [[0, "2019", True]] * 2
    assert state(frame, day="2020").original_m2 == 150
    late = reports(report("2020", "completion"))
    assert state(frame, late).land_status != "closed"  # older than what is known of part 1


def test_versions_and_history_have_one_order_where_dates_end_alike():
    frame = pd.DataFrame({"id": "A", "valid_from": ["2020", "2020-12-31"], "land_class": ["SHA", "CHA"]})
    assert versions(frame)["land_class"].tolist() == history_table(frame)["land_class"].tolist()
    latest = versions(frame).loc[lambda rows: rows["current"], "land_class"].tolist()
    assert latest == state_at(frame, NONE, "2030")["land_class"].tolist()
