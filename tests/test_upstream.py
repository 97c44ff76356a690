"""What floods could bring to a place of the demo: names in two languages, coordinates, and places that nothing reaches."""

from dataclasses import replace
from types import SimpleNamespace

import geopandas as gpd
import pytest

from geo.area import read_area
from geo.errors import ConfigError, DataError
from layers.request import FloodOptions
from layers.scene import flooded
from layers.upstream import fed_by, located, reading, share_told


@pytest.fixture(scope="module")
def once(demo_scene):
    return flooded(demo_scene, FloodOptions())


@pytest.fixture(scope="module")
def many(demo_scene):
    return flooded(demo_scene, FloodOptions(members=12))


def read(demo_area, run, place):
    return reading(demo_area, *run, place)


@pytest.mark.parametrize("name", ["Fordham", "fordham", "포덤"])
def test_a_place_by_its_names(demo_area, name):
    told, lon, lat, radius_km = located(demo_area, name)
    assert told in ("Fordham", "포덤") and radius_km == 1.0, "never told finer than 1 km"
    assert (lon, lat) == pytest.approx((-26.894923637, 19.941253875))
    assert located(demo_area, "westh")[0] == "Westhaven", "a part of a name will do"


@pytest.mark.parametrize("name", ["Alder Dam", "앨더댐", "Alder Ford", "앨더 여울"])
def test_dams_and_gauges_are_places(demo_area, name):
    """The dam stands in two tables, 22 m apart: it is one place."""
    assert located(demo_area, name)[0] == name


def test_coordinates_are_a_place(demo_area):
    assert located(demo_area, "-26.9, 19.95") == ("-26.9, 19.95", -26.9, 19.95, 1.0)


def test_accuracy_widens_a_place(demo_area):
    coarse = replace(demo_area, tables=dict(demo_area.tables) | {"places": demo_area.tables["places"].assign(accuracy_km=7.0)})
    assert located(coarse, "Fordham")[3] == 7.0


@pytest.mark.parametrize(
    ("place", "fault", "told"),
    [
        ("Fordam", ConfigError, "unknown place.*did you mean Fordham"),
        ("Nowhere at all", ConfigError, "longitude,latitude"),
        ("Fordh", ConfigError, "several places of that name: Fordh: found Fordham, Fordham bridge"),
        ("Alder", ConfigError, "several places of that name.*Alder"),
        ("19.95, -126.9", DataError, "outside the area.*longitude first"),
        ("190, 10", DataError, "outside the area"),
        ("nan, nan", DataError, "outside the area"),
    ],
)
def test_mistaken_places_are_told_in_one_line(demo_area, place, fault, told):
    with pytest.raises(fault, match=told) as raised:
        located(demo_area, place)
    assert "\n" not in str(raised.value)


def test_swapped_korean_coordinates():
    area = read_area("korea")
    with pytest.raises(DataError, match="give longitude first"):
        located(area, "37.9,126.9")
    assert located(area, "Imnam Dam (DPRK)")[1:3] == (127.78, 38.47) and located(area, "임남댐")[1:3] == (127.78, 38.47)


@pytest.mark.parametrize("run", ["once", "many"])
def test_reading_of_the_ford(demo_area, run, request):
    found = read(demo_area, request.getfixturevalue(run), "Alder Ford")
    assert found.members == (1 if run == "once" else 12)
    assert set(found.zones["origin"]) == {"north", "south"}
    assert set(found.zones["class"]) <= {"high", "middle", "lower", "undetermined"}
    assert found.zones["index"].between(0, 1).all() and (found.zones["n_zones"] >= 3).all()
    assert found.sources.groupby("origin")["share"].sum().max() <= 1 + 1e-9
    rivers = set(found.sources["source"].str.split("-").str[0])
    assert rivers == {"alder"}, "the brook joins below the ford"
    top = found.sources.groupby("origin")["share"].max()
    assert (top > 0.2).all()
    if run == "once":
        assert (found.sources["q05"] == found.sources["q95"]).all()
    else:
        assert (found.sources["q95"] > found.sources["q05"]).any()


def test_best_class_and_densest_zone(demo_area, once):
    layer, _ = once
    found = read(demo_area, once, "Alder Ford")
    ford = gpd.GeoSeries(gpd.points_from_xy([-26.904435110], [19.945922913]), crs=4326).to_crs(demo_area.crs)
    met = layer.frame[layer.frame.intersects(ford.buffer(1000).to_crs(4326).iloc[0])]
    order = ["high", "middle", "lower", "undetermined"]
    for row in found.zones.to_dict("records"):
        own = met[met["origin"] == row["origin"]]
        assert row["index"] == own["index"].max() and row["class"] == min(own["class"], key=order.index)


@pytest.mark.parametrize("place", ["Birchwick", "-26.75,19.8"])
def test_a_place_out_of_reach_has_no_row(demo_area, once, place):
    """Birchwick lies on the brook; what lies beside all corridors has no zone and no source."""
    found = read(demo_area, once, place)
    if place == "Birchwick":
        assert set(found.sources["source"].str.split("-").str[0]) <= {"birch"}
    else:
        assert len(found.zones) == 0 and len(found.sources) == 0
        assert {"origin", "class", "index"} <= set(found.zones.columns)


def test_fed_by_is_a_line_for_each_place(demo_area, once):
    rows = demo_area.tables["places"]
    told = fed_by(demo_area, once[1], rows)
    assert len(told) == len(rows)
    ford = told[rows["name_en"].tolist().index("Fordham")]
    assert ford.startswith("north: alder-0") and "; south: alder-0" in ford and ford.count("%") <= 6
    dry = [text for text, row in zip(told, rows.itertuples(), strict=True) if row.name_en == "Westhaven"]
    assert dry == [""]
    assert fed_by(demo_area, once[1], rows.iloc[:0]) == []


@pytest.mark.parametrize(
    ("share", "low", "high", "told"),
    [
        (0.5, 0.5, 0.5, "r1 50 %"),
        (0.004, 0.0, 0.004, "r1 under 1 %"),
        (0.5, 0.2, 0.81, "r1 50 % (20-81 %)"),
        (0.004, 0.0, 0.02, "r1 under 1 % (0-2 %)"),
    ],
)
def test_a_share_in_words(share, low, high, told):
    assert share_told(SimpleNamespace(source="r1", share=share, q05=low, q95=high)) == told
