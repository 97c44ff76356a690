/* Pictures from a server that the maker of this page named: off until the reader switches them on, and told while they are on. */
"use strict";

(function (atlas) {
  const VEIL = 0.42; // of the land over the pictures: land that nobody assessed keeps its dots
  const escaped = (text) => text.replace(/[&<>"'`]/g, (sign) => `&#${sign.charCodeAt(0)};`); // Leaflet takes a credit for markup

  function show(server, on) {
    const { map } = atlas;
    const land = map.getPane("land");
    if (!server.layer) {
      const pane = map.createPane("tiles");
      pane.style.zIndex = 190; // below the land, which covers them as a veil
      server.layer = L.tileLayer(server.url, { pane: "tiles", attribution: escaped(server.attribution), referrerPolicy: "no-referrer", maxZoom: 19 });
    }
    if (on) server.layer.addTo(map);
    else server.layer.remove();
    land.style.opacity = on ? VEIL : 1;
    server.mark.hidden = !on;
  }

  /** The row of the list; null where the maker of the page named no server. */
  atlas.tilesRow = function () {
    const server = atlas.backdrop.tiles;
    if (!server) return null;
    const told = (key) => atlas.both(atlas.filled(atlas.config.words[key], { host: server.host, credit: server.attribution }));
    server.mark = atlas.make("p", { id: "tiles-mark", role: "status", hidden: true }, told("tiles_on"));
    document.getElementById("marks").append(server.mark);
    const box = atlas.make("input", { type: "checkbox", id: "show-tiles" });
    const note = atlas.make("span", { class: "dated" }, told("tiles_off"));
    box.addEventListener("change", () => {
      show(server, box.checked);
      note.replaceChildren(told(box.checked ? "tiles_on" : "tiles_off"), " ", told("tiles_credit"));
    });
    const label = atlas.make("label", { htmlFor: box.id }, atlas.make("span", { class: "name" }, told("tiles")));
    return atlas.make("li", { class: "backdrop" }, box, label, note);
  };
})(window.atlas);
