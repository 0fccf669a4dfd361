/** Any form that is sent to the server. */

import { guardSubmit } from "../parts/busy.js";

/** @param {HTMLFormElement} form */
export function start(form) {
  guardSubmit(form);
}
