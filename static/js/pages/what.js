/** The page where a person says what is wrong: the kind of fault, its questions, what is reported already, who. */

import { format } from "../lib/format.js";
import { guardSubmit } from "../parts/busy.js";
import { NearHint } from "../parts/near_hint.js";
import { all, need, readJson } from "../parts/page.js";
import { showQuestions } from "../parts/questions.js";
import { wireRemember } from "../parts/remember.js";
import { ServiceSearch, servicesOf } from "../parts/service_search.js";

/** @typedef {import("../parts/service_search.js").Service} Service */

const LEAST_DESCRIPTION = 8;
const SUGGESTED = 3;

/** @param {HTMLFormElement} form */
export function start(form) {
  guardSubmit(form);
  const groups = new Groups(form);
  const hint = new NearHint(form, form.dataset.near ?? "");
  const chosen = () => {
    const service = form.querySelector("input[name=service]:checked");
    const code = service instanceof HTMLInputElement ? service.value : "";
    showQuestions(form, code);
    showPlanned(form, service ? groupOf(service) : "");
    hint.show(code);
  };
  form.addEventListener("change", (event) => {
    const { target } = event;
    if (target instanceof HTMLInputElement && ["service", "group"].includes(target.name)) chosen();
  });
  wireFolding(form);
  const search = new ServiceSearch(form.dataset.search ?? "", servicesOf(form));
  wireSearch(form, search, groups, chosen);
  wireSuggestions(form, search, groups, chosen);
  wireRemember(form);
  chosen();
}

/**
 * Fold the choices down to the chosen one once it was pressed with finger or mouse. Arrow keys choose as they
 * move, so there nothing folds under the hands.
 * @param {HTMLFormElement} form
 */
function wireFolding(form) {
  const choices = need(form, "#services");
  choices.addEventListener("click", (event) => {
    const { target } = event;
    if (!(target instanceof HTMLElement)) return;
    if (target.closest(".choose-again")) {
      choices.classList.remove("choices--done");
      choices.querySelector("input:checked")?.scrollIntoView({ block: "center" });
      return;
    }
    const isPressed = event.detail > 0 && target.closest("[data-services-of] .sub__choice");
    if (isPressed) choices.classList.add("choices--done");
  });
}

/** Shows the services of the chosen group only. */
class Groups {
  /** @param {HTMLFormElement} form */
  constructor(form) {
    /** @type {HTMLInputElement[]} */
    this.radios = all(form, "input[name=group]");
    this.blocks = all(form, "[data-services-of]");
    for (const radio of this.radios) radio.addEventListener("change", () => this.show());
    const service = form.querySelector("[data-services-of] input[name=service]:checked");
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

/** @param {Element} service @returns {string} the code of its group */
function groupOf(service) {
  const block = service.closest("[data-services-of]");
  return block instanceof HTMLElement ? (block.dataset.servicesOf ?? "") : "";
}

/**
 * Work that is planned for one group of faults is shown for that group only.
 * @param {HTMLFormElement} form
 * @param {string} group
 */
function showPlanned(form, group) {
  for (const note of all(form, ".planned")) {
    note.hidden = note.dataset.group !== "" && note.dataset.group !== group;
  }
}

/**
 * @param {HTMLFormElement} form
 * @param {ServiceSearch} search
 * @param {Groups} groups
 * @param {() => void} chosen
 */
function wireSearch(form, search, groups, chosen) {
  const words = readJson(form, "words");
  /** @type {HTMLInputElement} */
  const field = need(form, "#service-search");
  const list = need(form, "#service-matches");
  const count = need(form, "#service-count");

  /** @param {Service[]} found */
  const show = (found) => {
    const typed = field.value.trim();
    list.hidden = found.length === 0;
    list.replaceChildren(
      ...found.map((service) =>
        choiceItem(service, () => {
          groups.openAt(service.input);
          need(form, "#services").classList.add("choices--done");
          field.value = "";
          show([]);
          chosen();
          service.input.focus();
        }),
      ),
    );
    count.textContent =
      typed.length > 1 && !found.length ? format(words.none, { words: typed }) : "";
  };

  field.addEventListener("input", () => search.ask(field.value, show));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault();
    list.querySelector("button")?.focus();
  });
  if (field.value) search.ask(field.value, show);
  else show([]);
}

/**
 * «Do you mean …?» from the description, while nothing is chosen.
 * @param {HTMLFormElement} form
 * @param {ServiceSearch} search
 * @param {Groups} groups
 * @param {() => void} chosen
 */
function wireSuggestions(form, search, groups, chosen) {
  const words = readJson(form, "words");
  /** @type {HTMLTextAreaElement} */
  const field = need(form, "#description");
  const place = need(form, "#suggested");
  const isChosen = () => form.querySelector("input[name=service]:checked") !== null;

  /** @param {Service[]} found */
  const show = (found) => {
    const best = isChosen() ? [] : found.slice(0, SUGGESTED);
    if (!best.length) {
      place.replaceChildren();
      return;
    }
    const question = document.createElement("p");
    question.textContent = words.suggested;
    const list = document.createElement("ul");
    list.className = "matches";
    for (const service of best) {
      const item = choiceItem(service, () => {
        groups.openAt(service.input);
        show([]);
        chosen();
        field.focus();
      });
      list.append(item);
    }
    place.replaceChildren(question, list);
  };

  const suggest = () => {
    const text = field.value.trim();
    if (isChosen() || text.length < LEAST_DESCRIPTION) show([]);
    else search.ask(text, show);
  };
  field.addEventListener("input", suggest);
  suggest(); // for what was typed before the script came
  form.addEventListener("change", () => {
    if (isChosen()) show([]);
  });
}

/**
 * @param {Service} service
 * @param {() => void} choose
 * @returns {HTMLLIElement}
 */
function choiceItem({ name }, choose) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "matches__choice";
  button.textContent = name;
  button.addEventListener("click", choose);
  const item = document.createElement("li");
  item.append(button);
  return item;
}
