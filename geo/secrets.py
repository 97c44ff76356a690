"""What no public file may hold: the names, places, days and numbers of what somebody recorded.

Assumption: what also stands in the study area or in another layer is no secret, nor a lone word of an input's file name unless
it is a person's; nor is a place that lies on a layer of our own or on the 1 km grid. Where many numbers meet, some agree by
chance: one alone counts only if it agrees in so many digits that chance would do it in less than one file of ten thousand; two
corners of one field count at a metre. A field all of whose corners are nodes of the grid was given in cells: there is nothing
to hide.
"""

from __future__ import annotations

import math
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
from geo.generalise import denied_names, is_exact, mapped_layers
from geo.grid import NODE_TOLERANCE_M, off_grid_m
from geo.layer import Atlas
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
METRES_A_DEGREE = 111_320.0
BESIDE = (-31, -17, -7, -3, 3, 7, 17, 31)  # steps of the last digit that are as good as any
ASIDE = np.array([(19, 7), (-23, 11), (13, -29), (-17, -13)])  # steps of the last decimal: where only chance would meet
COARSE = 4  # decimals of a degree: about 10 m
DECIMALS = 5  # of a degree: about 1 m
FINEST_DECIMALS = 7
FEWEST_DIGITS, MOST_DIGITS = 6, 12
NOISE_DIGITS = 1  # behind the significant ones: 160000.007 m² is a round size
DEGREE_DIGITS = 8  # of one coordinate alone: about 0.1 m
CHANCE = 1e-4  # of one coincidence in a file
SHIFT = 0.1  # of the last decimal: rounding twice may end a step beside rounding once
DERIVED = ("flood_displacement", "hillslope_displacement", "mined_density")  # made from the fields: they excuse nothing
VOCABULARY = (
    *(terms.LAND_CLASSES, terms.LAND_STATUSES, terms.EVIDENCE, terms.BASES, terms.PRIORITIES, terms.LAYERS, terms.TEXTS),
    *(terms.MARKING_TYPES, terms.FENCE_CONDITIONS, terms.SIGN_TEXTS, terms.SHAPE_KINDS, terms.POINT_KINDS, terms.REPORT_KINDS),
)
SQUARES = re.compile(r"(?<!\w)\d{1,2}\s?[C-X]\s?[A-Z]{2}\s?\d{5}\s?\d{5}(?!\d)", flags=re.I)
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
WORD = re.compile(r"[^\W_]+").findall
Keys = NDArray[np.int64]
Floats = NDArray[np.float64]


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


def found_names(names: Iterable[str], secrets: Secrets) -> list[str]:
    """Return the names of columns that no public file may bear."""
    return sorted(name for name in denied_names(names) if name not in secrets.columns)


def found_keys(names: Iterable[str], secrets: Secrets) -> list[str]:
    """Return the supplied texts that stand as the name of a column or key; a lone Latin word there is one of ours."""
    asked = {name for name in names if name not in secrets.columns}
    return found_words({name for name in asked if not name.isascii()}, secrets) or sorted(
        secrets.words[key] for key in secrets.telling & runs(asked, secrets.sizes)
    )


def found_serials(numbers: Floats, secrets: Secrets) -> list[str]:
    """Return the ids that are one of the numbers and have more digits than chance would meet."""
    whole = np.unique(np.abs(numbers[numbers % 1 == 0]))
    if not len(whole) or not len(secrets.serials):
        return []
    long = secrets.serials * 0.9 >= len(whole) * len(secrets.serials) / CHANCE
    return [f"{number:.0f}" for number in secrets.serials[long & np.isin(secrets.serials, whole)]]


def found_words(texts: set[str], secrets: Secrets) -> list[str]:
    """Return the supplied texts that are one of the strings, or, where they are telling, stand in one."""
    found = (secrets.words.keys() & set(map(phrase, texts))) | (secrets.telling & runs(texts, secrets.sizes))
    return sorted(secrets.words[key] for key in found)


