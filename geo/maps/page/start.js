/* Opens the page: decode every layer, draw it, and only then take the notice away. */
"use strict";

(function (atlas) {
  atlas.layers = [];
  const page = document.documentElement;

  /** Whether names of a layer may be on the map now; names without a layer always may. */
  atlas.isShown = (name) => name === "" || atlas.layers.some((layer) => layer.name === name && atlas.isDrawn(layer));

  /** After any change of what is shown. */
  atlas.changed = function () {
    if (!atlas.labels) return;
    atlas.drawLegend();
    atlas.countShown();
    atlas.labels.place();
    atlas.tellStatus();
  };

  async function load(name) {
    const layer = await atlas.read(`data-${name}`);
    atlas.prepareLayer(layer);
    layer.shown = !atlas.config.start_hidden.includes(name);
    if (layer.shown) atlas.fillLayer(layer);
    return layer;
  }

  function wire(map) {
    for (const button of document.querySelectorAll("[data-language]")) {
      button.addEventListener("click", () => atlas.speak(button.dataset.language));
    }
    const fold = document.getElementById("legend-toggle");
    const folded = (on) => {
      document.getElementById("legend").classList.toggle("folded", on);
      fold.setAttribute("aria-expanded", String(!on));
    };
    fold.addEventListener("click", () => folded(fold.getAttribute("aria-expanded") === "true"));
    folded(window.matchMedia("(max-width: 760px)").matches);
    map.on("zoomend", atlas.renewLegend);
    map.on("popupopen popupclose", (event) => document.body.classList.toggle("reading", event.type === "popupopen"));
    atlas.onLanguage(() => {
      map.closePopup();
      atlas.labels.place();
    });
  }

  /** Called by the page's last script with the Leaflet map that folium made. */
  atlas.start = async function (map) {
    atlas.map = map;
    map.attributionControl.setPrefix("Leaflet");
    L.control.scale({ imperial: false, position: "bottomright" }).addTo(map);
    atlas.config = await atlas.read("data-config");
    atlas.preparePanes(map);
    atlas.drawPatterns(atlas.config.symbols);
    const closer = () => atlas.named(map.zoomControl._zoomInButton, atlas.config.words[map.getZoom() < map.getMaxZoom() ? "zoom_in" : "zoom_most"]);
    closer();
    map.on("zoomend", closer);
    atlas.label(map.zoomControl._zoomOutButton, atlas.config.words.zoom_out);
    atlas.label(map.getContainer(), atlas.config.words.map_label);
    map.getContainer().setAttribute("role", "application");
    atlas.openPanel();
    map.setMaxBounds(L.latLngBounds(atlas.config.bounds).pad(0.3).extend(L.latLngBounds(atlas.config.reach).pad(0.05)));
    const fit = () => map.fitBounds(atlas.config.view, { padding: [18, 18], maxZoom: atlas.config.view_zoom, animate: false });
    fit();
    atlas.drawGround(await atlas.read("data-ground"));
    atlas.prepareBackdrop(await atlas.read("data-backdrop"));
    atlas.prepareRaster(await atlas.read("data-raster"));
    for (const name of atlas.config.layers) {
      atlas.layers.push(await load(name));
      page.dataset.ready = atlas.layers.length;
    }
    atlas.labels = new atlas.Labels(atlas.config.labels).addTo(map);
    atlas.followZoom();
    atlas.guardPlaces();
    atlas.prepareDays();
    atlas.drawTree();
    atlas.drawDays();
    atlas.prepareFinds(map);
    atlas.drawPanel();
    atlas.drawSeries();
    atlas.prepareTools(map);
    wire(map);
    atlas.preparePrint();
    atlas.preparePaper();
    atlas.speak(page.lang);
    atlas.changed();
    map.invalidateSize({ pan: false });
    fit();
    atlas.layers.forEach(atlas.draw); // once, in the view that stays
    atlas.layers.forEach(atlas.arrange);
    atlas.changed();
    new ResizeObserver(() => map.invalidateSize({ pan: false })).observe(map.getContainer());
    document.getElementById("notice").hidden = atlas.layers.length === Number(page.dataset.layers);
  };
})(window.atlas);
