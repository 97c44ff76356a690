"""Cells of both levels: terrain that says nothing new changes nothing (T18a), and one table holds bands and heights."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from flood.valleys import straight_river, v_valley
from flood.worlds import CRS, box, estuary_world, line, pocket_river, sources

from geo.flood import FloodParameters, FloodScenario
from geo.flood.cells import band_cells, corridor, joined, wetness
from geo.flood.displace import carry, prepare
from geo.flood.ensemble import draw
from geo.flood.run import usual_flood
from geo.flood.valley import Valley
from geo.flood.water import waters

CONSTANT = FloodParameters().override({"psi": 0.1, "p_model": "constant", "spread_kernel": "hard"})
MINES = sources(("south", box(1e3, -300, 9e3, 900), 9, 9, 9, 9), ("north", box(11.8e3, 100, 12.4e3, 5e3), 1, 2, 3, 4))


@pytest.mark.parametrize("members", [1, 7])
def test_t18a_no_height_above_the_drainage_is_rivers_only(members):
    """HAND = 0 in the corridor and unknown beyond: the same floods, the same items."""
    wide = draw(CONSTANT, 20, np.random.default_rng(1))
    plain = prepare(estuary_world(), MINES, wide, params=CONSTANT)
    inside = plain.cells.zones["band"].to_numpy() < 4
    assert 0 < (~inside).sum() < inside.sum(), "the widest members reach beyond the corridor"
    flat = replace(plain.cells, hand_m=np.where(inside, 0.0, np.nan)[None, :], drain_km2=np.where(inside, 500.0, np.nan)[None, :])
    drawn = draw(CONSTANT, members, np.random.default_rng(2))
    central = {**drawn, **{name: np.repeat(CONSTANT.central()[name], members, axis=-1) for name in ("b0_scale", "cv_gumbel")}}
    one, two = carry(plain, central), carry(replace(plain, cells=flat), central)
    assert one.ledgers[0].mobilised.sum() > 0
    for table in ("reaches", "zones"):
        told, same = (getattr(each, table).select_dtypes("number") for each in (two, one))
        assert told.to_numpy() == pytest.approx(same.to_numpy(), rel=1e-12, abs=1e-15)
    for origin in one.density:
        assert two.density[origin] == pytest.approx(one.density[origin], rel=1e-12)


def band(network, scenario=None, params=CONSTANT, members=1):
    drawn = draw(params, members, np.random.default_rng(3))
    water, middle = (waters(network, scenario or FloodScenario(), each)[-1] for each in (drawn, params.central()))
    return corridor(network, [water], [middle], 0, params), water, drawn


def test_a_fourth_band_only_where_members_differ():
    assert set(band(pocket_river())[0].bands["band"]) == {1, 2, 3}
    corridors, water, _ = band(pocket_river(), members=40)
    many = corridors.zones
    assert set(many["band"]) == {1, 2, 3, 4}
    outermost = many[many["band"] == 4]
    assert (outermost["inner_m"] == 350).all()
    assert outermost["outer_m"].to_numpy() == pytest.approx(np.quantile(water.half_width_m, 0.95, axis=1))


def test_bands_are_wet_by_their_share_within_the_half_width():
    network = pocket_river()
    bands, water, drawn = band(network, members=40)
    cells = band_cells(bands, network, MINES, water)
    wet = wetness(cells, slice(0, len(cells)), water, drawn, CONSTANT)
    assert np.isnan(wet.margin_m).all() and (wet.line == cells.line[0]).all()
    expected = np.clip(
        (water.half_width_m[cells.line[0]] - cells.inner_m[:, None]) / (cells.outer_m - cells.inner_m)[:, None], 0, 1
    )
    assert wet.wet == pytest.approx(expected, rel=1e-12)


def test_pieces_of_cells_are_wet_as_the_whole():
    network = pocket_river()
    bands, water, drawn = band(network, members=5)
    cells = band_cells(bands, network, MINES, water)
    whole = wetness(cells, slice(0, len(cells)), water, drawn, CONSTANT)
    part = wetness(cells, slice(3, 7), water, drawn, CONSTANT)
    assert (part.wet == whole.wet[3:7]).all() and (part.stays == whole.stays[3:7]).all() and (part.line == whole.line[3:7]).all()


def test_an_extent_is_held_whole_even_beyond_the_corridor():
    """A flood of 6 km by 1 km across one bank: every place inside is in a band, none outside is."""
    shape = box(-13e3, -200, -7e3, 950)
    scenario = FloodScenario(flood=gpd.GeoDataFrame(geometry=[shape], crs=CRS))
    corridors, _, _ = band(pocket_river(), scenario)
    assert corridors.bands.geometry.union_all().symmetric_difference(shape).area < 1e-3 * shape.area
    assert set(corridors.zones["band"]) == {1, 2, 3, 4} and corridors.zones["outer_m"].max() > 950


def test_bands_of_yearly_floods_join_to_the_zones_of_the_asked_one():
    params = FloodParameters()
    floods = waters(pocket_river(), FloodScenario(annual=True), params.central())
    at = usual_flood(floods, 100.0)
    corridors = corridor(pocket_river(), floods, floods, at, params)
    assert len(corridors.bands) > 3 * len(corridors.zones)
    assert set(corridors.zones["band"]) == {1, 2, 3, 4}
    assert corridors.bands["area_m2"].sum() == pytest.approx(corridors.zones["area_m2"].sum())
    middle = corridors.zones[(corridors.zones["line"] == 1) & (corridors.zones["band"] <= 3)]
    assert middle["outer_m"].max() == pytest.approx(350)


def test_joined_tables_keep_their_zones_apart():
    network = straight_river(reaches=3)
    params = FloodParameters()
    terrain = Valley.of(v_valley(columns=30), network, params)
    drawn = params.central()
    water = waters(network, FloodScenario(), drawn)[0]
    bands = corridor(network, [water], [water], 0, params, land=terrain.beside(None))
    one = band_cells(bands, network, MINES, water)
    other = terrain.cells(MINES, water, water, drawn, params)
    both = joined(one, other)
    assert len(both) == len(one) + len(other) and len(both.line) == 3
    assert (both.line[1:, : len(one)] == -1).all() and np.isnan(both.hand_m[:, : len(one)]).all()
    assert (both.raster[: len(one)] == -1).all() and (both.raster[len(one) :] >= 0).all()
    area = np.bincount(both.zone, both.area_m2, len(both.zones))
    assert area == pytest.approx(both.zones["area_m2"].to_numpy(), rel=1e-6)
    assert both.units.shape == (len(both), len(MINES))


def test_the_deepest_receiving_river_takes_the_cell():
    """A cell 3 m above its brook and 1 m above the river below: the river reaches it, not the brook."""
    network = straight_river(reaches=1)
    params = FloodParameters()
    water = waters(network, FloodScenario(stage_m={"r1": 2.0}), params.central())[0]
    whole = corridor(network, [water], [water], 0, params)
    cells = band_cells(whole._replace(bands=whole.bands.iloc[:2], zone=whole.zone[:2]), network, MINES, water)
    cells = joined(
        replace(
            cells,
            line=np.array([[0, 0]]),
            hand_m=np.array([[3.0, 3.0]]),
            drain_km2=np.array([[1.0, 1.0]]),
        ),
        cells,
    )
    nested = replace(
        cells,
        line=np.vstack([cells.line, [[0, -1, -1, -1]]]),
        hand_m=np.vstack([cells.hand_m, [[1.0, 1.0, np.nan, np.nan]]]),
        drain_km2=np.vstack([cells.drain_km2, [[500.0, 500.0, np.nan, np.nan]]]),
    )
    wet = wetness(nested, slice(0, 4), water, params.central(), params)
    assert wet.wet[:2, 0].tolist() == [1.0, 0.0], "a river off the network floods nothing"
    assert wet.margin_m[0, 0] == pytest.approx(1.0) and wet.margin_m[1, 0] < -2
    assert np.isnan(wet.margin_m[2:]).all()


def test_bands_of_a_reach_follow_its_own_line():
    bands = band(pocket_river())[0].bands
    first = bands[bands["line"] == 0].geometry.union_all()
    assert first.intersects(line((-10e3, 0), (-6e3, 0))) and bands.crs == CRS
