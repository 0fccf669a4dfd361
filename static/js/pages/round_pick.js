/** Choosing jobs for a round: the list and the map tick the same boxes, and the bar says how many. */

import { format } from "../lib/format.js";
import { addBackground, createMap } from "../map/base.js";
import { ReportLayer, spotOf } from "../map/report_layer.js";
import { all, need, readJson } from "../parts/page.js";

const NEAREST_ZOOM = 16;

/** @param {HTMLElement} root */
export function start(root) {
  const rows = all(root, ".round-pick");
  if (!rows.length) return;
  const count = need(root, ".round-bar__count");
  const tell = () => {
    const chosen = rows.filter((row) => boxOf(row).checked).length;
    count.textContent = chosen ? format(root.dataset.chosen ?? "", { count: chosen }) : "";
  };
  root.addEventListener("change", tell);
  tell();
  buildMap(root, rows, tell);
}

/** @param {HTMLElement} row @returns {HTMLInputElement} */
const boxOf = (row) => need(row, "input[type=checkbox]");

/**
 * @param {HTMLElement} root
 * @param {HTMLElement[]} rows
 * @param {() => void} tell
 */
function buildMap(root, rows, tell) {
  const settings = readJson(root, "map");
  const texts = readJson(root, "texts");
  const map = createMap(need(root, ".round-map"), settings, texts, { scrollWheelZoom: false });
  const reports = rows.map(({ dataset }) => ({
    number: dataset.number ?? "",
    longitude: Number(dataset.lon),
    latitude: Number(dataset.lat),
    phase: /** @type {import("../lib/filters.js").Phase} */ (dataset.phase),
    group: dataset.group ?? "",
    sentence: dataset.sentence ?? "",
    isOverdue: dataset.overdue === "true",
  }));
  const frame = L.latLngBounds(reports.map((report) => [report.latitude, report.longitude]));
  map.fitBounds(frame, { padding: [40, 60], maxZoom: NEAREST_ZOOM, animate: false });
  addBackground(map, settings);
  const rowOf = (/** @type {string | undefined} */ number) =>
    rows.find((row) => row.dataset.number === number);
  const press = (/** @type {string} */ number) => {
    const row = rowOf(number);
    if (!row) return;
    const box = boxOf(row);
    box.checked = !box.checked;
    row.scrollIntoView({ block: "nearest" });
    box.focus({ preventScroll: true });
    tell();
  };
  const goTo = (/** @type {string | undefined} */ number) => {
    const row = rowOf(number);
    row?.scrollIntoView({ block: "center" });
    if (row) boxOf(row).focus({ preventScroll: true });
  };
  const layer = new ReportLayer(map, texts.cluster, {
    press,
    open: ({ spots: [first] }) => goTo(first.report?.number),
  });
  const spots = reports.map(spotOf);
  const show = () => layer.show(spots);
  show();
  map.on("zoomend", show);
  root.addEventListener("focusin", ({ target }) => {
    const row = target instanceof Element ? target.closest(".round-pick") : null;
    const number = row instanceof HTMLElement ? row.dataset.number : undefined;
    layer.lift(reports.find((report) => report.number === number) ?? null);
  });
}
