/* Names on the map: the most important first, none over another, halo instead of boxes. */
"use strict";

(function (atlas) {
  const GAP_PX = 4;
  const AGAIN_PX = 260; // the same name is not said twice within this distance
  const MANY_MARKS = 500; // of a layer: among more, no name finds a free place
  const MARK_PX = 6;
  const DOT_PX = 2;
  const measure = document.createElement("canvas").getContext("2d");

  function size(text, style) {
    const fonts = { city: "600 13px", town: "500 12px", site: "400 11.5px", zone: "600 12px", river: "italic 500 11.5px", line: "500 11.5px" };
    measure.font = `${fonts[style] || fonts.site} system-ui, sans-serif`;
    const spread = style === "zone" ? 1.2 * text.length : 0;
    return { w: measure.measureText(text).width + spread, h: 15 };
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

  /** What stands over the map where no name can be read: buttons, scale, marks, letters of the grid. */
  function covered(map) {
    const frame = map.getContainer().getBoundingClientRect();
    const parts = [...map.getContainer().querySelectorAll(".leaflet-control, .grid-labels > span"), ...document.querySelectorAll("#marks > p")];
    const boxes = parts.map((part) => part.getBoundingClientRect()).filter((one) => one.width > 0);
    return boxes.map((one) => ({ left: one.left - frame.left, right: one.right - frame.left, top: one.top - frame.top, bottom: one.bottom - frame.top }));
  }

  /** Marks of finds, accidents and records, and the dots of the places shown: a name stands beside them where it can. */
  function marked(map, names) {
    const evidence = atlas.layers.filter((layer) => layer.group_name === "evidence" && atlas.isDrawn(layer) && layer.n <= MANY_MARKS);
    const points = evidence.flatMap((layer) => layer.features || []).filter((one) => one.kind === "point" && one.getLatLng);
    const boxes = points.map((one) => around(map.latLngToContainerPoint(one.getLatLng()), MARK_PX));
    const dots = names.filter((name) => name.dot && map.getZoom() >= name.zoom && atlas.isShown(name.layer));
    return [...boxes, ...dots.map((name) => around(map.latLngToContainerPoint([name.lat, name.lon]), DOT_PX))];
  }

  /** Where a name may stand, the best first: beside its dot, or along its line. */
  function spots(name, screen, { w, h }) {
    const turn = (name.angle * Math.PI) / 180;
    const beside = 7 + w / 2;
    const shifts = name.dot ? [[beside, 0], [-beside, 0], [0, -13], [0, 13], [beside, -9], [beside, 9], [-beside, -9], [-beside, 9]] : [[0, 0]];
    const lifted = [-Math.sin(turn) * name.lift, Math.cos(turn) * name.lift];
    return shifts.map(([x, y]) => ({ x, y, box: box(screen.add([x + lifted[0], y + lifted[1]]), w, h, name.angle) }));
  }

  atlas.Labels = L.Layer.extend({
    initialize(names) {
      this.names = names;
    },
    onAdd(map) {
      this.holder = L.DomUtil.create("div", "labels leaflet-zoom-hide", map.getPane("labels"));
      this.place();
    },
    onRemove() {
      this.holder.remove();
    },
    getEvents() {
      return { zoomend: this.place, moveend: this.place, viewreset: this.place };
    },

    /** Put every name that fits, in order of rank. */
    place() {
      const map = this._map;
      if (!map) return;
      const zoom = map.getZoom();
      const view = map.getPixelBounds().getSize();
      const nodes = [];
      const taken = covered(map);
      const marks = marked(map, this.names);
      const said = new Map();
      for (const name of this.names) {
        if (zoom < name.zoom || !atlas.isShown(name.layer)) continue;
        const screen = map.latLngToContainerPoint([name.lat, name.lon]);
        if (screen.x < -20 || screen.y < -20 || screen.x > view.x + 20 || screen.y > view.y + 20) continue;
        const text = atlas.pick(name);
        if (name.style !== "year" && (said.get(text) || []).some((other) => other.distanceTo(screen) < AGAIN_PX)) continue;
        const inView = (one) => one.left >= 0 && one.top >= 0 && one.right <= view.x && one.bottom <= view.y;
        const free = spots(name, screen, size(text, name.style)).filter(({ box: one }) => inView(one) && !taken.some((other) => meets(one, other)));
        const spot = free.find(({ box: one }) => !marks.some((mark) => meets(one, mark))) || free[0];
        if (!spot) continue;
        taken.push(spot.box);
        said.set(text, [...(said.get(text) || []), screen]);
        nodes.push(this.node(name, text, map.latLngToLayerPoint([name.lat, name.lon]).add([spot.x, spot.y])));
      }
      this.holder.replaceChildren(...nodes);
    },

    node(name, text, point) {
      const node = atlas.make("span", { class: `label label-${name.style}` }, text);
      node.style.transform = `translate(${Math.round(point.x)}px, ${Math.round(point.y)}px) translate(-50%, -50%) rotate(${name.angle}deg) translateY(${name.lift}px)`;
      return node;
    },
  });
})(window.atlas);
