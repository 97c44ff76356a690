"""Small surveys made by hand, in metres of EPSG:5186 around 127° E 38° N, where a square is a square."""

from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from geo.check.battery import CHECKS
from geo.check.context import Context
from geo.check.findings import joined
from geo.survey.records import Survey

X, Y = 200_000.0, 600_000.0
TODAY = date(2025, 6, 1)


def at(*points):
    """Return points given in metres east and north of the corner."""
    return [(X + x, Y + y) for x, y in points]


def square(side=100.0, x=0.0, y=0.0, height=None):
    """Return an upright rectangle."""
    return shapely.box(X + x, Y + y, X + x + side, Y + y + (height or side))


def polygon(*points):
    return shapely.Polygon(at(*points))


def survey(shapes, *, kind="hazards", crs=5186, points=(), devices=(), **columns):
    """Return a survey of some shapes, with ids A, B, ... unless told otherwise."""
    ids = columns.pop("id", [chr(ord("A") + n) for n in range(len(shapes))])
    frame = gpd.GeoDataFrame({"id": ids, **columns}, geometry=list(shapes), crs=crs)
    tables = {"points": pd.DataFrame(list(points)), "devices": pd.DataFrame(list(devices))}
    return Survey(kind, "north.gpkg", "north", frame, **tables)


def told(made, **around):
    """Return what the checks of this room find."""
    context = Context(made, TODAY, **around)
    return joined(check(context) for check in CHECKS)
