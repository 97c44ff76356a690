"""A straight-line country for the map: every layer, a few features each, over the demo area's tables."""

from dataclasses import replace
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from affine import Affine
from pyproj import Transformer

from geo.layer import Atlas, make_layer
from geo.raster import HazardRaster
from geo.statistics import CLOSED_PART
from geo.terms import LAYER_NAMES, LAYERS

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "</script><script>alert(2)</script>{{ 7 * 7 }}{% raw %}",
    "${alert(3)}",
    "`${alert(4)}`",
    '");alert(5);//',
)
MARK = "SIMULATED / 모의 배치"


def frame_of(shapes, **columns):
    n = len(shapes)
    base = {
        "id": [f"f{i:02d}" for i in range(n)],
        "name_en": [f"Feature {i}" for i in range(n)],
        "name_ko": [f"객체 {i}" for i in range(n)],
    }
    return gpd.GeoDataFrame({**base, **columns}, geometry=list(shapes), crs=4326)


def boxes(west, south, n, step, width, height):
    return [shapely.box(west + i * step, south, west + i * step + width, south + height) for i in range(n)]


def frames(west, south, east, north):
    """Return {name: (frame, land_class, basis, overlap)} of a country whose front is one straight line."""
    middle, span = (south + north) / 2, east - west
    at = np.linspace(0.1, 0.9, 12) * span + west
    front = shapely.LineString([(west, middle), (east, middle)])
    line = (frame_of([front], precision_m=500.0), "zone", "declared", False)
    halves = [shapely.box(west, middle - 0.02, east, middle), shapely.box(west, middle, east, middle + 0.02)]
    dmz = frame_of(halves, precision_m=500.0)
    mcz = frame_of([shapely.box(west, middle - 0.1, east, middle - 0.02)], precision_m=5000.0)
    hazards = {
        "zone": "dmz",
        "series": "made-up",
        "member": 0,
        "area_m2": 20_000.0,
        "national_term": "계획지뢰지대",
        "precision_m": 500.0,
    }
    planned = frame_of(boxes(at[0], middle - 0.015, 12, span / 15, 0.006, 0.001), **hazards)
    unconfirmed = frame_of(
        [shapely.Point(x, middle - 0.06).buffer(0.01) for x in at], **hazards | {"national_term": "미확인지뢰지대"}
    )
    levels = ["high", "middle", "lower", "undetermined"]
    flood = {
        "river": "r",
        "reach": "r-1",
        "origin": "south",
        "band": 1,
        "inner_m": 0.0,
        "outer_m": 300.0,
        "index": [1.0, 0.51234, 0.1, 0.0],
        "class": levels,
    }
    corridor = frame_of(boxes(at[2], middle - 0.2, 4, 0.04, 0.03, 0.1), **flood)
    river = frame_of([shapely.LineString([(at[3], north), (at[4], south)])], width_class="wide")
    finds = frame_of([shapely.Point(x, middle - 0.15) for x in at[:3]], uncertainty_km=2.0, date_start="1999-08")
    places = frame_of(
        [shapely.Point(x, middle - 0.12) for x in at],
        kind=["city", "town", "village"] * 4,
        population=[1e6, 1e4, 1e2] * 4,
        accuracy_km=3.0,
    )
    cleared = frame_of(
        [shapely.Point(x, middle - 0.01) for x in at[5:8]],
        land_status=["closed", "searched_not_released", "searched_not_released"],
        mines_remaining=[np.nan, 1190.0, np.nan],
        uncertainty_km=[4.0, 15.0, 15.0],
        as_of=["2002-12", "2021", "2021"],
    )
    cells = frame_of(
        boxes(west, middle - 0.1, 40, span / 40, span / 40, 0.01),
        pi=np.geomspace(1e-4, 0.5, 40),
        mined_km2=np.geomspace(1e-4, 0.5, 40),
    )
    return {
        "mdl": line,
        "dmz": (dmz, "zone", "declared", False),
        "mcz": (mcz, "zone", "declared", False),
        "planned_minefields": (planned, "indication", "allocated", False),
        "unconfirmed_minefields": (unconfirmed, "SHA", "allocated", False),
        "flood_displacement": (corridor, "screening", "modelled", True),
        "rivers": (river, "zone", "digitised", False),
        "incidents": (finds, "indication", "digitised", False),
        "places": (places, "zone", "digitised", False),
        "cleared_areas": (cleared, "indication", "declared", False),
        "mined_density": (cells, "screening", "modelled", False),
    }


