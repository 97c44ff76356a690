"""Named rivers as they are handed in: which one flows into which, how large its basin is, how wide it is.

Assumption: a river line runs downstream and ends on the river it joins. Its limit: most lines do not start at the
source, and a basin that nobody has published or derived is guessed from the length of the line (Hack's law).
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from pyproj import CRS

from geo import measure
from geo.errors import DataError
from geo.flood.network import SEA
from geo.flood.parameters import FloodParameters

Floats = NDArray[np.float64]

COLUMNS = (
    "line_id",
    "name_en",
    "name_ko",
    "flows_into",
    "estuary",
    "area_km2",
    "area_basis",
    "length_published_km",
    "width_m",
    "width_class",
    "width_basis",
    "tidal_note",
    "accuracy_km",
)


def river_courses(lines: gpd.GeoDataFrame, table: pd.DataFrame, crs: CRS, params: FloodParameters) -> gpd.GeoDataFrame:
    """Join river lines with their table.

    Parameters
    ----------
    lines : GeoDataFrame
        ``line_id, kind, geometry``; kinds ``river`` and ``estuary`` are taken.
    table : DataFrame
        One row a river: ``line_id, name_en, name_ko, flows_into``, drainage area published and derived [km2], published
        length [km], mean width [m], ``tidal``, ``accuracy_km``.
    crs : pyproj.CRS
        Projected CRS of the result.
    params : FloodParameters

    Returns
    -------
    GeoDataFrame
        `COLUMNS` and the line, one row a river or estuary axis, in the order of the table.

    Raises
    ------
    DataError
        If a river has no line or a river line no row, if rivers flow in a circle, or as `complete_courses` says.
    """
    drawn = lines[lines["kind"].isin(["river", "estuary"])].set_index("line_id")
    missing = sorted(set(table["line_id"]) ^ set(drawn.index))
    if missing:
        raise DataError(
            "rivers",
            where=", ".join(missing),
            expected="one line and one row a river",
            found="only one of them",
            mend="complete the table or the lines",
        )
    published, derived = table["drainage_area_km2_published"], table["drainage_area_km2_derived"]
    frame = pd.DataFrame(
        {
            "line_id": table["line_id"],
            "name_en": table["name_en"],
            "name_ko": table["name_ko"],
            "flows_into": table["flows_into"],
            "estuary": drawn["kind"].reindex(table["line_id"]).eq("estuary").to_numpy(),
            "area_km2": published.fillna(derived),
            "area_basis": np.where(published.notna(), "published", "derived"),
            "length_published_km": table["length_km_published"],
            "width_m": table["mean_width_m"],
            "width_class": table["width_class"],
            "width_basis": "assumed",
            "tidal_note": table["tidal"],
            "accuracy_km": table["accuracy_km"],
        }
    )
    geometry = drawn.geometry.reindex(table["line_id"]).to_numpy()
    located = gpd.GeoDataFrame(frame.reset_index(drop=True), geometry=geometry, crs=lines.crs)
    return complete_courses(measure.project(located, crs), params)


def supplied_courses(
    frame: gpd.GeoDataFrame, crs: CRS, params: FloodParameters, axes: gpd.GeoDataFrame | None = None
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Bring a user's river lines into the form of `river_courses`.

    Parameters
    ----------
    frame : GeoDataFrame
        Lines that run downstream, with ``line_id`` or ``id``; optional ``flows_into`` (an id, ``sea`` or ""),
        ``drainage_area_km2``, ``mean_width_m``, ``name_en``, ``name_ko``, ``accuracy_km``.
    crs : pyproj.CRS
        Projected CRS of the result.
    params : FloodParameters
    axes : GeoDataFrame, optional
        The area's own estuary axes, in the form of `river_courses`; kept where a supplied river flows into one.

    Returns
    -------
    courses : GeoDataFrame
    notes : tuple of str
        What was inferred.

    Raises
    ------
    DataError
        Missing CRS or ids, geometry that is not one line, and as `complete_courses` says.
    """
    key = next((name for name in ("line_id", "id") if name in frame), None)
    if key is None or frame.crs is None:
        raise DataError(
            "supplied rivers",
            expected="a CRS and a column line_id or id",
            found=", ".join(map(str, frame.columns)),
            mend="name the rivers and state the CRS",
        )
    given = measure.project(frame.reset_index(drop=True), crs)
    courses = _supplied_table(given, given[key].astype(str))
    n_own, guessed = len(courses), courses["line_id"][courses["area_km2"].isna()]
    if axes is not None:
        others = axes[~axes["line_id"].isin(courses["line_id"])]
        courses = gpd.GeoDataFrame(pd.concat([courses, others[courses.columns]], ignore_index=True), crs=crs)
    notes: list[str] = []
    if "flows_into" not in frame:
        courses["flows_into"] = _inferred(courses, params.snap_m.value)
        notes.append(
            f"supplied rivers name no receiving river: a line ending within {params.snap_m.value:g} m of another "
            "is taken to join it, every other to reach the sea"
        )
    if len(guessed):
        notes.append("drainage areas not supplied are guessed from line lengths by Hack's law: " + ", ".join(guessed))
    needed = (courses.index < n_own) | courses["line_id"].isin(courses["flows_into"][:n_own])
    return complete_courses(courses[needed].reset_index(drop=True), params), tuple(notes)


