"""The public tier: what somebody really recorded becomes the cells of a fixed grid that it touches.

Assumption: the grid of `geo.grid` starts at (0, 0) of the area's projected CRS and is never shifted; a cell is at least 1 km
wide. Attributes leak as well as shapes, so only columns on a short list survive: of hazards the class, the most open status and
years, of finds, accidents and signs what `geo.points` tells. Simulated features pass untouched, unless the user supplied them:
there is nobody's secret in ours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from typing import Any
from weakref import WeakKeyDictionary

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.area import StudyArea
from geo.errors import CheckFailed
from geo.grid import NODE_TOLERANCE_M, SMALLEST_CELL_KM, check_cell, check_nodes, squares, years
from geo.layer import COMMON_COLUMNS, Atlas, Layer, make_layer
from geo.points import FEWEST, check_points, point_cells, public_counts
from geo.survey.persons import is_denied, plain
from geo.terms import LAND_STATUSES, NATIONAL_TERMS, RECORD_LAYERS, SIMULATED_BASES

HAZARD_LAYERS = ("planned_minefields", "unconfirmed_minefields")
PAST_LAYER = "past_hazards"
SUPPLIED_LAYERS = (*HAZARD_LAYERS, PAST_LAYER, *RECORD_LAYERS)
OWN_KEY = "supplied"  # of the source that stands for the user's own files
STATUS_ORDER = ("open", "worked_on", "searched_not_released", "unknown", "closed", "handed_over")  # the most open first
KEPT_COLUMNS = (*COMMON_COLUMNS, "national_term", "precision_m", "land_status", "valid_from", "valid_to", "geometry")
PAST_COLUMNS = (*KEPT_COLUMNS, "hazard_layer")
PLACE_TELLING = re.compile("bearing|landmark|fence|marking|fixedby|frompoint|^age$|^sex$|나이|성별")  # beside those of persons.py
_WEAKEST_FIRST = ("modelled", "allocated", "declared", "supplied", "digitised", "surveyed")  # the basis that claims least
DATES = ("as_of", "valid_from", "valid_to")
UNDATED = "undated"
_MADE: WeakKeyDictionary[Layer, list[tuple[StudyArea, float, Layer]]] = WeakKeyDictionary()
CONTACT_M2 = 1.0  # a field that overlaps a cell by less than this, and by less than 1 % of itself, only touches it


def generalise(layer: Layer, *, area: StudyArea, cell_km: float = SMALLEST_CELL_KM) -> Layer:
    """Return a layer fit for the public: what somebody recorded as grid cells, simulated features as they are.

    Parameters
    ----------
    layer : Layer
        Any layer; only `SUPPLIED_LAYERS` with features of `is_exact` change.
    area : StudyArea
        Its projected CRS carries the grid.
    cell_km : float
        Width of a cell [km], at least 1.

    Returns
    -------
    Layer
        Of hazards one row for each occupied cell and land class with the most open status and years of validity; of earlier
        hazards also for each status and pair of years; of records what `geo.points.point_cells` tells. Ids are made from the
        cell; doing it twice changes nothing.

    Raises
    ------
    ConfigError
        If the cell is smaller than 1 km.

    Examples
    --------
    >>> from geo.area import read_area
    >>> generalise(None, area=read_area("demo"), cell_km=0.5)
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: cell too small: cell_km: expected at least 1, found 0.5: the public tier never shows less
    """
    check_cell(cell_km)
    known = _MADE.setdefault(layer, [])  # a build asks for the same cells half a dozen times
    found = next((made for one, km, made in known if one is area and km == cell_km), None)
    if found is None:
        found = _generalised(layer, area, cell_km)
        known.append((area, cell_km, found))
    return found


def _generalised(layer: Layer, area: StudyArea, cell_km: float) -> Layer:
    exact = is_exact(layer)
    if not exact.any() or (layer.name in RECORD_LAYERS and (shapely.get_dimensions(layer.frame.geometry.values) == 2).all()):
        return layer  # nothing to hide, or in cells already
    make = point_cells if layer.name in RECORD_LAYERS else _past_cells if layer.name == PAST_LAYER else _hazard_cells
    cells = make(_with_known_term(layer.frame[exact], area), area.crs, cell_km).to_crs(layer.frame.crs)
    kept = layer.frame[~exact]
    frame = cells if kept.empty else pd.concat([kept, cells], ignore_index=True)
    as_of = years(pd.Series([layer.as_of]))[0] or UNDATED
    made = make_layer(
        layer.name, frame, area=area, land_class=layer.land_class, basis=layer.basis, sources=layer.sources, as_of=as_of,
        overlap=True,
    )  # fmt: skip
    same = as_of == layer.as_of
    return replace(made, about_en=layer.about_en, about_ko=layer.about_ko) if same else made


def known_terms(area: StudyArea) -> frozenset[str]:
    """Return the national terms that are the country's own; any other word in their place is somebody's free text.

    Examples
    --------
    >>> from geo.area import read_area
    >>> "barrier field" in known_terms(read_area("demo")), "Kim's paddy" in known_terms(read_area("demo"))
    (True, False)
    """
    return frozenset([*NATIONAL_TERMS.values(), *area.settings.get("national_terms", {})])


def _with_known_term(frame: gpd.GeoDataFrame, area: StudyArea) -> gpd.GeoDataFrame:
    """Return hazards without ``national_term`` if a word stands there that is no term of the country."""
    known = "national_term" not in frame or frame["national_term"].isin(known_terms(area)).all()
    return frame if known else frame.drop(columns="national_term")


def is_exact(layer: Layer) -> NDArray[np.bool_]:
    """Return which features somebody recorded: shape (n,)."""
    return exact_rows(layer.frame, layer.name)


def exact_rows(frame: pd.DataFrame, name: str) -> NDArray[np.bool_]:
    """Return which rows of a layer somebody recorded; shape (n,).

    Hazards of a simulated basis are ours, unless their source is the user: a wrong word in a file must not publish a place.
    Earlier hazards, finds, accidents and signs are always somebody's.

    Examples
    --------
    >>> table = pd.DataFrame({"basis": ["allocated", "surveyed", "modelled"], "sources": ["icbl", "unit-3", "supplied"]})
    >>> exact_rows(table, "planned_minefields").tolist(), exact_rows(table, "mcz").tolist(), exact_rows(table, "finds").tolist()
    ([False, True, True], [False, False, False], [True, True, True])
    """
    if name not in HAZARD_LAYERS:
        return np.full(len(frame), name in SUPPLIED_LAYERS)
    keys = frame["sources"].astype(str) if "sources" in frame else pd.Series("", index=frame.index)
    own = [key for key in keys.unique() if OWN_KEY in key.split(";")]
    return np.asarray(~frame["basis"].isin(SIMULATED_BASES) | keys.isin(own), dtype=bool)


def denied_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that may not be published: persons, entry data, mine types, counts and marking.

    Examples
    --------
    >>> denied_columns(pd.DataFrame(columns=["id", "Land Owner", "mine_type", "전화번호"]))
    ['Land Owner', 'mine_type', '전화번호']
    """
    return denied_names(map(str, frame.columns))


