/* A place in words, in every notation; and what is drawn at it or nearest to it. */
"use strict";

(function (atlas) {
  const POLYGON = 2;
  const POINT = 0;
  const WORLD_M = 40030174; // round a sphere as large as the earth: to rank and to prune, never told
  const REACH_PX = 8; // a line or a point this near to a place lies at it

  /** Degrees, minutes and seconds with the letter of the half: 38°15′02.5″N. */
  atlas.dms = function (degrees, letters) {
    const tenths = Math.round(Math.abs(degrees) * 36000);
    const two = (number) => String(number).padStart(2, "0");
    const whole = Math.floor(tenths / 36000);
    const minutes = Math.floor((tenths % 36000) / 600);
    const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
    return `${whole}°${two(minutes)}′${seconds}″${letters[degrees < 0 ? 1 : 0]}`;
  };

  /** A place as text in every notation, latitude first as people read it; a grid's easting before its northing. */
  atlas.place = function (latlng) {
    const { lat, lng } = latlng.wrap();
    const utm = atlas.utm(lat, lng);
    return {
      mgrs: atlas.mgrs(lat, lng),
      utm: utm ? `${utm.zone}${utm.band} ${Math.round(utm.easting)} mE ${Math.round(utm.northing)} mN` : "",
      decimal: `${lat.toFixed(5)}, ${lng.toFixed(5)}`,
      dms: `${atlas.dms(lat, "NS")} ${atlas.dms(lng, "EW")}`,
      grids: atlas.config.readout.grids.map((grid) => {
        const [easting, northing] = atlas.grid(grid).forward(lat, lng);
        return { name: grid.name, title: grid.title, text: `E ${Math.round(easting)} N ${Math.round(northing)}` };
      }),
    };
  };

  /** How much of its world's width a metre is in Web Mercator, halfway between two heights: the cosine of the latitude there. */
  const shrunk = (y1, y2) => 1 / Math.cosh(Math.PI * (1 - y1 - y2));
  const world = ({ lat, lng }) => ({ x: atlas.worldX(lng), y: atlas.worldY(lat) });

  /** How far the boxes of a layer's parts lie from a place at least [m], two in a hundred off the plane taken away. */
  function boundsM(g, { x, y }) {
    const found = new Float64Array(g.n);
    for (let i = 0; i < g.n; i += 1) {
      const dx = Math.max(g.west[i] - x, x - g.east[i], 0);
      const dy = Math.max(g.north[i] - y, y - g.south[i], 0);
      if (dx || dy) found[i] = 0.98 * WORLD_M * Math.hypot(dx, dy) * Math.min(shrunk(y, y), shrunk(g.north[i], g.north[i]), shrunk(g.south[i], g.south[i]));
    }
    return found;
  }

  /** The nearest point of one ring or line: [m on the plane, x, y], or what was nearer before. */
  function nearestOf(g, from, to, closed, at, best) {
    let found = best;
    for (let k = from; k < to; k += 1) {
      const j = k > from ? k - 1 : closed ? to - 1 : k;
      const [dx, dy] = [g.x[k] - g.x[j], g.y[k] - g.y[j]];
      const along = dx || dy ? Math.max(0, Math.min(1, ((at.x - g.x[j]) * dx + (at.y - g.y[j]) * dy) / (dx * dx + dy * dy))) : 0;
      const [x, y] = [g.x[j] + along * dx, g.y[j] + along * dy];
      const m = WORLD_M * Math.hypot(x - at.x, y - at.y) * shrunk(y, at.y);
      if (m < found[0]) found = [m, x, y];
    }
    return found;
  }

  function nearestOfPart(g, i, at, best) {
    let found = best;
    for (let ring = g.part[i]; ring < g.part[i + 1]; ring += 1) found = nearestOf(g, g.ring[ring], g.ring[ring + 1], g.kind[i] === POLYGON, at, found);
    return found;
  }

  /** Whether a feature of a shown layer is on the map: its day, its part and its first zoom. */
  atlas.isOn = function (layer, row) {
    if (!atlas.holds(layer, row) || (layer.value("min_zoom", row) || 0) > atlas.map.getZoom()) return false;
    const part = layer.parts.find((one) => one.value === layer.value("origin", row));
    return !part || part.shown;
  };

  /** The drawn feature of a layer that is nearest to a place: {row, m}, 0 m inside it; null where none is wanted. */
  atlas.nearestIn = function (layer, latlng, wanted) {
    const g = atlas.geometryOf(layer);
    const at = world(latlng);
    const bounds = boundsM(g, at);
    let [best, row, first] = [[Infinity, 0, 0], null, 0];
    for (let i = 1; i < g.n; i += 1) if (bounds[i] < bounds[first]) first = i; // the nearest box first: then hardly any other needs a look
    for (let k = -1; k < g.n; k += 1) {
      const i = k < 0 ? first : k;
      if (i >= g.n || bounds[i] >= best[0] || !wanted(g.row[i]) || !atlas.isOn(layer, g.row[i])) continue;
      if (g.kind[i] === POLYGON && bounds[i] === 0 && g.holds(i, at.x, at.y)) return { row: g.row[i], m: 0 };
      const found = nearestOfPart(g, i, at, best);
      if (found !== best) [best, row] = [found, g.row[i]];
    }
    if (row === null) return null;
    return { row, m: atlas.geodesic(latlng, { lat: atlas.latOf(best[2]), lng: 360 * (best[1] - 0.5) }).m };
  };

  /** How far off the place of a feature may be [m]; null where that is not stated. */
  atlas.offM = function (layer, row) {
    const km = layer.value(layer.off_km, row) || layer.value("accuracy_km", row);
    return km ? 1000 * km : layer.value("soft_m", row) || layer.value("precision_m", row) || layer.precision_m;
  };

  /** Drawn features of a layer at a place: areas that hold it, lines and points under the pointer, and evidence that may be off as far as here. */
  atlas.rowsAt = function (layer, latlng) {
    const reach = REACH_PX * atlas.metresPerPixel(atlas.map);
    const evidence = layer.group_name === "evidence";
    const g = atlas.geometryOf(layer);
    const at = world(latlng);
    const bounds = boundsM(g, at);
    const found = new Set();
    for (let i = 0; i < g.n; i += 1) {
      const polygon = g.kind[i] === POLYGON;
      if (polygon ? bounds[i] > 0 : bounds[i] > reach && !evidence) continue;
      const far = evidence && g.kind[i] === POINT ? Math.max(reach, atlas.offM(layer, g.row[i]) || 0) : reach;
      const here = polygon ? g.holds(i, at.x, at.y) : bounds[i] <= far && nearestOfPart(g, i, at, [Infinity, 0, 0])[0] <= far;
      if (here && atlas.isOn(layer, g.row[i])) found.add(g.row[i]);
    }
    return [...found].sort((a, b) => a - b);
  };
})(window.atlas);
