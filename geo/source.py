"""Where facts come from: the data folder, the registry of sources and the checksums of the tables.

Assumption: a study area is a folder of small text tables, and its ``sources.toml`` names every document they rest on.
Nothing here is fetched; a reader follows the printed address.
"""

from __future__ import annotations

import hashlib
import os
import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Any

from geo.errors import ConfigError, DataError, nearest

CONFIDENCES = ("quoted", "paper", "derived", "unverified", "assumed")


@dataclass(frozen=True, slots=True)
class Source:
    """A document, file or calculation that a figure or a geometry rests on.

    Attributes
    ----------
    key : str
        Short name used in the column ``sources``.
    title, publisher, published, url, licence : str
        As the document gives them; empty when not stated.
    confidence : str
        One of `CONFIDENCES`.
    locator : str
        Page, table or row inside the document.
    note : str
        What a reader should know.
    """

    key: str
    title: str
    publisher: str = ""
    published: str = ""
    url: str = ""
    licence: str = ""
    confidence: str = ""
    locator: str = ""
    note: str = ""


def data_folder() -> Path:
    """Return the folder of study areas: ``$MINEMAP_DATA``, else that of the checkout, else that of the wheel.

    Raises
    ------
    ConfigError
        If ``MINEMAP_DATA`` names no folder.
    """
    chosen = os.environ.get("MINEMAP_DATA")
    if chosen:
        if not Path(chosen).is_dir():
            raise ConfigError("no such folder", where="MINEMAP_DATA", found=chosen, mend="name the folder of study areas")
        return Path(chosen)
    checkout = Path(__file__).resolve().parents[1]
    if (checkout / "pyproject.toml").is_file() and (checkout / "data").is_dir():
        return checkout / "data"
    return Path(str(files("geo"))) / "_data"


def area_folder(name: str | Path) -> Path:
    """Return the folder of a study area, given its shipped name or a path.

    Raises
    ------
    ConfigError
        If neither a shipped area nor a folder with ``area.toml`` has that name.

    Examples
    --------
    >>> area_folder("korea").name
    'korea'
    """
    shipped = data_folder()
    text = str(name)
    if re.fullmatch(r"[\w-]+", text) and (shipped / text / "area.toml").is_file():
        return shipped / text
    if Path(name).is_dir():
        if (Path(name) / "area.toml").is_file():
            return Path(name).resolve()
        raise ConfigError("no area.toml in the folder", where=text, mend="a study area needs one; see 'minemap new'")
    known = [path.parent.name for path in shipped.glob("*/area.toml")]
    raise ConfigError("unknown study area", where=text, mend=f"{nearest(text, known)}, or the path of a folder")


def file_sha256(path: str | Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with Path(path).open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def read_toml(path: Path) -> dict[str, Any]:
    """Read a TOML file; a fault in it is told with its line.

    Raises
    ------
    ConfigError
        If the file is missing, not UTF-8 or not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError("missing file", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise ConfigError("not readable as TOML", where=str(path), found=str(fault)) from fault


def slug(text: str) -> str:
    """Return a short key made from a source's text.

    Examples
    --------
    >>> slug("Dong-A 12 Oct 2018")
    'dong-a-12-oct-2018'
    """
    return re.sub(r"[^\w]+", "-", text.lower()).strip("-")


def registry(folder: Path, rows: Iterable[tuple[str, str, str]]) -> dict[str, Source]:
    """Return every source of a study area by key.

    Parameters
    ----------
    folder : Path
        The area's folder; its ``sources.toml`` describes the main documents, each with the ``titles`` by which the tables cite
        it.
    rows : iterable of (text, url, confidence)
        The citations found in the tables; a text that no registered source claims becomes a source of its own.

    Raises
    ------
    DataError
        If a registered source lacks a title or has an unknown field.
    """
    found: dict[str, Source] = {}
    claimed: set[str] = set()
    for key, entry in read_toml(folder / "sources.toml").get("sources", {}).items():
        fields = {name: str(value) for name, value in entry.items() if name != "titles"}
        unknown = sorted(set(fields) - set(Source.__dataclass_fields__))
        if unknown or not fields.get("title"):
            raise DataError(
                "bad source",
                where=f"{folder / 'sources.toml'} [sources.{key}]",
                expected="a title and known fields",
                found=", ".join(unknown) or "no title",
            )
        found[key] = Source(key=key, **fields)
        claimed |= {key, *entry.get("titles", [])}
    for text, url, confidence in rows:
        if text and text not in claimed and slug(text) not in found:
            found[slug(text)] = Source(key=slug(text), title=text, url=url, confidence=confidence)
    return found


def key_of(text: str, titles: Mapping[str, str]) -> str:
    """Return the key of a citation's text, given the titles that registered sources claim.

    Examples
    --------
    >>> key_of("KCBL paper (ca. 2008)", {"KCBL paper (ca. 2008)": "kcbl-paper"})
    'kcbl-paper'
    """
    return titles.get(text) or (text if text in titles.values() else slug(text))


def claimed_titles(folder: Path) -> dict[str, str]:
    """Return {citation text: key} for the titles that ``sources.toml`` claims."""
    entries = read_toml(folder / "sources.toml").get("sources", {})
    return {title: key for key, entry in entries.items() for title in (*entry.get("titles", []), key)}


def check_tables(folder: Path) -> list[tuple[str, bool]]:
    """Return (table, whether its checksum is the registered one) for each table ``sources.toml`` lists."""
    listed = read_toml(folder / "sources.toml").get("tables", {})
    return [(name, (folder / name).is_file() and file_sha256(folder / name) == digest) for name, digest in sorted(listed.items())]
