"""Three norths: published values of the magnetic model, signs, and what is told when nothing is known."""

import builtins

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import ConfigError
from geo.sheets import norths
from geo.sheets.norths import (
    Declination,
    angle_text,
    decimal_year,
    declination,
    draw_norths,
    drawn_angles_deg,
    grid_convergence_deg,
    norths_lines,
    sheet_lines,
)
from geo.sheets.view import view_at

# test values that NOAA publishes with WMM2025: year, latitude, longitude, declination at height 0
PUBLISHED = [
    (2025.0, 80, 0, 1.28),
    (2025.0, 0, 120, -0.16),
    (2025.0, -80, 240, 68.78),
    (2027.5, 80, 0, 2.59),
    (2027.5, 0, 120, -0.24),
    (2027.5, -80, 240, 68.49),
    (2020.0, 80, 0, -1.28),  # WMM2020
    (2022.5, 0, 120, -0.06),
]


@pytest.mark.parametrize(("year", "lat", "lon", "expected"), PUBLISHED)
def test_published_values_of_the_model(year, lat, lon, expected):
    found = declination(lon, lat, year)
    assert found.value_deg == pytest.approx(expected, abs=0.0051)
    assert found.model == f"WMM-{int(year // 5 * 5)}"
    assert found.basis == "computed"
    assert found.year == year


def test_korea_lies_west_and_drifts_west():
    found = declination(127.0, 38.0, 2026.5)
    assert -9.5 < found.value_deg < -8.5
    assert -0.1 < found.annual_change_deg < 0
    later = declination(127.0, 38.0, 2027.5)
    assert later.value_deg - found.value_deg == pytest.approx(found.annual_change_deg, abs=0.01)


def test_a_supplied_value_wins_and_needs_no_model(monkeypatch):
    monkeypatch.setattr(norths, "_model", lambda epoch: pytest.fail("the model was asked"))
    found = declination(127.0, 38.0, 1999.5, value_deg=-7.25, model="sheet NI 52-9")
    assert found == Declination(-7.25, 1999.5, "sheet NI 52-9", "supplied", None)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 181.0])
def test_a_supplied_value_must_be_an_angle(value):
    with pytest.raises(ConfigError, match="not an angle: declination: expected degrees.*: take it from your official map"):
        declination(127.0, 38.0, 2026.0, value_deg=value)


@pytest.mark.parametrize("year", [2009.99, 2030.0, 1953.5])
def test_years_without_a_model_are_refused(year):
    with pytest.raises(ConfigError, match="no magnetic model for this year: declination: expected 2010 to before 2030, found"):
        declination(127.0, 38.0, year)


@pytest.mark.parametrize("year", [2010.0, 2014.9, 2019.99, 2029.99])
def test_years_at_the_edges_of_the_models_are_answered(year):
    assert -10 < declination(127.0, 38.0, year).value_deg < -7


def test_a_missing_library_is_told(monkeypatch):
    real = builtins.__import__

    def without(name, *rest, **more):
        if name == "pygeomag":
            raise ImportError(name)
        return real(name, *rest, **more)

    norths._model.cache_clear()
    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ConfigError, match="pygeomag is not installed: declination: pip install pygeomag, or supply"):
        declination(127.0, 38.0, 2026.5)


def test_convergence_follows_the_spherical_rule_and_its_sign():
    lon, lat = np.array([126.5, 129.0, 131.0]), np.array([38.0, 38.0, 38.0])
    found = grid_convergence_deg(lon, lat, 52)
    rule = np.degrees(np.arctan(np.tan(np.radians(lon - 129)) * np.sin(np.radians(lat))))
    np.testing.assert_allclose(found, rule, atol=0.003)
    assert found[0] < 0 < found[2]
    assert found[1] == pytest.approx(0, abs=1e-9)
    assert grid_convergence_deg(131.0, -38.0, 52)[0] < 0  # south of the equator the other way


def test_dates_become_years():
    assert decimal_year("2026") == 2026.5
    assert decimal_year("2024-12-31") == pytest.approx(2024 + 365 / 366)
    assert decimal_year("2025-02") == pytest.approx(2025 + (31 + 14) / 365)
    for wrong in ("", "26", "2026-13", "2026-02-30", "2026-1-1-1", "unknown", "2026-", "²026"):
        with pytest.raises(ConfigError, match="no date"):
            decimal_year(wrong)


