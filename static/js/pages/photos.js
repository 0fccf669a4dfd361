/** The field for photos, in any form. */

import { PhotoField } from "../photos/field.js";

/** @param {HTMLElement} root */
export function start(root) {
  new PhotoField(root);
}
