"""One table of symbols for every product: web map, sheets, QGIS and KML draw from it.

Assumption: fill colour means land class, outline means status, and hatch says how the shape came about (IMAS TN 07.11/01,
IMAS 07.11 Annex C). Limit: a closed area is drawn grey and dotted where the note has it green, because no colour of this
atlas may be read as "safe"; a test refuses every green.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from geo.terms import CLOSED_STATUSES, LAND_STATUSES, LAYERS, RECORD_LAYERS, SIGN_TEXTS

if TYPE_CHECKING:
    import pandas as pd

CHA, SHA, INDICATION = "#FF0000", "#F4A718", "#8C2D04"
SCREENING_HIGH, SCREENING_MIDDLE, SCREENING_LOWER = "#54278F", "#807DBA", "#BDBDBD"
INK, GREY, WHITE, BLACK = "#1D2530", "#4D4D4D", "#FFFFFF", "#000000"
FIND, ACCIDENT = "#0072B2", "#8E0152"

GROUPS: Mapping[str, tuple[str, ...]] = {
    "hazards": ("planned_minefields", "unconfirmed_minefields", "past_hazards"),
    "screening": ("flood_displacement", "hillslope_displacement", "mined_density"),
    "zones": ("mdl", "dmz", "mcz"),
    "evidence": ("incidents", *RECORD_LAYERS, "cleared_areas"),
    "orientation": ("rivers", "places"),
}
RANKED: Mapping[str, str] = {"flood_displacement": "flood_", "hillslope_displacement": "slide_"}  # before the class: the symbol
START_HIDDEN = (  # cells over all hills, or all land, drown the rest; what once held lies under what holds
    "hillslope_displacement",
    "mined_density",
    "past_hazards",
)
DECIDING: Mapping[str, tuple[str, ...]] = {  # columns whose values alone give a feature its symbol, see `symbol_keys`
    "planned_minefields": ("land_class", "simulated", "land_status"),
    "unconfirmed_minefields": ("land_class", "simulated", "land_status"),
    "past_hazards": ("land_class",),
    "flood_displacement": ("class",),
    "hillslope_displacement": ("class",),
    "cleared_areas": ("land_status",),
    "signs": ("sign_text",),
}
CELLS = "told"  # column of the public tier: a record layer that has it shows cells with a number each, not places


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
    shape : str
        Of points: ``circle``, ``diamond``, ``cross``, ``triangle``, ``triangle_down`` or ``square``.
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
    shape: str = "circle"


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


def _by_status(hazard: Symbol) -> tuple[Symbol, ...]:
    """Return the symbols of one class of hazards by status: the outline tells it, open (or not told) is the class's own."""

    def named(key: str, status: str, **drawn: Any) -> Symbol:
        term = LAND_STATUSES[status]
        en, ko = f"{hazard.en}: {term.en.lower()}", f"{hazard.ko}: {term.ko}"
        return replace(hazard, key=key, en=en, ko=ko, **drawn)

    searched = "searched" if hazard.key == "sha" else f"{hazard.key}_searched"
    faint: dict[str, Any] = {"opacity": 0.25, "width_px": 1.4, "hatch_px": 12}
    past = replace(
        hazard, key=f"past_{hazard.key}", en=f"{hazard.en}: earlier state", ko=f"{hazard.ko}: 이전 상태", opacity=0.12,
        outline="#5A616B", width_px=1.2, dash_px=(5, 2, 1, 2), hatch_px=10,
    )  # fmt: skip
    return (
        hazard,
        named(f"{hazard.key}_worked_on", "worked_on", outline=SHA, width_px=2.4, dash_px=(6, 3)),
        named(f"{hazard.key}_unknown", "unknown", outline="#6B7280", width_px=1.4),
        named(searched, "searched_not_released", outline=BLACK, dash_px=(10, 4), **faint),
        past,
    )


def _sign(text: str, **drawn: Any) -> Symbol:
    term = SIGN_TEXTS[text]
    en, ko = f"Sign: {term.en}", f"표지판: {term.ko}"
    return Symbol(f"sign_{text}", en, ko, kind="point", opacity=1.0, width_px=1.4, radius_px=6.4, **drawn)


def _cells(name: str, en: str, ko: str, colour: str, hatch: str, spacing_px: float) -> Symbol:
    return Symbol(
        f"{name}_cells", en, ko, colour=colour, opacity=0.12, outline=colour, width_px=0.8, hatch=(hatch,), hatch_colour=colour,
        hatch_px=spacing_px,
    )  # fmt: skip


DEPTH_COLOURS = ("#C6DBEF", "#9ECAE1", "#6BAED6", "#3182BD", "#08519C")
_DENSITY = ("#ECE9F1", "#CDC6DA", "#A79DBE", "#7C6F9C", "#514673")
DENSITY_BREAKS = (0.001, 0.01, 0.05, 0.2)  # expected mined share of a cell, lower edges of the classes after the first

