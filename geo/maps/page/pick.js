/* Which feature of a crowd is under the pointer: crowds have no elements of their own, so clicks are taken before the map hears them. */
"use strict";

(function (atlas) {
  const REACH_PX = 4;
  const crowds = new Set();
  let [over, asked, wired] = [null, false, false];
  atlas.simplified = new Set(); // layers of which some features are points at this zoom

  const level = (pane) => Number(getComputedStyle(pane).zIndex) || 0;

  /** The topmost feature of a crowd at a place: the last one drawn; a speck or a point may be missed by a few pixels. */
  function rowAt(crowd, latlng) {
    const { geometry: g, layer } = crowd;
    const zoom = crowd._map.getZoom();
    const scale = 256 * 2 ** zoom;
    const [x, y] = [atlas.worldX(latlng.lng), atlas.worldY(latlng.lat)];
    const order = Object.keys(atlas.config.symbols);
    let [found, best] = [null, -Infinity];
    for (let i = 0; i < g.n; i += 1) {
      const small = g.kind[i] !== 2 || Math.max(g.east[i] - g.west[i], g.south[i] - g.north[i]) * scale < 2 * REACH_PX;
      const reach = small ? (g.kind[i] === 0 ? Math.max(REACH_PX, crowd.size(i, scale) / 2) : REACH_PX) / scale : 0;
      if (!g.isNear(i, x, y, reach) || !crowd.isOn(g.row[i], zoom)) continue;
      if (g.kind[i] === 1 ? g.distance(i, x, y) > reach : !small && !g.holds(i, x, y)) continue;
      if (layer.isSimulated(g.row[i]) && crowd.limit && zoom > crowd.limit[g.row[i]]) continue;
      const rank = -order.indexOf(atlas.symbolOf(layer, g.row[i]).key) + i / g.n;
      if (rank > best) [found, best] = [g.row[i], rank];
    }
    return found;
  }

  /** The crowd's feature under an event, unless something in its own or a higher pane is there. */
  function found(event) {
    const { map } = atlas;
    if (!(event.target instanceof Element) || event.target.closest(".leaflet-control-container")) return null;
    const pane = event.target.closest(".leaflet-pane");
    const above = pane && pane !== map.getPane("mapPane") ? level(pane) : 0;
    const latlng = map.mouseEventToLatLng(event);
    for (const crowd of [...crowds].sort((a, b) => level(b.getPane()) - level(a.getPane()))) {
      const own = level(crowd.getPane());
      const row = above < own ? rowAt(crowd, latlng) : null;
      if (row !== null) return { crowd, row, latlng };
    }
    return null;
  }

  const told = ({ row, latlng }, event) => ({ layer: { row }, latlng, originalEvent: event });

  function click(event) {
    const { map } = atlas;
    if (!crowds.size || (map.dragging && map.dragging.moved()) || (map.boxZoom && map.boxZoom.moved())) return;
    const hit = found(event);
    if (!hit) return;
    event.stopPropagation();
    hit.crowd.layer.group.fire("click", told(hit, event));
  }

  function hover(event) {
    if (!crowds.size || asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const hit = event.buttons || event.type === "mouseleave" ? null : found(event);
      const same = hit && over && hit.row === over.row && hit.crowd === over.crowd;
      if (over && !same) over.crowd.layer.group.fire("mouseout", {});
      if (hit) hit.crowd.layer.group.fire(same ? "mousemove" : "mouseover", told(hit, event));
      atlas.map.getContainer().classList.toggle("pointing", Boolean(hit));
      over = hit;
    });
  }

  /** Let a crowd be asked, or no longer. */
  atlas.pickable = function (crowd, on) {
    on ? crowds.add(crowd) : crowds.delete(crowd);
    if (wired) return;
    wired = true;
    const container = atlas.map.getContainer();
    container.addEventListener("click", click, true);
    container.addEventListener("mousemove", hover);
    container.addEventListener("mouseleave", hover);
  };

  /** The line on the map that says what is simplified; there only as long as something is. */
  atlas.tellSimplified = function () {
    const on = atlas.simplified.size > 0;
    let note = document.getElementById("simplified");
    if (!note && !on) return;
    if (!note) {
      const control = L.control({ position: "bottomright" });
      control.onAdd = () => atlas.make("p", { id: "simplified", role: "status" }, atlas.word("simplified"));
      control.addTo(atlas.map);
      note = document.getElementById("simplified");
    }
    note.hidden = !on;
  };
})(window.atlas);
