"""Column maps: a small TOML that says which heading of a file is which of our fields, what its words mean and in which unit.

Assumption: a map belongs to a kind of database, not to one file: headings it names may be missing, and what it does not name is
still recognised by `geo.exchange.columns`. Shipped maps follow published names; a national base is checked against its own.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple, TypeAlias

from geo.errors import ConfigError, nearest
from geo.exchange.columns import AREA_NAMES, COORDINATE_ALIASES, POINT_ALIASES, RECORD_ALIASES, match_columns, plain
from geo.exchange.units import AREAS_M2, area_factor, heading_unit
from geo.survey.fields import DEVICE_FIELDS, POINT_FIELDS, RECORD_FIELDS, REPORT_FIELDS, TYPED, Field

SECTIONS = ("columns", "values", "units", "datum", "kind", "title")
FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {**RECORD_FIELDS, "points": POINT_FIELDS, "reports": REPORT_FIELDS, "devices": DEVICE_FIELDS}
)
ALL_FIELDS = frozenset([*(name for table in FIELDS.values() for name in table), *COORDINATE_ALIASES])
CORNERS = (
    *("point_id", "kind", "order", "elevation", "bearing_deg", "distance_m"),
    *("declination_deg", "declination_year", "from_point", "north"),
)
ENTERED = ("precision_m", "crs_entered", "fixed_by", *TYPED)
PLACES = (("wkt",), ("lat", "lon"), ("x", "y"), ("utm",), ("mgrs",), ("place",))  # the first that a table has tells its places
SHARED_UNITS = ("area",)  # of all fields in m²


@dataclass(frozen=True, slots=True)
class ColumnMap:
    """What a file's headings, words and units mean.

    Attributes
    ----------
    name : str
        For the messages.
    columns : mapping of str to tuple of str
        Headings of each of our fields, preferred first.
    values : mapping of str to mapping of str to str
        For each field {their word, by `geo.exchange.columns.plain`: ours}.
    units : mapping of str to float
        m² of one unit, by field or for ``area``.
    datum : str
        CRS or datum of typed coordinates, "" where the map says nothing.
    kind : str
        Kind of record, "" where the map says nothing.
    """

    name: str = ""
    columns: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: MappingProxyType({}))
    values: Mapping[str, Mapping[str, str]] = field(default_factory=lambda: MappingProxyType({}))
    units: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    datum: str = ""
    kind: str = ""


Columns: TypeAlias = str | Path | Mapping[str, Any] | ColumnMap | None


class Recognised(NamedTuple):
    """What the headings of one table are.

    Attributes
    ----------
    names : dict of str to str
        {heading: our field}.
    factors : dict of str to float
        m² of one unit, by heading of an area.
    unitless : tuple of str
        Headings of areas that state no unit of area and were therefore not taken.
    """

    names: dict[str, str]
    factors: dict[str, float]
    unitless: tuple[str, ...]


def shipped_maps() -> tuple[str, ...]:
    """Return the names of the shipped column maps.

    Examples
    --------
    >>> shipped_maps()
    ('imsma-core', 'imsma-ng', 'korean', 'mdr')
    """
    folder = files("geo.exchange").joinpath("headings")
    return tuple(sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml")))


def column_map(columns: Columns) -> ColumnMap:
    """Return a column map: a shipped one by name, one of a TOML file, or a mapping of the same form.

    Raises
    ------
    ConfigError
        If it is not found or cannot be read, or a section, field, controlled word or unit is unknown.

    Examples
    --------
    >>> column_map("imsma-ng").columns["id"]
    ('LandID', 'localid', 'hazard_localid')
    >>> column_map({"columns": {"idd": "No."}})
    Traceback (most recent call last):
    geo.errors.ConfigError: unknown field: column map [columns]: idd: did you mean id? known: ...
    """
    if columns is None or isinstance(columns, ColumnMap):
        return columns or ColumnMap()
    if isinstance(columns, Mapping):
        return _checked(columns, "column map")
    if str(columns) in shipped_maps():
        text = files("geo.exchange").joinpath("headings", f"{columns}.toml").read_text(encoding="utf-8")
        return _checked(tomllib.loads(text), f"column map {columns}")
    path = Path(columns)
    if not path.is_file():
        raise ConfigError(
            "no such column map", where=str(columns), mend=f"name a TOML file or one of {', '.join(shipped_maps())}"
        )
    try:
        return _checked(tomllib.loads(path.read_text(encoding="utf-8-sig")), f"column map {path}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigError(
            "column map not readable", where=str(path), found=str(fault), mend="write it as TOML in UTF-8"
        ) from fault


def recognised(headings: Iterable[str], kind: str, chosen: ColumnMap, *, cut: bool = False) -> Recognised:
    """Return which headings are which fields of a kind of record: the map's first, then those known by name.

    Parameters
    ----------
    headings : iterable of str
    kind : str
        A key of `FIELDS`.
    chosen : ColumnMap
    cut : bool
        Whether headings may have been cut at 10 bytes.

    Examples
    --------
    >>> found = recognised(["LandID", "면적(평)", "잔여면적"], "hazards", ColumnMap())
    >>> found.names, round(found.factors["면적(평)"], 4), found.unitless
    ({'LandID': 'id', '면적(평)': 'area_reported_m2'}, 3.3058, ('잔여면적',))
    """
    told = [str(heading) for heading in headings]
    fields = FIELDS[kind]
    mapped = {ours: accepted for ours, accepted in chosen.columns.items() if ours in fields}
    names = _matched(told, mapped, cut)
    rest = [heading for heading in told if heading not in names]
    aliases = {ours: known for ours, known in RECORD_ALIASES[kind].items() if ours not in names.values()}
    names |= match_columns(rest, aliases, cut=cut)
    rest = [heading for heading in rest if heading not in names]
    # beside `simulated`, which only our own files have, area_m2 is what was measured, not what was reported
    own = [heading for heading in rest if plain(heading) == "aream2"] if "simulated" in told else []
    areas = {ours: known for ours, known in AREA_NAMES.items() if ours in fields and ours not in names.values()}
    names |= _matched([heading for heading in rest if heading not in own], areas, cut, _told_areas(areas))
    whole = {heading: _uncut(heading, ours) if cut and "simulated" in told else heading for heading, ours in names.items()}
    factors = {heading: _factor(whole[heading], ours, chosen) for heading, ours in names.items() if ours in AREA_NAMES}
    unitless = tuple(heading for heading, factor in factors.items() if factor is None)
    names = {heading: ours for heading, ours in names.items() if heading not in unitless}
    return Recognised(names, {heading: factor for heading, factor in factors.items() if factor is not None}, unitless)


def coordinate_headings(headings: Iterable[str], kind: str, chosen: ColumnMap) -> dict[str, str]:
    """Return {heading: ours} of the columns of a table that tell its places, its records and their corners.

    Where several columns tell the place, only those of the first of `PLACES` are named; the others stay as they are.

    Examples
    --------
    >>> coordinate_headings(["LandID", "위도", "경도", "MGRS", "명칭"], "hazards", ColumnMap())
    {'LandID': 'id', '위도': 'lat', '경도': 'lon'}
    """
    aliases = RECORD_ALIASES[kind]
    names = ("id", "shape_id", "shape_kind", *CORNERS, *ENTERED) if kind == "hazards" else ENTERED
    known = {name: aliases.get(name, ()) or POINT_ALIASES.get(name, ()) for name in names} | dict(COORDINATE_ALIASES)
    found = match_columns(headings, {name: (*chosen.columns.get(name, ()), *accepted) for name, accepted in known.items()})
    place = next((group for group in PLACES if set(group) <= set(found.values())), ())
    others = set(COORDINATE_ALIASES) - set(place) - ({"utm_zone"} if place == ("x", "y") else set())
    return {heading: ours for heading, ours in found.items() if ours not in others}


def recognised_without_unit(headings: Iterable[str], kind: str) -> dict[str, str]:
    """Return {heading: our field} of headings that would be areas if they stated a unit.

    Examples
    --------
    >>> recognised_without_unit(["Estimated Area", "면적(ha)", "pop"], "hazards")
    {'Estimated Area': 'area_reported_m2'}
    """
    areas = _told_areas({ours: known for ours, known in AREA_NAMES.items() if ours in FIELDS[kind]})
    bare = {heading_unit(heading)[0]: heading for heading in headings if heading_unit(heading)[1] not in AREAS_M2}
    return {bare[name]: ours for name, ours in match_columns(bare, areas).items()}


def _told_areas(areas: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the headings that speak of an area even where they state no unit; "cleared" alone may be a yes or no."""
    return {
        ours: tuple(name for name in accepted if "area" in name.casefold() or "면적" in name) for ours, accepted in areas.items()
    }


