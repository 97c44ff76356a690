/* Layers on the map: one Leaflet group a layer, filled when it is first shown, switched and faded. */
"use strict";

(function (atlas) {
  const MANY = 300; // features of one layer: more are painted on a canvas, since each would be an element of the page
  // one tip for all features: Leaflet's bindTooltip would make each of thousands of shapes a stop of the Tab key
  const tip = L.tooltip({ className: "tip", offset: [12, 0], direction: "right" });

  /** Fill a layer's group when it is first shown; each part has a group of its own. */
  atlas.fillLayer = function (layer) {
    if (layer.filled) return;
    layer.filled = true;
    if (layer.name === "mined_density") {
      layer.group.addLayer(new atlas.Cells(layer));
      return;
    }
    if (layer.n > MANY) {
      layer.crowd = new atlas.Crowd(layer, atlas.paneOf(layer));
      layer.group.addLayer(layer.crowd);
      return;
    }
    layer.features = atlas.featuresOf(layer);
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
    if (layer.crowd) layer.crowd._update();
    if (!layer.filled || !layer.moving || !layer.moving.length) return;
    const zoom = atlas.map.getZoom();
    const view = atlas.map.getBounds().pad(0.15);
    const metres = atlas.metresPerPixel(atlas.map);
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
    layer.isClosed = (row) => ["closed", "handed_over"].includes(layer.value("land_status", row));
    layer.simulatedWord = (row) => (layer.value("basis", row) === "modelled" ? atlas.config.words.modelled_tag : atlas.config.words.simulated_tag);
    layer.group = group;
    layer.features = [];
    layer.groups = (layer.parts.length ? layer.parts : [null]).map(() => L.featureGroup());
    layer.parts.forEach((part) => Object.assign(part, { shown: true }));
    group.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      atlas.openFeature(atlas.map, layer, event.layer.row, event.latlng);
    });
    group.on("mouseover", (event) => tip.setLatLng(event.latlng).setContent(atlas.tooltip(layer, event.layer.row)).openOn(atlas.map));
    group.on("mousemove", (event) => tip.setLatLng(event.latlng));
    group.on("mouseout", () => tip.close());
  };

  /** Dashes return when shapes are large enough on screen to carry them. */
  atlas.followZoom = function () {
    let far = atlas.isFar();
    atlas.map.on("moveend", () => atlas.layers.filter((layer) => !layer.crowd).forEach(atlas.arrange)); // after each zoom as well; crowds hear it themselves
    atlas.map.on("zoomend", () => {
      atlas.blurSheets();
      const turned = atlas.drawables().filter((layer) => atlas.map.hasLayer(layer.group) !== atlas.isDrawn(layer));
      turned.forEach(atlas.draw);
      if (turned.length) atlas.changed();
      if (atlas.isFar() === far) return;
      far = atlas.isFar();
      for (const feature of atlas.layers.flatMap((layer) => layer.features).filter((one) => one.symbol.hatch.length)) {
        feature.own.far = far;
        feature.setStyle(atlas.style(feature.symbol, feature.own));
      }
    });
  };

  const tooClose = (layer) => layer.zoom_cap !== null && atlas.map.getZoom() > layer.zoom_cap;

  /** Whether a layer is on the map: switched on, and not drawn closer than it is known. */
  atlas.isDrawn = (layer) => layer.shown && !tooClose(layer);
  /** Whether a layer that is switched on is not drawn since the map is too close for it. */
  atlas.isTooClose = (layer) => layer.shown && tooClose(layer);

  /** Put a layer on the map or take it away, and say in the list why one that is switched on is not there. */
  atlas.draw = function (layer) {
    if (atlas.isDrawn(layer)) layer.group.addTo(atlas.map);
    else layer.group.remove();
    if (layer.remark) layer.remark.hidden = !layer.shown || !tooClose(layer);
  };

  /** Show or hide a layer, and tell the legend and the labels. */
  atlas.show = function (layer, on) {
    atlas.map.closePopup(); // a card tells what was shown when it was opened
    if (on) atlas.fillLayer(layer);
    layer.shown = on;
    atlas.draw(layer);
    atlas.arrange(layer);
    atlas.changed();
  };

  /** Show or hide one part of a layer. */
  atlas.showPart = function (layer, i, on) {
    atlas.map.closePopup();
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
      atlas.map.getPane(name).style.opacity = opacity;
    });
  };
})(window.atlas);
