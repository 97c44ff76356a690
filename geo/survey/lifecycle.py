"""What a hazard is on a given day, and its whole history, from its versions, its reports and the floods that met it.

Assumption: the history is append-only; nothing is deleted, and a version is closed by the next one or by its ``valid_to``. A
report changes a state only if its date of information is later beyond doubt: a partial date counts as known from its last day,
and dates whose days meet count as the same. SHA and open becomes CHA and worked on by the first technical survey or clearance
report, closed on completion, handed over on handover, searched but not released on a search. A flood or slide leaves signs and
fences unverified and reopens closed land as an indication. The account of land, cancelled + reduced + cleared + remaining =
original, follows from the stated amounts; geometry is not cut. A version that is drawn anew restarts it.
"""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import DataError
from geo.survey.dates import ENDLESS_YEAR, is_open, last_day, numbered, spans
from geo.survey.records import Survey, numbers_of, text_of
from geo.survey.states import states
from geo.survey.timeline import FIGURES, FOR_EVER, KINDS, RELEASED, Timeline, record_names, timeline, version_rows

Records = Survey | pd.DataFrame


class Lives(NamedTuple):
    """All records with their reports, their events and what held after each: made once, asked for many days."""

    frame: pd.DataFrame
    reports: pd.DataFrame
    line: Timeline
    held: pd.DataFrame


STATE_COLUMNS = (
    "hazard_id", "row", "valid_from", "land_class", "land_status", "report_id", "kind", "original_m2", *RELEASED, "remaining_m2",
    "redrawn_m2", "reopened_m2", "emplaced_n", "recovered_n", "unaccounted_n", "marking_type", "fence_condition",
    "last_inspected",
)  # fmt: skip
REPORTED = (*RELEASED, "recovered_n")  # of the history: the amounts that a report itself states
HISTORY_COLUMNS = (
    "hazard_id", "version", "valid_from", "valid_to", "applied", "kind", "report_id", "reason", "source",
    *(name for name in STATE_COLUMNS if name not in ("hazard_id", "row", "valid_from", "report_id", "kind")),
    *(f"reported_{name}" for name in REPORTED),
)  # fmt: skip
DATED = ("as_of", "date", "valid_from", "status_since", "last_inspected")


def versions(records: Records) -> pd.DataFrame:
    """Return the rows by record and version, each version closed where the next begins.

    Parameters
    ----------
    records : Survey or DataFrame
        Versions are rows of one id with different ``valid_from``; rows with the same are parts of one version.

    Returns
    -------
    DataFrame
        All rows with their index, and ``version`` (from 0), ``n_versions``, ``valid_from`` and ``valid_to`` as they hold, and
        ``current``: whether it is the record's latest version and not closed.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["A", "A"], "valid_from": ["2021", "2018-05"], "land_class": ["CHA", "SHA"]})
    >>> versions(frame)[["version", "valid_from", "valid_to", "current"]].values.tolist()
    [[0, '2018-05', '2021', False], [1, '2021', '', True]]
    """
    frame = _frame(records)
    rows = version_rows(frame)
    heads = rows.drop_duplicates("version").sort_values("version")
    following = heads["valid_from"].shift(-1).where(heads["record"] == heads["record"].shift(-1))
    closing = text_of(frame, "valid_to").str.strip().reset_index(drop=True)
    number = rows["version"] - rows.groupby("record")["version"].transform("min")
    n_versions = rows.groupby("record")["version"].transform("nunique")
    typed = closing.where(~is_open(closing), "")
    until = rows["version"].map(pd.Series(following.to_numpy(dtype=object), index=heads["version"])).fillna(typed)
    found = frame.copy()
    found["version"], found["n_versions"] = number.to_numpy(), n_versions.to_numpy()
    found["valid_from"], found["valid_to"] = rows["valid_from"].to_numpy(), until.astype(str).to_numpy()
    found["current"] = ((number == n_versions - 1) & (typed == "")).to_numpy()
    return found.iloc[np.argsort(rows["version"].to_numpy(), kind="stable")]


