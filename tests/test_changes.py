"""Two builds side by side: every kind of change is logged once, and what is simulated is compared by totals."""

import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.changes import CHANGES, LOG_COLUMNS, TOTAL_COLUMNS, changes, district_changes
from geo.errors import DataError
from geo.measure import areas_m2

SQUARE = shapely.box(127, 38, 127.01, 38.01)
KM2 = areas_m2(gpd.GeoSeries([SQUARE], crs=4326))[0] / 1e6


def hazards(ids, **columns):
    """Return fields of one size, a tenth of a degree apart."""
    shapes = [shapely.transform(SQUARE, lambda points, east=n / 10: points + np.array([east, 0])) for n in range(len(ids))]
    full = {"id": list(ids), "land_class": "SHA", "simulated": False} | columns
    return gpd.GeoDataFrame(full, geometry=shapes, crs=4326, index=range(len(ids)))


def logged(before, after):
    return changes({"hazards": before}, {"hazards": after}).log


def test_nothing_changed_is_an_empty_log_and_no_difference(demo):
    frames = {name: layer.frame for name, layer in demo.layers.items()}
    found = changes(frames, frames)
    assert found.log.empty and tuple(found.log.columns) == LOG_COLUMNS
    assert tuple(found.table.columns) == TOTAL_COLUMNS and found.table.layer.tolist() == list(frames)
    assert (found.table.n_difference == 0).all()
    assert (found.table.net_difference_km2.dropna() == 0).all()
    lines = found.table.set_index("layer").loc[["mdl", "rivers", "places"]]
    assert lines.net_now_km2.isna().all() and lines.n_now.tolist() == [1, 3, 8]


def test_order_of_rows_and_columns_is_no_change():
    before = hazards("abc", zone=["x", "y", "z"])
    after = before[["geometry", "zone", "simulated", "land_class", "id"]].iloc[::-1]
    assert logged(before, after).empty


def test_a_ring_begun_elsewhere_and_rounding_are_no_change():
    before = hazards("a")
    ring = list(SQUARE.exterior.coords)
    again = before.assign(geometry=[shapely.Polygon([*ring[2:4], *ring[0:3]])])
    assert logged(before, again).empty
    assert logged(before, before.assign(geometry=before.translate(1e-11))).empty
    assert logged(before, before.assign(geometry=before.translate(1e-7))).change.tolist() == ["geometry changed"]


def test_added_and_no_longer_listed():
    log = logged(hazards("ab"), hazards("bc"))
    assert log[["id", "change"]].values.tolist() == [["a", "no longer listed"], ["b", "geometry changed"], ["c", "added"]]
    assert log.area_before_m2.iloc[0] == pytest.approx(KM2 * 1e6) and np.isnan(log.area_after_m2.iloc[0])
    assert np.isnan(log.area_before_m2.iloc[2]) and log.area_after_m2.iloc[2] == pytest.approx(KM2 * 1e6)
    assert not any("delete" in word for word in CHANGES)


def test_class_status_geometry_and_attributes_of_one_feature_are_four_lines():
    before = hazards("a", land_status=["open"], zone=["north"], precision_m=[5.0], note=[None])
    half = shapely.box(127, 38, 127.005, 38.01)
    after = hazards("a", land_status=["worked_on"], zone=["south"], precision_m=[2.0], note=[np.nan]).assign(
        land_class="CHA", geometry=[half]
    )
    log = logged(before, after)
    assert log[["change", "before", "after"]].values.tolist() == [
        ["class changed", "SHA", "CHA"],
        ["status changed", "open", "worked_on"],
        ["geometry changed", "", ""],
        ["attributes changed", "zone: north; precision_m: 5", "zone: south; precision_m: 2"],
    ]
    assert log.area_after_m2.to_numpy() == pytest.approx(log.area_before_m2.to_numpy() / 2, rel=1e-6)


def test_a_column_that_came_or_went_counts_only_where_it_says_something():
    log = logged(hazards("ab"), hazards("ab", zone=["", "hill"]))
    assert log[["id", "before", "after"]].values.tolist() == [["b", "zone: empty", "zone: hill"]]
    assert logged(hazards("ab", zone=[None, np.nan]), hazards("ab")).empty


