"""Tables with typed places: a row a record or a row a corner, CSV or workbook, every text kept and every fault told."""

import numpy as np
import openpyxl
import pandas as pd
import pyogrio
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ConfigError, DataError
from geo.exchange.mgrs import from_mgrs
from geo.exchange.records import read_survey
from geo.exchange.sheets import read_cells
from geo.exchange.tabular import read_table

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture
def read(tmp_path):
    def opened(text, *, name="a.csv", columns=None, encoding="utf-8", **options):
        path = tmp_path / name
        path.write_bytes(text.encode(encoding))
        return read_table(path, columns=columns or (lambda headings: {heading: heading for heading in headings}), **options)

    return opened


def told(table):
    return [(row.row, row.point, row.code) for row in table.faults.itertuples()]


def whats(table):
    return " | ".join(table.faults.what)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_encodings_and_delimiters(read, encoding, delimiter):
    text = "관리번호,위도,경도,비고\r\n001,38.5,127.5,고성군\r\n\r\n002,38.25,127.25,\r\n".replace(",", delimiter)
    columns = {"관리번호": "id", "위도": "lat", "경도": "lon"}
    table = read(text, columns=columns, encoding=encoding, crs="WGS84")
    assert table.frame.id.tolist() == ["001", "002"] and table.frame["비고"].tolist() == ["고성군", ""]
    assert table.frame.geometry.to_wkt().tolist() == ["POINT (127.5 38.5)", "POINT (127.25 38.25)"]
    assert table.frame.crs.to_epsg() == 4326 and table.faults.empty and table.points.empty
    assert table.encoding == {"cp949": "CP949", "utf-16": "UTF-16"}.get(encoding, "UTF-8")


def test_bytes_of_no_known_encoding_are_refused_and_a_stated_one_is_taken(tmp_path):
    (tmp_path / "a.csv").write_bytes("id,note\n1,ÿ\xa0\n".encode("latin-1"))
    with pytest.raises(DataError, match="expected UTF-8 or CP949"):
        read_cells(tmp_path / "a.csv")
    assert read_cells(tmp_path / "a.csv", encoding="latin-1").frame.note[0] == "ÿ\xa0"
    with pytest.raises(ConfigError, match="unknown encoding"):
        read_cells(tmp_path / "a.csv", encoding="martian")


def test_files_that_cannot_be_opened(tmp_path):
    (tmp_path / "empty.csv").touch()
    (tmp_path / "broken.xlsx").write_bytes(b"PK\x03\x04 not a workbook")
    with pytest.raises(ConfigError, match="no such file"):
        read_cells(tmp_path / "missing.csv")
    with pytest.raises(DataError, match="empty file"):
        read_cells(tmp_path / "empty.csv")
    with pytest.raises(DataError, match="not readable"):
        read_cells(tmp_path / "broken.xlsx")


def test_headings_are_made_distinct_and_a_statement_of_the_delimiter_is_read(tmp_path):
    (tmp_path / "a.csv").write_text('sep=;\nid;lat;lat;\n"a;1";2,5;3;4\n')
    cells = read_cells(tmp_path / "a.csv")
    assert cells.frame.to_dict("records") == [{"id": "a;1", "lat": "2,5", "lat_2": "3", "column_4": "4"}]


def test_a_boundary_longer_than_pythons_limit_is_one_cell(read):
    ring = shapely.Point(127, 38).buffer(0.1, quad_segs=2000)
    assert len(ring.wkt) > 131_072
    table = read(f'id,wkt\na,"{ring.wkt}"\n', crs="EPSG:4326")
    assert table.frame.geometry[0].equals(ring)


