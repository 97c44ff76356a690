"""What the command prints: tables as text, CSV, JSON or Markdown, and where numbers come from."""

from __future__ import annotations

import inspect
import json
import math
import shutil
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area import read_area
from geo.errors import ConfigError
from geo.generalise import as_shown, mapped_layers
from geo.layer import Atlas
from geo.reported import series_table
from geo.source import area_folder, check_tables, data_folder
from geo.statistics import COLUMNS, grouped
from geo.terms import TEXTS
from layers.atlas import build
from layers.built import built_groups, districts_for, is_build, read_built, seen_as_built, told_groups

KM2 = ("gross_km2", "overlap_km2", "net_km2", "reported_km2", "difference_km2", "shared_km2")
CHANGED = ("_then_km2", "_now_km2", "_difference_km2")
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

    Tables for people are rounded, and a count that may not be told gives way to its text (``n_areas`` to ``n_areas_told``); CSV
    and JSON keep full precision.

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
    right = [pd.api.types.is_numeric_dtype(table[name]) for name in table.columns if not replaced(name, table)]
    table = counts_as_told(table)
    shown = [
        [cell(column, value) for column, value in zip(table.columns, row, strict=True)] for row in table.itertuples(index=False)
    ]
    if form == "markdown":
        rule = ["---:" if number else "---" for number in right]
        return "".join(f"| {' | '.join(row)} |\n" for row in ([*table.columns], rule, *shown))
    widths = [max(map(display_width, column)) for column in zip(table.columns, *shown, strict=True)]
    rows = [
        "  ".join(pad(text, width, number) for text, width, number in zip(row, widths, right, strict=True)).rstrip()
        for row in ([*table.columns], *shown)
    ]
    return "\n".join(rows) + "\n"


def counts_as_told(table: pd.DataFrame) -> pd.DataFrame:
    """Return a table whose counts with a text ``NAME_told`` beside them give way to the text.

    Examples
    --------
    >>> counts_as_told(pd.DataFrame({"n_areas": [None, 7], "n_areas_told": ["<5", "7"]})).to_dict("list")
    {'n_areas': ['<5', '7']}
    """
    texts = [name for name in table.columns if replaced(name, table)]
    shown = table.assign(**{name.removesuffix("_told"): table[name] for name in texts})
    return shown.drop(columns=texts)


def replaced(name: str, table: pd.DataFrame) -> bool:
    """Whether a column holds the text of a count beside it."""
    return name.endswith("_told") and name.removesuffix("_told") in table


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
        if column in KM or column in KM2 or column.endswith(CHANGED):
            fine_below = 10 if column in KM else 1
            return rounded(value, 2 if 0.005 <= abs(value) < fine_below else 1)
        if column.endswith("_m2"):
            return rounded(value, 0)
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
    """Return the area table of a study area as its tier may show it, or that of a build folder from its files.

    Raises
    ------
    ConfigError
        If a build folder is to be built otherwise than it was.
    """
    if is_build(name):
        given_options(name, options, allowed=("districts",) if by == "district" else ())
        return built_groups(read_built(name), by, options.get("districts"))
    atlas = build(name, **options)
    if by == "layer":
        return as_shown(atlas).areas
    return told_groups(grouped(atlas, by, districts_of(atlas)), mapped_layers(atlas), atlas.tier)


def given_options(name: str, options: Mapping[str, Any], *, allowed: Sequence[str] = ()) -> None:
    """Refuse options of a study area for a build folder.

    Raises
    ------
    ConfigError
        Naming the options that are not at their default.
    """
    defaults = {key: parameter.default for key, parameter in inspect.signature(build).parameters.items()}
    if given := [f"--{key}" for key, value in options.items() if key not in allowed and value != defaults.get(key)]:
        raise ConfigError(
            "a build folder's table is as it was written",
            where=name,
            found=", ".join(given),
            mend="options belong to an area: minemap areas AREA",
        )


def districts_of(atlas: Atlas) -> gpd.GeoDataFrame:
    """Return the user's districts, else the provinces as the schematic border parts them."""
    return districts_for(seen_as_built(atlas))


def series_of(name: str) -> pd.DataFrame:
    """Return the reported series of a study area, or of the one that a build folder shows, side by side."""
    return series_table(read_built(name).area if is_build(name) else read_area(name))


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
        raise ConfigError("target exists", where=str(path), mend="use --overwrite, or name another file")
    return path


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
