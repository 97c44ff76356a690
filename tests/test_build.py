"""A build folder: whole or not at all, and the same bytes again."""

import os
import time
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from toyland import few_layers, fingerprints, toy_area, toy_layer, toy_recipe

from geo import build, reproduce
from geo.build import MANIFEST, read_manifest, write_build
from geo.errors import ConfigError
from geo.exchange.content import file_content_sha256
from geo.measure import total_km2
from geo.source import file_sha256
from geo.terms import LAYER_NAMES

pytestmark = pytest.mark.usefixtures("toyland")


def test_build_leaves_the_agreed_files_and_nothing_beside(built, pristine):
    assert [path.name for path in pristine.parent.iterdir()] == ["toy"]
    layers = {f"layers/{name}.{suffix}" for name in LAYER_NAMES for suffix in ("parquet", "geojson", "fgb")}
    tables = {"areas.csv", "areas.json", "lengths.csv", "overlaps.csv", "layers.gpkg", "atlas.html", MANIFEST}
    tables |= {"atlas.qgz", "field/atlas.kmz", "field/atlas.gpx", "item.json", "datapackage.json"}
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
    time.sleep(max(0.0, (built / MANIFEST).stat().st_mtime + 1.1 - time.time()))  # a clock in whole seconds would show
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
    write_build(few_layers(toy_recipe(planned=str(survey), tier="restricted")), tmp_path / "toy")
    assert gpd.read_parquet(tmp_path / "toy" / "layers/planned_minefields.parquet").id.tolist() == ["YC-014", "YC-015"]
    assert (tmp_path / "toy").stat().st_mode & 0o777 == 0o700


def test_existing_target_is_refused(built):
    with pytest.raises(ConfigError, match=r"target exists: .*overwrite"):
        write_build(toy_recipe(), built)


def test_overwrite_replaces_a_build(built):
    (built / "stale.txt").write_text("old")
    write_build(few_layers(toy_recipe(scale=2.0)), built, overwrite=True)
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
@pytest.mark.parametrize("step", ["write_geojson", "_manifest", "move_into_place"])
def test_interrupted_build_leaves_nothing(tmp_path, monkeypatch, fault, step):
    def interrupt(*_):
        raise fault

    monkeypatch.setattr(build, step, interrupt)
    with pytest.raises(fault):
        write_build(few_layers(toy_recipe()), tmp_path / "new" / "toy")
    assert not (tmp_path / "new").exists()


def test_interrupted_replacement_leaves_the_old_build(built, monkeypatch):
    before, rename = fingerprints(built), Path.rename

    def interrupt(self, target):
        if target == built and not self.name.endswith(".old"):
            raise KeyboardInterrupt
        return rename(self, target)

    monkeypatch.setattr(Path, "rename", interrupt)
    with pytest.raises(KeyboardInterrupt):
        write_build(few_layers(toy_recipe(scale=2.0)), built, overwrite=True)
    assert fingerprints(built) == before
    assert [path.name for path in built.parent.iterdir()] == ["toy"]


def test_absolute_path_in_parameters_is_refused(tmp_path):
    atlas = replace(few_layers(toy_recipe()), parameters={"dem": str(tmp_path / "dem.tif")})
    with pytest.raises(ConfigError, match="absolute path in the parameters: dem"):
        write_build(atlas, tmp_path / "toy")


def test_input_checksum_of_a_shapefile_covers_its_table(tmp_path):
    frame = gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326)
    frame.to_file(tmp_path / "north.shp")
    before = build.input_sha256(tmp_path / "north.shp")
    table = (tmp_path / "north.dbf").read_bytes()
    (tmp_path / "north.dbf").write_bytes(table.replace(b"a ", b"b ", 1))
    assert build.input_sha256(tmp_path / "north.shp") != before


def test_content_in_the_manifest_is_what_the_files_say(demo_build):
    folder = demo_build[0]
    for name, entry in read_manifest(folder).outputs.items():
        assert file_content_sha256(folder / name) == entry["content_sha256"], name
