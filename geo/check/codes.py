"""The codes of the battery: severity, what is wrong and what to do, in English and Korean.

G is a view of the GICHD's geocheck, kept whole; C stands for coordinates, S for shapes, O for overlays, V for words, L for the
lifecycle and P for persons. ``{value}`` and ``{expected}`` are filled in from the finding.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

SEVERITIES = {"E": ("error", "오류"), "W": ("warning", "경고"), "I": ("information", "정보")}


class Code(NamedTuple):
    """One thing that can be wrong."""

    code: str
    severity: str
    en: str
    ko: str
    mend_en: str
    mend_ko: str


def _codes(*entries: tuple[str, ...]) -> Mapping[str, Code]:
    return MappingProxyType({entry[0]: Code(*entry) for entry in entries})


CODES = _codes(
    (
        "G01",
        "E",
        "invalid polygon: {value}",
        "잘못된 다각형: {value}",
        "redraw the boundary there, or use --repair",
        "그 지점의 경계를 다시 그리거나 --repair를 사용하십시오",
    ),
    (
        "G02",
        "E",
        "{value} distinct vertices, at least 3 needed",
        "서로 다른 꼭짓점 {value}개, 최소 3개 필요",
        "add the missing turning points or record it as a line",
        "빠진 전환점을 넣거나 선으로 기록하십시오",
    ),
    (
        "G03",
        "E",
        "the same polygon as {value}",
        "{value} 도형과 같은 다각형",
        "delete one, or give it the record it belongs to",
        "하나를 지우거나 해당 기록에 붙이십시오",
    ),
    (
        "G04",
        "E",
        "shape_id {value} stands twice in one record",
        "한 기록에 shape_id {value} 중복",
        "number the parts of a record",
        "기록의 부분마다 번호를 매기십시오",
    ),
    (
        "G05",
        "E",
        "shape_id {value} stands twice when blanks are trimmed",
        "공백을 없애면 shape_id {value} 중복",
        "trim the ids, or use --repair",
        "공백을 없애거나 --repair를 사용하십시오",
    ),
    (
        "G06",
        "E",
        "the same point twice in a polygon: {value}",
        "한 다각형에 같은 점이 두 번: {value}",
        "delete one of the two, or use --repair",
        "둘 중 하나를 지우거나 --repair를 사용하십시오",
    ),
    (
        "G07",
        "E",
        "point_id {value} stands twice in a polygon",
        "한 다각형에 point_id {value} 중복",
        "number the turning points",
        "전환점마다 번호를 매기십시오",
    ),
    (
        "G08",
        "E",
        "point_id {value} stands twice in a polygon when blanks are trimmed",
        "공백을 없애면 한 다각형에 point_id {value} 중복",
        "trim the ids, or use --repair",
        "공백을 없애거나 --repair를 사용하십시오",
    ),
    (
        "G09",
        "E",
        "the same point twice in a record: {value}",
        "한 기록에 같은 점이 두 번: {value}",
        "delete one of the two",
        "둘 중 하나를 지우십시오",
    ),
    (
        "G10",
        "E",
        "point_id {value} stands twice in a record",
        "한 기록에 point_id {value} 중복",
        "number the points",
        "점마다 번호를 매기십시오",
    ),
    (
        "G11",
        "E",
        "point_id {value} stands twice in a record when blanks are trimmed",
        "공백을 없애면 한 기록에 point_id {value} 중복",
        "trim the ids, or use --repair",
        "공백을 없애거나 --repair를 사용하십시오",
    ),
    (
        "G12",
        "E",
        "id {value} stands more than once",
        "식별자 {value} 중복",
        "give each record an id of its own; number parts by shape_id, versions by valid_from",
        "기록마다 고유한 식별자를 주고, 부분은 shape_id, 판은 valid_from으로 구분하십시오",
    ),
    (
        "G13",
        "W",
        "the same device twice in a record: {value}",
        "한 기록에 같은 폭발물이 두 번: {value}",
        "add the quantities, or say how they differ",
        "수량을 합치거나 다른 점을 적으십시오",
    ),
    (
        "G14",
        "W",
        "consecutive vertices {value} m apart, more than {expected} m",
        "이웃한 꼭짓점 사이 {value} m ({expected} m 초과)",
        "look for a mistyped coordinate",
        "잘못 입력한 좌표가 있는지 확인하십시오",
    ),
    (
        "G15",
        "W",
        "parts of one record overlap by {value} %, more than {expected} %",
        "한 기록의 부분이 {value} % 겹침({expected} % 초과)",
        "cut one part, or delete the one drawn twice",
        "한 부분을 잘라 내거나 두 번 그린 것을 지우십시오",
    ),
    (
        "C01",
        "E",
        "no CRS or datum",
        "좌표계·측지계 없음",
        "state it with --crs, a .prj file or a column crs_entered; it is never guessed",
        "--crs, .prj 파일 또는 crs_entered 열로 밝히십시오. 추측하지 않습니다",
    ),
    (
        "C02",
        "E",
        "areas cannot be taken in {value}",
        "{value} 좌표계로는 면적을 잴 수 없음",
        "hand in the CRS the coordinates were recorded in",
        "좌표를 기록한 원래 좌표계를 쓰십시오",
    ),
    (
        "C03",
        "E",
        "outside the study area",
        "대상 지역 밖",
        "check the coordinates, or name the study area they belong to",
        "좌표를 확인하거나 해당 대상 지역을 지정하십시오",
    ),
    (
        "C04",
        "E",
        "outside the study area, but inside if {value}",
        "대상 지역 밖이지만 다음과 같으면 안쪽임: {value}",
        "correct the file's coordinates or its CRS; nothing is moved",
        "파일의 좌표나 좌표계를 고치십시오. 자동으로 옮기지 않습니다",
    ),
    (
        "C05",
        "W",
        "typed and stored coordinates are {value} m apart, more than {expected} m",
        "입력 좌표와 저장 좌표의 차이 {value} m ({expected} m 초과)",
        "correct the one that is wrong; the typed one is kept",
        "틀린 쪽을 고치십시오. 입력한 좌표는 그대로 남습니다",
    ),
    (
        "C06",
        "I",
        "{value} decimals, more than a precision of {expected} m supports",
        "소수 {value}자리, 정밀도 {expected} m보다 자세함",
        "round, or state the precision",
        "반올림하거나 정밀도를 밝히십시오",
    ),
    (
        "C07",
        "E",
        "coordinate cannot be read: {value}",
        "읽을 수 없는 좌표: {value}",
        "write it as {expected}",
        "다음과 같이 쓰십시오: {expected}",
    ),
    (
        "S01",
        "E",
        "no geometry ({value})",
        "도형 없음({value})",
        "draw it, or record it in a table without shapes",
        "도형을 그리거나 도형 없는 표에 기록하십시오",
    ),
    (
        "S02",
        "E",
        "{value}, expected {expected}",
        "{value}, 필요한 도형: {expected}",
        "part the file by kind of shape",
        "도형 종류에 따라 파일을 나누십시오",
    ),
    (
        "S03",
        "W",
        "narrower than twice its precision: {value} m wide, precision {expected} m",
        "정밀도의 두 배보다 좁음: 폭 {value} m, 정밀도 {expected} m",
        "record it as a line, or delete a leftover",
        "선으로 기록하거나 남은 조각을 지우십시오",
    ),
    (
        "S04",
        "W",
        "area of {value} m², expected {expected}",
        "면적 {value} m², 기준: {expected}",
        "check the boundary",
        "경계를 확인하십시오",
    ),
    (
        "S05",
        "W",
        "mapped area {value} m², reported {expected}",
        "도형 면적 {value} m², 보고 면적 {expected}",
        "correct the figure, its unit or the boundary",
        "수치, 단위 또는 경계를 고치십시오",
    ),
    (
        "O01",
        "W",
        "overlaps {value} by {expected} m²",
        "{value} 도형과 {expected} m² 겹침",
        "decide which holds; totals count the place once",
        "어느 쪽이 맞는지 정하십시오. 합계는 한 번만 셉니다",
    ),
    (
        "O02",
        "W",
        "lies in {value}",
        "{value} 안에 있음",
        "check the place, or say that it is meant",
        "위치를 확인하거나 의도한 것임을 밝히십시오",
    ),
    (
        "V01",
        "E",
        "required field missing: {value}",
        "필수 항목 없음: {value}",
        "fill it",
        "항목을 채우십시오",
    ),
    (
        "V02",
        "E",
        "{value} is not known; {expected}",
        "알 수 없는 값 {value}; {expected}",
        "use a listed word, or map yours in [values] of a column map",
        "목록의 낱말을 쓰거나 열 대응표의 [values]에서 대응시키십시오",
    ),
    (
        "V03",
        "W",
        "{value}",
        "{value}",
        "correct the class or name the evidence",
        "구분을 고치거나 증거를 밝히십시오",
    ),
    (
        "V04",
        "E",
        "basis {value} cannot be a CHA",
        "작성 근거 {value} 자료는 확인위험지역이 될 수 없음",
        "a modelled or allocated feature is an indication at most",
        "모형·모의 배치 자료는 징후까지만 쓸 수 있습니다",
    ),
    (
        "V05",
        "E",
        "{value}",
        "{value}",
        "say where it comes from and from when",
        "출처와 기준일을 밝히십시오",
    ),
    (
        "V06",
        "I",
        "information as of {value}, more than {expected} years old",
        "기준일 {value}, {expected}년이 넘은 자료",
        "survey again, or say that it was confirmed later",
        "다시 조사하거나 나중에 확인했음을 밝히십시오",
    ),
    (
        "L01",
        "E",
        "history out of order: {value}",
        "이력 순서 오류: {value}",
        "close each version where the next begins",
        "다음 판이 시작하는 날에 앞 판을 닫으십시오",
    ),
    (
        "L02",
        "E",
        "an older or same-dated report changed the state: {value}",
        "앞서거나 같은 날짜의 보고가 상태를 바꿈: {value}",
        "only later information changes a state",
        "나중 정보만 상태를 바꿀 수 있습니다",
    ),
    (
        "L03",
        "E",
        "cancelled + reduced + cleared + remaining = {value} m², original {expected} m²",
        "취소 + 축소 + 제거 + 남은 면적 = {value} m², 처음 면적 {expected} m²",
        "find the part that was left out or counted twice",
        "빠지거나 두 번 센 부분을 찾으십시오",
    ),
    (
        "L04",
        "W",
        "closed, then inside {value}",
        "종결 뒤 다음 범위에 들어감: {value}",
        "reopen it as an indication; marking is unverified",
        "징후로 다시 여십시오. 표시는 확인되지 않은 상태입니다",
    ),
    (
        "L05",
        "W",
        "{value}",
        "{value}",
        "count again, or say why it differs",
        "다시 세거나 차이의 이유를 적으십시오",
    ),
    (
        "P01",
        "E",
        "personal data: {value}",
        "개인정보: {value}",
        "take it out, or keep the file in the restricted tier",
        "지우거나 제한본에만 두십시오",
    ),
    (
        "P02",
        "E",
        "{value} victims in one cell, fewer than {expected}",
        "한 격자의 피해자 {value}명({expected}명 미만)",
        "tell larger cells or no counts",
        "더 큰 격자로 묶거나 수를 밝히지 마십시오",
    ),
)
