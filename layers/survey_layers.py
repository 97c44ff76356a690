"""The user's own survey as layers: finds, accidents, signs, and the earlier versions of supplied hazards.

Assumption: a record stands for the place that the user gave it, within its ``precision_m``; nothing is moved. An accident is
linked to the hazard it names, else to the one that holds it or lies within its precision; a link says nothing of the cause. The
absence of a record says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo import measure
from geo.area import StudyArea
from geo.errors import DataError, nearest
from geo.exchange.place import explain_outside, outside
from geo.layer import Layer, listed, make_layer
from geo.survey.records import Survey
from geo.terms import BASES, EVIDENCE, FENCE_CONDITIONS, MARKING_TYPES, SIMULATED_BASES
from layers.minefields import supplied_frame

SOURCE = "supplied"
UNDATED = "not stated"
FAR_M = 1000.0  # from a hazard that an accident names: worth a second look
LAND_CLASS = "indication"  # of a record; what it makes of the land around is for the survey to say
SIGN_WORDS = (  # the first that stands in a sign's text, letters only; the longer before the shorter
    ("past_mine_zone", r"pastmine|과거지뢰"),
    ("unconfirmed_mine_field_danger", r"unconfirmedmine|미확인지뢰"),
    ("mine_field_danger", r"minefielddanger|지뢰위험|지뢰지대위험"),
)


def finds(area: StudyArea, survey: Survey) -> Layer:
    """Return supplied finds as points: date, evidence class, and every column of the file.

    Raises
    ------
    DataError
        Naming the records: no CRS, no point, outside the area, unknown words, repeated ids.
    """
    return _points_layer(area, survey, _records(area, survey))


def accidents(
    area: StudyArea, survey: Survey, hazards: gpd.GeoDataFrame | None = None, *, tier: str = "public"
) -> tuple[Layer, tuple[str, ...]]:
    """Return supplied accidents as points linked to hazards, and what a reader must know of the links.

    Parameters
    ----------
    area : StudyArea
    survey : Survey
    hazards : GeoDataFrame, optional
        With ``id`` and ``basis``, as `hazard_frame` joins the hazard layers; simulated ones are no place to link to.
    tier : {"public", "restricted"}
        Of the notes: in public they name and count nothing.

    Returns
    -------
    layer : Layer
        With ``hazard_id``, ``link`` ("stated", "inside", "near", "" without one) and ``distance_m`` to the hazard.
    notes : tuple of str
        Which stated ids are unknown.

    Raises
    ------
    DataError
        As `finds`.
    """
    frame = _records(area, survey)
    known = hazards if hazards is not None else gpd.GeoDataFrame({"id": [], "basis": []}, geometry=[], crs=4326)
    frame = linked(frame, known[~known["basis"].isin(SIMULATED_BASES)], area)
    unknown = (frame["hazard_id"] != "") & (frame["link"] == "")
    far = (frame["link"] == "stated") & (frame["distance_m"] > np.maximum(frame["precision_m"].fillna(0.0), FAR_M))
    faults = {"that is not in the data": unknown, f"more than {FAR_M:g} m away": far}
    notes = [_misnamed(frame, what, rows, tier) for what, rows in faults.items() if rows.any()]
    return _points_layer(area, survey, frame), tuple(notes)


def _misnamed(frame: gpd.GeoDataFrame, what: str, rows: pd.Series, tier: str) -> str:
    """Return the note on accidents whose stated hazard cannot be right; in public it names and counts nothing."""
    if tier == "public":
        return f"some accidents name a hazard {what}"
    return f"{int(rows.sum())} accidents name a hazard {what}: {listed(frame['id'][rows] + ' names ' + frame['hazard_id'][rows])}"


def signs(area: StudyArea, survey: Survey) -> Layer:
    """Return supplied signs as points: wording, marking, fence condition and date.

    ``sign_text`` is the key of the wording in `geo.terms.SIGN_TEXTS`; the words as they were typed stay in ``sign_words``.

    Raises
    ------
    DataError
        As `finds`.
    """
    frame = _records(area, survey)
    typed = survey.text("sign_text").to_numpy()
    wording = pd.Series(sign_keys(typed), index=frame.index)
    marking = {"marking_type": _worded(survey, "marking_type", MARKING_TYPES, "")}
    marking |= {"fence_condition": _worded(survey, "fence_condition", FENCE_CONDITIONS, "")}
    return _points_layer(area, survey, frame.assign(sign_text=wording, sign_words=typed, **marking))


def past_hazards(area: StudyArea, frame: gpd.GeoDataFrame, *, as_of: str = "") -> Layer:
    """Return earlier versions of supplied hazards.

    Parameters
    ----------
    area : StudyArea
    frame : GeoDataFrame, n rows
        As supplied hazards, with ``valid_from``, ``valid_to`` and ``hazard_layer``; an id may stand several times.
    as_of : str
        Of the layer; by default the newest date of the features.

    Returns
    -------
    Layer
        Ids are made unique by the first day of validity; ``hazard_id`` keeps the hazard's own.

    Raises
    ------
    DataError
        As `geo.layer.make_layer`.
    """
    hazard_id = frame["id"].astype(str)
    begun = frame["valid_from"].fillna("").astype(str) if "valid_from" in frame else pd.Series("", index=frame.index)
    number = hazard_id.groupby([hazard_id, begun]).cumcount()
    ids = hazard_id + "@" + begun.where(begun != "", "?") + ("#" + (number + 1).astype(str)).where(number > 0, "")
    day = as_of or newest(frame["as_of"] if "as_of" in frame else pd.Series(dtype=str))
    named = frame.assign(hazard_id=hazard_id, id=ids)
    for name in ("name_en", "name_ko"):
        named[name] = frame[name].where(frame[name].notna() & (frame[name] != ""), hazard_id) if name in frame else hazard_id
    full = supplied_frame(named, {"hazard_layer": "", "valid_from": "", "valid_to": ""}, land_class=LAND_CLASS, as_of=day)
    return make_layer(
        "past_hazards", full, area=area, land_class=LAND_CLASS, basis="supplied", sources=(SOURCE,), as_of=day, overlap=True
    )


def survey_layers(
    area: StudyArea,
    surveys: Mapping[str, Survey],
    past: gpd.GeoDataFrame | None,
    hazards: Mapping[str, Layer],
    *,
    tier: str = "public",
) -> tuple[dict[str, Layer], tuple[str, ...]]:
    """Return every layer that the user's survey gives, by name, and the notes on it.

    Parameters
    ----------
    area : StudyArea
        With the source ``supplied``.
    surveys : mapping of str to Survey
        By kind: ``finds``, ``accidents``, ``signs``; those that are absent or empty give no layer.
    past : GeoDataFrame or None
        Earlier versions of hazards.
    hazards : mapping of str to Layer
        The hazard layers, to link accidents with.
    tier : {"public", "restricted"}
        Of the notes.
    """
    made: dict[str, Layer] = {}
    notes: tuple[str, ...] = ()
    given = {kind: survey for kind, survey in surveys.items() if len(survey.frame)}
    if past is not None and len(past):
        made["past_hazards"] = past_hazards(area, past)
    if "finds" in given:
        made["finds"] = finds(area, given["finds"])
    if "accidents" in given:
        made["accidents"], notes = accidents(area, given["accidents"], hazard_frame(hazards), tier=tier)
    if "signs" in given:
        made["signs"] = signs(area, given["signs"])
    return made, notes


def hazard_frame(hazards: Mapping[str, Layer]) -> gpd.GeoDataFrame:
    """Return the features of hazard layers, ``id, basis, hazard_layer``, in EPSG:4326."""
    none = gpd.GeoDataFrame({"id": [], "basis": [], "hazard_layer": []}, geometry=[], crs="EPSG:4326", dtype=object)
    parts = [
        layer.frame[["id", "basis", "geometry"]].assign(hazard_layer=name)
        for name, layer in hazards.items()
        if name.endswith("_minefields")
    ]
    return gpd.GeoDataFrame(pd.concat(parts, ignore_index=True), crs="EPSG:4326") if parts else none


def linked(frame: gpd.GeoDataFrame, hazards: gpd.GeoDataFrame, area: StudyArea) -> gpd.GeoDataFrame:
    """Return accidents with ``hazard_id``, ``link`` and ``distance_m``.

    Parameters
    ----------
    frame : GeoDataFrame, n rows
        Points with ``precision_m``, and ``hazard_id`` where the file states it.
    hazards : GeoDataFrame
        With ``id``.
    area : StudyArea
        Its CRS carries the search; distances are geodesic [m], 0 inside.

    Returns
    -------
    GeoDataFrame, n rows
        A stated id that is known counts as ``stated``; one that is not stays, without a link. Without one, the hazard that holds
        the point is linked as ``inside``, else the nearest within ``precision_m`` as ``near``; of several the first by id.
    """
    stated = frame["hazard_id"].fillna("").astype(str).str.strip() if "hazard_id" in frame else pd.Series("", index=frame.index)
    ordered = hazards.assign(id=hazards["id"].astype(str)).sort_values("id", kind="stable").reset_index(drop=True)
    shapes = np.asarray(measure.project(ordered, area.crs).geometry.values, dtype=object)
    points = np.asarray(measure.project(frame, area.crs).geometry.values, dtype=object)
    first = pd.Series(ordered.index, index=ordered["id"]).groupby(level=0).first()
    target = stated.map(first).fillna(-1).to_numpy(int)
    link = np.where(target >= 0, "stated", "").astype(object)
    free = np.flatnonzero((stated == "").to_numpy())
    if len(shapes) and len(free):
        target[free] = _nearest(points[free], shapes)
    distance_m = np.full(len(frame), np.nan)
    has = target >= 0
    ways = gpd.GeoSeries(shapely.shortest_line(points[has], shapes[target[has]]), crs=area.crs)
    distance_m[has] = np.round(measure.lengths_m(ways), 1)
    found = has & (link == "")
    within = frame["precision_m"].fillna(0.0).to_numpy(float)
    inside, near = found & (distance_m == 0), found & (distance_m > 0) & (distance_m <= within)
    link[inside], link[near] = "inside", "near"
    kept = np.asarray(link != "", dtype=bool)
    names = ordered["id"].to_numpy(dtype=object)
    own = stated.to_numpy(dtype=object).copy()
    own[kept] = names[target[kept]]
    return frame.assign(hazard_id=own, link=link, distance_m=np.where(kept, distance_m, np.nan))


def _nearest(points: NDArray[np.object_], shapes: NDArray[np.object_]) -> NDArray[np.intp]:
    """Return the place of the nearest shape of each point, the first of equals; shape (n,)."""
    left, right = shapely.STRtree(shapes).query_nearest(points, all_matches=True)
    best = np.full(len(points), len(shapes))
    np.minimum.at(best, left, right)
    return best


def sign_keys(texts: Any) -> list[str]:
    """Return the key of `geo.terms.SIGN_TEXTS` for each sign's words, in whatever case and language; "other" where none fits.

    Examples
    --------
    >>> sign_keys(["MINE FIELD  danger", "Unconfirmed Mine-Field Danger!", "Past Mine Zone", "지뢰 위험", "Keep out", ""])
    ['mine_field_danger', 'unconfirmed_mine_field_danger', 'past_mine_zone', 'mine_field_danger', 'other', 'other']
    """
    letters = pd.Series(texts, dtype=object).fillna("").astype(str).str.casefold().str.replace(r"[\W_]+", "", regex=True)
    keys = pd.Series("other", index=letters.index)
    for key, pattern in reversed(SIGN_WORDS):
        keys = keys.mask(letters.str.contains(pattern), key)
    return keys.tolist()


def newest(dates: pd.Series) -> str:
    """Return the latest ISO date among texts, "not stated" where there is none.

    Examples
    --------
    >>> newest(pd.Series(["2019", "2025-05", ""])), newest(pd.Series(["not stated"]))
    ('2025-05', 'not stated')
    """
    dated = dates[dates.fillna("").astype(str).str.match(r"\d{4}")].astype(str)
    return str(dated.max()) if len(dated) else UNDATED


def _points_layer(area: StudyArea, survey: Survey, frame: gpd.GeoDataFrame) -> Layer:
    return make_layer(
        survey.kind, frame, area=area, land_class=LAND_CLASS, basis="supplied", sources=(SOURCE,), as_of=newest(frame["as_of"]),
        overlap=True,
    )  # fmt: skip


def _records(area: StudyArea, survey: Survey) -> gpd.GeoDataFrame:
    """Return the records of a survey as points in EPSG:4326 with the columns that all records have; the others are carried."""
    shapes = _places(area, survey)
    ids = survey.text("id").str.strip()
    made = pd.Series([f"{survey.kind[:-1]}-{n:04d}" for n in range(1, len(ids) + 1)], index=ids.index)
    ids = ids.where(ids != "", made)
    name, date = survey.text("name"), survey.text("date").str.strip()
    name_en, name_ko = survey.text("name_en"), survey.text("name_ko")
    as_of = survey.text("as_of").str.strip()
    as_of = as_of.where(as_of != "", date)
    own: dict[str, Any] = {
        "id": ids,
        "name_en": name_en.where(name_en != "", name).where(lambda text: text != "", ids),
        "name_ko": name_ko.where(name_ko != "", name).where(lambda text: text != "", ids),
        "land_class": LAND_CLASS,
        "basis": _worded(survey, "basis", BASES, "supplied"),
        "sources": SOURCE,
        "as_of": as_of.where(as_of != "", UNDATED),
        "date": date,
        "evidence": _worded(survey, "evidence", EVIDENCE, "direct"),
        "precision_m": survey.number("precision_m"),
    }
    carried = pd.DataFrame(survey.frame.drop(columns=[*own, "name", survey.frame.geometry.name, "simulated"], errors="ignore"))
    texts: dict[str, Any] = {
        str(column): survey.text(str(column)) for column in carried if not pd.api.types.is_numeric_dtype(carried[column])
    }
    return gpd.GeoDataFrame(carried.assign(**texts, **own), geometry=shapes)


def _places(area: StudyArea, survey: Survey) -> gpd.GeoSeries:
    """Return one point a record, EPSG:4326."""
    where = f"{survey.kind}: {survey.file}"
    if survey.frame.crs is None:
        raise DataError("no CRS", where=where, mend="state the one the coordinates were recorded in; it is never guessed")
    shapes = np.array(survey.frame.to_crs("EPSG:4326").geometry.values, dtype=object)
    single = (shapely.get_type_id(shapes) == 4) & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    bad = (shapely.get_type_id(shapes) != 0) | shapely.is_empty(shapes)
    if bad.any():
        raise DataError(
            f"{int(bad.sum())} records without a point", where=where, expected="one point each",
            found=listed(survey.names()[bad]), mend="minemap check names every fault of the file",
        )  # fmt: skip
    series = gpd.GeoSeries(shapely.force_2d(shapes), index=survey.frame.index, crs="EPSG:4326")
    stray = outside(series, area)
    if stray.any():
        raise DataError(
            f"{int(stray.sum())} records outside the study area {area.name}", where=where, expected=f"inside {area.bounds}",
            found=listed(survey.names()[stray]), mend=explain_outside(series[stray], area) or "check the CRS",
        )  # fmt: skip
    return series


def _worded(survey: Survey, name: str, known: Collection[str], blank: str) -> pd.Series:
    """Return a column's controlled words, whatever their case and blanks; `blank` where the file says nothing."""
    typed = survey.text(name).str.strip()
    words = typed.str.casefold().str.replace(r"[\s\-]+", "_", regex=True).where(typed != "", blank)
    bad = ~words.isin([*known, blank])
    if bad.any():
        raise DataError(
            f"unknown {name}", where=f"{survey.kind}: {survey.file}: {listed(survey.names()[bad])}",
            found=", ".join(sorted(set(typed[bad]))[:5]), mend=nearest(words[bad].iloc[0], known),
        )  # fmt: skip
    return words