SYMBOLS: Mapping[str, Symbol] = {
    symbol.key: symbol
    for symbol in (
        *_by_status(_hazard("cha", "CHA, confirmed hazardous area", "확인위험지역(CHA)", CHA, ("\\",))),
        *_by_status(_hazard("sha", "SHA, suspected hazardous area", "의심위험지역(SHA)", SHA, ("/",))),
        *_by_status(_hazard("indication", "Indication of mines, supplied", "징후, 제공 자료", INDICATION, (".",))),
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
            "handed_over",
            "Handed over on record, no release",
            "인계 기록 (해제 아님)",
            opacity=0.0,
            colour=GREY,
            outline=GREY,
            width_px=1.4,
            dash_px=(8, 3, 1, 3),
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
        Symbol(
            "finds",
            "Find, supplied",
            "발견 기록, 제공 자료",
            kind="point",
            colour=FIND,
            opacity=1.0,
            outline=WHITE,
            width_px=1.2,
            radius_px=6,
            shape="diamond",
        ),
        Symbol(
            "accidents",
            "Accident, supplied",
            "사고 기록, 제공 자료",
            kind="point",
            colour=ACCIDENT,
            opacity=1.0,
            outline=WHITE,
            width_px=1.2,
            radius_px=7,
            shape="cross",
        ),
        _sign("mine_field_danger", colour=CHA, outline=INK, shape="triangle"),
        _sign("unconfirmed_mine_field_danger", colour=SHA, outline=INK, shape="triangle_down"),
        _sign("past_mine_zone", colour=WHITE, outline=BLACK, dash_px=(4, 2), shape="triangle"),
        _sign("other", colour="#9AA0A8", outline=INK, shape="square"),
        _cells("finds", "Finds by 1 km cell", "1 km 격자별 발견", FIND, ".", 7),
        _cells("accidents", "Accidents by 1 km cell", "1 km 격자별 사고", ACCIDENT, "-", 8),
        _cells("signs", "Signs by 1 km cell", "1 km 격자별 표지판", INK, "/", 11),
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
    if name == "past_hazards":
        return np.char.add("past_", _class_keys(frame))
    if name in GROUPS["hazards"]:
        return hazard_keys(name, frame)
    if name in RANKED:
        return np.char.add(RANKED[name], frame["class"].to_numpy(str))
    if name == "mined_density":
        return np.char.add("density_", np.digitize(frame["pi"].to_numpy(float), DENSITY_BREAKS).astype(str))
    if name in RECORD_LAYERS and CELLS in frame:
        return np.full(len(frame), f"{name}_cells", dtype="U32")
    if name == "signs":
        return _sign_keys(frame)
    keys = np.full(len(frame), name, dtype="U32")
    if name == "cleared_areas" and "land_status" in frame:
        keys[frame["land_status"].to_numpy(str) == "searched_not_released"] = "cleared_searched"
    return keys


def hazard_keys(name: str, frame: pd.DataFrame) -> np.ndarray:
    """Return symbol keys of hazards as they stand or stood: class, and by outline the status; shape (n,).

    Examples
    --------
    >>> import pandas as pd
    >>> rows = pd.DataFrame({"land_class": ["CHA", "SHA", "SHA"], "simulated": False})
    >>> hazard_keys("past_hazards", rows.assign(land_status=["worked_on", "closed", ""])).tolist()
    ['cha_worked_on', 'closed', 'sha']
    """
    simulated = frame["simulated"].to_numpy(bool)
    keys = np.where(simulated, name.replace("minefields", "simulated"), _class_keys(frame)).astype("U32")
    if "land_status" not in frame:
        return keys
    status = frame["land_status"].fillna("").to_numpy(str)
    for word in CLOSED_STATUSES:
        keys[status == word] = word
    for word in ("worked_on", "unknown"):
        chosen = (status == word) & ~simulated
        keys[chosen] = np.char.add(keys[chosen], f"_{word}")
    chosen = status == "searched_not_released"
    suspected = simulated | (keys == "sha")
    keys[chosen] = np.where(suspected[chosen], "searched", np.char.add(keys[chosen], "_searched"))
    return keys


def _class_keys(frame: pd.DataFrame) -> np.ndarray:
    """Return the key of each hazard's class; what is neither CHA nor SHA is drawn as an indication."""
    keys = np.char.lower(frame["land_class"].to_numpy(str))
    return np.where(np.isin(keys, ("cha", "sha")), keys, "indication")


def _sign_keys(frame: pd.DataFrame) -> np.ndarray:
    if "sign_text" not in frame:
        return np.full(len(frame), "sign_other", dtype="U40")
    texts = frame["sign_text"].fillna("").to_numpy(str)
    return np.char.add("sign_", np.where(np.isin(texts, list(SIGN_TEXTS)), texts, "other"))


def kml_colour(colour: str, opacity: float) -> str:
    """Return a colour the way KML writes it, *aabbggrr*.

    Examples
    --------
    >>> kml_colour(SHA, 0.5)
    '7f18a7f4'
    """
    red, green, blue = colour[1:3], colour[3:5], colour[5:7]
    return f"{int(opacity * 255):02x}{blue}{green}{red}".lower()
