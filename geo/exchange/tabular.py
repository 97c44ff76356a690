"""Tables of records whose places are typed: CSV files and workbooks, a row a record or a row a corner.

Assumption: nothing is guessed. A table with a column ``point_id``, ``order`` or ``bearing_deg`` has a row a corner, any other a
row a record. A record with a corner that cannot be placed has no shape, since without it the shape would be another. Each typed
text is kept. Limit: a boundary told by corners is one ring; holes need WKT.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.exchange.angles import first_faults
from geo.exchange.columns import plain
from geo.exchange.coordinates import EXPECTED
from geo.exchange.datum import crs_named, datum_of, ellipsoid_of
from geo.exchange.patterns import matches
from geo.exchange.placing import (
    CODE,
    CODE_DATUM,
    COORDINATES,
    EXPECTED_AXES,
    EXPECTED_DATUM,
    Placed,
    column,
    placed,
    unused,
)
from geo.exchange.sheets import read_cells
from geo.exchange.traverse import NEEDS, traverse
from geo.exchange.wkt import is_own_table, shapes_of
from geo.survey.fields import POINT_FIELDS, TYPED

LEGS = ("bearing_deg", "distance_m", "from_point", "north", "declination_deg", "declination_year")
CORNER_SIGNS = ("point_id", "order", "bearing_deg")
CORNER_TEXTS = ("id", "hazard_id", "shape_id", "point_id", "kind", "order", "shape_kind")
POINT_TEXTS = ("shape_id", "point_id", "kind", "elevation", "crs_entered", "fixed_by", *TYPED, *LEGS)
FAULTS = ("row", "point", "what", "expected", "code")
OF_RECORDS = ("hazard_id", "shape_id", "crs_entered", "fixed_by")
ONLY_POINTS = frozenset([*POINT_FIELDS, *COORDINATES, *LEGS]) - set(OF_RECORDS)
LINE_KINDS = ("line", "polyline", "linestring")
EXPECTED_ORDER = "of corners, a row each, a column order with 1, 2, 3 … in each shape"
BESIDE = r"(?i)(landmark|reference|benchmark|기준점|지형지물)"
Columns = Mapping[str, str] | Callable[[list[str]], Mapping[str, str]]
Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Objects = NDArray[np.object_]
Axes = tuple[str, str] | None
Made = tuple[gpd.GeoDataFrame, pd.DataFrame, list[pd.DataFrame]]


@dataclass(frozen=True, slots=True)
class Table:
    """What a table of records says.

    Attributes
    ----------
    frame : GeoDataFrame, n rows
        A row a record, or a shape of one, in the file's order; text as typed, places in the datum they were typed in. The CRS is
        None where nobody stated one.
    points : DataFrame, m rows
        Corners with ``row`` of `frame`, ``lon`` and ``lat`` [degrees in the datum of `frame`], ``order``, ``precision_m`` and
        ``closing_error_m`` as numbers, the rest as typed. Empty for a table with a row a record.
    faults : DataFrame
        ``row`` of `frame` (-1 for the file), ``point`` (number of the corner in its record, from 1, or ""), ``what`` was found,
        ``expected``, and the ``code`` of `geo.check.codes`.
    encoding, sheet : str
        How the file was read.
    """

    frame: gpd.GeoDataFrame
    points: pd.DataFrame
    faults: pd.DataFrame
    encoding: str = ""
    sheet: str = ""


def read_table(
    path: str | Path,
    *,
    columns: Columns,
    kind: str = "hazards",
    layer: str | None = None,
    encoding: str | None = None,
    crs: Any = None,
    order: str | None = None,
    bare_axes: bool = False,
) -> Table:
    """Read records from a CSV file or a workbook.

    Parameters
    ----------
    path : str or Path
        CSV, XLSX or ODS.
    columns : mapping of str to str, or a function from the headings to one
        {file's heading: our name}. Besides the fields of `geo.survey.fields`, ``wkt``; ``lat`` and ``lon``; ``x`` and ``y``
        [easting and northing, m] with ``utm_zone`` for UTM; ``utm``, ``mgrs`` or ``place`` for a whole place in one cell;
        ``crs_entered``; and ``declination_year``. Others keep their headings.
    kind : {"hazards", "finds", "accidents", "signs"}
        Only hazards have corners.
    layer : str, optional
        Sheet of a workbook.
    encoding : str, optional
        Of a CSV file; found out when absent.
    crs : str or pyproj.CRS, optional
        Of rows that state none; where it contradicts what is typed, that is a fault.
    order : {"lat,lon", "lon,lat"}, optional
        Of two plain angles in a cell of ``place``.
    bare_axes : bool
        Whether headings that are ``x`` and ``y`` and no more leave open which is the easting, see `geo.exchange.placing.placed`.

    Raises
    ------
    ConfigError
        If the file, sheet, encoding or CRS is unknown.
    DataError
        If the file cannot be read at all.

    Examples
    --------
    >>> import tempfile
    >>> rows = ["hazard_id,order,mgrs", "YC-1,1,52S CG 10 10", "YC-1,2,52S CG 10 12", "YC-1,3,52S CG 12 12"]
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "a.csv").write_text(chr(10).join(rows))
    ...     table = read_table(Path(folder, "a.csv"), columns={name: name for name in rows[0].split(",")}, crs="WGS84")
    >>> len(table.frame), table.frame.geom_type[0], len(table.points), len(table.faults)
    (1, 'Polygon', 3, 0)
    """
    cells = read_cells(path, layer=layer, encoding=encoding)
    names = columns(list(cells.frame.columns)) if callable(columns) else columns
    table = _renamed(cells.frame, names)
    mapped = set(names.values()) & set(table.columns)
    axes = _axes(names) if bare_axes else None
    if "wkt" in mapped:
        frame, points, faults = _from_wkt(table, mapped, crs)
    elif kind == "hazards" and mapped & set(CORNER_SIGNS):
        frame, points, faults = _from_corners(table, mapped, cells.extra, crs, order, axes)
    else:
        frame, points, faults = _from_points(table, mapped, cells.extra, crs, order, axes, kind)
    if frame.crs is None and not frame.geometry.isna().all():
        faults = [_faults([-1], "no CRS or datum", EXPECTED_DATUM, CODE_DATUM), *faults]
    faults = [part for part in faults if len(part)]
    told = pd.concat(faults, ignore_index=True) if faults else _faults([], "", "", "")
    return Table(frame, points, told, cells.encoding, cells.sheet)


def _renamed(frame: pd.DataFrame, names: Mapping[str, str]) -> pd.DataFrame:
    """Return the table under our names; a column that is not mapped but bears one of them gets a trailing underscore."""
    taken = set(names.values())
    clash = {name: f"{name}_" for name in frame.columns if name in taken and name not in names}
    return frame.rename(columns={**clash, **{heading: ours for heading, ours in names.items() if heading in frame}})


def _axes(names: Mapping[str, str]) -> Axes:
    """Return the headings of easting and northing where they are bare x and y, else None."""
    found = {ours: heading for heading, ours in names.items() if ours in ("x", "y") and plain(heading) == ours}
    return (found["x"], found["y"]) if len(found) == 2 else None


def _faults(rows: Any, what: Any, expected: Any, code: Any, point: Any = "") -> pd.DataFrame:
    table = pd.DataFrame({"row": np.asarray(rows, dtype=np.int64)})
    for name, cells in (("point", point), ("what", what), ("expected", expected), ("code", code)):
        table[name] = cells if isinstance(cells, str) else np.asarray(cells, dtype=object)
    return table[list(FAULTS)].astype({name: object for name in FAULTS[1:]})


def _from_wkt(table: pd.DataFrame, mapped: set[str], crs: Any) -> Made:
    """Build records with a shape in a cell."""
    entered = column(table, "crs_entered") if "crs_entered" in mapped else pd.Series("", index=table.index, dtype=str)
    stated = crs_named(crs) if crs is not None and str(crs).strip() else None
    shapes, target, doubts = shapes_of(column(table, "wkt"), entered, stated, is_own=is_own_table(table))
    frame = gpd.GeoDataFrame(table.drop(columns="wkt"), geometry=shapes, crs=target)
    return frame, pd.DataFrame(), [_faults(*doubt) for doubt in doubts]


def _places(table: pd.DataFrame, mapped: set[str], extra: Ints, crs: Any, order: str | None, axes: Axes) -> Placed:
    """Place the rows by the mapped columns alone; a row with more cells than headings cannot be trusted."""
    own = _own(table, mapped)
    ragged = extra > 0
    own.loc[ragged] = ""
    rows = placed(own, crs=crs, order=order, axes=axes)
    rows.fault[ragged] = [f"{number} cells more than headings" for number in extra[ragged]]
    rows.expected[ragged], rows.code[ragged] = "a value with a comma in quotes", CODE
    rows.entered_as[ragged] = "unread"
    return rows


def _in_doubt(rows: Placed) -> pd.DataFrame:
    """Return that nobody can say which column is the easting, once for the file."""
    return _faults([-1] if rows.doubt else [], rows.doubt, EXPECTED_AXES, CODE)


def _own(table: pd.DataFrame, mapped: set[str]) -> pd.DataFrame:
    """Return the columns that the caller says hold coordinates; others may bear such a name by chance."""
    return table[[name for name in (*COORDINATES, "crs_entered") if name in mapped and name in table]].copy()


def _from_points(table: pd.DataFrame, mapped: set[str], extra: Ints, crs: Any, order: str | None, axes: Axes, kind: str) -> Made:
    """Build records with a point each."""
    rows = _places(table, mapped, extra, crs, order, axes)
    there = np.isfinite(rows.x) & np.isfinite(rows.y)
    shapes = np.full(len(table), None, dtype=object)
    shapes[there] = shapely.points(rows.x[there], rows.y[there])
    own = _own(table, mapped)
    told = set(own) - {"crs_entered", *unused(own, rows)}
    frame = _with_typed(table.drop(columns=list(told)), rows)
    frame = _with_precision(frame, rows.precision_m)
    bad = np.flatnonzero(rows.fault != "")
    faults = [_in_doubt(rows), _faults(bad, rows.fault[bad], rows.expected[bad], rows.code[bad])]
    faults += [_without_order(table, mapped, there)] if kind == "hazards" else []
    return gpd.GeoDataFrame(frame, geometry=shapes, crs=rows.crs), pd.DataFrame(), faults


def _without_order(table: pd.DataFrame, mapped: set[str], there: NDArray[np.bool_]) -> pd.DataFrame:
    """Return, once for the file, that several hazards of one id are points: corners of which nothing tells the order."""
    ids = column(table, "id") if "id" in mapped else column(table[[]], "id")
    versions = table.columns[[plain(str(name)) == "validfrom" for name in table.columns]]
    keys = table[list(versions)].assign(id_=ids)[(ids != "").to_numpy() & there]
    twice = keys.loc[keys.duplicated(keep=False), "id_"].unique()
    what = f"{len(twice)} ids in several rows that are points, such as {twice[0]}, and no column order" if len(twice) else ""
    return _faults([-1] if len(twice) else [], what, EXPECTED_ORDER, CODE)


def _with_typed(table: pd.DataFrame, rows: Placed) -> pd.DataFrame:
    """Keep what was typed; a column that the file has itself counts first."""
    kept = {}
    for name in TYPED:
        made = pd.Series(getattr(rows, name), index=table.index).replace("unread", "").astype(str)
        own = column(table, name)
        if name in table or (made != "").any():
            kept[name] = own.where(own != "", made)
    return table.assign(**kept)


def _with_precision(table: pd.DataFrame, precision_m: Floats) -> pd.DataFrame:
    """Add the precision of the digits where the file states none."""
    made = pd.Series(np.round(precision_m, 3), index=table.index).astype(str).where(np.isfinite(precision_m), "")
    if "precision_m" in table:
        own = column(table, "precision_m")
        return table.assign(precision_m=own.where(own != "", made))
    known = any(plain(str(name)) == plain("precision_m") for name in table.columns)
    return table if known or (made == "").all() else table.assign(precision_m=made)


def _from_corners(table: pd.DataFrame, mapped: set[str], extra: Ints, crs: Any, order: str | None, axes: Axes) -> Made:
    """Build records with a row for each corner."""
    rows = _places(table, mapped, extra, crs, order, axes)
    points = _grouped(table, mapped)
    closing_m = _walk(rows, points, crs)
    is_corner = points.is_corner.to_numpy() & ~np.isfinite(closing_m)
    unplaced = is_corner & ~(np.isfinite(rows.x) & np.isfinite(rows.y))
    none = unplaced & (rows.fault == "") & ~rows.without_datum & (not rows.doubt)
    rows.fault[none], rows.expected[none], rows.code[none] = "no coordinate", EXPECTED, CODE
    order_fault = _order_faults(points, rows)
    group = points.group.to_numpy()
    broken = np.zeros(group.max(initial=-1) + 1, dtype=bool)
    broken[group[unplaced | (order_fault != "")]] = True
    kinds = points.groupby("group", sort=True)["shape_kind"].first()
    ring = np.flatnonzero(is_corner & ~broken[group])
    ring = ring[np.lexsort((points.place.to_numpy()[ring], group[ring]))]
    shapes = rings(rows.x[ring], rows.y[ring], group[ring], kinds.to_numpy(dtype=object))
    frame = _records(table, points, mapped)
    frame = _with_precision(frame, _shape_precision_m(rows, group, is_corner))
    frame = gpd.GeoDataFrame(frame, geometry=shapes, crs=rows.crs)
    numbers = points.groupby("group").cumcount().to_numpy() + 1
    faults = [_in_doubt(rows)]
    for what, expected, code in ((rows.fault, rows.expected, rows.code), (order_fault, "each number once", CODE)):
        bad = np.flatnonzero(what != "")
        wanted, kind = (cells if isinstance(cells, str) else cells[bad] for cells in (expected, code))
        faults.append(_faults(group[bad], what[bad], wanted, kind, numbers[bad].astype(str)))
    return frame, _typed_points(table, points, mapped, rows, closing_m), faults


def _shape_precision_m(rows: Placed, group: Ints, is_corner: NDArray[np.bool_]) -> Floats:
    """Return the precision of each shape: its coarsest corner's, where decimal degrees count by the one with most digits."""
    corner_m = pd.Series(np.where(is_corner, rows.precision_m, np.nan))
    decimal = rows.entered_as == "decimal"  # 127.10000 may have become 127.1 in a spreadsheet
    finest, coarsest = corner_m.where(decimal).groupby(group).min(), corner_m.where(~decimal).groupby(group).max()
    return np.fmax(finest.to_numpy(dtype=float), coarsest.to_numpy(dtype=float))


