"""Open any vector file that GDAL reads, or say in one line why not.

Assumption: a file states its own CRS; where it does not, the user is asked, for a wrong datum moves a minefield by
350 m. Size is looked at before anything is read.
"""

from __future__ import annotations

import logging
import warnings
import zipfile
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import pyogrio.errors
import pyproj

from geo.errors import ConfigError, DataError, nearest
from geo.exchange.encoding import shapefile_encoding

MAX_FEATURES = 2_000_000
MAX_BYTES = 4_000_000_000
PARQUET = (".parquet", ".geoparquet", ".pq")
ZIPPED = (".shp", ".gpkg", ".geojson", ".json", ".fgb", ".kml", ".gml", ".gpx", ".tab", ".csv")
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Opened:
    """A file as it was opened: its own headings, nothing renamed, nothing refused but what cannot be opened.

    Attributes
    ----------
    frame : GeoDataFrame, n rows
        In the file's order, geometry column ``geometry``; a shape that GDAL hands over broken is None, the CRS may be None.
    layer, driver, encoding : str
        How it was opened, "" where not applicable.
    is_cut : bool
        Whether headings are cut at 10 bytes.
    tables : mapping of str to DataFrame
        Companion tables by name: ``points``, ``reports``, ``devices``.
    headings : mapping of str to str
        {heading: our field} of what the reader has already renamed.
    faults : DataFrame
        What was met: ``row`` of `frame`, ``point``, ``what`` was found, ``expected``, and the ``code`` of `geo.check.codes`.
    is_placed : bool
        Whether the reader has settled the CRS, so that there is nothing left to ask.
    """

    frame: gpd.GeoDataFrame
    layer: str = ""
    driver: str = ""
    encoding: str = ""
    is_cut: bool = False
    tables: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
    headings: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    faults: pd.DataFrame = field(default_factory=pd.DataFrame)
    is_placed: bool = False


def read_vector(
    path: str | Path,
    *,
    what: str,
    layer: str | None = None,
    encoding: str | None = None,
    max_features: int = MAX_FEATURES,
    max_bytes: int = MAX_BYTES,
) -> gpd.GeoDataFrame:
    """Read one layer of any format GDAL knows, of a zipped Shapefile or File Geodatabase, or of GeoParquet.

    Parameters
    ----------
    path : str or Path
        File, or folder of a File Geodatabase.
    what : str
        What the file should hold, for the messages: "planned minefields".
    layer : str, optional
        Needed where the file has several.
    encoding : str, optional
        Of a Shapefile's table; found out when absent (UTF-8 or CP949).
    max_features, max_bytes : int
        Larger files are refused before they are read.

    Returns
    -------
    GeoDataFrame, n rows
        In the file's CRS and order, geometry column ``geometry``. A shape that GDAL hands over broken is None.

    Raises
    ------
    ConfigError
        If there is no such file, or the layer is unknown or not named.
    DataError
        If the file is empty, corrupt, too large, or lacks features, geometry or a CRS.
    """
    opened = open_vector(path, what=what, layer=layer, encoding=encoding, max_features=max_features, max_bytes=max_bytes)
    return stated_crs(opened.frame, f"{what}: {path}")


def stated_crs(frame: gpd.GeoDataFrame, where: str) -> gpd.GeoDataFrame:
    """Return the frame if it states a CRS that has a place on the map.

    Raises
    ------
    DataError
        If it does not.
    """
    if not has_place(frame.crs):
        raise DataError(
            "no CRS",
            where=where,
            expected="a geographic or projected CRS",
            found="none" if frame.crs is None else frame.crs.name,
            mend="state the one of the coordinates (.prj file, ogr2ogr -a_srs EPSG:5186); it is never guessed",
        )
    return frame


