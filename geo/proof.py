"""Read every file of a public build back, and prove that none gives away a hazard that somebody mapped.

Assumption: a name that also stands in the study area, in another layer or in an input's file name is no secret; nor is a vertex
that lies on a layer of our own or on the 1 km grid. One vertex within a metre of one of ours may be chance, two of one field are
not. A field all of whose vertices are nodes of the grid was given in cells: there is nothing to hide.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure, terms
from geo.errors import CheckFailed
from geo.exchange.content import layer_frames, page_blocks
from geo.generalise import HAZARD_LAYERS, NODE_TOLERANCE_M, SMALLEST_CELL_KM, is_exact, mapped_layers, prove
from geo.layer import Atlas
from geo.maps.words import SCOPES, VALUES, WORDS

NAMED = ("id", "name_en", "name_ko", "zone")
SHORTEST_BYTES = 4  # four Latin letters, two Korean ones
DECIMALS = 5  # of a degree: about 1 m
DERIVED = ("flood_displacement", "mined_density")  # made from the fields, so their vertices excuse nothing
VOCABULARY = (terms.LAND_CLASSES, terms.LAND_STATUSES, terms.EVIDENCE, terms.BASES, terms.PRIORITIES, terms.LAYERS, terms.TEXTS)
TAGS = re.compile(r"<script\b.*?</script>|<style\b.*?</style>|<[^>]*>", flags=re.S)

Keys = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Secrets:
    """What no public file may hold.

    Attributes
    ----------
    words : mapping of str to str
        Names as they were supplied, by their words in lower case with single blanks.
    telling : frozenset of str
        Those that are no lone word or number, and so count inside a longer text too.
    keys, owner : ndarray, shape (n,)
        Rounded vertices, and the number of the field each belongs to.
    fields : list of str
        The layer of each field, for the message.
    """

    words: Mapping[str, str]
    telling: frozenset[str]
    keys: Keys
    owner: NDArray[np.intp]
    fields: list[str]


def prove_files(atlas: Atlas, folder: Path) -> None:
    """Check every file of a public build.

    Parameters
    ----------
    atlas : Atlas
        With the hazards as they were supplied, before `geo.generalise.as_shown`.
    folder : Path
        The written files.

    Raises
    ------
    CheckFailed
        Naming the first file with a supplied id, name, zone or vertex, and what was found.
    """
    if not mapped_layers(atlas):
        return
    secrets = secrets_of(atlas, mapped_fields(atlas))
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        where = path.relative_to(folder).as_posix()
        if path.suffix in (".gpkg", ".parquet", ".geojson"):
            for name, frame in layer_frames(path).items():
                prove_strings(table_strings(frame), secrets, f"{where} {name}")
                if isinstance(frame, gpd.GeoDataFrame):
                    prove_points(shapely.get_coordinates(frame.geometry.values), secrets, f"{where} {name}")
                    if name in HAZARD_LAYERS:
                        prove(frame, area=atlas.area, name=f"{where} {name}")
        elif path.suffix == ".html":
            text = path.read_text("utf-8")
            blocks = {name: json.loads(block) for name, block in page_blocks(text).items()}
            prove_strings([*leaves(blocks), *TAGS.split(text)], secrets, where)
            prove_points(np.concatenate([np.empty((0, 2)), *drawn_points(blocks)]), secrets, where)
        else:
            is_json = path.suffix == ".json"
            said = leaves(json.loads(path.read_text("utf-8"))) if is_json else table_strings(pd.read_csv(path, low_memory=False))
            prove_strings(said, secrets, where)


def mapped_fields(atlas: Atlas) -> gpd.GeoDataFrame:
    """Return the mapped hazards that do not already lie in cells, with their layer in ``layer``."""
    parts = [atlas[name].frame[is_exact(atlas[name])].assign(layer=name) for name in mapped_layers(atlas)]
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))
    points, owner = shapely.get_coordinates(measure.project(frame, atlas.area.crs).geometry.values, return_index=True)
    return frame.iloc[np.unique(owner[~_on_grid(points)])].reset_index(drop=True)


def secrets_of(atlas: Atlas, exact: gpd.GeoDataFrame) -> Secrets:
    """Return the names and vertices of mapped fields that stand nowhere in the study area and the schematic layers."""
    others = {name: layer.frame[~is_exact(layer)] for name, layer in atlas.layers.items()}
    told = {text for name in NAMED if name in exact for text in exact[name].dropna().astype(str)}
    words = {phrase(text): text for text in sorted(told) if len(text.encode()) >= SHORTEST_BYTES}
    words = {key: text for key, text in words.items() if key}
    common = runs(known_strings(atlas, others.values()), lengths(words))
    points, owner = shapely.get_coordinates(exact.geometry.values, return_index=True)
    plane = shapely.get_coordinates(measure.project(exact, atlas.area.crs).geometry.values)
    ours = [vertex_keys(shapely.get_coordinates(frame.geometry.values)) for name, frame in others.items() if name not in DERIVED]
    keys = vertex_keys(points)
    secret = ~_on_grid(plane) & ~np.isin(keys, np.concatenate(ours))
    pairs = np.unique(np.stack([owner[secret], keys[secret]]), axis=1)
    kept = {key: text for key, text in words.items() if key not in common}
    telling = frozenset(key for key in kept if re.search(r"[ \d]", key) and re.search(r"[^\W\d]", key))
    return Secrets(kept, telling, pairs[1], pairs[0], exact["layer"].tolist())


def known_strings(atlas: Atlas, frames: Iterable[gpd.GeoDataFrame]) -> Iterator[str]:
    """Yield what anybody may read: our own words, the study area, the schematic layers and the names of the inputs."""
    yield from leaves([*(list(table.values()) for table in VOCABULARY), WORDS, VALUES, SCOPES, atlas.area.settings], names=True)
    yield from leaves([astuple(source) for source in atlas.area.sources.values()])
    for frame in (*atlas.area.tables.values(), atlas.area.lines, *frames):
        yield from table_strings(frame)
    yield from atlas.inputs


def prove_strings(strings: Iterable[str], secrets: Secrets, where: str) -> None:
    """Raise if a supplied name is one of the strings, or, where it is telling, stands in one."""
    texts = set(strings)
    found = (secrets.words.keys() & set(map(phrase, texts))) | (secrets.telling & runs(texts, lengths(secrets.telling)))
    if found:
        raise CheckFailed(
            "supplied name in a public file",
            where=where,
            found=", ".join(sorted(secrets.words[key] for key in found)[:5]),
            mend="build with --tier restricted, or rename it in your file; nothing was written",
        )


def prove_points(points: NDArray[np.float64], secrets: Secrets, where: str) -> None:
    """Raise if two vertices of one supplied field are among the points [degrees], shape (n, 2)."""
    shared = np.isin(secrets.keys, vertex_keys(points))
    count = np.bincount(secrets.owner[shared], minlength=1)
    if count.max() > 1:
        field = int(count.argmax())
        place = secrets.keys[shared & (secrets.owner == field)][0]
        east, north = (int(place) // 10**8 / 10**DECIMALS - 180, int(place) % 10**8 / 10**DECIMALS - 90)
        raise CheckFailed(
            "supplied vertex in a public file",
            where=where,
            found=f"{east:.{DECIMALS}f} {north:.{DECIMALS}f} of {secrets.fields[field]}",
            mend="build with --tier restricted; nothing was written",
        )


def vertex_keys(points: NDArray[np.float64]) -> Keys:
    """Return one whole number for each vertex [degrees], rounded to `DECIMALS`; shape (n,)."""
    whole = np.rint((points + np.array([180.0, 90.0])) * 10**DECIMALS).astype(np.int64)
    return np.asarray(whole[:, 0] * 10**8 + whole[:, 1])


def drawn_points(blocks: Any) -> Iterator[NDArray[np.float64]]:
    """Yield the vertices [degrees] of every geometry set in a page's blocks, each shape (n, 2)."""
    if isinstance(blocks, list):
        for item in blocks:
            yield from drawn_points(item)
    elif isinstance(blocks, dict) and {"decimals", "x", "y"} <= blocks.keys():
        yield np.cumsum([blocks["x"], blocks["y"]], axis=1).T / 10.0 ** blocks["decimals"]
    elif isinstance(blocks, dict):
        yield from drawn_points(list(blocks.values()))


