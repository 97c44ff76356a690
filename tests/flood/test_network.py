import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import DataError
from geo.flood import RiverNetwork, attribute, route


def table(**columns):
    base = {
        "id": ["a", "b", "c"],
        "down": ["c", "c", ""],
        "length_km": [5.0, 8.0, 12.0],
        "area_km2": [50.0, 80.0, 200.0],
    }
    return pd.DataFrame({**base, **columns})


@st.composite
def forests(draw):
    """Random forests of reaches: each flows into a later one or out."""
    n = draw(st.integers(1, 12))
    down = [draw(st.sampled_from([-1, *range(i + 1, n)])) for i in range(n)]
    rng = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    names = [f"r{i}" for i in rng.permutation(n)]
    frame = pd.DataFrame({
        "id": names, "down": ["" if d < 0 else names[d] for d in down], "length_km": rng.uniform(0.1, 40, n),
        "area_km2": rng.uniform(1, 2e4, n), "eta": rng.choice([0.0, 0.0, 0.9, 1.0], n),
    })  # fmt: skip
    return frame, rng


def test_order_paths_and_defaults():
    river = RiverNetwork.from_table(table(dam=["weir", "", ""]))
    assert river.down.tolist() == [2, 2, -1]
    assert river.order.tolist() == [0, 1, 2]
    assert river.path.tolist() == [0, 2, 2]
    assert river.eta.tolist() == [[0.9, 0.95, 0.95, 0.95], [0.0] * 4, [0.0] * 4]
    assert river.width_m == pytest.approx(7.2 * np.sqrt([50, 80, 200]))
    assert river.slope.tolist() == [1e-4] * 3
    assert river.warnings == ()


def test_equal_branches_follow_the_lowest_id():
    assert RiverNetwork.from_table(table(area_km2=[80.0, 80.0, 200.0])).path.tolist() == [2, 1, 2]


def test_area_class_stands_in_for_area():
    river = RiverNetwork.from_table(table(area_km2=[np.nan, 80, 200], area_class=[2, 2, 3]))
    assert river.area_km2.tolist() == [30.0, 80.0, 200.0]


def test_lines_are_measured_on_the_ellipsoid():
    lines = [shapely.LineString([(127, 38), (127, 38.1)]), shapely.LineString([(127, 38.1), (127, 38.2)])]
    frame = gpd.GeoDataFrame({"id": ["u", "v"], "down": ["v", ""], "area_km2": [1.0, 2.0]}, geometry=lines, crs=4326)
    assert RiverNetwork.from_table(frame).length_km == pytest.approx([11.099, 11.099], abs=1e-3)
    with pytest.raises(DataError, match="length in degrees: u, v"):
        RiverNetwork.from_table(frame.assign(length_km=0.1))


def test_falling_area_is_a_warning():
    river = RiverNetwork.from_table(table(area_km2=[50.0, 210.0, 200.0]))
    assert river.warnings == ("drainage area falls downstream by more than 1 % below: b",)
    assert RiverNetwork.from_table(table(area_km2=[50.0, 201.0, 200.0])).warnings == ()


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"down": ["b", "c", "a"]}, "cycle: a -> b -> c -> a"),
        ({"down": ["c", "b", ""]}, "cycle: b -> b"),
        ({"down": ["c", "x", "y"]}, "unknown reach below it: b, c"),
        ({"length_km": [0.0, -1.0, np.nan]}, "length not positive: a, b, c"),
        ({"area_km2": [np.nan, 80, 200]}, "neither area nor class: a"),
        ({"id": ["a", "a", "c"]}, "repeated id: a, a"),
        ({"id": ["a", "a", "c"], "down": ["c", "", ""]}, "two reaches below it: a, a"),
        ({"width_m": [-1.0, 2, 3]}, "width not positive: a"),
        ({"slope": [-0.1, 0, 0]}, "slope negative: a"),
        ({"eta": [0, 1.5, 0]}, "trap efficiency outside 0 to 1: b"),
    ],
)
def test_errors_name_the_reaches(change, told):
    with pytest.raises(DataError, match=told):
        RiverNetwork.from_table(table(**change))


def test_all_errors_come_at_once():
    with pytest.raises(DataError, match=r"unknown reach below it: a.*length not positive: b"):
        RiverNetwork.from_table(table(down=["x", "c", ""], length_km=[5, 0, 12]))


def test_empty_network():
    river = RiverNetwork.from_table(table().iloc[:0])
    out = route(river, np.zeros((0, 4, 2)), np.ones((0, 4, 1)))
    assert out.exported.shape == (4, 2) and out.exported.sum() == 0


