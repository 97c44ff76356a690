"""Form C lists what somebody mapped, withholds what the tier withholds, and never calls a simulated place a mined area."""

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.article7 import FORM_COLUMNS, NOTHING, PARTS, form_c
from geo.measure import areas_m2
from geo.reported import series_table

REPORTED = pd.DataFrame({"series": ["s"], "as_of": ["2020"], "planned_km2": [2.0]})
SQUARE = shapely.box(127.1, 38.1, 127.2, 38.2)


@pytest.fixture(scope="module")
def districts():
    names = {"code": ["1", "2"], "name_en": ["Goseong-gun"] * 2, "name_ko": ["고성군"] * 2}
    return gpd.GeoDataFrame(names, geometry=[shapely.box(127, 38, 128, 39), shapely.box(128, 38, 129, 39)], crs=4326)


def supplied(n, east=0.0, **columns):
    shapes = [shapely.transform(SQUARE, lambda points, north=k / 10: points + np.array([east, north])) for k in range(n)]
    full = {"id": [f"YC-{k}" for k in range(n)], "land_class": "SHA", "basis": "supplied", "as_of": "2024"} | columns
    return gpd.GeoDataFrame(full, geometry=shapes, crs=4326, index=range(n))


def test_simulated_layers_are_never_mined_areas(demo):
    names = {"code": ["E"], "name_en": ["Demo"], "name_ko": ["데모"]}
    whole = gpd.GeoDataFrame(names, geometry=[shapely.box(-28, 19, -26, 21)], crs=4326)
    form = form_c(demo.layers, whole, reported=series_table(demo.area), tier="restricted")
    assert form.rows.empty and tuple(form.rows.columns) == FORM_COLUMNS and NOTHING in form.notes
    assert form.totals.set_index("series").planned_km2["demo-2020"] == 2.0
    assert form.totals.as_of.tolist()[0] == "2020"


def test_the_form_says_that_it_is_no_submission(districts):
    for frames in ({}, {"planned_minefields": supplied(1)}):
        form = form_c(frames, districts, reported=REPORTED)
        assert "not a submission" in form.notes[0] and "not this table's matter" in form.notes[0]


def test_restricted_rows_give_type_quantity_and_date(districts):
    frame = supplied(
        3,
        mine_types=["M14;M16", "M14", ""],
        emplaced_n=[100, 20, None],
        recovered_n=[30, None, None],
        unaccounted_n=[70, 20, None],
        emplaced_period=["1962", "1962", "1988"],
        land_status=["open", "open", "worked_on"],
        national_term="미확인지뢰지대",
    )
    form = form_c({"unconfirmed_minefields": frame}, districts, reported=REPORTED, tier="restricted")
    row = form.rows.iloc[0]
    assert row[["part", "code", "location"]].tolist() == [PARTS["suspected"], "1", "Goseong-gun 고성군 (1)"]
    assert row.type == "M14; M16 (stated for 2 of 3 areas)"
    assert row.quantity == "emplaced 120, recovered 30, unaccounted 90 (stated for 2 of 3 areas)"
    assert row.date_of_emplacement == "1962; 1988"
    assert row.supplementary == "class SHA; 미확인지뢰지대; status Open 2, Worked on 1; information as of 2024"
    assert row.n_areas == 3 and row.net_km2 == pytest.approx(areas_m2(frame).sum() / 1e6, rel=1e-6)


def test_what_is_not_stated_is_said(districts):
    row = form_c({"planned_minefields": supplied(1)}, districts, reported=REPORTED, tier="restricted").rows.iloc[0]
    assert row[["type", "quantity", "date_of_emplacement"]].tolist() == ["not stated"] * 3


def test_public_rows_withhold_and_are_rough(districts):
    frame = supplied(3, mine_types="M14", emplaced_n=120, emplaced_period="1962", land_status="open")
    form = form_c({"planned_minefields": frame}, districts, reported=REPORTED)
    text = form.rows.to_csv() + " ".join(form.notes)
    assert not [secret for secret in ("M14", "1962", "YC-", " 120") if secret in text]
    row = form.rows.iloc[0]
    assert row.net_km2 == round(row.net_km2, 1) and pd.isna(row.n_areas)
    assert form_c({"planned_minefields": supplied(7)}, districts, reported=REPORTED).rows.n_areas.tolist() == [7]


def test_cha_contains_mines_all_else_is_suspected(districts):
    frame = supplied(3, land_class=["CHA", "SHA", "indication"])
    rows = form_c({"planned_minefields": frame}, districts, reported=REPORTED, tier="restricted").rows
    assert rows[["part", "n_areas"]].values.tolist() == [[PARTS["contain"], 1], [PARTS["suspected"], 2]]


def test_counties_of_one_name_stay_apart_and_an_area_on_the_border_stands_once(districts):
    frame = pd.concat([supplied(1), supplied(1, east=1.0), supplied(1, east=0.82), supplied(1, east=2.0)], ignore_index=True)
    frame["id"] = list("abcd")
    rows = form_c({"planned_minefields": frame}, districts, reported=REPORTED, tier="restricted").rows
    assert rows[["code", "n_areas"]].values.tolist() == [["1", 2], ["2", 1], ["", 1]]
    assert rows.gross_km2.sum() == pytest.approx(areas_m2(frame).sum() / 1e6, rel=1e-9)
    assert rows.location.iloc[2].startswith("outside every district")


@pytest.mark.parametrize(("tier", "told"), [("restricted", "1 areas"), ("public", "fewer than 5 areas")])
def test_closed_areas_are_not_listed_but_counted(districts, tier, told):
    frame = supplied(3, land_status=["closed", "searched_not_released", "open"])
    form = form_c({"planned_minefields": frame}, districts, reported=REPORTED, tier=tier)
    assert any(f"not listed: {told}" in note for note in form.notes)
    gross = form_c({"planned_minefields": frame.iloc[1:]}, districts, reported=REPORTED, tier=tier).rows.gross_km2
    assert form.rows.gross_km2.tolist() == pytest.approx(gross.tolist())


def test_what_was_not_supplied_is_named_and_totals_stand_in(districts):
    only = form_c({"planned_minefields": supplied(1)}, districts, reported=REPORTED)
    assert any(note.startswith("Unconfirmed minefields: none supplied") for note in only.notes) and len(only.totals) == 1
    both = {"planned_minefields": supplied(1), "unconfirmed_minefields": supplied(1, east=0.3)}
    assert form_c(both, districts, reported=REPORTED).totals.empty


def test_cells_are_no_count_of_areas(districts):
    form = form_c({"planned_minefields": supplied(7)}, districts, reported=REPORTED, cells=True)
    assert form.rows.n_areas.isna().all() and any("1 km cells" in note for note in form.notes)
