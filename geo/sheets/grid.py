"""The grids of a sheet: UTM lines with their figures, MGRS 100 km squares, and degrees and minutes along the edges.

Assumption: WGS 84, the datum of the sheet; a UTM zone ends at its meridian, so beyond it the neighbouring zone's lines are drawn,
each turned point by point, and the zones are named on both sides. Limit: a figure that would touch another is left out, those of
the neighbouring zone first; its line stays.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
import pyproj
import shapely
from numpy.typing import NDArray

from geo.exchange.mgrs import mgrs, utm
from geo.maps.symbols import INK
from geo.sheets.graticule import BAND_MM, SIDES, draw_graticule, tick_step_min
from geo.sheets.lettering import MM_PER_PT, width_mm, write_at
from geo.sheets.view import Bounds, View, to_lonlat, utm_crs

STEPS_M = (1_000, 2_000, 5_000, 10_000, 50_000, 100_000)
LEAST_GAP_MM = 8.0  # between grid lines
SQUARE_M = 100_000
N_ALONG, N_MESH = 65, 200  # points of a line or of an edge; of the frame's sides where squares are looked for
SMALL_PT, LARGE_PT, NAME_PT = 5.5, 7.5, 6.5
MARGIN_MM = {"bottom": 7.5, "top": 7.5, "left": 11.5, "right": 11.5}  # all that is drawn outside the frame
LINE, HALO = "#5B6572", "#FFFFFF"
Floats = NDArray[np.float64]
Label = tuple[str, int, int, float]  # side, zone, value [m], place along the side in the sheet's CRS [m]


@dataclass(frozen=True, slots=True)
class Grid:
    """What `draw_grid` drew, for the text in the margin and for tests.

    Attributes
    ----------
    step_m : int
        Distance of the lines [m].
    zones : tuple of int
        UTM zones on the sheet, the sheet's own first.
    squares : tuple of str
        MGRS names of the 100 km squares on the sheet, such as ``52S CH``.
    labels : tuple of (side, zone, value_m, position_m)
        The figures along the edges; the position is that along the side, in the sheet's CRS.
    tick_min : int
        Distance of the ticks of the graticule [minutes of arc].
    """

    step_m: int
    zones: tuple[int, ...]
    squares: tuple[str, ...]
    labels: tuple[Label, ...]
    tick_min: int


def grid_step_m(scale: int, growth: float = 1.0) -> int:
    """Return the distance of the grid lines at a scale [m]: 1 km, or the next step that leaves 8 mm between lines, 10 at most.

    Examples
    --------
    >>> grid_step_m(50_000), grid_step_m(250_000), grid_step_m(500_000), grid_step_m(1_000_000)
    (1000, 2000, 5000, 10000)
    """
    wide = [step for step in STEPS_M if step / scale * 1000 >= min(LEAST_GAP_MM * growth, 10)]
    return wide[0] if wide else STEPS_M[-1]


def figures(value_m: int) -> tuple[str, str]:
    """Return the small leading and the large principal digits of an easting or northing of whole kilometres.

    Examples
    --------
    >>> figures(327_000), figures(4_229_000), figures(5_000)
    (('3', '27'), ('42', '29'), ('', '05'))
    """
    km = value_m // 1000
    return (str(km // 100) if km >= 100 else ""), f"{km % 100:02d}"


def zone_regions(view: View) -> dict[int, shapely.Polygon]:
    """Return the part of the frame that lies in each UTM zone, in the sheet's CRS, the sheet's own zone first.

    Parameters
    ----------
    view : View
        Of the sheet.

    Returns
    -------
    dict of zone to Polygon
        One entry unless the sheet crosses the meridian between two zones.
    """
    frame, turned = shapely.box(*view.bounds_m), to_lonlat(view.crs)
    lon, lat = turned.transform(*_edge(frame).T)
    zones, _, _, _ = utm(lon, lat)
    regions = {}
    for zone in sorted(set(zones.tolist()), key=lambda one: (one != int(view.zone), one)):
        strip = shapely.segmentize(shapely.box(zone * 6.0 - 186, lat.min() - 1, zone * 6.0 - 180, lat.max() + 1), 0.02)
        there = shapely.transform(strip, lambda at: np.column_stack(turned.transform(at[:, 0], at[:, 1], direction="INVERSE")))
        region = frame if len(set(zones.tolist())) == 1 else shapely.intersection(frame, there)
        if region.area > 0:
            regions[zone] = region
    return regions


def grid_lines(view: View, zone: int, region: shapely.Polygon, step_m: int) -> dict[str, tuple[NDArray[np.int64], Any]]:
    """Return the lines of a zone inside a region of the sheet.

    Parameters
    ----------
    view : View
        Of the sheet.
    zone : int
        UTM zone whose lines are wanted.
    region : Polygon
        Where, in the sheet's CRS.
    step_m : int
        Distance of the lines [m].

    Returns
    -------
    dict
        ``easting`` and ``northing``, each with the values [m], shape (n,), and the lines in the sheet's CRS, shape (n,).
    """
    here = _between(view.crs, _zone_crs(view, zone))
    x, y = here.transform(*_edge(region).T)
    found = {}
    for kind, low, high, across in (("easting", x.min(), x.max(), y), ("northing", y.min(), y.max(), x)):
        values = np.arange(np.ceil(low / step_m), np.floor(high / step_m) + 1).astype(np.int64) * step_m
        along = np.linspace(across.min() - step_m, across.max() + step_m, N_ALONG)
        fixed, free = (grid.ravel() for grid in np.broadcast_arrays(values[:, None].astype(float), along[None, :]))
        at = here.transform(*((fixed, free) if kind == "easting" else (free, fixed)), direction="INVERSE")
        lines = shapely.linestrings(np.stack(at, axis=-1).reshape(len(values), N_ALONG, 2))
        clipped = shapely.intersection(lines, region)
        kept = shapely.length(clipped) > 0
        found[kind] = values[kept], clipped[kept]
    return found


def draw_grid(axes: Any, view: View) -> Grid:
    """Draw the grids of a sheet over its map and their figures around it.

    Parameters
    ----------
    axes : matplotlib Axes
        Of the map, its limits set to ``view.bounds_m``; text is drawn up to `MARGIN_MM` outside them.
    view : View
        Of the sheet.

    Returns
    -------
    Grid
        What was drawn.
    """
    step_m = grid_step_m(view.scale, view.growth)
    regions = zone_regions(view)
    wanted: list[Label] = []
    for zone, region in regions.items():
        for kind, (values, lines) in grid_lines(view, zone, region, step_m).items():
            _draw_lines(axes, values, lines, step_m)
            wanted += _edge_labels(view, zone, kind, values, lines)
    labels = _fitting(wanted, view)
    _draw_labels(axes, view, labels)
    _draw_junction(axes, view, list(regions))
    squares = _draw_squares(axes, view)
    tick_min = tick_step_min(view)
    draw_graticule(axes, view, tick_min)
    return Grid(step_m, tuple(regions), squares, tuple(labels), tick_min)


def grid_sentence(grid: Grid, language: str) -> str:
    """Return what a sheet tells of its grid.

    Examples
    --------
    >>> grid_sentence(Grid(1000, (52,), ("52S CH",), (), 5), "en")
    'Grid: UTM zone 52, lines every 1 km; MGRS 52S CH; ticks outside every 5′.'
    """
    zones, squares, km = "/".join(map(str, grid.zones)), ", ".join(grid.squares), grid.step_m // 1000
    if language == "ko":
        return f"격자: UTM {zones}대, {km} km 간격; MGRS {squares}; 바깥 경위도 눈금 {grid.tick_min}′ 간격."
    return f"Grid: UTM zone {zones}, lines every {km} km; MGRS {squares}; ticks outside every {grid.tick_min}′."


def _edge(shape: shapely.Geometry) -> Floats:
    """Return points all along the outline of a shape; shape (n, 2)."""
    west, south, east, north = shape.bounds
    return np.asarray(shapely.get_coordinates(shapely.segmentize(shape, max(east - west, north - south) / N_ALONG)))


@lru_cache(maxsize=16)
def _between(crs: pyproj.CRS, other: pyproj.CRS) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(crs, other, always_xy=True)


def _zone_crs(view: View, zone: int) -> pyproj.CRS:
    """Return the CRS of a zone on the sheet's side of the equator."""
    return utm_crs(zone, -1.0 if str(view.crs.utm_zone or "").endswith("S") else 1.0)


