"""What many tests share: the invented country and Korea, read and built once for all processes of a run."""

import os
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from shared import made_once
from toyland import built, pristine, survey, toyland  # noqa: F401, fixtures of two test files

import layers
from geo.area import read_area
from geo.land import ground
from geo.source import data_folder
from layers.cli import main
from layers.request import request
from layers.scene import scene

WORKER = os.environ.get("PYTEST_XDIST_WORKER")  # unset where one process runs all tests
if WORKER:  # numba's cache gives two kernels compiled at the same time one name: each process has its own
    os.environ["NUMBA_CACHE_DIR"] = str(Path(__file__).parents[1] / "build" / "numba" / WORKER)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """Begin with the README, which builds Korea twice: no process shall be left with it when the others are done."""
    items.sort(key=lambda item: item.path.name != "README.md")


@pytest.fixture(scope="session")
def run_folder(tmp_path_factory):
    """Return the folder that the processes of this run share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if WORKER else own


@pytest.fixture(scope="session")
def demo_area():
    return read_area("demo")


@pytest.fixture(scope="session")
def demo(run_folder):
    """Return the demo atlas; tests do not change it."""
    return made_once(run_folder, "demo", lambda: layers.build("demo"))


@pytest.fixture(scope="session")
def demo_2010(run_folder):
    """Return the demo atlas with its other series; tests do not change it."""
    return made_once(run_folder, "demo_2010", lambda: layers.build("demo", series="demo-2010"))


@pytest.fixture(scope="session")
def demo_build(run_folder):
    """Return the folder that `minemap build demo` writes, and what it prints; a test that changes it takes a copy."""

    def written():
        folder = run_folder / "builds" / "demo"
        result = CliRunner().invoke(main, ["build", "demo", "-o", str(folder)])
        assert result.exit_code == 0, result.output
        return folder, result.stdout, result.stderr

    return made_once(run_folder, "demo_build", written)


@pytest.fixture(scope="session")
def korea(run_folder):
    """Return the default Korean atlas; tests do not change it."""
    return made_once(run_folder, "korea", lambda: layers.build("korea"))


@pytest.fixture(scope="session")
def demo_scene():
    """Return what floods of the demo act on; tests do not change it."""
    return scene(request("demo"))


@pytest.fixture(scope="session")
def demo_ground(demo_area):
    return ground(demo_area)


@pytest.fixture
def own_area(tmp_path):
    """Return the path of a copy of the demo that a test may change."""
    return shutil.copytree(data_folder() / "demo", tmp_path / "mycountry")
