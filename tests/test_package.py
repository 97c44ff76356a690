"""The package as users get it: a wheel with the data inside, a guard against another geo, pins without addresses."""

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def python(*arguments, cwd, path):
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MINEMAP")}
    command = [sys.executable, "-P", *map(str, arguments)]
    return subprocess.run(
        command, cwd=cwd, env={**environment, "PYTHONPATH": str(path)}, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(
        command, capture_output=True, text=True, check=False, env={**os.environ, "SOURCE_DATE_EPOCH": "1577836800"}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return next(folder.glob("*.whl"))


@pytest.fixture(scope="module")
def unpacked(wheel, tmp_path_factory):
    folder = tmp_path_factory.mktemp("unpacked")
    zipfile.ZipFile(wheel).extractall(folder)
    return folder


def test_the_wheel_holds_two_packages_and_the_data(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    top = {name.split("/")[0] for name in names}
    assert {name for name in top if not name.endswith(".dist-info")} == {"geo", "layers"}
    for part in (
        "geo/_data/korea/area.toml",
        "geo/_data/demo/area.toml",
        "geo/maps/page/atlas.css",
        "geo/py.typed",
        "layers/py.typed",
    ):
        assert part in names
    assert wheel.stat().st_size < 5_000_000


def test_the_command_runs_from_the_wheel_in_another_folder(unpacked, tmp_path):
    where = python("-c", "import geo.source; print(geo.source.data_folder())", cwd=tmp_path, path=unpacked)
    assert Path(where.stdout.strip()) == unpacked / "geo" / "_data", where.stderr
    done = python("-m", "layers.cli", "build", "demo", "-o", tmp_path / "out", cwd=tmp_path, path=unpacked)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "out" / "atlas.html").is_file()


def test_another_geo_is_named(unpacked, tmp_path):
    (tmp_path / "geo").mkdir()
    (tmp_path / "geo" / "__init__.py").write_text("")
    done = python("-c", "import layers", cwd=tmp_path, path=f"{tmp_path}{os.pathsep}{unpacked}")
    assert done.returncode != 0 and "another package named 'geo' was found at" in done.stderr


def test_importing_geo_stays_light(tmp_path):
    code = "import sys, geo; print(sorted({'rasterio', 'folium', 'matplotlib', 'geopandas', 'layers'} & set(sys.modules)))"
    done = python("-c", code, cwd=tmp_path, path=ROOT)
    assert done.stdout.strip() == "[]", done.stderr


def test_pins_hold_no_addresses():
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert lines and all("==" in line and "://" not in line and " @ " not in line for line in lines)


def test_the_installed_version_is_that_of_the_changelog():
    from importlib.metadata import version

    assert f"## {version('minemap')}" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_data_and_tests_are_never_packages():
    assert not list((ROOT / "data").rglob("__init__.py")) + list((ROOT / "tests").rglob("__init__.py"))