def _draw_lines(axes: Any, values: NDArray[np.int64], lines: Any, step_m: int) -> None:
    """Draw lines; every tenth stronger, those between 100 km squares the strongest."""
    from matplotlib.collections import LineCollection

    parts, of_line = shapely.get_parts(lines, return_index=True)
    at = values[of_line]
    strength = np.where(at % SQUARE_M == 0, 1.1, np.where(at % (10 * step_m) == 0, 0.55, 0.25))
    axes.add_collection(
        LineCollection([shapely.get_coordinates(part) for part in parts], colors=LINE, linewidths=strength, zorder=6),
        autolim=False,
    )


def _edge_labels(view: View, zone: int, kind: str, values: NDArray[np.int64], lines: Any) -> list[Label]:
    """Return where lines meet the sides that carry their figures."""
    west, south, east, north = view.bounds_m
    parts, of_line = shapely.get_parts(lines, return_index=True)
    ends = np.concatenate([shapely.get_coordinates(shapely.get_point(parts, place)) for place in (0, -1)])
    of_end = np.concatenate([of_line, of_line])
    tolerance = view.m(0.02)
    sides = {"bottom": (1, south), "top": (1, north)} if kind == "easting" else {"left": (0, west), "right": (0, east)}
    return [
        (side, zone, int(values[of_end[row]]), float(ends[row, 1 - axis]))
        for side, (axis, edge) in sides.items()
        for row in np.flatnonzero(np.abs(ends[:, axis] - edge) < tolerance)
    ]


