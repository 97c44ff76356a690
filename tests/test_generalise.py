"""The public tier: mapped fields become cells of a fixed grid, and a proof fails on a planted leak."""

import itertools
from dataclasses import replace
from types import MappingProxyType, SimpleNamespace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import geo
import layers
from geo.errors import CheckFailed, ConfigError
from geo.exchange.content import content_sha256
from geo.generalise import KEPT_COLUMNS, as_shown, denied_columns, generalise, prove, public_table
from geo.layer import Atlas, make_layer
from geo.points import POINT_COLUMNS, tellable, told_counts
from geo.source import Source

AREA = SimpleNamespace(
    crs=pyproj.CRS.from_epsg(5186),
    sources={"survey": Source("survey", "Own survey"), "icbl": Source("icbl", "ICBL")},
    settings=MappingProxyType({}),
)
EAST, NORTH = 205_000, 605_000  # a node of the 1 km grid in EPSG:5186


def layer(shapes, name="planned_minefields", basis="supplied", **columns):
    ids = [f"YC-{n:03d}" for n in range(len(shapes))]
    frame = gpd.GeoDataFrame({"id": ids, "name_en": "x", "name_ko": "가", **columns}, geometry=shapes, crs=AREA.crs)
    return make_layer(name, frame, area=AREA, land_class="SHA", basis=basis, sources=("survey",), as_of="2025-05-01")


def square(east, north, size=100.0):
    return shapely.box(EAST + east, NORTH + north, EAST + east + size, NORTH + north + size)


def nodes(made):
    return np.unique(shapely.get_coordinates(made.frame.to_crs(AREA.crs).geometry.values).round(2), axis=0).tolist()


def test_one_field_becomes_its_cell():
    made = generalise(layer([square(300, 400)]), area=AREA)
    assert made.frame.id.tolist() == ["cell1km-205-605-SHA"]
    assert nodes(made) == [[EAST + x, NORTH + y] for x in (0, 1000) for y in (0, 1000)]


def test_fields_in_a_cell_share_a_row_and_classes_do_not():
    fields = layer([square(0, 0), square(500, 500), square(200, 700)], land_class=["SHA", "SHA", "CHA"])
    made = generalise(fields, area=AREA)
    assert made.frame.id.tolist() == ["cell1km-205-605-CHA", "cell1km-205-605-SHA"] and made.overlap


def test_field_over_a_corner_fills_four_cells():
    assert len(generalise(layer([square(-50, -50)]), area=AREA).frame) == 4


def test_field_that_only_touches_a_cell_does_not_fill_it():
    assert generalise(layer([square(0, 0, 1000)]), area=AREA).frame.id.tolist() == ["cell1km-205-605-SHA"]


def test_tiny_field_is_never_lost():
    made = generalise(layer([square(-0.1, -0.1, 0.2)]), area=AREA)
    assert len(made.frame) == 4


def test_larger_cells():
    made = generalise(layer([square(300, 400)]), area=AREA, cell_km=5)
    assert made.frame.id.tolist() == ["cell5km-41-121-SHA"] and made.frame.precision_m.tolist() == [5000]
    prove(made.frame, area=AREA, name="cells", cell_km=5)


def test_only_common_columns_remain():
    fields = layer([square(0, 0)], landowner=["A"], n_emplaced=[12], area_m2=[1e4], national_term=["계획지뢰지대"])
    made = generalise(fields, area=AREA)
    assert set(made.frame.columns) == set(KEPT_COLUMNS) - {"land_status", "valid_from", "valid_to"}
    assert not made.frame.astype(str).isin(["A", "12", "YC-000", "10000.0"]).any(axis=None)


def test_sources_and_dates_of_a_cell():
    fields = layer([square(0, 0), square(500, 500)], sources=["survey", "icbl;survey"], as_of=["2025", "2019-03"])
    row = generalise(fields, area=AREA).frame.iloc[0]
    assert row.sources == "icbl;survey" and row.as_of == "2019"


@pytest.mark.parametrize("term", ["토지주 홍길동", "Kim's paddy"])
def test_a_national_term_that_is_free_text_is_left_out(term):
    made = generalise(layer([square(0, 0)], national_term=[term]), area=AREA).frame
    assert "national_term" not in made
    with pytest.raises(CheckFailed, match="another national_term"):
        prove(made.assign(national_term=term), area=AREA, name="cells")


@pytest.mark.parametrize("basis", ["allocated", "modelled"])
def test_what_nobody_mapped_passes_untouched(basis):
    fields = layer([square(0, 0)], basis=basis)
    assert generalise(fields, area=AREA) is fields


