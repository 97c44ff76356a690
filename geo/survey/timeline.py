"""Versions and reports of every record as one line of events each, sorted by date of information.

Assumption: what a record is follows from the set of its versions and reports, never from the order in which they came in. Of
reports of one date the first entered comes first, then the most cautious. A report that repeats another one's figures stands in
the history and counts once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.survey.dates import NEVER, is_open, numbered, spans
from geo.survey.fields import UNVERIFIED
from geo.survey.records import numbers_of, text_of
from geo.terms import FENCE_CONDITIONS, LAND_CLASSES, LAND_STATUSES, MARKING_TYPES, SIMULATED_BASES

KINDS = ("version", "flood", "nts", "ts", "clearance", "search", "completion", "handover", "inspection", "correction", "")
RELEASED = ("cancelled_m2", "reduced_m2", "cleared_m2")
FIGURES = (*RELEASED, "remaining_m2", "original_m2", "emplaced_n", "recovered_n", "unaccounted_n")
WORDS = {
    "land_class": ("", *LAND_CLASSES),
    "land_status": ("", *LAND_STATUSES),
    "marking_type": tuple(dict.fromkeys(("", *MARKING_TYPES, UNVERIFIED))),
    "fence_condition": ("", *FENCE_CONDITIONS),
}
FOR_EVER = np.int64(2**40)
DATED_BY = ("as_of", "status_since", "valid_from")  # the strongest last
Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Timeline:
    """All events, sorted by record and date.

    Attributes
    ----------
    names : array of str, shape (n_records,)
        In the order of the file.
    ends : array of int, shape (n_records,)
        The day on which a record ceases to hold, `FOR_EVER` where it does not.
    end_texts : array of str, shape (n_records,)
        That day as it was typed, "" where there is none.
    events : DataFrame, n_events rows
        ``record, kind`` (of `KINDS`), ``first, last`` (of the date), ``info, since`` (last day of the information and of the
        status), ``seen_first, seen_last`` (of the inspection), ``row`` (of the frame, -1 for reports), ``report`` (row of the
        reports, -1 for versions), ``version``, ``day`` (its date as typed), ``simulated``, codes of `WORDS`, `FIGURES`,
        ``mapped_m2``: the original area of a version where none is stated, ``drawn_m2``: that of its shapes, else the reported
        one, and ``again``: whether a report repeats the figures of
        one before it.
    words : dict of str to list of str
        What the codes stand for: `WORDS`, and others that the data hold.
    """

    names: NDArray[np.object_]
    ends: Ints
    end_texts: NDArray[np.object_]
    events: pd.DataFrame
    words: dict[str, list[str]]


def record_names(frame: pd.DataFrame) -> pd.Series:
    """Return what each row's record is called: its id without outer blanks, else its row in the file.

    Examples
    --------
    >>> record_names(pd.DataFrame({"id": [" A", ""]})).tolist()
    ['A', 'row 2']
    """
    ids = text_of(frame, "id").str.strip().reset_index(drop=True)
    return ids.where(ids != "", "row " + (ids.index.to_series() + 1).astype(str))


def version_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Return to which record and version each row belongs, and from when that version holds; in the frame's order.

    Rows of one record with the same ``valid_from``, or with none, are the parts of one version. It holds from its ``valid_from``,
    else from the earliest of its parts' ``status_since`` or ``as_of``, and its information is that of the latest, so that neither
    is a part missing on an early day nor does an older report change it.

    Returns
    -------
    DataFrame
        ``name, record, version, valid_from, first, last, info, since, end``: days as whole numbers, `NEVER` where none is stated;
        ``info`` is the date of information, ``since`` that of the status, ``end`` the day on which the version was closed.

    Examples
    --------
    >>> version_rows(pd.DataFrame({"id": ["A", "A", "A"], "valid_from": ["2020", "2020", "2021"]}))["version"].tolist()
    [0, 0, 1]
    """
    table = pd.DataFrame({"name": record_names(frame)})
    table["record"] = pd.factorize(table["name"])[0]
    texts = {name: text_of(frame, name).str.strip() for name in DATED_BY}
    days = {name: tuple(map(numbered, spans(text))) for name, text in texts.items()}
    shown = np.full(len(table), "", dtype=object)
    first, last = np.full(len(table), NEVER), np.full(len(table), NEVER)
    for name in DATED_BY:
        stated = days[name][1] != NEVER
        shown = np.where(stated, texts[name].to_numpy(dtype=object), shown)
        first, last = np.where(stated, days[name][0], first), np.where(stated, days[name][1], last)
    keys = table[["record"]].assign(since=days["valid_from"][1], till=days["valid_from"][0])
    group = keys.groupby(["record", "since", "till"], sort=False).ngroup().to_numpy()
    begins = pd.DataFrame({"group": group, "last": last, "vague": -first}).sort_values(["group", "last", "vague"], kind="stable")
    earliest = begins.index[~begins["group"].duplicated()].to_numpy()[group]  # groups are numbered as they appear, 0 first
    table["valid_from"], table["first"], table["last"] = shown[earliest], first[earliest], last[earliest]
    order = table[["record", "last"]].assign(vague=-table["first"], group=group)  # as `_sorted` has the events
    table["version"] = order.groupby(["record", "last", "vague", "group"], sort=True).ngroup()
    info = np.maximum(days["as_of"][1], last)
    table["info"] = pd.Series(info).groupby(group).transform("max")
    since = np.where(days["status_since"][1] != NEVER, days["status_since"][1], info)
    table["since"] = pd.Series(since).groupby(group).transform("min")
    closing = text_of(frame, "valid_to")
    table["end"] = np.where(is_open(closing), FOR_EVER, numbered(spans(closing)[1]))
    return table


