"""Find where an increasing function meets a target: half-widths, distances and odds are all solved this way."""

from __future__ import annotations

from collections.abc import Callable

from geo.errors import DataError


def increasing_root(
    function: Callable[[float], float], target: float, low: float, high: float, *, rtol: float = 1e-9, what: str = "value"
) -> float:
    """Return x in [low, high] with ``function(x) = target`` to a relative tolerance, by the Illinois method.

    Parameters
    ----------
    function : callable
        Continuous and increasing on [low, high].
    target : float
        Other than 0.
    low, high : float
        The bracket.
    rtol : float
        Of the function's value.
    what : str
        Names the quantity in the error.

    Raises
    ------
    DataError
        If the function does not reach the target inside the bracket; both reachable ends are told.

    Examples
    --------
    >>> round(increasing_root(lambda x: x**2, 2.0, 0.0, 2.0), 9)
    1.414213562
    """
    left, right = function(low) - target, function(high) - target
    if left > 0 or right < 0:
        raise DataError(
            f"no {what} meets the target",
            expected=f"{target:g}",
            found=f"{left + target:g} at {low:g} and {right + target:g} at {high:g}",
        )
    side = 0
    for _ in range(200):
        middle = (low * right - high * left) / (right - left) if right != left else high
        error = function(middle) - target
        if abs(error) <= rtol * abs(target):
            return middle
        if error < 0:
            right = right / 2 if side < 0 else right  # the same end moved twice: pull the other one in
            low, left, side = middle, error, -1
        else:
            left = left / 2 if side > 0 else left
            high, right, side = middle, error, 1
    raise DataError(f"no {what} found", expected=f"{target:g} to {rtol:g}", found=f"{error + target:g} after 200 steps")
