/** Fetches the list beside the map, page by page. */

import { bboxOf } from "../lib/grid.js";

/** @typedef {import("../map/report_layer.js").Pinned} Pinned */

/**
 * @typedef {object} Listed what a row shows beside what the pin needs
 * @property {string} url
 * @property {string} status
 * @property {string} service_name
 * @property {string} meta
 * @property {string} status_word
 * @property {string | null} place_text
 * @property {number | null} metres from the place that was asked about
 * @property {number} supporters
 * @property {{ url: string } | null} thumbnail
 */
/** @typedef {Pinned & Listed} Report */
/** @typedef {{ reports: Report[], total: number, next: URL | null }} Page */

const LIMIT = "30";

/** @param {any} feature a GeoJSON point @returns {Report} */
function reportOf({ geometry, properties }) {
  const [longitude, latitude] = geometry.coordinates;
  return { ...properties, longitude, latitude };
}

/**
 * The first page of the reports within a frame.
 * @param {string} url of the reports' collection
 * @param {import("../lib/grid.js").Frame} frame
 * @param {Record<string, string>} query filter and order
 * @param {AbortSignal} [signal]
 * @returns {Promise<Page>}
 * @throws {Error} when the server fails
 */
export function firstPage(url, frame, query, signal) {
  const values = new URLSearchParams({
    show: "open,recent",
    ...query,
    bbox: bboxOf(frame),
    limit: LIMIT,
  });
  return page(new URL(`${url}?${values}`, location.href), signal);
}

/**
 * A page of reports, by its address.
 * @param {URL} address
 * @param {AbortSignal} [signal]
 * @returns {Promise<Page>}
 * @throws {Error} when the server fails
 */
export async function page(address, signal) {
  const response = await fetch(address, { signal });
  if (!response.ok) throw new Error(`The server answered ${response.status}`);
  const collection = await response.json();
  return {
    reports: collection.features.map(reportOf),
    total: collection.numberMatched,
    next: nextOf(collection),
  };
}

/**
 * One report as the list shows it.
 * @param {string} url of the reports' collection
 * @param {string} number
 * @returns {Promise<Report | null>} null when it cannot be had
 */
export async function oneReport(url, number) {
  const values = new URLSearchParams({ q: number, limit: "1" });
  const found = await page(new URL(`${url}?${values}`, location.href)).catch(() => null);
  return found?.reports[0] ?? null;
}

/**
 * The address of the next page, always on the host the page itself came from.
 * @param {any} collection
 * @returns {URL | null}
 */
function nextOf(collection) {
  const link = collection.links?.find((/** @type {any} */ other) => other.rel === "next");
  if (!link) return null;
  const { pathname, search } = new URL(link.href, location.href);
  return new URL(pathname + search, location.origin);
}
