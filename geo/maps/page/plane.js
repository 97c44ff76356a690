/* Reads plane coordinates of the study area's grids (easting, northing in metres). A grid is never guessed: neighbouring belts share their numbers. */
"use strict";

(function (atlas) {
  const NUMBER = "(-?\\d+(?:\\.\\d+)?)";
  const SIGNS = [[/동(?:쪽|거|향)?(?=[\s:=]*-?\d)/g, "E"], [/북(?:쪽|거|향)?(?=[\s:=]*-?\d)/g, "N"], [/(?:easting|east)/gi, "E"], [/(?:northing|north)/gi, "N"]];
  const LEAST_DIGITS = 5; // of numbers that no grid was named with: fewer are degrees
  const PACKED_ANGLE = /^\d{6}(?:\.\d+)?\s*[NS][\s,;]+\d{7}(?:\.\d+)?\s*[EW]$/i; // degrees, minutes and seconds written together
  const ROUND_M = 0.01; // a place beyond the reach of a grid does not come back to its numbers

  const codeOf = (grid) => grid.name.split(":").pop();

  /** The numbers of a text with their letters, thousands and units taken away: {letters, numbers}, or null where it holds anything else. */
  function numbersOf(text) {
    const spaced = text.replace(/(\d),(?=\d{3}(?:\D|$))/g, "$1").replace(/[,;:=/|]+/g, " ").replace(/(\d)\s*m(?![a-z])/gi, "$1 ").replace(/(\d)\s*m\s*(?=[EN]\b)/gi, "$1 ").trim();
    const forms = [`^()${NUMBER}\\s+()${NUMBER}$`, `^([ENXY])\\s*${NUMBER}\\s+([ENXY])\\s*${NUMBER}$`, `^${NUMBER}\\s*([ENXY])\\s+${NUMBER}\\s*([ENXY])$`];
    const i = forms.findIndex((form) => new RegExp(form, "i").test(spaced));
    if (i < 0) return null;
    const [, ...parts] = new RegExp(forms[i], "i").exec(spaced);
    const [one, other, first, second] = i === 2 ? [parts[0], parts[2], parts[1], parts[3]] : [parts[1], parts[3], parts[0], parts[2]];
    return { letters: `${first}${second}`.toUpperCase(), numbers: [one, other] };
  }

  /** A text parted into the code of a grid and the rest; the code stands before or behind the numbers. */
  function parted(text) {
    const own = atlas.config.readout.grids.find((grid) => !/:\d+$/.test(grid.name) && text.toLowerCase().startsWith(grid.name.toLowerCase()));
    if (own) return { code: codeOf(own), rest: text.slice(own.name.length) };
    const before = /^(?:EPSG[\s:]*(\d{4,6})|(\d{4,5})(?=[\s,:;]+[EN]?\s*-?[\d,.]+[\s,;mEN]+-?\d))[\s,:;]*(.*)$/i.exec(text);
    const behind = /^(.*?)[\s,;(]*EPSG[\s:]*(\d{4,6})\)?$/i.exec(text);
    if (before && (before[1] || numbersOf(before[3]))) return { code: before[1] || before[2], rest: before[3] };
    return behind ? { code: behind[2], rest: behind[1] } : { code: null, rest: text };
  }

  /** The place of an easting and a northing; null beyond the reach of the grid. */
  function placed(grid, easting, northing) {
    const plane = atlas.grid(grid);
    const [lat, lng] = plane.inverse(easting, northing);
    const back = Math.abs(lat) < 90 ? plane.forward(lat, lng) : [NaN, NaN];
    return Math.hypot(back[0] - easting, back[1] - northing) < ROUND_M ? { lat, lng } : null;
  }

  function readIn(grid, { letters, numbers }, onMap) {
    const [one, other] = numbers.map(Number);
    const orders = letters === "EN" ? [false] : letters === "NE" ? [true] : [false, true];
    const found = orders.map((turned) => ({ turned, at: turned ? placed(grid, other, one) : placed(grid, one, other) })).filter((order) => order.at);
    if (!found.length) return { fault: "goto_plane", blanks: { grid: grid.name } };
    const shown = found.filter((order) => onMap(order.at));
    const { turned, at } = shown[0] || found[0];
    const key = letters ? "goto_read_plane" : shown.length === 2 ? "goto_read_plane_either" : turned ? "goto_read_plane_turned" : "goto_read_plane_first";
    return { ...at, told: [[key, { grid: grid.name }]] };
  }

  /** How the coordinates of the middle of the map are written in each grid: "EPSG:5186 E 200000 N 600000". */
  atlas.planeForms = () => atlas.place(L.latLngBounds(atlas.config.bounds).getCenter()).grids.map((grid) => `${grid.name} ${grid.text}`);

  /** Read a text as plane coordinates: a place, {fault, blanks, forms?} with the ways it could be meant, or null where it is none. */
  atlas.readPlane = function (text, onMap) {
    const { grids } = atlas.config.readout;
    if (!grids.length || PACKED_ANGLE.test(text.trim())) return null;
    const clear = SIGNS.reduce((all, [word, letter]) => all.replace(word, letter), text);
    const { code, rest } = parted(clear);
    const read = numbersOf(rest);
    const names = grids.map((grid) => grid.name).join(", ");
    if (!read) return code && /^EPSG/i.test(text) ? { fault: "goto_plane_form", blanks: { form: atlas.planeForms()[0] } } : null;
    if (code === null && !read.numbers.every((one) => one.replace(/\..*|-/g, "").length >= LEAST_DIGITS)) return null;
    if (/[XY]/.test(read.letters)) return { fault: "goto_plane_letters", blanks: { form: atlas.planeForms()[0] } };
    if (read.letters && new Set(read.letters).size === 1) return { fault: "goto_plane_form", blanks: { form: atlas.planeForms()[0] } };
    const grid = code === null ? null : grids.find((one) => codeOf(one) === code);
    if (grid) return readIn(grid, read, onMap);
    const forms = grids.map((one) => ({ text: `${one.name} ${rest.trim()}`, place: readIn(one, read, onMap) })).filter((one) => !one.place.fault && onMap(one.place));
    return code === null ? { fault: "goto_plane_which", blanks: { names, form: atlas.planeForms()[0] }, forms } : { fault: "goto_plane_unknown", blanks: { code, names } };
  };
})(window.atlas);
