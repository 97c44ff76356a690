"""Cut named rivers into reaches: at junctions, dams and weirs, tidal limits and the front line, then into equal pieces.

Assumption: between the tributaries a basin grows in proportion to the length of the river, its untraced head
included. So the drainage area at a reach's lower end is ``(A - sum of tributaries) (h + s) / (h + L) + tributaries
that joined above``, with A at the river's end, h the published length less that of the line, L the length of the line
and s the way down it. All but the last of a published river are ``derived``. Its limit: a large stream that is not in
the table (the head of a river whose line starts at a confluence) is spread along the line instead of entering at its
head.
"""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.errors import DataError
from geo.flood.network import DAMS, SEA
from geo.flood.parameters import FloodParameters

Floats = NDArray[np.float64]
Places = NDArray[np.intp]

SAME_M = 1.0  # cuts nearer than this are one
SOFT_GAP_M = 200.0  # a tidal limit or front-line crossing this near to another cut makes no reach of its own (assumed)


def split_reaches(
    courses: gpd.GeoDataFrame,
    *,
    dams: pd.DataFrame | None = None,
    front: shapely.LineString | None = None,
    params: FloodParameters | None = None,
) -> gpd.GeoDataFrame:
    """Cut courses into reaches.

    Parameters
    ----------
    courses : GeoDataFrame
        From `geo.flood.courses`, projected; a column ``sources`` is carried over.
    dams : DataFrame, optional
        ``dam_id, line_id, kind, lon, lat, accuracy_km``. A ``dam`` or ``weir`` closes a reach, a ``lake`` and a
        ``tidal_limit`` trap nothing; below a ``tidal_limit`` a river is tidal.
    front : LineString, optional
        The front line, in the CRS of the courses; rivers are cut where they cross it.
    params : FloodParameters, optional

    Returns
    -------
    GeoDataFrame
        One row a reach or estuary segment, in the form `RiverNetwork.from_table` takes, plus ``river, name_en, name_ko,
        seq, area_basis, width_basis, accuracy_km, dam_id, axis_km`` (place of a root's mouth, or of a segment's
        middle, on the estuary axis). Reach ids are ``river-NN``, numbered downstream.

    Raises
    ------
    DataError
        Naming every river whose end is too far from the river it joins, and every dam too far from its river.
    """
    params = params or FloodParameters()
    if courses.empty:
        return gpd.GeoDataFrame({"id": [], "down": [], "area_km2": [], "length_km": []}, geometry=[], crs=courses.crs)
    shapes = np.array(courses.geometry.values, dtype=object)
    join, join_m = _junctions(courses, shapes, params.snap_m.value)
    works = _works(courses, shapes, dams)
    cuts = _cuts(shapes, join, join_m, works, front)
    pieces = _pieces(cuts, shapelength_m=shapely.length(shapes), longest_m=params.reach_max_km.value * 1e3)
    frame = gpd.GeoDataFrame(_attributes(courses, pieces), geometry=_cut_lines(shapes, pieces), crs=courses.crs)
    frame["length_km"] = measure.lengths_m(frame.geometry) / 1e3
    frame["area_km2"], frame["area_basis"] = _areas(courses, pieces, join, join_m)
    _connect(frame, courses, pieces, join, join_m)
    _mark_works(frame, courses, pieces, works)
    return frame


