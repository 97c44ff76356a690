/* Puts layers and tables away and says why; each cause has a reason of its own, and what it put away returns when no cause is left. */
"use strict";

(function (atlas) {
  const COMPUTED = ["districts", "exposure"]; // tables that are computed from the fields
  const STANDING = ["areas", "article7"]; // tables of the latest state that hold more than fields
  const reasons = new Map(); // of each layer or section that is put away: cause → reason in both languages

  /** Whether a layer or a table is put away now. */
  atlas.isWithheld = (one) => reasons.has(one);

  const drawn = atlas.isDrawn;
  /** What is put away is never on the map, whatever its switch says. */
  atlas.isDrawn = (layer) => !atlas.isWithheld(layer) && drawn(layer);

  function kept(one, cause, reason) {
    const own = reasons.get(one) || new Map();
    if (reason) own.set(cause, reason);
    else own.delete(cause);
    if (own.size) reasons.set(one, own);
    else reasons.delete(one);
    return own;
  }

  function tell(node, own, tag, look) {
    node.classList.toggle("withheld", own.size > 0);
    node.querySelectorAll(":scope > .apart").forEach((one) => one.remove());
    node.append(...[...own].map(([cause, reason]) => atlas.make(tag, { class: `${look} apart ${cause}-remark` }, atlas.both(reason))));
  }

  const rowOf = (layer) => (layer === atlas.raster ? document.querySelector("#tree li.raster") : document.getElementById(`show-${layer.name}`).closest("li"));

  /** Put a layer away for a cause and say the reason where it is listed; without a reason the cause is over. */
  atlas.withhold = function (layer, cause, reason) {
    const own = kept(layer, cause, reason);
    const row = rowOf(layer);
    tell(row, own, "span", "dated remark");
    for (const box of row.querySelectorAll("input")) box.disabled = own.size > 0;
    atlas.draw(layer);
  };

  /** Put the tables away that are computed from the fields, as `withhold` does layers. */
  atlas.withholdTables = function (cause, reason) {
    for (const section of COMPUTED.map((id) => document.getElementById(`table-${id}`)).filter(Boolean)) tell(section, kept(section, cause, reason), "p", "note");
  };

  const screening = () => atlas.layers.filter((layer) => layer.group_name === "screening");

  function warn(section, text) {
    section.querySelector(":scope > .day-table")?.remove();
    if (text) section.querySelector(".block-head").after(atlas.make("p", { class: "warning day-table" }, atlas.both(text)));
  }

  /** With a day set, put away what the latest fields gave, and say of which state the other tables are; null: the latest state. */
  atlas.apartFromDay = function (text) {
    const { day_apart: apart, day_table: table } = atlas.config.words;
    const isSet = text !== null;
    for (const layer of [...screening(), atlas.raster].filter(Boolean)) atlas.withhold(layer, "day", isSet && apart);
    atlas.withholdTables("day", isSet && apart);
    for (const section of STANDING.map((id) => document.getElementById(`table-${id}`)).filter(Boolean)) warn(section, isSet && atlas.filled(table, { day: text }));
  };

  /** What a place is fed by was computed from the fields as well: it is told while the screening zones may be shown. */
  atlas.guardPlaces = function () {
    const places = atlas.layers.find((layer) => layer.name === "places");
    if (!places) return;
    const { value } = places;
    places.value = (name, row) => (name === "fed_by" && screening().some(atlas.isWithheld) ? null : value(name, row));
  };
})(window.atlas);
