"""The area table answers to the geometry: every figure is measured, and a changed polygon changes its verdict."""

import math
import os
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.districts import by_district, public_districts
from geo.errors import ConfigError, DataError
from geo.exchange.read import read_districts
from geo.layer import make_layer
from geo.lengths import LENGTH_COLUMNS, length_table
from geo.measure import areas_m2, net_km2, total_km2
from geo.statistics import CLOSED_PART, COLUMNS, area_table, by_class, grouped, overlap_table


def row(table, layer, part="all"):
    return table[(table.layer == layer) & (table.part == part) & table.net_km2.notna()].iloc[0]


def with_frame(atlas, name, frame, **changed):
    layer = replace(atlas[name], frame=frame, **changed)
    return replace(atlas, layers=MappingProxyType({**atlas.layers, name: layer}))


def test_columns_and_first_rows(demo):
    assert tuple(demo.areas.columns) == COLUMNS
    first = demo.areas.groupby("layer", sort=False).first()
    assert set(first.part) == {"all"}
    assert set(first.index) == {
        "dmz",
        "mcz",
        "planned_minefields",
        "unconfirmed_minefields",
        "flood_displacement",
        "mined_density",
    }
    pd.testing.assert_frame_equal(area_table(demo), demo.areas)


def test_gross_less_overlap_is_net(demo):
    drawn = demo.areas.dropna(subset="gross_km2")
    assert len(drawn) > 10
    assert (drawn.gross_km2 - drawn.overlap_km2 - drawn.net_km2).abs().max() < 1e-6
    for name in demo.areas.layer.unique():
        frame = demo[name].frame
        assert row(demo.areas, name).gross_km2 == pytest.approx(areas_m2(frame).sum() / 1e6, rel=1e-12)
        union = gpd.GeoSeries([shapely.union_all(frame.geometry.values)], crs=frame.crs)
        assert row(demo.areas, name).net_km2 == pytest.approx(total_km2(union), rel=5e-6), "a union cuts edges off the geodesic"


@pytest.mark.parametrize(
    ("layer", "part", "km2"),
    [
        ("dmz", "all", 160),
        ("dmz", "south", 80),
        ("dmz", "south_westmark", 30),
        ("dmz", "south_eastmark", 50),
        ("dmz", "north", 80),
        ("mcz", "all", 200),
        ("mcz", "westmark", 75),
        ("mcz", "eastmark", 125),
        ("planned_minefields", "all", 2),
        ("unconfirmed_minefields", "all", 8),
    ],
)
def test_made_rows_meet_their_figure_by_construction(demo, layer, part, km2):
    found = row(demo.areas, layer, part)
    assert (found.verdict, found.reported_km2) == ("by construction", km2)
    assert found.net_km2 == pytest.approx(km2, rel=1e-6)
    assert found.difference_km2 == pytest.approx(found.net_km2 - km2, abs=1e-12)
    assert found.difference_percent == pytest.approx(100 * found.difference_km2 / km2, abs=1e-12)


def test_a_smaller_polygon_changes_figure_and_verdict(demo):
    frame = demo["dmz"].frame.copy()
    north = frame.index[frame.part == "north"][0]
    frame.loc[[north], "geometry"] = frame.geometry[[north]].scale(0.99, 1.0)
    table = area_table(with_frame(demo, "dmz", frame))
    for part, km2 in (("north", 79.2), ("all", 159.2)):
        found = row(table, "dmz", part)
        assert found.net_km2 == pytest.approx(km2, rel=1e-4)
        assert found.verdict == "under"
    assert row(table, "dmz", "south").verdict == "by construction"


@pytest.mark.parametrize("name", ["planned_minefields", "unconfirmed_minefields"])
def test_a_single_larger_field_changes_the_verdict(demo, name):
    frame = demo[name].frame.copy()
    frame.loc[[0], "geometry"] = frame.geometry[[0]].scale(1.3, 1.3)
    assert row(area_table(with_frame(demo, name, frame)), name).verdict == "over"


def test_a_missing_field_changes_the_verdict(demo):
    table = area_table(with_frame(demo, "planned_minefields", demo["planned_minefields"].frame.iloc[1:]))
    found = row(table, "planned_minefields")
    assert (found.verdict, found.n_features) == ("under", 99)


def test_overlapping_fields_count_once_in_the_net(demo):
    frame = demo["planned_minefields"].frame
    twice = pd.concat([frame, frame.iloc[:1].assign(id="copy")], ignore_index=True)
    found = row(area_table(with_frame(demo, "planned_minefields", twice)), "planned_minefields")
    assert found.overlap_km2 == pytest.approx(areas_m2(frame.iloc[:1])[0] / 1e6, rel=1e-9)
    assert found.net_km2 == pytest.approx(2.0, rel=1e-6)


