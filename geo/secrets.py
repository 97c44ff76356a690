"""What no public file may hold: the names, places, days and numbers of what somebody recorded.

Assumption: what also stands in the study area or in another layer is no secret, nor a lone word of an input's file name unless
it is a person's; nor is a place that lies on a layer of our own or on the 1 km grid. A field all of whose corners are nodes of
the grid was given in cells: there is nothing to hide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass, field
from functools import cached_property
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure, terms
from geo.exchange.mgrs import mgrs
from geo.exchange.readback import leaves, table_strings
from geo.generalise import is_exact, mapped_layers
from geo.grid import NODE_TOLERANCE_M, off_grid_m
from geo.layer import Atlas
from geo.likeness import COARSE, Floats, Keys, long_numbers, mantissas, phrase, runs, vertex_keys
from geo.maps.words import COLUMN_VALUES, SCOPES, VALUES, WORDS
from geo.survey.persons import is_personal

NAMED = frozenset(
    "id name_en name_ko name zone hazard_id report_id shape_id links person description sign_words national_term".split()
)
DATED = ("date", "as_of", "valid_from", "valid_to", "status_since", "last_inspected")
PLAIN = frozenset(  # controlled words, dates and what is ours: nobody's secret
    "land_class land_status basis simulated sources as_of evidence tier hazard_layer series member marking_type"
    " fence_condition shape_kind sign_text link date valid_from valid_to status_since last_inspected".split()
)
SHORTEST_BYTES = 4  # four Latin letters, two Korean ones
SHORTEST_NUMBER = 6  # digits of an id that is a number: a year is none
SHORTEST_PERSON = 3  # letters of a name not in Latin letters: it also counts inside a text
LONGEST_NUMBER = 15  # digits that a float keeps
FREE_WORDS, FREE_LETTERS = 3, 12  # what other columns say counts from so many on
SHINGLE = 5  # words: a longer text is known by every run of so many
DEGREE_DIGITS = 8  # of one coordinate alone: about 0.1 m
DERIVED = ("flood_displacement", "hillslope_displacement", "mined_density")  # made from the fields: they excuse nothing
VOCABULARY = (
    *(terms.LAND_CLASSES, terms.LAND_STATUSES, terms.EVIDENCE, terms.BASES, terms.PRIORITIES, terms.LAYERS, terms.TEXTS),
    *(terms.MARKING_TYPES, terms.FENCE_CONDITIONS, terms.SIGN_TEXTS, terms.SHAPE_KINDS, terms.POINT_KINDS, terms.REPORT_KINDS),
)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Secrets:
    """What no public file may hold.

    Attributes
    ----------
    words : mapping of str to str
        Names and texts as they were supplied, by their words in lower case with single blanks.
    telling : frozenset of str
        Those that count inside a longer text too: days, persons' names not in Latin letters, all but lone words and numbers.
    points : ndarray, shape (n, 2)
        Secret vertices, centroids and corners of boxes [degrees].
    owner : ndarray, shape (n,)
        The number of the feature each belongs to.
    layers : list of str
        The layer of each feature, for the message.
    numbers : ndarray, shape (m,)
        Areas, perimeters and coordinates at full precision.
    columns : frozenset of str
        Names of columns that stand in files of ours for what everybody may read.
    serials : ndarray, shape (k,)
        Ids that are whole numbers.
    """

    words: Mapping[str, str]
    telling: frozenset[str]
    points: Floats
    owner: NDArray[np.intp]
    layers: list[str]
    numbers: Floats
    columns: frozenset[str] = field(default=frozenset())
    serials: Floats = field(default_factory=lambda: np.zeros(0))
    cache: dict[tuple[str, int], Any] = field(default_factory=dict, repr=False)

    @cached_property
    def sizes(self) -> set[int]:
        """How many words telling texts have."""
        return {key.count(" ") + 1 for key in self.telling}

    @cached_property
    def box(self) -> tuple[Floats, Floats]:
        """South-west and north-east corner of all points, a kilometre wide at least."""
        if not len(self.points):
            return np.zeros(2), np.zeros(2)
        return self.points.min(axis=0) - 0.005, self.points.max(axis=0) + 0.005

    def keys(self, decimals: int) -> tuple[Keys, NDArray[np.intp]]:
        """Return the sorted keys of all points, and the feature each belongs to."""
        if ("keys", decimals) not in self.cache:
            found = vertex_keys(self.points, decimals)
            order = np.argsort(found, kind="stable")
            self.cache["keys", decimals] = found[order], self.owner[order]
        pair: tuple[Keys, NDArray[np.intp]] = self.cache["keys", decimals]
        return pair

    def digits(self, n_digits: int) -> Keys:
        """Return the sorted mantissas of all numbers."""
        if ("digits", n_digits) not in self.cache:
            self.cache["digits", n_digits] = np.sort(mantissas(self.numbers, n_digits))
        found: Keys = self.cache["digits", n_digits]
        return found

    @cached_property
    def squares(self) -> pd.Series:
        """The feature of each point, by the point's MGRS reference to 1 m without blanks."""
        texts = pd.Series(mgrs(self.points[:, 0], self.points[:, 1], digits=5), dtype=str)
        return pd.Series(self.owner, index=texts.str.replace(" ", ""))


