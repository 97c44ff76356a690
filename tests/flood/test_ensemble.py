"""Draws, summaries, weights, error fields and whole items of an ensemble."""

import math
from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.errors import CheckFailed, ConfigError, DataError
from geo.flood import FloodParameters, Parameter, RiverNetwork
from geo.flood.ensemble import (
    EffectiveSampleTooSmall,
    draw,
    error_field,
    member_blocks,
    part_of,
    quantile_error,
    reweight,
    summarise,
)
from geo.flood.estuary import estuary_shares
from geo.flood.predictive import beyond_counts, deal, mobilise_counts, recover_counts, route_integer
from geo.flood.priors import uncertain
from geo.flood.recovery import recovery
from geo.flood.route import route, travel_scale_km

PARAMS = FloodParameters()


def seeded(seed=1):
    return np.random.default_rng(seed)


def chain(lengths, down=None, **columns):
    down = down or [*range(1, len(lengths)), -1]
    names = [f"r{i}" for i in range(len(lengths))]
    table = {"id": names, "down": ["" if d < 0 else names[d] for d in down], "length_km": lengths, "area_km2": 500.0}
    return RiverNetwork.from_table(pd.DataFrame({**table, **columns}))


# draws


def test_one_member_is_the_central_value_of_everything():
    told = draw(PARAMS)
    assert set(told) == {f.name for f in fields(PARAMS) if not isinstance(getattr(PARAMS, f.name).value, str)}
    for name, value in told.items():
        assert value[..., 0].tolist() == pytest.approx(np.asarray(getattr(PARAMS, name).value).tolist(), abs=0)


def test_shapes_and_fixed_values():
    told = draw(PARAMS, 7, seeded())
    assert told["p_ref"].shape == (7,)
    assert told["lambda_ref_km"].shape == (4, 7)
    assert (told["w_ref_m"] == 100).all()
    assert len(np.unique(told["lambda_ref_km"])) == 28


def test_each_part_of_a_prior_has_exactly_one_member():
    for members in (2, 7, 100):
        told = draw(PARAMS, members, seeded())
        strata = np.floor((told["cv_gumbel"] - 0.4) / 0.4 * members)
        assert sorted(strata) == list(range(members))
        ranks = np.floor(stats.norm.cdf(np.log(told["lambda_ref_km"][0] / 13.3) / 0.7) * members)
        assert sorted(ranks) == list(range(members))


def test_parameters_are_drawn_apart():
    told = draw(PARAMS, 2000, seeded())
    rows = np.concatenate([np.atleast_2d(told[name]) for name in sorted(uncertain(PARAMS)) if not name.startswith("mix_")])
    ranks = stats.spearmanr(rows, axis=1).statistic
    assert np.abs(ranks - np.eye(len(rows))).max() < 0.1


def test_the_same_generator_draws_the_same_and_another_does_not():
    one, same, other = (draw(PARAMS, 5, seeded(seed)) for seed in (1, 1, 2))
    assert all((one[name] == same[name]).all() for name in one)
    assert (one["p_ref"] != other["p_ref"]).all()


def test_a_draw_does_not_depend_on_which_other_parameters_have_priors():
    fewer = replace(PARAMS, **{name: replace(getattr(PARAMS, name), prior="") for name in ("a100", "cv_gumbel", "mix_south")})
    one, other = draw(PARAMS, 5, seeded()), draw(fewer, 5, seeded())
    assert (one["lambda_ref_km"] == other["lambda_ref_km"]).all()
    assert (one["p_ref"] == other["p_ref"]).all()
    assert (other["cv_gumbel"] == 0.6).all()


def test_priors_without_width_give_the_central_value_in_every_member():
    held = {name: replace(parameter, prior="N(., 0)") for name, parameter in uncertain(PARAMS).items()}
    sure, central = draw(replace(PARAMS, **held), 50, seeded()), PARAMS.central()
    for name, value in sure.items():
        assert np.abs(value - central[name]).max() <= 1e-15 * np.abs(central[name]).max()


def test_members_split_and_merge():
    told = draw(PARAMS, 10, seeded())
    parts = [part_of(told, slice(0, 3)), part_of(told, slice(3, 10))]
    for name, value in told.items():
        assert (np.concatenate([part[name] for part in parts], axis=-1) == value).all()