def test_what_follows_from_shape_or_simulation_is_no_attribute():
    assert logged(hazards("a", area_m2=[1.0], fed_by=["x"]), hazards("a", area_m2=[2.0], fed_by=["y"])).empty


def test_simulated_features_are_compared_by_totals():
    before, after = hazards("abc", simulated=True), hazards("xy", simulated=True)
    found = changes({"planned": before}, {"planned": after})
    assert found.log.empty
    row = found.table.iloc[0]
    assert row[["n_then", "n_now", "n_difference"]].tolist() == [3, 2, -1]
    assert row.net_difference_km2 == pytest.approx(-KM2, rel=1e-9) and row.note == "simulated: totals only"


def test_supplied_in_place_of_simulated_is_said():
    found = changes({"planned": hazards("ab", simulated=True)}, {"planned": hazards("b")})
    assert found.table.note.tolist() == ["simulated then, not simulated now"]
    assert found.log[["id", "change"]].values.tolist() == [["b", "added"]]


def test_layers_that_came_or_went():
    found = changes({"old": hazards("a")}, {"new": hazards("bc")})
    assert found.table[["layer", "n_then", "n_now", "note"]].values.tolist() == [
        ["old", 1, 0, "not in this build"],
        ["new", 0, 2, "not in the earlier build"],
    ]
    assert found.log.change.tolist() == ["no longer listed", "added", "added"]


def test_published_figures_win_over_measured_cells():
    tables = [
        pd.DataFrame({"layer": ["h", "h"], "part": ["all", "all"], "n_features": [n, pd.NA], "gross_km2": [km2, np.nan]}).assign(
            net_km2=lambda table: table.gross_km2
        )
        for n, km2 in ((5, 1.2), (6, 1.3))
    ]
    row = changes({"h": hazards("a")}, {"h": hazards("a")}, published=tuple(tables)).table.iloc[0]
    assert row[["n_then", "n_now"]].tolist() == [5, 6] and row.net_difference_km2 == pytest.approx(0.1)
    measured = changes({"h": hazards("a")}, {"h": hazards("a")}, published=(tables[0], tables[1].iloc[:0])).table.iloc[0]
    assert measured.net_now_km2 == pytest.approx(KM2)


def test_ids_that_stand_twice_are_refused():
    with pytest.raises(DataError, match="repeated ids: hazards: a"):
        logged(hazards("aa"), hazards("ab"))


def test_change_by_district():
    names = {"code": ["1", "2"], "name_en": ["One", "Two"], "name_ko": ["하나", "둘"]}
    here = gpd.GeoDataFrame(names, geometry=[shapely.box(126.9, 37, 127.05, 39), shapely.box(127.05, 37, 128, 39)], crs=4326)
    table = district_changes({"h": hazards("a"), "dmz": hazards("z")}, {"h": hazards("ab")}, here)
    assert table[["code", "layer", "n_then", "n_now", "note"]].values.tolist() == [
        ["1", "h", 1, 1, ""],
        ["1", "dmz", 1, 0, "not in this build"],
        ["2", "h", 0, 1, ""],
    ]
    assert table.net_difference_km2.to_numpy() == pytest.approx([0, -KM2, KM2], abs=1e-9)


def test_many_features_are_compared_in_seconds():
    n = 20_000
    corner = np.stack([126 + np.arange(n) % 200 / 100, 37 + np.arange(n) // 200 / 100], axis=1)
    frame = gpd.GeoDataFrame({"id": np.arange(n).astype(str), "land_class": "SHA", "zone": "z"}, geometry=shapely.box(
        *corner.T, *(corner + 0.005).T), crs=4326)  # fmt: skip
    other = frame.assign(land_class=np.where(np.arange(n) % 1000 == 0, "CHA", "SHA"))
    start = time.perf_counter()
    assert len(logged(frame, other)) == n // 1000
    assert time.perf_counter() - start < 20
