"""How high the water stands: the law, ratings, extents (T7, T8)."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ConfigError, DataError
from geo.flood.mobilise import T_LIST_YR, annualise
from geo.flood.parameters import FloodParameters
from geo.flood.stage import (
    exceedance_per_yr,
    flood_depth_m,
    growth_of_stage,
    manning_m3s,
    rating,
    stage_m,
    stage_of_flow,
)

CENTRAL = FloodParameters().central()


def draw_of(**values):
    """Return the central values with some replaced, each repeated to as many members as given."""
    members = max(np.atleast_1d(v).shape[-1] for v in values.values())
    draw = {name: np.repeat(value, members, axis=-1) for name, value in CENTRAL.items()}
    return draw | {name: np.broadcast_to(np.atleast_1d(v), draw[name].shape).astype(float) for name, v in values.items()}


def test_stage_takes_km2_and_the_published_law_m2():
    assert stage_m(1.0, 100, CENTRAL)[0] == pytest.approx(0.01 * 1e6**0.30, rel=1e-12)
    assert stage_m(26_000.0, 100, CENTRAL)[0] == pytest.approx(0.01 * 26e9**0.30, rel=1e-12)
    wrong = stage_m(500.0, 100, draw_of(a100=1.0)) / stage_m(500.0, 100, CENTRAL)
    assert wrong[0] == pytest.approx(1.585, abs=5e-4)


@pytest.mark.parametrize("shape", [(), (3,), (2, 3)])
def test_stage_has_members_last(shape):
    draw = draw_of(a100=[0.5, 0.6, 0.7, 0.8], cv_gumbel=[0.4, 0.5, 0.6, 0.7])
    high = stage_m(np.full(shape, 100.0), 20, draw)
    assert high.shape == (*shape, 4)
    alone = draw_of(a100=0.7, cv_gumbel=0.6)
    assert high[..., 2] == pytest.approx(stage_m(100.0, 20, alone)[0], rel=1e-12)


def test_given_stage_and_return_period_share_one_growth():
    area = np.array([3.0, 500.0])
    assert growth_of_stage(stage_m(area, 20, CENTRAL), area, CENTRAL) == pytest.approx(0.8843292752372858, rel=1e-9)
    assert growth_of_stage(np.array([[2.0], [2.0]]), area, draw_of(a100=[0.6, 0.7, 0.8])).shape == (2, 3)


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_areas_must_be_known(bad):
    with pytest.raises(DataError, match="km2"):
        stage_m([1.0, bad], 100, CENTRAL)


def test_a_return_period_is_above_one_year():
    with pytest.raises(ConfigError, match="above 1"):
        stage_m(1.0, 1.0, CENTRAL)


@settings(max_examples=30, deadline=None)
@given(st.floats(1.5, 5e3), st.floats(1.01, 4.0), st.floats(0.1, 1e4), st.floats(0.4, 0.75))
def test_stage_rises_with_period_and_area(period, factor, area, cv):
    draw = draw_of(cv_gumbel=cv)
    assert stage_m(area, period * factor, draw)[0] >= stage_m(area, period, draw)[0]
    assert stage_m(area * factor, period, draw)[0] >= stage_m(area, period, draw)[0]


# T8


def t8_draw():
    """A drainage of 1 km2 whose 100-year stage is 5 m."""
    return draw_of(a100=5.0)


def test_t8_yearly_chance_at_a_distance():
    away = np.array([200.0, 240.0, 260.0])
    chance = exceedance_per_yr(0.02 * away, 1.0, t8_draw())[:, 0]
    assert chance == pytest.approx([0.1306411265852683, 0.018104826217614056, 0.005313695216121864], rel=1e-9)


def test_t8_strip_exact_and_between_its_bounds():
    away = np.linspace(150.0, 260.0, 20_001)
    chance = exceedance_per_yr(0.02 * away, 1.0, t8_draw())[:, 0]
    assert np.trapezoid(chance, away) / 110 == pytest.approx(0.1733937706255852, rel=1e-7)
    wet = [np.clip((stage_m(1.0, period, t8_draw())[0] / 0.02 - 150) / 110, 0, 1) for period in T_LIST_YR]
    lower, upper = annualise(np.array(wet), 1.0)
    assert lower == pytest.approx(0.1171993428933045, rel=1e-9)
    assert upper == pytest.approx(0.24362107489469803, rel=1e-9)
    assert (lower + upper) / 2 == pytest.approx(0.18041020889400128, rel=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.floats(1.3, 1e4), st.floats(0.4, 0.74), st.floats(0.25, 0.55), st.floats(0.5, 1e4))
def test_exceedance_inverts_stage(period, cv, f, area):
    draw = draw_of(cv_gumbel=cv, f_stage=f)
    assert exceedance_per_yr(stage_m(area, period, draw)[0], area, draw)[0] == pytest.approx(1 / period, rel=1e-6)


def test_exceedance_at_the_drainage_and_far_above():
    assert exceedance_per_yr([-1.0, 0.0, 1e3], 10.0, draw_of(cv_gumbel=[0.05, 0.6])).tolist() == [[1, 1], [1, 1], [0, 0]]


# T7


def test_t7_valley_flow_by_hand():
    side, slope, n, h = 0.02, 0.002, 0.06, 2.0
    area, perimeter = np.array(h * h / side), np.array(2 * h / side * np.hypot(1, side))
    assert area == pytest.approx(200, rel=1e-12) and perimeter == pytest.approx(200.0399960007998, rel=1e-12)
    assert area / perimeter == pytest.approx(0.9998000599800071, rel=1e-12)
    flow = manning_m3s(area, perimeter, slope, n)
    assert flow == pytest.approx(149.05132763884686, rel=1e-9)
    assert flow / area == pytest.approx(0.7452566381942343, rel=1e-9)
    back = (flow * n * side * (2 * np.hypot(1, side)) ** (2 / 3) / np.sqrt(slope)) ** 0.375
    assert back == pytest.approx(2, rel=1e-12)


def valley(dx=1.0, half=150, columns=4, side=0.02):
    """Heights above the drainage of a V-valley, cell by cell, and the length of the reach."""
    away = np.abs(np.arange(-half, half + 1)) * dx
    return np.tile(side * away, columns), np.full(columns * len(away), dx * dx), columns * dx


def test_t7_rating_from_cells_of_one_metre():
    hand, area, length = valley()
    heights = np.linspace(0, 2.5, 26)
    flow = rating(hand, area, 0.002, length, heights, 0.06, side_slope=0.02)
    assert flow[0] == 0
    assert flow[20] == pytest.approx(149.05132763884686, rel=0.004)
    assert flow[20] != pytest.approx(149.05132763884686, rel=1e-6), "cells are no smooth valley"
    assert stage_of_flow(149.05132763884686, flow, heights) == pytest.approx(2, rel=0.004)


def test_rating_does_not_depend_on_the_order_of_cells():
    hand, area, length = valley()
    rank = np.random.default_rng(7).permutation(len(hand))
    heights = np.linspace(0, 2, 5)
    one, other = (rating(h, area, 0.002, length, heights, 0.06) for h in (hand, hand[rank]))
    assert other == pytest.approx(one, rel=1e-12)


def test_rating_never_falls_where_the_plain_begins():
    hand, area = np.array([0.0, 2.0]), np.array([10.0, 1e4])
    heights = np.linspace(0, 4, 401)
    flow = rating(hand, area, 0.001, 1.0, heights, 0.06)
    assert (np.diff(flow) >= 0).all()
    assert flow[201] == flow[200], "just above the plain the bare formula would fall"
    assert stage_of_flow(flow[200], flow, heights) == pytest.approx(2.0)


def test_ratings_by_roughness():
    hand, area, length = valley()
    rough, smooth = (rating(hand, area, 0.002, length, [1.0, 2.0], n) for n in (0.06, 0.035))
    assert smooth == pytest.approx(rough * 0.06 / 0.035, rel=1e-12)


@pytest.mark.parametrize("change", [{"hand_m": [np.nan]}, {"slope": 0.0}, {"n_manning": 0.0}, {"heights_m": [1.0, 1.0]}])
def test_faulty_ratings(change):
    sound = {"hand_m": [0.0], "area_m2": [1.0], "slope": 0.01, "length_m": 1.0, "heights_m": [0.0, 1.0], "n_manning": 0.1}
    with pytest.raises(DataError, match="rating"):
        rating(**sound | change)


def test_flows_beyond_the_table_are_not_guessed():
    with pytest.raises(DataError, match="0 to 5 m3/s"):
        stage_of_flow(6.0, np.array([0.0, 5.0]), np.array([0.0, 1.0]))
    with pytest.raises(DataError, match="fall"):
        stage_of_flow(1.0, np.array([0.0, 5.0, 4.0]), np.array([0.0, 1.0, 2.0]))


# extents


def test_flood_depth_in_a_valley():
    ground = np.tile(0.5 * np.abs(np.arange(-6, 7.0)), (5, 1))
    inside = ground <= 2.0
    depth = flood_depth_m(ground, inside)
    assert depth[2].tolist() == [0, 0, 0, 0.5, 1, 1.5, 2, 1.5, 1, 0.5, 0, 0, 0]
    assert (depth[~inside] == 0).all() and (depth >= 0).all()


def test_flood_depth_where_the_ground_is_unknown():
    ground = np.array([[3.0, 2.0, np.nan, 0.0, 2.0, 3.0]])
    depth = flood_depth_m(ground, np.array([[False, True, True, True, True, False]]))
    assert np.isnan(depth[0, 2]) and depth[0, 3] == 2.0


def test_flood_without_dry_ground_or_without_water():
    with pytest.raises(DataError, match="dry ground"):
        flood_depth_m(np.zeros((3, 3)), np.ones((3, 3), dtype=bool))
    assert flood_depth_m(np.zeros((3, 3)), np.zeros((3, 3), dtype=bool)).tolist() == [[0.0] * 3] * 3
