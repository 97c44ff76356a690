"""The map of a sheet: every layer in the symbols of the web map, as vectors at a true scale.

Assumption: widths and spacings of the symbols are pixels of a screen of 96 dpi, three quarters of a point on paper. What is known
to p metres only has a soft edge of that width instead of a line as soon as p is more than `CRISP_MM` on the paper, so that a
sketch at a large scale does not look surveyed. Limit: a zone whose edge is wider than `SOFTEST_MM` has no tint, for a tint ends
sharply; the sheet's text tells how far off a place may be.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.layer import Atlas, Layer
from geo.maps.exactness import soft_m
from geo.maps.payload import OFF_KM, WIDTHS_PX, precision_m, supplied_rows
from geo.maps.symbols import GROUPS, INK, RANKED, START_HIDDEN, SYMBOLS, WHITE, Symbol, symbol_keys
from geo.maps.words import Pair, filled, pair
from geo.sheets.blocks import MARKERS, PX_PT, SOFTEST_MM, dash_of, hatch_text, soft_colour
from geo.sheets.ground import draw_ground
from geo.sheets.lettering import MM_PER_PT
from geo.sheets.paper import inches
from geo.sheets.paths import Shapes, draw_path, drawn_shapes, path_of
from geo.sheets.view import View
from geo.terms import RECORD_LAYERS

CRISP_MM = 0.5  # an uncertainty on paper below which an edge is a line; above `SOFTEST_MM` there is no line
STEP_MM, MOST_STEPS, DARKEST = 1.2, 28, 0.30  # of a soft edge: strokes over each other, and what they add up to in the middle
SOFT_CLASSES_MM = (0.5, 0.8, 1.3, 2.1, 3.3, 5.01, 8.0, 13.0, 21.0, 34.0, 55.0, 90.0)
ORDER = (
    "mined_density",
    "hillslope_displacement",
    "mcz",
    "dmz",
    "flood_displacement",
    "rivers",
    "past_hazards",
    "unconfirmed_minefields",
    "planned_minefields",
    "mdl",
    "signs",
    "cleared_areas",
    "incidents",
    "finds",
    "accidents",
    "places",
)  # from below; a layer that is not in it comes last
UPPER = ("high", "middle", "lower")  # of screening: the higher lies over the lower
LINES_Z, POINTS_Z = 4.0, 6.5  # above and below the grid's lines, which lie at 6
LEAST_POINT_PX = 2.2
THIN_PT = 0.7  # of the line in the middle of a soft edge
BEYOND_NOTE = (
    "{n} outside this sheet, off by up to {km} km, may lie on it",
    "도엽 밖 {n}건(오차 {km} km 이내)은 도엽 안일 수 있음",
)


@dataclass(frozen=True, slots=True)
class Look:
    """How the features of one symbol are seen inside the frame.

    Attributes
    ----------
    layers : tuple of str
        All that are drawn with the symbol, from below.
    soft_mm : tuple of float
        Of the crispest and of the softest edge, half its width on the paper; 0 where it is a line.
    simulated : bool
        Whether any of them is.
    circled : bool
        Whether a circle tells how far off a point may be.
    n_beyond : int
        How many of them stand outside the frame, but are known so roughly that they may lie inside.
    beyond_km : float
        How far off the roughest of those may be [km].
    """

    layers: tuple[str, ...]
    soft_mm: tuple[float, float] = (0.0, 0.0)
    simulated: bool = False
    circled: bool = False
    n_beyond: int = 0
    beyond_km: float = 0.0

    @property
    def beyond_note(self) -> Pair:
        """What the sheet says of those that stand outside it and may lie inside; "" where there are none.

        Examples
        --------
        >>> Look(("incidents",), n_beyond=3, beyond_km=12.0).beyond_note["en"]
        '3 outside this sheet, off by up to 12 km, may lie on it'
        """
        if not self.n_beyond:
            return pair("", "")
        return filled(pair(*BEYOND_NOTE), n=f"{self.n_beyond:,}", km=f"{self.beyond_km:.3g}")

    def __or__(self, other: Look) -> Look:
        """Return how two layers of one symbol are seen together.

        Examples
        --------
        >>> both = Look(("planned_minefields",), (1.0, 2.0)) | Look(("unconfirmed_minefields",), (0.0, 0.5), circled=True)
        >>> both.layers, both.soft_mm, both.simulated, both.circled
        (('planned_minefields', 'unconfirmed_minefields'), (0.0, 2.0), False, True)
        """
        least, most = zip(self.soft_mm, other.soft_mm, strict=True)
        layers = tuple(dict.fromkeys(self.layers + other.layers))
        return Look(
            layers,
            (min(least), max(most)),
            self.simulated or other.simulated,
            self.circled or other.circled,
            self.n_beyond + other.n_beyond,
            max(self.beyond_km, other.beyond_km),
        )


@dataclass(frozen=True, slots=True)
class Drawn:
    """What a map shows.

    Attributes
    ----------
    axes : matplotlib Axes
    looks : mapping of str to Look
        Of each symbol that is seen, by its key.
    beyond : bool
        Whether the sheet reaches beyond the study area.
    """

    axes: Any
    looks: Mapping[str, Look]
    beyond: bool = False

    @property
    def layers(self) -> tuple[str, ...]:
        """Names of the layers that are seen."""
        return tuple(dict.fromkeys(name for look in self.looks.values() for name in look.layers))

    @property
    def simulated(self) -> bool:
        """Whether anything that is seen is simulated."""
        return any(look.simulated for look in self.looks.values())


def map_axes(figure: Any, view: View) -> Any:
    """Return axes whose millimetres on the paper are metres on the ground divided by the scale.

    Parameters
    ----------
    figure : matplotlib Figure
        As large as the paper.
    view : View

    Returns
    -------
    matplotlib Axes
        Without ticks, its limits those of the view.
    """
    left, bottom, width, height = view.frame_mm
    wide, high = view.paper_mm
    axes = figure.add_axes((left / wide, bottom / high, width / wide, height / high), label="map")
    axes.set_xlim(view.bounds_m[0], view.bounds_m[2])
    axes.set_ylim(view.bounds_m[1], view.bounds_m[3])
    axes.set_aspect("equal")
    axes.set_autoscale_on(False)
    axes.set_xticks([])
    axes.set_yticks([])
    for spine in axes.spines.values():
        spine.set(linewidth=0.9, edgecolor=INK, zorder=20)
    return axes


def paper_figure(view: View) -> Any:
    """Return an empty figure of the size of the paper."""
    from matplotlib.figure import Figure

    return Figure(figsize=(inches(view.paper_mm[0]), inches(view.paper_mm[1])), facecolor=WHITE)


def draw_layers(axes: Any, atlas: Atlas, view: View, also: tuple[str, ...] = ()) -> Drawn:
    """Draw the ground and the layers of an atlas.

    Parameters
    ----------
    axes : matplotlib Axes
        Made by `map_axes`.
    atlas : Atlas
        As its tier may be shown; nothing but its layers is drawn.
    view : View
    also : tuple of str
        Layers to draw that usually are not: `geo.maps.symbols.START_HIDDEN`.

    Returns
    -------
    Drawn
    """
    beyond = draw_ground(axes, atlas, view)
    seen: dict[str, Look] = {}
    shown = [name for name in atlas.layers if name not in START_HIDDEN or name in also]
    for place, name in enumerate(sorted(shown, key=lambda one: ORDER.index(one) if one in ORDER else len(ORDER))):
        layer, base = atlas[name], 1.0 + place / 8
        if len(layer.frame) == 0 or name == "places":
            continue
        for key, look in _draw_layer(axes, layer, view, base):
            seen[key] = seen[key] | look if key in seen else look
    return Drawn(axes, seen, beyond)


def _draw_layer(axes: Any, layer: Layer, view: View, base: float) -> Iterator[tuple[str, Look]]:
    """Draw a layer; yield the keys of its symbols that are seen, and how."""
    shapes = np.array(layer.frame.geometry.values, dtype=object)
    off_m, soft_m = _off_m(layer), _soft_m(layer)
    kept, rows = drawn_shapes(shapes, view, max(off_m.max(), 1.5 * soft_m.max()))
    keys = symbol_keys(layer.name, layer.frame)[rows]
    soft_mm = view.mm(1.0) * soft_m[rows]
    frame, sheet, off_m = layer.frame.iloc[rows], shapely.box(*view.bounds_m), off_m[rows]
    inside = shapely.intersects(kept, sheet)
    perhaps = ~inside & (shapely.distance(kept, sheet) <= off_m)  # what may lie inside is told as what does
    for key in sorted(set(keys), key=_rank):
        symbol, chosen, circled = SYMBOLS[key], keys == key, False
        dimension = int(shapely.get_dimensions(kept[chosen]).max())
        if dimension == 2:
            whole = layer.name in (*RANKED, *GROUPS["zones"])  # bands, reaches and parts of one zone are one to the eye
            areas = np.array([shapely.union_all(kept[chosen])], dtype=object) if whole else kept[chosen]
            _draw_areas(axes, areas, soft_mm[chosen].max(keepdims=True) if whole else soft_mm[chosen], symbol, base)
        elif dimension == 1:
            _draw_lines(axes, layer.name, frame[chosen], kept[chosen], soft_mm[chosen], symbol, view, base)
        else:
            circled = _draw_points(axes, kept[chosen], off_m[chosen], symbol, view)
        if (here := chosen & (inside | perhaps)).any():
            soft = _banded_mm(soft_mm[here]) if dimension and layer.name != "rivers" else np.zeros(1)
            simulated = bool(frame["simulated"].to_numpy(bool)[here].any())
            off_km = off_m[chosen & perhaps] / 1000
            beyond = len(off_km), float(off_km.max(initial=0.0))
            yield key, Look((layer.name,), (float(soft.min()), float(soft.max())), simulated, circled, *beyond)


def _banded_mm(soft_mm: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return half the width of soft bands [mm], 0 for edges that are drawn as lines."""
    return np.where(soft_mm >= CRISP_MM, soft_mm, 0.0)