def test_sheets(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "지뢰"
    book.active.append(["id", "lat", "lon", "date", "n"])
    book.active.append(["001", 38.5, 127.123456789, pd.Timestamp("2020-05-01"), 3])
    book.active.append(["002", "38°30′", "127°15′", "May 2020", 2.5])
    book.create_sheet("empty")
    book.save(tmp_path / "a.xlsx")
    columns = {"id": "id", "lat": "lat", "lon": "lon"}
    table = read_table(tmp_path / "a.xlsx", columns=columns, crs="WGS84")
    assert table.sheet == "지뢰" and table.frame.id.tolist() == ["001", "002"] and table.faults.empty
    assert table.frame["date"].tolist() == ["2020-05-01", "May 2020"] and table.frame.n.tolist() == ["3", "2.5"]
    assert table.frame.geometry[0].x == 127.123456789 and table.frame.entered_y.tolist() == ["38.5", "38°30′"]
    book["empty"].append(["id"])
    book["empty"].append(["x"])
    book.save(tmp_path / "b.xlsx")
    with pytest.raises(ConfigError, match="several sheets.*지뢰, empty"):
        read_table(tmp_path / "b.xlsx", columns=columns)
    with pytest.raises(ConfigError, match="unknown sheet"):
        read_table(tmp_path / "b.xlsx", columns=columns, layer="지로")
    assert read_table(tmp_path / "b.xlsx", columns=columns, layer="empty").frame.id.tolist() == ["x"]


def test_a_sheet_of_headings_alone_has_no_records(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["id", "lat", "lon"])
    book.save(tmp_path / "a.xlsx")
    assert read_cells(tmp_path / "a.xlsx").frame.shape == (0, 3)
    (tmp_path / "a.csv").write_text("id,lat,lon\n")
    assert read_cells(tmp_path / "a.csv").frame.shape == (0, 3)
    table = read_table(tmp_path / "a.csv", columns={name: name for name in ("id", "lat", "lon")})
    assert len(table.frame) == 0 and table.faults.empty


def test_an_open_document_sheet(tmp_path):
    pyogrio.write_dataframe(pd.DataFrame({"id": ["001"], "mgrs": ["52S CG 12 34"]}), tmp_path / "a.ods", driver="ODS")
    table = read_table(tmp_path / "a.ods", columns={"id": "id", "mgrs": "mgrs"}, crs="KGD2002")
    assert table.frame.id.tolist() == ["001"] and table.frame.geometry[0].x == pytest.approx(from_mgrs(["52SCG1234"]).lon[0])


@pytest.mark.parametrize(
    ("heading", "cell", "kind", "entered"),
    [
        ("place", '"37.5N, 127.25E"', "decimal", ("37.5N, 127.25E", "", "")),
        ("place", "52s cg 12345 67890", "mgrs", ("", "", "52s cg 12345 67890")),
        ("mgrs", "52S CG 12345 67890", "mgrs", ("", "", "52S CG 12345 67890")),
        ("utm", "52S 312345 4167890", "utm", ("", "", "52S 312345 4167890")),
        ("utm_zone,x,y", "52S,312345,4167890", "utm", ("312345", "4167890", "52S 312345 4167890")),
        ("lon,lat", "127°15′00″E,37°30′00″N", "dms", ("127°15′00″E", "37°30′00″N", "")),
        ("x,y", "127.25,37.5", "decimal", ("127.25", "37.5", "")),  # x and y of degrees are longitude and latitude
    ],
)
def test_typed_texts_are_kept(read, heading, cell, kind, entered):
    frame = read(f"id,{heading}\na,{cell}\n", crs="WGS84").frame
    kept = tuple(frame[name][0] if name in frame else "" for name in ("entered_x", "entered_y", "entered_mgrs"))
    assert kept == entered and frame.entered_as[0] == kind and not frame.geometry.isna()[0]
    assert not set(frame) & {"place", "mgrs", "utm", "utm_zone", "x", "y", "lat", "lon"}


def test_a_second_way_of_telling_the_place_is_carried(read):
    frame = read("id,lat,lon,mgrs\na,38,127,52S CG 1 1\nb,,,52S CG 1 1\n", crs="WGS84").frame
    assert frame.mgrs.tolist() == ["52S CG 1 1"] * 2 and frame.geometry.x.round(3).tolist() == [127.0, 126.916]
    other = read("id,lat,lon,place\na,38,127,behind the school\n", columns={"id": "id", "lat": "lat", "lon": "lon"}, crs="WGS84")
    assert other.frame.place.tolist() == ["behind the school"] and other.faults.empty


def test_projected_metres_stay_as_typed(read):
    table = read("id,x,y\na,200000,600000\nb,200000.5,600000.5\n", crs="EPSG:5186")
    assert table.frame.crs.to_epsg() == 5186 and table.frame.geometry.x.tolist() == [200000, 200000.5]
    assert table.frame.precision_m.tolist() == ["1.0", "0.1"]


@pytest.mark.parametrize("cell", ["lat,lon\na,38,127", "mgrs\na,52S CG 1 1", "utm\na,52S 327000 4230000", "x,y\na,200000,600000"])
def test_a_datum_is_asked_for_never_guessed(read, cell):
    table = read(f"id,{cell}\n")
    assert table.frame.crs is None and told(table) == [(-1, "", "C01")] and not table.frame.geometry.isna()[0]
    stated = read(f"id,{cell}\n", crs="EPSG:5186")
    assert stated.frame.crs is not None and stated.faults.empty


def test_one_datum_beside_all_rows_is_the_files(read):
    table = read("id,lat,lon,crs_entered\na,38,127,Tokyo\nb,38.1,127,tokyo\n")
    assert table.frame.crs.to_epsg() == 4301 and table.frame.geometry.x.tolist() == [127, 127] and table.faults.empty


def test_several_datums_are_brought_to_wgs84(read):
    table = read("id,lat,lon,x,y,crs_entered\na,38,127,,,WGS84\nb,38,127,,,Tokyo\nc,,,200000,600000,EPSG:5186\n")
    assert table.frame.crs.to_epsg() == 4326 and table.faults.empty and table.frame.crs_entered[1] == "Tokyo"
    moved_m = GEOD.inv(127, 38, table.frame.geometry[1].x, table.frame.geometry[1].y)[2]
    assert 300 < moved_m < 400  # the Tokyo datum read as WGS 84
    assert (table.frame.geometry[2].x, table.frame.geometry[2].y) == pytest.approx((127, 38), abs=1e-7)


@pytest.mark.parametrize(
    ("datum", "what"),
    [("중부원점", "several coordinate systems"), ("Tokio", "did you mean Tokyo?"), ("EPSG:99999", "unknown EPSG code")],
)
def test_a_datum_nobody_can_tell(read, datum, what):
    table = read(f"id,lat,lon,crs_entered\na,38,127,WGS84\nb,38,127,{datum}\n")
    assert told(table) == [(1, "", "C07")] and what in whats(table)
    assert table.frame.geometry.isna().tolist() == [False, True]


def test_a_row_without_a_datum_among_others(read):
    text = "id,lat,lon,crs_entered\na,38,127,WGS84\nb,38,127,\n"
    table = read(text)
    assert told(table) == [(1, "", "C01")] and table.frame.geometry.isna().tolist() == [False, True]
    assert read(text, crs="WGS84").faults.empty


def test_what_is_typed_counts_and_a_contradiction_is_told(read):
    table = read("id,lat,lon,crs_entered\na,38,127,Tokyo\n", crs="WGS84")
    assert told(table) == [(0, "", "C07")] and "WGS 84 was stated" in whats(table) and table.frame.crs.to_epsg() == 4301
    assert read("id,lat,lon,crs_entered\na,38,127,KGD2002\n", crs="WGS84").faults.empty  # equal for our purposes
    assert read("id,x,y,crs_entered\na,200000,600000,EPSG:5186\n", crs="KGD2002").faults.empty  # its own datum
    assert told(read("id,x,y,crs_entered\na,200000,600000,EPSG:5186\n", crs="EPSG:5181")) == [(0, "", "C07")]


def test_a_stated_system_that_leaves_several_choices_is_an_error(read):
    with pytest.raises(ConfigError, match="several coordinate systems"):
        read("id,lat,lon\na,38,127\n", crs="중부원점")


@pytest.mark.parametrize(
    ("row", "what", "near_miss"),
    [
        ("95,127,,", "95: latitude 95: expected -90 to 90", "85,127,,"),
        ("38,127 N,,", "hemisphere N", "38 N,127,,"),
        (",,52S CG 123,", "odd number of digits", ",,52S CG 1234,"),
        (",,,52N 327000 4230000", "band N reaches", ",,,52S 327000 4230000"),
    ],
)
def test_a_place_that_cannot_be_read(read, row, what, near_miss):
    table = read(f"id,lat,lon,mgrs,utm\na,{near_miss}\nb,{row}\nc,,,,\n", crs="WGS84")
    assert told(table) == [(1, "", "C07")] and what in whats(table) and table.faults.expected[0]
    assert table.frame.geometry.isna().tolist() == [False, True, True] and table.frame.id.tolist() == list("abc")


def test_a_row_with_a_comma_in_a_number_is_not_read_as_another_place(read):
    table = read("id,lat,lon\na,38,5,127,25\nb,38.5,127.25\n", crs="WGS84")
    assert table.frame.geometry.isna().tolist() == [True, False] and whats(table) == "2 cells more than headings"
    assert read('id,lat,lon\na,"38,5","127,25"\n', crs="WGS84").frame.geometry[0].wkt == "POINT (127.25 38.5)"


def test_wkt(read):
    square = "POLYGON ((127 38, 127.1 38, 127.1 38.1, 127 38))"
    table = read(f'id,wkt\na,"{square}"\nb,POLYGON ((1 2\nc,\nd,POINT Z (127 38 5)\n', crs="WGS84")
    assert told(table) == [(1, "", "C07")] and table.frame.geometry.isna().tolist() == [False, True, True, False]
    assert table.frame.geometry[0].wkt == square and table.frame.geometry[3].wkt == "POINT (127 38)"
    assert told(read(f'id,wkt\na,"{square}"\n')) == [(-1, "", "C01")]
    both = read(f'id,wkt,crs_entered\na,"{square}",WGS84\nb,SRID=5186;POINT (200000 600000),\n')
    assert both.faults.empty and both.frame.crs.to_epsg() == 4326
    assert (both.frame.geometry[1].x, both.frame.geometry[1].y) == pytest.approx((127, 38), abs=1e-7)


CORNERS = "hazard_id,name,shape_id,point_id,order,lat,lon\n"


def test_corners_become_polygons_in_their_order(read):
    rows = ["a,north,1,p1,1,38.0,127.00", "a,,1,p3,3,38.1,127.01", "b,south,,q,,37.0,127.00", "a,,1,p2,2,38.0,127.01"]
    rows += ["b,,,r,,37.0,127.10", "b,,,s,,37.1,127.10", "a,,2,t,1,38.5,127.0", "a,,2,u,2,38.5,127.1", "a,,2,v,10,38.6,127.1"]
    table = read(CORNERS + "\n".join(rows), crs="WGS84")
    assert table.frame[["id", "shape_id", "name"]].values.tolist() == [["a", "1", "north"], ["b", "", "south"], ["a", "2", ""]]
    assert table.frame.geometry.to_wkt().tolist() == [
        "POLYGON ((127 38, 127.01 38, 127.01 38.1, 127 38))",
        "POLYGON ((127 37, 127.1 37, 127.1 37.1, 127 37))",
        "POLYGON ((127 38.5, 127.1 38.5, 127.1 38.6, 127 38.5))",
    ]
    assert table.faults.empty and table.points.point_id.tolist() == ["p1", "p2", "p3", "q", "r", "s", "t", "u", "v"]
    assert table.points.row.tolist() == [0, 0, 0, 1, 1, 1, 2, 2, 2] and table.points.entered_x[1] == "127.01"
    assert table.frame.precision_m.tolist() == ["1113.2", "1113.2", "11132.0"]  # decimals of the finest corner


@pytest.mark.parametrize(
    ("rows", "fault", "point"),
    [
        ("a,,,1,1,38,127\na,,,2,2,38,x\na,,,3,3,38.1,127.1", "longitude: no angle", "2"),
        ("a,,,1,1,38,127\na,,,2,2,,\na,,,3,3,38.1,127.1", "no coordinate", "2"),
        ("a,,,1,1,38,127\na,,,2,two,38,127.1\na,,,3,3,38.1,127.1", "order two: no number", "2"),
        ("a,,,1,1,38,127\na,,,2,,38,127.1\na,,,3,3,38.1,127.1", "order empty: no number", "2"),
    ],
)
def test_a_shape_with_a_corner_in_doubt_is_not_drawn(read, rows, fault, point):
    sound = "\nb,,,1,1,38,127\nb,,,2,2,38,127.1\nb,,,3,3,38.1,127.1"
    table = read(CORNERS + rows + sound, crs="WGS84")
    assert told(table) == [(0, point, "C07")] and fault in whats(table)
    assert table.frame.geometry.isna().tolist() == [True, False] and len(table.points) == 6


def test_a_number_that_stands_twice_is_in_doubt_but_a_corner_typed_twice_is_not(read):
    rows = ["a,,,1,1,38,127", "a,,,2,2,38,127.1", "a,,,3,2,38.1,127.1", "a,,,4,3,38.1,127"]
    table = read(CORNERS + "\n".join(rows), crs="WGS84")
    assert told(table) == [(0, "2", "C07"), (0, "3", "C07")] and "order 2 stands twice" in whats(table)
    same = read(CORNERS + "\n".join([rows[0], rows[1], rows[1], rows[3]]), crs="WGS84")
    assert same.faults.empty and shapely.get_num_coordinates(same.frame.geometry[0]) == 5  # G06 finds it


@pytest.mark.parametrize("n_corners", [1, 2, 3])
@pytest.mark.parametrize("is_closed", [False, True])
def test_too_few_corners_still_make_a_shape_that_a_check_can_find(read, n_corners, is_closed):
    rows = [f"a,,,{n},{n},38.{n},127.{n % 2}" for n in range(n_corners)]
    rows += ["a,,,9,9,38.0,127.0"] * is_closed
    shape = read(CORNERS + "\n".join(rows), crs="WGS84").frame.geometry[0]
    assert shape.geom_type == "Polygon" and len({*map(tuple, shapely.get_coordinates(shape))}) == n_corners
    assert n_corners < 3 or shapely.get_num_coordinates(shape) == 4


def test_lines_and_points_are_built_where_the_kind_of_shape_says_so(read):
    text = "hazard_id,order,shape_kind,lat,lon\n"
    rows = ["a,1,line,38,127", "a,2,line,38,127.1", "b,1,point,38,127", "c,1,point,38,127", "c,2,point,38,128"]
    frame = read(text + "\n".join(rows), crs="WGS84").frame
    assert frame.geom_type.tolist() == ["LineString", "Point", "MultiPoint"]


WALK = "hazard_id,point_id,kind,lat,lon,from_point,bearing_deg,distance_m,north,declination_deg,declination_year\n"


def test_corners_by_bearing_and_distance(read):
    rows = ["a,R,reference,38,127,,,,,,", "a,1,start,,,R,0,100,true,,", "a,2,,,,,90,100,true,,", "a,3,,,,,180,100,true,,"]
    table = read(WALK + "\n".join([*rows, "a,1,,,,,270,101,true,,"]), crs="WGS84")
    assert table.faults.empty and len(table.frame) == 1 and shapely.get_num_coordinates(table.frame.geometry[0]) == 4
    assert table.points.entered_as.tolist() == ["decimal", *["bearing"] * 4] and table.points.bearing_deg[2] == "90"
    assert table.points.closing_error_m[4] == pytest.approx(100.005, abs=0.01) and table.points.closing_error_m[:4].isna().all()
    shape = table.frame.geometry[0]
    assert abs(GEOD.geometry_area_perimeter(shape)[0]) == pytest.approx(5000, rel=1e-3)


@pytest.mark.parametrize(
    ("leg", "fault"),
    [
        ("R,0,100,,,", "north not stated"),
        ("R,0,100,magnetic,,", "without its declination"),
        ("R,0,100,magnetic,-8,", "without its year"),
        ("Q,0,100,true,,", "from_point Q: no such point"),
        ("R,0,100,grid,,", "grid bearing without the projected system"),
    ],
)
def test_a_leg_that_cannot_be_walked(read, leg, fault):
    rows = ["a,R,reference,38,127,,,,,,", f"a,1,,,,{leg}", "b,R,reference,38,127,,,,,,", "b,1,,,,R,0,100,magnetic,-8,2020"]
    table = read(WALK + "\n".join(rows), crs="WGS84")
    assert told(table) == [(0, "2", "C07")] and fault in whats(table) and table.frame.geometry.isna().tolist() == [True, False]


def test_legs_of_a_projected_start_end_in_its_system(read):
    rows = ["a,R,reference,200000,600000,,,,", "a,1,,,,R,0,100,grid", "a,2,,,,,90,100,grid", "a,3,,,,,180,100,grid"]
    table = read("hazard_id,point_id,kind,x,y,from_point,bearing_deg,distance_m,north\n" + "\n".join(rows), crs="EPSG:5186")
    assert table.frame.crs.to_epsg() == 5186 and table.faults.empty
    assert shapely.get_coordinates(table.frame.geometry[0])[:3] == pytest.approx(
        np.array([[200000, 600100], [200100, 600100], [200100, 600000]]), abs=0.02
    )


def test_which_of_several_landmarks_a_walk_starts_from_is_asked_for(read):
    rows = ["a,R,reference,38,127,,,,,,", "a,L,landmark,38.1,127,,,,,,", "a,1,,,,,0,100,true,,"]
    assert "several points to start from" in whats(read(WALK + "\n".join(rows), crs="WGS84"))
    assert read(WALK + "\n".join([rows[0], rows[2]]), crs="WGS84").faults.empty


def test_other_records_have_no_corners(read):
    table = read("id,order,lat,lon\na,1,38,127\na,2,38,127.1\n", kind="finds", crs="WGS84")
    assert table.frame.geom_type.tolist() == ["Point", "Point"] and table.points.empty


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.floats(126, 129), st.floats(36, 39)), min_size=3, max_size=30, unique=True), st.randoms())
def test_any_order_of_rows_gives_the_same_shape(tmp_path_factory, places, random):
    rows = [f"a,{n},{lat:.7f},{lon:.7f}" for n, (lon, lat) in enumerate(places)]
    random.shuffle(rows)
    path = tmp_path_factory.mktemp("table") / "a.csv"
    path.write_text("\n".join(["hazard_id,order,lat,lon", *rows]))
    table = read_table(path, columns={name: name for name in ("hazard_id", "order", "lat", "lon")}, crs="WGS84")
    ring = shapely.get_coordinates(table.frame.geometry[0])[: len(places)]
    assert ring == pytest.approx(np.round(np.array(places), 7), abs=1e-9) and table.faults.empty


