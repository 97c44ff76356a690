"""Repairs: what goes in comes out or is rejected, what comes out is valid, and every change is told."""

import os
import stat
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely
from check.worlds import TODAY, X, Y, at, polygon, square, survey
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.check.context import Context
from geo.check.repair import REPAIRS, repaired, write_repair
from geo.errors import ConfigError

BOW = polygon((0, 0), (100, 100), (100, 0), (0, 100))
FLAT = polygon((0, 0), (100, 0), (0, 0))
TAILED = polygon((0, 0), (100, 0), (100, 100), (150, 100), (100, 100), (0, 100))  # a line of 50 m hangs on it
STAR = shapely.Polygon(at(*[(100 * np.cos(a), 100 * np.sin(a)) for a in np.radians(90 + 144 * np.arange(5))]))


def mended(made, only=None):
    return repaired(made, Context(made, TODAY), only=only)


def closed_line(gap=0.0):
    return shapely.LineString(at((0, 0), (100, 0), (100, 100), (0, gap)))


def test_ids_are_trimmed_and_told():
    done = mended(survey([square(), square(x=200)], id=["A ", "B"], shape_id=["1", " 2"]))
    assert done.frame[["id", "shape_id"]].values.tolist() == [["A", "1"], ["B", "2"]]
    assert done.changes[["row", "repair", "before", "after"]].values.tolist() == [
        [1, "trim_ids", 'id "A "', 'id "A"'],
        [2, "trim_ids", 'shape_id " 2"', 'shape_id "2"'],
    ]
    assert done.original.empty and done.rejects.empty


def test_a_crossing_polygon_keeps_all_its_land_and_its_original():
    done = mended(survey([BOW], name=["북"]))
    assert done.frame.geometry.is_valid.all() and done.frame["name"].tolist() == ["북"]
    assert done.frame.geometry[0].area == pytest.approx(5_000)
    assert done.original.geometry[0].equals_exact(BOW) and done.original["hazard_id"].tolist() == ["A"]
    change = done.changes.iloc[0]
    assert change["repair"] == "make_valid" and change["area_after_m2"] == pytest.approx(5_000, rel=1e-4)
    assert change["before"].startswith("0 m², 1 polygon, 5 vertices")
    assert change["after"].startswith("5,000 m², 2 polygons, 8 vertices")


def test_the_middle_of_a_star_stays_hazard():
    assert mended(survey([STAR])).frame.geometry[0].contains(shapely.Point(X, Y))


@pytest.mark.parametrize(
    ("hole", "area_m2"),
    [
        (((80, 10), (120, 10), (120, 20), (80, 20)), 9_800),  # sticks out: only what lies inside is no land
        (((120, 10), (130, 10), (130, 20), (120, 20)), 10_100),  # a part that was written as a hole
    ],
)
def test_holes_that_leave_the_shell(hole, area_m2):
    done = mended(survey([shapely.Polygon(at((0, 0), (100, 0), (100, 100), (0, 100)), [at(*hole)])]))
    assert done.frame.geometry[0].area == pytest.approx(area_m2)


def test_parts_drawn_over_each_other_become_one():
    done = mended(survey([shapely.MultiPolygon([square(), square(x=50), square(10, x=300)])]))
    assert done.frame.geometry[0].area == pytest.approx(15_100) and done.frame.geometry.is_valid.all()


def test_a_line_that_falls_out_is_told():
    done = mended(survey([TAILED]))
    assert done.frame.geometry[0].equals(square())
    assert done.changes["after"].item() == "10,000 m², 1 polygon, 5 vertices; 1 line left out"


