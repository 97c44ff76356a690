"""No file of a public build gives a supplied name or vertex away, and what is common knowledge raises no alarm."""

import base64
import json
import re
import shutil
import sqlite3
import struct
import zipfile
import zlib
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from toyland import few_layers, page

import geo.build
import geo.proof
import layers
from geo.build import write_build
from geo.errors import CheckFailed
from geo.exchange.content import DATA_BLOCK, layer_frames
from geo.exchange.mgrs import mgrs
from geo.exchange.raster import write_cog
from geo.generalise import as_shown
from geo.leaks import found_numbers, found_serials
from geo.likeness import runs
from geo.measure import areas_m2, lengths_m, project
from geo.proof import prove_files
from geo.secrets import recorded, secrets_of
from geo.statistics import layer_table
from geo.steps import packed_steps
from geo.survey.records import Survey
from geo.tier import check_owner_only, owner_only
from layers.minefields import supplied_fields
from layers.survey_layers import survey_layers

FIELD = shapely.box(-27.0307, 19.9751, -27.0103, 19.9853)  # on land, south of the demo's front
FAR = shapely.box(-26.9807, 19.9751, -26.9703, 19.9813)


def saved(path, shapes=(FIELD, FAR), **columns):
    gpd.GeoDataFrame(columns, geometry=list(shapes), crs=4326).to_file(path)
    return path


RECORDED = ("past_hazards", "accidents", "signs")
RECORD = (-27.0456123, 19.9712345)  # of an accident


def point_survey(kind, **columns):
    place = gpd.points_from_xy([RECORD[0] + 0.0071], [RECORD[1]]) if kind == "signs" else [shapely.Point(RECORD)]
    return Survey(kind, f"{kind}.csv", "", gpd.GeoDataFrame(columns, geometry=place, crs=4326))


@pytest.fixture(scope="module")
def exact(tmp_path_factory):
    """An atlas with supplied fields, versions and records of which everything would be a secret."""
    columns = {"id": ["YC-014", "YC-015"], "name": ["Hill 395", "월정리"], "zone": ["Sector Blue", "Sector Blue"]}
    columns |= {"informant": ["홍길동", ""], "note": ["seen by the old miller beside the weir", ""]}
    columns |= {"report_id": ["201901234", "201901235"], "last_inspected": ["2021-03-17", ""]}
    atlas = layers.build("demo", planned=saved(tmp_path_factory.mktemp("own") / "survey.gpkg", **columns))
    told = {"id": ["ACC-77"], "date": ["2016-06-17"], "person": ["Kim Cheolsu"], "age": ["9"], "hazard_id": ["YC-014"]}
    signs = {"id": ["SIGN-3"], "sign_text": ["Past Mine Zone"], "fence_condition": ["missing"]}
    given = {"accidents": point_survey("accidents", **told), "signs": point_survey("signs", **signs)}
    past = atlas["planned_minefields"].frame.iloc[:1].assign(valid_from="2011-02-03", valid_to="2014-08-09", id="OLD-8")
    own, _ = survey_layers(atlas.area, given, past.drop(columns="simulated"), atlas.layers)
    return replace(atlas, layers={**atlas.layers, **own})


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
    return secrets_of(exact, recorded(exact))


@pytest.fixture
def secrets(known, monkeypatch):
    """Look once for what the two fields keep secret: it is the same for every file."""
    monkeypatch.setattr(geo.proof, "secrets_of", lambda *_: known)
    monkeypatch.setattr(geo.proof, "recorded", lambda atlas: atlas)
    monkeypatch.setattr(geo.proof, "mapped_layers", lambda atlas: ("planned_minefields",))


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


NAMES = [  # each in one file, and one in every file: what is told of a name does not hang on the file
    *((*STRINGS[0], text) for text in ("YC-014", "YC-015 (old)", "월정리", "sector  blue")),
    *((name, plant, "Hill 395") for name, plant in STRINGS),
]


@pytest.mark.parametrize(("name", "plant", "text"), NAMES)
def test_a_supplied_name_in_any_file_is_found(exact, public, secrets, tmp_path, name, plant, text):
    folder = alone(public, name, tmp_path / "demo")
    plant(folder / name, text)
    with pytest.raises(CheckFailed, match=f"supplied name in a public file: {name}") as fault:
        prove_files(exact, folder)
    assert re.search("YC-01|Hill 395|월정리|Sector Blue", str(fault.value))


