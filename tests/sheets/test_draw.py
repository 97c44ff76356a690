"""The map of a sheet: every symbol one artist, soft edges as wide as what is not known, names clear of each other."""

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
import shapely
from maps.country import survey_atlas_of
from matplotlib import rc_context
from matplotlib.collections import EllipseCollection, PathCollection
from matplotlib.colors import to_hex, to_rgb
from matplotlib.figure import Figure
from matplotlib.patches import PathPatch

from geo.generalise import as_shown
from geo.maps.symbols import CHA, SHA, SYMBOLS
from geo.maps.words import pair
from geo.raster import Picture
from geo.sheets.about import Place, about, marks_on, watermarks
from geo.sheets.draw import POINTS_Z, Look, draw_layers, map_axes, paper_figure
from geo.sheets.fonts import lettering
from geo.sheets.lettering import MM_PER_PT
from geo.sheets.names import Name, draw_names, fitting, names_of
from geo.sheets.paths import drawn_shapes, path_of
from geo.sheets.pdf import draw_sheet
from geo.sheets.view import View, utm_crs, view_at
from geo.sheets.watermark import draw_watermark
from geo.terms import SIGN_TEXTS

A4, FRAME = (210.0, 297.0), (20.0, 120.0, 170.0, 150.0)


def drawn(atlas, view, also=()):
    axes = map_axes(paper_figure(view), view)
    return axes, draw_layers(axes, atlas, view, also)


def view_of(scale=1_000_000, language="en"):
    return view_at((127.2, 38.1), scale, A4, FRAME, language=language)


def on(layer, scale):
    """Return the view whose middle lies on the first feature of a layer."""
    point = layer.frame.geometry.iloc[0].interpolate(0.5, normalized=True)
    return view_at((point.x, point.y), scale, A4, FRAME)


def patches(axes):
    return [artist for artist in axes.get_children() if isinstance(artist, PathPatch)]


def test_a_hole_stays_open_and_overlaps_are_one_tint():
    ring = shapely.box(0, 0, 10, 10) - shapely.box(4, 4, 6, 6)
    path = path_of(np.array([ring, shapely.box(8, 0, 20, 10)], dtype=object))
    areas = [signed_area(part) for part in path.to_polygons(closed_only=True)]
    assert sorted(areas) == [-4.0, 100.0, 120.0]  # the hole runs the other way, so a filled path leaves it open


def signed_area(ring):
    x, y = ring.T
    return 0.5 * float(np.sum(x[:-1] * y[1:] - x[1:] * y[:-1]))


def test_shapes_are_cut_outside_the_frame_and_far_ones_dropped():
    view = view_of(50_000)
    lon, lat = 127.2, 38.1
    shapes = np.array([shapely.box(lon - 1, lat - 1, lon + 1, lat + 1), shapely.Point(lon + 2, lat), shapely.Point(lon, lat)])
    kept, rows = drawn_shapes(shapes, view)
    assert rows.tolist() == [0, 2]
    left, bottom, right, top = kept[0].bounds
    edge = view.m(12.0)
    expected = view.bounds_m[0] - edge, view.bounds_m[1] - edge, view.bounds_m[2] + edge, view.bounds_m[3] + edge
    assert (left, bottom, right, top) == pytest.approx(expected, abs=1.0)


def test_layers_are_those_of_the_atlas_and_hidden_ones_are_asked_for(atlas):
    view = view_of()
    _, found = drawn(atlas, view)
    assert {"planned_simulated", "unconfirmed_simulated", "dmz", "mcz", "mdl", "rivers"} <= set(found.looks)
    assert not [key for key in found.looks if key.startswith("density")]
    _, more = drawn(atlas, view, ("mined_density",))
    assert [key for key in more.looks if key.startswith("density")]


def test_a_sheet_without_a_layer_on_its_ground_has_no_symbol_of_it(atlas):
    view = view_at((125.0, 37.0), 25_000, A4, FRAME)
    assert drawn(atlas, view)[1].looks == {}


