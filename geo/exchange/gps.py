"""GPX and KML as records: tracks that end where they begin are polygons, folders of a KML are one document.

Assumption: both formats are in WGS 84 longitude and latitude by definition. A track that does not end exactly where it begins
stays a line, for nothing says that a walk was a boundary, and only in a GPX of minemap's own is a ring inside another a hole.
What minemap itself draws beside its areas, outlines and numbered turning points, is not taken for further records.
"""

from __future__ import annotations

import html
import logging
import re
import warnings
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyogrio.errors
import shapely
from numpy.typing import NDArray

from geo.errors import ConfigError, DataError, nearest
from geo.exchange.columns import RECORD_ALIASES, plain
from geo.exchange.vector import MAX_FEATURES, Opened, check_size, check_unpacked

GPX_LAYERS = ("tracks", "routes", "waypoints")
OWN_COPIES = (" – outlines 경계선", " – turning points 전환점")  # how folders end that our own KML has beside one of areas
OWN_GPX = re.compile(rb"""<gpx\s[^>]*?\bcreator\s*=\s*["']minemap["']""")
HEAD_BYTES = 4096
OWN_CORNER = "turning point"  # type of our own way-points at corners
DATA_NAME = re.compile(rb"""<(?:\w+:)?Data\s[^>]*?name\s*=\s*["']([^"']*)["']""")
KML_DRAWING = ("tessellate", "extrude", "visibility")  # how to draw, not what is known
IDS = frozenset(plain(name) for kind in ("hazards", "finds", "accidents", "signs") for name in RECORD_ALIASES[kind]["id"]) - {
    "id"
}
log = logging.getLogger(__name__)


def read_gpx(path: Path, *, what: str, layer: str | None = None) -> Opened:
    """Read tracks, then routes, then way-points; closed ones as polygons.

    Parameters
    ----------
    path : Path
    what : str
        What the file should hold, for the messages.
    layer : {"tracks", "routes", "waypoints"}, optional
        Only these.

    Returns
    -------
    Opened
        With a column ``gpx`` that tells which each feature was. Way-points that minemap wrote at corners are the table
        ``points``.

    Raises
    ------
    ConfigError
        If there is no such file or layer.
    DataError
        If it cannot be read or holds nothing.
    """
    where = f"{what}: {path}"
    check_size(path, what)
    if layer is not None and layer not in GPX_LAYERS:
        raise ConfigError("unknown layer", where=f"{where}: {layer}", mend=nearest(layer, GPX_LAYERS))
    parts = {name: _layer(path, where, name) for name in GPX_LAYERS if layer in (None, name)}
    own = _is_own(path)
    for name in ("tracks", "routes"):
        if name in parts:
            lines = np.asarray(parts[name].geometry.values, dtype=object)
            parts[name]["geometry"] = closed_to_polygons(lines, holes=own)
    frame = _joined([part.assign(gpx=name) for name, part in parts.items()], where)
    frame, points = _corners(frame)
    return Opened(frame, layer or "", "GPX", "UTF-8", tables=MappingProxyType({"points": points} if len(points) else {}))


def read_kml(path: Path, *, what: str, layer: str | None = None) -> Opened:
    """Read all folders of a KML or KMZ as one table, with a column ``folder`` where there are several.

    Parameters
    ----------
    path : Path
    what : str
        What the file should hold, for the messages.
    layer : str, optional
        Only the folder of this name.

    Raises
    ------
    ConfigError
        If there is no such file or folder.
    DataError
        If it cannot be read or holds no features.
    """
    where = f"{what}: {path}"
    check_size(path, what)
    with _spelt_plainly(path, where) as (source, names):
        folders = _quietly(lambda: [str(name) for name, _ in pyogrio.list_layers(source)], where)
        if layer is not None and layer not in folders:
            raise ConfigError("unknown layer", where=f"{where}: {layer}", mend=nearest(layer, folders))
        if layer is not None:
            folders = [layer]
        folders = [folder for folder in folders if not _is_copy(folder, folders)]
        parts = [_layer(source, where, folder).rename(columns=names).assign(folder=folder) for folder in folders]
    frame = _joined(parts, where)
    if (frame["folder"] == frame["folder"].iloc[0]).all():
        frame = frame.drop(columns="folder")
    if "id" in frame and any(plain(name) in IDS for name in frame.columns if name != "id"):
        frame = frame.rename(columns={"id": "placemark_id"})  # an attribute of KML, not the record's own
    return Opened(frame, layer or "", "KML", "UTF-8")


