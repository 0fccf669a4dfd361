/** Finds a service by the words people use, with or without their accents. */

/**
 * Fold a text for comparing: small letters, no accents, `æ ø å` as `ae o a`.
 * @param {string} text
 * @returns {string}
 */
export function fold(text) {
  return text
    .toLowerCase()
    .normalize("NFD")
    .replace(/\p{Mark}/gu, "")
    .replaceAll("æ", "ae")
    .replaceAll("ø", "o");
}

/**
 * Whether every word of the query begins or stands within a word of the text.
 * A query of one letter matches nothing, since it would match nearly everything.
 * @param {string} query
 * @param {string} text
 * @returns {boolean}
 */
export function matches(query, text) {
  const wanted = fold(query).split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  if (wanted.join("").length < 2) return false;
  const folded = fold(text);
  return wanted.every((word) => folded.includes(word));
}
