"""A build folder: whole or not at all, the same bytes again, and every tampering told with figure and both values."""

import json
import multiprocessing
import os
import shutil
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from types import MappingProxyType, SimpleNamespace

import geopandas as gpd
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely

from geo import build, reproduce
from geo.area import StudyArea
from geo.build import MANIFEST, read_manifest, write_build
from geo.errors import CheckFailed, ConfigError, DataError
from geo.exchange.content import content_sha256, file_content_sha256, layer_frames
from geo.exchange.read import read_hazards
from geo.layer import Atlas, make_layer
from geo.measure import total_km2
from geo.reproduce import verify
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


@pytest.fixture(autouse=True)
def toyland(tmp_path, monkeypatch):
    return found_toyland(tmp_path / "data", monkeypatch)


@pytest.fixture(scope="module")
def pristine(tmp_path_factory):
    """One build that every test gets a copy of."""
    folder = tmp_path_factory.mktemp("pristine")
    with pytest.MonkeyPatch.context() as patch:
        found_toyland(folder / "data", patch)
        write_build(toy_recipe(), folder / "build" / "toy")
    return folder / "build" / "toy"


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


def test_build_leaves_the_agreed_files_and_nothing_beside(built, pristine):
    assert [path.name for path in pristine.parent.iterdir()] == ["toy"]
    layers = {f"layers/{name}.{suffix}" for name in LAYER_NAMES for suffix in ("parquet", "geojson")}
    tables = {"areas.csv", "areas.json", "lengths.csv", "overlaps.csv", "layers.gpkg", "atlas.html", MANIFEST}
    assert set(fingerprints(built)) == layers | tables


def test_manifest_tells_every_file_and_no_place_or_time(built, tmp_path):
    text = (built / MANIFEST).read_text(encoding="utf-8")
    assert str(tmp_path) not in text and os.uname().nodename not in text.split('"')
    manifest = read_manifest(built)
    assert manifest.format == "minemap-build/1"
    assert {name: entry["sha256"] for name, entry in manifest.outputs.items()} == {
        name: digest for name, digest in fingerprints(built).items() if name != MANIFEST
    }
    dmz = manifest.outputs["layers/dmz.parquet"]
    assert dmz["n_features"] == 3 and dmz["bounds"][0] == pytest.approx(127.02)
    assert dmz["km2"] == pytest.approx(total_km2(gpd.read_parquet(built / "layers/dmz.parquet")), abs=1e-6)
    assert manifest.inputs == {"zones.csv": {"sha256": file_sha256(Path(os.environ["MINEMAP_DATA"]) / "toy/zones.csv")}}
    assert manifest.parameters == {"area": "toy", "scale": 1.0, "tier": "public"}
    assert {"python", "gdal", "geos", "proj", "shapely", "minemap"} <= set(manifest.versions)


def test_same_bytes_in_another_folder_at_another_time_with_two_workers(built, tmp_path):
    time.sleep(1.1)  # a clock in whole seconds would show
    write_build(toy_recipe(workers=2), tmp_path / "elsewhere" / "deeper" / "other")
    assert fingerprints(tmp_path / "elsewhere" / "deeper" / "other") == fingerprints(built)


def test_gpkg_opens_with_styles_for_every_layer(built):
    names = gpd.list_layers(built / "layers.gpkg").name.tolist()
    assert names == [*LAYER_NAMES, "layer_styles"]
    styles = pyogrio.read_dataframe(built / "layers.gpkg", layer="layer_styles")
    assert styles.f_table_name.tolist() == list(LAYER_NAMES)
    assert styles.useAsDefault.all() and styles.styleQML.str.contains("<qgis").all()


def test_layers_at_full_precision(built):
    exact = toy_layer("dmz", toy_area(built), None).frame
    for frame in (gpd.read_parquet(built / "layers/dmz.parquet"), gpd.read_file(built / "layers.gpkg", layer="dmz")):
        assert shapely.equals_exact(frame.geometry.values, exact.geometry.values, tolerance=0).all()


def test_untouched_build_holds(built):
    found = verify(built)
    assert found.ok, found.lines
    assert "all hold" in found.lines[-1]


