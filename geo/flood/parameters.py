"""What the flood-displacement model takes for granted: every number with its unit, its origin and its prior.

An absolute count of displaced mines is conditional on the assumed ones, so each can be replaced by name, and a replaced
value says that it was.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from geo.errors import ConfigError, nearest
from geo.flood.items import ITEM_CLASSES, POSITIVE, Parameter

Draw = Mapping[str, NDArray[np.float64]]  # every numeric parameter by name: (M,), or (k, M) where it holds k values

KERNELS = ("hard", "exp", "gauss")
CHOICES = {
    "exposure_kernel": KERNELS,
    "spread_kernel": KERNELS,
    "rating": ("growth", "synthetic"),
    "p_model": ("depth", "constant"),
}


@dataclass(frozen=True, slots=True)
class FloodParameters:
    """The parameters of the model, each a `Parameter`.

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
    q2_m3s_km2: Parameter[float] = Parameter(
        1.0, "m3/s/km2", "assumed", "2-year flow per area; fixed with the network", "", POSITIVE
    )
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
    # terrain and stage
    burn_m: Parameter[float] = Parameter(20.0, "m", "assumed", "how deep mapped rivers are cut, for directions only", "", 0)
    drain_km2: Parameter[float] = Parameter(1.0, "km2", "assumed", "smallest area that makes a drainage channel", "", POSITIVE)
    level_paths: Parameter[int] = Parameter(2, "1", "assumed", "receiving rivers looked at for backwater", "", 0, 8)
    a100: Parameter[float] = Parameter(
        0.6309573444801931,
        "m",
        "derived",
        "0.01 m at 1 m2, Nardi et al. 2019, per km2; read as the 100-year stage (assumed)",
        "logN(., 0.35)",
        POSITIVE,
    )
    a_exp: Parameter[float] = Parameter(0.30, "1", "published", "Nardi et al. 2019", "N(., 0.05)", POSITIVE)
    sigma_z_m: Parameter[float] = Parameter(
        2.5, "m", "assumed", "height error; between 3.61 in forest and 1.40 in towns, after Hawker et al. 2022", "", 0
    )
    rating: Parameter[str] = Parameter("growth", "", "assumed", "stage by its growth with T, or by a synthetic rating")
    n_flood: Parameter[float] = Parameter(0.06, "s/m^(1/3)", "assumed", "roughness of a flood plain", "logN(., 0.3)", POSITIVE)
    gauge_reach_km: Parameter[float] = Parameter(30.0, "km", "assumed", "how far along its river a gauge speaks", "", POSITIVE)
    beyond_half_widths: Parameter[float] = Parameter(
        3.0, "1", "assumed", "half-widths from a river within which a supplied flood is taken to be that river's", "", 1
    )
    # mobilisation
    psi: Parameter[float] = Parameter(
        1.0, "1", "assumed", "level multiplier; 1 = not calibrated, so results are an index", "", POSITIVE, 1
    )
    p_ref: Parameter[float] = Parameter(0.5, "1", "assumed", "share of wetted items that moves", "Beta(4, 4)", 0, 1)
    p_model: Parameter[str] = Parameter(
        "depth", "", "assumed", "depth: scour and drag where depth is known; constant: psi p_ref everywhere"
    )
    tau_c_pa: Parameter[float] = Parameter(
        15.0, "Pa", "assumed", "critical stress; methods differ widely, Clark, Wynn 2006", "logN(., 0.8)", POSITIVE
    )
    t_f_s: Parameter[float] = Parameter(43200.0, "s", "assumed", "how long a flood scours", "logN(., 0.5)", POSITIVE)
    k_d: Parameter[float] = Parameter(0.2e-6, "m3/(N s) Pa^0.5", "published", "Hanson, Simon 2001", "", POSITIVE)
    k_bed_m: Parameter[float] = Parameter(0.03, "m", "assumed", "roughness height of the bed", "logU(0.005, 0.06)", POSITIVE)
    item_density: Parameter[tuple[float, ...]] = Parameter(
        tuple(item.density.value for item in ITEM_CLASSES),
        "1",
        "assumed",
        "density over water of B, N, H, D; see ITEM_CLASSES",
        "; ".join(item.density.prior for item in ITEM_CLASSES),
        POSITIVE,
    )
    item_height_m: Parameter[tuple[float, ...]] = Parameter(
        tuple(item.height_m.value for item in ITEM_CLASSES),
        "m",
        "published",
        "size that meets the flow; see ITEM_CLASSES",
        "",
        POSITIVE,
    )
    burial_max_m: Parameter[tuple[float, ...]] = Parameter(
        tuple(item.burial_m.value for item in ITEM_CLASSES), "m", "assumed", "items lie between 0 and this deep", "", POSITIVE
    )
    entrain_sd: Parameter[float] = Parameter(0.35, "1", "assumed", "ln-sd of the velocity that moves an item", "", POSITIVE)
    # hillslope
    slide_slope_deg: Parameter[float] = Parameter(15.0, "degrees", "assumed", "slopes above this slide", "", 0, 90)
    p_slide: Parameter[float] = Parameter(3e-4, "1/yr", "assumed", "share of items lost to slides", "logN(., 1)", POSITIVE)
    p_slide_base: Parameter[float] = Parameter(
        1.0e-3,
        "1/yr",
        "derived",
        "the same at hill-top bases: NewDaily 28 Jul 2011; Kyeonggi Ilbo 6 Dec 2010",
        "logN(., 1)",
        POSITIVE,
    )
    lambda_h_m: Parameter[float] = Parameter(200.0, "m", "assumed", "travel scale on a slope", "logN(., 0.7)", POSITIVE)
    # routing
    lambda_ref_km: Parameter[tuple[float, ...]] = Parameter(
        tuple(item.lambda_ref_km.value for item in ITEM_CLASSES),
        "km",
        "assumed",
        "travel scale of B, N, H, D in a river of width w_ref_m; see ITEM_CLASSES",
        "logN(., 0.7, 0.8, 1.0, 1.0)",
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
        0.5, "1", "assumed", "clustering, for p_any alone; pieces jam, Bocchiola et al. 2008", "logN(., 0.7)", POSITIVE
    )
    y0_m: Parameter[tuple[float, ...]] = Parameter(
        (0.5, 1.0), "m", "assumed", "depth where most of B, N settles, after Braudrick, Grant 2001", "logN(., 0.5)", POSITIVE
    )
    # sources and reading
    lambda_nat: Parameter[float] = Parameter(
        5.8e-4, "1/yr", "derived", "national loss per mine-year, from press totals 1996-2010", "logN(., 0.65)", POSITIVE
    )
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
    class_agreement: Parameter[float] = Parameter(
        2 / 3, "1", "assumed", "share of the members that must agree on the class of a zone", "", 0, 1
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

    def central(self) -> Draw:
        """Return every numeric parameter as one member: (1,), or (k, 1) where it holds k values."""
        held = {field.name: getattr(self, field.name).value for field in fields(self)}
        return {name: np.asarray(value, dtype=float)[..., None] for name, value in held.items() if not isinstance(value, str)}

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
        return "" if value in CHOICES[name] else f"{name} must be one of {', '.join(CHOICES[name])}, not {value!r}"
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
    if isinstance(old.value, int) and not isinstance(value, int):
        return f"{name} must be a whole number, not {value!r}"
    if name.startswith("mix_") and abs(sum(parts) - 1) > 1e-9:
        return f"{name} must add up to 1, not {sum(parts):g}"
    if name == "class_shares" and sorted(parts) != list(parts):
        return f"{name} must not fall, found {value!r}"
    return ""
