"""Write a build folder whole or not at all, with a manifest by which anybody can make it again.

Assumption: the folder's file system can rename. A build is assembled in a hidden folder beside its target and moved
into place at the end; whatever interrupts it, the target is untouched and nothing is left behind. `geo.verify`
reads the manifest back.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import platform
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import shapely

from geo import measure
from geo.errors import ConfigError, DataError
from geo.exchange.catalog import data_package, file_facts, stac_item
from geo.exchange.content import combined_sha256, content_sha256, file_content_sha256, layer_frames, table_sha256
from geo.exchange.field import Notice
from geo.exchange.files import records, write_csv, write_flatgeobuf, write_geojson, write_json, write_parquet
from geo.exchange.formats import write_turning_points
from geo.exchange.geopackage import STYLE_TABLE, write_geopackage
from geo.exchange.gpx import write_gpx
from geo.exchange.kml import write_kmz
from geo.exchange.project import write_project
from geo.exchange.raster import write_cog
from geo.generalise import HAZARD_LAYERS, as_shown, is_exact, mapped_layers
from geo.grid import SMALLEST_CELL_KM
from geo.layer import Atlas
from geo.maps.rasters import raster_style
from geo.maps.symbols import SYMBOLS
from geo.proof import prove_files
from geo.raster import HazardRaster
from geo.source import file_sha256
from geo.styles import field_layers, layer_title, project_layers, qgis_styles
from geo.terms import TEXTS
from geo.tier import check_owner_only, owner_only

FORMAT = "minemap-build/1"
MANIFEST = "manifest.json"
DATED = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
LIBRARIES = (
    *("geopandas", "shapely", "pyproj", "pyogrio", "pyarrow", "numpy", "pandas", "folium", "branca", "jinja2"),
    *("rasterio", "numba", "scipy", "exactextract"),
)
SIDECARS = (".shp", ".shx", ".dbf", ".prj", ".cpg")  # a Shapefile is all of these


@dataclass(frozen=True, slots=True)
class Manifest:
    """What went into a build and what came out; plain JSON values.

    Attributes
    ----------
    format : str
        `FORMAT`.
    inputs : mapping
        ``{name: {"sha256"}}`` of every file that was read.
    outputs : mapping
        ``{name: {"sha256", "content_sha256", "n_features", "km2", "bounds"}}`` of every file written; the last three
        only for files that hold layers: geodesic gross km², and west, south, east, north [degrees].
    parameters : mapping
        Keyword arguments of the recipe, with the area's name.
    versions : mapping
        Of minemap, Python, the libraries, and the platform.
    """

    format: str
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    parameters: Mapping[str, Any]
    versions: Mapping[str, str]


def write_build(atlas: Atlas, folder: str | Path, *, overwrite: bool = False) -> Manifest:
    """Write an atlas as a build folder.

    Parameters
    ----------
    atlas : Atlas
        In the public tier its mapped hazards are generalised to 1 km cells, and the written files are proved.
    folder : str or Path
        Must not exist, unless `overwrite`; missing parents are made.
    overwrite : bool
        Replace a folder that holds a minemap build; any other folder is left alone.

    Returns
    -------
    Manifest
        As written to ``manifest.json``.

    Raises
    ------
    ConfigError
        If the folder exists, is not ours to replace, or cannot be written.
    """
    target = check_target(folder, overwrite)
    shown = as_shown(atlas)
    with owner_only(atlas.tier), workplace(target) as work:
        _write_outputs(shown, work)
        manifest = _manifest(shown, work)
        write_json(asdict(manifest), work / MANIFEST)
        if atlas.tier == "public":
            prove_files(atlas, work, known=district_names(atlas))
        else:
            check_owner_only(work)
        move_into_place(work, target)
    return manifest


def read_manifest(folder: str | Path) -> Manifest:
    """Read the manifest of a build folder.

    Raises
    ------
    ConfigError
        If the folder holds no minemap build.
    DataError
        If the manifest cannot be read.
    """
    path = Path(folder) / MANIFEST
    if not path.is_file():
        raise ConfigError("no minemap build", where=str(folder), expected=f"a folder with {MANIFEST}", mend="name a build folder")
    try:
        found = json.loads(path.read_text(encoding="utf-8"))
        if found["format"] != FORMAT:
            raise ConfigError("unknown build format", where=str(path), expected=FORMAT, found=str(found["format"]))
        return Manifest(**{name: found[name] for name in Manifest.__dataclass_fields__})
    except (json.JSONDecodeError, UnicodeDecodeError, KeyError, TypeError) as fault:
        raise DataError("manifest cannot be read", where=str(path), found=f"{type(fault).__name__} {fault}") from fault


def versions() -> dict[str, str]:
    """Return the versions of all that may change a build's bytes."""
    found = {name: metadata.version(name) for name in LIBRARIES}
    try:
        found["minemap"] = metadata.version("minemap")
    except metadata.PackageNotFoundError:
        found["minemap"] = "not installed"
    return found | {
        "python": platform.python_version(),
        "gdal": pyogrio.__gdal_version_string__,
        "geos": shapely.geos_version_string,
        "proj": pyproj.proj_version_str,
        "zlib": zlib.ZLIB_RUNTIME_VERSION,
        "platform": f"{platform.system()} {platform.machine()}",
    }


