"""Names on a sheet: zones along their lines, rivers along their course, places beside their dot, none over another.

Assumption: a printed page is read at half the distance of a screen, so a name appears at the scale of a zoom that is one step
closer than the screen's. Limit: a name that finds no room is left out, lesser places first; its dot stays.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.generalise import HAZARD_LAYERS
from geo.layer import Atlas
from geo.maps.finds import year_labels
from geo.maps.labels import angle_deg, map_labels, short_names, straightest
from geo.maps.symbols import GROUPS, INK, SYMBOLS
from geo.sheets.blocks import PX_PT
from geo.sheets.draw import POINTS_Z
from geo.sheets.grid import inner_squares
from geo.sheets.lettering import MM_PER_PT, width_mm
from geo.sheets.paths import Shapes
from geo.sheets.view import A4_SHORT_MM, View, footprint, on_sheet

PX_MM = 25.4 / 96
PRINT_ZOOM = 1.0  # names of a print against those of a screen of the same scale
HALO, WATER, SITE = "#FFFFFF", "#3F6D93", "#4A515B"
HALO_PT = 1.6
NAMES_Z, DOTS_Z = 8.0, POINTS_Z - 0.1  # above all; below the records, which a dot must not hide
GAP_MM, EDGE_MM = 0.35, 4.4  # around a name; along the frame, where the names of the grid's squares stand
POINTS, POINT_MM = GROUPS["evidence"], 0.9  # layers of points, half their size
SAME_MM = 42.0  # between two names of one river
EACH_MM = 80.0  # of a zone's line, one name
LIFT = 0.9  # of the letters' height: how far a river's name stands beside its line
# style of `geo.maps.labels` -> size on A4 [pt], weight, slant, colour
STYLES: Mapping[str, tuple[float, str, str, str]] = {
    "city": (7.6, "bold", "normal", INK),
    "town": (6.4, "normal", "normal", INK),
    "site": (5.6, "normal", "normal", SITE),
    "river": (5.8, "normal", "normal", WATER),
    "zone": (7.0, "bold", "normal", "#565D67"),
    "line": (6.2, "bold", "normal", "#3A3F45"),
    "year": (5.0, "normal", "normal", INK),
}
BESIDE = ((1.0, 0.0), (-1.0, 0.0), (0.7, 1.0), (0.7, -1.0), (-0.7, 1.0), (-0.7, -1.0), (0.0, 1.2), (0.0, -1.2))  # of a dot
GROWTH = 0.35  # how names grow with the paper
N_MESH = 40  # of the places that are tried for a zone's name, along each side
NO_SHAPES = np.array([], dtype=object)


@dataclass(frozen=True, slots=True)
class Name:
    """A name and where it may stand.

    Attributes
    ----------
    text, style : str
    x, y : float
        Of the dot, or of the middle of the name [m of the sheet].
    angle_deg : float
        Against the clock.
    dot : bool
        Whether the name stands beside a point.
    """

    text: str
    style: str
    x: float
    y: float
    angle_deg: float = 0.0
    dot: bool = False


def print_zoom(scale: int) -> float:
    """Return the zoom of the web map whose names a scale on paper has room for.

    Examples
    --------
    >>> round(print_zoom(500_000) - print_zoom(1_000_000), 6), round(print_zoom(1_000_000), 1)
    (1.0, 9.9)
    """
    return float(np.log2(123_357 / (PX_MM / 1000 * scale)) + PRINT_ZOOM)


def names_of(atlas: Atlas, view: View, hazards: Shapes = NO_SHAPES) -> list[Name]:
    """Return the names that a scale has room for, within the frame, the most important first; zones beside the hazards."""
    most = print_zoom(view.scale)
    wanted = [one for one in [*map_labels(atlas), *year_labels(atlas)] if one["zoom"] <= most]
    wanted = [one for one in wanted if one["style"] not in ("zone", "line")]
    at = shapely.points([(one["lon"], one["lat"]) for one in wanted]) if wanted else np.array([], dtype=object)
    xy = shapely.get_coordinates(on_sheet(at, view)) if wanted else np.empty((0, 2))
    left, bottom, right, top = view.bounds_m
    inside = (xy[:, 0] > left) & (xy[:, 0] < right) & (xy[:, 1] > bottom) & (xy[:, 1] < top)
    found = list(_zone_names(atlas, view, hazards))
    for row in np.flatnonzero(inside):
        one = wanted[row]
        text = one[view.language] or one["en"]
        found.append(Name(text, one["style"], float(xy[row, 0]), float(xy[row, 1]), -one["angle"], one["dot"]))
    return found


def _zone_names(atlas: Atlas, view: View, hazards: Shapes) -> Iterator[Name]:
    """Yield the names of the front line along it, and of the zones inside their parts on the sheet, clear of supplied hazards."""
    held = shapely.STRtree(hazards)
    frame = shapely.box(*(np.array(view.bounds_m) + view.m(6.0) * np.array([1, 1, -1, -1])))
    for name in ("mdl", "dmz", "mcz"):
        if name not in atlas.layers:
            continue
        text = short_names(name)[view.language == "ko"]
        shapes = shapely.intersection(on_sheet(np.array(atlas[name].frame.geometry.values, dtype=object), view), frame)
        parts = shapely.get_parts(shapely.union_all(shapely.make_valid(shapes)))
        if name == "mdl":
            yield from _along(parts, text, view)
        else:
            yield from _within(parts, text, view, held)


def _along(parts: NDArray[np.object_], text: str, view: View) -> Iterator[Name]:
    """Yield a name for each `EACH_MM` of lines, where they bend least."""
    for line in parts:
        if line.geom_type != "LineString" or line.length < view.m(25.0):
            continue
        n_names = max(1, round(view.mm(line.length) / EACH_MM))
        for fraction in straightest(line, n_names, 0.04):
            point = line.interpolate(fraction, normalized=True)
            yield Name(text, "line", point.x, point.y, _plane_angle(line, fraction))


def _plane_angle(line: shapely.LineString, fraction: float) -> float:
    """Return the angle of a line of the sheet [degrees against the clock]."""
    flat = shapely.affinity.translate(line, -line.centroid.x, -line.centroid.y)
    return -angle_deg(shapely.transform(flat, lambda at: at * 1e-9), fraction)  # so small that its "latitudes" turn nothing


def _within(parts: NDArray[np.object_], text: str, view: View, held: shapely.STRtree) -> Iterator[Name]:
    """Yield a name for each strip of the sheet: in the roomiest place of the zone's part in it, if there is one."""
    areas = parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > view.m(5.0) ** 2)]
    if not len(areas):
        return
    whole = shapely.union_all(areas)
    left, bottom, right, top = whole.bounds
    n_strips = max(1, round(view.mm(right - left) / EACH_MM))
    edges = np.linspace(left, right, n_strips + 1)
    for west, east in pairwise(edges):
        pieces = shapely.get_parts(shapely.intersection(whole, shapely.box(west, bottom, east, top)))
        pieces = pieces[shapely.get_dimensions(pieces) == 2]
        if len(pieces):
            largest = pieces[np.argmax(shapely.area(pieces))]
            yield from (Name(text, "zone", x, y) for x, y in _roomiest(shapely.simplify(largest, view.m(0.5)), view, held))


