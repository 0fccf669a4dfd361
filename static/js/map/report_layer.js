/** Reports on a map: pins where they can be told apart, clusters with the exact count where they cannot. */

import { gather } from "../lib/gather.js";
import { columnOf, pointAt, rowOf, squaresInPixel } from "../lib/grid.js";
import { PHASES } from "../lib/filters.js";
import { moveOptions } from "./base.js";
import { clusterIcon, clusterName } from "./clusters.js";
import { pinIcon } from "./pins.js";

/** @typedef {import("../lib/filters.js").Phase} Phase */
/** @typedef {import("../lib/distance.js").Point} Point */

/**
 * @typedef {object} Told what a pin needs to know of a report
 * @property {string} number
 * @property {Phase} phase
 * @property {string} group
 * @property {string} sentence read aloud for the pin
 * @property {boolean} [isOverdue]
 */
/** @typedef {Told & Point} Pinned */
/** @typedef {import("../lib/gather.js").Spot<Told>} Spot */
/** @typedef {import("../lib/gather.js").Group<Told>} Group */
/** @typedef {{ marker: L.Marker, group: Group }} Shown */

const GATHER_WITHIN = 52;
const CELL_PIXELS = 16;
const ON_TOP = 10_000;
/** From this zoom on a spot is a place, not a cell. */
const POINTS_FROM = 16;

/**
 * A report as a spot on the grid.
 * @param {Pinned} report
 * @returns {Spot}
 */
export function spotOf(report) {
  return {
    x: columnOf(report.longitude),
    y: rowOf(report.latitude),
    counts: PHASES.map((phase) => Number(phase === report.phase)),
    report,
  };
}

/** @param {Group} group @returns {string} what it looks like and says; another key needs another marker */
function keyOf({ x, y, counts, report }) {
  if (!report) return `${x}/${y}/${counts.join("/")}`;
  return [report.number, x, y, report.phase, report.group, report.isOverdue, report.sentence].join("|");
}

export class ReportLayer {
  /** @type {Map<string, Shown>} */
  #shown = new Map();
  /** @type {{ marker: L.Marker, element: Element | null } | null} */
  #lifted = null;
  #zoom = 0;

  /**
   * @param {L.Map} map
   * @param {string} sentence the clusters' name, with `%(count)s` and `%(open)s`
   * @param {object} on
   * @param {(number: string, byKeyboard: boolean) => void} on.press a pin
   * @param {(group: Group) => void} on.open a cluster that cannot be told apart by going nearer
   */
  constructor(map, sentence, on) {
    this.map = map;
    this.sentence = sentence;
    this.on = on;
  }

  /**
   * Show exactly these spots, gathered for the map's zoom. What stands already is left standing.
   * @param {readonly Spot[]} spots
   */
  show(spots) {
    this.#zoom = this.map.getZoom();
    const groups = gather(spots, GATHER_WITHIN * squaresInPixel(this.#zoom));
    const wanted = new Map(groups.map((group) => [keyOf(group), group]));
    for (const [key, { marker }] of this.#shown) {
      const group = wanted.get(key);
      if (group) {
        this.#shown.set(key, { marker, group });
        wanted.delete(key);
      } else {
        marker.remove();
        this.#shown.delete(key);
      }
    }
    for (const [key, group] of wanted) this.#shown.set(key, { marker: this.#add(group), group });
  }

  /**
   * Lift one report's pin, or the cluster it is in, above the others, and lower the one lifted before.
   * @param {{ number: string } & Point | null} report
   */
  lift(report) {
    this.#lower();
    const shown = report && (this.#pinOf(report.number) ?? this.#clusterAt(report));
    if (!shown) return;
    const element = shown.marker.getElement()?.firstElementChild ?? null;
    shown.marker.setZIndexOffset(ON_TOP);
    element?.classList.add(shown.group.report ? "pin--selected" : "cluster--selected");
    this.#lifted = { marker: shown.marker, element };
  }

  #lower() {
    this.#lifted?.marker.setZIndexOffset(0);
    this.#lifted?.element?.classList.remove("pin--selected", "cluster--selected");
    this.#lifted = null;
  }

  /** @param {string} number */
  #pinOf(number) {
    return [...this.#shown.values()].find(({ group }) => group.report?.number === number);
  }

  /**
   * The cluster that counts what stands at a point: the one with a spot in the point's cell.
   * @param {Point} point
   */
  #clusterAt(point) {
    const side = CELL_PIXELS * squaresInPixel(this.#zoom);
    const column = columnOf(point.longitude);
    const row = rowOf(point.latitude);
    /** @param {Spot} spot */
    const isThere = ({ x, y }) => x === column && y === row;
    /** @param {Spot} spot */
    const isInCell = ({ x, y }) =>
      Math.floor(x / side) === Math.floor(column / side) &&
      Math.floor(y / side) === Math.floor(row / side);
    const clusters = [...this.#shown.values()].filter(({ group }) => !group.report);
    return (
      clusters.find(({ group }) => group.spots.some(isThere)) ??
      clusters.find(({ group }) => group.spots.some(isInCell))
    );
  }

  /** @param {Group} group @returns {L.Marker} */
  #add(group) {
    const { report } = group;
    const { latitude, longitude } = pointAt(group.x, group.y);
    const name = report ? report.sentence : clusterName(this.sentence, group.counts);
    const icon = report ? pinIcon(report) : clusterIcon(group.counts);
    const marker = L.marker([latitude, longitude], { icon, title: name, riseOnHover: true });
    /** @param {boolean} byKeyboard */
    const press = (byKeyboard) => {
      if (report) this.on.press(report.number, byKeyboard);
      else this.#goNearer(group, byKeyboard);
    };
    marker.on("add", () => marker.getElement()?.setAttribute("aria-label", name));
    marker.on("click", () => press(false));
    marker.on("keydown", (event) => {
      const key = /** @type {L.LeafletKeyboardEvent} */ (event).originalEvent;
      if (key.repeat || (key.key !== "Enter" && key.key !== " ")) return;
      key.preventDefault();
      press(true);
    });
    return marker.addTo(this.map);
  }

  /**
   * Go to where a cluster's reports lie; what lies on one spot is opened instead.
   * @param {Group} group
   * @param {boolean} byKeyboard
   */
  #goNearer(group, byKeyboard) {
    const zoom = this.map.getZoom();
    const points = group.spots.map(({ x, y }) => pointAt(x, y));
    const extent = L.latLngBounds(points.map((at) => [at.latitude, at.longitude]));
    const isOneSpot = extent.getNorthEast().equals(extent.getSouthWest(), 1e-7);
    if (zoom >= this.map.getMaxZoom() || (isOneSpot && zoom >= POINTS_FROM)) {
      this.on.open(group);
      return;
    }
    // The cluster is gone when the map has moved: whoever came by keyboard goes on from the map.
    if (byKeyboard) this.map.getContainer().focus({ preventScroll: true });
    const fitting = isOneSpot ? POINTS_FROM : this.map.getBoundsZoom(extent, false, L.point(60, 60));
    const nearer = Math.min(this.map.getMaxZoom(), Math.max(zoom + 1, fitting));
    this.map.setView(extent.getCenter(), nearer, moveOptions(true));
  }
}
