"""Read any file of a build back as what it says: names of columns, texts, numbers and places.

Assumption: whatever stands in a file in plain sight can be read by somebody, so nothing is skipped for being in a comment, a tag
or an archive inside. A file of a kind that is not known here cannot be vouched for, and is refused. The limit: pictures count by
their text alone, and of a page's scripts the data blocks, the strings and the pairs of coordinates do.
"""

from __future__ import annotations

import html
import json
import re
import sqlite3
import struct
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import CheckFailed, nearest
from geo.exchange.content import DATA_BLOCK, drawn_points, layer_frames, page_blocks, without_points
from geo.exchange.png import png_texts

Floats = NDArray[np.float64]
LON, LAT = {"lon", "long", "longitude", "lng", "x", "경도"}, {"lat", "latitude", "y", "위도"}
TAGS = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<!--|-->|<[^>]*>", flags=re.S)
SCRIPTS = re.compile(r"<(script|style)\b.*?</\1>", flags=re.S)
ATTRIBUTES = re.compile(r"""=\s*(?:"([^"<>]*)"|'([^'<>]*)')""")
ASIDES = re.compile(r"<!--(.*?)-->|<\?(?!xml )(.*?)\?>", flags=re.S)  # comments and instructions
STRINGS = re.compile(r"""(["'`])((?:(?!\1)[^\\\n])*)\1""")
BETWEEN = re.compile(r"[\x00-\x1f\ufffd]+")  # what no text holds
PAIRS = re.compile(r"(?<![\d.-])(?=(-?\d{1,3}\.\d{3,})[°\s]*[NEne북동]?\s*[,;\s]\s*(-?\d{1,3}\.\d{3,})(?![\d.]*\d))")
ANGLES = re.compile(r"(\d{1,3})\s*°\s*(\d{1,2})\s*['′]\s*(\d{1,2}(?:\.\d+)?)\s*(?:[\"″]|'')")
NUMBERS = re.compile(r"(?<![\w.])\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\w.]|,\d)|(?<![\w.])\d+(?:\.\d+)?(?:[eE][-+]?\d+)?(?![\w])")
OF_SHAPES = ("type", "coordinates", "geometries")
IMAGES = (".png",)
STANDARD_TABLES = ("layer_styles",)  # with a column "owner", which is QGIS's word
HIDDEN_TABLES = ("layer_styles", "rtree_", "sqlite_", "gpkg_spatial_ref_sys", "gpkg_ogr_contents", "gpkg_tile")


@dataclass(frozen=True, slots=True)
class Said:
    """What a file, or one table of it, says.

    Attributes
    ----------
    where : str
        File and table, for messages.
    names : set of str
        Of columns, keys and fields.
    texts : set of str
    numbers, points : list of ndarray
        Numbers of any shape; longitude and latitude [degrees], shape (n, 2).
    table : str
        Name of the layer, "" where the file holds none.
    frame : GeoDataFrame or None
        The layer itself.
    """

    where: str
    names: set[str] = field(default_factory=set)
    texts: set[str] = field(default_factory=set)
    numbers: list[Floats] = field(default_factory=list)
    points: list[Floats] = field(default_factory=list)
    table: str = ""
    frame: gpd.GeoDataFrame | None = None

    def all_numbers(self) -> Floats:
        """Return every number of the file, those in its texts too, once; shape (n,)."""
        parts = [np.ravel(np.asarray(part, dtype=float)) for part in self.numbers]
        found = np.concatenate([np.zeros(0), *parts, text_numbers(self.texts)])
        return np.asarray(np.unique(found[np.isfinite(found)]))

    def all_points(self) -> Floats:
        """Return every place of the file, those in its texts too; shape (n, 2)."""
        return np.concatenate([np.zeros((0, 2)), *self.points, text_points(self.texts)])


