"""Files out: same bytes again, read back whole, styled for QGIS."""

import json
import time
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow.parquet
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DataError
from geo.exchange import content, files, geopackage, qgis
from geo.maps.symbols import SYMBOLS, symbol_keys
from geo.styles import class_expression, qgis_styles
from geo.terms import LAYER_NAMES

FRAME = gpd.GeoDataFrame(
    {"id": ["a", "b"], "name_ko": ["고성", ""], "simulated": [True, False], "km2": [1 / 3, None], "n": [1, 2]},
    geometry=[shapely.box(127, 38, 127 + 1 / 3, 38.1), shapely.MultiPolygon([shapely.box(128, 38, 128.1, 38.1)])],
    crs=4326,
)
POINTS = gpd.GeoDataFrame({"id": ["p"], "name_ko": ["곳"]}, geometry=[shapely.Point(127.1, 38.1)], crs=4326)
MIXED = pd.concat([FRAME[["id", "geometry"]], POINTS[["id", "geometry"]]], ignore_index=True)
QML = {"fields": "<qgis>필드</qgis>", "points": "<qgis/>"}


def write(kind, path):
    if kind == "gpkg":
        geopackage.write_geopackage({"fields": FRAME, "points": POINTS, "mixed": MIXED}, path, QML)
    elif kind == "fgb":
        files.write_flatgeobuf(FRAME, path, "fields")
    else:
        {"parquet": files.write_parquet, "geojson": files.write_geojson}[kind](FRAME, path)
    return path


@pytest.fixture(scope="module")
def earlier(tmp_path_factory):
    """Return files written more than a second ago, by kind: a clock in whole seconds would show."""
    folder = tmp_path_factory.mktemp("earlier")
    found = {kind: write(kind, folder / f"one.{kind}") for kind in ("gpkg", "parquet", "geojson", "fgb")}
    time.sleep(1.1)
    return found


@pytest.mark.parametrize("kind", ["gpkg", "parquet", "geojson", "fgb"])
def test_same_bytes_later_and_elsewhere(earlier, tmp_path, kind):
    (tmp_path / "deep").mkdir()
    assert write(kind, tmp_path / "deep" / f"two.{kind}").read_bytes() == earlier[kind].read_bytes()


@pytest.mark.parametrize("kind", ["gpkg", "parquet", "fgb"])
def test_full_precision(tmp_path, kind):
    back = content.layer_frames(write(kind, tmp_path / f"one.{kind}"))["fields" if kind == "gpkg" else "one"]
    back = back.sort_values("id", ignore_index=True)  # FlatGeobuf puts neighbours together
    assert np.array_equal(shapely.get_coordinates(back.geometry), shapely.get_coordinates(FRAME.geometry))
    assert back.km2[0] == 1 / 3 and np.isnan(back.km2[1]) and back.name_ko.tolist() == ["고성", ""]


def test_parquet_is_1_1_with_covering(tmp_path):
    table = pyarrow.parquet.read_schema(write("parquet", tmp_path / "one.parquet"))
    told = json.loads(table.metadata[b"geo"])
    assert told["version"] == "1.1.0" and "bbox" in told["columns"]["geometry"]["covering"]
    column = pyarrow.parquet.read_metadata(tmp_path / "one.parquet").row_group(0).column(0)
    assert column.compression == "ZSTD"


def test_geojson_is_rfc_7946(tmp_path):
    document = json.loads(write("geojson", tmp_path / "one.geojson").read_text())
    assert "name" not in document and "crs" not in document
    ring = document["features"][0]["geometry"]["coordinates"][0]
    assert shapely.LinearRing(ring).is_ccw and [127.3333333, 38.0] in ring
    plane = FRAME.to_crs(5186)
    files.write_geojson(plane, tmp_path / "plane.geojson")
    assert json.loads((tmp_path / "plane.geojson").read_text()) == document
    with pytest.raises(DataError, match="no CRS"):
        files.write_geojson(FRAME.set_crs(None, allow_override=True), tmp_path / "bare.geojson")


def test_gpkg_restores_the_callers_gdal_setting(tmp_path):
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": "1999-01-01T00:00:00.000Z"})
    try:
        write("gpkg", tmp_path / "one.gpkg")
        assert pyogrio.get_gdal_config_option("OGR_CURRENT_DATE") == "1999-01-01T00:00:00.000Z"
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": None})


def test_gpkg_styles_are_listed_and_complete(tmp_path):
    path = write("gpkg", tmp_path / "one.gpkg")
    assert gpd.list_layers(path).name.tolist() == ["fields", "points", "mixed", "layer_styles"]
    styles = pyogrio.read_dataframe(path, layer="layer_styles", fid_as_index=True)
    assert styles.index.name == "fid" and styles.styleQML.tolist() == list(QML.values())
    expected = "f_table_catalog f_table_schema f_table_name f_geometry_column styleName styleQML styleSLD useAsDefault"
    assert list(styles.columns) == [*expected.split(), "description", "owner", "ui", "update_time"]
    assert styles.useAsDefault.tolist() == [True, True] and (styles.f_geometry_column == "geom").all()


