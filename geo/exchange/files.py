"""Write layers and tables as files whose bytes repeat: GeoParquet, FlatGeobuf, GeoJSON, CSV and JSON.

Limit: a file holds no clock, no path and no name of the machine; pyarrow and GDAL sign their own files, so bytes
repeat for one set of library versions, and `geo.exchange.content` compares what the files say across versions.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.exchange.rounding import decimals_kept, rounded
from geo.layer import listed

GEOJSON_DECIMALS = 7  # RFC 7946 advises 6 to 7: 7 is about 1 cm
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")


def write_parquet(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoParquet 1.1 with a bounding-box column, compressed by zstd.

    Parameters
    ----------
    frame : GeoDataFrame
        In any CRS; written at full precision in the order given.
    path : Path
        Replaced if it exists.
    """
    frame.to_parquet(path, index=False, schema_version="1.1.0", write_covering_bbox=True, compression="zstd")


def write_flatgeobuf(frame: gpd.GeoDataFrame, path: Path, layer: str) -> None:
    """Write a frame as FlatGeobuf, with the spatial index that lets a reader take a part of it.

    Parameters
    ----------
    frame : GeoDataFrame
        In any CRS. The index puts features that are near each other together; without a geometry somewhere there is no index.
    path : Path
        Replaced if it exists.
    layer : str
        Stands in the file, which else held its own name.
    """
    kind = geometry_type(frame)
    whole = not shapely.is_missing(np.array(frame.geometry.values, dtype=object)).any()
    pyogrio.write_dataframe(
        frame,
        path,
        layer=layer,
        driver="FlatGeobuf",
        geometry_type=kind,
        promote_to_multi=kind.startswith("Multi"),
        layer_options={"SPATIAL_INDEX": "YES" if whole and len(frame) else "NO"},
    )


def write_geojson(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Write a frame as GeoJSON after RFC 7946: longitude and latitude, 7 decimals, outer rings counter-clockwise.

    Written here rather than by GDAL, which takes five times as long and whose releases word it differently. Heights are
    dropped; a shape that rounding would break keeps more decimals.

    Raises
    ------
    DataError
        If the frame has no CRS, or a shape reaches over the antimeridian, where RFC 7946 wants it cut.
    """
    if frame.crs is None:
        raise DataError("no CRS", where=path.name, mend="set the frame's CRS before it is written")
    shapes = np.asarray(shapely.orient_polygons(frame.to_crs("EPSG:4326").geometry.values), dtype=object)
    _refuse_antimeridian(shapes, frame, path.name)
    shapes = shapely.to_geojson(rounded(shapes, decimals_kept(shapes, GEOJSON_DECIMALS)))
    names = [name for name in frame.columns if name != frame.geometry.name]
    cells = zip(*(frame[name].astype(object).where(frame[name].notna(), None).tolist() for name in names), strict=True)
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    features = ",\n".join(
        f'{{"type":"Feature","properties":{encode(dict(zip(names, row, strict=True)))},"geometry":{shape or "null"}}}'
        for row, shape in zip(cells, shapes, strict=True)
    )
    text = f'{{"type":"FeatureCollection","features":[\n{features}\n]}}\n'
    path.write_text(text, encoding="utf-8", newline="\n")


def _refuse_antimeridian(shapes: NDArray[np.object_], frame: gpd.GeoDataFrame, name: str) -> None:
    """Refuse a part that spans more than half the globe or leaves ±180°; parts on either side of it are as they should be."""
    parts, owner = shapely.get_parts(shapes, return_index=True)
    west, _, east, _ = shapely.bounds(parts).T
    rows = np.unique(owner[(east - west > 180) | (west < -180) | (east > 180)])
    if not rows.size:
        return
    ids = frame["id"].astype(str).iloc[rows] if "id" in frame else [f"row {row + 1}" for row in rows]
    raise DataError(
        "over the antimeridian",
        where=name,
        expected="parts from -180 to 180 degrees of longitude, none wider than 180",
        found=listed(ids),
        mend="cut these shapes at 180 degrees, or write .gpkg, which keeps them as they are",
    )


def geometry_type(frame: gpd.GeoDataFrame) -> str:
    """Return the one OGR geometry type that holds every feature, ``Unknown`` when they are mixed; with heights, ``… Z``.

    Examples
    --------
    >>> import shapely
    >>> square = shapely.box(0, 0, 1, 1)
    >>> geometry_type(gpd.GeoDataFrame(geometry=[square, shapely.MultiPolygon([square])]))
    'MultiPolygon'
    """
    kinds = {str(kind) for kind in frame.geom_type.dropna()}
    single = {kind.removeprefix("Multi") for kind in kinds}
    heights = set(shapely.has_z(frame.geometry.values)[~shapely.is_missing(frame.geometry.values)].tolist())
    if len(single) != 1 or single == {"GeometryCollection"} or len(heights) != 1:
        return "Unknown"
    tail = " Z" if heights.pop() else ""
    lone = len(kinds) == 1 and not next(iter(kinds)).startswith("Multi")
    return f"{'' if lone else 'Multi'}{single.pop()}{tail}"


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    r"""Write a table as CSV: UTF-8, ``\n``, the shortest numbers that read back exactly.

    Counts (``n_…``) have no decimal point. A text cell that a spreadsheet would run as a formula gets a leading
    apostrophe.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_csv(pd.DataFrame({"name": ["=1+1"], "n_fields": [3.0], "km2": [0.1]}), Path(folder, "t.csv"))
    ...     Path(folder, "t.csv").read_text()
    "name,n_fields,km2\n'=1+1,3,0.1\n"
    """
    _spreadsheet_safe(_whole_counts(frame)).to_csv(path, index=False, lineterminator="\n", encoding="utf-8")


def write_json(value: object, path: Path) -> None:
    """Write a value as JSON: UTF-8, keys in the order given, one-space indent, no NaN.

    The order of a configuration's tables is kept, for the rows of the area table follow it.
    """
    text = json.dumps(value, ensure_ascii=False, indent=1, allow_nan=False)
    path.write_text(text + "\n", encoding="utf-8", newline="\n")


def records(frame: pd.DataFrame) -> list[dict[str, Any]]:
    """Return a table as JSON-able records, None where a cell is empty.

    Examples
    --------
    >>> records(pd.DataFrame({"part": ["all"], "n_features": [2.0], "net_km2": [float("nan")]}))
    [{'part': 'all', 'n_features': 2, 'net_km2': None}]
    """
    plain = _whole_counts(frame).astype(object)
    rows = plain.where(plain.notna(), None).to_dict("records")
    return [{str(name): value for name, value in row.items()} for row in rows]


def _whole_counts(frame: pd.DataFrame) -> pd.DataFrame:
    counts = [name for name in frame.columns if str(name).startswith("n_") and pd.api.types.is_float_dtype(frame[name])]
    whole = [name for name in counts if (frame[name].dropna() % 1 == 0).all()]
    return frame.astype(dict.fromkeys(whole, "Int64"))


def _spreadsheet_safe(frame: pd.DataFrame) -> pd.DataFrame:
    texts = [name for name in frame.columns if not pd.api.types.is_numeric_dtype(frame[name])]
    return frame.assign(**{name: _guarded(frame[name]) for name in texts})


def _guarded(cells: pd.Series) -> pd.Series:
    if isinstance(cells.dtype, pd.StringDtype):
        run = cells.str.startswith(FORMULA_SIGNS, na=False)
        return cells.where(~run, "'" + cells) if run.any() else cells
    return cells.map(_guard, na_action="ignore")


def _guard(cell: object) -> object:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_SIGNS) else cell
