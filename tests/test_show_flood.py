"""What the verb ``displace`` tells and writes, on the demo: text, tables, JSON, a folder that is there whole or not at all."""

import io
import json
from dataclasses import replace

import numpy as np
import pandas as pd
import pyogrio
import pytest

from geo.errors import ConfigError
from geo.source import data_folder
from layers.displacement import ItemLevel
from layers.level import closed
from layers.request import request
from layers.scene import flooded, scene
from layers.sensitivity import QUANTITIES, quantities, top_zones, zone_keys
from layers.show_flood import FORMAT, as_json, flood_run, rivers_table, told, write_run

DEM = data_folder() / "demo" / "dem.tif"
FORMS = ("table", "csv", "json", "markdown")


@pytest.fixture(scope="module")
def plain():
    return flood_run("demo")


@pytest.fixture(scope="module")
def full():
    """Terrain, members, a place and what matters most."""
    return flood_run("demo", dem=DEM, members=6, place="Fordham", sensitivity=4)


@pytest.fixture(scope="module")
def dry():
    return flood_run("demo", place="-26.75,19.8")


def read_csv(text):
    return pd.read_csv(io.StringIO(text))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("run", ["plain", "full", "dry"])
def test_every_form_tells_something(run, form, request):
    text = told(request.getfixturevalue(run), form)
    assert isinstance(text, str) and text.endswith("\n") and "nan" not in text.lower().split()


def test_table_tells_level_account_and_what_it_is_not(plain):
    text = told(plain, "table")
    assert text.startswith("Flood model, rivers only: 100-year flood, one run at central values, no band")
    assert "origins are never added" in text and "Alder River" not in text and "alder" in text
    assert "not a probability of harm" in text and "does not mean no mines" in text


def test_rivers_share_out_the_whole_deposit(plain, full):
    for run in (plain, full):
        table = rivers_table(run)
        assert table.groupby("origin")["percent"].sum().to_numpy() == pytest.approx(100.0)
        assert (table["percent_q05"] <= table["percent_q95"] + 1e-9).all()
        sizes = table[["high_km2", "middle_km2", "lower_km2", "undetermined_km2"]].sum(axis=1)
        layer = run.layer.frame.groupby(["origin", "river"])["area_m2"].sum() / 1e6
        assert sizes.to_numpy() == pytest.approx([layer[(row.origin, row.river)] for row in table.itertuples()], rel=1e-9)
    assert read_csv(told(plain, "csv"))["percent"].to_numpy() == pytest.approx(rivers_table(plain)["percent"], rel=1e-6)


def test_json_holds_everything(full, plain):
    value = json.loads(told(full, "json"))
    assert set(value) == {"meta", "ledger", "rivers", "sensitivity", "place"}
    assert value["meta"]["members"] == 6 and value["meta"]["simulated"] is True and "parameters" not in value["meta"]
    assert value["place"]["name"] == "Fordham" and value["place"]["zones"] and value["place"]["sources"]
    ledger = pd.DataFrame(value["ledger"])
    assert ledger["residual"].abs().max() < 1e-9
    assert set(json.loads(told(plain, "json"))) == {"meta", "ledger", "rivers"}


def test_place_names_reaches_with_their_band(full):
    text = told(full, "table")
    assert text.startswith("What floods could bring to Fordham (within 1 km); terrain")
    assert "from alder-0" in text and "priority" in text and "south (expected southern fields)" in text
    rows = read_csv(told(full, "csv"))
    assert {"origin", "source", "share", "q05", "q95", "class", "index"} <= set(rows.columns)
    assert len(rows) == len(full.reading.sources)


def test_place_that_nothing_reaches_is_not_called_safe(dry):
    text = told(dry, "table")
    assert "has not been assessed" in text and "does not mean that nothing can come" in text
    assert len(read_csv(told(dry, "csv"))) == 0


def test_mistaken_place_is_told_before_the_model_runs():
    with pytest.raises(ConfigError, match="did you mean Fordham"):
        flood_run("demo", place="Fordam")


def test_sensitivity_is_finite_and_ranked(full):
    table = full.sensitivity
    names = {f"{origin} {quantity}" for origin in ("north", "south") for quantity in QUANTITIES}
    assert set(table["quantity"]) == names
    for column in ("first", "total", "first_se", "total_se", "central", "at_low", "at_high"):
        assert np.isfinite(table[column]).all(), column
    assert (table["total"] >= 0).all()
    for _, rows in table.groupby("quantity"):
        assert rows["total"].is_monotonic_decreasing
    matter = table[(table["quantity"] == "south mobilised") & (table["swing"] > 0)]["parameter"]
    assert "p_ref" in set(matter) and "tau_c_pa" in set(matter), "bands and terrain both have sources"


