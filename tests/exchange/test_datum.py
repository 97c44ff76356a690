"""Names of datums: what leaves one choice is taken, what leaves several is asked for."""

import pyproj
import pytest

from geo.errors import ConfigError
from geo.exchange.datum import BELTS, crs_named, datum_of, ellipsoid_of


@pytest.mark.parametrize(
    ("name", "epsg"),
    [
        ("WGS84", 4326),
        ("wgs 84", 4326),
        ("WGS-84", 4326),
        ("KGD2002", 4737),
        ("Korea 2000", 4737),
        ("GRS80", 4737),
        ("세계측지계", 4737),
        ("Tokyo", 4301),
        ("Korean 1985", 4162),
        ("UTM-K", 5179),
        ("UTM-K (Bessel)", 5178),
        ("EPSG:5186", 5186),
        ("epsg 5186", 5186),
        ("5186", 5186),
        (5186, 5186),
        ("중부원점 (60만)", 5186),
        ("중부원점 (600,000)", 5186),
        ("GRS80 중부원점 500000", 5181),
        ("동부원점 2010", 5187),
        ("동해원점 60만", 5188),
        ("서부원점(60만)", 5185),
        ("중부원점(보정)", 5174),
        ("Central Belt 2010", 5186),
        ("KGD2002 / Central Belt 2010", 5186),
        ("Korea 2000 / Central Belt 2010", 5186),
        ("Korean 1985 / Central Belt", 2097),
        ("Korean 1985 / Modified Central Belt", 5174),
        ("WGS 84 / UTM zone 52N", 32652),
        ("WGS84 UTM 52N", 32652),
        ("Tokyo / UTM zone 52N", 3093),
        ("urn:ogc:def:crs:EPSG::5179", 5179),
        (pyproj.CRS.from_epsg(5181), 5181),
    ],
)
def test_names_that_leave_one_choice(name, epsg):
    assert crs_named(name).to_epsg() == epsg


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("중부원점", (5186, 5181, 2097, 5174)),
        ("central belt", (5186, 5181, 2097, 5174)),
        ("중부원점 500000", (5181, 2097, 5174)),
        ("GRS80 중부원점", (5186, 5181)),
        ("Bessel 중부원점", (2097, 5174)),
        ("Bessel", (4301, 4162)),
        ("UTM 52N", (32652, 3093)),
        ("UTM 52S", (32652, 32752, 3093)),  # a band to some, a hemisphere to others
        ("WGS84 UTM 52S", (32652, 32752)),
    ],
)
def test_names_that_leave_several_are_refused_with_the_choices(name, choices):
    with pytest.raises(ConfigError, match="several coordinate systems bear the name") as told:
        crs_named(name, where="a.csv")
    assert all(f"EPSG:{code} (" in str(told.value) for code in choices)
    assert str(told.value).count("EPSG:") == len(choices) and "a.csv" in str(told.value)


@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("tokio", "unknown coordinate system tokio: did you mean Tokyo?"),
        ("Amersfort", "unknown coordinate system Amersfort"),
        ("EPSG:99999", "unknown EPSG code EPSG:99999"),
        ("EPSG:5705", "has no place on the map"),  # heights
        ("EPSG:4978", "has no place on the map"),  # geocentric
        ("Tokyo 중부원점 600000", "no coordinate system fits"),
        ("WGS84 UTM 61N", "no coordinate system fits"),
        ("+proj=nonsense", "cannot be read"),
        ("  ", "no coordinate system named"),
    ],
)
def test_other_names_are_refused(name, fault):
    with pytest.raises(ConfigError) as told:
        crs_named(name)
    assert fault in str(told.value)


def test_a_name_that_proj_only_thinks_alike_is_not_taken():
    assert pyproj.CRS.from_user_input("bessel").name == "Amersfoort"  # which is why names are compared whole
    with pytest.raises(ConfigError):
        crs_named("bessel")


@pytest.mark.parametrize("belt", BELTS, ids=lambda belt: str(belt.epsg))
def test_belts_are_those_of_the_register(belt):
    crs = pyproj.CRS.from_epsg(belt.epsg)
    numbers = {parameter.name: parameter.value for parameter in crs.coordinate_operation.params}
    meridian = {"west": 125, "central": 127, "jeju": 127, "east": 129, "east sea": 131}[belt.side]
    assert numbers["False northing"] == belt.false_northing_m
    assert numbers["Longitude of natural origin"] == pytest.approx(meridian + 0.00289027778 * belt.is_modified)
    assert ellipsoid_of(crs) == {"new": "GRS80", "old": "bessel"}[belt.datum]
    assert datum_of(crs).to_epsg() == {"new": 4737, "old": 4162}[belt.datum]


def test_datum_of_degrees_is_the_system_itself_without_heights():
    assert datum_of(pyproj.CRS.from_epsg(4301)).to_epsg() == 4301
    assert datum_of(pyproj.CRS.from_epsg(4979)).to_epsg() == 4326
    assert ellipsoid_of(pyproj.CRS.from_epsg(4284)) == ""  # Krassowsky: UTM is not read on it
