/** The pin that stands still in the middle while the map moves under it. */

import { moveBy } from "../lib/distance.js";
import { moveOptions } from "./base.js";

/** @typedef {import("../lib/distance.js").Point} Point */

const STEP = 2;
const LONG_STEP = 20;

/** @type {Record<string, [number, number]>} north and east of each arrow key */
const ARROWS = {
  ArrowUp: [1, 0],
  ArrowDown: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
};

/** What the map must be made with, so that only this module moves its middle. */
export const STANDING_PIN = /** @type {const} */ ({
  keyboard: false,
  boxZoom: false,
  doubleClickZoom: false,
  scrollWheelZoom: "center",
  touchZoom: "center",
});

/** Keeps the exact point, since the map itself only moves by whole pixels. */
export class ChosenPoint {
  #dragged = false;

  /**
   * @param {L.Map} map made with STANDING_PIN, with its view set
   * @param {(point: Point) => void} onChoose told each time the person chooses a point
   */
  constructor(map, onChoose) {
    this.map = map;
    this.onChoose = onChoose;
    this.point = pointOf(map.getCenter());
    map.on("dragstart", () => {
      this.#dragged = true;
    });
    map.on("moveend", () => this.#afterMove());
    map.on("zoomend resize", () => this.#centre(this.map.getZoom(), false));
    map.on("click", (event) => this.#press(event));
    this.#wireKeys(map.getContainer());
  }

  /**
   * Choose a point and bring it to the middle.
   * @param {Point} point
   * @param {{ zoom?: number, animate?: boolean }} [options] zoom: go at least this near
   */
  choose(point, { zoom = 0, animate = false } = {}) {
    this.point = point;
    this.#dragged = false;
    this.#centre(Math.max(this.map.getZoom(), zoom), animate);
    this.onChoose(point);
  }

  /**
   * @param {number} zoom
   * @param {boolean} animate
   */
  #centre(zoom, animate) {
    const { latitude, longitude } = this.point;
    this.map.setView([latitude, longitude], zoom, moveOptions(animate));
  }

  #afterMove() {
    if (!this.#dragged) return;
    this.#dragged = false;
    this.point = pointOf(this.map.getCenter());
    this.onChoose(this.point);
  }

  /**
   * One press chooses; the second press of a double press goes nearer.
   * @param {L.LeafletMouseEvent} event
   */
  #press({ latlng, originalEvent }) {
    if (originalEvent.detail > 1) this.#centre(this.map.getZoom() + 1, true);
    else this.choose(pointOf(latlng), { animate: true });
  }

  /** @param {HTMLElement} container */
  #wireKeys(container) {
    container.tabIndex = 0;
    container.addEventListener("keydown", (event) => {
      if (event.target !== container || event.ctrlKey || event.altKey || event.metaKey) return;
      if (this.#key(event.key, event.shiftKey)) event.preventDefault();
    });
  }

  /**
   * @param {string} key
   * @param {boolean} far
   * @returns {boolean} whether the key means something here
   */
  #key(key, far) {
    const arrow = ARROWS[key];
    if (arrow) {
      const metres = far ? LONG_STEP : STEP;
      this.choose(moveBy(this.point, arrow[0] * metres, arrow[1] * metres));
    } else if (key === "+" || key === "=") this.#centre(this.map.getZoom() + 1, true);
    else if (key === "-") this.#centre(this.map.getZoom() - 1, true);
    else if (key === "Enter" || key === " ") this.choose(this.point);
    else return false;
    return true;
  }
}

/** @param {L.LatLng} place @returns {Point} */
function pointOf({ lat, lng }) {
  return { latitude: lat, longitude: lng };
}
