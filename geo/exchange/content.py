"""What a file says, apart from its bytes: canonical features and table cells, and their SHA-256.

Assumption: two files say the same when their features, put in order by id, have the same shapes to 1e-9 of a unit
and the same attributes (numbers to 12 significant digits, about 1 mm² on a field of 1 km²). Another SQLite, pyarrow
or PROJ then gives other bytes but the same content.
"""

from __future__ import annotations

import base64
import csv
import hashlib
import json
import re
import warnings
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.csv
import pyogrio
import shapely
from numpy.typing import NDArray

from geo.exchange.archive import read_zip
from geo.exchange.raster import read_bands
from geo.exchange.texts import joined, written
from geo.steps import unpacked_steps

DECIMALS = 9
SIGNIFICANT_DIGITS = 12
OF_BYTES = frozenset({"file:checksum", "file:size", "hash", "bytes"})  # in a STAC item and a data package
MULTI_TYPES = (4, 5, 6)  # GEOS: multipoint, multilinestring, multipolygon
LAYER_FILES = (".gpkg", ".parquet", ".geojson", ".fgb")
ZIPS = (".kmz", ".qgz", ".zip")  # another zlib packs the same text into other bytes
BETWEEN_COLUMNS, BETWEEN_CELLS = "\x1d", "\x1e"  # ASCII's own separators: no cell holds them
POWERS = np.array([float(f"1e{power}") for power in range(300)])
GEOMETRY_SET = {"decimals", "x", "y"}  # keys of a page's coordinates, see geo.steps
DATA_BLOCK = re.compile(r'(<script type="application/json" id="data-([^"]+)">)([^<]*)(?=</script>)')


