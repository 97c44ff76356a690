/* Points that are told apart by their shape: diamonds, crosses, triangles, squares; circles are Leaflet's own. */
"use strict";

(function (atlas) {
  const CROSS = [[0, 0.36], [0.52, 0.88], [0.88, 0.52], [0.36, 0], [0.88, -0.52], [0.52, -0.88], [0, -0.36], [-0.52, -0.88], [-0.88, -0.52], [-0.36, 0], [-0.88, 0.52], [-0.52, 0.88]];
  const CORNERS = {
    diamond: [[0, -1], [0.85, 0], [0, 1], [-0.85, 0]],
    cross: CROSS,
    triangle: [[0, -1], [1, 0.75], [-1, 0.75]],
    triangle_down: [[0, 1], [1, -0.75], [-1, -0.75]],
    square: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]],
  };

  /** The outline of a shape around a point, as an SVG path. */
  atlas.markPath = (shape, x, y, radius) => `${CORNERS[shape].map(([dx, dy], i) => `${i ? "L" : "M"}${(x + dx * radius).toFixed(1)} ${(y + dy * radius).toFixed(1)}`).join("")}Z`;

  const Mark = L.CircleMarker.extend({
    _updatePath() {
      const { x, y } = this._point;
      this._renderer._setPath(this, this._empty() ? "M0 0" : atlas.markPath(this.options.shape, x, y, this._radius));
    },
  });

  /** A point on the map in its symbol's shape. */
  atlas.mark = (latlng, options) => (CORNERS[options.shape] ? new Mark(latlng, options) : L.circleMarker(latlng, options));
})(window.atlas);
