/* Soft edges: what is known to some metres only is drawn as wide as that, and never with a crisp line where that can be seen. */
"use strict";

(function (atlas) {
  const SOFT_PX = { polygon: 3, line: 3, point: 8 }; // from which half-width an edge is soft
  const UNTOLD_PX = 20; // half-width where the precision was not stated and the map is closer than a sketch may be
  const MOST_BLUR_PX = 40;
  const SOFT_OPACITY = 0.34; // as the style sheet says of the vectors
  const sheets = new Map();

  /** How wide a pixel is on the ground in the middle of the map [m]. */
  atlas.metresPerPixel = (map) => (40075016.7 * Math.cos((map.getCenter().lat * Math.PI) / 180)) / 2 ** (map.getZoom() + 8);

  function blur(sheet) {
    const half = sheet.metres === null ? UNTOLD_PX : sheet.metres / atlas.metresPerPixel(atlas.map);
    sheet.renderer._container.style.filter = `blur(${Math.min(half / 2, MOST_BLUR_PX).toFixed(1)}px)`;
  }

  const stepOf = (metres) => (metres === null ? "untold" : Math.round(Math.log2(Math.max(metres, 1))));

  /** One blurred drawing for each pane and doubling of the precision: thousands of single filters would stall the page. */
  function sheetOf(feature) {
    const step = stepOf(feature.softM);
    const key = `${feature.options.pane}-${step}`;
    if (!sheets.has(key)) {
      const renderer = L.svg({ pane: feature.options.pane, padding: 0.2 }).addTo(atlas.map);
      renderer._container.classList.add("soft");
      const sheet = { renderer, metres: feature.softM === null ? null : 2 ** step };
      sheets.set(key, sheet);
      blur(sheet);
    }
    return sheets.get(key).renderer;
  }

  /** Blur every drawing anew after a zoom. */
  atlas.blurSheets = () => sheets.forEach(blur);

  /** How a feature is to be drawn now: half-width of its edge [px], whether that is soft, and whether the map is too close for it. */
  atlas.exactness = function (feature, zoom, metresPerPixel) {
    const beyond = feature.maxZoom !== null && zoom > feature.maxZoom;
    const half = feature.softM === null ? (beyond ? UNTOLD_PX : 0) : feature.softM / metresPerPixel;
    return { beyond, half, soft: beyond || half >= SOFT_PX[feature.kind] };
  };

  /** A wide band in the colour of an open status is red: round a suspected area it would read as a confirmed one. */
  function colours(feature, alone) {
    const { colour, outline } = feature.symbol;
    const plain = alone || !outline || outline === atlas.config.symbols.cha.outline;
    return { fillColor: colour, color: plain ? colour : outline };
  }

  function drawn(feature, half, alone) {
    const options = { pane: feature.options.pane, renderer: sheetOf(feature), interactive: alone, className: "soft-area", fillOpacity: 1, opacity: 1, ...colours(feature, alone) };
    if (feature.kind === "point") return L.circle(feature.getLatLng(), { ...options, radius: feature.softM || half * atlas.metresPerPixel(atlas.map), stroke: false });
    const line = { ...options, weight: 2 * half, lineJoin: "round", lineCap: "round" };
    if (feature.kind === "line") return L.polyline(feature.getLatLngs(), { ...line, fill: false });
    return L.polygon(feature.getLatLngs(), { ...line, fill: true });
  }

  /** Put the soft drawing of a feature into its group, or take it away; `alone` when no crisp shape stands over it. */
  atlas.soften = function (group, feature, wanted, half, alone) {
    if (feature.glow && (!wanted || feature.glow.alone !== alone || feature.glow.symbol !== feature.symbol)) {
      group.removeLayer(feature.glow);
      feature.glow = null;
    }
    if (!wanted) return;
    if (!feature.glow) {
      feature.glow = Object.assign(drawn(feature, half, alone), { row: feature.row, alone, symbol: feature.symbol });
      group.addLayer(feature.glow);
    } else if (feature.kind !== "point" && feature.glow.options.weight !== 2 * half) {
      feature.glow.setStyle({ weight: 2 * half });
    }
  };

  function paintSheet(crowd, sheet, step, glows, frame) {
    const metresPerPixel = atlas.metresPerPixel(atlas.map);
    const blurred = Math.min((step === "untold" ? UNTOLD_PX : 2 ** step / metresPerPixel) / 2, MOST_BLUR_PX);
    const pen = crowd.clear(sheet, Math.min(1, 2 / blurred)); // what is blurred needs no more pixels than that
    Object.assign(sheet.style, { filter: `blur(${blurred.toFixed(1)}px)`, opacity: SOFT_OPACITY, zIndex: 90, pointerEvents: "none", visibility: "" });
    Object.assign(pen, { lineJoin: "round", lineCap: "round" });
    for (const { part, half, alone, symbol } of glows) {
      const { color, fillColor } = colours({ symbol }, alone);
      const kind = crowd.geometry.kind[part];
      Object.assign(pen, { fillStyle: fillColor, strokeStyle: color, lineWidth: 2 * half });
      pen.beginPath();
      if (kind === 0) pen.arc(crowd.geometry.west[part] * frame.scale - frame.left, crowd.geometry.north[part] * frame.scale - frame.top, half, 0, 2 * Math.PI);
      else atlas.trace(pen, crowd.geometry, part, frame);
      if (kind !== 1) pen.fill("evenodd");
      if (kind !== 0) pen.stroke();
    }
  }

  /** The soft edges of a crowd: one small canvas for each doubling of the precision, blurred by the browser. */
  atlas.softSheets = function (crowd, kinds, frame) {
    crowd.sheets = crowd.sheets || new Map();
    const wanted = new Map();
    for (const { symbol, glows } of kinds) {
      for (const glow of glows) {
        const step = stepOf(glow.softM);
        if (!wanted.has(step)) wanted.set(step, []);
        wanted.get(step).push({ ...glow, symbol });
      }
    }
    for (const [step, sheet] of crowd.sheets) {
      if (wanted.has(step)) continue;
      sheet.remove();
      crowd.sheets.delete(step);
    }
    for (const [step, glows] of wanted) {
      if (!crowd.sheets.has(step)) crowd.sheets.set(step, L.DomUtil.create("canvas", "soft leaflet-zoom-hide", crowd.getPane()));
      paintSheet(crowd, crowd.sheets.get(step), step, glows, frame);
    }
  };

  /** What to tell of a feature that the map is too close for; null where it is not. */
  atlas.sketchTold = function (layer, row) {
    const most = layer.value("max_zoom", row);
    if (most === null || atlas.map.getZoom() <= most || layer.isSimulated(row)) return null;
    const metres = layer.value("soft_m", row);
    if (metres === null) return atlas.config.words.sketch_untold;
    return atlas.filled(atlas.config.words.sketch, { m: metres.toLocaleString("en") });
  };
})(window.atlas);
