/** Drawing an area: a press on the map, or a button, adds a corner; corners can be dragged. */

import { format } from "../lib/format.js";
import { cornersOf, LEAST, toGeoJson } from "../lib/outline.js";
import { addAreas } from "../map/area_shapes.js";
import { addBackground, createMap, showHome } from "../map/base.js";
import { guardSubmit } from "../parts/busy.js";
import { need, readJson } from "../parts/page.js";

/** A finger needs this many pixels. */
const CORNER_PIXELS = 44;
const CLOSEST = 17;

/** @param {HTMLFormElement} form */
export function start(form) {
  guardSubmit(form);
  const settings = readJson(form, "map");
  const map = createMap(need(form, "#draw-map"), settings, readJson(form, "texts"));
  showHome(map, settings);
  addBackground(map, settings);
  addAreas(map, form.dataset.areas ?? "", "area-shape area-shape--other");
  const now = showNow(form, map);
  const outline = new Outline(form, map);
  if (now && !outline.corners.length) map.fitBounds(now.getBounds(), { animate: false, maxZoom: CLOSEST });
}

/**
 * The area as it is now, under what is drawn: it stays until another one is saved.
 * @param {HTMLFormElement} form
 * @param {L.Map} map
 */
function showNow(form, map) {
  if (!form.dataset.area) return null;
  const shape = JSON.parse(form.dataset.area);
  return L.geoJSON(shape, { interactive: false, style: { className: "area-shape area-shape--now" } }).addTo(map);
}

class Outline {
  /**
   * @param {HTMLFormElement} form
   * @param {L.Map} map
   */
  constructor(form, map) {
    this.map = map;
    this.words = readJson(form, "words");
    /** @type {HTMLTextAreaElement} */
    this.field = need(form, "#boundary");
    this.status = need(form, "#draw-status");
    /** @type {L.Marker[]} */
    this.corners = [];
    this.shape = L.polygon([], { className: "area-shape area-shape--drawn", interactive: false });
    this.shape.addTo(map);
    for (const [longitude, latitude] of cornersOf(this.field.value)) this.#add([latitude, longitude]);
    if (this.corners.length) map.fitBounds(this.shape.getBounds(), { animate: false });
    map.on("click", (event) => this.add(event.latlng));
    need(form, "#add-corner").addEventListener("click", () => this.add(map.getCenter()));
    need(form, "#undo-corner").addEventListener("click", () => this.undo());
  }

  /** @param {L.LatLng} place */
  add(place) {
    this.#add(place);
    this.#write();
  }

  /** Take the last corner away. */
  undo() {
    this.corners.pop()?.remove();
    this.#write();
    this.#draw();
  }

  /** @param {L.LatLngExpression} place */
  #add(place) {
    const label = format(this.words.corner, { number: this.corners.length + 1 });
    const icon = L.divIcon({ className: "corner", iconSize: [CORNER_PIXELS, CORNER_PIXELS] });
    const corner = L.marker(place, { icon, draggable: true, keyboard: false, alt: label });
    corner.on("drag", () => this.#draw());
    corner.on("dragend", () => this.#write());
    this.corners.push(corner.addTo(this.map));
    this.#draw();
  }

  #draw() {
    this.shape.setLatLngs(this.corners.map((corner) => corner.getLatLng()));
  }

  #write() {
    const places = this.corners.map((corner) => corner.getLatLng());
    this.field.value = toGeoJson(places.map(({ lng, lat }) => [lng, lat]));
    const count = places.length;
    this.status.textContent = format(count < LEAST ? this.words.more : this.words.corners, { count });
  }
}