def _matched(
    headings: list[str], accepted: Mapping[str, tuple[str, ...]], cut: bool, whole: Mapping[str, tuple[str, ...]] | None = None
) -> dict[str, str]:
    """Match whole headings first, those of `whole` if it is given, then headings without the unit they state."""
    found = match_columns(headings, accepted if whole is None else whole, cut=cut)
    bare = {heading_unit(heading)[0]: heading for heading in headings if heading not in found and heading_unit(heading)[1]}
    left = {ours: known for ours, known in accepted.items() if ours not in found.values()}
    return found | {bare[name]: ours for name, ours in match_columns(bare, left, cut=cut).items()}


def _uncut(heading: str, ours: str) -> str:
    """Return the whole name of a field of which a Shapefile written here kept 10 bytes; a foreign one may mean another unit."""
    return ours if len(heading) >= 9 and plain(ours).startswith(plain(heading)) else heading


def _factor(heading: str, ours: str, chosen: ColumnMap) -> float | None:
    unit = heading_unit(heading)[1]
    if unit in AREAS_M2:
        return AREAS_M2[unit]
    if plain(heading) == plain(ours):
        return 1.0
    return chosen.units.get(ours, chosen.units.get("area"))


def _checked(told: Mapping[str, Any], where: str) -> ColumnMap:
    for section in told:
        if section not in SECTIONS:
            raise ConfigError("unknown section", where=f"{where}: {section}", mend=nearest(section, SECTIONS))
    columns = {ours: _headings(cell, f"{where} [columns] {ours}") for ours, cell in _table(told, "columns", where).items()}
    units = {name: area_factor(unit, where=f"{where} [units]") for name, unit in _table(told, "units", where).items()}
    values = {name: _words(name, words, where) for name, words in _table(told, "values", where).items()}
    known = (*FIELDS, "")
    for section, names, accepted in (
        ("columns", columns, ALL_FIELDS),
        ("values", values, ALL_FIELDS),
        ("units", units, (*SHARED_UNITS, *AREA_NAMES)),
    ):
        for name in names:
            if name not in accepted:
                raise ConfigError("unknown field", where=f"{where} [{section}]: {name}", mend=nearest(name, accepted))
    if (kind := str(told.get("kind", ""))) not in known:
        raise ConfigError("unknown kind of record", where=f"{where}: {kind}", mend=nearest(kind, FIELDS))
    return ColumnMap(where, columns, values, units, str(told.get("datum", "")), kind)


