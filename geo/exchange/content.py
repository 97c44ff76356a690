"""What a file says, apart from its bytes: canonical features and table cells, and their SHA-256.

Assumption: two files say the same when their features, put in order by id, have the same shapes to 1e-9 of a unit
and the same attributes (numbers to 12 significant digits, about 1 mm² on a field of 1 km²). Another SQLite, pyarrow
or PROJ then gives other bytes but the same content.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

DECIMALS = 9
SIGNIFICANT_DIGITS = 12


def canonical(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a frame in canonical form: sorted by id, columns sorted, plain values, shapes as hexadecimal WKB.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        A column ``id`` gives the order; rows without one, or with the same, follow their shapes.

    Returns
    -------
    DataFrame, n rows
        Every cell is None, a bool, a float or a str.

    Examples
    --------
    >>> point = gpd.GeoDataFrame({"id": ["b", "a"], "n": [1, 2]}, geometry=gpd.points_from_xy([1, 0], [0, 0]))
    >>> canonical(point)[["id", "n"]].values.tolist()
    [['a', 2.0], ['b', 1.0]]
    """
    plain = {str(name): plain_values(frame[name]) for name in frame.columns if name != frame.geometry.name}
    plain["geometry"] = plain_shapes(frame.geometry)
    table = pd.DataFrame({name: pd.Series(plain[name], dtype=object) for name in sorted(plain)})
    keys = [name for name in ("id", "geometry") if name in table]
    return table.sort_values(keys, key=lambda cells: cells.astype(str), kind="stable", ignore_index=True)


def plain_values(cells: pd.Series) -> list[Any]:
    """Return a column as None, bool, float or str, numbers to 12 significant digits.

    Examples
    --------
    >>> plain_values(pd.Series([1 / 3, None]))
    [0.333333333333, None]
    """
    missing = cells.isna().to_numpy()
    if pd.api.types.is_bool_dtype(cells):
        values: list[Any] = cells.astype(object).tolist()
    elif pd.api.types.is_numeric_dtype(cells):
        numbers = np.where(missing, 0.0, cells.to_numpy(float, na_value=0.0))
        values = np.char.mod(f"%.{SIGNIFICANT_DIGITS}g", numbers).astype(float).tolist()
    else:
        values = cells.astype(str).tolist()
    return [None if gone else value for gone, value in zip(missing.tolist(), values, strict=True)]


def plain_shapes(shapes: gpd.GeoSeries) -> list[str | None]:
    """Return normalised geometries, rounded to 1e-9, as little-endian hexadecimal WKB."""
    # adding zero turns -0.0 into 0.0, whose bytes differ
    rounded = shapely.transform(shapes.values, lambda xy: np.round(xy, DECIMALS) + 0.0, include_z=shapes.has_z.any())
    return list(shapely.to_wkb(shapely.normalize(rounded), hex=True, byte_order=1))


def content_sha256(frame: gpd.GeoDataFrame) -> str:
    """Return the SHA-256 of a frame's canonical features.

    Examples
    --------
    >>> one = gpd.GeoDataFrame({"id": ["a"]}, geometry=gpd.points_from_xy([1.0], [0.0]))
    >>> content_sha256(one) == content_sha256(one.translate(1e-12).to_frame("geometry").assign(id="a"))
    True
    """
    return _digest(canonical(frame).to_dict("list"))


def layer_frames(path: Path) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """Return every table of a GeoPackage, GeoParquet or GeoJSON file by name (one file, one layer: the stem)."""
    if path.suffix == ".parquet":
        return {path.stem: gpd.read_parquet(path)}
    if path.suffix == ".geojson":
        return {path.stem: pyogrio.read_dataframe(path)}
    names = sorted(str(name) for name, _ in pyogrio.list_layers(path))
    return {name: pyogrio.read_dataframe(path, layer=name) for name in names}


def table_cells(path: Path) -> pd.DataFrame:
    """Return a CSV file's cells as text, as they stand in the file."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def file_content_sha256(path: Path) -> str:
    """Return the SHA-256 of what a build file says.

    Layers are read back and put into canonical form; CSV counts by its cells, JSON by its values, anything else by its
    text. A GeoPackage combines its tables.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one, two = Path(folder, "one.json"), Path(folder, "two.json")
    ...     _ = one.write_text('{"a": 1}'), two.write_text('{ "a" : 1 }')
    ...     file_content_sha256(one) == file_content_sha256(two)
    True
    """
    if path.suffix in (".gpkg", ".parquet", ".geojson"):
        hashes = {name: _table_sha256(frame) for name, frame in layer_frames(path).items()}
        return _digest(hashes) if path.suffix == ".gpkg" else next(iter(hashes.values()))
    if path.suffix == ".csv":
        return _digest(table_cells(path).to_dict("split"))
    if path.suffix == ".json":
        return _digest(json.loads(path.read_text(encoding="utf-8")))
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _table_sha256(frame: gpd.GeoDataFrame | pd.DataFrame) -> str:
    if isinstance(frame, gpd.GeoDataFrame):
        return content_sha256(frame)
    return _digest({str(name): plain_values(frame[name]) for name in frame.columns})


def _digest(value: Mapping[Any, Any]) -> str:
    text = json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8")).hexdigest()
