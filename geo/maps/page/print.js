/* Prints to A4: the page takes the size of the sheet before it is printed, so that what is measured on it is true on paper. */
"use strict";

(function (atlas) {
  const PAPER_PX = { wide: [1062, 733], tall: [733, 1062] }; // A4 less margins of 8 mm, at 96 px an inch; the style sheet says so too
  const LEAST_SHARE = 0.46; // of the sheet that the map keeps; a longer legend runs on to the next sheet
  const SLACK_PX = 6;
  const PX_M = 0.0254 / 96;
  let before = null;

  /** The scale as a rounded number: 1 : 690,000. */
  function scale() {
    const whole = atlas.metresPerPixel(atlas.map) / PX_M;
    const step = 10 ** (Math.floor(Math.log10(whole)) - 1);
    return (Math.round(whole / step) * step).toLocaleString("en");
  }

  /** Of which day the layers on the sheet are, those of one day together. */
  function dates() {
    const days = new Map();
    for (const layer of atlas.drawables().filter((one) => one.title && atlas.isDrawn(one))) {
      const told = layer.datedNode ? [...layer.datedNode.childNodes].map((node) => node.cloneNode(true)) : [atlas.both(layer.texts.as_of)];
      const line = atlas.make("span", {}, ...told);
      const key = line.textContent;
      if (!days.has(key)) days.set(key, { line, titles: [] });
      days.get(key).titles.push(layer.title);
    }
    const together = (titles, language) => titles.map((one) => one[language]).join(", ");
    const title = (titles) => atlas.both({ en: together(titles, "en"), ko: together(titles, "ko") });
    return [...days.values()].map(({ line, titles }) => atlas.make("li", {}, atlas.make("b", {}, title(titles)), ": ", line));
  }

  /** The day on the reader's clock, YYYY-MM-DD. */
  atlas.today = function () {
    const now = new Date();
    return [now.getFullYear(), now.getMonth() + 1, now.getDate()].map((part) => String(part).padStart(2, "0")).join("-");
  };

  function writeFoot(foot) {
    const words = atlas.config.words;
    foot.replaceChildren(
      atlas.make("p", {}, atlas.both(atlas.filled(words.print_scale, { scale: scale() })), " ", atlas.both(atlas.filled(words.print_day, { day: atlas.today() }))),
      atlas.make("ul", {}, ...dates()),
    );
    atlas.label(foot, words.print_layers);
  }

  /** Give the map what the rest leaves of a sheet's height; anew where another scale changes the legend. */
  function fill(foot, paper) {
    const { map } = atlas;
    let last = 0;
    for (let round = 0; round < 4; round += 1) {
      writeFoot(foot);
      const parts = [...document.querySelectorAll("#bar, #legend, #strip, #print-foot")];
      const used = parts.reduce((sum, part) => sum + part.getBoundingClientRect().height, 0);
      const height = Math.floor(Math.max(LEAST_SHARE * paper, paper - used - SLACK_PX));
      if (height === last || (round > 1 && height > last)) return;
      last = height;
      document.body.style.setProperty("--print-map", `${height}px`);
      map.invalidateSize({ pan: false });
      map.fitBounds(before.bounds, { animate: false, maxZoom: before.zoom });
    }
    writeFoot(foot);
  }

  /** Make a canvas a picture: what a pen drew on it Chromium draws anew on paper, 2 % smaller than what lies below. */
  function fix(canvas) {
    const pen = canvas.getContext("2d");
    if (canvas.width && canvas.height) pen.putImageData(pen.getImageData(0, 0, canvas.width, canvas.height), 0, 0);
  }

  /** Take the size of a sheet; the longer side of the view lies along the longer side of the paper unless one is asked for. */
  function enter(foot, asked) {
    if (before) return;
    const { map } = atlas;
    const size = map.getSize();
    before = { centre: map.getCenter(), zoom: map.getZoom(), bounds: map.getBounds() };
    const kind = asked || (size.x >= size.y ? "wide" : "tall");
    document.body.classList.add("printing", `print-${kind}`);
    fill(foot, PAPER_PX[kind][1]);
    document.querySelectorAll(".leaflet-map-pane canvas").forEach(fix);
  }

  function leave() {
    if (!before) return;
    const { centre, zoom } = before;
    before = null;
    document.body.classList.remove("printing", "print-wide", "print-tall");
    for (let round = 0; round < 2; round += 1) { // the legend of this scale comes back first, and the map's height with it
      atlas.map.invalidateSize({ pan: false });
      atlas.map.setView(centre, zoom, { animate: false });
    }
  }

  function button(kind, asked) {
    const made = atlas.make("button", { type: "button", class: `print-${kind}` }, atlas.make("span", {}, "A4"));
    atlas.label(made, atlas.config.words[`print_${kind}`]);
    made.addEventListener("click", () => {
      asked(kind);
      window.print();
    });
    return made;
  }

  /** Put the two buttons on the map, and follow the browser's own print command. */
  atlas.preparePrint = function () {
    let kind = null;
    const foot = atlas.make("section", { id: "print-foot" });
    document.getElementById("strip").after(foot);
    const Control = L.Control.extend({
      onAdd() {
        const bar = atlas.make("div", { class: "leaflet-bar print" }, button("wide", (one) => (kind = one)), button("tall", (one) => (kind = one)));
        L.DomEvent.disableClickPropagation(bar);
        return bar;
      },
    });
    new Control({ position: "topleft" }).addTo(atlas.map);
    window.addEventListener("beforeprint", () => enter(foot, kind));
    window.addEventListener("afterprint", () => {
      kind = null;
      leave();
    });
  };
})(window.atlas);
