/** Where the phone is. Asked for only after the person has said yes, kept in the page, and never sent. */

import { read, write } from "../../lib/device_store.js";
import { metresBetween } from "../../lib/distance.js";

/** @typedef {import("../../lib/distance.js").Point} Point */

const NAME = "crew.position";
const STEP = 10;
const OPTIONS = { enableHighAccuracy: true, maximumAge: 15_000, timeout: 20_000 };

/** @type {Point | null} the newest, as long as the app is open */
let newest = null;

/** @returns {Point | null} */
export function here() {
  return maySee() ? newest : null;
}

/** Whether the person has answered. */
export function hasAnswered() {
  return read(NAME) !== null;
}

export function maySee() {
  return read(NAME) === "yes";
}

/** @param {boolean} may */
export function answer(may) {
  write(NAME, may ? "yes" : "no");
  if (!may) newest = null;
}

/**
 * Follow the phone's position, if the person has said yes.
 * @param {(point: Point) => void} onMoved called for each ten metres
 * @param {() => void} [onFailed]
 * @returns {() => void} stops it
 */
export function follow(onMoved, onFailed = () => {}) {
  if (!maySee() || !navigator.geolocation) {
    if (maySee()) onFailed();
    return () => {};
  }
  const watch = navigator.geolocation.watchPosition(
    ({ coords: { latitude, longitude } }) => {
      const point = { latitude, longitude };
      if (newest && metresBetween(newest, point) < STEP) return;
      newest = point;
      onMoved(point);
    },
    () => {
      if (!newest) onFailed();
    },
    OPTIONS,
  );
  return () => navigator.geolocation.clearWatch(watch);
}

/**
 * Ask for the position once more, now.
 * @returns {Promise<Point | null>} null when the phone does not tell
 */
export function locate() {
  return new Promise((resolve) => {
    if (!navigator.geolocation) {
      resolve(null);
      return;
    }
    navigator.geolocation.getCurrentPosition(
      ({ coords: { latitude, longitude } }) => {
        newest = { latitude, longitude };
        resolve(newest);
      },
      () => resolve(null),
      OPTIONS,
    );
  });
}
