/* Reads what people type for a place: MGRS, UTM, grid numbers, degrees in any form. Nothing is guessed silently: how it was read is told. */
"use strict";

(function (atlas) {
  const WORDS = [[/북위/g, "N"], [/남위/g, "S"], [/동경/g, "E"], [/서경/g, "W"], [/(위도|경도|latitude|longitude|lat|long?)[\s:=]*/gi, " "]];
  const MARKS = /[°º˚′’'‘″”“":;,도분초/|]+/g;

  /** Plain text: full-width signs folded, one kind of minus, no direction marks. */
  const plain = (text) => text.normalize("NFKC").replace(/[\u200b-\u200f\u202a-\u202e\u2066-\u2069]/g, "").replace(/[−–—]/g, "-").trim();

  function readMgrs(text, onMap) {
    const parts = /^(?:MGRS)?(\d{0,2})([C-HJ-NP-X]?)([A-HJ-NP-Z][A-HJ-NP-V])(\d+|)$/.exec(text.toUpperCase().replace(/[\s.,:;-]+/g, ""));
    if (!parts) return null;
    const [, zone, band, square, digits] = parts;
    if (zone && band) {
      const found = atlas.fromMgrs(Number(zone), band, square, digits);
      return found.fault ? found : { ...found, told: [["goto_read_mgrs", {}]] };
    }
    if (zone || band || digits.length < 4) return null; // two letters alone are a name
    if (digits.length % 2 || digits.length > 10) return { fault: "goto_digits" };
    const [[south, west], [north, east]] = atlas.config.bounds;
    const steps = [0, 0.25, 0.5, 0.75, 1];
    const spread = steps.flatMap((up) => steps.map((along) => atlas.utm(south + up * (north - south), west + along * (east - west))));
    for (const at of spread.filter(Boolean)) {
      const found = atlas.fromMgrs(at.zone, at.band, square, digits);
      if (!found.fault && onMap(found)) return { ...found, told: [["goto_read_guessed", { text: atlas.mgrs(found.lat, found.lng, digits.length / 2) }]] };
    }
    return { fault: "goto_zoneless" };
  }

  function readUtm(text) {
    const form = /^(?:UTM\s*)?(?:zone\s*)?(\d{1,2})\s*([C-HJ-NP-X])?[\s,:]+(?:E\s*)?(\d{6}(?:\.\d+)?)\s*(?:m\s*)?E?[\s,]+(?:N\s*)?(\d{1,8}(?:\.\d+)?)\s*(?:m\s*)?N?$/i;
    const parts = form.exec(text.replace(/(\d),(?=\d{3}(?:\D|$))/g, "$1"));
    if (!parts) return null;
    const [zone, easting, northing] = [parts[1], parts[3], parts[4]].map(Number);
    const band = (parts[2] || (atlas.config.bounds[0][0] < 0 ? "M" : "N")).toUpperCase();
    if (zone < 1 || zone > 60 || easting < 1e5 || easting > 9e5 || northing > 1e7) return { fault: "goto_grid" };
    const [lat, lng] = atlas.fromUtm(zone, band, easting, northing);
    const { goto_north: north, goto_south: south } = atlas.config.words;
    return { lat, lng, told: [["goto_read_utm", { zone, half: band < "N" ? south : north }]] };
  }

  /** Degrees of one, two or three numbers: NaN where only the last may have decimals or a minute is 60. */
  function angle(numbers) {
    const whole = numbers.slice(0, -1).every((one) => /^-?\d+$/.test(one));
    const [degrees, ...rest] = numbers.map(Number);
    if (!whole || numbers.length > 3 || rest.some((one) => !(one >= 0 && one < 60))) return NaN;
    return (numbers[0].startsWith("-") ? -1 : 1) * rest.reduce((sum, one, i) => sum + one / 60 ** (i + 1), Math.abs(degrees));
  }

  function halves(tokens) {
    const letters = tokens.filter((one) => /[NSEW]/.test(one));
    if (letters.length === 0) {
      const half = tokens.length / 2;
      return [2, 4, 6].includes(tokens.length) ? [{ numbers: tokens.slice(0, half) }, { numbers: tokens.slice(half) }] : null;
    }
    if (letters.length !== 2) return null;
    const at = tokens.indexOf(letters[1], tokens.indexOf(letters[0]) + 1);
    const cut = /[NSEW]/.test(tokens[0]) ? at : tokens.indexOf(letters[0]) + 1;
    const found = [tokens.slice(0, cut), tokens.slice(cut)].map((part, i) => ({ letter: letters[i], numbers: part.filter((one) => one !== letters[i]) }));
    return found.every((part) => part.numbers.length) ? found : null;
  }

  function signed({ letter, numbers }) {
    const value = angle(numbers);
    if (letter && value < 0) return NaN; // "-38 N" says two things
    return "SW".includes(letter || "-") ? -value : value;
  }

  function readDegrees(text, onMap) {
    const spaced = WORDS.reduce((all, [word, letter]) => all.replace(word, letter), text).toUpperCase().replace(MARKS, " ").replace(/([NSEW])/g, " $1 ").replace(/(\d)-(?=\d)/g, "$1 ");
    const tokens = spaced.split(/[\s()]+/).filter(Boolean);
    if (!tokens.every((one) => /^([NSEW]|-?\d+(\.\d*)?|-?\.\d+)$/.test(one))) return null;
    const parts = halves(tokens);
    if (!parts) return null;
    const [one, other] = parts.map(signed);
    const lettered = Boolean(parts[0].letter);
    const crossed = lettered && "EW".includes(parts[0].letter);
    if (lettered && crossed === "EW".includes(parts[1].letter)) return { fault: "goto_angle" };
    const fits = (lat, lng) => Math.abs(lat) <= 90 && Math.abs(lng) <= 180;
    const orders = lettered ? [crossed] : [false, true];
    const able = orders.filter((turned) => (turned ? fits(other, one) : fits(one, other)));
    if (!able.length) return { fault: "goto_angle" };
    const placed = (turned) => (turned ? { lat: other, lng: one } : { lat: one, lng: other });
    const shown = able.filter((turned) => onMap(placed(turned)));
    const turned = shown.length ? shown[0] : able[0];
    const either = shown.length === 2 || (shown.length === 0 && able.length === 2);
    return { ...placed(turned), told: [[either ? "goto_read_either" : turned ? "goto_read_lonlat" : "goto_read_latlon", {}]] };
  }

  /** Read a text as a place: {lat, lng, side?, told}, {fault: key of a word, blanks?, forms?}, or null where it is no coordinate at all. */
  atlas.readPlace = function (text, onMap) {
    const clear = plain(text);
    return readMgrs(clear, onMap) || readUtm(clear) || atlas.readPlane(clear, onMap) || readDegrees(clear, onMap);
  };
})(window.atlas);
