"""The tables beside the map: areas and lengths with their reconciliation, the series side by side, and the public record.

Assumption: numbers for people are km² to 0.1, 0.01 below one; ``areas.csv`` holds full precision. Nothing is added up here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

import pandas as pd

from geo import reported
from geo.layer import Atlas
from geo.maps.columns import (
    AREAS,
    ARTICLE7,
    ASSUMED,
    CASUALTIES,
    DISTRICTS,
    HISTORY,
    HISTORY_BY_YEAR,
    LENGTHS,
    LONG,
    POLICY,
    SERIES,
    STOCKPILE,
    UNAVAILABLE,
    Column,
    exposure_columns,
    grouped,
    plain,
)
from geo.maps.panel_words import PANEL_WORDS
from geo.maps.plots import casualties_by_year, clearance_chart
from geo.maps.words import SCOPES, filled, pair
from geo.population import ERRORS
from geo.terms import REPORT_KINDS, TEXTS

QUALIFIED_KO = {"about": "약 {}", "at least": "{} 이상", "more than": "{} 초과", "over": "{} 초과", "up to": "최대 {}"}
MOST_ROWS = 600  # a longer table would slow the page: it is told to be in its file


def all_tables(atlas: Atlas) -> list[dict[str, Any]]:
    """Return every table of the panel in reading order, each with ``tab, id, title, columns, rows, notes``."""
    area = atlas.area
    return [
        areas_table(atlas),
        table("areas", "lengths", ("Lengths", "길이"), _reasoned(atlas.lengths), LENGTHS),
        table(
            "areas",
            "series",
            ("Reported series side by side", "공표 계열 비교"),
            _series(atlas),
            SERIES,
            [pair("Figures of different series are never added.", "서로 다른 계열의 수치는 더하지 않습니다.")],
        ),
        *further(atlas),
        clearance(atlas),
        casualty_years(atlas),
        table(
            "record",
            "casualties",
            ("Casualties", "인명 피해"),
            _spaced(_with_period(reported.casualties(area))),
            CASUALTIES,
            [pair("Yearly and cumulative counts overlap: do not add them.", "연도별 값과 누계는 겹치므로 더하지 마십시오.")],
        ),
        table("record", "stockpile", ("Stocks of mines", "지뢰 비축량"), _with_period(reported.stockpile(area)), STOCKPILE),
        table("record", "policy", ("Law and policy", "법과 정책"), reported.policy(area), POLICY),
        table(
            "record",
            "unavailable",
            ("Spoken of without a value", "값이 공표되지 않은 항목"),
            _spaced(_with_period(reported.unavailable(area))),
            UNAVAILABLE,
        ),
        table("about", "assumed", ("Assumed and other parameters", "가정값과 매개변수"), atlas.assumed, ASSUMED),
    ]


def areas_table(atlas: Atlas) -> dict[str, Any]:
    """Return the area table beside the reported totals."""
    title = ("Areas and reported totals", "면적과 공표 총계")
    return table("areas", "areas", title, _named_parts(atlas.areas), AREAS, _texts("rounding")) | _kinship(atlas.areas)


def table(
    tab: str,
    key: str,
    title: tuple[str, str],
    frame: pd.DataFrame,
    columns: Sequence[Column],
    notes: Sequence[dict[str, str]] = (),
) -> dict[str, Any]:
    """Return a frame as the page's table; columns the frame lacks are left out."""
    kept = [one for one in columns if one[0] in frame]
    cells = [[_cell(value, shape) for value in frame[name]] for name, _, _, shape in kept]
    heads: list[dict[str, Any]] = [
        {**pair(en, ko)} | {"name": name, "number": shape is not None, "kind": "long" if name in LONG else "short"}
        for name, en, ko, shape in kept
    ]
    rows = [list(row) for row in zip(*cells, strict=True)]
    return {"tab": tab, "id": key, "title": pair(*title), "columns": heads, "rows": rows, "notes": list(notes)}


def _cell(value: Any, shape: Callable[[Any], str] | None) -> Any:
    return value if isinstance(value, dict) else (shape or plain)(value)


