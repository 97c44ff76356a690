"""How numbers are printed for people, and which columns each table of the map shows.

Assumption: km² to 0.1, 0.01 below one; full precision is in ``areas.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

Format = Callable[[Any], str]


def km(value: Any) -> str:
    """Return km or km² as people read them: one decimal, two below one, never 0.00 of something; empty where there is none.

    Examples
    --------
    >>> km(907.04), km(0.234), km(0.001), km(float("nan"))
    ('907.0', '0.23', '< 0.01', '')
    """
    if not _is_number(value):
        return ""
    if 0 < value < 0.005:
        return "< 0.01"
    return _rounded(value)


def _rounded(value: float) -> str:
    return f"{value:,.1f}" if abs(value) >= 1 or value == 0 else f"{value:,.2f}"


def difference(value: Any) -> str:
    """Return a signed difference; one that rounds to nothing has no sign.

    Examples
    --------
    >>> difference(-0.004), difference(1.25), difference(-12.3)
    ('0.00', '+1.2', '−12.3')
    """
    if not _is_number(value):
        return ""
    text = _rounded(abs(value))
    return text if float(text.replace(",", "")) == 0 else f"{'+' if value > 0 else '−'}{text}"


def whole(value: Any) -> str:
    """Return a count with separators, empty where there is none."""
    return f"{value:,.0f}" if _is_number(value) else ""


def plain(value: Any) -> str:
    """Return a cell as text; a number as it was printed, a missing value empty."""
    if isinstance(value, (bool, np.bool_)):
        return str(bool(value))
    if isinstance(value, (int, float, np.number)):
        return f"{value:,.10g}" if np.isfinite(value) else ""
    return "" if value is None or value is pd.NA else str(value)


def grouped(text: str) -> str:
    """Return a printed whole number with separators, any other text as it is.

    Examples
    --------
    >>> grouped("13000"), grouped("n.a.")
    ('13,000', 'n.a.')
    """
    return f"{int(text):,}" if text.isdigit() else text


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float, np.number)) and bool(np.isfinite(value))


LONG = frozenset({"reason", "lacks", "source", "note", "footnote", "fact", "label", "supplementary"})
Column = tuple[str, str, str, Format | None]  # column, English, Korean, format of numbers (None: text)
AREAS: tuple[Column, ...] = (
    ("part", "Layer, part", "레이어, 부분", None),
    ("n_features", "Number", "개수", whole),
    ("net_km2", "Mapped km²", "지도 km²", km),
    ("reported_km2", "Reported km²", "공표 km²", km),
    ("difference_km2", "Difference", "차이", difference),
    ("difference_percent", "%", "%", difference),
    ("verdict", "Verdict", "판정", None),
    ("series", "Series", "계열", None),
    ("reason", "Reason", "이유", None),
    ("as_of", "As of", "기준", None),
    ("overlap_km2", "Overlap km²", "중첩 km²", km),
    ("basis", "Basis", "작성 근거", None),
)
LENGTHS: tuple[Column, ...] = (
    ("line", "Line", "선", None),
    ("part", "Part", "부분", None),
    ("metric", "Measure", "항목", None),
    ("value_km", "Mapped km", "지도 km", km),
    ("reported_km", "Reported km", "공표 km", km),
    ("difference_km", "Difference", "차이", difference),
    ("difference_percent", "%", "%", difference),
    ("verdict", "Verdict", "판정", None),
    ("reason", "Reason", "이유", None),
    ("series", "Series", "계열", None),
    ("as_of", "As of", "기준", None),
)
SERIES: tuple[Column, ...] = (
    ("series", "Series", "계열", None),
    ("as_of", "As of", "기준", None),
    ("planned_km2", "Planned km²", "계획 km²", plain),
    ("planned_n", "Fields", "곳", whole),
    ("unconfirmed_km2", "Unconfirmed km²", "미확인 km²", plain),
    ("unconfirmed_n", "Fields", "곳", whole),
    ("total_km2", "Total km²", "합계 km²", plain),
    ("total_n", "Sites", "곳", whole),
    ("buildable", "Can be drawn", "작성 가능", None),
    ("lacks", "Lacks", "없는 값", None),
    ("source", "Source", "출처", None),
)
CASUALTIES: tuple[Column, ...] = (
    ("metric", "Count", "항목", None),
    ("period", "Period", "기간", None),
    ("told", "Value", "값", plain),
    ("kind", "Kind", "구분", None),
    ("scope", "Scope", "범위", None),
    ("source", "Source", "출처", None),
    ("note", "Note", "비고", None),
)
STOCKPILE: tuple[Column, ...] = (
    ("scope", "Scope", "범위", None),
    ("as_of", "As of", "기준", None),
    ("told", "Mines", "발", plain),
    ("source", "Source", "출처", None),
    ("note", "Note", "비고", None),
)
POLICY: tuple[Column, ...] = (
    ("date", "Date", "날짜", None),
    ("jurisdiction", "By", "주체", None),
    ("fact", "Fact", "내용", None),
    ("korea_exception", "Korean exception", "한국 예외", None),
    ("note", "Note", "비고", None),
    ("source", "Source", "출처", None),
)
ASSUMED: tuple[Column, ...] = (
    ("name", "Parameter", "매개변수", None),
    ("value", "Value", "값", None),
    ("unit", "Unit", "단위", None),
    ("tag", "Kind", "구분", None),
    ("source", "Source", "출처", None),
)
UNAVAILABLE: tuple[Column, ...] = (
    ("metric", "Figure", "항목", None),
    ("period", "Period", "기간", None),
    ("source", "Source", "출처", None),
    ("note", "Reason", "이유", None),
)
CASUALTIES_BY_YEAR: tuple[Column, ...] = (
    ("years", "Year", "연도", None),
    ("told", "Casualties", "사상자", None),
    ("source", "Source", "출처", None),
    ("note", "Note", "비고", None),
)
DISTRICTS: tuple[Column, ...] = (
    ("name", "District", "행정구역", None),
    ("code", "Code", "코드", None),
    ("layer", "Layer", "레이어", None),
    ("land_class", "Class", "분류", None),
    ("land_status", "Status", "상태", None),
    ("n_features", "Number", "개수", whole),
    ("net_km2", "km²", "km²", km),
    ("overlap_km2", "Overlap km²", "중첩 km²", km),
    ("share_percent", "% of the district", "행정구역 대비 %", km),
    ("measured_on", "Measured on", "측정 대상", None),
)
ARTICLE7: tuple[Column, ...] = (
    ("part", "Part of the form", "서식 항목", None),
    ("location", "Location", "위치", None),
    ("type", "Type", "종류", None),
    ("quantity", "Quantity", "수량", None),
    ("date_of_emplacement", "Laid", "매설 시기", None),
    ("layer", "Layer", "레이어", None),
    ("n_areas", "Areas", "곳", whole),
    ("net_km2", "km²", "km²", km),
    ("supplementary", "Further", "추가 정보", None),
)
HISTORY_BY_YEAR: tuple[Column, ...] = (
    ("year", "Year", "연도", None),
    ("hazard_layer", "Layer", "레이어", None),
    ("land_class", "Class", "분류", None),
    ("land_status", "Status", "상태", None),
    ("n_versions_told", "Versions begun", "시작된 상태 수", plain),
    ("gross_km2", "Gross km²", "중복 포함 km²", km),
)
HISTORY: tuple[Column, ...] = (
    ("hazard_id", "Hazard", "위험 지역", None),
    ("version", "Version", "판", whole),
    ("valid_from", "Held from", "유효 시작", None),
    ("valid_to", "Held until", "유효 종료", None),
    ("applied", "Counted", "반영", None),
    ("kind", "Kind of entry", "기재 종류", None),
    ("report_id", "Report", "보고서", None),
    ("reason", "Reason", "이유", None),
    ("source", "Source", "출처", None),
    ("land_class", "Class", "분류", None),
    ("land_status", "Status", "상태", None),
    ("original_m2", "Original area, m²", "최초 면적, m²", whole),
    ("cancelled_m2", "Cancelled (survey), m²", "취소(비기술조사), m²", whole),
    ("reduced_m2", "Reduced (technical survey), m²", "축소(기술조사), m²", whole),
    ("cleared_m2", "Cleared, m²", "제거 완료, m²", whole),
    ("remaining_m2", "Remaining, m²", "잔여, m²", whole),
    ("redrawn_m2", "Redrawn larger by, m²", "경계 변경 증가분, m²", whole),
    ("reopened_m2", "Reopened by a flood, m²", "침수로 재개, m²", whole),
    ("emplaced_n", "Emplaced", "매설", whole),
    ("recovered_n", "Recovered", "회수", whole),
    ("unaccounted_n", "Unaccounted for", "미회수", whole),
    ("marking_type", "Marking", "표시", None),
    ("fence_condition", "Fences and signs", "철조망·표지판 상태", None),
    ("last_inspected", "Last inspected", "마지막 점검", None),
    ("reported_cancelled_m2", "Report: cancelled, m²", "보고: 취소, m²", whole),
    ("reported_reduced_m2", "Report: reduced, m²", "보고: 축소, m²", whole),
    ("reported_cleared_m2", "Report: cleared, m²", "보고: 제거, m²", whole),
    ("reported_recovered_n", "Report: recovered", "보고: 회수", whole),
)
EXPOSURE: tuple[Column, ...] = (
    ("layer", "Layer", "레이어", None),
    ("n_features", "Number", "개수", whole),
    ("label", "What is counted", "집계 대상", None),
    ("population", "Population data", "인구 자료", None),
    ("population_as_of", "As of", "기준", None),
)
_TOLD = re.compile(r"told_([\d.]+)m")


def exposure_columns(names: Iterable[str]) -> list[Column]:
    """Return the columns of a table of people near hazards: one for each distance, rounded as people are told it.

    Examples
    --------
    >>> [en for _, en, _, _ in exposure_columns(["layer", "people_100m", "told_100m", "told_2500m"])][1:3]
    ['People within 100 m', 'People within 2,500 m']
    """
    found = [(name, f"{float(match[1]):,g}") for name in names if (match := _TOLD.fullmatch(name))]
    told: list[Column] = [(name, f"People within {m} m", f"{m} m 이내 인구", plain) for name, m in found]
    return [EXPOSURE[0], *told, *EXPOSURE[1:]]
