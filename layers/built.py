"""A build read back from its folder, or seen as its folder would hold it: the layers as written, with what they rest on.

Assumption: what is asked of a build is answered from its own files and its manifest, so it also answers where inputs are gone.
The limit: of hazards that somebody mapped a public build holds 1 km cells and rounded totals, and answers with those.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import pandas as pd

from geo.area import StudyArea, read_area
from geo.build import MANIFEST, input_sha256, read_manifest
from geo.districts import by_district, public_districts
from geo.errors import ConfigError, DataError, nearest
from geo.exchange.content import layer_frames
from geo.exchange.read import read_districts
from geo.generalise import as_shown, exact_rows
from geo.grid import SMALLEST_CELL_KM
from geo.land import ground
from geo.layer import Atlas, listed
from geo.measure import areas_m2, project
from geo.statistics import COLUMNS, by_class
from geo.terms import LAYERS
from layers.request import OWN_SOURCE, with_own_source

CELLS = "1 km cells"


@dataclass(frozen=True, slots=True)
class Built:
    """What a build folder says.

    Attributes
    ----------
    name : str
        For messages: the folder or the area.
    area : StudyArea
    frames : mapping of str to GeoDataFrame
        Layers as they are written, in the order of `geo.terms.LAYERS`.
    areas : DataFrame
        ``areas.csv``.
    parameters : mapping
        Of the recipe; user files by name.
    folder : Path, optional
        None for an atlas that was not written.
    district_file : Path, optional
        Where the recorded districts of such an atlas lie.
    """

    name: str
    area: StudyArea
    frames: Mapping[str, gpd.GeoDataFrame]
    areas: pd.DataFrame
    parameters: Mapping[str, Any]
    folder: Path | None = None
    district_file: Path | None = None

    @property
    def tier(self) -> str:
        """Return public or restricted."""
        return str(self.parameters.get("tier", "public"))

    @property
    def mapped(self) -> tuple[str, ...]:
        """The layers that hold what somebody mapped."""
        return tuple(name for name, frame in self.frames.items() if exact_rows(frame, name).any())

    @property
    def cells(self) -> bool:
        """Whether what somebody mapped stands here as cells."""
        return self.tier == "public" and bool(self.mapped)


def is_build(name: str | Path) -> bool:
    """Whether a name is that of a build folder."""
    return (Path(name) / MANIFEST).is_file()


def read_built(folder: str | Path, without: tuple[str, ...] = ()) -> Built:
    """Read a build folder's layers and area table.

    Parameters
    ----------
    folder : str or Path
    without : tuple of str
        Layers that are not needed.

    Raises
    ------
    ConfigError
        If the folder holds no build, or its study area is not to be found.
    DataError
        If a file of the build is missing.
    """
    root, manifest = Path(folder), read_manifest(folder)
    frames = {}
    for name in LAYERS:
        if name not in without and f"layers/{name}.parquet" in manifest.outputs:
            frames[name] = layer_frames(_there(root / "layers" / f"{name}.parquet"))[name]
    rows = json.loads(_there(root / "areas.json").read_text(encoding="utf-8"))
    areas = pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_features": "Int64"})
    area = read_area(_area_folder(root, str(manifest.parameters["area"])), manifest.parameters.get("config"))
    if any(OWN_SOURCE.key in key.split(";") for frame in frames.values() for key in frame["sources"].astype(str).unique()):
        area = with_own_source(area)
    return Built(str(folder), area, frames, areas, {**manifest.parameters, "inputs": manifest.inputs}, root)


def seen_as_built(atlas: Atlas) -> Built:
    """Return an atlas as its build folder would hold it."""
    shown = as_shown(atlas)
    frames = {name: layer.frame for name, layer in shown.layers.items()}
    recorded = atlas.parameters.get("districts")
    file = atlas.inputs[recorded] if recorded else None
    return Built(atlas.area.name, atlas.area, frames, shown.areas, atlas.parameters, district_file=file)


def districts_for(built: Built, own: str | Path | None = None) -> gpd.GeoDataFrame:
    """Return districts with ``code, name_en, name_ko``: those named, else those of the build, else the two provinces.

    Raises
    ------
    ConfigError
        If the recorded file of districts is not to be found, or is another by now; in the public tier also if supplied hazards
        would be told for a district smaller than a cell.
    """
    if own is None and built.parameters.get("districts"):
        own = built.district_file or _recorded_districts(built)
    if own is None:
        return provinces(built.area, built.frames["mdl"])
    frame = read_districts(own, area=built.area).to_crs("EPSG:4326")
    if built.folder is None and built.cells:
        _check_coarse(frame)
    return frame


def _check_coarse(districts: gpd.GeoDataFrame) -> None:
    """Raise if a district is smaller than a cell: its figures would place a hazard more exactly than the cells do."""
    small = areas_m2(districts) < (1000.0 * SMALLEST_CELL_KM) ** 2
    if small.any():
        raise ConfigError(
            "districts finer than the public grid",
            where=listed(districts["code"][small], most=5),
            expected=f"at least {SMALLEST_CELL_KM**2:g} km²",
            mend="use larger districts, or --tier restricted",
        )


def provinces(area: StudyArea, front: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the land south of a front line as the schematic border parts it into two provinces."""
    line = project(front, area.crs).geometry.iloc[0]
    base, names = ground(area, None, line), area.settings["provinces"]
    shapes = [getattr(base, side).intersection(base.south).intersection(base.land) for side in ("west", "east")]
    titles = [names["names"][names[side]] for side in ("west", "east")]
    columns = {"code": [names["west"], names["east"]], "name_en": [en for en, _ in titles], "name_ko": [ko for _, ko in titles]}
    return gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(shapes, crs=area.crs)).to_crs("EPSG:4326")


