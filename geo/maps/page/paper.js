/* The open tab on paper: its tables, plots and texts follow the map on sheets of their own, as sorted and in the language of the page. */
"use strict";

(function (atlas) {
  const MOST_COLUMNS = 14; // a wider table leaves out its columns without any value
  const LEAST_ZOOM = 0.5; // half of 9 pt is the least that can be read
  let sheet = null;

  /** The tab a reader has open; the list of layers is told by legend and foot, and prints nothing. */
  function openTab() {
    if (document.body.classList.contains("panel-closed")) return null;
    const tab = document.querySelector("#tabs [aria-selected=true]");
    return tab && tab.id !== "choose-layers" ? tab : null;
  }

  /** A copy without controls: heads of columns become text, and what only a screen can do is left out. */
  function copyOf(panel) {
    const copy = panel.cloneNode(true);
    copy.querySelectorAll(".csv, .finder, caption, [hidden]").forEach((node) => node.remove());
    copy.querySelectorAll("thead button").forEach((button) => button.replaceWith(...button.childNodes));
    copy.querySelectorAll("pattern").forEach((pattern) => {
      const [was, is] = [`#${pattern.id})`, `#${pattern.id}-paper)`];
      pattern.id += "-paper";
      pattern.closest("svg").querySelectorAll("[fill]").forEach((shape) => shape.setAttribute("fill", shape.getAttribute("fill").replace(was, is)));
    });
    copy.querySelectorAll("[id]:not(pattern)").forEach((node) => node.removeAttribute("id"));
    copy.querySelectorAll("[tabindex]").forEach((node) => node.removeAttribute("tabindex"));
    copy.querySelectorAll("table").forEach(dropEmpty);
    return [...copy.childNodes];
  }

  function dropEmpty(table) {
    const [head, ...rows] = [...table.rows];
    if (!head || head.cells.length <= MOST_COLUMNS) return;
    const empty = [...head.cells].map((_, j) => rows.every((row) => row.cells[j].textContent === "–"));
    [head, ...rows].forEach((row) => [...row.cells].forEach((cell, j) => empty[j] && cell.remove()));
  }

  /** Make a table as wide as its sheet; what would be too small to read keeps its size and says that columns are missing. */
  function fit(table) {
    const [room, needed] = [table.parentElement.clientWidth, table.offsetWidth];
    if (needed <= room) return;
    table.style.zoom = Math.max(LEAST_ZOOM, room / needed);
    if (room / needed < LEAST_ZOOM) table.before(atlas.make("p", { class: "warning" }, atlas.word("print_cut")));
  }

  function put() {
    const tab = openTab();
    take();
    if (!tab) return;
    const { words, texts, title } = atlas.config;
    const name = (language) => `${title[language]} – ${words[tab.id.replace("choose-", "tab_")][language]}`;
    const head = atlas.make("h2", {}, atlas.both({ en: name("en"), ko: name("ko") }));
    const lines = [texts.no_data, texts.found_one, texts.not_official].map((text) => atlas.make("span", {}, atlas.both(text), " "));
    const told = atlas.make("p", { class: "told" }, ...lines, atlas.both(atlas.filled(words.print_day, { day: atlas.today() })));
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    sheet = atlas.make("section", { id: "paper" }, head, told, ...copyOf(panel));
    document.body.append(sheet);
    sheet.querySelectorAll("table").forEach(fit);
  }

  function take() {
    if (sheet) sheet.remove();
    sheet = null;
  }

  /** Follow the browser's print command, after the map has taken the size of its sheet. */
  atlas.preparePaper = function () {
    window.addEventListener("beforeprint", put);
    window.addEventListener("afterprint", take);
  };
})(window.atlas);