def read_back(path: Path, where: str) -> Iterator[Said]:
    r"""Yield what a file says, table by table.

    Parameters
    ----------
    path : Path
    where : str
        Its name in the build, for messages.

    Raises
    ------
    CheckFailed
        If the file is of an unknown kind or cannot be read.

    Examples
    --------
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "t.csv")
    ...     _ = path.write_text("id,lon,lat\nYC-014,127.1234567,38.7654321\n")
    ...     said = next(read_back(path, "t.csv"))
    >>> sorted(said.names), said.texts, said.all_points().tolist()
    (['id', 'lat', 'lon'], {'YC-014'}, [[127.1234567, 38.7654321]])
    """
    suffix = path.suffix.lower()
    if suffix not in READERS:
        raise CheckFailed(
            "file that cannot be read back", where=where, found=suffix or "no suffix", expected=", ".join(sorted(READERS)),
            mend=f"{nearest(suffix, READERS)} leave it out of a public build: nobody can vouch for it".strip(),
        )  # fmt: skip
    try:
        yield from READERS[suffix](path, where)
    except (
        OSError,
        ValueError,
        RuntimeError,
        KeyError,
        zipfile.BadZipFile,
        zlib.error,
        sqlite3.Error,
        ElementTree.ParseError,
    ) as fault:
        raise CheckFailed("file that cannot be read back", where=where, found=f"{type(fault).__name__} {fault}"[:200]) from fault


def text_points(texts: Iterable[str]) -> Floats:
    r"""Return the places that stand in texts as pairs of decimal degrees, or of degrees, minutes and seconds; shape (n, 2).

    Which comes first is not asked: a pair that may be read both ways is given both ways.

    Examples
    --------
    >>> text_points(["POINT (127.123 38.456)", "near 38.5000, 127.2500"]).round(3).tolist()
    [[127.123, 38.456], [127.25, 38.5]]
    >>> text_points(["38° 30' 00\" N 127° 15' 00\" E"]).tolist()
    [[127.25, 38.5]]
    """
    joined = "\n|\n".join(texts)  # no pair across two texts
    pairs = np.array(PAIRS.findall(joined), dtype=float).reshape(-1, 2)
    angles = np.array(ANGLES.findall(joined), dtype=float).reshape(-1, 3) @ np.array([1, 1 / 60, 1 / 3600])
    pairs = np.concatenate([pairs, np.stack([angles[:-1], angles[1:]], axis=1)]) if len(angles) > 1 else pairs
    both = np.concatenate([pairs, pairs[:, ::-1]])
    return np.asarray(both[np.abs(both[:, 1]) <= 90])


def text_numbers(texts: Iterable[str]) -> Floats:
    """Return the numbers that stand in texts, without their signs; shape (n,).

    Examples
    --------
    >>> text_numbers(["12,345.6 m², 52S CG 12345"]).tolist()
    [12345.6, 12345.0]
    """
    return np.array([float(word.replace(",", "")) for word in NUMBERS.findall("\n".join(texts))], dtype=float)


