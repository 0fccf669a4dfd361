/** Opens the form with answers that this device kept. */

import { opensAt } from "./steps.js";

/** @typedef {import("./store.js").Draft} Draft */

/**
 * Send the answers to the step where they belong, as the step before it would.
 * @param {Pick<Draft, "fields" | "step">} draft
 * @param {string} token against forgery, of the page we are on
 */
export function openForm({ fields, step }, token) {
  const form = document.createElement("form");
  form.method = "post";
  form.action = opensAt(step);
  form.hidden = true;
  for (const [name, values] of Object.entries({ ...fields, csrf_token: [token] })) {
    for (const value of values) form.append(hidden(name, value));
  }
  document.body.append(form);
  form.submit();
}

/** @param {string} name @param {string} value */
function hidden(name, value) {
  const input = document.createElement("input");
  input.type = "hidden";
  input.name = name;
  input.value = value;
  return input;
}
