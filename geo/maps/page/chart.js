/* One plain bar chart in SVG; its table stands beside it, and its label says what it shows. */
"use strict";

(function (atlas) {
  const WIDTH = 360;
  const HEIGHT = 170;
  const LEFT = 44;
  const BOTTOM = 24;
  const TOP = 18;

  /** A round number at or above the largest bar. */
  function ceiling(largest) {
    const unit = 10 ** Math.floor(Math.log10(largest));
    return [1, 2, 4, 5, 10].map((step) => step * unit).find((top) => top >= largest);
  }

  function text(x, y, content, attributes) {
    return atlas.svg("text", { x, y, "font-size": 10.5, fill: "#3A424D", ...attributes }, content);
  }

  /** Draw bars for {labels, values, title, summary}; a missing value shows as a dash, not as zero. */
  atlas.bars = function (chart) {
    const top = ceiling(Math.max(...chart.values.filter((value) => value !== null)));
    const y = (value) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
    const step = (WIDTH - LEFT - 6) / chart.labels.length;
    const picture = atlas.svg("svg", { viewBox: `0 0 ${WIDTH} ${HEIGHT}`, class: "chart", role: "img" });
    for (const tick of [0, top / 2, top]) {
      picture.append(atlas.svg("line", { x1: LEFT, x2: WIDTH - 4, y1: y(tick), y2: y(tick), stroke: "#D8D5CE", "stroke-width": 1 }));
      picture.append(text(LEFT - 6, y(tick) + 3.5, tick.toLocaleString("en"), { "text-anchor": "end" }));
    }
    chart.labels.forEach((label, i) => {
      const value = chart.values[i];
      const middle = LEFT + step * (i + 0.5);
      picture.append(text(middle, HEIGHT - 8, label, { "text-anchor": "middle" }));
      if (value !== null) picture.append(atlas.svg("rect", { x: middle - step * 0.34, width: step * 0.68, y: y(value), height: HEIGHT - BOTTOM - y(value), fill: "#5B5F97" }));
      picture.append(text(middle, (value === null ? HEIGHT - BOTTOM : y(value)) - 4, value === null ? "–" : value.toLocaleString("en"), { "text-anchor": "middle", "font-size": 9.5 }));
    });
    atlas.label(picture, chart.summary);
    return atlas.make("figure", {}, picture, atlas.make("figcaption", {}, atlas.both(chart.title)));
  };
})(window.atlas);
