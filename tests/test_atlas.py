"""The Korean atlas: the published totals, the honesty rules, one result for one set of inputs."""

import runpy
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

import layers
from geo.allocate import compactness
from geo.area import read_area
from geo.errors import ConfigError, DataError
from geo.exchange.content import content_sha256
from geo.generalise import as_shown
from geo.land import ground
from geo.measure import project, total_km2
from geo.statistics import layer_table
from geo.terms import LAYER_NAMES
from layers.atlas import build
from layers.request import request
from layers.rivers import rivers
from layers.room import zone_shapes
from layers.scene import scene

GEOD = pyproj.Geod(ellps="WGS84")
LAYOUT = runpy.run_path(str(Path(__file__).parents[1] / "docs" / "layout.py"))


def plane(atlas, name):
    return np.array(project(atlas[name].frame, atlas.area.crs).geometry.values)


def karney_km2(frame):
    return sum(abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in frame.geometry) / 1e6


def test_all_layers_stand_in_order(korea):
    assert tuple(korea.layers) == LAYER_NAMES
    assert all(layer.about_en and layer.about_ko for layer in korea.layers.values())


@pytest.mark.parametrize(("name", "count", "km2"), [("planned_minefields", 1100, 21.8), ("unconfirmed_minefields", 202, 90.7)])
def test_default_series_is_met(korea, name, count, km2):
    frame = korea[name].frame
    assert len(frame) == count
    assert karney_km2(frame) == pytest.approx(km2, rel=1e-6)
    assert shapely.is_valid(frame.geometry.values).all()
    assert set(frame.basis) == {"allocated"} and frame.simulated.all() and "CHA" not in set(frame.land_class)


@pytest.mark.parametrize(
    ("layer", "part", "km2"),
    [
        ("dmz", "south_gyeonggi", 153),
        ("dmz", "south_gangwon", 300),
        ("dmz", "north", 454),
        ("mcz", "gyeonggi", 480),
        ("mcz", "gangwon", 1048),
    ],
)
def test_zones_have_their_published_areas(korea, layer, part, km2):
    frame = korea[layer].frame
    assert karney_km2(frame[frame.part == part]) == pytest.approx(km2, rel=1e-6)
    row = korea.areas.query("layer == @layer and part == @part").iloc[0]
    assert row.verdict.startswith("by construction")


def test_no_two_hazards_meet(korea):
    shapes = np.concatenate([plane(korea, "planned_minefields"), plane(korea, "unconfirmed_minefields")])
    left, right = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    assert (left == right).all()


def test_fields_lie_in_their_zone_on_land_outside_river_channels(korea):
    base = ground(korea.area, project(korea["rivers"].frame, korea.area.crs))
    room = zone_shapes(korea.area, base, korea["dmz"], korea["mcz"])
    for name in ("planned_minefields", "unconfirmed_minefields"):
        zone = korea[name].frame["zone"].to_numpy()
        shapes = plane(korea, name)
        for own, shape in room.items():
            assert shapely.contains(shape, shapes[zone == own]).all()
        assert shapely.contains(base.land, shapes).all()
        assert not shapely.intersects(base.channels, shapes).any()


def test_shapes_follow_the_front_or_are_irregular(korea):
    strips, patches = plane(korea, "planned_minefields"), plane(korea, "unconfirmed_minefields")
    elongation, axis = LAYOUT["elongation_and_axis"](strips)
    assert 4 <= np.median(elongation) <= 6
    assert (LAYOUT["off_front_deg"](korea, strips, axis) <= 30).mean() >= 0.9
    assert (shapely.get_num_coordinates(patches) - 1 >= 12).all()
    compact = compactness(patches)
    assert compact.min() >= 0.3 and compact.max() <= 0.8
    for name in ("planned_minefields", "unconfirmed_minefields"):
        logs = np.log(korea[name].frame.area_m2)
        assert abs(logs.std() - 1.0) < 0.15 and abs(((logs - logs.mean()) ** 3).mean()) < 0.4, "log-normal sizes"


def test_the_layout_page_tells_this_build(korea):
    page = Path(__file__).parents[1] / "docs" / "layout.md"
    assert page.read_text(encoding="utf-8") == LAYOUT["page"](korea), "run: python docs/layout.py"


