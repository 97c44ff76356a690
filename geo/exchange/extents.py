"""Floods and landslides that happened, as the user mapped them: polygons with a date.

Assumption: the date is the day from which marking inside is unverified; a partial date stands for its last day.
"""

from __future__ import annotations

from pathlib import Path

import geopandas as gpd
import pandas as pd
import shapely

from geo.errors import DataError
from geo.exchange.columns import match_columns
from geo.exchange.values import as_dates, as_text
from geo.exchange.vector import read_vector
from geo.survey.dates import unreadable

EXTENT_ALIASES = {
    "name": ("name", "event", "명칭", "사건"),
    "kind": ("kind", "type", "구분"),
    "date": ("date", "date_start", "as_of", "일자", "날짜", "발생일"),
}
KINDS = ("flood", "slide")


def read_extents(path: str | Path) -> gpd.GeoDataFrame:
    """Read extents of floods and slides.

    Parameters
    ----------
    path : str or Path
        Any vector format with a CRS; a column ``date`` (ISO, the day or its month or year) and, if there are slides, ``kind``.

    Returns
    -------
    GeoDataFrame, n rows
        ``name, kind, date`` as text and polygons in EPSG:4326.

    Raises
    ------
    DataError
        If a feature has no date, is no valid polygon, or is of an unknown kind.

    Examples
    --------
    >>> import tempfile
    >>> wet = gpd.GeoDataFrame({"event": ["2020"], "date": ["2020-08-05"]}, geometry=[shapely.box(127, 38, 128, 39)], crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     wet.to_file(f"{folder}/flood.gpkg")
    ...     read_extents(f"{folder}/flood.gpkg")[["name", "kind", "date"]].values.tolist()
    [['2020', 'flood', '2020-08-05']]
    """
    frame = read_vector(path, what="extents").to_crs(4326)
    cut = Path(path).suffix.lower() in (".shp", ".zip")
    frame = frame.rename(columns=match_columns(frame.columns.drop("geometry"), EXTENT_ALIASES, cut=cut))
    told = pd.DataFrame({name: _texts(frame, name) for name in EXTENT_ALIASES})
    told["kind"] = told["kind"].replace("", "flood")
    told["date"] = as_dates(frame["date"])[0] if "date" in frame else ""
    _refuse(frame, told, str(path))
    return gpd.GeoDataFrame(told, geometry=frame.geometry, crs=4326)


def _texts(frame: gpd.GeoDataFrame, name: str) -> pd.Series:
    if name not in frame:
        return pd.Series("", index=frame.index, dtype=str)
    return as_text(frame[name]).str.strip()


def _refuse(frame: gpd.GeoDataFrame, told: pd.DataFrame, where: str) -> None:
    areal = frame.geom_type.isin(["Polygon", "MultiPolygon"]) & shapely.is_valid(frame.geometry.values)
    faults = {
        "no date (YYYY-MM-DD)": (told["date"] == "") | unreadable(told["date"]),
        f"kind is none of {', '.join(KINDS)}": ~told["kind"].isin(KINDS),
        "no valid polygon": ~areal,
    }
    lines = [
        f"{what}: row {', '.join(str(row + 1) for row in told.index[bad][:10])}" for what, bad in faults.items() if bad.any()
    ]
    if lines:
        raise DataError("extents cannot be used", where=f"extents: {where}", found="; ".join(lines), mend="mend the file")
