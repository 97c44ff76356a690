import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from flood.worlds import CRS, box, estuary_world, pocket_river, sources
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import CheckFailed, ConfigError, DataError
from geo.flood import FloodParameters, FloodScenario, Ledger, RiverNetwork, displace, top_sources

PSI = FloodParameters().override({"psi": 0.1, "thin_m": 0.0})
HARD = PSI.override({"spread_kernel": "hard"})


def pocket_sources():
    """T17: a thousand M14, 2 to 6 km down the first reach and 150 to 550 m off it."""
    return sources(("south", box(-13e3, 150, -9e3, 550), 0, 1000, 0, 0))


def many(result, column="items"):
    return result.zones.groupby(["origin", "reach"])[column].sum()


def test_t17_pocket_river_from_geometry():
    result = displace(pocket_river(), pocket_sources(), params=HARD)
    assert result.exposed["share"].to_numpy() == pytest.approx([0.5], rel=1e-5)
    ledger = result.ledgers[0]
    assert ledger.mobilised[1, 0] == pytest.approx(25, rel=1e-5)
    assert result.reaches["deposited"].to_numpy() == pytest.approx(
        [10.730095937203805, 10.181508098070369, 2.9170509093680312], rel=1e-5
    )
    assert ledger.exported[1, 0] == pytest.approx(1.1713450553577933, rel=1e-5)
    middle = result.zones[result.zones.reach == "r2"]
    assert middle["items_km2"].to_numpy() == pytest.approx([1.4545011568671955] * 3, rel=5e-5)


def test_nothing_upstream_of_every_source():
    result = displace(pocket_river(), sources(("south", box(-4e3, 10, -1e3, 200), 5, 5, 5, 5)), params=PSI)
    assert set(result.zones.reach) == {"r2", "r3"}


def test_deposit_thins_away_from_the_river():
    middle = displace(pocket_river(), pocket_sources(), params=PSI).zones.query("reach == 'r2'")
    assert middle.sort_values("band")["items_km2"].is_monotonic_decreasing
    assert middle["items"].sum() == pytest.approx(10.181508098070369, rel=1e-5)


def test_thinning_outlines_hardly_matters():
    fine, thin = (displace(pocket_river(), pocket_sources(), params=PSI.override({"thin_m": m})) for m in (0.0, 1.0))
    assert many(thin).to_dict() == pytest.approx(many(fine).to_dict(), rel=1e-3)


def test_zones_hold_what_the_ledger_says():
    world = estuary_world()
    result = displace(world, sources(("south", box(1e3, -300, 9e3, 300), 9, 9, 9, 9)), params=PSI)
    ledger, held = result.ledgers[0], result.zones.groupby("estuary")["items"].sum()
    assert held[False] == pytest.approx(ledger.deposited.sum(), rel=1e-9)
    assert held[True] == pytest.approx(ledger.estuary.sum(), rel=1e-9)
    leaving = ledger.estuary + ledger.sea
    assert ledger.sea == pytest.approx(0.3 * leaving, rel=1e-9)
    assert ledger.exported.sum() == 0


def test_estuary_thins_from_the_mouth():
    result = displace(estuary_world(), sources(("south", box(1e3, -300, 9e3, 300), 9, 9, 9, 9)), params=PSI)
    firth = result.zones.query("estuary").groupby("reach")["items"].sum()
    assert firth.index.tolist() == [f"firth-0{i}" for i in range(1, 5)]
    assert firth.to_numpy()[1:] / firth.to_numpy()[:-1] == pytest.approx(np.exp(-5 / 12), rel=1e-3)


def test_items_from_the_estuary_shore_stay_in_the_account():
    result = displace(estuary_world(), sources(("south", box(30e3, 0, 31e3, 500), 0, 8, 0, 0)), params=PSI)
    ledger = result.ledgers[0]
    assert ledger.mobilised.sum() == pytest.approx(8 * 0.05, rel=1e-6)
    assert ledger.deposited.sum() == 0
    assert result.zones["estuary"].all()
    assert len(set(top_sources(result, "south")["source"])) == 1


def test_origins_stay_apart():
    south, north = (sources((o, box(x, 0, x + 2e3, 300), 1, 2, 3, 4)) for o, x in (("south", -13e3), ("north", -3e3)))
    both = displace(pocket_river(), pd.concat([south, north], ignore_index=True), params=PSI)
    alone = displace(pocket_river(), south, params=PSI)
    assert [ledger.origin for ledger in both.ledgers] == ["north", "south"]
    assert many(both)["south"].to_dict() == pytest.approx(many(alone)["south"].to_dict(), rel=1e-12)
    assert both.ledger_frame().groupby("origin").size().to_dict() == {"north": 4, "south": 4}


def test_dam_holds_back():
    free = displace(pocket_river(), pocket_sources(), params=PSI).ledgers[0]
    shut = displace(pocket_river(dam=["dam", "", ""]), pocket_sources(), params=PSI).ledgers[0]
    assert free.trapped.sum() == 0
    assert shut.trapped[1, 0] == pytest.approx(0.95 * (25 - 10.730095937203805), rel=1e-5)
    assert shut.exported.sum() < free.exported.sum()


def test_sources_far_from_rivers_leave_an_empty_account():
    result = displace(pocket_river(), sources(("south", box(0, 9e3, 1e3, 10e3), 1, 1, 1, 1)))
    assert len(result.zones) == 0 and result.ledgers[0].mobilised.sum() == 0
    assert not result.ledger_frame().isna().any().any()