def test_verify_leaves_the_build_as_it_is(built):
    before = fingerprints(built)
    verify(built)
    assert fingerprints(built) == before


def tampered(built: Path) -> str:
    found = verify(built)
    assert not found.ok
    return "\n".join(found.lines)


def test_edited_figure_is_told_with_both_values(built):
    path = built / "areas.csv"
    true = pd.read_csv(path, dtype=str).net_km2[0]
    path.write_text(path.read_text().replace(true, "907.5", 1))
    assert f"row 2 (dmz all), gross_km2: 907.5 in the build, {true} made again; 1 cell differs" in tampered(built)


def test_edited_json_is_told_with_both_values(built):
    path = built / "areas.json"
    path.write_text(path.read_text().replace('"reported_km2": 2.0', '"reported_km2": 21.8'))
    assert "areas.json: 1/reported_km2: 21.8 in the build, 2.0 made again; 1 value differs" in tampered(built)


def test_moved_vertex_is_told_with_the_feature(built):
    path = built / "layers" / "dmz.geojson"
    document = json.loads(path.read_text())
    document["features"][1]["geometry"]["coordinates"][0][1][0] += 1e-5
    path.write_text(json.dumps(document))
    told = tampered(built)
    assert "layers/dmz.geojson: feature b, geometry: vertex" in told and "1 feature differs" in told


def test_broken_ring_is_told_with_the_feature(built):
    path = built / "layers" / "dmz.geojson"
    document = json.loads(path.read_text())
    document["features"][1]["geometry"]["coordinates"][0].pop()
    path.write_text(json.dumps(document))
    assert "layers/dmz.geojson: feature b, geometry: no valid shape in the build; 1 feature" in tampered(built)


@pytest.mark.parametrize("suffix", ["parquet", "gpkg"])
def test_edited_attribute_is_told_with_the_feature(built, suffix):
    path = built / "layers.gpkg" if suffix == "gpkg" else built / "layers" / "rivers.parquet"
    frames = layer_frames(path)
    river = frames["rivers"]
    river.loc[river.id == "a", "name_en"] = "Styx"
    if suffix == "gpkg":
        pyogrio.write_dataframe(river, path, layer="rivers")
    else:
        river.to_parquet(path)
    assert "feature a, name_en: Styx in the build, Name made again; 1 feature differs" in tampered(built)


def test_edited_page_is_told_with_its_line(built):
    path = built / "atlas.html"
    path.write_text(path.read_text().replace("dmz", "DMZ"))
    assert "atlas.html: line 3, character" in tampered(built)


def test_missing_and_added_files_are_named(built):
    (built / "layers" / "mcz.parquet").unlink()
    (built / "layers" / "notes.txt").write_text("mine")
    told = tampered(built)
    assert "layers/mcz.parquet: missing" in told and "layers/notes.txt: not in the manifest, added later" in told


def test_broken_file_is_told(built):
    path = built / "layers.gpkg"
    path.write_bytes(path.read_bytes()[:5000])
    assert "layers.gpkg: cannot be read" in tampered(built)


def test_forged_manifest_is_found_out(built):
    """Editing a figure and the checksums with it does not help: the recipe gives the true figure again."""
    path, manifest = built / "areas.csv", json.loads((built / MANIFEST).read_text())
    path.write_text(path.read_text().replace("dmz,all,1.0", "dmz,all,9.0"))
    manifest["outputs"]["areas.csv"]["sha256"] = file_sha256(path)
    manifest["outputs"]["layers/dmz.parquet"]["km2"] = 5.0
    (built / MANIFEST).write_text(json.dumps(manifest))
    told = tampered(built)
    assert "row 2 (dmz all), reported_km2: 9.0 in the build, 1.0 made again" in told
    assert "manifest.json: outputs/layers/dmz.parquet/km2: 5.0 in the build" in told


