"""The QGIS style of every layer, from the one table of symbols.

Assumption: features that share class, basis and status share a symbol, so a layer's style is an expression over
those columns.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import pandas as pd

from geo.exchange.qgis import Category, layer_qml
from geo.layer import Layer
from geo.maps.symbols import DENSITY_BREAKS, GROUPS, RANKED, SYMBOLS, symbol_keys
from geo.terms import LAYERS

LABELLED = ("mdl", "dmz", "mcz", "rivers", "places")
KINDS = {"Polygon": "fill", "LineString": "line", "Point": "marker"}


def qgis_styles(layers: Mapping[str, Layer]) -> dict[str, str]:
    """Return the QML document of each layer by name; the order is the mapping's."""
    return {name: _style(name, layer.frame) for name, layer in layers.items()}


def _style(name: str, frame: gpd.GeoDataFrame) -> str:
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
    'CASE WHEN "land_class" = \'SHA\' AND "simulated" = 1 THEN \'unconfirmed_simulated\' END'
    """
    if name in RANKED:
        return f"'{RANKED[name]}' || \"class\""
    if name == "mined_density":
        steps = " ".join(f"WHEN \"pi\" < {edge:g} THEN 'density_{i}'" for i, edge in enumerate(DENSITY_BREAKS))
        return f"CASE {steps} ELSE 'density_{len(DENSITY_BREAKS)}' END"
    if name not in GROUPS["hazards"] or frame.empty:
        return f"'{name}'"
    columns = [column for column in ("land_class", "simulated", "land_status") if column in frame]
    kinds = frame[columns].drop_duplicates().sort_values(columns, ignore_index=True)
    tests = [" AND ".join(_equals(column, row[column]) for column in columns) for row in kinds.to_dict("records")]
    whens = " ".join(f"WHEN {test} THEN '{key}'" for test, key in zip(tests, symbol_keys(name, kinds), strict=True))
    return f"CASE {whens} END"


def _equals(column: str, value: object) -> str:
    if isinstance(value, bool):
        return f'"{column}" = {int(value)}'
    text = str(value).replace("'", "''")
    return f"\"{column}\" = '{text}'" if not pd.isna(value) else f'"{column}" IS NULL'  # type: ignore[call-overload]