def _roomiest(area: shapely.Geometry, view: View, held: shapely.STRtree) -> list[tuple[float, float]]:
    """Return the place in an area that is farthest from its edge and from hazards; none where hazards hold all of it."""
    circle = shapely.maximum_inscribed_circle(area, tolerance=view.m(1.0))
    at = shapely.get_coordinates(circle)[:1]
    if len(held):
        west, south, east, north = area.bounds
        mesh = np.meshgrid(np.linspace(west, east, N_MESH), np.linspace(south, north, N_MESH))
        at = np.concatenate([at, np.column_stack([one.ravel() for one in mesh])])
        at = at[shapely.contains_xy(area, at)]
        points = shapely.points(at)
        room = held.query_nearest(points, return_distance=True, all_matches=False)[1]
        room = np.minimum(room, shapely.distance(shapely.boundary(area), points))
        at = at[np.argsort(-room, kind="stable")][: int((room > 0).any())]
    return [(float(x), float(y)) for x, y in at]


def draw_names(axes: Any, atlas: Atlas, view: View) -> list[Name]:
    """Write the names of a sheet that stand clear of each other, and the dots of its places.

    Parameters
    ----------
    axes : matplotlib Axes
    atlas : Atlas
    view : View

    Returns
    -------
    list of Name
        As they were written, the most important first.
    """
    growth = (min(view.paper_mm) / A4_SHORT_MM) ** GROWTH
    hazards = _hazards_there(atlas, view)
    names = names_of(atlas, view, hazards)
    placed = fitting(names, view, growth, [*_symbols_there(atlas, view), *_squares_there(view)], hazards)
    _draw_dots(axes, [name for name in names if name.dot and name.style != "year"], growth)
    for name in placed:
        _write(axes, name, growth)
    return placed