def secrets_of(atlas: Atlas, exact: gpd.GeoDataFrame, known: Iterable[str] = ()) -> Secrets:
    """Return what recorded features keep secret.

    Parameters
    ----------
    atlas : Atlas
        As supplied.
    exact : GeoDataFrame
        As `recorded` returns it.
    known : iterable of str
        Further texts that anybody may read, such as the names of districts.
    """
    others = {name: layer.frame[~is_exact(layer)] for name, layer in atlas.layers.items()}
    days, persons = secret_days(exact), secret_words(exact[[name for name in exact.columns if is_personal(str(name))]])
    words = secret_words(exact) | days
    sizes = {key.count(" ") + 1 for key in words}
    common = runs([*known_strings(atlas, others.values()), *known], sizes)
    telling = frozenset(key for key in words if not (key.isalpha() or key.replace(" ", "").isdigit()))
    telling |= days.keys() | {key for key in persons if not key.isascii() and len(key) >= SHORTEST_PERSON}
    common |= runs(atlas.inputs, sizes) - telling - persons.keys()
    kept = {key: text for key, text in words.items() if key not in common}
    telling &= kept.keys()
    serials = np.array(sorted(float(key) for key in kept if key.isdecimal() and len(key) <= LONGEST_NUMBER))
    plane = np.asarray(measure.project(exact, atlas.area.crs).geometry.values, dtype=object)
    points, owner = secret_points(exact, plane)
    drawn = [shapely.get_coordinates(frame.geometry.values) for name, frame in others.items() if name not in DERIVED]
    ours = np.concatenate([np.zeros((0, 2)), *drawn])
    secret = ~np.isin(vertex_keys(points), vertex_keys(ours))
    tables = (atlas.areas, atlas.lengths, atlas.ledger, atlas.overlaps, atlas.assumed, atlas.sensitivity, *others.values())
    columns = frozenset(str(name) for table in tables if len(table) for name in table.columns)
    columns |= frozenset(keys_of(atlas.area.settings))
    numbers = secret_numbers(exact, plane, ours)
    return Secrets(kept, telling, points[secret], owner[secret], exact["layer"].tolist(), numbers, columns, serials)


def recorded(atlas: Atlas) -> gpd.GeoDataFrame:
    """Return every feature somebody recorded that does not already lie in cells, with its layer in ``layer``."""
    parts = [atlas[name].frame[is_exact(atlas[name])].assign(layer=name) for name in mapped_layers(atlas)]
    frame = gpd.GeoDataFrame(pd.concat(parts, ignore_index=True))
    points, owner = shapely.get_coordinates(measure.project(frame, atlas.area.crs).geometry.values, return_index=True)
    return frame.iloc[np.unique(owner[off_grid_m(points) > NODE_TOLERANCE_M])].reset_index(drop=True)


def secret_words(exact: pd.DataFrame) -> dict[str, str]:
    """Return the texts of recorded features by their words: ids and names, persons, and of all else what is longer than a word.

    Examples
    --------
    >>> rows = {"id": ["YC-014"], "informant": ["홍길동"], "status": ["old"], "note": ["seen beside the old well"]}
    >>> sorted(secret_words(pd.DataFrame(rows)))
    ['seen beside the old well', 'yc 014', '홍길동']
    """
    words: dict[str, str] = {}
    for name in [str(name) for name in exact.columns if name not in PLAIN and name not in ("geometry", "layer")]:
        person = is_personal(name)
        numeric = pd.api.types.is_numeric_dtype(exact[name])
        if numeric and not (person or name in NAMED):
            continue
        cells = exact[name].dropna()
        cells = cells.astype("Int64") if pd.api.types.is_float_dtype(cells) and (cells % 1 == 0).all() else cells
        for text in cells.astype(str).unique():
            words.update(_told(text, short=person or name in NAMED))
    return words


def _told(text: str, *, short: bool) -> dict[str, str]:
    """Return the phrases by which a text is known."""
    key = phrase(text)
    size = key.count(" ") + 1
    if size > SHINGLE:
        row = key.split(" ")
        return {" ".join(row[at : at + SHINGLE]): text for at in range(size - SHINGLE + 1)}
    if key.replace(" ", "").isdigit():
        return {key: text} if short and len(key.replace(" ", "")) >= SHORTEST_NUMBER else {}
    enough = len(text.encode()) >= SHORTEST_BYTES if short else size >= FREE_WORDS and len(key) >= FREE_LETTERS
    return {key: text} if key and enough else {}


