/** The page where a person says what is wrong: groups, the services under them, and a search. */

import { format, formatNumber } from "../lib/format.js";
import { matches } from "../lib/words.js";
import { guardSubmit } from "../parts/busy.js";
import { all, need, readJson } from "../parts/page.js";

/** @typedef {{ input: HTMLInputElement, group: string, name: string, words: string }} Service */

/** @param {HTMLFormElement} form */
export function start(form) {
  guardSubmit(form);
  const groups = new Groups(form);
  const search = form.querySelector("#service-search");
  if (search instanceof HTMLInputElement) wireSearch(form, search, groups);
}

/** Shows the services of the chosen group only. */
class Groups {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    /** @type {HTMLInputElement[]} */
    this.radios = all(form, "input[name=group]");
    this.blocks = all(form, "[data-services-of]");
    for (const radio of this.radios) radio.addEventListener("change", () => this.show());
    const service = form.querySelector("input[name=service]:checked");
    if (service instanceof HTMLInputElement) this.openAt(service);
    else this.show();
  }

  /** Show what belongs to the chosen group; a service chosen in another is no longer chosen. */
  show() {
    const chosen = this.radios.find((radio) => radio.checked)?.value;
    for (const block of this.blocks) {
      const isChosen = block.dataset.servicesOf === chosen;
      block.hidden = !isChosen;
      if (!isChosen) this.#uncheck(block);
    }
  }

  /**
   * Choose a service and open its group.
   * @param {HTMLInputElement} service
   */
  openAt(service) {
    const group = groupOf(service);
    for (const radio of this.radios) radio.checked = radio.value === group;
    service.checked = true;
    this.show();
  }

  /** @param {HTMLElement} block */
  #uncheck(block) {
    /** @type {HTMLInputElement[]} */
    const services = all(block, "input[name=service]");
    for (const service of services) service.checked = false;
  }
}

/** @param {HTMLElement} service @returns {string} the code of its group */
function groupOf(service) {
  const block = service.closest("[data-services-of]");
  return block instanceof HTMLElement ? (block.dataset.servicesOf ?? "") : "";
}

/**
 * @param {HTMLFormElement} form
 * @returns {Service[]} every service with what can be searched in
 */
function servicesOf(form) {
  return all(form, "[data-words]").map((carrier) => {
    const input = /** @type {HTMLInputElement} */ (need(carrier, "input[name=service]"));
    const name = need(carrier, ".sub__name").textContent ?? "";
    return { input, group: groupOf(input), name, words: `${name} ${carrier.dataset.words}` };
  });
}

/**
 * @param {HTMLFormElement} form
 * @param {HTMLInputElement} search
 * @param {Groups} groups
 */
function wireSearch(form, search, groups) {
  const texts = readJson(form, "texts");
  const list = need(form, "#service-matches");
  const count = need(form, "#service-count");
  const services = servicesOf(form);

  /** @param {Service} service */
  const choose = ({ input }) => {
    groups.openAt(input);
    search.value = "";
    show();
    input.focus();
  };

  const show = () => {
    const found = services.filter(({ words }) => matches(search.value, words));
    const isSearching = search.value.trim().length > 1;
    list.hidden = found.length === 0;
    list.replaceChildren(...found.map((service) => matchItem(service, () => choose(service))));
    count.textContent = isSearching
      ? format(texts.matches, { count: formatNumber(found.length) })
      : "";
  };

  search.addEventListener("input", show);
  search.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector("button")?.focus();
  });
  show();
}

/**
 * @param {Service} service
 * @param {() => void} choose
 * @returns {HTMLLIElement}
 */
function matchItem({ name }, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "matches__choice";
  button.textContent = name;
  button.addEventListener("click", choose);
  const item = document.createElement("li");
  item.append(button);
  return item;
}