def denied_names(names: Iterable[str]) -> list[str]:
    """Return the names of columns that no supplied feature may bear in public, whatever their case, blanks and hyphens."""
    return [name for name in names if is_denied(name) or PLACE_TELLING.search(plain(name))]


def prove(
    frame: gpd.GeoDataFrame, *, area: StudyArea, name: str, layer: str = "planned_minefields", cell_km: float = SMALLEST_CELL_KM,
    tolerance_m: float = NODE_TOLERANCE_M,
) -> None:  # fmt: skip
    """Check that a layer, in memory or read back from a file, gives nobody's exact place away.

    Parameters
    ----------
    frame : GeoDataFrame
        With a column ``basis``.
    area : StudyArea
        Its projected CRS carries the grid.
    name : str
        Layer or file, for the message.
    layer : str
        Which of `SUPPLIED_LAYERS`.
    cell_km : float
        Width of a cell [km].
    tolerance_m : float
        How far [m] rounding may have moved a vertex from its node.

    Raises
    ------
    CheckFailed
        If a vertex of a recorded feature is not a node of the grid, or a denied column or value stands in the frame.
    """
    check_cell(cell_km)
    exact = frame[exact_rows(frame, layer)]
    if exact.empty:
        return
    if denied := denied_columns(frame):
        raise CheckFailed("column not for the public", where=name, found=", ".join(denied))
    if layer in RECORD_LAYERS:
        check_points(exact, name)
    else:
        _check_values(exact, PAST_COLUMNS if layer == PAST_LAYER else KEPT_COLUMNS, name)
        if "national_term" in exact and not exact["national_term"].fillna("").isin(["", *known_terms(area)]).all():
            raise CheckFailed("value not for the public", where=name, found="mapped features with another national_term")
    check_nodes(measure.project(exact, area.crs).geometry.values, exact["id"], name, cell_km, tolerance_m)


