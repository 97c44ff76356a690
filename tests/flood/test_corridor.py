import itertools
import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from flood.worlds import CRS, X0, Y0, box, line
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.errors import ConfigError, DataError
from geo.flood import FloodParameters
from geo.flood.corridor import (
    band_kernel,
    corridor_bands,
    exposure,
    growth,
    half_width_m,
    hazard_index,
    kernel,
    thirds,
)

PARAMS = FloodParameters()


def series(*lines):
    return gpd.GeoSeries(list(lines), crs=CRS)


def fork():
    """Two reaches in line, a tributary at their joint, and a narrow neighbour close by."""
    return series(line((0, 0), (5e3, 0)), line((5e3, 0), (9e3, 1e3)), line((5e3, 4e3), (5e3, 0)), line((0, 700), (4e3, 900)))


def test_middle_reach_is_a_plain_strip():
    bands = corridor_bands(
        series(*(line((1e4 * i, 0), (1e4 * i + 1e4, 0)) for i in range(3))), thirds(np.full(3, 350.0)), thin_m=0
    )
    middle = bands[bands.line == 1]
    assert middle.area_m2.sum() == pytest.approx(2 * 350 * 1e4, rel=2e-5)
    assert middle.area_m2.to_numpy() == pytest.approx([7e6 / 3] * 3, rel=2e-5)
    assert middle.inner_m.to_numpy() == pytest.approx([0, 350 / 3, 700 / 3])
    assert middle.outer_m.to_numpy() == pytest.approx([350 / 3, 700 / 3, 350])


def test_one_line_is_a_capsule():
    bands = corridor_bands(series(line((0, 0), (10e3, 0))), thirds(np.array([500.0])))
    exact = 10785398.163397448
    assert bands.area_m2.sum() == pytest.approx(exact, rel=1e-3)
    assert bands.area_m2.sum() < exact


def test_bands_do_not_overlap_and_are_valid():
    bands = corridor_bands(fork(), thirds(np.array([400.0, 400.0, 300.0, 150.0])))
    assert bands.geometry.is_valid.all() and (bands.geometry.geom_type.isin(["Polygon", "MultiPolygon"])).all()
    assert bands.area.sum() == pytest.approx(bands.union_all().area, rel=1e-6)
    assert set(bands.groupby("line").band.apply(tuple)) == {(1, 2, 3)}


def test_every_place_belongs_to_the_nearest_line_that_holds_it():
    lines, half = fork(), np.array([400.0, 400.0, 300.0, 150.0])
    bands = corridor_bands(lines, thirds(half))
    rng = np.random.default_rng(7)
    spots = shapely.points(X0 + rng.uniform(-1e3, 1e4, 20_000), Y0 + rng.uniform(-1e3, 5e3, 20_000))
    at, which = shapely.STRtree(bands.geometry.values).query(spots, predicate="within")
    away = np.stack([shapely.distance(spots, each) for each in lines.values])
    owner = bands.line.to_numpy()[which]
    inside = away[owner, at]
    holding = np.where(away < half[:, None], away, np.inf)
    assert (inside <= holding[:, at].min(axis=0) + 5).all()
    low, high = bands.inner_m.to_numpy()[which], bands.outer_m.to_numpy()[which]
    assert ((inside >= low - 1.5) & (inside <= high + 1.5)).all()
    deep = (away < half[:, None] - 5).any(axis=0)
    assert np.isin(np.flatnonzero(deep), at).all()


def test_land_cuts_all_but_open_water():
    lines = series(line((0, 0), (4e3, 0)), line((10e3, 0), (14e3, 0)))
    dry = corridor_bands(lines, thirds(np.full(2, 300.0)), land=box(-9e3, 0, 30e3, 9e3), open_water=np.array([False, True]))
    whole = corridor_bands(lines, thirds(np.full(2, 300.0)))
    share = dry.groupby("line").area_m2.sum() / whole.groupby("line").area_m2.sum()
    assert share.to_numpy() == pytest.approx([0.5, 1.0], rel=1e-3)


def test_line_without_land_has_no_band():
    bands = corridor_bands(series(line((0, 0), (4e3, 0))), thirds(np.array([300.0])), land=box(50e3, 0, 51e3, 1e3))
    assert len(bands) == 0


def test_two_rivers_on_one_line_do_not_break():
    twin = line((0, 0), (4e3, 0))
    bands = corridor_bands(series(twin, twin), thirds(np.array([300.0, 300.0])))
    assert bands.line.unique().tolist() == [0]


def test_no_lines_no_bands():
    assert len(corridor_bands(gpd.GeoSeries([], crs=CRS), thirds(np.zeros(0)))) == 0


