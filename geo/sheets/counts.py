"""How much of each symbol lies within the frame of a sheet: number, and area or length on the ellipsoid.

Assumption: what a reader counts is what the frame shows, so a feature on its edge counts as one, with the part inside; parts of
one symbol that lie over each other, of whichever layers, are measured once. Limit: of hazards that the public tier shows as
cells, cells are counted, on a line of their own, and nothing is measured.
"""

from __future__ import annotations

from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.generalise import exact_rows
from geo.layer import Atlas, Layer
from geo.maps.columns import km
from geo.maps.symbols import CELLS, GROUPS, SYMBOLS, symbol_keys
from geo.maps.words import Pair, pair
from geo.measure import areas_m2, lengths_m
from geo.sheets.paths import Shapes
from geo.sheets.view import View, footprint, on_sheet

N_EDGE = 64  # parts of the frame's sides, so that they stay straight on the sheet
COUNTED = ("{name}: {n}, {size}", "{name}: {n}건, {size}")
POINTS = ("{name}: {n}", "{name}: {n}건")
OF_ZONES = ("{name}: {size}", "{name}: {size}")  # whose parts are no number to tell
IN_CELLS = ("{name}: {n} cells of 1 km", "{name}: 1 km 격자 {n}개")
LEAST = ("less than 0.01 {unit}", "0.01 {unit} 미만")
UNCOUNTED = (*GROUPS["orientation"], "mined_density")


def counts_of(atlas: Atlas, view: View, layers: Sequence[str], within: shapely.Geometry | None = None) -> list[Pair]:
    """Return a line for each symbol on a sheet, the gravest first; where a symbol has cells beside measured shapes, two.

    Parameters
    ----------
    atlas : Atlas
        As its tier may be shown.
    view : View
    layers : sequence of str
        Those that are seen on the sheet; a symbol that several of them use is counted over all.
    within : shapely geometry, optional
        Longitude and latitude: of the frame only what lies in it, such as a district.

    Returns
    -------
    list of Pair
        Without rivers, places and the expected density.
    """
    frame = shapely.box(*view.bounds_m)
    frame = shapely.segmentize(frame, (view.bounds_m[2] - view.bounds_m[0]) / N_EDGE)
    if within is not None:
        frame = shapely.intersection(frame, shapely.make_valid(on_sheet(np.array([within], dtype=object), view)[0]))
    parts = [_inside(atlas, atlas[name], view, frame) for name in layers if name not in UNCOUNTED]
    if not parts:
        return []
    keys, coarse, kept = (np.concatenate(columns) for columns in zip(*parts, strict=True))
    found, there = [], set(keys.tolist())
    for key in [one for one in SYMBOLS if one in there]:
        for in_cells in (False, True):
            chosen = (keys == key) & (coarse == in_cells)
            if chosen.any():
                found.append(_line(key, kept[chosen], in_cells, view))
    return found


def _inside(
    atlas: Atlas, layer: Layer, view: View, frame: shapely.Geometry
) -> tuple[NDArray[np.str_], NDArray[np.bool_], Shapes]:
    """Return symbol, whether it is a cell, and the part inside of every feature of a layer within the frame; shape (n,) each."""
    shapes = np.array(layer.frame.geometry.values, dtype=object)
    near = shapely.intersects(shapes, shapely.box(*footprint(view).bounds))
    turned = on_sheet(shapes[near], view)
    broken = ~shapely.is_valid(turned)
    turned[broken] = shapely.make_valid(turned[broken])
    inside = shapely.intersects(turned, frame)
    coarse = np.full(len(layer.frame), CELLS in layer.frame)
    if atlas.tier == "public" and layer.name in GROUPS["hazards"]:
        coarse |= np.asarray(exact_rows(layer.frame, layer.name), dtype=bool)
    keys = symbol_keys(layer.name, layer.frame)[near][inside]
    return keys, coarse[near][inside], shapely.intersection(turned[inside], frame)


def _line(key: str, shapes: Shapes, in_cells: bool, view: View) -> Pair:
    """Return what is told of one symbol's shapes on the sheet."""
    sizes = pair("", "") if in_cells else _size(shapes, view)
    words = IN_CELLS if in_cells else OF_ZONES if key in GROUPS["zones"] else COUNTED if sizes["en"] else POINTS
    names = pair(SYMBOLS[key].en, SYMBOLS[key].ko)
    n = len(np.unique(shapely.to_wkb(shapely.normalize(shapes)))) if in_cells else len(shapes)  # layers may share a cell
    texts = (
        word.format(name=names[language], n=f"{n:,}", size=sizes[language])
        for word, language in zip(words, ("en", "ko"), strict=True)
    )
    return pair(*texts)


def _size(shapes: Shapes, view: View) -> Pair:
    """Return area or length of shapes on the sheet, in words; of points ""."""
    whole = shapely.union_all(shapes)
    ground = gpd.GeoSeries([whole], crs=view.crs).to_crs("EPSG:4326")
    if (km2 := float(areas_m2(ground)[0]) / 1e6) > 0:
        return _told(km2, "km²")
    along = float(lengths_m(ground)[0]) / 1e3 if shapely.get_dimensions(whole) == 1 else 0.0
    return _told(along, "km") if along > 0 else pair("", "")


def _told(value: float, unit: str) -> Pair:
    """Return a size above nothing as people read it.

    Examples
    --------
    >>> [_told(value, "km²")["en"] for value in (1234.56, 0.234, 0.0051, 1.2e-5)]
    ['1,234.6 km²', '0.23 km²', '0.01 km²', 'less than 0.01 km²']
    >>> _told(0.004, "km")["ko"]
    '0.01 km 미만'
    """
    if value < 0.005:
        return pair(*(word.format(unit=unit) for word in LEAST))
    return pair(f"{km(value)} {unit}", f"{km(value)} {unit}")
