"""What Python hands over is what the page reads back: decoded here by a second, independent reader."""

import base64
import json
import zlib

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from maps.country import atlas_of

from geo.maps.content import map_zoom, start_view, zoom_cap
from geo.maps.labels import map_labels, straightest
from geo.maps.payload import COLUMNS, COMMON, TAIL, geometry_sets, layer_block, packed
from geo.maps.tables import all_tables, clearance_chart
from geo.steps import unpacked_steps


def decoded(one):
    """Return {row: shapes} of a geometry set, with shapely."""
    points = np.column_stack([unpacked_steps(one["x"]), unpacked_steps(one["y"])]) / 10 ** one["decimals"]
    rows = np.cumsum(one["rows"]).tolist()
    if one["kind"] == "point":
        return list(zip(rows, shapely.points(points), strict=True))
    pieces = np.split(points, np.cumsum(one["points"])[:-1])
    if one["kind"] == "line":
        return list(zip(rows, [shapely.LineString(piece) for piece in pieces], strict=True))
    edges = np.cumsum([0, *one["rings"]])
    return [(row, shapely.Polygon(pieces[a], pieces[a + 1 : b])) for row, a, b in zip(rows, edges[:-1], edges[1:], strict=True)]


ring = shapely.Polygon(
    [(127, 38), (127.01, 38), (127.01, 38.01), (127, 38.01)], [[(127.002, 38.002), (127.004, 38.002), (127.003, 38.004)]]
)
MIXED = gpd.GeoSeries(
    [
        ring,
        shapely.Point(128, 37),
        shapely.LineString([(126, 38), (126.5, 38.123456)]),
        shapely.MultiPolygon([ring, shapely.box(126, 37, 126.1, 37.1)]),
    ],
    crs=4326,
)


@pytest.mark.parametrize(("exact", "tolerance"), [(True, 0.5e-6), (False, 0.5e-5)])
def test_geometry_reads_back_within_its_precision(exact, tolerance):
    sets = geometry_sets(MIXED, np.full(len(MIXED), exact))
    found = [pair for one in sets for pair in decoded(one)]
    assert sorted(row for row, _ in found) == [0, 1, 2, 3, 3]
    for row in range(len(MIXED)):
        back = shapely.union_all([shape for at, shape in found if at == row])
        assert shapely.hausdorff_distance(back, MIXED[row]) <= tolerance * 1.5


@given(st.lists(st.tuples(st.floats(124, 130), st.floats(36, 40)), min_size=1, max_size=30))
def test_any_points_read_back(points):
    shapes = gpd.GeoSeries(shapely.points(points), crs=4326)
    [one] = geometry_sets(shapes, np.ones(len(points), dtype=bool))
    back = np.array([shape.coords[0] for _, shape in decoded(one)])
    assert np.abs(back - np.array(points)).max() <= 0.5e-6 + 1e-12


def test_supplied_shapes_are_never_thinned():
    circle = gpd.GeoSeries([shapely.Point(127, 38).buffer(0.01, quad_segs=64)], crs=4326)
    [exact], [drawn] = geometry_sets(circle, np.array([True])), geometry_sets(circle, np.array([False]))
    assert exact["points"] == [256]
    assert drawn["points"][0] < 64


def test_only_chosen_columns_leave(atlas):
    for layer in atlas.layers.values():
        allowed = {*COMMON, *COLUMNS[layer.name], *TAIL, "symbol", "width_px", "min_zoom"}
        assert set(layer_block(layer)["columns"]) <= allowed


def test_packed_is_zlib_and_stable():
    value = {"a": [1, 2], "b": "</script>${x}`"}
    text = packed(value)
    assert json.loads(zlib.decompress(base64.b64decode(text))) == value
    assert text == packed(value)
    assert "<" not in text


def test_labels_are_ranked_and_inside_the_area(atlas):
    labels = map_labels(atlas)
    assert labels[0]["style"] == "zone"
    west, south, east, north = atlas.area.bounds
    assert all(west < one["lon"] < east and south < one["lat"] < north for one in labels)
    assert all(-90 <= one["angle"] <= 90 for one in labels)


def test_the_straight_piece_is_found():
    zigzag = shapely.LineString([(0, 0), (0.1, 0.1), (0.2, 0), (0.3, 0.1), (0.4, 0), (2, 0)])
    assert straightest(zigzag, 1)[0] > 0.3


def test_view_and_zoom(atlas):
    west, south, east, north = start_view(atlas)
    assert west < east
    assert south < north
    assert map_zoom(atlas) == 12


def test_each_layer_ends_at_its_own_zoom(atlas):
    caps = {name: zoom_cap(layer) for name, layer in atlas.layers.items()}
    told = dict.fromkeys(("incidents", "places", "cleared_areas"))
    assert caps == dict.fromkeys(atlas.layers, 12) | {"mcz": 10} | told


def test_tables_have_a_cell_for_every_column(atlas):
    tables = all_tables(atlas)
    assert [table["id"] for table in tables][:3] == ["areas", "lengths", "series"]
    for table in tables:
        assert all(len(row) == len(table["columns"]) for row in table["rows"])
        cells = [cell for row in table["rows"] for cell in row]
        assert all(isinstance(cell, str) or (set(cell) == {"en", "ko"} and all(cell.values())) for cell in cells)


def test_the_plot_leaves_out_what_was_not_printed(atlas):
    [table] = [table for table in all_tables(atlas) if table["id"] == "clearance"]
    chart = table["chart"]
    assert chart["values"][chart["labels"].index("1999")] is None
    assert chart["values"][chart["labels"].index("2003")] == 13_000
    assert not [label for label in chart["labels"] if "-" in label]
    assert "13,000" in chart["summary"]["en"]


def test_no_plot_without_values(atlas):
    from geo.reported import clearance_table

    assert clearance_chart(clearance_table(atlas.area).iloc[:0]) is None


def test_supplied_hazards_keep_their_class_and_let_the_map_closer(area):
    def surveyed(frame):
        return frame.assign(basis="supplied", land_class="CHA", precision_m=2.0)

    atlas = atlas_of(area, {"planned_minefields": surveyed})
    block = layer_block(atlas["planned_minefields"])
    assert block["symbols"] == ["cha"]
    assert {one["decimals"] for one in block["sets"]} == {6}
    assert (zoom_cap(atlas["planned_minefields"]), zoom_cap(atlas["unconfirmed_minefields"]), map_zoom(atlas)) == (None, 12, 16)


def test_supplied_hazards_of_unknown_precision_let_the_map_no_closer(area):
    atlas = atlas_of(area, {"planned_minefields": lambda frame: frame.assign(basis="digitised", precision_m=np.nan)})
    assert {one["decimals"] for one in layer_block(atlas["planned_minefields"])["sets"]} == {6}
    assert (zoom_cap(atlas["planned_minefields"]), map_zoom(atlas)) == (None, 12)


def test_quantiles_are_told_only_where_they_tell_something(area):
    def members(spread):
        return lambda frame: frame.assign(q05=frame["index"], q50=frame["index"], q95=spread * frame["index"])

    for spread, told in ((1.0, set()), (2.0, {"q05", "q50", "q95"})):
        layer = atlas_of(area, {"flood_displacement": members(spread)})["flood_displacement"]
        assert {"q05", "q50", "q95"} & set(layer_block(layer)["columns"]) == told
