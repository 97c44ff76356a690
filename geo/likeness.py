"""By what two texts, two places or two numbers are told to be the same, however they were written.

Assumption: a text is its words, whatever stands between them; a place is its degrees rounded to so many decimals; a number is
its first significant digits, so that 2.8 km² and 2,800,000 m² are one. What was turned, moved or translated is another.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

COARSE = 4  # decimals of a degree: about 10 m
DECIMALS = 5  # of a degree: about 1 m
FEWEST_DIGITS = 6
NOISE_DIGITS = 1  # behind the significant ones: 160000.007 m² is a round size
WORD = re.compile(r"[^\W_]+").findall
Keys = NDArray[np.int64]
Floats = NDArray[np.float64]


def phrase(text: str) -> str:
    """Return the words of a text in lower case with single blanks between them.

    Examples
    --------
    >>> phrase("YC-014 (Hill)")
    'yc 014 hill'
    """
    return " ".join(WORD(text.casefold()))


def runs(texts: Iterable[str], sizes: set[int]) -> set[str]:
    """Return every run of so many words that stands in a text.

    Examples
    --------
    >>> sorted(runs(["Hill 395, north"], {2}))
    ['395 north', 'hill 395']
    """
    words = [phrase(text).split(" ") for text in texts]
    return {" ".join(row[at : at + size]) for size in sizes for row in words for at in range(len(row) - size + 1)}


def vertex_keys(points: Floats, decimals: int = DECIMALS) -> Keys:
    """Return one whole number for each vertex [degrees], rounded to so many decimals; shape (n,)."""
    whole = np.rint((points + np.array([180.0, 90.0])) * 10**decimals).astype(np.int64)
    return np.asarray(whole[:, 0] * 10 ** (decimals + 3) + whole[:, 1])


def mantissas(numbers: Floats, digits: int) -> Keys:
    """Return the first significant digits of each number as a whole number, 0 of what is none; shape (n,).

    Examples
    --------
    >>> mantissas(np.array([28314.159, 0.028314159, -5.0]), 6).tolist()
    [283142, 283142, 500000]
    """
    size = np.abs(np.where(np.isfinite(numbers), numbers, 0.0))
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    whole = np.rint(size * 10.0 ** (digits - 1 - exponent)).astype(np.int64)
    return np.asarray(np.where(whole >= 10**digits, whole // 10, whole))


def long_numbers(numbers: Floats, digits: int = FEWEST_DIGITS) -> NDArray[np.bool_]:
    """Return which numbers have at least so many significant digits, the noise of reckoning left out; shape (n,).

    Examples
    --------
    >>> long_numbers(np.array([10000.0, 12345.0, 123456.0, 0.00123456, np.nan, 0.0])).tolist()
    [False, False, True, True, False, False]
    >>> long_numbers(np.array([159.9999969, 160000.007])).tolist()
    [False, False]
    """
    return np.asarray(mantissas(numbers, digits + NOISE_DIGITS) % 10 ** (NOISE_DIGITS + 1) != 0)
