"""The page's own projections, references, distances and areas against PROJ and GeographicLib, in the browser that does them."""

from itertools import pairwise

import numpy as np
import pyproj
import pytest
import shapely

from geo.exchange.mgrs import mgrs, utm
from geo.maps.readout import readout

GEOD = pyproj.Geod(ellps="WGS84")


@pytest.fixture
def page(read_page):
    return read_page


def korea(n, seed=7):
    """Places in Korea, half of them within 0.02° of the border of zones 51 and 52."""
    rng = np.random.default_rng(seed)
    lon = np.concatenate([rng.uniform(124.5, 130.9, n // 2), rng.uniform(125.98, 126.02, n - n // 2)])
    return lon, rng.uniform(33.0, 43.0, n)


def pairs(lon, lat):
    return np.column_stack([lat, lon]).tolist()


def test_every_grid_is_within_a_millimetre_and_back(page, area):
    lon, lat = korea(400)
    grids = readout(area)["grids"]
    assert [grid["name"] for grid in grids] == ["EPSG:5186", "EPSG:5179"]
    assert page.evaluate("atlas.config.readout.grids") == grids
    for grid in grids:
        x, y = pyproj.Transformer.from_crs(4326, grid["name"], always_xy=True).transform(lon, lat)
        told = page.evaluate(
            "([grid, places]) => { const one = atlas.grid(grid); return places.map(([lat, lon]) => {"
            " const plane = one.forward(lat, lon); return [...plane, ...one.inverse(...plane)]; }); }",
            [grid, pairs(lon, lat)],
        )
        told = np.array(told)
        assert np.abs(told[:, 0] - x).max() < 1e-3 and np.abs(told[:, 1] - y).max() < 1e-3
        assert np.abs(told[:, 2:] - np.column_stack([lat, lon])).max() < 1e-8


def test_utm_and_mgrs_are_those_of_the_files(page):
    rng = np.random.default_rng(3)
    lon, lat = korea(400)
    lon = np.concatenate([lon, rng.uniform(-180, 180, 200), [5.0, 10.0, 20.0, 8.9, 125.9999999, 126.0]])
    lat = np.concatenate([lat, rng.uniform(-79.9, 83.9, 200), [60.0, 78.0, 78.0, 73.0, 38.0, 38.0]])
    zone, band, x, y = utm(lon, lat)
    told = page.evaluate("(places) => places.map(([lat, lon]) => [atlas.utm(lat, lon), atlas.mgrs(lat, lon)])", pairs(lon, lat))
    assert [one["zone"] for one, _ in told] == zone.tolist()
    assert [one["band"] for one, _ in told] == band.tolist()
    assert np.abs(np.array([[one["easting"], one["northing"]] for one, _ in told]) - np.column_stack([x, y])).max() < 1e-3
    assert [text for _, text in told] == mgrs(lon, lat).tolist()
    assert page.evaluate("[atlas.mgrs(84.1, 0), atlas.mgrs(-80.1, 0)]") == ["", ""]


def test_a_reference_is_read_back_to_the_middle_of_its_square(page):
    rng = np.random.default_rng(4)
    lon, lat = korea(200)
    lon = np.concatenate([lon, rng.uniform(-180, 180, 100)])
    lat = np.concatenate([lat, rng.uniform(-79, 83, 100)])
    texts = mgrs(lon, lat)
    told = page.evaluate("(texts) => texts.map((text) => atlas.readPlace(text, atlas.onMap))", texts.tolist())
    far = np.array(GEOD.inv(lon, lat, [one["lng"] for one in told], [one["lat"] for one in told])[2])
    assert far.max() < 0.72  # half the diagonal of 1 m, and the scale of the grid
    assert {one["side"] for one in told} == {1}


def test_distances_and_bearings(page):
    """To 1e-6 of a distance up to 500 km; bearings to 1e-6 degrees; both ways along meridians and across the date line."""
    rng = np.random.default_rng(5)
    lon, lat = korea(300)
    bearing, far = rng.uniform(0, 360, 300), 10 ** rng.uniform(0, 5.7, 300)
    bearing[:4] = 0, 90, 180, 270
    lon2, lat2, back = GEOD.fwd(lon, lat, bearing, far)
    told = page.evaluate(
        "(rows) => rows.map(([a, b, c, d, e, f]) => { const from = { lat: a, lng: b }; const end = atlas.destination(from, e, f);"
        " const one = atlas.geodesic(from, { lat: c, lng: d }); return [one.m, one.bearing, one.back, end.lat, end.lng]; })",
        np.column_stack([lat, lon, lat2, lon2, bearing, far]).tolist(),
    )
    told = np.array(told)
    assert np.abs(told[:, 0] / far - 1).max() < 1e-6
    long = far > 1000  # a bearing over a few metres turns with the last digit of the degrees
    turn = (told[:, 1:3] - np.column_stack([bearing, back]) + 180) % 360 - 180
    assert np.abs(turn[long]).max() < 1e-6
    assert np.abs(told[:, 3:] - np.column_stack([lat2, lon2])).max() < 1e-9
    assert page.evaluate("atlas.geodesic({ lat: 38, lng: 127 }, { lat: 38, lng: 127 }).m") == 0
    assert page.evaluate("atlas.geodesic({ lat: 0, lng: 179 }, { lat: 0, lng: -179 }).m") == pytest.approx(222638.98, abs=0.01)


RINGS = {
    "a field": [(127.0, 38.0), (127.002, 38.0), (127.002, 38.001), (127.0, 38.001)],
    "a county": [(127.0, 38.0), (127.4, 38.05), (127.3, 38.35), (127.1, 38.2)],
    "the country": [(125.0, 36.0), (129.5, 36.2), (129.0, 39.0), (124.6, 38.8)],
}


@pytest.mark.parametrize("name", RINGS)
def test_areas_and_outlines(page, name):
    """To 1e-6, clockwise or not: a hundred times better than asked."""
    ring = shapely.Polygon(RINGS[name])
    area_m2, outline_m = GEOD.geometry_area_perimeter(ring)
    places = [{"lat": lat, "lng": lon} for lon, lat in RINGS[name]]
    for order in (places, places[::-1]):
        told = page.evaluate("(places) => [atlas.areaM2(places), atlas.lengthM(places, true)]", order)
        assert told == pytest.approx([abs(area_m2), outline_m], rel=1e-6)


def test_a_line_is_cut_along_its_geodesic(page):
    ends = [{"lat": 37.0, "lng": 124.6}, {"lat": 39.0, "lng": 129.4}]
    along = page.evaluate("(ends) => atlas.alongGeodesics(ends, false)", ends)
    steps = GEOD.inv(*np.array([[a["lng"], a["lat"], b["lng"], b["lat"]] for a, b in pairwise(along)]).T)[2]
    assert (along[0], along[-1]) == (ends[0], ends[1])
    assert steps.max() <= 2000.001
    assert steps.sum() == pytest.approx(GEOD.inv(124.6, 37.0, 129.4, 39.0)[2], rel=1e-9)


@pytest.mark.parametrize(
    ("m", "finest", "text"),
    [
        (1234.0, 1, "1.234 km"),
        (999.4, 1, "999 m"),
        (1234.0, 500, "1.0 km"),
        (1260.0, 499, "1.2 km"),
        (12_345.0, 5000, "10 km"),
        (12_345.0, 1000, "12 km"),
        (340.0, 37, "340 m"),
        (0.0, 1, "0 m"),
        (123_456.0, 30, "123.46 km"),
    ],
)
def test_a_length_is_told_no_finer_than_it_is_known(page, m, finest, text):
    assert page.evaluate("([m, finest]) => atlas.lengthText(m, finest)", [m, finest]) == text
