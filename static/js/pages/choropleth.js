/** The map of districts: it can be moved, and answers the table beside it. The drawing it replaces says the same. */

import { addBackground, createMap, showHome } from "../map/base.js";
import { need, readJson } from "../parts/page.js";

const PANE = "districts";
/** Above the boundary (400), below the numbers (600). */
const PANE_HEIGHT = "420";
const LIFTED = "is-lifted";

/** @param {HTMLElement} element holds the map and the table */
export function start(element) {
  element.classList.add("rates--moving");
  const settings = readJson(element, "map");
  const map = createMap(need(element, ".choropleth"), settings, readJson(element, "texts"), {
    scrollWheelZoom: false,
  });
  showHome(map, settings);
  addBackground(map, settings);
  /** @type {Map<string, SVGElement>} */
  const shapes = new Map();
  map.createPane(PANE).style.zIndex = PANE_HEIGHT;
  const layer = L.geoJSON(readJson(element, "areas"), {
    pane: PANE,
    style: (feature) => ({ className: `m-area m-shade-${feature.properties.shade}` }),
    onEachFeature: (feature, shape) => {
      shape.bindTooltip(feature.properties.name);
      addLabel(map, feature.properties);
    },
  }).addTo(map);
  layer.eachLayer((shape) => shapes.set(shape.feature.properties.code, shape.getElement()));
  map.fitBounds(layer.getBounds(), { padding: [16, 16], animate: false });
  for (const row of rowsOf(element)) tie(row, shapes.get(row.dataset.key ?? ""));
}

/**
 * @param {HTMLElement} element
 * @returns {NodeListOf<HTMLElement>} the table's rows that stand for districts
 */
function rowsOf(element) {
  return element.querySelectorAll("tr[data-key]");
}

/**
 * @param {L.Map} map
 * @param {{ text: string, label_at: [number, number] }} area
 */
function addLabel(map, { text, label_at: [longitude, latitude] }) {
  const words = document.createElement("span");
  words.textContent = text;
  const icon = L.divIcon({ className: "rate-label", html: words, iconSize: undefined });
  L.marker([latitude, longitude], { icon, interactive: false, keyboard: false }).addTo(map);
}

/**
 * Lift both when either is pointed at or has the focus; a press on the area leads to the row.
 * @param {HTMLElement} row
 * @param {SVGElement | undefined} shape
 */
function tie(row, shape) {
  if (!shape) return;
  /** @param {boolean} isLifted */
  const lift = (isLifted) => {
    for (const each of [row, shape]) each.classList.toggle(LIFTED, isLifted);
  };
  for (const each of [row, shape]) {
    each.addEventListener("mouseenter", () => lift(true));
    each.addEventListener("mouseleave", () => lift(false));
  }
  row.addEventListener("focusin", () => lift(true));
  row.addEventListener("focusout", () => lift(false));
  shape.addEventListener("click", () => {
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("a")?.focus();
  });
}