def _grouped(table: pd.DataFrame, mapped: set[str]) -> pd.DataFrame:
    """Return of each row its record, its shape's number in order of appearance, its place in it, and whether it is a corner."""
    own = {name: column(table, name) if name in mapped else column(table[[]], name) for name in (*CORNER_TEXTS, *LEGS)}
    points = pd.DataFrame(own)
    points["record"] = points["id"].where(points["id"] != "", points.hazard_id)
    points["is_corner"] = ~matches(points.kind, BESIDE)
    shape = pd.factorize(points.record + "\0" + points.shape_id)[0]
    if not points.is_corner.all():  # a landmark belongs to the first shape of its record, not to a shape of its own
        first = pd.Series(shape)[points.is_corner.to_numpy()].groupby(points.record[points.is_corner].to_numpy()).first()
        home = points.record.map(first).to_numpy(dtype=float)
        shape = np.where(points.is_corner | np.isnan(home), shape, home).astype(np.int64)
        shape = pd.factorize(shape)[0]
    points["group"] = shape
    points["number"] = pd.to_numeric(points.order.where(points.order != ""), errors="coerce").to_numpy(dtype=float)
    told = points.groupby("group")["number"].transform("count") > 0
    points["in_order"] = told
    rank = np.lexsort((np.arange(len(points)), points.number.fillna(-np.inf), points.is_corner, points.group))
    place = np.empty(len(points), dtype=np.int64)
    place[rank] = np.arange(len(points))
    return points.assign(place=place)


