"""The public tier: hazards that somebody really mapped become the cells of a fixed grid that they touch.

Assumption: the grid starts at (0, 0) of the area's projected CRS and is never shifted, so that two releases cannot
be crossed to a finer shape; a cell is at least 1 km wide. Attributes leak as well as shapes, so only columns on a
short list survive. Simulated features pass untouched: there is nobody's secret in them.
"""

from __future__ import annotations

import re
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.area import StudyArea
from geo.errors import CheckFailed, ConfigError
from geo.layer import COMMON_COLUMNS, Atlas, Layer, listed, make_layer

HAZARD_LAYERS = ("planned_minefields", "unconfirmed_minefields")
EXACT_BASES = frozenset({"surveyed", "supplied", "digitised"})
SMALLEST_CELL_KM = 1.0
FEWEST = 5  # a smaller count of mapped fields is not told
KEPT_COLUMNS = (*COMMON_COLUMNS, "national_term", "precision_m", "geometry")
DENIED = re.compile(  # persons, and what tells where or how to find an exact field
    r"landowner|owner|informant|contact|phone|mobile|address|email|dataent|entered|userentered|resident|disputes|threat|minetype|"
    r"emplaced|recovered|unaccounted|depth|소유자|전화|연락처|주소|주민번호|성명|제보자"
)
CONTACT_M2 = 1.0  # a field that overlaps a cell by less than this, and by less than 1 % of itself, only touches it
NODE_TOLERANCE_M = 0.02  # GeoJSON's 7 decimals move a vertex by up to 8 mm


