import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from flood.worlds import CRS, courses, line

from geo.errors import DataError
from geo.flood import FloodParameters, river_courses, supplied_courses
from geo.measure import lengths_m

PARAMS = FloodParameters()


def bare():
    shapes = [line((0, 0), (20e3, 0)), line((12e3, 5e3), (12e3, 250)), line((30e3, 5e3), (30e3, 0))]
    return gpd.GeoDataFrame({"id": ["stem", "twig", "other"]}, geometry=shapes, crs=CRS)


def test_ids_and_lines_alone_are_enough_and_said():
    found, notes = supplied_courses(bare(), CRS, PARAMS)
    assert found.flows_into.tolist() == ["sea", "stem", "sea"]
    assert found.area_basis.tolist() == ["derived"] * 3
    assert len(notes) == 2 and "300 m" in notes[0] and "stem, twig, other" in notes[1]


def test_guessed_area_is_hacks_law_plus_tributaries():
    found, _ = supplied_courses(bare(), CRS, PARAMS)
    hack = (lengths_m(bare().geometry) / 1e3 / 1.273) ** (1 / 0.6)
    assert found.area_km2.to_numpy() == pytest.approx([hack[0] + hack[1], hack[1], hack[2]])


def test_parts_of_one_river_meet_at_a_node():
    shapes = [line((0, 0), (5e3, 0)), line((5e3, 5e3), (5e3, 0)), line((5e3, 0), (9e3, 0))]
    frame = gpd.GeoDataFrame({"id": ["a", "b", "c"]}, geometry=shapes, crs=CRS)
    assert supplied_courses(frame, CRS, PARAMS)[0].flows_into.tolist() == ["c", "c", "sea"]


def test_supplied_columns_are_kept():
    frame = bare().assign(flows_into=["sea", "stem", ""], drainage_area_km2=[100.0, 20.0, 5.0], mean_width_m=[50.0, np.nan, 9.0])
    found, notes = supplied_courses(frame, CRS, PARAMS)
    assert notes == ()
    assert found.flows_into.tolist() == ["sea", "stem", ""]
    assert found.area_km2.tolist() == [100.0, 20.0, 5.0] and set(found.area_basis) == {"supplied"}
    assert found.width_basis.tolist() == ["supplied", "", "supplied"]


def test_multipart_lines_are_joined_in_their_direction():
    parts = shapely.MultiLineString([line((0, 0), (3e3, 0)), line((3e3, 0), (9e3, 0))])
    frame = gpd.GeoDataFrame({"id": ["stem"]}, geometry=[parts], crs=CRS)
    assert supplied_courses(frame, CRS, PARAMS)[0].geometry.iloc[0].geom_type == "LineString"
    apart = shapely.MultiLineString([line((0, 0), (3e3, 0)), line((4e3, 0), (9e3, 0))])
    with pytest.raises(DataError, match="stem"):
        supplied_courses(frame.set_geometry([apart], crs=CRS), CRS, PARAMS)


def test_estuary_axis_of_the_area_is_kept_where_named():
    axes = courses(
        [
            {
                "line_id": "firth",
                "flows_into": "sea",
                "area_km2": np.nan,
                "estuary": True,
                "line": line((20e3, 0), (40e3, 0)),
            }
        ]
    )
    found, _ = supplied_courses(bare().assign(flows_into=["firth", "stem", "sea"]), CRS, PARAMS, axes)
    assert found.line_id.tolist() == ["stem", "twig", "other", "firth"]
    inferred, _ = supplied_courses(bare(), CRS, PARAMS, axes)
    assert inferred.flows_into.tolist() == ["firth", "stem", "firth", "sea"], "both end on the axis"
    assert supplied_courses(bare().assign(flows_into="sea"), CRS, PARAMS, axes)[0].line_id.tolist() == [
        "stem",
        "twig",
        "other",
    ]
    assert found.estuary.tolist() == [False, False, False, True]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"flows_into": ["sea", "stam", "sea"]}, "twig flows into unknown stam"),
        ({"flows_into": ["twig", "stem", "sea"]}, "stem, twig.*circle"),
        ({"id": ["stem", "stem", "other"]}, "repeated: stem"),
        ({"flows_into": ["sea", "stem", "sea"], "drainage_area_km2": [10.0, 50.0, 5.0]}, "stem.*tributaries"),
    ],
)
def test_wrong_tables(change, told):
    with pytest.raises(DataError, match=told):
        supplied_courses(bare().assign(**change), CRS, PARAMS)


def test_missing_crs_or_id():
    with pytest.raises(DataError, match="CRS"):
        supplied_courses(bare().set_crs(None, allow_override=True), CRS, PARAMS)
    with pytest.raises(DataError, match="line_id or id"):
        supplied_courses(bare().drop(columns="id"), CRS, PARAMS)


def test_every_river_needs_a_row_and_a_line():
    lines = gpd.GeoDataFrame({"line_id": ["stem"], "kind": ["river"]}, geometry=[line((0, 0), (9e3, 0))], crs=CRS)
    names = [
        "drainage_area_km2_published",
        "drainage_area_km2_derived",
        "length_km_published",
        "mean_width_m",
        "accuracy_km",
    ]
    table = pd.DataFrame(
        {
            "line_id": ["stem", "ghost"],
            "name_en": "x",
            "name_ko": "x",
            "flows_into": "sea",
            "width_class": "",
            "tidal": "",
            **dict.fromkeys(names, 1.0),
        }
    )
    with pytest.raises(DataError, match="ghost"):
        river_courses(lines, table, CRS, PARAMS)
    table.loc[0, "drainage_area_km2_published"] = np.nan
    table.loc[0, "drainage_area_km2_derived"] = 7.0
    found = river_courses(lines, table.iloc[:1], CRS, PARAMS)
    assert found.area_km2.tolist() == [7.0] and found.area_basis.tolist() == ["derived"]
