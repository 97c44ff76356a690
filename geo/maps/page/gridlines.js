/* Where the lines of the MGRS grid run: squares of 100, 10 or 1 km of each UTM zone in view, cut where zones meet. Reckoning alone, nothing drawn. */
"use strict";

(function (atlas) {
  const LEAST_PX = { 1000: 30, 10000: 40, 100000: 0 }; // a square's side on screen from which it is drawn
  const CHORD_M = 10000; // between two points of a line: its bend in between is below 2 m
  const MOST_ZONES = 4;

  const zoneAt = (lon) => Math.floor((lon + 180) / 6) + 1;
  const west = (zone) => 6 * zone - 186;

  /** The finest squares that are still wide enough to be told apart here [m]. */
  function stepM(map) {
    const metres = atlas.metresPerPixel(map);
    return Number(Object.keys(LEAST_PX).find((side) => side / metres >= LEAST_PX[side]));
  }

  /** What of a view lies in one zone, in metres of its grid: [[east, north], ...] from least to most; none beyond its edges. */
  function range(zone, view) {
    const [left, right] = [Math.max(view.getWest(), west(zone)), Math.min(view.getEast(), west(zone + 1) - 1e-9)];
    const [south, north] = [Math.max(view.getSouth(), -80), Math.min(view.getNorth(), 83.99)];
    if (left >= right || south >= north) return null;
    const middle = Math.min(Math.max(west(zone) + 3, left), right);
    const corners = [south, north].flatMap((lat) => [left, middle, right].map((lon) => atlas.utm(lat, lon)));
    const span = (key) => [Math.min(...corners.map((one) => one[key])), Math.max(...corners.map((one) => one[key]))];
    return { left: west(zone), right: west(zone + 1), easting: span("easting"), northing: span("northing"), band: south < 0 ? "M" : "N" };
  }

  /** A line cut to the longitudes of its zone. */
  function cut(points, left, right) {
    const kept = [];
    points.forEach((point, i) => {
      const before = points[i - 1];
      for (const edge of [left, right]) {
        if (before && before[1] < edge !== point[1] < edge) kept.push([before[0] + ((point[0] - before[0]) * (edge - before[1])) / (point[1] - before[1]), edge]);
      }
      if (point[1] >= left && point[1] <= right) kept.push(point);
    });
    return kept;
  }

  /** The lines of one direction: {km, rank, points} for each multiple of the step. */
  function lines(zone, area, step, across) {
    const [along, over] = across ? [area.northing, area.easting] : [area.easting, area.northing];
    const found = [];
    const n = Math.max(1, Math.ceil((over[1] - over[0]) / CHORD_M));
    for (let at = Math.ceil(along[0] / step) * step; at <= along[1]; at += step) {
      const points = Array.from({ length: n + 1 }, (_, i) => {
        const other = over[0] + ((over[1] - over[0]) * i) / n;
        return across ? atlas.fromUtm(zone, area.band, other, at) : atlas.fromUtm(zone, area.band, at, other);
      });
      const kept = cut(points, area.left, area.right);
      if (kept.length > 1) found.push({ at, across, rank: at % 1e5 === 0 ? "hundred" : at % 1e4 === 0 ? "ten" : "fine", points: kept });
    }
    return found;
  }

  /** The letters of each square of 100 km of a zone: its corners in degrees, cut to the zone. */
  function squares(zone, area) {
    const found = [];
    const [e0, n0] = [area.easting[0], area.northing[0]].map((metres) => Math.floor(metres / 1e5) * 1e5);
    for (let e = e0; e <= area.easting[1]; e += 1e5) {
      for (let n = n0; n <= area.northing[1]; n += 1e5) {
        const corners = [[e, n], [e + 1e5, n], [e, n + 1e5], [e + 1e5, n + 1e5]].map(([x, y]) => atlas.fromUtm(zone, area.band, x, y));
        found.push({ zone, corners: corners.map(([lat, lon]) => [lat, Math.min(Math.max(lon, area.left), area.right)]) });
      }
    }
    return found;
  }

  /** The grid of a view: {step [m], zones, lines: {at, across, rank, points}, meeting: lines between zones, squares: {zone, corners}}. */
  atlas.gridOf = function (map) {
    const view = map.getBounds().pad(0.02);
    const [first, last] = [zoneAt(view.getWest()), zoneAt(view.getEast())];
    const zones = Array.from({ length: Math.min(last - first + 1, MOST_ZONES) }, (_, i) => first + i);
    const step = stepM(map);
    const areas = zones.map((zone) => [zone, range(zone, view)]).filter(([, area]) => area);
    const meeting = zones.slice(1).map((zone) => ({ rank: "zone", points: [[view.getSouth(), west(zone)], [view.getNorth(), west(zone)]] }));
    const runs = areas.flatMap(([zone, area]) => [...lines(zone, area, step, false), ...lines(zone, area, step, true)]);
    return { step, zones, lines: runs, meeting, squares: areas.flatMap(([zone, area]) => squares(zone, area)) };
  };
})(window.atlas);
