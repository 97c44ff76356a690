"""Corners as somebody typed them, laid beside the shapes that were made of them.

Assumption: start and turning points, and those of no stated kind, are corners of a record's polygon; landmarks and reference
points stand outside it. Limit: coordinates are compared as longitude and latitude, which the reader has worked out.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyproj
import shapely
from pyproj import Transformer

from geo.check.rings import POLYGON_TYPES, Floats, Objects
from geo.errors import ConfigError
from geo.exchange.coordinates import degrees_of, parsed, projected
from geo.exchange.datum import LONLAT, crs_named, datum_of, ellipsoid_of
from geo.survey.fields import TYPED
from geo.survey.records import Survey

OUTSIDE_KINDS = ("landmark", "reference")
ENTERED = (*TYPED[1:], "crs_entered")
TEXTS = ("shape_id", "point_id", "kind", "entered_as", *ENTERED)
NUMBERS = ("lon", "lat", "precision_m", "order")
ADDED = {"row": np.intp, "polygon": bool, "group": np.intp, "number": np.intp, "closing": bool}


def typed_points(survey: Survey, shapes: Objects) -> pd.DataFrame:
    """Return the typed points of a survey in a known form.

    Parameters
    ----------
    survey : Survey, n records
    shapes : array of Geometry, shape (n,)
        Of the records.

    Returns
    -------
    DataFrame, m rows
        ``row`` of the record; the columns `TEXTS`, "" where empty, and `NUMBERS`, NaN where empty; ``polygon``: whether it is
        a corner; ``group``: the polygon or record it belongs to; ``number`` in its group, from 1; ``closing``: whether it is
        the last of its polygon and lies where the first does. In the order of the file, or of the column ``order``.
    """
    points = survey.points
    if "row" in points:  # what belongs to no record has no shape to be laid beside
        points = points[points["row"] >= 0].reset_index(drop=True)
    if points.empty:
        columns: dict[str, Any] = {**dict.fromkeys(TEXTS, str), **dict.fromkeys(NUMBERS, float), **ADDED}
        return pd.DataFrame({name: pd.Series(dtype=kind) for name, kind in columns.items()})
    table = pd.DataFrame({"row": points["row"].to_numpy(dtype=np.intp) if "row" in points else np.zeros(0, dtype=np.intp)})
    for name in TEXTS:
        table[name] = _text(points, name, len(table))
    for name in NUMBERS:
        numbers = pd.to_numeric(points[name], errors="coerce") if name in points and len(points) else np.nan
        table[name] = np.asarray(numbers, dtype=float)
    kinds = shapely.get_type_id(shapes)[table["row"]]
    table["polygon"] = np.isin(kinds, (-1, *POLYGON_TYPES)) & ~table["kind"].isin(OUTSIDE_KINDS)
    keys = table["row"].astype(str) + "\0" + table["shape_id"].str.strip().where(table["polygon"], "\0")
    table["group"] = pd.factorize(keys)[0]
    table = table.sort_values(["group", "order"], kind="stable", ignore_index=True)
    grouped = table.groupby("group")
    table["number"] = grouped.cumcount() + 1
    last = ~table["group"].duplicated(keep="last")
    same = (table["lon"] == grouped["lon"].transform("first")) & (table["lat"] == grouped["lat"].transform("first"))
    table["closing"] = last & same & table["polygon"] & (table["number"] > 1)
    return table


def _text(points: pd.DataFrame, name: str, n: int) -> pd.Series:
    if name not in points:
        return pd.Series("", index=range(n), dtype=str)
    cells = points[name].reset_index(drop=True)
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    return cells.astype(str).where(cells.notna(), "")


def lonlat_of(table: pd.DataFrame) -> Floats:
    """Return longitude and latitude of typed points, NaN where unknown, shape (m, 2)."""
    return table[["lon", "lat"]].to_numpy(dtype=float)


def precision_m(survey: Survey, default_m: float = float("nan")) -> Floats:
    """Return the stated positional precision of each record [m], `default_m` where none or a senseless one is; shape (n,)."""
    stated = survey.number("precision_m").to_numpy(dtype=float)
    return np.where(stated > 0, stated, default_m)


def entered_lonlat(table: pd.DataFrame, crs: Any) -> tuple[Floats, Floats]:
    """Return the longitude and latitude of coordinates as typed, and how finely they were typed [m].

    Parameters
    ----------
    table : DataFrame, m rows
        With some of ``entered_x, entered_y, entered_mgrs, crs_entered``.
    crs : pyproj.CRS or None
        Of numbers beside which nothing is stated.

    Returns
    -------
    lonlat : ndarray, shape (m, 2)
        NaN where nothing was typed or it cannot be read.
    square_m : ndarray, shape (m,)
        Side of the square that a grid reference names; 0 for numbers.
    """
    lonlat, square_m = np.full((len(table), 2), np.nan), np.zeros(len(table))
    x, y, references, stated = (_text(table, name, len(table)).str.strip() for name in ENTERED)
    typed = (((x != "") & (y != "")) | (references != "")).to_numpy()
    for name in pd.unique(stated[typed]):
        system = _system(name, crs)
        if system is not None:
            rows = np.flatnonzero(typed & (stated == name).to_numpy())
            lonlat[rows], square_m[rows] = _read(x.iloc[rows], y.iloc[rows], references.iloc[rows], system)
    return lonlat, square_m


def _system(name: str, crs: Any) -> pyproj.CRS | None:
    """Return the system that a record names, or the file's own beside an empty cell; None where neither says anything."""
    try:
        return crs_named(name) if name else crs
    except ConfigError:
        return None


def _read(x: pd.Series, y: pd.Series, references: pd.Series, crs: pyproj.CRS) -> tuple[Floats, Floats]:
    """Return what was typed in one system as WGS 84, and the side of the squares named; grid references count first."""
    datum = datum_of(crs)
    squares = parsed(references.to_numpy(), ellps=ellipsoid_of(crs) or "WGS84")
    named = (references != "").to_numpy()
    angles = parsed(lon=x.to_numpy(), lat=y.to_numpy())[["lon", "lat"]].to_numpy(dtype=float, copy=True)
    if crs.is_projected:  # numbers that can be degrees are not metres of any belt or zone
        metres = projected(x.to_numpy(), y.to_numpy())[["x", "y"]].to_numpy(dtype=float)
        far = ~(np.abs(metres) <= 180).all(axis=1)
        angles[far] = np.stack(degrees_of(metres[far, 0], metres[far, 1], crs), axis=1)
    own = np.where(named[:, None], squares[["lon", "lat"]].to_numpy(dtype=float), angles)
    there = Transformer.from_crs(datum, LONLAT, always_xy=True).transform(*own.T)
    moved = np.stack(there, axis=1)
    moved[~np.isfinite(own).all(axis=1) | ~np.isfinite(moved).all(axis=1)] = np.nan
    return moved, np.where(named, squares["precision_m"].fillna(0.0).to_numpy(dtype=float), 0.0)
