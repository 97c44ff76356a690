"""A study area: a folder of tables and settings, read once into frozen values.

Assumption: every area says the same things in the same tables, so no code knows a country. Coordinates in the tables are
WGS 84 longitude and latitude; all plane work is done in the projected CRS that ``area.toml`` names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

import geopandas as gpd
import pandas as pd
import pyproj
import shapely

from geo.errors import ConfigError, DataError, nearest
from geo.settings import checked, merged
from geo.source import Source, area_folder, claimed_titles, key_of, read_toml, registry

TABLES = {  # every table, and the columns that no area can do without
    "reported": "key series metric scope value value_max unit as_of qualifier source",
    "zones": "key series metric scope value value_max unit as_of qualifier source lat lon",
    "rivers": "line_id name_en name_ko flows_into mean_width_m source",
    "dams": "dam_id line_id kind lon lat accuracy_km source",
    "gauges": "gauge_id line_id lon lat source",
    "floods": "key date_start event metric value source",
    "places": "name_en name_ko kind lon lat accuracy_km source",
    "incidents": "id record_kind date_start place_en place_ko flood_id lon lat uncertainty_km source",
    "mines": "key name transport_class source",
    "policy": "key date jurisdiction fact source",
}
NUMBERS = frozenset(
    "value value_max lat lon uncertainty_km junction_lon junction_lat drainage_area_km2_derived drainage_area_km2_published"
    " length_km_line length_km_traced length_km_published mean_width_m accuracy_km height_m crest_m storage_mm3"
    " stage_1_m stage_2_m stage_3_m stage_4_m zero_m_elevation population n_lost n_found n_live n_exploded killed injured"
    " mass_g mass_max_g volume_cm3 volume_max_cm3 density_g_cm3 density_max_g_cm3".split()
)


@dataclass(frozen=True, slots=True)
class StudyArea:
    """A country or region as its data folder describes it.

    Attributes
    ----------
    name, title_en, title_ko : str
        Folder name and titles.
    bounds : tuple of float
        West, south, east, north [degrees].
    crs : pyproj.CRS
        Projected CRS [m] of all plane work.
    folder : Path
        Where the tables were read.
    settings : mapping
        ``area.toml`` with the user's overrides merged in.
    sources : mapping of str to Source
        Every source by key.
    lines : GeoDataFrame
        ``line_id, kind, name_en, name_ko, source, geometry``, EPSG:4326.
    tables : mapping of str to DataFrame
        The fact tables; text columns hold "" and numbers NaN where a cell is empty.
    titles : mapping of str to str
        Registered source by the text with which the tables cite it.
    figures : mapping of str to Series
        The rows of ``reported`` and ``zones`` by key.
    """

    name: str
    title_en: str
    title_ko: str
    bounds: tuple[float, float, float, float]
    crs: pyproj.CRS
    folder: Path
    settings: Mapping[str, Any]
    sources: Mapping[str, Source]
    lines: gpd.GeoDataFrame
    tables: Mapping[str, pd.DataFrame]
    titles: Mapping[str, str] = field(default_factory=dict)
    figures: Mapping[str, pd.Series] = field(default_factory=dict)

    def line(self, line_id: str) -> shapely.LineString:
        """Return a control line by id, EPSG:4326."""
        row = self.lines.index[self.lines.line_id == line_id]
        if len(row) == 0:
            raise DataError(
                "unknown line", where=f"{self.folder / 'lines.csv'}: {line_id}", mend=nearest(line_id, self.lines.line_id)
            )
        return self.lines.geometry[row[0]]

    def figure(self, key: str) -> pd.Series:
        """Return a row of the tables ``reported`` or ``zones`` by its key."""
        if key not in self.figures:
            raise DataError("unknown figure", where=f"{self.folder}: {key}", mend=nearest(key, self.figures)[:160])
        return self.figures[key]

    def source_key(self, citation: str) -> str:
        """Return the registered key of a citation as the tables print it."""
        return key_of(citation, self.titles)


def read_area(name: str | Path = "korea", overrides: Mapping[str, Any] | None = None) -> StudyArea:
    """Read a study area from its folder.

    Parameters
    ----------
    name : str or Path
        A shipped name, or a folder with ``area.toml``.
    overrides : mapping, optional
        Settings that replace those of ``area.toml``, nested as the file is.

    Raises
    ------
    ConfigError
        If the area or a setting is unknown, or the CRS is not a projected one in metres.
    DataError
        If a table is missing or a cell cannot be read.

    Examples
    --------
    >>> read_area("demo").crs.axis_info[0].unit_name
    'metre'
    """
    folder = area_folder(name)
    told = f"{folder / 'area.toml'}{', with the settings given' if overrides else ''}"
    settings = checked(merged(read_toml(folder / "area.toml"), overrides or {}), told)
    tables = {table: read_table(folder / f"{table}.csv", needed) for table, needed in TABLES.items()}
    lines = read_lines(folder / "lines.csv")
    return StudyArea(
        name=folder.name,
        title_en=settings["title_en"],
        title_ko=settings["title_ko"],
        bounds=corners(settings["bounds"], str(folder / "area.toml")),
        crs=plane_crs(settings["crs"], str(folder / "area.toml")),
        folder=folder,
        settings=MappingProxyType(dict(settings)),
        sources=MappingProxyType(registry(folder, citations(tables, lines))),
        lines=lines,
        tables=MappingProxyType(tables),
        titles=MappingProxyType(claimed_titles(folder)),
        figures=MappingProxyType({row.key: row for name in ("reported", "zones") for _, row in tables[name].iterrows()}),
    )


def corners(bounds: list[Any], where: str) -> tuple[float, float, float, float]:
    """Return west, south, east, north [degrees].

    Raises
    ------
    ConfigError
        If they are not four numbers in that order.
    """
    numbers = [float(edge) for edge in bounds if isinstance(edge, (int, float))]
    if (
        len(numbers) != 4
        or len(bounds) != 4
        or not (-180 <= numbers[0] < numbers[2] <= 180 and -90 <= numbers[1] < numbers[3] <= 90)
    ):
        raise ConfigError("bad bounds", where=where, expected="west, south, east, north in degrees", found=str(bounds))
    west, south, east, north = numbers
    return west, south, east, north


def plane_crs(text: str, where: str) -> pyproj.CRS:
    """Return a projected CRS in metres; refuse degrees and web Mercator.

    Examples
    --------
    >>> plane_crs("EPSG:3857", "area.toml")
    Traceback (most recent call last):
        ...
    geo.errors.ConfigError: unsuitable CRS: area.toml: expected a projected CRS in metres other than EPSG:3857, found EPSG:3857
    """
    try:
        crs = pyproj.CRS.from_user_input(text)
    except pyproj.exceptions.CRSError as fault:
        raise ConfigError("unknown CRS", where=where, found=str(text), mend="write it as EPSG:5186") from fault
    metres = crs.is_projected and all(axis.unit_name == "metre" for axis in crs.axis_info)
    if not metres or crs.equals(pyproj.CRS.from_epsg(3857), ignore_axis_order=True):
        raise ConfigError(
            "unsuitable CRS", where=where, expected="a projected CRS in metres other than EPSG:3857", found=str(text)
        )
    return crs


def read_table(path: Path, needed: str = "") -> pd.DataFrame:
    """Read a fact table: text as text ("" when empty), known number columns as float64.

    Parameters
    ----------
    path : Path
    needed : str
        Columns that must be there, separated by blanks.

    Raises
    ------
    DataError
        If the file is missing, not UTF-8, lacks a column or a number cannot be read; the row is named.
    """
    try:
        frame = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig")
    except FileNotFoundError:
        raise DataError("missing table", where=str(path)) from None
    except (UnicodeDecodeError, pd.errors.ParserError, pd.errors.EmptyDataError) as fault:
        raise DataError("not readable as UTF-8 CSV", where=str(path), found=str(fault)) from fault
    if lacking := [column for column in needed.split() if column not in frame]:
        raise DataError("missing columns", where=str(path), expected=", ".join(lacking), found=", ".join(frame.columns))
    if "value" in frame:  # how finely a figure was printed: 22 and 22.0 are two statements
        frame["value_places"] = frame["value"].str.partition(".")[2].str.len().where(frame["value"] != "", -1).astype(int)
    for column in frame.columns.intersection(sorted(NUMBERS)):
        numbers = pd.to_numeric(frame[column].replace("", None), errors="coerce")
        bad = frame.index[(frame[column] != "") & numbers.isna()]
        if len(bad):
            raise DataError("not a number", where=f"{path}: row {bad[0] + 2}, {column}", found=repr(frame[column][bad[0]]))
        frame[column] = numbers.astype("float64")
    return frame


def read_lines(path: Path) -> gpd.GeoDataFrame:
    """Read control points into one line a row (a closed ring where the last point repeats the first)."""
    points = (
        read_table(path, "line_id kind name_en name_ko seq lon lat source")
        .astype({"seq": int})
        .sort_values(["line_id", "seq"], kind="stable")
    )
    short = points.line_id.value_counts().loc[lambda n: n < 2]
    if len(short):
        raise DataError("a line needs two points", where=f"{path}: {', '.join(short.index)}")
    heads = points.drop_duplicates("line_id").set_index("line_id")
    order, index = points.line_id.factorize()[1], points.line_id.factorize()[0]
    shapes = shapely.linestrings(points[["lon", "lat"]].to_numpy(float), indices=index)
    columns = [name for name in ("kind", "name_en", "name_ko", "source") if name in heads]
    frame = heads.loc[list(order), columns].reset_index()
    return gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326")


def citations(tables: Mapping[str, pd.DataFrame], lines: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Return (text, url, confidence) of every citation in the tables."""
    found: list[tuple[str, str, str]] = []
    for frame in (*tables.values(), lines):
        for column in ("source", "published_source", "population_source"):
            if column not in frame:
                continue
            prefix = column.removesuffix("source")
            blank = pd.Series("", index=frame.index)
            url = frame.get(f"{prefix}source_url", frame.get(f"{prefix}url", blank))
            confidence = frame.get(f"{prefix}confidence", blank)
            found += list(zip(frame[column], url, confidence, strict=True))
    return list(dict.fromkeys(found))
