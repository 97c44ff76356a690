"""The verbs check and convert as a user meets them: what is printed, what is written, and how they end."""

import json
import shutil
import stat

import geopandas as gpd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from geo.area import read_area
from geo.generalise import prove
from geo.layer import COMMON_COLUMNS
from geo.measure import areas_m2
from layers.cli import main

PLACE = shapely.box(504_300, 2_208_300, 504_400, 2_208_500)  # in one 1 km cell of the demo's grid, inside its bounds
FILLED = {"land_class": "SHA", "land_status": "open", "source": "survey", "as_of": "2025-05-01", "precision_m": 2.0}


def written(path, shapes, **columns):
    rows = {"hazard_id": [f"YC-{n:03d}" for n in range(len(shapes))], **FILLED, **columns}
    gpd.GeoDataFrame(rows, geometry=shapes, crs=32626).to_file(path)
    return path


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


@pytest.fixture
def sound(tmp_path):
    return written(tmp_path / "sound.gpkg", [PLACE, shapely.transform(PLACE, lambda xy: xy + 1000)])


@pytest.fixture
def broken(tmp_path):
    tie = shapely.Polygon([(504_300, 2_208_300), (504_400, 2_208_400), (504_400, 2_208_300), (504_300, 2_208_400)])
    return written(tmp_path / "broken.gpkg", [PLACE, tie, None], hazard_id=["YC-000", "YC-001 ", "YC-002"])


def test_a_sound_file_passes(sound):
    done = run("check", sound, "--area", "demo", "--today", "2025-06-01")
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == "sound.gpkg: 2 hazards read: 0 errors, 0 warnings, 0 information"
    assert "places not checked" not in done.stderr


def test_errors_are_told_by_record_and_end_with_three(broken):
    done = run("check", broken, "--today", "2025-06-01")
    assert done.exit_code == 3
    assert 'E G01 broken.gpkg: hazard "YC-001 ": invalid polygon: Self-intersection at 504350.00, 2208350.00' in done.stdout
    assert 'E S01 broken.gpkg: hazard "YC-002": no geometry (missing)' in done.stdout
    assert "places not checked: name the study area with --area" in done.stderr


def test_json_is_json_and_nothing_else(broken):
    done = run("check", broken, "--json", "--today", "2025-06-01")
    found = json.loads(done.stdout)
    assert {row["code"] for row in found} >= {"G01", "S01"}
    keys = {"code", "severity", "file", "layer", "hazard_id", "part", "point", "value", "expected", "message"}
    assert all(keys <= set(row) and set(row["message"]) == {"en", "ko"} for row in found)


def test_a_warning_counts_as_an_error_only_if_asked(tmp_path):
    closed = written(tmp_path / "long.gpkg", [shapely.box(504_300, 2_208_300, 511_000, 2_208_400)])
    assert run("check", closed, "--today", "2025-06-01").exit_code == 0
    assert run("check", closed, "--today", "2025-06-01", "--strict").exit_code == 3
    assert run("check", closed, "--today", "2025-06-01", "--strict", "--limit", "step_m=7000").exit_code == 0
    assert run("check", closed, "--today", "2025-06-01", "--strict", "--ignore", "G14").exit_code == 0


def test_a_repair_loses_nothing_and_lists_what_it_did(broken, tmp_path):
    out = tmp_path / "mended.gpkg"
    done = run("check", broken, "--repair", out, "--places", tmp_path / "places.gpkg", "--today", "2025-06-01")
    assert "3 in = 2 out + 1 rejected" in done.stderr
    mended, rejects = (pyogrio.read_dataframe(out, layer=name) for name in ("hazards", "rejects"))
    assert len(mended) + len(rejects) == 3
    assert mended.geometry.is_valid.all()
    assert set(pyogrio.read_dataframe(out, layer="changes").repair) >= {"make_valid", "trim_ids"}
    again = run("check", broken, "--repair", out)
    assert again.exit_code == 2 and "target exists" in again.stderr


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--kind", "hazard"), "unknown kind of record: hazard: did you mean hazards?"),
        (("--limit", "step=5"), "unknown limit: step: did you mean step_m?"),
        (("--limit", "step_m=far"), "bad limit: step_m=far: expected NAME=NUMBER"),
        (("--limit", "step_m=0"), "expected a number above 0"),
        (("--ignore", "G99"), "unknown word: G99"),
        (("--tier", "secret"), "unknown word: secret"),
        (("--today", "soon"), "no date: --today: expected YYYY-MM-DD, found soon"),
        (("--area", "nowhere"), "unknown study area: nowhere"),
        (("--columns", "imsma"), "imsma"),
        (("--layer", "other"), "unknown layer"),
    ],
)
def test_wrong_use_is_one_line_with_status_two(sound, arguments, said):
    done = run("check", sound, *arguments)
    assert done.exit_code == 2
    assert said in done.stderr and len(done.stderr.splitlines()) == 1


def test_an_unknown_column_gets_a_map_to_start_from(tmp_path):
    path = written(tmp_path / "own.gpkg", [PLACE], **{"statuss": ["open"]})
    done = run("check", path, "--today", "2025-06-01")
    assert "A column map to start from" in done.stdout and "statuss" in done.stdout


