"""Records of any format: as many rows as features, under our names, nothing lost and nothing repaired."""

import os
import time
import zipfile
from datetime import date
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.check.battery import check
from geo.check.context import Context
from geo.errors import ConfigError, DataError
from geo.exchange.read import read_supplied
from geo.exchange.records import read_survey

FIELDS = [shapely.box(127, 38, 127.01, 38.01), shapely.box(127.2, 38, 127.21, 38.01)]
FRAME = gpd.GeoDataFrame(
    {"LandID": ["YC-014", "YC-015"], "명칭": ["고성군", "철원군"], "기준일": ["2020.05.01", "2021"], "crew": ["B", "A"]},
    geometry=FIELDS,
    crs=4326,
)
FORMATS = ["a.gpkg", "a.geojson", "a.shp", "a.fgb", "a.parquet", "a.gdb", "a.gdb.zip", "a.zip", "a.kml", "a.kmz"]


def packed(path, parts, root):
    with zipfile.ZipFile(path, "w") as archive:
        for part in sorted(parts):
            archive.write(part, part.relative_to(root))
    return path


def write(frame, path, **options):
    """Write a frame in the format that the file's name says."""
    name = path.name
    if name.endswith(".parquet"):
        frame.to_parquet(path)
    elif name.endswith(".gdb.zip"):
        folder = path.with_name(name.removesuffix(".zip"))
        pyogrio.write_dataframe(frame, folder, driver="OpenFileGDB", **options)
        packed(path, folder.iterdir(), folder.parent)
    elif name.endswith(".zip"):
        pyogrio.write_dataframe(frame, path.with_suffix(".shp"), encoding="UTF-8", **options)
        packed(path, [part for part in path.parent.glob(f"{path.stem}.*") if part != path], path.parent)
    else:
        drivers = {".kml": "LIBKML", ".kmz": "LIBKML", ".gdb": "OpenFileGDB"}
        told = {"driver": drivers[path.suffix]} if path.suffix in drivers else {}
        pyogrio.write_dataframe(frame, path, **told, **({"encoding": "UTF-8"} if path.suffix == ".shp" else {}), **options)
    return path


@pytest.mark.parametrize("name", FORMATS)
def test_formats_come_in_alike(tmp_path, name):
    options = {"layer_options": {"SPATIAL_INDEX": "NO"}} if name.endswith(".fgb") else {}  # an index sorts the features
    survey = read_survey(write(FRAME, tmp_path / name, **options))
    assert survey.frame.id.tolist() == ["YC-014", "YC-015"] and survey.frame.name.tolist() == ["고성군", "철원군"]
    assert survey.frame.as_of.tolist() == ["2020-05-01", "2021"] and survey.frame.crew.str.strip().tolist() == ["B", "A"]
    assert survey.frame.crs.to_epsg() == 4326
    assert shapely.area(shapely.symmetric_difference(shapely.force_2d(survey.frame.geometry[0]), FIELDS[0])) < 1e-10
    assert survey.file == name and survey.headings["LandID"] == "id" and "crew" in survey.carried
    assert survey.findings.empty and survey.frame.index.tolist() == [0, 1]


def test_geodatabase_in_a_zip_of_any_name(tmp_path):
    write(FRAME, tmp_path / "a.gdb.zip").rename(tmp_path / "north.zip")
    assert read_survey(tmp_path / "north.zip").frame.name.tolist() == ["고성군", "철원군"]


@pytest.mark.parametrize("declared", [True, False])
def test_cp949_shapefile(tmp_path, declared):
    pyogrio.write_dataframe(FRAME, tmp_path / "a.shp", encoding="CP949")
    if not declared:
        (tmp_path / "a.cpg").unlink()
    survey = read_survey(tmp_path / "a.shp")
    assert survey.frame.name.tolist() == ["고성군", "철원군"] and (declared or survey.encoding == "CP949")


