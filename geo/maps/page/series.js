/* One reported series at a time: other fields, figures and dates on the same map; what was computed from the build's fields is put away. */
"use strict";

(function (atlas) {
  const TABLES = ["districts", "exposure"]; // computed from the fields of the build
  const state = { shown: null, turn: 0 }; // the choice on the map, and how often one was asked for
  let told = null; // the nodes that change
  let built = null; // the area table of the build

  const isBuilt = () => !state.shown || state.shown.kind === "built";
  const layerOf = (name) => atlas.layers.find((layer) => layer.name === name);

  const drawn = atlas.isDrawn;
  /** A layer of another series is never on the map, whatever its switch says. */
  atlas.isDrawn = (layer) => !layer.withheld && drawn(layer);

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

  /** Show a layer again, or put it away and say why where it is listed. */
  function withhold(layer, on, reason) {
    const row = layer.name === "raster" ? document.querySelector("#tree li.raster") : document.getElementById(`show-${layer.name}`).closest("li");
    layer.withheld = on;
    row.classList.toggle("withheld", on);
    for (const box of row.querySelectorAll("input")) box.disabled = on;
    row.querySelector(".series-remark")?.remove();
    if (on) row.append(atlas.make("span", { class: "dated remark series-remark" }, atlas.both(reason)));
    atlas.draw(layer);
  }

  function putAway(one) {
    const { fields, computed, choices } = atlas.config.series;
    const own = choices.find((choice) => choice.kind === "built");
    const apart = atlas.filled(atlas.config.words.series_apart, { built: own.key, year: own.year });
    const removed = atlas.filled(atlas.config.words.series_removed, { name: one.key, year: one.year });
    for (const name of computed) withhold(layerOf(name), one !== own, apart);
    if (atlas.raster && computed.length) withhold(atlas.raster, one !== own, apart);
    for (const name of fields) withhold(layerOf(name), one.kind === "table", removed);
    for (const id of computed.length ? TABLES : []) coverTable(document.getElementById(`table-${id}`), one !== own, apart);
  }

  /** Put a table away that was computed from the fields of the build, and say why. */
  function coverTable(section, on, reason) {
    if (!section) return;
    section.classList.toggle("withheld", on);
    section.querySelector(".series-remark")?.remove();
    if (on) section.append(atlas.make("p", { class: "note series-remark" }, atlas.both(reason)));
  }

  /** The rows of the area table, and a new drawing of it. */
  function tabulate(one) {
    const table = atlas.config.tables.find((each) => each.id === "areas");
    built = built || { ...table };
    Object.assign(table, one.areas || built);
    document.querySelector("#table-areas h3").replaceChildren(atlas.both(table.title));
    document.querySelector("#table-areas .scroll").replaceWith(atlas.table(table));
  }

  /** Title line, badge over the map, the note below the control, dates and figures of the list. */
  function tell(one) {
    const words = atlas.config.words;
    told.titles.forEach((node) => node.replaceChildren(atlas.both(one.title)));
    told.mark.hidden = one.kind === "built";
    told.mark.replaceChildren(atlas.both(atlas.filled(one.kind === "table" ? words.series_mark_table : words.series_mark, { name: one.key, year: one.year })));
    const lines = one.note.map((text) => atlas.make("p", {}, atlas.both(text)));
    if (one.kind === "table") lines.push(toTable());
    told.note.replaceChildren(...lines, atlas.make("p", {}, atlas.word("series_source"), ": ", one.source));
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
    const heard = atlas.make("span", { class: "heard" }, ", ", atlas.word("series_source"), `: ${one.source}`);
    return atlas.make("label", { class: one.kind }, box, atlas.make("span", { class: "year" }, one.year), " ", atlas.make("span", { class: "key" }, one.key), " ", tag, heard);
  }

  /** What a place is fed by was computed from the build's fields as well. */
  function guardPlaces() {
    const places = layerOf("places");
    if (!places || !atlas.config.series.computed.length) return;
    const { value } = places;
    places.value = (name, row) => (name === "fed_by" && !isBuilt() ? null : value(name, row));
  }

  /** The nodes that tell the series: the line below the title and wherever else it stands, the badge and the note. */
  function tellers() {
    const first = document.querySelector("#bar .titles p");
    const titles = [first, ...[...document.querySelectorAll("#tab-about p")].filter((node) => node.textContent === first.textContent)];
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
    guardPlaces();
    tell(state.shown);
    document.documentElement.dataset.series = state.shown.key;
  };
})(window.atlas);
