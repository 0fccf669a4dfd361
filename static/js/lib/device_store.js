/**
 * What may stay on the device, such as a draft: a wrapper around localStorage that keeps nothing on a
 * shared computer. In kiosk mode `<html data-kiosk>` is there, reading gives null, and writing does nothing.
 * Nothing here throws when the browser refuses storage or its room is used up.
 */

/** @returns {Storage | null} */
function storage() {
  const kept = globalThis.document?.documentElement.dataset.kiosk === undefined;
  try {
    return kept ? globalThis.localStorage : null;
  } catch {
    return null; // the browser does not let this page keep anything
  }
}

/** Whether something written now is there later. */
export function isKept() {
  return storage() !== null;
}

/**
 * The value that was written under the name.
 * @param {string} name
 * @returns {any} null when there is none
 */
export function read(name) {
  const text = storage()?.getItem(name);
  if (text === null || text === undefined) return null;
  try {
    return JSON.parse(text);
  } catch {
    return null; // written by something else
  }
}

/**
 * Keep a value that JSON can say.
 * @param {string} name
 * @param {unknown} value
 * @returns {boolean} whether it was kept
 */
export function write(name, value) {
  try {
    const place = storage();
    place?.setItem(name, JSON.stringify(value));
    return place !== null;
  } catch {
    return false; // no room left
  }
}

/** @param {string} name */
export function forget(name) {
  storage()?.removeItem(name);
}
