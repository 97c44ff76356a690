"""The machinery of minemap: facts, layers, measures, models, maps and builds. It knows no country.

Longitude stands before latitude, bounds are west, south, east, north, and every name carries its unit. The functions below are
loaded when first used, so that ``import geo`` stays light.
"""

from importlib import import_module
from typing import Any

MINEMAP = "minemap"  # the mark by which `layers` knows this package from another one named geo
_ROOMS = {
    "read_area": "geo.area",
    "read_hazards": "geo.exchange.read",
    "read_survey": "geo.exchange.records",
    "check": "geo.check.battery",
    "repaired": "geo.check.repair",
    "state_at": "geo.survey.lifecycle",
    "write": "geo.exchange.formats",
    "make_layer": "geo.layer",
    "area_table": "geo.statistics",
    "areas_m2": "geo.measure",
    "lengths_m": "geo.measure",
    "total_km2": "geo.measure",
    "buffer": "geo.measure",
    "project": "geo.measure",
    "series": "geo.reported",
    "series_table": "geo.reported",
    "displace": "geo.flood",
    "draw_map": "geo.maps.web",
    "draw_sheet": "geo.sheets.pdf",
    "write_build": "geo.build",
    "read_manifest": "geo.build",
    "verify": "geo.reproduce",
}
__all__ = sorted(_ROOMS)


def __getattr__(name: str) -> Any:
    if name in _ROOMS:
        return getattr(import_module(_ROOMS[name]), name)
    raise AttributeError(f"module 'geo' has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
