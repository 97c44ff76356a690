"""Web pages of many hazards: minemap beside `folium.GeoJson` with popups, on the same frame; print a Markdown table.

    python benchmarks/maps.py [1300 5000 20000 100000]

Ours is the whole page of the Korean atlas with the polygons as supplied hazards (restricted tier); folium's holds the polygons
alone, Leaflet inside so that it opens without a network. A page is loaded when its layers are decoded and two frames were
painted; a zoom or toggle is done two frames after the call. Larger frames than 20,000 are not tried with folium: its page
would hold over 100 MB.
"""

from __future__ import annotations

import json
import shutil
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import folium
import geopandas as gpd
import numpy as np
import shapely
from playwright.sync_api import Page, sync_playwright

from geo.layer import Atlas, make_layer
from geo.maps.offline import _LINK, inline_asset
from geo.maps.web import draw_map
from layers.atlas import build

NAME = "unconfirmed_minefields"
MOST_FOLIUM = 20_000
ROUNDS = 3
FLAGS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
FIELDS = ["id", "name_en", "name_ko", "land_class", "land_status", "area_m2", "precision_m", "valid_from", "as_of"]
FRAMES = "await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));"
FOLIUM_READY = "() => typeof L !== 'undefined' && Object.keys(window).some((key) => /^geo_json_/.test(key))"


def hazards(count: int) -> gpd.GeoDataFrame:
    """Return hazards of 24 vertices, 200 to 600 m across, spread over the Korean front, with the attributes of a survey."""
    rng = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = rng.uniform(0.001, 0.003, (count, 24))
    centre = rng.uniform([126.6, 37.7], [128.4, 38.4], (count, 1, 2))
    points = centre + radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    number = np.arange(count).astype(str)
    columns = {
        "id": np.char.add("h-", number),
        "name_en": np.char.add("Hazard ", number),
        "name_ko": np.char.add("위험지역 ", number),
        "land_class": np.where(np.arange(count) % 3 == 0, "CHA", "SHA"),
        "land_status": np.array(["open", "open", "worked_on", "closed"])[np.arange(count) % 4],
        "area_m2": rng.uniform(2e4, 3e5, count).round(),
        "precision_m": 5.0,
        "valid_from": np.char.add("20", np.char.zfill((np.arange(count) % 20).astype(str), 2)),
        "as_of": "2024-05",
        "basis": "supplied",
    }
    return gpd.GeoDataFrame(columns, geometry=shapely.polygons(points), crs=4326)


def with_hazards(atlas: Atlas, frame: gpd.GeoDataFrame) -> Atlas:
    """Return an atlas whose unconfirmed minefields are these; where a kind was supplied a build draws no other series."""
    words = {"land_class": "SHA", "basis": "supplied", "sources": atlas[NAME].sources, "as_of": "2024-05", "overlap": True}
    layer = make_layer(NAME, frame, area=atlas.area, **words)
    return replace(atlas, layers=MappingProxyType({**atlas.layers, NAME: layer}), tier="restricted", alternatives={})


def folium_html(frame: gpd.GeoDataFrame) -> str:
    """Return a page as folium's guide shows it, with a popup and a tooltip of every field."""

    class Lean(folium.Map):
        default_js = [one for one in folium.Map.default_js if one[0] == "leaflet"]  # noqa: RUF012, folium reads it so
        default_css = [one for one in folium.Map.default_css if one[0] == "leaflet_css"]  # noqa: RUF012

    page = Lean(location=[38.05, 127.5], zoom_start=9, tiles=None)
    shape = folium.GeoJson(frame, popup=folium.GeoJsonPopup(FIELDS), tooltip=folium.GeoJsonTooltip(FIELDS[:2]))
    shape.add_to(page)
    return str(page.get_root().render())


def seconds(job: Callable[[], str]) -> tuple[float, str]:
    """Return the shortest of `ROUNDS` times that a job took [s], the least disturbed one, and what it made."""
    took = []
    for _ in range(ROUNDS):
        start = time.perf_counter()
        made = job()
        took.append(time.perf_counter() - start)
    return min(took), made


def timed(page: Page, code: str) -> float:
    """Return how long some JavaScript takes until two frames after it [s]."""
    told: float = page.evaluate(
        f"async () => {{ const start = performance.now(); {code}; {FRAMES} return performance.now() - start; }}"
    )
    return told / 1000


def ours_in_browser(page: Page, path: Path) -> tuple[float, float, float]:
    """Return seconds of loading, of one zoom and of the slower of hiding and showing."""
    start = time.perf_counter()
    page.goto(path.as_uri())
    page.wait_for_selector("#notice", state="hidden", timeout=300_000)
    page.evaluate(f"async () => {{ {FRAMES} }}")
    load = time.perf_counter() - start
    zoom = max(timed(page, f"atlas.map.setZoom(atlas.map.getZoom() + {step}, {{ animate: false }})") for step in (1, 1, -1))
    layer = f"atlas.layers.find((one) => one.name === '{NAME}')"
    return load, zoom, max(timed(page, f"atlas.show({layer}, {on})") for on in ("false", "true"))


def folium_in_browser(page: Page, path: Path) -> tuple[float, float, float]:
    """Return the same of a folium page."""
    start = time.perf_counter()
    page.goto(path.as_uri(), timeout=300_000)
    page.wait_for_function(FOLIUM_READY, timeout=300_000)
    page.evaluate(f"async () => {{ {FRAMES} }}")
    load = time.perf_counter() - start
    found = json.dumps(
        [page.evaluate(f"Object.keys(window).find((key) => /^{word}_[0-9a-f]+$/.test(key))") for word in ("map", "geo_json")]
    )
    chart, shapes = (f"window[{json.dumps(key)}]" for key in json.loads(found))
    zoom = max(timed(page, f"{chart}.setZoom({chart}.getZoom() + {step}, {{ animate: false }})") for step in (1, 1, -1))
    return load, zoom, max(timed(page, f"{shapes}.remove()"), timed(page, f"{shapes}.addTo({chart})"))


def row(told: str, build_s: float, path: Path, times: tuple[float, float, float]) -> str:
    """Return one line of the table."""
    load, zoom, toggle = times
    return f"| {told} | {build_s:.2f} | {path.stat().st_size / 1e6:.2f} | {load:.2f} | {zoom:.2f} | {toggle:.2f} |"


def main(counts: list[int]) -> None:
    """Print the table."""
    atlas = build("korea")
    print(
        "| polygons | page | built [s] | MB | loaded [s] | one zoom [s] | one toggle [s] |\n|---:|---|---:|---:|---:|---:|---:|"
    )
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as tool:
        browser = tool.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        for count in counts:
            frame = hazards(count)
            whole = with_hazards(atlas, frame)
            jobs = [("minemap", lambda whole=whole: draw_map(whole).html, ours_in_browser)]
            if count <= MOST_FOLIUM:
                jobs.append(("folium", lambda frame=frame: folium_html(frame), folium_in_browser))
            for name, job, look in jobs:
                build_s, html = seconds(job)
                path = Path(folder) / f"{name}-{count}.html"
                path.write_text(_LINK.sub(lambda link: inline_asset(link["js"] or link["css"]), html), encoding="utf-8")
                context = browser.new_context(offline=True, viewport={"width": 1280, "height": 860}, locale="en-US")
                print(row(f"{count:,} | {name}", build_s, path, look(context.new_page(), path)), flush=True)
                context.close()
        browser.close()


if __name__ == "__main__":
    main([int(one) for one in sys.argv[1:]] or [1_300, 5_000, 20_000, 100_000])