def test_gpkg_tells_what_its_layers_are(tmp_path):
    path = tmp_path / "one.gpkg"
    geopackage.write_geopackage({"fields": FRAME}, path, QML, {"fields": ("Fields · 지대", "as of 2024")})
    info = pyogrio.read_info(path, layer="fields")["layer_metadata"]
    assert info == {"IDENTIFIER": "Fields · 지대", "DESCRIPTION": "as of 2024"}
    assert path.read_bytes()[60:64] == (10200).to_bytes(4, "big")  # GeoPackage 1.2, which QGIS 3.22 reads without a warning


def test_gpkg_keeps_a_files_own_fid_and_geom(tmp_path):
    own = FRAME.assign(fid=["x", "y"], geom=["p", "q"])
    geopackage.write_geopackage({"fields": own}, tmp_path / "one.gpkg")
    back = pyogrio.read_dataframe(tmp_path / "one.gpkg", layer="fields")
    assert back.fid.tolist() == ["x", "y"] and back["geom"].tolist() == ["p", "q"] and back.geometry.notna().all()


@pytest.mark.parametrize(("kind", "expected"), [("flat", "Polygon"), ("high", "Polygon Z"), ("both", "Unknown")])
def test_geometry_type_tells_heights(kind, expected):
    flat, high = shapely.box(0, 0, 1, 1), shapely.force_3d(shapely.box(0, 0, 1, 1), 5.0)
    shapes = {"flat": [flat, None], "high": [high, high], "both": [flat, high]}[kind]
    assert files.geometry_type(gpd.GeoDataFrame(geometry=shapes, crs=4326)) == expected


def test_gpkg_geometry_types(tmp_path):
    listed = dict(pyogrio.list_layers(write("gpkg", tmp_path / "one.gpkg")))
    assert listed["fields"] == "MultiPolygon" and listed["points"] == "Point" and listed["mixed"] == "Unknown"