def clearance(atlas: Atlas) -> dict[str, Any]:
    """Return the published clearance by year as a table with its plot; a year without a value has no bar."""
    frame = reported.clearance_table(atlas.area)
    names = {
        "years": ("Year", "연도"),
        "mines_cleared": ("Mines", "발"),
        "fields_cleared": ("Fields", "곳"),
        "funding_usd": ("USD", "미화"),
    }
    columns: list[Column] = []
    for stem, words in names.items():  # mines first, money last
        for name in (name for name in frame.columns if name.startswith(stem)):
            scopes = [SCOPES.get(scope, (scope, scope)) for scope in name.removeprefix(stem).strip("_").split("_") if scope]
            en, ko = (", ".join(filter(None, (word, " + ".join(scope[i] for scope in scopes)))) for i, word in enumerate(words))
            columns.append((name, en, ko, None if name == "years" else grouped))
    columns.append(("footnote", "Footnote", "각주", None))
    title = ("Mines cleared by year", "연도별 제거 지뢰 수")
    found = table("record", "clearance", title, frame, columns)
    if chart := clearance_chart(frame):
        found["chart"] = chart
    return found


def casualty_years(atlas: Atlas) -> dict[str, Any]:
    """Return casualties by year, as one series tells them, with their plot; years without a figure are named."""
    frame, columns, chart = casualties_by_year(atlas.area)
    found = table("record", "casualties_by_year", ("Casualties by year", "연도별 인명 피해"), frame, columns)
    return found | {"chart": chart} if chart else found


def further(atlas: Atlas) -> list[dict[str, Any]]:
    """Return the atlas's further tables as its tier may show them: districts, Form C, people near hazards, history.

    Each is a file of the build too (``file``): downloaded from the page it keeps that file's column names.
    """
    made = []
    titles = {
        "districts": ("areas", "Land by district", "행정구역별 면적"),
        "article7": ("areas", "Working table in the layout of Form C", "제7조 보고서 서식 C 형식의 작업표"),
        "exposure": ("areas", "People near hazards", "위험지역 주변 인구"),
        "history": ("record", "History of supplied hazards", "제공된 위험 지역의 이력"),
    }
    for name, (tab, en, ko) in titles.items():
        frame = atlas.tables.get(name, pd.DataFrame())
        if frame.empty:
            continue
        columns, notes = _known(name, frame), _notes(name, frame)
        if name == "districts" and any(layer.basis == "allocated" for layer in atlas.layers.values()):
            notes = [PANEL_WORDS["districts_simulated"], *notes]
        if len(frame) > MOST_ROWS:
            notes = [filled(PANEL_WORDS["too_many_rows"], n=f"{len(frame):,}", file=f"{name}.csv"), *notes]
            frame = frame.iloc[:0]
        made.append(table(tab, name, (en, ko), _with_kinds(_with_names(frame)), columns, notes) | {"file": f"{name}.csv"})
    return made


def _known(name: str, frame: pd.DataFrame) -> Sequence[Column]:
    """Return the columns of one of the further tables; the history of the public tier has no single hazards."""
    if name == "history":
        return HISTORY if "kind" in frame else HISTORY_BY_YEAR
    columns = exposure_columns(frame.columns) if name == "exposure" else {"districts": DISTRICTS, "article7": ARTICLE7}[name]
    return [(f"{key}_told", en, ko, plain) if f"{key}_told" in frame else (key, en, ko, shape) for key, en, ko, shape in columns]


def _notes(name: str, frame: pd.DataFrame) -> list[dict[str, str]]:
    """Return what stands under a table: of Form C what it leaves out, of people how their numbers came about."""
    if name == "article7":
        return [PANEL_WORDS["article7_note"]]
    if name != "exposure":
        return []
    errors = frame.get("population_error", pd.Series(dtype=str))
    return [*(population_error(str(text)) for text in errors.unique()), PANEL_WORDS["people_shared"], *_texts("rounding")]


