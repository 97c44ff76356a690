/* What stands at a place: tooltips and popups made of text nodes only. */
"use strict";

(function (atlas) {
  /** An index orders places and says nothing else: two digits are enough, also for its band. */
  function ranked(layer, row) {
    const [value, low, high] = ["index", "q05", "q95"].map((key) => layer.value(key, row));
    const decimals = value > 0 ? Math.min(6, Math.max(0, 1 - Math.floor(Math.log10(value)))) : 1;
    const band = low === null || high === null ? [] : [`${low.toFixed(decimals)}–${high.toFixed(decimals)}; `];
    const told = atlas.make("span", {}, `${value.toFixed(decimals)} (`, ...band, atlas.word("rank_only"), ")");
    return atlas.make("span", {}, told, atlas.make("span", { class: "aside" }, atlas.both(layer.band)));
  }

  const percent = (value) => `${(100 * value).toPrecision(2)} %`;
  const WIDER = 4; // the band beyond the three of the median flood

  function band(value) {
    return value === WIDER ? atlas.make("span", {}, `${value}, `, atlas.word("wider")) : String(value);
  }

  /** A list such as "south: a 34 %, b under 1 %; north: c" in both languages: its heads are words of the page. */
  function listed(text) {
    const word = (all, gap, head) => `${gap}${(atlas.config.values[head] || { ko: head }).ko}: `;
    return { en: text, ko: text.replace(/(^|; )([^:;]+): /g, word).replace(/under (\d+ %)/g, "$1 미만") };
  }

  const count = (value) => value.toLocaleString("en");
  const m2 = (value) => (Math.abs(value) < 1e5 ? `${count(Math.round(value))} m²` : atlas.km2(value / 1e6));
  const AREAS = ["area_m2", "area_reported_m2", "original_m2", "cancelled_m2", "reduced_m2", "cleared_m2", "remaining_m2"];
  const COUNTS = ["emplaced_n", "recovered_n", "unaccounted_n", "searched_n", "quantity"];
  const FORMATS = {
    ...Object.fromEntries([...AREAS.map((key) => [key, m2]), ...COUNTS.map((key) => [key, count])]),
    accidents_distance_m: (value) => `${count(Math.round(value))} m`,
    mined_km2: (value) => `${value.toPrecision(2)} km²`,
    precision_m: (value) => `±${value.toLocaleString("en")} m`,
    band,
    released: percent,
    delivered: percent,
    uncertainty_km: (value) => `±${value} km`,
    distance_m: (value) => `${(value / 1000).toFixed(1)} km`,
    mines_remaining: (value) => value.toLocaleString("en"),
    inner_m: (value) => `${Math.round(value)} m`,
    outer_m: (value) => `${Math.round(value)} m`,
    population: (value) => value.toLocaleString("en"),
  };
  const HIDDEN = new Set(["name_en", "name_ko", "symbol", "width_px", "min_zoom", "q05", "q50", "q95", "fed_by", "symbol_then", "soft_m", "max_zoom", "m2", "hazard_layer"]);

  function name(layer, row) {
    const en = layer.value("name_en", row) || layer.value("id", row) || "";
    return { en, ko: layer.value("name_ko", row) || en };
  }

  /** The name of a feature and the kind of its layer. */
  atlas.tooltip = function (layer, row) {
    const node = atlas.make("div", {}, atlas.make("strong", {}, atlas.both(name(layer, row))));
    node.append(atlas.make("div", {}, atlas.both(layer.title)));
    const [told, sketch] = [layer.value("told", row), atlas.sketchTold(layer, row)];
    if (told) node.append(atlas.make("div", {}, atlas.word("field_told"), ": ", told));
    if (sketch) node.append(atlas.make("div", { class: "sketch" }, atlas.both(sketch)));
    if (layer.isSimulated(row)) node.append(atlas.make("div", { class: "simulated" }, atlas.both(layer.simulatedWord(row))));
    return node;
  };

  function line(list, keys, content) {
    const known = keys.find((key) => atlas.config.words[`field_${key}`]);
    list.append(atlas.make("dt", {}, known ? atlas.word(`field_${known}`) : keys[1]), atlas.make("dd", {}, content));
  }

  function attributes(layer, row) {
    const list = atlas.make("dl", {});
    for (const key of Object.keys(layer.columns)) {
      const value = layer.value(key, row);
      if (HIDDEN.has(key) || key === layer.off_km || value === null || value === "" || (key === "land_class" && value === "zone")) continue;
      const keys = [`${layer.name}_${key}`, key]; // a layer may have a word of its own for a column
      const format = FORMATS[keys[0]] || FORMATS[key];
      if (key === "index") line(list, keys, ranked(layer, row));
      else if (key === "drivers") line(list, keys, atlas.both(listed(value)));
      else if (typeof value === "number" && format) line(list, keys, format(value));
      else if (key === "sources") continue;
      else line(list, keys, atlas.value(value, key));
    }
    return list;
  }

  /** Which reaches floods could bring things from to a place by a river. */
  function fed(layer, row) {
    const reaches = layer.value("fed_by", row);
    if (!reaches) return "";
    return atlas.make("p", { class: "fed" }, atlas.both(atlas.filled(atlas.config.words.fed_by, { reaches: listed(reaches) })));
  }

  function origin(layer, row) {
    const keys = layer.value("sources", row);
    return keys ? atlas.make("p", { class: "source" }, atlas.word("field_sources"), ": ", atlas.foreign(atlas.sourceTitles(keys), true)) : null;
  }

  /** Titles of the sources behind keys joined by semicolons. */
  atlas.sourceTitles = (keys) =>
    keys
      .split(";")
      .map((key) => (Object.hasOwn(atlas.config.sources, key) ? atlas.config.sources[key].title : key))
      .join("; ");

  /** The clicked place of a feature, and the way to all that is known of it. */
  function where(latlng) {
    const place = atlas.place(latlng);
    const said = atlas.make("div", {}, atlas.word("clicked_at"));
    const lines = ["mgrs", "decimal", "dms"].filter((key) => place[key]).map((key) => atlas.make("div", { class: key }, place[key]));
    const more = atlas.make("button", { type: "button", class: "here-all" }, atlas.word("here_all"));
    more.addEventListener("click", () => atlas.openPlace(atlas.map, latlng, { readM: atlas.metresPerPixel(atlas.map), focus: true }));
    return atlas.make("div", { class: "where" }, said, ...lines, more);
  }

  /** A date, or the word that stands in place of one in both languages. */
  const known = (date) => (Object.hasOwn(atlas.config.values, date) ? atlas.config.values[date] : date);

  /** What a record of clearance does not mean. */
  function cleared(layer, row) {
    const words = atlas.config.words;
    const status = layer.value("land_status", row);
    if (status !== "searched_not_released") {
      const date = layer.value("as_of", row);
      return atlas.filled(status === "worked_on" ? words.cleared_partly : words.cleared, { date: known(date), source: atlas.sourceTitles(layer.value("sources", row)) });
    }
    const n = layer.value("mines_remaining", row);
    return n === null ? atlas.config.values.searched_not_released : atlas.filled(words.searched, { n: n.toLocaleString("en") });
  }

  /** What the history of a hazard does not mean: searched, closed, cleared, marked, a circle for a size. */
  function history(layer, row) {
    const words = atlas.config.words;
    const value = (name) => layer.value(name, row);
    const told = [];
    const [n, recovered, emplaced] = ["searched_n", "recovered_n", "emplaced_n"].map(value);
    if (value("land_status") === "searched_not_released" && ![n, recovered, emplaced].includes(null)) {
      told.push(atlas.filled(words.searched_hazard, { n: count(n), recovered: count(recovered), emplaced: count(emplaced) }));
    }
    if (layer.isClosed(row)) told.push(value("cleared_m2") > 0 ? clearedHazard(layer, row) : words.closed_told);
    if (value("fence_condition") === "unverified" && value("last_inspected")) told.push(words.marking);
    if (value("shape_kind") === "equal_area_circle") told.push(words.circle);
    return told;
  }

  function clearedHazard(layer, row) {
    const depth = layer.value("depth_cm", row);
    const date = layer.value("status_since", row) || layer.value("as_of", row);
    const blanks = { date: known(date), source: atlas.sourceTitles(layer.value("sources", row)) };
    return depth === null ? atlas.filled(atlas.config.words.cleared_depthless, blanks) : atlas.filled(atlas.config.words.cleared_hazard, { ...blanks, depth: String(depth) });
  }

  function warning(layer, row) {
    const km = layer.value(layer.off_km, row);
    const told = layer.warnings.filter((key) => key !== "placed").map((key) => layer.texts[key]);
    const sketch = atlas.sketchTold(layer, row);
    if (sketch) told.unshift(sketch);
    if (layer.name === "cleared_areas") told.push(cleared(layer, row));
    if (layer.group_name === "hazards") told.push(...history(layer, row));
    if (km !== null) told.push(atlas.filled(atlas.config.words.placed, { km })); // of this point, not the span of its layer
    return atlas.make("div", { class: "warning" }, ...told.map((text) => atlas.make("p", {}, atlas.both(text))));
  }

  const NARROW_PX = 560; // a map less wide than this has no room for a popup at its place
  const Sheet = L.Popup.extend({
    // docked to the map's edge by the style sheet: it neither moves nor fades with the map
    _updatePosition() {},
    _animateZoom() {},
    _adjustPan() {},
    onRemove(map) {
      L.Popup.prototype.onRemove.call(this, map);
      this._container.remove();
    },
  });

  function sheet(map, latlng, top) {
    const size = map.getSize();
    const low = size.x < NARROW_PX;
    if (!map.getPane("sheet")) map.createPane("sheet", map.getContainer()).style.zIndex = 1100;
    const width = (low ? size.x - 16 : 356 * atlas.growth()) - 30;
    const popup = new Sheet({ pane: "sheet", className: `sheet ${low ? "low" : "side"}`, maxWidth: width, minWidth: width, maxHeight: low ? Math.max(150, 0.56 * size.y) : Math.max(150, size.y - top - 70), autoPan: false });
    popup.on("add", () => {
      popup.getElement().style.top = low ? "" : `${top}px`;
      const { offsetWidth, offsetHeight } = popup.getElement();
      map.panInside(latlng, { paddingTopLeft: [62 * atlas.growth(), top], paddingBottomRight: low ? [20, offsetHeight + 30] : [offsetWidth + 30, 30], animate: false });
    });
    return popup;
  }

  /** Open a popup at its place, or docked where the map is narrow or `docked` asks for it; with `focus` the keyboard goes into it. */
  atlas.openPopup = function (map, latlng, node, { focus = false, docked = false } = {}) {
    const grow = atlas.growth();
    const width = Math.min(320 * grow, map.getSize().x - 104);
    const top = Math.max(48, document.getElementById("marks").getBoundingClientRect().bottom - map.getContainer().getBoundingClientRect().top + 8); // below the ribbons
    const floating = () => L.popup({ maxWidth: width, minWidth: Math.min(240 * grow, width), maxHeight: Math.max(120, map.getSize().y - top - 92), autoPanPaddingTopLeft: [62 * grow, top], autoPanPaddingBottomRight: [16, 16] });
    const popup = docked || map.getSize().x < NARROW_PX ? sheet(map, latlng, top) : floating();
    popup.setLatLng(latlng).setContent(node).openOn(map);
    if (popup._closeButton) atlas.named(popup._closeButton, atlas.config.words.close);
    node.tabIndex = -1;
    popup.getElement().addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      map.closePopup(popup);
      map.getContainer().focus({ preventScroll: true });
    });
    if (focus) node.focus({ preventScroll: true });
    return popup;
  };

  /** Draw how far off a feature may be, until its popup closes. */
  function circle(map, layer, row, latlng) {
    const km = layer.value(layer.off_km, row);
    if (!km) return;
    const ring = L.circle(latlng, { radius: km * 1000, pane: "soft", interactive: false, color: "#1D2530", weight: 1.2, dashArray: "4 4", fillOpacity: 0.06 }).addTo(map);
    map.once("popupclose", () => ring.remove());
  }

  /** Open the popup of one feature. */
  atlas.openFeature = function (map, layer, row, latlng) {
    if (atlas.takesPoint(latlng)) return;
    const node = atlas.make("article", { class: "popup" }, atlas.make("p", { class: "kind" }, atlas.both(layer.title)));
    node.append(atlas.make("h3", {}, atlas.both(name(layer, row))), warning(layer, row), attributes(layer, row), fed(layer, row));
    node.append(atlas.rasterLine(latlng), where(latlng));
    node.append(origin(layer, row) || "");
    atlas.openPopup(map, latlng, node);
    circle(map, layer, row, latlng);
  };

  /** What a feature is called, in a line of its own: its name, or of a cell of the grid its value. */
  atlas.called = (layer, row) => (layer.name === "mined_density" ? { en: FORMATS.mined_km2(layer.value("mined_km2", row)), ko: FORMATS.mined_km2(layer.value("mined_km2", row)) } : name(layer, row));
})(window.atlas);
