"""Round trips, format by format: what comes back, what does not, and that exactly this is told."""

import os
import stat
import time

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pytest
import shapely

from geo.errors import ConfigError
from geo.exchange import formats
from geo.exchange.content import file_content_sha256
from geo.exchange.field import FieldLayer, Notice, chunks, made_in_order
from geo.exchange.formats import FORMATS, write
from geo.exchange.losses import dates_as_text
from geo.exchange.records import read_survey
from geo.maps.symbols import SYMBOLS, symbol_keys
from geo.measure import LONLAT
from geo.survey.fields import HAZARD_FIELDS

NOTICE = Notice("North", "북부")
RESTRICTED = Notice("North", "북부", tier="restricted")
SQUARE = shapely.box(127, 38, 127.01, 38.01)
HOLE = shapely.box(127.1, 38.1, 127.2, 38.2).difference(shapely.box(127.15, 38.15, 127.16, 38.16))
WORDS = {"land_class": "SHA", "basis": "supplied", "as_of": "2024-05"}
PLAIN = gpd.GeoDataFrame(
    {"id": ["a", "b"], "name_ko": ["고성", "철원 'x' <b>&"], "km2": [0.1, 2.5], "n": [1, 20], "ok": [True, False]},
    geometry=[SQUARE, HOLE],
    crs=4326,
).assign(**WORDS)
MULTI = PLAIN.set_geometry([shapely.MultiPolygon([SQUARE, HOLE]), shapely.box(128, 38, 128.01, 38.01)])
THIRDS = PLAIN.set_geometry([shapely.box(127, 38, 127 + 1 / 3, 38.1), HOLE])
CASES = {
    "plain": PLAIN,
    "multi": MULTI,
    "thirds": THIRDS,
    "plane": PLAIN.to_crs(5186),
    "heights": PLAIN.set_geometry(shapely.force_3d(PLAIN.geometry.values, 5.0)),
    "blanks": PLAIN.assign(name_ko=["", "x"], zone=pd.Series(["q", None], dtype="str"), km2=[np.nan, 1.0]),
    "long names": PLAIN.assign(national_term=["계획", "미확인"], national_total=[1.5, 2.5], 지뢰지대구분=["가", "나"]),
    "clash": PLAIN.assign(Name=["p", "q"], name=["r", "s"], fid=[7, 9], bbox=["u", "v"], wkt=["w", "z"]),
    "long text": PLAIN.assign(note=["가" * 100, "x"]),
    "formula": PLAIN.assign(note=["=1+1", "-2"]),
    "small": PLAIN.assign(pi=[1.23456789e-9, 0.5]),
    "dated": PLAIN.assign(entered=pd.to_datetime(["2024-05-01", "2024-05-02"])),
    "timed": PLAIN.assign(entered=pd.to_datetime(["2024-05-01 10:30", "2024-05-02 11:00"])),
    "mixed": PLAIN.set_geometry([SQUARE, shapely.Point(127, 38)]),
    "points": PLAIN.set_geometry([shapely.Point(127.5, 38), shapely.Point(127, 38)]),
    "lines": PLAIN.set_geometry([shapely.LineString([(127, 38), (127.5, 38)]), shapely.LineString([(127, 38), (127.5, 38.5)])]),
    "missing shape": PLAIN.set_geometry(gpd.GeoSeries([SQUARE, None], crs=4326)),
}
KML_FIELDS = {"LIBKML_ID_FIELD": "kml_id", "LIBKML_NAME_FIELD": "kml_name", "LIBKML_DESCRIPTION_FIELD": "kml_description"}
KML_OWN = ("kml_id", "kml_name", "kml_description", "timestamp", "begin", "end", "altitudeMode", "tessellate", "extrude",
           "visibility", "drawOrder", "icon")  # fmt: skip


