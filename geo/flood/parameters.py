"""What the flood-displacement model takes for granted: every number with its unit, its origin and its prior.

A default is ``published`` (printed in the cited source), ``derived`` (computed from stated inputs) or ``assumed``
(nobody has measured it). An absolute count of displaced mines is conditional on the assumed ones, so each can be
replaced by name, and a replaced value says that it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any, Generic, TypeVar

from geo.errors import ConfigError, nearest

T = TypeVar("T")

KERNELS = ("hard", "exp", "gauss")
CLASS_KEYS = ("B", "N", "H", "D")
POSITIVE = 1e-12


@dataclass(frozen=True, slots=True)
class Parameter(Generic[T]):
    """One value of the model: number, unit, tag (``published``, ``derived``, ``assumed``), source, prior and bounds."""

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
        (13.3, "tagged wood, Schenk et al. 2014; its use for boxes is assumed", "ln-sd 0.7"),
    ),
    _item(
        "N",
        "near_neutral",
        "M14",
        (1.05, "U(0.95, 1.15)", "0.95-1.14 derived from published sizes and mass"),
        (0.056, "NewDaily 28 Jul 2011; Asia Economy 13 Aug 2020"),
        0.05,
        (8.0, "", "ln-sd 0.8"),
    ),
    _item(
        "H",
        "heavy",
        "M15",
        (1.25, "U(1.2, 1.3)", "1.25 derived from published size and mass"),
        (0.333, "Hankyung 6 Aug 1999"),
        0.15,
        (2.0, "", "ln-sd 1.0"),
    ),
    _item(
        "D",
        "dense",
        "M16",
        (3.3, "U(3.0, 3.6)", "3.51 derived from published size and mass"),
        (0.103, "Ajunews 17 Sep 2020"),
        0.15,
        (1.0, "", "ln-sd 1.0"),
    ),
)


@dataclass(frozen=True, slots=True)
class FloodParameters:
    """The parameters of the rivers-only level, each a `Parameter`.

    Examples
    --------
    >>> FloodParameters().p_ref.value, FloodParameters().p_ref.tag
    (0.5, 'assumed')
    >>> FloodParameters().override({"psi": 0.1}).values()["psi"]
    0.1
    """

    # network
    width_coefficient: Parameter[float] = Parameter(
        7.2, "m (s/m3)^0.5", "published", "Andreadis, Schumann, Pavelsky 2013", "", POSITIVE
    )
    q2_m3s_km2: Parameter[float] = Parameter(1.0, "m3/s/km2", "assumed", "2-year flow per area", "ln-sd 0.5", POSITIVE)
    slope_floor: Parameter[float] = Parameter(1e-4, "1", "assumed", "", "", POSITIVE)
    eta_b: Parameter[float] = Parameter(0.90, "1", "assumed", "trap efficiency of a dam or weir", "Beta(18, 2)", 0, 1)
    eta_other: Parameter[float] = Parameter(0.95, "1", "assumed", "the same, other classes", "Beta(19, 1)", 0, 1)
    reach_max_km: Parameter[float] = Parameter(5.0, "km", "assumed", "longest reach", "", 0.1)
    snap_m: Parameter[float] = Parameter(300.0, "m", "assumed", "a line end this near to a river joins it", "", 0)
    hack_c: Parameter[float] = Parameter(
        1.273,
        "km^-0.2",
        "derived",
        "L = 1.4 A^0.6 in miles, Hack 1957, in km; only where no area is given",
        "",
        POSITIVE,
    )
    # corridor
    b0_m: Parameter[tuple[float, ...]] = Parameter(
        (50.0, 150.0, 300.0, 700.0, 1500.0),
        "m",
        "assumed",
        "100-year margin by drainage area below 10, 100, 1e3, 1e4 km2 and above",
        "",
        0,
    )
    b0_scale: Parameter[float] = Parameter(1.0, "1", "assumed", "", "logN(., 0.5)", POSITIVE)
    cv_gumbel: Parameter[float] = Parameter(0.6, "1", "assumed", "variation of annual floods", "U(0.4, 0.8)", POSITIVE)
    f_stage: Parameter[float] = Parameter(0.40, "1", "published", "Leopold, Maddock 1953", "N(., 0.05)", POSITIVE)
    exposure_kernel: Parameter[str] = Parameter("hard", "", "assumed", "which land of a corridor is wet")
    spread_kernel: Parameter[str] = Parameter("exp", "", "assumed", "how a deposit thins away from the river")
    kernel_scale: Parameter[float] = Parameter(0.5, "1", "assumed", "kernel length over half-width", "", POSITIVE)
    thin_m: Parameter[float] = Parameter(1.0, "m", "assumed", "largest shift of a corridor's outline by thinning", "", 0)
    # mobilisation
    psi: Parameter[float] = Parameter(
        1.0, "1", "assumed", "level multiplier; 1 = not calibrated, so results are an index", "", POSITIVE, 1
    )
    p_ref: Parameter[float] = Parameter(0.5, "1", "assumed", "share of wetted items that moves", "Beta(4, 4)", 0, 1)
    # routing
    lambda_ref_km: Parameter[tuple[float, ...]] = Parameter(
        tuple(item.lambda_ref_km.value for item in ITEM_CLASSES),
        "km",
        "assumed",
        "travel scale of B, N, H, D in a river of width w_ref_m; see ITEM_CLASSES",
        "ln-sd 0.7, 0.8, 1.0, 1.0",
        POSITIVE,
    )
    gamma_w: Parameter[float] = Parameter(1.4, "1", "derived", "mixing length ~ W^2/h, h ~ W^0.6", "N(., 0.3)")
    w_ref_m: Parameter[float] = Parameter(100.0, "m", "assumed", "", "", POSITIVE)
    lambda_min_km: Parameter[float] = Parameter(0.2, "km", "assumed", "", "", POSITIVE)
    lambda_max_km: Parameter[float] = Parameter(
        100.0, "km", "derived", "radio tags moved at most 101.1 km/yr, Schenk et al. 2014", "", POSITIVE
    )
    p_sea: Parameter[float] = Parameter(0.3, "1", "assumed", "share of an estuary's inflow lost to sea", "Beta(3, 7)", 0, 1)
    ell_e_km: Parameter[float] = Parameter(12.0, "km", "assumed", "decay along the estuary", "logN(., 0.5)", POSITIVE)
    k_nb: Parameter[float] = Parameter(
        0.5, "1", "assumed", "clustering; pieces jam, Bocchiola, Rulli, Rosso 2008", "logN(., 0.7)", POSITIVE
    )
    # sources and reading
    mix_south: Parameter[tuple[float, ...]] = Parameter(
        (0.05, 0.60, 0.05, 0.30), "1", "assumed", "classes B, N, H, D of fields in the south", "Dirichlet(10 mix)", 0, 1
    )
    mix_north: Parameter[tuple[float, ...]] = Parameter(
        (0.80, 0.15, 0.05, 0.0), "1", "assumed", "classes B, N, H, D of fields in the north", "Dirichlet(10 mix)", 0, 1
    )
    unit_density_km2: Parameter[float] = Parameter(
        1.0, "1/km2", "assumed", "items per km2 of source land where the true density is unknown", "", POSITIVE
    )
    class_shares: Parameter[tuple[float, ...]] = Parameter(
        (0.5, 0.9), "1", "assumed", "shares of the deposit that the bands of class high, high and middle hold", "", 0, 1
    )

    def override(self, overrides: Mapping[str, Any] | None = None) -> FloodParameters:
        """Return a copy with the named values replaced and tagged ``assumed``, set by the caller.

        Raises
        ------
        ConfigError
            For unknown names (the nearest known one is offered) and for values of the wrong kind or out of bounds; all
            faults are reported at once.
        """
        known = {field.name for field in fields(self)}
        faults: list[str] = []
        changes: dict[str, Parameter[Any]] = {}
        for name, value in (overrides or {}).items():
            if name not in known:
                faults.append(f"{name} is unknown ({nearest(name, known)})")
                continue
            old: Parameter[Any] = getattr(self, name)
            fresh = tuple(value) if isinstance(value, list) else value
            fault = _fault(name, old, fresh)
            if fault:
                faults.append(fault)
            elif fresh != old.value:
                origin = f"set by the caller instead of {old.value!r} ({old.tag})"
                changes[name] = replace(old, value=fresh, tag="assumed", source=origin, prior="")
        if faults:
            raise ConfigError(
                "flood parameters",
                where="[flood]",
                expected="known names with values in bounds",
                found="; ".join(faults),
                mend="correct the names or values",
            )
        return replace(self, **changes)

    def values(self, overrides: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return the plain values by name, after ``overrides`` (see `override`); tuples become lists (JSON-able)."""
        chosen = self.override(overrides)
        plain = {field.name: getattr(chosen, field.name).value for field in fields(chosen)}
        return {name: list(value) if isinstance(value, tuple) else value for name, value in plain.items()}

    def table(self) -> list[dict[str, str]]:
        """Return one row per parameter: name, value, unit, tag, source and prior, as text."""
        rows = []
        for field in fields(self):
            held: Parameter[Any] = getattr(self, field.name)
            rows.append(
                {
                    "name": field.name,
                    "value": f"{held.value}",
                    "unit": held.unit,
                    "tag": held.tag,
                    "source": held.source,
                    "prior": held.prior,
                }
            )
        return rows


