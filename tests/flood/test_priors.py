"""Priors: their notation, their quantiles, their bounds."""

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from geo.errors import ConfigError
from geo.flood import FloodParameters, Parameter
from geo.flood.priors import TAIL, laws, n_columns, quantile, together, uncertain

U = np.linspace(0.01, 0.99, 33)


def scalar(prior, value=0.4, low=-math.inf, high=math.inf):
    return Parameter(value, "1", "assumed", "", prior, low, high)


def several(prior, value=(0.5, 1.0, 2.0), low=-math.inf, high=math.inf):
    return Parameter(value, "1", "assumed", "", prior, low, high)


@pytest.mark.parametrize(
    ("prior", "law"),
    [
        ("U(0.4, 0.8)", stats.uniform(0.4, 0.4)),
        ("logU(0.005, 0.06)", stats.loguniform(0.005, 0.06)),
        ("N(., 0.05)", stats.norm(0.4, 0.05)),
        ("logN(., 0.5)", stats.lognorm(0.5, scale=0.4)),
        ("Beta(4, 4)", stats.beta(4, 4)),
        (" Beta( 18 ,2 ) ", stats.beta(18, 2)),
    ],
)
def test_quantiles_of_a_number(prior, law):
    assert quantile(scalar(prior), U) == pytest.approx(law.ppf(U), rel=1e-10)


def test_one_prior_serves_every_component_with_its_own_centre():
    drawn = quantile(several("logN(., 0.5)"), np.tile(U, (3, 1)))
    for row, centre in zip(drawn, (0.5, 1.0, 2.0), strict=True):
        assert row == pytest.approx(stats.lognorm(0.5, scale=centre).ppf(U), rel=1e-10)


def test_components_may_differ_in_spread_and_in_form():
    u = np.tile(U, (3, 1))
    spreads = quantile(several("N(., 1, 2, 3)"), u)
    forms = quantile(several("U(0, 1); N(., 2); Beta(4, 4)"), u)
    assert spreads[2] == pytest.approx(stats.norm(2, 3).ppf(U), abs=1e-12)
    assert forms[0] == pytest.approx(U, rel=1e-12)
    assert forms[1] == pytest.approx(stats.norm(1, 2).ppf(U), rel=1e-9, abs=1e-12)
    assert forms[2] == pytest.approx(stats.beta(4, 4).ppf(U), rel=1e-10)


def test_shares_add_up_keep_their_zero_and_their_mean():
    mix = several("Dirichlet(10 mix)", (0.80, 0.15, 0.05, 0.0), 0, 1)
    drawn = quantile(mix, np.random.default_rng(1).uniform(size=(4, 20_000)))
    assert np.allclose(drawn.sum(axis=0), 1, atol=1e-14)
    assert (drawn[3] == 0).all()
    assert drawn.mean(axis=1) == pytest.approx([0.80, 0.15, 0.05, 0.0], abs=0.004)
    assert stats.kstest(drawn[0], stats.beta(8, 2).cdf).pvalue > 0.01


@pytest.mark.parametrize("prior", ["U(0.3, 0.3)", "logU(0.3, 0.3)", "N(., 0)", "logN(., 0)"])
def test_a_prior_without_width_is_its_centre_exactly(prior):
    assert (quantile(scalar(prior, 0.3), U) == 0.3).all()


@pytest.mark.parametrize(
    ("prior", "value"),
    [
        ("V(1, 2)", 1.0),
        ("U(1)", 1.0),
        ("U(2, 1)", 1.0),
        ("U(a, b)", 1.0),
        ("U(0, inf)", 1.0),
        ("logU(0, 1)", 1.0),
        ("N(3, 1)", 1.0),
        ("N(., -1)", 1.0),
        ("N(.)", 1.0),
        ("N(., 1, 2)", 1.0),
        ("logN(., 1)", 0.0),
        ("Beta(0, 1)", 1.0),
        ("ln-sd 0.5", 1.0),
        ("U(0, 1), U(0, 2)", 1.0),
        ("U(0, 1); U(0, 2)", 1.0),
        ("Dirichlet(10 mix)", 1.0),
        ("Dirichlet(10)", (0.5, 0.5)),
        ("Dirichlet(0 mix)", (0.5, 0.5)),
        ("Dirichlet(10 mix)", (1.0, 0.0)),
        ("logN(., 1, 2, 3)", (0.5, 0.5)),
        ("U(0, 1)", "hard"),
    ],
)
def test_text_that_is_not_a_prior_names_the_parameter(prior, value):
    with pytest.raises(ConfigError, match="prior: psi: expected"):
        laws(several(prior, value), "psi")


