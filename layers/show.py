"""What the command prints: tables as text, CSV, JSON or Markdown, and where numbers come from."""

from __future__ import annotations

import inspect
import json
import math
import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area import read_area
from geo.build import MANIFEST, read_manifest
from geo.errors import ConfigError
from geo.exchange.read import read_districts
from geo.generalise import as_shown, public_groups
from geo.land import ground
from geo.layer import Atlas
from geo.measure import project
from geo.reported import series_table
from geo.source import area_folder, check_tables, data_folder
from geo.statistics import COLUMNS, grouped
from geo.terms import TEXTS
from layers.atlas import build

KM2 = ("gross_km2", "overlap_km2", "net_km2", "reported_km2", "difference_km2", "shared_km2")
KM = ("value_km", "reported_km", "difference_km")
SHOWN = [name for name in COLUMNS if name not in ("as_of", "difference_km2")]  # what fits a terminal


def report(atlas: Atlas) -> str:
    """Return what a build tells its user, as in its files: areas, solved widths, lengths, overlaps, what to keep in mind."""
    shown = as_shown(atlas)
    solved = shown.lengths[(shown.lengths.line != "rivers")].drop(columns=["as_of", "basis"])
    return "\n".join(
        [
            "Areas, km² (geodesic)",
            printed(shown.areas[SHOWN], "table"),
            "Lengths and solved widths, km (geodesic)",
            printed(solved, "table"),
            "Shared by two layers, km²",
            printed(shown.overlaps, "table"),
            TEXTS["no_data"].en,
            TEXTS["rounding"].en,
        ]
    )


def printed(table: pd.DataFrame, form: str) -> str:
    """Return a table as text, CSV, JSON or Markdown.

    Tables for people are rounded; CSV and JSON keep full precision.

    Examples
    --------
    >>> print(printed(pd.DataFrame({"layer": ["dmz"], "net_km2": [907.0000001]}), "markdown"), end="")
    | layer | net_km2 |
    | --- | ---: |
    | dmz | 907.0 |
    """
    if form == "csv":
        return table.to_csv(index=False, lineterminator="\n")
    if form == "json":
        rows = json.loads(table.to_json(orient="records", double_precision=15))
        return json.dumps(rows, ensure_ascii=False, indent=1) + "\n"
    shown = [
        [cell(column, value) for column, value in zip(table.columns, row, strict=True)] for row in table.itertuples(index=False)
    ]
    right = [pd.api.types.is_numeric_dtype(table[column]) for column in table.columns]
    if form == "markdown":
        rule = ["---:" if number else "---" for number in right]
        return "".join(f"| {' | '.join(row)} |\n" for row in ([*table.columns], rule, *shown))
    widths = [max(map(display_width, column)) for column in zip(table.columns, *shown, strict=True)]
    rows = [
        "  ".join(pad(text, width, number) for text, width, number in zip(row, widths, right, strict=True)).rstrip()
        for row in ([*table.columns], *shown)
    ]
    return "\n".join(rows) + "\n"


def cell(column: str, value: Any) -> str:
    """Return a cell for people.

    Examples
    --------
    >>> cell("net_km2", 0.0258), cell("net_km2", 21.7999999), cell("difference_percent", 0.0004), cell("series", "icbl-2007")
    ('0.03', '21.8', '0.00', 'icbl-2007')
    """
    if value is None or value is pd.NA or (isinstance(value, float) and math.isnan(value)):
        return ""
    if isinstance(value, float):
        if column in KM or column in KM2:
            fine_below = 10 if column in KM else 1
            return rounded(value, 2 if 0.005 <= abs(value) < fine_below else 1)
        return rounded(value, 2) if "percent" in column else f"{value:g}"
    return str(value)


def rounded(value: float, places: int) -> str:
    """Return a number with so many decimals, and never a negative zero.

    Examples
    --------
    >>> rounded(-0.001, 2)
    '0.00'
    """
    return f"{round(value, places) + 0.0:.{places}f}"


def display_width(text: str) -> int:
    """Return the columns a text takes on a terminal; Korean letters take two."""
    return sum(
        2 if ord(letter) >= 0x1100 and (ord(letter) <= 0x115F or 0x2E80 <= ord(letter) <= 0xFFDC) else 1 for letter in text
    )


def pad(text: str, width: int, right: bool) -> str:
    """Return a text filled with blanks to a width."""
    blank = " " * (width - display_width(text))
    return blank + text if right else text + blank


