"""How closely a single feature may be drawn, and in which state of its history.

Assumption: a stated precision of p metres means that the true edge lies within p of the drawn one, so a feature has a soft edge
of that width and is never crisp where p is wider than 20 px. A circle that stands for a size alone is off by half its radius
at least. What does not state its precision ends where sketches end. Cells of the public tier are squares by definition:
nothing of them is soft.
"""

from __future__ import annotations

import math
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
from numpy.typing import NDArray

from geo import measure
from geo.layer import Layer
from geo.maps.payload import column, supplied_rows
from geo.maps.symbols import GROUPS
from geo.terms import RECORD_LAYERS

SKETCH_ZOOM, CLOSEST_ZOOM = 12, 16  # of what is not supplied, or says nothing of its precision; of all
LIMITED = (*GROUPS["hazards"], *RECORD_LAYERS)  # layers whose features each have a limit of their own
DATES = ("valid_from", "valid_to")

Floats = NDArray[np.float64]


def closest_zoom(metres: float) -> int:
    """Return the zoom, 16 at most, at which an uncertainty is still within 20 px of 123,357 m / 2^zoom (38° N).

    Examples
    --------
    >>> closest_zoom(500), closest_zoom(5000), closest_zoom(2)
    (12, 8, 16)
    """
    return int(closest_zooms(np.array([metres]))[0])


def closest_zooms(metres: Floats) -> NDArray[np.int_]:
    """Return `closest_zoom` of every value; where none is stated, that of sketches; shape (n,).

    Examples
    --------
    >>> closest_zooms(np.array([200.0, np.nan])).tolist()
    [13, 12]
    """
    zooms = np.floor(np.log2(123_357 * 20 / np.maximum(metres, 1.0)))
    return np.where(np.isnan(metres), SKETCH_ZOOM, np.minimum(zooms, CLOSEST_ZOOM)).astype(int)


def soft_m(layer: Layer) -> Floats:
    """Return how far the drawn edge of each supplied feature may be off [m], NaN where that is not stated; shape (n,).

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> kinds = ["boundary", "boundary", "equal_area_circle"]
    >>> rows = pd.DataFrame({"precision_m": [200.0, None, 50.0], "shape_kind": kinds, "area_m2": math.pi * 800**2})
    >>> soft_m(SimpleNamespace(name="past_hazards", frame=rows)).round(6).tolist()
    [200.0, nan, 400.0]
    """
    frame = layer.frame
    stated = _numbers(frame, "precision_m")
    if "shape_kind" in frame:
        circle = frame["shape_kind"].to_numpy(str) == "equal_area_circle"
        half_radius = np.sqrt(_areas_m2(frame[circle]) / math.pi) / 2
        stated[circle] = np.fmax(stated[circle], half_radius)
    return np.where(supplied_rows(layer), stated, np.nan)


def exactness_columns(layer: Layer) -> dict[str, Any]:
    """Return the columns ``soft_m`` and ``max_zoom`` of a layer with supplied places; {} where the whole layer has one limit.

    Examples
    --------
    >>> from types import SimpleNamespace
    >>> rows = pd.DataFrame({"precision_m": [200.0, None]})
    >>> exactness_columns(SimpleNamespace(name="finds", frame=rows))
    {'soft_m': {'values': [200, None]}, 'max_zoom': {'values': [13, 12]}}
    """
    if layer.name not in LIMITED or not supplied_rows(layer).any():
        return {}
    metres = soft_m(layer)
    return {"soft_m": column(pd.Series(metres)), "max_zoom": column(pd.Series(closest_zooms(metres)))}


def finest_m(layer: Layer) -> float | None:
    """Return the precision of the layer's most exact supplied feature [m]; None where none is stated."""
    metres = soft_m(layer)
    return None if np.isnan(metres).all() else float(np.nanmin(metres))


def is_dated(layer: Layer) -> bool:
    """Return whether features of a hazard layer hold for some days and not for others."""
    frame = layer.frame
    known = [frame[name].fillna("").astype(str).ne("") for name in DATES if name in frame]
    return any(bool((cells & supplied_rows(layer)).any()) for cells in known)


def version_columns(layer: Layer, *, years_only: bool) -> dict[str, Any]:
    """Return what counts a dated layer on any day: dates (of the public tier years alone), m² and whose earlier states."""
    if not is_dated(layer):
        return {}
    dates = {name: layer.frame[name].fillna("").astype(str) for name in DATES if name in layer.frame}
    cut = {name: cells.str[:4] if years_only else cells for name, cells in dates.items()}
    owner = {"hazard_layer": column(layer.frame["hazard_layer"])} if "hazard_layer" in layer.frame else {}
    return {name: column(cells) for name, cells in cut.items()} | owner | {"m2": column(pd.Series(_areas_m2(layer.frame)))}


def _areas_m2(frame: gpd.GeoDataFrame) -> Floats:
    """Return the area of each feature [m²], measured where the frame does not tell it."""
    found = _numbers(frame, "area_m2")
    untold = np.isnan(found)
    if untold.any():
        found[untold] = measure.areas_m2(frame.loc[untold])
    return found


def _numbers(frame: pd.DataFrame, name: str) -> Floats:
    """Return a column as numbers, NaN where it is absent, empty or no number; a fresh array of shape (n,)."""
    if name not in frame:
        return np.full(len(frame), np.nan)
    return pd.to_numeric(frame[name], errors="coerce").to_numpy(float, copy=True)
