/** The reports' pins on a map, kept in step with the reports that are to be shown. */

import { pinIcon } from "./pins.js";

/** @typedef {import("../lib/filters.js").Phase} Phase */

/**
 * @typedef {object} Pinned what a pin needs to know of a report
 * @property {string} number
 * @property {number} longitude degrees
 * @property {number} latitude degrees
 * @property {Phase} phase
 * @property {string} group
 * @property {string} sentence read aloud for the pin
 * @property {boolean} [isOverdue]
 */

/** What a pin looks like and says; a report whose key has changed gets a new pin. */
const keyOf = (/** @type {Pinned} */ report) =>
  [report.phase, report.group, report.isOverdue, report.sentence].join("|");

export class ReportLayer {
  /** @type {Map<string, { marker: L.Marker, key: string }>} */
  #pins = new Map();
  /** @type {L.Marker | null} */
  #lifted = null;
  /** @type {Element | null} */
  #liftedElement = null;

  /**
   * @param {L.MarkerClusterGroup} clusters already on the map
   * @param {(number: string, byKeyboard: boolean) => void} onPress
   */
  constructor(clusters, onPress) {
    this.clusters = clusters;
    this.onPress = onPress;
  }

  /**
   * Put up pins for exactly these reports. Pins that already stand are left standing.
   * @param {readonly Pinned[]} reports
   */
  show(reports) {
    const wanted = new Map(reports.map((report) => [report.number, report]));
    const gone = [];
    for (const [number, { marker, key }] of this.#pins) {
      const report = wanted.get(number);
      if (report && keyOf(report) === key) wanted.delete(number);
      else {
        gone.push(marker);
        this.#pins.delete(number);
      }
    }
    if (gone.length) this.clusters.removeLayers(gone);
    const come = [...wanted.values()].map((report) => this.#add(report));
    if (come.length) this.clusters.addLayers(come);
  }

  /**
   * Whether a report's pin, or the cluster it is in, stands within the map's frame.
   * The place is rounded to whole pixels, as Leaflet does when it puts the pin up.
   * @param {string} number
   * @param {L.Map} map
   * @returns {boolean}
   */
  isInView(number, map) {
    const pin = this.#pins.get(number);
    const shown = pin && this.clusters.getVisibleParent(pin.marker);
    if (!shown) return false;
    const tip = map.latLngToLayerPoint(shown.getLatLng()).round();
    return L.bounds([0, 0], map.getSize()).contains(map.layerPointToContainerPoint(tip));
  }

  /**
   * Lift one report's pin, or its cluster, above the others, and lower the one lifted before.
   * @param {string | null} number
   */
  lift(number) {
    this.#lower();
    const pin = number === null ? undefined : this.#pins.get(number);
    const shown = pin && this.clusters.getVisibleParent(pin.marker);
    if (!shown) return;
    shown.setZIndexOffset(10_000);
    this.#lifted = shown;
    this.#liftedElement = shown.getElement()?.firstElementChild ?? null;
    const isPin = shown === pin.marker;
    this.#liftedElement?.classList.add(isPin ? "pin--selected" : "cluster--selected");
  }

  #lower() {
    this.#lifted?.setZIndexOffset(0);
    this.#liftedElement?.classList.remove("pin--selected", "cluster--selected");
    this.#lifted = null;
    this.#liftedElement = null;
  }

  /**
   * @param {Pinned} report
   * @returns {L.Marker}
   */
  #add(report) {
    const options = {
      icon: pinIcon(report),
      keyboard: true,
      title: report.sentence,
      alt: report.sentence,
      riseOnHover: true,
      phase: report.phase,
    };
    const marker = L.marker([report.latitude, report.longitude], options);
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", report.sentence));
    marker.on("click", () => this.onPress(report.number, false));
    marker.on("keydown", (event) => {
      const press = /** @type {L.LeafletKeyboardEvent} */ (event).originalEvent;
      if (press.repeat || (press.key !== "Enter" && press.key !== " ")) return;
      press.preventDefault();
      this.onPress(report.number, true);
    });
    this.#pins.set(report.number, { marker, key: keyOf(report) });
    return marker;
  }
}
