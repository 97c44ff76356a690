/* Three ready-made views: layers, tab and place at once; a button stays pressed while the layers are as it set them. */
"use strict";

(function (atlas) {
  let buttons = [];

  const same = (preset) => atlas.layers.every((layer) => layer.shown === preset.layers.includes(layer.name) && (!layer.shown || layer.parts.every((part) => part.shown)));

  /** Say which preset the layers now follow. */
  atlas.markPresets = function () {
    const chosen = atlas.config.presets.find(same);
    for (const { button, preset } of buttons) button.setAttribute("aria-pressed", String(preset === chosen));
  };

  /** Switch the layers, the tab and the view of a preset. */
  atlas.choosePreset = function (preset) {
    atlas.map.closePopup();
    for (const layer of atlas.layers) {
      const on = preset.layers.includes(layer.name);
      layer.parts.forEach((part, i) => on && !part.shown && atlas.showPart(layer, i, true));
      if (layer.shown !== on) atlas.show(layer, on);
    }
    atlas.chooseTab(preset.tab);
    atlas.map.invalidateSize({ pan: false }); // the panel may have changed its width
    const bar = atlas.map.getContainer().querySelector(".leaflet-top.leaflet-left").offsetWidth; // nothing of the view lies under the tools
    atlas.map.fitBounds(preset.view, { paddingTopLeft: [18 + bar, 18], paddingBottomRight: [18, 18], maxZoom: atlas.config.view_zoom, animate: false });
    const words = atlas.config.words;
    document.getElementById("announced").replaceChildren(atlas.both(atlas.filled(words.preset_told, { name: words[`preset_${preset.key}`], n: String(preset.layers.length) })));
  };

  /** Put the buttons above the tabs. */
  atlas.drawPresets = function () {
    buttons = atlas.config.presets.map((preset) => {
      const button = atlas.make("button", { type: "button" }, atlas.word(`preset_${preset.key}`));
      button.dataset.titleEn = atlas.config.words[`preset_about_${preset.key}`].en;
      button.dataset.titleKo = atlas.config.words[`preset_about_${preset.key}`].ko;
      button.addEventListener("click", () => atlas.choosePreset(preset));
      return { preset, button };
    });
    atlas.onLanguage((language) => {
      for (const { button } of buttons) button.title = language === "ko" ? button.dataset.titleKo : button.dataset.titleEn;
    });
    document.getElementById("presets").append(...buttons.map((one) => one.button));
  };
})(window.atlas);
