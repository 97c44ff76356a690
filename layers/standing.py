"""Supplied hazards as they stood on a day: their versions, the reports on them and the floods that met them, folded together.

Assumption: without a date of their own hazards hold at all times. The day is the user's, else the latest that the data speaks of,
so that a build never reads the clock.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.errors import ConfigError
from geo.exchange.parts import Supplied
from geo.exchange.strict import texts
from geo.generalise import HAZARD_LAYERS, PAST_LAYER, exact_rows
from geo.layer import listed
from geo.measure import areas_m2
from geo.reported import Kind
from geo.survey.dates import is_open, last_day, numbered, spans
from geo.survey.lifecycle import history_table, latest_day, versions

FOLDED = (  # what a report or a flood may change
    *("land_class", "land_status", "original_m2", "redrawn_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "remaining_m2"),
    *("reopened_m2", "emplaced_n", "recovered_n", "unaccounted_n", "marking_type", "fence_condition", "last_inspected"),
)
PRODUCTS = ("original", "cancelled", "reduced", "cleared", "remaining", "reopened")


class Standing(NamedTuple):
    """Hazards of one file on a day.

    Attributes
    ----------
    current : GeoDataFrame
        One row a hazard, as it stood.
    past : GeoDataFrame
        Every earlier state with the shape it had: the same columns, ``valid_from`` and ``valid_to``.
    history : DataFrame
        Every version and report in order, see `geo.survey.lifecycle.history_table`; empty where nothing is dated.
    day : str
        "" where nothing is dated.
    astray : frozenset of str
        Hazards that reports name and the file does not hold.
    """

    current: gpd.GeoDataFrame
    past: gpd.GeoDataFrame
    history: pd.DataFrame
    day: str
    astray: frozenset[str] = frozenset()


def standing(own: Supplied, extents: gpd.GeoDataFrame | None, day: str | None, *, where: str) -> Standing:
    """Return hazards as they stood on a day, with everything before it.

    Parameters
    ----------
    own : Supplied
        Of `geo.exchange.read.read_supplied`.
    extents : GeoDataFrame, optional
        Floods and slides that happened.
    day : str, optional
        By default the latest day that hazards, reports and extents speak of.
    where : str
        The file, for the message.

    Raises
    ------
    ConfigError
        If no hazard was known on that day.

    Examples
    --------
    >>> import shapely
    >>> field = {"id": ["A"], "land_class": ["SHA"], "land_status": ["open"], "valid_from": ["2019-03-01"]}
    >>> frame = gpd.GeoDataFrame(field, geometry=[shapely.box(127, 38, 127.001, 38.001)], crs=4326)
    >>> reports = pd.DataFrame({"hazard_id": ["A"], "date": ["2020-05-03"], "kind": ["ts"]})
    >>> now = standing(Supplied(frame, frame.iloc[:0], reports), None, None, where="survey.gpkg")
    >>> now.day, now.current.land_class.tolist(), now.past[["land_class", "valid_to"]].values.tolist()
    ('2020-05-03', ['CHA'], [['SHA', '2020-05-03']])
    """
    met = extents if extents is not None and len(extents) else None
    if not (len(own.past) or len(own.reports) or met is not None or _dated(own.current)):
        return Standing(own.current, own.past, pd.DataFrame(), "")
    rows = gpd.GeoDataFrame(pd.concat([own.past, own.current], ignore_index=True), crs=own.current.crs)
    asked = day or latest_day(rows, own.reports, met)
    history = history_table(rows, own.reports, extents=met)
    states = _states(rows, history)
    begun, ended = _numbers(states["valid_from"]), _numbers(states["valid_to"])
    limit = last_day(asked) if asked else np.iinfo(np.int64).max
    over = ~is_open(states["valid_to"]) & (ended <= limit)
    current = states[(begun <= limit) & ~over].reset_index(drop=True)
    if current.empty:
        first = states["valid_from"].min()
        raise ConfigError("no hazard known on that day", where=where, expected=f"{first} or later", found=asked)
    named = frozenset(texts(own.reports, "hazard_id").str.strip()) if len(own.reports) else frozenset()
    return Standing(current, states[over].reset_index(drop=True), history, asked, named - set(states["id"]))


def told_of(parts: Mapping[Kind, Standing], tier: str) -> tuple[str, ...]:
    """Return what a reader must know of hazards on a day: the day, and reports that none of the files has a hazard for.

    Examples
    --------
    >>> none = gpd.GeoDataFrame(geometry=[], crs=4326)
    >>> told_of({"planned": Standing(none, none, pd.DataFrame(), "2020-05-03", frozenset({"X-9"}))}, "restricted")
    ('planned minefields as of 2020-05-03', 'reports on hazards that no file holds were left out: X-9')
    """
    days = [f"{kind} minefields as of {now.day}" for kind, now in parts.items() if now.day]
    astray = frozenset.intersection(*(now.astray for now in parts.values())) if parts else frozenset()
    if not astray:
        return tuple(days)
    names = listed(pd.Series(sorted(astray))) if tier == "restricted" else f"{len(astray)}; minemap check names them"
    return (*days, f"reports on hazards that no file holds were left out: {names}")


def joined_past(parts: Mapping[Kind, Standing]) -> gpd.GeoDataFrame | None:
    """Return all earlier states with the layer they belong to in ``hazard_layer``, None where there are none."""
    frames = [now.past.to_crs(4326).assign(hazard_layer=f"{kind}_minefields") for kind, now in parts.items() if len(now.past)]
    return gpd.GeoDataFrame(pd.concat(frames, ignore_index=True), crs=4326) if frames else None


def hazards_on(frames: Mapping[str, gpd.GeoDataFrame], day: str) -> dict[str, gpd.GeoDataFrame]:
    """Return the supplied hazards of a build's layers, by hazard layer, as they stood on a day.

    Parameters
    ----------
    frames : mapping of str to GeoDataFrame
        Layers by name; the earlier states in ``past_hazards``.
    day : str
        ``2020`` stands for its last day.
    """
    limit = last_day(day)
    found = {}
    for name in HAZARD_LAYERS:
        own = frames[name][exact_rows(frames[name], name)]
        past = frames.get(PAST_LAYER)
        earlier = own.iloc[:0] if past is None else past[past["hazard_layer"] == name]
        rows = gpd.GeoDataFrame(pd.concat([own, earlier], ignore_index=True), crs=own.crs)
        if len(rows):
            begun, ended = (_numbers(texts(rows, column)) for column in ("valid_from", "valid_to"))
            found[name] = rows[(begun <= limit) & (is_open(texts(rows, "valid_to")) | (ended > limit))]
    return found


def by_status(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the land of hazards by class and status: how many, gross km² and what became of it.

    Examples
    --------
    >>> import shapely
    >>> field = {"land_class": ["SHA"], "land_status": ["open"], "cleared_m2": [4e5]}
    >>> frame = gpd.GeoDataFrame(field, geometry=[shapely.box(0, 0, 1000, 1000)], crs=32652)
    >>> by_status(frame)[["n_hazards", "cleared_km2"]].values.tolist()
    [[1.0, 0.4]]
    """
    words = {name: texts(frame, name) for name in ("land_class", "land_status")}
    table = pd.DataFrame({**words, "n_hazards": 1, "gross_km2": areas_m2(frame) / 1e6})
    for name in PRODUCTS:
        if f"{name}_m2" in frame:
            table[f"{name}_km2"] = frame[f"{name}_m2"].to_numpy(float) / 1e6
    figures = [name for name in table if name not in words]
    return table.groupby(list(words), sort=True, as_index=False)[figures].sum()


