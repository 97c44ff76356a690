"""The grids of a sheet: places of lines, figures, steps, squares, degrees, and the meridian between zones."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Transformer

from geo.exchange.mgrs import mgrs
from geo.sheets.graticule import degrees_text, graticule_ticks, tick_step_min
from geo.sheets.grid import (
    LEAST_GAP_MM,
    MARGIN_MM,
    STEPS_M,
    draw_grid,
    figures,
    grid_lines,
    grid_sentence,
    grid_step_m,
    inner_squares,
    zone_regions,
)
from geo.sheets.view import view_at

PAPER, FRAME = (210.0, 297.0), (17.5, 113.0, 175.0, 160.0)
PLACES = {"inland": ((127.03, 38.2), 50_000), "junction": ((126.02, 37.9), 100_000), "west": ((125.95, 37.8), 125_000)}


def sheet(place="inland", language="en"):
    """Return a view, its axes and what was drawn on them."""
    middle, scale = PLACES[place]
    view = view_at(middle, scale, PAPER, FRAME, language=language)
    axes = axes_of(view)
    return view, axes, draw_grid(axes, view)


def axes_of(view):
    """Return empty axes of a view."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(PAPER[0] / 25.4, PAPER[1] / 25.4))
    left, bottom, width, height = FRAME
    axes = figure.add_axes((left / PAPER[0], bottom / PAPER[1], width / PAPER[0], height / PAPER[1]))
    axes.set_xlim(view.bounds_m[0], view.bounds_m[2])
    axes.set_ylim(view.bounds_m[1], view.bounds_m[3])
    axes.set_xticks([])
    axes.set_yticks([])
    return axes


@pytest.fixture(scope="module", params=PLACES)
def drawn(request):
    return sheet(request.param)


@pytest.mark.parametrize(
    ("scale", "step_m"),
    [
        (25_000, 1000),
        (125_000, 1000),
        (125_001, 2000),
        (250_000, 2000),
        (625_000, 5000),
        (1_000_000, 10_000),
        (2_000_000, 50_000),
    ],
)
def test_lines_stand_eight_millimetres_apart_or_more(scale, step_m):
    assert grid_step_m(scale) == step_m
    assert step_m * 1000 / scale >= LEAST_GAP_MM
    assert all(step * 1000 / scale < LEAST_GAP_MM for step in STEPS_M if step < step_m)


def test_figures_have_small_leading_and_large_principal_digits():
    assert figures(327_000) == ("3", "27")
    assert figures(4_200_000) == ("42", "00")
    assert figures(99_000) == ("", "99")


