/** Fetches what the map shows, as it is moved and filtered: spots for the map, and the list's first page. */

import { frameOf } from "../lib/grid.js";
import { firstPage } from "./pages.js";

/** @typedef {import("../lib/grid.js").Frame} Frame */
/** @typedef {import("../map/report_layer.js").Spot} Spot */
/** @typedef {{ frame: Frame, spots: Spot[], page: import("./pages.js").Page }} View */

const SETTLE = 150;
const UNNOTICED = 300;
const PATIENCE = 10_000;
const NOTHING = { reports: [], total: 0, next: null };

/** @param {readonly Spot[]} spots */
export const countOf = (spots) =>
  spots.reduce((all, { counts }) => all + counts.reduce((sum, count) => sum + count, 0), 0);

export class ViewLoader {
  #timer = 0;
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {L.Map} map
   * @param {import("../map/tile_source.js").TileSource} tiles
   * @param {string} url of the reports' collection
   * @param {object} on
   * @param {() => { isEmpty: boolean, query: Record<string, string>, order: Record<string, string> }} on.ask
   * @param {(view: View) => void} on.view
   * @param {import("../parts/status.js").StatusLine} status
   * @param {import("../parts/page.js").Texts} texts
   */
  constructor(map, tiles, url, on, status, texts) {
    this.map = map;
    this.tiles = tiles;
    this.url = url;
    this.on = on;
    this.status = status;
    this.texts = texts;
  }

  /** Fetch when the map has come to rest. */
  request() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => this.fetch(), SETTLE);
  }

  /** Fetch at once; a fetch still under way is given up. */
  async fetch() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const mine = new AbortController();
    this.#running = mine;
    this.status.clear("failed");
    const patience = setTimeout(() => mine.abort(), PATIENCE);
    const notice = setTimeout(
      () => this.status.set("loading", { text: this.texts.loading }),
      UNNOTICED,
    );
    try {
      const view = await this.#load(mine.signal);
      if (this.#running === mine) this.on.view(view);
    } catch (error) {
      if (this.#running === mine) this.#offerRetry(error);
    } finally {
      clearTimeout(patience);
      clearTimeout(notice);
      if (this.#running === mine) this.status.clear("loading");
    }
  }

  /** @param {AbortSignal} signal @returns {Promise<View>} */
  async #load(signal) {
    const zoom = this.map.getZoom();
    const { min, max } = this.map.getPixelBounds();
    if (!min || !max) throw new Error("The map has no size");
    const frame = frameOf({ min, max }, zoom);
    const { isEmpty, query, order } = this.on.ask();
    if (isEmpty) return { frame, spots: [], page: NOTHING };
    const [spots, page] = await Promise.all([
      this.tiles.spots(frame, zoom, query, { signal }),
      firstPage(this.url, frame, { ...query, ...order }, signal),
    ]);
    if (countOf(spots) === page.total) return { frame, spots, page };
    // A tile that was kept is older than the list: both are asked for anew.
    const [fresh, again] = await Promise.all([
      this.tiles.spots(frame, zoom, query, { signal, anew: true }),
      firstPage(this.url, frame, { ...query, ...order }, signal),
    ]);
    return { frame, spots: fresh, page: again };
  }

  /** @param {unknown} error */
  #offerRetry(error) {
    const isSlow = error instanceof DOMException && error.name === "AbortError";
    this.status.set("failed", {
      text: isSlow ? this.texts.slow : this.texts.failed,
      label: this.texts.retry,
      act: () => this.fetch(),
    });
  }
}
