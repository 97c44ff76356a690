"""Fonts of a sheet: one that has Hangul where the machine has one, and the settings that make the same bytes every time.

Assumption: a font that names itself as one of `HANGUL_FONTS` has every syllable. Limit: where none is installed a Korean sheet
cannot be made; it is then drawn in English, Korean words are left out, and the caller is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

HANGUL_FONTS = (
    "Noto Sans CJK KR",
    "Malgun Gothic",
    "Apple SD Gothic Neo",
    "Noto Sans KR",
    "NanumGothic",
    "Noto Sans CJK JP",  # the same letters under the name by which an older matplotlib finds them
)
OTHER_FONT = "DejaVu Sans"  # comes with matplotlib
BEYOND_LATIN = re.compile(r"[\u1100-\u11ff\u2e80-\ud7ff\uf900-\ufaff\uff00-\uffef]+")
NO_HANGUL = (
    "no font with Hangul is installed: the sheet is in English, and Korean words are left out; install Noto Sans CJK"
    " (fonts-noto-cjk)"
)


@dataclass(frozen=True, slots=True)
class Lettering:
    """The fonts of a sheet.

    Attributes
    ----------
    families : tuple of str
        The first that has a letter draws it.
    hangul : bool
        Whether Korean can be written.
    language : str
        ``en`` or ``ko``: what the sheet can be in.
    message : str
        What to tell the user; "" where all is well.
    """

    families: tuple[str, ...]
    hangul: bool
    language: str
    message: str = ""

    @property
    def settings(self) -> Any:
        """Return matplotlib's settings for a sheet, for ``matplotlib.rc_context``."""
        return {
            "font.family": list(self.families),
            "axes.unicode_minus": False,
            "pdf.fonttype": 3,
            "text.hinting": "none",  # letters of a picture are as wide as they were measured
            "pdf.compression": 6,
            "hatch.linewidth": 0.35,
            "path.simplify": False,
            "axes.linewidth": 0.8,
            "text.usetex": False,
            "savefig.bbox": None,  # the paper, never what is drawn on it
        }


def lettering(language: str, installed: Iterable[str] | None = None) -> Lettering:
    """Return the fonts for a sheet in a language.

    Parameters
    ----------
    language : str
        ``en`` or ``ko``: what was asked for.
    installed : iterable of str, optional
        Names of fonts; by default those that matplotlib finds.

    Examples
    --------
    >>> lettering("ko", ["Malgun Gothic"]).families, lettering("ko", ["Arial"]).language, lettering("en", []).message[:7]
    (('Malgun Gothic', 'DejaVu Sans'), 'en', 'no font')
    """
    names = _installed() if installed is None else set(installed)
    found = next((name for name in HANGUL_FONTS if name in names), None)
    if found is None:
        return Lettering((OTHER_FONT,), hangul=False, language="en", message=NO_HANGUL)
    return Lettering((found, OTHER_FONT), hangul=True, language=language)


def _installed() -> set[str]:
    from matplotlib.font_manager import fontManager

    return {font.name for font in fontManager.ttflist}


def writable_text(text: str, hangul: bool) -> str:
    """Return a text without the letters that no font at hand has.

    Examples
    --------
    >>> writable_text("KCBL (한국대인지뢰대책회의)", False), writable_text("파주", True)
    ('KCBL', '파주')
    """
    if hangul:
        return text
    return re.sub(r"\(\s*\)", "", BEYOND_LATIN.sub("", text)).strip()


def writable_pair(pair: Mapping[str, str], hangul: bool) -> dict[str, str]:
    """Return a text in both languages without the letters that no font at hand has.

    Examples
    --------
    >>> writable_pair({"en": "Rivers", "ko": "하천"}, False)
    {'en': 'Rivers', 'ko': ''}
    """
    return {language: writable_text(text, hangul) for language, text in pair.items()}
