"""Reported figures: series stay apart, and a mapped area gets the verdict its basis allows."""

import dataclasses
import functools
import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo import reported
from geo.area import read_area
from geo.errors import ConfigError, DataError

KOREA = functools.cache(lambda: read_area("korea"))


@pytest.fixture(scope="module")
def korea():
    return KOREA()


def figure(value, **changes):
    plain = reported.figure(KOREA(), "icbl-2007.planned_area.ROK.2006")
    return dataclasses.replace(plain, **{"value": value, "value_places": -1} | changes)


def test_figures_are_chosen_by_series_metric_and_scope(korea):
    rear = reported.figures(korea, series="jcs-2018", metric="site_count", scope="rear")
    assert [(f.value, f.unit, f.as_of) for f in rear] == [(67.0, "sites", "2018")]
    assert len(reported.figures(korea)) == len(korea.tables["reported"]) + len(korea.tables["zones"])


@pytest.mark.parametrize("word", [{"series": "icbl-2006"}, {"metric": "planned"}, {"scope": "dmz_west"}])
def test_a_word_that_stands_nowhere_is_an_error(korea, word):
    with pytest.raises(ConfigError, match=f"unknown {next(iter(word))}.*did you mean"):
        reported.figures(korea, **word)


def test_an_unknown_figure_names_the_nearest(korea):
    with pytest.raises(DataError, match=r"icbl-2007\.planned_area\.ROK\.2006"):
        reported.figure(korea, "icbl-2007.planned_area.ROK.2007")


@pytest.mark.parametrize(
    ("name", "planned", "unconfirmed", "as_of"),
    [
        ("icbl-2007", (1100, 21.8), (202, 90.7), "2006"),
        ("ndc-2010", (1100, 20.0), (209, 97.82), "2010"),
        ("mnd-2003", (1100, 22.0), (65, 69.0), "2003"),
    ],
)
def test_series_that_can_be_drawn(korea, name, planned, unconfirmed, as_of):
    found = reported.buildable(korea, name)
    assert (found.count("planned"), found.area_km2("planned")) == planned
    assert (found.count("unconfirmed"), found.area_km2("unconfirmed")) == unconfirmed
    assert found.as_of == as_of
    assert found.lacks == ()


def test_only_the_count_no_source_states_is_assumed(korea):
    assert dict(reported.series(korea, "mnd-2003").assumed) == {"planned_count": 1100.0}
    assert reported.series(korea, "mnd-2003").planned_n is None
    assert reported.series(korea, "icbl-2007").assumed == {}


@pytest.mark.parametrize(
    ("name", "missing"),
    [("jcs-2018", ["planned area", "unconfirmed area"]), ("krimc-2018", ["planned fields", "unconfirmed fields"])],
)
def test_table_only_series_say_what_they_lack(korea, name, missing):
    assert reported.series(korea, name).lacks
    with pytest.raises(ConfigError) as caught:
        reported.buildable(korea, name)
    assert caught.value.exit_code == 2
    assert all(word in str(caught.value) for word in [name, *missing, "icbl-2007"])


def test_a_value_nobody_states_is_not_invented(korea):
    with pytest.raises(ConfigError, match="series states no planned area: jcs-2018"):
        reported.series(korea, "jcs-2018").area_km2("planned")


def test_an_unknown_series_names_the_nearest_and_all(korea):
    with pytest.raises(ConfigError, match=r"did you mean icbl-2007\? known: .*ndc-2010"):
        reported.series(korea, "icbl2007")


def test_a_series_set_by_the_user_is_taken(korea):
    mine = {"planned_area": "krimc-2018.planned_area.ROK.2018", "planned_count_assumed": 900, "as_of": "2018"}
    area = read_area("korea", {"series": {"mine": mine}})
    assert reported.series(area, "mine").count("planned") == 900
    assert reported.series(area, "mine").lacks == ("unconfirmed area", "unconfirmed count")
    with pytest.raises(ConfigError, match="unconfirmed count"):
        reported.buildable(area, "mine")