def input_sha256(path: Path) -> str:
    """Return the SHA-256 of an input; of a Shapefile or a folder, over all its files."""
    if path.is_dir():
        parts = {part.relative_to(path).as_posix(): part for part in sorted(path.rglob("*")) if part.is_file()}
    elif path.suffix.lower() == ".shp":
        beside = [path.with_suffix(suffix) for suffix in SIDECARS] + [path.with_suffix(suffix.upper()) for suffix in SIDECARS]
        parts = {part.suffix.lower(): part for part in beside if part.is_file()}
    else:
        return file_sha256(path)
    listing = "".join(f"{name} {file_sha256(part)}\n" for name, part in sorted(parts.items()))
    return hashlib.sha256(listing.encode("utf-8")).hexdigest()


def check_target(folder: str | Path, overwrite: bool) -> Path:
    """Return the full path of a target folder, before any work is done for it.

    Raises
    ------
    ConfigError
        If it exists, unless it is to be replaced and holds a minemap build or nothing.
    """
    target = Path(folder).resolve()
    if target.exists() and not target.is_dir():
        raise ConfigError("target is a file", where=str(target), mend="name a folder")
    if not target.exists():
        return target
    if not overwrite:
        raise ConfigError("target exists", where=str(target), mend="use --overwrite (overwrite=True), or name another folder")
    if any(target.iterdir()) and not _is_ours(target):
        raise ConfigError("target is no minemap build", where=str(target), mend="it is not replaced: name another folder")
    return target


def _is_ours(folder: Path) -> bool:
    """Whether a folder holds a build, of whatever format version; a broken manifest does not count."""
    try:
        found = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(found, dict) and str(found.get("format", "")).startswith("minemap-build/")


@contextlib.contextmanager
def workplace(target: Path) -> Iterator[Path]:
    """Give a hidden folder beside the target; remove it, and parents made for it, if the build does not get through."""
    made = [parent for parent in target.parents if not parent.exists()]
    work: Path | None = None
    try:
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            work = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        except OSError as fault:
            raise ConfigError(
                "cannot write", where=str(target.parent), found=str(fault.strerror), mend="name another folder"
            ) from fault
        yield work
    finally:
        if work is not None and work.exists():
            shutil.rmtree(work)
        for parent in made:
            if parent.is_dir() and not any(parent.iterdir()):
                parent.rmdir()


