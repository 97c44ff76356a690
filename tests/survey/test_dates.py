"""Partial dates stand for all their days; nothing is guessed from them."""

from datetime import date

import pandas as pd
import pytest

from geo.errors import ConfigError
from geo.survey.dates import NEVER, is_open, last_day, numbered, spans, unreadable


@pytest.mark.parametrize(
    ("typed", "first", "last"),
    [
        ("2020", "2020-01-01", "2020-12-31"),
        ("2020-02", "2020-02-01", "2020-02-29"),
        ("2021-02", "2021-02-01", "2021-02-28"),
        ("2020-12", "2020-12-01", "2020-12-31"),
        (" 2020-02-29 ", "2020-02-29", "2020-02-29"),
        ("2020-05-03T09:00:00", "2020-05-03", "2020-05-03"),
        ("2020-05-03 00:00:00", "2020-05-03", "2020-05-03"),
        ("2021-02-29", "NaT", "NaT"),
        ("2020-13", "NaT", "NaT"),
        ("20", "NaT", "NaT"),
        ("May 2020", "NaT", "NaT"),
        ("", "NaT", "NaT"),
    ],
)
def test_the_days_of_a_date(typed, first, last):
    found = spans(pd.Series([typed, typed]))
    assert [str(edge[1]) for edge in found] == [first, last]


def test_missing_dates_come_before_all_others():
    texts = pd.Series(["", None, "0001-01-01"])
    days = numbered(spans(texts)[0])
    assert days[:2].tolist() == [NEVER, NEVER]
    assert days[2] > NEVER


def test_unreadable_is_told_apart_from_empty():
    assert unreadable(pd.Series(["", None, "2020-00", "2020"])).tolist() == [False, False, True, False]


def test_databases_close_what_holds_in_the_year_9999():
    assert is_open(pd.Series(["9999-12-31", "9999", "", "9998-12-31"])).tolist() == [True, True, True, False]


def test_a_day_asked_for():
    assert last_day("2020") == last_day(date(2020, 12, 31)) == last_day("2020-12") == last_day("2021-01-01") - 1
    with pytest.raises(ConfigError, match="no date: expected 2020, 2020-05 or 2020-05-31, found 'soon'"):
        last_day("soon")
