"""Pictures of raster values: on the right place within one cell, in the right class, never averaged, the same bytes."""

import io
from dataclasses import replace

import numpy as np
import pyproj
import pytest
from affine import Affine
from hypothesis import given, settings
from hypothesis import strategies as st
from maps.country import atlas_of, terrain_atlas_of
from PIL import Image

from geo.maps import overlay as room
from geo.maps.content import fed_by
from geo.maps.overlay import depth_codes, index_codes, overlay, painted
from geo.maps.rasters import raster_block
from geo.raster import HazardRaster

COLOURS = ("#BDBDBD", "#807DBA", "#54278F")
KOREA = [(126.61, 37.71), (126.98, 38.22), (127.35, 37.78), (127.71, 38.11), (128.12, 38.29), (128.49, 37.83), (127.5, 38.0)]
DEMO = [(-27.19, 19.82), (-27.1, 20.13), (-27.0, 20.0), (-26.93, 19.85), (-26.87, 20.06), (-26.82, 20.17)]
CASES = {"korea": (5186, KOREA, 100.0), "fine": (5186, KOREA, 20.0), "demo": (32626, DEMO, 30.0)}


def marked(epsg, points, cell_m):
    """Return a raster of which only the cells that hold the points are filled, and where those cells are."""
    forward = pyproj.Transformer.from_crs(4326, epsg, always_xy=True)
    x, y = np.array([forward.transform(*point) for point in points]).T
    left, top = np.floor(x.min() / cell_m - 3) * cell_m, np.ceil(y.max() / cell_m + 3) * cell_m
    column, row = np.floor((x - left) / cell_m).astype(int), np.floor((top - y) / cell_m).astype(int)
    shape = (row.max() + 4, column.max() + 4)
    place = Affine(cell_m, 0, left, 0, -cell_m, top)
    return HazardRaster(
        row * shape[1] + column, shape, place, pyproj.CRS(epsg), {"share_of_members_wet": np.ones(len(x), np.float32)}
    )


def pixels(picture):
    return np.array(Image.open(io.BytesIO(picture.png)).convert("RGBA"))


def at(bounds, shape, lon, lat):
    """Return the row and column where Leaflet looks for a place in a picture with these bounds: Mercator between the edges."""

    def northing(degrees):
        return np.log(np.tan(np.pi / 4 + np.radians(degrees) / 2))

    west, south, east, north = bounds
    down = (northing(north) - northing(lat)) / (northing(north) - northing(south))
    return np.array([down * shape[0], (lon - west) / (east - west) * shape[1]])


def misses_m(picture, points):
    """Return how far [m on the ground] the middle of the nearest filled pixel is from each point."""
    filled = pixels(picture)[..., 3] > 0
    shape, (west, _, east, _) = filled.shape, picture.bounds
    middles = np.argwhere(filled) + 0.5
    found = []
    for lon, lat in points:
        pixel_m = (east - west) / shape[1] * 111_320 * np.cos(np.radians(lat))
        found.append(np.abs(middles - at(picture.bounds, shape, lon, lat)).max(axis=1).min() * pixel_m)
    return np.array(found)


def all_high(raster):
    return np.full(len(raster.cell), 3, np.uint8)


@pytest.mark.parametrize("case", CASES)
def test_ground_points_fall_on_their_cell_within_one_cell(case):
    epsg, points, cell_m = CASES[case]
    raster = marked(epsg, points, cell_m)
    picture = overlay(raster, all_high(raster), COLOURS)
    width, height = picture.size_px
    reduced_m = max(raster.shape) * cell_m / 2000
    assert max(width, height) <= 2000
    assert picture.shown_m == pytest.approx(max(cell_m, reduced_m), rel=0.02)
    assert (picture.shown_m > cell_m) == (case == "fine")
    assert misses_m(picture, points).max() <= picture.shown_m


def test_the_ruler_sees_a_raster_that_was_not_warped():
    """The corners of a projected raster, taken as degrees, put the same cells more than a cell off."""
    raster = marked(5186, KOREA, 100.0)
    picture = overlay(raster, all_high(raster), COLOURS)
    place, (rows, columns) = raster.transform, raster.shape
    back = pyproj.Transformer.from_crs(5186, 4326, always_xy=True)
    west, north = back.transform(place.c, place.f)
    east, south = back.transform(place.c + 100 * columns, place.f - 100 * rows)
    assert misses_m(replace(picture, bounds=(west, south, east, north)), KOREA).max() > 500


@given(st.integers(0, 2**32 - 1), st.floats(126.7, 128.3), st.floats(37.8, 38.4))
@settings(max_examples=20, deadline=None)
def test_no_cell_is_lost_and_none_appears(seed, lon, lat):
    """Single cells, far from any central meridian or not, reduced or not, are all found; far from them nothing is."""
    rng = np.random.default_rng(seed)
    x, y = pyproj.Transformer.from_crs(4326, 5186, always_xy=True).transform(lon, lat)
    cell = np.sort(rng.choice(80 * 120, 12, replace=False))
    raster = HazardRaster(cell, (80, 120), Affine(50, 0, x, 0, -50, y), pyproj.CRS(5186), {})
    codes = rng.integers(1, 4, len(cell)).astype(np.uint8)
    back = pyproj.Transformer.from_crs(5186, 4326, always_xy=True)
    row, column = np.divmod(cell, 120)
    points = list(zip(*back.transform(x + 50 * (column + 0.5), y - 50 * (row + 0.5)), strict=True))
    for side, limit_m in ((2000, 50.0), (40, 6000 / 40 + 50)):
        picture = overlay(raster, codes, COLOURS, longest_px=(side,))
        assert misses_m(picture, points).max() <= limit_m
        filled = (pixels(picture)[..., 3] > 0).sum()
        assert filled <= len(cell) * 4


