"""Directions, drainage areas and heights above drainage: closed forms, a plain reference, invariants, the Korean render."""

import heapq
import itertools
import math
import os
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.area import read_area
from geo.errors import ConfigError, DataError
from geo.exchange.raster import Dem, read_dem
from geo.flood import FloodParameters, river_courses
from geo.flood.mouths import areas_at_mouths
from geo.flood.terrain import cell_areas_m2, drain, hand_m, needs_depth, reach_cells, slope_deg

TESTDATA = os.environ.get("MINEMAP_TESTDATA")
TM = pyproj.CRS.from_epsg(5186)
DX = 30.0
few = settings(max_examples=30, deadline=None)
seeds = st.integers(0, 2**32 - 1)


def valley(head_slope, side_slope=0.05, nx=200, half=60, dx=DX):
    """Return the V-valley of the model's golden test, falling to the east."""
    across = np.abs(np.arange(-half, half + 1))[:, None]
    return (head_slope * (nx - 1 - np.arange(nx)) + side_slope * across) * dx


def rough(seed, shape=(16, 19), holes=0.0, levels=60):
    """Return heights in steps of 0.25 m with many pits and flats, and now and then no height."""
    rng = np.random.default_rng(seed)
    z = (rng.integers(0, levels, shape) / 4).astype(np.float32)
    z[rng.random(shape) < holes] = np.nan
    return z


def smooth(seed, shape=(9, 12)):
    """Return a surface without pits or equal heights; exact in float32 after any of the changes below."""
    rng = np.random.default_rng(seed)
    tilt = 7 * np.arange(shape[0])[:, None] + 5 * np.arange(shape[1])
    return (tilt + rng.permutation(np.prod(shape)).reshape(shape) / 128).astype(np.float32)


def reference(z, dx, drain_km2, levels):
    """Drain a surface as the specification says, cell by cell."""
    ny, nx = z.shape
    cells = [(r, c) for r in range(ny) for c in range(nx) if not np.isnan(z[r, c])]

    def around(r, c):
        return [(r + i, c + j) for i in (-1, 0, 1) for j in (-1, 0, 1) if (i or j)]

    def known(r, c):
        return 0 <= r < ny and 0 <= c < nx and not np.isnan(z[r, c])

    heap = [(float(z[cell]), *cell) for cell in cells if not all(known(*near) for near in around(*cell))]
    filled, parent, pops, pit = {(r, c): level for level, r, c in heap}, {}, [], []
    heapq.heapify(heap)
    while heap or pit:
        here = pit.pop(0) if pit else heapq.heappop(heap)[1:]
        pops.append(here)
        for near in around(*here):
            if known(*near) and near not in filled:
                parent[near], filled[near] = here, max(float(z[near]), filled[here])
                if filled[near] == filled[here]:
                    pit.append(near)
                else:
                    heapq.heappush(heap, (filled[near], *near))
    receiver = {}
    for here in cells:
        falls = [
            ((filled[here] - filled[near]) * (math.sqrt(0.5) if near[0] != here[0] and near[1] != here[1] else 1.0), near)
            for near in around(*here)
            if known(*near) and filled[near] < filled[here]
        ]
        receiver[here] = max(falls, key=lambda fall: (fall[0], -fall[1][0] * nx - fall[1][1]))[1] if falls else parent.get(here)
    area = dict.fromkeys(cells, dx * dx / 1e6)
    for here in reversed(pops):
        if receiver[here]:
            area[receiver[here]] += area[here]
    return receiver, area, reference_channels(pops, receiver, area, drain_km2, levels, nx)


def reference_channels(pops, receiver, area, drain_km2, levels, nx):
    """Return the list c_0 .. c_K of each cell by walking down from it."""
    drains = {cell for cell in pops if np.float32(area[cell]) >= drain_km2}

    def first(cell):
        while cell is not None and cell not in drains:
            cell = receiver[cell]
        return cell

    def onward(cell):
        return first(receiver[cell]) if receiver[cell] else None

    main = {}
    for cell in sorted(drains, key=lambda cell: (-np.float32(area[cell]), cell)):
        main.setdefault(onward(cell), cell)

    def confluence(cell):
        while cell is not None and main[onward(cell)] == cell:
            cell = onward(cell)
            if cell is not None and onward(cell) is None:
                return None
        return None if cell is None else onward(cell)

    found = {}
    for cell in pops:
        chain = [first(cell)]
        for _ in range(levels):
            chain.append(None if chain[-1] is None else confluence(chain[-1]))
        found[cell] = [-1 if one is None else one[0] * nx + one[1] for one in chain]
    return found