def _rank(key: str) -> tuple[int, str]:
    """Return the order of drawing: of screening the lower classes first."""
    word = key.rpartition("_")[2]
    return (-UPPER.index(word) if word in UPPER else -len(UPPER), key)


def _off_m(layer: Layer) -> NDArray[np.float64]:
    """Return how far off the points of a layer may be [m], 0 where it is not stated; shape (n,)."""
    column, factor = ("precision_m", 1.0) if layer.name in RECORD_LAYERS else (OFF_KM.get(layer.name, ""), 1000.0)
    if column not in layer.frame:
        return np.zeros(len(layer.frame))
    found = factor * np.nan_to_num(pd.to_numeric(layer.frame[column], errors="coerce").to_numpy(float))
    return np.where(shapely.get_dimensions(layer.frame.geometry.to_numpy()) == 0, found, 0.0)


def _soft_m(layer: Layer) -> NDArray[np.float64]:
    """Return how far the drawn edge of each feature may be off [m]: 0 where it is not stated or by definition exact."""
    found = np.nan_to_num(soft_m(layer)) if supplied_rows(layer).any() else np.zeros(len(layer.frame))
    whole = precision_m(layer)
    if layer.name in GROUPS["zones"] and whole is not None:
        found = np.where(found > 0, found, whole)
    return np.asarray(found, dtype=float)


