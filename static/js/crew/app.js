/** The field app: shows the screen of each address, and sends and fetches whenever there is reason to. */

import { need, readJson } from "../parts/page.js";
import { startKeeping, takeNewer } from "./keeping.js";
import { placeOf } from "./routes.js";
import { lastDoor } from "./session.js";
import * as store from "./store.js";
import { Strip } from "./strip.js";
import { syncNow } from "./sync.js";
import { drawDoor } from "./door.js";

/** @typedef {import("./types.js").Context} Context */
/** @typedef {import("./types.js").Draft} Draft */
/** @typedef {import("./types.js").Heading} Heading */
/** @typedef {import("./types.js").Texts} Texts */
/** @typedef {(main: HTMLElement, context: Context) => unknown} Render */

/** @type {Record<string, () => Promise<{ render: Render }>>} */
const SCREENS = {
  list: () => import("./screens/list.js"),
  job: () => import("./screens/job.js"),
  close: () => import("./screens/close.js"),
  new: () => import("./screens/new.js"),
  map: () => import("./screens/map.js"),
  round: () => import("./screens/round.js"),
  more: () => import("./screens/more.js"),
  queue: () => import("./screens/queue.js"),
  conflict: () => import("./screens/conflict.js"),
};
/** So often what waits is sent, and everything fetched, while somebody looks. */
const OFTEN = 60_000;

class App {
  /** @type {(() => void) | null} */
  #leave = null;
  /** Which of the renderings is the newest: an older one that ends late is thrown away. */
  #turn = 0;
  #home = "";

  /** @param {Texts} texts */
  constructor(texts) {
    this.texts = texts;
    this.main = need(document, "#innhold");
    this.title = need(document, "#title");
    this.about = need(document, "#about");
    this.back = /** @type {HTMLAnchorElement} */ (need(document, "#back"));
    this.menu = need(document, "#menu");
    this.said = need(document, "#said");
    this.strip = new Strip(need(document, "#strip"), texts, (path) => this.go(path));
    this.#home = document.title;
  }

