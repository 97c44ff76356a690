"""Closed-form values of the model specification (T8 to T13, T17)."""

import numpy as np
import pandas as pd
import pytest

from geo.flood.corridor import growth, half_width_m
from geo.flood.mobilise import T_LIST_YR, annualise
from geo.flood.network import RiverNetwork
from geo.flood.parameters import FloodParameters
from geo.flood.route import attribute, p_any, phi1, route, travel_scale_km


def chain(lengths, down=None, area=500.0):
    down = down or [*range(1, len(lengths)), -1]
    names = [f"r{i}" for i in range(len(lengths))]
    table = {"id": names, "down": ["" if d < 0 else names[d] for d in down], "length_km": lengths, "area_km2": area}
    return RiverNetwork.from_table(pd.DataFrame(table))


def one_class(values):
    """Items of class N alone, (R, 4, 1)."""
    items = np.zeros((len(values), 4, 1))
    items[:, 1, 0] = values
    return items


def scale(kappa):
    return (1 / np.asarray(kappa, dtype=float)).reshape(-1, 1, 1)


@pytest.mark.parametrize(
    ("period", "value"),
    [
        (1.05, 0.3501750691692656), (2, 0.6281958195607982), (5, 0.7558909856138462), (10, 0.8251950862283599),
        (20, 0.8843292752372858), (50, 0.9530233874893322), (100, 1.0), (200, 1.0437248391962102),
        (500, 1.0975148237825256), (1e4, 1.2504030871241982),
    ],
)  # fmt: skip
def test_t8_growth(period, value):
    assert growth(period, 0.6, 0.4) == pytest.approx(value, rel=1e-9)


def test_t9_three_reaches_in_line():
    out = route(chain([10.0, 20.0, 30.0]), one_class([100, 0, 0]), scale([1 / 13.3] * 3))
    assert out.deposited[:, 1, 0] == pytest.approx([29.706770795242534, 54.667543452480324, 13.98801168245217], rel=1e-9)
    assert out.exported[1, 0] == pytest.approx(1.637674069824977, rel=1e-9)


def test_t10_confluence_without_and_with_a_trap():
    river, items, lam = chain([5.0, 8.0, 12.0], [2, 2, -1]), one_class([40, 60, 10]), scale([0.1, 0.2, 0.05])
    free = route(river, items, lam)
    assert free.deposited[:, 1, 0] == pytest.approx([8.522452777010674, 30.071119424799583, 30.18605962647597], rel=1e-9)
    assert free.exported[1, 0] == pytest.approx(41.22036817171377, rel=1e-9)
    held = route(river, items, lam, eta=np.array([[0.0] * 4, [0.9] * 4, [0.0] * 4]))
    assert held.deposited[2, 1, 0] == pytest.approx(18.032853232240214, rel=1e-9)
    assert held.trapped[1, 1, 0] == pytest.approx(26.93599251768038, rel=1e-9)
    assert held.exported[1, 0] == pytest.approx(26.437582048269157, rel=1e-9)


@pytest.mark.parametrize("pieces", [1, 2, 7, 100])
def test_t11_cutting_a_reach_changes_nothing(pieces):
    river = chain([12.0 / pieces] * pieces)
    out = route(river, one_class([10 / pieces] * pieces), scale([0.05] * pieces))
    assert out.exported[1, 0] == pytest.approx(7.5198060650996, rel=1e-12)
    assert out.deposited.sum() == pytest.approx(2.4801939349004, rel=1e-12)


def test_t12_adjoint_of_the_confluence():
    river, items, lam = chain([5.0, 8.0, 12.0], [2, 2, -1]), one_class([40, 60, 10]), scale([0.1, 0.2, 0.05])
    eta, none = np.array([[0.0] * 4, [0.9] * 4, [0.0] * 4]), np.zeros((1, 1, 1))
    u, m = attribute(river, lam, np.array([0.0, 0, 1]).reshape(3, 1, 1), none, none, eta)
    assert u[:, 1, 0] == pytest.approx([0.2736595760145539, 0.00910933596323215, 0.4511883639059736], rel=1e-9)
    assert m[:, 1, 0] == pytest.approx([0.3550575757828394, 0.02250593776710325, 0.2480193934900441], rel=1e-9)
    assert (m * items).sum() == pytest.approx(18.03285323224021, rel=1e-9)
    one = np.ones((1, 1, 1))
    assert attribute(river, lam, one, one, one, eta)[1] == pytest.approx(1.0, abs=1e-12)


def test_t13_phi1_and_its_limits():
    values = [1, 0.9999999999995, 0.6321205588285577, 0.0014285714285714286]
    assert phi1(np.array([0, 1e-12, 1, 700])) == pytest.approx(values, rel=1e-12)
    river, items = chain([10.0, 20.0]), one_class([3, 4])
    assert route(river, items, np.full((2, 4, 1), np.inf)).exported.sum() == pytest.approx(7)
    assert route(river, items, np.full((2, 4, 1), 1e-300)).exported.sum() == pytest.approx(0, abs=1e-12)


def test_t17_pocket_river_by_hand():
    params = FloodParameters().override({"psi": 0.1})
    b = half_width_m(np.full(3, 500.0), np.full(3, 100.0), 1.0, params.central())
    assert b[:, 0].tolist() == [350.0] * 3
    lam = travel_scale_km(np.full(3, 100.0), params.central())
    out = route(chain([10.0] * 3), one_class([1000 * 0.5 * 0.1 * 0.5, 0, 0]), lam)
    deposit = out.deposited[:, 1, 0]
    assert deposit == pytest.approx([10.730095937203805, 10.181508098070369, 2.9170509093680312], rel=1e-9)
    assert out.exported[1, 0] == pytest.approx(1.1713450553577933, rel=1e-9)
    assert deposit[1] / 7.0 == pytest.approx(1.4545011568671955, rel=1e-9)
    assert p_any(deposit[1], 0.5) == pytest.approx(0.783644113813681, rel=1e-9)


def test_t17_yearly_bounds():
    params = FloodParameters().override({"psi": 0.1})
    b = np.array(
        [half_width_m(np.array([500.0]), np.array([100.0]), growth(T, 0.6, 0.4), params.central())[0, 0] for T in T_LIST_YR]
    )
    moved = 1000 * 0.1 * 0.5 * np.clip((b - 150) / 400, 0, 1)
    lower, upper = annualise(moved, 1000 * 0.1 * 0.5)
    assert lower == pytest.approx(9.30228921843524, rel=1e-9)
    assert upper == pytest.approx(12.833509875271073, rel=1e-9)
    assert lower <= 11.08823 <= upper


def test_t18_width_and_stage_share_one_growth_curve():
    h100, slope = 0.6309573444801931 * 500**0.30, 0.02
    params = FloodParameters().override({"b0_m": [h100 / slope] * 5})
    for period in (2, 20, 500):
        b = half_width_m(np.array([500.0]), np.array([0.0]), growth(period, 0.6, 0.4), params.central())[0, 0]
        assert b == pytest.approx(h100 * growth(period, 0.6, 0.4) / slope, rel=1e-12)
