"""GPX and KML as records: closed tracks, folders, balloons, and what minemap drew beside its own areas."""

import zipfile

import geopandas as gpd
import pytest
import shapely

from geo.errors import ConfigError, DataError
from geo.exchange.column_maps import shipped_maps
from geo.exchange.field import FieldLayer, Notice
from geo.exchange.gps import closed_to_polygons
from geo.exchange.gpx import write_gpx
from geo.exchange.kml import write_kmz
from geo.exchange.records import read_survey

RING = "".join(f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in [(127, 38), (127.1, 38), (127.1, 38.1), (127, 38)])
HOLE = "".join(
    f'<trkpt lat="{lat}" lon="{lon}"/>' for lon, lat in [(127.06, 38.02), (127.08, 38.02), (127.08, 38.04), (127.06, 38.02)]
)
WALK = '<trkpt lat="38" lon="127"/><trkpt lat="38.1" lon="127"/>'


def track(name, *segments):
    return f"<trk><name>{name}</name>{''.join(f'<trkseg>{segment}</trkseg>' for segment in segments)}</trk>"


def gpx(path, body, creator="x"):
    root = f'<gpx version="1.1" creator="{creator}" xmlns="http://www.topografix.com/GPX/1/1">'
    path.write_text(f'<?xml version="1.0"?>{root}{body}</gpx>')
    return path


def kml(path, body):
    text = f'<?xml version="1.0" encoding="UTF-8"?><kml xmlns="http://www.opengis.net/kml/2.2"><Document>{body}</Document></kml>'
    if path.suffix == ".kmz":
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr("doc.kml", text)
    else:
        path.write_text(text, encoding="utf-8")
    return path


def placemark(name, extra="", west=127.0):
    ring = f"{west},38 {west + 0.1},38 {west + 0.1},38.1 {west},38"
    shape = f"<Polygon><outerBoundaryIs><LinearRing><coordinates>{ring}</coordinates></LinearRing></outerBoundaryIs></Polygon>"
    return f"<Placemark><name>{name}</name>{extra}{shape}</Placemark>"


def test_closed_tracks_are_polygons_and_open_ones_lines(tmp_path):
    way = '<wpt lat="38" lon="127"><name>표지판</name><desc>seen</desc></wpt>'
    route = '<rte><name>r</name><rtept lat="38" lon="127"/><rtept lat="38.1" lon="127.1"/></rte>'
    path = gpx(tmp_path / "a.gpx", way + route + track("ring", RING) + track("walk", WALK) + track("part", RING, WALK))
    survey = read_survey(path)
    kinds = ["Polygon", "LineString", "MultiLineString", "LineString", "Point"]
    assert survey.frame.geom_type.tolist() == kinds and survey.frame.crs.to_epsg() == 4326
    assert survey.frame.name.tolist() == ["ring", "walk", "part", "r", "표지판"]
    assert survey.frame.gpx.tolist() == ["tracks", "tracks", "tracks", "routes", "waypoints"]
    assert survey.frame.description.tolist()[-1] == "seen"
    assert survey.frame.geometry[0].equals(shapely.Polygon([(127, 38), (127.1, 38), (127.1, 38.1)]))


def test_segments_of_a_track_are_parts_and_holes(tmp_path):
    apart = RING.replace('lon="127', 'lon="128')
    tracks = track("holed", RING, HOLE) + track("two", RING, apart)
    holed, two = read_survey(gpx(tmp_path / "a.gpx", tracks, "minemap")).frame.geometry
    assert holed.geom_type == "Polygon" and len(holed.interiors) == 1 and len(shapely.get_parts(two)) == 2
    nested, two = read_survey(gpx(tmp_path / "b.gpx", tracks, "minemapper")).frame.geometry
    assert [len(part.interiors) for part in shapely.get_parts(nested)] == [0, 0], "in another's file no land falls out"
    assert not nested.is_valid and two.is_valid


def test_ring_that_does_not_quite_close_stays_a_line():
    near = shapely.LineString([(0, 0), (0, 1), (1, 1), (1e-7, 0)])
    twice = shapely.LineString([(0, 0), (1, 1), (0, 0)])
    crossed = shapely.LineString([(0, 0), (1, 1), (1, 0), (0, 1), (0, 0)])
    found = closed_to_polygons([near, twice, crossed, None])
    assert [shape.geom_type for shape in found[:3]] == ["LineString", "LineString", "Polygon"] and found[3] is None
    assert not found[2].is_valid, "nothing is repaired"


def test_one_kind_of_gpx_feature(tmp_path):
    path = gpx(tmp_path / "a.gpx", '<wpt lat="38" lon="127"><name>S1</name></wpt>' + track("ring", RING))
    assert read_survey(path, kind="signs", layer="waypoints").frame.name.tolist() == ["S1"]
    with pytest.raises(ConfigError, match=r"unknown layer: .*waypoint: did you mean waypoints\?"):
        read_survey(path, layer="waypoint")
    with pytest.raises(DataError, match="no features"):
        read_survey(path, layer="routes")


def test_numbered_corners_of_our_own_are_points(tmp_path):
    corner = '<wpt lat="38" lon="{lon}"><name>YC-014 A{n}</name><type>turning point 전환점</type></wpt>'
    ways = "".join(corner.format(lon=127 + n, n=n) for n in (1, 2)) + corner.format(lon=129, n=3).replace("YC-014", "other")
    survey = read_survey(gpx(tmp_path / "a.gpx", ways + track("YC-014 · CHA · supplied", RING)))
    assert survey.frame.name.tolist() == ["YC-014 · CHA · supplied", "other A3"]
    points = survey.points[["row", "point_id", "kind", "lon", "lat", "hazard_id"]].values.tolist()
    assert points == [[0, "A1", "turning", 128.0, 38.0, "YC-014"], [0, "A2", "turning", 129.0, 38.0, "YC-014"]]


