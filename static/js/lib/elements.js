/** Links and buttons that scripts add to a page. */

/**
 * @param {string} text
 * @param {string} href
 */
export function link(text, href) {
  const element = document.createElement("a");
  element.href = href;
  element.textContent = text;
  return element;
}

/**
 * @param {string} text
 * @param {string} className
 * @param {() => unknown} [act] what pressing it does
 */
export function button(text, className, act) {
  const element = document.createElement("button");
  element.type = "button";
  element.className = className;
  element.textContent = text;
  if (act) element.addEventListener("click", act);
  return element;
}
