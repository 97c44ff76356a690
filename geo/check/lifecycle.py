"""The lifecycle: versions in order, states made by later information alone, and the accounts of land and mines (L01-L05).

Assumption: versions are rows of one id that hold from different days; an empty ``valid_to`` of an earlier version means that it
ended where the next begins. Partial dates contradict nothing that one of their days would allow.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.check.context import Context
from geo.check.findings import beside, figures, found, joined, nothing
from geo.survey.dates import NEVER, numbered, spans
from geo.survey.lifecycle import Lives, flooded, lives_of, state_of
from geo.survey.records import Survey, text_of
from geo.survey.states import STATUS
from geo.survey.timeline import FOR_EVER, KINDS, RELEASED, record_names, version_rows

Bools = NDArray[np.bool_]
CLOSED = ("closed", "handed_over")
MAKES = {
    "ts": "worked_on",
    "clearance": "worked_on",
    "completion": "closed",
    "handover": "handed_over",
    "search": "searched_not_released",
}


def lifecycle(context: Context) -> pd.DataFrame:
    """Return where the history of the hazards contradicts itself."""
    if context.survey.kind != "hazards" or context.survey.frame.empty:
        return nothing("L01", context.survey)
    heads, lives = _heads(context), lives_of(context.survey)
    state = state_of(lives, context.today)
    told = [check(context, heads) for check in (versions_in_order, later_information)]
    told += [account_of_mines(context), *(check(context, lives) for check in (same_dated_reports, idle_reports))]
    return joined([*told, *(check(context, state) for check in (account_of_land, closed_with_land, flooded_since))])


def versions_in_order(context: Context, table: pd.DataFrame) -> pd.DataFrame:
    """Return versions that end before they begin, overlap, leave a gap, or are closed without a reason or source (L01)."""
    survey = context.survey
    typed = table["end"] < FOR_EVER
    follows = table["next_first"] > NEVER
    shown = table["valid_from"].where(table["valid_from"] != "", "no date")
    faults = (
        (typed & (table["end"] < table["first"]), "valid_to {to} before {since}"),
        (typed & follows & (table["end_first"] > table["next_last"]), "valid_to {to} overlaps the version from {next}"),
        (typed & follows & (table["end"] + 1 < table["next_first"]), "gap from {to} to {next}"),
        (table["several"] & (table["last"] == NEVER), "version without a date"),
        (
            typed & ~follows & (survey.text("status_reason").str.strip() == "").to_numpy()[table["row"]],
            "closed on {to} without a reason",
        ),
        (
            typed & ~follows & (survey.text("source").str.strip() == "").to_numpy()[table["row"]],
            "closed on {to} without a source",
        ),
        (table["backwards"] & ~table["other_state"], "as_of {as_of} goes back behind {before}"),
    )
    told = []
    for fault, form in faults:
        rows = table[fault.to_numpy(dtype=bool)]
        cells = zip(rows["to"], shown[rows.index], rows["next"], rows["as_of"], rows["before"], strict=True)
        words = [form.format(to=to, since=since, next=after, as_of=day, before=before) for to, since, after, day, before in cells]
        told.append(found("L01", survey, rows["row"].to_numpy(), value=words))
    return joined(told)


def later_information(context: Context, table: pd.DataFrame) -> pd.DataFrame:
    """Return versions of no later information that say another class or status than the one before (L02)."""
    survey = context.survey
    bad = table[table["same_or_older"] & table["other_state"]]
    words = [f"as_of {day} is not later than {before}" for day, before in zip(bad["as_of"], bad["before"], strict=True)]
    return found("L02", survey, bad["row"].to_numpy(), value=words)


def same_dated_reports(context: Context, lives: Lives) -> pd.DataFrame:
    """Return the reports of one date with one that counted which say another status (L02)."""
    clash = lives.line.events[_clashing(lives)]
    return _of_reports(context, lives, clash, _named(context, clash))


def idle_reports(context: Context, lives: Lives) -> pd.DataFrame:
    """Return the other reports that did not count, and why: no later than what was known, or told before (L02)."""
    events = lives.line.events
    info = np.where(lives.held["applied"], events["info"], NEVER)
    reached = pd.Series(info).groupby(events["record"]).cummax().to_numpy()
    begun = pd.Series(np.where(events["kind"] == 0, events["info"], FOR_EVER)).groupby(events["record"]).transform("min")
    known = np.where(lives.held["version"] < 0, begun, reached)  # from before the record was known
    silent = events[[*RELEASED, "recovered_n"]].isna().all(axis=1).to_numpy()
    agrees = silent & (_made(events) == lives.held["land_status"].to_numpy())  # nothing of it is lost
    idle = (events["kind"] > 0).to_numpy() & ~lives.held["applied"].to_numpy() & ~_clashing(lives) & ~agrees
    again = events["again"].to_numpy()
    late = idle & ~again & (events["first"].to_numpy() <= known) & (known > NEVER)
    days = np.datetime_as_string(known[late].astype("datetime64[D]"))
    names = [f"not counted: {name}, not later than {day}" for name, day in zip(_named(context, events[late]), days, strict=True)]
    twice = [f"not counted: {name}, its figures were told before" for name in _named(context, events[idle & again])]
    return joined([_of_reports(context, lives, events[late], names), _of_reports(context, lives, events[idle & again], twice)])


def _clashing(lives: Lives) -> Bools:
    """Return which reports are of one date with one that counted and say another status than then held; shape (n_events,)."""
    events = lives.line.events
    kind, record = events["kind"].to_numpy(), events["record"].to_numpy()
    applied = lives.held["applied"].to_numpy()
    reach = pd.Series(np.where(applied & (kind > 0), events["last"], NEVER)).groupby(record).cummax()
    before = reach.groupby(record).shift(1, fill_value=NEVER).to_numpy()
    makes = _made(events)
    other = (makes >= 0) & (makes != lives.held["land_status"].to_numpy()) & (events["land_status"] <= 0).to_numpy()
    return np.asarray(other & ~events["again"].to_numpy() & (events["first"].to_numpy() <= before) & (before > NEVER), dtype=bool)


def _made(events: pd.DataFrame) -> NDArray[np.intp]:
    """Return the code of the status that each report's kind makes, -1 where it makes none."""
    return np.array([STATUS[MAKES[name]] if name in MAKES else -1 for name in KINDS], dtype=np.intp)[events["kind"]]