def tables(layers, series):
    """Return an area table with one row a polygon layer, and a table of lengths."""
    polygon = [name for name in layers if layers[name].frame.geom_type.str.contains("Polygon").all()]
    n = len(polygon)
    areas = pd.DataFrame({"layer": polygon, "part": "all", "n_features": [len(layers[name].frame) for name in polygon]})
    areas = areas.assign(
        gross_km2=2.0, overlap_km2=0.0, net_km2=2.0, reported_km2=[2.5] * (n - 1) + [float("nan")], series=series, as_of="2006"
    )
    areas = areas.assign(difference_km2=-0.5, difference_percent=-20.0, verdict="by construction", basis="declared")
    lengths = pd.DataFrame(
        {
            "line": ["mdl"],
            "part": ["all"],
            "metric": ["length"],
            "value_km": [233.0],
            "reported_km": [248.0],
            "series": ["official"],
        }
    )
    return areas, lengths.assign(as_of="1953", difference_km=-15.0, difference_percent=-6.0, verdict="under", basis="declared")


def atlas_of(area, changed=None):
    """Return the atlas of the straight-line country; ``changed`` replaces frames by name."""
    west, south, east, north = area.bounds
    made = frames(
        west + 0.3 * (east - west), south + 0.4 * (north - south), east - 0.3 * (east - west), north - 0.2 * (north - south)
    )
    source = next(iter(area.sources))
    layers = {}
    for name in LAYER_NAMES:
        frame, land_class, basis, overlap = made[name]
        frame = (changed or {}).get(name, lambda same: same)(frame)
        layers[name] = make_layer(
            name, frame, area=area, land_class=land_class, basis=basis, sources=(source,), as_of="2006", overlap=overlap
        )
    series = next(iter(area.settings["series"]))
    areas, lengths = tables(layers, series)
    empty = pd.DataFrame()
    return Atlas(
        area=area,
        layers=MappingProxyType(layers),
        series=series,
        areas=areas,
        lengths=lengths,
        ledger=empty,
        overlaps=pd.DataFrame(columns=["layer", "other", "shared_km2"]),
        parameters={},
        inputs={},
    )


CELL_M = 100.0
MEMBERS = 200


def valley(area):
    """Return a hazard raster of the straight-line country: a river 6 km wide whose south and north index fall from west to east.

    Its first and last row and column hold cells of their own, so that its corners can be looked for.
    """
    west, south, east, north = area.bounds
    at = Transformer.from_crs(4326, area.crs, always_xy=True).transform((west + east) / 2, south + 0.45 * (north - south))
    rows, columns = 120, 200
    left, top = (round(value, -2) for value in (at[0] - 10_000, at[1] + 6_000))
    grid = np.arange(rows * columns).reshape(rows, columns)
    cell = np.concatenate([grid[30:90].ravel(), grid[[0, 0, -1, -1], [0, -1, 0, -1]]])
    row, column = np.divmod(cell, columns)
    falling = np.exp(-column / 40) * (1 + np.cos((row - 60) / 10))
    bands = {"share_of_members_wet": np.ones(len(cell)), "depth_m": 6 * np.exp(-np.abs(row - 60) / 10) - 0.5}
    for origin, items in (("south", falling), ("north", falling[::-1])):
        for kind, factor in (("mean", 1.0), ("q05", 0.2), ("q50", 0.9), ("q95", 2.5)):
            bands[f"{origin}_items_km2_{kind}"] = factor * items
    bands = {name: values.astype(np.float32) for name, values in bands.items()}
    return HazardRaster(cell, (rows, columns), Affine(CELL_M, 0, left, 0, -CELL_M, top), area.crs, bands)


