"""The map of the straight-line country, and a browser that minds every request."""

import os
import shutil
from dataclasses import replace

import pytest
from maps.country import HOSTILE, atlas_of, hostile, survey_atlas_of
from maps.window import Window
from shared import made_once

from geo.area import read_area
from geo.maps.web import draw_map
from geo.terms import LAYER_NAMES

CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session")
def area():
    return read_area("korea")


@pytest.fixture(scope="session")
def atlas(area):
    return atlas_of(area)


@pytest.fixture(scope="session")
def drawn(run_folder):
    """Return a function that draws a page once for all processes of the run, from its name and what makes its atlas."""

    def path_of(name, make):
        path = run_folder / f"{name}.html"
        return made_once(run_folder, f"{name}-page", lambda: draw_map(make()).save(path))

    return path_of


@pytest.fixture(scope="session")
def page_path(area, drawn):
    return drawn("country", lambda: atlas_of(area))


@pytest.fixture(scope="session")
def hostile_path(area, drawn):
    named = replace(area, title_en=HOSTILE[0] + HOSTILE[1], title_ko="".join(HOSTILE[2:]))
    return drawn("hostile", lambda: atlas_of(named, dict.fromkeys(LAYER_NAMES, hostile)))


@pytest.fixture(scope="session")
def browser_type_launch_args():
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no chromium on this machine")
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"offline": True, "viewport": {"width": 1280, "height": 860}, "locale": "en-US"}


@pytest.fixture(scope="session")
def window(browser, browser_context_args):
    one = Window(browser, browser_context_args)
    yield one
    one.close()


@pytest.fixture
def quiet_page(window):
    """A page that fails the test at its end on any request, console error, dialog or breach of the policy."""
    with window.quiet() as page:
        yield page


@pytest.fixture
def read_page(window, page_path):
    """The page of the straight-line country, as quiet, for tests that ask its functions and change nothing."""
    with window.quiet(page_path) as page:
        yield page


@pytest.fixture(scope="session")
def survey_path(area, drawn):
    """The restricted page of a user's own records."""
    return drawn("survey", lambda: survey_atlas_of(area))


@pytest.fixture(scope="session")
def public_survey_path(area, drawn):
    return drawn("survey-public", lambda: survey_atlas_of(area, "public"))
