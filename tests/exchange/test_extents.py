import geopandas as gpd
import pytest
import shapely

from geo.errors import DataError
from geo.exchange.extents import read_extents

SQUARE = shapely.box(127.0, 38.0, 127.1, 38.1)


def written(tmp_path, shapes, **columns):
    path = tmp_path / "flood.gpkg"
    gpd.GeoDataFrame(columns, geometry=shapes, crs=4326).to_crs(5186).to_file(path)
    return path


def test_a_slide_with_a_month_only_is_read_into_degrees(tmp_path):
    frame = read_extents(written(tmp_path, [SQUARE], 사건=["갈말"], 구분=["slide"], 일자=["2011-07"]))
    assert frame[["name", "kind", "date"]].values.tolist() == [["갈말", "slide", "2011-07"]]
    assert frame.crs.to_epsg() == 4326
    assert frame.total_bounds == pytest.approx(SQUARE.bounds, abs=1e-6)


@pytest.mark.parametrize(
    ("shapes", "columns", "said"),
    [
        ([SQUARE], {"name": ["a"]}, r"no date \(YYYY-MM-DD\): row 1"),
        ([SQUARE, SQUARE], {"date": ["2020-08-05", "last summer"]}, "no date .*: row 2"),
        ([SQUARE, SQUARE], {"date": ["2020-02-29", "2021-02-29"]}, "no date .*: row 2$|no date .*: row 2:"),
        ([SQUARE], {"date": ["2020"], "kind": ["fire"]}, "kind is none of flood, slide: row 1"),
        ([SQUARE, shapely.Point(127, 38)], {"date": ["2020", "2020"]}, "no valid polygon: row 2"),
    ],
)
def test_what_cannot_be_used_is_told_by_row(tmp_path, shapes, columns, said):
    with pytest.raises(DataError, match=said):
        read_extents(written(tmp_path, shapes, **columns))


def test_dates_are_read_as_those_of_records(tmp_path):
    assert read_extents(written(tmp_path, [SQUARE] * 2, date=["2020년 8월 5일", "2020.8"])).date.tolist() == [
        "2020-08-05",
        "2020-08",
    ]
