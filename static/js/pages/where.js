/** The page where a person points out the fault: map, search, photo, steps in metres, coordinates. */

import { formatDegrees, parseDegrees } from "../lib/degrees.js";
import { format } from "../lib/format.js";
import { addBackground, createMap, showHome } from "../map/base.js";
import { ChosenPoint, STANDING_PIN } from "../map/chosen_point.js";
import { showReportsNear } from "../map/quiet_pins.js";
import { AroundThePin } from "../parts/around.js";
import { wireLocate } from "../parts/locate.js";
import { all, need, readJson } from "../parts/page.js";
import { wirePhotoPlace } from "../parts/photo_place.js";
import { wirePlaceSearch } from "../parts/place_search.js";
import { StatusLine } from "../parts/status.js";
import { showNearby, wireMoves, wireWithoutMap } from "../parts/without_map.js";

/** @typedef {import("../lib/distance.js").Point} Point */
/** @typedef {import("../parts/around.js").Line} Line */
/** @typedef {import("../parts/page.js").Texts} Texts */

const NEAR_ZOOM = 17;
const PLACE_ZOOM = 15;
const SETTLE = 400;
const FIELD_DIGITS = 6;
const TEXT_DIGITS = 5;

/** @param {HTMLElement} root */
export function start(root) {
  const settings = readJson(root, "map");
  const texts = readJson(root, "texts");
  const fields = new Fields(root, texts.decimal);
  const map = createMap(need(root, "#map"), settings, texts, STANDING_PIN);
  const typed = fields.read();
  if (typed) map.setView([typed.latitude, typed.longitude], NEAR_ZOOM, { animate: false });
  else showHome(map, settings);
  const status = new StatusLine(need(root, "#map-status"));
  addBackground(map, settings, (away) => status.toggle("tiles_away", away, texts.tiles_away));
  showReportsNear(map, settings.requestsUrl);

  const around = new AroundThePin(root.dataset.near ?? "", root.dataset.language ?? "");
  const told = new Told(root, texts, around, fields);
  const chosen = new ChosenPoint(map, (point) => {
    fields.fill(point);
    told.later(point);
  });
  /** @param {Point} point @param {number} [zoom] */
  const go = (point, zoom = NEAR_ZOOM) => {
    status.clear("note");
    chosen.choose(point, { zoom, animate: true });
  };
  told.onNearby = (place) => go(place);

  const search = wirePlaceSearch(need(root, "[data-place-search]"), (place) => {
    go(place, place.kind === "place" ? PLACE_ZOOM : NEAR_ZOOM);
  });
  need(root, "#sok").removeAttribute("name");
  wireWithoutMap(root);
  wireMoves(root, () => chosen.point, go);
  wirePhotoPlace(root, new AroundThePin(around.url, around.language), (point) => {
    search.clear();
    go(point);
  });
  fields.onTyped = (point) => go(point);
  wirePlaces(root.querySelector("#place"), (point) => go(point, PLACE_ZOOM));
  for (const button of all(root, "#locate, #locate-map")) {
    const failed = () => status.set("note", { text: texts.locate_failed });
    wireLocate(button, (point) => go(point), failed);
  }
  if (typed) {
    chosen.point = typed;
    told.now(typed);
  }
}

/** The form's fields for the place, and what step 2 is to call it. */
class Fields {
  /** @type {(point: Point) => void} */
  onTyped = () => {};

  /**
   * @param {HTMLElement} root
   * @param {string} decimal
   */
  constructor(root, decimal) {
    this.decimal = decimal;
    /** @param {string} name @returns {HTMLInputElement} */
    const input = (name) => need(root, `input[name=${name}]`);
    this.latitude = input("latitude");
    this.longitude = input("longitude");
    this.text = input("place_text");
    this.about = input("place_at");
    const follow = () => {
      const point = this.read();
      if (point) this.onTyped(point);
    };
    this.latitude.addEventListener("change", follow);
    this.longitude.addEventListener("change", follow);
  }

  /** @returns {Point | null} null unless both are degrees */
  read() {
    const latitude = parseDegrees(this.latitude.value, 90);
    const longitude = parseDegrees(this.longitude.value, 180);
    return latitude === null || longitude === null ? null : { latitude, longitude };
  }

  /**
   * Another place: what the one before was called no longer holds.
   * @param {Point} point
   */
  fill(point) {
    this.latitude.value = formatDegrees(point.latitude, FIELD_DIGITS, this.decimal);
    this.longitude.value = formatDegrees(point.longitude, FIELD_DIGITS, this.decimal);
    this.call("", point);
  }

  /**
   * @param {string} text what the place is called
   * @param {Point} point
   */
  call(text, point) {
    this.text.value = text;
    const written = [point.latitude, point.longitude].map((value) => value.toFixed(FIELD_DIGITS));
    this.about.value = text ? written.join(",") : "";
  }
}

/** What is told of the pin's place, seen and heard: only the last of many moves in a row. */
class Told {
  #timer = 0;
  /** @type {(place: Point) => void} */
  onNearby = () => {};

  /**
   * @param {HTMLElement} root
   * @param {Texts} texts
   * @param {AroundThePin} around
   * @param {Fields} fields
   */
  constructor(root, texts, around, fields) {
    this.root = root;
    this.texts = texts;
    this.words = readJson(root, "words");
    this.around = around;
    this.fields = fields;
    this.place = need(root, "[data-fact=place]");
    this.road = need(root, "[data-fact=road]");
  }

  /** @param {Point} point */
  later(point) {
    clearTimeout(this.#timer);
    this.around.cancel();
    this.#timer = window.setTimeout(() => this.now(point), SETTLE);
  }

  /** @param {Point} point */
  async now(point) {
    const found = await this.around.look(point);
    const still = this.fields.read();
    if (still && (differs(still, point))) return;
    if (found && !found.outside) this.fields.call(found.place_text ?? "", point);
    const detail = found?.is_away ? this.words.away : "";
    const coordinates = { title: positionText(point, this.texts), detail };
    const outside = found?.outside ? { title: found.outside, detail: "" } : null;
    put(this.place, outside ?? found?.nearest ?? coordinates);
    put(this.road, found?.road ?? null);
    showNearby(this.root, found?.places ?? [], this.onNearby);
  }
}

/**
 * @param {Point} one
 * @param {Point} other
 * @returns {boolean} whether two points are apart in what the fields can hold
 */
function differs(one, other) {
  const slack = 10 ** -FIELD_DIGITS;
  return (
    Math.abs(one.latitude - other.latitude) > slack ||
    Math.abs(one.longitude - other.longitude) > slack
  );
}

/**
 * @param {HTMLElement} fact
 * @param {Line | null} line
 */
function put(fact, line) {
  need(fact, ".fact__title").textContent = line?.title ?? "";
  need(fact, ".fact__detail").textContent = line?.detail ?? "";
  fact.hidden = line === null;
}

/**
 * @param {Point} point
 * @param {Texts} texts
 * @returns {string}
 */
function positionText(point, texts) {
  return format(texts.position, {
    latitude: formatDegrees(point.latitude, TEXT_DIGITS, texts.decimal),
    longitude: formatDegrees(point.longitude, TEXT_DIGITS, texts.decimal),
  });
}

/**
 * Choosing a place by name moves the map there.
 * @param {HTMLSelectElement | null} select
 * @param {(point: Point) => void} onChosen
 */
function wirePlaces(select, onChosen) {
  select?.addEventListener("change", () => {
    const { lon, lat } = select.selectedOptions[0]?.dataset ?? {};
    if (lon && lat) onChosen({ latitude: Number(lat), longitude: Number(lon) });
  });
}
