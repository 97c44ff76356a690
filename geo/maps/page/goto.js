/* Go to a place: coordinates in any notation, or a name of a place or river in either language, from a list that the arrow keys walk. */
"use strict";

(function (atlas) {
  const MOST = 8; // names in the list; how many more there are is said
  const PLACE_ZOOM = 11;
  const POINT_ZOOM = 13;
  let names = null;
  let shown = [];
  let active = -1;

  /** Letters alone, so that case, accents, blanks and hyphens do not matter; Hangul falls into its letters and matches while it is typed. */
  const folded = (text) => text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f\s\-·.'’]/g, "");

  function middleOf(parts) {
    const longest = parts.reduce((best, part) => (part.length > best.length ? part : best));
    const [lat, lng] = longest[Math.floor(longest.length / 2)];
    return L.latLng(lat, lng);
  }

  function gathered() {
    const found = [];
    for (const layer of atlas.layers.filter((one) => ["places", "rivers"].includes(one.name))) {
      for (const set of layer.sets) {
        for (const [row, parts] of atlas.shapes(set)) {
          const pair = atlas.called(layer, row);
          const at = set.kind === "point" ? L.latLng(parts[0]) : middleOf(set.kind === "polygon" ? parts.map((rings) => rings[0]) : parts);
          const bounds = set.kind === "line" ? L.latLngBounds(parts.flat()) : null;
          found.push({ layer, row, pair, at, bounds, keys: [folded(pair.en), folded(pair.ko)], people: layer.value("population", row) || 0 });
        }
      }
    }
    return found;
  }

  /** Names that hold a text, those that begin with it first, then by population. */
  atlas.namesLike = function (text) {
    names = names || gathered();
    const wanted = folded(text);
    if (!wanted) return [];
    const rank = (one) => (one.keys.includes(wanted) ? 0 : one.keys.some((key) => key.startsWith(wanted)) ? 1 : 2);
    const fit = names.filter((one) => one.keys.some((key) => key.includes(wanted)));
    return fit.map((one) => ({ ...one, rank: rank(one) })).sort((a, b) => a.rank - b.rank || b.people - a.people);
  };

  /** Whether a place lies in the study area, or within what is drawn of it. */
  atlas.onMap = ({ lat, lng }) => [atlas.config.bounds, atlas.config.reach].some((bounds) => L.latLngBounds(bounds).contains([lat, lng]));

  const field = () => document.getElementById("goto-field");
  const same = (text) => ({ en: text, ko: text });

  function tell(pair, wrong) {
    const told = document.getElementById("goto-told");
    told.classList.toggle("wrong", wrong);
    told.replaceChildren(atlas.both(pair));
    field().setAttribute("aria-invalid", String(wrong));
  }

  function choose(i) {
    const options = [...document.getElementById("goto-names").children];
    active = i;
    options.forEach((option, j) => option.setAttribute("aria-selected", String(j === i)));
    if (i < 0) field().removeAttribute("aria-activedescendant");
    else {
      field().setAttribute("aria-activedescendant", options[i].id);
      options[i].scrollIntoView({ block: "nearest" });
    }
  }

  function option(map, one, i) {
    const { words } = atlas.config;
    const other = one.form ? words.goto_read_as : { en: one.pair.ko, ko: one.pair.en };
    const kind = one.form ? words.goto_kind_plane : one.layer.name === "rivers" ? words.goto_kind_river : words.goto_kind_place;
    const square = atlas.mgrs(one.at.lat, one.at.lng, 2);
    const name = atlas.make("bdi", { class: "name" }, atlas.both(one.pair));
    const aside = atlas.make("span", { class: "aside" }, atlas.make("bdi", {}, atlas.both(other)), atlas.make("span", { class: "square" }, atlas.both(kind), ` · ${square}`));
    const node = atlas.make("li", { id: `goto-${i}`, role: "option" }, name, aside);
    node.setAttribute("aria-selected", "false");
    node.addEventListener("mousedown", (event) => event.preventDefault()); // the field keeps the keyboard
    node.addEventListener("click", () => goToName(map, one));
    return node;
  }

  function list(map, found) {
    shown = found.slice(0, MOST);
    const holder = document.getElementById("goto-names");
    holder.replaceChildren(...shown.map((one, i) => option(map, one, i)));
    holder.hidden = !shown.length;
    field().setAttribute("aria-expanded", String(shown.length > 0));
    choose(-1);
  }

  function arrive(map, at, zoom, options, bounds) {
    list(map, []);
    atlas.openTool(null);
    map.closePopup();
    if (bounds) map.fitBounds(bounds, { animate: false, maxZoom: PLACE_ZOOM });
    else map.setView(at, Math.min(map.getMaxZoom(), Math.max(map.getZoom(), zoom)), { animate: false });
    atlas.markPlace(map, at);
    atlas.openPlace(map, at, { ...options, read: "here_typed", focus: true });
  }

  function goToName(map, one) {
    const { words } = atlas.config;
    if (one.form) return goToPlace(map, one.form.place, one.form.text);
    const km = one.layer.value(one.layer.off_km, one.row) || one.layer.value("accuracy_km", one.row);
    const river = one.layer.name === "rivers";
    const notes = river ? [words.goto_river] : km ? [atlas.filled(words.placed, { km })] : [];
    arrive(map, one.at, PLACE_ZOOM, { title: one.pair, readM: km ? 1000 * km : 0, notes }, one.bounds);
  }

  function goToPlace(map, found, text) {
    const { words } = atlas.config;
    const notes = found.told.map(([key, blanks]) => atlas.filled(words[key], blanks));
    if (found.side > 1) notes.push(atlas.filled(words.goto_read_square, { m: atlas.roughly(found.side) }));
    if (!atlas.onMap(found)) {
      const where = atlas.filled(words.goto_outside, { text, place: `${found.lat.toFixed(3)}, ${found.lng.toFixed(3)}` });
      return tell({ en: [where, ...notes].map((one) => one.en).join(" "), ko: [where, ...notes].map((one) => one.ko).join(" ") }, true);
    }
    tell(same(""), false);
    field().value = text;
    return arrive(map, L.latLng(found.lat, found.lng), found.side > 1000 ? 0 : POINT_ZOOM, { notes, readM: found.side > 1 ? found.side / 2 : 0 });
  }

  function examples() {
    const middle = L.latLngBounds(atlas.config.bounds).getCenter();
    const place = atlas.place(middle);
    return { mgrs: place.mgrs, utm: place.utm, dd: place.decimal, grid: atlas.planeForms()[0] };
  }

  function go(map) {
    const { words } = atlas.config;
    const text = field().value.trim();
    if (active >= 0) return goToName(map, shown[active]);
    if (!text) return tell(words.goto_empty, true);
    const place = atlas.readPlace(text, atlas.onMap);
    if (place && !place.fault) return goToPlace(map, place, text);
    const found = atlas.namesLike(text);
    if (found.length === 1 || (found.length && found[0].rank === 0 && !(found[1] && found[1].rank === 0))) return goToName(map, found[0]);
    if (found.length) return suggest(map);
    if (place) return ask(map, place, text);
    const { grid, ...others } = examples();
    return tell(atlas.filled(!/\d/.test(text) ? words.goto_none : grid ? words.goto_wrong_grid : words.goto_wrong, { text, grid, ...others }), true);
  }

  /** Say what is wrong with a place; where it could be meant in several ways, list them to choose from. */
  function ask(map, place, text) {
    tell(atlas.filled(atlas.config.words[place.fault], { text, ...place.blanks }), true);
    list(map, (place.forms || []).map((form) => ({ pair: same(form.text), at: L.latLng(form.place), form })));
  }

  function suggest(map) {
    const { words } = atlas.config;
    const text = field().value.trim();
    const place = text && atlas.readPlace(text, atlas.onMap);
    const found = place ? [] : atlas.namesLike(text);
    list(map, found);
    const counts = { n: Math.min(MOST, found.length), all: found.length };
    tell(!found.length ? same("") : found.length > MOST ? atlas.filled(words.goto_more, counts) : atlas.filled(words.goto_n, counts), false);
  }

  function onKey(map, event) {
    if (event.isComposing) return; // Hangul is still being put together
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && shown.length) {
      event.preventDefault();
      choose(((active + step + 1 + shown.length + 1) % (shown.length + 1)) - 1);
    } else if (event.key === "Enter") {
      event.preventDefault();
      go(map);
    } else if (event.key === "Escape" && shown.length) {
      event.preventDefault(); // the list first, the panel with the next
      list(map, []);
    }
  }

  /** Build the box and wire it. */
  atlas.prepareGoto = function (map) {
    const { words } = atlas.config;
    const input = atlas.make("input", { type: "text", id: "goto-field", autocomplete: "off", spellcheck: false, maxLength: 120 });
    const attributes = { role: "combobox", "aria-expanded": "false", "aria-controls": "goto-names", "aria-autocomplete": "list", "aria-describedby": "goto-told" };
    for (const [key, value] of Object.entries(attributes)) input.setAttribute(key, value);
    const button = atlas.make("button", { type: "button", id: "goto-go" }, atlas.word("goto_go"));
    const options = atlas.named(atlas.make("ul", { id: "goto-names", role: "listbox", hidden: true }), words.goto_names);
    const told = atlas.make("p", { id: "goto-told", role: "status" });
    const row = atlas.make("div", { class: "tool-row" }, input, button);
    const body = atlas.make("div", { id: "goto" }, atlas.make("label", { htmlFor: "goto-field" }, atlas.word("goto_label")), row, options, told);
    input.addEventListener("input", () => suggest(map));
    input.addEventListener("keydown", (event) => onKey(map, event));
    button.addEventListener("click", () => go(map));
    atlas.addTool("goto", "M10.5 4a6.5 6.5 0 1 0 .01 0zM15.5 15.5L21 21", { body, open: () => input.select() });
  };
})(window.atlas);
