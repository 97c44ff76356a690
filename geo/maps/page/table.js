/* Tables that sort by any column, say so to a screen reader, and can be taken away as CSV. */
"use strict";

(function (atlas) {
  const FORMULA = /^[=+\-@\t\r]/; // a spreadsheet would run such a text
  const PLAIN_NUMBER = /^[+\-−]?\d[\d,]*(\.\d+)?$/;

  /** Whether a cell is digits alone; "n.a." and "about 1,000" are words, also in a column of numbers. */
  const plainNumber = (value, column) => column.number && typeof value !== "object" && /\d/.test(value);

  /** The text of a value in the language of the page. */
  function told(value, column) {
    if (value === null || value === "") return "";
    const node = document.createElement("div");
    node.append(plainNumber(value, column) ? String(value) : atlas.value(value, column.name, true));
    const own = node.querySelector(`:scope > [lang=${atlas.language()}]`);
    return (own || node).textContent;
  }

  /** A printed number as a number; null for what is none. */
  function numeric(text) {
    const found = /[+\-−]?\d[\d,]*(\.\d+)?/.exec(text);
    return found ? Number(found[0].replace(/,/g, "").replace("−", "-")) : null;
  }

  /** Row numbers of a table in the order of a column; what is empty or no number stands last both ways. */
  function ordered(table, j, step) {
    const column = table.columns[j];
    const collator = new Intl.Collator(atlas.language(), { numeric: true, sensitivity: "base" });
    const texts = table.rows.map((row, i) => (j === 0 ? `${parent(table, i)}${told(row[j], column)}` : told(row[j], column)));
    const keys = column.number ? texts.map(numeric) : texts.map((text) => text || null);
    const compare = column.number ? (a, b) => a - b : collator.compare;
    const rows = texts.map((_, i) => i);
    return rows.sort((a, b) => {
      if (keys[a] === null || keys[b] === null) return (keys[a] === null) - (keys[b] === null) || a - b;
      return step * compare(keys[a], keys[b]) || a - b;
    });
  }

  /** What a part belongs to, where a table tells it: out of its order a part alone would say too little. */
  function parent(table, i) {
    const whole = table.parents && table.parents[i];
    return whole ? `${told(whole, { number: false })}: ` : "";
  }

  function guarded(text) {
    const number = PLAIN_NUMBER.test(text) ? text.replace(/,/g, "").replace("−", "-").replace(/^\+/, "") : null;
    const cell = number === null && FORMULA.test(text) ? `'${text}` : number === null ? text : number;
    return /[",\r\n]/.test(cell) ? `"${cell.replace(/"/g, '""')}"` : cell;
  }

  /** A table as CSV in the language of the page, in the order of its source; a mark in front lets Excel read Korean. A table that is a file of the build keeps its columns' names. */
  atlas.csv = function (table) {
    const head = table.columns.map((column) => guarded(table.file ? column.name : atlas.pick(column)));
    const lines = table.rows.map((row, i) => row.map((value, j) => guarded((j === 0 ? parent(table, i) : "") + told(value, table.columns[j]))));
    return `\ufeff${[head, ...lines].map((cells) => cells.join(",")).join("\r\n")}\r\n`;
  };

  function announce(pair) {
    const node = document.getElementById("announced");
    node.replaceChildren(atlas.both(pair));
  }

  /** Hand a text to the reader as a file; nothing leaves the machine. */
  function handOver(name, text) {
    const address = URL.createObjectURL(new Blob([text], { type: "text/csv;charset=utf-8" }));
    const link = atlas.make("a", { href: address, download: name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(address), 10000);
    announce(atlas.filled(atlas.config.words.downloaded, { file: name }));
  }

  /** The button that writes a table. */
  atlas.csvButton = function (table) {
    const button = atlas.make("button", { type: "button", class: "csv" }, "CSV");
    button.addEventListener("click", () => handOver(`${table.id}-${atlas.language()}.csv`, atlas.csv(table)));
    return atlas.label(button, atlas.filled(atlas.config.words.download_csv_of, { title: table.title }));
  };

  function cell(tag, value, column) {
    const properties = { class: column.number ? "number" : column.kind };
    if (value === null || value === "") return atlas.make(tag, properties, "–");
    return atlas.make(tag, properties, plainNumber(value, column) ? value : atlas.value(value, column.name, true));
  }

  function bodyRow(table, row, i) {
    const cells = row.map((value, j) => cell(j === 0 ? "th" : "td", value, table.columns[j]));
    if (cells[0]) cells[0].scope = "row";
    if (table.parents && table.parents[i]) cells[0].prepend(atlas.make("span", { class: "parent" }, atlas.value(table.parents[i]), ": "));
    return atlas.make("tr", { class: table.indented && table.indented[i] ? "part" : "whole" }, ...cells);
  }

  function headCell(table, column, j, onSort) {
    const foreign = !column.number && table.rows.some((row) => row[j] && atlas.make("i", {}, atlas.value(row[j], column.name, true)).querySelector("[lang=en-x-own]"));
    const mark = foreign ? atlas.make("span", { lang: "ko", class: "foreign" }, ` (${atlas.config.words.foreign.ko})`) : null;
    const button = atlas.make("button", { type: "button" }, atlas.both(column), mark);
    button.addEventListener("click", onSort);
    return atlas.make("th", { scope: "col", class: column.number ? "number" : "" }, button);
  }

  /** An HTML table from columns and rows; the first column heads its row, every column sorts up, down and not at all. */
  atlas.table = function (table) {
    const state = { column: null, step: 1 };
    const rows = table.rows.map((row, i) => bodyRow(table, row, i));
    const body = atlas.make("tbody", {}, ...rows);
    const put = () => {
      const order = state.column === null ? rows.map((_, i) => i) : ordered(table, state.column, state.step);
      body.append(...order.map((i) => rows[i]));
      node.classList.toggle("sorted", state.column !== null);
      heads.forEach((head, j) => {
        if (j === state.column) head.setAttribute("aria-sort", state.step > 0 ? "ascending" : "descending");
        else head.removeAttribute("aria-sort");
      });
    };
    const sort = (j) => {
      if (state.column !== j) Object.assign(state, { column: j, step: 1 });
      else if (state.step > 0) state.step = -1;
      else state.column = null;
      put();
      const word = state.column === null ? "sorted_none" : state.step > 0 ? "sorted_ascending" : "sorted_descending";
      announce(atlas.filled(atlas.config.words[word], { title: table.title, column: table.columns[j] }));
    };
    const heads = table.columns.map((column, j) => headCell(table, column, j, () => sort(j)));
    const caption = atlas.make("caption", {}, atlas.both(table.title), ". ", atlas.word("sort_hint"));
    const node = atlas.make("table", {}, caption, atlas.make("thead", {}, atlas.make("tr", {}, ...heads)), body);
    atlas.onLanguage(() => state.column !== null && put()); // another language, another order
    const scroller = atlas.make("div", { class: "scroll", tabIndex: 0, role: "region" }, node);
    return atlas.label(scroller, table.title);
  };
})(window.atlas);
