/** An outline between its corners and GeoJSON. Pure. */

/** @typedef {[number, number]} Corner longitude, latitude in degrees */

export const LEAST = 3;
const DECIMALS = 1e6;

/** @param {number} degrees */
const rounded = (degrees) => Math.round(degrees * DECIMALS) / DECIMALS;

/**
 * The corners as the text of a GeoJSON polygon.
 * @param {Corner[]} corners
 * @returns {string} empty for fewer than three
 */
export function toGeoJson(corners) {
  if (corners.length < LEAST) return "";
  const ring = corners.map(([longitude, latitude]) => [rounded(longitude), rounded(latitude)]);
  return JSON.stringify({ type: "Polygon", coordinates: [[...ring, ring[0]]] });
}

/**
 * The corners of a polygon without holes.
 * @param {string} text GeoJSON
 * @returns {Corner[]} none when it is anything else
 */
export function cornersOf(text) {
  try {
    const shape = JSON.parse(text);
    const rings = shape.type === "Polygon" ? shape.coordinates : [];
    return rings.length === 1 ? rings[0].slice(0, -1) : [];
  } catch {
    return [];
  }
}