@pytest.mark.parametrize(("members", "rng"), [(0, seeded()), (-1, None), (2, None)])
def test_wrong_ensembles_are_refused(members, rng):
    with pytest.raises(ConfigError, match=f"ensemble: .*found {members} members"):
        draw(PARAMS, members, rng)


def test_a_broken_prior_is_named():
    with pytest.raises(ConfigError, match="prior: k_nb: expected"):
        draw(replace(PARAMS, k_nb=Parameter(0.5, "1", "assumed", "", "ln-sd 0.7")), 2, seeded())


# blocks


def test_blocks_cover_the_members_once_in_order():
    for members in (1, 49, 50, 51, 200):
        covered = [m for block in member_blocks(members, seeded()) for m in range(members)[block.members]]
        assert covered == list(range(members))


def test_whoever_takes_a_block_gets_the_same_items():
    river = chain([3.0, 8.0, 5.0])
    items = seeded(5).integers(0, 30, (3, 4, 120))
    lam = travel_scale_km(river.width_m, draw(PARAMS, 120, seeded(6)))

    def work(block):
        return route_integer(river, items[..., block.members], lam[..., block.members], block.rng).deposited

    alone = [work(block) for block in member_blocks(120, seeded(7))]
    backwards = [work(block) for block in reversed(member_blocks(120, seeded(7)))][::-1]
    assert (np.concatenate(alone, axis=-1) == np.concatenate(backwards, axis=-1)).all()
    assert not (alone[0][..., :20] == alone[2]).all()


def test_blocks_need_members():
    for members, size in ((0, 50), (5, 0)):
        with pytest.raises(ConfigError, match="ensemble"):
            member_blocks(members, seeded(), size)


# summaries


def test_one_member_is_its_own_summary():
    x = np.array([[1.5], [0.0]])
    for weights in (None, np.array([3.0])):
        assert [each.tolist() for each in summarise(x, weights)] == [[1.5, 0.0]] * 4


def test_quantiles_are_those_of_numpy():
    x = seeded().normal(size=(3, 2, 137))
    told = summarise(x)
    weights = seeded(2).uniform(0.1, 1, 137)
    weighted = summarise(x, weights)
    for q, each, with_weights in zip((0.05, 0.5, 0.95), told[1:], weighted[1:], strict=True):
        assert (each == np.quantile(x, q, axis=-1, method="inverted_cdf")).all()
        flat = [np.quantile(row, q, method="inverted_cdf", weights=weights) for row in x.reshape(6, -1)]
        assert with_weights.ravel().tolist() == flat
    assert weighted.mean == pytest.approx(np.average(x, axis=-1, weights=weights))


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 60), st.integers(0, 2**32 - 1))
def test_quantiles_rise_and_equal_weights_change_nothing(members, seed):
    x = np.round(seeded(seed).normal(size=(4, members)), 1)
    told, same = summarise(x), summarise(x, np.full(members, 0.3))
    assert (told.q05 <= told.q50).all()
    assert (told.q50 <= told.q95).all()
    assert all((a == b).all() for a, b in zip(told[1:], same[1:], strict=True))
    assert told.mean == pytest.approx(same.mean, abs=1e-12)
    order = seeded(seed).permutation(members)
    assert all((a == b).all() for a, b in zip(told[1:], summarise(x[:, order])[1:], strict=True))


def test_members_without_weight_do_not_count():
    x = np.array([9.0, 1.0, 2.0, 3.0, -5.0])
    told = summarise(x, np.array([0.0, 1, 1, 1, 0]))
    assert [float(each) for each in told] == pytest.approx([2.0, 1.0, 2.0, 3.0])
    assert summarise(np.array([4.0, 7.0, 1.0]), np.array([0.0, 2.0, 0.0])).q05 == 7


def test_weights_turn_a_uniform_sample_into_another_law():
    x = (np.arange(100_000) + 0.5) / 100_000
    told = summarise(x, x)
    assert [float(told.q05), float(told.q50), float(told.q95)] == pytest.approx(np.sqrt([0.05, 0.5, 0.95]), abs=1e-4)


@pytest.mark.parametrize(
    ("x", "weights"),
    [
        ([1.0, np.nan], None),
        ([1.0, np.inf], None),
        ([], None),
        ([1.0, 2.0], [1.0]),
        ([1.0, 2.0], [1.0, -1.0]),
        ([1.0, 2.0], [0.0, 0.0]),
        ([1.0, 2.0], [np.nan, 1.0]),
    ],
)
def test_gaps_and_wrong_weights_are_refused(x, weights):
    with pytest.raises(DataError, match="ensemble: (values|weights)"):
        summarise(np.array(x), None if weights is None else np.array(weights))