def test_headings_cut_by_a_shapefile(tmp_path):
    columns = {
        "LandID": ["a"],
        "Classification": ["sha"],
        "Indirect Evidence": ["x"],
        "지뢰지대구분": ["계획"],
        "precision_m": [5],
    }
    frame = gpd.GeoDataFrame(columns, geometry=FIELDS[:1], crs=4326)
    with pytest.warns(RuntimeWarning, match="Normalized/laundered"):
        pyogrio.write_dataframe(frame, tmp_path / "a.shp", encoding="CP949")
    row = read_survey(tmp_path / "a.shp").frame.iloc[0]
    assert row[["id", "land_class", "indirect_evidence", "national_term"]].tolist() == ["a", "SHA", "x", "계획"]
    assert row.precision_m == 5.0


def test_broken_shapes_stay_rows(tmp_path):
    text = (
        '{"type": "FeatureCollection", "features": ['
        '{"type": "Feature", "properties": {"LandID": "a"}, "geometry": null},'
        '{"type": "Feature", "properties": {"LandID": "b"}, "geometry":'
        ' {"type": "Polygon", "coordinates": [[[127, 38], [127, 39]]]}},'
        '{"type": "Feature", "properties": {"LandID": "c"}, "geometry": {"type": "Point", "coordinates": [127, 38]}}]}'
    )
    (tmp_path / "a.geojson").write_text(text)
    survey = read_survey(tmp_path / "a.geojson")
    assert survey.frame.id.tolist() == ["a", "b", "c"] and survey.frame.geometry.isna().tolist() == [True, True, False]
    assert survey.names().tolist() == ["a", "b", "c"]


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_crs_is_taken_where_the_file_states_none(tmp_path):
    bare = FRAME.to_crs(5186).set_crs(None, allow_override=True)
    path = write(bare, tmp_path / "a.shp")
    assert read_survey(path).frame.crs is None
    assert read_survey(path, crs="EPSG:5186").frame.crs.to_epsg() == 5186
    assert read_survey(path, columns={"datum": "중부원점(60만)"}).frame.crs.to_epsg() == 5186
    with pytest.raises(ConfigError, match="unknown"):
        read_survey(path, crs="nowhere")


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
@pytest.mark.parametrize(
    ("told", "epsg"), [(["EPSG:4162", "EPSG:4162"], 4162), (["EPSG:4162", "WGS84"], None), (["EPSG:4162", ""], None)]
)
def test_crs_of_a_column_must_be_one(tmp_path, told, epsg):
    bare = FRAME.assign(crs_entered=told).set_crs(None, allow_override=True)
    crs = read_survey(write(bare, tmp_path / "a.parquet")).frame.crs
    assert (crs.to_epsg() if crs else None) == epsg


def test_crs_that_contradicts_the_file_is_an_error(tmp_path):
    path = write(FRAME, tmp_path / "a.gpkg")
    assert read_survey(path, crs="WGS84").frame.crs.to_epsg() == 4326
    with pytest.raises(ConfigError, match=r"the file states another CRS: .*a\.gpkg: expected EPSG:5186, found WGS 84"):
        read_survey(path, crs="EPSG:5186")
    assert read_survey(path, columns={"datum": "EPSG:5186"}).frame.crs.to_epsg() == 4326, "a map is not about one file"


def test_areas_take_the_unit_of_their_heading(tmp_path):
    columns = {"면적(평)": ["1,210"], "Remaining Area (ha)": [0.2], "cleared_m2": [5.0], "Cancelled Area": [7]}
    survey = read_survey(write(gpd.GeoDataFrame(columns, geometry=FIELDS[:1], crs=4326), tmp_path / "a.gpkg"))
    row = survey.frame.iloc[0]
    assert row[["area_reported_m2", "remaining_m2", "cleared_m2"]].tolist() == pytest.approx([4000, 2000, 5])
    assert row["Cancelled Area"] == 7 and "cancelled_m2" not in survey.frame
    assert survey.findings[["code", "row", "value"]].values.tolist() == [["V02", 0, "Cancelled Area"]]
    survey = read_survey(tmp_path / "a.gpkg", columns={"units": {"area": "pyeong"}})
    assert survey.frame.cancelled_m2[0] == pytest.approx(7 * 400 / 121) and survey.findings.empty
    assert survey.frame.area_reported_m2[0] == pytest.approx(4000), "a heading's own unit holds"


