"""What a PNG says in words: its text chunks.

Assumption: chunks follow one another as the format has it. The limit: what is drawn is not looked at.
"""

from __future__ import annotations

import struct
import zlib

SIGNATURE = b"\x89PNG\r\n\x1a\n"


def png_texts(raw: bytes) -> set[str]:
    r"""Return keywords and texts of the chunks ``tEXt``, ``zTXt`` and ``iTXt``, unpacked.

    Raises
    ------
    ValueError
        If the bytes are no PNG.

    Examples
    --------
    >>> body = b"note\0\1\0\0\0" + zlib.compress(b"YC-014")
    >>> sorted(png_texts(SIGNATURE + struct.pack(">I4s", len(body), b"iTXt") + body + bytes(4)))
    ['YC-014', 'note']
    """
    if raw[:8] != SIGNATURE:
        raise ValueError("no PNG")
    texts: set[str] = set()
    at = 8
    while at + 8 <= len(raw):
        size, kind = struct.unpack(">I4s", raw[at : at + 8])
        if kind in (b"tEXt", b"iTXt", b"zTXt"):
            texts.update(part.decode("utf-8", "replace") for part in _parts(kind, raw[at + 8 : at + 8 + size]) if part)
        at += 12 + size
    return texts


def _parts(kind: bytes, body: bytes) -> list[bytes]:
    """Return a chunk's keyword and texts."""
    keyword, _, rest = body.partition(b"\0")
    if kind == b"zTXt":
        return [keyword, zlib.decompress(rest[1:])]
    if kind == b"iTXt":
        language, translated, text = rest[2:].split(b"\0", 2)
        return [keyword, language, translated, zlib.decompress(text) if rest[:1] == b"\1" else text]
    return [keyword, rest]
