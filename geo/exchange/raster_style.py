"""A QGIS style (QML) that shows one band of a raster in a few classes.

Assumption: QGIS reads the style of ``NAME.tif`` from ``NAME.qml`` beside it. Classes are discrete, since an index only ranks. The
limit: renderer and legend only, as QGIS 3.22 and later read them.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from xml.etree import ElementTree as ET


def raster_qml(band: int, classes: Sequence[tuple[float, str, str]]) -> str:
    """Return the QML document of a raster shown by one band.

    Parameters
    ----------
    band : int
        Counted from 1.
    classes : sequence of (float, str, str)
        Upper edge, ``#RRGGBB`` and label of each class, from the lowest; the last edge is taken as infinite.

    Returns
    -------
    str
        XML; the same classes give the same text.

    Examples
    --------
    >>> text = raster_qml(2, [(0.5, "#BDBDBD", "lower"), (1.0, "#54278F", "high")])
    >>> 'band="2"' in text, text.count("<item "), 'value="inf"' in text
    (True, 2, True)
    """
    root = ET.Element("qgis", {"version": "3.22", "styleCategories": "Symbology"})
    pipe = ET.SubElement(root, "pipe")
    finite = [edge for edge, _, _ in classes[:-1]]
    ends = {"classificationMin": "0", "classificationMax": number(finite[-1] if finite else 0.0)}
    drawn = {"type": "singlebandpseudocolor", "band": str(band), "opacity": "0.85", "alphaBand": "-1", **ends}
    renderer = ET.SubElement(pipe, "rasterrenderer", drawn)
    shader = ET.SubElement(ET.SubElement(renderer, "rastershader"), "colorrampshader", {"colorRampType": "DISCRETE", "clip": "0"})
    for i, (edge, colour, label) in enumerate(classes):
        upper = edge if i < len(classes) - 1 else math.inf
        ET.SubElement(shader, "item", {"value": number(upper), "color": colour, "alpha": "255", "label": label})
    ET.indent(root)
    return ET.tostring(root, encoding="unicode") + "\n"


def number(value: float) -> str:
    """Return a number as QGIS writes it.

    Examples
    --------
    >>> number(0.25), number(math.inf)
    ('0.25', 'inf')
    """
    return "inf" if math.isinf(value) else f"{value:.9g}"
