"""KMZ and KML for Google Earth and phones: polygons, and beside each its outline as a closed line and its corners as points.

Assumption: some phone apps drop polygons without a word, so nothing is said by polygons alone. Balloons are built from text that
is escaped twice, once for XML and once for the page that a balloon is; nothing in the file points to a network. Limit: KML has
no hatch, no dash and no CRS but WGS 84; coordinates have 6 decimals (0.1 m), more where a polygon
would else break; heights are not written.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import IO, Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import shapely
from numpy.typing import NDArray

from geo.exchange.archive import member
from geo.exchange.field import (
    FieldLayer,
    Notice,
    chunks,
    feature_ids,
    feature_names,
    made_in_order,
    mapped,
    mapped_shapes,
    told,
    way_texts,
)
from geo.exchange.gpx import ring_names
from geo.exchange.qgis import PLAIN, Drawn
from geo.exchange.rounding import decimals_kept
from geo.exchange.texts import column, escaped, escaped_text, fixed, fixed_each, grouped, joined, joined_filled, written
from geo.exchange.turning import Paths, corner_table, lines_of, lonlat, points_of, rings_of

DECIMALS = 6
DOCUMENT, ICON = "doc.kml", "files/point.png"
ZIP_LEVEL = 3  # of 1 to 9: a KMZ of 100,000 areas is 400 MB of text
BYTES_A_POINT = 500  # at most, for the layout of a large zip
BYTES_A_FEATURE = 20_000
POINT_STYLE, PLAIN_STYLE = "point", "plain"
CORNER: Drawn = SimpleNamespace(**{**vars(PLAIN), "opacity": 1.0, "radius_px": 3.0})
OUTLINES, CORNERS = "outlines 경계선", "turning points 전환점"
MOST_CORNERS = 50_000  # of a layer: more numbered points than that no globe on a phone or a desk draws
NO_CORNERS = (
    f"Corners are not numbered here, for there are more than {MOST_CORNERS:,}: GPX and the table of turning points hold them.",
    f"꼭짓점이 {MOST_CORNERS:,}개를 넘어 여기에는 번호를 표시하지 않음: GPX와 전환점 표 참조.",
)
AREAL = (3, 6, 7)  # GEOS: polygon, multipolygon, collection
RENAMED = {"id": "feature_id"}  # KML has an id of its own, in whose stead GDAL would show nothing
TYPES = {"i": "int", "u": "int", "f": "double", "b": "bool"}


class _Kml(NamedTuple):
    """The pieces of a placemark that are the same for every part of a feature; arrow arrays of n texts."""

    name: Any
    description: Any
    style: Any


def write_kmz(layers: Sequence[FieldLayer], path: Path, notice: Notice, symbols: Mapping[str, Drawn] | None = None) -> None:
    """Write layers as KMZ: the document and the picture of its points.

    Parameters
    ----------
    layers : sequence of FieldLayer
        A folder each, in this order. What a tier may show is the caller's: a public file is handed cells.
    path : Path
        Replaced if it exists.
    notice : Notice
        Title, tier and texts; each balloon ends with them.
    symbols : mapping of str to Drawn, optional
        The styles that the layers' `keys` name; unknown keys are drawn plain.

    Raises
    ------
    DataError
        If a frame has no CRS.

    Examples
    --------
    >>> import tempfile
    >>> import geopandas as gpd
    >>> field = gpd.GeoDataFrame({"id": ["a"], "basis": ["supplied"]}, geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_kmz([FieldLayer("hazards", field, "Hazards", "위험지역")], Path(folder, "a.kmz"), Notice("North"))
    ...     text = zipfile.ZipFile(Path(folder, "a.kmz")).read("doc.kml").decode()
    >>> text.count("<Polygon>"), text.count("<LineString>"), text.count("<Point>")
    (1, 1, 4)
    """
    n_points = sum(int(shapely.get_num_coordinates(layer.frame.geometry.values).sum()) for layer in layers)
    largest = BYTES_A_POINT * n_points + BYTES_A_FEATURE * sum(len(layer.frame) for layer in layers)
    with zipfile.ZipFile(path, "w", compresslevel=ZIP_LEVEL) as archive:
        info = member(DOCUMENT)
        with archive.open(_level(info), "w", force_zip64=largest > zipfile.ZIP64_LIMIT) as file:
            _write_all(document(layers, notice, symbols or {}, icon=ICON), file)
        archive.writestr(member(ICON), disc_png())


def _write_all(texts: Iterator[bytes | memoryview], file: IO[bytes]) -> None:
    """Write texts in their order, packing one while the next is made: packing takes a third of the time, and its own core."""
    with ThreadPoolExecutor(max_workers=1) as packer:
        before = packer.submit(int)
        for text in texts:
            before.result()
            before = packer.submit(file.write, text)
        before.result()


def _level(info: zipfile.ZipInfo) -> zipfile.ZipInfo:
    for name in ("compress_level", "_compresslevel"):  # the name since Python 3.13, and before it
        if hasattr(info, name):
            setattr(info, name, ZIP_LEVEL)
            break
    return info


def write_kml(layers: Sequence[FieldLayer], path: Path, notice: Notice, symbols: Mapping[str, Drawn] | None = None) -> None:
    """Write layers as one KML document; as `write_kmz`, without the picture of points."""
    with path.open("wb") as file:
        for text in document(layers, notice, symbols or {}):
            file.write(text)


def document(
    layers: Sequence[FieldLayer], notice: Notice, symbols: Mapping[str, Drawn], *, icon: str = ""
) -> Iterator[bytes | memoryview]:
    """Yield a KML document piece by piece, as UTF-8."""
    yield b'<?xml version="1.0" encoding="UTF-8"?>\n<kml xmlns="http://www.opengis.net/kml/2.2">\n<Document>\n'
    title = f"<name>{escaped_text(notice.title)}</name><open>1</open>"
    yield f"{title}<description>{_page_text(notice.text)}</description>\n".encode()
    used = sorted({str(key) for layer in layers if layer.keys is not None for key in layer.keys} & set(symbols))
    balloon = "<br/>".join(_entities(line) for line in (notice.title, *(f"{en} {ko}" for en, ko in notice.lines)))
    styles = {PLAIN_STYLE: PLAIN, POINT_STYLE: CORNER, **{key: symbols[key] for key in used}}
    yield "".join(_style(key, symbol, balloon, icon) for key, symbol in styles.items()).encode()
    for number, layer in enumerate(layers):
        # a document of its own, for in a KMZ GDAL looks for a layer's schema nowhere else
        about = "" if corners_fit(layer.frame) else f"<description>{escaped_text(' '.join(NO_CORNERS))}</description>"
        yield f"<Document><name>{escaped_text(layer.title)}</name>{about}\n{_schema(number, layer.frame)}".encode()
        yield from _folder(number, layer, set(styles))
        yield b"</Document>\n"
    yield b"</Document>\n</kml>\n"


def _folder(number: int, layer: FieldLayer, styles: set[str]) -> Iterator[bytes | memoryview]:
    """Yield a layer's features, then the outlines of its polygons, then the corners that somebody mapped.

    The features stand in the layer's own document, for GDAL finds no attributes in a folder inside it.
    """
    yield from made_in_order(partial(_features, number, styles), chunks(layer))
    areal = _areal(layer.frame)
    if areal.any():
        yield from _subfolder(layer.title, OUTLINES, made_in_order(partial(_outlines, styles), chunks(layer)))
    if (areal & mapped(layer.frame)).any() and corners_fit(layer.frame):
        yield from _subfolder(layer.title, CORNERS, made_in_order(_corners, chunks(layer)))


def corners_fit(frame: gpd.GeoDataFrame) -> bool:
    """Whether the corners of mapped areas are few enough to be numbered points in a globe."""
    shapes = np.array(frame.geometry.values, dtype=object)[_areal(frame) & mapped(frame)]
    return bool(shapely.get_num_coordinates(shapes).sum() <= MOST_CORNERS)


def _areal(frame: gpd.GeoDataFrame) -> NDArray[np.bool_]:
    return np.isin(shapely.get_type_id(np.array(frame.geometry.values, dtype=object)), AREAL)


def _subfolder(title: str, name: str, texts: Iterator[memoryview]) -> Iterator[bytes | memoryview]:
    yield f"<Folder><name>{escaped_text(title)} – {name}</name>\n".encode()
    yield from texts
    yield b"</Folder>\n"


def _common(layer: FieldLayer, styles: set[str]) -> _Kml:
    keys = np.full(len(layer.frame), PLAIN_STYLE) if layer.keys is None else np.asarray(layer.keys, dtype=str)
    known = np.where(np.isin(keys, list(styles)), keys, PLAIN_STYLE)
    return _Kml(escaped(feature_names(layer.frame)), _description(layer), escaped(pa.array(known.tolist(), pa.string())))


def _features(number: int, styles: set[str], layer: FieldLayer) -> memoryview:
    common = _common(layer, styles)
    head = joined("<Placemark><name>", common.name, "</name><description>", common.description, "</description><styleUrl>#")
    data = joined(common.style, f'</styleUrl><ExtendedData><SchemaData schemaUrl="#s{number}">', _attributes(layer.frame))
    shapes = _geometry(lonlat(layer.frame))
    return written(joined(head, data, "</SchemaData></ExtendedData>", shapes, "</Placemark>\n"))


def _outlines(styles: set[str], layer: FieldLayer) -> memoryview:
    """Return every ring as a closed line of its own, so that an app that drops polygons still shows the boundary."""
    common, paths = _common(layer, styles), rings_of(lonlat(layer.frame))
    row = pa.array(paths.owner)
    name = joined(common.name.take(row), pa.array(list(ring_names(paths)), pa.string()))
    head = joined("<Placemark><name>", name, "</name><description>", common.description.take(row), "</description><styleUrl>#")
    line = joined("</styleUrl><LineString><tessellate>1</tessellate><coordinates>", _coordinates(paths, closed=True))
    return written(joined(head, common.style.take(row), line, "</coordinates></LineString></Placemark>\n"))


def _corners(layer: FieldLayer) -> memoryview:
    paths = rings_of(mapped_shapes(layer.frame, lonlat(layer.frame)))
    table = corner_table(paths, layer.frame, with_utm=False)
    row = pa.array(paths.owner[paths.of_point])
    name = joined(escaped(feature_ids(layer.frame)).take(row), " ", column(table["point"]))
    head = joined("<Placemark><name>", name, "</name><description>", escaped(way_texts(table)), "</description><styleUrl>#")
    place = joined(POINT_STYLE, "</styleUrl><Point><coordinates>", _pairs(paths.points))
    return written(joined(head, place, "</coordinates></Point></Placemark>\n"))


def _pairs(points: NDArray[np.float64], decimals: NDArray[np.int64] | None = None) -> Any:
    sides = (fixed(side, DECIMALS) if decimals is None else fixed_each(side, decimals) for side in points.T)
    return joined(*sides, between=",")


def _coordinates(paths: Paths, *, closed: bool, decimals: NDArray[np.int64] | None = None) -> Any:
    """Return the coordinates of every path as one text; a closed one ends where it begins.

    `decimals` are those of each feature, 6 where it is absent.
    """
    pairs = _pairs(paths.points, None if decimals is None else decimals[paths.owner[paths.of_point]])
    lines = grouped(pairs, paths.n_points, " ")
    if not closed:
        return lines
    first = np.cumsum(paths.n_points) - paths.n_points
    return joined(lines, pairs.take(pa.array(first)), between=" ")


def _geometry(shapes: NDArray[np.object_]) -> Any:
    """Return every shape as KML, "" where it is missing or empty; outer rings run counter-clockwise."""
    rings, decimals = rings_of(np.asarray(shapely.orient_polygons(shapes), dtype=object)), decimals_kept(shapes, DECIMALS)
    outer = rings.ring == 0
    sides = joined(
        _either(outer, "<outerBoundaryIs>"),
        "<LinearRing><coordinates>",
        _coordinates(rings, closed=True, decimals=decimals),
        "</coordinates></LinearRing>",
        _either(outer, "</outerBoundaryIs>"),
    )
    n_rings = np.diff(np.append(np.flatnonzero(outer), len(outer)))
    pieces = [(rings.owner[outer], joined("<Polygon>", grouped(sides, n_rings), "</Polygon>"))]
    for paths, kind in ((lines_of(shapes), "LineString"), (points_of(shapes), "Point")):
        places = joined(f"<{kind}><coordinates>", _coordinates(paths, closed=False), f"</coordinates></{kind}>")
        pieces.append((paths.owner, places))
    owner = np.concatenate([rows for rows, _ in pieces])
    order = pa.array(np.argsort(owner, kind="stable"))
    counts = np.bincount(owner, minlength=len(shapes))
    texts = grouped(pa.concat_arrays([text.cast(pa.string()) for _, text in pieces]).take(order), counts)
    many = counts > 1
    return joined(_either(many, "<MultiGeometry>", ""), texts, _either(many, "</MultiGeometry>", ""))


def _either(chosen: NDArray[np.bool_], text: str, other: str | None = None) -> Any:
    """Return one of two texts for each row; by default an inner boundary's tag instead of an outer one's."""
    other = text.replace("outer", "inner") if other is None else other
    return pc.if_else(pa.array(chosen), text, other)


def _attributes(frame: pd.DataFrame) -> Any:
    """Return every feature's own columns as SchemaData; a missing cell has no entry."""
    parts = []
    for name in _columns(frame):
        cells = column(frame[name])
        parts.append(joined(f'<SimpleData name="{_field(name)}">', escaped(cells), "</SimpleData>"))
    if not parts:
        return pa.array([""] * len(frame), pa.string())
    return joined_filled(*parts)


def _field(name: str) -> str:
    return escaped_text(RENAMED.get(name, name))


def _columns(frame: Any) -> list[str]:
    return [str(name) for name in frame.columns if name != frame.geometry.name]


def _schema(number: int, frame: Any) -> str:
    fields = (
        f'<SimpleField type="{TYPES.get(getattr(frame[name].dtype, "kind", "O"), "string")}" name="{_field(name)}"/>'
        for name in _columns(frame)
    )
    return f'<Schema name="s{number}" id="s{number}">{"".join(fields)}</Schema>\n'


def _description(layer: FieldLayer) -> Any:
    """Return every feature's balloon text: HTML of escaped cells, escaped once more for XML."""
    parts = [(f"&lt;b&gt;{en} {ko}&lt;/b&gt; ", escaped(_balloon_cells(texts))) for en, ko, texts in told(layer.frame)]
    rows = [joined(label, cells, "&lt;br/&gt;") for label, cells in parts]
    if not rows:
        return pa.array([""] * len(layer.frame), pa.string())
    return joined_filled(*rows)


def _balloon_cells(texts: Any) -> Any:
    """Return cells as HTML text in which no ``$[…]`` is left for the viewer to fill."""
    return pc.replace_substring(escaped(texts), "$[", "&#36;[")


def _entities(text: str) -> str:
    return escaped_text(text).replace("$[", "&#36;[")


def _page_text(text: str) -> str:
    """Return a text as HTML, escaped for XML."""
    return escaped_text(_entities(text).replace("\n", "<br/>"))


def _style(key: str, symbol: Drawn, balloon: str, icon: str) -> str:
    line = symbol.outline or symbol.colour
    fill = f"<color>{aabbggrr(symbol.colour, symbol.opacity)}</color><fill>{int(symbol.opacity > 0)}</fill>"
    place = f"<Icon><href>{icon}</href></Icon>" if icon else ""
    scale = f"<scale>{max(symbol.radius_px / 8.0, 0.3):.2f}</scale>"
    parts = (
        f"<IconStyle><color>{aabbggrr(symbol.colour, 1.0)}</color>{scale}{place}</IconStyle>",
        "<LabelStyle><scale>0.7</scale></LabelStyle>",
        f"<LineStyle><color>{aabbggrr(line, 1.0)}</color><width>{symbol.width_px:g}</width></LineStyle>",
        f"<PolyStyle>{fill}</PolyStyle>",
    )
    text = f"<BalloonStyle><text>$[description]{escaped_text('<hr/>' + balloon)}</text></BalloonStyle>"
    return f'<Style id="{escaped_text(key)}">{"".join(parts)}{text}</Style>\n'


def aabbggrr(colour: str, opacity: float) -> str:
    """Return ``#rrggbb`` and an opacity of 0 to 1 the way KML writes them.

    Examples
    --------
    >>> aabbggrr("#F4A718", 0.5)
    '7f18a7f4'
    """
    return f"{int(opacity * 255):02x}{colour[5:7]}{colour[3:5]}{colour[1:3]}".lower()


def disc_png(size: int = 16) -> bytes:
    r"""Return a white disc on nothing as PNG: viewers tint it, and no picture is asked of a network.

    Examples
    --------
    >>> disc_png()[:8]
    b'\x89PNG\r\n\x1a\n'
    """
    axis = np.arange(size) - (size - 1) / 2
    alpha = np.where(np.hypot(axis, axis[:, None]) <= size / 2 - 0.5, 255, 0).astype(np.uint8)
    pixels = np.dstack([np.full((size, size), 255, np.uint8), alpha]).reshape(size, -1)
    rows = b"".join(b"\0" + row.tobytes() for row in pixels)
    head = struct.pack(">IIBBBBB", size, size, 8, 4, 0, 0, 0)  # grey with alpha
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        _chunk(kind, data) for kind, data in ((b"IHDR", head), (b"IDAT", zlib.compress(rows, 9)), (b"IEND", b""))
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
