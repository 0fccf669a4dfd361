/** Gathers pins that lie close: a disc with the exact count in a ring split by phase. */

import { format, formatNumber } from "../lib/format.js";
import { isOpen, PHASES } from "../lib/filters.js";
import { clusterSize, ringSegments } from "../lib/ring.js";
import { wantsLessMotion } from "../parts/page.js";

/** @typedef {import("../lib/filters.js").Phase} Phase */

const SVG = "http://www.w3.org/2000/svg";
const RING_WIDTH = 5;
const GAP = 3;
const GATHER_WITHIN = 44;

/**
 * A layer that gathers pins. Every marker must have its `phase` among its options.
 * @param {string} sentence the clusters' name, with `%(count)s` and `%(open)s`
 * @returns {L.MarkerClusterGroup}
 */
export function clusterLayer(sentence) {
  return L.markerClusterGroup({
    animate: !wantsLessMotion(),
    maxClusterRadius: GATHER_WITHIN,
    showCoverageOnHover: false,
    spiderfyOnMaxZoom: true,
    spiderLegPolylineOptions: { className: "spider-leg", weight: 1.5 },
    iconCreateFunction: (cluster) => clusterIcon(phasesOf(cluster), sentence),
  });
}

/**
 * @param {L.MarkerCluster} cluster
 * @returns {Phase[]} of every report in the cluster
 */
function phasesOf(cluster) {
  return cluster.getAllChildMarkers().map((marker) => /** @type {any} */ (marker.options).phase);
}

/**
 * @param {Phase[]} phases
 * @param {string} sentence
 * @returns {L.DivIcon}
 */
function clusterIcon(phases, sentence) {
  const count = phases.length;
  const size = clusterSize(count);
  const name = format(sentence, {
    count: formatNumber(count),
    open: formatNumber(phases.filter(isOpen).length),
  });
  const icon = L.divIcon({
    className: "cluster-marker",
    html: drawCluster(phases, size),
    iconSize: [size, size],
  });
  return named(icon, name);
}

/**
 * Give an icon's element a name; Leaflet has none for icons that are not images.
 * @param {L.DivIcon} icon
 * @param {string} name
 * @returns {L.DivIcon}
 */
function named(icon, name) {
  const create = icon.createIcon.bind(icon);
  icon.createIcon = (old) => {
    const element = create(old);
    element.setAttribute("aria-label", name);
    return element;
  };
  return icon;
}

/**
 * @param {Phase[]} phases
 * @param {number} size pixels
 * @returns {HTMLElement}
 */
function drawCluster(phases, size) {
  const disc = document.createElement("span");
  disc.className = `cluster cluster--${size}`;
  const count = document.createElement("span");
  count.className = "cluster__count";
  count.textContent = formatNumber(phases.length);
  disc.append(drawRing(phases, size), count);
  return disc;
}

/**
 * @param {Phase[]} phases
 * @param {number} size pixels
 * @returns {SVGElement}
 */
function drawRing(phases, size) {
  const middle = size / 2;
  const radius = middle - RING_WIDTH / 2 - 1;
  const around = 2 * Math.PI * radius;
  const parts = PHASES.map((phase) => ({
    name: phase,
    count: phases.filter((other) => other === phase).length,
  }));
  const svg = svgElement("svg", {
    viewBox: `0 0 ${size} ${size}`,
    width: size,
    height: size,
    "aria-hidden": "true",
  });
  svg.append(svgElement("circle", { class: "cluster__disc", cx: middle, cy: middle, r: middle }));
  for (const { name, start, length } of ringSegments(parts, radius, GAP)) {
    svg.append(
      svgElement("circle", {
        class: `ring ring--${name}`,
        cx: middle,
        cy: middle,
        r: radius,
        fill: "none",
        "stroke-width": RING_WIDTH,
        "stroke-dasharray": `${length} ${around}`,
        "stroke-dashoffset": -start,
        transform: `rotate(-90 ${middle} ${middle})`,
      }),
    );
  }
  return svg;
}

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @returns {SVGElement}
 */
function svgElement(name, attributes) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}