def _is_full(view: View, label: Label, labels: list[Label]) -> bool:
    """Whether a label is the one written in full: the first of the sheet's own zone at the bottom, and at the left or right."""
    side, zone, _, at = label
    own = [other for other in labels if other[1] == int(view.zone)]
    upright = "left" if any(other[0] == "left" for other in own) else "right"
    if zone != int(view.zone) or side not in ("bottom", upright):
        return False
    along = [other[3] for other in own if other[0] == side]
    unit_m = view.m(5.4 * view.growth)  # stands under the figures of an upright edge
    low = view.bounds_m[1] + unit_m if side == upright else view.bounds_m[0]
    return at == min((one for one in along if one >= low), default=min(along))


def _fitting(wanted: list[Label], view: View) -> list[Label]:
    """Return the labels that stand clear of each other, the sheet's own zone and the one in full first."""
    rank = sorted(wanted, key=lambda one: (one[1] != int(view.zone), not _is_full(view, one, wanted), one))
    taken: dict[str, list[tuple[float, float]]] = {side: [] for side in SIDES}
    kept = []
    for label in rank:
        side, _, value, at = label
        low, high = (view.growth * mm for mm in _extent_mm(value, side, _is_full(view, label, wanted)))
        reach = (at + view.m(low), at + view.m(high))
        if all(reach[1] < low_taken or reach[0] > high_taken for low_taken, high_taken in taken[side]):
            taken[side].append(reach)
            kept.append(label)
    return sorted(kept, key=lambda one: (SIDES.index(one[0]), one[3]))


def _extent_mm(value: int, side: str, full: bool) -> tuple[float, float]:
    """Return how far the figures reach along their side [mm], from where the line ends."""
    if side in ("left", "right"):
        return (-5.3 if full else -1.6), 1.6
    small, large = figures(value)
    half = (width_mm(small, SMALL_PT) + width_mm(large, LARGE_PT, "bold")) / 2 + 0.3
    return -half, half + (width_mm("000m E", SMALL_PT) + 0.5 if full else 0)


