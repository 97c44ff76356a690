"""Time the terrain chain, fill to height above drainage, on 36 million cells beside pyflwdir, and print a Markdown table.

    python benchmarks/terrain.py [--cells 6000] [--other PYTHON]

Each row is a process of its own that loads the same rough surface; compiling comes first, on a small piece, and is not
counted. PYTHON is an interpreter that has pyflwdir, which minemap does not need.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

DX_M = 30.0
LIMIT_S, LIMIT_GIB = 35, 3
Floats = NDArray[np.float32]


def rough_surface(cells: int) -> Floats:
    """Return a fractal of noise on ever finer grids (cells, cells), full of pits."""
    rng, z_m = np.random.default_rng(1), np.zeros((cells, cells), np.float32)
    nodes, height_m = 4, 600.0
    place = np.arange(cells, dtype=np.float32) / cells
    while nodes < 2 * cells:
        noise = rng.normal(0, height_m, (nodes + 1, nodes + 1)).astype(np.float32)
        left = (place * nodes).astype(int)
        share = place * nodes - left
        down = noise[left] * (1 - share)[:, None] + noise[left + 1] * share[:, None]
        z_m += down[:, left] * (1 - share) + down[:, left + 1] * share
        nodes, height_m = 2 * nodes, height_m / 2
    return z_m


def minemap_chain(z_m: Floats) -> Floats:
    """Return the heights above the nearest drainage and two confluences beyond it."""
    from geo.flood.terrain import drain, hand_m

    return hand_m(z_m, drain(z_m, DX_M))


def pyflwdir_chain(z_m: Floats) -> Floats:
    """Return the height above the nearest drainage alone; pyflwdir has no level paths."""
    import pyflwdir
    from affine import Affine

    ways = pyflwdir.from_dem(z_m, nodata=-9999.0, transform=Affine(DX_M, 0, 0, 0, -DX_M, 0), latlon=False)
    return np.asarray(ways.hand(ways.upstream_area("km2") >= 1.0, z_m), dtype=np.float32)


CHAINS: dict[str, Callable[[Floats], Floats]] = {"minemap": minemap_chain, "pyflwdir": pyflwdir_chain}


def one(name: str, path: Path) -> dict[str, float]:
    """Return compile and run time [s] and peak memory [GiB] of one chain in this process, and the mean height [m]."""
    z_m = np.load(path)
    start = time.perf_counter()
    CHAINS[name](z_m[:200, :200].copy())
    ready = time.perf_counter()
    hand = CHAINS[name](z_m)
    done = time.perf_counter()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    nearest = hand[0] if name == "minemap" else hand
    return {"compile_s": ready - start, "s": done - ready, "peak_gib": peak, "mean_m": float(np.nanmean(nearest[nearest >= 0]))}


def measured(name: str, python: str, path: Path) -> dict[str, float] | None:
    """Return what `one` says in a process of its own; None if the chain is not installed there."""
    run = subprocess.run([python, __file__, "--one", name, str(path)], capture_output=True, text=True, check=False)
    if run.returncode and "ModuleNotFoundError" in run.stderr:
        return None
    if run.returncode:
        raise SystemExit(run.stderr)
    return dict(json.loads(run.stdout))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=int, default=6000, help="cells a side")
    parser.add_argument("--other", default=sys.executable, help="interpreter that has pyflwdir")
    parser.add_argument("--one", nargs=2, metavar=("CHAIN", "FILE"), help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.one:
        print(json.dumps(one(options.one[0], Path(options.one[1]))))
        return
    print("| chain | compile or load s | s | peak GiB | mean HAND m |\n|---|---:|---:|---:|---:|")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "z.npy"
        np.save(path, rough_surface(options.cells))
        for name, python in (("minemap", sys.executable), ("pyflwdir", options.other)):
            found = measured(name, python, path)
            told = "| not installed | | |" if found is None else "| {compile_s:.1f} | {s:.1f} | {peak_gib:.2f} | {mean_m:.2f} |"
            print(f"| {name} {told.format(**(found or {}))}")
    print(f"\n{options.cells**2:,} cells; the limits on 36 million are {LIMIT_S} s and {LIMIT_GIB} GiB.")


if __name__ == "__main__":
    main()
