"""Typed coordinates: every form gives the same place, every fault has a name, and nothing is guessed."""

import numpy as np
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.exchange.coordinates import degrees_of, parsed, projected
from geo.exchange.mgrs import from_utm, mgrs

LON, LAT = 127 + 6 / 60, 37 + 30 / 60 + 15 / 3600


@pytest.mark.parametrize(
    "text",
    [
        "37.5041666667N 127.1000000000E",
        "37.5041666667 N, 127.1000000000 E",
        "N37.5041666667 E127.1000000000",
        "E127.1000000000 N37.5041666667",
        "37.5041666667°N;127.1000000000°E",
        "N 37°30′15″, E 127°06′00″",
        "37º30'15\" N 127º06'00\" E",
        "37˚ 30’ 15” N / 127˚ 06’ 00” E",
        "37°30''15N".replace("''", "'") + " 127°06'00E",
        "37°30'15''N127°06'00''E",
        "북위 37도 30분 15초 동경 127도 06분 00초",
        "북위37도30분15초,동경127도06분00초",
        "위도 37.5041666667 경도 127.1000000000",
        "lat: 37.5041666667, lon: 127.1000000000",
        "３７°３０′１５″Ｎ　１２７°０６′００″Ｅ",
        "37 30 15 N 127 06 00 E",
        "37:30:15 N 127:06:00 E",
        "37d30m15s N 127d06m00s E",
        "37 deg 30 min 15 sec N 127 deg 6 min 0 sec E",
        "37°30.25'N 127°06.00'E",
        "37 30.25 N 127 06.00 E",
        "127°06′00″E 37°30′15″N",
        "37.5041666667N, 127.1000000000",  # one letter names both
    ],
)
def test_every_form_is_the_same_place(text):
    row = parsed([text]).iloc[0]
    assert row.fault == "" and (row.lon, row.lat) == pytest.approx((LON, LAT), abs=1e-9)


def test_south_and_west_are_negative():
    table = parsed(["33°52'10\"S 151°12'30\"W", "남위 33.5도 서경 151.5도", "lat -33.5 lon -151.5"])
    assert table.lat.tolist() == pytest.approx([-(33 + 52 / 60 + 10 / 3600), -33.5, -33.5])
    assert table.lon.tolist() == pytest.approx([-(151 + 12 / 60 + 30 / 3600), -151.5, -151.5])


@pytest.mark.parametrize("text", ["37.5 127.1", "37.5, 127.1", "37°30′15″ 127°06′00″", "37 30 15 127 06 00", "-37.5 -127.1"])
def test_order_is_never_guessed_in_one_cell(text):
    assert parsed([text]).fault[0].startswith("no hemisphere: which number is the latitude?")
    there, back = parsed([text], order="lat,lon"), parsed([text], order="lon,lat")
    assert there.fault[0] == "" and abs(there.lat[0]) == pytest.approx(37.5, abs=0.01)
    assert back.fault[0] == "" or back.fault[0].startswith(("latitude 127", "latitude -127"))
    with pytest.raises(ValueError, match="expected one of lat,lon"):
        parsed([text], order="north first")


def test_the_columns_give_the_order():
    table = parsed(
        lon=["127.1", "동경 127도 6분 0초", "127,1", "", 127.1, "W 127.1"], lat=["37.5", "37°30′0″", "37,5", "", 37.5, "37.5N"]
    )
    assert table.fault.tolist() == ["", "", "", "empty", "", ""] and table.entered_as.tolist()[3] == ""
    assert table.lon.tolist()[:3] == pytest.approx([127.1] * 3) and table.lon[5] == -127.1


