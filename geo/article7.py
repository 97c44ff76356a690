"""Mined areas in the columns of Form C of the reports under Article 7 of the Anti-Personnel Mine Ban Convention.

Assumption: only areas that somebody mapped are mined areas; simulated and modelled features are never listed, and where nothing
was supplied the form says so and gives the reported totals instead. A CHA contains mines, an SHA or an indication is suspected
to. Limit: a working table for planners, not a submission.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.districts import OUTSIDE, Layers, cut, public_districts
from geo.generalise import HAZARD_LAYERS, exact_rows
from geo.layer import Layer
from geo.measure import areas_m2, overlap_km2
from geo.points import FEWEST
from geo.terms import CLOSED_STATUSES, LAND_STATUSES, LAYERS, NATIONAL_TERMS, SIMULATED_BASES

PARTS = {"contain": "C.1 Areas that contain mines", "suspected": "C.2 Areas suspected to contain mines"}
FORM_COLUMNS = (
    "part",
    "code",
    "location",
    "type",
    "quantity",
    "date_of_emplacement",
    "layer",
    "n_areas",
    "gross_km2",
    "overlap_km2",
    "net_km2",
    "supplementary",
)
TOTAL_COLUMNS = (
    "series", "as_of", "planned_km2", "planned_n", "unconfirmed_km2", "unconfirmed_n", "total_km2", "total_n", "source",
)  # fmt: skip
WITHHELD, UNSTATED = "not given in the public tier", "not stated"
COUNTS = {"emplaced_n": "emplaced", "recovered_n": "recovered", "unaccounted_n": "unaccounted"}
LAYOUT = (
    "Columns as in Form C of the reports under Article 7 of the Anti-Personnel Mine Ban Convention: a working table for planners,"
    " not a submission; whether the country is a party to the Convention is not this table's matter."
)
ONCE = "An area on a border between districts stands once, in the district that holds most of it."
NOTHING = "No mined area was supplied. Simulated layers are not mined areas and are not listed; reported totals stand below."
NEVER_ADDED = "Reported totals belong to one series and year each; they are never added."
ROUGH = f"Public tier: km² to 0.1, fewer than {FEWEST} areas not counted, no type, quantity or date of emplacement."
CELLS = "Extents are those of the 1 km cells that the areas touch, for this build holds no more; areas are not counted."


@dataclass(frozen=True, slots=True)
class FormC:
    """The form: its rows, the reported totals that stand in for what was not supplied, and what a reader must know.

    Attributes
    ----------
    rows : DataFrame
        `FORM_COLUMNS`; empty where no mined area was supplied. The extent is ``net_km2``.
    totals : DataFrame
        `TOTAL_COLUMNS`; empty where every hazard layer was supplied.
    notes : tuple of str
    """

    rows: pd.DataFrame
    totals: pd.DataFrame
    notes: tuple[str, ...]


def form_c(
    layers: Layers, districts: gpd.GeoDataFrame, *, reported: pd.DataFrame, tier: str = "public", cells: bool = False
) -> FormC:
    """Return Form C of supplied hazards, a row each district, layer and part.

    Parameters
    ----------
    layers : mapping of str to Layer or GeoDataFrame
        Hazards as they were supplied; only features that somebody mapped, and that are not closed or handed over, are listed.
    districts : GeoDataFrame
        With ``code``, ``name_en`` and ``name_ko``.
    reported : DataFrame
        Of `geo.reported.series_table`.
    tier : {"public", "restricted"}
        The public one withholds type, quantity and date, and tells km² to 0.1.
    cells : bool
        Whether the hazards are the 1 km cells of a public build.

    Examples
    --------
    >>> import shapely
    >>> county = {"code": ["32360"], "name_en": ["Cheorwon-gun"], "name_ko": ["철원군"]}
    >>> county = gpd.GeoDataFrame(county, geometry=[shapely.box(127, 38, 127.5, 38.5)], crs=4326)
    >>> field = {"id": ["a"], "land_class": ["CHA"], "basis": ["surveyed"], "mine_types": ["M14"]}
    >>> field = gpd.GeoDataFrame(field, geometry=[shapely.box(127.1, 38.1, 127.2, 38.2)], crs=4326)
    >>> form = form_c({"planned_minefields": field}, county, reported=pd.DataFrame(columns=TOTAL_COLUMNS), tier="restricted")
    >>> form.rows[["part", "location", "type"]].iloc[0].tolist()
    ['C.1 Areas that contain mines', 'Cheorwon-gun 철원군 (32360)', 'M14']
    """
    frames = {name: layer.frame if isinstance(layer, Layer) else layer for name, layer in layers.items() if name in HAZARD_LAYERS}
    mined = {name: frame[exact_rows(frame, name) & ~frame["basis"].isin(SIMULATED_BASES)] for name, frame in frames.items()}
    parts = [list(_rows(name, unreleased(frame), districts, tier)) for name, frame in mined.items() if len(frame)]
    rows = pd.DataFrame([row for part in parts for row in part], columns=list(FORM_COLUMNS)).astype({"n_areas": "Int64"})
    rows = rows.assign(last=rows["code"] == "").sort_values(["part", "last", "code", "layer"], kind="stable", ignore_index=True)
    rows = rows[list(FORM_COLUMNS)]
    if tier == "public":
        rows = public_districts(rows, HAZARD_LAYERS, count="n_areas")
    if cells:
        rows["n_areas"] = pd.array([pd.NA] * len(rows), dtype="Int64")
    lacking = [name for name in HAZARD_LAYERS if name not in mined or mined[name].empty]
    totals = reported.reindex(columns=list(TOTAL_COLUMNS)) if lacking else pd.DataFrame(columns=list(TOTAL_COLUMNS))
    return FormC(rows, totals, tuple(_notes(mined, lacking, tier, cells)))


def _notes(mined: dict[str, gpd.GeoDataFrame], lacking: list[str], tier: str, cells: bool) -> Iterator[str]:
    yield LAYOUT
    supplied = [name for name in mined if name not in lacking]
    if not supplied:
        yield NOTHING
    else:
        yield ONCE
        yield from (f"{LAYERS[name].en}: none supplied; simulated ones are not mined areas. See the reported totals."
                    for name in lacking)  # fmt: skip
        released = sum(len(mined[name]) - len(unreleased(mined[name])) for name in supplied)
        if released:
            told = f"fewer than {FEWEST}" if tier == "public" and released < FEWEST else str(released)
            what = "cells" if cells else "areas"
            yield f"Closed or handed over, and so not listed: {told} {what}. This says nothing of the land itself."
        if tier == "public":
            yield ROUGH
        if cells:
            yield CELLS
    if lacking:
        yield NEVER_ADDED


def unreleased(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the areas that no completion report closed."""
    return frame[~frame["land_status"].isin(CLOSED_STATUSES)] if "land_status" in frame else frame


