/* The MGRS grid: squares of 100, 10 or 1 km in every UTM zone in view, cut where zones meet, with their letters and kilometres. */
"use strict";

(function (atlas) {
  const LEAST_PX = { 1000: 30, 10000: 40, 100000: 0 }; // a square's side on screen from which it is drawn
  const CHORD_M = 10000; // between two points of a line: its bend in between is below 2 m
  const EDGE_PX = 11; // how far inside the map its kilometres stand
  const APART_PX = 20;
  const MOST_ZONES = 4;
  const STYLES = {
    fine: { color: "#33415c", weight: 0.8, opacity: 0.45 },
    ten: { color: "#33415c", weight: 1.1, opacity: 0.6 },
    hundred: { color: "#33415c", weight: 2, opacity: 0.7 },
    zone: { color: "#7a2b05", weight: 2, opacity: 0.8, dashArray: "10 5" },
  };

  const zoneAt = (lon) => Math.floor((lon + 180) / 6) + 1;
  const west = (zone) => 6 * zone - 186;

  /** The finest squares that are still wide enough to be told apart here [m]. */
  function stepM(map) {
    const metres = atlas.metresPerPixel(map);
    return Number(Object.keys(LEAST_PX).find((side) => side / metres >= LEAST_PX[side]));
  }

  /** What of a view lies in one zone, in metres of its grid: [[east, north], ...] from least to most; none beyond its edges. */
  function range(zone, view) {
    const [left, right] = [Math.max(view.getWest(), west(zone)), Math.min(view.getEast(), west(zone + 1) - 1e-9)];
    const [south, north] = [Math.max(view.getSouth(), -80), Math.min(view.getNorth(), 83.99)];
    if (left >= right || south >= north) return null;
    const middle = Math.min(Math.max(west(zone) + 3, left), right);
    const corners = [south, north].flatMap((lat) => [left, middle, right].map((lon) => atlas.utm(lat, lon)));
    const span = (key) => [Math.min(...corners.map((one) => one[key])), Math.max(...corners.map((one) => one[key]))];
    return { left: west(zone), right: west(zone + 1), easting: span("easting"), northing: span("northing"), band: south < 0 ? "M" : "N" };
  }

  /** A line cut to the longitudes of its zone. */
  function cut(points, left, right) {
    const kept = [];
    points.forEach((point, i) => {
      const before = points[i - 1];
      for (const edge of [left, right]) {
        if (before && before[1] < edge !== point[1] < edge) kept.push([before[0] + ((point[0] - before[0]) * (edge - before[1])) / (point[1] - before[1]), edge]);
      }
      if (point[1] >= left && point[1] <= right) kept.push(point);
    });
    return kept;
  }

  /** The lines of one direction: {km, rank, points} for each multiple of the step. */
  function lines(zone, area, step, across) {
    const [along, over] = across ? [area.northing, area.easting] : [area.easting, area.northing];
    const found = [];
    const n = Math.max(1, Math.ceil((over[1] - over[0]) / CHORD_M));
    for (let at = Math.ceil(along[0] / step) * step; at <= along[1]; at += step) {
      const points = Array.from({ length: n + 1 }, (_, i) => {
        const other = over[0] + ((over[1] - over[0]) * i) / n;
        return across ? atlas.fromUtm(zone, area.band, other, at) : atlas.fromUtm(zone, area.band, at, other);
      });
      const kept = cut(points, area.left, area.right);
      if (kept.length > 1) found.push({ at, across, rank: at % 1e5 === 0 ? "hundred" : at % 1e4 === 0 ? "ten" : "fine", points: kept });
    }
    return found;
  }

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

  /** What the buttons and the scale cover of the map. */
  function buttons(map) {
    const frame = map.getContainer().getBoundingClientRect();
    const boxes = [...map.getContainer().querySelectorAll(".leaflet-control")].map((one) => one.getBoundingClientRect()).filter((one) => one.width > 0);
    return boxes.map((one) => L.bounds([one.left - frame.left - 9, one.top - frame.top - 9], [one.right - frame.left + 9, one.bottom - frame.top + 9]));
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
      atlas.labels.place();
    },
    getEvents() {
      return { moveend: this.redraw, viewreset: this.redraw };
    },

    /** Draw what is in view, anew after each move. */
    redraw() {
      const map = this._map;
      const view = map.getBounds().pad(0.02);
      const [first, last] = [zoneAt(view.getWest()), zoneAt(view.getEast())];
      const zones = Array.from({ length: Math.min(last - first + 1, MOST_ZONES) }, (_, i) => first + i);
      this.step = stepM(map);
      const found = [];
      const squares = [];
      for (const zone of zones) {
        const area = range(zone, view);
        if (!area) continue;
        found.push(...lines(zone, area, this.step, false), ...lines(zone, area, this.step, true));
        squares.push(...this.squares(zone, area));
      }
      const meeting = zones.slice(1).map((zone) => ({ rank: "zone", points: [[view.getSouth(), west(zone)], [view.getNorth(), west(zone)]] }));
      this.drawn.clearLayers();
      for (const [rank, style] of Object.entries(STYLES)) {
        const parts = [...found, ...meeting].filter((line) => line.rank === rank).map((line) => line.points);
        if (parts.length) this.drawn.addLayer(L.polyline(parts, { ...style, pane: "grid", renderer: this.renderer, interactive: false, fill: false, smoothFactor: 1.2 }));
      }
      this.holder.replaceChildren(...squares, ...this.ticks(found));
      if (this.told) this.told(this.step, zones);
      if (atlas.labels) atlas.labels.place(); // names keep clear of the letters
    },

    node(text, at, kind) {
      const node = atlas.make("span", { class: kind }, text);
      const point = this._map.containerPointToLayerPoint(at);
      node.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px) translate(-50%, -50%)`;
      return node;
    },

    /** Kilometres of the lines along the lower and the left edge of the map; no two over each other. */
    ticks(found) {
      if (this.step >= 1e5) return [];
      const size = this._map.getSize();
      const taken = buttons(this._map);
      const told = [];
      const nodes = [];
      for (const line of found) {
        const at = spot(this._map, line, size, taken);
        if (!at || at.x < 8 || at.y < 8 || at.x > size.x - 8 || at.y > size.y - 8 || told.some((one) => one.distanceTo(at) < APART_PX)) continue;
        told.push(at);
        nodes.push(this.node(String(Math.round(line.at / 1000) % 100).padStart(2, "0"), at, `grid-tick grid-${line.rank}`));
      }
      return nodes;
    },

    /** The letters of each square of 100 km, in the middle of what of it is in view. */
    squares(zone, area) {
      const map = this._map;
      const size = map.getSize();
      const nodes = [];
      const [e0, n0] = [area.easting[0], area.northing[0]].map((metres) => Math.floor(metres / 1e5) * 1e5);
      for (let e = e0; e <= area.easting[1]; e += 1e5) {
        for (let n = n0; n <= area.northing[1]; n += 1e5) {
          const corners = [[e, n], [e + 1e5, n], [e, n + 1e5], [e + 1e5, n + 1e5]].map(([x, y]) => atlas.fromUtm(zone, area.band, x, y));
          const inside = corners.map(([lat, lon]) => map.latLngToContainerPoint([lat, Math.min(Math.max(lon, area.left), area.right)]));
          const [low, high] = [Math.min, Math.max].map((pick) => L.point(pick(...inside.map((one) => one.x)), pick(...inside.map((one) => one.y))));
          const [from, to] = [L.point(Math.max(low.x, 0), Math.max(low.y, 0)), L.point(Math.min(high.x, size.x), Math.min(high.y, size.y))];
          if (to.x - from.x < 60 || to.y - from.y < 30) continue;
          const middle = from.add(to).divideBy(2);
          const place = map.containerPointToLatLng(middle);
          const text = atlas.mgrs(place.lat, place.lng, 0);
          if (text.startsWith(String(zone))) nodes.push(this.node(text, middle, "grid-square"));
        }
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
