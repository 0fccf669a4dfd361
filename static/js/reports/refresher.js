/** Fetches the reports anew as the map is moved, and tells how that goes. */

/** @typedef {import("./loader.js").Report} Report */

const SETTLE = 250;
const UNNOTICED = 300;

export class Refresher {
  #timer = 0;

  /**
   * @param {L.Map} map
   * @param {import("./loader.js").Loader} loader
   * @param {import("../parts/status.js").StatusLine} status
   * @param {import("../parts/page.js").Texts} texts
   * @param {(reports: Report[]) => void} onReports
   */
  constructor(map, loader, status, texts, onReports) {
    this.map = map;
    this.loader = loader;
    this.status = status;
    this.texts = texts;
    this.onReports = onReports;
  }

  /** Fetch when the map has come to rest, unless what is in view is at hand. */
  request() {
    clearTimeout(this.#timer);
    this.#timer = window.setTimeout(() => {
      if (this.loader.covers(this.#area())) this.#settle();
      else this.#fetch();
    }, SETTLE);
  }

  /** What is at hand is enough: nothing under way matters any more. */
  #settle() {
    this.loader.cancel();
    this.status.clear("failed");
  }

  async #fetch() {
    this.status.clear("failed");
    const notice = setTimeout(
      () => this.status.set("loading", { text: this.texts.loading }),
      UNNOTICED,
    );
    try {
      const answer = await this.loader.load(this.#area());
      if (answer) this.#take(answer);
    } catch (error) {
      const isSlow = error instanceof DOMException && error.name === "AbortError";
      this.#offerRetry(isSlow ? this.texts.slow : this.texts.failed);
    } finally {
      clearTimeout(notice);
      this.status.clear("loading");
    }
  }

  /** @param {import("./loader.js").Answer} answer */
  #take({ reports, isWhole }) {
    this.status.toggle("truncated", !isWhole, this.texts.truncated);
    this.onReports(reports);
  }

  /** @param {string} text what went wrong */
  #offerRetry(text) {
    this.status.set("failed", {
      text,
      label: this.texts.retry,
      act: () => this.#fetch(),
    });
  }

  /** @returns {import("../lib/bounds.js").Box} what the map shows, degrees */
  #area() {
    const bounds = this.map.getBounds();
    return [bounds.getWest(), bounds.getSouth(), bounds.getEast(), bounds.getNorth()];
  }
}