def read_back(path):
    """Return the frame that a reader gets, columns named as the file names them."""
    suffix = path.suffix
    if suffix == ".parquet":
        frame = gpd.read_parquet(path)
        return frame.drop(columns=[name for name in ("bbox",) if name in frame and frame[name].map(type).eq(dict).any()])
    if suffix == ".csv":
        table = pd.read_csv(path, keep_default_na=False, na_values={"km2": [""]})
        assert table["wkt"].str.match("SRID=4326;|$").all()
        shapes = shapely.from_wkt([text.removeprefix("SRID=4326;") or None for text in table["wkt"]])
        return gpd.GeoDataFrame(table.drop(columns="wkt"), geometry=shapes)
    if suffix in (".kmz", ".kml"):
        return read_kml(path)
    if suffix == ".gpx":
        names = [name for name in ("tracks", "waypoints") if pyogrio.read_info(path, layer=name)["features"]]
        return pyogrio.read_dataframe(path, layer=names[0])[["name", "geometry"]]
    if suffix in (".shp", ".zip"):
        stems = [str(name) for name, _ in pyogrio.list_layers(path if suffix == ".zip" else path.parent)]
        parts = [pyogrio.read_dataframe(path if suffix == ".zip" else path.parent, layer=stem) for stem in stems]
        return pd.concat(parts, ignore_index=True)
    layer = next(str(name) for name, _ in pyogrio.list_layers(path))
    return pyogrio.read_dataframe(path, layer=layer, datetime_as_string=True)


def read_kml(path):
    pyogrio.set_gdal_config_options(KML_FIELDS)
    try:
        frame = pyogrio.read_dataframe(path, layer=0)
    finally:
        pyogrio.set_gdal_config_options(dict.fromkeys(KML_FIELDS))
    frame = frame.drop(columns=[name for name in KML_OWN if name in frame])
    return frame.rename(columns={"feature_id": "id"})


def found_losses(frame, back, suffix):
    """Return the kinds of loss between a frame and what came back."""
    own = [name for name in frame.columns if name != "geometry"]
    kinds = set()
    polygons = frame.geom_type.isin(["Polygon", "MultiPolygon"])
    if suffix == ".gpx":
        kinds |= {"attributes"} | ({"polygons"} if polygons.any() else set())
    else:
        if "id" in back and set(back["id"]) == set(frame["id"]):
            kinds |= {"order"} if suffix != ".zip" and back["id"].tolist() != frame["id"].tolist() else set()
            back = back.set_index("id").loc[frame["id"]].reset_index()[back.columns]
        kinds |= attribute_losses(frame[own], back)
        if len(back) != len(frame) or (back.geom_type.isna() != frame.geom_type.isna()).any():
            kinds.add("features")
    if frame.crs != back.crs:
        kinds.add("crs")
    if frame.has_z.any() and not back.has_z.any():
        kinds.add("heights")
    here = frame.to_crs(LONLAT)
    there = back.to_crs(LONLAT) if back.crs else back
    far = shapely.distance(
        shapely.multipoints(shapely.get_coordinates(here.geometry)), shapely.points(shapely.get_coordinates(there.geometry))
    )
    if len(far) and far.max() > 1e-12:
        kinds.add("precision")
        assert far.max() < 1e-6
    return kinds


def attribute_losses(own, back):
    kinds = set()
    columns = [name for name in back.columns if name != "geometry"]
    assert len(columns) == len(own.columns), (list(own.columns), columns)
    if columns != list(own.columns):
        kinds.add("names")
    for name, other in zip(own.columns, columns, strict=True):
        was, now = own[name], back[other]
        if pd.api.types.is_datetime64_any_dtype(was):
            kinds.add("types")
            assert (pd.to_datetime(now) == was).all()
            continue
        if (was.isna().to_numpy() != now.isna().to_numpy()).any():
            kinds.add("missing")
        both = was.notna().to_numpy() & now.notna().to_numpy()
        was, now = was[both].reset_index(drop=True), now[both].reset_index(drop=True)
        if pd.api.types.is_numeric_dtype(was) and not np.allclose(was.astype(float), now.astype(float), rtol=1e-12, atol=0):
            kinds.add("numbers")
        if not pd.api.types.is_numeric_dtype(was) and (was.astype(str) != now.astype(str)).any():
            kinds.add("text")
    return kinds


@pytest.mark.parametrize("suffix", FORMATS)
@pytest.mark.parametrize("case", CASES)
def test_losses_told_are_the_losses_found(tmp_path, case, suffix):
    frame = CASES[case]
    folder = tmp_path / "out"
    folder.mkdir()
    path = folder / f"north{suffix}"
    told = write(frame, path, NOTICE)
    assert all(loss.layer == "north" and loss.told.startswith("north: ") for loss in told)
    told = {loss.kind for loss in told} - {"geometry", "files"}
    found = found_losses(frame, read_back(path), suffix)
    if suffix == ".fgb" and frame.geometry.notna().all():  # told wherever there is an index; two rows may fall as they were
        assert "order" in told
        found.add("order")
    assert told == found