def _supplied_table(given: gpd.GeoDataFrame, ids: pd.Series) -> gpd.GeoDataFrame:
    """Return the user's rivers with the columns of `river_courses`; what the file lacks stays empty."""
    unknown = pd.Series(np.nan, index=given.index)
    area, width, accuracy = (
        given.get(name, unknown).astype(float) for name in ("drainage_area_km2", "mean_width_m", "accuracy_km")
    )
    table = pd.DataFrame(
        {
            "line_id": ids,
            "name_en": _texts(given, "name_en", ids),
            "name_ko": _texts(given, "name_ko", ids),
            "flows_into": _texts(given, "flows_into", ""),
            "estuary": False,
            "area_km2": area,
            "area_basis": np.where(area.notna(), "supplied", ""),
            "length_published_km": np.nan,
            "width_m": width,
            "width_class": "",
            "width_basis": np.where(width.notna(), "supplied", ""),
            "tidal_note": "",
            "accuracy_km": accuracy,
        }
    )
    lines = _single_lines(ids.to_numpy(object), given.geometry)
    return gpd.GeoDataFrame(table, geometry=lines, crs=given.crs)


def complete_courses(courses: gpd.GeoDataFrame, params: FloodParameters) -> gpd.GeoDataFrame:
    """Check the courses as a forest and fill drainage areas that nobody gave.

    A missing area is that of the tributaries plus ``(L / 1.273)^(1/0.6)`` (Hack 1957), L the length of the line: a
    lower bound where the line does not start at the source. Tagged ``derived``.

    Raises
    ------
    DataError
        Naming every river that is repeated, flows into an unknown one, flows in a circle, or has a basin smaller than
        those of its tributaries.
    """
    ids = courses["line_id"].to_numpy(object)
    into = courses["flows_into"].to_numpy(object)
    inner = ~np.isin(into.astype(str), ("", SEA))
    target = pd.Index(ids[~pd.Index(ids).duplicated()]).get_indexer(into)
    unknown = inner & (target < 0)
    faults = [f"repeated: {', '.join(ids[pd.Index(ids).duplicated()])}"] if pd.Index(ids).duplicated().any() else []
    faults += [f"{ids[i]} flows into unknown {into[i]}" for i in np.flatnonzero(unknown)]
    if faults:
        raise DataError("rivers", where="flows_into", found="; ".join(faults), mend="name a river of the table, or sea")
    estuary = courses["estuary"].to_numpy(bool)
    steps = _steps_to_mouth(ids, target)
    area, below = courses["area_km2"].to_numpy(float, copy=True), np.zeros(len(ids))
    guessed = np.isnan(area) & ~estuary
    own = (measure.lengths_m(courses.geometry) / 1e3 / params.hack_c.value) ** (1 / 0.6)
    for step in range(int(steps.max(initial=-1)), -1, -1):
        now = np.flatnonzero(steps == step)
        area[now] = np.where(guessed[now], own[now] + below[now], np.where(estuary[now], below[now], area[now]))
        joins = now[target[now] >= 0]
        np.add.at(below, target[joins], area[joins])
    small = (area < below) & ~estuary
    if small.any() or not (area[~estuary] > 0).all():
        names = ids[small | (~(area > 0) & ~estuary)]
        raise DataError(
            "rivers",
            where=", ".join(names),
            expected="a drainage area above that of its tributaries",
            found="a smaller one",
            mend="correct drainage_area_km2",
        )
    filled = courses.copy()
    filled["area_km2"] = area
    filled["area_basis"] = np.where(guessed | estuary, "derived", courses["area_basis"].to_numpy(object))
    return filled


