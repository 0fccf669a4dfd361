/** The inbox: list, map and the chosen report answer each other; keys; what is new without a reload. */

import { formatCount } from "../lib/format.js";
import { addBackground, createMap, moveOptions } from "../map/base.js";
import { ReportLayer, spotOf } from "../map/report_layer.js";
import { all, need, readJson } from "../parts/page.js";
import { Selection } from "../reports/selection.js";
import { start as startCase } from "./case.js";

/** @typedef {import("../map/report_layer.js").Pinned} Pinned */
/** @typedef {import("../parts/page.js").Texts} Texts */

const WIDE = globalThis.matchMedia("(min-width: 1280px)");
const NEAREST_ZOOM = 16;
const RING_METRES = 30;
const ASK_EVERY = 20_000;

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLElement | null} */
  const list = root.querySelector("#report-list");
  const pane = new Pane(root, need(root, "#desk-case"));
  if (list) {
    const map = new DeskMap(root, list);
    wireRows(list, pane, map);
    wireTicks(root, list);
    wireKeys(list);
    addEventListener("hashchange", () => openFromHash(list, pane, map));
    openFromHash(list, pane, map);
  } else {
    wireKeys(null);
  }
  watchNews(root);
}

/** @param {HTMLElement} list @returns {HTMLElement[]} */
const rowsOf = (list) => all(list, "[data-number]");

/** @param {HTMLElement} row @returns {Pinned} */
function reportOf({ dataset }) {
  return {
    number: dataset.number ?? "",
    longitude: Number(dataset.lon),
    latitude: Number(dataset.lat),
    phase: /** @type {import("../lib/filters.js").Phase} */ (dataset.phase),
    group: dataset.group ?? "",
    sentence: dataset.sentence ?? "",
    isOverdue: dataset.overdue === "true",
  };
}

/** The third pane: a report fetched when its row is chosen. */
class Pane {
  number = "";

  /** @param {HTMLElement} root @param {HTMLElement} element */
  constructor(root, element) {
    this.element = element;
    this.words = readJson(root, "words");
  }

  /** @param {HTMLElement} row @param {boolean} moves whether the focus goes along */
  async open(row, moves) {
    const number = row.dataset.number ?? "";
    const link = row.querySelector("a");
    if (!link) return;
    this.number = number;
    mark(row);
    const slow = setTimeout(() => this.#say(this.words.loading), 300);
    try {
      const answer = await fetch(`${link.pathname}?del=1`, { headers: { "X-Requested-With": "fetch" } });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (this.number !== number) return;
      this.#show(text, moves);
      history.replaceState(null, "", `#${number}`);
    } catch {
      if (this.number === number) this.#fail(link.href);
    } finally {
      clearTimeout(slow);
    }
  }

  /** @param {string} text @param {boolean} moves */
  #show(text, moves) {
    const made = new DOMParser().parseFromString(text, "text/html");
    this.element.replaceChildren(...made.body.children);
    this.element.scrollTop = 0;
    const article = this.element.querySelector("article");
    if (article instanceof HTMLElement) {
      startCase(article);
      article.dataset.started = "";
      for (const form of all(article, "form")) back(form);
    }
    if (moves) this.element.focus({ preventScroll: true });
  }

  /** @param {string} sentence */
  #say(sentence) {
    const line = document.createElement("p");
    line.className = "muted desk__hint";
    line.textContent = sentence;
    this.element.replaceChildren(line);
  }

  /** @param {string} address */
  #fail(address) {
    this.#say(this.words.failed);
    const link = document.createElement("a");
    link.href = address;
    link.textContent = this.words.open;
    this.element.firstElementChild?.append(" ", link);
  }
}

/**
 * After a verb the person comes back to the list they came from.
 * @param {HTMLElement} form
 */
function back(form) {
  const field = document.createElement("input");
  field.type = "hidden";
  field.name = "til";
  field.value = location.pathname + location.search;
  form.append(field);
}

/** @param {HTMLElement} row */
function mark(row) {
  for (const other of all(row.parentElement ?? row, "[aria-current]")) other.removeAttribute("aria-current");
  row.setAttribute("aria-current", "true");
}

/** The map beside the list; built when there is room for it, or asked for. */
class DeskMap {
  /** @type {Selection | null} */
  selection = null;
  /** @type {L.Map | null} */
  map = null;
  /** @type {L.Circle | null} */
  ring = null;

  /** @param {HTMLElement} root @param {HTMLElement} list */
  constructor(root, list) {
    this.root = root;
    this.list = list;
    if (WIDE.matches) this.build();
    else WIDE.addEventListener("change", () => this.build(), { once: true });
  }

  build() {
    if (this.selection) return;
    const settings = readJson(this.root, "map");
    const texts = readJson(this.root, "texts");
    const reports = rowsOf(this.list).map(reportOf);
    const map = createMap(need(this.root, "#desk-map"), settings, texts);
    const [west, south, east, north] = settings.bounds;
    const frame = reports.length
      ? L.latLngBounds(reports.map(({ latitude, longitude }) => [latitude, longitude]))
      : L.latLngBounds([south, west], [north, east]);
    map.fitBounds(frame, { padding: [50, 60], maxZoom: NEAREST_ZOOM, animate: false });
    addBackground(map, settings);
    const spots = reports.map(spotOf);
    const layer = new ReportLayer(map, texts.cluster, {
      press: (number) => this.press(number),
      open: ({ spots: [first] }) => this.press(first.report?.number ?? ""),
    });
    const selection = new Selection(this.list, layer);
    this.selection = selection;
    this.map = map;
    const show = () => {
      layer.show(spots);
      selection.refresh();
    };
    show();
    map.on("zoomend", show);
  }

