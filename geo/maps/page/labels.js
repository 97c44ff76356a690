/* Names on the map: the most important first, none over another, halo instead of boxes. */
"use strict";

(function (atlas) {
  const GAP_PX = 4;
  const AGAIN_PX = 260; // the same name is not said twice within this distance
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
      const taken = [];
      const said = new Map();
      for (const name of this.names) {
        if (zoom < name.zoom || !atlas.isShown(name.layer)) continue;
        const screen = map.latLngToContainerPoint([name.lat, name.lon]);
        if (screen.x < -20 || screen.y < -20 || screen.x > view.x + 20 || screen.y > view.y + 20) continue;
        const text = atlas.pick(name);
        if ((said.get(text) || []).some((other) => other.distanceTo(screen) < AGAIN_PX)) continue;
        const { w, h } = size(text, name.style);
        const dot = name.dot ? 7 + w / 2 : 0;
        const inView = (one) => one.left >= 0 && one.top >= 0 && one.right <= view.x && one.bottom <= view.y;
        const shifts = name.dot ? [[dot, 0], [-dot, 0], [0, -13], [0, 13]] : [[0, 0]];
        const fits = shifts.map(([x, y]) => [x, y, box(screen.add([x, y]), w, h, name.angle)]).find((one) => inView(one[2]) && !taken.some((other) => meets(one[2], other)));
        if (!fits) continue;
        taken.push(fits[2]);
        said.set(text, [...(said.get(text) || []), screen]);
        nodes.push(this.node(name, text, map.latLngToLayerPoint([name.lat, name.lon]).add([fits[0], fits[1]])));
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
