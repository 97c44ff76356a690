"""A server of map pictures that the maker of a page names: the one thing a page may ever ask for, and only when switched on.

Assumption: whoever names a server knows that it learns which places its readers look at; the page says so in both languages
and asks for nothing until the reader switches the pictures on. The limit: what the pictures show is not looked at. A key in
the address stands in the page for everyone to read.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from geo.errors import ConfigError

BLANKS = ("{z}", "{x}", "{y}")
EXPECTED = "https://SERVER/.../{z}/{x}/{y}..., a server of letters, digits, dots and hyphens"
_HOST = re.compile(r"(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*", re.I)
_SPELT = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class PictureServer:
    """Where pictures come from and whom to credit for them.

    Attributes
    ----------
    url : str
        Template with ``{z}``, ``{x}`` and ``{y}``, each once.
    attribution : str
        Credit that stands on the map while pictures are on.

    Raises
    ------
    ConfigError
        If the template is not https, lacks a blank or has another, or the credit is missing.

    Examples
    --------
    >>> PictureServer("https://tiles.example:8443/{z}/{x}/{y}.png", "A. Surveyor").origin
    'https://tiles.example:8443'
    """

    url: str
    attribution: str

    def __post_init__(self) -> None:
        if fault := fault_of(self.url):
            raise ConfigError("no template of map pictures", where="--tiles", expected=EXPECTED, found=f"{self.url!r}: {fault}")
        if not self.attribution.strip():
            raise ConfigError("map pictures without a credit", where="--tiles-attribution", mend="name whose pictures they are")

    @property
    def host(self) -> str:
        """The server, with its port where one is given."""
        return urlsplit(self.url).netloc.lower()

    @property
    def origin(self) -> str:
        """What the page's policy lets through: this and nothing else."""
        return f"https://{self.host}"


def fault_of(url: str) -> str:
    """Return what is wrong with a template, "" if nothing.

    Examples
    --------
    >>> fault_of("http://tiles.example/{z}/{x}/{y}.png"), fault_of("https://tiles.example/{z}/{x}.png")
    ('not https', 'lacks {y}')
    >>> fault_of("https://{s}.tiles.example/{z}/{x}/{y}.png")
    'the blank {s} is unknown'
    """
    if not _SPELT.fullmatch(url):
        return "holds spaces or letters that are not ASCII" if url else "empty"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as fault:
        return str(fault)
    if parts.scheme != "https":
        return "not https"
    found = re.findall(r"\{[^{}]*\}?|\}", url)
    for blank in found:
        if blank not in BLANKS:
            return f"the blank {blank} is unknown"
    for blank in BLANKS:
        if found.count(blank) != 1:
            return f"lacks {blank}" if blank not in found else f"{blank} stands twice"
    if parts.netloc.lower() != f"{parts.hostname}{'' if port is None else f':{port}'}" or not _HOST.fullmatch(
        parts.hostname or ""
    ):
        return "no plain server name"
    return ""


def server_of(settings: Mapping[str, Any]) -> PictureServer | None:
    """Return the server that an area's settings name in ``[tiles]``, None where they name none."""
    told = settings.get("tiles")
    return PictureServer(str(told.get("url", "")), str(told.get("attribution", ""))) if told else None


def tile_settings(url: str | None, attribution: str | None) -> dict[str, Any]:
    """Return the settings that name a server, checked; none for none.

    Raises
    ------
    ConfigError
        As `PictureServer`, or if there is a credit without a server.

    Examples
    --------
    >>> tile_settings(None, None)
    {}
    >>> tile_settings("https://tiles.example/{z}/{x}/{y}.png", "A. Surveyor")["tiles"]["attribution"]
    'A. Surveyor'
    """
    if url is None:
        if attribution is not None:
            raise ConfigError("a credit without pictures", where="--tiles-attribution", mend="name the server with --tiles")
        return {}
    server = PictureServer(url, attribution or "")
    return {"tiles": {"url": server.url, "attribution": server.attribution}}
