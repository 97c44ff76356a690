/* Layers on the map: one Leaflet group a layer, in panes from the ground up. */
"use strict";

(function (atlas) {
  const PANES = { land: 200, density: 210, soft: 290, zones: 300, front: 305, orientation: 310, screening: 320, raster: 325, hazards: 330, evidence: 340, labels: 640 };
  const NEAR_ZOOM = 10.5; // below this a dashed outline of a few pixels would vanish: drawn solid
  const MANY = 300; // features of one layer: more are painted on a canvas, since each would be an element of the page
  const renderers = {};
  // one tip for all features: Leaflet's bindTooltip would make each of thousands of shapes a stop of the Tab key
  const tip = L.tooltip({ className: "tip", offset: [12, 0], direction: "right" });
  let map = null;
  const isFar = (atlas.isFar = () => map.getZoom() < NEAR_ZOOM);

  /** Make the panes and their renderers; hatching needs SVG. */
  atlas.preparePanes = function (target) {
    map = target;
    for (const [name, level] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = level;
      if (["land", "density", "raster", "soft", "labels"].includes(name)) pane.style.pointerEvents = "none";
      if (!["labels", "density", "raster"].includes(name)) renderers[name] = L.svg({ pane: name, padding: 0.3 });
    }
  };

  function shape(kind, parts, options) {
    if (kind === "polygon") return L.polygon(parts, { ...options, smoothFactor: 0.6 });
    if (kind === "line") return L.polyline(parts, { ...options, fill: false, smoothFactor: 0.6 });
    return atlas.mark(parts[0], options);
  }

  /** Draw land, coast and borders below everything; nothing there can be clicked. */
  atlas.drawGround = function (ground) {
    const options = { pane: "land", renderer: renderers.land, interactive: false };
    const symbol = atlas.config.symbols.no_data;
    const styles = {
      sea: { stroke: false, fillColor: "#DFE7EF", fillOpacity: 1 },
      land: { stroke: false, fillColor: atlas.fill(symbol), fillOpacity: 1 },
      coast: { color: "#9AA7B4", weight: 1, fill: false },
      border: { color: "#A9A194", weight: 1.2, dashArray: "6 3 1 3", fill: false },
    };
    for (const [name, sets] of Object.entries(ground)) {
      for (const set of sets) for (const parts of atlas.shapes(set).values()) shape(set.kind, parts, { ...options, ...styles[name] }).addTo(map);
    }
  };

  /** The pane of a layer: the line of the front lies over the outlines of the zones it parts. */
  const paneOf = (layer) => (layer.name === "mdl" ? "front" : layer.group_name);

  /** The features of a layer, each with its row, its symbol and the part it belongs to. */
  function features(layer) {
    const pane = paneOf(layer);
    const renderer = renderers[pane];
    const made = [];
    for (const set of layer.sets) {
      for (const [row, parts] of atlas.shapes(set)) {
        const symbol = atlas.symbolOf(layer, row);
        const part = layer.parts.findIndex((one) => one.value === layer.value("origin", row));
        const own = { mirrored: part > 0, far: isFar(), width: layer.value("width_px", row), circle: layer.value("shape_kind", row) === "equal_area_circle" };
        const limits = { kind: set.kind, softM: layer.value("soft_m", row), maxZoom: layer.value("max_zoom", row), minZoom: layer.value("min_zoom", row) || 0 };
        const feature = shape(set.kind, parts, { pane, renderer, ...atlas.style(symbol, own) });
        made.push(Object.assign(feature, { row, symbol, own, part: Math.max(part, 0), ...limits }));
      }
    }
    return made;
  }

  /** Fill a layer's group when it is first shown; each part has a group of its own. */
  atlas.fillLayer = function (layer) {
    if (layer.filled) return;
    layer.filled = true;
    if (layer.name === "mined_density") {
      layer.group.addLayer(new atlas.Cells(layer));
      return;
    }
    if (layer.n > MANY) {
      layer.crowd = new atlas.Crowd(layer, paneOf(layer));
      layer.group.addLayer(layer.crowd);
      return;
    }
    layer.features = features(layer);
    if (layer.name === "mdl") atlas.softBand(layer);
    layer.features.forEach((feature) => layer.groups[feature.part].addLayer(feature));
    layer.parts.forEach((part, i) => part.shown && layer.group.addLayer(layer.groups[i]));
    if (!layer.parts.length) layer.group.addLayer(layer.groups[0]);
    layer.moving = layer.features.filter((one) => layer.columns.m2 || one.minZoom || one.softM !== null || one.maxZoom !== null);
    atlas.arrange(layer);
  };

  const put = (group, feature, on) => (on ? group.addLayer(feature) : group.removeLayer(feature));

  /** Take away points that would crowd this zoom and states of other days; draw soft what is less exact than the zoom. */
  atlas.arrange = function (layer) {
    if (layer.crowd) layer.crowd.draw();
    if (!layer.filled || !layer.moving || !layer.moving.length) return;
    const zoom = map.getZoom();
    const view = map.getBounds().pad(0.15);
    const metres = atlas.metresPerPixel(map);
    let sketched = false;
    for (const feature of layer.moving) {
      const group = layer.groups[feature.part];
      const on = zoom >= feature.minZoom && atlas.holds(layer, feature.row);
      const { beyond, half, soft } = atlas.exactness(feature, zoom, metres);
      const alone = beyond || (soft && feature.kind === "line");
      if (group.hasLayer(feature) !== (on && !alone)) put(group, feature, on && !alone);
      if (feature.own.soft !== soft && feature.kind !== "point") {
        feature.own.soft = soft;
        feature.setStyle(atlas.style(feature.symbol, feature.own));
      }
      const near = on && soft && !layer.isSimulated(feature.row) && view.intersects(feature.getBounds ? feature.getBounds() : L.latLngBounds([feature.getLatLng()]));
      if (near || feature.glow) atlas.soften(group, feature, near, half, alone);
      sketched = sketched || (on && beyond);
    }
    if (layer.softRemark) layer.softRemark.hidden = !layer.shown || !sketched;
  };

  /** Make the empty Leaflet group of a decoded layer and wire its clicks. */
  atlas.prepareLayer = function (layer) {
    const group = L.featureGroup();
    layer.value = atlas.columns(layer.columns);
    layer.isSimulated = (row) => ["allocated", "modelled"].includes(layer.value("basis", row));
    layer.group = group;
    layer.features = [];
    layer.groups = (layer.parts.length ? layer.parts : [null]).map(() => L.featureGroup());
    layer.parts.forEach((part) => Object.assign(part, { shown: true }));
    group.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      atlas.openFeature(map, layer, event.layer.row, event.latlng);
    });
    group.on("mouseover", (event) => tip.setLatLng(event.latlng).setContent(atlas.tooltip(layer, event.layer.row)).openOn(map));
    group.on("mousemove", (event) => tip.setLatLng(event.latlng));
    group.on("mouseout", () => tip.close());
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
      const metres = atlas.metresPerPixel(map);
      bands.forEach((band) => band.setStyle({ weight: Math.max(1, (2 * layer.precision_m) / metres) }));
    };
    bands.forEach((band) => layer.group.addLayer(band));
    map.on("zoomend", resize);
    resize();
  };

  /** Dashes return when shapes are large enough on screen to carry them. */
  atlas.followZoom = function () {
    let far = isFar();
    map.on("moveend", () => atlas.layers.filter((layer) => !layer.crowd).forEach(atlas.arrange)); // after each zoom as well; crowds hear it themselves
    map.on("zoomend", () => {
      atlas.blurSheets();
      const turned = atlas.drawables().filter((layer) => map.hasLayer(layer.group) !== atlas.isDrawn(layer));
      turned.forEach(atlas.draw);
      if (turned.length) atlas.changed();
      if (isFar() === far) return;
      far = isFar();
      for (const feature of atlas.layers.flatMap((layer) => layer.features).filter((one) => one.symbol.hatch.length)) {
        feature.own.far = far;
        feature.setStyle(atlas.style(feature.symbol, feature.own));
      }
    });
  };

  const tooClose = (layer) => layer.zoom_cap !== null && map.getZoom() > layer.zoom_cap;

  /** Whether a layer is on the map: switched on, and not drawn closer than it is known. */
  atlas.isDrawn = (layer) => layer.shown && !tooClose(layer);

  /** Put a layer on the map or take it away, and say in the list why one that is switched on is not there. */
  atlas.draw = function (layer) {
    if (atlas.isDrawn(layer)) layer.group.addTo(map);
    else layer.group.remove();
    if (layer.remark) layer.remark.hidden = !layer.shown || !tooClose(layer);
  };

  /** Show or hide a layer, and tell the legend and the labels. */
  atlas.show = function (layer, on) {
    if (on) atlas.fillLayer(layer);
    layer.shown = on;
    atlas.draw(layer);
    atlas.arrange(layer);
    atlas.changed();
  };

  /** Show or hide one part of a layer. */
  atlas.showPart = function (layer, i, on) {
    layer.parts[i].shown = on;
    if (on) layer.group.addLayer(layer.groups[i]);
    else layer.group.removeLayer(layer.groups[i]);
    atlas.arrange(layer);
    atlas.changed();
  };

  /** How many features of a layer are on the map. */
  atlas.countOf = function (layer) {
    if (!atlas.isDrawn(layer)) return 0;
    return layer.parts.length ? layer.parts.filter((part) => part.shown).reduce((sum, part) => sum + part.n, 0) : atlas.numberOf(layer);
  };

  /** Fade the panes of a group of layers. */
  atlas.fade = function (group, opacity) {
    const more = { screening: ["density", "raster"], zones: ["front", "soft"] };
    [group, ...(more[group] || [])].forEach((name) => {
      map.getPane(name).style.opacity = opacity;
    });
  };
})(window.atlas);
