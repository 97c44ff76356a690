"""A toy country whose recipe is a few lines: what the tests of building and of verifying share."""

import multiprocessing
import os
import shutil
from concurrent.futures import ProcessPoolExecutor
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import geopandas as gpd
import pandas as pd
import pyproj
import pytest
import shapely
from shared import made_once

from geo import reproduce
from geo.area import StudyArea
from geo.build import write_build
from geo.exchange.content import content_sha256
from geo.exchange.read import read_hazards
from geo.layer import Atlas, make_layer
from geo.measure import total_km2
from geo.source import Source, file_sha256
from geo.terms import LAYER_NAMES
from geo.tiles import map_kernel

WEST, SOUTH = 127.0, 38.0
AREA_TOML = 'title_en = "Toyland"\n'
SHAPES = {
    "mdl": lambda x, y: shapely.LineString([(x, y), (x + 0.3, y + 0.01)]),
    "rivers": lambda x, y: shapely.LineString([(x, y), (x + 0.1, y + 0.2)]),
    "incidents": shapely.Point,
    "places": shapely.Point,
}


def square(x: float, y: float) -> shapely.Polygon:
    return shapely.box(x, y, x + 0.01 / 3, y + 0.01)


def shape_of(case: tuple[str, int]) -> object:
    """The kernel that workers run: one feature's shape."""
    name, n = case
    return SHAPES.get(name, square)(WEST + 0.02 * n, SOUTH + 0.02 * n)


def toy_area(folder: Path) -> StudyArea:
    return StudyArea(
        name="toy",
        title_en="Toyland",
        title_ko="장난감",
        bounds=(126.5, 37.5, 128.5, 39.0),
        crs=pyproj.CRS.from_epsg(5186),
        folder=folder,
        settings=MappingProxyType({}),
        sources=MappingProxyType({"toy": Source("toy", "Toy facts"), "survey": Source("survey", "Own survey")}),
        lines=gpd.GeoDataFrame(geometry=[], crs=4326),
        tables=MappingProxyType({}),
        titles=MappingProxyType({}),
    )


def toy_frame(name: str, executor: ProcessPoolExecutor | None) -> gpd.GeoDataFrame:
    shapes = map_kernel(shape_of, [(name, n) for n in (3, 1, 2)], executor)
    frame = gpd.GeoDataFrame({"id": ["c", "a", "b"], "name_en": "Name", "name_ko": "이름"}, geometry=shapes, crs=4326)
    extra = {"flood_displacement": {"class": "high"}, "mined_density": {"pi": [0.5, 0.0, 0.02]}}
    return frame.assign(**extra.get(name, {}))


def toy_layer(name: str, area: StudyArea, executor: ProcessPoolExecutor | None):
    basis = "allocated" if "minefields" in name else "declared"
    land_class = "SHA" if "minefields" in name else "zone"
    frame = toy_frame(name, executor)
    return make_layer(name, frame, area=area, land_class=land_class, basis=basis, sources=("toy",), as_of="2006")


def few_layers(atlas: Atlas, *more: str) -> Atlas:
    """Return an atlas with three of its layers, and more: enough where it does not matter what is written, and sooner written."""
    kept = ("dmz", "planned_minefields", "unconfirmed_minefields", *more)
    return replace(atlas, layers={name: atlas.layers[name] for name in kept})


def toy_recipe(
    area: str = "toy", *, planned: str | None = None, scale: float = 1.0, tier: str = "public", workers: int = 1
) -> Atlas:
    folder = Path(area) if Path(area).is_dir() else Path(os.environ["MINEMAP_DATA"]) / area
    inputs = {"zones.csv": folder / "zones.csv"}
    studied = toy_area(folder)
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(workers, mp_context=context) if workers > 1 else None
    layers = {name: toy_layer(name, studied, executor) for name in LAYER_NAMES}
    if executor:
        executor.shutdown()
    if planned:
        frame = read_hazards(planned, land_class="SHA", source="survey", area=studied)
        own = {"land_class": "SHA", "basis": "supplied", "sources": ("survey",), "as_of": "2025-05-01"}
        layers["planned_minefields"] = make_layer("planned_minefields", frame, area=studied, **own)
        inputs[Path(planned).name] = Path(planned)
    figures = pd.read_csv(folder / "zones.csv")
    net = [scale * total_km2(layers[name].frame) for name in figures.layer]
    areas = figures.assign(n_features=3.0, gross_km2=net, overlap_km2=0.0, net_km2=net)
    areas = areas.assign(difference_km2=areas.net_km2 - areas.reported_km2)
    areas["difference_percent"] = 100 * (areas.net_km2 / areas.reported_km2 - 1)
    parameters = {"scale": scale, "tier": tier} | ({"planned": Path(planned).name} if planned else {})
    return Atlas(
        area=studied,
        layers=layers,
        series="toy",
        areas=areas,
        lengths=pd.DataFrame({"line": ["mdl"], "value_km": [26.3]}),
        ledger=pd.DataFrame(),
        overlaps=pd.DataFrame({"layer": ["planned_minefields"], "other": ["dmz"], "shared_km2": [0.0283]}),
        parameters=parameters,
        inputs=inputs,
        tier=tier,
    )


def page(atlas: Atlas) -> SimpleNamespace:
    """Stand in for the map: a page that says what the atlas holds."""
    text = "\n".join(f"{name} {content_sha256(layer.frame)}" for name, layer in atlas.layers.items())
    return SimpleNamespace(save=lambda path: Path(path).write_text(f"<html>\n{text}\n</html>\n", encoding="utf-8"))


def found_toyland(data: Path, patch: pytest.MonkeyPatch) -> Path:
    (data / "toy").mkdir(parents=True)
    (data / "toy" / "area.toml").write_text(AREA_TOML)
    (data / "toy" / "zones.csv").write_text("layer,part,reported_km2\ndmz,all,1.0\nplanned_minefields,all,2.0\n")
    patch.setenv("MINEMAP_DATA", str(data))
    patch.setattr("geo.maps.web.draw_map", page)
    patch.setattr(reproduce, "recipe", lambda: toy_recipe)
    return data


@pytest.fixture
def toyland(tmp_path, monkeypatch):
    return found_toyland(tmp_path / "data", monkeypatch)


@pytest.fixture(scope="session")
def pristine(run_folder):
    """One build that every test gets a copy of."""

    def written():
        folder = run_folder / "pristine"
        with pytest.MonkeyPatch.context() as patch:
            found_toyland(folder / "data", patch)
            write_build(toy_recipe(), folder / "build" / "toy")
        return folder / "build" / "toy"

    return made_once(run_folder, "pristine", written)


@pytest.fixture
def built(pristine, tmp_path):
    return Path(shutil.copytree(pristine, tmp_path / "build" / "toy"))


@pytest.fixture
def survey(tmp_path):
    """Two fields that share a 1 km cell, in an area where the grid's cells are known."""
    corner = (205_300.0, 605_300.0)
    fields = [
        shapely.box(corner[0], corner[1], corner[0] + 100, corner[1] + 200),
        shapely.Point(205_800, 605_700).buffer(50),
    ]
    frame = gpd.GeoDataFrame({"LandID": ["YC-014", "YC-015"], "landowner": ["A", "B"]}, geometry=fields, crs=5186)
    path = tmp_path / "own" / "survey.gpkg"
    path.parent.mkdir()
    frame.to_file(path)
    return path


def fingerprints(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): file_sha256(p) for p in sorted(folder.rglob("*")) if p.is_file()}
