"""maXML field reports: hazards, accidents and the activities that change a hazard.

Assumption: exports differ from the published schema and from each other, so elements are known by their names alone, whatever
their namespace, case or depth, and an element nobody asked for becomes a column of its own. No validity is claimed. A document
type or an entity is refused: such a file could reach for others or swell without end.
"""

from __future__ import annotations

import logging
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, NoReturn
from xml.parsers import expat

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import DataError
from geo.exchange.columns import POINT_ALIASES, plain
from geo.exchange.values import spellings
from geo.exchange.vector import Opened, check_size
from geo.terms import POINT_KINDS, SHAPE_KINDS

ROOT, REPORT, INFO, ACTIVITY = "mineactionfieldreport", "fieldreport", "fieldreportinfo", "hazardreduction"
ITEMS = {"hazards": "hazard", "accidents": "accident"}
SNIFFED_BYTES = 4096
MOST_TOLD = 5  # places of one record that cannot be read
APART = "; "  # between the texts of an element that stands several times
_LON, _LAT = ({plain(name) for name in POINT_ALIASES[key]} for key in ("lon", "lat"))
_SHAPE_ID, _ORDER, _KIND, _CRS = (
    {plain(name) for name in names}
    for names in (POINT_ALIASES["shape_id"], POINT_ALIASES["order"], POINT_ALIASES["kind"], POINT_ALIASES["crs_entered"])
)
_SHAPE_KIND = {plain(name) for name in ("shape_kind", "shapeenum", "poly_prop_enum")}
_LINES = {"line", "polyline", "linestring"}
_NOT_CORNERS = {"landmark", "reference"}
log = logging.getLogger(__name__)


class _Item(NamedTuple):
    """One element of a kind: its texts, its points, its shape, and the places in it that cannot be read."""

    cells: dict[str, str]
    points: list[dict[str, str]]
    shape: Any
    unread: str = ""


def is_maxml(path: Path) -> bool:
    """Return whether an XML file is of field reports, by the name of its root element."""
    with path.open("rb") as file:
        start = file.read(SNIFFED_BYTES)
    texts = (start.decode(encoding, errors="ignore").casefold() for encoding in ("utf-8", "utf-16"))
    return any(ROOT in text or f"<{REPORT}" in text for text in texts)


def read_maxml(path: Path, *, what: str, kind: str = "hazards") -> Opened:
    """Read the hazards or the accidents of a file of field reports, and its activities as reports.

    Parameters
    ----------
    path : Path
    what : str
        What the file should hold, for the messages.
    kind : {"hazards", "accidents"}
        Which items become rows.

    Returns
    -------
    Opened
        Headings are the elements' own names. The CRS is left to the caller: it stands in ``coordrefsys``, if anywhere.

    Raises
    ------
    ConfigError
        If there is no such file.
    DataError
        If it is no XML, has a document type or entities, or holds no such item.
    """
    where = f"{what}: {path}"
    check_size(path, what)
    _refuse_declarations(path, where)
    try:
        root = ET.parse(path).getroot()
    except ET.ParseError as fault:
        raise DataError("not readable", where=where, found=str(fault), mend="is it complete XML?") from fault
    wanted = ITEMS.get(kind, "")
    items: list[_Item] = []
    activities: list[_Item] = []
    others: set[str] = set()
    for report in _reports(root):
        about = _leaves(next((child for child in report if _name(child) == INFO), ET.Element("none")))
        for child in report:
            if _name(child) in (wanted, ACTIVITY):
                (activities if _name(child) == ACTIVITY else items).append(_item(child, about))
            elif _name(child) != INFO:
                others.add(_tag(child))
    if others:
        log.warning("%s: elements that are not read: %s", where, ", ".join(sorted(others)))
    if not items:
        raise DataError(
            "no features", where=where, expected=wanted or "an item that is read", found=", ".join(sorted(others)) or "none"
        )
    frame = gpd.GeoDataFrame(_table(items), geometry=np.array([item.shape for item in items] or [None], dtype=object))
    tables = {"points": _points(items), "reports": _table(activities)}
    filled = MappingProxyType({name: rows for name, rows in tables.items() if len(rows)})
    return Opened(frame, "", "maXML", "", tables=filled, faults=_faults(items))


def _refuse_declarations(path: Path, where: str) -> None:
    def refuse(*_: Any) -> NoReturn:
        raise DataError("document type or entity in XML", where=where, mend="export the file without a DTD; none is followed")

    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    try:
        with path.open("rb") as file:
            parser.ParseFile(file)
    except expat.ExpatError as fault:
        raise DataError("not readable", where=where, found=str(fault), mend="is it complete XML?") from fault


