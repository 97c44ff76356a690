"""Hazards as they stood on a day: versions, reports and floods folded together, and the shapes that went with them."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from geo.errors import ConfigError
from geo.exchange.parts import Supplied
from layers.standing import joined_past, standing

SMALL, LARGE = shapely.box(127.0, 38.0, 127.001, 38.001), shapely.box(127.0, 38.0, 127.002, 38.001)


def field(shapes, **columns):
    base = {"id": "A", "land_class": "SHA", "land_status": "open", "as_of": "2019-03-01", "valid_from": "", "valid_to": ""}
    return gpd.GeoDataFrame([{**base, **dict(zip(columns, row, strict=True))} for row in zip(*columns.values(), strict=True)],
                            geometry=shapes, crs=4326)  # fmt: skip


def supplied(current, past=None, reports=None):
    return Supplied(current, current.iloc[:0] if past is None else past, pd.DataFrame() if reports is None else reports)


def test_undated_hazards_stand_as_they_are():
    frame = field([SMALL], id=["A"])
    now = standing(supplied(frame), None, None, where="own.gpkg")
    assert now.current is frame
    assert (now.day, len(now.past), len(now.history)) == ("", 0, 0)


def test_a_version_keeps_its_own_shape_and_the_later_one_follows():
    versions = field([SMALL, LARGE], valid_from=["2019-03-01", "2021-06-01"])
    own = supplied(versions.iloc[1:].reset_index(drop=True), versions.iloc[:1])
    now = standing(own, None, None, where="own.gpkg")
    assert now.day == "2021-06-01"
    assert now.current.geometry.iloc[0].equals(LARGE)
    assert now.past[["valid_from", "valid_to"]].values.tolist() == [["2019-03-01", "2021-06-01"]]
    before = standing(own, None, "2021-05-31", where="own.gpkg")
    assert before.current.geometry.iloc[0].equals(SMALL)
    assert before.past.empty


def test_reports_make_states_without_cutting_the_shape():
    reports = pd.DataFrame(
        {"hazard_id": ["A", "A"], "date": ["2022-01-10", "2020-05-03"], "kind": ["completion", "ts"], "cleared_m2": [5e3, 0.0]}
    )
    now = standing(supplied(field([SMALL], valid_from=["2019-03-01"]), None, reports), None, None, where="own.gpkg")
    assert now.current[["land_class", "land_status", "valid_from"]].values.tolist() == [["CHA", "closed", "2022-01-10"]]
    assert now.past[["land_class", "land_status", "valid_to"]].values.tolist() == [
        ["SHA", "open", "2020-05-03"],
        ["CHA", "worked_on", "2022-01-10"],
    ]
    assert now.past.geometry.map(lambda shape: shape.equals(SMALL)).all()


def test_a_flood_reopens_closed_land_and_leaves_marking_unverified():
    closed = field([SMALL], land_status=["closed"], valid_from=["2019-03-01"]).assign(fence_condition="intact")
    flood = gpd.GeoDataFrame({"name": ["flood"], "kind": ["flood"], "date": ["2020-08-05"]}, geometry=[LARGE], crs=4326)
    now = standing(supplied(closed), flood, None, where="own.gpkg")
    assert now.day == "2020-08-05"
    assert now.current[["land_class", "fence_condition"]].values.tolist() == [["indication", "unverified"]]
    assert now.past[["land_class", "land_status"]].values.tolist() == [["SHA", "closed"]]


def test_a_day_before_anything_was_known_is_refused():
    with pytest.raises(
        ConfigError, match="no hazard known on that day: --planned own.gpkg: expected 2019-03-01 or later, found 1999"
    ):
        standing(supplied(field([SMALL], valid_from=["2019-03-01"])), None, "1999", where="--planned own.gpkg")


def test_past_states_of_both_kinds_are_told_apart():
    versions = field([SMALL, LARGE], valid_from=["2019-03-01", "2021-06-01"])
    now = standing(supplied(versions.iloc[1:], versions.iloc[:1]), None, None, where="own.gpkg")
    past = joined_past({"planned": now, "unconfirmed": now})
    assert past.hazard_layer.tolist() == ["planned_minefields", "unconfirmed_minefields"]
    assert joined_past({}) is None
