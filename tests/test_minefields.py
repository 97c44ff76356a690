"""Simulated minefields of the invented country: numbers, totals, places, labels, and one result for any workers."""

from itertools import combinations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

import layers
from geo.area import read_area
from geo.errors import ConfigError, DataError
from geo.land import channels
from geo.measure import areas_m2, overlap_km2, project, total_km2
from layers.minefields import dealt, field_counts, shares_name
from layers.room import beside_front, zone_grid, zone_shapes

KINDS = ("planned", "unconfirmed")
ZONES = ("dmz", "ccz", "south_of_ccl", "rear")


@pytest.fixture(scope="session")
def rooms(demo, demo_area, demo_ground):
    return zone_shapes(demo_area, demo_ground, demo["dmz"], demo["mcz"])


def fields(atlas, kind):
    return atlas[f"{kind}_minefields"].frame


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("planned", {"dmz": 50, "ccz": 30, "south_of_ccl": 15, "rear": 5}),
        ("unconfirmed", {"ccz": 15, "south_of_ccl": 5}),
    ],
)
def test_numbers_by_zone(demo, kind, expected):
    assert fields(demo, kind).zone.value_counts().to_dict() == expected


def test_numbers_by_zone_are_rounded_by_largest_remainder():
    even = read_area("demo", {"allocation": {"zone_shares": "even"}})
    assert field_counts(even, "planned", 100, ZONES) == {"dmz": 34, "ccz": 33, "south_of_ccl": 33, "rear": 0}
    own = {
        "zone_shares": {
            "own": {
                "planned": {"rear": 1.0, "dmz": 2.9, "ccz": 6.1},
                "unconfirmed": {"ccz": 1},
                "source_planned": "invented",
                "source_unconfirmed": "invented",
            }
        },
        "allocation": {"zone_shares": "own"},
    }
    assert field_counts(read_area("demo", own), "planned", 5, ZONES) == {
        "dmz": 1,
        "ccz": 3,
        "south_of_ccl": 0,
        "rear": 1,
    }


def test_unknown_zone_or_shares_are_named():
    slip = {"zone_shares": {"standard": {"planned": {"dmz": 1, "reer": 1}}}}
    with pytest.raises(ConfigError, match=r"unknown zone: \[zone_shares.standard\] planned: reer: did you mean rear"):
        field_counts(read_area("demo", slip), "planned", 10, ZONES)
    with pytest.raises(ConfigError, match="unknown zone shares: evn: did you mean even"):
        shares_name(read_area("demo", {"allocation": {"zone_shares": "evn"}}))


@pytest.mark.parametrize(("kind", "km2", "n"), [("planned", 2.0, 100), ("unconfirmed", 8.0, 20)])
def test_totals_are_met_on_the_ellipsoid(demo, kind, km2, n):
    frame = fields(demo, kind)
    assert len(frame) == n
    assert total_km2(frame) == pytest.approx(km2, rel=1e-6)
    assert frame.area_m2.to_numpy() == pytest.approx(areas_m2(frame), rel=1e-4)
    assert np.log(frame.area_m2).std() == pytest.approx(1.0, abs=0.35)


def test_no_two_fields_overlap(demo):
    both = pd.concat([fields(demo, kind)[["geometry"]] for kind in KINDS], ignore_index=True)
    assert overlap_km2(both) == 0.0
    left, right = both.sindex.query(both.geometry, predicate="intersects")
    assert (left == right).all()


@pytest.mark.parametrize("kind", KINDS)
def test_every_field_lies_in_its_zone_on_land_outside_channels(demo, demo_area, rooms, kind):
    frame = project(fields(demo, kind), demo_area.crs)
    water = channels(demo_area)
    assert frame.is_valid.all()
    assert not frame.intersects(water).any()
    for zone, group in frame.groupby("zone"):
        assert group.within(rooms[zone].buffer(0.001)).all()


