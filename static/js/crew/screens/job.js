/** One job: where it is, what is wrong, and what may be done with it. The next thing to do is at the bottom. */

import { format } from "../../lib/format.js";
import { formatDistance, metresBetween } from "../../lib/distance.js";
import { pointOf } from "./order.js";
import { camera, nameOf, pictureOf } from "./pictures.js";
import { ENDINGS, choosePhoto, keep, openEndings, writeText } from "./verbs.js";
import { big, dueWords, el, flag, icon, openSheet, put, redraw, statusTag } from "./pieces.js";
import { momentOf } from "./moments.js";
import { showPlace } from "./map.js";
import { shownJobs } from "./shown.js";
import { follow, here } from "./whereabouts.js";

/** @typedef {import("../types.js").Job} Job */
/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("./shown.js").Shown} Shown */

/**
 * @param {HTMLElement} main
 * @param {Context} screen
 */
export async function render(main, screen) {
  const view = new JobView(main, screen);
  await view.start();
  return () => view.stop();
}

export class JobView {
  /** @type {(() => void)[]} */
  #endings = [];
  #isOver = false;
  #isAsked = false;
  #drawnPlace = "";

  /**
   * @param {HTMLElement} main
   * @param {Context} screen
   */
  constructor(main, screen) {
    this.main = main;
    this.screen = screen;
    this.number = screen.params.number;
    /** @type {Job | null} */
    this.job = null;
    this.map = el("div", { class: "app-map" });
    this.body = el("div", { class: "app-body" });
    this.bar = el("div", { class: "bar app-bar" });
  }

  async start() {
    const { store } = this.screen;
    this.main.replaceChildren(this.map, this.body, this.bar);
    await this.refresh();
    this.#endings.push(store.onChange(() => this.refresh()));
    this.#endings.push(follow(() => this.#tellDistance()));
  }

  stop() {
    this.#isOver = true;
    for (const end of this.#endings) end();
  }

  async refresh() {
    const shown = await shownJobs(this.screen.store);
    this.job = (await this.screen.store.job(this.number)) ?? null;
    if (this.#isOver) return;
    this.shown = shown;
    const focused = this.main.contains(document.activeElement) ? document.activeElement?.id : "";
    if (this.job) this.#draw(this.job, shown);
    else this.#gone();
    if (!this.job && !this.#isAsked) {
      this.#isAsked = true;
      this.screen.sync(); // it may be new: whoever came by a link has not fetched it
    }
    if (focused) document.getElementById(focused)?.focus();
  }

  #gone() {
    const { texts, go, heading } = this.screen;
    heading({ title: texts.job_gone, back: "/felt/" });
    this.map.hidden = true;
    this.#drawnPlace = "";
    this.body.replaceChildren(el("p", {}, texts.job_gone_text));
    this.bar.replaceChildren(big([texts.to_jobs], () => go("/felt/")));
  }

  /**
   * @param {Job} job
   * @param {Shown} shown
   */
  #draw(job, shown) {
    const { texts } = this.screen;
    const now = new Date();
    const started = job.status === "in_progress" && job.log.find(({ kind }) => kind === "status" || kind === "start");
    const about = started
      ? format(texts.since, { status: texts.status_in_progress, when: momentOf(started.at, texts, now) })
      : format(texts.reported, { when: momentOf(job.requested_at, texts, now) });
    this.screen.heading({ title: job.is_new ? texts.new_report : job.number, about, back: "/felt/" });
    this.#drawPlace(job, shown);
    redraw(
      this.body,
      [
        el("h2", { class: "h1", id: "service-title", tabindex: "-1" }, job.service),
        el("p", { class: "app-where" }, job.place || texts.no_address, el("span", { class: "app-where__far" })),
        el("p", { class: "app-line" }, statusTag(job.status, texts), dueWords(job, texts, now)),
        this.#flags(job),
        this.#what(job),
        this.#kept(job, shown),
        this.#tools(job),
        this.#facts(job),
        this.#photos(job),
        this.#log(job, now),
      ].filter((part) => part !== null),
    );
    this.#tellDistance();
    this.#drawBar(job);
  }

