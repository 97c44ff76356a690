/* Thousands of hatched shapes on one canvas: Leaflet's own, taught to fill with the hatches of the symbols. */
"use strict";

(function (atlas) {
  const tiles = new Map();
  const HATCHED = /^url\(#hatch-([\w-]+?)(-mirrored)?\)/;

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

  function pattern(context, key, mirrored) {
    const id = `${key}${mirrored || ""}`;
    if (!tiles.has(id)) {
      const symbol = atlas.config.symbols[key];
      const turn = [".", "-"].includes(symbol.hatch.join("")) ? 0 : 45;
      const made = context.createPattern(tile(symbol), "repeat");
      made.setTransform(new DOMMatrix().rotate(mirrored ? -turn : turn).scale(0.25));
      tiles.set(id, made);
    }
    return tiles.get(id);
  }

  const HatchCanvas = L.Canvas.extend({
    _fillStroke(context, layer) {
      const plain = layer.options.fillColor;
      const [, key, mirrored] = HATCHED.exec(plain) || [];
      if (key) layer.options.fillColor = pattern(context, key, mirrored);
      L.Canvas.prototype._fillStroke.call(this, context, layer);
      layer.options.fillColor = plain;
    },
  });

  atlas.hatchCanvas = (options) => new HatchCanvas(options);
})(window.atlas);