def test_a_folder_is_read_from_its_first_file_to_its_last(exact, folder, secrets):
    told = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    assert {told[0], told[-1]} == {"areas.csv", "overlaps.csv"}
    for name in ("overlaps.csv", "areas.csv"):  # the last first: the first would hide it; no file between raises an alarm
        in_table(folder / name, "YC-014")
        with pytest.raises(CheckFailed, match=f"supplied name in a public file: {name}: found YC-014"):
            prove_files(exact, folder)


@pytest.mark.parametrize(
    ("name", "suffix"),
    [
        *((name, "parquet") for name in ("flood_displacement", "mined_density", "rivers", "planned_minefields")),
        *((name, suffix) for name in ("rivers", "planned_minefields") for suffix in ("gpkg", "geojson")),
    ],
)
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


def test_a_supplied_shape_on_the_page_is_found(exact, public, secrets, tmp_path):
    folder = alone(public, "atlas.html", tmp_path / "demo")
    x, y = map(packed_steps, np.rint(shapely.get_coordinates(FIELD) * 1e6).astype(int).T)
    in_block(folder / "atlas.html", lambda value: value["sets"].append({"decimals": 6, "x": x, "y": y}))
    with pytest.raises(CheckFailed, match=r"supplied vertex in a public file: atlas.html: found -27\.0"):
        prove_files(exact, folder)


def test_a_leak_stops_the_build_before_it_is_in_place(exact, tmp_path, monkeypatch):
    monkeypatch.setattr(geo.build, "as_shown", lambda atlas: atlas)
    monkeypatch.setattr("geo.maps.web.draw_map", page)  # takes long, and the first table is the first leak
    with pytest.raises(CheckFailed, match="supplied name in a public file"):
        write_build(few_layers(exact), tmp_path / "demo")
    assert not list(tmp_path.iterdir())


def with_own(atlas, path, frame, kind="planned"):
    """Return an atlas with other fields of the user's own."""
    frame.to_file(path)
    own = supplied_fields(kind, atlas.area, frame, "supplied", "not stated")
    made = {name: layer for name, layer in atlas.layers.items() if name not in RECORDED} | {own.name: own}
    inputs, told = {**atlas.inputs, path.name: path}, {**atlas.parameters, kind: path.name}
    return replace(atlas, layers=made, inputs=inputs, parameters=told, areas=layer_table(atlas.area, made, atlas.series))


def test_what_is_common_knowledge_raises_no_alarm(exact, tmp_path):
    """Names of rivers and zones, numbers, a file's own name, a vertex of the front, cells, simulated fields given back."""
    front = shapely.get_coordinates(exact["mdl"].frame.geometry.values)
    on_front = shapely.Polygon([*front[:2], front[:2].mean(axis=0) - [0, 0.01]])
    cell = as_shown(exact)["planned_minefields"].frame.geometry.iloc[0]
    columns = {
        "id": ["survey", "2020", "205-605", "cell1km-205-605-SHA"],
        "name": [exact["rivers"].frame.name_en.iloc[0], "rear", "Simulated", "Confirmed hazardous area (CHA)"],
        "zone": ["all", "rear", "match", "planned minefields"],
    }
    frame = gpd.GeoDataFrame(columns, geometry=[FIELD, FAR, on_front, cell], crs=4326)
    simulated = exact["unconfirmed_minefields"].frame.drop(columns=["basis", "sources"])
    atlas = with_own(exact, tmp_path / "survey.gpkg", frame)
    write_build(with_own(atlas, tmp_path / "unconfirmed.gpkg", simulated, "unconfirmed"), tmp_path / "demo")


def test_cells_given_back_as_ones_own_keep_no_secret(exact, public, tmp_path):
    cells = replace(exact, layers=as_shown(exact).layers)
    assert recorded(cells).empty
    prove_files(cells, alone(public, "layers/planned_minefields.parquet", tmp_path / "demo"))


def test_runs_take_whole_words():
    assert runs(["north of YC-0145"], {2}) == {"north of", "of yc", "yc 0145"}