def areas_of(name: str, by: str, options: Mapping[str, Any]) -> pd.DataFrame:
    """Return the area table of a study area as its tier may show it, or that of a build folder as it was written.

    Raises
    ------
    ConfigError
        If a build folder is to be grouped, or built otherwise than it was.
    """
    if (Path(name) / MANIFEST).is_file():
        read_manifest(name)
        defaults = {key: parameter.default for key, parameter in inspect.signature(build).parameters.items()}
        if given := [f"--{key}" for key, value in options.items() if value != defaults[key]]:
            raise ConfigError(
                "a build folder's table is as it was written",
                where=name,
                found=", ".join(given),
                mend="options belong to an area: minemap areas AREA",
            )
        if by == "layer":
            rows = json.loads((Path(name) / "areas.json").read_text(encoding="utf-8"))
            return pd.DataFrame(rows, columns=list(COLUMNS)).astype({"n_features": "Int64"})
        raise ConfigError(
            "a build folder holds the table by layer only", where=name, mend=f"name the study area: minemap areas AREA --by {by}"
        )
    atlas = build(name, **options)
    return as_shown(atlas).areas if by == "layer" else public_groups(grouped(atlas, by, districts_of(atlas)), atlas)


def districts_of(atlas: Atlas) -> gpd.GeoDataFrame:
    """Return the user's districts, else the provinces as the schematic border parts them."""
    if "districts" in atlas.parameters:
        own = read_districts(atlas.inputs[atlas.parameters["districts"]], area=atlas.area)
        return own.rename(columns={"name_en": "name"}).to_crs("EPSG:4326")
    front = project(atlas["mdl"].frame, atlas.area.crs).geometry.iloc[0]
    base, names = ground(atlas.area, None, front), atlas.area.settings["provinces"]
    shapes = [getattr(base, side).intersection(base.south).intersection(base.land) for side in ("west", "east")]
    titles = [names["names"][names[side]][0] for side in ("west", "east")]
    frame = gpd.GeoDataFrame(
        {"code": [names["west"], names["east"]], "name": titles}, geometry=gpd.GeoSeries(shapes, crs=atlas.area.crs)
    )
    return frame.to_crs("EPSG:4326")


def series_of(name: str) -> pd.DataFrame:
    """Return the reported series of a study area side by side."""
    return series_table(read_area(name))


def figures_and_sources(name: str) -> pd.DataFrame:
    """Return every figure of a study area with its source: table, key, value, unit, source, confidence, address."""
    area = read_area(name)
    parts = []
    for table, rows in area.tables.items():
        key = next(column for column in ("key", "id", "line_id", "dam_id", "gauge_id", "name_en") if column in rows)
        if table == "dams":
            key = "dam_id"
        value = rows.get("value", pd.Series(np.nan, index=rows.index))
        url = rows.get("source_url", rows.get("url", pd.Series("", index=rows.index)))
        parts.append(
            pd.DataFrame(
                {
                    "table": table,
                    "key": rows[key],
                    "value": value,
                    "unit": rows.get("unit", ""),
                    "source": rows.source,
                    "source_key": [area.source_key(text) for text in rows.source],
                    "confidence": rows.get("confidence", ""),
                    "url": url,
                }
            )
        )
    lines = area.lines
    parts.append(
        pd.DataFrame(
            {
                "table": "lines",
                "key": lines.line_id,
                "value": np.nan,
                "unit": "",
                "source": lines.source,
                "source_key": lines.source,
            }
        )
    )
    return pd.concat(parts, ignore_index=True).fillna({"confidence": "", "url": ""})


def checksum_lines(name: str) -> tuple[list[str], bool]:
    """Return a line for each table of a study area and whether all have their registered checksum."""
    checked = check_tables(area_folder(name))
    return [f"{'ok      ' if ok else 'CHANGED '} {table}" for table, ok in checked], all(ok for _, ok in checked)


def writable(path: Path, overwrite: bool) -> Path:
    """Return a path that may be written.

    Raises
    ------
    ConfigError
        If the file exists and is not to be replaced.
    """
    if path.exists() and not overwrite:
        raise ConfigError("target exists", where=str(path), mend="use --overwrite, or name another file with -o")
    return path


def own_eyes_only(path: Path) -> None:
    """Make an empty file, or one that stands there, its owner's alone, before anything secret is written to it."""
    path.touch(mode=0o600)
    path.chmod(0o600)


def copy_demo(folder: Path) -> Path:
    """Copy the demo study area to a new folder.

    Raises
    ------
    ConfigError
        If the folder exists.
    """
    if folder.exists():
        raise ConfigError("target exists", where=str(folder), mend="name another folder")
    shutil.copytree(data_folder() / "demo", folder)
    return folder
