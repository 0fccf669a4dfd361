/** Asks what is around the pin: the nearest address, the road's owner, and places to choose from. */

/** @typedef {import("../lib/distance.js").Point} Point */
/** @typedef {import("../lib/place_hits.js").Place} Place */
/** @typedef {{ title: string, detail: string }} Line */

/**
 * @typedef {object} Around
 * @property {boolean} is_away
 * @property {string | null} place_text
 * @property {Line | null} nearest
 * @property {Line | null} road
 * @property {string | null} outside
 * @property {(Place & { text: string, metres: number })[]} places
 */

const PATIENCE = 6_000;
const DIGITS = 6;

export class AroundThePin {
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {string} url
   * @param {string} language of the sentences
   */
  constructor(url, language) {
    this.url = url;
    this.language = language;
  }

  /**
   * Look around a point; a look still under way is given up.
   * @param {Point} point
   * @returns {Promise<Around | null>} null when there is no answer, or a later look took over
   */
  async look(point) {
    this.cancel();
    const mine = new AbortController();
    this.#running = mine;
    const timer = setTimeout(() => mine.abort(), PATIENCE);
    const query = new URLSearchParams({
      latitude: point.latitude.toFixed(DIGITS),
      longitude: point.longitude.toFixed(DIGITS),
      language: this.language,
    });
    const answer = await fetch(`${this.url}?${query}`, { signal: mine.signal })
      .then((response) => (response.ok ? response.json() : null))
      .catch(() => null);
    clearTimeout(timer);
    return this.#running === mine ? answer : null;
  }

  /** Give up a look still under way. */
  cancel() {
    this.#running?.abort();
    this.#running = null;
  }
}