@pytest.mark.parametrize(("members", "told"), [(100, 0.211), (200, 0.149), (1000, 0.0668)])
def test_error_of_the_5_percent_quantile(members, told):
    assert quantile_error(members) == pytest.approx(told, abs=5e-4)


def test_error_of_quantiles_is_what_repetition_shows():
    repeated = summarise(seeded(4).normal(size=(4000, 200))).q05
    assert repeated.std() == pytest.approx(quantile_error(200), rel=0.05)
    for members, q in ((0, 0.5), (10, 0.0), (10, 1.0)):
        with pytest.raises(ConfigError, match="quantile error"):
            quantile_error(members, q)


# weights


def test_effective_sample_of_equal_and_of_one_hot_weights():
    assert reweight(np.full(80, -1234.5))[1] == pytest.approx(80)
    hot = np.full(80, -np.inf)
    hot[3] = 0
    weights, ess = reweight(hot, ess_min=1)
    assert (ess, weights.sum()) == (1, 1)
    with pytest.raises(EffectiveSampleTooSmall, match=r"80 members: expected an effective sample of at least 50, found 1\.0"):
        reweight(hot)
    assert issubclass(EffectiveSampleTooSmall, CheckFailed)


def test_reweighting_finds_a_known_posterior():
    """Normal prior, one normal observation: the posterior has half the mean and half the variance."""
    prior = stats.norm.ppf((np.arange(20_000) + 0.5) / 20_000)
    weights, ess = reweight(-((1.0 - prior) ** 2) / 2)
    mean = np.average(prior, weights=weights)
    assert mean == pytest.approx(0.5, abs=1e-4)
    assert np.average((prior - mean) ** 2, weights=weights) == pytest.approx(0.5, abs=1e-3)
    assert float(summarise(prior, weights).q05) == pytest.approx(stats.norm(0.5, math.sqrt(0.5)).ppf(0.05), abs=1e-3)
    assert 10_000 < ess < 20_000


@pytest.mark.parametrize("logged", [[np.nan, 0.0], [-np.inf, -np.inf], [np.inf, 0.0], []])
def test_broken_likelihoods_are_refused(logged):
    with pytest.raises(DataError, match="log likelihood"):
        reweight(np.array(logged))


# error fields


def test_error_field_has_its_spread_and_its_range():
    fields_m = np.stack([error_field((60, 80), 30.0, rng) for rng in seeded().spawn(60)])
    assert fields_m.shape == (60, 60, 80)
    assert fields_m.mean() == pytest.approx(0, abs=0.1)
    assert fields_m.std() == pytest.approx(2.5, rel=0.03)
    for cells, metres in ((1, 30), (5, 150), (10, 300)):
        along = (fields_m[:, :, cells:] * fields_m[:, :, :-cells]).mean() / 6.25
        across = (fields_m[:, cells:] * fields_m[:, :-cells]).mean() / 6.25
        assert along == pytest.approx(math.exp(-3 * metres / 300), abs=0.04)
        assert across == pytest.approx(math.exp(-3 * metres / 300), abs=0.04)
    edges = (fields_m[:, :, 0] * fields_m[:, :, -1]).mean() / 6.25
    assert edges == pytest.approx(0, abs=0.05)


def test_error_field_without_spread_is_flat_and_repeats_with_its_stream():
    assert (error_field((3, 4), 30.0, seeded(), sd_m=0.0) == 0).all()
    assert (error_field((3, 4), 30.0, seeded(9)) == error_field((3, 4), 30.0, seeded(9))).all()


@pytest.mark.parametrize("wrong", [{"shape": (0, 4)}, {"cell_m": 0.0}, {"sd_m": -1.0}, {"range_m": 0.0}, {"range_m": np.nan}])
def test_impossible_error_fields_are_refused(wrong):
    with pytest.raises(ConfigError, match="height error"):
        error_field(**{"shape": (3, 4), "cell_m": 30.0, "rng": seeded(), **wrong})


# whole items


