/* The tool buttons under the zoom buttons, the panel they open, and what tools tell a screen reader. */
"use strict";

(function (atlas) {
  const tools = new Map();
  let panel = null;

  /** A drawing of one stroke, for a button. */
  atlas.icon = (path) => atlas.svg("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", focusable: "false" }, atlas.svg("path", { d: path }));

  /** Tell a pair of texts to those who listen. */
  atlas.announce = (pair) => document.getElementById("tool-status").replaceChildren(atlas.both(pair));

  /** A length as people say it [m], to a step of 1, 2 or 5 times a power of ten that is no finer than it is known. */
  atlas.lengthText = function (m, finest = 1) {
    const power = 10 ** Math.floor(Math.log10(finest));
    const step = power * [5, 2, 1].find((one) => one * power <= finest * 1.000001);
    const value = Math.round(m / step) * step;
    if (value < 1000) return `${value.toLocaleString("en")} m`;
    const decimals = Math.max(0, 3 - Math.floor(Math.log10(step)));
    return `${(value / 1000).toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals })} km`;
  };

  /** How finely something is known, as people say it: one digit, or two of what was stated. */
  atlas.roughly = function (m, digits = 1) {
    const value = Number(m.toPrecision(digits));
    return value < 1000 ? `${value} m` : `${value / 1000} km`;
  };

  function below() {
    const area = atlas.map.getContainer().getBoundingClientRect();
    const marks = document.getElementById("marks").getBoundingClientRect();
    const top = marks.height && marks.bottom > area.top ? marks.bottom - area.top + 8 : 10;
    const foot = area.width < 560 && atlas.measuring(); // a phone's map must stay free for the fingers
    panel.style.top = foot ? "" : `${area.top + top}px`;
    panel.style.bottom = foot ? `${window.innerHeight - area.bottom + 8}px` : "";
    panel.style.left = `${area.left + (foot ? 8 : 60 * atlas.growth())}px`;
    panel.style.width = `${foot ? area.width - 16 : Math.min(330 * atlas.growth(), area.width - 68)}px`;
    panel.style.maxHeight = `${Math.max(120, foot ? area.height / 2 - 32 : area.height - top - 16)}px`;
  }

  /** Open a tool's panel, or close whichever is open when given null. */
  atlas.openTool = function (key) {
    for (const [name, tool] of tools) {
      if (!tool.body) continue;
      const open = name === key;
      const was = !tool.body.hidden;
      tool.body.hidden = !open;
      tool.button.setAttribute("aria-expanded", String(open));
      if (was && !open) tool.close();
    }
    const chosen = tools.get(key);
    panel.hidden = !chosen;
    document.body.classList.toggle("tooling", Boolean(chosen));
    if (!chosen) return;
    atlas.named(panel, atlas.config.words[key]);
    chosen.open();
    below();
  };

  /** Close the panel and give the keyboard back to the button that opened it. */
  atlas.closeTool = function (key) {
    atlas.openTool(null);
    tools.get(key).button.focus();
  };

  /** Add a button; with a body it opens a panel, else it runs at once. */
  atlas.addTool = function (key, path, { body = null, open = () => {}, close = () => {}, run = null }) {
    const button = atlas.named(atlas.make("button", { type: "button", id: `tool-${key}` }, atlas.icon(path)), atlas.config.words[key]);
    tools.set(key, { button, body, open, close });
    document.getElementById("tools").append(button);
    if (!body) {
      button.addEventListener("click", run);
      return;
    }
    body.hidden = true;
    const shut = atlas.named(atlas.make("button", { type: "button", class: "shut" }, "×"), atlas.config.words.close);
    shut.addEventListener("click", () => atlas.closeTool(key));
    body.prepend(atlas.make("div", { class: "tool-head" }, atlas.make("h2", {}, atlas.word(key)), shut));
    panel.append(body);
    button.setAttribute("aria-controls", "tool-panel");
    button.setAttribute("aria-expanded", "false");
    button.addEventListener("click", () => (body.hidden ? atlas.openTool(key) : atlas.closeTool(key)));
  };

  /** Draw the buttons and the panel, with every tool in it. */
  atlas.prepareTools = function (map) {
    const control = L.control({ position: "topleft" });
    control.onAdd = () => {
      const holder = atlas.named(atlas.make("div", { id: "tools", class: "leaflet-bar", role: "group" }), atlas.config.words.tools);
      L.DomEvent.disableClickPropagation(holder);
      return holder;
    };
    control.addTo(map);
    panel = atlas.make("section", { id: "tool-panel", hidden: true });
    document.body.insertBefore(panel, document.getElementById("legend"));
    document.body.append(atlas.make("p", { id: "tool-status", role: "status", class: "heard" }));
    map.getContainer().append(atlas.make("div", { id: "middle", "aria-hidden": "true" }));
    panel.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      atlas.closeTool([...tools].find(([, tool]) => tool.body && !tool.body.hidden)[0]);
    });
    document.addEventListener("keydown", () => document.body.classList.add("keyed"), true); // a ring for those who type, none for those who point
    document.addEventListener("pointerdown", () => document.body.classList.remove("keyed"), true);
    new ResizeObserver(() => panel.hidden || below()).observe(map.getContainer());
    atlas.prepareGoto(map);
    atlas.prepareHere(map);
    atlas.prepareMeasure(map);
  };
})(window.atlas);
