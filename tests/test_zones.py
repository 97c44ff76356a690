"""Solved zones of the invented country, whose widths are known, and a user's own zones, which are never rescaled."""

from dataclasses import replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.area import read_area
from geo.errors import ConfigError, DataError
from geo.land import ground
from geo.measure import areas_m2, lengths_m, net_km2, overlap_km2, project
from geo.source import Source
from layers.zones import beside_meridian, boundary_parts, dmz, mcz, mdl, solved_band, supplied_zone, without_crumbs


def made(overrides):
    """Return area, ground and the DMZ under other settings."""
    area = read_area("demo", overrides)
    base = ground(area)
    return area, base, dmz(area, base)[0]


def by_part(layer):
    return layer.frame.set_index("part")


def test_half_widths_are_two_kilometres(demo):
    parts = by_part(demo["dmz"])
    assert set(parts.index) == {"south_westmark", "south_eastmark", "north"}
    assert parts.distance_m.to_numpy() == pytest.approx(2000.0, rel=2e-6)


def test_outer_distances_are_seven_kilometres(demo):
    assert by_part(demo["mcz"]).distance_m.to_numpy() == pytest.approx(7000.0, rel=2e-6)


@pytest.mark.parametrize(
    ("layer", "part", "km2"),
    [
        ("dmz", "south_westmark", 30),
        ("dmz", "south_eastmark", 50),
        ("dmz", "north", 80),
        ("mcz", "westmark", 75),
        ("mcz", "eastmark", 125),
    ],
)
def test_areas_are_the_stated_ones(demo, layer, part, km2):
    frame = demo[layer].frame
    assert areas_m2(frame[frame.part == part])[0] / 1e6 == pytest.approx(km2, rel=1e-7)


def test_parts_are_a_partition(demo):
    assert overlap_km2(demo["dmz"].frame) == 0
    assert overlap_km2(demo["mcz"].frame) == 0
    both = shapely.union_all([*demo["dmz"].frame.geometry, *demo["mcz"].frame.geometry])
    assert areas_m2(gpd.GeoSeries([both], crs=4326))[0] / 1e6 == pytest.approx(160 + 200, rel=1e-6)
    assert shapely.get_num_geometries(both) == 1, "no gap lies between the parts"


def test_zones_lie_on_their_side(demo, demo_area, demo_ground):
    plane = (
        project(demo["dmz"].frame, demo_area.crs).set_index("part").geometry
    )  # coordinates rounded to 0.1 mm leave a few m² along 40 km
    assert plane["north"].difference(demo_ground.north).area < 10
    assert plane["south_westmark"].difference(demo_ground.south).area < 10
    assert plane["south_westmark"].difference(demo_ground.west).area < 10
    mcz_shapes = project(demo["mcz"].frame, demo_area.crs).geometry
    assert mcz_shapes.difference(demo_ground.land).area.max() < 10


def test_zones_say_what_they_are(demo):
    for name in ("mdl", "dmz", "mcz"):
        frame = demo[name].frame
        assert set(frame.basis) == {"declared"}
        assert set(frame.land_class) == {"zone"}
        assert (frame.precision_m == (1000.0 if name == "mcz" else 100.0)).all()
    assert by_part(demo["dmz"]).name_en["south_westmark"] == "DMZ southern half Westmark"
    assert by_part(demo["dmz"]).name_ko["north"] == "비무장지대 북측"


def test_a_zone_published_as_a_whole_is_one_part():
    area, base, inner = made({"mcz": {"figure": "small"}})
    layer, (band,) = mcz(area, base, inner)
    assert list(layer.frame.part) == ["whole"]
    assert band.distance_m == pytest.approx(5000, rel=2e-6)
    assert layer.as_of == "2021"


def test_an_area_beyond_the_limit_names_both():
    area, base, inner = made({"mcz": {"figure": "large"}})
    with pytest.raises(ConfigError, match=r"at most 10 km from the front \(mcz\.limit\), found 11\.00 km for mcz\.area\.large"):
        mcz(area, base, inner)


def test_unknown_figure_of_the_mcz():
    area, base, inner = made({"mcz": {"figure": "smal"}})
    with pytest.raises(ConfigError, match="unknown figure of the MCZ: smal: did you mean small"):
        mcz(area, base, inner)


def test_an_area_no_width_can_hold(demo_area, demo_ground):
    with pytest.raises(DataError, match="no width gives the published area: tiny, figure mcz.area.whole: expected 200"):
        solved_band(
            demo_area,
            "tiny",
            "mcz.area.whole",
            demo_ground.front,
            shapely.box(480_000, 2_205_000, 490_000, 2_206_000),
            guess_m=5000,
        )


def test_another_stated_area_gives_another_width():
    area = read_area("demo", {"dmz": {"north": "mcz.area.small"}})
    _, bands = dmz(area, ground(area))
    assert {band.part: band.distance_m for band in bands}["north"] == pytest.approx(120 / 40 * 1000, rel=2e-6)


def test_the_meridian_parts_west_from_east(demo_area):
    west, east = beside_meridian(demo_area, -27.0)
    assert west.intersection(east).area == pytest.approx(0, abs=1)
    assert shapely.Point(499_000, 2_200_000).within(west)
    assert shapely.Point(501_000, 2_200_000).within(east)


