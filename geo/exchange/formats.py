"""Write layers in the format that a file's suffix names, and say what that format could not hold.

Assumption: what a tier may show is decided before; a file of the restricted tier is readable by its owner alone from its first
byte.
Limit: dates are ISO text in every format, as in the layers themselves. A File Geodatabase is not written: GDAL gives each
a new identifier, so its bytes never repeat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from geo.errors import ConfigError, nearest
from geo.exchange import gpx, kml
from geo.exchange.archive import beside, write_zip
from geo.exchange.field import FieldLayer, Notice, chunks
from geo.exchange.files import FORMULA_SIGNS, geometry_type, write_flatgeobuf, write_geojson, write_parquet
from geo.exchange.geopackage import write_geopackage
from geo.exchange.qgis import Drawn
from geo.exchange.texts import csv_lines
from geo.exchange.turning import lonlat, rings_of, turning_points
from geo.measure import LONLAT
from geo.terms import LAYERS

FIRST_DAY = "2000-01-01"  # in a DBF's header, where GDAL puts the clock's day
TEXT_BYTES = 254  # most that a DBF cell holds
DBF_DECIMALS = 15
GEOJSON_DECIMALS, FIELD_DECIMALS, CSV_DECIMALS = 7, 6, 9
TABLE_OF_POINTS = "points"
FEW = 100  # rows that are looked at before all are
DECIMALS = {"lon": 6, "lat": 6, "utm_east_m": 1, "utm_north_m": 1, "bearing_deg": 2, "distance_m": 2}


class Loss(NamedTuple):
    """One thing that a format could not hold: what kind, where, and a sentence."""

    kind: str
    layer: str
    told: str


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


class Format(NamedTuple):
    """A format: how it is written, what it loses, and whether it holds several layers."""

    write: Callable[[Frames, Path, Notice, Look], None]
    losses: Callable[[str, gpd.GeoDataFrame], list[Loss]]
    many: bool


def write(
    layers: gpd.GeoDataFrame | Frames,
    path: str | Path,
    notice: Notice,
    *,
    look: Look = PLAIN_LOOK,
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
    plain = {name: plain_frame(frame) for name, frame in named.items()}
    with beside(target, private=notice.tier == "restricted", overwrite=overwrite) as place:
        chosen.write({name: _fitted(frame, target) for name, frame in plain.items()}, place, notice, look)
    lost = [loss for name, frame in plain.items() for loss in chosen.losses(name, frame)]
    if any(loss.kind == "attributes" for loss in lost):
        return tuple(lost)
    return (*(loss for name, frame in named.items() for loss in _respelt(name, frame)), *lost)


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


def plain_frame(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return a frame whose columns are numbers, booleans and text: dates in ISO form, anything else as it prints."""
    geometry = frame.geometry.name
    told = {name: _plain(frame[name]) for name in frame.columns if name != geometry and not _is_plain(frame[name])}
    plain = frame.assign(**told) if told else frame
    return plain if geometry == "geometry" else plain.rename_geometry("geometry")


def _is_plain(cells: pd.Series) -> bool:
    return pd.api.types.is_numeric_dtype(cells) or isinstance(cells.dtype, pd.StringDtype)


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
    return frame.rename(columns=dict(_clashes(frame, target.suffix.lower())))


def _clashes(frame: gpd.GeoDataFrame, suffix: str) -> list[tuple[str, str]]:
    """Return (column, its name in the file) where names differ in case only, or the format needs one for itself."""
    taken = {"bbox"} if suffix == ".parquet" else {"wkt"} if suffix == ".csv" else set()
    changed = []
    for name in (str(column) for column in frame.columns if column != "geometry"):
        free = name
        while (free if suffix == ".parquet" else free.casefold()) in taken:
            free += "_"
        taken.add(free if suffix == ".parquet" else free.casefold())
        changed += [(name, free)] if free != name else []
    return changed


def _renamed(suffix: str) -> Callable[[str, gpd.GeoDataFrame], list[Loss]]:
    def losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
        pairs = ", ".join(f"{old} is {new}" for old, new in _clashes(frame, suffix))
        return [Loss("names", name, f"{name}: column names are changed: {pairs}")] if pairs else []

    return losses


