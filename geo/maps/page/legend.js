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
    return layer.symbols.map((key) => entry(atlas.config.symbols[key], atlas.both(atlas.config.symbols[key])));
  }

  /** Rebuild the list from the layers that are shown. */
  atlas.drawLegend = function () {
    const list = document.getElementById("legend-list");
    const shown = atlas.layers.filter((layer) => layer.shown);
    const nodes = shown.flatMap((layer) => {
      const own = entries(layer);
      return layer.name === "mined_density" ? [atlas.make("li", { class: "head" }, atlas.both(layer.title)), ...own] : own;
    });
    list.replaceChildren(...nodes, entry(atlas.config.symbols.no_data, atlas.both(atlas.config.symbols.no_data)));
  };
})(window.atlas);
