/** Reads what a page gives its scripts: elements by selector, and JSON in data attributes. */

/** @typedef {Record<string, string>} Texts the page's own sentences by key */

/**
 * The JSON in one of an element's data attributes.
 * @param {HTMLElement} element
 * @param {string} name as in `dataset`
 * @returns {any} an empty object when the attribute is missing
 */
export function readJson(element, name) {
  return JSON.parse(element.dataset[name] ?? "{}");
}

/**
 * The element a module cannot do without.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T}
 * @throws {Error} when the page has no such element
 */
export function need(root, selector) {
  const found = root.querySelector(selector);
  if (!found) throw new Error(`The page has no ${selector}`);
  return /** @type {T} */ (found);
}

/**
 * All elements of a selector, as an array.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {ParentNode} root
 * @param {string} selector
 * @returns {T[]}
 */
export function all(root, selector) {
  return /** @type {T[]} */ ([...root.querySelectorAll(selector)]);
}

/**
 * Whether the person has asked for less motion.
 * @returns {boolean}
 */
export function wantsLessMotion() {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
