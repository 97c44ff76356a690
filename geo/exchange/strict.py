"""What a build cannot use, told at once with the features' ids: shapes, ids, places, words and numbers.

Assumption: nothing is repaired here. Faults are tallied by kind before the first of them are named, for a file may have
thousands.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import StudyArea
from geo.errors import DataError, nearest
from geo.exchange.columns import HANGUL
from geo.exchange.place import explain_degrees, explain_outside, outside
from geo.exchange.values import as_text
from geo.layer import listed
from geo.measure import WEB_MERCATOR

MOST_LISTED = 20


def texts(frame: pd.DataFrame, column: str) -> pd.Series:
    """Return a column as text, "" where empty or absent; whole numbers without a decimal point."""
    if column not in frame:
        return pd.Series("", index=frame.index, dtype=str)
    return as_text(frame[column])


def feature_ids(frame: gpd.GeoDataFrame, column: str, what: str, where: str, apart: Collection[str] = ()) -> pd.Series:
    """Return ids as text: the file's own, or generated in file order.

    Parameters
    ----------
    frame : GeoDataFrame
    column : str
        Where ids stand, if anywhere.
    what, where : str
        What the file holds, and its name, for the messages.
    apart : collection of str
        Columns by which rows of one id may differ: the parts and the versions of a record.

    Raises
    ------
    DataError
        If an id is blank, or stands twice without such a difference.
    """
    if column not in frame:
        width = max(4, len(str(len(frame))))
        return pd.Series([f"{what}_{n:0{width}d}" for n in range(1, len(frame) + 1)], index=frame.index, dtype=str)
    ids = texts(frame, column)
    if (blank := np.flatnonzero(ids.str.strip() == "")).size:
        rows = [f"row {n + 1}" for n in blank]
        raise DataError(
            "features without an id", where=where, found=listed(rows), mend=f"fill the column {column}, or leave it out"
        )
    keys = pd.DataFrame({"id": ids.str.strip(), **{name: texts(frame, name).str.strip() for name in apart}})
    if (repeated := ids[keys.duplicated(keep=False)]).size:
        told = listed(repeated.drop_duplicates())
        raise DataError("repeated ids", where=where, found=told, mend="give each feature an id of its own")
    return ids


def named(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Fill ``name_en`` and ``name_ko``: from a plain name by its letters, else from the other, else from the id."""
    name = texts(frame, "name")
    korean = name.str.contains(HANGUL)
    name_en, name_ko = texts(frame, "name_en"), texts(frame, "name_ko")
    name_en = name_en.where(name_en != "", name.where(~korean, ""))
    name_ko = name_ko.where(name_ko != "", name.where(korean, ""))
    filled_en = name_en.where(name_en != "", name_ko).where(lambda text: text != "", frame.id)
    filled_ko = name_ko.where(name_ko != "", name_en).where(lambda text: text != "", frame.id)
    return frame.drop(columns="name", errors="ignore").assign(name_en=filled_en, name_ko=filled_ko)


def controlled(frame: gpd.GeoDataFrame, column: str, known: Collection[str], blank: str, where: str) -> pd.Series:
    """Return each feature's controlled word, whatever its case and blanks; `blank` where the file says nothing.

    Raises
    ------
    DataError
        If a word is not known.
    """
    own = texts(frame, column).str.strip()
    spelt = {word.casefold(): word for word in known}
    words = own.str.casefold().str.replace(r"\s+", "_", regex=True).map(spelt).where(own != "", blank)
    if (bad := words.isna()).any():
        told = sorted(set(own[bad]))
        where, hint = f"{where}: {listed(frame.id[bad])}", nearest(told[0], known)
        raise DataError(f"unknown {column}", where=where, found=listed(told), mend=hint)
    return words.astype(str)


def check_crs(frame: gpd.GeoDataFrame, where: str) -> None:
    """Refuse EPSG:3857, in which nothing can be measured.

    Raises
    ------
    DataError
        Naming the file.
    """
    if frame.crs == WEB_MERCATOR:
        mend = "it inflates areas by 61 % at 38° N: hand in the CRS the coordinates were recorded in"
        raise DataError("EPSG:3857 is not for measuring", where=where, mend=mend)


def check_shapes(frame: gpd.GeoDataFrame, kinds: tuple[str, ...], where: str, mend: str, unread: pd.Series | None = None) -> None:
    """Refuse shapes that are missing, empty, of another kind, invalid or without area, listing each with its reason.

    Parameters
    ----------
    frame : GeoDataFrame
        With ``id``.
    kinds : tuple of str
        Kinds of geometry that are wanted.
    where, mend : str
        For the message.
    unread : Series of str, optional
        Why a row has no shape, by row.
    """
    reasons = _reasons(frame, kinds)
    if unread is not None and len(unread):
        rows = unread.index[reasons[unread.index] != ""]
        reasons[rows] = unread[rows]
    bad = np.flatnonzero(reasons != "")
    if not len(bad):
        return
    told = [f"{key} ({reason})" for key, reason in zip(frame.id.iloc[bad[: MOST_LISTED + 1]], reasons[bad], strict=False)]
    more = [""] * (len(bad) - len(told))
    found = f"{tally(reasons[bad])}: {listed([*told, *more])}"
    raise DataError(f"{len(bad)} unusable features", where=where, found=found, mend=mend)


def tally(reasons: Iterable[str]) -> str:
    """Return how often each kind of reason stands, the most frequent first; what follows a bracket or comma is not counted apart.

    Examples
    --------
    >>> tally(["Self-intersection[1 2]", "no area", "Self-intersection[3 4]"])
    '2 self-intersection; 1 no area'
    """
    kinds = pd.Series(list(reasons), dtype=object).str.replace(r"[\\[(,:].*$", "", regex=True).str.strip().str.casefold()
    counts = kinds.value_counts(sort=False)
    order = counts.sort_values(ascending=False, kind="stable")
    return "; ".join(f"{count:,} {kind}" for kind, count in order.items())


def _reasons(frame: gpd.GeoDataFrame, kinds: tuple[str, ...]) -> np.ndarray[tuple[int], np.dtype[np.object_]]:
    """Return the reason why each feature cannot be used, "" for one that can; shape (n,)."""
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
    return reasons


def check_place(frame: gpd.GeoDataFrame, area: StudyArea | None, where: str) -> None:
    """Refuse features outside the study area, with the slip that explains it; without an area, degrees that are none.

    Raises
    ------
    DataError
        Listing them.
    """
    if area is None:
        if frame.crs.is_geographic and (slip := explain_degrees(frame.geometry)):
            raise DataError(
                "coordinates that are no longitude and latitude", where=where, found=slip, mend="mend the source file"
            )
        return
    stray = outside(frame.geometry, area)
    if stray.any():
        hint = explain_outside(frame.geometry[stray], area)
        raise DataError(
            f"{int(stray.sum())} features outside the study area {area.name}",
            where=where,
            expected=f"inside {area.bounds}",
            found=listed(frame.id[stray]),
            mend=hint or "check the CRS, or name the study area they belong to",
        )
