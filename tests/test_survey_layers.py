"""Finds, accidents and signs as layers, their links to hazards, and the earlier versions of hazards."""

from types import MappingProxyType, SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo.errors import DataError
from geo.generalise import generalise
from geo.measure import lengths_m
from geo.source import Source
from geo.survey.records import Survey
from layers.minefields import supplied_fields
from layers.survey_layers import accidents, finds, past_hazards, sign_keys, signs, survey_layers

AREA = SimpleNamespace(
    name="own",
    crs=pyproj.CRS.from_epsg(5186),
    bounds=(126.0, 37.0, 129.0, 39.0),
    sources={"supplied": Source("supplied", "Own")},
    settings=MappingProxyType({}),
)
EAST, NORTH = 205_000, 605_000


def square(east, north, size=100.0):
    return shapely.box(EAST + east, NORTH + north, EAST + east + size, NORTH + north + size)


def survey(kind, places, **columns):
    shapes = [
        place if place is None or hasattr(place, "geom_type") else shapely.Point(EAST + place[0], NORTH + place[1])
        for place in places
    ]
    return Survey(kind, f"{kind}.csv", kind, gpd.GeoDataFrame(columns, geometry=shapes, crs=AREA.crs))


def hazards(*shapes, ids=None, **columns):
    frame = {"id": ids or [f"YC-{n:03d}" for n in range(len(shapes))], "basis": "supplied", **columns}
    return gpd.GeoDataFrame(frame, geometry=list(shapes), crs=AREA.crs)


def test_finds_keep_what_the_file_says():
    told = {"id": ["F-1", ""], "name": ["논둑", ""], "date": ["2019-06-17", ""], "as_of": ["", "2024"], "mine_types": ["M14", ""]}
    layer = finds(AREA, survey("finds", [(5, 5), (900, 5)], **told, person=["Kim", ""], precision_m=["30", None]))
    frame = layer.frame
    assert frame.id.tolist() == ["F-1", "find-0002"] and frame.name_ko.tolist() == ["논둑", "find-0002"]
    assert frame.as_of.tolist() == ["2019-06-17", "2024"] and layer.as_of == "2024", "the find's day, where no other is stated"
    assert frame.evidence.tolist() == ["direct", "direct"] and frame.basis.tolist() == ["supplied"] * 2
    assert frame.mine_types.tolist() == ["M14", ""] and frame.person.tolist() == ["Kim", ""]
    assert frame.precision_m.tolist()[0] == 30 and np.isnan(frame.precision_m[1])
    assert frame.land_class.tolist() == ["indication"] * 2 and layer.overlap


def test_words_are_read_in_any_case_and_unknown_ones_told():
    layer = finds(AREA, survey("finds", [(5, 5)], evidence=["Not Specified"], basis=["Surveyed"]))
    assert layer.frame.evidence.tolist() == ["not_specified"] and layer.frame.basis.tolist() == ["surveyed"]
    with pytest.raises(DataError, match=r"unknown evidence: finds: finds.csv: F-9: found certain"):
        finds(AREA, survey("finds", [(5, 5)], id=["F-9"], evidence=["certain"]))


@pytest.mark.parametrize(
    "place", [None, shapely.Point(), shapely.LineString([(0, 0), (1, 1)]), shapely.MultiPoint([(0, 0), (1, 1)])]
)
def test_a_record_without_one_point_is_told(place):
    with pytest.raises(DataError, match="1 records without a point: finds: finds.csv: .*F-2"):
        finds(AREA, survey("finds", [(5, 5), place], id=["F-1", "F-2"]))


def test_a_multipoint_of_one_is_a_point():
    lone = shapely.MultiPoint([(EAST, NORTH)])
    assert finds(AREA, survey("finds", [lone])).frame.geom_type.tolist() == ["Point"]


def test_no_crs_a_stray_record_and_a_repeated_id_are_told():
    given = survey("finds", [(5, 5), (9, 9)], id=["F-1", "F-1"])
    with pytest.raises(DataError, match="repeated id: F-1, F-1"):
        finds(AREA, given)
    with pytest.raises(DataError, match="1 records outside the study area own: .*F-2"):
        finds(AREA, survey("finds", [(5, 5), (900_000, 0)], id=["F-1", "F-2"]))
    bare = Survey("finds", "finds.csv", "", gpd.GeoDataFrame(geometry=[shapely.Point(1, 1)]))
    with pytest.raises(DataError, match="no CRS: finds: finds.csv: .*never guessed"):
        finds(AREA, bare)


