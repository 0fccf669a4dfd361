/** The page where a person points out the fault: map, coordinate fields, list of places. */

import { formatDegrees, parseDegrees } from "../lib/degrees.js";
import { format } from "../lib/format.js";
import { addBackground, createMap, showHome } from "../map/base.js";
import { ChosenPoint, STANDING_PIN } from "../map/chosen_point.js";
import { showReportsNear } from "../map/quiet_pins.js";
import { wireLocate } from "../parts/locate.js";
import { need, readJson } from "../parts/page.js";
import { StatusLine } from "../parts/status.js";

/** @typedef {import("../lib/distance.js").Point} Point */
/** @typedef {import("../parts/page.js").Texts} Texts */
/** @typedef {{ latitude: HTMLInputElement, longitude: HTMLInputElement }} Fields */

const NEAR_ZOOM = 17;
const PLACE_ZOOM = 15;
const SETTLE = 400;
const FIELD_DIGITS = 6;
const TEXT_DIGITS = 5;

/** @param {HTMLElement} root */
export function start(root) {
  const settings = readJson(root, "map");
  const texts = readJson(root, "texts");
  const fields = {
    latitude: /** @type {HTMLInputElement} */ (need(root, "#latitude")),
    longitude: /** @type {HTMLInputElement} */ (need(root, "#longitude")),
  };
  const say = announcer(need(root, "#position-text"));
  const map = createMap(need(root, "#map"), settings, texts, STANDING_PIN);
  const typed = readFields(fields);
  if (typed) map.setView([typed.latitude, typed.longitude], NEAR_ZOOM, { animate: false });
  else showHome(map, settings);
  const status = new StatusLine(need(root, "#map-status"));
  addBackground(map, settings, (away) => status.toggle("tiles_away", away, texts.tiles_away));
  showReportsNear(map, settings.requestsUrl);

  const chosen = new ChosenPoint(map, (point) => {
    fillFields(fields, point, texts.decimal);
    say(positionText(point, texts), SETTLE);
  });
  if (typed) {
    chosen.point = typed;
    say(positionText(typed, texts), 0);
  }
  wireFields(fields, chosen);
  wirePlaces(root.querySelector("#place"), chosen);
  wireLocate(
    root.querySelector("#locate"),
    (point) => {
      status.clear("note");
      chosen.choose(point, { zoom: NEAR_ZOOM, animate: true });
    },
    () => status.set("note", { text: texts.locate_failed }),
  );
}

/**
 * @param {Fields} fields
 * @returns {Point | null} null unless both are degrees
 */
function readFields(fields) {
  const latitude = parseDegrees(fields.latitude.value, 90);
  const longitude = parseDegrees(fields.longitude.value, 180);
  return latitude === null || longitude === null ? null : { latitude, longitude };
}

/**
 * @param {Fields} fields
 * @param {Point} point
 * @param {string} decimal
 */
function fillFields(fields, point, decimal) {
  fields.latitude.value = formatDegrees(point.latitude, FIELD_DIGITS, decimal);
  fields.longitude.value = formatDegrees(point.longitude, FIELD_DIGITS, decimal);
}

/**
 * @param {Point} point
 * @param {Texts} texts
 * @returns {string}
 */
function positionText(point, texts) {
  return format(texts.position, {
    latitude: formatDegrees(point.latitude, TEXT_DIGITS, texts.decimal),
    longitude: formatDegrees(point.longitude, TEXT_DIGITS, texts.decimal),
  });
}

/**
 * Typed coordinates move the map once both are there.
 * @param {Fields} fields
 * @param {ChosenPoint} chosen
 */
function wireFields(fields, chosen) {
  const follow = () => {
    const point = readFields(fields);
    if (point) chosen.choose(point, { zoom: NEAR_ZOOM });
  };
  fields.latitude.addEventListener("change", follow);
  fields.longitude.addEventListener("change", follow);
}

/**
 * Choosing a place by name moves the map there.
 * @param {HTMLSelectElement | null} select
 * @param {ChosenPoint} chosen
 */
function wirePlaces(select, chosen) {
  select?.addEventListener("change", () => {
    const { lon, lat } = select.selectedOptions[0]?.dataset ?? {};
    if (!lon || !lat) return;
    const point = { latitude: Number(lat), longitude: Number(lon) };
    chosen.choose(point, { zoom: PLACE_ZOOM, animate: true });
  });
}

/**
 * Tell things politely: only the last of many in a row is said.
 * @param {HTMLElement} element with role=status
 * @returns {(text: string, wait: number) => void} wait in milliseconds
 */
function announcer(element) {
  let timer = 0;
  return (text, wait) => {
    clearTimeout(timer);
    timer = window.setTimeout(() => {
      element.textContent = text;
    }, wait);
  };
}