@given(seeds, st.sampled_from([0.0, 0.03]), st.sampled_from([4, 60]))
@few
def test_the_compiled_sweeps_agree_with_a_plain_reference(seed, holes, levels):
    z = rough(seed, (13, 11), holes, levels)
    km2 = 6 * DX * DX / 1e6
    drainage = drain(z, DX, drain_km2=km2, level_paths=3)
    receiver, area, channels = reference(z, DX, km2, 3)
    for (r, c), to in receiver.items():
        cell = r * 11 + c
        assert drainage.receiver[cell] == (-1 if to is None else to[0] * 11 + to[1])
        assert drainage.area_km2[cell] == pytest.approx(area[r, c], rel=1e-6)
        assert drainage.channel[:, cell].tolist() == channels[r, c]
        hand = [math.nan if there < 0 else max(float(z[r, c] - z.flat[there]), 0.0) for there in channels[r, c]]
        assert hand_m(z, drainage)[:, cell].tolist() == pytest.approx(hand, abs=1e-6, nan_ok=True)
    assert np.isnan(drainage.area_km2).sum() == z.size - len(receiver)


@pytest.mark.parametrize(("head_slope", "side"), [(0.002, 0.05), (0.03, 0.05 + 0.03)])
def test_golden_valley(head_slope, side):
    z = valley(head_slope)
    middle = np.zeros(z.shape, bool)
    middle[60] = True
    drainage = drain(z, DX, burn=middle, burn_m=0.0)
    hand = hand_m(z, drainage)[0].reshape(z.shape)
    across = np.abs(np.arange(-60, 61))
    clear = slice(0, 200 - 61)
    assert hand[:, clear] == pytest.approx(np.repeat(side * across[:, None] * DX, 139, 1), abs=1e-4)
    area = drainage.area_km2.reshape(z.shape)
    if head_slope == 0.002:
        assert area[60] == pytest.approx((np.arange(200) + 1) * 121 * DX * DX / 1e6, rel=1e-6)
    depth = np.maximum(4 - hand[:, 100], 0)
    expected = (5, 330.0) if head_slope == 0.002 else (3, 216.0)
    assert ((depth > 0).sum(), depth.sum() * DX) == pytest.approx(expected, rel=1e-5)


def test_channels_begin_at_the_drainage_area_and_paths_are_measured():
    drainage = drain(valley(0.002), DX)
    channel, path = (a.reshape(-1, 121, 200)[0] for a in (drainage.channel, drainage.path_m))
    head = 9  # (9 + 1) 121 dx2 is the first to exceed 1 km2
    assert channel[60, head] == 60 * 200 + head and channel[60, head - 1] == 60 * 200 + head
    assert path[60, [0, head, 50]].tolist() == [head * DX, 0, 0] and path[70, 50] == 10 * DX
    steep = drain(valley(0.03), DX, drain_km2=0.1).path_m.reshape(121, 200)
    assert steep[70, 100] == pytest.approx(10 * DX * math.sqrt(2))
    assert (drainage.channel[1:] == -1).all()


@given(seeds, st.sampled_from([0.0, 0.05]), st.sampled_from([2, 60, 4000]))
@few
def test_every_cell_reaches_an_outlet_in_order(seed, holes, levels):
    z = rough(seed, (40, 33), holes, levels)
    drainage = drain(z, DX, drain_km2=1e-3)
    place = np.full(z.size, -1)
    place[drainage.order] = np.arange(len(drainage.order))
    known = ~np.isnan(z).ravel()
    assert np.array_equal(place >= 0, known)
    inner = drainage.receiver >= 0
    assert (place[drainage.receiver[inner]] > place[inner]).all()
    outlets = known & ~inner
    assert np.nansum(drainage.area_km2[outlets]) == pytest.approx(known.sum() * DX * DX / 1e6, rel=1e-5)
    padded = np.pad(np.isnan(z), 1, constant_values=True)
    rim = np.lib.stride_tricks.sliding_window_view(padded, (3, 3)).any(axis=(2, 3)).ravel()
    assert rim[outlets].all()


