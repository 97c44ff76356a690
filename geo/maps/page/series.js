/* One reported series at a time: other fields, figures and dates on the same map; what was computed from the build's fields is put away. */
"use strict";

(function (atlas) {
  const state = { shown: null, turn: 0 }; // the choice on the map, and how often one was asked for
  let told = null; // the nodes that change
  let built = null; // the area table of the build

  const layerOf = (name) => atlas.layers.find((layer) => layer.name === name);

  /** The fields of a series, decoded when they are asked for: [[layer, block], ...]; those that stand already are left out. */
  async function blocksOf(one) {
    const { fields } = atlas.config.series;
    if (one.kind === "table") return [];
    const wanted = fields.map(layerOf).filter((layer) => layer.follows !== one.key);
    const id = (layer) => (one.kind === "built" ? `data-${layer.name}` : `data-${one.block}-${layer.name}`);
    return Promise.all(wanted.map(async (layer) => [layer, await atlas.read(id(layer))]));
  }

  /** Put other features into a layer; its row of the list, its switch and everything that points to it stay. */
  function swap(layer, block, key) {
    const { shown } = layer;
    layer.group.remove();
    for (const [name, value] of Object.entries(layer)) if (!(value instanceof Node)) delete layer[name]; // whatever was made of the old ones
    Object.assign(layer, block, { shown, follows: key });
    atlas.prepareLayer(layer);
    if (shown) atlas.fillLayer(layer);
    const paragraph = document.querySelector(`#about-layers [data-layer="${layer.name}"]`);
    if (paragraph) paragraph.replaceWith(atlas.paragraph(layer));
  }

  function putAway(one) {
    const { fields, computed, choices } = atlas.config.series;
    const own = choices.find((choice) => choice.kind === "built");
    const apart = atlas.filled(atlas.config.words.series_apart, { built: own.key, year: own.year });
    const removed = atlas.filled(atlas.config.words.series_removed, { name: one.key, year: one.year });
    const away = [...computed.map(layerOf), computed.length && atlas.raster].filter(Boolean);
    for (const layer of away) atlas.withhold(layer, "series", one !== own && apart);
    for (const layer of fields.map(layerOf)) atlas.withhold(layer, "series", one.kind === "table" && removed);
    if (computed.length) atlas.withholdTables("series", one !== own && apart);
  }

  /** The rows of the area table, and a new drawing of it. */
  function tabulate(one) {
    const table = atlas.config.tables.find((each) => each.id === "areas");
    built = built || { ...table };
    Object.assign(table, one.areas || built);
    document.querySelector("#table-areas h3").replaceChildren(atlas.both(table.title));
    document.querySelector("#table-areas .scroll").replaceWith(atlas.table(table));
  }

  /** What is said of the fields, badge over the map, the note below the control, dates and figures of the list. */
  function tell(one) {
    const words = atlas.config.words;
    told.titles.forEach((node) => node.replaceChildren(atlas.both(one.title)));
    atlas.setStatus(one.kind === "table" ? { fixed: one.title } : { status: one.status });
    told.mark.hidden = one.kind === "built";
    told.mark.replaceChildren(atlas.both(atlas.filled(one.kind === "table" ? words.series_mark_table : words.series_mark, { name: one.key, year: one.year })));
    const lines = one.note.map((text) => atlas.make("p", {}, atlas.both(text)));
    if (one.kind === "table") lines.push(toTable());
    told.note.replaceChildren(...lines, atlas.make("p", {}, atlas.word("series_source"), ": ", atlas.foreign(one.source, true)));
    for (const layer of atlas.config.series.fields.map(layerOf)) {
      layer.figuresNode.replaceChildren(...atlas.figures(layer));
      layer.datedNode.replaceChildren(...atlas.dated(layer));
    }
  }

  function toTable() {
    const button = atlas.make("button", { type: "button", id: "series-rows" }, atlas.word("series_rows"));
    button.addEventListener("click", () => document.getElementById("choose-areas").click());
    return button;
  }

  function failed() {
    document.getElementById(`series-${atlas.config.series.choices.indexOf(state.shown)}`).checked = true;
    told.note.replaceChildren(atlas.word("series_failed"));
  }

  /** Show a series by its key; the last one asked for wins. */
  atlas.chooseSeries = async function (key) {
    const one = atlas.config.series.choices.find((choice) => choice.key === key);
    const turn = (state.turn += 1);
    let blocks = [];
    try {
      blocks = await blocksOf(one);
    } catch {
      if (turn === state.turn) failed();
      return;
    }
    if (turn !== state.turn) return;
    atlas.map.closePopup();
    state.shown = one;
    for (const [layer, block] of blocks) swap(layer, block, key);
    putAway(one);
    tabulate(one);
    tell(one);
    atlas.speak(atlas.language()); // names of what was drawn anew
    atlas.changed();
    document.documentElement.dataset.series = key;
  };

  function choice(one, i) {
    const box = atlas.make("input", { type: "radio", name: "series", id: `series-${i}`, value: one.key, checked: one.kind === "built" });
    box.addEventListener("change", () => atlas.chooseSeries(one.key));
    const tag = one.kind === "table" ? atlas.make("span", { class: "tag" }, atlas.word("series_table_only")) : "";
    const heard = atlas.make("span", { class: "heard" }, ", ", atlas.word("series_source"), ": ", atlas.foreign(one.source, true));
    return atlas.make("label", { class: one.kind }, box, atlas.make("span", { class: "year" }, one.year), " ", atlas.make("span", { class: "key" }, one.key), " ", tag, heard);
  }

  /** The nodes that tell the series: what is said of all fields, the badge and the note. */
  function tellers() {
    const titles = [...document.querySelectorAll("#tab-about .all-fields")];
    const mark = atlas.make("p", { id: "series-mark", hidden: true });
    document.getElementById("marks").append(mark);
    return { titles, mark, note: atlas.make("div", { class: "note", role: "status" }) };
  }

  /** The control; only where there is more than one series to choose. */
  atlas.drawSeries = function () {
    const { series } = atlas.config;
    const section = document.getElementById("series");
    if (!series) return;
    Object.assign(atlas.config.values, series.values);
    section.hidden = false;
    told = tellers();
    state.shown = series.choices.find((one) => one.kind === "built");
    series.fields.forEach((name) => Object.assign(layerOf(name), { follows: state.shown.key }));
    const group = atlas.make("fieldset", {}, atlas.make("legend", {}, atlas.word("series")), atlas.make("div", { class: "choices" }, ...series.choices.map(choice)));
    section.append(group);
    group.append(told.note, atlas.make("p", { class: "note" }, atlas.word("series_never")));
    tell(state.shown);
    document.documentElement.dataset.series = state.shown.key;
  };
})(window.atlas);
