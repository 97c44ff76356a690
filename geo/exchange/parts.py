"""The parts and the versions of a record: several rows of one id that are one hazard, at one time or at several.

Assumption: rows of one id and one ``valid_from`` are parts of one hazard, and what else they say of it stands in the first of
them. Rows of one id and different ``valid_from`` are its versions, in the order of `geo.survey.timeline.version_rows`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely
from numpy.typing import NDArray

from geo.exchange.strict import texts
from geo.exchange.texts import grouped
from geo.survey.timeline import version_rows

APART = ";"  # between the shape ids of one hazard
POLYGON = 3  # as GEOS numbers kinds of shape


class Supplied(NamedTuple):
    """What one file of hazards holds for an atlas.

    Attributes
    ----------
    current : GeoDataFrame
        One row a hazard: its latest version.
    past : GeoDataFrame
        Earlier versions, with the same columns; by id, then by time.
    reports : DataFrame
        Reports on them, as `geo.survey.fields.REPORT_FIELDS`; empty where there are none.
    """

    current: gpd.GeoDataFrame
    past: gpd.GeoDataFrame
    reports: pd.DataFrame


def dissolved(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return one row for each id and ``valid_from``, in the order of their first parts.

    Parts are kept as they are where they lie apart, and united where they overlap or touch. ``shape_id`` names all parts,
    ``precision_m`` is that of the least precise one.

    Parameters
    ----------
    frame : GeoDataFrame
        With ``id`` and valid polygons.

    Examples
    --------
    >>> boxes = [shapely.box(0, 0, 1, 1), shapely.box(2, 0, 3, 1), shapely.box(9, 9, 10, 10)]
    >>> frame = gpd.GeoDataFrame({"id": ["a", "a", "b"], "shape_id": ["1", "2", ""]}, geometry=boxes, crs=4326)
    >>> dissolved(frame)[["id", "shape_id"]].values.tolist(), dissolved(frame).geom_type.tolist()
    ([['a', '1;2'], ['b', '']], ['MultiPolygon', 'Polygon'])
    """
    keys = pd.DataFrame({"id": texts(frame, "id").str.strip(), "valid_from": texts(frame, "valid_from")})
    group = keys.groupby(["id", "valid_from"], sort=False).ngroup().to_numpy()
    first = np.unique(group, return_index=True)[1]
    if len(first) == len(frame):
        return frame
    made = frame.iloc[first].copy()
    geometry = np.array(made.geometry.values, dtype=object)
    several = np.flatnonzero(np.bincount(group) > 1)
    geometry[several] = _together(np.asarray(frame.geometry.values, dtype=object), group, several)
    made = made.set_geometry(gpd.GeoSeries(geometry, index=made.index, crs=frame.crs))
    if "shape_id" in frame:
        made["shape_id"] = _named_parts(texts(frame, "shape_id").str.strip(), group, len(first))
    if "precision_m" in frame:
        made["precision_m"] = frame["precision_m"].groupby(group).max().to_numpy()
    return made.reset_index(drop=True)


def _together(
    shapes: NDArray[np.object_], group: NDArray[np.integer[Any]], several: NDArray[np.integer[Any]]
) -> NDArray[np.object_]:
    """Return the shapes of each of several groups as one, united where they overlap or touch; shape (n_several,)."""
    rows = np.flatnonzero(np.isin(group, several))
    rows = rows[np.argsort(group[rows], kind="stable")]
    parts, owner = shapely.get_parts(shapes[rows], return_index=True)
    number = np.searchsorted(several, group[rows][owner])
    if (shapely.get_type_id(parts) == POLYGON).all():
        made = np.asarray(shapely.multipolygons(parts, indices=number), dtype=object)
        apart = shapely.is_valid(made)
    else:
        made, apart = np.full(len(several), None, dtype=object), np.zeros(len(several), dtype=bool)
    if not apart.all():
        collected = np.asarray(shapely.geometrycollections(parts, indices=number), dtype=object)
        made[~apart] = shapely.union_all(collected[~apart][:, None], axis=1)
    return made


def _named_parts(ids: pd.Series, group: NDArray[np.integer[Any]], n_groups: int) -> NDArray[np.object_]:
    """Return the shape ids of each group in the order of its rows, blank ones left out; shape (n_groups,)."""
    order = np.argsort(group, kind="stable")
    kept = order[(ids != "").to_numpy()[order]]
    counts = np.bincount(group[kept], minlength=n_groups)
    return np.array(grouped(pa.array(ids.iloc[kept].tolist(), pa.string()), counts, APART).to_pylist(), dtype=object)


def parted_by_time(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, gpd.GeoDataFrame]:
    """Return the latest version of each id, in the frame's order, and all earlier ones by id and time.

    Examples
    --------
    >>> rows = {"id": ["a", "a", "b"], "valid_from": ["2020-05-01", "2018", ""]}
    >>> now, before = parted_by_time(gpd.GeoDataFrame(rows, geometry=[shapely.Point(0, 0)] * 3, crs=4326))
    >>> now.id.tolist(), before.valid_from.tolist()
    (['a', 'b'], ['2018'])
    """
    rows = version_rows(frame).set_axis(frame.index)
    ordered = rows.sort_values(["name", "version"], kind="stable")
    last = ~ordered["name"].duplicated(keep="last")
    current = frame.loc[np.sort(ordered.index[last])].reset_index(drop=True)
    return current, frame.loc[ordered.index[~last]].reset_index(drop=True)