def _named(context: Context, events: pd.DataFrame) -> list[str]:
    """Return what messages call reports: by their id, else their kind, and their date."""
    told = context.survey.reports.iloc[events["report"].to_numpy()]
    cells = zip(text_of(told, "report_id"), text_of(told, "kind"), text_of(told, "date"), strict=True)
    return [f"report {name or what} of {day}" for name, what, day in cells]


def _of_reports(context: Context, lives: Lives, events: pd.DataFrame, value: list[str]) -> pd.DataFrame:
    """Return findings of L02 about reports, each as a row of their table."""
    rows = pd.Series(lives.line.names[events["record"]], dtype=object).map(_first_rows(context.survey)).to_numpy(dtype=np.intp)
    return beside(found("L02", context.survey, rows, value=value), "reports", events["report"].to_numpy())


def account_of_land(context: Context, state: pd.DataFrame) -> pd.DataFrame:
    """Return the records whose parts of land do not add up to the original area (L03), as typed or with their reports."""
    survey, limits = context.survey, context.limits
    original, remaining = survey.number("original_m2").to_numpy(), survey.number("remaining_m2").to_numpy()
    products = np.column_stack([survey.number(name).to_numpy() for name in RELEASED])
    total = np.nansum(products, axis=1) + np.nan_to_num(remaining)
    allowed = np.maximum(limits.sum_m2, limits.sum_percent / 100 * np.nan_to_num(original))
    off = np.where(np.isnan(remaining), total - original, np.abs(total - original))
    bad = ~np.isnan(original) & (~np.isnan(products).all(axis=1) | ~np.isnan(remaining)) & (off > allowed)
    told = [found("L03", survey, bad, value=figures(total[bad]), expected=figures(original[bad]))]
    if len(survey.reports):
        spent = state["original_m2"] - state["remaining_m2"]
        allowed_m2 = np.maximum(limits.sum_m2, limits.sum_percent / 100 * state["original_m2"])
        over = ((state["remaining_m2"] < -allowed_m2) & ~bad[state["row"].to_numpy(dtype=int)]).to_numpy()
        rows = state["row"].to_numpy(dtype=int)[over]
        told.append(found("L03", survey, rows, value=figures(spent[over]), expected=figures(state["original_m2"][over])))
    return joined(told)


def closed_with_land(context: Context, state: pd.DataFrame) -> pd.DataFrame:
    """Return closed records whose account, where one is kept, leaves land (L05)."""
    survey, limits = context.survey, context.limits
    rows = state["row"].to_numpy(dtype=int)
    kept = (state[list(RELEASED)].sum(axis=1) > 0).to_numpy() | survey.number("remaining_m2").notna().to_numpy()[rows]
    allowed_m2 = np.maximum(limits.sum_m2, limits.sum_percent / 100 * state["original_m2"].fillna(0.0))
    left = (state["land_status"].isin(CLOSED) & (state["remaining_m2"] > allowed_m2)).to_numpy() & kept
    value = [f"closed with {number} m² remaining" for number in figures(state["remaining_m2"][left])]
    return found("L05", survey, rows[left], value=value)


