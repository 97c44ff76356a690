"""The layers ``rivers`` and ``flood_displacement`` on a pocket country whose front line crosses one river."""

import ast
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely
from flood.worlds import CRS, box, line

import geo.flood
import layers.displacement
import layers.rivers
from geo.area import StudyArea
from geo.errors import ConfigError, DataError
from geo.measure import areas_m2
from geo.source import Source
from layers.displacement import flood_displacement
from layers.rivers import rivers

LINES = {
    "front": ("mdl", line((-20e3, 10e3), (60e3, 10e3))),
    "stem": ("river", line((10e3, 30e3), (10e3, -10e3))),
    "twig": ("river", line((25e3, 0), (10e3, 0))),
    "brook": ("river", line((40e3, 4e3), (40e3, -10e3))),
    "firth": ("estuary", line((10e3, -10e3), (10e3, -30e3))),
}
LAND = box(-20e3, -40e3, 60e3, 40e3)
NORTH = box(-20e3, 10e3, 60e3, 40e3)


class NoIncidents(Mapping[str, pd.DataFrame]):
    """Tables that raise where anyone reads the documented finds."""

    def __init__(self, tables):
        self.tables = tables

    def __getitem__(self, name):
        if name == "incidents":
            raise AssertionError("the finds are read")
        return self.tables[name]

    def __iter__(self):
        raise AssertionError("all tables are read, the finds among them")

    def __len__(self):
        return len(self.tables) + 1


@pytest.fixture
def area(tmp_path):
    ids = list(LINES)
    frame = gpd.GeoDataFrame(
        {"line_id": ids, "kind": [LINES[i][0] for i in ids], "name_en": ids, "name_ko": ids, "source": "trace"},
        geometry=[LINES[i][1] for i in ids],
        crs=CRS,
    ).to_crs(4326)
    names = ids[1:]
    table = pd.DataFrame(
        {
            "line_id": names,
            "name_en": [n.title() for n in names],
            "name_ko": names,
            "flows_into": ["firth", "stem", "sea", "sea"],
            "drainage_area_km2_published": [2000.0, 200.0, 60.0, np.nan],
            "drainage_area_km2_derived": np.nan,
            "length_km_published": np.nan,
            "mean_width_m": [100.0, 50.0, 30.0, 1000.0],
            "width_class": "",
            "tidal": "",
            "accuracy_km": 0.5,
            "source": "trace",
            "published_source": "",
        }
    )
    dams = pd.DataFrame({name: [] for name in ("dam_id", "line_id", "kind", "lon", "lat", "accuracy_km", "source")})
    return StudyArea(
        name="pocket",
        title_en="Pocket",
        title_ko="Pocket",
        bounds=(126.0, 37.0, 128.0, 39.0),
        crs=pyproj.CRS(CRS),
        folder=tmp_path,
        titles=MappingProxyType({}),
        settings={"front": {"line": "front"}, "rivers": {"as_of": "2025"}},
        sources=MappingProxyType({"trace": Source("trace", "Trace")}),
        lines=frame,
        tables=NoIncidents({"rivers": table, "dams": dams}),
    )


def mines(*boxes, mined_km2=None):
    frame = gpd.GeoDataFrame(geometry=list(boxes), crs=CRS)
    return frame if mined_km2 is None else frame.assign(mined_km2=mined_km2)


def run(area, south=None):
    _, network = rivers(area)
    south = mines(box(22e3, -400, 23e3, 600), mined_km2=[0.5]) if south is None else south
    layer, result = flood_displacement(area, network, south, gpd.GeoSeries([NORTH], crs=CRS), LAND)
    return layer, result.ledger_frame()


def test_rivers_layer(area):
    layer, network = rivers(area)
    frame = layer.frame.set_index("id")
    assert (layer.name, layer.land_class, layer.basis, layer.sources) == ("rivers", "zone", "digitised", ("trace",))
    assert frame.index.tolist() == ["brook", "firth", "stem", "twig"]
    assert frame.loc["stem", "length_km"] == pytest.approx(40, rel=1e-3)
    assert frame.loc["firth", "tidal"] and not frame.loc["stem", "tidal"]
    assert network.ids.tolist() == [f"stem-0{i}" for i in range(1, 9)] + [f"twig-0{i}" for i in range(1, 4)] + [
        f"brook-0{i}" for i in range(1, 4)
    ]
    assert network.warnings == ()


