"""How wide a part is, and where a record outside the area lies."""

import numpy as np
import pytest
import shapely
from check.worlds import X, Y, square, survey, told

from geo.area import read_area
from geo.check.shapes import strip_width_m


def widths(shape, **columns):
    found = told(survey([shape], **columns))
    return found.loc[found["code"] == "S03", "value"].tolist()


def circle(diameter):
    return shapely.Point(X, Y).buffer(diameter / 2, quad_segs=64)


def test_the_width_of_a_strip_a_square_and_a_circle():
    sides, lengths = np.array([5.0, 10.0]), np.array([100.0, 10.0])
    assert strip_width_m(sides * lengths, 2 * (sides + lengths)).tolist() == [5.0, 10.0]
    assert strip_width_m(np.array([np.pi * 36]), np.array([np.pi * 12])).round(9).tolist() == [12.0]


def test_s03_a_circle_is_as_wide_as_its_diameter():
    assert widths(circle(19.0), precision_m=[10.0]) == ["19.0"]
    assert widths(circle(20.2), precision_m=[10.0]) == []  # a quarter of its perimeter is 15.9 m
    assert widths(square(19.0), precision_m=[10.0]) == ["19.0"]
    assert widths(square(20.2), precision_m=[10.0]) == []


def test_s03_a_size_without_a_boundary_has_no_width():
    assert widths(circle(5.0), precision_m=[50.0], shape_kind=["equal_area_circle"]) == []
    assert widths(circle(5.0), precision_m=[50.0], shape_kind=["boundary"]) == ["5.0"]


@pytest.mark.parametrize(("lon", "value"), [(10.0, ["10.00050, 20.00050"]), (127.0, [])])
def test_c03_says_where(lon, value):
    south = 20.0 if lon < 100 else 38.0
    made = survey([shapely.box(lon, south, lon + 0.001, south + 0.001)], crs=4326)
    found = told(made, area=read_area("korea"))
    assert found.loc[found["code"] == "C03", "value"].tolist() == value