def leaves(value: Any, *, names: bool = False) -> Iterator[str]:
    """Yield every text in a JSON value; the names in an object count if wanted, or if they are no lone word.

    Examples
    --------
    >>> list(leaves({"part": ["all", 1], "Hill 395": None}))
    ['all', 'Hill 395']
    """
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, names=names)
            if names or not str(key).isidentifier():
                yield str(key)
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from leaves(item, names=names)


def table_strings(frame: pd.DataFrame) -> Iterator[str]:
    """Yield every text of a table once a column."""
    for name in frame.columns:
        cells = frame[name]
        if not isinstance(cells, gpd.GeoSeries) and not pd.api.types.is_numeric_dtype(cells):
            yield from cells.dropna().astype(str).unique()


def phrase(text: str) -> str:
    """Return the words of a text in lower case with single blanks between them.

    Examples
    --------
    >>> phrase("YC-014 (Hill)")
    'yc 014 hill'
    """
    return " ".join(re.findall(r"\w+", text.casefold()))


def lengths(phrases: Iterable[str]) -> set[int]:
    """Return the numbers of words that phrases have."""
    return {key.count(" ") + 1 for key in phrases}


def runs(texts: Iterable[str], sizes: set[int]) -> set[str]:
    """Return every run of so many words that stands in a text.

    Examples
    --------
    >>> sorted(runs(["Hill 395, north"], {2}))
    ['395 north', 'hill 395']
    """
    words = [phrase(text).split(" ") for text in texts]
    return {" ".join(row[i : i + size]) for size in sizes for row in words for i in range(len(row) - size + 1)}


def _on_grid(points_m: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which points [m] are nodes of the grid; shape (n,)."""
    cell_m = 1000.0 * SMALLEST_CELL_KM
    return np.asarray(np.abs(points_m - cell_m * np.round(points_m / cell_m)).max(axis=1) <= NODE_TOLERANCE_M)
