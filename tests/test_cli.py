"""The command: what it prints, and how it answers wrong use."""

import json
import shutil
import signal
import subprocess
import sys
import tomllib
from functools import partial
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

import geo.reproduce
from geo.area import read_area
from geo.build import read_manifest
from layers.cli import main

LON, LAT = -27.0, 19.98  # on land, south of the demo's front


def run(*arguments):
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def squares(crs=4326, **columns):
    boxes = [shapely.box(LON, LAT, LON + 0.01, LAT + 0.01)]
    return gpd.GeoDataFrame({"hazard_id": ["S-1"], **columns}, geometry=boxes, crs=crs)


@pytest.fixture
def files(tmp_path):
    """Files a user might hand in by mistake."""
    squares().to_file(tmp_path / "good.gpkg")
    text = squares().drop(columns="geometry").assign(WKT=[shapely.box(LON, LAT, LON + 0.01, LAT + 0.01).wkt])
    text.to_csv(tmp_path / "nocrs.csv", index=False)
    gpd.GeoDataFrame({"hazard_id": ["S-1"]}, geometry=gpd.points_from_xy([LON], [LAT], crs=4326)).to_file(
        tmp_path / "points.gpkg"
    )
    squares().to_file(tmp_path / "noword.gpkg")
    squares(layer=["dmzz"]).to_file(tmp_path / "badword.gpkg")
    (tmp_path / "empty.geojson").write_text("")
    (tmp_path / "corrupt.gpkg").write_bytes(b"not a database at all" * 50)
    (tmp_path / "broken.toml").write_text("[mcz\nfigure = 1")
    (tmp_path / "unknown.toml").write_text("[allocation]\naspekt = 5.0")
    (tmp_path / "degrees.toml").write_text('crs = "EPSG:4326"')
    (tmp_path / "nonsense.toml").write_text('crs = "EPSG:999999"')
    (tmp_path / "shares.toml").write_text('[allocation]\nzone_shares = "mine"')
    (tmp_path / "afile").write_text("")
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "notes.txt").write_text("mine")
    (tmp_path / "sub").mkdir()
    squares().to_file(tmp_path / "sub" / "good.gpkg")
    return tmp_path


WRONG = [
    (("build", "atlantis"), 2, "unknown study area: atlantis"),
    (("build", "{0}/full"), 2, "no area.toml"),
    (("build", "demo", "--series", "demo2020"), 2, "did you mean demo-2020"),
    (("build", "korea", "--series", "jcs-2018"), 2, "planned area"),
    (("build", "korea", "--series", "krimc-2018"), 2, "number of planned fields"),
    (("build", "demo", "--tier", "secret"), 2, "unknown tier"),
    (("build", "demo", "--workers", "0"), 2, "too few workers"),
    (("build", "demo", "--scheduler", "tcp://127.0.0.1:1"), 2, "minemap[cluster]"),
    (("build", "demo", "--config", "{0}/absent.toml"), 2, "missing file"),
    (("build", "demo", "--config", "{0}/broken.toml"), 2, "not readable as TOML"),
    (("build", "demo", "--config", "{0}/unknown.toml"), 2, "did you mean allocation.aspect"),
    (("build", "demo", "--config", "{0}/degrees.toml"), 2, "unsuitable CRS"),
    (("build", "demo", "--config", "{0}/nonsense.toml"), 2, "unknown CRS"),
    (("build", "demo", "--config", "{0}/shares.toml"), 2, "unknown zone shares"),
    (("build", "demo", "--planned", "{0}/absent.gpkg"), 2, "absent.gpkg"),
    (("build", "demo", "--planned", "{0}/empty.geojson"), 3, "empty.geojson"),
    (("build", "demo", "--planned", "{0}/corrupt.gpkg"), 3, "corrupt.gpkg"),
    (("build", "demo", "--planned", "{0}/nocrs.csv"), 3, "CRS"),
    (("build", "demo", "--planned", "{0}/points.gpkg"), 3, "points.gpkg"),
    (("build", "demo", "--boundary", "{0}/noword.gpkg"), 3, "a column 'layer' with mdl"),
    (("build", "demo", "--boundary", "{0}/badword.gpkg"), 3, "mdl, dmz or mcz"),
    (("build", "demo", "--planned", "{0}/good.gpkg", "--unconfirmed", "{0}/sub/good.gpkg"), 2, "share a name"),
    (("build", "demo", "-o", "{0}/full"), 2, "--overwrite"),
    (("build", "demo", "-o", "{0}/full", "--overwrite"), 2, "no minemap build"),
    (("build", "demo", "-o", "{0}/afile"), 2, "target is a file"),
    (("build", "demo", "-o", "/proc/atlas"), 2, "cannot write"),
    (("verify", "{0}/full"), 2, "no minemap build"),
    (("map", "{0}/full"), 2, "no minemap build"),
    (("areas", "demo", "--by", "province"), 2, "province"),
    (("sources", "atlantis"), 2, "unknown study area"),
    (("new", "{0}/full"), 2, "target exists"),
    (("build", "demo", "--colour", "red"), 2, "--colour"),
]


@pytest.mark.parametrize(
    ("arguments", "status", "told"), WRONG, ids=lambda value: " ".join(value) if isinstance(value, tuple) else None
)
def test_wrong_use_is_told_in_one_line_with_its_status(files, arguments, status, told):
    before = sorted(path.relative_to(files).as_posix() for path in files.rglob("*"))
    extra = ["-o", files / "out"] if arguments[0] == "build" and "-o" not in arguments else []
    result = run(*(argument.format(files) for argument in arguments), *extra)
    assert (result.exit_code, told in result.output) == (status, True), result.output
    assert "Traceback" not in result.output
    assert before == sorted(path.relative_to(files).as_posix() for path in files.rglob("*")), "nothing is left behind"


