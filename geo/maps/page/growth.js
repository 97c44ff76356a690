/* How much larger words and buttons are on a screen of many pixels that has no ratio of its own: 1 up to a wide desktop, 1.7 at 4K. */
"use strict";

(function (atlas) {
  const PLAIN_PX = 2260; // up to this width nothing grows
  const MOST_GROWTH = 1.7;
  let factor = 1;

  function follow() {
    factor = Math.min(MOST_GROWTH, Math.max(1, window.innerWidth / PLAIN_PX));
    document.documentElement.style.setProperty("--grow", factor.toFixed(3));
  }

  /** The factor now; a sheet of paper has one size whatever the screen. */
  atlas.growth = () => (document.body.classList.contains("printing") ? 1 : factor);

  window.addEventListener("resize", follow);
  follow();
})(window.atlas);
