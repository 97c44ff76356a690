/* How a crowd is painted, a little at a time: large shapes with the browser's own pen, and over them marks, small shapes and points in dots. */
"use strict";

(function (atlas) {
  const AT_ONCE = 256; // features between two looks at the clock
  const LARGE_AT_ONCE = 16;
  const ROUGH_PX = 16; // below this a shape needs fewer vertices
  const [ROUGH_STEP_DOTS, FINE_STEP_DOTS] = [1.4, 0.7];
  const APART_PX = 2; // points of one kind nearer than this to an earlier one would hide it wholly
  let used = null;

  /** Middles of parts in dots of the canvas: x of each, then y of each. */
  function middles(g, parts, { scale, left, top, min, sharp }) {
    const x = Float64Array.from(parts, (part) => ((g.west[part] + g.east[part]) * scale * 0.5 - left - min.x) * sharp);
    return [x, Float64Array.from(parts, (part) => ((g.north[part] + g.south[part]) * scale * 0.5 - top - min.y) * sharp)];
  }

  /** Marks: where several would lie over one another one stands for all, in the look of the gravest, on a grid that moves with the map. */
  function* paintMarks(dots, crowd, kinds, looks, frame) {
    const side = atlas.MARK_PX * frame.sharp;
    const [x0, y0] = [frame.left + frame.min.x, frame.top + frame.min.y].map((edge) => side * Math.floor(edge / atlas.MARK_PX) - edge * frame.sharp - side);
    const nColumns = Math.ceil(dots.width / side) + 4;
    const n = new Uint32Array(nColumns * (Math.ceil(dots.height / side) + 4)); // of each cell; counted down to the last one, which is painted
    const all = kinds.map(({ specks }) => middles(crowd.geometry, specks, frame));
    const column = (x) => Math.max(0, Math.floor((x - x0) / side));
    const row = (y) => Math.max(0, Math.floor((y - y0) / side));
    for (const [x, y] of all) for (let k = 0; k < x.length; k += 1) n[nColumns * row(y[k]) + column(x[k])] += 1;
    const left = n.slice();
    for (const [i, [x, y]] of all.entries()) {
      const mark = x.length ? atlas.markDots(looks[i], side, frame.sharp) : null;
      for (let k = 0; k < x.length; k += 1) {
        const at = nColumns * row(y[k]) + column(x[k]);
        if ((left[at] -= 1) > 0) continue;
        if (n[at] === 1) dots.stamp(mark, x[k], y[k]);
        else dots.stamp(mark, x0 + side * (column(x[k]) + 0.5), y0 + side * (row(y[k]) + 0.5));
        if ((crowd.drawn.marks += 1) % AT_ONCE === 0) yield;
      }
    }
  }

  function* paintSmall(dots, g, kind, look, frame) {
    const { scale, left, top, min, sharp } = frame;
    const [x0, y0] = [-(left + min.x) * sharp, -(top + min.y) * sharp]; // hatches move with the map
    for (const [i, part] of kind.small.entries()) {
      const size = Math.max(g.east[part] - g.west[part], g.south[part] - g.north[part]) * scale;
      const width = Math.min(look.width, sharp * Math.max(1, size / 10));
      dots.trace(g, part, frame, size < ROUGH_PX ? ROUGH_STEP_DOTS : FINE_STEP_DOTS);
      if (g.kind[part] === 2) dots.fill(look, x0, y0);
      dots.outline(look, width, g.kind[part] === 2);
      if (i % AT_ONCE === 0) yield;
    }
  }

  function pointPath({ shape, radius }) {
    if (shape !== "circle") return new Path2D(atlas.markPath(shape, 0, 0, radius));
    const path = new Path2D();
    path.arc(0, 0, radius, 0, 2 * Math.PI);
    return path;
  }

  /** Fill and stroke a path, or what the pen has traced. */
  function finish(pen, style, ...path) {
    pen.globalAlpha = style.fillOpacity;
    if (style.fill && style.fillOpacity) pen.fill(...path, "evenodd");
    pen.globalAlpha = style.opacity;
    if (style.stroke) pen.stroke(...path);
  }

  function ready(pen, { symbol, own }, style) {
    const fill = style.fill ? atlas.canvasFill(pen, symbol, own.mirrored) : "";
    Object.assign(pen, { lineWidth: style.weight, strokeStyle: style.color, fillStyle: fill, lineJoin: "round", lineCap: style.lineCap });
    pen.setLineDash(style.dashArray ? style.dashArray.split(" ").map(Number) : []);
  }

  const styleOf = ({ symbol, own, soft }) => atlas.style(symbol, { ...own, soft, far: atlas.isFar() });

  /** A small picture of a point symbol. */
  function picture(kind, sharp) {
    const style = styleOf(kind);
    const side = Math.ceil((2 * style.radius + style.weight + 2) * sharp);
    const pen = Object.assign(document.createElement("canvas"), { width: side, height: side }).getContext("2d", { willReadFrequently: true });
    pen.translate(side / 2, side / 2);
    pen.scale(sharp, sharp);
    ready(pen, kind, style);
    finish(pen, style, pointPath(style));
    return { width: side, height: side, dots: new Uint32Array(pen.getImageData(0, 0, side, side).data.buffer) };
  }

  function* paintPoints(dots, g, kind, frame) {
    if (!kind.points.length) return;
    const stamp = picture(kind, frame.sharp);
    const [x, y] = middles(g, kind.points, frame);
    const step = APART_PX * frame.sharp;
    const taken = new Set();
    for (let k = 0; k < x.length; k += 1) {
      const place = Math.round(y[k] / step) * 65536 + Math.round(x[k] / step);
      if (!taken.has(place)) dots.stamp(stamp, x[k], y[k]);
      taken.add(place);
      if (k % AT_ONCE === 0) yield;
    }
  }

  function* paintLarge(pen, g, kind, frame) {
    if (!kind.large.length) return;
    const style = styleOf(kind);
    ready(pen, kind, style);
    for (const [i, part] of kind.large.entries()) {
      pen.beginPath();
      atlas.trace(pen, g, part, frame);
      finish(pen, style);
      if (i % LARGE_AT_ONCE === 0) yield;
    }
  }

  /** The dots of the last drawing again where they are as many: new ones take the browser a while. */
  function emptyDots({ width, height }) {
    const dots = used && used.width === width && used.height === height ? used : new atlas.Dots(width, height);
    used = null;
    dots.dots.fill(0);
    return dots;
  }

  /** Lay dots over what the pen has drawn: put there straight they would take its place. */
  function layOver(pen, dots) {
    const over = Object.assign(atlas.sheet(), { width: dots.width, height: dots.height });
    over.getContext("2d").putImageData(dots.image, 0, 0);
    Object.assign(pen, { globalAlpha: 1 }).setTransform(1, 0, 0, 1, 0, 0);
    pen.drawImage(over, 0, 0);
  }

  /** Paint what is sorted on an empty canvas, and return it when all is on it. */
  atlas.painting = function* (crowd, kinds, frame) {
    const sheet = crowd.spare || atlas.sheet();
    crowd.spare = null;
    const pen = crowd.clear(sheet);
    for (const kind of kinds) yield* paintLarge(pen, crowd.geometry, kind, frame);
    if (kinds.some(({ specks, points, small }) => specks.length + points.length + small.length)) {
      const dots = emptyDots(sheet);
      const looks = kinds.map(({ symbol, own, soft }) => atlas.inDots(symbol, { ...own, soft, far: atlas.isFar() }, frame.sharp));
      yield* paintMarks(dots, crowd, kinds, looks, frame);
      for (const [i, kind] of kinds.entries()) yield* paintSmall(dots, crowd.geometry, kind, looks[i], frame);
      for (const kind of kinds) yield* paintPoints(dots, crowd.geometry, kind, frame);
      layOver(pen, dots);
      used = dots;
    }
    return sheet;
  };
})(window.atlas);