def _draw_areas(axes: Any, shapes: Shapes, soft_mm: NDArray[np.float64], symbol: Symbol, base: float) -> None:
    """Draw the features of one symbol: tint, hatch, and for each class of exactness the edge."""
    path = path_of(shapes)
    if path is None:
        return
    if symbol.opacity > 0:
        tinted = path_of(shapes[soft_mm <= SOFTEST_MM])
        draw_path(axes, tinted, fc=symbol.colour, lw=0, alpha=symbol.opacity, zorder=base)
    if symbol.hatch:
        draw_path(axes, path, fc="none", ec=symbol.hatch_colour, lw=0, hatch=hatch_text(symbol), zorder=base + 0.02)
    if symbol.outline:
        _draw_edges(axes, shapes, soft_mm, symbol, symbol.outline, base + 0.04)


def _draw_edges(axes: Any, shapes: Shapes, soft_mm: NDArray[np.float64], symbol: Symbol, colour: str, zorder: float) -> None:
    """Draw outlines or lines: a line where the place is known to `CRISP_MM`, a band that fades to both sides elsewhere.

    The line is of the status's colour, the band of the class's, because it stands for the tint.
    """
    width_pt, dash, band = symbol.width_px * PX_PT, dash_of(symbol), soft_colour(symbol)
    classes = np.digitize(soft_mm, SOFT_CLASSES_MM)
    for number in np.unique(classes):
        path = path_of(shapes[classes == number])
        if path is None:
            continue
        if number == 0:
            draw_path(axes, path, fc="none", ec=colour, lw=width_pt, ls=dash, zorder=zorder)
            continue
        half_mm = float(soft_mm[classes == number].max())
        n_steps = int(np.clip(half_mm / STEP_MM, 4, MOST_STEPS))
        opacity = 1 - (1 - DARKEST * min(1.0, (SOFTEST_MM / half_mm) ** 0.5)) ** (1 / n_steps)
        for share in np.linspace(1.0, 1 / n_steps, n_steps):
            wide_pt = max(2 * half_mm * share / MM_PER_PT, width_pt)
            look = {"capstyle": "butt", "joinstyle": "round"}
            draw_path(axes, path, fc="none", ec=band, lw=wide_pt, alpha=opacity, zorder=zorder, **look)
        if half_mm <= SOFTEST_MM:
            draw_path(axes, path, fc="none", ec=colour, lw=min(width_pt, THIN_PT), ls=dash, alpha=0.7, zorder=zorder)