def test_fields_bear_the_colours_and_hatches_of_the_table(atlas):
    axes, _ = drawn(atlas, view_of())
    symbol = SYMBOLS["planned_simulated"]
    fills = [one for one in patches(axes) if one.get_facecolor()[:3] == to_rgb(symbol.colour) and one.get_alpha()]
    assert [one.get_alpha() for one in fills] == [symbol.opacity]  # one artist for twelve fields
    assert any("x" in (one.get_hatch() or "") for one in patches(axes))  # simulated: crossed


def test_nothing_is_green(atlas):
    axes, _ = drawn(atlas, view_of())
    for one in patches(axes):
        for red, green, blue, alpha in (one.get_facecolor(), one.get_edgecolor()):
            assert not alpha or green <= max(red, blue) + 0.02


@pytest.mark.parametrize(("scale", "half_mm"), [(250_000, 2.0), (100_000, 5.0), (50_000, 10.0)])
def test_a_soft_edge_is_as_wide_as_what_is_not_known(atlas, scale, half_mm):
    """± 500 m of the front line."""
    axes, _ = drawn(atlas, on(atlas["mdl"], scale))
    colour = to_rgb(SYMBOLS["mdl"].colour)
    widths = [one.get_linewidth() for one in patches(axes) if one.get_edgecolor()[:3] == colour]
    assert max(widths) * MM_PER_PT == pytest.approx(2 * half_mm, rel=1e-6)
    thin = [one for one in patches(axes) if one.get_edgecolor()[:3] == colour and one.get_linewidth() < 1.0]
    assert bool(thin) == (half_mm <= 5)  # no line where the place is off by more than half a centimetre


def test_an_edge_known_to_half_a_millimetre_is_a_line(atlas):
    axes, _ = drawn(atlas, view_of(2_000_000))
    colour = to_rgb(SYMBOLS["mdl"].colour)
    assert len([one for one in patches(axes) if one.get_edgecolor()[:3] == colour]) == 1


def test_a_sheet_without_simulated_shapes_does_not_say_simulated(atlas):
    bare, full = (drawn(atlas, view)[1] for view in (view_at((126.0, 37.2), 50_000, A4, FRAME), view_of()))
    assert (bare.simulated, full.simulated) == (False, True)
    assert watermarks(atlas, bare, hangul=True) == [] and watermarks(atlas, full, hangul=True)[0][0] == "simulated"
    assert marks_on(atlas, bare) == [] and marks_on(atlas, full) == ["simulated"]


def test_a_simulated_shape_just_outside_the_frame_is_not_seen(atlas):
    """Kept to 12 mm outside the frame for its edge, it is on no sheet."""
    planned = atlas["planned_minefields"]
    alone = replace(atlas, layers={"planned_minefields": replace(planned, frame=planned.frame.iloc[:1])})
    (x,), (y,) = shapely.get_coordinates(shapely.centroid(planned.frame.geometry.to_crs(32652).iloc[:1].to_numpy())).T
    half_m = 4250.0  # of the frame at 1:50,000
    out, into = (
        replace(view_of(50_000), bounds_m=(x - off_m - 2 * half_m, y - 3750, x - off_m, y + 3750)) for off_m in (500.0, -500.0)
    )
    assert not drawn(alone, out)[1].simulated and drawn(alone, into)[1].simulated


def test_soft_bands_of_a_sheet_are_told_by_symbol(atlas):
    """± 500 m and ± 5000 m: 0.25 and 2.5 mm at 1:2,000,000."""
    looks = drawn(atlas, view_of(2_000_000))[1].looks
    assert looks["mdl"].soft_mm == (0.0, 0.0) == looks["rivers"].soft_mm
    assert looks["mcz"].soft_mm == (2.5, 2.5)


def test_layers_of_one_symbol_are_seen_together(korea_area):
    """Confirmed fields known to 2 and 200 m beside others known to 500 m: 0.8 and 2 mm at 1:250,000, crisp where it is 2 m."""
    exact = survey_atlas_of(korea_area)
    fields = exact["unconfirmed_minefields"]
    planned = replace(fields, name="planned_minefields", frame=fields.frame.assign(precision_m=500.0))
    west, south, east, north = fields.frame.total_bounds
    view = view_at(((west + east) / 2, (south + north) / 2), 250_000, A4, FRAME)
    both = replace(exact, layers={**exact.layers, "planned_minefields": planned})
    found = drawn(both, view)[1]
    assert found.looks["cha"] == Look(("unconfirmed_minefields", "planned_minefields"), (0.0, 2.0))
    assert found.looks["sha"].soft_mm == pytest.approx((4e-3 * (600_000 / np.pi) ** 0.5 / 2, 2.0))
    assert {"unconfirmed_minefields", "planned_minefields"} <= set(found.layers)
    lower = replace(fields, frame=fields.frame.assign(simulated=True, land_status="closed"))
    mixed = replace(both, layers={**both.layers, "unconfirmed_minefields": lower})
    assert drawn(mixed, view)[1].looks["closed"].simulated


