"""Every code on a world that breaks it and on one that almost does; the worlds fit on a hand."""

import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from check.worlds import TODAY, X, Y, at, polygon, square, survey, told

from geo.area import read_area
from geo.check import battery
from geo.check.codes import CODES, TITLES
from geo.check.context import Context, Limits
from geo.check.findings import FINDING_COLUMNS, found, joined
from geo.check.wording import messages
from geo.errors import ConfigError
from geo.exchange.mgrs import mgrs

BOW = polygon((0, 0), (100, 100), (100, 0), (0, 100))  # crosses itself at (50, 50)
FLAT = polygon((0, 0), (100, 0), (0, 0))  # 2 distinct vertices
TWICE = polygon((0, 0), (100, 0), (50, 50), (100, 100), (0, 100), (50, 50))  # passes (50, 50) twice
TOUCHING = shapely.Polygon(at((0, 0), (100, 0), (100, 100), (0, 100)), [at((0, 50), (50, 40), (50, 60))])  # hole meets shell
THIRDS = shapely.Point(127 + 1 / 3, 38 + 1 / 3)  # as degrees come out of other forms
THIRD_FIELD = THIRDS.buffer(1 / 900, quad_segs=1)
LOST = polygon((60, 80), (80, 100), (40, 60), (40, 0), (80, 100))  # of 1,200 m²; one way of making it valid leaves nothing
TURNED = shapely.Polygon([*square().exterior.coords[2:-1], *square().exterior.coords[:3]])  # begins elsewhere


def corner(row, x, y, **cells):
    """Return a typed point, in degrees."""
    lon, lat = lonlat(x, y)
    return {"row": row, "lon": lon, "lat": lat, "kind": "turning", "point_id": "", "shape_id": "", **cells}


def lonlat(x, y):
    point = gpd.GeoSeries([shapely.Point(X + x, Y + y)], crs=5186).to_crs(4326)[0]
    return point.x, point.y


def corners(*points, kind="turning", ids=None):
    return [corner(0, x, y, kind=kind, point_id=ids[n] if ids else str(n + 1)) for n, (x, y) in enumerate(points)]


def point(x=0.0, y=0.0):
    return shapely.Point(X + x, Y + y)


def mine(**cells):
    return {"hazard_id": "A", "category": "AP mine", "model": "M14", "quantity": 3, **cells}


FOUR = ((0, 0), (100, 0), (100, 100), (0, 100))
CROSSED = ((0, 0), (100, 100), (100, 0), (0, 100))
LON, LAT = lonlat(0, 0)
GRID = str(mgrs([LON], [LAT])[0])
LINE = shapely.LineString(at((0, 0), (100, 0)))
DEMO = shapely.Point(-26.95, 19.95)  # in the middle of the demo
PLANE = read_area("demo").crs.to_epsg()  # UTM zone 26


def field_at(lon, lat, crs=4326, side_deg=0.001):
    """Return a small field of the demo, in some CRS."""
    return gpd.GeoSeries([shapely.box(lon, lat, lon + side_deg, lat + side_deg)], crs=4326).to_crs(crs)[0]


def swapped(shape):
    return shapely.transform(shape, lambda xy: xy[:, ::-1])


DEMO_AREA = {"area": read_area("demo")}
KOREA = {"area": read_area("korea")}


def korean(lon, lat, crs, read_as):
    """Return a field of Korea recorded in one CRS and handed over as another."""
    return survey([field_at(lon, lat, crs)], crs=read_as)