def _order_faults(points: pd.DataFrame, rows: Placed) -> Objects:
    """Return what is wrong with the numbers of corners where a shape has any."""
    typed = pd.DataFrame({"group": points.group, "number": points.number, "x": rows.x, "y": rows.y})
    asked = points.is_corner & points.in_order
    twice = asked & typed.duplicated(["group", "number"], keep=False) & ~typed.duplicated(keep=False)
    return first_faults(
        len(points),
        ((asked & points.number.isna()).to_numpy(), lambda row: f"order {points.order[row] or 'empty'}: no number"),
        (twice.to_numpy(), lambda row: f"order {points.order[row]} stands twice"),
    )


def _walk(rows: Placed, points: pd.DataFrame, crs: Any) -> Floats:
    """Place the corners told by bearing and distance; return the closing errors [m]."""
    legs = ((points.bearing_deg != "") | (points.distance_m != "")).to_numpy() & (rows.entered_as == "")
    closing_m = np.full(len(points), np.nan)
    if not legs.any():
        return closing_m
    turn = np.argsort(points.place.to_numpy(), kind="stable")
    table = points.iloc[turn].assign(lon=rows.lon[turn], lat=rows.lat[turn], path=points.group.astype(str)).reset_index(drop=True)
    stated = crs_named(crs) if crs is not None and str(crs).strip() else None
    grid = rows.crs if rows.crs is not None and rows.crs.is_projected else stated
    walked = traverse(table, crs=grid, ellps=(ellipsoid_of(rows.crs) if rows.crs is not None else "") or "WGS84")
    back = np.empty(len(turn), dtype=np.int64)
    back[turn] = np.arange(len(turn))
    lon, lat, fault, closing = (cells[back] for cells in walked)
    beside = (~points.is_corner).groupby(points.group).transform("sum").to_numpy()
    first = points.place.to_numpy() == points.place.where(points.is_corner).groupby(points.group).transform("min").to_numpy()
    unclear = legs & first & (points.from_point == "").to_numpy() & (beside > 1)
    fault[unclear] = "from_point is empty and the record has several points to start from"
    good = legs & (fault == "")
    closing_m[legs] = closing[legs]
    rows.lon[good], rows.lat[good] = lon[good], lat[good]
    x, y = lon, lat
    if rows.crs is not None and rows.crs.is_projected:
        x, y = pyproj.Transformer.from_crs(datum_of(rows.crs), rows.crs, always_xy=True).transform(lon, lat)
    rows.x[good], rows.y[good] = x[good], y[good]
    rows.entered_as[legs] = "bearing"
    bad = legs & (fault != "") & (rows.fault == "")
    rows.fault[bad], rows.expected[bad], rows.code[bad] = fault[bad], NEEDS, CODE
    return closing_m


