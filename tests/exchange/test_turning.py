"""Turning points: numbers that can be checked by hand, and every vertex in its place."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DataError
from geo.exchange.turning import letters, lines_of, points_of, rings_of, turning_points

GEOD = pyproj.Geod(ellps="WGS84")
HOLE = shapely.box(127, 38, 127.03, 38.03).difference(shapely.box(127.01, 38.01, 127.02, 38.02))
TWO = gpd.GeoDataFrame(
    {"id": ["a", "b"], "name_ko": ["가", "나"]},
    geometry=[shapely.MultiPolygon([HOLE, shapely.box(128, 38, 128.1, 38.1)]), shapely.box(125.9, 38, 126.1, 38.1)],
    crs=4326,
)


def test_every_corner_once_in_order():
    table = turning_points(TWO)
    assert table.point.tolist() == [
        *[f"A-0{n}" for n in (1, 2, 3, 4)], *[f"A.1-0{n}" for n in (1, 2, 3, 4)], *[f"B-0{n}" for n in (1, 2, 3, 4)],
        *[f"A-0{n}" for n in (1, 2, 3, 4)],
    ]  # fmt: skip
    assert table["next"].tolist()[:4] == ["A-02", "A-03", "A-04", "A-01"]
    assert table.id.tolist() == ["a"] * 12 + ["b"] * 4 and table.name_ko.iloc[-1] == "나"
    assert table.ring.tolist() == [0] * 4 + [1] * 4 + [0] * 8 and table.part.tolist() == [1] * 8 + [2] * 4 + [1] * 4


def test_bearing_and_distance_by_hand():
    south = gpd.GeoDataFrame({"id": ["s"]}, geometry=[shapely.Polygon([(0, 0), (1, 0), (1, 1)])], crs=4326)
    table = turning_points(south)
    degree_m = 2 * np.pi * 6378137 / 360  # along the equator, a circle
    assert table.bearing_deg.tolist()[:2] == [90.0, 0.0] and table.distance_m[0] == pytest.approx(degree_m, abs=0.005)
    assert table.distance_m[1] == pytest.approx(110574.39, abs=0.005)  # one degree of the meridian from the equator
    assert table.utm_zone.tolist() == ["31N"] * 3 and table.mgrs[0].startswith("31N AA")


def test_zones_meet_at_126_degrees():
    table = turning_points(TWO[TWO.id == "b"])
    assert dict(zip(table.lon, table.utm_zone, strict=True)) == {125.9: "51S", 126.1: "52S"}
    assert (table.mgrs.str[:3] == table.utm_zone).all()
    plane = pyproj.Proj(proj="utm", zone=52, ellps="WGS84")
    row = table[table.lon == 126.1].iloc[0]
    assert (row.utm_east_m, row.utm_north_m) == tuple(np.round(plane(126.1, row.lat), 1))


def test_other_crs_gives_the_same_table():
    plane = turning_points(TWO.to_crs(5186))
    here = turning_points(TWO)
    assert plane[["point", "lon", "lat", "utm_zone"]].equals(here[["point", "lon", "lat", "utm_zone"]])
    with pytest.raises(DataError, match="no CRS"):
        turning_points(TWO.set_crs(None, allow_override=True))


def test_a_point_given_twice_counts_once():
    ring = [(127, 38), (127, 38), (127.1, 38), (127.1, 38.1), (127.1, 38.1), (127, 38)]
    table = turning_points(gpd.GeoDataFrame({"id": ["a"]}, geometry=[shapely.Polygon(ring)], crs=4326))
    assert table.point.tolist() == ["A-01", "A-02", "A-03"] and (table.distance_m > 0).all()


def test_other_shapes_have_no_corners():
    shapes = [shapely.Point(127, 38), shapely.LineString([(127, 38), (128, 38)]), None, shapely.Polygon()]
    frame = gpd.GeoDataFrame({"id": list("abcd")}, geometry=shapes, crs=4326)
    assert len(turning_points(frame)) == 0 and "mgrs" in turning_points(frame)
    mixed = shapely.GeometryCollection([shapely.GeometryCollection([HOLE, *shapes[:2]])])
    nested = np.array([None, mixed], dtype=object)
    assert rings_of(nested).owner.tolist() == [1, 1] and lines_of(nested).owner.tolist() == [1]
    assert points_of(nested).points.tolist() == [[127.0, 38.0]]


def test_many_corners_and_parts_have_names_of_their_own():
    angle = np.linspace(0, 2 * np.pi, 120, endpoint=False)
    star = shapely.polygons(np.stack([127 + 0.1 * np.cos(angle), 38 + 0.1 * np.sin(angle)], axis=1))
    parts = shapely.MultiPolygon([shapely.box(120 + k, 30, 120.5 + k, 30.5) for k in range(28)])
    table = turning_points(gpd.GeoDataFrame({"id": ["s", "p"]}, geometry=[star, parts], crs=4326))
    assert table.point.iloc[[99, 119]].tolist() == ["A-100", "A-120"] and table.point.iloc[-1] == "AB-04"
    assert not table.duplicated(["id", "point"]).any()


@given(number=st.integers(min_value=1, max_value=10**6))
def test_letters_count(number):
    value = 0
    for letter in letters(number):
        value = 26 * value + ord(letter) - 64
    assert value == number


@settings(max_examples=30, deadline=None)
@given(st.lists(st.tuples(st.floats(126, 128), st.floats(37, 39)), min_size=3, max_size=12, unique=True))
def test_walking_the_table_closes_the_ring(corners):
    hull = shapely.MultiPoint(corners).convex_hull
    if hull.geom_type != "Polygon" or hull.area < 1e-3:
        return
    table = turning_points(gpd.GeoDataFrame({"id": ["a"]}, geometry=[hull], crs=4326))
    lon, lat, _ = GEOD.fwd(table.lon, table.lat, table.bearing_deg, table.distance_m)
    _, _, off_m = GEOD.inv(lon, lat, np.roll(table.lon, -1), np.roll(table.lat, -1))
    assert (np.abs(off_m) < 0.5 + 1e-4 * table.distance_m).all()  # bearings are printed to 0.01°
