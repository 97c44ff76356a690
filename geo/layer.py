"""A layer: an ordinary GeoDataFrame that knows its class, its basis and its sources; and the atlas that holds all layers.

A layer without a CRS, a source or a known basis cannot be made: every offending feature is listed at once. Layers are kept in
WGS 84 longitude and latitude, sorted by id, with coordinates rounded to 1e-9° (0.1 mm), so that the same inputs give the same
bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import StudyArea
from geo.errors import DataError, nearest
from geo.raster import HazardRaster, Picture
from geo.terms import BASES, LAND_CLASSES, LAYERS, SIMULATED_BASES, TEXTS

COMMON_COLUMNS = ("id", "name_en", "name_ko", "land_class", "basis", "simulated", "sources", "as_of")
DECIMALS = 9  # of a degree: 0.1 mm


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Layer:
    """One layer of an atlas; made by `make_layer`.

    Attributes
    ----------
    name : str
        One of `geo.terms.LAYERS`.
    frame : GeoDataFrame
        EPSG:4326, sorted by ``id``, with `COMMON_COLUMNS` first.
    land_class, basis : str
        Of the layer as a whole; single features may differ in the frame.
    sources : tuple of str
        Keys in ``area.sources``.
    as_of : str
        The date the information speaks of: a year, month or day.
    overlap : bool
        Whether features may lie over each other.
    about_en, about_ko : str
        One paragraph: what it is, from when, how exact, what would change it.
    """

    name: str
    frame: gpd.GeoDataFrame
    land_class: str
    basis: str
    sources: tuple[str, ...]
    as_of: str
    overlap: bool = False
    about_en: str = ""
    about_ko: str = ""

    @property
    def simulated(self) -> bool:
        """Whether the layer's places are made up or calculated."""
        return self.basis in SIMULATED_BASES


@dataclass(frozen=True, slots=True)
class Atlas:
    """Everything that one build writes: layers, tables and what is needed to make them again.

    Attributes
    ----------
    area : StudyArea
    layers : mapping of str to Layer
        In the order of `geo.terms.LAYERS`; those of `TERRAIN_LAYERS` and `SURVEY_LAYERS` only where what they show was given.
    series : str
        The reported series that the allocated layers follow.
    areas, lengths, ledger : DataFrame
        The tables ``areas.csv``, ``lengths.csv`` and ``ledger.csv``.
    overlaps : DataFrame
        Every pair of layers that meet, with the shared km².
    parameters : mapping
        Keyword arguments of the recipe; plain JSON values.
    inputs : mapping of str to Path
        Every file that was read, by its relative name.
    tier : {"public", "restricted"}
    notes : tuple of str
        What a reader must know about this build.
    assumed : DataFrame
        Every parameter of the simulated and modelled layers: ``name, value, unit, tag, source``.
    raster : HazardRaster, optional
        Where a terrain model was given: the flood-displacement model cell by cell, as ``displacement.tif`` holds it.
    sensitivity : DataFrame
        Of an ensemble: which parameter carries how much of the answers' variance.
    tables : mapping of str to DataFrame
        Further tables by name, as the tier may show them: ``history``, ``districts``, ``article7``, ``exposure``.
    alternatives : mapping of str to mapping of str to Layer
        Where both kinds of minefields are simulated: by the name of every other series that can be drawn, the two layers
        under its totals. They are no part of the layers: the web map alone shows them, one series at a time.
    relief : Picture, optional
        Where a terrain model was given: its hillshade, below everything on the web map. It rests on the terrain alone and is
        made anew with the atlas, so ``minemap map`` draws it from the recorded terrain.
    """

    area: StudyArea
    layers: Mapping[str, Layer]
    series: str
    areas: pd.DataFrame
    lengths: pd.DataFrame
    ledger: pd.DataFrame
    overlaps: pd.DataFrame
    parameters: Mapping[str, Any]
    inputs: Mapping[str, Path]
    tier: str = "public"
    notes: tuple[str, ...] = field(default=())
    assumed: pd.DataFrame = field(default_factory=pd.DataFrame)
    raster: HazardRaster | None = None
    sensitivity: pd.DataFrame = field(default_factory=pd.DataFrame)
    tables: Mapping[str, pd.DataFrame] = field(default_factory=lambda: MappingProxyType({}))
    alternatives: Mapping[str, Mapping[str, Layer]] = field(default_factory=lambda: MappingProxyType({}))

    relief: Picture | None = None

    def __getitem__(self, name: str) -> Layer:
        if name not in self.layers:
            raise DataError("unknown layer", where=name, mend=nearest(name, self.layers))
        return self.layers[name]


