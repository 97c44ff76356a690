/* Drawings that are kept: a renderer draws anew only when the view leaves what it has drawn, not at each small move or change of the window. */
"use strict";

(function (atlas) {
  const SLACK = 0.08; // of the view that stays drawn on each side after a move, so that the next one does not start at an edge

  /** Methods of a Leaflet renderer, over its own; `stamp` says in which state the drawing was made. */
  atlas.kept = {
    /** Whether the view lies within what is drawn, at its zoom and in its state. */
    covers() {
      const map = this._map;
      if (!this.place || this.place.stamp !== this.stamp()) return false;
      const [corner, size] = [map.containerPointToLayerPoint([0, 0]), map.getSize()];
      const slack = corner.equals(this.place.corner) ? L.point(0, 0) : size.multiplyBy(SLACK);
      return this._bounds.contains(L.bounds(corner.subtract(slack), corner.add(size).add(slack)));
    },

    /** What a drawing depends on besides the part of the world it shows. */
    stamp() {
      return `${this._map.getZoom()} ${this._map.getPixelOrigin()} ${this.state()}`;
    },
    state: () => "",

    /** Remember where the drawing lies: its corner in shares of the world, and the corner of the view it was made for. */
    settle() {
      const zoom = this._map.getZoom();
      const { x, y } = this._bounds.min.add(this._map.getPixelOrigin()).divideBy(256 * 2 ** zoom);
      this.place = { x, y, zoom, state: this.state(), stamp: this.stamp(), corner: this._map.containerPointToLayerPoint([0, 0]) };
    },

    /** Leaflet takes the drawing for centred on the view; a kept one is not. */
    _updateTransform(center, zoom) {
      const place = this.laid || this.place; // a crowd's last drawing stays until the next one is complete
      if (!place) return;
      const at = L.point(place.x, place.y).multiplyBy(256 * 2 ** zoom);
      L.DomUtil.setTransform(this._container, at.subtract(this._map._getNewPixelOrigin(center, zoom)), 2 ** (zoom - place.zoom));
    },
    _reset() {
      this._update();
      this._updateTransform(this._map.getCenter(), this._map.getZoom());
      for (const layer of Object.values(this._layers)) layer._reset();
    },
  };

  const held = (renderer) => !renderer._map || (renderer._map._animatingZoom && renderer._bounds);

  /** Leaflet's drawing of vectors, kept. */
  atlas.Vectors = L.SVG.extend({
    ...atlas.kept,
    _update() {
      if (held(this) || this.covers()) return;
      L.SVG.prototype._update.call(this);
      this.settle();
    },
  });

  /** A canvas in a layer's pane that follows the map; it is put away with its layer and comes back as it was. */
  atlas.CanvasLayer = L.Renderer.extend({
    ...atlas.kept,
    options: { padding: 0.2 },
    _initContainer() {
      this._container = atlas.sheet();
    },
    onAdd() {
      L.Renderer.prototype.onAdd.call(this);
      this._updateTransform(this._map.getCenter(), this._map.getZoom());
    },
    onRemove() {
      this.off("update", this._updatePaths, this);
      this._container.remove();
    },
    state: () => String(sharpness()),
    _update() {
      if (held(this) || this.covers()) return;
      L.Renderer.prototype._update.call(this);
      this.settle();
      this.draw();
    },

    /** Empty a canvas, lay it over what is drawn and let its pen count in the map's own pixels. */
    clear(canvas, share = 1) {
      const { min } = this._bounds;
      const size = this._bounds.getSize();
      const sharp = sharpness() * share;
      const pen = canvas.getContext("2d");
      const [width, height] = [size.x, size.y].map((side) => Math.ceil(side * sharp));
      L.DomUtil.setPosition(canvas, min);
      pen.setTransform(1, 0, 0, 1, 0, 0);
      if (canvas.width === width && canvas.height === height) pen.clearRect(0, 0, width, height);
      else Object.assign(canvas, { width, height });
      Object.assign(canvas.style, { width: `${size.x}px`, height: `${size.y}px` });
      pen.scale(sharp, sharp);
      pen.translate(-min.x, -min.y);
      return pen;
    },

    /** Scale, shift and edges of what is drawn in world units, and how many dots of the canvas make a pixel. */
    frame() {
      const scale = 256 * 2 ** this._map.getZoom();
      const { x: left, y: top } = this._map.getPixelOrigin();
      const [min, max] = [this._bounds.min, this._bounds.max];
      const edges = { west: (min.x + left) / scale, east: (max.x + left) / scale, north: (min.y + top) / scale, south: (max.y + top) / scale };
      return { scale, left, top, min, sharp: sharpness(), ...edges };
    },
  });

  const PRINT_SHARP = 3; // dots a pixel on paper
  const sharpness = () => (document.body.classList.contains("printing") ? PRINT_SHARP : L.Browser.retina ? 2 : 1);

  /** An empty canvas of the map; what lies below it stays within reach, see pick.js. */
  atlas.sheet = function () {
    const canvas = document.createElement("canvas");
    canvas.style.pointerEvents = "none";
    return canvas;
  };
})(window.atlas);
