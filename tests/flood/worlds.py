"""Small river worlds whose answers can be had by hand, in EPSG:5186 close to its central meridian."""

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.flood import FloodParameters, RiverNetwork, split_reaches
from geo.flood.courses import complete_courses

X0, Y0 = 200_000.0, 600_000.0  # 127° E, 38° N
CRS = 5186


def line(*points):
    return shapely.LineString([(X0 + x, Y0 + y) for x, y in points])


def box(x_min, y_min, x_max, y_max):
    return shapely.box(X0 + x_min, Y0 + y_min, X0 + x_max, Y0 + y_max)


def courses(rows, params=None):
    """Courses from (line_id, flows_into, area_km2, line) and any further columns."""
    frame = pd.DataFrame([{k: v for k, v in row.items() if k != "line"} for row in rows])
    defaults = {
        "estuary": False,
        "area_basis": "published",
        "length_published_km": np.nan,
        "width_m": 100.0,
        "width_class": "",
        "width_basis": "assumed",
        "tidal_note": "",
        "accuracy_km": 0.5,
    }
    for name, value in defaults.items():
        frame[name] = frame[name].fillna(value) if name in frame else value
    frame["name_en"] = frame["name_ko"] = frame["line_id"].str.title()
    full = gpd.GeoDataFrame(frame, geometry=[row["line"] for row in rows], crs=CRS)
    return complete_courses(full, params or FloodParameters())


def dams(*rows):
    """Dams from (dam_id, line_id, kind, x, y)."""
    frame = pd.DataFrame(rows, columns=["dam_id", "line_id", "kind", "x", "y"])
    points = gpd.GeoSeries(gpd.points_from_xy(X0 + frame.x, Y0 + frame.y), crs=CRS).to_crs(4326)
    return frame.assign(lon=points.x, lat=points.y, accuracy_km=1.0)


def pocket_river(**columns):
    """Three 10 km reaches in line, eastward from x = -15 km, W = 100 m, A = 500 km²."""
    shapes = [line((-15e3 + 10e3 * i, 0), (-5e3 + 10e3 * i, 0)) for i in range(3)]
    table = {"id": ["r1", "r2", "r3"], "down": ["r2", "r3", ""], "length_km": 10.0, "area_km2": 500.0, "width_m": 100.0}
    return RiverNetwork.from_table(gpd.GeoDataFrame({**table, **columns}, geometry=shapes, crs=CRS))


def estuary_world(params=None):
    """A river of 20 km into the upper end of a 20 km estuary axis, and a tributary of 6 km."""
    rows = [
        {"line_id": "stem", "flows_into": "firth", "area_km2": 900.0, "line": line((0, 0), (20e3, 0))},
        {"line_id": "twig", "flows_into": "stem", "area_km2": 90.0, "line": line((12e3, 6e3), (12e3, 0))},
        {
            "line_id": "firth",
            "flows_into": "sea",
            "area_km2": np.nan,
            "estuary": True,
            "width_m": 2000.0,
            "line": line((20e3, 0), (40e3, 0)),
        },
    ]
    return RiverNetwork.from_table(split_reaches(courses(rows, params), params=params), params)


def sources(*rows):
    """Sources from (origin, polygon, items of class B, N, H, D)."""
    names = ["n_B", "n_N", "n_H", "n_D"]
    frame = pd.DataFrame(
        [dict(zip(["origin", *names], [row[0], *row[2:]], strict=True)) for row in rows], columns=["origin", *names]
    )
    return gpd.GeoDataFrame(frame, geometry=[row[1] for row in rows], crs=CRS)
