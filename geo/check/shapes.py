"""Shapes: missing, of the wrong kind, invalid, too narrow, too small, too large, or not of the reported area (G01, S01-S05).

Assumption: a part's width is that of the rectangle of its area and perimeter, which is exact for strips and squares; a part too
round for one is as wide as the circle of its area. Areas are geodesic; those of invalid polygons are taken after they were made
valid.
"""

from __future__ import annotations

import re

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.check.context import Context
from geo.check.findings import at, figures, found, nothing
from geo.check.rings import FEWEST_VERTICES, M_PER_DEG, Floats, Ints
from geo.check.typed import lonlat_of, precision_m
from geo.measure import lengths_m

REASON = re.compile(r"(.*?)\[(\S+) (\S+)\]")  # as GEOS says it: Self-intersection[17.44 45.15]
TOO_FEW = "Too few points"
KINDS = {-1: "no shape", 0: "point", 1: "line", 2: "line", 3: "polygon", 4: "points", 5: "lines", 6: "polygon", 7: "mixed shapes"}
OTHER_KINDS = {"point": ("point", "points"), "line": ("line", "lines"), "corridor": ("line", "lines")}  # where shape_kind says so
FITS = 0.05  # how far a ratio may be off
SMALLEST_M2 = 0.5  # less prints as 0
ROUNDED_OFF = 1e-3  # a measured square may look rounder than one by so much of its area
SIZE_ONLY = "equal_area_circle"  # a size without a boundary has no width
RATIOS = (  # reported / mapped, and what it looks like
    (121 / 400, "the figure is in pyeong"),
    (400 / 121, "square metres were converted as if pyeong"),
    (121 / 400 / 1e4, "the figure is in 10,000 pyeong"),
    (121 / 400 / 3e3, "the figure is in jeongbo"),
    (1e-4, "the figure is in hectares"),
    (1e4, "square metres were converted as if hectares"),
    (1e-6, "the figure is in square kilometres"),
    (1e6, "square metres were converted as if square kilometres"),
)


def invalid_polygons(context: Context) -> pd.DataFrame:
    """Return the polygons that cross themselves and the like (G01), why, and the point where they do."""
    shapes, survey = context.shapes, context.survey
    polygonal = np.bincount(context.rings.part_row, minlength=len(shapes)) > 0
    rows = np.flatnonzero(polygonal & ~shapely.is_valid(shapes))
    said = shapely.is_valid_reason(shapes[rows]) if len(rows) else np.zeros(0, dtype=object)
    few = np.isin(rows, _collapsed(context))
    kept = ~(few & np.array([reason.startswith(TOO_FEW) for reason in said], dtype=bool))  # G02 tells these
    rows, said = rows[kept], said[kept]
    parsed = [REASON.fullmatch(reason) for reason in said]
    xy = np.array([(float(match[2]), float(match[3])) if match else (np.nan, np.nan) for match in parsed]).reshape(-1, 2)
    known = np.isfinite(xy).all(axis=1)
    place = np.array(shapes[rows], dtype=object)
    place[known] = shapely.points(xy[known])
    where = np.where(known, " at " + at(survey, xy), "")
    value = [(match[1] if match else reason) + text for match, reason, text in zip(parsed, said, where, strict=True)]
    return found("G01", survey, rows, value=np.array(value, dtype=object), place=place)


def _collapsed(context: Context) -> Ints:
    """Return the records of which G02 tells that a ring has too few vertices."""
    rings = context.rings
    return rings.part_row[rings.ring_part[context.n_distinct < FEWEST_VERTICES]]


def missing_shapes(context: Context) -> pd.DataFrame:
    """Return the records without a shape (S01); where no coordinate of the file could be placed, the file is told (C07)."""
    survey = context.survey
    if len(survey.findings) and ((survey.findings["code"] == "C07") & (survey.findings["row"] <= 0)).any():
        return nothing("S01", survey)
    value = np.where(shapely.is_missing(context.shapes), "missing", "empty").astype(object)
    return found("S01", context.survey, ~context.present, value=value[~context.present])


def wrong_kinds(context: Context) -> pd.DataFrame:
    """Return the shapes of another kind than their record has (S02): polygons for hazards, points for all else."""
    survey = context.survey
    kinds = np.array([KINDS[kind] for kind in shapely.get_type_id(context.shapes).tolist()], dtype=object)
    expected = "polygon" if survey.kind == "hazards" else "point"
    right = kinds == expected
    if survey.kind == "hazards":
        stated = survey.text("shape_kind").str.strip().to_numpy(dtype=object)
        for kind, drawn in OTHER_KINDS.items():
            right |= np.equal(stated, kind).astype(bool) & np.isin(kinds, drawn)
    else:
        right |= kinds == "points"
    wrong = context.present & ~right
    return found("S02", survey, wrong, value=kinds[wrong], expected=expected)


