/* Thousands of features of one layer on one canvas, straight from their numbers: each in its form and pattern, and as a mark where it is too small for one. */
"use strict";

(function (atlas) {
  const MARK_PX = (atlas.MARK_PX = 7); // side of a mark; what is smaller has no form on screen
  const FINE_PX = 48; // from here on the browser's own pen draws a shape: smoother, and there is no room for many
  const SLICE_MS = 40; // of drawing before the page may do something else
  const KINDS = ["point", "line", "polygon"];
  const LISTS = ["specks", "points", "small", "large"];

  atlas.Crowd = atlas.CanvasLayer.extend({
    initialize(layer, pane) {
      L.Renderer.prototype.initialize.call(this, { pane, padding: 0.2 });
      this.layer = layer;
      this.geometry = atlas.geometryOf(layer);
      const numbers = (name) => Float64Array.from({ length: layer.n }, (_, row) => layer.value(name, row) ?? NaN);
      const told = (name) => (layer.columns[name] ? numbers(name) : null);
      Object.assign(this, { soft: told("soft_m"), limit: told("max_zoom"), first: told("min_zoom"), width: told("width_px") });
      this.simulated = Uint8Array.from({ length: layer.n }, (_, row) => Number(layer.isSimulated(row)));
      const origins = new Map(layer.parts.map((part, i) => [part.value, i]));
      this.origin = layer.parts.length ? Uint8Array.from({ length: layer.n }, (_, row) => origins.get(layer.value("origin", row)) || 0) : null;
    },
    onAdd() {
      atlas.pickable(this, true);
      atlas.CanvasLayer.prototype.onAdd.call(this);
      for (const sheet of (this.sheets || new Map()).values()) this.getPane().append(sheet);
      if (!this.job) this.tell();
    },
    onRemove() {
      this.stop();
      this.spare = null;
      atlas.pickable(this, false);
      for (const sheet of (this.sheets || new Map()).values()) sheet.remove();
      atlas.CanvasLayer.prototype.onRemove.call(this);
      this.tell(false);
    },
    _onAnimZoom(event) {
      this.stop(); // what would be finished now no longer fits
      L.Renderer.prototype._onAnimZoom.call(this, event);
    },
    getBounds() {
      return this.geometry.bounds();
    },

    /** The drawing depends on the day and on which parts are on. */
    state() {
      return `${atlas.CanvasLayer.prototype.state()} ${atlas.day} ${this.layer.parts.map((part) => part.shown)}`;
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

    /** Radius of the largest point symbol [px]. */
    mostRadius() {
      this.look();
      return Math.max(...this.kinds.map(({ symbol }) => symbol.radius_px));
    },

    /** What every row looks like, found anew when another day is shown: index into `kinds`, {symbol, own, order}. */
    look() {
      const { layer, origin, width } = this;
      if (this.looks && this.lookDay === atlas.day) return this.looks;
      const order = Object.keys(atlas.config.symbols);
      const [known, circle] = [new Map(), (layer.columns.shape_kind || { values: [] }).values.indexOf("equal_area_circle")];
      const code = (name, row) => (layer.columns[name] ? layer.columns[name].codes[row] : 0);
      this.kinds = [];
      this.looks = Uint32Array.from({ length: layer.n }, (_, row) => {
        const own = { circle: circle >= 0 && code("shape_kind", row) === circle, mirrored: origin !== null && origin[row] > 0, width: width && width[row] };
        const key = 4 * (256 * code("symbol", row) + code("symbol_then", row)) + 2 * own.circle + own.mirrored + (width ? 1e6 * width[row] : 0);
        if (!known.has(key)) {
          const symbol = atlas.symbolOf(layer, row);
          known.set(key, this.kinds.push({ symbol, own, order: order.indexOf(symbol.key) }) - 1);
        }
        return known.get(key);
      });
      this.lookDay = atlas.day;
      return this.looks;
    },

    /** How a part is to be drawn now: {beyond, half, soft}; nothing is soft of which no precision is known. */
    exactness(part, row, zoom, metres) {
      const told = (list) => (list && list[row] >= 0 ? list[row] : null);
      return atlas.exactness({ softM: told(this.soft), maxZoom: told(this.limit), kind: KINDS[this.geometry.kind[part]] }, zoom, metres);
    },

    /** In which list of its kind a part in view belongs; what is simulated never looks larger than it is, and at the closest zoom nothing does. */
    listOf(part, frame) {
      const { geometry: g } = this;
      if (g.kind[part] === 0) return "points";
      const size = Math.max(g.east[part] - g.west[part], g.south[part] - g.north[part]) * frame.scale;
      if (size >= FINE_PX) return "large";
      return size >= MARK_PX || frame.closest || this.simulated[g.row[part]] ? "small" : "specks";
    },

    /** Parts in view that are drawn alike, the gravest class last and so on top: [{symbol, own, soft, glows, and a list for each way of drawing}]. */
    sorted(frame) {
      const { geometry: g, soft: exact, limit } = this;
      const [zoom, metres, looks] = [this._map.getZoom(), atlas.metresPerPixel(this._map), this.look()];
      const found = [];
      this.drawn = { shapes: 0, specks: 0, marks: 0, sketched: false };
      frame.closest = zoom >= this._map.getMaxZoom();
      for (let part = 0; part < g.n; part += 1) {
        if (g.east[part] < frame.west || g.west[part] > frame.east || g.south[part] < frame.north || g.north[part] > frame.south) continue;
        const row = g.row[part];
        if (!this.isOn(row, zoom)) continue;
        const mayBeSoft = exact && (zoom > limit?.[row] || exact[row] >= metres);
        const { beyond, half, soft } = mayBeSoft ? this.exactness(part, row, zoom, metres) : { beyond: false, half: 0, soft: false };
        const key = 2 * looks[row] + (soft ? 1 : 0);
        const kind = (found[key] ||= { ...this.kinds[looks[row]], soft, glows: [], specks: [], points: [], small: [], large: [] });
        const alone = beyond || (soft && g.kind[part] === 1);
        if (soft && !this.simulated[row]) kind.glows.push({ part, half, alone, softM: exact[row] >= 0 ? exact[row] : null });
        if (!alone) kind[this.listOf(part, frame)].push(part);
        if (beyond) this.drawn.sketched = true;
      }
      const kinds = found.filter(Boolean).sort((a, b) => b.order - a.order);
      for (const kind of kinds) for (const name of LISTS) this.drawn[name === "specks" ? "specks" : "shapes"] += kind[name].length;
      return kinds;
    },

    /** Draw what is in view on a second canvas, which takes the first one's place when it is complete. */
    draw() {
      this.halt();
      const frame = this.frame();
      const kinds = this.sorted(frame);
      const visibility = this.laid && this.laid.state !== this.place.state ? "hidden" : ""; // never another day's features
      for (const sheet of [this._container, ...(this.sheets || new Map()).values()]) sheet.style.visibility = visibility;
      this.job = atlas.painting(this, kinds, frame);
      this.go(kinds, frame);
    },

    /** Draw for a while; all of it where the page is about to be printed. */
    go(kinds, frame) {
      const until = document.body.classList.contains("printing") ? Infinity : performance.now() + SLICE_MS;
      let next = this.job.next();
      while (!next.done && performance.now() < until) next = this.job.next();
      atlas.tellDrawing(this, !next.done);
      if (!next.done) this.turn = requestAnimationFrame(() => this.go(kinds, frame));
      else this.finish(next.value, kinds, frame);
    },

    finish(sheet, kinds, frame) {
      const earlier = this._container;
      sheet.className = earlier.className;
      sheet.style.visibility = "";
      earlier.replaceWith(sheet);
      [this._container, this.laid, this.job] = [sheet, this.place, null];
      this.spare = earlier.width === sheet.width && earlier.height === sheet.height ? earlier : null; // one for paper is large
      atlas.softSheets(this, kinds, frame);
      this.tell();
    },

    /** End a drawing that is not finished; returns whether there was one. */
    halt() {
      if (!this.job) return false;
      cancelAnimationFrame(this.turn);
      this.job = null;
      atlas.tellDrawing(this, false);
      return true;
    },

    /** Give up a drawing that is not finished, so that the next update begins anew. */
    stop() {
      if (this.halt()) this.place = null;
    },

    /** Say that some features are marks at this zoom, as long as they are. */
    tell(on = this.drawn.specks > 0) {
      atlas.tellSimplified(this, on);
      if (this.layer.softRemark) this.layer.softRemark.hidden = !this._map || !this.drawn.sketched;
    },
  });
})(window.atlas);
