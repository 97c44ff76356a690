"""A QGIS project (``.qgz``) that opens a GeoPackage beside it, styled, grouped and titled in both languages.

Assumption: the project and the GeoPackage stay in one folder, for sources are relative. Limit: written for QGIS 3.22 and later,
without QGIS: layers, groups, renderers, labels, CRS, extent and the texts of the file; no layouts. The tier stands on QGIS's own
canvas and on what is exported from it; a program that draws the layers alone, such as a map server, leaves it out.
"""

from __future__ import annotations

import itertools
import uuid
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree as ET

import pyproj

from geo.exchange.archive import write_zip
from geo.exchange.field import Notice

VERSION = "3.22.0"
DOCTYPE = "<!DOCTYPE qgis PUBLIC 'http://mrcc.com/qgis.dtd' 'SYSTEM'>\n"
GEOMETRIES = {"Point": "Point", "LineString": "Line", "Polygon": "Polygon"}
BAR = "253,208,120,255"  # behind the tier, which QGIS writes in black
EDGES = ("xmin", "ymin", "xmax", "ymax")


class ProjectLayer(NamedTuple):
    """One layer of the project.

    Attributes
    ----------
    name : str
        Of the table in the GeoPackage.
    title : str
        As the tree of layers shows it.
    group : str
        Title of its group; layers of one group follow each other.
    geometry : str
        OGR geometry type, as `geo.exchange.files.geometry_type` gives it.
    qml : str
        Style, as `geo.exchange.qgis.layer_qml` gives it.
    visible : bool
        Whether it is switched on at first.
    about : str
        Shown in the layer's information.
    """

    name: str
    title: str
    group: str
    geometry: str
    qml: str
    visible: bool = True
    about: str = ""

    @property
    def key(self) -> str:
        """Its identifier: as long as QGIS's own, for QGIS 3.22 finds no layer by a short one."""
        return f"{self.name}_{str(uuid.uuid5(uuid.NAMESPACE_URL, self.name)).replace('-', '_')}"


def write_project(
    layers: Sequence[ProjectLayer],
    path: Path,
    notice: Notice,
    *,
    crs: Any,
    bounds: tuple[float, float, float, float],
    source: str = "layers.gpkg",
) -> None:
    """Write a QGIS project over the layers of a GeoPackage.

    Parameters
    ----------
    layers : sequence of ProjectLayer
        The topmost first.
    path : Path
        Ends in ``.qgz``; replaced if it exists.
    notice : Notice
        Title, tier and texts; the tier's text stands on the canvas.
    crs : any CRS that pyproj takes
        Of the project; the layers are in EPSG:4326.
    bounds : tuple of float
        West, south, east and north [degrees] of what the project shows at first.
    source : str
        Name of the GeoPackage, in the project's folder.

    Examples
    --------
    >>> import tempfile
    >>> from geo.exchange.archive import read_zip
    >>> layer = ProjectLayer("mdl", "MDL", "Zones", "LineString", "<qgis labelsEnabled='0'><renderer-v2/></qgis>")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     write_project([layer], Path(folder, "atlas.qgz"), Notice("North"), crs=5186, bounds=(126, 37, 129, 39))
    ...     text = read_zip(Path(folder, "atlas.qgz"))["atlas.qgs"].decode()
    >>> "<datasource>./layers.gpkg|layername=mdl</datasource>" in text, "EPSG:5186" in text
    (True, True)
    """
    plane = pyproj.CRS.from_user_input(crs)
    root = ET.Element("qgis", projectname=notice.title, version=VERSION)
    ET.SubElement(root, "title").text = notice.title
    _add_crs(ET.SubElement(root, "projectCrs"), plane)
    _add_tree(root, layers)
    _add_canvas(root, plane, bounds)
    held = ET.SubElement(root, "projectlayers")
    for layer in layers:
        _add_layer(held, layer, source)
    order = ET.SubElement(root, "layerorder")
    for layer in layers:
        ET.SubElement(order, "layer", id=layer.key)
    _add_properties(root, notice)
    metadata = ET.SubElement(root, "projectMetadata")
    ET.SubElement(metadata, "title").text = notice.title
    ET.SubElement(metadata, "abstract").text = notice.text
    ET.indent(root, " ")
    text = DOCTYPE + ET.tostring(root, encoding="unicode") + "\n"
    write_zip({f"{path.stem}.qgs": text.encode("utf-8")}, path)


