"""What the command prints of supplied hazards is what its tier lets the files show."""

import functools
import io
import json
from pathlib import Path

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

import layers
import layers.show
import layers.show_reports
from geo.area import read_area
from geo.errors import ConfigError
from geo.measure import project
from layers.cli import main
from layers.show import SHOWN, areas_of, districts_of, printed, series_of
from layers.show_reports import article7_of, exposure_of
from layers.show_reports import changes_since as since

FIELD = shapely.box(-27.0307, 19.9751, -27.0103, 19.9853)


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture(scope="module", autouse=True)
def remembered(demo):
    """Make each atlas once: many tables here are told of the same. Builds that are written or verified are made anew."""
    known, build = {repr((("demo",), [], [])): demo}, layers.show.build

    @functools.wraps(build)
    def once(*area, **options):
        stamps = [Path(str(value)).stat().st_mtime_ns for value in options.values() if Path(str(value)).is_file()]
        asked = repr((area, sorted(options.items()), stamps))
        if asked not in known:
            known[asked] = build(*area, **options)
        return known[asked]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(layers.show, "build", once)
        patch.setattr(layers.show_reports, "build", once)
        yield


@pytest.fixture(scope="module")
def survey(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "survey.gpkg"
    gpd.GeoDataFrame({"id": ["YC-014"], "zone": ["Hill 395"]}, geometry=[FIELD], crs=4326).to_file(path)
    return path


@pytest.fixture(scope="module")
def restricted(survey, tmp_path_factory):
    folder = tmp_path_factory.mktemp("build") / "demo"
    run("build", "demo", "--planned", survey, "--tier", "restricted", "-o", folder)
    return folder


@pytest.mark.parametrize("by", ["layer", "class", "district"])
def test_public_figures_of_supplied_hazards_are_rough(survey, by):
    table = pd.read_csv(io.StringIO(run("areas", "demo", "--planned", survey, "--by", by, "-f", "csv")))
    rough = table[table.layer == "planned_minefields"] if "layer" in table else table
    km2 = rough[["gross_km2", "net_km2"]].dropna().to_numpy()
    assert len(km2) and (km2 == km2.round(1)).all()
    assert not rough.n_features.between(1, 4).any() and "Hill" not in table.to_string()
    exact = pd.read_csv(io.StringIO(run("areas", "demo", "--planned", survey, "--by", by, "-f", "csv", "--tier", "restricted")))
    assert (exact.gross_km2.dropna() != exact.gross_km2.dropna().round(1)).any()


@pytest.fixture(scope="module")
def schematic(demo_build):
    return demo_build[0]


@pytest.fixture(scope="module")
def public_told(survey, tmp_path_factory):
    """Return a public build and what was printed of it."""
    folder = tmp_path_factory.mktemp("build") / "demo"
    return folder, run("build", "demo", "--planned", survey, "-o", folder)


@pytest.fixture(scope="module")
def public(public_told):
    return public_told[0]


def test_build_prints_the_table_that_it_writes(public_told):
    folder, told = public_told
    written = pd.read_csv(folder / "areas.csv", keep_default_na=False, na_values=[""])
    written = written.astype({"n_features": "Int64"}).fillna({"series": "", "as_of": ""})
    assert printed(written[SHOWN], "table") in told


@pytest.fixture(scope="module")
def halves(tmp_path_factory):
    """Return districts that part the demo at 27 W, and their codes."""
    path = tmp_path_factory.mktemp("halves") / "halves.gpkg"
    columns = {"SIG_CD": ["11", "12"], "SIG_ENG_NM": ["Goseong-gun", "Goseong-gun"], "SIG_KOR_NM": ["고성군", "고성군"]}
    boxes = [shapely.box(-27.3, 19.6, -27.0, 20.3), shapely.box(-27.0, 19.6, -26.6, 20.3)]
    gpd.GeoDataFrame(columns, geometry=boxes, crs=4326).to_file(path)
    return path


@pytest.mark.parametrize("by", ["layer", "class", "district"])
def test_a_build_folder_groups_as_its_area_does(schematic, by):
    pd.testing.assert_frame_equal(areas_of(str(schematic), by, {}), areas_of("demo", by, {}), rtol=1e-9, check_dtype=False)


def test_a_build_folder_takes_districts_for_its_table_by_district(schematic, restricted, halves):
    table = areas_of(str(schematic), "district", {"districts": str(halves)})
    assert table[["code", "name_en", "name_ko"]].drop_duplicates().values.tolist()[:2] == [
        ["11", "Goseong-gun", "고성군"],
        ["12", "Goseong-gun", "고성군"],
    ]
    exact = areas_of(str(restricted), "district", {"districts": str(halves)})
    field = exact[exact.layer == "planned_minefields"]
    assert field.n_features.tolist() == [1] and field.gross_km2.iloc[0] != round(field.gross_km2.iloc[0], 1)
    assert "n_features_told" not in exact and "measured_on" not in exact


def test_a_public_build_tells_that_it_measured_cells(public):
    for by in ("class", "district"):
        table = areas_of(str(public), by, {})
        rough = table[table.measured_on == "1 km cells"]
        assert len(rough) and (rough.gross_km2 == rough.gross_km2.round(1)).all()
        assert not rough.n_features.between(1, 4).any()
    assert set(table.measured_on) == {"1 km cells", "features"}
    assert set(table.layer[table.measured_on == "1 km cells"]) == {"planned_minefields"}


def test_a_share_gives_no_exact_area_away(survey, halves):
    table = areas_of("demo", "district", {"planned": str(survey), "districts": str(halves)})
    field = table[table.layer == "planned_minefields"].iloc[0]
    exact = areas_of("demo", "district", {"planned": str(survey), "districts": str(halves), "tier": "restricted"})
    true = exact[exact.layer == "planned_minefields"].iloc[0]
    assert field.share_percent / field.net_km2 == pytest.approx(true.share_percent / true.net_km2)
    assert field.n_features_told == "<5" and "<5" in printed(table, "table") and "_told" not in printed(table, "table")


def test_small_districts_would_place_a_public_hazard_too_exactly(survey, tmp_path):
    columns = {"code": ["1", "2"], "name": ["One", "Two"]}
    boxes = [shapely.box(-27.03, 19.976, -27.025, 19.98), shapely.box(-27.0, 19.7, -26.9, 20.0)]
    gpd.GeoDataFrame(columns, geometry=boxes, crs=4326).to_file(tmp_path / "small.gpkg")
    given = {"planned": str(survey), "districts": str(tmp_path / "small.gpkg")}
    for asked in (lambda: areas_of("demo", "district", given), lambda: article7_of("demo", given)):
        with pytest.raises(ConfigError, match="districts finer than the public grid: 1: expected at least 1 km²"):
            asked()
    assert "1" in set(areas_of("demo", "district", {**given, "tier": "restricted"}).code)
    assert "1" in set(areas_of("demo", "district", {"districts": given["districts"]}).code), "nothing of anybody's"


def test_recorded_districts_are_found_and_their_loss_is_told(halves, tmp_path, monkeypatch):
    own = tmp_path / "own.gpkg"
    own.write_bytes(halves.read_bytes())
    run("build", "demo", "--districts", own, "-o", tmp_path / "demo")
    assert set(areas_of(str(tmp_path / "demo"), "district", {}).code) == {"11", "12"}
    monkeypatch.chdir(tmp_path)
    own.rename(tmp_path / "elsewhere.gpkg")
    with pytest.raises(ConfigError, match="districts are not to be found: own.gpkg: .*--districts"):
        areas_of(str(tmp_path / "demo"), "district", {})
    own.write_bytes(b"other")
    with pytest.raises(ConfigError, match="districts are others by now"):
        areas_of(str(tmp_path / "demo"), "district", {})


def test_series_of_a_build_are_those_of_its_area(schematic):
    pd.testing.assert_frame_equal(series_of(str(schematic)), series_of("demo"))


def test_since_a_build_of_the_same_nothing_changed(schematic):
    found = since("demo", schematic, "layer", {})
    assert found.plain["log"].empty and (found.plain["table"].n_difference == 0).all()
    text = found.told("table")
    assert "no feature changed" in text and "drawn for series demo-2020, seed 2020 both times" in text
    assert json.loads(found.told("json"))["log"] == []
    assert found.told("csv").startswith("layer,n_then,n_now") and found.told("csv", "log").startswith("layer,id,change")


def test_since_another_draw_compares_totals(schematic):
    found = since("demo", schematic, "layer", {"seed": 7, "series": "demo-2010"})
    row = found.plain["table"].set_index("layer").loc["planned_minefields"]
    assert row.net_difference_km2 == pytest.approx(-0.5, rel=1e-4) and row.note == "simulated: totals only"
    assert "planned_minefields" not in set(found.plain["log"].layer)
    assert "series demo-2020, seed 2020 then, series demo-2010, seed 7 now" in found.told("table")


def test_since_of_supplied_hazards_names_cells_in_public_and_ids_in_restricted(survey, public, restricted, tmp_path):
    moved = gpd.read_file(survey)
    moved = pd.concat([moved.translate(0.05).to_frame("geometry").assign(id="YC-015"), moved], ignore_index=True)
    moved.to_file(tmp_path / "survey.gpkg")
    given = {"planned": str(tmp_path / "survey.gpkg")}
    text = since("demo", public, "layer", given).told("table")
    assert "YC-01" not in text and "cell1km" in text
    log = since("demo", restricted, "layer", {**given, "tier": "restricted"}).plain["log"]
    ours = log[log.layer == "planned_minefields"]
    assert ours[["id", "change"]].iloc[0].tolist() == ["YC-015", "added"]
    assert "no longer listed" not in set(ours.change)


def test_builds_of_two_tiers_or_areas_are_not_compared(restricted, public):
    with pytest.raises(ConfigError, match="builds of different tiers .*build with --tier restricted"):
        since(str(public), restricted, "layer", {})
    with pytest.raises(ConfigError, match="changes are told by layer or district"):
        since(str(public), public, "class", {})


def test_since_by_district_of_two_folders(schematic, public):
    table = since(str(public), schematic, "district", {}).plain["table"]
    planned = table[table.layer == "planned_minefields"]
    assert planned.note.str.contains("simulated then, not simulated now").any()
    assert (planned.net_now_km2 - planned.net_then_km2 - planned.net_difference_km2).abs().max() < 1e-9


def test_form_c_without_supplied_hazards_gives_reported_totals(schematic):
    for name in ("demo", str(schematic)):
        text = article7_of(name, {}).told("markdown")
        assert "No mined area was supplied" in text and "demo-2020" in text and "Areas that contain mines" not in text
    csv = article7_of("demo", {}).told("csv")
    assert "demo-2010" in csv and "No mined area was supplied" in csv


def test_form_c_of_supplied_hazards(survey, public):
    told = article7_of("demo", {"planned": str(survey), "tier": "restricted"})
    assert told.plain["rows"].n_areas.tolist() == [1]
    text = told.told("markdown")
    assert "## C.2 Areas suspected to contain mines" in text and "| none supplied |" in text
    rough = article7_of("demo", {"planned": str(survey)}).told("table")
    assert "<5" in rough and "not given in the public tier" in rough and "YC-014" not in rough
    assert "1 km cells" in article7_of(str(public), {}).told("table")


@pytest.fixture(scope="module")
def towns(tmp_path_factory):
    path = tmp_path_factory.mktemp("people") / "towns.gpkg"
    places = [FIELD.centroid, shapely.Point(-27.2, 20.15)]
    gpd.GeoDataFrame({"pop": [1203, 5000], "base_year": "2018"}, geometry=places, crs=4326).to_file(path)
    return path


def test_people_near_the_supplied_field(survey, towns):
    report = exposure_of("demo", towns, {"planned": str(survey), "tier": "restricted"})
    row = report.plain["rows"].set_index("layer").loc["planned_minefields"]
    assert row[["people_100m", "people_500m"]].tolist() == [1203, 1203] and row.told_100m == "1,300"
    text = report.told("table")
    assert "1,300" in text and "towns.gpkg, as of 2018" in text and "screening zone" in text
    assert "simulated: not people at risk" in text, "the unconfirmed fields"
    assert report.told("csv").startswith("layer,label,simulated,n_features,people_100m")


def test_people_near_a_public_build_are_counted_from_cells(public, towns):
    rows = exposure_of(str(public), towns, {}).plain["rows"].set_index("layer")
    assert rows.label["planned_minefields"].startswith("1 km cells") and rows.people_100m["planned_minefields"] == 1203
    assert pd.isna(rows.n_features["planned_minefields"])


def test_the_people_column_and_distances_are_the_users(schematic, towns):
    report = exposure_of(str(schematic), towns, {}, column="pop", as_of="2015", distances_m=(50, 9000))
    assert {"people_50m", "people_9000m"} <= set(report.plain["rows"]) and "as of 2015" in report.told("table")
    with pytest.raises(ConfigError, match="as it was written: .*--seed"):
        exposure_of(str(schematic), towns, {"seed": 7})


@pytest.mark.parametrize("option", [("--series", "demo-2010"), ("--seed", "7"), ("--tier", "restricted"), ("--workers", "2")])
def test_a_build_folder_takes_no_option_of_an_area(restricted, option):
    result = CliRunner().invoke(main, ["areas", str(restricted), *option])
    assert result.exit_code == 2 and f"as it was written: {restricted}: found {option[0]}" in result.output


def test_the_map_of_a_build_finds_the_users_files_and_keeps_them_private(restricted, survey, tmp_path, monkeypatch):
    from geo.maps.web import AtlasMap

    seen, save = [], AtlasMap.save
    monkeypatch.setattr(AtlasMap, "save", lambda page, path: seen.append(path.parent.stat().st_mode & 0o777) or save(page, path))
    (tmp_path / "old.html").write_text("old")
    for name in ("new.html", "old.html"):
        run("map", restricted, "--inputs", survey.parent, "-o", tmp_path / name, "--overwrite")
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert (tmp_path / name).read_bytes() == (restricted / "atlas.html").read_bytes()
    assert seen == [0o700, 0o700], "from the first byte it lies where nobody else looks"


def test_series_in_any_order_verify(tmp_path):
    """JSON that sorts its keys would give the rows of the area table another order."""
    config, known = tmp_path / "more.toml", read_area("demo").settings["series"]
    with config.open("w", encoding="utf-8") as stream:
        for name, like in (("zeta", "demo-2010"), ("alpha", "demo-1990")):
            stream.write(f"[series.{name}]\n")
            stream.writelines(f"{key} = {json.dumps(value)}\n" for key, value in known[like].items())
    run("build", "demo", "--config", config, "-o", tmp_path / "demo")
    assert "all hold" in run("verify", tmp_path / "demo")


def test_districts_follow_a_supplied_front(demo, tmp_path):
    front = demo["mdl"].frame.assign(layer="mdl", geometry=lambda frame: frame.translate(0, -0.02))
    front[["layer", "geometry"]].to_file(tmp_path / "front.gpkg")
    moved = layers.build("demo", boundary=tmp_path / "front.gpkg")
    north_m = [project(districts_of(atlas), atlas.area.crs).total_bounds[3] for atlas in (demo, moved)]
    assert np.diff(north_m)[0] == pytest.approx(-0.02 * 110_700, rel=0.05)


ODD = {
    "parts, a hole, and a ring that runs clockwise": (  # a build takes its time: what stays a field of some size is one build
        [
            shapely.MultiPolygon([FIELD, shapely.box(-26.98, 19.975, -26.97, 19.981)]),
            shapely.transform(FIELD.difference(FIELD.buffer(-0.003)), lambda points: points - [0, 0.02]),
            shapely.transform(FIELD.reverse(), lambda points: points - [0, 0.04]),
        ],
        "",
    ),
    "heights": (shapely.force_3d(FIELD, 12.0), ""),
    "tiny, and in the sea": (
        [shapely.box(-27.03, 19.975, -27.03 + 1e-9, 19.975 + 1e-9), shapely.box(-27.19, 19.76, -27.18, 19.77)],
        "",
    ),
    "collection": (
        shapely.GeometryCollection([FIELD, shapely.Point(-27, 19.98)]),
        "YC-014 (GeometryCollection, expected Polygon)",
    ),
    "line": (FIELD.exterior, "YC-014 (LineString, expected Polygon)"),
    "overlapping parts": (shapely.MultiPolygon([FIELD, FIELD]), "YC-014 (Self-intersection"),
    "stray hole": (
        shapely.Polygon(FIELD.exterior.coords, [shapely.box(-26, 19, -25.9, 19.1).exterior.coords]),
        "YC-014 (Hole lies",
    ),
    "no number": (
        shapely.transform(FIELD, lambda points: points * [[1], [1], [np.nan], [1], [1]]),
        "YC-014 (Invalid Coordinate",
    ),
    "empty": (shapely.MultiPolygon(), "YC-014 (empty geometry"),
}


@pytest.mark.parametrize("case", ODD)
def test_every_odd_geometry_gives_a_build_or_one_line(tmp_path, case):
    shape, told = ODD[case]
    shapes = shape if isinstance(shape, list) else [shape]
    path = tmp_path / "odd.parquet"
    gpd.GeoDataFrame({"id": [f"YC-{14 + n:03}" for n in range(len(shapes))]}, geometry=shapes, crs=4326).to_parquet(path)
    result = CliRunner().invoke(main, ["-q", "build", "demo", "--planned", str(path), "-o", str(tmp_path / "demo")])
    assert (result.exit_code, told in result.output) == (3 if told else 0, True), result.output
    assert not told or result.output.count("\n") == 1