def test_no_sources_and_no_rivers():
    empty = pocket_river().frame.iloc[:0]
    assert displace(pocket_river(), pocket_sources().iloc[:0]).ledgers == ()
    result = displace(RiverNetwork.from_table(empty), pocket_sources())
    assert len(result.zones) == 0 and result.ledgers[0].mobilised.sum() == 0


def test_land_takes_the_bands_not_the_items():
    result = displace(pocket_river(), pocket_sources(), land=box(-16e3, -9e3, -5e3, 9e3), params=PSI)
    assert set(result.zones.reach) == {"r1"}
    assert result.ledgers[0].deposited.sum() == pytest.approx(
        10.730095937203805 + 10.181508098070369 + 2.9170509093680312, rel=1e-5
    )


@settings(deadline=None, max_examples=5)
@given(st.floats(1.1, 1e4), st.floats(1.0, 10), st.floats(0.01, 1), st.floats(1.0, 10))
def test_more_flood_moves_more(period, longer, psi, stronger):
    def moved(years, level):
        params = FloodParameters().override({"psi": min(1.0, level)})
        return displace(pocket_river(), pocket_sources(), scenario=FloodScenario(years), params=params).ledgers[0].mobilised.sum()

    assert moved(period * longer, psi) >= moved(period, psi) * (1 - 1e-3)
    assert moved(period, psi * stronger) >= moved(period, psi) - 1e-12


@settings(deadline=None, max_examples=5)
@given(st.integers(0, 10**6))
def test_cut_up_sources_move_the_same(seed):
    rng = np.random.default_rng(seed)
    cuts = np.sort(np.append(rng.uniform(-13e3, -9e3, 3), [-13e3, -9e3]))
    share = np.diff(cuts) / 4e3
    parts = [("south", box(a, 150, b, 550), 0, 1000 * s, 0, 0) for a, b, s in zip(cuts, cuts[1:], share, strict=False)]
    whole = displace(pocket_river(), pocket_sources(), params=PSI)
    pieces = displace(pocket_river(), sources(*parts), params=PSI)
    assert many(pieces).to_dict() == pytest.approx(many(whole).to_dict(), rel=1e-5)


def test_order_of_reaches_does_not_matter():
    straight, frame = estuary_world(), pd.concat([estuary_world().frame, estuary_world().estuary])
    mixed = RiverNetwork.from_table(gpd.GeoDataFrame(frame.iloc[::-1], crs=CRS))
    mines = sources(("south", box(1e3, -300, 9e3, 300), 9, 9, 9, 9))
    one, two = (displace(net, mines, params=PSI) for net in (straight, mixed))
    assert many(one).to_dict() == pytest.approx(many(two).to_dict(), rel=1e-6)


def test_top_sources_are_what_taking_them_away_shows():
    world = estuary_world()
    mines = sources(("south", box(1e3, -300, 3e3, 300), 1, 2, 3, 4), ("south", box(11.7e3, 3e3, 12.2e3, 5e3), 4, 3, 2, 1))
    result = displace(world, mines, params=PSI)
    top = top_sources(result, "south", top=9)
    moved = result.mobilised["south"]
    fed = np.flatnonzero(moved.sum(axis=(1, 2)) > 0)
    from geo.flood.route import route, travel_scale_km

    lam = travel_scale_km(world.width_m, PSI.central())
    whole = route(world, moved[: len(world.down)], lam).deposited.sum(axis=(1, 2))
    for source in fed:
        alone = np.zeros_like(moved[: len(world.down)])
        alone[source] = moved[source]
        part = route(world, alone, lam).deposited.sum(axis=(1, 2))
        told = top[top["source"] == source].set_index("target")["share"].reindex(range(len(whole))).fillna(0)
        expected = np.divide(part, whole, out=np.zeros_like(part), where=whole > 0)
        assert told.to_numpy() == pytest.approx(expected, abs=1e-12)
    assert top.groupby("target")["share"].sum().to_numpy() == pytest.approx(1.0)


def test_an_ensemble_needs_random_numbers():
    with pytest.raises(ConfigError, match="no generator"):
        displace(pocket_river(), pocket_sources(), members=2)


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (lambda s: s.set_crs(None, allow_override=True), "no CRS"),
        (lambda s: s.drop(columns=["n_B", "origin"]), "origin, n_B"),
        (lambda s: s.assign(n_N=-1.0), "at least 0"),
        (lambda s: s.assign(n_N=np.nan), "at least 0"),
        (lambda s: s.set_geometry(s.centroid), "without area"),
    ],
)
def test_wrong_sources(broken, told):
    with pytest.raises(DataError, match=told):
        displace(pocket_river(), broken(pocket_sources()))


def test_reaches_without_lines_are_refused():
    bare = RiverNetwork.from_table(pd.DataFrame(pocket_river().frame.drop(columns="geometry")))
    with pytest.raises(DataError, match="without lines"):
        displace(bare, pocket_sources())


def test_estuary_that_is_not_there():
    with pytest.raises(DataError, match="firth"):
        displace(pocket_river(outlet=["", "", "firth"], axis_km=0.0), pocket_sources())


def test_ledger_that_does_not_add_up():
    one, none = np.ones((4, 1)), np.zeros((4, 1))
    Ledger("south", "items", one, one, none, none, none, none).check()
    with pytest.raises(CheckFailed, match="south"):
        Ledger("south", "items", one, none, none, none, none, none).check()


def test_same_input_same_result():
    one, two = (displace(estuary_world(), sources(("south", box(1e3, -300, 9e3, 300), 9, 9, 9, 9))) for _ in range(2))
    assert one.zones.to_wkb().equals(two.zones.to_wkb())
