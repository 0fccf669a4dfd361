/** The page to choose a municipality: the device's position fills in the form and sends it. */

import { wireLocate } from "../parts/locate.js";
import { need } from "../parts/page.js";

const DIGITS = 6;

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLFormElement} */
  const form = need(root, "form");
  const status = need(root, "#locate-status");
  wireLocate(
    need(root, "#locate"),
    ({ latitude, longitude }) => {
      status.textContent = "";
      /** @type {HTMLInputElement} */ (need(form, "#latitude")).value = latitude.toFixed(DIGITS);
      /** @type {HTMLInputElement} */ (need(form, "#longitude")).value = longitude.toFixed(DIGITS);
      form.requestSubmit();
    },
    () => {
      status.textContent = status.dataset.failed ?? "";
    },
  );
}
