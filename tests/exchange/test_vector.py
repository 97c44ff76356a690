"""Any vector file GDAL reads comes in; what cannot be read says why in one line."""

import logging
import shutil
import zipfile

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import ConfigError, DataError
from geo.exchange.encoding import guess_encoding
from geo.exchange.vector import open_vector, read_vector

FRAME = gpd.GeoDataFrame(
    {"name": ["고성군", "철원군"], "n": [1, 2]},
    geometry=[shapely.box(127, 38, 127.1, 38.1), shapely.box(127.2, 38, 127.3, 38.1)],
    crs=4326,
)


def write(frame, path, **options):
    pyogrio.write_dataframe(frame, path, **options)
    return path


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.shp", "a.fgb", "a.kml", "a.gml", "a.parquet", "한글 이름.gpkg"])
def test_formats(tmp_path, name):
    path = tmp_path / name
    if path.suffix == ".parquet":
        FRAME.to_parquet(path)
    else:
        pyogrio.write_dataframe(FRAME, path, **{".shp": {"encoding": "UTF-8"}, ".kml": {"driver": "LIBKML"}}.get(path.suffix, {}))
    found = read_vector(path, what="hazards")
    assert sorted(found.bounds.minx.round(6)) == [127.0, 127.2] and found.crs.is_geographic
    assert "고성군" in set(found[next(column for column in found.columns if column.lower() == "name")])


def test_file_geodatabase(tmp_path):
    write(FRAME.drop(columns="n"), tmp_path / "a.gdb", driver="OpenFileGDB")
    assert len(read_vector(tmp_path / "a.gdb", what="hazards")) == 2


def test_zipped_shapefile(tmp_path):
    write(FRAME, tmp_path / "a.shp", encoding="UTF-8")
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        for part in sorted(tmp_path.glob("a.*")):
            if part.suffix != ".zip":
                archive.write(part, part.name)
    assert read_vector(tmp_path / "a.zip", what="hazards").name.tolist() == ["고성군", "철원군"]


@pytest.mark.parametrize("encoding", ["CP949", "UTF-8"])
@pytest.mark.parametrize("zipped", [False, True])
def test_shapefile_without_declared_encoding(tmp_path, caplog, encoding, zipped):
    write(FRAME, tmp_path / "a.shp", encoding=encoding)
    (tmp_path / "a.cpg").unlink()
    path = tmp_path / "a.shp"
    if zipped:
        path = tmp_path / "a.zip"
        with zipfile.ZipFile(path, "w") as archive:
            for suffix in ("shp", "shx", "dbf", "prj"):
                archive.write(tmp_path / f"a.{suffix}", f"a.{suffix}")
    with caplog.at_level(logging.WARNING):
        assert read_vector(path, what="hazards").name.tolist() == ["고성군", "철원군"]
    assert f"read as {encoding}" in caplog.text


def test_korean_column_name_of_a_cp949_table(tmp_path):
    write(FRAME.rename(columns={"name": "관리번호"}), tmp_path / "a.shp", encoding="CP949")
    (tmp_path / "a.cpg").unlink()
    assert "관리번호" in read_vector(tmp_path / "a.shp", what="hazards").columns


def test_stated_encoding_wins(tmp_path, caplog):
    write(FRAME, tmp_path / "a.shp", encoding="CP949")
    (tmp_path / "a.cpg").unlink()
    assert read_vector(tmp_path / "a.shp", what="hazards", encoding="CP949").name[0] == "고성군"
    assert "read as" not in caplog.text


def test_wrong_stated_encoding_is_told(tmp_path):
    write(FRAME, tmp_path / "a.shp", encoding="CP949")
    with pytest.raises(DataError, match="text cannot be decoded"):
        read_vector(tmp_path / "a.shp", what="hazards", encoding="UTF-8")


def test_bytes_that_fit_no_encoding_are_told():
    with pytest.raises(DataError, match=r"unknown text encoding: north.shp: expected UTF-8 or CP949"):
        guess_encoding(bytes([0xFF, 0x20] * 50), where="north.shp")


