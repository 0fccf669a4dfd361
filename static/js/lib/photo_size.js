/** How large a photo is sent, and which photos a form has: keys with commas between. */

/**
 * The size that fits in a square without changing its shape; never larger than it was.
 * @param {{ width: number, height: number }} size in pixels
 * @param {number} longest the square's side in pixels
 * @returns {{ width: number, height: number }}
 */
export function fitWithin({ width, height }, longest) {
  const scale = Math.min(1, longest / Math.max(width, height));
  return {
    width: Math.max(1, Math.round(width * scale)),
    height: Math.max(1, Math.round(height * scale)),
  };
}

/**
 * @param {string} value of the hidden field
 * @returns {string[]} each key once
 */
export function readKeys(value) {
  return [...new Set(value.split(",").filter(Boolean))];
}

/**
 * Tells a file from others as well as can be done without reading it.
 * @param {{ name: string, size: number, lastModified: number }} file
 * @returns {string}
 */
export function markOf({ name, size, lastModified }) {
  return `${name}/${size}/${lastModified}`;
}

/**
 * How long to wait before an upload is tried again.
 * @param {number} failures so far, the first being 1
 * @param {string | null} retryAfter seconds, as the server says
 * @returns {number} milliseconds
 */
export function waitBeforeRetry(failures, retryAfter) {
  const asked = Number(retryAfter) * 1000;
  return asked > 0 ? Math.min(asked, 30_000) : 1000 * 3 ** (failures - 1);
}