def found_points(points: Floats, secrets: Secrets) -> NDArray[np.intp]:
    """Return the places, in `points`, of what gives a feature away: two points of one, or one that is no chance; shape (k,)."""
    low, high = secrets.box
    near = np.flatnonzero(((points >= low) & (points <= high)).all(axis=1))
    if not len(near) or not len(secrets.points):
        return np.zeros(0, dtype=np.intp)
    asked = points[near]
    for decimals in range(DECIMALS, FINEST_DECIMALS + 1):
        if not len(rows := _of_one(asked, secrets, decimals)):
            break
        by_chance = np.mean([len(_matches(asked + step / 10.0**decimals, secrets, decimals)[0]) for step in ASIDE])
        if by_chance**2 / (2 * len(secrets.layers)) <= CHANCE * 10:  # of two that meet one feature
            return np.asarray(near[rows])
    finest = _decimals(len(np.unique(vertex_keys(asked))), len(secrets.points), high - low)
    lone = _matches(asked, secrets, finest)[0] if finest else np.zeros(0, dtype=np.intp)
    crowded = any(len(_matches(asked + step / 10.0**finest, secrets, finest)[0]) for step in ASIDE) if len(lone) else False
    return np.asarray(near[lone]) if not crowded else np.zeros(0, dtype=np.intp)


def _of_one(points: Floats, secrets: Secrets, decimals: int) -> NDArray[np.intp]:
    """Return the rows of points that agree, in so many decimals, with two points of one feature; shape (k,)."""
    rows, owner = _matches(points, secrets, decimals)
    pairs = (
        np.unique(np.stack([owner, vertex_keys(points[rows], COARSE)], axis=1), axis=0) if len(rows) else np.zeros((0, 2), int)
    )
    features, count = np.unique(pairs[:, 0], return_counts=True)
    return np.asarray(rows[np.isin(owner, features[count > 1])])


def found_squares(texts: Iterable[str], secrets: Secrets) -> list[str]:
    """Return the MGRS references of secret points, to 1 m, that stand in texts: two of one feature, or one that is no chance."""
    said = {re.sub(r"\s", "", text).upper() for part in texts for text in SQUARES.findall(part)}
    met = secrets.squares[secrets.squares.index.isin(said)] if said else secrets.squares.iloc[:0]
    if met.empty:
        return []
    low, high = secrets.box
    whole_m2 = float(np.prod((high - low) * METRES_A_DEGREE) * math.cos(math.radians((low[1] + high[1]) / 2)))
    if len(said) * len(secrets.points) / max(whole_m2, 1.0) > CHANCE * 10:
        pairs = met.reset_index().drop_duplicates()
        met = met[met.isin(pairs.iloc[:, 1][pairs.iloc[:, 1].duplicated()])]
    return sorted(set(met.index))


def layer_at(point: Floats, secrets: Secrets) -> str:
    """Return the layer of a secret point [degrees], for a message."""
    return secrets.layers[int(_matches(point[None, :], secrets, DECIMALS)[1][0])]


