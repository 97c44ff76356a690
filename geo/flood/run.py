"""One run of the flood model over its cells, in pieces that fit in memory.

Assumption: cells act apart from each other, so that pieces can be taken in any order. Its limit: the pieces are gone through
twice, for items come to rest by the weight of all cells of a reach.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import geopandas as gpd
import numpy as np
from numpy.typing import NDArray

from geo.flood.cells import FloodCells, Wet, wetness
from geo.flood.height_error import HeightErrorTable
from geo.flood.items import CLASS_KEYS
from geo.flood.mobilise import T_LIST_YR, annualise, depth_table, p_largest, p_mobilise, spread_weight
from geo.flood.network import RiverNetwork
from geo.flood.parameters import Draw, FloodParameters
from geo.flood.route import at_cell, gathered
from geo.flood.scenario import DEFAULT_PERIOD_YR
from geo.flood.valley import Valley
from geo.flood.water import Water

Floats = NDArray[np.float64]
log = logging.getLogger(__name__)

ITEM_COLUMNS = tuple(f"n_{key}" for key in CLASS_KEYS)
VALUES_AT_ONCE = 6_000_000  # cells times classes times members handled in one piece


def usual_flood(floods: Sequence[Water], return_period_yr: float) -> int:
    """Return which flood lays items out: the only one, or of the yearly ones that nearest to a return period."""
    return 0 if len(floods) == 1 else int(np.abs(np.log(np.array(T_LIST_YR) / return_period_yr)).argmin())


class Laid(NamedTuple):
    """Some cells, how the flood lies there, and the items (n, 4, M) of each origin left in them."""

    part: slice
    wet: Wet
    items: list[Floats]


@dataclass(frozen=True)
class Run:
    """One call of the model: cells, floods and members, gone through in pieces that fit in memory."""

    network: RiverNetwork
    cells: FloodCells
    floods: tuple[Water, ...]
    draw: Draw
    params: FloodParameters
    units: gpd.GeoDataFrame
    layouts: Floats | None
    terrain: Valley | None = None
    return_period_yr: float = DEFAULT_PERIOD_YR
    notes: tuple[str, ...] = ()

    @property
    def members(self) -> int:
        """How many members, M."""
        return int(self.floods[0].half_width_m.shape[1])

    @property
    def usual(self) -> Water:
        """The flood that lays items out: the only one, or of the yearly ones that nearest to the asked return period."""
        return self.floods[usual_flood(self.floods, self.return_period_yr)]

    @property
    def n_lines(self) -> int:
        """How many reaches and estuary segments."""
        return len(self.network.down) + len(self.network.estuary)

    @property
    def origins(self) -> list[str]:
        """The origins, in order."""
        return sorted(self.units["origin"].unique())

    def unit_of(self, origin: str) -> str:
        """Return the unit of an origin's items."""
        own = self.units[self.units["origin"] == origin]
        unit = str(own["units"].iloc[0]) if "units" in own else "index"
        return unit if len(self.floods) == 1 else f"{unit}/yr"

    def parts(self) -> Iterator[slice]:
        """Cut the cells into pieces."""
        step = max(1, VALUES_AT_ONCE // (4 * self.members))
        for low in range(0, max(1, len(self.cells)), step):
            if low // step % max(1, len(self.cells) // step // 20) == 0:
                log.info("flood model: %d of %d cells, %d members", low, len(self.cells), self.members)
            yield slice(low, min(low + step, len(self.cells)))

    @cached_property
    def table(self) -> HeightErrorTable | None:
        """Return the effect of the height error for all pieces alike, None where no depth is known."""
        known = ~np.isnan(self.cells.hand_m).all(axis=0)
        if self.params.p_model.value != "depth" or not known.any():
            return None
        deepest = 0.0
        for line, area in zip(self.cells.line[:, known], self.cells.drain_km2[:, known], strict=True):
            largest = np.zeros(self.n_lines)
            np.maximum.at(largest, line[line >= 0], area[line >= 0])
            met = np.flatnonzero(largest)
            stages = [flood.stage_at(largest[met], met, self.draw) for flood in self.floods]
            deepest = max(deepest, *(float(stage.max(initial=0.0)) for stage in stages))
        depths = self.cells.flooded_m[np.isfinite(self.cells.flooded_m)]
        return depth_table(np.unique(self.cells.slope[known]), max(deepest, depths.max(initial=0.0)), self.draw)

    def all_cells(self) -> tuple[NDArray[np.intp], Floats]:
        """Return the line (n, M) and the probability that an item moves (n, 4, M) of every cell at once."""
        whole = slice(0, len(self.cells))
        wet = wetness(self.cells, whole, self.usual, self.draw, self.params)
        line = wet.line if wet.line.ndim == 2 else np.repeat(wet.line[:, None], self.members, axis=1)
        return line, self._p(whole, wet)

    def first_pass(self) -> tuple[dict[str, Floats], Floats]:
        """Return the items that enter each line by origin, and the weight of each line's cells, (lines, 4, M).

        Yearly items enter and come to rest where the flood nearest to the scenario's return period leads them.
        """
        moved = {name: np.zeros((self.n_lines, 4, self.members)) for name in self.origins}
        weights = np.zeros((self.n_lines, 4, self.members))
        for part in self.parts():
            wet = wetness(self.cells, part, self.usual, self.draw, self.params)
            p = self._p(part, wet)
            weights += gathered(self.weight(part, wet), wet.line, self.n_lines)
            for name in self.origins:
                moved[name] += gathered(self._items(part, name) * p, wet.line, self.n_lines)
        return moved, weights

    def _p(self, part: slice, wet: Wet) -> Floats:
        """Return the probability that an item moves, in the event or a year, (n, 4, M)."""
        if len(self.floods) == 1:
            return self._p_event(part, wet)
        each = [wetness(self.cells, part, flood, self.draw, self.params) for flood in self.floods]
        lower, upper = annualise(
            np.stack([self._p_event(part, one) for one in each]),
            p_largest(wet.margin_m, self.draw, p_model=self.params.p_model.value),
        )
        return np.asarray((lower + upper) / 2)

    def _p_event(self, part: slice, wet: Wet) -> Floats:
        model, slope = self.params.p_model.value, self.cells.slope[part]
        return p_mobilise(wet.margin_m, slope, wet.wet, self.draw, p_model=model, table=self.table)

    def second_pass(self, deposits: Sequence[Floats], weights: Floats) -> Iterator[Laid]:
        """Yield, piece by piece, what of each origin's deposit (lines, 4, M) comes to rest in each cell."""
        whole = np.where(weights > 0, weights, 1.0)
        for part in self.parts():
            wet = wetness(self.cells, part, self.usual, self.draw, self.params)
            share = self.weight(part, wet) / at_cell(whole, wet.line)
            yield Laid(part, wet, [at_cell(deposit, wet.line) * share for deposit in deposits])

    def weight(self, part: slice, wet: Wet) -> Floats:
        """Return how readily items come to rest in each cell, (n, 4, M)."""
        depth = np.maximum(wet.margin_m, 0.0)
        known = depth if self.params.p_model.value == "depth" else np.full_like(depth, np.nan)
        return spread_weight(known, wet.stays, self.cells.slope[part], self.cells.area_m2[part], self.cells.trap[part], self.draw)

    def _items(self, part: slice, origin: str) -> Floats:
        """Return the items of an origin in each cell, (n, 4, M) or (n, 4, 1)."""
        own = np.flatnonzero((self.units["origin"] == origin).to_numpy())
        share = self.cells.units[part][:, own]
        factor = np.ones((len(own), 1)) if self.layouts is None else self.layouts[own]
        if "n" in self.units:
            held = share @ (self.units["n"].to_numpy(float)[own, None] * factor)
            return np.asarray(held[:, None, :] * self.draw[f"mix_{origin}"])
        counts = self.units[list(ITEM_COLUMNS)].to_numpy(float)[own]
        return np.stack([share @ (counts[:, i, None] * factor) for i in range(4)], axis=1)
