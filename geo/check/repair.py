"""Repairs that are asked for by name, each listed, with the shape as read kept beside the new one.

Assumption: only what cannot change the meaning of a record is repaired: blanks around ids, unclosed and doubled points, empty
parts, and polygons that cross themselves, which become the land inside their line however often it runs round it, so that no
hazard loses land. Nothing is moved, joined or deleted. Limit: the area of a polygon that crosses itself is that of its line taken
with sign, so "before" may be smaller than what anybody drew.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.check.context import Context
from geo.check.findings import quoted
from geo.check.package import write_package
from geo.check.rings import (
    FEWEST_VERTICES,
    POLYGON,
    POLYGON_TYPES,
    Floats,
    Ints,
    Objects,
    enclosed,
    finite,
    merged,
    polygonal,
    repeated,
    simple_parts,
    united,
)
from geo.check.typed import precision_m
from geo.errors import ConfigError, nearest
from geo.measure import areas_m2, lengths_m
from geo.survey.records import Survey

REPAIRS = ("trim_ids", "close_rings", "drop_repeated_points", "make_valid", "drop_empty_parts")
IDS = ("id", "shape_id")
CHANGES = ("row", "hazard_id", "repair", "before", "after", "area_before_m2", "area_after_m2")
LINE = 1
HANGING = {"line": (1, 2), "point": (0,)}
BOUNDARIES = ("", "boundary")  # what shape_kind says of a line that stands for an area


@dataclass(frozen=True, slots=True)
class Repair:
    """What a repair made of a survey: features in = features out + rejects.

    Attributes
    ----------
    kind : str
        Of the records.
    frame : GeoDataFrame
        The records that can be used, with all their columns, valid, in the file's order and CRS.
    original : GeoDataFrame
        ``row, hazard_id`` and the shape as read, of every record with a shape that was changed or rejected.
    changes : DataFrame
        A row for each change, with `CHANGES`: what stood there and what does, areas in m².
    rejects : DataFrame
        Records without a usable shape: ``row, hazard_id, reason`` and all their columns.
    """

    kind: str
    frame: gpd.GeoDataFrame
    original: gpd.GeoDataFrame
    changes: pd.DataFrame
    rejects: pd.DataFrame

    @property
    def summary(self) -> str:
        """One line: features in, out and rejected, and how often each repair was made."""
        made = self.changes["repair"].value_counts()
        told = ", ".join(f"{name} {made[name]:,}" for name in REPAIRS if name in made) or "nothing to repair"
        n_out, n_rejects = len(self.frame), len(self.rejects)
        return f"{n_out + n_rejects:,} in = {n_out:,} out + {n_rejects:,} rejected; {told}"


def repaired(survey: Survey, context: Context, *, only: Iterable[str] | None = None) -> Repair:
    """Return a survey with what is safe to repair repaired, and what was done.

    Parameters
    ----------
    survey : Survey
        Stays as it is.
    context : Context
        Of this survey; its shapes are taken from there.
    only : iterable of str, optional
        Some of `REPAIRS`; by default all.

    Raises
    ------
    ConfigError
        If a repair is unknown.

    Examples
    --------
    >>> from datetime import date
    >>> bow = shapely.Polygon([(127, 38), (127.001, 38.001), (127.001, 38), (127, 38.001)])
    >>> field = gpd.GeoDataFrame({"id": ["YC-014 ", "YC-015"]}, geometry=[bow, None], crs=4326)
    >>> survey = Survey("hazards", "north.gpkg", "", field)
    >>> repaired(survey, Context(survey, date(2025, 1, 1))).summary
    '2 in = 1 out + 1 rejected; trim_ids 1, make_valid 1'
    """
    chosen = set(REPAIRS if only is None else only)
    if unknown := sorted(chosen - set(REPAIRS)):
        raise ConfigError("unknown repair", where=unknown[0], mend=nearest(unknown[0], REPAIRS))
    frame, tables = survey.frame.copy(), []
    if "trim_ids" in chosen:
        frame, changes = _trimmed(survey, frame)
        tables.append(changes)
    shapes = context.shapes.copy()
    steps: dict[str, Callable[[Context, Objects], Objects]] = {
        "close_rings": _closed,
        "drop_repeated_points": _without_repeats,
        "drop_empty_parts": _without_empty_parts,
        "make_valid": _valid,
    }
    with np.errstate(invalid="ignore"):  # coordinates that are no numbers make their record a reject
        for name, step in steps.items():
            if name in chosen:
                before, shapes = shapes, step(context, shapes)
                tables.append(_changes(context, name, before, shapes))
        return _parted(survey, context, frame, shapes, tables)


def _parted(survey: Survey, context: Context, frame: gpd.GeoDataFrame, shapes: Objects, tables: list[pd.DataFrame]) -> Repair:
    """Part the records that can be used from the rest."""
    reasons = _reasons(shapes)
    out = reasons == ""
    names = survey.names()
    changed = np.array([new is not old for new, old in zip(shapes, context.shapes, strict=True)], dtype=bool)
    kept = (changed | ~out) & context.present
    numbers = np.arange(len(shapes)) + 1
    rejects = pd.DataFrame(frame.drop(columns=frame.geometry.name))[~out]
    heads = {"row": numbers[~out], "hazard_id": names[~out].to_numpy(), "reason": reasons[~out]}
    clash = {name: f"{name}_" for name in rejects.columns if name in heads}
    rejects = pd.concat([pd.DataFrame(heads, index=rejects.index), rejects.rename(columns=clash)], axis=1)
    changes = pd.concat(tables, ignore_index=True) if tables else pd.DataFrame(columns=list(CHANGES))
    return Repair(
        kind=survey.kind,
        frame=frame.set_geometry(gpd.GeoSeries(shapes, index=frame.index, crs=frame.crs))[out].reset_index(drop=True),
        original=gpd.GeoDataFrame(
            {"row": numbers[kept], "hazard_id": names[kept].to_numpy()}, geometry=context.shapes[kept], crs=frame.crs
        ),
        changes=changes.sort_values(["row"], kind="stable", ignore_index=True),
        rejects=rejects.reset_index(drop=True),
    )


def _reasons(shapes: Objects) -> Objects:
    """Return why a shape cannot be used, "" where it can; shape (n,)."""
    reasons = np.full(len(shapes), "", dtype=object)
    valid = shapely.is_valid(shapes)
    bad = np.flatnonzero(~valid & ~shapely.is_missing(shapes))
    reasons[bad] = [f"invalid: {reason}" for reason in shapely.is_valid_reason(shapes[bad])] if len(bad) else []
    reasons[shapely.is_empty(shapes)] = "empty geometry"
    reasons[shapely.is_missing(shapes)] = "no geometry"
    return reasons


def _trimmed(survey: Survey, frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    tables = []
    for name in IDS:
        typed = survey.text(name)
        trimmed = typed.str.strip()
        rows = np.flatnonzero((typed != trimmed).to_numpy())
        if len(rows):
            frame[name] = frame[name].astype(object).where(typed == trimmed, trimmed)
            before, after = quoted(typed.iloc[rows]), quoted(trimmed.iloc[rows])
            tables.append(_listed(survey, "trim_ids", rows, f"{name} " + before, f"{name} " + after))
    return frame, pd.concat(tables, ignore_index=True) if tables else _listed(survey, "trim_ids", np.zeros(0, np.intp), "", "")


def _listed(survey: Survey, repair: str, rows: Ints, before: object, after: object) -> pd.DataFrame:
    names = survey.names().to_numpy(dtype=object)[rows]
    cells = {"row": rows + 1, "hazard_id": names, "repair": repair, "before": before, "after": after}
    return pd.DataFrame({**cells, "area_before_m2": np.nan, "area_after_m2": np.nan})


def _changes(context: Context, repair: str, before: Objects, after: Objects) -> pd.DataFrame:
    """Return the changes of one repair, with areas where the file states a CRS."""
    rows = np.flatnonzero([new is not old for new, old in zip(after, before, strict=True)])
    told, areas = [], []
    for shapes in (before[rows], after[rows]):
        there = context.moved(shapes)
        area_m2 = np.where(there.isna() & ~shapely.is_missing(shapes), np.nan, areas_m2(there))
        areas.append(area_m2)
        told.append(_described(shapes, area_m2))
    if repair == "make_valid" and len(rows):
        told[1] = told[1] + _fallen_out(before[rows])
    table = _listed(context.survey, repair, rows, *told)
    return table.assign(area_before_m2=areas[0], area_after_m2=areas[1])


def _described(shapes: Objects, area_m2: Floats) -> Objects:
    """Return shapes in words: 1,234 m², 2 polygons, 1 line."""
    parts, owner = simple_parts(shapes)
    kinds = shapely.get_type_id(parts)
    words: Objects = np.array(["area unknown" if np.isnan(area) else f"{area:,.0f} m²" for area in area_m2], dtype=object)
    for name, types in (("polygon", (POLYGON,)), ("line", (1, 2)), ("point", (0,))):
        words += _counted(owner[np.isin(kinds, types)], len(shapes), name, before=", ")
    words += np.array([f", {n:,} vertices" for n in shapely.get_num_coordinates(shapes)], dtype=object)
    return words


def _counted(owner: Ints, n: int, name: str, *, before: str = "", after: str = "") -> Objects:
    """Return how many parts each of `n` shapes has, in words, "" where it has none."""
    counts = np.bincount(owner, minlength=n).tolist()
    return np.array(
        [f"{before}{count:,} {name}{'s' if count > 1 else ''}{after}" if count else "" for count in counts], dtype=object
    )


def _replaced(shapes: Objects, rows: Ints, new: Objects) -> Objects:
    changed = shapes.copy()
    changed[rows] = new
    return changed


def _closed(context: Context, shapes: Objects) -> Objects:
    """Turn lines that end where they begin, to within the precision stated, into polygons, where they stand for an area."""
    survey = context.survey
    lines = (shapely.get_type_id(shapes) == LINE) & ~shapely.is_empty(shapes)
    if survey.kind != "hazards" or not lines.any():
        return shapes
    rows = np.flatnonzero(lines & survey.text("shape_kind").str.strip().isin(BOUNDARIES).to_numpy())
    ends = [gpd.GeoSeries(shapely.get_point(shapes[rows], place), crs=survey.frame.crs) for place in (0, -1)]
    gap_m = _gap_m(context, np.array(ends[0].values, dtype=object), np.array(ends[1].values, dtype=object))
    xy, index = shapely.get_coordinates(shapes[rows], return_index=True)
    n_distinct = np.bincount(index, weights=~repeated(index, xy), minlength=len(rows))
    near = (gap_m <= precision_m(survey, 0.0)[rows]) & (n_distinct >= FEWEST_VERTICES)
    rows = rows[near]
    return _replaced(shapes, rows, shapely.polygons([_ring(line) for line in shapes[rows]]) if len(rows) else np.zeros(0, object))


def _ring(line: shapely.LineString) -> shapely.LinearRing:
    points = shapely.get_coordinates(line, include_z=line.has_z)
    return shapely.LinearRing(points)


def _gap_m(context: Context, start: Objects, end: Objects) -> Floats:
    """Return the distance between two ends of each line [m]: 0 where they are the same point, NaN where it is not known."""
    same = shapely.equals_exact(start, end)
    first, last = (shapely.get_coordinates(context.moved(points).values) for points in (start, end))
    gap_m = np.full(len(start), np.nan)
    if len(first) == len(start) == len(last) and len(start):
        gap_m = lengths_m(gpd.GeoSeries(shapely.linestrings(np.stack([first, last], axis=1)), crs=4326))
    return np.where(same, 0.0, gap_m)


def _without_repeats(context: Context, shapes: Objects) -> Objects:
    """Drop points that stand twice in a row, where enough stay."""
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    twice = (xy[1:] == xy[:-1]).all(axis=1) & (index[1:] == index[:-1])
    rows = np.unique(index[1:][twice])
    few = context.rings.part_row[context.rings.ring_part[context.n_distinct < FEWEST_VERTICES]]
    polygons = np.isin(shapely.get_type_id(shapes), POLYGON_TYPES)
    rows = rows[polygons[rows] & ~np.isin(rows, few)]
    if len(rows) == 0:
        return shapes
    new = np.asarray(shapely.remove_repeated_points(shapes[rows]), dtype=object)
    fewer = shapely.get_num_coordinates(new) < shapely.get_num_coordinates(shapes[rows])  # parts that touch share points as well
    return _replaced(shapes, rows[fewer], new[fewer])


def _without_empty_parts(context: Context, shapes: Objects) -> Objects:
    """Drop the empty parts of shapes of which something is left."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    hollow = np.unique(owner[shapely.is_empty(parts)])
    rows = hollow[~shapely.is_empty(shapes[hollow]) & (shapely.get_type_id(shapes[hollow]) == POLYGON_TYPES[1])]
    if len(rows) == 0:
        return shapes
    kept = np.isin(owner, rows) & ~shapely.is_empty(parts)
    return _replaced(shapes, rows, merged(parts[kept], owner[kept], len(shapes))[rows])


