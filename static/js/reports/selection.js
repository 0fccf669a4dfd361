/** List and map answer each other: a row lifts its pin, a pin marks its row. */

import { all, wantsLessMotion } from "../parts/page.js";

/** @typedef {import("../map/report_layer.js").ReportLayer} ReportLayer */

const MARKED = "report--marked";

export class Selection {
  /** @type {string | null} */
  #pointed = null;
  /** @type {string | null} */
  marked = null;

  /**
   * @param {HTMLElement} list of rows with `data-number`
   * @param {ReportLayer} layer
   */
  constructor(list, layer) {
    this.list = list;
    this.layer = layer;
    list.addEventListener("pointerover", (event) => this.#point(event.target));
    list.addEventListener("pointerleave", () => this.#point(null));
    list.addEventListener("focusin", (event) => this.#point(event.target));
    list.addEventListener("focusout", () => this.#point(null));
  }

  /**
   * Mark a report's row and bring it into sight; a second press on the pin opens the report.
   * @param {string} number
   * @param {boolean} byKeyboard moves the focus along to the row
   * @param {() => void | Promise<void>} [beforeShow] sees to it that the list has the row
   */
  async press(number, byKeyboard, beforeShow = () => {}) {
    if (this.marked === number) {
      this.#rowOf(number)?.querySelector("a")?.click();
      return;
    }
    this.marked = number;
    await beforeShow();
    if (this.marked !== number) return;
    this.refresh();
    const row = this.#rowOf(number);
    row?.scrollIntoView({ block: "nearest", behavior: wantsLessMotion() ? "auto" : "smooth" });
    if (byKeyboard) row?.querySelector("a")?.focus({ preventScroll: true });
  }

  /** Leave no row marked. */
  clear() {
    this.marked = null;
    this.refresh();
  }

  /** Mark and lift again after rows or pins have been rebuilt. */
  refresh() {
    for (const row of all(this.list, "[data-number]")) {
      const isMarked = row.dataset.number === this.marked;
      row.classList.toggle(MARKED, isMarked);
      if (isMarked) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    this.#lift(this.#pointed ?? this.marked);
  }

  /** @param {EventTarget | null} target */
  #point(target) {
    const row = target instanceof Element ? target.closest("[data-number]") : null;
    const number = row instanceof HTMLElement ? (row.dataset.number ?? null) : null;
    if (number === this.#pointed) return;
    this.#pointed = number;
    this.#lift(number ?? this.marked);
  }

  /** @param {string | null} number */
  #lift(number) {
    const row = number === null ? undefined : this.#rowOf(number);
    const place = { latitude: Number(row?.dataset.lat), longitude: Number(row?.dataset.lon) };
    this.layer.lift(row && number !== null ? { number, ...place } : null);
  }

  /** @param {string} number */
  #rowOf(number) {
    return all(this.list, "[data-number]").find((row) => row.dataset.number === number);
  }
}
