/** Registering while they talk: place, kind of fault, and what is near, all on one page. */

import { formatDegrees, parseDegrees } from "../lib/degrees.js";
import { addBackground, createMap, showHome } from "../map/base.js";
import { ChosenPoint, STANDING_PIN } from "../map/chosen_point.js";
import { showReportsNear } from "../map/quiet_pins.js";
import { AroundThePin } from "../parts/around.js";
import { guardSubmit } from "../parts/busy.js";
import { all, need, readJson } from "../parts/page.js";
import { wirePlaceSearch } from "../parts/place_search.js";
import { showQuestions } from "../parts/questions.js";
import { StatusLine } from "../parts/status.js";

/** @typedef {import("../lib/distance.js").Point} Point */

const NEAR_ZOOM = 17;
const PLACE_ZOOM = 15;
const SETTLE = 350;
const DIGITS = 6;
const LEAST_LETTERS = 4;
const CARRIED = ["csrf_token", "latitude", "longitude", "service", "idempotency_key"];

/** @param {HTMLFormElement} form */
export function start(form) {
  guardSubmit(form);
  const settings = readJson(form, "map");
  const texts = readJson(form, "texts");
  const place = new Place(form, texts.decimal);
  const known = new Known(form);
  const map = createMap(need(form, "#map"), settings, texts, STANDING_PIN);
  const typed = place.read();
  if (typed) map.setView([typed.latitude, typed.longitude], NEAR_ZOOM, { animate: false });
  else showHome(map, settings);
  const status = new StatusLine(need(form, "#map-status"));
  addBackground(map, settings, (away) => status.toggle("tiles_away", away, texts.tiles_away));
  showReportsNear(map, settings.requestsUrl);
  const chosen = new ChosenPoint(map, (point) => {
    place.fill(point);
    known.later();
  });
  wirePlaceSearch(need(form, "[data-place-search]"), (found) => {
    chosen.choose(found, { zoom: found.kind === "place" ? PLACE_ZOOM : NEAR_ZOOM, animate: true });
  });
  need(form, "#sok").removeAttribute("name");
  for (const name of ["latitude", "longitude"])
    need(form, `#${name}`).addEventListener("change", () => {
      const point = place.read();
      if (point) chosen.choose(point, { zoom: NEAR_ZOOM });
    });
  if (typed) chosen.point = typed;
  new Kind(form, known);
  wireReceipt(form);
}

/** The fields of the place, and what is told of it. */
class Place {
  /**
   * @param {HTMLFormElement} form
   * @param {string} decimal
   */
  constructor(form, decimal) {
    this.decimal = decimal;
    /** @param {string} name @returns {HTMLInputElement} */
    const input = (name) => need(form, `input[name=${name}]`);
    this.latitude = input("latitude");
    this.longitude = input("longitude");
    this.text = input("place_text");
    this.about = input("place_at");
    this.fact = need(form, "#place-fact");
    this.around = new AroundThePin(form.dataset.near ?? "", form.dataset.language ?? "");
    this.timer = 0;
  }

  /** @returns {Point | null} null unless both are degrees */
  read() {
    const latitude = parseDegrees(this.latitude.value, 90);
    const longitude = parseDegrees(this.longitude.value, 180);
    return latitude === null || longitude === null ? null : { latitude, longitude };
  }

  /** @param {Point} point */
  fill(point) {
    this.latitude.value = formatDegrees(point.latitude, DIGITS, this.decimal);
    this.longitude.value = formatDegrees(point.longitude, DIGITS, this.decimal);
    this.text.value = this.about.value = "";
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#tell(point), SETTLE);
  }

  /** @param {Point} point */
  async #tell(point) {
    const seen = await this.around.look(point);
    if (!seen) return;
    const title = seen.outside ?? seen.nearest?.title ?? "";
    const road = seen.road ? `${seen.road.title} ${seen.road.detail}` : "";
    need(this.fact, ".fact__title").textContent = title;
    need(this.fact, ".fact__detail").textContent = seen.outside ? "" : road;
    this.fact.hidden = !title && !road;
    if (!seen.place_text) return;
    this.text.value = seen.place_text;
    this.about.value = [point.latitude, point.longitude].map((it) => it.toFixed(DIGITS)).join(",");
  }
}

