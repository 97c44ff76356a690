"""What a finding says, in English and Korean: the code's sentence with what was found filled in.

Assumption: checks write what they found in English phrases of a fixed form, and `geo.check.phrases` gives each form its Korean.
Names, numbers, unknown phrases and the user's own words stand as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.check.codes import TITLES, Code
from geo.check.phrases import PHRASES
from geo.check.variants import variants

NOUNS = {
    "hazards": ("hazard", "위험 지역"),
    "finds": ("find", "발견 기록"),
    "accidents": ("accident", "사고 기록"),
    "signs": ("sign", "표지판 기록"),
}
LETTERS = re.compile("[A-Za-z]")


@lru_cache(maxsize=1)
def _forms() -> tuple[tuple[re.Pattern[str], str], ...]:
    exact = [(en, ko) for en, ko in PHRASES if "{}" not in en]
    open_ended = sorted((pair for pair in PHRASES if "{}" in pair[0]), key=lambda pair: -len(pair[0].replace("{}", "")))
    return tuple((re.compile(re.escape(en).replace(r"\{\}", "(.+)")), ko) for en, ko in (*exact, *open_ended))


@lru_cache(maxsize=4096)
def korean(text: str) -> str:
    """Return a phrase of a finding in Korean; names, numbers and unknown phrases as they are.

    Examples
    --------
    >>> korean("Self-intersection at 127.1, 38.2"), korean("3,025 m² (fits if the figure is in pyeong)"), korean("YC-014")
    ('경계가 서로 교차함(127.1, 38.2)', '3,025 m²(단위가 평이면 맞음)', 'YC-014')
    """
    if not LETTERS.search(text):
        return text
    if text.startswith('"'):  # the user's own words
        quoted = re.fullmatch(r'(".*") of (.+)', text)
        return f"{korean(quoted[2])}의 {quoted[1]}" if quoted else text
    for form, ko in _forms():
        if match := form.fullmatch(text):
            return ko.format(*(korean(part) for part in match.groups()))
    return text


def severities(findings: pd.DataFrame, *, tier: str = "public", strict: bool = False) -> NDArray[np.object_]:
    """Return E, W or I for each finding: its own column if there is one, else that of its code; shape (m,).

    Parameters
    ----------
    findings : DataFrame
    tier : {"public", "restricted"}
        In the restricted one personal data is a warning.
    strict : bool
        Warnings count as errors.
    """
    own = findings["severity"] if "severity" in findings else [code.severity for code in variants(findings)]
    words = np.array(own, dtype=object)
    if tier == "restricted":
        words[findings["code"].str.startswith("P").to_numpy(dtype=bool)] = "W"
    if strict:
        words[words == "W"] = "E"
    return words


def messages(findings: pd.DataFrame, language: str = "en") -> NDArray[np.object_]:
    """Return what each finding says and what to do, in "en" or "ko"; shape (m,).

    Examples
    --------
    >>> one = pd.DataFrame({"code": ["G02"], "value": ["2"], "expected": [""]})
    >>> messages(one)[0]
    '2 distinct vertices, at least 3 needed: add the missing turning points or record it as a line'
    """
    spoken = korean if language == "ko" else str
    cells = zip(variants(findings), findings["value"], findings["expected"], strict=True)
    told = [_message(code, spoken(str(value)), spoken(str(expected)), language) for code, value, expected in cells]
    return np.array(told, dtype=object)


def _message(code: Code, value: str, expected: str, language: str) -> str:
    sentence, mend = (code.ko, code.mend_ko) if language == "ko" else (code.en, code.mend_en)
    blanks = {"value": value, "expected": expected}
    return f"{sentence.format(**blanks)}: {mend.format(**blanks)}"


def whose(findings: pd.DataFrame, language: str = "en") -> NDArray[np.object_]:
    """Return what each finding concerns: ``hazard "YC-014" part 2 point 3``, or "" for the file; shape (m,)."""
    side = 1 if language == "ko" else 0
    nouns = {kind: words[side] for kind, words in NOUNS.items()}
    kinds = findings["kind"].map(nouns).fillna(("record", "기록")[side]) if "kind" in findings else ["record"] * len(findings)
    part_word, point_word = ("부분", "점") if side else ("part", "point")
    cells = zip(kinds, findings["hazard_id"], findings["part"], findings["point"], strict=True)
    told = [_who(noun, name, ((part_word, part), (point_word, point))) for noun, name, part, point in cells]
    return np.array(told, dtype=object)


def _who(noun: str, name: str, places: Iterable[tuple[str, str]]) -> str:
    if not name:
        return ""
    shown = name if name.startswith("row ") else f'"{name}"'
    return " ".join([noun, shown, *(f"{word} {number}" for word, number in places if str(number))])


def title(code: str, language: str = "en") -> str:
    """Return what a code is about, in a few words."""
    return TITLES[code][1 if language == "ko" else 0]