def _steps_to_mouth(ids: NDArray[np.object_], target: NDArray[np.intp]) -> NDArray[np.intp]:
    """Return the number of rivers below each; rivers that flow in a circle raise."""
    steps, at = np.zeros(len(ids), dtype=np.intp), target.copy()
    for _ in range(len(ids)):
        if (at < 0).all():
            return steps
        steps += at >= 0
        at = np.where(at >= 0, target[at], -1)
    if (at >= 0).any():
        raise DataError(
            "rivers",
            where=", ".join(sorted(set(ids[at[at >= 0]]))),
            expected="rivers that end at the sea",
            found="a circle",
            mend="correct flows_into",
        )
    return steps


def _single_lines(ids: NDArray[np.object_], shapes: gpd.GeoSeries) -> NDArray[np.object_]:
    """Return one LineString a river; parts that touch end to end are joined."""
    raw = np.array(shapes.values, dtype=object)
    merged = np.where(shapely.get_type_id(raw) == 5, shapely.line_merge(raw, directed=True), raw)
    bad = (shapely.get_type_id(merged) != 1) | shapely.is_empty(merged) | ~(shapely.length(merged) > 0)
    if bad.any():
        raise DataError(
            "supplied rivers",
            where=", ".join(ids[bad]),
            expected="one connected line that runs downstream",
            found="other or broken geometry",
            mend="join the parts of each river, or name them apart",
        )
    return np.asarray(merged)


def _texts(frame: pd.DataFrame, column: str, default: pd.Series | str) -> pd.Series:
    """Return a text column; the default where the file has none or leaves it empty."""
    if column not in frame:
        return pd.Series(default, index=frame.index, dtype=object)
    held = frame[column].astype(object)
    return held.where(held.notna() & (held != ""), default)


def _inferred(courses: gpd.GeoDataFrame, snap_m: float) -> NDArray[np.object_]:
    """Return the id of the line that each end point meets before that line's own end, else ``sea``; kept where set."""
    shapes = np.array(courses.geometry.values, dtype=object)
    ends = shapely.get_point(shapes, -1)
    here, there = shapely.STRtree(shapes).query(ends, predicate="dwithin", distance=snap_m)
    keep = (here != there) & (shapely.distance(ends[here], shapely.get_point(shapes[there], -1)) > snap_m)
    here, there = here[keep], there[keep]
    order = np.lexsort((there, shapely.distance(ends[here], shapes[there]), here))
    here, there = here[order], there[order]
    first = np.append(True, np.diff(here) != 0)[: len(here)]
    ids = courses["line_id"].to_numpy(object)
    joined = courses["flows_into"].to_numpy(object).copy()
    joined[joined == ""] = SEA
    joined[here[first]] = ids[there[first]]
    return np.asarray(joined, dtype=object)