def leaves(value: Any, *, names: bool = False) -> Iterator[str]:
    """Yield every text in a JSON value; the names in an object count if wanted, or if they are no lone word.

    Examples
    --------
    >>> list(leaves({"part": ["all", 1], "Hill 395": None}))
    ['all', 'Hill 395']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, names=names)
            if names or not str(key).isidentifier():
                yield str(key)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item, names=names)


def table_strings(frame: pd.DataFrame) -> Iterator[str]:
    """Yield every text of a table once a column."""
    for name in frame.columns:
        cells = frame[name]
        if not isinstance(cells, gpd.GeoSeries) and not pd.api.types.is_numeric_dtype(cells):
            yield from cells.dropna().astype(str).unique()


def _table(frame: pd.DataFrame, where: str, table: str = "") -> Said:
    """Return what a table says; a pair of columns of longitude and latitude counts as places."""
    said = Said(where, {str(name) for name in frame.columns}, set(table_strings(frame)), table=table)
    plain = {str(name).strip().casefold(): name for name in frame.columns}
    numeric = [name for name in frame.columns if pd.api.types.is_numeric_dtype(frame[name])]
    said.numbers.extend(frame[name].to_numpy(float, na_value=np.nan) for name in numeric)
    lon, lat = ([plain[name] for name in plain if name in known or name.split("_")[0] in known] for known in (LON, LAT))
    for east, north in zip(lon, lat, strict=False):
        pair = [pd.to_numeric(frame[name], errors="coerce").to_numpy(float, na_value=np.nan) for name in (east, north)]
        said.points.append(np.stack(pair, axis=1)[np.isfinite(pair).all(axis=0)])
    return said


def _layers(path: Path, where: str) -> Iterator[Said]:
    """Yield the tables of a vector file, and what stands beside them."""
    for name, frame in layer_frames(path).items():
        plain = frame.drop(columns=frame.geometry.name) if isinstance(frame, gpd.GeoDataFrame) else frame
        said = _table(pd.DataFrame(plain), f"{where} {name}", name)
        if name in STANDARD_TABLES:
            said.names.clear()
        if isinstance(frame, gpd.GeoDataFrame):
            here = frame.to_crs("EPSG:4326") if frame.crs is not None and frame.crs != "EPSG:4326" else frame
            said.points.append(shapely.get_coordinates(here.geometry.values))
            said = Said(said.where, said.names, said.texts, said.numbers, said.points, name, here)
        yield said
    if path.suffix == ".gpkg":
        yield from _hidden_tables(path, where)
    elif path.suffix == ".parquet":
        yield _footer(path, where)
    elif path.suffix == ".geojson":
        value = json.loads(path.read_text("utf-8"))
        beside = [_beside(feature) for feature in value.pop("features", ())]
        yield _json_value([value, *filter(None, beside)], where)
    elif path.suffix == ".fgb":
        raw = path.read_bytes()
        yield Said(where, set(), _strings(raw[12 : 12 + struct.unpack("<I", raw[8:12])[0]]))  # title, description, metadata


def _beside(feature: Mapping[str, Any]) -> dict[str, Any]:
    """Return what a GeoJSON feature says that is no property and no place."""
    shape = {name: value for name, value in (feature.get("geometry") or {}).items() if name not in OF_SHAPES}
    rest = {name: value for name, value in feature.items() if name not in ("type", "properties", "geometry")}
    return rest | ({"geometry": shape} if shape else {})


def _strings(raw: bytes) -> set[str]:
    """Return what looks like text among bytes."""
    return {part for part in BETWEEN.split(raw.decode("utf-8", "replace")) if len(part) > 1}


def _hidden_tables(path: Path, where: str) -> Iterator[Said]:
    """Yield what a GeoPackage says beside its layers: descriptions, metadata, extents, styles."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as file:
        spatial = {row[0] for row in file.execute("SELECT table_name FROM gpkg_geometry_columns")}
        names = [row[0] for row in file.execute("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")]
        made_by = {row[0] for row in file.execute("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL")}
        free = file.execute("PRAGMA freelist_count").fetchone()[0]
        yield Said(where, set(), made_by | (_strings(path.read_bytes()) if free else set()))  # free pages keep deleted rows
        for name in [name for name in names if name not in spatial and not name.startswith(HIDDEN_TABLES)]:
            cursor = file.execute(f'SELECT * FROM "{name}"')
            rows = cursor.fetchall()
            texts = {cell for row in rows for cell in row if isinstance(cell, str)}
            texts = texts.union(*(_strings(cell) for row in rows for cell in row if isinstance(cell, bytes)))
            numbers = np.array([cell for row in rows for cell in row if isinstance(cell, (int, float))], dtype=float)
            own = {column[0] for column in cursor.description} if not name.startswith("gpkg_") else set()
            yield Said(f"{where} {name}", own, texts, [numbers])


