/** Whether somebody is told at once about danger, and how: on this phone, or by e-mail. */

import { format } from "../../lib/format.js";
import { ability, choose, chooseHere, isHere, wish } from "../push.js";
import { el } from "../screens/pieces.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../push.js").Wish} Wish */
/** @typedef {import("../push.js").Hindrance} Hindrance */

/**
 * @param {HTMLElement} section
 * @param {Context} context
 * @returns {Promise<void>}
 */
export async function showAlerts(section, context) {
  await new Alerts(section, context).start();
}

class Alerts {
  /** @type {Wish | null} */
  #wish = null;
  #isHere = false;
  #isBusy = false;

  /**
   * @param {HTMLElement} section
   * @param {Context} context
   */
  constructor(section, { texts }) {
    this.texts = texts;
    this.switch = el("input", { type: "checkbox", role: "switch", id: "alerts", "aria-describedby": "alerts-about", onchange: () => this.#turn() });
    this.here = el("input", { type: "radio", name: "alerts-way", id: "alerts-here", value: "push", onchange: () => this.#byPhone() });
    this.mail = el("input", { type: "radio", name: "alerts-way", id: "alerts-mail", value: "mail", onchange: () => this.#byMail() });
    this.ways = el(
      "fieldset",
      { class: "app-ticks", hidden: true },
      el("legend", { class: "ds-sr-only" }, texts.alerts_ways),
      this.#row(this.here, texts.alerts_here, texts.alerts_here_text),
      this.#row(this.mail, texts.alerts_mail, ""),
    );
    this.state = el("p", { class: "muted", id: "alerts-state", role: "status" });
    section.replaceChildren(
      el("h2", { class: "h2" }, texts.alerts_title),
      el("label", { class: "app-tick" }, this.switch, el("span", {}, el("b", {}, texts.alerts_switch), el("span", { class: "muted app-below", id: "alerts-about" }, texts.alerts_about))),
      this.ways,
      this.state,
    );
  }

  /**
   * @param {HTMLInputElement} input
   * @param {string} words
   * @param {string} more
   */
  #row(input, words, more) {
    return el("label", { class: "app-tick" }, input, el("span", {}, words, more && el("span", { class: "muted app-below" }, more)));
  }

  async start() {
    this.#show();
    this.#wish = await wish();
    await this.#settle("");
  }

  /** Draw how it stands. @param {Hindrance | ""} hindrance */
  async #settle(hindrance) {
    this.#isHere = await isHere();
    this.#isBusy = false;
    this.#show();
    this.state.textContent = this.#sentence(hindrance);
  }

  #show() {
    const told = this.#wish;
    this.switch.checked = Boolean(told) && told?.alerts !== "off";
    this.ways.hidden = !this.switch.checked;
    this.here.checked = told?.alerts === "push" && told.is_subscribed && this.#isHere;
    this.mail.checked = told?.alerts === "mail";
    this.switch.disabled = !told;
    this.here.disabled = !told?.key || ability() === "none";
  }

  /** @param {Hindrance | ""} hindrance @returns {string} */
  #sentence(hindrance) {
    const { texts } = this;
    const told = this.#wish;
    if (!told || hindrance === "away") return texts.alerts_away;
    if (told.alerts === "off") return [hindrance && this.#why(hindrance), texts.alerts_off].filter(Boolean).join(" ");
    const why = hindrance || (told.key ? ability() : "no_key");
    const email = { email: told.email };
    if (told.alerts === "mail") return [this.#why(why), format(texts.alerts_by_mail, email)].filter(Boolean).join(" ");
    if (told.is_subscribed && this.#isHere && told.key) return texts.alerts_on_here;
    return [this.#why(why), format(texts.alerts_elsewhere, email)].filter(Boolean).join(" ");
  }

  /** @param {string} why @returns {string} why this phone cannot be told */
  #why(why) {
    const { texts } = this;
    const reasons = { none: texts.alerts_none, denied: texts.alerts_denied, failed: texts.alerts_failed, no_key: texts.alerts_no_key };
    return reasons[/** @type {keyof typeof reasons} */ (why)] ?? "";
  }

  /** On: this phone when it can, else e-mail. */
  async #turn() {
    if (!this.#begin()) return;
    if (!this.switch.checked) return this.#asked(await choose("off"));
    const key = this.#wish?.key;
    if (!key) return this.#asked(await choose("mail"));
    const told = await chooseHere(key);
    if (typeof told !== "string") return this.#asked(told);
    return this.#asked(told === "away" ? null : await choose("mail"), told);
  }

  async #byPhone() {
    const key = this.#wish?.key;
    if (!key || !this.#begin()) return;
    const told = await chooseHere(key);
    if (typeof told === "string") await this.#settle(told);
    else await this.#asked(told);
  }

  async #byMail() {
    if (this.#begin()) await this.#asked(await choose("mail"));
  }

  /** One press at a time: another one is taken back. */
  #begin() {
    if (this.#isBusy) this.#show();
    else this.state.textContent = "";
    const isFree = !this.#isBusy;
    this.#isBusy = true;
    return isFree;
  }

  /**
   * @param {Wish | null} told
   * @param {Hindrance | ""} [hindrance]
   */
  async #asked(told, hindrance = "") {
    if (told) this.#wish = told;
    await this.#settle(told ? hindrance : "away");
  }
}
