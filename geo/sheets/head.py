"""The head of a sheet: title and subtitle at the left, the sheet's name and page and the marks at the right.

Assumption: one line each over the whole width of the paper. Limit: a title that has no room is cut with a mark. The
subtitle tells what is supplied and what is simulated: where it has no room its first sentence stands here, and all of it comes
before the other texts.
"""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from geo.errors import ConfigError
from geo.maps.symbols import CHA, INK
from geo.sheets.blocks import write
from geo.sheets.grid import MARGIN_MM
from geo.sheets.lettering import LONGEST_LINE, line_mm, shortened, width_mm
from geo.sheets.view import A4_SHORT_MM, View

if TYPE_CHECKING:
    from geo.sheets.marginalia import About

LEAST_PT = 5.5  # of any text
EDGE_MM = 6.0  # white border that printers leave
HEAD_MM = 10.0  # strip of the title
TITLE, SUBTITLE = 1.2, 0.7  # their sizes for each millimetre of that strip [pt]
PAGE = ("Page {page} of {n_pages}", "{n_pages}쪽 중 {page}쪽")
SHEET = ("Sheet", "도엽")


def language_of(view: View) -> str:
    """Return the language of a sheet as texts name it."""
    return "ko" if view.language == "ko" else "en"


def head_mm(paper_mm: tuple[float, float]) -> float:
    """Return the height of the strip of the title [mm].

    Examples
    --------
    >>> head_mm((210, 297))
    10.0
    """
    return HEAD_MM * math.sqrt(min(paper_mm) / A4_SHORT_MM)


def _beside(view: View, about: About) -> tuple[str, str]:
    """Return what stands at the right of the title and of the subtitle: sheet and page, and the marks."""
    language, small = language_of(view), SUBTITLE * head_mm(view.paper_mm)
    page = PAGE[language == "ko"].format(page=about.page, n_pages=about.n_pages)
    sheet = f"{SHEET[language == 'ko']} {about.sheet_name[language]} · {page}"
    most_mm = 0.6 * (view.paper_mm[0] - 2 * EDGE_MM)
    first, second = (
        shortened(text, most_mm, small, "bold") for text in (sheet, " · ".join(mark[language] for mark in about.marks))
    )
    return first, second


def _left_mm(view: View, beside: str) -> float:
    """Return how much of a line of the head the text at its right leaves [mm]."""
    taken = width_mm(beside, SUBTITLE * head_mm(view.paper_mm), "bold") + 4 if beside else 0
    return view.paper_mm[0] - 2 * EDGE_MM - taken


def head_told(view: View, about: About) -> About:
    """Return what is told: a subtitle that the head has no room for begins the texts, and its first sentence stays."""
    if width_mm(about.subtitle[language_of(view)], LEAST_PT) <= _left_mm(view, _beside(view, about)[1]):
        return about
    first = {language: re.split(r"(?<=\.) ", text, maxsplit=1)[0] for language, text in about.subtitle.items()}
    return replace(about, subtitle=first, texts=(about.subtitle, *about.texts))


def draw_head(axes: Any, view: View, about: About) -> None:
    """Write title and subtitle at the left, sheet, page and marks at the right, over the whole width."""
    wide, high = view.paper_mm
    language = language_of(view)
    top, height = high - EDGE_MM, head_mm(view.paper_mm)
    lowest = view.frame_mm[1] + view.frame_mm[3] + MARGIN_MM["top"]
    if top - height < lowest:
        raise ConfigError(
            "no room for the title",
            where="sheet",
            expected=f"a frame that ends at {top - height - MARGIN_MM['top']:.1f} mm or lower",
            found=f"{lowest - MARGIN_MM['top']:.1f} mm",
        )
    sheet, marks = _beside(view, about)
    large, small = TITLE * height, SUBTITLE * height
    rows = ((about.title[language], large, "bold", sheet, INK), (about.subtitle[language], small, "normal", marks, CHA))
    y = top
    for text, most_pt, weight, beside, colour in rows:
        left = _left_mm(view, beside)
        size_pt = max(LEAST_PT, min(most_pt, most_pt * left / max(width_mm(text[:LONGEST_LINE], most_pt, weight), 1e-9)))
        shift = 0.8 * (line_mm(most_pt) - line_mm(small))  # one base line
        write(
            axes,
            EDGE_MM,
            y - 0.8 * (line_mm(most_pt) - line_mm(size_pt)),
            shortened(text, left, size_pt, weight),
            size_pt,
            weight=weight,
        )
        write(axes, wide - EDGE_MM, y - shift, beside, small, color=colour, weight="bold", ha="right")
        y -= line_mm(most_pt)