def test_a_huge_file_is_refused_before_it_is_read(files):
    with (files / "huge.gpkg").open("wb") as stream:
        stream.truncate(5_000_000_000)  # sparse: takes no room on the disk
    result = run("build", "demo", "--planned", files / "huge.gpkg", "-o", files / "out")
    assert result.exit_code == 3 and "huge.gpkg: expected at most 4,000,000,000 bytes" in result.output


@pytest.mark.parametrize(
    ("sent", "status", "words"),
    [(signal.SIGINT, 130, "minemap: interrupted; nothing was written\n"), (signal.SIGTERM, 143, "")],
)
def test_a_signal_leaves_nothing_behind(tmp_path, sent, status, words):
    command = [sys.executable, "-m", "layers.cli", "build", "demo", "-o", str(tmp_path / "out")]
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)  # a run in the background is born deaf to it
    with subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, preexec_fn=heard) as running:
        assert running.stderr.readline() == "building demo ...\n"
        running.send_signal(sent)
        _, told = running.communicate(timeout=60)
    assert (running.returncode, told) == (status, words)
    assert not list(tmp_path.iterdir())


@pytest.fixture(scope="module")
def built(demo_build):
    return demo_build[0]


def test_build_prints_the_table_and_the_map(demo_build):
    folder, told, told_beside = demo_build
    assert f"map: {folder / 'atlas.html'}" in told
    for word in ("planned_minefields", "by construction", "half_width", "shared_km2", "does not mean no mines"):
        assert word in told
    assert "building demo" in told_beside


def test_areas_of_a_build_are_its_csv(built):
    printed = run("areas", built, "--format", "csv").stdout
    assert printed == (built / "areas.csv").read_text(encoding="utf-8")
    rows = json.loads(run("areas", built, "--format", "json").stdout)
    assert [row["layer"] for row in rows] == pd.read_csv(built / "areas.csv").layer.tolist()
    assert run("areas", built, "--format", "markdown").stdout.startswith("| layer | part |")


def test_verify_holds_and_then_names_what_was_changed(built, tmp_path, monkeypatch):
    assert run("verify", built).exit_code == 0
    folder = shutil.copytree(built, tmp_path / "demo")
    table = folder / "areas.csv"
    table.write_bytes(table.read_bytes().replace(b"2.0", b"2.5", 1))
    monkeypatch.setattr(geo.reproduce, "_cook", lambda *_: None)  # once made again is enough: it was the same as the build
    monkeypatch.setattr(geo.reproduce, "write_build", lambda _, again: read_manifest(shutil.copytree(built, again)))
    result = run("verify", folder)
    assert result.exit_code == 1 and "areas.csv" in result.stdout


def test_the_map_alone_is_the_map_of_the_build(built, tmp_path):
    result = run("map", built, "-o", tmp_path / "map.html")
    assert result.exit_code == 0, result.output
    assert (tmp_path / "map.html").read_bytes() == (built / "atlas.html").read_bytes()


def test_sources_lists_every_row():
    area = read_area("demo")
    rows = json.loads(run("sources", "demo", "--format", "json").stdout)
    assert len(rows) == sum(map(len, area.tables.values())) + len(area.lines)
    assert all(row["source"] for row in rows)
    assert run("sources", "demo", "--check").exit_code == 0


def test_sources_check_fails_on_a_changed_table(tmp_path):
    folder = tmp_path / "mine"
    assert run("new", "mine", "-o", folder).exit_code == 0
    with (folder / "places.csv").open("a", encoding="utf-8") as table:
        table.write("\n")
    result = run("sources", folder, "--check")
    assert result.exit_code == 1 and "CHANGED  places.csv" in result.stdout


def test_a_new_area_builds(tmp_path):
    folder = tmp_path / "mine"
    run("new", "mine", "-o", folder)
    tomllib.loads((folder / "area.toml").read_text(encoding="utf-8"))
    result = run("build", folder, "-o", tmp_path / "out")
    assert result.exit_code == 0, result.output
    assert run("verify", tmp_path / "out", "--inputs", folder).exit_code == 0


@pytest.mark.parametrize("by", ["class", "district"])
def test_groupings_add_up(demo, monkeypatch, by):
    monkeypatch.setattr("layers.show.build", lambda *_, **__: demo)
    table = pd.DataFrame(json.loads(run("areas", "demo", "--by", by, "--format", "json").stdout)).dropna(subset=["net_km2"])
    assert ((table.gross_km2 - table.overlap_km2 - table.net_km2).abs() < 1e-6).all()


def test_series_side_by_side():
    result = run("areas", "demo", "--all-series")
    assert "demo-2020" in result.stdout and "demo-2010" in result.stdout


@pytest.mark.parametrize("verb", ["build", "areas", "map", "verify", "sources", "new"])
def test_help_ends_with_an_example_and_the_exit_codes(verb):
    text = run(verb, "--help").output
    assert f"Example: minemap {verb}" in text and "Exit status" in text


def test_options_may_come_from_the_environment(tmp_path):
    runner = CliRunner(env={"MINEMAP_BUILD_SERIES": "nothing"})
    result = runner.invoke(main, ["build", "demo", "-o", str(tmp_path / "out")])
    assert result.exit_code == 2 and "nothing" in result.output
    assert Path(tmp_path / "out").exists() is False
