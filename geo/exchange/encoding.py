"""The text encoding of a Shapefile's table.

Assumption: a table without a declared encoding is UTF-8 or CP949, the two a Korean Shapefile comes in. GDAL would
read it as Latin-1 and silently turn 고성군 into ``°í¼º±º``, so bytes that fit neither are an error, never a guess.
"""

from __future__ import annotations

import zipfile
from pathlib import Path

from geo.errors import DataError

SAMPLE_BYTES = 4_000_000
TOLERATED_LOSS = 0.1  # a field cut in the middle of a letter leaves stray bytes


def shapefile_encoding(path: Path) -> str | None:
    """Return the encoding of a Shapefile (or a zip with one) that declares none; None where nothing needs to be said.

    Raises
    ------
    DataError
        If the table's bytes are neither UTF-8 nor CP949.
    """
    parts = _sidecars(path)
    table = parts.get(".dbf")
    if table is None or ".cpg" in parts:
        return None
    return guess_encoding(table[32:], where=str(path))


def guess_encoding(table: bytes, *, where: str) -> str | None:
    """Return ``UTF-8`` or ``CP949`` for bytes with letters beyond ASCII, None for plain ASCII.

    Examples
    --------
    >>> guess_encoding("고성군".encode("cp949"), where="north.shp")
    'CP949'
    >>> guess_encoding(b"Goseong", where="north.shp") is None
    True
    """
    beyond = sum(byte > 127 for byte in table)
    if not beyond:
        return None
    for encoding in ("UTF-8", "CP949"):
        kept = sum(len(letter.encode(encoding)) for letter in table.decode(encoding, errors="ignore") if ord(letter) > 127)
        if beyond - kept <= TOLERATED_LOSS * beyond:
            return encoding
    raise DataError(
        "unknown text encoding",
        where=where,
        expected="UTF-8 or CP949",
        found="other bytes",
        mend="state it, as in encoding='latin-1', or add a .cpg file",
    )


def _sidecars(path: Path) -> dict[str, bytes]:
    """Return the first bytes of the files beside a Shapefile, or inside its zip, by suffix."""
    if path.suffix.lower() == ".zip":
        with zipfile.ZipFile(path) as archive:
            names = {Path(name).suffix.lower(): name for name in archive.namelist() if not name.startswith("__MACOSX")}
            found = {}
            for suffix in set(names) & {".dbf", ".cpg"}:
                with archive.open(names[suffix]) as stream:
                    found[suffix] = stream.read(SAMPLE_BYTES)
            return found
    if path.suffix.lower() != ".shp":
        return {}
    found = {}
    for beside in path.parent.glob(f"{_literal(path.stem)}.*"):
        if beside.suffix.lower() in (".dbf", ".cpg"):
            with beside.open("rb") as stream:
                found[beside.suffix.lower()] = stream.read(SAMPLE_BYTES)
    return found


def _literal(stem: str) -> str:
    """Escape the signs that a file name may hold and `glob` would read as a pattern."""
    return "".join(f"[{sign}]" if sign in "*?[" else sign for sign in stem)
