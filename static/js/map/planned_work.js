/** Work that is planned or going on, as hatched areas with their names. */

import { fetchGeoJson } from "./geojson.js";

/** Farther out than this the names would lie on one another. */
const NAMES_FROM = 15;
const PANE = "planned";
/** Above the boundary (400), below the pins (600). */
const PANE_HEIGHT = "420";

/**
 * Lay planned work on a map. The map is whole without it, and the page has it as a list.
 * @param {L.Map} map
 * @param {string} url a FeatureCollection
 */
export async function addPlannedWork(map, url) {
  const found = await fetchGeoJson(url);
  if (!found?.features.length) return;
  map.createPane(PANE).style.zIndex = PANE_HEIGHT;
  const names = L.layerGroup();
  L.geoJSON(found, {
    pane: PANE,
    interactive: false,
    style: { className: "planned-area", fillColor: "url(#planned-hatch)", fillOpacity: 1 },
    onEachFeature: ({ properties }, shape) => {
      const bounds = /** @type {any} */ (shape).getBounds();
      names.addLayer(nameOf(properties, L.latLng(bounds.getSouth(), bounds.getCenter().lng)));
    },
  }).addTo(map);
  const showNames = () => {
    if (map.getZoom() >= NAMES_FROM) names.addTo(map);
    else names.remove();
  };
  map.on("zoomend", showNames);
  showNames();
}

/**
 * @param {{ title: string, period: string }} properties
 * @param {L.LatLng} below the middle of the area's lower edge
 * @returns {L.Marker}
 */
function nameOf({ title, period }, below) {
  const name = document.createElement("b");
  name.textContent = title;
  const when = document.createElement("span");
  when.textContent = period;
  const words = document.createElement("span");
  words.className = "planned-label__words";
  words.append(name, when);
  const icon = L.divIcon({ className: "planned-label", html: words, iconSize: undefined });
  const label = L.marker(below, { icon, pane: PANE, interactive: false, keyboard: false });
  // The same words stand in the page's list of planned work.
  label.on("add", () => label.getElement()?.setAttribute("aria-hidden", "true"));
  return label;
}
