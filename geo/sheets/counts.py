"""How much of each symbol lies within the frame of a sheet: number, and area or length on the ellipsoid.

Assumption: what a reader counts is what the frame shows, so a feature on its edge counts as one, with the part inside; parts of
one symbol that lie over each other are measured once. Limit: of hazards that the public tier shows as cells, cells are counted
and nothing is measured.
"""

from __future__ import annotations

from collections.abc import Mapping

import geopandas as gpd
import numpy as np
import shapely

from geo.generalise import exact_rows
from geo.layer import Atlas, Layer
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
UNCOUNTED = (*GROUPS["orientation"], "mined_density")


def counts_of(atlas: Atlas, view: View, symbols: Mapping[str, str], within: shapely.Geometry | None = None) -> list[Pair]:
    """Return a line for each symbol on a sheet, the gravest first.

    Parameters
    ----------
    atlas : Atlas
        As its tier may be shown.
    view : View
    symbols : mapping of str to str
        Key of each symbol on the sheet, and its layer.
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
    found: dict[str, Pair] = {}
    for name in dict.fromkeys(symbols.values()):
        if name not in UNCOUNTED:
            found |= _counted(atlas, atlas[name], view, frame)
    return [found[key] for key in SYMBOLS if key in found]


def _counted(atlas: Atlas, layer: Layer, view: View, frame: shapely.Geometry) -> dict[str, Pair]:
    """Return the lines of one layer by symbol key."""
    shapes = np.array(layer.frame.geometry.values, dtype=object)
    near = shapely.intersects(shapes, shapely.box(*footprint(view).bounds))
    turned = on_sheet(shapes[near], view)
    broken = ~shapely.is_valid(turned)
    turned[broken] = shapely.make_valid(turned[broken])
    inside = shapely.intersects(turned, frame)
    keys = symbol_keys(layer.name, layer.frame)[near][inside]
    coarse = np.full(len(layer.frame), CELLS in layer.frame)
    if atlas.tier == "public" and layer.name in GROUPS["hazards"]:
        coarse |= np.asarray(exact_rows(layer.frame, layer.name), dtype=bool)
    coarse, kept = coarse[near][inside], shapely.intersection(turned[inside], frame)
    found = {}
    for key in dict.fromkeys(keys):
        chosen = keys == key
        blanks = {"n": f"{int(chosen.sum()):,}"}
        size = _size_text(kept[chosen], view)
        words = COUNTED if size else POINTS
        if coarse[chosen].any():
            words = IN_CELLS
        elif layer.name in GROUPS["zones"]:
            words = OF_ZONES
        names = (SYMBOLS[key].en, SYMBOLS[key].ko)
        found[str(key)] = pair(*(word.format(name=name, size=size, **blanks) for word, name in zip(words, names, strict=True)))
    return found


def _size_text(shapes: Shapes, view: View) -> str:
    """Return area or length of shapes of the sheet; "" for points."""
    whole = shapely.union_all(shapes)
    ground = gpd.GeoSeries([whole], crs=view.crs).to_crs("EPSG:4326")
    km2, km = float(areas_m2(ground)[0]) / 1e6, 0.0
    if shapely.get_dimensions(whole) == 1:
        km = float(lengths_m(ground)[0]) / 1e3
    return f"{_rounded(km2)} km²" if km2 > 0 else f"{_rounded(km)} km" if km > 0 else ""


def _rounded(value: float) -> str:
    """Return a figure with a decimal, small ones with two digits that count.

    Examples
    --------
    >>> _rounded(1234.56), _rounded(0.01234)
    ('1,234.6', '0.012')
    """
    return f"{value:,.1f}" if value >= 1 else f"{value:.2g}"
