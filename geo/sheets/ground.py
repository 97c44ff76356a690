"""What lies below the layers of a sheet: sea, land with the dots of what nobody assessed, coast, borders, and the relief.

Assumption: land is what the study area's control lines enclose, good to 0.5-1 km, drawn without a sharp coast. Limit: outside the
area's bounds nothing is known of land or sea; that part of a sheet is plain grey, and the legend says so.
"""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import shapely

from geo.land import land_lonlat
from geo.layer import Atlas
from geo.maps.symbols import INK, SYMBOLS, WHITE, Symbol
from geo.sheets.blocks import PX_PT, dash_of
from geo.sheets.paths import Shapes, draw_path, drawn_shapes, path_of
from geo.sheets.view import View, footprint, on_sheet

SEA = Symbol("sea", "Sea", "바다", colour="#E4EBF1", opacity=1.0, outline="#8FA3B5", width_px=0.7)
COAST = Symbol("coast", "Coast", "해안선", kind="line", colour="#8FA3B5", width_px=0.7)
BORDER = Symbol("border", "Provincial border", "도 경계", kind="line", colour="#A39A8C", width_px=1.0, dash_px=(8, 3, 1.5, 3))
BEYOND = Symbol(
    "beyond",
    "Outside the study area: nothing is known",
    "대상 지역 밖: 알려진 자료 없음",
    colour="#C9C9C9",
    opacity=1.0,
    outline="#A8A8A8",
)
DISTRICT = Symbol(
    "district",
    "Outline of the district that is counted",
    "수량을 센 행정구역의 경계",
    colour="#FFFFFF",
    opacity=0.0,
    outline=INK,
)
RELIEF_SHARE = 0.55  # of the page's strength: on paper the relief cannot be turned off, and marks lie over it
DISTRICT_Z = 4.5  # above the layers, below grid and names
STEPS_DEG = 0.05  # a long edge of the bounds bends on the sheet
GROUND_LINES = {("coast", "island"): COAST, ("border",): BORDER}  # kinds of the area's control lines
LEAST_SEA = 1e-4  # of the frame


def draw_ground(axes: Any, atlas: Atlas, view: View) -> bool:
    """Draw sea, land, coast and borders of the study area, and its relief where the atlas has one.

    Parameters
    ----------
    axes : matplotlib Axes
        Of the map.
    atlas : Atlas
    view : View

    Returns
    -------
    bool
        Whether the sheet reaches beyond the area's bounds.
    """
    symbol = SYMBOLS["no_data"]
    known = shapely.segmentize(shapely.box(*atlas.area.bounds), STEPS_DEG)
    axes.set_facecolor(BEYOND.colour)
    _fill(axes, known, view, fc=SEA.colour, zorder=0.1)
    land = land_lonlat(atlas.area)
    _fill(axes, land, view, fc=symbol.colour, zorder=0.2)
    _draw_relief(axes, atlas, view)
    _fill(axes, land, view, fc="none", ec=symbol.hatch_colour, lw=0, hatch="..", zorder=0.4)
    for kinds, line in GROUND_LINES.items():
        shapes, _ = drawn_shapes(_lines(atlas, kinds), view)
        draw_path(axes, path_of(shapes), fc="none", ec=line.colour, lw=line.width_px * PX_PT, ls=dash_of(line), zorder=0.5)
    return not bool(shapely.covers(on_sheet(np.array([known], dtype=object), view)[0], shapely.box(*view.bounds_m)))


def ground_seen(atlas: Atlas, view: View) -> tuple[Symbol, ...]:
    """Return what of coast, provincial borders and sea lies within the frame of a sheet."""
    frame = footprint(view)
    found = [line for kinds, line in GROUND_LINES.items() if shapely.intersects(_lines(atlas, kinds), frame).any()]
    known = shapely.intersection(frame, shapely.box(*atlas.area.bounds))
    wet = shapely.difference(known, land_lonlat(atlas.area))
    return (*found, *([SEA] if wet.area > LEAST_SEA * frame.area else []))


def _lines(atlas: Atlas, kinds: tuple[str, ...]) -> Shapes:
    """Return the area's control lines of some kinds; longitude and latitude."""
    lines = atlas.area.lines
    return np.array(lines.geometry[lines.kind.isin(kinds)].values, dtype=object)


def draw_district(axes: Any, shape: shapely.Geometry, view: View) -> None:
    """Draw the outline of a district over everything but names: of its part in the frame the sheet tells numbers."""
    shapes, _ = drawn_shapes(np.array([shape], dtype=object), view)
    for colour, width_pt in ((WHITE, 2.6), (DISTRICT.outline, 1.1)):
        draw_path(axes, path_of(shapes), fc="none", ec=colour, lw=width_pt, zorder=DISTRICT_Z)


def _fill(axes: Any, shape: shapely.Geometry, view: View, **look: Any) -> None:
    shapes, _ = drawn_shapes(np.array([shape], dtype=object), view)
    draw_path(axes, path_of(shapes), **({"lw": 0} | look))


def _draw_relief(axes: Any, atlas: Atlas, view: View) -> None:
    """Draw the shaded relief that a build with a terrain model has; it comes in Web Mercator and is turned cell by cell."""
    picture = atlas.relief
    if picture is None:
        return
    from matplotlib.image import imread

    grid = imread(io.BytesIO(picture.png))
    west, south, east, north = picture.bounds
    left, bottom, right, top = view.bounds_m
    n_rows, n_columns = (int(np.clip(side * 4, 50, 2400)) for side in (view.frame_mm[3], view.frame_mm[2]))
    x, y = np.meshgrid(np.linspace(left, right, n_columns), np.linspace(top, bottom, n_rows))
    lon, lat = _lonlat(x.ravel(), y.ravel(), view)
    column = (lon - west) / (east - west) * grid.shape[1]
    up = _mercator(lat) - _mercator(np.array([south]))
    row = (1 - up / (_mercator(np.array([north])) - _mercator(np.array([south])))) * grid.shape[0]
    inside = (column >= 0) & (column < grid.shape[1]) & (row >= 0) & (row < grid.shape[0])
    shade = np.zeros((x.size, 4), dtype=np.float32)
    shade[inside] = grid[row[inside].astype(int), column[inside].astype(int)]
    shade[:, 3] *= RELIEF_SHARE
    image = shade.reshape(*x.shape, 4)
    axes.imshow(image, extent=(left, right, bottom, top), origin="upper", interpolation="none", aspect="auto", zorder=0.3)


def _lonlat(x: Any, y: Any, view: View) -> Any:
    import pyproj

    return pyproj.Transformer.from_crs(view.crs, "EPSG:4326", always_xy=True).transform(x, y)


def _mercator(lat_deg: Any) -> Any:
    return np.arcsinh(np.tan(np.radians(lat_deg)))
