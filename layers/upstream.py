"""What floods could bring to a place: how it ranks, which upstream reaches feed it, how sure that is.

Assumption: a place is known to within its stated accuracy, so all zones within that distance count. Answers name reaches,
never single fields.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.area import StudyArea
from geo.errors import ConfigError, DataError, nearest
from geo.flood import Result, sources_of
from geo.layer import Layer
from geo.measure import buffer, project

LEAST_KM = 1.0  # a place is never told finer than this
NAMED = (  # where names of places stand: table, English, Korean
    ("places", "name_en", "name_ko"),
    ("gauges", "name_en", "name_ko"),
    ("dams", "name_en", "name_ko"),
    ("incidents", "place_en", "place_ko"),  # as a gazetteer only
)
RANK = ("high", "middle", "lower", "undetermined")


@dataclass(frozen=True, slots=True)
class Reading:
    """What can reach a place.

    Attributes
    ----------
    place : str
    radius_km : float
        How far around it zones count.
    zones : DataFrame
        ``origin``, best ``class``, ``index`` of the densest zone there with ``q05`` and ``q95``, ``n_zones``.
    sources : DataFrame
        Of `geo.flood.sources_of`: ``origin, source, share, q05, q95``.
    members : int
    """

    place: str
    radius_km: float
    zones: pd.DataFrame
    sources: pd.DataFrame
    members: int


def reading(area: StudyArea, layer: Layer, result: Result, place: str) -> Reading:
    """Return what can reach a place of an area.

    Parameters
    ----------
    area : StudyArea
    layer : Layer
        ``flood_displacement``.
    result : Result
        The run behind it.
    place : str
        A name in English or Korean of a place, gauge, dam or find of the area, or "longitude,latitude".

    Raises
    ------
    ConfigError
        For a name that is unknown or not the name of one place only.
    """
    name, lon, lat, radius_km = located(area, place)
    spot = _discs(area, np.array([lon]), np.array([lat]), np.array([radius_km]))
    met = layer.frame[layer.frame.intersects(spot.to_crs(layer.frame.crs).iloc[0])]
    met = met.assign(order=met["class"].map({word: k for k, word in enumerate(RANK)}))
    best = met.sort_values(["origin", "index"], ascending=[True, False]).groupby("origin", sort=True)
    zones = best.agg(
        order=("order", "min"), index=("index", "first"), q05=("q05", "first"), q95=("q95", "first"), n_zones=("id", "count")
    )
    zones = zones.reset_index()
    zones.insert(1, "class", [RANK[k] for k in zones.pop("order")])
    return Reading(name, radius_km, zones, sources_of(result, spot), result.members)


def fed_by(area: StudyArea, result: Result, rows: pd.DataFrame, top: int = 3) -> list[str]:
    """Return for each row of ``places.csv`` the reaches that feed it, as text; empty where floods bring nothing."""
    discs = _discs(area, *(rows[name].to_numpy(float) for name in ("lon", "lat", "accuracy_km")))
    told = []
    for place in range(len(rows)):
        found = sources_of(result, discs.iloc[[place]], top)
        origins = (
            f"{origin}: {', '.join(share_told(row) for row in own.itertuples())}" for origin, own in found.groupby("origin")
        )
        told.append("; ".join(origins))
    return told


def share_told(row: object) -> str:
    """Return a source with its share and, where the members differ, its band."""
    share, low, high = (100 * float(getattr(row, name)) for name in ("share", "q05", "q95"))
    band = f" ({low:.0f}-{high:.0f} %)" if round(high) > round(low) else ""
    return f"{row.source} {'under 1' if share < 1 else f'{share:.0f}'} %{band}"  # type: ignore[attr-defined]


def located(area: StudyArea, place: str) -> tuple[str, float, float, float]:
    """Return name, longitude, latitude and radius [km] of a place."""
    if (spot := _coordinates(place)) is not None:
        west, south, east, north = area.bounds
        if not (west <= spot[0] <= east and south <= spot[1] <= north):
            raise DataError(
                "place outside the area",
                where=place,
                expected=f"longitude {west:g} to {east:g}, latitude {south:g} to {north:g}",
                found=f"longitude {spot[0]:g}, latitude {spot[1]:g}",
                mend="give longitude first",
            )
        return place, *spot, LEAST_KM
    if not place.strip():
        raise ConfigError("no place", mend="give a name, or longitude,latitude")
    known = _gazetteer(area)
    same = known[known["name"].str.casefold() == place.casefold()]
    like = same if len(same) else known[known["name"].str.casefold().str.contains(place.casefold(), regex=False)]
    spots = like.drop_duplicates(["lon", "lat"])
    if len(spots) == 0:
        raise ConfigError("unknown place", where=place, mend=f"{nearest(place, known['name'])}; or give longitude,latitude")
    if len(spots) > 1:
        raise ConfigError("several places of that name", where=place, found=", ".join(spots["name"]), mend="give one in full")
    row = spots.iloc[0]
    return str(row["name"]), float(row["lon"]), float(row["lat"]), max(LEAST_KM, float(row["radius_km"]))


def _coordinates(text: str) -> tuple[float, float] | None:
    """Return longitude and latitude if the text is two numbers."""
    parts = text.split(",")
    try:
        lon, lat = (float(part) for part in parts)
    except ValueError:
        return None
    return lon, lat


def _gazetteer(area: StudyArea) -> pd.DataFrame:
    """Return every name of the area's tables with its point and accuracy; a name that two tables hold, from the first."""
    parts = []
    for rank, (table, *columns) in enumerate(NAMED):
        rows = area.tables[table]
        radius = rows["uncertainty_km" if table == "incidents" else "accuracy_km"]
        parts += [
            pd.DataFrame({"name": rows[column], "lon": rows["lon"], "lat": rows["lat"], "radius_km": radius, "rank": rank})
            for column in columns
        ]
    known = pd.concat(parts, ignore_index=True)
    known = known[known["name"] != ""].dropna(subset=["lon", "lat", "radius_km"])
    return known[known["rank"] == known.groupby("name")["rank"].transform("min")]


def _discs(area: StudyArea, lon: np.ndarray, lat: np.ndarray, radius_km: np.ndarray) -> gpd.GeoSeries:
    points = project(gpd.GeoSeries(gpd.points_from_xy(lon, lat), crs="EPSG:4326"), area.crs)
    return buffer(points, 1000 * np.maximum(LEAST_KM, radius_km), quad_segs=16)
