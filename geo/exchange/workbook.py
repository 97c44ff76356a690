"""The sheets of a workbook beside that of the records: corners, reports and devices, known by their names.

Assumption: a sheet is a companion only if it bears one of the names of `COMPANION_SHEETS`. Where the records have no coordinates
of their own, their shapes are those of the corners that bear their id. Limit: other sheets are not read.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio

from geo.exchange.placing import column
from geo.exchange.sheets import AS_IT_STANDS, COMPANION_SHEETS, SHEETS, read_cells
from geo.exchange.tabular import Table
from geo.layer import listed

POINTS = ("points", "corners")


def companion_sheets(file: Path, sheet: str) -> dict[str, str]:
    """Return {what it holds: its name} of the companions with rows beside a sheet; of no workbook there are none.

    Parameters
    ----------
    file : Path
    sheet : str
        That of the records, which is none of them.
    """
    if file.suffix.lower() not in SHEETS or sheet.casefold() in COMPANION_SHEETS:
        return {}
    found: dict[str, str] = {}
    for name in (str(name) for name, _ in pyogrio.list_layers(file)):
        kind = "points" if name.casefold() in POINTS else name.casefold()
        if kind in COMPANION_SHEETS and kind not in found:
            info = pyogrio.read_info(file, layer=name, force_feature_count=True, **AS_IT_STANDS)
            found |= {kind: name} if info["features"] > 1 else {}
    return found


def rows_of_sheet(file: Path, sheet: str) -> pd.DataFrame:
    """Return the rows of a companion under its own headings; ``row`` is ours."""
    return read_cells(file, layer=sheet).frame.rename(columns={"row": "row_"})


def with_corners(records: Table, corners: Table) -> Table:
    """Return records with the shapes of the corners that bear their id, and these corners.

    A record of several shapes is a row for each; corners of an id that no record has are told once for the file.

    Parameters
    ----------
    records : Table
        Without shapes, with ``id`` and, if both have it, ``shape_id``.
    corners : Table
        With a row a shape and its corners, as `geo.exchange.tabular.read_table` makes it.

    Examples
    --------
    >>> none, shape = gpd.GeoSeries([None, None]), gpd.GeoSeries.from_wkt(["POINT (127 38)"], crs=4326)
    >>> rows = Table(gpd.GeoDataFrame({"id": ["a", "b"]}, geometry=none), pd.DataFrame(), pd.DataFrame())
    >>> points = pd.DataFrame({"row": [0], "lon": [127.0]})
    >>> made = with_corners(rows, Table(gpd.GeoDataFrame({"id": ["b"]}, geometry=shape), points, pd.DataFrame()))
    >>> made.frame.geometry.isna().tolist(), made.points["row"].tolist()
    ([True, False], [1])
    """
    keys = [name for name in ("id", "shape_id") if name in records.frame and name in corners.frame]
    if "id" not in keys:
        return records
    own = pd.DataFrame(records.frame.drop(columns="geometry"))
    for name in keys:
        own[name] = column(own, name)
    fresh = [name for name in corners.frame.columns if name not in own]
    shapes = pd.DataFrame(corners.frame[[*keys, *fresh]]).assign(shape_row_=np.arange(len(corners.frame)))
    merged = own.merge(shapes, on=keys, how="left")
    texts = [name for name in fresh if name != "geometry"]
    merged[texts] = merged[texts].fillna("").astype(str)
    frame = gpd.GeoDataFrame(merged.drop(columns=["geometry", "shape_row_"]), geometry=merged["geometry"].to_numpy(dtype=object))
    home = pd.Series(merged.index, index=merged["shape_row_"]).groupby(level=0).first()
    stray = sorted(set(shapes["id"][~shapes["shape_row_"].isin(home.index)]))
    faults = [_moved(corners.faults, home), *([_unknown(stray)] if stray else [])]
    told = pd.concat([part for part in faults if len(part)] or [records.faults], ignore_index=True)
    return replace(
        records, frame=frame.set_crs(corners.frame.crs, allow_override=True), points=_moved(corners.points, home), faults=told
    )


def _moved(rows: pd.DataFrame, home: pd.Series) -> pd.DataFrame:
    """Return rows that speak of the record they now belong to, -1 where there is none."""
    return rows.assign(row=rows["row"].map(home).fillna(-1).astype(int)) if len(rows) else rows


def _unknown(ids: list[str]) -> pd.DataFrame:
    told = {"row": -1, "point": "", "what": f"corners of {listed(ids)}, which no record is", "expected": "the id of a record"}
    return pd.DataFrame([{**told, "code": "V02"}])
