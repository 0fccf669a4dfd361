/** Who reports, remembered on this device when they want it; nothing of it leaves the device before they send. */

import { forget, isKept, read, write } from "../lib/device_store.js";
import { all, need } from "./page.js";

const NAME = "reporter";
const FIELDS = ["email", "phone", "name"];

/** @param {HTMLFormElement} form with the fields, and the two lines that are hidden at first */
export function wireRemember(form) {
  const offer = need(form, "[data-remember]");
  const known = need(form, "[data-known]");
  const box = /** @type {HTMLInputElement} */ (need(form, "#remember"));
  if (!isKept()) return;
  offer.hidden = false;
  const fields = FIELDS.map((name) => /** @type {HTMLInputElement} */ (need(form, `#${name}`)));
  const kept = read(NAME);
  if (kept) {
    box.checked = true;
    if (fields.every((field) => !field.value)) {
      for (const field of fields) field.value = String(kept[field.name] ?? "");
      known.hidden = fields.every((field) => !field.value);
      openFilled(form);
    }
  }
  need(form, "[data-forget]").addEventListener("click", () => {
    forget(NAME);
    for (const field of fields) field.value = "";
    box.checked = false;
    known.hidden = true;
    fields[0]?.focus();
  });
  box.addEventListener("change", () => {
    if (!box.checked) forget(NAME);
  });
  form.addEventListener("submit", () => {
    const values = Object.fromEntries(fields.map((field) => [field.name, field.value.trim()]));
    if (box.checked && Object.values(values).some(Boolean)) write(NAME, values);
  });
}

/** @param {HTMLFormElement} form */
function openFilled(form) {
  for (const details of all(form, ".reporter__more")) {
    if (!(details instanceof HTMLDetailsElement)) continue;
    /** @type {HTMLInputElement[]} */
    const inputs = all(details, "input");
    if (inputs.some((input) => input.value)) details.open = true;
  }
}
