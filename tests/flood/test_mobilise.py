"""Scour, drag and the share that moves (T19); what settles where; what remains."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ConfigError, DataError
from geo.flood import height_error
from geo.flood.mobilise import (
    T_LIST_YR,
    annualise,
    depth_from_margin_m,
    depth_table,
    p_again,
    p_largest,
    p_mobilise,
    reburied,
    remain,
    spread_weight,
    with_memory,
)
from geo.flood.parameters import FloodParameters
from geo.flood.scour import (
    critical_velocity_ms,
    p_entrained,
    p_exhumed,
    p_moved,
    scour_m,
    shear_stress_pa,
    velocity_ms,
)

T19 = FloodParameters().override({"tau_c_pa": 10.0})
EXACT = T19.override({"sigma_z_m": 0.0}).central()
DEEP, SLOPE = np.array([[2.0]]), np.array([0.002])


def members(draw, **values):
    """Return a draw with some values replaced, all repeated to as many members as given."""
    n = max(len(draw["psi"]), *(np.atleast_1d(v).shape[-1] for v in values.values()))
    wide = {name: np.broadcast_to(value, (*value.shape[:-1], n)) for name, value in draw.items()}
    return wide | {name: np.broadcast_to(np.atleast_1d(v), wide[name].shape).astype(float) for name, v in values.items()}


def moved(margin, draw, slope=0.002, p_model="depth"):
    """Return p (n, 4, M) at margins (n,) or (n, M), with wetness 1."""
    margin = np.asarray(margin, dtype=float)
    margin = margin[:, None] if margin.ndim == 1 else margin
    return p_mobilise(margin, np.full(len(margin), slope), np.ones((len(margin), 1)), draw, p_model=p_model)


def drawn(n, seed=3):
    """Return n members drawn about the central values, densities across 1 among them."""
    rng = np.random.default_rng(seed)
    return members(
        T19.central(),
        tau_c_pa=15 * np.exp(0.8 * rng.standard_normal(n)),
        t_f_s=43200 * np.exp(0.5 * rng.standard_normal(n)),
        n_flood=0.06 * np.exp(0.3 * rng.standard_normal(n)),
        item_density=np.array([[0.6], [1.0], [1.25], [3.3]]) + rng.uniform(-0.1, 0.1, (4, n)),
        burial_max_m=np.array([[0.05], [0.05], [0.15], [0.15]]) * rng.uniform(0.02, 1, (4, n)),
    )


# T19


def test_t19_stress_scour_and_velocity():
    assert shear_stress_pa(DEEP, SLOPE)[0, 0] == pytest.approx(39.24, rel=1e-9)
    assert EXACT["k_d"] / np.sqrt(EXACT["tau_c_pa"]) == pytest.approx(6.324555320336759e-8, rel=1e-9)
    assert scour_m(DEEP, SLOPE, EXACT)[0, 0] == pytest.approx(0.07988975894879143, rel=1e-9)
    assert velocity_ms(DEEP, SLOPE, EXACT)[0, 0] == pytest.approx(1.18317887658519, rel=1e-8)


def test_t19_exhumed():
    p = p_exhumed(DEEP, SLOPE, EXACT)[0, :, 0]
    assert p == pytest.approx([0.7432943283006203] * 2 + [0.45113283610302013] * 2, rel=1e-9)


def test_t19_entrained():
    critical = [0.0, 0.1674516659661036, 0.48058514634259375, 1.2368563873529177]
    assert critical_velocity_ms(EXACT)[:, 0] == pytest.approx(critical, rel=1e-9)
    p = p_entrained(DEEP, SLOPE, EXACT)[0, :, 0]
    assert p[[0, 2, 3]] == pytest.approx([1.0, 0.9949757958437386, 0.4495626888833399], rel=1e-9)


def test_t19_mobilised():
    p = moved([2.0], EXACT)[0, :, 0]
    assert p == pytest.approx([0.7432943283006203, 0.7432943196884987, 0.44886625263284535, 0.2028124908420408], rel=1e-9)


def test_t19_depth_of_half_entrainment():
    for item, depth in ((1, 0.106485), (2, 0.517738), (3, 2.137634)):
        around = np.array([depth - 1e-6, depth + 1e-6])[:, None]
        low, high = p_entrained(around, np.full(2, 0.002), EXACT)[:, item, 0]
        assert low < 0.5 < high


def test_t19_with_height_error():
    p = moved([-1, 0, 2, 4], T19.central())[:, :, 0]
    assert p[:, 1] == pytest.approx([0.170369, 0.278787, 0.544912, 0.767059], abs=1e-3)
    assert p[:, 3] == pytest.approx([0.060023, 0.112772, 0.287590, 0.508613], abs=1e-3)


# the mean over the height error


def test_table_against_the_quantiles_and_against_the_integral():
    draw, z = drawn(40), height_error.normal_quantiles()
    slope = np.array([3e-4, 0.002, 0.0131, 0.09])
    margin = np.random.default_rng(5).uniform(-6, 10, (4, 40))
    p = p_mobilise(margin, slope, np.ones((4, 40)), draw, p_model="depth")
    rule = sum(p_moved(np.maximum(margin + 2.5 * q, 0), slope, draw) for q in z) / len(z)
    fine = np.linspace(-5, 5, 2001)
    weight = np.exp(-(fine**2) / 2) / np.exp(-(fine**2) / 2).sum()
    exact = sum(w * p_moved(np.maximum(margin + 2.5 * q, 0), slope, draw) for q, w in zip(fine, weight, strict=True))
    assert p == pytest.approx(rule, abs=1 / 128), "one quantile, where the function jumps"
    assert p == pytest.approx(exact, abs=0.005)
    assert np.abs(p - exact).mean() < 5e-4


def test_weights_of_the_mean_add_up_and_keep_straight_lines():
    margins, depths, z = np.array([-9.0, 0.0, 3.0, 6.0]), height_error._depth_nodes(10.0), height_error.normal_quantiles()
    weight = height_error._weights(margins, depths, z)
    assert weight.sum(axis=1) == pytest.approx(1, rel=1e-12)
    assert weight @ depths == pytest.approx(np.maximum(margins[:, None] + z, 0).mean(axis=1), abs=1e-12)
    assert (weight >= 0).all()


def test_no_height_error_needs_no_table():
    draw = members(drawn(6), sigma_z_m=np.array([0, 2.5, 0, 1.0, 0, 2.5]))
    margin = np.array([[-1.0], [0.05], [3.0]]) * np.ones(6)
    p = moved(margin, draw)
    depth = np.maximum(margin, 0)
    exact = p_moved(depth, np.full(3, 0.002), draw)
    sure = draw["sigma_z_m"] == 0
    assert (p[..., sure] == exact[..., sure]).all()
    assert (p[0, :, ~sure] > 0).any(), "height error wets dry cells"


def test_a_member_does_not_depend_on_the_others():
    draw = members(drawn(5), sigma_z_m=np.array([2.5, 0.5, 2.5, 0, 2.5]))
    margin = np.linspace(-4, 8, 7)[:, None] * np.ones(5)
    together = moved(margin, draw)
    for m in range(5):
        alone = moved(margin[:, [m]], {name: value[..., [m]] for name, value in draw.items()})
        assert together[..., [m]] == pytest.approx(alone, abs=2e-3)
    same = members(T19.central(), tau_c_pa=np.full(50, 10.0))
    assert moved(margin[:, :1], same) == pytest.approx(np.repeat(moved(margin[:, :1], T19.central()), 50, axis=2), abs=1e-12)


def test_one_table_serves_all_floods():
    draw, slope, wet = drawn(8), np.array([0.001, 0.03]), np.ones((2, 8))
    table = depth_table(slope, 9.0, draw)
    for rise in (-3.0, 1.0, 9.0):
        margin = np.full((2, 8), rise)
        p = p_mobilise(margin, slope, wet, draw, p_model="depth", table=table)
        assert p == pytest.approx(p_mobilise(margin, slope, wet, draw, p_model="depth"), abs=1e-6)
    for margin, other in ((np.full((2, 8), 10.0), slope), (np.ones((2, 8)), np.array([0.001, 0.3]))):
        with pytest.raises(ConfigError, match="tabulate"):
            p_mobilise(margin, other, wet, draw, p_model="depth", table=table)


def test_dry_for_sure_and_far_above_the_water():
    p = moved([-np.inf, -50.0, 0.0], T19.central())
    assert (p[:2] == 0).all() and (p[2] > 0).all()


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.floats(-8, 12), min_size=2, max_size=8),
    st.sampled_from([0.0, 0.4, 2.5]),
    st.floats(1e-4, 0.2),
    st.integers(0, 9),
)
def test_p_never_falls_with_the_stage_and_stays_in_bounds(margins, sigma, slope, seed):
    draw = members(drawn(3, seed), sigma_z_m=sigma, psi=0.7)
    p = moved(np.sort(margins), draw, slope)
    assert (np.diff(p, axis=0) >= -1e-12).all()
    assert (p >= 0).all() and (p <= 0.7 * (1 + 1e-6)).all()
    assert (p <= p_largest(np.sort(margins)[:, None], draw, p_model="depth") * (1 + 1e-6)).all()


@settings(max_examples=40, deadline=None)
@given(
    st.floats(-3, 10), st.sampled_from(["t_f_s", "psi"]), st.floats(0.1, 1.0), st.floats(1.0, 8.0), st.sampled_from([0.0, 2.5])
)
def test_p_never_falls_with_duration_and_level(margin, name, small, factor, sigma):
    large = min(1.0, small * factor)
    scale = 43200 if name == "t_f_s" else 1.0
    draw = members(T19.central(), **{name: np.array([small, large]) * scale}, sigma_z_m=sigma)
    p = moved([margin], draw)
    assert (p[..., 1] >= p[..., 0] * (1 - 1e-6)).all()


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 10), st.floats(1e-4, 0.1), st.sampled_from(["burial_max_m", "tau_c_pa"]), st.floats(1.0, 50.0))
def test_exhumation_falls_with_burial_and_with_the_critical_stress(depth, slope, name, factor):
    draw = members(EXACT, **{name: EXACT[name] * np.array([1.0, factor])})
    p = p_exhumed(np.full((1, 2), depth), np.array([slope]), draw)
    assert (p[..., 1] <= p[..., 0] + 1e-15).all()
    assert (p >= 0).all() and (p <= 1).all()


def test_nothing_is_bared_without_excess_stress():
    shallow = np.array([[0.0], [0.1], [0.5]])
    assert p_exhumed(shallow, np.full(3, 0.002), EXACT).tolist() == np.zeros((3, 4, 1)).tolist()
    assert p_entrained(shallow[:1], np.array([0.002]), EXACT)[0, 1:].tolist() == [[0.0]] * 3


def test_light_members_float_once_the_water_carries_them():
    draw = members(EXACT, item_density=np.array([[0.6] * 2, [0.99, 1.01], [1.25] * 2, [3.3] * 2]))
    depth = np.array([0.054, 0.056])[:, None] * np.ones(2)
    p = p_entrained(depth, np.full(2, 0.002), draw)
    assert p[:, 0].tolist() == [[1, 1], [1, 1]]
    assert p[:, 1, 0].tolist() == [0, 1], "0.99 x 5.6 cm"
    assert (p[:, 1, 1] > 0).all() and (p[:, 1, 1] < 1).all(), "the denser member is dragged"


# depth unknown


def test_unknown_depth_moves_by_wetness_alone():
    draw = members(T19.central(), psi=np.array([0.1, 0.2]), p_ref=np.array([0.5, 0.4]))
    wet = np.array([[0.0, 1.0], [0.5, 1.0], [1.0, 1.0]])
    margin = np.array([[np.nan, np.nan], [2.0, np.nan], [2.0, 2.0]])
    p = p_mobilise(margin, np.array([np.nan, 0.002, 0.002]), wet, draw, p_model="depth")
    by_wetness = (wet * [0.05, 0.08])[:, None, :].repeat(4, axis=1)
    known = ~np.isnan(margin)[:, None, :].repeat(4, axis=1)
    assert p[~known] == pytest.approx(by_wetness[~known], rel=1e-12)
    assert p[known] == pytest.approx(moved(np.full((3, 2), 2.0), draw)[known], rel=1e-6)
    constant = p_mobilise(margin, np.array([np.nan] * 3), wet, draw, p_model="constant")
    assert constant == pytest.approx(by_wetness, rel=1e-12)
    assert p_largest(margin, draw, p_model="depth")[:, 0].tolist() == [[0.05, 0.2 * 0.4], [0.1, 0.2 * 0.4], [0.1, 0.2]]


def test_wetness_is_not_counted_twice():
    margin, slope = np.array([[2.0]]), np.array([0.002])
    dry, wet = (p_mobilise(margin, slope, np.array([[w]]), EXACT, p_model="depth") for w in (0.0, 1.0))
    assert (dry == wet).all()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("psi", 0.0), ("psi", 1.1), ("psi", np.nan), ("p_ref", -0.1), ("sigma_z_m", -1.0), ("tau_c_pa", 0.0), ("t_f_s", 0.0),
        ("k_bed_m", 0.0), ("burial_max_m", 0.0), ("item_density", 0.0),
    ],
)  # fmt: skip
def test_parameters_out_of_bounds(name, value):
    with pytest.raises(DataError, match=name):
        moved([1.0], members(EXACT, **{name: value}))


def test_slopes_and_margins_out_of_bounds():
    for slope in (0.0, np.nan, -0.1):
        with pytest.raises(DataError, match="slope"):
            moved([1.0], T19.central(), slope)
    with pytest.raises(DataError, match="finite"):
        moved([np.inf], T19.central())
    with pytest.raises(ConfigError, match="depth or constant"):
        moved([1.0], EXACT, p_model="deep")


# where it settles


def test_spread_by_depth():
    draw = members(EXACT, y0_m=np.array([[0.5], [1.0]]))
    depth = np.array([0.0, 0.25, 0.5, 1.0, 4.0])[:, None]
    area, open_land = np.full(5, 10.0), np.ones(5)
    weight = spread_weight(depth, np.ones((5, 1)), np.full(5, 0.002), area, open_land, draw)[:, :, 0]
    assert weight[:, :2].argmax(axis=0).tolist() == [2, 3]
    assert weight[2, 0] == pytest.approx(10) and weight[1, 0] == pytest.approx(10 * 0.5 * np.exp(0.5))
    assert weight[0].tolist() == [0, 0, 0, 0]
    stays = 1 - p_entrained(depth, np.full(5, 0.002), draw)[:, 2:, 0]
    assert weight[1:, 2:] == pytest.approx(10 * np.maximum(stays[1:], 1e-6), rel=1e-12)
    assert weight[4, 2] > 0, "even where the flow carries all"


def test_spread_without_depth_and_by_land_cover():
    depth, wet = np.array([[np.nan, 1.0]]), np.array([[0.3, 1.0]])
    draw = members(EXACT, psi=np.ones(2))
    weight = spread_weight(depth, wet, np.array([0.002]), np.array([20.0]), np.array([3.0]), draw)
    assert weight[0, :, 0] == pytest.approx([20 * 0.3 * 3] * 4)
    assert weight[0, 1, 1] == pytest.approx(60)
    drawn_catch = spread_weight(depth, wet, np.array([0.002]), np.array([20.0]), np.array([[3.0, 6.0]]), draw)
    assert drawn_catch[..., 1] == pytest.approx(2 * weight[..., 1]) and (drawn_catch[..., 0] == weight[..., 0]).all()
    nowhere = spread_weight(depth[:, :1], wet[:, :1], np.array([np.nan]), np.array([1.0]), np.ones(1), EXACT)
    assert nowhere[0, :, 0] == pytest.approx([0.3] * 4), "an estuary has no slope"


def test_tiles_change_nothing(monkeypatch):
    draw, margin = members(drawn(5), sigma_z_m=0.0), np.random.default_rng(1).uniform(-2, 5, (23, 5))
    arguments = (depth_from_margin_m(margin), np.ones((23, 5)), np.full(23, 0.003), np.arange(1.0, 24), np.ones(23), draw)
    whole, p = spread_weight(*arguments), moved(margin, draw)
    monkeypatch.setattr("geo.flood.mobilise.TILE", 40)
    assert (spread_weight(*arguments) == whole).all() and (moved(margin, draw) == p).all()


# years and memory


def test_bounds_meet_as_periods_are_refined():
    def share(period):
        return 1 - 1 / np.asarray(period)

    def width(periods):
        lower, upper = annualise(share(periods), 1.0, tuple(periods))
        assert lower <= 0.5 <= upper, "the integral of 1 - x"
        return upper - lower

    fine = np.unique(np.concatenate([[a + (b - a) * k / 20 for k in range(21)] for a, b in itertools.pairwise(T_LIST_YR)]))
    assert width(fine) < width(np.array(T_LIST_YR)) / 3


def test_yearly_bounds_of_what_moves():
    draw = members(T19.central(), psi=np.array([0.1, 0.3]))
    rise = np.log(np.array(T_LIST_YR))
    p = np.stack([moved(np.array([r - 3.0]), draw) for r in rise])
    lower, upper = annualise(p, p_largest(np.zeros((1, 2)), draw, p_model="depth"))
    assert lower.shape == (1, 4, 2) and (lower <= upper).all()
    assert (upper <= draw["psi"]).all() and (lower[..., 1] == pytest.approx(3 * lower[..., 0], rel=1e-5))


def test_memory_keeps_account():
    items, p = np.full((2, 4, 3), 100.0), np.full((2, 4, 3), 0.2)
    assert remain(items, p) + items * p == pytest.approx(items)
    lying = with_memory(items, p, 0.5, np.full((2, 4, 3), 7.0))
    assert lying == pytest.approx(100 * 0.3 + 7)
    with pytest.raises(DataError, match="at most 1"):
        with_memory(items, p, 0.81, items)
    with pytest.raises(DataError, match="at most 1"):
        with_memory(items, p, -0.1, items)


def test_what_a_flood_left_moves_again_more_easily():
    margin, slope, wet = np.array([[1.5]]), np.array([0.002]), np.ones((1, 1))
    first, again = (f(margin, slope, wet, EXACT, p_model="depth") for f in (p_mobilise, p_again))
    assert (again > first).all()
    assert reburied(EXACT)["burial_max_m"].tolist() == [[0.02]] * 4 and EXACT["burial_max_m"][3, 0] == 0.15
