"""One member and many, the whole and pieces: the same pipeline (T18b), and what holds for every member."""

import numpy as np
import pytest
from flood.valleys import certain, drained, straight_river, v_valley
from flood.worlds import box, estuary_world, pocket_river, sources
from hypothesis import given, settings
from hypothesis import strategies as st

import geo.flood.run
from geo.errors import ConfigError
from geo.flood import FloodParameters, FloodScenario, displace
from geo.flood.displace import carry, prepare
from geo.flood.ensemble import draw, part_of

PARAMS = FloodParameters()
FIELDS = sources(
    ("south", box(1e3, -300, 9e3, 300), 9, 9, 9, 9),
    ("south", box(11.7e3, 3e3, 12.2e3, 5e3), 4, 3, 2, 1),
    ("north", box(30e3, 0, 31e3, 900), 0, 8, 0, 2),
)
MINES = sources(("south", box(200, -600, 2000, 600), 5, 5, 5, 5), ("north", box(6e3, -500, 8e3, 500), 8, 1, 1, 0))


@pytest.fixture(scope="module")
def valley():
    """Terrain over the first half of a river of 10.8 km."""
    return drained(v_valley(columns=60), straight_river(reaches=6), PARAMS)


def mixed(valley, params=PARAMS, **options):
    """Run the river whose upper half has terrain."""
    return displace(straight_river(reaches=6), MINES, terrain=valley, params=params, **options)


@pytest.fixture(scope="module")
def many(valley):
    return mixed(valley, members=12, rng=np.random.default_rng(5))


def numbers(result):
    """Everything a result tells, as one array."""
    tables = [getattr(result, name).select_dtypes("number").to_numpy(float).ravel() for name in ("reaches", "zones")]
    raster = [] if result.raster is None else [np.asarray(band, float) for band in result.raster.bands.values()]
    ledgers = [
        getattr(ledger, name).ravel() for ledger in result.ledgers for name in ("mobilised", "deposited", "sea", "exported")
    ]
    return np.nan_to_num(np.concatenate([*tables, *raster, *ledgers]))


@pytest.mark.parametrize("scenario", [FloodScenario(), FloodScenario(annual=True), FloodScenario(stage_m={"stem-01": 9.0})])
def test_t18b_members_without_spread_are_one(scenario):
    params = certain(PARAMS)
    one = displace(estuary_world(), FIELDS, params=params, scenario=scenario)
    fifty = displace(estuary_world(), FIELDS, params=params, scenario=scenario, members=50, rng=np.random.default_rng(1))
    for table in ("reaches", "zones"):
        alone, together = (getattr(each, table) for each in (one, fifty))
        assert list(alone.columns) == list(together.columns) and len(alone) == len(together) > 0
        for column in alone.select_dtypes("number"):
            assert together[column].to_numpy() == pytest.approx(alone[column].to_numpy(), rel=1e-12, abs=1e-15, nan_ok=True), (
                column
            )


def test_t18b_on_terrain(valley):
    params = certain(PARAMS)
    one = mixed(valley, params)
    fifty = mixed(valley, params, members=50, rng=np.random.default_rng(1))
    for table in ("reaches", "zones"):
        for column in getattr(one, table).select_dtypes("number"):
            alone, together = (getattr(each, table)[column].to_numpy() for each in (one, fifty))
            assert together == pytest.approx(alone, rel=1e-12, abs=1e-15, nan_ok=True), column


def test_one_member_has_no_band(valley):
    zones = mixed(valley).zones
    for name in ("q05", "q50", "q95"):
        assert zones[name].to_numpy() == pytest.approx(zones["items_km2"].to_numpy(), rel=1e-12)


@pytest.mark.parametrize("values", [4_800, 10**9])
def test_size_of_the_pieces_does_not_matter(valley, many, monkeypatch, values):
    monkeypatch.setattr(geo.flood.run, "VALUES_AT_ONCE", values)
    assert numbers(mixed(valley, draw=many.draw)) == pytest.approx(numbers(many), rel=1e-9, abs=1e-12)


def test_every_member_keeps_every_item(many):
    for ledger in many.ledgers:
        parts = ledger.deposited + ledger.trapped + ledger.estuary + ledger.sea + ledger.exported
        assert ledger.mobilised.shape == (4, 12)
        assert (np.abs(parts - ledger.mobilised) <= 1e-9 * np.maximum(1, ledger.mobilised)).all()
        rows = many.zones[many.zones["origin"] == ledger.origin]
        held = (many.density[ledger.origin] * rows["area_m2"].to_numpy()[:, None] / 1e6).sum(axis=0)
        assert held == pytest.approx((ledger.deposited + ledger.estuary).sum(axis=0), rel=1e-9)
        by_class = rows[[f"items_{key}" for key in "BNHD"]].sum().to_numpy()
        assert by_class == pytest.approx((ledger.deposited + ledger.estuary).mean(axis=1), rel=1e-9)


