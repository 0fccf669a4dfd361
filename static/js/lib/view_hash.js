/** The map's view in the address, so that it can be shared: `#kart=15/63.1104/7.7279`. */

/** @typedef {import("./distance.js").Point & { zoom: number }} View */

const PATTERN = /^#kart=(\d{1,2}(?:\.\d+)?)\/(-?\d{1,2}(?:\.\d+)?)\/(-?\d{1,3}(?:\.\d+)?)$/;

/**
 * Read a view from an address' fragment.
 * @param {string} hash with its leading "#"
 * @returns {View | null} null when the fragment is something else or off the earth
 */
export function parseView(hash) {
  const found = PATTERN.exec(hash);
  if (!found) return null;
  const [zoom, latitude, longitude] = found.slice(1).map(Number);
  if (Math.abs(latitude) > 85 || Math.abs(longitude) > 180) return null;
  return { zoom, latitude, longitude };
}

/**
 * Write a view as a fragment, to about a metre.
 * @param {View} view
 * @returns {string}
 */
export function formatView({ zoom, latitude, longitude }) {
  return `#kart=${zoom}/${latitude.toFixed(5)}/${longitude.toFixed(5)}`;
}
