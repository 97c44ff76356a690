"""People near hazards, worked out by hand: points on a line, one area, a raster of three by three cells."""

import math
import time

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.errors import ConfigError, DataError
from geo.exposure import CELL, HAZARD, SCREENING, SIMULATED, exposure, exposure_notes, people_near, reach, tell, within
from geo.measure import areas_m2
from geo.population import Population, read_population

CRS = pyproj.CRS("EPSG:5186")
E0, N0 = 200_000.0, 600_000.0  # on the central meridian, where the plane is true to scale
DISTANCES = (100.0, 200.0, 500.0)


def square(west, south, east, north):
    return shapely.box(E0 + west, N0 + south, E0 + east, N0 + north)


def fields(*shapes, basis="surveyed", **columns):
    full = {"id": [f"f{n}" for n in range(len(shapes))], "basis": basis, "sources": "invented"} | columns
    return gpd.GeoDataFrame(full, geometry=list(shapes), crs=CRS, index=range(len(shapes)))


def towns(places, people):
    frame = gpd.GeoDataFrame(
        {"people": np.asarray(people, float)}, geometry=[square(*at, *at).centroid for at in places], crs=CRS
    )
    return Population("points", "towns.gpkg", "2018", math.nan, frame=frame)


def areas(shapes, people):
    frame = gpd.GeoDataFrame({"people": np.asarray(people, float)}, geometry=list(shapes), crs=CRS)
    return Population("polygons", "wards.gpkg", "2018", 1000.0, frame=frame)


def on_a_line(*east, people=1.0):
    return towns([(at, 0) for at in east], [people] * len(east))


ONE = fields(square(-100, -100, 0, 100))


def test_points_on_a_line_count_up_to_each_distance():
    people = on_a_line(-50, 0, 99.9, 100.1, 199.9, 200.1, 499.9, 500.1, 3000)
    assert people_near(ONE, people, CRS, DISTANCES) == [3.0, 5.0, 7.0]


def test_nobody_is_counted_twice():
    people = on_a_line(50, 150, people=10)
    again = fields(*[square(-100, -100, 0, 100)] * 3, square(-300, -100, -50, 100))
    assert people_near(again, people, CRS, DISTANCES) == people_near(ONE, people, CRS, DISTANCES) == [10, 20, 20]


def test_a_place_deep_inside_a_large_field_is_near_it():
    large = fields(square(-5000, -5000, 5000, 5000))
    assert people_near(large, on_a_line(0, 4000), CRS, DISTANCES) == [2, 2, 2]


def test_beside_the_middle_of_a_long_edge_and_beside_lines_and_points():
    long = np.array([square(-10_000, -10, 0, 10)])
    spots = np.array([shapely.Point(E0 - 5_012.5, N0 + 10 + up) for up in (99.99, 100.01, 101.5)])
    assert next(within(long, spots, [100.0])).tolist() == [True, False, False]
    line = np.array([shapely.LineString([(E0 - 10_000, N0), (E0, N0)]), shapely.Point(E0 + 5000, N0)])
    spots = np.array([shapely.Point(E0 - 5_012.5, N0 + 99.99), shapely.Point(E0 + 5000, N0 + 100.01), shapely.Point(E0 - 1, N0)])
    assert next(within(line, spots, [100.0])).tolist() == [True, False, True]


def test_the_quick_search_agrees_with_measuring_everything():
    rng = np.random.default_rng(3)
    shapes = shapely.buffer(shapely.points(E0 + rng.uniform(0, 5000, 40), N0 + rng.uniform(0, 5000, 40)), rng.uniform(1, 400, 40))
    spots = shapely.points(E0 + rng.uniform(0, 5000, 2000), N0 + rng.uniform(0, 5000, 2000))
    least = shapely.distance(spots[:, None], shapes[None]).min(axis=1)
    for distance, near in zip(DISTANCES, within(shapes, spots, DISTANCES), strict=True):
        assert (near == (least <= distance)).all()


def test_one_area_gives_the_share_that_lies_near():
    """A strip along the field's eastern edge, 1,000 m by 10 m: a tenth, a fifth and half of it lie within reach."""
    counts = people_near(ONE, areas([square(0, -5, 1000, 5)], [1000]), CRS, DISTANCES)
    assert counts == pytest.approx([100, 200, 500], rel=2e-3)


