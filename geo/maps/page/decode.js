/* Turns the compressed data blocks of the page back into layers: base64 text -> zlib -> JSON -> coordinates. */
"use strict";
window.atlas = window.atlas || {};

(function (atlas) {
  function bytesOf(base64) {
    const letters = atob(base64);
    const bytes = new Uint8Array(letters.length);
    for (let i = 0; i < letters.length; i += 1) bytes[i] = letters.charCodeAt(i);
    return bytes;
  }

  /** Read one data block by its id. */
  atlas.read = async function (id) {
    const bytes = bytesOf(document.getElementById(id).textContent);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"));
    return new Response(stream).json();
  };

  /** The whole numbers of a text of steps: seven bits a byte, the lowest first, the sign in the lowest bit. */
  atlas.unpacked = function (text) {
    const bytes = bytesOf(text);
    const found = new Int32Array(bytes.length);
    let [n, value, signed, bit] = [0, 0, 0, 0];
    for (const byte of bytes) {
      signed |= (byte & 127) << bit;
      bit += 7;
      if (byte & 128) continue;
      value += (signed >>> 1) ^ -(signed & 1);
      found[n] = value;
      [n, signed, bit] = [n + 1, 0, 0];
    }
    return found.subarray(0, n);
  };

  /** The coordinates of a set: [[lat, lon], ...]. */
  function points(set) {
    const scale = 10 ** set.decimals;
    const [x, y] = [atlas.unpacked(set.x), atlas.unpacked(set.y)];
    return Array.from(x, (lon, i) => [y[i] / scale, lon / scale]);
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