def _junctions(courses: gpd.GeoDataFrame, shapes: NDArray[np.object_], snap_m: float) -> tuple[Places, Floats]:
    """Return which course each one joins (-1: none) and how far down that one [m]."""
    ids = courses["line_id"].to_numpy(object)
    join = pd.Index(ids).get_indexer(courses["flows_into"].to_numpy(object)).astype(np.intp)
    ends = shapely.get_point(shapes, -1)
    onto = shapes[np.maximum(join, 0)]
    place = np.where(join >= 0, shapely.line_locate_point(onto, ends), np.nan)
    apart = np.where(join >= 0, shapely.distance(onto, ends), 0.0)
    # an estuary axis may end where a river does; a river may not end where the one it joins ends
    river = ~courses["estuary"].to_numpy(bool)[np.maximum(join, 0)]
    spent = (join >= 0) & river & (place >= shapely.length(onto) - SAME_M)
    faults = [f"{ids[i]} ends {apart[i]:.0f} m from {ids[join[i]]}" for i in np.flatnonzero(apart > snap_m)]
    faults += [f"{ids[i]} joins {ids[join[i]]} at its very end" for i in np.flatnonzero(spent & (apart <= snap_m))]
    if faults:
        raise DataError(
            "river junctions",
            where="flows_into",
            expected=f"ends within {snap_m:g} m of the river joined",
            found="; ".join(faults),
            mend="let lines run downstream and end on the river they join",
        )
    return join, np.asarray(place, dtype=float)


def _works(courses: gpd.GeoDataFrame, shapes: NDArray[np.object_], dams: pd.DataFrame | None) -> pd.DataFrame:
    """Return dams, weirs and tidal limits on their rivers: dam_id, kind, course, place_m."""
    empty = pd.DataFrame({"dam_id": [], "kind": [], "course": np.zeros(0, int), "place_m": np.zeros(0)})
    if dams is None or dams.empty:
        return empty
    known = dams[dams["line_id"].isin(courses["line_id"]) & dams["kind"].isin([*DAMS, "tidal_limit"])]
    if known.empty:
        return empty
    course = pd.Index(courses["line_id"]).get_indexer(known["line_id"])
    points = gpd.GeoSeries.from_xy(known["lon"], known["lat"], crs=4326).to_crs(courses.crs).to_numpy()
    apart = shapely.distance(points, shapes[course]) / 1e3
    allowed = known["accuracy_km"].fillna(0).to_numpy() + courses["accuracy_km"].fillna(0).to_numpy()[course]
    far = apart > allowed
    if far.any():
        told = [
            f"{name} {km:.1f} km from {line}"
            for name, km, line in zip(known["dam_id"][far], apart[far], known["line_id"][far], strict=True)
        ]
        raise DataError(
            "dams",
            where="lon, lat",
            expected="within the stated accuracy of their rivers",
            found="; ".join(told),
            mend="correct the place, the river or accuracy_km",
        )
    return pd.DataFrame(
        {
            "dam_id": known["dam_id"].to_numpy(object),
            "kind": known["kind"].to_numpy(object),
            "course": course,
            "place_m": shapely.line_locate_point(shapes[course], points),
        }
    )


def _cuts(
    shapes: NDArray[np.object_], join: Places, join_m: Floats, works: pd.DataFrame, front: shapely.LineString | None
) -> pd.DataFrame:
    """Return every cut as course, place_m, sorted; soft cuts too near to another are left out."""
    n, length = len(shapes), shapely.length(shapes)
    hard = works["kind"].isin(DAMS)
    met, met_m = _crossings(shapes, front)
    course = np.concatenate([np.arange(n), np.arange(n), join[join >= 0], works["course"][hard], works["course"][~hard], met])
    place = np.concatenate([np.zeros(n), length, join_m[join >= 0], works["place_m"][hard], works["place_m"][~hard], met_m])
    firm = np.arange(len(course)) < 2 * n + int((join >= 0).sum()) + int(hard.sum())
    course, mouth = course.astype(np.intp), length[course.astype(np.intp)]
    place = np.where(place < SAME_M, 0.0, np.where(place > mouth - SAME_M, mouth, place))
    order = np.lexsort((~firm, place, course))
    course, place, firm = course[order], place[order], firm[order]
    keep = firm | (_nearest_gap(course, place) >= SOFT_GAP_M)
    course, place = course[keep], place[keep]
    apart = np.append(True, (np.diff(course) != 0) | (np.diff(place) >= SAME_M))
    return pd.DataFrame({"course": course[apart], "place_m": place[apart]})


def _nearest_gap(course: Places, place_m: Floats) -> Floats:
    """Return the distance [m] from each sorted cut to the nearest other one of its course."""
    gap = np.where(np.diff(course) == 0, np.diff(place_m), np.inf)
    return np.asarray(np.minimum(np.append(np.inf, gap), np.append(gap, np.inf)), dtype=float)