def _tag(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _name(element: ET.Element) -> str:
    return plain(_tag(element))


def _reports(root: ET.Element) -> Iterator[ET.Element]:
    """Yield the field reports; a file with items right under its root is one report."""
    reports = [element for element in root.iter() if _name(element) == REPORT]
    yield from reports or [root]


def _text(element: ET.Element) -> str:
    return (element.text or "").strip()


def _leaves(element: ET.Element, skipped: frozenset[ET.Element] = frozenset()) -> dict[str, str]:
    """Return the texts inside an element by name: a text alone in its element bears that element's name, others PARENT.NAME."""
    told: dict[str, str] = {}
    for child in element:
        if child in skipped:
            continue
        if len(child) == 0:
            _add(told, _tag(child), _text(child))
            continue
        inner = _leaves(child, skipped)
        for name, text in inner.items():
            _add(told, _tag(child) if len(inner) == 1 else f"{_tag(child)}.{name}", text)
    for name, text in element.attrib.items():
        _add(told, name.rpartition("}")[2], text)
    return told


def _add(told: dict[str, str], name: str, text: str) -> None:
    if text:
        told[name] = f"{told[name]}{APART}{text}" if name in told else text


def _item(element: ET.Element, about: dict[str, str]) -> _Item:
    shapes = list(_shapes(element))
    inside = frozenset(part for shape, corners in shapes for part in (*corners, *([shape] if shape is not element else [])))
    cells = {**about, **_leaves(element, inside)}
    points: list[dict[str, str]] = []
    made: list[Any] = []
    unread: list[str] = []
    for shape, corners in shapes:
        of_shape = _leaves(shape, frozenset(corners)) if shape is not element else {}
        rows = [{**_only(of_shape, _SHAPE_ID | _CRS), **_leaves(corner)} for corner in corners]
        points.extend(rows)
        for name, text in of_shape.items():
            _add(cells, name, text)
        made.append(_drawn(rows, _first(of_shape, _SHAPE_KIND)))
        unread += [f"{lon} {lat}".strip() for lon, lat in map(_typed, rows) if not _is_number(lon) or not _is_number(lat)]
    whole = not any(shape is None for shape in made)  # without one part the land would be another
    return _Item(cells, points, _together(made) if whole else None, "" if whole else ", ".join(unread[:MOST_TOLD]))


def _shapes(element: ET.Element) -> Iterator[tuple[ET.Element, list[ET.Element]]]:
    """Yield each element that holds points, above a mere list of them, and its points in order."""
    inside = [child for child in element if not _is_point(child)]
    own = [child for child in element if _is_point(child)]
    for child in inside:
        listed = list(child)
        if listed and all(_is_point(grandchild) for grandchild in listed) and _name(child).startswith("point"):
            own.extend(listed)
        else:
            yield from _shapes(child)
    if own:
        yield element, own


def _is_point(element: ET.Element) -> bool:
    names = {_name(child) for child in element}
    return bool(names & _LON) and bool(names & _LAT)


def _first(told: dict[str, str], names: set[str]) -> str:
    return next((text for name, text in told.items() if plain(name.rpartition(".")[2]) in names), "")


def _only(told: dict[str, str], names: set[str]) -> dict[str, str]:
    return {name: text for name, text in told.items() if plain(name) in names}


def _drawn(points: list[dict[str, str]], shape_kind: str) -> Any:
    """Return points as the shape they are said to be; without a word three corners or more are a polygon, landmarks never.

    None if one cannot be read.
    """
    kinds = {**spellings(tuple(POINT_KINDS)), "benchmark": "reference"}
    corners = [point for point in points if kinds.get(plain(_first(point, _KIND)).removesuffix("point"), "") not in _NOT_CORNERS]
    is_boundary = bool(corners)
    corners = corners or points
    order = pd.to_numeric(pd.Series([_first(point, _ORDER) for point in corners]), errors="coerce")
    if order.notna().all():
        corners = [corners[n] for n in order.sort_values(kind="stable").index]
    places = pd.DataFrame([_typed(point) for point in corners]).apply(pd.to_numeric, errors="coerce").to_numpy(dtype=float)
    if not np.isfinite(places).all():
        return None
    kind = plain(shape_kind)
    word = spellings(tuple(SHAPE_KINDS)).get(kind, kind)
    if is_boundary and word in _LINES and len(places) > 1:
        return shapely.LineString(places)
    if not is_boundary or len(places) < 3 or word == "point":
        return shapely.MultiPoint(places) if len(places) > 1 else shapely.Point(places[0])
    return shapely.Polygon(places)


def _typed(point: dict[str, str]) -> tuple[str, str]:
    return _first(point, _LON), _first(point, _LAT)


def _is_number(text: str) -> bool:
    return bool(np.isfinite(pd.to_numeric(text, errors="coerce")))


def _faults(items: list[_Item]) -> pd.DataFrame:
    """Return the records left without a shape because of a place that cannot be read."""
    told = [(row, "", item.unread, "decimal degrees", "C07") for row, item in enumerate(items) if item.unread]
    return pd.DataFrame(told, columns=["row", "point", "what", "expected", "code"])


def _together(shapes: list[Any]) -> Any:
    """Return the shapes of one item as one: its polygons if it has any, else its lines, else its points."""
    present = np.array([shape for shape in shapes if shape is not None] or [None], dtype=object)
    if present[0] is None:
        return None
    chosen = present[shapely.get_dimensions(present) == shapely.get_dimensions(present).max()]
    if len(chosen) == 1:
        return chosen[0]
    parts = shapely.get_parts(chosen)
    return {0: shapely.MultiPoint, 1: shapely.MultiLineString, 2: shapely.MultiPolygon}[int(shapely.get_dimensions(parts[0]))](
        parts
    )


def _table(items: list[_Item]) -> pd.DataFrame:
    return pd.DataFrame([item.cells for item in items]).fillna("")


def _points(items: list[_Item]) -> pd.DataFrame:
    rows = [{"row": number, **point} for number, item in enumerate(items) for point in item.points]
    return pd.DataFrame(rows).fillna("") if rows else pd.DataFrame()
