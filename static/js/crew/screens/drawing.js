/** A drawing of places that needs no map: north is up, rings tell distances. */

import { format } from "../../lib/format.js";
import { formatDistance, metresBetween } from "../../lib/distance.js";
import { pointOf } from "./order.js";
import { el, pinOf } from "./pieces.js";
import { extentOf, metresFrom, placesOf } from "./plot.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Texts} Texts */
/** @typedef {import("../../lib/distance.js").Point} Point */

const SVG = "http://www.w3.org/2000/svg";
/** Metres from the middle to the upper edge. */
const AROUND = 125;
const RINGS = [50, 100, 200];

/**
 * @param {string} name
 * @param {Record<string, string | number>} attributes
 * @param {string} [text]
 */
function shape(name, attributes, text) {
  const made = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, String(value));
  if (text) made.textContent = text;
  return made;
}

/** @param {number} width @param {number} height */
function sheet(width, height) {
  return shape("svg", { class: "app-drawing", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true", focusable: "false" });
}

/**
 * One job in the middle, others and the phone around it.
 * @param {HTMLElement} container
 * @param {Job} job
 * @param {Job[]} jobs
 * @param {Point | null} here
 * @param {Texts} texts
 */
export function drawPlace(container, job, jobs, here, texts) {
  const width = container.clientWidth || 360;
  const height = container.clientHeight || 150;
  const scale = height / 2 / AROUND;
  const middle = pointOf(job);
  /** @param {Point} point */
  const at = (point) => {
    const { north, east } = metresFrom(middle, point);
    return { x: width / 2 + east * scale, y: height / 2 - north * scale };
  };
  const svg = sheet(width, height);
  svg.append(
    shape("path", { class: "line", d: `M${width / 2} 0V${height}M0 ${height / 2}H${width}` }),
    ...RINGS.flatMap((metres) => [
      shape("circle", { class: "ring", cx: width / 2, cy: height / 2, r: metres * scale }),
      shape("text", { x: width / 2 + metres * scale + 4, y: height / 2 - 5 }, formatDistance(metres, texts.decimal)),
    ]),
    shape("path", { class: "other", d: "M20 14l7 18-7-5-7 5z" }),
    shape("text", { x: 20, y: 47, "text-anchor": "middle" }, texts.north),
  );
  for (const other of jobs) {
    if (other.number === job.number || !other.position) continue;
    const { x, y } = at(pointOf(other));
    if (x > 0 && x < width && y > 0 && y < height) svg.append(shape("circle", { class: "other", cx: x, cy: y, r: 5 }));
  }
  if (here) {
    const { x, y } = at(here);
    svg.append(shape("circle", { class: "me", cx: x, cy: y, r: 8 }));
  }
  container.replaceChildren(svg, el("div", { class: "app-map__pin" }, pinOf(job, new Date())));
}

/**
 * All jobs as pins that can be pressed.
 * @param {HTMLElement} container
 * @param {Job[]} jobs with positions
 * @param {{ here: Point | null, texts: Texts, chosen: string, onPress: (number: string) => void }} how
 * @returns {number} metres across
 */
export function drawing(container, jobs, { here, texts, chosen, onPress }) {
  const width = container.clientWidth || 360;
  const height = container.clientHeight || 480;
  const points = jobs.map(pointOf);
  const extent = extentOf(here && isNear(here, points) ? [...points, here] : points, { width, height });
  const now = new Date();
  const svg = sheet(width, height);
  const step = stepOf(extent.metres);
  const gap = (step / extent.metres) * width;
  let path = "";
  for (let x = gap; x < width; x += gap) path += `M${x} 0V${height}`;
  for (let y = gap; y < height; y += gap) path += `M0 ${y}H${width}`;
  svg.append(
    shape("path", { class: "line", d: path }),
    shape("path", { class: "other", d: "M20 14l7 18-7-5-7 5z" }),
    shape("text", { x: 20, y: 47, "text-anchor": "middle" }, texts.north),
    shape("text", { x: width - 12, y: height - 12, "text-anchor": "end" }, format(texts.square, { metres: formatDistance(step, texts.decimal) })),
  );
  if (here) {
    const [{ x, y }] = placesOf([here], extent);
    svg.append(shape("circle", { class: "me", cx: x, cy: y, r: 9 }));
  }
  const places = placesOf(points, extent);
  const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.plot : undefined;
  const pins = jobs.map((job, index) => {
    const name = [job.service, job.place, texts[`status_${job.status}`]].filter(Boolean).join(", ");
    const pin = el(
      "button",
      { type: "button", class: "app-plot", "data-plot": job.number, "aria-label": name, "aria-pressed": String(job.number === chosen), onclick: () => onPress(job.number) },
      pinOf(job, now),
    );
    pin.style.left = `${places[index].x}px`;
    pin.style.top = `${places[index].y}px`;
    return pin;
  });
  container.replaceChildren(svg, ...pins);
  if (focused) pins.find(({ dataset }) => dataset.plot === focused)?.focus();
  return extent.metres;
}

/** @param {Point} here @param {Point[]} points */
function isNear(here, points) {
  return points.some((point) => metresBetween(here, point) < 5_000);
}

/** @param {number} metres across @returns {number} a round side for the squares */
function stepOf(metres) {
  const wanted = metres / 4;
  const ten = 10 ** Math.floor(Math.log10(wanted));
  return [5, 2, 1].map((times) => times * ten).find((side) => side <= wanted) ?? ten;
}
