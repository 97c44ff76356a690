"""maXML field reports: read by the names of their elements, refused where they declare anything."""

import logging

import pytest
import shapely

from geo.errors import DataError
from geo.exchange.records import read_survey


def point(lon, lat, number, kind="Turning Point"):
    return (
        f"<point><pointLocal_ID>T{number}</pointLocal_ID><pointNo>{number}</pointNo><pointTypeEnum>{kind}</pointTypeEnum>"
        f"<latitude>{lat}</latitude><longitude>{lon}</longitude><user_entered_mgrs>52SCH{number}</user_entered_mgrs></point>"
    )


def shape(*points, kind="Polygon", crs="WGS 84", number=1):
    told = f"<shape_id>{number}</shape_id><shapeEnum>{kind}</shapeEnum><coordrefsys>{crs}</coordrefsys>"
    return f"<geospatialInfo>{told}<points>{''.join(points)}</points></geospatialInfo>"


SQUARE = [point(127, 38, 1), point(127.01, 38, 2), point(127.01, 38.01, 3), point(127, 38.01, 4)]
HAZARD = (
    "<FieldReport><FieldReportInfo><DateOfInformation>2019-05-01</DateOfInformation></FieldReportInfo><Hazard>"
    "<hazard_localid>{id}</hazard_localid><classification><enumvalue>Confirmed Hazardous Area</enumvalue></classification>"
    "<status>Active</status><estimatedArea>4000</estimatedArea><reporter><name>Kim</name><phone>1</phone></reporter>"
    "<tag>one</tag><tag>two</tag>{shapes}</Hazard></FieldReport>"
)
ACTIVITY = (
    "<FieldReport><HazardReduction><hazard_localid>H1</hazard_localid><dateOfInformation>2020.6.1</dateOfInformation>"
    "<activityType>Technical Survey</activityType><reducedArea>500</reducedArea></HazardReduction></FieldReport>"
)
ACCIDENT = (
    "<FieldReport><Accident><accident_localid>A1</accident_localid><dateOfAccident>2018-03-02</dateOfAccident>"
    f"{shape(point(127.3, 38.3, 1), kind='Point')}</Accident></FieldReport>"
)


def written(path, *reports, head="", space="http://www.example.org/maxml"):
    inside = f"<DocumentHeader><v>1</v></DocumentHeader>{''.join(reports)}"
    text = f"<MineActionFieldReport xmlns='{space}'>{inside}</MineActionFieldReport>"
    path.write_text(f"<?xml version='1.0' encoding='UTF-8'?>{head}{text}", encoding="utf-8")
    return path


def hazard(*shapes, key="H1"):
    return HAZARD.format(id=key, shapes="".join(shapes))


def test_hazards_and_activities(tmp_path):
    survey = read_survey(written(tmp_path / "a.xml", hazard(shape(*SQUARE)), ACTIVITY), columns="imsma-ng")
    row = survey.frame.iloc[0]
    assert row[["id", "land_class", "land_status", "as_of"]].tolist() == ["H1", "CHA", "open", "2019-05-01"]
    assert row.area_reported_m2 == 4000 and row.tag == "one; two" and row["reporter.phone"] == "1"
    assert row.geometry.equals(shapely.box(127, 38, 127.01, 38.01)) and survey.frame.crs.to_epsg() == 4326
    reports = survey.reports[["hazard_id", "date", "kind", "reduced_m2"]]
    assert reports.values.tolist() == [["H1", "2020-06-01", "ts", 500.0]]
    assert survey.points[["row", "point_id", "order", "kind"]].values.tolist()[2] == [0, "T3", 3.0, "turning"]
    assert survey.points.entered_mgrs.tolist()[0] == "52SCH1" and survey.points.shape_id.unique().tolist() == ["1"]


def test_points_go_by_their_numbers_and_landmarks_apart(tmp_path):
    mixed = [point(126.9, 38, 9, "Landmark"), SQUARE[2], SQUARE[0], SQUARE[3], SQUARE[1], point(126.8, 38, 10, "Benchmark")]
    survey = read_survey(written(tmp_path / "a.xml", hazard(shape(*mixed))))
    assert survey.frame.geometry[0].equals(shapely.box(127, 38, 127.01, 38.01)) and len(survey.points) == 6