def closed_to_polygons(lines: NDArray[np.object_], *, holes: bool = False) -> NDArray[np.object_]:
    """Return lines of which every part ends where it begins as polygons, all others as they are; shape (n,).

    Parameters
    ----------
    lines : array of LineString or MultiLineString, shape (n,)
    holes : bool
        Whether a closed part inside an earlier one is its hole. Else it is a polygon of its own, so that no land falls out
        without a word; such a shape is invalid, which a check tells.

    Examples
    --------
    >>> ring, walk = shapely.LineString([(0, 0), (0, 1), (1, 1), (0, 0)]), shapely.LineString([(0, 0), (1, 1)])
    >>> [shape.geom_type for shape in closed_to_polygons(np.array([ring, walk], dtype=object))]
    ['Polygon', 'LineString']
    """
    parts, owner = shapely.get_parts(lines, return_index=True)
    is_ring = shapely.is_closed(parts) & (shapely.get_num_coordinates(parts) >= 4)
    n_parts = np.bincount(owner, minlength=len(lines))
    all_closed = (n_parts > 0) & (np.bincount(owner, weights=is_ring, minlength=len(lines)) == n_parts)
    made = np.array(lines, dtype=object)
    lone = all_closed & (n_parts == 1)
    made[lone] = shapely.polygons(_rings(parts[lone[owner]]))
    for row in np.flatnonzero(all_closed & (n_parts > 1)):
        rings = parts[owner == row]
        made[row] = _nested(rings) if holes else shapely.multipolygons(shapely.polygons(_rings(rings)))
    single = ~all_closed & (n_parts == 1)
    made[single] = parts[single[owner]]
    return made


def _is_own(path: Path) -> bool:
    """Return whether minemap wrote a GPX: its root element says so."""
    with path.open("rb") as file:
        return OWN_GPX.search(file.read(HEAD_BYTES)) is not None


def _rings(lines: NDArray[np.object_]) -> NDArray[np.object_]:
    points, index = shapely.get_coordinates(lines, include_z=bool(shapely.has_z(lines).any()), return_index=True)
    return np.asarray(shapely.linearrings(points, indices=index), dtype=object)


def _nested(rings: NDArray[np.object_]) -> shapely.Geometry:
    """Return the closed lines of one track as a polygon, or several, with holes."""
    shells: list[tuple[shapely.Polygon, list[shapely.LineString]]] = []
    for ring in rings:
        around = next((holes for shell, holes in shells if shell.is_valid and shell.contains(shapely.Polygon(ring))), None)
        if around is None:
            shells.append((shapely.Polygon(ring), []))
        else:
            around.append(ring)
    made = [shapely.Polygon(shell.exterior, holes) for shell, holes in shells]
    return made[0] if len(made) == 1 else shapely.MultiPolygon(made)


@contextmanager
def _spelt_plainly(path: Path, where: str) -> Iterator[tuple[Path, dict[str, str]]]:
    """Yield a document that GDAL reads, and {name in it: name as it stands} of data whose letters GDAL would not keep."""
    try:
        text = _document(path)
    except (OSError, zipfile.BadZipFile, StopIteration) as fault:
        raise DataError("not readable", where=where, found=str(fault) or "no KML inside", mend="is it complete?") from fault
    names = sorted({name for name in DATA_NAME.findall(text) if not re.fullmatch(rb"\w+", name, re.ASCII)})
    if not names:
        yield path, {}
        return
    plainly = {name: f"data_{number}_" for number, name in enumerate(names)}
    made = DATA_NAME.sub(lambda found: found[0].replace(found[1], plainly.get(found[1], "").encode() or found[1]), text)
    told = {short: html.unescape(name.decode("utf-8", errors="replace")) for name, short in plainly.items()}
    with TemporaryDirectory() as folder:
        copy = Path(folder, f"{path.stem}.kml")
        copy.write_bytes(made)
        yield copy, told