# code, broken, near miss: each a survey, or a survey and what is known around it; then the record told and a part of the value
CASES = {
    "G01": (survey([BOW]), survey([TOUCHING]), "A", "Self-intersection at 200050.00, 600050.00"),
    "G02": (survey([FLAT]), survey([polygon((0, 0), (100, 0), (0, 1))]), "A", "2"),
    "G03": (survey([square(), TURNED], id=["A", "A"]), survey([square(), TURNED]), "A", "part 1"),
    "G04": (
        survey([square(), square(x=200)], id=["A", "A"], shape_id=["1", "1"]),
        survey([square(), square(x=200)], id=["A", "A"], shape_id=["1", "2"]),
        "A",
        '"1"',
    ),
    "G05": (
        survey([square(), square(x=200)], id=["A", "A"], shape_id=["1", "1 "]),
        survey([square(), square(x=200)], id=["A", "B"], shape_id=["1", "1 "]),
        "A",
        '"1 "',
    ),
    "G06": (survey([TWICE]), survey([TOUCHING]), "A", "200050.00, 600050.00"),
    "G06 typed": (
        survey([square()], points=corners(*FOUR, (100, 0), (50, 120))),
        survey([square()], points=corners(*FOUR, (0, 0))),
        "A",
        "127.0011",
    ),
    "G07": (
        survey([square()], points=corners(*FOUR, ids="1223")),
        survey([square()], points=corners(*FOUR, (0, 0), ids="12341")),
        "A",
        '"2"',
    ),
    "G08": (
        survey([square()], points=corners(*FOUR, ids=["1", "2", "2 ", "3"])),
        survey([square()], points=corners(*FOUR, ids=["1", "2", "2a", "3"])),
        "A",
        '"2 "',
    ),
    "G09": (
        survey([square()], points=corners((0, 200), (0, 200), kind="landmark")),
        survey([square()], points=corners((0, 200), (0, 201), kind="landmark")),
        "A",
        "127.0000",
    ),
    "G09 drawn": (
        survey([shapely.MultiPoint(at((0, 0), (1, 1), (0, 0)))], kind="signs"),
        survey([shapely.MultiPoint(at((0, 0), (1, 1), (0, 1)))], kind="signs"),
        "A",
        "200000.00, 600000.00",
    ),
    "G10": (
        survey([square()], points=corners((0, 200), (0, 300), kind="reference", ids="11")),
        survey([square()], points=[*corners((0, 200), kind="reference", ids="1"), *corners((0, 0), ids="1")]),
        "A",
        '"1"',
    ),
    "G11": (
        survey([square()], points=corners((0, 200), (0, 300), kind="reference", ids=["1", " 1"])),
        survey([square()], points=corners((0, 200), (0, 300), kind="reference", ids=["1", "1b"])),
        "A",
        '" 1"',
    ),
    "G12": (
        survey([square(), square(x=200)], id=["A", "A "]),
        survey([square(), square(x=200)], id=["A", "A"], valid_from=["2020", "2021"]),
        "A ",
        '"A"',
    ),
    "G12 parts": (
        survey([square(), square(x=200)], id=["A", "A"], valid_from=["2020", "2020"]),
        survey([square(), square(x=200)], id=["A", "A"], shape_id=["1", "2"]),
        "A",
        '"A"',
    ),
    "G13": (
        survey([square()], devices=[mine(), mine(model="M14 ")]),
        survey([square()], devices=[mine(), mine(quantity=4)]),
        "A",
        "M14",
    ),
    "G14": (survey([square(5_010, height=900)]), survey([square(4_990, height=900)]), "A", "5,0"),
    "G15": (
        survey([square(), square(x=98)], id=["A", "A"], shape_id=["1", "2"]),
        survey([square(), square(x=99.5)], id=["A", "A"], shape_id=["1", "2"]),
        "A",
        "2.0",
    ),
    "C01": (survey([square()], crs=None), survey([square()]), "", ""),
    "C02": (survey([square()], crs=3857), survey([square()]), "", "EPSG:3857"),
    "C02 metres": (
        survey([square()], crs=4326),
        survey([shapely.box(359, 38, 359.001, 38.001)], crs=4326),
        "A",
        "degrees up to 600,100",
    ),
    "C03": (
        (survey([field_at(-28.5, 19.95)], crs=4326), DEMO_AREA),
        (survey([field_at(-27.2005, 19.95)], crs=4326), DEMO_AREA),  # cut by the western edge
        "A",
        "",
    ),
    "C04": (
        (survey([swapped(field_at(-26.95, 19.95))], crs=4326), DEMO_AREA),
        (survey([field_at(-26.95, 19.95)], crs=4326), DEMO_AREA),
        "A",
        "latitude and longitude are swapped",
    ),
    "C04 axes": (
        (survey([swapped(field_at(-26.95, 19.95, PLANE))], crs=PLANE), DEMO_AREA),
        (survey([field_at(-26.95, 19.95, PLANE)], crs=PLANE), DEMO_AREA),
        "A",
        "easting and northing are swapped",
    ),
    "C04 sign": (
        (survey([field_at(26.95, 19.95)], crs=4326), DEMO_AREA),
        (survey([field_at(-26.95, 19.95)], crs=4326), DEMO_AREA),
        "A",
        "the sign of the longitude is wrong",
    ),
    "C04 zone": ((korean(127.1, 38.0, 32652, 32651), KOREA), (korean(127.1, 38.0, 32652, 32652), KOREA), "A", "UTM zone 52"),
    "C04 belt": ((korean(124.6, 38.0, 5185, 5188), KOREA), (korean(127.1, 38.0, 5187, 5187), KOREA), "A", "the east belt"),
    "C04 northing": (
        (korean(127.1, 36.85, 5181, 5186), KOREA),
        (korean(127.1, 38.0, 5181, 5186), KOREA),
        "A",
        "false northing 500,000",
    ),
    "C04 datum": (
        (survey([field_at(127.0, 36.7985, side_deg=0.0005)], crs=4326), KOREA),
        (survey([field_at(127.0, 36.80, side_deg=0.0005)], crs=4326), KOREA),
        "A",
        "datum Tokyo",
    ),
    "C05": (
        survey([point()], kind="finds", entered_mgrs=[str(mgrs([LON], [LAT + 0.0001])[0])], precision_m=[5.0]),
        survey([point()], kind="finds", entered_mgrs=[str(mgrs([LON], [LAT + 0.00004])[0])], precision_m=[5.0]),
        "A",
        "1",
    ),
    "C05 plane": (
        survey([point()], kind="finds", entered_x=["200003"], entered_y=["600000"], precision_m=[2.0]),
        survey([point()], kind="finds", entered_x=["200001"], entered_y=["600000"], precision_m=[2.0]),
        "A",
        "3.0",
    ),
    "C05 datum": (
        survey([point()], kind="finds", entered_x=[f"{LON}"], entered_y=[f"{LAT}"], crs_entered=["Tokyo"], precision_m=[5.0]),
        survey([point()], kind="finds", entered_x=[f"{LON}"], entered_y=[f"{LAT}"], crs_entered=["WGS84"], precision_m=[5.0]),
        "A",
        "3",
    ),
    "C05 corner": (
        survey([square()], points=corners((0, 0), (100, 0), (110, 100), (0, 100)), precision_m=[5.0]),
        survey([square()], points=corners((0, 0), (100, 0), (104, 100), (0, 100)), precision_m=[5.0]),
        "A",
        "10.0",
    ),
    "C06": (
        survey([shapely.Point(127.12345678, 38.1)], kind="finds", crs=4326, precision_m=[0.01]),
        survey([shapely.Point(127.1234567, 38.1)], kind="finds", crs=4326, precision_m=[0.01]),
        "A",
        "8",
    ),
    "C06 typed": (
        survey([point(0.5)], kind="finds", entered_x=["200000.5"], entered_y=["600000"], precision_m=[5.0]),
        survey([point(0.5)], kind="finds", entered_x=["200000"], entered_y=["600000"], precision_m=[5.0]),
        "A",
        "1",
    ),
    "C06 seconds": (
        survey([THIRDS], kind="finds", crs=4326, entered_x=["127°06′15.04″E"], entered_y=["38°0′9.23″N"], precision_m=[5.0]),
        survey([THIRDS], kind="finds", crs=4326, entered_x=["127°06′15″E"], entered_as=["dms"], precision_m=[5.0]),
        "A",
        "2",
    ),
    "C06 corners": (
        survey(
            [THIRD_FIELD], crs=4326, points=[{"row": 0, "entered_as": "decimal", "entered_x": "127.123456"}], precision_m=[5.0]
        ),
        survey(
            [THIRD_FIELD], crs=4326, points=[{"row": 0, "entered_as": "mgrs", "entered_mgrs": "52S CG 1 6"}], precision_m=[5.0]
        ),
        "A",
        "6",
    ),
    "C06 file": (survey([shapely.Point(127.12345678, 38.1)], kind="finds", crs=4326), survey([point()], kind="finds"), "", "8"),
    "S01": (survey([None, shapely.Polygon()]), survey([square()]), "A", "missing"),
    "S02": (survey([LINE]), survey([LINE], shape_kind=["line"]), "A", "line"),
    "S02 mixed": (
        survey([shapely.GeometryCollection([square(), LINE])]),
        survey([shapely.MultiPolygon([square(), square(x=200)])]),
        "A",
        "mixed shapes",
    ),
    "S02 finds": (survey([square()], kind="finds"), survey([point()], kind="finds"), "A", "polygon"),
    "S02 cut": (
        survey([polygon(*CROSSED[:3])], points=corners(*CROSSED)),
        survey([polygon(*FOUR[:3])], points=corners(*FOUR)),
        "A",
        "polygon of 3 vertices",
    ),
    "S03": (
        survey([square(4.7, height=100)], precision_m=[2.4]),
        survey([square(4.9, height=100)], precision_m=[2.4]),
        "A",
        "4.7",
    ),
    "S03 part": (
        survey([shapely.MultiPolygon([square(), square(0.5, x=200, height=80)])]),
        survey([shapely.MultiPolygon([square(), square(1.5, x=200, height=80)])]),
        "A",
        "0.5",
    ),
    "S04": (survey([square(0.2)]), survey([square(1.1)]), "A", "0"),
    "S04 large": (survey([square(10_010)]), survey([square(9_990)]), "A", "100,"),
    "S05": (survey([square()], area_reported_m2=[10_600.0]), survey([square()], area_reported_m2=[10_400.0]), "A", "10,000"),
    "S05 parts": (
        survey([square(), square(x=200)], id=["A", "A"], shape_id=["1", "2"], area_reported_m2=[10_000.0, 10_000.0]),
        survey([square(), square(x=200)], id=["A", "A"], shape_id=["1", "2"], area_reported_m2=[20_000.0, 20_000.0]),
        "A",
        "20,000",
    ),
    "O01": (survey([square(), square(x=99.9)]), survey([square(), square(x=99.995)]), "A", '"B"'),
    "O01 versions": (
        survey([square(), square(x=50), square(x=120)], id=["A", "A", "B"], valid_to=["2020", "", ""]),
        survey([square(), square(x=50), square(x=120)], id=["A", "A", "B"], valid_to=["", "2020", "2021"]),
        "A",
        '"B"',
    ),
    "O01 files": (
        (survey([square()]), {"others": (survey([square(x=50)], id=["U-7"]),)}),
        (survey([square()]), {"others": (survey([square(x=100)], id=["U-7"]),)}),
        "A",
        '"U-7" of north.gpkg',
    ),
    "O02": (
        (survey([field_at(-26.71, 19.78)], crs=4326), DEMO_AREA),
        (survey([field_at(-26.95, 19.95)], crs=4326), DEMO_AREA),
        "A",
        "the sea",
    ),
}


