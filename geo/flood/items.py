"""The transport classes of displaced items, and what one parameter of the flood model is.

A default is ``published`` (printed in the cited source), ``derived`` (computed from stated inputs) or ``assumed``
(nobody has measured it). Density decides mobility, not weight.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Generic, TypeVar

T = TypeVar("T")

CLASS_KEYS = ("B", "N", "H", "D")
POSITIVE = 1e-12


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """One value of the model: number, unit, tag (``published``, ``derived``, ``assumed``), source, prior and bounds.

    The prior is text: ``U(a, b)``, ``logU(a, b)``, ``N(., sd)``, ``logN(., sd)``, ``Beta(a, b)`` or ``Dirichlet(n mix)``, where
    "." is the value itself; several values take one scale each, or one prior each, parted by ";". Without a prior the
    value is not drawn (`geo.flood.priors`).
    """

    value: T
    unit: str
    tag: str
    source: str = ""
    prior: str = ""
    low: float = -math.inf
    high: float = math.inf


@dataclass(frozen=True, slots=True)
class ItemClass:
    """A transport class of displaced items; density decides mobility, not weight.

    ``density`` is the density over that of water, ``height_m`` the smallest dimension that meets the flow,
    ``burial_m`` the upper end of the burial depth and ``lambda_ref_km`` the travel scale in a 100 m wide river.
    """

    key: str
    name: str
    example: str
    density: Parameter[float]
    height_m: Parameter[float]
    burial_m: Parameter[float]
    lambda_ref_km: Parameter[float]


def _item(
    key: str,
    name: str,
    example: str,
    s: tuple[float, str, str],
    height: tuple[float, str],
    burial: float,
    scale: tuple[float, str, str],
) -> ItemClass:
    return ItemClass(
        key,
        name,
        example,
        Parameter(s[0], "1", "assumed", s[2], s[1], POSITIVE),
        Parameter(height[0], "m", "published", height[1], "", POSITIVE),
        Parameter(burial, "m", "assumed", "", f"U(0, {burial:g})", POSITIVE),
        Parameter(scale[0], "km", "assumed", scale[1], scale[2], POSITIVE),
    )


ITEM_CLASSES: tuple[ItemClass, ...] = (
    _item(
        "B",
        "buoyant",
        "wooden box mine",
        (0.60, "U(0.5, 1.0)", "0.47-0.80 derived from published sizes and mass"),
        (0.04, "Ajunews 17 Sep 2020; Hankyung 10 Aug 2015"),
        0.05,
        (13.3, "tagged wood, Schenk et al. 2014; its use for boxes is assumed", "logN(., 0.7)"),
    ),
    _item(
        "N",
        "near_neutral",
        "M14",
        (1.05, "U(0.95, 1.15)", "0.95-1.14 derived from published sizes and mass"),
        (0.056, "NewDaily 28 Jul 2011; Asia Economy 13 Aug 2020"),
        0.05,
        (8.0, "", "logN(., 0.8)"),
    ),
    _item(
        "H",
        "heavy",
        "M15",
        (1.25, "U(1.2, 1.3)", "1.25 derived from published size and mass"),
        (0.333, "Hankyung 6 Aug 1999"),
        0.15,
        (2.0, "", "logN(., 1.0)"),
    ),
    _item(
        "D",
        "dense",
        "M16",
        (3.3, "U(3.0, 3.6)", "3.51 derived from published size and mass"),
        (0.103, "Ajunews 17 Sep 2020"),
        0.15,
        (1.0, "", "logN(., 1.0)"),
    ),
)
