/* Plane coordinates of a place: transverse Mercator by Krüger's series to n^6 (Karney 2011), UTM and MGRS. Below 1 nm within 3900 km of the meridian. */
"use strict";

(function (atlas) {
  const RADIAN = Math.PI / 180;
  const FORWARD = [
    [1 / 2, -2 / 3, 5 / 16, 41 / 180, -127 / 288, 7891 / 37800],
    [13 / 48, -3 / 5, 557 / 1440, 281 / 630, -1983433 / 1935360],
    [61 / 240, -103 / 140, 15061 / 26880, 167603 / 181440],
    [49561 / 161280, -179 / 168, 6601661 / 7257600],
    [34729 / 80640, -3418889 / 1995840],
    [212378941 / 319334400],
  ];
  const INVERSE = [
    [1 / 2, -2 / 3, 37 / 96, -1 / 360, -81 / 512, 96199 / 604800],
    [1 / 48, 1 / 15, -437 / 1440, 46 / 105, -1118711 / 3870720],
    [17 / 480, -37 / 840, -209 / 4480, 5569 / 90720],
    [4397 / 161280, -11 / 504, -830251 / 7257600],
    [4583 / 161280, -108847 / 3991680],
    [20648693 / 638668800],
  ];
  const BANDS = "CDEFGHJKLMNPQRSTUVWX";
  const COLUMNS = ["ABCDEFGH", "JKLMNPQR", "STUVWXYZ"];
  const ROWS = "ABCDEFGHJKLMNPQRSTUV";
  const SVALBARD = [[9, 31], [21, 33], [33, 35], [42, 37]]; // up to this longitude: this zone
  const EQUATOR_M = 1e7; // northing of the equator in the south
  const CYCLE_M = 2e6; // the row letters come again
  const SNAP_M = 1e-6; // less than any digit, more than the series costs

  /** The coefficient of each multiple of the angle, from powers of the third flattening. */
  const series = (table, n) => table.map((row, i) => row.reduce((sum, one, j) => sum + one * n ** (i + j + 1), 0));

  /** Add, or with sign -1 take away, the terms of the series. */
  function bend(terms, xi, eta, sign) {
    let [x, y] = [xi, eta];
    terms.forEach((term, i) => {
      const k = 2 * (i + 1);
      x += sign * term * Math.sin(k * xi) * Math.cosh(k * eta);
      y += sign * term * Math.cos(k * xi) * Math.sinh(k * eta);
    });
    return [x, y];
  }

  /** A grid from {a, f, lat0, lon0, k0, fe, fn}: metres from degrees and back. */
  atlas.grid = function ({ a, f, lat0, lon0, k0, fe, fn }) {
    const n = f / (2 - f);
    const e = Math.sqrt(f * (2 - f));
    const radius = (k0 * a * (1 + n ** 2 / 4 + n ** 4 / 64 + n ** 6 / 256)) / (1 + n);
    const [alpha, beta] = [series(FORWARD, n), series(INVERSE, n)];
    const conformal = (tau) => {
      const sigma = Math.sinh(e * Math.atanh((e * tau) / Math.hypot(1, tau)));
      return tau * Math.hypot(1, sigma) - sigma * Math.hypot(1, tau);
    };
    const turned = (lat, lambda) => {
      const tau = conformal(Math.tan(lat * RADIAN));
      const eta = Math.asinh(Math.sin(lambda) / Math.hypot(tau, Math.cos(lambda)));
      return bend(alpha, Math.atan2(tau, Math.cos(lambda)), eta, 1);
    };
    const origin = turned(lat0, 0)[0];
    return {
      forward(lat, lon) {
        const [xi, eta] = turned(lat, ((((lon - lon0 + 180) % 360) + 360) % 360 - 180) * RADIAN);
        return [fe + radius * eta, fn + radius * (xi - origin)];
      },
      inverse(easting, northing) {
        const [xi, eta] = bend(beta, (northing - fn) / radius + origin, (easting - fe) / radius, -1);
        const goal = Math.sin(xi) / Math.hypot(Math.sinh(eta), Math.cos(xi));
        let tau = goal / (1 - e * e);
        for (let i = 0; i < 6; i += 1) {
          const now = conformal(tau);
          tau += ((goal - now) / Math.hypot(1, now)) * ((1 + (1 - e * e) * tau * tau) / ((1 - e * e) * Math.hypot(1, tau)));
        }
        return [Math.atan(tau) / RADIAN, lon0 + Math.atan2(Math.sinh(eta), Math.cos(xi)) / RADIAN];
      },
    };
  };

  const zones = new Map();

  function utmGrid(zone) {
    if (!zones.has(zone)) zones.set(zone, atlas.grid({ ...atlas.config.readout.ellipsoid, lat0: 0, lon0: 6 * zone - 183, k0: 0.9996, fe: 500000, fn: 0 }));
    return zones.get(zone);
  }

  function zoneOf(lat, lon) {
    if (lat >= 56 && lat < 64 && lon >= 3 && lon < 12) return 32;
    if (lat >= 72 && lon >= 0 && lon < 42) return SVALBARD.find(([edge]) => lon < edge)[1];
    return Math.floor((lon + 180) / 6) + 1;
  }

  /** Zone, band, easting and northing [m] of a place; null in the polar regions. */
  atlas.utm = function (lat, lng) {
    if (!(lat >= -80 && lat <= 84)) return null;
    const lon = ((((lng + 180) % 360) + 360) % 360) - 180;
    const zone = zoneOf(lat, lon);
    const [easting, y] = utmGrid(zone).forward(lat, lon);
    return { zone, band: BANDS[Math.min(19, Math.floor((lat + 80) / 8))], easting, northing: lat < 0 ? y + EQUATOR_M : y };
  };

  /** The place of UTM coordinates: [lat, lon]; bands before N lie south of the equator. */
  atlas.fromUtm = (zone, band, easting, northing) => utmGrid(zone).inverse(easting, band < "N" ? northing - EQUATOR_M : northing);

  const letterOf = (zone, easting) => COLUMNS[(zone - 1) % 3][Math.floor(easting / 1e5) - 1];
  const rowOf = (zone, northing) => ROWS[(Math.floor(northing / 1e5) + (zone % 2 ? 0 : 5)) % 20];

  /** The MGRS reference of a place, cut off and never rounded; "" in the polar regions. */
  atlas.mgrs = function (lat, lng, digits = 5) {
    const at = atlas.utm(lat, lng);
    if (!at) return "";
    const [x, y] = [Math.floor(at.easting + SNAP_M), Math.floor(at.northing + SNAP_M)];
    const cut = (value) => String(value % 1e5).padStart(5, "0").slice(0, digits);
    return `${String(at.zone).padStart(2, "0")}${at.band} ${letterOf(at.zone, x)}${rowOf(at.zone, y)} ${cut(x)} ${cut(y)}`.trim();
  };

  /** The middle of the square an MGRS reference names: {lat, lng, side} with side in m, or {fault} with the key of a word. */
  atlas.fromMgrs = function (zone, band, square, digits) {
    if (digits.length % 2 || digits.length > 10) return { fault: "goto_digits" };
    const column = zone >= 1 && zone <= 60 ? COLUMNS[(zone - 1) % 3].indexOf(square[0]) : -1;
    const row = ROWS.indexOf(square[1]);
    const step = BANDS.indexOf(band);
    if (column < 0 || row < 0 || step < 0) return { fault: "goto_letters" };
    const half = digits.length / 2;
    const side = 10 ** (5 - half);
    const inside = (text) => (Number(text) + 0.5) * side;
    const south = -80 + 8 * step;
    const [, y] = utmGrid(zone).forward(south + (step === 19 ? 6 : 4), 6 * zone - 183);
    const middle = south < 0 ? y + EQUATOR_M : y;
    const corner = (((row - (zone % 2 ? 0 : 5)) % 20) + 20) % 20 * 1e5;
    const base = corner + Math.round((middle - corner - 5e4) / CYCLE_M) * CYCLE_M;
    const [lat, lng] = atlas.fromUtm(zone, band, (column + 1) * 1e5 + inside(digits.slice(0, half)), base + inside(digits.slice(half)));
    const near = lat > south - 1 && lat < south + (step === 19 ? 13 : 9) && Math.abs(lng - (6 * zone - 183)) < (south >= 56 ? 10 : 5);
    return near ? { lat, lng, side } : { fault: "goto_letters" };
  };
})(window.atlas);
