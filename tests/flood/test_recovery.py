"""Recovery from counts: golden values, calibration against synthetic events, counts of losses, travel scale."""

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import integrate, stats

from geo.errors import ConfigError, DataError
from geo.flood.recovery import compare, count_log_likelihood, leave_one_out, recovery, travel_quantile_km

FOUND, DISPLACED = [600, 170, 52], [1200, 329, 84]
BAND = [0.05, 0.5, 0.95]


@pytest.fixture(scope="module")
def fit():
    return recovery(FOUND, DISPLACED)


def test_t14_posterior(fit):
    assert fit.mu_mean == pytest.approx(0.535686666438441, rel=1e-9)
    assert fit.mu_quantile([0.05, 0.95]) == pytest.approx([0.4392944556, 0.6298751483], rel=1e-9)
    assert fit.kappa_quantile(0.5) == pytest.approx(33.6282660687, rel=1e-9)


def test_t14_new_event(fit):
    assert fit.new_event(BAND) == pytest.approx([0.348799141370614, 0.5352306941736042, 0.7234358932444253], rel=1e-9)
    assert fit.moments() == pytest.approx((9.724073497339347, 8.428466236364855), rel=1e-9)
    assert fit.displaced_given_found(243, BAND).round().tolist() == [336, 454, 697]


def test_t14_leave_one_out(fit):
    pit, band = leave_one_out(fit)
    assert pit.round(5).tolist() == [0.30942, 0.40032, 0.81557]
    assert band.tolist() == [[390, 671, 938], [102, 180, 257], [24, 43, 61]]


def test_t14_sensitivity():
    wide = ([*FOUND, 250], [*DISPLACED, 1300])
    table = compare(
        {
            "kappa 5": recovery(FOUND, DISPLACED, (math.log(5), 1)),
            "kappa 100": recovery(FOUND, DISPLACED, (math.log(100), 1)),
            "1996 as 680 of 3,680": recovery([680, 170, 52], [3680, 329, 84]),
            "ten bases": recovery(*wide),
        }
    )
    told = table.set_index("fit")
    assert told["events"].tolist() == [3, 3, 3, 4]
    assert told["mean"].round(3).tolist() == [0.536, 0.529, 0.432, 0.449]
    assert told.loc["kappa 5", "new_q05":"new_q95"].astype(float).round(3).tolist() == [0.231, 0.539, 0.829]
    assert told.loc["kappa 100", "new_q05":"new_q95"].astype(float).round(3).tolist() == [0.427, 0.527, 0.638]
    assert told.loc["1996 as 680 of 3,680", "new_q05":"beta_b"].astype(float).round(3).tolist() == [
        0.12,
        0.422,
        0.78,
        2.292,
        3.018,
    ]
    assert told.loc["ten bases", "new_q05":"new_q95"].astype(float).round(3).tolist() == [0.16, 0.443, 0.759]


def test_without_events_the_prior_is_left():
    prior = recovery([], [])
    assert prior.mu_mean == pytest.approx(0.5)
    assert prior.new_event(0.5) == pytest.approx(0.5)
    assert prior.mu_quantile([0.05, 0.95]) == pytest.approx([0.05, 0.95], abs=0.01)


def test_one_large_event_is_no_certainty():
    one = recovery([5000], [10000])
    low, high = one.new_event([0.05, 0.95])
    assert high - low > 0.2


def test_found_counts_are_a_law_around_the_share(fit):
    for n in (0, 1, 7, 84):
        chance = fit.found_probability(n)
        assert chance.sum() == pytest.approx(1, abs=1e-10)
        assert chance @ np.arange(n + 1) == pytest.approx(n * fit.mu_mean, abs=1e-9)
    one = (fit.mu**2 * fit.weight.sum(axis=1)).sum()
    spread = (fit.mu * (1 - fit.mu))[:, None] / (fit.kappa + 1) * fit.weight
    assert fit.found_probability(2)[2] == pytest.approx(one + spread.sum(), rel=1e-9)
    assert fit.found_quantile(84, 0.5) == np.searchsorted(np.cumsum(fit.found_probability(84)), 0.5)


def test_drawn_shares_follow_the_law_of_a_new_event(fit):
    rng = np.random.default_rng(3)
    q = np.linspace(0.05, 0.95, 10)
    drawn = fit.draw_share(rng.uniform(size=(2, 4000)))
    assert drawn.shape == (4000,)
    counts = np.histogram(drawn, [0, *fit.new_event(q), 1])[0]
    expected = np.diff([0, *q, 1]) * len(drawn)
    assert stats.chisquare(counts, expected).pvalue > 0.01


@settings(max_examples=20, deadline=None)
@given(st.floats(1e-6, 1 - 1e-6), st.floats(1e-6, 1 - 1e-6))
def test_quantiles_rise_and_stay_shares(fit, p, q):
    low, high = fit.new_event(sorted((p, q)))
    assert 0 < low <= high < 1


@settings(max_examples=10, deadline=None)
@given(st.permutations(range(3)))
def test_the_order_of_events_does_not_matter(order):
    found, displaced = np.array(FOUND)[order], np.array(DISPLACED)[order]
    assert recovery(found, displaced).mu_mean == pytest.approx(0.535686666438441, rel=1e-12)


