"""Scores of finds: golden values, identities, and small worlds whose answers are known."""

import math

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import CRS

from geo.errors import CheckFailed, DataError
from geo.flood.baselines import HindcastParameters, distance_km, effort, low_ground, searched
from geo.flood.capture import auc, ausrc, captured, clopper_pearson, flood_scores, power, rejection_count, told_apart
from geo.flood.finds import Finds, check_incidents, clusters, nodes, select_finds, study_grid
from geo.flood.hindcast import SHARES, bootstrap, by_cluster, capture, leave_one_flood_out, score, shift_test, standing

PLANE = CRS.from_epsg(5186)
T16_SCORES = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1, 0.05]
T16_FINDS = [True, False, True, False, False, False, True, False, False, False]


def finds_at(xy, sigma_m=1.0, flood=None, origin=(1, 0)):
    xy = np.asarray(xy, dtype=float)
    k = len(xy)
    flood = np.array(flood or [f"flood {i}" for i in range(k)], dtype=object)
    ids = np.array([f"F{i}" for i in range(k)], dtype=object)
    known = np.array([not name.startswith("unknown") for name in flood])
    weight = np.tile(np.asarray(origin, dtype=float), (k, 1))
    return Finds(ids, flood, known, clusters(xy, flood, 1000.0), weight, xy, np.full(k, float(sigma_m)))


def strip(n=100, cell_m=100.0):
    """A row of n cells, from west to east."""
    return study_grid([shapely.box(0, 0, n * cell_m, cell_m)], cell_m)


def placed(grid, hazard, finds, ties="against", n=8, area=None):
    whole = np.ones(len(grid.centres_m), bool) if area is None else area
    there = standing([hazard, hazard], grid.cell_at(nodes(finds.xy_m, finds.sigma_m, n)), whole, finds.id)
    return {
        "percentile": score(there, finds.origin, ties=ties),
        "capture": {x: capture(there, finds.origin, x, ties=ties) for x in SHARES},
    }


def rows(**changed):
    """Return two sound records, columns replaced."""
    base = {
        "id": ["A", "B"],
        "record_kind": "event",
        "flood_id": ["f1", "f2"],
        "lon": [127.0, 127.1],
        "lat": [38.0, 38.0],
        "uncertainty_km": [1.0, 1.0],
        "origin": ["ROK", "DPRK"],
    }
    return pd.DataFrame(base | changed)


# golden values


def test_t16():
    assert auc(T16_SCORES, T16_FINDS) == pytest.approx(16 / 21, rel=1e-12)
    assert ausrc(T16_SCORES, T16_FINDS) == pytest.approx(41 / 60, rel=1e-12)
    assert captured(T16_SCORES, T16_FINDS, 0.20) == pytest.approx(1 / 3, rel=1e-12)
    assert captured(T16_SCORES, T16_FINDS, 0.20) / 0.20 == pytest.approx(5 / 3, rel=1e-12)


def test_t16_on_a_grid():
    grid = strip(10)
    found = finds_at([[50, 50], [250, 50], [650, 50]])
    told = placed(grid, np.array(T16_SCORES), found)
    assert told["percentile"].mean() == pytest.approx(41 / 60, rel=1e-12)
    assert told["capture"][0.20].mean() == pytest.approx(1 / 3, rel=1e-12)


def test_clopper_pearson_golden():
    assert clopper_pearson(7, 8) == pytest.approx((0.47349032912479344, 0.9968402764687481), rel=1e-9)
    assert clopper_pearson(0, 10)[0] == 0 and clopper_pearson(10, 10)[1] == 1
    assert clopper_pearson(0, 10)[1] == pytest.approx(1 - 0.025**0.1, rel=1e-9)  # closed form
    low, high = clopper_pearson(6.5, 8)
    assert (low, high) == (clopper_pearson(6, 8)[0], clopper_pearson(7, 8)[1])


def test_seven_of_eight_against_a_tenth():
    assert sum(math.comb(8, k) * 0.1**k * 0.9 ** (8 - k) for k in (7, 8)) == pytest.approx(7.3e-7, rel=1e-2)
    assert power(8, 0.5, 0.1) == pytest.approx(7.3e-7, rel=1e-2)  # half is rejected at 7 of 8 or more


@pytest.mark.parametrize(
    ("share", "count", "truth", "expected"),
    [(0.10, 4, 0.50, 0.83), (0.35, 7, 0.50, 0.17), (0.35, 7, 0.65, 0.51), (0.35, 7, 0.80, 0.88)],
)
def test_power_of_ten_clusters(share, count, truth, expected):
    assert rejection_count(10, share) == count
    assert round(power(10, share, truth), 2) == expected