def test_features_in_are_features_out(read):
    rows = [f"h{n},{38 + n / 1e4:.4f},{'127' if n % 3 else 'x'}" for n in range(300)]
    table = read("id,lat,lon\n" + "\n".join(rows), crs="WGS84")
    assert len(table.frame) == 300 and table.frame.geometry.notna().sum() + len(table.faults) == 300


SQUARE = "POLYGON ((127 38, 127.1 38, 127.1 38.1, 127 38))"


@pytest.mark.parametrize("curve", ["CURVEPOLYGON (CIRCULARSTRING (0 0, 1 1, 2 0, 1 -1, 0 0))", "compoundcurve((0 0, 1 1))"])
def test_a_curve_is_told_and_the_other_rows_are_read(read, curve):
    table = read(f'id,wkt\na,"{SQUARE}"\nb,"{curve}"\n', crs="WGS84")
    assert told(table) == [(1, "", "C07")] and table.faults.expected[0] == "curves: turn them into lines"
    assert table.frame.geometry.isna().tolist() == [False, True]


@pytest.mark.parametrize(
    ("srid", "datum", "is_doubtful"),
    [(4301, "WGS84", True), (4326, "KGD2002", False), (5186, "KGD2002", False), (5186, "EPSG:5181", True), (4326, "x", True)],
)
def test_a_system_before_the_wkt_and_another_beside_it(read, srid, datum, is_doubtful):
    text = f'id,wkt,crs_entered,basis\na,"{SQUARE}",WGS84,x\nb,"SRID={srid};{SQUARE}",{datum},x\n'
    table = read(text)
    assert told(table) == ([(1, "", "C07")] if is_doubtful else []) and table.frame.geometry.isna()[1] == is_doubtful
    assert not is_doubtful or whats(table) == f"SRID={srid} beside {datum}"
    own = read(text.replace(",basis", ",basis,simulated").replace(",x\n", ",x,false\n"))
    assert own.faults.empty and not own.frame.geometry.isna().any()


