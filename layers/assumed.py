"""What an atlas takes for granted: every parameter behind its simulated and modelled layers, with unit, tag and source."""

from __future__ import annotations

from typing import Any

import pandas as pd

from geo.area import StudyArea
from layers.minefields import shares_name
from layers.rivers import flood_parameters

COLUMNS = ("name", "value", "unit", "tag", "source")
UNITS = {
    "allocation.beyond_mcz_km": "km",
    "allocation.rear_south_lat": "degrees",
    "allocation.cell_km": "km",
    "allocation.bearing_sd_deg": "degrees",
    "allocation.preference.front_km": "km",
    "front.uncertainty_m": "m",
    "mcz.uncertainty_m": "m",
}
LEFT_OUT = ("allocation.tries", "allocation.zone_shares", "allocation.preference")  # not assumptions about the world


def assumed_table(area: StudyArea, seed: int) -> pd.DataFrame:
    """Return the parameters of an area's allocation and flood model.

    Returns
    -------
    DataFrame
        ``name, value, unit, tag, source``; the tag is ``published``, ``derived`` or ``assumed``.

    Examples
    --------
    >>> from geo.area import read_area
    >>> table = assumed_table(read_area("demo"), 1).set_index("name")
    >>> table.loc["allocation.aspect", ["value", "tag"]].tolist()
    ['5.0', 'assumed']
    """
    rows: list[tuple[Any, ...]] = [("seed", seed, "", "assumed", "one draw of many")]
    settings = area.settings
    for table in ("allocation", "preference"):
        path = "allocation" if table == "allocation" else "allocation.preference"
        entries = settings["allocation"] if table == "allocation" else settings["allocation"]["preference"]
        rows += [(f"{path}.{key}", value, UNITS.get(f"{path}.{key}", ""), "assumed", "") for key, value in entries.items()]
    shares = settings["zone_shares"][shares_name(area)]
    for kind in ("planned", "unconfirmed"):
        split = ", ".join(f"{zone} {count:g}" for zone, count in shares[kind].items())
        rows.append((f"zone_shares.{shares_name(area)}.{kind}", split, "fields", "assumed", shares[f"source_{kind}"]))
    for zone in ("front", "mcz"):
        rows.append((f"{zone}.uncertainty_m", settings[zone]["uncertainty_m"], "m", "assumed", ""))
    for name, entry in settings["series"].items():
        rows += [
            (f"series.{name}.{key}", value, "fields", "assumed", "") for key, value in entry.items() if key.endswith("_assumed")
        ]
    rows += [
        (f"flood.{row['name']}", row["value"], row["unit"], row["tag"], "; ".join(filter(None, (row["source"], row["prior"]))))
        for row in flood_parameters(settings).table()
    ]
    kept = [(name, str(value), *rest) for name, value, *rest in rows if name not in LEFT_OUT]
    return pd.DataFrame(kept, columns=list(COLUMNS))
