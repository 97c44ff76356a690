"""Which grids a click can tell."""

from dataclasses import replace
from types import MappingProxyType

import pyproj
import pytest

from geo.area import read_area
from geo.errors import ConfigError
from geo.maps.readout import grids, transverse_mercator
from geo.maps.tool_words import TOOL_WORDS
from geo.settings import fault_of


def with_crs(area, *shown, crs=None):
    settings = MappingProxyType({**area.settings, "shown_crs": list(shown)})
    return replace(area, settings=settings, crs=crs or area.crs)


def names(area):
    return [grid["name"] for grid in grids(area)]


def test_the_areas_own_grid_comes_first_and_none_twice(area):
    assert names(area) == ["EPSG:5186", "EPSG:5179"]
    assert names(with_crs(area, "EPSG:5179", "EPSG:5186", "EPSG:32652")) == ["EPSG:5186", "EPSG:5179", "EPSG:32652"]
    assert names(with_crs(area)) == ["EPSG:5186"]


def test_another_area_has_its_own():
    assert names(read_area("demo")) == ["EPSG:32626"]


def test_the_areas_own_crs_of_another_projection_is_left_out(area):
    assert names(with_crs(area, "EPSG:5179", crs=pyproj.CRS.from_epsg(6933))) == ["EPSG:5179"]


@pytest.mark.parametrize("text", ["EPSG:6933", "EPSG:5174", "EPSG:3857", "EPSG:4326", "EPSG:999999", "five"])
def test_what_a_click_cannot_tell_is_refused(area, text):
    """An equal-area grid, the Bessel datum 350 m off, web Mercator, degrees, and what is no CRS."""
    with pytest.raises(ConfigError) as told:
        grids(with_crs(area, text))
    assert text in str(told.value)


def test_the_key_is_ruled():
    assert fault_of("shown_crs", ["EPSG:5179"]) == ""
    assert "expected a list" in fault_of("shown_crs", "EPSG:5179")


def test_a_grid_on_the_same_ellipsoid_but_another_datum_is_none():
    moved = pyproj.CRS.from_proj4(
        "+proj=tmerc +lat_0=38 +lon_0=127 +k=1 +x_0=2e5 +y_0=6e5 +ellps=GRS80 +towgs84=100,0,0 +units=m"
    )
    assert transverse_mercator(moved, (127.0, 38.0)) is None
    assert transverse_mercator(pyproj.CRS.from_epsg(5186), (127.0, 38.0))["lat0"] == 38.0


@pytest.mark.parametrize("key", TOOL_WORDS)
def test_blanks_are_the_same_in_both_languages(key):
    blanks = [sorted(set(part.split("}")[0] for part in TOOL_WORDS[key][lang].split("{")[1:])) for lang in ("en", "ko")]
    assert blanks[0] == blanks[1]
    assert not [
        particle
        for particle in ("}을", "}를", "}은", "}는", "}이 ", "}가 ", "}으로", "}로 ")
        if particle in TOOL_WORDS[key]["ko"]
    ]
