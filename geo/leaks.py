"""What of the secrets stands in the texts, names, places and numbers of a file.

Assumption: where many numbers meet, some agree by chance: one alone counts only if it agrees in so many digits that chance would
do it in less than one file of ten thousand; two corners of one field count at a metre. Its limit: what a file of very many
numbers or places repeats once is not told from chance.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from geo.generalise import denied_names
from geo.likeness import COARSE, DECIMALS, FEWEST_DIGITS, Floats, Keys, long_numbers, mantissas, phrase, runs, vertex_keys
from geo.secrets import Secrets

METRES_A_DEGREE = 111_320.0
BESIDE = (-31, -17, -7, -3, 3, 7, 17, 31)  # steps of the last digit that are as good as any
ASIDE = np.array([(19, 7), (-23, 11), (13, -29), (-17, -13)])  # steps of the last decimal: where only chance would meet
FINEST_DECIMALS = 7  # of a degree: about 1 cm
MOST_DIGITS = 12
CHANCE = 1e-4  # of one coincidence in a file
SHIFT = 0.1  # of the last decimal: rounding twice may end a step beside rounding once
SQUARES = re.compile(r"(?<!\w)\d{1,2}\s?[C-X]\s?[A-Z]{2}\s?\d{5}\s?\d{5}(?!\d)", flags=re.I)


def found_names(names: Iterable[str], secrets: Secrets) -> list[str]:
    """Return the names of columns that no public file may bear."""
    return sorted(name for name in denied_names(names) if name not in secrets.columns)


def found_keys(names: Iterable[str], secrets: Secrets) -> list[str]:
    """Return the supplied texts that stand as the name of a column or key; a lone Latin word there is one of ours."""
    asked = {name for name in names if name not in secrets.columns}
    return found_words({name for name in asked if not name.isascii()}, secrets) or sorted(
        secrets.words[key] for key in secrets.telling & runs(asked, secrets.sizes)
    )


def found_serials(numbers: Floats, secrets: Secrets) -> list[str]:
    """Return the ids that are one of the numbers and have more digits than chance would meet."""
    whole = np.unique(np.abs(numbers[numbers % 1 == 0]))
    if not len(whole) or not len(secrets.serials):
        return []
    long = secrets.serials * 0.9 >= len(whole) * len(secrets.serials) / CHANCE
    return [f"{number:.0f}" for number in secrets.serials[long & np.isin(secrets.serials, whole)]]


def found_words(texts: set[str], secrets: Secrets) -> list[str]:
    """Return the supplied texts that are one of the strings, or, where they are telling, stand in one."""
    found = (secrets.words.keys() & set(map(phrase, texts))) | (secrets.telling & runs(texts, secrets.sizes))
    return sorted(secrets.words[key] for key in found)


def found_points(points: Floats, secrets: Secrets) -> NDArray[np.intp]:
    """Return the places, in `points`, of what gives a feature away: two points of one, or one that is no chance; shape (k,)."""
    low, high = secrets.box
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    if not len(near) or not len(secrets.points):
        return np.zeros(0, dtype=np.intp)
    asked = points[near]
    for decimals in range(DECIMALS, FINEST_DECIMALS + 1):
        if not len(rows := _of_one(asked, secrets, decimals)):
            break
        by_chance = np.mean([len(_matches(asked + step / 10.0**decimals, secrets, decimals)[0]) for step in ASIDE])
        if by_chance**2 / (2 * len(secrets.layers)) <= CHANCE * 10:  # of two that meet one feature
            return np.asarray(near[rows])
    finest = _decimals(len(np.unique(vertex_keys(asked))), len(secrets.points), high - low)
    lone = _matches(asked, secrets, finest)[0] if finest else np.zeros(0, dtype=np.intp)
    crowded = any(len(_matches(asked + step / 10.0**finest, secrets, finest)[0]) for step in ASIDE) if len(lone) else False
    return np.asarray(near[lone]) if not crowded else np.zeros(0, dtype=np.intp)


def _of_one(points: Floats, secrets: Secrets, decimals: int) -> NDArray[np.intp]:
    """Return the rows of points that agree, in so many decimals, with two points of one feature; shape (k,)."""
    rows, owner = _matches(points, secrets, decimals)
    pairs = (
        np.unique(np.stack([owner, vertex_keys(points[rows], COARSE)], axis=1), axis=0) if len(rows) else np.zeros((0, 2), int)
    )
    features, count = np.unique(pairs[:, 0], return_counts=True)
    return np.asarray(rows[np.isin(owner, features[count > 1])])


def found_squares(texts: Iterable[str], secrets: Secrets) -> list[str]:
    """Return the MGRS references of secret points, to 1 m, that stand in texts: two of one feature, or one that is no chance."""
    said = {re.sub(r"\s", "", text).upper() for part in texts for text in SQUARES.findall(part)}
    met = secrets.squares[secrets.squares.index.isin(said)] if said else secrets.squares.iloc[:0]
    if met.empty:
        return []
    low, high = secrets.box
    whole_m2 = float(np.prod((high - low) * METRES_A_DEGREE) * math.cos(math.radians((low[1] + high[1]) / 2)))
    if len(said) * len(secrets.points) / max(whole_m2, 1.0) > CHANCE * 10:
        pairs = met.reset_index().drop_duplicates()
        met = met[met.isin(pairs.iloc[:, 1][pairs.iloc[:, 1].duplicated()])]
    return sorted(set(met.index))


def layer_at(point: Floats, secrets: Secrets) -> str:
    """Return the layer of a secret point [degrees], for a message."""
    return secrets.layers[int(_matches(point[None, :], secrets, DECIMALS)[1][0])]


def _matches(points: Floats, secrets: Secrets, decimals: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return (row of points, feature) of every agreement in so many decimals, however it was rounded."""
    keys, owner = secrets.keys(decimals)
    shift_deg = SHIFT / 10.0**decimals
    steps = np.array([(x, y) for x in (-shift_deg, shift_deg) for y in (-shift_deg, shift_deg)])
    asked = vertex_keys((points[:, None, :] + steps).reshape(-1, 2), decimals)
    first, last = np.searchsorted(keys, asked, "left"), np.searchsorted(keys, asked, "right")
    count = last - first
    rows = np.repeat(np.arange(len(asked)) // len(steps), count)
    at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    return rows, owner[at]


def _decimals(n_asked: int, n_secret: int, size_deg: Floats) -> int:
    """Return in how many decimals one agreement is no chance, 0 where no file has as many."""
    for decimals in range(DECIMALS, FINEST_DECIMALS + 1):
        if n_asked * n_secret * 4 / 10.0 ** (2 * decimals) / float(size_deg.prod()) <= CHANCE * 10:
            return decimals
    return 0


def found_numbers(numbers: Floats, secrets: Secrets) -> Floats:
    """Return the numbers that agree with a secret one in more digits than chance would; shape (k,)."""
    asked = np.abs(numbers[long_numbers(numbers)])
    if not len(asked) or not len(secrets.numbers):
        return np.zeros(0)
    needed = math.ceil(math.log10(len(asked) * len(secrets.numbers) / 9 / CHANCE)) + 1
    for digits in range(min(max(needed, FEWEST_DIGITS), MOST_DIGITS), MOST_DIGITS + 1):
        known, found = secrets.digits(digits), mantissas(asked, digits)
        telling = found % 10 ** (digits - FEWEST_DIGITS + 1) != 0  # at so many digits; a round size is no secret
        met = _among(found, known) & telling
        if not met.any() or not any((_among(found + step, known) & telling).any() for step in BESIDE):
            return np.asarray(asked[met])
    return np.zeros(0)  # coordinates crowd together: where numbers beside them meet secrets as well, it is chance


def _among(numbers: Keys, known: Keys) -> NDArray[np.bool_]:
    """Return which numbers stand among known ones in ascending order; shape (n,)."""
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.asarray(known[place] == numbers)
