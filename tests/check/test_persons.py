"""Personal data is found where it stands, and never repeated in the finding."""

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from check.hazard_rows import TODAY, survey, told

from geo.area import read_area
from geo.check.context import Context
from geo.check.persons import persons
from geo.survey.persons import DENIED, is_denied, is_personal, named_in, plain

DEMO = read_area("demo")
KEPT = "id name name_en name_ko land_class land_status basis as_of sources zone area_m2 geometry".split()


@pytest.mark.parametrize(
    "heading",
    [
        "Landowner", "Land Owner", "data_enterer", "dataenterer", "Informant name", "contact", "Phone No.", "mobile", "e-mail",
        "Person", "Victim Name", "name of victim", "entered by", "제보자", "피해자명", "연락처", "소유자 주소", "주민등록번호",
        "작성자",
    ],
)  # fmt: skip
def test_headings_that_speak_of_persons(heading):
    assert is_personal(heading)
    assert is_denied(heading)


@pytest.mark.parametrize(
    "heading",
    ["entered_as", "entered_mgrs", "crs_entered", "entered", "date entered", "anti-personnel", "명칭", "지명", "피해자수", *KEPT],
)
def test_headings_that_do_not(heading):
    assert not is_personal(heading)


def test_the_denied_list_also_holds_what_finds_an_exact_field():
    denied = "mine_types emplaced_n recovered_n unaccounted_n depth_cm entered_x crs_entered Land Disputes dataentrydate".split(
        " "
    )
    assert all(is_denied(name) for name in denied if name not in ("Land", "Disputes"))
    assert not any(is_denied(name) for name in KEPT)
    assert DENIED.search(plain("User_Entered_X"))


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("call 010-1234-5678", "phone number"),
        ("01012345678", "phone number"),
        ("+82 10-1234-5678", "phone number"),
        ("+82-(0)10 1234 5678", "phone number"),
        ("033-480-1234로 연락", "phone number"),
        ("(02) 123-4567", "phone number"),
        ("+82 2-123-4567", "phone number"),
        ("900101-1234567", "resident number"),
        ("900101 - 1234567", "resident number"),
        ("kim@example.org", "e-mail address"),
        ("제보자: 홍길동", "name of a person"),
        ("Informant: Hong", "name of a person"),
        ("홍길동 씨가 신고", "name of a person"),
        ("seen by Mr. Hong", "name of a person"),
    ],
)
def test_texts_that_name_somebody(text, kind):
    assert named_in(pd.Series([text]))[0] == kind


@pytest.mark.parametrize(
    "text",
    [
        "", "52S CG 12345 67890", "327000 4230000", "127.0101234567, 38.0101234567", "2020-05-03", "2020-05-03T09:00:00",
        "901301-1234567", "900132-1234567", "900101-9234567", "01099", "military 1338, police 112", "봄 날씨", "10,000 m2",
        "victims: 3", "M14 and M16", "1234567890123", "hill 395 / 0.25 ha", None,
    ],
)  # fmt: skip
def test_texts_that_do_not(text):
    assert named_in(pd.Series([text], dtype=object))[0] == ""


def test_thirteen_digits_without_a_hyphen_need_their_check_digit():
    digits = "900101123456"
    weights = [2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5]
    check = (11 - sum(int(d) * w for d, w in zip(digits, weights, strict=True)) % 11) % 10
    found = named_in(pd.Series([f"{digits}{check}", f"{digits}{(check + 1) % 10}"]))
    assert found.tolist() == ["resident number", ""]


# --- P01


def test_p01_columns_and_texts():
    rows = [{"제보자": "홍길동", "description": "call 010-1234-5678"}, {"id": "B", "제보자": None, "description": "a ditch"}]
    assert told(persons, *rows) == [
        ("P01", "", "column 제보자 (1 filled)", ""),
        ("P01", "YC-014", "phone number in description", ""),
    ]


def test_p01_an_empty_column_names_nobody():
    assert told(persons, {"Landowner": "", "description": "near the old bridge"}) == []


def test_p01_the_files_own_heading_counts():
    assert told(persons, {"person": "x"}, headings={"피해자명": "person"})[0][2] == "column 피해자명 (1 filled)"
    assert told(persons, {"note": "x"}, headings={"Data Enterer": "note"})[0][2] == "column Data Enterer (1 filled)"


def test_p01_reports_are_read_too():
    reports = [
        {"hazard_id": "YC-014", "reason": "told by 010-1234-5678", "entered": "2025-01-02", "kind": "ts"},
        {"hazard_id": "lost", "reason": "kim@example.org", "entered": "2025-01-02", "kind": "ts"},
    ]
    assert told(persons, reports=reports) == [
        ("P01", "YC-014", "phone number in reason", ""),
        ("P01", "", "e-mail address in reason", ""),
    ]
    told_of = persons(Context(survey(reports=[row | {"제보자": "x"} for row in reports]), TODAY))
    assert told_of[["file", "row"]].values.tolist() == [["reports", 0], ["reports", 1], ["reports", 2]]


def test_p01_numbers_stored_as_numbers():
    assert told(persons, {"no": 821012345678}) == [("P01", "YC-014", "phone number in no", "")]
    assert told(persons, {"no": 1012345678, "cleared_m2": 10.5}) == []


def test_no_finding_repeats_what_it_found():
    secret = "010-1234-5678"
    assert not any(secret in cell for row in told(persons, {"description": secret, "phone": secret}) for cell in row)


# --- P02


def accidents(*victims, lon=None, **options):
    rows = [{"id": f"A-{n}", "killed": killed, "injured": injured} for n, (killed, injured) in enumerate(victims)]
    shapes = [shapely.Point(x, 19.9) for x in lon or [-27.0] * len(rows)]
    return told(persons, *rows, kind="accidents", shapes=shapes, code="P02", **options)


def test_p02_cells_of_few_victims():
    assert accidents((1, 3)) == [("P02", "A-0", "4", "5")]
    assert accidents((1, 4)) == []
    assert accidents((1, 1), (0, 3)) == []
    assert accidents((1, 1), (0, 2)) == [("P02", "A-0", "4", "5"), ("P02", "A-1", "4", "5")]
    assert accidents((None, None)) == [("P02", "A-0", "1", "5")]
    assert accidents((0, 0)) == []


@pytest.mark.parametrize("area", [None, DEMO])
def test_p02_cells_are_1_km_wide(area):
    near, far = [-27.0051, -27.0052], [-27.005, -27.025]
    assert accidents((1, 2), (1, 2), lon=near, area=area) == []
    assert len(accidents((1, 2), (1, 2), lon=far, area=area)) == 2


def test_p02_without_a_place_or_a_crs_no_cell_is_known():
    assert told(persons, {}, kind="accidents", shapes=[None], code="P02") == []
    assert told(persons, {"killed": 1}, kind="finds", code="P02") == []


def test_the_restricted_tier_still_lists_them():
    assert told(persons, {"phone": "1"}, tier="restricted") == [("P01", "", "column phone (1 filled)", "")]


def test_missing_crs():
    from check.hazard_rows import GOOD, TODAY

    from geo.check.context import Context
    from geo.survey.records import Survey

    frame = gpd.GeoDataFrame([GOOD["accidents"]], geometry=[shapely.Point(200_000, 500_000)])
    assert persons(Context(Survey("accidents", "a.csv", "", frame), TODAY)).empty
