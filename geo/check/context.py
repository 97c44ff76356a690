"""What a check looks at: the records, the study area, today, the limits, and the shapes in degrees, taken once for all checks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.area import StudyArea
from geo.check.pairs import Pairs, pairs_of
from geo.check.rings import Floats, Ints, Objects, Rings, enclosed, finite, repeated, rings_of
from geo.check.typed import typed_points
from geo.measure import areas_m2
from geo.survey.dates import last_day
from geo.survey.records import Survey
from geo.survey.timeline import version_rows


@dataclass(frozen=True, slots=True)
class Limits:
    """Where a check draws its line; every value is an option.

    Attributes
    ----------
    step_m : float
        Longest step from one vertex to the next (G14).
    part_overlap_percent : float
        Of the smaller part (G15).
    precision_m : float
        Positional precision where a record states none (S03, C05).
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
    precision_m: float = 0.5
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
    def shapes(self) -> Objects:
        """The records' shapes as read, None where missing; shape (n,)."""
        return np.array(self.survey.frame.geometry.values, dtype=object)

    @cached_property
    def present(self) -> NDArray[np.bool_]:
        """Which records have a shape that is not empty; shape (n,)."""
        return np.asarray(~shapely.is_missing(self.shapes) & ~shapely.is_empty(self.shapes), dtype=bool)

    @cached_property
    def has_crs(self) -> bool:
        """Whether the file says where its numbers lie: a geographic or projected CRS."""
        crs = self.survey.frame.crs
        return crs is not None and bool(crs.is_geographic or crs.is_projected)

    @cached_property
    def lonlat(self) -> gpd.GeoSeries:
        """The shapes in EPSG:4326, None where the numbers are no place on earth or the file states no CRS; shape (n,)."""
        return self.moved(self.shapes)

    def moved(self, shapes: Objects) -> gpd.GeoSeries:
        """Return shapes in the survey's CRS as EPSG:4326, None where that is no place on earth; shape (m,)."""
        there = np.full(len(shapes), None, dtype=object)
        if self.has_crs:
            with np.errstate(invalid="ignore"):
                flat = shapely.force_2d(gpd.GeoSeries(shapes, crs=self.survey.frame.crs).to_crs(4326).values)
                west, south, east, north = shapely.bounds(flat).T
                nowhere = ~finite(flat) | ~shapely.is_empty(flat) & ~(
                    (south >= -90) & (north <= 90) & (west >= -360) & (east <= 360)
                )
            there[~nowhere] = np.asarray(flat, dtype=object)[~nowhere]
        return gpd.GeoSeries(there, crs=4326)

    def back(self, shapes: Objects) -> Objects:
        """Return shapes in EPSG:4326 in the survey's CRS; shape (m,)."""
        return np.array(gpd.GeoSeries(shapes, crs=4326).to_crs(self.survey.frame.crs).values, dtype=object)

    @cached_property
    def rings(self) -> Rings:
        """Parts, rings and vertices of the polygons, in the survey's CRS."""
        return rings_of(self.shapes)

    @cached_property
    def typed(self) -> pd.DataFrame:
        """The corners that were typed, as `geo.check.typed.typed_points` gives them."""
        return typed_points(self.survey, self.shapes)

    @cached_property
    def again(self) -> NDArray[np.bool_]:
        """Which vertices their ring has passed before, neighbours or not; shape (v,)."""
        return repeated(self.rings.vertex_ring, self.rings.xy)

    @cached_property
    def n_distinct(self) -> Ints:
        """Return the number of distinct vertices of each ring; shape (r,)."""
        counts = np.bincount(self.rings.vertex_ring, weights=~self.again, minlength=len(self.rings.rings))
        return np.asarray(counts, dtype=np.intp)

    @cached_property
    def same_shape(self) -> Ints:
        """A number for each part, one for all parts that are the same polygon wherever it begins; shape (p,)."""
        return np.asarray(pd.factorize(shapely.to_wkb(shapely.normalize(self.rings.parts)))[0], dtype=np.intp)

    @cached_property
    def drawn_twice(self) -> NDArray[np.bool_]:
        """Which parts repeat an earlier part of the same version of a record; shape (p,)."""
        keys = pd.DataFrame({"version": self.version[self.rings.part_row], "shape": self.same_shape})
        return keys.duplicated().to_numpy(dtype=bool)

    @cached_property
    def sound(self) -> Objects:
        """The parts of `rings` in EPSG:4326, made valid without losing land, to be laid over each other; shape (p,)."""
        parts = np.array(self.moved(self.rings.parts).values, dtype=object)
        bad = ~shapely.is_missing(parts) & ~shapely.is_valid(parts)
        parts[bad] = enclosed(parts[bad])
        return parts

    @cached_property
    def part_m2(self) -> Floats:
        """The geodesic area of each of `sound`; 0 where it is missing; shape (p,)."""
        return areas_m2(gpd.GeoSeries(self.sound, crs=4326))

    @cached_property
    def pairs(self) -> Pairs:
        """The parts of the polygons that share more than 1 m²."""
        return pairs_of(self.sound)

    @cached_property
    def area_m2(self) -> Floats:
        """The geodesic area of each record's polygons; NaN where none can be measured; shape (n,)."""
        n, rows = len(self.shapes), self.rings.part_row
        measured = np.bincount(rows, weights=~shapely.is_missing(self.sound), minlength=n) > 0
        return np.where(measured, np.bincount(rows, weights=self.part_m2, minlength=n), np.nan)

    @cached_property
    def record(self) -> Ints:
        """The number of the record each row belongs to: rows of one trimmed id are one record, a blank one stands alone."""
        ids = self.survey.text("id").str.strip()
        alone = "\0" + ids.index.astype(str).to_series(index=ids.index)
        return np.asarray(pd.factorize(ids.where(ids != "", alone))[0], dtype=np.intp)

    @cached_property
    def version(self) -> Ints:
        """The number of the version each row belongs to: rows of one record that hold from the same day are its parts."""
        since = pd.factorize(self.survey.text("valid_from").str.strip())[0]
        return np.asarray(pd.factorize(self.record * (since.max(initial=0) + 1) + since)[0], dtype=np.intp)

    @cached_property
    def current(self) -> NDArray[np.bool_]:
        """Which rows still hold: of the record's latest version, and not closed by today; shape (n,)."""
        rows = version_rows(self.survey.frame)
        latest = rows["version"] == rows.groupby("record")["version"].transform("max")
        return np.asarray(latest & (rows["end"] > last_day(self.today)), dtype=bool)

    def part_names(self, parts: Ints) -> Objects:
        """Return what messages call some of the parts of `rings`: a number, a shape_id, or "" where there is but one."""
        rows = self.rings.part_row
        several = np.bincount(rows, minlength=len(self.shapes))[rows[parts]] > 1
        numbers = self.rings.part_number[parts].astype(str).astype(object)
        return np.where(several, numbers, self.row_parts[rows[parts]])

    @cached_property
    def row_parts(self) -> Objects:
        """What messages call a row as a part of its record: its shape_id, else its number, "" where it stands alone; (n,)."""
        version = pd.Series(self.version)
        together = version.groupby(version).transform("size").to_numpy() > 1
        numbers = (version.groupby(version).cumcount() + 1).astype(str).to_numpy(dtype=object)
        ids = self.survey.text("shape_id").str.strip().to_numpy(dtype=object)
        return np.where(together, np.where(ids != "", ids, numbers), "")
