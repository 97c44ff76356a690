"""What flowing water does to an item in the ground: it scours the cover away, then drags the item or floats it.

Assumption: a flood is uniform flow over the channel's slope, scour depth is exponential about its mean, items lie evenly down
to a largest depth, and an item moves once it is bared and dragged or floats. Its limit: the drag law is that of cylinders on
a sea bed, the scour law that of bare cohesive soil, whose critical stress is known to orders of magnitude only; vegetation
is not in it. Functions take depths (..., M) and slopes (...), and give probabilities (..., classes, M).
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from geo.flood.parameters import Draw

Floats = NDArray[np.float64]

WATER_KG_M3 = 1000.0
GRAVITY_M_S2 = 9.81
TINY = 1e-300  # keeps logarithms and quotients finite at 0


def shear_stress_pa(depth_m: Floats, slope: Floats) -> Floats:
    """Return the bed shear stress [Pa] (..., M) of uniform flow: ``rho g y S``.

    Examples
    --------
    >>> float(shear_stress_pa(np.array([[2.0]]), np.array([0.002]))[0, 0])
    39.24
    """
    return np.asarray(WATER_KG_M3 * GRAVITY_M_S2 * depth_m * np.asarray(slope)[..., None])


def velocity_ms(depth_m: Floats, slope: Floats, draw: Draw) -> Floats:
    """Return the velocity [m/s] (..., M) on a flood plain after Manning: ``y^(2/3) S^(1/2) / n``."""
    return np.asarray(np.cbrt(depth_m) ** 2 * np.sqrt(np.asarray(slope)[..., None]) / draw["n_flood"])


def scour_m(depth_m: Floats, slope: Floats, draw: Draw) -> Floats:
    """Return the mean scour [m] (..., M) of one flood, with the erodibility of Hanson and Simon (2001).

    Parameters
    ----------
    depth_m : (..., M) float
    slope : (...) float
    draw : mapping
        ``tau_c_pa``, ``t_f_s`` and ``k_d`` are used.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> draw = FloodParameters().override({"tau_c_pa": 10.0}).central()
    >>> round(float(scour_m(np.array([[2.0]]), np.array([0.002]), draw)[0, 0]), 6)
    0.07989
    """
    excess = np.maximum(shear_stress_pa(depth_m, slope) - draw["tau_c_pa"], 0.0)
    return np.asarray(draw["k_d"] / np.sqrt(draw["tau_c_pa"]) * draw["t_f_s"] * excess)


def p_exhumed(depth_m: Floats, slope: Floats, draw: Draw) -> Floats:
    """Return the probability (..., 4, M) that scour bares an item: ``(e / d) (1 - exp(-d / e))``, d its largest depth."""
    share = scour_m(depth_m, slope, draw)[..., None, :] / draw["burial_max_m"]
    return np.asarray(-share * np.expm1(-1 / np.maximum(share, TINY)))


def critical_velocity_ms(draw: Draw) -> Floats:
    """Return the velocity [m/s] (4, M) that moves half of the items of a class; 0 where they float.

    Examples
    --------
    >>> from geo.flood.parameters import FloodParameters
    >>> critical_velocity_ms(FloodParameters().central())[:, 0].round(6).tolist()
    [0.0, 0.167452, 0.480585, 1.236856]
    """
    height, density = draw["item_height_m"], draw["item_density"]
    weight = GRAVITY_M_S2 * np.maximum(density - 1, 0.0) * height
    return np.asarray(np.sqrt(1.6 * (height / draw["k_bed_m"]) ** -0.72 * weight))


def p_entrained(depth_m: Floats, slope: Floats, draw: Draw) -> Floats:
    """Return the probability (..., 4, M) that flow moves a bared item.

    Denser than water: log-normal about the critical velocity of Rennie, Brandt and Friedrichs (2017). Otherwise the item
    floats once the water is ``density`` times its height deep. A member that draws a density of at most 1 floats.
    """
    from scipy.special import ndtr

    moved = (depth_m[..., None, :] >= draw["item_density"] * draw["item_height_m"]).astype(float)
    sinks, member = np.nonzero(draw["item_density"] > 1)
    speed = np.log(np.maximum(velocity_ms(depth_m, slope, draw), TINY))[..., member]
    critical = np.log(np.maximum(critical_velocity_ms(draw), TINY))[sinks, member]
    moved[..., sinks, member] = ndtr((speed - critical) / draw["entrain_sd"][member])
    return moved


def p_moved(depth_m: Floats, slope: Floats, draw: Draw) -> Floats:
    """Return the probability (..., 4, M) that an item at a known depth is bared and moved, at ``psi`` = 1."""
    return p_exhumed(depth_m, slope, draw) * p_entrained(depth_m, slope, draw)


def start_m(draw: Draw) -> Floats:
    """Return the depth times slope [m] (M,) from which water scours; shallower, nothing moves."""
    return np.asarray(draw["tau_c_pa"] / (WATER_KG_M3 * GRAVITY_M_S2))