def _check_values(exact: pd.DataFrame, kept: tuple[str, ...], name: str) -> None:
    """Check that cells of hazards hold no column but the kept ones, and no date finer than a year."""
    filled = [column for column in exact.columns if column not in kept and _filled(exact[column]).any()]
    if filled:
        raise CheckFailed("value not for the public", where=name, found=f"mapped features with {', '.join(filled)}")
    for column in DATES:
        if column in exact and (exact[column].fillna("").astype(str).replace(UNDATED, "") != years(exact[column])).any():
            raise CheckFailed("date finer than a year", where=name, found=column)
    if "land_status" in exact and not exact["land_status"].fillna("").isin(["", *LAND_STATUSES]).all():
        raise CheckFailed("value not for the public", where=name, found="mapped features with another land_status")


def as_shown(atlas: Atlas) -> Atlas:
    """Return an atlas as its tier may be shown; doing it twice changes nothing.

    In the public one what somebody recorded is 1 km cells and the km² of mapped hazards are told to 0.1; in the restricted one
    every feature of a layer that holds such bears ``tier`` = "restricted".
    """
    mapped = mapped_layers(atlas)
    if not mapped:
        return atlas
    if atlas.tier != "public":
        marked = {name: replace(atlas[name], frame=_marked(atlas[name].frame, atlas.tier)) for name in mapped}
        return replace(atlas, layers={name: marked.get(name, layer) for name, layer in atlas.layers.items()})
    layers = {name: generalise(layer, area=atlas.area) for name, layer in atlas.layers.items()}
    overlaps = atlas.overlaps.copy()
    own = overlaps[["layer", "other"]].isin(mapped).any(axis=1)
    overlaps.loc[own, "shared_km2"] = overlaps.loc[own, "shared_km2"].round(1)
    return replace(atlas, layers=layers, areas=public_table(atlas.areas, mapped), overlaps=overlaps)


def _marked(frame: gpd.GeoDataFrame, tier: str) -> gpd.GeoDataFrame:
    """Return a frame whose every row says its tier, the shape standing last."""
    own = [name for name in frame.columns if name not in ("tier", "geometry")]
    return frame.assign(tier=tier)[[*own, "tier", "geometry"]]


def public_table(table: pd.DataFrame, layers: tuple[str, ...]) -> pd.DataFrame:
    """Return the area table fit for the public: of the mapped hazards only the whole, told as `told_roughly` does.

    Their parts are left out, for the name of a part is the user's own word; published figures stay as they are. Differences are
    taken from the rounded figures.

    Examples
    --------
    >>> columns = "n_features gross_km2 overlap_km2 net_km2 reported_km2 difference_km2 difference_percent".split()
    >>> table = pd.DataFrame([[7, 1.26, 0.02, 1.24, 2.0, 0.0, 0.0]] * 2, columns=columns)
    >>> table = table.assign(layer="planned_minefields", part=["all", "Hill 395"])
    >>> public_table(table, ("planned_minefields",))[columns].round(6).values.tolist()
    [[7.0, 1.3, 0.1, 1.2, 2.0, -0.8, -40.0]]
    """
    mapped = table["layer"].isin(layers)
    told = table[~mapped | (table["part"] == "all")].reset_index(drop=True)
    own = told["layer"].isin(layers) & told["net_km2"].notna()
    told = told_roughly(told, own)
    told.loc[own, "difference_km2"] = (told["net_km2"] - told["reported_km2"])[own]
    told.loc[own, "difference_percent"] = (100 * (told["net_km2"] / told["reported_km2"] - 1))[own]
    return told


