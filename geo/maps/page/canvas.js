/* What layers on a canvas share: the canvas that follows the map, paths straight from numbers, and the hatches of the symbols. */
"use strict";

(function (atlas) {
  const PRINT_SHARP = 3; // dots a pixel on paper
  const STEP_PX = 0.7; // vertices nearer to the last one than this are not drawn
  const tiles = new Map();

  /** One tile of a hatch; four times as large as on screen, so that it stays sharp when it is turned. */
  function tile(symbol) {
    const side = symbol.hatch_px * 4;
    const sheet = Object.assign(document.createElement("canvas"), { width: side, height: side });
    const pen = sheet.getContext("2d");
    pen.scale(4, 4);
    pen.globalAlpha = symbol.opacity;
    pen.fillStyle = symbol.colour;
    pen.fillRect(0, 0, side, side);
    pen.globalAlpha = 1;
    const size = symbol.hatch_px;
    for (const mark of symbol.hatch) {
      pen.fillStyle = mark === "x" ? "#FFFFFF" : symbol.hatch_colour;
      if (mark === ".") pen.fill(new Path2D(`M${size / 2 - 0.9} ${size / 2}a.9 .9 0 1 0 1.8 0a.9 .9 0 1 0 -1.8 0`));
      if ("/x".includes(mark)) pen.fillRect(size / 2 - 0.6, 0, 1.2, size);
      if ("\\-x".includes(mark)) pen.fillRect(0, size / 2 - 0.6, size, 1.2);
    }
    return sheet;
  }

  /** What a canvas fills a symbol with: its colour, or its hatch as a pattern. */
  atlas.canvasFill = function (pen, symbol, mirrored) {
    if (!symbol.hatch.length) return symbol.colour;
    const id = `${symbol.key}${mirrored ? "-mirrored" : ""}`;
    if (!tiles.has(id)) {
      const turn = [".", "-"].includes(symbol.hatch.join("")) ? 0 : 45;
      const made = pen.createPattern(tile(symbol), "repeat");
      made.setTransform(new DOMMatrix().rotate(mirrored ? -turn : turn).scale(0.25));
      tiles.set(id, made);
    }
    return tiles.get(id);
  };

  /** A canvas in a layer's pane that follows the map; Leaflet moves and scales it between two drawings. */
  atlas.CanvasLayer = L.Renderer.extend({
    options: { padding: 0.2 },
    _initContainer() {
      this._container = document.createElement("canvas");
      this._container.style.pointerEvents = "none"; // what lies below stays within reach; see pick.js
    },
    _destroyContainer() {
      this._container.remove();
      delete this._container;
      this.view = null;
    },
    _update() {
      if (!this._map || (this._map._animatingZoom && this._bounds)) return;
      L.Renderer.prototype._update.call(this);
      const view = `${this._zoom} ${this._map.getPixelOrigin()} ${this._bounds.min} ${this._bounds.max}`;
      if (view === this.view) return; // a zoom is told twice
      this.view = view;
      this.draw();
    },

    /** Empty a canvas, lay it over the view and let its pen count in the map's own pixels. */
    clear(canvas, share = 1) {
      const { min } = this._bounds;
      const size = this._bounds.getSize();
      const fine = document.body.classList.contains("printing") ? PRINT_SHARP : L.Browser.retina ? 2 : 1;
      const sharp = fine * share;
      const pen = canvas.getContext("2d");
      L.DomUtil.setPosition(canvas, min);
      Object.assign(canvas, { width: Math.ceil(size.x * sharp), height: Math.ceil(size.y * sharp) });
      Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
      pen.scale(sharp, sharp);
      pen.translate(-min.x, -min.y);
      return pen;
    },

    /** Scale, shift and edges of the view in world units. */
    frame() {
      const scale = 256 * 2 ** this._map.getZoom();
      const { x: left, y: top } = this._map.getPixelOrigin();
      const [min, max] = [this._bounds.min, this._bounds.max];
      return { scale, left, top, west: (min.x + left) / scale, east: (max.x + left) / scale, north: (min.y + top) / scale, south: (max.y + top) / scale };
    },
  });

  /** Add a part to the path, without the vertices that no screen shows. */
  atlas.trace = function (pen, geometry, part, { scale, left, top }) {
    const closed = geometry.kind[part] === 2;
    for (let ring = geometry.part[part]; ring < geometry.part[part + 1]; ring += 1) {
      const [from, to] = [geometry.ring[ring], geometry.ring[ring + 1]];
      let [x0, y0] = [geometry.x[from] * scale - left, geometry.y[from] * scale - top];
      pen.moveTo(x0, y0);
      for (let k = from + 1; k < to; k += 1) {
        const [x, y] = [geometry.x[k] * scale - left, geometry.y[k] * scale - top];
        if (Math.abs(x - x0) + Math.abs(y - y0) < STEP_PX && k < to - 1) continue;
        pen.lineTo(x, y);
        [x0, y0] = [x, y];
      }
      if (closed) pen.closePath();
    }
  };
})(window.atlas);