def test_same_bytes_later_and_elsewhere(tmp_path):
    written = []
    for name in ("one", "two"):
        time.sleep(2.1 if written else 0)  # a zip's clock has steps of two seconds
        for suffix, each in FORMATS.items():
            (tmp_path / name / suffix).mkdir(parents=True)
            layers = {"dmz": PLAIN, "planned_minefields": MULTI} if each.many else PLAIN
            write(layers, tmp_path / name / suffix / f"north{suffix}", NOTICE, look=formats.Look(SYMBOLS))
        found = sorted(path for path in (tmp_path / name).rglob("*") if path.is_file())
        written.append({str(path.relative_to(tmp_path / name)): path.read_bytes() for path in found})
    assert written[0] == written[1] and len(written[0]) >= len(FORMATS) + 4


def test_content_of_a_file_does_not_hang_on_its_name(tmp_path):
    for suffix in (".gpkg", ".kmz", ".gpx", ".fgb", ".zip"):
        hashes = []
        for stem, frame in (("one", PLAIN), ("two", PLAIN), ("three", PLAIN.assign(n=[1, 21], as_of="2025"))):
            write({"dmz": frame}, tmp_path / f"{stem}{suffix}", NOTICE)
            hashes.append(file_content_sha256(tmp_path / f"{stem}{suffix}"))
        assert hashes[0] == hashes[1] != hashes[2], suffix


@pytest.mark.parametrize("suffix", FORMATS)
def test_restricted_is_for_the_owner_alone(tmp_path, suffix):
    before = os.umask(0)
    try:
        write(PLAIN, tmp_path / f"north{suffix}", RESTRICTED)
        modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in tmp_path.iterdir()}
        assert modes and set(modes.values()) == {0o600}
        write(PLAIN, tmp_path / f"public{suffix}", NOTICE)
        assert {stat.S_IMODE(path.stat().st_mode) for path in tmp_path.glob("public*")} == {0o666}
    finally:
        os.umask(before)


def test_restricted_is_closed_from_the_first_byte(tmp_path, monkeypatch):
    seen = []

    def watched(frames, path, notice, look):
        path.write_bytes(b"x")
        seen.append(stat.S_IMODE(path.parent.stat().st_mode))

    monkeypatch.setitem(formats.FORMATS, ".gpx", formats.Format(watched, lambda name, frame: [], many=True))
    write(PLAIN, tmp_path / "north.gpx", RESTRICTED)
    assert seen == [0o700]


def test_nothing_is_overwritten_or_half_written(tmp_path, monkeypatch):
    path = tmp_path / "north.gpkg"
    path.write_text("mine")
    with pytest.raises(ConfigError, match="target exists"):
        write(PLAIN, path, NOTICE)
    assert path.read_text() == "mine"
    monkeypatch.setitem(formats.FORMATS, ".gpx", formats.Format(lambda *_: 1 / 0, lambda name, frame: [], many=True))
    with pytest.raises(ZeroDivisionError):
        write(PLAIN, tmp_path / "north.gpx", NOTICE)
    assert [entry.name for entry in tmp_path.iterdir()] == ["north.gpkg"]
    write(PLAIN, path, NOTICE, overwrite=True)
    assert pyogrio.read_info(path)["features"] == 2


@pytest.mark.parametrize(
    ("name", "layers", "message"),
    [
        ("north.xyz", {"a": PLAIN}, "unknown format: .*north.xyz: found .xyz: "),
        ("north", {"a": PLAIN}, "no suffix"),
        ("north.gdb", {"a": PLAIN}, "its bytes never repeat"),
        (
            "north.fgb",
            {"a": PLAIN, "b": PLAIN},
            "holds one layer: .*found 2 layers: name one of a, b, or write one of .gpkg, .zip",
        ),
        ("north.gpkg", {}, "name a layer"),
    ],
)
def test_wrong_use(tmp_path, name, layers, message):
    with pytest.raises(ConfigError, match=message):
        write(layers, tmp_path / name, NOTICE)
    assert not list(tmp_path.iterdir())


