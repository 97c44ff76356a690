"""The shaded relief of a build, taken from the page that holds it.

Assumption: a build keeps its relief in ``atlas.html`` alone, as a picture with its bounds, so a sheet shows the same relief as
the page. Limit: the picture has the page's pixels, at most 1600 on its longer side; a sheet at a large scale shows them.
"""

from __future__ import annotations

import base64
import binascii
import json
import zlib
from pathlib import Path

from geo.errors import DataError
from geo.exchange.content import page_block
from geo.raster import Picture

BLOCK = "backdrop"  # of the page's data
PNG_URI = "data:image/png;base64,"


def page_relief(page: str | Path) -> Picture | None:
    """Return the relief of a page; None where the page has none.

    Parameters
    ----------
    page : str or Path
        ``atlas.html`` of a build.

    Raises
    ------
    DataError
        If the page is damaged where the relief stands.
    """
    text = Path(page).read_text(encoding="utf-8")
    try:
        block = page_block(text, BLOCK)
        told = None if block is None else json.loads(block)["relief"]
        if told is None:
            return None
        (south, west), (north, east) = told["bounds"]
        png = base64.b64decode(str(told["image"]).removeprefix(PNG_URI), validate=True)
    except (binascii.Error, zlib.error, ValueError, KeyError, TypeError):
        mend = "see what minemap verify says of the folder"
        raise DataError("the page's relief cannot be read", where=str(page), mend=mend) from None
    return Picture(png, (float(west), float(south), float(east), float(north)))
