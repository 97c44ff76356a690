"""Coordinates: whether they say where they lie, lie where they should, and say no more than was measured (C01-C06).

Assumption: nothing is moved. A slip is named only where it would bring the feature inside the study area. Limit: a wrong datum
moves a field by 350 m, so only fields at the edge of the area give it away.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.check.context import Context
from geo.check.findings import FILE, figures, found, joined, nothing
from geo.check.rings import Floats, Objects
from geo.check.typed import entered_lonlat, lonlat_of, precision_m
from geo.exchange.place import box_slips, touching
from geo.measure import WEB_MERCATOR, WGS84

FULL_TURN_DEG = 360.0
DECIMAL = r"^\s*[-+]?\d+\.?(\d*)\s*$"
SECONDS = r"\d\s*[′'’분]\s*\d+\.(\d+)\s*(?:[″\"”초]|''|′′)"
M_PER_DEG, M_PER_SECOND = 111_320.0, 30.9
FINEST_M = 0.01  # 7 decimals of a degree; what no hazard record can claim to know better
ROUNDED = 1.26  # a step up to this times the precision may need one more decimal
MOST_DECIMALS = 17
AS_STORED = ("", "decimal", "decimal degrees", "projected")  # forms of which the typed digits are the stored ones


def missing_crs(context: Context) -> pd.DataFrame:
    """Return that the file states no CRS (C01)."""
    survey = context.survey
    told = len(survey.findings) and (survey.findings["code"] == "C01").any()
    if context.has_crs or told or not context.present.any():
        return nothing("C01", survey)
    return found("C01", survey, [FILE])


def unfit_crs(context: Context) -> pd.DataFrame:
    """Return a CRS that areas cannot be taken in (C02): EPSG:3857 for the file, metres called degrees for each record."""
    survey = context.survey
    if context.has_crs and survey.frame.crs == WEB_MERCATOR:
        return found("C02", survey, [FILE], value="EPSG:3857")
    rows = np.flatnonzero(_metres(context))
    largest = np.abs(shapely.bounds(context.shapes[rows])).max(axis=1, initial=0)
    return found("C02", survey, rows, value=np.array([f"degrees up to {number:,.0f}" for number in largest], dtype=object))


def _metres(context: Context) -> NDArray[np.bool_]:
    """Return which records have metres where degrees are declared; shape (n,)."""
    crs = context.survey.frame.crs
    if not context.has_crs or not crs.is_geographic:
        return np.zeros(len(context.shapes), dtype=bool)
    with np.errstate(invalid="ignore"):
        return np.asarray((np.abs(shapely.bounds(context.shapes)) > FULL_TURN_DEG).any(axis=1), dtype=bool)


def outside_area(context: Context) -> pd.DataFrame:
    """Return the records outside the study area (C03), or inside it but for a slip that is named (C04)."""
    survey, area = context.survey, context.area
    if area is None or not context.has_crs:
        return nothing("C03", context.survey)
    boxes = shapely.bounds(context.shapes)
    looked_at = context.present & ~_metres(context)
    inside = touching(shapely.bounds(np.array(context.lonlat.values, dtype=object)), area.bounds)
    rows = np.flatnonzero(looked_at & ~inside)
    slips = box_slips(boxes[rows], survey.frame.crs, area.bounds)
    known = slips != ""
    where = _lonlat_texts(context.lonlat.values[rows[~known]])
    return joined([found("C03", survey, rows[~known], value=where), found("C04", survey, rows[known], value=slips[known])])


def _lonlat_texts(shapes: Objects) -> Objects:
    """Return where shapes in EPSG:4326 lie, to 5 decimals; "no place on earth" where they are missing; shape (m,)."""
    xy = shapely.get_coordinates(shapely.force_2d(shapely.point_on_surface(np.asarray(shapes, dtype=object))))
    told = np.full(len(shapes), "no place on earth", dtype=object)
    told[~shapely.is_missing(shapes)] = [f"{lon:.5f}, {lat:.5f}" for lon, lat in xy.tolist()]
    return told


def typed_elsewhere(context: Context) -> pd.DataFrame:
    """Return where typed and stored coordinates differ by more than the precision (C05): of points, and of corners."""
    survey, default_m = context.survey, context.limits.precision_m
    row_precision_m = precision_m(survey, default_m)
    frame = survey.frame
    shapes = np.array(context.lonlat.values, dtype=object)
    of_points = np.flatnonzero((shapely.get_type_id(shapes) == 0) & context.present)
    typed, square_m = entered_lonlat(frame.drop(columns=frame.geometry.name).iloc[of_points], frame.crs)
    limit_m = np.maximum(row_precision_m[of_points], square_m)
    single = _apart(context, of_points, typed, shapely.get_coordinates(shapes[of_points]), limit_m)
    table = context.typed
    typed, square_m = entered_lonlat(table, frame.crs)
    stated = lonlat_of(table)
    typed = np.where(np.isfinite(typed), typed, stated)
    rows = table["row"].to_numpy()
    nearest = np.where(table["polygon"].to_numpy()[:, None], _nearest_vertex(context, rows, typed), stated)
    point_m = np.where(table["precision_m"] > 0, table["precision_m"], row_precision_m[rows])
    limit_m = np.maximum(point_m, square_m)
    return joined([single, _apart(context, rows, typed, nearest, limit_m, number=table["number"].to_numpy())])


def _nearest_vertex(context: Context, rows: NDArray[np.intp], lonlat: Floats) -> Floats:
    """Return the vertex nearest to each typed corner on the shape of its record, NaN where there is none; shape (m, 2)."""
    nearest = np.full((len(rows), 2), np.nan)
    if len(rows) == 0:
        return nearest
    owners, place = np.unique(rows, return_inverse=True)
    xy, index = shapely.get_coordinates(context.lonlat.values[owners], return_index=True)
    drawn = np.full(len(owners), None, dtype=object)
    if len(xy):
        present, first = np.unique(index, return_inverse=True)
        drawn[present] = shapely.multipoints(xy, indices=first)
    usable = np.isfinite(lonlat).all(axis=1) & ~shapely.is_missing(drawn[place])
    lines = shapely.shortest_line(shapely.points(lonlat[usable]), drawn[place][usable])
    nearest[usable] = shapely.get_coordinates(lines).reshape(-1, 2, 2)[:, 1]
    return nearest


def _apart(
    context: Context,
    rows: NDArray[np.intp],
    typed: Floats,
    stored: Floats,
    limit_m: Floats,
    *,
    number: NDArray[np.intp] | None = None,
) -> pd.DataFrame:
    known = np.isfinite(typed).all(axis=1) & np.isfinite(stored).all(axis=1)
    apart_m = np.zeros(len(rows))
    if known.any():
        apart_m[known] = WGS84.inv(*typed[known].T, *stored[known].T)[2]
    far = apart_m > limit_m
    place = context.back(shapely.points(stored[far])) if far.any() else np.zeros(0, dtype=object)
    point = "" if number is None else number[far].astype(str).astype(object)
    return found(
        "C05",
        context.survey,
        rows[far],
        value=figures(apart_m[far], ",.1f"),
        expected=figures(limit_m[far], "g"),
        point=point,
        place=place,
    )


def idle_decimals(context: Context) -> pd.DataFrame:
    """Return where coordinates have more decimals than the stated precision supports (C06).

    Typed texts, of a record or of its corners, count before stored numbers, and stored ones not at all where they were worked
    out from another form. Of records that state no precision the file is told once, against 1 cm.
    """
    survey = context.survey
    if not context.has_crs:
        return nothing("C06", context.survey)
    unit_m = M_PER_DEG if survey.frame.crs.is_geographic else 1.0
    stated_m = precision_m(survey)
    n_typed, typed_unit_m = _typed_decimals(survey.text("entered_x"), survey.text("entered_y"), unit_m)
    _count_corners(context.typed, n_typed, typed_unit_m, unit_m)
    limit_m = np.where(np.isfinite(stated_m), stated_m, FINEST_M)
    n_most = supported_decimals(limit_m, unit_m)
    stored = _stored_decimals(context, n_most)
    n_decimals = np.where(n_typed >= 0, n_typed, np.where(_worked_out(context), 0, stored))
    most = np.where(n_typed >= 0, supported_decimals(limit_m, typed_unit_m), n_most)
    too_many = n_decimals > most
    rows, unstated = np.flatnonzero(too_many & np.isfinite(stated_m)), too_many & ~np.isfinite(stated_m)
    own = found("C06", survey, rows, value=n_decimals[rows].astype(str).astype(object), expected=figures(stated_m[rows], "g"))
    if not unstated.any():
        return own
    return joined([own, found("C06", survey, [FILE], value=str(n_decimals[unstated].max()), expected=f"{FINEST_M:g}")])


def supported_decimals(limit_m: Floats, unit_m: Floats | float) -> NDArray[np.intp]:
    """Return how many decimals a precision [m] supports in a unit of so many metres.

    Examples
    --------
    >>> supported_decimals(np.array([0.01, 1.0, 50.0]), 111_320.0).tolist()
    [7, 5, 4]
    >>> supported_decimals(np.array([0.05, 2.2]), 1.0).tolist()
    [2, 0]
    """
    return np.asarray(np.maximum(np.ceil(np.log10(unit_m / (ROUNDED * limit_m))), 0), dtype=np.intp)


def _typed_decimals(x: pd.Series, y: pd.Series, unit_m: float) -> tuple[NDArray[np.intp], Floats]:
    """Return the decimals of typed coordinates, -1 where none are typed as plain numbers or seconds, and their unit [m]."""
    counts, units = np.full(len(x), -1), np.full(len(x), unit_m)
    for pattern, unit in ((DECIMAL, unit_m), (SECONDS, M_PER_SECOND)):
        for cells in (x, y):
            if not (cells != "").any():
                continue
            n = cells.str.extract(pattern, expand=False).str.len().fillna(-1).to_numpy(dtype=int)
            counts, units = np.maximum(counts, n), np.where(n >= 0, unit, units)
    return counts, units


def _count_corners(corners: pd.DataFrame, counts: NDArray[np.intp], units: Floats, unit_m: float) -> None:
    """Add the most decimals of the typed corners of each record that states none itself, and their unit [m]."""
    n, unit = _typed_decimals(corners["entered_x"], corners["entered_y"], unit_m)
    ordered = np.argsort(n, kind="stable")
    rows = corners["row"].to_numpy()[ordered]
    kept = (n[ordered] >= 0) & (counts[rows] < 0)
    counts[rows[kept]], units[rows[kept]] = n[ordered][kept], unit[ordered][kept]  # the last of a row, with most decimals, stays


def _worked_out(context: Context) -> NDArray[np.bool_]:
    """Return which records, or corners of theirs, were typed in a form whose digits are not those stored; shape (n,)."""
    corners = context.typed
    other = ~context.survey.text("entered_as").str.strip().str.casefold().isin(AS_STORED).to_numpy()
    other[corners["row"].to_numpy()[~corners["entered_as"].str.strip().str.casefold().isin(AS_STORED).to_numpy()]] = True
    return np.asarray(other, dtype=bool)


def _stored_decimals(context: Context, n_most: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the most decimals of each record's coordinates, counted exactly only where they exceed `n_most`; shape (n,)."""
    shapes = context.shapes
    xy, index = shapely.get_coordinates(shapes, return_index=True)
    numbers, index = xy.ravel(), np.repeat(index, 2)
    counts = np.zeros(len(shapes), dtype=np.intp)
    over = np.isfinite(numbers)
    for n in np.unique(n_most):
        some = over & (n_most[index] == n)
        over[some] = np.round(numbers[some], n) != numbers[some]
    first = np.unique(index[over], return_index=True)[1]  # the first such number of a record stands for it
    chosen = np.flatnonzero(over)[first]
    texts = [np.format_float_positional(number, trim="-").partition(".")[2] for number in numbers[chosen].tolist()]
    counts[index[chosen]] = [min(len(text), MOST_DECIMALS) for text in texts]
    return counts
