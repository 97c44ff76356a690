/* Thousands of cells on one canvas: projected once, drawn anew after each move; a click looks the cell up. */
"use strict";

(function (atlas) {
  const SMALL_PX = 8; // up to this a cell is a rectangle: its grid is turned by a degree or two, less than a pixel of it

  atlas.Cells = atlas.CanvasLayer.extend({
    initialize(layer) {
      L.Renderer.prototype.initialize.call(this, { pane: "density", padding: 0.25 });
      this.layer = layer;
      this.geometry = atlas.geometryOf(layer);
      this.classes = new Map();
      for (let part = 0; part < this.geometry.n; part += 1) {
        const key = layer.value("symbol", this.geometry.row[part]);
        if (!this.classes.has(key)) this.classes.set(key, []);
        this.classes.get(key).push(part);
      }
    },
    getBounds() {
      return this.geometry.bounds();
    },

    /** Paint the cells of the view, one colour after the other. */
    draw() {
      if (!this._container || !this._bounds) return;
      const { geometry: g } = this;
      const frame = this.frame();
      const pen = this.clear(this._container);
      for (const [key, parts] of this.classes) {
        pen.fillStyle = atlas.config.symbols[key].colour;
        this._container.style.opacity = atlas.config.symbols[key].opacity;
        for (const part of parts) {
          if (g.east[part] >= frame.west && g.west[part] <= frame.east && g.south[part] >= frame.north && g.north[part] <= frame.south) this.fill(pen, part, frame);
        }
      }
    },

    /** Fill one cell; whole pixels leave no seams between neighbours, and small fills are fast. */
    fill(pen, part, { scale, left, top }) {
      const { geometry: g } = this;
      const [x, y] = [Math.round(g.west[part] * scale - left), Math.round(g.north[part] * scale - top)];
      const [width, height] = [Math.round(g.east[part] * scale - left) - x, Math.round(g.south[part] * scale - top) - y];
      if (Math.max(width, height) <= SMALL_PX) {
        pen.fillRect(x, y, Math.max(1, width), Math.max(1, height));
        return;
      }
      pen.beginPath();
      for (let k = g.ring[g.part[part]]; k < g.ring[g.part[part] + 1]; k += 1) pen.lineTo(Math.round(g.x[k] * scale - left), Math.round(g.y[k] * scale - top));
      pen.fill();
    },
  });
})(window.atlas);