def test_circles_of_what_may_lie_elsewhere_are_told(atlas):
    """± 2 km: 0.2 mm at 1:10,000,000 are hidden by the dot, 8 mm at 1:250,000 are a circle."""
    point = atlas["incidents"].frame.geometry.iloc[0]
    far, near = (drawn(atlas, view_at((point.x, point.y), scale, A4, FRAME))[1].looks for scale in (10_000_000, 250_000))
    assert (far["incidents"].circled, near["incidents"].circled) == (False, True)


def test_what_lies_beyond_the_study_area_is_told(atlas):
    west, south, _, _ = atlas.area.bounds
    assert drawn(atlas, view_at((west, south), 250_000, A4, FRAME))[1].beyond
    assert not drawn(atlas, view_of())[1].beyond


def test_points_of_a_larger_paper_are_larger(atlas):
    sizes = []
    for paper in (A4, (594.0, 841.0)):
        axes, _ = drawn(atlas, replace(view_of(250_000), paper_mm=paper))
        sizes.append(max(float(one.get_sizes()[0]) for one in axes.collections if isinstance(one, PathCollection)))
    assert sizes[1] / sizes[0] == pytest.approx((594 / 210) ** 0.5)  # an area; the width grows by the fourth root


def test_rivers_are_as_wide_as_they_are(atlas):
    frame = atlas["rivers"].frame.assign(mean_width_m=400.0)
    wide = replace(atlas, layers={**atlas.layers, "rivers": replace(atlas["rivers"], frame=frame)})
    axes, _ = drawn(wide, on(atlas["rivers"], 50_000))
    colour = to_rgb(SYMBOLS["rivers"].colour)
    (width,) = [one.get_linewidth() for one in patches(axes) if one.get_edgecolor()[:3] == colour]
    assert width * MM_PER_PT == pytest.approx(8.0, abs=0.05)


def test_a_public_sheet_holds_cells_and_no_field(korea_area):
    exact = survey_atlas_of(korea_area, tier="public")
    with_fields = draw_sheet(exact, declination_deg=-9.0, year=2026.5)
    frame = with_fields.atlas["unconfirmed_minefields"].frame
    assert frame.id.str.startswith("cell").all()
    assert as_shown(exact)["unconfirmed_minefields"].frame.equals(frame)


def test_a_restricted_sheet_says_so_over_the_map(korea_area):
    exact, view = survey_atlas_of(korea_area), view_of()
    axes, found = drawn(exact, view)
    assert watermarks(exact, found, hangul=True)[0] == ("tier_restricted", "RESTRICTED / 제한본")
    with rc_context(lettering("en").settings):
        draw_watermark(axes, view, watermarks(exact, found, lettering("en").hangul))
    assert any(text.get_text().startswith("RESTRICTED") for text in axes.texts)


def test_every_symbol_of_a_survey_can_be_drawn(korea_area):
    shown = as_shown(survey_atlas_of(korea_area))
    _, found = drawn(shown, view_of(), ("past_hazards", "mined_density"))
    assert {"finds", "accidents", "sign_past_mine_zone", "sha_worked_on"} <= set(found.looks)


def test_names_stand_clear_of_each_other_and_inside_the_frame(atlas):
    view = view_of(250_000)
    figure = paper_figure(view)
    placed = draw_names(map_axes(figure, view), atlas, view)
    assert len(placed) > 5
    left, bottom, right, top = view.bounds_m
    assert all(left < one.x < right and bottom < one.y < top for one in placed)
    boxes = text_boxes(figure)
    assert len(boxes) == len(placed)
    crossing = shapely.STRtree(boxes).query(boxes, predicate="overlaps")
    assert crossing.size == 0