def findings_of(case):
    return told(case[0], **case[1]) if isinstance(case, tuple) else told(case)


@pytest.mark.parametrize("name", CASES)
def test_a_broken_world_is_told_and_its_near_miss_passes(name):
    broken, near_miss, who, value = CASES[name]
    code = name.split()[0]
    table = findings_of(broken)
    own = table[table["code"] == code]
    assert len(own), f"{code} not told; told: {sorted(table['code'])}"
    assert who in own["hazard_id"].tolist()
    assert own["value"].str.contains(value, regex=False).any(), own["value"].tolist()
    near = findings_of(near_miss)
    assert code not in near["code"].tolist(), near.loc[near["code"] == code, ["hazard_id", "value", "expected"]].values.tolist()


def test_every_code_of_this_room_has_a_world():
    assert {name.split()[0] for name in CASES} == {code for code in CODES if code[0] in "GCSO"} - {"C07"}  # the reader tells C07


def test_every_code_has_a_title_and_its_sentence_takes_what_is_found():
    assert set(TITLES) == set(CODES)
    table = pd.DataFrame({"code": list(CODES), "value": "x", "expected": "y"})
    assert all("{" not in text for language in ("en", "ko") for text in messages(table, language))


@pytest.mark.parametrize(
    ("reported", "slip"),
    [
        (10_000 * 121 / 400, "the figure is in pyeong"),
        (10_000 * 400 / 121, "square metres were converted as if pyeong"),
        (1.0, "the figure is in hectares"),
        (0.01, "the figure is in square kilometres"),
        (0.3025, "the figure is in 10,000 pyeong"),
    ],
)
def test_mixed_up_units_are_named_when_the_ratio_fits(reported, slip):
    table = told(survey([square()], area_reported_m2=[reported]))
    assert slip in table.loc[table["code"] == "S05", "expected"].item()