def test_zones_are_apart_and_have_their_areas(demo_area, rooms):
    frame = gpd.GeoSeries(rooms, crs=demo_area.crs)
    assert list(frame.index) == list(ZONES)
    # length times depth less the channels: the Alder is 100 m wide, the Birch 20 m over 2.9 km of `south_of_ccl`
    expected = {"dmz": 40 * 2 - 2 * 0.1, "ccz": 40 * 5 - 5 * 0.1, "south_of_ccl": 40 * 5 - 5 * 0.1 - 2.9 * 0.02}
    for name, km2 in expected.items():
        assert total_km2(frame[[name]]) == pytest.approx(km2, rel=1e-4)
    shared = [left.intersection(right).area for left, right in combinations(frame.values, 2)]
    assert max(shared) < 1


def test_fields_say_that_they_are_simulated(demo):
    for kind, land_class, term in (("planned", "indication", "계획지뢰지대"), ("unconfirmed", "SHA", "미확인지뢰지대")):
        layer, frame = demo[f"{kind}_minefields"], fields(demo, kind)
        assert layer.basis == "allocated"
        assert frame.simulated.all()
        assert set(frame.basis) == {"allocated"}
        assert set(frame.land_class) == {land_class}
        assert set(frame.national_term) == {term}
        assert set(frame.series) == {"demo-2020"}
        assert set(frame.sources) == {"invented"}
        assert frame.name_en.str.startswith("Simulated").all()
        assert frame.precision_m.isna().all()


def test_planned_fields_are_strips_along_the_front(demo, demo_area):
    frame = project(fields(demo, "planned"), demo_area.crs)
    edges = np.array([np.diff(shapely.get_coordinates(shape)[:3], axis=0) for shape in frame.geometry])
    sides_m = np.hypot(*edges.transpose(2, 0, 1))
    along = edges[np.arange(len(edges)), sides_m.argmax(axis=1)]
    away_deg = np.abs((np.degrees(np.arctan2(along[:, 1], along[:, 0])) + 90) % 180 - 90)
    assert 4 <= np.median(sides_m.max(axis=1) / sides_m.min(axis=1)) <= 6
    assert (away_deg < 30).mean() >= 0.9


def test_unconfirmed_fields_are_irregular_patches(demo, demo_area):
    shapes = np.array(project(fields(demo, "unconfirmed"), demo_area.crs).geometry.values)
    compact = 4 * np.pi * shapely.area(shapes) / shapely.length(shapes) ** 2
    assert (shapely.get_num_coordinates(shapes) - 1 >= 12).all()
    assert ((compact >= 0.3) & (compact <= 0.8)).all()


def test_expectation_holds_the_totals_and_is_a_share(demo):
    cells = demo["mined_density"].frame
    assert cells.planned_km2.sum() == pytest.approx(2.0, abs=1e-6)
    assert cells.unconfirmed_km2.sum() == pytest.approx(8.0, abs=1e-6)
    assert cells.mined_km2.to_numpy() == pytest.approx((cells.planned_km2 + cells.unconfirmed_km2).to_numpy(), abs=3e-9)
    assert cells.pi.between(0, 1, inclusive="right").all()
    assert set(cells.basis) == {"modelled"}


def test_expectation_falls_with_distance_from_the_front(demo, demo_area, demo_ground, rooms):
    cells = project(demo["mined_density"].frame, demo_area.crs)
    inside = shapely.contains(rooms["ccz"], np.array(cells.geometry.values))
    distance_km = shapely.distance(demo_ground.front, shapely.centroid(np.array(cells.geometry.values))) / 1000
    odds = np.log(cells.planned_km2 / (cells.land_km2 - cells.planned_km2))
    # cells wholly inside the MCZ, which spans 2 to 7 km; ln odds fall by one every front_km
    whole = inside & (distance_km > 2.8) & (distance_km < 6.2)
    assert whole.sum() > 50
    assert np.polyfit(distance_km[whole], odds[whole], 1)[0] == pytest.approx(-1 / 5, rel=1e-4)


def same(one, other):
    for name in one.layers:
        pd.testing.assert_frame_equal(
            pd.DataFrame(one[name].frame.drop(columns="geometry")),
            pd.DataFrame(other[name].frame.drop(columns="geometry")),
        )
        assert (
            shapely.to_wkb(one[name].frame.geometry.values).tolist() == shapely.to_wkb(other[name].frame.geometry.values).tolist()
        )


