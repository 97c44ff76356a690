"""Words: what every record must say, the controlled words, and whether class, evidence, basis and date agree (V01-V07).

Assumption: a field that no record fills is told once for the file. A record without a basis was supplied by somebody. What counts
as evidence, and what a national term means, is the study area's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.check.context import Context
from geo.check.findings import FILE, beside, found, joined, nothing
from geo.errors import nearest
from geo.exchange.values import as_words
from geo.survey.dates import NEVER, numbered, spans, unreadable
from geo.survey.evidence import Lists, classed, evidence_lists, evidence_of, hint, items, national_terms, unlisted
from geo.survey.fields import REPORT_FIELDS, Field
from geo.survey.persons import plain
from geo.survey.records import Survey, numbers_of, text_of
from geo.survey.timeline import record_names
from geo.terms import BASES, EVIDENCE, FENCE_CONDITIONS, LAND_CLASSES, LAND_STATUSES, MARKING_TYPES, SIMULATED_BASES

Bools = NDArray[np.bool_]
DATE_FORM = "YYYY, YYYY-MM or YYYY-MM-DD"
YEAR_DAYS = 365.25
MOST_HINTS = 1000  # distinct words and ids for which the nearest known one is looked up
LABELS = {
    plain(label): term.key
    for table in (LAND_CLASSES, LAND_STATUSES, EVIDENCE, BASES, MARKING_TYPES, FENCE_CONDITIONS)
    for term in table.values()
    for label in (term.key, term.en, term.ko)
}


def words(context: Context) -> pd.DataFrame:
    """Return where the records lack a word, use an unknown one or contradict themselves."""
    checks = (
        missing_fields,
        unknown_words,
        mapped_words,
        unknown_links,
        evidence_beside_class,
        simulated_classes,
        sources_and_dates,
        old_information,
    )
    return joined(check(context) for check in checks)


def missing_fields(context: Context) -> pd.DataFrame:
    """Return the required fields that are empty (V01): the id, and of hazards the class or a national term."""
    survey = context.survey
    lacking = [("id", _empty(context, "id"))]
    if survey.kind == "hazards":
        lacking.append(("land_class or national_term", _empty(context, "land_class", "national_term")))
    if survey.kind == "signs":
        lacking.append(("sign_text", _empty(context, "sign_text")))
    return joined(_lacking(context, "V01", name, empty) for name, empty in lacking)


def unknown_words(context: Context) -> pd.DataFrame:
    """Return the words outside their list, dates that cannot be read, and amounts below 0 (V02)."""
    survey = context.survey
    everywhere = np.arange(len(survey.frame))
    told = [*_strange(context, survey.frame, survey.fields.values(), everywhere)]
    if len(survey.reports):
        told += _strange(context, survey.reports, REPORT_FIELDS.values(), _linked(context), "reports")
    return joined(told)


def mapped_words(context: Context) -> pd.DataFrame:
    """Return the words that a column map turned into one of a list, each once for the file (V07); labels and case are none."""
    survey = context.survey
    headings = {ours: theirs for theirs, ours in survey.headings.items()}
    pairs: list[tuple[str, str]] = []
    for field in survey.fields.values():
        kept = next((name for name in _kept_as(headings.get(field.name, "")) if name in survey.carried), "")
        if field.name == "land_class" and not kept and field.name in headings and "national_term" not in headings:
            kept = "national_term"  # the reader keeps words that stood for a class there
        if field.kind != "word" or kept not in survey.frame or field.name not in survey.frame:
            continue
        both = pd.DataFrame({"typed": survey.text(kept).str.strip(), "read": survey.text(field.name)}).drop_duplicates()
        both = both[(both["typed"] != "") & (both["read"] != "")]
        own = as_words(both["typed"], field)
        pairs += both[own != both["read"]].itertuples(index=False, name=None)
    value = [f'"{typed}"' for typed, _ in pairs]
    return found("V07", survey, np.full(len(pairs), FILE), value=value, expected=[read for _, read in pairs])


def _kept_as(heading: str) -> tuple[str, ...]:
    """Return what a carried column may be called: as in the file, or with an underscore where we have one of that name."""
    return (heading, f"{heading}_", f"{heading}__") if heading else ()


def unknown_links(context: Context) -> pd.DataFrame:
    """Return the reports and points of hazards that the file does not hold, and the national terms that say no class (V02)."""
    survey = context.survey
    told = []
    if len(survey.reports):
        names = text_of(survey.reports, "hazard_id").str.strip()
        told.append(_lost(context, names, (_linked(context) == FILE) & (names != "").to_numpy(), "reports"))
    if "hazard_id" in survey.points and "row" in survey.points:
        names = text_of(survey.points, "hazard_id").str.strip()
        told.append(_lost(context, names, (survey.points["row"] < 0).to_numpy(), "points"))
    terms = [term.term for term in national_terms(context.area)]
    if survey.kind == "hazards" and terms:
        typed = survey.text("national_term").str.strip()
        unsaid = classed(typed, survey.text("basis"), context.area)["term"] == ""
        bad = ((typed != "") & unsaid & _empty(context, "land_class")).to_numpy()
        told.append(_told_words(context, "national_term", typed[bad], np.flatnonzero(bad), terms))
    return joined(told)


def _lost(context: Context, names: pd.Series, lost: Bools, table: str) -> pd.DataFrame:
    """Return one finding for each name of a table that no record bears, with the nearest that one does."""
    known = record_names(context.survey.frame).unique()
    first = np.flatnonzero(lost)[~names[lost].duplicated().to_numpy()]
    distinct = names.to_numpy(dtype=object)[first]
    hints = [_known(name, known) if len(known) <= MOST_HINTS else "" for name in distinct[:MOST_HINTS]]
    value = [f'"{name}" of hazard_id' for name in distinct]
    expected = hints + [""] * (len(value) - len(hints))
    findings = found("V02", context.survey, np.full(len(value), FILE), value=value, expected=expected)
    return beside(findings, table, first)


def evidence_beside_class(context: Context) -> pd.DataFrame:
    """Return where class and evidence, or class and national term, do not agree (V03)."""
    survey = context.survey
    if survey.kind != "hazards":
        return nothing("V03", survey)
    lists, land_class = evidence_lists(context.area), survey.text("land_class").str.strip()
    direct, indirect = survey.text("direct_evidence"), survey.text("indirect_evidence")
    amounts = evidence_of(direct, indirect, lists)
    strange = unlisted(direct, lists)
    silent = (direct.str.strip() == "").to_numpy() & (indirect.str.strip() == "").to_numpy()
    amounts = np.where(silent, survey.text("evidence").str.strip().to_numpy(dtype=object), amounts)
    term = classed(survey.text("national_term"), survey.text("basis"), context.area)
    named = (term["land_class"] == land_class).to_numpy()  # the national term rests on evidence of its own
    confirmed = (land_class == "CHA").to_numpy() & (amounts != "direct") & ~(silent & (amounts == "") & named)
    on_none = confirmed & (strange != "")
    suspected = (land_class == "SHA").to_numpy() & (amounts == "direct")
    return joined(
        [
            found("V03", survey, confirmed & ~on_none, value="CHA without an item of direct evidence"),
            found(
                "V03",
                survey,
                on_none,
                value=[f"CHA, but on no list of evidence: {_hinted(text, lists)}" for text in strange[on_none]],
            ),
            found("V03", survey, suspected, value="SHA with an item of direct evidence"),
            _against_term(context, land_class, term),
        ]
    )


def simulated_classes(context: Context) -> pd.DataFrame:
    """Return the modelled or allocated records that call themselves a CHA (V04)."""
    survey = context.survey
    basis = survey.text("basis").str.strip()
    bad = (basis.isin(SIMULATED_BASES) & (survey.text("land_class").str.strip() == "CHA")).to_numpy()
    return found("V04", survey, bad, value=basis[bad].to_numpy(dtype=object))


def sources_and_dates(context: Context) -> pd.DataFrame:
    """Return the records without a source or a date, and those whose date lies in the future (V05)."""
    survey = context.survey
    dates = ("as_of",) if survey.kind == "hazards" else ("as_of", "date")
    lacking = ((" or ".join(dates), _empty(context, *dates)), ("source", _empty(context, "source", "sources")))
    told = [_lacking(context, "V05", name, empty, "no {}") for name, empty in lacking]
    today = int(np.datetime64(context.today, "D").astype(np.int64))
    for name in ("as_of", "date", "status_since", "last_inspected"):
        if name in survey.frame:
            typed = survey.text(name).str.strip()
            ahead = numbered(spans(typed)[0]) > today
            told.append(found("V05", survey, ahead, value=[f"{name} {day} lies in the future" for day in typed[ahead]]))
    return joined(told)


def old_information(context: Context) -> pd.DataFrame:
    """Return the records that still hold and whose information, that of reports included, is old (V06)."""
    survey = context.survey
    typed = survey.text("as_of").str.strip()
    last = numbered(spans(typed)[1])
    if survey.kind == "hazards" and len(survey.reports):
        typed, last = _latest(survey, typed, last)
    today = int(np.datetime64(context.today, "D").astype(np.int64))
    old = (last != NEVER) & (today - last > YEAR_DAYS * context.limits.age_yr)
    old &= context.current
    return found(
        "V06", survey, old, value=typed[old].to_numpy(dtype=object), expected=[f"{context.limits.age_yr:g}"] * int(old.sum())
    )


def _latest(survey: Survey, typed: pd.Series, last: NDArray[np.int64]) -> tuple[pd.Series, NDArray[np.int64]]:
    """Return the dates of the records or, where later, of their last reports; a flood is no information on a hazard."""
    reports = survey.reports[(text_of(survey.reports, "kind").str.strip() != "flood").to_numpy()]
    told = pd.DataFrame({"name": text_of(reports, "hazard_id").str.strip(), "date": text_of(reports, "date").str.strip()})
    told["last"] = numbered(spans(told["date"])[1])
    told = told.sort_values(["name", "last"], kind="stable").drop_duplicates("name", keep="last").set_index("name")
    newest = told.reindex(record_names(survey.frame))
    reported = newest["last"].fillna(NEVER).to_numpy().astype(np.int64)
    later = reported > last
    return typed.where(~later, newest["date"].set_axis(typed.index)), np.where(later, reported, last)


def _empty(context: Context, *names: str) -> Bools:
    """Return which records fill none of the fields; shape (n,)."""
    filled = [(context.survey.text(name).str.strip() != "").to_numpy() for name in names]
    return np.asarray(~np.any(filled, axis=0), dtype=bool)


def _lacking(context: Context, code: str, name: str, empty: Bools, form: str = "{}") -> pd.DataFrame:
    """Return a finding for each record that lacks a field, or one for the file if all do."""
    if len(empty) > 1 and empty.all():
        return found(code, context.survey, FILE, value=[f"{form.format(name)} (in all {len(empty)} records)"])
    return found(code, context.survey, empty, value=form.format(name))


def _strange(
    context: Context, table: pd.DataFrame, fields: Iterable[Field], rows: NDArray[np.intp], beside_as: str = ""
) -> Iterator[pd.DataFrame]:
    """Yield what the cells of the records, or of a table beside them, may not say; `rows` are those of the records."""
    for field in fields:
        if field.name not in table or field.open:
            continue
        typed = text_of(table, field.name).str.strip()
        if field.kind == "word":
            bad = ((typed != "") & ~typed.isin(field.words)).to_numpy()
            expected: list[str] | None = None
        elif field.kind == "date":
            bad, expected = unreadable(typed), [DATE_FORM]
        elif field.kind in ("number", "count") and not field.name.endswith(("_deg", "lat", "lon", "elevation")):
            bad, expected = (numbers_of(table, field.name) < 0).to_numpy(), ["at least 0"]
        else:
            continue
        findings = _told_words(context, field.name, typed[bad], rows[bad], field.words, expected)
        yield beside(findings, beside_as, np.flatnonzero(bad)) if beside_as else findings


def _told_words(
    context: Context,
    name: str,
    typed: pd.Series,
    rows: NDArray[np.intp],
    known: list[str] | tuple[str, ...],
    expected: list[str] | None = None,
) -> pd.DataFrame:
    """Return one finding for each word, with the nearest known one."""
    distinct = list(dict.fromkeys(typed))
    if expected is None:
        hints = {word: _known(word, known) for word in distinct[:MOST_HINTS]}
        rest = "known: " + ", ".join(known)
        expected = [hints.get(word, rest) for word in typed]
    else:
        expected = expected * len(typed)
    return found("V02", context.survey, rows, value=[f'"{word}" of {name}' for word in typed], expected=expected)


def _known(word: str, known: Iterable[str]) -> str:
    """Return the nearest known word: the same in other letters or in the other language, else the closest."""
    names = [str(name) for name in known]
    same = next((name for name in names if plain(name) == plain(word)), LABELS.get(plain(word), ""))
    return f"did you mean {same}? known: {', '.join(names[:40])}" if same in names else nearest(word, names)


def _linked(context: Context) -> NDArray[np.intp]:
    """Return the record's row of each report, `FILE` where the file holds no such record."""
    names = record_names(context.survey.frame).drop_duplicates()
    places = pd.Series(names.index, index=names).reindex(text_of(context.survey.reports, "hazard_id").str.strip())
    return places.fillna(FILE).to_numpy(dtype=np.intp)


def _hinted(text: str, lists: Lists) -> str:
    first = items(text)[0]
    meant = hint(first, lists)
    return f"{text} ({meant})" if meant.startswith("did you mean") else text


def _against_term(context: Context, land_class: pd.Series, term: pd.DataFrame) -> pd.DataFrame:
    """Return the records whose national term says another class on their basis, or another status."""
    survey = context.survey
    basis = survey.text("basis").str.strip()
    supplied = classed(survey.text("national_term"), pd.Series("", index=basis.index), context.area)["land_class"]
    needs = ((land_class == "CHA") & (supplied == "CHA") & ~term["land_class"].isin(["CHA", ""])).to_numpy()
    status = survey.text("land_status").str.strip()
    released = (status.isin(["closed", "handed_over"]) & (term["land_status"] == "searched_not_released")).to_numpy()
    names = term["term"].to_numpy(dtype=object)
    bases = [f"{name} on basis {word} is no CHA" for name, word in zip(names[needs], basis[needs], strict=True)]
    searched = [
        f"{name} was searched, not released; status {word}" for name, word in zip(names[released], status[released], strict=True)
    ]
    return joined([found("V03", survey, needs, value=bases), found("V03", survey, released, value=searched)])