def test_series_table_holds_all_series_and_only_printed_values(korea):
    table = reported.series_table(korea).set_index("series")
    assert {"icbl-2007", "lm-2007", "lm-2008", "mnd-2003", "mnd-2010", "ndc-2010", "psa-2021"} <= set(table.index)
    assert table.loc["icbl-2007", ["planned_km2", "unconfirmed_km2", "total_km2"]].tolist() == [21.8, 90.7, 112.5]
    assert table.loc["krimc-2018", "total_km2"] == pytest.approx(608.981)
    assert table.loc["jcs-2018", ["total_n", "buildable"]].tolist() == [1308, False]
    assert math.isnan(table.loc["mnd-2003", "planned_n"])
    assert table.loc["mnd-2003", "assumed"] == "planned_count 1100"
    printed = set(korea.tables["reported"].value)
    for column in ("planned_km2", "unconfirmed_km2", "total_km2", "planned_n", "unconfirmed_n", "total_n"):
        assert set(table[column].dropna()) <= printed
    assert all(key in korea.sources for keys in table.source for key in keys.split(";"))


@pytest.mark.parametrize(
    ("value", "mapped", "said"),
    [
        (21.8, 21.85, "match"),
        (21.8, 21.75, "match"),
        (21.8, 21.86, "over"),
        (21.8, 21.74, "under"),
        (97.82, 97.825, "match"),
        (97.82, 97.83, "over"),
        (22.0, 22.5, "match"),
        (22.0, 21.4, "under"),
        (0.0258, 0.02584, "match"),
    ],
)
@pytest.mark.parametrize("qualifier", ["exact", "about"])
def test_supplied_layers_match_within_the_printed_precision(value, mapped, said, qualifier):
    answer = reported.reconcile(mapped, figure(value, qualifier=qualifier), basis="supplied")
    assert answer.verdict == said
    assert answer.difference_km2 == pytest.approx(mapped - value)
    assert answer.difference_percent == pytest.approx(100 * (mapped / value - 1))


@pytest.mark.parametrize(("mapped", "verdict"), [(2.04, "match"), (2.06, "over"), (1.96, "match"), (1.94, "under")])
def test_a_figure_printed_to_a_tenth_matches_to_half_of_it(mapped, verdict):
    assert reported.verdict(mapped, figure(2.0, value_places=1), basis="supplied") == verdict
    assert reported.verdict(mapped, figure(2.0, value_places=0), basis="supplied") == "match"


def test_a_range_matches_between_its_ends():
    wide = figure(5.0, value_max=10.0)
    verdicts = [reported.verdict(mapped, wide, basis="supplied") for mapped in (4.4, 4.6, 7, 10.4, 10.6)]
    assert verdicts == ["under", "match", "match", "match", "over"]


@pytest.mark.parametrize(
    ("basis", "solved", "mapped", "said"),
    [
        ("allocated", False, 21.8, "by construction"),
        ("allocated", False, 21.8 * (1 + 1e-6), "by construction"),
        ("allocated", False, 21.8 + 0.002, "over"),  # a tenth of one mean field
        ("allocated", False, 21.8 - 0.002, "under"),
        ("declared", True, 21.8 * 1.0009, "by construction"),
        ("declared", True, 21.8 * 1.0011, "over"),
        ("declared", False, 21.81, "match"),
    ],
)
def test_what_is_made_to_fit_never_matches(basis, solved, mapped, said):
    assert reported.verdict(mapped, figure(21.8), basis=basis, solved=solved) == said


@given(st.floats(0.001, 1e4), st.floats(0.5, 2.0), st.sampled_from(["allocated", "declared"]))
def test_no_solved_or_allocated_area_is_called_a_match(value, factor, basis):
    assert reported.verdict(value * factor, figure(value), basis=basis, solved=True) != "match"


@given(st.integers(0, 10**6), st.integers(0, 4))
def test_half_a_unit_of_the_last_printed_place(digits, places):
    value = float(f"{digits}e-{places}")
    assert reported.half_unit(value) >= 0.5 * 10.0**-places * (1 - 1e-12)


