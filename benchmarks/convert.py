"""Time writing 100,000 hazards in every format, beside GDAL's own driver where it has one, and print a Markdown table.

    python benchmarks/convert.py [count]

Reading the GeoPackage is timed apart. The KML of GDAL holds polygons alone; ours also outlines and numbered corners. GPX has the
same lines and points, and GDAL makes none from polygons.
"""

from __future__ import annotations

import resource
import sys
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import geopandas as gpd
import numpy as np
import pyogrio
import shapely

from geo.exchange.field import Notice
from geo.exchange.formats import FORMATS, write
from geo.exchange.turning import turning_points

COUNT, CORNERS = 100_000, 20
DRIVERS = {
    ".gpkg": "GPKG",
    ".shp": "ESRI Shapefile",
    ".geojson": "GeoJSON",
    ".fgb": "FlatGeobuf",
    ".kml": "LIBKML",
    ".csv": "CSV",
}
OPTIONS = {".csv": {"GEOMETRY": "AS_WKT"}}
NOTICE = Notice("Benchmark", tier="restricted")


def hazards(count: int) -> gpd.GeoDataFrame:
    """Return polygons of 20 corners, about 400 m across, on both sides of 126° E."""
    rng = np.random.default_rng(1)
    angle = np.linspace(0, 2 * np.pi, CORNERS, endpoint=False)
    radius = rng.uniform(0.001, 0.003, (count, CORNERS))
    centre = rng.uniform([125.5, 37.5], [128.5, 38.5], (count, 1, 2))
    points = centre + radius[:, :, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    number = np.arange(count)
    return gpd.GeoDataFrame(
        {"id": [f"H-{each:06d}" for each in number], "name_en": [f"Field {each}" for each in number], "name_ko": "지뢰지대"},
        geometry=shapely.polygons(np.round(points, 7)),
        crs=4326,
    ).assign(land_class="SHA", land_status="open", basis="supplied", as_of="2024-05-01", precision_m=5.0, area_m2=number * 10.0)


def seconds(job: Callable[[], object]) -> float:
    """Return how long a job takes [s]."""
    start = time.perf_counter()
    job()
    return time.perf_counter() - start


def theirs(frame: gpd.GeoDataFrame, path: Path) -> str:
    """Return how long GDAL's own driver takes and what it leaves, as table cells."""
    driver = DRIVERS.get(path.suffix)
    if driver is None:
        return "– | | "
    options = OPTIONS.get(path.suffix, {})
    warnings.simplefilter("ignore", RuntimeWarning)  # of names that a Shapefile cuts
    spent = seconds(lambda: pyogrio.write_dataframe(frame, path, driver=driver, layer_options=options))
    return f"{driver} | {spent:.1f} | {megabytes(path.parent)}"


def megabytes(folder: Path) -> str:
    """Return the size of all files of a folder [MB]."""
    return f"{sum(path.stat().st_size for path in folder.iterdir()) / 1e6:.0f}"


def main(count: int) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "hazards.gpkg"
        write(hazards(count), source, NOTICE)
        frame = gpd.GeoDataFrame()

        def read() -> None:
            nonlocal frame
            frame = pyogrio.read_dataframe(source, use_arrow=True)

        print(f"{count:,} hazards of {CORNERS} corners: GeoPackage read in {seconds(read):.1f} s; ", end="")
        print(f"{count * CORNERS:,} turning points in {seconds(lambda: turning_points(frame)):.1f} s\n")
        print("| format | minemap, s | MB | GDAL | s | MB |\n|---|---:|---:|---|---:|---:|")
        for suffix in FORMATS:
            ours, other = Path(folder) / f"ours{suffix}", Path(folder) / f"theirs{suffix}"
            ours.mkdir()
            other.mkdir()
            spent = seconds(lambda: write(frame, ours / f"hazards{suffix}", NOTICE))  # noqa: B023, done at once
            print(f"| {suffix} | {spent:.1f} | {megabytes(ours)} | {theirs(frame, other / f'hazards{suffix}')} |", flush=True)
    print(f"\nPeak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2:.1f} GiB.")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else COUNT)
