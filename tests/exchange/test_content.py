"""What a zip, a track file and a FlatGeobuf say: the same under another packing, and where two differ."""

import zipfile

import geopandas as gpd
import pytest
import shapely

from geo.difference import describe
from geo.exchange.archive import read_zip, write_zip
from geo.exchange.content import content_sha256, file_content_sha256
from geo.exchange.files import write_flatgeobuf

FRAME = gpd.GeoDataFrame(
    {"id": ["a", "b"], "n": [1, 2]}, geometry=[shapely.box(127, 38, 128, 39), shapely.box(126, 37, 127, 38)], crs=4326
)


def packed(path, text, level):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=level) as archive:
        archive.writestr("doc.kml", text)
    return path


@pytest.mark.parametrize("suffix", [".kmz", ".qgz", ".zip"])
def test_packing_does_not_count(tmp_path, suffix):
    text = "<kml>" + "가나다" * 500 + "</kml>"
    one, two = packed(tmp_path / f"one{suffix}", text, 1), packed(tmp_path / f"two{suffix}", text, 9)
    assert (
        one.read_bytes() != two.read_bytes() and file_content_sha256(one) == file_content_sha256(two) and describe(one, two) == ""
    )
    other = packed(tmp_path / f"other{suffix}", text.replace("다</kml>", "라</kml>"), 9)
    assert file_content_sha256(one) != file_content_sha256(other)
    assert describe(one, other).startswith("doc.kml: line 1, character 1505: ")


def test_members_count(tmp_path):
    write_zip({"a": b"1", "b": b"2"}, tmp_path / "one.kmz")
    write_zip({"a": b"1", "c": b"2"}, tmp_path / "two.kmz")
    assert file_content_sha256(tmp_path / "one.kmz") != file_content_sha256(tmp_path / "two.kmz")
    assert describe(tmp_path / "one.kmz", tmp_path / "two.kmz") == "files: a, b in the build, a, c made again"


def test_zip_holds_no_clock_and_no_system(tmp_path):
    write_zip({"b.txt": b"1", "a.txt": b"2"}, tmp_path / "one.zip")
    entries = zipfile.ZipFile(tmp_path / "one.zip").infolist()
    assert [entry.filename for entry in entries] == ["b.txt", "a.txt"] and list(read_zip(tmp_path / "one.zip")) == [
        "b.txt",
        "a.txt",
    ]
    assert {(entry.date_time, entry.create_system) for entry in entries} == {((1980, 1, 1, 0, 0, 0), 3)}


def test_flatgeobuf_says_what_its_frame_says(tmp_path):
    write_flatgeobuf(FRAME, tmp_path / "one.fgb", "fields")
    assert file_content_sha256(tmp_path / "one.fgb") == content_sha256(FRAME)
    write_flatgeobuf(FRAME.assign(n=[1, 3]), tmp_path / "two.fgb", "fields")
    assert describe(tmp_path / "one.fgb", tmp_path / "two.fgb") == (
        "feature b, n: 2.0 in the build, 3.0 made again; 1 feature differs"
    )  # fmt: skip


def test_tracks_differ_by_their_text(tmp_path):
    (tmp_path / "one.gpx").write_text("<gpx>\n<wpt/>\n</gpx>\n")
    (tmp_path / "two.gpx").write_text("<gpx>\n<trk/>\n</gpx>\n")
    assert describe(tmp_path / "one.gpx", tmp_path / "two.gpx").startswith("line 2, character 8: ")
    assert file_content_sha256(tmp_path / "one.gpx") != file_content_sha256(tmp_path / "two.gpx")
