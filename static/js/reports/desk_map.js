/** The inbox's map: the list's reports as pins, the chosen one lifted with a ring around it. */

import { addBackground, createMap, moveOptions } from "../map/base.js";
import { ReportLayer, spotOf } from "../map/report_layer.js";
import { all, need, readJson } from "../parts/page.js";
import { Selection } from "./selection.js";

/** @typedef {import("../map/report_layer.js").Pinned} Pinned */

export const WIDE = globalThis.matchMedia("(min-width: 1280px)");
const NEAREST_ZOOM = 16;
const RING_METRES = 30;

/** @param {HTMLElement} list @returns {HTMLElement[]} */
export const rowsOf = (list) => all(list, "[data-number]");

/** @param {HTMLElement} row @returns {Pinned} */
export function reportOf({ dataset }) {
  return {
    number: dataset.number ?? "",
    longitude: Number(dataset.lon),
    latitude: Number(dataset.lat),
    phase: /** @type {import("../lib/filters.js").Phase} */ (dataset.phase),
    group: dataset.group ?? "",
    sentence: dataset.sentence ?? "",
    isOverdue: dataset.overdue === "true",
  };
}

/** The map beside the list; built when there is room for it, or asked for. All of the list stands on it. */
export class DeskMap {
  /** @type {Selection | null} */
  selection = null;
  /** @type {ReportLayer | null} */
  layer = null;
  /** @type {L.Map | null} */
  map = null;
  /** @type {L.Circle | null} */
  ring = null;
  /** @type {Pinned | null} */
  chosen = null;

  /**
   * @param {HTMLElement} root
   * @param {HTMLElement} list
   * @param {object} on
   * @param {(report: Pinned) => void} on.press a pin
   * @param {() => void} on.complete all of the list stands on the map
   */
  constructor(root, list, on) {
    this.root = root;
    this.list = list;
    this.on = on;
    this.reports = new Map(rowsOf(list).map((row) => [row.dataset.number ?? "", reportOf(row)]));
    if (WIDE.matches) this.build();
    else WIDE.addEventListener("change", () => this.build(), { once: true });
  }

  build() {
    if (this.map) return;
    const settings = readJson(this.root, "map");
    const texts = readJson(this.root, "texts");
    const map = createMap(need(this.root, "#desk-map"), settings, texts);
    const [west, south, east, north] = settings.bounds;
    const frame = this.reports.size
      ? L.latLngBounds([...this.reports.values()].map(({ latitude, longitude }) => [latitude, longitude]))
      : L.latLngBounds([south, west], [north, east]);
    map.fitBounds(frame, { padding: [50, 60], maxZoom: NEAREST_ZOOM, animate: false });
    addBackground(map, settings);
    this.layer = new ReportLayer(map, texts.cluster, {
      press: (number) => this.press(number),
      open: ({ spots: [first] }) => this.press(first.report?.number ?? ""),
    });
    this.selection = new Selection(this.list, this.layer);
    this.map = map;
    this.show();
    map.on("zoomend", () => this.show());
    this.fetchOthers();
  }

  /** The pins of the pages that are not shown: the page's own are there at once. */
  async fetchOthers() {
    const words = readJson(this.root, "words");
    const note = need(this.root, "#desk-map-note");
    try {
      const address = `${this.root.dataset.pins}?${this.root.dataset.query ?? ""}`;
      const answer = await fetch(address, { headers: { Accept: "application/json" } });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const { reports, isCut } = await answer.json();
      for (const report of reports) {
        if (!this.reports.has(report.number)) this.reports.set(report.number, report);
      }
      note.textContent = isCut ? words.cut : "";
      this.show();
      this.on.complete();
    } catch {
      note.textContent = words.no_pins;
    }
  }

  show() {
    this.layer?.show([...this.reports.values()].map(spotOf));
    this.refresh();
  }

  refresh() {
    this.selection?.refresh();
    if (this.chosen && !this.rowOf(this.chosen.number)) this.layer?.lift(this.chosen);
  }

  /** @param {string} number */
  rowOf(number) {
    return rowsOf(this.list).find(({ dataset }) => dataset.number === number);
  }

  /**
   * Lift the chosen report's pin, and draw a ring of thirty metres around it: what is within may be the same fault.
   * @param {Pinned} report
   */
  choose(report) {
    for (const row of rowsOf(this.list)) {
      if (row.dataset.number === report.number) row.setAttribute("aria-current", "true");
      else row.removeAttribute("aria-current");
    }
    this.chosen = report;
    if (!this.map || !this.selection) return;
    const { latitude, longitude, number } = report;
    this.selection.marked = number;
    this.refresh();
    this.ring?.remove();
    this.ring = L.circle([latitude, longitude], { radius: RING_METRES, className: "desk-ring", interactive: false });
    this.ring.addTo(this.map);
    const zoom = Math.max(this.map.getZoom(), NEAREST_ZOOM);
    this.map.setView([latitude, longitude], zoom, moveOptions(true));
  }

  /** @param {string} number */
  press(number) {
    const report = this.reports.get(number);
    if (report) this.on.press(report);
  }
}
