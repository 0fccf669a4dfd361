/** The planned rounds of today and tomorrow: in the foreman's order, to tick off. Works without coverage. */

import { format } from "../../lib/format.js";
import { dueWords, el, flag, heard, icon, pinOf, redraw, statusTag } from "./pieces.js";
import { nextOf, rowsOf } from "./round_rows.js";
import { shownJobs } from "./shown.js";

/** A second press so soon, in milliseconds, is the same press of a gloved hand. */
const UNMEANT = 600;

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Round} Round */
/** @typedef {import("./round_rows.js").Row} Row */

/**
 * @param {HTMLElement} main
 * @param {Context} context
 */
export async function render(main, context) {
  const screen = new Rounds(main, context);
  await screen.refresh();
  const end = context.store.onChange(() => screen.refresh());
  return () => {
    screen.isOver = true;
    end?.();
  };
}

/**
 * «tirsdag 12. mai»: a day without a time, the same everywhere.
 * @param {string} day as `2026-05-12`
 */
function weekdayOf(day) {
  const { lang } = document.documentElement;
  const languages = lang === "en" ? ["en-GB"] : [lang, "nb"];
  return new Intl.DateTimeFormat(languages, {
    timeZone: "UTC",
    weekday: "long",
    day: "numeric",
    month: "long",
  }).format(new Date(`${day}T12:00:00Z`));
}

class Rounds {
  isOver = false;

  /**
   * @param {HTMLElement} main
   * @param {Context} context
   */
  constructor(main, context) {
    this.main = main;
    this.context = context;
    this.texts = context.texts;
    /** @type {Map<number, number>} when each stop was pressed last */
    this.ticks = new Map();
  }

  async refresh() {
    const { jobs, waiting, snapshot } = await shownJobs(this.context.store);
    if (this.isOver) return;
    this.waiting = waiting;
    const rounds = snapshot?.rounds ?? [];
    this.context.heading({
      title: this.texts.round_title,
      about: snapshot ? weekdayOf(snapshot.day) : "",
      back: "/felt/",
    });
    const focused = document.activeElement?.id;
    const parts = rounds.map((round) => this.#round(round, rowsOf(round, jobs), round.day === snapshot?.day));
    redraw(this.main, [el("div", { class: "app-rounds" }, ...(parts.length ? parts : [this.#empty(Boolean(snapshot))]))]);
    if (focused && document.activeElement?.id !== focused) document.getElementById(focused)?.focus();
  }

  /** @param {boolean} isFetched */
  #empty(isFetched) {
    const { texts } = this;
    const pin = pinOf({ status: "planned", group: "road", due_at: null }, new Date());
    const [title, text] = isFetched
      ? [texts.round_none, texts.round_none_text]
      : [texts.not_fetched, texts.not_fetched_text];
    return el("div", { class: "empty" }, pin, el("div", {}, el("h2", { class: "h3" }, title), el("p", {}, text)));
  }

  /**
   * @param {Round} round
   * @param {Row[]} rows
   * @param {boolean} isToday
   */
  #round(round, rows, isToday) {
    const { texts } = this;
    const id = `round-${round.id}`;
    const next = nextOf(rows);
    return el(
      "section",
      { class: "app-round", "aria-labelledby": id },
      el("h2", { class: "h2", id }, `${round.title}, ${isToday ? texts.round_today : weekdayOf(round.day)}`),
      el("p", { class: "app-round__sum" }, rows.length ? this.#count(rows) : texts.round_no_jobs),
      el("ol", { class: "app-round__stops" }, ...rows.map((row) => this.#row(row, rows, row === next && isToday))),
    );
  }

  /** @param {readonly Row[]} rows */
  #count(rows) {
    return format(this.texts.round_done_of, { done: rows.filter(({ isDone }) => isDone).length, all: rows.length });
  }

  /**
   * @param {Row} row
   * @param {Row[]} rows
   * @param {boolean} isNext
   */
  #row(row, rows, isNext) {
    const { texts } = this;
    const { stop, job, isDone } = row;
    const now = new Date();
    const waiting = job && this.waiting?.get(job.number);
    const words = [
      el("span", { class: "app-stop__place", "aria-hidden": "true" }, isDone ? icon("Checkmark") : String(row.place)),
      el("span", { class: "app-job__name" }, heard(`${row.place}. `), job?.service ?? stop.number),
      job && el("span", { class: "app-job__place" }, job.place || texts.no_address),
      el(
        "span",
        { class: "job__flags" },
        isNext && flag(texts.round_next, "ArrowRight", "info"),
        isDone && flag(texts.round_ticked, "CheckmarkCircleFill", "success"),
        row.leftFrom && flag(format(texts.round_left_from, { day: weekdayOf(row.leftFrom) }), "ArrowUndo", "warning"),
        job?.is_acute && flag(texts.dangerous, "ExclamationmarkTriangleFill", "danger"),
        waiting && flag(waiting.needsYou ? texts.needs_you : texts.saved_here, waiting.needsYou ? "ExclamationmarkTriangleFill" : "CloudSlash", waiting.needsYou ? "danger" : "neutral"),
      ),
      job
        ? el("span", { class: "app-job__line" }, statusTag(job.status, texts), !isDone && dueWords(job, texts, now))
        : el("span", { class: "app-job__place" }, texts.round_gone),
    ];
    return el(
      "li",
      { class: isDone ? "app-stop app-stop--done" : "app-stop", "data-number": stop.number },
      job ? this.#link(job.number, words) : el("div", { class: "app-stop__link" }, ...words),
      row.mayTick && this.#button(row, rows),
    );
  }

  /**
   * @param {string} number
   * @param {(Node | string | null | undefined | false)[]} words
   */
  #link(number, words) {
    const href = `/felt/jobb/${encodeURIComponent(number)}`;
    /** @param {MouseEvent} event */
    const press = (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
      event.preventDefault();
      this.context.go(href);
    };
    return el("a", { class: "app-stop__link", href, id: `stop-${number}`, onclick: press }, ...words);
  }

  /**
   * @param {Row} row
   * @param {Row[]} rows
   */
  #button({ stop, isDone, job }, rows) {
    const { texts } = this;
    const press = async () => {
      const now = performance.now();
      if (now - (this.ticks.get(stop.id) ?? -UNMEANT) < UNMEANT) return;
      this.ticks.set(stop.id, now);
      await this.context.act({
        kind: isDone ? "untick" : "tick",
        job: stop.number,
        data: { stop: stop.id },
        title: job?.service,
      });
      const done = rows.filter((row) => row.isDone).length + (isDone ? -1 : 1);
      const sentence = isDone ? texts.round_said_unticked : texts.round_said_ticked;
      this.context.say(format(sentence, { done, all: rows.length }));
    };
    return el(
      "button",
      { type: "button", class: "ds-button app-stop__tick", "data-variant": "secondary", id: `tick-${stop.id}`, onclick: press },
      icon(isDone ? "ArrowUndo" : "Checkmark"),
      isDone ? texts.round_untick : texts.round_tick,
      heard(`: ${job?.service ?? ""}, ${stop.number}`),
    );
  }
}