def test_swapping_found_and_missing_mirrors_the_share():
    missing = np.subtract(DISPLACED, FOUND)
    assert recovery(missing, DISPLACED).new_event([0.05, 0.95])[::-1] == pytest.approx(
        1 - recovery(FOUND, DISPLACED).new_event([0.05, 0.95]), rel=1e-10
    )


def test_calibrated_against_synthetic_events():
    """Where truth comes from the prior, its rank in the posterior is uniform."""
    rng = np.random.default_rng(20)
    ranks = np.zeros((200, 2))
    for i in range(len(ranks)):
        mu = rng.uniform(0.01, 0.99)
        kappa = math.exp(math.log(20) + stats.truncnorm.rvs(-math.log(20), math.log(100), random_state=rng))
        share = rng.beta(mu * kappa, (1 - mu) * kappa, size=3)
        fit = recovery(rng.binomial(DISPLACED, share), DISPLACED)
        by_mu, by_kappa = np.cumsum(fit.weight.sum(axis=1)), np.cumsum(fit.weight.sum(axis=0))
        ranks[i] = np.interp(mu, fit.mu, by_mu), np.interp(kappa, fit.kappa, by_kappa)
    assert stats.kstest(ranks[:, 0], "uniform").pvalue > 0.01
    assert stats.kstest(ranks[:, 1], "uniform").pvalue > 0.01


@pytest.mark.parametrize(
    ("found", "displaced"),
    [([5], [4]), ([5, 4], [6]), ([-1], [4]), ([1.5], [4]), ([np.nan], [4]), ([1], [np.inf]), ([[1]], [[2]])],
)
def test_impossible_events_are_refused(found, displaced):
    with pytest.raises(DataError, match="expected"):
        recovery(found, displaced)


def test_wrong_use_is_refused(fit):
    with pytest.raises(ConfigError, match="kappa_ln"):
        recovery(FOUND, DISPLACED, (3.0, 0.0))
    for q in (0.0, 1.0, np.nan):
        with pytest.raises(ConfigError, match="probability: expected above 0 and below 1"):
            fit.new_event(q)
    with pytest.raises(DataError, match="displaced: expected at least 0"):
        fit.found_probability(-1)
    for found in (-1, np.nan):
        with pytest.raises(DataError, match="found: expected at least 0"):
            fit.displaced_given_found(found, 0.5)


def test_yearly_counts_are_negative_binomial():
    expected, k = np.array([[3.0, 40.0], [250.0, 4.0]]), 2.5
    law = stats.nbinom(k, k / (k + expected))
    assert count_log_likelihood(expected, [5, 90], k) == pytest.approx(law.logpmf([[5], [90]]).sum(axis=0), rel=1e-10)
    told = count_log_likelihood(expected, [5, 90], k, [False, True])
    mixed = law.logpmf([[5], [90]])[0] + law.logsf([[5], [90]])[1]
    assert told == pytest.approx(mixed, rel=1e-9)


def test_more_than_zero_is_one_less_the_chance_of_none():
    both = [count_log_likelihood(np.array([[2.0]]), [0], 1.5, flag)[0] for flag in (False, True)]
    assert np.exp(both).sum() == pytest.approx(1, rel=1e-12)


def test_a_count_out_of_reach_is_unlikely_but_finite():
    assert np.isfinite(count_log_likelihood(np.array([[1e-3]]), [10**6], 5.0, True)).all()


@pytest.mark.parametrize(("expected", "counts", "k"), [(0.0, 1, 1.0), (np.nan, 1, 1.0), (1.0, -1, 1.0), (1.0, 1, 0.0)])
def test_impossible_yearly_counts_are_refused(expected, counts, k):
    with pytest.raises(DataError, match="counts"):
        count_log_likelihood(np.array([[expected]]), [counts], k)


def test_travel_scale():
    assert travel_quantile_km([0.05, 0.95]).round(2).tolist() == [10.78, 16.90]
    assert travel_quantile_km([0.05, 0.95], 3).round(1).tolist() == [6.3, 48.8]
    q = np.linspace(0.05, 0.95, 7)
    assert travel_quantile_km(q, 5, 2.0) == pytest.approx(stats.invgamma(5, scale=10.0).ppf(q), rel=1e-9)
    for distances, mean in ((0, 1.0), (3, 0.0), (3, np.nan)):
        with pytest.raises(DataError, match="travel scale"):
            travel_quantile_km(0.5, distances, mean)


def test_travel_scale_is_what_bayes_says():
    """A flat prior of the rate over scale (1/Lambda) leaves an inverse gamma with one shape per distance."""
    data = np.array([8.0, 20.0, 11.0])

    def density(scale):
        return np.prod(np.exp(-data / scale) / scale) / scale

    whole = integrate.quad(density, 0.1, np.inf)[0]
    below = integrate.quad(density, 0.1, travel_quantile_km(0.3, 3, data.mean()))[0]
    assert below / whole == pytest.approx(0.3, rel=1e-6)