@pytest.mark.parametrize(
    ("prior", "value", "low", "high"),
    [
        ("N(., 0.2)", 0.4, 0, 1),
        ("logN(., 1)", 0.4, 0, 1),
        ("N(., 0.2)", 0.4, 0, math.inf),
        ("U(0, 2)", 0.4, 0, 1),
        ("Beta(4, 4)", 0.6, 0.5, 1),
        ("Dirichlet(5 mix)", (0.5, 0.5), 0.1, 1),
    ],
)
def test_a_prior_that_leaves_the_bounds_is_refused(prior, value, low, high):
    with pytest.raises(ConfigError, match="p_ref: expected a prior within"):
        quantile(several(prior, value, low, high), U, "p_ref")


def test_probabilities_must_fit():
    for u in ([0.0], [1.0], [np.nan], [[0.5]], 0.5):
        with pytest.raises(ConfigError, match="w: expected"):
            quantile(scalar("U(0, 1)"), u, "w")
    with pytest.raises(ConfigError, match="w: expected a prior"):
        quantile(several("logN(., 1)"), np.full((2, 5), 0.5), "w")
    with pytest.raises(ConfigError, match="w: expected a prior"):
        quantile(scalar(""), [0.5], "w")


def test_columns():
    assert [n_columns(scalar(prior)) for prior in ("", "U(0, 1)")] == [0, 1]
    assert [n_columns(several(prior)) for prior in ("", "U(0, 1)", "Dirichlet(10 mix)")] == [0, 3, 3]


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-300, 1 - 1e-16), st.sampled_from(sorted(uncertain(FloodParameters()))))
def test_the_model_s_own_priors_keep_their_bounds_at_any_probability(u, name):
    parameter = getattr(FloodParameters(), name)
    k = n_columns(parameter, name)
    drawn = quantile(parameter, np.full((k, 1) if isinstance(parameter.value, tuple) else 1, u), name)
    assert np.isfinite(drawn).all()
    assert drawn.min() >= parameter.low
    assert drawn.max() <= parameter.high


@pytest.mark.parametrize("name", sorted(uncertain(FloodParameters())))
def test_the_model_s_own_central_values_lie_inside_their_priors(name):
    parameter = getattr(FloodParameters(), name)
    each = laws(parameter, name)
    if each[0].form == "Dirichlet":
        assert sum(parameter.value) == pytest.approx(1)
        return
    ends = [quantile(parameter, np.full((*np.shape(parameter.value), 1), u), name)[..., 0] for u in (TAIL, 1 - TAIL)]
    assert (ends[0] <= parameter.value).all()
    assert (parameter.value <= ends[1]).all()


def test_uncertain_leaves_out_what_is_fixed():
    params = replace(FloodParameters(), p_ref=scalar("", 0.5))
    assert set(uncertain(FloodParameters())) - set(uncertain(params)) == {"p_ref"}


def test_components_move_together_and_shares_through_their_largest():
    assert together(scalar("U(0, 2)"), 0.05) == pytest.approx(0.1)
    assert together(several("U(0, 1); U(0, 2); U(0, 4)"), 0.25).tolist() == [0.25, 0.5, 1.0]
    mix = together(several("Dirichlet(10 mix)", (0.15, 0.80, 0.05, 0.0), 0, 1), 0.95)
    assert mix[1] == pytest.approx(stats.beta(8, 2).ppf(0.95))
    assert mix.sum() == pytest.approx(1)
    assert mix[0] / mix[2] == pytest.approx(3)
    assert mix[3] == 0