def population_error(text: str) -> dict[str, str]:
    """Return in both languages what the numbers of a population file cannot tell.

    Examples
    --------
    >>> population_error("people spread evenly over cells of 100 m")
    {'en': 'people spread evenly over cells of 100 m', 'ko': '100 m 격자 안에 고르게 사는 것으로 가정'}
    """
    for kind, template in ERRORS.items():
        match = re.fullmatch(re.escape(template).replace(re.escape("{m}"), "([\\d,]*)"), text)
        if match:
            return pair(text, PANEL_WORDS[f"population_{kind}"]["ko"].format(m="".join(match.groups())))
    return pair(text, text)


def _with_kinds(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a history whose kinds of entry are words in both languages; elsewhere the same keys mean other things."""
    if "kind" not in frame or "hazard_id" not in frame:
        return frame
    words = {"version": PANEL_WORDS["recorded_state"]} | {key: pair(term.en, term.ko) for key, term in REPORT_KINDS.items()}
    kinds = [words.get(str(kind), str(kind)) for kind in frame["kind"]]
    return frame.assign(kind=pd.Series(kinds, index=frame.index, dtype=object))


def _with_names(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose districts have one column of names, each a pair in both languages."""
    if "name_en" not in frame or "name_ko" not in frame:
        return frame
    rows = zip(frame.name_en.fillna(""), frame.name_ko.fillna(""), strict=True)
    return frame.assign(name=pd.Series([pair(str(en), str(ko)) for en, ko in rows], index=frame.index, dtype=object))


def _kinship(areas: pd.DataFrame) -> dict[str, list[Any]]:
    """Return which rows are parts, and of which layer; out of its order a part alone would say too little."""
    part = (areas.part != "all") | _only_published(areas)
    return {"indented": part.tolist(), "parents": areas.layer.where(part, "").tolist()}


def _named_parts(areas: pd.DataFrame) -> pd.DataFrame:
    """Return the area table with the layer's name where a part is the whole of it; a value that is only published says so."""
    part = areas.layer.where(areas.part == "all", areas.part)
    return _reasoned(areas).assign(part=part.where(~_only_published(areas), "other published value"))


def _only_published(areas: pd.DataFrame) -> pd.Series:
    return areas.verdict.fillna("").str.startswith("other published value")


def _reasoned(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a table with the verdict's word and its reason apart."""
    halves = frame.verdict.fillna("").str.partition(": ")
    return frame.assign(verdict=halves[0], reason=halves[2])


def _series(atlas: Atlas) -> pd.DataFrame:
    """Return the series side by side, with the titles of their sources."""
    frame = reported.series_table(atlas.area)
    titles = {key: source.title for key, source in atlas.area.sources.items()}
    return frame.assign(source=frame.source.map(lambda keys: "; ".join(titles.get(key, key) for key in keys.split(";"))))


def _with_period(frame: pd.DataFrame) -> pd.DataFrame:
    """Return reported rows with period and value as text: a year, a span, or the year they speak of; "about 2,000–3,000"."""
    start, end = frame.period_start, frame.period_end
    span = start.where(start == end, start + "–" + end)
    period = span.where((start != "") & (end != ""), start + end).where((start != "") | (end != ""), frame.as_of)
    low, high = frame.value.map(plain), frame.value_max.map(plain)
    value = low.where(high == "", low + "–" + high)
    told = [_qualified(*one) for one in zip(frame.qualifier, value, strict=True)]
    return frame.assign(period=period, told=pd.Series(told, index=frame.index, dtype=object))


def _qualified(qualifier: str, value: str) -> Any:
    """Return a value as it was told: "about 1,000", in both languages where a word stands before the number."""
    if qualifier in ("", "exact", "not available") or not value:
        return value
    return pair(f"{qualifier} {value}", QUALIFIED_KO.get(qualifier, "{}").format(value))


def _spaced(frame: pd.DataFrame) -> pd.DataFrame:
    """Return reported rows with their metrics as words."""
    return frame.assign(metric=frame.metric.str.replace("_", " "))


def _texts(*keys: str) -> list[dict[str, str]]:
    return [pair(TEXTS[key].en, TEXTS[key].ko) for key in keys]
