/* Plain bar charts in SVG: a missing year is a dash, an incomplete one is hatched; the table stands beside each. */
"use strict";

(function (atlas) {
  const WIDTH = 380;
  const HEIGHT = 190;
  const LEFT = 46;
  const BOTTOM = 24;
  const TOP = 20;
  const BAR = "#5B5F97";

  /** A round number at or above the largest bar. */
  function ceiling(largest) {
    const unit = 10 ** Math.floor(Math.log10(largest || 1));
    return [1, 2, 4, 5, 10].map((step) => step * unit).find((top) => top >= largest);
  }

  function text(x, y, content, attributes) {
    return atlas.svg("text", { x, y, "font-size": 11, fill: "#3A424D", ...attributes }, content);
  }

  /** The hatch of bars that do not tell one whole year; it needs an id, since SVG fills by address. */
  function hatch(id) {
    const stroke = atlas.svg("path", { d: "M0 0V5", stroke: BAR, "stroke-width": 3 });
    return atlas.svg("pattern", { id, width: 5, height: 5, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)" }, stroke);
  }

  function caption(chart, missing) {
    const lines = [atlas.make("p", {}, atlas.both(chart.title))];
    if (chart.partial.some(Boolean)) lines.push(atlas.make("p", {}, key(), atlas.word("chart_caveat")));
    if (missing) lines.push(atlas.make("p", {}, atlas.word("chart_missing")));
    lines.push(atlas.make("p", {}, atlas.both(atlas.filled(atlas.config.words.chart_source, { sources: chart.source }))));
    return atlas.make("figcaption", {}, ...lines, atlas.make("p", {}, atlas.word("chart_as_table")));
  }

  function key() {
    const picture = atlas.svg("svg", { viewBox: "0 0 14 10", class: "chart-key", "aria-hidden": "true" });
    picture.append(atlas.svg("path", { d: "M1 10L9 1M6 10L14 1M-3 9L4 1", stroke: BAR, "stroke-width": 2 }), atlas.svg("rect", { width: 14, height: 10, fill: "none", stroke: BAR }));
    return picture;
  }

  /** Draw bars for {id, labels, values, partial, title, summary, source}; a missing value shows as a dash, not as zero. */
  atlas.bars = function (chart) {
    const top = ceiling(Math.max(...chart.values.filter((value) => value !== null)));
    const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
    const step = (WIDTH - LEFT - 6) / chart.labels.length;
    const tight = step < 27; // years as '05
    const picture = atlas.svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img" }, hatch(`partial-${chart.id}`));
    for (const tick of [0, top / 2, top]) {
      picture.append(atlas.svg("line", { x1: LEFT, x2: WIDTH - 4, y1: y(tick), y2: y(tick), stroke: "#D8D5CE", "stroke-width": 1 }));
      picture.append(text(LEFT - 6, y(tick) + 3.5, tick.toLocaleString("en"), { "text-anchor": "end" }));
    }
    chart.labels.forEach((label, i) => {
      const [value, partial] = [chart.values[i], chart.partial[i]];
      const middle = LEFT + step * (i + 0.5);
      picture.append(text(middle, HEIGHT - 8, tight ? `’${label.slice(-2)}` : label, { "text-anchor": "middle" }));
      const bar = { x: middle - step * 0.34, width: step * 0.68, fill: partial ? `url(#partial-${chart.id}) ${BAR}` : BAR, stroke: BAR };
      if (value !== null) picture.append(atlas.svg("rect", { ...bar, y: y(value), height: HEIGHT - BOTTOM - y(value) }));
      const told = value === null ? "–" : `${value.toLocaleString("en")}${partial ? "*" : ""}`;
      picture.append(text(middle, (value === null ? HEIGHT - BOTTOM : y(value)) - 5, told, { "text-anchor": "middle", "font-size": 10.5 }));
    });
    atlas.label(picture, chart.summary);
    return atlas.make("figure", {}, picture, caption(chart, chart.values.includes(null)));
  };
})(window.atlas);
