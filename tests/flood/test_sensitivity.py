"""Sensitivity: functions whose shares of variance are known."""

import math
from dataclasses import replace

import numpy as np
import pytest

from geo.errors import ConfigError, DataError
from geo.flood import FloodParameters, Parameter
from geo.flood.ensemble import draw
from geo.flood.priors import uncertain
from geo.flood.sensitivity import first_order_given_data, one_at_a_time, ranking, sobol

PARAMS = FloodParameters()
PI = math.pi


def world(**priors):
    """Parameters of which only the named ones have a prior; each is given as (value, prior, tag)."""
    fixed = {name: replace(parameter, prior="") for name, parameter in uncertain(PARAMS).items()}
    given = {name: Parameter(value, "1", tag, "", prior) for name, (value, prior, tag) in priors.items()}
    return replace(PARAMS, **{**fixed, **given})


ANGLES = {name: (0.0, f"U({-PI!r}, {PI!r})", "assumed") for name in ("k_nb", "p_ref", "psi")}


def ishigami(drawn):
    x1, x2, x3 = drawn["k_nb"], drawn["p_ref"], drawn["psi"]
    return (np.sin(x1) + 7 * np.sin(x2) ** 2 + 0.1 * x3**4 * np.sin(x1))[None]


def ishigami_shares():
    """First-order and total shares of x1, x2, x3 for a = 7, b = 0.1."""
    v1, v2, v13 = 0.5 * (1 + 0.1 * PI**4 / 5) ** 2, 7**2 / 8, 0.1**2 * PI**8 * (1 / 18 - 1 / 50)
    whole = v1 + v2 + v13
    return [v1 / whole, v2 / whole, 0.0], [(v1 + v13) / whole, v2 / whole, v13 / whole]


def by_name(table, *columns):
    return table.set_index("parameter").loc[["k_nb", "p_ref", "psi"], list(columns)].to_numpy(float).T


def test_sobol_of_ishigami_within_three_standard_errors():
    table = sobol(world(**ANGLES), ishigami, ["f"], 4000, np.random.default_rng(1))
    first, first_se, total, total_se = by_name(table, "first", "first_se", "total", "total_se")
    known_first, known_total = ishigami_shares()
    assert (np.abs(first - known_first) < 3 * first_se + 1e-12).all()
    assert (np.abs(total - known_total) < 3 * total_se + 1e-12).all()
    assert first_se.max() < 0.04
    assert total_se.max() < 0.04
    assert table["parameter"].tolist() == ["k_nb", "p_ref", "psi"]


def test_the_standard_error_is_what_repetition_shows():
    tables = [sobol(world(**ANGLES), ishigami, ["f"], 200, rng) for rng in np.random.default_rng(2).spawn(60)]
    told = np.stack([by_name(table, "first", "total", "first_se", "total_se") for table in tables])
    spread, claimed = told[:, :2].std(axis=0), told[:, 2:].mean(axis=0)
    assert (claimed > 0.7 * spread).all()  # a hypercube spreads less than the free sample that is resampled
    assert (claimed < 2.5 * spread).all()


ADDITIVE = {
    "k_nb": (0.0, "N(., 3)", "assumed"),
    "p_ref": (0.0, "N(., 2)", "published"),
    "psi": (0.0, "N(., 1)", "assumed"),
    "lambda_ref_km": ((0.0, 0.0, 0.0, 0.0), "N(., 1, 1, 1, 1)", "assumed"),
}


def additive(drawn):
    return np.stack([drawn["k_nb"] + drawn["p_ref"] + drawn["psi"] + drawn["lambda_ref_km"].sum(axis=0), drawn["psi"] + 5])


def test_sobol_of_a_sum_is_the_share_of_its_variances_and_components_form_a_group():
    table = sobol(world(**ADDITIVE), additive, ["sum", "shifted"], 4000, np.random.default_rng(3))
    told = table[table["quantity"] == "sum"].set_index("parameter")
    known = {"k_nb": 9 / 18, "p_ref": 4 / 18, "lambda_ref_km": 4 / 18, "psi": 1 / 18}
    for name, share in known.items():
        assert told.loc[name, "first"] == pytest.approx(share, abs=0.04)
        assert told.loc[name, "total"] == pytest.approx(share, abs=0.04)
    alone = table[table["quantity"] == "shifted"].set_index("parameter")
    assert alone.loc["psi", ["first", "total"]].tolist() == pytest.approx([1, 1], abs=0.05)
    assert alone.loc["k_nb", ["first", "total"]].tolist() == [0, 0]
    assert table["quantity"].tolist() == ["sum"] * 4 + ["shifted"] * 4
    assert told.loc["p_ref", "tag"] == "published"


def test_a_large_offset_changes_no_share():
    plain, far = (
        sobol(world(**ADDITIVE), lambda drawn, c=c: additive(drawn)[:1] + c, ["f"], 100, np.random.default_rng(4))
        for c in (0.0, 1e6)
    )
    assert far["first"].tolist() == pytest.approx(plain["first"].tolist(), abs=1e-7)
    assert far["total"].tolist() == pytest.approx(plain["total"].tolist(), abs=1e-7)


def test_what_does_not_vary_has_no_shares():
    constant = sobol(world(**ANGLES), lambda drawn: np.full((1, len(drawn["psi"])), 0.1), ["f"], 50, np.random.default_rng(5))
    assert (constant[["first", "first_se", "total", "total_se"]] == 0).all().all()
    ranks = first_order_given_data(draw(world(**ANGLES), 30, np.random.default_rng(1)), np.full((1, 30), 0.1), ["f"])
    assert (ranks["first"] == 0).all()


