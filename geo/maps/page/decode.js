/* Turns the compressed data blocks of the page back into layers: base64 text -> zlib -> JSON -> coordinates. */
"use strict";
window.atlas = window.atlas || {};

(function (atlas) {
  /** Read one data block by its id. */
  atlas.read = async function (id) {
    const text = document.getElementById(id).textContent;
    const letters = atob(text);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  };

  /** Undo the whole-number deltas of a list of coordinates: [[lat, lon], ...]. */
  function points(set) {
    const scale = 10 ** set.decimals;
    const found = new Array(set.x.length);
    let x = 0;
    let y = 0;
    for (let i = 0; i < set.x.length; i += 1) {
      x += set.x[i];
      y += set.y[i];
      found[i] = [y / scale, x / scale];
    }
    return found;
  }

  /** Cut a flat list into pieces of the given lengths. */
  function cut(list, lengths) {
    let from = 0;
    return lengths.map((length) => list.slice(from, (from += length)));
  }

  /** Return {row: [part, ...]} for one set of geometry; a part is a point, a line or a list of rings. */
  atlas.shapes = function (set) {
    let parts = points(set);
    if (set.kind !== "point") parts = cut(parts, set.points);
    if (set.kind === "polygon") parts = cut(parts, set.rings);
    const rows = new Map();
    let row = 0;
    set.rows.forEach((step, i) => {
      row += step;
      if (!rows.has(row)) rows.set(row, []);
      rows.get(row).push(parts[i]);
    });
    return rows;
  };

  /** Return a reader of a layer's columns: value(column, row). */
  atlas.columns = function (columns) {
    return (name, row) => {
      const column = columns[name];
      if (column === undefined) return null;
      return column.codes ? column.values[column.codes[row]] : column.values[row];
    };
  };
})(window.atlas);
