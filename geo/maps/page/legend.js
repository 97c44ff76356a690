/* The legend: what is on the map now, and always the entry for land that nobody has assessed. */
"use strict";

(function (atlas) {
  function entry(symbol, text) {
    return atlas.make("li", {}, atlas.swatch(symbol), atlas.make("span", {}, text));
  }

  function entries(layer) {
    if (layer.name === "mined_density") {
      return layer.classes.map((one) => entry(atlas.config.symbols[one.key], atlas.both(one)));
    }
    const found = layer.symbols.map((key) => entry(atlas.config.symbols[key], atlas.both(atlas.config.symbols[key])));
    const remarks = layer.parts.length > 1 ? [atlas.config.words.flood_hatch] : [];
    if (layer.name === "flood_displacement") remarks.push(atlas.config.texts.slides_apart);
    return [...found, ...remarks.map((text) => atlas.make("li", { class: "remark" }, atlas.both(text)))];
  }

  /** Rebuild the list from the layers that are shown. */
  atlas.drawLegend = function () {
    const list = document.getElementById("legend-list");
    const order = Object.values(atlas.config.groups).flat();
    const shown = atlas.layers.filter(atlas.isDrawn).sort((a, b) => order.indexOf(a.name) - order.indexOf(b.name));
    const nodes = shown.flatMap((layer) => {
      const own = entries(layer);
      return layer.name === "mined_density" ? [atlas.make("li", { class: "head" }, atlas.both(layer.title)), ...own] : own;
    });
    list.replaceChildren(...nodes, entry(atlas.config.symbols.no_data, atlas.both(atlas.config.symbols.no_data)), ...atlas.rasterLegend(entry));
  };
})(window.atlas);
