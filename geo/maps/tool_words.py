"""Words of the map's coordinate tools in English and Korean.

Assumption: Korean templates use no particle that depends on the inserted word. Nothing here advises how to move.
"""

from __future__ import annotations

from collections.abc import Mapping

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("tools", "Map tools", "지도 도구"),
    ("goto", "Go to a place", "위치 찾기"),
    ("goto_label", "MGRS, UTM, grid numbers, degrees or a name", "MGRS, UTM, 평면좌표, 경위도 또는 지명"),
    ("goto_go", "Go", "찾기"),
    ("goto_names", "Names on this map", "이 지도의 지명"),
    (
        "goto_wrong",
        "Not understood: {text}. Write MGRS ({mgrs}), UTM ({utm}), latitude and longitude ({dd}), or a name on this map.",
        "알 수 없는 입력: {text}. MGRS({mgrs}), UTM({utm}), 위도·경도({dd}) 또는 이 지도의 지명을 쓰십시오.",
    ),
    (
        "goto_wrong_grid",
        "Not understood: {text}. Write MGRS ({mgrs}), UTM ({utm}), grid numbers ({grid}), latitude and longitude ({dd}), "
        "or a name on this map.",
        "알 수 없는 입력: {text}. MGRS({mgrs}), UTM({utm}), 평면좌표({grid}), 위도·경도({dd}) 또는 이 지도의 지명을 쓰십시오.",
    ),
    ("goto_empty", "Write a place first.", "먼저 위치를 입력하십시오."),
    ("goto_outside", "Outside this map: {text} ({place}).", "이 지도의 범위 밖: {text} ({place})."),
    (
        "goto_digits",
        "MGRS has equally many digits for easting and northing, at most five each: {text}.",
        "MGRS 숫자는 동쪽·북쪽 자릿수가 같고 각각 다섯 자리까지입니다: {text}.",
    ),
    ("goto_letters", "There is no such MGRS square: {text}.", "없는 MGRS 구역: {text}."),
    (
        "goto_zoneless",
        "No zone was given, and none of this map fits: {text}.",
        "구역 번호가 없고 이 지도에 맞는 구역도 없음: {text}.",
    ),
    (
        "goto_angle",
        "Not a place: {text}. Latitudes go to 90°, longitudes to 180°, minutes and seconds to less than 60.",
        "위치가 아님: {text}. 위도는 90°, 경도는 180°까지, 분과 초는 60 미만입니다.",
    ),
    (
        "goto_grid",
        "Not a UTM place: {text}. Zones go from 1 to 60, eastings from 100,000 to 900,000 m, northings to 10,000,000 m.",
        "UTM 위치가 아님: {text}. 구역은 1~60, 동쪽 좌표는 100,000~900,000 m, 북쪽 좌표는 10,000,000 m까지입니다.",
    ),
    ("goto_read_mgrs", "Read as MGRS.", "MGRS로 읽음."),
    ("goto_read_guessed", "No zone was given; read as {text}.", "구역 번호가 없어 다음과 같이 읽음: {text}."),
    ("goto_read_square", "A square of {m}; its middle is marked.", "한 변 {m} 구역이며 그 중심을 표시."),
    ("goto_read_utm", "Read as UTM, zone {zone}, {half} half.", "UTM으로 읽음: {zone} 구역, {half}."),
    ("goto_north", "northern", "북반구"),
    ("goto_south", "southern", "남반구"),
    ("goto_read_latlon", "Read as latitude, longitude.", "위도, 경도 순서로 읽음."),
    ("goto_read_lonlat", "Read as longitude, latitude.", "경도, 위도 순서로 읽음."),
    (
        "goto_read_either",
        "Either order would be possible; read as latitude, longitude.",
        "두 순서가 모두 가능하나 위도, 경도 순서로 읽음.",
    ),
    (
        "goto_plane_which",
        "Which grid? Neighbouring grids share such numbers, so none is guessed. This map reads {names}; "
        "write for example: {form}.",
        "어느 좌표계입니까? 이웃한 좌표계도 같은 숫자를 쓰므로 추측하지 않습니다. 이 지도의 좌표계: {names}. 입력 예: {form}.",
    ),
    (
        "goto_plane_unknown",
        "This map does not read EPSG:{code}; it reads {names}: {text}.",
        "이 지도가 읽지 않는 좌표계 EPSG:{code}. 읽는 좌표계: {names}. 입력: {text}.",
    ),
    (
        "goto_plane",
        "Not a place in {grid}: {text}. Write easting and northing in metres.",
        "{grid} 좌표가 아님: {text}. 동쪽·북쪽 좌표를 미터로 쓰십시오.",
    ),
    (
        "goto_plane_form",
        "Not understood: {text}. Write easting and northing in metres, for example: {form}.",
        "알 수 없는 입력: {text}. 동쪽·북쪽 좌표를 미터로 쓰십시오. 입력 예: {form}.",
    ),
    (
        "goto_plane_letters",
        "X and Y mean north and east to some and east and north to others: {text}. Write E and N, for example: {form}.",
        "X와 Y는 자료마다 북쪽·동쪽이 서로 다릅니다: {text}. E와 N으로 쓰십시오. 입력 예: {form}.",
    ),
    ("goto_read_plane", "Read as {grid}.", "{grid} 좌표로 읽음."),
    ("goto_read_plane_first", "Read as {grid}, easting, northing.", "{grid} 좌표, 동쪽·북쪽 순서로 읽음."),
    ("goto_read_plane_turned", "Read as {grid}, northing, easting.", "{grid} 좌표, 북쪽·동쪽 순서로 읽음."),
    (
        "goto_read_plane_either",
        "Either order would be possible; read as {grid}, easting, northing.",
        "두 순서가 모두 가능하나 {grid} 좌표, 동쪽·북쪽 순서로 읽음.",
    ),
    ("goto_kind_plane", "grid numbers", "평면좌표"),
    ("goto_read_as", "read so", "이렇게 읽기"),
    ("goto_none", "No such name on this map: {text}.", "이 지도에 없는 지명: {text}."),
    ("goto_n", "Names found: {n}.", "찾은 지명: {n}개."),
    ("goto_more", "The first {n} of {all} names; type more letters.", "지명 {all}개 중 {n}개. 더 입력하십시오."),
    ("goto_river", "River; the middle of its drawn line is marked.", "하천이며 그려진 선의 중간을 표시."),
    ("goto_kind_river", "river", "하천"),
    ("goto_kind_place", "place", "지명"),
    ("here", "Coordinates at the centre of the map", "지도 중심의 좌표"),
    ("here_all", "Coordinates and all that lies here", "좌표와 이곳의 모든 항목"),
    ("here_datum", "Datum WGS 84.", "측지계 WGS 84."),
    ("here_typed", "Known to about ±{m}, as written or named.", "입력한 표기나 지명으로는 약 ±{m}까지 알 수 있음."),
    ("here_read", "Read at this zoom to about ±{m}.", "이 배율에서 약 ±{m}까지 읽음."),
    ("here_dms", "Degrees, minutes, seconds", "도, 분, 초"),
    ("here_decimal", "Latitude, longitude", "위도, 경도"),
    ("here_nearest", "Nearest drawn", "그려진 것 중 가장 가까운 곳"),
    (
        "here_only_drawn",
        "Only of what is switched on; something nearer may be unknown.",
        "켜 놓은 레이어만 잰 값이며, 알려지지 않은 더 가까운 것이 있을 수 있습니다.",
    ),
    ("here_about", "about {d}", "약 {d}"),
    ("here_under", "under {d}", "{d} 미만"),
    ("here_inside", "inside", "안쪽"),
    ("here_off", "±{d}", "±{d}"),
    ("here_untold", "precision not stated", "정확도 미상"),
    ("here_lies", "What lies here", "이곳에 있는 것"),
    ("here_none", "Nothing that is switched on is drawn here.", "켜 놓은 레이어 중 여기에 그려진 것이 없음."),
    ("here_more", "and {n} more", "외 {n}개"),
    ("copy", "Copy: {what}", "복사: {what}"),
    ("copy_all", "Copy all", "모두 복사"),
    ("copied", "Copied: {text}", "복사됨: {text}"),
    ("copied_all", "Copied: all lines", "복사됨: 모든 줄"),
    (
        "copy_failed",
        "The browser did not allow copying. The text is selected: copy it with the keyboard.",
        "브라우저가 복사를 허용하지 않습니다. 선택된 글을 키보드로 복사하십시오.",
    ),
    ("copy_text", "Text to copy", "복사할 글"),
    ("measure", "Measure length or area", "길이·면적 재기"),
    ("measure_kind", "What to measure", "잴 것"),
    ("measure_length", "Length", "길이"),
    ("measure_area", "Area", "면적"),
    ("measure_centre", "Point at centre", "중심에 점"),
    ("measure_undo", "Undo last", "점 취소"),
    ("measure_finish", "Finish", "끝내기"),
    ("measure_clear", "Clear", "지우기"),
    (
        "measure_how",
        "Click points on the map; a double click finishes.",
        "지도에서 점을 클릭하고, 두 번 클릭하면 끝납니다.",
    ),
    (
        "measure_keys",
        "On the map by keyboard: arrows move it, Space sets a point at the centre, Backspace takes the last one back, "
        "Enter finishes, Esc cancels.",
        "지도에서 키보드: 화살표로 이동, 스페이스로 중심에 점, 백스페이스로 마지막 점 취소, 엔터로 끝내기, Esc로 취소.",
    ),
    ("measure_none", "No point yet.", "아직 점이 없습니다."),
    ("measure_one", "One point set; set the next.", "점 1개를 찍었습니다. 다음 점을 찍으십시오."),
    ("measure_outline", "Outline", "둘레"),
    ("measure_leg", "Last leg", "마지막 구간"),
    ("measure_bearing", "Bearing (true north)", "방위각(진북)"),
    ("measure_there_and_back", "{there}, back {back}", "{there}, 역방위 {back}"),
    ("measure_crossed", "The outline crosses itself: no area.", "둘레가 서로 엇갈려 면적이 없습니다."),
    ("measure_flat", "An area needs three points.", "면적에는 점 세 개가 필요합니다."),
    (
        "measure_note",
        "Along the ellipsoid (WGS 84), not over the terrain; one pixel is about {m}. A measured line is not a way to go.",
        "타원체(WGS 84) 위의 값이며 지형을 따르지 않습니다. 화소 하나는 약 {m}. 잰 선은 다닐 수 있는 길이 아닙니다.",
    ),
)
TOOL_WORDS: Mapping[str, dict[str, str]] = {key: {"en": en, "ko": ko} for key, en, ko in _WORDS}