def test_easting_327000_lies_where_it_should():
    view = view_at((127.03, 38.2), 50_000, PAPER, FRAME)
    values, lines = grid_lines(view, 52, shapely.box(*view.bounds_m), 1000)["easting"]
    line = lines[values.tolist().index(327_000)]
    west, south, _, north = view.bounds_m
    assert line.bounds == pytest.approx((327_000, south, 327_000, north), abs=1e-3)
    assert (327_000 - west) * 1000 / 50_000 == pytest.approx((line.bounds[0] - west) / 50, abs=1e-6)  # 20 mm a kilometre
    assert values.tolist() == list(range(int(-(-west // 1000)) * 1000, int(view.bounds_m[2]) + 1, 1000))


def test_lines_of_a_drawn_sheet_are_twenty_millimetres_apart_on_paper():
    _, axes, _ = sheet()
    segments = [np.asarray(one) for one in axes.collections[0].get_segments()]
    at_px = axes.transData.transform([one[0] for one in segments])[:, 0]
    gaps_mm = np.diff(np.sort(at_px)) / axes.get_figure().dpi * 25.4
    np.testing.assert_allclose(gaps_mm, 20.0, atol=1e-6)


def test_one_zone_is_the_whole_frame_and_two_share_it():
    inland = view_at((127.03, 38.2), 50_000, PAPER, FRAME)
    assert {zone: region.area for zone, region in zone_regions(inland).items()} == {52: shapely.box(*inland.bounds_m).area}
    crossing = view_at((126.02, 37.9), 100_000, PAPER, FRAME)
    regions = zone_regions(crossing)
    assert list(regions) == [52, 51]  # the sheet's own first
    assert sum(region.area for region in regions.values()) == pytest.approx(shapely.box(*crossing.bounds_m).area, rel=1e-9)
    assert shapely.intersection(*regions.values()).area < 1.0
    lon = Transformer.from_crs(crossing.crs, 4326, always_xy=True)
    east_of_51 = lon.transform(*shapely.get_coordinates(regions[51]).T)[0].max()
    assert east_of_51 == pytest.approx(126.0, abs=1e-6)


def test_the_neighbours_lines_are_its_own_and_end_at_the_meridian():
    view = view_at((126.02, 37.9), 100_000, PAPER, FRAME)
    region = zone_regions(view)[51]
    there = Transformer.from_crs(view.crs, 32651, always_xy=True)
    for kind, axis in (("easting", 0), ("northing", 1)):
        values, lines = grid_lines(view, 51, region, 1000)[kind]
        assert len(values) > 5
        for value, line in zip(values, lines, strict=True):
            along = np.asarray(there.transform(*shapely.get_coordinates(line).T)[axis])
            np.testing.assert_allclose(along, value, atol=0.02)  # bent point by point, so it stays on its value
    lon = Transformer.from_crs(view.crs, 4326, always_xy=True)
    assert max(lon.transform(*shapely.get_coordinates(lines).T)[0]) <= 126 + 1e-6


def test_both_zones_are_named_where_they_meet():
    _, axes, grid = sheet("junction")
    assert grid.zones == (52, 51)
    words = [text.get_text() for text in axes.texts]
    assert {"51S", "52S", "51S YB", "51S YC", "52S BG", "52S BH"} <= set(words)
    assert grid.squares == ("51S YB", "51S YC", "52S BG", "52S BH")
    assert {zone for side, zone, _, _ in grid.labels if side == "left"} == {51}
    assert {zone for side, zone, _, _ in grid.labels if side == "bottom"} == {51, 52}
    assert sheet("inland")[2].zones == (52,)
    assert not {"51S", "52S"} & {text.get_text() for text in sheet("inland")[1].texts}


def test_labels_stand_where_their_lines_leave_the_frame(drawn):
    view, _, grid = drawn
    west, south, east, north = view.bounds_m
    for side, zone, value, at in grid.labels:
        x, y = {"bottom": (at, south), "top": (at, north), "left": (west, at), "right": (east, at)}[side]
        there = Transformer.from_crs(view.crs, 32600 + zone, always_xy=True).transform(x, y)
        assert there[0 if side in ("bottom", "top") else 1] == pytest.approx(value, abs=0.1)


def test_the_full_figures_stand_once_each(drawn):
    _, axes, _ = drawn
    words = [text.get_text() for text in axes.texts]
    assert words.count("000m E") == 1
    assert words.count("000m") == 1 == words.count("N")


def test_squares_are_those_of_mgrs(drawn):
    view, _, grid = drawn
    west, south, east, north = view.bounds_m
    x, y = (one.ravel() for one in np.meshgrid(np.linspace(west, east, 40), np.linspace(south, north, 40)))
    lon, lat = Transformer.from_crs(view.crs, 4326, always_xy=True).transform(x, y)
    assert set(grid.squares) == set(mgrs(lon, lat, digits=0).tolist())


def test_a_square_that_no_edge_meets_is_named_in_its_middle():
    """The whole front at 1:1,000,000: 175 km wide and 160 high, 52S CH reaches from 300 to 400 and from 4200 to 4300 km."""
    view = replace(view_at((127.5, 38.2), 1_000_000, PAPER, FRAME), bounds_m=(283_000.0, 4_150_000.0, 458_000.0, 4_310_000.0))
    assert [name for name, _ in inner_squares(view)] == ["52S CH"]
    axes = axes_of(view)
    assert "52S CH" in draw_grid(axes, view).squares
    (written,) = [text for text in axes.texts if text.get_text() == "52S CH"]
    assert written.get_position() == pytest.approx((350_000, 4_250_000), abs=1000)
    assert inner_squares(view_at(*PLACES["inland"], PAPER, FRAME)) == ()


def test_ticks_lie_on_their_minutes(drawn):
    view, axes, grid = drawn
    turned = Transformer.from_crs(view.crs, 4326, always_xy=True)
    west, south, east, north = view.bounds_m
    words = {text.get_text() for text in axes.texts}
    for side, (places, degrees) in graticule_ticks(view, grid.tick_min).items():
        assert len(places) >= 1
        for at, degree in zip(places, degrees, strict=True):
            point = {"bottom": (at, south), "top": (at, north), "left": (west, at), "right": (east, at)}[side]
            lon, lat = turned.transform(*point)
            assert (lon if side in ("bottom", "top") else lat) == pytest.approx(degree, abs=1e-6)
            assert (degree * 60 / grid.tick_min) == pytest.approx(round(degree * 60 / grid.tick_min), abs=1e-6)
            assert degrees_text(degree, "lon" if side in ("bottom", "top") else "lat") in words


def test_ticks_are_chosen_by_their_distance_on_paper():
    assert [tick_step_min(view_at((127.03, 38.2), scale, PAPER, FRAME)) for scale in (50_000, 100_000, 500_000)] == [1, 2, 10]


def test_no_text_lies_over_another_or_off_the_paper(drawn):
    _, axes, _ = drawn
    figure = axes.get_figure()
    figure.draw_without_rendering()
    frame = axes.get_window_extent()
    px = figure.dpi / 25.4
    boxes = []
    for text in axes.texts:
        box = text.get_window_extent()
        assert box.x0 >= frame.x0 - MARGIN_MM["left"] * px and box.x1 <= frame.x1 + MARGIN_MM["right"] * px, text.get_text()
        assert box.y0 >= frame.y0 - MARGIN_MM["bottom"] * px and box.y1 <= frame.y1 + MARGIN_MM["top"] * px, text.get_text()
        boxes.append((text.get_text(), shapely.box(*box.extents).buffer(-0.6)))
    tree = shapely.STRtree([box for _, box in boxes])
    one, other = tree.query([box for _, box in boxes], predicate="intersects")
    assert [(boxes[a][0], boxes[b][0]) for a, b in zip(one, other, strict=True) if a < b] == []


@pytest.mark.parametrize(
    ("language", "start"), [("en", "Grid: UTM zone 52/51, lines every 1 km;"), ("ko", "격자: UTM 52/51대, 1 km 간격;")]
)
def test_the_step_and_the_zones_are_told(language, start):
    assert grid_sentence(sheet("junction")[2], language).startswith(start)


def test_larger_papers_have_wider_grids_but_a_kilometre_as_long_as_it_is_a_centimetre():
    assert [grid_step_m(250_000, growth) for growth in (1.0, 1.3)] == [2000, 5000]
    assert grid_step_m(100_000, 1.3) == 1000
