"""The QGIS style of every layer, from the one table of symbols.

Assumption: features that share class, basis and status share a symbol, so a layer's style is an expression over
those columns. A hazard whose place is known to `LOOSE_M` or worse, and a circle that stands for a size alone, is pale and
dotted: its edge is no surveyed boundary. Limit: the pale edge is as thin as any other, for a width on the ground would cover it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo.exchange.field import FieldLayer
from geo.exchange.files import geometry_type
from geo.exchange.project import ProjectLayer
from geo.exchange.qgis import Category, layer_qml
from geo.layer import Layer
from geo.maps.symbols import DECIDING, DENSITY_BREAKS, GROUPS, RANKED, START_HIDDEN, SYMBOLS, symbol_keys
from geo.maps.words import WORDS
from geo.terms import LAYERS

DRAWN_FROM_ABOVE = ("evidence", "hazards", "screening", "zones", "orientation")
TRACED = ("planned_minefields", "unconfirmed_minefields", "mdl", "dmz", "mcz", "finds", "accidents", "signs", "places")
LABELLED = ("mdl", "dmz", "mcz", "rivers", "places")
LOOSE, LOOSE_M = "_loose", 100.0  # marks the key of such a symbol; precision [m] from which an edge is drawn pale and dotted
CELL_ID = r"^cell[0-9.]+km-"  # of the public tier's cells: squares by definition, with nothing loose about them
KINDS = {"Polygon": "fill", "LineString": "line", "Point": "marker"}


def qgis_styles(layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return the QML document of each layer by name; the order is the mapping's."""
    return {name: frame_style(name, layer.frame) for name, layer in layers.items()}


def project_layers(layers: Mapping[str, Layer]) -> list[ProjectLayer]:
    """Return the layers of the QGIS project, the topmost first, in the groups that the map has too.

    A layer that no group names goes with the evidence.
    """
    group_of = {name: group for group, names in GROUPS.items() for name in names}
    styles = qgis_styles(layers)
    found = []
    for group in DRAWN_FROM_ABOVE:
        title = f"{WORDS[f'group_{group}']['en']} · {WORDS[f'group_{group}']['ko']}"
        for name in (name for name in layers if group_of.get(name, "evidence") == group):
            about = " ".join(filter(None, (layers[name].about_en, layers[name].about_ko)))
            shape, shown = geometry_type(layers[name].frame), name not in START_HIDDEN
            found.append(ProjectLayer(name, layer_title(name), title, shape, styles[name], shown, about))
    return found


def field_layers(layers: Mapping[str, Layer]) -> list[FieldLayer]:
    """Return what the files for the field hold of an atlas: hazards, zones, records and places, with their symbols."""
    return [
        FieldLayer(name, layers[name].frame, LAYERS[name].en, LAYERS[name].ko, symbol_keys(name, layers[name].frame))
        for name in TRACED
        if name in layers
    ]


def layer_title(name: str) -> str:
    """Return a layer's title in both languages.

    Examples
    --------
    >>> layer_title("dmz")
    'Demilitarized Zone (DMZ) · 비무장지대'
    """
    return f"{LAYERS[name].en} · {LAYERS[name].ko}"


def frame_style(name: str, frame: gpd.GeoDataFrame) -> str:
    """Return the QML document of features that are drawn as those of a layer."""
    categories = [_category(name, key) for key in sorted(set(symbol_keys(name, frame)))]
    expression = class_expression(name, frame)
    if (loose := loose_rows(name, frame)).any():
        rows, keys = frame[loose], symbol_keys(name, frame[loose])
        categories += [_loose(_category(name, key), rows[keys == key]) for key in sorted(set(keys))]
        expression = f"{expression} || {_loose_test(frame)}"
    return layer_qml(_kind(frame), expression, categories, "name_ko" if name in LABELLED else "")


