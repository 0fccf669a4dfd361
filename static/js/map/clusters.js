/** Draws a cluster: a disc with the exact count in a ring split by phase. */

import { openOf, PHASES } from "../lib/filters.js";
import { format, formatNumber } from "../lib/format.js";
import { clusterSize, ringSegments } from "../lib/ring.js";

const SVG = "http://www.w3.org/2000/svg";
const RING_WIDTH = 5;
const GAP = 3;

/** @param {readonly number[]} counts */
const sum = (counts) => counts.reduce((total, count) => total + count, 0);

/**
 * What a cluster is called: «24 meldinger, 17 åpne».
 * @param {string} sentence with `%(count)s` and `%(open)s`
 * @param {readonly number[]} counts by phase
 * @returns {string}
 */
export function clusterName(sentence, counts) {
  return format(sentence, {
    count: formatNumber(sum(counts)),
    open: formatNumber(openOf(counts)),
  });
}

/**
 * @param {readonly number[]} counts by phase
 * @returns {L.DivIcon}
 */
export function clusterIcon(counts) {
  const size = clusterSize(sum(counts));
  return L.divIcon({
    className: "cluster-marker",
    html: drawCluster(counts, size),
    iconSize: [size, size],
  });
}

/**
 * @param {readonly number[]} counts
 * @param {number} size pixels
 * @returns {HTMLElement}
 */
function drawCluster(counts, size) {
  const disc = document.createElement("span");
  disc.className = `cluster cluster--${size}`;
  const count = document.createElement("span");
  count.className = "cluster__count";
  count.textContent = formatNumber(sum(counts));
  disc.append(drawRing(counts, size), count);
  return disc;
}

/**
 * @param {readonly number[]} counts
 * @param {number} size pixels
 * @returns {SVGElement}
 */
function drawRing(counts, size) {
  const middle = size / 2;
  const radius = middle - RING_WIDTH / 2 - 1;
  const around = 2 * Math.PI * radius;
  const parts = PHASES.map((phase, at) => ({ name: phase, count: counts[at] }));
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
