"""The front line and the zones along it: ``mdl``, ``dmz`` and ``mcz``.

Assumption: no official geometry is public, so the zones are bands along the control line whose widths are solved until each
part has its published area. They are schematic and declared as such. A user's own lines or polygons replace them and are
never rescaled.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import geopandas as gpd
import shapely

from geo.area import StudyArea
from geo.errors import ConfigError, DataError, nearest
from geo.land import Ground
from geo.layer import Layer, listed, make_layer
from geo.measure import buffer, project, total_km2
from geo.solve import increasing_root

ARCS = 16  # a quarter circle; the area is solved on the very polygon that is drawn
GRID_M = 0.001
ZONE_DIMENSION = {"mdl": 1, "dmz": 2, "mcz": 2}
CRUMB_M2 = 100.0  # pieces below this are left over from cutting and are dropped


@dataclass(frozen=True, slots=True)
class Band:
    """One part of a zone with the width that was solved for it.

    Attributes
    ----------
    part : str
    shape : Polygon or MultiPolygon
        In ``area.crs``.
    figure : str
        Key of the published area; "" where only the whole is published.
    distance_m : float
        Half-width (dmz) or outer distance (mcz) from the front line.
    """

    part: str
    shape: shapely.Geometry
    figure: str
    distance_m: float


def mdl(area: StudyArea, supplied: gpd.GeoDataFrame | None = None) -> Layer:
    """Return the front line as a layer: the user's, else the control line of the area.

    Raises
    ------
    DataError
        If the user's lines do not join into one.
    """
    spec = area.settings["front"]
    row = area.lines.set_index("line_id").loc[spec["line"]]
    if supplied is not None:
        shape = shapely.line_merge(shapely.union_all(supplied.geometry.values))
        if shapely.get_type_id(shape) != 1:
            found = f"{shapely.get_num_geometries(shape)} pieces"
            raise DataError(
                "the front line is not one line", expected="pieces that meet end to end", found=found, mend="join them"
            )
        frame = _frame(["mdl"], [row.name_en], [row.name_ko], [shape], supplied.crs)
        return make_layer("mdl", frame, area=area, land_class="zone", basis="supplied", sources=("supplied",), as_of="not stated")
    frame = _frame(["mdl"], [row.name_en], [row.name_ko], [row.geometry], "EPSG:4326")
    frame["precision_m"] = float(spec["uncertainty_m"])
    sources = (str(row.source),)
    return make_layer(
        "mdl", frame, area=area, land_class="zone", basis="declared", sources=sources, as_of=area.settings["dmz"]["as_of"]
    )


def dmz(area: StudyArea, ground: Ground) -> tuple[Layer, list[Band]]:
    """Return the Demilitarized Zone in three parts and their solved half-widths."""
    spec = area.settings["dmz"]
    west, east = beside_meridian(area, spec["cut_lon"])
    provinces = area.settings["provinces"]
    parts = (
        (f"south_{provinces['west']}", spec["south_west"], ground.south.intersection(west)),
        (f"south_{provinces['east']}", spec["south_east"], ground.south.intersection(east)),
        ("north", spec["north"], ground.north),
    )
    nominal_m = 1000 * area.figure(spec["nominal_half_width"]).value
    bands = [solved_band(area, name, key, ground.front, room, cap="flat", guess_m=nominal_m) for name, key, room in parts]
    return zone_layer("dmz", area, bands, spec["sources"], spec["as_of"]), bands


def mcz(area: StudyArea, ground: Ground, dmz_layer: Layer) -> tuple[Layer, list[Band]]:
    """Return the Military Control Zone on land beyond the DMZ and its solved outer distances.

    Raises
    ------
    ConfigError
        If ``[mcz] figure`` is unknown, or the distance it needs exceeds the legal limit of its time (both are named).
    """
    spec = area.settings["mcz"]
    chosen = spec["figure"]
    if chosen not in spec["figures"]:
        raise ConfigError("unknown figure of the MCZ", where=chosen, mend=nearest(chosen, spec["figures"]))
    entry = spec["figures"][chosen]
    inner = shapely.union_all(project(dmz_layer.frame, area.crs).geometry.values)
    room = ground.south.intersection(ground.land).difference(inner)
    rooms = {side: getattr(ground, side) for side in ("west", "east") if side in entry}
    limit = area.figure(entry["limit"])
    bands = [
        solved_band(
            area, area.settings["provinces"][side], entry[side], ground.front, room.intersection(shape), guess_m=500 * limit.value
        )
        for side, shape in rooms.items()
    ] or [solved_band(area, "whole", entry["whole"], ground.front, room, guess_m=500 * limit.value)]
    for band in bands:
        if band.distance_m > 1000 * limit.value:
            raise ConfigError(
                "the published area does not fit inside the limit of its time",
                where=f"mcz {band.part}",
                expected=f"at most {limit.value:g} km from the front ({limit.key})",
                found=f"{band.distance_m / 1000:.2f} km for {band.figure}",
                mend="choose another figure of [mcz.figures]",
            )
    return zone_layer("mcz", area, bands, spec["sources"], entry["as_of"]), bands


def supplied_zone(name: str, area: StudyArea, frame: gpd.GeoDataFrame) -> Layer:
    """Return the user's own polygons, split by `boundary_parts`, as the layer ``dmz`` or ``mcz``."""
    parts = frame["part"].astype(str)
    ids = [f"{name}-{part}" for part in parts]
    full = _frame(ids, list(frame.name_en), list(frame.name_ko), list(frame.geometry), frame.crs)
    return make_layer(
        name,
        full.assign(part=parts.to_numpy()),
        area=area,
        land_class="zone",
        basis="supplied",
        sources=("supplied",),
        as_of="not stated",
    )


