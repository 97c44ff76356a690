"""MGRS and UTM: the same letters and digits as the reference library, the middle of each square, and a name for each fault."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.exchange.mgrs import BANDS, band_bounds, from_mgrs, from_utm, mgrs, utm

GEOD = pyproj.Geod(ellps="WGS84")
SIDE_TO_CORNER = 0.72  # the middle of a square is half a diagonal from its corner, and the grid's scale is up to 1.001


def squares(n, west, south, east, north, seed=1):
    random = np.random.default_rng(seed)
    return random.uniform(west, east, n), random.uniform(south, north, n)


def away_m(lon, lat, other_lon, other_lat):
    return GEOD.inv(lon, lat, other_lon, other_lat)[2]


@pytest.mark.parametrize(
    ("name", "lon", "lat", "square"),
    [
        ("Baengnyeong", 124.7, 37.97, "51S XC"),
        ("Paju, west", 126.78, 37.76, "52S CG"),
        ("Paju, west of CG", 126.7, 37.8, "52S BG"),
        ("Cheorwon", 127.3, 38.2, "52S CH"),
        ("Haean", 128.1, 38.28, "52S DH"),
        ("Goseong", 128.47, 38.4, "52S DH"),
        ("Bergen, zone 32 instead of 31", 5.3, 60.4, "32V KN"),
        ("Longyearbyen, zone 33 instead of 34", 15.6, 78.2, "33X WG"),
    ],
)
def test_known_places(name, lon, lat, square):
    assert mgrs([lon], [lat], 0).tolist() == [square], name


def test_zones_part_at_126_east():
    assert [text[:3] for text in mgrs([125.9999999, 126.0, 126.0000001], [37.9] * 3)] == ["51S", "52S", "52S"]


@pytest.mark.parametrize(
    ("lon", "lat", "zone"),
    [
        *[(2.9, 60, 31), (3, 60, 32), (5, 55.9, 31), (11.9, 63.9, 32), (12, 60, 33), (5, 64, 31)],
        *[(8.9, 73, 31), (9, 73, 33), (20.9, 80, 33), (21, 80, 35), (33, 80, 37), (41.9, 80, 37), (42, 80, 38), (-1, 80, 30)],
        *[(180, 0, 1), (-180, 0, 1), (179.9, 0, 60), (0, 0, 31)],
    ],
)
def test_zones_of_norway_and_svalbard_and_the_date_line(lon, lat, zone):
    assert utm([lon], [lat])[0].tolist() == [zone]


def test_bands_leave_out_i_and_o_and_the_last_is_12_degrees_high():
    lats = np.arange(-80, 84, 8) + 0.5
    assert "".join(utm(np.zeros(len(lats)), lats)[1]) == BANDS + "X"
    assert [float(edge[0]) for edge in band_bounds(["X"])] == [72, 84] and np.isnan(band_bounds(["I"])[0][0])
    assert utm([127], [84.0])[1].tolist() == ["X"] and utm([127], [-80.0])[1].tolist() == ["C"]


def test_polar_regions_and_missing_coordinates_have_no_reference():
    assert mgrs([127, 127, np.nan, 127, np.inf], [84.1, -80.1, 38, np.nan, 38]).tolist() == [""] * 5
    zone, band, easting, _ = utm([127], [85])
    assert zone[0] == 0 and band[0] == "" and np.isnan(easting[0])


@pytest.mark.parametrize("box", [(-180, -79.9, 180, 83.9), (125.5, 37, 126.5, 39)])
def test_agrees_with_the_reference_library(box):
    library = pytest.importorskip("mgrs").MGRS()
    lon, lat = squares(1500, *box)
    ours = mgrs(lon, lat)
    theirs = [library.toMGRS(north, east) for east, north in zip(lon, lat, strict=True)]
    assert [text[:6].replace(" ", "") for text in ours] == [text[:5] for text in theirs]
    digits = np.array([[int(text[7:12]), int(text[13:])] for text in ours])
    reference = np.array([[int(text[5:10]), int(text[10:])] for text in theirs])
    assert np.abs(digits - reference).max() <= 1 and (digits == reference).mean() > 0.99  # its series is good to a centimetre
    read = from_mgrs(theirs)
    back = np.array([library.toLatLon(text) for text in theirs])
    assert away_m(read.lon, read.lat, back[:, 1], back[:, 0]).max() < 0.05  # both give the middle


@pytest.mark.parametrize("digits", range(6))
def test_round_trip_is_half_a_square(digits):
    lon, lat = squares(4000, -180, -79.9, 180, 83.9, seed=digits)
    read = from_mgrs(mgrs(lon, lat, digits))
    assert set(read.faults) == {""} and set(read.precision_m) == {10.0 ** (5 - digits)}
    assert away_m(lon, lat, read.lon, read.lat).max() < SIDE_TO_CORNER * 10 ** (5 - digits)


def test_digits_are_cut_off_never_rounded():
    lon, lat = from_utm([52], ["S"], [312345.999], [4167890.999])
    assert mgrs(lon, lat).tolist() == ["52S CG 12345 67890"] and mgrs(lon, lat, 1).tolist() == ["52S CG 1 6"]
    on_the_line = from_utm([52], ["S"], [312345.0], [4167890.0])  # and a whole metre stays itself
    assert mgrs(*on_the_line).tolist() == ["52S CG 12345 67890"]


def test_the_middle_of_the_square_is_read():
    read = from_mgrs(["52S CG 12345 67890", "52S CG 1 6", "52S CG"])
    zone, _, easting, northing = utm(read.lon, read.lat)
    assert zone.tolist() == [52] * 3
    assert easting == pytest.approx([312345.5, 315000, 350000], abs=1e-3)
    assert northing == pytest.approx([4167890.5, 4165000, 4150000], abs=1e-3)


@settings(max_examples=10, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-180, 180), st.floats(-80, 84)), min_size=20, max_size=200),
    st.integers(1, 5),
    st.booleans(),
    st.booleans(),
)
def test_any_spelling_of_a_reference_is_the_same_square(places, digits, lower, blanks):
    lon, lat = np.array(places).T
    texts = mgrs(lon, lat, digits).tolist()
    typed = [text.lower() if lower else text for text in texts]
    one, other = from_mgrs(texts), from_mgrs([f"  {text} " if blanks else text.replace(" ", "") for text in typed])
    assert set(one.faults) == set(other.faults) == {""} and (one.lon == other.lon).all() and (one.lat == other.lat).all()
    assert away_m(lon, lat, one.lon, one.lat).max() < SIDE_TO_CORNER * 10 ** (5 - digits)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 60), st.floats(200_000, 800_000), st.floats(-70, 70))
def test_utm_round_trip(zone, easting, lat):
    _, band, _, northing = utm([zone * 6 - 183], [lat])
    lon_back, lat_back = from_utm([zone], band, [easting], northing)
    x, y = pyproj.Proj(proj="utm", zone=zone, ellps="WGS84", south=bool(band[0] < "N"))(lon_back[0], lat_back[0])
    assert x == pytest.approx(easting, abs=1e-4) and y == pytest.approx(northing[0], abs=1e-4)


@pytest.mark.parametrize(
    ("broken", "fault", "near_miss"),
    [
        ("61S CG 12 12", "zone 61: expected 1 to 60", "1S CB 12 12"),
        ("0S CG 12 12", "zone 0", "60S YG 12 12"),
        ("52I CG 12 12", "band I: expected C to X without I and O", "52J CQ 12 12"),
        ("52Z AB 12 12", "band Z: the polar regions", "52X DG 12 12"),
        ("ZAB 12 12", "band Z: the polar regions", "52C DS 12 12"),
        ("S CG 12 12", "no zone number before S", "52S CG 12 12"),
        ("52S IG 12 12", "square letters IG: I and O are not used", "52S DG 12 12"),
        ("51S CG 12 12", "square letters CG: zone 51 has columns S to Z", "51S XC 12 12"),
        ("52S CW 12 12", "square letters CW: rows go from A to V", "52S CH 12 12"),
        ("52S CG 123", "an odd number of digits (3)", "52S CG 1234"),
        ("52S CG 123456 123456", "12 digits: expected at most 10", "52S CG 12345 12345"),
        ("52T CG 12 12", "square CG does not reach into 52T", "52T CK 12 12"),
        ("52S AG 12 12", "square AG does not reach into 52S", "52S BG 12 12"),
        ("hello", "no MGRS reference: expected the form 52S CG 12345 67890", "52S CG"),
        ("52S CG 12345 6789O", "no MGRS reference", "52S CG 12345 67890"),
        ("", "empty", "52scg"),
        (None, "empty", "52s cg"),
    ],
)
def test_each_fault_has_a_name_and_its_near_miss_passes(broken, fault, near_miss):
    read = from_mgrs([near_miss, broken, near_miss])
    assert read.faults[1].startswith(fault) and np.isnan([read.lon[1], read.lat[1], read.precision_m[1]]).all()
    assert read.faults[0] == read.faults[2] == "" and np.isfinite(read.lon[[0, 2]]).all()


def test_a_hair_south_of_the_equator_band_and_northing_agree():
    _, band, _, northing = utm([129, 129], [-1e-47, -1e-6])
    assert band.tolist() == ["N", "M"] and northing == pytest.approx([0, 10_000_000 - 0.11], abs=0.01)


def test_nothing_in_nothing_out():
    assert len(from_mgrs([]).lon) == 0 and len(mgrs([], [])) == 0
    with pytest.raises(ValueError, match="digits: 6: expected 0 to 5"):
        mgrs([127], [38], 6)


def test_utm_on_an_old_ellipsoid_is_another_place():
    lon, lat = from_utm([52], ["S"], [327000.0], [4230000.0], ellps="bessel")
    old = pyproj.Transformer.from_crs(3093, 4301, always_xy=True).transform(327000.0, 4230000.0)
    assert (lon[0], lat[0]) == pytest.approx(old, abs=1e-9)
    assert away_m(lon, lat, *from_utm([52], ["S"], [327000.0], [4230000.0]))[0] > 300
