"""One good hazard, and what the tests change about it."""

from datetime import date

import geopandas as gpd
import pandas as pd
import shapely

from geo.check.context import Context
from geo.survey.records import Survey

TODAY = date(2026, 5, 3)
GOOD = {
    "hazards": {
        "id": "YC-014", "land_class": "CHA", "land_status": "open", "basis": "surveyed", "source": "unit 3", "as_of": "2025-11",
        "direct_evidence": "sighting",
    },
    "accidents": {"id": "A-1", "source": "unit 3", "date": "2025-11-02", "killed": 1, "injured": 5},
    "finds": {"id": "F-1", "source": "unit 3", "date": "2025-11-02"},
    "signs": {"id": "S-1", "source": "unit 3", "as_of": "2025-11-02", "sign_text": "past_mine_zone"},
}  # fmt: skip


def survey(*rows, kind="hazards", shapes=None, reports=(), **parts):
    """A survey of good records with the fields of each row laid over them."""
    filled = [GOOD[kind] | row for row in rows or ({},)]
    lon = [127 + 0.1 * n for n in range(len(filled))]
    shapes = shapes or [shapely.box(x, 38, x + 0.01, 38.01) if kind == "hazards" else shapely.Point(x, 38) for x in lon]
    frame = gpd.GeoDataFrame(filled, geometry=shapes, crs=4326)
    return Survey(kind, "north.gpkg", "", frame, reports=pd.DataFrame(list(reports)), **parts)


def told(check, *rows, code=None, area=None, tier="public", extents=None, **options):
    """What a check says: (code, id, value, expected) of each finding."""
    context = Context(survey(*rows, **options), TODAY, area=area, tier=tier, extents=extents)
    table = check(context)
    cells = table[["code", "hazard_id", "value", "expected"]].astype(str).to_numpy().tolist()
    return [tuple(row) for row in cells if code in (None, row[0])]
