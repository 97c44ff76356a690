"""The content of minemap: one short function a layer, the recipe that joins them, and the command."""

from typing import Any

import geo

if getattr(geo, "MINEMAP", "") != "minemap":
    raise ImportError(f"another package named 'geo' was found at {geo.__file__}; use a clean virtual environment")

__all__ = ["build"]


def __getattr__(name: str) -> Any:
    if name == "build":
        from layers.atlas import build

        return build
    raise AttributeError(f"module 'layers' has no attribute {name!r}")
