"""What changed between two builds: totals by layer and by district, and a log of features.

Assumption: a feature is known by its id, a public cell by the cell's; a feature whose id changed is one no longer listed and one
added. Nothing is ever said to be deleted: a newer build may only have left it out. Simulated features are made up anew by every
series and seed, so they are compared by their totals and never one by one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.districts import by_district, has_area
from geo.errors import DataError
from geo.exchange.content import plain_shapes, plain_values
from geo.layer import listed
from geo.measure import areas_m2, net_km2, total_km2

KM2 = ("gross", "net")
TOTAL_COLUMNS = (
    "layer",
    *("n_then", "n_now", "n_difference"),
    *(f"{kind}_{when}_km2" for kind in KM2 for when in ("then", "now", "difference")),
    "note",
)
LOG_COLUMNS = ("layer", "id", "change", "before", "after", "area_before_m2", "area_after_m2")
CHANGES = ("added", "no longer listed", "class changed", "status changed", "geometry changed", "attributes changed")
WORDS = {"class changed": "land_class", "status changed": "land_status"}
DERIVED = ("area_m2", "simulated", "fed_by", "distance_m", "geometry")  # follow from the shape, or from simulated layers

Frames = Mapping[str, gpd.GeoDataFrame]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Changes:
    """Two builds side by side.

    Attributes
    ----------
    table : DataFrame
        `TOTAL_COLUMNS`, a row each layer: counts, gross and net km² then, now and the difference.
    log : DataFrame
        `LOG_COLUMNS`, a row each change of a feature that is not simulated; sorted by layer, id and change.
    """

    table: pd.DataFrame
    log: pd.DataFrame


def changes(before: Frames, after: Frames, *, published: tuple[pd.DataFrame, pd.DataFrame] | None = None) -> Changes:
    """Compare the layers of two builds.

    Parameters
    ----------
    before, after : mapping of str to GeoDataFrame
        Layers by name, each with ``id``; a column ``simulated`` keeps features out of the log.
    published : tuple of DataFrame, optional
        The area tables (`geo.statistics.COLUMNS`) of both: where both tell a layer's km², these are taken rather than measured.

    Raises
    ------
    DataError
        If an id stands twice in a layer.

    Examples
    --------
    >>> field = gpd.GeoDataFrame({"id": ["a"], "land_class": ["SHA"]}, geometry=[shapely.box(127, 38, 127.01, 38.01)], crs=4326)
    >>> changes({"hazards": field}, {"hazards": field.assign(land_class="CHA")}).log.iloc[0, :5].tolist()
    ['hazards', 'a', 'class changed', 'SHA', 'CHA']
    """
    names = list(dict.fromkeys([*before, *after]))
    logs = [_log(name, before[name], after[name]) for name in names if name in before and name in after]
    logs += [_log(name, before[name], before[name].iloc[:0]) for name in before if name not in after]
    logs += [_log(name, after[name].iloc[:0], after[name]) for name in after if name not in before]
    log = pd.concat([pd.DataFrame(columns=list(LOG_COLUMNS)), *(part for part in logs if len(part))], ignore_index=True)
    log = log.astype({"area_before_m2": float, "area_after_m2": float})
    return Changes(_totals(names, before, after, published), _in_order(log, names))


def district_changes(before: Frames, after: Frames, districts: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return counts, gross and net km² of every polygon layer by district, then, now and the difference.

    Returns
    -------
    DataFrame
        ``code, name_en, name_ko`` and `TOTAL_COLUMNS`; a layer that was not there counts as 0.
    """
    keys = ["code", "name_en", "name_ko", "layer"]
    then, now = (
        by_district(frames, districts, split=())[[*keys, "n_features", "gross_km2", "net_km2"]] for frames in (before, after)
    )
    both = then.merge(now, on=keys, how="outer", suffixes=("_then", "_now"), sort=False)
    figures = {f"n_{when}": both[f"n_features_{when}"].fillna(0) for when in ("then", "now")}
    figures |= {f"{kind}_{when}_km2": both[f"{kind}_km2_{when}"].fillna(0.0) for kind in KM2 for when in ("then", "now")}
    table = _with_differences(both[keys].assign(**figures))
    table["note"] = [_note(name, before, after) for name in table["layer"]]
    places = {name: place for place, name in enumerate(dict.fromkeys([*before, *after]))}
    order = table.assign(last=table["code"] == "", place=table["layer"].map(places)).sort_values(["last", "code", "place"]).index
    return table.loc[order, [*keys[:3], *TOTAL_COLUMNS]].reset_index(drop=True)


