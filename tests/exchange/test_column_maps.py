"""Column maps: what they accept, what they refuse, and what is proposed for columns nobody knows."""

import tomllib

import geopandas as gpd
import pytest
import shapely

from geo.errors import ConfigError
from geo.exchange.column_maps import (
    FIELDS,
    ColumnMap,
    column_map,
    coordinate_headings,
    recognised,
    recognised_without_unit,
    shipped_maps,
)
from geo.exchange.columns import AREA_NAMES, RECORD_ALIASES, plain
from geo.exchange.proposal import proposed_map
from geo.exchange.records import read_survey


@pytest.mark.parametrize("name", shipped_maps())
def test_shipped_maps_are_sound(name):
    chosen = column_map(name)
    assert chosen.columns and all(headings for headings in chosen.columns.values())


@pytest.mark.parametrize("kind", FIELDS)
def test_every_field_is_known_by_its_own_name(kind):
    assert set(RECORD_ALIASES[kind]) == set(FIELDS[kind])
    found = recognised(FIELDS[kind], kind, ColumnMap())
    assert found.names == {name: name for name in FIELDS[kind]} and not found.unitless


@pytest.mark.parametrize("kind", RECORD_ALIASES)
def test_no_alias_means_two_fields(kind):
    aliases = [name for accepted in RECORD_ALIASES[kind].values() for name in {plain(alias) for alias in accepted}]
    assert sorted(set(aliases)) == sorted(aliases)
    areas = [plain(alias) for accepted in AREA_NAMES.values() for alias in accepted]
    assert not set(areas) & set(aliases)


def test_headings_of_imsma_ng():
    headings = ["LandID", "Type Of Minefield", "Estimated Area", "date_of_information", "Status Changed Reason", "Landowner"]
    found = recognised(headings, "hazards", column_map("imsma-ng"))
    assert set(found.names.values()) == {"id", "national_term", "as_of", "status_reason", "area_reported_m2"}
    assert found.factors == {"Estimated Area": 1.0} and "Landowner" not in found.names
    assert recognised(headings, "hazards", ColumnMap()).unitless == ("Estimated Area",)


@pytest.mark.parametrize(
    ("heading", "factor"),
    [
        ("면적(㎡)", 1),
        ("면적 (평)", 400 / 121),
        ("면적[만평]", 4e6 / 121),
        ("면적(정보)", 1.2e6 / 121),
        ("area_ha", 1e4),
        ("Area (km²)", 1e6),
    ],
)
def test_units_of_headings(heading, factor):
    found = recognised([heading], "hazards", ColumnMap())
    assert found.names == {heading: "area_reported_m2"} and found.factors[heading] == pytest.approx(factor)


@pytest.mark.parametrize("heading", ["area (m)", "cleared (km)", "면적(미터)", "remaining_m"])
def test_a_length_is_no_unit_of_area_and_is_asked_for(heading):
    found = recognised([heading], "hazards", ColumnMap())
    assert found.unitless == (heading,) and not found.names and not found.factors
    assert recognised(["area (m2)", "depth (m)"], "hazards", ColumnMap()).unitless == ()
    assert recognised_without_unit(["area (m)", "area (ha)"], "hazards") == {"area (m)": "area_reported_m2"}


@pytest.mark.parametrize("chosen", [None, "korean"])
@pytest.mark.parametrize("heading", ["이름", "Victim name", "피해자명", "성명"])
def test_the_name_in_an_accident_is_the_victim_s(heading, chosen):
    assert recognised([heading, "지명"], "accidents", column_map(chosen)).names == {heading: "person", "지명": "name"}
    assert recognised(["이름"], "signs", column_map(chosen)).names == {"이름": "name"}


def test_cleared_alone_may_be_a_yes_or_no():
    found = recognised(["cleared", "reduced (ha)", "취소면적"], "hazards", ColumnMap())
    assert found.names == {"reduced (ha)": "reduced_m2"} and found.unitless == ("취소면적",)
    assert recognised(["cleared"], "hazards", column_map("mdr")).names == {"cleared": "cleared_m2"}, "a map says what it is"