def public_history(versions: pd.DataFrame) -> pd.DataFrame:
    """Return how many versions of supplied hazards began in each year, by class and status, as the public may read it.

    Parameters
    ----------
    versions : DataFrame
        With ``valid_from``, ``land_class``, ``land_status``, and ``hazard_layer`` and ``area_m2`` where they are known.

    Returns
    -------
    DataFrame
        ``year, hazard_layer, land_class, land_status, n_versions, n_versions_told, gross_km2``; km² to 0.1, none where the
        count is withheld.

    Examples
    --------
    >>> rows = {"valid_from": ["2020-05-01"] * 6 + ["2021"], "land_class": "SHA", "land_status": "open", "area_m2": 1e5}
    >>> public_history(pd.DataFrame(rows))[["year", "n_versions_told", "gross_km2"]].values.tolist()
    [['2020', '6', 0.6], ['2021', '<5', nan]]
    """
    defaults: dict[str, Any] = {"hazard_layer": "", "land_class": "", "land_status": "", "area_m2": np.nan}
    rows = versions.assign(**{name: value for name, value in defaults.items() if name not in versions})
    rows = rows.assign(year=years(rows["valid_from"]))
    keys = ["year", "hazard_layer", "land_class", "land_status"]
    table = rows.groupby(keys, sort=True, as_index=False).agg(n_versions=("year", "size"), gross_km2=("area_m2", "sum"))
    table["gross_km2"] = (table["gross_km2"] / 1e6).round(1)
    told = public_counts(table, ["n_versions"])
    told["gross_km2"] = told["gross_km2"].where(told["n_versions"].notna())  # of a few it would tell single areas
    return told[[*keys, "n_versions", "n_versions_told", "gross_km2"]]


