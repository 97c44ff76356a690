"""Degrees and minutes along the edges of a sheet, and crosses where they meet on its map.

Assumption: WGS 84, the datum of the sheet. Limit: whole minutes; on a sheet that shows less than a minute there is no tick.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.maps.symbols import INK
from geo.sheets.lettering import MM_PER_PT, write_at
from geo.sheets.view import View, to_lonlat

TICKS_MIN = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600)  # minutes of arc
LEAST_TICK_MM, MOST_TICKS = 22.0, 12
N_ALONG = 260  # points of an edge
GEO_PT = 5.5
BAND_MM = {"bottom": 3.6, "top": 3.6, "left": 7.8, "right": 7.8}  # from the frame to the outer line: figures of the grid
SIDES = ("bottom", "top", "left", "right")
Floats = NDArray[np.float64]


def tick_step_min(view: View) -> int:
    """Return the distance of the ticks of the graticule [minutes], so that neighbours stand 2 cm apart on paper, or farther."""
    west, south, east, north = view.bounds_m
    _, (lat, lat_1) = to_lonlat(view.crs).transform([(west + east) / 2] * 2, [(south + north) / 2, (south + north) / 2 + 1.0])
    m_per_minute = 1 / ((lat_1 - lat) * 60)
    mm = m_per_minute * np.cos(np.radians(lat)) / view.scale * 1000
    wide = [step for step in TICKS_MIN if step * mm >= max(LEAST_TICK_MM, view.frame_mm[2] / MOST_TICKS)]
    return wide[0] if wide else TICKS_MIN[-1]


def graticule_ticks(view: View, tick_min: int) -> dict[str, tuple[Floats, Floats]]:
    """Return where whole minutes meet each side: the place along it in the sheet's CRS, and the degrees; shape (n,) each."""
    west, south, east, north = view.bounds_m
    step = tick_min / 60
    found = {}
    for side in SIDES:
        level = side in ("bottom", "top")
        along = np.linspace(west, east, N_ALONG) if level else np.linspace(south, north, N_ALONG)
        edge = np.full(len(along), {"bottom": south, "top": north, "left": west, "right": east}[side])
        lon, lat = to_lonlat(view.crs).transform(*((along, edge) if level else (edge, along)))
        degrees = lon if level else lat
        whole = np.arange(np.ceil(degrees[0] / step - 1e-9), np.floor(degrees[-1] / step + 1e-9) + 1) * step
        found[side] = np.interp(whole, degrees, along), whole
    return found


def degrees_text(degrees: float, kind: str) -> str:
    """Return whole minutes of longitude (``lon``) or latitude (``lat``) as text.

    Examples
    --------
    >>> degrees_text(127.0833333333, "lon"), degrees_text(-0.5, "lat")
    ('127°05′E', '0°30′S')
    """
    minutes = round(abs(degrees) * 60)
    letters: Mapping[str, str] = {"lon": "EW", "lat": "NS"}
    return f"{minutes // 60}°{minutes % 60:02d}′{letters[kind][int(degrees < 0)]}"


def draw_graticule(axes: Any, view: View, tick_min: int) -> None:
    """Draw the outer line, the ticks of degrees and minutes on it with their text, and crosses where they meet on the map."""
    west, south, east, north = view.bounds_m
    left, right = west - view.m(BAND_MM["left"]), east + view.m(BAND_MM["right"])
    bottom, top = south - view.m(BAND_MM["bottom"]), north + view.m(BAND_MM["top"])
    plain = {"color": INK, "clip_on": False, "scalex": False, "scaley": False, "zorder": 8}
    axes.plot([left, right, right, left, left], [bottom, bottom, top, top, bottom], lw=0.4, **plain)
    size_pt = GEO_PT * view.growth
    tick, text = view.m(1.0), view.m(1.3 + size_pt * MM_PER_PT / 2)
    for side, (places, degrees) in graticule_ticks(view, tick_min).items():
        level, outward = side in ("bottom", "top"), -1 if side in ("bottom", "left") else 1
        edge = {"bottom": bottom, "top": top, "left": left, "right": right}[side]
        for at, one in zip(places, degrees, strict=True):
            ends = ([at, at], [edge, edge + outward * tick]) if level else ([edge, edge + outward * tick], [at, at])
            axes.plot(*ends, lw=0.6, **plain)
            x, y = (at, edge + outward * text) if level else (edge + outward * text, at)
            said = degrees_text(float(one), "lon" if level else "lat")
            write_at(axes, x, y, said, size=size_pt, ha="center", va="center", rotation=0 if level else 90, color=INK)
    _draw_crosses(axes, view, tick_min)


def _draw_crosses(axes: Any, view: View, tick_min: int) -> None:
    """Draw a small cross where whole minutes of longitude and latitude meet."""
    ticks = graticule_ticks(view, tick_min)
    lons, lats = (
        np.unique(np.concatenate([ticks[a][1], ticks[b][1]]).round(9)) for a, b in (("bottom", "top"), ("left", "right"))
    )
    if len(lons) and len(lats):
        lon, lat = (grid.ravel() for grid in np.meshgrid(lons, lats))
        x, y = to_lonlat(view.crs).transform(lon, lat, direction="INVERSE")
        axes.plot(x, y, ls="", marker="+", ms=6, mew=0.6, color=INK, zorder=7, scalex=False, scaley=False)
