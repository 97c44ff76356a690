"""The ground of the invented country: land, sides, provinces and channels against their plan."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import DataError
from geo.land import chain, channels, ground, land_lonlat, ring, river_lines
from geo.measure import areas_m2, project


def km2(shape, area):
    return areas_m2(gpd.GeoSeries([shape], crs=area.crs))[0] / 1e6


def test_land_is_the_plan(demo_area):
    land = gpd.GeoSeries([land_lonlat(demo_area)], crs=4326)
    # 40 km by 35 km of mainland and an island of 2 km by 2 km; the northern side is one long edge
    assert areas_m2(land)[0] / 1e6 == pytest.approx(40 * 35 + 4, rel=5e-6)
    assert shapely.get_num_geometries(land[0]) == 2


@pytest.mark.parametrize(
    ("parts", "expected_km2"),
    [
        (["land", "north"], 40 * 15),
        (["land", "south"], 40 * 20 + 4),
        (["land", "south", "west"], 15 * 20),
        (["land", "south", "east"], 25 * 20 + 4),
    ],
    ids=["north", "south", "south-west", "south-east"],
)
def test_sides_and_provinces(demo_area, demo_ground, parts, expected_km2):
    shape = shapely.intersection_all([getattr(demo_ground, part) for part in parts])
    assert km2(shape, demo_area) == pytest.approx(expected_km2, rel=1e-5)


def test_the_sides_part_the_map(demo_area, demo_ground):
    for one, other in (("north", "south"), ("west", "east")):
        left, right = getattr(demo_ground, one), getattr(demo_ground, other)
        assert left.is_valid
        assert right.is_valid
        assert left.intersection(right).area == pytest.approx(0, abs=1)
        assert left.union(right).covers(demo_ground.land)


def test_front_is_the_line_or_the_one_handed_in(demo_area, demo_ground):
    assert demo_ground.front.length == pytest.approx(40_000, rel=1e-3)
    own = shapely.LineString([(480_000, 2_211_000), (520_000, 2_211_000)])
    assert ground(demo_area, front=own).front is own


@pytest.mark.parametrize("backwards", [False, True])
def test_a_front_handed_in_parts_the_sides(demo_area, backwards):
    line = project(gpd.GeoSeries([demo_area.line("front")], crs=4326), demo_area.crs).translate(0, 1000)[0]
    moved = ground(demo_area, front=line.reverse() if backwards else line)
    assert km2(moved.north.intersection(moved.land), demo_area) == pytest.approx(40 * 14, rel=1e-3)
    assert km2(moved.south.intersection(moved.land), demo_area) == pytest.approx(40 * 21 + 4, rel=1e-3)


def test_channels_have_their_width(demo_area):
    # length times width of the river, the brook and the estuary, their round ends and joins apart
    expected_km2 = 34.0 * 0.1 + 8.5 * 0.02 + 5.0 * 0.6
    assert km2(channels(demo_area), demo_area) == pytest.approx(expected_km2, rel=0.05)


def test_rivers_without_a_width_take_no_room(demo_area):
    rivers = river_lines(demo_area)
    assert channels(demo_area, rivers.assign(mean_width_m=np.nan)).is_empty
    assert list(rivers.line_id) == list(demo_area.tables["rivers"].line_id)


def test_chain_joins_lines_points_and_reversed_lines(demo_area):
    front = shapely.get_coordinates(demo_area.line("front"))
    joined = chain(demo_area, [[1.0, 2.0], "-front", [3.0, 4.0], "front"])
    np.testing.assert_array_equal(joined, np.concatenate([[[1.0, 2.0]], front[::-1], [[3.0, 4.0]], front]))


def test_chain_names_an_unknown_line(demo_area):
    with pytest.raises(DataError, match="did you mean coast_west"):
        chain(demo_area, ["-coast_wst"])


def test_ring_is_valid_even_where_it_crosses_itself():
    assert ring(np.array([[0.0, 0], [2, 2], [2, 0]]), [[0.0, 2.0]]).is_valid


def test_own_rivers_make_own_channels(demo_area):
    line = gpd.GeoDataFrame(
        {"mean_width_m": [1000.0]},
        geometry=[shapely.LineString([(500_000, 2_200_000), (500_000, 2_210_000)])],
        crs=demo_area.crs,
    )
    made = ground(demo_area, project(line, demo_area.crs)).channels
    assert km2(made, demo_area) == pytest.approx(10 + np.pi / 4, rel=0.01)