def test_the_expectation_adds_up_to_the_series(korea):
    cells = korea["mined_density"].frame
    assert cells.mined_km2.sum() == pytest.approx(112.5, rel=1e-6)
    assert cells.pi.between(0, 1).all()


def test_screening_zones_lie_downstream_of_a_source(korea):
    frame = korea["flood_displacement"].frame
    south = frame[frame.origin == "south"]
    network = rivers(korea.area)[1]
    cells = shapely.STRtree(plane(korea, "mined_density"))
    near = cells.query(project(south, korea.area.crs).geometry.values, predicate="intersects")[0]
    fed = set(south.reach.iloc[np.unique(near)])  # reaches with a source in their own corridor
    names = network.frame["id"].tolist()
    for index in network.order:  # upstream to downstream
        if names[index] in fed and network.down[index] >= 0:
            fed.add(names[network.down[index]])
    routed = set(south.reach[south.river != "han_estuary"])
    assert routed <= fed, "nothing upstream of every source"
    assert len(routed) < len(set(names)), "some reaches lie upstream of every southern source"
    assert {"imjin", "hantan", "han", "han_estuary"} <= set(south.river)
    assert set(frame["class"][frame.river == "han_estuary"]) == {"undetermined"}
    assert frame["index"].between(0, 1).all() and (frame["index"] > 0).all()
    assert set(frame.land_class) == {"screening"}


def test_the_ledger_balances(korea):
    book = korea.ledger
    kept = book[["deposited", "trapped", "estuary", "sea", "exported"]].sum(axis=1)
    assert (abs(book.mobilised - kept) <= 1e-9 * np.maximum(1, book.mobilised)).all()
    assert set(book.units) == {"index"}


def test_finds_reach_no_layer_but_incidents_for_any_number_of_workers(korea, monkeypatch):
    """Other finds and another number of processes, at once: a build of Korea takes a while."""
    import layers.request

    empty = read_area("korea")
    blind = {**empty.tables, "incidents": empty.tables["incidents"].assign(lon=127.0, lat=38.0, n_found=0.0)}
    monkeypatch.setattr(layers.request, "read_area", lambda *_: replace(empty, tables=blind))
    again = build("korea", workers=2)
    for name in LAYER_NAMES:
        same = content_sha256(korea[name].frame) == content_sha256(again[name].frame)
        assert same == (name != "incidents"), name
    for series, fields in korea.alternatives.items():
        for name, layer in fields.items():
            assert content_sha256(layer.frame) == content_sha256(again.alternatives[series][name].frame), (series, name)


def drawn(**options):
    """Return the layers of Korea that follow figures, and their table: as a build makes them before it lets a flood come."""
    asked = request("korea", **options)
    made = scene(asked).layers
    return SimpleNamespace(layers=made, areas=layer_table(asked.area, made, asked.series.name))


@pytest.fixture(scope="module")
def chosen():
    """Return the layers with three settings that have nothing to do with each other."""
    config = {"mcz": {"figure": "nie-2016"}, "allocation": {"zone_shares": "kcbl-paper"}}
    return drawn(series="ndc-2010", config=config)


@pytest.mark.parametrize(
    ("series", "planned", "unconfirmed"), [("mnd-2003", (1100, 22.0), (65, 69.0)), ("ndc-2010", (1100, 20.0), (209, 97.82))]
)
def test_other_vintages_can_be_built(request, series, planned, unconfirmed):
    atlas = request.getfixturevalue("chosen") if series == "ndc-2010" else drawn(series=series)
    for name, (count, km2) in {"planned_minefields": planned, "unconfirmed_minefields": unconfirmed}.items():
        assert len(atlas.layers[name].frame) == count
        assert total_km2(atlas.layers[name].frame) == pytest.approx(km2, rel=1e-6)
        first = atlas.areas.query("layer == @name").iloc[0]
        assert (first.series, first.verdict) == (series, "by construction")
        others = atlas.areas.query("layer == @name and verdict == 'other published value'")
        assert series not in set(others.series) and "icbl-2007" in set(others.series)


@pytest.mark.parametrize("series", ["jcs-2018", "krimc-2018"])
def test_series_for_the_table_only_say_what_they_lack(series):
    with pytest.raises(ConfigError, match="lacking"):
        build("korea", series=series)


