"""Other words for a finding of a code, where what was found asks for another mend than the code's own.

Assumption: how the phrase of a finding begins tells its kind; a phrase that none of these begins with takes the code's words.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.check.codes import CODES, Code

VARIANTS: tuple[tuple[str, str, Code], ...] = (  # the column that is looked at, how it begins (a pattern), the words
    (
        "expected",
        "YYYY, ",
        Code(
            "V02",
            "E",
            "{value} is no date",
            "날짜가 아닌 값 {value}",
            "write it as {expected}",
            "다음과 같이 쓰십시오: {expected}",
        ),
    ),
    (
        "expected",
        "a number",
        Code("V02", "E", "{value} is no number", "숫자가 아닌 값 {value}", "write it as {expected}", "숫자로 쓰십시오"),
    ),
    (
        "expected",
        "at least 0",
        Code("V02", "E", "{value} is below 0", "0보다 작은 값 {value}", "write an amount of {expected}", "0 이상으로 쓰십시오"),
    ),
    (
        "value",
        "not counted: ",
        Code(
            "L02",
            "W",
            "{value}",
            "{value}",
            "it stays in the history; correct its date if it is later",
            "이력에는 남습니다. 더 나중 정보이면 날짜를 고치십시오",
        ),
    ),
    ("value", "1$", CODES["P02"]._replace(en="{value} victim in one cell, fewer than {expected}")),
)


def variants(findings: pd.DataFrame) -> NDArray[np.object_]:
    """Return the words of each finding: those of a variant, else its code's; shape (m,).

    Examples
    --------
    >>> told = {"code": ["V02", "V02"], "value": ['"x" of as_of', '"x" of basis'], "expected": ["YYYY, YYYY-MM", "known: a"]}
    >>> [code.en for code in variants(pd.DataFrame(told))]
    ['{value} is no date', '{value} is not known; {expected}']
    """
    names = findings["code"].to_numpy(dtype=object)
    chosen = np.empty(len(names), dtype=object)
    chosen[:] = [CODES[name] for name in names]
    for column, beginning, code in VARIANTS:
        rows = np.flatnonzero(names == code.code)
        fits = _begin(findings[column].to_numpy(dtype=object)[rows], beginning)
        for row in rows[fits]:
            chosen[row] = code
    return chosen


def _begin(texts: NDArray[np.object_], beginning: str) -> NDArray[np.bool_]:
    return np.array([re.match(beginning, str(text)) is not None for text in texts], dtype=bool)
