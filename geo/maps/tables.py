"""The tables beside the map: areas and lengths with their reconciliation, the series side by side, and the public record.

Assumption: numbers for people are km² to 0.1, 0.01 below one; ``areas.csv`` holds full precision. Nothing is added up here.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from geo import reported
from geo.layer import Atlas
from geo.maps.columns import (
    AREAS,
    ASSUMED,
    CASUALTIES,
    LENGTHS,
    LONG,
    POLICY,
    SERIES,
    STOCKPILE,
    UNAVAILABLE,
    Column,
    grouped,
    plain,
)
from geo.maps.words import SCOPES, pair
from geo.terms import TEXTS


def all_tables(atlas: Atlas) -> list[dict[str, Any]]:
    """Return every table of the panel in reading order, each with ``tab, id, title, columns, rows, notes``."""
    area = atlas.area
    return [
        table(
            "areas",
            "areas",
            ("Areas and reported totals", "면적과 공표 총계"),
            _named_parts(atlas.areas),
            AREAS,
            _texts("rounding"),
        )
        | {"indented": ((atlas.areas.part != "all") | _only_published(atlas.areas)).tolist()},
        table("areas", "lengths", ("Lengths", "길이"), _reasoned(atlas.lengths), LENGTHS),
        table(
            "areas",
            "series",
            ("Reported series side by side", "공표 계열 비교"),
            _series(atlas),
            SERIES,
            [pair("Figures of different series are never added.", "서로 다른 계열의 수치는 더하지 않습니다.")],
        ),
        clearance(atlas),
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
    cells = [frame[name].map(shape or plain).tolist() for name, _, _, shape in kept]
    heads: list[dict[str, Any]] = [
        {**pair(en, ko)} | {"number": shape is not None, "kind": "long" if name in LONG else "short"}
        for name, en, ko, shape in kept
    ]
    rows = [list(row) for row in zip(*cells, strict=True)]
    return {"tab": tab, "id": key, "title": pair(*title), "columns": heads, "rows": rows, "notes": list(notes)}


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


def clearance_chart(frame: pd.DataFrame) -> dict[str, Any] | None:
    """Return the plot of mines cleared by year: the widest scope printed for each year, sums over years left out."""
    yearly = frame[~frame.years.str.contains("-")]
    columns = [name for name in frame.columns if name.startswith("mines_cleared")]
    if yearly.empty or not columns:
        return None
    numbers = yearly[columns].apply(pd.to_numeric, errors="coerce")
    values = [None if np.isnan(value) else int(value) for value in numbers.max(axis=1).tolist()]
    if all(value is None for value in values):
        return None
    told = ", ".join(
        f"{year}: {'n.a.' if value is None else f'{value:,}'}" for year, value in zip(yearly.years, values, strict=True)
    )
    title = pair("Mines cleared by year, as printed; see the footnotes", "연도별 제거 지뢰 수, 인쇄된 값(각주 참조)")
    summary = pair(f"Bar chart of mines cleared by year. {told}", f"연도별 제거 지뢰 수 막대그래프. {told}")
    return {"labels": yearly.years.tolist(), "values": values, "title": title, "summary": summary}


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
    qualifier = frame.qualifier.where(~frame.qualifier.isin(["exact", "not available"]), "") + " "
    return frame.assign(period=period, told=(qualifier + low.where(high == "", low + "–" + high)).str.strip())


def _spaced(frame: pd.DataFrame) -> pd.DataFrame:
    """Return reported rows with their metrics as words."""
    return frame.assign(metric=frame.metric.str.replace("_", " "))


def _texts(*keys: str) -> list[dict[str, str]]:
    return [pair(TEXTS[key].en, TEXTS[key].ko) for key in keys]