def test_degrees_are_refused():
    with pytest.raises(DataError, match="degrees"):
        corridor_bands(fork().to_crs(4326), thirds(np.full(4, 300.0)))


def test_half_width_by_class():
    b = half_width_m(np.array([5.0, 50, 500, 5e3, 5e4]), np.full(5, 100.0), 1.0, PARAMS.central())
    assert b[:, 0].tolist() == [100, 200, 350, 750, 1550]
    with pytest.raises(DataError, match="width_m"):
        half_width_m(np.array([5.0]), np.array([-1.0]), 1.0, PARAMS.central())


@settings(deadline=None, max_examples=50)
@given(st.floats(1.001, 1e5), st.floats(1.001, 1e5))
def test_growth_never_falls(one, two):
    low, high = growth(sorted([one, two]), 0.6, 0.4)
    assert 0 <= low <= high


def test_return_period_above_one():
    with pytest.raises(ConfigError, match="return period"):
        growth(1.0, 0.6, 0.4)


@pytest.mark.parametrize(
    ("kind", "mean"),
    [
        ("hard", 1.0),
        ("exp", (1 - np.exp(-2 / 3)) / (2 / 3)),
        ("gauss", 1.5 * math.sqrt(math.pi / 2) * math.erf(1 / (1.5 * math.sqrt(2)))),
    ],
)
def test_mean_kernel_of_the_inner_band(kind, mean):
    value = band_kernel(np.array([0.0]), np.array([100.0]), np.array([[300.0]]), kind, 0.5)
    assert value[:, 0] == pytest.approx(mean, rel=1e-6)


def test_unknown_kernel():
    with pytest.raises(ConfigError, match="cubic"):
        kernel(1.0, 2.0, "cubic")


@settings(deadline=None, max_examples=30)
@given(st.lists(st.tuples(st.integers(0, 4), st.sampled_from("abc"), st.floats(0, 1)), max_size=12), st.floats(0, 1))
def test_hazard_index_is_bounded_orderless_and_blind_to_duplicates(pairs, q):
    place, feature, weight = (
        (np.array(x) for x in zip(*pairs, strict=True)) if pairs else (np.zeros(0, int), np.array([]), np.zeros(0))
    )
    index = hazard_index(place, feature, weight, 5, q)
    assert ((index >= 0) & (index <= 1)).all()
    assert hazard_index(place[::-1], feature[::-1], weight[::-1], 5, q).tolist() == index.tolist()
    assert hazard_index(np.tile(place, 2), np.tile(feature, 2), np.tile(weight, 2), 5, q).tolist() == index.tolist()


def test_hazard_weight_outside_its_bounds():
    with pytest.raises(DataError, match="0 to 1"):
        hazard_index(np.array([0]), np.array(["a"]), np.array([1.0]), 1, 1.5)


def test_exposure_is_the_share_of_area():
    units = gpd.GeoDataFrame(geometry=[box(0, 0, 1000, 1000), box(5e3, 0, 6e3, 1e3), box(9e3, 0, 9100, 100)], crs=CRS)
    cells = gpd.GeoDataFrame(geometry=[box(-500, -500, 250, 2000), box(500, 500, 7e3, 2e3)], crs=CRS)
    pairs = exposure(units, cells)
    assert pairs[["unit", "cell"]].to_numpy().tolist() == [[0, 0], [0, 1], [1, 1]]
    assert pairs["share"].to_numpy() == pytest.approx([0.25, 0.25, 0.5], rel=1e-6)


def test_exposure_of_a_point_is_refused():
    units = gpd.GeoDataFrame(geometry=[shapely.Point(X0, Y0)], crs=CRS)
    with pytest.raises(DataError, match="without area"):
        exposure(units, gpd.GeoDataFrame(geometry=[box(0, 0, 1, 1)], crs=CRS))


@settings(deadline=None, max_examples=10)
@given(st.integers(0, 1000), st.floats(1.0, 3.0))
def test_corridors_grow_with_half_width(seed, factor):
    rng = np.random.default_rng(seed)
    knots = np.cumsum(rng.uniform(300, 2500, (6, 2)), axis=0)
    lines = series(*(line(a, b) for a, b in itertools.pairwise(knots)))
    narrow, wide = (corridor_bands(lines, thirds(np.full(5, 200.0)) * f) for f in (1.0, factor))
    assert wide.area_m2.sum() >= narrow.area_m2.sum() * (1 - 1e-3)
    assert narrow.area.sum() == pytest.approx(narrow.union_all().area, rel=1e-6)