def test_quantities_are_shares(full, plain):
    for run in (full, plain):
        assert zone_keys(run.result.zones).is_unique, "terrain covers half of a reach: bands lie beside"
        values = quantities(run.result, top_zones(run.result))
        assert values.shape == (6, run.result.members) and np.isfinite(values).all()
        assert (values[[0, 3]] >= 0).all() and ((values[[1, 2, 4, 5]] >= 0) & (values[[1, 2, 4, 5]] <= 1)).all()
    held = quantities(plain.result, top_zones(plain.result))[[2, 5], 0]
    assert (held >= 0.5 * 0.9).all(), "the densest zones hold half of the deposit, the estuary's apart"


def test_a_run_is_written_whole(full, tmp_path):
    target = tmp_path / "run"
    write_run(full, target)
    assert {path.name for path in target.iterdir()} == {
        "run.json",
        "reaches.csv",
        "rivers.csv",
        "ledger.csv",
        "sensitivity.csv",
        "flood_displacement.parquet",
        "flood_displacement.geojson",
        "displacement.tif",
        "displacement.qml",
    }
    about = json.loads((target / "run.json").read_text(encoding="utf-8"))
    assert about["format"] == FORMAT and about["parameters"]["members"] == 6 and about["parameters"]["dem"] == ["dem.tif"]
    assert len(pyogrio.read_dataframe(target / "flood_displacement.geojson")) == len(full.layer.frame)
    assert len(pd.read_csv(target / "reaches.csv")) == len(full.result.reaches)
    assert str(tmp_path) not in (target / "run.json").read_text(encoding="utf-8")


def test_no_terrain_no_raster(plain, tmp_path):
    write_run(plain, tmp_path / "run")
    names = {path.name for path in (tmp_path / "run").iterdir()}
    assert "displacement.tif" not in names and "sensitivity.csv" not in names


def test_what_stands_there_is_kept(plain, tmp_path):
    target = tmp_path / "run"
    write_run(plain, target)
    with pytest.raises(ConfigError, match="target exists.*--overwrite"):
        write_run(plain, target)
    (target / "stale.txt").write_text("old", encoding="utf-8")
    write_run(plain, target, overwrite=True)
    assert not (target / "stale.txt").exists()
    foreign = tmp_path / "letters"
    foreign.mkdir()
    (foreign / "a.txt").write_text("dear", encoding="utf-8")
    with pytest.raises(ConfigError, match="holds no run"):
        write_run(plain, foreign, overwrite=True)
    assert (foreign / "a.txt").read_text(encoding="utf-8") == "dear"


def test_a_run_that_fails_leaves_nothing(plain, tmp_path, monkeypatch):
    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr("layers.show_flood.write_geojson", broken)
    with pytest.raises(OSError, match="disk full"):
        write_run(plain, tmp_path / "run")
    assert list(tmp_path.iterdir()) == []


def test_the_same_run_writes_the_same_bytes(plain, tmp_path):
    for name in ("one", "two"):
        write_run(plain, tmp_path / name)
    for path in sorted((tmp_path / "one").iterdir()):
        assert path.read_bytes() == (tmp_path / "two" / path.name).read_bytes(), path.name


def test_json_of_a_run_is_plain(full):
    assert json.loads(json.dumps(as_json(full), allow_nan=False))["meta"]["basis"] == "modelled"


@pytest.mark.parametrize("psi", [1.0, 0.1])
def test_the_level_closes_on_the_counted_losses_whatever_psi_was_set(psi):
    asked = request("demo", config={"level": {"mines": "demo-2020.mines_remaining.whole.2020"}, "flood": {"psi": psi}})
    shut = closed(scene(asked), asked.flood)
    lambda_nat, mines = 5.8e-4, 10_000
    again = flooded(
        scene(asked),
        replace(asked.flood, scenario="annual"),
        level=ItemLevel(shut.level.psi, mines / float(scene(asked).sources["mined_km2"].sum())),
    )[1]
    lost = next(ledger for ledger in again.ledgers if ledger.origin == "south").mobilised.sum()
    assert lost + shut.level.remainder_per_yr.sum() == pytest.approx(lambda_nat * mines, rel=1e-9)
    assert again.meta["units"] == {"north": "index/yr", "south": "items/yr"}
