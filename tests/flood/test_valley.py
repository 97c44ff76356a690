"""Terrain in the pipeline: V-valleys whose wet cells, slopes and stages can be had by hand."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from flood.valleys import FALL, SIDE, dem, drained, straight_river, v_valley, wet_cells
from flood.worlds import CRS, X0, Y0, box, sources
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DataError
from geo.flood import FloodParameters, FloodScenario, displace
from geo.flood.stage import stage_m
from geo.flood.valley import Valley
from geo.measure import areas_m2

PARAMS = FloodParameters()
EXACT = PARAMS.override({"sigma_z_m": 0.0})
CONSTANT = PARAMS.override({"p_model": "constant"})
MINES = sources(("south", box(200, -600, 2000, 600), 5, 5, 5, 5))


@pytest.fixture(scope="module")
def valley():
    return drained(v_valley(), straight_river(), PARAMS)


def run(valley, params=PARAMS, **options):
    return displace(straight_river(), MINES, terrain=valley, params=params, **options)


def height_above_river(rows=41, cell_m=90.0):
    return SIDE * np.abs(np.arange(rows) - rows // 2) * cell_m


@pytest.mark.parametrize("period_yr", [2, 100, 1000])
def test_wet_are_the_cells_below_the_stage(valley, period_yr):
    wet = wet_cells(run(valley, EXACT, scenario=FloodScenario(period_yr)))
    stage = stage_m([500.0], period_yr, PARAMS.central())[0, 0]
    expected = (height_above_river() <= stage)[:, None] * np.ones(60)
    assert wet == pytest.approx(expected)


def test_depth_is_stage_less_height(valley):
    result = run(valley, EXACT)
    depth = result.raster.grid("depth_m")
    stage = stage_m([500.0], 100, PARAMS.central())[0, 0]
    wet = height_above_river() <= stage
    assert depth[wet] == pytest.approx((stage - height_above_river()[wet])[:, None] * np.ones(60), abs=1e-4)


@pytest.mark.parametrize("period_yr", [5, 100, 500])
def test_t18c_a_corridor_as_wide_as_the_valley_floods_the_same(period_yr):
    """W = 0 (nearly), b0 = h100 / s: the half-width is h_T / s, and both levels wet the same land to a cell a column."""
    cell = 10.0
    high = stage_m([500.0], 100, PARAMS.central())[0, 0]
    params = EXACT.override({"b0_m": (high / SIDE,) * 5, "thin_m": 0.0})
    network = straight_river(reaches=1, reach_m=600.0, width_m=1e-6)
    heights = v_valley(columns=60, rows=41, cell_m=cell)
    scenario = FloodScenario(period_yr)
    mines = sources(("south", box(100, -100, 500, 100), 1, 1, 1, 1))
    plain = displace(network, mines, params=params, scenario=scenario)
    terrain = displace(network, mines, params=params, scenario=scenario, terrain=Valley.of(heights, network, params))
    stage = stage_m([500.0], period_yr, PARAMS.central())[0, 0]
    assert plain.bands["outer_m"].max() == pytest.approx(stage / SIDE, rel=1e-7)
    columns = wet_cells(terrain).sum(axis=0) * cell
    strip = plain.bands.geometry.intersection(box(100, -1e3, 500, 1e3)).area.sum() / 400
    assert np.abs(columns - strip).max() <= cell


def test_slope_is_that_of_the_terrain(valley):
    assert valley.slope == pytest.approx(FALL, rel=1e-4)
    given = drained(v_valley(), straight_river(slope=[0.01, np.nan, 0.0003]), PARAMS)
    assert given.slope == pytest.approx([0.01, FALL, 0.0003], rel=1e-4)


def test_level_ground_and_reaches_beyond_the_terrain_keep_the_floor():
    level = dem(np.abs(np.arange(41) - 20)[:, None] * np.ones(30), 90.0)
    assert drained(level, straight_river(), PARAMS).slope == pytest.approx(PARAMS.slope_floor.value)


def test_items_move_where_the_terrain_is_wet(valley):
    """Without the valley's own slope the water would not scour: nothing at all would move."""
    ledger = run(valley).ledgers[0]
    assert (ledger.mobilised > 0).all()


