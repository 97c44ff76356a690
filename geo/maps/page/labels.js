/* Names on the map: the most important first, none over another, halo instead of boxes. */
"use strict";

(function (atlas) {
  const GAP_PX = 4;
  const AGAIN_PX = 260; // the same name is not said twice within this distance
  const MANY_MARKS = 500; // in view: among more, no name finds a free place
  const MARK_PX = 6;
  const DOT_PX = 2;
  const POINT = 0;
  const FONTS = { city: "600 13px", town: "500 12px", site: "400 11.5px", zone: "600 12px", river: "italic 500 11.5px", line: "500 11.5px", year: "600 11px" };
  const LINE_PX = 15;
  const measure = document.createElement("canvas").getContext("2d");
  const widths = new Map();

  /** Width and height of a name on screen: measured once, since the style sheet's sizes grow in one proportion. */
  function size(text, style, grow) {
    const key = `${style} ${text}`;
    if (!widths.has(key)) {
      measure.font = `${FONTS[style] || FONTS.site} ${getComputedStyle(document.body).fontFamily}`;
      widths.set(key, measure.measureText(text).width + (style === "zone" ? 1.2 * text.length : 0));
    }
    return { w: grow * widths.get(key), h: grow * LINE_PX };
  }

  /** The box a turned text fills on screen. */
  function box(point, w, h, angle) {
    const turn = (angle * Math.PI) / 180;
    const wide = Math.abs(w * Math.cos(turn)) + Math.abs(h * Math.sin(turn));
    const high = Math.abs(w * Math.sin(turn)) + Math.abs(h * Math.cos(turn));
    return { left: point.x - wide / 2 - GAP_PX, right: point.x + wide / 2 + GAP_PX, top: point.y - high / 2 - 1, bottom: point.y + high / 2 + 1 };
  }

  const meets = (a, b) => a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
  const around = ({ x, y }, half) => ({ left: x - half, right: x + half, top: y - half, bottom: y + half });

  /** What stands over the map where no name can be read: buttons, scale, marks. To read their places makes the browser lay the page out. */
  function covered(map) {
    const frame = map.getContainer().getBoundingClientRect();
    const parts = [...map.getContainer().querySelectorAll(".leaflet-control"), ...document.querySelectorAll("#marks > p")];
    const boxes = parts.map((part) => part.getBoundingClientRect()).filter((one) => one.width > 0);
    return boxes.map((one) => ({ left: one.left - frame.left, right: one.right - frame.left, top: one.top - frame.top, bottom: one.bottom - frame.top }));
  }

  let seen = null;

  /** What covers the map, as it was last seen at this zoom and size unless it is to be looked at anew. */
  atlas.covering = function (map, anew) {
    const key = `${map.getZoom()} ${map.getSize()} ${atlas.growth()}`;
    if (anew || !seen || seen.key !== key) seen = { key, boxes: covered(map) };
    return seen.boxes;
  };

  /** Points of a layer of evidence in view, also of those that are painted on a canvas. */
  function pointsOf(layer, map, view) {
    const g = atlas.geometryOf(layer);
    const scale = map.options.crs.scale(map.getZoom());
    const corner = map.getPixelBounds().min;
    const found = [];
    for (let i = 0; i < g.n && found.length <= MANY_MARKS; i += 1) {
      if (g.kind[i] !== POINT) continue;
      const at = { x: g.west[i] * scale - corner.x, y: g.north[i] * scale - corner.y };
      if (at.x > 0 && at.y > 0 && at.x < view.x && at.y < view.y && atlas.isOn(layer, g.row[i])) found.push(at);
    }
    return found;
  }

  /** Marks of finds, accidents and records, and the dots of the places shown: a name stands beside them where it can. */
  function marked(map, names, view) {
    const evidence = atlas.layers.filter((layer) => layer.group_name === "evidence" && atlas.isDrawn(layer));
    const points = evidence.flatMap((layer) => pointsOf(layer, map, view));
    const boxes = points.length > MANY_MARKS ? [] : points.map((one) => around(one, MARK_PX));
    const dots = names.filter((name) => name.dot && map.getZoom() >= name.zoom && atlas.isShown(name.layer));
    return [...boxes, ...dots.map((name) => around(map.latLngToContainerPoint([name.lat, name.lon]), DOT_PX))];
  }

  /** Where a name may stand, the best first: beside its dot, or along its line. */
  function spots(name, screen, { w, h }, grow) {
    const turn = (name.angle * Math.PI) / 180;
    const beside = 7 + w / 2;
    const [far, near] = [13 * grow, 9 * grow];
    const shifts = name.dot ? [[beside, 0], [-beside, 0], [0, -far], [0, far], [beside, -near], [beside, near], [-beside, -near], [-beside, near]] : [[0, 0]];
    const lifted = [-Math.sin(turn) * name.lift * grow, Math.cos(turn) * name.lift * grow];
    return shifts.map(([x, y]) => ({ x, y, box: box(screen.add([x + lifted[0], y + lifted[1]]), w, h, name.angle) }));
  }

  atlas.Labels = L.Layer.extend({
    initialize(names) {
      this.names = names;
    },
    onAdd(map) {
      this.holder = L.DomUtil.create("div", "labels leaflet-zoom-hide", map.getPane("labels"));
      this.put(true);
    },
    onRemove() {
      this.holder.remove();
    },
    getEvents() {
      return { moveend: this.follow }; // comes last of every move and every zoom
    },

    /** After a move; the grid, where it is on, calls when its letters stand. */
    follow() {
      if (!atlas.mgrsGrid || !this._map.hasLayer(atlas.mgrsGrid)) this.put(false);
    },

    /** After any other change. */
    place() {
      this.put(true);
    },

    /** Put every name that fits, in order of rank; what covers the map is looked at anew only where it may have changed. */
    put(anew) {
      const map = this._map;
      if (!map) return;
      const boxes = atlas.covering(map, anew);
      const grow = atlas.growth();
      const zoom = map.getZoom();
      const view = map.getPixelBounds().getSize();
      const nodes = [];
      const letters = atlas.mgrsGrid && map.hasLayer(atlas.mgrsGrid) ? atlas.mgrsGrid.boxes : [];
      const taken = [...boxes, ...letters];
      const marks = marked(map, this.names, view);
      const said = new Map();
      const late = [];
      const stand = (name, text, screen, spot) => {
        taken.push(spot.box);
        said.set(text, [...(said.get(text) || []), screen]);
        nodes.push(this.node(name, text, map.latLngToLayerPoint([name.lat, name.lon]).add([spot.x, spot.y]), name.lift * grow));
      };
      for (const name of this.names) {
        if (zoom < name.zoom || !atlas.isShown(name.layer)) continue;
        const screen = map.latLngToContainerPoint([name.lat, name.lon]);
        if (screen.x < -20 || screen.y < -20 || screen.x > view.x + 20 || screen.y > view.y + 20) continue;
        const text = atlas.pick(name);
        if (name.style !== "year" && (said.get(text) || []).some((other) => other.distanceTo(screen) < AGAIN_PX * grow)) continue;
        const inView = (one) => one.left >= 0 && one.top >= 0 && one.right <= view.x && one.bottom <= view.y;
        const free = spots(name, screen, size(text, name.style, grow), grow).filter(({ box: one }) => inView(one) && !taken.some((other) => meets(one, other)));
        const spot = free.find(({ box: one }) => !marks.some((mark) => meets(one, mark))) || (name.dot ? free[0] : null);
        if (spot) stand(name, text, screen, spot);
        else if (free.length) late.push([name, text, screen, free[0]]); // a line has other places where its name covers no mark
      }
      for (const [name, text, screen, spot] of late) {
        if (!said.has(text) && !taken.some((other) => meets(spot.box, other))) stand(name, text, screen, spot);
      }
      this.holder.replaceChildren(...nodes);
    },

    node(name, text, point, lift) {
      const node = atlas.make("span", { class: `label label-${name.style}` }, text);
      node.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px) translate(-50%, -50%) rotate(${name.angle}deg) translateY(${lift}px)`;
      return node;
    },
  });
})(window.atlas);
