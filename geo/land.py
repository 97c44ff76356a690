"""The ground a study area stands on: land, the two sides of the front line, and the provinces, as plane polygons.

Assumption: coasts, islands and borders are the control lines of ``lines.csv``, good to 0.5-1 km; where no coast is drawn the
outline follows corner points of ``area.toml``. The lines that part the sides at sea only sort land; they claim no boundary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import numpy as np
import shapely

from geo.area import StudyArea
from geo.errors import ConfigError
from geo.measure import Floats, buffer, project

MARGIN_DEG = 0.5  # how far side and province polygons reach beyond the bounds


@dataclass(frozen=True, slots=True)
class Ground:
    """Plane polygons in ``area.crs``.

    Attributes
    ----------
    front : LineString
        The line between the two sides, west to east.
    land : Polygon or MultiPolygon
        Land of both sides.
    north, south : Polygon
        The two sides of the front, sea included.
    west, east : Polygon
        The two provinces, prolonged over the whole area.
    channels : Polygon or MultiPolygon
        River channels: each control line widened by half its mean width.
    """

    front: shapely.LineString
    land: shapely.Geometry
    north: shapely.Polygon
    south: shapely.Polygon
    west: shapely.Polygon
    east: shapely.Polygon
    channels: shapely.Geometry


def ground(area: StudyArea, rivers: gpd.GeoDataFrame | None = None, front: shapely.LineString | None = None) -> Ground:
    """Return the ground of a study area.

    Parameters
    ----------
    area : StudyArea
    rivers : GeoDataFrame, optional
        Lines with ``mean_width_m``; by default the area's own. NaN widths take no room.
    front : LineString, optional
        In ``area.crs``; it then stands wherever the control line that ``[front]`` names would.

    Examples
    --------
    >>> from geo.area import read_area
    >>> here = ground(read_area("demo"))
    >>> bool(here.north.intersection(here.south).area < 1)
    True
    """
    west, south, east, north = area.bounds + np.array([-1, -1, 1, 1]) * MARGIN_DEG
    parting = chain(area, area.settings["front"]["divider"], own_line(area, front))
    province = chain(area, area.settings["provinces"]["divider"])
    if parting[0, 0] >= parting[-1, 0] or province[0, 1] <= province[-1, 1]:
        raise ConfigError(
            "dividers out of order",
            where=f"{area.folder / 'area.toml'}: [front] and [provinces] divider",
            expected="the front from west to east, the provinces from north to south",
            mend="turn the points about; a front that runs north and south is not provided for",
        )
    polygons = {
        "land": land_lonlat(area),
        "south": ring(parting, [[parting[-1, 0], south], [parting[0, 0], south]]),
        "north": ring(parting, [[parting[-1, 0], north], [parting[0, 0], north]]),
        "west": ring(province, [[west, province[-1, 1]], [west, province[0, 1]]]),
        "east": ring(province, [[east, province[-1, 1]], [east, province[0, 1]]]),
    }
    plane = project(gpd.GeoSeries(polygons, crs="EPSG:4326"), area.crs)
    line = (
        front if front is not None else project(gpd.GeoSeries([area.line(area.settings["front"]["line"])], crs=4326), area.crs)[0]
    )
    return Ground(front=line, channels=channels(area, rivers), **plane.to_dict())


def own_line(area: StudyArea, front: shapely.LineString | None) -> dict[str, Floats]:
    """Return lon, lat of a front line handed in, by the name of the line it replaces and in its direction."""
    if front is None:
        return {}
    name = area.settings["front"]["line"]
    points = shapely.get_coordinates(gpd.GeoSeries([front], crs=area.crs).to_crs("EPSG:4326"))
    first = np.array(area.line(name).coords[0])
    backwards = np.hypot(*(points[0] - first)) > np.hypot(*(points[-1] - first))
    return {name: points[::-1] if backwards else points}


def chain(area: StudyArea, steps: Sequence[Any], own: Mapping[str, Floats] | None = None) -> Floats:
    """Return lon, lat of control lines and points joined in order, shape (n, 2).

    "-name" takes a line backwards; a line that ``own`` holds stands for the area's line of that name.
    """
    pieces = []
    for step in steps:
        if isinstance(step, str):
            name = step.removeprefix("-")
            points = own[name] if own and name in own else shapely.get_coordinates(area.line(name))
            pieces.append(points[::-1] if step.startswith("-") else points)
        else:
            pieces.append(np.array([step], dtype=float))
    return np.concatenate(pieces)


def ring(points: Floats, corners: Sequence[Sequence[float]]) -> shapely.Geometry:
    """Return the polygon of a chain closed over corner points."""
    return shapely.make_valid(shapely.Polygon(np.concatenate([points, np.array(corners, dtype=float)])))


def land_lonlat(area: StudyArea) -> shapely.Geometry:
    """Return the land of the area, mainland and islands, EPSG:4326."""
    spec = area.settings["land"]
    mainland = shapely.make_valid(shapely.Polygon(chain(area, spec["mainland"])))
    islands = [shapely.make_valid(shapely.Polygon(area.line(name).coords)) for name in spec["islands"]]
    return shapely.union_all([mainland, *islands])


def channels(area: StudyArea, rivers: gpd.GeoDataFrame | None = None) -> shapely.Geometry:
    """Return the river channels in ``area.crs``: lines widened by half their mean width."""
    lines = river_lines(area) if rivers is None else rivers
    lines = lines[lines.mean_width_m > 0]
    return shapely.union_all(buffer(project(lines, area.crs), lines.mean_width_m.to_numpy() / 2, quad_segs=8).values)


def river_lines(area: StudyArea) -> gpd.GeoDataFrame:
    """Return the area's rivers, one row each, with the columns of ``rivers.csv``, EPSG:4326."""
    table = area.tables["rivers"]
    shapes = gpd.GeoSeries([area.line(name) for name in table.line_id], index=table.index, crs="EPSG:4326")
    return gpd.GeoDataFrame(table, geometry=shapes)
