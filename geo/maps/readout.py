"""What the page needs to tell coordinates itself: the ellipsoid of WGS 84 and the transverse Mercator grids of the study area.

Assumption: the datum of a grid lies within `SAME_DATUM_M` of WGS 84, so that degrees are handed on unchanged (KGD2002, ETRS89).
Limit: transverse Mercator alone; an area whose own CRS is another projection, or on another datum, goes without that line.
"""

from __future__ import annotations

from typing import Any

import pyproj

from geo.area import StudyArea, plane_crs
from geo.errors import ConfigError

SAME_DATUM_M = 0.01
PARAMETERS = {
    "Latitude of natural origin": "lat0",
    "Longitude of natural origin": "lon0",
    "Scale factor at natural origin": "k0",
    "False easting": "fe",
    "False northing": "fn",
}
KEY = "shown_crs"


def readout(area: StudyArea) -> dict[str, Any]:
    """Return the ellipsoid of UTM and MGRS, and the grids whose coordinates a click tells.

    Returns
    -------
    dict
        ``ellipsoid``: a [m] and f of WGS 84; ``grids``: see `grids`.
    """
    geod = pyproj.Geod(ellps="WGS84")
    return {"ellipsoid": {"a": geod.a, "f": geod.f}, "grids": grids(area)}


def grids(area: StudyArea) -> list[dict[str, Any]]:
    """Return the grids of an area: that of its own CRS where it can be told, then those of ``shown_crs``.

    Raises
    ------
    ConfigError
        If a CRS of ``shown_crs`` is no transverse Mercator grid in metres, or its datum is not that of WGS 84.

    Examples
    --------
    >>> from geo.area import read_area
    >>> [(grid["name"], grid["lon0"], grid["fn"]) for grid in grids(read_area("korea"))]
    [('EPSG:5186', 127.0, 600000.0), ('EPSG:5179', 127.5, 2000000.0)]
    """
    where = f"{area.name}/area.toml"
    west, south, east, north = area.bounds
    middle = ((west + east) / 2, (south + north) / 2)
    own = transverse_mercator(area.crs, middle)
    found = [own] if own else []
    for text in area.settings.get(KEY, []):
        grid = transverse_mercator(plane_crs(str(text), where), middle)
        if grid is None:
            raise ConfigError(
                "a click cannot tell the coordinates of this CRS",
                where=f"{where}, {KEY}",
                expected="a transverse Mercator CRS in metres whose datum lies within 1 cm of WGS 84, such as EPSG:5179",
                found=str(text),
                mend="leave it out, or give the CRS of today's datum",
            )
        if grid["name"] not in {other["name"] for other in found}:
            found.append(grid)
    return found


def transverse_mercator(crs: pyproj.CRS, place: tuple[float, float]) -> dict[str, Any] | None:
    """Return the parameters of a transverse Mercator CRS; None where it is another projection or, at a place, another datum.

    Parameters
    ----------
    crs : pyproj.CRS
    place : tuple of float
        Longitude and latitude [degrees] where the datum is compared with WGS 84.

    Returns
    -------
    dict or None
        ``name`` (authority code), ``title``, ``a`` [m], ``f``, ``lat0``, ``lon0`` [degrees], ``k0``, ``fe``, ``fn`` [m].

    Examples
    --------
    >>> utm = transverse_mercator(pyproj.CRS.from_epsg(32652), (127.0, 38.0))
    >>> utm["lon0"], utm["k0"], utm["fe"]
    (129.0, 0.9996, 500000.0)
    >>> transverse_mercator(pyproj.CRS.from_epsg(5174), (127.0, 38.0)) is None  # on Bessel's ellipsoid, hundreds of metres off
    True
    >>> transverse_mercator(pyproj.CRS.from_epsg(6933), (127.0, 38.0)) is None
    True
    """
    operation, ellipsoid = crs.coordinate_operation, crs.ellipsoid
    if operation is None or ellipsoid is None or operation.method_name != "Transverse Mercator":
        return None
    if crs.geodetic_crs is None or _shift_m(crs, crs.geodetic_crs, place) > SAME_DATUM_M:
        return None
    told = {PARAMETERS[one.name]: float(one.value) for one in operation.params if one.name in PARAMETERS}
    authority = crs.to_authority()
    return {
        "name": ":".join(authority) if authority else crs.name,
        "title": crs.name,
        "a": float(ellipsoid.semi_major_metre),
        "f": 1 / float(ellipsoid.inverse_flattening),
        **told,
    }


def _shift_m(crs: pyproj.CRS, own: pyproj.CRS, place: tuple[float, float]) -> float:
    """Return how far degrees of WGS 84 and the same degrees of the CRS's own datum lie apart in its grid [m]."""
    one = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform(*place)
    other = pyproj.Transformer.from_crs(own, crs, always_xy=True).transform(*place)
    return float(((one[0] - other[0]) ** 2 + (one[1] - other[1]) ** 2) ** 0.5)
