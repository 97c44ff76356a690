"""The hindcast of the shipped areas: every record accounted for, the issue's shape, honest words, the same bytes."""

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from shared import made_once

from geo.area import read_area
from geo.errors import ConfigError, DataError
from geo.flood.baselines import BASELINES, HindcastParameters
from layers.hindcast import hindcast
from layers.hindcast_rules import run_model
from layers.hindcast_told import power_line, verdicts
from layers.request import request

PERCENTS = ["1", "2", "5", "10", "20"]


@pytest.fixture(scope="module")
def korean(run_folder):
    """Return the hindcast of Korea on cells of 500 m, for speed."""
    params = HindcastParameters()
    params = replace(params, cell_m=replace(params.cell_m, value=500.0))
    return made_once(run_folder, "korean_hindcast", lambda: hindcast("korea", params=params))


@pytest.fixture(scope="module")
def told(korean):
    return json.loads(json.dumps(korean.to_json(), allow_nan=False))


@pytest.fixture(scope="module")
def invented():
    return hindcast("demo")


@pytest.fixture(scope="module")
def demo_run():
    return run_model(request("demo"))


@pytest.fixture
def same_run(demo_run, monkeypatch):
    """Run the model once for hindcasts that differ in their finds alone: no find enters it."""
    monkeypatch.setattr("layers.hindcast.run_model", lambda asked: demo_run)


def test_shape_for_machines(told):
    assert list(told) == ["all_land", "effort_matched"]
    for part in told.values():
        assert set(part) == {"n", "capture", "interval", "lift", "ausrc", "shift_p", "skipped"}
        for name in ("capture", "interval", "lift", "ausrc"):
            assert set(part[name]) == {"model", *BASELINES}
        assert list(part["capture"]["model"]) == PERCENTS
        assert part["capture"]["B3"] is part["interval"]["B3"] is part["ausrc"]["B3"] is None  # no terrain: never invented
        assert 1 / 1000 <= part["shift_p"] <= 1


def test_every_record_is_scored_or_skipped_with_a_reason(korean, told):
    rows = read_area("korea").tables["incidents"]
    for name, trial in korean.trials.items():
        reasons = {entry["id"]: entry["reason"] for entry in told[name]["skipped"]}
        left_out = set(reasons) & set(rows["id"])
        assert trial.n_finds + len(left_out) == len(rows)
        assert set(rows["id"][rows["record_kind"] != "event"]) <= left_out
        assert reasons["F03"] == "record kind aggregate" and reasons["F04"] == "outside the area"
        assert "no terrain" in reasons["B3"]
        assert trial.n == told[name]["n"] <= trial.n_finds and trial.n_events <= trial.n


def test_numbers_hang_together(korean, told):
    for name, part in told.items():
        for ranking, values in part["capture"].items():
            if values is None:
                continue
            curve = [values[percent] for percent in PERCENTS]
            assert curve == sorted(curve) and curve[0] >= 0 and curve[-1] <= 1
            for percent, value in values.items():
                low, high = part["interval"][ranking][percent]
                assert low <= value <= high
                assert part["lift"][ranking][percent] == pytest.approx(value / (float(percent) / 100))
        assert [part["capture"]["B0"][percent] for percent in PERCENTS] == pytest.approx([0.01, 0.02, 0.05, 0.1, 0.2], rel=0.01)
        trial = korean.trials[name]
        assert trial.floods["n_finds"].sum() <= trial.n_finds
        assert "unknown" not in "".join(trial.floods["flood_id"])


def test_ground_is_own_land(korean, invented, demo_run):
    assert korean.trials["all_land"].km2 > korean.trials["effort_matched"].km2 > 0
    own = demo_run.scene.ground.land.intersection(demo_run.scene.ground.south).area / 1e6
    assert own < invented.trials["all_land"].km2 < 1.05 * own  # and the estuary


def test_words_say_what_the_numbers_say(korean):
    text = korean.reading
    beaten = {name: {word: len(rules) for word, rules in verdicts(trial).items()} for name, trial in korean.trials.items()}
    scored = len(BASELINES) - 1
    assert all(sum(count.values()) == scored for count in beaten.values())
    assert "did not beat every rule: the zones stay a screening index" in text  # B3 is not scored, so it cannot be claimed
    for trial in korean.trials.values():
        assert power_line(trial.n) in text
        assert f"{trial.n_finds} finds, {trial.n} clusters" in text
    assert not any(word in text.lower() for word in ("safe", "probability of harm", "cleared"))


