"""GPX as a device reads it: schema order, closed tracks, numbered points, hostile names as text."""

import re
from xml.etree import ElementTree as ET

import geopandas as gpd
import pyogrio
import pytest
import shapely

from geo.errors import DataError
from geo.exchange.field import FieldLayer, Notice, chunks
from geo.exchange.gpx import SPACE, write_gpx

NS = {"g": SPACE}
HOLE = shapely.box(127, 38, 127.03, 38.03).difference(shapely.box(127.01, 38.01, 127.02, 38.02))
HOSTILE = ["<script>\"&'", "]]>\x08${x}", "지뢰"]
FIELDS = gpd.GeoDataFrame(
    {"id": ["YC-014", "YC-<015>", "s"], "name_ko": HOSTILE, "land_class": ["CHA", "SHA", "SHA"],
     "basis": ["supplied", "surveyed", "allocated"], "as_of": ["2024-05", "2023", "2006"]},
    geometry=[
        shapely.MultiPolygon([HOLE, shapely.box(128, 38, 128.1, 38.1)]), shapely.box(126, 38, 126.1, 38.1),
        shapely.box(127, 37, 127.1, 37.1),
    ],
    crs=4326,
)  # fmt: skip
LINE = gpd.GeoDataFrame(
    {"id": ["mdl"], "name_en": ["MDL"], "land_class": "zone"}, geometry=[shapely.LineString([(126, 38), (127, 38.2)])], crs=4326
)
POINT = gpd.GeoDataFrame({"id": ["f1"], "date": ["2020-08-05"]}, geometry=[shapely.Point(127.1234567, 38.1)], crs=4326)
LAYERS = [FieldLayer("hazards", FIELDS, "Hazards", "위험지역"), FieldLayer("mdl", LINE, "MDL", "군사분계선"),
          FieldLayer("finds", POINT, "Finds", "발견 기록")]  # fmt: skip


@pytest.fixture
def document(tmp_path):
    write_gpx(LAYERS, tmp_path / "a.gpx", Notice("North <b>", "북부", tier="restricted", contacts_en="1338"))
    return ET.parse(tmp_path / "a.gpx").getroot()


def test_schema_order(document):
    names = [child.tag.removeprefix(f"{{{SPACE}}}") for child in document]
    assert names == ["metadata", *["wpt"] * 17, *["trk"] * 6]
    assert [child.tag.split("}")[1] for child in document[0]] == ["name", "desc", "bounds"]
    for kind, inner in (("wpt", ["name", "desc", "type"]), ("trk", ["name", "desc", "type", "trkseg"])):
        assert all([child.tag.split("}")[1] for child in each] == inner for each in document.findall(f"g:{kind}", NS))


def test_every_ring_is_a_closed_track(document):
    tracks = [[(p.get("lon"), p.get("lat")) for p in trk.iter(f"{{{SPACE}}}trkpt")] for trk in document.findall("g:trk", NS)]
    assert [len(track) for track in tracks] == [5, 5, 5, 5, 5, 2]
    assert all(track[0] == track[-1] for track in tracks[:5]) and tracks[5][0] != tracks[5][-1]
    back = {shapely.Polygon([(float(x), float(y)) for x, y in track]).normalize().wkt for track in tracks[:5]}
    rings = [ring for shape in FIELDS.geometry for part in shapely.get_parts(shape) for ring in shapely.get_rings(part)]
    assert back == {shapely.Polygon(ring).normalize().wkt for ring in rings}


def test_mapped_corners_are_numbered_and_simulated_ones_are_not(document):
    names = [wpt.findtext("g:name", None, NS) for wpt in document.findall("g:wpt", NS)]
    assert names[:5] == ["YC-014 A-01", "YC-014 A-02", "YC-014 A-03", "YC-014 A-04", "YC-014 A.1-01"]
    assert not [name for name in names if name.startswith("s ")]
    desc = document.find("g:wpt/g:desc", NS).text
    assert re.match(r"MGRS 52S CH 24396 07702 → A-02: 0\.0° \(true 진북\) 3329\.9 m \| YC-014 · CHA", desc)


def test_names_carry_class_basis_and_date(document):
    names = [trk.findtext("g:name", None, NS) for trk in document.findall("g:trk", NS)]
    assert names[0] == "YC-014 · CHA · supplied 제공 자료 · 2024-05 [A]"
    assert names[3:] == [
        "YC-<015> · SHA · surveyed 측량 · 2023", "s · SHA · allocated 모의 배치 · 2006 · SIMULATED 모의 배치", "MDL",
    ]  # fmt: skip


def test_file_states_tier_and_standing(document):
    assert document.findtext("g:metadata/g:name", None, NS) == "RESTRICTED 제한본 – North <b> · 북부"
    desc = document.findtext("g:metadata/g:desc", None, NS)
    assert (
        "RESTRICTED – do not publish" in desc and "Not an official product" in desc and "1338" in desc and "공식 자료가" in desc
    )
    public = Notice("North").text
    assert "generalised to 1 km cells" in public and "RESTRICTED" not in public and "{" not in public


def test_hostile_text_is_text(document):
    told = document.find("g:trk/g:desc", NS).text
    assert HOSTILE[0] in told
    second = document.findall("g:trk", NS)[3].findtext("g:desc", None, NS)
    assert "]]>\ufffd${x}" in second


def test_coordinates_have_six_decimals(document):
    places = [value for element in document.iter() for value in (element.get("lat"), element.get("lon")) if value]
    assert places and all(re.fullmatch(r"-?\d+\.\d{6}", value) for value in places)
    assert document.findall("g:wpt", NS)[-1].get("lon") == "127.123457"


def test_gdal_reads_it(tmp_path, document):
    counts = {name: len(pyogrio.read_dataframe(tmp_path / "a.gpx", layer=name)) for name in ("waypoints", "tracks", "routes")}
    assert counts == {"waypoints": 17, "tracks": 6, "routes": 0}


def test_pieces_are_the_whole():
    layer = FieldLayer("h", FIELDS, "H", "", FIELDS.id.to_numpy(str))
    for most in (1, 10, 10**6):
        pieces = list(chunks(layer, most))
        assert [key for piece in pieces for key in piece.frame.id] == FIELDS.id.tolist()
        assert [key for piece in pieces for key in piece.keys] == FIELDS.id.tolist()
    assert len(list(chunks(layer, 10))) > 1 and len(list(chunks(FieldLayer("e", FIELDS.iloc[:0], "E", "")))) == 1


def test_empty_and_bare_layers(tmp_path):
    bare = gpd.GeoDataFrame(geometry=[shapely.box(127, 38, 127.1, 38.1)], crs=4326)
    write_gpx([FieldLayer("e", FIELDS.iloc[:0], "E", ""), FieldLayer("b", bare, "B", "")], tmp_path / "e.gpx", Notice("N"))
    root = ET.parse(tmp_path / "e.gpx").getroot()
    assert [wpt.findtext("g:name", None, NS) for wpt in root.findall("g:wpt", NS)] == ["1 A-01", "1 A-02", "1 A-03", "1 A-04"]
    with pytest.raises(DataError, match="no CRS"):
        write_gpx([FieldLayer("n", bare.set_crs(None, allow_override=True), "N", "")], tmp_path / "n.gpx", Notice("N"))
