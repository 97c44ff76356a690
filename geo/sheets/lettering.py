"""Text on paper: its measured width in millimetres, and lines broken to a width.

Assumption: a printed letter is as wide as the outline of the font that draws it, so widths come from the font itself and not
from a count of letters; Korean is broken at blanks, as English is, and a number is not parted from its unit. Limit: a single
word wider than the line is cut where the line ends.
"""

from __future__ import annotations

import re
from functools import lru_cache

MM_PER_PT = 25.4 / 72
LEADING = 1.28  # height of a line in font sizes
LONGEST_LINE = 600  # letters; no line of a sheet holds more
NO_BREAK = "\u00a0"
UNIT = re.compile(r"(?<=[0-9]) (?=(?:km²|km|mm|m|%|°)(?![a-zA-Z]))|(?<=±) (?=[0-9])")  # a number keeps its unit and sign
MEASURED_PT = 20.0  # widths are proportional to the size: each word is measured once


def width_mm(text: str, size_pt: float, weight: str = "normal") -> float:
    """Return how wide a text of one line is on paper [mm].

    Parameters
    ----------
    text : str
        One line.
    size_pt : float
        Font size [pt].
    weight : str
        ``normal`` or ``bold``.

    Examples
    --------
    >>> round(width_mm("mm", 20) / width_mm("m", 10), 3)
    4.0
    """
    from matplotlib import rcParams

    return _measured(text, weight, tuple(rcParams["font.family"])) * size_pt


def line_mm(size_pt: float) -> float:
    """Return the height of one line [mm].

    Examples
    --------
    >>> round(line_mm(72), 1)
    32.5
    """
    return size_pt * MM_PER_PT * LEADING


def wrapped(text: str, most_mm: float, size_pt: float, weight: str = "normal") -> list[str]:
    """Return a text broken into lines no wider than a width; never an empty list.

    Parameters
    ----------
    text : str
        Line breaks in it are kept.
    most_mm : float
        Width of the column [mm].
    size_pt : float
        Font size [pt].
    weight : str
        ``normal`` or ``bold``.

    Examples
    --------
    >>> wrapped("one two", 1000, 8), wrapped("one two", width_mm("one t", 8), 8)
    (['one two'], ['one', 'two'])
    """
    lines: list[str] = []
    for paragraph in text.split("\n"):
        line = ""
        for word in filter(None, UNIT.sub(NO_BREAK, paragraph).split(" ")):
            longer = f"{line} {word}" if line else word
            if width_mm(longer, size_pt, weight) <= most_mm:
                line = longer
                continue
            lines += [line] if line else []
            *full, line = _cut(word, most_mm, size_pt, weight)
            lines += full
        lines.append(line)
    return [line.replace(NO_BREAK, " ") for line in lines]


def shortened(text: str, most_mm: float, size_pt: float, weight: str = "normal") -> str:
    """Return a text of one line, cut with "…" where it is wider than its room.

    Examples
    --------
    >>> shortened("short", 100, 8), shortened("one two three", width_mm("one two …", 8), 8)
    ('short', 'one two …')
    """
    first, *more = wrapped(text[:LONGEST_LINE], most_mm, size_pt, weight)
    if not more and len(text) <= LONGEST_LINE:
        return first
    return f"{wrapped(text[:LONGEST_LINE], most_mm - width_mm(' …', size_pt, weight), size_pt, weight)[0]} …"


def _cut(word: str, most_mm: float, size_pt: float, weight: str) -> list[str]:
    """Return the pieces of a word, each no wider than the width (one letter at least)."""
    pieces = []
    while width_mm(word[:LONGEST_LINE], size_pt, weight) > most_mm:
        low, high = 1, min(len(word), LONGEST_LINE)  # letters that fit, letters that do not
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if width_mm(word[:middle], size_pt, weight) <= most_mm else (low, middle)
        pieces.append(word[:low])
        word = word[low:]
        if len(word) <= 1:
            break
    return [*pieces, word]


@lru_cache(maxsize=20_000)
def _measured(text: str, weight: str, family: tuple[str, ...]) -> float:
    """Return the width of a text for each point of its font size [mm]."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(family=list(family), weight=weight, size=MEASURED_PT)
    width_pt, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width_pt) * MM_PER_PT / MEASURED_PT
