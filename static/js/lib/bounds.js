/** Boxes on the map as `[west, south, east, north]` in degrees. */

/** @typedef {[number, number, number, number]} Box */

/**
 * Whether the first box holds the whole of the second.
 * @param {Box} outer
 * @param {Box} inner
 * @returns {boolean}
 */
export function holds(outer, inner) {
  return (
    outer[0] <= inner[0] && outer[1] <= inner[1] && outer[2] >= inner[2] && outer[3] >= inner[3]
  );
}

/**
 * The box widened on every side by a share of its size, kept on the earth.
 * @param {Box} box
 * @param {number} share
 * @returns {Box}
 */
export function widen([west, south, east, north], share) {
  const sideways = (east - west) * share;
  const upwards = (north - south) * share;
  return [
    Math.max(west - sideways, -180),
    Math.max(south - upwards, -90),
    Math.min(east + sideways, 180),
    Math.min(north + upwards, 90),
  ];
}

/**
 * Write a box as the `bbox` of a query, to about a decimetre.
 * @param {Box} box
 * @returns {string}
 */
export function bboxText(box) {
  return box.map((degrees) => degrees.toFixed(6)).join(",");
}
