"""Which flood: by return period, stage, extent, or averaged over the years.

Assumption: one flood holds on the whole network, except where a stage is given by reach. Its limit: storms differ from valley
to valley.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

import geopandas as gpd

from geo.errors import ConfigError
from geo.exchange.raster import Dem

DEFAULT_PERIOD_YR = 100.0


@dataclass(frozen=True, slots=True)
class FloodScenario:
    """The flood to model: a return period, and what is known better than by it.

    Attributes
    ----------
    return_period_yr : float
        Above 1; holds wherever nothing else is given.
    stage_m : mapping of str to float
        Stage above the drainage [m] by reach id, from gauges or for the release of a dam; replaces the return period's.
    flood : GeoDataFrame, optional
        Polygons of a flood's extent with a CRS; land inside is wet, land outside is not, whatever the stage.
    depth : Dem, optional
        Depth of a flood [m] on a grid, with ``flood`` as its extent; read on a terrain model.
    annual : bool
        Average over all return periods instead: items per year.
    name : str
        What the scenario is called.

    Examples
    --------
    >>> FloodScenario().return_period_yr
    100.0
    """

    return_period_yr: float = DEFAULT_PERIOD_YR
    stage_m: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    flood: gpd.GeoDataFrame | None = None
    depth: Dem | None = None
    annual: bool = False
    name: str = ""

    def __post_init__(self) -> None:
        if not _real(self.return_period_yr) or self.return_period_yr <= 1:
            raise ConfigError(
                "flood scenario",
                where="return_period_yr",
                expected="a number of years above 1",
                found=f"{self.return_period_yr!r}",
                mend="give, for example, 100",
            )
        odd = [name for name, stage in self.stage_m.items() if not _real(stage) or stage < 0]
        if odd:
            raise ConfigError(
                "flood scenario",
                where="stage_m",
                expected="metres above the drainage, at least 0",
                found=", ".join(f"{name} {self.stage_m[name]!r}" for name in odd),
            )
        if self.depth is not None and self.flood is None:
            raise ConfigError("flood scenario", where="depth", expected="the flood's extent with it", found="none")
        if self.annual and (self.stage_m or self.flood is not None):
            raise ConfigError(
                "flood scenario", expected="annual values, or one flood with its stage or extent", found="both", mend="choose one"
            )


def _real(value: object) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)
