/** The start page: reports on a map and in a list that say the same. */

import { formatCount } from "../lib/format.js";
import { passes } from "../lib/filters.js";
import { addBackground, createMap } from "../map/base.js";
import { clusterLayer } from "../map/clusters.js";
import { showPosition } from "../map/position.js";
import { ReportLayer } from "../map/report_layer.js";
import { shareView } from "../map/shared_view.js";
import { wireChips } from "../parts/chips.js";
import { wireLocate } from "../parts/locate.js";
import { need, readJson } from "../parts/page.js";
import { wireSheet } from "../parts/sheet.js";
import { StatusLine } from "../parts/status.js";
import { ReportList } from "../reports/list.js";
import { Loader } from "../reports/loader.js";
import { Refresher } from "../reports/refresher.js";
import { Selection } from "../reports/selection.js";

/** @typedef {import("../reports/loader.js").Report} Report */

const MOST_ROWS = 30;

/** @param {Report} report @returns {number} when it was sent, milliseconds */
const timeOf = (report) => Date.parse(report.requested_at);

/** @param {HTMLElement} root */
export function start(root) {
  const settings = readJson(root, "map");
  const texts = readJson(root, "texts");
  const status = new StatusLine(need(root, "#map-status"));
  const map = createMap(need(root, "#map"), settings, texts);
  const view = new StartView(root, map, texts);

  const { closedAfter } = root.dataset;
  const loader = new Loader(settings.requestsUrl, closedAfter ? { closed_after: closedAfter } : {});
  const refresher = new Refresher(map, loader, status, texts, (all) => view.setReports(all));

  shareView(map, settings);
  map.on("moveend", () => view.update());
  map.on("click", () => view.selection.clear());
  view.clusters.on("animationend spiderfied unspiderfied", () => view.update());
  map.on("moveend", () => refresher.request());
  addBackground(map, settings, (away) => status.toggle("tiles_away", away, texts.tiles_away));
  refresher.request();

  wireSheet(need(root, "#sheet"), need(root, "#sheet-grab"));
  wireLocate(
    root.querySelector("#locate"),
    (point) => {
      status.clear("note");
      showPosition(map, point);
    },
    () => status.set("note", { text: texts.locate_failed }),
  );
}

/** What is shown of the reports at hand: pins, rows and the heading that counts them. */
class StartView {
  /** @type {Report[] | null} */
  #reports = null;

  /**
   * @param {HTMLElement} root
   * @param {L.Map} map
   * @param {import("../parts/page.js").Texts} texts
   */
  constructor(root, map, texts) {
    this.map = map;
    this.texts = texts;
    this.count = need(root, "#count");
    this.empty = need(root, "#empty");
    const list = need(root, "#report-list");
    this.list = new ReportList(list, need(root, "#report-template"));
    this.clusters = clusterLayer(texts.cluster);
    this.clusters.addTo(map);
    this.layer = new ReportLayer(this.clusters, (number, byKeyboard) =>
      this.selection.press(number, byKeyboard, () => this.update()),
    );
    this.selection = new Selection(list, this.layer);
    this.filter = wireChips(root, (filter) => {
      this.filter = filter;
      this.#showPins();
    });
  }

  /** @param {Report[]} reports */
  setReports(reports) {
    this.#reports = reports.sort((a, b) => timeOf(b) - timeOf(a));
    this.#showPins();
  }

  #showPins() {
    this.layer.show((this.#reports ?? []).filter((report) => passes(this.filter, report)));
    this.update();
  }

  /** Bring rows and heading in step with the pins in view. The server's rows stand until then. */
  update() {
    if (!this.#reports) return;
    const inView = this.#reports.filter((report) => this.layer.isInView(report.number, this.map));
    const { marked } = this.selection;
    const rows = inView.filter(
      (report, index) => index < MOST_ROWS || report.number === marked,
    );
    this.list.show(rows);
    this.count.textContent = formatCount(
      this.texts.count_one,
      this.texts.count_many,
      inView.length,
    );
    this.empty.hidden = inView.length > 0;
    this.selection.refresh();
  }
}