def test_crumbs_go_and_holes_stay():
    holed = shapely.box(0, 0, 100, 100).difference(shapely.box(40, 40, 60, 60))
    kept = without_crumbs(shapely.MultiPolygon([holed, shapely.box(200, 0, 205, 5), shapely.box(300, 0, 400, 100)]))
    assert kept.area == pytest.approx(holed.area + 10_000)


def front_file(north_m=0.0):
    points = [(-27.14, 20.0 + north_m / 110_700), (-26.77, 20.0 + north_m / 110_700)]
    return gpd.GeoDataFrame(geometry=[shapely.LineString(points).segmentize(0.01)], crs=4326)


def zone_file(*kinds, **columns):
    """Return two boxes as `geo.exchange.read.read_boundary` gives them."""
    boxes = [shapely.box(-27.1, 19.98, -27.0, 20.0), shapely.box(-27.0, 19.98, -26.9, 20.0)]
    frame = {
        "id": ["w", "e"],
        "name_en": ["West", "East"],
        "name_ko": ["서", "동"],
        "kind": kinds or ["dmz", "dmz"],
        **columns,
    }
    return gpd.GeoDataFrame(frame, geometry=boxes, crs=4326)


@pytest.fixture
def own_sources(demo_area):
    return replace(demo_area, sources=MappingProxyType({**demo_area.sources, "supplied": Source("supplied", "A file")}))


def test_a_supplied_front_line_becomes_one_line(own_sources):
    left, right = [(-27.14, 20.0), (-27.0, 20.01)], [(-27.0, 20.01), (-26.8, 20.0)]
    frame = gpd.GeoDataFrame(geometry=[shapely.LineString(left), shapely.LineString(right)], crs=4326)
    layer = mdl(own_sources, frame)
    assert (layer.basis, layer.sources) == ("supplied", ("supplied",))
    assert shapely.get_type_id(layer.frame.geometry[0]) == 1
    assert len(layer.frame) == 1


def test_a_supplied_front_line_in_pieces_is_refused(own_sources):
    frame = gpd.GeoDataFrame(
        geometry=[shapely.LineString([(-27.14, 20), (-27.1, 20)]), shapely.LineString([(-27.0, 20), (-26.8, 20)])],
        crs=4326,
    )
    with pytest.raises(DataError, match="not one line: expected pieces that meet end to end, found 2 pieces"):
        mdl(own_sources, frame)


def test_a_supplied_front_line_moves_the_zones(own_sources):
    line = mdl(own_sources, front_file(3000)).frame
    base = ground(own_sources, front=project(line, own_sources.crs).geometry[0])
    layer, bands = dmz(own_sources, base)
    length_km = lengths_m(line)[0] / 1000
    widths_m = {band.part: band.distance_m for band in bands}
    assert widths_m["north"] == pytest.approx(80e3 / length_km, rel=1e-4)
    assert widths_m["south_westmark"] < 2.2e3, "the south begins at the new line"
    assert layer.frame.total_bounds[3] > 20.04


def test_supplied_polygons_are_never_rescaled(own_sources):
    frame = zone_file("dmz_south_westmark", "dmz_south_eastmark")
    layer = supplied_zone("dmz", own_sources, boundary_parts(frame, "own.gpkg")["dmz"])
    assert layer.basis == "supplied"
    assert sorted(layer.frame.part) == ["south_eastmark", "south_westmark"]
    assert sorted(layer.frame.name_en) == ["East", "West"]
    assert net_km2(layer.frame) == pytest.approx(net_km2(frame), rel=1e-9)
    assert set(layer.frame.columns).isdisjoint({"distance_m", "figure"})


def test_supplied_polygons_without_parts_keep_their_ids(own_sources):
    frame = boundary_parts(zone_file("mcz", "mcz"), "own.gpkg")["mcz"]
    assert list(supplied_zone("mcz", own_sources, frame).frame.id) == ["mcz-e", "mcz-w"]


def test_boundary_files_are_split_by_zone():
    parts = boundary_parts(zone_file("mcz", "dmz_north"), "own.gpkg")
    assert {name: list(frame.id) for name, frame in parts.items()} == {"dmz": ["e"], "mcz": ["w"]}
    assert list(parts["dmz"].part) == ["north"]


def test_lines_without_a_kind_are_the_front_line():
    frame = front_file().assign(id="f", name_en="", name_ko="", kind="")
    assert list(boundary_parts(frame, "own.gpkg")) == ["mdl"]


@pytest.mark.parametrize(
    ("kinds", "message"),
    [
        (("", "dmz"), "which zone.*own.gpkg: w: expected a column 'layer' with mdl, dmz or mcz, found nothing"),
        (("dmz", "ccz"), "which zone.*own.gpkg: e: .*found ccz"),
        (("dmz", "mdl"), "wrong kind of geometry: own.gpkg: e: expected lines for mdl"),
    ],
    ids=["no kind", "unknown zone", "polygon as line"],
)
def test_bad_boundary_files(kinds, message):
    with pytest.raises(DataError, match=message):
        boundary_parts(zone_file(*kinds), "own.gpkg")


def test_front_is_straight_and_forty_kilometres(demo):
    points = shapely.get_coordinates(demo["mdl"].frame.geometry[0])
    assert len(points) == 41
    assert demo.lengths.set_index("line").value_km["mdl"].iloc[0] == pytest.approx(40.0, rel=1e-6)
    assert np.ptp(points[:, 1]) < 5e-4