def beside_meridian(area: StudyArea, lon: float) -> tuple[shapely.Polygon, shapely.Polygon]:
    """Return what lies west and what lies east of a meridian, in ``area.crs``."""
    west, south, east, north = area.bounds
    cut = shapely.LineString([(lon, south), (lon, north)]).segmentize(0.01).coords
    sides = gpd.GeoSeries([shapely.Polygon([*cut, (edge, north), (edge, south)]) for edge in (west, east)], crs="EPSG:4326")
    left, right = project(sides, area.crs)
    return left, right


def solved_band(
    area: StudyArea, part: str, key: str, front: shapely.LineString, room: shapely.Geometry, *, guess_m: float, cap: str = "round"
) -> Band:
    """Return the part of a room within a distance of the front, the distance solved for the published area.

    Raises
    ------
    DataError
        If no distance up to four times the guess holds the published area.
    """
    line = gpd.GeoSeries([front], crs=area.crs)
    reach = buffer(line, 4 * guess_m, cap=cap, quad_segs=ARCS)[0].intersection(room)
    shapely.prepare(reach)

    def band(distance_m: float) -> shapely.Geometry:
        return buffer(line, distance_m, cap=cap, quad_segs=ARCS)[0].intersection(reach)

    def km2(distance_m: float) -> float:
        return total_km2(gpd.GeoSeries([band(distance_m)], crs=area.crs))

    wanted_km2 = float(area.figure(key).value)
    low_m, high_m = guess_m / 8, 4 * guess_m
    if not km2(low_m) < wanted_km2 < km2(high_m):
        raise DataError(
            "no width gives the published area",
            where=f"{part}, figure {key}",
            expected=f"{wanted_km2:g} km²",
            found=f"{km2(low_m):.1f} to {km2(high_m):.1f} km² within {low_m / 1000:g} to {high_m / 1000:g} km of the front line",
            mend="check the front line (--boundary, [front]) and the figure, or supply the zone's polygons",
        )
    distance_m = increasing_root(km2, wanted_km2, low_m, high_m, rtol=1e-8, what=f"width of {part}")
    return Band(part, without_crumbs(band(distance_m)), key, distance_m)


