"""Named floods: readings of gauges along their rivers, dams that part them, and mistakes told in a line."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.area import read_area
from geo.errors import ConfigError, DataError
from geo.flood import FloodScenario
from geo.flood.water import waters
from layers.rivers import flood_parameters, rivers
from layers.scenarios import scenario_names, scenario_of


@pytest.fixture(scope="module")
def network(demo_area):
    return rivers(demo_area)[1]


@pytest.fixture(scope="module")
def korean():
    area = read_area("korea")
    return area, rivers(area)[1]


def with_flood(entry):
    return read_area("demo", {"scenarios": {"own": {"title_en": "Own", "title_ko": "홍수", **entry}}})


def asked(network, entry):
    return scenario_of(with_flood(entry), network, name="own")


def test_by_default_the_hundred_year_flood(demo_area, network):
    plain = scenario_of(demo_area, network)
    assert (plain.return_period_yr, dict(plain.stage_m), plain.flood, plain.annual, plain.name) == (100.0, {}, None, False, "")
    assert scenario_of(demo_area, network, return_period_yr=20).return_period_yr == 20.0
    own = read_area("demo", {"flood": {"return_period_yr": 50}})
    assert scenario_of(own, network).return_period_yr == 50.0
    assert scenario_of(own, network, return_period_yr=20).return_period_yr == 20.0


def test_annual(demo_area, network):
    yearly = scenario_of(demo_area, network, name="annual")
    assert yearly.annual and yearly.name == "annual" and not yearly.stage_m
    assert scenario_names(demo_area)[0] == "annual"


def test_a_reading_holds_along_its_river_as_far_as_the_dam(network):
    """The ford stands 14 km below the dam; the brook and the reaches above the dam are not gauged."""
    flood = asked(network, {"gauges": {"ford": "2001.alder.stage"}})
    assert dict(flood.stage_m) == {f"alder-0{k}": 3.5 for k in range(3, 10)}
    assert flood.name == "own" and flood.return_period_yr == 100.0


def test_a_warning_level_is_a_reading(network):
    assert set(asked(network, {"gauges": {"ford": "stage_3_m"}}).stage_m.values()) == {3.0}


def test_below_a_dam_as_far_as_the_next(network):
    flood = asked(network, {"below": "alder_dam", "level": "ford.stage_4_m"})
    assert dict(flood.stage_m) == {f"alder-0{k}": 4.0 for k in range(3, 10)}
    assert set(asked(network, {"below": "alder_dam", "stage_m": 7}).stage_m.values()) == {7.0}
    both = asked(network, {"gauges": {"ford": "stage_1_m"}, "below": "alder_dam", "stage_m": 6.5})
    assert set(both.stage_m.values()) == {6.5}, "the release counts where both speak"


def test_the_nearest_gauge_wins(network):
    """A second gauge at the coast takes over where it is nearer than the ford."""
    area = with_flood({"gauges": {"ford": "stage_2_m", "coast": "stage_4_m"}})
    low = area.tables["gauges"].assign(gauge_id="coast", lat=19.83)
    area = replace(area, tables=dict(area.tables) | {"gauges": pd.concat([area.tables["gauges"], low])})
    stage = scenario_of(area, network, name="own").stage_m
    assert [stage[f"alder-0{k}"] for k in range(3, 10)] == [2, 2, 2, 2, 2, 4, 4]


def test_a_gauge_speaks_no_farther_than_its_reach(network):
    area = with_flood({"gauges": {"ford": "stage_2_m"}})
    area = replace(area, settings={**area.settings, "flood": {"gauge_reach_km": 5.0}})
    assert set(scenario_of(area, network, name="own").stage_m) == {"alder-05", "alder-06", "alder-07"}


@pytest.mark.parametrize(
    ("entry", "told"),
    [
        ({"gauges": {"fort": "stage_1_m"}}, "unknown gauge_id.*did you mean ford"),
        ({"gauges": {"fort": "2001.alder.stage"}}, "unknown gauge_id.*did you mean ford"),
        ({"gauges": {"ford": "2001.alder.stag"}}, "unknown key.*did you mean 2001.alder.stage"),
        ({"gauges": {"ford": "2001.alder.rain"}}, "no reading.*stage in metres"),
        ({"below": "alder_damm", "stage_m": 3}, "unknown dam.*did you mean alder_dam"),
        ({"below": "alder_dam", "level": "fort.stage_1_m"}, "unknown gauge_id"),
        ({"below": "alder_dam"}, "unknown"),
        ({}, "without effect"),
        ({"gauges": {}}, "without effect"),
    ],
)
def test_mistakes_are_told_in_one_line(network, entry, told):
    with pytest.raises(ConfigError, match=told) as fault:
        asked(network, entry)
    assert "\n" not in str(fault.value) and "scenarios.own" in str(fault.value)


def test_unknown_scenario(korean):
    area, network = korean
    with pytest.raises(ConfigError, match="unknown scenario.*did you mean flood-2020"):
        scenario_of(area, network, name="flood-202")


def test_a_gauge_far_from_its_river(network):
    area = with_flood({"gauges": {"ford": "stage_1_m"}})
    away = replace(area, tables=dict(area.tables) | {"gauges": area.tables["gauges"].assign(lon=-26.95)})
    with pytest.raises(DataError, match="gauge without its river"):
        scenario_of(away, network, name="own")
    lost = replace(area, tables=dict(area.tables) | {"gauges": area.tables["gauges"].assign(line_id="elm")})
    with pytest.raises(DataError, match="reaches of elm"):
        scenario_of(lost, network, name="own")


def test_extent_from_a_file(demo_area, network, tmp_path):
    shape = shapely.box(-26.95, 19.9, -26.85, 19.95)
    gpd.GeoDataFrame({"a": [1]}, geometry=[shape], crs=4326).to_file(tmp_path / "august.gpkg")
    flood = scenario_of(demo_area, network, flood=tmp_path / "august.gpkg")
    assert flood.name == "august" and flood.flood.geometry.iloc[0].equals(shape)
    with pytest.raises(ConfigError, match="choose one"):
        scenario_of(demo_area, network, name="annual", flood=tmp_path / "august.gpkg")
    with pytest.raises(ConfigError, match="no such file"):
        scenario_of(demo_area, network, flood=tmp_path / "september.gpkg")


def test_every_korean_scenario_raises_the_water_somewhere(korean):
    area, network = korean
    central = flood_parameters(area.settings).central()
    (usual,) = waters(network, FloodScenario(), central)
    (twenty,) = waters(network, FloodScenario(20.0), central)
    names = [name for name in scenario_names(area) if name != "annual"]
    assert len(names) >= 6
    for name in names:
        flood = scenario_of(area, network, name=name)
        assert flood.stage_m, name
        (water,) = waters(network, flood, central)
        rows = [k for k, reach in enumerate(network.ids) if str(reach) in flood.stage_m]
        assert np.isfinite(water.half_width_m).all()
        assert (water.growth[rows] > twenty.growth[rows]).any(), f"{name} stays below a 20-year flood"
        others = np.setdiff1d(np.arange(len(usual.growth)), rows)
        assert (water.growth[others] == usual.growth[others]).all(), name


def test_the_release_of_hwanggang_ends_at_gunnam(korean):
    area, network = korean
    reaches = set(scenario_of(area, network, name="hwanggang-release").stage_m)
    frame = network.frame.set_index("id")
    last = [reach for reach in reaches if frame.loc[reach, "down"] not in reaches]
    assert len(last) == 1 and "gunnam" in frame.loc[last[0], "dam_id"]
    above = frame.index[frame["dam_id"] == "hwanggang"][0]
    assert above not in reaches and frame.loc[above, "down"] in reaches
