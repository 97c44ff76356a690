/* Small shapes written straight into the dots of a canvas: thousands in the time in which the browser's own pen draws a hundred. */
"use strict";

(function (atlas) {
  const HATCH_PX = 1.2;
  const DOT_PX = 0.9;

  const tone = (text) => ({ red: parseInt(text.slice(1, 3), 16), green: parseInt(text.slice(3, 5), 16), blue: parseInt(text.slice(5, 7), 16) });

  /** The strokes of a hatch: steps per dot along x and y, each stroke where their sum is near a whole number. */
  function strokes(symbol, sharp, mirrored) {
    const step = 1 / (symbol.hatch_px * sharp);
    const slant = step * Math.SQRT1_2;
    const turn = mirrored ? -1 : 1;
    const made = (colour, ...directions) => directions.map(([dx, dy]) => ({ dx, dy, half: (HATCH_PX * sharp * step) / 2, tone: tone(colour) }));
    const lines = { "/": [[slant, slant * turn]], "\\": [[slant, -slant * turn]], "-": [[0, step]], x: [[slant, slant], [slant, -slant]], ".": [] };
    return symbol.hatch.flatMap((mark) => made(mark === "x" ? "#FFFFFF" : symbol.hatch_colour, ...lines[mark]));
  }

  /** Lengths of dashes and gaps as a list of whether each dot along a line is in a gap. */
  function dashes(lengths) {
    const ends = lengths.map((_, i) => lengths.slice(0, i + 1).reduce((sum, one) => sum + one, 0));
    return Uint8Array.from({ length: Math.round(ends.at(-1)) }, (_, dot) => ends.findIndex((end) => dot + 0.5 < end) % 2);
  }

  /** How a symbol is written in dots: tones, opacities, strokes of the hatch, width and dashes of the outline. */
  atlas.inDots = function (symbol, own, sharp) {
    const style = atlas.style(symbol, own);
    const hatched = symbol.hatch.length > 0;
    return {
      fill: tone(style.fill ? symbol.colour : style.color), // of a line only its mark has a fill
      fillOpacity: style.fill ? style.fillOpacity * (hatched ? symbol.opacity : 1) : 1,
      hatch: strokes(symbol, sharp, own.mirrored),
      hatchOpacity: style.fillOpacity,
      hatchTone: tone(symbol.hatch_colour),
      dotted: symbol.hatch.includes(".") ? { step: 1 / (symbol.hatch_px * sharp), half: DOT_PX / symbol.hatch_px } : null,
      line: style.stroke && tone(style.color),
      lineOpacity: style.opacity,
      width: style.weight * sharp,
      dash: style.dashArray ? dashes(style.dashArray.split(" ").map((length) => length * sharp)) : null,
    };
  };

  const off = (value) => Math.abs(value - Math.round(value));

  /** A picture in which shapes lie over one another; `x`, `y` and `rings` hold the shape at hand. */
  atlas.Dots = class {
    constructor(width, height) {
      Object.assign(this, { width, height, image: new ImageData(width, height), rings: [0], crossings: [] });
      [this.data, this.x, this.y] = [this.image.data, new Float64Array(64), new Float64Array(64)];
      this.dots = new Uint32Array(this.data.buffer);
    }

    /** Take a part of a geometry as the shape at hand, without vertices nearer to the last one than a step [dots]. */
    trace(geometry, part, { scale, left, top, min, sharp }, step) {
      const [first, last] = [geometry.part[part], geometry.part[part + 1]];
      const most = geometry.ring[last] - geometry.ring[first];
      if (this.x.length < most) [this.x, this.y] = [new Float64Array(2 * most), new Float64Array(2 * most)];
      const { x, y } = this;
      let n = 0;
      this.rings.length = 1;
      for (let ring = first; ring < last; ring += 1) {
        const [from, to, start] = [geometry.ring[ring], geometry.ring[ring + 1], n];
        for (let k = from; k < to; k += 1) {
          x[n] = (geometry.x[k] * scale - left - min.x) * sharp;
          y[n] = (geometry.y[k] * scale - top - min.y) * sharp;
          if (n > start && k < to - 1 && Math.abs(x[n] - x[n - 1]) + Math.abs(y[n] - y[n - 1]) < step) continue;
          n += 1;
        }
        this.rings.push(n);
      }
    }

    /** Lay a tone over one dot. */
    lay(at, { red, green, blue }, opacity) {
      const { data } = this;
      const under = data[at + 3] / 255;
      const whole = opacity + under * (1 - opacity);
      const share = under === 0 ? 1 : opacity / whole;
      data[at] += (red - data[at]) * share;
      data[at + 1] += (green - data[at + 1]) * share;
      data[at + 2] += (blue - data[at + 2]) * share;
      data[at + 3] = whole * 255;
    }

    /** Fill one dot with a look; its hatch runs through the place (x0, y0). */
    fillDot(x, y, look, x0, y0) {
      const at = 4 * (y * this.width + x);
      const [dx, dy, { dotted }] = [x - x0, y - y0, look];
      let over = dotted && off(dx * dotted.step) < dotted.half && off(dy * dotted.step) < dotted.half ? look.hatchTone : null;
      for (const stroke of look.hatch) if (off(dx * stroke.dx + dy * stroke.dy) < stroke.half) over = stroke.tone;
      if (over) this.lay(at, over, look.hatchOpacity);
      else if (look.fillOpacity) this.lay(at, look.fill, look.fillOpacity);
    }

    /** Where a row crosses the rings of the shape at hand, from left to right; returns how often. */
    cross(middle) {
      const { x, y, rings, crossings } = this;
      let n = 0;
      for (let ring = 0; ring < rings.length - 1; ring += 1) {
        for (let k = rings[ring], j = rings[ring + 1] - 1; k < rings[ring + 1]; j = k, k += 1) {
          if (y[k] > middle === y[j] > middle) continue;
          const found = x[k] + ((x[j] - x[k]) * (middle - y[k])) / (y[j] - y[k]);
          let place = n;
          for (; place > 0 && crossings[place - 1] > found; place -= 1) crossings[place] = crossings[place - 1];
          crossings[place] = found;
          n += 1;
        }
      }
      return n;
    }

    /** Fill the shape at hand, its holes left out. */
    fill(look, x0, y0) {
      if (!look.fillOpacity && !look.hatch.length && !look.dotted) return;
      let [high, low] = [Infinity, -Infinity];
      for (let k = 0; k < this.rings[this.rings.length - 1]; k += 1) [high, low] = [Math.min(high, this.y[k]), Math.max(low, this.y[k])];
      const end = Math.min(this.height, Math.ceil(low - 0.5));
      for (let row = Math.max(0, Math.ceil(high - 0.5)); row < end; row += 1) {
        const n = this.cross(row + 0.5);
        for (let k = 0; k + 1 < n; k += 2) {
          const last = Math.min(this.width, Math.ceil(this.crossings[k + 1] - 0.5));
          for (let column = Math.max(0, Math.ceil(this.crossings[k] - 0.5)); column < last; column += 1) this.fillDot(column, row, look, x0, y0);
        }
      }
    }

    /** Draw the rings of the shape at hand, or its line. */
    outline(look, width, closed) {
      if (!look.line) return;
      const { x, y, rings } = this;
      for (let ring = 0; ring < rings.length - 1; ring += 1) {
        const [from, to] = [rings[ring], rings[ring + 1]];
        let along = 0;
        for (let k = from + 1; k < to + (closed ? 1 : 0); k += 1) {
          const next = k < to ? k : from;
          along += this.edge(x[k - 1], y[k - 1], x[next], y[next], look, width / 2, along);
        }
      }
    }

    edge(x1, y1, x2, y2, look, half, along) {
      const [dx, dy, reach] = [x2 - x1, y2 - y1, half + 0.5];
      const square = dx * dx + dy * dy;
      const length = Math.sqrt(square);
      const left = Math.max(0, Math.ceil(Math.min(x1, x2) - reach - 0.5));
      const right = Math.min(this.width - 1, Math.floor(Math.max(x1, x2) + reach - 0.5));
      const top = Math.max(0, Math.ceil(Math.min(y1, y2) - reach - 0.5));
      const bottom = Math.min(this.height - 1, Math.floor(Math.max(y1, y2) + reach - 0.5));
      for (let row = top; row <= bottom; row += 1) {
        for (let column = left; column <= right; column += 1) {
          const px = column + 0.5 - x1;
          const py = row + 0.5 - y1;
          const share = square ? Math.max(0, Math.min(1, (px * dx + py * dy) / square)) : 0;
          const aside = (px - share * dx) ** 2 + (py - share * dy) ** 2;
          if (aside >= reach * reach) continue;
          const cover = reach - Math.sqrt(aside);
          if (look.dash && look.dash[Math.floor(along + share * length) % look.dash.length]) continue;
          this.lay(4 * (row * this.width + column), look.line, Math.min(1, cover) * look.lineOpacity);
        }
      }
      return length;
    }

    /** Lay a small picture over this one, its middle at a place; what it covers is gone, what it leaves open stays. */
    stamp({ dots, width, height }, x, y) {
      const [left, top] = [Math.round(x - width / 2), Math.round(y - height / 2)];
      for (let row = Math.max(0, -top); row < Math.min(height, this.height - top); row += 1) {
        for (let column = Math.max(0, -left); column < Math.min(width, this.width - left); column += 1) {
          const dot = dots[row * width + column];
          if (dot) this.dots[(top + row) * this.width + left + column] = dot;
        }
      }
    }
  };

  /** A square in a look, for what is too small for a form: its outline, and one stroke of its hatch through the middle. */
  atlas.markDots = function (look, side, sharp) {
    const mark = new atlas.Dots(side, side);
    const [middle, edge] = [(side - 1) / 2, side - sharp];
    for (let row = 0; row < side; row += 1) {
      for (let column = 0; column < side; column += 1) {
        if (!look.line || (row >= sharp && column >= sharp && row < edge && column < edge)) mark.fillDot(column, row, look, middle, middle);
        else if (!look.dash || Math.floor((row + column) / sharp) % 2 === 0) mark.lay(4 * (row * side + column), look.line, 1);
      }
    }
    return mark;
  };
})(window.atlas);