def test_closed_land_has_a_row_of_its_own_and_stays_in_the_whole(demo):
    frame = demo["planned_minefields"].frame
    states = np.array(["closed", "handed_over", "searched_not_released", *["open"] * (len(frame) - 3)])
    table = area_table(with_frame(demo, "planned_minefields", frame.assign(land_status=states)))
    closed = table[(table.layer == "planned_minefields") & (table.part == CLOSED_PART)].iloc[0]
    assert closed.n_features == 2
    assert closed.net_km2 == pytest.approx(areas_m2(frame.iloc[:2]).sum() / 1e6, rel=1e-9)
    assert row(table, "planned_minefields").n_features == len(frame)
    assert CLOSED_PART not in set(area_table(with_frame(demo, "planned_minefields", frame.assign(land_status="open"))).part)


# the figure is 2.0 km², so half a unit of its last printed place is 0.5 km²
@pytest.mark.parametrize(("km2", "verdict"), [(2.0, "match"), (2.04, "match"), (1.96, "match"), (2.06, "over"), (1.94, "under")])
def test_a_supplied_layer_is_compared_and_never_rescaled(demo, km2, verdict):
    frame = demo["planned_minefields"].frame.iloc[:1].copy()
    box = gpd.GeoSeries([shapely.box(500_000, 2_200_000, 501_000, 2_201_000)], crs=demo.area.crs)
    side = math.sqrt(km2 / total_km2(box))
    frame["geometry"] = box.scale(side, side).to_crs(4326).values
    found = row(area_table(with_frame(demo, "planned_minefields", frame, basis="supplied")), "planned_minefields")
    assert found.verdict == verdict
    assert found.net_km2 == pytest.approx(km2, rel=1e-4)
    assert found.difference_percent == pytest.approx(100 * (km2 - 2) / 2, abs=0.01)


def test_other_published_values_stand_beside(demo):
    only = demo.areas[demo.areas.verdict == "other published value"]
    assert only[["layer", "series", "reported_km2"]].values.tolist() == [
        ["dmz", "demo-old", 164.0],
        ["mcz", "demo-late", 120.0],
        *[["planned_minefields", series, km2] for series, km2 in (("demo-2010", 1.5), ("demo-1990", 3.25))],
        ["unconfirmed_minefields", "demo-2010", 6.0],
    ]
    assert only[["gross_km2", "overlap_km2", "net_km2", "difference_km2"]].isna().all(axis=None)


def test_what_nobody_published_says_so(demo):
    rows = demo.areas[demo.areas.layer.isin(["flood_displacement", "mined_density"])]
    assert rows.verdict.str.startswith("not comparable: ").all()
    assert rows.reported_km2.isna().all()


def test_overlaps_of_layers(demo):
    table = demo.overlaps.set_index(["layer", "other"]).shared_km2
    pd.testing.assert_frame_equal(overlap_table(demo.layers), demo.overlaps)
    assert table["dmz", "mcz"] == pytest.approx(0, abs=1e-4)
    assert table["planned_minefields", "unconfirmed_minefields"] == 0
    planned = demo["planned_minefields"].frame
    assert table["planned_minefields", "dmz"] == pytest.approx(total_km2(planned[planned.zone == "dmz"]), rel=1e-6)
    assert table["unconfirmed_minefields", "dmz"] == 0


def test_classes_add_up_to_the_union(demo):
    table = by_class(demo.layers).set_index("land_class")
    hazards = pd.concat(
        [demo[name].frame[["geometry"]] for name in ("planned_minefields", "unconfirmed_minefields", "flood_displacement")]
    )
    assert table.net_km2.sum() == pytest.approx(net_km2(gpd.GeoDataFrame(hazards.reset_index(drop=True), crs=4326)), rel=5e-6)
    assert (table.gross_km2 - table.overlap_km2 - table.net_km2).abs().max() < 1e-9
    assert table.net_km2["CHA"] == 0, "nothing simulated is ever confirmed"
    assert table.simulated.to_dict() == {"CHA": False, "SHA": True, "indication": True, "screening": True}
    assert table.net_km2["SHA"] == pytest.approx(8.0, rel=1e-6)
    assert table.n_features.to_dict() == {
        "CHA": 0,
        "SHA": 20,
        "indication": 100,
        "screening": len(demo["flood_displacement"].frame),
    }


