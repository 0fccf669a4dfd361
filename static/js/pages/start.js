/** The start page: reports on a map and in a list that say the same. */

import { isEmpty, queryOf } from "../lib/filters.js";
import { formatCount } from "../lib/format.js";
import { bboxOf } from "../lib/grid.js";
import { addBackground, createMap, moveOptions } from "../map/base.js";
import { addPlannedWork } from "../map/planned_work.js";
import { showPosition } from "../map/position.js";
import { ReportLayer } from "../map/report_layer.js";
import { shareView } from "../map/shared_view.js";
import { TileSource } from "../map/tile_source.js";
import { wireChips, wireMoreChips } from "../parts/chips.js";
import { wireLocate } from "../parts/locate.js";
import { need, readJson } from "../parts/page.js";
import { wirePlaceSearch } from "../parts/place_search.js";
import { wireSheet } from "../parts/sheet.js";
import { StatusLine } from "../parts/status.js";
import { ReportList } from "../reports/list.js";
import { oneReport, page } from "../reports/pages.js";
import { Selection } from "../reports/selection.js";
import { countOf, ViewLoader } from "../reports/view_loader.js";

/** @typedef {import("../reports/pages.js").Report} Report */
/** @typedef {import("../lib/distance.js").Point} Point */
/** @typedef {{ tiles: string, reports: string, list: string, planned: string, language: string }} Addresses */

const PLACE_ZOOM = 16;
/** About ten metres: an address on the way to the server does not need to say more. */
const DECIMALS = 4;

/** @param {HTMLElement} root */
export function start(root) {
  const settings = readJson(root, "map");
  const texts = readJson(root, "texts");
  const status = new StatusLine(need(root, "#map-status"));
  const map = createMap(need(root, "#map"), settings, texts);
  shareView(map, settings);
  addBackground(map, settings, (away) => status.toggle("tiles_away", away, texts.tiles_away));
  const view = new StartView(root, map, status, texts);
  addPlannedWork(map, view.addresses.planned);

  wireSheet(need(root, "#sheet"), need(root, "#sheet-grab"));
  for (const button of [root.querySelector("#locate"), root.querySelector("#map-locate")]) {
    wireLocate(
      /** @type {HTMLElement | null} */ (button),
      (point) => {
        status.clear("note");
        view.startFrom(point);
        showPosition(map, point);
      },
      () => status.set("note", { text: texts.locate_failed }),
    );
  }
  wirePlaceSearch(need(root, "[data-place-search]"), (place) => {
    view.startFrom(place);
    map.setView([place.latitude, place.longitude], PLACE_ZOOM, moveOptions(true));
  });
}

/** What is shown of the reports: pins, rows and the heading that counts them. */
class StartView {
  /** @type {Report[]} */
  #rows = [];
  /** @type {URL | null} */
  #next = null;
  /** @type {Point | null} where the person is, or the place they searched for */
  #from = null;