def test_other_versions_pass_when_contents_agree(built):
    """Another library wrote other bytes that say the same: it passes, and it is said."""
    path, manifest = built / "layers" / "dmz.parquet", json.loads((built / MANIFEST).read_text())
    gpd.read_parquet(path).to_parquet(path, compression="gzip")
    manifest["outputs"]["layers/dmz.parquet"]["sha256"] = file_sha256(path)
    (built / MANIFEST).write_text(json.dumps(manifest))
    assert "other bytes, though both say the same" in tampered(built)
    manifest["versions"]["pyarrow"] = "1.0"
    (built / MANIFEST).write_text(json.dumps(manifest))
    found = verify(built)
    assert found.ok, found.lines
    assert "layers/dmz.parquet: other bytes, same content" in found.lines
    assert any("versions/pyarrow: 1.0 in the build" in line for line in found.lines)


def test_changed_input_is_named(built, toyland):
    (toyland / "toy" / "zones.csv").write_text("layer,part,reported_km2\ndmz,all,3.0\n")
    told = tampered(built)
    assert told.startswith("input zones.csv: sha256 ") and "not made again" in told


def test_atlas_of_changed_inputs_is_not_made_again(built, toyland):
    assert reproduce.rebuilt(built).series == "toy"
    (toyland / "toy" / "zones.csv").write_text("layer,part,reported_km2\ndmz,all,3.0\n")
    with pytest.raises(CheckFailed, match="inputs changed since the build"):
        reproduce.rebuilt(built)


def test_missing_input_names_it_and_the_option(built, toyland):
    (toyland / "toy" / "zones.csv").unlink()
    with pytest.raises(DataError, match=r"input not found: zones.csv: .*--inputs DIR"):
        verify(built)


def test_own_files_are_found_by_option_or_beside_the_build(survey, tmp_path, monkeypatch):
    write_build(toy_recipe(planned=str(survey)), tmp_path / "build" / "toy")
    monkeypatch.chdir(tmp_path / "data")
    with pytest.raises(DataError, match=r"input not found: survey.gpkg"):
        verify(tmp_path / "build" / "toy")
    found = verify(tmp_path / "build" / "toy", inputs=survey.parent)
    assert found.ok, found.lines
    shutil.copy(survey, tmp_path / "build")
    assert verify(tmp_path / "build" / "toy").ok


def test_public_tier_shows_cells_only(survey, tmp_path):
    write_build(toy_recipe(planned=str(survey)), tmp_path / "toy")
    cells = gpd.read_file(tmp_path / "toy" / "layers.gpkg", layer="planned_minefields")
    assert cells.id.tolist() == ["cell1km-205-605-SHA"]
    assert shapely.get_coordinates(cells.to_crs(5186).geometry.values).round(2).min(axis=0).tolist() == [
        205_000,
        605_000,
    ]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "toy").rglob("*") if path.is_file())
    assert b"YC-014" not in everything and b"landowner" not in everything
    row = pd.read_csv(tmp_path / "toy" / "areas.csv").iloc[1]
    assert row.net_km2 == 0.0 and row.difference_km2 == -2.0  # 0.028 km², to 0.1
    assert pd.read_csv(tmp_path / "toy" / "overlaps.csv").shared_km2.tolist() == [0.0]
    shown = reproduce.rebuilt(tmp_path / "toy", inputs=survey.parent)
    assert shown["planned_minefields"].frame.id.tolist() == cells.id.tolist()


def test_restricted_tier_keeps_shapes_for_its_owner_alone(survey, tmp_path):
    write_build(toy_recipe(planned=str(survey), tier="restricted"), tmp_path / "toy")
    assert gpd.read_parquet(tmp_path / "toy" / "layers/planned_minefields.parquet").id.tolist() == ["YC-014", "YC-015"]
    assert (tmp_path / "toy").stat().st_mode & 0o777 == 0o700


def test_existing_target_is_refused(built):
    with pytest.raises(ConfigError, match=r"target exists: .*overwrite"):
        write_build(toy_recipe(), built)


def test_overwrite_replaces_a_build(built):
    (built / "stale.txt").write_text("old")
    write_build(toy_recipe(scale=2.0), built, overwrite=True)
    assert not (built / "stale.txt").exists() and read_manifest(built).parameters["scale"] == 2.0
    assert [path.name for path in built.parent.iterdir()] == ["toy"]