def told_roughly(table: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    """Return a table whose chosen rows tell km² to 0.1 and no count below `FEWEST`.

    Examples
    --------
    >>> table = pd.DataFrame({"n_features": [3], "gross_km2": [1.26], "overlap_km2": [0.02], "net_km2": [1.24]})
    >>> told_roughly(table, table["net_km2"] > 0).iloc[0].tolist()
    [nan, 1.3, 0.1, 1.2]
    """
    told = table.copy()
    km2 = [name for name in table.columns if str(name).endswith("_km2") and not str(name).startswith(("reported", "difference"))]
    told.loc[own, km2] = table.loc[own, km2].astype(float).round(1)
    if {"gross_km2", "overlap_km2", "net_km2"} <= set(km2):
        told.loc[own, "overlap_km2"] = (told["gross_km2"] - told["net_km2"])[own].round(1)
    for name in [name for name in table.columns if str(name).startswith("n_")]:
        told[name] = told[name].mask(own & (told[name].fillna(0) < FEWEST))
    return told


def mapped_layers(atlas: Atlas) -> tuple[str, ...]:
    """Return the names of the layers that hold hazards somebody mapped."""
    return tuple(name for name, layer in atlas.layers.items() if is_exact(layer).any())


def _filled(cells: pd.Series) -> NDArray[np.bool_]:
    return np.asarray(cells.notna() & (cells.astype(str) != ""), dtype=bool)


def _hazard_cells(frame: gpd.GeoDataFrame, crs: pyproj.CRS, cell_km: float) -> gpd.GeoDataFrame:
    """Return one row for each cell and class that hazards occupy."""
    rows = _occupied_rows(frame, crs, cell_km)
    table = _summed(rows, ["east", "north", "land_class", "simulated"], cell_km)
    key = table["land_class"] + np.where(table["simulated"], "-simulated", "")
    cells = squares(table, key, crs, cell_km)
    if "national_term" in frame and frame["national_term"].drop_duplicates().size == 1:
        cells["national_term"] = frame["national_term"].iloc[0]
    return cells


def _past_cells(frame: gpd.GeoDataFrame, crs: pyproj.CRS, cell_km: float) -> gpd.GeoDataFrame:
    """Return one row for each cell, class, status and pair of years of earlier hazards."""
    rows = _occupied_rows(frame, crs, cell_km)
    own = [name for name in ("land_status", "valid_from", "valid_to", "hazard_layer") if name in rows]
    table = _summed(rows.fillna(dict.fromkeys(own, "")), ["east", "north", "land_class", *own], cell_km)
    key = table["land_class"].astype(str)
    for name in own:
        key = key + ("-" + table[name].astype(str)).where(table[name] != "", "")
    return squares(table, key.where(~key.duplicated(), key + "-" + key.groupby(key).cumcount().astype(str)), crs, cell_km)


def _occupied_rows(frame: gpd.GeoDataFrame, crs: pyproj.CRS, cell_km: float) -> pd.DataFrame:
    """Return what may be told of each pair of a hazard and a cell that it has a share in."""
    owner, east, north = _occupied(measure.project(frame, crs).geometry.values, 1000.0 * cell_km)
    told = [name for name in ("land_status", "valid_from", "valid_to", "hazard_layer") if name in frame]
    table = pd.DataFrame(frame[["land_class", "basis", "simulated", "sources", "as_of", *told]])
    for name in [name for name in DATES if name in table]:
        table[name] = years(table[name])
    table["as_of"] = table["as_of"].where(table["as_of"] != "", UNDATED)
    if "land_status" in told:
        table["land_status"] = table["land_status"].where(table["land_status"].isin(STATUS_ORDER), "unknown")
    return table.iloc[owner].reset_index(drop=True).assign(east=east, north=north)


def _summed(rows: pd.DataFrame, keys: list[str], cell_km: float) -> pd.DataFrame:
    """Return one row a group: the weakest basis, all sources, the oldest year, the most open status, the widest years."""
    ranks = {"basis": _WEAKEST_FIRST, "land_status": STATUS_ORDER}
    told = [name for name in ("basis", "land_status") if name in rows and name not in keys]
    ranked = rows.assign(**{name: rows[name].map({word: n for n, word in enumerate(ranks[name])}) for name in told})
    if "valid_from" in rows and "valid_from" not in keys:
        told += ["valid_from", "valid_to"] if "valid_to" in rows else ["valid_from"]
        ranked["valid_from"] = rows["valid_from"].where(rows["valid_from"] != "", "9999")
    if "valid_to" in told:
        ranked["valid_to"] = rows["valid_to"].where(rows["valid_to"] != "", "9999")
    by = ranked.groupby(keys, sort=True, as_index=False)
    how = {name: (name, "max" if name == "valid_to" else "min") for name in [*told, "as_of"]}
    sources = ("sources", "first") if len(rows["sources"].unique()) == 1 else ("sources", _joined)
    table = by.agg(**how, sources=sources)
    for name in told:
        table[name] = table[name].map(dict(enumerate(ranks[name]))) if name in ranks else table[name].replace("9999", "")
    return table


def _occupied(shapes: NDArray[np.object_], cell_m: float) -> tuple[NDArray[np.intp], ...]:
    """Return (feature, column, row) of every cell that a feature has a share in; each shape (n_pairs,)."""
    bounds = np.floor(shapely.bounds(shapes) / cell_m).astype(int)
    n_east = bounds[:, 2] - bounds[:, 0] + 1
    count = n_east * (bounds[:, 3] - bounds[:, 1] + 1)
    owner = np.repeat(np.arange(len(shapes)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    east, north = bounds[owner, 0] + step % n_east[owner], bounds[owner, 1] + step // n_east[owner]
    fields, area_m2 = np.asarray(shapes, dtype=object), shapely.area(shapes)
    share_m2 = area_m2[owner]  # of the many fields that lie in one cell as a whole; only the others are cut
    cut = np.flatnonzero(count[owner] > 1)
    squares_m = shapely.box(east[cut] * cell_m, north[cut] * cell_m, (east[cut] + 1) * cell_m, (north[cut] + 1) * cell_m)
    share_m2[cut] = shapely.area(shapely.intersection(squares_m, fields[owner[cut]]))
    keep = share_m2 > np.minimum(CONTACT_M2, 0.01 * area_m2[owner])
    return owner[keep], east[keep], north[keep]


def _joined(keys: pd.Series) -> str:
    return ";".join(sorted({key for text in keys for key in str(text).split(";")}))
