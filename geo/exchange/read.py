"""Hazard, boundary, district and river data of the user's own, checked as a whole and handed over as it stands.

Assumption: nothing is repaired, moved or rescaled here. Every fault of a file is collected and told at once, with
the feature's id and the place, so that one round of mending is enough.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime, time
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import StudyArea
from geo.errors import ConfigError, DataError, nearest
from geo.exchange.columns import ALIASES, DISTRICT_ALIASES, HANGUL, LINE_ALIASES, match_columns
from geo.exchange.place import explain_outside, outside
from geo.exchange.vector import read_vector
from geo.source import Source
from geo.terms import LAND_STATUSES

POLYGONS = ("Polygon", "MultiPolygon")
LINES = ("LineString", "MultiLineString")
HAZARD_CLASSES = ("CHA", "SHA", "indication")
TEXT_COLUMNS = ("as_of", "zone", "land_status", "national_term")
MOST_LISTED = 20


def read_hazards(
    path: str | Path,
    *,
    land_class: str,
    source: Source | str,
    area: StudyArea | None = None,
    layer: str | None = None,
    encoding: str | None = None,
) -> gpd.GeoDataFrame:
    """Read hazard polygons of one's own.

    Parameters
    ----------
    path : str or Path
        Any format GDAL reads, also a zipped Shapefile or GeoParquet.
    land_class : str
        ``CHA``, ``SHA`` or ``indication``: the class of features whose own column says nothing.
    source : Source or str
        Where the data comes from; its key fills the column ``sources``.
    area : StudyArea, optional
        Features that do not touch its bounds are an error.
    layer : str, optional
        Needed where the file has several.
    encoding : str, optional
        Of a Shapefile's table.

    Returns
    -------
    GeoDataFrame, n rows
        In the file's CRS and order: ``id, name_en, name_ko, land_class, basis, sources``, what else was recognised, and
        every other column as it stands, but dates in ISO form and lists spelt out. `TEXT_COLUMNS` are text, "" where empty;
        ``precision_m`` is float64.

    Raises
    ------
    ConfigError
        If the file or layer is unknown.
    DataError
        Listing every feature without geometry, not a polygon, invalid, of no area, outside the area, with a repeated id, an
        unknown ``land_class`` or ``land_status``, or a ``precision_m`` that is no number.

    Examples
    --------
    >>> import tempfile
    >>> field = gpd.GeoDataFrame({"LandID": ["YC-014"]}, geometry=[shapely.box(127, 38, 127.001, 38.001)], crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     field.to_file(f"{folder}/survey.gpkg")
    ...     read_hazards(f"{folder}/survey.gpkg", land_class="SHA", source="unit-3").iloc[0, :6].tolist()
    ['YC-014', 'YC-014', 'YC-014', 'SHA', 'supplied', 'unit-3']
    """
    if land_class not in HAZARD_CLASSES:
        raise ConfigError("unknown land_class", where=land_class, mend=nearest(land_class, HAZARD_CLASSES))
    frame = _read_named(path, "hazards", ALIASES, POLYGONS, area=area, layer=layer, encoding=encoding)
    where, key = f"hazards: {path}", source.key if isinstance(source, Source) else source
    frame["land_class"] = _controlled(frame, "land_class", HAZARD_CLASSES, land_class, where)
    if "land_status" in frame:
        frame["land_status"] = _controlled(frame, "land_status", LAND_STATUSES, "", where)
    if "precision_m" in frame:
        frame["precision_m"] = _metres(frame, "precision_m", where)
    frame = frame.assign(**{name: _texts(frame, name).str.strip() for name in TEXT_COLUMNS if name in frame})
    frame = frame.assign(basis="supplied", sources=key)
    return _in_order(frame, ["id", "name_en", "name_ko", "land_class", "basis", "sources"])


def read_boundary(path: str | Path, *, area: StudyArea | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read boundaries of one's own: polygons or lines, with ``id, name_en, name_ko, kind``.

    The kind is "" where the file says nothing.

    Raises
    ------
    ConfigError, DataError
        As `read_hazards`.
    """
    frame = _read_named(path, "boundary", LINE_ALIASES, (*POLYGONS, *LINES), area=area, layer=layer)
    frame["kind"] = _texts(frame, "kind").str.strip().str.casefold()
    return _in_order(frame, ["id", "name_en", "name_ko", "kind"])


def read_rivers(path: str | Path, *, area: StudyArea | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read river lines of one's own, with ``id, name_en, name_ko``.

    Raises
    ------
    ConfigError, DataError
        As `read_hazards`.
    """
    frame = _read_named(path, "rivers", LINE_ALIASES, LINES, area=area, layer=layer)
    return _in_order(frame, ["id", "name_en", "name_ko"])


def read_districts(path: str | Path, *, area: StudyArea | None = None, layer: str | None = None) -> gpd.GeoDataFrame:
    """Read administrative districts, with ``id, name_en, name_ko, code``; they are joined by code, never by name.

    Raises
    ------
    ConfigError, DataError
        As `read_hazards`; also if no column holds a name or a code.
    """
    frame = _read_named(path, "districts", {**DISTRICT_ALIASES, "id": ()}, POLYGONS, area=area, layer=layer, id_from="code")
    return _in_order(frame, ["id", "name_en", "name_ko", "code"])


def _read_named(
    path: str | Path,
    what: str,
    aliases: Mapping[str, tuple[str, ...]],
    kinds: tuple[str, ...],
    *,
    area: StudyArea | None,
    layer: str | None,
    encoding: str | None = None,
    id_from: str = "id",
) -> gpd.GeoDataFrame:
    """Read, rename, name and check: the part that all kinds of user data share."""
    where = f"{what}: {path}"
    frame = read_vector(path, what=what, layer=layer, encoding=encoding)
    frame = frame.rename(columns=_renames(frame, aliases, cut=Path(path).suffix.lower() in (".shp", ".zip")))
    if id_from == "code" and not {"code"} < set(frame.columns) & {"code", "name", "name_en", "name_ko"}:
        raise DataError(
            "districts need a code and a name",
            where=where,
            found=", ".join(map(str, frame.columns)),
            mend="rename the columns to code and name",
        )
    frame = frame.assign(**{str(name): _plain(frame[name]) for name in frame.columns if name != "geometry"})
    frame["id"] = _ids(frame, id_from, what, where)
    frame = _named(frame)
    _raise_faults(_faults(frame, kinds), where, "mend the features in the source file; nothing is repaired silently")
    if area is not None:
        _check_place(frame, area, where)
    frame["geometry"] = shapely.force_2d(frame.geometry.values)
    return frame


def _renames(frame: gpd.GeoDataFrame, aliases: Mapping[str, tuple[str, ...]], *, cut: bool) -> dict[str, str]:
    """Return {file's column: ours}; a carried column that bears one of our names gets a trailing underscore."""
    found = match_columns([name for name in frame.columns if name != "geometry"], aliases, cut=cut)
    clashes = {name: f"{name}_" for name in frame.columns if name in found.values() and name not in found}
    return {**clashes, **found}


def _ids(frame: gpd.GeoDataFrame, column: str, what: str, where: str) -> pd.Series:
    """Return ids as text: the file's own, or generated in file order."""
    if column not in frame:
        width = max(4, len(str(len(frame))))
        return pd.Series([f"{what}_{n:0{width}d}" for n in range(1, len(frame) + 1)], index=frame.index)
    ids = _texts(frame, column)
    if (blank := np.flatnonzero(ids.str.strip() == "")).size:
        rows = pd.Series([f"row {n + 1}" for n in blank])
        raise DataError(
            "features without an id",
            where=where,
            found=_listed(rows),
            mend=f"fill the column {column}, or leave it out",
        )
    if (repeated := ids[ids.str.strip().duplicated(keep=False)]).size:
        raise DataError(
            "repeated ids",
            where=where,
            found=_listed(repeated.drop_duplicates()),
            mend="give each feature an id of its own",
        )
    return ids


def _texts(frame: gpd.GeoDataFrame, column: str) -> pd.Series:
    """Return a column as text, "" where empty or absent; whole numbers without a decimal point."""
    if column not in frame:
        return pd.Series("", index=frame.index, dtype=str)
    cells: pd.Series = frame[column]
    if pd.api.types.is_float_dtype(cells) and (cells.dropna() % 1 == 0).all():
        cells = cells.astype("Int64")
    return cells.astype(str).where(cells.notna(), "")


def _named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fill ``name_en`` and ``name_ko``: from a plain name by its letters, else from the other, else from the id."""
    name = _texts(frame, "name")
    korean = name.str.contains(HANGUL)
    name_en, name_ko = _texts(frame, "name_en"), _texts(frame, "name_ko")
    name_en = name_en.where(name_en != "", name.where(~korean, ""))
    name_ko = name_ko.where(name_ko != "", name.where(korean, ""))
    filled_en = name_en.where(name_en != "", name_ko).where(lambda text: text != "", frame.id)
    filled_ko = name_ko.where(name_ko != "", name_en).where(lambda text: text != "", frame.id)
    return frame.drop(columns="name", errors="ignore").assign(name_en=filled_en, name_ko=filled_ko)


def _controlled(frame: gpd.GeoDataFrame, column: str, known: Collection[str], blank: str, where: str) -> pd.Series:
    """Return each feature's controlled word, whatever its case and blanks; `blank` where the file says nothing."""
    own = _texts(frame, column).str.strip()
    spelt = {word.casefold(): word for word in known}
    words = own.str.casefold().str.replace(r"\s+", "_", regex=True).map(spelt).where(own != "", blank)
    if (bad := words.isna()).any():
        found = sorted(set(own[bad]))
        where, hint = f"{where}: {_listed(frame.id[bad])}", nearest(found[0], known)
        raise DataError(f"unknown {column}", where=where, found=_listed(found), mend=hint)
    return words.astype(str)


def _metres(frame: gpd.GeoDataFrame, column: str, where: str) -> pd.Series:
    """Return a column of metres as float64, NaN where empty."""
    own = _texts(frame, column).str.strip()
    metres = pd.to_numeric(own.where(own != ""), errors="coerce").astype(float)
    if (bad := (own != "") & ~(np.isfinite(metres) & (metres >= 0))).any():
        where, found = f"{where}: {_listed(frame.id[bad])}", _listed(own[bad].unique())
        raise DataError(f"{column} is no number", where=where, expected="metres, 0 or more", found=found)
    return metres


def _plain(cells: pd.Series) -> pd.Series:
    """Return a column as numbers or text: dates in ISO form, lists and bytes spelt out."""
    if pd.api.types.is_numeric_dtype(cells) or isinstance(cells.dtype, pd.StringDtype):
        return cells
    return cells.astype(object).map(_spelt, na_action="ignore").infer_objects()


def _spelt(cell: Any) -> Any:
    """Return a cell, or what stands in it, as a plain value.

    Examples
    --------
    >>> _spelt(datetime(2020, 5, 1)), _spelt(datetime(2020, 5, 1, 9)), _spelt([date(2020, 5, 1), 2]), _spelt(b"YC")
    ('2020-05-01', '2020-05-01T09:00:00', '["2020-05-01", 2]', '5943')
    """
    if isinstance(cell, datetime):  # pandas' Timestamp too
        return cell.date().isoformat() if cell.time() == time() else cell.isoformat()
    if isinstance(cell, (date, time)):
        return cell.isoformat()
    if isinstance(cell, bytes):
        return cell.hex()
    if isinstance(cell, (list, tuple, dict, np.ndarray)):
        inner = cell.tolist() if isinstance(cell, np.ndarray) else cell
        return json.dumps(inner, ensure_ascii=False, default=_spelt)
    return cell if isinstance(cell, (str, bool, int, float)) else str(cell)


def _faults(frame: gpd.GeoDataFrame, kinds: tuple[str, ...]) -> pd.Series:
    """Return the reason, by id, for each feature that cannot be used."""
    shapes = np.asarray(frame.geometry.values, dtype=object)
    missing, empty = shapely.is_missing(shapes), shapely.is_empty(shapes)
    usable = ~missing & ~empty
    other = usable & ~frame.geom_type.isin(kinds).to_numpy()
    invalid = usable & ~other & ~shapely.is_valid(shapes)
    sound = usable & ~other & ~invalid
    flat = sound.copy()
    flat[sound] = (shapely.get_dimensions(shapes[sound]) == 2) & (shapely.area(shapes[sound]) <= 0)
    reasons = np.full(len(frame), "", dtype=object)
    reasons[missing] = "no geometry, or a ring of fewer than 3 points"
    reasons[empty] = "empty geometry"
    reasons[other] = [f"{kind}, expected {' or '.join(kinds[::2])}" for kind in frame.geom_type[other]]
    reasons[invalid] = shapely.is_valid_reason(shapes[invalid])
    reasons[flat] = "no area"
    bad = reasons != ""
    return pd.Series(reasons[bad], index=frame.id[bad])


def _raise_faults(faults: pd.Series, where: str, mend: str) -> None:
    if len(faults):
        told = pd.Series([f"{key} ({reason})" for key, reason in faults.items()])
        raise DataError(f"{len(faults)} unusable features", where=where, found=_listed(told), mend=mend)


def _check_place(frame: gpd.GeoDataFrame, area: StudyArea, where: str) -> None:
    stray = outside(frame.geometry, area)
    if stray.any():
        hint = explain_outside(frame.geometry[stray], area)
        raise DataError(
            f"{int(stray.sum())} features outside the study area {area.name}",
            where=where,
            expected=f"inside {area.bounds}",
            found=_listed(frame.id[stray]),
            mend=hint or "check the CRS, or name the study area they belong to",
        )


def _listed(items: Iterable[object]) -> str:
    texts = list(map(str, items))
    more = len(texts) - MOST_LISTED
    return ", ".join(texts[:MOST_LISTED]) + (f" and {more} more" if more > 0 else "")


def _in_order(frame: gpd.GeoDataFrame, first: list[str]) -> gpd.GeoDataFrame:
    return frame[[*first, *(name for name in frame.columns if name not in (*first, "geometry")), "geometry"]]