def draw_note(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """Say whether two builds drew their simulated layers alike, from the parameters of both.

    Examples
    --------
    >>> draw_note({"series": "a", "seed": 1}, {"series": "b", "seed": 1})
    'simulated layers: compared by totals only; drawn for series a, seed 1 then, series b, seed 1 now'
    >>> draw_note({"series": "a", "seed": 1}, {"series": "a", "seed": 1})
    'simulated layers: compared by totals only; drawn for series a, seed 1 both times'
    """
    told = [f"series {made.get('series', 'unknown')}, seed {made.get('seed', 'unknown')}" for made in (then, now)]
    drawn = f"{told[0]} both times" if told[0] == told[1] else f"{told[0]} then, {told[1]} now"
    return f"simulated layers: compared by totals only; drawn for {drawn}"


def _totals(names: list[str], before: Frames, after: Frames, published: tuple[pd.DataFrame, pd.DataFrame] | None) -> pd.DataFrame:
    told = [_published(table) for table in published] if published else [{}, {}]
    rows = []
    for name in names:
        use_told = all(name in figures for figures in told)
        row: dict[str, Any] = {"layer": name, "note": _note(name, before, after)}
        for when, frames, figures in (("then", before, told[0]), ("now", after, told[1])):
            n, gross, net = figures[name] if use_told else _measured(frames.get(name))
            row |= {f"n_{when}": n, f"gross_{when}_km2": gross, f"net_{when}_km2": net}
        rows.append(row)
    return _with_differences(pd.DataFrame(rows, columns=["layer", "note", *_figure_columns()]))[list(TOTAL_COLUMNS)]


def _figure_columns() -> list[str]:
    return [f"n_{when}" for when in ("then", "now")] + [f"{kind}_{when}_km2" for kind in KM2 for when in ("then", "now")]


def _measured(frame: gpd.GeoDataFrame | None) -> tuple[int, float, float]:
    """Return number, gross and net km²; NaN for a layer without polygons, 0 for none at all."""
    if frame is None or frame.empty:
        return 0, 0.0, 0.0
    if not has_area(frame):
        return len(frame), np.nan, np.nan
    return len(frame), total_km2(frame), net_km2(frame)


def _published(table: pd.DataFrame) -> dict[str, tuple[Any, float, float]]:
    """Return number, gross and net km² of each layer as an area table tells them."""
    whole = table[(table["part"] == "all") & table["net_km2"].notna()].drop_duplicates("layer")
    figures = whole[["layer", "n_features", "gross_km2", "net_km2"]].itertuples(index=False)
    return {str(name): (n, float(gross), float(net)) for name, n, gross, net in figures}


def _with_differences(table: pd.DataFrame) -> pd.DataFrame:
    full = table.astype({"n_then": "Int64", "n_now": "Int64"})
    full["n_difference"] = full["n_now"] - full["n_then"]
    for kind in KM2:
        full[f"{kind}_difference_km2"] = full[f"{kind}_now_km2"].astype(float) - full[f"{kind}_then_km2"].astype(float)
    return full


def _note(name: str, before: Frames, after: Frames) -> str:
    if name not in before or name not in after:
        return "not in the earlier build" if name not in before else "not in this build"
    then, now = (_manner(frames[name]) for frames in (before, after))
    if then == now:
        return "simulated: totals only" if now == "simulated" else ""
    return f"{then} then, {now} now"


def _manner(frame: gpd.GeoDataFrame) -> str:
    simulated = _simulated(frame)
    return "simulated" if len(frame) and simulated.all() else "partly simulated" if simulated.any() else "not simulated"


def _simulated(frame: gpd.GeoDataFrame) -> Mask:
    if "simulated" not in frame:
        return np.zeros(len(frame), dtype=bool)
    return np.asarray(frame["simulated"].astype("boolean").fillna(False), dtype=bool)


def _log(name: str, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return every change of one layer's features that are not simulated, in no order."""
    then, now = (frame[~_simulated(frame)].reset_index(drop=True).to_crs("EPSG:4326") for frame in (before, after))
    then_ids, now_ids = (_ids(frame, name) for frame in (then, now))
    place = then_ids.get_indexer(now_ids)
    new, kept = np.flatnonzero(place < 0), np.flatnonzero(place >= 0)
    gone = np.setdiff1d(np.arange(len(then)), place)
    pairs = then.iloc[place[kept]].reset_index(drop=True), now.iloc[kept].reset_index(drop=True)
    area_then, area_now = _areas(then), _areas(now)
    parts = [
        _lines(name, "added", now_ids[new], "", "", np.nan, area_now[new]),
        _lines(name, "no longer listed", then_ids[gone], "", "", area_then[gone], np.nan),
    ]
    for change, where, old, fresh in _differing(*pairs):
        areas = area_then[place[kept]][where], area_now[kept][where]
        parts.append(_lines(name, change, now_ids[kept][where], old, fresh, *areas))
    return pd.concat(parts, ignore_index=True)


def _ids(frame: gpd.GeoDataFrame, name: str) -> pd.Index[Any]:
    ids: pd.Index[Any] = pd.Index(frame["id"].astype(str))
    if not ids.is_unique:
        twice = pd.Series(ids[ids.duplicated()].unique())
        raise DataError("repeated ids", where=f"{name}: {listed(twice)}", mend="features are compared by id")
    return ids


def _areas(frame: gpd.GeoDataFrame) -> NDArray[np.float64]:
    """Return the area [m²] of polygons, NaN of points and lines; shape (n,)."""
    flat = shapely.get_dimensions(frame.geometry.values) < 2
    return np.where(flat, np.nan, areas_m2(frame))


def _lines(
    name: str, change: str, ids: pd.Index[Any], before: Any, after: Any, area_before: Any, area_after: Any
) -> pd.DataFrame:
    values = (name, np.asarray(ids, dtype=object), change, before, after, area_before, area_after)
    return pd.DataFrame(dict(zip(LOG_COLUMNS, values, strict=True)), index=range(len(ids)))


def _differing(then: gpd.GeoDataFrame, now: gpd.GeoDataFrame) -> Iterator[tuple[str, Mask, Any, Any]]:
    """Yield each kind of change, at which pairs it happened, and what stood there before and after."""
    for change, column in WORDS.items():
        old, fresh = _texts(then, column), _texts(now, column)
        where = old != fresh
        yield change, where, old[where], fresh[where]
    yield "geometry changed", _moved(then.geometry, now.geometry), "", ""
    said: list[list[Any]] = [[""] * len(now), [""] * len(now)]
    columns = [name for name in dict.fromkeys([*then.columns, *now.columns]) if name not in (*DERIVED, "id", *WORDS.values())]
    for column in columns:
        old, fresh = _texts(then, column), _texts(now, column)
        for row in np.flatnonzero(old != fresh):
            for side, text in zip(said, (old[row], fresh[row]), strict=True):
                side[row] += f"{'; ' if side[row] else ''}{column}: {text or 'empty'}"
    old, fresh = (np.array(side, dtype=object) for side in said)
    where = old != ""
    yield "attributes changed", where, old[where], fresh[where]


def _moved(then: gpd.GeoSeries, now: gpd.GeoSeries) -> Mask:
    """Return which shapes differ by more than rounding and the order of their vertices; shape (n,)."""
    moved = shapely.to_wkb(then.values) != shapely.to_wkb(now.values)
    moved[moved] = plain_shapes(then[moved]) != plain_shapes(now[moved])
    return np.asarray(moved, dtype=bool)


def _texts(frame: gpd.GeoDataFrame, column: str) -> NDArray[np.object_]:
    """Return a column as text, numbers to 12 digits, "" where empty or absent; shape (n,)."""
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    values = plain_values(frame[column])
    if values.dtype == float:
        return np.array(["" if value != value else f"{value:.12g}" for value in values.tolist()], dtype=object)
    return np.array(["" if value is None else str(value) for value in values.tolist()], dtype=object)


def _in_order(log: pd.DataFrame, names: list[str]) -> pd.DataFrame:
    order = pd.DataFrame(
        {"place": log["layer"].map(names.index), "id": log["id"], "kind": log["change"].map(CHANGES.index)}, dtype=object
    )
    return log.iloc[order.sort_values(["place", "id", "kind"], kind="stable").index].reset_index(drop=True)
