"""Cutting work into tiles and running kernels over it: nothing lost, order kept, any number of workers."""

from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context

import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.tiles import grid_cells, map_kernel, subdivide


def holed(vertices):
    disc = shapely.Point(0, 0).buffer(1000.0, quad_segs=vertices)
    return disc.difference(shapely.Point(200, 100).buffer(400.0, quad_segs=vertices))


@pytest.mark.parametrize("most", [20, 100, 200])
def test_pieces_tile_the_shape(most):
    shape = holed(300)
    pieces = subdivide(shape, most)
    assert (shapely.get_num_coordinates(pieces) <= most).all()
    assert shapely.area(pieces).sum() == pytest.approx(shape.area, rel=1e-12)
    assert shapely.union_all(pieces).symmetric_difference(shape).area == pytest.approx(0, abs=1e-3)


@settings(max_examples=25, deadline=None)
@given(st.integers(3, 400), st.floats(1.0, 1e6), st.floats(0.01, 1.0))
def test_area_is_kept(n, size, spike):
    angle = np.linspace(0, 2 * np.pi, n, endpoint=False)
    radius = np.where(np.arange(n) % 2, size, size * spike)
    star = shapely.Polygon(np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1))
    pieces = subdivide(star, 50)
    assert shapely.area(pieces).sum() == pytest.approx(star.area, rel=1e-9)
    assert (shapely.get_type_id(pieces) == 3).all()


def test_small_shapes_stay_whole_and_empty_ones_give_nothing():
    box = shapely.box(0, 0, 1, 1)
    assert list(subdivide(box)) == [box]
    assert len(subdivide(shapely.Polygon())) == 0
    assert len(subdivide(shapely.MultiPolygon([box, shapely.box(5, 5, 6, 6)]))) == 2


def test_results_come_in_the_order_of_the_items():
    shapes = [holed(n) for n in (400, 8, 200, 16)]
    alone = map_kernel(subdivide, shapes)
    with ProcessPoolExecutor(2, mp_context=get_context("spawn")) as pool:
        together = map_kernel(subdivide, iter(shapes), pool)
    assert [len(pieces) for pieces in alone] == [len(pieces) for pieces in together]
    for one, other in zip(alone, together, strict=True):
        assert shapely.to_wkb(one).tolist() == shapely.to_wkb(other).tolist()


def test_an_error_of_the_kernel_is_not_swallowed():
    with pytest.raises(ZeroDivisionError):
        map_kernel(lambda n: 1 / n, [1, 0])


def test_grid_cells_lie_on_a_fixed_grid_and_cover_the_box():
    cells = grid_cells((-100.0, 250.0, 1900.0, 1001.0), 500.0)
    bounds = shapely.bounds(cells)
    assert (bounds % 500 == 0).all()
    assert shapely.union_all(cells).bounds == (-500.0, 0.0, 2000.0, 1500.0)
    assert len(cells) == 5 * 3
    assert bounds[:5, 1].tolist() == [0.0] * 5
