"""The project's errors: one line each, of the form *what: where: expected, found: what to do*.

Every error is also a ``ValueError``, so a script that knows nothing of minemap still catches it. The command turns
``exit_code`` into its exit status.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import ClassVar

MOST_NAMED = 40  # known words in one message


class MinemapError(ValueError):
    """Base of all errors that minemap raises on purpose.

    Parameters
    ----------
    what : str
        What is wrong, in a few words.
    where : str
        File, layer, feature or setting.
    expected, found : str
        What should stand there and what does.
    mend : str
        What the reader can do about it.

    Examples
    --------
    >>> str(MinemapError("no CRS", where="north.shp", mend="add north.prj"))
    'no CRS: north.shp: add north.prj'
    >>> print(MinemapError("2 vertices", where="YC-014", expected="at least 3", found="2", mend="add the missing points"))
    2 vertices: YC-014: expected at least 3, found 2: add the missing points
    """

    exit_code: ClassVar[int] = 2

    def __init__(self, what: str, *, where: str = "", expected: str = "", found: str = "", mend: str = "") -> None:
        pair = ", ".join(f"{word} {text}" for word, text in (("expected", expected), ("found", found)) if text)
        super().__init__(": ".join(part for part in (what, where, pair, mend) if part))


class ConfigError(MinemapError):
    """Wrong use or configuration: exit status 2."""


class DataError(MinemapError):
    """Invalid data: exit status 3."""

    exit_code: ClassVar[int] = 3


class CheckFailed(MinemapError):
    """A check did not hold: exit status 1."""

    exit_code: ClassVar[int] = 1


def nearest(word: str, known: Iterable[str]) -> str:
    """Return a hint that names the nearest of the known words, and all of them if they are few.

    Examples
    --------
    >>> nearest("icbl2007", ["mnd-2003", "icbl-2007"])
    'did you mean icbl-2007? known: icbl-2007, mnd-2003'
    """
    names = sorted(set(map(str, known)))
    close = get_close_matches(word, names, n=1)
    hint = f"did you mean {close[0]}? " if close else ""
    more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
    return f"{hint}known: {', '.join(names[:MOST_NAMED])}{more}"
