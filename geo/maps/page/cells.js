/* Thousands of cells on one canvas: projected once, drawn anew after each move; a click looks the cell up. */
"use strict";

(function (atlas) {
  const MARGIN = 0.25; // of the view, so that a short drag shows no bare edge

  /** Web Mercator as a share of the world's width, so that any zoom is one scale and one shift. */
  function project([lat, lon]) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return [lon / 360 + 0.5, 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI)];
  }

  atlas.Cells = L.Layer.extend({
    initialize(layer) {
      this.classes = new Map();
      for (const [row, parts] of atlas.shapes(layer.sets[0])) {
        const key = layer.value("symbol", row);
        if (!this.classes.has(key)) this.classes.set(key, []);
        this.classes.get(key).push(...parts.map((rings) => rings[0].map(project)));
      }
    },
    onAdd(map) {
      this.canvas = L.DomUtil.create("canvas", "leaflet-zoom-hide", map.getPane("density"));
      this.draw();
    },
    onRemove() {
      this.canvas.remove();
    },
    getEvents() {
      return { zoomend: this.draw, moveend: this.draw, resize: this.draw, viewreset: this.draw };
    },

    /** Paint the cells of the view, one path a class. */
    draw() {
      const map = this._map;
      const size = map.getSize();
      const corner = map.containerPointToLayerPoint(size.multiplyBy(-MARGIN)).round();
      const [width, height] = [size.x, size.y].map((length) => Math.round(length * (1 + 2 * MARGIN)));
      const sharp = window.devicePixelRatio || 1;
      Object.assign(this.canvas, { width: width * sharp, height: height * sharp });
      Object.assign(this.canvas.style, { width: `${width}px`, height: `${height}px` });
      L.DomUtil.setPosition(this.canvas, corner);
      const world = 256 * 2 ** map.getZoom();
      const origin = map.getPixelOrigin().add(corner);
      const pen = this.canvas.getContext("2d");
      pen.scale(sharp, sharp);
      for (const [key, rings] of this.classes) {
        pen.fillStyle = atlas.config.symbols[key].colour;
        this.canvas.style.opacity = atlas.config.symbols[key].opacity;
        for (const ring of rings) this.fill(pen, ring, world, origin, width, height);
      }
    },

    /** Fill one cell if it is in view; whole pixels leave no seams between neighbours, and small fills are fast. */
    fill(pen, ring, world, origin, width, height) {
      const points = ring.map(([x, y]) => [Math.round(x * world - origin.x), Math.round(y * world - origin.y)]);
      const out = (i, limit) => points.every((point) => point[i] < 0) || points.every((point) => point[i] > limit);
      if (out(0, width) || out(1, height)) return;
      pen.beginPath();
      points.forEach(([left, top], i) => (i === 0 ? pen.moveTo(left, top) : pen.lineTo(left, top)));
      pen.fill();
    },
  });
})(window.atlas);
