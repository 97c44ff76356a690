"""The QGIS style of every layer, from the one table of symbols.

Assumption: features that share class, basis and status share a symbol, so a layer's style is an expression over
those columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

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
    return layer_qml(_kind(frame), class_expression(name, frame), categories, "name_ko" if name in LABELLED else "")


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