def test_ten_clusters_do_not_tell_less_than_about_0_45():
    assert 0.40 < told_apart(10, 0.35) - 0.35 < 0.46
    assert math.isnan(told_apart(2, 0.35))


# identities and invariants


UNITS = st.lists(st.tuples(st.integers(0, 6), st.booleans()), min_size=2, max_size=40)


@settings(max_examples=50, deadline=None)
@given(UNITS.filter(lambda units: 0 < sum(found for _, found in units) < len(units)))
def test_auc_and_ausrc_tell_the_same(units):
    scores, found = (np.array(each) for each in zip(*units, strict=True))
    prevalence, empty = found.mean(), (~found).sum()
    area = auc(scores, found)
    assert area == pytest.approx((ausrc(scores, found) - prevalence / 2) / (1 - prevalence), abs=1e-12)
    above = [(scores[~found] >= mine).sum() for mine in scores[found]]  # a tie counts against the model
    assert np.mean(above) == pytest.approx(empty * (1 - area), abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 30), st.floats(0, 1))
def test_exact_interval_holds_the_share_and_widens_with_confidence(n, part):
    low, high = clopper_pearson(part * n, n)
    wide = clopper_pearson(part * n, n, 0.99)
    assert 0 <= wide[0] <= low <= part + 1e-9 and part - 1e-9 <= high <= wide[1] <= 1


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=60, max_size=60), st.floats(60, 5900), st.floats(1, 900))
def test_capture_grows_with_area_and_rank_order_is_all_that_counts(values, x_m, sigma_m):
    grid, found = study_grid([shapely.box(0, -3000, 6000, 3000)], 100.0), finds_at([[x_m, 50]], sigma_m)
    hazard = np.array(values, dtype=float)[(grid.centres_m[:, 0] // 100).astype(int)]
    told, moved = placed(grid, hazard, found), placed(grid, np.exp(hazard / 3) + 7, found)
    curve = [told["capture"][share][0] for share in SHARES]
    assert curve == sorted(curve)
    assert moved["percentile"][0] == pytest.approx(told["percentile"][0], abs=1e-12)
    fair = placed(grid, hazard, found, ties="random")
    assert fair["percentile"][0] >= told["percentile"][0] - 1e-12
    assert all(fair["capture"][share][0] >= told["capture"][share][0] - 1e-12 for share in SHARES)


# small worlds


def test_a_perfect_model_a_blind_one_and_one_that_knows_nothing():
    grid = strip(100)
    found = finds_at([[9950, 50], [9850, 50]])  # the two easternmost cells
    rising = np.arange(100.0)
    perfect, blind = placed(grid, rising, found), placed(grid, -rising, found)
    assert perfect["capture"][0.02].tolist() == [1, 1] and perfect["capture"][0.01].tolist() == [1, 0]
    assert perfect["percentile"].mean() == pytest.approx(0.99)
    assert blind["capture"][0.20].tolist() == [0, 0] and blind["percentile"].mean() == pytest.approx(0.01)
    flat = np.zeros(100)
    against, fair = placed(grid, flat, found), placed(grid, flat, found, ties="random")
    assert against["capture"][0.20].tolist() == [0, 0]
    assert [fair["capture"][share][0] for share in SHARES] == pytest.approx(SHARES)
    assert fair["percentile"].mean() == pytest.approx(0.5)


@pytest.mark.parametrize("sigma_m", [50.0, 400.0, 1500.0])
@pytest.mark.parametrize("from_edge_m", [0.0, 300.0, 1200.0])
def test_positional_error_is_integrated(sigma_m, from_edge_m):
    """High ground east of x = 8 km: a find west of it counts by the normal tail beyond, Phi(-d / sigma)."""
    grid = study_grid([shapely.box(-2e4, -2e4, 2e4, 2e4)], 100.0)
    hazard = (grid.centres_m[:, 0] > 8000).astype(float)
    found = finds_at([[8000 - from_edge_m, 0]], sigma_m)
    there = standing([hazard] * 2, grid.cell_at(nodes(found.xy_m, found.sigma_m, 64)), np.ones(len(hazard), bool), found.id)
    expected = 0.5 * math.erfc(from_edge_m / sigma_m / math.sqrt(2))
    assert capture(there, found.origin, 0.5)[0] == pytest.approx(expected, abs=1 / 64)


def test_error_beyond_the_area_does_not_count():
    grid = strip(100)
    hazard = np.arange(100.0)
    assert placed(grid, hazard, finds_at([[9999, 99]], 20.0))["capture"][0.01][0] == 1


def test_origins_keep_their_own_ranking():
    grid = strip(100)
    south, north = np.arange(100.0), -np.arange(100.0)
    cells = grid.cell_at(nodes(np.array([[9950.0, 50.0]] * 3), np.ones(3), 4))
    there = standing([south, north], cells, np.ones(100, bool), np.array(["a", "b", "c"], object))
    told = capture(there, np.array([[1, 0], [0, 1], [0.5, 0.5]]), 0.01)
    assert told.tolist() == [1, 0, 0.5]


def test_clusters_share_one_vote():
    found = finds_at([[0, 0], [500, 0], [1000, 0], [9000, 0]], flood=["a", "a", "a", "b"])
    assert found.cluster.tolist() == [0, 0, 0, 1]
    assert by_cluster(np.array([1.0, 0.0, 0.5, 1.0]), found).tolist() == [0.5, 1.0]
    assert found.weight.sum() == found.n_clusters == 2


def test_bootstrap_draws_whole_events():
    values, flood = np.array([[1.0], [1.0], [0.0], [0.0]]), np.array(["a", "a", "b", "b"], object)
    low, high = bootstrap(values, flood, np.random.default_rng(1))
    assert (low[0], high[0]) == (0.0, 1.0)  # both events alike are drawn one time in four each
    same = bootstrap(np.full((4, 1), 0.3), flood, np.random.default_rng(1))
    assert same == pytest.approx(np.full((2, 1), 0.3))


# the shift along the river


def river_world():
    """A straight river of 20 km; the eastern tenth ranks high within 300 m of it."""
    grid = study_grid([shapely.box(0, -2000, 20000, 2000)], 100.0)
    x, y = grid.centres_m.T
    hazard = ((x > 18000) & (np.abs(y) < 300)).astype(float)
    return (
        grid,
        hazard,
        np.array([shapely.LineString([(0, 0), (10000, 0)]), shapely.LineString([(10000, 0), (20000, 0)])], object),
    )


def percentile_of(hazard):
    return np.searchsorted(np.sort(hazard), hazard, "left") / len(hazard)


def test_shift_test_sees_finds_where_the_model_ranks_high():
    grid, hazard, axis = river_world()
    found = finds_at([[18500, 100], [19000, -100], [19500, 150]], sigma_m=20)
    p, told = shift_test(axis, found, [percentile_of(hazard)] * 2, grid, rng=np.random.default_rng(3))
    assert p < 0.01  # each of three events falls in the top tenth with probability 0.1
    expected = percentile_of(hazard).max() / 10
    assert told[1:].mean() == pytest.approx(expected, rel=0.15)  # shifted finds are spread evenly, at their own distance


def test_shift_test_does_not_reward_nearness_to_rivers():
    grid, _, axis = river_world()
    near = (np.abs(grid.centres_m[:, 1]) < 300).astype(float)
    found = finds_at([[3000, 100], [9000, -100], [15000, 150]], sigma_m=20)
    p, told = shift_test(axis, found, [percentile_of(near)] * 2, grid, rng=np.random.default_rng(3), shifts=99)
    assert told == pytest.approx(np.full(100, told[0]), abs=0.02) and p > 0.2


def test_one_event_moves_as_one():
    grid, hazard, axis = river_world()
    one = finds_at([[18500, 0], [19500, 0]], sigma_m=5, flood=["a", "a"])
    _, told = shift_test(axis, one, [percentile_of(hazard)] * 2, grid, rng=np.random.default_rng(5), shifts=400)
    top = percentile_of(hazard).max()
    both = (told[1:] > 0.99 * top).mean()
    assert both == pytest.approx(0.05, abs=0.03)  # 1 km of 20 km keeps both in the top; apart it would be 0.01


def test_shift_test_keeps_its_level():
    """With finds at random along the river, p is spread evenly."""
    grid, hazard, axis = river_world()
    rng = np.random.default_rng(11)
    share = [percentile_of(np.arange(float(len(hazard))))] * 2
    places = np.stack([rng.uniform(0, 2e4, (60, 3)), rng.uniform(-300, 300, (60, 3))], axis=-1)
    told = [shift_test(axis, finds_at(xy_m, 20.0), share, grid, rng=rng, shifts=19)[0] for xy_m in places]
    assert 0.35 < np.mean(told) < 0.65
    assert np.mean(np.array(told) <= 0.25) < 0.45


# one flood left out


def two_members():
    """Two members: the first holds all in the western half, the second in the east."""
    grid = strip(100)
    row = np.repeat([0, 1], 50).astype(np.int32)
    density = np.array([[1.0, 0.0], [0.0, 1.0]])
    return grid, [row, row], [density, density]


def by_likelihood(log_likelihood):
    weight = np.exp(log_likelihood - log_likelihood.max())
    return weight, float(weight.sum() ** 2 / (weight**2).sum())


def test_members_are_weighed_by_the_other_floods_alone():
    grid, row, density = two_members()
    found = finds_at([[1000, 50], [2000, 50], [3000, 50], [8000, 50]], flood=["a", "b", "c", "d"])
    whole = np.ones(100, bool)
    told = leave_one_flood_out(density, row, found, grid, whole, floor=0.05, reweight=by_likelihood).set_index("flood_id")
    assert told.loc[["a", "b", "c"], "percentile"].tolist() == pytest.approx([0.505] * 3)  # two west, one east: west ranks first
    assert told.loc["d", "percentile"] == pytest.approx(0.005)  # all others say west
    assert told.loc["d", "ess"] < told.loc["a", "ess"] < 2
    plain = leave_one_flood_out(density, row, found, grid, whole, floor=0.05, reweight=None)
    assert plain["calibration"].unique().tolist() == ["nothing is calibrated with one member"]


def test_too_few_members_in_effect_are_told_not_hidden():
    def refuse(log_likelihood):
        raise CheckFailed("effective sample too small")

    grid, row, density = two_members()
    found = finds_at([[1000, 50], [8000, 50]])
    told = leave_one_flood_out(density, row, found, grid, np.ones(100, bool), floor=0.05, reweight=refuse)
    assert told["calibration"].str.contains("equal weights: effective sample too small").all()


def test_finds_of_unknown_flood_neither_train_nor_are_left_out():
    grid, row, density = two_members()
    seen = []

    def spy(log_likelihood):
        seen.append(log_likelihood)
        return by_likelihood(log_likelihood)

    found = finds_at([[1000, 50], [8000, 50], [9000, 50]], flood=["a", "b", "unknown F2"])
    told = leave_one_flood_out(density, row, found, grid, np.ones(100, bool), floor=0.05, reweight=spy)
    assert told["flood_id"].tolist() == ["a", "b"]
    assert np.argmax(seen[0]) == 1 and np.argmax(seen[1]) == 0
    assert seen[0].max() == pytest.approx(math.log(0.05 + 0.95 * 2))  # one find, twice as dense as the mean


# what cannot be scored


def test_incidents_without_columns():
    with pytest.raises(DataError, match="missing columns: finds.csv: expected lat, origin"):
        check_incidents(rows().drop(columns=["lat", "origin"]), "finds.csv")


def test_every_fault_of_the_incidents_is_told_at_once():
    bad = rows(id=["A", "A"], uncertainty_km=[0, "?"], lat=[99, 38.0], event=["rain", "rain"])
    with pytest.raises(DataError) as fault:
        check_incidents(bad, "finds.csv")
    for told in ("twice: A, A", "in degrees: A", "above 0 km: A, A", "both folds: A, A"):
        assert told in str(fault.value)


def test_sound_incidents_and_aggregates_without_place_pass():
    mixed = pd.concat([rows(), rows(id=["C", "D"], record_kind="aggregate", lon=np.nan, uncertainty_km=np.nan)])
    assert check_incidents(mixed, "finds.csv")["id"].tolist() == ["A", "B", "C", "D"]


def world_grid():
    return study_grid([shapely.box(190000, 590000, 230000, 640000)], 500.0)  # around 127 E, 38 N


def test_what_is_left_out_and_why():
    more = pd.concat([
        rows(),
        rows(id=["C", "D"], flood_id="f1", record_kind=["warning", "event"], uncertainty_km=[1, 15]),
        rows(id=["E", "G"], flood_id=["unknown", ""], lon=[127.0, 129.0], origin=["ROK?", "?"]),
    ])  # fmt: skip
    found, skipped = select_finds(check_incidents(more, "finds.csv"), world_grid(), PLANE, HindcastParameters())
    assert found.id.tolist() == ["A", "B", "E"]
    assert found.flood.tolist() == ["f1", "f2", "unknown E"] and found.known_flood.tolist() == [True, True, False]
    assert found.origin.tolist() == [[1, 0], [0, 1], [1, 0]]
    assert found.sigma_m == pytest.approx(1000 / 2.146, rel=1e-4)
    assert {entry["id"]: entry["reason"] for entry in skipped} == {
        "C": "record kind warning",
        "D": "known to more than 10 km",
        "G": "outside the area",
    }


def test_an_unknown_origin_counts_half_on_each_ranking():
    found, _ = select_finds(check_incidents(rows(origin=["?", ""]), "finds.csv"), world_grid(), PLANE, HindcastParameters())
    assert found.origin.tolist() == [[0.5, 0.5], [0.5, 0.5]]


def test_under_two_events():
    with pytest.raises(DataError, match="at least 2 events"):
        select_finds(check_incidents(rows(flood_id="f1"), "finds.csv"), world_grid(), PLANE, HindcastParameters())


def test_nan_scores_name_the_finds():
    grid, found = strip(10), finds_at([[150, 50], [550, 50]])
    hazard = np.arange(10.0)
    hazard[5] = np.nan
    with pytest.raises(DataError, match="finds F1"):
        placed(grid, hazard, found)
    hazard[[5, 9]] = 0, np.nan
    with pytest.raises(DataError, match="1 cells of NaN"):
        placed(grid, hazard, found)
    with pytest.raises(DataError, match="rows 1"):
        ausrc([0.1, math.nan], [True, False])
    with pytest.raises(DataError, match="outside the area: F0"):
        placed(grid, np.arange(10.0), finds_at([[5000, 50], [150, 50]]))


def test_rankings_need_finds_and_empty_units():
    with pytest.raises(DataError, match="0 finds"):
        captured([1.0, 2.0], [False, False], 0.5)
    with pytest.raises(DataError, match="without a find"):
        auc([1.0, 2.0], [True, True])
    with pytest.raises(DataError, match="exact interval"):
        clopper_pearson(9, 8)
    with pytest.raises(DataError, match="at least one cell"):
        study_grid([shapely.box(0, 0, 10, 10)], 100.0)


# rules and flood extents


def test_rules_by_hand():
    params = HindcastParameters()
    spots = shapely.points([[0.0, 500.0], [0.0, 1500.0], [0.0, 99e3]])
    river = distance_km(spots, [shapely.LineString([(-5e3, 0), (5e3, 0)]), shapely.Point(0, 98e3)], 10.0)
    assert river.tolist() == [0.5, 1.5, 1.0]
    far = np.full(3, 10.0)
    assert effort(river, far, far, params) == pytest.approx(
        1 - (1 - np.exp(-river)) * (1 - math.exp(-10)) * (1 - math.exp(-5)), rel=1e-12
    )
    assert searched(np.array([1.0, 9.0, 9.0]), np.array([9.0, 9.0, 9.0]), np.array([9.0, 5.0, 9.0]), params).tolist() == [
        True,
        True,
        False,
    ]
    assert low_ground(np.array([0.0, 5.0, 5.1, np.nan]), params).tolist() == [1, 1, 0, 0]
    with pytest.raises(DataError, match="a height in some cell"):
        low_ground(np.full(2, np.nan), params)


def test_flood_extent_scores_by_hand():
    told = flood_scores([True, True, True, False, False], [True, True, False, True, False], [4.0, 2.0, 3.0, 1.0, 9.0])
    assert told == pytest.approx({"csi": 0.6, "hit_rate": 6 / 7, "false_alarm_ratio": 1 / 3, "bias": 9 / 7})
    dry = flood_scores([False, False], [True, False], 1.0)
    assert dry["csi"] == dry["hit_rate"] == dry["bias"] == 0 and math.isnan(dry["false_alarm_ratio"])
    with pytest.raises(DataError, match="observed wet area"):
        flood_scores([True], [False], 1.0)
    with pytest.raises(DataError, match="negative or NaN"):
        flood_scores([True], [True], [math.nan])
    with pytest.raises(DataError, match="cells, as observed"):
        flood_scores([True, False], [True], 1.0)


@pytest.mark.parametrize(("ln_sd", "expected"), [(0.25, 0.8190), (0.5, 0.6703), (0.75, 0.5476), (1.0, 0.4462)])
def test_the_bound_on_a_single_buffer(ln_sd, expected):
    """The best buffer of a valley whose half-width is log-normal: E min(w, b) / E max(w, b) over all b."""
    width = np.exp(ln_sd * nodes(np.zeros((1, 2)), np.ones(1), 400)[0, ::400, 0])
    best = max(np.minimum(width, b).sum() / np.maximum(width, b).sum() for b in np.exp(np.linspace(-0.5, 1.5, 201) * ln_sd))
    assert best == pytest.approx(expected, abs=2e-3)
