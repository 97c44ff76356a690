/* Panes of the map from the ground up, the ground itself, and the features of a layer as vectors. */
"use strict";

(function (atlas) {
  const PANES = { land: 200, density: 210, soft: 290, zones: 300, front: 305, orientation: 310, screening: 320, raster: 325, hazards: 330, evidence: 340, labels: 640 };
  const NEAR_ZOOM = 10.5; // below this a dashed outline of a few pixels would vanish: drawn solid
  const renderers = {};

  /** Whether the map is too far off for dashes. */
  atlas.isFar = () => atlas.map.getZoom() < NEAR_ZOOM;

  /** Make the panes and their renderers; hatching needs SVG. */
  atlas.preparePanes = function (map) {
    for (const [name, level] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = level;
      if (["land", "density", "raster", "soft", "labels"].includes(name)) pane.style.pointerEvents = "none";
      if (!["labels", "density", "raster"].includes(name)) renderers[name] = new atlas.Vectors({ pane: name, padding: 0.3 });
    }
  };

  function shape(kind, parts, options) {
    if (kind === "polygon") return L.polygon(parts, { ...options, smoothFactor: 0.6 });
    if (kind === "line") return L.polyline(parts, { ...options, fill: false, smoothFactor: 0.6 });
    return atlas.mark(parts[0], options);
  }

  /** Draw land, coast and borders below everything; nothing there can be clicked. */
  atlas.drawGround = function (ground) {
    atlas.bordered = "border" in ground;
    const options = { pane: "land", renderer: renderers.land, interactive: false };
    const symbol = atlas.config.symbols.no_data;
    const styles = {
      sea: { stroke: false, fillColor: "#DFE7EF", fillOpacity: 1 },
      land: { stroke: false, fillColor: atlas.fill(symbol), fillOpacity: 1 },
      coast: { color: "#9AA7B4", weight: 1, fill: false },
      border: { color: "#A9A194", weight: 1.2, dashArray: "6 3 1 3", fill: false },
    };
    for (const [name, sets] of Object.entries(ground)) {
      for (const set of sets) for (const parts of atlas.shapes(set).values()) shape(set.kind, parts, { ...options, ...styles[name] }).addTo(atlas.map);
    }
  };

  /** The pane of a layer: the line of the front lies over the outlines of the zones it parts. */
  atlas.paneOf = (layer) => (layer.name === "mdl" ? "front" : layer.group_name);

  /** The features of a layer, each with its row, its symbol and the part it belongs to. */
  atlas.featuresOf = function (layer) {
    const pane = atlas.paneOf(layer);
    const renderer = renderers[pane];
    const made = [];
    for (const set of layer.sets) {
      for (const [row, parts] of atlas.shapes(set)) {
        const symbol = atlas.symbolOf(layer, row);
        const part = layer.parts.findIndex((one) => one.value === layer.value("origin", row));
        const own = { mirrored: part > 0, far: atlas.isFar(), width: layer.value("width_px", row), circle: layer.value("shape_kind", row) === "equal_area_circle" };
        const limits = { kind: set.kind, softM: layer.value("soft_m", row), maxZoom: layer.value("max_zoom", row), minZoom: layer.value("min_zoom", row) || 0 };
        const feature = shape(set.kind, parts, { pane, renderer, ...atlas.style(symbol, own) });
        made.push(Object.assign(feature, { row, symbol, own, part: Math.max(part, 0), ...limits }));
      }
    }
    return made;
  };

  /** A soft band as wide as a schematic line is uncertain, redrawn to scale. */
  atlas.softBand = function (layer) {
    const bands = [];
    for (const set of layer.sets.filter((one) => one.kind === "line")) {
      for (const parts of atlas.shapes(set).values()) {
        if (layer.precision_m !== null) bands.push(L.polyline(parts, { pane: "soft", renderer: renderers.soft, interactive: false, color: "#3A3F45", opacity: 0.1, lineCap: "butt" }));
        layer.group.addLayer(L.polyline(parts, { pane: "front", renderer: renderers.front, interactive: false, color: "#F3F1EC", opacity: 0.9, weight: 4.5 }));
      }
    }
    const resize = () => {
      const metres = atlas.metresPerPixel(atlas.map);
      bands.forEach((band) => band.setStyle({ weight: Math.max(1, (2 * layer.precision_m) / metres) }));
    };
    bands.forEach((band) => layer.group.addLayer(band));
    atlas.map.on("zoomend", resize);
    resize();
  };
})(window.atlas);