def test_rivers_are_cut_at_the_front(area):
    _, network = rivers(area)
    y = np.array([shapely.get_coordinates(shape)[-1, 1] for shape in network.frame.geometry])
    assert np.isclose(y, 610_000, atol=2).any()
    _, moved = rivers(area, front=line((-20e3, 13e3), (60e3, 13e3)))
    y = np.array([shapely.get_coordinates(shape)[-1, 1] for shape in moved.frame.geometry])
    assert np.isclose(y, 613_000, atol=2).any()


def test_supplied_rivers_replace_the_schematic_ones(area):
    own = gpd.GeoDataFrame({"id": ["mine"]}, geometry=[line((0, 0), (9e3, 0))], crs=CRS)
    with pytest.raises(DataError, match="unknown source supplied"):
        rivers(area, own)
    known = {**area.sources, "supplied": Source("supplied", "Own lines")}
    given = replace(area, sources=known)
    layer, network = rivers(given, own)
    assert layer.frame.id.tolist() == ["mine"] and layer.basis == "supplied" and layer.sources == ("supplied",)
    assert any("Hack" in note for note in network.warnings)
    assert layer.frame.width_basis.tolist() == ["derived"] and layer.frame.mean_width_m.iloc[0] > 0


def test_supplied_river_into_the_areas_estuary(area):
    own = gpd.GeoDataFrame({"id": ["stem"], "flows_into": ["firth"]}, geometry=[LINES["stem"][1]], crs=CRS)
    given = replace(area, sources={**area.sources, "supplied": Source("supplied", "Own lines")})
    given.tables.tables["dams"] = pd.DataFrame({"dam_id": ["wall"], "line_id": ["twig"], "kind": ["dam"], "source": ["trace"]})
    layer, network = rivers(given, own)
    assert layer.frame[["id", "basis", "sources"]].to_numpy().tolist() == [
        ["firth", "digitised", "trace"],
        ["stem", "supplied", "supplied"],
    ]
    assert any("wall" in note for note in network.warnings)
    zones, _ = flood_displacement(given, network, mines(box(9e3, 0, 11e3, 1e3)), gpd.GeoSeries([NORTH], crs=CRS), LAND)
    assert zones.sources == ("supplied", "trace")


def test_nothing_to_move_is_an_empty_layer(area):
    _, network = rivers(area)
    layer, result = flood_displacement(area, network, mines(), gpd.GeoSeries([shapely.Polygon()], crs=CRS), LAND)
    assert len(layer.frame) == 0 and len(result.ledger_frame()) == 0


def test_columns_and_words(area):
    layer, _ = run(area)
    own = [
        "river",
        "reach",
        "origin",
        "band",
        "inner_m",
        "outer_m",
        "index",
        "drivers",
        "area_m2",
        "q05",
        "q50",
        "q95",
        "class",
    ]
    assert set(own) <= set(layer.frame.columns)
    assert layer.frame.id.is_unique and layer.overlap
    assert set(layer.frame.basis) == {"modelled"} and layer.frame.simulated.all()
    assert set(layer.frame.land_class) == {"screening"}
    assert layer.frame["index"].between(0, 1).all() and (layer.frame["index"] > 0).all()
    assert layer.frame.groupby("origin")["index"].max().tolist() == [1.0, 1.0]
    for column in ("q05", "q50", "q95"):
        assert layer.frame[column].tolist() == layer.frame["index"].tolist()
    assert layer.frame.area_m2.to_numpy() == pytest.approx(areas_m2(layer.frame), rel=1e-6)


def test_only_what_lies_downstream_of_a_source(area):
    layer, _ = run(area)
    south = set(layer.frame.query("origin == 'south'").reach)
    assert south == {"twig-01", "twig-02", "twig-03", "stem-07", "stem-08", *(f"firth-0{i}" for i in range(1, 5))}
    north = set(layer.frame.query("origin == 'north'").river)
    assert north == {"stem", "firth"}, "the brook and the twig begin south of the front"


def test_no_source_in_a_corridor_no_row(area):
    layer, ledger = run(area, mines(box(50e3, 0, 51e3, 1e3), mined_km2=[1.0]))
    assert "south" not in set(layer.frame.origin)
    assert ledger.query("origin == 'south'").mobilised.sum() == 0


