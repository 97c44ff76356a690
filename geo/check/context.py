"""What a check looks at: the records, the study area, today, the limits, and the shapes in degrees, taken once for all checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.area import StudyArea
from geo.survey.records import Survey


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a check draws its line; every value is an option.

    Attributes
    ----------
    step_m : float
        Longest step from one vertex to the next (G14).
    part_overlap_percent : float
        Of the smaller part (G15).
    area_km2 : float
        Largest believable hazard (S04).
    area_percent : float
        Mapped beside reported area (S05).
    sum_m2, sum_percent : float
        Tolerance of the account of land (L03): the larger of the two.
    age_yr : float
        Oldest information that needs no word (V06).
    fewest : int
        Victims that may be told (P02).
    """

    step_m: float = 5000.0
    part_overlap_percent: float = 0.9
    area_km2: float = 100.0
    area_percent: float = 5.0
    sum_m2: float = 1.0
    sum_percent: float = 0.1
    age_yr: float = 2.0
    fewest: int = 5


@dataclass(frozen=True)
class Context:
    """The records to check and all that is known around them.

    Attributes
    ----------
    survey : Survey
    area : StudyArea, optional
        Without one, places and the area's own lists of evidence are not checked.
    today : date
        The day on which the question is asked; nothing else reads the clock.
    limits : Limits
    others : sequence of Survey
        Checked against `survey` for overlaps: the planned fields beside the unconfirmed ones, say.
    extents : GeoDataFrame, optional
        Floods and landslides: ``name``, ``kind``, ``date``, polygons in EPSG:4326.
    tier : {"public", "restricted"}
        In the restricted one personal data is a warning.
    """

    survey: Survey
    today: date
    area: StudyArea | None = None
    limits: Limits = field(default_factory=Limits)
    others: Sequence[Survey] = ()
    extents: gpd.GeoDataFrame | None = None
    tier: str = "public"

    @cached_property
    def shapes(self) -> NDArray[np.object_]:
        """The records' shapes as read, None where missing; shape (n,)."""
        return np.array(self.survey.frame.geometry.values, dtype=object)

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Which records have a shape that is not empty; shape (n,)."""
        return np.asarray(~shapely.is_missing(self.shapes) & ~shapely.is_empty(self.shapes), dtype=bool)

    @cached_property
    def lonlat(self) -> gpd.GeoSeries:
        """The shapes in EPSG:4326; all None where the file states no CRS; shape (n,)."""
        if self.survey.frame.crs is None:
            return gpd.GeoSeries(np.full(len(self.shapes), None, dtype=object), crs=4326)
        return self.survey.frame.geometry.to_crs(4326)