def has_place(crs: pyproj.CRS | None) -> bool:
    """Return whether a CRS ties coordinates to the ground; that of a building site or a drawing does not.

    Examples
    --------
    >>> has_place(pyproj.CRS.from_epsg(5186)), has_place(None)
    (True, False)
    """
    return crs is not None and bool(crs.is_geographic or crs.is_projected)


def open_vector(
    path: str | Path,
    *,
    what: str,
    layer: str | None = None,
    encoding: str | None = None,
    companions: Collection[str] = (),
    max_features: int = MAX_FEATURES,
    max_bytes: int = MAX_BYTES,
) -> Opened:
    """Open one layer of a file as it stands, with or without a CRS; as `read_vector` otherwise.

    Parameters
    ----------
    companions : collection of str
        Names, in lower case, of layers that are read beside the one layer that is none of them.

    Raises
    ------
    ConfigError
        If there is no such file, or the layer is unknown or not named.
    DataError
        If the file is empty, corrupt, too large, or lacks features or geometry.
    """
    file = Path(path)
    check_size(file, what, max_bytes)
    opened = (
        Opened(_read_parquet(file, what, max_features), file.stem, "Parquet", "UTF-8")
        if file.suffix.lower() in PARQUET
        else _read_gdal(file, what, layer, encoding, companions, max_features, max_bytes)
    )
    if not isinstance(opened.frame, gpd.GeoDataFrame):
        raise DataError("no geometry", where=f"{what}: {file}", mend="give a layer with points, lines or polygons")
    if opened.frame.empty:
        raise DataError("no features", where=f"{what}: {file}")
    return opened


def check_size(file: Path, what: str, max_bytes: int = MAX_BYTES) -> None:
    """Refuse a file that is missing, empty or too large, before anything of it is read.

    Raises
    ------
    ConfigError
        If there is no such file.
    DataError
        If it is empty or too large.
    """
    where = f"{what}: {file}"
    if not file.exists():
        raise ConfigError("no such file", where=where)
    size = sum(part.stat().st_size for part in file.rglob("*") if part.is_file()) if file.is_dir() else file.stat().st_size
    if size == 0:
        raise DataError("empty file", where=where, found="0 bytes")
    _check_limit("file too large", size, max_bytes, "bytes", where)


def check_unpacked(n_bytes: int, where: str, max_bytes: int = MAX_BYTES) -> None:
    """Refuse an archive that would be too large when unpacked.

    Raises
    ------
    DataError
        If it would.
    """
    _check_limit("file too large when unpacked", n_bytes, max_bytes, "bytes", where)


def _check_limit(what: str, found: int, most: int, unit: str, where: str) -> None:
    if found > most:
        raise DataError(
            what,
            where=where,
            expected=f"at most {most:,} {unit}",
            found=f"{found:,}",
            mend="cut the file to the study area first",
        )


def _read_parquet(file: Path, what: str, max_features: int) -> gpd.GeoDataFrame:
    where = f"{what}: {file}"
    try:
        with pyarrow.parquet.ParquetFile(file) as table:
            count = table.metadata.num_rows
            is_geo = b"geo" in (table.metadata.metadata or {})
    except (pyarrow.ArrowInvalid, OSError) as fault:
        raise DataError("not readable", where=where, found=_first_line(fault), mend="is it complete GeoParquet?") from fault
    if not is_geo:
        raise DataError("no geometry", where=where, mend="write it as GeoParquet")
    _check_limit("too many features", count, max_features, "features", where)
    with np.errstate(invalid="ignore"):  # a coordinate that is no number is told with the feature that has it
        return _plainly(gpd.read_parquet(file))