def canonical(frame: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return a frame in canonical form: sorted by id, columns sorted, plain values, shapes as WKB.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        A column ``id`` gives the order; rows without one, or with the same, follow their shapes.

    Returns
    -------
    DataFrame, n rows
        Every cell is None, NaN, a bool, a float, a str or, for shapes, bytes.

    Examples
    --------
    >>> point = gpd.GeoDataFrame({"id": ["b", "a"], "n": [1, 2]}, geometry=gpd.points_from_xy([1, 0], [0, 0]))
    >>> canonical(point)[["id", "n"]].values.tolist()
    [['a', 2.0], ['b', 1.0]]
    """
    plain = {name: cells.tolist() for name, cells in plain_columns(frame).items()}
    return pd.DataFrame({name: pd.Series(plain[name], dtype=object) for name in sorted(plain)})


def plain_columns(frame: gpd.GeoDataFrame) -> dict[str, NDArray[Any]]:
    """Return every column as plain values and the shapes as WKB, in canonical order; each shape (n,)."""
    plain = {str(name): plain_values(frame[name]) for name in frame.columns if name != frame.geometry.name}
    shapes = plain_shapes(frame.geometry)
    ids = [str(key) for key in plain["id"]] if "id" in plain else [""] * len(frame)
    keys: list[Any] = ids if len(set(ids)) == len(ids) else list(zip(ids, map(str, shapes), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return {name: cells[order] for name, cells in (plain | {"geometry": shapes}).items()}


def plain_values(cells: pd.Series) -> NDArray[Any]:
    """Return a column as float64 to 12 or 13 significant digits, or as objects: None, bool, str; shape (n,).

    Examples
    --------
    >>> plain_values(pd.Series([1 / 3, None])).tolist(), plain_values(pd.Series(["a", None])).tolist()
    ([0.3333333333333, nan], ['a', None])
    """
    if pd.api.types.is_numeric_dtype(cells) and not pd.api.types.is_bool_dtype(cells):
        return _rounded(cells.to_numpy(float, na_value=np.nan))
    missing = cells.isna().to_numpy()
    plain = cells if pd.api.types.is_bool_dtype(cells) else cells.astype(str)
    values = np.array(plain.tolist(), dtype=object)
    values[missing] = None
    return values


def _rounded(numbers: NDArray[np.float64]) -> NDArray[np.float64]:
    """Round to significant digits by exact steps only, so that every machine gives the same bits."""
    exponent = np.frexp(np.where(np.isfinite(numbers), numbers, 0.0))[1]
    decimals = np.clip(SIGNIFICANT_DIGITS - np.floor(exponent * np.log10(2)).astype(int), 0, len(POWERS) - 1)
    power = POWERS[decimals]
    with np.errstate(over="ignore"):
        scaled = numbers * power
    return np.where(np.isfinite(scaled), np.rint(scaled) / power, numbers) + 0.0  # plus zero turns -0.0 into 0.0


def plain_shapes(shapes: gpd.GeoSeries) -> NDArray[np.object_]:
    """Return normalised geometries, rounded to 1e-9, as little-endian WKB; shape (n,).

    Points that rounding brought together count once: a ring could otherwise begin at either. A collection of one part says
    what the part says: GeoPackage stores a layer's single polygons as collections when one feature has several parts.
    """
    has_z = bool(shapes.has_z.any())
    rounded = shapely.transform(shapes.values, lambda points: np.round(points, DECIMALS) + 0.0, include_z=has_z)
    clean = np.asarray(shapely.remove_repeated_points(rounded), dtype=object)
    lone = np.isin(shapely.get_type_id(clean), MULTI_TYPES) & (shapely.get_num_geometries(clean) == 1)
    clean[lone] = shapely.get_geometry(clean[lone], 0)
    return np.asarray(shapely.to_wkb(shapely.normalize(clean), byte_order=1), dtype=object)


def content_sha256(frame: gpd.GeoDataFrame) -> str:
    """Return the SHA-256 of a frame's canonical features.

    Examples
    --------
    >>> one = gpd.GeoDataFrame({"id": ["a"]}, geometry=gpd.points_from_xy([1.0], [0.0]))
    >>> content_sha256(one) == content_sha256(one.translate(1e-12).to_frame("geometry").assign(id="a"))
    True
    """
    digest = hashlib.sha256()
    for name, cells in sorted(plain_columns(frame).items()):
        digest.update(_bytes([name, len(cells)]))
        if name == "geometry":
            digest.update(b"".join(shape or b"none" for shape in cells))
        elif cells.dtype == float:
            digest.update(np.where(np.isnan(cells), np.nan, cells).astype("<f8").tobytes())
        else:
            digest.update(_bytes(cells.tolist()))
    return digest.hexdigest()


def layer_frames(path: Path) -> dict[str, gpd.GeoDataFrame | pd.DataFrame]:
    """Return every table of a GeoPackage, GeoParquet, FlatGeobuf or GeoJSON file by name (one file, one layer: the stem).

    A shape that somebody broke is None, so that a comparison can go on and name it.
    """
    if path.suffix == ".parquet":
        return {path.stem: gpd.read_parquet(path)}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # GDAL complains of shapes broken by hand; the comparison tells them better
        if path.suffix in (".geojson", ".fgb"):
            return {path.stem: pyogrio.read_dataframe(path, on_invalid="ignore", use_arrow=True)}
        names = sorted(str(name) for name, _ in pyogrio.list_layers(path))
        return {name: pyogrio.read_dataframe(path, layer=name, on_invalid="ignore", use_arrow=True) for name in names}


def table_cells(path: Path) -> pd.DataFrame:
    """Return a CSV file's cells as text, as they stand in the file."""
    return pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8")


def text_columns(path: Path) -> pa.Table:
    """Return a CSV file's cells as text, as they stand in the file; ten times as fast as `table_cells`.

    Raises
    ------
    pyarrow.ArrowInvalid
        If rows have more or fewer cells than the header.
    """
    with path.open(encoding="utf-8", newline="") as file:
        names = next(csv.reader(file), [])
    kinds = pyarrow.csv.ConvertOptions(column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False)
    return pyarrow.csv.read_csv(path, parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True), convert_options=kinds)


def _cells_sha256(path: Path) -> str:
    """Return the SHA-256 of a table's names and cells, column by column; what is no table counts by its text."""
    digest = hashlib.sha256()
    try:
        table = text_columns(path)
    except pa.ArrowInvalid:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    for name, cells in zip(table.column_names, table.columns, strict=True):
        digest.update(f"{name}{BETWEEN_COLUMNS}".encode())
        digest.update(written(joined(cells.combine_chunks(), BETWEEN_CELLS)))
    return digest.hexdigest()


def page_blocks(text: str) -> dict[str, str]:
    """Return the JSON text of every compressed data block of a page, by name.

    Examples
    --------
    >>> block = base64.b64encode(zlib.compress(b'{"n":1}')).decode()
    >>> page_blocks(f'<p>1</p><script type="application/json" id="data-dmz">{block}</script>')
    {'dmz': '{"n":1}'}
    """
    return {name: _inflated(block) for _, name, block in DATA_BLOCK.findall(text)}