def test_empty_layer(tmp_path):
    none = FRAME.iloc[:0]
    geopackage.write_geopackage({"none": none}, tmp_path / "none.gpkg", {})
    files.write_parquet(none, tmp_path / "none.parquet")
    files.write_geojson(none, tmp_path / "none.geojson")
    files.write_flatgeobuf(none, tmp_path / "none.fgb", "none")
    for path in tmp_path.iterdir():
        assert len(content.layer_frames(path)["none"]) == 0


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+82 2", "'+82 2"),
        ("-cmd", "'-cmd"),
        ("@x", "'@x"),
        ("고성, 군", '"고성, 군"'),
        ("a=b", "a=b"),
        ("", '""'),
    ],
)
def test_csv_text(tmp_path, cell, written):
    files.write_csv(pd.DataFrame({"text": [cell]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_bytes() == f"text\n{written}\n".encode()


@settings(deadline=None)
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_csv_numbers_read_back_exactly(tmp_path_factory, number):
    path = tmp_path_factory.mktemp("csv") / "t.csv"
    files.write_csv(pd.DataFrame({"km2": [number]}), path)
    assert float(path.read_text().splitlines()[1]) == number


def test_csv_counts_are_whole(tmp_path):
    files.write_csv(pd.DataFrame({"n_features": [3.0, None], "km2": [3.0, None]}), tmp_path / "t.csv")
    assert (tmp_path / "t.csv").read_text() == "n_features,km2\n3,3.0\n,\n"


def test_json_refuses_nan(tmp_path):
    with pytest.raises(ValueError, match="JSON compliant"):
        files.write_json({"a": float("nan")}, tmp_path / "t.json")


CHANGES = {
    "order": (True, lambda frame: frame.iloc[::-1]),
    "columns": (True, lambda frame: frame[frame.columns[::-1]]),
    "ring start": (True, lambda frame: frame.set_geometry(frame.geometry.reverse())),
    "1e-12 degrees": (True, lambda frame: frame.set_geometry(frame.translate(1e-13))),
    "whole numbers as floats": (True, lambda frame: frame.astype({"n": float})),
    "1e-8 degrees": (False, lambda frame: frame.set_geometry(frame.translate(1e-8))),
    "attribute": (False, lambda frame: frame.assign(n=[1, 3])),
    "null for empty": (False, lambda frame: frame.assign(name_ko=["고성", None])),
    "id": (False, lambda frame: frame.assign(id=["a", "c"])),
    "feature gone": (False, lambda frame: frame.iloc[:1]),
    "column gone": (False, lambda frame: frame.drop(columns="n")),
}


@pytest.mark.parametrize(("same", "change"), CHANGES.values(), ids=CHANGES)
def test_content_sha256(same, change):
    assert (content.content_sha256(change(FRAME)) == content.content_sha256(FRAME)) is same


def test_repeated_point_may_stand_at_either_end_of_a_ring():
    corners = [(0, 0), (0, 1), (1, 1), (1, 0)]
    rings = [[(0, 0), *corners, (0, 0)], [*corners, (0, 0), (0, 0)]]
    frames = [gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Polygon(ring)], crs=4326) for ring in rings]
    assert content.content_sha256(frames[0]) == content.content_sha256(frames[1])


def test_content_of_a_file_is_that_of_its_frame(tmp_path):
    assert content.file_content_sha256(write("parquet", tmp_path / "one.parquet")) == content.content_sha256(FRAME)


def symbol(**changes):
    plain = dict(colour="#ff0000", opacity=0.5, outline="#000000", width_px=2, dash_px=(), hatch=(), hatch_colour="#ffffff")
    return SimpleNamespace(**plain | {"radius_px": 4, "shape": "circle"} | changes)


@pytest.mark.parametrize(("kind", "layer"), [("fill", "SimpleFill"), ("line", "SimpleLine"), ("marker", "SimpleMarker")])
def test_qml_is_sound_xml_with_a_symbol_a_category(kind, layer):
    categories = [
        qgis.Category("a", '<b>"가" & 나', symbol()),
        qgis.Category("b", "b", symbol(outline="", dash_px=(1, 3))),
    ]
    root = ET.fromstring(qgis.layer_qml(kind, "\"x\" = 'y'", categories, "name_ko").split("\n", 1)[1])
    assert root.tag == "qgis" and root.find("renderer-v2").get("type") == "categorizedSymbol"
    assert [c.get("label") for c in root.iter("category")] == ['<b>"가" & 나', "b", "Other · 기타"]
    assert [s.get("type") for s in root.iter("symbol")] == [kind, kind, kind]
    assert {s.get("class") for s in root.iter("layer")} == {layer}
    assert root.find(".//text-style").get("fieldName") == "name_ko"


def test_qml_hatches_lie_over_the_fill():
    root = ET.fromstring(qgis.layer_qml("fill", "'x'", [qgis.Category("x", "x", symbol(hatch=("/", "x")))]).split("\n", 1)[1])
    styles = [option.get("value") for option in root.iter("Option") if option.get("name") == "style"]
    assert styles == ["solid", "f_diagonal", "diagonal_x"] and root.get("labelsEnabled") == "0"


@pytest.mark.parametrize("key", SYMBOLS)
def test_every_symbol_can_be_drawn_in_qgis(key):
    for kind in ("fill", "line", "marker"):
        ET.fromstring(qgis.layer_qml(kind, "'x'", [qgis.Category(key, key, SYMBOLS[key])]).split("\n", 1)[1])


def test_styles_cover_the_classes_of_every_layer():
    common = {"land_class": ["SHA", "CHA"], "simulated": [True, False], "class": ["high", "lower"], "pi": [0.0, 0.5]}
    frame = gpd.GeoDataFrame(common, geometry=FRAME.geometry.values, crs=4326)
    styles = qgis_styles({name: SimpleNamespace(frame=frame) for name in LAYER_NAMES})
    for name, qml in styles.items():
        root = ET.fromstring(qml.split("\n", 1)[1])
        if root.find("renderer-v2").get("type") == "singleSymbol":
            assert len(set(symbol_keys(name, frame))) == 1, name
        else:  # and all others, so that nothing stays unseen
            assert {c.get("value") for c in root.iter("category")} == {*symbol_keys(name, frame), ""}, name


def test_expression_tells_hazards_by_class_and_status():
    rows = pd.DataFrame({"land_class": ["SHA"] * 2, "simulated": [False] * 2, "land_status": ["it's", "closed"]})
    assert class_expression("planned_minefields", rows) == (
        "CASE WHEN \"land_class\" = 'SHA' AND NOT \"simulated\" AND \"land_status\" = 'closed' THEN 'closed' "
        "WHEN \"land_class\" = 'SHA' AND NOT \"simulated\" AND \"land_status\" = 'it''s' THEN 'sha' END"
    )


@settings(deadline=None)
@given(number=st.floats(allow_nan=False, allow_infinity=False))
def test_rounded_numbers_keep_twelve_digits_and_stay_rounded(number):
    once = content.plain_values(pd.Series([number]))
    assert once[0] == pytest.approx(number, rel=1e-12, abs=1e-290)
    assert content.plain_values(pd.Series(once)).tolist() == once.tolist()
    assert str(once[0]) != "-0.0"


@pytest.mark.parametrize(
    ("shape", "is_refused"),
    [
        (shapely.box(-179, 10, 179, 11), True),
        (shapely.box(179, 10, 181, 11), True),
        (shapely.box(-180, 10, 0, 11), False),
        (shapely.MultiPolygon([shapely.box(-180, 10, -179, 11), shapely.box(179, 10, 180, 11)]), False),
    ],
)
def test_geojson_refuses_what_lies_over_the_antimeridian(tmp_path, shape, is_refused):
    frame = gpd.GeoDataFrame({"id": ["home", "far"]}, geometry=[shapely.box(127, 38, 128, 39), shape], crs=4326)
    if not is_refused:
        files.write_geojson(frame, tmp_path / "a.geojson")
        return
    with pytest.raises(DataError, match=r"over the antimeridian: a.geojson: .* found far: cut these shapes at 180"):
        files.write_geojson(frame, tmp_path / "a.geojson")
    assert not (tmp_path / "a.geojson").exists()
