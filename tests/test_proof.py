"""No file of a public build gives a supplied name or vertex away, and what is common knowledge raises no alarm."""

import base64
import json
import re
import shutil
import zlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import geo.build
import geo.proof
import layers
from geo.build import write_build
from geo.errors import CheckFailed
from geo.exchange.content import DATA_BLOCK, layer_frames
from geo.proof import mapped_fields, prove_files, runs, secrets_of

FIELD = shapely.box(-27.0307, 19.9751, -27.0103, 19.9853)  # on land, south of the demo's front
FAR = shapely.box(-26.9807, 19.9751, -26.9703, 19.9813)


def saved(path, shapes=(FIELD, FAR), **columns):
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326).to_file(path)
    return path


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    """An atlas with two supplied fields of which everything would be a secret."""
    columns = {"id": ["YC-014", "YC-015"], "name": ["Hill 395", "월정리"], "zone": ["Sector Blue", "Sector Blue"]}
    return layers.build("demo", planned=saved(tmp_path_factory.mktemp("own") / "survey.gpkg", **columns))


@pytest.fixture(scope="module")
def public(exact, tmp_path_factory):
    folder = tmp_path_factory.mktemp("build") / "demo"
    write_build(exact, folder)
    return folder


@pytest.fixture
def folder(public, tmp_path):
    return shutil.copytree(public, tmp_path / "demo")


@pytest.fixture(scope="module")
def known(exact):
    return secrets_of(exact, mapped_fields(exact))


@pytest.fixture
def secrets(known, monkeypatch):
    """Look once for what the two fields keep secret: it is the same for every file."""
    monkeypatch.setattr(geo.proof, "secrets_of", lambda *_: known)


def alone(public, name, folder):
    """Copy one file of the public build to a folder of its own: proving it takes less time than proving them all."""
    (folder / name).parent.mkdir(parents=True)
    shutil.copy(public / name, folder / name)
    return folder


def in_table(path, text):
    table = pd.read_csv(path)
    table.loc[len(table), table.select_dtypes(exclude="number").columns[0]] = text
    table.to_csv(path, index=False)


def in_json(path, text):
    value = json.loads(path.read_text())
    (value[0] if isinstance(value, list) else value)["note"] = text
    path.write_text(json.dumps(value))


def in_layer(path, text, name="places"):
    frame = layer_frames(path)[name]
    frame.loc[0, "name_ko"] = text
    {"gpkg": lambda: frame.to_file(path, layer=name), "parquet": lambda: frame.to_parquet(path)}.get(
        path.suffix[1:], lambda: frame.to_file(path, driver="GeoJSON")
    )()


def in_block(path, change, block="places"):
    def repacked(found):
        if found[2] != block:
            return found[0]
        value = json.loads(zlib.decompress(base64.b64decode(found[3])))
        change(value)
        return found[1] + base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()

    path.write_text(DATA_BLOCK.sub(repacked, path.read_text("utf-8")), "utf-8")


def in_page(path, text):
    in_block(path, lambda value: value["columns"]["name_en"]["values"].append(text))


STRINGS = [
    *((f"{name}.csv", in_table) for name in ("areas", "overlaps", "lengths", "ledger")),
    *((f"{name}.json", in_json) for name in ("areas", "manifest")),
    ("layers.gpkg", in_layer),
    ("layers/places.parquet", in_layer),
    ("layers/places.geojson", in_layer),
    ("atlas.html", in_page),
    ("atlas.html", lambda path, text: path.write_text(path.read_text().replace("</header>", f"<p>{text}</p></header>"))),
]


@pytest.mark.parametrize("text", ["YC-014", "YC-015 (old)", "월정리", "Hill 395", "sector  blue"])
@pytest.mark.parametrize(("name", "plant"), STRINGS)
def test_a_supplied_name_in_any_file_is_found(exact, public, secrets, tmp_path, name, plant, text):
    folder = alone(public, name, tmp_path / "demo")
    plant(folder / name, text)
    with pytest.raises(CheckFailed, match=f"supplied name in a public file: {name}") as fault:
        prove_files(exact, folder)
    assert re.search("YC-01|Hill 395|월정리|Sector Blue", str(fault.value))


