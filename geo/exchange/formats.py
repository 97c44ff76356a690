"""Write layers in the format that a file's suffix names, and say what that format could not hold.

Assumption: what a tier may show is decided before; a file of the restricted tier is readable by its owner alone from its first
byte.
Limit: dates are ISO text in every format, as in the layers themselves; counts are whole numbers. A File Geodatabase is not
written: GDAL gives each a new identifier, so its bytes never repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from numpy.typing import NDArray

from geo.errors import ConfigError, nearest
from geo.exchange import gpx, kml
from geo.exchange.archive import beside, write_zip
from geo.exchange.field import FieldLayer, Notice, chunks, made_in_order
from geo.exchange.files import geometry_type, write_flatgeobuf, write_geojson, write_parquet
from geo.exchange.geopackage import add_tables, write_geopackage
from geo.exchange.losses import (
    CSV_DECIMALS,
    TEXT_BYTES,
    Loss,
    clashes,
    csv_losses,
    cut_bytes,
    dbf_names,
    fgb_losses,
    geojson_losses,
    gpx_losses,
    kml_losses,
    renamed,
    shapefile_losses,
    text_columns,
)
from geo.exchange.qgis import Drawn
from geo.exchange.rounding import MOST_DECIMALS, decimals_kept, rounded
from geo.exchange.texts import csv_lines, csv_rows
from geo.exchange.turning import turning_points
from geo.measure import LONLAT
from geo.survey.fields import DEVICE_FIELDS, RECORD_FIELDS, REPORT_FIELDS
from geo.terms import LAYERS

FIRST_DAY = "2000-01-01"  # in a DBF's header, where GDAL puts the clock's day
TABLE_OF_POINTS = "points"
COUNTS = frozenset(
    name for table in (*RECORD_FIELDS.values(), REPORT_FIELDS, DEVICE_FIELDS) for name in table if table[name].kind == "count"
)
DECIMALS = {"lon": 6, "lat": 6, "utm_east_m": 1, "utm_north_m": 1, "bearing_deg": 2, "distance_m": 2}


@dataclass(frozen=True, slots=True)
class Look:
    """How features are drawn in formats that hold it.

    Attributes
    ----------
    symbols : mapping of str to Drawn
        By key.
    keys : callable
        Gives the symbol keys of a layer's features from its name and frame; None draws all plain.
    styles : mapping of str to str
        QML by layer, for GeoPackage.
    """

    symbols: Mapping[str, Drawn] = field(default_factory=dict)
    keys: Callable[[str, gpd.GeoDataFrame], Any] | None = None
    styles: Mapping[str, str] = field(default_factory=dict)


PLAIN_LOOK = Look()
Frames = Mapping[str, gpd.GeoDataFrame]
Tables = Mapping[str, pd.DataFrame]
NO_TABLES: Tables = MappingProxyType({})
TABLE_FORMATS = frozenset({".gpkg"})


class Format(NamedTuple):
    """A format: how it is written, what it loses, whether it holds several layers, and whether it holds degrees alone."""

    write: Callable[[Frames, Path, Notice, Look], None]
    losses: Callable[[str, gpd.GeoDataFrame], list[Loss]]
    many: bool
    degrees: bool = False


def write(
    layers: gpd.GeoDataFrame | Frames,
    path: str | Path,
    notice: Notice,
    *,
    look: Look = PLAIN_LOOK,
    tables: Tables = NO_TABLES,
    overwrite: bool = False,
) -> tuple[Loss, ...]:
    """Write one layer or several in the format of the path's suffix.

    Parameters
    ----------
    layers : GeoDataFrame or mapping of str to GeoDataFrame
        A lone frame is named after the file. Of `FORMATS`, those of one layer refuse several.
    path : str or Path
        Appears whole or not at all; with it the other parts of a Shapefile, and ``NAME-points.csv`` beside a CSV of polygons.
    notice : Notice
        Title and tier; a restricted file is readable by its owner alone.
    look : Look
        Symbols and styles.
    tables : mapping of str to DataFrame
        Rows beside the layers, such as reports on hazards: a GeoPackage holds them, of other formats they are a loss.
    overwrite : bool
        Whether existing files are replaced.

    Returns
    -------
    tuple of Loss
        What the format could not hold, each with a sentence; empty where nothing was lost.

    Raises
    ------
    ConfigError
        If the suffix is unknown, the format holds one layer and there are more, or the target exists.
    DataError
        If a frame has no CRS and the format needs one.

    Examples
    --------
    >>> import tempfile
    >>> frame = gpd.GeoDataFrame({"id": ["a"], "ok": [True]}, geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [loss.kind for loss in write(frame, Path(folder, "a.gpkg"), Notice("North"))]
    ...     [loss.kind for loss in write(frame, Path(folder, "a.gpx"), Notice("North"))]
    []
    ['polygons', 'attributes']
    """
    target = Path(path)
    chosen = format_of(target)
    named = {target.stem.split(".")[0]: layers} if isinstance(layers, gpd.GeoDataFrame) else dict(layers)
    if not named or (len(named) > 1 and not chosen.many):
        several = ", ".join(suffix for suffix, each in FORMATS.items() if each.many)
        mend = f"name one of {', '.join(named)}, or write one of {several}" if named else "name a layer"
        raise ConfigError("this format holds one layer", where=str(path), found=f"{len(named)} layers", mend=mend)
    plain = {name: _placed(plain_frame(frame), chosen) for name, frame in named.items()}
    with beside(target, private=notice.tier == "restricted", overwrite=overwrite) as place:
        chosen.write({name: _fitted(frame, target) for name, frame in plain.items()}, place, notice, look)
        if target.suffix.lower() in TABLE_FORMATS:
            add_tables({name: plain_table(rows) for name, rows in tables.items()}, place)
    lost = [loss for name, frame in plain.items() for loss in (*_turned(name, named[name], frame), *chosen.losses(name, frame))]
    lost += _files_beside(plain, target)
    lost += [] if target.suffix.lower() in TABLE_FORMATS else [_left_behind(name, rows) for name, rows in tables.items()]
    if any(loss.kind == "attributes" for loss in lost):
        return tuple(lost)
    return (*(loss for name, frame in named.items() for loss in _respelt(name, frame)), *lost)


def _placed(frame: gpd.GeoDataFrame, chosen: Format) -> gpd.GeoDataFrame:
    """Return a frame in the coordinates that the format writes; one without a CRS is left to its writer to refuse."""
    return frame.to_crs(LONLAT) if chosen.degrees and frame.crs is not None and frame.crs != LONLAT else frame


def _turned(name: str, frame: gpd.GeoDataFrame, placed: gpd.GeoDataFrame) -> list[Loss]:
    if frame.crs == placed.crs:
        return []
    return [Loss("crs", name, f"{name}: coordinates are turned from {frame.crs.name} into WGS 84 longitude and latitude")]


def format_of(path: Path) -> Format:
    """Return the format that a path's suffix names.

    Raises
    ------
    ConfigError
        If none does.
    """
    suffix = path.suffix.lower()
    if suffix == ".gdb":
        raise ConfigError("not written", where=str(path), mend="its bytes never repeat: write .gpkg, which every GIS opens")
    if suffix not in FORMATS:
        raise ConfigError("unknown format", where=str(path), found=suffix or "no suffix", mend=nearest(suffix, FORMATS))
    return FORMATS[suffix]


def _left_behind(name: str, rows: pd.DataFrame) -> Loss:
    return Loss("tables", name, f"{name}: {len(rows):,} rows beside the records are not written; GeoPackage holds them")


def plain_table(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rows without shapes as `plain_frame` returns those with shapes."""
    told: dict[str, pd.Series] = {str(name): _plain(rows[name]) for name in rows.columns if not _is_plain(rows[name])}
    told |= {str(name): rows[name].astype("Int64") for name in rows.columns if name in COUNTS and _is_whole(rows[name])}
    return rows.assign(**told)


def plain_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame whose columns are numbers, booleans and text: dates in ISO form, anything else as it prints.

    Counts of the survey's fields, which are read as floats since some may be missing, are whole numbers again.

    Examples
    --------
    >>> frame = gpd.GeoDataFrame({"emplaced_n": [12.0, float("nan")]}, geometry=[None, None])
    >>> plain_frame(frame)["emplaced_n"].tolist()
    [12, <NA>]
    """
    geometry = frame.geometry.name
    own = plain_table(pd.DataFrame(frame.drop(columns=geometry)))
    plain = frame.assign(**{str(name): own[name] for name in own if own[name].dtype != frame[name].dtype})
    return plain if geometry == "geometry" else plain.rename_geometry("geometry")


def _is_plain(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells) or isinstance(cells.dtype, pd.StringDtype)


def _is_whole(cells: pd.Series) -> bool:
    return bool(pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all() and (cells.dropna().abs() < 2**53).all())


def _plain(cells: pd.Series) -> pd.Series:
    filled = cells.dropna()
    if pd.api.types.is_object_dtype(cells) and len(filled) and all(type(cell) is bool for cell in filled):
        return cells.astype("boolean")
    return cells.astype(object).map(_spelt, na_action="ignore").astype("str")


def _spelt(cell: Any) -> str:
    if isinstance(cell, pd.Timestamp) and cell == cell.normalize() and cell.tzinfo is None:
        return cell.date().isoformat()
    return str(cell.isoformat()) if hasattr(cell, "isoformat") else str(cell)


def _respelt(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    columns = [str(c) for c in frame.columns if c != frame.geometry.name and not _is_plain(frame[c])]
    dated = [c for c in columns if pd.api.types.is_datetime64_any_dtype(frame[c])]
    return [Loss("types", name, f"{name}: dates of {', '.join(dated)} are written as ISO text")] if dated else []


def _fitted(frame: gpd.GeoDataFrame, target: Path) -> gpd.GeoDataFrame:
    """Return a frame whose column names the format can tell apart."""
    return frame.rename(columns=dict(clashes(frame, target.suffix.lower())))


def _files_beside(frames: Frames, target: Path) -> list[Loss]:
    """Return the file that is written beside a CSV; no loss, but whoever passes the CSV on must know of it."""
    if target.suffix.lower() != ".csv":
        return []
    name, frame = _lone(frames)
    points = _table_of_points(target).name
    return [Loss("files", name, f"{name}: the turning points stand in {points}")] if _has_polygons(frame) else []


def _table_of_points(path: Path) -> Path:
    return path.with_name(f"{path.stem}-{TABLE_OF_POINTS}.csv")


def _cut_cell(text: str) -> str:
    return cut_bytes(text, TEXT_BYTES)


def _lone(frames: Frames) -> tuple[str, gpd.GeoDataFrame]:
    return next(iter(frames.items()))


def _write_gpkg(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    about = {name: (f"{name}: {_title(name)}", f"{notice.title}\n{notice.text}") for name in frames}
    write_geopackage(frames, path, look.styles, about)


def _write_shapefiles(frames: Frames, folder: Path, stem: str | None) -> None:
    for name, frame in frames.items():
        kinds = frame.geom_type.str.removeprefix("Multi")
        cut = frame.assign(**{column: frame[column].map(_cut_cell, na_action="ignore") for column in text_columns(frame)})
        short = cut.rename(columns=dbf_names([str(c) for c in frame.columns if c != "geometry"]))
        found = sorted(set(kinds.dropna()))
        for kind in found or ["Polygon"]:
            part, tail = (short[kinds == kind], f"_{kind.lower()}") if len(found) > 1 else (short, "")
            file = folder / f"{stem or name}{tail}.shp"
            options = {"ENCODING": "UTF-8", "DBF_DATE_LAST_UPDATE": FIRST_DAY}
            pyogrio.write_dataframe(part, file, driver="ESRI Shapefile", geometry_type=geometry_type(part), layer_options=options)


def _write_shp(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    _write_shapefiles(frames, path.parent, path.stem)


def _write_zip(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    folder = path.parent / "parts"
    folder.mkdir()
    _write_shapefiles(frames, folder, None)
    parts = sorted(folder.iterdir())
    write_zip(
        {"README.txt": f"{notice.title}\n{notice.text}\n".encode(), **{part.name: part.read_bytes() for part in parts}}, path
    )
    for part in parts:
        part.unlink()
    folder.rmdir()


def _write_geojson(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    write_geojson(_lone(frames)[1], path)


def _write_fgb(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    name, frame = _lone(frames)
    write_flatgeobuf(frame, path, name)


def _write_parquet(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    write_parquet(_lone(frames)[1], path)


def _write_kmz(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    kml.write_kmz(_field_layers(frames, look), path, notice, look.symbols)


def _write_kml(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    kml.write_kml(_field_layers(frames, look), path, notice, look.symbols)


def _write_gpx(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    gpx.write_gpx(_field_layers(frames, look), path, notice)


def _write_csv(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    """Write attributes with WKT, and beside them, where there are polygons, the table of their turning points."""
    frame = _lone(frames)[1]
    layer = FieldLayer("points", frame, "", "")
    wkt = pd.Series(np.concatenate(list(made_in_order(_wkt, chunks(layer)))), index=frame.index, dtype="str")
    wkt = ("SRID=4326;" + wkt).where(wkt != "", "")
    with path.open("wb") as file:
        file.writelines(csv_lines(pd.DataFrame(frame.drop(columns="geometry")).assign(wkt=wkt), {}))
    if _has_polygons(frame):
        write_turning_points(frame, _table_of_points(path))


def write_turning_points(frame: gpd.GeoDataFrame, path: Path, **marks: str) -> None:
    """Write the table of `geo.exchange.turning.turning_points` as CSV, with a column for each mark that every row bears."""

    def rows(piece: FieldLayer) -> memoryview:
        return csv_rows(turning_points(piece.frame).assign(**marks), DECIMALS)

    with path.open("wb") as file:
        file.writelines(csv_lines(turning_points(frame.iloc[:0]).assign(**marks), DECIMALS))
        for made in made_in_order(rows, chunks(FieldLayer("points", frame, "", ""))):
            file.write(made)


def _has_polygons(frame: gpd.GeoDataFrame) -> bool:
    shapes = np.array(frame.geometry.values, dtype=object)
    return bool(((shapely.get_dimensions(shapes) == 2) & ~shapely.is_empty(shapes)).any())


def _wkt(piece: FieldLayer) -> NDArray[np.object_]:
    """Return shapes as WKT, "" where missing; those that rounding would break keep more decimals."""
    shapes = piece.frame.geometry.values
    kept = decimals_kept(shapes, CSV_DECIMALS)
    made = np.full(len(kept), "", dtype=object)
    for decimals in np.unique(kept):
        there = np.flatnonzero((kept == decimals) & ~shapely.is_missing(shapes))
        digits = -1 if decimals == MOST_DECIMALS else int(decimals)
        made[there] = shapely.to_wkt(rounded(shapes, kept)[there], rounding_precision=digits, output_dimension=2)
    return made


def _field_layers(frames: Frames, look: Look) -> list[FieldLayer]:
    keys = {name: None if look.keys is None else look.keys(name, frame) for name, frame in frames.items()}
    terms = {name: LAYERS[name][1:3] if name in LAYERS else (name, "") for name in frames}
    return [FieldLayer(name, frame, *terms[name], keys[name]) for name, frame in frames.items()]


def _title(name: str) -> str:
    return f"{LAYERS[name].en} · {LAYERS[name].ko}" if name in LAYERS else name


FORMATS: Mapping[str, Format] = {
    ".gpkg": Format(_write_gpkg, renamed(".gpkg"), many=True),
    ".shp": Format(_write_shp, shapefile_losses, many=False),
    ".zip": Format(_write_zip, shapefile_losses, many=True),
    ".geojson": Format(_write_geojson, geojson_losses, many=False, degrees=True),
    ".fgb": Format(_write_fgb, fgb_losses, many=False),
    ".parquet": Format(_write_parquet, renamed(".parquet"), many=False),
    ".kmz": Format(_write_kmz, kml_losses, many=True, degrees=True),
    ".kml": Format(_write_kml, kml_losses, many=True, degrees=True),
    ".gpx": Format(_write_gpx, gpx_losses, many=True, degrees=True),
    ".csv": Format(_write_csv, csv_losses, many=False, degrees=True),
}
