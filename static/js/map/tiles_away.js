/** Stands in for the background when its tiles do not come: place names on a bare map. */

import { spread } from "../lib/spread.js";
import { fetchGeoJson } from "./geojson.js";

const ERRORS_BEFORE_BARE = 4;
const LABEL_WIDTH = 110;
const LABEL_HEIGHT = 26;
const PANE = "places";
/** Above the boundary (400), below the pins (600). */
const PANE_HEIGHT = "450";

/**
 * Watch a tile layer, and show place names while nothing comes of it.
 * @param {L.Map} map
 * @param {L.TileLayer} tiles
 * @param {string} placesUrl
 * @param {(away: boolean) => void} onAway
 */
export function watchTiles(map, tiles, placesUrl, onAway) {
  const labels = new PlaceLabels(map, placesUrl);
  let errors = 0;
  let away = false;

  /** @param {boolean} value */
  const setAway = (value) => {
    if (value === away) return;
    away = value;
    map.getContainer().classList.toggle("map--bare", away);
    labels.show(away);
    onAway(away);
  };

  tiles.on("tileerror", () => {
    errors += 1;
    if (errors >= ERRORS_BEFORE_BARE) setAway(true);
  });
  tiles.on("tileload", () => {
    errors = 0;
    setAway(false);
  });
}

/** Names of places on the map, as many as there is room for. */
class PlaceLabels {
  /** @type {any[] | null} */
  #places = null;
  #shown = false;

  /**
   * @param {L.Map} map
   * @param {string} url
   */
  constructor(map, url) {
    this.map = map;
    this.url = url;
    this.layer = L.layerGroup();
    map.createPane(PANE).style.zIndex = PANE_HEIGHT;
    map.on("zoomend", () => this.#draw());
  }

  /** @param {boolean} shown */
  async show(shown) {
    this.#shown = shown;
    if (!shown) {
      this.layer.remove();
      return;
    }
    this.layer.addTo(this.map);
    this.#places ??= (await fetchGeoJson(this.url))?.features ?? null;
    this.#draw();
  }

  #draw() {
    this.layer.clearLayers();
    if (!this.#shown || !this.#places || !this.map.getPane(PANE)) return;
    const zoom = this.map.getZoom();
    const kept = spread(
      this.#places,
      (place) => this.map.project(latLngOf(place), zoom),
      LABEL_WIDTH,
      LABEL_HEIGHT,
    );
    for (const place of kept) this.layer.addLayer(labelOf(place));
  }
}

/** @param {any} place a GeoJSON point @returns {L.LatLng} */
function latLngOf(place) {
  const [longitude, latitude] = place.geometry.coordinates;
  return L.latLng(latitude, longitude);
}

/** @param {any} place @returns {L.Marker} */
function labelOf(place) {
  const name = document.createElement("span");
  name.textContent = place.properties.name;
  const icon = L.divIcon({ className: "map-label", html: name, iconSize: undefined });
  const options = { icon, pane: PANE, interactive: false, keyboard: false };
  const label = L.marker(latLngOf(place), options);
  label.on("add", () => label.getElement()?.setAttribute("aria-hidden", "true"));
  return label;
}