def _dated(frame: gpd.GeoDataFrame) -> bool:
    return "valid_from" in frame and bool((frame["valid_from"].fillna("").astype(str) != "").any())


def _numbers(texts: pd.Series) -> NDArray[np.int64]:
    return numbered(spans(texts)[1])


def _states(rows: gpd.GeoDataFrame, history: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return every state of every hazard: the row of its version with what versions, reports and floods made of it."""
    held = history[history["applied"] & ((history["valid_from"] != history["valid_to"]) | (history["valid_from"] == ""))]
    shaped = versions(rows).rename(columns={"id": "hazard_id"}).drop(columns=["valid_from", "valid_to", "n_versions", "current"])
    shaped["hazard_id"] = shaped["hazard_id"].astype(str).str.strip()
    told = [name for name in FOLDED if name in rows or _says(held[name])]
    both = shaped.drop(columns=[name for name in told if name in shaped]).merge(
        held[["hazard_id", "version", "valid_from", "valid_to", "reason", *told]], on=["hazard_id", "version"], how="inner"
    )
    if both["reason"].ne("").any():
        both["status_reason"] = both["reason"]
    both = both.drop(columns=["version", "reason"]).rename(columns={"hazard_id": "id"})
    order = [name for name in rows.columns if name in both]
    return gpd.GeoDataFrame(both[[*order, *(name for name in both if name not in order)]], geometry="geometry", crs=rows.crs)


def _says(cells: pd.Series) -> bool:
    filled = cells.notna() & ~cells.isin(["", 0])
    return bool(filled.any())
