"""Shapes in a cell, as WKT: read row by row, each in the system that stands before it or beside it.

Assumption: a number before the WKT (``SRID=4326;``) is the system of the shape, a datum typed in another column that of the row.
Where both stand and differ the row is in doubt, except in tables written here, whose datum column belongs to the coordinates as
they were typed. Limit: heights are dropped; curves are not read.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import shapely
from numpy.typing import NDArray

from geo.exchange.datum import LONLAT
from geo.exchange.patterns import extracted, matches
from geo.exchange.placing import CODE, CODE_DATUM, EXPECTED_DATUM, is_same_place, system_of

WKT = r"(?is)^\s*(?:SRID=(?P<srid>[0-9]+)\s*;)?\s*(?P<wkt>.*)$"
CURVES = r"(?i)\b(CIRCULARSTRING|COMPOUNDCURVE|CURVEPOLYGON|MULTICURVE|MULTISURFACE)"
EXPECTED_WKT = "WKT, as in POLYGON ((127 38, 127.1 38, 127.1 38.1, 127 38))"
EXPECTED_LINES = "curves: turn them into lines"
EXPECTED_ONE = "one system: the SRID of the WKT, or the datum beside it"
OWN = ("basis", "simulated")  # columns that every table written here has
Objects = NDArray[np.object_]


class Doubt(NamedTuple):
    """Rows of which something cannot be read: what stands there, what was expected, and the code of the finding."""

    rows: NDArray[np.intp]
    what: str | Objects
    expected: str
    code: str


def shapes_of(
    typed: pd.Series, entered: pd.Series, stated: pyproj.CRS | None, *, is_own: bool = False
) -> tuple[Objects, pyproj.CRS | None, list[Doubt]]:
    """Return the shapes of cells of WKT, the system they are in, and what is in doubt.

    Parameters
    ----------
    typed, entered : Series of str, shape (n,)
        WKT, and the datum typed beside it, "" where there is none.
    stated : pyproj.CRS, optional
        Of rows that state none.
    is_own : bool
        Whether the table was written here, so that the number before the WKT counts alone.

    Returns
    -------
    shapes : ndarray of Geometry, shape (n,)
        None where a cell is empty or in doubt; in the system of all rows if they share one, else in WGS 84.
    crs : pyproj.CRS, optional
    doubts : list of Doubt

    Examples
    --------
    >>> cells, beside = pd.Series(["SRID=4326;POINT (127 38)", "SRID=4301;POINT (1 2)"]), pd.Series(["", "WGS84"])
    >>> shapes, crs, doubts = shapes_of(cells, beside, None)
    >>> [shape and shape.wkt for shape in shapes], crs.to_epsg(), [doubt.what for doubt in doubts]
    (['POINT (127 38)', None], 4326, ['SRID=4301 beside WGS84'])
    """
    parts, _ = extracted(typed, WKT)
    shapes, doubts = _read(typed, parts.wkt)
    srid = ("EPSG:" + parts.srid).where(parts.srid != "", "")
    doubts += [] if is_own else _contradictions(srid, entered, shapes)
    named = srid.where(srid != "", entered)
    systems: dict[str, pyproj.CRS | None] = {}
    names = named.unique()
    for name in names:
        systems[name], fault = system_of(name, stated)
        there = np.flatnonzero((named == name).to_numpy() & ~shapely.is_missing(shapes))
        if fault:
            doubts.append(Doubt(there, f"{name}: {fault}", EXPECTED_DATUM, CODE))
        elif systems[name] is None and len(names) > 1:
            doubts.append(Doubt(there, "no datum, though other rows state one", EXPECTED_DATUM, CODE_DATUM))
    return *_brought_together(shapes, named, systems), doubts


def _read(typed: pd.Series, texts: pd.Series) -> tuple[Objects, list[Doubt]]:
    """Read each cell; GEOS gives up the whole column at the first curve, so curves are told apart before."""
    blank, curved = (texts == "").to_numpy(), matches(texts, CURVES)
    shapes = shapely.from_wkt(texts.where(~blank & ~curved, "POINT EMPTY").to_numpy(dtype=object), on_invalid="ignore")
    shapes = np.asarray(shapely.force_2d(shapes), dtype=object)
    shapes[blank | curved] = None
    unread = shapely.is_missing(shapes) & ~blank & ~curved
    cells = ("WKT " + typed.str.slice(0, 60)).to_numpy(dtype=object)
    found = ((unread, EXPECTED_WKT), (curved, EXPECTED_LINES))
    return shapes, [Doubt(np.flatnonzero(bad), cells[bad], expected, CODE) for bad, expected in found if bad.any()]


def _contradictions(srid: pd.Series, entered: pd.Series, shapes: Objects) -> list[Doubt]:
    """Take away the shapes of rows of which SRID and datum differ, and return these rows."""
    both = (srid != "") & (entered != "") & ~shapely.is_missing(shapes)
    doubts = []
    for number, name in pd.DataFrame({"srid": srid[both], "entered": entered[both]}).drop_duplicates().itertuples(index=False):
        if is_same_place(number, name):
            continue
        there = np.flatnonzero((both & (srid == number) & (entered == name)).to_numpy())
        shapes[there] = None
        doubts.append(Doubt(there, f"{number.replace('EPSG:', 'SRID=')} beside {name}", EXPECTED_ONE, CODE))
    return doubts


def _brought_together(
    shapes: Objects, named: pd.Series, systems: dict[str, pyproj.CRS | None]
) -> tuple[Objects, pyproj.CRS | None]:
    """Return all shapes in one system: the only one there is, else WGS 84."""
    used = set(named[~shapely.is_missing(shapes)]) or set(named)
    known = [system for name, system in systems.items() if system is not None and name in used]
    target = None if not known else known[0] if all(system == known[0] for system in known) else LONLAT
    for name, system in systems.items():
        there = np.flatnonzero((named == name).to_numpy())
        if target is not None and system is None:
            shapes[there] = None
        elif system is not None and system != target:
            shapes[there] = gpd.GeoSeries(shapes[there], crs=system).to_crs(target).to_numpy() if name in used else None
    return shapes, target


def is_own_table(table: Any) -> bool:
    """Return whether a table has the columns that every one written here has."""
    return set(OWN) <= set(table.columns)