def test_a_difference_that_fits_no_unit_names_none():
    table = told(survey([square()], area_reported_m2=[5_000.0]))
    assert table.loc[table["code"] == "S05", "expected"].item() == "5,000 m²"


def test_each_pair_of_hazards_is_told_once_with_its_area():
    table = told(survey([square(), square(x=50), square(x=300)]))
    pairs = table[table["code"] == "O01"]
    assert pairs[["hazard_id", "value", "expected"]].values.tolist() == [["A", '"B"', "5,000"]]
    assert pairs["place"].item().area == pytest.approx(5_000, rel=1e-6)


def test_pieces_of_one_pair_are_summed():
    comb = shapely.MultiPolygon([square(10), square(10, x=50)])
    pairs = told(survey([comb, square(100, y=5)]))
    pairs = pairs[pairs["code"] == "O01"]
    assert pairs["expected"].tolist() == ["100"]


def test_the_place_of_a_crossing_is_the_crossing():
    table = told(survey([BOW]))
    assert table.loc[table["code"] == "G01", "place"].item().equals(point(50, 50))


def test_a_polygon_of_two_points_is_told_once():
    assert told(survey([FLAT]))["code"].tolist() == ["G02"]


def test_the_part_and_the_point_are_named():
    table = told(survey([shapely.MultiPolygon([square(x=300), TWICE])]))
    assert table.loc[table["code"] == "G06", ["part", "point"]].values.tolist() == [["2", "6"]]


