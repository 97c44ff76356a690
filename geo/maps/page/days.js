/* The records of a day: hazards as they stood, finds, accidents and signs dated to it; a slider over the dates, and a field for any day. */
"use strict";

(function (atlas) {
  const RECORDED = { incidents: ["date_start"], finds: ["date", "year_first"], accidents: ["date", "year_first"], signs: ["date", "year_first"] };
  atlas.day = null; // null: the latest state
  let stops = [];
  let chosen = ""; // the day as it was written
  let opened = false; // the earlier states were switched on by the choice of a day

  /** The last day that a date may mean: 2011 is 2011-12-31, 2011-02 is 2011-02-28; null for what is no date. */
  atlas.lastDay = function (text) {
    const [, year, month, day] = /^(\d{4})(?:-(\d\d)(?:-(\d\d)(?:[T ].*)?)?)?$/.exec(String(text || "").trim()) || [];
    if (!year || month < 1 || month > 12) return null;
    const last = new Date(Date.UTC(Number(year), Number(month || 12), 0)).getUTCDate();
    if (day && (day < 1 || day > last)) return null;
    return `${year}-${month || "12"}-${day || String(last)}`;
  };

  const endless = (day) => day !== null && day.startsWith("9999"); // databases close what still holds with this year

  /** Whether a feature is on the map as far as days go. */
  atlas.holds = (layer, row) => !layer.held || layer.held[row] === 1;
  /** How many features of a layer hold. */
  atlas.numberOf = (layer) => (layer.held ? layer.heldN : layer.n);
  /** The symbol of a feature; an earlier state is drawn as it stood when its own day is shown. */
  atlas.symbolOf = (layer, row) => atlas.config.symbols[(atlas.day && layer.value("symbol_then", row)) || layer.value("symbol", row)];
  /** Keys of the symbols that are on the map. */
  atlas.symbolsOf = function (layer) {
    if (!layer.held && layer.parts.every((part) => part.shown)) return layer.symbols;
    const used = new Set();
    for (let row = 0; row < layer.n; row += 1) if (atlas.isOn(layer, row)) used.add(atlas.symbolOf(layer, row).key);
    return Object.keys(atlas.config.symbols).filter((key) => used.has(key));
  };

  function daysOf(layer, name) {
    const column = layer.columns[name];
    if (!column) return new Array(layer.n).fill(null);
    const days = column.values.map(atlas.lastDay);
    return column.codes ? column.codes.map((code) => days[code]) : days;
  }

  /** The columns that date a layer: how long a hazard held; when a record was made, of which the first that is known counts. */
  function datesOf(layer) {
    if (layer.columns.m2) return ["valid_from", "valid_to"];
    return (RECORDED[layer.name] || []).filter((name) => layer.columns[name]);
  }

  function dateLayer(layer, names) {
    layer.isRecord = !layer.columns.m2;
    const days = names.map((name) => daysOf(layer, name));
    layer.from = layer.isRecord ? days[0].map((_, row) => days.map((list) => list[row]).find(Boolean) || null) : days[0];
    layer.until = layer.isRecord ? new Array(layer.n).fill(null) : days[1].map((day) => (endless(day) ? null : day));
    if (layer.filled) followed(layer);
  }

  /** All features of a dated layer are looked at when the day changes. */
  function followed(layer) {
    layer.moving = layer.features;
  }

  const fill = atlas.fillLayer;
  atlas.fillLayer = function (layer) {
    const first = !layer.filled;
    fill(layer);
    if (!first || !layer.from) return;
    followed(layer);
    atlas.arrange(layer);
  };

  /** Read the dates of every layer that has any; simulated features have none. */
  atlas.prepareDays = function () {
    const told = new Map();
    for (const layer of atlas.layers) {
      const names = datesOf(layer);
      if (!names.length) continue;
      dateLayer(layer, names);
      for (const value of names.flatMap((name) => (layer.columns[name] || { values: [] }).values)) {
        const text = String(value || "").trim();
        const day = atlas.lastDay(text);
        if (day && !endless(day) && (!told.has(day) || text.length < told.get(day).length)) told.set(day, text);
      }
    }
    stops = [...told].map(([day, text]) => ({ day, text })).sort((a, b) => (a.day < b.day ? -1 : 1));
  };

  const dated = () => atlas.layers.filter((layer) => layer.from);
  const hasHazards = () => dated().some((layer) => !layer.isRecord); // with finds alone the control stands folded above the layers

  function addClosed(closed, m2) {
    closed.n += 1;
    closed.km2 += (m2 || 0) / 1e6;
  }

  function hold(layer) {
    if (atlas.day === null) {
      layer.held = null;
      return;
    }
    layer.held = new Uint8Array(layer.n);
    layer.heldN = layer.heldM2 = 0;
    layer.heldClosed = { n: 0, km2: 0 };
    for (let row = 0; row < layer.n; row += 1) {
      const [from, until] = [layer.from[row], layer.until[row]];
      if (!layer.isSimulated(row) && ((from && from > atlas.day) || (until && until <= atlas.day))) continue;
      layer.held[row] = 1;
      layer.heldN += 1;
      layer.heldM2 += layer.value("m2", row) || 0;
      if (layer.isClosed(row)) addClosed(layer.heldClosed, layer.value("m2", row));
    }
  }

  /** Count what held, the earlier states with the hazard layer they belong to. */
  function sumUp() {
    for (const layer of dated()) Object.assign(layer, { dayN: layer.heldN, dayM2: layer.isRecord ? null : layer.heldM2, dayClosed: layer.heldClosed, lent: 0 });
    const past = dated().find((layer) => layer.columns.hazard_layer && layer.held);
    if (!past) return;
    for (let row = 0; row < past.n; row += 1) {
      const owner = past.held[row] && dated().find((layer) => layer.name === past.value("hazard_layer", row));
      if (!owner) continue;
      const m2 = past.value("m2", row) || 0;
      past.dayN -= 1;
      past.dayM2 -= m2;
      past.lent += 1;
      owner.dayN += 1;
      owner.dayM2 += m2;
      if (past.isClosed(row)) addClosed(owner.dayClosed, m2);
    }
  }

  function counted() {
    const found = { n: 0, all: 0, undated: 0 };
    for (const layer of dated()) {
      for (let row = 0; row < layer.n; row += 1) {
        if (layer.isSimulated(row)) continue;
        if (!layer.from[row] && !layer.until[row]) found.undated += 1;
        else {
          found.all += 1;
          found.n += layer.held[row];
        }
      }
    }
    return Object.fromEntries(Object.entries(found).map(([key, n]) => [key, n.toLocaleString("en")]));
  }

  /** Switch the earlier states on with the first day that is chosen, and off again with the latest state. */
  function openPast() {
    const past = atlas.layers.find((layer) => layer.name === "past_hazards");
    const wanted = atlas.day !== null;
    if (!past || (wanted ? past.shown : !opened)) return;
    opened = wanted;
    atlas.show(past, wanted);
    document.getElementById(`show-${past.name}`).checked = wanted;
  }

  /** Show the hazards as they stood on a day; null for the latest state. `text` is what the reader is told. */
  atlas.setDay = function (day, text) {
    atlas.day = day;
    dated().forEach(hold);
    sumUp();
    for (const layer of dated()) {
      for (const feature of layer.features) restyle(layer, feature);
      atlas.arrange(layer);
      layer.figuresNode.replaceChildren(...atlas.figures(layer));
      layer.datedNode.replaceChildren(...atlas.dated(layer, text));
    }
    openPast();
    if (hasHazards()) atlas.apartFromDay(day === null ? null : text); // fields without a date are the same on every day
    atlas.labels.names = atlas.datedNames(atlas.config.labels);
    atlas.map.closePopup();
    const words = atlas.config.words;
    document.getElementById("day-told").replaceChildren(atlas.both(day === null ? words.day_latest_told : atlas.filled(words.day_told, { day: text, ...counted() })));
    const mark = document.getElementById("day-mark");
    mark.hidden = day === null;
    mark.replaceChildren(day === null ? "" : atlas.both(atlas.filled(hasHazards() ? words.day_mark : words.day_mark_records, { day: text })));
    atlas.changed();
  };

  function restyle(layer, feature) {
    const symbol = atlas.symbolOf(layer, feature.row);
    if (symbol === feature.symbol) return;
    feature.symbol = symbol;
    feature.setStyle(atlas.style(symbol, feature.own));
  }

  function say(range, field, wrong) {
    range.setAttribute("aria-valuetext", chosen || atlas.pick(atlas.config.words.day_latest));
    field.setAttribute("aria-invalid", String(wrong));
    field.placeholder = atlas.pick(atlas.config.words.day_form); // no digits: a date there reads as the day that is set
  }

  /** The day where the reader is, as dates are written here. */
  function today() {
    const now = new Date();
    return new Date(now.getTime() - 60000 * now.getTimezoneOffset()).toISOString().slice(0, 10);
  }

  /** The control: only where some record has a date. */
  atlas.drawDays = function () {
    const words = atlas.config.words;
    const section = document.getElementById("days");
    section.hidden = stops.length === 0;
    if (!stops.length) return;
    const range = atlas.label(atlas.make("input", { type: "range", id: "day-range", min: 0, max: stops.length, step: 1, value: stops.length }), words.day_range);
    const field = atlas.make("input", { type: "text", id: "day-field", autocomplete: "off", maxLength: 10 });
    const latest = atlas.make("button", { type: "button", id: "day-latest" }, atlas.word("day_latest"));
    const told = atlas.make("p", { id: "day-told", class: "note", role: "status" }, atlas.both(words.day_latest_told));
    const choose = (day, text) => {
      const after = stops.findIndex((stop) => stop.day > day);
      range.value = day === null ? stops.length : Math.max(0, (after < 0 ? stops.length : after) - 1);
      if (day !== null && after === 0) range.value = 0;
      field.value = text;
      chosen = text;
      atlas.setDay(day, text);
      say(range, field, false);
    };
    range.addEventListener("input", () => {
      const stop = stops[Number(range.value)];
      choose(stop ? stop.day : null, stop ? stop.text : "");
    });
    field.addEventListener("change", () => {
      const text = field.value.trim();
      const day = atlas.lastDay(text);
      const future = text > today().slice(0, text.length); // nothing is known of it
      if ((day && !future) || !text) return choose(day, text);
      told.replaceChildren(atlas.both(atlas.filled(day ? words.day_future : words.day_wrong, { text })));
      return say(range, field, true);
    });
    latest.addEventListener("click", () => choose(null, ""));
    const ends = atlas.make("div", { class: "ends", "aria-hidden": "true" }, atlas.make("span", {}, stops[0].text), atlas.make("span", {}, atlas.word("day_latest")));
    section.append(atlas.make("details", { open: hasHazards() }, atlas.make("summary", {}, atlas.make("h3", {}, atlas.word("days"))), range, ends, atlas.make("div", { class: "day-row" }, atlas.make("label", { htmlFor: "day-field" }, atlas.word("day_field")), field, latest), told));
    atlas.onLanguage(() => say(range, field, field.getAttribute("aria-invalid") === "true"));
    say(range, field, false);
  };
})(window.atlas);
