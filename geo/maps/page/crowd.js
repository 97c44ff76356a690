/* Thousands of features of one layer on one canvas, straight from their numbers: shapes where there is room, boxes of the same colour and size where not. */
"use strict";

(function (atlas) {
  const SPECK_PX = 4; // below this a shape would be all outline: a box in its colour
  const CROWDED_PX = 12; // up to this a shape may lose its outline, then its form, where too many are in view
  const MOST_SHAPES = 1500; // of a view that are drawn with hatch and outline before the smallest are filled alone
  const MOST_FILLS = 6000; // of a view that keep their form before the smallest become boxes
  const KINDS = ["point", "line", "polygon"];

  function pointPath({ shape, radius }) {
    if (shape !== "circle") return new Path2D(atlas.markPath(shape, 0, 0, radius));
    const path = new Path2D();
    path.arc(0, 0, radius, 0, 2 * Math.PI);
    return path;
  }

  atlas.Crowd = atlas.CanvasLayer.extend({
    initialize(layer, pane) {
      L.Renderer.prototype.initialize.call(this, { pane, padding: 0.2 });
      this.layer = layer;
      this.geometry = atlas.geometryOf(layer);
      const numbers = (name) => Float64Array.from({ length: layer.n }, (_, row) => layer.value(name, row) ?? NaN);
      const told = (name) => (layer.columns[name] ? numbers(name) : null);
      Object.assign(this, { soft: told("soft_m"), limit: told("max_zoom"), first: told("min_zoom"), width: told("width_px") });
      const origins = new Map(layer.parts.map((part, i) => [part.value, i]));
      this.origin = layer.parts.length ? Uint8Array.from({ length: layer.n }, (_, row) => origins.get(layer.value("origin", row)) || 0) : null;
    },
    onAdd(map) {
      atlas.pickable(this, true);
      L.Renderer.prototype.onAdd.call(this, map);
    },
    onRemove() {
      atlas.pickable(this, false);
      atlas.softSheets(this, []);
      L.Renderer.prototype.onRemove.call(this);
      this.tell(false);
    },
    getBounds() {
      return this.geometry.bounds();
    },

    /** Whether a feature is on the map as far as its day, its part and its first zoom go. */
    isOn(row, zoom) {
      if (!atlas.holds(this.layer, row) || (this.origin && !this.layer.parts[this.origin[row]].shown)) return false;
      return !this.first || !(this.first[row] > zoom);
    },

    /** Width or height of a part on screen, whichever is larger [px]; a point is as large as its symbol. */
    size(part, scale) {
      const { geometry: g, layer } = this;
      if (g.kind[part] === 0) return 2 * atlas.symbolOf(layer, g.row[part]).radius_px;
      return Math.max(g.east[part] - g.west[part], g.south[part] - g.north[part]) * scale;
    },

    /** What every row looks like, found anew when another day is shown: index into `kinds`, {symbol, own, order}. */
    look() {
      const { layer } = this;
      if (this.looks && this.lookDay === atlas.day && this.lookHeld === layer.held) return this.looks;
      const order = Object.keys(atlas.config.symbols);
      const known = new Map();
      this.kinds = [];
      this.looks = Uint32Array.from({ length: layer.n }, (_, row) => {
        const symbol = atlas.symbolOf(layer, row);
        const own = { circle: layer.value("shape_kind", row) === "equal_area_circle", mirrored: this.origin !== null && this.origin[row] > 0, width: this.width && this.width[row] };
        const key = `${symbol.key} ${own.circle} ${own.mirrored} ${own.width}`;
        if (!known.has(key)) known.set(key, this.kinds.push({ symbol, own, order: order.indexOf(symbol.key) }) - 1);
        return known.get(key);
      });
      Object.assign(this, { lookDay: atlas.day, lookHeld: layer.held });
      return this.looks;
    },

    /** Parts in view that are on, and their sizes. */
    inView(frame) {
      const { geometry: g } = this;
      const zoom = this._map.getZoom();
      const [parts, sizes] = [[], []];
      for (let i = 0; i < g.n; i += 1) {
        if (g.east[i] < frame.west || g.west[i] > frame.east || g.south[i] < frame.north || g.north[i] > frame.south || !this.isOn(g.row[i], zoom)) continue;
        parts.push(i);
        sizes.push(this.size(i, frame.scale));
      }
      return { parts, sizes };
    },

    /** Sizes from which a part is drawn in full and at least filled in its form; at the closest zoom all are drawn in full. */
    least(sizes) {
      if (this._map.getZoom() >= this._map.getMaxZoom()) return [0, 0];
      const large = Float64Array.from(sizes.filter((size) => size >= SPECK_PX)).sort().reverse();
      return [MOST_SHAPES, MOST_FILLS].map((most) => (large.length <= most ? SPECK_PX : Math.min(CROWDED_PX, large[most])));
    },

    /** How a part is to be drawn now: {beyond, half, soft}; nothing is soft of which no precision is known. */
    exactness(part, row, zoom, metres) {
      const told = (list) => (list && list[row] >= 0 ? list[row] : null);
      return atlas.exactness({ softM: told(this.soft), maxZoom: told(this.limit), kind: KINDS[this.geometry.kind[part]] }, zoom, metres);
    },

    /** What is drawn alike, the gravest class last and so on top: [{symbol, own, shapes, fills, specks, glows}]. */
    sorted({ parts, sizes }) {
      const { layer, geometry: g } = this;
      const [zoom, metres, looks] = [this._map.getZoom(), atlas.metresPerPixel(this._map), this.look()];
      const [[full, formed], found] = [this.least(sizes), new Map()];
      const plain = { beyond: false, half: 0, soft: false };
      this.drawn = { shapes: 0, fills: 0, specks: 0, sketched: false };
      for (let i = 0; i < parts.length; i += 1) {
        const [part, row] = [parts[i], g.row[parts[i]]];
        const { beyond, half, soft } = this.soft ? this.exactness(part, row, zoom, metres) : plain;
        const key = 2 * looks[row] + (soft ? 1 : 0);
        if (!found.has(key)) found.set(key, { ...this.kinds[looks[row]], soft, shapes: [], fills: [], specks: [], glows: [] });
        const kind = found.get(key);
        const alone = beyond || (soft && g.kind[part] === 1);
        if (soft && !layer.isSimulated(row)) kind.glows.push({ part, half, alone, softM: this.soft[row] >= 0 ? this.soft[row] : null });
        if (!alone) (sizes[i] >= full ? kind.shapes : sizes[i] >= formed && g.kind[part] === 2 ? kind.fills : kind.specks).push(part);
        if (beyond) this.drawn.sketched = true;
      }
      return [...found.values()].sort((a, b) => b.order - a.order);
    },

    /** Paint what is in view. */
    draw() {
      if (!this._container || !this._bounds) return;
      const frame = this.frame();
      const pen = this.clear(this._container);
      const kinds = this.sorted(this.inView(frame));
      for (const paint of ["paintSpecks", "paintFills", "paintShapes"]) for (const kind of kinds) this[paint](pen, kind, frame);
      for (const name of ["shapes", "fills", "specks"]) for (const kind of kinds) this.drawn[name] += kind[name].length;
      atlas.softSheets(this, kinds, frame);
      this.tell(this.drawn.specks + this.drawn.fills > 0);
    },

    /** Boxes as large as what they stand for, so that none seems smaller than it is. */
    paintSpecks(pen, { symbol, specks }, { scale, left, top }) {
      const { geometry: g } = this;
      const side = (span) => Math.max(2, Math.round(span * scale));
      pen.globalAlpha = 1;
      pen.fillStyle = symbol.opacity > 0 ? symbol.colour : symbol.outline;
      for (const part of specks) {
        const [width, height] = g.kind[part] === 0 ? [4, 4] : [side(g.east[part] - g.west[part]), side(g.south[part] - g.north[part])];
        const [x, y] = [((g.west[part] + g.east[part]) / 2) * scale - left, ((g.north[part] + g.south[part]) / 2) * scale - top];
        pen.fillRect(Math.round(x - width / 2), Math.round(y - height / 2), width, height);
      }
    },

    paintFills(pen, { symbol, fills }, frame) {
      pen.globalAlpha = 1;
      pen.fillStyle = symbol.opacity > 0 ? symbol.colour : symbol.outline;
      for (const part of fills) {
        pen.beginPath();
        atlas.trace(pen, this.geometry, part, frame);
        pen.fill("evenodd");
      }
    },

    paintShapes(pen, { symbol, own, soft, shapes }, frame) {
      if (!shapes.length) return;
      const style = atlas.style(symbol, { ...own, soft, far: atlas.isFar() });
      const fill = style.fill ? atlas.canvasFill(pen, symbol, own.mirrored) : null;
      const path = this.geometry.kind[shapes[0]] === 0 ? pointPath(style) : null;
      Object.assign(pen, { lineWidth: style.weight, strokeStyle: style.color, fillStyle: fill || "", lineJoin: "round", lineCap: style.lineCap });
      pen.setLineDash(style.dashArray ? style.dashArray.split(" ").map(Number) : []);
      for (const part of shapes) {
        if (path) this.paintPoint(pen, part, path, style, frame);
        else {
          pen.beginPath();
          atlas.trace(pen, this.geometry, part, frame);
          this.finish(pen, style);
        }
      }
    },

    finish(pen, style, path) {
      pen.globalAlpha = style.fillOpacity;
      if (style.fill && style.fillOpacity) path ? pen.fill(path, "evenodd") : pen.fill("evenodd");
      pen.globalAlpha = style.opacity;
      if (style.stroke) path ? pen.stroke(path) : pen.stroke();
    },

    paintPoint(pen, part, path, style, { scale, left, top }) {
      const [x, y] = [this.geometry.west[part] * scale - left, this.geometry.north[part] * scale - top];
      pen.translate(x, y);
      this.finish(pen, style, path);
      pen.translate(-x, -y);
    },

    /** Say that some features are points at this zoom, as long as they are. */
    tell(on) {
      const told = atlas.simplified;
      on ? told.add(this) : told.delete(this);
      atlas.tellSimplified();
      if (this.layer.softRemark) this.layer.softRemark.hidden = !this._container || !this.drawn.sketched;
    },
  });
})(window.atlas);