  async start() {
    this.main.replaceChildren();
    window.addEventListener("popstate", () => this.show());
    for (const element of [this.back, this.menu]) element.addEventListener("click", (event) => this.#press(event));
    await takeNewer();
    await store.forgetWhenOld();
    await this.show(false);
    await this.strip.start();
    this.#listen();
    // The app is kept at once: whoever has opened it may be without coverage a moment later.
    const keeping = startKeeping(document.body.dataset.worker ?? "");
    await this.sync();
    document.body.dataset.kept = String(await keeping);
  }

  /** Send and fetch on reconnect, when somebody looks again, and now and then. */
  #listen() {
    window.addEventListener("online", () => this.sync());
    window.addEventListener("offline", () => this.strip.show());
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") this.sync();
    });
    window.setInterval(() => {
      if (document.visibilityState === "visible") this.sync();
    }, OFTEN);
    store.onChange(() => this.#watchDoor());
    navigator.serviceWorker?.addEventListener("message", ({ data }) => {
      if (data?.show) this.go(data.show); // an alert was pressed
    });
  }

  /** @param {boolean} [isWanted] */
  async sync(isWanted = false) {
    await syncNow({ isWanted }).catch((fault) => console.error(fault));
    await this.#watchDoor();
  }

  /** Whether there is anything to show has changed: draw the page anew, but not under the hands of somebody. */
  async #watchDoor() {
    if (document.querySelector("dialog[open]")) return; // it is looked at again after the next sync
    const wanted = await this.#doorway();
    if (wanted !== this.main.dataset.door) await this.show(false);
  }

  /** @returns {Promise<string>} "open", or why there is nothing to show */
  async #doorway() {
    const [{ door }, known, who] = await Promise.all([lastDoor(), store.snapshot(), store.session()]);
    if (door === "ended") return "ended";
    if (door === "no_access") return "no_access";
    if (!who) return "signed_out";
    return known ? "open" : door === "signed_out" ? "signed_out" : "first";
  }

  /** @param {MouseEvent} event */
  #press(event) {
    if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) return;
    event.preventDefault();
    const { pathname } = new URL(/** @type {HTMLAnchorElement} */ (event.currentTarget).href);
    this.go(pathname);
  }

  /**
   * @param {string} path
   * @param {{ replace?: boolean }} [options]
   */
  go(path, { replace = false } = {}) {
    history[replace ? "replaceState" : "pushState"](null, "", path);
    return this.show();
  }

  /**
   * Show the screen of the address.
   * @param {boolean} [hasMoved] whether the person came here by a press: the focus goes to the heading
   */
  async show(hasMoved = true) {
    this.#turn += 1;
    const turn = this.#turn;
    const place = placeOf(location.pathname);
    const doorway = await this.#doorway();
    if (turn !== this.#turn) return;
    this.#leave?.();
    this.#leave = null;
    const main = document.createElement("div");
    this.main.replaceChildren(main);
    this.main.dataset.door = doorway;
    window.scrollTo({ top: 0 });
    const isQueue = place?.screen === "queue" || place?.screen === "conflict" || place?.screen === "more";
    if (doorway !== "open" && !(isQueue && doorway !== "ended")) {
      drawDoor(main, doorway, await this.#context({}));
    } else if (!place) {
      this.heading({ title: this.texts.app_name, back: "/felt/" });
      this.#tell(main, this.texts.no_such_page);
    } else {
      await this.#render(main, place, turn);
    }
    if (turn === this.#turn) this.main.dataset.screen = place?.screen ?? "none";
    if (turn === this.#turn && hasMoved) this.title.focus({ preventScroll: true });
  }

  /**
   * @param {HTMLElement} main
   * @param {import("./routes.js").Place} place
   * @param {number} turn
   */
  async #render(main, { screen, params }, turn) {
    try {
      const { render } = await SCREENS[screen]();
      if (turn !== this.#turn) return;
      const leave = await render(main, await this.#context(params));
      if (typeof leave !== "function") return;
      if (turn === this.#turn) this.#leave = /** @type {() => void} */ (leave);
      else leave();
    } catch (fault) {
      console.error(fault);
      this.heading({ title: this.texts.app_name, back: "/felt/" });
      this.#tell(main, this.texts.screen_failed);
    }
  }

  /**
   * @param {HTMLElement} main
   * @param {string} sentence
   */
  #tell(main, sentence) {
    const text = document.createElement("p");
    text.className = "app-page";
    text.textContent = sentence;
    main.replaceChildren(text);
  }

  /**
   * What a screen is handed.
   * @param {Record<string, string>} params
   * @returns {Promise<Context>}
   */
  async #context(params) {
    return {
      params,
      session: await store.session(),
      store,
      texts: this.texts,
      go: (path, options) => void this.go(path, options),
      say: (sentence) => this.say(sentence),
      heading: (heading) => this.heading(heading),
      act: (draft, blobs) => this.act(draft, blobs),
      sync: () => this.sync(true),
    };
  }

  /** Say aloud; the same sentence again is said again. @param {string} sentence */
  say(sentence) {
    this.said.textContent = "";
    window.setTimeout(() => (this.said.textContent = sentence), 50);
  }

  /** @param {Heading} heading */
  heading({ title, about = "", back = "" }) {
    this.title.textContent = title;
    this.about.textContent = about;
    document.title = `${title} – ${this.#home}`;
    this.back.hidden = !back;
    this.menu.hidden = Boolean(back);
    if (back) this.back.href = back;
  }

  /**
   * Keep what was done, then send it when there is coverage; nobody waits for that.
   * @param {Draft} draft
   * @param {{ blob: Blob, shows: "fault" | "fix" }[]} [blobs]
   */
  async act(draft, blobs = []) {
    try {
      const kept = await store.addAction(draft, blobs);
      this.sync();
      return kept;
    } catch (fault) {
      this.strip.warn(this.texts.not_kept);
      throw fault;
    }
  }
}

const app = new App(readJson(document.body, "texts"));
app.start().then(() => (document.body.dataset.started = ""));