@st.composite
def forests(draw_from):
    """A random forest, its items, travel scales and traps."""
    n = draw_from(st.integers(1, 12))
    down = [draw_from(st.integers(i, n)) for i in range(n)]
    river = chain([1.0 + i for i in range(n)], [-1 if d in (i, n) else d for i, d in enumerate(down)])
    rng = seeded(draw_from(st.integers(0, 2**32 - 1)))
    items = rng.integers(0, 40, (n, 4, 3))
    return river, items, rng.lognormal(2, 1, (n, 4, 3)), rng.uniform(0, 1, (n, 4)), rng


@settings(max_examples=50, deadline=None)
@given(forests())
def test_the_account_of_whole_items_is_exact(world):
    river, items, lam, eta, rng = world
    out = route_integer(river, items, lam, rng, eta)
    assert (items.sum(axis=0) == out.deposited.sum(axis=0) + out.trapped.sum(axis=0) + out.exported).all()
    assert (items + out.inflow == out.deposited + out.trapped + out.outflow).all()
    assert all(each.dtype == np.int64 and each.min() >= 0 for each in out)


def test_whole_items_go_where_expected_items_go():
    river, eta = chain([5.0, 8.0, 12.0], [2, 2, -1]), np.array([[0.0] * 4, [0.9] * 4, [0.0] * 4])
    items = np.broadcast_to(np.array([40, 60, 10])[:, None, None], (3, 4, 4000))
    lam = np.array([10.0, 5.0, 20.0]).reshape(3, 1, 1)
    counts, expected = route_integer(river, items, lam, seeded(), eta), route(river, items[..., :1].astype(float), lam, eta)
    for name in ("deposited", "trapped", "exported", "inflow", "outflow"):
        told, awaited = getattr(counts, name).mean(axis=-1), getattr(expected, name)[..., 0]
        assert told == pytest.approx(awaited, abs=5 * math.sqrt(40 / 4000))
    passed = counts.exported[1]
    assert passed.var() == pytest.approx(sum(n * p * (1 - p) for n, p in _pass(river, lam, eta)), rel=0.1)


def _pass(river, lam, eta):
    """Items of each reach and the chance that one of them leaves the map."""
    for r, n in enumerate((40, 60, 10)):
        one = np.zeros((3, 4, 1))
        one[r] = 1
        yield n, route(river, one, lam, eta).exported[1, 0]


def test_all_pass_or_none():
    river, items = chain([5.0, 8.0]), np.full((2, 4, 1), 7)
    assert (route_integer(river, items, np.full((1, 1, 1), 1e300), seeded()).exported == 14).all()
    assert (route_integer(river, items, np.full((1, 1, 1), 1e-300), seeded()).deposited == 7).all()


def test_dealing_follows_the_chances():
    chance = np.array([0.1, 0.0, 0.3, 0.2, 0.05, 0.25]).reshape(6, 1, 1)
    dealt, left = deal(np.full((1, 4, 10_000), 3), np.zeros(6, int), chance, seeded())
    counts = [*dealt.sum(axis=(1, 2)), left.sum()]
    assert counts[1] == 0
    assert stats.chisquare(np.delete(counts, 1), np.array([0.1, 0.3, 0.2, 0.05, 0.25, 0.1]) * 120_000).pvalue > 0.01
    together = np.cov(dealt[0].ravel(), dealt[2].ravel())[0, 1]
    assert together == pytest.approx(-3 * 0.1 * 0.3, abs=0.01)


@settings(max_examples=50, deadline=None)
@given(st.integers(1, 5), st.integers(0, 40), st.integers(0, 2**32 - 1), st.booleans())
def test_dealing_loses_nothing(groups, places, seed, whole):
    rng = seeded(seed)
    group = rng.integers(0, groups, places)
    chance = rng.uniform(0, 1, (places, 4, 2)) * (rng.uniform(size=(places, 1, 1)) < 0.7)
    total = np.zeros((groups, 4, 2))
    np.add.at(total, group, chance)
    chance /= np.maximum(total if whole else total + 0.3, 1e-12)[group]
    counts = rng.integers(0, 50, (groups, 4, 2))
    dealt, left = deal(counts, group, chance, rng)
    back = left.copy()
    np.add.at(back, group, dealt)
    assert (back == counts).all()
    assert dealt.min(initial=0) >= 0
    assert (dealt[chance == 0] == 0).all()
    if whole:
        assert (left[total > 0] == 0).all()


