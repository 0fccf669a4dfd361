/**
 * The search for addresses and places: a combobox with a list box, by the pattern of the ARIA
 * Authoring Practices. The focus stays in the field; the marked option is told by aria-activedescendant.
 */

import { format } from "../lib/format.js";
import { LEAST_LETTERS, optionAfter, readAnswer, sentenceOf, titleOf } from "../lib/place_hits.js";
import { need, readJson } from "./page.js";

/** @typedef {import("../lib/place_hits.js").Place} Place */
/** @typedef {import("../lib/place_hits.js").Answer} Answer */

const SETTLE = 300;
const PATIENCE = 8_000;

/**
 * Make the field of a `place_search` suggest places.
 * @param {HTMLElement} element with data-place-search
 * @param {(place: Place) => void} onChosen
 * @returns {{ clear: () => void }} clear: empty the field, when the place was chosen in another way
 */
export function wirePlaceSearch(element, onChosen) {
  return new PlaceSearch(element, onChosen);
}

class PlaceSearch {
  /** @type {Place[]} */
  #places = [];
  #marked = -1;
  #asked = "";
  #timer = 0;
  /** @type {AbortController | null} */
  #running = null;

  /**
   * @param {HTMLElement} element
   * @param {(place: Place) => void} onChosen
   */
  constructor(element, onChosen) {
    this.url = element.dataset.url ?? "";
    this.texts = readJson(element, "texts");
    this.onChosen = onChosen;
    this.input = /** @type {HTMLInputElement} */ (need(element, "input"));
    this.list = need(element, "[role=listbox]");
    this.said = need(element, "[role=status]");
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-autocomplete", "list");
    this.input.setAttribute("aria-expanded", "false");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.addEventListener("input", () => this.#later());
    this.input.addEventListener("keydown", (event) => this.#key(event));
    this.input.addEventListener("blur", () => this.#close());
    this.input.addEventListener("focus", () => this.#reopen());
    // A press on an option must not take the focus from the field before it is chosen.
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
    this.list.addEventListener("click", (event) => this.#press(event));
  }

  clear() {
    this.input.value = "";
    this.#forget();
  }

  #later() {
    clearTimeout(this.#timer);
    if (this.#typed().length < LEAST_LETTERS) this.#forget();
    else this.#timer = window.setTimeout(() => this.#search(), SETTLE);
  }

  #typed() {
    return this.input.value.trim();
  }

  async #search() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    const mine = new AbortController();
    this.#running = mine;
    const timer = setTimeout(() => mine.abort(), PATIENCE);
    const typed = this.#typed();
    try {
      const address = `${this.url}?${new URLSearchParams({ q: typed })}`;
      const response = await fetch(address, { signal: mine.signal });
      if (!response.ok) throw new Error(`The server answered ${response.status}`);
      const answer = readAnswer(await response.json());
      if (this.#running === mine) this.#show(answer, typed);
    } catch {
      if (this.#running === mine) this.#fail();
    } finally {
      clearTimeout(timer);
    }
  }

  /**
   * @param {Answer} answer
   * @param {string} typed
   */
  #show(answer, typed) {
    this.#asked = typed;
    this.#places = answer.places;
    this.#marked = -1;
    this.list.replaceChildren(...answer.places.map((place, at) => this.#option(place, at)));
    this.said.textContent = sentenceOf(answer, this.texts);
    this.said.classList.toggle("find__said--seen", answer.isAway || !answer.places.length);
    if (document.activeElement === this.input) this.#open();
  }

  #fail() {
    this.#forget();
    this.said.textContent = navigator.onLine ? this.texts.failed : this.texts.offline;
    this.said.classList.add("find__said--seen");
  }

  #forget() {
    clearTimeout(this.#timer);
    this.#running?.abort();
    this.#running = null;
    this.#asked = "";
    this.#places = [];
    this.list.replaceChildren();
    this.said.textContent = "";
    this.said.classList.remove("find__said--seen");
    this.#close();
  }

  /**
   * @param {Place} place
   * @param {number} at
   * @returns {HTMLLIElement}
   */
  #option(place, at) {
    const option = document.createElement("li");
    option.id = `${this.list.id}-${at}`;
    option.className = "find__option";
    option.setAttribute("role", "option");
    option.setAttribute("aria-selected", "false");
    const label = document.createElement("b");
    label.textContent = place.label;
    option.append(label);
    if (place.part) {
      const part = document.createElement("span");
      part.className = "muted";
      part.textContent = place.part;
      option.append(" ", part);
    }
    return option;
  }

  #open() {
    const isOpen = this.#places.length > 0;
    this.list.hidden = !isOpen;
    this.input.setAttribute("aria-expanded", String(isOpen));
    if (isOpen) this.list.scrollIntoView({ block: "nearest" });
  }

  #reopen() {
    if (this.#asked && this.#asked === this.#typed()) this.#open();
  }

  #close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.#mark(-1);
  }

  /** @param {number} at */
  #mark(at) {
    this.#marked = at;
    for (const [index, option] of [...this.list.children].entries())
      option.setAttribute("aria-selected", String(index === at));
    const option = this.list.children[at];
    if (option) {
      this.input.setAttribute("aria-activedescendant", option.id);
      option.scrollIntoView({ block: "nearest" });
    } else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Enter") this.#enter(event);
    else if (event.key === "Escape") this.#escape(event);
    else {
      const next = optionAfter(event.key, this.#marked, this.#places.length);
      if (next === null) return;
      event.preventDefault();
      this.#open();
      this.#mark(next);
    }
  }

  /**
   * Enter takes the marked option, or the only one. It never sends the form with a search half done.
   * @param {KeyboardEvent} event
   */
  #enter(event) {
    if (this.#typed().length < LEAST_LETTERS) return;
    event.preventDefault();
    if (this.#asked !== this.#typed()) this.#search();
    else if (this.#marked >= 0) this.#choose(this.#places[this.#marked]);
    else if (this.#places.length === 1) this.#choose(this.#places[0]);
    else if (this.#places.length > 1) {
      this.#open();
      this.#mark(0);
    }
  }

  /** @param {KeyboardEvent} event */
  #escape(event) {
    if (!this.list.hidden) event.preventDefault();
    else if (this.input.value) this.clear();
    this.#close();
  }

  /** @param {MouseEvent} event */
  #press(event) {
    const option = event.target instanceof Element && event.target.closest("[role=option]");
    if (option) this.#choose(this.#places[[...this.list.children].indexOf(option)]);
  }

  /** @param {Place | undefined} place */
  #choose(place) {
    if (!place) return;
    this.#forget();
    this.input.value = place.label;
    this.#asked = place.label;
    this.said.textContent = format(this.texts.chosen, { place: titleOf(place) });
    this.onChosen(place);
  }
}
