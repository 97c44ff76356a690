"""Converting survey data: nobody's land may fall out on the way."""

import geopandas as gpd
import pandas as pd
import pyogrio
import pytest
import shapely
from click.testing import CliRunner

from geo.errors import ConfigError, DataError
from geo.exchange.records import read_survey
from layers.converting import converted

ASKED = {
    **{"kind": "hazards", "layer": None, "columns": None, "crs": None, "encoding": None, "reports": None},
    **{"area": "korea", "tier": "public", "dst_crs": None, "as_is": False, "overwrite": False},
}


def square(lon):
    return shapely.box(lon, 38.2, lon + 0.002, 38.202)


def written(path, shapes, **columns):
    columns = {"land_class": "SHA", "source": "unit 3"} | columns
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_file(path, layer="hazards")
    return path


def cells(tmp_path, source, **options):
    """The public cells, by their western edge to two decimals, and what was told."""
    told = list(converted(str(source), tmp_path / "out.gpkg", ASKED | options))
    return gpd.read_file(tmp_path / "out.gpkg", layer=options.get("kind", "hazards")), told


def touched(frame, shape):
    return frame[frame.intersects(shape)]


def test_parts_of_different_dates_and_a_hazard_that_ends_later_all_stay(tmp_path):
    shapes = [square(127.1), square(127.2), square(127.3)]
    source = written(
        tmp_path / "in.gpkg", shapes, id=["a", "a", "b"], shape_id=["1", "2", ""], as_of="2019 2020 2020".split(),
        valid_to=["", "", "2030-01-01"],
    )  # fmt: skip
    frame, _ = cells(tmp_path, source)
    assert all(len(touched(frame, shape)) for shape in shapes)


def test_an_earlier_version_gives_way_to_the_later(tmp_path):
    shapes = [square(127.1), square(127.2)]
    frame, _ = cells(tmp_path, written(tmp_path / "in.gpkg", shapes, id="a", valid_from=["2018", "2020"]))
    assert [len(touched(frame, shape)) > 0 for shape in shapes] == [False, True]


def test_a_national_term_and_a_report_say_the_class(tmp_path):
    shapes = [square(127.1), square(127.3)]
    source = written(
        tmp_path / "in.gpkg", shapes, id=["a", "b"], as_of="2019", land_class=["", "SHA"], national_term=["계획지뢰지대", ""]
    )
    said = pd.DataFrame({"hazard_id": ["b"], "report_id": ["r"], "date": ["2020-05-01"], "kind": ["ts"]})
    pyogrio.write_dataframe(said, source, layer="reports", append=True)
    frame, told = cells(tmp_path, source)
    assert [set(touched(frame, shape).land_class) for shape in shapes] == [{"CHA"}, {"CHA"}]
    assert not any(line.startswith("not written") for line in told)


def test_the_tables_beside_the_records_go_along_or_are_told(tmp_path):
    source = written(tmp_path / "in.gpkg", [square(127.1)], id=["b"], as_of="2019")
    said = pd.DataFrame({"hazard_id": ["b"], "report_id": ["r"], "date": ["2020-05-01"], "kind": ["ts"], "cleared_m2": [12.5]})
    pyogrio.write_dataframe(said, source, layer="reports", append=True)
    restricted = ASKED | {"tier": "restricted"}
    told = list(converted(str(source), tmp_path / "out.gpkg", restricted))
    assert not any("not written" in line for line in told)
    before, after = read_survey(source).reports, read_survey(tmp_path / "out.gpkg").reports
    pd.testing.assert_frame_equal(before, after)
    told = list(converted(str(source), tmp_path / "out.fgb", restricted))
    assert "not held by .fgb: reports: 1 rows beside the records are not written; GeoPackage holds them" in told


def test_unusable_records_are_refused_or_left_out_by_name(tmp_path):
    bow = shapely.Polygon([(127, 38), (127.01, 38.01), (127.01, 38), (127, 38.01)])
    source = written(tmp_path / "in.gpkg", [square(127.1), bow], id=["a", "b"])
    with pytest.raises(DataError, match="unusable records.*G01"):
        cells(tmp_path, source)
    assert not (tmp_path / "out.gpkg").exists()
    frame, told = cells(tmp_path, source, as_is=True, tier="restricted")
    assert frame["id"].tolist() == ["a"] and "left out, 1 of 2 records: b" in told[0]


def test_records_outside_the_area_and_unknown_tiers_are_refused(tmp_path):
    source = written(tmp_path / "in.gpkg", [shapely.box(38.2, 127.1, 38.202, 127.102)], id=["a"])
    with pytest.raises(DataError):
        cells(tmp_path, source)
    with pytest.raises(ConfigError, match="unknown tier"):
        cells(tmp_path, source, tier="secret")


def test_the_verbs_answer(tmp_path):
    from layers.cli import main

    source = written(tmp_path / "in.gpkg", [square(127.1)], id=["a"], as_of="2025-01-01")
    run = CliRunner().invoke(main, ["convert", str(source), str(tmp_path / "out.geojson"), "--tier", "restricted"])
    assert run.exit_code == 0 and "written: " in run.output
    run = CliRunner().invoke(main, ["check", str(source), "--today", "2025-06-01", "--json"])
    assert run.exit_code == 0 and run.output.startswith("[")
