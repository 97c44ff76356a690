"""All layers in one GeoPackage at full precision, with the styles QGIS opens them in.

Limit: bytes repeat for one build of SQLite (its version stands in the header, and its R-tree may differ by
platform); across machines compare content.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import geopandas as gpd
import pandas as pd
import pyogrio

from geo.exchange.files import geometry_type

VERSION = "1.2"  # what the GDAL of QGIS 3.22 knows without a warning
STYLE_TABLE = "layer_styles"
FIXED_DATE = "2000-01-01T00:00:00.000Z"  # any constant: a clock would change the bytes


def write_geopackage(
    layers: Mapping[str, gpd.GeoDataFrame],
    path: Path,
    styles: Mapping[str, str] | None = None,
    about: Mapping[str, tuple[str, str]] | None = None,
) -> None:
    """Write every layer, in the mapping's order, and the table ``layer_styles``.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        Layer names and frames.
    path : Path
        A file that does not exist yet.
    styles : mapping of str to str, optional
        QML documents by layer name; each becomes its layer's default style in QGIS.
    about : mapping of str to (str, str), optional
        Title and description by layer name, for the file's table of contents; titles differ.
    """
    with _fixed_date():
        for name, frame in layers.items():
            kind = geometry_type(frame)
            pyogrio.write_dataframe(
                frame,
                path,
                layer=name,
                driver="GPKG",
                append=path.exists(),
                geometry_type=kind,
                promote_to_multi=kind.startswith("Multi"),
                dataset_options={"VERSION": VERSION},
                layer_options=_layer_options(frame, (about or {}).get(name, ("", ""))),
            )
        if styles:
            table = _style_table({name: styles[name] for name in layers if name in styles})
            pyogrio.write_dataframe(
                table,
                path,
                layer=STYLE_TABLE,
                driver="GPKG",
                append=path.exists(),
                layer_options={"FID": "id", "DATETIME_PRECISION": "MILLISECOND"},
            )


def add_tables(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    """Add rows without shapes to a GeoPackage, such as the reports on its hazards."""
    with _fixed_date():
        for name, rows in tables.items():
            pyogrio.write_dataframe(rows, path, layer=name, driver="GPKG", append=True)


def _layer_options(frame: gpd.GeoDataFrame, about: tuple[str, str]) -> dict[str, str]:
    """Return GDAL's options of a layer; a file's own column ``fid`` or ``geom`` is kept, and GDAL's gets another name."""
    told = {"IDENTIFIER": about[0], "DESCRIPTION": about[1]}
    names = {str(name).casefold() for name in frame.columns}
    own = {option: f"{name}_" for option, name in (("FID", "fid"), ("GEOMETRY_NAME", "geom")) if name in names}
    return {**{option: text for option, text in told.items() if text}, **own}


@contextmanager
def _fixed_date() -> Iterator[None]:
    """Have GDAL stamp a constant date, and restore the caller's setting."""
    before = pyogrio.get_gdal_config_option("OGR_CURRENT_DATE")
    pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": FIXED_DATE})
    try:
        yield
    finally:
        pyogrio.set_gdal_config_options({"OGR_CURRENT_DATE": before})


def _style_table(styles: Mapping[str, str]) -> pd.DataFrame:
    """Return QGIS's style table: one default style a layer, with QGIS's own column names."""
    table = pd.DataFrame({"f_table_name": list(styles), "styleName": list(styles), "styleQML": list(styles.values())}, dtype=str)
    return table.assign(
        f_table_catalog="",
        f_table_schema="",
        f_geometry_column="geom",
        styleSLD="",
        useAsDefault=True,
        description="minemap",
        owner="",
        ui="",
        update_time=pd.Timestamp(FIXED_DATE),
    )[
        [
            "f_table_catalog",
            "f_table_schema",
            "f_table_name",
            "f_geometry_column",
            "styleName",
            "styleQML",
            "styleSLD",
            "useAsDefault",
            "description",
            "owner",
            "ui",
            "update_time",
        ]
    ]
