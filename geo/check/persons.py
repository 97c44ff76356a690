"""Persons: columns and texts that name somebody (P01), and cells of so few victims that they name them (P02).

Assumption: the finding says where personal data stands, never what it says, for findings are passed on.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.check.context import Context
from geo.check.findings import FILE, beside, found, joined, nothing
from geo.survey.fields import POINT_FIELDS, RECORD_FIELDS, REPORT_FIELDS
from geo.survey.persons import is_personal, named_in
from geo.survey.records import Survey, text_of
from geo.survey.timeline import record_names

STRUCTURED = frozenset(  # columns of words, dates and numbers, and coordinates as they were typed
    field.name
    for fields in (*RECORD_FIELDS.values(), REPORT_FIELDS, POINT_FIELDS)
    for field in fields.values()
    if field.kind != "text" or field.name.startswith(("entered_", "crs_"))
)
CELL_M = 1000.0
CELL_DEG = 0.01  # where no area gives a grid
LONG_NUMBER = 1e11  # a phone or resident number that was stored as a number


def persons(context: Context) -> pd.DataFrame:
    """Return where the records name somebody, or tell so few victims that they do."""
    survey = context.survey
    told = [headed(survey, survey.frame), named(survey, survey.frame, np.arange(len(survey.frame)))]
    for name, table in (("reports", survey.reports), ("devices", survey.devices), ("points", survey.points)):
        if len(table):
            told += [headed(survey, table, name), named(survey, table, _rows(survey, table), name)]
    return joined([*told, few_victims(context)])


def headed(survey: Survey, table: pd.DataFrame, beside_as: str = "") -> pd.DataFrame:
    """Return the columns whose heading speaks of persons, if they are filled (P01), once for the file or the table beside."""
    typed = {ours: theirs for theirs, ours in survey.headings.items()}
    told = []
    for name in _columns(table):
        shown = typed.get(name, name)
        if is_personal(name) or is_personal(shown):
            n_filled = int((text_of(table, name).str.strip() != "").sum())
            told += [f"column {shown} ({n_filled} filled)"] if n_filled else []
    whole = np.full(len(told), FILE)
    findings = found("P01", survey, whole, value=told)
    return beside(findings, beside_as, whole) if beside_as else findings


def named(survey: Survey, table: pd.DataFrame, rows: NDArray[np.intp], beside_as: str = "") -> pd.DataFrame:
    """Return the texts that hold personal data (P01); columns that speak of persons by their heading are told as a whole."""
    told = []
    for name in _columns(table):
        if is_personal(name) or name in STRUCTURED or not _may_hold_text(table[name]):
            continue
        kinds = named_in(text_of(table, name))
        bad = kinds != ""
        findings = found("P01", survey, rows[bad], value=[f"{kind} in {name}" for kind in kinds[bad]])
        told.append(beside(findings, beside_as, np.flatnonzero(bad)) if beside_as else findings)
    return joined(told)


def few_victims(context: Context) -> pd.DataFrame:
    """Return the accidents in cells of 1 km with fewer victims than may be told (P02)."""
    survey = context.survey
    if survey.kind != "accidents" or not len(survey.frame):
        return nothing("P02", survey)
    killed, injured = survey.number("killed"), survey.number("injured")
    victims = (killed.fillna(0.0) + injured.fillna(0.0)).where(killed.notna() | injured.notna(), 1.0).to_numpy()
    shapes = np.array(context.lonlat.values, dtype=object)
    here = ~shapely.is_missing(shapes) & ~shapely.is_empty(shapes) & (victims > 0)
    places = gpd.GeoSeries(shapely.centroid(shapes[here]), crs=4326)
    size = CELL_DEG
    if context.area is not None:
        places, size = places.to_crs(context.area.crs), CELL_M
    corner = np.floor(np.column_stack([places.x, places.y]) / size + 1e-9).astype(np.int64)
    cell = pd.DataFrame({"east": corner[:, 0], "north": corner[:, 1], "victims": victims[here]})
    total = cell.groupby(["east", "north"])["victims"].transform("sum").to_numpy()
    few = total < context.limits.fewest
    counts = [f"{number:.0f}" for number in total[few]]
    return found("P02", survey, np.flatnonzero(here)[few], value=counts, expected=[str(context.limits.fewest)] * len(counts))


def _columns(table: pd.DataFrame) -> list[str]:
    return [str(name) for name in table.columns if name not in ("geometry", "row")]


def _may_hold_text(cells: pd.Series) -> bool:
    """Return whether a column holds text, or numbers as long as those of phones and residents."""
    if pd.api.types.is_bool_dtype(cells) or pd.api.types.is_datetime64_any_dtype(cells):
        return False
    if pd.api.types.is_numeric_dtype(cells):
        return bool(pd.api.types.is_integer_dtype(cells) and (cells.dropna() > LONG_NUMBER).any())
    return True


def _rows(survey: Survey, table: pd.DataFrame) -> NDArray[np.intp]:
    """Return the record's row of each row of another table, `FILE` where it has none."""
    if "row" in table:
        return table["row"].to_numpy(dtype=np.intp)
    names = record_names(survey.frame).drop_duplicates()
    places = pd.Series(names.index, index=names).reindex(text_of(table, "hazard_id").str.strip())
    return places.fillna(FILE).to_numpy(dtype=np.intp)