def _footer(path: Path, where: str) -> Said:
    import pyarrow.parquet as pq

    schema = pq.read_schema(path)
    told = (pq.read_metadata(path).metadata or {}) | (schema.metadata or {})
    parts = [json.loads(text) for key, text in told.items() if key in (b"geo", b"pandas")]
    others = [text for key, text in told.items() if key not in (b"geo", b"pandas", b"ARROW:schema")]
    others += [part for column in schema for pair in (column.metadata or {}).items() for part in pair]
    return _json_value([*parts, *(text.decode("utf-8", "replace") for text in (*told, *others))], where)


def _json_value(value: Any, where: str) -> Said:
    """Return what a JSON value says: places are lists of two or three numbers, and the corners of boxes of four."""
    said = Said(where, set(), set(leaves(value)))
    numbers: list[float] = []
    _walk(value, said, numbers)
    said.numbers.append(np.array(numbers, dtype=float))
    return said


def _walk(value: Any, said: Said, numbers: list[float]) -> None:
    if isinstance(value, Mapping):
        said.names.update(map(str, value))
        plain = {str(key).casefold(): item for key, item in value.items()}
        lon, lat = (
            next((plain[name] for name in known if _number(plain.get(name))), None) for known in (sorted(LON), sorted(LAT))
        )
        if lon is not None and lat is not None:
            said.points.append(np.array([[lon, lat]], dtype=float))
        for item in value.values():
            _walk(item, said, numbers)
    elif isinstance(value, list):
        if value and all(map(_number, value)):
            numbers.extend(map(float, value))
            if len(value) in (2, 3):
                said.points.append(np.array([value[:2]], dtype=float))
            elif len(value) == 4:
                said.points.append(np.array([value[:2], value[2:], [value[0], value[3]], [value[2], value[1]]], dtype=float))
        else:
            for item in value:
                _walk(item, said, numbers)
    elif _number(value):
        numbers.append(float(value))


def _number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _json(path: Path, where: str) -> Iterator[Said]:
    yield _json_value(json.loads(path.read_text("utf-8")), where)


def _csv(path: Path, where: str) -> Iterator[Said]:
    yield _table(pd.read_csv(path, low_memory=False, encoding="utf-8-sig"), where)


def _page(path: Path, where: str) -> Iterator[Said]:
    """Yield what a page says: its data blocks, its text, and the values of its attributes."""
    text = path.read_text("utf-8")
    blocks = {name: json.loads(block) for name, block in page_blocks(text).items()}
    said = _json_value(without_points(blocks), where)
    said.points[:] = [point for point in said.points if (point % 1 != 0).any()]  # of the blocks' lists some are steps
    said.names.clear()  # most keys are the page's own words; the columns of the layers are not
    said.names.update(_columns(blocks))
    said.points.extend(drawn_points(blocks))
    scripts = [found[0] for found in SCRIPTS.finditer(DATA_BLOCK.sub("", text))]
    said.texts.update(found[2] for script in scripts for found in STRINGS.finditer(script))
    said.points.append(text_points(scripts))
    bare = SCRIPTS.sub(" ", text)
    said.texts.update(part for part in map(html.unescape, TAGS.split(bare)) if part.strip())
    said.texts.update(html.unescape(one or other) for one, other in ATTRIBUTES.findall(bare))
    yield said


def _columns(value: Any) -> Iterator[str]:
    """Yield the names in every object called ``columns``."""
    for key, item in value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ():
        if key == "columns":
            yield from map(str, item)
        yield from _columns(item)