def hills(atlas):
    """Return the layer of slide cells: four classes in a row, in thousandths of what they release."""
    west, _, east, north = atlas["mcz"].frame.total_bounds
    cells = frame_of(
        boxes(west, north - 0.03, 8, (east - west) / 40, (east - west) / 40, 0.01),
        **{"class": ["high", "middle", "lower", "undetermined"] * 2},
        index=[1.0, 0.4, 0.1, 0.0123] * 2,
        q05=[0.4, 0.1, 0.01, 0.001] * 2,
        q50=[0.9, 0.4, 0.1, 0.012] * 2,
        q95=[1.8, 1.1, 0.4, 0.2] * 2,
        released=0.0003,
        delivered=0.42,
        drivers="base hill-07 80 %",
        area_m2=1e6,
    )
    words = {"land_class": "screening", "basis": "modelled", "sources": atlas["mcz"].sources, "as_of": "2006"}
    return make_layer("hillslope_displacement", cells, area=atlas.area, **words)


def banded(frame):
    """Give the screening zones a band, a fourth zone that only wider floods reach, and zones of a terrain model."""
    index = frame["index"].to_numpy(float)
    return frame.assign(
        q05=index / 4, q50=index, q95=index * 3.3, band=[1, 2, 3, 4], inner_m=[0.0, np.nan] * 2, outer_m=[300.0, np.nan] * 2,
        drivers="source reaches: r-2 60 %, r-3 under 1 %", origin=["south", "south", "south", "north"],
    )  # fmt: skip


def fed(frame):
    """Say of the first place which reaches feed it."""
    told = "south: r-2 34 % (20-50 %), r-3 12 % (5-20 %); north: r-1 80 % (70-90 %)"
    return frame.assign(fed_by=[told] + [""] * (len(frame) - 1))


def terrain_atlas_of(area, changed=None):
    """Return the atlas of the straight-line country as a terrain model and an ensemble give it."""
    atlas = atlas_of(area, {"flood_displacement": banded, "places": fed} | (changed or {}))
    made = {**atlas.layers, "hillslope_displacement": hills(atlas)}
    layers = MappingProxyType({name: made[name] for name in LAYERS if name in made})
    return replace(atlas, layers=layers, raster=valley(area), parameters={"members": MEMBERS})