def _table(told: Mapping[str, Any], section: str, where: str) -> Mapping[str, Any]:
    table = told.get(section, {})
    if not isinstance(table, Mapping):
        raise ConfigError("not a table", where=f"{where}: {section}", mend=f"write [{section}] and one line for each field")
    return table


def _headings(cell: Any, where: str) -> tuple[str, ...]:
    headings = (cell,) if isinstance(cell, str) else tuple(cell) if isinstance(cell, (list, tuple)) else ()
    if not headings or not all(isinstance(heading, str) for heading in headings):
        raise ConfigError("not a heading", where=where, found=repr(cell), mend='write "heading" or ["heading", "another"]')
    return headings


def _words(name: str, words: Any, where: str) -> dict[str, str]:
    """Check the words of one field against its list; a field of free text takes any."""
    accepted = {word for table in FIELDS.values() if name in table for word in table[name].words}
    if not isinstance(words, Mapping):
        raise ConfigError(
            "not a table", where=f"{where} [values] {name}", mend=f'write [values.{name}] and "their word" = "ours"'
        )
    for theirs, ours in words.items():
        if accepted and ours not in accepted:
            raise ConfigError(
                f"unknown {name}", where=f"{where} [values.{name}]: {theirs} = {ours}", mend=nearest(str(ours), accepted)
            )
    return {plain(str(theirs)): str(ours) for theirs, ours in words.items()}
