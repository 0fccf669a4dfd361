/** The crew's list of jobs, with a map to open and a way to sort by distance. */

import { formatDistance, metresBetween } from "../lib/distance.js";
import { addBackground, createMap } from "../map/base.js";
import { ReportLayer, spotOf } from "../map/report_layer.js";
import { wireLocate } from "../parts/locate.js";
import { all, need, readJson } from "../parts/page.js";
import { StatusLine } from "../parts/status.js";
import { Selection } from "../reports/selection.js";

/** @typedef {import("../map/report_layer.js").Pinned} Pinned */
/** @typedef {import("../lib/distance.js").Point} Point */

const NEAREST_ZOOM = 16;

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLElement | null} */
  const list = root.querySelector("#report-list");
  if (!list) return;
  wireMap(root, list);
  wireSorting(root, list);
}

/**
 * The row's report, as the server wrote it.
 * @param {HTMLElement} row
 * @returns {Pinned}
 */
function reportOf({ dataset }) {
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

/** @param {HTMLElement} list @returns {HTMLElement[]} */
const rowsOf = (list) => all(list, "[data-number]");

/**
 * Make the button open and close the map, which is built the first time.
 * @param {HTMLElement} root
 * @param {HTMLElement} list
 */
function wireMap(root, list) {
  const button = root.querySelector("#show-map");
  const container = need(root, "#map");
  let isBuilt = false;
  button?.addEventListener("click", () => {
    container.hidden = !container.hidden;
    button.setAttribute("aria-expanded", String(!container.hidden));
    if (!isBuilt) buildMap(root, container, list);
    isBuilt = true;
    if (!container.hidden) container.scrollIntoView({ block: "nearest" });
  });
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} container
 * @param {HTMLElement} list
 */
function buildMap(root, container, list) {
  const settings = readJson(root, "map");
  const texts = readJson(root, "texts");
  const reports = rowsOf(list).map(reportOf);
  const map = createMap(container, settings, texts, { scrollWheelZoom: false });
  const [west, south, east, north] = settings.bounds;
  const frame = reports.length
    ? L.latLngBounds(reports.map((report) => [report.latitude, report.longitude]))
    : L.latLngBounds([south, west], [north, east]);
  map.fitBounds(frame, { padding: [40, 60], maxZoom: NEAREST_ZOOM, animate: false });
  addBackground(map, settings);

  const spots = reports.map(spotOf);
  const layer = new ReportLayer(map, texts.cluster, {
    press: (number, byKeyboard) => selection.press(number, byKeyboard),
    open: ({ spots: [first] }) => selection.press(first.report?.number ?? "", true),
  });
  const selection = new Selection(list, layer);
  const show = () => {
    layer.show(spots);
    selection.refresh();
  };
  show();
  map.on("zoomend", show);
  map.on("click", () => selection.clear());
}

/**
 * Make the button put the nearest job first. Nothing is sent and nothing is remembered.
 * @param {HTMLElement} root
 * @param {HTMLElement} list
 */
function wireSorting(root, list) {
  const texts = readJson(root, "texts");
  const status = new StatusLine(need(root, "#map-status"));
  /** @type {HTMLElement | null} */
  const button = root.querySelector("#sort-nearest");
  wireLocate(
    button,
    (here) => {
      status.clear("note");
      sortByDistance(list, here, texts.decimal);
      if (button) markOrder(button);
    },
    () => status.set("note", { text: texts.locate_failed }),
  );
}

/**
 * Show that the list has this button's order, and none of the orders beside it.
 * @param {HTMLElement} button
 */
function markOrder(button) {
  button.setAttribute("aria-pressed", "true");
  for (const other of all(button.parentElement ?? button, "[aria-current]")) {
    other.removeAttribute("aria-current");
  }
}

/**
 * @param {HTMLElement} list
 * @param {Point} here
 * @param {string} decimal
 */
function sortByDistance(list, here, decimal) {
  for (const row of rowsOf(list)) {
    const place = row.querySelector(".job__distance");
    const metres = metresBetween(here, reportOf(row));
    if (place) place.textContent = formatDistance(metres, decimal);
  }
  // The reports of one circuit stay together, where the nearest of them belongs.
  /** @param {Element} item */
  const nearest = (item) => {
    const rows = item instanceof HTMLElement && item.dataset.number ? [item] : rowsOf(/** @type {HTMLElement} */ (item));
    return Math.min(...rows.map((row) => metresBetween(here, reportOf(row))));
  };
  const items = [...list.children].map((item) => ({ item, metres: nearest(item) }));
  items.sort((a, b) => a.metres - b.metres);
  for (const { item } of items) list.append(item);
}
