"""Cells as our fields hold them: numbers, dates and controlled words; what cannot be read stays as it was typed.

Assumption: a table repeats itself, so each different cell is read once. A comma parts thousands and nothing else; a date of which
the year does not stand first is not read, for 01/02/2020 has two meanings.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import lru_cache
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import terms
from geo.exchange.columns import plain
from geo.exchange.units import AREAS_M2
from geo.survey.fields import Field

_NUMBER = re.compile(r"([+-]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d*)?|[+-]?\.\d+)(?:[eE]([+-]?\d+))?\s*(\D*2?)")  # m2, km2
_BARE = r"[+-]?\d{1,15}(\.\d*)?"
_DATE = re.compile(
    r"(\d{4})\s*(?:[-./년]\s*(?:(\d{1,2})\s*(?:[-./월]\s*(?:(\d{1,2})\s*[일.]?)?)?)?)?(?P<time>[T ]+\d{1,2}:\d{2}.*)?"
)
_DAY = re.compile(r"(\d{4})(\d{2})(\d{2})")
_TABLES = (
    terms.LAND_CLASSES,
    terms.LAND_STATUSES,
    terms.EVIDENCE,
    terms.BASES,
    terms.MARKING_TYPES,
    terms.FENCE_CONDITIONS,
    terms.SIGN_TEXTS,
    terms.SHAPE_KINDS,
    terms.POINT_KINDS,
    terms.REPORT_KINDS,
)


def as_text(cells: pd.Series) -> pd.Series:
    """Return a column as text, "" where empty; whole numbers without a decimal point.

    Examples
    --------
    >>> as_text(pd.Series([7.0, None])).tolist()
    ['7', '']
    """
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all() and (cells.dropna().abs() < 2**53).all():
        cells = cells.astype("Int64")
    return cells.astype(str).where(cells.notna(), "")


def as_plain(cells: pd.Series) -> pd.Series:
    """Return a column as numbers or text: dates in ISO form, lists and bytes spelt out."""
    if pd.api.types.is_numeric_dtype(cells) or isinstance(cells.dtype, pd.StringDtype):
        return cells
    return cells.astype(object).map(_spelt, na_action="ignore").infer_objects()


def as_numbers(cells: pd.Series, *, factor: float = 1.0, is_area: bool = False) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return a column as float64, NaN where it is empty or no number, and which cells were no number.

    Parameters
    ----------
    cells : Series, shape (n,)
    factor : float
        Of the unit in the heading.
    is_area : bool
        Whether a cell may state its own unit, which then holds.

    Examples
    --------
    >>> as_numbers(pd.Series(["1,210", "3 ha", "2 ㎡", "about 5", ""]), is_area=True)[0].tolist()
    [1210.0, 30000.0, 2.0, nan, nan]
    """
    if pd.api.types.is_numeric_dtype(cells):
        numbers = cells.astype(float) * factor
        return numbers, np.isinf(numbers.to_numpy())
    units = AREAS_M2 if is_area else {}
    texts = as_text(cells)
    bare = texts.str.fullmatch(_BARE).to_numpy(dtype=bool)
    numbers = pd.to_numeric(texts.where(bare), errors="coerce").astype(float) * factor
    numbers[~bare] = _by_cell(texts[~bare], lambda text: _number(text, factor, units)).astype(float)
    return numbers, (numbers.isna() & (texts.str.strip() != "")).to_numpy(dtype=bool)


def as_dates(cells: pd.Series) -> tuple[pd.Series, NDArray[np.bool_]]:
    """Return a column of dates as ``YYYY[-MM[-DD]]``, else as typed, and which cells also told a time of day.

    Examples
    --------
    >>> as_dates(pd.Series(["2020.05.01", "2020년 5월 1일", "20200501", "2020-5", "1/2/2020"]))[0].tolist()
    ['2020-05-01', '2020-05-01', '2020-05-01', '2020-05', '1/2/2020']
    """
    if not pd.api.types.is_numeric_dtype(cells):
        cells = as_plain(cells)
    texts = as_text(cells)
    timed = _by_cell(texts, _has_time).to_numpy(dtype=bool)
    return _by_cell(texts, _date).astype(str), timed