AREA_M2 = float(areas_m2(gpd.GeoSeries([FIELD], crs=4326))[0])
CENTRE = FIELD.centroid
LEAKS = {  # what is planted: texts, a column's name, a number
    "id": ("text", "YC-014"),
    "id inside a text": ("text", "Around YC-015, north bank"),
    "record": ("text", "ACC-77"),
    "version": ("text", "OLD-8"),
    "name": ("text", "월정리"),
    "person": ("text", "Kim Cheolsu"),
    "informant": ("text", "홍길동"),
    "informant inside a text": ("text", "땅 주인 홍길동 (2019)"),
    "day": ("text", "told on 2021-03-17"),
    "free text": ("text", "told: seen by the old miller beside"),
    "vertex": ("text", "-27.0103 19.9751 / -27.0307 19.9853"),
    "vertex after a number": ("text", "1.500 -27.0103 19.9751 -27.0307 19.9853"),
    "point": ("text", "accident at 19.9712345, -27.0456123"),
    "MGRS": ("text", str(mgrs(*[[value] for value in RECORD])[0])),
    "MGRS without blanks": ("text", str(mgrs([-26.9807], [19.9751])[0]).replace(" ", "").lower()),
    "column": ("column", "Land Owner"),
    "Korean column": ("column", "연락처"),
    "name as a column": ("column", "at_Hill_395"),
    "informant as a column": ("column", "홍길동"),
    "id that is a number": ("number", 201901234),
    "area": ("number", AREA_M2),
    "area in km²": ("number", AREA_M2 / 1e6),
    "rounded area": ("number", round(AREA_M2, 2)),
    "perimeter": ("number", float(lengths_m(gpd.GeoSeries([FAR], crs=4326))[0])),
}


def xml(inner, root="kml"):
    return f'<?xml version="1.0" encoding="UTF-8"?><{root}>{inner}</{root}>'


def as_kml(kind, value):
    data = {"text": ("note", value), "column": (value, "1"), "number": ("size", value)}[kind]
    return xml(f'<Placemark><ExtendedData><Data name="{data[0]}"><value>{data[1]}</value></Data></ExtendedData></Placemark>')


def packed(path, name, text):
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(name, text)


def in_footer(path):
    import pyarrow.parquet as pq

    table_of("text", "plain").to_parquet(path)
    table = pq.read_table(path)
    pq.write_table(table.replace_schema_metadata({**table.schema.metadata, b"note": b"YC-014"}), path)


def in_view(path):
    table_of("text", "plain").to_file(path, layer="places")
    with sqlite3.connect(path) as file:
        file.execute("CREATE VIEW extra AS SELECT 1 AS a -- Hill 395\n")


def in_free_pages(path):
    table_of("text", "plain").to_file(path, layer="places")
    with sqlite3.connect(path) as file:
        file.execute("PRAGMA secure_delete = OFF")
        file.execute("CREATE TABLE extra (a)")
        file.execute("INSERT INTO extra VALUES (?)", ("\nseen at Hill 395\n",))
        file.execute("DROP TABLE extra")


def beside_feature(path):
    table_of("text", "plain").to_file(path, driver="GeoJSON")
    value = json.loads(path.read_text())
    value["features"][0]["note"] = "YC-014"
    path.write_text(json.dumps(value))


def in_packed_chunk(path):
    body = b"note\0\1\0\0\0" + zlib.compress("월정리".encode())
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + struct.pack(">I4s", len(body), b"iTXt") + body + bytes(4))


def in_list_of_page(path):
    corners = shapely.get_coordinates(FIELD)[:2].tolist()
    block = base64.b64encode(zlib.compress(json.dumps({"marks": corners}).encode())).decode()
    path.write_text(f'<html><script type="application/json" id="data-x">{block}</script></html>', "utf-8")


HIDDEN = {
    "footer.parquet": in_footer, "view.gpkg": in_view, "free.gpkg": in_free_pages, "beside.geojson": beside_feature,
    "packed.png": in_packed_chunk, "list.html": in_list_of_page,
    "head.fgb": lambda path: table_of("text", "plain").to_file(path, driver="FlatGeobuf", TITLE="Hill 395"),
    "told.kml": lambda path: path.write_text(xml("<?note YC-014?>")),
    "alt.kml": lambda path: path.write_text(xml("<description><![CDATA[<img alt='YC-014'>]]></description>")),
    "script.html": lambda path: path.write_text("<script>L.polygon([[19.9751, -27.0103], [19.9853, -27.0307]])</script>"),
}  # fmt: skip


def table_of(kind, value):
    frame = gpd.GeoDataFrame({"id": ["a"], "n": [1.5]}, geometry=[shapely.Point(-26.5, 20.5)], crs=4326)
    return frame.assign(
        **{"text": {"note": value}, "column": {value: "1"}, "number": {"size": float(value) if kind == "number" else 0}}[kind]
    )