def test_corners_without_their_order_are_told_once(read):
    rows = "a,38,127\na,38,127.1\na,38.1,127\nb,38,127\n"
    table = read("id,lat,lon\n" + rows, crs="WGS84")
    assert told(table) == [(-1, "", "C07")] and "1 ids in several rows that are points, such as a" in whats(table)
    assert "a column order" in table.faults.expected[0]
    assert read("id,lat,lon\n" + rows, crs="WGS84", kind="finds").faults.empty
    assert read("id,lat,lon,valid_from\na,38,127,2019\na,38,127,2020\n", crs="WGS84").faults.empty  # versions, not corners
    assert read("id,lat,lon\na,38,127\nb,38,127.1\n,38,127\n,38,127\n", crs="WGS84").faults.empty


def test_what_a_computer_adds_is_no_precision(read):
    rows = ["a,38.123456,127.12345600000001", "b,38.12345678901234,127.12345678901234", "c,38.1,127.1"]
    frame = read("id,lat,lon\n" + "\n".join(rows), crs="WGS84").frame
    assert frame.precision_m.astype(float).tolist() == [0.111, 0.01, 11132.0]
    metres = read("id,x,y\na,200000.1230000000001,600000.5\nb,200000.00000001,600000\nc,1.12345,2\n", crs="EPSG:5186")
    assert metres.frame.precision_m.astype(float).tolist() == [0.01, 1.0, 0.01]