def _fault(name: str, old: Parameter[Any], value: object) -> str:
    """Say what is wrong with a replacement, or nothing."""
    if isinstance(old.value, str):
        return "" if value in KERNELS else f"{name} must be one of {', '.join(KERNELS)}, not {value!r}"
    if isinstance(old.value, tuple):
        if not isinstance(value, tuple) or len(value) != len(old.value):
            return f"{name} needs {len(old.value)} numbers, not {value!r}"
        parts = value
    else:
        parts = (value,)
    if not all(isinstance(part, (int, float)) and not isinstance(part, bool) and math.isfinite(part) for part in parts):
        return f"{name} must be a finite number, not {value!r}"
    if not all(old.low <= part <= old.high for part in parts):
        return f"{name} must lie in [{old.low:g}, {old.high:g}], not {value!r}"
    if name.startswith("mix_") and abs(sum(parts) - 1) > 1e-9:
        return f"{name} must add up to 1, not {sum(parts):g}"
    if name == "class_shares" and sorted(parts) != list(parts):
        return f"{name} must not fall, found {value!r}"
    return ""


@dataclass(frozen=True, slots=True)
class FloodScenario:
    """The flood to model, by its return period in years (above 1).

    Examples
    --------
    >>> FloodScenario().return_period_yr
    100.0
    """

    return_period_yr: float = 100.0

    def __post_init__(self) -> None:
        period = self.return_period_yr
        real = isinstance(period, (int, float)) and not isinstance(period, bool) and math.isfinite(period)
        if not real or period <= 1:
            raise ConfigError(
                "flood scenario",
                where="return_period_yr",
                expected="a number of years above 1",
                found=f"{period!r}",
                mend="give, for example, 100",
            )