def secret_days(exact: pd.DataFrame) -> dict[str, str]:
    """Return the days of recorded features by their words; a year or a month is none.

    Examples
    --------
    >>> secret_days(pd.DataFrame({"as_of": ["2021-03-17", "2020"], "date": ["2016-06-17T09:30", None]}))
    {'2016 06 17': '2016-06-17', '2021 03 17': '2021-03-17'}
    """
    texts = {text for name in DATED if name in exact for text in exact[name].dropna().astype(str).unique()}
    return {phrase(day): day for day in sorted({day for text in texts for day in DAY.findall(text)})}


def secret_points(exact: gpd.GeoDataFrame, plane: NDArray[np.object_]) -> tuple[Floats, NDArray[np.intp]]:
    """Return every vertex off the grid, and of areas the centroid and the corners of the box; and the feature each belongs to."""
    shapes = np.asarray(exact.geometry.values, dtype=object)
    points, owner = shapely.get_coordinates(shapes, return_index=True)
    off = off_grid_m(shapely.get_coordinates(plane)) > NODE_TOLERANCE_M
    areas = np.flatnonzero(shapely.get_dimensions(shapes) == 2)
    west, south, east, north = shapely.bounds(shapes[areas]).T
    corners = [np.stack(pair, axis=1) for pair in ((west, south), (east, north), (west, north), (east, south))]
    made, of_area = np.concatenate([_centres(shapes[areas]), *corners]), np.tile(areas, 5)
    apart = ~_beside(made, points[~off])  # beside a node of the grid they would take every cell there for a leak
    return np.concatenate([points[off], made[apart]]), np.concatenate([owner[off], of_area[apart]])


def _beside(points: Floats, nodes: Floats) -> NDArray[np.bool_]:
    """Return which points [degrees] lie within 10 to 20 m of a node; shape (n,)."""
    steps = np.stack(np.meshgrid([-1, 0, 1], [-1, 0, 1]), axis=-1).reshape(-1, 2) * 10.0**-COARSE
    around = (nodes[:, None] + steps).reshape(-1, 2)
    return np.isin(vertex_keys(points, COARSE), vertex_keys(around, COARSE))


def secret_numbers(exact: gpd.GeoDataFrame, plane: NDArray[np.object_], ours: Floats) -> Floats:
    """Return areas [m²], perimeters [m], centroids and boxes [degrees and metres] of areas, and coordinates of points.

    One coordinate in degrees is telling only to the decimetre, and not if it is that of a vertex of ours, shape (n, 2).
    """
    shapes = np.asarray(exact.geometry.values, dtype=object)
    flat = shapely.get_dimensions(shapes) == 2
    own = exact[flat]
    sizes = [measure.areas_m2(own), measure.lengths_m(own), shapely.area(plane[flat]), shapely.length(plane[flat])]
    corners, owner = shapely.get_coordinates(plane, return_index=True)
    free = flat.copy()
    free[owner[off_grid_m(corners) <= NODE_TOLERANCE_M]] = False  # its box shares an edge with a cell
    degrees, metres = (
        np.concatenate(
            [part.ravel() for part in (_centres(here[flat]), shapely.bounds(here[free]), shapely.get_coordinates(here[~flat]))]
        )
        for here in (shapes, plane)
    )
    known = np.unique(mantissas(ours.ravel(), DEGREE_DIGITS))
    degrees = degrees[long_numbers(degrees, DEGREE_DIGITS) & ~np.isin(mantissas(degrees, DEGREE_DIGITS), known)]
    found = np.concatenate([*sizes, metres])
    return np.asarray(np.abs(np.concatenate([found[long_numbers(found)], degrees])))


def _centres(shapes: NDArray[np.object_]) -> Floats:
    return np.asarray(shapely.get_coordinates(shapely.centroid(shapes)))


def known_strings(atlas: Atlas, frames: Iterable[gpd.GeoDataFrame]) -> Iterator[str]:
    """Yield what anybody may read: our own words, the study area, the schematic layers and the names of the inputs."""
    yield from leaves(
        [
            *(list(table.values()) for table in VOCABULARY),
            dict(terms.NATIONAL_TERMS),
            WORDS,
            VALUES,
            COLUMN_VALUES,
            SCOPES,
            atlas.area.settings,
        ],
        names=True,
    )
    yield from leaves([astuple(source) for source in atlas.area.sources.values()])
    for frame in (*atlas.area.tables.values(), atlas.area.lines, *frames):
        yield from table_strings(frame)
    yield str(atlas.parameters.get("as_of", ""))


def keys_of(value: object) -> Iterator[str]:
    """Yield the names in every object of settings.

    Examples
    --------
    >>> list(keys_of({"contacts": [{"number": "1338"}]}))
    ['contacts', 'number']
    """
    if isinstance(value, Mapping):
        yield from map(str, value)
    for item in value.values() if isinstance(value, Mapping) else value if isinstance(value, (list, tuple)) else ():
        yield from keys_of(item)