def in_gpkg_metadata(path, kind, value):
    table_of("text", "plain").to_file(path, layer="places")
    with sqlite3.connect(path) as file:
        if kind == "column":
            file.execute(f'CREATE TABLE extra ("{value}" TEXT)')
        else:
            file.execute("CREATE TABLE extra (a)")
            file.execute("INSERT INTO extra VALUES (?)", (value,))


def in_tif(path, kind, value):
    tags = {"text": {"note": value}, "column": {value: "1"}, "number": {"size": repr(value)}}[kind]
    from affine import Affine

    write_cog(path, {"a": np.zeros((8, 8), np.float32)}, Affine(100, 0, 0, 0, -100, 0), pyproj.CRS.from_epsg(5186), tags=tags)


def in_png(path, kind, value):
    body = f"note\0{value}".encode()
    chunk = struct.pack(">I4s", len(body), b"tEXt") + body + bytes(4)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk + struct.pack(">I4s", 0, b"IEND") + bytes(4))


def in_new_block(path, kind, value):
    value = {"columns": {value: {"values": ["1"]}}} if kind == "column" else {"columns": {"size": {"values": [value]}}}
    block = base64.b64encode(zlib.compress(json.dumps(value).encode())).decode()
    path.write_text(f'<html><script type="application/json" id="data-x">{block}</script></html>', "utf-8")


WRITERS = {
    "t.csv": lambda path, kind, value: table_of(kind, value).drop(columns="geometry").to_csv(path, index=False),
    "t.json": lambda path, kind, value: path.write_text(json.dumps({value: 1} if kind == "column" else {"a": [{"b": value}]})),
    "stac.json": lambda path, kind, value: path.write_text(
        json.dumps({"type": "Feature", "properties": {value: 1} if kind == "column" else {"description": value}})
    ),
    "t.gpkg": lambda path, kind, value: table_of(kind, value).to_file(path, layer="places"),
    "hidden.gpkg": in_gpkg_metadata,
    "t.parquet": lambda path, kind, value: table_of(kind, value).to_parquet(path),
    "t.geojson": lambda path, kind, value: table_of(kind, value).to_file(path, driver="GeoJSON"),
    "t.fgb": lambda path, kind, value: table_of(kind, value).to_file(path, driver="FlatGeobuf"),
    "t.html": in_new_block,
    "t.kml": lambda path, kind, value: path.write_text(as_kml(kind, value), "utf-8"),
    "t.kmz": lambda path, kind, value: packed(path, "doc.kml", as_kml(kind, value)),
    "t.gpx": lambda path, kind, value: path.write_text(
        xml(f"<wpt lat='20.5' lon='-26.5'><desc>{value}</desc></wpt>" if kind != "column" else f"<Data name='{value}'/>", "gpx")
    ),
    "t.qgz": lambda path, kind, value: packed(path, "a.qgs", as_kml(kind, value)),
    "t.tif": in_tif,
    "t.txt": lambda path, kind, value: path.write_text(f"first line\n{value}\n"),
    "t.md": lambda path, kind, value: path.write_text(f"| a | b |\n|---|---|\n| {value} | 1 |\n"),
    "t.png": in_png,
}
NO_COLUMNS = ("t.txt", "t.md", "t.png")  # they have none


CASES = [(name, leak) for name in WRITERS for leak in LEAKS if LEAKS[leak][0] != "column" or name not in NO_COLUMNS]


@pytest.mark.parametrize(("name", "leak"), CASES)
def test_every_leak_in_every_kind_of_file_is_found(exact, secrets, tmp_path, name, leak):
    kind, value = LEAKS[leak]
    WRITERS[name](tmp_path / name, kind, value)
    told = {"text": "supplied (name|vertex)", "column": "column not for the public", "number": "measure of a supplied feature"}
    message = "supplied name" if leak in ("name as a column", "informant as a column", "id that is a number") else told[kind]
    with pytest.raises(CheckFailed, match=f"{message}.*{name}"):
        prove_files(exact, tmp_path)


@pytest.mark.parametrize(
    "value", ["YC-0145", "Hill 39", "2021-03-18", "Kim Cheol", "place 20.5123, -26.5123", "25SED 12345 67890", "the old mill"]
)
@pytest.mark.parametrize("name", WRITERS)
def test_what_only_looks_like_a_secret_passes(exact, secrets, tmp_path, name, value):
    WRITERS[name](tmp_path / name, "text", value)
    prove_files(exact, tmp_path)


@pytest.mark.parametrize("value", [AREA_M2 * 1.0001, 2.2, 100000.0, 27.0307])
@pytest.mark.parametrize("name", WRITERS)
def test_numbers_that_are_no_secret_pass(exact, secrets, tmp_path, name, value):
    WRITERS[name](tmp_path / name, "number", value)
    prove_files(exact, tmp_path)