def make_layer(
    name: str,
    frame: gpd.GeoDataFrame,
    *,
    area: StudyArea,
    land_class: str,
    basis: str,
    sources: tuple[str, ...],
    as_of: str,
    overlap: bool = False,
) -> Layer:
    """Check a frame and make it a layer.

    Parameters
    ----------
    name : str
        One of `geo.terms.LAYERS`.
    frame : GeoDataFrame
        With ``id``, ``name_en``, ``name_ko`` and the layer's own columns, in any CRS. A column ``land_class``, ``basis``,
        ``sources`` or ``as_of`` in the frame wins over the value given for the layer.
    area : StudyArea
        Its ``sources`` must hold the keys; its ``[about.NAME]`` gives the paragraph.
    land_class, basis : str
        Controlled words of `geo.terms`.
    sources : tuple of str
        At least one.
    as_of : str
        Date of the information.
    overlap : bool
        Whether features may lie over each other.

    Raises
    ------
    DataError
        Naming every offence: no CRS, unknown words or sources, repeated ids, empty or invalid geometry, a simulated CHA.

    Examples
    --------
    >>> from geo.area import read_area
    >>> frame = gpd.GeoDataFrame({"id": ["a"], "name_en": ["A"], "name_ko": ["가"]}, geometry=[shapely.Point(0, 0)], crs=4326)
    >>> words = {"land_class": "zone", "basis": "declared", "as_of": "2025"}
    >>> make_layer("places", frame, area=read_area("demo"), sources=("nowhere",), **words)
    Traceback (most recent call last):
        ...
    geo.errors.DataError: layer cannot be made: places: unknown source nowhere
    """
    faults = _word_faults(name, land_class, basis, sources, as_of, area)
    if frame.crs is None:
        faults.append("no CRS: state the one the coordinates were recorded in")
    if faults:
        raise DataError("layer cannot be made", where=name, mend="; ".join(faults))
    full = _with_common(frame, land_class, basis, sources, as_of)
    if faults := _feature_faults(full):
        raise DataError("layer cannot be made", where=name, mend="; ".join(faults))
    return Layer(name, full, land_class, basis, tuple(sources), as_of, overlap, *_about(name, area, basis, as_of))


def _about(name: str, area: StudyArea, basis: str, as_of: str) -> tuple[str, str]:
    """Return the layer's paragraph in English and Korean; the area's own speaks only of the data that ships with it."""
    if basis == "supplied":
        return TEXTS["supplied"].en.format(date=as_of), TEXTS["supplied"].ko.format(date=as_of)
    about = area.settings.get("about", {}).get(name, {})
    return about.get("en", ""), about.get("ko", "")


def _word_faults(name: str, land_class: str, basis: str, sources: tuple[str, ...], as_of: str, area: StudyArea) -> list[str]:
    faults = [f"unknown source {key}" for key in sources if key not in area.sources]
    faults += [] if sources else ["no source"]
    faults += [] if as_of else ["no as_of"]
    for word, known, what in ((name, LAYERS, "layer"), (land_class, LAND_CLASSES, "land_class"), (basis, BASES, "basis")):
        if word not in known:
            faults.append(f"unknown {what} {word!r} ({nearest(word, known)})")
    return faults


def _with_common(frame: gpd.GeoDataFrame, land_class: str, basis: str, sources: tuple[str, ...], as_of: str) -> gpd.GeoDataFrame:
    """Add the common columns, project to WGS 84, round and sort."""
    full = frame.to_crs("EPSG:4326")
    full = full if full.geometry.name == "geometry" else full.rename_geometry("geometry")
    defaults = {"land_class": land_class, "basis": basis, "sources": ";".join(sources), "as_of": as_of}
    for column, value in defaults.items():
        if column not in full:
            full[column] = value
    full["simulated"] = full.basis.isin(SIMULATED_BASES)
    own = [column for column in full.columns if column not in (*COMMON_COLUMNS, "geometry")]
    full = full[[*COMMON_COLUMNS, *own, "geometry"]].sort_values("id", kind="stable").reset_index(drop=True)
    shapes = np.array(full.geometry.values, dtype=object)
    rounded = shapely.transform(shapes, lambda points: np.round(points, DECIMALS))
    broken = np.flatnonzero(~shapely.is_valid(rounded))
    spikes = broken[shapely.is_valid(shapes[broken])]  # thinner than the rounding: they keep their full precision
    rounded[spikes] = shapes[spikes]
    return full.set_geometry(gpd.GeoSeries(rounded, index=full.index, crs="EPSG:4326"))


def _feature_faults(frame: gpd.GeoDataFrame) -> list[str]:
    """Return every fault of the features, with their ids."""
    shapes = np.array(frame.geometry.values, dtype=object)
    simulated = frame.basis.isin(SIMULATED_BASES).to_numpy()
    checks = {
        "repeated id": frame.id.duplicated(keep=False).to_numpy(),
        "empty geometry": shapely.is_missing(shapes) | shapely.is_empty(shapes),
        "invalid geometry": ~shapely.is_valid(shapes) & ~shapely.is_missing(shapes),
        "simulated features are never a CHA": simulated & (frame.land_class == "CHA").to_numpy(),
        "unknown basis": ~frame.basis.isin(list(BASES)).to_numpy(),
        "unknown land_class": ~frame.land_class.isin(list(LAND_CLASSES)).to_numpy(),
    }
    return [f"{what}: {listed(frame.id[bad])}" for what, bad in checks.items() if bad.any()]


def listed(ids: Iterable[object], most: int = 20) -> str:
    """Return ids as text, the first ones and how many more.

    Examples
    --------
    >>> listed(pd.Series(["a", "b", "c"]), most=2)
    'a, b and 1 more'
    """
    told = list(map(str, ids))
    more = len(told) - most
    return ", ".join(told[:most]) + (f" and {more} more" if more > 0 else "")
