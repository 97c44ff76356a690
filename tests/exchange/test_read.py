"""Hazards, boundaries, districts and rivers of the user's own: every fault at once, with id and place."""

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import ConfigError, DataError
from geo.exchange.columns import ALIASES, match_columns
from geo.exchange.read import read_boundary, read_districts, read_hazards, read_rivers, read_supplied
from geo.source import Source

AREA = SimpleNamespace(name="toy", bounds=(126.0, 37.0, 129.0, 39.0))
FIELD = shapely.box(127, 38, 127.01, 38.01)
BOW = shapely.Polygon([(127, 38), (127.1, 38.1), (127.1, 38), (127, 38.1)])


def saved(tmp_path, shapes, crs=4326, file="survey.gpkg", **columns):
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    frame.to_file(tmp_path / file)
    return tmp_path / file


def hazards(path, **options):
    return read_hazards(path, **({"land_class": "SHA", "source": "unit-3"} | options))


def test_columns_are_recognised_and_the_rest_is_carried(tmp_path):
    columns = {
        "LandID": ["YC-014"],
        "명칭": ["월정리"],
        "Type of Minefield": ["계획"],
        "Date of information": ["2024-05-01"],
    }
    found = hazards(saved(tmp_path, [FIELD], **columns, crew=["B"]), source=Source("unit-3", "Survey of unit 3"))
    row = found.drop(columns="geometry").iloc[0].to_dict()
    assert row == {
        "id": "YC-014", "name_en": "월정리", "name_ko": "월정리", "land_class": "SHA", "basis": "supplied",
        "sources": "unit-3", "national_term": "계획", "as_of": "2024-05-01", "crew": "B",
    }  # fmt: skip
    assert list(found.columns)[:6] == ["id", "name_en", "name_ko", "land_class", "basis", "sources"]


def test_ids_are_generated_in_file_order(tmp_path):
    found = hazards(saved(tmp_path, [FIELD, FIELD], crew=["B", "A"]))
    assert found.id.tolist() == ["hazards_0001", "hazards_0002"] and found.crew.tolist() == ["B", "A"]


def test_number_ids_stay_whole(tmp_path):
    assert hazards(saved(tmp_path, [FIELD, FIELD], 관리번호=[7.0, 8.0])).id.tolist() == ["7", "8"]


def test_own_class_wins_and_unknown_words_are_listed(tmp_path):
    path = saved(tmp_path, [FIELD, FIELD], id=["a", "b"], classification=["cha", None])
    assert hazards(path).land_class.tolist() == ["CHA", "SHA"]
    path = saved(tmp_path, [FIELD, FIELD], id=["a", "b"], classification=["cha", "dangerous"], file="bad.gpkg")
    with pytest.raises(DataError, match=r"unknown land_class: .*bad.gpkg: b: .*found dangerous"):
        hazards(path)
    with pytest.raises(ConfigError, match="unknown land_class: sha"):
        hazards(path, land_class="sha")


@pytest.mark.parametrize("word", ["zone", "screening", "SHA2"])
def test_a_hazard_is_of_a_hazard_class(tmp_path, word):
    path = saved(tmp_path, [FIELD, FIELD], id=["a", "b"], classification=["SHA", word])
    with pytest.raises(DataError, match=rf"unknown land_class: .*: b: found {word}: .*known: CHA"):
        hazards(path)
    with pytest.raises(ConfigError, match=f"unknown land_class: {word}"):
        hazards(path, land_class=word)


def test_land_status_is_a_controlled_word_or_blank(tmp_path):
    path = saved(tmp_path, [FIELD] * 4, status=["Open", "HANDED  over", None, " "])
    assert hazards(path).land_status.tolist() == ["open", "handed_over", "", ""]
    path = saved(tmp_path, [FIELD] * 3, id=["a", "b", "c"], status=["Active", "open", "Gone"], file="bad.gpkg")
    with pytest.raises(DataError, match=r"unknown land_status: .*: a, c: found Active, Gone: .*known: closed, .*worked_on"):
        hazards(path)


def test_precision_is_a_number(tmp_path):
    assert hazards(saved(tmp_path, [FIELD] * 2, precision_m=["50", None])).precision_m.fillna(-1).tolist() == [50, -1]
    path = saved(tmp_path, [FIELD] * 3, id=["a", "b", "c"], precision_m=["50 m", "5", "-1"], file="bad.gpkg")
    with pytest.raises(DataError, match=r"precision_m is no number: .*: a, c: expected metres, 0 or more, found 50 m, -1"):
        hazards(path)


