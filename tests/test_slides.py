"""The slide layer on the demo: none without terrain or on gentle slopes, 1 km cells with a balanced account on steep ones."""

from dataclasses import replace

import numpy as np
import pytest
import rasterio
from affine import Affine

from geo.area import read_area
from geo.measure import areas_m2
from geo.source import data_folder
from layers.request import FloodOptions
from layers.scene import flooded
from layers.slides import CELL_M, hillslope_displacement

GENTLE = data_folder() / "demo" / "dem.tif"


@pytest.fixture
def here(demo_scene):
    return demo_scene


@pytest.fixture(scope="module")
def steep(tmp_path_factory):
    """The demo's valley with sides of 27 degrees instead of 3."""
    path = tmp_path_factory.mktemp("steep") / "steep.tif"
    i, j = np.arange(200)[:, None], np.arange(-60, 61)[None, :]
    z = ((0.002 * (199 - i) + 0.5 * np.abs(j)) * 90).astype(np.float32)
    corner = Affine(90, 0, 504_555, 0, -90, 2_220_500)
    shape = {"height": 200, "width": 121, "count": 1, "dtype": "float32"}
    with rasterio.open(path, "w", driver="GTiff", crs="EPSG:32626", transform=corner, **shape) as file:
        file.write(z, 1)
    return path


def slid(here, **options):
    return hillslope_displacement(here, flooded(here, FloodOptions(**options))[1])


@pytest.fixture(scope="module")
def once(demo_scene, steep):
    return slid(demo_scene, dem=(steep,))


def test_no_slope_no_layer(here):
    layer, ledger = slid(here)
    assert layer is None and ledger.empty
    layer, ledger = slid(here, dem=(GENTLE,))
    assert layer is None and ledger["mobilised"].tolist() == [0.0]


def test_cells_of_1_km(once, here):
    layer, _ = once
    frame = layer.frame
    assert layer.name == "hillslope_displacement" and layer.basis == "modelled" and frame["simulated"].all()
    assert set(frame["class"]) <= {"high", "middle", "lower"} and frame["id"].is_unique
    assert frame["index"].max() == 1 and frame["index"].min() > 0
    assert frame["delivered"].between(0, 1).all()
    assert frame["area_m2"].to_numpy() == pytest.approx(areas_m2(frame), rel=1e-6)
    corners = frame.to_crs(here.area.crs).bounds
    assert ((corners["maxx"] - corners["minx"]).round(2) == CELL_M).all()
    assert (np.abs(corners["minx"] / CELL_M - (corners["minx"] / CELL_M).round()) < 1e-5).all()
    assert {"q05", "q50", "q95"} <= set(frame.columns) and (frame["q05"] == frame["q95"]).all()


def test_account_balances(once, here):
    """What slides is 3e-4 a year of the expected mined land on the slopes, 1e-3 of that at rear sites."""
    row = once[1].iloc[0]
    assert row["mobilised"] == pytest.approx(row["deposited"] + row["exported"], rel=1e-9)
    assert row["residual"] == pytest.approx(0, abs=1e-12) and row["mobilised"] > 0 and row["exported"] > 0
    assert 3e-4 * 0.01 < row["mobilised"] / here.sources["mined_km2"].sum() < 3e-4
    assert (row["origin"], row["units"]) == ("south, slides", "index/yr")


def test_rear_sites_slide_more(once, here, steep):
    """Were every field a hill-top site of the rear, 1e-3 of it would slide in a year instead of 3e-4."""
    rear = replace(here, sources=here.sources.assign(zone="rear"))
    _, ledger = slid(rear, dem=(steep,))
    assert ledger["mobilised"].iloc[0] == pytest.approx(once[1]["mobilised"].iloc[0] * 10 / 3, rel=1e-6)


def test_members_give_a_band(here, steep):
    layer, ledger = slid(here, dem=(steep,), members=9)
    assert (layer.frame["q05"] <= layer.frame["q50"]).all() and (layer.frame["q50"] <= layer.frame["q95"]).all()
    assert (layer.frame["q05"] < layer.frame["q95"]).any()
    row = ledger.iloc[0]
    assert row["mobilised"] == pytest.approx(row["deposited"] + row["exported"], rel=1e-9)


def test_no_layer_where_only_drainage_is_known(here, steep):
    area = read_area("demo", {"flood": {"p_model": "constant"}})
    layer, ledger = slid(replace(here, area=area), dem=(steep,))
    assert layer is None and ledger.empty