def _rounded(name: str, frame: gpd.GeoDataFrame, decimals: int) -> list[Loss]:
    """Return what degrees with so many decimals lose: heights, another CRS, digits."""
    lost = []
    if frame.has_z.any():
        lost.append(Loss("heights", name, f"{name}: heights are not written"))
    if frame.crs is not None and frame.crs != LONLAT:
        lost.append(Loss("crs", name, f"{name}: coordinates are turned from {frame.crs.name} into WGS 84 longitude and latitude"))
    if any(_finer(rows, decimals) for rows in (frame.geometry.iloc[:FEW], frame.geometry)):  # mostly a few tell
        lost.append(Loss("precision", name, f"{name}: coordinates are rounded to {decimals} decimals of a degree"))
    return lost


def _finer(shapes: gpd.GeoSeries, decimals: int) -> bool:
    """Whether a vertex has more decimals of a degree."""
    points = shapely.get_coordinates(shapes.to_crs(LONLAT).values if shapes.crs is not None else shapes.values)
    return bool((np.abs(points - np.round(points, decimals)) > 1e-12).any())


def _texts(frame: gpd.GeoDataFrame) -> list[str]:
    return [str(name) for name in frame.columns if name != "geometry" and isinstance(frame[name].dtype, pd.StringDtype)]


def _mixed_blanks(name: str, frame: gpd.GeoDataFrame, missing: bool) -> list[Loss]:
    """Return the loss of a format that reads empty text back as missing (`missing`), or missing text as empty."""
    columns = [c for c in _texts(frame) if ((frame[c] == "") if missing else frame[c].isna()).any()]
    told = "empty text reads back as missing" if missing else "missing text reads back as empty"
    return [Loss("missing", name, f"{name}: {told} in {', '.join(columns)}")] if columns else []


def _geojson_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    return _renamed(".geojson")(name, frame) + _rounded(name, frame, GEOJSON_DECIMALS)


def _kml_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    return _renamed(".kml")(name, frame) + _rounded(name, frame, FIELD_DECIMALS)


def _gpx_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    lost = _rounded(name, frame, FIELD_DECIMALS)
    if frame.geom_type.isin(["Polygon", "MultiPolygon", "GeometryCollection"]).any():
        lost.append(Loss("polygons", name, f"{name}: polygons are closed tracks, a hole a track of its own"))
    carried = [str(column) for column in frame.columns if column != "geometry"]
    if carried:
        told = f"{name}: attributes stand only in names and descriptions, in words; {len(carried)} columns have no field"
        lost.append(Loss("attributes", name, told))
    return lost


def _csv_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    lost = [loss for loss in _rounded(name, frame, CSV_DECIMALS) if loss.kind != "crs"]
    lost.append(Loss("crs", name, f"{name}: a CSV states no CRS; wkt is longitude and latitude in WGS 84 (EPSG:4326)"))
    signed = [c for c in _texts(frame) if frame[c].str.startswith(FORMULA_SIGNS, na=False).any()]
    if signed:
        told = f"{name}: cells of {', '.join(signed)} that a spreadsheet would run begin with an apostrophe"
        lost.append(Loss("text", name, told))
    return _renamed(".csv")(name, frame) + lost + _mixed_blanks(name, frame, missing=False)


def _shapefile_losses(name: str, frame: gpd.GeoDataFrame) -> list[Loss]:
    short = dbf_names([str(column) for column in frame.columns if column != "geometry"])
    cut = ", ".join(f"{old} is {new}" for old, new in short.items() if old != new)
    lost = [Loss("names", name, f"{name}: column names hold 10 bytes: {cut}")] if cut else []
    for column in _texts(frame):
        long = frame[column].dropna().str.encode("utf-8").str.len() > TEXT_BYTES
        if long.any():
            lost.append(Loss("text", name, f"{name}: {int(long.sum())} texts of {column} are cut to {TEXT_BYTES} bytes"))
    numbers = [str(c) for c in frame.columns if c != "geometry" and pd.api.types.is_float_dtype(frame[c])]
    fine = [c for c in numbers if (np.abs(frame[c] - np.round(frame[c], DBF_DECIMALS)) > 1e-12 * np.abs(frame[c])).any()]
    if fine:
        lost.append(Loss("numbers", name, f"{name}: small numbers of {', '.join(fine)} keep {DBF_DECIMALS} decimals"))
    kinds = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna()}
    if len(kinds) > 1:
        lost.append(Loss("geometry", name, f"{name}: points, lines and polygons stand in files of their own"))
    return lost + _mixed_blanks(name, frame, missing=True)


