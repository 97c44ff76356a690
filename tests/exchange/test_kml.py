"""KMZ as a viewer reads it: polygons, outlines and points; balloons in which a hostile name stays text."""

import html
import re
import zipfile
from html.parser import HTMLParser
from xml.etree import ElementTree as ET

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.exchange import kml
from geo.exchange.field import FieldLayer, Notice
from geo.exchange.formats import write
from geo.exchange.kml import ICON, aabbggrr, write_kml, write_kmz
from geo.maps.symbols import SYMBOLS, kml_colour

K = "{http://www.opengis.net/kml/2.2}"
HOLE = shapely.box(127, 38, 127.03, 38.03).difference(shapely.box(127.01, 38.01, 127.02, 38.02))
HOSTILE = '<img src=x onerror="alert(1)"></script><script>alert(2)</script>]]>${x}$[id]`\x08'
FIELDS = gpd.GeoDataFrame(
    {
        "id": ["YC-014", HOSTILE, "s"],
        "name_en": [HOSTILE, "", ""],
        "name_ko": ["지뢰", "", None],
        "land_class": ["CHA", "SHA", "SHA"],
        "basis": ["supplied", "surveyed", "allocated"],
        "as_of": ["2024-05", "2023", "2006"],
        "area_m2": [1234.6, None, 5.0],
    },
    geometry=[
        shapely.MultiPolygon([HOLE.reverse(), shapely.box(128, 38, 128.1, 38.1)]),
        shapely.box(126, 38, 126.1, 38.1),
        shapely.box(127, 37, 127.1, 37.1),
    ],
    crs=4326,
)
KEYS = ["cha", "sha", "unconfirmed_simulated"]
LINE = gpd.GeoDataFrame({"id": ["mdl"]}, geometry=[shapely.LineString([(126, 38), (127, 38.2)])], crs=4326)
POINT = gpd.GeoDataFrame({"id": ["f1", None]}, geometry=[shapely.Point(127.1234567, 38.1), None], crs=4326)
LAYERS = [
    FieldLayer("hazards", FIELDS, "Hazards", "위험지역", pd.Series(KEYS).to_numpy(str)),
    FieldLayer("mdl", LINE, "MDL", "군사분계선"),
    FieldLayer("finds", POINT, "Finds", "발견 기록"),
]
NOTICE = Notice("North <b>", "북부", tier="restricted", contacts_en="1338", contacts_ko="1338")


@pytest.fixture
def kmz(tmp_path):
    write_kmz(LAYERS, tmp_path / "a.kmz", NOTICE, SYMBOLS)
    return tmp_path / "a.kmz"


@pytest.fixture
def root(kmz):
    return ET.fromstring(zipfile.ZipFile(kmz).read("doc.kml"))


def tags(document):
    found = []

    class Parser(HTMLParser):
        def handle_starttag(self, tag, attrs):
            found.append((tag, attrs))

    Parser().feed(document)
    return {tag for tag, _ in found}, [attrs for _, attrs in found if attrs]


def balloon(root, placemark):
    """Return the page that a viewer makes of a placemark: the style's text with the placeholders filled once."""
    style = {each.get("id"): each for each in root.iter(f"{K}Style")}[placemark.findtext(f"{K}styleUrl").removeprefix("#")]
    text = style.findtext(f"{K}BalloonStyle/{K}text")
    return re.sub(r"\$\[(\w+)\]", lambda match: placemark.findtext(f"{K}{match[1]}") or "", text)


def test_balloons_hold_no_foreign_markup(root):
    placemarks = list(root.iter(f"{K}Placemark"))
    assert len(placemarks) > 20
    for placemark in placemarks:
        page = balloon(root, placemark)
        names, attributes = tags(page)
        assert names <= {"b", "br", "hr"} and not attributes and "$[" not in page
        assert "Not an official product" in page and "RESTRICTED" in page and "1338" in page
    first = balloon(root, placemarks[0])
    assert html.escape("<img src=x", quote=False) in first and "지뢰" in first and "확인위험지역" in first and "1235" in first


def test_polygons_outlines_and_points(root):
    assert len(list(root.iter(f"{K}Polygon"))) == 4
    lines = [line.findtext(f"{K}coordinates").split() for line in root.iter(f"{K}LineString")]
    assert [line[0] == line[-1] for line in lines] == [True] * 5 + [False]
    names = [mark.findtext(f"{K}name") for mark in root.iter(f"{K}Placemark")]
    assert names[0] == "YC-014 · CHA · supplied 제공 자료 · 2024-05" and "YC-014 A.1-01" in names
    assert names[2] == "s · SHA · allocated 모의 배치 · 2006 · SIMULATED 모의 배치" and not [
        n for n in names if n.startswith("s A-")
    ]
    assert len([name for name in names if name.startswith("YC-014 ") and "·" not in name]) == 12
    triples = {place for each in root.iter(f"{K}coordinates") for place in each.text.split()}
    assert all(re.fullmatch(r"\d+\.\d{6},\d+\.\d{6}", place) for place in triples)


