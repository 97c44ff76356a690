"""Which flood: return periods, stages, extents, annual values, and the bounds of T8 and T17 through the pipeline."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from flood.valleys import SIDE, drained, straight_river, v_valley, wet_cells
from flood.worlds import CRS, X0, Y0, box, estuary_world, pocket_river, sources

from geo.errors import ConfigError, DataError
from geo.flood import FloodParameters, FloodScenario, displace
from geo.flood.corridor import growth
from geo.flood.ensemble import draw
from geo.flood.mobilise import T_LIST_YR
from geo.flood.stage import stage_m
from geo.flood.water import waters

PARAMS = FloodParameters()
EXACT = PARAMS.override({"sigma_z_m": 0.0})
HARD = PARAMS.override({"psi": 0.1, "thin_m": 0.0, "spread_kernel": "hard"})
POCKET = sources(("south", box(-13e3, 150, -9e3, 550), 0, 1000, 0, 0))
MINES = sources(("south", box(200, -600, 2000, 600), 5, 5, 5, 5))


def flood_of(*shapes, crs=CRS):
    return gpd.GeoDataFrame(geometry=list(shapes), crs=crs)


def test_one_flood_grows_with_its_period():
    (water,) = waters(pocket_river(), FloodScenario(20.0), PARAMS.central())
    assert water.growth[:, 0] == pytest.approx(0.8843292752372858)
    assert water.half_width_m[:, 0] == pytest.approx(50 + 300 * 0.8843292752372858)
    assert water.extent is None and water.depth is None


def test_a_stage_of_a_reach_replaces_the_period():
    drawn = draw(PARAMS, 5, np.random.default_rng(1))
    (water,) = waters(pocket_river(), FloodScenario(100.0, stage_m={"r2": 8.0}), drawn)
    line = np.arange(3)
    stage = water.stage_at(np.full(3, 500.0), line, drawn)
    assert stage[1] == pytest.approx(8.0, rel=1e-12)
    assert stage[[0, 2]] == pytest.approx(np.repeat(stage_m([500.0], 100, drawn), 2, axis=0), rel=1e-12)
    high = stage_m([500.0], 100, drawn)[0]
    assert water.half_width_m[1] == pytest.approx(50 + 300 * drawn["b0_scale"] * 8.0 / high, rel=1e-12)
    assert water.half_width_m[0] == pytest.approx(50 + 300 * drawn["b0_scale"], rel=1e-12)


def test_estuary_and_what_is_off_the_network_follow_the_period():
    world = estuary_world()
    (water,) = waters(world, FloodScenario(5.0, stage_m={str(world.ids[0]): 9.0}), PARAMS.central())
    lines = len(world.down) + len(world.estuary)
    assert water.half_width_m.shape == (lines, 1) and water.growth.shape == (lines + 1, 1)
    assert water.growth[-1, 0] == pytest.approx(float(growth(5.0, 0.6, 0.4)))
    assert water.growth[0, 0] > 1 > water.growth[1, 0]


def test_annual_is_every_period():
    floods = waters(pocket_river(), FloodScenario(annual=True), PARAMS.central())
    assert len(floods) == len(T_LIST_YR)
    widths = np.array([flood.half_width_m[0, 0] for flood in floods])
    assert (np.diff(widths) > 0).all()


def test_unknown_reach_of_a_stage():
    with pytest.raises(DataError, match="did you mean r2"):
        waters(pocket_river(), FloodScenario(stage_m={"r22": 3.0}), PARAMS.central())


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"return_period_yr": 1.0}, "above 1"),
        ({"return_period_yr": float("nan")}, "above 1"),
        ({"return_period_yr": True}, "above 1"),
        ({"stage_m": {"r1": -1.0}}, "at least 0"),
        ({"stage_m": {"r1": float("inf")}}, "at least 0"),
        ({"annual": True, "stage_m": {"r1": 3.0}}, "choose one"),
        ({"annual": True, "flood": flood_of(box(0, 0, 1e3, 1e3))}, "choose one"),
    ],
)
def test_wrong_scenarios(asked, told):
    with pytest.raises(ConfigError, match=told):
        FloodScenario(**asked)


def test_t17_annual_lies_within_its_bounds():
    result = displace(pocket_river(), POCKET, params=HARD, scenario=FloodScenario(annual=True))
    moved = result.ledgers[0].mobilised[1, 0]
    assert moved == pytest.approx((9.30228921843524 + 12.833509875271073) / 2, rel=1e-3)
    assert result.meta["annual"] and abs(result.ledgers[0].residual).max() < 1e-9


def test_t8_annual_share_of_a_strip():
    """A strip of 150 to 260 m beside a river whose 100-year flood is 250 m wide: the mean of the bounds of (25)."""
    params = HARD.override({"psi": 1.0, "p_ref": 1.0, "b0_m": (250.0,) * 5})
    strip = sources(("south", box(-8e3, 150, 6e3, 260), 0, 1, 0, 0))
    result = displace(pocket_river(width_m=1e-6), strip, params=params, scenario=FloodScenario(annual=True))
    assert result.ledgers[0].mobilised[1, 0] == pytest.approx(0.18041020889400128, rel=0.01)


def test_annual_of_every_member_and_terrain():
    valley = drained(v_valley(), straight_river(), PARAMS)
    years = displace(
        straight_river(),
        MINES,
        terrain=valley,
        scenario=FloodScenario(annual=True),
        members=6,
        rng=np.random.default_rng(1),
    )
    once = displace(straight_river(), MINES, terrain=valley, members=6, rng=np.random.default_rng(1))
    assert (years.ledgers[0].mobilised < once.ledgers[0].mobilised).all()
    assert (years.ledgers[0].mobilised > 0).all()
    assert years.zones["items"].sum() == pytest.approx(years.ledgers[0].deposited.mean(axis=1).sum(), rel=1e-9)


def test_extent_without_terrain_wets_only_what_lies_inside():
    flood = flood_of(box(-12e3, -400, -10e3, 400))
    result = displace(pocket_river(), POCKET, params=HARD, scenario=FloodScenario(flood=flood))
    inside = 200 * 2000 / (400 * 4000)
    assert result.ledgers[0].mobilised[1, 0] < 1000 * 0.05 * inside * 3
    assert result.ledgers[0].mobilised[1, 0] > 0
    dry = displace(pocket_river(), POCKET, params=HARD, scenario=FloodScenario(flood=flood_of(box(8e3, -90, 9e3, 90))))
    assert set(dry.zones["reach"]) <= {"r3"}


def test_extent_on_terrain_nothing_wet_outside_and_depth_from_its_edge():
    valley = drained(v_valley(), straight_river(), EXACT)
    flood = flood_of(box(900, -450, 3600, 450))
    result = displace(straight_river(), MINES, terrain=valley, params=EXACT, scenario=FloodScenario(flood=flood))
    wet, depth = wet_cells(result), result.raster.grid("depth_m")
    inside = np.zeros((41, 60))
    inside[16:25, 10:40] = 1
    inside[15, 10:40] = inside[25, 10:40] = wet[15, 15]  # centres on the outline
    assert wet == pytest.approx(inside)
    rows = np.flatnonzero(wet[:, 25])
    edge = SIDE * 90 * max(abs(rows - 20))
    assert depth[rows, 25] == pytest.approx(np.maximum(edge - SIDE * 90 * np.abs(rows - 20), 0), abs=0.01)
    assert set(result.bands[result.bands["inner_m"].isna()]["band"]) <= {1, 2, 3}, "thirds of the flood's own depth"
    assert set(result.zones["band"]) <= {1, 2, 3} and (result.zones["items"] > 0).any()


def test_extent_in_degrees_is_the_same_flood():
    shape = box(900, -440, 3600, 440)
    plain, degrees = (flood_of(shape), flood_of(shape).to_crs(4326))
    one, two = (displace(straight_river(), MINES, scenario=FloodScenario(flood=flood)) for flood in (plain, degrees))
    assert one.ledgers[0].mobilised == pytest.approx(two.ledgers[0].mobilised, rel=1e-6)


def test_extent_without_crs_or_area():
    for broken, told in (
        (flood_of(box(0, 0, 1, 1)).set_crs(None, allow_override=True), "state the CRS"),
        (flood_of(shapely.Point(X0, Y0)), "nothing with area"),
        (flood_of(box(0, 0, 1, 1)).iloc[:0], "nothing with area"),
    ):
        with pytest.raises(DataError, match=told):
            displace(pocket_river(), POCKET, scenario=FloodScenario(flood=broken))


def test_a_bow_tie_is_mended():
    tie = shapely.Polygon([(X0 - 12e3, Y0 - 300), (X0 - 10e3, Y0 + 300), (X0 - 12e3, Y0 + 300), (X0 - 10e3, Y0 - 300)])
    (water,) = waters(pocket_river(), FloodScenario(flood=flood_of(tie)), PARAMS.central())
    assert water.extent.is_valid and water.extent.area == pytest.approx(600_000)


def test_deposits_of_reaches_without_wet_land_are_told():
    """A flood on the first reach alone: what goes on to the others stays in their channels, and the result says so."""
    flood = flood_of(box(-15e3, -600, -5.2e3, 600))
    result = displace(pocket_river(), POCKET, params=HARD, scenario=FloodScenario(flood=flood))
    own = result.reaches.set_index("reach")
    assert own.loc["r1", "in_channel"] == 0
    assert own.loc["r3", "in_channel"] == pytest.approx(own.loc["r3", "deposited"]) and own.loc["r3", "deposited"] > 0
    told = result.zones["items"].sum() + own["in_channel"].sum()
    assert told == pytest.approx(own["deposited"].sum(), rel=1e-9)
    assert "left in channels" in result.meta["notes"][-1]
