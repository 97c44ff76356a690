"""The level of mobilisation that reported national losses leave to rivers, and what stays unexplained.

Assumption: items are lost each year to rivers and to slides, to nothing else, and river losses are proportional to ``psi``.
Its limit: one national rate cannot tell where losses happen, and a level belongs to the network, terrain and totals it was
found with: any other use raises.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from geo.errors import ConfigError, DataError

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Level:
    """A fitted level.

    Attributes
    ----------
    psi : (...) float
        In (0, 1].
    remainder_per_yr : (...) float
        Reported losses that the model does not explain at ``psi`` = 1; 0 where psi is below 1.
    configuration : str
        What it was fitted for, see `configuration_hash`.
    """

    psi: Floats
    remainder_per_yr: Floats
    configuration: str

    @property
    def clipped(self) -> NDArray[np.bool_]:
        """Where the model explains too little even at ``psi`` = 1."""
        return np.asarray(self.remainder_per_yr > 0)

    def check(self, configuration: str) -> None:
        """Raise `ConfigError` where the level was fitted for another configuration."""
        if configuration != self.configuration:
            raise ConfigError(
                "level psi",
                where="configuration",
                expected=self.configuration,
                found=configuration,
                mend="close the level again for this network, terrain and totals",
            )


def close_level(
    lambda_nat: ArrayLike,
    n_total: ArrayLike,
    slides_per_yr: ArrayLike,
    river_losses_per_yr: ArrayLike,
    configuration: str,
) -> Level:
    """Return ``psi = (lambda_nat N - slides) / (river losses at psi = 1)``, all yearly; arrays broadcast.

    Parameters
    ----------
    lambda_nat : (...) float
        National loss per item and year.
    n_total : (...) float
        Items in the ground.
    slides_per_yr : (...) float
        Items lost to slides.
    river_losses_per_yr : (...) float
        Items lost to rivers at ``psi`` = 1.
    configuration : str
        Of `configuration_hash`.

    Raises
    ------
    DataError
        If a number is negative or missing, rivers lose nothing, or slides leave nothing to rivers.

    Examples
    --------
    >>> level = close_level(5.8e-4, 1e6, 80.0, 5000.0, "demo")
    >>> round(float(level.psi), 9), float(level.remainder_per_yr)
    (0.1, 0.0)
    """
    rate, total, slid, river = (
        np.asarray(value, dtype=float) for value in (lambda_nat, n_total, slides_per_yr, river_losses_per_yr)
    )
    if not all((np.isfinite(value) & (value >= 0)).all() for value in (rate, total, slid, river)) or not (river > 0).all():
        raise DataError(
            "level psi", expected="finite numbers, at least 0, and river losses above 0", found="negative, missing or none"
        )
    left = rate * total - slid
    if not (left > 0).all():
        raise DataError(
            "level psi",
            where="lambda_nat N - slides",
            expected="losses left to rivers",
            found=f"{np.min(left):.4g} per year in {int((left <= 0).sum())} of {left.size} members",
            mend="check the totals and the slide rates",
        )
    return Level(np.minimum(left / river, 1.0), np.maximum(left - river, 0.0), configuration)


def configuration_hash(configuration: Mapping[str, Any]) -> str:
    """Return a hash of what a level depends on: level of detail, network, terrain, totals.

    Parameters
    ----------
    configuration : mapping
        Texts, numbers, booleans, None, arrays, and lists or mappings of these. The order of names does not count; types and
        shapes do.

    Examples
    --------
    >>> configuration_hash({"a": 1, "b": [1.5, "x"]}) == configuration_hash({"b": [1.5, "x"], "a": 1})
    True
    """
    digest = hashlib.sha256()
    _feed(digest, configuration, "configuration")
    return digest.hexdigest()


def _feed(digest: Any, value: Any, where: str) -> None:
    """Add a value with its kind and size, so that different values never read the same."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, Mapping):
        digest.update(f"mapping {len(value)};".encode())
        for name in sorted(value):
            _feed(digest, name, where)
            _feed(digest, value[name], f"{where}.{name}")
    elif isinstance(value, np.ndarray) and value.dtype.kind in "biufSU":
        digest.update(f"array {value.dtype.str} {value.shape};".encode())
        digest.update(np.ascontiguousarray(value).tobytes())
    elif isinstance(value, str | bool | int | float | None):
        text = repr(value).encode()
        digest.update(f"{type(value).__name__} {len(text)};".encode() + text)
    elif isinstance(value, Sequence):
        digest.update(f"list {len(value)};".encode())
        for part in value:
            _feed(digest, part, where)
    else:
        raise ConfigError("configuration", where=where, expected="text, numbers, arrays, lists", found=type(value).__name__)