def _read_gdal(
    file: Path,
    what: str,
    layer: str | None,
    encoding: str | None,
    companions: Collection[str],
    max_features: int,
    max_bytes: int,
) -> Opened:
    where = f"{what}: {file}"
    # GDAL's complaints come as Python warnings; they are kept for the log, not thrown away
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        try:
            source = _source(file, where, max_bytes)
            name, beside = _choose_layer(source, where, layer, companions)
            info = pyogrio.read_info(source, layer=name, force_feature_count=True)
            _check_limit("too many features", int(info["features"]), max_features, "features", where)
            options = _options(file, encoding)
            frame = pyogrio.read_dataframe(source, layer=name, on_invalid="ignore", **options)
            tables = {key: pd.DataFrame(pyogrio.read_dataframe(source, layer=other)) for key, other in beside.items()}
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as fault:
            raise DataError(
                "not readable", where=where, found=_first_line(fault), mend="is it complete, and a vector format?"
            ) from fault
        except (UnicodeDecodeError, LookupError) as fault:
            raise DataError("text cannot be decoded", where=where, found=_first_line(fault), mend="state the encoding") from fault
    for complaint in complaints:
        log.warning("%s: %s", where, _first_line(complaint.message))
    driver, told = str(info["driver"]), str(options.get("encoding", info.get("encoding") or ""))
    is_cut = driver == "ESRI Shapefile"
    return Opened(_plainly(frame), name, driver, told, is_cut, MappingProxyType(tables))


def _plainly(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the frame with its shapes in the column ``geometry`` and rows counted from 0."""
    if not isinstance(frame, gpd.GeoDataFrame):
        return frame
    frame = frame.reset_index(drop=True) if isinstance(frame.index, pd.RangeIndex) else frame.reset_index()
    if frame.geometry.name == "geometry":
        return frame
    clash = {"geometry": "geometry_"} if "geometry" in frame else {}
    return frame.rename(columns=clash).rename_geometry("geometry")


def _source(file: Path, where: str, max_bytes: int) -> str:
    """Return what GDAL is asked to open: the file, or the one geodatabase or layer file inside a zip."""
    if file.suffix.lower() != ".zip":
        return str(file)
    try:
        with zipfile.ZipFile(file) as archive:
            members = [member for member in archive.infolist() if not member.filename.startswith("__MACOSX")]
    except (zipfile.BadZipFile, OSError) as fault:
        raise DataError("not readable", where=where, found=_first_line(fault), mend="is it a complete zip file?") from fault
    check_unpacked(sum(member.file_size for member in members), where, max_bytes)
    paths = [PurePosixPath(member.filename) for member in members]
    folders = {folder for path in paths for folder in (path, *path.parents) if folder.suffix.lower() == ".gdb"}
    files = sorted(map(str, folders)) or sorted(str(path) for path in paths if path.suffix.lower() in ZIPPED)
    if len(files) == 1:
        return f"/vsizip/{{{file.resolve()}}}/{files[0]}"
    return str(file)


def _choose_layer(source: str, where: str, layer: str | None, companions: Collection[str]) -> tuple[str, dict[str, str]]:
    """Return the layer to read and {companion: its layer}."""
    listed = [(str(name), kind) for name, kind in pyogrio.list_layers(source)]
    names = [name for name, _ in listed]
    if layer is not None and layer not in names:
        raise ConfigError("unknown layer", where=f"{where}: {layer}", mend=nearest(layer, names))
    if not names:
        raise DataError("no layer", where=where)
    beside = {name.casefold(): name for name in names if name.casefold() in companions and name != layer}
    if layer is not None:
        return layer, beside
    own = [(name, kind) for name, kind in listed if name not in beside.values()] or listed
    spatial = [name for name, kind in own if kind is not None] or [name for name, _ in own]
    if len(spatial) > 1:
        raise ConfigError("several layers", where=where, mend=f"name one of {', '.join(sorted(spatial))}")
    return spatial[0], {key: name for key, name in beside.items() if name != spatial[0]}


def _options(file: Path, encoding: str | None) -> dict[str, Any]:
    found = encoding or shapefile_encoding(file)
    if found and not encoding:
        log.warning("%s: the table declares no encoding; read as %s", file, found)
    return {"encoding": found} if found else {}


def _first_line(fault: object) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