@pytest.mark.parametrize(
    ("lon", "lat", "fault", "near_miss"),
    [
        ("127.1", "37°60′", "latitude: minutes 60: expected below 60", ("127", "37°59′")),
        ("127.1", "37°30′60″", "latitude: seconds 60: expected below 60", ("127", "37°30′59.999″")),
        ("127.1", "90.1", "latitude 90.1: expected -90 to 90", ("127.1", "90.0")),
        ("180.1", "37.5", "longitude 180.1: expected -180 to 180", ("180.0", "37.5")),
        ("37.5", "127.1", "latitude 127.1: expected -90 to 90", ("37.5", "12.1")),
        ("127.1 N", "37.5", "longitude: hemisphere N: expected E or W", ("127.1 E", "37.5")),
        ("127.1", "37.5 E", "latitude: hemisphere E: expected N or S", ("127.1", "37.5 N")),
        ("127.1", "-37.5 N", "latitude: a minus and the hemisphere N: which holds?", ("127.1", "-37.5")),
        ("127.1", "N 37.5 S", "latitude: two letters, N and S", ("127.1", "N 37.5")),
        ("127.1", "37.5°30′", "latitude: 37.5 has decimals, but smaller units follow", ("127.1", "37.5°")),
        ("127.1", "37°30.5′15″", "latitude: minutes 30.5 have decimals, but seconds follow", ("127", "37°30.5′")),
        (
            "127.25",
            "37°30′",
            "latitude in degrees and minutes, longitude in decimal degrees: write both alike",
            ("127", "37°30′"),
        ),
        ("127.1", "", "latitude: empty", ("127.1", "0")),
        ("127.1", "thirty-seven", "latitude: no angle", ("127.1", "37")),
        ("127.1.2", "37", "longitude: no angle", ("127.12", "37.00")),
        ("127.1", "52S CG 12345 67890", "latitude: no angle", ("127.1", "37.1")),
    ],
)
def test_each_fault_of_an_angle_and_its_near_miss(lon, lat, fault, near_miss):
    table = parsed(lon=[lon, near_miss[0]], lat=[lat, near_miss[1]])
    assert table.fault.tolist() == [fault, ""]
    assert np.isnan(table.lon[0]) and np.isnan(table.lat[0]) and np.isnan(table.precision_m[0]) and np.isfinite(table.lon[1])


@pytest.mark.parametrize(
    ("text", "fault", "near_miss"),
    [
        ("37.5N 37.6N", "hemispheres N and N: expected one of N or S and one of E or W", "37.5N 37.6E"),
        ("52N 327000 4230000", "band N reaches from 0 to 8°, the northing lies at 38.20°: the letter is", "52S 327000 4230000"),
        ("52 327000 4230000", "no latitude band after zone 52", "52S327000 4230000"),
        ("61S 327000 4230000", "zone 61: expected 1 to 60", "60S 327000 4230000"),
        ("52I 327000 4230000", "band I: expected C to X", "52S E327000 N4230000"),
        ("52S 32700 4230000", "easting 32700: expected 100,000 to 900,000 m", "52S 327000.5 4230000.5"),
        ("52S CG 123", "an odd number of digits (3)", "52s cg 12 34"),
        ("52S CG 1234S", "no MGRS reference", "MGRS: 52S CG 1234"),
        ("nowhere", "no coordinate", "37N 127E"),
        ("37.5", "no coordinate", "37.5N 127.5E"),
        ("", "empty", "utm 52S 327000mE 4230000mN"),
    ],
)
def test_each_fault_of_a_cell_and_its_near_miss(text, fault, near_miss):
    table = parsed([text, near_miss, None])
    assert table.fault[0].startswith(fault) and np.isnan(table.lon[0])
    assert table.fault[1] == "" and np.isfinite(table.lon[1]) and table.fault[2] == "empty"


def test_kinds_and_precision_come_from_what_was_typed():
    texts = [
        "37.50N 127.10E",
        "37°30′N 127°06′E",
        "37°30′15.5″N 127°06′00.0″E",
        "52S 327000 4230000",
        "52S CG 123 456",
        "37.5N 127.12345E",
    ]
    table = parsed(texts)
    assert table.entered_as.tolist() == ["decimal", "dm", "dms", "utm", "mgrs", "decimal"]
    expected = [1113.2, 111_320 / 60, 3.0922, 1.0, 100.0, 1.1132]  # spreadsheets drop zeros: the finer number counts
    assert table.precision_m.tolist() == pytest.approx(expected, rel=1e-3)