@given(seeds)
@few
def test_level_paths_nest_and_never_dry_a_cell(seed):
    z = rough(seed, (40, 40), 0.01)
    runs = [drain(z, DX, drain_km2=2e-3, level_paths=k) for k in (0, 1, 3)]
    deep = runs[-1].channel
    for k, run in enumerate(runs):
        assert np.array_equal(run.channel, deep[: (1, 2, 4)[k]])
    depth = []
    for run in runs:
        hand, there = hand_m(z, run), np.maximum(run.channel, 0)
        stage = np.where(run.channel >= 0, 5 * run.area_km2[there] ** 0.3, np.nan)
        depth.append(np.nanmax(np.fmax(stage - hand, 0), axis=0, initial=0))
    assert (depth[0] <= depth[1]).all() and (depth[1] <= depth[2]).all() and depth[0].sum() < depth[2].sum()
    area = runs[-1].area_km2
    for upper, lower in itertools.pairwise(deep):
        both = lower >= 0
        assert (upper[both] >= 0).all() and (area[lower[both]] > area[upper[both]]).all()


def test_a_side_stream_knows_the_river_it_joins():
    """A side valley joins the main one: its cells are held to the confluence as well as to their own stream."""
    row, col = np.mgrid[:60, :60]
    main = 0.1 * (59 - col) + 2.0 * abs(row - 20)
    side = 0.1 * 14 + 0.5 * (20 - row) + 2.0 * abs(col - 45)
    z = np.where(row < 20, np.minimum(main, side), main)
    drainage = drain(z, 10.0, drain_km2=0.004, level_paths=1)
    channel = drainage.channel.reshape(2, 60, 60)
    assert channel[0, 10, 45] == 10 * 60 + 45
    meeting = divmod(int(channel[1, 10, 45]), 60)
    assert meeting in [(20, 45), (20, 46)]
    assert hand_m(z, drainage)[:, 10 * 60 + 47] == pytest.approx([4.0, z[10, 47] - z[meeting]], abs=1e-5)
    assert channel[1, 20, 50] == -1


@given(seeds, st.integers(-64, 64))
@few
def test_hand_ignores_the_datum_and_scales_with_height(seed, shift):
    z = rough(seed, (20, 24), 0.02)
    plain, moved, tripled = (drain(a, DX, drain_km2=2e-3) for a in (z, z + np.float32(shift), 3 * z))
    assert np.array_equal(plain.receiver, moved.receiver) and np.array_equal(plain.receiver, tripled.receiver)
    hand = hand_m(z, plain)
    assert np.array_equal(hand, hand_m(z + np.float32(shift), moved), equal_nan=True)
    assert np.array_equal(3 * hand, hand_m(3 * z, tripled), equal_nan=True)


@given(seeds, st.sampled_from([0, 1, 2, 3]), st.booleans())
@few
def test_rotation_and_reflection_change_nothing_on_a_plain_surface(seed, turns, flip):
    z = smooth(seed)

    def turned(a):
        a = np.rot90(a, turns)
        return a.T if flip else a

    cells = np.arange(z.size).reshape(z.shape)
    straight, bent = drain(z, DX, drain_km2=5e-3), drain(np.ascontiguousarray(turned(z)), DX, drain_km2=5e-3)
    home = turned(cells).ravel()
    receiver = np.full(z.size, -1)
    receiver[home] = np.where(bent.receiver >= 0, home[bent.receiver], -1)
    assert np.array_equal(receiver, straight.receiver)
    hand = np.empty((3, z.size), np.float32)
    hand[:, home] = hand_m(np.ascontiguousarray(turned(z)), bent)
    assert np.array_equal(hand, hand_m(z, straight), equal_nan=True)