def _symbols_there(atlas: Atlas, view: View) -> list[shapely.Geometry]:
    """Return the room that points of other layers take on the sheet."""
    shapes = np.concatenate([NO_SHAPES, *(atlas[name].frame.geometry.to_numpy() for name in POINTS if name in atlas.layers)])
    x, y = shapely.get_coordinates(on_sheet(shapes[shapely.get_type_id(shapes) == shapely.GeometryType.POINT], view)).T
    half = view.m(POINT_MM * view.growth)
    left, bottom, right, top = view.bounds_m
    near = (x > left) & (x < right) & (y > bottom) & (y < top)
    x, y = x[near], y[near]
    return list(shapely.box(x - half, y - half, x + half, y + half))


def _hazards_there(atlas: Atlas, view: View) -> Shapes:
    """Return the hazards on the sheet that nobody simulated, in its CRS."""
    frames = [atlas[name].frame for name in HAZARD_LAYERS if name in atlas.layers]
    shapes = np.concatenate([NO_SHAPES, *(frame.geometry.to_numpy()[~frame["simulated"].to_numpy(bool)] for frame in frames)])
    west, south, east, north = footprint(view).bounds
    bounds = shapely.bounds(shapes)
    near = (bounds[:, 0] <= east) & (bounds[:, 2] >= west) & (bounds[:, 1] <= north) & (bounds[:, 3] >= south)
    return on_sheet(shapes[near], view)


def _squares_there(view: View) -> list[shapely.Geometry]:
    """Return the room that names of 100 km squares take inside the map."""
    return [shapely.box(*bounds) for _, bounds in inner_squares(view)]


def fitting(
    names: list[Name],
    view: View,
    growth: float = 1.0,
    taken: Sequence[shapely.Geometry] = (),
    hazards: Shapes = NO_SHAPES,
) -> list[Name]:
    """Return the names that stand clear of each other, of the frame and of what is taken, each moved to where it stands.

    They stand clear of hazards, too; a place that finds no other room is still named, for its dot alone leads nowhere.

    Examples
    --------
    >>> from geo.sheets.view import view_at
    >>> view = view_at((127.0, 38.0), 50_000, (210, 297), (20, 120, 170, 150))
    >>> x, y = view.bounds_m[0] + 4000, view.bounds_m[1] + 4000
    >>> [name.text for name in fitting([Name("Paju", "line", x, y), Name("Yeoncheon", "line", x, y)], view)]
    ['Paju']
    """
    frame = shapely.box(*(np.array(view.bounds_m) + view.m(EDGE_MM) * np.array([1, 1, -1, -1])))
    fixed, held = shapely.STRtree(list(taken)), shapely.STRtree(hazards)
    room: list[shapely.Geometry] = []
    found: list[Name] = []
    for name in names:
        if _told_near(name, found, view.m(SAME_MM * growth)):
            continue
        chances = [(moved, _box(moved, view, growth)) for moved in _choices(name, view, growth)]
        free = [one for one in chances if frame.contains(one[1]) and not len(fixed.query(one[1], predicate="intersects"))]
        free = [one for one in free if not (room and shapely.intersects(np.array(room), one[1]).any())]
        clear = [one for one in free if not len(held.query(one[1], predicate="intersects"))]
        if chosen := (clear or (free if name.dot else []))[:1]:
            found.append(chosen[0][0])
            room.append(chosen[0][1])
    return found


