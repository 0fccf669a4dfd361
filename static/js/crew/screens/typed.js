/** A place typed as two numbers. Pure. */

import { parseDegrees } from "../../lib/degrees.js";

/**
 * Two numbers with a space, a comma or a semicolon between; a comma may also be the decimal sign.
 * @param {string} text
 * @returns {[number | null, number | null]} latitude, longitude
 */
export function partsOf(text) {
  const points = /^\s*(-?\d+\.\d+),(-?\d+\.\d+)\s*$/.exec(text);
  const parts = points ? points.slice(1) : text.trim().split(/\s*;\s*|,?\s+/);
  if (parts.length !== 2) return [null, null];
  return [parseDegrees(parts[0], 90), parseDegrees(parts[1], 180)];
}