def test_texts_are_text_and_empty_where_missing(tmp_path):
    columns = {"as_of": ["2020", None], "zone": [None, " ccz "], "national_term": [None, None], "status": [None, "open"]}
    found = hazards(saved(tmp_path, [FIELD] * 2, **columns))
    told = found[["as_of", "zone", "national_term", "land_status"]]
    assert told.values.tolist() == [["2020", "", "", ""], ["", "ccz", "", "open"]]
    assert hazards(saved(tmp_path, [FIELD] * 2, as_of=[2020, None], file="n.gpkg")).as_of.tolist() == ["2020", ""]


def test_dates_are_iso_text(tmp_path):
    stamps = pd.to_datetime(["2020-05-01T00:00", "2021-06-02T09:30", None])
    found = hazards(saved(tmp_path, [FIELD] * 3, as_of=stamps, seen=stamps))
    assert found.as_of.tolist() == ["2020-05-01", "2021-06-02", ""]  # a date; what also told the time stays beside it
    assert found.as_of_.iloc[:2].tolist() == ["2020-05-01", "2021-06-02T09:30:00"]
    assert found.seen.iloc[:2].tolist() == ["2020-05-01", "2021-06-02T09:30:00"] and found.seen.isna()[2]


def test_lists_bytes_and_tables_become_text(tmp_path):
    columns = {"crews": [["B", "A"]], "raw": [b"YC"], "more": [{"n": 1}], "day": [date(2020, 5, 1)], "n": [7]}
    path = tmp_path / "survey.parquet"
    gpd.GeoDataFrame(columns, geometry=[FIELD], crs=4326).to_parquet(path)
    row = hazards(path).iloc[0]
    assert row[["crews", "raw", "more", "day", "n"]].tolist() == ['["B", "A"]', "5943", '{"n": 1}', "2020-05-01", 7]


def test_every_fault_is_listed_at_once_with_id_reason_and_place(tmp_path):
    flat = shapely.Polygon([(127, 38), (127.1, 38), (127.2, 38)])
    shapes = [FIELD, None, shapely.Polygon(), BOW, shapely.Point(127, 38), flat]
    path = saved(tmp_path, shapes, id=list("abcdef"))
    with pytest.raises(DataError) as fault:
        hazards(path)
    told = str(fault.value)
    assert told.startswith("5 unusable features: hazards: ")
    assert "b (no geometry" in told and "c (empty geometry)" in told and "e (Point, expected Polygon)" in told
    assert "d (Self-intersection[127.05 38.05])" in told and "f (" in told and "a (" not in told


def test_flat_polygon_is_told(tmp_path):
    """A polygon that GEOS takes for valid may still hold no ground."""
    sliver = shapely.Polygon([(0, 0), (1e-320, 0), (0, 1e-320)])
    with pytest.raises(DataError, match=r"a \((no area|Too few points|Self-intersection|Invalid)"):
        hazards(saved(tmp_path, [sliver], id=["a"]))


def test_long_lists_say_how_many_more(tmp_path):
    with pytest.raises(DataError, match=r"^25 unusable features: .*f19 \(Self-intersection\[.*\]\) and 5 more: mend"):
        hazards(saved(tmp_path, [BOW] * 25, id=[f"f{n}" for n in range(25)]))


def test_repeated_ids_also_after_trimming(tmp_path):
    with pytest.raises(DataError, match=r"repeated ids: .*found a, a "):
        hazards(saved(tmp_path, [FIELD] * 3, id=["a", "a ", "b"]))


def test_missing_ids_name_their_rows(tmp_path):
    with pytest.raises(DataError, match=r"features without an id: .*found row 2"):
        hazards(saved(tmp_path, [FIELD] * 2, id=["a", None]))


def shifted(shape, crs_true, crs_said):
    """The shape's coordinates in one CRS, declared to be in another."""
    moved = gpd.GeoSeries([shape], crs=4326).to_crs(crs_true).set_crs(crs_said, allow_override=True)
    return moved.iloc[0]