def _told_near(name: Name, found: list[Name], within_m: float) -> bool:
    """Whether a line or river is named already not far away."""
    return not name.dot and any(one.text == name.text and np.hypot(one.x - name.x, one.y - name.y) < within_m for one in found)


def _choices(name: Name, view: View, growth: float) -> Iterator[Name]:
    """Yield the name in the places where it may stand, the best first."""
    size_pt = STYLES[name.style][0] * growth
    high, wide = size_pt * MM_PER_PT, width_mm(name.text, size_pt, STYLES[name.style][1])
    if not name.dot:
        lift = LIFT * high if name.style == "river" else 0.0
        turn = np.radians(name.angle_deg)
        for side in (1, -1) if lift else (0,):
            by = view.m(side * lift)
            yield replace(name, x=name.x - by * np.sin(turn), y=name.y + by * np.cos(turn))
        return
    dot = 1.3 * growth
    for across, up in BESIDE:
        shift = across * (wide / 2 + dot) if abs(across) == 1 else across * wide / 2
        yield replace(name, x=name.x + view.m(shift), y=name.y + view.m(up * (high / 2 + dot * 0.7)))


def _box(name: Name, view: View, growth: float) -> shapely.Polygon:
    """Return the room that a name takes, in metres of the sheet."""
    size_pt, weight, _, _ = STYLES[name.style]
    half_w = view.m(width_mm(name.text, size_pt * growth, weight) / 2 + GAP_MM)
    half_h = view.m(size_pt * growth * MM_PER_PT * 0.5 + GAP_MM)
    turn = np.radians(name.angle_deg)
    corners = np.array([[-half_w, -half_h], [half_w, -half_h], [half_w, half_h], [-half_w, half_h]])
    turned = corners @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]])
    return shapely.Polygon(turned + np.array([name.x, name.y]))


def _draw_dots(axes: Any, names: list[Name], growth: float) -> None:
    symbol = SYMBOLS["places"]
    if names:
        look = {"facecolors": symbol.colour, "edgecolors": symbol.outline, "linewidths": 0.5, "zorder": DOTS_Z}
        size = (1.4 * symbol.radius_px * PX_PT * growth) ** 2
        axes.scatter([one.x for one in names], [one.y for one in names], s=size, **look)


def _write(axes: Any, name: Name, growth: float) -> None:
    """Write a name twice: a white edge as outlines, and over it the letters as text, so that they can be searched for."""
    from matplotlib.patheffects import Stroke

    size_pt, weight, slant, colour = STYLES[name.style]
    fixed = {"ha": "center", "va": "center", "rotation": name.angle_deg, "rotation_mode": "anchor", "clip_on": True}
    fixed |= {"size": size_pt * growth, "weight": weight, "style": slant, "parse_math": False}
    edge = [Stroke(linewidth=HALO_PT, foreground=HALO, alpha=0.85)]
    axes.text(name.x, name.y, name.text, color=HALO, path_effects=edge, zorder=NAMES_Z, **fixed)
    axes.text(name.x, name.y, name.text, color=colour, zorder=NAMES_Z + 0.1, **fixed)
