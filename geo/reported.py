"""Reported figures: who said what, of which year, and how a mapped area answers to it.

Assumption: a reported total belongs to one series, that is one speaker and one vintage. Figures of different series
stand side by side and are never added. Limit: tables are read as numbers, so a zero printed last (443.0) does not
narrow the printed precision.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from types import MappingProxyType
from typing import Any, Literal

import pandas as pd

from geo.area import StudyArea
from geo.errors import ConfigError, nearest
from geo.history import casualties, clearance_table, policy, stockpile, unavailable
from geo.terms import BASES

__all__ = [
    "Reconciliation",
    "ReportedFigure",
    "Series",
    "buildable",
    "casualties",
    "clearance_table",
    "figure",
    "figures",
    "half_unit",
    "policy",
    "reconcile",
    "series",
    "series_table",
    "stockpile",
    "unavailable",
    "verdict",
]

Kind = Literal["planned", "unconfirmed"]
PARTS = ("planned_area", "planned_count", "unconfirmed_area", "unconfirmed_count")
NATIONAL = ("ROK", "dmz_ccz", "whole")  # scopes under which a series states its total
ALLOCATED_RELATIVE = 1e-5  # a total met by construction holds to this, so that one displaced field is seen
SOLVED_RELATIVE = 1e-3  # bands are solved to a tenth of a percent


@dataclass(frozen=True, slots=True)
class ReportedFigure:
    """One published value with its source.

    Attributes
    ----------
    key, series, metric, scope : str
        Which figure it is.
    value, value_max : float
        In `unit`; NaN when not printed. ``value_max`` is the upper end of a range.
    unit, as_of, qualifier, source, source_url, confidence, note : str
        As the table gives them; ``as_of`` is the year the figure speaks of.
    value_places : int
        Decimals as printed; -1 where unknown: then those the number itself shows.
    """

    key: str
    series: str
    metric: str
    scope: str
    value: float
    value_max: float
    unit: str
    as_of: str
    qualifier: str
    source: str
    source_url: str
    confidence: str
    note: str
    value_places: int = -1


@dataclass(frozen=True, slots=True)
class Series:
    """The planned and unconfirmed totals of one speaker and year.

    Attributes
    ----------
    planned_km2, unconfirmed_km2, planned_n, unconfirmed_n : ReportedFigure or None
        Areas [km²] and numbers of fields; None where the series states none.
    assumed : mapping of str to float
        Values that no source states, by part (``planned_count``).
    lacks : tuple of str
        What keeps the series from being drawn; empty when it can be built.
    """

    name: str
    planned_km2: ReportedFigure | None
    unconfirmed_km2: ReportedFigure | None
    planned_n: ReportedFigure | None
    unconfirmed_n: ReportedFigure | None
    assumed: Mapping[str, float]
    as_of: str
    lacks: tuple[str, ...] = ()

    def area_km2(self, kind: Kind) -> float:
        """Return the area [km²] of the planned or unconfirmed fields."""
        return self._value(self.planned_km2 if kind == "planned" else self.unconfirmed_km2, f"{kind}_area")

    def count(self, kind: Kind) -> int:
        """Return the number of planned or unconfirmed fields, assumed where the series states none."""
        return int(self._value(self.planned_n if kind == "planned" else self.unconfirmed_n, f"{kind}_count"))

    def _value(self, stated: ReportedFigure | None, part: str) -> float:
        if stated is not None:
            return stated.value
        if part in self.assumed:
            return self.assumed[part]
        raise ConfigError(f"series states no {part.replace('_', ' ')}", where=self.name)


@dataclass(frozen=True, slots=True)
class Reconciliation:
    """A mapped area [km²] beside the reported one; NaN where a side is missing."""

    mapped_km2: float
    reported_km2: float
    difference_km2: float
    difference_percent: float
    verdict: str
    reason: str = ""


def figure(area: StudyArea, key: str) -> ReportedFigure:
    """Return one figure of the tables ``reported`` or ``zones`` by its key.

    Examples
    --------
    >>> from geo.area import read_area
    >>> figure(read_area("korea"), "dmz.area.north").value
    454.0
    """
    return _figure(area.figure(key).to_dict())


def figures(
    area: StudyArea, *, series: str | None = None, metric: str | None = None, scope: str | None = None
) -> list[ReportedFigure]:
    """Return the reported figures that answer to all the given words, in the order of the tables.

    Raises
    ------
    ConfigError
        If a word stands nowhere in its column.

    Examples
    --------
    >>> from geo.area import read_area
    >>> [(f.scope, f.value) for f in figures(read_area("korea"), series="jcs-2018", metric="site_count")][:2]
    [('dmz', 786.0), ('ccz', 433.0)]
    """
    rows = pd.concat([area.tables["reported"], area.tables["zones"]], ignore_index=True)
    for column, word in (("series", series), ("metric", metric), ("scope", scope)):
        if word is None:
            continue
        known = area.tables["reported"][column].tolist() + area.tables["zones"][column].tolist()
        if word not in known:
            raise ConfigError(f"unknown {column}", where=f"{area.name}: {word}", mend=nearest(word, set(known)))
        rows = rows[rows[column] == word]
    return [_figure(row) for row in rows.to_dict("records")]


def series(area: StudyArea, name: str) -> Series:
    """Return a reported series as ``area.toml`` composes it.

    Raises
    ------
    ConfigError
        If no series has that name; the nearest and all known ones are told.

    Examples
    --------
    >>> from geo.area import read_area
    >>> icbl = series(read_area("korea"), "icbl-2007")
    >>> icbl.count("planned"), icbl.area_km2("planned"), icbl.count("unconfirmed"), icbl.area_km2("unconfirmed")
    (1100, 21.8, 202, 90.7)
    """
    known: Mapping[str, Any] = area.settings["series"]
    if name not in known:
        raise ConfigError("unknown series", where=f"{area.name}: {name}", mend=nearest(name, known))
    setting = known[name]
    stated = {part: figure(area, setting[part]) if part in setting else None for part in PARTS}
    assumed = {part: float(setting[f"{part}_assumed"]) for part in PARTS if f"{part}_assumed" in setting}
    missing = tuple(part.replace("_", " ") for part in PARTS if stated[part] is None and part not in assumed)
    return Series(
        name=name,
        planned_km2=stated["planned_area"],
        unconfirmed_km2=stated["unconfirmed_area"],
        planned_n=stated["planned_count"],
        unconfirmed_n=stated["unconfirmed_count"],
        assumed=MappingProxyType(assumed),
        as_of=str(setting["as_of"]),
        lacks=tuple(setting.get("lacks", missing)) or missing,
    )


def buildable(area: StudyArea, name: str) -> Series:
    """Return a series that can be drawn.

    Raises
    ------
    ConfigError
        If the series is unknown, or states too little to be drawn; what is missing is named.

    Examples
    --------
    >>> from geo.area import read_area
    >>> buildable(read_area("korea"), "mnd-2003").assumed["planned_count"]
    1100.0
    """
    found = series(area, name)
    if found.lacks or area.settings["series"][name].get("table_only", False):
        drawn = [other for other in area.settings["series"] if not series(area, other).lacks]
        raise ConfigError(
            "series cannot be drawn",
            where=f"{area.name}: {name}",
            expected="areas and numbers of planned and unconfirmed fields",
            found=f"a series for the table only, lacking {', '.join(found.lacks) or 'nothing'}",
            mend=f"choose one of {', '.join(drawn)}",
        )
    return found


def series_table(area: StudyArea) -> pd.DataFrame:
    """Return every series that states a national total, one row each; nothing is added across rows.

    Returns
    -------
    DataFrame
        ``series, planned_km2, planned_n, unconfirmed_km2, unconfirmed_n, total_km2, total_n, as_of, scope, source,
        buildable, lacks, assumed``. NaN where a series states nothing; ``source`` holds registered keys.

    Examples
    --------
    >>> from geo.area import read_area
    >>> table = series_table(read_area("korea")).set_index("series")
    >>> float(table.total_km2["mnd-2003"]), bool(table.buildable["jcs-2018"])
    (91.0, False)
    """
    totals = [f for f in figures(area) if f.scope in NATIONAL and f.metric in (*PARTS, "total_area", "site_count")]
    names = dict.fromkeys([*area.settings["series"], *(f.series for f in totals if f.metric != "site_count")])
    return pd.DataFrame([_series_row(area, name, [f for f in totals if f.series == name]) for name in names])


def _series_row(area: StudyArea, name: str, stated: list[ReportedFigure]) -> dict[str, object]:
    # of several rows for one metric the shortest key is the plain one: longer keys name a second print of the figure
    plain: dict[str, ReportedFigure | None] = {}
    for metric in (*PARTS, "total_area", "site_count"):
        plain[metric] = min((f for f in stated if f.metric == metric), key=lambda f: len(f.key), default=None)
    chosen = series(area, name) if name in area.settings["series"] else None
    if chosen is not None:
        composed = (chosen.planned_km2, chosen.planned_n, chosen.unconfirmed_km2, chosen.unconfirmed_n)
        plain |= dict(zip(PARTS, composed, strict=True))
    used = [f for f in plain.values() if f is not None]
    values = {metric: math.nan if f is None else f.value for metric, f in plain.items()}
    return {
        "series": name,
        "planned_km2": values["planned_area"],
        "planned_n": values["planned_count"],
        "unconfirmed_km2": values["unconfirmed_area"],
        "unconfirmed_n": values["unconfirmed_count"],
        "total_km2": values["total_area"],
        "total_n": values["site_count"],
        "as_of": chosen.as_of if chosen else max(f.as_of for f in used),
        "scope": "; ".join(dict.fromkeys(f.scope for f in used)),
        "source": ";".join(dict.fromkeys(area.source_key(f.source) for f in used)),
        "buildable": chosen is not None and not chosen.lacks,
        "lacks": "; ".join(chosen.lacks) if chosen else "not composed as a series in area.toml",
        "assumed": "; ".join(f"{part} {value:g}" for part, value in chosen.assumed.items()) if chosen else "",
    }


def half_unit(value: float, places: int = -1) -> float:
    """Return half a unit of the last printed place of a value; without the places, those that the number itself shows.

    Examples
    --------
    >>> half_unit(21.8), half_unit(97.82), half_unit(22.0), half_unit(1100.0), half_unit(2.0, places=1)
    (0.05, 0.005, 0.5, 0.5, 0.05)
    """
    if places < 0:
        places = -int(Decimal(repr(float(value))).normalize().as_tuple().exponent)
    return float(f"5e{-max(places, 0) - 1}")


def verdict(mapped: float, reported: ReportedFigure, *, basis: str, solved: bool = False) -> str:
    """Return how a mapped value answers to a figure of the same unit (km² or km).

    Parameters
    ----------
    mapped : float
        In the figure's unit.
    basis : str
        One of the bases of `geo.terms`. Allocated features are made to meet the figure and can never ``match`` it.
    solved : bool
        Whether the geometry was solved for the figure.

    Returns
    -------
    str
        ``by construction`` (allocated to 1e-5, solved to 1e-3 relative), ``match`` (within half a unit of the last
        printed place, whatever the qualifier), ``over`` or ``under``.

    Examples
    --------
    >>> from geo.area import read_area
    >>> planned = figure(read_area("korea"), "icbl-2007.planned_area.ROK.2006")
    >>> verdict(21.84, planned, basis="supplied"), verdict(21.8, planned, basis="allocated")
    ('match', 'by construction')
    """
    if basis not in BASES:
        raise ConfigError("unknown basis", where=reported.key, found=basis, mend=nearest(basis, BASES))
    low, high = reported.value, reported.value if math.isnan(reported.value_max) else reported.value_max
    made = basis == "allocated" or solved
    slack_low, slack_high = (half_unit(end, reported.value_places) + 1e-9 for end in (low, high))
    if made:
        slack_low = slack_high = (ALLOCATED_RELATIVE if basis == "allocated" else SOLVED_RELATIVE) * abs(low)
    if mapped > high + slack_high:
        return "over"
    if mapped < low - slack_low:
        return "under"
    return "by construction" if made else "match"


def reconcile(
    mapped_km2: float | None,
    reported: ReportedFigure | None,
    *,
    basis: str,
    solved: bool = False,
    comparable: bool = True,
    reason: str = "",
) -> Reconciliation:
    """Set a mapped area beside a reported one; nothing is rescaled.

    Parameters
    ----------
    mapped_km2 : float or None
        Geodesic area [km²]; None for a value that is only published.
    reported : ReportedFigure or None
        Figure in km²; None where no series states one.
    basis, solved
        See `verdict`.
    comparable : bool
        False when the two speak of different things; `reason` must then say why.

    Raises
    ------
    ConfigError
        If the figure is not in km², or a reason is missing.

    Examples
    --------
    >>> from geo.area import read_area
    >>> planned = figure(read_area("korea"), "icbl-2007.planned_area.ROK.2006")
    >>> answer = reconcile(24.0, planned, basis="supplied")
    >>> answer.verdict, round(answer.difference_km2, 1), round(answer.difference_percent, 1)
    ('over', 2.2, 10.1)
    """
    mapped = math.nan if mapped_km2 is None else float(mapped_km2)
    if reported is not None and reported.unit != "km2":
        raise ConfigError("not an area", where=reported.key, expected="km2", found=reported.unit)
    if reported is None or math.isnan(reported.value):
        said = reason or ("no reported figure" if reported is None else f"printed as {reported.qualifier}")
        return Reconciliation(mapped, math.nan, math.nan, math.nan, "not comparable", said)
    if math.isnan(mapped):
        return Reconciliation(mapped, reported.value, math.nan, math.nan, "other published value", reason)
    if not comparable and not reason:
        raise ConfigError("a reason is missing", where=reported.key, mend="say why the figure is not comparable")
    gap = mapped - reported.value
    percent = 100 * gap / reported.value if reported.value else math.nan
    said = verdict(mapped, reported, basis=basis, solved=solved) if comparable else "not comparable"
    return Reconciliation(mapped, reported.value, gap, percent, said, reason)


def _figure(row: Mapping[Any, Any]) -> ReportedFigure:
    return ReportedFigure(**{f.name: row[f.name] for f in fields(ReportedFigure)})
