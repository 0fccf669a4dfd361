/** Offers the place where a photo was taken. Only the device reads the file; nothing of it is sent. */

import { format } from "../lib/format.js";
import { need, readJson } from "./page.js";

/** @typedef {import("../lib/distance.js").Point} Point */
/** @typedef {import("./around.js").AroundThePin} AroundThePin */

/**
 * @param {HTMLElement} root the page, with data-exif and data-words
 * @param {AroundThePin} around
 * @param {(point: Point) => void} onChosen
 */
export function wirePhotoPlace(root, around, onChosen) {
  const words = readJson(root, "words");
  const file = /** @type {HTMLInputElement} */ (need(root, "#photo-place"));
  const told = need(root, "#photo-text");
  const answer = need(root, "#photo-answer");
  /** @type {Point | null} */
  let offered = null;

  /**
   * @param {string} text
   * @param {Point | null} point
   */
  const say = (text, point) => {
    offered = point;
    told.textContent = text;
    answer.hidden = point === null;
  };

  file.addEventListener("change", async () => {
    const photo = file.files?.[0];
    if (!photo) return;
    say("", null);
    const { point, isBroken } = await placeOf(photo, root.dataset.exif ?? "");
    file.value = "";
    if (!point) {
      say(isBroken ? words.photo_broken : words.photo_none, null);
      return;
    }
    const found = await around.look(point);
    if (found?.outside) say(found.outside, null);
    else if (found?.nearest) say(format(words.photo_here, { place: found.nearest.title }), point);
    else say(words.photo_somewhere, point);
  });

  answer.addEventListener("click", (event) => {
    const button = event.target instanceof Element && event.target.closest("[data-photo]");
    if (!(button instanceof HTMLElement)) return;
    const point = button.dataset.photo === "yes" ? offered : null;
    say(point ? words.photo_used : "", null);
    file.focus();
    if (point) onChosen(point);
  });
}

/**
 * The position in a photo's EXIF block; only the first part of the file is read.
 * @param {File} photo
 * @param {string} library the address of exifr
 * @returns {Promise<{ point: Point | null, isBroken: boolean }>}
 */
async function placeOf(photo, library) {
  try {
    const exifr = await import(library);
    const found = await exifr.gps(photo);
    return { point: pointOf(found), isBroken: false };
  } catch {
    return { point: null, isBroken: !photo.type.startsWith("image/") };
  }
}

/**
 * @param {any} found
 * @returns {Point | null} null for none, and for the 0, 0 that some cameras write without a fix
 */
function pointOf(found) {
  const { latitude, longitude } = found ?? {};
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return null;
  if (Math.abs(latitude) > 90 || Math.abs(longitude) > 180) return null;
  return latitude === 0 && longitude === 0 ? null : { latitude, longitude };
}
