"""The page's own words in English and Korean; controlled words and fixed texts come from `geo.terms`.

One table: a word that stands here in one language stands here in both, and a test says so.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo.area import StudyArea
from geo.maps.ground_words import GROUND_WORDS
from geo.maps.panel_words import PANEL_VALUES, PANEL_WORDS
from geo.maps.series_words import SERIES_WORDS
from geo.maps.tool_words import TOOL_WORDS
from geo.survey.evidence import evidence_lists
from geo.terms import (
    BASES,
    EVIDENCE,
    FENCE_CONDITIONS,
    LAND_CLASSES,
    LAND_STATUSES,
    LAYERS,
    MARKING_TYPES,
    PRIORITIES,
    SHAPE_KINDS,
    SIGN_TEXTS,
    Term,
)

Pair = dict[str, str]

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("map_label", "Map", "지도"),
    ("panel", "Information", "정보"),
    ("close", "Close", "닫기"),
    ("widen", "Widen the panel", "패널 넓히기"),
    ("legend", "Legend", "범례"),
    ("language", "Language", "언어"),
    ("zoom_in", "Zoom in", "확대"),
    (
        "zoom_most",
        "No closer: no position here is stated more exactly (column precision_m)",
        "더 확대할 수 없음: 위치 정확도가 더 높게 명시된 자료 없음(precision_m 열)",
    ),
    ("clicked_at", "Where you clicked:", "클릭한 위치:"),
    ("zoom_out", "Zoom out", "축소"),
    ("skip", "Skip to the map", "지도로 건너뛰기"),
    ("tab_layers", "Layers", "레이어"),
    ("tab_areas", "Areas", "면적"),
    ("tab_record", "Record", "기록"),
    ("tab_about", "About", "설명"),
    ("group_zones", "Zones", "구역"),
    ("group_hazards", "Hazards", "위험지역"),
    ("group_screening", "Screening", "선별"),
    ("group_evidence", "Evidence", "증거 자료"),
    ("group_orientation", "Orientation", "방향 참조"),
    ("simulated_tag", "Simulated, not a real position", "모의 배치, 실제 위치가 아님"),
    ("modelled_tag", "Modelled: it orders places, nobody surveyed them", "모델 결과: 순위를 매길 뿐 조사된 것이 아님"),
    (
        "placed",
        "Placed at the named place; may be off by about {km} km.",
        "지명 위치에 표시; 약 {km} km 어긋날 수 있음",
    ),
    (
        "cleared",
        "Recorded as cleared on {date} ({source}). Later floods or landslides may have brought mines in.",
        "{date} 제거 완료로 기록됨({source}). 그 뒤의 홍수나 산사태로 지뢰가 들어왔을 수 있습니다.",
    ),
    (
        "searched",
        "Searched, not released: about {n} recorded mines not recovered.",
        "탐지했으나 해제되지 않음: 기록된 지뢰 약 {n}발 미회수.",
    ),
    ("old", "More than two years old.", "2년이 넘은 자료입니다."),
    (
        "too_close",
        "hidden at this zoom: not precise enough",
        "이 배율에서는 숨김: 위치가 그만큼 정확하지 않음",
    ),
    ("supplied_layers", "{layers}: supplied, taken as it stands.", "{layers}: 제공 자료를 그대로 표시."),
    (
        "supplied_cells",
        "{layers}: supplied, shown as 1 km cells, not as outlines.",
        "{layers}: 제공 자료를 1 km 격자로 표시(실제 경계 아님).",
    ),
    (
        "cells_legend",
        "Supplied hazards: the 1 km cells they touch, not their outlines",
        "제공된 위험 지역: 걸친 1 km 격자이며 경계가 아님",
    ),
    ("this_place", "This place", "이 위치"),
    ("sources_word", "Sources", "출처"),
    ("read_first", "Read this first", "먼저 읽으십시오"),
    (
        "drawn",
        "Shapes are drawn to about 10 m; layers.gpkg holds them in full precision.",
        "도형은 약 10 m까지 줄여 그렸습니다. 전체 정밀도는 layers.gpkg에 있습니다.",
    ),
    ("field_id", "Id", "번호"),
    ("field_land_class", "Class", "분류"),
    ("field_land_status", "Status", "상태"),
    ("field_national_term", "National term", "국내 용어"),
    ("field_zone", "Zone", "구역"),
    ("field_part", "Part", "부분"),
    ("field_series", "Series", "계열"),
    ("field_area_m2", "Area", "면적"),
    ("field_precision_m", "Position", "위치 오차"),
    ("field_distance_m", "From the line", "기준선에서"),
    ("field_length_km", "Length, km", "길이, km"),
    ("field_basis", "Basis", "작성 근거"),
    ("field_as_of", "As of", "기준일"),
    ("field_sources", "Source", "출처"),
    ("field_river", "River", "하천"),
    ("field_reach", "Reach", "구간"),
    ("field_origin", "Origin", "발생원"),
    ("field_band", "Band", "띠"),
    ("field_class", "Priority", "우선순위"),
    ("field_inner_m", "From the river", "하천에서"),
    ("field_outer_m", "To", "까지"),
    ("field_index", "Index", "지수"),
    ("rank_only", "rank only", "순위용"),
    ("field_released", "Share released", "유실 비율"),
    ("field_delivered", "Share in channels", "물길 도달 비율"),
    ("wider", "reached only by wider floods of the ensemble", "앙상블의 더 넓은 홍수에서만 잠김"),
    ("raster_title", "Flood raster, cell by cell", "격자별 홍수 지도"),
    ("raster_none", "none", "표시 안 함"),
    ("raster_index", "Screening index, {origin}", "선별 지수, {origin}"),
    ("raster_depth", "Flood depth, m, on this terrain model", "이 지형 모형에서의 홍수 수심, m"),
    ("raster_basis", "modelled, simulated; cells of {m} m", "모형 결과, 모의; {m} m 격자"),
    (
        "raster_merged",
        "modelled, simulated; cells merged to about {m} m, showing the highest class of each",
        "모형 결과, 모의; 약 {m} m로 묶고 그 안의 가장 높은 등급을 표시",
    ),
    ("raster_high", "Higher: densest cells, {share} % of the index", "높음: 가장 조밀한 격자, 지수의 {share} %"),
    ("raster_middle", "Middle: the next, up to {share} %", "중간: 그다음, {share} %까지"),
    ("raster_lower", "Lower priority: the rest", "우선순위 낮음: 나머지"),
    ("field_drivers", "Drivers", "주요 요인"),
    ("field_pi", "Expected mined share", "기대 매설 비율"),
    ("field_mined_km2", "Expected mined area", "기대 매설 면적"),
    ("field_flows_into", "Flows into", "합류"),
    ("field_mean_width_m", "Mean width, m", "평균 폭, m"),
    ("field_width_class", "Width", "폭"),
    ("field_tidal", "Tide", "조석"),
    ("field_accuracy_km", "Accuracy, km", "정확도, km"),
    ("field_event", "Event", "사건"),
    ("field_date_start", "From", "시작일"),
    ("field_date_end", "Until", "종료일"),
    ("field_mine_type", "Mine type", "지뢰 종류"),
    ("field_n_lost", "Lost", "유실"),
    ("field_n_found", "Found", "발견"),
    ("field_n_exploded", "Exploded", "폭발"),
    ("field_killed", "Killed", "사망"),
    ("field_injured", "Injured", "부상"),
    ("field_uncertainty_km", "Position", "위치 오차"),
    ("field_record_kind", "Kind of record", "기록 종류"),
    ("field_confidence", "Confidence", "신뢰 구분"),
    ("field_note", "Note", "비고"),
    ("field_kind", "Kind", "종류"),
    ("field_population", "Population", "인구"),
    ("field_population_year", "Census", "인구 조사"),
    ("field_reported_km2", "Reported area, km²", "공표 면적, km²"),
    ("field_mines_remaining", "Mines not recovered", "미회수 지뢰"),
    ("field_drainage_area_km2", "Drainage area, km²", "유역 면적, km²"),
    ("flood_hatch", "// south source, \\\\ north source", "// 남측 발생원, \\\\ 북측 발생원"),
    ("field_evidence", "Evidence", "증거"),
    ("field_direct_evidence", "Direct evidence", "직접 증거"),
    ("field_indirect_evidence", "Indirect evidence", "간접 증거"),
    ("field_mine_types", "Mine types", "지뢰 종류"),
    ("field_emplaced_n", "Emplaced", "매설"),
    ("field_recovered_n", "Recovered", "회수"),
    ("field_unaccounted_n", "Unaccounted for", "미회수"),
    ("field_searched_n", "Times searched", "탐지 횟수"),
    ("field_original_m2", "Original area", "최초 면적"),
    ("field_area_reported_m2", "Reported area", "보고 면적"),
    ("field_cancelled_m2", "Cancelled (survey)", "취소(비기술조사)"),
    ("field_reduced_m2", "Reduced (technical survey)", "축소(기술조사)"),
    ("field_cleared_m2", "Cleared", "제거 완료"),
    ("field_remaining_m2", "Remaining", "잔여"),
    ("field_depth_cm", "Depth, cm", "깊이, cm"),
    ("field_valid_from", "Held from", "유효 시작"),
    ("field_valid_to", "Held until", "유효 종료"),
    ("field_status_since", "Status since", "상태 변경일"),
    ("field_status_reason", "Reason", "변경 사유"),
    ("field_marking_type", "Marking", "표시"),
    ("field_fence_condition", "Fences and signs", "철조망·표지판 상태"),
    ("field_last_inspected", "Last inspected", "마지막 점검"),
    ("field_shape_kind", "Shape", "도형"),
    ("field_link", "Hazard", "위험 지역"),
    ("field_hazard_id", "Hazard", "위험 지역"),
    ("field_accidents_distance_m", "Distance to it", "그곳까지 거리"),
    ("field_date", "Date", "날짜"),
    ("field_years", "Years", "연도"),
    ("field_year_first", "First year", "첫 연도"),
    ("field_year_last", "Last year", "마지막 연도"),
    ("field_told", "Number in the cell", "격자 안 건수"),
    ("field_sign_text", "Wording", "문구"),
    ("field_sign_words", "Words on it", "쓰인 말"),
    ("field_condition", "Condition", "상태"),
    ("field_moved", "Moved before", "이동 여부"),
    ("field_marked", "Marked", "표시 여부"),
    ("field_quantity", "Number of items", "수량"),
    ("field_cause", "Cause", "원인"),
    ("field_activity", "Activity", "활동"),
    ("field_location_class", "Place known by", "위치 근거"),
    (
        "few_told",
        "Counts below five are not told exactly; a cell is no place.",
        "5건 미만은 정확히 밝히지 않습니다. 격자는 실제 위치가 아닙니다.",
    ),
    (
        "cleared_partly",
        "Clearance was going on in {date} ({source}). No source at hand says that it is complete.",
        "{date} 제거 작업 중으로 기록됨({source}). 완료되었다는 자료는 없습니다.",
    ),
    (
        "cleared_depthless",
        "Recorded as cleared on {date} ({source}), depth not stated. Later floods or landslides may have brought mines in.",
        "{date} 제거 완료로 기록됨({source}, 깊이 미상). 그 뒤의 홍수나 산사태로 지뢰가 들어왔을 수 있습니다.",
    ),
    (
        "closed_told",
        "A record, not a release. Later floods or landslides may have brought mines in.",
        "기록일 뿐이며 해제를 뜻하지 않습니다. 그 뒤의 홍수나 산사태로 지뢰가 들어왔을 수 있습니다.",
    ),
    (
        "circle",
        "Only a size is known: the circle has the recorded area and is not a boundary.",
        "면적만 알려져 있습니다. 원은 기록된 면적을 나타낼 뿐 경계가 아닙니다.",
    ),
    (
        "sketch",
        "Position known to ±{m} m only: zoom out.",
        "위치는 ±{m} m까지만 알려져 있습니다. 축소하십시오.",
    ),
    (
        "sketch_untold",
        "How exact the position is was not stated: zoom out.",
        "위치의 정확도가 알려져 있지 않습니다. 축소하십시오.",
    ),
    ("circles", "Dotted circle: recorded size, no boundary", "점선 원: 기록된 면적이며 경계가 아님"),
    ("soft_edge", "Soft edge: how exact the position is was not stated", "흐린 가장자리: 위치 정확도가 명시되지 않음"),
    (
        "sketched",
        "soft areas: less exact than this zoom",
        "흐린 도형: 이 배율만큼 정확하지 않음",
    ),
    (
        "simplified",
        "Simplified: a mark may stand for several, gravest shown; zoom in for shapes",
        "단순 표시: 표시 하나가 여러 곳일 수 있으며 가장 위험한 등급으로 나타냄. 확대하면 모양이 보임",
    ),
    ("drawing", "Drawing… not everything is on the map yet", "그리는 중… 아직 모두 표시되지 않음"),
    ("days", "Records as of a day", "기준일별 기록"),
    ("day_range", "Day of the state shown", "표시할 상태의 기준일"),
    ("day_field", "As of (YYYY, YYYY-MM or YYYY-MM-DD)", "기준일 (YYYY, YYYY-MM, YYYY-MM-DD)"),
    ("day_form", "YYYY-MM-DD", "연-월-일"),
    ("day_latest", "Latest state", "최신 상태"),
    ("day_latest_told", "Latest recorded state.", "기록된 최신 상태."),
    (
        "day_wrong",
        "Not a date: {text}. Write 2011, 2011-08 or 2011-08-05.",
        "날짜가 아님: {text}. 2011, 2011-08, 2011-08-05처럼 쓰십시오.",
    ),
    (
        "day_told",
        "As of {day}: {n} of {all} dated records held. Always shown, because undated: {undated}. A year or month counts from its"
        " last day; what was recorded later is not drawn and may have been there.",
        "{day} 기준: 날짜가 있는 기록 {all}건 중 {n}건 유효. 날짜가 없어 항상 표시: {undated}건."
        " 연도나 월만 있으면 그 마지막 날부터 셉니다. 나중에 기록된 것은 표시되지 않지만 그때 이미 있었을 수 있습니다.",
    ),
    ("day_future", "{text} has not come yet: nothing is known of it.", "{text}: 아직 오지 않은 날짜이므로 알려진 것이 없습니다."),
    ("day_state", "State of {day}.", "{day} 당시 상태."),
    ("day_until", "Dated to {day}.", "{day}까지의 기록."),
    ("day_counted", "counted above", "위에 포함"),
    ("n_cells", "{n} cells", "격자 {n}개"),
    ("n_shown", "{n} features shown", "표시된 객체 {n}개"),
    ("day_mark", "State of {day}, not the latest", "{day} 당시 상태(최신 아님)"),
    ("gross", "gross", "중복 포함"),
    ("of_it_closed", "Of it closed on record: {figures}.", "그중 종결 기록: {figures}."),
    ("fed_simulated", "from expected (simulated) fields, south", "남측 기대(모의) 배치에서"),
    ("fed_supplied", "from supplied fields, south", "남측 제공 자료에서"),
    ("fed_both", "from supplied and simulated fields, south", "남측 제공 자료와 모의 배치에서"),
    ("origin_north", "from an assumed source, north", "북측 가정 발생원에서"),
)
_VALUES: tuple[tuple[str, str, str], ...] = (
    ("all", "whole", "전체"),
    ("south", "south", "남측"),
    ("north", "north", "북측"),
    ("ccz", LAYERS["mcz"].en, LAYERS["mcz"].ko),
    ("south_of_ccl", "South of the controlled zone", "통제구역 남쪽"),
    ("rear", "Rear", "후방"),
    ("closed_on_record", "Closed on record, no release", "종결 기록, 해제 아님"),
    ("by construction", "by construction", "구성에 의해 일치"),
    ("match", "match", "일치"),
    ("over", "over", "초과"),
    ("under", "under", "미달"),
    ("not comparable", "not comparable", "비교 불가"),
    ("other published value", "other published value", "다른 공표값"),
    ("solved", "solved", "풀어서 정함"),
    ("within this limit", "within this limit", "이 한계 안"),
    ("no published length", "no published length", "공표된 길이 없음"),
    (
        "counted in the whole; closed or handed over on record, which is no release",
        "counted in the whole; closed or handed over on record, which is no release",
        "전체에 포함됨. 종결 또는 인계로 기록된 것이며 해제를 뜻하지 않음",
    ),
    ("no source splits km² by zone", "no source splits km² by zone", "km²를 구역별로 나눈 자료 없음"),
    (
        "area of the grid cells, not of mined land",
        "area of the grid cells, not of mined land",
        "격자 칸의 면적이며 매설 면적이 아님",
    ),
    ("no area of such zones is published", "no area of such zones is published", "이런 구역의 공표 면적 없음"),
    (
        "a thinned control line is shorter than the ground line",
        "a thinned control line is shorter than the ground line",
        "줄인 제어선은 실제 선보다 짧음",
    ),
    ("undated", "undated", "날짜 미상"),
    ("at designation, year not stated", "at designation, year not stated", "지정 당시, 연도 없음"),
    ("supplied", "supplied", "제공 자료"),
    ("length", "length", "길이"),
    ("half_width", "half-width", "반폭"),
    ("outer_distance", "outer distance", "바깥 거리"),
    ("yes", "yes", "예"),
    ("no", "no", "아니요"),
    ("True", "yes", "예"),
    ("False", "no", "아니요"),
    ("yearly", "yearly", "연도별"),
    ("cumulative", "cumulative", "누계"),
    ("decade", "decade", "10년"),
    ("to date", "to date", "현재까지"),
    ("not available", "not available", "자료 없음"),
    ("n.a.", "n.a.", "자료 없음"),
    ("casualties", "casualties", "사상자"),
    ("killed", "killed", "사망"),
    ("injured", "injured", "부상"),
    ("accidents", "accidents", "사고"),
    ("event", "event", "개별 사건"),
    ("aggregate", "several places in one record", "여러 곳을 합친 기록"),
    ("quoted", "quoted", "원문 확인"),
    ("paper", "from the paper", "논문 인용"),
    ("source reaches", "source reaches", "발생 구간"),
    ("derived", "derived", "도출"),
    ("unverified", "unverified", "미확인"),
)
SCOPES: Mapping[str, tuple[str, str]] = {
    "rear": ("rear", "후방"),
    "dmz": ("DMZ", "비무장지대"),
    "ROK": ("whole country", "전국"),
    "ccz": ("MCZ", "민간인통제구역"),
}
WORDS: Mapping[str, Pair] = {
    **{key: {"en": en, "ko": ko} for key, en, ko in _WORDS},
    **GROUND_WORDS,
    **PANEL_WORDS,
    **SERIES_WORDS,
    **TOOL_WORDS,
}
VALUES: Mapping[str, Pair] = {
    **{
        term.key: {"en": term.en, "ko": term.ko}
        for terms in (LAYERS, PRIORITIES, BASES, LAND_STATUSES, LAND_CLASSES)
        for term in terms.values()
    },
    **PANEL_VALUES,
    **{key: {"en": en, "ko": ko} for key, en, ko in _VALUES},
}


def _pairs(*tables: Mapping[str, Term]) -> dict[str, Pair]:
    return {term.key: {"en": term.en, "ko": term.ko} for terms in tables for term in terms.values()}


COLUMN_VALUES: Mapping[str, Mapping[str, Pair]] = {  # words that mean something else in another column, or nothing
    "evidence": _pairs(EVIDENCE),
    "marking_type": _pairs(MARKING_TYPES),
    "fence_condition": _pairs(FENCE_CONDITIONS),
    "sign_text": _pairs(SIGN_TEXTS),
    "shape_kind": _pairs(SHAPE_KINDS),
}


def evidence_values(area: StudyArea) -> dict[str, dict[str, Pair]]:
    """Return the names of the area's items of evidence by the columns that hold them; an item may stand in either column.

    Examples
    --------
    >>> from geo.area import read_area
    >>> evidence_values(read_area("demo"))["indirect_evidence"]["old_survey"]
    {'en': 'old survey', 'ko': '과거 조사'}
    """
    lists = evidence_lists(area)
    names = {item.key: pair(item.en, item.ko) for item in (*lists.direct, *lists.indirect)}
    return {"direct_evidence": names, "indirect_evidence": names}


def pair(en: str, ko: str) -> Pair:
    """Return a text in both languages, the English one where the other is missing."""
    return {"en": en, "ko": ko or en}


def filled(text: Pair, **blanks: object) -> Pair:
    """Return a text with its blanks filled alike in both languages; a blank may be a text in both.

    Examples
    --------
    >>> filled(WORDS["searched"], n=190)["en"]
    'Searched, not released: about 190 recorded mines not recovered.'
    """

    def told(language: str) -> str:
        return text[language].format(**{key: one[language] if isinstance(one, dict) else one for key, one in blanks.items()})

    return pair(told("en"), told("ko"))


def province_values(area: StudyArea) -> dict[str, Pair]:
    """Return the names of the area's provinces, and of their shares of the zones, by the keys the tables use.

    Examples
    --------
    >>> from geo.area import read_area
    >>> province_values(read_area("demo"))["south_westmark"]
    {'en': 'south, Westmark', 'ko': '남측 서주'}
    """
    names = {key: pair(en, ko) for key, (en, ko) in area.settings["provinces"]["names"].items()}
    return names | {f"south_{key}": pair(f"south, {name['en']}", f"남측 {name['ko']}") for key, name in names.items()}
