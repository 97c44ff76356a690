"""Names on a sheet stand clear of what is drawn, at a cost that grows with their number alone."""

from dataclasses import replace

import numpy as np
import pytest
import shapely
from maps.country import survey_atlas_of
from matplotlib.collections import PathCollection

from geo.sheets.draw import POINTS_Z, map_axes, paper_figure
from geo.sheets.names import Name, draw_names, fitting, names_of
from geo.sheets.view import View, on_sheet, to_lonlat, utm_crs, view_at

A4, FRAME = (210.0, 297.0), (20.0, 120.0, 170.0, 150.0)
PLANE = View(utm_crs(52, 38), 52, (0.0, 0.0, 8500.0, 7500.0), 50_000, FRAME, A4)


def held(area, half_deg):
    """Return a survey whose only hazard is a square where the civilian control zone would have its name, and a sheet there."""
    exact = survey_atlas_of(area)
    fields = exact["unconfirmed_minefields"]
    middle = shapely.centroid(shapely.union_all(exact["mcz"].frame.geometry.to_numpy()))
    view = view_at((middle.x, middle.y), 250_000, A4, FRAME)
    at = next((one.x, one.y) for one in names_of(exact, view) if one.text == "MCZ")
    square = shapely.Point(to_lonlat(view.crs).transform(*at)).buffer(half_deg, cap_style="square")
    frame = fields.frame.iloc[:1].set_geometry([square], crs=4326)
    layers = {name: layer for name, layer in exact.layers.items() if name in ("mcz", "mdl", "dmz", "places", "rivers")}
    return replace(exact, layers={**layers, "unconfirmed_minefields": replace(fields, frame=frame)}), view


@pytest.mark.parametrize("simulated", [False, True])
def test_a_zone_is_named_beside_a_supplied_hazard(korea_area, simulated):
    atlas, view = held(korea_area, 0.04)
    fields = atlas["unconfirmed_minefields"]
    layers = {**atlas.layers, "unconfirmed_minefields": replace(fields, frame=fields.frame.assign(simulated=simulated))}
    placed = draw_names(map_axes(paper_figure(view), view), replace(atlas, layers=layers), view)
    (square,) = on_sheet(fields.frame.geometry.to_numpy(), view)
    at = [shapely.Point(one.x, one.y) for one in placed if one.text == "MCZ"]
    assert at
    clear = [square.distance(point) > view.m(1.2) for point in at]  # half the height of the letters
    assert all(clear) != simulated


def test_a_zone_that_is_a_hazard_throughout_has_no_name_over_it(korea_area):
    atlas, view = held(korea_area, 1.0)
    hazards = on_sheet(atlas["unconfirmed_minefields"].frame.geometry.to_numpy(), view)
    assert [one for one in names_of(atlas, view) if one.text == "MCZ"]
    assert not [one for one in names_of(atlas, view, hazards) if one.text == "MCZ"]


def test_a_place_is_named_over_a_hazard_only_where_it_has_no_other_room():
    place, zone = Name("Munsan", "town", 4000, 4000, dot=True), Name("MCZ", "zone", 4000, 4000)
    right, around = shapely.box(4000, 3000, 8000, 5000), shapely.box(2000, 2000, 6000, 6000)
    (left,) = fitting([place], PLANE, hazards=np.array([right]))
    assert left.x < 4000
    assert [one.text for one in fitting([zone, place], PLANE, hazards=np.array([around]))] == ["Munsan"]
    assert fitting([place], PLANE, taken=[around]) == []


def test_a_name_is_not_compared_with_every_find(monkeypatch):
    """Each place of a name with the names before it, not with all 2,000 finds."""
    lengths, real = [], shapely.intersects
    monkeypatch.setattr(shapely, "intersects", lambda some, other: lengths.append(np.size(some)) or real(some, other))
    x, y = np.random.default_rng(0).uniform(0, 4000, (2, 2000))
    names = [Name(f"Place {n}", "town", 1000.0 * (n % 8), 1000.0 * (n // 8), dot=True) for n in range(64)]
    placed = fitting(names, PLANE, taken=list(shapely.box(x - 1, y - 1, x + 1, y + 1)))
    assert 10 < len(placed) < 64 and 0 < max(lengths) < 64


def test_the_dots_of_places_lie_under_the_records(korea_area):
    exact = survey_atlas_of(korea_area)
    place = exact["places"].frame.geometry.iloc[0]
    view = view_at((place.x, place.y), 250_000, A4, FRAME)
    axes = map_axes(paper_figure(view), view)
    draw_names(axes, exact, view)
    (dots,) = [one for one in axes.collections if isinstance(one, PathCollection)]
    assert dots.get_zorder() < POINTS_Z
