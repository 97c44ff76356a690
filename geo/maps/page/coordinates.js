/* A clicked place in words: decimal degrees and degrees, minutes, seconds. */
"use strict";

(function (atlas) {
  /** Degrees, minutes and seconds with the letter of the half: 38°15′02.5″N. */
  atlas.dms = function (degrees, letters) {
    const tenths = Math.round(Math.abs(degrees) * 36000);
    const two = (number) => String(number).padStart(2, "0");
    const whole = Math.floor(tenths / 36000);
    const minutes = Math.floor((tenths % 36000) / 600);
    const seconds = ((tenths % 600) / 10).toFixed(1).padStart(4, "0");
    return `${whole}°${two(minutes)}′${seconds}″${letters[degrees < 0 ? 1 : 0]}`;
  };

  /** A place as text in both notations, latitude first as people read it. */
  atlas.place = function (latlng) {
    const { lat, lng } = latlng.wrap();
    return {
      decimal: `${lat.toFixed(5)}, ${lng.toFixed(5)}`,
      dms: `${atlas.dms(lat, "NS")} ${atlas.dms(lng, "EW")}`,
    };
  };

  function inside(rings, lat, lon) {
    let odd = false;
    for (const ring of rings) {
      for (let i = 0, j = ring.length - 1; i < ring.length; j = i, i += 1) {
        const [y1, x1] = ring[i];
        const [y2, x2] = ring[j];
        if (y1 > lat !== y2 > lat && lon < ((x2 - x1) * (lat - y1)) / (y2 - y1) + x1) odd = !odd;
      }
    }
    return odd;
  }

  /** Rows of a layer whose polygons hold a place. */
  atlas.rowsAt = function (layer, latlng) {
    const rows = [];
    for (const set of layer.sets.filter((one) => one.kind === "polygon")) {
      layer.rings = layer.rings || atlas.shapes(set);
      for (const [row, parts] of layer.rings) {
        if (parts.some((rings) => inside(rings, latlng.lat, latlng.lng))) rows.push(row);
      }
    }
    return rows;
  };
})(window.atlas);