def _write_outputs(atlas: Atlas, work: Path) -> None:
    from geo.maps.web import draw_map  # folium comes with it: a second of imports that reading data does without

    write_csv(atlas.areas, work / "areas.csv")
    write_json(records(atlas.areas), work / "areas.json")
    write_csv(atlas.lengths, work / "lengths.csv")
    for name in ("ledger", "overlaps", "assumed", "sensitivity"):
        if not (table := getattr(atlas, name)).empty:
            write_csv(table, work / f"{name}.csv")
    mark = {"tier": atlas.tier} if atlas.tier == "restricted" else {}
    for name, table in atlas.tables.items():
        write_csv(table.assign(**mark), work / f"{name}.csv")
    _write_layers(atlas, work)
    _write_field(atlas, work)
    if atlas.raster is not None:
        write_raster(atlas.raster, work / "displacement.tif")
        if (style := raster_style(atlas.raster, atlas.area)) is not None:
            (work / "displacement.qml").write_text(style, encoding="utf-8", newline="\n")
    draw_map(atlas).save(work / "atlas.html")
    _write_catalogue(atlas, work)
    if atlas.tier == "public":
        work.chmod(0o777 & ~_umask())  # made for its owner alone, which is what the restricted tier keeps


def _write_layers(atlas: Atlas, work: Path) -> None:
    """Write every layer for a GIS: one GeoPackage with the QGIS project that opens it, and single files."""
    layers = atlas.layers
    about = {name: (layer_title(name), f"{layer.about_en} {layer.about_ko}".strip()) for name, layer in layers.items()}
    frames = {name: layer.frame for name, layer in layers.items()}
    write_geopackage(frames, work / "layers.gpkg", qgis_styles(layers), about)
    write_project(
        project_layers(layers),
        work / "atlas.qgz",
        notice(atlas),
        crs=atlas.area.crs,
        bounds=atlas.area.bounds,
        source="layers.gpkg",
    )
    (work / "layers").mkdir()
    for name, frame in frames.items():
        write_parquet(frame, work / "layers" / f"{name}.parquet")
        write_geojson(frame, work / "layers" / f"{name}.geojson")
        write_flatgeobuf(frame, work / "layers" / f"{name}.fgb", name)


def _write_field(atlas: Atlas, work: Path) -> None:
    """Write what goes on a phone or a GPS; of supplied hazards also the table of their corners."""
    (work / "field").mkdir()
    write_kmz(field_layers(atlas.layers), work / "field" / "atlas.kmz", notice(atlas), SYMBOLS)
    write_gpx(field_layers(atlas.layers), work / "field" / "atlas.gpx", notice(atlas))
    own = [atlas[name].frame[is_exact(atlas[name])].assign(layer=name) for name in HAZARD_LAYERS if is_exact(atlas[name]).any()]
    if own and atlas.tier == "restricted":
        mapped = gpd.GeoDataFrame(pd.concat(own, ignore_index=True), crs=own[0].crs)
        write_turning_points(mapped, work / "field" / "turning_points.csv", tier=atlas.tier)


def _write_catalogue(atlas: Atlas, work: Path) -> None:
    """Write the STAC item and the data package over all files that stand there."""
    area, files = atlas.area, file_facts(work)
    dates = [layer.as_of for layer in atlas.layers.values() if DATED.fullmatch(layer.as_of)]
    item = stac_item(area.name, notice(atlas), bounds=area.bounds, dates=dates, files=files, crs=area.crs)
    write_json(item, work / "item.json")
    write_json(data_package(area.name, notice(atlas), files=files, sources=area.sources.values()), work / "datapackage.json")


def notice(atlas: Atlas) -> Notice:
    """Return what the files of a build say of themselves."""
    contacts = atlas.area.settings.get("contacts", {})
    told = {"contacts_en": contacts.get("en", ""), "contacts_ko": contacts.get("ko", "")}
    cell_km = SMALLEST_CELL_KM if mapped_layers(atlas) else 0.0
    return Notice(atlas.area.title_en, atlas.area.title_ko, tier=atlas.tier, cell_km=cell_km, **told)


