/** Files the map can do without. */

/**
 * Get a GeoJSON file.
 * @param {string} url
 * @returns {Promise<any>} null when it cannot be had
 */
export async function fetchGeoJson(url) {
  const response = await fetch(url).catch(() => null);
  return response?.ok ? response.json() : null;
}
