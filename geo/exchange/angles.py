"""One angle as people type it: decimal degrees, degrees and minutes, or degrees, minutes and seconds.

Assumption: an angle is written in one form, its sign is a minus or a hemisphere letter, and only its last number has decimals.
Limit: the decimal mark is a point; a comma is read as one only where a caller knows that the cell holds a single angle.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.exchange.patterns import extracted, matches, replaced, texts_of

FORMS = ("decimal", "dm", "dms")
FORM_WORDS = ("decimal degrees", "degrees and minutes", "degrees, minutes and seconds")
LABELS = "ΦΛ"  # latitude and longitude named without a hemisphere
LAT_SIGNS, LON_SIGNS = "NSΦ", "EWΛ"
LONGEST = 120  # signs in one cell
UNREAD = "no angle"
_WIDE = str.maketrans({chr(code): chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)})
_MARKS = (
    (r"[\s\x{3000}\x{A0}]+", " "),
    ("[º˚∘도]", "°"),
    ("[′’‘ʹ´`분]", "'"),
    ("[″”“ʺ〃초]", '"'),
    ("[−–—]", "-"),
)
_WORDS = (  # applied in order, to text in capitals
    (r"북위", "N"),
    (r"남위", "S"),
    (r"동경", "E"),
    (r"서경", "W"),
    (r"(?:위°|LATITUDE|\bLAT\b\.?) ?[:=]? ?", "Φ"),  # 위도: its second letter has become a degree sign
    (r"(?:경°|LONGITUDE|\bLONG?\b\.?) ?[:=]? ?", "Λ"),
    (r"''", '"'),
    (r"([0-9]) ?D(?:EG)? ?([0-9.]+) ?M(?:IN)? ?([0-9.]+) ?S(?:EC)?", r"""\1°\2'\3" """),
    (r"([0-9]) ?D(?:EG)? ?([0-9.]+) ?M(?:IN)?", r"\1°\2' "),
    (r" *([°'\":,;/]) *", r"\1"),
)
_NUMBER = r"[0-9]+(?:\.[0-9]*)?"
_ANGLE = (
    rf"^(?P<before>[NSEWΦΛ])? ?(?P<minus>[+-])?(?P<degrees>{_NUMBER})"
    rf"(?:[° :](?P<minutes>{_NUMBER})(?:[' :](?P<seconds>{_NUMBER})\"?|'?)|°?) ?(?P<after>[NSEW])?$"
)
Fault = tuple[Any, Callable[[int], str]]


class Angles(NamedTuple):
    """Angles of n cells.

    Attributes
    ----------
    degrees : ndarray of float64
        NaN where the cell is empty or cannot be read.
    form, n_decimals : ndarray of int
        Place in `FORMS`, and decimals of the last number.
    sign : ndarray of str
        Hemisphere letter, or one of `LABELS`; "" where there is none.
    fault : ndarray of str
        "" if nothing is wrong.
    """

    degrees: NDArray[np.float64]
    form: NDArray[np.int64]
    n_decimals: NDArray[np.int64]
    sign: NDArray[np.object_]
    fault: NDArray[np.object_]

    def where(self, mine: NDArray[np.bool_], other: Angles) -> Angles:
        """Return these angles where the mask holds, else the others."""
        return Angles(*(np.where(mine, left, right) for left, right in zip(self, other, strict=True)))


def plain_text(cells: Any) -> pd.Series:
    r"""Return cells as text in capitals, with one sign for each kind of mark, and a plain index.

    Examples
    --------
    >>> plain_text(["북위 ３７도 30분 15초", "37º 30’ 15” n", "37d30m15s N"]).tolist()
    ['N 37°30\'15"', '37°30\'15"N', '37°30\'15"N']
    """
    texts = texts_of(cells).str.slice(0, LONGEST)
    if (wide := matches(texts, r"[！-～]")).any():
        texts = texts.where(~wide, texts[wide].str.translate(_WIDE))
    plain = replaced(texts.str.upper(), _MARKS if matches(texts, r"[^0-9. +\-]").any() else _MARKS[:1])
    if matches(plain, r"[^0-9. +\-]").any():
        plain = replaced(plain, _WORDS)
    return plain.str.strip()