def _draw_lines(
    axes: Any,
    name: str,
    frame: pd.DataFrame,
    shapes: Shapes,
    soft_mm: NDArray[np.float64],
    symbol: Symbol,
    view: View,
    base: float,
) -> None:
    """Draw lines: rivers as wide as they are, at least by their class; others as an edge, the dashes on top of what is soft."""
    if name != "rivers":
        _draw_edges(axes, shapes, soft_mm, symbol, symbol.colour, base)
        return
    of_class = frame.get("width_class", pd.Series("", index=frame.index)).astype(str).map(WIDTHS_PX).fillna(symbol.width_px)
    metres = pd.to_numeric(frame.get("mean_width_m", pd.Series(np.nan, index=frame.index)), errors="coerce").fillna(0.0)
    wide_pt = np.maximum(of_class.to_numpy(float) * 0.6 * PX_PT, view.mm(1.0) * metres.to_numpy(float) / MM_PER_PT).round(1)
    for width in np.unique(wide_pt):
        look = {"capstyle": "round", "joinstyle": "round", "alpha": 0.55 if width > 4 else 1.0}
        draw_path(axes, path_of(shapes[wide_pt == width]), fc="none", ec=symbol.colour, lw=width, zorder=base, **look)


def _draw_points(axes: Any, shapes: Shapes, off_m: NDArray[np.float64], symbol: Symbol, view: View) -> bool:
    """Draw points, those that may lie elsewhere with a circle as wide as that; return whether there is a circle."""
    from matplotlib.collections import EllipseCollection

    at = shapely.get_coordinates(shapely.point_on_surface(shapes))
    size_pt = 2 * max(symbol.radius_px, LEAST_POINT_PX) * PX_PT * view.growth
    edge = symbol.outline if symbol.outline else INK
    wide = view.mm(1.0) * off_m > 0.7 * size_pt * MM_PER_PT
    if wide.any():
        stroke = symbol.colour if symbol.colour != WHITE else edge
        circle: dict[str, Any] = {"offsets": at[wide], "units": "xy", "offset_transform": axes.transData, "facecolors": "none"}
        look: dict[str, Any] = {
            "edgecolors": stroke,
            "linewidths": 0.4,
            "linestyles": (0, (1, 2)),
            "alpha": 0.8,
            "zorder": LINES_Z,
        }
        width = 2 * off_m[wide]
        axes.add_collection(EllipseCollection(width, width, np.zeros(len(width)), **circle, **look), autolim=False)
    face: dict[str, Any] = {
        "facecolors": [(symbol.colour, symbol.opacity)],
        "edgecolors": edge,
        "linewidths": symbol.width_px * 0.5,
    }
    marker = MARKERS[symbol.shape]
    axes.scatter(*at.T, s=(0.8 * size_pt) ** 2, marker=marker, linestyles=dash_of(symbol), zorder=POINTS_Z, **face)
    return bool(wide.any())