def _rows(name: str, frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, tier: str) -> Iterator[tuple[object, ...]]:
    """Yield `FORM_COLUMNS` of each district and part."""
    place = _district_of(frame, districts)
    part = np.where(frame["land_class"] == "CHA", PARTS["contain"], PARTS["suspected"])
    groups: Any = pd.DataFrame({"part": part, "place": place}).groupby(["part", "place"]).indices
    for (title, row), members in groups.items():
        here = frame.iloc[members]
        code, location = _location(districts, int(row))
        gross = float(areas_m2(here).sum() / 1e6)
        overlap = overlap_km2(here) if len(here) > 1 else 0.0
        public = tier == "public"
        stated = [WITHHELD] * 3 if public else [_types(here), _quantity(here), _joined(here, "emplaced_period")]
        told = "; ".join(_supplementary(here, public))
        yield (title, code, location, *stated, name, len(here), gross, overlap, gross - overlap, told)


def _district_of(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame) -> NDArray[np.intp]:
    """Return the row of the district that holds most of each feature, -1 for none; shape (n,)."""
    pieces = cut(frame, districts)
    order = np.lexsort([pieces.m2, pieces.feature])
    place = np.full(len(frame), -1)
    place[pieces.feature[order]] = pieces.district[order]  # the last, that is the largest piece of each stays
    return place


def _location(districts: gpd.GeoDataFrame, row: int) -> tuple[str, str]:
    if row < 0:
        return "", f"{OUTSIDE[1]} {OUTSIDE[2]}"
    here = districts.iloc[row]
    return str(here["code"]), f"{here['name_en']} {here['name_ko']} ({here['code']})"


def _types(frame: pd.DataFrame) -> str:
    words = sorted({word for text in _said(frame, "mine_types") for word in re.split(r"\s*[;,/]\s*", text) if word})
    return _of(frame, "mine_types", "; ".join(words))


def _quantity(frame: pd.DataFrame) -> str:
    """Return the mines recorded, recovered and unaccounted for, and how many areas state any."""
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in COUNTS if name in frame}
    told = [f"{COUNTS[name]} {cells.sum():.0f}" for name, cells in numbers.items() if cells.notna().any()]
    if not told:
        return UNSTATED
    n_stated = int(pd.DataFrame(numbers).notna().any(axis=1).sum())
    return ", ".join(told) + ("" if n_stated == len(frame) else f" (stated for {n_stated} of {len(frame)} areas)")


def _joined(frame: pd.DataFrame, column: str) -> str:
    return _of(frame, column, "; ".join(sorted(set(_said(frame, column)))))


def _of(frame: pd.DataFrame, column: str, text: str) -> str:
    n_stated = len(_said(frame, column))
    if not text:
        return UNSTATED
    return text if n_stated == len(frame) else f"{text} (stated for {n_stated} of {len(frame)} areas)"


def _said(frame: pd.DataFrame, column: str) -> list[str]:
    """Return what a column says, without its empty cells."""
    if column not in frame:
        return []
    texts = frame[column].dropna().astype(str).str.strip()
    return [str(text) for text in texts[texts != ""]]


def _supplementary(frame: pd.DataFrame, public: bool) -> Iterator[str]:
    yield "class " + ", ".join(sorted(set(_said(frame, "land_class"))))
    terms = sorted(set(_said(frame, "national_term")))
    if terms := [term for term in terms if not public or term in NATIONAL_TERMS.values()]:  # other words are the user's own
        yield ", ".join(terms)
    words = pd.Series(_said(frame, "land_status"), dtype=str)
    if len(words):
        counts = words.map(lambda word: LAND_STATUSES[word].en if word in LAND_STATUSES else word).value_counts().sort_index()
        yield "status " + ", ".join(str(word) if public else f"{word} {n}" for word, n in counts.items())
    if dates := sorted({date[:4] if public else date for date in _said(frame, "as_of") if not public or date[:4].isdigit()}):
        yield f"information as of {dates[0]}" + (f" to {dates[-1]}" if len(dates) > 1 else "")