def survey_frames(atlas):
    """Return {name: frame} of a user's records: hazards of every status and precision, their past, finds, accidents, signs."""
    west, _, east, north = atlas["mcz"].frame.total_bounds
    at, step = (west + east) / 2, 0.05
    status = ["open", "worked_on", "closed", "handed_over", "searched_not_released", "unknown", "open", "open"]
    n = len(status)
    shapes = [shapely.Point(at + i * step, north - 0.03).buffer(0.004, quad_segs=6) for i in range(n)]
    hazards = frame_of(
        shapes, land_class=["CHA", "SHA"] * 4, land_status=status, basis="supplied", area_m2=600_000.0,
        shape_kind=["boundary"] * (n - 1) + ["equal_area_circle"], precision_m=[2.0, 2.0, 2.0, 2.0, 2.0, 2.0, 200.0, np.nan],
        valid_from=["2001", "2005-03-10", "2011", "", "2005-03", "2001", "2020-01-01", ""],
        valid_to=["", "", "", "", "", "2015-06-30", "", ""], status_since=["", "", "2019-04-02"] + [""] * (n - 3),
        cleared_m2=[np.nan, 12_000.0, 600_000.0] + [np.nan] * (n - 3), depth_cm=[np.nan, np.nan, 20.0] + [np.nan] * (n - 3),
        searched_n=[np.nan] * 4 + [3.0] + [np.nan] * 3, recovered_n=[np.nan] * 4 + [810.0] + [np.nan] * 3,
        emplaced_n=[np.nan] * 4 + [1000.0] + [np.nan] * 3, unaccounted_n=[np.nan] * 4 + [190.0] + [np.nan] * 3,
        fence_condition=["unverified"] + ["intact"] * (n - 1), marking_type=["none"] + ["sign_and_fence"] * (n - 1),
        last_inspected=["2018-05"] + [""] * (n - 1), evidence=["direct", "none"] * 4,
        direct_evidence="accident_known_place; seen by a shepherd",
    )  # fmt: skip
    past = frame_of(
        [shapely.Point(at + i * step, north - 0.03).buffer(0.006, quad_segs=6) for i in (1, 2)],
        land_class=["SHA", "CHA"], land_status=["open", "worked_on"], basis="supplied", area_m2=1_200_000.0, precision_m=2.0,
        valid_from=["1999", "2003"], valid_to=["2005-03-10", "2011"], hazard_layer="unconfirmed_minefields",
    )  # fmt: skip
    points = [shapely.Point(at + i * step, north - 0.05) for i in range(4)]
    common = {"basis": "supplied", "evidence": "direct", "precision_m": [5.0, 5.0, 5.0, 100.0], "date": "2020-07-31"}
    return {
        "unconfirmed_minefields": hazards,
        "past_hazards": past.assign(id=["f01@1999", "f02@2003"]),
        "finds": frame_of(points, **common, mine_types="M14", quantity=2.0, condition="washed out"),
        "accidents": frame_of(
            [shapely.transform(one, lambda xy: xy - 0.01) for one in points],
            **common,
            cause="farming",
            link="f01",
            distance_m=[0.0, 12.4, 250.0, 1300.0],
            killed=1.0,
            injured=0.0,
        ),
        "signs": frame_of(
            [shapely.transform(one, lambda xy: xy - 0.02) for one in points],
            **common,
            sign_text=["mine_field_danger", "unconfirmed_mine_field_danger", "past_mine_zone", "other"],
            marking_type="sign",
            fence_condition="damaged",
            last_inspected="2021-03",
        ),
    }


def survey_atlas_of(area, tier="restricted", changed=None):
    """Return the atlas of the straight-line country with a user's own records; ``changed`` replaces frames by name."""
    atlas = atlas_of(area)
    frames = survey_frames(atlas)
    made = dict(atlas.layers)
    words = {"basis": "supplied", "sources": atlas["mcz"].sources, "as_of": "2021-06"}
    for name, frame in frames.items():
        kind = "SHA" if "hazards" in name or "minefields" in name else "indication"
        shown = (changed or {}).get(name, lambda same: same)(frame)
        made[name] = make_layer(name, shown, area=area, land_class=kind, overlap=True, **words)
    layers = MappingProxyType({name: made[name] for name in LAYERS if name in made})
    areas, lengths = tables(layers, atlas.series)
    closed = {"part": CLOSED_PART, "n_features": 2, "gross_km2": 1.2, "net_km2": 1.2, "verdict": "not comparable"}
    areas = pd.concat([areas, areas[areas.layer == "unconfirmed_minefields"].assign(**closed)], ignore_index=True)
    return replace(atlas, layers=layers, tier=tier, areas=areas, lengths=lengths)


def hostile(frame):
    """Put hostile text into every text column of a frame but its id, a different one in each row."""
    texts = [HOSTILE[i % len(HOSTILE)] for i in range(len(frame))]
    return frame.assign(
        name_en=texts,
        name_ko=texts,
        **{c: texts for c in ("zone", "national_term", "river", "drivers", "place", "note") if c in frame},
    )