  /**
   * @param {HTMLElement} root
   * @param {L.Map} map
   * @param {StatusLine} status
   * @param {import("../parts/page.js").Texts} texts
   */
  constructor(root, map, status, texts) {
    this.map = map;
    this.status = status;
    this.texts = texts;
    this.addresses = /** @type {Addresses} */ (readJson(root, "addresses"));
    this.count = need(root, "#count");
    this.empty = need(root, "#empty");
    this.more = /** @type {HTMLButtonElement} */ (need(root, "#show-more"));
    this.nearest = need(root, "#nearest");
    const list = need(root, "#report-list");
    this.list = new ReportList(list, need(root, "#report-template"), texts);
    this.layer = new ReportLayer(map, texts.cluster, {
      press: (number, byKeyboard) =>
        this.selection.press(number, byKeyboard, () => this.#bring(number)),
      open: (group) => this.#openList(group),
    });
    this.selection = new Selection(list, this.layer);
    this.filter = wireChips(root, (filter) => {
      this.filter = filter;
      this.#writeAddress();
      this.loader.fetch();
    });
    wireMoreChips(root);
    const tiles = new TileSource(this.addresses.tiles, this.addresses.language);
    const on = { ask: () => this.#asked(), view: this.#show.bind(this) };
    this.loader = new ViewLoader(map, tiles, this.addresses.reports, on, status, texts);
    map.on("moveend", () => this.loader.request());
    map.on("click", () => this.selection.clear());
    this.more.addEventListener("click", () => this.#showMore());
    this.nearest.addEventListener("click", () => this.#toggleOrder());
    this.loader.fetch();
  }

  /**
   * Let the list go from a point outwards, until it is told otherwise.
   * @param {Point} point
   */
  startFrom(point) {
    this.#from = point;
    this.nearest.setAttribute("aria-pressed", "true");
    this.loader.request();
  }

  #asked() {
    const isNearest = this.nearest.getAttribute("aria-pressed") === "true";
    const from = this.#from ?? this.map.getCenter();
    const { latitude, longitude } = "lat" in from ? { latitude: from.lat, longitude: from.lng } : from;
    const order = { latitude: latitude.toFixed(DECIMALS), longitude: longitude.toFixed(DECIMALS) };
    return {
      isEmpty: isEmpty(this.filter),
      query: queryOf(this.filter),
      order: isNearest ? order : {},
    };
  }

  #toggleOrder() {
    const isPressed = this.nearest.getAttribute("aria-pressed") === "true";
    this.nearest.setAttribute("aria-pressed", String(!isPressed));
    this.loader.fetch();
  }

  /** @param {import("../reports/view_loader.js").View} view */
  #show({ spots, page: { reports, total, next } }) {
    this.layer.show(spots);
    const inView = countOf(spots);
    this.count.textContent = formatCount(this.texts.count_one, this.texts.count_many, inView);
    this.empty.hidden = inView > 0;
    this.#rows = reports;
    this.#next = reports.length < total ? next : null;
    this.#showRows();
  }

  #showRows() {
    this.list.show(this.#rows);
    this.more.hidden = this.#next === null;
    this.selection.refresh();
  }

  async #showMore() {
    if (!this.#next || this.more.getAttribute("aria-busy") === "true") return;
    const before = this.#rows;
    this.more.setAttribute("aria-busy", "true");
    const found = await page(this.#next).catch(() => null);
    this.more.removeAttribute("aria-busy");
    if (!found) {
      this.status.set("note", { text: this.texts.more_failed });
      return;
    }
    if (this.#rows !== before) return;
    const known = new Set(before.map((report) => report.number));
    const come = found.reports.filter((report) => !known.has(report.number));
    this.#rows = [...before, ...come];
    this.#next = this.#rows.length < found.total && come.length ? found.next : null;
    this.#showRows();
    this.list.focus(come[0]?.number);
  }

  /**
   * See to it that the list has a report's row.
   * @param {string} number
   */
  async #bring(number) {
    if (this.#rows.some((report) => report.number === number)) return;
    const rows = this.#rows;
    const found = await oneReport(this.addresses.reports, number);
    if (!found || this.#rows !== rows) return;
    this.#rows = [found, ...rows];
    this.#showRows();
  }

  /**
   * What lies on one spot is read as a list.
   * @param {import("../map/report_layer.js").Group} group
   */
  #openList({ spots }) {
    const columns = spots.map(({ x }) => x);
    const rows = spots.map(({ y }) => y);
    const bbox = bboxOf({
      west: Math.min(...columns),
      east: Math.max(...columns),
      north: Math.min(...rows),
      south: Math.max(...rows),
    });
    const query = { show: "open,recent", ...queryOf(this.filter), bbox };
    location.assign(`${this.addresses.list}?${new URLSearchParams(query)}`);
  }

  /** The filter travels in the address, so that it can be shared; the map's view is its fragment. */
  #writeAddress() {
    const query = new URLSearchParams(queryOf(this.filter)).toString();
    history.replaceState(history.state, "", `${location.pathname}${query && "?"}${query}${location.hash}`);
  }
}
