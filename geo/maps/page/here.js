/* The card of a place: its coordinates to copy, what is drawn nearest to it, and all that lies at it. */
"use strict";

(function (atlas) {
  const MOST = 12; // features of a layer in the list; how many more there are is said
  const LEAST_KNOWN_M = 100; // of a layer that does not tell how exact it is
  const SIMULATED_M = 1000; // a simulated feature is at no place at all: kilometres are told, no less
  let mark = null;

  /** Cross hairs at a place, until the next place is marked; null takes them away. */
  atlas.markPlace = function (map, latlng) {
    if (mark) mark.remove();
    const icon = L.divIcon({ className: "cross", html: false, iconSize: [34, 34] });
    mark = latlng && L.marker(latlng, { icon, interactive: false, keyboard: false }).addTo(map);
  };

  function byHand(text) {
    const words = atlas.config.words;
    const field = atlas.named(atlas.make("textarea", { class: "copying", readOnly: true, value: text }), words.copy_text);
    const before = document.activeElement;
    (document.querySelector(".leaflet-popup-content .here") || document.body).append(field);
    field.select();
    let done = false;
    try {
      done = document.execCommand("copy");
    } catch {
      done = false;
    }
    if (!done) return false; // the field stays, selected
    field.remove();
    if (before) before.focus({ preventScroll: true });
    return true;
  }

  /** Put a text on the clipboard; where the browser forbids it, by a selected field, and as a last resort leave that selected. */
  atlas.copy = async function (text) {
    document.querySelectorAll(".copying").forEach((field) => field.remove());
    try {
      await navigator.clipboard.writeText(text);
      return true;
    } catch {
      return byHand(text);
    }
  };

  function copyButton(pair, text, told, ...more) {
    const faces = { idle: atlas.icon("M9 9h11v11H9zM5 15H4V4h11v1"), done: atlas.icon("M4 13l5 5L20 6") };
    const button = atlas.named(atlas.make("button", { type: "button", class: "copy" }, faces.idle, ...more), pair);
    button.addEventListener("click", async () => {
      const done = await atlas.copy(text());
      if (done) faces.idle.replaceWith(faces.done);
      atlas.announce(done ? told() : atlas.config.words.copy_failed);
      if (done) setTimeout(() => faces.done.replaceWith(faces.idle), 2500);
    });
    return button;
  }

  function notations(latlng) {
    const { words } = atlas.config;
    const place = atlas.place(latlng);
    const same = (text) => ({ en: text, ko: text });
    const told = [["mgrs", same("MGRS"), place.mgrs], ["utm", same("UTM"), place.utm], ["dms", words.here_dms, place.dms], ["decimal", words.here_decimal, place.decimal]];
    const grids = place.grids.map((grid) => ["grid", same(`${grid.name} · ${grid.title}`), grid.text]);
    return [...told, ...grids].filter(([, , text]) => text).map(([kind, label, text]) => ({ kind, label, text }));
  }

  function notationRow({ kind, label, text }) {
    const { words } = atlas.config;
    const what = { en: `${label.en}, ${text}`, ko: `${label.ko}, ${text}` };
    const button = copyButton(atlas.filled(words.copy, { what }), () => text, () => atlas.filled(words.copied, { text }));
    const value = atlas.make("span", { class: kind }, text);
    return atlas.make("li", {}, atlas.make("span", { class: "line" }, atlas.make("span", { class: "name" }, atlas.both(label)), value), button);
  }

  /** How a distance is told: never finer than the layer, the pointer, or what is simulated, allow. */
  function toldDistance(layer, row, m, readM) {
    const { words } = atlas.config;
    const simulated = layer.isSimulated(row);
    const off = atlas.offM(layer, row);
    const known = Math.max(off || LEAST_KNOWN_M, readM || 0, simulated ? SIMULATED_M : 0);
    const far = m === 0 ? words.here_inside : m < known ? atlas.filled(words.here_under, { d: atlas.roughly(known) }) : atlas.filled(words.here_about, { d: atlas.lengthText(m, known) });
    const exact = simulated ? layer.simulatedWord(row) : off ? atlas.filled(words.here_off, { d: atlas.roughly(off, 2) }) : words.here_untold;
    return { en: `${far.en} (${exact.en})`, ko: `${far.ko} (${exact.ko})` };
  }

  /** What is switched on is told of a place, drawn or not: a zone does not end where the map is too close for it. */
  const isAsked = (layer) => atlas.isDrawn(layer) || (atlas.isTooClose(layer) && !atlas.isWithheld(layer));

  function titled(layer) {
    if (atlas.isDrawn(layer)) return layer.title;
    const { too_close: told } = atlas.config.words;
    return { en: `${layer.title.en} (${told.en})`, ko: `${layer.title.ko} (${told.ko})` };
  }

  function nearest(latlng, readM) {
    const found = [];
    for (const layer of atlas.layers.filter((one) => isAsked(one) && (one.name === "rivers" || ["zones", "hazards"].includes(one.group_name)))) {
      const kinds = layer.simulated ? [false, true] : [false];
      for (const simulated of kinds) {
        const one = atlas.nearestIn(layer, latlng, (row) => layer.isSimulated(row) === simulated);
        if (one) found.push({ title: titled(layer), name: atlas.called(layer, one.row), told: toldDistance(layer, one.row, one.m, readM) });
      }
    }
    return found;
  }

  function known(pair) {
    return pair.en || pair.ko ? pair : { en: "–", ko: "–" };
  }

  const word = (key) => (Object.hasOwn(atlas.config.values, key) ? atlas.config.values[key] : { en: String(key), ko: String(key) });

  /** Class, basis, date and source of a feature: its own, or those of its layer. */
  function facts(layer, row) {
    const value = (key) => layer.value(key, row);
    const rank = value("class") || value("land_class");
    const date = value("as_of") || layer.as_of;
    const status = value("land_status"); // closed land is no release, and open land is not closed
    const parts = [rank && rank !== "zone" ? word(rank) : null, status ? word(status === "closed" ? "closed_on_record" : status) : null, word(value("basis") || layer.basis), date ? word(date) : null];
    parts.push(word(atlas.sourceTitles(value("sources") || layer.sources.join(";"))));
    const off = layer.group_name === "evidence" ? atlas.offM(layer, row) : null; // it lies here because it may be off as far as here
    if (off) parts.unshift(atlas.filled(atlas.config.words.here_off, { d: atlas.roughly(off, 2) }));
    if (layer.isSimulated(row)) parts.push(layer.simulatedWord(row));
    const told = (language) => parts.filter(Boolean).map((part) => part[language]).filter(Boolean).join(" · ");
    return { en: told("en"), ko: told("ko") };
  }

  function lying(latlng) {
    return atlas.layers.filter(isAsked).map((layer) => ({ layer, rows: atlas.rowsAt(layer, latlng) })).filter((one) => one.rows.length);
  }

  function lyingRow(layer, row, latlng) {
    const button = atlas.make("button", { type: "button", class: "called" }, atlas.both(known(atlas.called(layer, row))));
    button.addEventListener("click", () => atlas.openFeature(atlas.map, layer, row, latlng));
    return atlas.make("li", {}, button, atlas.make("span", { class: "facts" }, atlas.both(facts(layer, row))));
  }

  function lyingBlock(found, latlng) {
    const { words } = atlas.config;
    if (!found.length) return [atlas.make("p", { class: "facts" }, atlas.word("here_none"))];
    return found.flatMap(({ layer, rows }) => {
      const list = atlas.make("ul", { class: "lying" }, ...rows.slice(0, MOST).map((row) => lyingRow(layer, row, latlng)));
      if (rows.length > MOST) list.append(atlas.make("li", { class: "facts" }, atlas.both(atlas.filled(words.here_more, { n: (rows.length - MOST).toLocaleString("en") }))));
      return [atlas.make("h4", {}, atlas.both(titled(layer))), list];
    });
  }

  function nearestBlock(found) {
    const rows = found.flatMap(({ title, name, told }) => [
      atlas.make("dt", {}, atlas.both(title)),
      atlas.make("dd", {}, atlas.make("strong", {}, atlas.both(told)), atlas.make("span", { class: "facts" }, atlas.both(known(name)))),
    ]);
    return atlas.make("dl", { class: "nearest" }, ...rows);
  }

  /** All lines of a card as plain text in the page's language, with what must be said of them. */
  function everything(lines, close, found, notes) {
    const { words, texts, title } = atlas.config;
    const pick = atlas.pick;
    const rows = lines.map((line) => `${pick(line.label)}: ${line.text}`);
    const near = close.map((one) => `- ${pick(one.title)}: ${pick(one.told)} – ${pick(known(one.name))}`);
    const here = found.flatMap(({ layer, rows: of }) => [
      ...of.slice(0, MOST).map((row) => `- ${pick(titled(layer))}: ${pick(known(atlas.called(layer, row)))} – ${pick(facts(layer, row))}`),
      ...(of.length > MOST ? [`- ${pick(titled(layer))}: ${pick(atlas.filled(words.here_more, { n: (of.length - MOST).toLocaleString("en") }))}`] : []),
    ]);
    const marks = ["mark", "day-mark", "series-mark"].map((id) => document.getElementById(id)).filter((mark) => mark && mark.getClientRects().length).map((mark) => mark.innerText); // those that can be seen
    const told = [pick(title), ...marks, ...rows, ...notes.map(pick), `${pick(words.here_nearest)}:`, ...near, pick(words.here_only_drawn), `${pick(words.here_lies)}:`];
    return [...told, ...(here.length ? here : [pick(words.here_none)]), pick(texts.no_data), pick(texts.found_one), pick(texts.not_official)].join("\n");
  }

  /** Open the card of a place. Options: `readM` how finely it was read [m], `read` what says so, `notes` pairs, `title` a pair, `focus` the keyboard goes there. */
  atlas.openPlace = function (map, latlng, { readM = 0, read = "here_read", notes = [], title = null, focus = false } = {}) {
    const { words, texts } = atlas.config;
    const fineness = readM ? [atlas.filled(words[read], { m: atlas.roughly(readM) })] : [];
    const all = [words.here_datum, ...fineness, ...notes];
    const [lines, close, found] = [notations(latlng), nearest(latlng, readM), lying(latlng)];
    const node = atlas.make("article", { class: "popup here" }, atlas.make("h3", {}, atlas.both(title || words.this_place)));
    node.append(atlas.make("ul", { class: "notations" }, ...lines.map(notationRow)));
    const copyAll = copyButton(words.copy_all, () => everything(lines, close, found, all), () => words.copied_all, atlas.make("span", {}, atlas.word("copy_all")));
    node.append(atlas.make("div", { class: "all" }, atlas.make("p", { class: "facts" }, ...all.flatMap((note) => [atlas.both(note), " "])), copyAll));
    if (close.length) node.append(atlas.make("h4", { class: "part" }, atlas.word("here_nearest")), nearestBlock(close), atlas.make("p", { class: "facts" }, atlas.word("here_only_drawn")));
    node.append(atlas.make("h4", { class: "part" }, atlas.word("here_lies")), ...lyingBlock(found, latlng), atlas.rasterLine(latlng));
    node.append(atlas.make("p", { class: "warning" }, atlas.both(texts.no_data)));
    atlas.openPopup(map, latlng, node, { focus, docked: true });
  };

  /** Open the card of the middle of the map. */
  atlas.openMiddle = function (map) {
    atlas.openTool(null);
    const middle = map.getCenter();
    atlas.markPlace(map, middle);
    atlas.openPlace(map, middle, { readM: atlas.metresPerPixel(map), focus: true });
  };

  /** Wire clicks on the map, the button and the Enter key. */
  atlas.prepareHere = function (map) {
    atlas.addTool("here", "M12 2v6M12 16v6M2 12h6M16 12h6M12 8a4 4 0 1 0 .01 0z", { run: () => atlas.openMiddle(map) });
    map.on("click", (event) => {
      if (atlas.takesPoint(event.latlng)) return;
      atlas.markPlace(map, event.latlng);
      atlas.openPlace(map, event.latlng, { readM: atlas.metresPerPixel(map) });
    });
    map.getContainer().addEventListener("keydown", (event) => {
      if (event.target !== map.getContainer() || event.key !== "Enter" || atlas.measuring()) return;
      event.preventDefault();
      atlas.openMiddle(map);
    });
  };
})(window.atlas);
