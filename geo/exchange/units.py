"""Units that a heading states, and what they are in ours.

Assumption: the unit comes from the heading, the cell or a column map, never from the size of a number; where none of them says
it, it is asked for. One pyeong is 400/121 m².
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from geo.errors import ConfigError, nearest

PYEONG_M2 = 400 / 121
_SPELT_M2 = {
    1.0: "m2 m² ㎡ sqm sq.m squaremetres squaremeters 제곱미터 평방미터",
    PYEONG_M2: "pyeong pyong 평",
    1e4 * PYEONG_M2: "manpyeong 만평",
    3e3 * PYEONG_M2: "jeongbo 정보",
    1e4: "ha hectare hectares 헥타르",
    1e6: "km2 km² ㎢ sqkm sq.km squarekilometres squarekilometers 제곱킬로미터",
}
AREAS_M2: Mapping[str, float] = MappingProxyType({word: m2 for m2, words in _SPELT_M2.items() for word in words.split()})
LENGTHS_M: Mapping[str, float] = MappingProxyType(
    {"mm": 0.001, "cm": 0.01, "m": 1.0, "km": 1000.0, "metres": 1.0, "meters": 1.0, "미터": 1.0, "센티미터": 0.01}
)
ASKED = "its unit (m2, pyeong, ha, km2): name it in the heading, as in area (ha), or in [units] of a column map"
_BRACKETED = re.compile(r"^(?P<bare>.*?)\s*[(\[（](?P<unit>[^()\[\]（）]+)[)\]）]\s*$")
_TRAILING = re.compile(r"^(?P<bare>.+?)[\s_\-]+(?P<unit>[^\s_\-]+)$")
_SIGN = re.compile(r"^(?P<bare>.+?)(?P<unit>㎡|㎢|m²|km²)$")


def heading_unit(heading: str) -> tuple[str, str]:
    """Return a heading without its unit, and the unit, "" where it states none.

    Examples
    --------
    >>> heading_unit("면적(만 평)"), heading_unit("area_ha"), heading_unit("Estimated Area")
    (('면적', '만평'), ('area', 'ha'), ('Estimated Area', ''))
    """
    for form in (_BRACKETED, _SIGN, _TRAILING):
        if found := form.match(heading.strip()):
            unit = re.sub(r"\s+", "", found["unit"]).casefold()
            if unit in AREAS_M2 or unit in LENGTHS_M:
                return found["bare"], unit
    return heading, ""


def area_factor(unit: str, *, where: str = "") -> float:
    """Return the m² of one unit of area.

    Raises
    ------
    ConfigError
        If the unit is unknown.

    Examples
    --------
    >>> round(area_factor("평"), 6), area_factor("HA")
    (3.305785, 10000.0)
    """
    word = re.sub(r"\s+", "", str(unit)).casefold()
    if word not in AREAS_M2:
        raise ConfigError("unknown unit of area", where=where, found=str(unit), mend=nearest(word, ("m2", "pyeong", "ha", "km2")))
    return AREAS_M2[word]
