"""Paper, frame and scale of a sheet, all in millimetres and in whole denominators.

Assumption: a printer that prints at 100 %. Limit: a scale that nobody asked for is one of a short list of round numbers, so the
map may leave room at its sides, but a ruler always works on it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from geo.errors import ConfigError
from geo.sheets.view import Bounds

PAPERS_MM: Mapping[str, tuple[float, float]] = {"A4": (210.0, 297.0), "A3": (297.0, 420.0), "A1": (594.0, 841.0)}
MM_PER_INCH = 25.4
ROUND = (1.0, 1.25, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 7.5)  # of these times a power of ten is a scale made
FINEST, COARSEST = 1_000, 20_000_000
LEAST_DPI, MOST_DPI = 72, 1200  # of fewer the smallest letters, 5.5 pt, cannot be read
MOST_PIXELS = 300e6  # of a picture: 1.2 GB while it is drawn


def paper_mm(name: str, *, landscape: bool = False) -> tuple[float, float]:
    """Return width and height of a paper [mm].

    Raises
    ------
    ConfigError
        If there is no such paper.

    Examples
    --------
    >>> paper_mm("A4"), paper_mm("a3", landscape=True)
    ((210.0, 297.0), (420.0, 297.0))
    """
    size = PAPERS_MM.get(name.upper())
    if size is None:
        raise ConfigError("unknown paper", where="--paper", expected=", ".join(PAPERS_MM), found=name)
    return (size[1], size[0]) if landscape else size


def scale_of(text: str | int) -> int:
    """Return the denominator of a scale.

    Parameters
    ----------
    text : str or int
        Such as ``1:50000``, ``1 : 50,000``, ``50000`` or 50000.

    Raises
    ------
    ConfigError
        If it is no scale, or none that a sheet can have.

    Examples
    --------
    >>> scale_of("1:50,000"), scale_of("1 : 250 000"), scale_of(25000)
    (50000, 250000, 25000)
    """
    found = re.fullmatch(r"(?:1\s*[:/]\s*)?(\d[\d,_ ]*)", str(text).strip())
    scale = int(re.sub(r"\D", "", found[1])) if found else 0
    if not FINEST <= scale <= COARSEST:
        expected = f"1:{FINEST} to 1:{COARSEST}"
        raise ConfigError("no scale for a sheet", where="--scale", expected=expected, found=str(text), mend="write 1:50000")
    return scale


def dpi_of(dpi: int, paper: tuple[float, float] | None = None) -> int:
    """Return the dots per inch of a picture.

    Parameters
    ----------
    dpi : int
    paper : tuple of float, optional
        Width and height [mm]: then the number of pixels is checked, too.

    Raises
    ------
    ConfigError
        Outside 72 to 1200, or for more than 300 million pixels.

    Examples
    --------
    >>> dpi_of(60)
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: dots per inch: --dpi: expected 72 to 1200, found 60: with fewer, letters of 5.5 pt cannot be read
    """
    if not LEAST_DPI <= dpi <= MOST_DPI:
        mend = (
            "with fewer, letters of 5.5 pt cannot be read" if dpi < LEAST_DPI else "take --format pdf, which is sharp at any size"
        )
        raise ConfigError("dots per inch", where="--dpi", expected=f"{LEAST_DPI} to {MOST_DPI}", found=str(dpi), mend=mend)
    if paper is not None:
        inches2 = inches(paper[0]) * inches(paper[1])
        if dpi**2 * inches2 > MOST_PIXELS:
            most = int((MOST_PIXELS / inches2) ** 0.5)
            mend = "take --format pdf, which is sharp at any size"
            raise ConfigError(
                "too many pixels", where="--dpi", expected=f"{most} or less on this paper", found=str(dpi), mend=mend
            )
    return int(dpi)


def fitting_scale(width_m: float, height_m: float, frame_mm: Bounds) -> int:
    """Return the largest round scale at which a rectangle on the ground fits into a frame.

    Examples
    --------
    >>> fitting_scale(150_000, 90_000, (0, 0, 175, 150)), fitting_scale(8_000, 1_000, (0, 0, 175, 150))
    (1000000, 50000)
    """
    least = max(width_m / frame_mm[2], height_m / frame_mm[3]) * 1000
    scales = (int(step * 10**power) for power in range(3, 8) for step in ROUND)
    return next((scale for scale in scales if scale >= max(least, FINEST)), COARSEST)


def inches(mm: float) -> float:
    """Return millimetres as inches.

    Examples
    --------
    >>> inches(25.4)
    1.0
    """
    return mm / MM_PER_INCH
