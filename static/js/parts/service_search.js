/** Finds the kind of fault by the words people use: the server knows more words, the page answers without it. */

import { matches } from "../lib/words.js";
import { all, need } from "./page.js";

const SETTLE = 250;
const MOST = 5;
const LEAST_LETTERS = 2;

/** @typedef {{ input: HTMLInputElement, name: string, words: string }} Service */

/**
 * @param {HTMLElement} form
 * @returns {Service[]} every service with what can be searched in
 */
export function servicesOf(form) {
  return all(form, "[data-words]").map((carrier) => {
    const input = /** @type {HTMLInputElement} */ (need(carrier, "input[name=service]"));
    const name = need(carrier, ".sub__name").textContent ?? "";
    return { input, name, words: `${name} ${carrier.dataset.words}` };
  });
}

/** Answers words with services, the best first. Only the newest question is answered. */
export class ServiceSearch {
  /**
   * @param {string} url of the search
   * @param {Service[]} services
   */
  constructor(url, services) {
    this.url = url;
    this.services = services;
    this.timer = 0;
    /** @type {AbortController | null} */
    this.running = null;
  }

  /**
   * Ask once the typing rests.
   * @param {string} words
   * @param {(found: Service[]) => void} answer
   */
  ask(words, answer) {
    clearTimeout(this.timer);
    this.running?.abort();
    const wanted = words.trim().slice(0, 500);
    if (wanted.length < LEAST_LETTERS) {
      answer([]);
      return;
    }
    this.timer = window.setTimeout(() => this.#find(wanted, answer), SETTLE);
  }

  /**
   * @param {string} words
   * @param {(found: Service[]) => void} answer
   */
  async #find(words, answer) {
    const running = new AbortController();
    this.running = running;
    const found = await this.#fetch(words, running.signal);
    if (!running.signal.aborted) answer(found ?? this.#own(words));
  }

  /**
   * @param {string} words
   * @param {AbortSignal} signal
   * @returns {Promise<Service[] | null>} null when the server does not answer
   */
  async #fetch(words, signal) {
    const query = new URLSearchParams({ q: words, limit: String(MOST) });
    const response = await fetch(`${this.url}?${query}`, { signal }).catch(() => null);
    if (!response?.ok) return null;
    /** @type {{ service_code: string }[]} */
    const found = await response.json();
    return found.flatMap(({ service_code }) =>
      this.services.filter(({ input }) => input.value === service_code),
    );
  }

  /** @param {string} words @returns {Service[]} by the words on the page */
  #own(words) {
    return this.services.filter((service) => matches(words, service.words)).slice(0, MOST);
  }
}