SHAPES = {
    "field": FIELD, "part of a field": shapely.LineString(FAR.exterior.coords[1:3]), "record": shapely.Point(RECORD),
    "centroid and corner": shapely.MultiPoint([CENTRE, shapely.Point(FIELD.bounds[:2])]),
}  # fmt: skip


def kml_of(shape):
    points = " ".join(f"{x:.6f},{y:.6f},0" for x, y in shapely.get_coordinates(shape))
    return xml(f"<Placemark><LineString><coordinates>{points}</coordinates></LineString></Placemark>")


def gpx_of(shape):
    return xml("".join(f'<wpt lat="{y:.6f}" lon="{x:.6f}"/>' for x, y in shapely.get_coordinates(shape)), "gpx")


def shape_frame(shape):
    return gpd.GeoDataFrame({"id": ["a"]}, geometry=[shape], crs=4326)


SHAPE_WRITERS = {
    "t.gpkg": lambda path, shape: shape_frame(shape).to_file(path, layer="places"),
    "plane.gpkg": lambda path, shape: shape_frame(shape).to_crs(32626).to_file(path, layer="places"),
    "t.parquet": lambda path, shape: shape_frame(shape).to_parquet(path),
    "t.fgb": lambda path, shape: shape_frame(shape).to_file(path, driver="FlatGeobuf"),
    "t.geojson": lambda path, shape: shape_frame(shape).to_file(path, driver="GeoJSON"),
    "t.json": lambda path, shape: path.write_text(json.dumps(shapely.geometry.mapping(shape))),
    "t.kml": lambda path, shape: path.write_text(kml_of(shape)),
    "t.kmz": lambda path, shape: packed(path, "doc.kml", kml_of(shape)),
    "t.gpx": lambda path, shape: path.write_text(gpx_of(shape)),
    "t.csv": lambda path, shape: pd.DataFrame(shapely.get_coordinates(shape), columns=["lon", "lat"]).to_csv(path, index=False),
    "wkt.csv": lambda path, shape: pd.DataFrame({"shape": [shapely.to_wkt(shape)]}).to_csv(path, index=False),
    "t.txt": lambda path, shape: path.write_text("\n".join(f"{y:.6f}, {x:.6f}" for x, y in shapely.get_coordinates(shape))),
}  # fmt: skip


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("name", SHAPE_WRITERS)
def test_every_shape_in_every_kind_of_file_is_found(exact, secrets, tmp_path, name, shape):
    SHAPE_WRITERS[name](tmp_path / name, SHAPES[shape])
    with pytest.raises(CheckFailed, match=f"supplied vertex in a public file: {name}"):
        prove_files(exact, tmp_path)


@pytest.mark.parametrize("name", SHAPE_WRITERS)
def test_shapes_beside_a_field_pass(exact, secrets, tmp_path, name):
    SHAPE_WRITERS[name](tmp_path / name, shapely.transform(FIELD, lambda points: points + 0.0004))
    prove_files(exact, tmp_path)


@pytest.mark.parametrize("name", ["sheet.pdf", "notes.docx", "layers.shp", "README", "x.bin"])
def test_a_file_that_cannot_be_read_back_is_a_failure(exact, secrets, tmp_path, name):
    (tmp_path / name).write_bytes(b"%PDF-1.7")
    with pytest.raises(CheckFailed, match=f"file that cannot be read back: {name}"):
        prove_files(exact, tmp_path)


@pytest.mark.parametrize("name", ["t.kmz", "t.gpkg", "t.json", "t.png", "t.tif", "t.kml", "t.parquet", "t.fgb"])
def test_a_broken_file_is_a_failure(exact, secrets, tmp_path, name):
    (tmp_path / name).write_bytes(b"broken")
    with pytest.raises(CheckFailed, match=f"file that cannot be read back: {name}"):
        prove_files(exact, tmp_path)


def test_a_name_may_not_stand_in_a_file_s_name_or_deep_in_an_archive(exact, secrets, tmp_path):
    (tmp_path / "YC-014.txt").write_text("nothing")
    with pytest.raises(CheckFailed, match=r"supplied name in a public file: YC-014.txt"):
        prove_files(exact, tmp_path)
    (tmp_path / "YC-014.txt").unlink()
    packed(tmp_path / "in.kmz", "doc.kml", as_kml("text", "Hill 395"))
    packed(tmp_path / "out.zip", "in.kmz", (tmp_path / "in.kmz").read_bytes())
    (tmp_path / "in.kmz").unlink()
    with pytest.raises(CheckFailed, match=r"supplied name in a public file: out.zip/in.kmz/doc.kml: found Hill 395"):
        prove_files(exact, tmp_path)


