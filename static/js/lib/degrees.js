/** Degrees as people type and read them: with a decimal comma or a point. */

/**
 * Read degrees in decimal form. A comma or a point parts the decimals; a degree sign is allowed.
 * @param {string} text
 * @param {number} limit the largest size the value may have (90 for latitude, 180 for longitude)
 * @returns {number | null} degrees, or null when the text is not a number within the limit
 */
export function parseDegrees(text, limit) {
  const cleaned = text.trim().replace(/\s*°$/, "").replace("\u2212", "-").replace(",", ".");
  if (!/^[+-]?\d{1,3}(\.\d+)?$/.test(cleaned)) return null;
  const value = Number(cleaned);
  return Math.abs(value) <= limit ? value : null;
}

/**
 * Write degrees with a fixed number of decimals.
 * @param {number} value degrees
 * @param {number} digits
 * @param {string} decimal the sign between whole and decimals, "," or "."
 * @returns {string}
 */
export function formatDegrees(value, digits, decimal) {
  return value.toFixed(digits).replace(".", decimal);
}