def test_area_we_measured_is_not_an_area_reported(tmp_path):
    frame = FRAME.assign(area_m2=[5.0, 6.0])
    assert "area_reported_m2" in read_survey(write(frame, tmp_path / "a.gpkg")).frame
    survey = read_survey(write(frame.assign(simulated=False), tmp_path / "b.gpkg"))
    assert "area_reported_m2" not in survey.frame and survey.frame.area_m2.tolist() == [5.0, 6.0]


def test_numbers_that_are_none_are_found_and_kept(tmp_path):
    survey = read_survey(write(FRAME.assign(emplaced_n=["12", "about 50"], depth_cm=["13", None]), tmp_path / "a.gpkg"))
    assert survey.frame.emplaced_n.fillna(-1).tolist() == [12, -1] and survey.frame.depth_cm.fillna(-1).tolist() == [13, -1]
    assert survey.frame.emplaced_n_.tolist() == ["12", "about 50"], "the typed column stays beside it"
    found = survey.findings[["code", "row", "hazard_id", "value", "expected"]].values.tolist()
    assert found == [["V02", 2, "YC-015", "emplaced_n about 50", "a number"]]


def test_words_are_matched_in_both_languages(tmp_path):
    columns = {"classification": ["확인위험지역", "sha", "odd"], "status": ["종결", "Handed Over", "Active"]}
    frame = gpd.GeoDataFrame(columns, geometry=FIELDS[:1] * 3, crs=4326)
    survey = read_survey(write(frame, tmp_path / "a.gpkg"))
    assert survey.frame.land_class.tolist() == ["CHA", "SHA", "odd"]
    assert survey.frame.land_status.tolist() == ["closed", "handed_over", "Active"]
    survey = read_survey(tmp_path / "a.gpkg", columns="imsma-ng")
    assert survey.frame.land_status.tolist() == ["closed", "handed_over", "open"]
    assert survey.frame.status.tolist() == ["종결", "Handed Over", "Active"], "the mapped words are kept"


def test_national_terms_are_kept(tmp_path):
    frame = gpd.GeoDataFrame({"구분": ["미확인지뢰지대", "확인위험지역"]}, geometry=FIELDS, crs=4326)
    survey = read_survey(write(frame, tmp_path / "a.gpkg"), columns="korean")
    assert survey.frame.land_class.tolist() == ["SHA", "CHA"]
    assert survey.frame.national_term.tolist() == ["미확인지뢰지대", ""] and survey.carried == ()
    survey = read_survey(tmp_path / "a.gpkg")
    assert survey.frame.national_term.tolist() == ["미확인지뢰지대", "확인위험지역"] and "land_class" not in survey.frame


def test_texts_are_as_typed_and_numbers_whole(tmp_path):
    frame = FRAME.assign(LandID=[7.0, 8.0], 설명=["  two  blanks ", None])
    survey = read_survey(write(frame, tmp_path / "a.gpkg"))
    assert survey.frame.id.tolist() == ["7", "8"] and survey.frame.description.tolist() == ["  two  blanks ", ""]


def test_dates_keep_what_they_cannot_tell(tmp_path):
    stamps = pd.to_datetime(["2021-06-02T09:30", None])
    survey = read_survey(write(FRAME.assign(gdb_from_date=stamps), tmp_path / "a.gpkg"))
    assert survey.frame.valid_from.tolist() == ["2021-06-02", ""] and survey.frame.gdb_from_date[0] == "2021-06-02T09:30:00"
    survey = read_survey(write(FRAME.assign(gdb_from_date=["2021-06-02 00:00:00", "1/2/2021"]), tmp_path / "b.gpkg"))
    assert survey.frame.valid_from.tolist() == ["2021-06-02", "1/2/2021"] and "gdb_from_date" not in survey.frame


