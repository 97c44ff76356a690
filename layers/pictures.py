"""An atlas with a server of map pictures named after it was built.

Assumption: pictures are a matter of the page alone, so naming a server changes no layer, table or recorded parameter.
"""

from __future__ import annotations

from dataclasses import replace

from geo.layer import Atlas
from geo.maps.online import tile_settings


def with_pictures(atlas: Atlas, tiles: str | None = None, tiles_attribution: str | None = None) -> Atlas:
    """Return the atlas with a server named in its settings; the same atlas where none is named.

    Raises
    ------
    ConfigError
        As `geo.maps.online.tile_settings`.
    """
    named = tile_settings(tiles, tiles_attribution)
    if not named:
        return atlas
    return replace(atlas, area=replace(atlas.area, settings={**atlas.area.settings, **named}))
