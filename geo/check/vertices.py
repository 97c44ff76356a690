"""Vertices and typed points: too few, the same twice, or too far apart (G02, G06-G11, G14).

Assumption: the closing vertex of a ring is no repetition, and a ring that touches another ring does not repeat its points. A
polygon that is itself drawn twice (G03) is looked at once.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.check.context import Context
from geo.check.findings import at, figures, found, joined, nothing, quoted
from geo.check.rings import FEWEST_VERTICES, M_PER_DEG, POINT_TYPES, counted, repeated
from geo.check.typed import lonlat_of
from geo.measure import lengths_m


def too_few_vertices(context: Context) -> pd.DataFrame:
    """Return the rings with fewer than 3 distinct vertices (G02)."""
    few = context.n_distinct < FEWEST_VERTICES
    parts = context.rings.ring_part[few]
    return found(
        "G02",
        context.survey,
        context.rings.part_row[parts],
        value=context.n_distinct[few].astype(str).astype(object),
        part=context.part_names(parts),
    )


def repeated_vertices(context: Context) -> pd.DataFrame:
    """Return the vertices that a ring passes twice, neighbours or not (G06), from the shapes, else from typed points."""
    rings, survey = context.rings, context.survey
    told = (context.n_distinct < FEWEST_VERTICES) | context.drawn_twice[rings.ring_part]
    again = np.flatnonzero(context.again & ~told[rings.vertex_ring])
    part = rings.ring_part[rings.vertex_ring[again]]
    row = rings.part_row[part]
    drawn = found(
        "G06",
        survey,
        row,
        value=at(survey, rings.xy[again]),
        part=context.part_names(part),
        point=rings.vertex_number[again].astype(str).astype(object),
        place=shapely.points(rings.xy[again]),
    )
    typed = _typed_twice(context, "G06", polygon=True)
    return joined([drawn, typed[~typed["row"].isin(row + 1)]])


def repeated_points(context: Context) -> pd.DataFrame:
    """Return the points outside polygons that one record holds twice (G09): in a multipoint, or typed."""
    shapes, survey = context.shapes, context.survey
    rows = np.flatnonzero(np.isin(shapely.get_type_id(shapes), POINT_TYPES) & context.present)
    xy, index = shapely.get_coordinates(shapes[rows], return_index=True)
    again = repeated(index, xy)
    number = counted(index)[again].astype(str).astype(object)
    drawn = found("G09", survey, rows[index[again]], value=at(survey, xy[again]), point=number, place=shapely.points(xy[again]))
    return joined([drawn, _typed_twice(context, "G09", polygon=False)])


def _typed_twice(context: Context, code: str, *, polygon: bool) -> pd.DataFrame:
    table = context.typed
    table = table[(table["polygon"] == polygon) & table["lon"].notna() & table["lat"].notna() & ~table["closing"]]
    if table.empty:
        return nothing(code, context.survey)
    xy = lonlat_of(table)
    again = repeated(table["group"].to_numpy(), xy)
    value = np.array([f"{x:.7f}, {y:.7f}" for x, y in xy[again].tolist()], dtype=object)
    return _of_points(context, code, table[again], value)


def repeated_point_ids(context: Context) -> pd.DataFrame:
    """Return the point_ids that stand twice: in a polygon (G07; when trimmed G08), in a record (G10; when trimmed G11)."""
    table = context.typed
    table = table[(table["point_id"].str.strip() != "") & ~table["closing"]]
    tables = []
    for polygon, codes in ((True, ("G07", "G08")), (False, ("G10", "G11"))):
        some = table[table["polygon"] == polygon]
        same = some.duplicated(["group", "point_id"]).to_numpy()
        trimmed = some.assign(point_id=some["point_id"].str.strip()).duplicated(["group", "point_id"]).to_numpy()
        for code, chosen in zip(codes, (same, trimmed & ~same), strict=True):
            tables.append(_of_points(context, code, some[chosen], quoted(some["point_id"][chosen])))
    return joined(tables)


def _of_points(context: Context, code: str, table: pd.DataFrame, value: np.ndarray) -> pd.DataFrame:
    """Return findings about typed points, placed where they lie if that is known."""
    lonlat = lonlat_of(table)
    known = np.isfinite(lonlat).all(axis=1) & context.has_crs
    place = np.full(len(table), None, dtype=object)
    place[known] = context.back(shapely.points(lonlat[known])) if known.any() else None
    return found(
        code,
        context.survey,
        table["row"].to_numpy(),
        value=value,
        part=table["shape_id"].str.strip().to_numpy(dtype=object),
        point=table["number"].astype(str).to_numpy(dtype=object),
        place=place,
    )


def long_steps(context: Context) -> pd.DataFrame:
    """Return the steps from one vertex to the next that are longer than `Limits.step_m` (G14), geodesic."""
    rings, limit_m = context.rings, context.limits.step_m
    lines = shapely.get_exterior_ring(context.moved(rings.parts).values)
    points, part = shapely.get_coordinates(lines, return_index=True)
    if len(points) == 0:
        return nothing("G14", context.survey)
    step_deg = np.abs(np.diff(points, axis=0)).sum(axis=1)  # at least the length, so that few are measured
    steps = np.flatnonzero((part[1:] == part[:-1]) & (step_deg * M_PER_DEG > limit_m))
    segments = shapely.linestrings(np.stack([points[steps], points[steps + 1]], axis=1)) if len(steps) else np.zeros(0, object)
    length_m = lengths_m(gpd.GeoSeries(segments, crs=4326))
    long = length_m > limit_m
    of_part = part[steps[long]]
    return found(
        "G14",
        context.survey,
        rings.part_row[of_part],
        value=figures(length_m[long]),
        expected=f"{limit_m:,.0f}",
        part=context.part_names(of_part),
        point=counted(part)[steps[long]].astype(str).astype(object),
        place=context.back(segments[long]),
    )