def test_csv_brings_its_turning_points(tmp_path):
    write(PLAIN, tmp_path / "north.csv", NOTICE)
    table = pd.read_csv(tmp_path / "north-points.csv")
    told = write(PLAIN, tmp_path / "south.csv", NOTICE)
    assert [loss.told for loss in told if loss.kind == "files"] == ["south: the turning points stand in south-points.csv"]
    assert not any(loss.kind == "files" for loss in write(CASES["points"], tmp_path / "q.csv", NOTICE))
    assert len(table) == 12 and table.point.tolist()[:2] == ["A-01", "A-02"] and table.point.tolist()[-1] == "A.1-04"
    hostile = PLAIN.assign(id=['=1,"x"', "b\nc"])
    write(hostile, tmp_path / "h.csv", NOTICE)
    table = pd.read_csv(tmp_path / "h-points.csv")
    assert set(table.id) == {'\'=1,"x"', "b\nc"} and table.lon.tolist()[:2] == [127.01, 127.01]
    write(CASES["points"], tmp_path / "p.csv", NOTICE)
    assert not (tmp_path / "p-points.csv").exists()


def test_look_reaches_the_file(tmp_path):
    frame = PLAIN.assign(simulated=False)
    look = formats.Look(SYMBOLS, symbol_keys, {"planned_minefields": "<qgis/>"})
    write({"planned_minefields": frame}, tmp_path / "n.kml", NOTICE, look=look)
    text = (tmp_path / "n.kml").read_text(encoding="utf-8")
    assert '<Style id="sha">' in text and text.count("#sha<") == 5 and "Planned minefields · 계획지뢰지대" in text
    write({"planned_minefields": frame}, tmp_path / "n.gpkg", NOTICE, look=look)
    assert pyogrio.list_layers(tmp_path / "n.gpkg")[:, 0].tolist() == ["planned_minefields", "layer_styles"]


def test_plain_frame_keeps_missing_cells():
    frame = PLAIN.assign(day=pd.to_datetime(["2024-05-01", None]), tags=[["a"], None], flag=np.array([True, None], dtype=object))
    plain = formats.plain_frame(frame)
    assert plain.day.tolist()[0] == "2024-05-01" and plain.day.isna().tolist() == [False, True]
    assert plain.tags.tolist()[0] == "['a']" and plain.flag.tolist() == [True, pd.NA]


NEEDLE = shapely.Polygon([(127, 38), (127.5, 38.00000000002), (128, 38)])  # two micrometres thick


def shapes_read(path):
    if path.suffix != ".gpx":
        return read_back(path).geometry.values
    return np.array([shapely.Polygon(track.coords) for track in shapely.get_parts(read_back(path).geometry.values)])


@pytest.mark.parametrize("suffix", [".geojson", ".csv", ".kml", ".kmz", ".gpx"])
def test_rounding_breaks_no_shape(tmp_path, suffix):
    assert NEEDLE.is_valid and not shapely.transform(NEEDLE, lambda points: points.round(9)).is_valid
    fine = shapely.box(127 + 1 / 3, 38, 127.4, 38.1)
    told = write(PLAIN.set_geometry([fine, NEEDLE]), tmp_path / f"n{suffix}", NOTICE)
    assert next(loss.told for loss in told if loss.kind == "precision").endswith("; 1 shapes too thin for that keep more")
    back = shapes_read(tmp_path / f"n{suffix}")
    assert shapely.is_valid(back).all()
    decimals = {".geojson": 7, ".csv": 9}.get(suffix, 6)
    assert np.array_equal(np.sort(np.unique(shapely.get_coordinates(back[0])[:, 0])), [round(127 + 1 / 3, decimals), 127.4])


def test_a_bow_tie_is_not_written_with_more_digits(tmp_path):
    bow = shapely.Polygon([(127 + 1 / 3, 38), (128, 39), (128, 38), (127, 39)])
    told = write(PLAIN.set_geometry([bow, SQUARE]), tmp_path / "n.geojson", NOTICE)
    assert [loss.told for loss in told if loss.kind == "precision"] == ["n: coordinates are rounded to 7 decimals of a degree"]


def test_counts_stay_whole_numbers(tmp_path):
    frame = PLAIN.assign(emplaced_n=[12.0, np.nan], searched_n=[1.5, 2.0], km=[1.0, 2.0])
    write(frame, tmp_path / "n.gpkg", NOTICE)
    info = pyogrio.read_info(tmp_path / "n.gpkg")
    kinds = dict(zip(info["fields"], info["dtypes"], strict=True))
    assert kinds["emplaced_n"].startswith("int") and kinds["searched_n"] == kinds["km"] == "float64"
    write(frame, tmp_path / "n.parquet", NOTICE)
    assert gpd.read_parquet(tmp_path / "n.parquet").emplaced_n.astype("Int64").fillna(-1).tolist() == [12, -1]
    for suffix in (".csv", ".shp", ".fgb", ".geojson", ".kml"):
        write(frame, tmp_path / f"m{suffix}", NOTICE)
        back = read_back(tmp_path / f"m{suffix}").set_index("id")
        assert pd.to_numeric(back[back.columns[back.columns.str.startswith("emplaced_n")][0]]).fillna(-1).to_dict() == {
            "a": 12,
            "b": -1,
        }


