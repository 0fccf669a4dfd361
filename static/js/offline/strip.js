/** The dark strip on top: what is kept on the device, what was sent, and that there is no coverage. */

import { button, link } from "../lib/elements.js";
import { format, formatCount } from "../lib/format.js";
import { onChange, sendAll, SYNC_TAG } from "./sender.js";
import { allReports, forgetReport } from "./store.js";

/** @typedef {import("../parts/page.js").Texts} Texts */
/** @typedef {import("./store.js").Waiting} Waiting */

const AGAIN = 30_000;
const PAGE = "/meld/uten-nett";

export class Strip {
  /**
   * @param {Texts} texts
   * @param {{ tellsOffline: boolean }} options whether to say that there is no coverage when nothing waits
   */
  constructor(texts, { tellsOffline }) {
    this.texts = texts;
    this.tellsOffline = tellsOffline;
    this.element = document.createElement("div");
    this.element.className = "strip";
    this.element.setAttribute("role", "status");
    this.element.hidden = true;
    this.timer = 0;
  }

  /** Show the strip, and try to send: now, when coverage returns, and every half minute. */
  async start() {
    document.querySelector(".ds-skip-link")?.after(this.element);
    onChange(() => this.show());
    window.addEventListener("online", () => this.send());
    window.addEventListener("offline", () => this.show());
    await this.show();
    await this.send();
  }

  /** Send what waits. */
  async send() {
    clearTimeout(this.timer);
    await sendAll().catch(() => this.#tryLater());
    await this.show();
  }

  #tryLater() {
    this.timer = window.setTimeout(() => this.send(), AGAIN);
    askForSync();
  }

  /** Say how things stand. */
  async show() {
    const reports = await allReports();
    const lines = [...this.#waiting(reports), ...this.#needing(reports), ...this.#sent(reports)];
    if (!lines.length && this.tellsOffline && !navigator.onLine) lines.push(line(this.texts.offline));
    const said = lines.map((element) => element.textContent).join();
    if (said !== this.element.textContent) this.element.replaceChildren(...lines);
    this.element.hidden = lines.length === 0;
  }

  /** @param {Waiting[]} reports */
  #waiting(reports) {
    const count = reports.filter(({ state }) => state === "waiting").length;
    if (!count) return [];
    const text = formatCount(this.texts.waiting_one, this.texts.waiting_many, count);
    return [line(text, link(this.texts.show, PAGE))];
  }

  /** @param {Waiting[]} reports */
  #needing(reports) {
    const needing = reports.filter(({ state }) => state === "needs_you");
    return needing.map(({ title }) =>
      line(format(this.texts.needs_you, { title }), link(this.texts.show, PAGE)),
    );
  }

  /** @param {Waiting[]} reports */
  #sent(reports) {
    return reports
      .filter(({ state }) => state === "sent")
      .map(({ key, number = "", follow = "", sentAt = 0 }) => {
        const time = new Intl.DateTimeFormat(document.documentElement.lang, { timeStyle: "short" }).format(sentAt);
        const text = format(this.texts.sent, { time: time.replace(":", "."), number });
        const close = button(this.texts.close, "strip__button", async () => {
          await forgetReport(key);
          await this.show();
        });
        return line(text, link(this.texts.follow, follow), close);
      });
  }
}

/** Ask the browser to send even when this page is closed, where it can. */
export async function askForSync() {
  const registration = await navigator.serviceWorker?.getRegistration();
  await registration?.sync?.register(SYNC_TAG).catch(() => undefined);
}

/**
 * @param {string} text
 * @param {HTMLElement[]} ways
 */
function line(text, ...ways) {
  const element = document.createElement("p");
  element.className = "strip__line";
  const sentence = document.createElement("span");
  sentence.textContent = text;
  element.append(sentence, ...ways);
  return element;
}
