"""What the page is told of the backgrounds below its layers: the hillshade, and a server of pictures where one was named.

Assumption: neither tells anything of hazards, so both look the same in every tier.
"""

from __future__ import annotations

from typing import Any

from geo.layer import Atlas
from geo.maps.online import PictureServer


def backdrop(atlas: Atlas, server: PictureServer | None) -> dict[str, Any]:
    """Return the block of backgrounds.

    Parameters
    ----------
    atlas : Atlas
    server : PictureServer, optional

    Returns
    -------
    dict
        ``relief``: ``image`` as a data address and ``bounds`` [[south, west], [north, east]], or None; ``tiles``: ``url, host,
        attribution``, or None.
    """
    relief, told = atlas.relief, None
    if relief is not None:
        west, south, east, north = relief.bounds
        told = {"image": relief.data_uri, "bounds": [[south, west], [north, east]]}
    tiles = None if server is None else {"url": server.url, "host": server.host, "attribution": server.attribution}
    return {"relief": told, "tiles": tiles}
