/** Fetches the reports in view, page by page, and remembers the area they cover. */

import { bboxText, holds, widen } from "../lib/bounds.js";

/** @typedef {import("../lib/bounds.js").Box} Box */
/** @typedef {import("../map/report_layer.js").Pinned} Pinned */

/** @typedef {{ reports: Pinned[], isWhole: boolean }} Answer */

const LIMIT = "1000";
const MOST_PAGES = 5;
const MARGIN = 0.25;
const PATIENCE = 10_000;

/** @param {any} feature a GeoJSON point @returns {Pinned} */
function reportOf({ geometry, properties }) {
  const [longitude, latitude] = geometry.coordinates;
  return { ...properties, longitude, latitude };
}

export class Loader {
  /** @type {Box | null} */
  #covered = null;
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {string} url of the reports' collection
   * @param {Record<string, string>} query what to ask for beside the area
   */
  constructor(url, query) {
    this.url = url;
    this.query = query;
  }

  /**
   * Whether the last answer already holds everything in this area.
   * @param {Box} area
   * @returns {boolean}
   */
  covers(area) {
    return this.#covered !== null && holds(this.#covered, area);
  }

  /**
   * Fetch the reports in and a little around an area; a fetch still under way is given up.
   * @param {Box} area
   * @returns {Promise<Answer | null>} null when a later call took over
   * @throws {Error} when the server fails or takes too long
   */
  async load(area) {
    this.cancel();
    const mine = new AbortController();
    this.#running = mine;
    const timer = setTimeout(() => mine.abort(), PATIENCE);
    const box = widen(area, MARGIN);
    try {
      const answer = await this.#pages(box, mine.signal);
      if (this.#running !== mine) return null;
      this.#covered = answer.isWhole ? box : null;
      return answer;
    } catch (error) {
      if (this.#running !== mine) return null;
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Give up a fetch still under way. */
  cancel() {
    this.#running?.abort();
    this.#running = null;
  }

  /**
   * @param {Box} box
   * @param {AbortSignal} signal
   * @returns {Promise<Answer>}
   */
  async #pages(box, signal) {
    const query = new URLSearchParams({ ...this.query, bbox: bboxText(box), limit: LIMIT });
    /** @type {URL | null} */
    let next = new URL(`?${query}`, new URL(this.url, location.href));
    /** @type {Pinned[]} */
    const reports = [];
    for (let page = 0; next && page < MOST_PAGES; page += 1) {
      const response = await fetch(next, { signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}`);
      const collection = await response.json();
      reports.push(...collection.features.map(reportOf));
      next = nextOf(collection);
    }
    return { reports, isWhole: next === null };
  }
}

/**
 * The address of the next page, always on the host the page itself came from.
 * @param {any} collection
 * @returns {URL | null}
 */
function nextOf(collection) {
  const link = collection.links?.find((/** @type {any} */ other) => other.rel === "next");
  if (!link) return null;
  const { pathname, search } = new URL(link.href, location.href);
  return new URL(pathname + search, location.origin);
}
