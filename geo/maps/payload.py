"""Layers as compressed data blocks of the page: chosen columns, and geometry as whole-number steps.

Assumption: the map shows what is known to 500 m or worse, so modelled, allocated and declared shapes are rounded to 1e-5°
(about 1 m) and thinned by at most `THINNED_DEG` (about 10 m, a third of a pixel at the closest zoom). Surveyed and supplied
shapes are rounded to 1e-6° and never thinned. Full precision is in ``layers.gpkg``.
"""

from __future__ import annotations

import base64
import json
import zlib
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.generalise import is_exact
from geo.layer import Layer
from geo.maps.labels import place_zooms
from geo.maps.symbols import CELLS, GROUPS, SYMBOLS, hazard_keys, symbol_keys
from geo.steps import packed_steps
from geo.terms import SURVEY_LAYERS

FINE, COARSE = 6, 5  # decimals of a degree
N_DIGITS = 5  # of a number
THINNED_DEG = 1e-4
LEVEL = 5  # of zlib: 9 takes three times as long for three percent
EXACT_BASES = frozenset({"surveyed", "supplied"})
WIDTHS_PX = {"very wide": 4.0, "estuary": 4.0, "wide": 2.6, "medium": 1.8, "narrow": 1.2}
COMMON = ("id", "name_en", "name_ko", "land_class")
TAIL = ("basis", "as_of", "sources")
QUANTILES = ("q05", "q50", "q95")
OFF_KM = {"places": "accuracy_km", "incidents": "uncertainty_km", "cleared_areas": "uncertainty_km"}  # columns of points
_LIFE = ("land_status", "status_since", "status_reason", "valid_from", "valid_to", "evidence")
_PRODUCTS = ("original_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "depth_cm", "remaining_m2")
_COUNTS = ("emplaced_n", "recovered_n", "unaccounted_n", "searched_n")
_MARKING = ("marking_type", "fence_condition", "last_inspected")
_HAZARD = (
    "national_term",
    *_LIFE,
    "direct_evidence",
    "indirect_evidence",
    "zone",
    "shape_kind",
    "area_m2",
    "area_reported_m2",
    *_PRODUCTS,
    *_COUNTS,
    *_MARKING,
    "precision_m",
    "series",
)
_RECORD = (
    CELLS,
    "years",
    "year_first",
    "year_last",
    "date",
    "evidence",
)  # of the columns that the tier holds: cells tell number and years, places the day
_PLACE = ("hazard_id", "link", "distance_m", "precision_m")
COLUMNS: dict[str, tuple[str, ...]] = {
    "planned_minefields": _HAZARD,
    "unconfirmed_minefields": _HAZARD,
    "flood_displacement": (
        "river",
        "reach",
        "origin",
        "band",
        "class",
        "inner_m",
        "outer_m",
        "index",
        *QUANTILES,
        "drivers",
        "area_m2",
    ),
    "hillslope_displacement": ("class", "index", *QUANTILES, "released", "delivered", "drivers", "area_m2"),
    "mined_density": ("pi", "mined_km2"),
    "rivers": ("flows_into", "length_km", "drainage_area_km2", "mean_width_m", "width_class", "tidal", "accuracy_km"),
    "incidents": (
        "event",
        "date_start",
        "date_end",
        "river",
        "mine_type",
        "origin",
        "n_lost",
        "n_found",
        "n_exploded",
        "killed",
        "injured",
        "uncertainty_km",
        "record_kind",
        "confidence",
        "note",
    ),
    "places": ("kind", "population", "population_year", "fed_by", "accuracy_km"),
    "cleared_areas": ("land_status", "reported_km2", "mines_remaining", "uncertainty_km", "note"),
    "past_hazards": _HAZARD,
    "finds": (*_RECORD, "mine_types", "quantity", "condition", "moved", "depth_cm", *_PLACE),
    "accidents": (
        *_RECORD,
        "cause",
        "activity",
        "mine_types",
        "moved",
        "marked",
        "killed",
        "injured",
        "location_class",
        *_PLACE,
    ),
    "signs": (*_RECORD, "sign_text", "sign_words", *_MARKING, *_PLACE),
    "mdl": ("precision_m",),
    "dmz": ("part", "distance_m", "precision_m"),
    "mcz": ("part", "distance_m", "precision_m"),
}


def packed(value: Any) -> str:
    """Return any JSON value as compressed base64 text; the same value gives the same text.

    Examples
    --------
    >>> import base64, zlib
    >>> zlib.decompress(base64.b64decode(packed({"name": "지뢰"}))).decode()
    '{"name":"지뢰"}'
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return base64.b64encode(zlib.compress(text.encode(), LEVEL)).decode()


def layer_block(layer: Layer) -> dict[str, Any]:
    """Return what the page needs to draw a layer: columns, symbols and geometry.

    Returns
    -------
    dict
        ``name, group_name, n, simulated, basis, sources, columns, symbols, sets``; see `column` and `geometry_sets`.
    """
    frame = layer.frame
    keys = symbol_keys(layer.name, frame)
    used = set(pd.unique(pd.Series(keys)))
    own = () if layer.name == "mined_density" else (*COMMON, *COLUMNS[layer.name], *TAIL)
    untold = () if has_band(frame) else QUANTILES
    names = [name for name in dict.fromkeys(own or COLUMNS[layer.name]) if name in frame and name not in untold]
    columns = {name: column(frame[name]) for name in names}
    columns["symbol"] = column(pd.Series(keys))
    if layer.name == "past_hazards":
        columns["symbol_then"] = column(pd.Series(hazard_keys(layer.name, frame)))
    if "width_class" in frame:
        columns["width_px"] = column(frame.width_class.map(WIDTHS_PX).fillna(WIDTHS_PX["narrow"]))
    if layer.name == "places":
        columns["min_zoom"] = column(place_zooms(frame))
    return {
        "name": layer.name,
        "group_name": next(group for group, members in GROUPS.items() if layer.name in members),
        "n": len(frame),
        "simulated": bool(frame.simulated.any()),
        "basis": layer.basis,
        "sources": list(layer.sources),
        "as_of": layer.as_of,
        "precision_m": precision_m(layer),
        "off_km": OFF_KM.get(layer.name, ""),
        "columns": columns,
        "symbols": [key for key in SYMBOLS if key in used] or ["no_data"],  # an empty layer has a row all the same
        "parts": parts(frame) if layer.name == "flood_displacement" else [],
        "sets": geometry_sets(frame.geometry, supplied_rows(layer)),
    }


def parts(frame: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    """Return the origins of the screening zones with their numbers; each is switched by itself, since origins are never added."""
    counts = frame.origin.value_counts().sort_index(ascending=False)
    return [{"value": origin, "n": int(n)} for origin, n in counts.items()]


def supplied_rows(layer: Layer) -> NDArray[np.bool_]:
    """Return which features were surveyed or handed in; hazards that somebody traced count as well; shape (n,)."""
    if layer.name in SURVEY_LAYERS:
        return np.ones(len(layer.frame), dtype=bool)
    return np.asarray(layer.frame.basis.isin(EXACT_BASES), dtype=bool) | is_exact(layer)


def has_band(frame: pd.DataFrame) -> bool:
    """Return whether the quantiles tell something besides the index; where only one member was run they are one value."""
    return set(QUANTILES) <= set(frame) and bool((frame["q05"] != frame["q95"]).any())


def precision_m(layer: Layer) -> float | None:
    """Return how exact the places of a layer are [m]: the coarsest stated value, None where none is stated."""
    if "precision_m" not in layer.frame:
        return None
    stated = pd.to_numeric(layer.frame.precision_m, errors="coerce").max()
    return float(stated) if np.isfinite(stated) else None


def column(series: pd.Series) -> dict[str, Any]:
    """Return a column as numbers, or as a list of texts with one code a row.

    Examples
    --------
    >>> column(pd.Series(["a", "b", "a"]))
    {'values': ['a', 'b'], 'codes': [0, 1, 0]}
    >>> column(pd.Series([1.0, float("nan"), 0.123456]))
    {'values': [1, None, 0.12346]}
    """
    if pd.api.types.is_numeric_dtype(series) and not pd.api.types.is_bool_dtype(series):
        return {"values": numbers(series.to_numpy(float, na_value=np.nan))}
    codes, values = pd.factorize(series)
    texts = list(map(str, np.asarray(values, dtype=object).tolist()))  # one by one an index of texts hands them out slowly
    if (codes < 0).any():  # a missing text is an empty one
        codes, texts = np.where(codes < 0, len(texts), codes), [*texts, ""]
    if len(set(texts)) < len(texts):  # values that read the same
        again, found = pd.factorize(np.array(texts, dtype=object))
        return {"values": list(found), "codes": again[codes].tolist()}
    return {"values": texts, "codes": codes.tolist()}


def numbers(values: NDArray[np.float64]) -> list[float | int | None]:
    """Return numbers with at most five significant digits, whole where they are whole, None where they are missing.

    Examples
    --------
    >>> numbers(np.array([2.0, 0.123456, np.nan, 1234567.0]))
    [2, 0.12346, None, 1234600]
    """
    there = np.isfinite(values)
    size = np.abs(np.where(there & (values != 0), values, 1))
    places = np.minimum(N_DIGITS - 1 - np.floor(np.log10(size)).astype(int), 300)  # 1e-300 and less are nothing
    up, down = 10.0 ** np.maximum(places, 0), 10.0 ** np.maximum(-places, 0)
    # whole numbers below 10 ** N_DIGITS and powers of ten are exact, so that their quotient is the shortest decimal there is
    short = np.rint(np.where(there, values, 0) * up / down) / up * down
    told = short.astype(object)
    whole = there & (short == np.rint(short)) & (size < 2**53)
    told[whole] = short[whole].astype(np.int64)
    told[~there] = None
    return list(told)


def geometry_sets(shapes: gpd.GeoSeries, exact: NDArray[np.bool_]) -> list[dict[str, Any]]:
    """Return the geometry as up to three sets (point, line, polygon) and by precision.

    Each set has ``kind``, ``decimals``, ``rows`` (steps from one row to the next), ``points`` (of each line or ring, a ring's
    last one left out), ``rings`` (of each polygon) and ``x``, ``y``: `geo.steps` in units of ``10 ** -decimals`` degrees.
    """
    sets = []
    for decimals, chosen in ((FINE, exact), (COARSE, ~exact)):
        rows = np.flatnonzero(chosen)
        kept = shapes.values[rows]
        if decimals == COARSE:
            kept = thinned(kept)
        parts, owner = single_parts(kept)
        kinds = shapely.get_dimensions(parts)
        for dimension, kind in enumerate(("point", "line", "polygon")):
            if (mine := kinds == dimension).any():
                sets.append(geometry_set(kind, parts[mine], rows[owner[mine]], decimals))
    return sets


def single_parts(shapes: NDArray[np.object_]) -> tuple[NDArray[np.object_], NDArray[np.int_]]:
    """Return the parts of shapes and which shape each belongs to; where all have one part they are not copied.

    Examples
    --------
    >>> single_parts(np.array([shapely.Point(0, 0), shapely.MultiPoint([(1, 1), (2, 2)])]))[1].tolist()
    [0, 1, 1]
    """
    if ((shapely.get_type_id(shapes) < shapely.GeometryType.MULTIPOINT) & ~shapely.is_empty(shapes)).all():
        return shapes, np.arange(len(shapes))
    parts, owner = shapely.get_parts(shapes, return_index=True)
    return parts, owner


def thinned(shapes: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return shapes without the points that no screen shows; rings of few points keep them all."""
    many = shapely.get_num_coordinates(shapes) > 24
    found = np.array(shapes, dtype=object)
    found[many] = shapely.simplify(found[many], THINNED_DEG, preserve_topology=True)
    return found


def geometry_set(kind: str, parts: NDArray[np.object_], rows: NDArray[np.int_], decimals: int) -> dict[str, Any]:
    """Return one set of single-part shapes of one kind; ``rows`` tells which feature each belongs to."""
    ragged = shapely.to_ragged_array(parts)
    points, offsets = ragged[1], ragged[2]
    found: dict[str, Any] = {"kind": kind, "decimals": decimals, "rows": steps(rows)}
    if kind == "polygon":
        keep = np.ones(len(points), dtype=bool)
        keep[np.asarray(offsets[0])[1:] - 1] = False
        found["points"] = (np.diff(offsets[0]) - 1).tolist()
        found["rings"] = np.diff(offsets[1]).tolist()
        points = points[keep]
    elif kind == "line":
        found["points"] = np.diff(offsets[0]).tolist()
    whole = np.rint(points[:, :2] * 10**decimals).astype(np.int64)
    return found | {"x": packed_steps(whole[:, 0]), "y": packed_steps(whole[:, 1])}


def steps(values: NDArray[np.int_]) -> list[int]:
    """Return the differences of whole numbers, the first one counted from zero.

    Examples
    --------
    >>> steps(np.array([5, 7, 7]))
    [5, 2, 0]
    """
    found: list[int] = np.diff(values, prepend=0).tolist()
    return found