@pytest.mark.parametrize("name", ["areas.csv", "overlaps.csv"])
def test_a_folder_is_read_from_its_first_file_to_its_last(exact, folder, name):
    told = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert name in (told[0], told[-1])
    prove_files(exact, folder)
    in_table(folder / name, "YC-014")
    with pytest.raises(CheckFailed, match=f"supplied name in a public file: {name}: found YC-014"):
        prove_files(exact, folder)


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "geojson"])
@pytest.mark.parametrize("name", ["flood_displacement", "mined_density", "rivers", "planned_minefields"])
def test_a_supplied_shape_in_any_layer_is_found(exact, public, secrets, tmp_path, name, suffix):
    written = "layers.gpkg" if suffix == "gpkg" else f"layers/{name}.{suffix}"
    path = alone(public, written, tmp_path / "demo") / written
    frame = layer_frames(path)[name]
    leak = shapely.LineString(FAR.exterior.coords[1:4]) if name == "rivers" else FAR.segmentize(0.005)
    frame.loc[0, "geometry"] = shapely.transform(leak, lambda points: points + 3e-7)  # 3 cm beside
    options = {"gpkg": {"layer": name}, "geojson": {"driver": "GeoJSON"}}
    frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path, **options[suffix])
    with pytest.raises(
        CheckFailed, match=rf"supplied vertex in a public file: .*{name}: found -26.9\d+ 19.9\d+ of planned_minefields"
    ):
        prove_files(exact, tmp_path / "demo")


def test_a_supplied_shape_on_the_page_is_found(exact, folder):
    steps = np.diff(np.rint(shapely.get_coordinates(FIELD) * 1e6).astype(int), axis=0, prepend=0).T.tolist()
    in_block(folder / "atlas.html", lambda value: value["sets"].append({"decimals": 6, "x": steps[0], "y": steps[1]}))
    with pytest.raises(CheckFailed, match=r"supplied vertex in a public file: atlas.html: found -27\.0"):
        prove_files(exact, folder)


def test_a_leak_stops_the_build_before_it_is_in_place(exact, tmp_path, monkeypatch):
    monkeypatch.setattr(geo.build, "as_shown", lambda atlas: atlas)
    with pytest.raises(CheckFailed, match="supplied name in a public file"):
        write_build(exact, tmp_path / "demo")
    assert not list(tmp_path.iterdir())


def test_what_is_common_knowledge_raises_no_alarm(demo, tmp_path):
    """Names of rivers and zones, numbers, a file's own name, a vertex of the front line, and fields already in cells."""
    front = shapely.get_coordinates(demo["mdl"].frame.geometry.values)
    on_front = shapely.Polygon([*front[:2], front[:2].mean(axis=0) - [0, 0.01]])
    cells = layers.build("demo", planned=saved(tmp_path / "first.gpkg", id=["YC-014", "YC-015"]))
    cell = geo.generalise.as_shown(cells)["planned_minefields"].frame.geometry.iloc[0]
    columns = {
        "id": ["survey", "2020", "205-605", "hazards_0001"],
        "name": [demo["rivers"].frame.name_en.iloc[0], "rear", "Simulated", "Confirmed hazardous area (CHA)"],
        "zone": ["all", "rear", "match", "planned minefields"],
    }
    path = saved(tmp_path / "survey.gpkg", [FIELD, FAR, on_front, cell], **columns)
    write_build(layers.build("demo", planned=path), tmp_path / "demo")
    again = saved(tmp_path / "cells.gpkg", [cell], id=["cell1km-205-605-SHA"])
    write_build(layers.build("demo", planned=again), tmp_path / "again")


def test_simulated_fields_given_back_as_ones_own_build(demo, tmp_path):
    for kind in ("planned", "unconfirmed"):
        demo[f"{kind}_minefields"].frame.drop(columns=["basis", "sources"]).to_file(tmp_path / f"{kind}.gpkg")
    write_build(
        layers.build("demo", planned=tmp_path / "planned.gpkg", unconfirmed=tmp_path / "unconfirmed.gpkg"), tmp_path / "demo"
    )


def test_runs_take_whole_words():
    assert runs(["north of YC-0145"], {2}) == {"north of", "of yc", "yc 0145"}