def cut_short(context: Context) -> pd.DataFrame:
    """Return the polygons with fewer vertices than were typed, where the typed ring crosses itself (S02)."""
    table = context.typed
    table = table[table["polygon"] & table["lon"].notna() & table["lat"].notna() & ~table["closing"]]
    n_typed = table.groupby("group")["row"].transform("size")
    table = table[n_typed > FEWEST_VERTICES]
    if table.empty:
        return nothing("S02", context.survey)
    index = pd.factorize(table["group"])[0]
    typed = shapely.polygons(shapely.linearrings(lonlat_of(table), indices=index))
    rows = table.drop_duplicates("group")["row"].to_numpy()
    several = pd.Series(rows).duplicated(keep=False).to_numpy()
    n_typed_row, n_drawn = (
        np.bincount(index),
        np.bincount(context.rings.part_row[context.rings.ring_part[context.rings.vertex_ring]], minlength=len(context.shapes)),
    )
    cut = ~several & ~shapely.is_valid(typed) & (n_drawn[rows] > 0) & (n_drawn[rows] < n_typed_row)
    value = [f"polygon of {drawn} vertices" for drawn in n_drawn[rows[cut]]]
    expected = [f"{n} typed turning points, whose ring crosses itself" for n in n_typed_row[cut]]
    return found("S02", context.survey, rows[cut], value=np.array(value, object), expected=np.array(expected, object))


def slivers(context: Context) -> pd.DataFrame:
    """Return the parts narrower than twice their record's precision (S03); `Limits.precision_m` where it states none."""
    rings, area_m2 = context.rings, context.part_m2
    precision = precision_m(context.survey, context.limits.precision_m)[rings.part_row]
    longest_m = shapely.length(context.sound) * M_PER_DEG
    # a strip of twice the precision has the perimeter 4 p + A / p; nothing rounder is as narrow unless it is as small
    may_be = (longest_m > 4 * precision + area_m2 / precision) | (area_m2 < 5.2 * precision**2)
    bounded = (context.survey.text("shape_kind").str.strip() != SIZE_ONLY).to_numpy()[rings.part_row]
    parts = np.flatnonzero((area_m2 >= SMALLEST_M2) & may_be & bounded)
    width_m = strip_width_m(area_m2[parts], lengths_m(gpd.GeoSeries(context.sound[parts], crs=4326)))
    narrow = width_m < 2 * precision[parts]
    parts = parts[narrow]
    return found(
        "S03",
        context.survey,
        rings.part_row[parts],
        value=figures(width_m[narrow], ".1f"),
        expected=figures(precision[parts], "g"),
        part=context.part_names(parts),
        place=rings.parts[parts],
    )


def strip_width_m(area_m2: Floats, perimeter_m: Floats) -> Floats:
    """Return the shorter side of the rectangle with this area and perimeter [m]; of rounder shapes the circle's diameter.

    Examples
    --------
    >>> strip_width_m(np.array([500.0, 100.0]), np.array([210.0, 40.0])).tolist()  # 100 m by 5 m, 10 m by 10 m
    [5.0, 10.0]
    >>> strip_width_m(np.array([25 * np.pi]), np.array([10 * np.pi])).round(9).tolist()  # a circle of 10 m
    [10.0]
    """
    square = perimeter_m**2 - 16 * area_m2
    strip_m = (perimeter_m - np.sqrt(np.maximum(square, 0))) / 4
    return np.where(square > -ROUNDED_OFF * area_m2, strip_m, np.sqrt(4 * area_m2 / np.pi))


def senseless_areas(context: Context) -> pd.DataFrame:
    """Return the polygons without area, part by part, and the records above `Limits.area_km2` (S04)."""
    rings, survey, most_m2 = context.rings, context.survey, context.limits.area_km2 * 1e6
    told = np.isin(rings.part_row, _collapsed(context))
    none = np.flatnonzero((context.part_m2 < SMALLEST_M2) & ~shapely.is_missing(context.sound) & ~told)
    large = np.flatnonzero(context.area_m2 > most_m2)
    part = np.concatenate([context.part_names(none), np.full(len(large), "", dtype=object)])
    expected = np.array(["more than 0"] * len(none) + [f"at most {context.limits.area_km2:g} km²"] * len(large), dtype=object)
    value = figures(np.concatenate([context.part_m2[none], context.area_m2[large]]))
    rows = np.concatenate([rings.part_row[none], large])
    place = np.concatenate([rings.parts[none], context.shapes[large]])
    return found("S04", survey, rows, value=value, expected=expected, part=part, place=place)


def other_areas(context: Context) -> pd.DataFrame:
    """Return the records whose mapped and reported areas differ by more than `Limits.area_percent` (S05)."""
    survey, percent = context.survey, context.limits.area_percent
    version = context.version
    measured = np.bincount(version, weights=np.isfinite(context.area_m2)) > 0
    mapped = np.where(measured, np.bincount(version, weights=np.nan_to_num(context.area_m2)), np.nan)[version]
    first = ~pd.Series(version).duplicated().to_numpy()
    reported = survey.number("area_reported_m2").groupby(version).transform("first").to_numpy()  # parts repeat the record's
    asked = first & np.isfinite(reported) & (mapped >= SMALLEST_M2)
    differ = np.flatnonzero(asked & (np.abs(mapped - reported) > percent / 100 * np.abs(reported)))
    ratios = reported[differ] / mapped[differ]
    expected = [_mixed_up(figure, ratio) for figure, ratio in zip(reported[differ], ratios, strict=True)]
    return found("S05", survey, differ, value=figures(mapped[differ]), expected=np.array(expected, dtype=object))


def _mixed_up(reported_m2: float, ratio: float) -> str:
    """Return a reported figure, with the slip that its ratio to the mapped area fits within 5 %.

    Examples
    --------
    >>> _mixed_up(3025.0, 0.3025)
    '3,025 m² (fits if the figure is in pyeong)'
    """
    off, slip = min((abs(ratio / known - 1), words) for known, words in RATIOS)
    slip = slip if off < FITS else ""
    return f"{reported_m2:,.10g} m²" + (f" (fits if {slip})" if slip else "")