def test_water_leaves_at_an_island_of_nodata():
    z = np.full((21, 21), 100.0)
    z += np.hypot(*np.meshgrid(np.arange(-10, 11), np.arange(-10, 11)))
    z[10, 10] = np.nan
    drainage = drain(z, DX, drain_km2=1e-3)
    ring = [9 * 21 + 10, 11 * 21 + 10, 10 * 21 + 9, 10 * 21 + 11]
    assert (drainage.receiver[ring] == -1).all()
    assert drainage.area_km2[ring].sum() > 0.9 * 440 * DX * DX / 1e6
    gone = 10 * 21 + 10
    assert drainage.receiver[gone] == drainage.reach[gone] == -1 and np.isnan(hand_m(z, drainage)[:, gone]).all()


def test_mapped_rivers_draw_the_water_but_keep_their_heights():
    z = np.tile(np.linspace(50, 40, 41), (41, 1)) + np.random.default_rng(4).uniform(0, 1, (41, 41))
    mapped = np.full(z.shape, -1, np.int32)
    mapped[20, :20], mapped[20, 20:] = 0, 1
    drainage = drain(z, DX, mapped=mapped, drain_km2=99.0)
    assert (drainage.channel[0].reshape(z.shape)[20] == 20 * 41 + np.arange(41)).all()
    assert (hand_m(z, drainage)[0].reshape(z.shape)[20] == 0).all()
    assert np.array_equal(drainage.reach.reshape(z.shape)[20], mapped[20])
    assert set(drainage.reach[drainage.channel[0] >= 0]) == {0, 1}
    unburned = drain(z, DX, mapped=mapped, burn=np.zeros(z.shape, bool), drain_km2=0.01)
    assert np.array_equal(unburned.receiver, drain(z, DX, drain_km2=0.01).receiver)
    assert set(unburned.reach) == {-1, 0, 1}


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"z": np.zeros((2, 9))}, "3 x 3"),
        ({"z": np.where(np.eye(9) > 0, 1.0, np.nan)[:, :2]}, "3 x 3"),
        ({"z": np.full((9, 9), np.nan)}, "0 rows"),
        ({"z": np.where(np.arange(81.0).reshape(9, 9) == 4, np.inf, 1.0)}, "infinite"),
        ({"drain_km2": 5.0}, "no drainage on the terrain"),
        ({"dx": -1.0}, "dx above 0"),
        ({"dx": math.nan}, "dx above 0"),
        ({"mapped": np.zeros((3, 3), np.int32)}, "one shape"),
        ({"level_paths": -1}, "level_paths"),
        ({"burn_m": -1.0}, "burn_m"),
        ({"drain_km2": 0.0}, "drain_km2"),
    ],
)
def test_unusable_terrain_is_refused(change, told):
    with pytest.raises((ConfigError, DataError), match=told):
        drain(**{"z": np.arange(81.0).reshape(9, 9), "dx": DX, "drain_km2": 1e-3, **change})


def test_hand_refuses_another_grid():
    with pytest.raises(ConfigError, match="shape"):
        hand_m(np.zeros((5, 5)), drain(np.arange(81.0).reshape(9, 9), DX, drain_km2=1e-3))


def test_slope_of_a_plane_is_exact_inside():
    rows, cols = np.mgrid[:8, :9]
    slope = slope_deg(0.3 * cols * DX - 0.4 * rows * DX, DX)
    assert slope[1:-1, 1:-1] == pytest.approx(np.degrees(np.arctan(0.5)), abs=1e-4)
    holed = np.ones((5, 5))
    holed[2, 2] = np.nan
    flat = slope_deg(holed, DX)
    assert np.isnan(flat[2, 2]) and np.nansum(flat) == 0


def dem(z, cell=DX, step=0.0, west=200_000.0, north=600_000.0):
    return Dem(np.asarray(z, np.float32), Affine(cell, 0, west, 0, -cell, north), TM, step, "made")


def test_pictures_of_a_terrain_give_no_depth():
    needs_depth(dem(np.zeros((3, 3)), step=1.0))
    with pytest.raises(DataError, match=r'made: .*steps of 8 m.*p_model = "constant"'):
        needs_depth(dem(np.zeros((3, 3)), step=8.0))


