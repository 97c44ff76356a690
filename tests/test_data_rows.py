"""Every row of every fact table: it has a source, its words are known, its numbers read and its lines join."""

import csv
import functools
import math
import re
from collections import Counter
from itertools import pairwise
from pathlib import Path

import pytest

from geo.area import NUMBERS, TABLES, read_area
from geo.source import CONFIDENCES, check_tables, data_folder
from geo.terms import (
    BASES,
    EVIDENCE,
    FENCE_CONDITIONS,
    LAND_CLASSES,
    LAND_STATUSES,
    LAYERS,
    MARKING_TYPES,
    POINT_KINDS,
    PRIORITIES,
    REPORT_KINDS,
    SHAPE_KINDS,
    SIGN_TEXTS,
    SURVEY_LAYERS,
    TEXTS,
)

AREAS = sorted(path.parent.name for path in data_folder().glob("*/area.toml"))
SOURCES = ("source", "published_source", "population_source")
UNITS = {
    "": {"point", "event"},
    "km2": {"planned_area", "unconfirmed_area", "total_area", "site_area", "zone_area_implied", "area_cleared"}
    | {"area_searched", "clearance_planned_area", "area", "area_change"},
    "km": {"length", "width", "distance", "distance_change"},
    "miles": {"length"},
    "percent": {"share", "share_confirmed"},
    "mines": {"mines_emplaced", "mines_remaining", "mines_cleared", "mines_lost", "mines_recovered", "live_items"}
    | {"stockpile"},
    "mines/year": {"mines_recovered_per_year"},
    "fields": {"planned_count", "unconfirmed_count", "site_count", "fields_cleared", "clearance_planned_count"},
    "sites": {"site_count", "exposed_count", "fields_cleared", "clearance_planned_count", "unconfirmed_count"},
    "bases": {"site_count", "sites_not_released"},
    "areas": {"areas_cleared_count"},
    "items": {"uxo_cleared"},
    "USD": {"funding_usd"},
    "accidents": {"accidents"},
    "persons": {"casualties", "killed", "injured", "compensation_applicants", "compensation_assisted"}
    | {"victims_surveyed", "victims_unreported", "victims_informed", "dead", "dead_missing"},
    "markers": {"count"},
    "ri": {"count"},
    "m": {"stage"},
    "mm": {"rain"},
    "mm/day": {"rain"},
    "m3/s": {"release"},
}
QUALIFIERS = {"exact", "about", "at least", "at most", "more than", "not available"}
RECORD_KINDS = {"event", "aggregate", "warning", "stored_munitions", "place_unknown", "date_unknown"}
DATE = re.compile(r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?")
KEYS = {"rivers": "line_id", "dams": "dam_id", "gauges": "gauge_id", "places": "name_en", "incidents": "id"}


@functools.cache
def rows(area, table):
    with (data_folder() / area / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream, strict=True))


@functools.cache
def study_area(area):
    return read_area(area)


@functools.cache
def line_points(area):
    points = {}
    for row in rows(area, "lines"):
        points.setdefault(row["line_id"], []).append((float(row["lon"]), float(row["lat"])))
    return points


@functools.cache
def source_key(area, citation):
    return study_area(area).source_key(citation)


@functools.cache
def key_counts(area, table):
    return Counter(key(table, row) for row in rows(area, table))


def key(table, row):
    return f"{row['line_id']}.{row['seq']}" if table == "lines" else row[KEYS.get(table, "key")]


CASES = [
    pytest.param(area, table, at, id=f"{area}-{table}-{key(table, row)}")
    for area in AREAS
    for table in (*TABLES, "lines")
    for at, row in enumerate(rows(area, table))
]


@pytest.mark.parametrize(("area", "table", "at"), CASES)
def test_row(area, table, at):
    row = rows(area, table)[at]
    assert None not in row, "more cells than columns"
    assert None not in row.values(), "fewer cells than columns"
    assert key_counts(area, table)[key(table, row)] == 1
    check_source(area, row)
    check_numbers(row)
    check_words(row)
    check_dates(row)
    check_place(area, table, row)
    CHECKS.get(table, lambda *_: None)(area, row, at)


def check_source(area, row):
    assert row["source"], "a row without a source"
    for column in SOURCES:
        if row.get(column):
            assert source_key(area, row[column]) in study_area(area).sources
    for column in ("source_url", "url", "published_url"):
        assert not row.get(column) or row[column].startswith(("http://", "https://"))
    if "confidence" in row:
        assert row["confidence"] in CONFIDENCES


def check_numbers(row):
    for column in NUMBERS & row.keys():
        if row[column]:
            assert math.isfinite(float(row[column])), column
    if row.get("value_max"):
        assert float(row["value_max"]) > float(row["value"])
    for column in ("uncertainty_km", "accuracy_km"):
        assert not row.get(column) or float(row[column]) > 0


