/** Picking lamps on the map: every lamp on it is also a tick box in the list, and they follow each other. */

import { addBackground, createMap } from "../map/base.js";
import { fetchGeoJson } from "../map/geojson.js";
import { quietPin } from "../map/quiet_pins.js";
import { bboxText, holds } from "../lib/bounds.js";
import { format } from "../lib/format.js";
import { need, readJson } from "../parts/page.js";

const ZOOM = 17;
const NEAREST_ZOOM_WITHOUT = 15;
const SETTLE = 250;
/** More lamps than this within the map lie too close together to press one: they show from nearer by. */
const MOST = 200;

/** @typedef {{ number: string, longitude: number, latitude: number }} Lamp */

/** @param {HTMLElement} fieldset with the list, and the frame of the map */
export function start(fieldset) {
  const frame = need(fieldset, ".lamps__map");
  const settings = readJson(frame, "map");
  const latitude = Number(frame.dataset.lat);
  const longitude = Number(frame.dataset.lon);
  const map = createMap(frame, settings, readJson(frame, "texts"), {
    scrollWheelZoom: false,
    dragging: !L.Browser.mobile,
  });
  map.setView([latitude, longitude], ZOOM);
  addBackground(map, settings);
  quietPin({ latitude, longitude, phase: "new", group: "street_light" }).addTo(map);
  // The map lies hidden until a lamp's service is chosen: it learns its size when it shows.
  new ResizeObserver(() => map.invalidateSize()).observe(frame);
  const lamps = new Lamps(fieldset, map);
  for (const lamp of readJson(fieldset, "lamps")) lamps.add(lamp);
  lamps.fetchAlong(fieldset.dataset.url ?? "");
}

/** The lamps on the map and their tick boxes. */
class Lamps {
  /**
   * @param {HTMLElement} fieldset
   * @param {L.Map} map
   */
  constructor(fieldset, map) {
    this.fieldset = fieldset;
    this.map = map;
    this.texts = readJson(fieldset, "texts");
    /** @type {Map<string, L.Marker>} */
    this.markers = new Map();
    fieldset.addEventListener("change", () => this.#draw());
  }

  /** @param {Lamp} lamp */
  add(lamp) {
    if (this.markers.has(lamp.number)) return;
    const icon = L.divIcon({ className: "lamp-marker", iconSize: [44, 44] });
    const marker = L.marker([lamp.latitude, lamp.longitude], { icon, keyboard: false });
    marker.bindTooltip(this.#name(lamp.number), { direction: "top", offset: [0, -10] });
    marker.on("click", () => this.toggle(lamp.number));
    marker.on("add", () => marker.getElement()?.setAttribute("aria-hidden", "true"));
    marker.addTo(this.map);
    this.markers.set(lamp.number, marker);
    this.#draw();
  }

  /** @param {string} number on the pole */
  toggle(number) {
    const box = this.#box(number) ?? this.#addBox(number);
    box.checked = !box.checked;
    this.#draw();
  }

  /**
   * Get the lamps of wherever the map is moved to.
   * @param {string} url of the assets' collection
   */
  fetchAlong(url) {
    let timer = 0;
    /** @type {import("../lib/bounds.js").Box | null} */
    let known = null;
    const refresh = async () => {
      const isHidden = this.map.getSize().x === 0;
      if (isHidden || this.map.getZoom() <= NEAREST_ZOOM_WITHOUT) return;
      const around = this.map.getBounds();
      /** @type {import("../lib/bounds.js").Box} */
      const view = [around.getWest(), around.getSouth(), around.getEast(), around.getNorth()];
      if (known && holds(known, view)) return;
      const answer = await fetchGeoJson(`${url}?bbox=${bboxText(view)}&limit=${MOST}`);
      if (!answer || answer.numberMatched > answer.numberReturned) return;
      known = view;
      for (const { geometry, properties } of answer.features) {
        const [longitude, latitude] = geometry.coordinates;
        this.add({ number: properties.number, longitude, latitude });
      }
    };
    this.map.on("moveend", () => {
      clearTimeout(timer);
      timer = window.setTimeout(refresh, SETTLE);
    });
  }

  /** @param {string} number @returns {string} */
  #name(number) {
    return format(this.texts.lamp, { number });
  }

  /** @param {string} number @returns {HTMLInputElement | null} */
  #box(number) {
    return this.fieldset.querySelector(`input[name=lamp][value="${CSS.escape(number)}"]`);
  }

  /**
   * A tick box for a lamp that was found on the map only.
   * @param {string} number
   * @returns {HTMLInputElement}
   */
  #addBox(number) {
    const box = document.createElement("input");
    box.type = "checkbox";
    box.name = "lamp";
    box.value = number;
    const name = document.createElement("b");
    name.textContent = this.#name(number);
    const where = document.createElement("span");
    where.className = "muted";
    where.textContent = this.texts.on_map;
    const words = document.createElement("span");
    words.append(name, where);
    const label = document.createElement("label");
    label.className = "lamps__choice";
    label.append(box, " ", words);
    const item = document.createElement("li");
    item.append(label);
    this.#list().append(item);
    return box;
  }

  /** @returns {HTMLElement} the list, made if there was none near the pin */
  #list() {
    const found = this.fieldset.querySelector(".lamps__list");
    if (found instanceof HTMLElement) return found;
    const list = document.createElement("ul");
    list.className = "lamps__list";
    need(this.fieldset, ".lamps__map").after(list);
    return list;
  }

  /** Show on the map what is ticked. */
  #draw() {
    for (const [number, marker] of this.markers) {
      const isChosen = this.#box(number)?.checked ?? false;
      marker.getElement()?.classList.toggle("lamp-marker--chosen", isChosen);
    }
  }
}