@pytest.mark.parametrize("basis", ["declared", "digitised", "surveyed"])
def test_every_basis_of_a_person_is_generalised(basis):
    assert generalise(layer([square(0, 0)], basis=basis), area=AREA).frame.id.tolist() == ["cell1km-205-605-SHA"]


def test_a_supplied_field_that_calls_itself_simulated_is_generalised_too():
    area = SimpleNamespace(crs=AREA.crs, sources={"supplied": Source("supplied", "Own")}, settings=MappingProxyType({}))
    frame = gpd.GeoDataFrame({"id": ["YC"], "name_en": "x", "name_ko": "가"}, geometry=[square(0, 0)], crs=AREA.crs)
    words = {"land_class": "SHA", "basis": "allocated", "sources": ("supplied",), "as_of": "2025"}
    made = generalise(make_layer("planned_minefields", frame, area=area, **words), area=area)
    assert made.frame.id.tolist() == ["cell1km-205-605-SHA-simulated"] and made.frame.simulated.all()
    assert generalise(made, area=area).frame.id.tolist() == made.frame.id.tolist()


def test_a_cell_tells_the_most_open_status_and_years_only():
    dates = {"valid_from": ["2019-03-01", "2021-05-05", ""], "valid_to": ["", "2024-01-31", "2023"]}
    words = {"land_status": ["handed_over", "closed", "worked_on"]}
    fields = layer([square(0, 0), square(500, 500), square(3000, 0)], **words, **dates)
    made = generalise(fields, area=AREA).frame
    assert made.land_status.tolist() == ["closed", "worked_on"]
    assert made.valid_from.tolist() == ["2019", ""] and made.valid_to.tolist() == ["", "2023"], (
        "a field without an end still holds"
    )
    prove(made, area=AREA, name="cells")
    with pytest.raises(CheckFailed, match="date finer than a year: cells: found valid_from"):
        prove(made.assign(valid_from="2019-03"), area=AREA, name="cells")
    with pytest.raises(CheckFailed, match="date finer than a year: cells: found as_of"):
        prove(made.assign(as_of="2019-03"), area=AREA, name="cells")
    with pytest.raises(CheckFailed, match="another land_status"):
        prove(made.assign(land_status="Kim"), area=AREA, name="cells")


def test_earlier_versions_are_cells_by_class_status_and_years():
    words = {"land_class": ["SHA", "SHA", "CHA"], "land_status": ["open", "open", "worked_on"]}
    dates = {"valid_from": ["2019-03-01", "2019-08-01", "2021-01-01"], "valid_to": ["2021-01-01", "2021-06-01", ""]}
    own = {"hazard_layer": "planned_minefields", "hazard_id": "YC-014", "landowner": "Kim"}
    past = layer([square(0, 0), square(500, 500), square(0, 0)], "past_hazards", **words, **dates, **own)
    made = generalise(past, area=AREA)
    assert made.frame.id.tolist() == [
        "cell1km-205-605-CHA-worked_on-2021-planned_minefields",
        "cell1km-205-605-SHA-open-2019-2021-planned_minefields",
    ]
    assert (
        not {"hazard_id", "landowner", "area_m2"} & set(made.frame.columns)
        and made.frame.as_of.tolist() == ["2025"] * 2
        and made.as_of == "2025"
    )
    prove(made.frame, area=AREA, name="past", layer="past_hazards")
    pd.testing.assert_frame_equal(pd.DataFrame(generalise(made, area=AREA).frame), pd.DataFrame(made.frame))


def records(n, name="accidents", east=0.0, **columns):
    shapes = [shapely.Point(EAST + east + 150 + 3 * at, NORTH + 150 + 7 * at) for at in range(n)]
    return layer(shapes, name, date=[f"20{10 + at}-06-17" for at in range(n)], **columns)


@pytest.mark.parametrize(("n", "told"), [(1, "<5"), (4, "<5"), (5, "5"), (12, "12")])
def test_records_become_a_count_in_their_cell(n, told):
    own = {"person": "Kim", "age": "9", "mine_types": "M14", "hazard_id": "YC-014", "killed": 1}
    made = generalise(records(n, **own), area=AREA)
    row = made.frame.iloc[0]
    assert (row.id, row.told, row.year_first, row.year_last, row.as_of) == ("cell1km-205-605", told, "2010", f"20{9 + n}", "2025")
    assert set(made.frame.columns) == set(POINT_COLUMNS) - {"sign_text"} and made.as_of == "2025"
    assert nodes(made) == [[EAST + x, NORTH + y] for x in (0, 1000) for y in (0, 1000)]
    prove(made.frame, area=AREA, name="cells", layer="accidents")
    assert generalise(made, area=AREA) is made