def dbf_names(columns: Sequence[str]) -> dict[str, str]:
    """Return {column: its name in a DBF}: at most 10 bytes of UTF-8, no two alike whatever their case.

    Examples
    --------
    >>> dbf_names(["national_term", "national_total", "지뢰지대구분", "id"])
    {'national_term': 'national_t', 'national_total': 'national_1', '지뢰지대구분': '지뢰지', 'id': 'id'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        short, number = _cut(column, 10), 0
        while short.casefold() in taken:
            number += 1
            short = _cut(column, 10 - len(str(number))) + str(number)
        taken.add(short.casefold())
        found[column] = short
    return found


def _cut(text: str, n_bytes: int) -> str:
    return text.encode("utf-8")[:n_bytes].decode("utf-8", errors="ignore")


def _cut_cell(text: str) -> str:
    return _cut(text, TEXT_BYTES)


def _lone(frames: Frames) -> tuple[str, gpd.GeoDataFrame]:
    return next(iter(frames.items()))


def _write_gpkg(frames: Frames, path: Path, notice: Notice, look: Look) -> None:
    about = {name: (f"{name}: {_title(name)}", f"{notice.title}\n{notice.text}") for name in frames}
    write_geopackage(frames, path, look.styles, about)


def _write_shapefiles(frames: Frames, folder: Path, stem: str | None) -> None:
    for name, frame in frames.items():
        kinds = frame.geom_type.str.removeprefix("Multi")
        cut = frame.assign(**{column: frame[column].map(_cut_cell, na_action="ignore") for column in _texts(frame)})
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
    frame = _lone(frames)[1].to_crs(LONLAT)
    wkt = shapely.to_wkt(frame.geometry.values, rounding_precision=CSV_DECIMALS, output_dimension=2)
    with path.open("wb") as file:
        file.writelines(csv_lines(pd.DataFrame(frame.drop(columns="geometry")).assign(wkt=wkt), {}, header=True))
    if len(rings_of(lonlat(frame)).points):
        with path.with_name(f"{path.stem}-{TABLE_OF_POINTS}.csv").open("wb") as file:
            for number, piece in enumerate(chunks(FieldLayer("points", frame, "", ""))):
                file.writelines(csv_lines(turning_points(piece.frame), DECIMALS, header=number == 0))


def _field_layers(frames: Frames, look: Look) -> list[FieldLayer]:
    keys = {name: None if look.keys is None else look.keys(name, frame) for name, frame in frames.items()}
    terms = {name: LAYERS[name][1:3] if name in LAYERS else (name, "") for name in frames}
    return [FieldLayer(name, frame.to_crs(LONLAT), *terms[name], keys[name]) for name, frame in frames.items()]  # once for all


def _title(name: str) -> str:
    return f"{LAYERS[name].en} · {LAYERS[name].ko}" if name in LAYERS else name


FORMATS: Mapping[str, Format] = {
    ".gpkg": Format(_write_gpkg, _renamed(".gpkg"), many=True),
    ".shp": Format(_write_shp, _shapefile_losses, many=False),
    ".zip": Format(_write_zip, _shapefile_losses, many=True),
    ".geojson": Format(_write_geojson, _geojson_losses, many=False),
    ".fgb": Format(_write_fgb, _renamed(".fgb"), many=False),
    ".parquet": Format(_write_parquet, _renamed(".parquet"), many=False),
    ".kmz": Format(_write_kmz, _kml_losses, many=True),
    ".kml": Format(_write_kml, _kml_losses, many=True),
    ".gpx": Format(_write_gpx, _gpx_losses, many=True),
    ".csv": Format(_write_csv, _csv_losses, many=False),
}