def _document(path: Path) -> bytes:
    """Return the text of a KML, or of the document in a KMZ."""
    if path.suffix.lower() != ".kmz":
        return path.read_bytes()
    with zipfile.ZipFile(path) as archive:
        inside = sorted((name != "doc.kml", name) for name in archive.namelist() if name.lower().endswith(".kml"))
        member = next(iter(inside))[1]
        check_unpacked(archive.getinfo(member).file_size, str(path))
        return archive.read(member)


def _layer(path: Path, where: str, layer: str) -> gpd.GeoDataFrame:
    """Read one layer without the columns in which nothing stands."""
    frame = _quietly(lambda: pyogrio.read_dataframe(path, layer=layer, on_invalid="ignore"), where)
    for name in KML_DRAWING:
        frame = frame.drop(columns=name, errors="ignore")
    kept = [name for name in frame.columns if name == "geometry" or (frame[name].notna() & (frame[name].astype(str) != "")).any()]
    return frame[kept]


def _is_copy(folder: str, folders: list[str]) -> bool:
    """Return whether a folder is one that minemap drew beside that of the same title."""
    return any(folder.endswith(ending) and folder.removesuffix(ending) in folders for ending in OWN_COPIES)


def _quietly(read: Callable[[], gpd.GeoDataFrame], where: str) -> gpd.GeoDataFrame:
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        try:
            made = read()
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as fault:
            first = (str(fault).splitlines() or [type(fault).__name__])[0]
            raise DataError("not readable", where=where, found=first, mend="is it complete?") from fault
    for complaint in complaints:
        log.warning("%s: %s", where, str(complaint.message).splitlines()[:1])
    return made


def _joined(parts: list[gpd.GeoDataFrame], where: str) -> gpd.GeoDataFrame:
    parts = [part for part in parts if len(part)]
    if not parts:
        raise DataError("no features", where=where)
    n_features = sum(map(len, parts))
    if n_features > MAX_FEATURES:
        raise DataError("too many features", where=where, expected=f"at most {MAX_FEATURES:,}", found=f"{n_features:,}")
    frame = pd.concat(parts, ignore_index=True)
    return gpd.GeoDataFrame(frame, geometry="geometry", crs=parts[0].crs)


def _corners(frame: gpd.GeoDataFrame) -> tuple[gpd.GeoDataFrame, pd.DataFrame]:
    """Part our own way-points at corners, named "ID POINT", from the records; they stay records where no track bears the id."""
    none = pd.DataFrame()
    if not {"name", "type"} <= set(frame.columns):
        return frame, none
    corner = (frame["gpx"] == "waypoints") & frame["type"].fillna("").str.startswith(OWN_CORNER)
    tracks = frame[~corner & (frame["gpx"] == "tracks")]
    rows = pd.Series(tracks.index, index=tracks["name"].fillna("").str.split(" · ").str[0])
    rows = rows[~rows.index.duplicated()]
    split = frame["name"].fillna("").str.rsplit(" ", n=1)
    row = split.str[0].map(rows)
    corner &= row.notna()
    if not corner.any():
        return frame, none
    shapes = frame.geometry[corner]
    points = pd.DataFrame({"row": row[corner].astype(int), "point_id": split.str[1][corner], "kind": "turning"})
    points = points.assign(lon=shapes.x, lat=shapes.y, hazard_id=split.str[0][corner]).reset_index(drop=True)
    kept = frame[~corner]
    moved = pd.Series(np.arange(len(kept)), index=kept.index)
    points["row"] = points["row"].map(moved)
    return kept.reset_index(drop=True), points
