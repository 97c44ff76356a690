"""Write docs/layout.md: what the simulated fields of the default Korean build look like, as counts by class.

    python docs/layout.py

The tables are made from the layers themselves; a test compares them with a fresh build.
"""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import shapely

from geo.allocate import compactness
from geo.layer import Atlas
from geo.measure import project
from layers.atlas import build
from layers.room import beside_front

PAGE = Path(__file__).with_name("layout.md")
HEAD = """# The simulated layout

Written by `docs/layout.py` from the default build of Korea; do not edit. Every number counts simulated fields: the shapes are
drawn at random under the parameters of `[allocation]` (all `assumed`), so this page shows what was drawn, not what is in the
ground.
"""
KINDS = ("planned_minefields", "unconfirmed_minefields")


def elongation_and_axis(shapes: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return length over width and the long axis [rad from east] of each shape's smallest rectangle, each shape (n,)."""
    corner = shapely.get_coordinates(shapely.minimum_rotated_rectangle(shapes)).reshape(len(shapes), 5, 2)
    first, second = corner[:, 1] - corner[:, 0], corner[:, 2] - corner[:, 1]
    length = np.stack([np.hypot(*first.T), np.hypot(*second.T)])
    axis = np.where((length[0] >= length[1])[:, None], first, second)
    return length.max(axis=0) / length.min(axis=0), np.arctan2(axis[:, 1], axis[:, 0])


def off_front_deg(atlas: Atlas, shapes: np.ndarray, axis_rad: np.ndarray) -> np.ndarray:
    """Return the angle [degrees, 0-90] between each axis and the front line at its nearest place."""
    front = project(atlas["mdl"].frame, atlas.area.crs).geometry.iloc[0]
    bearing_rad = beside_front(front, shapely.get_coordinates(shapely.centroid(shapes)))[1]
    return np.degrees(np.abs((axis_rad - bearing_rad + np.pi / 2) % np.pi - np.pi / 2))


def histogram(title: str, values: np.ndarray, edges: list[float], unit: str) -> str:
    """Return a Markdown table of counts by class, with a bar for each."""
    counts = np.histogram(values, [*edges, np.inf])[0]
    if counts.sum() != len(values):
        raise ValueError(f"{title}: {len(values) - counts.sum()} values below {edges[0]} {unit}")
    names = [f"{low:g}–{high:g}" for low, high in pairwise(edges)] + [f"{edges[-1]:g} and more"]
    rows = [f"| {name} | {count} | {'█' * round(40 * count / counts.max())} |" for name, count in zip(names, counts, strict=True)]
    return "\n".join(
        [f"\n**{title}** [{unit}], median {np.median(values):.2f}\n", "| class | fields | |", "|---|---:|---|", *rows, ""]
    )


def page(atlas: Atlas) -> str:
    """Return the page as Markdown."""
    text = [HEAD, f"Series `{atlas.series}`, seed {atlas.parameters['seed']}.\n"]
    for name in KINDS:
        frame = project(atlas[name].frame, atlas.area.crs)
        shapes = np.array(frame.geometry.values)
        elongation, axis = elongation_and_axis(shapes)
        text += [f"\n## {name}\n", f"{len(frame)} fields, {frame.area_m2.sum() / 1e6:.3f} km².\n"]
        text.append(histogram("Size", frame.area_m2.to_numpy() / 1e4, [0, 0.5, 1, 2, 4, 8, 16, 32, 64, 128, 256], "ha"))
        text.append(histogram("Elongation: length over width", elongation, [1, 1.5, 2, 3, 4, 5, 6, 7, 8], "-"))
        if name == "planned_minefields":
            text.append(
                histogram(
                    "Angle between long axis and front", off_front_deg(atlas, shapes, axis), [0, 5, 10, 15, 20, 30, 60], "degrees"
                )
            )
            text.append(
                histogram("Bearing of the long axis from east", np.degrees(axis) % 180, [0, 30, 60, 90, 120, 150], "degrees")
            )
        else:
            vertices = shapely.get_num_coordinates(shapes) - 1
            text.append(f"Vertices: {vertices.min()} to {vertices.max()} a field.\n")
            text.append(histogram("Compactness: 4π area / perimeter²", compactness(shapes), [0.3, 0.4, 0.5, 0.6, 0.7, 0.8], "-"))
    return "\n".join(text)


if __name__ == "__main__":
    PAGE.write_text(page(build("korea")), encoding="utf-8")
