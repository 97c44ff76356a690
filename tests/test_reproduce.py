"""Verifying: an untouched build holds, and every tampering is told with the figure and both values."""

import base64
import json
import re
import shutil
import zlib
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
from toyland import few_layers, fingerprints, toy_recipe

from geo import reproduce
from geo.build import MANIFEST, read_manifest, versions, write_build
from geo.difference import describe
from geo.errors import CheckFailed, ConfigError, DataError
from geo.exchange.content import file_content_sha256, layer_frames
from geo.reproduce import verify
from geo.source import file_sha256

pytestmark = pytest.mark.usefixtures("toyland")


def test_untouched_build_holds_and_stays_as_it_is(built):
    before = fingerprints(built)
    found = verify(built)
    assert found.ok, found.lines
    assert "all hold" in found.lines[-1]
    assert fingerprints(built) == before


@pytest.fixture
def copied(pristine, monkeypatch):
    """Make the build again by copying the untouched one, which does make itself again: what counts is what was changed."""

    def written(atlas, folder):
        shutil.copytree(pristine, folder)
        return read_manifest(folder)

    monkeypatch.setattr(reproduce, "_cook", lambda *_: None)
    monkeypatch.setattr(reproduce, "write_build", written)


def tampered(built: Path) -> str:
    found = verify(built)
    assert not found.ok
    return "\n".join(found.lines)


def test_edited_figure_is_told_with_both_values(built, copied):
    path = built / "areas.csv"
    true = pd.read_csv(path, dtype=str).net_km2[0]
    path.write_text(path.read_text().replace(true, "907.5", 1))
    assert f"row 2 (dmz all), gross_km2: 907.5 in the build, {true} made again; 1 cell differs" in tampered(built)


def test_edited_json_is_told_with_both_values(built, copied):
    path = built / "areas.json"
    path.write_text(path.read_text().replace('"reported_km2": 2.0', '"reported_km2": 21.8'))
    assert "areas.json: 1/reported_km2: 21.8 in the build, 2.0 made again; 1 value differs" in tampered(built)


def test_moved_vertex_is_told_with_the_feature(built, copied):
    path = built / "layers" / "dmz.geojson"
    document = json.loads(path.read_text())
    document["features"][1]["geometry"]["coordinates"][0][1][0] += 1e-5
    path.write_text(json.dumps(document))
    told = tampered(built)
    assert "layers/dmz.geojson: feature b, geometry: vertex" in told and "1 feature differs" in told


def test_broken_ring_is_told_with_the_feature(built, copied):
    path = built / "layers" / "dmz.geojson"
    document = json.loads(path.read_text())
    document["features"][1]["geometry"]["coordinates"][0].pop()
    path.write_text(json.dumps(document))
    assert "layers/dmz.geojson: feature b, geometry: no valid shape in the build; 1 feature" in tampered(built)


@pytest.mark.parametrize("suffix", ["parquet", "gpkg"])
def test_edited_attribute_is_told_with_the_feature(built, copied, suffix):
    path = built / "layers.gpkg" if suffix == "gpkg" else built / "layers" / "rivers.parquet"
    frames = layer_frames(path)
    river = frames["rivers"]
    river.loc[river.id == "a", "name_en"] = "Styx"
    if suffix == "gpkg":
        pyogrio.write_dataframe(river, path, layer="rivers")
    else:
        river.to_parquet(path)
    assert "feature a, name_en: Styx in the build, Name made again; 1 feature differs" in tampered(built)


def test_edited_page_is_told_with_its_line(built, copied):
    path = built / "atlas.html"
    path.write_text(path.read_text().replace("dmz", "DMZ"))
    assert "atlas.html: line 3, character" in tampered(built)


def test_missing_and_added_files_are_named(built, copied):
    (built / "layers" / "mcz.parquet").unlink()
    (built / "layers" / "notes.txt").write_text("mine")
    told = tampered(built)
    assert "layers/mcz.parquet: missing" in told and "layers/notes.txt: not in the manifest, added later" in told


def test_broken_file_is_told(built, copied):
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


def test_other_versions_pass_when_contents_agree(built, copied):
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
    monkeypatch.setattr(reproduce, "recipe", lambda: lambda **asked: few_layers(toy_recipe(**asked)))
    write_build(reproduce.recipe()(planned=str(survey)), tmp_path / "build" / "toy")
    monkeypatch.chdir(tmp_path / "data")
    with pytest.raises(DataError, match=r"input not found: survey.gpkg"):
        verify(tmp_path / "build" / "toy")
    found = verify(tmp_path / "build" / "toy", inputs=survey.parent)
    assert found.ok, found.lines
    shutil.copy(survey, tmp_path / "build")
    assert verify(tmp_path / "build" / "toy").ok


def test_folder_without_a_build_is_told(tmp_path):
    with pytest.raises(ConfigError, match="no minemap build"):
        verify(tmp_path)
    (tmp_path / MANIFEST).write_text("{")
    with pytest.raises(DataError, match="manifest cannot be read"):
        verify(tmp_path)
    (tmp_path / MANIFEST).write_text('{"format": "minemap-build/9"}')
    with pytest.raises(ConfigError, match=r"unknown build format: .*found minemap-build/9"):
        verify(tmp_path)


def test_recipe_is_found_by_entry_point(monkeypatch):
    monkeypatch.undo()
    entry = SimpleNamespace(name="atlas", load=lambda: toy_recipe)
    monkeypatch.setattr(reproduce.metadata, "entry_points", lambda group: [entry] if group == "minemap.recipe" else [])
    assert reproduce.recipe() is toy_recipe
    monkeypatch.setattr(reproduce.metadata, "entry_points", lambda group: [])
    with pytest.raises(ConfigError, match="no recipe installed"):
        reproduce.recipe()


def packed_page(path, text, level):
    block = base64.b64encode(zlib.compress(text.encode(), level)).decode()
    path.write_text(f'<p>a</p>\n<script type="application/json" id="data-dmz">{block}</script>\n')
    return path


def test_a_page_packed_by_another_zlib_says_the_same(tmp_path):
    one = packed_page(tmp_path / "one.html", '{"n":1}' * 50, 9)
    two = packed_page(tmp_path / "two.html", '{"n":1}' * 50, 0)
    assert one.read_bytes() != two.read_bytes()
    assert file_content_sha256(one) == file_content_sha256(two) and describe(one, two) == ""
    other = packed_page(tmp_path / "other.html", '{"n":1}' * 49 + '{"n":2}', 9)
    assert file_content_sha256(one) != file_content_sha256(other)
    assert re.search(r"line 2, character \d+: .*\"n\":1}.* in the build, .*\"n\":2}", describe(one, other))
    assert versions()["zlib"] == zlib.ZLIB_RUNTIME_VERSION


def test_a_broken_block_of_the_page_is_told(built, copied):
    (built / "atlas.html").write_text('<script type="application/json" id="data-dmz">AAAA</script>')
    assert "atlas.html: cannot be read: Error -3" in tampered(built)
