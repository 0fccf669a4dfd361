/** Moving a report's pin at the desk: a map that fills the fields. */

import { formatDegrees, parseDegrees } from "../lib/degrees.js";
import { addBackground, createMap } from "../map/base.js";
import { ChosenPoint, STANDING_PIN } from "../map/chosen_point.js";
import { all, need, readJson } from "./page.js";
import { wirePlaceSearch } from "./place_search.js";

const ZOOM = 17;
const PLACE_ZOOM = 15;
const DIGITS = 6;

/** @param {HTMLElement} box within the form of the move */
export function show(box) {
  const form = /** @type {HTMLFormElement} */ (box.closest("form"));
  const texts = readJson(box, "texts");
  const settings = readJson(box, "map");
  /** @param {string} name @returns {HTMLInputElement} */
  const input = (name) => need(form, `input[name=${name}]`);
  const read = () => {
    const latitude = parseDegrees(input("latitude").value, 90);
    const longitude = parseDegrees(input("longitude").value, 180);
    return latitude === null || longitude === null ? null : { latitude, longitude };
  };
  const map = createMap(need(box, ".map"), settings, texts, STANDING_PIN);
  const now = read() ?? { latitude: Number(box.dataset.lat), longitude: Number(box.dataset.lon) };
  map.setView([now.latitude, now.longitude], ZOOM, { animate: false });
  addBackground(map, settings);
  const chosen = new ChosenPoint(map, (point) => {
    input("latitude").value = formatDegrees(point.latitude, DIGITS, texts.decimal);
    input("longitude").value = formatDegrees(point.longitude, DIGITS, texts.decimal);
  });
  chosen.point = now;
  wirePlaceSearch(need(box, "[data-place-search]"), (found) => {
    chosen.choose(found, { zoom: found.kind === "place" ? PLACE_ZOOM : ZOOM, animate: true });
  });
  for (const name of ["latitude", "longitude"])
    input(name).addEventListener("change", () => {
      const point = read();
      if (point) chosen.choose(point, { zoom: ZOOM });
    });
  for (const field of all(box, "input")) field.removeAttribute("name");
}
