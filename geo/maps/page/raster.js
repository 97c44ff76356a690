/* Pictures of raster values: one at a time, never one over another, and readable at a click. */
"use strict";

(function (atlas) {
  const OPACITY = 0.85;
  const pen = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });

  /** Take over the block of pictures; nothing is shown until one is chosen. */
  atlas.prepareRaster = function (block) {
    atlas.raster = block && { ...block, name: "raster", simulated: true, shown: false, chosen: null, group: L.layerGroup() };
  };

  /** Everything that can be switched on: the layers, and the raster where there is one. */
  atlas.drawables = () => (atlas.raster ? [...atlas.layers, atlas.raster] : atlas.layers);

  /** Show the picture with this key instead of any other; an unknown key shows none. */
  atlas.chooseRaster = function (key) {
    const raster = atlas.raster;
    const one = raster.choices.find((choice) => choice.key === key) || null;
    raster.group.clearLayers();
    raster.picture = one && L.imageOverlay(one.image, one.bounds, { pane: "raster", opacity: OPACITY, className: "cells" });
    if (one) raster.group.addLayer(raster.picture);
    raster.note.replaceChildren(one ? atlas.both(one.text) : "");
    Object.assign(raster, { chosen: one, shown: one !== null });
    atlas.draw(raster);
    atlas.changed();
  };

  /** The class that the shown picture has at a place; null where it has none. */
  atlas.rasterClassAt = function (latlng) {
    const raster = atlas.raster;
    if (!raster || !atlas.isDrawn(raster)) return null;
    const image = raster.picture.getElement();
    const bounds = L.latLngBounds(raster.chosen.bounds);
    if (!image.naturalWidth || !bounds.contains(latlng)) return null;
    const [at, corner, other] = [latlng, bounds.getNorthWest(), bounds.getSouthEast()].map((place) => atlas.map.project(place, 0));
    const x = Math.floor((image.naturalWidth * (at.x - corner.x)) / (other.x - corner.x));
    const y = Math.floor((image.naturalHeight * (at.y - corner.y)) / (other.y - corner.y));
    pen.clearRect(0, 0, 1, 1);
    pen.drawImage(image, -x, -y);
    const [red, green, blue, opaque] = pen.getImageData(0, 0, 1, 1).data;
    const colour = `#${[red, green, blue].map((part) => part.toString(16).padStart(2, "0")).join("")}`;
    return opaque ? raster.chosen.classes.find((one) => one.colour.toLowerCase() === colour) : null;
  };

  /** One line of a popup: what the shown picture tells of a place. */
  atlas.rasterLine = function (latlng) {
    const found = atlas.rasterClassAt(latlng);
    return found ? atlas.make("p", { class: "raster" }, atlas.both(atlas.raster.chosen.title), ": ", atlas.both(found)) : "";
  };

  function choice(key, text) {
    const box = atlas.make("input", { type: "radio", name: "raster", value: key, checked: key === "" });
    box.addEventListener("change", () => atlas.chooseRaster(key));
    return atlas.make("label", {}, box, atlas.make("span", {}, text));
  }

  /** The row of the layer list: none, or one of the pictures. */
  atlas.rasterRow = function () {
    const raster = atlas.raster;
    const choices = [choice("", atlas.word("raster_none")), ...raster.choices.map((one) => choice(one.key, atlas.both(one.title)))];
    const picked = atlas.make("div", { class: "parts", role: "radiogroup" }, ...choices);
    atlas.label(picked, atlas.config.words.raster_title);
    raster.remark = atlas.make("span", { class: "dated remark", hidden: true }, atlas.word("too_close"));
    raster.note = atlas.make("span", { class: "dated" });
    const head = atlas.make("span", { class: "name" }, atlas.word("raster_title"));
    return atlas.make("li", { class: "raster" }, head, picked, raster.note, raster.remark);
  };

  /** Lines of the legend for the picture that is shown. */
  atlas.rasterLegend = function (entry) {
    if (!atlas.raster || !atlas.isDrawn(atlas.raster)) return [];
    const { title, basis, classes } = atlas.raster.chosen;
    const head = atlas.make("li", { class: "head" }, atlas.make("span", {}, atlas.both(title), " · ", atlas.both(basis)));
    return [head, ...classes.map((one) => entry(one, atlas.both(one)))];
  };
})(window.atlas);
