"""The column names that mine-action and Korean files use, mapped to ours.

Assumption: a heading means the same whatever its case, spaces, underscores and hyphens; a Shapefile cuts headings
at 10 bytes, so a heading of 9 or 10 bytes also matches the longer name it begins. Columns we do not know are
carried through untouched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "hazard_id", "LandID", "localid", "hazard_localid", "imsma_id", "관리번호"),
        "name": ("name", "명칭", "지명", "이름"),
        "name_en": ("name_en", "name_eng"),
        "name_ko": ("name_ko", "name_kor"),
        "land_class": ("land_class", "classification", "type of area"),
        "land_status": ("land_status", "status"),
        "national_term": ("national_term", "Type of Minefield", "구분", "지뢰지대구분"),
        "evidence": ("evidence", "Evidence Of Contamination"),
        "direct_evidence": ("direct_evidence", "Direct Evidence"),
        "indirect_evidence": ("indirect_evidence", "Indirect Evidence"),
        "contamination": ("contamination", "Type Of Contamination"),
        "as_of": ("as_of", "Date of information", "기준일"),
        "precision_m": ("precision_m", "positional precision m"),
        "zone": ("zone",),
    }
)
DISTRICT_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "code": (
            "code",
            "SIG_CD",
            "SIGUNGU_CD",
            "CTPRVN_CD",
            "adm_cd",
            "EMD_CD",
            "행정구역코드",
            "시군구코드",
            "GID_2",
            "GID_1",
        ),
        "name_ko": (
            "name_ko",
            "SIG_KOR_NM",
            "SIGUNGU_NM",
            "CTP_KOR_NM",
            "adm_nm",
            "EMD_KOR_NM",
            "시군구명",
            "행정구역명",
            "시도명",
        ),
        "name_en": ("name_en", "name_eng", "SIG_ENG_NM", "CTP_ENG_NM", "EMD_ENG_NM", "NAME_2", "NAME_1"),
        "name": ("name", "NAME", "명칭"),
    }
)
LINE_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "river_id", "line_id"),
        "name": ("name", "river", "명칭", "하천명"),
        "name_en": ("name_en", "name_eng"),
        "name_ko": ("name_ko", "name_kor"),
        "kind": ("kind", "layer", "role", "type", "구분"),
    }
)
HANGUL = re.compile("[가-힣]")


def plain(name: str) -> str:
    """Return a heading without case, spaces, underscores, hyphens and bracketed units' brackets.

    Examples
    --------
    >>> plain("Date of information") == plain("DATE_OF-INFORMATION")
    True
    """
    return re.sub(r"[\s_\-]+", "", name).casefold()


def match_columns(columns: Iterable[str], aliases: Mapping[str, tuple[str, ...]], *, cut: bool = False) -> dict[str, str]:
    """Return {file's column: our name}; each of ours is taken once, by the alias named first.

    Parameters
    ----------
    columns : iterable of str
        The file's headings.
    aliases : mapping of str to tuple of str
        Our names and the headings accepted for each, preferred first.
    cut : bool
        Whether headings may have been cut at 10 bytes, as a Shapefile does.

    Examples
    --------
    >>> match_columns(["LandID", "Classifica", "pop"], ALIASES, cut=True)
    {'LandID': 'id', 'Classifica': 'land_class'}
    """
    headings = [str(column) for column in columns]
    found: dict[str, str] = {}
    for ours, accepted in aliases.items():
        for alias in accepted:
            match = next((name for name in headings if name not in found and _same(name, alias, cut)), None)
            if match is not None:
                found[match] = ours
                break
    return found


def _same(heading: str, alias: str, cut: bool) -> bool:
    if plain(heading) == plain(alias):
        return True
    n_bytes = {len(heading.encode(encoding, errors="replace")) for encoding in ("utf-8", "cp949")}
    return cut and bool(n_bytes & {9, 10}) and plain(alias).startswith(plain(heading))