def test_quantiles_keep_their_order(many):
    for table in (many.zones, many.reaches):
        assert (table["q05"] <= table["q50"]).all() and (table["q50"] <= table["q95"]).all()
    for origin in ("south", "north"):
        bands = (many.raster.bands[f"{origin}_items_km2_{name}"] for name in ("q05", "q50", "q95"))
        low, middle, high = (np.nan_to_num(values) for values in bands)
        assert (low <= middle).all() and (middle <= high).all()
        assert (low < high).any() == (origin == "south"), "nothing of the north comes up to the terrain"


def test_same_numbers_same_result_other_numbers_another(valley, many):
    again = mixed(valley, members=12, rng=np.random.default_rng(5))
    assert (numbers(again) == numbers(many)).all() and again.zones.to_wkb().equals(many.zones.to_wkb())
    other = mixed(valley, members=12, rng=np.random.default_rng(6))
    assert [ledger.mobilised.sum() for ledger in other.ledgers] != [ledger.mobilised.sum() for ledger in many.ledgers]


def test_a_supplied_draw_is_members_and_numbers(valley, many):
    drawn = draw(PARAMS, 12, np.random.default_rng(5))
    assert (numbers(mixed(valley, draw=drawn)) == numbers(many)).all()


def test_members_do_not_know_of_each_other():
    """What a member moves is what it moves alone, on the same cells."""
    drawn = draw(PARAMS, 6, np.random.default_rng(7))
    prepared = prepare(pocket_river(), FIELDS, drawn, params=PARAMS)
    together = carry(prepared, drawn)
    for member in (0, 5):
        alone = carry(prepared, part_of(drawn, slice(member, member + 1)))
        for one, all_ in zip(alone.ledgers, together.ledgers, strict=True):
            assert one.deposited[:, 0] == pytest.approx(all_.deposited[:, member], rel=1e-12)


def test_layouts_scale_the_items_of_each_source():
    drawn = draw(PARAMS, 3, np.random.default_rng(8))
    prepared = prepare(estuary_world(), FIELDS, drawn, params=PARAMS)
    plain = carry(prepared, drawn)
    factor = np.array([[2.0, 0.0, 1.0]] * 3)
    scaled = carry(prepared, drawn, factor)
    for one, other in zip(plain.ledgers, scaled.ledgers, strict=True):
        assert other.mobilised == pytest.approx(one.mobilised * factor[0], rel=1e-12)


def test_items_in_all_are_parted_by_the_drawn_mix():
    whole = FIELDS.drop(columns=["n_B", "n_N", "n_H", "n_D"]).assign(n=[10.0, 0.0, 4.0])
    result = displace(estuary_world(), whole, members=4, rng=np.random.default_rng(9))
    north, south = result.ledgers
    for ledger in (south, north):
        share = ledger.mobilised / ledger.mobilised.sum(axis=0)
        assert share == pytest.approx(result.draw[f"mix_{ledger.origin}"], rel=1e-9)
    with pytest.raises(ConfigError, match="n_B"):
        displace(estuary_world(), whole.assign(origin="west"))


def test_nothing_to_move_leaves_zeros_and_no_gaps(valley):
    none = mixed(valley, members=3, rng=np.random.default_rng(1)).zones.iloc[:0]
    empty = displace(straight_river(reaches=6), MINES.assign(n_B=0.0, n_N=0.0, n_H=0.0, n_D=0.0), terrain=valley)
    assert len(none) == len(empty.zones) == 0
    assert not empty.ledger_frame().isna().any().any() and empty.ledger_frame()["mobilised"].sum() == 0
    nobody = displace(straight_river(reaches=6), MINES.iloc[:0], terrain=valley)
    assert nobody.ledgers == () and set(nobody.raster.bands) == {"share_of_members_wet", "depth_m"}


def test_meta_says_what_the_run_rests_on(valley, many):
    assert mixed(valley).meta["level"].startswith("terrain")
    assert "ensemble" in many.meta["level"] and many.members == 12
    plain = displace(pocket_river(), FIELDS)
    assert plain.meta["level"] == "rivers only" and plain.raster is None and plain.terrain is None
    assert {row["tag"] for row in plain.meta["parameters"]} == {"assumed", "derived", "published"}


@settings(deadline=None, max_examples=3)
@given(st.floats(1.1, 1e4), st.floats(1, 8), st.floats(0.05, 1), st.floats(1, 5), st.floats(0.3, 3), st.floats(1, 3))
def test_rivers_wet_and_move_more_with_period_level_and_width(period, longer, psi, stronger, scale, wider):
    def told(years, level, width):
        params = PARAMS.override({"psi": min(1.0, level), "b0_scale": width})
        result = displace(pocket_river(), FIELDS, params=params, scenario=FloodScenario(years))
        return result.bands["area_m2"].sum(), sum(ledger.mobilised.sum() for ledger in result.ledgers)

    area, moved = told(period, psi, scale)
    for larger in (told(period * longer, psi, scale), told(period, psi * stronger, scale), told(period, psi, scale * wider)):
        assert larger[0] >= area * (1 - 1e-4) and larger[1] >= moved * (1 - 1e-3)
