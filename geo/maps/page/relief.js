/* What lies below the layers: the hillshade of the terrain model where one was given, and the rows of the list for all of it. */
"use strict";

(function (atlas) {
  const LIGHT = 0.8; // opacity that the hillshade starts with

  /** Take over the block of backgrounds; the hillshade lies over the land and below everything else. */
  atlas.prepareBackdrop = function (block) {
    atlas.backdrop = block;
    const { relief } = block;
    if (!relief) return;
    const pane = atlas.map.createPane("relief");
    Object.assign(pane.style, { zIndex: 205, pointerEvents: "none", opacity: LIGHT });
    relief.picture = L.imageOverlay(relief.image, relief.bounds, { pane: "relief" }).addTo(atlas.map);
  };

  function fader(name, pane) {
    const input = atlas.make("input", { type: "range", min: 0.1, max: 1, step: 0.05, value: LIGHT, class: "own-fader" });
    atlas.label(input, atlas.filled(atlas.config.words.opacity_of, { name }));
    input.addEventListener("input", () => (pane.style.opacity = input.value));
    return input;
  }

  function reliefRow() {
    const { relief } = atlas.backdrop;
    if (!relief) return null;
    const box = atlas.make("input", { type: "checkbox", id: "show-relief", checked: true });
    box.addEventListener("change", () => (box.checked ? relief.picture.addTo(atlas.map) : relief.picture.remove()));
    const label = atlas.make("label", { htmlFor: box.id }, atlas.make("span", { class: "name" }, atlas.word("relief")));
    const note = atlas.make("span", { class: "dated" }, atlas.word("relief_about"));
    return atlas.make("li", { class: "backdrop" }, box, label, fader(atlas.config.words.relief, atlas.map.getPane("relief")), note);
  }

  /** Rows of the list for what is no layer: hillshade, grid, pictures. */
  atlas.backdropRows = () => [reliefRow(), atlas.gridRow ? atlas.gridRow() : null, atlas.tilesRow()].filter(Boolean);
})(window.atlas);