def test_reduced_pixels_show_the_highest_class_below_them():
    grid = np.ones((400, 400), np.uint8)
    grid[::40, ::40] = 3
    codes = grid.ravel()
    raster = HazardRaster(np.arange(400 * 400), (400, 400), Affine(10, 0, 2e5, 0, -10, 6e5), pyproj.CRS(5186), {})
    shown = pixels(overlay(raster, codes, COLOURS, longest_px=(40,)))
    inside = shown[shown[..., 3] > 0][:, :3]
    high = (inside == (0x54, 0x27, 0x8F)).all(axis=1).sum()
    assert 100 <= high <= 400  # one cell in sixteen hundred, every one of them still there
    assert {tuple(colour) for colour in inside} == {(0x54, 0x27, 0x8F), (0xBD, 0xBD, 0xBD)}


def test_a_large_picture_is_made_smaller_until_it_is_small_enough(monkeypatch):
    rng = np.random.default_rng(5)
    raster = HazardRaster(np.arange(600 * 600), (600, 600), Affine(10, 0, 2e5, 0, -10, 6e5), pyproj.CRS(5186), {})
    codes = rng.integers(0, 4, 600 * 600).astype(np.uint8)
    monkeypatch.setattr(room, "MOST_BYTES", 20_000)
    picture = overlay(raster, codes, COLOURS)
    assert max(picture.size_px) == 500 or len(picture.png) <= 20_000


def test_the_same_raster_gives_the_same_bytes(area):
    raster = terrain_atlas_of(area).raster
    codes = index_codes(raster.bands["south_items_km2_mean"], (0.5, 0.9))
    first, again = (overlay(raster, codes, COLOURS) for _ in range(2))
    assert first == again
    assert first.data_uri.startswith("data:image/png;base64,")
    assert overlay(raster, np.zeros_like(codes), COLOURS) is None


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=60), st.tuples(st.floats(0, 1), st.floats(0, 1)).map(sorted))
@settings(max_examples=50)
def test_classes_hold_their_shares(items, shares):
    """High is the fewest cells that hold the first share, and no cell ranks above a denser one."""
    values = np.array(items, np.float32)
    codes = index_codes(values, shares)
    assert ((codes == 0) == (values == 0)).all()
    held = values.astype(float)
    for code, share in ((3, shares[0]), (2, shares[1])):
        above = held[codes >= code].sum()
        assert above >= share * held.sum() * (1 - 1e-9) - 1e-9
    order = np.argsort(-held, kind="stable")
    assert (np.diff(codes[order].astype(int)) <= 0).all()


def test_dry_cells_have_no_depth():
    assert depth_codes(np.array([np.nan, -1, 0, 0.49, 0.5, 4, 40], np.float32)).tolist() == [0, 0, 0, 1, 2, 5, 5]


def test_fine_cells_are_merged_on_the_grid_of_the_public_tier():
    raster = HazardRaster(np.arange(90 * 90), (90, 90), Affine(50, 0, 200_300, 0, -50, 600_700), pyproj.CRS(5186), {})
    codes = np.zeros(90 * 90, np.uint8)
    codes[0], codes[-1] = 3, 1
    grid, place = painted(raster, codes, 1000.0)
    assert (place.a, place.c, place.f) == (1000, 200_000, 601_000)
    assert grid.shape == (5, 5)
    assert (grid[0, 0], grid[-1, -1], grid.sum()) == (3, 1, 4)
    assert painted(raster, codes, 10.0)[1].a == 50


def test_a_public_page_of_supplied_fields_shows_no_cell_below_a_kilometre(area):
    def supplied(frame):
        return frame.assign(basis="supplied")

    atlas = terrain_atlas_of(area, {"planned_minefields": supplied})
    told = {one["key"]: one["basis"]["en"] for one in raster_block(atlas)["choices"]}
    assert (
        told["south"] == told["north"] == "modelled, simulated; cells merged to about 1,000 m, showing the highest class of each"
    )
    assert told["depth"] == "modelled, simulated; cells of 100 m"  # of the terrain, not of anybody's field
    exact = {one["key"]: one["basis"]["en"] for one in raster_block(replace(atlas, tier="restricted"))["choices"]}
    assert exact["south"] == told["depth"]


def test_the_block_tells_what_each_picture_is(area):
    atlas = terrain_atlas_of(area)
    block = raster_block(atlas)
    assert [one["key"] for one in block["choices"]] == ["south", "north", "depth"]
    assert block["choices"][0]["title"]["en"] == f"Screening index, {fed_by(atlas)['en']}"
    assert [one["en"] for one in block["choices"][0]["classes"]] == [
        "Higher: densest cells, 50 % of the index",
        "Middle: the next, up to 90 %",
        "Lower priority: the rest",
    ]
    assert [one["en"] for one in block["choices"][2]["classes"]] == ["> 4 m", "2–4 m", "1–2 m", "0.5–1 m", "0–0.5 m"]
    shallow = {name: values for name, values in atlas.raster.bands.items() if name != "depth_m"}
    without = raster_block(replace(atlas, raster=replace(atlas.raster, bands=shallow)))
    assert [one["key"] for one in without["choices"]] == ["south", "north"]
    assert raster_block(atlas_of(area)) is None
    assert raster_block(replace(atlas, raster=replace(atlas.raster, bands={}))) is None
