"""Words of the side panel in English and Korean: its controls, and the fixed vocabularies that its tables show.

Assumption: a word that the data use in a fixed list (scope, who spoke, kind of a record) stands here in both languages. Titles
and notes of sources stay in the language of the source and are marked as such by the page.
"""

from __future__ import annotations

from collections.abc import Mapping

from geo.layer import Atlas

Pair = dict[str, str]

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("tabs", "Parts of the information panel", "정보 패널 구성"),
    ("tab_glossary", "Glossary", "용어"),
    ("presets", "Ready-made views", "미리 정한 보기"),
    ("preset_overview", "Overview", "전체 보기"),
    ("preset_survey", "Survey planning", "조사 계획"),
    ("preset_evidence", "Evidence", "증거 자료"),
    ("preset_told", "{name}: {n} layers on.", "{name}: 레이어 {n}개 표시."),
    ("preset_about_overview", "All usual layers, the whole front", "기본 레이어 전체와 전선 전체"),
    ("preset_about_survey", "Hazards, screening and rivers, with the areas", "위험지역, 선별 구역, 하천과 면적표"),
    ("preset_about_evidence", "Finds, accidents, signs and clearance on record", "발견·사고·표지판·제거 기록"),
    ("status_follow",
     "{what}: number and total area follow the reported series {series} ({year}); places and shapes are not real.",
     "{what}: 개수와 총면적은 {series}({year}) 공표 계열을 따르며, 위치와 모양은 실제가 아닙니다."),
    ("status_simulated", "Simulated minefields", "모의 지뢰지대"),
    ("status_whose", "{layers} (simulated)", "{layers}(모의)"),
    ("status_none", "No minefield layer is shown now.", "지금 표시된 지뢰지대 레이어가 없습니다."),
    ("border", "Thin grey dash-dot line: provincial border", "가는 회색 일점쇄선: 도 경계"),
    (
        "districts_simulated",
        "Simulated fields are counted where they were drawn: a district's share of them is not real.",
        "모의 지뢰지대는 그려진 곳을 기준으로 센 것으로, 행정구역별 몫은 실제가 아닙니다.",
    ),
    ("band_of", "Grey band: line only known to about ±{m} m", "회색 띠: 선의 위치는 약 ±{m} m까지만 알려짐"),
    ("soft_edge_m", "Soft edge: position only known to ±{m} m", "흐린 가장자리: 위치가 ±{m} m까지만 알려짐"),
    ("whole_group", "All layers of the group: {group}", "묶음의 모든 레이어: {group}"),
    ("group_on", "{on} of {all} on", "{all}개 중 {on}개 표시"),
    ("opacity", "Opacity: {group}", "불투명도: {group}"),
    ("download_csv_of", "Download as CSV: {title}", "CSV 내려받기: {title}"),
    ("downloaded", "Written: {file}", "저장한 파일: {file}"),
    ("sort_hint", "Press a column head to sort.", "열 제목을 누르면 정렬됩니다."),
    ("sorted_ascending", "{title}: sorted by {column}, ascending.", "{title}: {column} 기준 오름차순 정렬."),
    ("sorted_descending", "{title}: sorted by {column}, descending.", "{title}: {column} 기준 내림차순 정렬."),
    ("sorted_none", "{title}: original order.", "{title}: 원래 순서."),
    ("foreign", "in English", "영문"),
    ("foreign_told", "Titles and notes of sources are in the language of the source.",
     "출처의 제목과 비고는 원문(영문) 그대로입니다."),
    ("glossary_find", "Find a term", "용어 찾기"),
    ("glossary_found", "{n} of {all} terms", "용어 {all}개 중 {n}개"),
    ("glossary_term", "Term", "용어"),
    ("glossary_other", "Korean term", "영문 용어"),
    ("glossary_definition", "Definition", "뜻"),
    ("glossary_reference", "Reference", "근거"),
    ("glossary_working", "Korean terms are working translations until the Korean standards (KMAS) are published.",
     "한국어 용어는 국내 표준(KMAS)이 공표될 때까지의 임시 번역입니다."),
    ("source_title", "Title", "제목"),
    ("source_publisher", "Publisher", "발행"),
    ("source_published", "Date", "날짜"),
    ("source_licence", "Licence", "이용 조건"),
    ("source_locator", "Where in it", "인용 위치"),
    ("source_confidence", "Confidence", "신뢰 구분"),
    ("source_used", "Used by", "사용한 레이어"),
    ("source_note", "Note", "비고"),
    ("source_url", "Address", "주소"),
    ("source_key", "Key", "기호"),
    ("source_figures", "figures and tables only", "수치와 표에만 사용"),
    ("source_find", "Find a source", "출처 찾기"),
    ("sources_found", "{n} of {all} sources", "출처 {all}개 중 {n}개"),
    ("sources_table", "Sources of this map", "이 지도의 출처"),
    ("chart_caveat", "hatched, *: the year is incomplete or told with others; see the table",
     "빗금, *: 불완전하거나 다른 해와 합친 값(표 참조)"),
    ("chart_missing", "–: none in this series", "–: 이 계열에 수치 없음"),
    ("chart_source", "Source: {sources}", "출처: {sources}"),
    ("chart_as_table", "The same figures stand in the table below.", "같은 수치가 아래 표에 있습니다."),
    ("too_many_rows", "{n} rows: too many for this page. They are in {file}.",
     "{n}행으로 이 화면에 다 담을 수 없습니다. {file}에 있습니다."),
    ("people_shared", "Each distance counts everybody up to it. Layers share people: their counts are not to be added.",
     "각 거리의 값은 그 거리까지의 모든 사람입니다. 레이어끼리 겹치므로 더하지 마십시오."),
    ("population_points", "each point stands for all its people; places as exact as the file",
     "점 하나가 그곳의 모든 사람을 나타내며 위치는 자료만큼만 정확함"),
    ("population_polygons", "people spread evenly over areas of {m} m (median side): far coarser than who lives where",
     "{m} m 크기(변의 중앙값) 구역 안에 고르게 사는 것으로 가정: 실제 거주지보다 훨씬 거침"),
    ("population_raster", "people spread evenly over cells of {m} m", "{m} m 격자 안에 고르게 사는 것으로 가정"),
    ("article7_note", "Land closed or handed over on record is not listed; that says nothing of the land itself."
     " An area on a border stands once. A working table, not a submission.",
     "종결 또는 인계로 기록된 토지는 싣지 않으며, 이는 토지 자체의 상태를 뜻하지 않습니다. 경계에 걸친 지역은 한 번만 싣습니다."
     " 제출용이 아닌 작업표입니다."),
    ("recorded_state", "Recorded state", "기록된 상태"),
)  # fmt: skip
PANEL_WORDS: dict[str, Pair] = {key: {"en": en, "ko": ko} for key, en, ko in _WORDS}

