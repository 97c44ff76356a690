/* Measure a length or an area: points by click or at the middle of the map by keyboard. The drawing prints with the map. */
"use strict";

(function (atlas) {
  const SAME_PX = 4; // the second click of a double click sets no point
  const state = { on: false, kind: "length", points: [], done: false };
  let group = null;
  let map = null;

  /** Whether clicks set points now. */
  atlas.measuring = () => state.on;

  const four = (value) => Number(value.toPrecision(4)).toLocaleString("en", { maximumSignificantDigits: 4 });
  const lengthOf = (m) => (m < 1000 ? `${Math.round(m)} m` : `${four(m / 1000)} km`);

  function areaOf(m2) {
    if (m2 < 1e4) return `${four(m2)} m²`;
    return m2 < 1e6 ? `${four(m2 / 1e4)} ha (${four(m2)} m²)` : `${four(m2 / 1e6)} km² (${four(m2 / 1e4)} ha)`;
  }

  const bearingOf = (degrees) => `${(Math.round(degrees * 10) / 10 % 360).toFixed(1).padStart(5, "0")}°`;

  /** Whether two edges of the outline cross, so that it encloses no area. */
  function crosses(points) {
    const side = (a, b, c) => Math.sign((b.lng - a.lng) * (c.lat - a.lat) - (b.lat - a.lat) * (c.lng - a.lng));
    const n = points.length;
    for (let i = 0; i < n; i += 1) {
      for (let j = i + 2; j < n; j += 1) {
        if (i === 0 && j === n - 1) continue;
        const [a, b, c, d] = [points[i], points[i + 1], points[j], points[(j + 1) % n]];
        if (side(a, b, c) !== side(a, b, d) && side(c, d, a) !== side(c, d, b)) return true;
      }
    }
    return false;
  }

  /** What is measured now: metres, square metres (null where the outline crosses itself) and the last leg. */
  atlas.measured = function () {
    const { points } = state;
    const n = points.length;
    const area = state.kind === "area";
    const leg = n < 2 ? null : atlas.geodesic(points[n - 2], points[n - 1]);
    const m2 = area && n > 2 && !crosses(points) ? atlas.areaM2(points) : null;
    return { kind: state.kind, n, done: state.done, m: atlas.lengthM(points, area && n > 2), m2, leg };
  };

  function rows() {
    const { words } = atlas.config;
    const found = atlas.measured();
    const line = (key, content) => [atlas.make("dt", {}, atlas.word(key)), atlas.make("dd", {}, content)];
    if (!found.n || (found.n === 1 && found.kind === "length")) return [];
    const told = [];
    if (found.kind === "area") told.push(...line("measure_area", found.n < 3 ? atlas.word("measure_flat") : found.m2 === null ? atlas.word("measure_crossed") : areaOf(found.m2)));
    if (found.leg) told.push(...line(found.kind === "area" && found.n > 2 ? "measure_outline" : "measure_length", lengthOf(found.m)));
    if (found.leg) {
      const blanks = { there: bearingOf(found.leg.bearing), back: bearingOf(found.leg.back) };
      told.push(...line("measure_leg", lengthOf(found.leg.m)), ...line("measure_bearing", atlas.both(atlas.filled(words.measure_there_and_back, blanks))));
    }
    return told;
  }

  function tell() {
    const { words } = atlas.config;
    const list = rows();
    document.getElementById("measure-told").replaceChildren(...(list.length ? [atlas.make("dl", {}, ...list)] : [atlas.word(state.points.length ? "measure_one" : "measure_none")]));
    document.getElementById("measure-note").replaceChildren(atlas.both(atlas.filled(words.measure_note, { m: atlas.roughly(atlas.metresPerPixel(map)) })));
    for (const [id, off] of [["undo", !state.points.length], ["clear", !state.points.length], ["finish", state.points.length < 2 || state.done]]) document.getElementById(`measure-${id}`).disabled = off;
  }

  function label(text, centred) {
    const tag = atlas.make("span", {}, text);
    return L.divIcon({ className: `measure-label ${centred ? "centred" : ""}`, html: tag, iconSize: null, iconAnchor: centred ? [0, 0] : [-8, 12] });
  }

  function draw() {
    group.clearLayers();
    const { points, kind } = state;
    const area = kind === "area" && points.length > 2;
    const options = { pane: "measure", interactive: false, lineJoin: "round", smoothFactor: 0 };
    const along = atlas.alongGeodesics(points, area);
    const shape = (style) => group.addLayer(area ? L.polygon(along, { ...options, ...style }) : L.polyline(along, { ...options, ...style, fill: false }));
    shape({ color: "#FFFFFF", weight: 6, opacity: 0.85, fill: false });
    shape({ color: "#111111", weight: 2.4, dashArray: state.done ? null : "7 5", fillColor: "#111111", fillOpacity: 0.1 });
    for (const point of points) group.addLayer(L.circleMarker(point, { ...options, radius: 4, weight: 2, color: "#111111", fillColor: "#FFFFFF", fillOpacity: 1 }));
    const found = atlas.measured();
    const text = area ? (found.m2 === null ? "" : areaOf(found.m2).split(" (")[0]) : found.leg ? lengthOf(found.m) : "";
    const at = area ? L.latLngBounds(points).getCenter() : points[points.length - 1];
    if (text) group.addLayer(L.marker(at, { icon: label(text, area), pane: "measure", interactive: false, keyboard: false }));
    tell();
  }

  /** Take a point when measuring; tells whether it was taken. */
  atlas.takesPoint = function (latlng) {
    if (!state.on) return false;
    if (state.done) Object.assign(state, { points: [], done: false });
    const last = state.points[state.points.length - 1];
    if (!last || map.latLngToContainerPoint(last).distanceTo(map.latLngToContainerPoint(latlng)) > SAME_PX) state.points.push(latlng.wrap());
    draw();
    return true;
  };

  function undo() {
    state.points.pop();
    state.done = false;
    draw();
  }

  function clear() {
    Object.assign(state, { points: [], done: false });
    draw();
  }

  function finish() {
    if (state.points.length < 2) return;
    state.done = true;
    draw();
  }

  function turn(on) {
    state.on = on;
    document.body.classList.toggle("measuring", on);
    if (on) {
      map.closePopup();
      map.doubleClickZoom.disable();
      draw();
      return;
    }
    map.doubleClickZoom.enable();
    if (!state.done) clear(); // a finished one stays on the map until it is cleared, to be read and printed
  }

  function cancel() {
    clear();
    atlas.closeTool("measure");
  }

  function onKey(event) {
    const act = { " ": () => atlas.takesPoint(map.getCenter()), Enter: finish, Backspace: undo, Escape: cancel }[event.key];
    if (!state.on || event.target !== map.getContainer() || !act) return;
    event.preventDefault();
    act();
  }

  function kinds() {
    const choice = (kind) => {
      const box = atlas.make("input", { type: "radio", name: "measure-kind", value: kind, checked: kind === state.kind });
      box.addEventListener("change", () => {
        state.kind = kind;
        draw();
      });
      return atlas.make("label", {}, box, atlas.make("span", {}, atlas.word(`measure_${kind}`)));
    };
    return atlas.named(atlas.make("div", { class: "tool-row", role: "radiogroup" }, choice("length"), choice("area")), atlas.config.words.measure_kind);
  }

  function buttons() {
    const acts = { centre: () => atlas.takesPoint(map.getCenter()), undo, finish, clear };
    const made = Object.entries(acts).map(([key, act]) => {
      const button = atlas.make("button", { type: "button", id: `measure-${key}` }, atlas.word(`measure_${key}`));
      button.addEventListener("click", act);
      return button;
    });
    return atlas.make("div", { class: "tool-row wrap" }, ...made);
  }

  /** Build the panel and wire clicks and keys. */
  atlas.prepareMeasure = function (target) {
    map = target;
    map.createPane("measure").style.zIndex = 630;
    group = L.layerGroup().addTo(map);
    const told = atlas.make("div", { id: "measure-told", role: "status" });
    const [how, keys] = ["how", "keys"].map((key) => atlas.make("p", { class: `facts ${key}` }, atlas.word(`measure_${key}`)));
    const note = atlas.make("p", { id: "measure-note", class: "facts" });
    const body = atlas.make("div", { id: "measure" }, kinds(), told, buttons(), how, keys, note);
    const open = () => {
      atlas.markPlace(map, null);
      turn(true);
      map.getContainer().focus({ preventScroll: true }); // the keys work at once
    };
    atlas.addTool("measure", "M3 16L16 3l5 5L8 21zM7 12l2 2M10 9l3 3M13 6l2 2", { body, open, close: () => turn(false) });
    map.on("dblclick", () => state.on && finish());
    map.on("zoomend", () => state.on && tell());
    map.getContainer().addEventListener("keydown", onKey);
    body.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      cancel();
    });
  };
})(window.atlas);
