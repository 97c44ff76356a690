"""Persons in records: which headings and which texts name somebody, and what else the public may never read.

Assumption: a heading speaks of persons by its words, a text by a phone number, a resident number, an e-mail address or a name
that a title or a label gives away. Names that stand alone in a text are not recognised: no list of names is complete, so a free
text is never fit for the public tier merely because nothing was found in it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

PERSONAL = (  # parts of headings, without blanks, "_" and "-"
    "owner|informant|contact|phone|mobile|address|email|dataenter|enteredby|resident|(?<!anti)person(?!nel|al)|"
    "nameof(?:victim|survivor|informant)|victimname|survivorname|firstname|lastname|surname|fullname|givenname|respondent|interviewee|"
    "reporter|reportedby|surveyedby|preparedby|teamleader|birth|passport|"
    "소유자|토지주|전화|휴대폰|핸드폰|연락처|주소|이메일|전자우편|주민번호|주민등록|성명|피해자명|피해자이름|제보자|신고자|작성자|조사자|입력자|담당자|생년월일"
)
EXACT = "disputes|threat|minetype|emplaced|recovered|unaccounted|depth|entered|dataent"  # what tells where or how to find a field
DENIED = re.compile(f"{PERSONAL}|{EXACT}")
_PERSONAL = re.compile(PERSONAL)
MAY_HOLD: Mapping[str, str] = MappingProxyType(  # asked first, of all texts at once: no looking around
    {
        "e-mail address": "@",
        "phone number": r"(?:82[-\s.]?\(?0?\)?|0)(?:1[016789]|2|[3-6]\d|70)\)?[-\s.]{0,2}\d{3,4}[-\s.]?\d{4}",
        "resident number": r"\d{6}(?:\s?[-–]\s?)?[1-8]\d{6}",
        "name of a person": r"[:：]|\s[씨님]|M[rs]",
    }
)
PATTERNS: Mapping[str, re.Pattern[str]] = MappingProxyType(
    {
        "e-mail address": re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
        "phone number": re.compile(
            r"(?<![\d.])(?:\+?82[-\s.]?\(?0?\)?|0)1[016789]\)?[-\s.]?\d{3,4}[-\s.]?\d{4}(?!\d)"  # mobile
            r"|(?<![\d.])(?:\+82[-\s.]?\(?0?\)?|\(?0)(?:2|[3-6]\d|70)\)?[-\s.]\s?\d{3,4}[-\s.]\d{4}(?!\d)"  # fixed
        ),
        "resident number": re.compile(r"(?<![\d.])(\d{2})(\d{2})(\d{2})(\s?[-–]\s?)?([1-8])(\d{6})(?![\d.]\d|\d)"),
        "name of a person": re.compile(
            r"(?:성명|피해자|제보자|신고자|소유자|토지주|작성자|조사자|담당자)\s*[:：]\s*[가-힣A-Za-z]{2,}"
            r"|(?i:\b(?:informant|land\s?owner|victim|reporter|contact)\s*[:：])\s*[A-Z가-힣][\w가-힣]+"
            r"|(?<![가-힣])[김이박최정강조윤장임한오서신권황안송류유전홍고문양손배백허남심노하곽성차주우구민진나지엄채원천방공현함변염여추도소석선설마길]"
            r"[가-힣]{1,2}\s(?:씨|님)(?=$|[^가-힣]|[가는은이의를을와과도에께])"
            r"|\b(?:Mr|Mrs|Ms)\.?\s[A-Z][a-z]+"
        ),
    }
)
_WEIGHTS = np.array([2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5])
_LONGEST = np.array([31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31])


@lru_cache(maxsize=4096)
def plain(heading: str) -> str:
    """Return a heading or word without case, blanks, ``_`` and ``-``.

    Examples
    --------
    >>> plain("Data_Enterer")
    'dataenterer'
    """
    return re.sub(r"[\s_\-]+", "", heading).casefold()


def is_personal(heading: str) -> bool:
    """Return whether a column's heading speaks of persons.

    Examples
    --------
    >>> [is_personal(name) for name in ("Data Enterer", "제보자", "entered_mgrs", "name_ko")]
    [True, True, False, False]
    """
    return _PERSONAL.search(plain(heading)) is not None


def is_denied(heading: str) -> bool:
    """Return whether a column may not be published: persons, entry data, mine types, counts and depths.

    Examples
    --------
    >>> [is_denied(name) for name in ("Land Owner", "mine_types", "depth_cm", "as_of")]
    [True, True, True, False]
    """
    return DENIED.search(plain(heading)) is not None


def named_in(texts: pd.Series) -> NDArray[np.object_]:
    """Return what kind of personal data each text holds, joined by ``, ``; "" where none was found.

    Examples
    --------
    >>> named_in(pd.Series(["call 010-1234-5678", "52S CG 12345 67890", "홍길동 씨", "900101-1234567"])).tolist()
    ['phone number', '', 'name of a person', 'resident number']
    """
    codes, distinct = pd.factorize(texts)
    words = pd.Series(np.asarray(distinct, dtype=object), dtype=object).astype(str)
    found = np.full(len(words) + 1, "", dtype=object)
    for kind, pattern in PATTERNS.items():
        for place in np.flatnonzero(words.str.contains(MAY_HOLD[kind], regex=True).to_numpy(dtype=bool)):
            matches = pattern.finditer(words.iloc[place])
            if any(kind != "resident number" or _is_resident_number(match) for match in matches):
                found[place] += f", {kind}" if found[place] else kind
    return found[codes]


def _is_resident_number(match: re.Match[str]) -> bool:
    """Return whether thirteen digits begin with a date; without a hyphen the check digit must fit as well."""
    month, day = int(match[2]), int(match[3])
    if not (1 <= month <= 12 and 1 <= day <= _LONGEST[month - 1]):
        return False
    digits = np.array([int(digit) for digit in "".join(match.group(1, 2, 3, 5, 6))])
    return match[4] is not None or bool((11 - digits[:12] @ _WEIGHTS % 11) % 10 == digits[12])