def test_companions_beside_the_one_layer(tmp_path):
    path = write(FRAME.assign(shape_id=["1", "1"]), tmp_path / "a.gpkg", layer="fields")
    points = {
        "hazard_id": ["YC-015", "none"],
        "shape_id": ["1", "1"],
        "pointno": [1, 2],
        "pointtypeenum": ["Turning point", "start"],
    }
    reports = {"LandID": ["YC-014"], "Date of information": ["2022-1-3"], "kind": ["기술조사"], "reduced (ha)": ["0.5"]}
    devices = {"LandID": ["YC-014"], "model": ["M14"], "qty": ["3"]}
    for name, table in (("points", points), ("reports", reports), ("devices", devices)):
        pyogrio.write_dataframe(pd.DataFrame(table), path, layer=name, append=True)
    survey = read_survey(path)
    assert len(survey.frame) == 2 and survey.layer == "fields"
    assert survey.points[["row", "order", "kind"]].values.tolist() == [[1, 1.0, "turning"], [-1, 2.0, "start"]]
    assert survey.reports.to_dict("records") == [
        {"hazard_id": "YC-014", "date": "2022-01-03", "kind": "ts", "reduced_m2": 5000.0}
    ]
    assert survey.devices.to_dict("records") == [{"hazard_id": "YC-014", "model": "M14", "quantity": 3.0}]


def test_spatial_companions_do_not_count_as_layers(tmp_path):
    path = write(FRAME, tmp_path / "a.gpkg", layer="fields")
    corner = gpd.GeoDataFrame({"hazard_id": ["YC-015"]}, geometry=[shapely.Point(127, 38)], crs=4326)
    pyogrio.write_dataframe(corner, path, layer="points", append=True)
    assert read_survey(path).points.to_dict("records") == [{"row": 1, "hazard_id": "YC-015"}]
    assert len(read_survey(path, kind="signs", layer="points").frame) == 1
    pyogrio.write_dataframe(FRAME, path, layer="more", append=True)
    with pytest.raises(ConfigError, match="several layers: .*name one of fields, more"):
        read_survey(path)


def test_reports_of_a_table_of_their_own(tmp_path):
    path = write(FRAME, tmp_path / "a.gpkg")
    pyogrio.write_dataframe(pd.DataFrame({"hazard_id": ["YC-014"], "date": ["2022"], "kind": ["nts"]}), tmp_path / "r.gpkg")
    assert read_survey(path, reports=tmp_path / "r.gpkg").reports.values.tolist() == [["YC-014", "2022", "nts"]]
    with pytest.raises(ConfigError, match="no such file: reports: "):
        read_survey(path, reports=tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("kind", "columns", "row"),
    [
        (
            "finds",
            {"발견일": "2020-5-1", "mine_type": "M14", "수량": "2"},
            {"date": "2020-05-01", "mine_types": "M14", "quantity": 2.0},
        ),
        ("accidents", {"사고일": "2020", "사망": 1, "부상": 2}, {"date": "2020", "killed": 1.0, "injured": 2.0}),
        ("signs", {"문구": "과거 지뢰지대", "표시종류": "철조망"}, {"sign_text": "past_mine_zone", "marking_type": "fence"}),
    ],
)
def test_point_records(tmp_path, kind, columns, row):
    frame = gpd.GeoDataFrame({name: [cell] for name, cell in columns.items()}, geometry=[shapely.Point(127, 38)], crs=4326)
    survey = read_survey(write(frame, tmp_path / "a.gpkg"), kind=kind)
    assert survey.frame.drop(columns="geometry").iloc[0].to_dict() == row and survey.carried == ()


