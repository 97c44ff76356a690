"""Slides: how many, where they stop, what reaches a channel; on slopes one can follow by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import CheckFailed, DataError
from geo.flood.hillslope import (
    Hillside,
    Slides,
    connectivity,
    delivered_share,
    share_by_connectivity,
    slide_rate_per_yr,
    slides,
    slides_in_blocks,
    steps_m,
)
from geo.flood.kernels import mean_above, run_out, sum_below
from geo.flood.parameters import FloodParameters

CENTRAL = FloodParameters().central()
DX = 30.0


def members(**values):
    n = max(len(v) for v in values.values())
    return {name: np.repeat(value, n, axis=-1) for name, value in CENTRAL.items()} | {
        name: np.asarray(value, dtype=float) for name, value in values.items()
    }


def gully(n=6, *, stops=(), drains=(-1,), slope_deg=30.0, base=False):
    """A straight slope of n cells in a row, the last one a channel."""
    receiver = np.append(np.arange(1, n), -1).astype(np.int32)
    flags = {name: np.zeros(n, dtype=bool) for name in ("drains", "stops")}
    flags["drains"][list(drains)] = True
    flags["stops"][list(stops)] = True
    return Hillside(
        slope_deg=np.full(n, slope_deg),
        base=np.full(n, base),
        receiver=receiver,
        order=np.arange(n, dtype=np.int32),
        step_m=steps_m(receiver, n, DX),
        **flags,
    )


def forest(seed, n=40):
    """A random drainage tree: each cell flows to a later one, some are channels, walls or outlets."""
    rng = np.random.default_rng(seed)
    receiver = np.array([rng.integers(i + 1, n) if i < n - 1 and rng.random() > 0.1 else -1 for i in range(n)], dtype=np.int32)
    return Hillside(
        slope_deg=rng.uniform(0, 50, n),
        base=rng.random(n) < 0.2,
        receiver=receiver,
        order=np.arange(n, dtype=np.int32),
        step_m=np.where(receiver < 0, 0, rng.uniform(10, 60, n)),
        drains=rng.random(n) < 0.2,
        stops=rng.random(n) < 0.2,
    )


def test_rates_by_slope_and_base():
    draw = members(p_slide=[3e-4, 2.0], p_slide_base=[1e-3, 1e-2], slide_slope_deg=[15.0, 15.0])
    slope, base = np.array([15.0, 15.1, 40.0, np.nan]), np.array([False, False, True, True])
    assert slide_rate_per_yr(slope, base, draw).tolist() == [[0, 0], [3e-4, 1.0], [1e-3, 1e-2], [0, 0]]


def test_one_release_on_a_straight_slope():
    items = np.zeros(6)
    items[1] = 1000.0
    out = slides(items, gully(), CENTRAL)
    share = np.exp(-DX / 200)
    assert out.released == pytest.approx([0.3], rel=1e-12)
    assert out.deposited[:, 0] == pytest.approx(0.3 * np.array([0, *((1 - share) * share**k for k in range(4)), 0]), rel=1e-12)
    assert out.delivered[:, 0] == pytest.approx([0, 0, 0, 0, 0, 0.3 * np.exp(-4 * DX / 200)], rel=1e-12)


def test_delivery_is_exponential_in_the_path():
    hillside, items = gully(9), np.arange(9.0)
    draw = members(lambda_h_m=[50.0, 200.0, 800.0])
    path = DX * np.arange(8, -1, -1.0)
    by_path = (items[:, None] * 3e-4 * delivered_share(path, draw)).sum(axis=0)
    assert slides(items, hillside, draw).delivered.sum(axis=0) == pytest.approx(by_path, rel=1e-12)
    assert delivered_share(np.array([np.nan]), draw).tolist() == [[0, 0, 0]]


def test_a_wall_keeps_all_that_comes():
    items = np.array([1e4, 0, 0, 0, 1e4, 0])
    out = slides(items, gully(stops=[2]), CENTRAL)
    share = np.exp(-DX / 200)
    assert out.deposited[:4, 0] == pytest.approx(3 * np.array([1 - share, share * (1 - share), share**2, 0]), rel=1e-12)
    assert out.delivered[5, 0] == pytest.approx(3 * share, rel=1e-12), "only what started below it"


def test_items_in_a_channel_are_delivered_and_those_without_one_stay():
    assert slides(np.ones(4), gully(4, drains=range(4)), CENTRAL).deposited.sum() == 0
    out = slides(np.ones(4), gully(4, drains=()), CENTRAL)
    assert out.delivered.sum() == 0 and out.deposited.sum() == pytest.approx(out.released.sum(), rel=1e-12)


def test_gentle_slopes_and_no_mines():
    assert slides(np.ones(4), gully(4, slope_deg=15.0), CENTRAL).released.tolist() == [0]
    nothing = slides(np.zeros(4), gully(4), CENTRAL)
    nothing.check()
    assert nothing.deposited.sum() == 0 and nothing.delivered.sum() == 0
    assert slides(np.ones(4), gully(4, base=True), CENTRAL).released == pytest.approx([4e-3])


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.booleans())
def test_nothing_is_lost_or_made(seed, by_index):
    hillside, rng = forest(seed), np.random.default_rng(seed + 1)
    items = rng.uniform(0, 100, 40)
    draw = members(lambda_h_m=rng.uniform(5, 2000, 3), p_slide=rng.uniform(0, 0.1, 3))
    reaching = share_by_connectivity(connectivity(hillside, 900.0)) if by_index else None
    out = slides(items, hillside, draw, reaching=reaching)
    out.check()
    assert (out.deposited >= 0).all() and (out.delivered >= 0).all()
    assert (out.delivered[~hillside.drains] == 0).all()
    twice = slides(2 * items, hillside, draw, reaching=reaching)
    assert twice.deposited == pytest.approx(2 * out.deposited) and twice.delivered == pytest.approx(2 * out.delivered)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6), st.floats(1.0, 20.0))
def test_a_longer_scale_delivers_more(seed, factor):
    draw = members(lambda_h_m=[100.0, 100.0 * factor])
    out = slides(np.ones(40), forest(seed), draw)
    assert out.delivered[:, 1].sum() >= out.delivered[:, 0].sum() * (1 - 1e-12)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_compiled_sweep_equals_plain_python(seed):
    hillside = forest(seed)
    released, scale = np.random.default_rng(seed).uniform(0, 5, (40, 2)), np.array([80.0, 300.0])
    moving = released.copy()
    kept = run_out(moving, hillside.receiver, hillside.order, hillside.drains, hillside.stops, hillside.step_m, scale)
    arrived, left = released.copy(), np.zeros((40, 2))
    for cell in hillside.order:
        if not hillside.drains[cell]:
            here, arrived[cell] = arrived[cell].copy(), 0
            below = hillside.receiver[cell]
            on = 0 * here if hillside.stops[cell] or below < 0 else here * np.exp(-hillside.step_m[cell] / scale)
            left[cell] = here - on
            if below >= 0:
                arrived[below] += on
    assert kept == pytest.approx(left, rel=1e-12, abs=1e-15) and moving == pytest.approx(arrived, rel=1e-12, abs=1e-15)


def test_blocks_of_members_equal_all_at_once():
    hillside, items = forest(4), np.arange(40.0)
    draw = members(lambda_h_m=np.linspace(50, 500, 7))
    whole = slides(items, hillside, draw)
    parts = list(slides_in_blocks(items, hillside, draw, block=3))
    assert [part.released.shape for part in parts] == [(3,), (3,), (1,)]
    for name in ("released", "deposited", "delivered"):
        assert (np.concatenate([getattr(part, name) for part in parts], axis=-1) == getattr(whole, name)).all()
    by_member = items[:, None] * np.arange(7)
    layouts = list(slides_in_blocks(by_member, hillside, draw, block=3))
    assert layouts[1].released == pytest.approx(whole.released[3:6] * [3, 4, 5])


# by the index of connectivity


def test_connectivity_of_a_straight_slope():
    index = connectivity(gully(4, slope_deg=45.0), 900.0)
    assert index[:3] == pytest.approx(np.log10(np.sqrt(900 * np.array([1, 2, 3])) / (DX * np.array([3, 2, 1]))), rel=1e-12)
    assert index[3] == np.inf
    steep, level = (connectivity(gully(4, slope_deg=s), 900.0) for s in (80.0, 0.0))
    assert steep == pytest.approx(index), "slopes above 1 count as 1"
    assert level[:3] == pytest.approx(index[:3] + 2 * np.log10(0.005)), "and below 0.005 as 0.005"
    assert np.isnan(connectivity(gully(4, drains=()), 900.0)).all()


def test_shares_by_connectivity():
    assert share_by_connectivity(np.array([2.5])) == pytest.approx(0.8 / (1 + np.exp(-1)), rel=1e-12)
    hillside, items = gully(5), np.array([1e4, 0, 0, 0, 1e4])
    out = slides(items, hillside, CENTRAL, reaching=np.full(5, 0.25))
    share = np.exp(-DX / 200)
    assert out.delivered[:, 0] == pytest.approx([0, 0, 0, 0, 3 * 0.25 + 3], rel=1e-12)
    foot = share**4
    assert out.deposited[:, 0] == pytest.approx(2.25 * np.array([*((1 - share) * share**k for k in range(4)), foot]), rel=1e-12)
    walled = slides(items, gully(5, stops=[2]), CENTRAL, reaching=np.full(5, 0.25))
    assert walled.delivered.sum() == pytest.approx(3)
    walled.check()


def test_sweeps_up_and_down_by_hand():
    receiver, order = np.array([2, 2, 3, -1], dtype=np.int32), np.array([1, 0, 2, 3], dtype=np.int32)
    mean, count = mean_above(np.array([1.0, 3.0, 5.0, 7.0]), receiver, order)
    assert mean.tolist() == [1, 3, 3, 4] and count.tolist() == [1, 1, 3, 4]
    drains = np.array([False, False, False, True])
    assert sum_below(np.array([1.0, 3.0, 5.0, 7.0]), receiver, order, drains).tolist() == [6, 8, 5, 0]


# faults


@pytest.mark.parametrize("bad", [-1.0, np.nan, np.inf])
def test_faulty_items(bad):
    with pytest.raises(DataError, match="items"):
        slides(np.array([1.0, bad]), gully(2), CENTRAL)


def test_faulty_shares():
    with pytest.raises(DataError, match="reaching"):
        slides(np.ones(2), gully(2), CENTRAL, reaching=np.array([0.5, 1.5]))


def test_an_account_that_does_not_close():
    short = Slides(np.array([1.0]), np.array([[0.5]]), np.array([[0.4]]))
    assert short.residual == pytest.approx([0.1])
    with pytest.raises(CheckFailed, match="residual"):
        short.check()
