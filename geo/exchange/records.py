"""Survey records of any format: what the file says, under our names, with everything that could not be read told as findings.

Assumption: a row is a record even if nothing in it can be used. Only what cannot be opened at all is an error; a missing CRS, a
word nobody knows and a number that is none are findings, and the cell stays as it was typed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType
from typing import TypeAlias

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import pyproj
from numpy.typing import NDArray

from geo.check.findings import FILE, found, joined
from geo.errors import ConfigError, DataError, nearest
from geo.exchange.column_maps import ENTERED, FIELDS, ColumnMap, Columns, Recognised, column_map, coordinate_headings, recognised
from geo.exchange.columns import AREA_NAMES, COORDINATE_ALIASES, plain
from geo.exchange.datum import crs_named
from geo.exchange.gps import read_gpx, read_kml
from geo.exchange.maxml import is_maxml, read_maxml
from geo.exchange.units import ASKED
from geo.exchange.values import as_dates, as_numbers, as_plain, as_text, as_words
from geo.exchange.vector import Opened, check_size, has_place, open_vector
from geo.survey.fields import RECORD_FIELDS, Field
from geo.survey.records import Survey

TABULAR = (".csv", ".tsv", ".txt", ".xlsx", ".ods")
COMPANIONS = ("reports", "history", "devices", "points", "layer_styles")
XML = (".xml", ".maxml")
ROWS_TOLD = ("GPX", "maXML")  # whose reader says to which record a point belongs
Unread: TypeAlias = tuple[NDArray[np.intp], NDArray[np.object_], str]  # rows, what stands there, what was expected


def read_survey(
    path: str | Path,
    *,
    kind: str = "hazards",
    layer: str | None = None,
    encoding: str | None = None,
    crs: str | None = None,
    columns: Columns = None,
    reports: str | Path | None = None,
) -> Survey:
    """Read the records of one file, or of one layer of it.

    Parameters
    ----------
    path : str or Path
        GeoPackage, Shapefile (also zipped), File Geodatabase (folder or zipped), GeoJSON, FlatGeobuf, GeoParquet, KML, KMZ, GPX,
        CSV, XLSX, ODS or maXML, or what else GDAL reads.
    kind : {"hazards", "finds", "accidents", "signs"}
        What the rows are.
    layer : str, optional
        Needed where a file has several besides the companions ``reports``, ``history``, ``devices``, ``points`` and
        ``layer_styles``.
    encoding : str, optional
        Of a Shapefile's or CSV's text; found out when absent.
    crs : str, optional
        "EPSG:5186" or a name that `geo.exchange.datum` knows, for a file that states none.
    columns : str, Path or mapping, optional
        Column map, see `geo.exchange.column_maps.column_map`.
    reports : str or Path, optional
        A table of reports on these records.

    Returns
    -------
    Survey
        As many rows as the file has features, in its order.

    Raises
    ------
    ConfigError
        If the file, layer, kind, column map or CRS is unknown, or `crs` contradicts the file.
    DataError
        If the file cannot be opened, is empty or has no shapes.

    Examples
    --------
    >>> import shapely, tempfile
    >>> field = gpd.GeoDataFrame({"LandID": ["YC-014"], "면적(평)": [1210]}, geometry=[shapely.box(127, 38, 128, 39)], crs=4326)
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     field.to_file(f"{folder}/survey.gpkg")
    ...     survey = read_survey(f"{folder}/survey.gpkg")
    >>> survey.frame[["id", "area_reported_m2"]].values.tolist(), dict(survey.headings)
    ([['YC-014', 4000.0]], {'LandID': 'id', '면적(평)': 'area_reported_m2'})
    """
    if kind not in RECORD_FIELDS:
        raise ConfigError("unknown kind of record", where=kind, mend=nearest(kind, RECORD_FIELDS))
    file, chosen = Path(path), column_map(columns)
    if chosen.kind not in ("", kind):
        raise ConfigError("column map is of other records", where=chosen.name, expected=kind, found=chosen.kind)
    opened = _opened(file, kind, layer, encoding, crs, chosen)
    return _with_reports(_survey(opened, file, kind, crs, chosen), reports, chosen)


def _opened(file: Path, kind: str, layer: str | None, encoding: str | None, crs: str | None, chosen: ColumnMap) -> Opened:
    """Open a file by what its name says it is; field reports are known by their root element."""
    suffix = file.suffix.lower()
    if suffix in TABULAR:
        return _table(file, kind, layer, encoding, crs, chosen)
    if suffix == ".gpx":
        return read_gpx(file, what=kind, layer=layer)
    if suffix in (".kml", ".kmz"):
        return read_kml(file, what=kind, layer=layer)
    if suffix in XML:
        check_size(file, kind)
        if suffix == ".maxml" or is_maxml(file):
            return read_maxml(file, what=kind, kind=kind)
    return open_vector(file, what=kind, layer=layer, encoding=encoding, companions=COMPANIONS)


def _table(file: Path, kind: str, layer: str | None, encoding: str | None, crs: str | None, chosen: ColumnMap) -> Opened:
    """Read a table whose places are typed; the datum of a column map counts where neither file nor option states one."""
    from geo.exchange.tabular import read_table  # reads what this module names
    from geo.exchange.workbook import companion_sheets, rows_of_sheet, with_corners

    check_size(file, kind)
    headings: dict[str, str] = {}

    def places(told: list[str]) -> dict[str, str]:
        headings.update(coordinate_headings(told, kind, chosen))
        return headings

    datum, bare = crs or chosen.datum or None, not {"x", "y"} & set(chosen.columns)
    table = read_table(file, columns=places, kind=kind, layer=layer, encoding=encoding, crs=datum, bare_axes=bare)
    if table.frame.empty:
        raise DataError("no features", where=f"{kind}: {file}")
    sheets = companion_sheets(file, table.sheet)
    if kind == "hazards" and "points" in sheets and not set(headings.values()) & set(COORDINATE_ALIASES):
        corners = read_table(file, columns=places, kind=kind, layer=sheets.pop("points"), crs=datum, bare_axes=bare)
        table = with_corners(table, corners)
    tables = {name: rows_of_sheet(file, sheet) for name, sheet in sheets.items()}
    tables |= {"points": table.points} if len(table.points) else {}
    return Opened(
        table.frame,
        table.sheet,
        file.suffix.removeprefix(".").upper(),
        table.encoding,
        tables=MappingProxyType(tables),
        headings=MappingProxyType(headings),
        faults=table.faults,
        is_placed=True,
    )


def _survey(opened: Opened, file: Path, kind: str, crs: str | None, chosen: ColumnMap) -> Survey:
    frame = opened.frame.reset_index(drop=True)
    names = recognised([name for name in frame.columns if name != "geometry"], kind, chosen, cut=opened.is_cut)
    typed, carried, faults = _typed(frame, FIELDS[kind], names, chosen)
    made = gpd.GeoDataFrame(typed, geometry=np.array(frame.geometry.values, dtype=object), crs=None)
    made = (
        made.set_crs(frame.crs)
        if opened.is_placed
        else _placed(made, frame.crs, crs or chosen.datum, bool(crs), f"{kind}: {file}")
    )
    survey = Survey(
        kind=kind,
        file=file.name,
        layer=opened.layer,
        frame=made,
        headings=MappingProxyType(_headings(opened, names)),
        carried=carried,
        driver=opened.driver,
        encoding=opened.encoding,
    )
    own = [found("V02", survey, rows, value=value, expected=expected) for rows, value, expected in faults]
    asked = [found("V02", survey, [FILE], value=heading, expected=ASKED) for heading in names.unitless]
    beside, unread = _companions(opened, survey, chosen)
    return replace(
        survey,
        findings=joined([*_faults(opened, survey), *own, *asked, _of_file(survey, unread)]),
        points=beside.get("points", survey.points),
        reports=beside.get("reports", survey.reports),
        devices=beside.get("devices", survey.devices),
    )


def _headings(opened: Opened, names: Recognised) -> dict[str, str]:
    """Return {the file's own heading: ours}; what a reader added itself, such as typed coordinates, is no heading."""
    if not opened.headings:
        return names.names
    added = {*opened.headings.values(), *ENTERED}
    return {**opened.headings, **{heading: ours for heading, ours in names.names.items() if heading not in added}}


def _faults(opened: Opened, survey: Survey) -> Iterator[pd.DataFrame]:
    """Yield what a reader met as findings; that a file has no CRS is for the check to say."""
    if not len(opened.faults):
        return
    for code, rows in opened.faults[(opened.faults["row"] >= 0) | (opened.faults["code"] != "C01")].groupby("code", sort=True):
        told = {name: rows[name].to_numpy(dtype=object) for name in ("expected", "point")}
        yield found(str(code), survey, rows["row"].to_numpy(dtype=int), value=rows["what"].to_numpy(dtype=object), **told)


def _typed(
    frame: pd.DataFrame, fields: Mapping[str, Field], names: Recognised, chosen: ColumnMap
) -> tuple[pd.DataFrame, tuple[str, ...], list[Unread]]:
    """Return the table under our names, what is carried, and (rows, values, expected) of what is no number.

    Whatever a typed column can no longer tell, a time of day or a word of another list, stays beside it under its old heading.
    """
    made: dict[str, pd.Series] = {}
    kept: dict[str, pd.Series] = {}
    faults: list[Unread] = []
    for heading in (str(name) for name in frame.columns if name != "geometry"):
        cells = frame[heading]
        if heading not in names.names:
            kept[heading] = as_plain(cells)
            continue
        ours = names.names[heading]
        made[ours], told, bad = _cells(cells, fields[ours], names.factors.get(heading, 1.0), chosen)
        if not told:
            kept[heading] = as_plain(cells)
        if bad.any():
            typed = as_text(cells).to_numpy(dtype=object)[bad]
            faults.append((np.flatnonzero(bad), np.array([f"{ours} {cell}" for cell in typed], dtype=object), "a number"))
    if "land_class" in made and "national_term" in fields:
        _keep_national_terms(made, kept, names, fields["land_class"])
    carried = dict(_free_names(kept, made))
    return pd.DataFrame({**made, **carried}, index=frame.index), tuple(carried), faults


def _cells(cells: pd.Series, entry: Field, factor: float, chosen: ColumnMap) -> tuple[pd.Series, bool, NDArray[np.bool_]]:
    """Return a column as its field wants it, whether that tells all that the file told, and which cells are no number."""
    none = np.zeros(len(cells), dtype=bool)
    if entry.kind in ("number", "count"):
        numbers, bad = as_numbers(cells, factor=factor, is_area=entry.name in AREA_NAMES)
        return numbers, not bad.any(), bad
    if entry.kind == "date":
        dates, timed = as_dates(cells)
        return dates, not timed.any(), none
    if entry.kind == "word":
        values = chosen.values.get(entry.name, {})
        mapped = bool(values) and as_text(cells.drop_duplicates()).map(plain).isin(list(values)).any()
        return as_words(cells, entry, values), not mapped, none
    return as_text(as_plain(cells)), True, none


def _keep_national_terms(made: dict[str, pd.Series], kept: dict[str, pd.Series], names: Recognised, entry: Field) -> None:
    """Move the words that a column map turned into a land class to the national term, where that is blank."""
    heading = next(heading for heading, ours in names.names.items() if ours == "land_class")
    if heading not in kept:
        return
    typed = as_text(kept.pop(heading))
    term = made.get("national_term", pd.Series("", index=typed.index, dtype=str))
    own = as_words(typed, entry) == made["land_class"]
    made["national_term"] = term.where((term.str.strip() != "") | own, typed)


def _free_names(kept: dict[str, pd.Series], taken: dict[str, pd.Series]) -> Iterator[tuple[str, pd.Series]]:
    """Yield carried columns; one that bears a name of ours gets a trailing underscore."""
    for heading, cells in kept.items():
        name = heading
        while name in taken or (name != heading and name in kept):
            name += "_"
        yield name, cells


def _placed(frame: gpd.GeoDataFrame, stated: pyproj.CRS | None, asked: str, is_option: bool, where: str) -> gpd.GeoDataFrame:
    """Return the frame in the CRS that the file states, else in the one asked for, else in that of its column ``crs_entered``."""
    if stated is not None and has_place(stated):
        if is_option and not _same_crs(crs_named(asked, where=where), stated):
            raise ConfigError(
                "the file states another CRS",
                where=where,
                expected=asked,
                found=str(stated.name),
                mend="leave the option out, or correct what the file says of itself",
            )
        return frame.set_crs(stated)
    if asked:
        return frame.set_crs(crs_named(asked, where=where))
    entered = frame["crs_entered"].str.strip() if "crs_entered" in frame else pd.Series(dtype=str)
    told = set(entered[entered != ""])
    if len(told) != 1 or (entered == "").any():
        return frame
    try:
        return frame.set_crs(crs_named(told.pop(), where=where))
    except ConfigError:  # told by the check as C01, beside all else that is wrong
        return frame


def _same_crs(one: pyproj.CRS, other: pyproj.CRS) -> bool:
    codes = {crs.to_epsg() for crs in (one, other)}
    return one.equals(other, ignore_axis_order=True) or (len(codes) == 1 and codes != {None})


def _companions(opened: Opened, survey: Survey, chosen: ColumnMap) -> tuple[dict[str, pd.DataFrame], list[tuple[str, str]]]:
    """Return the tables beside the records under our names, each point with the row of its record, and what is unread."""
    tables = {name: rows for name, rows in opened.tables.items() if len(rows)}
    if "points" in tables and opened.driver not in ROWS_TOLD and not opened.is_placed:  # a column of the file's own
        tables["points"] = tables["points"].rename(columns={"row": "row_"})
    if "reports" not in tables and "history" in tables:
        tables["reports"] = tables["history"]
    read = {name: _read_rows(tables[name], name, chosen) for name in ("points", "reports", "devices") if name in tables}
    made: dict[str, pd.DataFrame] = {str(name): rows for name, (rows, _) in read.items()}
    if "points" in made and "row" not in made["points"]:
        made["points"].insert(0, "row", _rows_of(made["points"], survey))
    return made, [pair for _, told in read.values() for pair in told]


def _read_rows(table: pd.DataFrame, kind: str, chosen: ColumnMap) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """Return a table without shapes under our names, typed as the fields of its kind, and what is unread of it.

    That is (value, expected) of each cell that is no number and of each area without a unit.
    """
    table = pd.DataFrame(table).drop(columns="geometry", errors="ignore").reset_index(drop=True)
    own = table["row"] if kind == "points" and "row" in table else None
    rest = table.drop(columns="row") if own is not None else table
    names = recognised(rest.columns, kind, chosen)
    made, _, unread = _typed(rest, FIELDS[kind], names, chosen)
    told = [(f"{cell} in {kind}", expected) for _, cells, expected in unread for cell in cells]
    told += [(f"{heading} in {kind}", ASKED) for heading in names.unitless]
    if own is not None:
        made.insert(0, "row", own.astype(int))
    return made, told


def _of_file(survey: Survey, told: list[tuple[str, str]]) -> pd.DataFrame:
    """Return what a table beside the records holds and nobody can read (V02); the rows are not the records'."""
    value, expected = (np.array([pair[side] for pair in told], dtype=object) for side in (0, 1))
    return found("V02", survey, np.full(len(told), FILE), value=value, expected=expected)


def _rows_of(points: pd.DataFrame, survey: Survey) -> pd.Series:
    """Return the row of the record that each point belongs to, by id and shape, -1 where there is none."""
    keys = [name for name, _ in (("hazard_id", "id"), ("shape_id", "shape_id")) if name in points]
    if "hazard_id" not in keys:
        return pd.Series(-1, index=points.index)
    records = pd.DataFrame({"hazard_id": survey.text("id").str.strip(), "shape_id": survey.text("shape_id").str.strip()})
    asked = pd.DataFrame({name: points[name].str.strip() for name in keys})
    rows = pd.Series(np.nan, index=points.index)
    for names in (keys, ["hazard_id"]):  # a record in one piece needs no shape id
        first = records.drop_duplicates(names)
        rows = rows.fillna(asked.merge(first[names].assign(row=first.index), on=names, how="left")["row"].set_axis(rows.index))
    return rows.fillna(-1).astype(int)


def _with_reports(survey: Survey, reports: str | Path | None, chosen: ColumnMap) -> Survey:
    if reports is None:
        return survey
    rows, unread = _read_rows(read_rows(Path(reports), what="reports"), "reports", chosen)
    return replace(
        survey,
        reports=pd.concat([survey.reports, rows], ignore_index=True) if len(survey.reports) else rows,
        findings=joined([survey.findings, _of_file(survey, unread)]),
    )


def read_rows(file: Path, *, what: str) -> pd.DataFrame:
    """Read a table without shapes, under its own headings.

    Parameters
    ----------
    file : Path
        CSV, XLSX, ODS, Parquet or anything GDAL reads.
    what : str
        What it holds, for the messages.

    Raises
    ------
    ConfigError
        If there is no such file.
    DataError
        If it cannot be read.
    """
    check_size(file, what)
    if file.suffix.lower() in TABULAR:
        from geo.exchange.sheets import read_cells

        cells = read_cells(file)
        if (shifted := np.flatnonzero(cells.extra)).size:
            rows = ", ".join(str(row + 1) for row in shifted[:10])
            mend = "write a value with a comma in quotes"
            raise DataError("more cells than headings", where=f"{what}: {file}", found=f"row {rows}", mend=mend)
        return cells.frame
    try:
        if file.suffix.lower() == ".parquet":
            return pd.read_parquet(file)
        return pd.DataFrame(pyogrio.read_dataframe(file, read_geometry=False))
    except (pyogrio.errors.DataSourceError, pyogrio.errors.DataLayerError, OSError, ValueError) as fault:
        first = (str(fault).splitlines() or [type(fault).__name__])[0]
        raise DataError("not readable", where=f"{what}: {file}", found=first, mend="is it a table?") from fault