def test_minutes_carry():
    assert [angle_text(angle) for angle in (0.0, -0.999, 8.0833, 59.9999)] == ["0°00′", "1°00′", "8°05′", "60°00′"]


def test_the_sentences_name_side_year_model_and_basis():
    told = " ".join(norths_lines({52: 1.0}, Declination(-9.0, 2026.5, "WMM-2025", "computed", -0.04), "en"))
    assert "Grid north is 1°00′ east of true north." in told
    assert "Magnetic declination 9°00′ west, 2026.5 (WMM-2025, computed)." in told
    assert "Magnetic north is 10°00′ west of grid north." in told
    assert "Annual change 2.4′ to the west." in told
    assert "not to scale" in told
    supplied = norths_lines({52: 1.0}, Declination(3.0, 2020.0, "", "supplied"), "ko")
    assert "자편각: 동쪽 3°00′, 2020 (제공값)." in supplied
    assert not [line for line in supplied if "연간" in line]


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (
            "en",
            [
                "Grid north of UTM zone 52 is 1°50′ west of true north.",
                "Grid north of UTM zone 51 is 1°50′ east of true north.",
                "Magnetic north is 7°10′ west of grid north of UTM zone 52.",
                "Magnetic north is 10°50′ west of grid north of UTM zone 51.",
                "The drawing is for the grid of UTM zone 52.",
            ],
        ),
        (
            "ko",
            [
                "도편각(UTM 52대): 도북은 진북의 서쪽 1°50′.",
                "도편각(UTM 51대): 도북은 진북의 동쪽 1°50′.",
                "도자각(UTM 52대): 자북은 도북의 서쪽 7°10′.",
                "도자각(UTM 51대): 자북은 도북의 서쪽 10°50′.",
                "그림은 UTM 52대 격자 기준입니다.",
            ],
        ),
    ],
)
def test_a_sheet_across_two_zones_tells_the_norths_of_both(language, expected):
    """3° from both central meridians at 37.8° N: tan 3° · sin 37.8° = tan 1°50′."""
    declined = Declination(-9.0, 2026.5, "WMM-2025", "computed")
    crossing, inland = (
        sheet_lines(view_at((lon, 37.8), 25_000, (297, 420), (17, 110, 260, 280)), declined, language) for lon in (126.0, 127.0)
    )
    assert [line for line in crossing if line in expected] == expected
    assert not [line for line in inland if "UTM" in line]


@pytest.mark.parametrize(("language", "word"), [("en", "Magnetic north not shown"), ("ko", "자북 표시 없음")])
def test_an_unknown_declination_is_told(language, word):
    assert any(line.startswith(word) for line in norths_lines({52: 1.0}, None, language))


@given(st.floats(-3, 3), st.floats(-40, 40))
def test_the_drawing_keeps_the_order_and_keeps_the_norths_apart(convergence, declined):
    angles = drawn_angles_deg(convergence, Declination(declined, 2026.0, "", "supplied"))
    real = {"grid": 0.0, "true": -convergence, "magnetic": declined - convergence}
    assert angles["grid"] == 0
    for one in real:
        for other in real:
            if real[one] - real[other] >= norths.NO_GAP_DEG + 1e-9:
                assert angles[one] - angles[other] >= norths.LEAST_GAP_DEG - 1e-9


@pytest.mark.parametrize("declined", [None, Declination(-9.0, 2026.5, "WMM-2025", "computed", -0.04)])
def test_the_diagram_stays_inside_its_axes(declined):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(210 / 25.4, 297 / 25.4))
    axes = figure.add_axes((0.1, 0.1, 50 / 210, 45 / 297))
    draw_norths(axes, view_at((127.03, 38.2), 50_000, (210, 297), (17, 110, 170, 150)), declined, 6.0)
    figure.canvas.draw()
    box = axes.get_window_extent().padded(1.0)
    drawn = [text.get_window_extent() for text in axes.texts] + [line.get_window_extent() for line in axes.lines]
    assert all(box.x0 <= one.x0 and one.x1 <= box.x1 and box.y0 <= one.y0 and one.y1 <= box.y1 for one in drawn)
    names = {text.get_text() for text in axes.texts}
    assert {"GN", "TN"} <= names
    assert ("MN" in names) == (declined is not None)
