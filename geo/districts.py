"""Square kilometres by administrative district: the features of every polygon layer cut along district borders.

Assumption: districts do not cover one another; where they do, land counts in each. They are joined by code, never by name: Korea
has two counties called 고성군. Limit: of a border drawn coarsely a strip as wide as its error falls to the neighbour.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import DataError
from geo.generalise import told_roughly
from geo.layer import Layer
from geo.measure import CONTACT_M2, LONLAT, Floats, areas_m2, overlap_km2
from geo.points import public_counts
from geo.terms import RECORD_LAYERS

DISTRICT_COLUMNS = (
    "code",
    "name_en",
    "name_ko",
    "layer",
    "land_class",
    "land_status",
    "n_features",
    "gross_km2",
    "overlap_km2",
    "net_km2",
    "share_percent",
)
SPLIT = ("land_class", "land_status")
OUTSIDE = ("", "outside every district", "모든 행정구역 밖")
LEFT_OUT = ("mined_density", "past_hazards", *RECORD_LAYERS)  # expected shares of cells, land as it was, places of records
GRAZED = 1e-6  # of a feature: what two ways of cutting along one border leave over

Layers = Mapping[str, Layer] | Mapping[str, gpd.GeoDataFrame]
Rows = NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Pieces:
    """Features cut along district borders.

    Attributes
    ----------
    feature, district : ndarray, shape (n,)
        Row of the feature and of the district; -1 for what lies outside every district.
    shapes : ndarray, shape (n,)
        EPSG:4326.
    m2 : ndarray, shape (n,)
        Geodesic area [m²].
    """

    feature: Rows
    district: Rows
    shapes: NDArray[np.object_]
    m2: Floats


def cut(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, *, outside: bool = True) -> Pieces:
    """Return every feature's pieces by district, and what lies outside.

    Features wholly inside a district are taken as they are, so only those on a border need an overlay. A piece below 1 m² and 1 %
    of its feature only touches the district.

    Parameters
    ----------
    frame, districts : GeoDataFrame
        Polygons, with a CRS.
    outside : bool
        Whether what lies outside is wanted.

    Examples
    --------
    >>> halves = gpd.GeoDataFrame(geometry=[shapely.box(127, 38, 128, 39), shapely.box(128, 38, 129, 39)], crs=4326)
    >>> field = gpd.GeoDataFrame(geometry=[shapely.box(127.9, 38.9, 128.1, 39.1)], crs=4326)
    >>> cut(field, halves).district.tolist()
    [0, 1, -1]
    """
    shapes, borders = _lonlat(frame), _lonlat(districts)
    tree, n = shapely.STRtree(shapes), max(len(shapes), 1)
    district, feature = tree.query(borders, predicate="intersects")
    inner, covered = tree.query(borders, predicate="covers")
    whole = np.isin(district * n + feature, inner * n + covered)
    pieces = shapes[feature]
    pieces[~whole] = shapely.intersection(shapes[feature[~whole]], borders[district[~whole]])
    partly = np.setdiff1d(np.arange(len(shapes) if outside else 0), covered)
    rest, left_over = _outside(shapes, feature, pieces, partly)
    feature, district = np.concatenate([feature, rest]), np.concatenate([district, np.full(len(rest), -1)])
    pieces = np.concatenate([pieces, left_over])
    m2, own_m2 = areas_m2(gpd.GeoSeries(pieces, crs=LONLAT)), areas_m2(gpd.GeoSeries(shapes, crs=LONLAT))[feature]
    real = m2 > np.maximum(np.minimum(CONTACT_M2, 0.01 * own_m2), GRAZED * own_m2)
    order = np.lexsort([district[real], feature[real]])
    order = np.concatenate([order[district[real][order] >= 0], order[district[real][order] < 0]])
    return Pieces(feature[real][order], district[real][order], pieces[real][order], m2[real][order])


def _outside(
    shapes: NDArray[np.object_], feature: Rows, pieces: NDArray[np.object_], partly: Rows
) -> tuple[Rows, NDArray[np.object_]]:
    """Return the features that no single district covers and what of each lies outside all."""
    touching = np.isin(feature, partly)
    left_over = shapes[partly]
    owners, group = np.unique(feature[touching], return_inverse=True)
    order = np.argsort(group, kind="stable")
    if len(owners):
        gathered = shapely.geometrycollections(pieces[touching][order], indices=group[order])
        within = shapely.union_all(np.asarray(gathered, dtype=object)[:, None], axis=1)
        place = np.searchsorted(partly, owners)
        left_over[place] = shapely.difference(left_over[place], within)
    return partly, left_over


def by_district(layers: Layers, districts: gpd.GeoDataFrame, *, split: Sequence[str] = SPLIT) -> pd.DataFrame:
    """Return km² of every polygon layer by district, land class and status.

    Parameters
    ----------
    layers : mapping of str to Layer or GeoDataFrame
    districts : GeoDataFrame
        With ``code``, ``name_en`` and ``name_ko``.
    split : sequence of str
        Columns of a layer by which its rows are parted; () for one row a layer and district.

    Returns
    -------
    DataFrame
        `DISTRICT_COLUMNS`. A feature on a border counts in each of its districts, with its part of the land; land outside every
        district stands last, with an empty code. ``share_percent`` is the net share of the district's own area. Rows of one layer
        may share ground, so nets of classes are not to be added.

    Raises
    ------
    DataError
        If the districts lack a code or a name.

    Examples
    --------
    >>> county = {"code": ["32360"], "name_en": ["Cheorwon-gun"], "name_ko": ["철원군"]}
    >>> county = gpd.GeoDataFrame(county, geometry=[shapely.box(127, 38, 127.5, 38.5)], crs=4326)
    >>> field = gpd.GeoDataFrame({"land_class": ["SHA"]}, geometry=[shapely.box(127.1, 38.1, 127.2, 38.2)], crs=4326)
    >>> by_district({"unconfirmed_minefields": field}, county).round(1)[["code", "land_class", "share_percent"]].values.tolist()
    [['32360', 'SHA', 4.0]]
    """
    if missing := [name for name in ("code", "name_en", "name_ko") if name not in districts]:
        raise DataError("districts need a code and names", expected=", ".join(missing), mend="read them with read_districts")
    own_km2 = pd.Series(areas_m2(districts) / 1e6).groupby(districts["code"].astype(str).to_numpy()).sum()
    rows: list[tuple[object, ...]] = []
    for place, (name, layer) in enumerate(layers.items()):
        frame: gpd.GeoDataFrame = layer.frame if isinstance(layer, Layer) else layer
        if name not in LEFT_OUT and has_area(frame):
            rows += [(place, name, *row) for row in _rows(frame, districts, tuple(split))]
    columns = ["place", "layer", "code", "name_en", "name_ko", *split, "n_features", "gross_km2", "overlap_km2", "net_km2"]
    table = pd.DataFrame(rows, columns=columns).astype({"n_features": "Int64"})
    table["share_percent"] = 100 * table["net_km2"] / table["code"].map(own_km2).astype(float)
    table["last"] = table["code"] == OUTSIDE[0]
    table = table.sort_values(["last", "code", "place", *split], kind="stable", ignore_index=True)
    return table[[name for name in DISTRICT_COLUMNS if name in table]]


def has_area(frame: gpd.GeoDataFrame) -> bool:
    """Whether a frame holds polygons."""
    return bool(len(frame)) and bool((shapely.get_dimensions(frame.geometry.values) == 2).any())


def _rows(frame: gpd.GeoDataFrame, districts: gpd.GeoDataFrame, split: tuple[str, ...]) -> Iterator[tuple[object, ...]]:
    """Yield code, names, values of `split`, count, gross, overlap and net of each group of pieces."""
    pieces = cut(frame, districts)
    outside = pieces.district < 0
    keys = {"code": np.where(outside, "", districts["code"].astype(str).to_numpy(dtype=object)[pieces.district])}
    keys |= {name: _words(frame, name)[pieces.feature] for name in split}
    names = districts.assign(code=districts["code"].astype(str)).drop_duplicates("code").set_index("code")
    for key, rows in pd.DataFrame(keys).groupby([*keys], sort=True).indices.items():
        code, *words = key if isinstance(key, tuple) else (key,)
        title = OUTSIDE[1:] if code == "" else (str(names["name_en"][code]), str(names["name_ko"][code]))
        gross = float(pieces.m2[rows].sum() / 1e6)
        overlap = overlap_km2(gpd.GeoSeries(pieces.shapes[rows], crs=LONLAT)) if len(rows) > 1 else 0.0
        yield (code, *title, *words, len(np.unique(pieces.feature[rows])), gross, overlap, gross - overlap)


def _words(frame: gpd.GeoDataFrame, column: str) -> NDArray[np.object_]:
    """Return a column as text, "" where empty or absent; shape (n,)."""
    if column not in frame:
        return np.full(len(frame), "", dtype=object)
    return np.asarray(frame[column].astype(object).where(frame[column].notna(), "").astype(str), dtype=object)


def public_districts(table: pd.DataFrame, layers: Sequence[str], *, count: str = "n_features") -> pd.DataFrame:
    """Return a table by district fit for the public: rows of mapped layers told roughly, shares from the told figures.

    Parameters
    ----------
    table : DataFrame
        With ``layer``, `count`, ``gross_km2``, ``overlap_km2`` and ``net_km2``; ``share_percent`` where it has one.
    layers : sequence of str
        Those that hold what somebody mapped.
    count : str
        The column of counts: below 5 they are gone, and of a layer as many others as it takes that its total gives none away;
        what may be told stands in ``COUNT_told``.

    Examples
    --------
    >>> table = pd.DataFrame({"layer": ["a"] * 3, "n_features": [3, 7, 9], "gross_km2": 1.26, "overlap_km2": 0.02})
    >>> table = table.assign(net_km2=1.24, share_percent=12.4)
    >>> public_districts(table, ["a"])[["n_features", "share_percent"]].round(6).fillna(-1).values.tolist()
    [[-1, 12.0], [-1, 12.0], [9, 12.0]]
    """
    own = table["layer"].isin(layers)
    told = told_roughly(table, own)
    if own.any():
        counted = public_counts(table[own].astype({count: "Int64"}), [count], within=["layer"])
        numbers = table[count].astype("Int64")
        told[count] = numbers.where(~own, counted[count].reindex(table.index))
        plain = numbers.astype(str).where(numbers.notna(), "")
        told[f"{count}_told"] = plain.where(~own, counted[f"{count}_told"].reindex(table.index))
    if "share_percent" in table:
        share = table["share_percent"] * (told["net_km2"] / table["net_km2"].where(table["net_km2"] > 0))
        told.loc[own, "share_percent"] = share[own]
    return told


def _lonlat(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    if frame.crs is None:
        raise DataError("no CRS", where=f"{len(frame)} features", mend="state the one the coordinates were recorded in")
    return np.array(frame.geometry.to_crs(LONLAT).values, dtype=object)