def built_groups(built: Built, by: str, districts: str | Path | None = None) -> pd.DataFrame:
    """Return a build's km² by layer, class or district.

    Rows of what somebody mapped are told roughly in the public tier, and ``measured_on`` says that cells were measured.

    Raises
    ------
    ConfigError
        If ``by`` is none of these.
    """
    if by == "layer":
        return built.areas
    if by not in ("class", "district"):
        raise ConfigError("unknown grouping", where=by, mend=nearest(by, ("layer", "class", "district")))
    table = by_class(built.frames) if by == "class" else by_district(built.frames, districts_for(built, districts))
    told = told_groups(table, built.mapped, built.tier)
    if built.cells:
        own = table["layer"].isin(built.mapped) if "layer" in table else pd.Series(True, index=table.index)
        told["measured_on"] = own.map({True: CELLS, False: "features"})
    return told


def told_groups(table: pd.DataFrame, mapped: tuple[str, ...], tier: str) -> pd.DataFrame:
    """Return km² by class or district as a tier may show them; classes cover one another, so all of them are told roughly."""
    if tier != "public" or not mapped:
        return table
    if "layer" in table:
        return public_districts(table, mapped)
    return public_districts(table.assign(layer="all"), ("all",)).drop(columns="layer")


def _there(path: Path) -> Path:
    if not path.is_file():
        raise DataError("a file of the build is missing", where=str(path), mend="see what minemap verify says of the folder")
    return path


def _area_folder(root: Path, name: str) -> str | Path:
    """Return the study area of a build: a folder of that name near it, else the shipped one."""
    near = (place / name for place in _near(root))
    return next((path for path in near if (path / "area.toml").is_file()), name)


def _recorded_districts(built: Built) -> Path:
    name = str(built.parameters["districts"])
    mend = "name the file with --districts"
    digest = built.parameters.get("inputs", {}).get(name, {}).get("sha256", "")
    known = [path for place in _near(built.folder or Path()) if (path := place / name).exists()]
    if not known:
        raise ConfigError("the build's districts are not to be found", where=name, expected="beside the build or here", mend=mend)
    same = next((path for path in known if input_sha256(path) == digest), None)
    if same is None:
        raise ConfigError(
            "the build's districts are others by now", where=str(known[0]), expected=f"sha256 {digest[:12]}…", mend=mend
        )
    return same


def _near(root: Path) -> Iterator[Path]:
    yield root.resolve().parent
    yield Path.cwd()
