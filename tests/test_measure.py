"""Areas, lengths and buffers against closed forms and GeographicLib (golden tests T1 to T4 of the model)."""

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DataError
from geo.measure import areas_m2, buffer, lengths_m, net_km2, overlap_km2, overlapping_pairs, project, total_km2

WGS84 = pyproj.Geod(ellps="WGS84")
LAEA = pyproj.CRS("+proj=laea +lon_0=127 +lat_0=38 +datum=WGS84 +units=m +type=crs")


def lonlat(*shapes):
    return gpd.GeoSeries(list(shapes), crs=4326)


def geographiclib_m2(shape):
    return abs(WGS84.geometry_area_perimeter(shapely.orient_polygons(shape))[0])


# T1: 2rL + r² (n/2) sin(2 pi/n) for a line of 10 km, r = 500 m and n = 4q arc points
CAPSULES = {8: 10780361.288064513, 16: 10784137.122636486, 64: 10785319.312733186, 128: 10785378.45028607}
CAPSULE = 10785398.163397448


def geodesic_line(lon, lat):
    """Return a geodesic of 10 km due east, its middle at a point."""
    n = 11
    ends = WGS84.fwd(np.full(n, lon), np.full(n, lat), np.full(n, 90.0), np.linspace(-5000, 5000, n))
    return lonlat(shapely.LineString(np.stack(ends[:2], axis=1)))


@pytest.mark.parametrize("crs", [5186, 32652, 5179])
@pytest.mark.parametrize("arcs", CAPSULES)
def test_capsule(arcs, crs):
    wide = buffer(project(geodesic_line(127.0, 38.0), crs), 500.0, quad_segs=arcs)
    assert wide.crs.to_epsg() == crs
    assert areas_m2(wide)[0] == pytest.approx(CAPSULES[arcs], rel=1e-7)


@pytest.mark.parametrize(
    ("lon", "lat"), [(127.24, 38.24), (126.76, 37.76), (-26.8, 20.2), (10.1, 69.9), (30.2, -1.2), (150.2, -54.8)]
)
def test_capsule_away_from_the_local_centre(lon, lat):
    plane = pyproj.CRS(f"+proj=utm +zone={int((lon + 180) // 6) + 1} +datum=WGS84 +units=m +type=crs")
    wide = buffer(project(geodesic_line(lon, lat), plane), 500.0)
    assert areas_m2(wide)[0] == pytest.approx(CAPSULE, rel=2e-5)


BENDS = {30: 10783860.712239455, 60: 10771960.289999617, 90: 10731747.70424681, 120: 10614184.849304378}


@pytest.mark.parametrize("turn_deg", BENDS)
def test_bend(turn_deg):
    turn = np.radians(turn_deg)
    legs = shapely.LineString([(-5000, 0), (0, 0), (5000 * np.cos(turn), 5000 * np.sin(turn))])
    line = gpd.GeoSeries([legs], crs=LAEA)
    for arcs, tolerance in ((64, 1.1e-5), (256, 8e-7)):
        assert areas_m2(buffer(line, 500.0, quad_segs=arcs))[0] == pytest.approx(BENDS[turn_deg], rel=tolerance)


def test_buffer_takes_a_distance_for_each_feature_and_keeps_the_index():
    spots = gpd.GeoSeries([shapely.Point(200_000, 600_000), shapely.Point(500_000, 600_000)], index=["a", "b"], crs=5186)
    wide = buffer(spots, [100.0, 200.0], quad_segs=256)
    assert list(wide.index) == ["a", "b"]
    assert areas_m2(wide) == pytest.approx([np.pi * 100**2, np.pi * 200**2], rel=1e-4)


def test_flat_ends_leave_the_rectangle():
    line = project(geodesic_line(127.0, 38.0), 5186)
    assert areas_m2(buffer(line, 500.0, cap="flat"))[0] == pytest.approx(10_000 * 1000, rel=1e-6)


@pytest.mark.parametrize("distance", [-1.0, np.nan, np.inf])
def test_bad_distance_is_refused(distance):
    with pytest.raises(DataError, match="bad buffer distance"):
        buffer(project(geodesic_line(127.0, 38.0), 5186), distance)


