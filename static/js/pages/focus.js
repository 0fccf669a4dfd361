/** A message the person must not miss: it has the focus when the page has loaded. */

/** @param {HTMLElement} element with tabindex="-1" */
export function start(element) {
  element.focus();
}