def _crossings(shapes: NDArray[np.object_], front: shapely.LineString | None) -> tuple[Places, Floats]:
    """Return where courses cross the front line."""
    if front is None:
        return np.zeros(0, np.intp), np.zeros(0)
    parts, course = shapely.get_parts(shapely.intersection(shapes, front), return_index=True)
    return course.astype(np.intp), np.asarray(shapely.line_locate_point(shapes[course], shapely.centroid(parts)))


def _pieces(cuts: pd.DataFrame, shapelength_m: Floats, longest_m: float) -> pd.DataFrame:
    """Return the reaches as course, start_m, end_m, seq: stretches between cuts in equal pieces up to ``longest_m``."""
    inner = cuts["course"].to_numpy()[1:] == cuts["course"].to_numpy()[:-1]
    start, end = cuts["place_m"].to_numpy()[:-1][inner], cuts["place_m"].to_numpy()[1:][inner]
    course = cuts["course"].to_numpy()[:-1][inner]
    count = np.maximum(1, np.ceil((end - start) / longest_m - 1e-9)).astype(int)
    which = np.repeat(np.arange(len(course)), count)
    k = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
    step = ((end - start) / count)[which]
    low = start[which] + k * step
    high = np.where(k + 1 == count[which], end[which], start[which] + (k + 1) * step)
    pieces = pd.DataFrame({"course": course[which], "start_m": low, "end_m": high, "mouth_m": shapelength_m[course[which]]})
    pieces["seq"] = pieces.groupby("course").cumcount() + 1
    return pieces


def _cut_lines(shapes: NDArray[np.object_], pieces: pd.DataFrame) -> NDArray[np.object_]:
    """Return the line of each piece: its cut ends and the vertices between."""
    points, course = shapely.get_coordinates(shapes, return_index=True)
    step = np.hypot(*np.diff(points, axis=0, prepend=points[:1]).T)
    step[np.append(True, np.diff(course) != 0)] = 0
    along = np.cumsum(step)
    along -= along[np.searchsorted(course, course)]
    span = float(pieces["mouth_m"].max()) + 1e3
    key_start = pieces["course"].to_numpy() * span + pieces["start_m"].to_numpy()
    piece = np.searchsorted(key_start, course * span + along, side="right") - 1
    low, high = pieces["start_m"].to_numpy()[piece], pieces["end_m"].to_numpy()[piece]
    inside = (along > low + 1e-3) & (along < high - 1e-3)
    owner = shapes[pieces["course"]]
    ends = [
        shapely.get_coordinates(shapely.line_interpolate_point(owner, pieces[name].to_numpy())) for name in ("start_m", "end_m")
    ]
    index = np.concatenate([np.arange(len(pieces)), piece[inside], np.arange(len(pieces))])
    place = np.concatenate([pieces["start_m"], along[inside], pieces["end_m"]])
    order = np.lexsort((place, index))
    return np.asarray(shapely.linestrings(np.concatenate([ends[0], points[inside], ends[1]])[order], indices=index[order]))


def _attributes(courses: gpd.GeoDataFrame, pieces: pd.DataFrame) -> pd.DataFrame:
    """Return what reaches take over from their river, and their ids."""
    carried = ["name_en", "name_ko", "estuary", "width_m", "width_basis", "accuracy_km", *({"sources"} & set(courses))]
    frame = courses[carried].iloc[pieces["course"]].reset_index(drop=True)
    digits = pieces.groupby("course")["seq"].transform("max").astype(str).str.len().clip(lower=2)
    river = courses["line_id"].to_numpy(object)[pieces["course"]]
    number = [str(seq).zfill(width) for seq, width in zip(pieces["seq"], digits, strict=True)]
    frame.insert(0, "id", [f"{name}-{text}" for name, text in zip(river, number, strict=True)])
    frame.insert(1, "river", river)
    frame.insert(2, "seq", pieces["seq"].to_numpy())
    return pd.DataFrame(frame)


