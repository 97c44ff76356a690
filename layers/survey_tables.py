"""Tables beside the area table: the history of supplied hazards, land by district, Form C, and people near hazards.

Every figure is taken from the atlas as its tier shows it, so a table tells no more than the layers do.
"""

from __future__ import annotations

import pandas as pd

from geo.article7 import form_c
from geo.exposure import exposure
from geo.generalise import public_history
from geo.layer import Atlas
from geo.reported import series_table
from layers.built import built_groups, districts_for, seen_as_built
from layers.request import Supplied


def survey_tables(atlas: Atlas, own: Supplied) -> dict[str, pd.DataFrame]:
    """Return the tables by name: ``districts`` always, the others where what they need was supplied."""
    built = seen_as_built(atlas)
    tables = {"history": history(own, atlas.tier), "districts": built_groups(built, "district")}
    if own.hazards:
        form = form_c(atlas.layers, districts_for(built), reported=series_table(atlas.area), tier=atlas.tier)
        tables["article7"] = form.rows
    if own.population is not None:
        tables["exposure"] = exposure(built.frames, own.population, atlas.area.crs, cells=built.cells)
    return {name: table for name, table in tables.items() if len(table)}


def history(own: Supplied, tier: str) -> pd.DataFrame:
    """Return every version and report of supplied hazards; in the public tier only how many began in each year."""
    parts = [now.history.assign(hazard_layer=f"{kind}_minefields") for kind, now in own.hazards.items() if len(now.history)]
    if not parts:
        return pd.DataFrame()
    table = pd.concat(parts, ignore_index=True)
    if tier != "public":
        return table
    begun = table[(table["kind"] == "version") & table["applied"]]
    return public_history(begun.assign(area_m2=begun["original_m2"]))