def text_boxes(figure):
    """Return what the letters of the upper one of each pair of texts cover, those that run straight."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [one for one in figure.axes[0].texts if not one.get_path_effects()]
    return [shapely.box(*one.get_window_extent(renderer).extents).buffer(-1) for one in texts]


def test_a_name_takes_another_side_of_its_dot_rather_than_another_name():
    view = View(utm_crs(52, 38), 52, (0.0, 0.0, 8500.0, 7500.0), 50_000, FRAME, A4)
    first, second = Name("Munsan", "town", 4000, 4000, dot=True), Name("Paju", "town", 4000, 4000, dot=True)
    found = fitting([first, second], view)
    assert [one.text for one in found] == ["Munsan", "Paju"]
    assert found[0].x > 4000 > found[1].x


def test_names_are_in_the_language_of_the_sheet(atlas):
    english, korean = ({one.text for one in names_of(atlas, view_of(language=language))} for language in ("en", "ko"))
    assert {"DMZ", "MCZ"} <= english and {"비무장지대", "민간인통제구역"} <= korean
    assert any(text.startswith("객체") for text in korean) and not any(text.startswith("객체") for text in english)


def test_relief_lies_under_the_layers(atlas):
    import io

    from matplotlib.image import imsave

    file = io.BytesIO()
    imsave(file, np.dstack([np.zeros((20, 20, 3)), np.full((20, 20), 0.5)]), format="png")
    shaded = replace(atlas, relief=Picture(file.getvalue(), (126.0, 37.0, 128.5, 39.0)))
    axes, _ = drawn(shaded, view_of())
    (image,) = axes.images
    assert image.get_zorder() < 1.0
    assert image.get_array().shape[2] == 4 and float(np.asarray(image.get_array())[..., 3].max()) == pytest.approx(
        0.55 * 0.5, abs=0.01
    )
    assert drawn(atlas, view_of())[0].images == [] or not drawn(atlas, view_of())[0].images


def test_an_axes_of_another_figure_keeps_the_scale():
    view = view_of(25_000)
    axes = map_axes(Figure(figsize=(210 / 25.4, 297 / 25.4)), view)
    assert axes.get_xlim() == (view.bounds_m[0], view.bounds_m[2])


def bands(axes):
    """Return the colours of the wide strokes that soft edges are made of."""
    return {to_hex(one.get_edgecolor()[:3]).upper() for one in patches(axes) if one.get_linewidth() > 3}


def survey_of(area, **columns):
    """Return the survey's fields alone, with columns replaced, and a sheet on the second of them."""
    exact = survey_atlas_of(area)
    fields = exact["unconfirmed_minefields"]
    alone = replace(exact, layers={"unconfirmed_minefields": replace(fields, frame=fields.frame.assign(**columns))})
    x, y = shapely.get_coordinates(shapely.centroid(fields.frame.geometry.to_numpy()))[1]
    return alone, (x, y)


@pytest.mark.parametrize(("status", "land_class"), [("worked_on", "CHA"), ("open", "SHA"), ("unknown", "CHA")])
def test_a_soft_edge_has_the_colour_of_the_class(korea_area, status, land_class):
    """± 1000 m are 20 mm at 1:50,000, where no tint is left to tell the class; a line, where there is one, tells the status."""
    atlas, middle = survey_of(korea_area, land_class=land_class, land_status=status, precision_m=1000.0)
    axes, found = drawn(atlas, view_at(middle, 50_000, A4, FRAME))
    colour = {"CHA": CHA, "SHA": SHA}[land_class]
    assert bands(axes) == {colour} and len(found.looks) == 1
    axes, _ = drawn(atlas, view_at(middle, 250_000, A4, FRAME))  # 4 mm: tint and line beside the band
    thin = {to_hex(one.get_edgecolor()[:3]).upper() for one in patches(axes) if one.get_linewidth() == 0.7}
    assert bands(axes) == {colour} and thin == {SYMBOLS[next(iter(found.looks))].outline.upper()}


def scattered(axes, symbol):
    """Return the places in the order of drawing of the points of a symbol."""
    of_points = [one for one in axes.collections if isinstance(one, PathCollection)]
    return [place for place, one in enumerate(of_points) if one.get_facecolor()[0][:3] == pytest.approx(to_rgb(symbol.colour))]


