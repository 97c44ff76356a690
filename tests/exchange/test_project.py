"""The QGIS project: text that QGIS needs, and, where QGIS is installed, a picture in which every layer has left its ink."""

import json
import os
import shutil
import subprocess
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import geopandas as gpd
import pytest
import shapely

from geo.exchange.archive import read_zip
from geo.exchange.field import Notice
from geo.exchange.geopackage import write_geopackage
from geo.exchange.project import ProjectLayer, write_project
from geo.styles import project_layers, qgis_styles

QGIS_PYTHON = "/usr/bin/python3"  # where Debian and Ubuntu install QGIS's own modules
BOUNDS = (126.0, 37.0, 129.0, 39.0)
PROBE = """
import json, os, sys
from qgis.core import (QgsApplication, QgsCoordinateTransform, QgsMapRendererSequentialJob, QgsMapSettings, QgsProject,
                       QgsRectangle, QgsVectorLayer)
from qgis.PyQt.QtCore import QSize
from qgis.PyQt.QtGui import QColor
app = QgsApplication([], False); app.initQgis()
project = QgsProject.instance()
read = project.read(sys.argv[1])
told = {"read": read, "title": project.title(), "crs": project.crs().authid(), "layers": {}}
for node in project.layerTreeRoot().findLayers():
    layer = node.layer()
    settings = QgsMapSettings()
    settings.setLayers([layer]); settings.setDestinationCrs(project.crs())
    settings.setTransformContext(project.transformContext())
    settings.setOutputSize(QSize(300, 300)); settings.setBackgroundColor(QColor("white"))
    to_plane = QgsCoordinateTransform(layer.crs(), project.crs(), project)
    settings.setExtent(to_plane.transformBoundingBox(QgsRectangle(*json.loads(sys.argv[2]))))
    job = QgsMapRendererSequentialJob(settings); job.start(); job.waitForFinished(); image = job.renderedImage()
    ink = sum(image.pixel(x, y) != 0xFFFFFFFF for x in range(300) for y in range(300))
    alone = QgsVectorLayer(layer.source(), "alone", "ogr")  # the GeoPackage without the project
    told["layers"][node.name()] = [layer.isValid(), node.isVisible(), layer.renderer().type(), ink, alone.renderer().type(),
                                   layer.labelsEnabled()]
print(json.dumps(told)); sys.stdout.flush(); os._exit(0)
"""
COMMON = {"name_en": "x", "name_ko": "가", "basis": "supplied", "as_of": "2024"}


def layer(shapes, **columns):
    frame = gpd.GeoDataFrame({"id": [f"f{n}" for n in range(len(shapes))]} | columns, geometry=shapes, crs=4326).assign(**COMMON)
    return SimpleNamespace(frame=frame, about_en="About", about_ko="설명")