def test_utm_and_mgrs_depend_on_the_ellipsoid():
    new, old = parsed(["52S 327000 4230000"]), parsed(["52S 327000 4230000"], ellps="bessel")
    assert pyproj.Geod(ellps="WGS84").inv(new.lon[0], new.lat[0], old.lon[0], old.lat[0])[2] > 300
    assert parsed(["52S CG 12 12"], ellps="bessel").fault[0].startswith("MGRS squares bear other letters")
    assert parsed(["52S CG 12 12"], ellps="GRS80").fault[0] == ""


@pytest.mark.parametrize(
    ("x", "fault", "near_miss"),
    [
        ("200,000", "easting: 200,000: thousands or decimals? write it without the comma", "200,000.0"),
        ("20,00,000", "easting: 20,00,000: thousands or decimals? write it without the comma", "2,000,000"),
        ("", "easting: empty", "0"),
        ("E200", "easting: E200: no number of metres", "-200"),
    ],
)
def test_metres(x, fault, near_miss):
    table = projected([x, near_miss, ""], ["600000", "600000.25", ""])
    assert table.fault.tolist() == [fault, "", "empty"] and table.y[1] == 600000.25 and table.precision_m[1] == 0.01


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.floats(-180, 180), st.floats(-90, 90)), min_size=20, max_size=200))
def test_decimals_round_trip(places):
    texts = [f"{abs(lat):.7f}{'S' if lat < 0 else 'N'} {abs(lon):.7f}{'W' if lon < 0 else 'E'}" for lon, lat in places]
    table = parsed(texts)
    assert set(table.fault) == {""} and table[["lon", "lat"]].to_numpy() == pytest.approx(np.array(places), abs=1e-7)


ANGLE = st.tuples(st.integers(0, 59), st.integers(0, 599))


@settings(max_examples=10, deadline=None)
@given(st.lists(st.tuples(st.integers(-179, 179), st.integers(-89, 89), ANGLE), min_size=20, max_size=200))
def test_sexagesimals_round_trip(places):
    def typed(degrees, part, letters):
        return f"{abs(degrees)}°{part[0]:02d}′{part[1] / 10:04.1f}″{letters[degrees < 0]}"

    def size(degrees, part):
        return (abs(degrees) + part[0] / 60 + part[1] / 36000) * (-1 if degrees < 0 else 1)

    table = parsed([f"{typed(lat, part, 'NS')} {typed(lon, part, 'EW')}" for lon, lat, part in places])
    assert set(table.fault) == {""} and set(table.entered_as) == {"dms"}
    expected = np.array([(size(lon, part), size(lat, part)) for lon, lat, part in places])
    assert table[["lon", "lat"]].to_numpy() == pytest.approx(expected, abs=1e-12)


@settings(max_examples=10, deadline=None)
@given(st.lists(st.text(max_size=60), min_size=20, max_size=200))
def test_any_text_is_read_or_has_a_fault(texts):
    for table in (parsed(texts), parsed(lon=texts, lat=["38"] * len(texts))):
        assert ((table.fault == "") == (np.isfinite(table.lon) & np.isfinite(table.lat))).all()
    table = projected(texts, ["1"] * len(texts))
    assert ((table.fault == "") == np.isfinite(table.x)).all()


def test_rows_of_all_kinds_in_one_column_keep_their_places():
    lon, lat = from_utm([52] * 3, ["S"] * 3, [327000.5, 328000.5, 329000.5], [4230000.5] * 3)
    grid = mgrs(lon, lat)
    texts = [grid[0], f"{lat[1]:.9f}N {lon[1]:.9f}E", "rubbish", "52S 329000.5 4230000.5"] * 50
    table = parsed(texts)
    assert table.lon.to_numpy().reshape(-1, 4)[:, [0, 1, 3]] == pytest.approx(np.tile(lon, (50, 1)), abs=1e-8)
    assert table.fault.tolist() == ["", "", "no coordinate", ""] * 50


def test_degrees_of_metres_stay_in_their_datum():
    lon, lat = degrees_of([200_000.0, np.nan], [500_000.0, 1.0], pyproj.CRS.from_epsg(2097))
    assert (lon[0], lat[0]) == pytest.approx((127, 38)) and np.isnan(lon[1])