def test_assumptions_are_listed(korean):
    table = korean.assumed.set_index("name")
    assert set(table["tag"]) == {"assumed"}
    assert table.loc["hindcast.cell_m", "value"] == "500.0"


def test_the_same_seed_gives_the_same_numbers_and_pictures(invented, tmp_path):
    again = hindcast("demo")
    assert again.to_json() == invented.to_json()
    pd.testing.assert_frame_equal(again.frame, invented.frame)
    for ending in ("svg", "png"):
        first, second = tmp_path / f"a.{ending}", tmp_path / f"b.{ending}"
        invented.plot(first)
        again.plot(second)
        assert first.read_bytes() == second.read_bytes()
    drawn = (tmp_path / "a.svg").read_text(encoding="utf-8")
    assert "dc:date" not in drawn and "<svg" in drawn
    with pytest.raises(ConfigError, match=r"expected .svg or .png, found .pdf"):
        invented.plot(tmp_path / "a.pdf")


def own_incidents(path, xy_m, crs, **changed):
    """Write a minimal table of finds at places of a projected CRS."""
    lonlat = gpd.GeoSeries(shapely.points(np.asarray(xy_m, dtype=float)), crs=crs).to_crs("EPSG:4326")
    columns = {
        "id": [f"X{i}" for i in range(len(xy_m))],
        "record_kind": "event",
        "flood_id": [f"f{i}" for i in range(len(xy_m))],
        "lon": lonlat.x,
        "lat": lonlat.y,
        "uncertainty_km": 0.05,
        "origin": "south",
    }
    pd.DataFrame(columns | changed).to_csv(path, index=False)
    return path


def test_finds_set_where_the_model_ranks_first_or_nowhere(tmp_path, demo_run, same_run):
    area, here = demo_run.scene.area, demo_run
    zones = here.result.zones[here.result.zones["origin"] == "south"].sort_values("items_km2", ascending=False)
    wide = (zones["band"] == 1) & (zones["outer_m"] > 115)  # a narrower corridor slips between cells of 250 m
    middle = zones[wide & shapely.contains(here.scene.ground.south, zones.geometry.values)].head(4)
    best = [(point.x, point.y) for point in middle.geometry.representative_point()]
    top = hindcast("demo", incidents=own_incidents(tmp_path / "best.csv", best, area.crs)).to_json()["all_land"]
    assert top["n"] == 4 and top["capture"]["model"]["10"] == 1 and top["ausrc"]["model"] > 0.97
    dry = here.scene.ground.land.intersection(here.scene.ground.south)
    shore = dry.difference(dry.buffer(-1500))  # where people go, but no zone is near
    spot = shore.difference(shapely.union_all(zones.geometry.values).buffer(2000)).representative_point()
    away = [(spot.x + step, spot.y) for step in (0, 10, 20)]
    low = hindcast("demo", incidents=own_incidents(tmp_path / "away.csv", away, area.crs)).to_json()["all_land"]
    assert low["capture"]["model"]["20"] == 0 and low["ausrc"]["model"] < 0.01


def test_faulty_incidents(tmp_path, same_run):
    area, spot = read_area("demo"), [(0.0, 0.0)] * 2
    plain = own_incidents(tmp_path / "own.csv", spot, area.crs)
    lacking = pd.read_csv(plain).drop(columns=["origin", "uncertainty_km"])
    lacking.to_csv(plain, index=False)
    with pytest.raises(DataError, match=r"own.csv: expected uncertainty_km, origin") as fault:
        hindcast("demo", incidents=plain)
    assert fault.value.exit_code == 3
    with pytest.raises(DataError, match="no uncertainty above 0 km: X0, X1"):
        hindcast("demo", incidents=own_incidents(plain, spot, area.crs, uncertainty_km=""))
    (tmp_path / "empty.csv").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match="not readable as UTF-8 CSV"):
        hindcast("demo", incidents=tmp_path / "empty.csv")
    with pytest.raises(ConfigError, match="too few members"):
        hindcast("demo", members=0)


def test_an_ensemble_too_small_to_calibrate_says_so():
    shown = hindcast("demo", members=3)
    assert all(trial.floods["calibration"].str.startswith("equal weights: ").all() for trial in shown.trials.values())
    assert "in 4 of 4 cases too few members fit the other floods" in shown.reading
