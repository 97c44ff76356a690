"""The yearly figures behind the plots of the map: mines cleared and casualties by year, with what keeps a year from being whole.

Assumption: a plot shows one series of one scope, as printed. Figures of other speakers stand in the table and are never added;
a year without a figure is a dash, not zero.
"""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from geo import reported
from geo.area import StudyArea
from geo.maps.columns import CASUALTIES_BY_YEAR, Column
from geo.maps.words import pair

NO_FIGURE = "none in this series"
_PARTIAL = re.compile(r"(?i)footnote|running total|cumulative|may be|covers \d{4}|probably|later")


def clearance_chart(frame: pd.DataFrame) -> dict[str, Any] | None:
    """Return the plot of mines cleared by year: the widest scope printed for each year, sums over years left out.

    A year with a footnote on its scope or span, or whose value is no printed whole of that year, is marked as partial.
    """
    yearly = frame[~frame.years.str.contains("-")]
    columns = [name for name in frame.columns if name.startswith("mines_cleared")]
    if yearly.empty or not columns:
        return None
    numbers = yearly[columns].apply(pd.to_numeric, errors="coerce")
    values = [None if np.isnan(value) else int(value) for value in numbers.max(axis=1).tolist()]
    if all(value is None for value in values):
        return None
    partial = [bool(_PARTIAL.search(note)) for note in yearly.footnote]
    told, told_ko = (_told(yearly.years.tolist(), values, none) for none in ("n.a.", "자료 없음"))
    title = pair("Mines cleared by year, as printed; see the footnotes", "연도별 제거 지뢰 수, 인쇄된 값(각주 참조)")
    summary = pair(f"Bar chart of mines cleared by year. {told}", f"연도별 제거 지뢰 수 막대그래프. {told_ko}")
    source = "; ".join(dict.fromkeys(yearly.source))
    return _chart("clearance", yearly.years.tolist(), values, partial, title, summary, source)


def casualties_by_year(area: StudyArea) -> tuple[pd.DataFrame, list[Column], dict[str, Any] | None]:
    """Return the yearly casualties of the series that tells most years, its columns and its plot; years between are named.

    Returns
    -------
    tuple
        Rows ``years, casualties, source, note``, the columns of the table, and the plot or None where nothing is told by year.

    Examples
    --------
    >>> from geo.area import read_area
    >>> rows, _, chart = casualties_by_year(read_area("korea"))
    >>> rows.years.tolist()[:2], rows.told.tolist()[:2], chart["values"][:2]
    (['2000', '2001'], ['19', 'none in this series'], [19, None])
    """
    counts = reported.casualties(area)
    yearly = counts[(counts.kind == "yearly") & (counts.metric == "casualties") & counts.value.notna()]
    columns = list(CASUALTIES_BY_YEAR)
    if yearly.empty:
        return pd.DataFrame(columns=[name for name, *_ in columns]), columns, None
    size = yearly.groupby(["series", "scope"]).key.transform("size")
    widest = yearly[size == size.max()].iloc[0]
    chosen = yearly[(yearly.series == widest.series) & (yearly.scope == widest.scope)].drop_duplicates("period_end", keep="last")
    chosen = chosen.assign(years=chosen.period_end.str[:4].astype(int)).set_index("years")
    span = range(int(chosen.index.min()), int(chosen.index.max()) + 1)
    rows = chosen.reindex(span)
    values = [None if np.isnan(value) else int(value) for value in rows.value]
    told = [NO_FIGURE if value is None else f"{value:,}" for value in values]
    notes, sources = rows.note.fillna(""), rows.source.fillna("")
    table = pd.DataFrame({"years": [str(year) for year in span], "told": told, "source": sources.values, "note": notes.values})
    return table, columns, _casualty_chart(table, values)


def _casualty_chart(table: pd.DataFrame, values: list[int | None]) -> dict[str, Any]:
    years = table.years.tolist()
    partial = [bool(_PARTIAL.search(note)) for note in table.note]
    told, told_ko = (_told(years, values, none) for none in ("n.a.", "자료 없음"))
    title = pair("Casualties by year, killed and injured, as printed", "연도별 사상자 수(사망·부상), 인쇄된 값")
    summary = pair(f"Bar chart of casualties by year. {told}", f"연도별 사상자 막대그래프. {told_ko}")
    source = "; ".join(dict.fromkeys(source for source in table.source if source))
    return _chart("casualties", years, values, partial, title, summary, source)


def _chart(
    key: str,
    labels: list[str],
    values: list[int | None],
    partial: list[bool],
    title: dict[str, str],
    summary: dict[str, str],
    source: str,
) -> dict[str, Any]:
    drawn = {"labels": labels, "values": values, "partial": partial}
    return {"id": key, **drawn, "title": title, "summary": summary, "source": source}


def _told(years: list[str], values: list[int | None], none: str) -> str:
    pairs = zip(years, values, strict=True)
    return ", ".join(f"{year}: {none if value is None else f'{value:,}'}" for year, value in pairs)
