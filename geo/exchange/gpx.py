"""GPX 1.1 for a GPS and for phones: every boundary as a closed track, mapped corners as numbered way-points.

Assumption: GPX has no polygons, so a ring is a track that ends where it begins; the device shows a name and a description.
Written here because GDAL writes one layer a file and no way-points beside tracks. Limit: of the attributes a file holds only what
name and description tell; heights and times are not written, coordinates have 6 decimals
(0.1 m), more where a polygon would else break.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import shapely

from geo.exchange.field import (
    FieldLayer,
    Notice,
    chunks,
    feature_ids,
    feature_names,
    made_in_order,
    mapped_shapes,
    told,
    way_texts,
)
from geo.exchange.rounding import decimals_kept
from geo.exchange.texts import column, escaped, escaped_text, fixed, fixed_each, grouped, joined, joined_filled, written
from geo.exchange.turning import Paths, corner_table, letters, lines_of, lonlat, points_of, rings_of

DECIMALS = 6
SPACE = "http://www.topografix.com/GPX/1/1"
HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<gpx version="1.1" creator="minemap" xmlns="{space}"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="{space} {space}/gpx.xsd">\n'
    "<metadata><name>{name}</name><desc>{desc}</desc>{bounds}</metadata>\n"
)


def write_gpx(layers: Sequence[FieldLayer], path: Path, notice: Notice) -> None:
    """Write layers as GPX: first all way-points, then all tracks, as the schema wants them.

    Parameters
    ----------
    layers : sequence of FieldLayer
        Polygons give a closed track a ring, and numbered way-points where somebody mapped them; lines give tracks, points
        way-points. What a tier may show is the caller's: a public file is handed cells.
    path : Path
        Replaced if it exists.
    notice : Notice
        Title, tier and texts of the file.

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
    ...     write_gpx([FieldLayer("hazards", field, "Hazards", "위험지역")], Path(folder, "a.gpx"), Notice("North"))
    ...     text = Path(folder, "a.gpx").read_text(encoding="utf-8")
    >>> text.count("<wpt "), text.count("<trk>"), text.count("<trkpt ")
    (4, 1, 5)
    """
    with path.open("wb") as file:
        name, desc = escaped_text(notice.title), escaped_text(notice.text)
        file.write(HEAD.format(space=SPACE, name=name, desc=desc, bounds=_bounds(layers)).encode("utf-8"))
        for make in (_way_points_of, _tracks_of):
            for layer in layers:
                for texts in made_in_order(make, chunks(layer)):
                    file.writelines(texts)
        file.write(b"</gpx>\n")


def _bounds(layers: Sequence[FieldLayer]) -> str:
    filled = [shapely.total_bounds(lonlat(layer.frame)) for layer in layers if len(layer.frame)]
    filled = [bounds for bounds in filled if np.isfinite(bounds).all()]
    if not filled:
        return ""
    low, high = np.min(filled, axis=0)[:2], np.max(filled, axis=0)[2:]
    west, south, east, north = fixed([*low, *high], DECIMALS).to_pylist()
    return f'<bounds minlat="{south}" minlon="{west}" maxlat="{north}" maxlon="{east}"/>'


def _way_points_of(layer: FieldLayer) -> list[memoryview]:
    """Return single points, then the corners that somebody mapped."""
    made = []
    shapes, ids = lonlat(layer.frame), escaped(feature_ids(layer.frame))
    names = escaped(feature_names(layer.frame))
    single = points_of(shapes)
    if len(single.owner):
        desc = joined(_description(layer), f" | {escaped_text(layer.title)}").take(pa.array(single.owner))
        kind = escaped_text(layer.title)
        made.append(written(_way_points(single.points, names.take(pa.array(single.owner)), desc, kind)))
    corners = rings_of(mapped_shapes(layer.frame, shapes))
    if len(corners.owner):
        table = corner_table(corners, layer.frame, with_utm=False)
        row = pa.array(corners.owner[corners.of_point])
        called = joined(ids.take(row), " ", column(table["point"]))
        desc = joined(escaped(way_texts(table)), " | ", names.take(row))
        made.append(written(_way_points(corners.points, called, desc, "turning point 전환점")))
    return made


def _way_points(points: Any, names: Any, desc: Any, kind: str) -> Any:
    return joined("<wpt ", _place(points), "><name>", names, "</name><desc>", desc, f"</desc><type>{kind}</type></wpt>\n")


def _description(layer: FieldLayer) -> Any:
    """Return what is told of every feature, in one line."""
    parts = [joined(f"{en} {ko}: ", texts) for en, ko, texts in told(layer.frame)]
    if not parts:
        return pa.array([""] * len(layer.frame), pa.string())
    return escaped(joined_filled(*parts, between=" | "))


def _place(points: Any, decimals: Any = None) -> Any:
    lon, lat = (fixed(side, DECIMALS) if decimals is None else fixed_each(side, decimals) for side in points.T)
    return joined('lat="', lat, '" lon="', lon, '"')


def _tracks_of(layer: FieldLayer) -> list[memoryview]:
    """Return rings as closed tracks, then lines."""
    made = []
    shapes = lonlat(layer.frame)
    kept = decimals_kept(shapes, DECIMALS)
    for paths, closed in ((rings_of(shapes), True), (lines_of(shapes), False)):
        if not len(paths.owner):
            continue
        steps = joined("<trkpt ", _place(paths.points, kept[paths.owner[paths.of_point]]), "/>")
        row = pa.array(paths.owner)
        name = joined(escaped(feature_names(layer.frame)).take(row), pa.array(list(ring_names(paths)), pa.string()))
        segment = grouped(steps, paths.n_points, "")
        if closed:
            first = np.cumsum(paths.n_points) - paths.n_points
            segment = joined(segment, steps.take(pa.array(first)))
        desc = _description(layer).take(row)
        kind = f"</desc><type>{escaped_text(layer.title)}</type><trkseg>"
        made.append(written(joined("<trk><name>", name, "</name><desc>", desc, kind, segment, "</trkseg></trk>\n")))
    return made


def ring_names(paths: Paths) -> Iterator[str]:
    """Yield what follows a feature's name to tell its paths apart: nothing for the only one, else `` [B.1]``.

    Examples
    --------
    >>> list(ring_names(rings_of(np.array([shapely.box(0, 0, 1, 1), shapely.MultiPoint([(0, 0)])]))))
    ['']
    """
    alone = np.bincount(paths.owner)[paths.owner] == 1 if len(paths.owner) else np.zeros(0, dtype=bool)
    for lone, part, ring in zip(alone.tolist(), paths.part.tolist(), paths.ring.tolist(), strict=True):
        yield "" if lone else f" [{letters(part)}{f'.{ring}' if ring else ''}]"