def check_words(row):
    if "unit" in row:
        word = row["metric"] if row["unit"] not in ("m", "mm", "mm/day", "m3/s") else row["metric"].split("_")[0]
        assert word in UNITS[row["unit"]], f"{row['metric']} in {row['unit']}"
    if "qualifier" in row:
        assert row["qualifier"] in QUALIFIERS
        if row["unit"]:
            assert (row["value"] == "") == (row["qualifier"] == "not available")


def check_dates(row):
    for column in ("date", "date_start", "date_end", "period_start", "period_end", "as_of"):
        if row.get(column):
            assert DATE.fullmatch(row[column]), column
    for first, last in (("date_start", "date_end"), ("period_start", "period_end"), ("date", "date_end")):
        if row.get(first) and row.get(last):
            shorter = min(len(row[first]), len(row[last]))
            assert row[first][:shorter] <= row[last][:shorter]


def check_place(area, table, row):
    if "lon" not in row:
        return
    columns = list(row)
    assert columns.index("lon") < columns.index("lat"), "longitude stands first"
    assert bool(row["lon"]) == bool(row["lat"])
    if row["lon"]:
        west, south, east, north = study_area(area).bounds
        # finds and figures may lie beyond the map; what is drawn from tables of lines and places may not
        margin = 2.0 if table in ("incidents", "zones") else 0.0
        assert west - margin <= float(row["lon"]) <= east + margin
        assert south - margin <= float(row["lat"]) <= north + margin


def check_line(area, row, at):
    before = rows(area, "lines")[at - 1] if at else None
    continues = before is not None and before["line_id"] == row["line_id"]
    assert int(row["seq"]) == (int(before["seq"]) + 1 if continues else 0)
    if continues:
        assert [row[name] for name in ("kind", "name_en", "source")] == [before[name] for name in ("kind", "name_en", "source")]
    points = line_points(area)[row["line_id"]]
    assert len(points) >= 2
    assert row["kind"] != "island" or points[0] == points[-1], "an island is a closed ring"


def check_river(area, row, at):
    into = {other["line_id"]: other["flows_into"] for other in rows(area, "rivers")}
    path = [row["line_id"]]
    while into[path[-1]] != "sea":
        path.append(into[path[-1]])
        assert len(path) == len(set(path)), "rivers flow in a circle"
    points = line_points(area)
    junction = (float(row["junction_lon"]), float(row["junction_lat"]))
    assert points[row["line_id"]][-1] == pytest.approx(junction, abs=1e-9)
    if row["flows_into"] != "sea":
        nearest = min(math.dist(junction, point) for point in points[row["flows_into"]])
        assert nearest <= 1e-9, "the last point lies on a vertex of the river it joins"


def check_on_line(area, row, at):
    assert row["line_id"] in line_points(area)
    stages = [float(row[f"stage_{n}_m"]) for n in range(1, 5) if row.get(f"stage_{n}_m")]
    assert all(low < high for low, high in pairwise(stages))


def check_mine(area, row, at):
    low, high = row["density_g_cm3"], row["density_max_g_cm3"]
    if not low:
        # without a density only a note that states one may put a type in a class
        assert row["transport_class"] == "unknown" or "ensity" in row["note"]
        return
    middle = (float(low) + float(high or low)) / 2
    classes = ((0.95, "buoyant"), (1.15, "near_neutral"), (2.0, "heavy"), (math.inf, "dense"))
    assert row["transport_class"] == next(name for limit, name in classes if middle < limit)
    densities = [float(row["mass_g"]) / float(row[volume]) for volume in ("volume_cm3", "volume_max_cm3") if row[volume]]
    assert sorted(densities) == pytest.approx([float(number) for number in (low, high) if number], abs=0.0051)


def check_incident(area, row, at):
    assert row["record_kind"] in RECORD_KINDS
    assert row["flood_id"]
    assert (row["date_start"] == "") == (row["record_kind"] == "date_unknown")
    found, live = (float(row[column] or "nan") for column in ("n_found", "n_live"))
    assert not live > found


def check_policy(area, row, at):
    lengths = {"day": 10, "month": 7, "year": 4, "period": 4}
    assert len(row["date"]) == lengths[row["date_precision"]]
    assert row["korea_exception"] in ("yes", "no")
    assert row["fact"]


CHECKS = {
    "lines": check_line,
    "rivers": check_river,
    "dams": check_on_line,
    "gauges": check_on_line,
    "mines": check_mine,
    "incidents": check_incident,
    "policy": check_policy,
}


@pytest.mark.parametrize("area", AREAS)
def test_checksums_are_those_of_the_tables(area):
    assert dict.fromkeys(name for name, same in check_tables(data_folder() / area) if not same) == {}
    assert {name for name, _ in check_tables(data_folder() / area)} >= {f"{table}.csv" for table in (*TABLES, "lines")}