  /** @param {Job} job @param {Shown} shown */
  #drawPlace(job, shown) {
    const look = JSON.stringify([job.position, job.status, job.group]);
    this.map.hidden = !job.position;
    if (look === this.#drawnPlace || !job.position) return;
    this.#drawnPlace = look;
    this.#endings.push(showPlace(this.map, job, shown.jobs, this.screen.texts));
  }

  #tellDistance() {
    const place = this.body.querySelector(".app-where__far");
    const point = here();
    if (!place || !point || !this.job?.position) return;
    const written = formatDistance(metresBetween(point, pointOf(this.job)), this.screen.texts.decimal);
    place.replaceChildren(" · ", el("b", {}, written));
  }

  /** @param {Job} job */
  #flags(job) {
    const { texts } = this.screen;
    if (!job.is_acute && job.refusals < 2) return null;
    return el(
      "p",
      { class: "job__flags" },
      job.is_acute && flag(texts.dangerous, "ExclamationmarkTriangleFill", "danger"),
      job.refusals > 1 && flag(texts.sent_back_twice, "ArrowUndo", "warning"),
    );
  }

  /** @param {Job} job */
  #what(job) {
    const { texts } = this.screen;
    const first = job.photos.find(({ shows }) => shows === "fault") ?? job.photos[0];
    const text = el("p", { class: "prose" }, job.description);
    if (!first) return job.description ? el("div", { class: "app-what" }, text) : null;
    return el("div", { class: "app-what app-what--photo" }, this.#shot(first, texts), text);
  }

  /**
   * @param {import("../types.js").JobPhoto} photo
   * @param {import("../types.js").Texts} texts
   */
  #shot(photo, texts) {
    const name = nameOf(photo, texts);
    const show = () => {
      const large = pictureOf(photo, name, this.screen.store);
      openSheet({ title: name, texts, content: [el("div", { class: "app-large" }, large)] });
    };
    const label = format(texts.show_photo, { name });
    return el("button", { type: "button", class: "app-shot", "aria-label": label, onclick: show }, pictureOf(photo, "", this.screen.store));
  }

  /**
   * What this device keeps for the job until it is sent.
   * @param {Job} job
   * @param {Shown} shown
   */
  #kept(job, shown) {
    const { texts } = this.screen;
    const waiting = shown.waiting.get(job.number);
    if (!waiting) return null;
    const rows = waiting.kept.map(({ action, state, result }) => {
      const needs = state === "needs_you";
      const words = needs ? texts.needs_you : state === "sending" ? texts.sending : texts.saved_here_will_send;
      return el(
        "li",
        needs ? { "data-needs": true } : {},
        icon(needs ? "ExclamationmarkTriangleFill" : "CloudSlash"),
        el(
          "div",
          {},
          el("b", {}, texts[`did_${action.kind}`] ?? action.kind),
          action.data.message && el("span", {}, `: ${action.data.message}`),
          el("p", { class: "muted" }, words, needs && result?.sentence ? `. ${result.sentence}` : ""),
        ),
      );
    });
    const list = el("ul", { class: "app-kept", "aria-label": texts.kept_here }, ...rows);
    if (waiting.needsYou) put(list, el("li", {}, el("a", { href: "/felt/ko", class: "app-quiet" }, texts.decide)));
    return list;
  }

  /** @param {Job} job */
  #tools(job) {
    const { screen } = this;
    const { texts } = screen;
    /** @param {string} kind */
    const may = (kind) => job.verbs.includes(kind);
    /** @param {string} id @param {string} sign @param {string} word @param {() => void} act */
    const tool = (id, sign, word, act) =>
      el("button", { type: "button", class: "app-tool", id, onclick: act }, icon(sign), word);
    const tools = [
      job.position && el("a", { class: "app-tool", id: "way", href: wayTo(job.position) }, icon("Compass"), texts.show_way),
      may("photo") && el(
        "span",
        { class: "app-tool app-take" },
        icon("Camera"),
        texts.take_photo,
        camera(texts.take_photo, (taken) => choosePhoto(screen, job, taken)),
      ),
      may("note") && tool("note", "Pencil", texts.note, () => writeText(screen, job, "note")),
      job.phone && el("a", { class: "app-tool", id: "call", href: `tel:${job.phone.replace(/[^\d+]/g, "")}` }, icon("Phone"), texts.call),
      may("message") && tool("message", "EnvelopeClosed", texts.message, () => writeText(screen, job, "message")),
      may("material") && tool("material", "Package", texts.material, () => writeText(screen, job, "material")),
      may("pause") && tool("pause", "Pause", texts.pause, () => writeText(screen, job, "pause")),
    ];
    const named = el("div", { class: "app-tools", role: "group", "aria-label": texts.tools });
    put(named, ...tools);
    return named;
  }

  /** @param {Job} job */
  #facts(job) {
    const { texts } = this.screen;
    const facts = [
      ...(job.name ? [{ label: texts.reporter, text: job.phone ? `${job.name}, ${job.phone}` : job.name }] : []),
      ...job.answers,
      ...job.lamps.map(({ number, circuit }) => ({
        label: format(texts.lamp, { number }),
        text: circuit ? format(texts.circuit, { name: circuit }) : "",
      })),
    ];
    if (!facts.length) return null;
    const rows = facts.map(({ label, text }) => el("div", {}, el("dt", {}, label), el("dd", {}, text)));
    return el("dl", { class: "facts" }, ...rows);
  }

  /** @param {Job} job */
  #photos(job) {
    const { texts } = this.screen;
    if (job.photos.length < 2) return null;
    const shots = job.photos.map((photo) =>
      el("figure", {}, this.#shot(photo, texts), el("figcaption", {}, nameOf(photo, texts))),
    );
    return el("section", { class: "app-part" }, el("h2", { class: "h3" }, texts.photos), el("div", { class: "app-shots" }, ...shots));
  }

  /** @param {Job} job @param {Date} now */
  #log(job, now) {
    const { texts } = this.screen;
    if (!job.log.length) return null;
    const lines = job.log.map(({ at, who, text, is_internal }) =>
      el(
        "li",
        {},
        el("time", { datetime: at }, [momentOf(at, texts, now), who, is_internal && texts.internal].filter(Boolean).join(" · ")),
        el("span", { class: "prose" }, text),
      ),
    );
    return el("section", { class: "app-part" }, el("h2", { class: "h3" }, texts.happened), el("ol", { class: "app-log" }, ...lines));
  }

  /** @param {Job} job */
  #drawBar(job) {
    const { screen } = this;
    const { texts, go } = screen;
    const close = () => go(`/felt/jobb/${encodeURIComponent(job.number)}/ferdig`);
    const endings = ENDINGS.filter((kind) => job.verbs.includes(kind));
    /** @param {string} id @param {string} words @param {() => void} act */
    const quiet = (id, words, act) => el("button", { type: "button", class: "app-quiet", id, onclick: act }, words);
    const others =
      endings.length > 0 && quiet("endings", texts.other_endings, () => openEndings(screen, job, this.shown?.jobs ?? []));
    const mayFix = job.verbs.includes("fixed");
    /** @type {HTMLElement} */
    let first = big([texts.to_jobs], () => go("/felt/"), { id: "primary", "data-variant": "secondary" });
    /** @type {(HTMLElement | false)[]} */
    let more = [others];
    if (job.verbs.includes("start") && job.status !== "in_progress") {
      const start = () => keep(screen, job, "start", {});
      first = big([icon("Play"), texts.start_job], start, { id: "primary" });
      more = [mayFix && quiet("fixed", texts.mark_fixed, close), others];
    } else if (mayFix) first = big([icon("Checkmark"), texts.mark_fixed], close, { id: "primary" });
    const rest = more.filter((part) => part !== false);
    redraw(this.bar, [first, ...(rest.length ? [el("span", { class: "app-two" }, ...rest)] : [])]);
  }
}

/**
 * The address that opens the phone's own map app.
 * @param {[number, number]} position
 */
function wayTo([longitude, latitude]) {
  const at = `${latitude},${longitude}`;
  const isApple = /iPad|iPhone|iPod/.test(navigator.userAgent) || (/Mac/.test(navigator.userAgent) && navigator.maxTouchPoints > 1);
  return isApple ? `https://maps.apple.com/?daddr=${at}` : `geo:${at}?q=${at}`;
}
