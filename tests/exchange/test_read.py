"""Hazards, boundaries, districts and rivers of the user's own: every fault at once, with id and place."""

from datetime import date
from types import SimpleNamespace

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import ConfigError, DataError
from geo.exchange.columns import ALIASES, match_columns
from geo.exchange.read import read_boundary, read_districts, read_hazards, read_rivers
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
    assert found.as_of.tolist() == ["2020-05-01", "2021-06-02T09:30:00", ""]
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
        (shapely.box(38, 127, 38.01, 127.01), 4326, "latitude and longitude look swapped"),
        (shifted(FIELD, 32652, 32651), 32651, "read as EPSG:32652"),
        (shifted(FIELD, 5186, 5179), 5179, "check the CRS|read as EPSG:5186"),
        (shifted(shapely.box(127, 37.05, 127.01, 37.06), 5181, 5186), 5186, "read as EPSG:5181"),
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
