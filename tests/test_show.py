"""What the command prints of supplied hazards is what its tier lets the files show."""

import io
import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from click.testing import CliRunner

import layers
from geo.area import read_area
from geo.measure import project
from layers.cli import main
from layers.show import SHOWN, districts_of, printed

FIELD = shapely.box(-27.0307, 19.9751, -27.0103, 19.9853)


def run(*arguments):
    result = CliRunner().invoke(main, [str(argument) for argument in arguments])
    assert result.exit_code == 0, result.output
    return result.stdout


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
    assert not (rough.n_features < 5).any() and "Hill" not in table.to_string()
    exact = pd.read_csv(io.StringIO(run("areas", "demo", "--planned", survey, "--by", by, "-f", "csv", "--tier", "restricted")))
    assert (exact.gross_km2.dropna() != exact.gross_km2.dropna().round(1)).any()


def test_build_prints_the_table_that_it_writes(survey, tmp_path):
    told = run("build", "demo", "--planned", survey, "-o", tmp_path / "demo")
    written = pd.read_csv(tmp_path / "demo" / "areas.csv", keep_default_na=False, na_values=[""])
    written = written.astype({"n_features": "Int64"}).fillna({"series": "", "as_of": ""})
    assert printed(written[SHOWN], "table") in told


@pytest.mark.parametrize("option", [("--series", "demo-2010"), ("--seed", "7"), ("--tier", "restricted"), ("--workers", "2")])
def test_a_build_folder_takes_no_option_of_an_area(restricted, option):
    result = CliRunner().invoke(main, ["areas", str(restricted), *option])
    assert result.exit_code == 2 and f"as it was written: {restricted}: found {option[0]}" in result.output


def test_the_map_of_a_build_finds_the_users_files_and_keeps_them_private(restricted, survey, tmp_path, monkeypatch):
    from geo.maps.web import AtlasMap

    seen, save = [], AtlasMap.save
    monkeypatch.setattr(AtlasMap, "save", lambda page, path: seen.append(path.stat().st_mode & 0o777) or save(page, path))
    (tmp_path / "old.html").write_text("old")
    for name in ("new.html", "old.html"):
        run("map", restricted, "--inputs", survey.parent, "-o", tmp_path / name, "--overwrite")
        assert (tmp_path / name).stat().st_mode & 0o777 == 0o600
        assert (tmp_path / name).read_bytes() == (restricted / "atlas.html").read_bytes()
    assert seen == [0o600, 0o600], "before the first byte"


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
    "parts": (shapely.MultiPolygon([FIELD, shapely.box(-26.98, 19.975, -26.97, 19.981)]), ""),
    "hole": (shapely.Polygon(FIELD.exterior.coords, [FIELD.buffer(-0.003).exterior.coords]), ""),
    "heights": (shapely.force_3d(FIELD, 12.0), ""),
    "clockwise": (FIELD.reverse(), ""),
    "tiny": (shapely.box(-27.03, 19.975, -27.03 + 1e-9, 19.975 + 1e-9), ""),
    "sea": (shapely.box(-27.19, 19.76, -27.18, 19.77), ""),
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
    path = tmp_path / "odd.parquet"
    gpd.GeoDataFrame({"id": ["YC-014"]}, geometry=[shape], crs=4326).to_parquet(path)
    result = CliRunner().invoke(main, ["-q", "build", "demo", "--planned", str(path), "-o", str(tmp_path / "demo")])
    assert (result.exit_code, told in result.output) == (3 if told else 0, True), result.output
    assert not told or result.output.count("\n") == 1