def state_at(
    records: Records, reports: pd.DataFrame | None, day: str | date, *, extents: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Return what each record was on a day, one row a record, in the order of the file.

    Records not yet known on that day, and those closed by ``valid_to`` by then, are left out.

    Parameters
    ----------
    records : Survey or DataFrame
    reports : DataFrame or None
        Of `geo.survey.fields.REPORT_FIELDS`, in any order; None takes those of the survey.
    day : str or date
        ``2020`` stands for its last day.
    extents : GeoDataFrame, optional
        Floods and slides, see `flooded`.

    Returns
    -------
    DataFrame
        `STATE_COLUMNS`: ``valid_from`` is when class and status came to hold, ``report_id`` and ``kind`` what made them so
        (``version`` for the record itself), ``row`` the record's row in the frame; areas in m²; ``redrawn_m2`` is by how much the
        hazard's later versions are drawn larger than its first, below 0 if smaller; ``reopened_m2`` is the land of a
        closed hazard that a flood reopened, beside the account.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["A"], "land_class": ["SHA"], "land_status": ["open"], "as_of": ["2019"], "area_m2": [9e3]})
    >>> reports = pd.DataFrame({"hazard_id": ["A"], "date": ["2020-05-03"], "kind": ["ts"], "reduced_m2": [4e3]})
    >>> state_at(frame, reports, "2020")[["land_class", "land_status", "remaining_m2"]].values.tolist()
    [['CHA', 'worked_on', 5000.0]]
    >>> state_at(frame, reports, "2020-05-02")[["land_class", "land_status", "remaining_m2"]].values.tolist()
    [['SHA', 'open', 9000.0]]
    """
    return state_of(lives_of(records, reports, extents=extents), day)


def lives_of(records: Records, reports: pd.DataFrame | None = None, *, extents: gpd.GeoDataFrame | None = None) -> Lives:
    """Return what happened to each record, for `state_of` to be asked about several days.

    Examples
    --------
    >>> lives = lives_of(pd.DataFrame({"id": ["A"], "land_class": ["SHA"], "as_of": ["2019"]}))
    >>> [len(state_of(lives, day)) for day in ("2018", "2019")]
    [0, 1]
    """
    frame = _frame(records)
    told = _with_floods(records, reports, extents)
    line = timeline(frame, told, _areas_m2(frame))
    return Lives(frame, told, line, states(line.events, len(line.names)))


def state_of(lives: Lives, day: str | date) -> pd.DataFrame:
    """Return what each record was on a day, as `state_at` does."""
    return _told(lives, _holding(lives.line, lives.held, last_day(day)))[list(STATE_COLUMNS)]


def history_table(
    records: Records, reports: pd.DataFrame | None = None, *, extents: gpd.GeoDataFrame | None = None
) -> pd.DataFrame:
    """Return every version and report of every record in order, each with what held after it.

    What an older or same-dated report says stands there too, and a report that repeats the figures of another, with ``applied``
    false and ``valid_to`` equal to ``valid_from``: it changed nothing. One from before the first version has the number of that.

    Returns
    -------
    DataFrame
        `HISTORY_COLUMNS`; half-open: a row holds from ``valid_from`` until before ``valid_to``, "" where it still holds. The
        ``reported_`` columns are what the row's report says, NaN for versions; all else is what held after it.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["A"], "land_class": ["SHA"], "land_status": ["open"], "as_of": ["2019"]})
    >>> reports = pd.DataFrame({"hazard_id": ["A", "A"], "date": ["2020", "2018"], "kind": ["completion", "ts"]})
    >>> history_table(frame, reports)[["valid_from", "valid_to", "applied", "land_status"]].values.tolist()
    [['2018', '2018', False, ''], ['2019', '2020', True, 'open'], ['2020', '', True, 'closed']]
    """
    lives = lives_of(records, reports, extents=extents)
    line = lives.line
    table = _told(lives, np.arange(len(line.events)), of_event=True)
    number = (line.events["row"] >= 0).groupby(line.events["record"]).cumsum() - 1
    table["version"] = number.clip(lower=0).to_numpy()
    for name in REPORTED:
        table[f"reported_{name}"] = line.events[name].where(line.events["report"] >= 0)
    table["applied"] = lives.held["applied"]
    table["valid_from"] = line.events["day"].astype(str)
    table["valid_to"] = _until(line, table)
    return table[list(HISTORY_COLUMNS)]


def flooded(records: Records, extents: gpd.GeoDataFrame, day: str | date | None = None) -> pd.DataFrame:
    """Return one report of kind ``flood`` for each record and each flood or slide that meets one of its shapes.

    Parameters
    ----------
    records : Survey or GeoDataFrame
        With a CRS.
    extents : GeoDataFrame
        ``name, kind, date`` and polygons, with a CRS. One without a readable date meets nothing.
    day : str or date, optional
        Only floods known on that day.

    Returns
    -------
    DataFrame
        ``hazard_id, report_id, date, kind, reason, source``, and ``row``: the first of the record's rows that was met.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame({"id": ["A", "B"]}, geometry=[shapely.box(0, 0, 1, 1), shapely.box(5, 5, 6, 6)], crs=4326)
    >>> flood = {"name": ["August flood"], "kind": ["flood"], "date": ["2020-08-05"]}
    >>> extents = gpd.GeoDataFrame(flood, geometry=[shapely.box(0.5, 0.5, 2, 2)], crs=4326)
    >>> flooded(frame, extents)[["hazard_id", "date", "reason"]].values.tolist()
    [['A', '2020-08-05', 'August flood (flood)']]
    """
    frame = _frame(records)
    if frame.crs is None or extents.crs is None:
        raise DataError("no CRS", where="floods and the records they met", mend="state the CRS of both; it is never guessed")
    last = numbered(spans(text_of(extents, "date"))[1])
    known = extents[(last <= (FOR_EVER if day is None else last_day(day))) & (last > -FOR_EVER)]
    shapes, waters = _valid(frame.geometry.to_crs(4326)), _valid(known.geometry.to_crs(4326))
    shapely.prepare(waters)
    water, row = shapely.STRtree(shapes).query(waters, predicate="intersects")
    met = pd.DataFrame({"hazard_id": record_names(frame).to_numpy(dtype=object)[row], "row": row, "water": water})
    met = met.sort_values(["row", "water"], kind="stable").drop_duplicates(["hazard_id", "water"], ignore_index=True)
    columns = {name: text_of(known, name).to_numpy(dtype=object)[met["water"]] for name in ("name", "kind", "date")}
    told = pd.Series(columns["name"], dtype=str) + " (" + pd.Series(columns["kind"], dtype=str) + ")"
    return pd.DataFrame(
        {
            "hazard_id": met["hazard_id"].astype(str),
            "report_id": pd.Series(columns["name"], dtype=str),
            "date": pd.Series(columns["date"], dtype=str),
            "kind": "flood",
            "reason": told,
            "source": pd.Series(columns["name"], dtype=str),
            "row": met["row"],
        }
    )


def latest_day(*tables: pd.DataFrame | None) -> str:
    """Return the latest day that the tables speak of: the day as of which a build is made, so that no clock is read.

    Examples
    --------
    >>> latest_day(pd.DataFrame({"as_of": ["2019", ""], "valid_to": ["9999-12-31", ""]}), pd.DataFrame({"date": ["2020-02"]}))
    '2020-02-29'
    """
    days = [spans(text_of(table, name))[1] for table in tables if table is not None for name in DATED if name in table]
    stated = np.concatenate([*days, np.zeros(0, dtype="datetime64[D]")])
    stated = stated[~np.isnat(stated) & (stated < np.datetime64(f"{ENDLESS_YEAR}-01-01", "D"))]
    return str(stated.max()) if len(stated) else ""


def _frame(records: Records) -> pd.DataFrame:
    return records.frame if isinstance(records, Survey) else records


def _with_floods(records: Records, reports: pd.DataFrame | None, extents: gpd.GeoDataFrame | None) -> pd.DataFrame:
    """Return the reports, and one more for each flood that met a record."""
    told = reports if reports is not None else records.reports if isinstance(records, Survey) else pd.DataFrame()
    if extents is None or len(extents) == 0:
        return told
    return pd.concat([told, flooded(records, extents).drop(columns="row")], ignore_index=True)


def _areas_m2(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Return the mapped area of each row: measured, else as the column ``area_m2`` says; shape (n,)."""
    shaped = isinstance(frame, gpd.GeoDataFrame) and frame.active_geometry_name is not None
    if shaped and frame.crs is not None and frame.crs != measure.WEB_MERCATOR:
        return measure.areas_m2(frame)
    return numbers_of(frame, "area_m2").to_numpy()


