"""What the command prints beyond the area table: changes since a build, Form C, and people near hazards.

Every figure comes from an atlas as its tier shows it, or from a build folder, so a report tells no more than the files do.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from geo.article7 import PARTS, FormC, form_c
from geo.changes import changes, district_changes, draw_note
from geo.errors import ConfigError
from geo.exchange.files import records
from geo.exposure import DISTANCES_M, exposure, exposure_notes
from geo.generalise import told_roughly
from geo.points import public_counts
from geo.population import read_population
from geo.reported import series_table
from geo.terms import TEXTS
from layers.atlas import build
from layers.built import CELLS, Built, districts_for, is_build, read_built, seen_as_built
from layers.request import request
from layers.show import areas_of, counts_as_told, given_options, printed, series_of
from layers.standing import by_status, hazards_on

NO_CHANGE = "no feature changed"
FORM_HEADINGS = {
    "location": "location",
    "type": "type",
    "quantity": "quantity",
    "date_of_emplacement": "date of emplacement",
    "n_areas": "areas",
    "net_km2": "net_km2",
    "supplementary": "supplementary information",
}


@dataclass(frozen=True, slots=True)
class Report:
    """Tables with titles and the lines that belong under them.

    Attributes
    ----------
    tables : mapping of str to DataFrame
        By title; the first is what CSV holds.
    notes : tuple of str
    plain : mapping of str to DataFrame
        The same for machines, by a short key, at full precision.
    """

    tables: Mapping[str, pd.DataFrame]
    notes: tuple[str, ...]
    plain: Mapping[str, pd.DataFrame]

    def told(self, form: str, part: str | None = None) -> str:
        """Return the report as text, CSV, JSON or Markdown; CSV holds one table, the first or that of a key."""
        if form == "csv":
            return printed(self.plain[part or next(iter(self.plain))], "csv")
        if form == "json":
            said = {key: records(table) for key, table in self.plain.items()}
            return json.dumps({**said, "notes": list(self.notes)}, ensure_ascii=False, indent=1) + "\n"
        mark = "## " if form == "markdown" else ""
        parts = [
            f"{mark}{title}\n\n{printed(table, form) if len(table) else NO_CHANGE}\n" for title, table in self.tables.items()
        ]
        bullet = "- " if form == "markdown" else ""
        return "\n".join([*parts, *(f"{bullet}{note}" for note in self.notes)]) + "\n"


def areas_told(
    name: str,
    by: str,
    form: str,
    options: Mapping[str, Any],
    *,
    all_series: bool = False,
    since: str | None = None,
    log: bool = False,
    article7: bool = False,
    people_column: str | None = None,
) -> str:
    """Return what ``minemap areas`` prints; the options beside the recipe's choose another table than that of areas.

    Raises
    ------
    ConfigError
        If two of them are asked for at once.
    """
    asked = {"--all-series": all_series, "--since": since, "--article7": article7, "--population": options.get("population")}
    if len(given := [option for option, value in asked.items() if value]) > 1:
        raise ConfigError("one table at a time", found=" and ".join(given), mend="ask for each by itself")
    if since:
        return changes_since(name, since, by, options).told(form, "log" if log else None)
    if article7:
        return article7_of(name, options).told(form)
    if options.get("population"):
        rest = {key: value for key, value in options.items() if key != "population"}
        return exposure_of(name, options["population"], rest, column=people_column).told(form)
    if options.get("as_of") and by == "layer":
        return status_on(name, options).told(form)
    return printed(series_of(name) if all_series else areas_of(name, by, options), form)


def status_on(name: str, options: Mapping[str, Any]) -> Report:
    """Return supplied hazards by layer, class and status on the day ``options["as_of"]``, of a study area or a build folder.

    Raises
    ------
    ConfigError
        If there is no supplied hazard.
    """
    day = options["as_of"]
    if is_build(name):
        given_options(name, options, allowed=("as_of",))
        built = read_built(name)
        tier, cells, parts = built.tier, built.cells, hazards_on(built.frames, day)
    else:
        asked = request(name, **{key: value for key, value in options.items() if key not in ("workers", "scheduler")})
        tier, cells = asked.tier, False
        parts = {f"{kind}_minefields": now.current for kind, now in asked.own.hazards.items()}
    if not parts:
        raise ConfigError("no supplied hazard", where=name, mend="give --planned or --unconfirmed, or a build made with them")
    if not any(map(len, parts.values())):
        raise ConfigError("no supplied hazard was known on that day", where=name, found=day)
    tables = [by_status(frame).assign(layer=layer) for layer, frame in parts.items() if len(frame)]
    table = pd.concat(tables, ignore_index=True)
    table = table[["layer", *(column for column in table if column != "layer")]]
    notes = (f"As of {day}; gross counts overlaps twice.", *((f"Measured on {CELLS}, by year.",) if cells else ()))
    title = f"Supplied hazards by class and status on {day}, km² (geodesic)"
    told = public_status(table) if tier == "public" else table
    if cells:
        told = told.rename(columns={"n_hazards": "n_cells", "n_hazards_told": "n_cells_told"})
    return Report({title: counts_as_told(told)}, (*notes, TEXTS["no_data"].en), {"rows": told})


def public_status(table: pd.DataFrame) -> pd.DataFrame:
    """Return hazards by status as the public may read them: km² to 0.1, small counts and their partners hidden."""
    told = told_roughly(table, pd.Series(True, index=table.index))
    counted = public_counts(table.astype({"n_hazards": "Int64"}), ["n_hazards"], within=["layer"])
    return told.assign(n_hazards=counted["n_hazards"], n_hazards_told=counted["n_hazards_told"])


def changes_since(name: str, folder: str | Path, by: str, options: Mapping[str, Any]) -> Report:
    """Compare a study area, built now, or a build folder with an earlier build.

    Parameters
    ----------
    name : str
        A study area or a build folder.
    folder : str or Path
        The earlier build.
    by : {"layer", "district"}
    options : mapping
        Of `layers.atlas.build`; of a build folder only ``districts``.

    Raises
    ------
    ConfigError
        If the two are not of one area or one tier, or ``by`` is another grouping.
    """
    if by not in ("layer", "district"):
        raise ConfigError("changes are told by layer or district", where=f"--by {by}", mend="use --by layer or --by district")
    before, after = read_built(folder), _built(name, options)
    for what, then, now in (("area", before.area.name, after.area.name), ("tier", before.tier, after.tier)):
        if then != now:
            raise ConfigError(
                f"builds of different {what}s cannot be compared", where=str(folder), expected=now, found=then,
                mend="name a build of the same area and tier" if what == "area" else f"build with --tier {then}",
            )  # fmt: skip
    found = changes(before.frames, after.frames, published=(before.areas, after.areas))
    table, notes = found.table, [draw_note(before.parameters, after.parameters)]
    if by == "district":
        table = district_changes(before.frames, after.frames, districts_for(after, options.get("districts")))
        mapped = table["layer"].isin({*before.mapped, *after.mapped})
        if before.cells or after.cells:
            table.loc[mapped, "note"] = [f"{note}; {CELLS}" if note else CELLS for note in table.loc[mapped, "note"]]
            notes.append("Supplied hazards by district are counted and measured on the 1 km cells that the public tier shows.")
    if before.cells or after.cells:
        notes.append("The log names supplied hazards by their 1 km cell.")
    titles = {"Changes, km² (geodesic)": table, "Change log; no longer listed does not mean released": found.log}
    return Report(titles, (*notes, TEXTS["no_data"].en, TEXTS["rounding"].en), {"table": table, "log": found.log})


def article7_of(name: str, options: Mapping[str, Any]) -> Report:
    """Return Form C of a study area or a build folder; options as in `since`."""
    if is_build(name):
        built = _built(name, options)
        layers: Any = built.frames
    else:
        atlas = build(name, **options)
        built, layers = seen_as_built(atlas), atlas.layers
    districts = districts_for(built, options.get("districts") if is_build(name) else None)
    cells = built.cells and is_build(name)
    return form_report(form_c(layers, districts, reported=series_table(built.area), tier=built.tier, cells=cells))


def form_report(form: FormC) -> Report:
    """Return Form C as a report: two tables of areas, or the reported totals where nothing was supplied."""
    tables, plain = {}, {}
    if len(form.rows):
        plain["rows"] = form.rows
        shown = counts_as_told(form.rows)
        for title in PARTS.values():
            rows = shown[shown["part"] == title]
            table = rows[list(FORM_HEADINGS)].rename(columns=FORM_HEADINGS)
            tables[title] = table if len(rows) else pd.DataFrame({"location": ["none supplied"]})
    if len(form.totals):
        tables["Reported totals, by series and year"] = form.totals
        plain["totals"] = form.totals.assign(note=" ".join(form.notes))
    return Report(tables, (*form.notes, TEXTS["no_data"].en), plain)


def exposure_of(
    name: str,
    population: str | Path,
    options: Mapping[str, Any],
    *,
    column: str | None = None,
    as_of: str | None = None,
    layer: str | None = None,
    distances_m: Sequence[float] = DISTANCES_M,
) -> Report:
    """Return how many people live near the hazards and screening zones of a study area or a build folder.

    Parameters
    ----------
    name : str
        A study area or a build folder.
    population : str or Path
        See `geo.population.read_population`, as for `column`, `as_of` and `layer`.
    options : mapping
        Of `layers.atlas.build`.
    distances_m : sequence of float
        Ascending [m].
    """
    people = read_population(population, column=column, as_of=as_of, layer=layer)
    built = _built(name, options)
    table = exposure(built.frames, people, built.area.crs, distances_m=distances_m, cells=built.cells)
    told = {f"told_{distance:g}m": f"within {distance:g} m" for distance in map(float, distances_m)}
    shown = table[["layer", *told, "label"]].rename(columns=told)
    return Report({"People": shown}, (*exposure_notes(people), TEXTS["no_data"].en), {"rows": table})


def _built(name: str, options: Mapping[str, Any]) -> Built:
    if not is_build(name):
        return seen_as_built(build(name, **options))
    given_options(name, options, allowed=("districts",))
    return read_built(name)