def drawn_points(blocks: Any) -> Iterator[NDArray[np.float64]]:
    """Yield the vertices [degrees] of every geometry set in a page's blocks, each shape (n, 2)."""
    if isinstance(blocks, list):
        for item in blocks:
            yield from drawn_points(item)
    elif isinstance(blocks, dict) and blocks.keys() >= GEOMETRY_SET:
        yield np.column_stack([unpacked_steps(blocks["x"]), unpacked_steps(blocks["y"])]) / 10.0 ** blocks["decimals"]
    elif isinstance(blocks, dict):
        yield from drawn_points(list(blocks.values()))


def without_points(blocks: Any) -> Any:
    """Return a page's blocks without the packed coordinates of their geometry sets, which are no words."""
    if isinstance(blocks, list):
        return [without_points(item) for item in blocks]
    if not isinstance(blocks, dict):
        return blocks
    packed = {"x", "y"} if blocks.keys() >= GEOMETRY_SET else set()
    return {key: without_points(item) for key, item in blocks.items() if key not in packed}


def page_block(text: str, name: str) -> str | None:
    """Return the JSON text of one data block of a page, the others left as they are; None where the page has no such block.

    Raises
    ------
    ValueError, zlib.error
        If the block is damaged.

    Examples
    --------
    >>> block = base64.b64encode(zlib.compress(b'{"n":1}')).decode()
    >>> page = f'<script type="application/json" id="data-dmz">{block}</script>'
    >>> page_block(page, "dmz"), page_block(page, "mcz")
    ('{"n":1}', None)
    """
    return next((_inflated(found[3]) for found in DATA_BLOCK.finditer(text) if found[2] == name), None)


def opened_page(path: Path) -> str:
    """Return a page's text with its data blocks decoded: another zlib packs the same data into other bytes."""
    return DATA_BLOCK.sub(lambda found: found[1] + _inflated(found[3]), path.read_bytes().decode().replace("\r\n", "\n"))


def _inflated(block: str) -> str:
    return zlib.decompress(base64.b64decode(block, validate=True)).decode()


def file_content_sha256(path: Path) -> str:
    """Return the SHA-256 of what a build file says.

    Layers are read back and put into canonical form; CSV counts by its cells, JSON by its values, a raster by its bands and
    place, a page by its text with the data blocks decoded, a zip (KMZ, QGZ) by the files in it, anything else by its text. A
    GeoPackage combines its tables.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one, two = Path(folder, "one.json"), Path(folder, "two.json")
    ...     _ = one.write_text('{"a": 1}'), two.write_text('{ "a" : 1 }')
    ...     file_content_sha256(one) == file_content_sha256(two)
    True
    """
    if path.suffix in LAYER_FILES:
        return combined_sha256({name: table_sha256(frame) for name, frame in layer_frames(path).items()})
    if path.suffix == ".csv":
        return _cells_sha256(path)
    if path.suffix == ".json":
        return _digest(_without_checksums(json.loads(path.read_text(encoding="utf-8"))))
    if path.suffix == ".tif":
        bands, place = read_bands(path)
        return _digest(place | {name: hashlib.sha256(values.tobytes()).hexdigest() for name, values in bands.items()})
    if path.suffix in ZIPS:
        return _digest([[name, hashlib.sha256(data).hexdigest()] for name, data in read_zip(path).items()])
    if path.suffix == ".html":
        return hashlib.sha256(opened_page(path).encode()).hexdigest()
    return hashlib.sha256(path.read_bytes().replace(b"\r\n", b"\n")).hexdigest()


def _without_checksums(value: Any) -> Any:
    """Return a JSON value without what a catalogue says of other files' bytes: their own content is compared."""
    if isinstance(value, dict):
        return {key: _without_checksums(inner) for key, inner in value.items() if key not in OF_BYTES}
    return [_without_checksums(inner) for inner in value] if isinstance(value, list) else value


def combined_sha256(hashes: Mapping[str, str]) -> str:
    """Return the SHA-256 of a file's tables: that of the only one, or of all combined."""
    return next(iter(hashes.values())) if len(hashes) == 1 else _digest(dict(hashes))


def table_sha256(frame: gpd.GeoDataFrame | pd.DataFrame) -> str:
    """Return the SHA-256 of a table with or without shapes."""
    if isinstance(frame, gpd.GeoDataFrame):
        return content_sha256(frame)
    return _digest({str(name): frame[name].astype(str).tolist() for name in frame.columns})


def _digest(value: object) -> str:
    return hashlib.sha256(_bytes(value)).hexdigest()


def _bytes(value: object) -> bytes:
    return json.dumps(value, sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