def _valid(shapes: gpd.GeoSeries) -> NDArray[np.object_]:
    """Return shapes that an overlay can take; a bow tie is split, a missing one stays missing."""
    found = np.array(shapes.values, dtype=object)
    broken = ~shapely.is_missing(found) & ~shapely.is_valid(found)
    found[broken] = shapely.make_valid(found[broken])
    return found


def _holding(line: Timeline, held: pd.DataFrame, day: int) -> NDArray[np.intp]:
    """Return, for each record that holds on a day, its last event known by then."""
    known = (line.events["last"] <= day).to_numpy()
    record = line.events["record"].to_numpy()
    count = np.bincount(record, minlength=len(line.names))
    n_known = np.bincount(record[known], minlength=len(line.names))
    at = (np.cumsum(count) - count + n_known - 1)[(n_known > 0) & (line.ends > day)]
    return np.asarray(at[(held["version"].to_numpy()[at] >= 0)], dtype=np.intp)


def _told(lives: Lives, at: NDArray[np.intp], *, of_event: bool = False) -> pd.DataFrame:
    """Return states in words; of the event itself, or of the one that made class and status what they are."""
    frame, reports, line, held = lives
    now = held.iloc[at].reset_index(drop=True)
    cause = at if of_event else now["cause"].to_numpy()
    made = line.events.iloc[cause].reset_index(drop=True)
    row, report = made["row"].to_numpy(), made["report"].to_numpy()
    table = pd.DataFrame({"hazard_id": line.names[line.events["record"].to_numpy()[at]]}).astype(str)
    table["valid_from"], table["kind"] = made["day"].astype(str), np.array(KINDS, dtype=object)[made["kind"]]
    for name, own in (("report_id", "report_id"), ("reason", "status_reason"), ("source", "source")):
        table[name] = _picked(text_of(frame, own), row) + _picked(text_of(reports, name), report)
    for name, words in line.words.items():
        table[name] = np.array(words, dtype=object)[now[name]]
    for name in (*FIGURES, "redrawn_m2"):
        table[name] = now[name]
    table["reopened_m2"] = np.where(now["reopened"], now["original_m2"], 0.0)
    seen = now["seen"].to_numpy()
    inspected = line.events.iloc[np.maximum(seen, 0)] if len(line.events) else line.events
    frame_seen = _picked(text_of(frame, "last_inspected"), np.where(seen >= 0, inspected["row"], -1))
    looked = text_of(reports, "last_inspected").str.strip()
    looked = looked.where(looked != "", text_of(reports, "date"))
    table["last_inspected"] = frame_seen + _picked(looked, np.where(seen >= 0, inspected["report"], -1))
    table["row"] = _rows_of_versions(line)[now["version"].to_numpy()] if len(at) else np.zeros(0, dtype=int)
    return table.astype(dict.fromkeys(("kind", "report_id", "reason", "source", *line.words, "last_inspected"), str))


def _picked(texts: pd.Series, rows: NDArray[np.integer]) -> NDArray[np.object_]:
    """Return the text of each row, "" for -1."""
    chosen = np.asarray(rows)
    found = np.full(len(chosen), "", dtype=object)
    found[chosen >= 0] = texts.iloc[chosen[chosen >= 0]].str.strip().to_numpy(dtype=object)
    return found


def _rows_of_versions(line: Timeline) -> NDArray[np.int64]:
    """Return the first row of each version, and -1 at the end for none."""
    told = line.events[line.events["kind"] == 0]
    rows = np.full(int(told["version"].max()) + 2, -1, dtype=np.int64)
    rows[told["version"]] = told["row"]
    return rows


def _until(line: Timeline, table: pd.DataFrame) -> pd.Series:
    """Return until when each row of the history holds: the next that counted, or the end of the record."""
    record = line.events["record"]
    counted = table["valid_from"].where(table["applied"])
    following = counted.groupby(record).shift(-1).groupby(record).bfill()
    ends = pd.Series(line.end_texts[record.to_numpy()], index=table.index, dtype=str)
    return following.fillna(ends).where(table["applied"], table["valid_from"]).astype(str)
