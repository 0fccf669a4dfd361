/** Shows where the person is. */

import { moveOptions } from "./base.js";

const NEAR_ZOOM = 16;

/** @type {WeakMap<L.Map, L.Marker>} the dot on each map */
const dots = new WeakMap();

/**
 * Move the map to a position and put a dot there.
 * @param {L.Map} map
 * @param {import("../lib/distance.js").Point} point
 */
export function showPosition(map, { latitude, longitude }) {
  dots.get(map)?.remove();
  const icon = L.divIcon({ className: "map-position", iconSize: [20, 20] });
  const dot = L.marker([latitude, longitude], { icon, interactive: false, keyboard: false });
  dots.set(map, dot.addTo(map));
  const zoom = Math.max(map.getZoom(), NEAR_ZOOM);
  map.setView([latitude, longitude], zoom, moveOptions(true));
}
