/* Shapes of a layer as plain arrays of numbers: projected once and boxed, so that a short loop finds what is in view or under a click. */
"use strict";

(function (atlas) {
  const POLYGON = 2;
  const KINDS = ["point", "line", "polygon"];

  const sum = (list) => list.reduce((total, one) => total + one, 0);

  /** Web Mercator as a share of the world's width, so that any zoom is one scale and one shift. */
  atlas.worldX = (lon) => lon / 360 + 0.5;
  atlas.worldY = function (lat) {
    const sine = Math.sin((lat * Math.PI) / 180);
    return 0.5 - Math.log((1 + sine) / (1 - sine)) / (4 * Math.PI);
  };
  atlas.latOf = (y) => (Math.atan(Math.sinh((0.5 - y) * 2 * Math.PI)) * 180) / Math.PI;

  /** Parts (points, lines, polygons with holes): `row`, `kind`, box, first ring; rings: first point; points: x and y of the world. */
  class Geometry {
    constructor(packed) {
      const sets = packed.map((set) => ({ ...set, x: atlas.unpacked(set.x), y: atlas.unpacked(set.y) }));
      const nPoints = sum(sets.map((set) => set.x.length));
      const nRings = sum(sets.map((set) => (set.points || set.x).length));
      this.n = sum(sets.map((set) => set.rows.length));
      [this.x, this.y] = [new Float64Array(nPoints), new Float64Array(nPoints)];
      this.ring = new Uint32Array(nRings + 1);
      [this.part, this.row, this.kind] = [new Uint32Array(this.n + 1), new Uint32Array(this.n), new Uint8Array(this.n)];
      [this.west, this.north, this.east, this.south] = [0, 1, 2, 3].map(() => new Float64Array(this.n));
      const at = { point: 0, ring: 0, part: 0 };
      for (const set of sets) this.add(set, at);
      for (let i = 0; i < this.n; i += 1) this.box(i);
    }

    add(set, at) {
      const scale = 10 ** set.decimals;
      let row = 0;
      const [rings, parts] = [set.points, set.rings];
      for (let i = 0, point = at.point; i < (rings || set.x).length; i += 1) this.ring[(at.ring += 1)] = point += rings ? rings[i] : 1;
      let ring = this.part[at.part];
      for (let i = 0; i < set.rows.length; i += 1) {
        this.row[at.part] = row += set.rows[i];
        this.kind[at.part] = KINDS.indexOf(set.kind);
        this.part[(at.part += 1)] = ring += parts ? parts[i] : 1;
      }
      for (let i = 0; i < set.x.length; i += 1) {
        this.x[at.point] = atlas.worldX(set.x[i] / scale);
        this.y[at.point] = atlas.worldY(set.y[i] / scale);
        at.point += 1;
      }
    }

    box(i) {
      let [west, north, east, south] = [Infinity, Infinity, -Infinity, -Infinity];
      for (let k = this.ring[this.part[i]]; k < this.ring[this.part[i + 1]]; k += 1) {
        const [x, y] = [this.x[k], this.y[k]];
        if (x < west) west = x;
        if (x > east) east = x;
        if (y < north) north = y;
        if (y > south) south = y;
      }
      [this.west[i], this.north[i], this.east[i], this.south[i]] = [west, north, east, south];
    }

    /** Whether a part's box comes within a margin of a place. */
    isNear(i, x, y, margin) {
      return x >= this.west[i] - margin && x <= this.east[i] + margin && y >= this.north[i] - margin && y <= this.south[i] + margin;
    }

    /** Whether a polygon holds a place; its holes do not. */
    holds(i, x, y) {
      let odd = false;
      for (let ring = this.part[i]; ring < this.part[i + 1]; ring += 1) {
        const [from, to] = [this.ring[ring], this.ring[ring + 1]];
        for (let k = from, j = to - 1; k < to; j = k, k += 1) {
          const [y1, y2] = [this.y[k], this.y[j]];
          if (y1 > y !== y2 > y && x < ((this.x[j] - this.x[k]) * (y - y1)) / (y2 - y1) + this.x[k]) odd = !odd;
        }
      }
      return odd;
    }

    /** How far a place is from the points and lines of a part. */
    distance(i, x, y) {
      const [from, to] = [this.ring[this.part[i]], this.ring[this.part[i] + 1]];
      let least = Math.hypot(x - this.x[from], y - this.y[from]);
      for (let k = from + 1; k < to; k += 1) {
        const [dx, dy] = [this.x[k] - this.x[k - 1], this.y[k] - this.y[k - 1]];
        const along = Math.max(0, Math.min(1, ((x - this.x[k - 1]) * dx + (y - this.y[k - 1]) * dy) / (dx * dx + dy * dy || 1)));
        least = Math.min(least, Math.hypot(x - this.x[k - 1] - along * dx, y - this.y[k - 1] - along * dy));
      }
      return least;
    }

    /** Rows whose polygons hold a place, each once. */
    rowsAt(latlng) {
      const [x, y] = [atlas.worldX(latlng.lng), atlas.worldY(latlng.lat)];
      const rows = new Set();
      for (let i = 0; i < this.n; i += 1) if (this.kind[i] === POLYGON && this.isNear(i, x, y, 0) && this.holds(i, x, y)) rows.add(this.row[i]);
      return [...rows];
    }

    /** The bounds of some rows, or of all. */
    bounds(rows) {
      const found = L.latLngBounds([]);
      for (let i = 0; i < this.n; i += 1) {
        if (rows && !rows.has(this.row[i])) continue;
        found.extend([atlas.latOf(this.north[i]), 360 * (this.west[i] - 0.5)]).extend([atlas.latOf(this.south[i]), 360 * (this.east[i] - 0.5)]);
      }
      return found;
    }
  }

  /** The geometry of a layer; made when it is first asked for. */
  atlas.geometryOf = function (layer) {
    layer.geometry = layer.geometry || new Geometry(layer.sets);
    return layer.geometry;
  };
})(window.atlas);
