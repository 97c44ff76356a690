"""What was reported over the years: clearance, casualties, stocks, law and policy, and what no source prints.

Assumption: rows overlap (a yearly count lies inside a cumulative one), so these tables order and label and never add.
They are reached through `geo.reported`.
"""

from __future__ import annotations

import pandas as pd

from geo.area import StudyArea


def clearance_table(area: StudyArea) -> pd.DataFrame:
    """Return the published tables of clearance by year, as printed.

    A series is such a table when it states mines cleared, fields cleared and funding. Cells are text: ``n.a.`` where
    the source prints that, empty where it prints nothing; ``pandas.to_numeric(..., errors="coerce")`` gives numbers.
    Footnotes stand in a column of their own. The last row of a series, over several years, is a sum of this project.

    Columns: ``series, years``, one ``METRIC_SCOPE`` for each metric and scope, ``footnote, confidence, source``.

    Examples
    --------
    >>> from geo.area import read_area
    >>> table = clearance_table(read_area("korea")).set_index("years")
    >>> table.mines_cleared_rear["1999"], table.mines_cleared_rear["2003"], table.mines_cleared_dmz["2001"]
    ('n.a.', '13000', '840')
    """
    rows = area.tables["reported"]
    wanted = {"mines_cleared", "fields_cleared", "funding_usd"}
    complete = rows.groupby("series").metric.agg(lambda metrics: wanted <= set(metrics)).astype(bool)
    rows = rows[rows.series.isin(complete.index[complete]) & rows.metric.isin(wanted)]
    first, last = rows.period_start.str[:4], rows.period_end.str[:4]
    summed = rows.confidence == "derived"
    # a figure that spans two years stands in the row of the later one, as in print; a sum names both years
    rows = rows.assign(years=last.where(~summed, first + "-" + last), cell=rows.metric + "_" + rows.scope, summed=summed)
    rows["printed"] = [_as_printed(value, text) for value, text in zip(rows.value, rows.qualifier, strict=True)]
    row = ["series", "summed", "years"]
    cells = rows.pivot_table(index=row, columns="cell", values="printed", aggfunc="first").fillna("")
    cells.columns.name = None
    notes = rows[rows.metric != "funding_usd"].groupby(row).note
    cells["footnote"] = notes.agg(lambda texts: " | ".join(dict.fromkeys(text for text in texts if text)))
    for column in ("confidence", "source"):
        cells[column] = rows.groupby(row)[column].first()
    return cells.reset_index().drop(columns="summed")


def _as_printed(value: float, qualifier: str) -> str:
    return "n.a." if qualifier == "not available" else f"{value:.0f}"


def casualties(area: StudyArea) -> pd.DataFrame:
    """Return reported casualties and accidents, with the kind of each count kept apart.

    Returns
    -------
    DataFrame
        Rows of ``reported`` with a column ``kind``: ``yearly``, ``decade``, ``cumulative`` (several years), ``to date``
        (no period stated) or ``not available``. Kinds overlap: never add a cumulative row to yearly ones.

    Examples
    --------
    >>> from geo.area import read_area
    >>> counts = casualties(read_area("korea"))
    >>> counts[(counts.series == "monitor-casualties") & (counts.kind == "yearly")].period_end.tolist()[:3]
    ['2000', '2005', '2006']
    """
    rows = area.tables["reported"]
    rows = rows[rows.metric.isin(["casualties", "killed", "injured", "accidents"])].reset_index(drop=True)
    first, last = (pd.to_numeric(rows[column].str[:4], errors="coerce") for column in ("period_start", "period_end"))
    kind = pd.Series("cumulative", index=rows.index)
    kind = kind.mask((first % 10 == 0) & (last == first + 9), "decade").mask(first == last, "yearly")
    kind = kind.mask(first.isna(), "to date").mask(rows.qualifier == "not available", "not available")
    return rows.assign(kind=kind)


def stockpile(area: StudyArea) -> pd.DataFrame:
    """Return reported stocks of mines; the rows overlap and disagree, so they are not added.

    Examples
    --------
    >>> from geo.area import read_area
    >>> int(stockpile(read_area("korea")).set_index("key").value["kcbl-paper.stockpile.ROK.2006.total"])
    407800
    """
    rows = area.tables["reported"]
    return rows[rows.metric == "stockpile"].reset_index(drop=True)


def policy(area: StudyArea) -> pd.DataFrame:
    """Return the dated facts of law and policy, oldest first.

    Examples
    --------
    >>> from geo.area import read_area
    >>> facts = policy(read_area("korea"))
    >>> facts[facts.korea_exception == "yes"].key.tolist()
    ['us2022.3', 'us2022.4', 'us2022.5', 'us2022.korea']
    """
    return area.tables["policy"].sort_values("date", kind="stable", ignore_index=True)


def unavailable(area: StudyArea) -> pd.DataFrame:
    """Return the figures a source speaks of without printing a value, each with the reason in ``note``.

    Examples
    --------
    >>> from geo.area import read_area
    >>> "kcbl-paper.casualties.civilian.yearly" in set(unavailable(read_area("korea")).key)
    True
    """
    rows = area.tables["reported"]
    return rows[rows.qualifier == "not available"].reset_index(drop=True)
