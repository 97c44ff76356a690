"""The root of an increasing function: found to its tolerance, or refused with both ends named."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import DataError
from geo.solve import increasing_root


@given(st.floats(0.01, 100), st.sampled_from([0.5, 1.0, 2.0, 3.0]))
def test_power(root, power):
    assert increasing_root(lambda x: x**power, root**power, 0.0, 200.0) == pytest.approx(root, rel=3e-9)


def test_a_flat_start_is_crossed():
    assert increasing_root(lambda x: max(0.0, x - 7.0), 3.0, 0.0, 20.0) == pytest.approx(10.0)


def test_an_end_of_the_bracket_may_be_the_root():
    assert increasing_root(lambda x: x, 5.0, 0.0, 5.0) == pytest.approx(5.0)
    assert increasing_root(lambda x: x, 1.0, 1.0, 5.0) == pytest.approx(1.0)


def test_negative_target():
    assert increasing_root(math.atan, -1.0, -10.0, 10.0) == pytest.approx(math.tan(-1.0))


@pytest.mark.parametrize("target", [-1.0, 26.0])
def test_an_unreachable_target_names_both_ends(target):
    with pytest.raises(DataError, match=rf"no width meets the target: expected {target:g}, found 0 at 0 and 25 at 5"):
        increasing_root(lambda x: x * x, target, 0.0, 5.0, what="width")


def test_few_calls_are_enough():
    calls = []
    increasing_root(lambda x: calls.append(x) or math.exp(x), 2.0, -10.0, 10.0)
    assert len(calls) < 60
