/* What layers on a canvas share: paths straight from numbers, and the hatches of the symbols. */
"use strict";

(function (atlas) {
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
