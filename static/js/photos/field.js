/** A form's photos: chosen, made small, sent at once, and named in the hidden field once they are stored. */

import { format } from "../lib/format.js";
import { markOf, readKeys } from "../lib/photo_size.js";
import { all, need, readJson } from "../parts/page.js";
import { Item } from "./item.js";
import { shrink } from "./shrink.js";
import { Refused, upload } from "./upload.js";

const MOST = 5;
const PATIENCE = 60_000;

export class PhotoField {
  /** @param {HTMLElement} root with data-texts and data-url */
  constructor(root) {
    this.texts = readJson(root, "texts");
    this.url = root.dataset.url ?? "";
    /** @type {HTMLInputElement} */
    this.hidden = need(root, "input[name=photos]");
    /** @type {HTMLInputElement} */
    this.input = need(root, "input[type=file]");
    this.list = need(root, ".photos__list");
    this.tile = need(root, ".photos__add");
    this.status = need(root, ".photos__status");
    /** @type {Item[]} */
    this.items = [];
    this.count = 0;
    this.queue = Promise.resolve();
    this.isWarned = false;
    this.input.removeAttribute("name"); // what is chosen is sent by itself
    for (const item of all(this.list, "[data-key]")) item.remove();
    this.#follow();
    this.input.addEventListener("change", () => this.#choose());
    this.hidden.addEventListener("change", () => this.#follow());
    window.addEventListener("pageshow", () => this.#follow());
    window.addEventListener("online", () => this.#retryAll());
    this.input.form?.addEventListener("submit", (event) => this.#hold(event), { capture: true });
  }

  /** Show the photos that the hidden field names: the page, a draft or the browser may have filled it. */
  #follow() {
    const keys = readKeys(this.hidden.value);
    for (const item of this.items.filter(({ key }) => key && !keys.includes(key))) this.#drop(item);
    for (const key of keys) {
      if (!this.items.some((item) => item.key === key)) {
        this.#add().store(key, `/bilder/${key}/320.webp`);
      }
    }
    this.#arrange();
  }

  /** @returns {Item} */
  #add() {
    this.count += 1;
    const item = new Item(this.texts, this.count, document.createElement("li"));
    item.away.addEventListener("click", () => this.#takeAway(item));
    item.again.addEventListener("click", () => this.#send(item));
    this.items.push(item);
    this.list.insertBefore(item.element, this.tile);
    return item;
  }

  #choose() {
    const files = [...(this.input.files ?? [])];
    this.input.value = "";
    const marks = this.items.map(({ mark }) => mark);
    const fresh = files.filter((file) => !marks.includes(markOf(file)));
    const room = MOST - this.items.length;
    if (fresh.length > room) this.#say(format(this.texts.most, { number: MOST }));
    else if (!fresh.length && files.length) this.#say(this.texts.twice);
    for (const file of fresh.slice(0, room)) {
      const item = this.#add();
      item.file = file;
      item.mark = markOf(file);
      this.#send(item);
    }
    this.#arrange();
  }

  /**
   * Send a photo after those before it.
   * @param {Item} item
   */
  #send(item) {
    item.become("sending");
    this.queue = this.queue.then(() => this.#sendNow(item));
  }

  /** @param {Item} item */
  async #sendNow(item) {
    if (!item.file || !this.items.includes(item)) return;
    this.#say(format(this.texts.sending, { name: item.name }));
    try {
      const { blob, preview } = await shrink(item.file);
      if (preview) item.show(preview);
      const stored = await upload(
        this.url,
        blob,
        (share) => {
          item.bar.value = share;
        },
        item.stop.signal,
      );
      if (!this.items.includes(item)) return;
      item.store(stored.key, stored.url);
      this.#name();
      this.#say(format(this.texts.stored, { name: item.name, count: this.#keys().length, most: MOST }));
    } catch (fault) {
      if (!this.items.includes(item)) return;
      const isRefused = fault instanceof Refused;
      item.become(isRefused ? "refused" : "failed");
      const why = isRefused && fault.message ? fault.message : this.texts.failed;
      this.#say(`${item.name}: ${why}`);
      if (isRefused) this.#drop(item);
    }
    this.#arrange();
  }

  #retryAll() {
    for (const item of this.items) if (item.state === "failed") this.#send(item);
  }

  /** @param {Item} item */
  #takeAway(item) {
    this.#drop(item);
    this.#name();
    this.#say(format(this.texts.removed, { name: item.name }));
    this.#arrange();
    this.input.focus();
  }

  /** @param {Item} item */
  #drop(item) {
    this.items = this.items.filter((other) => other !== item);
    item.stop.abort();
    item.element.remove();
  }

  #keys() {
    return this.items.map(({ key }) => key).filter(Boolean);
  }

  /** Write the stored photos into the hidden field, and let a draft know. */
  #name() {
    const value = this.#keys().join(",");
    if (this.hidden.value === value) return;
    this.hidden.value = value;
    this.hidden.dispatchEvent(new Event("change", { bubbles: true }));
  }

  #arrange() {
    this.tile.hidden = this.items.length >= MOST;
    this.isWarned = false;
  }

  /** @param {string} sentence */
  #say(sentence) {
    this.status.textContent = sentence;
  }

  /**
   * The form waits for photos on their way; one that could not be sent is told of once.
   * @param {SubmitEvent} event
   */
  #hold(event) {
    const { submitter } = event;
    const isOut = submitter instanceof HTMLButtonElement && submitter.formNoValidate;
    const failed = this.items.filter(({ state }) => state === "failed");
    if (this.items.some(({ state }) => state === "sending")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.#say(this.texts.waiting);
      const end = new Promise((resolve) => setTimeout(resolve, PATIENCE));
      Promise.race([this.queue, end]).then(() => {
        for (const item of this.items) if (item.state === "sending") item.become("failed");
        this.input.form?.requestSubmit(submitter);
      });
    } else if (failed.length && !isOut && !this.isWarned) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.isWarned = true;
      this.#say(this.texts.without);
      failed[0].again.focus();
    }
  }
}