def _draw_labels(axes: Any, view: View, labels: list[Label]) -> None:
    """Draw the figures of the grid in the band around the frame."""
    west, south, east, north = view.bounds_m
    for label in labels:
        side, zone, value, at = label
        small, large = figures(value)
        small_pt, large_pt, lower_mm = (view.growth * size for size in (SMALL_PT, LARGE_PT, 0.9))
        wide = width_mm(small, small_pt), width_mm(large, large_pt, "bold")
        if side in ("bottom", "top"):
            x = at - view.m(sum(wide) / 2)
            y = (
                south - view.m(BAND_MM["bottom"] / 2 + lower_mm)
                if side == "bottom"
                else north + view.m(BAND_MM["top"] / 2 - lower_mm)
            )
        else:
            gap = 0.6
            x = west - view.m(sum(wide) + gap) if side == "left" else east + view.m(gap)
            y = at - view.m(lower_mm)
        colour = INK if zone == int(view.zone) else LINE
        for text, size, weight, shift in ((small, small_pt, "normal", 0.0), (large, large_pt, "bold", wide[0])):
            if text:
                write_at(axes, x + view.m(shift), y, text, size=size, weight=weight, color=colour)
        if _is_full(view, label, labels):
            across, rows = view.m(0.4), [y - view.m(mm * view.growth) for mm in (2.2, 4.1)]  # one row is wider than the band
            units = {
                "bottom": [("000m E", x + view.m(sum(wide) + 0.2), y, "left")],
                "left": [(text, west - across, row, "right") for text, row in zip(("000m", "N"), rows, strict=True)],
                "right": [(text, east + across, row, "left") for text, row in zip(("000m", "N"), rows, strict=True)],
            }
            for text, at_x, at_y, align in units[side]:
                write_at(axes, at_x, at_y, text, size=small_pt, color=colour, ha=align)


def _haloed(axes: Any, x: float, y: float, text: str, **look: Any) -> None:
    """Write text over the map, with a white edge around its letters."""
    from matplotlib.patheffects import withStroke

    write_at(axes, x, y, text, va="center", path_effects=[withStroke(linewidth=2.2, foreground=HALO)], **look)


def _draw_junction(axes: Any, view: View, zones: list[int]) -> None:
    """Draw the meridian between two zones, each named on its side."""
    west, south, east, north = view.bounds_m
    named = {"size": 9 * view.growth, "weight": "bold", "color": INK}
    _, lat = to_lonlat(view.crs).transform(*_edge(shapely.box(*view.bounds_m)).T)
    for left in sorted(zones)[:-1]:
        along = np.linspace(lat.min(), lat.max(), 4 * N_ALONG)
        x, y = to_lonlat(view.crs).transform(np.full(len(along), left * 6.0 - 180), along, direction="INVERSE")
        inside = shapely.intersection(shapely.linestrings(np.column_stack([x, y])), shapely.box(*view.bounds_m))
        for part in shapely.get_parts(inside):
            axes.plot(*shapely.get_coordinates(part).T, color=INK, lw=1.2, zorder=7, scalex=False, scaley=False)
        for place in (south + view.m(9), north - view.m(9)):
            at = float(np.interp(place, y, x))
            _, bands, _, _ = utm(*(np.atleast_1d(one) for one in to_lonlat(view.crs).transform(at, place)))
            for zone, shift, align in ((left, -1.5, "right"), (left + 1, 1.5, "left")):
                near, far = sorted((at + view.m(shift), at + view.m(6 * shift)))
                if west + view.m(4) < near and far < east - view.m(4):  # clear of the names along the edge
                    _haloed(axes, at + view.m(shift), place, f"{zone}{bands[0]}", ha=align, **named)


