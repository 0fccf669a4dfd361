/** Jobs on a map where there is coverage; without it a calm drawing of distances and directions. */

import { format, formatCount } from "../../lib/format.js";
import { formatDistance, metresBetween } from "../../lib/distance.js";
import { addBackground, createMap } from "../../map/base.js";
import { ReportLayer, spotOf } from "../../map/report_layer.js";
import { readJson } from "../../parts/page.js";
import { drawPlace, drawing } from "./drawing.js";
import { isOpen, phaseOf, pointOf, deadlineOf } from "./order.js";
import { big, dueWords, el, icon, pinOf, statusTag } from "./pieces.js";
import { shownJobs } from "./shown.js";
import { follow, here } from "./whereabouts.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Texts} Texts */

const NEAR_ZOOM = 16;
const PATIENCE = 6_000;

/** @type {Promise<boolean> | null} */
let leaflet = null;

/**
 * Bring the map's library, once, when there is coverage for it.
 * @returns {Promise<boolean>} whether it is there
 */
export function bringLeaflet() {
  if (!navigator.onLine) return Promise.resolve(false);
  if ("L" in globalThis) return Promise.resolve(true);
  leaflet ??= load().then((isThere) => {
    if (!isThere) leaflet = null; // it is tried again the next time
    return isThere;
  });
  return leaflet;
}

/** @returns {Promise<boolean>} */
function load() {
  const { leaflet: script = "", leafletStyle = "" } = document.body.dataset;
  return new Promise((resolve) => {
    const style = el("link", { rel: "stylesheet", href: leafletStyle });
    const code = el("script", { src: script });
    const timer = setTimeout(() => resolve(false), PATIENCE);
    code.addEventListener("load", () => {
      clearTimeout(timer);
      resolve(true);
    });
    code.addEventListener("error", () => {
      clearTimeout(timer);
      resolve(false);
    });
    document.head.prepend(style); // ours come after it
    document.head.append(code);
  });
}

/** @returns {import("../../map/base.js").MapSettings} */
export function mapSettings() {
  return readJson(document.body, "map");
}

/**
 * Show where one job is: at once as a drawing, and as a map when it has come.
 * @param {HTMLElement} container
 * @param {Job} job with a position
 * @param {Job[]} jobs to show beside it
 * @param {Texts} texts
 * @returns {() => void} takes it away
 */
export function showPlace(container, job, jobs, texts) {
  let isOver = false;
  /** @type {L.Map | null} */
  let map = null;
  drawPlace(container, job, jobs, here(), texts);
  container.setAttribute("role", "group");
  container.setAttribute("aria-label", texts.map_of_place);
  bringLeaflet().then((isThere) => {
    if (isOver || !isThere) return;
    const ground = el("div", { class: "map" });
    container.replaceChildren(ground);
    const { latitude, longitude } = pointOf(job);
    map = createMap(ground, mapSettings(), texts, { dragging: false, scrollWheelZoom: false, keyboard: false, zoomControl: false, touchZoom: false, doubleClickZoom: false, boxZoom: false });
    map.setView([latitude, longitude], NEAR_ZOOM);
    addBackground(map, mapSettings());
    container.append(el("div", { class: "app-map__pin" }, pinOf(job, new Date())));
  });
  return () => {
    isOver = true;
    map?.remove();
  };
}

/**
 * All jobs on a map.
 * @param {HTMLElement} main
 * @param {Context} screen
 */
export async function render(main, screen) {
  const view = new MapScreen(main, screen);
  await view.start();
  return () => view.stop();
}

class MapScreen {
  /** @type {Job[]} */
  #jobs = [];
  /** @type {L.Map | null} */
  #map = null;
  /** @type {ReportLayer | null} */
  #layer = null;
  /** @type {(() => void)[]} */
  #endings = [];
  #chosen = "";
  #isOver = false;
  /** @type {L.Marker | null} */
  #dot = null;

  /**
   * @param {HTMLElement} main
   * @param {Context} screen
   */
  constructor(main, screen) {
    this.main = main;
    this.screen = screen;
    this.ground = el("div", { class: "app-map app-map--full", role: "group", "aria-label": screen.texts.map_of_jobs });
    this.note = el("p", { class: "app-mapnote", role: "status" });
    this.picked = el("div", { class: "app-picked" });
    const back = big([icon("BulletList"), screen.texts.show_list], () => screen.go("/felt/"), { "data-variant": "secondary", id: "show-list" });
    this.bar = el("div", { class: "bar app-bar" }, back);
  }