_SAME_EN: tuple[tuple[str, str], ...] = (
    ("civilian", "민간인"),
    ("military", "군인"),
    ("international", "국제"),
    ("assumed", "가정"),
    ("published", "공표"),
    ("calibrated", "보정"),
    ("official", "공식"),
    ("measured", "측정"),
    ("designation", "지정 당시"),
    ("armistice", "정전협정"),
    ("press", "언론 보도"),
    ("none in this series", "이 계열에 수치 없음"),
    ("features", "객체"),
    ("1 km cells", "1 km 격자"),
    ("hazards as supplied; closed and handed over ones left out", "제공된 위험 지역(종결·인계 제외)"),
    (
        "1 km cells that hold supplied hazards: more people than live near the hazards themselves",
        "제공된 위험 지역이 든 1 km 격자: 위험 지역 자체보다 많은 인구가 포함됨",
    ),
    ("simulated: not people at risk", "모의 배치: 위험에 처한 사람을 뜻하지 않음"),
    ("screening zone: indirect evidence, not people at risk", "선별 구역: 간접 증거이며 위험에 처한 사람을 뜻하지 않음"),
    ("not stated", "밝히지 않음"),
    ("not given in the public tier", "공개용에서는 밝히지 않음"),
    ("C.1 Areas that contain mines", "C.1 지뢰가 있는 지역"),
    ("C.2 Areas suspected to contain mines", "C.2 지뢰가 의심되는 지역"),
    ("mines lost", "유실 지뢰"),
    ("mines cleared", "제거 지뢰"),
    ("fields cleared", "제거 지역"),
    ("not composed as a series in area.toml", "area.toml에 계열로 구성되지 않음"),
    ("number of planned fields; number of unconfirmed fields", "계획지뢰지대 개수; 미확인지뢰지대 개수"),
    ("degrees", "도"),
    ("fields", "곳"),
    ("wide", "넓음"),
    ("medium", "중간"),
    ("narrow", "좁음"),
    ("very wide", "매우 넓음"),
    ("estuary", "하구"),
    ("sea", "바다"),
    ("city", "시"),
    ("town", "읍"),
    ("village", "마을"),
    ("hill", "고지"),
    ("bridge", "다리"),
    ("dam", "댐"),
    ("valley", "계곡"),
    ("coast", "해안"),
    ("weir", "보"),
    ("lake", "호수"),
    ("island", "섬"),
    ("warning", "경고"),
    ("erosion", "침식"),
    ("rain", "비"),
    ("mine", "지뢰"),
    ("wooden box", "목함지뢰"),
    ("outside every district", "모든 행정구역 밖"),
    ("the mapped line does not start at the source", "그린 선이 발원지에서 시작하지 않음"),
    ("the published length covers another part", "공표 길이가 다른 구간을 포함함"),
)
_PANEL_VALUES: tuple[tuple[str, str, str], ...] = (
    ("ROK", "Republic of Korea", "대한민국"),
    ("DPRK", "DPRK", "북한"),
    ("US", "United States", "미국"),
    ("UN", "United Nations", "유엔"),
    ("ROK/UNC", "ROK and UN Command", "대한민국·유엔군사령부"),
    ("US/ROK", "United States and ROK", "미국·대한민국"),
    ("ROK/DPRK", "ROK and DPRK", "남북"),
    ("usfk", "US Forces Korea", "주한미군"),
    ("Gangwon", "Gangwon", "강원"),
    ("Gyeonggi", "Gyeonggi", "경기"),
    ("Cheorwon", "Cheorwon", "철원"),
    ("Chuncheon", "Chuncheon", "춘천"),
    ("Goseong", "Goseong", "고성"),
    ("Haean", "Haean", "해안"),
    ("Hongcheon", "Hongcheon", "홍천"),
    ("Hwacheon", "Hwacheon", "화천"),
    ("Inje", "Inje", "인제"),
    ("Pyeongchang", "Pyeongchang", "평창"),
    ("Yanggu", "Yanggu", "양구"),
    ("Yangyang", "Yangyang", "양양"),
    ("county_seat", "county seat", "군청 소재지"),
    ("city_dprk", "city (DPRK)", "시(북측)"),
    ("county_seat_dprk", "county seat (DPRK)", "군 소재지(북측)"),
    ("border_site", "site at the border", "접경 시설"),
    ("place_unknown", "place unknown", "장소 미상"),
    ("date_unknown", "date unknown", "날짜 미상"),
    ("stored_munitions", "stored munitions", "보관 탄약"),
)
PANEL_VALUES: Mapping[str, Pair] = {
    **{key: {"en": key, "ko": ko} for key, ko in _SAME_EN},
    **{key: {"en": en, "ko": ko} for key, en, ko in _PANEL_VALUES},
}


def river_values(atlas: Atlas) -> dict[str, dict[str, Pair]]:
    """Return the names of the atlas's rivers by the columns that hold their keys.

    A river without a Korean name keeps its English one in both languages.
    """
    frame = atlas["rivers"].frame
    if "name_en" not in frame or "name_ko" not in frame:
        return {}
    rows = zip(frame["id"].astype(str), frame["name_en"].fillna(""), frame["name_ko"].fillna(""), strict=True)
    names = {key: {"en": str(en), "ko": str(ko) or str(en)} for key, en, ko in rows if en}
    names |= {pair["en"].removesuffix(" River"): {**pair, "en": pair["en"].removesuffix(" River")} for pair in names.values()}
    return dict.fromkeys(("river", "flows_into", "part"), names)
