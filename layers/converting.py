"""Write survey data in another format: read as it stands, refused where records are unusable, and told what a format cannot hold.

Assumption: in the public tier the cells of a study area's grid are written, never the records; in the restricted one every record
with every column, all versions of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.area import StudyArea, read_area
from geo.check import coordinates, shapes, vertices
from geo.check.context import Context
from geo.check.findings import joined
from geo.check.told import lines
from geo.errors import ConfigError, DataError, nearest
from geo.exchange.datum import crs_named
from geo.exchange.field import Notice
from geo.exchange.formats import PLAIN_LOOK, Look, format_of, write
from geo.exchange.losses import dates_as_text
from geo.exchange.parts import Supplied, dissolved, parted_by_time
from geo.exchange.place import explain_outside, outside
from geo.exchange.read import termed
from geo.generalise import generalise, prove
from geo.layer import Layer, listed
from geo.maps.symbols import SYMBOLS, symbol_keys
from geo.measure import LONLAT, WEB_MERCATOR
from geo.styles import frame_style
from geo.survey.records import Survey, text_of
from layers.checking import records_of, refuse_inputs
from layers.minefields import supplied_fields
from layers.request import TIERS, with_own_source
from layers.show import writable
from layers.standing import standing
from layers.survey_layers import UNDATED, newest, survey_layers

USABLE = (  # without these a record cannot be drawn; the rest of the battery is the work of `minemap check`
    coordinates.missing_crs,
    coordinates.unfit_crs,
    shapes.missing_shapes,
    shapes.wrong_kinds,
    shapes.invalid_polygons,
    vertices.too_few_vertices,
)
DRAWN_AS = {"hazards": "unconfirmed_minefields"}  # the layer whose symbols a kind of record takes
DIMENSIONS = {"hazards": 2}  # of the shapes of a kind of record; all others are points
MOST_TOLD = 20


def converted(source: str, target: Path, options: Mapping[str, Any]) -> Iterator[str]:
    """Write a survey file in the format of the target's suffix; yield what a reader must know.

    The options are those of ``minemap convert``.

    Raises
    ------
    ConfigError
        If an option is wrong, a file cannot be opened or would be overwritten.
    DataError
        If records are unusable, unless ``as_is``.
    """
    if (tier := options["tier"]) not in TIERS:
        raise ConfigError("unknown tier", where=tier, mend=nearest(tier, TIERS))
    format_of(target)
    refuse_inputs([target], [source, options["reports"]])
    writable(target, options["overwrite"])
    crs = crs_named(options["dst_crs"], where="--dst-crs") if options["dst_crs"] else None
    if crs is not None and crs == WEB_MERCATOR:
        raise ConfigError(
            "EPSG:3857 is not for hazards", where="--dst-crs", mend="it inflates areas by 61 % at 38° N: name another"
        )
    survey, left_out = usable(records_of(source, options), as_is=options["as_is"])
    yield from left_out
    frame = marked(survey.frame) if tier == "restricted" else released(survey, read_area(options["area"]), target.name)
    frame = frame if crs is None else frame.to_crs(crs)
    tables = {name: rows for name, rows in companions(survey).items() if tier == "restricted"}
    look_of = look(survey, frame, target)
    for loss in write(
        {survey.kind: frame}, target, notice(survey, tier), look=look_of, tables=tables, overwrite=options["overwrite"]
    ):
        yield loss.told if loss.kind == "files" else f"not held by {target.suffix}: {loss.told}"
    if tier == "restricted":
        yield from (loss.told for loss in dates_as_text(Path(source), survey.layer))
    else:
        yield from left_behind(survey)


def usable(survey: Survey, *, as_is: bool) -> tuple[Survey, list[str]]:
    """Return the records that can be drawn, and a line for each that cannot.

    Raises
    ------
    DataError
        If there are such records, unless ``as_is``; or if there is no CRS.
    """
    context = Context(survey, today=date.min)
    if all_drawable(context):
        return survey, []
    found = joined([*(check(context) for check in USABLE), survey.findings[survey.findings["code"].isin(["C01", "C07"])]])
    if found.empty:
        return survey, []
    whole = found[found["row"] <= 0]
    if len(whole) or not as_is:
        told = lines(whole if len(whole) else found, first=3)
        raise DataError(
            "unusable records",
            where=survey.file,
            found="; ".join(told[:MOST_TOLD]),
            mend="minemap check tells all, with --repair it mends what is safe to mend; --as-is leaves them out",
        )
    bad = np.unique(found["row"].to_numpy(int)) - 1
    if len(bad) == len(survey.frame):
        raise DataError("no usable record", where=survey.file, mend="an empty map would read as no mines; see minemap check")
    kept = survey.frame.drop(index=bad).reset_index(drop=True)
    names = listed(survey.names().iloc[bad], MOST_TOLD)
    return replace(survey, frame=kept), [f"left out, {len(bad)} of {len(survey.frame)} records: {names}"]


def all_drawable(context: Context) -> bool:
    """Whether every record has a sound shape of the kind expected, and the file a CRS: then nothing needs to be told."""
    expected = DIMENSIONS.get(context.survey.kind, 0)
    kinds = shapely.get_dimensions(context.shapes) == expected
    told = len(context.survey.findings) and context.survey.findings["code"].isin(["C01", "C07"]).any()
    sound = context.present.all() and kinds.all() and shapely.is_valid(context.shapes).all()  # a collapsed ring is not valid
    return bool(sound and not told and context.has_crs and context.survey.frame.crs != WEB_MERCATOR)


def companions(survey: Survey) -> dict[str, pd.DataFrame]:
    """Return the tables beside the records that have rows; a point's row of its record is told by its ids."""
    tables = {"reports": survey.reports, "points": survey.points.drop(columns="row", errors="ignore"), "devices": survey.devices}
    return {name: rows for name, rows in tables.items() if len(rows)}


