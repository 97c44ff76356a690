"""The level of the flood model: how many items a year, so that the model's losses are those that the country has counted.

Assumption: the national loss rate per mine and year, from press totals, holds for the southern fields, and what slides do
not explain the rivers do. Its limit: without terrain slides are not known, so the rivers are made to explain all; what
calibrates the level says nothing about where items come to rest.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConfigError
from geo.flood import Result
from geo.flood.closure import Level, close_level, configuration_hash
from geo.flood.parameters import Draw
from geo.layer import Layer
from layers.displacement import ItemLevel
from layers.request import FloodOptions
from layers.scene import Scene, flooded
from layers.slides import yearly_slides

Floats = NDArray[np.float64]

SOUTH = "south"
LEAST = 1e-6  # what is left to the rivers where slides explain all


@dataclass(frozen=True, slots=True)
class Closed:
    """A run whose southern items are counted.

    Attributes
    ----------
    layer, result
        Of the flood model at the closed level; the south in items, the north as ever an index.
    level : Level
        ``psi`` and what it leaves unexplained, by member.
    mines : float
        In the ground, by the named figure.
    slides_known : bool
        Whether slides were taken off.
    slides_alone : float
        Share of the members in which slides alone exceed the counted losses; the rivers then move next to nothing.
    """

    layer: Layer
    result: Result
    level: Level
    mines: float
    slides_known: bool
    slides_alone: float


def closed(here: Scene, options: FloodOptions) -> Closed:
    """Run the model at the level that closes the yearly account of the southern mines.

    Raises
    ------
    ConfigError
        If the area names no figure of mines in the ground, as ``[level] mines``.
    """
    if "level" not in here.area.settings:
        raise ConfigError(
            "no level", where="[level] mines", expected="the key of a reported number of mines", mend="name one in area.toml"
        )
    mines = float(here.area.figure(here.area.settings["level"]["mines"])["value"])
    per_km2 = mines / float(here.sources["mined_km2"].sum())
    every_year = replace(options, scenario="annual", flood=None, return_period_yr=None)
    yearly = flooded(here, every_year, level=ItemLevel(np.ones(options.members), per_km2))[1]
    lost = next(ledger for ledger in yearly.ledgers if ledger.origin == SOUTH).mobilised.sum(axis=0)
    slid = yearly_slides(here, yearly)
    counted = yearly.draw["lambda_nat"] * mines
    taken = np.zeros_like(counted) if slid is None else per_km2 * slid
    too_many = (taken >= counted) & (options.members > 1)
    level = close_level(
        yearly.draw["lambda_nat"],
        mines,
        np.where(too_many, (1 - LEAST) * counted, taken),
        lost,
        _configuration(here, options, yearly.draw),
    )
    layer, result = flooded(here, options, level=ItemLevel(level.psi, per_km2))
    return Closed(layer, result, level, mines, slid is not None, float(too_many.mean()))


def _configuration(here: Scene, options: FloodOptions, draw: Draw) -> str:
    """Return the hash of what a level belongs to: network, sources, terrain and parameters."""
    return configuration_hash(
        {
            "area": here.area.name,
            "reaches": [str(name) for name in here.network.ids],
            "mined_km2": round(float(here.sources["mined_km2"].sum()), 9),
            "terrain": [path.name for path in options.dem],
            "members": options.members,
            "parameters": {
                name: [round(float(value), 12) for value in np.ravel(values)] for name, values in sorted(draw.items())
            },
        }
    )
