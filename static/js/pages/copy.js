/** A button that copies a field's text, and marks the text when the browser does not let it. */

import { need } from "../parts/page.js";

/** @param {HTMLElement} button */
export function start(button) {
  const words = button.innerHTML;
  const field = /** @type {HTMLTextAreaElement} */ (need(document, `#${button.dataset.from}`));
  button.addEventListener("click", async () => {
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = button.dataset.done ?? "";
      button.setAttribute("role", "status");
      setTimeout(() => {
        button.removeAttribute("role");
        button.innerHTML = words;
      }, 4000);
    } catch {
      field.focus(); // the text is marked: the keyboard's own copying works
    }
  });
}