def test_signs_lie_under_finds_and_accidents(korea_area):
    axes, _ = drawn(survey_atlas_of(korea_area), view_of())
    heights = {one.get_zorder() for one in axes.collections if isinstance(one, PathCollection)}
    assert heights == {POINTS_Z}  # so that the order of drawing decides
    lower = [place for name in SIGN_TEXTS for place in scattered(axes, SYMBOLS[f"sign_{name}"])]
    upper = [place for name in ("finds", "accidents") for place in scattered(axes, SYMBOLS[name])]
    assert len(lower) >= 4 and len(upper) >= 2 and max(lower) < min(upper)


def finds_far_off(atlas, off_km):
    """Return an atlas of incidents alone at 127.2 E 38.1 N, as far off as told, and a sheet 20 to 28.5 km east of there."""
    point = gpd.points_from_xy([127.2] * len(off_km), [38.1] * len(off_km))
    frame = atlas["incidents"].frame.iloc[[0] * len(off_km)].set_geometry(point, crs=4326).assign(uncertainty_km=off_km)
    view = view_of(50_000)
    at = view.bounds_m[0] + view.m(FRAME[2] / 2)
    moved_on = replace(view, bounds_m=(at + 20_000, view.bounds_m[1], at + 28_500, view.bounds_m[3]))
    return replace(atlas, layers={"incidents": replace(atlas["incidents"], frame=frame)}), moved_on


def test_what_may_lie_on_the_sheet_is_in_its_legend(atlas):
    """Points 20 km beside the sheet: known to 25 km one may lie on it, known to 15 km it does not."""
    near, view = finds_far_off(atlas, [25.0, 15.0])
    look = drawn(near, view)[1].looks["incidents"]
    assert (look.n_beyond, look.beyond_km, look.circled) == (1, 25.0, True)
    far, view = finds_far_off(atlas, [15.0])
    assert drawn(far, view)[1].looks == {}
    inside = replace(view, bounds_m=view_of(50_000).bounds_m)
    assert drawn(near, inside)[1].looks["incidents"].n_beyond == 0
    near, view = finds_far_off(atlas, [25.0, 15.0])
    told = about(atlas, view, Place(pair("A", "가")), drawn=drawn(near, view)[1], grid=None, lettering=lettering("en"))
    assert told.legend[0][1]["en"].endswith("anywhere in its circle; 1 outside this sheet, off by up to 25 km, may lie on it")


def test_one_point_of_unknown_exactness_hides_no_circle_of_another(atlas):
    both, view = finds_far_off(atlas, [np.nan, 25.0])
    axes, found = drawn(both, view)
    (circles,) = [one for one in axes.collections if isinstance(one, EllipseCollection)]
    assert len(circles.get_offsets()) == 1 and found.looks["incidents"].n_beyond == 1


def test_a_supplied_find_has_its_circle(korea_area):
    """± 1000 m: 20 mm at 1:50,000."""
    exact = survey_atlas_of(korea_area)
    finds = exact["finds"]
    point = finds.frame.geometry.iloc[0]
    for metres in (1000.0, 5.0):
        alone = replace(exact, layers={"finds": replace(finds, frame=finds.frame.assign(precision_m=metres))})
        look = drawn(alone, view_at((point.x, point.y), 50_000, A4, FRAME))[1].looks["finds"]
        assert look.circled == (metres == 1000.0)


def test_a_zone_of_several_parts_is_as_soft_as_its_least_exact(atlas):
    """Parts known to 250 and 500 m, drawn as one: 2 mm at 1:250,000, whichever comes first."""
    dmz = atlas["dmz"]
    for metres in ([250.0, 500.0], [500.0, 250.0]):
        frame = dmz.frame.assign(precision_m=metres, basis="supplied")
        axes, _ = drawn(replace(atlas, layers={"dmz": replace(dmz, frame=frame)}), view_of(250_000))
        widths = [one.get_linewidth() for one in patches(axes) if one.get_edgecolor()[:3] == to_rgb(SYMBOLS["dmz"].outline)]
        assert max(widths) * MM_PER_PT == pytest.approx(4.0)
