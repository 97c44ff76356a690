/* The MGRS grid on the map: its lines, the letters of its squares and the kilometres along the edges; gridlines.js reckons where they run. */
"use strict";

(function (atlas) {
  const EDGE_PX = 11; // how far inside the map its kilometres stand
  const APART_PX = 20;
  const LETTERS = { "grid-tick": { font: "700 11px sans-serif", pad: 8, high: 14 }, "grid-square": { font: "700 17px sans-serif", pad: 8, high: 22 } };
  const measure = document.createElement("canvas").getContext("2d");
  const STYLES = {
    fine: { color: "#33415c", weight: 0.8, opacity: 0.45 },
    ten: { color: "#33415c", weight: 1.1, opacity: 0.6 },
    hundred: { color: "#33415c", weight: 2, opacity: 0.7 },
    zone: { color: "#7a2b05", weight: 2, opacity: 0.8, dashArray: "10 5" },
  };

  /** Where a line first stands inside the map from the edge on which its kilometres are told; null where it never does. */
  function tick(map, line, size, left) {
    const points = line.points.map((point) => map.latLngToContainerPoint(point));
    const key = line.across ? "x" : "y";
    const goal = line.across ? left : size.y - EDGE_PX;
    const other = line.across ? "y" : "x";
    for (let i = 1; i < points.length; i += 1) {
      const [a, b] = [points[i - 1], points[i]];
      if (a[key] < goal !== b[key] < goal) {
        const share = (goal - a[key]) / (b[key] - a[key]);
        return L.point(a.x + share * (b.x - a.x), a.y + share * (b.y - a.y));
      }
    }
    const ends = [points[0], points[points.length - 1]].sort((a, b) => (line.across ? a.x - b.x : b.y - a.y));
    const inside = ends[0][key] > 0 && ends[0][key] < size[key] && ends[0][other] > 0 && ends[0][other] < size[other];
    return inside ? ends[0].add(line.across ? [EDGE_PX, 0] : [0, -EDGE_PX]) : null; // it begins where zones meet
  }

  /** What the buttons, the scale and the ribbons cover of the map. */
  function buttons(map) {
    return atlas.covering(map, false).map((one) => L.bounds([one.left - 9, one.top - 9], [one.right + 9, one.bottom + 9]));
  }

  /** Where the kilometres of a line stand: at the edge, else beside the buttons there; null where neither is free. */
  function spot(map, line, size, taken) {
    const first = tick(map, line, size, EDGE_PX + 3);
    const over = first && taken.find((box) => box.contains(first));
    if (!over) return first;
    const second = line.across ? tick(map, line, size, over.max.x + 3) : null;
    return second && !taken.some((box) => box.contains(second)) ? second : null;
  }

  const Grid = L.Layer.extend({
    onAdd(map) {
      const pane = map.getPane("grid") || map.createPane("grid");
      Object.assign(pane.style, { zIndex: 345, pointerEvents: "none" });
      this.renderer = this.renderer || L.svg({ pane: "grid", padding: 0.3 });
      this.drawn = L.layerGroup().addTo(map);
      this.holder = L.DomUtil.create("div", "grid-labels leaflet-zoom-hide", map.getPane("labels"));
      this.redraw();
    },
    onRemove() {
      this.drawn.remove();
      this.holder.remove();
      this.boxes = []; // Leaflet takes a layer for shown until it is gone
      atlas.labels.place();
    },
    getEvents() {
      return { moveend: this.redraw }; // comes last of every move and every zoom
    },

    /** Draw what is in view, anew after each move. */
    redraw() {
      const found = atlas.gridOf(this._map);
      this.step = found.step;
      this.boxes = [];
      this.drawn.clearLayers();
      for (const [rank, style] of Object.entries(STYLES)) {
        const parts = [...found.lines, ...found.meeting].filter((line) => line.rank === rank).map((line) => line.points);
        if (parts.length) this.drawn.addLayer(L.polyline(parts, { ...style, pane: "grid", renderer: this.renderer, interactive: false, fill: false, smoothFactor: 1.2 }));
      }
      this.holder.replaceChildren(...this.squares(found.squares), ...this.ticks(found.lines));
      if (this.told) this.told(this.step, found.zones);
      if (atlas.labels) atlas.labels.put(false); // names keep clear of the letters
    },

    /** Letters at a place of the map; what they cover is kept for the names, reckoned rather than read, which would lay the page out. */
    node(text, at, kind) {
      const node = atlas.make("span", { class: kind }, text);
      const { font, pad, high } = LETTERS[kind.split(" ")[0]];
      measure.font = font;
      const [w, h] = [measure.measureText(text).width + pad, high].map((px) => (px * atlas.growth()) / 2);
      this.boxes.push({ left: at.x - w, right: at.x + w, top: at.y - h, bottom: at.y + h });
      const point = this._map.containerPointToLayerPoint(at);
      node.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px) translate(-50%, -50%)`;
      return node;
    },

    /** Kilometres of the lines along the lower and the left edge of the map; no two over each other. */
    ticks(found) {
      if (this.step >= 1e5) return [];
      const size = this._map.getSize();
      const letters = this.boxes.map((one) => L.bounds([one.left - 9, one.top - 5], [one.right + 9, one.bottom + 5]));
      const taken = [...buttons(this._map), ...letters];
      const apart = APART_PX * atlas.growth();
      const told = [];
      const nodes = [];
      for (const line of found) {
        const at = spot(this._map, line, size, taken);
        if (!at || at.x < 8 || at.y < 8 || at.x > size.x - 8 || at.y > size.y - 8 || told.some((one) => one.distanceTo(at) < apart)) continue;
        told.push(at);
        nodes.push(this.node(String(Math.round(line.at / 1000) % 100).padStart(2, "0"), at, `grid-tick grid-${line.rank}`));
      }
      return nodes;
    },

    /** The letters of each square of 100 km, in the middle of what of it is in view. */
    squares(found) {
      const map = this._map;
      const [size, grow] = [map.getSize(), atlas.growth()];
      const nodes = [];
      for (const { zone, corners } of found) {
        const inside = corners.map((corner) => map.latLngToContainerPoint(corner));
        const [low, high] = [Math.min, Math.max].map((pick) => L.point(pick(...inside.map((one) => one.x)), pick(...inside.map((one) => one.y))));
        const [from, to] = [L.point(Math.max(low.x, 0), Math.max(low.y, 0)), L.point(Math.min(high.x, size.x), Math.min(high.y, size.y))];
        if (to.x - from.x < 76 * grow || to.y - from.y < 34 * grow) continue; // wider than its letters: no two of them meet
        const middle = from.add(to).divideBy(2);
        const place = map.containerPointToLatLng(middle);
        const text = atlas.mgrs(place.lat, place.lng, 0);
        if (text.startsWith(String(zone))) nodes.push(this.node(text, middle, "grid-square"));
      }
      return nodes;
    },
  });

  /** The row of the list: a switch, and which squares are drawn now. */
  atlas.gridRow = function () {
    const grid = new Grid();
    const words = atlas.config.words;
    const box = atlas.make("input", { type: "checkbox", id: "show-grid" });
    const note = atlas.make("span", { class: "dated" }, atlas.word("grid_off"));
    grid.told = (step, zones) => note.replaceChildren(atlas.both(atlas.filled(words.grid_about, { size: `${step / 1000} km`, zones: zones.join(", ") })));
    box.addEventListener("change", () => {
      if (box.checked) grid.addTo(atlas.map);
      else grid.remove();
      if (!box.checked) note.replaceChildren(atlas.word("grid_off"));
    });
    atlas.mgrsGrid = grid;
    const label = atlas.make("label", { htmlFor: box.id }, atlas.make("span", { class: "name" }, atlas.word("grid")));
    return atlas.make("li", { class: "backdrop" }, box, label, note);
  };
})(window.atlas);