def test_accidents_are_linked_as_stated_else_by_place():
    fields = hazards(square(0, 0), square(1000, 0))
    places = [(50, 50), (50, 50), (130, 50), (131, 50), (130, 50), (5000, 5000)]
    told = {"hazard_id": ["YC-001", "", "", "", "", ""], "precision_m": [10.0, np.nan, 30, 30, np.nan, 100]}
    layer, notes = accidents(AREA, survey("accidents", places, **told), fields)
    frame = layer.frame
    assert frame.hazard_id.tolist() == ["YC-001", "YC-000", "YC-000", "", "", ""]
    assert frame.link.tolist() == ["stated", "inside", "near", "", "", ""] and notes == ()
    assert frame.distance_m.tolist()[1:3] == [0.0, 30.0] and frame.distance_m[3:].isna().all()
    assert frame.distance_m[0] == pytest.approx(950, abs=0.2)


def test_distance_is_geodesic():
    layer, _ = accidents(AREA, survey("accidents", [(100, 2000)], hazard_id=["YC-000"]), hazards(square(0, 0)))
    way = gpd.GeoSeries([shapely.LineString([(EAST + 100, NORTH + 2000), (EAST + 100, NORTH + 100)])], crs=AREA.crs)
    assert layer.frame.distance_m[0] == pytest.approx(float(lengths_m(way)[0]), abs=0.06)


def test_of_hazards_over_each_other_the_first_by_id_is_linked():
    fields = hazards(square(0, 0), square(0, 0), square(0, 0), ids=["c", "a", "b"])
    layer, _ = accidents(AREA, survey("accidents", [(50, 50)]), fields)
    assert layer.frame.hazard_id.tolist() == ["a"]


def test_a_stated_id_that_is_unknown_is_kept_and_told_by_name_in_the_restricted_tier_alone():
    given = survey("accidents", [(50, 50)], id=["A-7"], hazard_id=["YC-999"])
    layer, notes = accidents(AREA, given, hazards(square(0, 0)))
    assert layer.frame.hazard_id.tolist() == ["YC-999"] and layer.frame.link.tolist() == [""]
    assert len(notes) == 1 and not {"A-7", "YC-999", "1"} & set(notes[0].split())
    _, notes = accidents(AREA, given, hazards(square(0, 0)), tier="restricted")
    assert "A-7 names YC-999" in notes[0]


def test_a_simulated_field_is_no_place_to_link_to():
    layer, _ = accidents(AREA, survey("accidents", [(50, 50)]), hazards(square(0, 0)).assign(basis="allocated"))
    assert layer.frame.link.tolist() == [""]
    assert accidents(AREA, survey("accidents", [(50, 50)]))[0].frame.link.tolist() == [""]


def test_links_of_many_accidents_are_found_at_once():
    rng = np.random.default_rng(0)
    corners = rng.uniform(0, 50_000, (2_000, 2))
    fields = hazards(*[square(*corner) for corner in corners])
    places = rng.uniform(0, 50_000, (300, 2))
    layer, _ = accidents(AREA, survey("accidents", places.tolist(), precision_m=np.full(300, 200.0)), fields)
    points = gpd.GeoSeries(gpd.points_from_xy(places[:, 0] + EAST, places[:, 1] + NORTH), crs=AREA.crs)
    by_hand = np.array([fields.distance(point).min() <= 200 for point in points])
    assert ((layer.frame.link != "").to_numpy() == by_hand).mean() > 0.99 and by_hand.any() and not by_hand.all()


