/* What the map says of itself while a crowd is drawn, and as long as marks stand for shapes. */
"use strict";

(function (atlas) {
  atlas.drawing = new Set(); // crowds that are not drawn to their end
  const simplified = new Set(); // crowds of which some features are marks at this zoom

  function say(id, crowds, crowd, on) {
    on ? crowds.add(crowd) : crowds.delete(crowd);
    let note = document.getElementById(id);
    if (!note && !on) return;
    if (!note) {
      const control = L.control({ position: "bottomright" });
      control.onAdd = () => atlas.make("p", { id, role: "status", class: "map-note" }, atlas.word(id));
      control.addTo(atlas.map);
      note = document.getElementById(id);
    }
    note.hidden = crowds.size === 0;
  }

  atlas.tellSimplified = (crowd, on) => say("simplified", simplified, crowd, on);
  atlas.tellDrawing = (crowd, on) => say("drawing", atlas.drawing, crowd, on);
})(window.atlas);
