/** The list beside the map: one row for each report, kept in step with the pins. */

import { formatDistance } from "../lib/distance.js";
import { format, formatCount } from "../lib/format.js";
import { drawPin, symbolUrl } from "../map/pins.js";
import { need } from "../parts/page.js";

/** @typedef {import("./pages.js").Report} Report */
/** @typedef {import("../parts/page.js").Texts} Texts */

/** The colour role of each phase. */
const COLORS = { new: "info", in_progress: "warning", fixed: "success", closed: "neutral" };

export class ReportList {
  /** @type {Map<string, { row: HTMLElement, key: string }>} */
  #rows = new Map();

  /**
   * @param {HTMLElement} list with the server's own rows
   * @param {HTMLTemplateElement} template of a row
   * @param {Texts} texts
   */
  constructor(list, template, texts) {
    this.list = list;
    this.template = template;
    this.texts = texts;
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
   * Move the focus to a report's row, if there is one.
   * @param {string | undefined} number
   */
  focus(number) {
    const row = [...this.#rows].find(([known]) => known === number)?.[1].row;
    row?.querySelector("a")?.focus();
  }

  /**
   * @param {Report} report
   * @returns {HTMLElement}
   */
  #rowOf(report) {
    const key = JSON.stringify(report);
    const known = this.#rows.get(report.number);
    if (known?.key === key) return known.row;
    const row = buildRow(this.template, report, this.texts);
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
 * @param {Texts} texts
 * @returns {HTMLElement}
 */
function buildRow(template, report, texts) {
  const row = /** @type {HTMLElement} */ (template.content.firstElementChild?.cloneNode(true));
  row.dataset.number = report.number;
  row.dataset.lon = String(report.longitude);
  row.dataset.lat = String(report.latitude);
  need(row, ".report__link").setAttribute("href", report.url);
  need(row, ".report__pin").replaceChildren(drawPin(report));
  need(row, ".report__name").textContent = report.service_name;
  const place = need(row, ".report__place");
  place.textContent = placeOf(report, texts);
  place.hidden = place.textContent === "";
  need(row, ".report__meta").textContent = metaOf(report, texts);
  addThumbnail(row, report);
  const status = need(row, ".status");
  status.dataset.color = COLORS[report.phase];
  status.querySelector("use")?.setAttribute("href", symbolUrl(`sign-${report.status}`));
  need(status, ".status__word").textContent = report.status_word;
  return row;
}

/**
 * «Langveien 23 · 180 m unna», as far as they are known.
 * @param {Report} report
 * @param {Texts} texts
 */
function placeOf({ place_text, metres }, texts) {
  const away = metres === null ? "" : format(texts.away, { distance: formatDistance(metres, texts.decimal) });
  return [place_text, away].filter(Boolean).join(" · ");
}

/**
 * @param {Report} report
 * @param {Texts} texts
 */
function metaOf({ meta, supporters }, texts) {
  if (!supporters) return meta;
  return `${meta} · ${formatCount(texts.supporters_one, texts.supporters_many, supporters)}`;
}

/**
 * @param {HTMLElement} row
 * @param {Report} report
 */
function addThumbnail(row, { thumbnail }) {
  if (!thumbnail) return;
  const picture = document.createElement("img");
  picture.className = "report__picture";
  picture.src = thumbnail.url;
  picture.alt = "";
  picture.loading = "lazy";
  picture.width = 72;
  picture.height = 72;
  need(row, ".report__link").append(picture);
}
