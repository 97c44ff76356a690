"""Bearing and distance: legs on the ellipsoid, from the named point, from the stated north."""

import numpy as np
import pandas as pd
import pyproj
import pytest

from geo.exchange.traverse import Traverse, north_of, traverse

GEOD = pyproj.Geod(ellps="WGS84")


def table(**columns):
    n_rows = max(len(cells) for cells in columns.values() if isinstance(cells, list))
    frame = pd.DataFrame({name: cells if isinstance(cells, list) else [cells] * n_rows for name, cells in columns.items()})
    return frame.assign(**{name: frame[name].astype(float) for name in ("lon", "lat")})


NAN = float("nan")


def corners(lon, lat, bearing_deg, distance_m, *, is_star=False, closes=False, crs=None, ellps="WGS84", **stated):
    """Return the legs of one traverse, each from the point before, or all from the start."""
    n_legs = len(bearing_deg)
    names = ["start", *map(str, range(1, n_legs)), "start" if closes else "last"]
    legs = pd.DataFrame({"point_id": names, "from_point": "start" if is_star else ""})
    legs["lon"], legs["lat"] = [lon, *[NAN] * n_legs], [lat, *[NAN] * n_legs]
    legs["bearing_deg"], legs["distance_m"] = ["", *map(str, bearing_deg)], ["", *map(str, distance_m)]
    legs = legs.assign(**{"north": "true", **{name: str(value) for name, value in stated.items()}})
    return Traverse(*(cells[1:] for cells in traverse(legs, crs=crs, ellps=ellps)))


def test_legs_follow_one_another_and_a_square_closes():
    square = corners(127.0, 38.0, [0, 90, 180, 270], [100] * 4, closes=True)
    assert (
        set(square.faults) == {""} and square.closing_m[3] == pytest.approx(0, abs=0.01) and np.isnan(square.closing_m[:3]).all()
    )
    assert GEOD.inv(square.lon[0], square.lat[0], square.lon[1], square.lat[1])[2] == pytest.approx(100, abs=1e-6)
    short = corners(127.0, 38.0, [0, 90, 180, 270], [100, 100, 100, 90], closes=True)
    assert short.closing_m[3] == pytest.approx(10, abs=0.01)


def test_a_star_starts_from_one_point():
    star = corners(127.0, 38.0, [0, 90, 180], [100, 200, 300], is_star=True)
    assert GEOD.inv([127.0] * 3, [38.0] * 3, star.lon, star.lat)[2] == pytest.approx([100, 200, 300])
    assert np.array(GEOD.inv([127.0] * 3, [38.0] * 3, star.lon, star.lat)[0]) % 360 == pytest.approx([0, 90, 180])


def test_magnetic_bearings_are_turned_by_the_declination():
    turned = corners(127.0, 38.0, [98.5], [100], north="magnetic", declination_deg=-8.5, declination_year=2020)
    assert (turned.lon[0], turned.lat[0]) == pytest.approx(tuple(c[0] for c in corners(127.0, 38.0, [90], [100])[:2]), abs=1e-12)


def test_grid_bearings_follow_the_lines_of_their_grid():
    crs = pyproj.CRS.from_epsg(5186)
    there = pyproj.Transformer.from_crs(4737, 5186, always_xy=True)
    walked = corners(128.5, 38.3, [0], [100], north="grid", crs=crs, ellps="GRS80")
    start, end = there.transform(128.5, 38.3), there.transform(walked.lon[0], walked.lat[0])
    assert end[0] - start[0] == pytest.approx(0, abs=1e-3) and end[1] - start[1] == pytest.approx(100, abs=0.05)
    straight = corners(128.5, 38.3, [0], [100], ellps="GRS80")  # 0.93° of convergence are 1.6 m here
    assert GEOD.inv(walked.lon[0], walked.lat[0], straight.lon[0], straight.lat[0])[2] == pytest.approx(1.62, abs=0.02)