def generalise(layer: Layer, *, area: StudyArea, cell_km: float = SMALLEST_CELL_KM) -> Layer:
    """Return a hazard layer fit for the public: mapped features as grid cells, simulated ones as they are.

    Parameters
    ----------
    layer : Layer
        Any layer; only `HAZARD_LAYERS` with surveyed, supplied or digitised features change.
    area : StudyArea
        Its projected CRS carries the grid.
    cell_km : float
        Width of a cell [km], at least 1.

    Returns
    -------
    Layer
        One row for each occupied cell and land class, ids made from the cell; doing it twice changes nothing.

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
    _check_cell(cell_km)
    exact = is_exact(layer)
    if not exact.any():
        return layer
    cells = _cells(layer.frame[exact], area.crs, cell_km).to_crs(layer.frame.crs)
    kept = layer.frame[~exact]
    frame = cells if kept.empty else pd.concat([kept, cells], ignore_index=True)
    made = make_layer(
        layer.name, frame, area=area, land_class=layer.land_class, basis=layer.basis, sources=layer.sources,
        as_of=layer.as_of, overlap=True,
    )  # fmt: skip
    return replace(made, about_en=layer.about_en, about_ko=layer.about_ko)


def is_exact(layer: Layer) -> NDArray[np.bool_]:
    """Return which features are hazards somebody mapped; shape (n,)."""
    if layer.name not in HAZARD_LAYERS:
        return np.zeros(len(layer.frame), dtype=bool)
    return np.asarray(layer.frame["basis"].isin(EXACT_BASES), dtype=bool)


def denied_columns(frame: pd.DataFrame) -> list[str]:
    """Return the columns that may not be published: persons, entry data, mine types and counts.

    Examples
    --------
    >>> denied_columns(pd.DataFrame(columns=["id", "Land Owner", "mine_type", "전화번호"]))
    ['Land Owner', 'mine_type', '전화번호']
    """
    return [str(name) for name in frame.columns if DENIED.search(re.sub(r"[\s_\-]+", "", str(name)).casefold())]


def prove(
    frame: gpd.GeoDataFrame, *, area: StudyArea, name: str, cell_km: float = SMALLEST_CELL_KM,
    tolerance_m: float = NODE_TOLERANCE_M,
) -> None:  # fmt: skip
    """Check that a hazard layer, in memory or read back from a file, gives nobody's exact field away.

    Parameters
    ----------
    frame : GeoDataFrame
        With a column ``basis``.
    area : StudyArea
        Its projected CRS carries the grid.
    name : str
        Layer or file, for the message.
    cell_km : float
        Width of a cell [km].
    tolerance_m : float
        How far [m] rounding may have moved a vertex from its node.

    Raises
    ------
    CheckFailed
        If a vertex of a mapped feature is not a node of the grid, or a denied column or value stands in the frame.
    """
    _check_cell(cell_km)
    exact = frame[frame["basis"].isin(EXACT_BASES)]
    if exact.empty:
        return
    if denied := denied_columns(frame):
        raise CheckFailed("column not for the public", where=name, found=", ".join(denied))
    filled = [column for column in exact.columns if column not in KEPT_COLUMNS and _filled(exact[column]).any()]
    if filled:
        raise CheckFailed("value not for the public", where=name, found=f"mapped features with {', '.join(filled)}")
    points, owner = shapely.get_coordinates(measure.project(exact, area.crs).geometry.values, return_index=True)
    cell_m = 1000.0 * cell_km
    off_m = np.abs(points - cell_m * np.round(points / cell_m)).max(axis=1)
    if (off_m > tolerance_m).any():
        bad = exact["id"].iloc[np.unique(owner[off_m > tolerance_m])]
        raise CheckFailed("vertex is no node of the grid", where=f"{name}: {listed(bad)}",
                          expected=f"within {tolerance_m:g} m", found=f"{off_m.max():.2f} m")  # fmt: skip


def as_shown(atlas: Atlas) -> Atlas:
    """Return an atlas as its tier may be shown: in the public one mapped hazards are 1 km cells and their km² are told to 0.1.

    Doing it twice changes nothing.
    """
    mapped = mapped_layers(atlas)
    if atlas.tier != "public" or not mapped:
        return atlas
    layers = {name: generalise(layer, area=atlas.area) for name, layer in atlas.layers.items()}
    overlaps = atlas.overlaps.copy()
    own = overlaps[["layer", "other"]].isin(mapped).any(axis=1)
    overlaps.loc[own, "shared_km2"] = overlaps.loc[own, "shared_km2"].round(1)
    return replace(atlas, layers=layers, areas=public_table(atlas.areas, mapped), overlaps=overlaps)


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


def public_groups(table: pd.DataFrame, atlas: Atlas) -> pd.DataFrame:
    """Return a table of km² by class or district as the atlas's tier may show it.

    Classes cover one another, so with mapped hazards every class is told roughly; of districts the rows of the mapped layers are.
    """
    mapped = mapped_layers(atlas)
    if atlas.tier != "public" or not mapped:
        return table
    return told_roughly(table, table["layer"].isin(mapped) if "layer" in table else pd.Series(True, index=table.index))


def told_roughly(table: pd.DataFrame, own: pd.Series) -> pd.DataFrame:
    """Return a table whose chosen rows tell km² to 0.1 and no count below `FEWEST`.

    Examples
    --------
    >>> table = pd.DataFrame({"n_features": [3], "gross_km2": [1.26], "overlap_km2": [0.02], "net_km2": [1.24]})
    >>> told_roughly(table, table["net_km2"] > 0).iloc[0].tolist()
    [nan, 1.3, 0.1, 1.2]
    """
    told = table.copy()
    told.loc[own, ["gross_km2", "net_km2"]] = table.loc[own, ["gross_km2", "net_km2"]].astype(float).round(1)
    told.loc[own, "overlap_km2"] = (told["gross_km2"] - told["net_km2"])[own].round(1)
    told["n_features"] = told["n_features"].mask(own & (told["n_features"].fillna(0) < FEWEST))
    return told


def mapped_layers(atlas: Atlas) -> tuple[str, ...]:
    """Return the names of the layers that hold hazards somebody mapped."""
    return tuple(name for name, layer in atlas.layers.items() if is_exact(layer).any())


def _check_cell(cell_km: float) -> None:
    if not cell_km >= SMALLEST_CELL_KM:
        raise ConfigError("cell too small", where="cell_km", expected="at least 1", found=f"{cell_km:g}",
                          mend="the public tier never shows less")  # fmt: skip


def _filled(cells: pd.Series) -> NDArray[np.bool_]:
    return np.asarray(cells.notna() & (cells.astype(str) != ""), dtype=bool)


def _cells(frame: gpd.GeoDataFrame, crs: pyproj.CRS, cell_km: float) -> gpd.GeoDataFrame:
    """Return one row for each cell and class that the features occupy."""
    owner, east, north = _occupied(measure.project(frame, crs).geometry.values, 1000.0 * cell_km)
    carried = frame[["land_class", "basis", "sources", "as_of"]].iloc[owner].reset_index(drop=True)
    rows = carried.assign(east=east, north=north).groupby(["east", "north", "land_class"], sort=True, as_index=False)
    table = rows.agg(basis=("basis", _weakest), sources=("sources", _joined), as_of=("as_of", "min"))
    place = table["east"].astype(str) + "-" + table["north"].astype(str)
    table["id"] = f"cell{cell_km:g}km-" + place + "-" + table["land_class"]
    table["name_en"] = f"{cell_km:g} km cell " + place
    table["name_ko"] = f"{cell_km:g} km 격자 " + place
    table["precision_m"] = 1000.0 * cell_km
    if "national_term" in frame and frame["national_term"].drop_duplicates().size == 1:
        table["national_term"] = frame["national_term"].iloc[0]
    corner = table[["east", "north"]].to_numpy(float) * 1000.0 * cell_km
    squares = shapely.box(*corner.T, *(corner + 1000.0 * cell_km).T)
    return gpd.GeoDataFrame(table.drop(columns=["east", "north"]), geometry=squares, crs=crs)


def _occupied(shapes: NDArray[np.object_], cell_m: float) -> tuple[NDArray[np.intp], ...]:
    """Return (feature, column, row) of every cell that a feature has a share in; each shape (n_pairs,)."""
    bounds = np.floor(shapely.bounds(shapes) / cell_m).astype(int)
    n_east = bounds[:, 2] - bounds[:, 0] + 1
    count = n_east * (bounds[:, 3] - bounds[:, 1] + 1)
    owner = np.repeat(np.arange(len(shapes)), count)
    step = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
    east, north = bounds[owner, 0] + step % n_east[owner], bounds[owner, 1] + step // n_east[owner]
    squares = shapely.box(east * cell_m, north * cell_m, (east + 1) * cell_m, (north + 1) * cell_m)
    share_m2 = shapely.area(shapely.intersection(squares, np.asarray(shapes, dtype=object)[owner]))
    keep = share_m2 > np.minimum(CONTACT_M2, 0.01 * shapely.area(shapes)[owner])
    return owner[keep], east[keep], north[keep]


def _joined(keys: pd.Series) -> str:
    return ";".join(sorted({key for text in keys for key in str(text).split(";")}))


def _weakest(bases: pd.Series) -> str:
    """Return the one basis of a cell; of several the one that claims least."""
    return next(basis for basis in ("supplied", "digitised", "surveyed") if (bases == basis).any())
