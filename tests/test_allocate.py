"""Placing fields under a total: the surface of greatest entropy (T15), fair draws, and shapes that never meet."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.allocate import (
    REACH,
    Fields,
    Manner,
    Zone,
    apart,
    compactness,
    grown,
    mines,
    patches,
    place,
    raster_member,
    scaled_to,
    sizes_m2,
    strips,
    surface,
)
from geo.errors import ConfigError, DataError
from geo.measure import areas_m2
from geo.tiles import grid_cells

PI = [0.31003569765201366, 0.47332404484502655, 0.5741148789195766, 0.6425253785833839]
CRS = pyproj.CRS.from_epsg(32626)


def seeded(seed=1):
    return np.random.default_rng(seed)


def square_zone(side_km=10.0, bearing_deg=0.0, at=(480_000.0, 2_200_000.0)):
    """Return a square zone with 1 km cells."""
    shape = shapely.box(*at, at[0] + 1000 * side_km, at[1] + 1000 * side_km)
    cells = grid_cells(shape.bounds, 1000.0)
    area_m2 = shapely.area(shapely.intersection(cells, shape))
    return Zone("square", shape, shapely.bounds(cells)[:, :2], 1000.0, area_m2, np.full(len(cells), np.radians(bearing_deg)))


def test_surface_golden():
    share = surface(np.ones(4), np.array([1.0, 2, 3, 4]), 2.0)
    assert share == pytest.approx(PI, rel=1e-9)
    assert np.log(share[0] / (1 - share[0])) == pytest.approx(-0.7999524159597253, rel=1e-9)


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(1.0, 1e6), st.floats(1e-3, 1e3)), min_size=1, max_size=50), st.floats(0.001, 0.999))
def test_surface_meets_the_total_and_is_a_probability(cells, part):
    area_m2, preference = np.array(cells).T
    share = surface(area_m2, preference, part * area_m2.sum())
    assert (area_m2 * share).sum() == pytest.approx(part * area_m2.sum(), rel=1e-9)
    assert ((share >= 0) & (share <= 1)).all()
    order = np.argsort(preference)
    assert (np.diff(share[order]) >= -1e-12).all(), "more preference, more mined land"


def test_known_and_excluded_cells():
    known, excluded = np.array([True, False, False, False]), np.array([False, False, False, True])
    share = surface(np.ones(4), np.array([1.0, 1.0, 0.0, 1.0]), 1.25, known, excluded)
    assert share == pytest.approx([1.0, 0.25, 0.0, 0.0])


def test_a_total_that_fills_the_room():
    assert surface(np.array([2.0, 3.0]), np.array([1.0, 9.0]), 5.0).tolist() == [1.0, 1.0]
    assert surface(np.array([2.0, 3.0]), np.ones(2), 2.0, known=np.array([True, False])).tolist() == [1.0, 0.0]


BAD_TOTALS = {"none": 0.0, "negative": -1.0, "too much": 4.1}


@pytest.mark.parametrize("total", BAD_TOTALS.values(), ids=BAD_TOTALS)
def test_a_total_that_does_not_fit_names_both_areas(total):
    with pytest.raises(
        DataError, match=r"does not fit the room: expected 0 to 4.000 km² besides known cells, found -?\d\.\d00 km²"
    ):
        surface(np.full(4, 1e6), np.ones(4), total * 1e6)


def test_known_cells_above_the_total_are_refused():
    with pytest.raises(DataError, match="does not fit the room"):
        surface(np.full(2, 1e6), np.ones(2), 0.5e6, known=np.array([True, False]))


@pytest.mark.parametrize("preference", [[np.nan, 1.0], [np.inf, 1.0], [-1.0, 1.0], [0.0, 0.0]])
def test_bad_preference_is_refused(preference):
    with pytest.raises(DataError, match="bad preference"):
        surface(np.ones(2), np.array(preference), 1.0)


def test_raster_member_golden():
    share = np.array(PI)
    assert np.flatnonzero(raster_member(share, 0.25)).tolist() == [0, 2]
    assert np.flatnonzero(raster_member(share, 0.5)).tolist() == [1, 3]


@settings(max_examples=12, deadline=None)
@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=12))
def test_each_cell_is_taken_with_its_share(shares):
    share, n = np.array(shares), 1000
    taken = np.array([raster_member(share, (k + 0.5) / n) for k in range(n)])
    assert taken.mean(axis=0) == pytest.approx(share, abs=2 / n)
    assert (np.abs(taken.sum(axis=1) - share.sum()) < 1 + 1e-9).all()


@given(st.integers(1, 300), st.floats(1e3, 1e8), st.integers(0, 2**32 - 1))
def test_sizes_add_up(count, total, seed):
    sizes = sizes_m2(count, total, 1.0, seeded(seed))
    assert len(sizes) == count
    assert (sizes > 0).all()
    assert sizes.sum() == pytest.approx(total, rel=1e-12)


def test_sizes_are_log_normal():
    sizes = sizes_m2(20_000, 1e6, 0.7, seeded())
    assert np.log(sizes).std() == pytest.approx(0.7, rel=0.02)
    assert sizes_m2(5, 100.0, 0.0, seeded()) == pytest.approx([20.0] * 5)


def test_a_total_without_fields_is_refused():
    with pytest.raises(ConfigError, match="at least one field"):
        sizes_m2(0, 1e6, 1.0, seeded())


def sides_and_bearing(shape):
    """Return length, width and axis [degrees from east, 0 to 180] of a rectangle."""
    points = shapely.get_coordinates(shape)
    edges = np.diff(points[:3], axis=0)
    length = np.hypot(*edges.T)
    along = edges[np.argmax(length)]
    return length.max(), length.min(), np.degrees(np.arctan2(along[1], along[0])) % 180


def test_strips_follow_the_bearing():
    n, bearing = 2000, np.radians(60.0)
    area_m2 = np.geomspace(1e3, 1e6, n)
    shapes = shapely.polygons(strips(area_m2, Manner(), np.full(n, bearing), seeded()))
    assert shapely.area(shapes) == pytest.approx(area_m2)
    length, width, axis_deg = np.array([sides_and_bearing(shape) for shape in shapes]).T
    assert np.median(length / width) == pytest.approx(5.0, rel=0.03)
    away_deg = np.abs((axis_deg - 60 + 90) % 180 - 90)
    assert (away_deg < 30).mean() > 0.99
    assert away_deg.mean() > 1, "not all alike"


def test_patches_are_irregular_and_never_slivers():
    area_m2 = np.geomspace(1e3, 1e7, 1000)
    points = patches(area_m2, Manner(), np.zeros(1000), seeded())
    shapes = shapely.polygons(points)
    assert points.shape[1] >= 12
    assert shapely.is_valid(shapes).all()
    assert shapely.area(shapes) == pytest.approx(area_m2)
    compact = compactness(shapes)
    assert ((compact >= 0.3) & (compact <= 0.8)).all()
    assert np.ptp(compact) > 0.2, "not all alike"


def test_grown_scales_about_the_centroid():
    shape = shapely.Polygon([(0, 0), (4, 0), (0, 2)])
    (bigger,) = grown(np.array([shape]), 1.5)
    assert bigger.area == pytest.approx(1.5**2 * shape.area)
    assert bigger.centroid.coords[0] == pytest.approx(shape.centroid.coords[0])


def test_of_two_candidates_that_meet_the_first_stays():
    row = np.array([shapely.box(x, 0, x + 10, 10) for x in (0, 5, 30)])
    assert apart(row, np.array([True, True, True])).tolist() == [True, False, True]
    assert apart(row, np.array([False, True, True])).tolist() == [False, True, True]


@pytest.mark.parametrize("kind", ["strip", "patch"])
def test_placed_fields_stay_inside_and_apart(kind):
    zone, sizes = square_zone(), sizes_m2(150, 12e6, 1.0, seeded(3))
    placed = place(zone, np.full(len(zone.area_m2), 0.12), Fields(sizes, kind), seeded(4))
    wide = grown(placed)
    assert shapely.area(placed) == pytest.approx(sizes)
    assert shapely.contains_properly(zone.shape, wide).all()
    left, right = shapely.STRtree(wide).query(wide, predicate="intersects")
    assert (left == right).all(), "even with room to grow no two meet"


def test_placed_fields_keep_clear_of_what_is_taken():
    zone, taken = square_zone(4), np.array([shapely.box(480_000, 2_200_000, 484_000, 2_202_000)])
    placed = place(zone, np.full(len(zone.area_m2), 0.1), Fields(np.full(30, 3e4), "strip"), seeded(), taken)
    assert not shapely.intersects(placed, taken[0]).any()


def test_places_follow_the_share():
    zone = square_zone()
    east = zone.corners[:, 0] >= 485_000
    share = np.where(east, 0.09, 0.01)
    placed = place(zone, share, Fields(np.full(1000, 1e3), "patch"), seeded())
    assert (shapely.get_x(shapely.centroid(placed)) >= 485_000).mean() == pytest.approx(0.9, abs=0.03)


def test_cells_cut_by_the_edge_get_their_part():
    whole = square_zone()
    middle = shapely.box(*whole.shape.bounds).centroid.x
    west, south, _, north = whole.shape.bounds
    cut = middle + 0.3 * whole.cell_m  # the column of cells at the new edge lies in the zone by 30 %
    shape = shapely.box(west, south, cut, north)
    keep = whole.corners[:, 0] < cut
    corners = whole.corners[keep]
    inside = np.clip(cut - corners[:, 0], 0, whole.cell_m) / whole.cell_m
    zone = replace(whole, shape=shape, corners=corners, area_m2=whole.area_m2[keep] * inside, bearing_rad=whole.bearing_rad[keep])
    placed = place(zone, np.full(len(corners), 0.05), Fields(np.full(4000, 100.0), "strip"), seeded())
    x = shapely.get_x(shapely.centroid(placed))
    last = corners[:, 0].max()
    assert (x >= last).mean() == pytest.approx(zone.area_m2[corners[:, 0] == last].sum() / zone.area_m2.sum(), rel=0.12)


def test_no_field_starts_where_the_share_is_zero():
    zone = square_zone()
    share = np.where(zone.corners[:, 0] >= 485_000, 0.1, 0.0)
    placed = place(zone, share, Fields(np.full(200, 1e3), "patch"), seeded())
    assert (shapely.bounds(placed)[:, 2] > 485_000).all()


def test_the_seed_decides():
    zone, fields = square_zone(), Fields(np.full(20, 1e4), "strip")
    share = np.full(len(zone.area_m2), 0.1)
    first, again, other = (shapely.to_wkb(place(zone, share, fields, seeded(seed))).tolist() for seed in (1, 1, 2))
    assert first == again
    assert first != other


def test_no_place():
    zone = square_zone(2)
    with pytest.raises(
        DataError,
        match=r"no place found for a field: zone square, 1 of 3 fields: .* the largest left over has 9\.000 km²",
    ):
        place(zone, np.full(len(zone.area_m2), 0.5), Fields(np.array([1e3, 9e6, 1e3]), "patch"), seeded(), tries=20)


def test_a_single_try_is_enough_for_a_single_field():
    zone = square_zone()
    inner = np.where((np.abs(zone.corners - zone.corners.mean(axis=0)) < 2000).all(axis=1), 0.1, 0.0)
    assert len(place(zone, inner, Fields(np.array([1e3]), "strip"), seeded(), tries=1)) == 1


def test_scaling_meets_the_geodesic_total():
    zone, sizes = square_zone(), sizes_m2(100, 5e6, 1.0, seeded(5))
    placed = place(zone, np.full(len(zone.area_m2), 0.05), Fields(sizes, "patch"), seeded(6))
    before = areas_m2(gpd.GeoSeries(placed, crs=CRS)).sum()
    assert abs(before / 5e6 - 1) > 1e-5, "the plane of UTM is not true to area"
    exact = scaled_to(placed, 5e6, CRS)
    assert areas_m2(gpd.GeoSeries(exact, crs=CRS)).sum() == pytest.approx(5e6, rel=1e-9)
    assert shapely.covers(grown(placed), exact).all()


def test_scaling_beyond_the_room_to_grow_is_refused():
    with pytest.raises(DataError, match="no scale of the fields meets the target"):
        scaled_to(np.array([shapely.box(480_000, 2_200_000, 480_100, 2_200_100)]), 1e4 * 1.1 * REACH**2, CRS)


def test_mines_follow_area_density_and_mix():
    counts = mines(np.full(4000, 1e6), 50.0, np.array([1.0, 3.0]), seeded())
    assert counts.sum(axis=1).mean() == pytest.approx(50, rel=0.02)
    assert counts.sum(axis=1).var() == pytest.approx(50, rel=0.1)
    assert counts[:, 1].sum() / counts.sum() == pytest.approx(0.75, abs=0.01)