def test_a_csv_read_and_written_again_is_the_same(tmp_path):
    ring = "POLYGON ((200000 600000, 200100 600000, 200100 600100.123, 200000 600000))"
    rows = [f'a,"{ring}",EPSG:5186,200000', '"b","POLYGON ((127 38, 127.1 38, 127.1 38.1, 127 38))",Tokyo,127']
    (tmp_path / "0.csv").write_text("\n".join(["id,wkt,crs_entered,entered_x", *rows]))
    for number in range(3):
        survey = read_survey(tmp_path / f"{number}.csv")
        assert survey.findings.empty and survey.frame.crs == LONLAT
        write({"hazards": marked(survey.frame)}, tmp_path / f"{number + 1}.csv", NOTICE)
    assert (tmp_path / "2.csv").read_bytes() == (tmp_path / "1.csv").read_bytes() == (tmp_path / "3.csv").read_bytes()
    assert survey.frame.crs_entered.tolist() == ["EPSG:5186", "Tokyo"]
    assert survey.frame.geometry[0].bounds[:2] == pytest.approx((127, 38), abs=1e-8)
    (tmp_path / "own.csv").write_text((tmp_path / "1.csv").read_text().replace("EPSG:5186", "").replace("Tokyo", ""))
    assert read_survey(tmp_path / "own.csv").frame.crs == LONLAT


def test_an_own_shapefile_reads_back_although_its_headings_are_cut(tmp_path):
    areas = {name: [1210.0, 5000.0] for name in HAZARD_FIELDS if name.endswith("_m2")}
    frame = marked(PLAIN[["id", "land_class", "geometry"]].assign(**areas, unaccounted_n=[3.0, np.nan]))
    write(frame, tmp_path / "own.shp", NOTICE)
    survey = read_survey(tmp_path / "own.shp")
    assert survey.findings.empty and all(survey.frame[name].tolist() == [1210, 5000] for name in areas)
    assert survey.number("unaccounted_n").tolist()[0] == 3 and survey.carried == ("simulated",)
    write(frame.drop(columns="simulated"), tmp_path / "other.shp", NOTICE)  # area_reported_ha would be cut to the same
    assert "area_repor" in set(read_survey(tmp_path / "other.shp").findings["value"])


def marked(frame):
    blanks = {"basis": "supplied", "simulated": False}
    return frame.assign(**{name: value for name, value in blanks.items() if name not in frame})


@pytest.mark.parametrize("suffix", ["gpkg", "parquet", "fgb"])
def test_dates_that_reading_turns_into_text_are_told(tmp_path, suffix):
    frame = PLAIN[["id", "geometry"]].assign(since=pd.to_datetime(["2024-05-01", "2024-05-02"]), told="2024-05-01")
    path = tmp_path / f"own.{suffix}"
    frame.to_parquet(path) if suffix == "parquet" else frame.to_file(path)
    assert [loss.told for loss in dates_as_text(path, "")] == ["own: dates of since are written as ISO text"]
    write(frame, tmp_path / f"n.{suffix}", NOTICE)
    assert dates_as_text(tmp_path / f"n.{suffix}", "") == []
    (tmp_path / "a.csv").write_text("since\n2024-05-01\n")
    assert dates_as_text(tmp_path / "a.csv", "") == []


def test_pieces_come_in_their_order_whichever_is_ready_first():
    frame = gpd.GeoDataFrame({"id": range(9)}, geometry=[shapely.box(n, 0, n + 1, 1) for n in range(9)], crs=4326)

    def slow_first(piece):
        time.sleep(0.02 if piece.frame["id"].iloc[0] % 2 == 0 else 0)
        return piece.frame["id"].tolist()

    made = list(made_in_order(slow_first, chunks(FieldLayer("a", frame, "", ""), most=5)))
    assert len(made) > 4 and [row for piece in made for row in piece] == list(range(9))


def test_what_goes_wrong_in_a_piece_is_raised():
    frame = gpd.GeoDataFrame({"id": [1]}, geometry=[shapely.box(0, 0, 1, 1)], crs=4326)
    with pytest.raises(ZeroDivisionError):
        list(made_in_order(lambda piece: 1 // 0, chunks(FieldLayer("a", frame, "", ""))))