def test_signs_are_counted_by_their_wording_without_marking():
    words = ["past_mine_zone"] * 6 + ["other"]
    own = {"sign_words": "x", "fence_condition": "missing", "marking_type": "none", "evidence": ["direct"] * 6 + ["indirect"]}
    made = generalise(records(7, "signs", sign_text=words, **own), area=AREA).frame
    assert made.id.tolist() == ["cell1km-205-605-other", "cell1km-205-605-past_mine_zone"] and made.told.tolist() == ["<5", "6"]
    assert made.evidence.tolist() == ["indirect", "direct"] and not {"fence_condition", "marking_type"} & set(made.columns)


def test_proof_of_records_finds_what_a_cell_may_not_tell():
    cells = generalise(records(7), area=AREA).frame
    for leak, told in {
        "told": ("3", "small count"), "year_last": ("2016-06", "finer than a year"), "note": ("x", "value not for the public"),
        "fence_condition": ("missing", "column not for the public"), "person": ("Kim", "column not for the public"),
    }.items():  # fmt: skip
        with pytest.raises(CheckFailed, match=told[1]):
            prove(cells.assign(**{leak: told[0]}), area=AREA, name="x", layer="accidents")
    exact = records(7)
    moved = cells.set_geometry(gpd.GeoSeries([exact.frame.geometry.iloc[0]], crs=4326))
    with pytest.raises(CheckFailed, match="no node of the grid"):
        prove(moved, area=AREA, name="x", layer="accidents")


def possible(counts, told):
    """Every way in which hidden parts can make up the known total, by hand."""
    ranges = {"<5": range(1, 5), "withheld": range(5, sum(counts) + 1)}
    options = [ranges.get(text, [int(text)] if text.isdigit() else []) for text in told]
    return [case for case in itertools.product(*options) if sum(case) == sum(counts)]


@given(st.lists(st.integers(0, 9), min_size=1, max_size=4))
@settings(deadline=None, max_examples=150)
def test_no_total_gives_a_small_count_away(counts):
    told = told_counts(counts, totals=["all"] * len(counts))
    cases = possible(counts, told)
    assert tuple(counts) in cases
    if tellable(counts):
        for at, text in enumerate(told):
            assert text != "<5" or len({case[at] for case in cases}) > 1
    else:
        assert not any(text.isdigit() and int(text) >= 5 for text in told), "nothing is left to withhold but the total"


def test_restricted_layers_with_supplied_features_say_so():
    shown = {"planned_minefields": layer([square(0, 0)]), "dmz": layer([square(0, 0)], "dmz")}
    atlas = Atlas(AREA, shown, "s", *[pd.DataFrame()] * 4, {}, {}, tier="restricted")
    marked = as_shown(atlas)
    assert marked["planned_minefields"].frame.tier.tolist() == ["restricted"] and "tier" not in marked["dmz"].frame
    assert marked["planned_minefields"].frame.columns[-1] == "geometry"
    pd.testing.assert_frame_equal(as_shown(marked)["planned_minefields"].frame, marked["planned_minefields"].frame)


def test_other_layers_pass_untouched():
    places = layer([square(0, 0)], name="dmz")
    assert generalise(places, area=AREA) is places


def test_simulated_rows_beside_mapped_ones_stay():
    fields = layer([square(0, 0), square(3000, 0)], basis="supplied", area_m2=[1.0, 2.0])
    fields.frame.loc[1, ["basis", "simulated"]] = ["allocated", True]
    made = generalise(fields, area=AREA).frame
    assert made.id.tolist() == ["YC-001", "cell1km-205-605-SHA"]
    assert made.area_m2.isna().tolist() == [False, True]
    prove(made, area=AREA, name="mixed")


@given(fields=st.lists(st.tuples(st.floats(-5000, 5000), st.floats(-5000, 5000), st.floats(1, 3000)), min_size=1, max_size=8))
@settings(deadline=None, max_examples=25)
def test_cells_cover_every_field_and_doing_it_twice_changes_nothing(fields):
    exact = layer([square(*field) for field in fields])
    made = generalise(exact, area=AREA)
    covered = shapely.union_all(made.frame.to_crs(AREA.crs).geometry.values).buffer(0.01)
    lost_m2 = shapely.area(shapely.difference(exact.frame.to_crs(AREA.crs).geometry.values, covered))
    assert (lost_m2 <= 3).all()
    prove(made.frame, area=AREA, name="cells")
    again = generalise(made, area=AREA)
    pd.testing.assert_frame_equal(pd.DataFrame(again.frame), pd.DataFrame(made.frame))


