/* The side panel: tabs, tables with their plots, one paragraph a layer. */
"use strict";

(function (atlas) {
  let tabs = [];

  function block(table) {
    const head = atlas.make("div", { class: "block-head" }, atlas.make("h3", {}, atlas.both(table.title)));
    const node = atlas.make("section", { class: "block", id: `table-${table.id}` }, head);
    if (table.rows.length) head.append(atlas.csvButton(table));
    if (table.chart) node.append(atlas.bars(table.chart));
    if (table.rows.length) node.append(atlas.table(table));
    for (const note of table.notes) node.append(atlas.make("p", { class: "note" }, atlas.both(note)));
    return node;
  }

  /** Titles of sources as nodes: they stay in their own language. */
  function titles(layer) {
    const keys = [...new Set(layer.sources.flatMap((one) => one.split(";")))];
    return keys.flatMap((key, i) => [i ? "; " : "", atlas.foreign(atlas.sourceTitles(key), true)]);
  }

  function paragraph(layer) {
    const node = atlas.make("section", { class: "block about", "data-layer": layer.name }, atlas.make("h3", {}, atlas.both(layer.title)));
    if (layer.about.en || layer.about.ko) node.append(atlas.make("p", {}, atlas.both(layer.about)));
    for (const key of layer.warnings) node.append(atlas.make("p", { class: "warning" }, atlas.both(layer.texts[key])));
    const facts = [atlas.value(layer.basis), " · ", atlas.both(layer.texts.as_of), ...atlas.age(layer), " ", atlas.word("sources_word"), ": ", ...titles(layer)];
    node.append(atlas.make("p", { class: "note" }, ...facts));
    return node;
  }

  atlas.paragraph = paragraph; // the series control draws it anew

  function choose(chosen) {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    }
    document.body.classList.toggle("panel-tables", ["choose-areas", "choose-record"].includes(chosen.id)); // tables need room
  }

  /** Open a tab by its name. */
  atlas.chooseTab = (name) => choose(document.getElementById(`choose-${name}`));

  function wireTabs() {
    tabs = [...document.querySelectorAll("#tabs [role=tab]")];
    atlas.label(document.getElementById("tabs"), atlas.config.words.tabs);
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => choose(tab));
      tab.addEventListener("keydown", (event) => {
        const last = tabs.length - 1;
        const to = { ArrowRight: i === last ? 0 : i + 1, ArrowLeft: i === 0 ? last : i - 1, Home: 0, End: last }[event.key];
        if (to === undefined) return;
        event.preventDefault();
        choose(tabs[to]);
        tabs[to].focus();
      });
    });
    choose(tabs[0]);
  }

  /** Fill the tabs. */
  atlas.drawPanel = function () {
    for (const table of atlas.config.tables.filter((one) => one.rows.length || one.chart || one.notes.length)) document.getElementById(`tab-${table.tab}`).append(block(table));
    document.getElementById("about-layers").append(...atlas.layers.map(paragraph));
    atlas.drawSources();
    atlas.drawGlossary();
    atlas.drawPresets();
    wireTabs();
  };

  /** Wire the buttons that open and widen the panel; a phone starts with the map alone. */
  atlas.openPanel = function () {
    const body = document.body;
    const toggle = document.getElementById("panel-toggle");
    const widen = document.getElementById("panel-widen");
    const set = (open) => {
      body.classList.toggle("panel-closed", !open);
      toggle.setAttribute("aria-expanded", String(open));
    };
    toggle.addEventListener("click", () => set(body.classList.contains("panel-closed")));
    document.getElementById("panel-close").addEventListener("click", () => {
      set(false);
      toggle.focus();
    });
    widen.addEventListener("click", () => widen.setAttribute("aria-pressed", String(body.classList.toggle("panel-wide"))));
    set(!window.matchMedia("(max-width: 760px)").matches);
  };
})(window.atlas);
