/** A new report on the spot: where, what, in words, photos, danger. Nothing of it needs coverage. */

import { format } from "../../lib/format.js";
import { formatDegrees } from "../../lib/degrees.js";
import { moveBy } from "../../lib/distance.js";
import { matches } from "../../lib/words.js";
import { addBackground, createMap } from "../../map/base.js";
import { ChosenPoint, STANDING_PIN } from "../../map/chosen_point.js";
import { drawPin } from "../../map/pins.js";
import { drawPlace } from "./drawing.js";
import { bringLeaflet, mapSettings } from "./map.js";
import { big, el, groupIcon, heard, icon, promise, showError, textField } from "./pieces.js";
import { frame, takeTile } from "./verbs.js";
import { partsOf } from "./typed.js";
import { answer, follow, here, locate } from "./whereabouts.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Service} Service */
/** @typedef {import("../../lib/distance.js").Point} Point */
/** @typedef {import("./pictures.js").Taken} Taken */

const ZOOM = 17;
const STEP = 5;
const MOST_PHOTOS = 5;
const MOST_FOUND = 8;
const DIGITS = 5;

/**
 * @param {HTMLElement} main
 * @param {Context} context
 */
export async function render(main, context) {
  const form = new NewReport(main, context, (await context.store.snapshot())?.services ?? []);
  form.start();
  return () => form.stop();
}

class NewReport {
  /** @type {Point | null} */
  #point = here();
  /** @type {Service | null} */
  #service = null;
  /** @type {Taken[]} */
  #photos = [];
  /** @type {L.Map | null} */
  #map = null;
  /** @type {ChosenPoint | null} */
  #chosen = null;
  #isOver = false;
  #stopFollowing = () => {};

  /**
   * @param {HTMLElement} main
   * @param {Context} context
   * @param {Service[]} services
   */
  constructor(main, context, services) {
    const { texts } = context;
    this.main = main;
    this.context = context;
    this.texts = texts;
    this.services = services;
    this.ground = el("div", { class: "app-map app-new-map" });
    this.where = el("p", { class: "muted", role: "status" });
    this.found = el("div", { class: "app-found", id: "found" });
    this.said = el("p", { class: "ds-sr-only", role: "status" });
    this.photos = el("div", { class: "app-pair" });
    this.chosenService = el("div", {});
    this.search = textField({
      id: "service",
      label: texts.new_what,
      hint: texts.new_what_hint,
      isArea: false,
      more: { type: "search", autocomplete: "off", enterkeyhint: "search", "aria-controls": "found" },
    });
    this.words = textField({ id: "description", label: texts.new_words, hint: texts.new_words_hint, more: { maxlength: 4000 } });
    this.degrees = textField({ id: "position", label: texts.new_degrees, hint: texts.new_degrees_hint, isArea: false, more: { inputmode: "text", autocomplete: "off" } });
    this.danger = el("input", { type: "checkbox", id: "danger" });
  }

