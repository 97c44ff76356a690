"""What a build holds, for catalogues: a STAC item and a Frictionless data package, as plain values for `write_json`.

Assumption: the dates are those of the information, never of the clock, so the same build has the same entries. Limit: STAC 1.0.0
with the projection and file extensions, Frictionless Data Package 1; neither lists itself, the other or the manifest.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.compute as pc
import pyproj
import shapely

from geo.errors import DataError
from geo.exchange.content import text_columns
from geo.exchange.field import Notice
from geo.source import Source, file_sha256

ITEM, PACKAGE = "item.json", "datapackage.json"
NOT_LISTED = (ITEM, PACKAGE, "manifest.json")
EXTENSIONS = (
    "https://stac-extensions.github.io/projection/v1.1.0/schema.json",
    "https://stac-extensions.github.io/file/v2.1.0/schema.json",
)
SHA256_MULTIHASH = "1220"  # which hash, and its 32 bytes
FORMS = {  # of every filled cell of a column
    "boolean": r"^(True|False)$",
    "integer": r"^-?\d+$",
    "number": r"^-?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?$",
}
DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?")
MEDIA: Mapping[str, tuple[str, str]] = {  # media type and STAC role by suffix
    ".gpkg": ("application/geopackage+sqlite3", "data"),
    ".parquet": ("application/vnd.apache.parquet", "data"),
    ".geojson": ("application/geo+json", "data"),
    ".fgb": ("application/vnd.flatgeobuf", "data"),
    ".kmz": ("application/vnd.google-earth.kmz", "data"),
    ".kml": ("application/vnd.google-earth.kml+xml", "data"),
    ".gpx": ("application/gpx+xml", "data"),
    ".tif": ("image/tiff; application=geotiff; profile=cloud-optimized", "data"),
    ".csv": ("text/csv", "data"),
    ".json": ("application/json", "metadata"),
    ".html": ("text/html", "overview"),
    ".pdf": ("application/pdf", "overview"),
    ".qgz": ("application/x-qgis-project", "visual"),
}
OTHER_MEDIA = ("application/octet-stream", "data")


class FileFacts(NamedTuple):
    """What a catalogue says of a file: its size [bytes], its SHA-256, and the columns of a CSV with their types."""

    n_bytes: int
    sha256: str
    fields: tuple[tuple[str, str], ...] = ()


def file_facts(folder: Path) -> dict[str, FileFacts]:
    r"""Return the facts of every file of a folder by its relative name, but of the catalogue's own and the manifest.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = Path(folder, "areas.csv").write_text("layer,n_features\ndmz,3\n")
    ...     file_facts(Path(folder))["areas.csv"].fields
    (('layer', 'string'), ('n_features', 'integer'))
    """
    found = sorted(path for path in folder.rglob("*") if path.is_file())
    names = {path.relative_to(folder).as_posix(): path for path in found}
    return {name: facts_of(path) for name, path in names.items() if name not in NOT_LISTED}


def facts_of(path: Path) -> FileFacts:
    """Return the facts of one file."""
    fields = csv_fields(path) if path.suffix == ".csv" else ()
    return FileFacts(path.stat().st_size, file_sha256(path), fields)


def csv_fields(path: Path) -> tuple[tuple[str, str], ...]:
    """Return the columns of a CSV with their Frictionless types: boolean, integer, number or string.

    A column of digits that begins with 0, such as a district code, stays text.
    """
    table = text_columns(path)
    return tuple((name, _field_type(cells)) for name, cells in zip(table.column_names, table.columns, strict=True))


def _field_type(cells: Any) -> str:
    filled = cells.filter(pc.not_equal(cells, ""))
    if len(filled) == 0 or _any(filled, r"^0\d+$"):
        return "string"
    for name, form in FORMS.items():
        if not _any(filled, form, but=True):
            return name
    return "string"


def _any(cells: Any, form: str, *, but: bool = False) -> bool:
    """Whether any cell has a form, or with `but` any has not."""
    found = pc.match_substring_regex(cells, form)
    return bool(pc.any(pc.invert(found) if but else found).as_py())


def stac_item(
    key: str,
    notice: Notice,
    *,
    bounds: tuple[float, float, float, float],
    dates: Iterable[str],
    files: Mapping[str, FileFacts],
    crs: Any,
) -> dict[str, Any]:
    """Return a STAC 1.0 item of a build.

    Parameters
    ----------
    key : str
        Identifier: the area's name.
    notice : Notice
        Title, tier and texts.
    bounds : tuple of float
        West, south, east and north [degrees].
    dates : iterable of str
        Dates of the information, ``YYYY[-MM[-DD]]``; the item spans from the first to the end of the last.
    files : mapping of str to FileFacts
        By relative name, see `file_facts`.
    crs : any CRS that pyproj takes
        The projected one of the area.

    Raises
    ------
    DataError
        If there is no date, or one is none.

    Examples
    --------
    >>> item = stac_item("north", Notice("North"), bounds=(126, 37, 129, 39), dates=["2006"], files={}, crs=5186)
    >>> item["properties"]["start_datetime"], item["properties"]["end_datetime"], item["properties"]["proj:epsg"]
    ('2006-01-01T00:00:00Z', '2006-12-31T23:59:59Z', 5186)
    """
    known = sorted(set(filter(None, dates)))
    if not known:
        raise DataError("no date of information", where=key, expected="at least one as_of, YYYY[-MM[-DD]]")
    begin, end = min(_span(date, key)[0] for date in known), max(_span(date, key)[1] for date in known)
    description = "\n\n".join(f"{en}\n{ko}" for en, ko in notice.lines)
    return {
        "type": "Feature",
        "stac_version": "1.0.0",
        "stac_extensions": list(EXTENSIONS),
        "id": key,
        "bbox": [float(edge) for edge in bounds],
        "geometry": {"type": "Polygon", "coordinates": [_ring(bounds)]},
        "properties": {
            "title": notice.title,
            "description": description,
            "datetime": None,
            "start_datetime": f"{begin}T00:00:00Z",
            "end_datetime": f"{end}T23:59:59Z",
            "proj:epsg": pyproj.CRS.from_user_input(crs).to_epsg(),
            "minemap:tier": notice.tier,
        },
        "links": [],
        "assets": {name: _asset(name, facts) for name, facts in sorted(files.items())},
    }


def _ring(bounds: tuple[float, float, float, float]) -> list[list[float]]:
    return [list(map(float, point)) for point in shapely.box(*bounds).exterior.coords]


def _span(date: str, where: str) -> tuple[str, str]:
    """Return the first and the last day that a date may mean."""
    match = DATE.fullmatch(date)
    if match is None:
        raise DataError("date not understood", where=where, expected="YYYY, YYYY-MM or YYYY-MM-DD", found=date)
    year, month, day = (int(part) if part else 0 for part in match.groups())
    last = calendar.monthrange(year, month or 12)[1]
    return f"{year:04d}-{month or 1:02d}-{day or 1:02d}", f"{year:04d}-{month or 12:02d}-{day or last:02d}"


def _asset(name: str, facts: FileFacts) -> dict[str, Any]:
    media, role = MEDIA.get(Path(name).suffix.lower(), OTHER_MEDIA)
    checksum = SHA256_MULTIHASH + facts.sha256
    return {"href": f"./{name}", "type": media, "roles": [role], "file:size": facts.n_bytes, "file:checksum": checksum}


def data_package(
    key: str, notice: Notice, *, files: Mapping[str, FileFacts], sources: Iterable[Source], licence: str = ""
) -> dict[str, Any]:
    """Return a Frictionless data package of a build.

    Parameters
    ----------
    key : str
        Identifier: the area's name.
    notice : Notice
        Title, tier and texts.
    files : mapping of str to FileFacts
        By relative name, see `file_facts`.
    sources : iterable of Source
        What the layers rest on; each keeps its own licence.
    licence : str
        Of the whole, as a sentence; "" where only the sources' hold.

    Examples
    --------
    >>> facts = {"areas.csv": FileFacts(10, "ab", (("layer", "string"),))}
    >>> data_package("north", Notice("North"), files=facts, sources=[])["resources"][0]["schema"]["fields"]
    [{'name': 'layer', 'type': 'string'}]
    """
    told: dict[str, Any] = {
        "profile": "data-package",
        "name": re.sub(r"[^a-z0-9._-]+", "-", key.lower()),
        "title": notice.title,
        "description": notice.text,
        "minemap:tier": notice.tier,
    }
    if licence:
        told["licenses"] = [{"name": "other", "title": licence}]
    listed = [_source(source) for source in sorted(sources, key=lambda source: source.key)]
    resources = [_resource(name, facts) for name, facts in sorted(files.items())]
    return told | ({"sources": listed} if listed else {}) | {"resources": resources}


def _source(source: Source) -> dict[str, str]:
    told = {"title": source.title, "path": source.url, "licence": source.licence}
    return {name: text for name, text in told.items() if text}


def _resource(name: str, facts: FileFacts) -> dict[str, Any]:
    told: dict[str, Any] = {
        "name": re.sub(r"[^a-z0-9._/-]+", "-", name.lower()),
        "path": name,
        "profile": "tabular-data-resource" if facts.fields else "data-resource",
        "format": Path(name).suffix.lower().lstrip("."),
        "mediatype": MEDIA.get(Path(name).suffix.lower(), OTHER_MEDIA)[0],
        "bytes": facts.n_bytes,
        "hash": f"sha256:{facts.sha256}",
    }
    if facts.fields:
        fields = [{"name": column, "type": kind} for column, kind in facts.fields]
        told |= {"encoding": "utf-8", "schema": {"fields": fields, "missingValues": [""]}}
    return told