@pytest.mark.parametrize(
    ("shape", "crs", "hint"),
    [
        (shapely.box(38, 127, 38.01, 127.01), 4326, "inside if latitude and longitude are swapped"),
        (shifted(FIELD, 32652, 32651), 32651, "inside if the coordinates are in UTM zone 52 .EPSG:32652"),
        (shifted(FIELD, 5186, 5179), 5179, "check the CRS|EPSG:5186"),
        (shifted(shapely.box(127, 37.05, 127.01, 37.06), 5181, 5186), 5186, "false northing 500,000 .EPSG:5181"),
        (shapely.box(200_000, 600_000, 200_100, 600_100), 4326, "the numbers are metres, not degrees"),
        (shapely.box(2, 48, 2.1, 48.1), 4326, "check the CRS"),
    ],
)
def test_stray_features_get_a_hint(tmp_path, shape, crs, hint):
    with pytest.raises(DataError, match=f"1 features outside the study area toy: .*found hazards_0001: .*({hint})"):
        hazards(saved(tmp_path, [shape], crs=crs, crew=["B"]), area=AREA)


def test_feature_on_the_edge_of_the_area_is_inside(tmp_path):
    assert len(hazards(saved(tmp_path, [shapely.box(128.9, 38.9, 129.1, 39.1)], crew=["B"]), area=AREA)) == 1


def test_crs_and_heights(tmp_path):
    high = shapely.force_3d(gpd.GeoSeries([FIELD], crs=4326).to_crs(5186).iloc[0], 120.0)
    found = hazards(saved(tmp_path, [high], crs=5186, crew=["B"]), area=AREA)
    assert found.crs.to_epsg() == 5186 and not found.has_z.any()


def test_shapefile_headings_cut_at_ten_bytes():
    assert match_columns(["Classifica", "hazard_loc"], ALIASES, cut=True) == {
        "hazard_loc": "id",
        "Classifica": "land_class",
    }
    assert match_columns(["Classifica"], ALIASES) == {}
    assert match_columns(["지뢰지대구"], ALIASES, cut=True) == {"지뢰지대구": "national_term"}


def test_carried_column_does_not_clash_with_ours(tmp_path):
    found = hazards(saved(tmp_path, [FIELD], hazard_id=["x"], id=["y"]))
    assert found.id.tolist() == ["y"] and found.hazard_id.tolist() == ["x"]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.csv", 'LandID,wkt,status\nYC-014,"POLYGON ((127 38, 127.01 38, 127.01 38.01, 127 38))",종결\n'),
        ("a.kml", "kml"),
        ("a.gpx", "gpx"),
        ("a.xml", "maxml"),
    ],
)
def test_formats_other_than_layers(tmp_path, name, text):
    ring = [(127, 38), (127.01, 38), (127.01, 38.01), (127, 38)]
    trk = "".join(f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in ring)
    points = "".join(f"<point><longitude>{lon}</longitude><latitude>{lat}</latitude></point>" for lon, lat in ring[:3])
    corners = " ".join(f"{lon},{lat}" for lon, lat in ring)
    texts = {
        "kml": '<kml xmlns="http://www.opengis.net/kml/2.2"><Document><Placemark><ExtendedData><Data name="LandID"><value>YC-014'
        f"</value></Data></ExtendedData><Polygon><outerBoundaryIs><LinearRing><coordinates>{corners}</coordinates></LinearRing>"
        "</outerBoundaryIs></Polygon></Placemark></Document></kml>",
        "gpx": f'<gpx version="1.1" creator="x" xmlns="http://www.topografix.com/GPX/1/1"><trk><name>x</name><trkseg>{trk}</trkseg>'
        "</trk></gpx>",
        "maxml": "<MineActionFieldReport><FieldReport><Hazard><LandID>YC-014</LandID><shape><coordrefsys>WGS84</coordrefsys>"
        f"<points>{points}</points></shape></Hazard></FieldReport></MineActionFieldReport>",
    }
    (tmp_path / name).write_text(texts.get(text, text), encoding="utf-8")
    found = hazards(tmp_path / name, crs="WGS84" if name == "a.csv" else None, area=AREA)
    assert found.crs.to_epsg() == 4326 and found.geom_type.tolist() == ["Polygon"] and found.land_class.tolist() == ["SHA"]
    assert found.id.tolist() == ["hazards_0001" if name == "a.gpx" else "YC-014"]
    assert shapely.area(shapely.symmetric_difference(found.geometry[0], shapely.Polygon(ring))) < 1e-12


