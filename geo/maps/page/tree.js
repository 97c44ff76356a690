/* The layer list: groups, counts, areas and dates, a switch for each layer and a fader for each group. */
"use strict";

(function (atlas) {
  const km2 = (value) => `${value.toLocaleString("en", { minimumFractionDigits: value < 1 ? 2 : 1, maximumFractionDigits: value < 1 ? 2 : 1 })} km²`;

  /** Number and km² of a layer; on a chosen day the sum of what held, since nobody measured its overlaps. */
  atlas.figures = function (layer) {
    const n = atlas.numberOf(layer).toLocaleString("en");
    if (layer.held) return [`${n} · ${km2(layer.heldM2 / 1e6)} `, atlas.word("gross")];
    return [layer.km2 === null ? n : `${n} · ${km2(layer.km2)}`];
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
    const symbol = atlas.config.symbols[layer.symbols[Math.floor((layer.symbols.length - 1) / 2)]];
    const label = atlas.make("label", { htmlFor: box.id }, atlas.swatch(symbol), atlas.make("span", { class: "name" }, atlas.both(layer.title)));
    const dated = atlas.make("span", { class: "dated" }, atlas.both(layer.texts.as_of), ...atlas.age(layer));
    layer.remark = atlas.make("span", { class: "dated remark", hidden: true }, atlas.word("too_close"));
    layer.softRemark = atlas.make("span", { class: "dated remark", hidden: true }, atlas.word("sketched"));
    layer.figuresNode = atlas.make("span", { class: "figures" }, ...atlas.figures(layer));
    const parts = layer.parts.length > 1 ? atlas.make("div", { class: "parts" }, ...layer.parts.map((part, i) => partRow(layer, part, i))) : null;
    return atlas.make("li", {}, box, label, layer.figuresNode, dated, layer.remark, layer.softRemark, parts);
  }

  function partRow(layer, part, i) {
    const box = atlas.make("input", { type: "checkbox", checked: part.shown });
    box.addEventListener("change", () => atlas.showPart(layer, i, box.checked));
    const words = atlas.config.words[`origin_${part.value}`];
    return atlas.make("label", {}, box, atlas.make("span", {}, words ? atlas.both(words) : part.value), atlas.make("span", { class: "figures" }, part.n.toLocaleString("en")));
  }

  function fader(name) {
    const input = atlas.make("input", { type: "range", min: 0.1, max: 1, step: 0.05, value: 1, class: "fader" });
    atlas.label(input, { en: `Opacity: ${atlas.config.words[`group_${name}`].en}`, ko: `불투명도: ${atlas.config.words[`group_${name}`].ko}` });
    input.addEventListener("input", () => atlas.fade(name, input.value));
    return input;
  }

  /** Build the list from the groups of the configuration. */
  atlas.drawTree = function () {
    const tree = document.getElementById("tree");
    for (const [name, members] of Object.entries(atlas.config.groups)) {
      const layers = members.map((member) => atlas.layers.find((layer) => layer.name === member)).filter(Boolean);
      if (!layers.length) continue;
      const head = atlas.make("legend", {}, atlas.word(`group_${name}`));
      const list = atlas.make("ul", {}, ...layers.map(row));
      if (name === "screening" && atlas.raster) list.firstChild.after(atlas.rasterRow()); // behind the zones that it details
      tree.append(atlas.make("fieldset", { class: `group group-${name}` }, head, fader(name), list));
    }
  };

  /** Say how many features are on the map. */
  atlas.countShown = function () {
    const n = atlas.layers.reduce((sum, layer) => sum + atlas.countOf(layer), 0);
    const text = n.toLocaleString("en");
    document.documentElement.dataset.shown = n;
    document.getElementById("shown").replaceChildren(atlas.both({ en: `${text} features shown`, ko: `표시된 객체 ${text}개` }));
  };
})(window.atlas);
