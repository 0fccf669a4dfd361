/** Keeps the map's view in the address, so that the address can be shared. */

import { formatView, parseView } from "../lib/view_hash.js";
import { showHome } from "./base.js";

/**
 * Show the view in the address, or else the municipality, and write later views to the address.
 * The address is left as it came until the person moves the map.
 * @param {L.Map} map
 * @param {import("./base.js").MapSettings} settings
 */
export function shareView(map, settings) {
  if (!showAddress(map)) showHome(map, settings);
  let written = hashOf(map);
  map.on("moveend", () => {
    const hash = hashOf(map);
    if (hash === written) return;
    written = hash;
    history.replaceState(history.state, "", hash);
  });
  window.addEventListener("hashchange", () => showAddress(map));
}

/** @param {L.Map} map @returns {string} */
function hashOf(map) {
  const { lat, lng } = map.getCenter();
  return formatView({ zoom: map.getZoom(), latitude: lat, longitude: lng });
}

/**
 * @param {L.Map} map
 * @returns {boolean} whether the address had a view
 */
function showAddress(map) {
  const view = parseView(location.hash);
  if (!view) return false;
  map.setView([view.latitude, view.longitude], view.zoom, { animate: false });
  return true;
}