def test_the_smaller_zone_of_2016_can_be_chosen(chosen):
    assert karney_km2(chosen.layers["mcz"].frame) == pytest.approx(1104, rel=1e-6)
    first = chosen.areas.query("layer == 'mcz'").iloc[0]
    assert first.reported_km2 == 1104 and first.verdict.startswith("by construction: derived")


def test_a_rear_without_fields_can_be_chosen(chosen):
    assert "rear" not in set(chosen.layers["planned_minefields"].frame["zone"])
    assert total_km2(chosen.layers["planned_minefields"].frame) == pytest.approx(20.0, rel=1e-6)


def test_an_area_that_its_limit_cannot_hold_is_an_error_with_both():
    config = {"mcz": {"figures": {"designation": {"limit": "ccl.plan_2029"}}}}
    with pytest.raises(ConfigError, match=r"at most 5 km .* found \d\.\d\d km"):
        build("korea", config=config)


def test_supplied_fields_are_measured_and_never_rescaled(tmp_path):
    boxes = [shapely.box(-27.03, 19.975, -27.01, 19.985), shapely.box(-26.99, 19.975, -26.97, 19.985)]
    own = gpd.GeoDataFrame({"hazard_id": ["a", "b"], "as_of": ["2024-05-01", ""]}, geometry=boxes, crs=4326)
    own.to_file(tmp_path / "own.gpkg")
    atlas = build("demo", unconfirmed=tmp_path / "own.gpkg", tier="restricted")
    layer = atlas["unconfirmed_minefields"]
    assert layer.basis == "supplied" and not layer.simulated
    assert karney_km2(layer.frame) == pytest.approx(karney_km2(own), rel=1e-9)
    row = atlas.areas.query("layer == 'unconfirmed_minefields'").iloc[0]
    assert row.net_km2 == pytest.approx(karney_km2(own), rel=1e-6)
    assert row.difference_km2 == pytest.approx(row.net_km2 - 8.0) and row.verdict == "under"
    planned = plane(atlas, "planned_minefields")
    assert not shapely.intersects(shapely.union_all(plane(atlas, "unconfirmed_minefields")), planned).any()


def test_supplied_zones_lines_rivers_and_districts_replace_the_schematic_ones(demo, tmp_path):
    zone = gpd.GeoDataFrame({"layer": ["dmz"], "part": ["south"]}, geometry=[shapely.box(-27.2, 19.98, -26.8, 20.0)], crs=4326)
    zone.to_file(tmp_path / "zone.gpkg")
    demo["rivers"].frame[["id", "geometry"]].to_file(tmp_path / "rivers.gpkg")
    demo["mcz"].frame[["part", "geometry"]].rename(columns={"part": "name"}).assign(code=["1", "2"]).to_file(
        tmp_path / "districts.gpkg"
    )
    atlas = build("demo", boundary=tmp_path / "zone.gpkg", rivers=tmp_path / "rivers.gpkg", districts=tmp_path / "districts.gpkg")
    assert atlas["dmz"].basis == "supplied" and atlas["rivers"].basis == "supplied"
    assert atlas["mcz"].basis == "declared"
    assert set(atlas.parameters) >= {"boundary", "rivers", "districts"} and set(atlas.inputs) >= {
        "zone.gpkg",
        "rivers.gpkg",
        "districts.gpkg",
    }
    row = atlas.areas.query("layer == 'dmz'").iloc[0]
    assert row.verdict == "under" and row.basis == "supplied"


def test_invalid_supplied_fields_are_listed_at_once(tmp_path):
    bow = shapely.Polygon([(-27.0, 19.98), (-26.99, 19.99), (-26.99, 19.98), (-27.0, 19.99)])
    own = gpd.GeoDataFrame(
        {"hazard_id": ["ok", "bow", "bow2"]}, geometry=[shapely.box(-27.1, 19.98, -27.09, 19.99), bow, bow], crs=4326
    )
    own.to_file(tmp_path / "own.gpkg")
    with pytest.raises(DataError, match="own.gpkg") as told:
        build("demo", planned=tmp_path / "own.gpkg")
    assert "bow" in str(told.value) and "bow2" in str(told.value)