def loose_rows(name: str, frame: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which features have no edge that anybody surveyed: circles for a size, places known to `LOOSE_M` or worse.

    Parameters
    ----------
    name : str
        Of the layer; only those of hazards have such features.
    frame : DataFrame
        With ``shape_kind`` and ``precision_m`` [m], as far as they are known.

    Returns
    -------
    ndarray of bool, shape (n,)

    Examples
    --------
    >>> rows = pd.DataFrame({"precision_m": [99.0, 100.0, None], "shape_kind": ["", "", "equal_area_circle"], "simulated": False})
    >>> loose_rows("past_hazards", rows).tolist(), loose_rows("dmz", rows).tolist()
    ([False, True, True], [False, False, False])
    """
    loose = np.zeros(len(frame), dtype=bool)
    if name not in GROUPS["hazards"]:
        return loose
    if "precision_m" in frame:
        loose |= pd.to_numeric(frame["precision_m"], errors="coerce").ge(LOOSE_M).to_numpy(bool)
    if "shape_kind" in frame:
        loose |= frame["shape_kind"].fillna("").eq("equal_area_circle").to_numpy(bool)
    if "simulated" in frame:
        loose &= ~frame["simulated"].to_numpy(bool)
    return loose & ~frame["id"].astype(str).str.match(CELL_ID).to_numpy(bool) if "id" in frame else loose


def _loose_test(frame: pd.DataFrame) -> str:
    """Return the QGIS expression that is `LOOSE` where `loose_rows` holds, else empty; an empty field is not loose."""
    tests = {"shape_kind": "\"shape_kind\" = 'equal_area_circle'", "precision_m": f'"precision_m" >= {LOOSE_M:g}'}
    either = " OR ".join(test for column, test in tests.items() if column in frame)
    real = ' AND NOT "simulated"' if "simulated" in frame else ""
    return f"CASE WHEN ({either}){real} THEN '{LOOSE}' ELSE '' END"


def _loose(category: Category, frame: pd.DataFrame) -> Category:
    """Return the category of a class's loose features: paler, thin and dotted, with how far off they may be."""
    symbol = SYMBOLS[category.value]
    drawn = replace(
        symbol, outline=paler(symbol.outline), hatch_colour=paler(symbol.hatch_colour), width_px=1.0, dash_px=(1.0, 3.0)
    )
    drawn = replace(drawn, opacity=symbol.opacity / 2)
    return Category(f"{category.value}{LOOSE}", f"{category.label}: {_known_to(frame)}", drawn)


def _known_to(frame: pd.DataFrame) -> str:
    """Return the legend's words on how well the places of loose features of a symbol are known."""
    circle = "circle for a size, no boundary 면적만 알려진 원"
    stated = pd.to_numeric(frame["precision_m"], errors="coerce") if "precision_m" in frame else pd.Series(dtype=float)
    metres = sorted(
        {f"{m:,.0f}": m for m in (stated[stated >= LOOSE_M].min(), stated.max()) if m >= LOOSE_M}.items(), key=lambda one: one[1]
    )
    told = "–".join(text for text, _ in metres)
    return f"position known to ± {told} m only 위치는 ±{told} m까지만 알려짐" if told else circle


def paler(colour: str) -> str:
    """Return a colour halfway to white; none stays none.

    Examples
    --------
    >>> paler("#FF0000"), paler("")
    ('#FF8080', '')
    """
    return "#" + "".join(f"{(channel + 256) // 2:02X}" for channel in bytes.fromhex(colour[1:])) if colour else ""


def _kind(frame: gpd.GeoDataFrame) -> str:
    """Return what to draw with; where shapes are mixed, areas win, then lines."""
    present = {kind.removeprefix("Multi") for kind in frame.geom_type.dropna()}
    return next((drawn for kind, drawn in KINDS.items() if kind in present), "fill")


def _category(name: str, key: str) -> Category:
    symbol = SYMBOLS[key]
    label = " ".join(filter(None, (symbol.en, symbol.ko)))
    if name == "mined_density":
        low, high = ((0.0, *DENSITY_BREAKS, 1.0)[int(key[-1]) + step] for step in (0, 1))
        label = f"{low:g} – {high:g}"
    return Category(key, label or f"{LAYERS[name].en} {LAYERS[name].ko}", symbol)


def class_expression(name: str, frame: pd.DataFrame) -> str:
    r"""Return the QGIS expression that gives every feature of a layer its symbol's key.

    Examples
    --------
    >>> class_expression("rivers", pd.DataFrame())
    "'rivers'"
    >>> rows = pd.DataFrame({"land_class": ["SHA"], "simulated": [True]})
    >>> class_expression("unconfirmed_minefields", rows)
    'CASE WHEN "land_class" = \'SHA\' AND "simulated" THEN \'unconfirmed_simulated\' END'
    """
    if name in RANKED:
        return f"'{RANKED[name]}' || \"class\""
    if name == "mined_density":
        steps = " ".join(f"WHEN \"pi\" < {edge:g} THEN 'density_{i}'" for i, edge in enumerate(DENSITY_BREAKS))
        return f"CASE {steps} ELSE 'density_{len(DENSITY_BREAKS)}' END"
    if frame.empty:
        return f"'{name}'"
    keys = sorted(set(symbol_keys(name, frame)))
    columns = [column for column in DECIDING.get(name, ()) if column in frame]
    if not columns or (len(keys) == 1 and name not in GROUPS["hazards"]):
        return f"'{keys[0]}'"
    kinds = frame[columns].drop_duplicates().sort_values(columns, ignore_index=True)
    tests = [" AND ".join(_equals(column, row[column]) for column in columns) for row in kinds.to_dict("records")]
    whens = " ".join(f"WHEN {test} THEN '{key}'" for test, key in zip(tests, symbol_keys(name, kinds), strict=True))
    return f"CASE {whens} END"


def _equals(column: str, value: object) -> str:
    if isinstance(value, bool):
        return f'"{column}"' if value else f'NOT "{column}"'  # QGIS compares no boolean with a number
    text = str(value).replace("'", "''")
    return f"\"{column}\" = '{text}'" if not pd.isna(value) else f'"{column}" IS NULL'  # type: ignore[call-overload]
