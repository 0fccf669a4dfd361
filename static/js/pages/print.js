/** A button that opens the browser's own printing. */

/** @param {HTMLElement} button */
export function start(button) {
  button.addEventListener("click", () => window.print());
}
