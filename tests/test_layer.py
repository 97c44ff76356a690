"""A layer that lacks anything cannot be made, and every offence is told at once."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.errors import DataError
from geo.layer import COMMON_COLUMNS, listed, make_layer
from geo.terms import LAYER_NAMES


def frame_of(*shapes, crs=4326, **columns):
    ids = columns.pop("id", [f"f{n}" for n in range(len(shapes))])
    return gpd.GeoDataFrame({"id": ids, "name_en": "A", "name_ko": "가", **columns}, geometry=list(shapes), crs=crs)


def make(area, frame, name="places", **changed):
    given = {"land_class": "zone", "basis": "declared", "sources": ("invented",), "as_of": "2020"} | changed
    return make_layer(name, frame, area=area, **given)


BOX = shapely.box(-27, 20, -26.9, 20.1)
BOW = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])


def test_common_columns_stand_first_and_rows_are_sorted(demo_area):
    layer = make(demo_area, frame_of(BOX, BOX, BOX, id=["b", "c", "a"], extra=[1, 2, 3]), overlap=True)
    assert tuple(layer.frame.columns) == (*COMMON_COLUMNS, "extra", "geometry")
    assert list(layer.frame.id) == ["a", "b", "c"]
    assert list(layer.frame.extra) == [3, 1, 2]
    assert list(layer.frame.index) == [0, 1, 2]
    assert layer.frame.crs.to_epsg() == 4326
    assert layer.overlap


def test_any_crs_comes_out_in_degrees_rounded_to_a_tenth_of_a_millimetre(demo_area):
    plane = frame_of(shapely.Point(500_000.123456789, 2_211_481.3))
    layer = make(demo_area, plane.set_crs(32626, allow_override=True))
    lon, lat = layer.frame.geometry[0].coords[0]
    assert (lon, lat) == pytest.approx((-27.0, 20.0), abs=2e-6)
    assert (round(lon, 9), round(lat, 9)) == (lon, lat)


def test_values_of_the_frame_win_over_those_of_the_layer(demo_area):
    frame = frame_of(BOX, BOX, land_class=["SHA", "zone"], as_of=["1999", "2001"], sources=["x", "y"])
    layer = make(demo_area, frame)
    assert list(layer.frame.land_class) == ["SHA", "zone"]
    assert list(layer.frame.as_of) == ["1999", "2001"]
    assert list(layer.frame.sources) == ["x", "y"]


@pytest.mark.parametrize(
    ("basis", "simulated"),
    [("allocated", True), ("modelled", True), ("declared", False), ("supplied", False), ("surveyed", False)],
)
def test_simulated_follows_the_basis(demo_area, basis, simulated):
    layer = make(demo_area, frame_of(BOX), basis=basis)
    assert list(layer.frame.simulated) == [simulated]
    assert layer.simulated == simulated


def test_a_geometry_column_of_another_name_is_taken(demo_area):
    frame = frame_of(BOX).rename_geometry("shape")
    assert make(demo_area, frame).frame.geometry.name == "geometry"


def test_the_paragraph_comes_from_the_area(demo_area):
    layer = make(demo_area, frame_of(BOX), name="dmz")
    assert layer.about_en == demo_area.settings["about"]["dmz"]["en"]
    assert layer.about_ko == demo_area.settings["about"]["dmz"]["ko"]


def test_the_frame_handed_in_is_not_changed(demo_area):
    frame = frame_of(BOX)
    before = frame.copy()
    make(demo_area, frame)
    pd.testing.assert_frame_equal(frame, before)


def test_every_offence_of_the_words_is_told_at_once(demo_area):
    with pytest.raises(DataError) as fault:
        make_layer(
            "minefield",
            frame_of(BOX).set_crs(None, allow_override=True),
            area=demo_area,
            land_class="danger",
            basis="guess",
            sources=("hearsay",),
            as_of="",
        )
    told = str(fault.value)
    for words in (
        "unknown source hearsay",
        "no as_of",
        "unknown layer 'minefield'",
        "unknown land_class 'danger'",
        "unknown basis 'guess'",
        "no CRS",
    ):
        assert words in told


def test_no_source(demo_area):
    with pytest.raises(DataError, match="places: no source"):
        make(demo_area, frame_of(BOX), sources=())


def test_every_offending_feature_is_told_at_once(demo_area):
    shapes = [BOX, BOX, shapely.Polygon(), None, BOW, BOX, BOX]
    frame = frame_of(
        *shapes,
        id=["twin", "twin", "empty", "none", "bow", "sure", "odd"],
        basis=["declared"] * 5 + ["allocated", "rumour"],
        land_class=["zone"] * 5 + ["CHA", "danger"],
    )
    with pytest.raises(DataError) as fault:
        make(demo_area, frame)
    told = str(fault.value)
    for words in (
        "repeated id: twin, twin",
        "empty geometry: empty, none",
        "invalid geometry: bow",
        "simulated features are never a CHA: sure",
        "unknown basis: odd",
        "unknown land_class: odd",
    ):
        assert words in told


def test_long_lists_are_cut():
    assert listed(pd.Series([f"f{n}" for n in range(25)])).endswith("f19 and 5 more")
    assert listed(pd.Series(["a"])) == "a"


def test_an_empty_layer_can_be_made(demo_area):
    layer = make(demo_area, frame_of(), name="planned_minefields", land_class="indication", basis="allocated")
    assert len(layer.frame) == 0
    assert set(COMMON_COLUMNS) <= set(layer.frame.columns)


def test_the_atlas_holds_the_eleven_layers_in_order(demo):
    assert tuple(demo.layers) == LAYER_NAMES
    assert len(LAYER_NAMES) == 11
    with pytest.raises(DataError, match="unknown layer: minefields"):
        demo["minefields"]


@pytest.mark.parametrize("name", LAYER_NAMES)
def test_every_layer_of_the_demo_is_sound(demo, name):
    layer = demo[name]
    frame = layer.frame
    assert tuple(frame.columns[: len(COMMON_COLUMNS)]) == COMMON_COLUMNS
    assert frame.id.is_monotonic_increasing
    assert frame.id.is_unique
    assert frame.is_valid.all()
    assert frame[list(COMMON_COLUMNS)].notna().all(axis=None)
    assert frame.sources.str.split(";").explode().isin(list(demo.area.sources)).all()
    assert "Synthetic" in layer.about_en
    assert "가상" in layer.about_ko
    points = shapely.get_coordinates(np.array(frame.geometry.values))
    west, south, east, north = demo.area.bounds
    assert ((points >= [west, south]) & (points <= [east, north])).all()
