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

STYLE_TABLE = "layer_styles"
FIXED_DATE = "2000-01-01T00:00:00.000Z"  # any constant: a clock would change the bytes


def write_geopackage(layers: Mapping[str, gpd.GeoDataFrame], path: Path, styles: Mapping[str, str] | None = None) -> None:
    """Write every layer, in the mapping's order, and the table ``layer_styles``.

    Parameters
    ----------
    layers : mapping of str to GeoDataFrame
        Layer names and frames.
    path : Path
        A file that does not exist yet.
    styles : mapping of str to str, optional
        QML documents by layer name; each becomes its layer's default style in QGIS.
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
            )
        if styles:
            table = _style_table({name: styles[name] for name in layers if name in styles})
            pyogrio.write_dataframe(
                table, path, layer=STYLE_TABLE, driver="GPKG", append=path.exists(), layer_options={"FID": "id"}
            )


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
