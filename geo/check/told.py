"""Findings told: one line each, a summary, JSON, and a GeoPackage of the places.

Assumption: whoever reads the lines wants all codes before all features, so the first few of each code are shown and the rest is
counted; JSON and GeoPackage hold every finding. The same findings give the same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.check.codes import CODES, SEVERITIES
from geo.check.findings import BESIDE
from geo.check.package import write_package
from geo.check.rings import POINT_TYPES, POLYGON_TYPES
from geo.check.wording import messages, severities, title, whose
from geo.exchange.qgis import Category, layer_qml
from geo.survey.records import Survey

FIRST = 5
JSON_KEYS = ("code", "severity", "file", "layer", "hazard_id", "row", "part", "point", "value", "expected", "message")
LINE_TYPES = (1, 2, 5)
COLLECTION = 7


class Drawn(NamedTuple):
    """How QGIS draws the places of one severity."""

    colour: str
    outline: str
    opacity: float = 0.35
    width_px: float = 2.0
    dash_px: tuple[float, ...] = ()
    hatch: tuple[str, ...] = ()
    hatch_colour: str = "#000000"
    radius_px: float = 5.0
    shape: str = "circle"


SYMBOLS = {"E": Drawn("#c81e3c", "#7a0019"), "W": Drawn("#f4a718", "#8a5a00"), "I": Drawn("#7f8fa6", "#3d4a5c")}
DRAWN_AS = {"areas": "fill", "lines": "line", "points": "marker"}


def lines(findings: pd.DataFrame, *, first: int | None = FIRST, language: str = "en") -> list[str]:
    """Return one line a finding: severity, code, file, feature, what is wrong, what to do.

    Parameters
    ----------
    findings : DataFrame
        As `geo.check.battery.check` gives them.
    first : int, optional
        How many of each code are shown before "and N more"; None shows all.
    language : {"en", "ko"}

    Examples
    --------
    >>> from geo.check.findings import found
    >>> field = gpd.GeoDataFrame({"id": ["YC-014"]}, geometry=[None], crs=4326)
    >>> print(*lines(found("S01", Survey("hazards", "north.gpkg", "", field), [0], value="missing", part="2")))
    E S01 north.gpkg: hazard "YC-014" part 2: no geometry (missing): draw it, or record it in a table without shapes
    """
    if first is None:
        return _lines(findings, language)
    number = findings.groupby("code").cumcount().to_numpy() if len(findings) else np.zeros(0, dtype=int)
    shown = findings[number < first]
    counts = findings["code"].value_counts()
    rest = ("  and {n:,} more {code}: {title}", "  {code} {n:,}건 더: {title}")[language == "ko"]
    result = []
    for line, code, place in zip(_lines(shown, language), shown["code"], number[number < first], strict=True):
        result.append(line)
        if place == first - 1 and counts[code] > first:
            result.append(rest.format(n=counts[code] - first, code=code, title=title(code, language)))
    return result


def _lines(findings: pd.DataFrame, language: str) -> list[str]:
    cells = zip(
        severities(findings),
        findings["code"],
        _where(findings),
        whose(findings, language),
        messages(findings, language),
        strict=True,
    )
    return [shown(f"{severity} {code} {where}: {who}{': ' if who else ''}{text}") for severity, code, where, who, text in cells]


def shown(line: str) -> str:
    r"""Return text on one line: control characters, which an id or a name may hold, as escapes.

    Examples
    --------
    >>> print(shown("YC\n014 \x1b[31m 고성"))
    YC\n014 \x1b[31m 고성
    """
    return line if line.isprintable() else "".join(sign if sign.isprintable() else ascii(sign)[1:-1] for sign in line)


def _where(findings: pd.DataFrame) -> list[str]:
    """Return the file of each finding, its layer where that says more than the file's name, and the row of a table beside."""
    cells = zip(findings["file"], findings["layer"], findings["row"], strict=True)
    return [
        (f"{file} row {row}" if row > 0 else file)
        if file in BESIDE
        else file
        if layer in ("", file.partition(".")[0])
        else f'{file} "{layer}"'
        for file, layer, row in cells
    ]


def summary(findings: pd.DataFrame) -> pd.DataFrame:
    """Return a row for each severity and code: ``severity, code, n, title_en, title_ko, mend_en, mend_ko``; errors first."""
    counted = findings.assign(severity=severities(findings)).groupby(["severity", "code"]).size().rename("n").reset_index()
    order = counted["severity"].map({word: place for place, word in enumerate(SEVERITIES)})
    table = counted.assign(order=order).sort_values(["order", "code"], ignore_index=True).drop(columns="order")
    for name, words in (
        ("title_en", [title(code) for code in table["code"]]),
        ("title_ko", [title(code, "ko") for code in table["code"]]),
        ("mend_en", [CODES[code].mend_en.format(value="", expected="the column's form") for code in table["code"]]),
        ("mend_ko", [CODES[code].mend_ko.format(value="", expected="열의 형식") for code in table["code"]]),
    ):
        table[name] = words
    return table


def n_errors(findings: pd.DataFrame, *, strict: bool = False) -> int:
    """Return the number of errors; with `strict` warnings count as well."""
    return int((severities(findings, strict=strict) == "E").sum())


def text(findings: pd.DataFrame, survey: Survey, *, every: bool = False, language: str = "en") -> str:
    """Return the lines, the summary table and the counts, as they are printed.

    Parameters
    ----------
    findings : DataFrame
    survey : Survey
        Gives the number of records read.
    every : bool
        Whether all lines are printed, or the first `FIRST` of each code.
    language : {"en", "ko"}
    """
    told = lines(findings, first=None if every else FIRST, language=language)
    table = summary(findings)
    mend, about = f"mend_{language}", f"title_{language}"
    width = max([len(f"{n:,}") for n in table["n"]], default=1)
    rows = [f"{row.severity} {row.code} {row.n:>{width},}  {row[about]} – {row[mend]}" for _, row in table.iterrows()]
    return "\n".join([*told, *([""] if told else []), *rows, *([""] if rows else []), closing(findings, survey, language)]) + "\n"


def closing(findings: pd.DataFrame, survey: Survey, language: str = "en") -> str:
    """Return the last line: how many records were read and what was found.

    Examples
    --------
    >>> survey = Survey("hazards", "north.gpkg", "", gpd.GeoDataFrame(geometry=[None, None]))
    >>> from geo.check.findings import found
    >>> closing(found("G12", survey, [1]), survey)
    'north.gpkg: 2 hazards read: 1 error, 0 warnings, 0 information'
    """
    marks = severities(findings)
    counts = {word: int((marks == word).sum()) for word in SEVERITIES}
    if language == "ko":
        told = ", ".join(f"{SEVERITIES[word][1]} {n:,}건" for word, n in counts.items())
        return shown(f"{survey.file}: 기록 {len(survey.frame):,}건 읽음: {told}")
    words = {"E": ("error", "errors"), "W": ("warning", "warnings"), "I": ("information", "information")}
    told = ", ".join(f"{n:,} {words[word][n != 1]}" for word, n in counts.items())
    kind = survey.kind.removesuffix("s") if len(survey.frame) == 1 else survey.kind
    return shown(f"{survey.file}: {len(survey.frame):,} {kind} read: {told}")


def json_pieces(findings: pd.DataFrame) -> Iterator[str]:
    """Yield a JSON array piece by piece: one object a line with `JSON_KEYS`, so that a reader may take line by line."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    columns = [findings[name] for name in ("code", "file", "layer", "hazard_id", "row", "part", "point", "value", "expected")]
    cells = zip(severities(findings), messages(findings), messages(findings, "ko"), *columns, strict=True)
    yield "["
    for number, (severity, en, ko, code, file, layer, name, row, part, point, value, expected) in enumerate(cells):
        values = (code, severity, file, layer, name, int(row) or None, _number(part), _number(point), str(value), str(expected))
        yield (",\n" if number else "\n") + encode(dict(zip(JSON_KEYS, (*values, {"en": en, "ko": ko}), strict=True)))
    yield "\n]\n"


def _number(cell: object) -> int | str | None:
    """Return the number of a part or point, its name where it has one, None where there is none."""
    words = str(cell)
    return int(words) if words.isdecimal() else words or None


def as_json(findings: pd.DataFrame) -> str:
    """Return all findings as a JSON array, one object a line.

    Examples
    --------
    >>> from geo.check.findings import found
    >>> field = gpd.GeoDataFrame({"id": ["YC-014"]}, geometry=[None], crs=4326)
    >>> one = json.loads(as_json(found("G02", Survey("hazards", "north.gpkg", "", field), [0], value="2")))[0]
    >>> one["hazard_id"], one["part"], one["message"]["ko"].partition(":")[0]
    ('YC-014', None, '서로 다른 꼭짓점 2개, 최소 3개 필요')
    """
    return "".join(json_pieces(findings))


def write_places(findings: pd.DataFrame, survey: Survey, path: str | Path, *, overwrite: bool = False) -> None:
    """Write every finding to a GeoPackage: areas, lines and points in the survey's CRS, and those without a place in a table.

    Parameters
    ----------
    findings : DataFrame
    survey : Survey
        Gives the CRS.
    path : str or Path
        Readable by its owner alone; the same findings give the same bytes.
    overwrite : bool
        Whether an existing file is replaced.
    """
    table = findings.drop(columns=["place", "severity"], errors="ignore").reset_index(drop=True)
    table.insert(1, "severity", severities(findings))
    table["message_en"], table["message_ko"] = messages(findings), messages(findings, "ko")
    place = np.array(findings["place"], dtype=object)
    kinds = shapely.get_type_id(place)
    mixed = kinds == COLLECTION
    place[mixed] = shapely.point_on_surface(place[mixed])
    kinds = np.where(mixed, 0, kinds)
    kinds[shapely.is_missing(place) | shapely.is_empty(place)] = -1
    layers: dict[str, pd.DataFrame] = {}
    for name, types in (("areas", POLYGON_TYPES), ("lines", LINE_TYPES), ("points", POINT_TYPES)):
        rows = np.isin(kinds, types)
        if rows.any():
            layers[name] = gpd.GeoDataFrame(table[rows], geometry=place[rows], crs=survey.frame.crs)
    layers["without_place"] = table[kinds == -1]
    categories = [Category(word, " ".join(words), SYMBOLS[word]) for word, words in SEVERITIES.items()]
    styles = {name: layer_qml(drawn, '"severity"', categories, "code") for name, drawn in DRAWN_AS.items()}
    write_package(layers, path, styles=styles, overwrite=overwrite)
