"""What stands twice: polygons, shape_ids, record ids, devices (G03-G05, G12, G13).

Assumption: rows of one id that hold from different days are versions of one record, and rows with different shape_ids are its
parts; neither is a repetition. Where a polygon begins and which way it turns does not matter.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from geo.check.context import Context
from geo.check.findings import FILE, found, joined, nothing, quoted

DEVICE = ("category", "model", "quantity")


def repeated_polygons(context: Context) -> pd.DataFrame:
    """Return the polygons that one record holds twice (G03)."""
    again = np.flatnonzero(context.drawn_twice)
    rows = context.rings.part_row
    keys = pd.DataFrame({"version": context.version[rows], "shape": context.same_shape, "part": np.arange(len(rows))})
    first = keys.groupby(["version", "shape"])["part"].transform("first").to_numpy()[again] if len(again) else again
    named = context.part_names(first)
    return found("G03", context.survey, rows[again], value=[f"part {name}" for name in named], part=context.part_names(again))


def repeated_shape_ids(context: Context) -> pd.DataFrame:
    """Return the shape_ids that stand twice in one record (G04), or do when blanks are trimmed (G05)."""
    typed = context.survey.text("shape_id")
    trimmed = typed.str.strip()
    stated = (trimmed != "").to_numpy()
    same = pd.DataFrame({"version": context.version, "id": typed}).duplicated().to_numpy() & stated
    alike = pd.DataFrame({"version": context.version, "id": trimmed}).duplicated().to_numpy() & stated & ~same
    return joined(
        [
            found("G04", context.survey, same, value=quoted(typed[same])),
            found("G05", context.survey, alike, value=quoted(typed[alike])),
        ]
    )


def repeated_ids(context: Context) -> pd.DataFrame:
    """Return the ids, trimmed, of more than one record (G12): no shape_id and no valid_from tells the rows apart."""
    shape_id = context.survey.text("shape_id").str.strip()
    again = pd.DataFrame({"version": context.version, "shape": shape_id}).duplicated().to_numpy() & (shape_id == "").to_numpy()
    return found("G12", context.survey, again, value=quoted(context.survey.text("id").str.strip()[again]))


def repeated_devices(context: Context) -> pd.DataFrame:
    """Return the devices of the same category, model and quantity that one record lists twice (G13)."""
    survey, devices = context.survey, context.survey.devices
    if devices.empty or not {"hazard_id", *DEVICE[:1]} <= set(devices.columns):
        return nothing("G13", context.survey)
    named = [name for name in DEVICE if name in devices]
    plain = devices[["hazard_id", *named]].astype(str).apply(lambda cells: cells.str.strip())
    plain[named] = plain[named].apply(lambda cells: cells.str.casefold())
    again = plain.duplicated().to_numpy()
    ids = survey.text("id").str.strip()
    rows = (
        pd.Series(ids.index, index=ids)[~ids.duplicated().to_numpy()].reindex(plain["hazard_id"][again]).fillna(FILE).astype(int)
    )
    words = devices[named].astype(str).agg(", ".join, axis=1)[again]
    return found("G13", survey, rows.to_numpy(), value=words.to_numpy(dtype=object))
