"""Small QGIS styles (QML) for polygon, line and point layers.

Assumption: one expression gives every feature its class; the caller brings the symbols, so colours live in one place. A feature
of no listed class, such as one that a user adds, is drawn plain rather than not at all. A screen pixel counts as 1/96 inch.
Limit: renderer and labels only, as QGIS 3.22 and later read them.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from types import SimpleNamespace
from typing import NamedTuple, Protocol
from xml.etree import ElementTree as ET

MM_PER_PX = 25.4 / 96
HATCHES = {"/": "f_diagonal", "\\": "b_diagonal", "x": "diagonal_x", ".": "dense7", "-": "horizontal", "|": "vertical"}
MARKERS = {  # of `Symbol.shape`: QGIS's name and angle [degrees]
    "circle": ("circle", ""),
    "diamond": ("diamond", ""),
    "cross": ("cross_fill", ""),
    "square": ("square", ""),
    "triangle": ("triangle", ""),
    "triangle_down": ("triangle", "180"),
}
PLACEMENTS = {"fill": "1", "line": "3", "marker": "6"}  # around the centroid, curved along the line, beside the point
DOT_PX = 2.0  # a dash no longer than this is a dot


class Drawn(Protocol):
    """What a symbol must say; `geo.maps.symbols.Symbol` does."""

    @property
    def colour(self) -> str: ...  # noqa: D102
    @property
    def opacity(self) -> float: ...  # noqa: D102
    @property
    def outline(self) -> str: ...  # noqa: D102
    @property
    def width_px(self) -> float: ...  # noqa: D102
    @property
    def dash_px(self) -> tuple[float, ...]: ...  # noqa: D102
    @property
    def hatch(self) -> tuple[str, ...]: ...  # noqa: D102
    @property
    def hatch_colour(self) -> str: ...  # noqa: D102
    @property
    def shape(self) -> str: ...  # noqa: D102
    @property
    def radius_px(self) -> float: ...  # noqa: D102


class Category(NamedTuple):
    """One class of a layer: the expression's value, the legend's text and the symbol."""

    value: str
    label: str
    symbol: Drawn


PLAIN: Drawn = SimpleNamespace(
    colour="#4D4D4D",
    opacity=0.3,
    outline="#1D2530",
    width_px=1.5,
    dash_px=(),
    hatch=(),
    hatch_colour="#FFFFFF",
    shape="circle",
    radius_px=5.0,
)
OTHER = Category("", "Other · 기타", PLAIN)  # QGIS gives it all that no other category takes
CONSTANT = re.compile(r"'[^']*'")


def layer_qml(kind: str, expression: str, categories: Sequence[Category], label_column: str = "") -> str:
    """Return the QML document of a layer, categorized by an expression; of a layer of one constant class, its only symbol.

    Parameters
    ----------
    kind : {"fill", "line", "marker"}
        What the layer's features are drawn with.
    expression : str
        A QGIS expression (a quoted column will do) whose value chooses the category.
    categories : sequence of Category
        In legend order.
    label_column : str
        The column whose text labels the features; "" for no labels.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> grey = SimpleNamespace(colour="#4d4d4d", width_px=2, dash_px=())
    >>> qml = layer_qml("line", '"kind"', [Category("zone", "MDL 군사분계선", grey)])
    >>> qml.startswith("<!DOCTYPE qgis") and 'label="MDL 군사분계선"' in qml
    True
    """
    labelled = "1" if label_column else "0"
    root = ET.Element("qgis", version="3.22.0", styleCategories="Symbology|Labeling", labelsEnabled=labelled)
    lone = len(categories) == 1 and CONSTANT.fullmatch(expression) is not None
    drawing = {"type": "singleSymbol"} if lone else {"type": "categorizedSymbol", "attr": expression}
    renderer = ET.SubElement(root, "renderer-v2", drawing | {"symbollevels": "0", "enableorderby": "0", "forceraster": "0"})
    every = list(categories) if lone else [*categories, OTHER]
    if not lone:
        listed = ET.SubElement(renderer, "categories")
        for index, (value, label, _) in enumerate(every):
            ET.SubElement(listed, "category", value=value, label=label, symbol=str(index), render="true", type="string")
    drawn = ET.SubElement(renderer, "symbols")
    for index, category in enumerate(every):
        _add_symbol(drawn, kind, str(index), category.symbol)
    if label_column:
        _add_labels(root, kind, label_column)
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="unicode")
    return f"<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n{body}\n"


def _add_symbol(parent: ET.Element, kind: str, name: str, symbol: Drawn) -> None:
    holder = ET.SubElement(parent, "symbol", name=name, type=kind, alpha="1", clip_to_extent="1", force_rhr="0")
    options = {"fill": _fill_options, "line": _line_options, "marker": _marker_options}[kind](symbol)
    _add_layer(holder, kind, options)
    if kind == "fill":
        for hatch in symbol.hatch:
            hatched = {"color": rgba(symbol.hatch_colour, 1.0), "style": HATCHES[hatch], "outline_style": "no"}
            _add_layer(holder, kind, hatched)


def _add_layer(holder: ET.Element, kind: str, options: dict[str, str]) -> None:
    layer_class = {"class": f"Simple{kind.title()}", "enabled": "1", "locked": "0", "pass": "0"}
    table = ET.SubElement(ET.SubElement(holder, "layer", layer_class), "Option", type="Map")
    for key, value in options.items():
        ET.SubElement(table, "Option", type="QString", name=key, value=value)


def _fill_options(symbol: Drawn) -> dict[str, str]:
    return {"color": rgba(symbol.colour, symbol.opacity), "style": "solid", "joinstyle": "bevel", **_outline(symbol)}


def _line_options(symbol: Drawn) -> dict[str, str]:
    dashes = ";".join(millimetres(length) for length in symbol.dash_px)
    custom = {"use_custom_dash": "1", "customdash": dashes, "customdash_unit": "MM"} if dashes else {}
    return {
        "line_color": rgba(symbol.colour, 1.0),
        "line_style": "solid",
        "line_width": millimetres(symbol.width_px),
        "line_width_unit": "MM",
        "capstyle": "flat",
        "joinstyle": "round",
        **custom,
    }


def _marker_options(symbol: Drawn) -> dict[str, str]:
    size = {"size": millimetres(2 * symbol.radius_px), "size_unit": "MM"}
    name, angle = MARKERS[symbol.shape]
    turned = {"angle": angle} if angle else {}
    return {"name": name, **turned, "color": rgba(symbol.colour, symbol.opacity), **size, **_outline(symbol)}


def _outline(symbol: Drawn) -> dict[str, str]:
    if not symbol.outline:
        return {"outline_style": "no"}
    style = "solid" if not symbol.dash_px else "dot" if symbol.dash_px[0] <= DOT_PX else "dash"
    width = {"outline_width": millimetres(symbol.width_px), "outline_width_unit": "MM"}
    return {"outline_color": rgba(symbol.outline, 1.0), "outline_style": style, **width}


def _add_labels(root: ET.Element, kind: str, column: str) -> None:
    settings = ET.SubElement(ET.SubElement(root, "labeling", type="simple"), "settings", calloutType="simple")
    font = {"fontFamily": "Noto Sans CJK KR", "fontSize": "8", "fontSizeUnit": "Point", "textColor": "38,38,38,255"}
    style = ET.SubElement(settings, "text-style", {"fieldName": column, "isExpression": "0", "textOpacity": "1", **font})
    white = {"bufferColor": "255,255,255,255", "bufferOpacity": "1"}
    ET.SubElement(style, "text-buffer", {"bufferDraw": "1", "bufferSize": "0.8", "bufferSizeUnits": "MM", **white})
    ET.SubElement(settings, "placement", placement=PLACEMENTS[kind])
    ET.SubElement(settings, "rendering", drawLabels="1", obstacle="1")


def millimetres(length_px: float) -> str:
    """Return a length on screen [px] as text in millimetres.

    Examples
    --------
    >>> millimetres(2)
    '0.53'
    """
    return f"{length_px * MM_PER_PX:.2f}"


def rgba(colour: str, opacity: float) -> str:
    """Return QGIS's ``r,g,b,a`` of ``#rrggbb`` and an opacity of 0 to 1.

    Examples
    --------
    >>> rgba("#F4A718", 0.5)
    '244,167,24,128'
    """
    red, green, blue = bytes.fromhex(colour.removeprefix("#"))
    return f"{red},{green},{blue},{round(255 * opacity)}"
