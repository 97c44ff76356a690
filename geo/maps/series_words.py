"""Words of the page's series control, in English and Korean; no Korean particle depends on what is put in."""

from __future__ import annotations

import re
from collections.abc import Mapping

Pair = dict[str, str]

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("series", "Reported series", "공표 계열"),
    (
        "series_never",
        "One series at a time: figures of different series are never added.",
        "한 번에 한 계열만 표시합니다. 서로 다른 계열의 수치는 더하지 않습니다.",
    ),
    ("series_table_only", "table only", "표로만"),
    ("series_rows", "Show its figures in the table", "표에서 수치 보기"),
    ("series_source", "Source", "출처"),
    (
        "series_apart",
        "Computed for {built} ({year}); not shown beside another series.",
        "{built}({year}) 기준으로 계산됨. 다른 계열과 함께 표시하지 않습니다.",
    ),
    (
        "series_removed",
        "Not drawn: {name} ({year}) is a table-only series.",
        "표시하지 않음: {name}({year}) 계열은 표로만 제공됩니다.",
    ),
    (
        "day_apart",
        "Computed from the latest fields; not shown for an earlier day.",
        "최신 지뢰지대로 계산됨. 이전 날짜에는 표시하지 않습니다.",
    ),
    (
        "day_table",
        "Figures of the latest state, not of {day}.",
        "최신 상태의 수치이며 {day} 당시의 수치가 아닙니다.",
    ),
    ("series_mark", "Series {name} ({year}), not that of the build", "{name}({year}) 계열 표시 중(기본 계열 아님)"),
    ("series_mark_table", "Series {name} ({year}): table only, not drawn", "{name}({year}) 계열: 표로만, 지도에 없음"),
    ("series_failed", "This series could not be read; the map is unchanged.", "이 계열을 읽지 못했습니다. 지도는 그대로입니다."),
    (
        "series_drawn",
        "Laid out the same way under other totals. For its files: minemap build --series {name}",
        "같은 방식으로 다른 총계에 맞춘 모의 배치입니다. 파일 만들기: minemap build --series {name}",
    ),
    (
        "series_supplied",
        "Supplied fields stay on the map: they belong to no series.",
        "제공된 지뢰지대는 계열과 관계없이 지도에 남습니다.",
    ),
    (
        "day_mark_records",
        "Finds dated to {day} only; fields and clearance records are not of that day",
        "{day}까지의 발견 기록만 표시, 지뢰지대와 제거 기록은 그 날짜의 것이 아님",
    ),
    ("rings", "Dashed circle: how far off a documented find may be", "점선 원: 기록된 발견 지점의 오차 범위"),
    ("series_assumed", "Assumed, stated by no source: {what}.", "출처가 없는 가정값: {what}."),
    (
        "series_table_told",
        "{name} ({year}) is shown as a table only. It lacks: {lacks}. No simulated minefield is on the map.",
        "{name}({year}) 계열은 표로만 표시합니다. 없는 값: {lacks}. 모의 지뢰지대는 지도에 없습니다.",
    ),
)
SERIES_WORDS: Mapping[str, Pair] = {key: {"en": en, "ko": ko} for key, en, ko in _WORDS}
SERIES_VALUES: Mapping[str, Pair] = {
    "table only": {"en": "table only", "ko": "표로만"},
    "planned and unconfirmed fields together": {
        "en": "planned and unconfirmed fields together",
        "ko": "계획지뢰지대와 미확인지뢰지대 합계",
    },
}
_MISSING: tuple[tuple[str, str], ...] = (
    (r"planned area", "계획지뢰지대 면적"),
    (r"unconfirmed area", "미확인지뢰지대 면적"),
    (r"number of planned fields|planned count", "계획지뢰지대 개수"),
    (r"number of unconfirmed fields|unconfirmed count", "미확인지뢰지대 개수"),
    (r"a split of the ([\d,]+) areas into planned and unconfirmed", r"\1곳의 계획·미확인 구분"),
)


def missing(text: str) -> Pair:
    """Return what a series lacks in both languages; a text of an area's own stays as it is.

    Examples
    --------
    >>> missing("planned area")["ko"], missing("a split of the 12 areas into planned and unconfirmed")["ko"]
    ('계획지뢰지대 면적', '12곳의 계획·미확인 구분')
    >>> missing("a survey")["ko"]
    'a survey'
    """
    for pattern, told in _MISSING:
        if found := re.fullmatch(pattern, text):
            return {"en": text, "ko": found.expand(told)}
    return {"en": text, "ko": text}
