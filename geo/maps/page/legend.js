/* The legend: what is on the map now, and always the entry for land that nobody has assessed. */
"use strict";

(function (atlas) {
  const CASING_PX = 4.5; // of the light edge of a line: a narrower band lies hidden below it
  let banded = false; // whether the list tells of a band

  /** How exact the line of a layer is [m], where a band as wide as that can be seen round it; else null. */
  function bandM(layer) {
    if (layer.name !== "mdl" || layer.precision_m === null || !atlas.isDrawn(layer)) return null;
    return (2 * layer.precision_m) / atlas.metresPerPixel(atlas.map) > CASING_PX ? layer.precision_m : null;
  }

  function bandEntry(layer) {
    const picture = atlas.swatch(atlas.config.symbols[layer.symbols[0]]);
    picture.prepend(atlas.svg("rect", { x: 0, y: 0, width: 26, height: 16, fill: "#3A3F45", "fill-opacity": 0.2 }), atlas.svg("path", { d: "M0 8H26", stroke: "#F3F1EC", "stroke-width": CASING_PX }));
    return atlas.make("li", { class: "band" }, picture, atlas.make("span", {}, atlas.both(atlas.filled(atlas.config.words.band_of, { m: bandM(layer).toLocaleString("en") }))));
  }

  /** The least and the most of what the soft edges of a layer state [m]; empty where none is stated. */
  function softSpan(layer) {
    if (!layer.softSpan) {
      const stated = layer.columns.soft_m.values.filter((value) => value !== null);
      layer.softSpan = stated.length ? [stated.reduce((a, b) => Math.min(a, b)), stated.reduce((a, b) => Math.max(a, b))] : [];
    }
    return layer.softSpan;
  }

  /** What soft edges mean: how far off what is stated may be, and that of other shapes nothing was stated. */
  function softRemarks(layers) {
    const { words } = atlas.config;
    const metres = layers.flatMap(softSpan);
    const ends = [...new Set([Math.min(...metres), Math.max(...metres)].map((value) => Number(value.toPrecision(2)).toLocaleString("en")))];
    const told = metres.length ? [atlas.filled(words.soft_edge_m, { m: ends.join("–") })] : [];
    if (layers.some((layer) => layer.columns.soft_m.values.includes(null))) told.push(words.soft_edge);
    return told.map((text) => atlas.make("li", { class: "remark" }, atlas.both(text)));
  }

  function entry(symbol, text) {
    return atlas.make("li", {}, atlas.swatch(symbol), atlas.make("span", {}, text));
  }

  function entries(layer, said) {
    if (layer.name === "mined_density") {
      return layer.classes.map((one) => entry(atlas.config.symbols[one.key], atlas.both(one)));
    }
    const symbols = atlas.symbolsOf(layer);
    const found = symbols.filter((key) => !said.has(key)).map((key) => entry(atlas.config.symbols[key], atlas.both(atlas.config.symbols[key])));
    symbols.forEach((key) => said.add(key));
    const remarks = layer.parts.filter((part) => part.shown).length > 1 ? [atlas.config.words.flood_hatch] : [];
    if (layer.name === "flood_displacement") remarks.push(atlas.config.texts.slides_apart);
    return [...found, ...remarks.map((text) => atlas.make("li", { class: "remark" }, atlas.both(text)))];
  }

  /** Rebuild the list from the layers that are shown. */
  atlas.drawLegend = function () {
    const list = document.getElementById("legend-list");
    const order = Object.values(atlas.config.groups).flat();
    const shown = atlas.layers.filter(atlas.isDrawn).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const said = new Set(); // what an earlier state and a hazard share is said once
    const nodes = shown.flatMap((layer) => {
      const own = entries(layer, said);
      return layer.name === "mined_density" ? [atlas.make("li", { class: "head" }, atlas.both(layer.title)), ...own] : own;
    });
    const bands = shown.filter((layer) => bandM(layer) !== null);
    banded = bands.length > 0;
    nodes.push(...bands.map(bandEntry));
    const soft = shown.filter((layer) => layer.columns.soft_m);
    nodes.push(...softRemarks(soft));
    if (shown.some((layer) => layer.cells && layer.group_name === "hazards")) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("cells_legend")));
    if (shown.some((layer) => (layer.columns.shape_kind || { values: [] }).values.includes("equal_area_circle"))) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("circles")));
    for (const layer of atlas.layers.filter((one) => one.shown && !atlas.isWithheld(one) && !atlas.isDrawn(one))) {
      nodes.push(atlas.make("li", { class: "remark" }, atlas.make("span", {}, atlas.both(layer.title), ": ", atlas.word("too_close"))));
    }
    if (atlas.bordered) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("border")));
    if (atlas.hasRings()) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("rings")));
    list.replaceChildren(...nodes, entry(atlas.config.symbols.no_data, atlas.both(atlas.config.symbols.no_data)), ...atlas.rasterLegend(entry));
  };

  /** After a zoom: a band may have become wide enough to be seen, or too narrow. */
  atlas.renewLegend = () => atlas.layers.some((layer) => bandM(layer) !== null) !== banded && atlas.drawLegend();
})(window.atlas);
