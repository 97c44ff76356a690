"""Time check, convert and build on made-up surveys of growing size, each as a command of its own, and print a Markdown table.

    python benchmarks/survey.py [SIZES ...]

Seconds are wall time, memory is the peak of the whole process. A survey has fields of 20 vertices; one in fifty overlaps its
neighbour, one in a thousand crosses itself where it is only to be checked, one in ten has an earlier version.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

SIZES = (1_000, 10_000, 100_000)
MINEMAP = Path(sys.executable).with_name("minemap")
STEP_DEG = 0.0032  # about 300 m: fields lie on a lattice, so that only the chosen ones overlap


def survey(count: int, *, broken: bool = False) -> gpd.GeoDataFrame:
    """Return made-up hazards on land south of the Korean front, with what an information manager fills in."""
    rng = np.random.default_rng(count)
    n_east = int(np.ceil(np.sqrt(3 * count)))
    column, row = np.arange(count) % n_east, np.arange(count) // n_east
    step = min(STEP_DEG, 1.3 / n_east)
    centre = np.stack([126.95 + step * column, 37.55 + 0.8 * step * row], axis=1)
    near = rng.random(count) < 0.02
    radius = step * np.where(near, 0.6, 0.38)[:, None] * rng.uniform(0.7, 1.0, (count, 20))
    angle = np.linspace(0, 2 * np.pi, 20, endpoint=False) + np.zeros((count, 1))
    if broken:
        crossed = np.arange(count) % 1000 == 7
        angle[crossed, 3], angle[crossed, 9] = angle[crossed, 9].copy(), angle[crossed, 3].copy()
    points = centre[:, None] + radius[:, :, None] * np.stack([np.cos(angle), 0.8 * np.sin(angle)], axis=2)
    years = 2015 + rng.integers(0, 10, count)
    frame = gpd.GeoDataFrame(
        {
            "hazard_id": [f"KR-{n:06d}" for n in range(count)],
            "name": [f"Field {n}" for n in range(count)],
            "land_class": "SHA",
            "land_status": rng.choice(["open", "worked_on", "closed"], count, p=[0.8, 0.1, 0.1]),
            "evidence": "indirect",
            "indirect_evidence": "verbal_report",
            "source": "made-up survey",
            "as_of": [f"{year}-05-01" for year in years],
            "valid_from": [f"{year}-05-01" for year in years],
            "valid_to": "",
            "precision_m": 10.0,
        },
        geometry=shapely.polygons(points),
        crs=4326,
    )
    earlier = frame.iloc[::10].assign(
        valid_from="2010-01-01", valid_to=frame.valid_from.iloc[::10], as_of="2010-01-01", land_status="open"
    )
    return gpd.GeoDataFrame(pd.concat([frame, earlier], ignore_index=True), crs=4326).to_crs(5186)


def timed(*arguments: str | Path) -> tuple[float, float, int]:
    """Run the command; return its seconds, its peak memory [GiB] and its exit status."""
    start = time.perf_counter()
    child = subprocess.Popen([MINEMAP, "-q", *map(str, arguments)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(child.pid, 0)
    return time.perf_counter() - start, usage.ru_maxrss / 2**20, os.waitstatus_to_exitcode(status)


def jobs(folder: Path, count: int) -> dict[str, tuple[str | Path, ...]]:
    """Return the commands to time on a survey of so many fields."""
    sound, dirty = folder / f"sound-{count}.gpkg", folder / f"dirty-{count}.gpkg"
    survey(count).to_file(sound)
    survey(count, broken=True).to_file(dirty)
    restricted = ("--tier", "restricted")
    return {
        "check": ("check", dirty, "--area", "korea"),
        "check and repair": ("check", dirty, "--area", "korea", "--repair", folder / f"mended-{count}.gpkg"),
        "convert to GeoParquet": ("convert", sound, folder / f"{count}.parquet", *restricted),
        "convert to KMZ": ("convert", sound, folder / f"{count}.kmz", *restricted),
        "convert to GPX": ("convert", sound, folder / f"{count}.gpx", *restricted),
        "convert to public cells": ("convert", sound, folder / f"{count}-public.gpkg"),
        "build, public": ("build", "korea", "--unconfirmed", sound, "-o", folder / f"public-{count}"),
        "build, restricted": ("build", "korea", "--unconfirmed", sound, "-o", folder / f"restricted-{count}", *restricted),
    }


def main() -> None:
    """Print the table."""
    print("| job | hazards | s | peak GiB | exit |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        for count in map(int, sys.argv[1:] or SIZES):
            for job, command in jobs(Path(folder), count).items():
                seconds, peak_gib, status = timed(*command)
                print(f"| {job} | {count:,} | {seconds:.1f} | {peak_gib:.2f} | {status} |", flush=True)


if __name__ == "__main__":
    main()