def test_two_workers_make_the_same_atlas(demo):
    same(demo, layers.build("demo", workers=2))


def test_the_seed_decides_where_but_not_how_much(demo):
    other = layers.build("demo", seed=7)
    assert (
        shapely.to_wkb(fields(other, "planned").geometry.values).tolist()
        != shapely.to_wkb(fields(demo, "planned").geometry.values).tolist()
    )
    assert total_km2(fields(other, "planned")) == pytest.approx(2.0, rel=1e-6)
    pd.testing.assert_series_equal(other["mined_density"].frame.pi, demo["mined_density"].frame.pi)


def test_another_series_has_its_own_totals(demo_2010):
    atlas = demo_2010
    assert (len(fields(atlas, "planned")), len(fields(atlas, "unconfirmed"))) == (80, 15)
    assert total_km2(fields(atlas, "planned")) == pytest.approx(1.5, rel=1e-6)
    assert total_km2(fields(atlas, "unconfirmed")) == pytest.approx(6.0, rel=1e-6)
    assert set(fields(atlas, "planned").as_of) == {"2010"}


def test_a_series_for_the_table_only_is_refused():
    with pytest.raises(ConfigError, match="lacking number of planned fields, unconfirmed area, number of unconfirmed fields"):
        layers.build("demo", series="demo-1990")


def test_supplied_fields_stay_as_they_are_and_simulated_ones_keep_clear(tmp_path, demo):
    own = gpd.GeoDataFrame(
        {"id": ["A", "B"]},
        geometry=[shapely.box(-27.05, 19.95, -27.0, 19.97), shapely.box(-26.95, 19.93, -26.92, 19.95)],
        crs=4326,
    )
    own.to_file(tmp_path / "own.geojson")
    atlas = layers.build("demo", planned=tmp_path / "own.geojson")
    planned = atlas["planned_minefields"]
    assert (planned.basis, planned.sources) == ("supplied", ("supplied",))
    assert not planned.frame.simulated.any()
    assert shapely.equals(planned.frame.geometry.values, own.geometry.values).all()
    assert not fields(atlas, "unconfirmed").intersects(own.union_all()).any()
    assert total_km2(fields(atlas, "unconfirmed")) == pytest.approx(8.0, rel=1e-6)
    assert atlas["mined_density"].frame.planned_km2.sum() == 0


def test_dealt_sizes_are_used_once():
    sizes, counts = np.arange(6.0), {"dmz": 1, "ccz": 3, "south_of_ccl": 0, "rear": 2}
    assert [dealt(sizes, counts, zone).tolist() for zone in ZONES] == [[0.0], [1.0, 2.0, 3.0], [], [4.0, 5.0]]


def test_too_small_a_zone_is_told():
    told = r"does not fit the room: unconfirmed fields, zone south_of_ccl: expected 0 to 0\.\d+ km² .* found 2\.000 km²"
    with pytest.raises(DataError, match=told):
        layers.build("demo", config={"allocation": {"beyond_mcz_km": 0.02}})


def test_zone_grid_covers_the_zone(demo_area, demo_ground, rooms):
    for name in ("dmz", "rear"):
        grid = zone_grid(demo_area, demo_ground, name, rooms[name])
        zone, preference = grid.zone, grid.preference
        assert zone.area_m2 == pytest.approx(np.bincount(grid.of_cell, weights=grid.piece_m2))
        assert shapely.contains(rooms[name].buffer(0.01), grid.pieces).all()
        assert zone.area_m2.sum() == pytest.approx(areas_m2(gpd.GeoSeries([rooms[name]], crs=demo_area.crs))[0], rel=1e-6)
        assert (zone.area_m2 <= 1e6 * 1.001).all()
        assert (preference == 1).all() == (name == "rear"), "only the rear does not follow the front"


def test_bearing_follows_a_bend():
    front = shapely.LineString([(0, 0), (10_000, 0), (10_000, 10_000)])
    distance_m, bearing = beside_front(front, np.array([[5000.0, -300.0], [10_400.0, 6000.0]]))
    assert distance_m.tolist() == [300.0, 400.0]
    assert np.degrees(bearing).tolist() == [0.0, 90.0]
