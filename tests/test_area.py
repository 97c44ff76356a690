"""A study area is read once, overridden by name, and refused with the nearest word where a name is a slip."""

import struct
import zlib

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.area import NUMBERS, TABLES, plane_crs, read_area, read_lines, read_table
from geo.errors import ConfigError, DataError
from geo.settings import merged
from geo.source import data_folder


def change(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def test_the_demo(demo_area):
    assert (demo_area.name, demo_area.title_ko) == ("demo", "데모: 가상국")
    assert demo_area.bounds == (-27.2, 19.75, -26.7, 20.2)
    assert demo_area.crs.to_epsg() == 32626
    assert set(demo_area.tables) == set(TABLES)
    assert demo_area.settings["synthetic"] is True
    assert set(demo_area.sources) == {"invented"}
    with pytest.raises(TypeError):
        demo_area.settings["seed"] = 1
    with pytest.raises(TypeError):
        demo_area.tables["zones"] = None


def test_tables_hold_text_and_numbers(demo_area):
    for frame in demo_area.tables.values():
        for column in frame:
            if column in NUMBERS:
                assert frame[column].dtype == np.float64
            elif column == "value_places":
                assert frame[column].dtype == np.int64
            else:
                assert frame[column].map(type).eq(str).all()
    reported = demo_area.tables["reported"].set_index("key")
    assert np.isnan(reported.value["demo-victims.casualties.whole.2015"])
    assert reported.source_url["demo-2020.planned_area.whole.2020"] == ""


def test_lines(demo_area):
    assert demo_area.lines.crs.to_epsg() == 4326
    assert demo_area.line("island_holm").is_closed
    assert len(demo_area.line("front").coords) == 41
    assert set(demo_area.lines.kind) == {"mdl", "border", "coast", "island", "river", "estuary"}
    with pytest.raises(DataError, match=r"unknown line: .*lines.csv: frnt: did you mean front"):
        demo_area.line("frnt")


def test_figures(demo_area):
    assert demo_area.figure("dmz.area.north").value == 80
    assert demo_area.figure("demo-2020.planned_area.whole.2020").unit == "km2"
    with pytest.raises(DataError, match=r"unknown figure: .*dmz.area.nort: did you mean dmz.area.north"):
        demo_area.figure("dmz.area.nort")


def test_overrides_are_merged_and_the_file_stays_as_it_is(demo_area):
    other = read_area("demo", {"seed": 7, "allocation": {"aspect": 3.0}, "mcz": {"limits": []}})
    assert (other.settings["seed"], other.settings["allocation"]["aspect"]) == (7, 3.0)
    assert other.settings["allocation"]["cell_km"] == 1.0
    assert other.settings["mcz"]["limits"] == []
    assert demo_area.settings["seed"] == 2020
    assert read_area("demo").settings["allocation"]["aspect"] == 5.0


@pytest.mark.parametrize(
    ("overrides", "message"),
    [
        ({"sead": 1}, r"area.toml, with the settings given: found sead is unknown \(did you mean seed\?\)"),
        ({"allocation": {"aspekt": 1.0}}, "allocation.aspekt is unknown .did you mean allocation.aspect"),
        ({"allocation": {"preference": {"bogus": 1}}}, "allocation.preference.bogus is unknown"),
        ({"mcz": {"figures": {"standard": {"bogus": 1}}}}, "mcz.figures.standard.bogus is unknown"),
        ({"series": {"mine": {"planned_area": "x"}}}, "series.mine.as_of is missing"),
        ({"seed": "x"}, "seed = 'x', expected a whole number from 0"),
        ({"seed": -1}, "seed = -1"),
        ({"seed": True}, "seed = True"),
        ({"mcz": 5}, "mcz is unknown.*mcz.figure is missing"),
        ({"allocation": {"cell_km": 0, "aspect": "wide"}}, "aspect = 'wide', expected a number from 1; allocation.cell_km = 0"),
        ({"allocation": {"size_ln_sd": float("nan")}}, "size_ln_sd = nan"),
        ({"allocation": {"patch_vertices": 11}}, "patch_vertices = 11, expected a whole number from 12 to 1000"),
        ({"front": {"uncertainty_m": 0}}, "front.uncertainty_m = 0, expected a number above 0"),
        ({"dmz": {"other": "x"}}, "dmz.other = 'x', expected a list"),
        ({"synthetic": "no"}, "expected true or false"),
        ({"cleared": [1]}, "expected a list of tables"),
        ({"bounds": [1, 2]}, "bad bounds"),
        ({"bounds": [10, 20, 5, 30]}, "bad bounds"),
    ],
)
def test_slips_in_the_settings_are_told(overrides, message):
    with pytest.raises(ConfigError, match=message):
        read_area("demo", overrides)


def test_every_fault_is_told_at_once():
    with pytest.raises(ConfigError) as told:
        read_area("demo", {"seed": "x", "title_en": "", "crs": 5186})
    assert all(word in str(told.value) for word in ("seed", "title_en", "crs"))


def test_names_of_ones_own_are_free():
    own = {"planned": {"dmz": 1}, "unconfirmed": {"ccz": 1}, "source_planned": "invented", "source_unconfirmed": "invented"}
    assert "mine" in read_area("demo", {"zone_shares": {"mine": own}}).settings["zone_shares"]


def test_tables_merge_and_values_replace():
    assert merged({"a": {"b": 1}}, {"a": 2}) == {"a": 2}
    assert merged({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}}) == {"a": {"b": 3, "c": 2}}