def test_parts_of_a_hazard_are_one_row(tmp_path):
    east = [part.replace("127", "128") for part in SQUARE]
    survey = read_survey(written(tmp_path / "a.xml", hazard(shape(*SQUARE), shape(*east, number=2)), hazard(key="H2")))
    assert len(survey.frame) == 2 and len(shapely.get_parts(survey.frame.geometry[0])) == 2 and survey.frame.geometry[1] is None
    assert survey.frame.shape_id.tolist() == ["1; 2", ""]


@pytest.mark.parametrize(("kind", "type_"), [("Polyline", "LineString"), ("Point", "MultiPoint"), ("", "Polygon")])
def test_kind_of_shape_is_as_said(tmp_path, kind, type_):
    survey = read_survey(written(tmp_path / "a.xml", hazard(shape(*SQUARE, kind=kind))))
    assert survey.frame.geom_type.tolist() == [type_]


def test_coordinate_that_is_no_number_leaves_no_shape(tmp_path):
    survey = read_survey(written(tmp_path / "a.xml", hazard(shape(*SQUARE[:3], point("127 E", 38, 4)))))
    assert survey.frame.geometry.isna().all() and len(survey.frame) == 1 and len(survey.points) == 4


def test_crs_is_not_guessed(tmp_path):
    path = written(tmp_path / "a.xml", hazard(shape(*SQUARE, crs="")))
    assert read_survey(path).frame.crs is None and read_survey(path, crs="EPSG:4737").frame.crs.to_epsg() == 4737


def test_accidents(tmp_path, caplog):
    path = written(tmp_path / "a.xml", hazard(shape(*SQUARE)), ACCIDENT)
    with caplog.at_level(logging.WARNING):
        survey = read_survey(path, kind="accidents")
    assert survey.frame[["id", "date"]].values.tolist() == [["A1", "2018-03-02"]]
    assert survey.frame.geometry[0].equals(shapely.Point(127.3, 38.3))
    assert "elements that are not read: Hazard" in caplog.text
    with pytest.raises(DataError, match="no features: accidents: .*expected accident, found Hazard"):
        read_survey(written(tmp_path / "b.xml", hazard(shape(*SQUARE))), kind="accidents")


def test_namespace_and_root_do_not_matter(tmp_path):
    path = written(tmp_path / "a.xml", hazard(shape(*SQUARE)), space="urn:other")
    text = path.read_text().replace("MineActionFieldReport", "export")
    (tmp_path / "b.maxml").write_text(text)
    assert read_survey(tmp_path / "b.maxml").frame.id.tolist() == ["H1"]


@pytest.mark.parametrize(
    "head",
    [
        '<!DOCTYPE x SYSTEM "file:///etc/hostname">',
        '<!DOCTYPE MineActionFieldReport [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
    ],
)
def test_declarations_are_refused(tmp_path, head):
    with pytest.raises(DataError, match=r"document type or entity in XML: hazards: .*a\.xml: export the file without a DTD"):
        read_survey(written(tmp_path / "a.xml", hazard(shape(*SQUARE)), head=head))


def test_cut_file_is_told(tmp_path):
    path = written(tmp_path / "a.xml", hazard(shape(*SQUARE)))
    path.write_text(path.read_text()[:-30])
    with pytest.raises(DataError, match="not readable: hazards: .*is it complete XML"):
        read_survey(path)


def test_a_hazard_with_a_part_that_cannot_be_read_has_no_shape(tmp_path):
    east = [part.replace("127", "128,5") for part in SQUARE]
    survey = read_survey(
        written(tmp_path / "a.xml", hazard(shape(*SQUARE), shape(*east, number=2)), hazard(shape(*SQUARE), key="B"))
    )
    assert survey.frame.geometry[0] is None and survey.frame.geometry[1].geom_type == "Polygon"
    told = survey.findings[survey.findings["code"] == "C07"]
    assert told[["row", "hazard_id"]].values.tolist() == [[1, "H1"]] and told["value"].iloc[0].startswith("128,5")


def test_landmarks_alone_are_no_boundary(tmp_path):
    marks = [point(126.9 + n / 100, 38 + n * n / 100, n, "Landmark") for n in range(3)]
    survey = read_survey(written(tmp_path / "a.xml", hazard(shape(*SQUARE), shape(*marks, number=2))))
    assert survey.frame.geometry[0].equals(shapely.box(127, 38, 127.01, 38.01))