def _add_crs(parent: ET.Element, crs: pyproj.CRS) -> None:
    holder = ET.SubElement(parent, "spatialrefsys", nativeFormat="Wkt")
    ET.SubElement(holder, "wkt").text = crs.to_wkt("WKT2_2019")
    code = crs.to_authority()
    ET.SubElement(holder, "srid").text = code[1] if code else "0"
    ET.SubElement(holder, "authid").text = ":".join(code) if code else ""
    ET.SubElement(holder, "description").text = crs.name
    ET.SubElement(holder, "geographicflag").text = _flag(crs.is_geographic)


def _add_tree(root: ET.Element, layers: Sequence[ProjectLayer]) -> None:
    tree = ET.SubElement(root, "layer-tree-group")
    for title, members in itertools.groupby(layers, key=lambda layer: layer.group):
        group = ET.SubElement(tree, "layer-tree-group", name=title, checked="Qt::Checked", expanded="1")
        for layer in members:
            shown = "Qt::Checked" if layer.visible else "Qt::Unchecked"
            told = {"id": layer.key, "name": layer.title, "checked": shown, "expanded": "0", "providerKey": "ogr"}
            ET.SubElement(group, "layer-tree-layer", told)


def _add_canvas(root: ET.Element, crs: pyproj.CRS, bounds: tuple[float, float, float, float]) -> None:
    canvas = ET.SubElement(root, "mapcanvas", name="theMapCanvas", annotationsVisible="1")
    ET.SubElement(canvas, "units").text = "meters" if crs.is_projected else "degrees"
    place = pyproj.Transformer.from_crs(4326, crs, always_xy=True).transform_bounds(*bounds)
    _add_extent(canvas, [round(edge, 0 if crs.is_projected else 6) for edge in place])
    ET.SubElement(canvas, "rotation").text = "0"
    _add_crs(ET.SubElement(canvas, "destinationsrs"), crs)


def _add_extent(parent: ET.Element, edges: Sequence[float]) -> None:
    extent = ET.SubElement(parent, "extent")
    for name, edge in zip(EDGES, edges, strict=True):
        ET.SubElement(extent, name).text = f"{edge:.10g}"


def _add_layer(parent: ET.Element, layer: ProjectLayer, source: str) -> None:
    style = ET.fromstring(layer.qml.removeprefix(DOCTYPE))
    shape = GEOMETRIES.get(layer.geometry.removeprefix("Multi").removesuffix(" Z"), "Polygon")
    told = {
        "type": "vector",
        "geometry": shape,
        "wkbType": layer.geometry.replace(" ", ""),
        "labelsEnabled": style.get("labelsEnabled", "0"),
    }
    holder = ET.SubElement(parent, "maplayer", told | {"autoRefreshEnabled": "0", "readOnly": "0", "refreshOnNotifyEnabled": "0"})
    ET.SubElement(holder, "id").text = layer.key
    ET.SubElement(holder, "datasource").text = f"./{source}|layername={layer.name}"
    ET.SubElement(holder, "title").text = layer.title
    ET.SubElement(holder, "abstract").text = layer.about
    ET.SubElement(holder, "layername").text = layer.title
    _add_crs(ET.SubElement(holder, "srs"), pyproj.CRS.from_epsg(4326))
    ET.SubElement(holder, "provider", encoding="UTF-8").text = "ogr"
    holder.extend(style)
    ET.SubElement(holder, "blendMode").text = "0"
    ET.SubElement(holder, "layerOpacity").text = "1"


def _add_properties(root: ET.Element, notice: Notice) -> None:
    """Add what makes the project reproject, keeps its sources relative and writes the tier on the canvas."""
    first = f"{notice.lines[0][0]} {notice.lines[0][1]}"
    label = f"{notice.title}\n{first}"
    values: tuple[tuple[str, tuple[tuple[str, str, str], ...]], ...] = (
        ("SpatialRefSys", (("ProjectionsEnabled", "int", "1"),)),
        ("Paths", (("Absolute", "bool", "false"),)),
        ("CopyrightLabel", (("Enabled", "bool", "true"), ("Label", "QString", label), ("Placement", "int", "0"))),
    )
    if notice.tier == "restricted":  # a bar over the top of the canvas, where nobody overlooks it
        bar = (
            ("Enabled", "bool", "true"),
            ("Label", "QString", first),
            ("Placement", "int", "4"),
            ("BackgroundColor", "QString", BAR),
        )
        values += (("TitleLabel", bar),)
    properties = ET.SubElement(root, "properties")
    for group, entries in values:
        holder = ET.SubElement(properties, group)
        for name, kind, value in entries:
            ET.SubElement(holder, name, type=kind).text = value


def _flag(value: bool) -> str:
    return "true" if value else "false"
