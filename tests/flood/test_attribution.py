"""Which reaches feed a place: told backwards, it must be what taking sources away shows."""

import geopandas as gpd
import numpy as np
import pytest
from flood.worlds import CRS, box, estuary_world, pocket_river, sources

from geo.errors import DataError
from geo.flood import FloodParameters, displace, sources_of, top_sources
from geo.flood.displace import carry, prepare
from geo.flood.ensemble import draw

PSI = FloodParameters().override({"psi": 0.1})
FIELDS = (
    ("south", box(1e3, -300, 3e3, 300), 1, 2, 3, 4),
    ("south", box(11.7e3, 3e3, 12.2e3, 5e3), 4, 3, 2, 1),
    ("north", box(100, -300, 900, 300), 5, 1, 1, 0),
    ("south", box(30e3, 0, 31e3, 900), 0, 8, 0, 2),
)


def place(*bounds, crs=CRS):
    return gpd.GeoSeries([box(*bounds)], crs=crs)


def left_at(result, spot, origin):
    """Items by member that an origin leaves in a place, even within each zone."""
    rows = result.zones[result.zones["origin"] == origin]
    part = rows.geometry.intersection(spot.iloc[0]).area / rows.geometry.area * rows["area_m2"]
    return (result.density[origin] * part.to_numpy()[:, None]).sum(axis=0)


@pytest.mark.parametrize("members", [1, 6])
def test_sources_of_are_what_taking_them_away_shows(members):
    world, mines = estuary_world(), sources(*FIELDS)
    drawn = draw(PSI, members, np.random.default_rng(1))
    prepared = prepare(world, mines, drawn, params=PSI)
    result = carry(prepared, drawn)
    alone = [carry(prepared, drawn, np.repeat(np.eye(len(mines))[:, [k]], members, axis=1)) for k in range(len(mines))]
    names = np.concatenate([world.ids, world.estuary["id"].to_numpy(object)])
    for spot in (place(13e3, -200, 17e3, 200), place(24e3, -2e3, 29e3, 2e3), place(18e3, -500, 22e3, 500)):
        told = sources_of(result, spot, top=99).set_index(["origin", "source"])["share"]
        assert told.groupby("origin").sum().to_numpy() == pytest.approx(1.0)
        for k, origin in enumerate(mines["origin"]):
            share = (left_at(alone[k], spot, origin) / left_at(result, spot, origin)).mean()
            fed = [(origin, name) for name in names[alone[k].mobilised[origin].sum(axis=(1, 2)) > 0]]
            assert told.reindex(fed).sum() == pytest.approx(share, rel=1e-9 if members == 1 else 0.02, abs=1e-12)


def test_band_of_a_share_holds_its_middle():
    result = displace(estuary_world(), sources(*FIELDS), params=PSI, members=40, rng=np.random.default_rng(2))
    told = sources_of(result, place(24e3, -2e3, 29e3, 2e3), top=3)
    assert (told["q05"] <= told["q95"]).all() and (told["q95"] > told["q05"]).any()
    assert told.groupby("origin")["share"].apply(lambda share: share.is_monotonic_decreasing).all()
    assert told.groupby("origin").size().max() == 3


def test_upstream_of_every_source_nothing_arrives():
    result = displace(estuary_world(), sources(FIELDS[1]), params=PSI)
    for spot in (place(100, -100, 900, 100), place(50e3, 50e3, 51e3, 51e3)):
        told = sources_of(result, spot)
        assert len(told) == 0 and list(told.columns) == ["origin", "source", "share", "q05", "q95"]


def test_a_point_is_its_zone():
    result = displace(pocket_river(), sources(("south", box(-13e3, 10, -9e3, 300), 1, 1, 1, 1)), params=PSI)
    spot = gpd.GeoSeries(gpd.points_from_xy([200_000.0 + 2e3], [600_000.0 + 20.0]), crs=CRS)
    told = sources_of(result, spot)
    assert told["source"].tolist() == ["r1"] and told["share"].tolist() == [1.0]
    assert sources_of(result, spot.to_crs(4326))["source"].tolist() == ["r1"]


def test_a_place_without_crs():
    result = displace(pocket_river(), sources(FIELDS[0]), params=PSI)
    with pytest.raises(DataError, match="place"):
        sources_of(result, place(0, 0, 1, 1).set_crs(None, allow_override=True))


def test_top_sources_agree_with_sources_of():
    world = estuary_world()
    result = displace(world, sources(*FIELDS), params=PSI)
    top = top_sources(result, "south", top=99)
    reach = 3
    zones = result.zones[(result.zones["line"] == reach) & (result.zones["origin"] == "south")]
    spot = gpd.GeoSeries([zones.geometry.union_all().buffer(-1)], crs=CRS)
    told = sources_of(result, spot, top=99)
    told = told[told["origin"] == "south"].set_index("source")["share"]
    names = np.concatenate([world.ids, world.estuary["id"].to_numpy(object)])
    expected = top[top["target"] == reach].set_index("source")["share"]
    assert told[names[expected.index]].to_numpy() == pytest.approx(expected.to_numpy(), rel=1e-9)


def test_dams_stand_between():
    field = sources(("south", box(-13e3, 10, -9e3, 300), 1, 1, 1, 1), ("south", box(7e3, 10, 9e3, 300), 1, 1, 1, 1))
    below = gpd.GeoSeries([box(11e3, -300, 14e3, 300)], crs=CRS)
    free, shut = (
        sources_of(displace(pocket_river(dam=dam), field, params=PSI), below).set_index("source")["share"]
        for dam in (["", "", ""], ["dam", "", ""])
    )
    assert shut["r1"] < 0.2 * free["r1"] and shut["r3"] > free["r3"]
