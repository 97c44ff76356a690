"""The map of the straight-line country, and a browser that minds every request."""

import os
import shutil
from dataclasses import replace

import pytest
from maps.country import HOSTILE, atlas_of, hostile, survey_atlas_of

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
def page_path(atlas, tmp_path_factory):
    return draw_map(atlas).save(tmp_path_factory.mktemp("map") / "atlas.html")


@pytest.fixture(scope="session")
def hostile_path(area, tmp_path_factory):
    named = replace(area, title_en=HOSTILE[0] + HOSTILE[1], title_ko="".join(HOSTILE[2:]))
    every = dict.fromkeys(LAYER_NAMES, hostile)
    return draw_map(atlas_of(named, every)).save(tmp_path_factory.mktemp("hostile") / "atlas.html")


@pytest.fixture(scope="session")
def browser_type_launch_args():
    if CHROMIUM is None and not os.environ.get("CI"):
        pytest.skip("no chromium on this machine")
    return {"executable_path": CHROMIUM, "args": FLAGS}


@pytest.fixture(scope="session")
def browser_context_args():
    return {"offline": True, "viewport": {"width": 1280, "height": 860}, "locale": "en-US"}


@pytest.fixture
def quiet_page(page):
    """A page that fails the test at its end on any request, console error, dialog or breach of the policy."""
    heard = []

    def on_dialog(dialog):
        heard.append(f"dialog {dialog.message}")
        dialog.dismiss()

    page.on("pageerror", lambda error: heard.append(f"error {error}"))
    page.on("console", lambda message: heard.append(f"console {message.text}") if message.type in ("error", "warning") else None)
    page.on("dialog", on_dialog)
    page.on(
        "request",
        lambda asked: None if asked.url.startswith(("file:", "data:", "blob:")) else heard.append(f"request {asked.url}"),
    )
    yield page
    assert heard == []


@pytest.fixture(scope="session")
def survey_path(area, tmp_path_factory):
    """The restricted page of a user's own records."""
    return draw_map(survey_atlas_of(area)).save(tmp_path_factory.mktemp("survey") / "atlas.html")


@pytest.fixture(scope="session")
def public_survey_path(area, tmp_path_factory):
    return draw_map(survey_atlas_of(area, "public")).save(tmp_path_factory.mktemp("public") / "atlas.html")
