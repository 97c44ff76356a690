/* Which feature of a crowd is under the pointer: crowds have no elements of their own, so clicks are taken before the map hears them. */
"use strict";

(function (atlas) {
  const REACH_PX = 4; // by which a line may be missed
  const crowds = new Set();
  let [over, asked, wired] = [null, false, false];

  const level = (pane) => Number(getComputedStyle(pane).zIndex) || 0;

  /** How well a part is hit, from 0 to 1; null where it is missed. What is drawn as a mark, maybe with others, is hit as far as that reaches. */
  function hit(crowd, part, x, y, scale) {
    const { geometry: g } = crowd;
    const size = crowd.size(part, scale);
    const isMark = g.kind[part] !== 0 && size < atlas.MARK_PX;
    const reach = (isMark ? atlas.MARK_PX : g.kind[part] === 0 ? Math.max(REACH_PX, size / 2) : g.kind[part] === 1 ? REACH_PX : 0) / scale;
    if (!g.isNear(part, x, y, reach)) return null;
    if (isMark) return 0.5 - Math.max(Math.abs(x - (g.west[part] + g.east[part]) / 2), Math.abs(y - (g.north[part] + g.south[part]) / 2)) / (4 * reach);
    if (g.kind[part] === 1 ? g.distance(part, x, y) > reach : g.kind[part] === 2 && !g.holds(part, x, y)) return null;
    return 0.5 + part / (2 * g.n);
  }

  /** The topmost feature of a crowd at a place: of the gravest class, of these the one drawn last, of marks the nearest. */
  function rowAt(crowd, latlng) {
    const { geometry: g, layer } = crowd;
    const zoom = crowd._map.getZoom();
    const scale = 256 * 2 ** zoom;
    const [x, y] = [atlas.worldX(latlng.lng), atlas.worldY(latlng.lat)];
    const order = Object.keys(atlas.config.symbols);
    const most = Math.max(REACH_PX, atlas.MARK_PX, crowd.mostRadius()) / scale;
    let [found, best] = [null, -Infinity];
    for (let i = 0; i < g.n; i += 1) {
      if (!g.isNear(i, x, y, most) || !crowd.isOn(g.row[i], zoom)) continue;
      const well = hit(crowd, i, x, y, scale);
      if (well === null || (layer.isSimulated(g.row[i]) && crowd.limit && zoom > crowd.limit[g.row[i]])) continue;
      const rank = well - order.indexOf(atlas.symbolOf(layer, g.row[i]).key);
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
    const one = found(event);
    if (!one) return;
    event.stopPropagation();
    one.crowd.layer.group.fire("click", told(one, event));
  }

  function hover(event) {
    if (!crowds.size || asked) return;
    asked = true;
    requestAnimationFrame(() => {
      asked = false;
      const one = event.buttons || event.type === "mouseleave" ? null : found(event);
      const same = one && over && one.row === over.row && one.crowd === over.crowd;
      if (over && !same) over.crowd.layer.group.fire("mouseout", {});
      if (one) one.crowd.layer.group.fire(same ? "mousemove" : "mouseover", told(one, event));
      atlas.map.getContainer().classList.toggle("pointing", Boolean(one));
      over = one;
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
})(window.atlas);