@pytest.mark.parametrize("cell_km", [0.5, 0, -1, float("nan")])
def test_smaller_cells_are_refused(cell_km):
    fields = layer([square(0, 0)])
    with pytest.raises(ConfigError, match="cell too small"):
        generalise(fields, area=AREA, cell_km=cell_km)
    with pytest.raises(ConfigError, match="cell too small"):
        prove(fields.frame, area=AREA, name="x", cell_km=cell_km)


def test_proof_finds_a_planted_vertex():
    leak = generalise(layer([square(0, 0), square(3000, 0)]), area=AREA).frame
    leak.loc[1, "geometry"] = shapely.box(*(leak.geometry[1].bounds[:2]), *(np.array(leak.geometry[1].bounds[2:]) + 1e-5))
    with pytest.raises(CheckFailed, match=r"no node of the grid: layers.gpkg: cell1km-208-605-SHA: expected within 0.02 m"):
        prove(leak, area=AREA, name="layers.gpkg")


def test_proof_finds_a_denied_column_and_a_value():
    cells = generalise(layer([square(0, 0)]), area=AREA).frame
    with pytest.raises(CheckFailed, match=r"column not for the public: .*found Phone No"):
        prove(cells.assign(**{"Phone No": ""}), area=AREA, name="x")
    with pytest.raises(CheckFailed, match=r"value not for the public: .*area_m2"):
        prove(cells.assign(area_m2=1e4), area=AREA, name="x")
    prove(cells.assign(area_m2=np.nan, zone=""), area=AREA, name="x")


def test_proof_asks_nothing_of_simulated_features():
    prove(layer([square(1, 2)], basis="allocated").frame, area=AREA, name="x")


@pytest.mark.parametrize(
    "name", ["Landowner", "land_owner", "dataenterer", "User Entered MGRS", "소유자", "mine_type", "recovered_n"]
)
def test_denied_columns(name):
    assert denied_columns(pd.DataFrame(columns=["id", name, "name_en", "as_of", "precision_m"])) == [name]


def test_public_table_rounds_mapped_hazards_only():
    rows = {
        "layer": ["dmz", *["planned_minefields"] * 3], "part": ["north", "all", "Hill 395", "all"], "n_features": [3, 5, 4, None],
        "gross_km2": [907.04, 1.26, 1.26, None], "overlap_km2": [0.0, 0.02, 0.02, None], "net_km2": [907.04, 1.24, 1.24, None],
        "reported_km2": [907.0, 2.0, None, 90.7], "difference_km2": [0.04, -0.76, None, None],
        "difference_percent": [0.0, -38.0, None, None],
    }  # fmt: skip
    table = pd.DataFrame(rows).astype({"n_features": "Int64"})
    told = public_table(table, ("planned_minefields",))
    assert told.iloc[0].to_list() == table.iloc[0].to_list()
    assert told.iloc[1, 2:].astype(float).round(9).tolist() == [5, 1.3, 0.1, 1.2, 2.0, -0.8, -40.0]
    assert told.part.tolist() == ["north", "all", "all"], "a part bears the user's own words"
    assert told.iloc[2, [2, 3, 4, 5, 7, 8]].isna().all() and told.reported_km2.iloc[2] == 90.7
    few = public_table(table.replace({"n_features": 5}, 4), ("planned_minefields",))
    assert few.n_features.tolist() == [3, pd.NA, pd.NA], "a few mapped fields are not counted"


def test_a_map_of_an_atlas_in_memory_shows_cells_too(tmp_path):
    own = gpd.GeoDataFrame({"hazard_id": ["secret-7"]}, geometry=[shapely.box(-27.0307, 19.9751, -27.0103, 19.9853)], crs=4326)
    own.to_file(tmp_path / "own.gpkg")
    atlas = layers.build("demo", planned=tmp_path / "own.gpkg")
    shown = as_shown(atlas)
    prove(shown["planned_minefields"].frame, area=atlas.area, name="planned_minefields")
    again = as_shown(shown)
    assert content_sha256(again["planned_minefields"].frame) == content_sha256(shown["planned_minefields"].frame)
    pd.testing.assert_frame_equal(again.areas, shown.areas)
    page = geo.draw_map(atlas)
    assert page.html == geo.draw_map(shown).html
    assert page.html != geo.draw_map(replace(atlas, tier="restricted")).html