def test_wrong_use_is_told(tmp_path):
    path = write(FRAME, tmp_path / "a.gpkg")
    with pytest.raises(ConfigError, match=r"unknown kind of record: hazard: did you mean hazards\?"):
        read_survey(path, kind="hazard")
    with pytest.raises(ConfigError, match="column map is of other records: .*expected hazards, found signs"):
        read_survey(path, columns={"kind": "signs"})
    for name in ("none.gpkg", "none.kml", "none.gpx", "none.xml", "none.csv"):
        with pytest.raises(ConfigError, match=f"no such file: hazards: .*{name}"):
            read_survey(tmp_path / name)
    for name in ("a.kml", "a.gpx", "a.xml"):
        (tmp_path / name).write_text("neither this nor that")
        with pytest.raises(DataError, match=f"not readable: hazards: .*{name}"):
            read_survey(tmp_path / name)


def test_shapes_of_a_drawing_have_no_place(tmp_path):
    local = FRAME.set_crs('LOCAL_CS["site", UNIT["metre", 1]]', allow_override=True)
    assert read_survey(write(local, tmp_path / "a.gpkg")).frame.crs is None


def test_index_of_a_parquet_file_is_not_lost(tmp_path):
    FRAME.drop(columns="LandID").set_index(pd.Index(["a", "b"], name="LandID")).to_parquet(tmp_path / "a.parquet")
    assert read_survey(tmp_path / "a.parquet").frame.id.tolist() == ["a", "b"]


def test_headings_that_clash_are_kept_apart(tmp_path):
    frame = gpd.GeoDataFrame(
        {"status": ["open"], "land_status": ["closed"], "id": ["x"], "LandID": ["y"]}, geometry=FIELDS[:1], crs=4326
    )
    survey = read_survey(write(frame, tmp_path / "a.parquet"), columns={"columns": {"land_status": "status"}})
    assert survey.frame.drop(columns="geometry").iloc[0].to_dict() == {
        "id": "x", "land_status": "open", "land_status_": "closed", "LandID": "y",
    }  # fmt: skip


def test_time_grows_with_the_rows(tmp_path):
    n = 20_000
    west = 127 + np.arange(n) * 1e-5
    columns = {"LandID": [f"h{i}" for i in range(n)], "status": "Open", "as_of": "2020.5.1", "면적(평)": np.arange(n)}
    frame = gpd.GeoDataFrame(columns, geometry=shapely.box(west, 38, west + 1e-5, 38.001), crs=4326)
    path = write(frame, tmp_path / "a.fgb", layer_options={"SPATIAL_INDEX": "NO"})
    start = time.process_time()
    survey = read_survey(path)
    assert time.process_time() - start < 5 and len(survey.frame) == n and set(survey.frame.land_status) == {"open"}


def test_table_of_typed_points(tmp_path):
    text = "관리번호,위도,경도,면적(평),상태\nA,38°10'0\"N,127°0'30\"E,1210,종결\nB,x,127,121,open\n"
    (tmp_path / "a.csv").write_text(text, encoding="cp949")
    survey = read_survey(tmp_path / "a.csv", crs="WGS84")
    assert survey.frame[["id", "land_status", "area_reported_m2"]].values.tolist() == [
        ["A", "closed", 4000.0],
        ["B", "open", 400.0],
    ]
    assert survey.frame.geometry.isna().tolist() == [False, True] and survey.frame.crs.to_epsg() == 4326
    assert (survey.frame.geometry[0].x, survey.frame.geometry[0].y) == pytest.approx((127 + 0.5 / 60, 38 + 1 / 6))
    assert survey.frame.entered_y[0] == "38°10'0\"N", "the typed string is kept"
    assert survey.findings[["code", "row", "hazard_id"]].values.tolist() == [["C07", 2, "B"]]
    assert survey.headings == {
        "관리번호": "id",
        "위도": "lat",
        "경도": "lon",
        "면적(평)": "area_reported_m2",
        "상태": "land_status",
    }
    assert survey.carried == () and survey.encoding.casefold() == "cp949"
    assert read_survey(tmp_path / "a.csv").frame.crs is None, "asked for, never guessed"


