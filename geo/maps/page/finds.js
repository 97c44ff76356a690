/* Documented finds: a dashed circle as wide as each may be off, and the year beside it, both only while the find itself is shown. */
"use strict";

(function (atlas) {
  const LEAST_PX = 9; // a smaller circle would hide behind its own mark
  let rings = [];
  let group = null;

  function ring(layer, row, latlng) {
    const km = layer.value(layer.off_km, row);
    const options = { pane: "soft", interactive: false, color: "#1D2530", weight: 1, opacity: 0.6, dashArray: "3 4", fill: false };
    return km ? Object.assign(L.circle(latlng, { ...options, radius: km * 1000 }), { row }) : null;
  }

  /** Put the circles that belong to shown finds, where they are wide enough to be seen. */
  function place(layer) {
    const on = atlas.isDrawn(layer);
    const metres = atlas.metresPerPixel(atlas.map);
    for (const one of rings) {
      const wanted = on && atlas.holds(layer, one.row) && one.getRadius() / metres >= LEAST_PX;
      if (wanted !== group.hasLayer(one)) (wanted ? group.addLayer(one) : group.removeLayer(one));
    }
  }

  /** Whether any circle stands on the map, for the legend. */
  atlas.hasRings = () => group !== null && group.getLayers().length > 0;

  /** Leave out the years of finds that are later than the day shown. */
  atlas.datedNames = (names) => names.filter((name) => !name.since || !atlas.day || atlas.lastDay(name.since) <= atlas.day);

  /** Make the circles and let them follow every change of what is shown. */
  atlas.prepareFinds = function (map) {
    const layer = atlas.layers.find((one) => one.name === "incidents");
    if (!layer || !layer.off_km) return;
    const points = layer.sets.filter((set) => set.kind === "point").flatMap((set) => [...atlas.shapes(set)]);
    rings = points.map(([row, parts]) => ring(layer, row, parts[0])).filter(Boolean);
    group = L.layerGroup().addTo(map);
    const { changed } = atlas;
    atlas.changed = () => {
      place(layer);
      changed();
    };
    map.on("zoomend", () => {
      const before = atlas.hasRings();
      place(layer);
      if (before !== atlas.hasRings()) atlas.drawLegend();
    });
  };
})(window.atlas);