def flooded_since(context: Context, state: pd.DataFrame) -> pd.DataFrame:
    """Return closed or cleared land that lies in a flood or slide which may have come later (L04)."""
    survey = context.survey
    if context.extents is None or len(context.extents) == 0 or not context.has_crs:
        return nothing("L04", survey)
    state = state.set_index("hazard_id")
    state = state[(state["land_status"].isin(CLOSED) | (state["cleared_m2"] > 0)) & (state["reopened_m2"] == 0)]
    met = flooded(survey.frame.set_geometry(context.lonlat), context.extents, context.today)
    met = met[met["hazard_id"].isin(state.index)]
    since = text_of(survey.frame, "status_since").to_numpy(dtype=object)[state["row"].loc[met["hazard_id"]].to_numpy(dtype=int)]
    made = state.loc[met["hazard_id"]]
    own = (made["kind"] == "version").to_numpy() & (since != "")
    closed = pd.Series(np.where(own, since, made["valid_from"].to_numpy(dtype=object)), dtype=str)
    later = numbered(spans(met["date"])[1]) > numbered(spans(closed)[0])
    told = met[later]
    words = [f"{reason}, {day}" for reason, day in zip(told["reason"], told["date"], strict=True)]
    return found("L04", survey, told["row"].to_numpy(dtype=np.intp), value=words)


def account_of_mines(context: Context) -> pd.DataFrame:
    """Return the records whose mines do not add up, and closed ones that still miss mines (L05)."""
    survey = context.survey
    emplaced, recovered, missing = (survey.number(f"{name}_n").to_numpy() for name in ("emplaced", "recovered", "unaccounted"))
    with np.errstate(invalid="ignore"):
        left = emplaced - recovered
        differs = ~np.isnan(left) & ~np.isnan(missing) & (np.abs(left - missing) > 0.5)
        over = ~np.isnan(left) & (left < 0) & ~differs
        short = np.where(np.isnan(missing), left, missing)
        closed = survey.text("land_status").str.strip().isin(CLOSED).to_numpy() & (short > 0)
    sums = [
        f"{laid:.0f} emplaced, {found_again:.0f} recovered, {gone:.0f} unaccounted"
        for laid, found_again, gone in np.column_stack([emplaced, recovered, missing])[differs]
    ]
    more = [f"{r:.0f} recovered of {e:.0f} emplaced" for e, r in zip(emplaced[over], recovered[over], strict=True)]
    gone = [f"closed with {number:.0f} mine{'s' if number > 1 else ''} unaccounted for" for number in short[closed]]
    return joined(found("L05", survey, which, value=words) for which, words in ((differs, sums), (over, more), (closed, gone)))


def _heads(context: Context) -> pd.DataFrame:
    """Return one row a version, in order, with what the version before and after it says."""
    survey = context.survey
    rows = version_rows(survey.frame)
    table = rows.sort_values("version", kind="stable").drop_duplicates("version").assign(row=lambda heads: heads.index)
    table = table.reset_index(drop=True)
    for name, own in (("to", "valid_to"), ("as_of", "as_of"), ("land_class", "land_class"), ("land_status", "land_status")):
        table[name] = survey.text(own).str.strip().to_numpy(dtype=object)[table["row"]]
    table["end_first"] = numbered(spans(table["to"])[0])
    record = table["record"]
    after, before = record == record.shift(-1), record == record.shift(1)
    table["several"] = after | before
    for name, days in (("next_first", "first"), ("next_last", "last")):
        table[name] = table[days].shift(-1).where(after, NEVER).astype(np.int64)
    table["next"] = table["valid_from"].shift(-1).where(after, "")
    first, last = (numbered(edge) for edge in spans(table["as_of"]))
    earlier_first = pd.Series(first).shift(1).where(before, NEVER).to_numpy()
    earlier_last = pd.Series(last).shift(1).where(before, NEVER).to_numpy()
    dated = (first != NEVER) & (earlier_last != NEVER)
    table["before"] = table["as_of"].shift(1).where(before, "")
    table["backwards"] = dated & (last < earlier_first)
    table["same_or_older"] = dated & (first <= earlier_last)
    changed = [
        (table[name] != table[name].shift(1)) & (table[name] != "") & (table[name].shift(1) != "")
        for name in ("land_class", "land_status")
    ]
    table["other_state"] = before & (changed[0] | changed[1])
    return table


def _first_rows(survey: Survey) -> pd.Series:
    """Return the first row of each record, by its name."""
    names = record_names(survey.frame).drop_duplicates()
    return pd.Series(names.index, index=names)