DISCS = {500: 785388.1941428245, 2000: 12566211.01452636, 10_000: 314155213.4894304, 50_000: 7853841666.142945}


@pytest.mark.parametrize("radius_m", DISCS)
def test_geodesic_disc(radius_m):
    n = 720
    ring = WGS84.fwd(np.full(n, 127.0), np.full(n, 38.0), np.arange(n) / 2, np.full(n, float(radius_m)))
    disc = shapely.Polygon(np.stack(ring[:2], axis=1))
    # the golden values are a series that holds to 6e-10
    assert areas_m2(lonlat(disc))[0] == pytest.approx(DISCS[radius_m], rel=1.2e-9)


def test_one_degree_between_parallels_and_between_geodesics():
    square = shapely.box(127, 38, 128, 39)
    between = areas_m2(lonlat(square, square.segmentize(0.001)))
    assert between == pytest.approx([9683192846.440002, 9683232182.407843], rel=1e-9)


RATIOS = {
    (126.8, 37.95): {
        32652: 1.00012041,
        5179: 0.99929329,
        5185: 1.00061644,
        5186: 1.00000760,
        5187: 1.00092099,
        3857: 1.61086559,
    },
    (128.9, 37.75): {
        32652: 0.99920207,
        5179: 0.99957476,
        5185: 1.00291278,
        5186: 1.00069062,
        5187: 1.00000191,
        3857: 1.60222297,
    },
}


@pytest.mark.parametrize("centre", RATIOS)
def test_plane_area_over_true_area(centre):
    box = lonlat(shapely.Point(centre).buffer(0.01, cap_style="square"))
    true_m2 = areas_m2(box)[0]
    for crs, ratio in RATIOS[centre].items():
        # geo.measure itself refuses 3857; 61 % too much is why
        plane = box.to_crs(crs) if crs == 3857 else project(box, crs)
        assert plane.area[0] / true_m2 == pytest.approx(ratio, abs=1e-7)


@pytest.mark.parametrize("crs", [5186, 5179, 32652])
def test_area_does_not_depend_on_the_crs_handed_in(crs):
    box = lonlat(shapely.box(126.8, 37.9, 126.82, 37.92))
    assert areas_m2(box.to_crs(crs))[0] == pytest.approx(areas_m2(box)[0], rel=1e-8)


MEASURES = [
    areas_m2,
    lengths_m,
    total_km2,
    net_km2,
    overlap_km2,
    lambda frame: buffer(frame, 1.0),
    lambda frame: project(frame, 5186),
]
MEASURE_NAMES = ["areas_m2", "lengths_m", "total_km2", "net_km2", "overlap_km2", "buffer", "project"]


@pytest.mark.parametrize("measure", MEASURES, ids=MEASURE_NAMES)
def test_missing_crs_is_refused(measure):
    with pytest.raises(DataError, match="no CRS"):
        measure(gpd.GeoSeries([shapely.box(0, 0, 1, 1)]))


@pytest.mark.parametrize("measure", MEASURES, ids=MEASURE_NAMES)
def test_web_mercator_is_refused(measure):
    with pytest.raises(DataError, match="EPSG:3857 is not for measuring"):
        measure(lonlat(shapely.box(127, 38, 128, 39)).to_crs(3857))


def test_degrees_are_refused_for_buffers_and_as_a_target():
    box = lonlat(shapely.box(127, 38, 128, 39))
    with pytest.raises(DataError, match="degrees are not metres"):
        buffer(box, 500.0)
    with pytest.raises(DataError, match="degrees are not metres"):
        project(box, 4326)
    with pytest.raises(DataError, match="EPSG:3857 is not for measuring"):
        project(box, 3857)


@st.composite
def stars(draw, holes=True):
    """Draw a star-shaped polygon about a point, now and then with a hole; sizes from 20 m to 300 km."""
    lon, lat = draw(st.floats(-179.9, 179.9)), draw(st.floats(-75, 75))
    size_m = 10 ** draw(st.floats(1.3, 5.47))
    n = draw(st.integers(3, 40))
    share = np.array(draw(st.lists(st.floats(0.3, 1.0), min_size=n, max_size=n)))
    angle = np.arange(n) * 360 / n + draw(st.floats(0, 360))

    def ring(scale):
        points = WGS84.fwd(np.full(n, lon), np.full(n, lat), angle, share * size_m * scale)
        # a polygon over the antimeridian keeps its longitudes in one piece
        return np.stack([lon + np.remainder(points[0] - lon + 180, 360) - 180, points[1]], axis=1)

    inner = [ring(0.2)] if holes and draw(st.booleans()) else []
    return shapely.Polygon(ring(1.0), inner)


