/** The list beside the map: one row for each report, kept in step with the pins. */

import { drawPin, symbolUrl } from "../map/pins.js";
import { need } from "../parts/page.js";

/** @typedef {import("./loader.js").Report} Report */

/** The colour role of each phase. */
const COLORS = { new: "info", in_progress: "warning", fixed: "success", closed: "neutral" };

export class ReportList {
  /** @type {Map<string, { row: HTMLElement, key: string }>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list with the server's own rows
   * @param {HTMLTemplateElement} template of a row
   */
  constructor(list, template) {
    this.list = list;
    this.template = template;
  }

  /**
   * Show exactly these reports. Rows are kept between calls, so that focus and place are kept too.
   * @param {readonly Report[]} reports
   */
  show(reports) {
    const focused = document.activeElement;
    const rows = reports.map((report) => this.#rowOf(report));
    if (sameNodes(rows, [...this.list.children])) return;
    this.list.replaceChildren(...rows);
    if (focused instanceof HTMLElement && this.list.contains(focused)) {
      focused.focus({ preventScroll: true });
    }
  }

  /**
   * @param {Report} report
   * @returns {HTMLElement}
   */
  #rowOf(report) {
    const key = JSON.stringify(report);
    const known = this.#rows.get(report.number);
    if (known?.key === key) return known.row;
    const row = buildRow(this.template, report);
    this.#rows.set(report.number, { row, key });
    return row;
  }
}

/**
 * @param {readonly Node[]} some
 * @param {readonly Node[]} others
 */
function sameNodes(some, others) {
  return some.length === others.length && some.every((node, index) => node === others[index]);
}

/**
 * @param {HTMLTemplateElement} template
 * @param {Report} report
 * @returns {HTMLElement}
 */
function buildRow(template, report) {
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  row.dataset.number = report.number;
  row.dataset.lon = String(report.longitude);
  row.dataset.lat = String(report.latitude);
  need(row, ".report__link").setAttribute("href", report.url);
  need(row, ".report__pin").replaceChildren(drawPin(report));
  need(row, ".report__name").textContent = report.service_name;
  need(row, ".report__meta").textContent = report.meta;
  const status = need(row, ".status");
  status.dataset.color = COLORS[report.phase];
  status.querySelector("use")?.setAttribute("href", symbolUrl(`sign-${report.status}`));
  need(status, ".status__word").textContent = report.status_word;
  return row;
}
