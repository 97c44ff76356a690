"""The glossary of the page: the controlled words of `geo.terms` and the words of Korea's zones, in both languages.

Assumption: English definitions of controlled words come from `geo.terms`; their Korean text and the words that are no controlled
list stand here. Limit: Korean texts are working translations until the Korean mine action standards are published.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from geo.terms import BASES, EVIDENCE, FENCE_CONDITIONS, LAND_CLASSES, LAND_STATUSES, MARKING_TYPES, PRIORITIES, SHAPE_KINDS, Term

Pair = dict[str, str]

_KO: Mapping[str, Mapping[str, str]] = {
    "land_class": {
        "CHA": "직접 증거로 지뢰의 존재가 확인된 지역입니다.",
        "SHA": "간접 증거로 지뢰가 있다고 합리적으로 의심되는 지역입니다.",
        "indication": "의심위험지역도 확인위험지역도 아닌, 보고되거나 기록된 단서입니다.",
        "zone": "행정 구역, 선, 지명이며 지뢰에 대해서는 아무것도 말하지 않습니다.",
        "screening": "조사와 위험교육의 순서를 정하기 위한 간접 증거이며 위험지역이 아닙니다.",
    },
    "land_status": {
        "open": "기술조사나 제거가 아직 보고되지 않았습니다.",
        "worked_on": "조사 또는 제거 진행 보고가 연결되어 있습니다.",
        "closed": "완료 보고가 연결되어 있습니다.",
        "handed_over": "증명서와 함께 사용자에게 인계되었습니다.",
        "searched_not_released": "탐지했으나 회수한 지뢰가 기록보다 적습니다.",
        "unknown": "자료에 나와 있지 않습니다.",
    },
    "evidence": {
        "direct": "폭발, 위치가 알려진 사고, 신뢰할 수 있는 기록, 표지판, 철조망, 목격입니다.",
        "indirect": "과거 전투 지역, 구두 보고, 쓰이지 않는 땅 등입니다.",
        "none": "자료가 증거 없음이라고 밝혔습니다.",
        "not_specified": "자료에 나와 있지 않습니다.",
    },
    "basis": {
        "surveyed": "현장에서 측량했습니다.",
        "supplied": "사용자가 제공했으며 그대로 사용했습니다.",
        "digitised": "지도나 지형 모형에서 땄습니다.",
        "declared": "공표된 수치에 맞도록 규칙에 따라 그렸습니다.",
        "allocated": "공표 총계 아래 무작위로 놓았으며 위치와 모양은 실제가 아닙니다.",
        "modelled": "밝힌 가정 아래 다른 레이어에서 계산했습니다.",
    },
    "priority": {
        "high": "가장 조밀한 띠로, 모형이 계산한 퇴적의 첫 몫을 차지합니다.",
        "middle": "그다음으로 조밀한 띠입니다.",
        "lower": "나머지 띠이며, 위험이 없다고 평가한 것이 아닙니다.",
        "undetermined": "이곳에서는 판정 능력을 주장하지 않습니다.",
    },
    "marking": {
        "sign": "경고 표지판만 있습니다.",
        "fence": "표지판 없이 철조망만 있습니다.",
        "sign_and_fence": "둘 다 있습니다.",
        "local": "돌, 페인트, 띠, 막대 등입니다.",
        "none": "점검했으나 표시가 없었습니다.",
        "unverified": "마지막 점검 이후 침수되었거나 산사태가 있었습니다.",
        "unknown": "자료에 나와 있지 않습니다.",
    },
    "fence": {
        "intact": "마지막 점검 때 온전했습니다.",
        "damaged": "틈, 쓰러진 기둥, 없어진 표지판이 있습니다.",
        "missing": "한 번 보고되었으나 마지막 점검 때 없었습니다.",
        "unverified": "마지막 점검 이후 침수되었거나 산사태가 있었거나, 점검한 적이 없습니다.",
    },
    "shape": {
        "boundary": "누군가 확정한 선입니다.",
        "equal_area_circle": "면적만 알려져 있으며 경계가 아닙니다.",
        "point": "장소만 알려져 있습니다.",
        "line": "열 또는 도로입니다.",
        "corridor": "폭이 있는 선입니다.",
    },
}
_LISTS: tuple[tuple[str, str, str, Mapping[str, Term]], ...] = (
    ("land_class", "Land classes", "토지 분류", LAND_CLASSES),
    ("land_status", "Status of a hazard", "위험지역 상태", LAND_STATUSES),
    ("evidence", "Evidence", "증거", EVIDENCE),
    ("basis", "How a shape came about", "도형의 작성 근거", BASES),
    ("priority", "Screening classes", "선별 등급", PRIORITIES),
    ("marking", "Marking", "표시", MARKING_TYPES),
    ("fence", "Fences and signs", "철조망·표지판 상태", FENCE_CONDITIONS),
    ("shape", "Kinds of shape", "도형 종류", SHAPE_KINDS),
)
_ACT = "Mine Action Act, Law 20312"
_ZONES: tuple[tuple[str, str, str, str, str], ...] = (
    ("MDL, Military Demarcation Line", "군사분계선(휴전선)",
     "The line of the armistice. Its length is published as 248 km, and as 238 or 239 km.",
     "정전협정의 선입니다. 길이는 248 km, 그 밖에 238 km, 239 km로도 공표되었습니다.", "Armistice Agreement, 1953"),
    ("DMZ, Demilitarized Zone", "비무장지대",
     "The belt on both sides of the MDL, nominally 2 km each; its real width is less.",
     "군사분계선 양쪽의 띠로 명목상 각 2 km이며 실제 폭은 더 좁습니다.", "Armistice Agreement, 1953"),
    ("SLL, southern limit line", "남방한계선",
     "The southern edge of the DMZ.", "비무장지대의 남쪽 경계입니다.", "Armistice Agreement, 1953"),
    ("NLL, northern limit line", "북방한계선",
     "Two different lines: the northern edge of the DMZ, and a line at sea. This map says which.",
     "비무장지대의 북쪽 경계와 서해의 선, 두 가지를 뜻합니다. 이 지도는 둘을 구분합니다.", "minemap"),
    ("CCL, civilian control line", "민간인통제선(민통선)",
     "The southern limit of the controlled belt, by law at most 10 km from the MDL; older limits were counted from the SLL.",
     "통제되는 띠의 남쪽 한계로 법에 따라 군사분계선에서 10 km 이내입니다. 예전 한계는 남방한계선에서 쟀습니다.",
     "Protection of Military Bases and Installations Act"),
    ("CCZ, civilian control zone", "민간인통제구역",
     "The land between the DMZ and the CCL. Its area of 1,528 km² is the one at designation and is often quoted as current.",
     "비무장지대와 민통선 사이의 땅입니다. 1,528 km²는 지정 당시의 면적이며 현재 값으로 자주 인용됩니다.",
     "Protection of Military Bases and Installations Act"),
    ("MCZ, Military Control Zone", "민간인통제구역(MCZ)",
     "The name of that belt in this map, from the southern limit of the DMZ to the CCL; restricted zones around bases elsewhere"
     " are not in it.",
     "이 지도에서 쓰는 이 띠의 이름으로, 비무장지대 남쪽 한계부터 민통선까지입니다."
     " 다른 지역 부대 주변의 제한구역은 포함하지 않습니다.",
     "minemap"),
)  # fmt: skip
_NATIONAL: tuple[tuple[str, str, str, str, str], ...] = (
    ("Planned minefield", "계획지뢰지대",
     "Recorded, fenced and marked, in military use. It is a CHA here only where it was surveyed or supplied.",
     "기록되고 철조망과 표지판이 있으며 군이 사용합니다. 측량했거나 제공된 경우에만 확인위험지역으로 봅니다.", "national term"),
    ("Unconfirmed minefield", "미확인지뢰지대",
     "Mines are suspected on indirect evidence; compares with an SHA.",
     "간접 증거로 지뢰가 의심되는 곳이며 의심위험지역에 해당합니다.", "national term"),
    ("Past mine zone", "과거 지뢰지대",
     "Searched, but not all recorded mines were recovered; not released.",
     "탐지했으나 기록된 지뢰를 모두 회수하지 못했으며 해제되지 않았습니다.", "national term"),
    ("Displaced mine", "유실지뢰",
     "A mine moved by a flood or a landslide from where it was laid.",
     "홍수나 산사태로 매설된 곳에서 옮겨진 지뢰입니다.", "national term"),
    ("Rear field", "후방 지뢰지대",
     "A field laid around a former air-defence site far south of the controlled zone.",
     "통제구역에서 멀리 떨어진 남쪽의 옛 방공 기지 둘레에 매설된 곳입니다.", "national term"),
)  # fmt: skip
_ACTIONS: tuple[tuple[str, str, str, str, str], ...] = (
    ("Mine action", "지뢰대응활동",
     "Survey, clearance, risk education and help for victims.",
     "조사, 제거, 위험교육, 피해자 지원을 아우릅니다.", f"IMAS 04.10; {_ACT}"),
    ("Land release", "토지해제",
     "All reasonable effort to find where mines are, and to remove the suspicion or the mines. This map never releases land.",
     "지뢰가 있는 곳을 찾고 의심 또는 지뢰를 없애기 위한 모든 합리적 노력입니다. 이 지도는 토지를 해제하지 않습니다.",
     "IMAS 07.11"),
    ("NTS, non-technical survey", "비기술조사",
     "Collects and weighs evidence without entering; may cancel land.",
     "들어가지 않고 증거를 모아 평가하며, 토지를 취소할 수 있습니다.", "IMAS 08.10"),
    ("TS, technical survey", "기술조사",
     "Goes into the land with detection assets; may reduce it.",
     "탐지 수단으로 현장에 들어가 조사하며, 토지를 축소할 수 있습니다.", "IMAS 08.20"),
    ("Clearance", "제거",
     "Removes or destroys all mines to a stated depth.",
     "정한 깊이까지 모든 지뢰를 없애거나 파괴합니다.", "IMAS 09.10"),
    ("Cancelled, reduced, cleared", "취소, 축소, 제거 완료",
     "Three different products: of NTS, of TS and of clearance. They are never called by one word.",
     "각각 비기술조사, 기술조사, 제거의 결과로 서로 다릅니다. 한 단어로 부르지 않습니다.", "IMAS 07.11"),
    ("AP and AT mine", "대인지뢰와 대전차지뢰",
     "Against persons and against vehicles. Wooden box and leaf mines are anti-personnel mines.",
     "사람과 차량을 각각 겨냥합니다. 목함지뢰와 나뭇잎지뢰는 대인지뢰입니다.", "IMAS 04.10"),
    ("UXO, unexploded ordnance", "불발탄",
     "Ammunition that was used and did not explode.",
     "사용되었으나 터지지 않은 탄약입니다.", "IMAS 04.10"),
    ("Emplaced, recovered, unaccounted for", "매설, 회수, 미회수",
     "Mines laid on record, mines found again, and the rest.",
     "기록상 매설한 지뢰, 다시 찾은 지뢰, 그 나머지입니다.", "minemap"),
)  # fmt: skip
_FIGURES: tuple[tuple[str, str, str, str, str], ...] = (
    ("Series", "계열",
     "The totals of one speaker and one year. Figures of different series are never added.",
     "한 발표 주체의 한 해 총계입니다. 서로 다른 계열의 수치는 더하지 않습니다.", "minemap"),
    ("Gross, overlap, net", "중복 포함, 중첩, 순면적",
     "Areas added feature by feature; what lies twice in them; the land covered once.",
     "도형마다 더한 면적, 두 번 이상 겹친 면적, 한 번씩만 센 면적입니다.", "minemap"),
    ("By construction", "구성에 의해 일치",
     "The map meets the published figure because it was drawn to meet it; that proves nothing.",
     "공표 수치에 맞도록 그렸기 때문에 일치하며, 아무것도 증명하지 않습니다.", "minemap"),
    ("Rank only", "순위용",
     "An index that orders places; it is no probability.",
     "장소의 순서를 정하는 지수이며 확률이 아닙니다.", "minemap"),
    ("Information as of", "정보 기준일",
     "The date the source speaks of, not the date this map was made.",
     "자료가 말하는 날짜이며 지도를 만든 날짜가 아닙니다.", "minemap"),
)  # fmt: skip
_PROSE = (
    ("zones", "Lines and zones", "선과 구역", _ZONES),
    ("national", "National terms", "국내 용어", _NATIONAL),
    ("actions", "Mine action", "지뢰대응활동", _ACTIONS),
    ("figures", "Figures and dates", "수치와 날짜", _FIGURES),
)
_REFERENCES_KO: Mapping[str, str] = {
    "national term": "국내 용어",
    "Armistice Agreement, 1953": "정전협정(1953년)",
    "Protection of Military Bases and Installations Act": "군사기지 및 군사시설 보호법",
    f"IMAS 04.10; {_ACT}": "IMAS 04.10; 지뢰대응활동법(법률 제20312호)",
    "IMAS 04.10 and 07.11": "IMAS 04.10, 07.11",
}


def glossary() -> list[dict[str, Any]]:
    """Return the glossary in reading order.

    Returns
    -------
    list of dict
        Groups with ``key``, ``title`` and ``terms``; each term has ``term``, ``definition`` and ``reference`` as pairs of
        English and Korean.

    Examples
    --------
    >>> group = next(group for group in glossary() if group["key"] == "land_class")
    >>> group["terms"][0]["term"]["ko"], group["terms"][0]["definition"]["en"]
    ('확인위험지역(CHA)', 'Presence of mines confirmed by direct evidence.')
    """
    prose = [_group(key, en, ko, [_term(*row) for row in rows]) for key, en, ko, rows in _PROSE]
    lists = [_group(key, en, ko, [_listed(key, term) for term in terms.values()]) for key, en, ko, terms in _LISTS]
    return [*lists[:4], *prose, *lists[4:]]


def _group(key: str, en: str, ko: str, terms: list[dict[str, Pair]]) -> dict[str, Any]:
    return {"key": key, "title": {"en": en, "ko": ko}, "terms": terms}


def _listed(group: str, term: Term) -> dict[str, Pair]:
    return _term(term.en, term.ko, term.definition, _KO[group][term.key], term.reference)


def _term(en: str, ko: str, told_en: str, told_ko: str, reference: str) -> dict[str, Pair]:
    return {
        "term": {"en": en, "ko": ko},
        "definition": {"en": told_en, "ko": told_ko},
        "reference": {"en": reference, "ko": _REFERENCES_KO.get(reference, reference)},
    }
