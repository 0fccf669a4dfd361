/** «Already reported?»: fetched when the kind of fault is chosen, shown above the description. */

import { all, need } from "./page.js";

const CARRIED = ["csrf_token", "latitude", "longitude", "place_text", "idempotency_key", "hint"];

/** Shows reports nearby of the chosen kind, until the person says that theirs is another. */
export class NearHint {
  /**
   * @param {HTMLFormElement} form
   * @param {string} url that answers with a part of a page
   */
  constructor(form, url) {
    this.form = form;
    this.url = url;
    this.place = need(form, "#near");
    this.hint = /** @type {HTMLInputElement} */ (need(form, "input[name=hint]"));
    this.asked = "";
    this.place.addEventListener("click", (event) => {
      if (event.target instanceof Element && event.target.closest("[data-near-no]")) this.#close();
    });
  }

  /** @param {string} service that is chosen now; empty for none */
  async show(service) {
    if (service === this.asked) return;
    this.asked = service;
    this.place.replaceChildren();
    if (!service || this.#wasAnswered(service)) return;
    const body = new FormData();
    for (const name of CARRIED) {
      const field = this.form.elements.namedItem(name);
      if (field instanceof HTMLInputElement) body.set(name, field.value);
    }
    body.set("service", service);
    const answer = await fetch(this.url, { method: "POST", body }).catch(() => null);
    if (answer?.status !== 200 || this.asked !== service) return;
    const part = new DOMParser().parseFromString(await answer.text(), "text/html");
    this.place.replaceChildren(...part.body.children);
    this.hint.value = this.#found()?.dataset.hint ?? "";
  }

  /** @returns {HTMLElement | null} */
  #found() {
    return this.place.querySelector(".near__found");
  }

  /** @param {string} service @returns {boolean} whether this was asked on an earlier page */
  #wasAnswered(service) {
    const position = ["latitude", "longitude"].map((name) => {
      const field = this.form.elements.namedItem(name);
      return field instanceof HTMLInputElement ? field.value : "";
    });
    return this.hint.value === `${service}@${position.join(",")}`;
  }

  #close() {
    this.place.replaceChildren();
    const description = all(this.form, "#description")[0];
    description?.focus();
  }
}