@pytest.mark.parametrize("manifest", [None, "{}", "not json", '{"format": "other/1"}'])
def test_overwrite_spares_a_folder_that_is_not_ours(tmp_path, manifest):
    target = tmp_path / "holiday"
    target.mkdir()
    (target / "photo.jpg").write_text("sun")
    if manifest:
        (target / MANIFEST).write_text(manifest)
    with pytest.raises(ConfigError, match="no minemap build"):
        write_build(toy_recipe(), target, overwrite=True)
    assert (target / "photo.jpg").read_text() == "sun"


def test_target_that_is_a_file_is_refused(tmp_path):
    (tmp_path / "toy").write_text("a file")
    for overwrite in (False, True):
        with pytest.raises(ConfigError, match="target is a file"):
            write_build(toy_recipe(), tmp_path / "toy", overwrite=overwrite)


def test_parent_that_is_a_file_is_told(tmp_path):
    (tmp_path / "parent").write_text("a file")
    with pytest.raises(ConfigError, match=r"cannot write: .*parent"):
        write_build(toy_recipe(), tmp_path / "parent" / "toy")


def test_read_only_parent_is_told(tmp_path, monkeypatch):
    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(build.tempfile, "mkdtemp", refuse)
    with pytest.raises(ConfigError, match=r"cannot write: .*found Permission denied"):
        write_build(toy_recipe(), tmp_path / "new" / "toy")
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("fault", [KeyboardInterrupt, RuntimeError])
@pytest.mark.parametrize("step", ["write_geojson", "_manifest", "_move_into_place"])
def test_interrupted_build_leaves_nothing(tmp_path, monkeypatch, fault, step):
    def interrupt(*_):
        raise fault

    monkeypatch.setattr(build, step, interrupt)
    with pytest.raises(fault):
        write_build(toy_recipe(), tmp_path / "new" / "toy")
    assert not (tmp_path / "new").exists()


def test_interrupted_replacement_leaves_the_old_build(built, monkeypatch):
    before, rename = fingerprints(built), Path.rename

    def interrupt(self, target):
        if target == built and not self.name.endswith(".old"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_build(toy_recipe(scale=2.0), built, overwrite=True)
    assert fingerprints(built) == before
    assert [path.name for path in built.parent.iterdir()] == ["toy"]


def test_absolute_path_in_parameters_is_refused(tmp_path):
    from dataclasses import replace

    atlas = replace(toy_recipe(), parameters={"dem": str(tmp_path / "dem.tif")})
    with pytest.raises(ConfigError, match="absolute path in the parameters: dem"):
        write_build(atlas, tmp_path / "toy")


def test_folder_without_a_build_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no minemap build"):
        verify(tmp_path)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(DataError, match="manifest cannot be read"):
        verify(tmp_path)
    (tmp_path / MANIFEST).write_text('{"format": "minemap-build/9"}')
    with pytest.raises(ConfigError, match=r"unknown build format: .*found minemap-build/9"):
        verify(tmp_path)


def test_input_checksum_of_a_shapefile_covers_its_table(tmp_path):
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326)
    frame.to_file(tmp_path / "north.shp")
    before = build.input_sha256(tmp_path / "north.shp")
    table = (tmp_path / "north.dbf").read_bytes()
    (tmp_path / "north.dbf").write_bytes(table.replace(b"a ", b"b ", 1))
    assert build.input_sha256(tmp_path / "north.shp") != before


def test_recipe_is_found_by_entry_point(monkeypatch):
    monkeypatch.undo()
    entry = SimpleNamespace(name="atlas", load=lambda: toy_recipe)
    monkeypatch.setattr(reproduce.metadata, "entry_points", lambda group: [entry] if group == "minemap.recipe" else [])
    assert reproduce.recipe() is toy_recipe
    monkeypatch.setattr(reproduce.metadata, "entry_points", lambda group: [])
    with pytest.raises(ConfigError, match="no recipe installed"):
        reproduce.recipe()


def test_content_in_the_manifest_is_what_the_files_say(demo, tmp_path):
    manifest = write_build(demo, tmp_path / "demo")
    for name, entry in manifest.outputs.items():
        assert file_content_sha256(tmp_path / "demo" / name) == entry["content_sha256"], name