def test_a_polygon_without_land_is_rejected_with_all_its_cells():
    done = mended(survey([FLAT, None, shapely.Polygon(), square()], name=["a", "b", "c", "d"], row=[7, 7, 7, 7]))
    assert done.frame["id"].tolist() == ["D"]
    assert done.rejects[["row", "hazard_id", "id", "name", "row_"]].values.tolist() == [
        [1, "A", "A", "a", 7],
        [2, "B", "B", "b", 7],
        [3, "C", "C", "c", 7],
    ]
    assert done.rejects["reason"].str.partition(":")[0].tolist() == ["invalid", "no geometry", "empty geometry"]
    assert done.original["row"].tolist() == [1] and done.original.geometry[0].equals_exact(FLAT)


def test_coordinates_that_are_no_numbers_are_rejected():
    with np.errstate(invalid="ignore"):
        broken = polygon((0, 0), (np.nan, 0), (0, 100))
    done = mended(survey([broken, square()]))
    assert done.rejects["reason"].str.startswith("invalid: Invalid Coordinate").tolist() == [True]


def test_doubled_points_go_and_the_area_stays():
    doubled = polygon((0, 0), (100, 0), (100, 0), (100, 100), (0, 100))
    done = mended(survey([doubled, square(x=200)]))
    assert shapely.get_num_coordinates(done.frame.geometry[0]) == 5
    assert done.changes[["row", "repair"]].values.tolist() == [[1, "drop_repeated_points"]]
    assert done.changes["area_before_m2"].item() == done.changes["area_after_m2"].item()


def test_empty_parts_go():
    hollow = shapely.from_wkt(f"MULTIPOLYGON (EMPTY, {square().wkt.removeprefix('POLYGON ')})")
    done = mended(survey([hollow]))
    assert done.changes["repair"].tolist() == ["drop_empty_parts"] and done.frame.geometry[0].equals_exact(square())


@pytest.mark.parametrize(
    ("gap", "columns", "closed"),
    [
        (0.0, {}, True),  # ends where it begins
        (2.0, {"precision_m": [2.5]}, True),  # to within its precision
        (3.0, {"precision_m": [2.5]}, False),
        (2.0, {}, False),
        (0.0, {"shape_kind": ["line"]}, False),  # meant as a line
    ],
)
def test_rings_are_closed_only_where_they_nearly_are(gap, columns, closed):
    done = mended(survey([closed_line(gap)], **columns))
    assert done.frame.geom_type.tolist() == ["Polygon" if closed else "LineString"]
    assert done.changes["repair"].tolist() == ["close_rings"] * closed


def test_finds_are_not_made_polygons():
    assert mended(survey([closed_line()], kind="finds")).changes.empty


def test_repairs_are_chosen_by_name():
    made = survey([BOW], id=["A "])
    done = mended(made, only=["trim_ids"])
    assert done.changes["repair"].tolist() == ["trim_ids"] and len(done.rejects) == 1
    with pytest.raises(ConfigError, match="unknown repair: make_vald: did you mean make_valid"):
        mended(made, only=["make_vald"])


def test_the_survey_stays_as_it_was():
    made = survey([BOW], id=["A "])
    mended(made)
    assert made.frame["id"].tolist() == ["A "] and made.frame.geometry[0].equals_exact(BOW)


def test_without_a_crs_the_area_is_unknown():
    done = mended(survey([BOW], crs=None))
    assert done.changes["before"].item() == "area unknown, 1 polygon, 5 vertices" and len(done.frame) == 1