def timeline(frame: pd.DataFrame, reports: pd.DataFrame, areas_m2: NDArray[np.float64]) -> Timeline:
    """Return the events of all records.

    Parameters
    ----------
    frame : DataFrame, n rows
        Fields of `geo.survey.fields.HAZARD_FIELDS`; versions and parts as rows of one id.
    reports : DataFrame
        Fields of `geo.survey.fields.REPORT_FIELDS`, in any order; those of records not in the frame are left out.
    areas_m2 : array, shape (n,)
        Mapped area of each row: the original area where nothing is stated.

    Examples
    --------
    >>> frame = pd.DataFrame({"id": ["A"], "as_of": ["2019"]})
    >>> reports = pd.DataFrame({"hazard_id": ["A", "A"], "date": ["2021", "2020"], "kind": ["ts", "nts"]})
    >>> [KINDS[kind] for kind in timeline(frame, reports, np.array([1e4])).events["kind"]]
    ['version', 'nts', 'ts']
    """
    rows = version_rows(frame)
    names = rows["name"].drop_duplicates().to_numpy(dtype=object)
    words = {
        name: list(
            dict.fromkeys([*known, *(word.strip() for table in (frame, reports) for word in text_of(table, name).unique())])
        )
        for name, known in WORDS.items()
    }
    ends, end_texts = _ends(rows, text_of(frame, "valid_to"), len(names))
    told = _reports(reports, names, words)
    events = pd.concat([_versions(frame, rows, areas_m2, words), told[told["last"] < ends[told["record"]]]], ignore_index=True)
    return Timeline(names, ends, end_texts, _sorted(events, reports), words)


def _ends(rows: pd.DataFrame, closing: pd.Series, n_records: int) -> tuple[Ints, NDArray[np.object_]]:
    """Return when each record's latest version was closed; earlier ones end where the next begins."""
    latest = rows.sort_values(["version", "end"], kind="stable").drop_duplicates("record", keep="last")
    ends = np.full(n_records, FOR_EVER)
    ends[latest["record"]] = latest["end"]
    texts = np.full(n_records, "", dtype=object)
    texts[latest["record"]] = closing.to_numpy(dtype=object)[latest.index]
    return ends, np.where(ends < FOR_EVER, texts, "")