def _matches(points: Floats, secrets: Secrets, decimals: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return (row of points, feature) of every agreement in so many decimals, however it was rounded."""
    keys, owner = secrets.keys(decimals)
    shift_deg = SHIFT / 10.0**decimals
    steps = np.array([(x, y) for x in (-shift_deg, shift_deg) for y in (-shift_deg, shift_deg)])
    asked = vertex_keys((points[:, None, :] + steps).reshape(-1, 2), decimals)
    first, last = np.searchsorted(keys, asked, "left"), np.searchsorted(keys, asked, "right")
    count = last - first
    rows = np.repeat(np.arange(len(asked)) // len(steps), count)
    at = np.repeat(first - np.cumsum(count) + count, count) + np.arange(count.sum())
    return rows, owner[at]


def _decimals(n_asked: int, n_secret: int, size_deg: Floats) -> int:
    """Return in how many decimals one agreement is no chance, 0 where no file has as many."""
    for decimals in range(DECIMALS, FINEST_DECIMALS + 1):
        if n_asked * n_secret * 4 / 10.0 ** (2 * decimals) / float(size_deg.prod()) <= CHANCE * 10:
            return decimals
    return 0


def found_numbers(numbers: Floats, secrets: Secrets) -> Floats:
    """Return the numbers that agree with a secret one in more digits than chance would; shape (k,)."""
    asked = np.abs(numbers[long_numbers(numbers)])
    if not len(asked) or not len(secrets.numbers):
        return np.zeros(0)
    needed = math.ceil(math.log10(len(asked) * len(secrets.numbers) / 9 / CHANCE)) + 1
    for digits in range(min(max(needed, FEWEST_DIGITS), MOST_DIGITS), MOST_DIGITS + 1):
        known, found = secrets.digits(digits), mantissas(asked, digits)
        telling = found % 10 ** (digits - FEWEST_DIGITS + 1) != 0  # at so many digits; a round size is no secret
        met = _among(found, known) & telling
        if not met.any() or not any((_among(found + step, known) & telling).any() for step in BESIDE):
            return np.asarray(asked[met])
    return np.zeros(0)  # coordinates crowd together: where numbers beside them meet secrets as well, it is chance


def _among(numbers: Keys, known: Keys) -> NDArray[np.bool_]:
    """Return which numbers stand among known ones in ascending order; shape (n,)."""
    place = np.minimum(np.searchsorted(known, numbers), len(known) - 1)
    return np.asarray(known[place] == numbers)


def long_numbers(numbers: Floats, digits: int = FEWEST_DIGITS) -> NDArray[np.bool_]:
    """Return which numbers have at least so many significant digits, the noise of reckoning left out; shape (n,).

    Examples
    --------
    >>> long_numbers(np.array([10000.0, 12345.0, 123456.0, 0.00123456, np.nan, 0.0])).tolist()
    [False, False, True, True, False, False]
    >>> long_numbers(np.array([159.9999969, 160000.007])).tolist()
    [False, False]
    """
    return np.asarray(mantissas(numbers, digits + NOISE_DIGITS) % 10 ** (NOISE_DIGITS + 1) != 0)


def mantissas(numbers: Floats, digits: int) -> Keys:
    """Return the first significant digits of each number as a whole number, 0 of what is none; shape (n,).

    Examples
    --------
    >>> mantissas(np.array([28314.159, 0.028314159, -5.0]), 6).tolist()
    [283142, 283142, 500000]
    """
    size = np.abs(np.where(np.isfinite(numbers), numbers, 0.0))
    exponent = np.floor(np.log10(np.where(size > 0, size, 1.0)))
    whole = np.rint(size * 10.0 ** (digits - 1 - exponent)).astype(np.int64)
    return np.asarray(np.where(whole >= 10**digits, whole // 10, whole))


def vertex_keys(points: Floats, decimals: int = DECIMALS) -> Keys:
    """Return one whole number for each vertex [degrees], rounded to so many decimals; shape (n,)."""
    whole = np.rint((points + np.array([180.0, 90.0])) * 10**decimals).astype(np.int64)
    return np.asarray(whole[:, 0] * 10 ** (decimals + 3) + whole[:, 1])


def phrase(text: str) -> str:
    """Return the words of a text in lower case with single blanks between them.

    Examples
    --------
    >>> phrase("YC-014 (Hill)")
    'yc 014 hill'
    """
    return " ".join(WORD(text.casefold()))


def runs(texts: Iterable[str], sizes: set[int]) -> set[str]:
    """Return every run of so many words that stands in a text.

    Examples
    --------
    >>> sorted(runs(["Hill 395, north"], {2}))
    ['395 north', 'hill 395']
    """
    words = [phrase(text).split(" ") for text in texts]
    return {" ".join(row[at : at + size]) for size in sizes for row in words for at in range(len(row) - size + 1)}
