"""The level that reported losses leave to rivers, and the encounter with what they leave."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ConfigError, DataError
from geo.flood.closure import close_level, configuration_hash
from geo.flood.risk import p_encounter

positive = st.floats(1e-3, 1e6)


@settings(max_examples=50, deadline=None)
@given(st.floats(1e-5, 1e-2), st.floats(1e4, 1e7), st.floats(0, 0.99), positive)
def test_level_explains_what_is_reported(rate, total, share_of_slides, river):
    slides = rate * total * share_of_slides
    level = close_level(rate, total, slides, river, "x")
    assert 0 < level.psi <= 1 and level.remainder_per_yr >= 0
    assert slides + level.psi * river + level.remainder_per_yr == pytest.approx(rate * total, rel=1e-9)
    assert bool(level.clipped) == (level.remainder_per_yr > 0)
    assert level.psi == 1 or level.remainder_per_yr == 0


def test_level_of_the_plausible_formula():
    """Floodplain share 0.05, yearly chance 0.17, p 0.5, no slides: the model says ten times too much."""
    assert close_level(5.8e-4, 1.0, 0.0, 0.05 * 0.17 * 0.5, "x").psi == pytest.approx(0.136, abs=5e-4)


def test_level_by_member():
    level = close_level(np.array([1e-4, 1e-3]), 1e6, 50.0, np.array([500.0, 500.0]), "x")
    assert level.psi.tolist() == [0.1, 1.0]
    assert level.remainder_per_yr == pytest.approx([0, 450])
    assert level.clipped.tolist() == [False, True]


def test_slides_leave_nothing_to_rivers():
    with pytest.raises(DataError, match="-50 per year in 1 of 2 members"):
        close_level(np.array([1e-4, 1e-3]), 1e6, 150.0, 500.0, "x")
    with pytest.raises(DataError, match="losses left to rivers"):
        close_level(1e-4, 1e6, 100.0, 500.0, "x")


@pytest.mark.parametrize("change", [{"river_losses_per_yr": 0.0}, {"n_total": np.nan}, {"slides_per_yr": -1.0}])
def test_faulty_losses(change):
    sound = {"lambda_nat": 1e-3, "n_total": 1e6, "slides_per_yr": 1.0, "river_losses_per_yr": 10.0, "configuration": "x"}
    with pytest.raises(DataError, match="level psi"):
        close_level(**sound | change)


CONFIGURATION = {"detail": "depth", "network": {"down": np.array([1, -1])}, "totals": [21.8, 90.7], "terrain": None}


def test_level_belongs_to_its_configuration():
    level = close_level(1e-3, 1e6, 0.0, 2e3, configuration_hash(CONFIGURATION))
    level.check(configuration_hash(dict(reversed(CONFIGURATION.items()))))
    with pytest.raises(ConfigError, match="close the level again"):
        level.check(configuration_hash(CONFIGURATION | {"terrain": "demo"}))


@pytest.mark.parametrize(
    "change",
    [
        {"detail": "rivers"},
        {"network": {"down": np.array([1, 0])}},
        {"network": {"down": np.array([[1], [-1]])}},
        {"totals": [21.8, 90.8]},
        {"totals": [21.8]},
        {"totals": "21.8, 90.7"},
        {"terrain": False},
    ],
)
def test_every_difference_changes_the_hash(change):
    assert configuration_hash(CONFIGURATION | change) != configuration_hash(CONFIGURATION)


def test_hash_of_equal_numbers_and_of_odd_things():
    assert configuration_hash({"a": np.float64(1.5), "b": np.int64(2)}) == configuration_hash({"a": 1.5, "b": 2})
    with pytest.raises(ConfigError, match="configuration.a.*object"):
        configuration_hash({"a": object()})


def test_t19_encounter():
    assert p_encounter(10.0, 1000.0) == pytest.approx(0.0029955044966, rel=1e-9)


@settings(max_examples=50, deadline=None)
@given(st.floats(0, 1e9), st.floats(0, 1e5), st.floats(0, 1), st.floats(1, 10))
def test_encounter_is_a_probability_that_grows(density, length, live, factor):
    p = p_encounter(density, length, live_share=live)
    assert 0 <= p <= 1
    assert p_encounter(density * factor, length, live_share=live) >= p
    assert p_encounter(density, length * factor, live_share=live) >= p
    assert p_encounter(density, length, live_share=1.0) >= p


def test_two_walks_are_one_longer_walk():
    one, two = p_encounter(300.0, 400.0), p_encounter(300.0, 600.0)
    assert p_encounter(300.0, 1000.0) == pytest.approx(1 - (1 - one) * (1 - two), rel=1e-12)


@pytest.mark.parametrize("change", [{"items_km2": -1.0}, {"length_m": np.nan}, {"live_share": 1.1}, {"q": 2.0}])
def test_faulty_encounters(change):
    with pytest.raises(DataError, match="encounter"):
        p_encounter(**{"items_km2": 1.0, "length_m": 1.0} | change)
