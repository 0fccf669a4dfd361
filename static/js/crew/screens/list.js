/** The list of jobs: sorted by distance, deadline or the planned round, and what waits on this device. */

import { formatDistance, metresBetween } from "../../lib/distance.js";
import { format, formatCount } from "../../lib/format.js";
import { read, write } from "../../lib/device_store.js";
import { EVERYTHING, countOf, filtered, isOpen, numbersOf, pointOf, sorted } from "./order.js";
import { shownJobs } from "./shown.js";
import { big, dueWords, el, flag, groupIcon, heard, icon, openSheet, pinOf, put, redraw, statusTag } from "./pieces.js";
import { ageOf } from "./moments.js";
import { answer, follow, hasAnswered, here, maySee } from "./whereabouts.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./order.js").Order} Order */
/** @typedef {import("./order.js").Filter} Filter */
/** @typedef {import("./shown.js").Shown} Shown */

const ORDER = "crew.order";
/** Going so far may change which job is the nearest; less only changes the numbers. */
const RESORT = 60;

/** @type {Filter} kept while the app is open */
let filter = EVERYTHING;

/** @param {Job} job whether it is still to be done here */
const isMine = ({ status, has_left }) => isOpen(status) && !has_left;

/**
 * @param {HTMLElement} main
 * @param {Context} context
 */
export async function render(main, context) {
  const list = new JobList(main, context);
  await list.start();
  return () => list.stop();
}

class JobList {
  /** @type {Shown} */
  shown = { jobs: [], waiting: new Map(), snapshot: null };
  /** @type {(() => void)[]} */
  #endings = [];
  /** @type {import("../../lib/distance.js").Point | null} */
  #sortedAt = null;
  #isFailed = false;
  #isOver = false;

  /**
   * @param {HTMLElement} main
   * @param {Context} context
   */
  constructor(main, { store, texts, go, say, heading }) {
    this.main = main;
    this.store = store;
    this.texts = texts;
    this.go = go;
    this.say = say;
    this.heading = heading;
    this.top = el("div", { class: "app-list__top" });
    this.count = el("p", { class: "app-list__count", role: "status" });
    this.list = el("ol", { class: "jobs", id: "jobs" });
    this.bar = el("div", { class: "bar app-bar" });
  }

  async start() {
    this.main.replaceChildren(el("div", { class: "app-list" }, this.top, this.count, this.list), this.bar);
    await this.refresh();
    this.#endings.push(this.store.onChange(() => this.refresh()));
    this.#follow();
  }

