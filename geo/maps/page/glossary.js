/* The glossary: terms with definition and reference, each also in the other language, and a field to find one. */
"use strict";

(function (atlas) {
  function entry(one) {
    const other = atlas.make("span", { class: "other" }, atlas.make("span", { lang: "en" }, atlas.make("span", { lang: "ko-x-own" }, one.term.ko)), atlas.make("span", { lang: "ko" }, atlas.make("span", { lang: "en-x-own" }, one.term.en)));
    const head = atlas.make("dt", {}, atlas.both(one.term), " ", one.term.en === one.term.ko ? null : other);
    const reference = atlas.make("span", { class: "reference" }, atlas.word("glossary_reference"), ": ", atlas.both(one.reference));
    const node = atlas.make("div", { class: "term" }, head, atlas.make("dd", {}, atlas.both(one.definition), " ", reference));
    return { node, text: atlas.flat(Object.values(one).flatMap((pair) => [pair.en, pair.ko]).join(" ")) };
  }

  /** A field that hides the entries without its text, and tells how many are left; groups without entries go with them. */
  atlas.finder = function (id, word, counted, entries, groups) {
    const field = atlas.make("input", { type: "search", id, autocomplete: "off" });
    const told = atlas.make("p", { class: "found", role: "status" });
    const find = () => {
      const text = atlas.flat(field.value.trim());
      entries.forEach((one) => (one.node.hidden = text !== "" && !one.text.includes(text)));
      groups.forEach((group) => (group.hidden = ![...group.querySelectorAll(".term")].some((node) => !node.hidden)));
      const n = entries.filter((one) => !one.node.hidden).length;
      told.replaceChildren(atlas.both(atlas.filled(atlas.config.words[counted], { n: String(n), all: String(entries.length) })));
    };
    field.addEventListener("input", find);
    find();
    return atlas.make("div", { class: "finder" }, atlas.make("label", { htmlFor: id }, atlas.word(word)), field, told);
  };

  /** Fill the tab. */
  atlas.drawGlossary = function () {
    const entries = [];
    const groups = atlas.config.glossary.map((group) => {
      const made = group.terms.map(entry);
      entries.push(...made);
      return atlas.make("section", { class: "block" }, atlas.make("h3", {}, atlas.both(group.title)), atlas.make("dl", { class: "terms" }, ...made.map((one) => one.node)));
    });
    const columns = ["term", "other", "definition", "reference"].map((key) => ({ ...atlas.config.words[`glossary_${key}`], number: false }));
    const rows = atlas.config.glossary.flatMap((group) => group.terms.map((one) => [one.term, { en: one.term.ko, ko: one.term.en }, one.definition, one.reference]));
    const table = { id: "glossary", title: atlas.config.words.tab_glossary, columns, rows };
    const finder = atlas.finder("glossary-find", "glossary_find", "glossary_found", entries, groups);
    const note = atlas.make("p", { class: "note" }, atlas.word("glossary_working"));
    document.getElementById("tab-glossary").append(finder, atlas.csvButton(table), note, ...groups);
  };
})(window.atlas);