def test_sobol_runs_in_batches_of_the_base_and_repeats_with_its_generator():
    sizes = []

    def run(drawn):
        sizes.append(len(drawn["psi"]))
        return ishigami(drawn)

    tables = [sobol(world(**ANGLES), run, ["f"], 16, np.random.default_rng(6)) for _ in range(2)]
    assert sizes == [16] * 10
    assert tables[0].equals(tables[1])


def test_first_order_from_an_ensemble_at_hand():
    drawn = draw(world(**ANGLES), 8000, np.random.default_rng(7))
    table = first_order_given_data(drawn, ishigami(drawn), ["f"])
    (first,) = by_name(table, "first")
    assert first == pytest.approx(ishigami_shares()[0], abs=3 * table["noise"].iloc[0])
    assert table["parameter"].tolist() == ["p_ref", "k_nb", "psi"]
    assert (table["component"] == 0).all()


def test_first_order_tells_components_apart_and_leaves_out_what_is_fixed():
    drawn = draw(world(**ADDITIVE), 4000, np.random.default_rng(8))
    table = first_order_given_data(drawn, drawn["lambda_ref_km"][2:3] * 2, ["third"])
    assert set(table["parameter"]) == set(ADDITIVE)
    assert table.loc[0, ["parameter", "component"]].tolist() == ["lambda_ref_km", 2]
    assert table.loc[0, "first"] == pytest.approx(1, abs=0.01)
    assert table.loc[1, "first"] < 0.06


def test_one_at_a_time_moves_one_parameter_to_the_quantiles_of_its_prior():
    seen = {}

    def run(drawn):
        seen.update(drawn)
        return np.stack([10 + drawn["k_nb"] + 2 * drawn["p_ref"], drawn["psi"] ** 2])

    some = world(k_nb=(0.0, "U(0, 1)", "assumed"), p_ref=(0.0, "U(0, 2)", "derived"), psi=(0.0, "U(-1, 1)", "assumed"))
    table = one_at_a_time(some, run, ["linear", "square"])
    assert len(seen["w_ref_m"]) == 7
    assert table["parameter"].tolist() == ["p_ref", "k_nb", "psi", "psi", "k_nb", "p_ref"]
    top = table.loc[0, ["tag", "quantity", "central", "at_low", "at_high", "swing"]].tolist()
    assert top[:2] == ["derived", "linear"]
    assert top[2:] == pytest.approx([10, 10.2, 13.8, 0.38])
    assert table.loc[3, ["central", "at_low", "at_high"]].astype(float).tolist() == pytest.approx([0, 0.81, 0.81])
    assert table.loc[3, "swing"] == math.inf
    assert table.loc[2, "swing"] == 0
    assert table.loc[4, "swing"] == 0


def test_one_at_a_time_moves_the_components_together():
    table = one_at_a_time(
        world(lambda_ref_km=((10.0, 10.0, 10.0, 10.0), "U(5, 10); U(8, 10); U(10, 15); U(10, 20)", "assumed")),
        lambda drawn: drawn["lambda_ref_km"],
        list("BNHD"),
        0.5,
        0.9,
    )
    assert table["at_low"].tolist() == pytest.approx([7.5, 9, 12.5, 15])
    assert table["at_high"].tolist() == pytest.approx([9.5, 9.8, 14.5, 19])


def test_the_model_s_own_parameters_each_get_a_row():
    table = one_at_a_time(PARAMS, lambda drawn: drawn["mix_north"], list("BNHD"))
    told = table[table["quantity"] == "B"]
    assert sorted(told["parameter"]) == sorted(uncertain(PARAMS))
    assert told["parameter"].iloc[0] == "mix_north"
    assert (told["swing"].iloc[1:] == 0).all()
    assert not table.isna().any().any()


def test_ranking_is_by_total_then_by_swing():
    some, names = world(**ADDITIVE), ["sum", "shifted"]
    table = ranking(sobol(some, additive, names, 500, np.random.default_rng(9)), one_at_a_time(some, additive, names))
    assert len(table) == 8
    assert table["quantity"].tolist() == ["sum"] * 4 + ["shifted"] * 4
    assert table["parameter"].iloc[[0, 3, 4]].tolist() == ["k_nb", "psi", "psi"]
    unmoved = table[table["total"] == 0]
    assert unmoved["parameter"].tolist() == sorted(unmoved["parameter"])
    assert {"first", "first_se", "total", "total_se", "central", "at_low", "at_high", "swing"} < set(table.columns)


def test_wrong_use_is_refused():
    some, rng = world(**ANGLES), np.random.default_rng(1)
    for low, high in ((0.5, 0.5), (0.0, 0.9), (0.1, 1.0), (0.9, 0.1)):
        with pytest.raises(ConfigError, match="low, high"):
            one_at_a_time(some, ishigami, ["f"], low, high)
    for base, resamples in ((1, 200), (10, 1)):
        with pytest.raises(ConfigError, match="base, resamples"):
            sobol(some, ishigami, ["f"], base, rng, resamples)


@pytest.mark.parametrize("broken", [lambda f: f[0], lambda f: f[:, :-1], lambda f: f * np.nan, lambda f: np.concatenate([f, f])])
def test_a_run_that_returns_gaps_or_another_shape_is_refused(broken):
    some, rng = world(**ANGLES), np.random.default_rng(1)
    with pytest.raises(DataError, match="sensitivity: f: expected finite values of 1 quantities for 7 members"):
        one_at_a_time(some, lambda drawn: broken(ishigami(drawn)), ["f"])
    with pytest.raises(DataError, match="sensitivity: f"):
        sobol(some, lambda drawn: broken(ishigami(drawn)), ["f"], 10, rng)
    drawn = draw(some, 10, rng)
    with pytest.raises(DataError, match="sensitivity: f"):
        first_order_given_data(drawn, broken(ishigami(drawn)), ["f"])