  stop() {
    this.#isOver = true;
    for (const end of this.#endings) end?.();
  }

  #follow() {
    this.#endings.push(
      follow(
        () => this.moved(),
        () => {
          this.#isFailed = true;
          this.draw();
        },
      ),
    );
  }

  async refresh() {
    this.shown = await shownJobs(this.store);
    if (!this.#isOver) this.draw();
  }

  /** @returns {string[]} */
  get stops() {
    const { snapshot } = this.shown;
    return snapshot ? numbersOf(snapshot.rounds, snapshot.day) : [];
  }

  /** @returns {Order} */
  get order() {
    const kept = read(ORDER);
    if (kept === "round" && !this.stops.length) return "deadline";
    if (kept === "nearest" && !maySee()) return "deadline";
    return kept ?? (maySee() ? "nearest" : "deadline");
  }

  /** @returns {Job[]} in order, what is closed last */
  get jobs() {
    const jobs = filtered(this.shown.jobs, filter, new Set(this.shown.waiting.keys()));
    const by = { here: here(), stops: this.stops };
    const open = jobs.filter(isMine);
    const closed = jobs.filter((job) => !isMine(job));
    return [...sorted(open, this.order, by), ...sorted(closed, "deadline", by)];
  }

  draw() {
    const focused = document.activeElement?.id;
    this.#sortedAt = here();
    this.#heading();
    this.#drawTop();
    this.#drawList();
    this.#drawBar();
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }

  #heading() {
    const { snapshot, jobs } = this.shown;
    const open = jobs.filter(isMine).length;
    const names = snapshot?.departments.map(({ name }) => name) ?? [];
    const count = formatCount(this.texts.open_one, this.texts.open_many, open);
    this.heading({ title: this.texts.jobs, about: [names[0], count].filter(Boolean).join(" · ") });
  }

  #drawTop() {
    const { texts } = this;
    /** @type {[Order, string][]} */
    const orders = [
      ["nearest", texts.nearest],
      ["deadline", texts.deadline_first],
    ];
    if (this.stops.length) orders.push(["round", texts.the_round]);
    const buttons = orders.map(([order, word]) =>
      el(
        "button",
        {
          type: "button",
          id: `order-${order}`,
          "aria-pressed": String(order === this.order),
          onclick: () => this.#sortBy(order),
        },
        word,
      ),
    );
    const segments = el("div", { class: "segments", role: "group", "aria-label": texts.order }, ...buttons);
    this.top.replaceChildren(segments);
    if (this.order === "nearest" && !here()) {
      const sentence = this.#isFailed ? texts.position_failed : texts.position_waiting;
      put(this.top, el("p", { class: "app-list__note" }, icon("LocationPin"), el("span", {}, sentence)));
    }
    const open = this.shown.jobs.length;
    const said = countOf(filter)
      ? format(texts.filtered_count, { shown: this.jobs.length, all: open })
      : "";
    if (this.count.textContent !== said) this.count.textContent = said;
  }

  /** @param {Order} order */
  #sortBy(order) {
    if (order === "nearest" && !maySee()) {
      this.#askForPosition();
      return;
    }
    write(ORDER, order);
    this.draw();
    this.say(format(this.texts.sorted_by, { order: this.texts[`by_${order}`] }));
    window.scrollTo({ top: 0 });
  }

  /** The browser asks too; first we say what the position is for. */
  #askForPosition() {
    const { texts } = this;
    const yes = () => {
      sheet.close();
      answer(true);
      write(ORDER, "nearest");
      this.#follow();
      this.draw();
    };
    const no = () => {
      sheet.close();
      answer(false);
      this.say(texts.position_no);
    };
    const sheet = openSheet({
      title: texts.position_title,
      texts,
      content: [
        el("p", {}, texts.position_text),
        big([icon("LocationPin"), texts.position_yes], yes),
        el("button", { type: "button", class: "app-quiet", onclick: no }, hasAnswered() ? texts.close : texts.position_not_now),
      ],
      onClosed: () => document.getElementById("order-nearest")?.focus(),
    });
  }

  #drawList() {
    const { texts, jobs } = this;
    const now = new Date();
    if (!this.shown.snapshot) {
      this.list.replaceChildren(this.#empty(texts.not_fetched, texts.not_fetched_text, now));
      return;
    }
    if (!jobs.length) {
      const isFiltered = countOf(filter) > 0;
      const [title, text] = isFiltered ? [texts.none_match, texts.none_match_text] : [texts.none_open, texts.none_open_text];
      this.list.replaceChildren(this.#empty(title, text, now));
      return;
    }
    redraw(this.list, jobs.map((job) => this.#row(job, now)));
  }

  /**
   * @param {string} title
   * @param {string} text
   * @param {Date} now
   */
  #empty(title, text, now) {
    const pin = pinOf({ status: "fixed", group: "road", due_at: null }, now);
    return el("li", { class: "empty" }, pin, el("div", {}, el("h2", { class: "h3" }, title), el("p", {}, text)));
  }

  /**
   * @param {Job} job
   * @param {Date} now
   */
  #row(job, now) {
    const { texts } = this;
    const waiting = this.shown.waiting.get(job.number);
    const href = `/felt/jobb/${encodeURIComponent(job.number)}`;
    const at = this.stops.indexOf(job.number);
    return el(
      "li",
      { class: "app-job", "data-number": job.number },
      el(
        "a",
        { class: "app-job__link", href, id: `job-${job.number}`, onclick: (/** @type {MouseEvent} */ event) => this.#press(event, href) },
        el("span", { class: "app-job__pin" }, pinOf(job, now)),
        el("span", { class: "app-job__name" }, this.order === "round" && at >= 0 && `${at + 1}. `, job.service),
        el("span", { class: "app-job__distance" }, this.#distance(job)),
        el("span", { class: "app-job__place" }, job.place || texts.no_address),
        (job.is_acute || job.refusals > 1 || waiting) &&
          el(
            "span",
            { class: "job__flags" },
            job.is_acute && flag(texts.dangerous, "ExclamationmarkTriangleFill", "danger"),
            waiting && flag(waiting.needsYou ? texts.needs_you : texts.saved_here, waiting.needsYou ? "ExclamationmarkTriangleFill" : "CloudSlash", waiting.needsYou ? "danger" : "neutral"),
          ),
        el("span", { class: "app-job__line" }, statusTag(job.status, texts), dueWords(job, texts, now)),
      ),
    );
  }

  /** @param {Job} job */
  #distance(job) {
    const point = here();
    return point && job.position ? formatDistance(metresBetween(point, pointOf(job)), this.texts.decimal) : "";
  }

  /**
   * @param {MouseEvent} event
   * @param {string} href
   */
  #press(event, href) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    this.go(href);
  }

  /** The phone has moved: new numbers at once, a new order when it may have changed and nobody is in the list. */
  moved() {
    if (this.#isOver) return;
    const point = here();
    const isFar = !this.#sortedAt || (point && metresBetween(this.#sortedAt, point) > RESORT);
    if (isFar && !this.list.contains(document.activeElement) && window.scrollY < 40) {
      this.draw();
      return;
    }
    for (const job of this.shown.jobs) {
      const place = this.list.querySelector(`[data-number="${CSS.escape(job.number)}"] .app-job__distance`);
      if (place) place.textContent = this.#distance(job);
    }
  }

  #drawBar() {
    const { texts } = this;
    const count = countOf(filter);
    redraw(this.bar, [
      el(
        "button",
        { type: "button", class: "app-side", id: "filter", onclick: () => this.#openFilter() },
        icon("Funnel"),
        el("span", {}, texts.filter, count > 0 && el("b", {}, ` ${count}`)),
      ),
      el("button", { type: "button", class: "ds-button app-big", "data-variant": "secondary", id: "show-map", onclick: () => this.go("/felt/kart") }, icon("LocationPin"), texts.show_on_map),
      el("button", { type: "button", class: "app-side", id: "new-report", onclick: () => this.go("/felt/ny") }, icon("Plus"), el("span", {}, texts.new_short)),
    ]);
  }

  #openFilter() {
    const { texts } = this;
    const all = this.shown.jobs;
    /** @type {Map<string, string>} */
    const groups = new Map((this.shown.snapshot?.services ?? []).map(({ group, group_name }) => [group, group_name]));
    const used = [...new Set(all.map(({ group }) => group))].sort();
    const statuses = [...new Set(all.map(({ status }) => status))];
    /** @param {string} name @param {string} value @param {boolean} isChosen @param {Node | null} sign @param {string} word */
    const tick = (name, value, isChosen, sign, word) =>
      el("label", { class: "app-tick" }, el("input", { type: "checkbox", name, value, checked: isChosen }), sign, el("span", {}, word));
    const form = el(
      "form",
      { class: "stack", method: "dialog" },
      el("fieldset", { class: "app-ticks" }, el("legend", { class: "h3" }, texts.filter_what),
        tick("danger", "1", filter.danger, icon("ExclamationmarkTriangleFill"), texts.filter_danger),
        tick("here", "1", filter.here, icon("CloudSlash"), texts.filter_here)),
      el("fieldset", { class: "app-ticks" }, el("legend", { class: "h3" }, texts.filter_status),
        ...statuses.map((status) => tick("status", status, filter.statuses.includes(status), null, texts[`status_${status}`] ?? status))),
      el("fieldset", { class: "app-ticks" }, el("legend", { class: "h3" }, texts.filter_group),
        ...used.map((group) => tick("group", group, filter.groups.includes(group), groupIcon(group), groups.get(group) ?? group))),
    );
    const apply = (/** @type {Filter} */ next) => {
      filter = next;
      sheet.close();
      this.draw();
    };
    const readForm = () => {
      const data = new FormData(form);
      return {
        groups: data.getAll("group").map(String),
        statuses: data.getAll("status").map(String),
        danger: data.has("danger"),
        here: data.has("here"),
      };
    };
    const show = big([], () => apply(readForm()), { "data-variant": null });
    const tell = () => {
      const count = filtered(all, readForm(), new Set(this.shown.waiting.keys())).length;
      show.textContent = formatCount(texts.show_one, texts.show_many, count);
    };
    form.addEventListener("change", tell);
    tell();
    const sheet = openSheet({
      title: texts.filter_title,
      texts,
      content: [
        form,
        el("div", { class: "app-sheet__end" }, show, el("button", { type: "button", class: "app-quiet", onclick: () => apply(EVERYTHING) }, texts.filter_clear)),
      ],
      onClosed: () => document.getElementById("filter")?.focus(),
    });
  }
}
