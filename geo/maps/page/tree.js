/* The layer list: groups, counts, areas and dates, a switch for each layer and a fader for each group. */
"use strict";

(function (atlas) {

  /** How many features, or cells of a grid, which are no features; where a layer holds both, both numbers. */
  function number(layer, n) {
    const text = (value) => value.toLocaleString("en");
    const cells = layer.held && layer.cells < layer.n ? 0 : Math.min(layer.cells, n);
    if (!cells) return [text(n)];
    const told = atlas.both(atlas.filled(atlas.config.words.n_cells, { n: text(cells) }));
    return n > cells ? [told, ` + ${text(n - cells)}`] : [told];
  }

  /** Number and km² of a layer; on a chosen day of all its states that held, gross, since nobody measured their overlaps. */
  atlas.figures = function (layer) {
    if (!layer.held) return [...number(layer, layer.n), layer.km2 === null ? "" : ` · ${atlas.km2(layer.km2)}`];
    if (layer.lent && !layer.dayN) return [atlas.word("day_counted")];
    if (layer.cells || layer.dayM2 === null) return number(layer, layer.dayN); // the area of cells is that of no hazard
    return [...number(layer, layer.dayN), ` · ${atlas.km2(layer.dayM2 / 1e6)} `, atlas.word("gross")];
  };

  /** How much of a layer is closed on record: it is counted with the rest, and drawn apart. */
  function closedPart({ closed }) {
    if (!closed || !closed.n) return [];
    const told = `${closed.n.toLocaleString("en")} · ${atlas.km2(closed.km2)}`;
    return [" ", atlas.both(atlas.filled(atlas.config.words.of_it_closed, { figures: told }))];
  }

  /** Of which day a layer is: its own date, or the day that is chosen where its features follow it; and what of it is closed. */
  atlas.dated = function (layer, text) {
    if (layer.held) {
      const day = atlas.both(atlas.filled(atlas.config.words[layer.isRecord ? "day_until" : "day_state"], { day: text }));
      return layer.dayM2 === null || layer.cells || layer.lent ? [day] : [day, ...closedPart({ closed: layer.dayClosed })];
    }
    return [atlas.both(layer.texts.as_of), ...atlas.age(layer), ...closedPart(layer)];
  };

  /** A badge where the information is more than two years old by the reader's clock; a year alone counts from its start. */
  atlas.age = function (layer) {
    const [, year, month, day] = /^(\d{4})(?:-(\d\d))?(?:-(\d\d))?/.exec(layer.as_of) || [];
    if (!year || new Date(Number(year) + 2, (month || 1) - 1, day || 1) >= new Date()) return [];
    return [" ", atlas.make("span", { class: "old" }, atlas.word("old"))];
  };

  function row(layer) {
    const box = atlas.make("input", { type: "checkbox", id: `show-${layer.name}`, checked: layer.shown });
    box.addEventListener("change", () => atlas.show(layer, box.checked));
    layer.box = box;
    const symbol = atlas.config.symbols[layer.symbols[Math.floor((layer.symbols.length - 1) / 2)]];
    const label = atlas.make("label", { htmlFor: box.id }, atlas.swatch(symbol), atlas.make("span", { class: "name" }, atlas.both(layer.title)));
    layer.datedNode = atlas.make("span", { class: "dated" }, ...atlas.dated(layer));
    layer.remark = atlas.make("span", { class: "dated remark", hidden: true }, atlas.word("too_close"));
    layer.softRemark = atlas.make("span", { class: "dated remark", hidden: true }, atlas.word("sketched"));
    layer.figuresNode = atlas.make("span", { class: "figures" }, ...atlas.figures(layer));
    const parts = layer.parts.length > 1 ? atlas.make("div", { class: "parts" }, ...layer.parts.map((part, i) => partRow(layer, part, i))) : null;
    return atlas.make("li", {}, box, label, layer.figuresNode, layer.datedNode, layer.remark, layer.softRemark, parts);
  }

  function partRow(layer, part, i) {
    const box = atlas.make("input", { type: "checkbox", checked: part.shown });
    box.addEventListener("change", () => atlas.showPart(layer, i, box.checked));
    part.box = box;
    const words = atlas.config.words[`origin_${part.value}`];
    return atlas.make("label", {}, box, atlas.make("span", {}, words ? atlas.both(words) : part.value), atlas.make("span", { class: "figures" }, part.n.toLocaleString("en")));
  }

  const LEAST_OPACITY = 0.4; // what is faded further looks like land without a hazard

  function fader(name) {
    const input = atlas.make("input", { type: "range", min: LEAST_OPACITY, max: 1, step: 0.05, value: 1, class: "fader" });
    const told = () => input.setAttribute("aria-valuetext", `${Math.round(100 * input.value)} %`);
    atlas.label(input, atlas.filled(atlas.config.words.opacity, { group: atlas.config.words[`group_${name}`] }));
    input.addEventListener("input", () => {
      atlas.fade(name, input.value);
      told();
    });
    told();
    return input;
  }

  const groups = [];

  /** The head of a group: its name, one box for all its layers and how many of them are on. */
  function heading(name, layers) {
    const box = atlas.make("input", { type: "checkbox", class: "whole-group" });
    const told = atlas.make("span", { class: "on" });
    atlas.label(box, atlas.filled(atlas.config.words.whole_group, { group: atlas.config.words[`group_${name}`] }));
    box.addEventListener("change", () => {
      const on = box.checked; // each layer that follows would set the box anew
      layers.filter((layer) => layer.shown !== on && !atlas.isWithheld(layer)).forEach((layer) => atlas.show(layer, on));
    });
    groups.push({ box, told, layers });
    return atlas.make("legend", {}, atlas.make("label", {}, box, atlas.word(`group_${name}`)), told);
  }

  /** Set every box as its layer is, and the box of a group half where only some of its layers are on. */
  function markBoxes() {
    for (const { box, told, layers } of groups) {
      const on = layers.filter((layer) => layer.shown && !atlas.isWithheld(layer)).length;
      Object.assign(box, { checked: on === layers.length, indeterminate: on > 0 && on < layers.length, disabled: layers.every(atlas.isWithheld) });
      told.replaceChildren(atlas.both(atlas.filled(atlas.config.words.group_on, { on: String(on), all: String(layers.length) })));
      for (const layer of layers) {
        layer.box.checked = layer.shown;
        layer.parts.forEach((part) => part.box && Object.assign(part.box, { checked: part.shown }));
      }
    }
  }

  /** Build the list from the groups of the configuration. */
  atlas.drawTree = function () {
    const tree = document.getElementById("tree");
    for (const [name, members] of Object.entries(atlas.config.groups)) {
      const layers = members.map((member) => atlas.layers.find((layer) => layer.name === member)).filter(Boolean);
      if (!layers.length) continue;
      const head = heading(name, layers);
      const list = atlas.make("ul", {}, ...layers.map(row));
      if (name === "screening" && atlas.raster) list.firstChild.after(atlas.rasterRow()); // behind the zones that it details
      if (name === "orientation") list.append(...atlas.backdropRows());
      tree.append(atlas.make("fieldset", { class: `group group-${name}` }, head, fader(name), list));
    }
  };

  /** After a change: say how many features are on the map, and set boxes and presets as the layers are. */
  atlas.countShown = function () {
    markBoxes();
    atlas.markPresets();
    const n = atlas.layers.reduce((sum, layer) => sum + atlas.countOf(layer), 0);
    const text = n.toLocaleString("en");
    document.documentElement.dataset.shown = n;
    document.getElementById("shown").replaceChildren(atlas.both(atlas.filled(atlas.config.words.n_shown, { n: text })));
  };
})(window.atlas);
