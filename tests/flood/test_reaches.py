import numpy as np
import pytest
import shapely
from flood.worlds import courses, dams, line

from geo.errors import DataError
from geo.flood import RiverNetwork, split_reaches


def stem(**more):
    """A 20 km river of 200 km², and a tributary of 50 km² that joins after 12 km."""
    return courses(
        [
            {
                "line_id": "stem",
                "flows_into": "sea",
                "area_km2": 200.0,
                "line": line((0, 0), (9e3, 0), (20e3, 0)),
                **more,
            },
            {"line_id": "twig", "flows_into": "stem", "area_km2": 50.0, "line": line((12e3, 3e3), (12e3, 0))},
        ]
    )


def of(frame, river):
    return frame[frame.river == river].reset_index(drop=True)


def test_equal_pieces_between_cuts():
    frame = split_reaches(stem())
    main = of(frame, "stem")
    assert main.id.tolist() == ["stem-01", "stem-02", "stem-03", "stem-04", "stem-05"]
    assert main.length_km.to_numpy() == pytest.approx([4, 4, 4, 4, 4], rel=1e-4)
    assert main.down.tolist() == ["stem-02", "stem-03", "stem-04", "stem-05", ""]
    assert main.outlet.tolist() == ["", "", "", "", "sea"]
    assert of(frame, "twig").down.tolist() == ["stem-04"]
    joined = shapely.line_merge(shapely.union_all(main.geometry.values))
    assert joined.length == pytest.approx(20e3)


def test_area_grows_with_length_and_tributaries():
    main = of(split_reaches(stem()), "stem")
    assert main.area_km2.to_numpy() == pytest.approx([30, 60, 90, 170, 200], rel=1e-4)
    assert main.area_basis.tolist() == ["derived"] * 4 + ["published"]


def test_untraced_head_counts():
    main = of(split_reaches(stem(length_published_km=40.0)), "stem")
    assert main.area_km2.to_numpy() == pytest.approx([90, 105, 120, 185, 200], rel=1e-3)


def test_dam_front_and_tidal_limit_cut():
    works = dams(
        ("wall", "stem", "dam", 7e3, 200),
        ("lake", "stem", "lake", 2e3, 0),
        ("tide", "stem", "tidal_limit", 16e3, 0),
        ("sill", "twig", "weir", 12e3, 1e3),
    )
    frame = split_reaches(stem(), dams=works, front=line((3e3, -1e3), (3e3, 1e3)))
    main = of(frame, "stem")
    ends = np.cumsum(main.length_km.to_numpy())
    assert ends == pytest.approx([3, 7, 12, 16, 20], rel=1e-4)
    assert main.dam_id.tolist() == ["", "wall", "", "", ""]
    assert main.tidal.tolist() == [False, False, False, False, True]
    river = RiverNetwork.from_table(frame)
    assert river.eta[1].tolist() == [0.9, 0.95, 0.95, 0.95]
    assert river.eta[river.ids == "twig-01"].tolist() == [[0.9, 0.95, 0.95, 0.95]]
    assert river.eta[[0, 2, 3, 4]].sum() == 0


def test_soft_cut_near_a_junction_makes_no_reach():
    frame = split_reaches(stem(), front=line((12.1e3, -1e3), (12.1e3, 1e3)))
    assert len(of(frame, "stem")) == 5


def test_dam_at_the_mouth_closes_the_last_reach():
    frame = split_reaches(stem(), dams=dams(("wall", "stem", "dam", 20e3, 0)))
    assert of(frame, "stem").dam.tolist() == ["", "", "", "", "dam"]


def test_estuary_is_cut_beside_the_forest():
    rows = [
        {"line_id": "stem", "flows_into": "firth", "area_km2": 200.0, "line": line((0, 0), (8e3, 0))},
        {"line_id": "side", "flows_into": "firth", "area_km2": 100.0, "line": line((14e3, 4e3), (14e3, 0))},
        {
            "line_id": "firth",
            "flows_into": "sea",
            "area_km2": np.nan,
            "estuary": True,
            "line": line((8e3, 0), (20e3, 0)),
        },
    ]
    river = RiverNetwork.from_table(split_reaches(courses(rows)))
    assert river.ids.tolist() == ["stem-01", "stem-02", "side-01"]
    assert river.estuary["id"].tolist() == ["firth-01", "firth-02", "firth-03", "firth-04"]
    assert river.outlet.tolist() == ["", "firth", "firth"]
    assert river.frame["axis_km"].to_numpy()[1:] == pytest.approx([0, 6])
    assert river.estuary["area_km2"].tolist() == [300.0] * 4


def test_many_pieces_are_numbered_in_order_of_the_river():
    frame = split_reaches(courses([{"line_id": "long", "flows_into": "", "area_km2": 900.0, "line": line((0, 0), (501e3, 0))}]))
    assert frame.id.iloc[0] == "long-001" and frame.id.is_monotonic_increasing


def test_river_that_misses_its_receiver_is_named():
    rows = [
        {"line_id": "stem", "flows_into": "sea", "area_km2": 200.0, "line": line((0, 0), (8e3, 0))},
        {"line_id": "far", "flows_into": "stem", "area_km2": 10.0, "line": line((4e3, 9e3), (4e3, 900))},
        {"line_id": "end", "flows_into": "stem", "area_km2": 10.0, "line": line((8e3, 5e3), (8e3, 0))},
    ]
    with pytest.raises(DataError, match=r"far ends 900 m from stem; end joins stem at its very end"):
        split_reaches(courses(rows))


def test_dam_far_from_its_river_is_named():
    with pytest.raises(DataError, match=r"wall 3\.0 km from stem"):
        split_reaches(stem(), dams=dams(("wall", "stem", "dam", 5e3, 3e3)))


def test_no_rivers_no_reaches():
    assert len(split_reaches(stem().iloc[:0])) == 0