  start() {
    const { texts } = this;
    this.context.heading({ title: texts.new_report, about: texts.new_about, back: "/felt/" });
    const locateButton = big([icon("LocationPin"), texts.new_locate], () => this.#locate(), { "data-variant": "secondary", id: "locate" });
    this.main.replaceChildren(
      el(
        "div",
        { class: "app-page" },
        el("section", { class: "app-part" }, el("h2", { class: "h2" }, texts.new_where), this.ground, this.where, locateButton, this.#steps(), this.#typed()),
        el("section", { class: "app-part" }, this.search.field, this.said, this.found, this.chosenService),
        this.words.field,
        el("section", { class: "app-part" }, el("h2", { class: "h3" }, texts.photos), this.photos),
        el("label", { class: "app-danger" }, this.danger, el("span", {}, el("b", {}, texts.new_danger), el("span", { class: "muted" }, texts.new_danger_hint))),
        promise(texts),
      ),
      el("div", { class: "bar app-bar" }, big([texts.new_send], () => this.#save(), { id: "primary" })),
    );
    this.search.input.addEventListener("input", () => this.#find());
    this.search.input.addEventListener("keydown", (event) => {
      if (/** @type {KeyboardEvent} */ (event).key === "Enter") event.preventDefault();
    });
    this.degrees.input.addEventListener("change", () => this.#readDegrees());
    this.#drawPhotos();
    this.#drawPlace();
    this.#buildMap();
    if (!this.#point) {
      this.#stopFollowing = follow((point) => {
        if (!this.#point) this.#choose(point);
      });
    }
  }

  stop() {
    this.#isOver = true;
    this.#stopFollowing();
    this.#map?.remove();
  }

  #steps() {
    const { texts } = this;
    /** @type {[string, string, number, number][]} */
    const ways = [
      ["ArrowUp", texts.move_north, 1, 0],
      ["ArrowDown", texts.move_south, -1, 0],
      ["ArrowLeft", texts.move_west, 0, -1],
      ["ArrowRight", texts.move_east, 0, 1],
    ];
    const buttons = ways.map(([sign, word, north, east]) =>
      el("button", { type: "button", class: "app-side", onclick: () => this.#step(north, east) }, icon(sign), el("span", {}, word)),
    );
    return el("div", { class: "app-steps", role: "group", "aria-label": format(texts.move, { metres: STEP }) }, ...buttons);
  }

  #typed() {
    return el("details", { class: "app-more" }, el("summary", {}, this.texts.new_type), this.degrees.field);
  }

  /** @param {number} north @param {number} east */
  #step(north, east) {
    if (!this.#point) {
      this.context.say(this.texts.new_where_missing);
      return;
    }
    this.#choose(moveBy(this.#point, north * STEP, east * STEP));
  }

  async #locate() {
    answer(true);
    this.where.textContent = this.texts.position_waiting;
    const point = await locate();
    if (this.#isOver) return;
    if (point) this.#choose(point);
    else this.where.textContent = this.texts.position_failed_new;
  }

  /** @param {Point} point */
  #choose(point) {
    if (this.#chosen) this.#chosen.choose(point, { zoom: ZOOM });
    else this.#take(point);
  }

  /** @param {Point} point */
  #take(point) {
    this.#point = point;
    showError(this.main, "position", "");
    this.#drawPlace();
  }

  #drawPlace() {
    const { texts } = this;
    const point = this.#point;
    if (!point) {
      this.where.textContent = texts.new_where_none;
      if (!this.#map) this.ground.hidden = true;
      return;
    }
    this.ground.hidden = false;
    const written = [point.latitude, point.longitude].map((value) => formatDegrees(value, DIGITS, texts.decimal));
    this.where.textContent = format(texts.new_at, { latitude: written[0], longitude: written[1] });
    this.degrees.input.value = written.join(" ");
    if (this.#map) return;
    const job = { number: "", status: "received", group: this.#service?.group ?? "other", due_at: null, position: [point.longitude, point.latitude] };
    drawPlace(this.ground, /** @type {any} */ (job), [], here(), texts);
  }

  async #buildMap() {
    const { texts } = this;
    if (!(await bringLeaflet()) || this.#isOver) return;
    const settings = mapSettings();
    const ground = el("div", { class: "map", role: "group", "aria-label": texts.new_map });
    this.ground.hidden = false;
    this.ground.replaceChildren(ground, el("div", { class: "map-crosshair" }, drawPin({ phase: "new", group: this.#service?.group ?? "other" })));
    const map = createMap(ground, settings, texts, STANDING_PIN);
    this.#map = map;
    const [west, south, east, north] = settings.bounds;
    if (this.#point) map.setView([this.#point.latitude, this.#point.longitude], ZOOM, { animate: false });
    else map.fitBounds([[south, west], [north, east]], { animate: false });
    addBackground(map, settings);
    this.#chosen = new ChosenPoint(map, (point) => this.#take(point));
    if (this.#point) this.#chosen.point = this.#point;
  }

  #readDegrees() {
    const [latitude, longitude] = partsOf(this.degrees.input.value);
    if (latitude === null || longitude === null) showError(this.main, "position", this.texts.new_degrees_wrong);
    else this.#choose({ latitude, longitude });
  }

  #find() {
    const { texts } = this;
    const typed = this.search.input.value;
    const hits = this.services.filter(({ name, group_name }) => matches(typed, `${name} ${group_name}`)).slice(0, MOST_FOUND);
    this.found.replaceChildren(
      ...hits.map((service) =>
        el("button", { type: "button", onclick: () => this.#pick(service) }, groupIcon(service.group), el("span", {}, service.name, heard(`, ${service.group_name}`))),
      ),
    );
    const isShort = typed.trim().length < 2;
    this.said.className = isShort || hits.length ? "ds-sr-only" : "muted";
    this.said.textContent = isShort ? "" : hits.length ? format(texts.new_found, { num: hits.length }) : texts.new_none;
  }

  /** @param {Service | null} service */
  #pick(service) {
    const { texts } = this;
    this.#service = service;
    this.found.replaceChildren();
    this.said.textContent = "";
    this.search.field.hidden = Boolean(service);
    if (!service) {
      this.chosenService.replaceChildren();
      this.search.input.value = "";
      this.search.input.focus();
      return;
    }
    showError(this.main, "service", "");
    const change = el("button", { type: "button", class: "app-side", id: "change-service", onclick: () => this.#pick(null) }, texts.change);
    this.chosenService.replaceChildren(el("p", { class: "app-answer" }, groupIcon(service.group), el("b", { class: "app-answer__words" }, service.name), change));
    change.focus();
    this.context.say(format(texts.new_chosen, { service: service.name }));
    const pin = this.ground.querySelector(".map-crosshair");
    if (pin) pin.replaceChildren(drawPin({ phase: "new", group: service.group }));
    else this.#drawPlace();
  }

  #drawPhotos() {
    const { texts } = this;
    const frames = this.#photos.map((taken, at) => {
      const away = el(
        "button",
        {
          type: "button",
          class: "app-away",
          onclick: () => {
            this.#photos.splice(at, 1);
            this.#drawPhotos();
            this.context.say(texts.photo_removed);
            this.photos.querySelector("input")?.focus();
          },
        },
        icon("XMark"),
        heard(texts.photo_remove),
      );
      return frame(taken, format(texts.photo_number, { num: at + 1 }), away);
    });
    const add = (/** @type {Taken} */ taken) => {
      this.#photos.push(taken);
      this.#drawPhotos();
      this.context.say(format(texts.photo_taken, { num: this.#photos.length }));
    };
    const tile = takeTile(this.#photos.length ? texts.photo_more : texts.take_photo, add);
    this.photos.replaceChildren(...frames, ...(this.#photos.length < MOST_PHOTOS ? [tile] : []));
  }

  async #save() {
    const { texts, context } = this;
    const description = this.words.input.value.trim();
    showError(this.main, "position", "");
    showError(this.main, "service", "");
    showError(this.main, "description", "");
    if (!this.#point) {
      const details = this.main.querySelector("details");
      if (details) details.open = true;
      showError(this.main, "position", texts.new_where_missing);
    } else if (!this.#service) showError(this.main, "service", texts.new_what_missing);
    else if (!description) showError(this.main, "description", texts.new_words_missing);
    else {
      const { latitude, longitude } = this.#point;
      const kept = await context
        .act(
        {
          kind: "report",
          title: this.#service.name,
          data: {
            service_code: this.#service.code,
            position: [Number(longitude.toFixed(7)), Number(latitude.toFixed(7))],
            description,
            is_acute: this.danger.checked,
          },
        },
        this.#photos.map(({ blob }) => ({ blob, shows: /** @type {const} */ ("fault") })),
      )
        .catch(() => null); // the strip on top has said that there is no room
      if (!kept) return;
      context.go(`/felt/jobb/${kept.action.id}`, { replace: true });
      context.say(`${texts.did_report}. ${texts.saved_here}.`);
    }
  }
}
