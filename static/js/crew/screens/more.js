/** «More»: how old the data is, what waits, the phone's settings, and signing out. */

import { format, formatCount } from "../../lib/format.js";
import { ask, setToken } from "../api.js";
import { showAlerts } from "../parts/alerts.js";
import { showDevice } from "../parts/devices.js";
import { leaveThisPhone } from "../push.js";
import { doorOf } from "../sending.js";
import { standing, syncNow, whenQuiet } from "../sync.js";
import { big, el, icon, openSheet } from "./pieces.js";
import { ageOf } from "./moments.js";
import { answer, maySee } from "./whereabouts.js";

/** @typedef {import("../types.js").Context} Context */
/** @typedef {import("../types.js").Standing} Standing */

const MINUTE = 60_000;

/**
 * @param {HTMLElement} main
 * @param {Context} context
 */
export async function render(main, context) {
  const more = new More(main, context);
  await more.start();
  return () => more.stop();
}

class More {
  /** @type {(() => void)[]} */
  #endings = [];
  #isOver = false;

  /**
   * @param {HTMLElement} main
   * @param {Context} context
   */
  constructor(main, context) {
    this.main = main;
    this.context = context;
    this.age = el("p", { class: "app-age" });
    this.queue = el("span", { class: "muted" });
    this.phone = el("section", { class: "app-part", "data-part": "alerts" });
    this.devices = el("section", { class: "app-part", "data-part": "devices" });
  }

  async start() {
    const { texts, heading, store, session } = this.context;
    heading({ title: texts.more, about: session?.departments.map(({ name }) => name).join(", "), back: "/felt/" });
    this.main.replaceChildren(
      el(
        "div",
        { class: "app-page" },
        el(
          "section",
          { class: "app-part" },
          el("h2", { class: "h2" }, texts.data_title),
          this.age,
          big([icon("ArrowDown"), texts.fetch_now], () => this.#fetch(), { "data-variant": "secondary", id: "fetch" }),
        ),
        el(
          "nav",
          { class: "app-rows", "aria-label": texts.more },
          this.#row("/felt/ko", "CloudSlash", texts.queue, this.queue),
          this.#row("/felt/runde", "Tasklist", texts.the_round, null),
          this.#row("/felt/ny", "Plus", texts.new_report, null),
          el("a", { class: "app-row", href: "/oppdrag" }, icon("Globe"), el("span", {}, texts.desk_pages, el("span", { class: "muted" }, texts.desk_pages_hint))),
        ),
        el("section", { class: "app-part" }, el("h2", { class: "h2" }, texts.settings), this.#position()),
        this.phone,
        this.devices,
        el("button", { type: "button", class: "app-row", id: "sign-out", onclick: () => this.#signOut() }, icon("PersonCircle"), el("span", {}, texts.sign_out)),
      ),
    );
    void showAlerts(this.phone, this.context);
    showDevice(this.devices, this.context);
    await this.#tell();
    this.#endings.push(store.onChange(() => this.#tell()));
    const timer = setInterval(() => this.#tell(), MINUTE);
    this.#endings.push(() => clearInterval(timer));
  }

  stop() {
    this.#isOver = true;
    for (const end of this.#endings) end();
  }

  /**
   * @param {string} href
   * @param {string} sign
   * @param {string} words
   * @param {HTMLElement | null} more
   */
  #row(href, sign, words, more) {
    const press = (/** @type {MouseEvent} */ event) => {
      event.preventDefault();
      this.context.go(href);
    };
    return el("a", { class: "app-row", href, onclick: press }, icon(sign), el("span", {}, words, more), icon("ChevronRight"));
  }

  #position() {
    const { texts, say } = this.context;
    const box = el("input", { type: "checkbox", id: "position", checked: maySee() });
    box.addEventListener("change", () => {
      answer(box.checked);
      say(box.checked ? texts.position_on : texts.position_off);
    });
    return el("label", { class: "app-tick" }, box, el("span", {}, el("b", {}, texts.position_switch), el("span", { class: "muted app-below" }, texts.position_text)));
  }

  async #tell() {
    const { store, texts } = this.context;
    const [snapshot, how] = await Promise.all([store.snapshot(), standing()]);
    if (this.#isOver) return;
    const now = new Date();
    const last = how.lastContact ? ageOf(new Date(how.lastContact).toISOString(), texts, now) : "";
    this.age.textContent = snapshot
      ? format(texts.data_age, { age: last || ageOf(snapshot.generated_at, texts, now) })
      : texts.not_fetched;
    if (document.body.dataset.kept === "false") this.age.append(` ${texts.not_kept_here}`);
    const parts = [
      how.waiting ? formatCount(texts.waiting_one, texts.waiting_many, how.waiting) : texts.nothing_waits,
      how.needing ? formatCount(texts.needing_one, texts.needing_many, how.needing) : "",
    ];
    this.queue.textContent = parts.filter(Boolean).join(" ");
  }

  async #fetch() {
    const { texts, say } = this.context;
    const button = document.getElementById("fetch");
    if (button?.getAttribute("aria-busy") === "true") return;
    button?.setAttribute("aria-busy", "true");
    say(texts.fetching);
    const door = await syncNow({ isWanted: true });
    button?.removeAttribute("aria-busy");
    say(door === "open" ? texts.fetched : texts.not_reached);
    if (door === "away" && !this.#isOver) this.age.append(` ${texts.not_reached}`);
  }

  async #signOut() {
    const { texts } = this.context;
    const how = await standing();
    const unsent = how.waiting + how.needing;
    const words = unsent
      ? [formatCount(texts.unsent_one, texts.unsent_many, unsent), texts.unsent_text]
      : [texts.sign_out_text];
    const note = el("p", { class: "error", role: "alert", hidden: true });
    const leave = async () => {
      if (await this.#leave()) return;
      note.hidden = false;
      note.textContent = texts.sign_out_away;
    };
    const sheet = openSheet({
      title: unsent ? texts.sign_out_unsent : texts.sign_out,
      texts,
      content: [
        ...words.map((text) => el("p", {}, text)),
        note,
        ...(unsent ? [big([texts.stay], () => sheet.close())] : []),
        big([texts.sign_out_now], leave, { "data-variant": "secondary", id: "sign-out-now" }),
      ],
      onClosed: () => document.getElementById("sign-out")?.focus(),
    });
  }

  /** @returns {Promise<boolean>} false without coverage: then nobody can be signed out */
  async #leave() {
    const token = await whenQuiet(() => this.#forget());
    if (token === null) return false;
    const form = el(
      "form",
      { method: "post", action: document.body.dataset.signOut ?? "/logg-ut", hidden: true },
      el("input", { type: "hidden", name: "csrf_token", value: token }),
    );
    document.body.append(form);
    form.submit();
    return true;
  }

  /** Nothing is fetched meanwhile. @returns {Promise<string | null>} the token to sign out with; null: not reached */
  async #forget() {
    const reply = await ask("session");
    const door = doorOf(reply);
    if (door !== "open" && door !== "signed_out") return null;
    const token = String(reply?.body.csrf_token ?? "");
    setToken(token);
    await leaveThisPhone();
    await this.context.store.forgetJobs(); // what is not sent stays, for the same person
    return token;
  }
}