def test_cut_letter_does_not_hide_the_encoding():
    field = "강원도 고성군 현내면 지뢰지대".encode()[:-1] + b" "
    assert guess_encoding(field * 20, where="a.shp") == "UTF-8"


def test_missing_file(tmp_path):
    with pytest.raises(ConfigError, match=r"no such file: hazards: .*none\.gpkg"):
        read_vector(tmp_path / "none.gpkg", what="hazards")


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.parquet", "a.zip"])
def test_empty_file(tmp_path, name):
    (tmp_path / name).touch()
    with pytest.raises(DataError, match=r"empty file: hazards: .*found 0 bytes"):
        read_vector(tmp_path / name, what="hazards")


@pytest.mark.parametrize("name", ["a.gpkg", "a.shp", "a.geojson", "a.parquet", "a.zip", "a.txt"])
def test_corrupt_file(tmp_path, name):
    (tmp_path / name).write_bytes(b"not what the suffix says" * 40)
    with pytest.raises(DataError, match=r"not readable: hazards: .*found"):
        read_vector(tmp_path / name, what="hazards")


@pytest.mark.parametrize("share", [0.3, 0.9])
@pytest.mark.parametrize("name", ["a.gpkg", "a.parquet", "a.geojson"])
def test_cut_file(tmp_path, name, share):
    many = pd.concat([FRAME] * 500, ignore_index=True)
    path = tmp_path / name
    many.to_parquet(path) if name.endswith("parquet") else write(many, path)
    path.write_bytes(path.read_bytes()[: int(path.stat().st_size * share)])
    with pytest.raises(DataError, match="not readable"):
        read_vector(path, what="hazards")


def test_table_without_geometry(tmp_path):
    write(pd.DataFrame({"a": [1]}), tmp_path / "a.gpkg")
    pd.DataFrame({"a": [1]}).to_parquet(tmp_path / "a.parquet")
    for name in ("a.gpkg", "a.parquet"):
        with pytest.raises(DataError, match="no geometry"):
            read_vector(tmp_path / name, what="hazards")


def test_no_features(tmp_path):
    write(FRAME.iloc[:0], tmp_path / "a.gpkg", geometry_type="Polygon")
    with pytest.raises(DataError, match="no features"):
        read_vector(tmp_path / "a.gpkg", what="hazards")


@pytest.mark.parametrize("name", ["a.shp", "a.parquet"])
@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_crs_is_asked_for(tmp_path, name):
    bare = FRAME.set_crs(None, allow_override=True)
    bare.to_parquet(tmp_path / name) if name.endswith("parquet") else write(bare, tmp_path / name, encoding="UTF-8")
    with pytest.raises(DataError, match=r"no CRS: .*found none: .*never guessed"):
        read_vector(tmp_path / name, what="hazards")


def test_unknown_layer_lists_the_layers(tmp_path):
    write(FRAME, tmp_path / "a.gpkg", layer="north")
    with pytest.raises(ConfigError, match=r"unknown layer: .*nort: did you mean north\?"):
        read_vector(tmp_path / "a.gpkg", what="hazards", layer="nort")


def test_several_layers_ask_for_one(tmp_path):
    for layer in ("north", "south"):
        write(FRAME, tmp_path / "a.gpkg", layer=layer, append=(tmp_path / "a.gpkg").exists())
    with pytest.raises(ConfigError, match=r"several layers: .*name one of north, south"):
        read_vector(tmp_path / "a.gpkg", what="hazards")
    assert len(read_vector(tmp_path / "a.gpkg", what="hazards", layer="south")) == 2


def test_a_table_beside_the_layer_is_no_second_layer(tmp_path):
    write(FRAME, tmp_path / "a.gpkg", layer="north")
    write(pd.DataFrame({"a": [1]}), tmp_path / "a.gpkg", layer="notes", append=True)
    assert len(read_vector(tmp_path / "a.gpkg", what="hazards")) == 2