def _draw_squares(axes: Any, view: View) -> tuple[str, ...]:
    """Name the 100 km squares along the inner edges, on both sides of each change, others in their middle; return all names."""
    west, south, east, north = view.bounds_m
    n_steps = 600
    names: set[str] = set()
    for side in SIDES:
        level = side in ("bottom", "top")
        along = np.linspace(west, east, n_steps) if level else np.linspace(south, north, n_steps)
        edge = {"bottom": south, "top": north, "left": west, "right": east}[side]
        inner = edge + view.m(2.4 * view.growth) * (1 if side in ("bottom", "left") else -1)
        x, y = (along, np.full(n_steps, inner)) if level else (np.full(n_steps, inner), along)
        texts = mgrs(*to_lonlat(view.crs).transform(x, y), digits=0)
        names |= set(texts.tolist())
        starts = np.concatenate([[0], np.flatnonzero(texts[1:] != texts[:-1]) + 1, [n_steps]])
        for first, end in pairwise(starts.tolist()):
            _name_square(axes, view, str(texts[first]), (along[first], along[end - 1]), inner, level)
    for name, (left, bottom, right, top) in inner_squares(view):
        names.add(name)
        look = {"size": NAME_PT * view.growth, "weight": "bold", "color": INK, "ha": "center"}
        _haloed(axes, (left + right) / 2, (bottom + top) / 2, name, **look)
    return tuple(sorted(name for name in names if name))


@lru_cache(maxsize=16)
def inner_squares(view: View) -> tuple[tuple[str, Bounds], ...]:
    """Return the 100 km squares that no edge of the sheet meets, and where their names stand.

    Parameters
    ----------
    view : View
        Of the sheet.

    Returns
    -------
    tuple of (name, bounds)
        By name; the bounds are those of the written name, in the middle of the square's part, in the sheet's CRS [m].

    Examples
    --------
    >>> from geo.sheets.view import view_at
    >>> view = view_at((127.2, 38.0), 1_500_000, (210, 297), (17.5, 113, 175, 160))
    >>> [name for name, _ in inner_squares(view)]
    ['52S BG', '52S BH', '52S CG', '52S CH']
    """
    west, south, east, north = view.bounds_m
    x, y = (one.ravel() for one in np.meshgrid(np.linspace(west, east, N_MESH), np.linspace(south, north, N_MESH)))
    texts = mgrs(*to_lonlat(view.crs).transform(x, y), digits=0)
    edge = (x == west) | (x == east) | (y == south) | (y == north)
    high_m = view.m(NAME_PT * view.growth * MM_PER_PT) / 2
    found = []
    for name in sorted(set(texts.tolist()) - {""} - set(texts[edge].tolist())):
        there = texts == name
        at = float(x[there].mean()), float(y[there].mean())
        wide_m = view.m(width_mm(name, NAME_PT * view.growth, "bold")) / 2
        found.append((name, (at[0] - wide_m, at[1] - high_m, at[0] + wide_m, at[1] + high_m)))
    return tuple(found)


def _name_square(axes: Any, view: View, name: str, run: tuple[float, float], inner: float, level: bool) -> None:
    """Write the name of a square along the part of an edge that lies in it: near both its ends, or once where it is short."""
    size_pt = NAME_PT * view.growth
    wide = width_mm(name, size_pt, "bold")
    if (run[1] - run[0]) < view.m(wide + 3):
        name = name[-2:]
        wide = width_mm(name, size_pt, "bold")
    length_mm = (run[1] - run[0]) / view.scale * 1000
    if length_mm < wide + 3:
        return
    low, high = (run[0] + view.m(wide / 2 + 5), run[1] - view.m(wide / 2 + 5))
    places = [low, high] if length_mm > 4 * wide + 20 else [(run[0] + run[1]) / 2]
    for at in places:
        x, y = (at, inner) if level else (inner, at)
        turned = 0 if level else 90
        _haloed(axes, x, y, name, size=size_pt, weight="bold", color=INK, ha="center", rotation=turned)
