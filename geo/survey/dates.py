"""Dates of records: a year, a month or a day, each standing for the days it may mean.

Assumption: a partial date is known only when its period is over, so it counts as its last day; two dates whose days meet count as
the same date, for nothing says which came first. A date that cannot be read counts as none; the checks name it.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import ConfigError

Days = NDArray[np.datetime64]
NO_DAY = np.datetime64("NaT", "D")
NEVER = np.int64(-(2**40))  # before every day
ENDLESS_YEAR = 9999  # databases close what still holds with 9999-12-31
FORM = r"(\d{4})(?:-(\d{2}))?(?:-(\d{2}))?"
_TIME = r"(?<=\d{4}-\d{2}-\d{2})[T ].*$"


def spans(texts: pd.Series) -> tuple[Days, Days]:
    """Return the first and the last day that each date may mean; NaT where there is none or it cannot be read.

    Parameters
    ----------
    texts : Series of str, shape (n,)
        ``YYYY``, ``YYYY-MM`` or ``YYYY-MM-DD``, blanks allowed; a time of day is left out.

    Returns
    -------
    first, last : array of datetime64[D], shape (n,)

    Examples
    --------
    >>> first, last = spans(pd.Series(["2020", "2020-02", "2020-02-30", ""]))
    >>> first.astype(str).tolist(), last.astype(str).tolist()
    (['2020-01-01', '2020-02-01', 'NaT', 'NaT'], ['2020-12-31', '2020-02-29', 'NaT', 'NaT'])
    """
    codes, words = pd.factorize(texts.fillna("").astype(str))
    if not any(words):
        return np.full(len(codes), NO_DAY), np.full(len(codes), NO_DAY)
    shown = pd.Series(np.asarray(words, dtype=object), dtype=object).astype(str).str.strip().str.replace(_TIME, "", regex=True)
    parts = shown.str.extract(f"^{FORM}$")
    month = parts[1].notna().to_numpy()
    day = parts[2].notna().to_numpy()
    whole = parts[0].fillna("") + "-" + parts[1].fillna("01") + "-" + parts[2].fillna("01")
    first = pd.to_datetime(whole, format="%Y-%m-%d", errors="coerce").to_numpy().astype("datetime64[D]")
    ends = np.where(month, _end(first, "M"), _end(first, "Y"))
    last = np.where(day, first, ends)
    return first[codes], last[codes]


def _end(days: Days, unit: str) -> Days:
    """Return the last day of the month or year that each day lies in."""
    following: Days = (days.astype(f"datetime64[{unit}]") + 1).astype("datetime64[D]")
    return following - np.timedelta64(1, "D")


def numbered(days: Days) -> NDArray[np.int64]:
    """Return days as whole numbers that can be compared, `NEVER` where there is none.

    Examples
    --------
    >>> numbered(np.array(["1970-01-02", "NaT"], dtype="datetime64[D]")).tolist() == [1, int(NEVER)]
    True
    """
    return np.where(np.isnat(days), NEVER, days.astype("datetime64[D]").astype(np.int64))


def last_day(day: str | date) -> int:
    """Return the last day that a date may mean, as a whole number.

    Raises
    ------
    ConfigError
        If it is no date.

    Examples
    --------
    >>> last_day("2020-05") == last_day(date(2020, 5, 31))
    True
    """
    last = spans(pd.Series([str(day)]))[1]
    if np.isnat(last[0]):
        raise ConfigError("no date", expected="2020, 2020-05 or 2020-05-31", found=repr(str(day)))
    return int(numbered(last)[0])


def unreadable(texts: pd.Series) -> NDArray[np.bool_]:
    """Return which texts are filled but say no date; shape (n,).

    Examples
    --------
    >>> unreadable(pd.Series(["2020-13", "2020-12", " ", "May 2020"])).tolist()
    [True, False, False, True]
    """
    filled = texts.fillna("").astype(str).str.strip().to_numpy(dtype=object) != ""
    return np.asarray(filled & np.isnat(spans(texts)[0]), dtype=bool)


def is_open(texts: pd.Series) -> NDArray[np.bool_]:
    """Return which closing dates close nothing: empty ones and those of the year 9999; shape (n,).

    Examples
    --------
    >>> is_open(pd.Series(["", "9999-12-31", "2020"])).tolist()
    [True, True, False]
    """
    first = spans(texts)[0]
    return np.asarray(np.isnat(first) | (first >= np.datetime64(f"{ENDLESS_YEAR}-01-01", "D")), dtype=bool)