def test_coordinates_that_are_no_numbers_are_told_and_break_nothing(alone):
    with np.errstate(invalid="ignore"):
        broken = polygon((0, 0), (np.nan, 0), (0, 100))
    table = battery.check(Context(survey([broken, square()], area_reported_m2=[1e4, 1e4]), TODAY, area=read_area("demo")))
    assert table.loc[table["hazard_id"] == "A", "code"].tolist() == ["C03", "G01"]
    assert table["value"][1].startswith("Invalid Coordinate")


def test_a_clean_world_has_no_findings():
    clean = survey([square(), square(x=200)], precision_m=[1.0, 1.0], area_reported_m2=[10_000.0, 10_000.0])
    assert told(clean).empty


def test_no_records_have_no_findings():
    empty = survey([])
    assert told(empty).empty and list(told(empty).columns) == list(FINDING_COLUMNS)


@pytest.fixture
def alone(monkeypatch):
    """Leave out the checks of other rooms."""
    monkeypatch.setattr(battery, "LATER", ())


def test_codes_are_ignored_and_warnings_raised(alone):
    context = Context(survey([square(), square(x=50), None]), TODAY)
    both = battery.check(context)
    assert both[["severity", "code"]].values.tolist() == [["W", "O01"], ["E", "S01"]]
    assert battery.check(context, ignore={"S01"})["code"].tolist() == ["O01"]
    assert battery.check(context, strict=True)["severity"].tolist() == ["E", "E"]
    with pytest.raises(ConfigError, match="unknown code: O1: did you mean O01"):
        battery.check(context, ignore={"O1"})


def test_what_the_reader_told_is_not_told_again(alone):
    bare = survey([None, None])
    read = found("S01", bare, [0], value="ring of 2 points")
    made = survey([None, None])
    made = type(made)(made.kind, made.file, made.layer, made.frame, findings=read)
    table = battery.check(Context(made, TODAY))
    assert table[["hazard_id", "value"]].values.tolist() == [["A", "ring of 2 points"], ["B", "missing"]]


def test_findings_are_in_order_of_the_file_and_the_code():
    made = survey([None, square()])
    table = joined([found("S04", made, [1]), found("S01", made, [0]), found("G01", made, [1])])
    assert table["code"].tolist() == ["S01", "G01", "S04"]


def test_limits_are_options():
    long = survey([square(900)])
    assert "G14" not in told(long)["code"].tolist()
    assert "G14" in told(long, limits=Limits(step_m=800))["code"].tolist()


def test_a_field_given_in_the_area_is_measured_whatever_its_crs():
    made = survey([field_at(127.1, 38.0, 4737), field_at(127.1005, 38.0, 4737)], crs=4737)
    pairs = told(made)
    assert np.isclose(float(pairs.loc[pairs["code"] == "O01", "expected"].item().replace(",", "")), 4_871, rtol=1e-3)


def test_grid_reference_read_back():
    assert "C05" not in told(survey([point()], kind="finds", entered_mgrs=[GRID]))["code"].tolist()


@pytest.mark.skipif("MINEMAP_TESTDATA" not in os.environ, reason="MINEMAP_TESTDATA names no folder")
def test_the_bosnian_export():
    path = Path(os.environ["MINEMAP_TESTDATA"], "hazard_bih_suspect_areas.geojson")
    frame = pyogrio.read_dataframe(path, on_invalid="ignore")
    table = told(type(survey([]))("hazards", path.name, "", frame))
    counts = table["code"].value_counts()
    assert len(frame) == 11_068
    assert table.loc[table["code"] == "S01", "value"].value_counts().to_dict() == {"missing": 3_094, "empty": 3}
    assert counts["G01"] == 467
    assert counts["O01"] == 1_326  # with the 467 made valid; 929 pairs among the valid ones


def test_land_of_invalid_polygons_is_overlaid_and_measured_whole():
    over = square(20.0, x=45, y=40)
    made = told(survey([LOST, over], area_reported_m2=[1200.0, 400.0]))
    assert not (made["code"] == "S05").any()
    shared = made.loc[made["code"] == "O01", "expected"].str.replace(",", "").astype(float).max()
    assert shared == pytest.approx(polygon((40, 0), (80, 100), (40, 60)).intersection(over).area, abs=1)
