/** Reports already made nearby, as pins to look at only. */

import { Loader } from "../reports/loader.js";
import { pinIcon } from "./pins.js";

const NEAREST_ZOOM_WITHOUT = 14;
const SETTLE = 250;

/**
 * Show open reports on a map near enough to tell them apart. They are an extra:
 * without an answer from the server the page works as well.
 * @param {L.Map} map with its view set
 * @param {string} url of the reports' collection
 */
export function showReportsNear(map, url) {
  const loader = new Loader(url, { status: "open" });
  const layer = L.layerGroup().addTo(map);
  let timer = 0;

  const refresh = async () => {
    const isNear = map.getZoom() > NEAREST_ZOOM_WITHOUT;
    if (isNear) layer.addTo(map);
    else layer.remove();
    const bounds = map.getBounds();
    /** @type {import("../lib/bounds.js").Box} */
    const area = [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
    if (!isNear || loader.covers(area)) return;
    const answer = await loader.load(area).catch(() => null);
    if (!answer) return;
    layer.clearLayers();
    for (const report of answer.reports) layer.addLayer(quietPin(report));
  };

  const request = () => {
    clearTimeout(timer);
    timer = window.setTimeout(refresh, SETTLE);
  };
  map.on("moveend", request);
  request();
}

/**
 * A pin that is neither pressed nor read aloud.
 * @param {import("../lib/distance.js").Point & import("./pins.js").PinLook} report
 * @returns {L.Marker}
 */
export function quietPin({ latitude, longitude, phase, group }) {
  const icon = pinIcon({ phase, group });
  const marker = L.marker([latitude, longitude], { icon, interactive: false, keyboard: false });
  marker.on("add", () => marker.getElement()?.setAttribute("aria-hidden", "true"));
  return marker;
}