@pytest.mark.parametrize(
    "text",
    ['<p title="YC-014">a</p>', "<!-- YC-014 -->", "<p>YC&#45;014</p>", "<script>var a = 'at YC-014';</script>"],
)
def test_attributes_comments_and_entities_of_a_page_are_read(exact, secrets, tmp_path, text):
    (tmp_path / "t.html").write_text(f"<html>{text}</html>")
    with pytest.raises(CheckFailed, match="supplied name in a public file: t.html: found YC-014"):
        prove_files(exact, tmp_path)


@pytest.mark.parametrize("name", HIDDEN)
def test_what_stands_beside_the_features_is_read(exact, secrets, tmp_path, name):
    HIDDEN[name](tmp_path / name)
    with pytest.raises(CheckFailed, match=f"supplied (name|vertex) in a public file: {name}"):
        prove_files(exact, tmp_path)


def test_an_input_s_name_excuses_a_lone_word_but_no_id_and_no_person(exact, tmp_path):
    named = replace(exact, inputs={**exact.inputs, "YC-014_홍길동_월정리.gpkg": tmp_path})
    kept = secrets_of(named, recorded(named)).words
    assert {"yc 014", "홍길동"} <= kept.keys() and "월정리" not in kept


def test_a_short_id_among_many_numbers_is_chance(known):
    assert found_serials(np.array([201901234.0, 1.5]), known) == ["201901234"]
    assert found_serials(np.array([201901234.0, *range(100_000)]), known) == []


def test_what_the_caller_knows_to_be_public_is_no_secret(exact, tmp_path):
    (tmp_path / "t.txt").write_text("Hill 395")
    prove_files(exact, tmp_path, known=["Hill 395"])


def test_many_numbers_meet_by_chance_without_alarm(known):
    rng = np.random.default_rng(0)
    many = replace(known, numbers=rng.uniform(1e3, 1e6, 50_000), cache={})
    assert len(found_numbers(rng.uniform(1, 1e4, 50_000), many)) == 0
    assert found_numbers(np.array([*rng.uniform(1, 1e4, 50_000), many.numbers[7] / 1e4]), many).tolist() == [
        many.numbers[7] / 1e4
    ]


def test_supplied_cells_of_a_public_build_lie_on_the_grid(exact, public):
    for name in ("planned_minefields", "past_hazards", "accidents", "signs"):
        for frame in (gpd.read_parquet(public / "layers" / f"{name}.parquet"), gpd.read_file(public / "layers.gpkg", layer=name)):
            points = shapely.get_coordinates(project(frame, exact.area.crs).geometry.values)
            assert len(points) and np.abs(points - 1000 * np.round(points / 1000)).max() < 0.02
    told = gpd.read_parquet(public / "layers/accidents.parquet")
    assert told.told.tolist() == ["<5"] and told.year_first.tolist() == ["2016"]


def test_a_restricted_build_is_marked_and_its_owner_s_alone(exact, tmp_path, monkeypatch):
    monkeypatch.setattr("geo.maps.web.draw_map", page)
    with owner_only("restricted"):
        write_build(few_layers(replace(exact, tier="restricted"), "accidents"), tmp_path / "demo")
    check_owner_only(tmp_path / "demo")
    assert gpd.read_parquet(tmp_path / "demo/layers/accidents.parquet").tier.tolist() == ["restricted"]
    assert gpd.read_parquet(tmp_path / "demo/layers/planned_minefields.parquet").id.tolist() == ["YC-014", "YC-015"]
    (tmp_path / "demo/areas.csv").chmod(0o644)
    with pytest.raises(CheckFailed, match=r"restricted file open to others: demo: .*found demo/areas.csv"):
        check_owner_only(tmp_path / "demo")


def test_the_mask_ends_with_the_block(tmp_path):
    before = (tmp_path / "before").touch() or (tmp_path / "before").stat().st_mode
    with pytest.raises(ValueError, match="stop"), owner_only("restricted"):
        raise ValueError("stop")
    (tmp_path / "after").touch()
    with owner_only("public"):
        (tmp_path / "public").touch()
    assert {(tmp_path / name).stat().st_mode for name in ("after", "public")} == {before}
