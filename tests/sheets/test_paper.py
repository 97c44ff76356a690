"""Paper, scale and files: a ruler finds what the scale says, a page is as large as its paper, and bytes do not change."""

import re
import shutil
import subprocess

import numpy as np
import pytest

from geo.errors import ConfigError
from geo.sheets.draw import paper_figure
from geo.sheets.fonts import lettering, writable_text
from geo.sheets.lettering import width_mm
from geo.sheets.marginalia import frame_of
from geo.sheets.paper import PAPERS_MM, dpi_of, fitting_scale, paper_mm, scale_of
from geo.sheets.pdf import draw_sheet
from geo.sheets.view import footprint, moved, on_sheet, turned_bounds, utm_crs, utm_zone, view_at


def on_paper_mm(figure, points):
    """Return where points of the map lie on the paper [mm]."""
    axes = next(one for one in figure.axes if one.get_label() == "map")
    axes.apply_aspect()
    return axes.transData.transform(points) / figure.dpi * 25.4


def test_one_kilometre_is_as_long_as_the_scale_says(detail, detail_figure):
    view = detail.pages[0].view
    x, y = view.bounds_m[:2]
    start, east, north = on_paper_mm(detail_figure, [(x, y), (x + 1000, y), (x, y + 1000)])
    assert np.hypot(*(east - start)) == pytest.approx(20.0, abs=1e-6)
    assert np.hypot(*(north - start)) == pytest.approx(20.0, abs=1e-6)
    assert start == pytest.approx(view.frame_mm[:2], abs=1e-6)


@pytest.mark.parametrize("name", PAPERS_MM)
@pytest.mark.parametrize("landscape", [False, True])
def test_the_frame_stands_inside_the_paper(name, landscape):
    wide, high = paper_mm(name, landscape=landscape)
    left, bottom, width, height = frame_of((wide, high))
    assert (wide > high) == landscape
    assert min(left, bottom, wide - left - width, high - bottom - height) > 5
    assert width * height > 0.3 * wide * high


@pytest.mark.parametrize(
    ("text", "scale"), [("1:50000", 50_000), ("1:50,000", 50_000), ("1 : 50 000", 50_000), ("50000", 50_000), ("1/25000", 25_000)]
)
def test_a_scale_is_read_as_people_write_it(text, scale):
    assert scale_of(text) == scale


@pytest.mark.parametrize("text", ["", "1:", "fifty", "2:50000", "1:0", "1:999", "1:20000001", "-50000", "1:50000.5"])
def test_what_is_no_scale_is_refused(text):
    with pytest.raises(ConfigError, match="no scale for a sheet: --scale: expected 1:1000 to 1:20000000"):
        scale_of(text)


def test_an_unknown_paper_is_refused_and_the_nearest_is_named():
    with pytest.raises(ConfigError, match=r"unknown paper: --paper: expected A4, A3, A1, found A5"):
        paper_mm("A5")


@pytest.mark.parametrize(("dpi", "mend"), [(71, "cannot be read"), (0, "cannot be read"), (1201, "--format pdf")])
def test_dots_that_nobody_can_read_or_print_are_refused(dpi, mend):
    with pytest.raises(ConfigError, match=f"--dpi: expected 72 to 1200, found {dpi}: .*{mend}"):
        dpi_of(dpi)
    assert (dpi_of(72), dpi_of(1200)) == (72, 1200)


def test_a_picture_that_fills_the_memory_is_refused():
    """An A1 has 774.5 square inches: 300 million pixels at 622 dots per inch."""
    assert dpi_of(622, (594, 841)) == 622 and dpi_of(1200, (210, 297)) == 1200
    with pytest.raises(
        ConfigError, match="too many pixels: --dpi: expected 622 or less on this paper, found 623: take --format pdf"
    ):
        dpi_of(623, (594, 841))


@pytest.mark.parametrize("dpi", [72, 300])
def test_letters_of_a_picture_are_as_wide_as_they_were_measured(atlas, dpi):
    """A line may be a dot wider than it was measured, at any resolution."""
    from matplotlib import rc_context
    from matplotlib.backends.backend_agg import FigureCanvasAgg

    letters = lettering("en")
    texts = ["Magnetic declination 9°06′ west, 2022.5", "AVAWA To", "± 500 m"] + (
        ["지뢰나 의심스러운 물체"] if letters.hangul else []
    )
    with rc_context(letters.settings):
        figure = paper_figure(view_at((127.0, 38.0), 50_000, (210, 297), (20, 120, 170, 150)))
        figure.set_dpi(dpi)
        renderer = FigureCanvasAgg(figure).get_renderer()
        for weight in ("normal", "bold"):
            for text in texts:
                drawn = figure.text(0.1, 0.1, text, size=6.0, weight=weight).get_window_extent(renderer).width
                measured = width_mm(text, 6.0, weight) / 25.4 * dpi
                assert 0.93 * measured - 1 < drawn < measured + 1.5, (text, weight)


