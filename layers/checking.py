"""Check a survey file: read it as it stands, ask everything that can be wrong at once, and mend what is safe to mend."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import pandas as pd

from geo.area import read_area
from geo.check.battery import check
from geo.check.codes import CODES
from geo.check.context import Context, Limits
from geo.check.repair import repaired, write_repair
from geo.check.told import as_json as findings_json
from geo.check.told import n_errors, text, write_places
from geo.errors import ConfigError, nearest
from geo.exchange.extents import read_extents
from geo.exchange.proposal import proposed_map
from geo.exchange.records import read_survey
from geo.survey.fields import RECORD_FIELDS
from geo.survey.records import Survey
from layers.request import TIERS, Pointed
from layers.show import writable

START = "A column map to start from; correct it, save it as map.toml and give it with --columns map.toml:\n"
READING = ("layer", "encoding", "crs", "columns", "reports")


@dataclass(frozen=True, slots=True)
class Answer:
    """What a check found.

    Attributes
    ----------
    context : Context
        What was checked.
    findings : DataFrame
    n_errors : int
    notes : tuple of str
        What was written, and what was not asked.
    """

    context: Context
    findings: pd.DataFrame
    n_errors: int
    notes: tuple[str, ...]


def records_of(path: str | Path, options: Mapping[str, Any]) -> Survey:
    """Return the records of a file, read as the options say.

    Raises
    ------
    ConfigError
        If the kind of record is unknown, or the file cannot be opened.
    """
    kind = options["kind"]
    if kind not in RECORD_FIELDS:
        raise ConfigError("unknown kind of record", where=kind, mend=nearest(kind, RECORD_FIELDS))
    return read_survey(path, kind=kind, **{name: options[name] for name in READING})


def targets_of(path: str | Path, options: Mapping[str, Any]) -> dict[str, Path]:
    """Return the files to write, none of which may be one that is read, or be written twice.

    Raises
    ------
    ConfigError
        If one is no GeoPackage, exists, or is an input.
    """
    targets = {name: options[name] for name in ("places", "repair") if options[name]}
    for name, target in targets.items():
        if target.suffix.lower() != ".gpkg":
            raise ConfigError("no GeoPackage", where=f"--{name} {target}", mend="name a file that ends in .gpkg")
    others = [options["reports"], options["extents"], *(Pointed.at(text).path for text in options["against"])]
    refuse_inputs(targets.values(), [path, *others])
    if len({target.resolve() for target in targets.values()}) < len(targets):
        raise ConfigError("one file for two", where=str(next(iter(targets.values()))), mend="name two files")
    return {name: writable(target, options["overwrite"]) for name, target in targets.items()}


def refuse_inputs(targets: Iterable[Path], inputs: Iterable[str | Path | None]) -> None:
    """Refuse to write over what is read.

    Raises
    ------
    ConfigError
        Naming the file.
    """
    read = {Path(each).resolve() for each in inputs if each is not None}
    for target in targets:
        if target.resolve() in read:
            raise ConfigError("this is an input", where=str(target), mend="name another file: what you hand in is never touched")


def other_records(text: str, options: Mapping[str, Any]) -> Survey:
    """Return the records of a file to compare with, ``FILE::LAYER``; what is said of the first file's layer is not said of it."""
    file = Pointed.at(text)
    return records_of(file.path, {**options, "layer": file.layer, "encoding": None, "reports": None})


def asked(path: str | Path, options: Mapping[str, Any]) -> Answer:
    """Check a file, write what is asked for, and return what was found; the options are those of ``minemap check``.

    Raises
    ------
    ConfigError
        If an option is wrong, a file cannot be opened, or one would be overwritten.
    """
    for known, given in ((CODES, options["ignore"]), (TIERS, [options["tier"]])):
        if unknown := [word for word in given if word not in known]:
            raise ConfigError("unknown word", where=unknown[0], mend=nearest(unknown[0], known))
    targets = targets_of(path, options)
    context = Context(
        survey=records_of(path, options),
        today=options["today"],
        area=None if options["area"] is None else read_area(options["area"]),
        limits=limits(options["limits"]),
        others=tuple(other_records(other, options) for other in options["against"]),
        extents=None if options["extents"] is None else read_extents(options["extents"]),
        tier=options["tier"],
    )
    findings = check(context, ignore=frozenset(options["ignore"]), strict=options["strict"])
    notes = [] if context.area is not None else ["places not checked: name the study area with --area"]
    if "places" in targets:
        write_places(findings, context.survey, targets["places"], overwrite=options["overwrite"])
        notes.append(f"places: {targets['places']}")
    if "repair" in targets:
        mended = repaired(context.survey, context)
        write_repair(mended, targets["repair"], overwrite=options["overwrite"])
        notes.append(f"repair: {targets['repair']}: {mended.summary}")
    return Answer(context, findings, n_errors(findings, strict=options["strict"]), tuple(notes))


def told(answer: Answer, *, as_json: bool = False, every: bool = False) -> str:
    """Return the findings as text for people, with a column map to start from where columns are unknown; or as JSON."""
    if as_json:
        return findings_json(answer.findings)
    survey = answer.context.survey
    proposal = proposed_map(survey)
    return text(answer.findings, survey, every=every) + (f"\n{START}\n{proposal.rstrip()}\n" if proposal else "")


def limits(pairs: Iterable[str]) -> Limits:
    """Return the limits with those of the user's own, given as ``name=value``.

    Raises
    ------
    ConfigError
        If a name is unknown or a value no number above 0.

    Examples
    --------
    >>> limits(["step_m=2000"]).step_m
    2000.0
    """
    known = [each.name for each in fields(Limits)]
    given: dict[str, Any] = {}
    for pair in pairs:
        name, _, value = pair.partition("=")
        if name not in known:
            raise ConfigError("unknown limit", where=name, mend=nearest(name, known))
        try:
            given[name] = type(getattr(Limits(), name))(value)
        except ValueError:
            raise ConfigError("bad limit", where=pair, expected="NAME=NUMBER") from None
        if not given[name] > 0:
            raise ConfigError("bad limit", where=pair, expected="a number above 0")
    return Limits(**given)
