"""Swatches of the legend look as the symbols on the map do."""

import pytest
from matplotlib.colors import to_hex
from matplotlib.figure import Figure

from geo.maps.symbols import CHA, SHA, SYMBOLS
from geo.sheets.blocks import draw_swatch


def swatch(key, soft_mm=0.0):
    axes = Figure().add_axes((0, 0, 1, 1))
    draw_swatch(axes, SYMBOLS[key], 10.0, 10.0, 8.0, 3.0, soft_mm=soft_mm)
    return axes


@pytest.mark.parametrize(
    ("key", "colour"), [("cha", CHA), ("cha_worked_on", CHA), ("cha_searched", CHA), ("sha", SHA), ("sha_unknown", SHA)]
)
@pytest.mark.parametrize("soft_mm", [2.0, 20.0])
def test_a_soft_swatch_fades_in_the_colour_of_the_class(key, colour, soft_mm):
    """The status has its line where the map has one: up to 5 mm."""
    strokes = [one for one in swatch(key, soft_mm).patches if not one.get_hatch() and one.get_edgecolor()[3] > 0]
    thin = {to_hex(one.get_edgecolor()[:3]).upper() for one in strokes if one.get_alpha() == 0.7}
    assert {to_hex(one.get_edgecolor()[:3]).upper() for one in strokes if one.get_alpha() < 0.2} == {colour}
    assert thin == ({SYMBOLS[key].outline.upper()} if soft_mm == 2 else set())


@pytest.mark.parametrize(("key", "dashed"), [("cleared_searched", True), ("cleared_areas", True), ("finds", False)])
def test_the_swatch_of_a_point_is_dashed_as_on_the_map(key, dashed):
    (point,) = swatch(key).collections
    ((_, dashes),) = point.get_linestyle()
    assert bool(dashes) == dashed