def test_table_of_corners(tmp_path):
    rows = ["LandID,pointno,mgrs,명칭", "A,1,52s cg 10 10,x", "A,2,52SCG1012,x", "A,3,52S CG 12 12,x"]
    (tmp_path / "a.csv").write_text("\n".join(rows), encoding="utf-8-sig")
    survey = read_survey(tmp_path / "a.csv", columns={"datum": "WGS84"})
    assert survey.frame[["id", "name"]].values.tolist() == [["A", "x"]] and survey.frame.geom_type.tolist() == ["Polygon"]
    assert survey.points[["row", "order"]].values.tolist() == [[0, 1.0], [0, 2.0], [0, 3.0]]
    assert survey.points.entered_mgrs.tolist() == ["52s cg 10 10", "52SCG1012", "52S CG 12 12"] and survey.findings.empty


@pytest.mark.parametrize("name", ["a.xlsx", "a.ods"])
def test_workbook(tmp_path, name):
    table = pd.DataFrame({"LandID": ["A"], "wkt": [FIELDS[0].wkt], "기준일": ["2020-05-01"], "emplaced_n": [1200]})
    pyogrio.write_dataframe(table, tmp_path / name, driver=name[2:].upper())
    row = read_survey(tmp_path / name, crs="EPSG:4326").frame.iloc[0]
    assert row[["id", "as_of", "emplaced_n"]].tolist() == ["A", "2020-05-01", 1200.0] and row.geometry.equals(FIELDS[0])


def test_point_table_with_a_column_named_row(tmp_path):
    path = write(FRAME, tmp_path / "a.gpkg", layer="fields")
    pyogrio.write_dataframe(pd.DataFrame({"hazard_id": ["YC-015"], "row": [7]}), path, layer="points", append=True)
    assert read_survey(path).points.to_dict("records") == [{"row": 1, "hazard_id": "YC-015", "row_": 7}]


@pytest.mark.skipif("MINEMAP_TESTDATA" not in os.environ, reason="MINEMAP_TESTDATA names no folder")
def test_bosnian_export():
    """11,068 features in, 11,068 rows out; 3,094 without a shape and 3 empty."""
    start = time.process_time()
    survey = read_survey(Path(os.environ["MINEMAP_TESTDATA"]) / "hazard_bih_suspect_areas.geojson")
    assert time.process_time() - start < 2
    frame = survey.frame
    assert len(frame) == 11_068 and survey.carried == ("typeArea", "fileId")
    assert int(frame.geometry.isna().sum()) == 3_094 and int(frame.geometry.is_empty.sum()) == 3


def test_figures_of_reports_that_are_no_numbers_are_told_and_refused_by_a_build(tmp_path):
    field = gpd.GeoDataFrame(
        {"id": ["A"], "land_class": ["FOO"], "cleared_m2": ["some"]}, geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326
    )
    field.to_file(tmp_path / "a.gpkg")
    (tmp_path / "r.csv").write_text("hazard_id,date,kind,cleared_m2\nA,2020-05-01,clearance,about 5\n")
    survey = read_survey(tmp_path / "a.gpkg", reports=tmp_path / "r.csv")
    assert survey.findings[["row", "value"]].values.tolist() == [[0, "cleared_m2 about 5 in reports"], [1, "cleared_m2 some"]]
    told = check(Context(survey, date(2021, 1, 1)))
    assert '"FOO" of land_class' in told["value"].tolist()  # beside the number of the same record
    field.assign(land_class="SHA", cleared_m2="5").to_file(tmp_path / "b.gpkg")
    with pytest.raises(DataError, match="reports cannot be read.*cleared_m2 about 5"):
        read_supplied(tmp_path / "b.gpkg", land_class="SHA", source="x", reports=tmp_path / "r.csv")


def test_a_report_with_a_thousands_comma_is_refused_not_shifted(tmp_path):
    gpd.GeoDataFrame({"id": ["A"]}, geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326).to_file(tmp_path / "a.gpkg")
    (tmp_path / "r.csv").write_text("hazard_id,date,cleared_m2\nA,2020-05-01,1,210\n")
    with pytest.raises(DataError, match="more cells than headings.*row 1"):
        read_survey(tmp_path / "a.gpkg", reports=tmp_path / "r.csv")