def test_table_without_a_datum_is_refused_and_its_typed_faults_are_told(tmp_path):
    (tmp_path / "a.csv").write_text('id,wkt\na,"POLYGON ((127 38, 127.01 38, 127.01 38.01, 127 38))"\nb,POLYGON 127\n')
    with pytest.raises(DataError, match=r"no CRS: .*a\.csv: .*never guessed"):
        hazards(tmp_path / "a.csv")
    with pytest.raises(DataError, match=r"1 unusable features: .*b \(coordinate cannot be read: .*POLYGON 127"):
        hazards(tmp_path / "a.csv", crs="EPSG:4326")


def test_column_map_and_layer(tmp_path):
    path = saved(tmp_path, [FIELD], Nr=["7"], status=["Active"])
    gpd.GeoDataFrame({"Nr": ["8"]}, geometry=[FIELD], crs=4326).to_file(path, layer="south", mode="a")
    with pytest.raises(ConfigError, match="several layers: .*name one of south, survey"):
        hazards(path)
    own = {"columns": {"id": "Nr"}, "values": {"land_status": {"Active": "worked_on"}}}
    row = hazards(path, layer="survey", columns=own).iloc[0]
    assert row[["id", "land_status", "status"]].tolist() == ["7", "worked_on", "Active"]


def test_parts_of_a_hazard_are_one_feature(tmp_path):
    east, touching = shapely.box(127.02, 38, 127.03, 38.01), shapely.box(127.01, 38, 127.02, 38.01)
    columns = {"id": ["b", "a", "a ", "c", "c"], "shape_id": ["", "1", "2", "1", "2"], "precision_m": [1, 2, 5, 3, None]}
    found = hazards(saved(tmp_path, [FIELD, FIELD, east, FIELD, touching], **columns))
    assert found[["id", "shape_id", "precision_m"]].values.tolist() == [["b", "", 1], ["a", "1;2", 5], ["c", "1;2", 3]]
    assert found.geom_type.tolist() == ["Polygon", "MultiPolygon", "Polygon"], "parts that touch are united"
    assert found.geometry[1].equals(shapely.MultiPolygon([FIELD, east]))
    with pytest.raises(DataError, match="repeated ids: .*found a"):
        hazards(saved(tmp_path, [FIELD, east], id=["a", "a"], shape_id=["1", " 1"], file="twice.gpkg"))


def test_versions_are_told_apart(tmp_path):
    columns = {
        "id": ["a", "b", "a", "a"],
        "valid_from": ["2020-05-01", None, "2022.1.1", "2018"],
        "status": ["open", "open", "closed", "open"],
    }
    path = saved(tmp_path, [FIELD] * 4, **columns)
    supplied = read_supplied(path, land_class="SHA", source="unit-3")
    assert supplied.current[["id", "valid_from", "land_status"]].values.tolist() == [
        ["b", "", "open"],
        ["a", "2022-01-01", "closed"],
    ]
    assert supplied.past[["id", "valid_from"]].values.tolist() == [["a", "2018"], ["a", "2020-05-01"]]
    assert list(supplied.past.columns) == list(supplied.current.columns) and supplied.past.crs == supplied.current.crs
    assert hazards(path).id.tolist() == ["b", "a"] and supplied.reports.empty


def test_reports_come_with_the_hazards(tmp_path):
    (tmp_path / "reports.csv").write_text("hazard_id,date,kind\na,2020-5-1,제거 진행\n", encoding="utf-8-sig")
    path = saved(tmp_path, [FIELD], id=["a"])
    supplied = read_supplied(path, land_class="SHA", source="unit-3", reports=tmp_path / "reports.csv")
    assert supplied.reports.values.tolist() == [["a", "2020-05-01", "clearance"]]


@pytest.mark.parametrize("read", [hazards, read_boundary, read_districts])
def test_web_mercator_is_refused_with_the_name_of_the_file(tmp_path, read):
    moved = gpd.GeoSeries([FIELD], crs=4326).to_crs(3857)
    path = saved(tmp_path, list(moved), crs=3857, code=["1"], name=["x"])
    with pytest.raises(DataError, match=r"EPSG:3857 is not for measuring: .*survey\.gpkg: it inflates areas"):
        read(path)