/** Who gets it and what is reported near there already: asked for when place or kind have changed. */
class Known {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    this.form = form;
    this.place = need(form, "#around");
    this.timer = 0;
    this.turn = 0;
    this.asked = "";
    for (const name of ["service", "acute"])
      need(form, `[name=${name}]`).addEventListener("change", () => this.later());
  }

  later() {
    clearTimeout(this.timer);
    this.timer = window.setTimeout(() => this.#ask(), SETTLE);
  }

  async #ask() {
    const whole = new FormData(this.form);
    const body = new FormData();
    for (const name of CARRIED) body.set(name, String(whole.get(name) ?? ""));
    if (whole.get("acute")) body.set("acute", "yes");
    const question = [...body.values()].join("|");
    if (!body.get("service") || !body.get("latitude") || question === this.asked) return;
    this.asked = question;
    const mine = ++this.turn;
    const url = this.form.dataset.around ?? "";
    const answer = await fetch(url, { method: "POST", body }).catch(() => null);
    if (mine !== this.turn) return;
    if (answer?.status !== 200) {
      this.asked = "";
      return;
    }
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    if (mine === this.turn) this.place.replaceChildren(...part.body.children);
  }
}

/** The kind of fault, suggested by the words that are written. */
class Kind {
  /**
   * @param {HTMLFormElement} form
   * @param {Known} known
   */
  constructor(form, known) {
    this.url = form.dataset.services ?? "";
    this.known = known;
    this.select = /** @type {HTMLSelectElement} */ (need(form, "#service"));
    this.words = /** @type {HTMLTextAreaElement} */ (need(form, "#description"));
    this.place = need(form, "#suggested");
    this.timer = 0;
    this.turn = 0;
    this.select.addEventListener("change", () => showQuestions(form, this.select.value));
    showQuestions(form, this.select.value);
    this.words.addEventListener("input", () => {
      clearTimeout(this.timer);
      this.timer = window.setTimeout(() => this.#ask(), SETTLE);
    });
  }

  async #ask() {
    const mine = ++this.turn;
    const words = this.words.value.trim().slice(0, 500);
    if (words.length < LEAST_LETTERS) return this.#show([]);
    const address = `${this.url}?${new URLSearchParams({ q: words, limit: "4" })}`;
    const found = await fetch(address)
      .then((answer) => (answer.ok ? answer.json() : []))
      .catch(() => []);
    if (mine === this.turn) this.#show(found);
  }

  /** @param {{ service_code: string, service_name: string }[]} found */
  #show(found) {
    const buttons = found.map((service) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "chip";
      button.textContent = service.service_name;
      button.addEventListener("click", () => {
        this.select.value = service.service_code;
        this.select.dispatchEvent(new Event("change"));
        this.select.focus();
      });
      return button;
    });
    const title = document.createElement("p");
    title.className = "ds-sr-only";
    title.textContent = this.place.dataset.title ?? "";
    this.place.replaceChildren(...(buttons.length ? [title, ...buttons] : []));
  }
}

/**
 * An address that is written is where the receipt goes, until someone chooses another way.
 * @param {HTMLFormElement} form
 */
function wireReceipt(form) {
  let isChosen = false;
  for (const way of all(form, "[name=receipt]"))
    way.addEventListener("change", () => {
      isChosen = true;
    });
  /** @param {string} name @returns {HTMLInputElement | null} */
  const input = (name) => form.querySelector(name);
  if (!input("#email")) return;
  const follow = () => {
    if (isChosen) return;
    const way = input("#email")?.value ? "email" : input("#phone")?.value ? "sms" : "none";
    const choice = input(`[name=receipt][value=${way}]`);
    if (choice) choice.checked = true;
  };
  need(form, "#email").addEventListener("input", follow);
  need(form, "#phone").addEventListener("input", follow);
}
