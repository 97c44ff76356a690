"""One GeoPackage of layers and plain tables, for its owner's eyes alone: places of findings, and repaired records.

Assumption: exact places of hazards are nobody else's, so the file is readable by its owner only from the first byte. SQLite takes
no two columns that differ only by case, nor a column named as its own, so such names get a trailing underscore.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.exchange.archive import beside
from geo.exchange.geopackage import FIXED_DATE, write_geopackage

TAKEN = ("fid", "geom")  # GDAL's own columns


def write_package(
    layers: Mapping[str, pd.DataFrame], path: str | Path, *, styles: Mapping[str, str] | None = None, overwrite: bool = False
) -> None:
    """Write layers with shapes, then tables without, in the mapping's order; the same input gives the same bytes.

    Parameters
    ----------
    layers : mapping of str to DataFrame or GeoDataFrame
        A GeoDataFrame may lack a CRS, and its shapes may be invalid.
    path : str or Path
    styles : mapping of str to str, optional
        QML documents by layer name.
    overwrite : bool
        Whether an existing file is replaced.

    Raises
    ------
    ConfigError
        If the target exists or cannot be written.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_package({"changes": pd.DataFrame({"row": [1], "ROW": ["a"]})}, f"{folder}/out.gpkg")
    ...     pyogrio.read_dataframe(f"{folder}/out.gpkg", layer="changes").columns.tolist()
    ['row', 'ROW_']
    """
    drawn = {name: _fit(frame) for name, frame in layers.items() if isinstance(frame, gpd.GeoDataFrame)}
    tables = {name: _fit(frame) for name, frame in layers.items() if name not in drawn}
    known = {name: style for name, style in (styles or {}).items() if name in drawn}
    with beside(path, private=True, overwrite=overwrite) as file, warnings.catch_warnings():
        warnings.filterwarnings("ignore", "'crs' was not provided")  # a file without a CRS is told by C01
        write_geopackage(drawn, file, known)
        before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
        try:
            for name, table in tables.items():
                pyogrio.write_dataframe(table, file, layer=name, driver="GPKG", append=file.exists())
        finally:
            pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _fit(frame: pd.DataFrame) -> pd.DataFrame:
    """Return a frame whose column names SQLite takes, with mixed columns as text."""
    shape = frame.geometry.name if isinstance(frame, gpd.GeoDataFrame) else None
    names: dict[str, str] = {}
    taken = set(TAKEN)
    for column in frame.columns:
        name = str(column)
        while name.casefold() in taken:
            name += "_"
        names[column] = name if column != shape else column
        taken.add(name.casefold())
    mixed = [column for column in frame.columns if column != shape and pd.api.types.is_object_dtype(frame[column])]
    texts = {column: frame[column].astype(str).where(frame[column].notna(), None) for column in mixed}
    return frame.assign(**texts).rename(columns=names)
