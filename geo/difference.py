"""Say in words where two files of a build differ: the figure, both values, and how many more.

Assumption: the first file is the build's, the second was made again; each function returns "" when both say the
same.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.exchange.archive import read_zip
from geo.exchange.content import LAYER_FILES, ZIPS, canonical, layer_frames, opened_page, table_cells
from geo.exchange.raster import read_bands

EXCERPT = 60
IN_BUILD, AGAIN = "in the build", "made again"


def describe(found: Path, again: Path) -> str:
    r"""Return the first difference between two files of the same kind and how many there are; "" if they say the same.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     one, two = Path(folder, "one.csv"), Path(folder, "two.csv")
    ...     _ = one.write_text("layer,km2\ndmz,907\n"), two.write_text("layer,km2\ndmz,906\n")
    ...     describe(one, two)
    'row 2 (dmz), km2: 907 in the build, 906 made again; 1 cell differs'
    """
    if found.suffix == ".html":
        return _texts(opened_page(found), opened_page(again))
    compare = {".csv": _tables, ".json": _documents, ".tif": _rasters}
    compare |= dict.fromkeys(LAYER_FILES, _layers) | dict.fromkeys(ZIPS, _members)
    if found.suffix in compare:
        return compare[found.suffix](found, again)
    return _texts(*(path.read_text("utf-8", errors="replace") for path in (found, again)))


def _tables(found: Path, again: Path) -> str:
    one, two = table_cells(found), table_cells(again)
    if list(one.columns) != list(two.columns):
        return f"columns: {', '.join(one.columns)} in the build, {', '.join(two.columns)} made again"
    if len(one) != len(two):
        return f"{len(one)} rows in the build, {len(two)} made again"
    differs = one.to_numpy() != two.to_numpy()
    if not differs.any():
        return ""
    row, column = (int(place[0]) for place in differs.nonzero())
    label = " ".join(str(one.iloc[row, place]) for place in range(min(2, one.shape[1])) if not differs[row, place])
    values = f"{one.iloc[row, column]!s} in the build, {two.iloc[row, column]!s} made again"
    return f"row {row + 2} ({label}), {one.columns[column]}: {values}; {_count(int(differs.sum()), 'cell')}"


def _documents(found: Path, again: Path) -> str:
    pairs = list(differing(json.loads(found.read_text("utf-8")), json.loads(again.read_text("utf-8"))))
    return f"{pairs[0]}; {_count(len(pairs), 'value')}" if pairs else ""


def differing(one: Any, two: Any, place: str = "") -> list[str]:
    """Return every place at which two JSON values differ, with both values.

    Examples
    --------
    >>> differing({"a": [1, 2]}, {"a": [1, 3]})
    ['a/1: 2 in the build, 3 made again']
    """
    if isinstance(one, dict) and isinstance(two, dict):
        keys = sorted({*one, *two})
        return [line for key in keys for line in differing(one.get(key), two.get(key), f"{place}/{key}".lstrip("/"))]
    if isinstance(one, list) and isinstance(two, list) and len(one) == len(two):
        return [
            line for i, pair in enumerate(zip(one, two, strict=True)) for line in differing(*pair, f"{place}/{i}".lstrip("/"))
        ]
    return [] if one == two else [f"{place}: {_short(one)} in the build, {_short(two)} made again"]


def _rasters(found: Path, again: Path) -> str:
    (one, place), (two, other) = read_bands(found), read_bands(again)
    if told := next(iter(differing(place | {"bands": list(one)}, other | {"bands": list(two)})), ""):
        return told
    for name in one:
        differs = (one[name] != two[name]) & ~(np.isnan(one[name]) & np.isnan(two[name]))
        if differs.any():
            row, column = (int(at[0]) for at in differs.nonzero())
            values = f"{one[name][row, column]:.6g} {IN_BUILD}, {two[name][row, column]:.6g} {AGAIN}"
            return f"band {name}, row {row + 1}, column {column + 1}: {values}; {_count(int(differs.sum()), 'cell')}"
    return ""


def _members(found: Path, again: Path) -> str:
    """Return the first difference between the files in two zips, as text."""
    one, two = read_zip(found), read_zip(again)
    if list(one) != list(two):
        return f"files: {', '.join(one)} {IN_BUILD}, {', '.join(two)} {AGAIN}"
    texts = {name: _texts(one[name].decode("utf-8", "replace"), two[name].decode("utf-8", "replace")) for name in one}
    return "; ".join(f"{name}: {text}" for name, text in texts.items() if text)


def _layers(found: Path, again: Path) -> str:
    one, two = layer_frames(found), layer_frames(again)
    if set(one) != set(two) and found.suffix == ".gpkg":
        return f"tables: {', '.join(sorted(one))} in the build, {', '.join(sorted(two))} made again"
    if found.suffix != ".gpkg":  # one layer, named after the file, which may bear another name here
        return _features(next(iter(one.values())), next(iter(two.values())))
    return "; ".join(f"{name} {text}" for name in one if (text := _features(one[name], two[name])))


def _features(one: pd.DataFrame, two: pd.DataFrame) -> str:
    one, two = (canonical(frame) if isinstance(frame, gpd.GeoDataFrame) else frame.astype(str) for frame in (one, two))
    if list(one.columns) != list(two.columns):
        return f"columns: {', '.join(one.columns)} in the build, {', '.join(two.columns)} made again"
    names = [name for name in ("id", "f_table_name") if name in one]
    if names and set(one[names[0]]) != set(two[names[0]]):
        lost, new = sorted(set(two[names[0]]) - set(one[names[0]])), sorted(set(one[names[0]]) - set(two[names[0]]))
        told = [f"{what} {ids[0]} and {len(ids) - 1} more" for what, ids in (("lacks", lost), ("adds", new)) if ids]
        return f"the build {' and '.join(told)}"
    if len(one) != len(two):
        return f"{len(one)} features in the build, {len(two)} made again"
    differs = ((one != two) & ~(one.isna() & two.isna())).to_numpy()
    if not differs.any():
        return ""
    row = int(differs.any(axis=1).argmax())
    column = int(differs[row].argmax())
    label = str(one[names[0]].iloc[row]) if names else f"{row + 1}"
    first, second = one.iloc[row, column], two.iloc[row, column]
    values = f"{_short(first)} in the build, {_short(second)} made again"
    if one.columns[column] == "geometry":
        values = _shapes(first, second)
    return f"feature {label}, {one.columns[column]}: {values}; {_count(int(differs.any(axis=1).sum()), 'feature')}"


def _shapes(one: object, two: object) -> str:
    """Return the first vertex that differs, or the numbers of vertices where those do."""
    if not (isinstance(one, bytes) and isinstance(two, bytes)):
        return " and ".join(f"no valid shape {where}" for shape, where in ((one, IN_BUILD), (two, AGAIN)) if shape is None)
    points = [shapely.get_coordinates(shapely.from_wkb(shape)) for shape in (one, two)]
    if len(points[0]) != len(points[1]):
        return f"{len(points[0])} vertices in the build, {len(points[1])} made again"
    apart = (points[0] != points[1]).any(axis=1)
    if not apart.any():
        return "other parts or rings over the same vertices"
    place = int(apart.argmax())
    first, second = (" ".join(f"{value:.9f}" for value in side[place]) for side in points)
    return f"vertex {place + 1} at {first} in the build, {second} made again"


def _texts(one: str, two: str) -> str:
    if one == two:
        return ""
    place = next((i for i, (a, b) in enumerate(zip(one, two, strict=False)) if a != b), min(len(one), len(two)))
    line = one.count("\n", 0, place) + 1
    first, second = (repr(text[max(0, place - 10) : place + EXCERPT - 10]) for text in (one, two))
    return f"line {line}, character {place + 1}: {first} in the build, {second} made again"


def _short(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"


def _count(number: int, word: str) -> str:
    return f"{number} {word} differs" if number == 1 else f"{number} {word}s differ"
