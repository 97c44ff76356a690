"""Three ready-made views for planners: which layers are on, which tab of the panel is open and where the map looks.

Assumption: a preset only switches what the page holds; it hides no warning and changes no figure. The overview is what the page
opens with. Where hazards were supplied, the survey view is theirs: what is simulated is no place to survey.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from geo.layer import Atlas
from geo.maps.symbols import GROUPS, START_HIDDEN
from geo.terms import RECORD_LAYERS

SURVEY = (
    "mcz",
    "dmz",
    *GROUPS["hazards"][:2],
    "flood_displacement",
    "hillslope_displacement",
    "rivers",
    "places",
    *RECORD_LAYERS,
)
EVIDENCE = (*GROUPS["zones"], *GROUPS["evidence"], "rivers", "places")


def presets(atlas: Atlas, start: tuple[float, float, float, float]) -> list[dict[str, Any]]:
    """Return the presets of a page in the order of their buttons.

    Parameters
    ----------
    atlas : Atlas
    start : tuple of float
        West, south, east, north [degrees] the page opens on.

    Returns
    -------
    list of dict
        ``key``, ``layers`` (names), ``tab`` and ``view`` as [[south, west], [north, east]].
    """
    overview = [name for name in atlas.layers if name not in START_HIDDEN]
    survey = [name for name in SURVEY if name in atlas.layers]
    evidence = [name for name in EVIDENCE if name in atlas.layers]
    return [
        {"key": "overview", "layers": overview, "tab": "layers", "view": _corners(start)},
        {"key": "survey", "layers": survey, "tab": "areas", "view": _corners(_supplied(atlas) or _reach(atlas, ("mcz",), start))},
        {
            "key": "evidence",
            "layers": evidence,
            "tab": "record",
            "view": _corners(_reach(atlas, GROUPS["evidence"], start)),
        },
    ]


def _supplied(atlas: Atlas) -> tuple[float, float, float, float] | None:
    """Return the bounds of the hazards that were supplied, wherever they lie; None where there are none."""
    frames = [atlas[name].frame for name in GROUPS["hazards"][:2] if name in atlas.layers]
    given = [frame[~frame["simulated"]].total_bounds for frame in frames if not frame["simulated"].all()]
    if not given:
        return None
    west, south = np.array(given)[:, :2].min(axis=0)
    east, north = np.array(given)[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)


def _reach(atlas: Atlas, names: tuple[str, ...], start: tuple[float, float, float, float]) -> tuple[float, float, float, float]:
    """Return the bounds of layers; where none of them holds anything, those the page opens on."""
    bounds = [atlas[name].frame.total_bounds for name in names if name in atlas.layers and len(atlas[name].frame)]
    if not bounds:
        return start
    inside = atlas.area.bounds  # a lone find far off does not make the front small; the map can be moved there
    west, south = np.maximum(np.array(bounds)[:, :2].min(axis=0), inside[:2])
    east, north = np.minimum(np.array(bounds)[:, 2:].max(axis=0), inside[2:])
    return float(west), float(south), float(east), float(north)


def _corners(bounds: tuple[float, float, float, float]) -> list[list[float]]:
    west, south, east, north = (round(value, 5) for value in bounds)
    return [[south, west], [north, east]]
