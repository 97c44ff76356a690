"""Records laid over each other and over the sea: parts of one record, two records, open water (G15, O01, O02).

Assumption: polygons are made valid before they are laid over each other, and every pair is told once, with the geodesic area
that it shares. Versions of one record are not compared, and what no longer holds is left out. Limit: the coast of a study area
is good to 0.5-1 km and small islands are not drawn, so only a hazard farther out than `SEA_MARGIN_M` is told, as a warning.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.check.context import Context
from geo.check.findings import figures, found, joined, nothing, quoted
from geo.check.pairs import pairs_of
from geo.check.rings import Floats, Ints, Objects
from geo.land import ground
from geo.measure import buffer

SEA_MARGIN_M = 1_000.0
SEA, BED = "the sea, as far as the study area draws islands", "the bed of a river"


def overlapping_parts(context: Context) -> pd.DataFrame:
    """Return the parts of one record that overlap by more than `Limits.part_overlap_percent` of the smaller one (G15)."""
    pairs, rows, percent = context.pairs, context.rings.part_row, context.limits.part_overlap_percent
    left, right, piece, shared_m2 = pairs
    share = 100 * shared_m2 / np.minimum(context.part_m2[left], context.part_m2[right])
    one = (context.version[rows[left]] == context.version[rows[right]]) & (context.same_shape[left] != context.same_shape[right])
    over = one & (share > percent)
    parts = right[over]
    return found(
        "G15",
        context.survey,
        rows[parts],
        value=figures(share[over], ".1f"),
        expected=f"{percent:g}",
        part=context.part_names(parts),
        place=context.back(piece[over]) if over.any() else [],
    )


def overlapping_records(context: Context) -> pd.DataFrame:
    """Return each pair of records that share ground (O01), in the survey itself and with `Context.others`."""
    rows, survey = context.rings.part_row, context.survey
    if survey.kind != "hazards":
        return nothing("O01", context.survey)
    left, right, piece, shared_m2 = context.pairs
    names = quoted(survey.names())
    other = context.record[rows[left]] != context.record[rows[right]]
    kept = other & context.current[rows[left]] & context.current[rows[right]]
    tables = [_told(context, rows[left[kept]], rows[right[kept]], names, piece[kept], shared_m2[kept])]
    for beside in context.others:
        second = Context(beside, context.today)
        if not second.has_crs:
            continue
        left, right, piece, shared_m2 = pairs_of(context.sound, second.sound)
        over = second.rings.part_row[right]
        kept = context.current[rows[left]] & second.current[over]
        named = quoted(beside.names()) + f" of {beside.file}"
        tables.append(_told(context, rows[left[kept]], over[kept], named, piece[kept], shared_m2[kept]))
    return joined(tables)


def _told(context: Context, left: Ints, right: Ints, names: Objects, piece: Objects, shared_m2: Floats) -> pd.DataFrame:
    """Return one finding a pair of rows; several parts that meet are summed."""
    if len(left) == 0:
        return nothing("O01", context.survey)
    table = pd.DataFrame({"left": left, "right": right, "m2": shared_m2})
    group = table.groupby(["left", "right"], sort=False)
    number = group.ngroup().to_numpy()
    first = np.unique(number, return_index=True)[1]
    single = np.bincount(number) == 1
    place = piece[first]
    for index in np.flatnonzero(~single):  # few: records of several parts that meet in several places
        place[index] = shapely.union_all(piece[number == index])
    return found(
        "O01",
        context.survey,
        left[first],
        value=names[right[first]],
        expected=figures(group["m2"].sum().to_numpy()),
        place=context.back(place),
    )


def hazards_in_water(context: Context) -> pd.DataFrame:
    """Return the hazards that lie wholly in the sea, or wholly in the bed of a large river (O02)."""
    area, survey = context.area, context.survey
    if area is None or survey.kind != "hazards" or not context.has_crs:
        return nothing("O02", context.survey)
    west, south, east, north = area.bounds
    shapes = np.array(context.lonlat.values, dtype=object)
    inside = np.flatnonzero(shapely.intersects(shapely.box(west, south, east, north), shapes) & context.present)
    if len(inside) == 0:
        return nothing("O02", context.survey)
    here = ground(area)
    plane = np.array(gpd.GeoSeries(shapes[inside], crs=4326).to_crs(area.crs).values, dtype=object)
    coast = buffer(gpd.GeoSeries([here.land], crs=area.crs), SEA_MARGIN_M, quad_segs=8).values[0]
    for whole in (coast, here.channels):
        shapely.prepare(whole)
    sea = ~shapely.intersects(coast, plane)
    bed = ~sea & shapely.is_valid(plane) & shapely.contains_properly(here.channels, plane)
    value = np.where(sea, SEA, BED)[sea | bed]
    return found("O02", survey, inside[sea | bed], value=value.astype(object))
