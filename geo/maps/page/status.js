/* What is shown, said in the line below the title and by the mark over the map: supplied fields, simulated ones, or no field at all. */
"use strict";

(function (atlas) {
  let told = null; // of the series that is shown: what its simulated fields follow, or a line that holds whatever is on

  /** Take over what a series says of its fields: `status` with a blank for their name, or `fixed`. */
  atlas.setStatus = (line) => {
    told = line;
  };

  /** Whether any feature of a layer was supplied; looked up once for each filling of the layer. */
  function hasSupplied(layer) {
    if (layer.supplied === undefined) layer.supplied = layer.n > 0 && (!layer.simulated || Array.from({ length: layer.n }, (_, row) => row).some((row) => !layer.isSimulated(row)));
    return layer.supplied;
  }

  function named(layers) {
    const titles = (language) => layers.map((layer) => layer.title[language]).join(", ");
    return { en: titles("en"), ko: titles("ko") };
  }

  function line() {
    const { words, status } = atlas.config;
    if (told && told.fixed) return [told.fixed];
    const fields = atlas.layers.filter((layer) => layer.group_name === "hazards" && atlas.isDrawn(layer));
    const [given, simulated] = [fields.filter(hasSupplied), fields.filter((layer) => layer.simulated)];
    if (!given.length && !simulated.length) return [words.status_none];
    const what = given.length ? atlas.filled(words.status_whose, { layers: named(simulated) }) : words.status_simulated;
    const parts = given.length ? [atlas.filled(given.some((layer) => layer.cells) ? words.supplied_cells : words.supplied_layers, { layers: named(given) })] : [];
    return simulated.length ? [...parts, atlas.filled((told && told.status) || status, { what })] : parts;
  }

  /** Let the line and the mark follow what is on the map; the other parts of the mark always stay. */
  atlas.tellStatus = function () {
    const simulated = atlas.drawables().some((layer) => atlas.isDrawn(layer) && layer.simulated);
    document.body.classList.toggle("unsimulated", !simulated);
    document.body.classList.toggle("unmarked", !simulated && !atlas.config.marked);
    document.getElementById("status").replaceChildren(...line().flatMap((text, i) => [i ? " " : "", atlas.both(text)]));
  };
})(window.atlas);