def test_a_repair_reads_back_with_the_same_bytes(tmp_path):
    made = survey([BOW, None, square(x=300)], id=["A ", "B", "C"], ID=["x", "y", "z"], fid=["1", "a", "2"])
    done = mended(made)
    paths = [tmp_path / "one.gpkg", tmp_path / "two.gpkg"]
    for path in paths:
        write_repair(done, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()
    assert {name for name, _ in pyogrio.list_layers(paths[0])} == {"hazards", "original", "changes", "rejects"}
    back = gpd.read_file(paths[0], layer="hazards")
    assert back[["id", "ID_", "fid_"]].values.tolist() == [["A", "x", "1"], ["C", "z", "2"]] and back.geometry.is_valid.all()
    assert pyogrio.read_dataframe(paths[0], layer="rejects")["reason"].tolist() == ["no geometry"]
    assert stat.S_IMODE(paths[0].stat().st_mode) == 0o600


def test_nothing_to_repair():
    done = mended(survey([square()]))
    assert done.summary == "1 in = 1 out + 0 rejected; nothing to repair"


SAMPLES = np.stack(np.meshgrid(X + np.arange(0.37, 80, 6.3), Y + np.arange(0.53, 80, 6.1)), axis=-1).reshape(-1, 2)


def winding(ring, points):
    """Return how often a ring runs round each point (Sunday's count of edges that pass above and below)."""
    (x0, y0), (x1, y1) = ring[:-1].T[:, :, None], ring[1:].T[:, :, None]
    left = (x1 - x0) * (points[:, 1] - y0) - (points[:, 0] - x0) * (y1 - y0)
    up, down = (y0 <= points[:, 1]) & (y1 > points[:, 1]), (y0 > points[:, 1]) & (y1 <= points[:, 1])
    return (up & (left > 0)).sum(axis=0) - (down & (left < 0)).sum(axis=0)


NODES = st.tuples(st.integers(0, 4), st.integers(0, 4)).map(lambda node: (20.0 * node[0], 20.0 * node[1]))
RINGS = st.lists(NODES, min_size=3, max_size=8).map(lambda nodes: polygon(*nodes))
SHAPES = st.one_of(
    st.none(),
    st.just(shapely.Polygon()),
    RINGS,
    st.lists(RINGS, min_size=1, max_size=3).map(shapely.MultiPolygon),
    st.lists(NODES, min_size=2, max_size=5).map(lambda nodes: shapely.LineString(at(*nodes))),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=6))
def test_nothing_is_lost_and_all_that_comes_out_is_valid(shapes):
    made = survey(shapes, id=[f"H{n} " for n in range(len(shapes))])
    done = mended(made)
    assert len(done.frame) + len(done.rejects) == len(shapes)
    assert sorted([*done.frame["id"], *done.rejects["id"]]) == [f"H{n}" for n in range(len(shapes))]
    assert done.frame.geometry.is_valid.all() and not done.frame.geometry.is_empty.any()
    shaped = done.changes[done.changes["repair"] == "make_valid"]
    assert shaped["area_after_m2"].gt(0).all() and shaped["before"].str.contains(" m², ").all()
    assert set(done.changes["repair"]) <= set(REPAIRS)
    for _, change in shaped.iterrows():  # whatever a ring runs round stays hazard
        new = done.frame.geometry[done.frame["id"] == f"H{change['row'] - 1}"].item()
        for ring in shapely.get_rings(shapely.get_parts(shapes[change["row"] - 1])):
            around = SAMPLES[winding(shapely.get_coordinates(ring), SAMPLES) != 0]
            assert shapely.dwithin(new, shapely.points(around), 0.01).all()
    again = mended(type(made)(made.kind, made.file, made.layer, done.frame))
    assert again.changes.empty and len(again.frame) == len(done.frame)


@pytest.mark.skipif("MINEMAP_TESTDATA" not in os.environ, reason="MINEMAP_TESTDATA names no folder")
def test_the_bosnian_export_comes_out_whole():
    path = Path(os.environ["MINEMAP_TESTDATA"], "hazard_bih_suspect_areas.geojson")
    frame = pyogrio.read_dataframe(path, on_invalid="ignore")
    done = mended(type(survey([]))("hazards", path.name, "", frame))
    assert (len(done.frame), len(done.rejects), len(done.original)) == (7_971, 3_097, 467)
    assert done.changes["repair"].value_counts().to_dict() == {"make_valid": 467}
    assert done.frame.geometry.is_valid.all() and pd.notna(done.changes["area_after_m2"]).all()