STATED_SUMS = [
    ("icbl-2007.total_area.ROK.2006", "icbl-2007.planned_area.ROK.2006 icbl-2007.unconfirmed_area.ROK.2006"),
    ("mnd-2003.total_area.ROK.2003", "mnd-2003.planned_area.ROK.2003 mnd-2003.unconfirmed_area.ROK.2003"),
    ("ndc-2010.total_area.ROK.2010", "ndc-2010.planned_area.ROK.2010 ndc-2010.unconfirmed_area.ROK.2010"),
    ("krimc-2018.total_area.ROK.2018", "krimc-2018.planned_area.ROK.2018 krimc-2018.unconfirmed_area.ROK.2018"),
    ("dmz.area.official", "dmz.area.south dmz.area.north"),
    ("dmz.area.south", "dmz.area.south_gyeonggi dmz.area.south_gangwon"),
    ("ccz.area.designation", "ccz.area.designation_gyeonggi ccz.area.designation_gangwon"),
    ("dmz_ccz.area.nie", "dmz.area.south ccz.area.implied_2016"),
    ("mdl.length.official", "mdl.length.gyeonggi mdl.length.gangwon"),
    ("audit-2020.mines_emplaced.rear.2020", "audit-2020.mines_cleared.rear.2020 audit-2020.mines_remaining.rear.2020"),
    ("hani-2011.mines_emplaced.rear.2006", "hani-2011.mines_cleared.rear.2006 hani-2011.mines_lost.rear.2006"),
]


@pytest.mark.parametrize(("total", "parts"), STATED_SUMS, ids=[total for total, _ in STATED_SUMS])
def test_stated_sum(total, parts):
    korea = study_area("korea")
    assert sum(korea.figure(part).value for part in parts.split()) == pytest.approx(korea.figure(total).value)


# the row of the whole, which column tells the parts, how many parts there are and what they add up to
TABLED_SUMS = [
    ("jcs-2018.site_count.ROK.2018", {}, 4, 1308),
    ("jcs-2018.mines_emplaced.ROK.2018", {}, 4, 828_000),
    ("rok-2006.mines_emplaced.ROK.2006", {}, 3, 1_008_000),
    ("krimc-2018.mines_emplaced.ROK.2018", {}, 3, 1_270_000),
    ("green-korea-2011.exposed_count.south_of_ccl.2011", {"as_of": "2011"}, 6, 92),
    ("kcbl-table1.mines_cleared.rear.1999_2006", {"scope": "rear|rear_dmz"}, 7, 55_019),
    ("kcbl-table1.fields_cleared.rear.1999_2006", {"scope": "rear"}, 7, 63),
    ("kcbl-table1.funding_usd.ROK.1999_2006", {"scope": "ROK"}, 8, 6_730_000),
    ("acrc-2021.site_count.rear.2021", {}, 13, 40),  # the headline says 35: conflict C7
    ("psa-2011.casualties.Gangwon.2011", {"as_of": "2011"}, 9, 228),
]


@pytest.mark.parametrize(("whole", "only", "n", "total"), TABLED_SUMS, ids=[case[0] for case in TABLED_SUMS])
def test_parts_of_a_series_add_up(whole, only, n, total):
    table = study_area("korea").tables["reported"]
    row = table.set_index("key").loc[whole]
    same = (table.series == row.series) & (table.metric == row.metric) & (table.key != whole)
    for column, word in only.items():
        same &= table[column].str.fullmatch(word)
    parts = table.value[same].dropna()
    assert (len(parts), parts.sum()) == (n, total)
    assert row.value == total or "C7" in row.note


DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("layer", [layer for layer in LAYERS if layer not in SURVEY_LAYERS])  # those speak for themselves
def test_docs_tell_the_layer_as_the_atlas_does(layer):
    about = study_area("korea").settings["about"][layer]
    text = (DOCS / "data.md").read_text(encoding="utf-8")
    assert f"### `{layer}`" in text
    assert about["en"] in text
    assert about["ko"]


@pytest.mark.parametrize("table", (*TABLES, "lines"))
def test_docs_state_the_number_of_rows(table):
    text = (DOCS / "data.md").read_text(encoding="utf-8")
    stated = re.search(rf"`{table}\.csv`[^(`]*\(([\d,]+) (?:rows|points)", text)
    assert stated, f"{table}.csv is not told"
    assert int(stated[1].replace(",", "")) == len(rows("korea", table))


@pytest.mark.parametrize("conflict", range(1, 19))
def test_docs_tell_every_conflict_the_notes_name(conflict):
    assert f"- **C{conflict} – " in (DOCS / "data.md").read_text(encoding="utf-8")


WORDS = (
    *(LAND_CLASSES, LAND_STATUSES, EVIDENCE, BASES, PRIORITIES, LAYERS, TEXTS),
    *(MARKING_TYPES, FENCE_CONDITIONS, SIGN_TEXTS, SHAPE_KINDS, POINT_KINDS, REPORT_KINDS),
)


@pytest.mark.parametrize("term", [term for table in WORDS for term in table.values()], ids=lambda term: term.key)
def test_docs_define_every_controlled_word(term):
    text = (DOCS / "terms.md").read_text(encoding="utf-8")
    cells = [f"`{term.key}`", *(cell for cell in term[1:] if cell)]
    assert f"| {' | '.join(cells)} |" in text