def test_the_buffer_of_a_square_has_the_area_of_its_formula():
    for distance, parts in zip(DISTANCES, reach(fields(square(0, 0, 200, 200)), CRS, DISTANCES), strict=True):
        m2 = 200**2 + 4 * 200 * distance + math.pi * distance**2
        assert areas_m2(parts).sum() == pytest.approx(m2, rel=3e-3)


def test_an_area_far_off_and_one_inside_count_as_nobody_and_all():
    people = areas([square(5000, 0, 6000, 10), square(-60, -10, -40, 10)], [300, 40])
    assert people_near(ONE, people, CRS, DISTANCES) == pytest.approx([40, 40, 40])


def raster_of(tmp_path, values, *, cell=100.0, nodata=-1.0, **changed):
    import rasterio
    from affine import Affine

    values = np.asarray(values, np.float32)
    layout = {"driver": "GTiff", "height": values.shape[0], "width": values.shape[1], "count": 1, "dtype": "float32"}
    place = {"crs": CRS.to_wkt(), "transform": Affine(cell, 0, E0, 0, -cell, N0 + 3 * cell), "nodata": nodata} | changed
    with rasterio.open(tmp_path / "people.tif", "w", **layout, **place) as file:
        file.write(values, 1)
    return tmp_path / "people.tif"


def test_a_raster_of_nine_cells(tmp_path):
    """The field's eastern edge is the raster's western; within 100, 200 and 500 m lie one, two and three columns."""
    people = read_population(raster_of(tmp_path, [[1, 2, 4], [1, 2, 4], [1, 2, -1]]))
    beside = fields(square(-100, -600, 0, 900))
    assert people_near(beside, people, CRS, DISTANCES) == pytest.approx([3, 9, 17], rel=2e-3)
    assert people_near(beside, people, CRS, [50.0]) == pytest.approx([1.5], rel=2e-3)
    assert people.resolution_m == pytest.approx(100, rel=1e-4) and "cells of 100 m" in people.error


def test_negative_people_that_are_no_nodata_are_refused(tmp_path):
    people = read_population(raster_of(tmp_path, [[-9, 2, 4]] * 3))
    with pytest.raises(DataError, match="negative people: population: people.tif: found -9"):
        people_near(ONE, people, CRS, DISTANCES)


def test_the_table_labels_simulated_supplied_and_screening():
    layers = {
        "planned_minefields": fields(square(-100, -100, 0, 100), basis="allocated"),
        "unconfirmed_minefields": ONE,
        "flood_displacement": fields(square(-100, -100, 0, 100), basis="modelled"),
        "dmz": ONE,
    }
    table = exposure(layers, on_a_line(50, 150, people=700), CRS)
    assert table[["layer", "label", "simulated"]].values.tolist() == [
        ["planned_minefields", SIMULATED, True],
        ["unconfirmed_minefields", HAZARD, False],
        ["flood_displacement", SCREENING, True],
    ]
    assert table[["people_100m", "people_500m"]].values.tolist() == [[700.0, 1400.0]] * 3
    assert table[["told_100m", "told_500m"]].values.tolist() == [["700", "1,400"]] * 3
    assert set(table.population_as_of) == {"2018"} and table.population_error.str.startswith("each point").all()


def test_small_counts_near_cells_are_withheld_and_only_there():
    layers = {"planned_minefields": ONE, "unconfirmed_minefields": fields(square(-100, -100, 0, 100), basis="allocated")}
    table = exposure(layers, on_a_line(50, 150, people=3), CRS, cells=True).set_index("layer")
    assert table.told_100m.tolist() == ["<5", "10"] and math.isnan(table.people_100m.iloc[0])
    assert table.told_200m.tolist() == ["10", "10"] and table.people_200m.tolist() == [6, 6]
    assert table.label.tolist() == [CELL, SIMULATED]
    assert exposure(layers, on_a_line(50, people=3), CRS).told_100m.tolist() == ["10", "10"]


def test_closed_land_is_no_hazard_to_live_near():
    two = fields(square(-100, -100, 0, 100), square(900, -100, 1000, 100), land_status=["open", "closed"])
    table = exposure({"planned_minefields": two}, on_a_line(50, 850), CRS)
    assert table.people_500m.tolist() == [1.0] and table.n_features.tolist() == [1]


def test_the_notes_name_source_date_and_its_own_error():
    text = " ".join(exposure_notes(areas([square(0, 0, 10, 10)], [1])))
    assert "wards.gpkg, as of 2018" in text and "1,000 m" in text and "totals may not add up" in text