def test_the_river_keeps_its_drainage_area_on_a_cut_terrain(valley):
    """The terrain holds 20 km² of the river's 500: the stage is that of the whole river."""
    assert valley.drainage.area_km2.max() < 25
    assert (
        wet_cells(run(valley, EXACT))[:, 0].sum() == (height_above_river() <= stage_m([500.0], 100, PARAMS.central())[0, 0]).sum()
    )


def test_items_land_only_where_it_is_wet(valley):
    raster = run(valley, EXACT).raster
    dry = raster.bands["share_of_members_wet"] == 0
    assert np.isnan(raster.bands["south_items_km2_mean"][dry]).all()
    many = run(valley, members=8, rng=np.random.default_rng(1)).raster
    dry = many.bands["share_of_members_wet"] == 0
    assert dry.any() and np.isnan(many.bands["south_items_km2_mean"][dry]).all(), "nodata, not 0, where nothing is laid"
    assert np.nanmin(many.bands["south_items_km2_mean"][~dry]) > 0


@pytest.mark.parametrize("members", [1, 6])
def test_raster_and_zones_tell_the_same_items(valley, members):
    result = run(valley, members=members, rng=np.random.default_rng(2))
    cells = displace_cells(result)
    raster = np.nansum(result.raster.bands["south_items_km2_mean"].astype(float) * cells / 1e6)
    zones = result.zones[result.zones["inner_m"].isna()]
    assert zones["items"].sum() == pytest.approx(raster, rel=1e-5)
    assert result.zones["items"].sum() == pytest.approx(result.ledgers[0].deposited.mean(axis=1).sum(), rel=1e-9)


def displace_cells(result):
    """Area of the raster's cells, m²."""
    from geo.flood.terrain import cell_areas_m2

    return cell_areas_m2(result.terrain.dem).ravel()[result.raster.cell].astype(float)


def test_zones_of_a_reach_hold_its_deposit(valley):
    result = run(valley)
    held = result.zones.groupby("reach")["items"].sum()
    assert held.to_numpy() == pytest.approx(result.reaches["deposited"].to_numpy(), rel=1e-9)


def test_zones_are_thirds_of_the_stage_and_one_for_members_alone(valley):
    one, many = run(valley), run(valley, members=30, rng=np.random.default_rng(3))
    assert set(one.zones["band"]) == {1, 2, 3} and set(many.zones["band"]) == {1, 2, 3, 4}
    stage = stage_m([500.0], 100, PARAMS.central())[0, 0]
    deep = one.zones[(one.zones["band"] == 1) & one.zones["inner_m"].isna()].geometry.union_all()
    assert deep.bounds[3] - Y0 <= stage / 3 / SIDE + 45


def test_dem_over_part_of_the_network_gives_a_mixed_table_without_overlap():
    network = straight_river(reaches=6)
    terrain = drained(v_valley(columns=40, x_m=1800.0), network, EXACT)
    mines = pd.concat([MINES, sources(("south", box(3000, -600, 4000, 600), 5, 5, 5, 5))], ignore_index=True)
    result = displace(network, mines, terrain=terrain, params=EXACT)
    bands = result.bands
    raster, strips = bands[bands["inner_m"].isna()], bands[bands["inner_m"].notna()]
    assert len(raster) and len(strips)
    assert raster.geometry.union_all().intersection(strips.geometry.union_all()).area == pytest.approx(0, abs=1.0)
    assert raster["area_m2"].to_numpy() == pytest.approx(areas_m2(raster), rel=1e-5)
    covered = box(1800, -1845, 1800 + 40 * 90, 1845)
    assert covered.buffer(0.01).covers(raster.geometry.union_all())
    plain = displace(network, mines, params=EXACT)
    left = plain.bands.geometry.union_all().difference(covered)
    assert strips.geometry.union_all().symmetric_difference(left).area < 50
    assert result.zones["items"].sum() == pytest.approx(result.ledgers[0].deposited.sum(), rel=1e-9)