def test_a_scale_that_fits_is_the_largest_round_one():
    frame = (0, 0, 100, 100)
    assert fitting_scale(5_000, 10, frame) == 50_000
    assert fitting_scale(5_001, 10, frame) == 60_000
    assert fitting_scale(10, 5_000, frame) == 50_000


@pytest.mark.parametrize(("lon", "zone"), [(125.999, 51), (126.0, 52), (131.999, 52), (132.0, 53)])
def test_the_zone_is_that_of_the_middle(lon, zone):
    view = view_at((lon, 37.9), 50_000, (210, 297), (20, 120, 170, 150))
    assert (view.zone, view.crs.to_epsg()) == (zone, 32600 + zone)


def test_a_view_goes_over_to_degrees_and_back():
    view = view_at((127.1, 38.1), 50_000, (210, 297), (20, 120, 170, 150))
    west, south, east, north = footprint(view).bounds
    assert west < 127.1 < east and south < 38.1 < north
    corners = on_sheet(np.array([footprint(view)], dtype=object), view)[0].bounds
    assert corners == pytest.approx(view.bounds_m, abs=0.01)
    assert view.mm(1000) == pytest.approx(20.0) and view.m(20) == pytest.approx(1000.0)


def test_a_moved_view_is_as_large_and_as_true():
    view = view_at((127.1, 38.1), 50_000, (210, 297), (20, 120, 170, 150))
    other = moved(view, view.bounds_m[2], view.bounds_m[1])
    assert other.bounds_m[0] == view.bounds_m[2] and other.bounds_m[2] - other.bounds_m[0] == 8500.0
    assert utm_zone(127.1, -38) == 52 and utm_crs(52, -38).to_epsg() == 32752
    assert turned_bounds(view.bounds_m, view.crs, view.crs) == pytest.approx(view.bounds_m)


def test_a_language_that_no_sheet_has_is_refused():
    with pytest.raises(ConfigError, match="no such language"):
        view_at((127.1, 38.1), 50_000, (210, 297), (20, 120, 170, 150), language="fr")


def test_pages_are_as_large_as_their_paper(korean_pdf):
    boxes = re.findall(rb"/MediaBox \[([^\]]*)\]", korean_pdf)
    sizes = {tuple(round(float(side), 2) for side in box.split()) for box in boxes}
    assert sizes == {(0.0, 0.0, round(210 / 25.4 * 72, 2), round(297 / 25.4 * 72, 2))}


def test_the_same_atlas_gives_the_same_bytes(korean, korean_pdf):
    assert korean.pdf() == korean_pdf
    assert not re.search(rb"CreationDate|ModDate|Producer|Creator", korean_pdf)


def test_a_picture_has_the_size_of_the_paper_and_no_text_of_its_own(detail):
    png = detail.png(dpi=72)
    assert int.from_bytes(png[16:20]) == int(210 / 25.4 * 72) and int.from_bytes(png[20:24]) == int(297 / 25.4 * 72)
    assert b"tEXt" not in png and b"Software" not in png


def test_korean_text_can_be_searched_for(korean_pdf, tmp_path):
    if shutil.which("pdftotext") is None:
        pytest.skip("no pdftotext on this machine")
    (tmp_path / "sheet.pdf").write_bytes(korean_pdf)
    done = subprocess.run(["pdftotext", tmp_path / "sheet.pdf", "-"], capture_output=True, check=True)
    text = re.sub(r"\s+", "", done.stdout.decode())
    for words in ("민간인통제구역", "계획지뢰지대", "객체0", "군1338", "112", "모의배치"):
        assert words in text


def test_no_font_with_hangul_gives_an_english_sheet_and_a_message(monkeypatch, atlas):
    monkeypatch.setattr("geo.sheets.fonts._installed", lambda: {"DejaVu Sans", "Arial"})
    found = draw_sheet(atlas, language="ko", declination_deg=-9.0, year=2026.5)
    assert found.pages[0].view.language == "en"
    assert "no font with Hangul" in found.messages[0]
    assert found.png(dpi=72)  # a letter that no font has is a warning, and warnings are errors


@pytest.mark.parametrize("name", ["Malgun Gothic", "Apple SD Gothic Neo", "NanumGothic"])
def test_fonts_of_other_systems_are_found(name):
    found = lettering("ko", ["Arial", name])
    assert found.families[0] == name and found.language == "ko" and not found.message


def test_letters_without_a_font_are_left_out():
    assert writable_text("계획 planned (계획지뢰지대) ±500 m²", hangul=False) == "planned  ±500 m²"