  /**
   * Lift the chosen report's pin, and draw a ring of thirty metres around it: what is within may be the same fault.
   * @param {HTMLElement} row
   */
  choose(row) {
    if (!this.map || !this.selection) return;
    const { latitude, longitude, number } = reportOf(row);
    this.selection.marked = number;
    this.selection.refresh();
    this.ring?.remove();
    this.ring = L.circle([latitude, longitude], { radius: RING_METRES, className: "desk-ring", interactive: false });
    this.ring.addTo(this.map);
    const zoom = Math.max(this.map.getZoom(), NEAREST_ZOOM);
    this.map.setView([latitude, longitude], zoom, moveOptions(true));
  }

  /** @param {string} number */
  press(number) {
    const row = rowsOf(this.list).find(({ dataset }) => dataset.number === number);
    row?.scrollIntoView({ block: "nearest" });
    row?.querySelector("a")?.click();
  }
}

/** @param {HTMLElement} list @param {Pane} pane @param {DeskMap} map */
function wireRows(list, pane, map) {
  list.addEventListener("click", (event) => {
    const { target } = event;
    const link = target instanceof Element ? target.closest("a.desk-row__link") : null;
    const row = link?.closest("[data-number]");
    if (!(row instanceof HTMLElement) || !WIDE.matches) return;
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    map.choose(row);
    pane.open(row, event.detail === 0);
  });
}

/** @param {HTMLElement} list @param {Pane} pane @param {DeskMap} map */
function openFromHash(list, pane, map) {
  const number = location.hash.slice(1);
  const row = rowsOf(list).find(({ dataset }) => dataset.number === number);
  if (row && WIDE.matches && pane.number !== number) {
    row.scrollIntoView({ block: "nearest" });
    map.choose(row);
    pane.open(row, false);
  }
}

/** The box for many at once shows when something is ticked. @param {HTMLElement} root @param {HTMLElement} list */
function wireTicks(root, list) {
  const box = need(root, ".desk-bulk");
  const show = () => box.classList.toggle("desk-bulk--on", list.querySelector("input:checked") !== null);
  list.addEventListener("change", show);
  show();
}

/** @param {HTMLElement | null} list */
function wireKeys(list) {
  const move = (/** @type {number} */ step) => {
    const rows = list ? rowsOf(list) : [];
    const at = rows.findIndex((row) => row.contains(document.activeElement));
    const marked = rows.findIndex((row) => row.hasAttribute("aria-current"));
    const from = at >= 0 ? at : marked;
    const next = rows[Math.min(Math.max(from + step, 0), rows.length - 1)];
    next?.querySelector("a")?.focus();
    next?.scrollIntoView({ block: "nearest" });
  };
  const current = () => {
    const rows = list ? rowsOf(list) : [];
    return rows.find((row) => row.contains(document.activeElement)) ?? rows.find((row) => row.hasAttribute("aria-current"));
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (document.querySelector("dialog[open]")) return;
    const keys = /** @type {Record<string, () => void>} */ ({
      j: () => move(1),
      k: () => move(-1),
      o: () => {
        const link = current()?.querySelector("a");
        if (link) location.assign(link.href);
      },
      x: () => current()?.querySelector("input")?.click(),
      "?": () => {
        const help = document.getElementById("desk-help");
        if (help instanceof HTMLDialogElement) help.showModal();
      },
      "/": () => document.getElementById("desk-words")?.focus(),
    });
    const act = keys[event.key.toLowerCase()];
    if (!act) return;
    event.preventDefault();
    act();
  });
}

/** @param {EventTarget | null} target */
function isTyping(target) {
  return target instanceof HTMLElement && target.matches("input:not([type=checkbox], [type=radio]), textarea, select");
}

/**
 * Ask now and then what is new; a button shows it, so that nothing moves under the hands.
 * @param {HTMLElement} root
 */
function watchNews(root) {
  const words = readJson(root, "words");
  const place = need(root, "#desk-news");
  const address = new URL(root.dataset.news ?? "", location.href);
  address.search = root.dataset.query ?? "";
  address.searchParams.set("siden", root.dataset.made ?? "");
  const ask = async () => {
    if (document.hidden) return;
    const answer = await fetch(address, { headers: { Accept: "application/json" } }).catch(() => null);
    if (!answer?.ok || answer.redirected) return;
    const { count, tabs } = await answer.json();
    if (count) show(count);
    for (const [queue, number] of Object.entries(tabs ?? {})) {
      const told = document.querySelector(`[data-queue="${queue}"] .desk-tabs__count`);
      if (told) told.textContent = String(number);
    }
  };
  const show = (/** @type {number} */ count) => {
    const text = formatCount(words.news_one, words.news_many, count);
    if (place.textContent === text) return;
    const button = document.createElement("button");
    button.type = "button";
    button.className = "ds-button";
    button.dataset.variant = "secondary";
    button.textContent = text;
    button.addEventListener("click", () => location.reload());
    place.replaceChildren(button);
  };
  setInterval(ask, ASK_EVERY);
  document.addEventListener("visibilitychange", ask);
}