@pytest.mark.parametrize(
    ("crs", "message"),
    [
        ("EPSG:4326", "unsuitable CRS: here: expected a projected CRS in metres"),
        ("EPSG:3857", "unsuitable CRS"),
        ("EPSG:2263", "unsuitable CRS"),  # feet
        ("EPSG:99999", "unknown CRS: here: found EPSG:99999: write it as"),
        ("EPSG:none", "unknown CRS"),
    ],
)
def test_unsuitable_crs(crs, message):
    with pytest.raises(ConfigError, match=message):
        plane_crs(crs, "here")
    with pytest.raises(ConfigError, match=message.replace("here", ".*area.toml")):
        read_area("demo", {"crs": crs})


@pytest.mark.parametrize("name", ["nowhere", "dem", "../demo", "/no/such/folder"])
def test_unknown_area(name):
    with pytest.raises(ConfigError, match=r"unknown study area: .*known: demo, korea, or the path of a folder"):
        read_area(name)


def test_a_folder_of_ones_own(own_area):
    change(own_area / "area.toml", 'title_en = "Demo: an invented country"', 'title_en = "My country"')
    mine = read_area(own_area)
    assert (mine.name, mine.title_en) == ("mycountry", "My country")
    assert read_area(str(own_area)).folder == own_area


def test_a_folder_without_settings(tmp_path):
    with pytest.raises(ConfigError, match=r"no area.toml in the folder"):
        read_area(tmp_path)


def test_broken_settings_are_told_with_their_line(own_area):
    (own_area / "area.toml").write_text("title_en = \n", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"not readable as TOML: .*line 1"):
        read_area(own_area)


def test_a_missing_table(own_area):
    (own_area / "zones.csv").unlink()
    with pytest.raises(DataError, match=r"missing table: .*zones.csv"):
        read_area(own_area)


def test_a_bad_number_is_told_with_row_and_column(own_area):
    change(own_area / "zones.csv", "dmz.area.north,demo,area,dmz_north,80,", "dmz.area.north,demo,area,dmz_north,eighty,")
    with pytest.raises(DataError, match=r"not a number: .*zones.csv: row 9, value: found 'eighty'|not a number.*'eighty'"):
        read_area(own_area)


def test_a_table_that_is_not_utf8(tmp_path):
    path = tmp_path / "places.csv"
    path.write_bytes("name_ko\n서울\n".encode("cp949"))
    with pytest.raises(DataError, match=r"not readable as UTF-8 CSV"):
        read_table(path)


def test_an_empty_table_file(tmp_path):
    (tmp_path / "places.csv").write_text("")
    with pytest.raises(DataError, match=r"not readable as UTF-8 CSV"):
        read_table(tmp_path / "places.csv")