@settings(max_examples=150, deadline=None)
@given(stars())
def test_area_is_that_of_geographiclib(shape):
    assert areas_m2(lonlat(shape))[0] == pytest.approx(geographiclib_m2(shape), rel=1e-6)


@settings(max_examples=30, deadline=None)
@given(st.lists(stars(), min_size=1, max_size=4))
def test_area_of_many_parts_and_of_collections(shapes):
    parts = [geographiclib_m2(shape) for shape in shapes]
    whole, nested = (
        shapely.MultiPolygon(shapes),
        shapely.GeometryCollection([shapely.GeometryCollection([shapely.MultiPolygon(shapes)]), shapely.Point(0, 0)]),
    )
    assert areas_m2(lonlat(*shapes, whole, nested)) == pytest.approx([*parts, sum(parts), sum(parts)], rel=1e-6)


def test_area_of_every_polygon_of_the_demo(demo):
    shapes = np.concatenate([np.array(layer.frame.geometry.values, dtype=object) for layer in demo.layers.values()])
    shapes = shapes[shapely.get_dimensions(shapes) == 2]
    expected = [sum(geographiclib_m2(part) for part in shapely.get_parts(shape)) for shape in shapes]
    assert len(shapes) > 200
    np.testing.assert_allclose(areas_m2(lonlat(*shapes)), expected, rtol=1e-6)


def test_points_lines_and_nothing_have_no_area():
    assert (
        areas_m2(lonlat(shapely.Point(127, 38), shapely.LineString([(127, 38), (128, 38)]), shapely.Polygon(), None)).tolist()
        == [0.0] * 4
    )
    assert areas_m2(lonlat()).tolist() == []


def test_gross_net_and_overlap():
    west, east, far = (
        shapely.box(127.0, 38, 127.2, 38.1),
        shapely.box(127.1, 38, 127.3, 38.1),
        shapely.box(129, 38, 129.1, 38.1),
    )
    frame = lonlat(west, east, far)
    gross_km2, shared_km2 = total_km2(frame), total_km2(lonlat(west.intersection(east)))
    assert overlap_km2(frame) == pytest.approx(shared_km2, rel=1e-5)
    assert net_km2(frame) == pytest.approx(gross_km2 - shared_km2, rel=1e-6)
    left, right, shared = overlapping_pairs(np.array(frame.values))
    assert (left.tolist(), right.tolist()) == ([0], [1])
    assert shared[0].equals(west.intersection(east))


def test_neighbours_that_share_a_border_do_not_overlap():
    frame = lonlat(shapely.box(127.0, 38, 127.1, 38.1), shapely.box(127.1, 38, 127.2, 38.1))
    assert overlap_km2(frame) == 0.0
    assert net_km2(frame) == total_km2(frame)


def test_three_times_the_same_place_counts_once():
    box = shapely.box(127, 38, 127.1, 38.1)
    assert net_km2(lonlat(box, box, box)) == pytest.approx(total_km2(lonlat(box)), rel=1e-12)


def test_lengths():
    line = shapely.LineString([(127, 38), (127.5, 38.2), (128, 38)])
    ring = shapely.Polygon(shapely.box(127, 38, 128, 39).exterior, [shapely.box(127.2, 38.2, 127.4, 38.4).exterior])
    expected = [
        WGS84.geometry_length(line),
        2 * WGS84.geometry_length(line),
        WGS84.geometry_length(ring.exterior) + WGS84.geometry_length(ring.interiors[0]),
    ]
    frame = lonlat(line, shapely.MultiLineString([line, line]), ring, shapely.Point(127, 38))
    assert lengths_m(frame) == pytest.approx([*expected, 0.0], rel=1e-12)