def test_without_terrain_differs_by_terrain_alone(valley):
    """A DEM that covers no land leaves the rivers-only result."""
    network = straight_river()
    plain = displace(network, MINES, params=PARAMS)
    hole = np.full((41, 60), np.nan, np.float32)
    hole[:5, :5] = v_valley().z_m[:5, :5]
    far = drained_or_none(dem(hole, 90.0), network)
    beside = displace(network, MINES, terrain=far, params=PARAMS, land=None)
    assert beside.ledgers[0].mobilised == pytest.approx(plain.ledgers[0].mobilised, rel=1e-9)
    assert beside.zones["items"].to_numpy() == pytest.approx(plain.zones["items"].to_numpy(), rel=1e-9)


def drained_or_none(heights, network):
    return Valley.of(heights, network, PARAMS.override({"drain_km2": 0.001}))


def test_side_streams_rise_as_the_river_does_and_no_higher():
    """A gauge reads 10 m on the river; its brook stands by the brook's own few km², not at 10 m up to the watershed."""
    x, y = np.meshgrid(np.arange(81) * 90.0, (40 - np.arange(81)) * 90.0)
    brook = 0.02 * np.abs(y) + SIDE * np.abs(x - 3600.0)
    z = FALL * (7200 - x) + np.where(y > 0, np.minimum(SIDE * np.abs(y), brook), SIDE * np.abs(y))
    network = straight_river(reaches=2, reach_m=3645.0)
    heights = dem(z, 90.0)
    terrain = drained(heights, network, EXACT.override({"drain_km2": 0.5}))
    params = EXACT.override({"drain_km2": 0.5})
    result = displace(network, MINES, terrain=terrain, params=params, scenario=FloodScenario(stage_m={"r1": 10.0, "r2": 10.0}))
    wet = wet_cells(result) > 0
    river = height_above_river(81)[:, None] <= 10.0
    assert wet[40:][river[40:].repeat(81, axis=1)].all()
    far = (y > 10.0 / 0.02 + 500) & (np.abs(x - 3600) > 180)
    up = (y > 10.0 / 0.02 + 500) & (np.abs(x - 3600) < 45)
    assert wet[up].any(), "the brook floods"
    assert not wet[far].any(), "10 m on the brook would reach 200 m to both sides, up to the watershed"
    width = wet[y[:, 0] > 10.0 / 0.02 + 500].sum(axis=1) * 90
    rise = 10.0 / stage_m([500.0], 100, PARAMS.central())[0, 0]
    own = stage_m([10.0], 100, PARAMS.central())[0, 0] * rise
    assert width.max() <= 2 * own / SIDE + 90


@settings(deadline=None, max_examples=4)
@given(st.integers(0, 10**6), st.floats(1.2, 3000))
def test_level_paths_never_shrink_the_wet_area(seed, period_yr):
    rng = np.random.default_rng(seed)
    z = v_valley(columns=40).z_m + rng.uniform(0, 6, (41, 40))
    network, wet = straight_river(reaches=2), []
    for levels in (0, 1, 2):
        params = EXACT.override({"level_paths": levels, "drain_km2": 0.2})
        terrain = drained(dem(z, 90.0), network, params)
        wet.append(wet_cells(displace(network, MINES, terrain=terrain, params=params, scenario=FloodScenario(period_yr))))
    assert (wet[0] <= wet[1]).all() and (wet[1] <= wet[2]).all()
    assert wet[0].sum() > 0


@settings(deadline=None, max_examples=4)
@given(st.floats(1.1, 2000), st.floats(1, 5), st.floats(0.05, 1), st.floats(1, 4))
def test_more_flood_wets_and_moves_more(valley, period_yr, longer, psi, stronger):
    def told(years, level):
        result = run(valley, PARAMS.override({"psi": min(level, 1.0)}), scenario=FloodScenario(years))
        return wet_cells(result), result.ledgers[0].mobilised

    wet, moved = told(period_yr, psi)
    wetter, more = told(period_yr * longer, psi)
    _, strong = told(period_yr, psi * stronger)
    assert (wet <= wetter).all()
    assert (moved <= more * (1 + 1e-6) + 1e-12).all() and (moved <= strong * (1 + 1e-9) + 1e-12).all()


