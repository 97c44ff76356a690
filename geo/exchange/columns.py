"""The column names that mine-action and Korean files use, mapped to ours.

Assumption: a heading means the same whatever its case, spaces, underscores and hyphens; a Shapefile cuts headings
at 10 bytes, so a heading of 9 or 10 bytes also matches the longer name it begins. Columns we do not know are
carried through untouched.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from geo.survey.persons import plain as plain

_NAMES: Mapping[str, tuple[str, ...]] = {
    "name": ("name", "명칭", "지명", "이름"),
    "name_en": ("name_en", "name_eng"),
    "name_ko": ("name_ko", "name_kor"),
    "description": ("description", "desc", "설명"),
}
_EVIDENCE: Mapping[str, tuple[str, ...]] = {
    "evidence": ("evidence", "Evidence Of Contamination", "증거"),
    "direct_evidence": ("direct_evidence", "Direct Evidence", "직접증거"),
    "indirect_evidence": ("indirect_evidence", "Indirect Evidence", "간접증거"),
}
_MARKING: Mapping[str, tuple[str, ...]] = {
    "marking_type": ("marking_type", "marking", "type of marking", "표시종류"),
    "fence_condition": ("fence_condition", "condition of fence", "철조망상태"),
    "last_inspected": ("last_inspected", "date of last inspection", "점검일"),
}
_ENTERED: Mapping[str, tuple[str, ...]] = {
    "crs_entered": ("crs_entered", "coordrefsys", "datum", "측지계", "좌표계"),
    "fixed_by": ("fixed_by", "fixedby", "측량방법"),
    "entered_as": ("entered_as", "userinputformat"),
    "entered_x": ("entered_x", "user_entered_x"),
    "entered_y": ("entered_y", "user_entered_y"),
    "entered_mgrs": ("entered_mgrs", "user_entered_mgrs"),
}
_SOURCE: Mapping[str, tuple[str, ...]] = {
    "source": ("source", "source of information", "출처"),
    "source_reliability": ("source_reliability", "reliability", "출처신뢰도"),
    "links": ("links", "imsma_links"),
}
_AS_OF = ("as_of", "Date of information", "dateofinfo", "기준일")
_PRECISION = ("precision_m", "positional precision m")
_STATUS = ("land_status", "status", "상태")
_CLASS = ("land_class", "classification", "type of area")
_DEPTH = ("depth_cm", "clearance depth cm")
_TYPES = ("mine_types", "mine_type", "지뢰종류")

ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "hazard_id", "LandID", "localid", "hazard_localid", "imsma_id", "관리번호", "feature_id"),
        **_NAMES,
        "land_class": _CLASS,
        "land_status": _STATUS,
        "national_term": ("national_term", "Type of Minefield", "구분", "지뢰지대구분"),
        **_EVIDENCE,
        "contamination": ("contamination", "Type Of Contamination"),
        "as_of": _AS_OF,
        "precision_m": _PRECISION,
        "zone": ("zone",),
        "basis": ("basis",),
        "priority": ("priority", "우선순위"),
        **_SOURCE,
        "mine_types": _TYPES,
        "emplaced_period": ("emplaced_period", "매설시기"),
        "emplaced_n": ("emplaced_n", "매설", "매설수", "매설발수"),
        "recovered_n": ("recovered_n", "회수", "회수수", "회수발수"),
        "unaccounted_n": ("unaccounted_n", "미회수", "미회수수", "미회수발수"),
        "searched_n": ("searched_n", "탐지횟수"),
        "area_reported_m2": ("area_reported_m2",),
        "original_m2": ("original_m2",),
        "cancelled_m2": ("cancelled_m2",),
        "reduced_m2": ("reduced_m2",),
        "cleared_m2": ("cleared_m2",),
        "remaining_m2": ("remaining_m2",),
        "depth_cm": _DEPTH,
        "status_since": ("status_since", "Status Changed Date", "상태변경일"),
        "status_reason": ("status_reason", "Status Changed Reason", "상태변경사유"),
        "valid_from": ("valid_from", "gdb_from_date"),
        "valid_to": ("valid_to", "gdb_to_date"),
        "criteria_for_cancellation": ("criteria_for_cancellation",),
        "criteria_for_reduction": ("criteria_for_reduction",),
        "report_id": ("report_id",),
        **_MARKING,
        "shape_id": ("shape_id", "shapeid"),
        "shape_kind": ("shape_kind", "shapeenum", "poly_prop_enum"),
        **_ENTERED,
    }
)
POINT_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "hazard_id": ("hazard_id", "LandID", "localid", "hazard_localid", "imsma_id", "관리번호"),
        "shape_id": ("shape_id", "shapeid"),
        "point_id": ("point_id", "pointlocal_id", "pointid", "점번호"),
        "kind": ("kind", "pointtypeenum", "pointtype", "point_kind"),
        "order": ("order", "pointno", "sequence", "점순서", "순번", "점번"),
        "lat": ("lat", "latitude", "위도"),
        "lon": ("lon", "longitude", "lng", "경도"),
        "elevation": ("elevation", "ele", "표고"),
        "precision_m": _PRECISION,
        "closing_error_m": ("closing_error_m",),
        "bearing_deg": ("bearing_deg", "bearing", "방위각"),
        "distance_m": ("distance_m", "distance", "거리"),
        "declination_deg": ("declination_deg", "declination", "편차"),
        "declination_year": ("declination_year", "declination year", "편차연도"),
        "from_point": ("from_point", "frompoint"),
        "north": ("north",),
        **_ENTERED,
    }
)
COORDINATE_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(  # of a table; x is the easting
    {
        "wkt": ("wkt", "geometry", "geom", "the_geom", "wkt_geom", "도형"),
        "lat": POINT_ALIASES["lat"],
        "lon": POINT_ALIASES["lon"],
        "x": ("x", "easting", "동거"),
        "y": ("y", "northing", "북거"),
        "utm_zone": ("utm_zone",),
        "utm": ("utm",),
        "mgrs": ("mgrs", "military grid", "군사좌표", "mgrs좌표"),
        "place": ("coordinates", "coordinate", "좌표"),
    }
)
REPORT_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "hazard_id": ("hazard_id", "LandID", "hazard_localid", "imsma_id", "관리번호"),
        "report_id": ("report_id", "id", "localid"),
        "date": ("date", *_AS_OF),
        "entered": ("entered", "dataentrydate", "입력일"),
        "kind": ("kind", "report_kind", "type of activity", "activity type", "구분"),
        "reason": ("reason", "사유"),
        **{name: _SOURCE[name] for name in ("source", "links")},
        "land_class": _CLASS,
        "land_status": _STATUS,
        "cancelled_m2": ("cancelled_m2",),
        "reduced_m2": ("reduced_m2",),
        "cleared_m2": ("cleared_m2",),
        "depth_cm": _DEPTH,
        "recovered_n": ("recovered_n", "회수", "회수수", "회수발수"),
        **{name: _EVIDENCE[name] for name in ("direct_evidence", "indirect_evidence")},
        **_MARKING,
    }
)
DEVICE_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "hazard_id": ("hazard_id", "LandID", "hazard_localid", "imsma_id", "관리번호"),
        "category": ("category", "device category", "ordnance category", "종류"),
        "model": ("model", "device model", "ordnance model", "모델"),
        "quantity": ("quantity", "qty", "수량"),
    }
)
_POINT_RECORD: Mapping[str, tuple[str, ...]] = {
    "hazard_id": ("hazard_id", "hazard_localid"),
    **_NAMES,
    "date": ("date", "date_start", "발생일", "발견일", "일자"),
    "as_of": _AS_OF,
    "basis": ("basis",),
    "precision_m": _PRECISION,
    "evidence": _EVIDENCE["evidence"],
    **_SOURCE,
    **_ENTERED,
}
FIND_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "find_id", "localid", "imsma_id", "관리번호", "feature_id"),
        **_POINT_RECORD,
        "mine_types": _TYPES,
        "condition": ("condition",),
        "moved": ("moved", "moved before"),
        "depth_cm": ("depth_cm",),
        "quantity": ("quantity", "n_found", "수량"),
    }
)
ACCIDENT_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "accident_id", "accident_localid", "localid", "imsma_id", "관리번호", "feature_id"),
        **_POINT_RECORD,
        "name": ("name", "명칭", "지명"),  # 이름 is the victim's
        "date": ("date", "dateofaccident", "date of accident", "사고일", "발생일", "일자"),
        "cause": ("cause", "원인"),
        "activity": ("activity", "활동"),
        "mine_types": _TYPES,
        "moved": ("moved", "moved before"),
        "marked": ("marked", "표시여부"),
        "location_class": ("location_class",),
        "age": ("age", "나이"),
        "sex": ("sex", "gender", "성별"),
        "person": ("person", "victim", "victim name", "name of victim", "피해자", "피해자명", "피해자이름", "이름", "성명"),
        "killed": ("killed", "사망"),
        "injured": ("injured", "부상"),
    }
)
SIGN_ALIASES: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "id": ("id", "sign_id", "localid", "관리번호", "feature_id"),
        **_POINT_RECORD,
        "sign_text": ("sign_text", "wording", "sign", "문구"),
        **_MARKING,
    }
)
RECORD_ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "hazards": ALIASES,
        "finds": FIND_ALIASES,
        "accidents": ACCIDENT_ALIASES,
        "signs": SIGN_ALIASES,
        "points": POINT_ALIASES,
        "reports": REPORT_ALIASES,
        "devices": DEVICE_ALIASES,
    }
)
AREA_NAMES: Mapping[str, tuple[str, ...]] = MappingProxyType(  # headings of areas that still have to say their unit
    {
        "area_reported_m2": ("area_reported", "Estimated Area", "reported area", "area", "area size", "면적", "보고면적"),
        "original_m2": ("original", "original area", "최초면적", "원면적"),
        "cancelled_m2": ("cancelled", "cancelled area", "canceled area", "취소면적"),
        "reduced_m2": ("reduced", "reduced area", "축소면적"),
        "cleared_m2": ("cleared", "cleared area", "제거면적"),
        "remaining_m2": ("remaining", "Remaining Area", "잔여면적"),
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


def match_columns(columns: Iterable[str], aliases: Mapping[str, tuple[str, ...]], *, cut: bool = False) -> dict[str, str]:
    """Return {file's column: our name}; each of ours is taken once, by the alias named first.

    Parameters
    ----------
    columns : iterable of str
        The file's headings.
    aliases : mapping of str to tuple of str
        Our names and the headings accepted for each, preferred first.
    cut : bool
        Whether headings may have been cut at 10 bytes, as a Shapefile does; a whole heading is preferred to a cut one.

    Examples
    --------
    >>> match_columns(["LandID", "Classifica", "pop"], ALIASES, cut=True)
    {'LandID': 'id', 'Classifica': 'land_class'}
    """
    free = {str(column): plain(str(column)) for column in columns}
    found: dict[str, str] = {}
    for same in (_equal, _begins) if cut else (_equal,):
        for ours, accepted in aliases.items():
            if ours in found.values():
                continue
            names = (name for alias in accepted for name in free if same(name, free[name], plain(alias)))
            if (match := next(names, None)) is not None:
                found[match] = ours
                del free[match]
    return found


def _equal(_: str, heading: str, alias: str) -> bool:
    return heading == alias


def _begins(name: str, heading: str, alias: str) -> bool:
    n_bytes = {len(name.encode(encoding, errors="replace")) for encoding in ("utf-8", "cp949")}
    return bool(n_bytes & {9, 10}) and alias.startswith(heading)