LAYERS = {
    "mdl": layer([shapely.LineString([(126.2, 37.5), (128.8, 38.5)])], land_class=["zone"]),
    "dmz": layer([shapely.box(126.2, 38, 128, 38.2)], land_class=["zone"]),
    "planned_minefields": layer([shapely.box(126.5, 37.4, 127, 37.8)], land_class=["CHA"], simulated=[False]),
    "unconfirmed_minefields": layer(
        [shapely.MultiPolygon([shapely.box(127.5, 37.4, 128, 37.8)]), shapely.box(128.2, 37.4, 128.6, 37.8)],
        land_class=["SHA", "SHA"],
        simulated=[False, True],
    ),
    "places": layer([shapely.Point(127.5, 38.6)], land_class=["zone"]),
    "mined_density": layer([shapely.box(126.2, 38.4, 127, 38.8)], pi=[0.01]),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("qgis")
    write_geopackage({name: each.frame for name, each in LAYERS.items()}, folder / "layers.gpkg", qgis_styles(LAYERS))
    notice = Notice('North <&"', "북부", tier="restricted")
    write_project(project_layers(LAYERS), folder / "atlas.qgz", notice, crs=5186, bounds=BOUNDS)
    return folder


@pytest.fixture(scope="module")
def root(folder):
    members = read_zip(folder / "atlas.qgz")
    assert list(members) == ["atlas.qgs"]
    return ET.fromstring(members["atlas.qgs"])


def test_sources_are_relative_and_styled(root):
    layers = root.findall("projectlayers/maplayer")
    sources = [each.findtext("datasource") for each in layers]
    assert sorted(sources) == sorted(f"./layers.gpkg|layername={name}" for name in LAYERS)
    assert all(each.find("renderer-v2/symbols") is not None for each in layers)
    assert root.findtext("properties/Paths/Absolute") == "false"


def test_projects_crs_is_said_twice(root):
    assert root.findtext("projectCrs/spatialrefsys/authid") == "EPSG:5186"
    assert root.findtext("projectCrs/spatialrefsys/wkt").startswith("PROJCRS[")
    assert root.findtext("properties/SpatialRefSys/ProjectionsEnabled") == "1"


def test_title_and_canvas_state_the_tier(root):
    title = 'RESTRICTED 제한본 – North <&" · 북부'
    assert root.findtext("title") == root.get("projectname") == title
    assert root.findtext("properties/CopyrightLabel/Label").startswith(f"{title}\nRESTRICTED – do not publish")
    assert "Not an official product" in root.findtext("projectMetadata/abstract")
    bar = root.find("properties/TitleLabel")
    assert (bar.findtext("Enabled"), bar.find("Enabled").get("type")) == ("true", "bool")
    assert bar.findtext("Label").startswith("RESTRICTED – do not publish")


def test_a_public_project_bears_no_bar(tmp_path):
    write_project(project_layers(LAYERS), tmp_path / "a.qgz", Notice("N"), crs=5186, bounds=BOUNDS)
    root = ET.fromstring(read_zip(tmp_path / "a.qgz")["a.qgs"])
    assert root.find("properties/TitleLabel") is None and root.find("properties/CopyrightLabel") is not None


def hazards(**columns):
    boxes = [shapely.box(126.5 + i / 2, 37.4, 126.9 + i / 2, 37.8) for i in range(4)]
    return layer(boxes, land_class=["CHA"] * 4, simulated=[False] * 4, **columns)


def test_no_edge_that_nobody_surveyed_is_hard():
    kinds = ["boundary", "boundary", "equal_area_circle", "boundary"]
    found = hazards(precision_m=[99.0, 100.0, None, 2500.0], shape_kind=kinds)
    root = ET.fromstring(qgis_styles({"planned_minefields": found})["planned_minefields"].split("\n", 1)[1])
    labels = {each.get("value"): (each.get("label"), each.get("symbol")) for each in root.iter("category")}
    assert set(labels) == {"cha", "cha_loose", ""}
    assert "position known to ± 100–2,500 m only" in labels["cha_loose"][0] and "±" not in labels["cha"][0]
    drawn = {
        key: {each.get("name"): each.get("value") for each in root.find(f".//symbol[@name='{number}']/layer/Option")}
        for key, (_, number) in labels.items()
    }
    assert (drawn["cha"]["outline_style"], drawn["cha_loose"]["outline_style"]) == ("solid", "dot")
    assert (drawn["cha"]["outline_color"], drawn["cha_loose"]["outline_color"]) == ("255,0,0,255", "255,128,128,255")


def test_cells_and_exact_hazards_have_no_loose_class():
    exact = hazards(precision_m=[2.0] * 4)
    cells = hazards(precision_m=[1000.0] * 4)
    cells.frame["id"] = [f"cell1km-494-{n}-CHA" for n in range(4)]
    simulated = hazards(precision_m=[500.0] * 4)
    simulated.frame["simulated"] = True
    for each in (exact, cells, simulated):
        assert "_loose" not in qgis_styles({"planned_minefields": each})["planned_minefields"]


def test_tree_holds_every_layer_once_in_groups(root):
    groups = root.findall("layer-tree-group/layer-tree-group")
    assert [group.get("name") for group in groups] == [
        "Hazards · 위험지역",
        "Screening · 선별",
        "Zones · 구역",
        "Orientation · 방향 참조",
    ]
    nodes = root.findall(".//layer-tree-layer")
    ids = [each.findtext("id") for each in root.findall("projectlayers/maplayer")]
    assert [node.get("id") for node in nodes] == ids and len(set(ids)) == len(LAYERS)
    assert all(len(each) > 36 for each in ids)  # QGIS 3.22 finds no layer by a short identifier
    hidden = [node.get("name") for node in nodes if node.get("checked") != "Qt::Checked"]
    assert hidden == ["Expected density, 1 km grid · 1 km 격자 기대 밀도"]


def test_extent_is_that_of_the_area(root):
    west, south, east, north = (float(root.findtext(f"mapcanvas/extent/{edge}")) for edge in ("xmin", "ymin", "xmax", "ymax"))
    back = gpd.GeoSeries([shapely.box(west, south, east, north)], crs=5186).to_crs(4326).total_bounds
    assert back[0] < 126 and back[1] < 37 and back[2] > 129 and back[3] > 39 and back[2] - back[0] < 3.3


def test_a_layer_that_no_group_names_goes_with_the_evidence():
    finds = {"finds": layer([shapely.Point(127, 38)], land_class=["zone"])}
    try:
        found = project_layers(finds)
    except KeyError:
        pytest.skip("the symbols do not know it yet")
    assert [each.group for each in found] == ["Evidence · 증거 자료"]


def has_qgis():
    if not shutil.which("qgis") or not os.access(QGIS_PYTHON, os.X_OK):
        return False
    return subprocess.run([QGIS_PYTHON, "-c", "import qgis.core"], capture_output=True, check=False).returncode == 0


def test_qgis_opens_and_draws_it(folder):
    if not has_qgis():
        pytest.skip("QGIS is not installed")
    env = {"QT_QPA_PLATFORM": "offscreen", "HOME": str(folder), "PATH": os.environ["PATH"], "LANG": "C.UTF-8"}
    command = [QGIS_PYTHON, "-c", PROBE, str(folder / "atlas.qgz"), json.dumps(BOUNDS)]
    done = subprocess.run(command, capture_output=True, text=True, env=env, timeout=120, check=True)
    told = json.loads(done.stdout.splitlines()[-1])
    assert told["read"] and told["crs"] == "EPSG:5186" and told["title"].startswith("RESTRICTED")
    assert len(told["layers"]) == len(LAYERS) and "Warning" not in done.stderr
    for name, (valid, visible, renderer, ink, alone, _) in told["layers"].items():
        assert valid and ink > 3, name
        assert alone == renderer, f"{name}: opened by itself it is drawn by {alone}"
        assert visible is not name.startswith("Expected density")
    kinds = {name.split(" ·")[0]: renderer for name, (_, _, renderer, *_) in told["layers"].items()}
    assert kinds["Places"] == "singleSymbol" and kinds["Unconfirmed minefields"] == "categorizedSymbol"


def test_heights_and_other_types(tmp_path):
    high = ProjectLayer("h", "H", "G", "MultiPolygon Z", "<qgis><renderer-v2/></qgis>")
    write_project([high], tmp_path / "a.qgz", Notice("N"), crs=4326, bounds=BOUNDS, source="other.gpkg")
    root = ET.fromstring(read_zip(tmp_path / "a.qgz")["a.qgs"])
    told = root.find("projectlayers/maplayer")
    assert (told.get("geometry"), told.get("wkbType")) == ("Polygon", "MultiPolygonZ")
    assert told.findtext("datasource") == "./other.gpkg|layername=h" and root.findtext("mapcanvas/units") == "degrees"
