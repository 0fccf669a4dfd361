/** Fetches the service's tiles: exact counts of every report there is, and the reports that stand alone. */

import { PHASES } from "../lib/filters.js";
import { holdsPlace, tilesOver } from "../lib/grid.js";

/** @typedef {import("./report_layer.js").Spot} Spot */
/** @typedef {import("../lib/grid.js").Frame} Frame */

export class TileSource {
  /**
   * @param {string} url with `{z}`, `{x}` and `{y}`
   * @param {string} language of the reports' sentences
   */
  constructor(url, language) {
    this.url = url;
    this.language = language;
  }

  /**
   * Everything within a frame.
   * @param {Frame} frame
   * @param {number} zoom the map's
   * @param {Record<string, string>} query the filter
   * @param {{ signal?: AbortSignal, anew?: boolean }} [options] anew: not from any cache
   * @returns {Promise<Spot[]>}
   * @throws {Error} when the server fails
   */
  async spots(frame, zoom, query, { signal, anew = false } = {}) {
    const values = new URLSearchParams({ ...query, lang: this.language });
    const cache = anew ? "no-cache" : "default";
    const tiles = await Promise.all(
      tilesOver(frame, zoom).map(async ({ z, x, y }) => {
        const path = this.url.replace("{z}", `${z}`).replace("{x}", `${x}`).replace("{y}", `${y}`);
        const response = await fetch(`${path}?${values}`, { signal, cache });
        if (!response.ok) throw new Error(`The server answered ${response.status}`);
        return response.json();
      }),
    );
    return tiles.flatMap(spotsOf).filter((spot) => holdsPlace(frame, spot));
  }
}

/** @param {{ cells: any[], reports: any[] }} tile @returns {Spot[]} */
function spotsOf({ cells, reports }) {
  const alone = reports.map((report) => ({
    x: report.x,
    y: report.y,
    counts: PHASES.map((phase) => Number(phase === report.phase)),
    report,
  }));
  return [...cells, ...alone];
}