def district_names(atlas: Atlas) -> set[str]:
    """Return the names and codes of districts: a table tells them, so they are no hazard's secret."""
    table = atlas.tables.get("districts", pd.DataFrame())
    return {str(name) for column in ("code", "name_en", "name_ko") if column in table for name in table[column].dropna()}


def write_raster(raster: HazardRaster, path: Path) -> None:
    """Write a hazard raster as a cloud optimised GeoTIFF with named bands."""
    grids = {name: raster.grid(name) for name in raster.bands}
    tags = {**raster.tags, "basis": "modelled", "simulated": "true", "screening": TEXTS["screening"].en}
    write_cog(path, grids, raster.transform, raster.crs, tags=tags)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _manifest(atlas: Atlas, work: Path) -> Manifest:
    parameters = {**atlas.parameters, "area": atlas.area.name}
    absolute = [name for name, value in parameters.items() if isinstance(value, str) and Path(value).is_absolute()]
    if absolute:
        raise ConfigError("absolute path in the parameters", where=", ".join(absolute), mend="record inputs by name")
    return Manifest(
        format=FORMAT,
        inputs={name: {"sha256": input_sha256(path)} for name, path in sorted(atlas.inputs.items())},
        outputs=_outputs(atlas, work),
        parameters=json.loads(json.dumps(parameters)),  # tuples become the lists that reading back gives
        versions=versions(),
    )


def _outputs(atlas: Atlas, work: Path) -> dict[str, dict[str, Any]]:
    """Return the manifest entry of every file.

    GeoPackage and GeoParquet hold the layers without loss, so what they say is taken from the layers themselves; GeoJSON, which
    rounds, is read back.
    """
    frames = {name: layer.frame for name, layer in atlas.layers.items()}
    hashes = {name: content_sha256(frame) for name, frame in frames.items()}
    facts = {f"layers/{name}.parquet": {"content_sha256": hashes[name], **_extent([frame])} for name, frame in frames.items()}
    styles = {STYLE_TABLE: table_sha256(pyogrio.read_dataframe(work / "layers.gpkg", layer=STYLE_TABLE, use_arrow=True))}
    facts["layers.gpkg"] = {"content_sha256": combined_sha256(hashes | styles), **_extent(list(frames.values()))}
    entries = {}
    for path in sorted(path for path in work.rglob("*") if path.is_file()):
        name = path.relative_to(work).as_posix()
        entries[name] = {"sha256": file_sha256(path)} | (facts[name] if name in facts else _facts(path))
    return entries


def _facts(path: Path) -> dict[str, Any]:
    """Return what a file says, read back: its content's SHA-256, and of a layer its extent."""
    if path.suffix != ".geojson":
        return {"content_sha256": file_content_sha256(path)}
    frame = layer_frames(path)[path.stem]
    return {"content_sha256": content_sha256(frame), **_extent([frame])}


def _extent(frames: list[gpd.GeoDataFrame]) -> dict[str, Any]:
    """Return the number of features, gross km² and bounds of layers."""
    filled = [shapely.box(*frame.total_bounds) for frame in frames if len(frame)]
    return {
        "n_features": sum(map(len, frames)),
        "km2": round(sum(measure.total_km2(frame) for frame in frames), 6),
        "bounds": [round(float(edge), 9) for edge in shapely.total_bounds(filled)] if filled else None,
    }


def move_into_place(work: Path, target: Path) -> None:
    """Rename the finished folder to its target; a build that stands there is put aside, and back on failure."""
    if not target.exists():
        work.rename(target)
        return
    aside = work.with_name(work.name + ".old")
    target.rename(aside)
    try:
        work.rename(target)
    except BaseException:
        aside.rename(target)
        raise
    shutil.rmtree(aside)