def _areas(courses: gpd.GeoDataFrame, pieces: pd.DataFrame, join: Places, join_m: Floats) -> tuple[Floats, NDArray[np.object_]]:
    """Return the drainage area [km2] at each reach's lower end and where it comes from; see the module's rule."""
    whole = courses["area_km2"].to_numpy(float)
    line_km = measure.lengths_m(courses.geometry) / 1e3
    head_km = np.maximum(np.nan_to_num(courses["length_published_km"].to_numpy(float) - line_km), 0.0)
    joins = np.flatnonzero(join >= 0)
    tributaries = np.bincount(join[joins], weights=whole[joins], minlength=len(whole))
    course, end, mouth = pieces["course"].to_numpy(), pieces["end_m"].to_numpy(), pieces["mouth_m"].to_numpy()
    above = (course[:, None] == join[joins]) & (join_m[joins] < end[:, None] - SAME_M)
    down_km = line_km[course] * end / mouth
    grown = (whole - tributaries)[course] * (head_km[course] + down_km) / (head_km + line_km)[course]
    estuary = courses["estuary"].to_numpy(bool)[course]
    area: Floats = np.where(estuary, whole[course], grown + above @ whole[joins])
    basis = np.where(end >= mouth, courses["area_basis"].to_numpy(object)[course], "derived")
    return area, basis


def _connect(frame: gpd.GeoDataFrame, courses: gpd.GeoDataFrame, pieces: pd.DataFrame, join: Places, join_m: Floats) -> None:
    """Fill ``down``, ``outlet``, ``axis_km``: the next piece, the piece that begins at the junction, or a way out."""
    ids, course = frame["id"].to_numpy(object), pieces["course"].to_numpy()
    last = np.append(np.diff(course) != 0, True)
    target = np.where(last, join[course], -1)
    estuary = courses["estuary"].to_numpy(bool)
    onward = (target >= 0) & ~estuary[np.maximum(target, 0)]
    span = float(pieces["mouth_m"].max()) + 1e3
    key = course * span + pieces["start_m"].to_numpy()
    meets = np.searchsorted(key, target * span + np.nan_to_num(join_m[course]) + SAME_M, side="right") - 1
    following = np.append(ids[1:], "")
    frame["down"] = np.where(~last, following, np.where(onward, ids[np.clip(meets, 0, len(ids) - 1)], ""))
    into = courses["flows_into"].to_numpy(object)[course]
    held = last & (target >= 0) & ~onward
    frame["outlet"] = np.where(last & (into == SEA), SEA, np.where(held, into, ""))
    frame.loc[estuary[course], ["down", "outlet"]] = ""
    middle = (pieces["start_m"].to_numpy() + pieces["end_m"].to_numpy()) / 2e3
    frame["axis_km"] = np.where(estuary[course], middle, np.where(held, join_m[course] / 1e3, np.nan))


def _mark_works(frame: gpd.GeoDataFrame, courses: gpd.GeoDataFrame, pieces: pd.DataFrame, works: pd.DataFrame) -> None:
    """Fill ``dam``, ``dam_id`` (what closes a reach) and ``tidal``."""
    frame["dam"], frame["dam_id"] = "", ""
    course, start, end = (pieces[name].to_numpy() for name in ("course", "start_m", "end_m"))
    closes = (course[:, None] == works["course"].to_numpy()) & (np.abs(end[:, None] - works["place_m"].to_numpy()) <= SAME_M)
    closes &= works["kind"].isin(DAMS).to_numpy()
    rows, which = np.nonzero(closes)
    frame.loc[rows, "dam"] = works["kind"].to_numpy(object)[which]
    frame.loc[rows, "dam_id"] = works["dam_id"].to_numpy(object)[which]
    limit = works[works["kind"] == "tidal_limit"].groupby("course")["place_m"].min()
    above = pd.Series(course).map(limit).fillna(np.inf).to_numpy()
    frame["tidal"] = (start >= above - SOFT_GAP_M) | courses["estuary"].to_numpy(bool)[course]
