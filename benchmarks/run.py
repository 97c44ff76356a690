"""Time minemap beside what a user would pick instead, and print a Markdown table.

    make benchmark

Each row does the same job twice on the same data; the best of three runs counts. Timings are told here and never tested.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import folium
import geopandas as gpd
import numpy as np
import pyproj
import shapely

from geo.build import write_build
from geo.generalise import as_shown
from geo.maps.web import draw_map
from geo.measure import areas_m2, net_km2, total_km2
from layers.atlas import build

GEOD = pyproj.Geod(ellps="WGS84")


def best_s(job: Callable[[], object], runs: int = 3) -> float:
    """Return the shortest of some runs [s]."""
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        job()
        times.append(time.perf_counter() - start)
    return min(times)


def stars(count: int) -> gpd.GeoDataFrame:
    """Return polygons of 24 vertices, about 400 m across, spread over the Korean area."""
    rng = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, 24, endpoint=False)
    radius = rng.uniform(0.001, 0.003, (count, 24))
    centre = rng.uniform([126, 37.5], [128.5, 38.5], (count, 1, 2))
    points = centre + radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return gpd.GeoDataFrame({"id": range(count)}, geometry=shapely.polygons(points), crs=4326)


def karney_km2(frame: gpd.GeoDataFrame) -> float:
    """Return the geodesic area by GeographicLib, polygon by polygon."""
    return sum(abs(GEOD.geometry_area_perimeter(shape)[0]) for shape in frame.geometry) / 1e6


def folium_page(layers: dict[str, gpd.GeoDataFrame]) -> str:
    """Return the same layers by folium.GeoJson with all columns, as its guide shows."""
    page = folium.Map(location=[38, 127.5], zoom_start=8, tiles=None)
    for frame in layers.values():
        folium.GeoJson(frame).add_to(page)
    return str(page.get_root().render())


def main() -> None:
    """Print the table."""
    rows: list[tuple[str, str, float, str, float]] = []
    for count in (1_000, 10_000, 100_000):
        frame = stars(count)
        gap = abs(total_km2(frame) / karney_km2(frame) - 1)
        job = f"geodesic area of {count:,} polygons (agree to {gap:.0e})"
        rows.append(
            (job, "geo.areas_m2", best_s(partial(areas_m2, frame)), "pyproj.Geod, a loop", best_s(partial(karney_km2, frame), 1))
        )
    frame = stars(10_000)
    plane = frame.to_crs(5186)
    net = (
        "net area of 10,000 polygons",
        "geo.net_km2",
        best_s(lambda: net_km2(frame)),
        "GeoPandas union_all",
        best_s(plane.union_all, 1),
    )
    rows.append(net)
    atlas = build("korea")
    shown = {name: layer.frame for name, layer in as_shown(atlas).layers.items() if name != "mined_density"}
    ours, theirs = len(draw_map(atlas).html), len(folium_page(shown))
    job = f"page of the Korean atlas ({ours / 1e6:.2f} MB with the 1 km grid; folium {theirs / 1e6:.2f} MB without)"
    rows.append((job, "geo.draw_map", best_s(lambda: draw_map(atlas)), "folium.GeoJson", best_s(lambda: folium_page(shown), 1)))
    print("| job | minemap | s | instead | s |\n|---|---|---:|---|---:|")
    for row in rows:
        print(f"| {row[0]} | `{row[1]}` | {row[2]:.3f} | {row[3]} | {row[4]:.3f} |")
    with tempfile.TemporaryDirectory() as folder:
        whole = best_s(lambda: write_build(build("korea"), Path(folder) / "korea", overwrite=True), 1)
    print(f"\nThe whole Korean build, recipe and files: {whole:.1f} s.")


if __name__ == "__main__":
    main()