def _valid(context: Context, shapes: Objects) -> Objects:
    """Make polygons valid and keep polygons only; what has no area left stays as it is and is rejected."""
    polygons = np.isin(shapely.get_type_id(shapes), POLYGON_TYPES)
    rows = np.flatnonzero(polygons & finite(shapes) & ~shapely.is_valid(shapes))
    if len(rows) == 0:
        return shapes
    parts, owner = simple_parts(shapes[rows])
    filled = ~shapely.is_empty(parts)
    new = polygonal(united(enclosed(parts[filled]), owner[filled], len(rows)))
    left = ~shapely.is_missing(new)
    return _replaced(shapes, rows[left], new[left])


def _fallen_out(shapes: Objects) -> Objects:
    """Return which lines and points hang on invalid polygons and are left out of the valid ones, in words; shape (m,)."""
    parts, owner = simple_parts(np.asarray(shapely.make_valid(shapes), dtype=object))
    kinds = shapely.get_type_id(parts)
    lines, points = (_counted(owner[np.isin(kinds, types)], len(shapes), name) for name, types in HANGING.items())
    told = [" and ".join(filter(None, pair)) for pair in zip(lines, points, strict=True)]
    return np.array([f"; {words} left out" if words else "" for words in told], dtype=object)


def write_repair(repair: Repair, path: str | Path, *, overwrite: bool = False) -> None:
    """Write a repair as a GeoPackage: the records and ``original`` as layers, ``changes`` and ``rejects`` as tables.

    Parameters
    ----------
    repair : Repair
    path : str or Path
        Readable by its owner alone; the same repair gives the same bytes.
    overwrite : bool
        Whether an existing file is replaced.

    Raises
    ------
    ConfigError
        If the target exists or cannot be written.
    """
    layers = {repair.kind: repair.frame, "original": repair.original, "changes": repair.changes, "rejects": repair.rejects}
    write_package(layers, path, overwrite=overwrite)