def test_a_workbook_brings_the_sheets_beside_its_records(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "hazards"
    sheets = {
        "Corners": ["hazard_id order lat lon", "a 1 38 127", "a 2 38 127.1", "a 3 38.1 127.1", "b 1 38.5 x", "z 1 38 127"],
        "reports": ["hazard_id date kind", "b 2020-05-01 clearance"],
        "notes": ["text", "none"],
    }
    for row in ("id name", "b south", "a north", "c east"):
        book["hazards"].append(row.split())
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append([float(cell) if "." in cell else cell for cell in row.split()])
    book.save(tmp_path / "a.xlsx")
    survey = read_survey(tmp_path / "a.xlsx", layer="hazards", crs="WGS84")
    assert survey.frame["id"].tolist() == ["b", "a", "c"] and survey.frame.geometry.isna().tolist() == [True, False, True]
    assert survey.frame.geometry[1].equals(shapely.from_wkt("POLYGON ((127 38, 127.1 38, 127.1 38.1, 127 38))"))
    assert survey.points["row"].tolist() == [1, 1, 1, 0, -1] and survey.reports["hazard_id"].tolist() == ["b"]
    found = survey.findings.set_index("hazard_id")["value"]
    assert "no angle" in found["b"] and "corners of z, which no record is" in set(found)
    with pytest.raises(ConfigError, match="several sheets"):
        read_survey(tmp_path / "a.xlsx", crs="WGS84")
    del book["notes"]
    book.save(tmp_path / "b.xlsx")
    assert read_survey(tmp_path / "b.xlsx", crs="WGS84").layer == "hazards"