@pytest.mark.parametrize(
    ("people", "told"),
    [(0, "0"), (1, "10"), (10, "10"), (11, "20"), (999, "1,000"), (1000, "1,000"), (1001, "1,100"), (99_999, "100,000"),
     (100_001, "101,000")],
)  # fmt: skip
def test_rounding(people, told):
    assert tell(people) == told


@pytest.mark.parametrize("distances", [(), (0,), (200, 100), (-1, 5), (100, 100)])
def test_distances_ascend(distances):
    with pytest.raises(ConfigError, match="bad distances"):
        exposure({}, on_a_line(1), CRS, distances_m=distances)


def written(tmp_path, shapes=None, crs=CRS, **columns):
    shapes = shapes or [square(0, 0, 1000, 1000), square(1000, 0, 2000, 1000)]
    frame = gpd.GeoDataFrame(columns, geometry=shapes, crs=crs)
    frame.to_file(tmp_path / "wards.gpkg")
    return tmp_path / "wards.gpkg"


@pytest.mark.parametrize("heading", ["pop", "Population", "인구", "총인구", "TOT_PPLTN"])
def test_headings_of_people(tmp_path, heading):
    found = read_population(written(tmp_path, **{heading: [10, 20]}))
    assert (found.kind, found.frame.people.tolist(), found.as_of) == ("polygons", [10.0, 20.0], "not stated")
    assert found.resolution_m == pytest.approx(1000, rel=1e-3) and "1,000 m" in found.error


def test_a_density_is_people_a_square_kilometre(tmp_path):
    found = read_population(written(tmp_path, 인구밀도=[10, 20]))
    assert found.frame.people.to_numpy() == pytest.approx([10, 20], rel=1e-3)
    with pytest.raises(DataError, match="a density needs areas"):
        read_population(written(tmp_path, shapes=[shapely.Point(E0, N0)], density=[3]))


def test_a_stated_column_wins_and_a_slip_is_told(tmp_path):
    path = written(tmp_path, pop=[1, 2], residents=[3, 4], base_year=["2018", "2018"])
    assert read_population(path, column="residents").frame.people.tolist() == [3, 4]
    assert read_population(path).as_of == "2018" and read_population(path, as_of="2015").as_of == "2015"
    with pytest.raises(ConfigError, match="unknown population column: .*did you mean residents"):
        read_population(path, column="resident")


@pytest.mark.parametrize(
    ("columns", "told"),
    [({"name": ["a", "b"]}, "no column of people"), ({"pop": [1, -2]}, "people is no number: .*row 2"),
     ({"pop": ["1", "many"]}, "row 2"), ({"pop": [1, None]}, "row 2")],
)  # fmt: skip
def test_what_is_no_count_of_people(tmp_path, columns, told):
    with pytest.raises(DataError, match=told):
        read_population(written(tmp_path, **columns))


def test_mixed_and_invalid_shapes_are_refused(tmp_path):
    with pytest.raises(DataError, match="population geometry: .*expected points, or polygons"):
        read_population(written(tmp_path, shapes=[square(0, 0, 1, 1), shapely.Point(E0, N0)], pop=[1, 2]))
    bow = shapely.Polygon([(E0, N0), (E0 + 9, N0 + 9), (E0 + 9, N0), (E0, N0 + 9)])
    with pytest.raises(DataError, match="missing or invalid geometry: .*row 2"):
        read_population(written(tmp_path, shapes=[square(0, 0, 1, 1), bow], pop=[1, 2]))


def test_a_raster_states_its_crs_and_one_band(tmp_path):
    with pytest.raises(DataError, match="no CRS"):
        read_population(raster_of(tmp_path, [[1, 2, 3]], crs=None))


def test_many_points_and_hazards_in_seconds():
    rng = np.random.default_rng(1)
    n = 10_000
    at = np.stack([E0 + rng.uniform(0, 30_000, n), N0 + rng.uniform(0, 20_000, n)], axis=1)
    shapes = shapely.box(*at.T, *(at + 60).T)
    spots = shapely.points(E0 + rng.uniform(0, 30_000, 10 * n), N0 + rng.uniform(0, 20_000, 10 * n))
    start = time.perf_counter()
    assert len(list(within(shapes, spots, DISTANCES))) == 3
    assert time.perf_counter() - start < 10