def test_cells_of_reaches_go_to_the_larger_river_at_a_confluence():
    ground = dem(np.zeros((20, 20)), 100.0)
    x, y = 200_000.0, 600_000.0
    lines = gpd.GeoDataFrame(
        {"area_km2": [50.0, 10.0, 60.0]},
        geometry=[
            shapely.LineString([(x + 50, y - 950), (x + 1050, y - 950)]),
            shapely.LineString([(x + 1050, y - 50), (x + 1050, y - 950)]),
            shapely.LineString([(x + 1050, y - 950), (x + 1950, y - 950)]),
        ],
        crs=TM,
    )
    cells = reach_cells(lines, ground)
    assert cells[9].tolist() == [0] * 10 + [2] * 10 and cells[:9, 10].tolist() == [1] * 9
    assert np.array_equal(cells, reach_cells(lines.to_crs(4326), ground))
    assert reach_cells(lines.drop(columns="area_km2"), ground)[9, 10] == 0
    assert (reach_cells(lines[:0], ground) == -1).all()
    with pytest.raises(DataError, match="no CRS"):
        reach_cells(lines.set_crs(None, allow_override=True), ground)


def test_cell_areas_are_geodesic():
    ground = dem(np.zeros((70, 80)), 2000.0, west=120_000.0, north=640_000.0)
    areas = cell_areas_m2(ground)
    corners = np.array([(0, 0), (69, 79), (33, 17)])
    for row, col in corners:
        x, y = 120_000 + 2000 * col, 640_000 - 2000 * row
        ring = shapely.segmentize(shapely.box(x, y - 2000, x + 2000, y), 100)
        lon, lat = pyproj.Transformer.from_crs(TM, 4326, always_xy=True).transform(*shapely.get_coordinates(ring).T)
        exact = abs(pyproj.Geod(ellps="WGS84").polygon_area_perimeter(lon, lat)[0])
        assert areas[row, col] == pytest.approx(exact, rel=1e-6)


def test_a_known_basin_is_found_at_its_mouth():
    z = valley(0.002, nx=201, half=60, dx=100.0)
    ground = dem(z, 100.0)
    line = shapely.LineString([(200_050, 600_000 - 6050), (200_000 + 20_050, 600_000 - 6050)])
    courses = gpd.GeoDataFrame(
        {"line_id": ["main"], "name_en": ["Main"], "flows_into": ["sea"], "area_km2": [200.0], "area_basis": ["published"]},
        geometry=[line],
        crs=TM,
    )
    table = areas_at_mouths(ground, drain(ground.z_m, 100.0), courses)
    assert table["river"].tolist() == ["main"] and table["cut"].all()
    assert table["terrain_km2"][0] == pytest.approx(201 * 121 / 100, rel=0.02)
    assert table["difference_percent"][0] == pytest.approx(100 * (table["terrain_km2"][0] / 200 - 1))
    elsewhere = courses.set_geometry(courses.translate(1e5))
    assert areas_at_mouths(ground, drain(ground.z_m, 100.0), elsewhere).empty


@pytest.fixture(scope="module")
def korean_areas():
    if TESTDATA is None:
        pytest.skip("MINEMAP_TESTDATA is not set")
    area = read_area("korea")
    ground = read_dem(Path(TESTDATA) / "dem_srtm_gmted_render_6p25as_8bit.tif", crs=area.crs)
    drainage = drain(ground.z_m, ground.cell_m, cell_km2=cell_areas_m2(ground) / 1e6)
    courses = river_courses(area.lines, area.tables["rivers"], area.crs, FloodParameters())
    return areas_at_mouths(ground, drainage, courses).set_index("river")


def test_basins_of_the_korean_render_match_published_ones(korean_areas):
    print(korean_areas.round(2).to_string())
    gap = korean_areas["difference_percent"]
    assert gap[["imjin", "bukhan", "soyang"]].abs().max() <= 2
    assert not korean_areas.loc[["imjin", "bukhan", "soyang", "hantan", "yeseong"], "cut"].any()
    assert korean_areas.loc["han", "cut"]


def test_gaps_of_hantan_and_yeseong_are_told_and_stay(korean_areas):
    gap = korean_areas["difference_percent"].round(1)
    print(f"Hantan {gap['hantan']:+} %, Yeseong {gap['yeseong']:+} %")
    assert gap["hantan"] > 5 and gap["yeseong"] < -2
