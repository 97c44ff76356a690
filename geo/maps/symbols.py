"""One table of symbols for every product: web map, sheets, QGIS and KML draw from it.

Assumption: fill colour means land class, outline means status, and hatch says how the shape came about (IMAS TN 07.11/01,
IMAS 07.11 Annex C). Limit: a closed area is drawn grey and dotted where the note has it green, because no colour of this
atlas may be read as "safe"; a test refuses every green.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.terms import LAYERS

if TYPE_CHECKING:
    import pandas as pd

CHA, SHA, INDICATION = "#FF0000", "#F4A718", "#8C2D04"
SCREENING_HIGH, SCREENING_MIDDLE, SCREENING_LOWER = "#54278F", "#807DBA", "#BDBDBD"
INK, GREY, WHITE = "#1D2530", "#4D4D4D", "#FFFFFF"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "hazards": ("planned_minefields", "unconfirmed_minefields"),
    "screening": ("flood_displacement", "hillslope_displacement", "mined_density"),
    "zones": ("mdl", "dmz", "mcz"),
    "evidence": ("incidents", "cleared_areas"),
    "orientation": ("rivers", "places"),
}
RANKED: Mapping[str, str] = {"flood_displacement": "flood_", "hillslope_displacement": "slide_"}  # before the class: the symbol
START_HIDDEN = ("hillslope_displacement", "mined_density")  # cells over all hills, or all land: shown at once they drown the rest


@dataclass(frozen=True, slots=True)
class Symbol:
    r"""How one class of one layer is drawn.

    Attributes
    ----------
    key, en, ko : str
        Identifier and legend text in both languages.
    kind : str
        ``fill``, ``line``, ``point`` or ``cell``.
    colour : str
        Fill of areas and points, stroke of lines (``#RRGGBB``).
    opacity : float
        Of the fill, 0 to 1.
    outline : str
        Stroke of areas and points; "" for none.
    width_px : float
        Stroke width on screen [px].
    dash_px : tuple of float
        Dash pattern [px]; empty for a solid line.
    hatch : tuple of str
        Any of ``/``, ``\``, ``-``, ``x``, ``.``: the second channel beside colour.
    hatch_colour : str
        Colour of the hatch.
    hatch_px : float
        Spacing of the hatch [px].
    radius_px : float
        Of points [px].
    """

    key: str
    en: str
    ko: str
    kind: str = "fill"
    colour: str = WHITE
    opacity: float = 0.5
    outline: str = ""
    width_px: float = 1.0
    dash_px: tuple[float, ...] = ()
    hatch: tuple[str, ...] = ()
    hatch_colour: str = WHITE
    hatch_px: float = 6.0
    radius_px: float = 5.0


def _screening(key: str, en: str, ko: str, colour: str, spacing_px: float, opacity: float, hatch: str = "/") -> Symbol:
    return Symbol(
        key, en, ko, colour=colour, opacity=opacity, outline=colour, hatch=(hatch,), hatch_colour=colour, hatch_px=spacing_px
    )


def _undetermined(key: str, en: str, ko: str, spacing_px: float) -> Symbol:
    return Symbol(
        key,
        en,
        ko,
        colour=SCREENING_LOWER,
        opacity=0.1,
        outline="#8F8F8F",
        dash_px=(1, 3),
        hatch=(".",),
        hatch_colour="#8F8F8F",
        hatch_px=spacing_px,
    )


def _zone(name: str, **drawn: Any) -> Symbol:
    return Symbol(name, LAYERS[name].en, LAYERS[name].ko, **drawn)


def _hazard(key: str, en: str, ko: str, colour: str, hatch: tuple[str, ...], simulated: bool = False) -> Symbol:
    if simulated:
        dash = (3.0, 2.0)
        return Symbol(
            key,
            en,
            ko,
            colour=colour,
            opacity=0.45 if hatch else 0.2,
            outline=colour,
            dash_px=dash,
            hatch=(*hatch, "x"),
            hatch_px=7,
        )
    return Symbol(key, en, ko, colour=colour, opacity=0.5, outline=CHA, width_px=1.5, hatch=hatch, hatch_colour=colour)


DEPTH_COLOURS = ("#C6DBEF", "#9ECAE1", "#6BAED6", "#3182BD", "#08519C")
_DENSITY = ("#ECE9F1", "#CDC6DA", "#A79DBE", "#7C6F9C", "#514673")
DENSITY_BREAKS = (0.001, 0.01, 0.05, 0.2)  # expected mined share of a cell, lower edges of the classes after the first

SYMBOLS: Mapping[str, Symbol] = {
    symbol.key: symbol
    for symbol in (
        _hazard("cha", "CHA, confirmed hazardous area", "확인위험지역(CHA)", CHA, ("\\",)),
        _hazard("sha", "SHA, suspected hazardous area", "의심위험지역(SHA)", SHA, ("/",)),
        _hazard("indication", "Indication of mines, supplied", "징후, 제공 자료", INDICATION, (".",)),
        _hazard("planned_simulated", "Planned fields (simulated)", "계획지뢰지대 (모의 배치)", INDICATION, (), simulated=True),
        _hazard(
            "unconfirmed_simulated", "Unconfirmed fields (simulated)", "미확인지뢰지대 (모의 배치)", SHA, ("/",), simulated=True
        ),
        Symbol(
            "closed",
            "Closed on record, no release",
            "종결 기록 (해제 아님)",
            opacity=0.0,
            colour=GREY,
            outline=GREY,
            dash_px=(1, 3),
        ),
        Symbol(
            "searched", "Searched, not released", "탐지 후 미해제", colour=SHA, opacity=0.25, outline="#000000", dash_px=(10, 4)
        ),
        _screening("flood_high", "Flood screening: higher", "홍수 선별: 우선순위 높음", SCREENING_HIGH, 4, 0.4),
        _screening("flood_middle", "Flood screening: middle", "홍수 선별: 우선순위 중간", SCREENING_MIDDLE, 8, 0.3),
        _screening("flood_lower", "Flood screening: lower priority", "홍수 선별: 우선순위 낮음", "#8F8F8F", 14, 0.16),
        _undetermined("flood_undetermined", "Flood screening: undetermined", "홍수 선별: 미정", 6),
        _screening("slide_high", "Slide screening: higher", "산사태 선별: 우선순위 높음", SCREENING_HIGH, 4, 0.4, "-"),
        _screening("slide_middle", "Slide screening: middle", "산사태 선별: 우선순위 중간", SCREENING_MIDDLE, 8, 0.3, "-"),
        _screening("slide_lower", "Slide screening: lower priority", "산사태 선별: 우선순위 낮음", "#8F8F8F", 14, 0.16, "-"),
        _undetermined("slide_undetermined", "Slide screening: undetermined", "산사태 선별: 미정", 9),
        *(Symbol(f"density_{i}", "", "", kind="cell", colour=colour, opacity=0.75) for i, colour in enumerate(_DENSITY)),
        _zone("mdl", kind="line", colour="#3A3F45", width_px=2.2, dash_px=(10, 4, 2, 4)),
        _zone("dmz", colour="#6B7280", opacity=0.12, outline="#5A616B", width_px=1.4, dash_px=(7, 3)),
        _zone("mcz", colour="#6B7280", opacity=0.05, outline="#7A818B", width_px=1.2, dash_px=(2, 3)),
        Symbol(
            "incidents",
            "Find or accident on record",
            "발견·사고 기록",
            kind="point",
            colour="#1D2530",
            opacity=1.0,
            outline=WHITE,
            width_px=1.5,
            radius_px=4.6,
        ),
        Symbol(
            "cleared_areas",
            "Clearance on record, no release",
            "제거 기록 지역 (해제 아님)",
            kind="point",
            colour=WHITE,
            opacity=0.6,
            outline=GREY,
            width_px=1.8,
            dash_px=(1.5, 2.5),
            radius_px=6,
        ),
        Symbol(
            "cleared_searched",
            "Searched, not released",
            "탐지 후 미해제",
            kind="point",
            colour=SHA,
            opacity=0.25,
            outline="#000000",
            width_px=1.4,
            dash_px=(6, 2.5),
            radius_px=6,
        ),
        Symbol("rivers", "River", "하천", kind="line", colour="#7DA3C4", width_px=1.6),
        Symbol("places", "Place", "지명", kind="point", colour="#5A616B", opacity=1.0, outline=WHITE, radius_px=2.6),
        Symbol(
            "no_data",
            "Not assessed / no data",
            "미평가 / 자료 없음",
            colour="#F3F0EA",
            opacity=1.0,
            outline="#B9B4AA",
            hatch=(".",),
            hatch_colour="#CBC6BB",
            hatch_px=9,
        ),
    )
}


def symbol_keys(name: str, frame: pd.DataFrame) -> np.ndarray:
    """Return the symbol key of every feature of a layer.

    Parameters
    ----------
    name : str
        Layer name.
    frame : DataFrame
        The layer's rows with its common columns.

    Returns
    -------
    ndarray of str, shape (n,)
        Keys of `SYMBOLS`.

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"land_class": ["CHA", "SHA"], "simulated": [False, True]})
    >>> symbol_keys("unconfirmed_minefields", rows).tolist()
    ['cha', 'unconfirmed_simulated']
    """
    if name in GROUPS["hazards"]:
        return _hazard_keys(name, frame)
    if name in RANKED:
        return np.char.add(RANKED[name], frame["class"].to_numpy(str))
    if name == "mined_density":
        return np.char.add("density_", np.digitize(frame["pi"].to_numpy(float), DENSITY_BREAKS).astype(str))
    keys = np.full(len(frame), name, dtype="U32")
    if name == "cleared_areas" and "land_status" in frame:
        keys[frame["land_status"].to_numpy(str) == "searched_not_released"] = "cleared_searched"
    return keys


def _hazard_keys(name: str, frame: pd.DataFrame) -> np.ndarray:
    """Return symbol keys of hazards: status first, then simulated or not, then land class."""
    simulated = frame["simulated"].to_numpy(bool)
    keys = np.where(simulated, name.replace("minefields", "simulated"), np.char.lower(frame["land_class"].to_numpy(str)))
    if "land_status" in frame:
        status = frame["land_status"].to_numpy(str)
        keys = np.where(status == "searched_not_released", "searched", np.where(status == "closed", "closed", keys))
    return keys


def kml_colour(colour: str, opacity: float) -> str:
    """Return a colour the way KML writes it, *aabbggrr*.

    Examples
    --------
    >>> kml_colour(SHA, 0.5)
    '7f18a7f4'
    """
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{int(opacity * 255):02x}{blue}{green}{red}".lower()
