"""Documented finds on the map: the year beside each, in the order in which the page may leave names out.

Assumption: the year of a find is that of its first date. The places are those of named villages, off by the stated kilometres.
"""

from __future__ import annotations

from typing import Any

from geo.layer import Atlas

FIRST_ZOOM = 10.0  # below this the years of a valley would lie over one another


def year_labels(atlas: Atlas) -> list[dict[str, Any]]:
    """Return the year of every documented find as a name of the map, with the day from which it is shown.

    Returns
    -------
    list of dict
        As `geo.maps.labels.map_labels`, with ``since``: the date as it was recorded.
    """
    if "incidents" not in atlas.layers or "date_start" not in atlas["incidents"].frame:
        return []
    frame = atlas["incidents"].frame
    dates = frame["date_start"].fillna("").astype(str)
    points = frame.geometry.representative_point()
    fixed = {"layer": "incidents", "style": "year", "zoom": FIRST_ZOOM, "angle": 0.0, "lift": 0, "dot": True}
    return [
        {**fixed, "en": date[:4], "ko": date[:4], "since": date, "lon": round(point.x, 5), "lat": round(point.y, 5)}
        for date, point in zip(dates, points, strict=True)
        if date[:4].isdigit()
    ]
