"""What each format that is written here cannot hold of a frame, in a sentence each.

Assumption: what a file holds is what a reader gets back from it, as the round trips of the tests find it. Limit: a loss is told
of a layer and a column, not of each cell.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet
import pyogrio
import pyogrio.errors
import shapely

from geo.exchange.files import FORMULA_SIGNS
from geo.exchange.kml import NO_CORNERS, corners_fit
from geo.exchange.rounding import decimals_kept

TEXT_BYTES = 254  # most that a DBF cell holds
DBF_DECIMALS = 15
GEOJSON_DECIMALS, FIELD_DECIMALS, CSV_DECIMALS = 7, 6, 9
FEW = 100  # rows that are looked at before all are


class Loss(NamedTuple):
    """One thing that a format could not hold: what kind, where, and a sentence.

    Of kind ``files`` it is no loss: the sentence names a file that was written beside the one asked for.
    """

    kind: str
    layer: str
    told: str


def dates_as_text(path: Path, layer: str) -> list[Loss]:
    """Return what reading a file has turned: its columns of dates, which every file written here holds as ISO text.

    Parameters
    ----------
    path : Path
        Of the file that was read.
    layer : str
        Its layer, "" for the only one.
    """
    try:
        if path.suffix.lower() == ".parquet":
            schema = pyarrow.parquet.read_schema(path)
            columns = [entry.name for entry in schema if pa.types.is_temporal(entry.type)]
        else:
            info = pyogrio.read_info(path, layer=layer or None)
            kinds = zip(info["fields"], info["dtypes"], strict=True)
            columns = [str(name) for name, kind in kinds if str(kind).startswith(("datetime", "date"))]
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pa.ArrowInvalid, OSError):
        return []  # a format that other readers open, whose dates are text
    name = layer or path.stem
    return [Loss("types", name, f"{name}: dates of {', '.join(columns)} are written as ISO text")] if columns else []


def clashes(frame: gpd.GeoDataFrame, suffix: str) -> list[tuple[str, str]]:
    """Return (column, its name in the file) where names differ in case only, or the format needs one for itself."""
    taken = {"bbox"} if suffix == ".parquet" else {"wkt"} if suffix == ".csv" else set()
    changed = []
    for name in (str(column) for column in frame.columns if column != "geometry"):
        free = name
        while (free if suffix == ".parquet" else free.casefold()) in taken:
            free += "_"
        taken.add(free if suffix == ".parquet" else free.casefold())
        changed += [(name, free)] if free != name else []
    return changed


def renamed(suffix: str) -> Callable[[str, gpd.GeoDataFrame], list[Loss]]:
    """Return what tells the columns that a format needs under another name."""

    def losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
        pairs = ", ".join(f"{old} is {new}" for old, new in clashes(frame, suffix))
        return [Loss("names", name, f"{name}: column names are changed: {pairs}")] if pairs else []

    return losses


def _rounded(name: str, frame: gpd.GeoDataFrame, decimals: int) -> list[Loss]:
    """Return what degrees with so many decimals lose: heights and digits."""
    lost = []
    if frame.has_z.any():
        lost.append(Loss("heights", name, f"{name}: heights are not written"))
    if any(_finer(rows, decimals) for rows in (frame.geometry.iloc[:FEW], frame.geometry)):  # mostly a few tell
        n_thin = int((decimals_kept(frame.geometry.values, decimals) > decimals).sum())
        more = f"; {n_thin} shapes too thin for that keep more" if n_thin else ""
        lost.append(Loss("precision", name, f"{name}: coordinates are rounded to {decimals} decimals of a degree{more}"))
    return lost


def _finer(shapes: gpd.GeoSeries, decimals: int) -> bool:
    """Whether a vertex has more decimals of a degree."""
    points = shapely.get_coordinates(shapes.values)
    return bool((np.abs(points - np.round(points, decimals)) > 1e-12).any())


def text_columns(frame: gpd.GeoDataFrame) -> list[str]:
    """Return the columns of text."""
    return [str(name) for name in frame.columns if name != "geometry" and isinstance(frame[name].dtype, pd.StringDtype)]


def _mixed_blanks(name: str, frame: gpd.GeoDataFrame, missing: bool) -> list[Loss]:
    """Return the loss of a format that reads empty text back as missing (`missing`), or missing text as empty."""
    columns = [c for c in text_columns(frame) if ((frame[c] == "") if missing else frame[c].isna()).any()]
    told = "empty text reads back as missing" if missing else "missing text reads back as empty"
    return [Loss("missing", name, f"{name}: {told} in {', '.join(columns)}")] if columns else []


def geojson_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    """Return what GeoJSON loses."""
    return renamed(".geojson")(name, frame) + _rounded(name, frame, GEOJSON_DECIMALS)


def kml_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    """Return what KML and KMZ lose."""
    lost = renamed(".kml")(name, frame) + _rounded(name, frame, FIELD_DECIMALS)
    return lost if corners_fit(frame) else [*lost, Loss("corners", name, f"{name}: {NO_CORNERS[0]}")]


def gpx_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    """Return what GPX loses."""
    lost = _rounded(name, frame, FIELD_DECIMALS)
    if frame.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"]).any():
        lost.append(Loss("polygons", name, f"{name}: polygons are closed tracks, a hole a track of its own"))
    carried = [str(column) for column in frame.columns if column != "geometry"]
    if carried:
        told = f"{name}: attributes stand only in names and descriptions, in words; {len(carried)} columns have no field"
        lost.append(Loss("attributes", name, told))
    return lost


def csv_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    """Return what CSV loses."""
    lost = _rounded(name, frame, CSV_DECIMALS)
    told = "a CSV states its CRS only in the SRID before each WKT, longitude and latitude in WGS 84 (EPSG:4326)"
    lost.append(Loss("crs", name, f"{name}: {told}"))
    signed = [c for c in text_columns(frame) if frame[c].str.startswith(FORMULA_SIGNS, na=False).any()]
    if signed:
        told = f"{name}: cells of {', '.join(signed)} that a spreadsheet would run begin with an apostrophe"
        lost.append(Loss("text", name, told))
    return renamed(".csv")(name, frame) + lost + _mixed_blanks(name, frame, missing=False)


def fgb_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    """Return what FlatGeobuf loses."""
    lost = renamed(".fgb")(name, frame)
    if len(frame) > 1 and not shapely.is_missing(np.array(frame.geometry.values, dtype=object)).any():
        lost.append(Loss("order", name, f"{name}: features stand in another order, neighbours together"))
    return lost


def shapefile_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    """Return what a Shapefile loses."""
    short = dbf_names([str(column) for column in frame.columns if column != "geometry"])
    cut = ", ".join(f"{old} is {new}" for old, new in short.items() if old != new)
    lost = [Loss("names", name, f"{name}: column names hold 10 bytes: {cut}")] if cut else []
    for column in text_columns(frame):
        long = frame[column].dropna().str.encode("utf-8").str.len() > TEXT_BYTES
        if long.any():
            lost.append(Loss("text", name, f"{name}: {int(long.sum())} texts of {column} are cut to {TEXT_BYTES} bytes"))
    numbers = [str(c) for c in frame.columns if c != "geometry" and pd.api.types.is_float_dtype(frame[c])]
    fine = [c for c in numbers if (np.abs(frame[c] - np.round(frame[c], DBF_DECIMALS)) > 1e-12 * np.abs(frame[c])).any()]
    if fine:
        lost.append(Loss("numbers", name, f"{name}: small numbers of {', '.join(fine)} keep {DBF_DECIMALS} decimals"))
    kinds = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna()}
    if len(kinds) > 1:
        lost.append(Loss("geometry", name, f"{name}: points, lines and polygons stand in files of their own"))
    return lost + _mixed_blanks(name, frame, missing=True)


def dbf_names(columns: Sequence[str]) -> dict[str, str]:
    """Return {column: its name in a DBF}: at most 10 bytes of UTF-8, no two alike whatever their case.

    Examples
    --------
    >>> dbf_names(["national_term", "national_total", "지뢰지대구분", "id"])
    {'national_term': 'national_t', 'national_total': 'national_1', '지뢰지대구분': '지뢰지', 'id': 'id'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        short, number = cut_bytes(column, 10), 0
        while short.casefold() in taken:
            number += 1
            short = cut_bytes(column, 10 - len(str(number))) + str(number)
        taken.add(short.casefold())
        found[column] = short
    return found


def cut_bytes(text: str, n_bytes: int) -> str:
    """Return the beginning of a text that so many bytes of UTF-8 hold, no character halved."""
    return text.encode("utf-8")[:n_bytes].decode("utf-8", errors="ignore")
