"""Time the flood model: routing of many members, and the Korean run with an ensemble; print a Markdown table.

    python benchmarks/flood.py

Routing is set beside the loop over reaches that a user would write on a networkx or pandas river table. Timings are told
here and never tested.
"""

from __future__ import annotations

import resource
import time

import numpy as np
import pandas as pd
from run import best_s

from geo.flood import RiverNetwork, route
from geo.flood.route import phi1
from layers.request import request
from layers.scene import flooded, scene

REACHES, MEMBERS = 5_000, 1_000


def forest(count: int) -> RiverNetwork:
    """Return a random tree of reaches, each flowing into an earlier one."""
    rng = np.random.default_rng(1)
    down = [""] + [f"r{int(rng.integers(max(0, i - 40), i))}" for i in range(1, count)]
    table = {"id": [f"r{i}" for i in range(count)], "down": down, "length_km": rng.uniform(1, 5, count), "area_km2": 500.0}
    return RiverNetwork.from_table(pd.DataFrame(table))


def by_loop(network: RiverNetwork, items: np.ndarray, lam_km: np.ndarray) -> np.ndarray:
    """Return what leaves the network, reach after reach, member after member."""
    exported = np.zeros(items.shape[1:])
    for member in range(items.shape[2]):
        inflow = np.zeros(items.shape[:2])
        for reach in network.order:
            x = network.length_km[reach] / lam_km[reach, :, member]
            out = inflow[reach] * np.exp(-x) + items[reach, :, member] * phi1(x)
            below = network.down[reach]
            if below >= 0:
                inflow[below] += out
            else:
                exported[:, member] += out
    return exported


def main() -> None:
    """Print the table."""
    network, rng = forest(REACHES), np.random.default_rng(2)
    items = rng.random((REACHES, 4, MEMBERS))
    lam_km = rng.uniform(1, 20, (REACHES, 4, MEMBERS))
    ours = route(network, items, lam_km).exported
    routing_s = best_s(lambda: route(network, items, lam_km))
    few = 2
    start = time.perf_counter()
    theirs = by_loop(network, items[:, :, :few], lam_km[:, :, :few])
    loop_s = (time.perf_counter() - start) * MEMBERS / few
    gap = np.abs(ours[:, :few] / theirs - 1).max()
    start = time.perf_counter()
    asked = request("korea", members=200)
    flooded(scene(asked), asked.flood)
    korea_s = time.perf_counter() - start
    peak_gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print("| job | minemap s | instead | s |\n|---|---:|---|---:|")
    levels = len(network.levels)
    print(f"| routing {REACHES:,} reaches × {MEMBERS:,} members × 4 classes, {levels} levels (agree to {gap:.0e}) ", end="")
    print(f"| {routing_s:.1f} | loop over reaches and members (from {few}) | {loop_s:.0f} |")
    print(f"| Korean flood model, rivers only, 200 members, with its scene | {korea_s:.1f} | – | |")
    print(f"\nPeak memory {peak_gib:.1f} GiB, of which the routing's arrays are most.")


if __name__ == "__main__":
    main()
