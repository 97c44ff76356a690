/* The legend: what is on the map now, and always the entry for land that nobody has assessed. */
"use strict";

(function (atlas) {
  function entry(symbol, text) {
    return atlas.make("li", {}, atlas.swatch(symbol), atlas.make("span", {}, text));
  }

  function entries(layer, said) {
    if (layer.name === "mined_density") {
      return layer.classes.map((one) => entry(atlas.config.symbols[one.key], atlas.both(one)));
    }
    const found = atlas.symbolsOf(layer).filter((key) => !said.has(key)).map((key) => entry(atlas.config.symbols[key], atlas.both(atlas.config.symbols[key])));
    atlas.symbolsOf(layer).forEach((key) => said.add(key));
    const remarks = layer.parts.length > 1 ? [atlas.config.words.flood_hatch] : [];
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
    if (shown.some((layer) => layer.columns.soft_m)) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("soft_edge")));
    if (shown.some((layer) => (layer.columns.shape_kind || { values: [] }).values.includes("equal_area_circle"))) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("circles")));
    for (const layer of atlas.layers.filter((one) => one.shown && !one.withheld && !atlas.isDrawn(one))) {
      nodes.push(atlas.make("li", { class: "remark" }, atlas.both(layer.title), ": ", atlas.word("too_close")));
    }
    if (atlas.hasRings()) nodes.push(atlas.make("li", { class: "remark" }, atlas.word("rings")));
    list.replaceChildren(...nodes, entry(atlas.config.symbols.no_data, atlas.both(atlas.config.symbols.no_data)), ...atlas.rasterLegend(entry));
  };
})(window.atlas);