@pytest.mark.parametrize("name", ["a.gpkg", "a.geojson", "a.parquet"])
def test_too_large_is_refused_before_it_is_read(tmp_path, name, monkeypatch):
    path = tmp_path / name
    FRAME.to_parquet(path) if name.endswith("parquet") else write(FRAME, path)
    monkeypatch.setattr(pyogrio, "read_dataframe", lambda *_, **__: pytest.fail("was read"))
    monkeypatch.setattr(gpd, "read_parquet", lambda *_, **__: pytest.fail("was read"))
    with pytest.raises(DataError, match=r"too many features: .*expected at most 1 features, found 2"):
        read_vector(path, what="hazards", max_features=1)
    with pytest.raises(DataError, match=r"file too large: .*expected at most 10 bytes"):
        read_vector(path, what="hazards", max_bytes=10)


def test_broken_ring_becomes_a_missing_shape_and_is_logged(tmp_path, caplog):
    ring = '{"type": "Polygon", "coordinates": [[[127, 38], [127.1, 38]]]}'
    text = f'{{"type": "FeatureCollection", "features": [{{"type": "Feature", "properties": {{}}, "geometry": {ring}}}]}}'
    (tmp_path / "a.geojson").write_text(text)
    assert read_vector(tmp_path / "a.geojson", what="hazards").geometry.isna().all()


def test_shapefile_name_with_pattern_signs(tmp_path):
    (tmp_path / "x").mkdir()
    write(FRAME, tmp_path / "x" / "a.shp", encoding="CP949")
    for part in (tmp_path / "x").glob("a.*"):
        if part.suffix != ".cpg":
            shutil.copy(part, tmp_path / f"north [1]{part.suffix}")
    assert read_vector(tmp_path / "north [1].shp", what="hazards").name[0] == "고성군"


def zipped(path, parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for part, name in parts:
            archive.write(part, name)
    return path


def test_zip_of_other_formats(tmp_path):
    write(FRAME, tmp_path / "a.gpkg")
    inside = [(tmp_path / "a.gpkg", "자료/north.gpkg")]
    assert len(read_vector(zipped(tmp_path / "a.zip", inside), what="hazards")) == 2
    write(FRAME.drop(columns="n"), tmp_path / "b.gdb", driver="OpenFileGDB")
    inside = [(part, f"sent/b.gdb/{part.name}") for part in sorted((tmp_path / "b.gdb").iterdir())]
    assert read_vector(zipped(tmp_path / "한글.zip", inside), what="hazards").name.tolist() == ["고성군", "철원군"]


def test_zip_that_swells_is_refused(tmp_path):
    (tmp_path / "a.shp").write_bytes(bytes(100_000))
    path = zipped(tmp_path / "a.zip", [(tmp_path / "a.shp", "a.shp")])
    with pytest.raises(DataError, match="file too large when unpacked: .*expected at most 50,000 bytes, found 100,000"):
        read_vector(path, what="hazards", max_bytes=50_000)


@pytest.mark.filterwarnings("ignore:'crs' was not provided")
def test_opened_as_it_stands_without_a_crs(tmp_path):
    bare = FRAME.set_crs(None, allow_override=True)
    opened = open_vector(write(bare, tmp_path / "a.shp", encoding="UTF-8"), what="hazards")
    assert opened.frame.crs is None and opened.is_cut and opened.driver == "ESRI Shapefile" and opened.layer == "a"


def test_companions_are_read_beside_the_layer(tmp_path):
    path = write(FRAME, tmp_path / "a.gpkg", layer="north")
    write(pd.DataFrame({"a": [1]}), path, layer="Reports", append=True)
    write(pd.DataFrame({"a": [1]}), path, layer="notes", append=True)
    opened = open_vector(path, what="hazards", companions=("reports",))
    assert list(opened.tables) == ["reports"] and opened.tables["reports"].a.tolist() == [1]
    assert not open_vector(path, what="hazards").tables
