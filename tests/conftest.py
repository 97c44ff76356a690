"""What many tests share: the invented country, read and built once."""

import shutil

import pytest
from toyland import built, pristine, survey, toyland  # noqa: F401, fixtures of two test files

import layers
from geo.area import read_area
from geo.land import ground
from geo.source import data_folder


@pytest.fixture(scope="session")
def demo_area():
    return read_area("demo")


@pytest.fixture(scope="session")
def demo():
    """Return the demo atlas; tests do not change it."""
    return layers.build("demo")


@pytest.fixture(scope="session")
def korea():
    """Return the default Korean atlas; tests do not change it."""
    return layers.build("korea")


@pytest.fixture(scope="session")
def demo_ground(demo_area):
    return ground(demo_area)


@pytest.fixture
def own_area(tmp_path):
    """Return the path of a copy of the demo that a test may change."""
    return shutil.copytree(data_folder() / "demo", tmp_path / "mycountry")
