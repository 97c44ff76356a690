"""The controlled words: land class, status, evidence, basis, priorities, layer names and the fixed texts.

Each word has an English and a Korean label, a definition and the standard it follows. When the Korean mine action standards
(KMAS) publish their terms, they replace these here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple


class Term(NamedTuple):
    """A controlled word with its labels, definition and reference."""

    key: str
    en: str
    ko: str
    definition: str = ""
    reference: str = ""


def _table(*terms: tuple[str, ...]) -> Mapping[str, Term]:
    return MappingProxyType({term[0]: Term(*term) for term in terms})


IMAS = "IMAS 04.10 and 07.11"

LAND_CLASSES = _table(
    ("CHA", "Confirmed hazardous area (CHA)", "확인위험지역(CHA)", "Presence of mines confirmed by direct evidence.", IMAS),
    ("SHA", "Suspected hazardous area (SHA)", "의심위험지역(SHA)", "Reasonable suspicion of mines on indirect evidence.", IMAS),
    ("indication", "Indication", "징후", "A reported or recorded hint that is neither an SHA nor a CHA.", "minemap"),
    (
        "zone",
        "Zone or reference feature",
        "구역·참조 자료",
        "An administrative zone, line or place; says nothing of mines.",
        "minemap",
    ),
    (
        "screening",
        "Screening zone",
        "선별 구역",
        "Indirect evidence for ordering survey and risk education; never a hazard area.",
        "minemap",
    ),
)
LAND_STATUSES = _table(
    ("open", "Open", "미착수", "No technical survey or clearance reported yet.", "IMSMA"),
    ("worked_on", "Worked on", "작업 중", "A survey or clearance progress report is linked.", "IMSMA"),
    ("closed", "Closed", "종결", "A completion report is linked.", "IMSMA"),
    ("handed_over", "Handed over", "인계", "Handed to its user with a certificate.", "IMAS 08.30"),
    (
        "searched_not_released",
        "Searched, not released",
        "탐지 후 미해제",
        "Searched, but recovered mines fall short of the record.",
        "minemap",
    ),
    ("unknown", "Unknown", "미상", "The source does not say.", "minemap"),
)
CLOSED_STATUSES = ("closed", "handed_over")  # closed on record, which is no release
EVIDENCE = _table(
    (
        "direct",
        "Direct evidence",
        "직접 증거",
        "Detonation, known accident, reliable record, sign, fence or sighting.",
        "IMAS 08.10",
    ),
    ("indirect", "Indirect evidence", "간접 증거", "Former combat zone, verbal report, unused land and the like.", "IMAS 08.10"),
    ("none", "No evidence", "증거 없음", "The source states that there is none.", "minemap"),
    ("not_specified", "Not specified", "명시되지 않음", "The source does not say.", "minemap"),
)
BASES = _table(
    ("surveyed", "Surveyed", "측량", "Measured in the field.", "minemap"),
    ("supplied", "Supplied", "제공 자료", "Handed in by the user, taken as it stands.", "minemap"),
    ("digitised", "Digitised", "수치화", "Traced from a map or terrain model.", "minemap"),
    ("declared", "Declared (schematic)", "개략 설정", "Drawn by rule so that it meets a published figure.", "minemap"),
    (
        "allocated",
        "Allocated (simulated)",
        "모의 배치",
        "Placed at random under a reported total; places and shapes are not real.",
        "minemap",
    ),
    ("modelled", "Modelled", "모형 결과", "Calculated from other layers under stated assumptions.", "minemap"),
)
SIMULATED_BASES = frozenset({"allocated", "modelled"})
PRIORITIES = _table(
    (
        "high",
        "Higher priority",
        "우선순위 높음",
        "The densest bands, holding the first share of the modelled deposit.",
        "minemap",
    ),
    ("middle", "Middle priority", "우선순위 중간", "The next densest bands.", "minemap"),
    ("lower", "Lower priority", "우선순위 낮음", "The remaining bands; not assessed as safe.", "minemap"),
    ("undetermined", "Undetermined", "판정하지 않음", "No skill is claimed here.", "minemap"),
)
MARKING_TYPES = _table(
    ("sign", "Signs", "표지판", "Warning signs only.", "IMAS 08.40"),
    ("fence", "Fence", "철조망", "A fence without signs.", "IMAS 08.40"),
    ("sign_and_fence", "Signs and fence", "표지판과 철조망", "Both.", "IMAS 08.40"),
    ("local", "Local marking", "현지 표시", "Stones, paint, tape or sticks.", "IMAS 08.40"),
    ("none", "Not marked", "표시 없음", "Inspected and found without marking.", "IMAS 08.40"),
    ("unverified", "Not verified", "미확인", "Flooded or slid over since the last inspection.", "minemap"),
    ("unknown", "Unknown", "미상", "The source does not say.", "minemap"),
)
FENCE_CONDITIONS = _table(
    ("intact", "Intact", "온전함", "Seen whole at the last inspection.", "minemap"),
    ("damaged", "Damaged", "파손", "Gaps, fallen posts or lost signs.", "minemap"),
    ("missing", "Missing", "없음", "Reported once, not there at the last inspection.", "minemap"),
    ("unverified", "Not verified", "미확인", "Flooded or slid over since the last inspection, or never inspected.", "minemap"),
)
SIGN_TEXTS = _table(
    ("mine_field_danger", "Mine Field Danger", "지뢰 위험", "Sign at a planned or confirmed field.", "KCBL survey"),
    (
        "unconfirmed_mine_field_danger",
        "Unconfirmed Mine Field Danger",
        "미확인 지뢰 위험",
        "Sign at an unconfirmed field.",
        "KCBL survey",
    ),
    ("past_mine_zone", "Past Mine Zone", "과거 지뢰지대", "Sign at a field that was searched and not released.", "KCBL survey"),
    ("other", "Other wording", "기타 문구", "Any other sign; its words are kept.", "minemap"),
)
SHAPE_KINDS = _table(
    ("boundary", "Boundary", "경계", "A line somebody fixed.", "IMSMA"),
    ("equal_area_circle", "Circle of equal area", "같은 면적의 원", "Only a size is known; never a boundary.", "IMSMA"),
    ("point", "Point", "점", "Only a place is known.", "IMSMA"),
    ("line", "Line", "선", "A row or a road.", "IMSMA"),
    ("corridor", "Corridor", "띠", "A line with a width.", "IMSMA"),
)
POINT_KINDS = _table(
    ("landmark", "Landmark", "지형지물", "Found again without instruments.", "IMAS 05.10"),
    ("reference", "Reference point", "기준점", "A fixed point from which others are measured.", "IMAS 05.10"),
    ("start", "Start point", "시작점", "The first corner.", "IMAS 05.10"),
    ("turning", "Turning point", "전환점", "A corner.", "IMAS 05.10"),
)
REPORT_KINDS = _table(
    ("nts", "Non-technical survey", "비기술조사", "May cancel land.", "IMAS 08.10"),
    ("ts", "Technical survey", "기술조사", "May reduce land.", "IMAS 08.20"),
    ("clearance", "Clearance progress", "제거 진행", "Clears land to a stated depth.", "IMAS 09.10"),
    ("completion", "Completion report", "완료 보고", "Closes a hazard.", "IMAS 08.30"),
    ("handover", "Handover certificate", "인계 증명", "Hands land to its user.", "IMAS 08.30"),
    ("search", "Search without release", "탐지(미해제)", "Searched, but recovered mines fall short of the record.", "minemap"),
    ("inspection", "Inspection of marking", "표시 점검", "Tells the state of signs and fences.", "IMAS 08.40"),
    ("flood", "Flood or landslide", "침수·산사태", "Leaves marking unverified and reopens closed land.", "minemap"),
    ("correction", "Correction", "정정", "Replaces an earlier statement, with a reason.", "minemap"),
)
LAYERS = _table(
    ("mdl", "Military Demarcation Line", "군사분계선"),
    ("dmz", "Demilitarized Zone (DMZ)", "비무장지대"),
    ("mcz", "Military Control Zone (MCZ)", "민간인통제구역(MCZ)"),
    ("planned_minefields", "Planned minefields", "계획지뢰지대"),
    ("unconfirmed_minefields", "Unconfirmed minefields", "미확인지뢰지대"),
    ("flood_displacement", "Flood-displacement screening zones", "홍수 유실지뢰 선별 구역"),
    ("hillslope_displacement", "Slide-displacement screening cells", "산사태 유실지뢰 선별 격자"),
    ("rivers", "Rivers", "하천"),
    ("incidents", "Finds and accidents", "발견·사고 기록"),
    ("places", "Places", "지명"),
    ("cleared_areas", "Areas recorded as cleared", "제거 기록 지역"),
    ("mined_density", "Expected density, 1 km grid", "1 km 격자 기대 밀도"),
    ("past_hazards", "Earlier states of supplied hazards", "제공된 위험 지역의 이전 상태"),
    ("finds", "Supplied finds", "제공된 발견 기록"),
    ("accidents", "Supplied accidents", "제공된 사고 기록"),
    ("signs", "Supplied signs", "제공된 표지판 기록"),
)
TERRAIN_LAYERS = ("hillslope_displacement",)  # only where a terrain model is given
RECORD_LAYERS = ("finds", "accidents", "signs")  # points, only where the user supplies them
SURVEY_LAYERS = ("past_hazards", *RECORD_LAYERS)  # only where the user's own data holds them
LAYER_NAMES = tuple(name for name in LAYERS if name not in (*TERRAIN_LAYERS, *SURVEY_LAYERS))
NATIONAL_TERMS = MappingProxyType({"planned_minefields": "계획지뢰지대", "unconfirmed_minefields": "미확인지뢰지대"})

TEXTS = _table(
    (
        "no_data",
        "No polygon here does not mean no mines. Land without a layer has not been assessed.",
        "도형이 없다고 해서 지뢰가 없다는 뜻이 아닙니다. 표시가 없는 땅은 평가되지 않은 곳입니다.",
    ),
    (
        "not_official",
        "Not an official product. Not endorsed by the Ministry of National Defense of the Republic of Korea, the United Nations"
        " Command or UNMAS. Not for navigation, entry or clearance planning.",
        "공식 자료가 아닙니다. 대한민국 국방부, 유엔군사령부, 유엔지뢰행동조직(UNMAS)의 승인을 받지 않았습니다. "
        "길 찾기, 출입 판단, 지뢰 제거 계획에 사용하지 마십시오.",
    ),
    (
        "found_one",
        "Seen a mine or a suspicious object? Do not touch it. Report it: {contacts_en}.",
        "지뢰나 의심스러운 물체를 보면 절대 만지지 말고 신고하십시오. {contacts_ko}.",
    ),
    (
        "allocated",
        "Simulated positions. Number and total area follow {series} ({year}); places and shapes are not real.",
        "모의 배치입니다. 개수와 총면적은 {series}({year}) 수치를 따르며, 위치와 모양은 실제가 아닙니다.",
    ),
    ("declared", "Schematic boundary, about ±{m} m; not a surveyed line.", "개략 경계선(약 ±{m} m)이며 측량한 선이 아닙니다."),
    (
        "supplied",
        "Supplied by the user and taken as it stands: minemap checked its form, not its truth, and rescaled nothing."
        " Information as of: {date}. The public tier shows supplied hazards as cells of at least 1 km.",
        "사용자가 제공한 자료를 그대로 사용했습니다. 형식만 검사했고 사실 여부는 확인하지 않았으며 크기를 조정하지 않았습니다. "
        "정보 기준일: {date}. 공개본에서는 제공된 위험 지역을 1 km 이상의 격자로 나타냅니다.",
    ),
    (
        "screening",
        "Screening zone for displaced mines: indirect evidence for survey and risk education, not a probability of harm.",
        "유실지뢰 선별 구역입니다. 조사와 위험교육을 위한 간접 증거이며, 피해를 입을 확률이 아닙니다.",
    ),
    ("lowest_class", "Lower priority", "우선순위 낮음"),
    (
        "cleared",
        "Recorded as cleared on {date} ({source}), to {depth} cm. Later floods or landslides may have brought mines in.",
        "{date} 제거 완료로 기록됨({source}, 깊이 {depth} cm). 그 뒤의 홍수나 산사태로 지뢰가 들어왔을 수 있습니다.",
    ),
    (
        "searched",
        "Searched {n} times, not released: {recovered} of {emplaced} mines recovered.",
        "{n}차례 탐지했으나 해제되지 않음: 매설 {emplaced}발 중 {recovered}발 회수.",
    ),
    (
        "marking",
        "Flooded since the last inspection: fences and signs not verified.",
        "마지막 점검 이후 침수됨: 철조망과 표지판을 확인하지 못했습니다.",
    ),
    ("as_of", "Information as of {date}.", "정보 기준일 {date}."),
    (
        "verify",
        "Verify with the responsible unit and on the ground before use.",
        "사용하기 전에 관할 부대와 현장에서 확인하십시오.",
    ),
    ("rounding", "Figures are rounded; totals may not add up.", "반올림한 값이므로 합계가 맞지 않을 수 있습니다."),
    (
        "tier_public",
        "Public version: locations generalised to {km} km cells.",
        "공개본: 위치를 {km} km 격자로 일반화했습니다.",
    ),
    ("tier_restricted", "RESTRICTED – do not publish or pass on.", "제한본 – 공개·전달 금지"),
    ("synthetic", "SYNTHETIC – FOR TRAINING ONLY", "가상 자료 – 훈련용"),
    (
        "loading",
        "The layers are not loaded. Do not read an empty map.",
        "레이어를 불러오지 못했습니다. 빈 지도를 해석하지 마십시오.",
    ),
    ("simulated", "SIMULATED", "모의 배치"),
    (
        "expected",
        "Expected share of mined land if a reported total is spread by the stated assumptions: the mean of all simulated layouts,"
        " not a finding and not a probability of harm.",
        "공표 총계를 밝힌 가정에 따라 나누었을 때 기대되는 매설 비율입니다. 모든 모의 배치의 평균이며, "
        "조사 결과도 피해를 입을 확률도 아닙니다.",
    ),
    (
        "slides",
        "Screening cells for mines that slides may move: indirect evidence for survey and risk education, not a probability of"
        " harm. What floods move is not in them.",
        "산사태로 옮겨질 수 있는 지뢰의 선별 격자입니다. 조사와 위험교육을 위한 간접 증거이며, 피해를 입을 확률이 아닙니다. "
        "홍수로 옮겨지는 것은 포함하지 않습니다.",
    ),
    ("slides_apart", "Flood screening: slides from hill sites are not in it.", "홍수 선별: 산지의 산사태로 옮겨지는 지뢰는 제외"),
    (
        "ensemble",
        "5–95 % of the ensemble of {n} runs; conditional on listed assumptions.",
        "계산 {n}회로 이루어진 앙상블의 5~95 % 범위이며, 제시한 가정을 전제로 합니다.",
    ),
    ("one_run", "One run, no band.", "한 번의 계산이며 범위가 없습니다."),
    (
        "cells",
        "Screening index: cells ranked by the mean of all runs. The band of each cell is in displacement.tif.",
        "선별 지수: 모든 계산의 평균이 큰 순서로 나눈 격자입니다. 격자별 범위는 displacement.tif에 있습니다.",
    ),
    (
        "depth",
        "Depth of the modelled flood on this terrain model, the mean of all runs; heights may be metres off. Land without a depth"
        " is not out of reach of floods.",
        "이 지형 모형에서 계산한 홍수 수심으로, 모든 계산의 평균입니다. 지형 높이는 몇 미터씩 틀릴 수 있습니다. "
        "수심이 없는 땅도 홍수가 닿지 않는다는 뜻은 아닙니다.",
    ),
    (
        "fed_by",
        "What floods could bring here comes from (reaches, never single fields): {reaches}",
        "홍수가 이곳으로 옮겨 올 수 있는 것이 시작되는 하천 구간(개별 지뢰지대는 밝히지 않음): {reaches}",
    ),
)
