/** Our map in a frame: begins with the categories and the place that the frame's address asks for. */

import { formatView, parseView } from "../lib/view_hash.js";

/** @param {HTMLElement} root */
export function start(root) {
  const view = parseView(`#kart=${root.dataset.view}`);
  if (view && !location.hash) location.replace(formatView(view));
  const codes = (root.dataset.groups ?? "").split(",").filter(Boolean);
  const begun = document.querySelector(".leaflet-container");
  if (begun) press(codes);
  else new MutationObserver((_, watch) => pressOnce(codes, watch)).observe(document.body, {
    attributes: true,
    attributeFilter: ["class"],
    subtree: true,
  });
}

/**
 * @param {string[]} codes
 * @param {MutationObserver} watch
 */
function pressOnce(codes, watch) {
  if (!document.querySelector(".leaflet-container")) return;
  watch.disconnect();
  setTimeout(() => press(codes)); // when the page's own script has wired its chips
}

/** @param {string[]} codes */
function press(codes) {
  for (const code of codes) {
    const chip = document.querySelector(`.chip[data-filter="${CSS.escape(code)}"]`);
    if (chip instanceof HTMLElement && chip.getAttribute("aria-pressed") === "false") chip.click();
  }
}
