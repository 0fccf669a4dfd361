/** The jobs of a round, to put in order. */

import { makeOrderable } from "../parts/reorder.js";

/** @param {HTMLElement} list */
export function start(list) {
  makeOrderable(list, {
    handle: ".round-act--handle",
    lifted: "stop--lifted",
    form: ".stop__move",
  });
}