def rings(x: Floats, y: Floats, group: Ints, kinds: Objects) -> Objects:
    """Return one shape a group from corners in order: a polygon, or a line or points where the kind says so.

    Parameters
    ----------
    x, y, group : array, shape (m,)
        Corners, sorted by group.
    kinds : array of str, shape (n_groups,)
        ``shape_kind`` of each group.

    Returns
    -------
    ndarray of Geometry, shape (n_groups,)
        None for a group without corners; a polygon of fewer than 3 corners is degenerate, for a check to find.

    Examples
    --------
    >>> corners = np.array([0.0, 1, 1]), np.array([0.0, 0, 1]), np.array([0, 0, 0])
    >>> rings(*corners, np.array([""], dtype=object))[0].wkt
    'POLYGON ((0 0, 1 0, 1 1, 0 0))'
    """
    shapes = np.full(len(kinds), None, dtype=object)
    words = pd.Series(kinds, dtype=object).fillna("").astype(str).str.strip().str.casefold()
    is_line, is_point = words.isin(LINE_KINDS).to_numpy(), (words == "point").to_numpy()
    n_corners = np.bincount(group, minlength=len(kinds))
    for chosen, build in (
        (is_line & (n_corners > 1), shapely.linestrings),
        (is_point | (is_line & (n_corners == 1)), shapely.multipoints),
        (~is_line & ~is_point, _polygons),
    ):
        rows = np.flatnonzero(chosen[group]) if len(group) else np.zeros(0, dtype=np.int64)
        if rows.size:
            present, index = np.unique(group[rows], return_inverse=True)
            points = np.stack([x[rows], y[rows]], axis=1)
            shapes[present] = build(shapely.points(points) if build is shapely.multipoints else points, indices=index)
    single = is_point & (n_corners == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _polygons(points: Floats, *, indices: Ints) -> Objects:
    """Return polygons; a ring too short to be one gets its last corner again."""
    count = np.bincount(indices)
    first = np.concatenate([[0], np.cumsum(count)[:-1]])
    last = first + count - 1
    is_closed = (points[first] == points[last]).all(axis=1)
    missing = np.where(is_closed, np.maximum(4 - count, 0), np.maximum(3 - count, 0))
    repeat = np.ones(len(points), dtype=np.int64)
    repeat[last] += missing
    return np.asarray(
        shapely.polygons(shapely.linearrings(np.repeat(points, repeat, axis=0), indices=np.repeat(indices, repeat)))
    )


def _records(table: pd.DataFrame, points: pd.DataFrame, mapped: set[str]) -> pd.DataFrame:
    """Return one row a shape: of each column that is not a corner's alone the first value that is not blank."""
    names = [name for name in table.columns if name not in mapped or name not in ONLY_POINTS or name in ("precision_m",)]
    if "precision_m" in names and "precision_m" not in mapped:
        names.remove("precision_m")
    cells = table[names].mask(table[names] == "").groupby(points.group.to_numpy(), sort=True).first()
    frame = cells.fillna("").astype(str).reset_index(drop=True)
    if "hazard_id" in mapped and "id" not in frame:
        frame = frame.rename(columns={"hazard_id": "id"})
    return frame


def _typed_points(table: pd.DataFrame, points: pd.DataFrame, mapped: set[str], rows: Placed, closing_m: Floats) -> pd.DataFrame:
    """Return the corners as they were typed, in their order, with every column that differs between corners of one shape."""
    typed = _with_typed(table, rows)
    besides = [name for name in unused(_own(table, mapped), rows) if name not in ("lat", "lon")]
    kept = [*(name for name in POINT_TEXTS if name in typed and (name in mapped or name in TYPED)), *besides]
    made = pd.DataFrame({"row": points.group.to_numpy(), "hazard_id": points.record, "lon": rows.lon, "lat": rows.lat})
    made = made.join(typed[kept])
    made["order"] = points.number
    stated = pd.to_numeric(column(table, "precision_m"), errors="coerce") if "precision_m" in mapped else np.nan
    made["precision_m"] = np.where(np.isfinite(stated), stated, rows.precision_m)
    made["closing_error_m"] = closing_m
    others = [name for name in table.columns if name not in made and not (name in mapped and name in ONLY_POINTS)]
    if others:
        filled = table[others].mask(table[others] == "")
        differs = filled.notna() & (filled != filled.groupby(points.group.to_numpy()).transform("first"))
        made = made.join(table[[name for name in others if differs[name].any()]])
    return made.iloc[np.argsort(points.place.to_numpy(), kind="stable")].reset_index(drop=True)
