"""What holds of a record after each of its events: class and status, marking, and the account of its land.

Assumption: only what is later beyond doubt changes a state. Class and status, and the marking, each have a date of their own, so
an inspection of a fence does not shut out a clearance report of the same day. Areas are amounts, not states: those of every
report later than the version add up. A version whose mapped area differs from the last one's was redrawn and restarts the
account: what was released stays counted, and all that it draws remains; land redrawn at the same size is not noticed. All records
take their k-th event in one step, so cost is linear in events.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.survey.dates import NEVER
from geo.survey.fields import UNVERIFIED
from geo.survey.timeline import FIGURES, KINDS, RELEASED, WORDS, Ints

Bools = NDArray[np.bool_]
Columns = dict[str, NDArray[Any]]
FLOOD, CORRECTION = KINDS.index("flood"), KINDS.index("correction")
WORK = (KINDS.index("ts"), KINDS.index("clearance"))
ENDS = (
    (KINDS.index("search"), "searched_not_released"),
    (KINDS.index("completion"), "closed"),
    (KINDS.index("handover"), "handed_over"),
)
CLASS = {word: code for code, word in enumerate(WORDS["land_class"])}
STATUS = {word: code for code, word in enumerate(WORDS["land_status"])}
CLOSED = (STATUS["closed"], STATUS["handed_over"])
UNTOUCHED = (STATUS[""], STATUS["open"], STATUS["unknown"])
MARKING_UNVERIFIED = WORDS["marking_type"].index(UNVERIFIED)
FENCE_UNVERIFIED = WORDS["fence_condition"].index(UNVERIFIED)
SAME_M2 = 1.0  # mapped areas that differ by no more are of one shape
INSPECTION = KINDS.index("inspection")
KEPT = ("version", "cause", "seen", "since", *WORDS, *FIGURES, "redrawn_m2", "reopened", "applied")


def states(events: pd.DataFrame, n_records: int) -> pd.DataFrame:
    """Return what holds after each event.

    Parameters
    ----------
    events : DataFrame, n_events rows
        Of `geo.survey.timeline.Timeline`, sorted.
    n_records : int

    Returns
    -------
    DataFrame, n_events rows
        ``version``; ``cause`` and ``seen``: the events that made class and status, and that told of the marking, -1 for none;
        ``since``: last day of the status; codes of `WORDS`; `FIGURES`; ``redrawn_m2``: by how much later versions are drawn
        larger than the first; ``reopened``: whether a flood reopened it; ``applied``:
        whether the event changed or confirmed anything.
    """
    columns: Columns = {str(name): cells.to_numpy() for name, cells in events.items() if name != "day"}
    count = np.bincount(columns["record"], minlength=n_records)
    start = np.cumsum(count) - count
    by_count = np.argsort(-count, kind="stable")
    now = _nothing(n_records)
    after = {name: np.zeros(len(events), dtype=now[name].dtype) for name in KEPT}
    falling = -count[by_count]
    for step in range(int(count.max(initial=0))):
        at = by_count[: np.searchsorted(falling, -step)]
        event = start[at] + step
        _happen(now, at, event, {name: cells[event] for name, cells in columns.items()})
        for name in KEPT:
            after[name][event] = now[name][at]
    return pd.DataFrame(after)


def _nothing(n_records: int) -> Columns:
    """Return the state before the first event."""
    now: Columns = {name: np.zeros(n_records, dtype=np.int64) for name in WORDS}
    now |= {name: np.full(n_records, np.nan) for name in (*FIGURES, "drawn_m2")}
    now["redrawn_m2"] = np.zeros(n_records)
    now |= {name: np.full(n_records, -1, dtype=np.int64) for name in ("version", "cause", "seen")}
    now |= {name: np.full(n_records, NEVER) for name in ("info", "since", "marked", "counted")}
    return now | {name: np.zeros(n_records, dtype=bool) for name in ("simulated", "reopened", "applied")}


def _happen(now: Columns, at: Ints, event: Ints, says: Mapping[str, NDArray[Any]]) -> None:
    """Let one event happen to each of the records `at`."""
    version = says["kind"] == 0
    known = now["version"][at] >= 0
    for name in ("version", "simulated"):
        now[name][at] = np.where(version, says[name], now[name][at])
    changed = _status(now, at, event, says, version, known)
    correction = says["kind"] == CORRECTION
    _corrected(now, at, says, changed & correction)
    changed |= _account(now, at, says, version, known & ~correction)
    changed |= _marking(now, at, event, says, version, known)
    now["applied"][at] = changed


def _status(now: Columns, at: Ints, event: Ints, says: Mapping[str, NDArray[Any]], version: Bools, known: Bools) -> Bools:
    """Set class and status; return which events counted."""
    kind, land_class, status = says["kind"], now["land_class"][at], now["land_status"][at]
    flood = (kind == FLOOD) & np.isin(status, CLOSED)
    work = np.isin(kind, WORK)
    stated = (says["land_class"] > 0) | (says["land_status"] > 0)
    corrected = (kind == CORRECTION) & np.any([~np.isnan(says[name]) for name in RELEASED], axis=0)
    acts = stated | work | flood | corrected | np.isin(kind, [end for end, _ in ENDS])
    later = np.where(kind == FLOOD, says["first"] > now["since"][at], says["first"] > now["info"][at])
    takes = version | (known & acts & later)
    confirmed = work & (land_class == CLASS["SHA"]) & np.isin(status, UNTOUCHED) & ~now["simulated"][at]
    made = np.where(confirmed, CLASS["CHA"], np.where(flood, CLASS["indication"], land_class))
    named = (says["land_class"] > 0) & ~(~version & now["simulated"][at] & (says["land_class"] == CLASS["CHA"]))
    made = np.where(named, says["land_class"], made)
    becomes = np.where(work, STATUS["worked_on"], np.where(flood, STATUS["open"], status))
    for end, word in ENDS:
        becomes = np.where(kind == end, STATUS[word], becomes)
    becomes = np.where(says["land_status"] > 0, says["land_status"], becomes)
    other = takes & (version | (made != land_class) | (becomes != status))
    new_status = takes & (version | (becomes != status))
    now["land_class"][at] = np.where(takes, made, land_class)
    now["land_status"][at] = np.where(takes, becomes, status)
    now["cause"][at] = np.where(other, event, now["cause"][at])
    now["since"][at] = np.where(new_status, says["since"], now["since"][at])
    now["info"][at] = np.where(takes, np.maximum(says["info"], now["info"][at]), now["info"][at])
    now["reopened"][at] = np.where(new_status, flood & ~version, now["reopened"][at])
    return np.asarray(takes, dtype=bool)


def _marking(now: Columns, at: Ints, event: Ints, says: Mapping[str, NDArray[Any]], version: Bools, known: Bools) -> Bools:
    """Set the state of signs and fences; return which events counted."""
    flood = (says["kind"] == FLOOD) & known
    dated = says["seen_last"] != NEVER
    inspected = dated | (says["kind"] == INSPECTION)  # without a day of its own it was made on the report's
    worded = (says["marking_type"] > 0) | (says["fence_condition"] > 0)
    first = np.where(dated, says["seen_first"], np.where(version, says["info"], says["first"]))
    last = np.where(dated, says["seen_last"], np.where(version, says["info"], says["last"]))
    before = now["marked"][at]
    later = np.where(version, last >= before, first > before)
    takes = (flood | ((version | known) & (inspected | worded))) & later
    for name, unverified in (("marking_type", MARKING_UNVERIFIED), ("fence_condition", FENCE_UNVERIFIED)):
        said = np.where(flood, unverified, says[name])
        now[name][at] = np.where(takes & (said > 0), said, now[name][at])
    now["marked"][at] = np.where(takes, last, before)
    now["seen"][at] = np.where(takes & inspected & ~flood, event, now["seen"][at])
    return np.asarray(takes, dtype=bool)


def _account(now: Columns, at: Ints, says: Mapping[str, NDArray[Any]], version: Bools, known: Bools) -> Bools:
    """Keep the account of land and of mines; return which reports counted."""
    counts = known & ~version & ~says["again"] & (says["first"] > now["counted"][at])
    now["counted"][at] = np.where(version, says["info"], now["counted"][at])
    counts &= np.any([~np.isnan(says[name]) for name in (*RELEASED, "recovered_n")], axis=0)
    for name in ("original_m2", "emplaced_n"):
        now[name][at] = np.where(version & ~np.isnan(says[name]), says[name], now[name][at])
    now["original_m2"][at] = np.where(np.isnan(now["original_m2"][at]), says["mapped_m2"], now["original_m2"][at])
    released = np.zeros(len(at))
    for name in RELEASED:
        before = np.nan_to_num(now[name][at])
        more = np.where(counts, np.nan_to_num(says[name]), 0.0)
        now[name][at] = np.where(version & ~np.isnan(says[name]), says[name], before + more)
        released += more
    redrawn = _redrawn(now, at, says, version)
    whole = now["original_m2"][at] - sum(now[name][at] for name in RELEASED)
    touched = np.any([~np.isnan(says[name]) for name in (*RELEASED, "original_m2")], axis=0) | np.isnan(now["remaining_m2"][at])
    touched |= redrawn
    stated = np.where(np.isnan(says["remaining_m2"]), np.where(touched, whole, now["remaining_m2"][at]), says["remaining_m2"])
    now["remaining_m2"][at] = np.where(version, stated, now["remaining_m2"][at] - released)
    _mines(now, at, says, version, counts)
    return np.asarray(counts, dtype=bool)


def _redrawn(now: Columns, at: Ints, says: Mapping[str, NDArray[Any]], version: Bools) -> Bools:
    """Restart the account where a version is drawn anew and states no original area; return which versions are."""
    before, drawn = now["drawn_m2"][at], says["drawn_m2"]
    change = np.where(version, np.nan_to_num(drawn - before), 0.0)
    redrawn = np.abs(change) > SAME_M2
    now["redrawn_m2"][at] += np.where(redrawn, change, 0.0)
    now["drawn_m2"][at] = np.where(version & ~np.isnan(drawn), drawn, before)
    left = np.where(np.isnan(says["remaining_m2"]), drawn, says["remaining_m2"])
    whole = left + sum(now[name][at] for name in RELEASED)
    now["original_m2"][at] = np.where(redrawn & np.isnan(says["original_m2"]), whole, now["original_m2"][at])
    return np.asarray(redrawn, dtype=bool)


def _mines(now: Columns, at: Ints, says: Mapping[str, NDArray[Any]], version: Bools, counts: Bools) -> None:
    """Count recovered mines up and those unaccounted for down."""
    before, more = now["recovered_n"][at], np.where(counts, says["recovered_n"], np.nan)
    added = np.where(np.isnan(more), before, np.nan_to_num(before) + more)
    recovered = np.where(version & ~np.isnan(says["recovered_n"]), says["recovered_n"], added)
    now["recovered_n"][at] = recovered
    reckoned = now["emplaced_n"][at] - recovered
    left = now["unaccounted_n"][at] - np.nan_to_num(more)
    stated = np.where(np.isnan(says["unaccounted_n"]), reckoned, says["unaccounted_n"])
    now["unaccounted_n"][at] = np.where(version, stated, np.where(np.isnan(left), reckoned, left))


def _corrected(now: Columns, at: Ints, says: Mapping[str, NDArray[Any]], takes: Bools) -> None:
    """Replace the amounts that a correction states."""
    for name in RELEASED:
        now[name][at] = np.where(takes & ~np.isnan(says[name]), says[name], now[name][at])
    whole = now["original_m2"][at] - sum(now[name][at] for name in RELEASED)
    now["remaining_m2"][at] = np.where(takes, whole, now["remaining_m2"][at])