def as_words(cells: pd.Series, entry: Field, values: Mapping[str, str] | None = None) -> pd.Series:
    """Return a column of controlled words: by key or label in either language, else by `values`, else as typed.

    Parameters
    ----------
    cells : Series, shape (n,)
    entry : Field
        Of kind ``word``.
    values : mapping of str to str, optional
        {their word, by `geo.exchange.columns.plain`: ours}; goes before our own labels.

    Examples
    --------
    >>> status = Field("land_status", "word", tuple(terms.LAND_STATUSES))
    >>> as_words(pd.Series(["HANDED over", "종결", "Active", "gone"]), status, {"active": "open"}).tolist()
    ['handed_over', 'closed', 'open', 'gone']
    """
    known = {**spellings(entry.words), **(values or {})}
    return _by_cell(as_text(cells), lambda text: known.get(_key(text), text if text.strip() else "")).astype(str)


@lru_cache(maxsize=64)
def spellings(words: tuple[str, ...]) -> Mapping[str, str]:
    """Return {spelling: word} of controlled words: the words themselves and their labels in English and Korean.

    Examples
    --------
    >>> spellings(tuple(terms.LAND_CLASSES))[plain("확인위험지역")]
    'CHA'
    """
    tables = sorted(_TABLES, key=lambda table: -len(set(words) & set(table)))  # a word may have been added to a table's own
    spelt: dict[str, str] = {}
    for word in words:
        term = next((table[word] for table in tables if word in table), None)
        labels = (term.en, term.ko) if term else ()
        for label in (word, *labels, *(re.sub(r"\s*\(.*?\)", "", label) for label in labels)):
            spelt.setdefault(_key(label), word)
    return MappingProxyType(spelt)


def _key(text: str) -> str:
    return plain(unicodedata.normalize("NFC", text))


def _by_cell(texts: pd.Series, read: Callable[[str], Any]) -> pd.Series:
    """Return what `read` makes of each cell, calling it once for each different one."""
    codes, different = pd.factorize(texts)
    made = pd.Series([read(str(text)) for text in different], dtype=object)
    return pd.Series(made.to_numpy()[codes] if len(made) else made.to_numpy(), index=texts.index)


def _number(text: str, factor: float, units: Mapping[str, float]) -> float:
    found = _NUMBER.fullmatch(unicodedata.normalize("NFKC", text).strip())
    if found is None:
        return float("nan")
    unit = re.sub(r"\s+", "", found[3]).casefold()
    if unit and unit not in units:
        return float("nan")
    return float(f"{found[1].replace(',', '')}e{found[2] or 0}") * (units[unit] if unit else factor)


def _date(text: str) -> str:
    told = text.strip()
    found = _DAY.fullmatch(told) or _DATE.fullmatch(told)
    if found is None:
        return text
    year, month, day = found[1], found[2], found[3]
    try:
        date(int(year), int(month or 1), int(day or 1))
    except ValueError:
        return text
    return "-".join(part.zfill(2) for part in (year, month, day) if part)


def _has_time(text: str) -> bool:
    found = _DATE.fullmatch(text.strip())
    return found is not None and bool(found["time"]) and re.search("[1-9]", found["time"].split("+")[0]) is not None


def _spelt(cell: Any) -> Any:
    """Return a cell, or what stands in it, as a plain value.

    Examples
    --------
    >>> _spelt(datetime(2020, 5, 1)), _spelt(datetime(2020, 5, 1, 9)), _spelt([date(2020, 5, 1), 2]), _spelt(b"YC")
    ('2020-05-01', '2020-05-01T09:00:00', '["2020-05-01", 2]', '5943')
    """
    if isinstance(cell, datetime):  # pandas' Timestamp too
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, (list, tuple, dict, np.ndarray)):
        inner = cell.tolist() if isinstance(cell, np.ndarray) else cell
        return json.dumps(inner, ensure_ascii=False, default=_spelt)
    return cell if isinstance(cell, (str, bool, int, float)) else str(cell)
