/* Where everything comes from: each source with what is known of it and the layers that use it. */
"use strict";

(function (atlas) {
  const FACTS = ["publisher", "published", "licence", "confidence", "locator", "note"];

  function usersOf(key) {
    const used = (layer) => layer.sources.some((keys) => keys.split(";").includes(key)) || ((layer.columns.sources || {}).values || []).some((keys) => String(keys).split(";").includes(key));
    return atlas.layers.filter(used);
  }

  function users(one) {
    const layers = usersOf(one.key);
    const names = (language) => layers.map((layer) => layer.title[language]).join(", ");
    return layers.length ? { en: names("en"), ko: names("ko") } : atlas.config.words.source_figures;
  }

  function fact(key, value) {
    return [atlas.make("dt", {}, atlas.word(`source_${key}`)), atlas.make("dd", {}, value)];
  }

  function entry(one) {
    const told = FACTS.filter((key) => one[key]).flatMap((key) => fact(key, atlas.value(one[key], "", true)));
    const list = atlas.make("dl", {}, ...told, ...fact("used", atlas.both(users(one))));
    const node = atlas.make("li", { class: "term", id: `source-${one.key}` }, atlas.make("strong", {}, atlas.foreign(one.title, true)), list);
    if (/^https?:\/\//.test(one.url)) node.append(atlas.make("a", { href: one.url, rel: "noreferrer noopener", target: "_blank" }, one.url));
    return { node, text: atlas.flat([one.key, one.title, ...FACTS.map((key) => one[key] || ""), users(one).en, users(one).ko].join(" ")) };
  }

  /** The sources as a table, for the file. */
  function tableOf(sources) {
    const keys = ["key", "title", ...FACTS, "url"];
    const columns = [...keys, "used"].map((key) => ({ ...atlas.config.words[`source_${key}`], number: false }));
    return { id: "sources", title: atlas.config.words.sources_table, columns, rows: sources.map((one) => [...keys.map((key) => one[key] || ""), users(one)]) };
  }

  /** Fill the list of sources. */
  atlas.drawSources = function () {
    const list = document.getElementById("sources");
    const sources = Object.values(atlas.config.sources).sort((a, b) => usersOf(b.key).length - usersOf(a.key).length);
    const entries = sources.map(entry);
    const finder = atlas.finder("source-find", "source_find", "sources_found", entries, []);
    const note = atlas.make("p", { class: "note" }, atlas.word("foreign_told"));
    list.before(finder, atlas.csvButton(tableOf(sources)), note);
    list.append(...entries.map((one) => one.node));
  };
})(window.atlas);
