"""Priors in one notation, and the value that a parameter takes at a given probability.

``U(a, b)``, ``logU(a, b)``, ``N(., sd)``, ``logN(., sd)``, ``Beta(a, b)``; "." is the central value of the parameter,
for a ``logN`` its median, and ``logN(., sd1, sd2)`` or ``U(a, b); U(c, d)`` speak of each component. ``Dirichlet(c
mix)`` has the concentrations ``c`` times the value. No prior means a fixed value.

Assumption: parameters, and the components of one, are independent (shares that add up to 1 apart). Its limit: draws
stop at the probabilities 1e-6 and 1 - 1e-6, so that a value stays within the bounds of its parameter.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import fields
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ConfigError
from geo.flood.items import Parameter
from geo.flood.parameters import FloodParameters

Floats = NDArray[np.float64]

TAIL = 1e-6
FORMS = "U(a, b), logU(a, b), N(., sd), logN(., sd), Beta(a, b), Dirichlet(c mix)"
_TERM = re.compile(r"(U|logU|N|logN|Beta|Dirichlet)\(([^()]*)\)")


class Law(NamedTuple):
    """The prior of one component: its form and two numbers, which are (a, b), (centre, sd) or (concentration, 0)."""

    form: str
    first: float
    second: float


def laws(parameter: Parameter[Any], name: str = "") -> tuple[Law, ...]:
    """Return the prior of each component; none for a fixed parameter.

    Parameters
    ----------
    parameter : Parameter
    name : str
        Its name, for the error.

    Raises
    ------
    ConfigError
        If the text cannot be read, does not fit the number of components, or reaches beyond the parameter's bounds
        (as an unbounded prior does where the parameter is bounded nearby).

    Examples
    --------
    >>> laws(Parameter(0.4, "1", "published", "", "N(., 0.05)"))
    (Law(form='N', first=0.4, second=0.05),)
    """
    if not parameter.prior.strip():
        return ()
    values = parameter.value if isinstance(parameter.value, tuple) else (parameter.value,)
    if any(isinstance(value, str) for value in values):
        raise _fault(parameter, name, "no prior of an option")
    texts = parameter.prior.split(";")
    spans = [values] if len(texts) == 1 else [(value,) for value in values]
    if len(texts) != len(spans):
        raise _fault(parameter, name, f"one prior, or one for each of the {len(values)} components")
    each = [law for text, span in zip(texts, spans, strict=True) for law in _read(text.strip(), span)]
    if len(each) != len(values):
        raise _fault(parameter, name, f"{FORMS}; for {len(values)} components")
    _check_bounds(parameter, each, name)
    return tuple(each)


def n_columns(parameter: Parameter[Any], name: str = "") -> int:
    """Return how many uniform numbers a draw of the parameter takes: its components, or 0 where it is fixed.

    Examples
    --------
    >>> n_columns(Parameter((0.5, 1.0), "m", "assumed", "", "logN(., 0.5)"))
    2
    """
    return len(laws(parameter, name))


def quantile(parameter: Parameter[Any], u: ArrayLike, name: str = "") -> Floats:
    """Return the values at the probabilities ``u`` of the prior.

    Parameters
    ----------
    parameter : Parameter
    u : (M,) or (k, M) float
        Probabilities inside (0, 1), a row for each component of a tuple. Shares under a Dirichlet prior take them as
        those of the gamma variables they are made of; a share of 0 stays 0.
    name : str
        Name of the parameter, for the error.

    Returns
    -------
    (M,) or (k, M) float

    Raises
    ------
    ConfigError
        As `laws`; or if the parameter is fixed or ``u`` has another shape or leaves (0, 1).

    Examples
    --------
    >>> quantile(Parameter(0.06, "", "assumed", "", "logN(., 0.3)"), [0.5]).tolist()
    [0.06]
    >>> quantile(Parameter((0.8, 0.2, 0.0), "", "assumed", "", "Dirichlet(10 mix)"), [[0.5], [0.5], [0.5]])[2].tolist()
    [0.0]
    """
    each, u = laws(parameter, name), np.asarray(u, dtype=float)
    rows = u if isinstance(parameter.value, tuple) else u[None]
    if not each or rows.ndim != 2 or len(rows) != len(each):
        raise _fault(parameter, name, f"a prior, and probabilities for {len(each)} components", f"shape {u.shape}")
    if not ((u > 0) & (u < 1)).all():
        raise _fault(parameter, name, "probabilities above 0 and below 1", "others")
    drawn = np.stack([_at(law, row) for law, row in zip(each, np.clip(rows, TAIL, 1 - TAIL), strict=True)])
    if each[0].form == "Dirichlet":
        drawn /= drawn.sum(axis=0)
    return drawn.reshape(u.shape)


def together(parameter: Parameter[Any], u: float, name: str = "") -> Floats:
    """Return the value, (k,) or (), with all components at the probability ``u``.

    Shares cannot all rise: there the largest takes the quantile of its own law, a Beta, and the others keep their
    proportions.

    Examples
    --------
    >>> together(Parameter((0.5, 1.0), "m", "assumed", "", "U(0, 1); U(0, 2)"), 0.25).tolist()
    [0.25, 0.5]
    """
    each = laws(parameter, name)
    if not each or each[0].form != "Dirichlet":
        probabilities = np.full((len(each), 1) if isinstance(parameter.value, tuple) else 1, u)
        return np.asarray(quantile(parameter, probabilities, name)[..., 0])
    weight = np.array([law.first for law in each])
    top, total = int(weight.argmax()), float(weight.sum())
    share = float(_at(Law("Beta", weight[top], total - weight[top]), np.array(u)))
    value: Floats = weight * (1 - share) / (total - weight[top])
    value[top] = share
    return value


def uncertain(params: FloodParameters) -> dict[str, Parameter[Any]]:
    """Return the parameters that have a prior, by name, in the order of the names."""
    held = {field.name: getattr(params, field.name) for field in fields(params)}
    return {name: held[name] for name in sorted(held) if n_columns(held[name], name)}


def _read(text: str, values: Sequence[float]) -> list[Law]:
    """Return a law for each of the values; none, or too few, where the text is not understood."""
    term = _TERM.fullmatch(text)
    if not term:
        return []
    form, inside = term.groups()
    if form == "Dirichlet":
        return _shares(inside, values)
    words = [word.strip() for word in inside.split(",")]
    if form in ("N", "logN"):
        spreads = _numbers(words[1:])
        spreads = spreads * len(values) if len(spreads) == 1 else spreads
        fits = words[0] == "." and len(spreads) == len(values) and min(spreads) >= 0 and (form == "N" or min(values) > 0)
        return [Law(form, value, spread) for value, spread in zip(values, spreads, strict=True)] if fits else []
    numbers = _numbers(words)
    if len(numbers) != 2:
        return []
    first, second = numbers
    fits = {"U": first <= second, "logU": 0 < first <= second, "Beta": min(numbers) > 0}[form]
    return [Law(form, first, second)] * len(values) if fits else []


def _shares(inside: str, values: Sequence[float]) -> list[Law]:
    """Return the gamma laws of a Dirichlet prior, written as its concentration and the word ``mix``."""
    factor = _numbers(inside.split()[:1]) if inside.split()[1:] == ["mix"] else []
    fits = min(factor, default=0) > 0 and min(values) >= 0 and sum(value > 0 for value in values) > 1
    return [Law("Dirichlet", factor[0] * value, 0.0) for value in values] if fits else []


def _numbers(words: Sequence[str]) -> list[float]:
    """Return the words as finite numbers; none at all if one is not."""
    try:
        numbers = [float(word) for word in words]
    except ValueError:
        return []
    return numbers if all(math.isfinite(number) for number in numbers) else []


def _at(law: Law, u: Floats) -> Floats:
    """Return the value at the probabilities ``u``; exactly the centre where the prior has no width."""
    from scipy.special import betaincinv, gammaincinv, ndtri

    form, first, second = law
    match form:
        case "U":
            drawn = first + (second - first) * u
        case "logU":
            drawn = first * (second / first) ** u
        case "N":
            drawn = first + second * ndtri(u)
        case "logN":
            drawn = first * np.exp(second * ndtri(u))
        case "Beta":
            drawn = betaincinv(first, second, u)
        case _:
            drawn = gammaincinv(first, u) if first > 0 else np.zeros_like(u)
    return np.asarray(drawn, dtype=float)


def _check_bounds(parameter: Parameter[Any], each: Sequence[Law], name: str) -> None:
    """Refuse a prior that reaches beyond the bounds of its parameter."""
    if each[0].form == "Dirichlet":
        reach = np.array([0.0, 1.0])
    else:
        reach = np.array([_at(law, np.array([TAIL, 1 - TAIL])) for law in each])
    if reach.min() < parameter.low or reach.max() > parameter.high:
        bounds = f"a prior within [{parameter.low:g}, {parameter.high:g}]"
        raise _fault(parameter, name, bounds, f"{parameter.prior}, which reaches {reach.min():.3g} to {reach.max():.3g}")


def _fault(parameter: Parameter[Any], name: str, expected: str, found: str = "") -> ConfigError:
    return ConfigError("prior", where=name or f"value {parameter.value}", expected=expected, found=found or repr(parameter.prior))
