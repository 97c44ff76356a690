"""Sheets of the straight-line country, laid out once."""

import pytest
from maps.country import atlas_of

from geo.area import read_area
from geo.sheets.pdf import draw_sheet

BBOX = (127.0, 37.95, 127.06, 38.0)


@pytest.fixture(scope="session")
def korea_area():
    return read_area("korea")


@pytest.fixture(scope="session")
def atlas(korea_area):
    return atlas_of(korea_area)


@pytest.fixture(scope="session")
def detail(atlas):
    """Return one sheet at 1:50,000."""
    return draw_sheet(atlas, scale=50_000, bbox=BBOX, declination_deg=-9.0, year=2026.5)


@pytest.fixture(scope="session")
def korean(atlas):
    found = draw_sheet(atlas, language="ko", declination_deg=-9.0, year=2026.5)
    if not found.lettering.hangul:
        pytest.skip("no font with Hangul on this machine")
    return found


@pytest.fixture(scope="session")
def detail_figure(detail):
    return detail.figure()


@pytest.fixture(scope="session")
def korean_pdf(korean):
    return korean.pdf()