def test_steps_of_8_m_serve_no_depth_but_a_constant_share():
    coarse = v_valley(step_m=8.0)
    with pytest.raises(DataError, match="too coarse for flood depth"):
        Valley.of(coarse, straight_river(), PARAMS)
    result = displace(straight_river(), MINES, terrain=Valley.of(coarse, straight_river(), CONSTANT), params=CONSTANT)
    assert "depth_m" not in result.raster.bands and result.raster.bands["share_of_members_wet"].max() == 1
    assert result.ledgers[0].mobilised.sum() > 0


def test_terrain_elsewhere_or_without_heights():
    with pytest.raises(DataError, match="a mapped river on it"):
        Valley.of(v_valley(x_m=50e3), straight_river(), PARAMS)
    with pytest.raises(DataError, match="the CRS of the rivers.*East Belt"):
        Valley.of(replace(v_valley(), crs=pyproj.CRS(5187)), straight_river(), PARAMS)
    with pytest.raises(DataError, match="terrain too small"):
        Valley.of(dem(np.full((41, 60), np.nan), 90.0), straight_river(), PARAMS)


def test_holes_in_the_terrain_are_filled_by_the_corridor():
    z = v_valley().z_m.copy()
    z[:, 20:30] = np.nan
    result = run(drained(dem(z, 90.0), straight_river(), EXACT), EXACT)
    bands = result.bands[result.bands["inner_m"].notna()].geometry.union_all()
    half = 10 + 300
    assert bands.area == pytest.approx(10 * 90 * 2 * half + np.pi * half**2, rel=0.01), (
        "the hole, and both ends beyond the terrain"
    )
    assert np.isnan(result.raster.grid("share_of_members_wet")[:, 20:30]).all()


def test_supplied_floods_and_stages_at_their_limits(valley):
    """Nothing floods far away, a stage of 0 leaves the channel, 500 m fills the terrain; every account balances."""
    away = gpd.GeoDataFrame(geometry=[box(90e3, -900, 93e3, 900)], crs=CRS)
    none = run(valley, scenario=FloodScenario(flood=away))
    assert none.ledgers[0].mobilised.sum() == 0 and set(none.raster.bands) >= {"share_of_members_wet", "south_items_km2_mean"}
    low, high = (run(valley, EXACT, scenario=FloodScenario(stage_m=dict.fromkeys(("r1", "r2", "r3"), m))) for m in (0.0, 500.0))
    assert wet_cells(low).sum(axis=0).max() == 1 and wet_cells(high).min() == 1
    assert low.ledgers[0].mobilised.sum() < high.ledgers[0].mobilised.sum() < 20 + 1e-9
    full = gpd.GeoDataFrame(geometry=[box(-90e3, -9e3, 90e3, 9e3)], crs=CRS)
    with pytest.raises(DataError, match="dry ground within the terrain"):
        run(valley, scenario=FloodScenario(flood=full))


def test_size_of_the_blocks_does_not_matter(valley, monkeypatch):
    whole = run(valley)
    monkeypatch.setattr("geo.flood.valley.BLOCK", 700)
    parts = run(valley)
    assert (parts.raster.cell == whole.raster.cell).all() and parts.zones.equals(whole.zones)


def test_land_cuts_the_terrain(valley):
    land = shapely.box(X0, Y0 - 3000, X0 + 2700, Y0 + 3000)
    wet = wet_cells(run(valley, EXACT, land=land))
    assert wet[:, 30:].sum() == 0 and wet[:, :30].sum() > 0


def test_shares_of_sources_add_up(valley):
    at = np.flatnonzero(np.isfinite(valley.dem.z_m))
    inside = sources(("south", box(1000, -500, 1777, 433), 1, 0, 0, 0), ("south", box(-900, -45, 900, 45), 1, 0, 0, 0))
    share = np.asarray(valley.shares(inside, at).sum(axis=0)).ravel()
    assert share == pytest.approx([1.0, 0.5], rel=1e-5)
    away = sources(("south", box(90e3, 0, 91e3, 500), 1, 0, 0, 0))
    assert valley.shares(away, at).nnz == 0 and valley.shares(inside, at[:0]).shape == (0, 2)
    assert inside.crs == CRS