def _xml(path: Path, where: str) -> Iterator[Said]:
    """Yield what an XML file says: texts, attributes, comments, and places as KML and GPX write them."""
    raw = path.read_bytes()
    if b"<!DOCTYPE" in raw[:2000] and b"<!ENTITY" in raw:
        raise ValueError("entities are not read")
    said = Said(where, set(), {part for pair in ASIDES.findall(raw.decode("utf-8", "replace")) for part in pair if part.strip()})
    for node in ElementTree.fromstring(raw).iter():
        tag = str(node.tag).rsplit("}", 1)[-1]
        text = (node.text or "").strip()
        if tag in ("coordinates", "coord", "posList", "pos"):
            said.points.append(_coordinates(text))
        elif text:
            said.texts.update(part for part in map(html.unescape, TAGS.split(text)) if part.strip())
            said.texts.update(html.unescape(one or other) for one, other in ATTRIBUTES.findall(text))
        said.texts.update(part for part in (node.tail or "").strip().splitlines() if part)
        said.texts.update(node.attrib.values())
        if tag in ("Data", "SimpleData", "SimpleField") and "name" in node.attrib:
            said.names.add(node.attrib["name"])
        else:
            said.names.add(tag)
        children = {str(child.tag).rsplit("}", 1)[-1]: child.text or "" for child in node} | node.attrib
        pair = next(
            (
                (children[x], children[y])
                for x, y in (("lon", "lat"), ("longitude", "latitude"))
                if x in children and y in children
            ),
            None,
        )
        if pair:
            said.points.append(np.array([pair], dtype=float))
    yield said


def _coordinates(text: str) -> Floats:
    """Return the places of a list of ``lon,lat[,height]`` as KML writes it; shape (n, 2)."""
    rows = [part.split(",")[:2] for part in text.split()] if "," in text else np.array(text.split()).reshape(-1, 2).tolist()
    return np.array([row for row in rows if len(row) == 2], dtype=float).reshape(-1, 2)


def _archive(path: Path, where: str) -> Iterator[Said]:
    """Yield what an archive says, file by file, however deep."""
    with zipfile.ZipFile(path) as archive, tempfile.TemporaryDirectory() as folder:
        members = [member for member in archive.infolist() if not member.is_dir()]
        told = {member.filename for member in members} | {archive.comment.decode("utf-8", "replace")}
        told |= {member.comment.decode("utf-8", "replace") for member in members}
        yield Said(where, set(), {text for text in told if text})
        for number, member in enumerate(members):
            inner = Path(folder, f"{number}", Path(member.filename).name)
            inner.parent.mkdir()
            inner.write_bytes(archive.read(member))
            yield from read_back(inner, f"{where}/{member.filename}")


def _raster(path: Path, where: str) -> Iterator[Said]:
    """Yield the tags and band names of a raster."""
    import rasterio

    with rasterio.open(path) as file:
        spaces = [file.tags(ns=space) for space in (None, *file.tag_namespaces()) if space not in ("DERIVED_SUBDATASETS",)]
        spaces += [file.tags(number) for number in file.indexes]
        titles = [title for title in file.descriptions if title]
    yield Said(
        where, {name for tags in spaces for name in tags}, {text for tags in spaces for text in tags.values()} | set(titles)
    )


def _image(path: Path, where: str) -> Iterator[Said]:
    """Yield the text chunks of a PNG."""
    yield Said(where, set(), png_texts(path.read_bytes()))


def _text(path: Path, where: str) -> Iterator[Said]:
    """Yield a text as a whole, its lines, and the cells of its tables."""
    text = path.read_text("utf-8-sig")
    cells = {cell.strip(" *_#`'\"") for line in text.splitlines() for cell in (line, *re.split(r"[|\t,;]", line))}
    yield Said(where, set(), {text, *cells} - {""})


Reader = Callable[[Path, str], Iterator[Said]]
READERS: Mapping[str, Reader] = {
    **dict.fromkeys((".gpkg", ".parquet", ".geojson", ".fgb"), _layers),
    **dict.fromkeys((".kml", ".gpx", ".qgs", ".xml", ".qml", ".svg", ".sld"), _xml),
    **dict.fromkeys((".kmz", ".qgz", ".zip"), _archive),
    **dict.fromkeys((".tif", ".tiff"), _raster),
    **dict.fromkeys((".txt", ".md", ".toml", ".cpg", ".prj"), _text),
    **dict.fromkeys(IMAGES, _image),
    ".csv": _csv,
    ".json": _json,
    ".html": _page,
}