def _versions(
    frame: pd.DataFrame, rows: pd.DataFrame, areas_m2: NDArray[np.float64], words: dict[str, list[str]]
) -> pd.DataFrame:
    """Return one event a version: what its first row says, and the area of all its parts."""
    at = rows.drop_duplicates("version").index.to_numpy()
    table = rows.loc[at, ["record", "version", "valid_from", "first", "last", "info", "since"]].reset_index(drop=True)
    table = table.rename(columns={"valid_from": "day"})
    head = frame.iloc[at]
    table = table.assign(kind=0, row=at, report=-1, **_said(head, words))
    mapped = np.bincount(rows["version"], weights=np.nan_to_num(areas_m2), minlength=len(at))[table["version"]]
    mapped = np.where(mapped == 0, np.nan, mapped)  # a point or a line is no area of 0: its size is not known
    amounts = sum(table[name].fillna(0.0) for name in RELEASED)
    reported = numbers_of(head, "area_reported_m2").reset_index(drop=True)
    table["mapped_m2"] = (table["remaining_m2"] + amounts).fillna(reported).fillna(pd.Series(mapped))
    table["drawn_m2"] = pd.Series(mapped).fillna(reported)
    table["simulated"] = text_of(head, "basis").isin(SIMULATED_BASES).to_numpy()
    return table


def _reports(reports: pd.DataFrame, names: NDArray[np.object_], words: dict[str, list[str]]) -> pd.DataFrame:
    """Return one event a report of a known record; a report without a readable date is none."""
    record = _places(text_of(reports, "hazard_id"), names)
    first, last = map(numbered, spans(text_of(reports, "date")))
    kinds = _places(text_of(reports, "kind"), KINDS)
    table = pd.DataFrame({"record": record, "version": -1, "first": first, "last": last, "info": last, "since": last})
    table["day"] = text_of(reports, "date").str.strip().to_numpy(dtype=object)
    table["mapped_m2"] = table["drawn_m2"] = np.nan
    table["kind"] = np.where(kinds > 0, kinds, len(KINDS) - 1)
    table = table.assign(row=-1, report=np.arange(len(table)), simulated=False, **_said(reports, words))
    linked: pd.DataFrame = table[(record >= 0) & (last != NEVER)]
    return linked


def _said(frame: pd.DataFrame, words: dict[str, list[str]]) -> dict[str, NDArray[np.generic]]:
    """Return the words as codes, the figures and the day of inspection that rows state."""
    said: dict[str, NDArray[np.generic]] = {name: _places(text_of(frame, name), known) for name, known in words.items()}
    said |= {name: numbers_of(frame, name).to_numpy() for name in FIGURES}
    said["seen_first"], said["seen_last"] = map(numbered, spans(text_of(frame, "last_inspected")))
    return said


def _places(texts: pd.Series, known: Sequence[str] | NDArray[np.object_]) -> NDArray[np.intp]:
    """Return where each text, without outer blanks, stands among the known ones; -1 where it does not."""
    codes, distinct = pd.factorize(texts)
    stripped = pd.Index([str(word).strip() for word in distinct], dtype=object)
    return np.asarray(pd.Index(np.asarray(known, dtype=object)).get_indexer(stripped)[codes], dtype=np.intp)


def _sorted(events: pd.DataFrame, reports: pd.DataFrame) -> pd.DataFrame:
    """Return events by record and date, whatever order the reports came in, and which of them repeat figures."""
    at = events["report"].to_numpy()
    entered = np.append(numbered(spans(text_of(reports, "entered"))[0]), NEVER)[at]  # a version, -1, finds the last
    keys = events[["record", "last"]].assign(told=at >= 0, vague=-events["first"])
    keys["entered"] = np.where(entered == NEVER, FOR_EVER, entered)
    keys["kind"] = events["kind"]
    names = list(keys.columns)
    tied = keys.duplicated(names, keep=False).to_numpy() & (at >= 0)
    if tied.any():
        same = reports.iloc[at[tied]].drop(columns="geometry", errors="ignore")
        keys["number"], keys["content"] = np.int64(0), np.uint64(0)
        keys.loc[tied, "number"] = pd.factorize(text_of(same, "report_id").to_numpy(dtype=object), sort=True)[0]
        keys.loc[tied, "content"] = pd.util.hash_pandas_object(same.astype(str), index=False).to_numpy()
    order = keys.sort_values(list(keys.columns), kind="stable").index
    ordered = events.loc[order].reset_index(drop=True)
    return ordered.assign(again=_again(ordered))


def _again(events: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which reports repeat one of the same record, date and kind figure by figure, with at least one figure."""
    figures = [*RELEASED, "recovered_n"]
    same = events.duplicated(["record", "first", "last", "kind", *figures]).to_numpy()
    return np.asarray(same & (events["report"] >= 0) & events[figures].notna().any(axis=1), dtype=bool)