  async start() {
    const { store, texts, heading } = this.screen;
    this.main.replaceChildren(el("div", { class: "app-mapscreen" }, this.ground, this.note, this.picked), this.bar);
    await this.#read();
    heading({ title: texts.map, about: formatCount(texts.on_map_one, texts.on_map_many, this.#jobs.length), back: "/felt/" });
    this.#draw();
    this.#endings.push(store.onChange(() => this.#changed()));
    this.#endings.push(follow(() => this.#moved()));
    const watch = new ResizeObserver(() => this.#resized());
    watch.observe(this.ground);
    this.#endings.push(() => watch.disconnect());
    if ((await bringLeaflet()) && !this.#isOver) this.#build();
  }

  stop() {
    this.#isOver = true;
    for (const end of this.#endings) end();
    this.#map?.remove();
  }

  async #read() {
    const { jobs } = await shownJobs(this.screen.store);
    this.#jobs = jobs.filter(({ position, status }) => position && isOpen(status));
  }

  async #changed() {
    await this.#read();
    if (this.#isOver) return;
    if (this.#map) this.#show();
    else this.#draw();
    this.#tellChosen();
  }

  #resized() {
    if (this.#isOver) return;
    if (this.#map) this.#map.invalidateSize({ animate: false });
    else this.#draw();
  }

  #moved() {
    const point = here();
    if (!point || this.#isOver) return;
    if (this.#map) this.#dot?.setLatLng([point.latitude, point.longitude]);
    else this.#draw();
    this.#tellChosen();
  }

  /** The drawing: every job by its direction and distance from the others. */
  #draw() {
    const { texts } = this.screen;
    const width = drawing(this.ground, this.#jobs, {
      here: here(),
      texts,
      chosen: this.#chosen,
      onPress: (number) => this.#choose(number),
    });
    this.note.textContent = this.#jobs.length
      ? format(texts.drawing_note, { width: formatDistance(width, texts.decimal) })
      : texts.none_open_text;
  }

  #build() {
    const { texts } = this.screen;
    const ground = el("div", { class: "map" });
    this.ground.replaceChildren(ground);
    this.note.textContent = "";
    const settings = mapSettings();
    const map = createMap(ground, settings, texts);
    this.#map = map;
    const [west, south, east, north] = settings.bounds;
    const frame = this.#jobs.length
      ? L.latLngBounds(this.#jobs.map((job) => [pointOf(job).latitude, pointOf(job).longitude]))
      : L.latLngBounds([south, west], [north, east]);
    map.fitBounds(frame, { padding: [40, 60], maxZoom: NEAR_ZOOM, animate: false });
    addBackground(map, settings, (isAway) => {
      this.note.textContent = isAway ? texts.tiles_away_crew : "";
    });
    this.#layer = new ReportLayer(map, texts.cluster, {
      press: (number) => this.#choose(number),
      open: ({ spots: [first] }) => this.#choose(first.report?.number ?? ""),
    });
    map.on("zoomend", () => this.#show());
    this.#show();
    const point = here();
    if (point) this.#dot = L.marker([point.latitude, point.longitude], { icon: L.divIcon({ className: "map-position", iconSize: [20, 20] }), interactive: false, keyboard: false }).addTo(map);
  }

  #show() {
    const { texts } = this.screen;
    const now = new Date();
    this.#layer?.show(
      this.#jobs.map((job) =>
        spotOf({
          ...pointOf(job),
          number: job.number,
          phase: phaseOf(job.status),
          group: job.group,
          isOverdue: deadlineOf(job, now).nearness === "over",
          sentence: sentenceOf(job, texts),
        }),
      ),
    );
  }

  /** @param {string} number */
  #choose(number) {
    this.#chosen = number;
    const job = this.#jobs.find((one) => one.number === number);
    if (!job) return;
    if (this.#layer) this.#layer.lift({ number, ...pointOf(job) });
    else this.#draw();
    this.#tellChosen();
    document.getElementById("open-job")?.focus();
  }

  #tellChosen() {
    const { texts, go } = this.screen;
    const job = this.#jobs.find(({ number }) => number === this.#chosen);
    if (!job) {
      this.picked.replaceChildren();
      return;
    }
    const point = here();
    const href = `/felt/jobb/${encodeURIComponent(job.number)}`;
    const now = new Date();
    const focused = document.activeElement?.id === "open-job";
    this.picked.replaceChildren(
      el(
        "a",
        {
          class: "app-job__link",
          id: "open-job",
          href,
          onclick: (/** @type {MouseEvent} */ event) => {
            event.preventDefault();
            go(href);
          },
        },
        el("span", { class: "app-job__pin" }, pinOf(job, now)),
        el("span", { class: "app-job__name" }, job.service),
        el("span", { class: "app-job__distance" }, point ? formatDistance(metresBetween(point, pointOf(job)), texts.decimal) : ""),
        el("span", { class: "app-job__place" }, job.place || texts.no_address),
        el("span", { class: "app-job__line" }, statusTag(job.status, texts), dueWords(job, texts, now)),
      ),
    );
    if (focused) document.getElementById("open-job")?.focus();
  }
}

/** @param {Job} job @param {Texts} texts */
function sentenceOf(job, texts) {
  return [job.service, job.place, texts[`status_${job.status}`], job.number].filter(Boolean).join(", ");
}
