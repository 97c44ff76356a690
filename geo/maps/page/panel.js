/* The side panel: tabs, tables, one paragraph a layer, the sources. */
"use strict";

(function (atlas) {
  function cell(tag, value, column) {
    const properties = { class: column.number ? "number" : column.kind };
    if (value === null || value === "") return atlas.make(tag, properties, "–");
    return atlas.make(tag, properties, column.number ? value : atlas.value(value));
  }

  /** An HTML table from columns and rows; the first column heads its row. */
  atlas.table = function (table) {
    const head = table.columns.map((column) => atlas.make("th", { scope: "col", class: column.number ? "number" : "" }, atlas.both(column)));
    const rows = table.rows.map((row, i) => {
      const cells = row.map((value, j) => cell(j === 0 ? "th" : "td", value, table.columns[j]));
      if (cells[0]) cells[0].scope = "row";
      return atlas.make("tr", { class: table.indented && table.indented[i] ? "part" : "whole" }, ...cells);
    });
    const caption = atlas.make("caption", {}, atlas.both(table.title));
    const node = atlas.make("table", {}, caption, atlas.make("thead", {}, atlas.make("tr", {}, ...head)), atlas.make("tbody", {}, ...rows));
    const scroller = atlas.make("div", { class: "scroll", tabIndex: 0, role: "region" }, node);
    return atlas.label(scroller, table.title);
  };

  function block(table) {
    const node = atlas.make("section", { class: "block", id: `table-${table.id}` }, atlas.make("h3", {}, atlas.both(table.title)));
    if (table.chart) node.append(atlas.bars(table.chart));
    if (table.rows.length) node.append(atlas.table(table));
    for (const note of table.notes) node.append(atlas.make("p", { class: "note" }, atlas.both(note)));
    return node;
  }

  function paragraph(layer) {
    const node = atlas.make("section", { class: "block about" }, atlas.make("h3", {}, atlas.both(layer.title)));
    if (layer.about.en || layer.about.ko) node.append(atlas.make("p", {}, atlas.both(layer.about)));
    for (const key of layer.warnings) node.append(atlas.make("p", { class: "warning" }, atlas.both(layer.texts[key])));
    const facts = [atlas.value(layer.basis), " · ", atlas.both(layer.texts.as_of), ...atlas.age(layer), " ", atlas.word("sources_word"), ": ", layer.sources.map((key) => atlas.sourceTitles(key)).join("; ")];
    node.append(atlas.make("p", { class: "note" }, ...facts));
    return node;
  }

  function source(one) {
    const node = atlas.make("li", {}, atlas.make("strong", {}, one.title));
    const facts = [one.publisher, one.published, one.licence, one.note].filter(Boolean).join(" · ");
    if (facts) node.append(` – ${facts}`);
    if (/^https?:\/\//.test(one.url)) node.append(" ", atlas.make("a", { href: one.url, rel: "noreferrer noopener", target: "_blank" }, one.url));
    return node;
  }

  function chooseTab(tabs, chosen) {
    for (const tab of tabs) {
      const on = tab === chosen;
      tab.setAttribute("aria-selected", String(on));
      tab.tabIndex = on ? 0 : -1;
      document.getElementById(tab.getAttribute("aria-controls")).hidden = !on;
    }
    document.body.classList.toggle("panel-tables", ["choose-areas", "choose-record"].includes(chosen.id)); // tables need room
  }

  function wireTabs() {
    const tabs = [...document.querySelectorAll("#tabs [role=tab]")];
    tabs.forEach((tab, i) => {
      tab.addEventListener("click", () => chooseTab(tabs, tab));
      tab.addEventListener("keydown", (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        const next = tabs[(i + step + tabs.length) % tabs.length];
        chooseTab(tabs, next);
        next.focus();
      });
    });
    chooseTab(tabs, tabs[0]);
  }

  /** Fill the tabs. */
  atlas.drawPanel = function () {
    for (const table of atlas.config.tables.filter((one) => one.rows.length || one.chart || one.notes.length)) document.getElementById(`tab-${table.tab}`).append(block(table));
    const about = document.getElementById("about-layers");
    about.append(...atlas.layers.map(paragraph));
    const sources = Object.values(atlas.config.sources);
    document.getElementById("sources").append(...sources.map(source));
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