def test_public_conversion_writes_cells_that_tell_no_place(sound, tmp_path):
    out = tmp_path / "cells.geojson"
    assert run("convert", sound, out, "--area", "demo").exit_code == 0
    cells = gpd.read_file(out)
    assert len(cells) == 2
    assert areas_m2(cells) == pytest.approx([1e6, 1e6], rel=2e-3)
    prove(cells.assign(sources="supplied"), area=read_area("demo"), name="cells", layer="unconfirmed_minefields")
    assert set(cells.columns) <= {*COMMON_COLUMNS, "precision_m", "land_status", "valid_from", "valid_to", "geometry"}
    assert "YC-000" not in out.read_text()


def test_restricted_conversion_keeps_every_column_for_its_owner_alone(sound, tmp_path):
    out = tmp_path / "own.fgb"
    done = run("convert", sound, out, "--tier", "restricted")
    assert done.exit_code == 0
    back = gpd.read_file(out).sort_values("id")  # FlatGeobuf puts rows in the order of their places
    assert back.id.tolist() == ["YC-000", "YC-001"] and back.crs.to_epsg() == 32626
    assert shapely.equals(back.geometry.iloc[0].normalize(), PLACE.normalize())
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    run("convert", sound, tmp_path / "again.fgb", "--tier", "restricted")
    assert (tmp_path / "again.fgb").stat().st_size == out.stat().st_size


def test_what_a_format_cannot_hold_is_told(sound, tmp_path):
    done = run("convert", sound, tmp_path / "own.gpx", "--tier", "restricted")
    assert "not held by .gpx: hazards: polygons are closed tracks" in done.stderr


def test_unusable_records_stop_a_conversion_unless_they_are_left_out(broken, tmp_path):
    out = tmp_path / "out.geojson"
    done = run("convert", broken, out, "--tier", "restricted")
    assert done.exit_code == 3 and "YC-001" in done.stderr and not out.exists()
    done = run("convert", broken, out, "--tier", "restricted", "--as-is")
    assert done.exit_code == 0
    assert "left out, 2 of 3 records: YC-001 , YC-002" in done.stderr
    assert gpd.read_file(out).id.tolist() == ["YC-000"]


@pytest.mark.parametrize(
    ("target", "arguments", "status", "said"),
    [
        ("out.doc", (), 2, "unknown format"),
        ("out.gdb", (), 2, "not written"),
        ("sound.gpkg", (), 2, "this is an input"),
        ("other.gpkg", (), 2, "target exists"),
        ("out.gpkg", ("--area", "korea"), 3, "2 records outside the study area korea: sound.gpkg"),
        ("out.gpkg", ("--tier", "secret"), 2, "unknown tier: secret"),
        ("out.gpkg", ("--dst-crs", "EPSG:99999"), 2, "EPSG:99999"),
    ],
)
def test_a_conversion_that_cannot_be_is_one_line(sound, tmp_path, target, arguments, status, said):
    shutil.copy(sound, tmp_path / "other.gpkg")
    before = sorted(tmp_path.iterdir())
    done = run("convert", sound, tmp_path / target, "--area", "demo", *arguments)
    assert done.exit_code == status
    assert said in done.stderr and len(done.stderr.splitlines()) == 1
    assert sorted(tmp_path.iterdir()) == before


def test_finds_become_cells_with_a_count_that_tells_no_one(tmp_path):
    path = tmp_path / "finds.csv"
    rows = "\n".join(f"f{n},2020-07-{n + 1:02d},{2_208_300 + n},{504_300 + n},Kim {n}" for n in range(6))
    path.write_text(f"id,date,northing,easting,finder\n{rows}\n")
    out = tmp_path / "finds.geojson"
    done = run("convert", path, out, "--kind", "finds", "--crs", "EPSG:32626", "--area", "demo")
    assert done.exit_code == 0, done.stderr
    cells = gpd.read_file(out)
    assert cells.told.tolist() == ["6"]
    assert "Kim" not in out.read_text()


@pytest.mark.parametrize("option", ["--places", "--repair"])
def test_a_check_never_writes_over_what_it_reads(sound, option):
    before = sound.read_bytes()
    done = run("check", sound, option, sound, "--overwrite")
    assert done.exit_code == 2 and "this is an input" in done.stderr
    assert sound.read_bytes() == before


def test_a_conversion_never_writes_over_what_it_reads(sound):
    before = sound.read_bytes()
    done = run("convert", sound, sound, "--area", "demo", "--overwrite")
    assert done.exit_code == 2 and "this is an input" in done.stderr
    assert sound.read_bytes() == before


def test_both_outputs_of_a_check_are_geopackages_of_their_own(sound, tmp_path):
    assert "no GeoPackage" in run("check", sound, "--repair", tmp_path / "x.shp").stderr
    one = tmp_path / "one.gpkg"
    assert "one file for two" in run("check", sound, "--repair", one, "--places", one).stderr
    assert not one.exists()


def test_collapsed_rings_are_not_written(tmp_path):
    path, out = tmp_path / "few.csv", tmp_path / "few.gpkg"
    path.write_text('id,wkt\na,"POLYGON((127 38,127 38,127 38,127 38))"\n')
    done = run("convert", path, out, "--crs", "EPSG:4326", "--tier", "restricted")
    assert done.exit_code == 3 and not out.exists()
    done = run("convert", path, out, "--crs", "EPSG:4326", "--tier", "restricted", "--as-is")
    assert done.exit_code == 3 and "no usable record" in done.stderr and not out.exists()
