"""Open any vector file that GDAL reads, or say in one line why not.

Assumption: a file states its own CRS; where it does not, the user is asked, for a wrong datum moves a minefield by
350 m. Size is looked at before anything is read.
"""

from __future__ import annotations

import logging
import warnings
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pyarrow.parquet
import pyogrio
import pyogrio.errors

from geo.errors import ConfigError, DataError, nearest
from geo.exchange.encoding import shapefile_encoding

MAX_FEATURES = 2_000_000
MAX_BYTES = 4_000_000_000
PARQUET = (".parquet", ".geoparquet", ".pq")
log = logging.getLogger(__name__)


def read_vector(
    path: str | Path,
    *,
    what: str,
    layer: str | None = None,
    encoding: str | None = None,
    max_features: int = MAX_FEATURES,
    max_bytes: int = MAX_BYTES,
) -> gpd.GeoDataFrame:
    """Read one layer of any format GDAL knows, of a zipped Shapefile, or of GeoParquet.

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
    file = Path(path)
    _check_size(file, what, max_bytes)
    frame = (
        _read_parquet(file, what, max_features)
        if file.suffix.lower() in PARQUET
        else _read_gdal(file, what, layer, encoding, max_features)
    )
    if not isinstance(frame, gpd.GeoDataFrame):
        raise DataError("no geometry", where=f"{what}: {file}", mend="give a layer with points, lines or polygons")
    if frame.empty:
        raise DataError("no features", where=f"{what}: {file}")
    if frame.crs is None or not (frame.crs.is_geographic or frame.crs.is_projected):
        found = "none" if frame.crs is None else frame.crs.name
        raise DataError(
            "no CRS",
            where=f"{what}: {file}",
            expected="a geographic or projected CRS",
            found=found,
            mend="state the one of the coordinates (.prj file, ogr2ogr -a_srs EPSG:5186); it is never guessed",
        )
    return frame.rename_geometry("geometry") if frame.geometry.name != "geometry" else frame


def _check_size(file: Path, what: str, max_bytes: int) -> None:
    where = f"{what}: {file}"
    if not file.exists():
        raise ConfigError("no such file", where=where)
    size = sum(part.stat().st_size for part in file.rglob("*") if part.is_file()) if file.is_dir() else file.stat().st_size
    if size == 0:
        raise DataError("empty file", where=where, found="0 bytes")
    _check_limit("file too large", size, max_bytes, "bytes", where)


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
        return gpd.read_parquet(file)


def _read_gdal(file: Path, what: str, layer: str | None, encoding: str | None, max_features: int) -> gpd.GeoDataFrame:
    where = f"{what}: {file}"
    # GDAL's complaints come as Python warnings; they are kept for the log, not thrown away
    with warnings.catch_warnings(record=True) as complaints:
        warnings.simplefilter("always")
        try:
            name = _choose_layer(file, where, layer)
            info = pyogrio.read_info(file, layer=name, force_feature_count=True)
            _check_limit("too many features", int(info["features"]), max_features, "features", where)
            frame = pyogrio.read_dataframe(file, layer=name, on_invalid="ignore", **_options(file, encoding))
        except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, pyogrio.errors.GeometryError) as fault:
            raise DataError(
                "not readable", where=where, found=_first_line(fault), mend="is it complete, and a vector format?"
            ) from fault
        except (UnicodeDecodeError, LookupError) as fault:
            raise DataError("text cannot be decoded", where=where, found=_first_line(fault), mend="state the encoding") from fault
    for complaint in complaints:
        log.warning("%s: %s", where, _first_line(complaint.message))
    return frame


def _choose_layer(file: Path, where: str, layer: str | None) -> str:
    names = [str(name) for name, _ in pyogrio.list_layers(file)]
    spatial = [str(name) for name, kind in pyogrio.list_layers(file) if kind is not None] or names
    if layer is not None:
        if layer not in names:
            raise ConfigError("unknown layer", where=f"{where}: {layer}", mend=nearest(layer, names))
        return layer
    if not names:
        raise DataError("no layer", where=where)
    if len(spatial) > 1:
        raise ConfigError("several layers", where=where, mend=f"name one of {', '.join(sorted(spatial))}")
    return spatial[0]


def _options(file: Path, encoding: str | None) -> dict[str, Any]:
    found = encoding or shapefile_encoding(file)
    if found and not encoding:
        log.warning("%s: the table declares no encoding; read as %s", file, found)
    return {"encoding": found} if found else {}


def _first_line(fault: object) -> str:
    return (str(fault).splitlines() or [type(fault).__name__])[0]
