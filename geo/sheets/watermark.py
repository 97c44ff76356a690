"""Words over the whole map of a sheet: simulated, restricted, for training only.

Assumption: a mark that is pale enough to read the map through, and repeated, survives copying and cutting. Limit: it
lies over the map alone; the margin's head tells the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from geo.maps.symbols import INK
from geo.sheets.lettering import width_mm
from geo.sheets.view import View

COLOURS: Mapping[str, str] = {"tier_restricted": "#B3001B", "synthetic": "#B3001B", "simulated": INK}
OPACITY: Mapping[str, float] = {"tier_restricted": 0.16, "synthetic": 0.16, "simulated": 0.19}
SLOPE_DEG = 30.0
SHARE = 0.5  # of the frame's width that one mark takes
MARK_Z = 7.0


def draw_watermark(axes: Any, view: View, marks: Sequence[tuple[str, str]]) -> None:
    """Write marks slantwise over the map.

    Parameters
    ----------
    axes : matplotlib Axes
        Of the map.
    view : View
    marks : sequence of (key, text)
        Keys of `COLOURS`, the gravest first; texts in both languages.
    """
    if not marks:
        return
    width, height = view.frame_mm[2:]
    rows = np.linspace(0.8, 0.2, 3)
    for place, share in enumerate(rows):
        key, text = marks[place % len(marks)]
        long_mm = max(width_mm(text, 10.0, "bold"), 1e-9)
        high_mm = long_mm * float(np.sin(np.radians(SLOPE_DEG)))
        size_pt = 10.0 * min(SHARE * width / long_mm, 0.9 * height / len(rows) / high_mm)
        look = {"size": size_pt, "color": COLOURS.get(key, INK), "alpha": OPACITY.get(key, 0.1), "weight": "bold"}
        look |= {"rotation": SLOPE_DEG, "ha": "center", "va": "center", "zorder": MARK_Z, "clip_on": True, "parse_math": False}
        axes.text((0.3, 0.7)[place % 2], share, text, transform=axes.transAxes, **look)