def left_behind(survey: Survey) -> Iterator[str]:
    """Yield a line for each table beside the records that the public may not see; the cells follow the reports on hazards."""
    for name, rows in companions(survey).items():
        if name != "reports" or survey.kind != "hazards":
            yield f"not written: {name}, {len(rows):,} rows beside the {survey.kind}: keep the file they came in"


def released(survey: Survey, area: StudyArea, name: str) -> gpd.GeoDataFrame:
    """Return records as the public may see them: cells of the area's grid, proved.

    Raises
    ------
    DataError
        If records lie outside the area.
    """
    stray = outside(survey.frame.geometry, area)
    if stray.any():
        hint = explain_outside(survey.frame.geometry[stray], area)
        raise DataError(
            f"{int(stray.sum())} records outside the study area {area.name}",
            where=survey.file,
            found=listed(survey.names()[stray]),
            mend=hint or "name the area they belong to with --area, or keep them as they are with --tier restricted",
        )
    own, survey = with_own_source(area), replace(survey, frame=survey.frame.to_crs(LONLAT))
    layer = (
        hazard_layer(survey, own)
        if survey.kind == "hazards"
        else survey_layers(own, {survey.kind: survey}, None, {})[0][survey.kind]
    )
    shown = generalise(layer, area=own).frame
    prove(shown, area=own, name=name, layer=layer.name)
    return shown if survey.text("national_term").ne("").any() else shown.drop(columns="national_term", errors="ignore")


def hazard_layer(survey: Survey, area: StudyArea) -> Layer:
    """Return hazards as a layer, as a build has them: parts as one, the latest state after the reports in the file."""
    frame = termed(survey.frame.assign(id=survey.names().str.strip()), area)
    frame = frame.assign(land_class=text_of(frame, "land_class"), sources="supplied")
    own = Supplied(*parted_by_time(dissolved(frame)), survey.reports)
    now = standing(own, None, None, where=survey.file).current
    return supplied_fields("unconfirmed", area, now, "supplied", newest(now["as_of"]) if "as_of" in now else UNDATED)


def notice(survey: Survey, tier: str) -> Notice:
    """Return what the written file says of itself; in public not even the name of the file it came from."""
    titles = {
        "hazards": ("Hazards", "위험 지역"),
        "finds": ("Finds", "발견"),
        "accidents": ("Accidents", "사고"),
        "signs": ("Signs", "표지판"),
    }
    en, ko = titles[survey.kind]
    return Notice(f"Supplied {en.lower()}", f"제공된 {ko}", tier=tier, cell_km=1.0 if tier == "public" else 0.0)


def look(survey: Survey, frame: gpd.GeoDataFrame, target: Path) -> Look:
    """Return the symbols of the atlas for records of this kind; hazards without a class are drawn plain."""
    name = DRAWN_AS.get(survey.kind, survey.kind)
    if survey.kind == "hazards" and "land_class" not in frame:
        return PLAIN_LOOK
    styles = {survey.kind: frame_style(name, frame)} if target.suffix.lower() == ".gpkg" else {}
    return Look(SYMBOLS, lambda _, rows: symbol_keys(name, rows), styles)


def marked(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return records that say how they came about and who may see them, as every layer of a restricted atlas does."""
    blanks = {"basis": "supplied", "simulated": False}
    return frame.assign(**{name: value for name, value in blanks.items() if name not in frame}, tier="restricted")
