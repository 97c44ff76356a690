"""Finds, places and cleared areas: points that stand for named places, which no other layer reads."""

import math
from dataclasses import replace
from types import MappingProxyType

import pandas as pd
import pytest
import shapely

import layers
from geo.area import read_area
from layers.records import INCIDENT_COLUMNS, cleared_areas, incidents, places


def test_incidents_stand_where_the_table_says(demo, demo_area):
    frame, table = demo["incidents"].frame.set_index("id"), demo_area.tables["incidents"].set_index("id")
    assert set(INCIDENT_COLUMNS) <= set(frame.columns)
    assert list(frame.index) == list(table.index)
    points = shapely.get_coordinates(frame.geometry.values)
    assert points.tolist() == table[["lon", "lat"]].to_numpy().tolist()
    assert (frame.precision_m == 1000 * table.uncertainty_km).all()
    assert set(frame.land_class) == {"indication"}
    assert not frame.simulated.any()
    assert demo["incidents"].as_of == "2011-08-06"
    assert frame.as_of["D01"] == "2001-07-12"


def replaced(area, name, table):
    return replace(area, tables=MappingProxyType({**area.tables, name: table}))


def test_an_undated_find_says_so(demo_area):
    table = demo_area.tables["incidents"].copy()
    table.loc[0, "date_start"] = ""
    layer = incidents(replaced(demo_area, "incidents", table))
    assert layer.frame.set_index("id").as_of["D01"] == "undated"


def test_a_find_without_a_korean_name_keeps_the_english_one(demo_area):
    table = demo_area.tables["incidents"].assign(place_ko="")
    frame = incidents(replaced(demo_area, "incidents", table)).frame
    assert (frame.name_ko == frame.name_en).all()


def test_places(demo_area):
    layer = places(demo_area)
    assert list(layer.frame.name_en) == list(demo_area.tables["places"].name_en)
    assert list(layer.frame.id[:2]) == ["place-001", "place-002"]
    assert layer.frame.set_index("name_en").population["Eastport"] == 300_000
    assert math.isnan(layer.frame.set_index("name_en").population["Alder Dam"])
    assert layer.as_of == "2020"


def test_cleared_areas_take_the_figure_and_a_point(demo_area):
    frame = cleared_areas(demo_area).frame.set_index("id")
    assert frame.reported_km2["corridor"] == 0.5
    assert math.isnan(frame.mines_remaining["corridor"])
    assert frame.mines_remaining["eastport"] == 12
    assert math.isnan(frame.reported_km2["eastport"])
    assert frame.land_status.to_dict() == {"corridor": "closed", "eastport": "searched_not_released"}
    eastport = demo_area.tables["places"].set_index("name_en").loc["Eastport"]
    assert frame.geometry["eastport"].coords[0] == (eastport.lon, eastport.lat)
    assert frame.geometry["corridor"].coords[0] == (-27.05, 19.99)
    assert frame.precision_m.to_dict() == {"corridor": 2000.0, "eastport": 5000.0}
    assert (frame.geom_type == "Point").all()
    assert set(frame.land_class) == {"zone"}


def test_no_layer_but_incidents_reads_the_finds(demo, own_area):
    """Other finds, elsewhere, of other mines, leave every other layer as it is."""
    table = pd.read_csv(own_area / "incidents.csv", dtype=str, keep_default_na=False)
    moved = table.assign(lon="-26.9", lat="19.9", river="Birch", n_found="99", n_lost="1000", uncertainty_km="0.1", flood_id="x")
    moved.iloc[:3].to_csv(own_area / "incidents.csv", index=False)
    other = layers.build(own_area)
    assert len(other["incidents"].frame) == 3
    for name in set(demo.layers) - {"incidents"}:
        one, two = demo[name].frame, other[name].frame
        pd.testing.assert_frame_equal(pd.DataFrame(one.drop(columns="geometry")), pd.DataFrame(two.drop(columns="geometry")))
        assert shapely.to_wkb(one.geometry.values).tolist() == shapely.to_wkb(two.geometry.values).tolist()
    pd.testing.assert_frame_equal(demo.ledger, other.ledger)


@pytest.mark.parametrize("name", ["incidents", "places", "cleared_areas"])
def test_points_may_lie_over_each_other(demo, name):
    assert demo[name].overlap


def until(published):
    """Return the last day of a date or of a span of years such as 2001-2017; what states none says it in its title."""
    return (published[5:] if len(published) == 9 else published) or "9999"


def test_clearance_is_told_by_a_source_that_is_no_older():
    area = read_area("korea")
    frame = cleared_areas(area).frame.set_index("id")
    for record in frame.itertuples():
        told = [until(area.sources[key].published) for key in record.sources.split(";")]
        assert max(told)[: len(record.as_of)] >= record.as_of[: len(max(told))], record.Index
    assert frame.land_status["arrowhead-hill"] == "worked_on", "more was removed there the year after"