def test_outer_rings_run_counter_clockwise(root):
    for side, turn in (("outer", True), ("inner", False)):
        texts = [ring.findtext(f".//{K}coordinates").split() for ring in root.iter(f"{K}{side}BoundaryIs")]
        rings = [shapely.LinearRing([tuple(map(float, place.split(","))) for place in text]) for text in texts]
        assert rings and all(ring.is_ccw is turn for ring in rings)


def test_folders_and_titles(root):
    assert root.findtext(f"{K}Document/{K}name") == "RESTRICTED 제한본 – North <b> · 북부"
    names = [each.findtext(f"{K}name") for each in root.iter(f"{K}Document")][1:]
    assert names == ["Hazards · 위험지역", "MDL · 군사분계선", "Finds · 발견 기록"]
    folders = [each.findtext(f"{K}name") for each in root.iter(f"{K}Folder")]
    assert folders == ["Hazards · 위험지역 – outlines 경계선", "Hazards · 위험지역 – turning points 전환점"]


def test_styles_are_the_symbols(root):
    styles = {each.get("id"): each for each in root.iter(f"{K}Style")}
    assert set(styles) == {"plain", "point", *KEYS}
    assert styles["cha"].findtext(f"{K}PolyStyle/{K}color") == "7f0000ff"
    assert styles["sha"].findtext(f"{K}PolyStyle/{K}color") == "7f18a7f4"
    used = {each.text.removeprefix("#") for each in root.iter(f"{K}styleUrl")}
    assert used <= set(styles)
    for symbol in SYMBOLS.values():
        assert aabbggrr(symbol.colour, symbol.opacity) == kml_colour(symbol.colour, symbol.opacity)


def test_nothing_points_to_a_network(kmz):
    with zipfile.ZipFile(kmz) as archive:
        assert archive.namelist() == ["doc.kml", ICON] and archive.read(ICON).startswith(b"\x89PNG")
        text = archive.read("doc.kml").decode().replace("http://www.opengis.net/kml/2.2", "")
    assert "http" not in text and "//" not in text.replace("</", "") and f"<href>{ICON}</href>" in text


def test_gdal_reads_attributes_of_every_layer(kmz):
    names = [str(name) for name, _ in pyogrio.list_layers(kmz)]
    assert names[0] == "Hazards · 위험지역" and len(names) == 5
    frame = pyogrio.read_dataframe(kmz, layer=names[0])
    assert frame.feature_id.tolist() == ["YC-014", HOSTILE.replace("\x08", "\ufffd"), "s"]
    assert frame.land_class.tolist() == ["CHA", "SHA", "SHA"] and frame.area_m2.dropna().tolist() == [1234.6, 5.0]
    assert frame.geometry.normalize().equals(FIELDS.geometry.normalize())
    assert frame.name_ko.tolist()[0] == "지뢰" and pd.isna(frame.name_ko.tolist()[2])


def test_a_feature_without_shape_or_words_moves_no_other(tmp_path):
    bare = gpd.GeoDataFrame({"id": pd.Series([None, "b", None], dtype="str")}, geometry=[None, *FIELDS.geometry[1:]], crs=4326)
    write_kml([FieldLayer("x", bare, "X", "")], tmp_path / "a.kml", Notice("N"))
    frame = pyogrio.read_dataframe(tmp_path / "a.kml", layer="X")
    assert frame.geometry.isna().tolist() == [True, False, False] and frame.Name.tolist()[1] == "b"


def test_empty_layer(tmp_path):
    write_kmz([FieldLayer("e", FIELDS.iloc[:0], "E", "")], tmp_path / "e.kmz", Notice("N"))
    root = ET.fromstring(zipfile.ZipFile(tmp_path / "e.kmz").read("doc.kml"))
    assert not list(root.iter(f"{K}Placemark")) and "generalised" in root.findtext(f"{K}Document/{K}description")


@pytest.mark.parametrize(("most", "n_points"), [(20, 16), (19, 0)])
def test_more_corners_than_a_globe_draws_are_told_instead(tmp_path, monkeypatch, most, n_points):
    monkeypatch.setattr(kml, "MOST_CORNERS", most)  # the mapped rings have 5 + 5, 5 and 5 vertices, each closed by one
    told = [loss.kind for loss in write(FIELDS, tmp_path / "a.kml", NOTICE)]
    document = ET.parse(tmp_path / "a.kml").getroot().find(f"{K}Document/{K}Document")
    assert len(list(document.iter(f"{K}Point"))) == n_points and len(list(document.iter(f"{K}LineString"))) == 5
    assert ("corners" in told) == (n_points == 0)
    assert (document.findtext(f"{K}description") or "") == ("" if n_points else " ".join(kml.NO_CORNERS))