def test_published_only_and_incomparable_values_carry_their_reason(korea):
    nominal = reported.figure(korea, "dmz.area.nominal")
    other = reported.reconcile(None, nominal, basis="declared", reason="248 km x 4 km")
    assert (other.verdict, other.reported_km2, other.reason) == ("other published value", 992.0, "248 km x 4 km")
    assert math.isnan(other.difference_km2)
    apart = reported.reconcile(1.0, nominal, basis="supplied", comparable=False, reason="another zone")
    assert (apart.verdict, apart.reason) == ("not comparable", "another zone")
    with pytest.raises(ConfigError, match="reason is missing"):
        reported.reconcile(1.0, nominal, basis="supplied", comparable=False)
    assert reported.reconcile(1.0, None, basis="supplied").reason == "no reported figure"
    unprinted = figure(math.nan, qualifier="not available")
    assert reported.reconcile(1.0, unprinted, basis="supplied").verdict == "not comparable"


def test_a_note_stays_beside_a_verdict_by_construction(korea):
    part = reported.figure(korea, "ccz.area.designation_gyeonggi")
    answer = reported.reconcile(480.0, part, basis="declared", solved=True, reason="includes Incheon")
    assert (answer.verdict, answer.reason) == ("by construction", "includes Incheon")


def test_wrong_units_and_bases_are_refused(korea):
    with pytest.raises(ConfigError, match="expected km2, found miles"):
        reported.reconcile(1.0, reported.figure(korea, "mdl.length.paper"), basis="supplied")
    with pytest.raises(ConfigError, match=r"unknown basis.*did you mean allocated"):
        reported.verdict(1.0, figure(1.0), basis="alocated")


def test_clearance_table_is_the_printed_one(korea):
    table = reported.clearance_table(korea).set_index("years")
    assert list(table.index) == [*map(str, range(1999, 2007)), "1999-2006"]
    assert table.mines_cleared_rear["1999"] == table.fields_cleared_rear["1999"] == "n.a."
    rear = pd.to_numeric(table.mines_cleared_rear, errors="coerce").fillna(0)
    rear["2001"] = float(table.mines_cleared_rear_dmz["2001"])  # one figure for rear and DMZ that year
    assert rear[:"2006"].sum() == rear["1999-2006"] == 55_019
    assert pd.to_numeric(table.fields_cleared_rear, errors="coerce")[:"2006"].sum() == 63
    assert pd.to_numeric(table.funding_usd_ROK)[:"2006"].sum() == 6_730_000
    assert table.mines_cleared_dmz[["2001", "2002", "2003"]].tolist() == ["840", "1000", ""]
    assert table.footnote["2000"].startswith("Footnote *")
    assert table.footnote["2001"].startswith("Footnote ^")
    assert "third footnote" in table.footnote["2002"]
    assert table.footnote["2004"] == ""
    assert table.confidence[:"2006"].eq("paper").all()
    assert table.confidence["1999-2006"] == "derived"


def test_casualties_keep_yearly_and_cumulative_counts_apart(korea):
    table = reported.casualties(korea)
    monitor = table[table.series == "monitor-casualties"]
    assert monitor.kind.value_counts().to_dict() == {"yearly": 11, "cumulative": 5}
    assert monitor[monitor.kind == "cumulative"].note.str.startswith("Cumulative").all()
    assert table[table.kind == "decade"].period_start.unique().tolist() == ["1950", "1960", "1970", "1990", "2000"]
    assert table[table.key == "kcbl-paper.casualties.civilian.2007"].kind.tolist() == ["to date"]


def test_stockpile_holds_every_statement(korea):
    stock = reported.stockpile(korea).set_index("key").value
    parts = stock["kcbl-paper.stockpile.ROK.2006.non_self_destruct"] + stock["kcbl-paper.stockpile.ROK.2006.self_destruct"]
    assert parts == stock["kcbl-paper.stockpile.ROK.2006.total"] == 407_800
    assert len(stock) == 6


def test_policy_is_dated_and_holds_the_exception_of_2022(korea):
    facts = reported.policy(korea)
    assert facts.date.is_monotonic_increasing
    assert len(facts) == len(korea.tables["policy"])
    exception = facts[facts.key == "us2022.korea"].iloc[0]
    assert (exception.date, exception.korea_exception) == ("2022", "yes")


def test_what_no_source_prints_is_said(korea):
    missing = reported.unavailable(korea).set_index("key")
    assert missing.value.isna().all()
    assert "Figure 1" in missing.note["kcbl-paper.casualties.civilian.yearly"]
    assert "kcbl-table1.mines_cleared.rear.1999_1999" in missing.index