def test_a_place_in_two_classes_counts_in_the_higher_one(demo, demo_area):
    box = shapely.box(-27.0, 19.9, -26.99, 19.91)

    def layer(name, land_class):
        frame = gpd.GeoDataFrame({"id": ["a"], "name_en": ["A"], "name_ko": ["가"]}, geometry=[box], crs=4326)
        return make_layer(
            name, frame, area=demo_area, land_class=land_class, basis="supplied", sources=("invented",), as_of="2020"
        )

    table = by_class(
        {"a_minefields": layer("planned_minefields", "CHA"), "b_minefields": layer("unconfirmed_minefields", "SHA")}
    ).set_index("land_class")
    assert table.net_km2["CHA"] == pytest.approx(total_km2(gpd.GeoSeries([box], crs=4326)))
    assert table.net_km2["SHA"] == pytest.approx(0, abs=1e-12)
    assert table.overlap_km2["SHA"] == pytest.approx(table.gross_km2["SHA"])


def districts():
    frame = {"code": ["E", "W"], "name_en": ["Eastmark", "Westmark"], "name_ko": ["동주", "서주"]}
    return gpd.GeoDataFrame(
        frame, geometry=[shapely.box(-27.0, 19.7, -26.5, 20.0), shapely.box(-27.5, 19.7, -27.0, 20.0)], crs=4326
    )


def test_districts(demo):
    table = by_district(demo.layers, districts())
    dmz = table[table.layer == "dmz"].set_index("name_en")
    # the front bulges from the parallel of 20 N, which bounds the districts, by up to 18 m
    km2 = {"Eastmark": 50, "Westmark": 30, "outside every district": 80}
    assert dmz.gross_km2.to_dict() == pytest.approx(km2, rel=6e-3)
    for name in ("dmz", "mcz", "planned_minefields", "unconfirmed_minefields", "flood_displacement"):
        rows = table[table.layer == name]
        assert rows.gross_km2.sum() == pytest.approx(row(demo.areas, name).gross_km2, rel=1e-6)
    assert (table.gross_km2 - table.overlap_km2 - table.net_km2).abs().max() < 1e-6
    assert set(table.layer).isdisjoint({"rivers", "places", "incidents", "mdl", "mined_density"})
    own = areas_m2(districts())[0] / 1e6
    assert dmz.share_percent["Eastmark"] == pytest.approx(100 * dmz.net_km2["Eastmark"] / own)


def counted(shapes, codes=("1", "2"), **columns):
    """Return the district table of squares [tenths of a degree] in two neighbouring districts of 1 x 1 degree."""
    here = {"code": list(codes), "name_en": ["Goseong-gun"] * 2, "name_ko": ["고성군"] * 2}
    here = gpd.GeoDataFrame(here, geometry=[shapely.box(127, 38, 128, 39), shapely.box(128, 38, 129, 39)], crs=4326)
    boxes = [shapely.box(127 + w / 10, 38 + s / 10, 127 + e / 10, 38 + n / 10) for w, s, e, n in shapes]
    frame = gpd.GeoDataFrame(columns or {"land_class": "SHA"}, geometry=boxes, crs=4326, index=range(len(boxes)))
    return by_district({"unconfirmed_minefields": frame}, here)


def test_districts_are_joined_by_code_and_not_by_name():
    table = counted([(1, 1, 2, 2), (11, 1, 12, 2), (12, 1, 13, 2)])
    assert table[["code", "name_ko", "n_features"]].values.tolist() == [["1", "고성군", 1], ["2", "고성군", 2]]
    assert counted([(1, 1, 2, 2), (11, 1, 12, 2)], codes=("1", "1")).n_features.tolist() == [2]


def test_a_field_on_a_border_counts_in_both_and_one_at_the_border_in_its_own():
    across, at = counted([(9, 1, 11, 2)]), counted([(9, 1, 10, 2)])
    assert across.code.tolist() == ["1", "2"] and across.n_features.tolist() == [1, 1]
    assert across.gross_km2[0] == pytest.approx(across.gross_km2[1], rel=1e-6)
    assert at.code.tolist() == ["1"] and at.gross_km2[0] == pytest.approx(across.gross_km2[0], rel=1e-4)


def test_land_outside_every_district_is_listed_last_with_its_figures():
    table = counted([(1, 9, 2, 11), (1, 9, 2, 11), (5, 20, 6, 21), (1, 1, 2, 2)])
    assert table[["code", "name_en", "n_features"]].values.tolist() == [
        ["1", "Goseong-gun", 3],
        ["", "outside every district", 3],
    ]
    outside = table.iloc[1]
    one = outside.gross_km2 / 3
    assert outside.overlap_km2 == pytest.approx(one, rel=5e-3) and math.isnan(outside.share_percent)