@pytest.mark.parametrize("name", ["a.kml", "a.kmz"])
def test_folders_are_one_document(tmp_path, name):
    data = '<ExtendedData><Data name="LandID"><value>{}</value></Data><Data name="상태"><value>종결</value></Data></ExtendedData>'
    told = "<description>설명 &amp; more</description>"
    north = f"<Folder><name>north</name>{placemark('계획 1', told + data.format('N1'))}</Folder>"
    south = f"<Folder><name>south</name>{placemark('b', data.format('S1'), west=128.0)}</Folder>"
    survey = read_survey(kml(tmp_path / name, north + south))
    assert survey.frame[["id", "name", "land_status", "folder"]].values.tolist() == [
        ["N1", "계획 1", "closed", "north"],
        ["S1", "b", "closed", "south"],
    ]
    assert survey.frame.description.tolist() == ["설명 & more", ""] and survey.frame.crs.to_epsg() == 4326
    assert survey.carried == ("folder",), "drawing options of KML are no columns"
    one = read_survey(tmp_path / name, layer="south")
    assert one.frame.id.tolist() == ["S1"] and "folder" not in one.frame
    with pytest.raises(ConfigError, match=r"unknown layer: .*sout: did you mean south\?"):
        read_survey(tmp_path / name, layer="sout")


def test_names_of_data_are_as_they_stand(tmp_path):
    cells = {"면적(평)": "1210", "cleared (ha)": "3", "A&amp;B": "x", "상태": "open", "명칭": "y"}
    data = "".join(f'<Data name="{name}"><value>{cell}</value></Data>' for name, cell in cells.items())
    survey = read_survey(kml(tmp_path / "a.kml", placemark("", f"<ExtendedData>{data}</ExtendedData>")))
    assert survey.frame.area_reported_m2.tolist() == [4000.0] and survey.frame.cleared_m2.tolist() == [3e4]
    assert survey.frame["A&B"].tolist() == ["x"]
    assert survey.frame[["name", "land_status"]].values.tolist() == [["y", "open"]]
    schema = '<Schema name="s" id="s"><SimpleField name="잔여면적(평)" type="string"/></Schema>'
    data = '<ExtendedData><SchemaData schemaUrl="#s"><SimpleData name="잔여면적(평)">121</SimpleData></SchemaData></ExtendedData>'
    survey = read_survey(kml(tmp_path / "b.kml", schema + placemark("a", data)))
    assert survey.frame.remaining_m2.tolist() == [400.0]


def test_id_of_a_placemark_is_the_last_resort(tmp_path):
    marked = placemark("a").replace("<Placemark>", '<Placemark id="p1">')
    assert read_survey(kml(tmp_path / "a.kml", marked)).frame.id.tolist() == ["p1"]
    data = '<ExtendedData><Data name="관리번호"><value>N1</value></Data></ExtendedData>'
    marked = placemark("a", data).replace("<Placemark>", '<Placemark id="p1">')
    survey = read_survey(kml(tmp_path / "b.kml", marked))
    assert survey.frame.id.tolist() == ["N1"] and survey.frame.placemark_id.tolist() == ["p1"]


def test_copies_that_we_drew_beside_areas_are_no_records(tmp_path):
    line = "<Placemark><name>a</name><LineString><coordinates>127,38 128,38</coordinates></LineString></Placemark>"
    areas = f"<Folder><name>Hazards · 위험</name>{placemark('a')}</Folder>"
    lines = f"<Folder><name>Hazards · 위험 – outlines 경계선</name>{line}</Folder>"
    assert read_survey(kml(tmp_path / "a.kml", areas + lines)).frame.geom_type.tolist() == ["Polygon"]
    assert read_survey(kml(tmp_path / "b.kml", lines)).frame.geom_type.tolist() == ["LineString"], "somebody else's folder"


def test_empty_documents_are_told(tmp_path):
    with pytest.raises(DataError, match="no features: hazards: "):
        read_survey(kml(tmp_path / "a.kml", "<name>x</name>"))
    with pytest.raises(DataError, match="no features: hazards: "):
        read_survey(gpx(tmp_path / "a.gpx", ""))
    assert "korean" in shipped_maps()


def test_files_of_our_own_come_back(tmp_path):
    boxes = [
        shapely.box(127, 38, 127.1, 38.1),
        shapely.MultiPolygon([shapely.box(128, 38, 129, 39), shapely.box(130, 38, 131, 39)]),
    ]
    columns = {
        "id": ["YC-014", "b"],
        "land_class": ["CHA", "SHA"],
        "basis": "supplied",
        "simulated": False,
        "emplaced_n": [3.0, 4.0],
    }
    frame = gpd.GeoDataFrame(columns, geometry=boxes, crs=4326)
    layer = FieldLayer("hazards", frame, "Hazards", "위험")
    write_kmz([layer], tmp_path / "a.kmz", Notice("North", "북"))
    survey = read_survey(tmp_path / "a.kmz")
    assert survey.frame[["id", "land_class", "emplaced_n"]].values.tolist() == [["YC-014", "CHA", 3.0], ["b", "SHA", 4.0]]
    assert [len(shapely.get_parts(shape)) for shape in survey.frame.geometry] == [1, 2]
    write_gpx([layer], tmp_path / "a.gpx", Notice("North", "북"))
    survey = read_survey(tmp_path / "a.gpx")
    assert set(survey.frame.geom_type) == {"Polygon"} and len(survey.frame) == 3, "GPX knows no feature of several parts"
    assert len(survey.points) == 12 and set(survey.points["row"]) == {0, 1}
