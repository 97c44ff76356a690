/* Hatches and swatches, drawn from the one table of symbols that Python hands over. */
"use strict";

(function (atlas) {
  const SVG = "http://www.w3.org/2000/svg";

  /** Make an SVG element. */
  atlas.svg = function (tag, attributes, ...children) {
    const element = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
    element.append(...children);
    return element;
  };

  function strokes(symbol) {
    const size = symbol.hatch_px;
    const line = (path) => atlas.svg("path", { d: path, stroke: symbol.hatch_colour, "stroke-width": 1.1, fill: "none" });
    const cross = (colour) => atlas.svg("path", { d: `M0 0H${size}M0 0V${size}`, stroke: colour, "stroke-width": 1.6, fill: "none" });
    return symbol.hatch.map((mark) => {
      if (mark === "x") return cross("#FFFFFF");
      if (mark === ".") return atlas.svg("circle", { cx: size / 2, cy: size / 2, r: 0.9, fill: symbol.hatch_colour });
      return line(mark === "/" ? `M${size / 2} 0V${size}` : `M0 ${size / 2}H${size}`); // turned by the pattern, but for "-"
    });
  }

  /** Write one pattern a hatched symbol into the page. */
  atlas.drawPatterns = function (symbols) {
    const definitions = atlas.svg("defs", {});
    for (const symbol of Object.values(symbols)) {
      if (!symbol.hatch.length) continue;
      const size = symbol.hatch_px;
      const turn = [".", "-"].includes(symbol.hatch.join("")) ? 0 : 45;
      for (const [tail, angle] of [["", turn], ["-mirrored", -turn]]) {
        const base = atlas.svg("rect", { width: size, height: size, fill: symbol.colour, "fill-opacity": symbol.opacity });
        const frame = { id: `hatch-${symbol.key}${tail}`, width: size, height: size, patternUnits: "userSpaceOnUse", patternTransform: `rotate(${angle})` };
        definitions.append(atlas.svg("pattern", frame, base, ...strokes(symbol)));
      }
    }
    document.body.append(atlas.svg("svg", { width: 0, height: 0, class: "patterns", "aria-hidden": "true" }, definitions));
  };

  /** Fill of a symbol; the colour behind the pattern shows if the pattern is lost. */
  atlas.fill = (symbol, mirrored) => (symbol.hatch.length ? `url(#hatch-${symbol.key}${mirrored ? "-mirrored" : ""}) ${symbol.colour}` : symbol.colour);

  /** Leaflet path options of a symbol; from far off hatched shapes are too small for dashes, and screening bands for outlines. */
  atlas.style = function (symbol, { far = false, mirrored = false, width = null, soft = false, circle = false } = {}) {
    const line = symbol.kind === "line";
    const dash = circle ? "1 8" : far && symbol.hatch.length ? null : symbol.dash_px.join(" ") || null;
    const band = far && /^(flood|slide)_/.test(symbol.key);
    return {
      color: line ? symbol.colour : symbol.outline || symbol.colour,
      weight: circle ? 2.5 : width || symbol.width_px,
      stroke: line || (symbol.outline !== "" && !band && (circle || !soft)), // a soft edge has no line; a circle for a size has dots
      opacity: circle ? 0.5 : 0.95,
      dashArray: dash,
      fill: !line,
      fillColor: atlas.fill(symbol, mirrored),
      fillOpacity: (symbol.hatch.length ? 1 : symbol.opacity) * (soft ? 0.4 : circle ? 0.6 : 1),
      radius: symbol.radius_px,
      shape: symbol.shape,
      lineJoin: "round",
      lineCap: dash && !circle ? "butt" : "round",
    };
  };

  /** A small picture of a symbol for legend and layer list. */
  atlas.swatch = function (symbol) {
    const picture = atlas.svg("svg", { width: 26, height: 16, viewBox: "0 0 26 16", class: "swatch", "aria-hidden": "true" });
    const dash = symbol.dash_px.join(" ");
    const stroke = { stroke: symbol.outline || symbol.colour, "stroke-width": symbol.width_px, "stroke-dasharray": dash };
    if (symbol.kind === "line") {
      picture.append(atlas.svg("path", { ...stroke, stroke: symbol.colour, d: "M1 8H25", fill: "none" }));
    } else if (symbol.kind === "point" && symbol.shape !== "circle") {
      picture.append(atlas.svg("path", { ...stroke, d: atlas.markPath(symbol.shape, 13, 8, symbol.radius_px), fill: symbol.colour, "fill-opacity": symbol.opacity }));
    } else if (symbol.kind === "point") {
      picture.append(atlas.svg("circle", { ...stroke, cx: 13, cy: 8, r: symbol.radius_px, fill: symbol.colour, "fill-opacity": symbol.opacity }));
    } else {
      const opacity = symbol.hatch.length ? 1 : symbol.opacity;
      picture.append(atlas.svg("rect", { ...stroke, x: 1.5, y: 1.5, width: 23, height: 13, fill: atlas.fill(symbol), "fill-opacity": opacity }));
    }
    return picture;
  };
})(window.atlas);