def test_coordinates_that_do_not_tell_the_place_are_carried():
    headings = ["ID", "lat", "lon", "x", "y", "wkt", "mgrs", "pointno"]
    assert coordinate_headings(headings, "hazards", ColumnMap()) == {"ID": "id", "pointno": "order", "wkt": "wkt"}
    assert coordinate_headings(["East", "northing", "UTM zone", "mgrs"], "finds", column_map({"columns": {"x": "East"}})) == {
        "East": "x", "northing": "y", "UTM zone": "utm_zone",
    }  # fmt: skip


def test_map_goes_before_names_we_know(tmp_path):
    (tmp_path / "own.toml").write_text('[columns]\nname = ["Ort"]\nid = "Nr"\n\n[values.land_status]\n"Active" = "worked_on"\n')
    chosen = column_map(tmp_path / "own.toml")
    found = recognised(["id", "NR", "ort", "status"], "hazards", chosen)
    assert found.names == {"NR": "id", "ort": "name", "status": "land_status"}
    assert chosen.values["land_status"] == {"active": "worked_on"} and column_map(chosen) is chosen


@pytest.mark.parametrize(
    ("told", "message"),
    [
        ({"column": {}}, r"unknown section: column map: column: did you mean columns\?"),
        ({"columns": {"land_statu": "x"}}, r"unknown field: .*land_statu: did you mean land_status\?"),
        ({"columns": {"id": 3}}, r"not a heading: .*found 3"),
        ({"columns": {"id": []}}, "not a heading"),
        ({"columns": "id"}, "not a table"),
        ({"values": {"land_status": "open"}}, "not a table"),
        ({"values": {"land_status": {"Active": "opened"}}}, r"unknown land_status: .*Active = opened: did you mean open\?"),
        ({"values": {"statusx": {"a": "b"}}}, "unknown field"),
        ({"units": {"area": "acres"}}, "unknown unit of area: .*found acres"),
        ({"units": {"depth_cm": "m2"}}, "unknown field"),
        ({"kind": "hazard"}, r"unknown kind of record: .*did you mean hazards\?"),
    ],
)
def test_mistakes_are_named(told, message):
    with pytest.raises(ConfigError, match=message):
        column_map(told)


def test_unknown_or_broken_files_are_told(tmp_path):
    with pytest.raises(ConfigError, match="no such column map: imsma: name a TOML file or one of imsma-core, imsma-ng"):
        column_map("imsma")
    (tmp_path / "a.toml").write_text("[columns\n")
    with pytest.raises(ConfigError, match=r"column map not readable: .*a\.toml"):
        column_map(tmp_path / "a.toml")


def test_proposal_can_be_used_as_it_is(tmp_path):
    columns = {
        "typ": ["CHA", "의심위험지역"],
        "Stattus": ["open", "Gone"],
        "Estimated Area": [1, 2],
        "crew": ["B", "A"],
        "id": ["a", "b"],
    }
    frame = gpd.GeoDataFrame(columns, geometry=[shapely.box(127, 38, 128, 39)] * 2, crs=4326)
    frame.to_file(tmp_path / "a.gpkg")
    text = proposed_map(read_survey(tmp_path / "a.gpkg"))
    told = tomllib.loads(text)
    assert told["columns"] == {"land_class": "typ", "land_status": "Stattus", "area_reported_m2": "Estimated Area"}
    assert '# not recognised, carried as it stands: "crew"' in text and '# area_reported_m2 = "m2"' in text
    assert '# "Gone" = ' in text and told["values"] == {"land_status": {}}, "what a word means is for the reader to say"
    survey = read_survey(tmp_path / "a.gpkg", columns=told | {"units": {"area": "ha"}})
    assert survey.frame.land_class.tolist() == ["CHA", "SHA"] and survey.frame.area_reported_m2.tolist() == [1e4, 2e4]


def test_nothing_is_proposed_for_a_file_that_is_understood(tmp_path):
    gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.box(127, 38, 128, 39)], crs=4326).to_file(tmp_path / "a.gpkg")
    assert proposed_map(read_survey(tmp_path / "a.gpkg")) == ""
