"""Text on paper: its measured width in millimetres, and lines broken to a width.

Assumption: a printed letter is as wide as the outline of the font that draws it, so widths come from the font itself and not
from a count of letters; Korean is broken at blanks, as English is, and a number is not parted from its unit. Limit: a single
word wider than the line is cut where the line ends.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

MM_PER_PT = 25.4 / 72
LEADING = 1.28  # height of a line in font sizes
LONGEST_LINE = 600  # letters; no line of a sheet holds more
NO_BREAK = "\u00a0"
UNIT = re.compile(  # a number keeps its unit and its sign, a 100 km square its zone
    r"(?<=[0-9]) (?=(?:km²|km|mm|m|%|°)(?![a-zA-Z]))|(?<=±) (?=[0-9])|(?<=[0-9][C-X]) (?=[A-Z]{2}\b)"
)
MEASURED_PT = 100.0  # widths are proportional to the size: each letter is measured once


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
        for word in _words(paragraph, most_mm, size_pt, weight):
            longer = f"{line} {word}" if line else word
            if width_mm(longer, size_pt, weight) <= most_mm:
                line = longer
                continue
            lines += [line] if line else []
            *full, line = _cut(word, most_mm, size_pt, weight)
            lines += full
        lines.append(line)
    return [line.replace(NO_BREAK, " ") for line in lines]


def unbroken(text: str, pieces: Iterable[str]) -> str:
    """Return a text in which no line may end within one of the pieces.

    Examples
    --------
    >>> text = unbroken("Report it: military 1338, police 112.", ["police 112"])
    >>> wrapped(text, width_mm("Report it: military 1338, police", 8), 8)
    ['Report it: military 1338,', 'police 112.']
    """
    for piece in pieces:
        text = text.replace(piece, piece.replace(" ", NO_BREAK))
    return text


def _words(paragraph: str, most_mm: float, size_pt: float, weight: str) -> Iterator[str]:
    """Yield what a line may end after: words, and words that belong together unless they are wider than the line."""
    for word in filter(None, UNIT.sub(NO_BREAK, paragraph).split(" ")):
        if NO_BREAK in word and width_mm(word, size_pt, weight) > most_mm:
            yield from filter(None, word.split(NO_BREAK))
        else:
            yield word


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
    """Return the width of a text for each point of its font size [mm]: its letters side by side, kerning left out."""
    return sum(_advance(letter, weight, family) for letter in text)


@lru_cache(maxsize=10_000)
def _advance(letter: str, weight: str, family: tuple[str, ...]) -> float:
    """Return how far a letter moves the pen for each point of its font size [mm]."""
    faces = _faces(weight, family)
    face = next((one for one in faces if one.get_char_index(ord(letter))), faces[-1])
    face.set_size(MEASURED_PT, 72)
    return float(face.load_char(ord(letter)).linearHoriAdvance) / 65_536 * MM_PER_PT / MEASURED_PT


@lru_cache(maxsize=16)
def _faces(weight: str, family: tuple[str, ...]) -> tuple[Any, ...]:
    """Return the fonts that draw a text, the one that is asked first for a letter first."""
    from matplotlib.font_manager import FontProperties, findfont, get_font

    return tuple(get_font(findfont(FontProperties(family=[name], weight=weight))) for name in family)


def write_at(axes: Any, x: float, y: float, text: str, **look: Any) -> Any:
    """Write text outside or inside the frame, at its own baseline unless told otherwise."""
    return axes.text(x, y, text, **({"va": "baseline", "clip_on": False, "zorder": 9, "parse_math": False} | look))