def without_crumbs(shape: shapely.Geometry) -> shapely.Geometry:
    """Return the polygons of a shape above `CRUMB_M2`, snapped to `GRID_M` so that they stay valid when projected.

    Examples
    --------
    >>> without_crumbs(shapely.MultiPolygon([shapely.box(0, 0, 100, 100), shapely.box(200, 0, 201, 1)])).area
    10000.0
    """
    parts = shapely.get_parts(shapely.set_precision(shape, GRID_M))
    kept = parts[(shapely.get_dimensions(parts) == 2) & (shapely.area(parts) > CRUMB_M2)]
    return kept[0] if len(kept) == 1 else shapely.MultiPolygon(list(kept))


def zone_layer(name: str, area: StudyArea, bands: list[Band], sources: list[str], as_of: str) -> Layer:
    """Return solved bands as a layer."""
    names: Mapping[str, Any] = area.settings["provinces"]["names"]
    frame = _frame(
        [f"{name}-{band.part}" for band in bands],
        [part_name(name, band.part, names, 0) for band in bands],
        [part_name(name, band.part, names, 1) for band in bands],
        [band.shape for band in bands],
        area.crs,
    )
    frame["part"] = [band.part for band in bands]
    frame["figure"] = [band.figure for band in bands]
    frame["distance_m"] = [round(band.distance_m, 3) for band in bands]
    frame["precision_m"] = float(area.settings["mcz" if name == "mcz" else "front"]["uncertainty_m"])
    return make_layer(name, frame, area=area, land_class="zone", basis="declared", sources=tuple(sources), as_of=as_of)


def part_name(layer: str, part: str, names: Mapping[str, Any], language: int) -> str:
    """Return what a part of a zone is called in English (0) or Korean (1)."""
    zone = {"dmz": ("DMZ", "비무장지대"), "mcz": ("MCZ", "민간인통제구역")}[layer][language]
    side = part.split("_")[0] if layer == "dmz" else ""
    word = {"south": ("southern half", "남측"), "north": ("northern half", "북측"), "": ("", "")}[side][language]
    province = names.get(part.split("_")[-1], ("", ""))[language]
    return " ".join(text for text in (zone, word, province) if text)


def boundary_parts(frame: gpd.GeoDataFrame, where: str) -> dict[str, gpd.GeoDataFrame]:
    """Split a user's boundary file by the zone each feature stands for.

    Parameters
    ----------
    frame : GeoDataFrame
        As `geo.exchange.read.read_boundary` gives it: ``kind`` begins with mdl, dmz or mcz ("dmz_south" names a part as well).
        Lines without a kind are the front line.
    where : str
        The file, for errors.

    Raises
    ------
    DataError
        If polygons do not say which zone they are, or lines and polygons do not fit their zone.
    """
    dimension = shapely.get_dimensions(frame.geometry.values)
    words = frame["kind"].str.partition("_")
    zone = words[0].where((words[0] != "") | (dimension != 1), "mdl")
    if (bad := ~zone.isin(list(ZONE_DIMENSION))).any():
        found = zone[bad].iloc[0] or "nothing"
        raise DataError(
            "which zone?",
            where=f"{where}: {listed(frame.id[bad])}",
            expected="a column 'layer' with mdl, dmz or mcz",
            found=str(found),
            mend="add or correct it",
        )
    if (bad := dimension != zone.map(ZONE_DIMENSION)).any():
        raise DataError(
            "wrong kind of geometry",
            where=f"{where}: {listed(frame.id[bad])}",
            expected="lines for mdl, polygons for dmz and mcz",
        )
    if "part" not in frame:
        frame = frame.assign(part=words[2].where(words[2] != "", frame.id))
    return dict(iter(frame.groupby(zone.to_numpy(), sort=True)))


def _frame(ids: list[str], en: list[str], ko: list[str], shapes: list[shapely.Geometry], crs: Any) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({"id": ids, "name_en": en, "name_ko": ko}, geometry=gpd.GeoSeries(shapes, crs=crs))
