/* Layers on the map: one Leaflet group a layer, in panes from the ground up. */
"use strict";

(function (atlas) {
  const PANES = { land: 200, density: 210, soft: 290, zones: 300, orientation: 310, screening: 320, hazards: 330, evidence: 340, labels: 640 };
  const NEAR_ZOOM = 10.5; // below this a dashed outline of a few pixels would vanish: drawn solid
  const renderers = {};
  let map = null;

  /** Make the panes and their renderers; hatching needs SVG, thousands of cells need canvas. */
  atlas.preparePanes = function (target) {
    map = target;
    for (const [name, level] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = level;
      if (["land", "density", "soft", "labels"].includes(name)) pane.style.pointerEvents = "none";
      if (name !== "labels") renderers[name] = name === "density" ? L.canvas({ pane: name }) : L.svg({ pane: name, padding: 0.3 });
    }
  };

  function shape(kind, parts, options) {
    if (kind === "polygon") return L.polygon(parts, { ...options, smoothFactor: 0.6 });
    if (kind === "line") return L.polyline(parts, { ...options, fill: false, smoothFactor: 0.6 });
    return L.circleMarker(parts[0], options);
  }

  /** Draw land, coast and borders below everything; nothing there can be clicked. */
  atlas.drawGround = function (ground) {
    const options = { pane: "land", renderer: renderers.land, interactive: false };
    const symbol = atlas.config.symbols.no_data;
    const styles = {
      land: { stroke: false, fillColor: atlas.fill(symbol), fillOpacity: 1 },
      coast: { color: "#9AA7B4", weight: 1, fill: false },
      border: { color: "#A9A194", weight: 1.2, dashArray: "6 3 1 3", fill: false },
    };
    for (const [name, sets] of Object.entries(ground)) {
      for (const set of sets) for (const parts of atlas.shapes(set).values()) shape(set.kind, parts, { ...options, ...styles[name] }).addTo(map);
    }
  };

  /** A layer of many cells: one path a class, on the canvas, not clickable by itself. */
  function cells(layer, group) {
    const byClass = new Map();
    for (const [row, parts] of atlas.shapes(layer.sets[0])) {
      const key = layer.value("symbol", row);
      if (!byClass.has(key)) byClass.set(key, []);
      byClass.get(key).push(...parts);
    }
    for (const [key, parts] of byClass) {
      const symbol = atlas.config.symbols[key];
      const options = { pane: "density", renderer: renderers.density, interactive: false, smoothFactor: 0, noClip: true };
      group.addLayer(L.polygon(parts, { ...options, stroke: false, fillColor: symbol.colour, fillOpacity: symbol.opacity }));
    }
  }

  /** Build the Leaflet group of a decoded layer. */
  atlas.buildLayer = function (layer) {
    const group = L.featureGroup();
    layer.value = atlas.columns(layer.columns);
    layer.group = group;
    if (layer.name === "mined_density") {
      cells(layer, group);
      return group;
    }
    const pane = layer.group_name;
    for (const set of layer.sets) {
      for (const [row, parts] of atlas.shapes(set)) {
        const symbol = atlas.config.symbols[layer.value("symbol", row)];
        const feature = shape(set.kind, parts, { pane, renderer: renderers[pane], ...atlas.style(symbol, true) });
        if (set.kind === "line" && symbol.kind === "line" && layer.name === "rivers") feature.setStyle({ weight: layer.value("width_px", row) || symbol.width_px });
        feature.row = row;
        feature.symbol = symbol;
        group.addLayer(feature);
      }
    }
    group.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      atlas.openFeature(map, layer, event.layer.row, event.latlng);
    });
    group.bindTooltip((feature) => atlas.tooltip(layer, feature.row), { sticky: true, className: "tip" });
    return group;
  };

  /** A soft band as wide as a schematic line is uncertain, redrawn to scale. */
  atlas.softBand = function (layer) {
    const bands = [];
    for (const set of layer.sets.filter((one) => one.kind === "line")) {
      for (const parts of atlas.shapes(set).values()) {
        bands.push(L.polyline(parts, { pane: "soft", renderer: renderers.soft, interactive: false, color: "#3A3F45", opacity: 0.1, lineCap: "butt" }));
      }
    }
    const resize = () => {
      const metres = (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);
      bands.forEach((band) => band.setStyle({ weight: Math.max(1, (2 * layer.precision_m) / metres) }));
    };
    bands.forEach((band) => layer.group.addLayer(band));
    map.on("zoomend", resize);
    resize();
  };

  /** Dashes return when shapes are large enough on screen to carry them. */
  atlas.followZoom = function () {
    let far = true;
    map.on("zoomend", () => {
      const now = map.getZoom() < NEAR_ZOOM;
      if (now === far) return;
      far = now;
      for (const layer of atlas.layers) {
        layer.group.eachLayer((feature) => {
          if (feature.symbol && feature.symbol.hatch.length) feature.setStyle({ dashArray: atlas.style(feature.symbol, far).dashArray });
        });
      }
    });
  };

  /** Show or hide a layer, and tell the legend and the labels. */
  atlas.show = function (layer, on) {
    if (on) layer.group.addTo(map);
    else layer.group.remove();
    layer.shown = on;
    atlas.changed();
  };

  /** Fade the panes of a group of layers. */
  atlas.fade = function (group, opacity) {
    const names = group === "screening" ? ["screening", "density"] : [group];
    names.forEach((name) => {
      map.getPane(name).style.opacity = opacity;
    });
  };
})(window.atlas);