@pytest.mark.parametrize(
    ("broken", "fault"),
    [
        ({"bearing_deg": "361"}, "bearing 361: expected 0 to 360°"),
        ({"bearing_deg": "east"}, "bearing east: no angle"),
        ({"distance_m": "0"}, "distance 0: expected metres"),
        ({"distance_m": ""}, "distance empty: expected metres"),
        ({"distance_m": "100001"}, "distance 100001: expected metres"),
        ({"north": ""}, "north not stated: expected true, grid or magnetic"),
        ({"north": "up"}, "north up: expected true, grid or magnetic"),
        ({"north": "magnetic"}, "magnetic bearing without its declination"),
        ({"north": "magnetic", "declination_deg": "-8.5"}, "declination without its year"),
        ({"north": "magnetic", "declination_deg": "-8.5", "declination_year": "20"}, "declination without its year"),
        ({"north": "grid"}, "grid bearing without the projected system of its grid"),
        ({"from_point": "Z"}, "from_point Z: no such point in this record"),
        ({"from_point": "B"}, "from_point B: the points lead back to themselves"),
    ],
)
def test_each_fault_of_a_leg(broken, fault):
    sound = {"bearing_deg": "360", "distance_m": "100000 m", "north": "true", "declination_deg": "", "declination_year": ""}
    sound |= {"from_point": "A"}
    rows = [{**sound, "point_id": "A", "lon": 127.0, "lat": 38.0}, {**sound, **broken, "point_id": "B", "lon": NAN, "lat": NAN}]
    rows.append({**sound, "point_id": "C", "lon": NAN, "lat": NAN})
    walked = traverse(pd.DataFrame(rows))
    assert walked.faults[1].startswith(fault) and np.isnan(walked.lon[1])
    assert walked.faults[2] == "" and np.isfinite(walked.lon[2])  # the near miss beside it


def test_a_leg_from_a_lost_point_is_lost_and_says_so():
    legs = table(lon=[127, NAN, NAN], lat=[38, NAN, NAN], bearing_deg=["", "400", "10"], distance_m="10", north="true")
    assert traverse(legs).faults.tolist()[2] == "the point it starts from cannot be placed"
    assert traverse(legs.iloc[1:].reset_index(drop=True)).faults[0] == "bearing 400: expected 0 to 360°"
    alone = table(lon=[NAN], lat=[NAN], bearing_deg=["10"], distance_m="10", north="true")
    assert traverse(alone).faults.tolist() == ["no point to start from"]


def test_points_may_be_named_before_they_are_placed_and_records_stay_apart():
    legs = table(
        record=["a", "a", "a", "b", "b"],
        point_id=["2", "1", "R", "R", "1"],
        from_point=["1", "R", "", "", "R"],
        lon=[NAN, NAN, 127, 128, NAN],
        lat=[NAN, NAN, 38, 38, NAN],
        bearing_deg=["90", "0", "", "", "0"],
        distance_m="100",
        north="진북",
    )
    walked = traverse(legs)
    assert set(walked.faults) == {""} and walked.lon[4] == pytest.approx(128) and walked.lon[1] == pytest.approx(127)
    assert walked.lat[0] == pytest.approx(walked.lat[1], abs=1e-7) and walked.lon[0] > 127.001


def test_a_chain_of_many_legs_is_as_exact_as_one():
    n_legs = 1000
    line = corners(127.0, 38.0, [0.0] * n_legs, [10.0] * n_legs)
    assert GEOD.inv(127.0, 38.0, line.lon[-1], line.lat[-1])[2] == pytest.approx(10_000, abs=1e-5)


def test_words_for_north():
    assert north_of(pd.Series(["TRUE", "Grid north", "magnetic", "자북", "도북", "진북", "north", ""])).tolist() == [
        *["true", "grid", "magnetic", "magnetic", "grid", "true", "", ""],
    ]