@pytest.mark.parametrize(
    ("shape", "slip"),
    [
        (shapely.box(38, 127, 38.01, 127.01), "latitude 127.01: it fits if latitude and longitude are swapped"),
        (shapely.box(200_000, 600_000, 200_100, 600_100), "latitude 600100: the numbers are metres, not degrees"),
    ],
)
def test_degrees_that_are_none_are_explained_without_an_area(tmp_path, shape, slip):
    with pytest.raises(DataError, match=f"no longitude and latitude: .*survey.gpkg: found {slip}"):
        hazards(saved(tmp_path, [shape], crew=["B"]))


def test_slip_of_some_features_is_counted(tmp_path):
    shapes = [shapely.box(38, 127, 38.01, 127.01), shapely.box(38.1, 127, 38.2, 127.1), shapely.box(2, 48, 3, 49), FIELD]
    with pytest.raises(DataError, match="3 features outside .*: of 2 of the 3: inside if latitude and longitude are swapped"):
        hazards(saved(tmp_path, shapes, id=list("abcd")), area=AREA)


def test_thousands_of_faults_are_tallied(tmp_path):
    shapes = [FIELD] + [None] * 1200 + [BOW] * 30 + [shapely.Point(127, 38)]
    with pytest.raises(
        DataError, match=r"^1231 unusable features: .*found 1,200 no geometry; 30 self-intersection; 1 point: hazards_0002"
    ):
        hazards(saved(tmp_path, shapes, crew=["B"] * len(shapes)))


def test_fields_of_a_minefield_record_are_numbers(tmp_path):
    found = hazards(saved(tmp_path, [FIELD], 매설=["1,200"], 회수=[800], 미회수=[None], 지뢰종류=["M14"]))
    assert found[["emplaced_n", "recovered_n", "mine_types"]].values.tolist() == [[1200.0, 800.0, "M14"]]
    assert pd.api.types.is_float_dtype(found.unaccounted_n) and found.unaccounted_n.isna().all()
    with pytest.raises(DataError, match="emplaced_n is no number: .*: hazards_0001: expected a number, found about 5"):
        hazards(saved(tmp_path, [FIELD], 매설=["about 5"], file="bad.gpkg"))


def test_boundary_takes_polygons_and_lines(tmp_path):
    line = shapely.LineString([(127, 38), (127.5, 38.2)])
    found = read_boundary(saved(tmp_path, [FIELD, line], kind=["DMZ", None], name=["zone", "line"]), area=AREA)
    assert found.kind.tolist() == ["dmz", ""] and found.name_en.tolist() == ["zone", "line"]
    with pytest.raises(DataError, match="Point, expected Polygon or LineString"):
        read_boundary(saved(tmp_path, [shapely.Point(127, 38)], kind=["dmz"], file="p.gpkg"))


def test_rivers_are_lines(tmp_path):
    line = shapely.LineString([(127, 38), (127.5, 38.2)])
    found = read_rivers(saved(tmp_path, [line], name_en=["Imjin"], name_ko=["임진강"], width=[200]))
    assert found.drop(columns="geometry").iloc[0].to_dict() == {
        "id": "rivers_0001", "name_en": "Imjin", "name_ko": "임진강", "width": 200,
    }  # fmt: skip
    with pytest.raises(DataError, match="Polygon, expected LineString"):
        read_rivers(saved(tmp_path, [FIELD], name_en=["Imjin"], file="p.gpkg"))


def test_districts_are_joined_by_code(tmp_path):
    found = read_districts(saved(tmp_path, [FIELD], SIG_CD=["32360"], SIG_KOR_NM=["철원군"], SIG_ENG_NM=["Cheorwon-gun"]))
    row = found.drop(columns="geometry").iloc[0].to_dict()
    assert row == {"id": "32360", "name_en": "Cheorwon-gun", "name_ko": "철원군", "code": "32360"}
    found = read_districts(saved(tmp_path, [FIELD], code=["32360"], name=["철원군"], name_eng=["x"]))
    assert found.name_ko.tolist() == ["철원군"]


@pytest.mark.parametrize("columns", [{"code": ["1"]}, {"name_en": ["x"]}, {"other": ["x"]}])
def test_districts_need_code_and_name(tmp_path, columns):
    with pytest.raises(DataError, match="districts need a code and a name"):
        read_districts(saved(tmp_path, [FIELD], **columns))
