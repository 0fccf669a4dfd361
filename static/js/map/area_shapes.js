/** The municipality's areas on a map, each with its name. */

import { fetchGeoJson } from "./geojson.js";

/**
 * Lay the areas on a map.
 * @param {L.Map} map
 * @param {string} url a FeatureCollection
 * @param {string} className
 * @returns {Promise<L.GeoJSON | null>} null when there are none
 */
export async function addAreas(map, url, className) {
  const found = await fetchGeoJson(url);
  if (!found?.features.length) return null;
  const layer = L.geoJSON(found, {
    interactive: false,
    style: { className },
    onEachFeature: (feature, shape) => addLabel(map, feature.properties.name, shape),
  });
  return layer.addTo(map);
}

/**
 * @param {L.Map} map
 * @param {string} name
 * @param {any} shape
 */
function addLabel(map, name, shape) {
  const words = document.createElement("span");
  words.textContent = name;
  const icon = L.divIcon({ className: "area-label", html: words, iconSize: undefined });
  L.marker(shape.getBounds().getCenter(), { icon, interactive: false, keyboard: false }).addTo(map);
}