@settings(deadline=None, max_examples=30)
@given(forests())
def test_routing_conserves_and_is_linear(world):
    frame, rng = world
    river = RiverNetwork.from_table(frame)
    lam = rng.uniform(0.2, 100, (len(frame), 4, 3))
    one, two = rng.uniform(0, 1e4, (2, len(frame), 4, 3))
    first, second, both = (route(river, items, lam) for items in (one, two, one + 2 * two))
    kept = first.deposited.sum(0) + first.trapped.sum(0) + first.exported
    assert kept == pytest.approx(one.sum(0), rel=1e-9)
    assert (first.deposited >= 0).all() and (first.trapped >= 0).all()
    assert both.deposited == pytest.approx(first.deposited + 2 * second.deposited, rel=1e-9, abs=1e-9)


@settings(deadline=None, max_examples=30)
@given(forests())
def test_adjoint_answers_for_every_target(world):
    frame, rng = world
    river, n = RiverNetwork.from_table(frame), len(frame)
    lam, items = rng.uniform(0.2, 100, (n, 4, 2)), rng.uniform(0, 10, (n, 4, 2))
    out = route(river, items, lam)
    deposit, trap, leave = rng.uniform(0, 1, (3, n, 4, 2))
    _, m = attribute(river, lam, deposit, trap, leave)
    roots = river.down < 0
    direct = (deposit * out.deposited).sum() + (trap * out.trapped).sum() + (leave * out.outflow)[roots].sum()
    assert (m * items).sum() == pytest.approx(direct, rel=1e-9)
    assert attribute(river, lam, *np.ones((3, 1, 1, 1)))[1] == pytest.approx(1.0, abs=1e-12)


@settings(deadline=None, max_examples=30)
@given(forests())
def test_order_of_rows_does_not_matter(world):
    frame, rng = world
    shuffle = rng.permutation(len(frame))
    lam, items = rng.uniform(0.2, 100, (len(frame), 4, 1)), rng.uniform(0, 10, (len(frame), 4, 1))
    straight = RiverNetwork.from_table(frame)
    mixed = RiverNetwork.from_table(frame.iloc[shuffle])
    one = route(straight, items, lam)
    two = route(mixed, items[shuffle], lam[shuffle])
    assert two.deposited == pytest.approx(one.deposited[shuffle], rel=1e-12, abs=1e-12)
    assert mixed.ids[mixed.path].tolist() == straight.ids[straight.path][shuffle].tolist()
    assert (np.isin(straight.down[straight.order], [-1]) | (straight.down >= 0)[straight.order]).all()


@settings(deadline=None, max_examples=30)
@given(forests())
def test_every_reach_comes_before_the_one_below(world):
    river = RiverNetwork.from_table(world[0])
    place = np.empty(len(river.down), dtype=int)
    place[river.order] = np.arange(len(river.down))
    inner = river.down >= 0
    assert (place[inner] < place[river.down[inner]]).all()


@settings(deadline=None, max_examples=30)
@given(forests(), st.floats(1.01, 5))
def test_export_falls_with_settling_and_trapping(world, factor):
    frame, rng = world
    river, n = RiverNetwork.from_table(frame), len(frame)
    lam, items = rng.uniform(0.2, 100, (n, 4, 1)), rng.uniform(0, 10, (n, 4, 1))
    base = route(river, items, lam).exported
    assert (route(river, items, lam / factor).exported <= base + 1e-12).all()
    assert (route(river, items, lam, eta=1 - (1 - river.eta) / factor).exported <= base + 1e-12).all()


@pytest.mark.parametrize(
    ("items", "lam", "eta", "told"),
    [
        (np.full((3, 4, 1), np.nan), 1.0, 0.0, "items"),
        (np.ones((2, 4, 1)), 1.0, 0.0, "items"),
        (np.ones((3, 4, 1)), 0.0, 0.0, "travel scale"),
        (np.ones((3, 4, 1)), 1.0, 1.1, "trap efficiency"),
    ],
)
def test_routing_refuses(items, lam, eta, told):
    with pytest.raises(DataError, match=told):
        route(RiverNetwork.from_table(table()), items, np.full((3, 4, 1), lam), np.full((3, 4), eta))


def test_targets_of_the_wrong_length_are_refused():
    with pytest.raises(DataError, match="t_trap"):
        attribute(
            RiverNetwork.from_table(table()),
            np.ones((3, 4, 1)),
            np.ones((3, 1, 1)),
            np.ones((2, 1, 1)),
            np.ones((1, 1, 1)),
        )
