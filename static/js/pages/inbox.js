/** The inbox: list, map and the chosen report answer each other; keys; what is new without a reload. */

import { formatCount } from "../lib/format.js";
import { all, need, readJson } from "../parts/page.js";
import { DeskMap, WIDE, reportOf, rowsOf } from "../reports/desk_map.js";
import { start as startCase } from "./case.js";

const ASK_EVERY = 20_000;

/** @param {HTMLElement} root */
export function start(root) {
  /** @type {HTMLElement | null} */
  const list = root.querySelector("#report-list");
  const pane = new Pane(root, need(root, "#desk-case"));
  if (list) {
    const map = new DeskMap(root, list, {
      press: (report) => openFromMap(report, pane, map),
      complete: () => openFromHash(pane, map),
    });
    wireRows(list, pane, map);
    wireTicks(root, list);
    wireKeys(list);
    wireToggle(root, map);
    addEventListener("hashchange", () => openFromHash(pane, map));
    openFromHash(pane, map);
  } else {
    wireKeys(null);
  }
  watchNews(root);
}

/** The third pane: a report fetched when its row is chosen. */
class Pane {
  number = "";

  /** @param {HTMLElement} root @param {HTMLElement} element */
  constructor(root, element) {
    this.element = element;
    this.words = readJson(root, "words");
    this.inbox = root.dataset.inbox ?? "";
  }

  /** @param {string} number @returns {string} the address of the report's own page */
  addressOf(number) {
    return `${this.inbox}/${encodeURIComponent(number)}`;
  }

  /** @param {string} number @param {boolean} moves whether the focus goes along */
  async open(number, moves) {
    const address = this.addressOf(number);
    this.number = number;
    const slow = setTimeout(() => this.#say(this.words.loading), 300);
    try {
      const answer = await fetch(`${address}?del=1`, { headers: { "X-Requested-With": "fetch" } });
      if (answer.redirected || !answer.ok) throw new Error(String(answer.status));
      const text = await answer.text();
      if (this.number !== number) return;
      this.#show(text, moves);
      history.replaceState(null, "", `#${number}`);
    } catch {
      if (this.number === number) this.#fail(address);
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

/** Between phone and desk the map stands beside the list when it is asked for. @param {HTMLElement} root @param {DeskMap} map */
function wireToggle(root, map) {
  const button = need(root, "#desk-map-toggle");
  const words = readJson(root, "words");
  button.addEventListener("click", () => {
    const isOn = root.classList.toggle("desk--map");
    button.setAttribute("aria-expanded", String(isOn));
    need(button, "span").textContent = isOn ? words.hide_map : words.show_map;
    if (isOn) map.build();
  });
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
    map.choose(reportOf(row));
    pane.open(row.dataset.number ?? "", event.detail === 0);
  });
}

/**
 * A pin opens its report: in the third pane, or on its own page where there is no room for one.
 * @param {import("../map/report_layer.js").Pinned} report
 * @param {Pane} pane
 * @param {DeskMap} map
 */
function openFromMap(report, pane, map) {
  map.rowOf(report.number)?.scrollIntoView({ block: "nearest" });
  if (WIDE.matches) {
    map.choose(report);
    pane.open(report.number, false);
  } else {
    location.assign(pane.addressOf(report.number));
  }
}

/** @param {Pane} pane @param {DeskMap} map */
function openFromHash(pane, map) {
  const number = location.hash.slice(1);
  const report = map.reports.get(number);
  if (report && WIDE.matches && pane.number !== number) {
    map.rowOf(number)?.scrollIntoView({ block: "nearest" });
    map.choose(report);
    pane.open(number, false);
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
