/** Fills the page's own sentences with values. The words come from the page, never from here. */

const NO_BREAK_SPACE = "\u00a0";

/**
 * Put values in the places marked `%(name)s`; an unknown place is left as it stands.
 * @param {string} template
 * @param {Record<string, string | number>} values
 * @returns {string}
 */
export function format(template, values) {
  return template.replace(/%\((\w+)\)s/g, (place, name) =>
    Object.hasOwn(values, name) ? String(values[name]) : place,
  );
}

/**
 * Write a whole number with no-break spaces between the thousands: `66 012`.
 * @param {number} value
 * @returns {string}
 */
export function formatNumber(value) {
  return String(value).replace(/\B(?=(\d{3})+$)/g, NO_BREAK_SPACE);
}

/**
 * Pick the sentence for one or for many, and put the count in it.
 * @param {string} one
 * @param {string} many
 * @param {number} count
 * @returns {string}
 */
export function formatCount(one, many, count) {
  return format(count === 1 ? one : many, { count: formatNumber(count) });
}