def test_figures_of_the_area_table_come_from_geometry(korea):
    rows = korea.areas[korea.areas.net_km2.notna()]
    assert (abs(rows.gross_km2 - rows.overlap_km2 - rows.net_km2) < 1e-6).all()
    for name in ("dmz", "mcz", "planned_minefields", "unconfirmed_minefields", "flood_displacement"):
        assert rows[rows.layer == name].gross_km2.max() == pytest.approx(karney_km2(korea[name].frame), rel=1e-6)


def test_layers_package_offers_the_recipe():
    assert layers.build is build
    with pytest.raises(AttributeError):
        _ = layers.nothing


def test_the_public_tier_tells_no_more_than_its_cells(tmp_path):
    """Two surveys that fill the same cells with the same km² give the same atlas, byte for byte but for the input's checksum."""
    shown = []
    for shift_m in (0.0, 130.0):
        boxes = [
            shapely.box(*(500_200 + shift_m + 3000 * n, 2_206_300, 500_500 + shift_m + 3000 * n, 2_206_600)) for n in range(5)
        ]
        own = gpd.GeoDataFrame({"hazard_id": [f"s{n}" for n in range(5)]}, geometry=boxes, crs=32626)
        own.to_file(tmp_path / "own.gpkg")
        shown.append(as_shown(build("demo", unconfirmed=tmp_path / "own.gpkg")))
    one, two = shown
    assert len(one["unconfirmed_minefields"].frame) == 5
    for name in LAYER_NAMES:
        assert content_sha256(one[name].frame) == content_sha256(two[name].frame), name
    for table in ("areas", "lengths", "ledger", "overlaps", "assumed"):
        pd.testing.assert_frame_equal(getattr(one, table), getattr(two, table))


def test_supplied_fields_are_named_as_what_feeds_the_flood_zones(tmp_path):
    own = gpd.GeoDataFrame({"hazard_id": ["s"]}, geometry=[shapely.box(-27.0, 19.95, -26.99, 19.96)], crs=4326)
    own.to_file(tmp_path / "very-secret-name.gpkg")
    atlas = build("demo", unconfirmed=tmp_path / "very-secret-name.gpkg")
    assert "supplied" in atlas["flood_displacement"].sources
    assert set(atlas["mined_density"].frame.name_en) == {"Expected planned mined land (simulated), 1 km cell"}
    assert not any("very-secret-name" in source.title for source in atlas.area.sources.values())


def test_what_is_assumed_is_told(korea):
    table = korea.assumed.set_index("name")
    assert table.tag.isin(["published", "derived", "assumed"]).all()
    for name in ("seed", "allocation.aspect", "allocation.preference.front_km", "zone_shares.jcs-2018.planned", "flood.p_ref"):
        assert table.tag[name] == "assumed"
    assert "series.mnd-2003.planned_count_assumed" in table.index


def test_alternatives_are_what_a_build_with_that_series_holds(demo, demo_2010):
    atlas = demo
    assert list(atlas.alternatives) == ["demo-2010"], "demo-1990 is for the table only, demo-2020 is the atlas itself"
    other = demo_2010
    assert list(other.alternatives) == ["demo-2020"]
    for name, layer in atlas.alternatives["demo-2010"].items():
        assert layer.frame.equals(other[name].frame) and layer.as_of == other[name].as_of
        assert other.alternatives["demo-2020"][name].frame.equals(atlas[name].frame)
        assert not layer.frame.equals(atlas[name].frame)


def test_no_alternatives_beside_supplied_fields(demo, tmp_path):
    drawn = demo["planned_minefields"].frame[["id", "geometry"]]
    drawn.to_file(tmp_path / "own.gpkg")
    assert dict(build("demo", planned=tmp_path / "own.gpkg").alternatives) == {}


def test_a_series_without_room_is_left_out_and_told(monkeypatch, caplog):
    import layers.atlas

    def full(*_, **__):
        raise DataError("no place found for a field", where="zone dmz")

    monkeypatch.setattr(layers.atlas, "redrawn_fields", full)
    assert dict(build("demo").alternatives) == {}
    assert "series demo-2010 is not on the map" in caplog.text