def test_classes_and_statuses_stand_in_rows_of_their_own():
    columns = {"land_class": ["CHA", "CHA", "SHA"], "land_status": ["open", "closed", None]}
    table = counted([(1, 1, 2, 2), (3, 1, 4, 2), (5, 1, 6, 2)], **columns)
    assert table[["land_class", "land_status", "n_features"]].values.tolist() == [
        ["CHA", "closed", 1],
        ["CHA", "open", 1],
        ["SHA", "", 1],
    ]


def test_land_as_it_was_is_no_land_of_today(demo):
    frames = {"past_hazards": demo["planned_minefields"].frame, "mined_density": demo["mined_density"].frame}
    assert by_district(frames, districts()).empty


@pytest.mark.parametrize(("counts", "told"), [([3, 7, 9], [-1, -1, 9]), ([3, 4, 9], [-1, -1, 9]), ([6, 7, 9], [6, 7, 9])])
def test_a_lone_hidden_count_cannot_be_worked_out_from_the_total(counts, told):
    table = pd.DataFrame({"layer": "planned_minefields", "n_features": counts, "gross_km2": 1.26, "overlap_km2": 0.02})
    table = table.assign(net_km2=1.24, share_percent=12.4).astype({"n_features": "Int64"})
    assert public_districts(table, ["planned_minefields"]).n_features.fillna(-1).tolist() == told
    assert public_districts(table, ["dmz"]).n_features.tolist() == counts


def test_districts_without_codes_are_refused(demo):
    with pytest.raises(DataError, match="districts need a code and names: expected name_en, name_ko"):
        by_district(demo.layers, districts()[["code", "geometry"]])


@pytest.mark.skipif("MINEMAP_TESTDATA" not in os.environ, reason="needs the census districts")
def test_a_wrong_english_name_stands_beside_code_and_korean_name():
    here = read_districts(Path(os.environ["MINEMAP_TESTDATA"]) / "kostat2018_municipalities.gpkg")
    field = gpd.GeoDataFrame({"land_class": ["SHA"]}, geometry=[shapely.box(127.3, 38.2, 127.31, 38.21)], crs=4326)
    table = by_district({"unconfirmed_minefields": field}, here)
    assert table[["code", "name_en", "name_ko"]].values.tolist() == [["32360", "Gongju-si", "철원군"]]


@pytest.mark.parametrize("by", ["layer", "class", "district"])
def test_grouped_is_the_table_of_that_name(demo, by):
    expected = {"layer": demo.areas, "class": by_class(demo.layers), "district": by_district(demo.layers, districts())}
    pd.testing.assert_frame_equal(grouped(demo, by, districts()), expected[by])


def test_unknown_grouping(demo):
    with pytest.raises(ConfigError, match="unknown grouping: clas: did you mean class"):
        grouped(demo, "clas", districts())


def test_lengths(demo):
    table = demo.lengths
    assert tuple(table.columns) == LENGTH_COLUMNS
    pd.testing.assert_frame_equal(length_table(demo.area, demo.layers), table)
    front = table[table.line == "mdl"]
    assert front.reported_km.tolist() == [40.0, 41.0]
    assert front.value_km.to_numpy() == pytest.approx(40.0, rel=1e-6)
    rivers = table[table.line == "rivers"].set_index("part").value_km
    assert rivers.to_dict() == pytest.approx({"alder": 34.0, "birch": math.hypot(8, 3), "alder_estuary": 5.0}, rel=1e-3)


def test_solved_widths_stand_beside_the_agreed_width_and_the_limit(demo):
    widths = demo.lengths.dropna(subset="value_km").set_index(["line", "part"])
    for part in ("south_westmark", "south_eastmark", "north"):
        assert widths.value_km["dmz", part] == pytest.approx(2.0, rel=2e-6)
        assert (widths.metric["dmz", part], widths.reported_km["dmz", part], widths.verdict["dmz", part]) == (
            "half_width",
            2.0,
            "solved",
        )
    for part in ("westmark", "eastmark"):
        assert widths.value_km["mcz", part] == pytest.approx(7.0, rel=2e-6)
        assert (widths.metric["mcz", part], widths.reported_km["mcz", part]) == ("outer_distance", 10.0)
        assert widths.verdict["mcz", part] == "solved: within this limit"


def test_supplied_zones_have_no_solved_width(demo):
    frame = demo["dmz"].frame.drop(columns=["distance_m", "figure"])
    atlas = with_frame(demo, "dmz", frame, basis="supplied")
    assert "dmz" not in set(length_table(atlas.area, atlas.layers).line)
    assert row(area_table(atlas), "dmz").verdict == "match"
    assert np.isfinite(row(area_table(atlas), "dmz").difference_percent)
