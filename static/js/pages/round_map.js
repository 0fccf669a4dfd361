/** A round on the map: its jobs numbered in their order, and a line through what waits. */

import { addBackground, createMap } from "../map/base.js";
import { all, readJson } from "../parts/page.js";

const NEAREST_ZOOM = 16;

/** @param {HTMLElement} container */
export function start(container) {
  const rows = all(document, ".round-stops > [data-number]").filter(
    ({ dataset }) => dataset.state !== "moved",
  );
  if (!rows.length) {
    container.hidden = true;
    return;
  }
  const settings = readJson(container, "map");
  const map = createMap(container, settings, readJson(container, "texts"), {
    scrollWheelZoom: false,
  });
  /** @param {HTMLElement} row @returns {[number, number]} */
  const placeOf = ({ dataset }) => [Number(dataset.lat), Number(dataset.lon)];
  map.fitBounds(L.latLngBounds(rows.map(placeOf)), {
    padding: [40, 40],
    maxZoom: NEAREST_ZOOM,
    animate: false,
  });
  addBackground(map, settings);
  const way = rows.filter(({ dataset }) => dataset.state === "waiting").map(placeOf);
  if (way.length > 1) L.polyline(way, { className: "round-way", interactive: false }).addTo(map);
  for (const row of rows) addStop(map, row, placeOf(row));
}

/**
 * A numbered sign; pressing it goes to the row.
 * @param {L.Map} map
 * @param {HTMLElement} row
 * @param {[number, number]} place
 */
function addStop(map, row, place) {
  const sign = document.createElement("span");
  sign.className = row.dataset.state === "done" ? "round-pin round-pin--done" : "round-pin";
  sign.textContent = row.dataset.place ?? "";
  const name = `${row.dataset.place}. ${row.querySelector(".stop__name")?.textContent ?? ""}`;
  const icon = L.divIcon({ html: sign, className: "", iconSize: [32, 32], iconAnchor: [16, 16] });
  const marker = L.marker(place, { icon, title: name, riseOnHover: true });
  marker.on("add", () => marker.getElement()?.setAttribute("aria-label", name));
  const go = () => {
    row.scrollIntoView({ block: "center" });
    row.focus({ preventScroll: true });
  };
  marker.on("click", go);
  marker.on("keydown", (event) => {
    const key = /** @type {L.LeafletKeyboardEvent} */ (event).originalEvent;
    if (key.key !== "Enter" && key.key !== " ") return;
    key.preventDefault();
    go();
  });
  marker.addTo(map);
}