def angles(cells: pd.Series) -> Angles:
    """Read one angle a cell, of text that `plain_text` has made.

    Examples
    --------
    >>> read = angles(plain_text(["37°30′36″N", "-37.5", "37 30.6", "N37°61'", "37.5°30'"]))
    >>> read.degrees.tolist()
    [37.51, -37.5, 37.51, nan, nan]
    >>> read.fault.tolist()[3:]
    ['minutes 61: expected below 60', '37.5 has decimals, but smaller units follow']
    """
    parts, matched = extracted(cells, _ANGLE)
    before, after = (parts[name].to_numpy(dtype=object) for name in ("before", "after"))
    texts = [parts[name] for name in ("degrees", "minutes", "seconds")]
    degrees, minutes, seconds = (text.where(text != "", "0").astype(float).to_numpy() for text in texts)
    form = np.where(texts[2] != "", 2, (texts[1] != "").astype(int))
    inner = [(form > place) & texts[place].str.contains(".", regex=False).to_numpy() for place in (0, 1)]
    labelled = np.isin(before, list(LABELS))
    sign = np.where((before == "") | (labelled & (after != "")), after, before)
    minus = (parts.minus == "-").to_numpy()
    two = (before != "") & (after != "") & ~(labelled & (_is_lat(before) == _is_lat(after)))
    fault = first_faults(
        len(cells),
        ((cells == "").to_numpy(), lambda row: "empty"),
        (~matched, lambda row: UNREAD),
        (two, lambda row: f"two letters, {before[row]} and {after[row]}"),
        (minus & np.isin(sign, list("NSEW")), lambda row: f"a minus and the hemisphere {sign[row]}: which holds?"),
        (inner[0], lambda row: f"{texts[0][row]} has decimals, but smaller units follow"),
        (inner[1], lambda row: f"minutes {texts[1][row]} have decimals, but seconds follow"),
        (minutes >= 60, lambda row: f"minutes {texts[1][row]}: expected below 60"),
        (seconds >= 60, lambda row: f"seconds {texts[2][row]}: expected below 60"),
    )
    size = degrees + minutes / 60 + seconds / 3600
    value = np.where(fault == "", np.where(minus | np.isin(sign, ["S", "W"]), -size, size), np.nan)
    last = texts[0].where(form == 0, texts[1].where(form == 1, texts[2]))
    return Angles(value, form, n_decimals(last), sign, fault)


def n_decimals(texts: pd.Series) -> NDArray[np.int64]:
    """Return how many digits stand behind the point.

    Examples
    --------
    >>> n_decimals(pd.Series(["37", "37.", "37.50"])).tolist()
    [0, 0, 2]
    """
    point = texts.str.find(".").to_numpy(dtype=np.int64)
    n_signs = texts.str.len().to_numpy(dtype=np.int64)
    return np.asarray(np.where(point < 0, 0, n_signs - point - 1), dtype=np.int64)


def first_faults(n_rows: int, *cases: Fault) -> NDArray[np.object_]:
    """Return the first fault that holds of each row, worded, "" where none does.

    Parameters
    ----------
    n_rows : int
    *cases : tuple of (mask of shape (n_rows,), function of a row's number)

    Examples
    --------
    >>> first_faults(2, ([True, False], "row {}".format)).tolist()
    ['row 0', '']
    """
    faults = np.full(n_rows, "", dtype=object)
    for wrong, told in cases:
        rows = np.flatnonzero(np.asarray(wrong, dtype=bool) & (faults == ""))
        faults[rows] = [told(int(row)) for row in rows]
    return faults


def _is_lat(signs: NDArray[np.object_]) -> NDArray[np.bool_]:
    return np.isin(signs, list(LAT_SIGNS))


def sides(read: Sequence[Angles]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return where the letters of two angles say that the first is the latitude, and that it is the longitude."""
    first, second = (_is_lat(side.sign) for side in read)
    first_lon, second_lon = (np.isin(side.sign, list(LON_SIGNS)) for side in read)
    return first | second_lon, first_lon | second
