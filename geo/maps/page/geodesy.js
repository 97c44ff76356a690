/* Distances, bearings and areas on the ellipsoid: Vincenty's formulae, and polygons on the sphere of equal area with geodesic edges cut short. */
"use strict";

(function (atlas) {
  const RADIAN = Math.PI / 180;
  const EDGE_M = 2000; // a longer edge is cut: straight on the sphere and straight on the ellipsoid part by less than 1e-6 of an area below it
  const shape = () => atlas.config.readout.ellipsoid;
  const reduced = (lat, f) => Math.atan((1 - f) * Math.tan(lat * RADIAN));
  const degrees = (angle) => (angle / RADIAN + 360) % 360;

  function expansion(cosSquared, a, f) {
    const b = a * (1 - f);
    const u = (cosSquared * (a * a - b * b)) / (b * b);
    return { b, big: 1 + (u / 16384) * (4096 + u * (u * (320 - 175 * u) - 768)), small: (u / 1024) * (256 + u * (u * (74 - 47 * u) - 128)) };
  }

  function correction(small, sine, cosine, middle) {
    const third = (small / 6) * middle * (4 * sine * sine - 3) * (4 * middle * middle - 3);
    return small * sine * (middle + (small / 4) * (cosine * (2 * middle * middle - 1) - third));
  }

  function lambdaStep(f, cosSquared, sineAlpha, sigma, sine, cosine, middle) {
    const c = (f / 16) * cosSquared * (4 + f * (4 - 3 * cosSquared));
    return (1 - c) * f * sineAlpha * (sigma + c * sine * (middle + c * cosine * (2 * middle * middle - 1)));
  }

  /** Distance [m] and bearings [degrees from true north] of the shortest line between two places; `back` looks from the second to the first. */
  atlas.geodesic = function (from, to) {
    const { a, f } = shape();
    const [u1, u2] = [reduced(from.lat, f), reduced(to.lat, f)];
    const [s1, c1, s2, c2] = [Math.sin(u1), Math.cos(u1), Math.sin(u2), Math.cos(u2)];
    const turn = ((((to.lng - from.lng + 180) % 360) + 360) % 360 - 180) * RADIAN;
    let [lambda, before, sine, cosine, sigma, cosSquared, middle] = [turn, Infinity, 0, 1, 0, 1, 0];
    for (let i = 0; i < 200 && Math.abs(lambda - before) > 1e-13; i += 1) {
      sine = Math.hypot(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda));
      if (sine === 0) return { m: 0, bearing: 0, back: 0 };
      cosine = s1 * s2 + c1 * c2 * Math.cos(lambda);
      sigma = Math.atan2(sine, cosine);
      const sineAlpha = (c1 * c2 * Math.sin(lambda)) / sine;
      cosSquared = 1 - sineAlpha * sineAlpha;
      middle = cosSquared === 0 ? 0 : cosine - (2 * s1 * s2) / cosSquared;
      [before, lambda] = [lambda, turn + lambdaStep(f, cosSquared, sineAlpha, sigma, sine, cosine, middle)];
    }
    const { b, big, small } = expansion(cosSquared, a, f);
    const bearing = Math.atan2(c2 * Math.sin(lambda), c1 * s2 - s1 * c2 * Math.cos(lambda));
    const back = Math.atan2(-c1 * Math.sin(lambda), s1 * c2 - c1 * s2 * Math.cos(lambda));
    return { m: b * big * (sigma - correction(small, sine, cosine, middle)), bearing: degrees(bearing), back: degrees(back) };
  };

  /** The place at a distance [m] along the geodesic that leaves with a bearing [degrees]. */
  atlas.destination = function (from, bearing, m) {
    const { a, f } = shape();
    const alpha = bearing * RADIAN;
    const u = reduced(from.lat, f);
    const [s1, c1] = [Math.sin(u), Math.cos(u)];
    const start = Math.atan2(Math.tan(u), Math.cos(alpha));
    const sineAlpha = c1 * Math.sin(alpha);
    const cosSquared = 1 - sineAlpha * sineAlpha;
    const { b, big, small } = expansion(cosSquared, a, f);
    let [sigma, before, middle] = [m / (b * big), Infinity, 0];
    for (let i = 0; i < 200 && Math.abs(sigma - before) > 1e-13; i += 1) {
      middle = Math.cos(2 * start + sigma);
      [before, sigma] = [sigma, m / (b * big) + correction(small, Math.sin(sigma), Math.cos(sigma), middle)];
    }
    const [sine, cosine] = [Math.sin(sigma), Math.cos(sigma)];
    middle = Math.cos(2 * start + sigma);
    const across = s1 * sine - c1 * cosine * Math.cos(alpha);
    const lat = Math.atan2(s1 * cosine + c1 * sine * Math.cos(alpha), (1 - f) * Math.hypot(sineAlpha, across));
    const turn = Math.atan2(sine * Math.sin(alpha), c1 * cosine - s1 * sine * Math.cos(alpha));
    return { lat: lat / RADIAN, lng: from.lng + (turn - lambdaStep(f, cosSquared, sineAlpha, sigma, sine, cosine, middle)) / RADIAN };
  };

  const legs = (places, closed) => places.map((place, i) => [place, places[(i + 1) % places.length]]).slice(0, closed ? undefined : -1);

  /** The length [m] along places; closed back to the first of them when asked. */
  atlas.lengthM = (places, closed) => legs(places, closed).reduce((sum, [from, to]) => sum + atlas.geodesic(from, to).m, 0);

  /** Places along the geodesics between places, none farther than 2 km from the next. */
  atlas.alongGeodesics = function (places, closed) {
    const found = [];
    for (const [from, to] of legs(places, closed)) {
      const { m, bearing } = atlas.geodesic(from, to);
      const n = Math.max(1, Math.ceil(m / EDGE_M));
      found.push(from);
      for (let i = 1; i < n; i += 1) found.push(atlas.destination(from, bearing, (m * i) / n));
    }
    return closed || !places.length ? found : [...found, places[places.length - 1]];
  };

  function equalArea(f) {
    const square = f * (2 - f);
    const e = Math.sqrt(square);
    const q = (sine) => (1 - square) * (sine / (1 - square * sine * sine) + Math.atanh(e * sine) / e);
    return { whole: q(1), latitude: (lat) => Math.asin(Math.max(-1, Math.min(1, q(Math.sin(lat * RADIAN)) / q(1)))) };
  }

  /** The area [m²] inside places joined by geodesics, whichever way round they run. */
  atlas.areaM2 = function (places) {
    if (places.length < 3) return 0;
    const { a, f } = shape();
    const { whole, latitude } = equalArea(f);
    const halves = atlas.alongGeodesics(places, true).map(({ lat, lng }) => ({ lng: lng * RADIAN, half: Math.tan(latitude(lat) / 2) }));
    const shares = legs(halves, true).map(([from, to]) => {
      const turn = to.lng - from.lng - 2 * Math.PI * Math.round((to.lng - from.lng) / (2 * Math.PI));
      return 2 * Math.atan2(Math.tan(turn / 2) * (from.half + to.half), 1 + from.half * to.half);
    });
    return Math.abs(((a * a * whole) / 2) * shares.reduce((sum, one) => sum + one, 0));
  };
})(window.atlas);