def belt_table(tmp_path, rows, headings="X,Y", **options):
    (tmp_path / "a.csv").write_text("\n".join([f"id,{headings}", *(f"A{n},{row}" for n, row in enumerate(rows))]) + "\n")
    return read_survey(tmp_path / "a.csv", kind="finds", crs="EPSG:5186", **options)


@pytest.mark.parametrize(
    ("rows", "value"),
    [
        (["180000,200000", "190000,210000"], "columns X and Y: either may be the easting"),
        (["600000,200000", "610000,190000"], "columns X and Y: X can only be the northing"),
    ],
)
def test_bare_x_and_y_are_not_guessed(tmp_path, rows, value):
    survey = belt_table(tmp_path, rows)
    told = check(Context(survey, date(2025, 1, 1))).query("severity == 'E' and code != 'V05'")
    assert told[["code", "row", "value", "expected"]].values.tolist() == [
        ["C07", 0, value, "the columns' names: easting and northing"]
    ]
    assert survey.frame.geometry.isna().all() and len(survey.frame) == 2
    for headings in ("northing,easting", "북거,동거"):
        named = belt_table(tmp_path, rows, headings)
        assert named.findings.empty and named.frame.geometry.x.tolist() == [float(row.split(",")[1]) for row in rows]


def test_bare_x_and_y_stand_where_one_order_is_possible(tmp_path):
    north = belt_table(tmp_path, ["200000,600000", "180000,190000"])  # the second alone would leave it open
    assert north.findings.empty and north.frame.geometry.x.tolist() == [200000.0, 180000.0]
    astray = belt_table(tmp_path, ["200000,600000", "200100,600000", "600000,200000"])
    assert astray.findings.empty and astray.frame.geometry.notna().all(), "one row typed the wrong way round is for C04"
    mapped = belt_table(tmp_path, ["180000,200000"], columns={"columns": {"x": "Y", "y": "X"}})
    assert mapped.findings.empty and mapped.frame.geometry.x.tolist() == [200000.0]


def test_a_build_is_told_that_x_and_y_leave_the_easting_open(tmp_path):
    corners = "id,order,X,Y\nA,1,180000,200000\nA,2,180100,200000\nA,3,180100,200100\n"
    (tmp_path / "a.csv").write_text(corners)
    with pytest.raises(DataError, match="A .coordinate cannot be read: columns X and Y: either may be the easting"):
        read_supplied(tmp_path / "a.csv", land_class="SHA", source="s", crs="EPSG:5186")


def test_hazards_typed_in_another_form_have_no_idle_decimals(tmp_path):
    corners = {
        "mgrs": ["52S CG 12345 67890", "52S CG 12445 67890", "52S CG 12445 67990"],
        "lat,lon": ["38°0′15″,127°0′15″", "38°0′25″,127°0′15″", "38°0′25″,127°0′25″"],
    }
    for heading, cells in corners.items():
        rows = [f"A,{n},{cell}" for n, cell in enumerate(cells, start=1)]
        (tmp_path / "a.csv").write_text("\n".join([f"id,order,{heading}", *rows]) + "\n")
        survey = read_survey(tmp_path / "a.csv", crs="WGS84")
        assert survey.frame.geometry.notna().all()
        assert "C06" not in set(check(Context(survey, date(2025, 1, 1)))["code"])


def test_victims_names_are_personal_data(tmp_path):
    (tmp_path / "a.csv").write_text("id,이름,lat,lon,사고일\nA,홍길동,38,127,2020\n")
    survey = read_survey(tmp_path / "a.csv", kind="accidents", crs="WGS84")
    told = check(Context(survey, date(2025, 1, 1))).query("code == 'P01'")
    assert survey.frame["person"].tolist() == ["홍길동"] and told["value"].tolist() == ["column 이름 (1 filled)"]
