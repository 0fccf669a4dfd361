/** The small map on a report's own page: one pin, and the page can be scrolled past it. */

import { addBackground, createMap } from "../map/base.js";
import { quietPin } from "../map/quiet_pins.js";
import { readJson } from "../parts/page.js";

const ZOOM = 16;

/** @param {HTMLElement} element the map itself */
export function start(element) {
  const settings = readJson(element, "map");
  const { lon, lat, phase, group } = element.dataset;
  const latitude = Number(lat);
  const longitude = Number(lon);
  const map = createMap(element, settings, readJson(element, "texts"), {
    dragging: !L.Browser.mobile,
    scrollWheelZoom: false,
    keyboard: false,
  });
  map.setView([latitude, longitude], ZOOM);
  addBackground(map, settings);
  const look = /** @type {import("../map/pins.js").PinLook} */ ({ phase, group });
  quietPin({ latitude, longitude, ...look }).addTo(map);
}
