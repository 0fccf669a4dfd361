/** Trying a draft of the rules: the reports that would go elsewhere on a map, beside their list. */

import { addBackground, createMap } from "../map/base.js";
import { all, readJson } from "../parts/page.js";

const NEAREST_ZOOM = 16;
const MARK_SIZE = 30;
/** More signs than this in view are drawn small, without their letters. */
const CROWD = 150;

/** @param {HTMLElement} root */
export function start(root) {
  wireBusy(root);
  /** @type {HTMLElement | null} */
  const container = root.querySelector("#moved-map");
  if (container) buildMap(root, container);
}

/**
 * Say that it takes a while, once the period is sent.
 * @param {HTMLElement} root
 */
function wireBusy(root) {
  const form = root.querySelector("form.period");
  if (!(form instanceof HTMLFormElement)) return;
  const button = form.querySelector("button");
  const status = form.querySelector("[role=status]");
  /** @param {boolean} isBusy */
  const show = (isBusy) => {
    button?.setAttribute("aria-busy", String(isBusy));
    if (status) status.textContent = isBusy ? (form.dataset.busy ?? "") : "";
  };
  form.addEventListener("submit", () => show(true));
  window.addEventListener("pageshow", () => show(false));
}

/**
 * @param {HTMLElement} root
 * @param {HTMLElement} container
 */
function buildMap(root, container) {
  const settings = readJson(root, "map");
  const map = createMap(container, settings, readJson(root, "texts"), { scrollWheelZoom: false });
  const rows = all(root, "[data-lat]");
  const [west, south, east, north] = settings.bounds;
  const frame = rows.length
    ? L.latLngBounds(rows.map(placeOf))
    : L.latLngBounds([south, west], [north, east]);
  map.fitBounds(frame, { padding: [30, 30], maxZoom: NEAREST_ZOOM, animate: false });
  addBackground(map, settings);
  const thin = () => {
    const frame = map.getBounds();
    const inView = rows.filter((row) => frame.contains(placeOf(row))).length;
    container.classList.toggle("tryout__map--crowded", inView > CROWD);
  };
  map.on("moveend", thin);
  thin();
  const chosen = new Chosen();
  // The newest lie on top.
  for (const row of [...rows].reverse()) mark(map, row, chosen);
}

/** @param {HTMLElement} row @returns {[number, number]} latitude, longitude */
const placeOf = ({ dataset }) => [Number(dataset.lat), Number(dataset.lon)];

/**
 * Put a report's sign on the map. The list is the way for keyboards and readers: the sign itself is a picture.
 * @param {L.Map} map
 * @param {HTMLElement} row
 * @param {Chosen} chosen
 */
function mark(map, row, chosen) {
  const { shape = "1", letter = "", name = "" } = row.parentElement?.dataset ?? {};
  const sign = document.createElement("span");
  sign.className = `mark mark--${shape}`;
  sign.textContent = letter;
  const icon = L.divIcon({
    className: "moved-marker",
    html: sign,
    iconSize: [MARK_SIZE, MARK_SIZE],
  });
  const link = row.querySelector("a");
  const title = `${link?.textContent ?? ""} → ${name}`;
  const marker = L.marker(placeOf(row), { icon, keyboard: false, title, riseOnHover: true });
  marker.on("add", () => marker.getElement()?.setAttribute("aria-hidden", "true"));
  marker.on("click", () => {
    chosen.choose(row, marker);
    row.closest("details")?.setAttribute("open", "");
    link?.focus();
  });
  link?.addEventListener("focus", () => chosen.choose(row, marker));
  link?.addEventListener("pointerenter", () => chosen.choose(row, marker));
  marker.addTo(map);
}

/** The one report that is lifted on the map and marked in the list. */
class Chosen {
  /** @type {(() => void) | null} */
  #lower = null;

  /**
   * @param {HTMLElement} row
   * @param {L.Marker} marker
   */
  choose(row, marker) {
    this.#lower?.();
    const sign = marker.getElement()?.firstElementChild;
    row.classList.add("moved__chosen");
    sign?.classList.add("moved-marker--lifted");
    marker.setZIndexOffset(10_000);
    this.#lower = () => {
      row.classList.remove("moved__chosen");
      sign?.classList.remove("moved-marker--lifted");
      marker.setZIndexOffset(0);
    };
  }
}
