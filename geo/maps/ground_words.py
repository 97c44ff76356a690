"""Words of what lies below the layers and around them: hillshade, grid, online pictures, print.

Assumption: merged into the words of the page by `geo.maps.words`; each stands in both languages.
"""

from __future__ import annotations

_WORDS: tuple[tuple[str, str, str], ...] = (
    ("relief", "Hillshade (terrain)", "음영기복 (지형)"),
    (
        "relief_about",
        "From the terrain model given to this build; for the eye only.",
        "이 자료를 만들 때 사용한 지형 모형에서 계산; 보기용.",
    ),
    ("grid", "MGRS grid", "MGRS 좌표 격자"),
    ("grid_about", "Squares of {size} on UTM {zones}, WGS 84.", "UTM {zones}(WGS 84), 격자 간격 {size}."),
    ("grid_off", "Squares of 100, 10 or 1 km by zoom, WGS 84.", "확대 정도에 따라 100, 10, 1 km 격자, WGS 84."),
    ("opacity_of", "Opacity: {name}", "불투명도: {name}"),
    ("tiles", "Online pictures from {host}", "온라인 배경 그림: {host}"),
    (
        "tiles_off",
        "Off. Once on, this page asks {host} for pictures over the network, and so tells it where you look.",
        "꺼짐. 켜면 네트워크를 통해 {host} 서버에 그림을 요청하며, 보고 있는 위치가 그 서버에 알려집니다.",
    ),
    (
        "tiles_on",
        "Online: this page asks {host} for pictures and so tells it where you look.",
        "온라인: {host} 서버에 그림을 요청하고 있으며, 보고 있는 위치가 그 서버에 알려집니다.",
    ),
    ("tiles_credit", "Pictures: {credit}", "배경 그림: {credit}"),
    (
        "raster_undetermined",
        "Undetermined: fewer than {share} % of the runs reach the cell",
        "미정: 전체 계산의 {share} % 미만에서만 도달",
    ),
    ("raster_share", "Share of the runs whose flood reaches the cell", "홍수가 도달한 계산의 비율"),
    (
        "raster_share_about",
        "How many runs of the ensemble wet the cell; no chance of a flood. Land without a share is not out of reach of floods.",
        "앙상블 계산 가운데 격자가 침수된 비율이며, 홍수가 일어날 확률이 아닙니다. 값이 없는 땅도 홍수가 미칠 수 있습니다.",
    ),
    ("print_wide", "Print, A4 landscape", "인쇄, A4 가로"),
    ("print_tall", "Print, A4 portrait", "인쇄, A4 세로"),
    (
        "print_scale",
        "About 1 : {scale} in the middle of the map, printed on A4 at 100 %. Web Mercator, WGS 84.",
        "지도 중앙 축척 약 1 : {scale} (A4, 100 % 인쇄). 웹 메르카토르, WGS 84.",
    ),
    ("print_day", "Printed on {day}.", "인쇄일 {day}."),
    (
        "print_cut",
        "Too wide for this sheet: columns on the right are missing. They are in the CSV.",
        "표가 용지보다 넓어 오른쪽 열이 빠졌습니다. 전체는 CSV에 있습니다.",
    ),
    ("print_layers", "Shown", "표시된 레이어"),
)
GROUND_WORDS: dict[str, dict[str, str]] = {key: {"en": en, "ko": ko} for key, en, ko in _WORDS}
