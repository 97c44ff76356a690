"""Many layouts of the simulated fields at once, for the ensemble of the flood model: how much mined land each cell holds.

Assumption: a member takes one of the reported series, all alike, deals its fields to the zones by the assumed shares, draws
log-normal sizes and lets each field fall into a cell with the cell's expected share. Its limit: a field is not cut at the
edge of its cell, and shapes play no part.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.allocate import sizes_m2
from geo.area import StudyArea
from geo.reported import Kind, Series, buildable, series
from layers.minefields import dealt, field_counts, shares_name

Floats = NDArray[np.float64]


def layouts(area: StudyArea, pieces: gpd.GeoDataFrame, kinds: tuple[Kind, ...], members: int, rng: np.random.Generator) -> Floats:
    """Return the mined land of each piece in each member, over its expectation.

    Parameters
    ----------
    area : StudyArea
    pieces : GeoDataFrame, J rows
        Of `layers.minefields.cut_expectation`.
    kinds : tuple of {"planned", "unconfirmed"}
        Those that are simulated; supplied ones lie where they lie.
    members : int
        M.
    rng : Generator
        Each member draws from a stream of its own.

    Returns
    -------
    (J, M) float
        1 where nothing is expected. The members' mean tends to the totals of the series on average.
    """
    expected = pieces["mined_km2"].to_numpy(float)
    vintages = drawable(area)
    rooms = {name: np.flatnonzero((pieces["zone"] == name).to_numpy()) for name in dict.fromkeys(pieces["zone"])}
    mined_km2 = np.zeros((len(pieces), members))
    for member, stream in enumerate(rng.spawn(members)):
        chosen = vintages[int(stream.integers(len(vintages)))]
        for kind in kinds:
            mined_km2[:, member] += _one(area, pieces[f"{kind}_km2"].to_numpy(float), rooms, chosen, kind, stream)
    factor: Floats = np.divide(mined_km2, expected[:, None], out=np.ones_like(mined_km2), where=expected[:, None] > 0)
    return factor


def drawable(area: StudyArea) -> list[Series]:
    """Return the series of an area that can be drawn."""
    names = [name for name, entry in area.settings["series"].items() if not entry.get("table_only", False)]
    return [buildable(area, name) for name in names if not series(area, name).lacks]


def _one(
    area: StudyArea,
    expected_km2: Floats,
    rooms: Mapping[str, NDArray[np.intp]],
    chosen: Series,
    kind: Kind,
    rng: np.random.Generator,
) -> Floats:
    """Return the mined km² of each piece for the fields of one kind in one member."""
    zones = tuple(dict.fromkeys([*rooms, *area.settings["zone_shares"][shares_name(area)][kind]]))
    counts = field_counts(area, kind, chosen.count(kind), zones)
    ln_sd = area.settings["allocation"]["size_ln_sd"]
    size_km2 = sizes_m2(chosen.count(kind), 1e6 * chosen.area_km2(kind), ln_sd, rng) / 1e6
    mined = np.zeros(len(expected_km2))
    for name, rows in rooms.items():
        heaped = np.cumsum(expected_km2[rows])
        if counts[name] and heaped[-1] > 0:
            at = np.searchsorted(heaped, rng.random(counts[name]) * heaped[-1], side="right")
            mined += np.bincount(rows[at], weights=dealt(size_km2, counts, name), minlength=len(mined))
    return mined