def test_a_line_needs_two_points(tmp_path):
    (tmp_path / "lines.csv").write_text(
        "line_id,kind,name_en,name_ko,source,seq,lon,lat\na,coast,,,s,0,1,2\nb,coast,,,s,0,1,2\nb,coast,,,s,1,3,4\n"
    )
    with pytest.raises(DataError, match=r"a line needs two points: .*: a$"):
        read_lines(tmp_path / "lines.csv")


def test_points_are_taken_in_their_order(tmp_path):
    (tmp_path / "lines.csv").write_text(
        "line_id,kind,name_en,name_ko,source,seq,lon,lat\na,coast,,,s,10,3,4\na,coast,,,s,9,1,2\na,coast,,,s,11,5,6\n"
    )
    assert shapely.get_coordinates(read_lines(tmp_path / "lines.csv").geometry[0]).tolist() == [[1, 2], [3, 4], [5, 6]]


def read_tiff(path):
    """Return heights, upper left corner, cell size and EPSG of a float32 GeoTIFF of one deflated strip (TIFF 6.0)."""
    data = path.read_bytes()
    (start,) = struct.unpack_from("<I", data, 4)
    (n,) = struct.unpack_from("<H", data, start)
    entries = [struct.unpack_from("<HHII", data, start + 2 + 12 * k) for k in range(n)]
    tags = {tag: (count, value) for tag, _, count, value in entries}
    shape = tags[257][1], tags[256][1]
    z = np.frombuffer(zlib.decompress(data[tags[273][1] : tags[273][1] + tags[279][1]]), "<f4").reshape(shape)
    cell = struct.unpack_from("<2d", data, tags[33550][1])
    corner = struct.unpack_from("<5d", data, tags[33922][1])[3:]
    keys = np.frombuffer(data, "<u2", *tags[34735]).reshape(-1, 4)
    return z, corner, cell, dict(keys[:, [0, 3]].tolist())[3072]


def test_terrain_follows_its_formula():
    z, corner, cell, epsg = read_tiff(data_folder() / "demo" / "dem.tif")
    i, j = np.arange(200)[:, None], np.arange(-60, 61)[None, :]
    np.testing.assert_allclose(z, (0.002 * (199 - i) + 0.05 * abs(j)) * 90, rtol=1e-6, atol=1e-6)
    # the middle of 121 columns runs along the Alder
    assert (corner, cell, epsg) == ((510_000 - 60.5 * 90, 2_220_500), (90.0, 90.0), 32626)
    assert (data_folder() / "demo" / "dem.tif").stat().st_size <= 60_000


def test_the_river_runs_down_the_valley(demo_area):
    alder = gpd.GeoSeries([demo_area.line("alder")], crs=4326).to_crs(demo_area.crs)
    points = shapely.get_coordinates(alder)
    assert points[:, 0] == pytest.approx(510_000.0, abs=0.001)
    assert (np.diff(points[:, 1]) < 0).all()


def test_readme_states_what_the_tables_hold(demo_area):
    text = (data_folder() / "demo" / "README.md").read_text(encoding="utf-8")
    for key in (
        "dmz.area.south_westmark",
        "dmz.area.south_eastmark",
        "dmz.area.north",
        "mcz.area.westmark",
        "mcz.area.eastmark",
        "mcz.area.small",
    ):
        assert f"{demo_area.figure(key).value:g} km²" in text
    dams = demo_area.tables["dams"].set_index("dam_id")
    spots = gpd.GeoSeries(gpd.points_from_xy(dams.lon, dams.lat), crs=4326).to_crs(demo_area.crs)
    for spot in spots:
        assert f"{spot.y:,.0f}".replace(",", " ") in text


def test_the_guide_explains_every_setting_and_column(demo_area):
    guide = (data_folder().parent / "docs" / "another-country.md").read_text(encoding="utf-8")
    for table in (*TABLES, "lines"):
        header = pd.read_csv(data_folder() / "demo" / f"{table}.csv", nrows=0).columns
        for column in header:
            assert column in guide, f"{table}.{column}"
    for key, value in demo_area.settings.items():
        named = [
            key,
            *(value if isinstance(value, dict) and key in ("land", "front", "provinces", "dmz", "mcz", "allocation") else []),
        ]
        for word in named:
            assert word in guide, f"{key}: {word}"