def test_classes_hold_their_shares(area):
    layer, _ = run(area)
    frame = layer.frame.assign(held=layer.frame["index"] * layer.frame.area_m2)
    assert set(frame[frame.river == "firth"]["class"]) == {"undetermined"}
    for _, rows in frame[frame.river != "firth"].groupby("origin"):
        rank = rows.sort_values("index", ascending=False)
        assert rank["class"].map({"high": 0, "middle": 1, "lower": 2}).is_monotonic_increasing
        share = rows.groupby("class").held.sum() / rows.held.sum()
        largest = (rows.held / rows.held.sum()).max()
        assert 0.5 <= share["high"] <= 0.5 + largest
        assert 0.9 <= share["high"] + share["middle"] <= 0.9 + largest


def test_drivers_name_reaches_and_never_fields(area):
    layer, _ = run(area)
    south = layer.frame.query("origin == 'south'").set_index("reach")["drivers"]
    assert south["twig-03"].iloc[0] == "source reaches: twig-01 100 %"
    north = layer.frame.query("origin == 'north' and reach == 'stem-08'")["drivers"].iloc[0]
    assert north.startswith("source reaches: stem-04 ") and north.count("%") == 3
    assert (layer.frame.drivers != "").all()


def test_ledger_keeps_origins_apart_and_adds_up(area):
    _, ledger = run(area)
    assert ledger.origin.tolist() == ["north"] * 4 + ["south"] * 4
    assert set(ledger.units) == {"index"}
    parts = ledger[["deposited", "trapped", "estuary", "sea", "exported", "residual"]].sum(axis=1)
    assert parts.to_numpy() == pytest.approx(ledger.mobilised.to_numpy())
    assert ledger.residual.abs().max() < 1e-9
    south = ledger.query("origin == 'south'").set_index("item_class").mobilised
    assert (south / south.sum()).to_dict() == pytest.approx({"B": 0.05, "N": 0.6, "H": 0.05, "D": 0.3})


def test_supplied_polygons_are_mined_throughout(area):
    field = box(22e3, -400, 23e3, 600)
    layer, _ = run(area, mines(field))
    told, _ = run(area, mines(field, mined_km2=areas_m2(mines(field)) / 1e6))
    assert layer.frame["index"].tolist() == told.frame["index"].tolist()


def test_doubling_every_source_changes_no_rank(area):
    one, small = run(area, mines(box(22e3, -400, 23e3, 600), mined_km2=[0.2]))
    two, large = run(area, mines(box(22e3, -400, 23e3, 600), mined_km2=[0.4]))
    assert one.frame["index"].to_numpy() == pytest.approx(two.frame["index"].to_numpy())
    moved = [ledger.query("origin == 'south'").mobilised.to_numpy() for ledger in (small, large)]
    assert moved[1] == pytest.approx(2 * moved[0])


def test_settings_reach_the_model(area):
    wet = StudyArea(
        **{n: getattr(area, n) for n in StudyArea.__slots__}
        | {"settings": {**area.settings, "flood": {"return_period_yr": 1000}}}
    )
    base, bigger = run(area)[0].frame, run(wet)[0].frame
    assert bigger.outer_m.max() > base.outer_m.max()
    slip = StudyArea(
        **{n: getattr(area, n) for n in StudyArea.__slots__} | {"settings": {**area.settings, "flood": {"pref": 0.4}}}
    )
    with pytest.raises(ConfigError, match="did you mean p_ref"):
        run(slip)


def test_same_input_same_layer(area):
    assert run(area)[0].frame.to_wkb().equals(run(area)[0].frame.to_wkb())


def test_sources_without_crs_or_with_negative_land(area):
    with pytest.raises(DataError, match="CRS"):
        run(area, mines(box(0, 0, 1, 1)).set_crs(None, allow_override=True))
    with pytest.raises(DataError, match="at least 0"):
        run(area, mines(box(0, 0, 1e3, 1e3), mined_km2=[-1.0]))


def test_no_code_of_the_model_names_the_finds():
    scoring = ("finds.py", "hindcast.py")  # read the finds, and nothing of the model reads them
    files = [
        *(file for file in Path(geo.flood.__file__).parent.glob("*.py") if file.name not in scoring),
        Path(layers.displacement.__file__),
        Path(layers.rivers.__file__),
    ]
    for file in files:
        strings = {n.value for n in ast.walk(ast.parse(file.read_text(encoding="utf-8"))) if isinstance(n, ast.Constant)}
        assert not strings & {"incidents", "incidents.csv"}, file.name