def test_signs_keep_their_words_marking_and_fence():
    told = {
        "sign_text": ["PAST MINE ZONE", "위험! 들어가지 마시오"],
        "marking_type": ["Sign and fence", ""],
        "fence_condition": ["missing", ""],
    }
    frame = signs(AREA, survey("signs", [(5, 5), (9, 9)], **told)).frame
    assert frame.sign_text.tolist() == ["past_mine_zone", "other"] and frame.sign_words.tolist() == told["sign_text"]
    assert frame.marking_type.tolist() == ["sign_and_fence", ""] and frame.fence_condition.tolist() == ["missing", ""]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("Mine Field Danger", "mine_field_danger"), ("mine_field_danger", "mine_field_danger"),
        ("지뢰 위험", "mine_field_danger"),
        ("UNCONFIRMED MINE FIELD DANGER", "unconfirmed_mine_field_danger"), ("미확인 지뢰 위험", "unconfirmed_mine_field_danger"),
        ("Past Mine Zone", "past_mine_zone"), ("과거 지뢰지대", "past_mine_zone"), ("Danger", "other"), (None, "other"),
    ],
)  # fmt: skip
def test_sign_wordings(text, key):
    assert sign_keys([text]) == [key]


def test_earlier_versions_stand_side_by_side():
    versions = hazards(square(0, 0), square(0, 0, 50), square(0, 0, 20), ids=["YC-1", "YC-1", "YC-1"])
    versions = versions.assign(valid_from=["2019", "2021-05", "2021-05"], valid_to=["2021-05", "2022", "2022"], land_class="CHA",
                               hazard_layer="planned_minefields", as_of=["2019", "2021", ""])  # fmt: skip
    layer = past_hazards(AREA, versions)
    assert layer.frame.id.tolist() == ["YC-1@2019", "YC-1@2021-05", "YC-1@2021-05#2"] and set(layer.frame.hazard_id) == {"YC-1"}
    assert layer.frame.as_of.tolist() == ["2019", "2021", "2021"] and layer.as_of == "2021"
    assert layer.frame.area_m2.round(-1).tolist() == [10000, 2500, 400]
    cells = generalise(layer, area=AREA).frame
    assert cells.valid_from.tolist() == ["2019", "2021"] and not cells.astype(str).isin(["YC-1", "2021-05"]).any(axis=None)


def test_all_layers_of_a_survey():
    own = {"planned_minefields": supplied_fields("planned", AREA, hazards(square(0, 0)), "supplied", "2025")}
    given = {kind: survey(kind, [(50, 50)]) for kind in ("signs", "accidents", "finds")}
    made, notes = survey_layers(AREA, given, None, own)
    assert list(made) == ["finds", "accidents", "signs"] and notes == ()
    assert made["accidents"].frame.link.tolist() == ["inside"]
    none = Survey("finds", "f.csv", "", gpd.GeoDataFrame(geometry=[], crs=4326))
    assert survey_layers(AREA, {"finds": none}, hazards(square(0, 0)).iloc[:0], own) == ({}, ())


def test_supplied_fields_take_the_file_s_words_and_fill_the_blanks():
    said = {
        "land_class": ["CHA", ""],
        "basis": ["surveyed", None],
        "as_of": ["2021", ""],
        "precision_m": [3.0, np.nan],
        "note": ["x", "y"],
    }
    frame = supplied_fields("planned", AREA, hazards(square(0, 0), square(500, 0)).assign(**said), "supplied", "2025").frame
    assert frame.land_class.tolist() == ["CHA", "indication"] and frame.basis.tolist() == ["surveyed", "supplied"]
    assert frame.as_of.tolist() == ["2021", "2025"] and frame.note.tolist() == ["x", "y"]
    assert frame.zone.tolist() == ["", ""] and frame.area_m2.round(-2).tolist() == [10000, 10000]


def test_parts_of_one_hazard_are_one_feature_and_repeated_ids_are_not():
    parts = hazards(square(0, 0), square(500, 0), square(900, 0), ids=["b", "a", "b"])
    frame = supplied_fields("planned", AREA, parts.assign(shape_id=[1, 1, 2]), "supplied", "2025").frame
    assert frame.id.tolist() == ["a", "b"] and frame.area_m2.round(-2).tolist() == [10000, 20000]
    with pytest.raises(DataError, match="repeated id: b, b"):
        supplied_fields("planned", AREA, parts, "supplied", "2025")


def test_empty_frames_make_empty_cells_only():
    made, _ = accidents(AREA, survey("accidents", [(5, 5)], hazard_id=[pd.NA]), None)
    assert made.frame.hazard_id.tolist() == [""]
