/** The map every page builds on: its controls, its background and the municipality's outline. */

import { wantsLessMotion } from "../parts/page.js";
import { fetchGeoJson } from "./geojson.js";
import { watchTiles } from "./tiles_away.js";

/**
 * @typedef {object} MapSettings
 * @property {string} tileUrl
 * @property {string} tileAttribution HTML from the set-up
 * @property {number} tileMaxNativeZoom
 * @property {[number, number, number, number]} bounds west, south, east, north in degrees
 * @property {[number, number]} centre longitude, latitude
 * @property {number} zoom
 * @property {string} boundaryUrl
 * @property {string} placesUrl
 * @property {string} requestsUrl
 */

/** @typedef {import("../parts/page.js").Texts} Texts */

const MIN_ZOOM = 5;
const ZOOM_BEYOND_TILES = 2;
/** One notch of a mouse wheel is one step of zoom, also where a notch is 100 pixels. */
const WHEEL_PIXELS_PER_ZOOM = 100;

/**
 * Build a map without a view; the caller sets one.
 * @param {HTMLElement} container
 * @param {MapSettings} settings
 * @param {Texts} texts `zoom_in` and `zoom_out` name the buttons
 * @param {L.MapOptions} [options]
 * @returns {L.Map}
 */
export function createMap(container, settings, texts, options = {}) {
  const moves = !wantsLessMotion();
  const map = L.map(container, {
    zoomControl: false,
    minZoom: MIN_ZOOM,
    maxZoom: settings.tileMaxNativeZoom + ZOOM_BEYOND_TILES,
    wheelPxPerZoomLevel: WHEEL_PIXELS_PER_ZOOM,
    fadeAnimation: moves,
    zoomAnimation: moves,
    markerZoomAnimation: moves,
    inertia: moves,
    ...options,
  });
  map.attributionControl.setPrefix(false);
  L.control
    .zoom({ position: "topright", zoomInTitle: texts.zoom_in, zoomOutTitle: texts.zoom_out })
    .addTo(map);
  return map;
}

/**
 * How a map is to move: left to itself it glides over short ways and jumps over long ones.
 * @param {boolean} mayGlide
 * @returns {L.ZoomPanOptions}
 */
export function moveOptions(mayGlide) {
  return mayGlide && !wantsLessMotion() ? {} : { animate: false };
}

/**
 * Lay the background tiles on a map.
 * @param {L.Map} map
 * @param {MapSettings} settings
 * @param {(away: boolean) => void} [onAway] told when tiles stop and start coming
 */
export function addBackground(map, settings, onAway = () => {}) {
  const tiles = L.tileLayer(settings.tileUrl, {
    attribution: settings.tileAttribution,
    maxNativeZoom: settings.tileMaxNativeZoom,
    maxZoom: map.getMaxZoom(),
    className: "map-tiles",
  });
  watchTiles(map, tiles, settings.placesUrl, onAway);
  tiles.addTo(map);
  addBoundary(map, settings.boundaryUrl);
}

/**
 * Draw the municipality's outline. The map is whole without it, so a failure is let be.
 * @param {L.Map} map
 * @param {string} url
 */
async function addBoundary(map, url) {
  const boundary = await fetchGeoJson(url);
  if (!boundary || !map.getPane("overlayPane")) return; // or the map has been taken away
  L.geoJSON(boundary, {
    interactive: false,
    style: { className: "boundary", fill: false },
  }).addTo(map);
}

/**
 * Show the municipality as the set-up says.
 * @param {L.Map} map
 * @param {MapSettings} settings
 */
export function showHome(map, { bounds, centre, zoom }) {
  if (centre) {
    map.setView([centre[1], centre[0]], zoom, { animate: false });
    return;
  }
  const [west, south, east, north] = bounds;
  map.fitBounds([[south, west], [north, east]], { animate: false });
}
