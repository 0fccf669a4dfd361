/** What a search for places found, and what to say of it. */

import { formatCount } from "./format.js";

/** @typedef {import("./distance.js").Point} Point */
/** @typedef {{ kind: string, label: string, part: string | null }} Named */
/** @typedef {Named & Point} Place */
/** @typedef {{ places: Place[], isAway: boolean }} Answer */

/** Below this many letters nothing is searched for. */
export const LEAST_LETTERS = 2;

/**
 * Read the server's answer.
 * @param {any} content
 * @returns {Answer}
 * @throws {Error} when it is something else
 */
export function readAnswer(content) {
  if (!Array.isArray(content?.places)) throw new Error("The answer has no places");
  return { places: content.places, isAway: content.is_away === true };
}

/**
 * A place on one line: «Vågeveien 4, Kirkelandet».
 * @param {Named} place
 * @returns {string}
 */
export function titleOf({ label, part }) {
  return part ? `${label}, ${part}` : label;
}

/**
 * The sentence about what was found, said politely.
 * @param {Answer} answer
 * @param {Record<string, string>} texts one, many, none, away, away_none
 * @returns {string}
 */
export function sentenceOf({ places, isAway }, texts) {
  if (isAway) return places.length ? texts.away : texts.away_none;
  return places.length ? formatCount(texts.one, texts.many, places.length) : texts.none;
}

/**
 * Which option a key leads to, going round: from the field (-1) down to the first, up to the last.
 * @param {string} key
 * @param {number} current -1 when none is marked
 * @param {number} count
 * @returns {number | null} null when the key does not move in the list
 */
export function optionAfter(key, current, count) {
  if (count === 0) return null;
  if (key === "ArrowDown") return (current + 1) % count;
  if (key === "ArrowUp") return current <= 0 ? count - 1 : current - 1;
  return null;
}