def test_mobilised_items_are_where_they_lay_or_in_the_river():
    unit, cell, share = np.array([0, 0, 1]), np.array([0, 1, 1]), np.array([0.5, 0.25, 1.0])
    p = np.broadcast_to(np.array([0.2, 0.6])[:, None, None], (2, 4, 2000))
    items = np.broadcast_to(np.array([100, 10])[:, None, None], (2, 4, 2000))
    into, stayed = mobilise_counts(items, p, unit, cell, share, np.array([1, 0]), 3, seeded())
    assert (into.sum(axis=0) + stayed.sum(axis=0) == 110).all()
    assert into[:, 0].mean(axis=-1) == pytest.approx([0.25 * 0.6 * 100 + 6, 10, 0], abs=0.4)
    by_member = np.tile([[1, 0], [0, 2]], (1, 1000))
    into, stayed = mobilise_counts(items, p, unit, cell, share, by_member, 3, seeded())
    assert (into.sum(axis=0) + stayed.sum(axis=0) == 110).all()
    assert into[2, 0, ::2].sum() == 0
    assert into[2, 0, 1::2].mean() == pytest.approx(21, abs=0.6)


def test_no_units_no_items():
    none, nowhere = np.zeros(0, int), np.zeros((0, 4, 2))
    into, stayed = mobilise_counts(np.full((2, 4, 2), 3), nowhere, none, none, np.zeros(0), none, 1, seeded())
    assert into.sum() == 0
    assert (stayed == 3).all()


def test_the_estuary_s_account_is_exact():
    table = pd.DataFrame(
        {
            "id": ["a", "b", "c", "e1", "e2", "e3"],
            "down": [""] * 6,
            "length_km": [5.0, 5.0, 5.0, 4.0, 6.0, 10.0],
            "area_km2": 500.0,
            "outlet": ["firth", "sea", "", "", "", ""],
            "estuary": [False] * 3 + [True] * 3,
            "river": ["", "", "", "firth", "firth", "firth"],
            "axis_km": [2.0, np.nan, np.nan, 2.0, 7.0, 15.0],
        }
    )
    river, drawn = RiverNetwork.from_table(table), draw(PARAMS, 2000, seeded())
    roots, shares = estuary_shares(river, drawn)
    outflow, at_estuary = np.full((3, 4, 2000), 20), np.full((3, 4, 2000), 5)
    held, sea, exported = beyond_counts(river, outflow, at_estuary, roots, shares, seeded(2))
    assert (held.sum(axis=0) + sea == 20 + 15 + 20).all()
    assert (exported == 20).all()
    expected = np.einsum("kem,km->em", shares, np.repeat([[20.0], [5.0], [5.0], [5.0]], 2000, axis=1)).mean(axis=1)
    assert held[:, 0].mean(axis=-1) == pytest.approx(expected, rel=0.03)


def test_recovered_items_follow_the_share_of_each_member():
    fit = recovery([600, 170, 52], [1200, 329, 84])
    share = fit.draw_share(seeded().uniform(size=(2, 5000)))
    found, lost = recover_counts(np.full((2, 5000), 84), share, seeded(2))
    assert (found + lost == 84).all()
    chance = np.cumsum(fit.found_probability(84))
    awaited = [np.searchsorted(chance, q) for q in (0.05, 0.5, 0.95)]
    assert np.quantile(found[0], [0.05, 0.5, 0.95]) == pytest.approx(awaited, abs=1.5)


def test_what_is_no_count_is_refused():
    river, lam = chain([5.0]), np.ones((1, 1, 1))
    for items in (np.full((1, 4, 1), 1.5), np.full((1, 4, 1), -1)):
        with pytest.raises(DataError, match="whole items: expected integers"):
            route_integer(river, items, lam, seeded())
    with pytest.raises(DataError, match="routing: items: expected 1 rows, found 2"):
        route_integer(river, np.zeros((2, 4, 1), int), lam, seeded())
    for chance in (-0.1, 1.1, np.nan):
        with pytest.raises(DataError, match="chances: expected from 0"):
            deal(np.ones((1, 4, 1), int), np.array([0]), np.full((1, 4, 1), chance), seeded())
    for share in (-0.1, 1.1, np.nan):
        with pytest.raises(DataError, match="share: expected 0 to 1"):
            recover_counts(np.ones((1, 1), int), np.array([share]), seeded())
