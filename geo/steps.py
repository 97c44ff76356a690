"""Whole numbers as steps of variable length: how the page holds coordinates, short and quick to read.

Assumption: neighbours are close, so that most steps fit one or two bytes: seven bits a byte, the lowest first, the sign in the
lowest bit, the top bit set while more follow. Base64 makes text of the bytes. Limit: the page counts with 32 bits.
"""

from __future__ import annotations

import base64

import numpy as np
from numpy.typing import NDArray

BITS = 7  # of a number in each byte
LONGEST = 5  # bytes of a step
MOST = 2**30  # of a step, forwards or back


def packed_steps(values: NDArray[np.int64]) -> str:
    """Return whole numbers as text.

    Parameters
    ----------
    values : ndarray of int64, shape (n,)
        Neighbours differ by less than 2**30: 1000° in millionths.

    Raises
    ------
    ValueError
        If a step is longer.

    Examples
    --------
    >>> packed_steps(np.array([5, 7, 7, -60]))
    'CgQAhQE='
    """
    steps = np.diff(values, prepend=0)
    if (np.abs(steps) >= MOST).any():
        raise ValueError(f"a step of {int(np.abs(steps).max())}: the page reads steps below {MOST}")
    signed = (steps << 1) ^ (steps >> 63)
    length = 1 + np.searchsorted(1 << BITS * np.arange(1, LONGEST), signed, side="right")
    place = np.cumsum(length) - length
    found = np.zeros(int(length.sum()), dtype=np.uint8)
    for k in range(LONGEST):
        mine = length > k
        more = np.where(length[mine] > k + 1, 128, 0)
        found[place[mine] + k] = ((signed[mine] >> BITS * k) & 127) | more
    return base64.b64encode(found.tobytes()).decode()


def unpacked_steps(text: str) -> NDArray[np.int64]:
    """Return the whole numbers of `packed_steps`, shape (n,).

    Examples
    --------
    >>> unpacked_steps("CgQAhQE=").tolist()
    [5, 7, 7, -60]
    """
    held = np.frombuffer(base64.b64decode(text, validate=True), dtype=np.uint8).astype(np.int64)
    if not len(held):
        return held
    first = np.concatenate([[0], np.flatnonzero(held < 128)[:-1] + 1])
    within = np.arange(len(held)) - np.repeat(first, np.diff([*first, len(held)]))
    signed = np.add.reduceat((held & 127) << BITS * within, first)
    return np.cumsum((signed >> 1) ^ -(signed & 1))
