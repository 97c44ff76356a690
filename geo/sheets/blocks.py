"""The blocks of a sheet's margin: text, legend, scale bar, norths and index map, each of which knows its height at a width.

Assumption: axes whose unit is the millimetre of paper, so that every length here is one that a ruler finds on the print. Limit:
a block is never split over two columns.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import shapely

from geo.maps.symbols import BLACK, GREY, INK, WHITE, Symbol
from geo.sheets.lettering import MM_PER_PT, line_mm, width_mm, wrapped
from geo.sheets.norths import Declination, draw_norths, sheet_lines

if TYPE_CHECKING:
    from geo.sheets.view import View

NICE_KM = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500)
HATCH_PT = 12.0  # distance of the lines of matplotlib's thinnest hatch
PX_PT = 0.75  # a pixel of a screen of 96 dpi
PAPER = "#FFFFFF"
BOX_MM = 1.2  # between a frame and its text
PARAGRAPH = 0.3  # between paragraphs, in lines
SOFTEST_MM = 5.0  # half the width of a soft edge above which there is no line in it and no tint
SOFT_STEPS, SOFT_ALPHA = 6, 0.1  # of the strips of a soft swatch


class Block(Protocol):
    """Anything that stands in the margin."""

    @property
    def key(self) -> str:
        """Name of the block."""
        ...

    def height_mm(self, width: float, size_pt: float) -> float:
        """Return how high it is at a width [mm]."""
        ...

    def draw(self, axes: Any, x: float, top: float, width: float, size_pt: float) -> None:
        """Draw it below `top` [mm]."""
        ...


@dataclass(frozen=True, slots=True)
class Words:
    """A heading and paragraphs, so many lines apart; in a frame where `boxed`."""

    key: str
    heading: str
    paragraphs: tuple[str, ...]
    boxed: bool = False
    gap: float = PARAGRAPH

    def _rows(self, width: float, size_pt: float) -> list[tuple[float, str, str]]:
        """Return how far below the top each row begins [mm], its text and its weight."""
        weight = "bold" if self.boxed else "normal"
        inset = BOX_MM if self.boxed else 0.0
        found, y = [], inset
        paragraphs = [(self.heading, "bold", 0.0)] if self.heading else []
        paragraphs += [(text, weight, self.gap if place else 0.0) for place, text in enumerate(self.paragraphs)]
        for text, heavy, gap in paragraphs:
            y += gap * line_mm(size_pt)
            for row in wrapped(text, width - 2.5 * inset, size_pt, heavy):
                found.append((y, row, heavy))
                y += line_mm(size_pt)
        return found

    def height_mm(self, width: float, size_pt: float) -> float:
        """Return how high it is at a width [mm]."""
        return self._rows(width, size_pt)[-1][0] + line_mm(size_pt) + (BOX_MM if self.boxed else 0.0)

    def draw(self, axes: Any, x: float, top: float, width: float, size_pt: float) -> None:
        """Draw it below `top` [mm]."""
        if self.boxed:
            high = self.height_mm(width, size_pt)
            _rectangle(axes, x, top - high, width, high, fc=PAPER, ec=INK, lw=1.0)
        for below, row, weight in self._rows(width, size_pt):
            write(axes, x + (1.25 * BOX_MM if self.boxed else 0.0), top - below, row, size_pt, weight=weight)


@dataclass(frozen=True, slots=True)
class Legend:
    """A swatch and a text for each symbol, from the gravest to the least; one that goes on from another has no heading.

    Attributes
    ----------
    key, heading : str
    entries : tuple of (Symbol, str)
    soft_mm : mapping of str to float
        Half the width of the soft bands on the map, by the keys of the symbols that have no crisp edge there.
    """

    key: str
    heading: str
    entries: tuple[tuple[Symbol, str], ...]
    soft_mm: Mapping[str, float] = field(default_factory=dict)

    def _head_mm(self, size_pt: float) -> float:
        return line_mm(size_pt) + 0.4 if self.heading else 0.0

    def _wide(self, size_pt: float) -> float:
        return 1.35 * size_pt

    def _rows(self, width: float, size_pt: float) -> list[list[str]]:
        return [wrapped(text, width - self._wide(size_pt) - 1.5, size_pt) for _, text in self.entries]

    def _height(self, rows: list[str], size_pt: float) -> float:
        return max(len(rows) * line_mm(size_pt), 0.52 * size_pt) + 0.5

    def height_mm(self, width: float, size_pt: float) -> float:
        """Return how high it is at a width [mm]."""
        return self._head_mm(size_pt) + sum(self._height(rows, size_pt) for rows in self._rows(width, size_pt))

    def draw(self, axes: Any, x: float, top: float, width: float, size_pt: float) -> None:
        """Draw it below `top` [mm]."""
        if self.heading:
            write(axes, x, top, self.heading, size_pt, weight="bold")
        y = top - self._head_mm(size_pt)
        for (symbol, _), rows in zip(self.entries, self._rows(width, size_pt), strict=True):
            high = self._height(rows, size_pt)
            tall = 0.44 * size_pt
            middle = y - max(line_mm(size_pt), tall) / 2
            box = x, middle - tall / 2, self._wide(size_pt), tall
            draw_swatch(axes, symbol, *box, soft_mm=self.soft_mm.get(symbol.key, 0.0))
            for place, row in enumerate(rows):
                write(axes, x + self._wide(size_pt) + 1.5, y - place * line_mm(size_pt), row, size_pt)
            y -= high


@dataclass(frozen=True, slots=True)
class ScaleBar:
    """The scale as a ratio and as a bar of two rows, with what a ruler must find."""

    key: str
    scale: int
    ratio: str
    note: str

    def height_mm(self, width: float, size_pt: float) -> float:
        """Return how high it is at a width [mm]."""
        rows = len(wrapped(self.note, width, size_pt))
        return line_mm(size_pt * 1.4) + line_mm(size_pt) + 0.6 + 2.0 + 1.0 + rows * line_mm(size_pt)

    def draw(self, axes: Any, x: float, top: float, width: float, size_pt: float) -> None:
        """Draw it below `top` [mm]."""
        write(axes, x, top, self.ratio, size_pt * 1.4, weight="bold")
        major, n_major, n_minor = bar_parts(self.scale, width)
        major_mm = major * 1e6 / self.scale
        zero = x + 2.0 + major_mm
        labels = top - line_mm(size_pt * 1.4)
        for step in range(-1, n_major + 1):
            text = f"{abs(step) * major:g}" + (" km" if step == n_major else "")
            shift = width_mm(" km", size_pt) / 2 if step == n_major else 0
            write(axes, zero + step * major_mm + shift, labels, text, size_pt, ha="center")
        bottom = labels - line_mm(size_pt) - 0.6 - 2.0
        parts = [(-major_mm + place * major_mm / n_minor, major_mm / n_minor) for place in range(n_minor)]
        parts += [(place * major_mm, major_mm) for place in range(n_major)]
        for place, (left, wide) in enumerate(parts):
            for upper in (0, 1):
                colour = BLACK if (place + upper) % 2 else PAPER
                _rectangle(axes, zero + left, bottom + upper, wide, 1.0, fc=colour, ec=BLACK, lw=0.4)
        for place, row in enumerate(wrapped(self.note, width, size_pt)):
            write(axes, x, bottom - 1.0 - place * line_mm(size_pt), row, size_pt)


@dataclass(frozen=True, slots=True)
class Norths:
    """The diagram of the three norths."""

    key: str
    view: View
    declination: Declination | None

    def height_mm(self, width: float, size_pt: float) -> float:
        """Return how high it is at a width [mm]."""
        lines = sheet_lines(self.view, self.declination, "ko" if self.view.language == "ko" else "en")
        return 3.8 * size_pt + sum(len(wrapped(line, width, size_pt)) for line in lines) * line_mm(size_pt)

    def draw(self, axes: Any, x: float, top: float, width: float, size_pt: float) -> None:
        """Draw it below `top` [mm]."""
        high = self.height_mm(width, size_pt)
        figure = axes.get_figure()
        paper = figure.get_size_inches() * 25.4
        own = figure.add_axes((x / paper[0], (top - high) / paper[1], width / paper[0], high / paper[1]), label=self.key)
        draw_norths(own, self.view, self.declination, size_pt)


@dataclass(frozen=True, slots=True)
class IndexMap:
    """Where the sheets lie in the area, this one filled.

    Attributes
    ----------
    key, heading : str
        Of the block.
    outline : shapely geometry
        Of the area, longitude and latitude.
    boxes : tuple of shapely geometry
        Of the sheets, longitude and latitude.
    current : int
        Place of this sheet among the boxes.
    """

    key: str
    heading: str
    outline: shapely.Geometry
    boxes: tuple[shapely.Geometry, ...]
    current: int

    def _scaled(self, width: float, size_pt: float) -> tuple[float, float, float, float, float]:
        """Return west, north, the cosine of the middle, and what a degree of latitude is on paper and the height [mm]."""
        west, south, east, north = shapely.total_bounds([self.outline, *self.boxes])
        cosine = math.cos(math.radians((south + north) / 2))
        per_degree = min(width / max((east - west) * cosine, 1e-9), 4.2 * size_pt / max(north - south, 1e-9))
        return west, north, cosine, per_degree, (north - south) * per_degree

    def height_mm(self, width: float, size_pt: float) -> float:
        """Return how high it is at a width [mm]."""
        return line_mm(size_pt) + 0.6 + self._scaled(width, size_pt)[4] + 0.4

    def draw(self, axes: Any, x: float, top: float, width: float, size_pt: float) -> None:
        """Draw it below `top` [mm]."""
        write(axes, x, top, self.heading, size_pt, weight="bold")
        west, north, cosine, per_degree, _ = self._scaled(width, size_pt)
        start = top - line_mm(size_pt) - 0.6

        def placed(shape: shapely.Geometry) -> shapely.Geometry:
            return shapely.transform(
                shape,
                lambda at: np.column_stack(
                    [x + (at[:, 0] - west) * cosine * per_degree, start - (north - at[:, 1]) * per_degree]
                ),
            )

        for part in shapely.get_parts(placed(self.outline)):
            shell = shapely.get_exterior_ring(part) if part.geom_type == "Polygon" else part
            axes.fill(*shapely.get_coordinates(shell).T, fc="#ECEFF2", ec="#8B939E", lw=0.4, zorder=2)
        for place, box in enumerate(self.boxes):
            here = place == self.current
            ring = shapely.get_coordinates(shapely.get_exterior_ring(placed(box))).T
            axes.fill(
                *ring,
                fc=INK if here else "none",
                ec=INK,
                lw=0.8 if here else 0.3,
                alpha=0.75 if here else 1.0,
                zorder=4 if here else 3,
            )


def bar_parts(scale: int, width: float) -> tuple[float, int, int]:
    """Return the large step of a scale bar [km], how many stand right of zero, and the parts of the one left of it.

    Parameters
    ----------
    scale : int
        Denominator of the scale.
    width : float
        What the bar and its figures may take [mm].

    Examples
    --------
    >>> bar_parts(50_000, 60)
    (0.5, 4, 5)
    """
    room = (width - 10.0) * scale / 1e6
    major = max((km for km in NICE_KM if 3 * km <= room), default=NICE_KM[0])
    n_minor = 4 if f"{major:g}".strip("0.")[0] == "2" else 5
    return major, max(1, min(4, int(room / major + 1e-9) - 1)), n_minor


def hatch_text(symbol: Symbol) -> str:
    """Return matplotlib's hatch for a symbol: the denser its lines on screen, the more of them on paper.

    Examples
    --------
    >>> from geo.maps.symbols import SYMBOLS
    >>> hatch_text(SYMBOLS["flood_high"]), hatch_text(SYMBOLS["flood_lower"]), hatch_text(SYMBOLS["mcz"])
    ('////', '/', '')
    """
    n_lines = max(1, round(HATCH_PT / (symbol.hatch_px * PX_PT)))
    return "".join(sign * n_lines for sign in symbol.hatch)


def dash_of(symbol: Symbol) -> Any:
    """Return matplotlib's line style of a symbol's outline or line."""
    return (0, tuple(step * PX_PT for step in symbol.dash_px)) if symbol.dash_px else "-"


def soft_colour(symbol: Symbol) -> str:
    """Return the colour of a soft edge: that of the class, for where the edge is soft there may be no tint to tell it.

    Examples
    --------
    >>> from geo.maps.symbols import CHA, SYMBOLS
    >>> soft_colour(SYMBOLS["cha_worked_on"]) == CHA == SYMBOLS["sha"].outline != soft_colour(SYMBOLS["sha"])
    True
    """
    if symbol.kind == "line":
        return symbol.colour
    hatched = symbol.hatch and symbol.hatch_colour != WHITE  # a white hatch lies on the tint of a simulated field
    return symbol.hatch_colour if hatched else symbol.outline or symbol.colour


MARKERS = {"circle": "o", "diamond": "D", "cross": "X", "triangle": "^", "triangle_down": "v", "square": "s"}


def draw_swatch(axes: Any, symbol: Symbol, x: float, y: float, width: float, height: float, *, soft_mm: float = 0.0) -> None:
    """Draw a symbol as on the map, in a box whose lower left corner is given [mm]; with a soft edge where it has one there."""
    if soft_mm > 0 and symbol.kind in ("line", "fill"):
        _draw_soft(axes, symbol, (x, y, width, height), soft_mm)
        return
    dash, stroke = dash_of(symbol), symbol.width_px * PX_PT
    if symbol.kind == "line":
        axes.plot(
            [x, x + width],
            [y + height / 2] * 2,
            color=symbol.colour,
            lw=stroke,
            ls=dash,
            dash_capstyle="butt",
            solid_capstyle="butt",
        )
    elif symbol.kind == "point":
        size = min(2 * symbol.radius_px * PX_PT, height / MM_PER_PT)
        edge = symbol.outline if symbol.outline and symbol.outline != WHITE else GREY
        look = {"marker": MARKERS[symbol.shape], "facecolors": [(symbol.colour, symbol.opacity)], "edgecolors": edge}
        axes.scatter(x + width / 2, y + height / 2, s=size**2, linewidths=0.7, linestyles=dash, zorder=4, **look)
    else:
        inset = min(stroke * MM_PER_PT / 2, 0.4)
        box = (x + inset, y + inset, width - 2 * inset, height - 2 * inset)
        _rectangle(axes, *box, fc=symbol.colour, ec="none", alpha=symbol.opacity)
        if symbol.hatch:
            _rectangle(axes, *box, fc="none", ec=symbol.hatch_colour, lw=0, hatch=hatch_text(symbol))
        if symbol.outline:
            _rectangle(axes, *box, fc="none", ec=symbol.outline, lw=stroke, ls=dash)


def _draw_soft(axes: Any, symbol: Symbol, box: tuple[float, float, float, float], soft_mm: float) -> None:
    """Draw a swatch whose edge fades to both sides: strips over each other, and a thin line only where the map has one."""
    x, y, width, height = box
    line = symbol.kind == "line"
    half, stroke = min(soft_mm, 0.5 * height if line else 0.28 * height), symbol.width_px * PX_PT
    inner = (x, y + half, width, height - 2 * half) if line else (x + half, y + half, width - 2 * half, height - 2 * half)
    band, edge = soft_colour(symbol), symbol.colour if line else symbol.outline or symbol.colour
    crisp = soft_mm <= SOFTEST_MM
    if not line and crisp:
        _rectangle(axes, *inner, fc=symbol.colour, ec="none", alpha=symbol.opacity)
    if symbol.hatch:
        _rectangle(axes, *inner, fc="none", ec=symbol.hatch_colour, lw=0, hatch=hatch_text(symbol))
    strokes: list[tuple[float, dict[str, Any]]] = [
        (2 * half * (step + 1) / SOFT_STEPS / MM_PER_PT, {"alpha": SOFT_ALPHA, "color": band})
        for step in reversed(range(SOFT_STEPS))
    ]
    if crisp:
        strokes.append((min(stroke, 0.7), {"ls": dash_of(symbol), "alpha": 0.7, "color": edge}))
    for wide_pt, look in strokes:
        if line:
            axes.plot([x, x + width], [y + height / 2] * 2, lw=wide_pt, solid_capstyle="butt", **look)
        else:
            _rectangle(axes, *inner, fill=False, lw=wide_pt, joinstyle="round", **look)


def write(axes: Any, x: float, top: float, text: str, size_pt: float, **look: Any) -> Any:
    """Write a line of text whose upper edge is given [mm]; never read as markup."""
    y = top - 0.8 * line_mm(size_pt)
    return axes.text(x, y, text, size=size_pt, **({"color": INK, "va": "baseline", "parse_math": False, "zorder": 5} | look))


def _rectangle(axes: Any, x: float, y: float, width: float, height: float, **look: Any) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x, y), width, height, **look))
